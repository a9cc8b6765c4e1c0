"""manage.py roster: the children enrolled on a day, with status and languages."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.db.models.functions import Coalesce

from district.commands import PlanCommand, Row, add_school, school_named
from district.models import in_force
from students.models import Enrollment
from students.queries import grade_rank, roster_day, with_status

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
        rows = with_status(stays, on, "student_id").order_by(
            "school__cds_code", grade_rank("grade"), "student__search_key"
        )
        return [dict(zip(COLUMNS, row, strict=True)) for row in rows.values_list(*COLUMNS.values())]
