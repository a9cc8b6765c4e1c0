"""A small district whose children have the numbers of `files.child`, and people who may and may not read in files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import pytest

from assessments.loaders import load_score_ranges
from district.enums import Role
from district.loaders import load_languages, load_legal_rules
from district.models import School, SchoolYear, User
from students.enums import ElStatus, StatusSource
from students.loaders import load_transitions
from students.models import Enrollment, LanguageStatus, Student
from students.models.student import search_key
from tests.assessments.imports import files
from tests.district.conftest import person

TODAY = date(2023, 6, 26)
FIRST_DAY = date(2022, 8, 15)


@pytest.fixture
def reference(db: None) -> None:
    """What comes with the product and the import asks: scales, moves of the status, languages, law."""
    load_languages()
    load_legal_rules()
    load_transitions()
    load_score_ranges()


@pytest.fixture
def schools(reference: None) -> dict[str, School]:
    SchoolYear.objects.create(name="2022-23", first_day=FIRST_DAY, last_day=date(2023, 6, 9))
    upper = School.objects.create(
        cds_code="99000010000029", name="Upper School", short_name="Upper", grade_low="04", grade_high="06"
    )
    lower = School.objects.create(
        cds_code="99000010000011", name="Lower School", short_name="Lower", grade_low="TK", grade_high="03"
    )
    return {"upper": upper, "lower": lower}


@pytest.fixture
def office(reference: None) -> User:
    return person("office", Role.EL_ADMINISTRATOR)


@pytest.fixture
def colleague(reference: None) -> User:
    return person("colleague", Role.EL_ADMINISTRATOR)


@pytest.fixture
def examiner(schools: dict[str, School]) -> User:
    return person("examiner", (Role.EXAMINER, schools["upper"]))


def enroll(
    numbers: Iterable[int],
    school: School,
    by: User,
    status: ElStatus | None = ElStatus.EL,
    make: Callable[..., dict[str, str]] = files.child,
) -> list[Student]:
    """Children as `make` writes them into a file, enrolled since the first day of the year."""
    rows = [make(number) for number in numbers]
    children = Student.objects.bulk_create(
        Student(
            ssid=row["ssid"],
            local_id=row["local_id"],
            last_name=row["last_name"],
            first_name=row["first_name"],
            birth_date=row["birth_date"],
            primary_language_id="01",
            search_key=search_key(row["last_name"], row["first_name"]),
        )
        for row in rows
    )
    Enrollment.objects.bulk_create(
        Enrollment(student=child, school=school, grade="04", starts=FIRST_DAY) for child in children
    )
    if status:
        give_status(children, status, by)
    return children


def give_status(children: Iterable[Student], status: ElStatus, by: User, starts: date = FIRST_DAY) -> None:
    """A status as it came with the child's records; TBD as the survey gives it."""
    source = StatusSource.SURVEY if status in (ElStatus.TBD, ElStatus.EO) else StatusSource.RECORDS
    LanguageStatus.objects.bulk_create(
        LanguageStatus(
            student=child, sequence=1, status=status, starts=starts, source=source, reason="for a test", recorded_by=by
        )
        for child in children
    )
