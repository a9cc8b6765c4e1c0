"""Who must be told each year, and by when (NT-01, NT-02, SA-02, SA-03)."""

from __future__ import annotations

from datetime import date

from django.db.models import Case, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When

from assessments.queries.initial import ANNUAL, INITIAL
from district.models import in_force
from district.queries import add_calendar_days, period, school_year
from notifications.models import Letter
from students.enums import ElStatus
from students.models import Enrollment, LanguageStatus, Placement


def learners(on: date) -> QuerySet[Enrollment]:
    """The enrollment of a day of every English learner of that day, annotated `el_since`."""
    status = LanguageStatus.objects.on(on).filter(student=OuterRef("student_id"), status=ElStatus.EL)
    rows = Enrollment.objects.filter(in_force(on)).annotate(el_since=Subquery(status.values("starts")[:1]))
    return rows.filter(el_since__isnull=False)


def annual_notices(on: date) -> QuerySet[Enrollment]:
    """English learners and the annual notice of this school year: `starts_on`, `due_on`, `told_on`, `from_start`.

    30 calendar days from the first day of school for those who were English learners here on that day. For a child
    identified, or come, during the year: 14 days from the placement (D-18); before it nothing runs. An initial letter
    of the same year says the same and counts.
    """
    year = school_year(on)
    if year is None:
        day = Value(None, output_field=DateField(null=True))
        unknown = {"starts_on": day, "due_on": day, "told_on": day, "from_start": Value(False)}
        return learners(on).annotate(**unknown).none()
    here = Enrollment.objects.filter(in_force(year.first_day), student=OuterRef("student_id"))
    placed = Placement.objects.filter(student=OuterRef("student_id"), starts__lte=on).order_by("-starts", "-pk")
    told = Letter.objects.filter(
        kind__in=(INITIAL, ANNUAL), student=OuterRef("student_id"), school_year=year.name, dated__lte=on
    ).order_by("dated")
    rows = learners(on).annotate(
        from_start=Case(When(Q(Exists(here), el_since__lte=year.first_day), then=Value(True)), default=Value(False)),
        placed_on=Subquery(placed.values("starts")[:1]),
        told_on=Subquery(told.values("dated")[:1]),
    )
    first, later = period("NT-01", on), period("NT-02", on)
    rows = rows.annotate(
        starts_on=Case(
            When(from_start=True, then=Value(year.first_day)), default=F("placed_on"), output_field=DateField()
        ),
        due_on=Case(
            When(from_start=True, then=add_calendar_days(Value(year.first_day), first.days)),
            default=add_calendar_days("placed_on", later.days),
            output_field=DateField(),
        ),
    )
    return rows.filter(starts_on__lte=on)


def annual_letters_due(on: date) -> QuerySet[Enrollment]:
    """English learners whose family has not had this year's notice."""
    return annual_notices(on).filter(told_on__isnull=True)
