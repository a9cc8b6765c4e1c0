"""Which file it is, by the names in its header; never by the place of a column, which changes every year.

The columns are data: `fixtures/assessments/score_file_columns.csv` holds every name that a field has had, with the
years, and `toms_file_headers.csv` the whole headers of the years seen. A new name is a new line there. Names are
compared without spaces, case and punctuation, since the state itself changes those.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from assessments.enums import ResultSource
from assessments.imports.texts import plain
from district.refusal import Refusal

FOLDER = Path(__file__).resolve().parent.parent.parent / "fixtures" / "assessments"


@dataclass(frozen=True)
class Program:
    """A kind of file: what marks it, and what it cannot do without ("a|b": one of the two)."""

    slug: str
    name: str
    source: ResultSource
    marks: tuple[str, ...]
    needed: tuple[tuple[str, ...], ...]
    columns: Mapping[str, tuple[str, ...]]  # field to the names it has had, the preferred first
    newest: Mapping[str, str]  # field to its name in the newest year that has it


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


def recognise(header: Sequence[str]) -> Layout:
    """The layout of a header. Raises Refusal that names the columns missing and the files known."""
    places: dict[str, list[int]] = {}
    for place, name in enumerate(header):
        places.setdefault(plain(name), []).append(place)
    fitting = [program for program in programs().values() if not missing(program, places)]
    if not fitting:
        raise _unknown(places, len(header))
    program = max(fitting, key=lambda program: len(found(program, places)))
    fields = found(program, places)
    _refuse_twice(fields, program, places, header)
    columns = tuple(sorted({place for own in fields.values() for place in own}))
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
    )


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
    return [program.newest[choice[0]] for choice in lacking]


@cache
def programs() -> dict[str, Program]:
    """The kinds of file that can be read."""
    columns: dict[str, dict[str, list[str]]] = {}
    newest: dict[str, dict[str, str]] = {}
    known = rows("score_file_columns.csv")
    for row in sorted(known, key=lambda row: int(row["rank"])):
        columns.setdefault(row["program"], {}).setdefault(row["field"], []).append(row["column_name"])
    for row in sorted(known, key=lambda row: (row["last_year"], -int(row["rank"]))):
        newest.setdefault(row["program"], {})[row["field"]] = row["column_name"]
    return {
        row["program"]: Program(
            row["program"],
            row["name"],
            ResultSource(row["source"]),
            tuple(row["marks"].split()),
            tuple(tuple(choice.split("|")) for choice in row["needed"].split()),
            {field: tuple(names) for field, names in columns[row["program"]].items()},
            newest[row["program"]],
        )
        for row in rows("score_file_layouts.csv")
    }


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
        return _("%(name)s, the district's own list") % {"name": program.name}, ""
    have = frozenset(places) - {""}
    words = {"name": program.name}
    if same := [year for year, names in known.items() if names == have]:
        words["year"] = max(same)
        return _("%(name)s, columns as in %(year)s") % words, words["year"]
    closest = max(known, key=lambda year: (len(known[year] & have) / len(known[year] | have), year))
    words |= {"year": closest, "have": str(len(have)), "of": str(len(known[closest]))}
    if have < known[closest]:
        return _("%(name)s, %(have)s of the %(of)s columns of %(year)s") % words, ""
    return _("%(name)s, a year not seen before (closest: %(year)s)") % words, ""


def _refuse_twice(
    fields: Mapping[str, Sequence[int]],
    program: Program,
    places: Mapping[str, Sequence[int]],
    header: Sequence[str],
) -> None:
    """Refuse a header in which a column that is read stands twice: nobody could say which one counts."""
    for own in fields.values():
        for column in own:
            if len(places[plain(header[column])]) > 1:
                raise Refusal(
                    _("The column %(name)s stands twice in the first line.") % {"name": header[column]},
                    _("Delete the one that does not belong there, or send the file as the state gives it."),
                )


def _likeness(program: Program, places: Mapping[str, Sequence[int]]) -> float:
    """How much of a header the program shares: with its nearest year, or with what is read where no year is known."""
    have = frozenset(places)
    known = list(years().get(program.slug, {}).values())
    known = known or [frozenset(plain(name) for names in program.columns.values() for name in names)]
    return max(len(names & have) / len(names | have) for names in known)


def _unknown(places: Mapping[str, Sequence[int]], width: int) -> Refusal:
    """Say what is missing for the kind of file that comes nearest, and which kinds there are."""
    nearest = max(programs().values(), key=lambda program: _likeness(program, places))
    names = ", ".join(program.name for program in programs().values())
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
    )
    return Refusal(message, mend % {"names": names})
