"""Asking for a correction, its case and the list, as people use them; and who gets them to see."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.letters import SOURCES
from district.models import Look, School
from notifications.facts import Day, LetterFacts, Term
from students.models import Correction
from students.queries import clock_of
from tests.students.test_corrections import (  # noqa: F401 -- fixtures are found by their names
    ask,
    decide,
    english_only,
    evidence,
    learner,
    result,
    statuses,
)

D = date.fromisoformat
TODAY = D("2026-12-20")
pytestmark = [pytest.mark.django_db, pytest.mark.plan("X-03")]


@pytest.fixture(autouse=True)
def standing_day(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: TODAY)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


ASK = {"asked_on": "12/1/26", "asked_by": "staff", "asked_name": "Ms. Ruiz", "why": "Speaks Spanish with her brother"}


def test_the_whole_of_process_a_on_its_pages(english_only, marisela, rosa):  # noqa: F811
    office, school = signed_in(rosa), signed_in(marisela)
    url = reverse("correction_ask", args=[english_only.pk])
    page = school.get(url).content.decode()
    assert "Process B is for a child that was tested; there is no result on file." in page
    assert 'value="A"' in page
    assert 'value="C"' not in page
    assert school.post(url, {**ASK, "process": "A"}).status_code == 302
    case = Correction.objects.get()
    there = reverse("correction", args=[case.pk])
    typed = {"evidence-kind": "classroom", "evidence-of_day": "12/1/26", "evidence-what": "Talks Spanish at lunch"}
    assert school.post(there, typed).status_code == 302
    assert "The EL administrator decides." in school.get(there).content.decode()
    decision = {"decide-outcome": "changed", "decide-on": "12/20/26", "decide-reason": "Two languages at home"}
    refused = office.post(there, decision).content.decode()
    assert "The parents have not been told in writing; that comes 10 calendar days before the test." in refused
    assert "Two languages at home" in refused
    office.post(there, {"notice-on": "12/5/26"})
    assert "The child may be tested from Tue 15 Dec 2026 on." in office.get(there).content.decode()
    assert office.post(there, decision).status_code == 302
    page = office.get(there).content.decode()
    assert "From “English only” to “to be determined”" in page
    assert "the parents get the result in writing, with the evidence, by Sun 3 Jan 2027." in page
    office.post(there, {"result-on": "12/20/26"})
    assert statuses(english_only)[-1] == ("TBD", TODAY, None, "correction", "1")
    child = office.get(reverse("child", args=[english_only.pk])).content.decode()
    assert "Corrections of the status" in child
    assert clock_of(english_only, TODAY).due == D("2027-01-19")


def test_a_school_sends_no_decision(english_only, marisela, rosa):  # noqa: F811
    case = ask(rosa, english_only, "A")
    evidence(rosa, case, "parent")
    typed = {"decide-outcome": "unchanged", "decide-on": "12/20/26", "decide-reason": "x", "notice-on": "12/5/26"}
    signed_in(marisela).post(reverse("correction", args=[case.pk]), typed)
    case.refresh_from_db()
    assert (case.decided_on, case.notice_on) == (None, None)


def test_strangers_find_no_case(english_only, rosa, nadia, imogen, otto):  # noqa: F811
    case = ask(rosa, english_only, "A")
    for person in (nadia, imogen, otto):
        for url in (reverse("correction", args=[case.pk]), reverse("correction_ask", args=[english_only.pk])):
            assert signed_in(person).get(url).status_code == 404
    assert english_only.name not in signed_in(nadia).get(reverse("corrections")).content.decode()


def test_opening_a_case_is_written_down(english_only, rosa):  # noqa: F811
    case = ask(rosa, english_only, "A")
    signed_in(rosa).get(reverse("correction", args=[case.pk]))
    assert Look.objects.filter(student_id=english_only.pk, what="opened the corrections").exists()


def test_the_list_is_filtered_and_asks_no_more_for_more(learner, english_only, rosa):  # noqa: F811
    ask(rosa, english_only, "A")
    office = signed_in(rosa)
    office.get(reverse("corrections"))
    with CaptureQueriesContext(connection) as one:
        office.get(reverse("corrections"))
    case = ask(rosa, learner)
    evidence(rosa, case)
    decide(rosa, case, "unchanged")
    with CaptureQueriesContext(connection) as two:
        page = office.get(reverse("corrections")).content.decode()
    assert len(one) == len(two)
    assert learner.name in page
    running = office.get(reverse("corrections"), {"state": "open"}).content.decode()
    assert (learner.name in running, english_only.name in running) == (False, True)
    untold = office.get(reverse("corrections"), {"state": "untold", "process": "C"}).content.decode()
    assert (learner.name in untold, english_only.name in untold) == (True, False)


def test_the_notice_says_when_the_child_may_be_tested(english_only, rosa):  # noqa: F811
    source = SOURCES["correction_notice"]
    ask(rosa, english_only, "A")
    assert list(source.due(None, TODAY)) == [english_only]
    reachable(english_only)
    said = source.facts_for([english_only], TODAY)[english_only.pk]
    assert isinstance(said, LetterFacts), said
    assert said.values["earliest_test"] == Day(D("2026-12-30"))
    assert said.values["why"] == "He reads English books."
    assert said.subject_key == Correction.objects.get().key


def reachable(child):
    School.objects.filter(pk=child.current_enrollment.school_id).update(contact_name="Ruiz", contact_phone="555-0100")


@pytest.mark.parametrize(("outcome", "now"), [("changed", "IFEP"), ("unchanged", "EL")])
def test_the_result_names_the_evidence_and_the_status(learner, rosa, outcome, now):  # noqa: F811
    reachable(learner)
    case = ask(rosa, learner)
    evidence(rosa, case)
    source = SOURCES["correction_result"]
    assert not source.due(None, TODAY).exists()
    decide(rosa, case, outcome)
    assert list(source.due(None, TODAY)) == [learner]
    said = source.facts_for([learner], TODAY)[learner.pk]
    assert isinstance(said, LetterFacts), said
    assert said.values["status_now"] == Term(f"status.{now}")
    assert [part.slots["kind"].key for part in said.values["evidence"].parts] == [
        "evidence.classroom",
        "evidence.english",
        "evidence.parent",
        "evidence.survey",
    ]
    assert said.conditions["reviewed"] is True


def test_a_child_without_a_case_gets_no_letter(learner, rosa):  # noqa: F811
    for kind in ("correction_notice", "correction_result"):
        (missing, *_more) = [gap.what for gap in SOURCES[kind].facts_for([learner], TODAY)[learner.pk]][-1:]
        assert "correction" in missing


def test_results_alone_are_taken_out_where_the_status_stays(enroll, survey, rosa):
    child = enroll()
    survey(child, "English", "English", "English", "-")
    row = result(child, rosa, level="novice_el")
    case = ask(rosa, child, "B", asked_by="office")
    evidence(rosa, case, "survey")
    page = signed_in(rosa).get(reverse("correction", args=[case.pk])).content.decode()
    assert "Initial ELPAC 2026-27, Wed 25 Nov 2026, state file" in page
    assert "the status becomes" not in page
    typed = {"decide-outcome": "unchanged", "decide-on": "12/20/26", "decide-reason": "Never to be tested"}
    signed_in(rosa).post(reverse("correction", args=[case.pk]), {**typed, "decide-results": [str(row.pk)]})
    case.refresh_from_db()
    assert (case.outcome, case.status_after, child.results.count()) == ("unchanged", "", 0)
