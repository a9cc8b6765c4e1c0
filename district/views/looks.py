"""Settings: who opened, printed or exported children's records."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from district import dates
from district.access import requires
from district.looks import looks_for, names
from district.models import Look, User
from district.permissions import Permission

ON_A_PAGE = 100


@requires(Permission.VIEW_ACCESS, methods=("GET",))
def access_log(request: HttpRequest) -> HttpResponse:
    """The looks at children the person answers for, newest first, by person, child and days."""
    asked = {key: request.GET.get(key, "").strip() for key in ("person", "child", "first", "last")}
    looks, problem = _chosen(looks_for(request.user), asked)
    page = Paginator(looks, ON_A_PAGE).get_page(request.GET.get("page"))
    children = names(request.user, [look.student_id for look in page])
    for look in page:
        look.child = children.get(look.student_id)
    context: dict[str, Any] = {
        "title": _("Who looked"),
        "page_obj": page,
        "asked": asked,
        "problem": problem,
        "people": User.objects.filter(pk__in=looks_for(request.user).order_by().values("user")).order_by("last_name"),
    }
    return render(request, "district/access_log.html", context)


def _chosen(looks: QuerySet[Look], asked: dict[str, str]) -> tuple[QuerySet[Look], str]:
    """The looks that fit what was asked, and what could not be read in it."""
    for key, column in (("person", "user"), ("child", "student_id")):
        if asked[key].isascii() and asked[key].isdigit() and len(asked[key]) < 18:
            looks = looks.filter(**{column: int(asked[key])})
    for key, condition, more in (("first", "at__gte", 0), ("last", "at__lt", 1)):
        if asked[key]:
            try:
                day = dates.read_date(asked[key], timezone.localdate())
            except dates.NotADate as error:
                return looks.none(), str(error)
            looks = looks.filter(**{condition: _midnight(day + timedelta(days=more))})
    return looks, ""


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
