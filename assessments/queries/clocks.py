"""The clock of the Initial test, for many children in one query."""

from __future__ import annotations

from datetime import date

from django.db.models import Case, DateField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, When

from assessments.models import Result
from assessments.queries.initial import BEFORE_TEST, INITIAL_TESTS
from district.enums import Grade
from district.queries import add_calendar_days, period
from notifications.models import Letter
from students.enums import ElStatus, StatusSource
from students.models import Enrollment, HomeLanguageSurvey, LanguageStatus
from students.queries import tk_exempt_from


def clocks(on: date) -> QuerySet[LanguageStatus]:
    """Every time of "to be determined" that had begun on a day, with its clock (D-01, D-02, TK-01).

    Annotated: `first_day`, `starts_on` and `due_on` (None while the child is in transitional kindergarten), `law_due`
    (where the law's own day is the earlier one), `is_amended`. While records are awaited the clock runs from our own
    first day, should there be no status in them (D-03). `students.queries.clock_of` says the same of one child.
    """
    stays = Enrollment.objects.filter(student=OuterRef("student_id")).order_by("starts")
    exempt = tk_exempt_from()
    if exempt:
        stays = stays.exclude(grade=Grade.TK, starts__gte=exempt)
    rows = LanguageStatus.objects.filter(status=ElStatus.TBD, starts__lte=on).annotate(
        first_day=Subquery(stays.values("starts")[:1]),
        first_grade=Subquery(stays.values("grade")[:1]),
    )
    begins = _july_before(F("first_day"))
    known = Q(student__first_california_on__lt=F("first_day"), is_provisional=False)
    earlier = known & ~Q(first_grade=Grade.KN, student__first_california_on__lt=begins)
    rows = rows.annotate(
        law_starts=Case(
            When(earlier, then=F("student__first_california_on")), default=F("first_day"), output_field=DateField()
        ),
        is_amended=Q(source=StatusSource.CORRECTION),
    )
    law_due = add_calendar_days("law_starts", period("IA-02", on).days)
    amended_due = add_calendar_days("starts", period("OWN-03", on).days)
    amended = Q(is_amended=True, first_day__isnull=False)
    rows = rows.annotate(
        starts_on=Case(When(amended, then=F("starts")), default=F("law_starts"), output_field=DateField()),
        due_on=Case(When(amended, then=amended_due), default=law_due, output_field=DateField()),
        lawful=law_due,
    )
    is_earlier = amended & Q(lawful__lt=F("due_on"))
    return rows.annotate(law_due=Case(When(is_earlier, then=F("lawful")), output_field=DateField(null=True)))


def _july_before(day: F) -> Func:
    """1 July at or before a day: what the state counts as the beginning of a school year."""
    template = "(date_trunc('year', %(expressions)s::timestamp - interval '6 months') + interval '6 months')::date"
    return Func(day, template=template, output_field=DateField())


def taken(on: date) -> QuerySet[Result]:
    """Initial tests that were given by a day, whole: a test given in part leaves the clock running."""
    given = Result.objects.filter(test__in=INITIAL_TESTS, tested_on__lte=on).exclude(attempted__in=("P", "N"))
    return given.filter(Q(attempted="Y") | ~Q(level=""))


def with_test(rows: QuerySet[LanguageStatus], on: date) -> QuerySet[LanguageStatus]:
    """Annotate `tested_on`: the day on which the child of this clock was tested, None while not."""
    mine = taken(on).filter(student=OuterRef("student_id")).order_by("tested_on")
    return rows.annotate(tested_on=Subquery(mine.values("tested_on")[:1]))


def waiting(on: date) -> QuerySet[LanguageStatus]:
    """Clocks that run on a day: the child is to be determined, is not tested yet, and may be tested."""
    running = with_test(clocks(on), on).filter(Q(ends__isnull=True) | Q(ends__gt=on))
    return running.filter(tested_on__isnull=True, starts_on__isnull=False, starts_on__lte=on)


def before_test_letters_due(on: date) -> QuerySet[LanguageStatus]:
    """Children to be tested whose family has not been told (IA-01). Annotated `survey`: the survey in force.

    Not those who wait for the records of another district: they may have a status already (D-03).
    """
    newest = HomeLanguageSurvey.objects.filter(student=OuterRef("student_id")).order_by("-version")
    rows = (
        waiting(on)
        .filter(is_provisional=False)
        .annotate(survey=Subquery(newest.values("pk")[:1]), survey_on=Subquery(newest.values("answered_on")[:1]))
    )
    letter = Letter.objects.filter(kind=BEFORE_TEST, student=OuterRef("student_id"), dated__gte=OuterRef("survey_on"))
    return rows.filter(~Exists(letter))
