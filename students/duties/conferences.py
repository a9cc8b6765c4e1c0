"""Parent conferences: initial and annual, interpreters not yet confirmed, what was promised to parents."""

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
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest, JSONObject, Least, TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from district.duties import Duty, DutyRule, Many, until
from district.enums import Role
from district.models import Language
from district.queries import add_calendar_days, due, period, school_year
from students import rules
from students.duties.columns import day, first_day, of_child, to_child
from students.enums import AttemptOutcome, ConferenceKind, ElStatus, InterpreterState, StatusSource
from students.models import (
    Conference,
    ConferenceAttempt,
    ConferenceBlock,
    ConferenceBooking,
    FollowUp,
    InterpreterRequest,
    LanguageStatus,
    StaffLanguage,
)
from students.queries import with_stay
from students.rules.conferences import PLAN_LANGUAGES

_DATE = DateField(null=True)


def initial_rows(on: date) -> QuerySet[LanguageStatus]:
    """English learners identified here this school year: the parents are met about result and placement (MP1-26)."""
    since = rules.school_year_begins(on)
    learners = LanguageStatus.objects.on(on).filter(status=ElStatus.EL, starts__gte=since)
    rows = with_stay(learners.exclude(source=StatusSource.RECORDS), on)
    rows = rows.annotate(
        d_starts=Greatest("starts", first_day("student_id"), output_field=DateField()), counts_from=F("starts")
    ).filter(d_starts__lte=on)
    rows = _settled(rows, ConferenceKind.INITIAL, on)
    rows = rows.annotate(d_due=due("d_starts", "stay__school_id", period("CF-01", on)))
    return of_child(rows, kind=Value(ConferenceKind.INITIAL.value), since=F("starts"), **_known())


def annual_rows(on: date) -> QuerySet[LanguageStatus]:
    """Every other English learner: the annual notification is gone through with the parents (MP1-37).

    From the first day of school, or of the child here. Who was identified this year has the initial conference.
    """
    since, year = rules.school_year_begins(on), school_year(on)
    learners = LanguageStatus.objects.on(on).filter(status=ElStatus.EL)
    rows = with_stay(learners.filter(Q(starts__lt=since) | Q(source=StatusSource.RECORDS)), on)
    began = Value(year.first_day if year else None, output_field=_DATE)
    here = When(stay__starts__lte=began, then=began)
    first = Greatest(first_day("student_id"), began, output_field=DateField())
    rows = rows.annotate(
        d_starts=Case(here, default=first, output_field=DateField()), counts_from=Value(since, output_field=DateField())
    )
    rows = rows.filter(d_starts__lte=on) if year else rows.none()
    rows = _settled(rows, ConferenceKind.ANNUAL, on)
    rows = rows.annotate(d_due=due("d_starts", "stay__school_id", period("CF-02", on)))
    return of_child(rows, kind=Value(ConferenceKind.ANNUAL.value), since=F("d_starts"), **_known())


def _settled(rows: QuerySet, kind: ConferenceKind, on: date) -> QuerySet:
    """Annotate when the conference was held, and when the parents counted as not reached: the earlier one ends it."""
    of_kind = {"student": OuterRef("student_id"), "kind": kind}
    held = Conference.objects.filter(**of_kind, held_on__gte=OuterRef("counts_from"), held_on__lte=on)
    tried = ConferenceAttempt.objects.filter(**of_kind, on__gte=OuterRef("counts_from"), on__lte=on)
    failed = tried.exclude(outcome=AttemptOutcome.AGREED).order_by("on").values("on").distinct()
    asked = period("CF-03", on).days
    number = failed.order_by().values("kind").annotate(number=Count("on", distinct=True)).values("number")
    booked = ConferenceBooking.objects.filter(**of_kind, ended_on__isnull=True, conference__isnull=True)
    return rows.annotate(
        held_on=Subquery(held.order_by("held_on").values("held_on")[:1], output_field=_DATE),
        not_reached_on=Subquery(failed[asked - 1 : asked], output_field=_DATE),
        attempts=Subquery(number[:1]),
        booked_for=Subquery(booked.order_by("block__day").values("block__day")[:1], output_field=_DATE),
        d_done=Least("held_on", "not_reached_on", output_field=_DATE),
    )


