"""Reads of chapters 1 and 2 with more than one caller: the status on a day, the clock of the test, the folder."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import OuterRef, Subquery

from district.enums import Grade
from district.models import LegalRule
from district.queries import period
from students import rules
from students.enums import ElStatus, StatusSource, SurveyReason
from students.head import ChildHead, child_head
from students.models import Enrollment, HomeLanguageSurvey, LanguageStatus, StatusTransition, Student

__all__ = ["ChildHead", "child_head", "clock_of", "move_table", "with_status"]

AMENDING = (SurveyReason.PARENT_AMENDMENT, SurveyReason.STAFF_CORRECTION)


def with_status(children: models.QuerySet[Student], on: date, child: str = "pk") -> models.QuerySet[Student]:
    """Annotate `status`, `status_since`, `status_source` and `status_provisional`, as in force on a day.

    `child` names the column with the child's id where the rows are not children.
    """
    in_force = LanguageStatus.objects.filter(student=OuterRef(child)).on(on).order_by("-sequence")
    return children.annotate(
        status=Subquery(in_force.values("status")[:1]),
        status_since=Subquery(in_force.values("starts")[:1]),
        status_source=Subquery(in_force.values("source")[:1]),
        status_provisional=Subquery(in_force.values("is_provisional")[:1]),
    )


def status_of(student: Student, on: date) -> LanguageStatus | None:
    """The status in force on a day."""
    return LanguageStatus.objects.filter(student=student).on(on).order_by("-sequence").first()


def move_table() -> dict[tuple[str, str], rules.Move]:
    """The state's table of moves, for `rules.transition`; one query."""
    rows = StatusTransition.objects.values_list("from_status", "to_status", "rule", "why")
    return {(before, after): rules.Move(rule, why) for before, after, rule, why in rows}


def tk_exempt_from() -> date | None:
    """From when on children in transitional kindergarten are not tested (TK-01)."""
    return LegalRule.objects.filter(code="TK-01").order_by("valid_from").values_list("valid_from", flat=True).first()


def clock_of(student: Student, on: date) -> rules.InitialClock:
    """The clock of the child's Initial test, as it stands on a day (D-01, D-02)."""
    stays = list(Enrollment.objects.filter(student=student).order_by("starts").values_list("starts", "grade"))
    exempt = tk_exempt_from()
    counting = [(day, grade) for day, grade in stays if not is_exempt(day, grade, exempt)]
    first, grade = counting[0] if counting else (None, stays[0][1] if stays else Grade.TK)
    waiting = status_of(student, on)
    survey = HomeLanguageSurvey.objects.filter(student=student).order_by("-version").first()
    amended = (
        waiting is not None
        and survey is not None
        and waiting.status == ElStatus.TBD
        and waiting.source == StatusSource.CORRECTION
        and survey.reason in AMENDING
    )
    return rules.initial_clock(
        first_day=first,
        grade=Grade(grade),
        period=period("IA-02", first or on),
        first_california_on=student.first_california_on,
        tk_exempt_from=exempt,
        amended_on=waiting.starts if waiting and amended else None,
        amended=period("OWN-03", waiting.starts) if waiting and amended else None,
    )


def is_exempt(day: date, grade: str, exempt_from: date | None) -> bool:
    """Is a stay that begins on a day one in transitional kindergarten without a test?"""
    return grade == Grade.TK and exempt_from is not None and day >= exempt_from
