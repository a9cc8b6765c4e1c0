"""The service card on a child's page: three lights with words, and who is asked next (MP0-05)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from students.models import Student
from students.queries.services import Light, card


@dataclass(frozen=True)
class ServicesOfChild:
    """lights: nothing for who is no learner. given: each service of the day in words, with its last day."""

    lights: list[Light]
    given: list[tuple[str, date]]


def services_of_child(student: Student, on: date) -> ServicesOfChild:
    """What the child's page shows of services on a day; three queries."""
    lights = card(student, on)
    if not lights:
        return ServicesOfChild([], [])
    rows = student.services.on(on).select_related("section")
    return ServicesOfChild(
        lights, [(str(row.section or row.supports or row.get_kind_display()), row.ends) for row in rows]
    )
