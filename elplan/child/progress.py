"""What a child's page shows of progress: the newest measures and marks, open action plans, referrals (chapter 3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from assessments.models import ActionPlan, Question4Referral
from assessments.queries.measures import newest
from assessments.rules.measures import NOT_TAKEN
from assessments.views.classes import value_of
from students.models import Student


@dataclass(frozen=True)
class Progress:
    """values: newest value of each measure, with what it means. plans: open ones first. referral: the newest."""

    values: list[dict[str, Any]]
    plans: list[ActionPlan]
    referral: Question4Referral | None

    @property
    def is_empty(self) -> bool:
        return not (self.values or self.plans or self.referral)


def progress(student: Student, on: date) -> Progress:
    """The child has been loaded through `visible_to` before this is asked; five queries."""
    values = [value_of(each) for each in newest([student.pk], on)[student.pk] if each.finding.outcome != NOT_TAKEN]
    plans = list(ActionPlan.objects.filter(student=student).select_related("owner").order_by("-closed_on", "review_on"))
    referral = Question4Referral.objects.filter(student=student).first()
    return Progress(values, plans, referral)
