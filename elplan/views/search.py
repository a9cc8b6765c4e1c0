"""Searching for a child.

What is typed is personal data and must not stand in an address, which browsers, proxies and logs keep. So the search
is posted; the words are kept in the session under a number, and the address of the results carries only that number:
the page can be reloaded and gone back to without being sent again.
"""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from district.access import requires
from district.models import Look
from district.permissions import Permission
from students.enums import ElStatus
from students.models import Student
from students.search import Wanted, found

WHILE_TYPING = 8  # as many as fit under the box without scrolling
ON_A_PAGE = 50
KEPT = 20  # searches a session remembers, for going back
COUNTED = 1000  # beyond this a number says no more than "too many"


@requires(Permission.VIEW_STUDENTS)
def search(request: HttpRequest) -> HttpResponse:
    """Results on a page of their own; a number that fits one child opens the child."""
    if request.method == "POST":
        return _take(request)
    typed = request.session.get("searches", {}).get(request.GET.get("n", ""), "")
    children, alike = found(Student.objects.visible_to(request.user), typed, timezone.localdate())
    page = Paginator(children, ON_A_PAGE).get_page(request.GET.get("page"))
    _name_statuses(page.object_list)
    context = {
        "title": _("Children who fit “%(typed)s”") % {"typed": typed} if typed else _("Find a child"),
        "typed": typed,
        "page_obj": page,
        "alike": alike,
        "lately": [] if typed else _opened_lately(request),
    }
    return render(request, "elplan/search.html", context)


@requires(Permission.VIEW_STUDENTS, methods=("POST",))
def search_while_typing(request: HttpRequest) -> HttpResponse:
    """The list under the search box."""
    typed = request.POST.get("q", "").strip()[:100]
    children, alike = found(Student.objects.visible_to(request.user), typed, timezone.localdate())
    first = list(children[:WHILE_TYPING])
    _name_statuses(first)
    count = len(first) if len(first) < WHILE_TYPING else children[:COUNTED].count()
    context = {"typed": typed, "children": first, "alike": alike, "count": count, "counted": COUNTED}
    return render(request, "elplan/search_while_typing.html", context)


def _take(request: HttpRequest) -> HttpResponse:
    typed = request.POST.get("q", "").strip()[:100]
    if not typed:
        return redirect("search")
    if Wanted.read(typed, timezone.localdate()).is_number:
        children, _alike = found(Student.objects.visible_to(request.user), typed, timezone.localdate())
        if len(only := list(children[:2])) == 1:
            return redirect("child", only[0].pk)
    searches = request.session.get("searches", {})
    number = str(max((int(key) for key in searches), default=0) + 1)
    newest = sorted(searches, key=int)[-KEPT + 1 :]
    request.session["searches"] = {**{key: searches[key] for key in newest}, number: typed}
    return redirect(f"{reverse('search')}?n={number}")


def _name_statuses(children: list[Student]) -> None:
    for child in children:
        child.status_words = ElStatus(child.status_code).label if child.status_code else _("status not known")


def _opened_lately(request: HttpRequest) -> list[Student]:
    """The children whose pages the person opened last."""
    looks = Look.objects.filter(user=request.user).order_by("-at").values_list("student_id", flat=True)[:100]
    order = list(dict.fromkeys(looks))[:WHILE_TYPING]
    seen = {child.pk: child for child in Student.objects.visible_to(request.user).filter(pk__in=order)}
    return [seen[pk] for pk in order if pk in seen]
