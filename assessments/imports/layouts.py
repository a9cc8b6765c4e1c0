"""Which file it is, by the names in its header; never by the place of a column, which changes every year.

The columns are data: `fixtures/assessments/score_file_columns.csv` holds every name that a field has had, with the
years, and `toms_file_headers.csv` the whole headers of the years seen. A new name is a new line there. Names are
compared without spaces, case and punctuation, since the state itself changes those.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from assessments.enums import ImportTarget, ResultSource
from assessments.imports.texts import plain
from district.enums import Grade
from district.refusal import Refusal

FOLDER = Path(__file__).resolve().parent.parent.parent / "fixtures" / "assessments"


# A column whose name holds the grade, as `orf_{grade}_beg`: kindergarten to grade 8, as vendors write them.
GRADES = {"k": Grade.KN} | {str(number): Grade(f"{number:02d}") for number in range(1, 9)}
SHORT = 40  # columns that a note can still name
ALIKE = 0.5  # from here on a header is taken for a state file that lacks something, and for nothing else
SELA, SELA_CELLS = "sela", range(14, 18)  # CALPADS writes its own 16 fields without a header


@dataclass(frozen=True)
class ValueName:
    """A column that holds the value, or the level, of a local measure; grade and window where its name says them."""

    name: str
    measure: str
    window: str
    part: str
    grade: str = ""


@dataclass(frozen=True)
class ValueColumn:
    """Where a layout has the value and the level of a measure: places in `Layout.columns`, None where it has none."""

    measure: str
    window: str
    grade: str
    value: int | None
    level: int | None
    name: str


class UnknownHeader(Refusal):
    """The header is that of no file known here; a person may name its columns."""


@dataclass(frozen=True)
class Mapped:
    """Columns as a person has named them: field to the header's own name; `fixed` is the same in every line."""

    name: str
    target: ImportTarget
    columns: Mapping[str, str]
    fixed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Program:
    """A kind of file: what marks it, and what it cannot do without ("a|b": one of the two)."""

    slug: str
    name: str
    source: ResultSource
    target: ImportTarget
    marks: tuple[str, ...]
    needed: tuple[tuple[str, ...], ...]
    columns: Mapping[str, tuple[str, ...]]  # field to the names it has had, the preferred first
    newest: Mapping[str, str]  # field to its name in the newest year that has it
    values: tuple[ValueName, ...] = ()


