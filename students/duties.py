"""What is due in chapters 1 and 2: surveys, signatures, records, copies, originals, and two duties of the office."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest, JSONObject, TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from district.duties import Duty, DutyRule, Many, until
from district.enums import Role
from district.models import District, School, User, in_force
from district.permissions import Permission
from district.queries import due, period, school_year
from district.wording import long_day
from students import originals
from students.enums import ElStatus, StatusSource
from students.models import (
    Enrollment,
    FluencyCut,
    HomeLanguageSurvey,
    LanguageStatus,
    Placement,
    RecordsRequest,
    Student,
)
from students.originals import OriginalSource
from students.queries import child_name, grade_rank, with_stay


def day(duty: Duty, fact: str) -> str:
    """A day among the facts, in words."""
    return long_day(date.fromisoformat(duty.facts[fact]))


def of_child(rows: QuerySet, child: str = "student", **facts: Any) -> QuerySet:
    """The columns that every duty about an enrolled child has; `rows` went through `with_stay`."""
    return rows.annotate(
        d_student=F(f"{child}_id" if child else "pk"),
        d_school=F("stay__school_id"),
        d_teacher=F("stay__teacher_id"),
        d_facts=JSONObject(
            name=child_name(child),
            ssid=F(f"{child}__ssid" if child else "ssid"),
            local_id=F(f"{child}__local_id" if child else "local_id"),
            grade=F("stay__grade"),
            **facts,
        ),
    )


def first_day(child: str) -> Subquery:
    """The child's first day of attendance in this district."""
    stays = Enrollment.objects.filter(student=OuterRef(child)).order_by("starts")
    return Subquery(stays.values("starts")[:1], output_field=DateField())


# --- the survey -------------------------------------------------------------------------------------------------


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


# --- records of a former district -------------------------------------------------------------------------------


def _requests(on: date, code: str, done: str) -> QuerySet:
    rows = with_stay(RecordsRequest.objects.filter(enrollment__starts__lte=on), on)
    rows = rows.annotate(d_starts=F("enrollment__starts"), d_done=until(on, done))
    rows = rows.annotate(d_due=due("d_starts", "stay__school_id", period(code, on)))
    came = {name: until(on, f"{name}_received_on") for name in ("survey", "scores", "status")}
    return of_child(rows, former=F("enrollment__former_district"), starts=F("d_starts"), **came)


def requests_unsent(on: date) -> QuerySet:
    """Transfers inside California: the former district is asked (MP1-48)."""
    return _requests(on, "OWN-06", "requested_on")


def records_missing(on: date) -> QuerySet:
    """Transfers inside California: the three things are there and entered (MP1-46)."""
    return _requests(on, "TR-01", "entered_on")


def why_request(duty: Duty) -> str:
    return _("The child came from %(district)s on %(day)s and keeps the status given there.") % {
        "district": duty.facts["former"] or _("another California district"),
        "day": day(duty, "starts"),
    }


def why_records(duty: Duty) -> str:
    names = {"survey": _("survey"), "scores": _("ELPAC scores"), "status": _("language status")}
    missing = [said for fact, said in names.items() if not duty.facts[fact]]
    if not missing:
        return _("All three have come; they wait to be entered.")
    return _("From %(district)s is missing: %(what)s.") % {
        "district": duty.facts["former"] or _("the former district"),
        "what": ", ".join(missing),
    }


# --- the placement copy and the originals -----------------------------------------------------------------------


def copies_missing(on: date) -> QuerySet:
    """A copy of each placement in force goes to the teacher (MP1-32, MP1-42)."""
    rows = Placement.objects.annotate(d_starts=TruncDate("decided_at")).filter(d_starts__lte=on)
    rows = rows.filter(Q(ends__isnull=True) | Q(ends__gte=on) | Q(copy_given_on__isnull=False))
    rows = with_stay(rows, on).annotate(
        d_done=until(on, "copy_given_on"), d_due=due("d_starts", "stay__school_id", period("OWN-04", on))
    )
    return of_child(rows, program=F("program__name"), decided=F("d_starts"))


