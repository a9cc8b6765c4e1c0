"""Score files of invented children, in every layout that the state has had, written in every way they arrive."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import xlsxwriter

from assessments.imports import layouts
from assessments.imports.texts import plain

Row = Mapping[str, str]

# Names that have been spoilt by one program or another.
NAMES = [
    ("Muñoz Ávila", "Ximena"),
    ("Nguyễn", "Thị Hồng"),
    ("O'Brien", "Máire"),
    ("D'Ángelo", "José María"),
    ("Sahota", "Manveer Singh"),
    ("Ramanathan", ""),
    ("Castañeda-Robles", "Iñigo"),
    ("Šimić", "Želimir"),
]
LATIN = [name for name in NAMES if name[0] not in ("Nguyễn",)]  # what Windows-1252 can write

RECORD_TYPES = {"summative_elpac": "21", "initial_elpac": "22", "caaspp": "01"}
EARLY_TYPES = {"summative_elpac": "SA", "initial_elpac": "IA", "caaspp": "01"}


@cache
def program_years() -> list[tuple[str, str]]:
    """Every program and administration whose header is known."""
    seen = {(row["program"], row["administration"]): None for row in layouts.rows("toms_file_headers.csv")}
    return list(seen)


@cache
def header(program: str, year: str) -> tuple[str, ...]:
    rows = layouts.rows("toms_file_headers.csv")
    return tuple(row["column_name"] for row in rows if (row["program"], row["administration"]) == (program, year))


def child(number: int, names: Sequence[tuple[str, str]] = NAMES, **fields: str) -> dict[str, str]:
    """An invented child's line by field: a Summative score of grade 4 unless said otherwise."""
    last, first = names[number % len(names)]
    return {
        "ssid": f"90310000{number:02d}" if number < 100 else f"9{number:09d}",
        "local_id": f"L{number:05d}",
        "last_name": last,
        "first_name": first,
        "birth_date": f"2013-0{number % 9 + 1}-1{number % 10}",
        "grade": "04",
        "school_code": "99000010000029",
        "tested_on": "2023-03-17",
        "attempted": "Y",
        "include": "Y",
        "overall_score": "1520",
        "overall_level": "3",
        "oral_language_score": "1500",
        "oral_language_level": "3",
        "written_language_score": "1540",
        "written_language_level": "3",
        "listening_level": "3",
        "speaking_level": "2",
        "reading_level": "2",
        "writing_level": "1",
        "report_created_on": "2023-06-20",
        "end_of_record": "ZZ",
    } | fields


def initial(number: int, names: Sequence[tuple[str, str]] = NAMES, **fields: str) -> dict[str, str]:
    """An invented child's Initial result: Intermediate, and so an English learner."""
    words = {
        "overall_score": "412",
        "overall_level": "Intermediate English Learner",
        "oral_language_level": "Somewhat to moderately developed",
        "written_language_level": "Beginning to develop",
        "calculated_status": "EL",
    }
    scores = [key for key in child(0) if key.endswith(("_score", "_level"))]
    base = {key: value for key, value in child(number, names).items() if key not in scores}
    return base | words | fields


def caaspp(number: int, names: Sequence[tuple[str, str]] = NAMES, **fields: str) -> dict[str, str]:
    """An invented child's English language arts score of grade 4: standard met."""
    scores = [key for key in child(0) if key.endswith(("_score", "_level"))]
    base = {key: value for key, value in child(number, names).items() if key not in scores}
    return base | {"overall_score": "2500", "overall_level": "3"} | fields


MAKERS = {"summative_elpac": child, "initial_elpac": initial, "caaspp": caaspp}


def table(program: str, year: str, rows: Iterable[Row], head: Sequence[str] | None = None) -> list[list[str]]:
    """Header and lines, each field written to the column that the year calls it by; the rest stays empty."""
    head = list(head or header(program, year))
    at = {plain(name): place for place, name in reversed(list(enumerate(head)))}
    columns = layouts.programs()[program].columns
    lines = [head]
    for row in rows:
        line = [""] * len(head)
        fields = {"record_type": (EARLY_TYPES if "assessmenttype" in at else RECORD_TYPES)[program]} | dict(row)
        for field, value in fields.items():
            names = [plain(name) for name in columns.get(field, ()) if plain(name) in at]
            if not names and field == "tested_on":
                names = [plain(name) for name in columns["tested_on_4"] if plain(name) in at]
            if names:
                line[at[names[0]]] = value
        lines.append(line)
    return lines


def as_text(lines: Iterable[Sequence[str]], mark: str = "^", encoding: str = "utf-8", end: str = "\r\n") -> bytes:
    """Delimited text; carets as the state writes them, without quotation marks."""
    out = io.StringIO()
    if mark == "^":
        out.write("".join(mark.join(line) + end for line in lines))
    else:
        csv.writer(out, delimiter=mark, lineterminator=end).writerows(lines)
    return out.getvalue().encode(encoding)


def as_workbook(*tabs: Iterable[Sequence[str]], names: Sequence[str] = ()) -> bytes:
    """An .xlsx whose cells are text, one tab for each table."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_numbers": False}) as book:
        for number, lines in enumerate(tabs):
            sheet = book.add_worksheet(names[number] if number < len(names) else None)
            for at, line in enumerate(lines):
                for column, value in enumerate(line):
                    if value:
                        sheet.write_string(at, column, value)
    return out.getvalue()


def as_zip(entries: Mapping[str, bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packed) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()
