"""The roster: who is enrolled, with filters in the address bar, and the same list as a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from district.access import log_look, requires
from district.enums import Grade
from district.models import Language, School, User, in_force
from district.permissions import Permission
from district.wording import long_day
from students.enums import ElStatus, FlagKind
from students.exports import RosterResource, with_flags
from students.forms.enrolling import schools_of
from students.models import Enrollment, Flag, Student
from students.queries import roster as rows_of_roster
from students.queries import roster_day

P = Permission
ON_A_PAGE = 100
WITHOUT = "none"  # no status yet, no language known
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Filters:
    """What the address asks for; what is not known counts as not asked."""

    school: str = ""
    grade: str = ""
    status: str = ""
    language: str = ""
    flag: str = ""

    @classmethod
    def read(cls, request: HttpRequest, schools: list[School]) -> Filters:
        known = {
            "school": {str(school.pk) for school in schools},
            "grade": set(Grade.values),
            "status": {*ElStatus.values, WITHOUT},
            "language": {*Language.objects.values_list("code", flat=True), WITHOUT},
            "flag": set(FlagKind.values),
        }
        return cls(**{name: value for name in known if (value := request.GET.get(name, "")) in known[name]})

    def apply(self, rows: QuerySet[Enrollment], on: Any) -> QuerySet[Enrollment]:
        if self.school:
            rows = rows.filter(school=self.school)
        if self.grade:
            rows = rows.filter(grade=self.grade)
        if self.status:
            rows = rows.filter(status__isnull=True) if self.status == WITHOUT else rows.filter(status=self.status)
        if self.language == WITHOUT:
            rows = rows.filter(student__primary_language__isnull=True)
        elif self.language:
            rows = rows.filter(Q(student__primary_language=self.language) | Q(student__letter_language=self.language))
        if self.flag:
            flags = Flag.objects.filter(in_force(on), student=OuterRef("student_id"), kind=self.flag)
            rows = rows.filter(Exists(flags))
        return rows


def _rows(request: HttpRequest) -> tuple[QuerySet[Enrollment], Filters, list[School]]:
    on = timezone.localdate()
    schools = list(schools_of(request.user, P.VIEW_STUDENTS))
    asked = Filters.read(request, schools)
    rows = rows_of_roster(request.user, on).select_related(
        "student__primary_language", "student__letter_language", "school", "teacher"
    )
    return asked.apply(rows, on), asked, schools


@requires(P.VIEW_STUDENTS, methods=("GET",))
def roster(request: HttpRequest) -> HttpResponse:
    """The children whom the person may see."""
    rows, asked, schools = _rows(request)
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    day = roster_day(timezone.localdate())
    spoken = Student.objects.visible_to(request.user).values("primary_language")
    context = {
        "title": _("Children"),
        "lead": _("Enrolled on %(day)s.") % {"day": long_day(day)},
        "page_obj": page,
        "asked_items": [(name, value) for name, value in vars(asked).items() if value],
        "lines": _lines(page, request.user),
        "filters": [
            *(_school_filter(schools) if len(schools) > 1 else []),
            ("grade", gettext_lazy("Grade"), Grade.choices),
            ("status", gettext_lazy("Language status"), [*ElStatus.choices, (WITHOUT, _("none yet"))]),
            (
                "language",
                gettext_lazy("Language"),
                [
                    *Language.objects.filter(pk__in=spoken).values_list("code", "name"),
                    (WITHOUT, _("not known")),
                ],
            ),
            ("flag", gettext_lazy("Flag"), FlagKind.choices),
        ],
        "query": request.GET.urlencode(),
    }
    return render(request, "students/roster.html", context)


def _school_filter(schools: list[School]) -> list[tuple[str, Any, list[tuple[str, str]]]]:
    return [("school", gettext_lazy("School"), [(str(school.pk), school.name) for school in schools])]


def _lines(page: Any, user: User) -> list[dict[str, Any]]:
    """What a row shows beside the enrollment: status in words, flags, another language of letters."""
    flags = _flags(page, user)
    return [
        {
            "stay": row,
            "status": ElStatus(row.status).label if row.status else "",
            "flags": flags.get(row.student_id, ""),
            "letters": row.student.letter_language
            if row.student.letter_language_id not in (None, row.student.primary_language_id)
            else None,
        }
        for row in page
    ]


def _flags(page: Any, user: User) -> dict[int, str]:
    """The flags of the children on the page, in words; one query."""
    held: dict[int, list[str]] = {}
    on = timezone.localdate()
    found = Flag.objects.visible_to(user).filter(in_force(on), student__in=[row.student_id for row in page])
    for student, kind in found.values_list("student_id", "kind"):
        held.setdefault(student, []).append(str(FlagKind(kind).label))
    return {student: ", ".join(sorted(names)) for student, names in held.items()}


@requires(P.VIEW_STUDENTS, methods=("GET",))
def roster_csv(request: HttpRequest) -> HttpResponse:
    """The list as CSV, with the mark by which Excel knows UTF-8."""
    return _file(request, "csv", "text/csv; charset=utf-8")


@requires(P.VIEW_STUDENTS, methods=("GET",))
def roster_xlsx(request: HttpRequest) -> HttpResponse:
    """The list as an Excel workbook."""
    return _file(request, "xlsx", XLSX)


def _file(request: HttpRequest, kind: str, content_type: str) -> HttpResponse:
    """The filtered list as a file; every child in it is written down as looked at."""
    rows, _asked, _schools = _rows(request)
    listed = with_flags(rows, timezone.localdate())
    data = RosterResource().export(listed)
    log_look(request.user, [row.student_id for row in listed], _("exported the list of children"))
    body = data.export(kind)
    response = HttpResponse(f"\ufeff{body}" if isinstance(body, str) else body, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="children.{kind}"'
    return response
