"""Truth tables of chapters 1 and 2. No database."""

from dataclasses import dataclass
from datetime import date

import pytest

from district.calendar import Period
from district.enums import DayKind, Grade
from students import rules
from students.enums import ElStatus, Origin, StatusSource

D = date.fromisoformat


@dataclass(frozen=True)
class Tongue:
    code: str
    name: str
    counts: bool = True


ENGLISH, ASL = Tongue("00", "English", counts=False), Tongue("37", "American Sign Language", counts=False)
PUNJABI, SPANISH, MIXTECO = Tongue("28", "Punjabi"), Tongue("01", "Spanish"), Tongue("49", "Mixteco")
OTHER_SIGN = Tongue("99", "Other non-English languages")
BY_LETTER = {"e": ENGLISH, "a": ASL, "p": PUNJABI, "s": SPANISH, "m": MIXTECO, "o": OTHER_SIGN, "-": None}


def answers(letters):
    return [BY_LETTER[letter] for letter in letters]


@pytest.mark.plan("MP1-05", "MP1-06", "MP1-07", "MP1-08")
@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        pytest.param("eeee", "EO", id="english only"),
        pytest.param("eee-", "EO", id="blank 4 is allowed"),
        pytest.param("eeep", "EO", id="4 alone decides nothing"),
        pytest.param("peee", "TBD", id="1"),
        pytest.param("epee", "TBD", id="2"),
        pytest.param("eepe", "TBD", id="3"),
        pytest.param("pppp", "TBD", id="all"),
        pytest.param("aaaa", "EO", id="ASL alone does not count"),
        pytest.param("aeea", "EO", id="ASL and English do not count"),
        pytest.param("apee", "TBD", id="ASL beside another language"),
        pytest.param("oeee", "TBD", id="another sign language counts"),
        pytest.param("-eee", "incomplete", id="blank 1"),
        pytest.param("e-ee", "incomplete", id="blank 2"),
        pytest.param("ee-e", "incomplete", id="blank 3"),
        pytest.param("----", "incomplete", id="nothing"),
        pytest.param("---p", "incomplete", id="4 does not stand in for 1 to 3"),
        pytest.param("p-p-", "TBD", id="to be tested whatever 2 says"),
        pytest.param("--s-", "TBD", id="one answer is enough"),
    ],
)
def test_what_four_answers_mean(given, outcome):
    assert rules.survey_finding(answers(given)).outcome == outcome


@pytest.mark.plan("MP1-06")
def test_the_reason_names_the_answers_and_the_languages():
    found = rules.survey_finding(answers("pepp"))
    assert found.reason == ("Answers 1 and 3: Punjabi. Any language but English in 1, 2 or 3 means the Initial ELPAC.")
    assert (found.source, found.notes) == ("MP1-06, 5 CCR 11518.5", ())


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("eeee", "English is the answer to 1, 2 and 3."),
        ("aeee", "Answers 1, 2 and 3 name English or American Sign Language, which alone does not count."),
        ("-e--", "Answers 1 and 3 without an answer; the status cannot be decided."),
        (
            "smse",
            "Answers 1, 2 and 3: Spanish, Mixteco. Any language but English in 1, 2 or 3 means the Initial ELPAC.",
        ),
    ],
)
def test_every_outcome_has_its_sentence(given, reason):
    assert rules.survey_finding(answers(given)).reason == reason


@pytest.mark.plan("MP1-08")
@pytest.mark.parametrize(
    ("given", "noted"), [("eeep", True), ("eeee", False), ("peep", False), ("eeea", False), ("eee-", False)]
)
def test_question_4_alone_is_noted(given, noted):
    found = rules.survey_finding(answers(given))
    sentence = "Punjabi is named in answer 4 only. It informs and does not decide; no test follows from it."
    assert rules.is_question_4_only(answers(given)) is noted
    assert found.notes == ((sentence,) if noted else ())


