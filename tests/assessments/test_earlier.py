"""Scores that come with the records of another district."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments import actions
from assessments.letters import SOURCES
from assessments.models import Result
from assessments.queries import official_initial
from district import entries
from district.duties import duties
from district.models import Entry
from district.refusal import NotAllowed, Refusal

D = date.fromisoformat
ON = D("2026-11-24")
Given = actions.Given


@pytest.fixture
def transfer(enroll):
    return enroll(
        origin="california",
        former_district="Río Alto Unified",
        grade="05",
        birth_date=D("2016-02-02"),
        ssid="9100000031",
    )


@pytest.fixture
def enter(marisela):
    def make(child, **given) -> Result:
        return actions.record_earlier_result(
            **{
                "by": marisela,
                "student": child,
                "test": "summative_elpac",
                "grade": "04",
                "tested_on": D("2026-04-14"),
                "received_on": D("2026-11-12"),
                "scores": {"overall": Given(1520)},
                **given,
            }
        )

    return make


@pytest.mark.plan("MP1-46", "MP1-47")
def test_the_level_comes_from_the_table_of_its_year(transfer, enter):
    result = enter(transfer, scores={"overall": Given(1520), "oral_language": Given(1522), "reading": Given(level="2")})
    assert (result.source, result.administration, result.level) == ("records", "2025-26", "3")
    assert {score.measure: score.level for score in result.scores.all()} == {
        "overall": "3",
        "oral_language": "4",
        "reading": "2",
    }


def test_it_is_no_news_to_the_family_and_starts_no_clock(transfer, enter):
    enter(transfer, test="initial_elpac", grade="KN", tested_on=D("2021-09-07"), scores={"overall": Given(300)})
    assert official_initial(transfer.pk).level == "novice_el"
    assert list(SOURCES["initial"].due(None, ON)) == []
    assert duties(as_of=ON, rule_ids=["results_letter", "initial_notice"]).count() == 0


def test_the_first_year_of_the_summative_has_the_reports_own_level(transfer, enter):
    year = {"tested_on": D("2018-04-10"), "grade": "01"}
    with pytest.raises(Refusal, match="There is no table of Summative ELPAC, grade 1, overall, 2017-18"):
        enter(transfer, scores={"overall": Given(1450)}, **year)
    assert enter(transfer, scores={"overall": Given(1450, "2")}, **year).level == "2"


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"scores": {"overall": Given(1149)}}, "1149 is not a score of Summative ELPAC, grade 4, overall"),
        ({"scores": {}}, "The overall score or level is missing."),
        (
            {"scores": {"overall": Given(1520), "reading": Given(level="4")}},
            "That is not a level of reading in this test",
        ),
        ({"received_on": D("2026-04-01")}, "cannot have come on Wed 1 Apr 2026"),
        ({"test": "caaspp_ela"}, "is no English test"),
    ],
)
def test_what_cannot_be_is_refused(transfer, enter, given, refused):
    with pytest.raises(Refusal, match=refused):
        enter(transfer, **given)
    assert not Result.objects.exists()


def test_one_result_of_a_year(transfer, enter, from_state):
    enter(transfer)
    with pytest.raises(Refusal, match="Summative ELPAC 2025-26 is on record already"):
        enter(transfer)


def test_not_for_a_child_of_another_school(transfer, enter, nadia):
    with pytest.raises(NotAllowed):
        enter(transfer, by=nadia)


def test_it_is_put_back_until_a_letter_went_out(transfer, enter, marisela, issued):
    enter(transfer)
    entry = Entry.objects.get(kind="earlier_result")
    issued(transfer, "annual", "2026-27", ON)
    with pytest.raises(Refusal, match="Letter VC-000001 of Tue 24 Nov 2026 went out after it was entered"):
        entries.put_back(entry.pk, by=marisela, reason="wrong child")
    enter(transfer, tested_on=D("2025-04-14"))
    entries.put_back(Entry.objects.filter(kind="earlier_result").first().pk, by=marisela, reason="wrong child")
    assert Result.objects.count() == 1


def test_the_page_takes_levels_and_scores_as_the_report_gives_them(transfer, marisela, settings, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *given: ON)
    client = Client()
    client.force_login(marisela, backend=settings.AUTHENTICATION_BACKENDS[0])
    url = reverse("result_earlier", args=[transfer.pk])
    assert client.get(url).status_code == 200
    said = {
        "test": "summative_elpac",
        "grade": "04",
        "tested_on": "4/14/26",
        "received_on": "11/12/26",
        "overall": "1520",
        "oral_language": "1522",
        "listening": "3",
        "reading": "1",
    }
    assert client.post(url, {**said, "next": "1"}).url == url
    assert {score.measure: (score.scale_score, score.level) for score in Result.objects.get().scores.all()} == {
        "overall": (1520, "3"),
        "oral_language": (1522, "4"),
        "listening": (None, "3"),
        "reading": (None, "1"),
    }
    refused = client.post(url, {**said, "tested_on": "4/14/25", "reading": "4"}).content.decode()
    assert "That is not a level of reading in this test." in refused
    assert "Beginning to Develop, Somewhat/Moderately Developed, Well Developed" in refused
