"""Long-term English learners of a school and those at risk, by both definitions, with the day it will happen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.exports import LongTermResource, outcome_words
from assessments.queries.long_term import FLAGS, Standing, learners_of, standings
from assessments.rules import AT_RISK, LTEL
from assessments.rules.long_term_ahead import DASHBOARD, UNKNOWN
from district.access import log_look, requires
from district.enums import Grade
from district.models import School, User, in_force
from district.permissions import Permission
from district.wording import long_day
from students.enums import FlagKind
from students.forms.enrolling import schools_of
from students.models import Enrollment

P = Permission
ON_A_PAGE = 100
COMING, EVERYBODY = "coming", "all"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What can be asked of a child's standing: name, words, test.
STANDINGS = {
    LTEL: (gettext_lazy("long-term by EC 313.1"), lambda row: row.now.outcome == LTEL),
    AT_RISK: (gettext_lazy("at risk by EC 313.1"), lambda row: row.now.outcome == AT_RISK),
    DASHBOARD: (gettext_lazy("long-term by EC 52052"), lambda row: row.on_dashboard),
    COMING: (gettext_lazy("within 12 months"), lambda row: row.next is not None),
    UNKNOWN: (gettext_lazy("first day not known"), lambda row: row.now.outcome == UNKNOWN),
}


@dataclass(frozen=True)
class Found:
    """What the address asks for, of which school, and the rows that fit; `fitting` before the standing is asked."""

    school: School | None
    schools: list[School]
    asked: dict[str, str]
    everybody: list[Standing]
    fitting: list[Standing]

    @property
    def rows(self) -> list[Standing]:
        """Unless told otherwise, those for whom one of the definitions says something."""
        if self.asked["standing"] == EVERYBODY:
            return self.fitting
        chosen = STANDINGS.get(self.asked["standing"])
        tests = [chosen[1]] if chosen else [fits for _words, fits in STANDINGS.values()]
        return [row for row in self.fitting if any(fits(row) for fits in tests)]

    def address(self, **other: str) -> str:
        asked = {**self.asked, **other, "school": str(self.school.pk) if self.school else ""}
        return "?" + urlencode({name: value for name, value in asked.items() if value})


def _found(request: HttpRequest, on: date) -> Found:
    schools = list(schools_of(request.user, P.VIEW_STUDENTS).order_by("cds_code")) or _of_own_class(request.user, on)
    wanted = request.GET.get("school", "")
    school = next((each for each in schools if str(each.pk) == wanted), schools[0] if schools else None)
    names = ("standing", "grade", "language", "teacher", "flag")
    asked = {name: request.GET.get(name, "") for name in names}
    rows = standings(learners_of(request.user, school, on), on) if school else []
    return Found(school, schools, asked, rows, [row for row in rows if _fits(row, asked)])


def _of_own_class(teacher: User, on: date) -> list[School]:
    """The schools of a teacher's own children, whose role shows the class and not the school."""
    own = Enrollment.objects.visible_to(teacher).filter(in_force(on), teacher=teacher)
    return list(School.objects.filter(pk__in=own.values("school")).order_by("cds_code"))


def _fits(row: Standing, asked: dict[str, str]) -> bool:
    said = {
        "grade": row.stay.grade,
        "language": row.student.primary_language_id or "",
        "teacher": str(row.stay.teacher_id or ""),
    }
    flag = not asked["flag"] or asked["flag"] in row.flags
    return flag and all(not asked[name] or asked[name] == value for name, value in said.items())


@requires(P.VIEW_STUDENTS, methods=("GET",))
def long_term(request: HttpRequest) -> HttpResponse:
    """The list of a school."""
    on = timezone.localdate()
    found = _found(request, on)
    page = Paginator(found.rows, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": _("Long-term English learners, and who is at risk"),
        "lead": _("English learners at %(school)s on %(day)s.")
        % {"school": found.school.name if found.school else "", "day": long_day(on)},
        "page_obj": page,
        "found": found,
        "tally": _tally(found),
        "filters": _filters(found),
        "words": {outcome: outcome_words(outcome) for outcome in (LTEL, AT_RISK, "neither", UNKNOWN)},
        "query": found.address(),
        "may_enroll": request.user.may(P.ENROLL),
    }
    return render(request, "assessments/long_term.html", context)


def _tally(found: Found) -> list[dict[str, Any]]:
    """How many of each standing, each number opening its list."""
    items = [
        {
            "count": sum(1 for row in found.fitting if fits(row)),
            "words": words,
            "url": found.address(standing=name),
            "current": found.asked["standing"] == name,
            "tone": "soon" if name == UNKNOWN else "",
        }
        for name, (words, fits) in STANDINGS.items()
    ]
    everybody = {"count": len(found.fitting), "words": _("English learners"), "url": found.address(standing=EVERYBODY)}
    return [{**everybody, "current": found.asked["standing"] == EVERYBODY}, *items]


def _filters(found: Found) -> list[tuple[str, str, list[tuple[str, str]], str]]:
    """Choices that occur among the school's learners: name, label, choices, what is chosen."""
    rows = found.everybody
    languages = {
        row.student.primary_language.code: row.student.primary_language.name
        for row in rows
        if row.student.primary_language
    }
    teachers = {str(row.stay.teacher_id): str(row.stay.teacher) for row in rows if row.stay.teacher}
    grades = {row.stay.grade for row in rows}
    choices = {
        "grade": (_("Grade"), [(grade.value, str(grade.label)) for grade in Grade if grade in grades]),
        "language": (_("Language"), sorted(languages.items(), key=lambda pair: pair[1])),
        "teacher": (_("Teacher"), sorted(teachers.items(), key=lambda pair: pair[1])),
        "flag": (_("Flag"), [(kind.value, str(FlagKind(kind).label)) for kind in FLAGS]),
    }
    return [(name, label, listed, found.asked[name]) for name, (label, listed) in choices.items()]


@requires(P.VIEW_STUDENTS, methods=("GET",))
def long_term_csv(request: HttpRequest) -> HttpResponse:
    """The list as CSV, with the mark by which Excel knows UTF-8."""
    return _file(request, "csv", "text/csv; charset=utf-8")


@requires(P.VIEW_STUDENTS, methods=("GET",))
def long_term_xlsx(request: HttpRequest) -> HttpResponse:
    """The list as an Excel workbook."""
    return _file(request, "xlsx", XLSX)


def _file(request: HttpRequest, kind: str, content_type: str) -> HttpResponse:
    """The filtered list as a file; every child in it is written down as looked at."""
    rows = _found(request, timezone.localdate()).rows
    log_look(request.user, [row.stay.student_id for row in rows], _("exported the list of long-term learners"))
    body = LongTermResource().export(rows).export(kind)
    response = HttpResponse(f"\ufeff{body}" if isinstance(body, str) else body, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="long-term.{kind}"'
    return response
