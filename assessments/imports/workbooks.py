"""Workbooks (.xlsx): tabs, rows and cells as text, read as a stream so that memory stays flat.

A general reader builds the whole sheet first: 300 MB for a file of 10 MB, and a single cell in the last corner of a
sheet is enough to fill the machine. Here one row at a time exists, document types are refused, and the limits are
asked at every row. Formats of dates and numbers are openpyxl's.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple
from xml.parsers import expat

from django.utils.translation import gettext as _
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format  # type: ignore[import-untyped]
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel  # type: ignore[import-untyped]

from assessments.imports import archives, texts
from assessments.imports.limits import Limits
from district.refusal import Refusal

PER_TAB = 10_000_000  # a line's number counts on from here in every further tab; a sheet has 1,048,576 rows at most
LAST_ROW = 1_048_576
CHUNK = 1 << 16
EMPTY_CELL = re.compile(rb'<c r="[A-Z]+\d+"[^>]*/>')
EMPTY_ROW = re.compile(rb'<row r="\d+"(?:[^>]*/>|[^>]*></row>)')
SAME_TABLE = 0.5  # a tab that shares this much of the header, but not all, is a mistake and not a note


class Tab(NamedTuple):
    name: str
    part: str


class Workbook:
    """An opened .xlsx. Raises Refusal where it is damaged, hostile or too large."""

    def __init__(self, archive: archives.Archive, limits: Limits) -> None:
        self.archive, self.limits = archive, limits
        self.epoch = WINDOWS_EPOCH
        self.tabs = self._visible_tabs()
        self.formats = self._number_formats()
        self.words = self._shared_words()

    def choose_tabs(self) -> tuple[list[Tab], list[str], list[str]]:
        """The tabs that hold the table, its header, and what was left aside."""
        heads = {tab: self._first_row(tab) for tab in self.tabs}
        filled = {tab: head for tab, head in heads.items() if head}
        if not filled:
            raise Refusal(_("There is nothing in the workbook."), _("Download it again, or pick the right one."))
        header = max(filled.values(), key=len)
        known = {texts.plain(cell) for cell in header}
        chosen: list[Tab] = []
        for tab, head in filled.items():
            if [texts.plain(cell) for cell in head] == [texts.plain(cell) for cell in header]:
                chosen.append(tab)
            elif len(known & {texts.plain(cell) for cell in head}) > SAME_TABLE * len(head):
                raise Refusal(
                    _("The tab %(tab)s has other columns than the tab %(first)s.")
                    % {"tab": tab.name, "first": max(filled, key=lambda tab: len(filled[tab])).name},
                    _("Give all tabs the same first line, or send them one by one."),
                )
        notes = [_("Tab not read: %(name)s.") % {"name": tab.name} for tab in filled if tab not in chosen]
        return chosen, header, notes

    def rows(self, tabs: Sequence[Tab], columns: Sequence[int]) -> Iterator[tuple[int, list[str]]]:
        """Line number, counting on from PER_TAB in each further tab, and the wanted cells; no empty rows."""
        filled = 0
        places: dict[int, list[int]] = {}
        for place, column in enumerate(columns):
            places.setdefault(column, []).append(place)
        for index, tab in enumerate(tabs):
            is_header = True
            for number, cells in self._stream(tab, set(places)):
                if is_header:
                    is_header = False
                    continue
                filled += 1
                if filled > self.limits.rows:
                    raise texts.too_many_rows(self.limits)
                row = [""] * len(columns)
                for column, value in cells.items():
                    for place in places.get(column, ()):
                        row[place] = value
                yield index * PER_TAB + number, row

    def _first_row(self, tab: Tab) -> list[str]:
        for _number, cells in self._stream(tab, None):
            width = max(cells) + 1
            return [cells.get(column, "").strip() for column in range(width)]
        return []

    def _stream(self, tab: Tab, wanted: set[int] | None) -> Iterator[tuple[int, dict[int, str]]]:
        """Rows with something in them, as column number to text; only the wanted columns are kept."""
        reader = _SheetReader(self, wanted)
        for piece in _without_empty(self._pieces(tab.part)):
            reader.feed(piece)
            yield from reader.take()
        reader.feed(b"", final=True)
        yield from reader.take()

    def _pieces(self, part: str) -> Iterator[bytes]:
        with archives.unpacking(), self.archive.open(part) as file:
            while piece := file.read(CHUNK):
                yield piece

    def _parse(self, part: str, start: Callable[[str, dict[str, str]], None], **handlers: Any) -> None:
        """Run the handlers over a small part; a part that is missing is empty."""
        if part not in self.archive.namelist():
            return
        parser = _parser(start, **handlers)
        for piece in self._pieces(part):
            _feed(parser, piece)
        _feed(parser, b"", final=True)

    def _visible_tabs(self) -> list[Tab]:
        targets: dict[str, str] = {}
        sheets: list[tuple[str, str]] = []

        def relation(tag: str, attributes: dict[str, str]) -> None:
            if tag == "Relationship" and "Id" in attributes:
                targets[attributes["Id"]] = attributes.get("Target", "")

        def sheet(tag: str, attributes: dict[str, str]) -> None:
            if tag == "sheet" and attributes.get("state", "visible") == "visible":
                link = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
                sheets.append((attributes.get("name", ""), link))
            elif tag == "workbookPr" and attributes.get("date1904") in ("1", "true"):
                self.epoch = MAC_EPOCH

        self._parse("xl/_rels/workbook.xml.rels", relation)
        self._parse("xl/workbook.xml", sheet)
        tabs = [
            Tab(name, posixpath.normpath(posixpath.join("/xl", targets.get(link, "")))[1:]) for name, link in sheets
        ]
        tabs = [tab for tab in tabs if tab.part in self.archive.namelist()]
        if not tabs:
            raise Refusal(_("There is no tab with cells in the workbook."), _("Save it anew in Excel."))
        if len(tabs) > self.limits.tabs:
            raise Refusal(
                _("The workbook has %(count)d tabs; at most %(limit)d are read.")
                % {"count": len(tabs), "limit": self.limits.tabs},
                _("Send it in parts."),
            )
        return tabs

    def _number_formats(self) -> dict[str, str]:
        """Per cell style that matters: "date", or the zeros to which a number is filled up."""
        codes = dict(BUILTIN_FORMATS)
        styles: list[int] = []
        inside: list[str] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            inside.append(tag)
            if tag == "numFmt" and attributes.get("numFmtId", "").isdigit():
                codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
            elif tag == "xf" and "cellXfs" in inside:
                number = attributes.get("numFmtId", "0")
                styles.append(int(number) if number.isdigit() else 0)

        self._parse("xl/styles.xml", start, end=lambda tag: inside.pop())
        kinds = {number: _kind_of_format(code) for number, code in codes.items()}
        return {str(at): kind for at, number in enumerate(styles) if (kind := kinds.get(number))}

    def _shared_words(self) -> list[str]:
        """The words that cells point to by number."""
        part = "xl/sharedStrings.xml"
        if part in self.archive.namelist():
            archives.refuse_size(self.archive.getinfo(part).file_size, self.limits.shared)
        words: list[str] = []
        text: list[str] = []
        depth = [0]  # inside reading aids (rPh) text does not count

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "si":
                text.clear()
            elif tag == "rPh":
                depth[0] += 1

        def end(tag: str) -> None:
            if tag == "si":
                words.append("".join(text))
                text.clear()
            elif tag == "rPh":
                depth[0] -= 1

        def data(piece: str) -> None:
            if not depth[0]:
                text.append(piece)

        self._parse(part, start, end=end, data=data)
        return [word.strip("\r\n") if word.isspace() else word for word in words]


def _without_empty(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The bytes of a sheet without the formatted but empty cells and rows that Excel leaves, a million at worst.

    Only those that name their place are dropped, so that what follows keeps its own.
    """
    kept = b""
    for piece in pieces:
        whole, mark, kept = (kept + piece).rpartition(b"<row")
        yield EMPTY_ROW.sub(b"", EMPTY_CELL.sub(b"", whole))
        kept = mark + kept
        if len(kept) > CHUNK:  # one row as long as this: let it through as it is
            yield kept
            kept = b""
    yield kept


