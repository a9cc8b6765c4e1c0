"""The list of long-term learners: filters, numbers that open lists, files, and as few queries for many as for one."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from assessments.letters import long_term_of
from assessments.models import Result
from assessments.queries import gather
from assessments.queries.long_term import learners_of, standing_of, standings
from district.models import Look, School
from students import actions
from students.enums import ElStatus, StatusSource
from students.models import Flag, Student
from tests.students.conftest import (  # noqa: F401 -- the cast: fixtures are found by their names
    alder,
    birch,
    enroll,
    imogen,
    languages,
    marisela,
    nadia,
    otto,
    reference,
    rosa,
    survey,
    tomas,
    year,
)

D = date.fromisoformat
ON = D("2026-11-24")
pytestmark = [pytest.mark.django_db, pytest.mark.plan("X-09")]


@pytest.fixture(autouse=True)
def standing_day(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: ON)


@pytest.fixture
def learner(enroll, rosa, year, languages, alder):  # noqa: F811
    """An English learner: `learner("2020-08-20", "2", "2", grade="06")`, newest level first."""

    alder.grade_high = "12"
    alder.save()

    def make(first, *levels, since="2021-09-10", **facts):
        child = enroll(**{"grade": "06", "starts": D("2026-08-12"), **facts})
        status = {"status": ElStatus.EL, "starts": D(since), "source": StatusSource.RECORDS, "reason": "records"}
        actions.set_status(by=rosa, student=child, **status)
        Student.objects.filter(pk=child.pk).update(
            first_us_school_on=D(first) if first else None, primary_language=languages["Spanish"]
        )
        for back, level in enumerate(levels):
            Result.objects.create(
                student=child,
                test="summative_elpac",
                administration=f"{2025 - back}-{26 - back}",
                source="state_file",
                grade="05",
                tested_on=D(f"{2026 - back}-03-10"),
                level=level,
                received_on=D(f"{2026 - back}-07-10"),
                recorded_by=rosa,
            )
        child.refresh_from_db()
        return child

    return make


@pytest.fixture
def five(learner, tomas):  # noqa: F811
    return {
        "ltel": learner("2020-08-20", "2", "2", last_name="Abad", teacher=tomas),
        "at_risk": learner("2021-03-01", "2", "2", last_name="Bravo"),
        "neither": learner("2025-03-01", "2", last_name="Cruz", since="2025-03-20"),
        "unknown": learner(None, "2", last_name="Duarte"),
        "dashboard": learner("2019-08-20", "3", "2", last_name="Esparza", since="2019-09-10"),
    }


def opened(user, **asked):
    client = Client()
    client.force_login(user)
    return client.get(reverse("long_term"), asked).content.decode()


def named(page, children):
    return {name for name, child in children.items() if child.name in page}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, {"ltel", "at_risk", "unknown", "dashboard"}),
        ({"standing": "all"}, {"ltel", "at_risk", "neither", "unknown", "dashboard"}),
        ({"standing": "ltel"}, {"ltel"}),
        ({"standing": "at_risk"}, {"at_risk"}),
        ({"standing": "dashboard"}, {"dashboard"}),
        ({"standing": "coming"}, {"at_risk"}),
        ({"standing": "unknown"}, {"unknown"}),
        ({"standing": "all", "flag": "migrant"}, {"neither"}),
        ({"standing": "all", "grade": "07"}, set()),
        ({"standing": "all", "language": "28"}, set()),
    ],
    ids=lambda value: " ".join(value.values()) or "first" if isinstance(value, dict) else "",
)
def test_the_list_is_filtered(five, marisela, asked, expected):  # noqa: F811
    Flag.objects.create(student=five["neither"], kind="migrant", starts=D("2026-09-01"))
    assert named(opened(marisela, **asked), five) == expected


def test_each_number_opens_its_list_and_the_reason_is_told(five, marisela, tomas):  # noqa: F811
    page = opened(marisela)
    assert "Will be a long-term English learner on Mon 1 Mar 2027: 6 years in schools of the United States" in page
    assert "Unless the next Summative ELPAC shows at least level 3 of 4" in page
    assert "<b>5</b>" in page
    assert f'href="{reverse("student_edit", args=[five["unknown"].pk])}"' in page
    assert named(opened(tomas, standing="all"), five) == {"ltel"}
    assert named(opened(marisela, standing="all", teacher=str(tomas.pk)), five) == {"ltel"}


def test_the_list_says_what_the_letter_and_the_childs_page_say(five, marisela):  # noqa: F811
    school = School.objects.get(name="Alder Primary")
    rows = {row.student.pk: row for row in standings(learners_of(marisela, school, ON), ON)}
    for child in gather(list(five.values()), ON):
        pk = child.student.pk
        assert rows[pk].now == long_term_of(child)
        assert rows[pk].now == standing_of(five_by_pk(five)[pk], ON)[0]


def five_by_pk(children):
    return {child.pk: child for child in children.values()}


def test_the_number_of_queries_does_not_grow(learner, marisela):  # noqa: F811
    counts = []
    for _each in range(3):
        learner("2020-08-20", "2", "2")
        with CaptureQueriesContext(connection) as queries:
            opened(marisela)
        counts.append(len(queries))
    assert counts[1] == counts[2]


def test_strangers_see_nobody(five, nadia, imogen):  # noqa: F811
    assert named(opened(nadia, standing="all"), five) == set()
    client = Client()
    client.force_login(imogen)
    assert client.get(reverse("long_term")).status_code == 404


def test_files_hold_the_list_and_are_written_down(five, marisela):  # noqa: F811
    client = Client()
    client.force_login(marisela)
    text = client.get(reverse("long_term_csv"), {"standing": "ltel"}).content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["last_name"], row["ec_313_1"], row["ec_52052"], row["grade"]) == ("Abad", "ltel", "no", "06")
    assert row["ec_313_1_reason"].startswith("6 years in schools of the United States, no higher level")
    sheet = load_workbook(io.BytesIO(client.get(reverse("long_term_xlsx")).content)).active
    assert sheet.max_row == 5
    looked = Look.objects.filter(what="exported the list of long-term learners", user=marisela)
    assert looked.filter(student_id=five["ltel"].pk).count() == 2
