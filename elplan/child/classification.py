"""Long-term by both definitions, with what is coming, and corrections of the status, for a child's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from assessments.exports import outcome_words
from assessments.models import LongTermListing
from assessments.queries.long_term import standing_of
from assessments.rules import LTEL, LongTerm
from assessments.rules.long_term_ahead import Coming
from district.wording import capital
from students.models import Correction, Student
from students.queries.corrections import trail_of


@dataclass(frozen=True)
class LongTermOfChild:
    """What the child is by EC 313.1 and EC 52052 today, in words with the reason, and what will come when and why.

    listed: what the state's own list says of the child, the newest year that was read in (X-09).
    """

    by_years: str
    now: LongTerm
    dashboard: str
    coming: list[Coming]
    listed: LongTermListing | None = None


def long_term_of_child(student: Student, on: date) -> LongTermOfChild | None:
    """Nothing for who is no English learner; four queries."""
    found = standing_of(student, on)
    if found is None:
        return None
    now, coming = found
    counted = now.dashboard
    words = _("long-term") if counted and counted.outcome == LTEL else _("not long-term") if counted else _("not known")
    listed = student.long_term_listings.order_by("-year").first()
    return LongTermOfChild(capital(outcome_words(now.outcome)), now, capital(words), coming, listed)


def corrections_of_child(student: Student) -> list[tuple[Correction, list]]:
    """Every correction that was asked for, each with its trail."""
    people = ("opened_by", "notice_by", "decided_by", "result_by")
    return [(case, trail_of(case)) for case in student.corrections.select_related(*people)]