def _known() -> dict[str, Any]:
    return {
        "held_on": F("held_on"),
        "not_reached_on": F("not_reached_on"),
        "attempts": F("attempts"),
        "booked_for": F("booked_for"),
    }


def why_initial(duty: Duty) -> str:
    said = _("English learner since %(day)s by the Initial test; the parents see the results and hear the programs.")
    return " ".join([said % {"day": day(duty, "since")}, *_so_far(duty)])


def why_annual(duty: Duty) -> str:
    days = (duty.due - duty.starts).days if duty.due else 0
    said = ngettext("%(n)d calendar day from %(day)s.", "%(n)d calendar days from %(day)s.", days)
    return " ".join([said % {"n": days, "day": day(duty, "since")}, *_so_far(duty)])


def _so_far(duty: Duty) -> list[str]:
    """What has been done for it: an appointment, attempts that failed."""
    said = []
    if duty.facts["booked_for"]:
        said.append(_("Appointment on %(day)s.") % {"day": day(duty, "booked_for")})
    if number := duty.facts["attempts"]:
        words = ngettext("Tried on %(n)d day without success.", "Tried on %(n)d days without success.", number)
        said.append(words % {"n": number})
    return said


# --- interpreters -----------------------------------------------------------------------------------------------


def family_language(path: str = "student__") -> Coalesce:
    """The code of the language in which a family is met: that of its letters, else the child's primary language."""
    return Coalesce(f"{path}letter_language_id", f"{path}primary_language_id")


def needing_interpreter(bookings: QuerySet[ConferenceBooking]) -> QuerySet[ConferenceBooking]:
    """Bookings of families whose language nobody at the school speaks, annotated `spoken` (its code)."""
    at_school = StaffLanguage.objects.filter(school=OuterRef("block__school"))
    covered = Exists(at_school.filter(language=OuterRef("spoken")))
    by_plan = Q(spoken__in=PLAN_LANGUAGES) & ~Exists(at_school)
    rows = bookings.annotate(spoken=family_language()).exclude(spoken=None).exclude(spoken=rules.ENGLISH)
    return rows.exclude(by_plan).filter(~covered)


def interpreter_rows(on: date) -> QuerySet[ConferenceBlock]:
    """Blocks with a family that needs an interpreter, until one is confirmed for each language (MP1-28, MP1-39)."""
    since = rules.school_year_begins(on)
    bookings = ConferenceBooking.objects.filter(block=OuterRef("pk"), ended_on__isnull=True, booked_at__date__lte=on)
    needs = needing_interpreter(bookings).order_by()
    confirmed = InterpreterRequest.objects.filter(
        state=InterpreterState.CONFIRMED, answered_on__lte=on, block=OuterRef("block"), language=OuterRef("spoken")
    )
    unmet = needs.filter(~Exists(confirmed))
    name = Language.objects.filter(pk=OuterRef("spoken")).values("name")
    answered = InterpreterRequest.objects.filter(block=OuterRef("pk"), state=InterpreterState.CONFIRMED).order_by()
    asked = InterpreterRequest.objects.filter(block=OuterRef("pk"), asked_on__lte=on).order_by("-pk")
    first = needs.values("block").annotate(first=Min(TruncDate("booked_at"))).values("first")
    rows = ConferenceBlock.objects.filter(Exists(needs), day__gte=since, cancelled_on__isnull=True)
    rows = rows.annotate(
        unmet=Exists(unmet),
        language_name=Subquery(unmet.annotate(named=Subquery(name)).values("named")[:1]),
        last_state=Subquery(asked.values("state")[:1]),
        d_starts=Subquery(first[:1], output_field=DateField()),
        met_on=Subquery(answered.values("block").annotate(last=Max("answered_on")).values("last")[:1]),
    )
    rows = rows.filter(Q(day__gte=on) | Q(unmet=False))
    nobody = Cast(Value(None), BigIntegerField())
    return rows.annotate(
        d_student=nobody,
        d_school=F("school_id"),
        d_teacher=nobody,
        d_due=add_calendar_days("day", -period("CF-04", on).days),
        d_done=Case(When(unmet=False, then=F("met_on")), output_field=_DATE),
        d_facts=JSONObject(
            block=F("pk"), day=F("day"), room=F("room"), language=F("language_name"), state=F("last_state")
        ),
    )


