"""Days of parent conferences: blocks of slots, and the appointments in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district import entries
from district.enums import Grade
from district.history import acting
from district.models import Entry, Language, School, User
from district.permissions import Permission
from district.refusal import NotAllowed, Refusal
from district.wording import long_day
from students.actions.guard import lock_student, must_hold
from students.enums import AttemptOutcome, ConferenceKind, ContactChannel
from students.models import (
    BlockStaff,
    ConferenceAttempt,
    ConferenceBlock,
    ConferenceBooking,
    Student,
)

P = Permission
BLOCKS = "conference_blocks"
CANCELLED = "conference_block_end"
BOOKED = "conference_booking"
MOVED = "conference_move"
ENDED = "conference_booking_end"


@dataclass(frozen=True)
class Choice:
    """An appointment to be made: the child, the conference, the block and the time."""

    student: int
    kind: ConferenceKind | str
    block: int
    starts: time


# --- blocks -----------------------------------------------------------------------------------------------------


def make_blocks(
    *,
    by: User,
    school: School,
    days: Sequence[date],
    starts: time,
    ends: time,
    minutes: int,
    room: str,
    staff: Sequence[User] = (),
    language: Language | None = None,
    grade_low: Grade | str = "",
    grade_high: Grade | str = "",
    class_of: User | None = None,
    principal_planned: bool = False,
) -> list[ConferenceBlock]:
    """Open the same stretch of slots on one or several days, all or none.

    Refusal: a day that is over, no whole slot, grades the wrong way round, the room or a member of staff is taken.
    """
    with transaction.atomic(), acting(by, _("conference days")), _walls():
        must_hold(by, P.PLAN_CONFERENCE, school)
        _check_times(days, starts, ends, minutes)
        if grade_low and grade_high and Grade(grade_low).rank > Grade(grade_high).rank:
            raise Refusal(_("The grades stand the wrong way round."), _("Give the lower one first."), field="grade_low")
        made = []
        for day in sorted(set(days)):
            block = ConferenceBlock.objects.create(
                school=school,
                day=day,
                starts=starts,
                ends=ends,
                minutes=minutes,
                room=room.strip(),
                language=language,
                grade_low=grade_low,
                grade_high=grade_high,
                class_of=class_of,
                principal_planned=principal_planned,
                made_by=by,
            )
            _put_staff(block, staff)
            made.append(block)
        words = ngettext("%(n)d conference block made", "%(n)d conference blocks made", len(made)) % {"n": len(made)}
        entries.enter(by=by, kind=BLOCKS, summary=words, school_id=school.pk, blocks=[each.pk for each in made])
    return made


def _check_times(days: Sequence[date], starts: time, ends: time, minutes: int) -> None:
    if not days:
        raise Refusal(_("No day is given."), _("Give the first day."), field="day")
    if min(days) < timezone.localdate():
        raise Refusal(_("%(day)s is over.") % {"day": long_day(min(days))}, _("Give a day to come."), field="day")
    first = datetime.combine(days[0], starts)
    if first + timedelta(minutes=minutes) > datetime.combine(days[0], ends):
        raise Refusal(
            _("No family fits between these times."), _("Let it end later, or give less time to each."), field="ends"
        )


def _put_staff(block: ConferenceBlock, staff: Sequence[User]) -> None:
    for person in staff:
        others = BlockStaff.objects.filter(user=person, day=block.day, starts__lt=block.ends, ends__gt=block.starts)
        if other := others.select_related("block__school").first():
            raise Refusal(
                _("%(who)s is at %(where)s then, in %(room)s, from %(start)s to %(end)s.")
                % {
                    "who": person,
                    "where": other.block.school,
                    "room": other.block.room,
                    "start": f"{other.starts:%H:%M}",
                    "end": f"{other.ends:%H:%M}",
                },
                _("Nobody is at two places: choose another time or other staff."),
                field="staff",
            )
    BlockStaff.objects.bulk_create(
        BlockStaff(block=block, user=person, day=block.day, starts=block.starts, ends=block.ends) for person in staff
    )


@contextmanager
def _walls() -> Iterator[None]:
    """Say in words what the database alone could still refuse, where two people were equally quick."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        text = str(error)
        if "one_block_in_a_room" in text:
            raise Refusal(
                _("The room is taken at that time."), _("Choose another room or another time."), field="room"
            ) from error
        if "nobody_in_two_blocks_at_once" in text:
            raise Refusal(
                _("Somebody of the staff is at another place then."), _("Choose another time."), field="staff"
            ) from error
        if "one_family_in_a_slot" in text:
            raise Refusal(
                _("Somebody was quicker: the slot is taken now."), _("Choose another one."), field="slot"
            ) from error
        raise


