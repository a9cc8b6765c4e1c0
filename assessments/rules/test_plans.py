"""What a plan of the IEP team needs before a test counts as complete, and when it is looked at again (MP1-19 to 21)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assessments.enums import Measure
from district.calendar import Period, due_day
from district.findings import Finding, _
from district.wording import long_day

COMPLETE, UNWRITTEN, LATER = "complete", "unwritten", "later"
COMPOSITES = {
    Measure.ORAL_LANGUAGE: (Measure.LISTENING, Measure.SPEAKING),
    Measure.WRITTEN_LANGUAGE: (Measure.READING, Measure.WRITING),
}


def both_of(left_out: Sequence[str]) -> Measure | None:
    """The composite of which nothing would be left; at most one domain of each may be left out.

    Source: layout of the state's score file, domain exemption.
    """
    gone = [composite for composite, domains in COMPOSITES.items() if all(each in left_out for each in domains)]
    return gone[0] if gone else None


def may_complete(*, in_iep_since: date | None, tested_on: date) -> Finding:
    """Whether a test taken by a plan may be marked complete: the IEP must say so by then (MP1-21)."""
    if in_iep_since is None:
        reason = _("The plan is decided, and the IEP does not say it yet.")
        return Finding(UNWRITTEN, reason, "MP1-21")
    if in_iep_since > tested_on:
        reason = _("The IEP says it only since %(iep)s, the test was on %(day)s.") % {
            "iep": long_day(in_iep_since),
            "day": long_day(tested_on),
        }
        return Finding(LATER, reason, "MP1-21")
    return Finding(COMPLETE, _("In the IEP since %(day)s.") % {"day": long_day(in_iep_since)}, "MP1-21")


def review_due(*, in_iep_since: date | None, starts: date, review_by: date | None, yearly: Period) -> date:
    """The day of the IEP's yearly review: the one entered, else a year from the IEP, else from the plan's first day."""
    return review_by or due_day(in_iep_since or starts, yearly)
