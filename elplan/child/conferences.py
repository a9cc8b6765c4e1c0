"""Parent conferences on a child's page: what is next, then what was tried, held and promised, newest first."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from district.wording import long_day
from elplan.child.page import Event
from students.models import Conference, ConferenceAttempt, ConferenceBooking, FollowUp, Student


def conference_events(student: Student, on: date) -> list[Event]:
    """Appointments, attempts, conferences and promises of a family, as a timeline; an appointment to come on top."""
    bookings = student.conference_bookings.filter(conference=None).select_related("block", "ended_by")
    events = [_booking(row, on) for row in bookings]
    events += [_attempt(row) for row in student.conference_attempts.select_related("made_by")]
    events += [_meeting(row) for row in student.conferences.select_related("language", "recorded_by")]
    events += [_promise(row) for row in student.follow_ups.select_related("done_by", "agreed_by")]
    return sorted(events, key=lambda event: event.day, reverse=True)


def _booking(row: ConferenceBooking, on: date) -> Event:
    at = _("%(time)s, %(room)s") % {"time": f"{row.starts:%-H:%M}", "room": row.block.room}
    if row.ended_on:
        why = _("Ended %(day)s by %(who)s: %(why)s.")
        said = why % {"day": long_day(row.ended_on), "who": row.ended_by, "why": row.ended_reason}
        return Event(row.block.day, _("Appointment that did not take place"), at, said)
    return Event(row.block.day, _("Appointment"), at, row.get_kind_display().capitalize(), now=row.block.day >= on)


def _attempt(row: ConferenceAttempt) -> Event:
    said = ". ".join(part for part in (row.get_outcome_display().capitalize(), row.note) if part)
    who = _("%(way)s, %(who)s") % {"way": row.get_channel_display(), "who": row.made_by}
    return Event(row.on, _("Attempt to meet the parents"), who, said)


def _meeting(row: Conference) -> Event:
    """A conference with all that was recorded of it."""
    more = [str(row.get_kind_display()), str(row.language)]
    if row.interpreter:
        more.append(_("interpreter %(who)s") % {"who": row.interpreter})
    return Event(row.held_on, _("Conference"), ", ".join(more), " ".join(_said(row)))


def _said(row: Conference) -> list[str]:
    said = [_("Came: %(who)s.") % {"who": row.attended}]
    if not row.principal_present:
        said.append(_("Without the principal: %(why)s") % {"why": row.principal_absent_reason})
    if not row.told_all and row.topics_reason:
        said.append(_("Not all three topics: %(why)s") % {"why": row.topics_reason})
    if row.concerns:
        said.append(_("Questions and concerns: %(what)s") % {"what": row.concerns})
    if row.parent_input:
        said.append(_("The parents: “%(words)s”") % {"words": row.parent_input})
    said.append(_("Recorded by %(who)s.") % {"who": row.recorded_by})
    return said


def _promise(row: FollowUp) -> Event:
    owner = _("%(owner)s, by %(day)s") % {"owner": row.get_owner_display(), "day": long_day(row.due_on)}
    if row.done_on is None:
        return Event(row.agreed_on, _("Promised: %(what)s") % {"what": row.what}, owner)
    done = _("Done %(day)s by %(who)s.") % {"day": long_day(row.done_on), "who": row.done_by}
    return Event(
        row.agreed_on, _("Promised: %(what)s") % {"what": row.what}, owner, " ".join([done, row.done_note]).strip()
    )
