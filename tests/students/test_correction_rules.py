"""When a classification may be corrected: every combination of facts, and every decision, without a database."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from district.calendar import Period
from district.enums import DayKind
from students.enums import CorrectionAsker, CorrectionOutcome, CorrectionProcess, ElStatus, EvidenceKind
from students.rules import corrections as rules

D = date.fromisoformat
NOTICE = Period(10, DayKind.CALENDAR, "CE-A1", "5 CCR 11518.20(a)")
TOOK = "The child took the test."
STATUSES = ["", *ElStatus.values]
FOUR = ("survey", "english", "parent", "classroom")


def lawful(process, asked_by, status, initial, summative, reviewed, runs, provisional):
    """The law once more, in other words: who may ask for what."""
    if runs or not status or provisional:
        return False
    if process == "A":
        return status == "EO" and not initial
    if process == "B":
        return initial or summative
    return status in ("EL", "IFEP") and initial and not summative and not reviewed and asked_by in ("parent", "staff")


@pytest.mark.plan("X-03")
@pytest.mark.parametrize("process", CorrectionProcess.values)
@pytest.mark.parametrize("asked_by", CorrectionAsker.values)
def test_every_combination_of_facts_is_asked_for_or_refused_as_the_law_has_it(process, asked_by):
    flags = (False, True)
    for status, initial, summative, reviewed, runs, provisional in product(STATUSES, *[flags] * 5):
        child = rules.Classified(
            status=status,
            is_provisional=provisional,
            initial=TOOK if initial else "",
            summative=TOOK if summative else "",
            reviewed_on=D("2026-09-01") if reviewed else None,
            open_process="C" if runs else "",
        )
        found = rules.may_ask(process, asked_by, child)
        expected = lawful(process, asked_by, status, initial, summative, reviewed, runs, provisional)
        assert (found.outcome == rules.ALLOWED) == expected, (child, found)
        assert found.reason
        assert found.source


EL = {"status": "EL", "initial": TOOK}


@pytest.mark.parametrize(
    ("process", "facts", "sentence"),
    [
        ("A", {"status": "EL"}, "Process A is for a child that is English only. This child is “English learner”."),
        ("A", {"status": "EO", "initial": TOOK}, f"Process A comes before the Initial ELPAC. {TOOK}"),
        ("B", {"status": "EL"}, "Process B is for a child that was tested; there is no result on file."),
        (
            "C",
            {**EL, "reviewed_on": D("2026-09-01")},
            "reviewed once in a child's life; that was asked for on Tue 1 Sep",
        ),
        ("C", {**EL, "summative": TOOK}, f"Process C comes before the first Summative ELPAC. {TOOK}"),
        ("C", {"status": "EL"}, "comes after the Initial ELPAC, and there is no result of it on file"),
        ("C", {"status": "RFEP", "initial": TOOK}, "reviews “English learner” and “initially fluent”"),
        ("C", {**EL, "open_process": "B"}, "A correction runs already (process B)"),
        ("A", {"status": ""}, "no language status yet"),
        ("A", {"status": "TBD", "is_provisional": True}, "provisional; the records of the former district decide it"),
    ],
)
def test_a_refusal_names_what_stands_against_it(process, facts, sentence):
    found = rules.may_ask(process, "parent", rules.Classified(**facts))
    assert found.outcome == rules.REFUSED
    assert sentence in found.reason


def reviewed(process, **facts):
    defaults = {"asked_on": D("2026-11-01"), "status": {"A": "EO"}.get(process, "EL"), "evidence": FOUR}
    more = {"A": {"notice_on": D("2026-11-02")}, "C": {"reviewers": "Dr. Sohal"}}.get(process, {})
    return rules.Reviewed(process=process, **{**defaults, **more, **facts})


@pytest.mark.parametrize(
    ("notice_on", "on", "is_allowed"),
    [
        ("2026-11-02", "2026-11-11", False),
        ("2026-11-02", "2026-11-12", True),
        ("2026-12-27", "2027-01-05", False),
        ("2026-12-27", "2027-01-06", True),
        (None, "2026-12-31", False),
    ],
    ids=["the ninth day", "the tenth day", "ninth, over the year", "tenth, over the year", "never told"],
)
def test_the_notice_is_with_the_parents_ten_days_before(notice_on, on, is_allowed):
    case = reviewed("A", notice_on=D(notice_on) if notice_on else None)
    found = rules.may_decide(case, CorrectionOutcome.CHANGED, D(on), NOTICE)
    assert (found.outcome == rules.ALLOWED) == is_allowed, found.reason
    assert "11518.20(a)" in found.source


@pytest.mark.parametrize("status", ElStatus.values)
@pytest.mark.parametrize(
    ("process", "moves"),
    [("A", {"EO": "TBD"}), ("B", {"EL": "EO", "IFEP": "EO"}), ("C", {"EL": "IFEP", "IFEP": "EL"})],
)
def test_each_process_moves_what_the_states_table_moves(process, moves, status):
    found = rules.may_decide(reviewed(process, status=status), CorrectionOutcome.CHANGED, D("2026-11-30"), NOTICE)
    assert (found.outcome == rules.ALLOWED) == (status in moves), found.reason
    if status in moves:
        assert rules.status_after(process, status) == moves[status]


@pytest.mark.parametrize("missing", [(), *[(kind,) for kind in FOUR], ("survey", "parent")])
def test_a_review_looks_at_all_four_things(missing):
    case = reviewed("C", evidence=[kind for kind in FOUR if kind not in missing])
    for outcome in (CorrectionOutcome.CHANGED, CorrectionOutcome.UNCHANGED):
        found = rules.may_decide(case, outcome, D("2026-11-30"), NOTICE)
        assert (found.outcome == rules.ALLOWED) == (not missing)
        assert all(str(EvidenceKind(kind).label) in found.reason for kind in missing)


@pytest.mark.parametrize(
    ("case", "outcome", "on", "is_allowed"),
    [
        (reviewed("C", reviewers=" "), "changed", "2026-11-30", False),
        (reviewed("C"), "changed", "2026-10-31", False),
        (reviewed("A", evidence=()), "unchanged", "2026-11-30", False),
        (reviewed("A", notice_on=None), "unchanged", "2026-11-30", True),
        (reviewed("A", initial=TOOK), "changed", "2026-11-30", False),
        (reviewed("B", status="RFEP"), "unchanged", "2026-11-30", True),
        (reviewed("C", evidence=(), reviewers=""), "withdrawn", "2026-11-30", True),
    ],
    ids=[
        "nobody is named",
        "before it was asked for",
        "without evidence",
        "stays, without a notice",
        "tested meanwhile",
        "RFEP stays",
        "taken back",
    ],
)
def test_what_may_be_decided(case, outcome, on, is_allowed):
    assert (rules.may_decide(case, outcome, D(on), NOTICE).outcome == rules.ALLOWED) == is_allowed
