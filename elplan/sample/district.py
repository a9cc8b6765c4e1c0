"""The sample's ground: letterhead, schools, years, days off, people with their roles, figures.

The Plan's district has four schools. A larger sample has more of the same four, a quarter of town for every 1,345
children: schools of real size, as in a real large district.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password

from district.enums import Grade, Role, TermSystem
from district.models import (
    Delegation,
    District,
    Figure,
    NonSchoolDay,
    RoleAssignment,
    School,
    SchoolYear,
    Term,
    Trustee,
    User,
)
from elplan.sample import names, years

NAME = "Valle Claro Unified School District"
COUNTY_DISTRICT = "5900001"  # county 59 does not exist
ELEMENTARY, UPPER, HIGH, CONTINUATION = range(4)
ADA = (465, 309, 547, 22)  # pupils of the Plan's four schools (MP0-08)
SCHOOLS = len(ADA)  # of a quarter
CHILDREN = 1345  # of a quarter: the Plan's district (MP0-07)
SOURCE = "The sample district's own choice, invented for practice"
LONG_AGO = date(2015, 7, 1)


@dataclass(frozen=True)
class Seat:
    """A member of staff: account, name, title, and the roles held, with a school's place or None for all."""

    username: str
    first: str
    last: str
    title: str
    roles: tuple[tuple[Role, int | None], ...]


def _at(role: Role, *schools: int) -> tuple[tuple[Role, int | None], ...]:
    return tuple((role, school) for school in schools)


SEATS = (
    Seat("secretary", "Denise", "Carrigan", "School Secretary", _at(Role.SECRETARY, ELEMENTARY)),
    Seat("principal", "Alan", "Bettencourt-Ruiz", "Principal", _at(Role.PRINCIPAL, ELEMENTARY)),
    Seat("el_lead", "Noemí", "Avendaño", "EL Lead Teacher", _at(Role.EL_LEAD, ELEMENTARY)),
    Seat("counselor", "Priya", "Sohal", "Counselor", _at(Role.COUNSELOR, ELEMENTARY)),
    Seat(
        "learning_support",
        "Marguerite",
        "Stroud",
        "Learning Support Specialist",
        _at(Role.LEARNING_SUPPORT, ELEMENTARY, UPPER),
    ),
    Seat("examiner", "Tomás", "Ordóñez", "Test Examiner", _at(Role.EXAMINER, ELEMENTARY)),
    Seat("liaison", "Xóchitl", "Navarrete", "District Liaison", ((Role.LIAISON, None),)),
    Seat(
        "el_administrator", "Helen", "Castañeda-Whitlock", "EL Programs Administrator", ((Role.EL_ADMINISTRATOR, None),)
    ),
    Seat("superintendent", "Roland", "Fairbanks", "Superintendent", ((Role.SUPERINTENDENT, None),)),
    Seat("board", "Ines", "Marlowe", "Member of the Board of Trustees", ((Role.BOARD, None),)),
    Seat("secretary-upper", "Rosalía", "Pantoja", "School Secretary", _at(Role.SECRETARY, UPPER)),
    Seat("principal-upper", "Gwen", "Rasmussen", "Principal", _at(Role.PRINCIPAL, UPPER)),
    Seat("el_lead-upper", "Jagmeet", "Dhillon", "EL Lead Teacher", _at(Role.EL_LEAD, UPPER)),
    Seat("secretary-high", "Yolanda", "Quimby", "School Secretary", _at(Role.SECRETARY, HIGH, CONTINUATION)),
    Seat("principal-high", "Marcus", "Yarborough", "Principal", _at(Role.PRINCIPAL, HIGH)),
    Seat("principal-continuation", "Leticia", "Tovar", "Principal", _at(Role.PRINCIPAL, CONTINUATION)),
    Seat("counselor-high", "Bryce", "Underhill", "Counselor", _at(Role.COUNSELOR, HIGH, CONTINUATION)),
    Seat(
        "learning_support-high",
        "Odette",
        "Winslow",
        "Learning Support Specialist",
        _at(Role.LEARNING_SUPPORT, HIGH, CONTINUATION),
    ),
    Seat("examiner-upper", "Pao", "Moua", "Test Examiner", _at(Role.EXAMINER, UPPER, HIGH, CONTINUATION)),
    Seat("examiner-late", "Edmund", "Farrow", "Test Examiner", _at(Role.EXAMINER, HIGH)),
    Seat("coordinator", "Solveig", "Marchetti", "Test Coordinator", ((Role.EXAMINER, None),)),
    Seat("el_lead-continuation", "Harold", "Peavey", "EL Lead Teacher", _at(Role.EL_LEAD, CONTINUATION)),
)
FORMER_LEAD = Seat("el_lead-high", "Corinne", "Ashby", "EL Lead Teacher until June", ())
TRUSTEES = ("Ines Marlowe", "Baljit Grewal", "Efraín Solórzano", "Dorothy Holloway", "Mai Xiong")
MISSION = (
    "With our families and our community we keep a safe place to learn, take responsibility for each other, and raise"
    " learners for life."
)
VISION = "Every graduate ready for a new century, with a true choice of career and college."


