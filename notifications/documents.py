"""A composed letter: every word resolved, nothing left to compute. Stored as JSON with the letter, laid out from it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

LAYOUT = 1  # counts changes of templates/letters that alter the paper


@dataclass(frozen=True)
class Run:
    """A stretch of text, plain or bold."""

    text: str
    bold: bool = False


@dataclass(frozen=True)
class Block:
    """One piece of a sheet. `says` names the items of `notice_contents` that it states."""

    kind: ClassVar[str] = ""
    says: tuple[str, ...] = field(default=(), kw_only=True)

    @property
    def template(self) -> str:
        return f"letters/{self.kind}.html"

    @property
    def is_heading(self) -> bool:
        return self.kind == "heading"

    @property
    def text(self) -> str:
        """All words of the block, for tests and for search."""
        return " ".join(_strings({key: value for key, value in asdict(self).items() if key not in ("says", "name")}))


@dataclass(frozen=True)
class Heading(Block):
    kind: ClassVar[str] = "heading"
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True)
class Paragraph(Block):
    kind: ClassVar[str] = "paragraph"
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True)
class Items(Block):
    kind: ClassVar[str] = "items"
    items: tuple[tuple[Run, ...], ...] = ()
    ordered: bool = False


@dataclass(frozen=True)
class Box:
    """One box of the form: a small label and what is written in it; a blank text is a line to write on."""

    label: str
    text: str = ""
    width: int = 3  # of the twelve columns of the form


@dataclass(frozen=True)
class Boxes(Block):
    kind: ClassVar[str] = "boxes"
    rows: tuple[tuple[Box, ...], ...] = ()


@dataclass(frozen=True)
class Row:
    head: str
    cells: tuple[str, ...]
    note: str = ""
    tick: bool = False  # the last cell is a criterion that is met


@dataclass(frozen=True)
class Table(Block):
    kind: ClassVar[str] = "table"
    name: str = ""
    head: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()

    @property
    def lines(self) -> list[tuple[Row, list[tuple[str, str]]]]:
        """Each row with its cells, each cell with the head of its column."""
        return [(row, list(zip(self.head[1:], row.cells, strict=True))) for row in self.rows]


@dataclass(frozen=True)
class Check:
    text: str
    ticked: bool = False


@dataclass(frozen=True)
class Checks(Block):
    kind: ClassVar[str] = "checks"
    lines: tuple[Check, ...] = ()


@dataclass(frozen=True)
class Reply(Block):
    """The parent's answer: choices to tick, lines to sign on."""

    kind: ClassVar[str] = "reply"
    title: str = ""
    how: str = ""
    choices: tuple[tuple[str, ...], ...] = ()  # rows of two
    sign: tuple[str, ...] = ()


@dataclass(frozen=True)
class Questions(Block):
    """Questions with a line to answer on."""

    kind: ClassVar[str] = "questions"
    questions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Signature(Block):
    kind: ClassVar[str] = "signature"
    sign: tuple[str, ...] = ()


@dataclass(frozen=True)
class Document:
    """One sheet of a letter in one language."""

    language: str
    title: str
    blocks: tuple[Block, ...]
    kind: str = ""
    direction: str = "ltr"
    drafted: bool = False  # the translation has not been reviewed by a person
    page: str = "letter"

    def to_json(self) -> dict:
        return asdict(self) | {"blocks": [{"kind": block.kind} | asdict(block) for block in self.blocks]}

    @classmethod
    def from_json(cls, data: dict) -> Document:
        return cls(**data | {"blocks": tuple(_block(entry) for entry in data["blocks"])})


@dataclass(frozen=True)
class HeadText:
    """The letterhead in one language (APPC-02, MP0-02)."""

    district: str
    lines: tuple[str, ...] = ()
    school: str = ""
    school_lines: tuple[str, ...] = ()
    vision: str = ""
    superintendent: str = ""
    trustees: str = ""
    draft_note: tuple[str, ...] = ()
    replaces: str = ""  # the letter that this one corrects


@dataclass(frozen=True)
class LetterContent:
    """All that a PDF is made from. Equal contents give equal bytes; `to_json` and `from_json` lose nothing."""

    doc_id: str
    title: str
    letterhead: dict[str, HeadText]
    sheets: tuple[Document, ...]
    layout: int = LAYOUT

    @property
    def language(self) -> str:
        return self.sheets[0].language

    def to_json(self) -> dict[str, Any]:
        return {
            "doc_id": self.doc_id,
            "title": self.title,
            "layout": self.layout,
            "letterhead": {language: asdict(head) for language, head in self.letterhead.items()},
            "sheets": [sheet.to_json() for sheet in self.sheets],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> LetterContent:
        heads = {language: HeadText(**_tuples(head)) for language, head in data["letterhead"].items()}
        sheets = tuple(Document.from_json(sheet) for sheet in data["sheets"])
        return cls(data["doc_id"], data["title"], heads, sheets, data["layout"])


BLOCKS = {block.kind: block for block in (Heading, Paragraph, Items, Boxes, Table, Checks, Reply, Questions, Signature)}


def _block(entry: dict) -> Block:
    entry = dict(entry)
    kind = entry.pop("kind")
    if kind in ("heading", "paragraph"):
        entry["runs"] = tuple(Run(**run) for run in entry["runs"])
    elif kind == "items":
        entry["items"] = tuple(tuple(Run(**run) for run in item) for item in entry["items"])
    elif kind == "boxes":
        entry["rows"] = tuple(tuple(Box(**box) for box in row) for row in entry["rows"])
    elif kind == "table":
        entry["rows"] = tuple(Row(**_tuples(row)) for row in entry["rows"])
    elif kind == "checks":
        entry["lines"] = tuple(Check(**line) for line in entry["lines"])
    elif kind == "reply":
        entry["choices"] = tuple(tuple(row) for row in entry["choices"])
    return BLOCKS[kind](**_tuples(entry))


def _tuples(data: dict) -> dict:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}


def _strings(value: Any):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _strings(inner)
