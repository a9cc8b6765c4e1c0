"""What hangs on one child of its parents' conferences: a day, an appointment, an interpreter, an attempt, a promise."""

from __future__ import annotations

from datetime import date, time, timedelta

from district.enums import Role
from district.models import Language, User
from students import actions
from students.enums import AttemptOutcome, ConferenceKind, ContactChannel
from students.models import Student


def conference_things(office: User, child: Student, on: date) -> dict[str, object]:
    """By the part of the address that each fills."""
    day = on + timedelta(days=9)
    (block,) = actions.make_blocks(
        by=office, school=child.school, days=[day], starts=time(14), ends=time(16), minutes=20, room="Library"
    )
    booking = actions.book(by=office, student=child, kind=ConferenceKind.ANNUAL, block=block, starts=time(14, 20))
    (asked,) = actions.ask_interpreters(
        by=office,
        needs=[(block, Language.objects.get(pk="28"))],
        name="Valley Interpreters",
        is_service=True,
        contact="",
        on=on,
    )
    actions.log_attempts(
        by=office,
        students=[child],
        kinds={child.pk: ConferenceKind.ANNUAL},
        on=on,
        channel=ContactChannel.PHONE,
        outcome=AttemptOutcome.NO_ANSWER,
    )
    promise = actions.add_follow_up(
        by=office, student=child, what="Call about homework", owner=Role.TEACHER, due_on=day, on=on, conference=None
    )
    return {
        "conferences/blocks/pk": block.pk,
        "conferences/bookings/pk": booking.pk,
        "conferences/interpreters/pk": asked.pk,
        "follow-ups/pk": promise.pk,
    }