@dataclass
class Ground:
    """What the children's rows refer to. Schools: four a quarter. Teachers by quarter and grade; people by username."""

    schools: list[School]
    people: dict[str, User]
    teachers: list[dict[str, list[int]]]


def quarters(children: int) -> int:
    """How many times the Plan's district."""
    return max(1, round(children / CHILDREN))


def school_rows(quarter: int = 0) -> list[School]:
    """The four schools of a quarter; the first is the Plan's district itself."""
    rows = (
        ("0000017", "Valle Claro Elementary School", "Elementary", Grade.TK, Grade.G03, TermSystem.TRIMESTER, "noemí"),
        (
            "0000025",
            "Valle Claro Upper Elementary School",
            "Upper Elementary",
            Grade.G04,
            Grade.G06,
            TermSystem.TRIMESTER,
            "",
        ),
        (
            "0000033",
            "Valle Claro Junior/Senior High School",
            "Junior/Senior High",
            Grade.G07,
            Grade.G12,
            TermSystem.QUARTER,
            "",
        ),
        (
            "0000041",
            "Puente Continuation High School",
            "Puente Continuation",
            Grade.G07,
            Grade.G12,
            TermSystem.QUARTER,
            "",
        ),
    )
    contacts = ("Noemí Avendaño", "Jagmeet Dhillon", "Bryce Underhill", "Harold Peavey")
    return [
        School(
            cds_code=f"{COUNTY_DISTRICT}{int(code) + 8 * SCHOOLS * quarter:07d}",
            name=f"{name} {quarter + 1}" if quarter else name,
            short_name=f"{short} {quarter + 1}" if quarter else short,
            grade_low=low,
            grade_high=high,
            terms=system,
            address=f"{place + 1}00 Granary Street, Valle Claro, California 95000",
            phone=f"(530) 555-01{place + 1}0",
            contact_name=contacts[place],
            contact_phone=f"(530) 555-01{place + 1}5",
        )
        for place, (code, name, short, low, high, system, _lead) in enumerate(rows)
    ]


def build(on: date, pupils_by_grade: Sequence[dict[str, int]]) -> Ground:
    """Write the district and its people; the school year is the one of the day `on`. Pupils: of each quarter."""
    District.objects.create(
        name=NAME,
        cds_code=COUNTY_DISTRICT,
        address="1 Plaza Central, Valle Claro, California 95000",
        phone="(530) 555-0100",
        fax="(530) 555-0101",
        website="www.valleclaro.example",
        superintendent="Roland Fairbanks",
        vision=VISION,
        mission=MISSION,
        is_sample=True,
    )
    year = years.year_of(on)
    Trustee.objects.bulk_create(Trustee(name=name, starts=LONG_AGO) for name in TRUSTEES)
    numbers = range(len(pupils_by_grade))
    schools = School.objects.bulk_create(row for quarter in numbers for row in school_rows(quarter))
    _calendar(year, schools)
    people = _people(year, schools)
    return Ground(schools, people, _teachers(pupils_by_grade, schools))


def _calendar(year: int, schools: Sequence[School]) -> None:
    span = range(year - years.YEARS_BACK, year + years.YEARS_AHEAD + 1)
    NonSchoolDay.objects.bulk_create(
        NonSchoolDay(
            day=off.day,
            name=off.name,
            is_holiday=off.holiday,
            school=None if off.school is None else schools[off.school],
        )
        for each in span
        for off in years.days_off(each)
    )
    rows = SchoolYear.objects.bulk_create(
        SchoolYear(name=years.name_of(each), first_day=years.first_day(each), last_day=years.last_day(each))
        for each in span
    )
    Term.objects.bulk_create(
        Term(year=row, system=system, number=number, starts=starts, ends=ends)
        for row, each in zip(rows, span, strict=True)
        for system, number, starts, ends in years.terms(each)
    )
    Figure.objects.bulk_create(
        Figure(key=key, year=row, low=low, high=high, source=SOURCE)
        for row in rows
        for key, low, high in (
            (Figure.Key.GRADUATION, 91, None),
            (Figure.Key.RECLASSIFIED, 13, None),
            (Figure.Key.EXPECTED_YEARS, 5, 7),
        )
    )


