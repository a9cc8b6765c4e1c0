"""One page of figures, no names: the home page of the superintendent and the Board."""

from __future__ import annotations

from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from district.access import requires
from district.permissions import Permission
from elplan import figures as found
from elplan.small_groups import LEAST_SHOWN


@requires(Permission.VIEW_FIGURES, methods=("GET",))
def figures(request: HttpRequest) -> HttpResponse:
    return figures_page(request)


def figures_page(request: HttpRequest) -> HttpResponse:
    """Children by status and school, and how much is done in time."""
    on = timezone.localdate()
    schools = found.schools_of(request.user)
    rows, whole = found.by_school(schools, on)
    kinds, by_school = found.in_time(schools, on)
    late = sum(kind.late for kind in kinds)
    context = {
        "title": _("English learners on one page"),
        "on": on,
        "least": LEAST_SHOWN,
        "columns": [title for title, _statuses in found.COLUMNS],
        "rows": rows,
        "whole": whole,
        "kinds": kinds,
        "by_school": by_school,
        "late": late,
        "tally": _tally(whole, kinds, late),
    }
    return render(request, "elplan/figures.html", context)


def _tally(whole: found.Row, kinds: list[found.InTime], late: int) -> list[dict[str, object]]:
    learners, untested = whole.counts[0], whole.counts[-1]
    asked, punctual = sum(kind.asked for kind in kinds), sum(kind.in_time for kind in kinds)
    share = (
        _("%(share)d%% of %(all)s children")
        % {"share": round(100 * learners / whole.enrolled), "all": intcomma(whole.enrolled)}
        if learners is not None and whole.enrolled
        else ""
    )
    return [
        {
            "count": _number(learners),
            "words": _("English learners"),
            "note": share,
            "url": "#schools",
        },
        {"count": _number(untested), "words": _("status not yet known"), "url": "#schools"},
        {
            "count": _("%(some)s of %(all)s") % {"some": intcomma(punctual), "all": intcomma(asked)}
            if asked
            else _("none due yet"),
            "words": _("done in time"),
            "note": _("this school year"),
            "url": "#in-time",
        },
        {"count": intcomma(late), "words": _("late today"), "url": "#in-time", "tone": "late" if late else ""},
    ]


def _number(count: int | None) -> str:
    return _("hidden") if count is None else intcomma(count)
