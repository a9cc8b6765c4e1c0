"""Invented results that could be real: each score lies in its scale, each level is the scale's, composites add up."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from assessments.enums import Level, Measure, Test
from elplan.sample.years import name_of

CELDT_LAST = 2017  # school year of the last CELDT; its levels end with it, too
SUMMATIVE_FIRST = 2017  # its scores of 2017-18 stand on other thresholds: levels only (D-13)
ALTERNATE_FIRST = 2022
CELDT_LEVELS = [Level.BEGINNING, Level.EARLY_INTERMEDIATE, Level.INTERMEDIATE, Level.EARLY_ADVANCED, Level.ADVANCED]
DOMAINS = (Measure.LISTENING, Measure.SPEAKING, Measure.READING, Measure.WRITING)
# Share of oral language in the overall score, in percent: kindergarten, grade 1, the others.
ORAL_INITIAL, ORAL_SUMMATIVE = (90, 70, 50), (70, 50, 50)
INITIAL_LEVELS = {1: Level.NOVICE_EL, 2: Level.INTERMEDIATE_EL, 3: Level.IFEP}


@dataclass(slots=True)
class Sheet:
    """A score report: overall score and level, and the measures as (measure, scale score or None, level)."""

    score: int | None
    level: str
    parts: list[tuple[str, int | None, str]] = field(default_factory=list)


class Scales:
    """The score ranges by test, grade and measure, of the years in which they hold."""

    def __init__(self, rows: Iterable[tuple[str, str, str, str, int, int, str, str]]) -> None:
        """rows: test, grade, measure, level, low, high, first_year, last_year."""
        self.found: dict[tuple[str, str, str], list[tuple[str, str, list[int], list[tuple[int, int, str]]]]] = {}
        tables: dict[tuple, list[tuple[int, int, str]]] = defaultdict(list)
        for test, grade, measure, level, low, high, first, last in rows:
            tables[test, grade, measure, first, last].append((low, high, level))
        for (test, grade, measure, first, last), ranges in tables.items():
            ranges.sort()
            lows = [low for low, _high, _level in ranges]
            self.found.setdefault((test, grade, measure), []).append((first, last, lows, ranges))

    def table(self, test: str, grade: str, measure: str, year: int) -> tuple[list[int], list[tuple[int, int, str]]]:
        name = name_of(year)
        for first, last, lows, ranges in self.found[test, grade, measure]:
            if first <= name and (not last or name <= last):
                return lows, ranges
        raise KeyError((test, grade, measure, year))

    def within(self, rng: Random, test: str, grade: str, measure: str, year: int, rank: int) -> int:
        """A score of the level with this rank (1 is the lowest), seldom at the far ends of the scale."""
        ranges = self.table(test, grade, measure, year)[1]
        low, high, _level = ranges[rank - 1]
        if rank == 1:
            low = max(low, high - 110)
        if rank == len(ranges):
            high = min(high, low + 60)
        return low + int(rng.random() * (high - low + 1))

    def level(self, test: str, grade: str, measure: str, year: int, score: int) -> str:
        lows, ranges = self.table(test, grade, measure, year)
        return ranges[bisect_right(lows, score) - 1][2]

    def clamp(self, test: str, grade: str, measure: str, year: int, score: int) -> int:
        ranges = self.table(test, grade, measure, year)[1]
        return min(max(score, ranges[0][0]), ranges[-1][1])


def _oral_percent(shares: tuple[int, int, int], grade: str) -> int:
    return shares[0 if grade == "KN" else 1 if grade == "01" else 2]


def _domains(rng: Random, oral: int, written: int) -> list[tuple[str, int | None, str]]:
    """Levels 1 to 3 of the four domains beside composites of 1 to 4."""
    found = []
    for measure, rank in zip(DOMAINS, (oral, oral, written, written), strict=True):
        choice = {1: "112", 2: "12", 3: "23", 4: "3"}[rank]
        found.append((measure, None, choice[int(rng.random() * len(choice))]))
    return found


def summative(rng: Random, scales: Scales, grade: str, year: int, rank: int) -> Sheet:
    """A Summative ELPAC with the overall level `rank`, its composites weighted as the state weighs them."""
    if year == SUMMATIVE_FIRST:
        oral, written = min(4, rank + (rng.random() < 0.3)), max(1, rank - (rng.random() < 0.3))
        parts = [(Measure.OVERALL, None, str(rank)), (Measure.ORAL_LANGUAGE, None, str(oral))]
        parts.append((Measure.WRITTEN_LANGUAGE, None, str(written)))
        return Sheet(None, str(rank), parts + _domains(rng, oral, written))
    test, share = Test.SUMMATIVE_ELPAC, _oral_percent(ORAL_SUMMATIVE, grade)
    overall = scales.within(rng, test, grade, Measure.OVERALL, year, rank)
    spread = int(rng.gauss(12, 18))  # many speak better than they write
    oral = scales.clamp(test, grade, Measure.ORAL_LANGUAGE, year, overall + spread * (100 - share) // 50)
    written = scales.clamp(test, grade, Measure.WRITTEN_LANGUAGE, year, overall - spread * share // 50)
    overall = (oral * share + written * (100 - share) + 50) // 100
    level = scales.level(test, grade, Measure.OVERALL, year, overall)
    oral_level = scales.level(test, grade, Measure.ORAL_LANGUAGE, year, oral)
    written_level = scales.level(test, grade, Measure.WRITTEN_LANGUAGE, year, written)
    parts = [
        (Measure.OVERALL, overall, level),
        (Measure.ORAL_LANGUAGE, oral, oral_level),
        (Measure.WRITTEN_LANGUAGE, written, written_level),
    ]
    if level != str(rank):  # rounding carried it over a cut
        return summative(rng, scales, grade, year, rank)
    return Sheet(overall, level, parts + _domains(rng, int(oral_level), int(written_level)))


def initial(rng: Random, scales: Scales, grade: str, year: int, rank: int) -> Sheet:
    """An Initial ELPAC with the overall level `rank`: 1 novice, 2 intermediate, 3 initially fluent."""
    score = scales.within(rng, Test.INITIAL_ELPAC, grade, Measure.OVERALL, year, rank)
    level = INITIAL_LEVELS[rank]
    parts = [
        (Measure.OVERALL, score, level),
        (Measure.ORAL_LANGUAGE, None, str(min(3, rank + (rng.random() < 0.3)))),
        (Measure.WRITTEN_LANGUAGE, None, str(max(1, rank - (rng.random() < 0.3)))),
    ]
    return Sheet(score, level, parts)


def alternate(rng: Random, scales: Scales, test: str, grade: str, year: int, rank: int) -> Sheet:
    """An Alternate ELPAC: it has an overall score only."""
    score = scales.within(rng, test, grade, Measure.OVERALL, year, rank)
    level = scales.level(test, grade, Measure.OVERALL, year, score)
    return Sheet(score, level, [(Measure.OVERALL, score, level)])


def celdt(rng: Random, scales: Scales, grade: str, year: int, rank: int, fluent: bool | None = None) -> Sheet:
    """A CELDT around the level `rank` of 1 to 5; composites by the state's formulas.

    fluent: True holds out for Early Advanced overall with no sub-test under Intermediate, False for less than that.
    """
    test = Test.CELDT
    while True:
        scores = []
        for measure in DOMAINS:
            near = min(5, max(1, rank + rng.choice((-1, 0, 0, 0, 1))))
            scores.append(scales.within(rng, test, grade, measure, year, near))
        listening, speaking, reading, writing = scores
        if grade in ("KN", "01"):
            overall = (45 * listening + 45 * speaking + 5 * reading + 5 * writing) // 100
        else:
            overall = sum(scores) // 4
        comprehension = (listening + reading) // 2
        parts = [
            (measure, score, scales.level(test, grade, measure, year, score))
            for measure, score in zip(
                (Measure.OVERALL, *DOMAINS, Measure.COMPREHENSION), (overall, *scores, comprehension), strict=True
            )
        ]
        is_fluent = CELDT_LEVELS.index(parts[0][2]) >= 3 and all(
            CELDT_LEVELS.index(level) >= 2 for _measure, _score, level in parts[1:5]
        )
        if fluent is None or fluent == is_fluent:
            return Sheet(overall, parts[0][2], parts)
        rank = min(5, rank + 1) if fluent else max(1, rank - 1)