def _account(seat: Seat, password: str) -> User:
    return User(
        username=seat.username,
        first_name=seat.first,
        last_name=seat.last,
        title=seat.title,
        email=f"{seat.username}@valleclaro.example",
        password=password,
    )


def _people(year: int, schools: Sequence[School]) -> dict[str, User]:
    """One account for each role and more where a school needs them. The high school's EL lead has left (MP5-49)."""
    secret = make_password(password())
    seats = (*SEATS, *(seat for quarter in range(1, len(schools) // SCHOOLS) for seat in staff_of(quarter)))
    users = User.objects.bulk_create(_account(seat, secret) for seat in (*seats, FORMER_LEAD))
    people = {user.username: user for user in users}
    roles = [
        RoleAssignment(
            user=people[seat.username], role=role, school=None if at is None else schools[at], starts=LONG_AGO
        )
        for seat in seats
        for role, at in seat.roles
    ]
    left = date(year, 6, 30)
    roles.append(
        RoleAssignment(
            user=people[FORMER_LEAD.username], role=Role.EL_LEAD, school=schools[HIGH], starts=LONG_AGO, ends=left
        )
    )
    RoleAssignment.objects.bulk_create(roles)
    Delegation.objects.create(
        role=Role.EL_LEAD,
        school=schools[HIGH],
        delegate=people["counselor-high"],
        starts=date(year, 7, 1),
        reason="The EL lead left in June; the place is advertised.",
    )
    return people


def staff_of(quarter: int) -> tuple[Seat, ...]:
    """Who holds the schools' roles in a quarter of a larger district."""
    schools = range(SCHOOLS * quarter, SCHOOLS * (quarter + 1))
    others = (Role.EL_LEAD, Role.COUNSELOR, Role.LEARNING_SUPPORT, Role.EXAMINER)
    number = quarter + 1
    return (
        Seat(f"secretary-{number}", "Casey", f"Oakley {number}", "School Secretary", _at(Role.SECRETARY, *schools)),
        Seat(f"principal-{number}", "Robin", f"Hale {number}", "Principal", _at(Role.PRINCIPAL, *schools)),
        Seat(
            f"staff-{number}",
            "Morgan",
            f"Reyes {number}",
            "EL Lead Teacher",
            tuple(pair for role in others for pair in _at(role, *schools)),
        ),
    )


CLASS_SIZE = 25


def _teachers(pupils_by_grade: Sequence[dict[str, int]], schools: Sequence[School]) -> list[dict[str, list[int]]]:
    """Class teachers of each quarter by grade. The first of them all is the account `teacher`."""
    rng = names.Random("teachers")
    users, places = [], []
    secret = make_password(password())
    grades = [(quarter, *each) for quarter, pupils in enumerate(pupils_by_grade) for each in pupils.items()]
    for quarter, grade, pupils in grades:
        for _each in range(max(1, round(pupils / CLASS_SIZE))):
            pool = rng.choice((names.ENGLISH, names.ENGLISH, names.SPANISH, names.PUNJABI))
            number = len(users) + 1
            users.append(
                User(
                    username="teacher" if number == 1 else f"teacher-{number:02d}",
                    first_name=rng.choice(pool.girls + pool.boys).replace("_", " "),
                    last_name=rng.choice(pool.family).replace("_", " "),
                    title=f"Teacher, {Grade(grade).label}",
                    email=f"teacher-{number:02d}@valleclaro.example",
                    password=secret,
                )
            )
            places.append((quarter, grade))
    rows = User.objects.bulk_create(users)
    RoleAssignment.objects.bulk_create(
        RoleAssignment(
            user=user,
            role=Role.TEACHER,
            school=schools[SCHOOLS * quarter + school_of(Grade(grade).rank)],
            starts=LONG_AGO,
        )
        for user, (quarter, grade) in zip(rows, places, strict=True)
    )
    found: list[dict[str, list[int]]] = [{grade: [] for grade in pupils} for pupils in pupils_by_grade]
    for user, (quarter, grade) in zip(rows, places, strict=True):
        found[quarter][grade].append(user.pk)
    return found


def school_of(rank: int) -> int:
    """The school of a grade in its quarter: TK to 3, 4 to 6, 7 to 12."""
    return ELEMENTARY if rank <= 3 else UPPER if rank <= 6 else HIGH


def password() -> str:
    """The password that all accounts of the sample share, kept for its owner's eyes beside the database."""
    kept: Path = settings.ELPLAN_HOME / "sample-password"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        text = "-".join(secrets.choice(names.STREETS).lower().replace("_", "-") for _word in range(3))
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"{text}-{secrets.randbelow(9000) + 1000}\n")
    return kept.read_text().strip()
