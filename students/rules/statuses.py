"""Which moves of the status there are, as the state's table has them, and on which day they count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from district.findings import Finding, _
from students.enums import ElStatus, StatusSource

ALLOWED = "allowed"
REFUSED = "refused"


@dataclass(frozen=True)
class Move:
    """A row of the state's table: the rule of a move, and why it is so."""

    rule: str
    why: str = ""


MoveTable = Mapping[tuple[str, str], Move]
STATE_ONLY = "state_only"
CORRECTION = "correction_"


def transition(before: str, after: str, source: str, correction: str, table: MoveTable) -> Finding:
    """May the status move from `before` (empty: none yet) to `after`, by this source?

    The table binds what this district decides and what the state sends. Records of a former district may open the
    history with any status, and end a time of waiting for them (D-04).
    """
    names = {"before": _label(before), "after": _label(after)}
    if source == StatusSource.RECORDS and before in ("", ElStatus.TBD):
        return Finding(ALLOWED, _("The records of the former district say so."), "D-04")
    move = table.get((before, after))
    if move is None or move.rule == REFUSED:
        why = f" {move.why}." if move and move.why else ""
        reason = _("The status cannot move from “%(before)s” to “%(after)s”.") % names + why
        return Finding(REFUSED, reason, "CALPADS")
    if move.rule == ALLOWED:
        return Finding(ALLOWED, _("From “%(before)s” to “%(after)s”.") % names, "CALPADS")
    if move.rule == STATE_ONLY:
        if source == StatusSource.STATE_FILE:
            return Finding(ALLOWED, _("The state's file says so."), "CALPADS SELA0520")
        reason = (
            _("Only the state's file gives the status “%(after)s”: import it, or enter the child's records.") % names
        )
        return Finding(REFUSED, reason, "CALPADS SELA0520")
    return _corrected(move, source, correction, names)


def _corrected(move: Move, source: str, correction: str, names: Mapping[str, str]) -> Finding:
    wanted = move.rule.removeprefix(CORRECTION)
    if correction == wanted and source in (StatusSource.CORRECTION, StatusSource.STATE_FILE):
        return Finding(ALLOWED, _("A correction: %(why)s.") % {"why": move.why}, "5 CCR 11518.20")
    reason = _("From “%(before)s” to “%(after)s” leads a correction with reason %(wanted)s only (%(why)s).") % {
        **names,
        "wanted": wanted,
        "why": move.why,
    }
    return Finding(REFUSED, reason, "5 CCR 11518.20")


def _label(status: str) -> str:
    return str(ElStatus(status).label) if status else _("no status")


def overtakes(before_starts: date, state_starts: date) -> bool:
    """Does the state's date come no later than the start of what was in force?

    Then the state's date stands, the earlier status keeps no day, and the case goes to the hand-shake list (D-05).
    """
    return state_starts <= before_starts
