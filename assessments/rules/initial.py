"""What an Initial result says about the status, and when a local and an official one differ."""

from __future__ import annotations

from dataclasses import dataclass

from assessments import scales
from assessments.enums import Measure, Test
from district.findings import Finding, _
from students.enums import ElStatus

STATUS_OF_LEVEL = {
    "ifep": ElStatus.IFEP,
    "intermediate_el": ElStatus.EL,
    "novice_el": ElStatus.EL,
}
PARTIAL = "P"


def status_from_initial(
    *, level: str, calculated: str = "", attempted: str = "", test: str = Test.INITIAL_ELPAC
) -> Finding:
    """The status that an official Initial result gives: EL, IFEP, or still TBD (MP1-14, D-06; 5 CCR 11518.5).

    level: the overall level, empty without one. calculated: the state's own word (`CalculatedELAS`), which wins over
    the level. attempted: P for a test given in part, which leaves the child to be determined.
    """
    by_level = STATUS_OF_LEVEL.get(level)
    words = scales.level_words(test, Measure.OVERALL, level)
    if calculated in (ElStatus.EL, ElStatus.IFEP):
        status = ElStatus(calculated)
        notes: tuple[str, ...] = ()
        if by_level and by_level != status:
            notes = (
                _("The level (%(level)s) would give %(by_level)s; the state's own word stands.")
                % {"level": words, "by_level": by_level.label},
            )
        reason = _("The state gives: %(status)s.") % {"status": status.label}
        if by_level == status:
            reason = _("%(level)s: %(status)s.") % {"level": words, "status": status.label}
        return Finding(status, reason, "MP1-14, D-06, 5 CCR 11518.5", notes)
    if attempted == PARTIAL:
        reason = _("The test was given in part only; the child stays to be determined and is tested again.")
        return Finding(ElStatus.TBD, reason, "MP1-14; state file layout: partial")
    if by_level is None:
        return Finding(ElStatus.TBD, _("The result has no overall level; nothing follows from it yet."), "MP1-14")
    reason = _("%(level)s: %(status)s.") % {"level": words, "status": by_level.label}
    return Finding(by_level, reason, "MP1-14, 5 CCR 11518.5")


def provisional(*, level: str, test: str = Test.INITIAL_ELPAC) -> Finding:
    """What a local score means until the state's comes (D-06, MP1-24): a classification for placement and letter."""
    found = status_from_initial(level=level, test=test)
    if found.outcome == ElStatus.TBD:
        return found
    reason = _("%(finding)s Preliminary: scored at the school; the state's file sets the status.") % {
        "finding": found.reason
    }
    return Finding(found.outcome, reason, "D-06, MP1-24")


@dataclass(frozen=True)
class Scored:
    """What two results of the same test are compared by."""

    level: str
    score: int | None = None
    calculated: str = ""
    test: str = Test.INITIAL_ELPAC


def official_differs(local: Scored, official: Scored) -> Finding | None:
    """Why the official result is another one than the local (D-06); None where level and status agree.

    A score that differs inside the same level changes nothing for the child and is not a difference.
    """
    one = status_from_initial(level=local.level, test=local.test)
    two = status_from_initial(level=official.level, calculated=official.calculated, test=official.test)
    if two.outcome == ElStatus.TBD or (one.outcome == two.outcome and local.level == official.level):
        return None
    reason = _("Scored at the school: %(local)s. The state: %(official)s.") % {
        "local": _scored(local, one),
        "official": _scored(official, two),
    }
    return Finding("changes_status" if one.outcome != two.outcome else "changes_level", reason, "D-06")


def _scored(result: Scored, found: Finding) -> str:
    words = scales.level_words(result.test, Measure.OVERALL, result.level) or ElStatus(found.outcome).label
    return f"{words} ({result.score})" if result.score is not None else str(words)
