"""Hostile files of the other kinds, from end to end: refused with a clear error, and nothing is half written."""

from __future__ import annotations

import io
import time
from collections.abc import Callable

import pytest

from assessments.imports import apply, staging
from assessments.imports.limits import MB
from assessments.loaders import load_measures
from assessments.models import LocalResult, LongTermListing, Mark, ScoreImport
from district.models import Entry, School, User
from district.refusal import Refusal
from students.models import LanguageStatus, Student
from tests.assessments.imports import files, lists
from tests.assessments.imports.conftest import TODAY, enroll

pytestmark = pytest.mark.django_db
MARKS, MEASURES = ",".join(lists.HEADS["marks"]), ",".join(lists.HEADS["measures"])
SOUND = lists.data("marks", [lists.line("marks", 0)])
SECONDS = 3.0


def rows_of(line: dict[str, str], program: str = "marks") -> bytes:
    """A sound line and one that is not."""
    return lists.data(program, [lists.line(program, 1), line])


def mixed() -> bytes:
    """A line in UTF-8 and one in Windows-1252, as two programs leave them in one file."""
    one, two = (lists.line("marks", number, Teacher="Señora Núñez") for number in (2, 0))
    return lists.data("marks", [one]) + lists.data("marks", [two]).decode().split("\r\n", 1)[1].encode("cp1252")


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a million columns": (lambda: b",".join([b"c"] * 1_000_000) + b"\n", "1,000,000 columns|longer than"),
    "a million columns in a line": (lambda: SOUND + b"," * 999 + b",x" * 1_000_000, "columns|longer than"),
    "zip bomb": (lambda: files.as_zip({"m.csv": SOUND + b"0,0\n" * (30 * MB)}), "times its size"),
    "two lists in a zip": (lambda: files.as_zip({"a.csv": SOUND, "b.csv": SOUND}), "more than one score file"),
    "header only, of a kind nobody knows": (lambda: b"Foo,Bar,Baz\r\n", "not the header of a score file"),
    "a heading twice": (lambda: (MARKS + ",mark\r\n").encode(), "The column Mark stands twice"),
    "headings that are empty": (lambda: b",,,,\r\n1,2,3,4,5\r\n", "not the header|not a table|nothing in the file"),
    "NUL bytes": (lambda: SOUND[:-10] + b"\x00" * 5 + b"\r\n", "bytes that no letter has"),
    "a huge cell": (lambda: rows_of(lists.line("marks", 0, Course="x" * 5_000)), "more than 2,000 letters"),
    "a quotation mark never closed": (lambda: SOUND + b'"L1,x\r\n' * 300, "never closed|more than 2,000"),
    "letters of three encodings": (lambda: SOUND + b"\x81\x8d\x8f\x90\r\n", "no letters in UTF-8"),
    "a web page called .csv": (lambda: b"<table><tr><td>Local ID</td></tr></table>", "web page"),
    "a line too many": (
        lambda: (MARKS + "\r\n").encode() + b"1,2,3,4,5,6,7,8,9,0,1\r\n" * 300_001,
        "more than 300,000",
    ),
    "a spoilt state file": (
        lambda: files.as_text([[n for n in files.header("caaspp", "2022-23") if n != "ScaleScore"]]),
        "looks like CAASPP, but these columns are missing: ScaleScore",
    ),
    "a header of two kinds": (lambda: b"Measure,Course\r\nx,y\r\n", "not the header|looks like"),
}


@pytest.fixture
def children(office: User, schools: dict[str, School]) -> list[Student]:
    load_measures()
    return enroll(range(4), schools["upper"], office)


def send(by: User, data: bytes) -> ScoreImport:
    return staging.stage(by=by, name="hostile.csv", file=io.BytesIO(data), received_on=TODAY, on=TODAY)


def nothing_written() -> bool:
    return not any(model.objects.exists() for model in (LocalResult, Mark, LongTermListing, Entry))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_list_is_refused_in_plain_words_and_soon(office: User, children: list[Student], name: str) -> None:
    make, words = HOSTILE[name]
    data, began = make(), time.process_time()
    with pytest.raises(Refusal) as caught:
        send(office, data)
    assert any(part in caught.value.message for part in words.split("|")), caught.value.message
    assert caught.value.mend
    assert time.process_time() - began < SECONDS
    assert not ScoreImport.objects.exists()
    assert nothing_written()


