"""The clock of the Initial test. No number of days stands here: periods are `district.calendar.Period`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from district.calendar import Period, add_calendar_days
from district.enums import Grade
from district.findings import _
from district.wording import long_day


@dataclass(frozen=True)
class InitialClock:
    """When the Initial test must be given, scored and told.

    starts, due: None while it does not run (transitional kindergarten). lawful_due: the law's own day, where it is
    earlier than the working day (D-02). reason: the sentence beside the day.
    """

    starts: date | None
    due: date | None
    reason: str
    source: str
    lawful_due: date | None = None


def initial_clock(
    *,
    first_day: date | None,
    grade: Grade,
    period: Period,
    first_california_on: date | None = None,
    tk_exempt_from: date | None = None,
    amended_on: date | None = None,
    amended: Period | None = None,
) -> InitialClock:
    """The clock of a child whose status is to be determined (D-01, D-02; 5 CCR 11518.5; MP1-13).

    first_day, grade: the first enrollment here. An earlier enrollment in California, when known, starts the clock in
    its place, unless it was transitional kindergarten. From `tk_exempt_from` on children in TK are not tested; for
    them `first_day` is the first day of kindergarten, None while that is not known. amended_on: the day on which the
    survey was corrected, with the working period that then runs.
    """
    if first_day is None or (grade == Grade.TK and tk_exempt_from and first_day >= tk_exempt_from):
        reason = _("The clock starts on the first day of kindergarten; children in TK are not tested.")
        return InitialClock(None, None, reason, "D-01, EC 313(h)")
    starts = first_day
    if first_california_on and first_california_on < first_day:
        was_tk = grade == Grade.KN and first_california_on < school_year_begins(first_day)
        starts = first_day if was_tk else first_california_on
    due = add_calendar_days(starts, period.days)
    if amended_on is None or amended is None:
        return InitialClock(starts, due, _from_enrollment(starts, first_day, period), f"D-01, {period.source}")
    working = add_calendar_days(amended_on, amended.days)
    reason = _("%(period)s from the correction of the survey on %(day)s.") % {
        "period": _cap(amended),
        "day": long_day(amended_on),
    }
    return InitialClock(amended_on, working, reason, "D-02", lawful_due=due if due < working else None)


def _from_enrollment(starts: date, first_day: date, period: Period) -> str:
    if starts < first_day:
        return _("%(period)s from the first enrollment in California on %(day)s.") % {
            "period": _cap(period),
            "day": long_day(starts),
        }
    return _("%(period)s from enrollment on %(day)s.") % {"period": _cap(period), "day": long_day(starts)}


def _cap(period: Period) -> str:
    words = str(period)
    return words[:1].upper() + words[1:]


def school_year_begins(day: date) -> date:
    """1 July before the day: what the state counts as the beginning of a school year."""
    return date(day.year if day.month >= 7 else day.year - 1, 7, 1)
