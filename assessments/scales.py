"""Scale scores and levels: plain values in, a level out. The ranges are rows of `ScoreRange`, handed in by the caller.

Words and order of the levels come from `fixtures/assessments/levels.csv`: what the digit 3 means depends on the test
and the measure.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from assessments.enums import Measure, Test
from district.enums import Grade
from district.refusal import Refusal

LEVELS = Path(__file__).resolve().parent.parent / "fixtures" / "assessments" / "levels.csv"


class Range(Protocol):
    """A level on a scale, both ends inside; `ScoreRange` is one."""

    level: str
    low: int
    high: int


class OutOfScale(Refusal):
    """The score cannot be one of this scale; the message names the scale's limits."""


class NoScale(Refusal):
    """There is no table for this test, grade, measure and year; the message says what there is."""


@dataclass(frozen=True)
class LevelName:
    """A level of one measure of a test. rank: 1 is the lowest. term: its key in the letters' dictionary."""

    test: str
    measure: str
    level: str
    rank: int
    name: str
    in_files: tuple[str, ...]
    term: str


def find(ranges: Sequence[Range], score: int, what: str = "") -> Range:
    """The range in which a score lies. OutOfScale with the limits where it lies in none.

    ranges: those of one test, grade, measure and year. what: the scale in words, for the message.
    """
    for row in ranges:
        if row.low <= score <= row.high:
            return row
    low, high = limits(ranges)
    raise OutOfScale(
        f"{score} is not a score of {what or 'this scale'}: scores go from {low} to {high}.",
        "Look at the score report again: the score, the grade assessed and the name of the test.",
    )


def limits(ranges: Sequence[Range]) -> tuple[int, int]:
    """The lowest and the highest score of a scale."""
    return min(row.low for row in ranges), max(row.high for row in ranges)


def faults(ranges: Sequence[Range], order: Sequence[str]) -> list[str]:
    """What is wrong with the ranges of one scale: gaps, overlaps, levels missing or out of order."""
    rows = sorted(ranges, key=lambda row: row.low)
    found = [
        f"{one.level} ends at {one.high}, {two.level} begins at {two.low}"
        for one, two in zip(rows, rows[1:], strict=False)
        if two.low != one.high + 1
    ]
    if [row.level for row in rows] != list(order):
        found.append(f"levels are {', '.join(row.level for row in rows)} in place of {', '.join(order)}")
    return found + [f"{row.level} ends before it begins" for row in rows if row.high < row.low]


def in_year(first_year: str, last_year: str, year: str) -> bool:
    """Whether a table that holds from one administration to another holds for `year` (2018-19)."""
    return first_year <= year and (not last_year or year <= last_year)


def years_known(periods: Iterable[tuple[str, str]]) -> str:
    """Periods as words: `2013-14 to 2017-18`, or `2018-19 and later`."""
    spans = sorted(set(periods))
    joined: list[tuple[str, str]] = []
    for first, last in spans:
        if joined and joined[-1][1] and _next_year(joined[-1][1]) == first:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return ", ".join(f"{first} to {last}" if last else f"{first} and later" for first, last in joined)


def _next_year(year: str) -> str:
    begins = int(year[:4]) + 1
    return f"{begins}-{(begins + 1) % 100:02}"


def levels(test: str, measure: str) -> list[LevelName]:
    """The levels of a measure of a test, lowest first; empty where it has none."""
    return _levels().get((str(test), str(measure)), [])


def ladders() -> list[tuple[str, str, tuple[tuple[str, str], ...]]]:
    """Tests by whose overall level a child may be placed: slug, name, and the levels from the lowest on."""
    tests = (
        Test.INITIAL_ELPAC,
        Test.INITIAL_ALTERNATE_ELPAC,
        Test.SUMMATIVE_ELPAC,
        Test.SUMMATIVE_ALTERNATE_ELPAC,
    )
    return [
        (
            test.value,
            str(test.label),
            tuple(
                (each.level, level_words(test, Measure.OVERALL, each.level)) for each in levels(test, Measure.OVERALL)
            ),
        )
        for test in tests
    ]


def level_name(test: str, measure: str, level: str) -> LevelName | None:
    """What is known of a level by its slug."""
    return next((each for each in levels(test, measure) if each.level == level), None)


def level_words(test: str, measure: str, level: str) -> str:
    """A level in words, with its number where the state counts: `level 3 of 4, Moderately Developed`."""
    known = level_name(test, measure, level)
    if known is None:
        return f"level {level}" if level else ""
    return f"level {known.rank} of {len(levels(test, measure))}, {known.name}" if is_counted(known) else known.name


def is_counted(level: LevelName) -> bool:
    """Whether the state gives the level as a number, as in the Summative ELPAC."""
    return level.level[0].isdigit() and level.test not in (Test.INITIAL_ELPAC, Test.INITIAL_ALTERNATE_ELPAC)


def level_in_file(test: str, measure: str, value: str) -> str | None:
    """The slug for a level as a state file writes it (a digit, or words in any case); None for anything else."""
    wanted = _plain(value)
    for each in levels(test, measure):
        if wanted in (_plain(text) for text in (*each.in_files, each.level)):
            return each.level
    return None


def rank(test: str, measure: str, level: str) -> int | None:
    """Where a level stands in its order: 1 is the lowest; None for a level that is not one of the measure's."""
    known = level_name(test, measure, level)
    return known.rank if known else None


def reaches(test: str, measure: str, level: str, cut: str) -> bool:
    """Whether a level is the cut or above it. ValueError where one of them is no level of this measure."""
    have, need = rank(test, measure, level), rank(test, measure, cut)
    if have is None or need is None:
        raise ValueError(f"{level!r} and {cut!r} are not both levels of {test} {measure}.")
    return have >= need


def grade_slug(typed: str) -> str:
    """A grade as people type it (`5`, `05`, `K`, `kn`) as the state's code. ValueError for what is no grade."""
    text = typed.strip().upper()
    text = {"K": "KN", "KG": "KN", "00": "KN", "0": "KN"}.get(text, text.zfill(2) if text.isdigit() else text)
    if text not in Grade.values:
        raise ValueError(f"{typed!r} is not a grade. Grades are KN, 01 to 12.")
    return text


def scale_words(test: str, grade: str, measure: str, year: str = "") -> str:
    """A scale by name: `CELDT, grade 5, overall, 2016-17`."""
    parts = [Test(test).label, Grade(grade).label, Measure(measure).label, year]
    return ", ".join(str(part) for part in parts if part)


def _plain(text: str) -> str:
    return " ".join("".join(char if char.isalnum() else " " for char in text.casefold()).split())


@cache
def _levels() -> dict[tuple[str, str], list[LevelName]]:
    """The fixture by test and measure, lowest level first."""
    with LEVELS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found: dict[tuple[str, str], list[LevelName]] = {}
    for row in sorted(rows, key=lambda row: int(row["rank"])):
        level = LevelName(
            row["test"],
            row["measure"],
            row["level"],
            int(row["rank"]),
            row["name"],
            tuple(row["in_files"].split("|")),
            row["term"],
        )
        found.setdefault((level.test, level.measure), []).append(level)
    return found
