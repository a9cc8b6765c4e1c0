"""Parents' requests for a language program: when a school must look into it (EC 310, 5 CCR 11311)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class RequestThreshold:
    """How many like requests of a school, or of one grade of it, are enough, since when, and who says so (PL-03)."""

    school: int
    grade: int
    valid_from: date
    source: str


# The one threshold that is known; a change of law is a further row with its day.
THRESHOLDS = (RequestThreshold(30, 20, date.min, "EC 310; 5 CCR 11311(h)"),)


def request_threshold(on: date) -> RequestThreshold:
    """The threshold in force on a day."""
    return max((row for row in THRESHOLDS if row.valid_from <= on), key=lambda row: row.valid_from)


@dataclass(frozen=True)
class Reached:
    """The day on which like requests reached the threshold, and the grade whose requests did; empty for the school."""

    on: date
    grade: str = ""


def threshold_reached(requests: Iterable[tuple[date, str]], limit: RequestThreshold) -> Reached | None:
    """When like requests of a school year, as (day, grade), were first enough; None while they are not."""
    of_grade: Counter[str] = Counter()
    for number, (day, grade) in enumerate(sorted(requests), start=1):
        of_grade[grade] += 1
        if of_grade[grade] >= limit.grade:
            return Reached(day, grade)
        if number >= limit.school:
            return Reached(day)
    return None
