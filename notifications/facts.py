"""What the higher apps hand to a letter: plain values that know no language yet.

A letter goes out in two languages from one set of facts, so a value is not a finished string: a date, a term of the
dictionary and a list are turned into words only when a sheet is composed (`compose.py`). Text that comes from a record,
such as a name, is a plain `str`; it is printed as it stands and never read as Markdown or as a placeholder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Day:
    """A date, written out in the language of the sheet ("November 23, 2026", "23 de noviembre de 2026")."""

    on: date


@dataclass(frozen=True)
class Term:
    """An entry of `fixtures/letters/terms.csv`, e.g. `Term("today.to_go", {"value": "790L", "gap": "40"})`.

    `slots` fill the `[[...]]` of the entry. `fallback` is printed where the dictionary lacks the key, e.g. the English
    name of a rare language; without it a missing key is refused.
    """

    key: str
    slots: Mapping[str, Value] = field(default_factory=dict)
    fallback: str = ""


@dataclass(frozen=True)
class Words:
    """A text the district keeps in several languages, e.g. its vision line; English stands in where one is missing."""

    by_language: Mapping[str, str]


@dataclass(frozen=True)
class Listing:
    """Several values, joined by the language's own list mark: "listening, speaking"."""

    parts: tuple[Value, ...]

    def __init__(self, parts) -> None:
        object.__setattr__(self, "parts", tuple(parts))


Value = str | int | Day | Term | Words | Listing


@dataclass(frozen=True)
class ScoreRow:
    """One measure of a test: `score` is blank for the domains of the Summative, which have a level only."""

    measure: Value
    score: Value
    level: Value
    previous: Value = ""


@dataclass(frozen=True)
class ScoresTable:
    """Facts of `[[scores_table]]`; `previous_label` heads the last column ("2025"); blank leaves the column out."""

    rows: tuple[ScoreRow, ...]
    previous_label: Value = ""


@dataclass(frozen=True)
class ProgramRow:
    """One program of the catalog: its name, how it teaches and to what end, how much of each language."""

    program: Value
    how: Value
    languages: Value
    chosen: bool = False


@dataclass(frozen=True)
class ProgramsTable:
    """Facts of `[[programs_table]]`: this child's program first (item iii of 20 USC 6312(e)(3)(A))."""

    rows: tuple[ProgramRow, ...]


@dataclass(frozen=True)
class CriterionRow:
    """One line of `[[criteria_table]]`: what EC 313(f) asks, what the district asks, where the child stands."""

    law: Value
    district: Value
    today: Value
    met: bool = False


@dataclass(frozen=True)
class CriteriaTable:
    rows: tuple[CriterionRow, ...]


@dataclass(frozen=True)
class ReplyBox:
    """Facts of `[[reply_box]]`. `address` is the family's reply page, without https://; blank means paper only."""

    language: Value
    address: str = ""


@dataclass(frozen=True)
class Checklist:
    """Facts of a list of boxes that are printed ticked or empty, e.g. `[[records_list]]`."""

    lines: tuple[tuple[Value, bool], ...]


@dataclass(frozen=True)
class LetterFacts:
    """Everything one letter says about one child: values by placeholder, conditions by name, tables by block.

    subject_key: what the letter is about, e.g. "result 412" or "2026-27"; a child has one letter of a kind for each.
    corrects: the subject of the earlier letter that this one takes the place of, where facts have changed since.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    conditions: Mapping[str, bool] = field(default_factory=dict)
    blocks: Mapping[str, Any] = field(default_factory=dict)
    subject_key: str = ""
    corrects: str = ""

    def to_json(self) -> dict:
        """Plain JSON to be stored beside the letter as its evidence."""
        return plain(self)


@dataclass(frozen=True)
class Letterhead:
    """The district's letterhead and the school's corner of it (APPC-02, MP0-02); trustees as of the letter's date."""

    district: Value
    address: tuple[str, ...] = ()
    phone: str = ""
    fax: str = ""
    website: str = ""
    vision: Value = ""
    superintendent: str = ""
    trustees: tuple[str, ...] = ()
    school: Value = ""
    school_phone: str = ""


@dataclass(frozen=True)
class Missing:
    """A fact without which the letter is not issued: what it is, and the page on which it can be entered."""

    what: str
    url_name: str
    url_kwargs: Mapping[str, Any] = field(default_factory=dict)


def value_of(data: Any) -> Value:
    """A value again from what `plain` made of it; only the shapes that a single value can have."""
    match data:
        case {"is": "Day", "on": on}:
            return Day(date.fromisoformat(on))
        case {"is": "Term", "key": key, "slots": slots, "fallback": fallback}:
            return Term(key, {name: value_of(slot) for name, slot in slots.items()}, fallback)
        case {"is": "Words", "by_language": words}:
            return Words(words)
        case {"is": "Listing", "parts": parts}:
            return Listing([value_of(part) for part in parts])
    return data


def plain(value: Any) -> Any:
    """`value` as JSON data; dates in ISO form; a dataclass keeps its class name under "is"."""
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {"is": type(value).__name__} | {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    return value
