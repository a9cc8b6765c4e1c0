"""Reference data of chapters 1 and 2: moves of the language status, programs."""

from __future__ import annotations

from district.enums import Certainty
from district.reference import Change, read_csv, upsert
from students.models import Program, StatusTransition


def load_transitions() -> list[Change]:
    """The state's table of moves; the same rows bind the rule and the trigger."""
    return [upsert(StatusTransition, read_csv("status_transitions.csv"), key=("from_status", "to_status"))]


def load_programs() -> list[Change]:
    """The catalog of programs; one that the district has worded itself stays."""
    rows = read_csv("programs.csv")
    return [upsert(Program, rows, key=("kind",), keep=lambda row: row.certainty == Certainty.DISTRICT)]
