"""The cast of chapters 1 and 2: a district with two schools, its calendar, its people, and children made by actions.

Alder Primary (TK to 3)    secretary Marisela, principal Ruth, teacher Tomas
Birch Middle (4 to 8)      secretary Nadia
district                   EL administrator Rosa; superintendent Imogen sees figures only; Otto holds no role
"""

from datetime import date
from itertools import count

import pytest

from district import loaders as ground
from district.enums import Role
from district.models import Language, RoleAssignment, School, SchoolYear, User
from students import actions, loaders
from students.enums import Origin
from students.models import Program

D = date.fromisoformat
ENROLLED = D("2026-11-23")
_numbers = count(104_001)


@pytest.fixture
def reference(db):
    """The facts of law and state that the tests stand on."""
    ground.load_languages()
    ground.load_legal_rules()
    loaders.load_transitions()
    loaders.load_programs()
    loaders.load_aeries_fields()
    loaders.load_packet_parts()


@pytest.fixture
def alder(db):
    return School.objects.create(
        cds_code="99000010000011", name="Alder Primary", short_name="Alder", grade_low="TK", grade_high="03"
    )


@pytest.fixture
def birch(db):
    return School.objects.create(
        cds_code="99000010000029", name="Birch Middle", short_name="Birch", grade_low="04", grade_high="08"
    )


@pytest.fixture
def year(db):
    return [
        SchoolYear.objects.create(name="2025-26", first_day=D("2025-08-13"), last_day=D("2026-06-11")),
        SchoolYear.objects.create(name="2026-27", first_day=D("2026-08-12"), last_day=D("2027-06-10")),
    ]


def person(username, first_name, last_name, *roles):
    user = User.objects.create(username=username, first_name=first_name, last_name=last_name)
    for role, school in roles:
        RoleAssignment.objects.create(user=user, role=role, school=school, starts=D("2020-07-01"))
    return user


@pytest.fixture
def marisela(alder):
    return person("marisela", "Marisela", "Ochoa", (Role.SECRETARY, alder))


@pytest.fixture
def ruth(alder):
    return person("ruth", "Ruth", "Lindqvist", (Role.PRINCIPAL, alder))


@pytest.fixture
def tomas(alder):
    return person("tomas", "Tomas", "Echeverría", (Role.TEACHER, alder))


@pytest.fixture
def nadia(birch):
    return person("nadia", "Nadia", "Karimi", (Role.SECRETARY, birch))


@pytest.fixture
def rosa(db):
    return person("rosa", "Rosa", "Whitcombe", (Role.EL_ADMINISTRATOR, None))


@pytest.fixture
def imogen(db):
    return person("imogen", "Imogen", "Castellanos", (Role.SUPERINTENDENT, None))


@pytest.fixture
def otto(db):
    return person("otto", "Otto", "Brandt")


@pytest.fixture
def enroll(reference, alder, marisela):
    """Enroll a child: kindergarten at Alder Primary on Mon 23 Nov 2026, unless told otherwise."""

    def make(**facts):
        number = next(_numbers)
        return actions.enroll_student(
            **{
                "by": marisela,
                "school": alder,
                "grade": "KN",
                "starts": ENROLLED,
                "origin": Origin.NEW,
                "last_name": "Gill",
                "first_name": f"Jasleen {number}",
                "birth_date": D("2021-03-09"),
                "local_id": str(number),
                **facts,
            }
        )

    return make


@pytest.fixture
def languages(reference):
    """Languages by name, and "-" for no answer."""
    return {**{each.name: each for each in Language.objects.all()}, "-": None}


@pytest.fixture
def survey(languages, marisela):
    """Enter a survey: `survey(child, "Punjabi", "English", "Punjabi", "-")`."""

    def make(child, *answers, **facts):
        return actions.record_survey(
            **{
                "by": marisela,
                "student": child,
                "answers": [languages[name] for name in answers],
                "answered_on": ENROLLED,
                **facts,
            }
        )

    return make


@pytest.fixture
def programs(reference):
    return {program.kind: program for program in Program.objects.all()}
