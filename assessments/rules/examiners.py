"""Who is trained to give and score a test, and until when (MP1-23)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from district.calendar import Period, due_day
from district.findings import Finding, _
from district.wording import long_day

TRAINED, ENDED, TO_COME, NEVER = "trained", "ended", "to_come", "never"


@dataclass(frozen=True)
class Trained:
    """A training: its day, and the last day on which it is good; None where nobody has said how long."""

    on: date
    until: date | None = None


def good_until(trained_on: date, length: Period) -> date:
    """The last day of a training, where its own paper names none."""
    return due_day(trained_on, length)


def is_trained(trainings: Iterable[Trained], on: date) -> Finding:
    """Whether somebody is trained for a test on a day, with until when or since when not.

    The day of the training and its last day both count. A training without a last day is good until another is entered.
    """
    known = sorted(trainings, key=lambda each: each.on)
    holding = [each for each in known if each.on <= on and (each.until is None or each.until >= on)]
    if holding:
        last = max(holding, key=lambda each: each.until or date.max)
        if last.until is None:
            reason = _("Trained on %(day)s; no last day is entered.") % {"day": long_day(last.on)}
        else:
            reason = _("Trained until %(day)s.") % {"day": long_day(last.until)}
        return Finding(TRAINED, reason, "MP1-23")
    ended = [each.until for each in known if each.until and each.until < on]
    if ended:
        reason = _("The training ended on %(day)s.") % {"day": long_day(max(ended))}
        return Finding(ENDED, reason, "MP1-23")
    if known:
        return Finding(TO_COME, _("Trained only on %(day)s.") % {"day": long_day(known[0].on)}, "MP1-23")
    return Finding(NEVER, _("No training is entered."), "MP1-23")
