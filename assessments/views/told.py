"""Whether families hear in time of yearly results, batch by batch; and results of the state that differ from ours."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import queries, rules, scales
from assessments.duties.columns import here
from assessments.duties.notices import results_letter_rows
from assessments.enums import Measure, ResultSource, Test
from assessments.models import Result
from assessments.rules import windows
from district.access import requires
from district.duties import visible
from district.enums import Role
from district.models import School, User
from district.permissions import Permission
from district.queries import period, school_calendar
from district.wording import due_words, long_day
from notifications.models import Letter
from students.enums import ElStatus
from students.models import Student

P = Permission
ON_A_PAGE = 50


@requires(P.VIEW_LETTERS, methods=("GET",))
def results_told(request: HttpRequest) -> HttpResponse:
    """Each batch of yearly results: when it came, by when families must hear, how many have, how many in time."""
    on = timezone.localdate()
    school = request.GET.get("school", "")
    rows = _told_rows(request, on)
    if school.isascii() and school.isdigit():
        rows = rows.filter(d_school=int(school))
    counted = (
        rows.order_by()
        .values("test", "administration", "received_on")
        .annotate(
            all=Count("pk"),
            told=Count("pk", filter=Q(d_done__isnull=False)),
            in_time=Count("pk", filter=Q(d_done__lte=F("d_due"))),
            open=Count("pk", filter=Q(d_done__isnull=True)),
            late=Count("pk", filter=Q(d_done__isnull=True, d_due__lt=on)),
            last=Max("d_done"),
            due=Min("d_due"),
        )
        .order_by("-received_on", "test")
    )
    context = {
        "title": _("Results told to families"),
        "lead": _("A batch is what the district received on one day; that day starts the clock of MP1-17."),
        "batches": [_batch(row, school, on) for row in counted],
        "schools": [each for each in School.objects.all() if request.user.may(P.VIEW_LETTERS, each.pk)],
        "school": school,
        "may_note": request.user.may(P.ISSUE_LETTERS),
    }
    return render(request, "assessments/results_told.html", context)


def _told_rows(request: HttpRequest, on: date) -> QuerySet[Any]:
    mine = Student.objects.visible_to(request.user, P.VIEW_LETTERS)
    return results_letter_rows(on).filter(visible(request.user), student__in=mine)


def _batch(row: dict[str, Any], school: str, on: date) -> dict[str, Any]:
    """A batch in words. In time counts of those told, and of those never told whose day has passed."""
    received = row["received_on"]
    told = windows.told_by(
        received, school_calendar(None), during=period("SA-02", received), after=period("SA-03", received)
    )
    ended = row["told"] + row["late"]
    asked = {"received": received.isoformat(), "test": row["test"], "school": school}
    unsent = f"{reverse('score_reports')}?{urlencode({key: value for key, value in asked.items() if value})}"
    due = row["due"] or told.due
    return {
        **row,
        "title": f"{Test(row['test']).label} {row['administration']}",
        "due_said": due_words(due, on) if due else None,
        "why": told.reason,
        "source": told.source,
        "share": round(100 * row["in_time"] / ended) if ended else None,
        "after_time": row["told"] - row["in_time"],
        "unsent_url": unsent if row["open"] else "",
        "words": _("%(told)d of %(all)d told") % {"told": row["told"], "all": row["all"]},
        "tone": "late" if row["late"] else "done" if not row["open"] else "",
    }


@requires(P.VIEW_DUTIES, methods=("GET",))
def differences(request: HttpRequest) -> HttpResponse:
    """The state's Initial results that are other than the school's own score, side by side (D-06)."""
    on = timezone.localdate()
    show = "all" if request.GET.get("show") == "all" else "open"
    rows = _differing(request, on)
    counts = rows.aggregate(open=Count("pk", filter=Q(letter_on__isnull=True)), all=Count("pk"))
    listed = rows if show == "all" else rows.filter(letter_on__isnull=True)
    listed = listed.select_related("student").order_by("received_on", "student__search_key")
    page = Paginator(listed, ON_A_PAGE).get_page(request.GET.get("page"))
    words = {"open": _("wait for a letter"), "all": _("differ this year")}
    context = {
        "title": _("Initial results that differ"),
        "lead": _("The school's own score was preliminary. The state's result decides the status (D-06)."),
        "tally": [
            {"count": counts[key], "words": said, "url": f"?show={key}", "current": key == show}
            for key, said in words.items()
        ],
        "page_obj": page,
        "lines": _lines(list(page.object_list), request.user),
        "deciding": User.objects.holding(Role.EL_ADMINISTRATOR, None, on),
    }
    return render(request, "assessments/differences.html", context)


def _differing(request: HttpRequest, on: date) -> QuerySet[Any]:
    since = queries.clocks_since(on)
    rows = queries.differing(queries.initial_results(on).filter(received_on__gte=since))
    letter = Letter.objects.filter(
        kind=queries.INITIAL, student=OuterRef("student_id"), subject_key=OuterRef("key"), dated__lte=on
    )
    rows = rows.annotate(letter_on=Subquery(letter.order_by("dated").values("dated")[:1]))
    mine = Student.objects.visible_to(request.user, P.VIEW_STUDENTS)
    return here(rows, on).filter(visible(request.user), student__in=mine)


def _lines(rows: list[Any], user: User) -> list[dict[str, Any]]:
    """Both results of each child, which of them decides, and what must be done."""
    local_results = Result.objects.visible_to(user).filter(pk__in=[row.local_pk for row in rows])
    ours = {result.pk: result for result in local_results.select_related("examiner")}
    schools = {school.pk: school.short_name for school in School.objects.all()}
    lines = []
    for row in rows:
        local = ours[row.local_pk]
        found = rules.official_differs(
            rules.Scored(local.level, local.overall_score, test=local.test),
            rules.Scored(row.level, row.overall_score, row.calculated_status, row.test),
        )
        lines.append(
            {
                "row": row,
                "student": row.student,
                "school": schools.get(row.d_school, ""),
                "local": _side(local),
                "official": _side(row),
                "changes_status": bool(found and found.outcome == "changes_status"),
                "follows": _follows(row),
                "may_open": user.may(P.ISSUE_LETTERS, row.d_school),
            }
        )
    return lines


def _side(result: Result) -> dict[str, str]:
    """One of the two results: level, score, status by it, day and who."""
    found = rules.status_from_initial(level=result.level, calculated=result.calculated_status, test=result.test)
    who = str(result.examiner) if result.examiner else ""
    by_state = result.source == ResultSource.STATE_FILE
    return {
        "level": str(scales.level_words(result.test, Measure.OVERALL, result.level) or _("no level")),
        "score": "" if result.overall_score is None else str(result.overall_score),
        "status": str(ElStatus(found.outcome).label),
        "when": _("received %(day)s") % {"day": long_day(result.received_on)}
        if by_state
        else _("tested %(day)s") % {"day": long_day(result.tested_on)},
        "who": who,
    }


def _follows(row: Any) -> str:
    if row.letter_on:
        return _("The family was told on %(day)s.") % {"day": long_day(row.letter_on)}
    if row.told:
        return _("The family has the preliminary letter; a corrected one is due.")
    return _("The family has no letter yet; the letter says what the state says.")
