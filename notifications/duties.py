"""What is due about letters: a letter that a family cannot read is not silent."""

from __future__ import annotations

from datetime import date

from django.db.models import CharField, DateField, Exists, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Least
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from district.duties import Duty, DutyRule
from district.enums import Role
from district.wording import long_day
from notifications.models import Letter
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

RULES = (LETTERS_TO_TELL,)
