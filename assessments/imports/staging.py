"""A file into the database for its preview: read, COPY to a staging table, judge, keep the lines with their verdicts.

Nothing of a child's record is touched here. Reading is streamed to a file first, so that the database is busy for
seconds only, however long the reading takes.
"""

from __future__ import annotations

import csv
import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import IO, Any

from django.db import connection, transaction
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.enums import ImportState, ImportTarget, Verdict
from assessments.imports import judging, layouts, reading
from assessments.imports.following import note_refused
from assessments.imports.known import around_file, remembered
from assessments.imports.layouts import Layout, Mapped
from assessments.imports.limits import LIMITS, Limits
from assessments.imports.records import Record, absent, records
from assessments.imports.target import Target
from assessments.imports.targets import target_of
from assessments.imports.workbooks import PER_TAB
from assessments.models import ScoreImport, ScoreImportRow
from district.access import demand
from district.calendar import year_name
from district.history import acting
from district.models import User
from district.permissions import Permission
from students.models.student import search_key

COLUMNS = {
    "line": "int",
    "test": "text",
    "ssid": "text",
    "local_id": "text",
    "last_name": "text",
    "first_name": "text",
    "name_key": "text",
    "birth_date": "date",
    "school_code": "text",
    "language": "text",
    "administration": "text",
    "grade": "text",
    "tested_on": "date",
    "attempted": "text",
    "condition_code": "text",
    "calculated_status": "text",
    "examiner": "text",
    "scores": "jsonb",
    "item": "text",
    "facts": "jsonb",
    "problems": "jsonb",
    "rejected": "boolean",
}
KEPT = [name for name in COLUMNS if name not in ("language", "problems", "rejected")]
PROGRESS_EVERY = 2_000
UNUSUAL_NAMES = 40  # names with other letters than A to Z that the preview shows, to judge the guess of the encoding

Progress = Callable[[int], None]


@dataclass
class Read:
    """A file as read, before anything is judged."""

    layout: Layout
    table: reading.Table
    lines: IO[str]
    count: int = 0
    passed_over: int = 0
    administrations: Counter[str] = field(default_factory=Counter)
    available_on: date | None = None
    names: list[str] = field(default_factory=list)


def stage(
    *,
    by: User,
    name: str,
    file: IO[bytes],
    received_on: date,
    on: date,
    limits: Limits = LIMITS,
    mapped: Mapped | None = None,
) -> ScoreImport:
    """Read a file and keep its preview. Raises Refusal, and keeps nothing, where it cannot be read at all.

    mapped: its columns as a person has named them; without it they are known, or remembered.
    """
    demand(by, Permission.IMPORT_RESULTS)
    batch = ScoreImport(file_name=shown_name(name), sha256=fingerprint(file), received_on=received_on, uploaded_by=by)
    read = read_lines(batch, file, on, limits, mapped=mapped)
    return keep(by=by, batch=batch, read=read, on=on)


def read_lines(
    batch: ScoreImport,
    file: IO[bytes],
    on: date,
    limits: Limits = LIMITS,
    progress: Progress | None = None,
    mapped: Mapped | None = None,
) -> Read:
    """Read all lines of the file into a temporary file of the form that COPY takes. Touches no pupil's table."""
    table = reading.read(batch.file_name, file, limits)
    layout = (
        layouts.recognise(table.header, remembered()) if mapped is None else layouts.as_mapped(table.header, mapped)
    )
    around = around_file(layout, on)
    lines = tempfile.TemporaryFile("w+", encoding="utf-8", newline="")  # noqa: SIM115 -- `keep` closes it
    read = Read(layout, table, lines)
    try:
        write = csv.writer(lines).writerow
        line = 0
        for record in records(table, layout, around):
            if record.line != line:
                line, read.count = record.line, read.count + 1
                if progress and read.count % PROGRESS_EVERY == 0:
                    progress(read.count)
            if not record.is_kept:
                read.passed_over += 1
                continue
            write(_as_copied(record))
            _notice(read, record)
    except BaseException:
        lines.close()
        raise
    return read


def keep(*, by: User, batch: ScoreImport, read: Read, on: date) -> ScoreImport:
    """Judge the lines read and keep them with the preview, in one transaction."""
    batch.layout, batch.source, batch.target = read.layout.label[:120], read.layout.source, read.layout.target
    batch.administration = _file_administration(batch, read)
    batch.tabs = read.table.tabs
    batch.notes = [*read.table.notes, *_notes(read)]
    with read.lines, transaction.atomic(), acting(by, _("score file read for its preview")):
        batch.state = ImportState.PREVIEWED
        batch.counts = {"columns": dict(read.layout.names), "absent": absent(read.layout)}
        batch.save()
        _copy(read.lines)
        parameters = judging.facts(batch, on) | judging.sentences(read.layout.names)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE staged SET administration = %s WHERE administration = ''", [batch.administration])
            if batch.target == ImportTarget.LOCAL:
                cursor.execute(GRADE_OF_ENROLLMENT)
            cursor.execute("ANALYZE staged")
            cursor.execute(_insert(target_of(batch)), parameters)
            cursor.execute("DROP TABLE staged")
        note_refused(by=by, batch=batch)
        batch.counts |= counted(batch) | {
            "lines": read.count,
            "passed_over": read.passed_over,
            "names": read.names,
        }
        batch.save(update_fields=["counts"])
    return batch