def why_interpreter(duty: Duty) -> str:
    said = _("Conferences on %(day)s, %(room)s: a family speaks %(language)s, and nobody on the staff does.")
    facts = {"day": day(duty, "day"), "room": duty.facts["room"], "language": duty.facts["language"] or _("another")}
    states = {
        InterpreterState.ASKED: _("One was asked and has not answered."),
        InterpreterState.DECLINED: _("The one who was asked declined."),
    }
    return " ".join(part for part in (said % facts, states.get(duty.facts["state"], "")) if part)


def interpreter_subject(duty: Duty) -> str:
    return _("the conferences on %(day)s") % {"day": day(duty, "day")}


# --- what was promised ------------------------------------------------------------------------------------------


def follow_up_rows(owner: str) -> Callable[[date], QuerySet[FollowUp]]:
    """What was promised to parents and is to be done by one role; what was done in earlier years is left out."""

    def rows(on: date) -> QuerySet[FollowUp]:
        since = rules.school_year_begins(on)
        asked = FollowUp.objects.filter(owner=owner, agreed_on__lte=on)
        found = with_stay(asked.filter(Q(done_on__isnull=True) | Q(done_on__gte=since)), on)
        found = found.annotate(d_starts=F("agreed_on"), d_due=F("due_on"), d_done=until(on, "done_on"))
        return of_child(found, follow_up=F("pk"), what=F("what"), agreed_on=F("agreed_on"))

    return rows


def why_follow_up(duty: Duty) -> str:
    return _("Promised to the parents on %(day)s: %(what)s") % {
        "day": day(duty, "agreed_on"),
        "what": duty.facts["what"],
    }


# --- the rules --------------------------------------------------------------------------------------------------

# Whose a promise can be: the roles that work with families and children.
OWNERS = (
    Role.SECRETARY,
    Role.PRINCIPAL,
    Role.TEACHER,
    Role.EL_LEAD,
    Role.COUNSELOR,
    Role.LIAISON,
    Role.EL_ADMINISTRATOR,
)


def _follow_up(owner: Role) -> DutyRule:
    return DutyRule(
        id=f"follow_up_{owner.value}",
        title=gettext_lazy("Keep what was promised to parents: {role}").format(role=owner.label),
        owner=owner,
        source="MP1-38",
        rows=follow_up_rows(owner.value),
        why=why_follow_up,
        link=lambda duty: reverse("follow_up", args=[duty.facts["follow_up"]]),
        action=gettext_lazy("Done"),
    )


RULES = (
    DutyRule(
        id="initial_conference",
        title=gettext_lazy("Meet the parents about the initial results"),
        owner=Role.PRINCIPAL,
        source="MP1-09, MP1-26, D-11",
        rows=initial_rows,
        why=why_initial,
        link=to_child("conference_hold"),
        action=gettext_lazy("Record the conference"),
        many=Many("conferences", gettext_lazy("Plan conferences")),
    ),
    DutyRule(
        id="annual_conference",
        title=gettext_lazy("Meet the parents about the annual notification"),
        owner=Role.PRINCIPAL,
        source="MP1-37, MP1-38, D-11",
        rows=annual_rows,
        why=why_annual,
        link=to_child("conference_hold"),
        action=gettext_lazy("Record the conference"),
        many=Many("conferences", gettext_lazy("Plan conferences")),
    ),
    DutyRule(
        id="interpreter_confirmed",
        title=gettext_lazy("Get an interpreter confirmed"),
        owner=Role.LIAISON,
        source="MP1-28, MP1-39",
        rows=interpreter_rows,
        why=why_interpreter,
        link=lambda duty: reverse("conference_block", args=[duty.facts["block"]]),
        action=gettext_lazy("Open the block"),
        subject=interpreter_subject,
        many=Many("interpreters", gettext_lazy("Ask for many")),
    ),
    *(_follow_up(owner) for owner in OWNERS),
)
