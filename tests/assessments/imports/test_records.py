"""A line of every layout, however the file is written, gives the same record; a spoilt line says what is wrong."""

from __future__ import annotations

import itertools
from datetime import date
from types import SimpleNamespace

import pytest

from assessments.enums import Measure, Test
from assessments.imports import layouts, reading
from assessments.imports.records import Around, Record, records
from tests.assessments.imports import files

TODAY = date(2023, 6, 26)
GRADE_4 = [SimpleNamespace(level=str(level), low=low, high=high) for level, low, high in (
    (1, 1150, 1458), (2, 1459, 1498), (3, 1499, 1548), (4, 1549, 1800))]  # fmt: skip


def no_scale(test: str, grade: str, measure: str, year: str) -> list[SimpleNamespace]:
    return []


def scale_of_grade_4(test: str, grade: str, measure: str, year: str) -> list[SimpleNamespace]:
    return GRADE_4 if (test, measure) == (Test.SUMMATIVE_ELPAC, Measure.OVERALL) else []


def read(data: bytes, name: str = "scores.csv", scale=no_scale, untested: date | None = None) -> list[Record]:
    table = reading.read(name, data)
    return list(records(table, layouts.recognise(table.header), Around(scale, TODAY, untested)))


def written(rows: list[files.Row], program: str, year: str, how: str, encoding: str) -> bytes:
    lines = files.table(program, year, rows)
    if how in files_by_mark:
        return files.as_text(lines, files_by_mark[how], encoding)
    book = files.as_workbook(lines)
    return book if how == "xlsx" else files.as_zip({"f_DLMTR.CSV": files.as_text(lines), "f.dat": b"9" * 4_000})


