"""The dated trail of a correction, for its page and the child's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from district.wording import sentence
from students.enums import CorrectionOutcome, ElStatus
from students.models import Correction


@dataclass(frozen=True)
class Step:
    """An entry of a timeline (components/timeline.html)."""

    day: date
    what: str
    more: str = ""
    why: str = ""
    now: bool = False


def trail_of(case: Correction) -> list[Step]:
    """Every step of the case that was done, newest on top."""
    steps = [
        Step(
            case.asked_on,
            _("Asked for"),
            f"{case.asked_name}, {case.get_asked_by_display()}",
            _("%(why)s Entered by %(who)s.") % {"why": sentence(case.why), "who": case.opened_by},
        )
    ]
    if case.notice_on:
        steps.append(Step(case.notice_on, _("The parents told in writing"), str(case.notice_by)))
    if case.decided_on:
        steps.append(Step(case.decided_on, _decided(case), str(case.decided_by), _why(case)))
    if case.result_on:
        steps.append(Step(case.result_on, _("Result to the parents, with the evidence"), str(case.result_by)))
    steps.reverse()
    return steps


def _decided(case: Correction) -> str:
    if case.outcome == CorrectionOutcome.CHANGED:
        return _("From “%(before)s” to “%(after)s”") % {
            "before": ElStatus(case.status_before).label,
            "after": ElStatus(case.status_after).label,
        }
    words = str(case.get_outcome_display())
    return words[:1].upper() + words[1:]


def _why(case: Correction) -> str:
    said = [sentence(case.reason)]
    if case.reviewers:
        said.append(_("Reviewed by %(who)s.") % {"who": case.reviewers})
    if case.taken_out:
        said.append(_("Not kept: %(what)s.") % {"what": case.taken_out})
    return " ".join(said)
