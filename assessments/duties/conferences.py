"""The invitation to a conference goes out in time."""

from __future__ import annotations

from datetime import date

from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat, TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.duties.columns import day_of, facts, here, to
from assessments.letters.conferences import INVITATION
from district.duties import Duty, DutyRule, Many
from district.enums import Role
from district.queries import add_calendar_days, period
from notifications.models import Letter
from students.models import ConferenceBooking
from students.rules import school_year_begins


def invitation_rows(on: date) -> QuerySet[ConferenceBooking]:
    """Appointments of this school year and their invitations; those that are over uninvited are left out."""
    rows = ConferenceBooking.objects.annotate(d_starts=TruncDate("booked_at")).filter(
        block__day__gte=school_year_begins(on), d_starts__lte=on, ended_on__isnull=True
    )
    rows = here(rows.annotate(key=Concat(Value("booking "), Cast("pk", CharField()))), on)
    letters = Letter.objects.filter(
        kind=INVITATION, student=OuterRef("student"), subject_key=OuterRef("key"), dated__lte=on
    )
    rows = rows.annotate(
        d_done=Subquery(letters.order_by("dated").values("dated")[:1]),
        d_due=add_calendar_days(F("block__day"), -period("CF-05", on).days),
    )
    rows = rows.filter(Q(block__day__gte=on, conference__isnull=True) | Q(d_done__isnull=False))
    return rows.annotate(d_facts=facts(day=F("block__day")))


def why_invitation(duty: Duty) -> str:
    return _("The conference is on %(day)s; the family is told in its language.") % {"day": day_of(duty, "day")}


RULES = (
    DutyRule(
        id="conference_invitation",
        title=gettext_lazy("Invite the parents to the conference"),
        owner=Role.SECRETARY,
        source="MP1-26, MP1-37, CF-05",
        rows=invitation_rows,
        why=why_invitation,
        link=to("letter_preview", kind=INVITATION),
        action=gettext_lazy("Open the letter"),
        many=Many("letters_due", gettext_lazy("Make the letters"), (INVITATION,)),
    ),
)
