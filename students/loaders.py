"""Reference data of chapters 1 and 2: moves of the status, programs, the packet, where facts stand in Aeries."""

from __future__ import annotations

from district.enums import Certainty
from district.reference import Change, read_csv, upsert
from students.models import AeriesField, PacketPart, Program, StatusTransition


def load_transitions() -> list[Change]:
    """The state's table of moves; the same rows bind the rule and the trigger."""
    return [upsert(StatusTransition, read_csv("status_transitions.csv"), key=("from_status", "to_status"))]


def load_programs() -> list[Change]:
    """The catalog of programs; one that the district has worded itself stays."""
    rows = read_csv("programs.csv")
    return [upsert(Program, rows, key=("kind",), keep=lambda row: row.certainty == Certainty.DISTRICT)]


def load_aeries_fields() -> list[Change]:
    """Where our facts stand in Aeries; a field that the district has worded itself stays."""
    rows = read_csv("aeries_fields.csv")
    return [upsert(AeriesField, rows, key=("code",), keep=lambda row: row.certainty == Certainty.DISTRICT)]


def load_packet_parts() -> list[Change]:
    """What belongs to the registration packet; a part that the district has worded itself stays."""
    rows = read_csv("packet_parts.csv")
    return [upsert(PacketPart, rows, key=("code",), keep=lambda row: row.certainty == Certainty.DISTRICT)]
