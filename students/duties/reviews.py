"""The principal's review, what the secretary then enters, here and in Aeries, and the registration packet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    DateField,
    Exists,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from district.duties import Duty, DutyRule, Many, until
from district.enums import Role, TermSystem
from district.models import School, SchoolYear, Term
from district.queries import due, period, school_year
from students import facts
from students.duties.columns import day, of_child
from students.enums import ChangeField
from students.models import Attestation, ChangeTask, Enrollment, PacketPart, PacketTick, TeacherCopy
from students.queries import copies, with_stay
from students.queries import reviews as reviewing
from students.queries.copies import CopySource


def _nobody() -> Cast:
    return Cast(Value(None), BigIntegerField())


def changes_open(on: date) -> QuerySet:
    """Changes that the principal asked for (MP1-41)."""
    rows = with_stay(ChangeTask.objects.filter(asked_on__lte=on), on)
    rows = rows.annotate(d_starts=F("asked_on"), d_done=until(on, "entered_on"))
    rows = rows.annotate(d_due=due("d_starts", "stay__school_id", period("OWN-61", on)))
    return of_child(rows, field=F("field"), new=F("new_value"), asked=F("asked_on"))


def why_change(duty: Duty) -> str:
    return _("The principal asked on %(day)s to change %(what)s to “%(new)s”.") % {
        "day": day(duty, "asked"),
        "what": ChangeField(duty.facts["field"]).label,
        "new": duty.facts["new"],
    }


def packets_incomplete(on: date) -> QuerySet:
    """Packets of the children who came in this school year, as far as something of them is missing (MP1-04)."""
    year = school_year(on)
    required = PacketPart.objects.filter(is_required=True).order_by().values("is_required")
    parts = Subquery(required.annotate(number=Count("pk")).values("number"), output_field=IntegerField())
    rows = Enrollment.objects.filter(starts__lte=on, starts__gte=year.first_day if year else on)
    earlier = Enrollment.objects.filter(student=OuterRef("student_id"), starts__lt=OuterRef("starts"))
    ticks = PacketTick.objects.filter(enrollment=OuterRef("pk"), part__is_required=True, on__lte=on).order_by()
    counted = ticks.values("enrollment").annotate(number=Count("pk"), last=Max("on"))
    rows = rows.filter(Q(ends__isnull=True) | Q(ends__gte=on), ~Exists(earlier)).annotate(
        parts=parts,
        there=Coalesce(Subquery(counted.values("number")[:1], output_field=IntegerField()), 0),
        last=Subquery(counted.values("last")[:1], output_field=DateField()),
    )
    rows = with_stay(rows, on).annotate(
        d_starts=F("starts"),
        d_done=Case(When(there__gte=F("parts"), then=F("last")), default=None, output_field=DateField()),
        d_due=due("starts", "stay__school_id", period("OWN-63", on)),
    )
    return of_child(rows, there=F("there"), parts=F("parts"), starts=F("d_starts"))


def why_packet(duty: Duty) -> str:
    return _("Enrolled on %(day)s; %(there)d of %(all)d parts of the registration packet are there.") % {
        "day": day(duty, "starts"),
        "there": duty.facts["there"] or 0,
        "all": duty.facts["parts"] or 0,
    }


def _term_ends(on: date, year: SchoolYear | None) -> Case:
    """The last day of the term in which the day lies, by the school's own terms; else that of the year."""
    ends = dict(Term.objects.filter(starts__lte=on, ends__gte=on).values_list("system", "ends"))
    last = Value(year.last_day if year else None, output_field=DateField())
    whens = [When(stay__school__terms=system, then=Value(ends[system])) for system in TermSystem if system in ends]
    return Case(*whens, default=last, output_field=DateField())


def records_to_review(on: date) -> QuerySet:
    """One duty of each school, as long as a record waits (MP1-35, MP1-40)."""
    year = school_year(on)
    began = Cast(Value(year.first_day if year else None), DateField())  # typed, even where it is NULL
    waiting = reviewing.records(on).filter(reviewing.waiting(on)).order_by()
    return waiting.values("stay__school_id").annotate(
        number=Count("pk"),
        d_student=_nobody(),
        d_school=F("stay__school_id"),
        d_teacher=_nobody(),
        d_starts=began,
        d_due=Cast(_term_ends(on, year), DateField()),
        d_done=Cast(Value(None), DateField()),
        d_facts=JSONObject(number=Count("pk"), school=F("stay__school__short_name")),
    )


