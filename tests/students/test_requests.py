"""What parents ask for: wishes and answers, requests that are counted, the two clocks, and the decision."""

from datetime import date, timedelta

import pytest

from district import duties, entries
from district.models import Entry
from district.refusal import NotAllowed, Refusal
from students import actions
from students.models import ProgramCase, ProgramRequest, ProgramWish
from students.queries.requests import like_requests, reached_rows
from tests.students.conftest import ENROLLED

D = date.fromisoformat
pytestmark = pytest.mark.usefixtures("year")
ON = D("2026-12-07")


@pytest.fixture
def learner(enroll, rosa):
    child = enroll()
    actions.set_status(
        by=rosa, student=child, status="TBD", starts=ENROLLED, source="survey", reason="The survey names Punjabi."
    )
    return child


@pytest.fixture
def wish(marisela):
    def make(child, **facts):
        said = {"wish": "decline", "said_on": D("2026-12-03"), "said_by": "mother", "channel": "reply_box"}
        return actions.record_wish(**{"by": marisela, "student": child, "words": "No ELD, please.", **said, **facts})

    return make


@pytest.fixture
def ask(marisela, languages):
    def make(child, day="2026-12-01", **facts):
        said = {"asked_for": "301", "language": languages["Punjabi"], "asked_by": "father", "channel": "spoken"}
        said |= {"asked_on": D(day), "words": "Both languages, please."}
        return actions.record_request(**{"by": marisela, "student": child, **said, **facts})

    return make


@pytest.fixture
def many(enroll, ask, marisela, alder, year, languages):
    """So many like requests of one grade, one a day from 24 November on; the last by the action, the others at once."""

    def make(number, grade="KN"):
        children = [enroll(grade=grade) for _each in range(number)]
        ProgramRequest.objects.bulk_create(
            ProgramRequest(
                student=child,
                school=alder,
                year=year[1],
                grade=grade,
                asked_for="301",
                language=languages["Punjabi"],
                asked_on=ENROLLED,
                asked_by="mother",
                channel="writing",
                words="Both languages.",
                recorded_by=marisela,
            )
            for child in children[:-1]
        )
        ask(children[-1], "2026-12-01")
        return children

    return make


def put_back(who, kind):
    return entries.put_back(Entry.objects.filter(kind=kind).latest("pk").pk, by=who, reason="a mistake")


def waiting(rule, on=ON):
    return [(duty.state, duty.due) for duty in duties.duties(as_of=on, rule_ids=[rule])]


@pytest.mark.plan("X-05")
def test_a_family_declines_and_is_answered(learner, wish, ruth, marisela, programs):
    row = wish(learner)
    assert waiting("family_wish") == [("late", D("2026-12-03"))]  # parents may take the child out at once
    with pytest.raises(NotAllowed):
        actions.answer_wish(by=marisela, wish=row, on=ON, answer="Done.")
    with pytest.raises(Refusal, match="does not say so yet"):
        actions.answer_wish(by=ruth, wish=row, on=ON, answer="Done.")
    placed = actions.place_student(by=ruth, student=learner, program=programs["declined"], starts=D("2026-12-04"))
    answered = actions.answer_wish(by=ruth, wish=row, on=ON, answer="The child is tested every year.")
    assert (answered.placement, answered.answered_by) == (placed, ruth)
    assert waiting("family_wish") == [("done", D("2026-12-03"))]
    with pytest.raises(Refusal, match="was answered"):
        actions.answer_wish(by=ruth, wish=row, on=ON, answer="Again.")
    with pytest.raises(Refusal, match="has been answered"):
        put_back(marisela, "program_wish")
    put_back(ruth, "program_answer")
    put_back(marisela, "program_wish")
    assert not ProgramWish.objects.exists()


@pytest.mark.plan("X-05")
def test_a_choice_names_its_program(learner, wish, programs, ruth, enroll):
    with pytest.raises(Refusal, match="Which program"):
        wish(learner, wish="choose")
    row = wish(learner, wish="choose", program=programs["elm"])
    assert waiting("family_wish")[0][1] > D("2026-12-03")
    actions.answer_wish(by=ruth, wish=row, on=ON, answer="We meet on Friday.")
    with pytest.raises(Refusal, match="no English learner"):
        wish(enroll())


