"""What follows from the state's Initial results of a file: the official language statuses (MP1-14, D-05, D-06)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from assessments import scales
from assessments.enums import ImportTarget, Measure, ResultSource, Test, Verdict
from assessments.models import ScoreImport, ScoreImportRow
from district.models import User
from district.wording import long_day
from students.actions.statuses import StateStatus, sort_state_statuses
from students.enums import ElStatus


def status_rows(batch: ScoreImport) -> list[StateStatus]:
    """The statuses that the state's Initial results of a file give, with their reasons (MP1-14, D-06)."""
    if batch.target == ImportTarget.STATUS:
        return _listed(batch)
    if batch.source != ResultSource.STATE_FILE or batch.target != ImportTarget.RESULT:
        return []
    lines = batch.rows.filter(
        verdict__in=(Verdict.NEW, Verdict.CHANGED, Verdict.UNCHANGED),
        test__in=(Test.INITIAL_ELPAC, Test.INITIAL_ALTERNATE_ELPAC),
        tested_on__isnull=False,
    ).exclude(calculated_status="")
    return [
        StateStatus(line.student_id, line.calculated_status, line.tested_on, _reason(line))
        for line in lines
        if line.student_id and line.tested_on
    ]


def _listed(batch: ScoreImport) -> list[StateStatus]:
    """The statuses of the state's own list, those included that were refused before (X-17)."""
    lines = batch.rows.filter(verdict__in=(Verdict.NEW, Verdict.CHANGED)).exclude(student=None)
    left_out = [each["line"] for each in batch.left_out]
    return [
        StateStatus(
            line.student_id or 0,
            line.facts["status"],
            date.fromisoformat(line.facts["starts"]),
            _("The state has %(status)s since %(day)s (list of statuses)")
            % {"status": ElStatus(line.facts["status"]).label, "day": long_day(line.tested_on)},
            line.facts["correction"],
        )
        for line in lines.exclude(line__in=left_out)
    ]


def what_follows(*, by: User, batch: ScoreImport) -> dict[str, Any]:
    """The statuses that applying the file would set, by status, and those that may not move, with the reason."""
    accepted, outcome = sort_state_statuses(by=by, rows=status_rows(batch))
    found: dict[str, int] = {}
    for row in accepted:
        found[str(row.status)] = found.get(str(row.status), 0) + 1
    return {"set": found, "unchanged": outcome.unchanged, "refused": outcome.refused}


def _reason(line: ScoreImportRow) -> str:
    overall = line.scores.get(Measure.OVERALL, {})
    words = {
        "test": Test(line.test).label,
        "day": long_day(line.tested_on),
        "level": scales.level_words(line.test, Measure.OVERALL, overall.get("level", "")) or line.calculated_status,
        "score": overall.get("scale_score", ""),
    }
    if words["score"]:
        return _("%(test)s of %(day)s: %(level)s, overall score %(score)s (state file)") % words
    return _("%(test)s of %(day)s: %(level)s (state file)") % words


def note_refused(*, by: User, batch: ScoreImport) -> None:
    """Write on each line whose status may not move why not.

    A result of the state is kept all the same; a line of a list that says nothing but the status is rejected.
    """
    left_out = [each["line"] for each in batch.left_out]
    rows = batch.rows.filter(problems__contains=[{"status": True}]).exclude(line__in=left_out)
    for row in rows:
        row.problems = [problem for problem in row.problems if not problem.get("status")]
    ScoreImportRow.objects.bulk_update(rows, ["problems"], batch_size=500)
    refused = dict(what_follows(by=by, batch=batch)["refused"])
    is_list = batch.target == ImportTarget.STATUS
    column = batch.counts["columns"].get("status" if is_list else "calculated_status", "")
    verdicts = {Verdict.NEW, Verdict.CHANGED} | ({Verdict.UNCHANGED} if is_list else set())  # with the line, its copies
    lines = list(batch.rows.filter(student__in=refused, verdict__in=verdicts))
    for row in lines:
        reason = _("The status stays as it is: %(why)s") % {"why": refused[row.student_id]}
        said = row.facts["status"] if is_list else row.calculated_status
        problem = {"column": column, "reason": reason, "severity": "warning", "said": said, "status": True}
        if is_list:
            row.verdict = Verdict.REJECTED
            problem |= {"severity": "rejected", "mend": _mend(row)}
        row.problems.append(problem)
    ScoreImportRow.objects.bulk_update(lines, ["problems", "verdict"], batch_size=500)


def _mend(row: ScoreImportRow) -> str:
    if row.facts["status"] == ElStatus.RFEP:
        return _("Enter it from the child's records, with day and place, or leave the line out.")
    return _("Settle it with the state (a correction), or leave the line out.")


def is_outdated(*, by: User, batch: ScoreImport) -> bool:
    """Whether the verb would now refuse other lines of a list of statuses than the preview says."""
    if batch.target != ImportTarget.STATUS:
        return False
    return bool(what_follows(by=by, batch=batch)["refused"])