files_by_mark = {"caret": "^", "comma": ",", "tab": "\t", "semicolon": ";"}
WAYS = [
    *itertools.product(files_by_mark, ["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    ("xlsx", "utf-8"),
    ("zip", "utf-8"),
]
WESTERN = [name for name in files.NAMES if name[0] not in ("Nguyễn", "Šimić")]


@pytest.mark.plan("MP3-02", "MP3-08", "MP1-15")
@pytest.mark.parametrize(("program", "year"), files.program_years(), ids=lambda value: value)
def test_every_layout_reads_the_same_in_every_way_it_is_written(program: str, year: str) -> None:
    for how, encoding in WAYS:
        names = WESTERN if encoding == "cp1252" else files.NAMES
        rows = [files.MAKERS[program](number, names) for number in range(8)]
        found = read(written(rows, program, year, how, encoding), "f.xlsx" if how == "xlsx" else "f.csv")
        assert [_facts(record) for record in found] == [_expected(row, program) for row in rows], (how, encoding)
        assert [record.problems for record in found] == [[]] * 8, (how, encoding)


def _facts(record: Record) -> tuple[object, ...]:
    overall = record.scores[Measure.OVERALL]
    return (
        record.ssid,
        record.last_name,
        record.first_name,
        record.birth_date,
        record.grade,
        record.tested_on,
        record.test,
        record.administration,
        overall["scale_score"],
        overall["level"],
        record.calculated_status,
    )


def _expected(row: files.Row, program: str) -> tuple[object, ...]:
    test = {"caaspp": Test.CAASPP_ELA}.get(program, program)
    level = {"initial_elpac": "intermediate_el"}.get(program, "3")
    return (
        row["ssid"],
        row["last_name"],
        row["first_name"],
        date.fromisoformat(row["birth_date"]),
        "04",
        date(2023, 3, 17),
        test,
        "2022-23",
        int(row["overall_score"]),
        level,
        row.get("calculated_status", ""),
    )


def one(program: str = "summative_elpac", year: str = "2023-24", scale=no_scale, **fields: str) -> Record:
    """The record of one line."""
    (record,) = read(files.as_text(files.table(program, year, [files.MAKERS[program](1, **fields)])), scale=scale)
    return record


def said(record: Record) -> list[tuple[str, str, str]]:
    return [(problem.column, str(problem.severity), problem.reason) for problem in record.problems]


def test_all_scores_of_a_summative_line_are_kept() -> None:
    record = one(listening_raw="31", reading_exempt="Y", reading_level="NS")
    assert record.scores == {
        "overall": {"scale_score": 1520, "level": "3"},
        "oral_language": {"scale_score": 1500, "level": "3"},
        "written_language": {"scale_score": 1540, "level": "3"},
        "listening": {"level": "3", "raw_score": 31},
        "speaking": {"level": "2"},
        "reading": {"is_exempt": True},
        "writing": {"level": "1"},
    }


@pytest.mark.parametrize(
    ("program", "code", "test"),
    [
        ("summative_elpac", "21", "summative_elpac"),
        ("summative_elpac", "23", "summative_alternate_elpac"),
        ("initial_elpac", "22", "initial_elpac"),
        ("initial_elpac", "24", "initial_alternate_elpac"),
        ("caaspp", "1", "caaspp_ela"),
        ("caaspp", "02", "caaspp_math"),
        ("caaspp", "03", "caa_ela"),
        ("caaspp", "06", ""),
    ],
)
def test_the_record_type_says_which_test_it_is(program: str, code: str, test: str) -> None:
    assert one(program, record_type=code).test == test


def test_a_line_of_another_kind_of_file_is_rejected_by_name() -> None:
    assert said(one(record_type="22")) == [
        ("RecordType", "rejected", "This line is of another kind of file: 22 is Initial ELPAC.")
    ]
    assert said(one(record_type="77"))[0][2] == (
        "The record type says which test a line is of; 77 is none that is known here."
    )


@pytest.mark.plan("APPA-02")
@pytest.mark.parametrize(
    ("score", "level", "reason"),
    [
        ("1951", "4", "Above the highest score of grade 4, overall: Summative ELPAC goes from 1150 to 1800."),
        ("1149", "1", "Below the lowest score of grade 4, overall: Summative ELPAC goes from 1150 to 1800."),
        ("1150", "1", None),
        ("1800", "4", None),
    ],
)
def test_a_score_outside_its_scale_is_rejected_with_the_limits(score: str, level: str, reason: str | None) -> None:
    record = one(scale=scale_of_grade_4, overall_score=score, overall_level=level)
    assert said(record) == ([("OverallScaleScore", "rejected", reason)] if reason else [])


def test_the_files_level_counts_and_a_difference_names_both() -> None:
    record = one(scale=scale_of_grade_4, overall_score="1548", overall_level="4")
    assert record.scores["overall"]["level"] == "4"
    assert said(record) == [
        (
            "OverallPL",
            "warning",
            "The file says level 4 of 4, Well Developed; by our table 1548 is level 3 of 4, Moderately Developed. "
            "The file's level counts.",
        )
    ]


def test_a_level_that_the_file_leaves_out_comes_from_our_table() -> None:
    assert one(scale=scale_of_grade_4, overall_score="1549", overall_level="").scores["overall"]["level"] == "4"


@pytest.mark.parametrize("attempted", ["P", ""])
def test_a_partial_or_untested_line_has_no_score_and_no_fault(attempted: str) -> None:
    scores = {key: "NS" for key in files.child(0) if key.endswith(("_score", "_level"))}
    record = one(attempted=attempted, condition_code="" if attempted else "NT", **scores)
    assert (record.scores, record.problems, record.attempted) == ({}, [], attempted)


def test_a_score_without_a_test_date_is_rejected_and_none_without_a_score() -> None:
    assert [reason for *_rest, reason in said(one(tested_on=""))] == ["There is a score but no test date."]
    scores = {key: "" for key in files.child(0) if key.endswith(("_score", "_level"))}
    assert said(one(tested_on="", attempted="", condition_code="NT", **scores)) == []


def test_the_last_domain_gives_the_date_where_the_file_has_no_final_one() -> None:
    days = {"tested_on": "", "tested_on_1": "2023-02-01", "tested_on_2": "2023-03-09", "tested_on_3": "2023-02-20"}
    assert one(**days).tested_on == date(2023, 3, 9)


def test_dates_must_make_sense() -> None:
    assert said(one(tested_on="2023-07-01"))[0][2] == "The test date lies in the future."
    assert said(one(tested_on="2012-03-17"))[0][2] == "The test date lies before the birth date."


def test_the_states_status_counts_and_a_difference_is_said() -> None:
    record = one("initial_elpac", calculated_status="IFEP")
    assert record.calculated_status == "IFEP"
    assert said(record) == [
        (
            "CalculatedELAS",
            "warning",
            "The file calculates IFEP, but its overall level is Intermediate English Learner. "
            "The calculated status counts.",
        )
    ]


def test_transitional_kindergarten_is_pointed_out_from_the_day_of_the_law_on() -> None:
    lines = files.table("summative_elpac", "2024-25", [files.child(1, is_tk="Y", tested_on="2023-03-17")])
    (before,) = read(files.as_text(lines), untested=date(2023, 7, 1))
    (after,) = read(files.as_text(lines), untested=date(2022, 7, 1))
    assert before.problems == []
    assert [problem.column for problem in after.problems] == ["TKIndicator"]


def test_cells_that_do_not_stand_under_their_headings_reject_the_line() -> None:
    head, line = files.table("summative_elpac", "2023-24", [files.child(1)])
    too_many = [*line[:7], "Castañeda", *line[7:]]
    cut = line[:120]
    other_end = [*line[:-1], "Y"]
    reasons = [
        problem.reason
        for record in read(files.as_text([head, too_many, cut, other_end]))
        for problem in record.problems
    ]
    assert reasons == [
        "The line has 371 cells, the first line 370: a cell holds a separator.",
        "The line ends after 120 of 370 cells: the file is cut off there.",
        "The last cell of a line must say ZZ: the cells do not stand under their headings.",
    ]


def test_a_spoilt_name_is_pointed_out_with_what_it_was() -> None:
    record = one(last_name="MuÃ±oz")
    assert said(record) == [
        ("StudentLastName", "warning", "The name was saved in the wrong letters; it was probably Muñoz.")
    ]


def test_a_ruined_school_code_is_pointed_out_only() -> None:
    assert [severity for _column, severity, _reason in said(one(school_code="9.9E+13"))] == ["warning"]


def test_a_marked_invalid_test_is_pointed_out() -> None:
    assert said(one("caaspp", include="R")) == [
        ("IncludeIndicator", "warning", "The state marks this test as invalid (R).")
    ]


@pytest.mark.plan("MP1-24")
def test_local_scores_may_know_a_child_by_its_local_number() -> None:
    head = ["Local ID", "Grade", "Test", "Test date", "Overall score", "Overall level", "Examiner"]
    line = ["L00001", "K", "Initial Alternate ELPAC", "9/1/2022", "150", "", "Ana Example"]
    (record,) = read(files.as_text([head, line], ","))
    assert (record.ssid, record.local_id, record.test, record.grade) == (
        "",
        "L00001",
        Test.INITIAL_ALTERNATE_ELPAC,
        "KN",
    )
    assert (record.examiner, record.attempted, record.problems) == ("Ana Example", "Y", [])
    (wrong,) = read(files.as_text([head, [*line[:2], "Summative ELPAC", *line[3:]]], ","))
    assert [problem.reason for problem in wrong.problems] == [
        "Only Initial tests are scored locally: Initial ELPAC or Initial Alternate ELPAC."
    ]