class _SheetReader:
    """Takes the bytes of one sheet and gives its rows."""

    def __init__(self, book: Workbook, wanted: set[int] | None) -> None:
        self.book, self.wanted = book, wanted
        self.ready: list[tuple[int, dict[int, str]]] = []
        self.cells: dict[int, str] = {}
        self.text: list[str] = []
        self.number, self.column = 0, -1
        self.kind: str | None = None
        self.style: str | None = None
        self.is_wanted = self.filled = False
        self.columns: dict[str, int] = {}
        self.parser = _parser(self._start, end=self._end)

    def feed(self, piece: bytes, final: bool = False) -> None:
        _feed(self.parser, piece, final)

    def take(self) -> list[tuple[int, dict[int, str]]]:
        ready, self.ready = self.ready, []
        return ready

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            reference = attributes.get("r")
            self.column = self._column_of(reference) if reference else self.column + 1
            self.kind, self.style = attributes.get("t"), attributes.get("s")
            self.is_wanted = self.wanted is None or self.column in self.wanted
        elif tag == "v" or tag == "t":
            self.filled = True
            if self.is_wanted:
                self.parser.CharacterDataHandler = self.text.append
        elif tag == "row":
            stated = attributes.get("r", "")
            self.number = max(self.number + 1, int(stated) if stated.isdigit() and len(stated) < 9 else 0)
            if self.number > LAST_ROW:
                raise _damaged()
            self.cells, self.column, self.filled = {}, -1, False

    def _end(self, tag: str) -> None:
        if tag == "c":
            if self.text:
                self._keep("".join(self.text))
                self.text.clear()
        elif tag == "v" or tag == "t":
            self.parser.CharacterDataHandler = None
        elif tag == "row" and self.filled and (self.cells or self.wanted is not None):
            self.ready.append((self.number, self.cells))

    def _keep(self, raw: str) -> None:
        """Keep the cell that has just ended, if it says anything."""
        limits = self.book.limits
        if self.column >= limits.columns:
            raise texts.too_many_columns(self.column + 1, limits)
        if len(raw) > limits.cell:
            raise Refusal(
                _("Line %(number)d has a cell of more than %(limit)s letters.")
                % {"number": self.number, "limit": f"{limits.cell:,}"},
                _("Take the text out of the cell, or send the file as the state gives it."),
            )
        value = self._value(raw)
        if value and not value.isspace():
            self.cells[self.column] = value

    def _value(self, raw: str) -> str:
        """The cell as text: dates in ISO, whole numbers without a point, formats of zeros filled up."""
        kind, book = self.kind, self.book
        if kind == "s":
            at = int(raw) if raw.isdigit() else len(book.words)
            if at >= len(book.words):
                raise _damaged()
            return book.words[at]
        if kind in ("inlineStr", "str", "e"):
            return raw
        if kind == "b":
            return "TRUE" if raw == "1" else "FALSE"
        if kind == "d":
            return raw.removesuffix("T00:00:00")
        style = book.formats.get(self.style or "0", "")
        if style == "date":
            return _date(raw, book.epoch)
        number = raw if raw.isdigit() else _number(raw)
        return number.zfill(len(style)) if style and number.isdigit() else number

    def _column_of(self, reference: str) -> int:
        """The column of a reference such as AB12, from 0."""
        letters = reference.rstrip("0123456789")
        if (known := self.columns.get(letters)) is not None:
            return known
        if not (1 <= len(letters) <= 3 and letters.isascii() and letters.isupper()):
            raise _damaged()
        column = 0
        for letter in letters:
            column = column * 26 + ord(letter) - 64
        self.columns[letters] = column - 1
        return column - 1


