"""What is due about letters: one that a family cannot read, one that has not left, one that came back."""

from __future__ import annotations

from datetime import date

from django.db.models import Case, CharField, DateField, Exists, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Least
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from district.calendar import year_name
from district.duties import Duty, DutyRule, Many
from district.enums import Role
from district.queries import due, period
from district.wording import long_day
from notifications.enums import FollowUp
from notifications.models import Delivery, Letter
from notifications.queries import to_families
from students.duties import of_child
from students.models import Conference
from students.queries import with_stay


def letters_to_tell(on: date) -> QuerySet[Letter]:
    """Letters that went out in English only to a family of another language, because there was no text in it.

    Done when somebody has spoken with the family in its language since, or the letter was issued again with it.
    """
    later = Letter.objects.filter(corrects=OuterRef("pk"), dated__lte=on)
    talks = Conference.objects.filter(
        student=OuterRef("student"),
        language=OuterRef("lacks_language"),
        held_on__gte=OuterRef("dated"),
        held_on__lte=on,
    )
    rows = Letter.objects.filter(lacks_language__isnull=False, dated__lte=on)
    rows = with_stay(rows.exclude(Exists(later.filter(lacks_language__isnull=False))), on)
    rows = rows.annotate(
        d_starts=F("dated"),
        d_due=Cast(Value(None), DateField(null=True)),  # as soon as practicable; the law names no day
        d_done=Least(
            Subquery(talks.order_by("held_on").values("held_on")[:1], output_field=DateField()),
            Subquery(later.order_by("dated").values("dated")[:1], output_field=DateField()),
        ),
    )
    return of_child(
        rows,
        letter=Cast("pk", CharField()),
        number=F("number"),
        dated=F("dated"),
        language=F("lacks_language__name"),
    )


def why_tell(duty: Duty) -> str:
    return _(
        "Letter %(number)s of %(day)s went out in English only. The family reads %(language)s; there was no text in it."
    ) % {
        "number": duty.facts["number"],
        "day": long_day(date.fromisoformat(duty.facts["dated"])),
        "language": duty.facts["language"],
    }


LETTERS_TO_TELL = DutyRule(
    id="letter_translation",
    title=gettext_lazy("Tell the family what the letter says"),
    owner=Role.LIAISON,
    source="20 USC 6312(e)(4); EC 48985",
    rows=letters_to_tell,
    why=why_tell,
    link=lambda duty: reverse("letter", args=[duty.facts["letter"]]),
    action=gettext_lazy("Open the letter"),
)


def letters_to_send(on: date) -> QuerySet[Letter]:
    """Letters to families of this and the last school year of which nobody has noted how they left the school."""
    tries = Delivery.objects.filter(letter=OuterRef("pk"), left_on__lte=on)
    rows = Letter.objects.filter(
        kind__in=to_families(), school_year__in=two_years(on), dated__lte=on, corrections__isnull=True
    )
    rows = rows.annotate(left=Subquery(tries.order_by("left_on").values("left_on")[:1]))
    rows = with_stay(rows, on).annotate(d_starts=F("dated"))
    rows = rows.annotate(d_due=due("d_starts", F("stay__school_id"), period("OWN-91", on)), d_done=F("left"))
    return of_child(rows, letter=Cast("pk", CharField()), number=F("number"), dated=F("dated"))


def two_years(on: date) -> list[str]:
    """The school year of the day and the one before, by name."""
    begins = int(year_name(on)[:4])
    return [f"{year}-{(year + 1) % 100:02}" for year in (begins, begins - 1)]


def why_send(duty: Duty) -> str:
    return _("Letter %(number)s of %(day)s is issued; nobody has noted that it left the school.") % _named(duty)


def letters_back(on: date) -> QuerySet[Delivery]:
    """Letters that came back: done when they left again, were replaced, or the family could not be reached."""
    again = Delivery.objects.filter(letter=OuterRef("letter"), left_on__gte=OuterRef("returned_on"), left_on__lte=on)
    again = again.exclude(pk=OuterRef("pk"))
    newer = Letter.objects.filter(corrects=OuterRef("letter"), dated__lte=on)
    rows = Delivery.objects.filter(returned_on__lte=on).annotate(
        again=Subquery(again.order_by("left_on").values("left_on")[:1]),
        newer=Subquery(newer.values("dated")[:1]),
        ended=Case(When(follow_up=FollowUp.GIVEN_UP, then=F("follow_up_on")), output_field=DateField(null=True)),
    )
    rows = with_stay(rows, on, "letter__student").annotate(d_starts=F("returned_on"))
    rows = rows.annotate(
        d_due=due("d_starts", F("stay__school_id"), period("OWN-92", on)),
        d_done=Least("again", "newer", "ended", output_field=DateField()),
    )
    return of_child(
        rows,
        "letter__student",
        letter=Cast("letter_id", CharField()),
        number=F("letter__number"),
        dated=F("letter__dated"),
        back=F("returned_on"),
        asked=F("follow_up"),
    )


def why_back(duty: Duty) -> str:
    said = _named(duty) | {"back": long_day(date.fromisoformat(duty.facts["back"]))}
    if duty.facts["asked"] == FollowUp.ASKED:
        return _("Letter %(number)s came back on %(back)s. A new address was asked for; send it again.") % said
    return _("Letter %(number)s came back on %(back)s. Ask for the address and send it again.") % said


def _named(duty: Duty) -> dict[str, str]:
    return {"number": duty.facts["number"], "day": long_day(date.fromisoformat(duty.facts["dated"]))}


LETTERS_TO_SEND = DutyRule(
    id="letter_unsent",
    title=gettext_lazy("Note how the letter left"),
    owner=Role.SECRETARY,
    source="MP1-17, MP1-36, MP6-62",
    rows=letters_to_send,
    why=why_send,
    link=lambda duty: reverse("letter", args=[duty.facts["letter"]]),
    action=gettext_lazy("Open the letter"),
    many=Many("letters_unsent", gettext_lazy("Note many")),
)
LETTERS_BACK = DutyRule(
    id="letter_returned",
    title=gettext_lazy("Look after a letter that came back"),
    owner=Role.SECRETARY,
    source="20 USC 6312(e)(3); MP6-62",
    rows=letters_back,
    why=why_back,
    link=lambda duty: reverse("letter", args=[duty.facts["letter"]]),
    action=gettext_lazy("Open the letter"),
)

RULES = (LETTERS_TO_TELL, LETTERS_TO_SEND, LETTERS_BACK)
