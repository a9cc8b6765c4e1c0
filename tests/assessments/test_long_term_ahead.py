"""When a child will be long-term or at risk, at every boundary of years, grades and results; without a database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from assessments.rules import AT_RISK, LTEL, NEITHER, YearLevel
from assessments.rules.long_term_ahead import DASHBOARD, UNKNOWN, Learner, standing_and_coming

D = date.fromisoformat
ON = D("2026-11-24")
NEW_YEAR = D("2027-08-11")
ONE_DAY = timedelta(days=1)
pytestmark = pytest.mark.plan("X-09")


def level(number, year="2025-26", test="summative_elpac"):
    return YearLevel(test, year, number)


STALLED = (level("2"), level("2", "2024-25"))
BETTER = (level("3"), level("2", "2024-25"))
TOP = (level("4"), level("4", "2024-25"))


def learner(grade="07", first="2021-08-20", english=STALLED, ela="", **facts):
    return Learner(grade, D(first) if first else None, [NEW_YEAR], english, ela, **facts)


def found(child, on=ON):
    now, coming = standing_and_coming(child, on)
    return now.outcome, [(each.outcome, each.on.isoformat() if each.on else None) for each in coming]


@pytest.mark.parametrize("years", [3, 4, 5, 6, 7])
@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_the_anniversary_is_the_day(years, shift):
    """Full years count on the anniversary, not the day before (D-16)."""
    first = ON.replace(year=ON.year - years) + shift * ONE_DAY
    reached = years - (1 if shift > 0 else 0)
    outcome, coming = found(learner(first=first.isoformat()))
    expected = NEITHER if reached < 4 else AT_RISK if reached < 6 else LTEL
    assert outcome == expected
    wanted = []
    if reached < 4:
        wanted.append((AT_RISK, first.replace(year=first.year + 4).isoformat()))
    if reached < 6:
        wanted.append((LTEL, first.replace(year=first.year + 6).isoformat()))
    assert coming == wanted


@pytest.mark.parametrize(
    ("first", "on", "day"),
    [("2024-02-29", "2027-03-01", "2028-02-29"), ("2023-02-28", "2026-12-01", "2027-02-28")],
    ids=["leap year to leap year", "common year"],
)
def test_29_february_has_its_anniversary(first, on, day):
    assert found(learner(first=first), D(on))[1][0] == (AT_RISK, day)


def test_29_february_in_a_common_year_is_the_28th():
    outcome, coming = found(learner(first="2024-02-29"), D("2028-03-01"))
    assert (outcome, coming) == (AT_RISK, [(LTEL, "2030-02-28")])


@pytest.mark.parametrize(
    ("grade", "first", "expected"),
    [
        ("02", "2022-08-20", (NEITHER, [(AT_RISK, "2027-08-11"), (LTEL, "2030-08-11")])),
        ("KN", "2022-08-20", (NEITHER, [(LTEL, "2032-08-11")])),
        ("03", "2022-08-20", (AT_RISK, [(LTEL, "2029-08-11")])),
        ("05", "2020-08-20", (NEITHER, [(LTEL, "2027-08-11")])),
        ("06", "2020-08-20", (LTEL, [])),
        ("12", "2021-08-20", (AT_RISK, [])),
        ("12", "2020-08-20", (LTEL, [])),
        ("TK", "2026-08-12", (NEITHER, [(AT_RISK, "2030-08-12"), (LTEL, "2033-08-11")])),
    ],
    ids=[
        "grade 3 comes after the four years",
        "six years come before grade 3, so it is never at risk",
        "in grade 3 with four years",
        "six years, and grade 6 comes next year",
        "grade 6 with six years",
        "leaves school before",
        "grade 12",
        "from TK on",
    ],
)
def test_grades_open_and_close_the_definitions(grade, first, expected):
    assert found(learner(grade, first)) == expected


@pytest.mark.parametrize(
    ("english", "grade", "first", "ela", "expected"),
    [
        (BETTER, "07", "2021-08-20", "", (AT_RISK, [])),
        (TOP, "07", "2021-08-20", "", (NEITHER, [(LTEL, "2027-08-20")])),
        ((), "07", "2021-08-20", "", (AT_RISK, [(LTEL, "2027-08-20")])),
        ((level("2"),), "07", "2021-08-20", "", (AT_RISK, [(LTEL, "2027-08-20")])),
        (STALLED, "07", "2021-08-20", "2", (NEITHER, [(LTEL, "2029-08-11")])),
        (STALLED, "07", "2021-08-20", "1", (AT_RISK, [(LTEL, "2027-08-20")])),
        (STALLED, "09", "2015-08-20", "2", (NEITHER, [(LTEL, "2027-08-11")])),
        (STALLED, "09", "2015-08-20", "1", (LTEL, [])),
        (STALLED, "09", "2015-08-20", "", (LTEL, [])),
        ((level("4"), level("3", "2024-25")), "07", "2021-08-20", "", (NEITHER, [])),
    ],
    ids=[
        "progress keeps it from being long-term, not from being at risk",
        "the top level twice is no progress",
        "no test drops its condition",
        "one test drops the comparison",
        "a better state test holds until grade 10",
        "the lowest state test",
        "grade 10 does not ask for the state test",
        "grade 9 with the lowest state test",
        "grade 9 without a state test",
        "above intermediate and rising",
    ],
)
def test_results_decide_as_they_are(english, grade, first, ela, expected):
    assert found(learner(grade, first, english, ela)) == expected


def test_a_dropped_condition_is_named():
    _now, (coming,) = standing_and_coming(learner("07", "2020-12-01", ()), ON)
    assert "Not looked at, because there is none: two English test results to compare" in coming.sentence
    assert "the next Summative ELPAC shows enough English" in coming.unless


def test_without_the_first_day_nothing_is_said_and_the_mend_is_named():
    now, (coming,) = standing_and_coming(learner(first=None), ON)
    assert (now.outcome, coming.outcome) == (UNKNOWN, UNKNOWN)
    assert coming.sentence == "Not known: enter the first day in a school of the United States."


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ("2020-11-24", [(DASHBOARD, "2027-11-25")]),
        ("2019-11-24", [(DASHBOARD, "2026-11-25")]),
        ("2019-11-23", []),
    ],
    ids=["in a year", "today is the last day in", "counted already"],
)
def test_the_dashboard_counts_from_the_first_classification(since, expected):
    child = learner("07", "2015-08-20", BETTER, first_el_on=D(since))
    assert [pair for pair in found(child)[1] if pair[0] == DASHBOARD] == expected


def test_only_what_comes_soon_is_asked_for():
    child = learner("03", "2022-08-20", first_el_on=D("2022-09-20"))
    now, coming = standing_and_coming(child, ON, until=D("2027-11-24"))
    assert (now.outcome, coming) == (AT_RISK, [])


@pytest.mark.parametrize(
    ("child", "unless"),
    [
        (
            learner("07", "2020-12-01", STALLED),
            "Unless the next Summative ELPAC shows at least level 3 of 4, Moderately Developed, or a state test in "
            "English language arts shows more than level 1, or the child is reclassified before.",
        ),
        (learner("10", "2020-12-01", TOP), "Unless the child is reclassified before."),
        (
            learner("10", "2020-12-01", (level("intermediate", "2016-17", "celdt"),) * 2),
            "Unless the next Summative ELPAC shows more English, or the child is reclassified before.",
        ),
    ],
    ids=["a level higher", "none is higher", "another test by now"],
)
def test_it_says_what_would_keep_it_from_happening(child, unless):
    _now, coming = standing_and_coming(child, ON)
    assert coming[-1].unless == unless
