"""How the English of a child, and of children who can be compared, has grown from test to test (MP1-18). Plain values.

Levels of different scales are never joined: the CELDT counts five levels, the ELPAC four (three in a domain), the
Alternate ELPAC three. What is compared is one test of one kind with the one before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assessments import scales
from assessments.enums import Measure, Test
from district.findings import Finding, _

UP, SAME, DOWN, NOT_COMPARED = "up", "same", "down", "not_compared"
DOMAINS = (Measure.LISTENING, Measure.SPEAKING, Measure.READING, Measure.WRITING)
SHOWN = (Measure.OVERALL, *DOMAINS)
SOURCE = "MP1-18"

# Tests whose levels stand on one scale. The Initial ELPAC has a scale of its own and is told apart.
FAMILIES: dict[str, tuple[str, ...]] = {
    "celdt": (Test.CELDT,),
    "initial": (Test.INITIAL_ELPAC,),
    "elpac": (Test.SUMMATIVE_ELPAC,),
    "alternate": (Test.INITIAL_ALTERNATE_ELPAC, Test.SUMMATIVE_ALTERNATE_ELPAC),
}


@dataclass(frozen=True)
class Point:
    """One measure in one administration: rank counts from 1, of so many levels; None where it has no level."""

    test: str
    administration: str
    measure: str
    level: str
    rank: int | None
    of: int
    score: int | None = None
    note: str = ""

    @property
    def begins(self) -> int:
        """The calendar year in which the school year begins."""
        return int(self.administration[:4])


@dataclass(frozen=True)
class Segment:
    """Points of one family in consecutive years: what a line may join."""

    family: str
    points: tuple[Point, ...]


def family_of(test: str) -> str:
    """The scale that a test's levels stand on; empty for tests that are no English tests."""
    return next((family for family, tests in FAMILIES.items() if test in tests), "")


def point(test: str, administration: str, measure: str, level: str, score: int | None, note: str = "") -> Point:
    """A level with its rank by the state's table."""
    rank = scales.rank(test, measure, level) if level else None
    return Point(test, administration, measure, level, rank, len(scales.levels(test, measure)), score, note)


def segments(points: Iterable[Point]) -> list[Segment]:
    """Points of one measure as pieces that may be drawn as a line: one family, no year left out, each with a level.

    A year without a level is a gap. The Initial ELPAC stands alone. Of two results of a year the one given last counts.
    """
    found: list[list[Point]] = []
    for each in sorted(points, key=lambda one: (one.begins, list(FAMILIES).index(family_of(one.test)))):
        if each.rank is None:
            continue
        last = found[-1][-1] if found else None
        follows = last is not None and family_of(last.test) == family_of(each.test)
        if follows and last is not None and last.begins == each.begins:
            found[-1][-1] = each
        elif follows and last is not None and each.begins == last.begins + 1:
            found[-1].append(each)
        else:
            found.append([each])
    return [Segment(family_of(piece[0].test), tuple(piece)) for piece in found]


def gaps(administrations: Sequence[str]) -> list[str]:
    """School years between the first and the last administration in which there is none."""
    years = sorted({int(each[:4]) for each in administrations})
    if not years:
        return []
    return [_year(begins) for begins in range(years[0], years[-1]) if begins not in years]


def _year(begins: int) -> str:
    return f"{begins}-{(begins + 1) % 100:02}"


def compare(before: Point | None, after: Point | None) -> Finding:
    """Did a level rise from one administration to the next? Only on one scale, and only where both have a level."""
    if before is None or after is None or before.rank is None or after.rank is None:
        return Finding(NOT_COMPARED, _("One of the two years has no level."), SOURCE)
    if family_of(before.test) != family_of(after.test):
        return Finding(NOT_COMPARED, _("The two tests have different scales."), SOURCE)
    said = {
        "one": scales.level_words(before.test, before.measure, before.level),
        "two": scales.level_words(after.test, after.measure, after.level),
        "from": before.administration,
        "to": after.administration,
    }
    outcome = UP if after.rank > before.rank else DOWN if after.rank < before.rank else SAME
    return Finding(outcome, _("%(from)s %(one)s, %(to)s %(two)s.") % said, SOURCE)


@dataclass(frozen=True)
class Share:
    """How many children of a measure went up, stayed and went down; those that cannot be compared stand apart."""

    measure: str
    up: int
    same: int
    down: int
    not_compared: int

    @property
    def matched(self) -> int:
        return self.up + self.same + self.down

    def percent(self, count: int) -> int | None:
        """Of 100 matched children; None where none could be matched."""
        return round(100 * count / self.matched) if self.matched else None


def share(measure: str, outcomes: Iterable[str]) -> Share:
    """Count what `compare` found of many children."""
    found = list(outcomes)
    return Share(measure, *(found.count(each) for each in (UP, SAME, DOWN, NOT_COMPARED)))
