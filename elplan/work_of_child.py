"""The child's work in class for its page: local measures, marks, what is done about a need."""

from __future__ import annotations

from dataclasses import dataclass

from assessments.models import ActionPlan, LocalResult, Mark
from students.models import Student

SHOWN = 12


@dataclass(frozen=True)
class Work:
    """The newest local results and marks, and the action plans; each list may be empty."""

    measures: list[LocalResult]
    marks: list[Mark]
    plans: list[ActionPlan]

    def __bool__(self) -> bool:
        return bool(self.measures or self.marks or self.plans)


def work_of_child(student: Student) -> Work:
    """Three queries."""
    measures = student.local_results.select_related("measure").order_by("-year", "-taken_on", "measure__order", "pk")
    return Work(
        list(measures[:SHOWN]),
        list(student.marks.order_by("-year", "-taken_on", "-term", "course")[:SHOWN]),
        list(student.action_plans.select_related("owner").order_by("-starts", "-pk")),
    )