LINES: dict[str, tuple[Callable[[], bytes], int, str, str]] = {
    "too many cells": (
        lambda: SOUND + SOUND.split(b"\r\n")[1] + b",more,and more\r\n", 3, "", "a cell holds a separator"),
    "Excel's powers of ten": (
        lambda: rows_of(lists.line("marks", 0, **{"Local ID": "1E+09"})), 3, "Local ID", "Excel has turned"),
    "a formula for a mark": (lambda: rows_of(lists.line("marks", 0, Mark="=1+1")), 3, "Mark", "This is no mark"),
    "a formula for a course": (
        lambda: rows_of(lists.line("marks", 0, Course="=HYPERLINK(\"x\")")), 3, "Course", "a formula"),
    "a formula with spaces before it": (
        lambda: rows_of(lists.line("marks", 0, Course="  +cmd|x")), 3, "Course", "a formula"),
    "another year than its day": (
        lambda: rows_of(lists.line("marks", 0, **{"Mark date": "2019-10-01"})), 3, "School year",
        "Another school year"),
    "a window that Excel has made a date": (
        lambda: rows_of(lists.line("measures", 0, Window="3-Jan"), "measures"), 3, "Window", "into a date"),
    "two lines that contradict each other": (
        lambda: rows_of(lists.line("marks", 1, Mark="D")), 3, "Local ID", "with another value"),
    "a value beyond the scale": (
        lambda: rows_of(lists.line("measures", 0, Score="1e9"), "measures"), 3, "Score", "Excel has turned the value"),
    "a value without end": (
        lambda: rows_of(lists.line("measures", 0, Score="9" * 400), "measures"), 3, "Score", "is no value"),
    "a status that is none": (
        lambda: rows_of(lists.line("statuses", 0, **{"ELAS Code": "'; DROP TABLE"}), "statuses"), 3, "ELAS Code",
        "no status of the state"),
    "half a date": (lambda: rows_of(lists.line("hmh_sam", 0, LEXILE_MOD_DATE="2022-13-01"), "hmh_sam"), 3,
                    "LEXILE_MOD_DATE", "not a date"),
    "a day before the birth": (
        lambda: rows_of(lists.line("hmh_sam", 0, LEXILE_MOD_DATE="1999-10-01"), "hmh_sam"), 3, "LEXILE_MOD_DATE",
        "before the birth date"),
}  # fmt: skip


@pytest.mark.parametrize("name", LINES)
def test_a_hostile_line_is_named_and_stops_the_whole_file(office: User, children: list[Student], name: str) -> None:
    make, line, column, words = LINES[name]
    batch = send(office, make())
    found = [(row.line, each) for row in batch.rows.filter(verdict="rejected") for each in row.problems]
    assert any(at == line and words in each["reason"] and column in each["column"] for at, each in found), found
    statuses = LanguageStatus.objects.count()
    with pytest.raises(Refusal, match="cannot be read in"):
        apply.apply_import(by=office, batch_id=batch.pk, on=TODAY)
    assert nothing_written()
    assert LanguageStatus.objects.count() == statuses


def test_a_header_alone_is_a_file_with_nothing_in_it(office: User, children: list[Student]) -> None:
    batch = send(office, (MEASURES + "\r\n").encode())
    assert (batch.counts["lines"], batch.counts["new"], batch.counts["rejected"]) == (0, 0, 0)


def test_two_encodings_in_one_file_are_read_as_one_and_the_names_tell(office: User, children: list[Student]) -> None:
    batch = send(office, mixed())
    teachers = [row.facts["teacher"] for row in batch.rows.order_by("line")]
    assert teachers == ["SeÃ±ora NÃºÃ±ez", "Señora Núñez"]
    assert "Letters read as Windows-1252." in batch.notes
    assert any("wrong letters" in each["reason"] for row in batch.rows.all() for each in row.problems)


def test_what_looks_like_a_formula_in_a_name_is_shown_as_text(office: User, children: list[Student]) -> None:
    row = lists.line("marks", 0, **{"Last name": "=1+1", "Birth date": ""})
    batch = send(office, rows_of(row))
    assert batch.rows.get(line=3).verdict == "rejected"