def test_a_blank_beside_a_deciding_answer_is_said():
    assert rules.survey_finding(answers("p-p-")).notes == (
        "Answer 2 without an answer: the survey is still incomplete.",
    )


def test_tk_is_told_when_the_test_comes():
    found = rules.survey_finding(answers("pppp"), Grade.TK)
    assert found.outcome == "TBD"
    assert found.reason.endswith("Children in transitional kindergarten are tested when kindergarten begins.")
    assert found.source == "MP1-06, 5 CCR 11518.5, EC 313(h)"


@pytest.mark.parametrize(
    ("given", "language"),
    [
        pytest.param("pppe", PUNJABI, id="all agree"),
        pytest.param("pspe", PUNJABI, id="majority"),
        pytest.param("pssp", SPANISH, id="majority before question 4"),
        pytest.param("psee", PUNJABI, id="tie goes by order"),
        pytest.param("pses", SPANISH, id="question 4 breaks a tie"),
        pytest.param("psme", PUNJABI, id="three different go by order"),
        pytest.param("psmm", MIXTECO, id="three different, question 4 names one"),
        pytest.param("eeps", PUNJABI, id="English does not vote"),
        pytest.param("aape", PUNJABI, id="ASL does not vote"),
        pytest.param("eees", ENGLISH, id="question 4 alone does not decide"),
        pytest.param("aaae", ASL, id="ASL only"),
        pytest.param("aeee", ENGLISH, id="English with ASL"),
        pytest.param("-s--", SPANISH, id="one answer"),
        pytest.param("---p", None, id="nothing to go by"),
    ],
)
def test_primary_language(given, language):
    assert rules.primary_language(answers(given)) == language


THIRTY = Period(30, DayKind.CALENDAR, "IA-02", "5 CCR 11518.5; EC 313")
WORKING = Period(30, DayKind.CALENDAR, "OWN-03", "D-02")
TK_FROM = D("2024-07-01")


def clock(first_day, grade="KN", **facts):
    day = D(first_day) if first_day else None
    return rules.initial_clock(first_day=day, grade=Grade(grade), period=THIRTY, **{"tk_exempt_from": TK_FROM, **facts})


@pytest.mark.plan("MP1-13", "MP1-22")
@pytest.mark.parametrize(
    ("facts", "starts", "due"),
    [
        pytest.param({"first_day": "2026-11-23"}, "2026-11-23", "2026-12-23", id="30 days, the first not counted"),
        pytest.param({"first_day": "2027-02-01"}, "2027-02-01", "2027-03-03", id="over a short month"),
        pytest.param(
            {"first_day": "2026-11-23", "grade": "04", "first_california_on": D("2026-11-02")},
            "2026-11-02",
            "2026-12-02",
            id="an earlier California enrollment starts it",
        ),
        pytest.param(
            {"first_day": "2026-11-23", "grade": "04", "first_california_on": D("2026-12-01")},
            "2026-11-23",
            "2026-12-23",
            id="a later one is a mistake and does not",
        ),
        pytest.param(
            {"first_day": "2026-08-12", "first_california_on": D("2025-08-14")},
            "2026-08-12",
            "2026-09-11",
            id="TK elsewhere in California does not",
        ),
        pytest.param(
            {"first_day": "2026-10-05", "first_california_on": D("2026-08-17")},
            "2026-08-17",
            "2026-09-16",
            id="kindergarten elsewhere in California does",
        ),
        pytest.param({"first_day": "2026-11-23", "grade": "TK"}, None, None, id="TK waits for kindergarten"),
        pytest.param({"first_day": None, "grade": "TK"}, None, None, id="kindergarten not known yet"),
        pytest.param({"first_day": "2023-08-16", "grade": "TK"}, "2023-08-16", "2023-09-15", id="TK before the law"),
    ],
)
def test_start_and_due_day_of_the_initial_test(facts, starts, due):
    found = clock(**facts)
    assert (found.starts, found.due) == (starts and D(starts), due and D(due))


