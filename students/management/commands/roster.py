"""manage.py roster: the children enrolled on a day, with status and languages."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.db.models import Case, IntegerField, Value, When
from django.db.models.functions import Coalesce

from district.commands import PlanCommand, Row, add_school, school_named
from district.enums import Grade
from district.models import SchoolYear, in_force
from students.models import Enrollment
from students.queries import with_status

GRADE_RANK = Case(*(When(grade=grade, then=Value(grade.rank)) for grade in Grade), output_field=IntegerField())

COLUMNS = {
    "ssid": "student__ssid",
    "local_id": "student__local_id",
    "last_name": "student__last_name",
    "first_name": "student__first_name",
    "birth_date": "student__birth_date",
    "grade": "grade",
    "school": "school__cds_code",
    "status": "status",
    "status_date": "status_since",
    "primary_language": "student__primary_language__name",
    "letter_language": Coalesce("student__letter_language__name", "student__primary_language__name"),
    "primary_language_code": "student__primary_language",
    "letter_language_code": Coalesce("student__letter_language", "student__primary_language"),
}


def roster_day(on: date) -> date:
    """The day whose enrollments make the roster: between school years it is the first day of the coming one."""
    if SchoolYear.objects.filter(first_day__lte=on, last_day__gte=on).exists():
        return on
    coming = SchoolYear.objects.filter(first_day__gt=on).order_by("first_day").first()
    return coming.first_day if coming and not Enrollment.objects.filter(in_force(on)).exists() else on


class Command(PlanCommand):
    help = (
        "Lists the children enrolled on a day, by school, grade and name. Between two school years, when nobody is"
        " enrolled, it lists those who are registered for the first day of the coming one."
    )

    def arguments(self, parser: ArgumentParser) -> None:
        add_school(parser)

    def run(self, *, on: date, school: str | None, **options: Any) -> list[Row]:
        stays = Enrollment.objects.filter(in_force(roster_day(on)))
        if place := school_named(school):
            stays = stays.filter(school=place)
        rows = with_status(stays, on, "student_id").order_by("school__cds_code", GRADE_RANK, "student__search_key")
        return [dict(zip(COLUMNS, row, strict=True)) for row in rows.values_list(*COLUMNS.values())]
