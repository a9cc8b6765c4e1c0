"""Lists of children as files: one row a child, words beside codes, no cell that a spreadsheet computes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from import_export import fields, resources

from district.enums import Grade
from district.models import in_force
from district.sheets import inert
from students.enums import ElStatus, FlagKind, StatusSource
from students.models import Enrollment, Flag


class Inert(fields.Field):
    """A cell as text in which nothing computes; dates in the ISO form, nothing for None."""

    def export(self, instance: Any, **kwargs: Any) -> str:
        value = self.get_value(instance)
        return inert(value.isoformat() if hasattr(value, "isoformat") else value)


class RosterResource(resources.Resource):
    """The roster as the page shows it; the rows come from `students.queries.roster`."""

    ssid = Inert("student__ssid", "ssid")
    local_id = Inert("student__local_id", "local_id")
    last_name = Inert("student__last_name", "last_name")
    first_name = Inert("student__first_name", "first_name")
    birth_date = Inert("student__birth_date", "birth_date")
    grade = Inert("grade", "grade")
    school = Inert("school__cds_code", "school")
    school_name = Inert("school__name", "school_name")
    teacher = Inert("teacher", "teacher")
    status = Inert("status", "status")
    status_words = Inert(column_name="status_words")
    status_date = Inert("status_since", "status_date")
    status_source = Inert(column_name="status_source")
    primary_language = Inert("student__primary_language", "primary_language")
    letter_language = Inert("student__language_of_letters", "letter_language")
    migrant = Inert(column_name="migrant")
    mckinney_vento = Inert(column_name="mckinney_vento")
    flags = Inert(column_name="flags")

    def dehydrate_status_words(self, row: Enrollment) -> str:
        return inert(ElStatus(row.status).label if row.status else "")

    def dehydrate_status_source(self, row: Enrollment) -> str:
        return inert(StatusSource(row.status_source).label if row.status_source else "")

    def dehydrate_migrant(self, row: Enrollment) -> str:
        return "yes" if FlagKind.MIGRANT in _held(row) else "no"

    def dehydrate_mckinney_vento(self, row: Enrollment) -> str:
        return "yes" if FlagKind.HOMELESS in _held(row) else "no"

    def dehydrate_flags(self, row: Enrollment) -> str:
        return inert(", ".join(str(kind.label) for kind in FlagKind if kind in _held(row)))

    def dehydrate_grade(self, row: Enrollment) -> str:
        return str(Grade(row.grade))


def with_flags(rows: Iterable[Enrollment], on: date) -> list[Enrollment]:
    """The rows with the flags that the children hold on a day as `held_flags`; one query (MP0-09)."""
    listed = list(rows)
    held: dict[int, set[str]] = defaultdict(set)
    found = Flag.objects.filter(in_force(on), student__in=[row.student_id for row in listed])
    for student, kind in found.values_list("student_id", "kind"):
        held[student].add(kind)
    for row in listed:
        row.held_flags = held[row.student_id]  # type: ignore[attr-defined]
    return listed


def _held(row: Enrollment) -> set[str]:
    return getattr(row, "held_flags", set())
