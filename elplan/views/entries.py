"""What a person has entered, and putting it back (D-25)."""

from __future__ import annotations

import re

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from district.access import requires
from district.entries import may_put_back
from district.entries import put_back as put_entry_back
from district.models import Entry, User
from district.permissions import Permission
from district.refusal import Refusal
from district.said import say, say_refused
from students.models import Student

ON_A_PAGE = 50
OF_A_CHILD = re.compile(r"/children/\d+/")


@requires(Permission.SIGNED_IN, methods=("GET",))
def entries(request: HttpRequest) -> HttpResponse:
    """Everything the person has entered, newest on top."""
    made = Entry.objects.filter(made_by=request.user).select_related("put_back_by")
    page = Paginator(made, ON_A_PAGE).get_page(request.GET.get("page"))
    mark(page.object_list, request.user)
    context = {"title": _("Done by you"), "page_obj": page, "today": timezone.localdate()}
    return render(request, "elplan/entries.html", context)


@requires(Permission.SIGNED_IN, methods=("POST",))
def put_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo an entry; whoever may not learns nothing about it."""
    entry = Entry.objects.filter(pk=pk).first()
    if entry is None or (entry.made_by_id != request.user.pk and not may_put_back(entry, request.user)):
        raise Http404
    try:
        put_entry_back(pk, by=request.user, reason=_("put back on the page"))
    except Refusal as refusal:
        say_refused(request, refusal)
    else:
        say(request, _("Put back: %(what)s") % {"what": entry.summary})
    return redirect(_onward(request, entry))


def _onward(request: HttpRequest, entry: Entry) -> str:
    """The page that put the entry back, unless it shows another child, as after "Save and next": then this child's."""
    asked = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        asked = ""
    elsewhere = asked and not OF_A_CHILD.match(asked) and not asked.startswith(reverse("survey_next"))
    if entry.student_id is None or elsewhere:
        return asked or reverse("home")
    own = reverse("child", args=[entry.student_id])
    if not Student.objects.visible_to(request.user).filter(pk=entry.student_id).exists():
        return reverse("home")  # an enrollment that was put back leaves no page
    return asked if asked.startswith(own) else own


def mark(made: list[Entry], by: User) -> None:
    """Say of each entry whether the person may still put it back."""
    for entry in made:
        entry.can_go_back = may_put_back(entry, by)
