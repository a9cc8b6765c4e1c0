"""Invented results that could be real: each score lies in its scale, each level is the scale's, composites add up."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from assessments.enums import Measure, Test
from elplan.sample.years import name_of

CELDT, INITIAL, SUMMATIVE = Test.CELDT.value, Test.INITIAL_ELPAC.value, Test.SUMMATIVE_ELPAC.value
CELDT_FIRST = 2013  # school year from which its table holds; older results have levels only
SUMMATIVE_FIRST = 2017  # its scores of 2017-18 stand on other thresholds: levels only (D-13)
ALTERNATE_FIRST = 2022
CELDT_LEVELS = ["beginning", "early_intermediate", "intermediate", "early_advanced", "advanced"]
# Plain strings: at half a million children the words of the choices would cost minutes.
OVERALL, ORAL, WRITTEN = Measure.OVERALL.value, Measure.ORAL_LANGUAGE.value, Measure.WRITTEN_LANGUAGE.value
COMPREHENSION, SPEAKING = Measure.COMPREHENSION.value, Measure.SPEAKING.value
DOMAINS = (Measure.LISTENING.value, SPEAKING, Measure.READING.value, Measure.WRITING.value)
# Share of oral language in the overall score, in percent: kindergarten, grade 1, the others.
ORAL_INITIAL, ORAL_SUMMATIVE = (90, 70, 50), (70, 50, 50)
INITIAL_LEVELS = {1: "novice_el", 2: "intermediate_el", 3: "ifep"}

CAASPP = (Test.CAASPP_ELA.value, Test.CAASPP_MATH.value)
# Lowest scores of levels 2, 3 and 4 in English language arts and mathematics: state file layouts 2017-18 to 2021-22.
CAASPP_CUTS = {
    "03": ((2367, 2432, 2490), (2381, 2436, 2501)),
    "04": ((2416, 2473, 2533), (2411, 2485, 2549)),
    "05": ((2442, 2502, 2582), (2455, 2528, 2579)),
    "06": ((2457, 2531, 2618), (2473, 2552, 2610)),
    "07": ((2479, 2552, 2649), (2484, 2567, 2635)),
    "08": ((2487, 2567, 2668), (2504, 2586, 2653)),
    "11": ((2493, 2583, 2682), (2543, 2628, 2718)),
}
LEARNERS, OTHERS = (50, 31, 15, 4), (14, 24, 36, 26)  # of 100 children, by level 1 to 4


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
        parts = [(OVERALL, None, str(rank)), (ORAL, None, str(oral))]
        parts.append((WRITTEN, None, str(written)))
        return Sheet(None, str(rank), parts + _domains(rng, oral, written))
    test, share = SUMMATIVE, _oral_percent(ORAL_SUMMATIVE, grade)
    overall = scales.within(rng, test, grade, OVERALL, year, rank)
    spread = int(rng.gauss(12, 18))  # many speak better than they write
    oral = scales.clamp(test, grade, ORAL, year, overall + spread * (100 - share) // 50)
    written = scales.clamp(test, grade, WRITTEN, year, overall - spread * share // 50)
    overall = (oral * share + written * (100 - share) + 50) // 100
    level = scales.level(test, grade, OVERALL, year, overall)
    oral_level = scales.level(test, grade, ORAL, year, oral)
    written_level = scales.level(test, grade, WRITTEN, year, written)
    parts = [
        (OVERALL, overall, level),
        (ORAL, oral, oral_level),
        (WRITTEN, written, written_level),
    ]
    if level != str(rank):  # rounding carried it over a cut
        return summative(rng, scales, grade, year, rank)
    return Sheet(overall, level, parts + _domains(rng, int(oral_level), int(written_level)))


def initial(rng: Random, scales: Scales, grade: str, year: int, rank: int) -> Sheet:
    """An Initial ELPAC with the overall level `rank`: 1 novice, 2 intermediate, 3 initially fluent."""
    score = scales.within(rng, INITIAL, grade, OVERALL, year, rank)
    level = INITIAL_LEVELS[rank]
    parts = [
        (OVERALL, score, level),
        (ORAL, None, str(min(3, rank + (rng.random() < 0.3)))),
        (WRITTEN, None, str(max(1, rank - (rng.random() < 0.3)))),
    ]
    return Sheet(score, level, parts)


def alternate(rng: Random, scales: Scales, test: str, grade: str, year: int, rank: int) -> Sheet:
    """An Alternate ELPAC: it has an overall score only."""
    score = scales.within(rng, test, grade, OVERALL, year, rank)
    level = scales.level(test, grade, OVERALL, year, score)
    return Sheet(score, level, [(OVERALL, score, level)])


def celdt(rng: Random, scales: Scales, grade: str, year: int, rank: int, fluent: bool | None = None) -> Sheet:
    """A CELDT around the level `rank` of 1 to 5; composites by the state's formulas.

    fluent: True holds out for Early Advanced overall with no sub-test under Intermediate, False for less than that.
    """
    test = CELDT
    if year < CELDT_FIRST:
        rank = max(4, rank) if fluent else min(rank, 3)
        level = CELDT_LEVELS[rank - 1]
        return Sheet(None, level, [(measure, None, level) for measure in (OVERALL, *DOMAINS)])
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
                (OVERALL, *DOMAINS, COMPREHENSION), (overall, *scores, comprehension), strict=True
            )
        ]
        is_fluent = CELDT_LEVELS.index(parts[0][2]) >= 3 and all(
            CELDT_LEVELS.index(level) >= 2 for _measure, _score, level in parts[1:5]
        )
        if fluent is None or fluent == is_fluent:
            return Sheet(overall, parts[0][2], parts)
        rank = min(5, rank + 1) if fluent else max(1, rank - 1)


def caaspp(rng: Random, test: str, grade: str, rank: int) -> Sheet:
    """A Smarter Balanced result of a level, within a hundred points of its cuts."""
    two, three, four = CAASPP_CUTS[grade][CAASPP.index(test)]
    low, high = ((two - 100, two - 1), (two, three - 1), (three, four - 1), (four, four + 80))[rank - 1]
    score = rng.randint(low, high)
    return Sheet(score, str(rank), [(OVERALL, score, str(rank))])
