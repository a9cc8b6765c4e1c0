"""What this app must know of the tests a child has taken; they lie in an app above, which says it here.

The app above registers a `Tests` in `AppConfig.ready`. Without one nobody has been tested.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from students.models import Correction, Student


@dataclass(frozen=True)
class Taken:
    """A sentence about the first Initial and the first Summative test that the child has taken, empty while none."""

    initial: str = ""
    summative: str = ""


@dataclass(frozen=True)
class Paper:
    """A letter about a correction: its number, its day and where it stands."""

    number: str
    dated: date
    url: str


class Tests(Protocol):
    def taken(self, student: Student) -> Taken:
        """The tests that count for a correction."""

    def on_file(self, student: Student) -> list[tuple[str, str]]:
        """Results by id, in words, for whoever says which is not kept."""

    def take_out(self, student: Student, ids: Sequence[str]) -> tuple[str, str]:
        """Remove results from the child's record. In words what they were, and what putting them back needs."""

    def put_in(self, kept: str) -> None:
        """Put back what was taken out."""

    def paper(self, kind: str, correction: Correction) -> Paper | None:
        """The newest letter of a kind about a correction."""


class _NoTests:
    def taken(self, student: Student) -> Taken:
        return Taken()

    def on_file(self, student: Student) -> list[tuple[str, str]]:
        return []

    def take_out(self, student: Student, ids: Sequence[str]) -> tuple[str, str]:
        return "", ""

    def put_in(self, kept: str) -> None:
        return None

    def paper(self, kind: str, correction: Correction) -> Paper | None:
        return None


_tests: list[Tests] = [_NoTests()]


def register(tests: Tests) -> None:
    """Have these tests asked from now on."""
    _tests[:] = [tests]


def tests() -> Tests:
    return _tests[0]
