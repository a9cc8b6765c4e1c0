"""Placements to look at again: each reason counts whom it names, for who decides at the school."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from assessments.models import Result
from students import actions
from students.enums import ElStatus, StatusSource
from students.models import Placement
from tests.students.conftest import (  # noqa: F401 -- the cast: fixtures are found by their names
    alder,
    enroll,
    languages,
    marisela,
    programs,
    reference,
    rosa,
    ruth,
    survey,
    tomas,
    year,
)

D = date.fromisoformat
pytestmark = [pytest.mark.django_db, pytest.mark.plan("MP1-49")]


@pytest.fixture
def placed(enroll, rosa, ruth, programs, year, monkeypatch):  # noqa: F811
    """Four placed learners: reclassified since, with a newer result, placed otherwise, and as it should be."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: D("2026-12-20"))
    names = ("Abad", "Bravo", "Cruz", "Duarte")
    found = {}
    for name in names:
        child = found[name] = enroll(last_name=name)
        status = {"starts": D("2026-11-23"), "source": StatusSource.RECORDS, "reason": "records"}
        actions.set_status(by=rosa, student=child, status=ElStatus.EL, **status)
        facts = {"recommended": programs["elm" if name == "Cruz" else "sei"], "reason": "asked for"}
        actions.place_student(by=ruth, student=child, program=programs["sei"], starts=D("2026-11-24"), **facts)
    Placement.objects.update(decided_at="2026-11-24T12:00:00Z")
    decided = {"starts": D("2026-12-01"), "source": StatusSource.DECISION, "reason": "all criteria met"}
    actions.set_status(by=rosa, student=found["Abad"], status=ElStatus.RFEP, **decided)
    taken = {
        "test": "summative_elpac",
        "administration": "2025-26",
        "source": "state_file",
        "grade": "KN",
        "level": "3",
    }
    for name, received in (("Bravo", "2026-11-25"), ("Duarte", "2026-11-24")):
        Result.objects.create(student=found[name], received_on=D(received), recorded_by=rosa, **taken)
    return found


@pytest.mark.parametrize(
    ("why", "name"), [("no_learner", "Abad"), ("new_result", "Bravo"), ("differs", "Cruz"), ("", "Abad")]
)
def test_each_reason_names_whom_it_fits(placed, ruth, why, name):  # noqa: F811
    client = Client()
    client.force_login(ruth)
    page = client.get(reverse("placement_review"), {"why": why}).content.decode()
    assert {each for each, child in placed.items() if child.name in page} == {name}
    assert page.count("<b>1</b>") == 3


def test_who_decides_no_placement_finds_no_such_page(placed, marisela):  # noqa: F811
    client = Client()
    client.force_login(marisela)
    assert client.get(reverse("placement_review")).status_code == 404
