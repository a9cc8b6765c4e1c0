"""The coverage of the Plan, derived: each policy area with its owners, procedures and evidence (MP0-12, MP0-13)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from accountability.models import PolicyArea
from accountability.rules import belongs
from district.duties import DutyRule, duties, rules
from district.enums import Role


@dataclass(frozen=True)
class Evidence:
    """How many duties are done, of them in time, how many are open and how many of those are late."""

    done: int = 0
    in_time: int = 0
    open: int = 0
    late: int = 0

    def __add__(self, other: Evidence) -> Evidence:
        return Evidence(
            self.done + other.done, self.in_time + other.in_time, self.open + other.open, self.late + other.late
        )


@dataclass(frozen=True)
class Procedure:
    """A duty as a procedure of the Plan: what, who, by which rows, and what is known of it."""

    rule: DutyRule
    evidence: Evidence


@dataclass(frozen=True)
class Coverage:
    """An area of the Plan. No owner and no procedure: nothing in this system carries it out so far."""

    area: PolicyArea
    owners: list[Role]
    procedures: list[Procedure]
    evidence: Evidence
    inputs: int
    unanswered: int


def coverage(on: date) -> list[Coverage]:
    """Every area with the duties whose sources name its rows, counted on a day."""
    known: dict[str, Evidence] = defaultdict(Evidence)
    for pile in duties(as_of=on).piles():
        is_late = pile.due is not None and pile.due < on
        known[pile.rule.id] += Evidence(pile.done, pile.in_time, pile.waiting, pile.waiting if is_late else 0)
    areas = PolicyArea.objects.annotate(
        number=Count("inputs"), waiting=Count("inputs", filter=Q(inputs__answered_on__isnull=True))
    )
    return [_coverage(area, known) for area in areas]


def _coverage(area: PolicyArea, known: dict[str, Evidence]) -> Coverage:
    procedures = [
        Procedure(rule, known[rule.id]) for rule in rules().values() if belongs(rule.source, area.from_row, area.to_row)
    ]
    owners = [role for role in Role if role in {each.rule.owner for each in procedures}]
    total = sum((each.evidence for each in procedures), Evidence())
    return Coverage(area, owners, procedures, total, area.number, area.waiting)  # type: ignore[attr-defined]