@dataclass(frozen=True)
class Layout:
    """A recognised header: where each field stands. A field may stand in several columns; the first filled one counts.

    `fields` gives places in `columns`, the columns to be read; `names` gives what the header calls the field.
    """

    program: str
    source: ResultSource
    label: str
    year: str  # administration whose header it is, or "" where no year has just this header
    columns: tuple[int, ...]
    fields: Mapping[str, tuple[int, ...]]
    names: Mapping[str, str]
    target: ImportTarget = ImportTarget.RESULT
    values: tuple[ValueColumn, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    is_headless: bool = False  # the first line is a line like the others


def recognise(header: Sequence[str], mapped: Mapping[str, Mapped] | None = None) -> Layout:
    """The layout of a header, or the columns that a person has named for it (`mapped`, by fingerprint).

    Raises Refusal that names the columns missing and the files known; UnknownHeader where columns could be named.
    """
    if header and plain(header[0]) == SELA and len(header) in SELA_CELLS:
        return _headless(len(header))
    places = _places(header)
    fitting = [program for program in programs().values() if not missing(program, places)]
    if not fitting or _is_spoilt(fitting, places):
        if mapped and (named := mapped.get(fingerprint(header))):
            return as_mapped(header, named)
        raise _unknown(places, len(header))
    program = max(fitting, key=lambda program: len(found(program, places)))
    return _layout(program, header, places)


def _is_spoilt(fitting: Sequence[Program], places: Mapping[str, Sequence[int]]) -> bool:
    """Whether it is a state's file that lacks a needed column, and fits a smaller kind by chance."""
    if any(program.slug in years() for program in fitting):
        return False
    return any(_likeness(program, places) > ALIKE for program in programs().values() if program.slug in years())


def fingerprint(header: Sequence[str]) -> str:
    """By which a header is known again: its names in any order."""
    return hashlib.sha256("\n".join(sorted(plain(name) for name in header)).encode()).hexdigest()


def as_mapped(header: Sequence[str], named: Mapped) -> Layout:
    """The layout of a header whose columns a person has named. Refusal where one of them is not there, or twice."""
    places = _places(header)
    for name in named.columns.values():
        found_at = places.get(plain(name), [])
        if len(found_at) != 1:
            words = _("There is no column %(name)s in the first line.") if not found_at else _twice()
            raise Refusal(words % {"name": name}, _("Its columns are: %(names)s.") % {"names": ", ".join(header)[:400]})
    wanted = sorted({places[plain(name)][0] for name in named.columns.values()})
    return Layout(
        program="marks" if named.target == ImportTarget.MARK else "measures",
        source=ResultSource.LOCAL,
        label=_("%(name)s, columns as named") % {"name": named.name},
        year="",
        columns=tuple(wanted),
        fields={key: (wanted.index(places[plain(name)][0]),) for key, name in named.columns.items()},
        names=dict(named.columns),
        target=named.target,
        fixed=dict(named.fixed),
    )


def _twice() -> str:
    return _("The column %(name)s stands twice in the first line.")


def _places(header: Sequence[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, name in enumerate(header):
        places.setdefault(plain(name), []).append(place)
    return places


def _headless(width: int) -> Layout:
    """CALPADS' own file of statuses: fields by their number, since it has no header."""
    order = [row["field"] for row in rows("calpads_sela_fields.csv")][:width]
    fields = {name: (at,) for at, name in enumerate(order) if name}
    program = programs()["statuses"]
    return Layout(
        program.slug,
        program.source,
        _("%(name)s, without a header") % {"name": program.name},
        "",
        tuple(range(width)),
        fields,
        {name: program.newest.get(name, name) for name in fields},
        program.target,
        is_headless=True,
    )


def _layout(program: Program, header: Sequence[str], places: Mapping[str, Sequence[int]]) -> Layout:
    fields = found(program, places)
    held = [(each, places[plain(each.name)][0]) for each in program.values if plain(each.name) in places]
    _refuse_twice(
        [*(place for own in fields.values() for place in own), *(place for _each, place in held)], places, header
    )
    columns = tuple(sorted({place for own in fields.values() for place in own} | {place for _each, place in held}))
    at = {column: index for index, column in enumerate(columns)}
    label, year = _label(program, places)
    return Layout(
        program.slug,
        program.source,
        label,
        year,
        columns,
        {field: tuple(at[column] for column in own) for field, own in fields.items()},
        {field: header[own[0]] for field, own in fields.items()},
        program.target,
        tuple(_value_columns(held, at, header)),
    )


def _value_columns(
    held: Sequence[tuple[ValueName, int]], at: Mapping[int, int], header: Sequence[str]
) -> Iterator[ValueColumn]:
    """Value and level of a measure, window and grade side by side."""
    both: dict[tuple[str, str, str], dict[str, int]] = {}
    for each, place in held:
        both.setdefault((each.measure, each.window, each.grade), {}).setdefault(each.part, place)
    for (measure, window, grade), own in both.items():
        places = {part: at[place] for part, place in own.items()}
        name = header[own.get("value", own.get("level", 0))]
        yield ValueColumn(measure, window, grade, places.get("value"), places.get("level"), name)


def found(program: Program, places: Mapping[str, Sequence[int]]) -> dict[str, list[int]]:
    """The fields of the program that the header has, each with its columns in order of preference."""
    fields = {
        field: [places[plain(name)][0] for name in names if plain(name) in places]
        for field, names in program.columns.items()
    }
    return {field: own for field, own in fields.items() if own}


def missing(program: Program, places: Mapping[str, Sequence[int]]) -> list[str]:
    """The names of needed columns that the header lacks, in the spelling of the newest year."""
    have = found(program, places)
    lacking = [choice for choice in program.needed if not any(field in have for field in choice)]
    lacking += [(mark,) for mark in program.marks if mark not in have and (mark,) not in lacking]
    names = [program.newest.get(choice[0], choice[0]) for choice in lacking]
    if program.values and not any(plain(each.name) in places for each in program.values):
        names.append(program.values[0].name)
    return names


@cache
def programs() -> dict[str, Program]:
    """The kinds of file that can be read."""
    columns: dict[str, dict[str, list[str]]] = {}
    newest: dict[str, dict[str, str]] = {}
    values = _value_names()
    known = rows("score_file_columns.csv")
    for row in sorted(known, key=lambda row: int(row["rank"])):
        own = columns.setdefault(row["program"], {}).setdefault(row["field"], [])
        own.extend(name for name, _grade in _spelled_out(row["column_name"]))
    for row in sorted(known, key=lambda row: (row["last_year"], -int(row["rank"]))):
        newest.setdefault(row["program"], {})[row["field"]] = row["column_name"]
    return {
        row["program"]: Program(
            row["program"],
            row["name"],
            ResultSource(row["source"]),
            ImportTarget(row["target"]),
            tuple(row["marks"].split()),
            tuple(tuple(choice.split("|")) for choice in row["needed"].split()),
            {field: tuple(names) for field, names in columns[row["program"]].items()},
            newest[row["program"]],
            values.get(row["program"], ()),
        )
        for row in rows("score_file_layouts.csv")
    }


def _spelled_out(name: str) -> list[tuple[str, str]]:
    """A column's name, and the grade it is of; one for each grade where the name holds it."""
    if "{grade}" not in name:
        return [(name, "")]
    return [(name.replace("{grade}", short), grade.value) for short, grade in GRADES.items()]


def _value_names() -> dict[str, tuple[ValueName, ...]]:
    found: dict[str, list[ValueName]] = {}
    for row in rows("score_file_values.csv"):
        for name, grade in _spelled_out(row["column_name"]):
            each = ValueName(name, row["measure"], row["window"], row["part"], grade)
            found.setdefault(row["program"], []).append(each)
    return {program: tuple(own) for program, own in found.items()}


@dataclass(frozen=True)
class Kind:
    """A kind of file as the page and the documentation show it, with an example."""

    name: str
    origin: str
    certainty: str
    header: str
    line: str


@cache
def kinds() -> tuple[Kind, ...]:
    """All kinds of files that are known, with the header and a line of an example."""
    examples: dict[str, list[tuple[str, str]]] = {}
    for row in rows("score_file_examples.csv"):
        examples.setdefault(row["program"], []).append((row["column_name"], row["value"]))
    return tuple(
        Kind(
            row["name"],
            row["origin"],
            row["certainty"],
            ",".join(name for name, _said in examples[row["program"]]),
            ",".join(said for _name, said in examples[row["program"]]),
        )
        for row in rows("score_file_layouts.csv")
    )


@cache
def years() -> dict[str, dict[str, frozenset[str]]]:
    """By program and administration, the column names of the state's file."""
    seen: dict[str, dict[str, set[str]]] = {}
    for row in rows("toms_file_headers.csv"):
        seen.setdefault(row["program"], {}).setdefault(row["administration"], set()).add(plain(row["column_name"]))
    return {program: {year: frozenset(names) for year, names in own.items()} for program, own in seen.items()}


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a file in `fixtures/assessments/`."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _label(program: Program, places: Mapping[str, Sequence[int]]) -> tuple[str, str]:
    """What the file is called on screen, and the year whose header it has."""
    known = years().get(program.slug)
    if not known:
        is_own = program.slug in ("local", "measures", "marks")
        return (_("%(name)s, the district's own list") % {"name": program.name} if is_own else program.name), ""
    have = frozenset(places) - {""}
    words = {"name": program.name}
    if same := [year for year, names in known.items() if names == have]:
        words["year"] = max(same)
        return _("%(name)s, columns as in %(year)s") % words, words["year"]
    whole = {year: names for year, names in known.items() if have < names}
    closest = max(whole or known, key=lambda year: (len(known[year] & have) / len(known[year] | have), year))
    words |= {"year": closest, "have": str(len(have)), "of": str(len(known[closest]))}
    if whole:
        return _("%(name)s, %(have)s of the %(of)s columns of %(year)s") % words, ""
    if have < frozenset().union(*known.values()):
        return _("%(name)s, a shortened list of %(have)s columns") % words, ""
    return _("%(name)s, a year not seen before (closest: %(year)s)") % words, ""


def is_shortened(layout: Layout, header: Sequence[str]) -> bool:
    """Whether it is a state's file with some of its columns only, all of them known: short enough to be named."""
    known = years().get(layout.program)
    if not known or layout.year:
        return False
    have = frozenset(plain(name) for name in header) - {""}
    return len(have) <= SHORT and have < frozenset().union(*known.values())


def _refuse_twice(read: Sequence[int], places: Mapping[str, Sequence[int]], header: Sequence[str]) -> None:
    """Refuse a header in which a column that is read stands twice: nobody could say which one counts."""
    for column in read:
        if len(places[plain(header[column])]) > 1:
            raise Refusal(
                _twice() % {"name": header[column]},
                _("Delete the one that does not belong there, or send the file as the state gives it."),
            )


def _likeness(program: Program, places: Mapping[str, Sequence[int]]) -> float:
    """How much of a header the program shares: with its nearest year, or with what is read where no year is known."""
    have = frozenset(places)
    known = list(years().get(program.slug, {}).values())
    if not known:
        values = [plain(each.name) for each in program.values]
        known = [frozenset([*(plain(name) for names in program.columns.values() for name in names), *values])]
    return max(len(names & have) / len(names | have) for names in known)


def _unknown(places: Mapping[str, Sequence[int]], width: int) -> Refusal:
    """Say what is missing for the kind of file that comes nearest, and which kinds there are."""
    nearest = max(programs().values(), key=lambda program: _likeness(program, places))
    names = ", ".join(program.name for program in programs().values())
    is_states = nearest.slug in years() and _likeness(nearest, places) > ALIKE
    if len(found(nearest, places)) < 3:
        message = _(
            "The first line is not the header of a score file that is known here: none of its %(count)d columns is "
            "called SSID, GradeAssessed or the like."
        ) % {"count": width}
    else:
        message = _("The file looks like %(name)s, but these columns are missing: %(columns)s.") % {
            "name": nearest.name,
            "columns": ", ".join(missing(nearest, places)),
        }
    mend = _(
        "Files that can be read: %(names)s. The first line must hold the names of the columns as the state gives them."
    ) % {"names": names}
    if is_states:
        return Refusal(message, mend)
    more = _("Marks and local measures may have any header: name its columns once, on the page or with --kind.")
    return UnknownHeader(message, f"{mend} {more}")
