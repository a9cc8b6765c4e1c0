"""A previewed file into the children's records, all or nothing, and back again (D-24, D-25).

Before anything is written the lines are judged once more: what was applied, entered or corrected since the preview
may have changed what a line would do, and nobody applies what nobody has seen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.enums import ImportState, Verdict
from assessments.imports import following, writing
from assessments.imports.following import note_refused, status_rows
from assessments.imports.staging import counted
from assessments.models import ScoreImport, ScoreImportRow
from district import entries
from district.access import demand
from district.history import acting
from district.models import Entry, User
from district.permissions import Permission
from district.refusal import Refusal
from district.wording import day_and_time
from students.actions.statuses import set_statuses_from_state

SCORE_IMPORT = "score_import"
ONE_AT_A_TIME = 5_201_314  # key of the lock that lets files be applied one after the other


class _Outdated(Exception):
    """Since the preview the lines would do something else."""


def apply_import(
    *, by: User, batch_id: UUID, on: date, leave_out_rejected: bool = False, in_work: bool = False
) -> ScoreImport:
    """Write the results of a previewed file, and the statuses that follow from an Initial file. All or nothing.

    Refusal: rejected lines that nobody has left out; applied, undone or refused already; or the records have changed
    since the preview, which is then made anew. in_work: it was handed to the background worker, which calls this.
    """
    demand(by, Permission.IMPORT_RESULTS)
    try:
        with transaction.atomic():
            batch = _lock(batch_id, ImportState.APPLYING if in_work else ImportState.PREVIEWED)
            with acting(by, _("score file %(name)s") % {"name": batch.file_name}):
                if leave_out_rejected:
                    _leave_out(by, batch, _rejected(batch).values_list("line", flat=True))
                return _apply(by, batch, on)
    except _Outdated:
        refresh(by=by, batch_id=batch_id, on=on)
        raise Refusal(
            _("The records have changed since this preview was made, and with them what the file would do."),
            _("Look at the new preview, then read the file in."),
        ) from None


def leave_out(*, by: User, batch_id: UUID, lines: Collection[int], on: date) -> ScoreImport:
    """Leave rejected lines out on purpose, each named with who did it (D-24). Of two that disagree the other counts."""
    demand(by, Permission.IMPORT_RESULTS)
    with transaction.atomic(), acting(by, _("lines of a score file left out")):
        batch = _lock(batch_id)
        _leave_out(by, batch, lines)
        _judge_again(by, batch, on)
    return batch


def take_in_again(*, by: User, batch_id: UUID, lines: Collection[int], on: date) -> ScoreImport:
    """Lines are not left out after all."""
    demand(by, Permission.IMPORT_RESULTS)
    with transaction.atomic(), acting(by, _("lines of a score file not left out after all")):
        batch = _lock(batch_id)
        batch.left_out = [each for each in batch.left_out if each["line"] not in set(lines)]
        batch.save(update_fields=["left_out"])
        _judge_again(by, batch, on)
    return batch


def refresh(*, by: User, batch_id: UUID, on: date) -> ScoreImport:
    """Make the preview anew from the lines read, beside the records as they are now."""
    with transaction.atomic(), acting(by, _("preview of a score file made anew")):
        batch = _lock(batch_id)
        _judge_again(by, batch, on)
    return batch


def discard(*, by: User, batch_id: UUID) -> None:
    """Throw a preview away; nothing of it was ever written."""
    demand(by, Permission.IMPORT_RESULTS)
    with transaction.atomic(), acting(by, _("preview of a score file thrown away")):
        states = (ImportState.PREVIEWED, ImportState.READING, ImportState.REFUSED, ImportState.UNMAPPED)
        _lock(batch_id, *states).delete()


def _lock(batch_id: UUID, *states: ImportState) -> ScoreImport:
    """The import, locked; Refusal where it can no longer be changed."""
    batch = ScoreImport.objects.select_for_update(of=("self",)).filter(pk=batch_id).first()
    if batch is None:
        raise Refusal(_("This preview was thrown away."), _("Send the file again."))
    if batch.state == ImportState.APPLIED:
        words = {"who": batch.applied_by, "when": day_and_time(batch.applied_at)}
        raise Refusal(
            _("%(who)s has read this file in already, on %(when)s.") % words, _("Nothing was written a second time.")
        )
    if batch.state not in (states or (ImportState.PREVIEWED, ImportState.APPLYING)):
        raise Refusal(
            _("The file is %(state)s.") % {"state": batch.get_state_display()}, _("Send it again to read it in.")
        )
    return batch


def _rejected(batch: ScoreImport) -> Any:
    """Lines that are rejected and not left out on purpose."""
    left_out = [each["line"] for each in batch.left_out]
    return ScoreImportRow.objects.filter(batch=batch, verdict=Verdict.REJECTED).exclude(line__in=left_out)


def _leave_out(by: User, batch: ScoreImport, lines: Iterable[int]) -> None:
    """A line goes as a whole: where it says several things, the sound ones go with it."""
    now = timezone.now().isoformat()
    found: dict[int, list[str]] = {}
    for row in _rejected(batch).filter(line__in=list(lines)):
        reasons = found.setdefault(row.line, [])
        reasons += [each["reason"] for each in row.problems if each["severity"] == "rejected"]
    for line, reasons in found.items():
        reason = " ".join(dict.fromkeys(reasons))
        batch.left_out.append({"line": line, "reason": reason, "by": str(by), "by_id": by.pk, "at": now})
    batch.rows.filter(line__in=found).exclude(verdict=Verdict.REJECTED).update(verdict=Verdict.REJECTED)
    batch.save(update_fields=["left_out"])


def _apply(by: User, batch: ScoreImport, on: date) -> ScoreImport:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    check_ready(batch)
    if writing.is_outdated(batch, on) or following.is_outdated(by=by, batch=batch):
        raise _Outdated
    writing.write(batch, by)
    outcome = set_statuses_from_state(by=by, rows=status_rows(batch))
    batch.state, batch.applied_at, batch.applied_by = ImportState.APPLIED, timezone.now(), by
    batch.counts = batch.counts | {
        "statuses": outcome.set,
        "statuses_refused": [list(each) for each in outcome.refused],
    }
    batch.save(update_fields=["state", "applied_at", "applied_by", "counts"])
    entries.enter(by=by, kind=SCORE_IMPORT, summary=_summary(batch), batch=str(batch.pk), statuses=outcome.ids)
    return batch


def check_ready(batch: ScoreImport) -> None:
    """Refuse while a line is rejected and nobody has left it out on purpose (D-24)."""
    if (waiting := _rejected(batch).values("line").distinct().order_by().count()) > 0:
        raise Refusal(
            ngettext(
                "%(count)d line cannot be read in, and nothing was written.",
                "%(count)d lines cannot be read in, and nothing was written.",
                waiting,
            )
            % {"count": waiting},
            _("Mend the cause and send the file again, or leave the lines out on purpose."),
        )


def _summary(batch: ScoreImport) -> str:
    words = {"name": batch.file_name, "new": batch.counts["new"], "changed": batch.counts["changed"]}
    return (_("Score file %(name)s: %(new)d new, %(changed)d changed") % words)[:200]


def _judge_again(by: User, batch: ScoreImport, on: date) -> None:
    writing.judge_again(batch, on)
    note_refused(by=by, batch=batch)
    batch.counts = batch.counts | counted(batch)
    batch.save(update_fields=["counts"])


def put_back_import(entry: Entry, by: User) -> None:
    """Restore what was there before, except what was changed, told to a family or built upon since (D-25).

    What is left as it is stands in the import's counts under "kept": line, child, and why.
    """
    demand(by, Permission.IMPORT_RESULTS)
    batch = ScoreImport.objects.select_for_update(of=("self",)).get(pk=entry.data["batch"])
    if batch.state != ImportState.APPLIED:
        raise Refusal(_("The file is %(state)s.") % {"state": batch.get_state_display()})
    kept = writing.what_stays(batch)
    writing.restore(batch, [each["row"] for each in kept])
    kept += writing.withdraw(by, entry.data["statuses"], {each["student"] for each in kept})
    batch.state, batch.undone_at, batch.undone_by = ImportState.UNDONE, timezone.now(), by
    batch.counts = batch.counts | {"kept": kept}
    batch.save(update_fields=["state", "undone_at", "undone_by", "counts"])
