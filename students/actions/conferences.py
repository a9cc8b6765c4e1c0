"""Parent conferences as they are held: what was said, attempts to meet the parents, what was promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district import entries
from district.enums import Role
from district.history import acting
from district.models import Entry, Language, User
from district.permissions import Permission
from district.refusal import NotAllowed, Refusal
from district.wording import long_day
from students.actions.guard import lock_child_of, lock_student, not_before_birth
from students.enums import AttemptOutcome, ConferenceKind, ContactChannel
from students.models import Conference, ConferenceAttempt, ConferenceBooking, FollowUp, Student
from students.rules import ENGLISH

HELD = "conference"
ATTEMPTED = "conference_attempt"
PROMISED = "follow_up"
KEPT_PROMISE = "follow_up_done"


@dataclass(frozen=True)
class Promise:
    """What is to be done after a conference, whose it is, and by when."""

    what: str
    owner: Role | str
    due_on: date


def record_conference(
    *,
    by: User,
    student: Student,
    kind: ConferenceKind | str,
    held_on: date,
    language: Language,
    attended: str,
    interpreter: str = "",
    principal_present: bool = False,
    principal_absent_reason: str = "",
    told_results: bool = False,
    told_options: bool = False,
    told_recommendation: bool = False,
    topics_reason: str = "",
    parent_input: str = "",
    concerns: str = "",
    promises: Sequence[Promise] = (),
) -> Conference:
    """Record a meeting with the parents (MP1-09, MP1-26 to MP1-30, MP1-37 to MP1-39). An open appointment ends with it.

    Refusal: neither the principal nor the reason why not, not all three topics and no reason, a language that is
    neither English nor the family's.
    """
    with transaction.atomic(), acting(by, _("parent conference")):
        child = lock_student(student, by, Permission.HOLD_CONFERENCE)
        not_before_birth(child.birth_date, held_on=held_on)
        told_all = told_results and told_options and told_recommendation
        _check_meeting(child, language, principal_present or bool(principal_absent_reason.strip()))
        _check_topics(told_all or bool(topics_reason.strip()))
        meeting = Conference.objects.create(
            student=child,
            kind=kind,
            held_on=held_on,
            language=language,
            attended=attended,
            interpreter=interpreter,
            principal_present=principal_present,
            principal_absent_reason="" if principal_present else principal_absent_reason.strip(),
            told_results=told_results,
            told_options=told_options,
            told_recommendation=told_recommendation,
            topics_reason="" if told_all else topics_reason.strip(),
            parent_input=parent_input,
            concerns=concerns,
            recorded_by=by,
        )
        _promise(by, meeting, promises)
        _enter_held(by, meeting, _end_booking(by, meeting))
    return meeting


def _check_meeting(child: Student, language: Language, principal: bool) -> None:
    if not principal:
        raise Refusal(
            _("The conference asks for the principal (MP1-26)."),
            _("Tick that the principal was there, or say why not."),
            field="principal_absent_reason",
        )
    parents = child.guardians.values_list("language_id", flat=True)
    known = {child.primary_language_id, child.letter_language_id, *parents} - {None}
    if known and language.code not in {ENGLISH, *known}:
        raise Refusal(
            _("A conference is held in English or the parents' language (MP1-27); %(language)s is neither.")
            % {"language": language},
            _("Choose one of the two, or enter the family's language first."),
            field="language",
        )


def _check_topics(told: bool) -> None:
    if not told:
        raise Refusal(
            _("The conference has three topics: results, programs, recommendation (MP1-29)."),
            _("Tick all three, or say why not."),
            field="topics_reason",
        )


def _enter_held(by: User, meeting: Conference, released: int | None) -> None:
    said = _("Conference about %(name)s recorded")
    _enter(by, meeting.student, HELD, said, conference=meeting.pk, released=released)


def _end_booking(by: User, meeting: Conference) -> int | None:
    """The child's open appointment is kept, where its day has come; one of a later day ends, and its slot is free.

    Returns the key of the appointment that was ended, for putting it back; None where none was.
    """
    rows = ConferenceBooking.objects.filter(
        student_id=meeting.student_id, ended_on__isnull=True, conference__isnull=True, kind=meeting.kind
    )
    booking = rows.select_related("block").first()
    if booking is None:
        return None
    if booking.block.day <= meeting.held_on:
        booking.conference = meeting
        booking.save(update_fields=["conference"])
        return None
    booking.ended_on, booking.ended_by = timezone.localdate(), by
    booking.ended_reason = _("The parents were met before, on %(day)s") % {"day": long_day(meeting.held_on)}
    booking.save(update_fields=["ended_on", "ended_by", "ended_reason"])
    key: int = booking.pk
    return key


def _promise(by: User, meeting: Conference, promises: Sequence[Promise]) -> None:
    """What was promised at the meeting is to be done."""
    for place, each in enumerate(promises):
        _check_promise(each.due_on, meeting.held_on, field=f"due_on_{place + 1}")
        FollowUp.objects.create(
            student_id=meeting.student_id,
            conference=meeting,
            what=each.what,
            owner=each.owner,
            due_on=each.due_on,
            agreed_on=meeting.held_on,
            agreed_by=by,
        )


def _check_promise(due_on: date, agreed_on: date, *, field: str) -> None:
    if due_on < agreed_on:
        raise Refusal(
            _("What was promised cannot be due before it was."), _("Give the day of the meeting or later."), field=field
        )


# --- attempts ---------------------------------------------------------------------------------------------------


def log_attempts(
    *,
    by: User,
    students: Sequence[Student],
    kinds: dict[int, ConferenceKind | str],
    on: date,
    channel: ContactChannel | str,
    outcome: AttemptOutcome | str,
    note: str = "",
) -> int:
    """Document one attempt for each child of a selection (D-11). kinds: the conference it was for, by child.

    Returns how many. One entry, so that the selection is put back as one.
    """
    with transaction.atomic(), acting(by, _("attempt to meet the parents")):
        rows = []
        for student in sorted(students, key=lambda each: each.pk):
            child = lock_student(student, by, Permission.HOLD_CONFERENCE)
            not_before_birth(child.birth_date, on=on)
            rows.append(
                ConferenceAttempt(
                    student=child,
                    kind=kinds[child.pk],
                    on=on,
                    channel=channel,
                    outcome=outcome,
                    note=note,
                    made_by=by,
                )
            )
        made = ConferenceAttempt.objects.bulk_create(rows)
        if made:
            _enter_attempts(by, made)
    return len(rows)


def _enter_attempts(by: User, made: Sequence[ConferenceAttempt]) -> None:
    one = made[0].student if len(made) == 1 else None
    if one:
        said = _("Attempt to meet the parents of %(name)s logged") % {"name": one.name}
    else:
        words = ngettext("Attempt to meet %(n)d family logged", "Attempts to meet %(n)d families logged", len(made))
        said = words % {"n": len(made)}
    school = made[0].student.school
    entries.enter(
        by=by,
        kind=ATTEMPTED,
        summary=said,
        student_id=one.pk if one else None,
        school_id=school.pk if school else None,
        attempts=[each.pk for each in made],
    )


# --- what was promised ------------------------------------------------------------------------------------------


def add_follow_up(
    *, by: User, student: Student, what: str, owner: Role | str, due_on: date, on: date, conference: Conference | None
) -> FollowUp:
    """Promise the parents something: it becomes a duty of its owner (MP1-38)."""
    with transaction.atomic(), acting(by, _("promised to the parents")):
        child = lock_student(student, by, Permission.HOLD_CONFERENCE)
        _check_promise(due_on, on, field="due_on")
        row = FollowUp.objects.create(
            student=child,
            conference=conference,
            what=what,
            owner=owner,
            due_on=due_on,
            agreed_on=on,
            agreed_by=by,
        )
        _enter(by, child, PROMISED, _("Promise to the parents of %(name)s noted"), follow_up=row.pk)
    return row


def end_follow_up(*, by: User, follow_up: FollowUp, on: date, note: str = "") -> FollowUp:
    """What was promised is done: said by its owner's role at the school, or by who holds conferences there."""
    with transaction.atomic(), acting(by, note or _("promise kept")):
        child = lock_student(follow_up.student_id, by, Permission.VIEW_STUDENTS)
        row = FollowUp.objects.select_for_update(of=("self",)).select_related("done_by").get(pk=follow_up.pk)
        school = child.school.pk if child.school else None
        owns = any(role == row.owner and at in (None, school) for role, at in by.grants)
        if not owns and not by.may(Permission.HOLD_CONFERENCE, school):
            raise NotAllowed(_("end what was promised to parents"), str(child.school or ""))
        if row.done_on:
            raise Refusal(_("This was already done by %(who)s.") % {"who": row.done_by})
        if on < row.agreed_on:
            raise Refusal(_("It was promised later than that."), _("Check the day."), field="on")
        row.done_on, row.done_by, row.done_note = on, by, note
        row.save(update_fields=["done_on", "done_by", "done_note"])
        _enter(by, child, KEPT_PROMISE, _("Promise to the parents of %(name)s kept"), follow_up=row.pk)
    return row