def why_copy(duty: Duty) -> str:
    return _("Placed in %(program)s on %(day)s; the teacher needs the copy.") % {
        "program": duty.facts["program"],
        "day": day(duty, "decided"),
    }


def filing_duty(source: OriginalSource) -> DutyRule:
    """The duty to file originals of a kind; for the kinds of the apps above as well."""

    def rows(on: date) -> QuerySet:
        there = with_stay(originals.wanted(source, on), on).annotate(d_starts=F("o_there"), d_done=F("o_filed"))
        there = there.annotate(d_due=due("d_starts", "stay__school_id", period("OWN-05", on)))
        return of_child(there, about=F("o_about"), there=F("o_there"))

    return DutyRule(
        id=f"file_{source.kind}",
        title=source.title,
        owner=Role.SECRETARY,
        source=source.source,
        rows=rows,
        why=_why_filing,
        link=lambda duty: reverse("folder", args=[duty.student_id]),
        action=gettext_lazy("File"),
        many=Many("folder_queue", gettext_lazy("File a pile")),
    )


def _why_filing(duty: Duty) -> str:
    return _("The document of %(day)s belongs in the Yellow Folder of the cumulative file.") % {
        "day": day(duty, "about")
    }


# --- the office -------------------------------------------------------------------------------------------------


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


# --- the register -----------------------------------------------------------------------------------------------


def _child(name: str) -> Callable[[Duty], str]:
    return lambda duty: reverse(name, args=[duty.student_id])


RULES = (
    DutyRule(
        id="survey_missing",
        title=gettext_lazy("Enter the Home Language Survey"),
        owner=Role.SECRETARY,
        source="MP1-02, 5 CCR 11518.5(a)",
        rows=surveys_missing,
        why=why_survey,
        link=_child("survey"),
        action=gettext_lazy("Enter"),
        many=Many("survey_next", gettext_lazy("Enter the first")),
    ),
    DutyRule(
        id="survey_signature",
        title=gettext_lazy("Get the survey signed"),
        owner=Role.SECRETARY,
        source="MP1-03, D-07",
        rows=surveys_unsigned,
        why=why_signature,
        link=lambda duty: reverse("survey_sign", args=[duty.facts["survey"]]),
        action=gettext_lazy("Add signature"),
    ),
    DutyRule(
        id="records_request",
        title=gettext_lazy("Ask the former district for the records"),
        owner=Role.SECRETARY,
        source="MP1-48, MP1-51",
        rows=requests_unsent,
        why=why_request,
        link=_child("records"),
        action=gettext_lazy("Log the request"),
    ),
    DutyRule(
        id="transfer_records",
        title=gettext_lazy("Enter the records of the former district"),
        owner=Role.SECRETARY,
        source="MP1-46, D-03",
        rows=records_missing,
        why=why_records,
        link=_child("records"),
        action=gettext_lazy("Open records"),
    ),
    DutyRule(
        id="placement_copy",
        title=gettext_lazy("Hand the placement copy to the teacher"),
        owner=Role.SECRETARY,
        source="MP1-32, MP1-42",
        rows=copies_missing,
        why=why_copy,
        link=lambda duty: reverse("copies"),
        action=gettext_lazy("Hand out"),
    ),
    DutyRule(
        id="fluency_cut_missing",
        title=gettext_lazy("Set from which level a child has reasonable fluency"),
        owner=Role.EL_ADMINISTRATOR,
        source="MP2-11",
        rows=cuts_missing,
        why=why_cut,
        link=lambda duty: reverse("fluency_cut"),
        action=gettext_lazy("Set"),
        subject=lambda duty: _("the district"),
    ),
    DutyRule(
        id="status_handshake",
        title=gettext_lazy("Settle the days of a status with the state"),
        owner=Role.EL_ADMINISTRATOR,
        source="D-05",
        rows=hand_shakes,
        why=why_hand_shake,
        link=lambda duty: reverse("status_settle", args=[duty.facts["status"]]),
        action=gettext_lazy("Settle"),
    ),
)
OWN_ORIGINALS = (originals.SURVEYS, originals.PLACEMENTS)
