"""From a file's name and bytes to a header and lines of text cells.

Knows kinds of files and nothing of scores. What is too large, hostile or not a table is refused here, from its first
bytes and its list of contents, before the work is done. Every refusal says what was found and what to do.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, NamedTuple

from django.utils.translation import gettext as _

from assessments.imports import archives, texts, workbooks
from assessments.imports.limits import LIMITS, Limits, in_words
from district.refusal import Refusal

# First bytes of files that people pick by mistake, and what they are.
MISTAKEN: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"{\\rtf", "a text document (RTF)"),
)
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Line(NamedTuple):
    """A line with something in it; `number` is its place in the file from 1, the header included."""

    number: int
    cells: Sequence[str]
    width: int  # cells in the line as it stands in the file


@dataclass
class Table:
    """A file as read: its header, and its lines when asked for, one after the other and never all at once."""

    file_name: str
    header: list[str]
    kind: str  # "text" or "workbook"
    notes: list[str] = field(default_factory=list)
    tabs: list[str] = field(default_factory=list)  # of a workbook with several
    source: Callable[[Sequence[int]], Iterator[Line]] = lambda columns: iter(())

    def lines(self, columns: Sequence[int]) -> Iterator[Line]:
        """The lines below the header with the cells of these columns only; a Refusal where a limit is passed."""
        return self.source(columns)


def read(name: str, data: bytes | IO[bytes], limits: Limits = LIMITS) -> Table:
    """Read a score file: delimited text, .xlsx, or a zip that holds one of them. Raises Refusal."""
    file = io.BytesIO(data) if isinstance(data, bytes) else data
    size = file.seek(0, io.SEEK_END)
    if not size:
        raise Refusal(_("The file is empty."), _("Download it again, or pick the right one."))
    file.seek(0)
    start = file.read(4096)
    _refuse_mistaken(start, file, size)
    if start.startswith(b"PK"):
        return _read_zip(name, file, limits)
    return _read_text(name, lambda: _from_start(file), size, limits, [])


def refuse_upload(size: int, limit: int = LIMITS.upload) -> None:
    """Refuse a file that is too large for the browser's door, before anything of it is looked at."""
    if size > limit:
        raise Refusal(
            _("The file has %(size)s; at most %(limit)s can be sent.")
            % {"size": in_words(size), "limit": in_words(limit)},
            _("Send the zip as the state gives it, or have it read in on the server: manage.py import_scores FILE"),
        )


def _from_start(file: IO[bytes]) -> IO[bytes]:
    file.seek(0)
    return file


def _refuse_mistaken(start: bytes, file: IO[bytes], size: int) -> None:
    """Refuse what is plainly something else, by its first bytes."""
    mend = _("Pick the score file from TOMS: the zip, or the .csv or .xlsx inside it.")
    if start.startswith(OLD_OFFICE):
        file.seek(0)
        if "EncryptedPackage".encode("utf-16-le") in file.read(min(size, 1024 * 1024)):
            raise Refusal(
                _("The workbook is protected by a password."), _("Open it in Excel, remove the password, save it.")
            )
        raise Refusal(
            _("This is a workbook of an old Excel (.xls)."),
            _("Open it in Excel and save it as Excel Workbook (.xlsx) or as CSV UTF-8."),
        )
    for magic, what in MISTAKEN:
        if start.startswith(magic):
            raise Refusal(_("This is %(what)s, not a score file.") % {"what": _(what)}, mend)
    head = start.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<!doctype", b"<html", b"<?xml", b"<svg", b"<table")):
        raise Refusal(_("This is a web page or an XML file, not a score file."), mend)


def _read_zip(name: str, file: IO[bytes], limits: Limits) -> Table:
    """A workbook, or the one score file inside a zip."""
    archive = archives.open_archive(file, limits)
    if archives.is_workbook(archive):
        return _read_workbook(name, archive, limits, [])
    entry, notes = archives.choose_entry(archive)
    if entry.filename.lower().endswith((".xlsx", ".xlsm")):
        archives.refuse_size(entry.file_size, limits.upload)
        with archives.unpacking():
            inner = archives.open_archive(io.BytesIO(archive.read(entry)), limits)
        if not archives.is_workbook(inner):
            raise Refusal(_("%(name)s inside the zip is not a workbook.") % {"name": archives.shown(entry.filename)})
        return _read_workbook(name, inner, limits, notes)
    with archives.unpacking(), archive.open(entry) as member:
        _refuse_mistaken(member.read(4096), io.BytesIO(b""), 0)
    return _read_text(name, lambda: archive.open(entry), entry.file_size, limits, notes)


def _read_text(name: str, again: Callable[[], IO[bytes]], size: int, limits: Limits, notes: list[str]) -> Table:
    if size > limits.text:
        archives.refuse_size(size, limits.text)
    with archives.unpacking():
        text = texts.look_over(again, limits)
        header, delimiter, start = texts.find_header(text, again, limits)

    def lines(columns: Sequence[int]) -> Iterator[Line]:
        layout = texts.Layout(text.encoding, delimiter, len(header), start)
        with archives.unpacking():
            for number, cells, width in texts.rows(again(), layout, limits, columns):
                yield Line(number, cells, width)

    notes = [*notes, _("Letters read as %(encoding)s.") % {"encoding": text.encoding_name}]
    notes.append(_("Columns separated by %(mark)s.") % {"mark": _(texts.DELIMITERS[delimiter])})
    return Table(name, header, "text", notes, [], lines)


def _read_workbook(name: str, archive: archives.Archive, limits: Limits, notes: list[str]) -> Table:
    book = workbooks.Workbook(archive, limits)
    tabs, header, more = book.choose_tabs()

    def lines(columns: Sequence[int]) -> Iterator[Line]:
        for number, cells in book.rows(tabs, columns):
            yield Line(number, cells, len(header))

    names = [tab.name for tab in tabs]
    if len(names) > 1:
        more = [_("%(count)d tabs read: %(names)s.") % {"count": len(names), "names": ", ".join(names)}, *more]
    return Table(name, header, "workbook", [*notes, *more], names if len(names) > 1 else [], lines)
