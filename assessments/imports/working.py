"""Large files are read and applied by a background worker; small ones at once, so that the answer is there.

A file waits in the private storage until it is read, under a name that says nothing, and is deleted then. Should a
worker die, nothing is half done: reading and applying are one transaction each, and both can be asked for again.
"""

from __future__ import annotations

import io
import time
from datetime import date, timedelta
from typing import IO, cast
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django_tasks import task

from assessments.enums import ImportState
from assessments.imports import apply, staging
from assessments.imports.layouts import UnknownHeader
from assessments.imports.limits import MB
from assessments.imports.mapping import path_of
from assessments.models import ScoreImport
from district.access import demand
from district.history import acting
from district.models import User
from district.permissions import Permission
from district.refusal import Refusal
from district.wording import day_and_time

# What takes about half a second: 4,000 lines as text, 600 in a workbook or zip.
READ_AT_ONCE, READ_AT_ONCE_PACKED = 2 * MB, MB // 2
APPLY_AT_ONCE = 2_500  # lines
GIVEN_UP = timedelta(minutes=10)  # after so long without a sign a worker is taken for dead
SIGN_EVERY = 1.0  # seconds between two signs of progress


def receive(*, by: User, name: str, file: IO[bytes], received_on: date, on: date) -> ScoreImport:
    """Take in a file: its preview is there at once, or in the making, or it waits for its columns to be named.

    Raises Refusal where it cannot be read.
    """
    demand(by, Permission.IMPORT_RESULTS)
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    packed = file.read(2) == b"PK"
    file.seek(0)
    is_small = size <= (READ_AT_ONCE_PACKED if packed else READ_AT_ONCE)
    if is_small:
        try:
            return staging.stage(by=by, name=name, file=file, received_on=received_on, on=on)
        except UnknownHeader:
            file.seek(0)
    batch = ScoreImport(
        file_name=staging.shown_name(name),
        sha256=staging.fingerprint(file),
        received_on=received_on,
        uploaded_by=by,
        state=ImportState.UNMAPPED if is_small else ImportState.READING,
        counts={"read": 0, "sign": timezone.now().isoformat()},
    )
    default_storage.save(path_of(batch.pk), File(file))
    with transaction.atomic(), acting(by, _("score file sent")):
        batch.save()
    if is_small:
        return batch
    read_file.enqueue(str(batch.pk), on.isoformat())
    return batch


def throw_away(*, by: User, batch_id: UUID) -> None:
    """Throw a preview away, with the file that may still wait for its worker. Nothing of it was ever written."""
    apply.discard(by=by, batch_id=batch_id)
    default_storage.delete(path_of(batch_id))


def start_applying(*, by: User, batch_id: UUID, on: date) -> ScoreImport:
    """Apply at once, or hand a large file to the worker. Raises Refusal, also while somebody else applies it."""
    demand(by, Permission.IMPORT_RESULTS)
    with transaction.atomic(), acting(by, _("score file to be applied")):
        batch = ScoreImport.objects.select_for_update(of=("self",)).filter(pk=batch_id).first()
        is_handed_over = batch is not None and _hand_over(batch, by)
    if batch is None or not is_handed_over:
        return apply.apply_import(by=by, batch_id=batch_id, on=on)
    apply_file.enqueue(str(batch_id), by.pk, on.isoformat())
    return batch


def _hand_over(batch: ScoreImport, by: User) -> bool:
    """Mark a large file, or one whose worker has died, as in work; False for one that can be applied at once."""
    if batch.state == ImportState.APPLYING and not is_given_up(batch):
        raise Refusal(
            _("%(who)s is reading this file in, since %(when)s.")
            % {"who": batch.counts["applying"], "when": day_and_time(parse_datetime(batch.counts["sign"]))},
            _("Wait for the result; it stands here in a moment."),
        )
    is_large = batch.state == ImportState.PREVIEWED and batch.rows.count() > APPLY_AT_ONCE
    if not is_large and batch.state != ImportState.APPLYING:
        return False
    apply.check_ready(batch)
    batch.state, batch.refusal = ImportState.APPLYING, ""
    batch.counts |= {"applying": str(by), "sign": timezone.now().isoformat()}
    batch.save(update_fields=["state", "refusal", "counts"])
    return True


def is_given_up(batch: ScoreImport) -> bool:
    """Whether the worker that had the file in hand seems to be dead."""
    if batch.state not in (ImportState.READING, ImportState.APPLYING):
        return False
    last = parse_datetime(batch.counts.get("sign", "")) or batch.uploaded_at
    return timezone.now() - last > GIVEN_UP


@task()
def read_file(batch_id: str, on: str) -> None:
    """Background task: make the preview of a file that waits in the storage."""
    batch = ScoreImport.objects.select_related("uploaded_by").filter(pk=batch_id, state=ImportState.READING).first()
    if batch is None:
        return  # thrown away in the meantime
    try:
        with default_storage.open(path_of(batch.pk)) as file:
            read = staging.read_lines(batch, cast("IO[bytes]", file), date.fromisoformat(on), progress=_Signs(batch))
        staging.keep(by=batch.uploaded_by, batch=batch, read=read, on=date.fromisoformat(on))
    except UnknownHeader:
        _wait_for_columns(batch)
        return
    except Refusal as refusal:
        _refuse(batch, str(refusal))
    except BaseException:
        _refuse(batch, _("Something went wrong while the file was read. Nothing was written. Send it again."))
        default_storage.delete(path_of(batch.pk))
        raise
    default_storage.delete(path_of(batch.pk))


@task()
def apply_file(batch_id: str, by: int, on: str) -> None:
    """Background task: apply a previewed file; what stands in the way is told on its page."""
    person = User.objects.get(pk=by)
    try:
        apply.apply_import(by=person, batch_id=UUID(batch_id), on=date.fromisoformat(on), in_work=True)
    except Refusal as refusal:
        with transaction.atomic(), acting(person, _("score file not applied")):
            ScoreImport.objects.filter(pk=batch_id, state=ImportState.APPLYING).update(
                state=ImportState.PREVIEWED, refusal=str(refusal)[:600]
            )


class _Signs:
    """Writes down how many lines are read, about once a second."""

    def __init__(self, batch: ScoreImport) -> None:
        self.batch, self.last = batch, time.monotonic()

    def __call__(self, count: int) -> None:
        if time.monotonic() - self.last >= SIGN_EVERY:
            self.last = time.monotonic()
            counts = {"read": count, "sign": timezone.now().isoformat()}
            ScoreImport.objects.filter(pk=self.batch.pk).update(counts=counts)


def _refuse(batch: ScoreImport, why: str) -> None:
    with transaction.atomic(), acting(batch.uploaded_by, _("score file could not be read")):
        ScoreImport.objects.filter(pk=batch.pk).update(state=ImportState.REFUSED, refusal=why[:600])


def _wait_for_columns(batch: ScoreImport) -> None:
    with transaction.atomic(), acting(batch.uploaded_by, _("score file waits for its columns")):
        ScoreImport.objects.filter(pk=batch.pk).update(state=ImportState.UNMAPPED)
