"""What a child's page says of long-term standing and corrections, and that it asks no more for a longer history."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.models import Result
from students import actions
from students.enums import ElStatus, StatusSource
from students.models import Student

D = date.fromisoformat
ON = D("2026-11-24")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def standing_day(monkeypatch, request):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: ON)
    request.getfixturevalue("year")


@pytest.fixture
def learner(enroll, rosa):
    child = enroll(grade="03", starts=D("2026-08-12"), birth_date=D("2018-03-09"))
    status = {"status": ElStatus.EL, "starts": D("2021-09-10"), "source": StatusSource.RECORDS, "reason": "records"}
    actions.set_status(by=rosa, student=child, **status)
    Student.objects.filter(pk=child.pk).update(first_us_school_on=D("2023-02-20"))
    Result.objects.create(
        student=child,
        test="initial_elpac",
        administration="2021-22",
        source="records",
        grade="KN",
        level="novice_el",
        tested_on=D("2021-09-10"),
        received_on=D("2026-09-01"),
        recorded_by=rosa,
    )
    return child


def read(client, user, child):
    client.force_login(user)
    return client.get(reverse("child", args=[child.pk])).content.decode()


@pytest.mark.plan("X-09", "MP3-10")
def test_the_page_says_what_will_come_and_when(client, marisela, learner):
    page = read(client, marisela, learner)
    assert "3 years in schools of the United States, grade 03." in page
    assert "Will be at risk of becoming one on Sat 20 Feb 2027: 4 years in schools of the United States" in page
    assert "Will count as long-term on the state&#x27;s Dashboard from Mon 11 Sep 2028" in page
    Student.objects.filter(pk=learner.pk).update(first_us_school_on=None)
    assert "Not known: enter the first day in a school of the United States." in read(client, marisela, learner)


def test_who_is_no_learner_has_no_such_section(client, marisela, enroll, survey):
    child = enroll()
    survey(child, "English", "English", "English", "-")
    assert 'id="long-term"' not in read(client, marisela, child)


@pytest.mark.plan("X-03")
def test_corrections_stand_with_their_trail(client, marisela, learner, rosa):
    facts = {"asked_on": ON, "asked_by": "parent", "asked_name": "Ana Gill", "why": "English came first"}
    case = actions.ask_correction(by=rosa, student=learner, process="C", **facts)
    page = read(client, marisela, learner)
    assert reverse("correction", args=[case.pk]) in page
    assert "Ana Gill, parent or guardian" in page


def test_a_longer_history_asks_no_more(client, marisela, learner, rosa):
    counts = []
    for number in range(3):
        facts = {"asked_on": ON, "asked_by": "parent", "asked_name": "Ana Gill", "why": "English came first"}
        case = actions.ask_correction(by=rosa, student=learner, process="C", **facts)
        actions.decide_correction(by=rosa, case=case, outcome="withdrawn", on=ON, reason="asked in error")
        Result.objects.create(
            student=learner,
            test="summative_elpac",
            administration=f"{2023 + number}-{24 + number}",
            source="records",
            grade="02",
            level="2",
            tested_on=D("2024-03-01") + timedelta(days=365 * number),
            received_on=D("2026-12-01"),
            recorded_by=rosa,
        )
        Result.objects.filter(test="summative_elpac").update(attempted="N")
        client.force_login(marisela)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("child", args=[learner.pk]))
        counts.append(len(queries))
    assert counts[1] == counts[2]