def _enter(by: User, child: Student, kind: str, summary: str, **data: object) -> None:
    entries.enter(
        by=by,
        kind=kind,
        summary=summary % {"name": child.name},
        student_id=child.pk,
        school_id=child.school.pk if child.school else None,
        **data,
    )


# --- putting back -----------------------------------------------------------------------------------------------


def put_back_conference(entry: Entry, by: User) -> None:
    """The conference was recorded by mistake: what was promised goes with it, its appointment is open again.

    An appointment that was given up for it comes back while its slot is free; else the family is to be asked again.
    """
    child = lock_child_of(entry, by, Permission.HOLD_CONFERENCE)
    meeting = Conference.objects.filter(pk=entry.data["conference"]).first()
    if meeting is None:
        return
    if meeting.placements.exists():
        raise Refusal(_("A placement was decided after this conference."), _("Put the placement back first."))
    if meeting.follow_ups.filter(done_on__isnull=False).exists():
        raise Refusal(_("Something promised there is done already."), _("Put that back first."))
    opened = ConferenceBooking.objects.filter(student=child, ended_on__isnull=True, conference__isnull=True)
    released = entry.data.get("released")
    if (released or ConferenceBooking.objects.filter(conference=meeting).exists()) and opened.exists():
        raise Refusal(_("The family has another appointment by now."), _("Cancel that one first."))
    meeting.delete()
    if released:
        _open_again(released)


