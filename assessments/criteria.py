"""What a child needs to be reclassified, as far as letters must say it: the district's list beside today's standing.

The list is dated data (`fixtures/reference/criteria.csv`, D-08): a criterion without a cut is "not set", never met. The
decision itself belongs to chapter 4 of the Plan.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from assessments import scales
from assessments.enums import Measure, Test
from district.calendar import year_name
from district.enums import Grade

FILE = Path(__file__).resolve().parent.parent / "fixtures" / "reference" / "criteria.csv"
CRITERIA = ("language_test", "basic_skills", "teacher", "parents")
MET, NOT_MET, MISSING, NOT_SET, NOT_ASKED, LATER = (
    "met",
    "not_met",
    "missing",
    "not_configured",
    "not_applicable",
    "later",
)


@dataclass(frozen=True)
class Asked:
    """One thing the district asks for. cut: empty where none is set (or none is needed, as for the consultation)."""

    criterion: str
    item: str
    test: str
    cut: str
    source: str


@dataclass(frozen=True)
class TestResult:
    """The newest result of the yearly English test."""

    __test__ = False  # not a test class, whatever its name

    test: str
    administration: str
    level: str


@dataclass(frozen=True)
class Standing:
    """One of the four criteria: what is asked, and where the child stands today."""

    criterion: str
    asked: tuple[Asked, ...]
    finding: str
    level: str = ""
    test: str = ""


def asked_of(grade: str, test: str, on: date) -> list[Asked]:
    """What the district asks of a child of this grade who takes this yearly test, in the order of EC 313(f)."""
    rows = [row for row in _rows() if _holds(row, on) and row["required"] == "yes" and _in_grades(row, grade)]
    fitting = [row for row in rows if row["test"] in ("", test)]
    fitting.sort(key=lambda row: CRITERIA.index(row["criterion"]))
    return [Asked(row["criterion"], row["item"], row["test"], row["cut"], row["source"]) for row in fitting]


def standing(*, grade: str, newest: TestResult | None, on: date, alternate: bool = False) -> list[Standing]:
    """Where a child stands on each of the four criteria of EC 313(f) (D-08, D-13).

    newest: the newest result of the yearly English test. alternate: the child takes the Alternate test.
    """
    test = newest.test if newest else (Test.SUMMATIVE_ALTERNATE_ELPAC if alternate else Test.SUMMATIVE_ELPAC)
    asked = asked_of(grade, test, on)
    return [_one(name, tuple(each for each in asked if each.criterion == name), newest, on) for name in CRITERIA]


def _one(criterion: str, asked: tuple[Asked, ...], newest: TestResult | None, on: date) -> Standing:
    if not asked:
        return Standing(criterion, asked, NOT_ASKED)
    if criterion == "language_test":
        return _language_test(asked, newest, on)
    if criterion == "basic_skills":
        return Standing(criterion, asked, NOT_SET if any(not each.cut for each in asked) else MISSING)
    return Standing(criterion, asked, LATER)


def _language_test(asked: tuple[Asked, ...], newest: TestResult | None, on: date) -> Standing:
    """The newest result counts; one of the year before serves until the window closes (D-13, SA-04)."""
    if newest is None or not newest.level or not still_counts(newest.administration, on):
        return Standing("language_test", asked, MISSING)
    rule = asked[0]
    met = scales.reaches(newest.test, Measure.OVERALL, newest.level, rule.cut)
    return Standing("language_test", asked, MET if met else NOT_MET, newest.level, newest.test)


def still_counts(administration: str, on: date) -> bool:
    """Whether a result of this administration may still be used on a day (CALPADS Flash 267)."""
    begins, now = int(administration[:4]), int(year_name(on)[:4])
    if begins >= now:
        return True
    until = next(row["cut"] for row in _rows() if row["item"] == "prior_year_until" and _holds(row, on))
    return begins == now - 1 and on <= date(now + 1, *map(int, until.split("-")))


def _holds(row: Mapping[str, str], on: date) -> bool:
    day = on.isoformat()
    return row["valid_from"] <= day and (not row["valid_to"] or day <= row["valid_to"])


def _in_grades(row: Mapping[str, str], grade: str) -> bool:
    return Grade(row["grade_low"]).rank <= Grade(grade).rank <= Grade(row["grade_high"]).rank


@cache
def _rows() -> Sequence[Mapping[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