def why_review(duty: Duty) -> str:
    number = duty.facts["number"]
    return ngettext(
        "%(n)d record of an English learner or reclassified child has not been reviewed since it last changed.",
        "%(n)d records of English learners and reclassified children have not been reviewed since they changed.",
        number,
    ) % {"n": number}


def of_the_school(duty: Duty) -> str:
    return str(duty.facts["school"])


def _attestations(on: date, starts: Any, ends: Any, signed: QuerySet) -> QuerySet:
    """A duty of each school that has a child with a folder; `signed`: the attestations that would end it."""
    there = reviewing.records(on).filter(stay__school=OuterRef("pk"))
    done = signed.filter(school=OuterRef("pk"), signed_on__lte=on)
    rows = School.objects.annotate(d_starts=starts, d_due=ends)
    return rows.filter(Exists(there), d_starts__lte=on).annotate(
        d_student=_nobody(),
        d_school=F("pk"),
        d_teacher=_nobody(),
        d_done=Subquery(done.values("signed_on")[:1], output_field=DateField()),
        d_facts=JSONObject(school=F("short_name"), due=F("d_due")),
    )


def term_rows(number: int) -> Callable[[date], QuerySet]:
    """The attestation of a term of the year, by its number."""

    def rows(on: date) -> QuerySet:
        year = school_year(on)
        terms = Term.objects.filter(year=year, number=number)
        own = terms.filter(system=OuterRef("terms"))
        starts = Subquery(own.values("starts")[:1], output_field=DateField())
        ends = Subquery(own.values("ends")[:1], output_field=DateField())
        return _attestations(on, starts, ends, Attestation.objects.filter(term__in=terms))

    return rows


def year_rows(on: date) -> QuerySet:
    """The attestation of the whole year, from the first day of the school's last term on (MP1-44)."""
    year = school_year(on)
    days = (year.first_day, year.last_day) if year else (None, None)
    first, ends = (Cast(Value(each), DateField()) for each in days)  # typed, even where they are NULL
    last_terms = Term.objects.filter(year=year, system=OuterRef("terms")).order_by("-starts").values("starts")
    starts = Coalesce(Subquery(last_terms[:1], output_field=DateField()), first)
    return _attestations(on, starts, ends, Attestation.objects.filter(term__isnull=True, year=year))


def why_attestation(duty: Duty) -> str:
    if not duty.facts["due"]:
        return _("The principal answers for the accuracy of proficiency, placement and services.")
    said = _("The principal answers for the accuracy of proficiency, placement and services; to be signed by %(day)s.")
    return said % {"day": day(duty, "due")}


def aeries_rows(kind: str) -> Callable[[date], QuerySet]:
    """One duty of each school for a kind of fact, as long as one is not entered in Aeries (MP1-11, MP1-31)."""

    def rows(on: date) -> QuerySet:
        source = next(each for each in facts.sources().values() if each.kind == kind)
        waiting = with_stay(facts.not_entered(source, on), on).order_by()
        first = waiting.values("stay__school_id").annotate(number=Count("pk"), d_starts=Min("f_known"))
        return first.annotate(
            d_student=_nobody(),
            d_school=F("stay__school_id"),
            d_teacher=_nobody(),
            d_due=due("d_starts", "stay__school_id", period("OWN-62", on)),
            d_done=Cast(Value(None), DateField()),
            d_facts=JSONObject(number=Count("pk"), school=F("stay__school__short_name"), first=Min("f_known")),
        )

    return rows


def why_aeries(duty: Duty) -> str:
    number = duty.facts["number"]
    return ngettext(
        "%(n)d fact is not entered in Aeries; it is known since %(day)s.",
        "%(n)d facts are not entered in Aeries; the oldest is known since %(day)s.",
        number,
    ) % {"n": number, "day": day(duty, "first")}


