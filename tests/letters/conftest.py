"""The cast of the letters' tests: two schools, an EL administrator, a secretary and a principal, a few children."""

from __future__ import annotations

from datetime import date
from itertools import count

import pytest

from district.enums import Role
from district.loaders import load_languages, load_legal_rules
from district.models import District, Language, RoleAssignment, School, SchoolYear, Trustee, User
from notifications.loaders import load_texts
from students.models import Enrollment, Student
from tests.letters import sources

ON = date(2026, 9, 1)
LONG_AGO = date(2020, 7, 1)


def person(username: str, *roles: Role | tuple[Role, School], **fields) -> User:
    user = User.objects.create(username=username, first_name=username.title(), last_name="Example", **fields)
    for role in roles:
        role, school = role if isinstance(role, tuple) else (role, None)
        RoleAssignment.objects.create(user=user, role=role, school=school, starts=LONG_AGO)
    return user


@pytest.fixture
def district(db) -> District:
    SchoolYear.objects.create(name="2026-27", first_day=date(2026, 8, 12), last_day=date(2027, 6, 4))
    for name in ("A. Marsh", "B. Okafor"):
        Trustee.objects.create(name=name, starts=LONG_AGO)
    Trustee.objects.create(name="Z. Gone", starts=LONG_AGO, ends=date(2022, 1, 1))
    return District.objects.create(
        name="Valle Claro Unified School District",
        cds_code="9900001",
        address="310 Alder Street, Valle Claro, California 95000",
        phone="530-555-0100",
        superintendent="R. Lindqvist",
        vision="Students in Valle Claro will graduate with 21st century skills",
        is_sample=True,
    )


@pytest.fixture
def school(district) -> School:
    return School.objects.create(
        cds_code="99000010000022",
        name="Valle Claro Upper Elementary",
        short_name="Upper",
        grade_low="04",
        grade_high="06",
        phone="530-555-0142",
    )


@pytest.fixture
def other_school(district) -> School:
    return School.objects.create(
        cds_code="99000010000011", name="Valle Claro Primary", short_name="Primary", grade_low="TK", grade_high="03"
    )


@pytest.fixture
def office(district) -> User:
    return person("office", Role.EL_ADMINISTRATOR)


@pytest.fixture
def secretary(school) -> User:
    return person("secretary", (Role.SECRETARY, school))


@pytest.fixture
def elsewhere(other_school) -> User:
    return person("elsewhere", (Role.SECRETARY, other_school))


@pytest.fixture
def texts(district) -> None:
    load_languages()
    load_legal_rules()
    load_texts()


@pytest.fixture
def annual(texts, monkeypatch) -> None:
    """Texts are loaded, and annual letters have their facts from the samples."""
    sources.register(monkeypatch, "annual", "initial")


@pytest.fixture
def child(school, texts):
    """`child("Ximena", "Robles", language="01", grade="05")`: an enrolled child."""
    numbers = count(100_001)

    def make(first: str, last: str, *, language: str | None = "01", grade: str = "05", at: School = school) -> Student:
        number = next(numbers)
        student = Student.objects.create(
            first_name=first,
            last_name=last,
            local_id=str(number),
            ssid=f"91{number:08d}",
            birth_date=date(2016, 3, 14),
            primary_language=Language.objects.get(pk=language) if language else None,
        )
        Enrollment.objects.create(student=student, school=at, grade=grade, starts=date(2026, 8, 12))
        student.refresh_from_db()
        return student

    return make
