"""Scores that come with the records of another district (MP1-46, MP1-47)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from assessments import scales
from assessments.actions.results import Given
from assessments.enums import Measure, ResultSource, Test
from assessments.models import Result, Score
from assessments.queries import ENGLISH_TESTS, level_of
from district import entries
from district.calendar import year_name
from district.history import acting
from district.models import Entry, User
from district.permissions import Permission
from district.refusal import Refusal
from district.wording import long_day
from notifications.models import Letter
from students.actions.guard import lock_student
from students.models import Student

EARLIER_RESULT = "earlier_result"


def record_earlier_result(
    *,
    by: User,
    student: Student,
    test: Test,
    grade: str,
    tested_on: date,
    received_on: date,
    scores: Mapping[str, Given],
) -> Result:
    """Enter a result that the former district sent; it counts as official and starts no clock of the families.

    A scale score gets its level from the table of its year; where there is no table the level of the report stands.
    Refusal: a result of that year that is on record, a score outside the scale, neither score nor level.
    """
    test = Test(test)
    with transaction.atomic(), acting(by, _("records of the former district")):
        child = lock_student(student, by, Permission.RECORD_RECORDS)
        year = year_name(tested_on)
        _check(child, test, year, tested_on, received_on)
        rows = _rows(test, grade, year, scores)
        overall = next(row for row in rows if row.measure == Measure.OVERALL)
        result = Result.objects.create(
            student=child,
            test=test,
            administration=year,
            source=ResultSource.RECORDS,
            grade=grade,
            tested_on=tested_on,
            attempted="Y",
            overall_score=overall.scale_score,
            level=overall.level,
            received_on=received_on,
            recorded_by=by,
        )
        for row in rows:
            row.result = result
        Score.objects.bulk_create(rows)
        entries.enter(
            by=by,
            kind=EARLIER_RESULT,
            summary=_("%(test)s %(year)s of %(name)s entered from the records")
            % {"test": test.label, "year": year, "name": child.name},
            student_id=child.pk,
            school_id=child.school.pk if child.school else None,
            result=result.pk,
        )
    return result


def _check(child: Student, test: Test, year: str, tested_on: date, received_on: date) -> None:
    if test not in ENGLISH_TESTS:
        raise Refusal(_("%(test)s is no English test.") % {"test": test.label}, field="test")
    if received_on < tested_on:
        raise Refusal(
            _("The result of %(tested)s cannot have come on %(received)s.")
            % {"tested": long_day(tested_on), "received": long_day(received_on)},
            _("Look at both days."),
            field="tested_on",
        )
    known = Result.objects.filter(student=child, test=test, administration=year).exclude(source=ResultSource.LOCAL)
    if result := known.first():
        raise Refusal(
            _("%(test)s %(year)s is on record already, from: %(source)s.")
            % {"test": test.label, "year": year, "source": result.get_source_display()},
            _("Was it wrong? Put it back, then enter it again."),
            field="test",
        )


def _rows(test: Test, grade: str, year: str, scores: Mapping[str, Given]) -> list[Score]:
    """Unsaved scores with their levels; the overall one is required."""
    rows = [_row(test, grade, year, measure, given) for measure, given in scores.items()]
    if not any(row.measure == Measure.OVERALL and row.level for row in rows):
        raise Refusal(
            _("The overall score or level is missing."), _("Enter it from the score report."), field="overall"
        )
    return rows


def _row(test: Test, grade: str, year: str, measure: str, given: Given) -> Score:
    """An unsaved score. Its level comes from the table, or, where the year has none, from the report."""
    level = given.level
    try:
        if given.scale_score is not None:
            level = level_of(test, grade, measure, given.scale_score, year).level
    except scales.OutOfScale as refusal:
        raise scales.OutOfScale(refusal.message, refusal.mend, field=str(measure)) from refusal
    except scales.NoScale as refusal:
        if not level:
            raise scales.NoScale(refusal.message, refusal.mend, field=str(measure)) from refusal
    if level and scales.level_name(test, measure, level) is None:
        names = ", ".join(each.name for each in scales.levels(test, measure)) or _("none")
        raise Refusal(
            _("That is not a level of %(measure)s in this test. Its levels are: %(names)s.")
            % {"measure": Measure(measure).label, "names": names},
            field=str(measure),
        )
    return Score(measure=measure, scale_score=given.scale_score, level=level)


def put_back_earlier_result(entry: Entry, by: User) -> None:
    """Take the result out again, as long as no letter was written after it came."""
    result = Result.objects.select_for_update().filter(pk=entry.data["result"]).first()
    if result is None:
        return
    letters = Letter.objects.filter(student=result.student_id, issued_at__gt=entry.made_at)
    if letter := letters.order_by("issued_at").first():
        raise Refusal(
            _("Letter %(number)s of %(day)s went out after it was entered.")
            % {"number": letter.number, "day": long_day(letter.dated)},
            _("Correct the letter, and enter the right result of another year or day."),
        )
    result.delete()
