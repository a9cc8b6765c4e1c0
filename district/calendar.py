"""Counting days: calendar days, school days, business days and years. Plain dates in, a date out.

Everywhere the day of the event is not counted and the due day is still in time (D-01, Government Code 6800).
What a school day and a business day is: D-15. Years go by the calendar, with 29 February: D-16.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from district.enums import DayKind
from district.findings import _, ngettext

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """So many days or years, and who says so."""

    days: int
    kind: DayKind
    code: str = ""
    source: str = ""

    def __str__(self) -> str:
        """`30 calendar days`, `1 school day`, `4 years`."""
        words = {
            DayKind.CALENDAR: ngettext("%(count)d calendar day", "%(count)d calendar days", self.days),
            DayKind.SCHOOL: ngettext("%(count)d school day", "%(count)d school days", self.days),
            DayKind.BUSINESS: ngettext("%(count)d business day", "%(count)d business days", self.days),
            DayKind.YEARS: ngettext("%(count)d year", "%(count)d years", self.days),
        }
        return words[self.kind] % {"count": self.days}


@dataclass(frozen=True)
class Year:
    """A school year: its name as the state writes it (2026-27), first and last day of instruction."""

    name: str
    first_day: date
    last_day: date

    @property
    def begins(self) -> int:
        return int(self.name[:4])


class CalendarEnds(LookupError):
    """The days asked for lie outside the school years that are known: no guess is made."""

    def __init__(self, day: date) -> None:
        self.year = year_name(day)
        super().__init__(
            _("The calendar of the school year %(year)s is not known. Open it under Settings, School calendar.")
            % {"year": self.year}
        )


@dataclass(frozen=True)
class SchoolCalendar:
    """The days of one school.

    years: the school years known. closed: days without instruction, the district's and the school's own.
    holidays: the district's holidays. Saturdays and Sundays need not be named.
    """

    years: tuple[Year, ...]
    closed: frozenset[date]
    holidays: frozenset[date]

    def is_school_day(self, day: date) -> bool:
        """Is there instruction on this day?"""
        self._span(day)
        in_session = any(year.first_day <= day <= year.last_day for year in self.years)
        return day.weekday() < 5 and in_session and day not in self.closed

    def is_business_day(self, day: date) -> bool:
        """Is the district office open on this day?"""
        self._span(day)
        return day.weekday() < 5 and day not in self.holidays

    def add_school_days(self, start: date, number: int) -> date:
        """The day on which `number` school days after `start` are over. CalendarEnds beyond the known years."""
        return self._add(start, number, self.is_school_day)

    def add_business_days(self, start: date, number: int) -> date:
        """The day on which `number` business days after `start` are over. CalendarEnds beyond the known years."""
        return self._add(start, number, self.is_business_day)

    def school_days_after(self, start: date, end: date) -> int:
        """How many school days lie after `start`, up to and with `end`."""
        return sum(self.is_school_day(start + DAY * count) for count in range(1, (end - start).days + 1))

    def _add(self, start: date, number: int, counts: Callable[[date], bool]) -> date:
        if number < 0:
            raise ValueError("School and business days are counted forwards only.")
        _first, last = self._span(start)
        day = start
        while number:
            day += DAY
            if day > last:
                raise CalendarEnds(day)
            number -= counts(day)
        return day

    def _span(self, day: date) -> tuple[date, date]:
        """First and last day of the unbroken run of known school years around a day; CalendarEnds outside.

        A school year reaches from 1 July to 30 June, further where instruction does.
        """
        span: tuple[date, date] | None = None
        previous: Year | None = None
        for year in sorted(self.years, key=lambda year: year.begins):
            first = min(year.first_day, date(year.begins, 7, 1))
            last = max(year.last_day, date(year.begins + 1, 6, 30))
            if span and previous and year.begins == previous.begins + 1:
                span = (span[0], last)
            elif span and span[0] <= day <= span[1]:
                break
            else:
                span = (first, last)
            previous = year
        if span is None or not span[0] <= day <= span[1]:
            raise CalendarEnds(day)
        return span


def year_name(day: date) -> str:
    """The school year in which a day lies, from 1 July to 30 June: 2026-27."""
    begins = day.year if day.month >= 7 else day.year - 1
    return f"{begins}-{(begins + 1) % 100:02}"


def add_calendar_days(start: date, number: int) -> date:
    """The day on which `number` calendar days after `start` are over; negative: days before."""
    return start + DAY * number


def add_years(start: date, number: int) -> date:
    """The anniversary, which is the last day in; that of 29 February is 28 February in a common year (D-16)."""
    year = start.year + number
    try:
        return start.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def full_years(start: date, on: date) -> int:
    """How many anniversaries of `start` have been reached on a day (D-16)."""
    years = on.year - start.year
    return years if add_years(start, years) <= on else years - 1


def due_day(start: date, period: Period, calendar: SchoolCalendar | None = None) -> date:
    """The last day in time of a period that begins with the event on `start`.

    School and business days need the school's calendar; CalendarEnds where it is not known far enough.
    """
    match period.kind:
        case DayKind.CALENDAR:
            return add_calendar_days(start, period.days)
        case DayKind.YEARS:
            return add_years(start, period.days)
    if calendar is None:
        raise ValueError(f"{period} cannot be counted without a calendar.")
    if period.kind == DayKind.SCHOOL:
        return calendar.add_school_days(start, period.days)
    return calendar.add_business_days(start, period.days)
