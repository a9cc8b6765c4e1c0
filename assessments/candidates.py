"""Published values for grade level that the district may take as its own, with their source; none is taken by itself.

They stand in `fixtures/assessments/measure_candidates.csv`: three tables of the Reading Inventory that disagree, two
editions of DIBELS, and the state's own word for its achievement tests.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / "fixtures" / "assessments" / "measure_candidates.csv"


@dataclass(frozen=True)
class CandidateRow:
    """From where a child of a grade would be at grade level; `measure` is the slug, `window` empty for every one."""

    measure: str
    grade: str
    window: str
    value: Decimal | None
    level: str
    source: str
    certainty: str


@dataclass(frozen=True)
class Candidate:
    """A published table as a whole."""

    slug: str
    title: str
    rows: tuple[CandidateRow, ...]

    @property
    def measures(self) -> tuple[str, ...]:
        """Slugs of the measures it speaks of, in their order."""
        return tuple(dict.fromkeys(row.measure for row in self.rows))


def candidate(slug: str) -> Candidate | None:
    return candidates().get(slug)


def candidates_for(measure: str) -> list[Candidate]:
    """The tables that speak of a measure."""
    return [each for each in candidates().values() if measure in each.measures]


@cache
def candidates() -> dict[str, Candidate]:
    """All tables by slug."""
    found: dict[str, list[CandidateRow]] = {}
    titles: dict[str, str] = {}
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            titles[row["candidate"]] = row["title"]
            value = Decimal(row["at_grade_level"]) if row["at_grade_level"] else None
            found.setdefault(row["candidate"], []).append(
                CandidateRow(
                    row["measure"], row["grade"], row["window"], value, row["at_level"], row["source"], row["certainty"]
                )
            )
    return {slug: Candidate(slug, titles[slug], tuple(rows)) for slug, rows in found.items()}
