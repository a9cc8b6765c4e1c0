"""Duties of placement and of the yearly notices."""

from __future__ import annotations

from datetime import date

from django.db.models import Case, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Greatest, Least, TruncDate
from django.utils.translation import gettext as _

from assessments import queries
from assessments.duties.columns import day_of, facts, here
from assessments.enums import ResultSource
from assessments.models import Result
from assessments.queries import ANNUAL
from district.calendar import year_name
from district.duties import Duty
from district.models import SchoolYear
from district.queries import add_calendar_days, due, period
from district.wording import long_day
from notifications.models import Letter
from students.enums import ElStatus
from students.models import Enrollment, LanguageStatus, Placement


def placement_rows(as_of: date) -> QuerySet[LanguageStatus]:
    """English learners, official or by the local score, without a decided program (MP1-25, MP1-30)."""
    local = queries.initial_results(as_of).filter(
        student=OuterRef("student_id"), source=ResultSource.LOCAL, classification=ElStatus.EL
    )
    first = Enrollment.objects.filter(student=OuterRef("student_id")).order_by("starts")
    placed = Placement.objects.filter(student=OuterRef("student_id"), decided_at__date__lte=as_of).filter(
        Q(ends__isnull=True) | Q(ends__gte=as_of)
    )
    rows = here(LanguageStatus.objects.on(as_of).filter(status__in=(ElStatus.EL, ElStatus.TBD)), as_of)
    rows = rows.annotate(
        scored_on=Subquery(local.values("received_on")[:1]),
        first_day=Subquery(first.values("starts")[:1]),
        decided_on=Subquery(placed.annotate(day=TruncDate("decided_at")).order_by("-starts").values("day")[:1]),
    )
    rows = rows.filter(Q(status=ElStatus.EL) | Q(scored_on__isnull=False))
    begins = Case(When(status=ElStatus.EL, then=F("starts")), default=F("scored_on"), output_field=DateField())
    rows = rows.annotate(d_starts=Greatest(begins, "first_day", output_field=DateField()))
    rows = rows.filter(Q(decided_on__isnull=True) | Q(d_starts__gte=queries.clocks_since(as_of)), d_starts__lte=as_of)
    return rows.annotate(
        d_due=due("d_starts", F("here__school_id"), period("OWN-12", as_of)),
        d_done=F("decided_on"),
        d_facts=facts(since=F("starts"), scored_on=F("scored_on"), is_el=Q(status=ElStatus.EL)),
    )


def why_placement(duty: Duty) -> str:
    if duty.facts["is_el"]:
        return _("English learner since %(day)s, and no program is decided.") % {"day": day_of(duty, "since")}
    return _("English learner by the school's own score of %(day)s, and no program is decided.") % {
        "day": day_of(duty, "scored_on")
    }


def annual_notice_rows(as_of: date) -> QuerySet[LanguageStatus]:
    """Every English learner's notice of this school year (MP1-36, NT-01, NT-02, D-18)."""
    return queries.annual_notices(as_of).annotate(
        d_student=F("student_id"),
        d_school=F("here__school_id"),
        d_teacher=F("here__teacher_id"),
        d_starts=F("starts_on"),
        d_due=F("due_on"),
        d_done=F("told_on"),
        d_facts=facts(from_start=F("from_start")),
    )


def why_annual_notice(duty: Duty) -> str:
    said = {"days": (duty.due - duty.starts).days if duty.due else 0, "day": long_day(duty.starts)}
    if duty.facts["from_start"]:
        return _("%(days)d calendar days from the first day of school, %(day)s.") % said
    return _("Identified or come during the year: %(days)d calendar days from the placement on %(day)s.") % said


def results_letter_rows(as_of: date) -> QuerySet[Result]:
    """Yearly results and whether the family has them (MP1-17, SA-02, SA-03).

    30 calendar days from the day on which the district received them; 15 business days into the new school year where
    they came after the last day of instruction. Where that year is not open yet there is no due day.
    """
    begins = int(year_name(as_of)[:4])
    years = [f"{year}-{(year + 1) % 100:02}" for year in (begins, begins - 1)]
    in_session = SchoolYear.objects.filter(
        first_day__lte=OuterRef("received_on"), last_day__gte=OuterRef("received_on")
    )
    following = SchoolYear.objects.filter(first_day__gt=OuterRef("received_on")).order_by("first_day")
    told = Letter.objects.filter(
        kind=ANNUAL, student=OuterRef("student_id"), dated__gte=OuterRef("received_on"), dated__lte=as_of
    )
    rows = Result.objects.filter(
        test__in=queries.YEARLY_TESTS,
        source=ResultSource.STATE_FILE,
        administration__in=years,
        received_on__gte=queries.clocks_since(as_of),
        received_on__lte=as_of,
    ).exclude(level="")
    rows = here(rows, as_of).annotate(
        in_session=Exists(in_session),
        new_year=Subquery(following.values("first_day")[:1]),
        letter_on=Subquery(told.order_by("dated").values("dated")[:1]),
        given_on=Case(When(told_on__lte=as_of, then=F("told_on")), output_field=DateField(null=True)),
    )
    rows = rows.annotate(
        d_starts=F("received_on"),
        d_done=Least("letter_on", "given_on", output_field=DateField()),
    )
    during = add_calendar_days("received_on", period("SA-02", as_of).days)
    after = due("new_year", F("here__school_id"), period("SA-03", as_of))
    return rows.annotate(
        d_due=Case(When(in_session=True, then=during), default=after, output_field=DateField()),
        d_facts=facts(result=F("pk"), test=F("test"), received_on=F("received_on"), in_session=F("in_session")),
    )


def why_results_letter(duty: Duty) -> str:
    said = {"day": day_of(duty, "received_on")}
    if duty.facts["in_session"]:
        return _("30 calendar days from %(day)s, when the district received the result.") % said
    return (
        _("The result came on %(day)s, after the last day of instruction: 15 business days into the new school year.")
        % said
    )