@pytest.mark.plan("MP1-13")
def test_the_clock_says_why_it_runs():
    assert clock("2026-11-23").reason == "30 calendar days from enrollment on Mon 23 Nov 2026."
    assert clock("2026-11-23").source == "D-01, 5 CCR 11518.5; EC 313"
    elsewhere = clock("2026-11-23", grade="04", first_california_on=D("2026-11-02"))
    assert elsewhere.reason == "30 calendar days from the first enrollment in California on Mon 2 Nov 2026."
    assert "first day of kindergarten" in clock("2026-11-23", grade="TK").reason


def test_an_amended_survey_runs_its_own_clock_beside_the_law():
    found = clock("2026-11-23", amended_on=D("2026-12-10"), amended=WORKING)
    assert (found.starts, found.due, found.lawful_due) == (D("2026-12-10"), D("2027-01-09"), D("2026-12-23"))
    assert found.reason == "30 calendar days from the correction of the survey on Thu 10 Dec 2026."


def test_an_amendment_on_the_first_day_changes_nothing():
    found = clock("2026-11-23", amended_on=D("2026-11-23"), amended=WORKING)
    assert (found.due, found.lawful_due) == (D("2026-12-23"), None)


@pytest.mark.plan("MP1-45", "MP1-50")
@pytest.mark.parametrize(
    ("origin", "path"),
    [
        (Origin.CALIFORNIA, "transfer"),
        (Origin.NEW, "initial"),
        (Origin.OUT_OF_STATE, "initial"),
        (Origin.OTHER_COUNTRY, "initial"),
    ],
)
def test_the_path_by_origin(origin, path):
    assert rules.enrollment_path(origin).outcome == path


TABLE = {
    ("", "EO"): rules.Move("allowed"),
    ("", "EL"): rules.Move("state_only", "The state sends it"),
    ("TBD", "EL"): rules.Move("state_only"),
    ("TBD", "EO"): rules.Move("allowed"),
    ("EO", "TBD"): rules.Move("correction_1", "Correction process A"),
    ("EL", "IFEP"): rules.Move("correction_5", "Correction process C"),
    ("EL", "RFEP"): rules.Move("allowed"),
    ("RFEP", "EL"): rules.Move("refused", "RFEP is kept"),
}
S = StatusSource


@pytest.mark.plan("MP1-14")
@pytest.mark.parametrize(
    ("before", "after", "source", "correction", "outcome"),
    [
        ("", "EO", S.SURVEY, "", "allowed"),
        ("", "EL", S.STATE_FILE, "", "allowed"),
        ("", "EL", S.DECISION, "", "refused"),
        ("", "EL", S.RECORDS, "", "allowed"),
        ("", "RFEP", S.RECORDS, "", "allowed"),
        ("TBD", "RFEP", S.RECORDS, "", "allowed"),
        ("EO", "EL", S.RECORDS, "", "refused"),
        ("TBD", "EL", S.STATE_FILE, "", "allowed"),
        ("TBD", "EL", S.SURVEY, "", "refused"),
        ("TBD", "EL", S.CORRECTION, "5", "refused"),
        ("TBD", "EO", S.SURVEY, "", "allowed"),
        ("EO", "TBD", S.SURVEY, "", "refused"),
        ("EO", "TBD", S.CORRECTION, "", "refused"),
        ("EO", "TBD", S.CORRECTION, "1", "allowed"),
        ("EO", "TBD", S.CORRECTION, "4", "refused"),
        ("EL", "IFEP", S.STATE_FILE, "5", "allowed"),
        ("EL", "IFEP", S.STATE_FILE, "", "refused"),
        ("EL", "IFEP", S.SURVEY, "5", "refused"),
        ("EL", "RFEP", S.DECISION, "", "allowed"),
        ("RFEP", "EL", S.STATE_FILE, "", "refused"),
        ("EO", "EO", S.SURVEY, "", "refused"),
    ],
)
def test_moves_of_the_status(before, after, source, correction, outcome):
    assert rules.transition(before, after, source, correction, TABLE).outcome == outcome


