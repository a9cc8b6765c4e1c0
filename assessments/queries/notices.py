"""Who must be told each year, and by when (NT-01, NT-02, SA-02, SA-03)."""

from __future__ import annotations

from datetime import date

from django.db.models import Case, DateField, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value, When

from assessments.queries.initial import ANNUAL, INITIAL
from district.queries import add_calendar_days, period, school_year
from notifications.models import Letter
from students.enums import ElStatus
from students.models import LanguageStatus, Placement


def learners(on: date) -> QuerySet[LanguageStatus]:
    """The status of every English learner of a day who is enrolled on it; `here` is that enrollment."""
    rows = LanguageStatus.objects.on(on).filter(status=ElStatus.EL)
    return rows.annotate(here=_stay_on(on)).filter(here__isnull=False)


def _stay_on(day: date) -> FilteredRelation:
    """The enrollment of a day; stays do not overlap, so it is one at most."""
    stay = "student__enrollments"
    until = Q(**{f"{stay}__ends__isnull": True}) | Q(**{f"{stay}__ends__gte": day})
    return FilteredRelation(stay, condition=until & Q(**{f"{stay}__starts__lte": day}))


def annual_notices(on: date) -> QuerySet[LanguageStatus]:
    """English learners and the annual notice of this school year: `starts_on`, `due_on`, `told_on`, `from_start`.

    30 calendar days from the first day of school for those who were English learners here on that day. For a child
    identified, or come, during the year: 14 days from the first placement; before it nothing runs (D-18). An initial
    letter of the same year says the same and counts.
    """
    year = school_year(on)
    if year is None:
        day = Value(None, output_field=DateField(null=True))
        unknown = {"starts_on": day, "due_on": day, "told_on": day, "from_start": Value(False)}
        return learners(on).annotate(**unknown).none()
    told = Letter.objects.filter(
        kind__in=(INITIAL, ANNUAL), student=OuterRef("student_id"), school_year=year.name, dated__lte=on
    ).order_by("dated")
    placed = Placement.objects.filter(
        Q(ends__isnull=True) | Q(ends__gte=OuterRef("here__starts")), student=OuterRef("student_id"), starts__lte=on
    ).order_by("starts")
    rows = learners(on).annotate(first_stay=_stay_on(year.first_day))
    known = Q(first_stay__isnull=False, starts__lte=year.first_day)
    first = Value(year.first_day, output_field=DateField())
    placed_on = Subquery(placed.values("starts")[:1], output_field=DateField())
    rows = rows.annotate(
        from_start=Case(When(known, then=Value(True)), default=Value(False)),
        starts_on=Case(When(known, then=first), default=placed_on, output_field=DateField()),
        due_on=Case(
            When(known, then=add_calendar_days(first, period("NT-01", on).days)),
            default=add_calendar_days(placed_on, period("NT-02", on).days),
            output_field=DateField(),
        ),
        told_on=Subquery(told.values("dated")[:1]),
    )
    return rows.filter(starts_on__lte=on)


def annual_letters_due(on: date) -> QuerySet[LanguageStatus]:
    """English learners whose family has not had this year's notice."""
    return annual_notices(on).filter(told_on__isnull=True)
