"""Public holidays in California, as a suggestion when a school year is opened; the Board adopts the calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import holidays


@dataclass(frozen=True)
class DayOff:
    """A day without instruction; a holiday is no business day either (D-15)."""

    day: date
    name: str
    is_holiday: bool = True


@dataclass(frozen=True)
class Suggestion:
    """A holiday, and whether schools are usually closed on it."""

    off: DayOff
    is_usual: bool


def suggested(begins: int) -> list[Suggestion]:
    """The holidays that fall on weekdays of the school year beginning in July of `begins`.

    Usual are those of the nation and the day after Thanksgiving; the state's further days of honor are not.
    """
    years = (begins, begins + 1)
    nation, state = holidays.country_holidays("US", years=years), holidays.country_holidays("US", "CA", years=years)
    return [
        Suggestion(DayOff(day, name), day in nation or name == "Day After Thanksgiving")
        for day, name in sorted(state.items())
        if date(begins, 7, 1) <= day <= date(begins + 1, 6, 30) and day.weekday() < 5
    ]
