"""Duties about services: daily ELD, leveled sections, supports, authorized teachers, and what parents ask for."""

from __future__ import annotations

from datetime import date

from django.db.models import (
    BigIntegerField,
    Case,
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
from django.db.models.functions import Cast, JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from district.duties import Duty, DutyRule, Many, until
from district.enums import Role
from district.models import User
from district.queries import due, period
from students.duties.columns import day, of_child, to_child
from students.enums import AskedProgram, FamilyWish
from students.models import ProgramWish
from students.queries import services as audits
from students.queries import with_stay
from students.queries.requests import reached_rows

NO_DAY = Cast(Value(None), DateField())
NOBODY = Cast(Value(None), BigIntegerField())


def _audit(rows: QuerySet, on: date, code: str) -> QuerySet:
    """Learners for whom something is missing. What is there again is no duty any more, so none of them is done."""
    rows = rows.annotate(d_starts=F("since"), d_due=due("since", "stay__school_id", period(code, on)), d_done=NO_DAY)
    return of_child(rows, since=F("since"), program=audits.current_program(on))


def eld_missing(on: date) -> QuerySet:
    """Learners without daily ELD (MP2-05)."""
    return _audit(audits.without_daily_eld(on), on, "OWN-81")


def why_eld(duty: Duty) -> str:
    return _("Every English learner has ELD every day; none is recorded. A learner here since %(day)s.") % {
        "day": day(duty, "since")
    }


def leveled_missing(on: date) -> QuerySet:
    """Learners in grades 7 to 12 without a section of leveled ELD (MP2-06)."""
    return _audit(audits.without_leveled_section(on), on, "OWN-82")


def why_leveled(duty: Duty) -> str:
    return _(
        "In grades 7 to 12 every learner has at least one section of leveled ELD. A learner here since %(day)s."
    ) % {"day": day(duty, "since")}


def designated_missing(on: date) -> QuerySet:
    """Learners in SEI without daily designated ELD (MP2-07), where ELD of another kind is recorded."""
    rows = audits.without_designated_eld(on).filter(Exists(audits.given(on).eld().daily()))
    return _audit(rows, on, "OWN-81")


def why_designated(duty: Duty) -> str:
    return _("The child is in SEI, whose ELD is designated and daily; only integrated ELD is recorded.")


def supports_missing(on: date) -> QuerySet:
    """Learners in the mainstream without supports (MP2-04)."""
    return _audit(audits.without_supports(on), on, "OWN-83")


def why_supports(duty: Duty) -> str:
    return _("In the mainstream learners have added supports; none are recorded. A learner here since %(day)s.") % {
        "day": day(duty, "since")
    }


def authorizations_missing(on: date) -> QuerySet:
    """Teachers of learners without a valid authorization: one duty for each class teacher of a school (MP5-75)."""
    lacking = audits.learners(on).filter(~audits.authorized(on, "stay__teacher_id"), stay__teacher=OuterRef("pk"))
    groups = lacking.order_by().values("stay__school_id")
    number = groups.annotate(number=Count("pk")).values("number")
    since = groups.annotate(first=Min("since")).values("first")
    rows = User.objects.filter(~audits.authorized(on, "pk")).annotate(
        number=Subquery(number.order_by("-number")[:1]),
        d_school=Subquery(groups.annotate(number=Count("pk")).order_by("-number").values("stay__school_id")[:1]),
        d_starts=Subquery(since.order_by("first")[:1], output_field=DateField()),
    )
    rows = rows.filter(number__gt=0).annotate(d_due=due("d_starts", "d_school", period("OWN-84", on)), d_done=NO_DAY)
    return rows.annotate(
        d_student=NOBODY,
        d_teacher=F("pk"),
        d_facts=JSONObject(number=F("number"), first=F("first_name"), last=F("last_name"), teacher=F("pk")),
    )


def why_authorization(duty: Duty) -> str:
    number = duty.facts["number"]
    return ngettext(
        "%(n)d English learner is in the class; no valid authorization of the teacher is recorded.",
        "%(n)d English learners are in the class; no valid authorization of the teacher is recorded.",
        number,
    ) % {"n": number}


def teacher_of(duty: Duty) -> str:
    return f"{duty.facts['first']} {duty.facts['last']}".strip()


# --- what parents ask for ---------------------------------------------------------------------------------------


def wishes_open(on: date) -> QuerySet:
    """Families who chose or declined something are answered (X-05). Leaving the program is theirs to do at once."""
    rows = with_stay(ProgramWish.objects.filter(said_on__lte=on), on)
    rows = rows.annotate(d_starts=F("said_on"), d_done=until(on, "answered_on"))
    later = due("said_on", "stay__school_id", period("OWN-85", on))
    at_once = When(wish=FamilyWish.DECLINE, then=F("said_on"))
    rows = rows.annotate(d_due=Case(at_once, default=later, output_field=DateField()))
    return of_child(rows, wish=F("pk"), kind=F("wish"), program=F("program__name"), by=F("said_by"), said=F("said_on"))


def why_wish(duty: Duty) -> str:
    said = {"who": duty.facts["by"], "day": day(duty, "said"), "program": duty.facts["program"]}
    match duty.facts["kind"]:
        case FamilyWish.CHOOSE:
            return _("On %(day)s %(who)s asked for %(program)s.") % said
        case FamilyWish.DECLINE:
            return _("On %(day)s %(who)s declined the program; parents may take the child out at once.") % said
    return _("On %(day)s %(who)s declined a service.") % said


def _reached(on: date, code: str, done: str) -> QuerySet:
    rows = reached_rows(on).annotate(
        d_student=NOBODY,
        d_teacher=NOBODY,
        d_school=F("school_id"),
        d_starts=F("reached_on"),
        d_done=Case(When(Q(**{f"{done}__lte": on}), then=F(done)), default=None, output_field=DateField()),
    )
    return rows.annotate(
        d_due=due("reached_on", "school_id", period(code, on)),
        d_facts=JSONObject(
            reached=F("reached_on"),
            asked_for=F("asked_for"),
            language=F("language__name"),
            school=F("school__short_name"),
            school_id=F("school_id"),
            year=F("year_id"),
            code=F("language_id"),
        ),
    )


def requests_to_tell(on: date) -> QuerySet:
    """Parents, teachers, administrators and DELAC are told within 10 school days (PL-04)."""
    return _reached(on, "PL-04", "told")


def requests_to_decide(on: date) -> QuerySet:
    """The decision in writing within 60 calendar days (PL-05)."""
    return _reached(on, "PL-05", "decided")


def request_name(duty: Duty) -> str:
    return f"{AskedProgram(duty.facts['asked_for']).label}, {duty.facts['language']}"


def request_key(duty: Duty) -> str:
    facts = duty.facts
    return f"{facts['school_id']}-{facts['year']}-{facts['asked_for']}-{facts['code']}"


def why_tell(duty: Duty) -> str:
    return _(
        "Requests reached the number of the law on %(day)s; parents, teachers, administrators and the DELAC are told."
    ) % {"day": day(duty, "reached")}


def why_decide(duty: Duty) -> str:
    return _("Requests reached the number of the law on %(day)s; the district says in writing what it can offer.") % {
        "day": day(duty, "reached")
    }


RULES = (
    DutyRule(
        id="eld_missing",
        title=gettext_lazy("Give the child daily ELD"),
        owner=Role.PRINCIPAL,
        source="MP2-05, PL-01",
        rows=eld_missing,
        why=why_eld,
        link=to_child("child_services"),
        action=gettext_lazy("Assign"),
        many=Many("service_audit", gettext_lazy("Assign many"), ("eld",)),
    ),
    DutyRule(
        id="leveled_section_missing",
        title=gettext_lazy("Put the child into a section of leveled ELD"),
        owner=Role.COUNSELOR,
        source="MP2-06, DI-07",
        rows=leveled_missing,
        why=why_leveled,
        link=to_child("child_services"),
        action=gettext_lazy("Assign"),
        many=Many("service_audit", gettext_lazy("Assign many"), ("leveled",)),
    ),
    DutyRule(
        id="designated_eld_missing",
        title=gettext_lazy("Give the child daily designated ELD"),
        owner=Role.PRINCIPAL,
        source="MP2-07",
        rows=designated_missing,
        why=why_designated,
        link=to_child("child_services"),
        action=gettext_lazy("Assign"),
        many=Many("service_audit", gettext_lazy("Assign many"), ("designated",)),
    ),
    DutyRule(
        id="supports_missing",
        title=gettext_lazy("Record the child's supports in the mainstream"),
        owner=Role.PRINCIPAL,
        source="MP2-04",
        rows=supports_missing,
        why=why_supports,
        link=to_child("child_services"),
        action=gettext_lazy("Record"),
        many=Many("service_audit", gettext_lazy("Record for many"), ("supports",)),
    ),
    DutyRule(
        id="authorization_missing",
        title=gettext_lazy("See and record the teacher's authorization"),
        owner=Role.PRINCIPAL,
        source="MP5-75, X-14",
        rows=authorizations_missing,
        why=why_authorization,
        link=lambda duty: reverse("authorizations"),
        action=gettext_lazy("Record"),
        subject=teacher_of,
        many=Many("authorizations", gettext_lazy("Record many")),
    ),
    DutyRule(
        id="family_wish",
        title=gettext_lazy("Answer the family's choice of program"),
        owner=Role.PRINCIPAL,
        source="20 USC 6312(e)(3)(A)(viii); X-05",
        rows=wishes_open,
        why=why_wish,
        link=lambda duty: reverse("wish_answer", args=[duty.facts["wish"]]),
        action=gettext_lazy("Answer"),
        many=Many("wishes", gettext_lazy("Open the list")),
    ),
    DutyRule(
        id="requests_tell",
        title=gettext_lazy("Tell of the requests for a language program"),
        owner=Role.PRINCIPAL,
        source="5 CCR 11311(h)(1); PL-04",
        rows=requests_to_tell,
        why=why_tell,
        link=lambda duty: reverse("request_case", args=[request_key(duty)]),
        action=gettext_lazy("Note it"),
        subject=request_name,
    ),
    DutyRule(
        id="requests_decide",
        title=gettext_lazy("Decide on the requests for a language program"),
        owner=Role.EL_ADMINISTRATOR,
        source="5 CCR 11311(h)(3); PL-05",
        rows=requests_to_decide,
        why=why_decide,
        link=lambda duty: reverse("request_case", args=[request_key(duty)]),
        action=gettext_lazy("Decide"),
        subject=request_name,
    ),
)
