"""The cast of chapters 1 and 2 (tests/students/conftest.py), and a kind of duty that tests can count on."""

from datetime import date, timedelta

import pytest
from django.db.models import DateField, F, Value
from django.db.models.functions import Cast, JSONObject

from district import duties
from district.enums import Role
from students.models import Student
from tests.students.conftest import (  # noqa: F401 -- fixtures are found by their names
    alder,
    birch,
    enroll,
    imogen,
    languages,
    marisela,
    nadia,
    otto,
    person,
    programs,
    reference,
    rosa,
    ruth,
    survey,
    tomas,
    year,
)

DAYS = 10


def due_after_enrollment(as_of: date):
    """Every child, ten days after the enrollment."""
    here = "current_enrollment__"
    return Student.objects.filter(current_enrollment__starts__lte=as_of).annotate(
        d_student=F("pk"),
        d_school=F(f"{here}school"),
        d_teacher=F(f"{here}teacher"),
        d_starts=F(f"{here}starts"),
        d_due=Cast(F(f"{here}starts") + Value(timedelta(days=DAYS)), DateField()),
        d_done=Cast(Value(None), DateField()),
        d_facts=JSONObject(name=F("first_name")),
    )


def rule(slug: str, title: str, owner: Role) -> duties.DutyRule:
    return duties.DutyRule(
        id=slug,
        title=title,
        owner=owner,
        source="test",
        rows=due_after_enrollment,
        why=lambda duty: f"Ten days from enrollment on {duty.starts}.",
        link=lambda duty: f"/children/{duty.student_id}/",
        action="Do it",
    )


@pytest.fixture(autouse=True)
def facts_of_law(request):
    """Every page that counts days needs them; the pure tests need no database."""
    if "db" in request.fixturenames or "client" in request.fixturenames:
        request.getfixturevalue("reference")


@pytest.fixture
def two_rules(monkeypatch):
    """Two kinds of duty in place of the real ones: the secretary's and the principal's."""
    found = [rule("greet", "Greet the child", Role.SECRETARY), rule("visit", "Visit the class", Role.PRINCIPAL)]
    monkeypatch.setattr(duties, "_rules", {each.id: each for each in found})
    return found
