"""Columns of a file that nobody knows: a person names them once, and they are remembered by the file's header (MP3-09).

Only marks and local measures may be named so; what the state sends has columns of its own.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import IO, cast
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.enums import ImportState, ImportTarget
from assessments.imports import layouts, reading, staging, values
from assessments.imports.layouts import Mapped
from assessments.imports.texts import plain
from assessments.imports.values import NotAValue
from assessments.models import ColumnMapping, LocalMeasure, ScoreImport
from district.access import demand
from district.history import acting
from district.models import User
from district.permissions import Permission
from district.refusal import Refusal

CHILD = ("number", "ssid", "local_id")
# What must be named, and what may; "a|b": one of the two, in a column or said for the whole file.
NEEDED = {
    ImportTarget.MARK: ("number|ssid|local_id", "course", "mark", "term"),
    ImportTarget.LOCAL: ("number|ssid|local_id", "measure", "value|level", "window|taken_on"),
}
ALSO = ("last_name", "first_name", "birth_date", "grade", "year", "taken_on")
MORE = {ImportTarget.MARK: ("subject", "teacher"), ImportTarget.LOCAL: ("not_taken",)}
FIXED = {ImportTarget.MARK: ("term", "year", "subject"), ImportTarget.LOCAL: ("measure", "window", "year")}
LINES_SHOWN = 5


@dataclass(frozen=True)
class Sample:
    """A file whose columns are to be named: its header and first lines."""

    header: list[str]
    lines: list[list[str]] = field(default_factory=list)


def fields_of(target: ImportTarget) -> list[str]:
    """The fields of a kind whose column may be named."""
    needed = [name for choice in NEEDED[target] for name in choice.split("|")]
    return list(dict.fromkeys([*needed, *ALSO, *MORE[target]]))


def sample_of(name: str, file: IO[bytes]) -> Sample:
    """The header and the first lines of a file. Raises Refusal."""
    table = reading.read(name, file)
    lines = []
    for line in table.lines(range(len(table.header))):
        lines.append([values.text(cell, 40) for cell in line.cells])
        if len(lines) == LINES_SHOWN:
            break
    return Sample(table.header, lines)


def guess(header: Sequence[str]) -> dict[str, str]:
    """Which column probably says what, by the names that other lists use."""
    known = layouts.programs()
    found: dict[str, str] = {}
    for program in (known["marks"], known["measures"]):
        for name, spellings in program.columns.items():
            spelled = {plain(each) for each in spellings}
            if match := next((column for column in header if plain(column) in spelled), None):
                found.setdefault(name, match)
    number = found.get("ssid") or found.get("local_id")
    return ({"number": number} if number else {}) | {key: name for key, name in found.items() if key not in CHILD}


def check(named: Mapped) -> None:
    """Refuse where something is missing that the file cannot be read without, or the measure is none of ours."""
    if named.target not in NEEDED:
        raise Refusal(
            _("Only files of marks and of local measures may have their columns named."),
            _("The state's files are known by their header."),
        )
    have = {name for name, column in [*named.columns.items(), *named.fixed.items()] if column}
    lacking = [choice for choice in NEEDED[named.target] if not have & set(choice.split("|"))]
    if lacking:
        names = ", ".join(" / ".join(label(each) for each in choice.split("|")) for choice in lacking)
        raise Refusal(_("Not named yet: %(names)s.") % {"names": names}, _("Say in which column each stands."))
    if strange := set(named.columns) - set(fields_of(named.target)):
        raise Refusal(
            _("No such field in this kind of file: %(names)s.") % {"names": ", ".join(sorted(strange))},
            _("Fields: %(names)s.") % {"names": ", ".join(fields_of(named.target))},
        )
    _check_fixed(named.fixed)


def _check_fixed(fixed: Mapping[str, str]) -> None:
    measure = fixed.get("measure")
    known = LocalMeasure.objects.filter(slug=measure)
    if measure and not known.exists():
        names = ", ".join(LocalMeasure.objects.filter(kept="local").values_list("slug", flat=True))
        raise Refusal(
            _("There is no such measure here: %(name)s.") % {"name": measure},
            _("Measures: %(names)s.") % {"names": names},
        )
    for name, read in (("window", values.window), ("term", values.window), ("year", values.school_year)):
        try:
            read(fixed.get(name, ""))
        except NotAValue as wrong:
            raise Refusal(wrong.reason, wrong.mend) from None


def label(name: str) -> str:
    """A field in words."""
    return {
        "number": _("student number"),
        "ssid": _("SSID"),
        "local_id": _("local student number"),
        "last_name": _("last name"),
        "first_name": _("first name"),
        "birth_date": _("birth date"),
        "grade": _("grade"),
        "year": _("school year"),
        "taken_on": _("day"),
        "course": _("course"),
        "subject": _("subject"),
        "term": _("term"),
        "mark": _("mark"),
        "teacher": _("teacher"),
        "measure": _("measure"),
        "window": _("window"),
        "value": _("score"),
        "level": _("level"),
        "not_taken": _("reason why there is no score"),
    }.get(name, name)


def remember(*, by: User, header: Sequence[str], named: Mapped) -> ColumnMapping:
    """Keep the names of a header's columns, with who gave them; a header named before is named anew."""
    demand(by, Permission.IMPORT_RESULTS)
    check(named)
    layouts.as_mapped(header, named)
    with transaction.atomic(), acting(by, _("columns of a file named")):
        row, _made = ColumnMapping.objects.update_or_create(
            fingerprint=layouts.fingerprint(header),
            defaults={
                "name": named.name[:80],
                "header": list(header),
                "target": named.target,
                "columns": dict(named.columns),
                "fixed": {key: said for key, said in named.fixed.items() if said},
                "made_at": timezone.now(),
                "made_by": by,
            },
        )
    return row


def forget(*, by: User, pk: int) -> None:
    """Forget how a header was read; files read in stay as they are."""
    demand(by, Permission.IMPORT_RESULTS)
    with transaction.atomic(), acting(by, _("columns of a file forgotten")):
        if not ColumnMapping.objects.filter(pk=pk).delete()[0]:
            raise Refusal(_("These columns are forgotten already."))


def waiting_file(batch: ScoreImport) -> IO[bytes]:
    """The file that waits for its columns. Refusal where it is no longer there."""
    if batch.state != ImportState.UNMAPPED or not default_storage.exists(path_of(batch.pk)):
        raise Refusal(_("The file no longer waits for its columns."), _("Send it again."))
    with default_storage.open(path_of(batch.pk)) as kept:
        return io.BytesIO(cast("bytes", kept.read()))


def name_columns(*, by: User, batch_id: UUID, named: Mapped, on: date) -> ScoreImport:
    """Name the columns of a file that waits, remember them, and make its preview. Raises Refusal; it waits on then."""
    demand(by, Permission.IMPORT_RESULTS)
    with transaction.atomic():
        batch = ScoreImport.objects.select_for_update(of=("self",)).filter(pk=batch_id).first()
        if batch is None:
            raise Refusal(_("This file was thrown away."), _("Send it again."))
        file = waiting_file(batch)
        remember(by=by, header=reading.read(batch.file_name, file).header, named=named)
        read = staging.read_lines(batch, file, on, mapped=named)
        batch = staging.keep(by=by, batch=batch, read=read, on=on)
    default_storage.delete(path_of(batch.pk))
    return batch


def path_of(batch_id: UUID) -> str:
    """Where a file waits in the private storage, under a name that says nothing."""
    return f"uploads/{batch_id}"
