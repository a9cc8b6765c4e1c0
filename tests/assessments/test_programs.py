"""Programs where results count: who is ready to move, the move itself, the catalog, levels for sections, the answer."""

from datetime import date, timedelta

import pytest
from django.test import Client

from assessments.actions import STAYS, confirm_placements, preview_placements
from assessments.letters.program_requests import KIND, ProgramRequestDecision, unanswered
from assessments.queries.programs import levels_of, ready_to_move
from assessments.views.programs import CATALOG
from district import entries
from district.models import Entry, Language
from district.refusal import Refusal
from notifications.facts import Term
from notifications.terms import shipped
from students import actions as students
from students.models import FluencyCut, Placement, Program, ProgramRequest

D = date.fromisoformat
pytestmark = pytest.mark.django_db
ON = D("2026-12-14")


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: ON)


@pytest.fixture
def in_sei(to_be_tested, from_state, ruth, programs):
    """A child in SEI since 23 November whose newest level is the one given."""

    def make(level, **given):
        child = to_be_tested(**given)
        from_state(child, level)
        students.place_student(by=ruth, student=child, program=programs["sei"], starts=D("2026-11-23"))
        return child

    return make


@pytest.mark.plan("MP2-08", "MP2-11", "MP2-04")
def test_who_reaches_the_cut_is_ready_and_nobody_without_one(in_sei, cut):
    low, high = in_sei("novice_el"), in_sei("intermediate_el")
    assert [row.student for row in ready_to_move(ON)] == [high]
    assert ready_to_move(ON).get().newest_level == "intermediate_el"
    FluencyCut.objects.update(grade_low="01")
    assert not ready_to_move(ON).exists()  # kindergarten is not in the cut's grades
    FluencyCut.objects.all().delete()
    assert not ready_to_move(ON).exists()
    assert levels_of([low.pk, high.pk], ON)[low.pk].level == "novice_el"


@pytest.mark.plan("MP2-08", "MP1-49")
def test_the_move_does_what_its_preview_says(in_sei, cut, ruth, marisela):
    low, high = in_sei("novice_el"), in_sei("intermediate_el")
    named = {"by": ruth, "students": [low, high], "starts": ON, "on": ON}
    assert {each.outcome for each in preview_placements(**named)} == {STAYS}  # a placement stays unless it is a move
    told = {each.student: each.outcome for each in preview_placements(**named, moving=True)}
    assert told == {low: "stays", high: "places"}
    (placed,) = confirm_placements(**named, moving=True)
    assert (placed.student, placed.program.kind, placed.starts) == (high, "elm", ON)
    assert Placement.objects.get(student=high, ends=D("2026-12-13")).program.kind == "sei"
    assert not ready_to_move(ON).exists()
    with pytest.raises(Refusal, match="None of the children"):
        confirm_placements(**named, moving=True)


@pytest.mark.plan("MP1-52", "MP2-01", "MP2-11")
@pytest.mark.parametrize("code", CATALOG)
def test_the_catalog_says_programs_and_rule_in_three_languages(code, ruth, letterhead, cut):
    client = Client()
    client.force_login(ruth)
    page = client.get("/programs/", {"language": code}).content.decode()
    for program in Program.objects.all():
        assert shipped().word(f"program.{program.kind}.how", code).split("“")[0] in page
        assert program.state_code in page
    assert shipped().word("catalog.not_set", code) not in page
    assert "EL administrator, 1 July 2026" in page
    FluencyCut.objects.all().delete()
    assert shipped().word("catalog.not_set", code) in client.get("/programs/", {"language": code}).content.decode()


@pytest.fixture
def decided(to_be_tested, alder, calendar, ruth, marisela, monkeypatch):
    """Two like requests, enough by a threshold of two, and the decision about them."""
    from students.rules import requests as rules

    limit = rules.RequestThreshold(2, 2, date.min, "EC 310; 5 CCR 11311(h)")
    monkeypatch.setattr(rules, "THRESHOLDS", (limit,))
    children = [to_be_tested(), to_be_tested()]
    language = Language.objects.get(pk="28")
    for child in children:
        students.record_request(
            by=marisela,
            student=child,
            asked_for="302",
            language=language,
            asked_on=D("2026-12-01"),
            asked_by="mother",
            channel="spoken",
            words="Punjabi, please.",
        )
    named = {"school": alder, "year": calendar, "asked_for": "302", "language": language, "on": ON}
    students.decide_requests(by=ruth, **named, is_offered=False, explanation="No teacher was found.")
    return children


@pytest.mark.plan("X-05")
def test_each_parent_is_answered_with_the_reasons(decided, alder, issued, ruth):
    source = ProgramRequestDecision()
    assert set(source.due(alder, ON)) == set(decided)
    facts = source.facts_for(decided, ON)[decided[0].pk]
    assert facts.values["explanation"] == "No teacher was found."
    assert facts.values["asked_program"] == Term("asked.302")
    assert facts.conditions == {"offered": False}
    assert facts.subject_key == f"request {ProgramRequest.objects.get(student=decided[0]).pk}"
    issued(decided[0], KIND, facts.subject_key, ON)
    assert list(source.due(alder, ON)) == [decided[1]]
    entry = Entry.objects.get(kind="program_decided")
    Entry.objects.filter(pk=entry.pk).update(made_at=entry.made_at - timedelta(days=1))
    with pytest.raises(Refusal, match="cannot be put back"):
        entries.put_back(entry.pk, by=ruth, reason="a mistake")


def test_a_withdrawn_request_gets_no_letter(decided, alder, marisela):
    row = ProgramRequest.objects.filter(student=decided[1]).get()
    students.withdraw_request(by=marisela, asked=row, on=ON)
    assert [each.student for each in unanswered(ON)] == [decided[0]]
