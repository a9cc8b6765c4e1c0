"""Calendars of conferences for the staff's own calendar programs (iCalendar, RFC 5545).

A calendar leaves our walls: it is copied to telephones and to services that others run. So a child stands in it by its
initials and grade only, without number, birth date or status; whoever may see the child finds it by time and room.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from students.models import ConferenceBlock, ConferenceBooking, Student

PRODUCT = "-//elplan//conferences//EN"


def initials(student: Student) -> str:
    """`J. G.`: the first letter of the first and of the last name."""
    return " ".join(f"{name[0]}." for name in (student.first_name, student.last_name) if name)


def calendar_of(bookings: Iterable[ConferenceBooking], *, name: str, home: str) -> bytes:
    """The appointments as a file. Ended ones stand in it as cancelled, so that a calendar read in again drops them.

    bookings: with block, school, language and child's enrollment. home: the host's name, for the events' numbers.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for booking in bookings:
        calendar.add_component(_event(booking, home))
    if calendar.events:
        calendar.add_missing_timezones()
    return calendar.to_ical()


def _event(booking: ConferenceBooking, home: str) -> Event:
    block = booking.block
    event = Event()
    event.add("uid", f"conference-{booking.pk}@{home}")
    event.add("dtstamp", booking.booked_at.astimezone(UTC))
    event.add("dtstart", _at(block, booking.starts))
    event.add("dtend", _at(block, booking.ends))
    event.add("summary", _summary(booking))
    event.add("location", f"{block.school.name}, {block.room}")
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if booking.ended_on else "CONFIRMED")
    event.add("sequence", 1 if booking.ended_on else 0)
    return event


def _summary(booking: ConferenceBooking) -> str:
    child = booking.student
    grade = str(child.grade.label) if child.grade else ""
    said = _("Parent conference, %(kind)s: %(who)s, %(grade)s") % {
        "kind": booking.get_kind_display(),
        "who": initials(child),
        "grade": grade,
    }
    language = booking.block.language
    return f"{said} ({language})" if language else said


def _at(block: ConferenceBlock, clock: time) -> datetime:
    zone = timezone.get_default_timezone()
    return datetime.combine(block.day, clock, tzinfo=zone if isinstance(zone, ZoneInfo) else ZoneInfo(str(zone)))