@pytest.mark.parametrize(
    ("move", "reason"),
    [
        (
            ("RFEP", "EL", S.DECISION, ""),
            "The status cannot move from “reclassified fluent in English” to “English learner”. RFEP is kept.",
        ),
        (
            ("TBD", "EL", S.SURVEY, ""),
            "Only the state's file gives the status “English learner”: import it, or enter the child's records.",
        ),
        (
            ("EO", "TBD", S.CORRECTION, ""),
            "From “English only” to “to be determined” leads a correction with reason 1 only (Correction process A).",
        ),
        (("", "IFEP", S.SURVEY, ""), "The status cannot move from “no status” to “initially fluent in English”."),
    ],
)
def test_a_refused_move_says_why(move, reason):
    assert rules.transition(*move, TABLE).reason == reason


@pytest.mark.parametrize(("state", "overtaken"), [("2026-11-20", True), ("2026-11-23", True), ("2026-11-24", False)])
def test_the_states_day_overtakes_what_began_no_earlier(state, overtaken):
    assert rules.overtakes(D("2026-11-23"), D(state)) is overtaken


LADDER = ("novice", "intermediate", "ifep")
CUT = rules.Cut("intermediate", "Board, 12 May 2026", D("2026-07-01"))


@pytest.mark.plan("MP1-25", "MP1-52", "MP2-04", "MP2-07", "MP2-11")
@pytest.mark.parametrize(
    ("level", "cut", "is_el", "outcome"),
    [
        pytest.param("novice", CUT, True, "sei", id="below"),
        pytest.param("intermediate", CUT, True, "elm", id="at the cut"),
        pytest.param("ifep", CUT, True, "elm", id="above"),
        pytest.param("novice", None, True, "not_configured", id="no cut"),
        pytest.param("ifep", None, True, "not_configured", id="no cut, even at the top"),
        pytest.param("", CUT, True, "no_level", id="no result"),
        pytest.param("novice", CUT, False, "not_el", id="not a learner"),
        pytest.param("beginning", CUT, True, "not_configured", id="a level of another test"),
    ],
)
def test_recommended_program(level, cut, is_el, outcome):
    found = rules.recommend_program(is_el=is_el, level=level, level_name="", ladder=LADDER, cut=cut)
    assert found.outcome == outcome


def test_a_recommendation_shows_its_rule():
    found = rules.recommend_program(
        is_el=True, level="novice", level_name="Novice", ladder=LADDER, cut=CUT, cut_name="Intermediate"
    )
    assert found.reason == "Novice is below reasonable fluency, which begins at Intermediate."
    assert found.source == "MP2-07; Board, 12 May 2026"


def test_the_statuses_of_the_rule_are_the_states():
    assert {rules.survey_finding(answers("p---")).outcome, rules.survey_finding(answers("eee-")).outcome} <= set(
        ElStatus
    )


@pytest.mark.parametrize(
    ("status", "is_provisional", "moves"),
    [("EO", False, True), ("TBD", False, True), ("TBD", True, False), ("EL", False, False), ("RFEP", False, False)],
)
def test_a_survey_moves_only_what_surveys_give(status, is_provisional, moves):
    assert rules.survey_moves(status, is_provisional) is moves


@pytest.mark.parametrize(
    ("status", "amends", "moves"),
    [("EO", False, False), ("EO", True, True), ("TBD", False, True), ("EL", True, False), ("RFEP", True, False)],
)
def test_english_only_by_records_is_moved_by_the_parents_alone(status, amends, moves):
    assert rules.survey_moves(status, False, by_records=True, amends=amends) is moves
