"""When a notice counts as in time: pure, on plain days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from district.findings import Finding, _

IN_TIME = "in_time"
LATE = "late"
NEVER = "never"
RUNNING = "running"
NO_DAY = "no_day"


def notice_in_time(*, due: date | None, left: date | None, on: date) -> Finding:
    """Whether a notice left the school by its last day (MP1-36, MP1-17): what counts is that it left, not its date.

    left: the first day on which the letter left the school; None while nobody has noted one. The due day itself is
    still in time. A notice that never left counts as not in time once its day has passed.
    """
    if due is None:
        return Finding(NO_DAY, _("The calendar of that year is not open, so no last day is known."), "MP1-36")
    days = {"due": due.isoformat(), "left": left.isoformat() if left else ""}
    if left is not None and left <= due:
        return Finding(IN_TIME, _("It left on %(left)s, by the last day, %(due)s.") % days, "MP1-36")
    if left is not None:
        return Finding(LATE, _("It left on %(left)s, after the last day, %(due)s.") % days, "MP1-36")
    if due < on:
        return Finding(NEVER, _("The last day, %(due)s, has passed and it has not left.") % days, "MP1-36")
    return Finding(RUNNING, _("It has to leave by %(due)s.") % days, "MP1-36")


def share_in_time(outcomes: Mapping[str, int]) -> int | None:
    """Of every 100 notices whose outcome is settled, how many left in time; None while none is settled.

    Those still running, and those without a last day, are not counted; late and never sent count as not in time.
    A share is never rounded up to 100.
    """
    good = outcomes.get(IN_TIME, 0)
    settled = good + outcomes.get(LATE, 0) + outcomes.get(NEVER, 0)
    return good * 100 // settled if settled else None