def cancel_block(*, by: User, block: ConferenceBlock, reason: str) -> ConferenceBlock:
    """Call a block off: its appointments end, its staff are free. Its families are to be asked again."""
    with transaction.atomic(), acting(by, reason):
        row = lock_block(block.pk, by)
        if row.cancelled_on:
            raise Refusal(_("The block was called off on %(day)s.") % {"day": long_day(row.cancelled_on)})
        opened = list(row.bookings.filter(ended_on__isnull=True, conference__isnull=True).values_list("pk", flat=True))
        staff = list(row.staff.values_list("user_id", flat=True))
        today = timezone.localdate()
        ConferenceBooking.objects.filter(pk__in=opened).update(ended_on=today, ended_by=by, ended_reason=reason)
        row.staff.all().delete()
        row.cancelled_on, row.cancelled_by, row.cancelled_reason = today, by, reason
        row.save(update_fields=["cancelled_on", "cancelled_by", "cancelled_reason"])
        said = _("Conferences of %(day)s, %(room)s called off") % {"day": long_day(row.day), "room": row.room}
        facts = {"block": row.pk, "bookings": opened, "staff": staff}
        entries.enter(by=by, kind=CANCELLED, summary=said, school_id=row.school_id, **facts)
    return row


def lock_block(pk: int, by: User, permission: Permission = P.PLAN_CONFERENCE) -> ConferenceBlock:
    rows = ConferenceBlock.objects.select_for_update(of=("self",)).select_related("school")
    row: ConferenceBlock = rows.get(pk=pk)
    must_hold(by, permission, row.school)
    return row


# --- appointments -----------------------------------------------------------------------------------------------


def book(
    *, by: User, student: Student, kind: ConferenceKind | str, block: ConferenceBlock, starts: time
) -> ConferenceBooking:
    """Give the family a slot. Refusal: the slot is taken, over or none; the child has an appointment or left."""
    with transaction.atomic(), acting(by, _("appointment for a conference")), _walls():
        made = _book(by, Choice(student.pk, kind, block.pk, starts))
        said = _("Appointment about %(name)s made") % {"name": made.student.name}
        facts = {"student_id": made.student_id, "school_id": made.block.school_id}
        entries.enter(by=by, kind=BOOKED, summary=said, bookings=[made.pk], **facts)
    return made


def book_all(*, by: User, choices: Sequence[Choice]) -> list[ConferenceBooking]:
    """Make the appointments of a proposal, all or none. Refusal where it no longer holds, naming the child."""
    with transaction.atomic(), acting(by, _("appointments as proposed")), _walls():
        if not choices:
            raise Refusal(_("There is no appointment to make."), _("Open more slots, or tick other children."))
        blocks = {pk: lock_block(pk, by) for pk in sorted({each.block for each in choices})}
        children = sorted(choices, key=lambda each: each.student)
        made = [_book(by, each, blocks[each.block]) for each in children]
        words = ngettext("%(n)d appointment made", "%(n)d appointments made", len(made)) % {"n": len(made)}
        entries.enter(
            by=by,
            kind=BOOKED,
            summary=words,
            school_id=made[0].block.school_id,
            bookings=[each.pk for each in made],
        )
    return made


def _book(by: User, choice: Choice, locked: ConferenceBlock | None = None) -> ConferenceBooking:
    block = locked or lock_block(choice.block, by)
    child = lock_student(choice.student, by, P.PLAN_CONFERENCE)
    _check_slot(block, choice.starts)
    if child.school is None or child.school.pk != block.school_id:
        raise Refusal(_("%(name)s is not at %(school)s.") % {"name": child.name, "school": block.school})
    has = child.conference_bookings.filter(ended_on__isnull=True, conference__isnull=True).select_related("block")
    if other := has.first():
        raise Refusal(
            _("%(name)s has an appointment on %(day)s at %(time)s.")
            % {"name": child.name, "day": long_day(other.block.day), "time": f"{other.starts:%H:%M}"},
            _("Move that one instead."),
            field="slot",
        )
    return ConferenceBooking.objects.create(
        block=block, starts=choice.starts, student=child, kind=choice.kind, booked_by=by
    )


