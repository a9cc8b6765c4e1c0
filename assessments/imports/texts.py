"""Delimited text: which letters, which separator, and its lines.

Excel saves "CSV" in the letters of Windows; the state writes UTF-8; "Unicode text" is UTF-16. The bytes say which: a
byte order mark, else UTF-8 if every byte fits, else Windows-1252.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from assessments.imports.limits import Limits
from district.refusal import Refusal

# In the order in which they win where two would give as many columns.
DELIMITERS = {
    "^": gettext_noop("carets (^)"),
    "\t": gettext_noop("tabs"),
    ",": gettext_noop("commas"),
    ";": gettext_noop("semicolons"),
}
CHUNK = 1 << 20
CONTROL = re.compile("[\x01-\x08\x0e-\x19\x1b-\x1f]")
BLANK = " \t\r\n\"'\x1a"
LINES_OF_A_CELL = 50  # an unclosed quotation mark is given up after so many lines


@dataclass(frozen=True)
class Text:
    """What the whole file is written in."""

    encoding: str
    encoding_name: str


@dataclass(frozen=True)
class Layout:
    """How the lines are cut: `width` is the number of columns of the header, `start` the header's own line."""

    encoding: str
    delimiter: str
    width: int
    start: int


def plain(name: str) -> str:
    """A column's name without spaces, case and punctuation, as names are compared."""
    return "".join(char for char in name.lower() if char.isalnum())


def look_over(again: Callable[[], IO[bytes]], limits: Limits) -> Text:
    """Read the file once without keeping it: its letters, and whether it is text of a size that can be read."""
    start = again().read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        found = [("utf-16", "UTF-16")]
    elif start.startswith(codecs.BOM_UTF8):
        found = [("utf-8-sig", "UTF-8")]
    else:
        found = [("utf-8", "UTF-8"), ("cp1252", "Windows-1252")]
    for encoding, name in found:
        try:
            _walk(again(), encoding, limits)
        except UnicodeDecodeError:
            continue
        return Text(encoding, name)
    raise Refusal(
        _("The file has bytes that are no letters in UTF-8, UTF-16 or Windows-1252."),
        _("Save it as CSV UTF-8, or send the zip as the state gives it."),
    )


def _walk(file: IO[bytes], encoding: str, limits: Limits) -> None:
    """Decode the file piece by piece; UnicodeDecodeError where it is not in this encoding, Refusal where too large."""
    decode = codecs.getincrementaldecoder(encoding)().decode
    count = since = 0
    while True:
        piece = file.read(CHUNK)
        text = decode(piece, final=not piece)
        if "\0" in text or (not count and CONTROL.search(text, 0, 4096)):
            raise Refusal(
                _("This is not a text file: it holds bytes that no letter has."),
                _("Pick the score file from TOMS: the zip, or the .csv or .xlsx inside it."),
            )
        breaks = max(text.count("\n"), text.count("\r"))
        since = 0 if breaks else since + len(text)
        if since > limits.line:
            raise Refusal(
                _("A line is longer than %(count)s letters.") % {"count": f"{limits.line:,}"}, _("Download it again.")
            )
        count += breaks
        if not piece:
            break
    if count > limits.rows:
        _refuse_rows(file, encoding, limits)


def _refuse_rows(file: IO[bytes], encoding: str, limits: Limits) -> None:
    """Refuse a file with too many lines that hold something; empty ones, as Excel leaves them, do not count."""
    file.seek(0)
    empty, filled = BLANK + "".join(DELIMITERS), 0
    with _lines(file, encoding) as lines:
        for line in lines:
            filled += bool(line.strip(empty))
            if filled > limits.rows + 1:
                raise too_many_rows(limits)


def find_header(text: Text, again: Callable[[], IO[bytes]], limits: Limits) -> tuple[list[str], str, int]:
    """The header, the separator that gives most columns, and the header's line number."""
    forced = ""
    with _lines(again(), text.encoding) as lines:
        for number, line in enumerate(lines, 1):
            if sep := re.fullmatch(r"sep=([\^\t,;])\s*", line, re.IGNORECASE):
                forced = sep[1]
            elif line.strip(BLANK + "".join(DELIMITERS)):
                place = number
                break
        else:
            raise Refusal(_("There is nothing in the file."), _("Download it again, or pick the right one."))
    cut = {mark: _split(line, mark) for mark in ([forced] if forced else DELIMITERS)}
    delimiter = max(cut, key=lambda mark: len(cut[mark]))
    header = [cell.strip() for cell in cut[delimiter]]
    while header and not header[-1]:
        header.pop()
    if len(header) > limits.columns:
        raise too_many_columns(len(header), limits)
    if len(header) < 2:
        raise _no_table(line)
    return header, delimiter, place


