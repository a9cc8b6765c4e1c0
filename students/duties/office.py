"""Duties of the EL administrator: the cut for fluency, days to settle with the state."""

from __future__ import annotations

from datetime import date

from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    DateField,
    Exists,
    F,
    Min,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Greatest, JSONObject, TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district.duties import Duty, until
from district.models import District, School, in_force
from district.queries import due, period, school_year
from students.duties.columns import day, of_child
from students.enums import ElStatus, StatusSource
from students.models import (
    FluencyCut,
    LanguageStatus,
    Placement,
)
from students.queries import grade_rank, with_stay


def learners_without_cut(on: date) -> QuerySet:
    """English learners who wait for a placement in a grade for which no cut holds, whatever the test."""
    low, high = grade_rank("grade_low"), grade_rank("grade_high")
    cuts = FluencyCut.objects.filter(in_force(on, "valid_from", "valid_to")).annotate(low=low, high=high)
    rows = LanguageStatus.objects.on(on).filter(status=ElStatus.EL)
    placed = Placement.objects.filter(in_force(on), student=OuterRef("student_id"))
    rows = with_stay(rows.filter(~Exists(placed)), on).annotate(rank=grade_rank("stay__grade"))
    return rows.filter(~Exists(cuts.filter(low__lte=OuterRef("rank"), high__gte=OuterRef("rank"))))


def cuts_missing(on: date) -> QuerySet:
    """One duty of the district, as long as learners wait for a recommendation that cannot be made (MP2-11)."""
    waiting = learners_without_cut(on).order_by().values("status")
    number = waiting.annotate(number=Count("pk")).values("number")
    since = waiting.annotate(since=Min("starts")).values("since")
    year = school_year(on)  # learners of earlier years have waited since this one began, as far as the calendar goes
    began = Value(year.first_day if year else None, output_field=DateField())
    rows = District.objects.annotate(
        number=Subquery(number[:1]), d_starts=Greatest(Subquery(since[:1], output_field=DateField()), began)
    ).filter(number__gt=0)
    any_school = Subquery(School.objects.order_by("pk").values("pk")[:1])  # business days are the same in all
    nobody = Cast(Value(None), BigIntegerField())
    return rows.annotate(
        d_student=nobody,
        d_school=nobody,
        d_teacher=nobody,
        d_due=due("d_starts", any_school, period("OWN-08", on)),
        d_done=Cast(Value(None), DateField()),
        d_facts=JSONObject(number=F("number")),
    )


def why_cut(duty: Duty) -> str:
    number = duty.facts["number"]
    return ngettext(
        "%(n)d English learner waits for a recommended program; the district has not set from which level a child has "
        "reasonable fluency.",
        "%(n)d English learners wait for a recommended program; the district has not set from which level a child has "
        "reasonable fluency.",
        number,
    ) % {"n": number}


def hand_shakes(on: date) -> QuerySet:
    """Times of waiting that the state's day has overtaken, so that they keep no day here (D-05)."""
    known = LanguageStatus.objects.annotate(known=TruncDate("recorded_at")).filter(known__lte=on)
    after = known.filter(
        student=OuterRef("student_id"), sequence__gt=OuterRef("sequence"), source=StatusSource.STATE_FILE
    ).order_by("sequence")
    rows = LanguageStatus.objects.filter(status=ElStatus.TBD, ends=F("starts")).annotate(
        d_starts=Subquery(after.values("known")[:1], output_field=DateField()),
        became=Subquery(after.values("status")[:1], output_field=CharField()),
        became_on=Subquery(after.values("starts")[:1], output_field=DateField()),
    )
    rows = with_stay(rows.filter(d_starts__isnull=False), on).annotate(d_done=until(on, "settled_on"))
    rows = rows.annotate(d_due=due("d_starts", "stay__school_id", period("OWN-09", on)))
    return of_child(rows, status=F("pk"), since=F("starts"), became=F("became"), became_on=F("became_on"))


def why_hand_shake(duty: Duty) -> str:
    return _(
        "The state's file says %(status)s since %(day)s, no later than “to be determined” here (%(since)s). The "
        "state's day stands; see that the state's record says the same."
    ) % {
        "status": ElStatus(duty.facts["became"]).label,
        "day": day(duty, "became_on"),
        "since": day(duty, "since"),
    }