def _check_slot(block: ConferenceBlock, starts: time) -> None:
    if block.cancelled_on:
        raise Refusal(_("These conferences were called off."), _("Choose another block."), field="slot")
    if block.day < timezone.localdate():
        raise Refusal(_("%(day)s is over.") % {"day": long_day(block.day)}, _("Choose a day to come."), field="slot")
    if starts not in block.slots:
        raise Refusal(_("No slot begins at %(time)s.") % {"time": f"{starts:%H:%M}"}, field="slot")
    taken = block.bookings.filter(starts=starts, ended_on__isnull=True).select_related("student", "booked_by").first()
    if taken:
        raise Refusal(
            _("Somebody was quicker: %(time)s is taken for %(name)s, by %(who)s.")
            % {"time": f"{starts:%H:%M}", "name": taken.student.name, "who": taken.booked_by},
            _("Choose another slot."),
            field="slot",
        )


def move_booking(
    *, by: User, booking: ConferenceBooking, block: ConferenceBlock, starts: time, reason: str
) -> ConferenceBooking:
    """Move an appointment: the old one ends with the reason, a new one is made."""
    with transaction.atomic(), acting(by, reason), _walls():
        target = lock_block(block.pk, by)
        old = _lock_booking(booking, by)
        _end(old, by, reason)
        made = _book(by, Choice(old.student_id, old.kind, target.pk, starts), target)
        said = _("Appointment about %(name)s moved") % {"name": made.student.name}
        facts = {"student_id": made.student_id, "school_id": target.school_id}
        entries.enter(by=by, kind=MOVED, summary=said, booking=made.pk, before=old.pk, **facts)
    return made


def cancel_booking(*, by: User, booking: ConferenceBooking, reason: str) -> ConferenceBooking:
    """The family does not come: the slot is free again."""
    with transaction.atomic(), acting(by, reason):
        row = _lock_booking(booking, by)
        _end(row, by, reason)
        _enter_end(by, row, _("Appointment about %(name)s cancelled"))
    return row


def miss_booking(*, by: User, booking: ConferenceBooking, note: str = "") -> ConferenceBooking:
    """Nobody came: the appointment ends and counts as one documented attempt, on its own day (D-11)."""
    with transaction.atomic(), acting(by, _("nobody came")):
        row = _lock_booking(booking, by, P.HOLD_CONFERENCE)
        if row.block.day > timezone.localdate():
            raise Refusal(_("The appointment is on %(day)s only.") % {"day": long_day(row.block.day)})
        _end(row, by, note or _("nobody came"), missed=True)
        attempt = ConferenceAttempt.objects.create(
            student=row.student,
            kind=row.kind,
            on=row.block.day,
            channel=ContactChannel.APPOINTMENT,
            outcome=AttemptOutcome.NOT_COME,
            note=note,
            made_by=by,
        )
        _enter_end(by, row, _("Nobody came about %(name)s"), attempt=attempt.pk)
    return row


def _lock_booking(
    booking: ConferenceBooking, by: User, permission: Permission = P.PLAN_CONFERENCE
) -> ConferenceBooking:
    """The appointment, locked with its child. Refusal where it is over."""
    lock_student(booking.student_id, by, permission)
    rows = ConferenceBooking.objects.select_for_update(of=("self",)).select_related("student", "block__school")
    row: ConferenceBooking = rows.get(pk=booking.pk)
    if row.conference_id:
        raise Refusal(_("The conference was held."), _("Put the record of the conference back first."))
    if row.ended_on:
        said = {"day": long_day(row.ended_on), "why": row.ended_reason}
        raise Refusal(_("The appointment ended on %(day)s: %(why)s.") % said)
    return row


