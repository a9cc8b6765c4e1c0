"""The yearly test: when its window is open, who takes which test, what became of it; and when families hear."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from assessments.enums import Outcome, Test
from district.calendar import CalendarEnds, Period, SchoolCalendar, due_day
from district.enums import Grade
from district.findings import Finding, _
from district.wording import long_day

NOT_SET, NOT_OPEN, OPEN, CLOSED = "not_set", "not_open", "open", "closed"
WAITS, UNKNOWN = "waiting", "not_known"
TAKEN, PARTIAL, ABSENT, EXEMPT = (str(each) for each in Outcome)
ABOUT_YEARLY = "MP1-16, MP5-16, 5 CCR 11518.15(a)"


def window_on(opens: date | None, closes: date | None, on: date) -> Finding:
    """How the window of a test stands on a day; both its first and its last day are in it."""
    if opens is None or closes is None:
        return Finding(NOT_SET, _("The district has not set the window of this test."), ABOUT_YEARLY)
    if on < opens:
        return Finding(NOT_OPEN, _("The window opens on %(day)s.") % {"day": long_day(opens)}, ABOUT_YEARLY)
    if on > closes:
        return Finding(CLOSED, _("The window closed on %(day)s.") % {"day": long_day(closes)}, ABOUT_YEARLY)
    return Finding(OPEN, _("The window is open until %(day)s.") % {"day": long_day(closes)}, ABOUT_YEARLY)


def yearly_test(*, is_learner: bool, grade: str, is_alternate: bool, tk_tested: bool = False) -> Finding:
    """Which yearly test a child takes; outcome empty for who takes none (MP1-16, X-07, X-15, TK-01).

    is_alternate: the IEP team has chosen the Alternate ELPAC. tk_tested: the window lies before 2024-25.
    """
    if not is_learner:
        return Finding("", _("Not an English learner."), ABOUT_YEARLY)
    if grade == Grade.TK and not tk_tested:
        return Finding("", _("Transitional kindergarten is not tested."), "EC 313(h), TK-01")
    if is_alternate:
        reason = _("The IEP team has chosen the Alternate ELPAC.")
        return Finding(Test.SUMMATIVE_ALTERNATE_ELPAC, reason, "MP1-19")
    return Finding(Test.SUMMATIVE_ELPAC, _("English learner: tested every year."), ABOUT_YEARLY)


@dataclass(frozen=True)
class Known:
    """What is known of a child's yearly test: the state's Y, P or N with whether it gives a level, and the school's
    newest note of each outcome."""

    attempted: str = ""
    has_level: bool = False
    taken_on: date | None = None
    exempt: str = ""
    partial: str = ""
    absent_on: date | None = None


def yearly_state(known: Known) -> Finding:
    """How the child's yearly test stands. The state's file stands over the school's note, a test over an exemption.

    A test taken in part waits for the rest; who was absent waits, and stands on the list for making up.
    """
    if known.has_level or known.attempted == "Y":
        return Finding(TAKEN, _("The state has the result."), ABOUT_YEARLY)
    if known.attempted == "P":
        return Finding(PARTIAL, _("By the state's file the test was taken in part."), ABOUT_YEARLY)
    if known.taken_on:
        reason = _("Taken on %(day)s; the state's file is awaited.") % {"day": long_day(known.taken_on)}
        return Finding(TAKEN, reason, ABOUT_YEARLY)
    if known.exempt:
        return Finding(EXEMPT, known.exempt, ABOUT_YEARLY)
    if known.partial:
        return Finding(PARTIAL, known.partial, ABOUT_YEARLY)
    if known.absent_on:
        return Finding(ABSENT, _("Absent on %(day)s.") % {"day": long_day(known.absent_on)}, ABOUT_YEARLY)
    return Finding(WAITS, _("Not yet tested."), ABOUT_YEARLY)


@dataclass(frozen=True)
class ToldBy:
    """By when the families hear of results, with its reason; `due` None where the next year's calendar is not open."""

    due: date | None
    reason: str
    source: str


def told_by(received_on: date, calendar: SchoolCalendar, *, during: Period, after: Period) -> ToldBy:
    """By when families must hear of results that the district received on a day (MP1-17, SA-02, SA-03).

    `during` from that day on, if it lies between the first and the last day of instruction, weekends and holidays
    among them; otherwise `after`, counted from the first day of instruction that follows. That first day is not
    counted itself (D-01).
    """
    year = next((each for each in calendar.years if each.first_day <= received_on <= each.last_day), None)
    if year is not None:
        reason = _("%(period)s from %(day)s, when the district received the results.") % {
            "period": during,
            "day": long_day(received_on),
        }
        return ToldBy(due_day(received_on, during, calendar), reason, "5 CCR 11518.15(b), SA-02")
    following = [each.first_day for each in calendar.years if each.first_day > received_on]
    said = {"day": long_day(received_on), "period": after}
    reason = _("Received on %(day)s, after the last day of instruction: %(period)s into the new school year.") % said
    try:
        due = due_day(min(following), after, calendar) if following else None
    except CalendarEnds:
        due = None
    if due is None:
        reason += " " + _("That year's calendar is not open yet, so no due day can be named.")
    return ToldBy(due, reason, "5 CCR 11518.15(b), SA-03")
