"""Every way in which a score file arrives reads the same, letter by letter; what is none is turned away at the door."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter

from assessments.imports import reading
from assessments.imports.limits import Limits
from district.refusal import Refusal
from tests.assessments.imports import files

HEAD = ["SSID", "StudentLastName", "StudentFirstName", "Note"]
ROWS = [[f"90310000{number:02d}", last, first, ""] for number, (last, first) in enumerate(files.NAMES)]
LATIN_ROWS = [[f"90310000{number:02d}", last, first, ""] for number, (last, first) in enumerate(files.NAMES[:1] * 3)]


def read_all(name: str, data: bytes, limits: Limits | None = None) -> tuple[list[str], list[tuple[int, list[str]]]]:
    table = reading.read(name, data, limits or reading.LIMITS)
    return table.header, [(line.number, list(line.cells)) for line in table.lines(range(len(table.header)))]


def numbered(rows: list[list[str]]) -> list[tuple[int, list[str]]]:
    return list(enumerate(rows, 2))


@pytest.mark.parametrize("mark", ["^", ",", "\t", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_text_reads_the_same_in_every_encoding_and_separator(mark: str, encoding: str, end: str) -> None:
    names = files.LATIN if encoding == "cp1252" else files.NAMES
    names = [name for name in names if encoding != "cp1252" or "Š" not in name[0] and "ć" not in name[0]]
    rows = [[f"90310000{number:02d}", last, first, "x"] for number, (last, first) in enumerate(names)]
    data = files.as_text([HEAD, *rows], mark, encoding, end)
    if encoding == "utf-16-be":
        data = b"\xfe\xff" + data
    assert read_all("scores.csv", data) == (HEAD, numbered(rows))


@pytest.mark.parametrize("wrap", ["plain", "zip"])
def test_workbook_reads_the_same(wrap: str) -> None:
    data = files.as_workbook([HEAD, *ROWS])
    if wrap == "zip":
        data = files.as_zip({"scores.xlsx": data})
    assert read_all("scores", data) == (HEAD, numbered(ROWS))


def test_workbook_with_several_tabs_reads_them_all_and_names_the_tab() -> None:
    first, second = ROWS[:5], ROWS[5:]
    table = reading.read("s.xlsx", files.as_workbook([HEAD, *first], [HEAD, *second], names=["A to M", "N to Z"]))
    lines = list(table.lines([0]))
    assert [line.cells[0] for line in lines] == [row[0] for row in ROWS]
    assert [divmod(line.number, 10_000_000) for line in lines] == [
        *((0, number) for number in range(2, 7)),
        *((1, number) for number in range(2, 5)),
    ]
    assert table.tabs == ["A to M", "N to Z"]


def test_workbook_leaves_aside_a_tab_of_notes_and_says_so() -> None:
    table = reading.read("s.xlsx", files.as_workbook([["Read me"], ["Hello"]], [HEAD, *ROWS], names=["Notes", "Data"]))
    assert table.header == HEAD
    assert len(list(table.lines([0]))) == len(ROWS)
    assert table.notes == ["Tab not read: Notes."]


def test_workbook_with_tabs_of_unlike_columns_is_refused_by_name() -> None:
    other = files.as_workbook(
        [HEAD, *ROWS], [["SSID", "StudentLastName", "Other"], ["1", "2", "3"]], names=["One", "Two"]
    )
    with pytest.raises(Refusal, match="The tab Two has other columns than the tab One"):
        reading.read("s.xlsx", other)


def test_numbers_dates_and_zero_formats_of_excel_become_the_text_that_excel_shows() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", "b", "c", "d", "e", "f"])
        sheet.write_number(1, 0, 9031000012)
        sheet.write_number(1, 1, 45002, book.add_format({"num_format": "m/d/yyyy"}))
        sheet.write_number(1, 2, 31000012, book.add_format({"num_format": "0000000000"}))
        sheet.write_number(1, 3, 1450.5)
        sheet.write_boolean(1, 4, True)
        sheet.write_formula(1, 5, "=A2", value=7)
    assert read_all("x.xlsx", out.getvalue())[1] == [
        (2, ["9031000012", "2023-03-17", "0031000012", "1450.5", "TRUE", "7"])
    ]


def test_workbook_of_another_program_with_prefixed_names_is_read() -> None:
    plain = zipfile.ZipFile(io.BytesIO(files.as_workbook([HEAD, *ROWS])))
    parts = {name: plain.read(name) for name in plain.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    for tag in ("worksheet", "sheetData", "row", "c", "v"):
        sheet = (
            sheet.replace(f"<{tag} ", f"<x:{tag} ")
            .replace(f"<{tag}>", f"<x:{tag}>")
            .replace(f"</{tag}>", f"</x:{tag}>")
        )
    parts["xl/worksheets/sheet1.xml"] = sheet.replace("xmlns=", "xmlns:x=").encode()
    assert read_all("x.xlsx", files.as_zip(parts)) == (HEAD, numbered(ROWS))


def test_the_states_zip_gives_its_delimited_file_and_says_what_it_left() -> None:
    data = files.as_zip({"12_DLMTR.CSV": files.as_text([HEAD, *ROWS]), "12.dat": b"9" * 5000})
    table = reading.read("state.zip", data)
    assert table.header == HEAD
    assert table.notes[:2] == ["Taken from the zip: 12_DLMTR.CSV.", "Not read: 12.dat."]


def test_quotation_marks_hold_separators_and_line_breaks_and_lines_keep_their_numbers() -> None:
    data = b'SSID,Name,Note\r\n1,"Mu\xc3\xb1oz, Ana","two\r\nlines"\r\n\r\n2,"O""Brien",x\r\n'
    assert read_all("q.csv", data)[1] == [(2, ["1", "Muñoz, Ana", "two\r\nlines"]), (5, ["2", 'O"Brien', "x"])]


def test_quotation_marks_in_a_caret_file_are_letters_of_a_name() -> None:
    data = b'SSID^Name^Note\n1^"Bo" Robert^x\n2^Ana "Lu^y\n'
    assert read_all("q.csv", data)[1] == [(2, ["1", '"Bo" Robert', "x"]), (3, ["2", 'Ana "Lu', "y"])]


def test_empty_rows_at_the_end_are_passed_over() -> None:
    data = files.as_text([HEAD, *ROWS], ",") + b",,,\r\n" * 200_000
    assert read_all("e.csv", data)[1] == numbered(ROWS)


def test_excels_line_that_names_the_separator_is_obeyed() -> None:
    assert read_all("s.csv", b"sep=;\nSSID;Name,with commas,in,it\n1;x\n") == (
        ["SSID", "Name,with commas,in,it"],
        [(3, ["1", "x"])],
    )


def test_only_the_wanted_columns_are_given_and_short_lines_are_filled_up() -> None:
    table = reading.read("w.csv", b"a,b,c\n1,2,3\n4,5\n")
    assert [(line.cells, line.width) for line in table.lines([2, 0])] == [(["3", "1"], 3), (["", "4"], 2)]


def test_a_table_can_be_read_twice() -> None:
    table = reading.read("s.zip", files.as_zip({"a.csv": files.as_text([HEAD, *ROWS])}))
    assert list(table.lines([0])) == list(table.lines([0]))


def test_two_score_files_in_a_zip_are_refused_by_name() -> None:
    text = files.as_text([HEAD, *ROWS])
    with pytest.raises(Refusal, match=r"more than one score file: a\.csv, b\.csv"):
        reading.read("two.zip", files.as_zip({"a.csv": text, "b.csv": text}))


def test_names_with_paths_in_a_zip_are_harmless() -> None:
    data = files.as_zip({"../../etc/cron.d/scores.csv": files.as_text([HEAD, *ROWS])})
    table = reading.read("../../x.zip", data)
    assert "Taken from the zip: scores.csv." in table.notes
    assert len(list(table.lines([0]))) == len(ROWS)
