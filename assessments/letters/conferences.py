"""The invitation to a conference, and the letter that is handed out there (MP1-26 to MP1-29, MP1-37)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.dateformat import time_format
from django.utils.translation import gettext as _

from assessments.letters import values as say
from assessments.letters.values import Facts
from assessments.queries import ANNUAL, INITIAL, Child, gather
from district.models import School
from district.queries import school_year
from notifications.facts import Day, LetterFacts, Missing
from notifications.models import Letter
from students.enums import ConferenceKind, InterpreterState
from students.handouts import Handout
from students.models import ConferenceBooking, InterpreterRequest, Student
from students.queries.conferences import languages_at

INVITATION = "conference_invitation"
Said = Mapping[int, LetterFacts | list[Missing]]


def bookings_to_invite(on: date) -> QuerySet[ConferenceBooking]:
    """Appointments to come about which no invitation was issued: a moved one is a new one."""
    key = Concat(Value("booking "), Cast("pk", CharField()))
    rows = ConferenceBooking.objects.filter(ended_on__isnull=True, conference__isnull=True, block__day__gte=on)
    letters = Letter.objects.filter(
        kind=INVITATION, student=OuterRef("student"), subject_key=OuterRef("key"), dated__lte=on
    )
    return rows.annotate(key=key).filter(~Exists(letters))


class ConferenceInvitation:
    """When and where the parents are asked to come, and in which language."""

    def due(self, school: School | None, on: date) -> QuerySet[Student]:
        return Student.objects.enrolled(on, school).filter(pk__in=bookings_to_invite(on).values("student"))

    def facts_for(self, students: Sequence[Student], on: date) -> Said:
        rows = ConferenceBooking.objects.filter(
            student__in=students, ended_on__isnull=True, conference__isnull=True
        ).select_related("block__school")
        bookings = {row.student_id: row for row in rows}
        spoken = {school: languages_at(school) for school in {row.block.school_id for row in bookings.values()}}
        confirmed = set(
            InterpreterRequest.objects.filter(
                block__in={row.block_id for row in bookings.values()}, state=InterpreterState.CONFIRMED
            ).values_list("block_id", "language_id")
        )
        found: dict[int, LetterFacts | list[Missing]] = {}
        for child in gather(students, on):
            booking = bookings.get(child.student.pk)
            language = child.student.letter_language_id or child.student.primary_language_id
            at_school = spoken[booking.block.school_id] if booking else frozenset()
            is_spoken = language in at_school or (booking is not None and (booking.block_id, language) in confirmed)
            found[child.student.pk] = invitation_facts(child, booking, is_spoken=is_spoken)
        return found


def invitation_facts(
    child: Child, booking: ConferenceBooking | None, *, is_spoken: bool
) -> LetterFacts | list[Missing]:
    """What the invitation says; is_spoken: the conference is held in the family's language."""
    facts = Facts(child)
    say.put_person(facts)
    say.put_language(facts)
    if booking is None:
        facts.lack(_("an appointment"), "child_conferences", pk=child.student.pk)
        return facts.missing
    facts.put("meeting_day", Day(booking.block.day))
    facts.put("meeting_time", time_format(booking.starts, "g:i A"))
    facts.put("meeting_room", booking.block.room)
    facts.put("meeting_minutes", booking.block.minutes)
    facts.conditions["is_initial"] = booking.kind == ConferenceKind.INITIAL
    facts.conditions["is_spoken"] = is_spoken
    return facts.missing or LetterFacts(facts.values, facts.conditions, facts.blocks, f"booking {booking.pk}")


def handout(student: Student, kind: str, on: date) -> Handout | None:
    """The letter with results, programs and recommendation: it is what the parents get in their hands (MP1-29).

    The newest one of this school year by the day of the conference; where none was issued, the page that makes it.
    """
    letter_kind = INITIAL if kind == ConferenceKind.INITIAL else ANNUAL
    label = _("Initial letter") if letter_kind == INITIAL else _("Annual letter")
    year = school_year(on)
    issued = Letter.objects.filter(student=student, kind=letter_kind, dated__lte=on).order_by("-dated", "-pk")
    letter = issued.filter(school_year=year.name).first() if year else issued.first()
    if letter is None:
        return Handout(label, reverse("letter_preview", args=[letter_kind, student.pk]), None)
    return Handout(label, reverse("letter", args=[letter.pk]), letter.dated)