def _end(row: ConferenceBooking, by: User, reason: str, *, missed: bool = False) -> None:
    row.ended_on, row.ended_by, row.ended_reason, row.was_missed = timezone.localdate(), by, reason, missed
    row.save(update_fields=["ended_on", "ended_by", "ended_reason", "was_missed"])


def _enter_end(by: User, row: ConferenceBooking, summary: str, **data: Any) -> None:
    facts = {"student_id": row.student_id, "school_id": row.block.school_id}
    said = summary % {"name": row.student.name}
    entries.enter(by=by, kind=ENDED, summary=said, booking=row.pk, **facts, **data)


# --- putting back -----------------------------------------------------------------------------------------------


def put_back_blocks(entry: Entry, by: User) -> None:
    """The blocks go, while nobody has an appointment in them."""
    rows = ConferenceBlock.objects.select_for_update(of=("self",)).filter(pk__in=entry.data["blocks"])
    for row in rows.select_related("school"):
        must_hold(by, P.PLAN_CONFERENCE, row.school)
        if row.bookings.exists():
            raise Refusal(
                _("Families have appointments on %(day)s.") % {"day": long_day(row.day)}, _("Call the block off.")
            )
    ConferenceBlock.objects.filter(pk__in=entry.data["blocks"]).delete()


def put_back_cancelled(entry: Entry, by: User) -> None:
    """The block takes place: its staff and its appointments are there again, unless their time is taken by now."""
    row = lock_block(entry.data["block"], by)
    again = ConferenceBooking.objects.filter(pk__in=entry.data["bookings"])
    opened = ConferenceBooking.objects.filter(ended_on__isnull=True, conference__isnull=True)
    if opened.filter(student__in=again.values("student")).exists():
        raise Refusal(_("Some of the families have another appointment by now."), _("Make a new block instead."))
    with _walls():
        row.cancelled_on, row.cancelled_by, row.cancelled_reason = None, None, ""
        row.save(update_fields=["cancelled_on", "cancelled_by", "cancelled_reason"])
        _put_staff(row, list(User.objects.filter(pk__in=entry.data["staff"])))
        again.update(ended_on=None, ended_by=None, ended_reason="")


def put_back_bookings(entry: Entry, by: User) -> None:
    """The appointments were not made."""
    rows = ConferenceBooking.objects.filter(pk__in=entry.data["bookings"])
    if rows.visible_to(by, P.PLAN_CONFERENCE).count() != rows.count():
        raise NotAllowed(str(P.PLAN_CONFERENCE.label))
    if rows.filter(conference__isnull=False).exists() or rows.filter(ended_on__isnull=False).exists():
        raise Refusal(_("Some of these conferences were held, moved or cancelled."), _("Cancel the others one by one."))
    rows.delete()


def put_back_move(entry: Entry, by: User) -> None:
    """The appointment is where it was, while its slot is free."""
    made = ConferenceBooking.objects.get(pk=entry.data["booking"])
    row = _lock_booking(made, by)
    with _walls():
        row.delete()
        _open_again(entry.data["before"])


def put_back_end(entry: Entry, by: User) -> None:
    """The appointment holds again, while its slot is free; an attempt that was noted with it goes."""
    old = ConferenceBooking.objects.get(pk=entry.data["booking"])
    lock_student(old.student_id, by, P.HOLD_CONFERENCE)
    if ConferenceBooking.objects.filter(
        student_id=old.student_id, ended_on__isnull=True, conference__isnull=True
    ).exists():
        raise Refusal(_("The family has another appointment by now."), _("Cancel that one first."))
    with _walls():
        _open_again(old.pk)
    if entry.data.get("attempt"):
        ConferenceAttempt.objects.filter(pk=entry.data["attempt"]).delete()


def _open_again(pk: int) -> None:
    row = ConferenceBooking.objects.select_related("block").get(pk=pk)
    if row.block.cancelled_on:
        raise Refusal(_("These conferences were called off."), _("Make another appointment."))
    ConferenceBooking.objects.filter(pk=pk).update(ended_on=None, ended_by=None, ended_reason="", was_missed=False)


PUT_BACK = {
    BLOCKS: put_back_blocks,
    CANCELLED: put_back_cancelled,
    BOOKED: put_back_bookings,
    MOVED: put_back_move,
    ENDED: put_back_end,
}
