"""What follows from a local score, said while it is typed: the level, what it means, what is to be done next."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from assessments import rules, scales
from assessments.enums import Measure, Test
from assessments.models import Result
from assessments.queries import cut_for, gather, level_of, waiting
from district.calendar import year_name
from district.enums import Grade
from district.refusal import Refusal
from district.wording import long_day
from students.enums import ElStatus
from students.models import Enrollment, Student
from students.rules import Cut, recommend_program


@dataclass(frozen=True)
class Follows:
    """headline: the level in words. reasons: sentences, the deciding one first. tasks: what is to be done next.

    refused: the score cannot be one of this scale; then `reasons` says why and nothing follows.
    """

    headline: str
    reasons: list[str]
    tasks: list[dict[str, Any]] = field(default_factory=list)
    refused: bool = False


def what_follows(student: Student, *, test: str, score: int, tested_on: date, on: date) -> Follows:
    """By the same rule and the same table as when the score is saved."""
    grade = grade_on(student, tested_on)
    try:
        found = level_of(test, grade, Measure.OVERALL, score, year_name(tested_on))
    except Refusal as refusal:
        return Follows(_("No level"), [refusal.message, refusal.mend], refused=True)
    words = scales.level_words(test, Measure.OVERALL, found.level)
    meaning = rules.provisional(level=found.level, test=test)
    reasons = [
        _("By this score the child is: %(status)s.") % {"status": ElStatus(meaning.outcome).label},
        _("%(score)s lies between %(low)s and %(high)s, %(scale)s.")
        % {
            "score": score,
            "low": found.low,
            "high": found.high,
            "scale": scales.scale_words(test, grade, Measure.OVERALL),
        },
        _("Preliminary: the official status stays as it is until the state's file is in (D-06)."),
    ]
    return Follows(words[:1].upper() + words[1:], reasons, _tasks(student, test, found.level, meaning.outcome, on))


def grade_on(student: Student, day: date) -> str:
    """The grade on the day of the test, or the one in which the child begins after it."""
    stays = Enrollment.objects.filter(student=student).order_by("starts")
    last = ""
    for stay in stays:
        if stay.starts <= day or not last:
            last = stay.grade
    return last or str(student.grade or Grade.KN)


def _tasks(student: Student, test: str, level: str, outcome: str, on: date) -> list[dict[str, Any]]:
    tasks = [_letter_task(student, on)]
    if outcome == ElStatus.EL:
        tasks.append(_program_task(student, test, level, on))
    return tasks


def _letter_task(student: Student, on: date) -> dict[str, Any]:
    due_on = waiting(on).filter(student=student).values_list("due_on", flat=True).first()
    sub = (
        _("to the family by %(day)s, marked preliminary") % {"day": long_day(due_on)} if due_on else _("to the family")
    )
    return {"what": _("Letter of the result"), "sub": sub}


def _program_task(student: Student, test: str, level: str, on: date) -> dict[str, Any]:
    child = gather([student], on)[0]
    cut = cut_for(child, test)
    found = recommend_program(
        is_el=True,
        level=level,
        level_name=scales.level_words(test, Measure.OVERALL, level),
        ladder=[each.level for each in scales.levels(test, Measure.OVERALL)],
        cut=Cut(cut.level, cut.source, cut.valid_from) if cut else None,
        cut_name=scales.level_words(test, Measure.OVERALL, cut.level) if cut else "",
    )
    program = child.shared.programs.get(found.outcome)
    what = _("Program: %(program)s") % {"program": program.name} if program else _("Program: not configured")
    return {"what": what, "sub": found.reason}


def local_result_of(student: Student) -> Result | None:
    """The school's own score of the child, if there is one."""
    tests = (Test.INITIAL_ELPAC, Test.INITIAL_ALTERNATE_ELPAC)
    return Result.objects.filter(student=student, source="local", test__in=tests).first()
