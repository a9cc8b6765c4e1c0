"""What follows from the state's Initial results of a file: the official language statuses (MP1-14, D-05, D-06)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from assessments import scales
from assessments.enums import Measure, ResultSource, Test, Verdict
from assessments.models import ScoreImport, ScoreImportRow
from district.models import User
from district.wording import long_day
from students.actions.statuses import StateStatus, sort_state_statuses


def status_rows(batch: ScoreImport) -> list[StateStatus]:
    """The statuses that the state's Initial results of a file give, with their reasons (MP1-14, D-06)."""
    if batch.source != ResultSource.STATE_FILE:
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
    """Write on each line whose status may not move why not; the result itself is kept all the same."""
    rows = batch.rows.filter(problems__contains=[{"status": True}])
    for row in rows:
        row.problems = [problem for problem in row.problems if not problem.get("status")]
    ScoreImportRow.objects.bulk_update(rows, ["problems"], batch_size=500)
    refused = dict(what_follows(by=by, batch=batch)["refused"])
    column = batch.counts["columns"].get("calculated_status", "")
    lines = list(batch.rows.filter(student__in=refused, verdict__in=(Verdict.NEW, Verdict.CHANGED)))
    for row in lines:
        reason = _("The status stays as it is: %(why)s") % {"why": refused[row.student_id]}
        problem = {"column": column, "reason": reason, "severity": "warning", "said": row.calculated_status}
        row.problems.append(problem | {"status": True})
    ScoreImportRow.objects.bulk_update(lines, ["problems"], batch_size=500)
