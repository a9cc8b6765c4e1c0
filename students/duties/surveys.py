"""Surveys to enter and to have signed."""

from __future__ import annotations

from datetime import date

from django.db.models import (
    Case,
    DateField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext as _

from district.duties import Duty, until
from district.models import User
from district.permissions import Permission
from district.queries import due, period
from students.duties.columns import day, first_day, of_child
from students.enums import ElStatus, StatusSource
from students.models import (
    HomeLanguageSurvey,
    LanguageStatus,
    RecordsRequest,
    Student,
)
from students.queries import with_stay


def surveys_missing(on: date) -> QuerySet:
    """Every enrolled child needs a complete survey, but for those whose status came with former records (HLS-01)."""
    by_records = LanguageStatus.objects.filter(student=OuterRef("pk"), source=StatusSource.RECORDS)
    brought = by_records.filter(is_provisional=False).exclude(status=ElStatus.TBD)
    waiting = RecordsRequest.objects.filter(student=OuterRef("pk")).filter(
        Q(entered_on__isnull=True) | Q(entered_on__gt=on)
    )
    given_up = RecordsRequest.objects.filter(student=OuterRef("pk"), entered_on__lte=on)
    entered = (
        HomeLanguageSurvey.objects.filter(student=OuterRef("pk"))
        .annotate(on=TruncDate("entered_at"))
        .filter(on__lte=on)
        .order_by("version")
    )
    complete = entered.exclude(question_1=None).exclude(question_2=None).exclude(question_3=None)
    rows = with_stay(Student.objects.filter(~Exists(brought), ~Exists(waiting)), on, "")
    rows = rows.annotate(
        d_starts=Coalesce(Subquery(given_up.values("entered_on")[:1], output_field=DateField()), first_day("pk")),
        d_done=Subquery(complete.values("on")[:1], output_field=DateField()),
        begun=Exists(entered),
    ).annotate(d_due=due("d_starts", "stay__school_id", period("OWN-01", on)))
    return of_child(rows, "", starts=F("d_starts"), begun=F("begun"))


def surveys_to_enter(user: User, on: date) -> QuerySet:
    """Children whose survey the person has to enter and nobody has begun, the longest waiting first."""
    mine = Student.objects.visible_to(user, Permission.RECORD_SURVEY)
    return surveys_missing(on).filter(d_done__isnull=True, begun=False, pk__in=mine).order_by("d_due", "search_key")


def why_survey(duty: Duty) -> str:
    if duty.facts["begun"] and not duty.done:
        return _("The survey is entered, but not all of 1, 2 and 3 are answered; the status rests on them.")
    return _("First day %(day)s. The survey belongs to enrollment; without it there is no language status.") % {
        "day": day(duty, "starts")
    }


def surveys_unsigned(on: date) -> QuerySet:
    """The newest version of each survey asks for its signature (MP1-03)."""
    entered = HomeLanguageSurvey.objects.annotate(entered=TruncDate("entered_at")).filter(entered__lte=on)
    later = entered.filter(student=OuterRef("student_id"), version__gt=OuterRef("version"))
    rows = with_stay(entered.filter(~Exists(later)), on).annotate(
        d_starts=Case(When(version=1, then=first_day("student_id")), default=F("answered_on")),
        d_done=until(on, "signed_on"),
    )
    rows = rows.annotate(d_due=due("d_starts", "stay__school_id", period("OWN-02", on)))
    return of_child(rows, survey=F("pk"), answered=F("answered_on"))


def why_signature(duty: Duty) -> str:
    return _("The survey of %(day)s has no signature of a parent or guardian; its answers count all the same.") % {
        "day": day(duty, "answered")
    }
