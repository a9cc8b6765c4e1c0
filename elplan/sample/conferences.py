"""The sample's parent conferences: most were held, some late; some parents were not reached; days to come with slots.

Awkward on purpose: three attempts that failed, an interpreter who declined and one who did not come, a promise that is
late, a family that nobody came from, children without any attempt.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta

from django.db import models

from district.enums import Role
from elplan.sample import years
from elplan.sample.book import Book, at_noon
from elplan.sample.copying import Table, Writer
from elplan.sample.pupils import ENGLISH, SPANISH
from students.duties.conferences import annual_rows
from students.enums import AttemptOutcome, ConferenceKind, ContactChannel, InterpreterState
from students.models import (
    BlockStaff,
    Conference,
    ConferenceAttempt,
    ConferenceBlock,
    ConferenceBooking,
    FollowUp,
    InterpreterRequest,
    StaffLanguage,
)

# What others point to comes first.
MODELS: tuple[type[models.Model], ...] = (
    StaffLanguage,
    ConferenceBlock,
    BlockStaff,
    InterpreterRequest,
    Conference,
    ConferenceBooking,
    ConferenceAttempt,
    FollowUp,
)
PUNJABI = "28"
SCHOOLS = 4  # of a larger sample only the first have conference days
IN_TIME, LATE, UNREACHED, TRIED = (0, 1, 2, 3, 4), (5,), (6,), (7,)  # by the last digit of the child's number
WORDS = ("The mother asks how she can help with reading.", "The parents agree.", "The father asks about the next test.")
PROMISES = (
    ("Send home the reading list in the family's language", Role.TEACHER),
    ("Call the family about homework help after school", Role.EL_LEAD),
    ("Correct the telephone number in the records", Role.SECRETARY),
)
Waiting = tuple[int, date, str | None, str]


def write(book: Book, on: date) -> None:
    """All of it, for the children who are in the database."""
    always = {"recorded_by_id": book.office, "made_by_id": book.office, "booked_by_id": book.office}
    always |= {"agreed_by_id": book.office, "asked_by_id": book.office}
    tables = {model: Table(model, at_noon(on), **_known(model, always)) for model in MODELS}
    tables[Conference] = book.tables[Conference]
    for place, school in enumerate(book.schools):
        waiting = _meet(tables, book, on, place, list(_waiting(school, on)))
        if place < SCHOOLS:
            _languages(tables[StaffLanguage], place, school)
            _day_to_come(tables, book, on, place, waiting)
            _day_that_was(tables, book, on, place, waiting)
    writer = Writer()
    writer.send([table.take() for table in tables.values()])
    writer.wait()
    for table in tables.values():
        table.count_on()


def _known(model: type[models.Model], values: dict[str, int]) -> dict[str, int]:
    names = {field.attname for field in model._meta.concrete_fields}
    return {name: value for name, value in values.items() if name in names}


def _waiting(school: int, on: date) -> models.QuerySet:
    """Children of a school whose annual conference is open: number, first day, language, first parent."""
    rows = annual_rows(on).filter(d_school=school, d_done__isnull=True, student__guardians__order=1)
    return rows.order_by("student_id").values_list(
        "student_id", "d_starts", "student__primary_language_id", "student__guardians__name"
    )


def _meet(tables: dict, book: Book, on: date, place: int, waiting: Sequence[Waiting]) -> list[Waiting]:
    """Conferences held, and attempts that failed; whom nobody has met yet is given back."""
    left = []
    for each in waiting:
        child, starts, language, parent = each
        kind = child % 10
        held = years.school_day_from(starts + timedelta(days=(35 if kind in LATE else 12) + child % 16))
        if kind in (*IN_TIME, *LATE) and held <= on:
            meeting = _hold(tables[Conference], book, place, child, held, language, parent)
            if child % 7 == 0:
                _promise(tables[FollowUp], book, on, child, meeting, held)
            continue
        tries = 3 if kind in UNREACHED else 2 if kind in TRIED else 0
        for number in range(tries):
            day = years.school_day_from(starts + timedelta(days=16 + 4 * number))
            if day <= on:
                _try(tables[ConferenceAttempt], book, place, child, day, number)
        if kind not in UNREACHED:
            left.append(each)
    return left


def _hold(table: Table, book: Book, place: int, child: int, held: date, language: str | None, parent: str) -> int:
    present = child % 9 != 0
    return table.add(
        student_id=child,
        kind=ConferenceKind.ANNUAL.value,
        held_on=held,
        language_id=language or ENGLISH,
        interpreter="" if language in (None, ENGLISH, SPANISH) else "telephone interpreter",
        attended=f"{parent}, class teacher" + (", principal" if present else ""),
        principal_present=present,
        principal_absent_reason="" if present else "The principal was at a district meeting.",
        told_results=True,
        told_options=True,
        told_recommendation=child % 31 != 0,
        topics_reason="" if child % 31 else "The family had to leave early.",
        parent_input=WORDS[child % len(WORDS)],
        concerns="" if child % 4 else "What happens if the child does not pass the test?",
        recorded_at=at_noon(held),
        recorded_by_id=book.secretaries[place],
    )


def _promise(table: Table, book: Book, on: date, child: int, meeting: int, held: date) -> None:
    """Some promises are kept, some are still open, some are late."""
    what, owner = PROMISES[child % len(PROMISES)]
    due = held + timedelta(days=21)
    done = held + timedelta(days=10)
    kept = child % 3 != 0 and done <= on
    table.add(
        student_id=child,
        conference_id=meeting,
        what=what,
        owner=owner.value,
        due_on=due,
        agreed_on=held,
        agreed_by_id=book.office,
        done_on=done if kept else None,
        done_by_id=book.office if kept else None,
    )


def _try(table: Table, book: Book, place: int, child: int, day: date, number: int) -> None:
    channels = (ContactChannel.PHONE, ContactChannel.MESSAGE, ContactChannel.MAIL)
    outcomes = (AttemptOutcome.NO_ANSWER, AttemptOutcome.MESSAGE, AttemptOutcome.NOT_COME)
    table.add(
        student_id=child,
        kind=ConferenceKind.ANNUAL.value,
        on=day,
        channel=channels[number].value,
        outcome=outcomes[number].value,
        note="The number in the records belongs to somebody else." if child % 5 == 0 and number == 0 else "",
        made_by_id=book.secretaries[place],
    )


def _languages(table: Table, place: int, school: int) -> None:
    """Spanish everywhere, Punjabi at the second school; the fourth has set nothing yet."""
    if place == SCHOOLS - 1:
        return
    table.add(school_id=school, language_id=SPANISH, who="EL lead, secretary")
    if place == 1:
        table.add(school_id=school, language_id=PUNJABI, who="Jagmeet Dhillon")


def _block(tables: dict, book: Book, place: int, day: date, starts: time, room: str, language: str | None) -> int:
    ends, minutes = time(17), 15
    with_principal = room == "Library"
    number = tables[ConferenceBlock].add(
        school_id=book.schools[place],
        day=day,
        starts=starts,
        ends=ends,
        minutes=minutes,
        room=room,
        language_id=language,
        principal_planned=with_principal,
        made_at=at_noon(day - timedelta(days=25)),
        made_by_id=book.principals[place],
    )
    if with_principal:
        tables[BlockStaff].add(block_id=number, user_id=book.principals[place], day=day, starts=starts, ends=ends)
    return number


def _fill(tables: dict, block: int, starts: time, children: Sequence[int], booked_on: date) -> None:
    for slot, child in enumerate(children):
        minute = starts.hour * 60 + starts.minute + 15 * slot
        tables[ConferenceBooking].add(
            block_id=block,
            starts=time(minute // 60, minute % 60),
            student_id=child,
            kind=ConferenceKind.ANNUAL.value,
            booked_at=at_noon(booked_on),
        )


def _day_to_come(tables: dict, book: Book, on: date, place: int, waiting: list[Waiting]) -> None:
    """A day with a block of any language and one of Punjabi; half of the slots are taken."""
    day = years.school_day_from(on + timedelta(days=4 + 2 * place))
    library = _block(tables, book, place, day, time(14, 30), "Library", None)
    punjabi = _block(tables, book, place, day, time(15), "Room 4", PUNJABI)
    spoken = [each[0] for each in waiting if each[2] == SPANISH][:5]
    other = [each[0] for each in waiting if each[2] not in (ENGLISH, SPANISH, PUNJABI, None)][:1]
    booked_on = min(on, years.school_day_from(on - timedelta(days=5)))
    _fill(tables, library, time(14, 30), [*spoken, *other], booked_on)
    ours = [each[0] for each in waiting if each[2] == PUNJABI][:4]
    _fill(tables, punjabi, time(15), ours, booked_on)
    taken = {*spoken, *other, *ours}
    waiting[:] = [each for each in waiting if each[0] not in taken]
    states = (InterpreterState.CONFIRMED, None, InterpreterState.ASKED, InterpreterState.DECLINED)
    if ours and (state := states[place]):
        _ask(tables[InterpreterRequest], punjabi, state, booked_on)


def _day_that_was(tables: dict, book: Book, on: date, place: int, waiting: list[Waiting]) -> None:
    """A day two weeks ago: the interpreter did not come to the first school's, nor did a family."""
    day = years.school_day_from(on - timedelta(days=14))
    if place or day < years.first_day(book.year) or not waiting:
        return
    block = _block(tables, book, place, day, time(15), "Room 4", PUNJABI)
    _ask(tables[InterpreterRequest], block, InterpreterState.NO_SHOW, day)
    child = waiting[0][0]
    tables[ConferenceBooking].add(
        block_id=block,
        starts=time(15),
        student_id=child,
        kind=ConferenceKind.ANNUAL.value,
        booked_at=at_noon(day - timedelta(days=9)),
        ended_on=day,
        ended_by_id=book.secretaries[place],
        ended_reason="nobody came",
        was_missed=True,
    )
    tables[ConferenceAttempt].add(
        student_id=child,
        kind=ConferenceKind.ANNUAL.value,
        on=day,
        channel=ContactChannel.APPOINTMENT.value,
        outcome=AttemptOutcome.NOT_COME.value,
        made_by_id=book.secretaries[place],
    )


def _ask(table: Table, block: int, state: InterpreterState, on: date) -> None:
    table.add(
        block_id=block,
        language_id=PUNJABI,
        state=state.value,
        name="Simran Sandhu" if state == InterpreterState.CONFIRMED else "Valley Interpreters",
        is_service=state != InterpreterState.CONFIRMED,
        contact="(530) 555-0177",
        asked_on=on,
        answered_on=None if state == InterpreterState.ASKED else on,
    )
