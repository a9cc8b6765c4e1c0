"""In which languages a school owes what it sends home."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from students.rules.clocks import school_year_begins
from students.rules.surveys import ENGLISH


@dataclass(frozen=True)
class OwedShare:
    """From which share of a school's pupils on a language is owed (percent, inclusive), since when, and who says so."""

    percent: int
    valid_from: date
    source: str


# The one share that is known; a change of law is a further row with its day.
OWED_SHARES = (OwedShare(15, date.min, "EC 48985(a)"),)
CENSUS_MONTH, CENSUS_WEEKDAY = 10, 2  # the first Wednesday in October: LT-04


def owed_share(on: date) -> OwedShare:
    """The share in force on a day."""
    return max((share for share in OWED_SHARES if share.valid_from <= on), key=lambda share: share.valid_from)


def census_day(begins: int) -> date:
    """The census day of the school year that begins in that year: the first Wednesday in October (LT-04)."""
    first = date(begins, CENSUS_MONTH, 1)
    return first.replace(day=1 + (CENSUS_WEEKDAY - first.weekday()) % 7)


def census_day_before(on: date) -> date:
    """The census day of the school year before that of a day: the count that EC 48985 goes by."""
    return census_day(school_year_begins(on).year - 1)


UNWRITTEN = "Zxxx"  # ISO 15924: signed languages, which have no letters


def is_owed(code: str, script: str, number: int, base: int, limit: OwedShare) -> bool:
    """Does the school owe letters in the language? All pupils of the school are the base, not learners alone."""
    return code != ENGLISH and script != UNWRITTEN and number * 100 >= limit.percent * base > 0
