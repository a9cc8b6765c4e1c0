"""Placements for many children at once: what the rule recommends, confirmed by the principal (MP1-25, MP1-30)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.queries import Proposal, gather, propose
from district.models import User
from district.permissions import Permission
from district.refusal import Refusal
from district.wording import long_day
from students.actions import place_student
from students.models import Conference, Placement, Student
from students.rules import NOT_CONFIGURED

PLACES = "places"
STAYS = "stays"


@dataclass(frozen=True)
class Preview:
    """What confirming would do for one child, before anything is written. why: the sentence beside it."""

    proposal: Proposal
    outcome: str
    why: str
    mend: str = ""

    @property
    def student(self) -> Student:
        return self.proposal.child.student


def preview_placements(
    *, by: User, students: Sequence[Student], starts: date, on: date, moving: bool = False
) -> list[Preview]:
    """What would happen to each child, in the order given; the same judgement that `confirm_placements` acts on.

    moving: a child with a placement goes on into another program that the rule recommends (MP2-08).
    """
    mine = Student.objects.visible_to(by, Permission.DECIDE_PLACEMENT)
    allowed = set(mine.filter(pk__in=[student.pk for student in students]).values_list("pk", flat=True))
    found = gather(students, on)
    return [_judge(propose(child), starts, may=child.student.pk in allowed, moving=moving) for child in found]


def _judge(proposal: Proposal, starts: date, *, may: bool, moving: bool) -> Preview:
    child, found = proposal.child, proposal.finding
    if not may:
        return Preview(proposal, STAYS, _("Another person decides for this child."))
    if child.placement and not (moving and _moves(proposal, starts)):
        placed = {"program": child.placement.program.name, "day": long_day(child.placement.starts)}
        return Preview(proposal, STAYS, _("Placed in %(program)s since %(day)s already.") % placed)
    if proposal.program is None:
        return Preview(proposal, STAYS, found.reason, "fluency_cut" if found.outcome == NOT_CONFIGURED else "")
    if not proposal.program.is_offered:
        return Preview(proposal, STAYS, _("%(program)s is not offered.") % {"program": proposal.program.name})
    if child.stay and starts < child.stay.starts:
        return Preview(proposal, STAYS, _("Enrolled from %(day)s only.") % {"day": long_day(child.stay.starts)})
    return Preview(proposal, PLACES, found.reason)


def _moves(proposal: Proposal, starts: date) -> bool:
    """Whether the rule recommends another program than the one in force, which began before."""
    now = proposal.child.placement
    return bool(now and proposal.program and proposal.program != now.program and now.starts < starts)


def confirm_placements(
    *, by: User, students: Sequence[Student], starts: date, on: date, moving: bool = False
) -> list[Placement]:
    """Place the children whom the rule places, all or none; who stays, stays. Gives back the placements made.

    Refusal where one of them can no longer be placed: somebody was quicker, and the preview no longer tells the truth.
    """
    with transaction.atomic():
        previews = preview_placements(by=by, students=students, starts=starts, on=on, moving=moving)
        placing = [each for each in previews if each.outcome == PLACES]
        if not placing:
            raise Refusal(
                _("None of the children picked can be placed as recommended."), _("See the reason beside each.")
            )
        meetings = _newest_conferences([each.student for each in placing])
        return [_place(by, each, starts, meetings.get(each.student.pk)) for each in placing]


def _place(by: User, each: Preview, starts: date, meeting: Conference | None) -> Placement:
    proposal = each.proposal
    return place_student(
        by=by,
        student=each.student,
        program=proposal.program,
        starts=starts,
        recommended=proposal.program,
        recommendation_reason=proposal.finding.reason,
        evidence=proposal.evidence,
        conference=meeting,
        parent_input=meeting.parent_input if meeting else "",
    )


def _newest_conferences(students: Sequence[Student]) -> dict[int, Conference]:
    rows = Conference.objects.filter(student__in=students).order_by("student_id", "-held_on", "-pk")
    return {row.student_id: row for row in rows.distinct("student_id")}
