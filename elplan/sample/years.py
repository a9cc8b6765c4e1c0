"""The school years of the sample district, by rule, so that any day has its year. A year is named by its first half."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from district.enums import TermSystem

YEARS_BACK, YEARS_AHEAD = 7, 1
FRIDAY = 4
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DayOff:
    """A day without instruction; `holiday` is also no business day. `school` is its place in the list of schools."""

    day: date
    name: str
    holiday: bool = False
    school: int | None = None


def year_of(day: date) -> int:
    """The school year of a day, which runs from July to June as the state counts it."""
    return day.year if day.month >= 7 else day.year - 1


def name_of(year: int) -> str:
    return f"{year}-{(year + 1) % 100:02d}"


def on_or_after(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


@lru_cache(maxsize=256)
def first_day(year: int) -> date:
    """The first Wednesday from 12 August."""
    return on_or_after(date(year, 8, 12), 2)


@lru_cache(maxsize=256)
def last_day(year: int) -> date:
    """The last Friday up to 12 June."""
    return on_or_after(date(year + 1, 6, 6), FRIDAY)


@lru_cache(maxsize=64)
def days_off(year: int) -> tuple[DayOff, ...]:
    """Days without instruction from July to June."""
    nxt = year + 1
    thanksgiving = on_or_after(date(year, 11, 22), 3)
    winter = on_or_after(date(year, 12, 20), 0)
    spring = on_or_after(date(nxt, 4, 1), 0)
    off = [
        DayOff(date(year, 7, 4), "Independence Day", True),
        DayOff(on_or_after(date(year, 9, 1), 0), "Labor Day", True),
        DayOff(on_or_after(date(year, 10, 8), 0), "Staff development day"),
        DayOff(date(year, 11, 11), "Veterans Day", True),
        *(DayOff(thanksgiving - timedelta(days=back), "Thanksgiving week") for back in (3, 2, 1)),
        DayOff(thanksgiving, "Thanksgiving Day", True),
        DayOff(thanksgiving + ONE_DAY, "Day after Thanksgiving", True),
        DayOff(on_or_after(date(nxt, 1, 15), 0), "Martin Luther King Jr. Day", True),
        DayOff(on_or_after(date(nxt, 2, 8), FRIDAY), "Lincoln Day", True),
        DayOff(on_or_after(date(nxt, 2, 15), 0), "Presidents' Day", True),
        DayOff(on_or_after(date(nxt, 3, 8), 0), "Water main repair", school=1),
        *(DayOff(spring + timedelta(days=ahead), "Spring break") for ahead in range(5)),
        DayOff(on_or_after(date(nxt, 5, 25), 0), "Memorial Day", True),
        DayOff(date(nxt, 6, 19), "Juneteenth", True),
    ]
    for ahead in (*range(5), *range(7, 12)):
        day = winter + timedelta(days=ahead)
        holiday = (day.month, day.day) in ((12, 25), (1, 1))
        off.append(DayOff(day, "Winter break", holiday))
    return tuple(off)


@lru_cache(maxsize=64)
def school_days(year: int) -> tuple[date, ...]:
    """Days of instruction of the district, in order."""
    closed = {off.day for off in days_off(year) if off.school is None}
    day, found = first_day(year), []
    while day <= last_day(year):
        if day.weekday() <= FRIDAY and day not in closed:
            found.append(day)
        day += ONE_DAY
    return tuple(found)


@lru_cache(maxsize=4096)
def school_day_from(day: date) -> date:
    """The first day of instruction on or after a day."""
    for year in (year_of(day), year_of(day) + 1):
        for found in school_days(year):
            if found >= day:
                return found
    raise AssertionError("A year follows every year.")


def terms(year: int) -> Iterator[tuple[TermSystem, int, date, date]]:
    """Quarters and trimesters: equal shares of the days of instruction, without gaps between them."""
    days = school_days(year)
    for system, parts in ((TermSystem.QUARTER, 4), (TermSystem.TRIMESTER, 3)):
        starts = [days[len(days) * part // parts] for part in range(parts)]
        for number, begins in enumerate(starts, 1):
            ends = starts[number] - ONE_DAY if number < parts else last_day(year)
            yield system, number, begins, ends