def counted(batch: ScoreImport) -> dict[str, int]:
    """What lines say by verdict, how many lines are rejected, and how much has a warning."""
    rows = ScoreImportRow.objects.filter(batch=batch)
    found = dict(rows.values_list("verdict").annotate(Count("pk")).order_by())
    found[Verdict.REJECTED] = rows.filter(verdict=Verdict.REJECTED).order_by().values("line").distinct().count()
    warned = rows.exclude(verdict=Verdict.REJECTED).filter(problems__contains=[{"severity": "warning"}]).count()
    return {verdict: found.get(verdict, 0) for verdict in Verdict.values} | {"warnings": warned}


def fingerprint(file: IO[bytes]) -> str:
    """The SHA-256 of the file, by which the same file is known again."""
    file.seek(0)
    seen = hashlib.sha256()
    while piece := file.read(1 << 20):
        seen.update(piece)
    file.seek(0)
    return seen.hexdigest()


def shown_name(name: str) -> str:
    """The file's own name without folders and control characters, as it is shown and kept."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in last if char.isprintable())[-200:] or _("file without a name")


def read_before(batch: ScoreImport) -> ScoreImport | None:
    """The import by which the very same file was applied before, if it was."""
    same = ScoreImport.objects.filter(sha256=batch.sha256, state=ImportState.APPLIED).exclude(pk=batch.pk)
    return same.select_related("applied_by").order_by("-applied_at").first()


def place(batch: ScoreImport, number: int) -> tuple[int, str]:
    """A line as a person finds it in the file, and the tab where there are several."""
    tab, line = divmod(number, PER_TAB)
    return line, batch.tabs[tab] if tab < len(batch.tabs) else ""


def _as_copied(record: Record) -> list[Any]:
    """The record in the order of COLUMNS; None becomes an empty cell, which COPY takes for NULL."""
    return [
        record.line,
        record.test,
        record.ssid,
        record.local_id,
        record.last_name,
        record.first_name,
        search_key(record.last_name, record.first_name),
        record.birth_date,
        record.school_code,
        record.language,
        record.administration,
        record.grade,
        record.tested_on,
        record.attempted,
        record.condition_code,
        record.calculated_status,
        record.examiner,
        json.dumps(record.scores),
        record.item,
        json.dumps(record.facts),
        json.dumps([problem.as_json() for problem in record.problems]),
        record.is_rejected,
    ]


def _notice(read: Read, record: Record) -> None:
    """What the whole file says: its administration, the day of its scores, names with other letters."""
    if record.administration:
        read.administrations[record.administration] += 1
    if record.available_on and (read.available_on is None or record.available_on > read.available_on):
        read.available_on = record.available_on
    if len(read.names) < UNUSUAL_NAMES and not (record.last_name.isascii() and record.first_name.isascii()):
        name = f"{record.first_name} {record.last_name}".strip()
        if name not in read.names:
            read.names.append(name)


def _file_administration(batch: ScoreImport, read: Read) -> str:
    """The administration of lines without a test date: that of most other lines, else of the header, else of today."""
    if read.administrations:
        return read.administrations.most_common(1)[0][0]
    return read.layout.year or year_name(read.available_on or batch.received_on)


def _notes(read: Read) -> list[str]:
    notes = []
    if read.available_on:
        notes.append(_("The newest scores of the file are of %(day)s.") % {"day": read.available_on.isoformat()})
    if read.passed_over and read.layout.target == ImportTarget.RESULT:
        words = ngettext(
            "%(count)d line of a test that is not kept here, such as science.",
            "%(count)d lines of tests that are not kept here, such as science.",
            read.passed_over,
        )
        notes.append(words % {"count": read.passed_over})
    elif read.passed_over:
        words = ngettext(
            "%(count)d line in which there is nothing to keep.",
            "%(count)d lines in which there is nothing to keep.",
            read.passed_over,
        )
        notes.append(words % {"count": read.passed_over})
    if layouts.is_shortened(read.layout, read.table.header):
        words = _("A shortened list. What it has no column for stays as it is held. Columns found: %(names)s.")
        notes.append(words % {"names": ", ".join(name for name in read.table.header if name)})
    if "birth_date" not in read.layout.fields:
        notes.append(_("The file has no birth dates: children are known by their number and name alone."))
    return notes


def _copy(lines: IO[str]) -> None:
    """COPY the lines into a table that goes with the transaction."""
    lines.seek(0)
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS staged")
        cursor.execute(f"CREATE TEMPORARY TABLE staged ({columns}) ON COMMIT DROP")
        texts = ", ".join(name for name, kind in COLUMNS.items() if kind == "text")
        cursor.cursor.copy_expert(f"COPY staged FROM STDIN WITH (FORMAT csv, FORCE_NOT_NULL ({texts}))", lines)


# A list without grades: the grade in which the child is enrolled.
GRADE_OF_ENROLLMENT = """
    UPDATE staged SET grade = stay.grade
    FROM students_student child JOIN students_enrollment stay ON stay.id = child.current_enrollment_id
    WHERE staged.grade = '' AND ((staged.ssid <> '' AND child.ssid = staged.ssid)
        OR (staged.ssid = '' AND staged.local_id <> '' AND child.local_id = staged.local_id))
"""


def _insert(target: Target) -> str:
    """Keep every line with what it matched, what is to become of it, and why."""
    own, said = ", ".join(KEPT), dict(target.kept)
    link = (f", {target.link}", ", held_id") if target.link else ("", "")
    return f"""
        INSERT INTO assessments_scoreimportrow
            (batch_id, {own}, student_id, verdict, problems, before{link[0]})
        SELECT %(batch)s, {", ".join(said.get(name, f"judged.{name}") for name in KEPT)}, child_id, judgement,
            judged.problems || {judging.problems()}, CASE WHEN judgement = 'changed' THEN held END{link[1]}
        FROM ({judging.judged("staged", target)}) judged {judging.BESIDE}
    """