def rows(
    file: IO[bytes], layout: Layout, limits: Limits, columns: Sequence[int]
) -> Iterator[tuple[int, list[str], int]]:
    """Line number, the wanted cells, and how many cells the line has; empty lines are passed over."""
    width, mark = layout.width, layout.delimiter
    empty, filled = BLANK + mark, 0
    with _lines(file, layout.encoding) as lines:
        number = 0
        for line in lines:
            number += 1
            if number <= layout.start or not line.strip(empty):
                continue
            filled += 1
            if filled > limits.rows:
                raise too_many_rows(limits)
            first = number
            if '"' in line:
                cells, more = _quoted(line, lines, mark, width)
                number += more
            else:
                cells = line.rstrip("\r\n").split(mark)
            _refuse_long_cells(first, line, cells, limits)
            have = len(cells)
            yield first, [cells[at] if at < have else "" for at in columns], _true_width(cells, width)


def _true_width(cells: list[str], width: int) -> int:
    """Cells of the line, without empty ones beyond the header's end."""
    have = len(cells)
    while have > width and not cells[have - 1].strip():
        have -= 1
    return have


def _quoted(line: str, lines: Iterator[str], mark: str, width: int) -> tuple[list[str], int]:
    """Cells of a line with quotation marks, and how many further lines belong to it.

    Carets and tabs come from programs that do not quote: where the plain cut fits the header and the quoted one does
    not, the marks are letters of a name. A mark still open at the end of the line is a cell with line breaks.
    """
    plain, cells = line.rstrip("\r\n").split(mark), _parse([line], mark)
    if cells is not None and len(cells) == width:
        return cells, 0
    if len(plain) == width and (mark in "^\t" or line.count('"') % 2 == 0):
        return plain, 0
    if cells is not None:
        return cells, 0
    taken = [line]
    for following in itertools.islice(lines, LINES_OF_A_CELL):
        taken.append(following)
        if (cells := _parse(taken, mark)) is not None:
            return cells, len(taken) - 1
    raise Refusal(
        _("A quotation mark is opened and never closed, after: %(start)s") % {"start": line[:60].strip()},
        _("Close it or take it out, or send the zip as the state gives it."),
    )


def _parse(lines: list[str], mark: str) -> list[str] | None:
    """The cells by the rules of quoting; None where a mark stays open or stands inside a cell."""
    try:
        return next(csv.reader(lines, delimiter=mark, strict=True))
    except csv.Error:
        return None


def _split(line: str, mark: str) -> list[str]:
    return _parse([line], mark) or line.rstrip("\r\n").split(mark)


def _refuse_long_cells(number: int, line: str, cells: Sequence[str], limits: Limits) -> None:
    if len(line) > limits.cell and max(map(len, cells)) > limits.cell:
        raise Refusal(
            _("Line %(number)d has a cell of more than %(limit)s letters.")
            % {"number": number, "limit": f"{limits.cell:,}"},
            _("A quotation mark may be missing there. Send the zip as the state gives it."),
        )
    if len(cells) > limits.columns and any(cell.strip() for cell in cells[limits.columns :]):
        raise too_many_columns(len(cells), limits)


def too_many_rows(limits: Limits) -> Refusal:
    return Refusal(
        _("The file has more than %(limit)s lines.") % {"limit": f"{limits.rows:,}"},
        _("Split it, for instance by school."),
    )


def too_many_columns(count: int, limits: Limits) -> Refusal:
    return Refusal(
        _("The file has %(count)s columns; no score file has more than %(limit)s.")
        % {"count": f"{count:,}", "limit": f"{limits.columns:,}"},
        _("Pick the score file from TOMS, or delete the columns that do not belong to it."),
    )


def _no_table(line: str) -> Refusal:
    if len(line) > 1000:
        return Refusal(
            _("This is the state's fixed-width file (.dat); it has no header and is not read."),
            _("Take the delimited file (.csv) from the same zip, or send the zip."),
        )
    return Refusal(
        _("This is not a table: the first line has no carets, commas, tabs or semicolons."),
        _("The first line must hold the names of the columns."),
    )


@contextmanager
def _lines(file: IO[bytes], encoding: str) -> Iterator[Iterator[str]]:
    """The lines of a binary file as text; the file itself stays open for whoever brought it."""
    text = io.TextIOWrapper(file, encoding, newline="")
    try:
        yield iter(text)
    finally:
        text.detach()