def _open_again(pk: int) -> None:
    """The appointment holds again, where its block takes place and nobody else has its slot by now."""
    booking = ConferenceBooking.objects.select_related("block").get(pk=pk)
    others = booking.block.bookings.filter(starts=booking.starts, ended_on__isnull=True)
    if not booking.block.cancelled_on and not others.exists():
        ConferenceBooking.objects.filter(pk=pk).update(ended_on=None, ended_by=None, ended_reason="")


def put_back_attempts(entry: Entry, by: User) -> None:
    """The attempts were not made."""
    rows = ConferenceAttempt.objects.filter(pk__in=entry.data["attempts"])
    mine = rows.visible_to(by, Permission.HOLD_CONFERENCE)
    if mine.count() != rows.count():
        raise NotAllowed(str(Permission.HOLD_CONFERENCE.label))
    rows.delete()


def put_back_follow_up(entry: Entry, by: User) -> None:
    """Nothing was promised after all."""
    lock_child_of(entry, by, Permission.HOLD_CONFERENCE)
    row = FollowUp.objects.filter(pk=entry.data["follow_up"]).first()
    if row and row.done_on:
        raise Refusal(_("It is done already."), _("Put that back first."))
    if row:
        row.delete()


def put_back_follow_up_done(entry: Entry, by: User) -> None:
    """It is not done after all."""
    lock_child_of(entry, by, Permission.VIEW_STUDENTS)
    FollowUp.objects.filter(pk=entry.data["follow_up"]).update(done_on=None, done_by=None, done_note="")


PUT_BACK = {
    HELD: put_back_conference,
    ATTEMPTED: put_back_attempts,
    PROMISED: put_back_follow_up,
    KEPT_PROMISE: put_back_follow_up_done,
}
