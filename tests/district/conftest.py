"""The cast of the ground floor: one administrator, one secretary, two schools."""

from datetime import date

import pytest

from district.enums import Role
from district.models import RoleAssignment, School, User

LONG_AGO = date(2020, 7, 1)


def person(username, *roles, **fields):
    """An account that holds the roles since long ago: each a role, or a role with a school."""
    user = User.objects.create(username=username, first_name=username.title(), last_name="Example", **fields)
    for role in roles:
        role, school = role if isinstance(role, tuple) else (role, None)
        RoleAssignment.objects.create(user=user, role=role, school=school, starts=LONG_AGO)
    return user


@pytest.fixture
def school(db):
    return School.objects.create(
        cds_code="99000010000011", name="Lower School", short_name="Lower", grade_low="TK", grade_high="03"
    )


@pytest.fixture
def other_school(db):
    return School.objects.create(
        cds_code="99000010000029", name="Upper School", short_name="Upper", grade_low="04", grade_high="06"
    )


@pytest.fixture
def administrator(db):
    return person("admin", Role.EL_ADMINISTRATOR)


@pytest.fixture
def secretary(school):
    return person("secretary", (Role.SECRETARY, school))
