"""The home page: what the signed-in person has to do, or, for those who see no children, the figures."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from district.access import requires
from district.enums import Role
from district.models import Entry, User
from district.permissions import Permission
from elplan.today import Today, duties_url, today
from elplan.views.entries import mark
from elplan.views.figures import figures_page

DONE_SHOWN = 5
OVERSEEING = {Role.PRINCIPAL, Role.EL_ADMINISTRATOR}  # they answer for what others have to do (MP1-35, MP7)


@requires(Permission.SIGNED_IN, methods=("GET",))
def home(request: HttpRequest) -> HttpResponse:
    """Late, due within a week, due later; then what was done and can be put back."""
    user: User = request.user
    if not user.may(Permission.VIEW_DUTIES):
        return figures_page(request)
    on = timezone.localdate()
    oversees = any(role in OVERSEEING for role, _school in user.grants)
    mine = today(user, on, with_others=oversees, recount="recount" in request.GET)
    done = list(Entry.objects.filter(made_by=user).select_related("put_back_by")[:DONE_SHOWN])
    mark(done, user)
    request.menu_counts = {"today": mine.count("late") + mine.count("week")}
    context = {
        "title": _("Today"),
        "on": on,
        "groups": [group for group in mine.groups if group.lines],
        "tally": _tally(mine),
        "done": done,
        "others": _others(mine),
        "counted": mine.counted,
    }
    return render(request, "elplan/home.html", context)


def _tally(mine: Today) -> list[dict[str, object]]:
    late, week, later = (mine.count(group) for group in ("late", "week", "later"))
    return [
        {"count": late, "words": _("late"), "url": "#late" if late else "", "tone": "late" if late else ""},
        {
            "count": week,
            "words": _("due within a week"),
            "url": "#week" if week else "",
            "tone": "soon" if week else "",
        },
        {"count": later, "words": _("due later"), "url": "#later" if later else ""},
        {
            "count": mine.done,
            "words": _("done in the last 7 days"),
            "url": duties_url(mine="1", state="done") if mine.done else "",
            "tone": "done" if mine.done else "",
        },
    ]


def _others(mine: Today) -> list[dict[str, object]]:
    """What waits with other roles, as rows whose numbers open their lists."""
    return [
        {
            "role": each.role.label,
            "late": each.late,
            "week": each.week,
            "late_words": _("%(count)d late") % {"count": each.late},
            "late_url": duties_url(owner=each.role, state="late"),
            "week_url": duties_url(owner=each.role, state="week"),
        }
        for each in mine.others
    ]
