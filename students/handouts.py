"""What is handed to the parents at a conference: the letter with results, programs and recommendation (MP1-29, MP1-37).

This app does not know letters. Who does, says here which one belongs to a conference, in `AppConfig.ready`:

    handouts.register(find)    find(student, kind, on): the `Handout` for a conference of the kind on that day, or None
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from students.models import Student


@dataclass(frozen=True)
class Handout:
    """A letter: what it is called, where it is read and printed, and the day it was issued (None: not yet)."""

    label: str
    url: str
    issued_on: date | None


Find = Callable[[Student, str, date], Handout | None]
_finders: list[Find] = []


def register(find: Find) -> None:
    """Have the function asked for the handout of a conference."""
    if find not in _finders:
        _finders.append(find)


def handout_of(student: Student, kind: str, on: date) -> Handout | None:
    """The letter that the parents hold in their hands at a conference of this kind on a day."""
    return next((found for find in _finders if (found := find(student, kind, on))), None)
