"""Which program is recommended; the cut for reasonable fluency is the district's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from district.findings import Finding, _
from students.enums import ProgramKind

NOT_CONFIGURED = "not_configured"
NO_LEVEL = "no_level"
NOT_EL = "not_el"


@dataclass(frozen=True)
class Cut:
    """From which level a child has reasonable fluency; the district's own (MP2-11)."""

    level: str
    source: str
    valid_from: date


def recommend_program(
    *, is_el: bool, level: str, level_name: str, ladder: Sequence[str], cut: Cut | None, cut_name: str = ""
) -> Finding:
    """Which program the rule recommends (MP1-25, MP2-04, MP2-07).

    level: the slug of the overall level, empty without a result. ladder: all levels of that test, lowest first. SEI for
    less than reasonable fluency, ELM from the cut on; without a cut "not configured", never a guess.
    """
    if not is_el:
        return Finding(NOT_EL, _("The child is not an English learner; no program for learners is needed."), "MP2-01")
    if not level:
        return Finding(NO_LEVEL, _("There is no result to recommend a program by."), "MP1-25")
    if cut is None:
        reason = _("The district has not set from which level a child has reasonable fluency.")
        return Finding(NOT_CONFIGURED, reason, "MP2-11")
    if level not in ladder or cut.level not in ladder:
        reason = _("The district's cut (%(cut)s) is not a level of this test.") % {"cut": cut_name or cut.level}
        return Finding(NOT_CONFIGURED, reason, "MP2-11")
    words = {"level": level_name or level, "cut": cut_name or cut.level}
    if ladder.index(level) >= ladder.index(cut.level):
        reason = _("%(level)s reaches reasonable fluency, which begins at %(cut)s.") % words
        return Finding(ProgramKind.ELM, reason, f"MP2-04; {cut.source}")
    reason = _("%(level)s is below reasonable fluency, which begins at %(cut)s.") % words
    return Finding(ProgramKind.SEI, reason, f"MP2-07; {cut.source}")