def _parser(start: Callable[..., None], end: Callable[..., None] | None = None, data: Any = None) -> Any:
    """A parser that refuses document types (and with them entities that grow), and drops name prefixes."""

    def refuse(*_args: object) -> None:
        raise Refusal(
            _("The workbook holds instructions that no workbook needs (a document type)."),
            _("Open it in Excel and save it anew, or as CSV UTF-8."),
        )

    def first(tag: str, attributes: dict[str, str]) -> None:
        """Some programs write x:row for row; the first tag tells, and most files are spared the cutting."""
        drop = tag.find(":") + 1
        parser.StartElementHandler = (lambda tag, attributes: start(tag[drop:], attributes)) if drop else start
        if end:
            parser.EndElementHandler = (lambda tag: end(tag[drop:])) if drop else end
        parser.StartElementHandler(tag, attributes)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.StartElementHandler = first
    if data:
        parser.CharacterDataHandler = data
    return parser


def _feed(parser: Any, piece: bytes, final: bool = False) -> None:
    try:
        parser.Parse(piece, final)
    except expat.ExpatError:
        raise _damaged() from None


def _kind_of_format(code: str) -> str:
    if code and set(code) == {"0"}:
        return code if len(code) > 1 else ""
    return "date" if is_date_format(code) else ""


def _date(raw: str, epoch: datetime) -> str:
    """A date's serial number in ISO; what is no date stays as it is, to be named in its line."""
    try:
        value = from_excel(float(raw), epoch)
    except (ValueError, OverflowError):
        return raw
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    return value.isoformat() if isinstance(value, date) else raw


def _number(raw: str) -> str:
    """A number as Excel shows it: 1450.0 and 1.45E3 are 1450."""
    try:
        value = float(raw)
    except ValueError:
        return raw
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _damaged() -> Refusal:
    return Refusal(_("The workbook is damaged."), _("Open it in Excel and save it anew, or as CSV UTF-8."))
