"""How the Plan is carried out, derived from the duties; the register of stakeholder input."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accountability import actions, loaders, queries, rules
from accountability.models import PolicyArea, StakeholderInput
from district import duties as ground
from district import entries
from district.models import Entry
from district.refusal import NotAllowed, Refusal
from tests.students.conftest import (  # noqa: F401 -- the cast: fixtures are found by their names
    alder,
    enroll,
    imogen,
    languages,
    marisela,
    reference,
    rosa,
    survey,
    year,
)

D = date.fromisoformat
ON = D("2026-11-30")


@pytest.fixture(autouse=True)
def day():
    with time_machine.travel(f"{ON}T20:00:00Z", tick=True):
        yield


@pytest.fixture
def areas(reference):  # noqa: F811
    loaders.load_policy_areas()
    return {area.code: area for area in PolicyArea.objects.all()}


@pytest.mark.parametrize(
    ("source", "first", "last", "is_in"),
    [
        ("MP1-13, MP1-22, 5 CCR 11518.5", "MP1-01", "MP1-25", True),
        ("MP1-26, CF-05", "MP1-01", "MP1-25", False),
        ("5 CCR 11518.5(c), IA-01", "MP1-01", "MP1-99", False),
        ("letter MP6-62", "MP6-53", "MP6-99", True),
        ("XMP6-622", "MP6-53", "MP6-99", False),
    ],
)
def test_a_duty_belongs_where_its_rows_lie(source, first, last, is_in):
    assert rules.belongs(source, first, last) is is_in


@pytest.mark.plan("MP0-12", "MP0-13")
def test_each_area_has_its_owners_procedures_and_evidence(areas, enroll, survey, year):  # noqa: F811
    enroll(starts=D("2026-11-23"))
    done = enroll(starts=D("2026-11-23"))
    survey(done, "English", "English", "English", "-", answered_on=D("2026-11-23"))
    found = {each.area.code: each for each in queries.coverage(ON)}
    assert set(found) == set(areas)
    surveys = next(each for each in found["identification"].procedures if each.rule.id == "survey_missing")
    assert (surveys.evidence.open, surveys.evidence.late, surveys.evidence.done) == (1, 1, 1)
    assert "secretary" in found["identification"].owners
    assert found["identification"].evidence.late >= 1
    by_hand = ground.duties(as_of=ON, rule_ids=[each.rule.id for each in found["placement"].procedures])
    evidence = found["placement"].evidence
    assert evidence.done + evidence.open == by_hand.count()


def test_every_area_of_chapters_1_and_2_is_carried_out(areas, year):  # noqa: F811
    found = {each.area.code: each for each in queries.coverage(ON)}
    for code in ("identification", "notification", "placement", "programs"):
        assert found[code].procedures, code


@pytest.mark.plan("MP0-12")
def test_the_page_is_for_who_sees_figures(areas, imogen, marisela, year):  # noqa: F811
    client = Client()
    client.force_login(imogen)
    page = client.get(reverse("coverage")).content.decode()
    assert "DELAC formation and functioning" in page
    assert "no procedure here so far" in page or "school secretary" in page
    client.force_login(marisela)
    assert client.get(reverse("coverage")).status_code == 404


@pytest.mark.plan("MP0-06")
def test_input_is_recorded_answered_and_put_back(areas, rosa, marisela):  # noqa: F811
    client = Client()
    client.force_login(rosa)
    sent = {
        "on": "11/20/26",
        "group": "delac",
        "channel": "meeting",
        "area": areas["delac"].pk,
        "said": "Shorter letters",
    }
    page = client.post(reverse("inputs"), sent, follow=True).content.decode()
    assert "The input is recorded." in page
    assert "Shorter letters" in page
    row = StakeholderInput.objects.get()
    recorded = Entry.objects.latest("pk")
    with pytest.raises(Refusal, match="Give a later day"):
        actions.answer_input(by=rosa, row=row, outcome="Done", on=D("2026-11-01"))
    page = client.post(
        reverse("input_answer", args=[row.pk]), {"outcome": "Cut by half", "on": "11/30/26"}, follow=True
    )
    assert "Cut by half" in page.content.decode()
    with pytest.raises(Refusal, match="Put the answer back first"):
        entries.put_back(recorded.pk, by=rosa, reason="mistake")
    with pytest.raises(Refusal, match="was answered on"):
        actions.answer_input(by=rosa, row=row, outcome="Again", on=ON)
    entries.put_back(Entry.objects.latest("pk").pk, by=rosa, reason="not decided")
    row.refresh_from_db()
    assert row.outcome == ""
    with pytest.raises(NotAllowed):
        actions.record_input(by=marisela, on=ON, group="staff", channel="talk", area=areas["elac"], said="x")