def test_requests_are_counted_by_school_program_and_language(enroll, ask, alder, languages, marisela):
    child = enroll()
    ask(child)
    with pytest.raises(Refusal, match="was recorded on"):
        ask(child)
    ask(child, asked_for="302")
    ask(enroll(), language=languages["Spanish"])
    other = ask(enroll())
    groups = {(each.asked_for, each.language.name): each.count for each in like_requests([alder], ON)}
    assert groups == {("301", "Punjabi"): 2, ("302", "Punjabi"): 1, ("301", "Spanish"): 1}
    actions.withdraw_request(by=marisela, asked=other, on=D("2026-12-05"))
    assert max(each.count for each in like_requests([alder], D("2026-12-04"))) == 2
    assert max(each.count for each in like_requests([alder], D("2026-12-05"))) == 1
    put_back(marisela, "program_withdrawn")
    assert max(each.count for each in like_requests([alder], ON)) == 2
    with pytest.raises(Refusal, match="not enrolled"):
        ask(enroll(), "2026-11-01")


def test_nineteen_of_a_grade_are_not_enough(many, ruth, alder, year, languages):
    many(19)
    assert waiting("requests_tell") == []
    named = {"school": alder, "year": year[1], "asked_for": "301", "language": languages["Punjabi"]}
    with pytest.raises(Refusal, match="fewer than the law names"):
        actions.decide_requests(by=ruth, **named, on=ON, is_offered=False, explanation="No teacher.")


@pytest.mark.plan("X-05")
def test_twenty_of_a_grade_start_both_clocks(many, ruth, marisela, alder, year, languages):
    many(20)
    assert reached_rows(ON).get().reached_on == D("2026-12-01")
    assert waiting("requests_tell") == [("open", D("2026-12-15"))]  # 10 school days
    assert waiting("requests_decide") == [("open", D("2027-01-30"))]  # 60 calendar days
    assert waiting("requests_tell", D("2026-11-30")) == []
    named = {"school": alder, "year": year[1], "asked_for": "301", "language": languages["Punjabi"]}
    whom = ["parents", "teachers", "administrators", "delac"]
    with pytest.raises(NotAllowed):
        actions.note_told(by=marisela, **named, on=ON, whom=whom)
    with pytest.raises(Refusal, match="not all are ticked"):
        actions.note_told(by=ruth, **named, on=ON, whom=whom[:3])
    with pytest.raises(Refusal, match="reached on"):
        actions.note_told(by=ruth, **named, on=D("2026-11-30"), whom=whom)
    case = actions.note_told(by=ruth, **named, on=ON, whom=whom)
    assert (case.reached_on, case.grade) == (D("2026-12-01"), "KN")
    assert waiting("requests_tell") == [("done", D("2026-12-15"))]
    with pytest.raises(Refusal, match="acted on it"):
        put_back(marisela, "program_request")
    decide = {"by": ruth, **named, "on": ON}
    with pytest.raises(Refusal, match="timeline, or its reasons"):
        actions.decide_requests(**decide, is_offered=False, explanation=" ")
    with pytest.raises(Refusal, match="From when"):
        actions.decide_requests(**decide, is_offered=True, explanation="From fall on.")
    actions.decide_requests(**decide, is_offered=True, begins_on=D("2027-08-11"), explanation="A class from fall on.")
    assert waiting("requests_decide") == [("done", D("2027-01-30"))]
    put_back(ruth, "program_decided")
    assert waiting("requests_decide") == [("open", D("2027-01-30"))]
    put_back(ruth, "program_told")
    assert not ProgramCase.objects.exists()


def test_thirty_of_a_school_are_enough_on_the_day_of_the_thirtieth(many, enroll, ask):
    many(18)
    many(11, grade="01")
    assert not reached_rows(ON).exists()
    ask(enroll(grade="02"), "2026-12-03")
    row = reached_rows(ON).get()
    assert row.reached_on == D("2026-12-03")
    assert reached_rows(D("2026-12-03") - timedelta(days=1)).count() == 0
