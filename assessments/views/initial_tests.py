"""Children to be tested, with their clocks, and those who have been."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import scales
from assessments.duties.initial import initial_test_rows
from assessments.enums import Measure, ResultSource
from assessments.models import Result
from assessments.queries import INITIAL_TESTS
from assessments.queries.testing import plans_on
from district.access import requires
from district.duties import SOON, duties, visible
from district.enums import Grade
from district.models import School, User
from district.permissions import Permission
from district.wording import due_words
from students.models import Student

ON_A_PAGE = 50
P = Permission


@dataclass(frozen=True)
class Filters:
    """What the address asks for; anything unknown counts as not asked."""

    show: str
    school: str
    grade: str

    @classmethod
    def read(cls, request: HttpRequest) -> Filters:
        show, school, grade = (request.GET.get(key, "") for key in ("show", "school", "grade"))
        return cls(
            show=show if show in SHOWN else "waiting",
            school=school if school.isascii() and school.isdigit() else "",
            grade=grade if grade in Grade.values else "",
        )

    def where(self, on: date) -> Q:
        where = SHOWN[self.show](on)
        if self.school:
            where &= Q(d_school=int(self.school))
        if self.grade:
            where &= Q(here__grade=self.grade)
        return where


SHOWN: dict[str, Any] = {
    "waiting": lambda on: Q(d_done__isnull=True),
    "late": lambda on: Q(d_done__isnull=True, d_due__lt=on),
    "week": lambda on: Q(d_done__isnull=True, d_due__gte=on, d_due__lt=on + SOON),
    "tested": lambda on: Q(d_done__isnull=False),
    "unofficial": lambda on: Q(d_done__isnull=False, has_official=False),
}


@requires(P.VIEW_DUTIES, methods=("GET",))
def initial_tests(request: HttpRequest) -> HttpResponse:
    """The examiner's list: whom to test by when, how, and what has come of it."""
    on = timezone.localdate()
    filters = Filters.read(request)
    rows = _rows(request, on)
    listed = rows.filter(filters.where(on)).select_related("student").order_by("d_due", "student__search_key")
    page = Paginator(listed, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": _("Initial ELPAC"),
        "tally": _tally(rows, filters, on),
        "filters": filters,
        "schools": _schools(request),
        "grades": [(grade.value, grade.label) for grade in Grade if grade != Grade.TK],
        "page_obj": page,
        "lines": _lines(list(page.object_list), request.user, on),
        "may_enter": request.user.may(P.RECORD_RESULT),
        "may_plan": request.user.may(P.PLAN_TEST),
        "may_keep": request.user.may(P.COORDINATE_TESTS),
    }
    return render(request, "assessments/initial_tests.html", context)


def _rows(request: HttpRequest, on: date) -> QuerySet:
    official = Result.objects.filter(student=OuterRef("student_id"), test__in=INITIAL_TESTS, received_on__lte=on)
    official = official.exclude(source=ResultSource.LOCAL)
    rows = initial_test_rows(on).annotate(grade=F("here__grade"), has_official=Exists(official))
    mine = Student.objects.visible_to(request.user, P.VIEW_STUDENTS)
    return rows.filter(visible(request.user), student__in=mine)


def _schools(request: HttpRequest) -> list[School]:
    return [school for school in School.objects.all() if request.user.may(P.VIEW_DUTIES, school.pk)]


def _tally(rows: QuerySet, filters: Filters, on: date) -> list[dict[str, Any]]:
    """Counts that open their list; the filters of school and grade stay."""
    words = {
        "late": (_("late"), "late"),
        "week": (_("due within a week"), "soon"),
        "waiting": (_("to be tested"), ""),
        "tested": (_("tested this year"), "done"),
        "unofficial": (_("wait for the state's result"), ""),
    }
    kept = {key: value for key, value in (("school", filters.school), ("grade", filters.grade)) if value}
    shown = {show: Filters(show, filters.school, filters.grade).where(on) for show in words}
    counts = rows.aggregate(**{show: Count("pk", filter=where) for show, where in shown.items()})
    return [
        {
            "count": counts[show],
            "words": said,
            "tone": tone,
            "url": f"?{urlencode({'show': show, **kept})}",
            "current": show == filters.show,
        }
        for show, (said, tone) in words.items()
    ]


def _lines(rows: list[Any], user: User, on: date) -> list[dict[str, Any]]:
    """Each child with its clock, how it is tested, and its results; as many queries for fifty as for one."""
    keys = [row.student_id for row in rows]
    schools = {school.pk: school for school in School.objects.all()}
    plans = plans_on(keys, on)
    results: dict[int, list[str]] = {}
    given = Result.objects.visible_to(user).filter(student__in=keys, test__in=INITIAL_TESTS)
    for result in given.order_by("received_on", "pk"):
        results.setdefault(result.student_id, []).append(_result_words(result))
    found = {duty.student_id: duty for duty in duties(as_of=on, rule_ids=["initial_test"], where=Q(d_student__in=keys))}
    return [
        {
            "student": row.student,
            "school": schools.get(row.d_school),
            "grade": Grade(row.grade).label,
            "due": due_words(row.d_due, on),
            "why": found[row.student_id].why if row.student_id in found else "",
            "tested_on": row.d_done,
            "in_time": row.d_done and row.d_done <= row.d_due,
            "plan": plans.get(row.student_id),
            "results": results.get(row.student_id, []),
        }
        for row in rows
    ]


def _result_words(result: Result) -> str:
    level = scales.level_words(result.test, Measure.OVERALL, result.level) or _("no level")
    score = f" ({result.overall_score})" if result.overall_score is not None else ""
    return f"{level}{score}, {result.get_source_display()}"
