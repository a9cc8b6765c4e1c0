"""Results entered by hand: the local score of the Initial test, and score reports given to families."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import scales
from assessments.actions.examiners import check_examiner
from assessments.enums import Measure, ResultSource, Test
from assessments.models import Result, Score, TestPlan
from assessments.queries import level_of, official_initial, plan_on, subject_key
from assessments.rules import test_plans
from district import entries
from district.calendar import add_calendar_days, year_name
from district.enums import Grade
from district.history import acting
from district.models import Entry, User
from district.permissions import Permission
from district.queries import period, school_year
from district.refusal import NotAllowed, Refusal
from district.wording import long_day
from notifications.models import Letter
from students.actions.guard import lock_student
from students.enums import ElStatus
from students.models import Enrollment, Placement, Student
from students.queries import status_of

LOCAL_RESULT = "local_result"
REPORTS_GIVEN = "score_reports_given"


@dataclass(frozen=True)
class Given:
    """One measure as it stands on the answer book: a scale score, or for the composites the level alone."""

    scale_score: int | None = None
    level: str = ""
    raw_score: int | None = None
    is_exempt: bool = False


def record_local_result(
    *, by: User, student: Student, test: Test, tested_on: date, scores: Mapping[str, Given], examiner: User
) -> Result:
    """Enter the school's own score of the Initial test: a provisional level, beside which the state's comes later.

    The official status does not move (D-06, MP1-24). Refusal: a child who is not to be tested, an examiner who is none
    on that day (MP1-23), another test than the IEP team chose (MP1-19), a score outside the scale.
    """
    test = Test(test)
    with transaction.atomic(), acting(by, _("score of the school")):
        child = lock_student(student, by, Permission.RECORD_RESULT)
        stay = _stay(child, tested_on)
        _check_child(child, test, tested_on)
        _check_plan(child, test, tested_on)
        check_examiner(examiner, test, stay.school, tested_on)
        rows = _rows(test, stay.grade, year_name(tested_on), scores)
        overall = next(row for row in rows if row.measure == Measure.OVERALL)
        result = Result.objects.create(
            student=child,
            test=test,
            administration=year_name(tested_on),
            source=ResultSource.LOCAL,
            grade=stay.grade,
            tested_on=tested_on,
            attempted="Y",
            overall_score=overall.scale_score,
            level=overall.level,
            received_on=tested_on,
            examiner=examiner,
            recorded_by=by,
        )
        for row in rows:
            row.result = result
        Score.objects.bulk_create(rows)
        entries.enter(
            by=by,
            kind=LOCAL_RESULT,
            summary=_("%(test)s of %(name)s entered: %(level)s")
            % {
                "test": test.label,
                "name": child.name,
                "level": scales.level_words(test, Measure.OVERALL, result.level),
            },
            student_id=child.pk,
            school_id=stay.school_id,
            result=result.pk,
        )
    return result


def _stay(child: Student, tested_on: date) -> Enrollment:
    """The enrollment that the test belongs to: of that day, or one that begins soon after (early testing, IA-03)."""
    stays = list(Enrollment.objects.filter(student=child).select_related("school").order_by("starts"))
    for stay in stays:
        if stay.starts <= tested_on and (stay.ends is None or tested_on <= stay.ends):
            return stay
    coming = next((stay for stay in stays if stay.starts > tested_on), None)
    if coming is None:
        raise Refusal(
            _("%(name)s was not enrolled on %(day)s.") % {"name": child.name, "day": long_day(tested_on)},
            _("Look at the day on the answer book, or enroll the child first."),
            field="tested_on",
        )
    earliest = _earliest_early_test(coming.starts)
    if tested_on < earliest:
        raise Refusal(
            _("%(day)s is too early: children who begin on %(starts)s are tested from %(earliest)s on.")
            % {"day": long_day(tested_on), "starts": long_day(coming.starts), "earliest": long_day(earliest)},
            _("Look at the day on the answer book."),
            field="tested_on",
        )
    return coming


def _earliest_early_test(first_day: date) -> date:
    """Not before 1 July, and so many days before instruction (ELPAC Information Guide, IA-03); later not at all."""
    year = school_year(first_day)
    if year and first_day > year.first_day:
        return first_day  # instruction has begun: nobody is tested before the first day of attendance
    begins = year.first_day if year else first_day
    july = date(int(year_name(first_day)[:4]), 7, 1)
    return max(july, add_calendar_days(begins, -period("IA-03", first_day).days))


def _check_child(child: Student, test: Test, tested_on: date) -> None:
    if not test.is_initial:
        raise Refusal(
            _("%(test)s is not scored at the school.") % {"test": test.label},
            _("Its results come in the state's file."),
            field="test",
        )
    if official := official_initial(child.pk):
        raise Refusal(
            _("The official result is in already: %(level)s, received on %(day)s.")
            % {
                "level": scales.level_words(official.test, Measure.OVERALL, official.level),
                "day": long_day(official.received_on),
            },
            _("A local score is no longer needed."),
        )
    local = Result.objects.filter(
        student=child, source=ResultSource.LOCAL, test__in=(Test.INITIAL_ELPAC, Test.INITIAL_ALTERNATE_ELPAC)
    ).first()
    if local:
        raise Refusal(
            _("The local score of %(day)s is entered already; the Initial test is given once.")
            % {"day": long_day(local.tested_on)},
            _("Was it wrong? Put it back, then enter it again."),
        )
    _check_status(child, tested_on)


def _check_status(child: Student, tested_on: date) -> None:
    """Only a child who is to be determined takes the Initial test (MP1-06, IA-04)."""
    status = status_of(child, tested_on) or child.statuses.order_by("sequence").first()
    if status is None:
        raise Refusal(
            _("There is no Home Language Survey of %(name)s yet.") % {"name": child.name},
            _("Enter it first: it says whether the child is tested."),
        )
    if status.status != ElStatus.TBD:
        raise Refusal(
            _("%(name)s is %(status)s since %(day)s and does not take the Initial test.")
            % {"name": child.name, "status": status.get_status_display(), "day": long_day(status.starts)},
            _("If that is wrong, correct the survey or the status first."),
        )


def _check_plan(child: Student, test: Test, tested_on: date) -> None:
    """The test that the IEP team chose, and no other (MP1-19, MP1-21)."""
    plan = plan_on(child.pk, tested_on)
    is_alternate = test == Test.INITIAL_ALTERNATE_ELPAC
    if is_alternate and (plan is None or plan.kind != TestPlan.Kind.ALTERNATE):
        raise Refusal(
            _("No IEP team has chosen the Alternate ELPAC for %(name)s on that day.") % {"name": child.name},
            _("Record the test plan first, with the day on which the IEP says so."),
            field="test",
        )
    if not is_alternate and plan and plan.kind == TestPlan.Kind.ALTERNATE:
        raise Refusal(
            _("The IEP team has chosen the Alternate ELPAC for %(name)s, from %(day)s on.")
            % {"name": child.name, "day": long_day(plan.starts)},
            _("Enter the Initial Alternate ELPAC, or end the test plan."),
            field="test",
        )
    if plan:
        _check_written(child, plan, tested_on)


def _check_written(child: Student, plan: TestPlan, tested_on: date) -> None:
    """Before the IEP says how the child is tested, no test is complete (MP1-21)."""
    found = test_plans.may_complete(in_iep_since=plan.in_iep_since, tested_on=tested_on)
    if found.outcome != test_plans.COMPLETE:
        raise Refusal(
            f"{child.name}: {found.reason}",
            _("Enter in the test plan on which day it was documented in the IEP, then enter the score."),
        )


def _rows(test: Test, grade: str, year: str, scores: Mapping[str, Given]) -> list[Score]:
    """Unsaved scores, their levels by our table; the overall score is required, composites may be left out."""
    given = scores.get(Measure.OVERALL)
    if given is None or given.scale_score is None:
        raise Refusal(_("The overall score is missing."), _("Enter it from the local score sheet."), field="overall")
    if grade == Grade.TK:
        level_of(test, grade, Measure.OVERALL, given.scale_score)  # refuses, and says why
    rows = []
    for measure, value in scores.items():
        level = value.level
        if value.scale_score is not None:
            level = _level(test, grade, measure, value.scale_score, year)
        elif level and scales.level_name(test, measure, level) is None:
            raise Refusal(
                _("%(level)s is not a level of %(measure)s.") % {"level": level, "measure": Measure(measure).label},
                field=str(measure),
            )
        rows.append(
            Score(
                measure=measure,
                scale_score=value.scale_score,
                raw_score=value.raw_score,
                level=level,
                is_exempt=value.is_exempt,
            )
        )
    return rows


def _level(test: Test, grade: str, measure: str, score: int, year: str) -> str:
    try:
        return level_of(test, grade, measure, score, year).level
    except scales.OutOfScale as refusal:
        raise scales.OutOfScale(refusal.message, refusal.mend, field=str(measure)) from refusal


def put_back_local_result(entry: Entry, by: User) -> None:
    """Take a local score out again, as long as no letter, placement or official result stands on it."""
    result = Result.objects.select_for_update().filter(pk=entry.data["result"]).first()
    if result is None:
        return
    if letter := Letter.objects.filter(student=result.student_id, subject_key=subject_key(result)).first():
        raise Refusal(
            _("The family was told this result on %(day)s, letter %(number)s.")
            % {"day": long_day(letter.dated), "number": letter.number},
            _("The official result decides; if it differs, a corrected letter becomes due."),
        )
    if placement := Placement.objects.filter(student=result.student_id, evidence__result=result.pk).first():
        raise Refusal(
            _("The placement of %(day)s stands on it.") % {"day": long_day(placement.starts)},
            _("Put the placement back first."),
        )
    result.delete()


def record_reports_given(*, by: User, results: Iterable[int], on: date) -> list[Result]:
    """Note that the families got the score reports of these results on a day (MP1-17). Gives back those newly noted.

    Refusal: a day before the district had them, a local score, a child of another school.
    """
    with transaction.atomic(), acting(by, _("score reports given to families")):
        rows = list(
            Result.objects.select_for_update(of=("self",))
            .filter(pk__in=list(results))
            .select_related("student__current_enrollment__school")
            .order_by("pk")
        )
        allowed = set(
            Result.objects.visible_to(by, Permission.ISSUE_LETTERS)
            .filter(pk__in=[row.pk for row in rows])
            .values_list("pk", flat=True)
        )
        if any(row.pk not in allowed for row in rows):
            raise NotAllowed(str(Permission.ISSUE_LETTERS.label))
        new = [row for row in rows if row.told_on is None]
        for row in new:
            _check_given(row, on)
            row.told_on, row.told_by = on, by
        Result.objects.bulk_update(new, ["told_on", "told_by"], batch_size=500)
        if new:
            words = ngettext(
                "%(count)d score report given on %(day)s", "%(count)d score reports given on %(day)s", len(new)
            )
            entries.enter(
                by=by,
                kind=REPORTS_GIVEN,
                summary=words % {"count": len(new), "day": long_day(on)},
                student_id=new[0].student_id if len(new) == 1 else None,
                results=[row.pk for row in new],
            )
    return new


def _check_given(result: Result, on: date) -> None:
    if not result.is_official:
        raise Refusal(_("A local score has no score report; the family gets the initial letter."))
    if on < result.received_on:
        raise Refusal(
            _("The district got the result of %(name)s on %(received)s; it cannot have been given on %(day)s.")
            % {"name": result.student.name, "received": long_day(result.received_on), "day": long_day(on)},
            _("Look at the day."),
            field="on",
        )


def put_back_reports(entry: Entry, by: User) -> None:
    """Score reports were not given after all."""
    Result.objects.filter(pk__in=entry.data["results"]).update(told_on=None, told_by=None)