def copy_duty(source: CopySource, title: Any) -> DutyRule:
    """The duty to hand out copies of a kind; for the kinds of the apps above as well."""

    def rows(on: date) -> QuerySet:
        given = TeacherCopy.objects.filter(kind=source.kind, fact=OuterRef("c_fact"), given_on__lte=on)
        there = with_stay(copies.of_year(source, on), on).annotate(
            d_starts=F("c_known"), d_done=Subquery(given.values("given_on")[:1], output_field=DateField())
        )
        there = there.annotate(d_due=due("d_starts", "stay__school_id", period("OWN-04", on)))
        return of_child(there, known=F("c_known"))

    return DutyRule(
        id=f"copy_{source.kind}",
        title=title,
        owner=Role.SECRETARY,
        source=source.source,
        rows=rows,
        why=lambda duty: _("It is there since %(day)s; the class teacher needs a copy.") % {"day": day(duty, "known")},
        link=lambda duty: reverse("teacher_copies"),
        action=gettext_lazy("Hand out"),
        many=Many("teacher_copies", gettext_lazy("Hand out many")),
    )


def to_list(name: str) -> Callable[[Duty], str]:
    """The link of a school's duty: the list, with the school chosen."""
    return lambda duty: f"{reverse(name)}?school={duty.school_id}"


CHANGES = DutyRule(
    id="change_entry",
    title=gettext_lazy("Enter the change that the principal asked for"),
    owner=Role.SECRETARY,
    source="MP1-41",
    rows=changes_open,
    why=why_change,
    link=lambda duty: reverse("changes"),
    action=gettext_lazy("Enter"),
    many=Many("changes", gettext_lazy("Enter many")),
)
PACKETS = DutyRule(
    id="packet_incomplete",
    title=gettext_lazy("Complete the registration packet"),
    owner=Role.SECRETARY,
    source="MP1-04",
    rows=packets_incomplete,
    why=why_packet,
    link=lambda duty: reverse("packet", args=[duty.student_id]),
    action=gettext_lazy("Tick"),
    many=Many("packets", gettext_lazy("Tick many")),
)
REVIEW = DutyRule(
    id="records_review",
    title=gettext_lazy("Review the records"),
    owner=Role.PRINCIPAL,
    source="MP1-35, MP1-40",
    rows=records_to_review,
    why=why_review,
    link=to_list("review"),
    action=gettext_lazy("Review"),
    subject=of_the_school,
)
ATTESTATIONS = tuple(
    DutyRule(
        id=f"attestation_{number}",
        title=gettext_lazy("Look into folders and vouch for the records, term {number}").format(number=number),
        owner=Role.PRINCIPAL,
        source="MP1-35",
        rows=term_rows(number),
        why=why_attestation,
        link=to_list("attestations"),
        action=gettext_lazy("Look and sign"),
        subject=of_the_school,
    )
    for number in range(1, 5)
)
YEAR = DutyRule(
    id="attestation_year",
    title=gettext_lazy("Vouch for the records of the year"),
    owner=Role.PRINCIPAL,
    source="MP1-44",
    rows=year_rows,
    why=why_attestation,
    link=to_list("attestations"),
    action=gettext_lazy("Look and sign"),
    subject=of_the_school,
)


def aeries_duty(source: facts.FactSource, title: Any) -> DutyRule:
    """The duty to enter facts of a kind in Aeries; for the kinds of the apps above as well."""
    return DutyRule(
        id=f"aeries_{source.kind}",
        title=title,
        owner=Role.SECRETARY,
        source=source.source,
        rows=aeries_rows(source.kind),
        why=why_aeries,
        link=lambda duty: f"{reverse('aeries')}?kind={source.kind}&school={duty.school_id}",
        action=gettext_lazy("Enter"),
        subject=of_the_school,
    )


RULES = (CHANGES, PACKETS, REVIEW, *ATTESTATIONS, YEAR)
OWN_FACTS = dict(
    zip(
        (source.kind for source in facts.OWN),
        (
            gettext_lazy("Enter surveys in Aeries"),
            gettext_lazy("Enter language statuses in Aeries"),
            gettext_lazy("Enter placements in Aeries"),
        ),
        strict=True,
    )
)
