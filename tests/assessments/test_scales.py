"""Every boundary of every scale, and levels by name. No database: the rows come from the fixture."""

import csv
import itertools
from dataclasses import dataclass

import pytest

from assessments import scales
from assessments.enums import Level, Measure, Test
from district.enums import Certainty, Grade

GRADES = [grade.value for grade in Grade if grade != Grade.TK]


@dataclass(frozen=True)
class Row:
    test: str
    grade: str
    measure: str
    level: str
    low: int
    high: int
    first_year: str
    last_year: str
    source: str
    certainty: str


def read() -> list[Row]:
    with (scales.LEVELS.parent / "score_ranges.csv").open(encoding="utf-8", newline="") as file:
        return [Row(**{**row, "low": int(row["low"]), "high": int(row["high"])}) for row in csv.DictReader(file)]


ROWS = read()


def scale_key(row: Row) -> tuple[str, str, str, str]:
    return (row.test, row.grade, row.measure, row.first_year)


SCALES = {key: list(rows) for key, rows in itertools.groupby(sorted(ROWS, key=scale_key), key=scale_key)}
MEASURES = {
    "celdt": ["comprehension", "listening", "overall", "reading", "speaking", "writing"],
    "initial_elpac": ["overall"],
    "summative_elpac": ["oral_language", "overall", "written_language"],
    "initial_alternate_elpac": ["overall"],
    "summative_alternate_elpac": ["overall"],
    "caaspp_ela": ["overall"],
    "caaspp_math": ["overall"],
    "caa_ela": ["overall"],
    "caa_math": ["overall"],
}
CAASPP_GRADES = ["03", "04", "05", "06", "07", "08", "11"]


@pytest.mark.plan("APPA-01", "APPA-02")
def test_every_boundary_of_every_range_gives_its_level():
    for key, ranges in SCALES.items():
        low, high = scales.limits(ranges)
        for row in ranges:
            assert scales.find(ranges, row.low).level == row.level, key
            assert scales.find(ranges, row.high).level == row.level, key
            for outside in (row.low - 1, row.high + 1):
                if low <= outside <= high:
                    assert scales.find(ranges, outside).level != row.level, (key, outside)
                else:
                    with pytest.raises(scales.OutOfScale, match=f"from {low} to {high}"):
                        scales.find(ranges, outside)


@pytest.mark.plan("APPA-01", "APPA-02")
def test_no_scale_has_a_gap_or_an_overlap():
    for (test, _grade, measure, _year), ranges in SCALES.items():
        assert scales.faults(ranges, [each.level for each in scales.levels(test, measure)]) == []


@pytest.mark.plan("APPA-01")
def test_every_grade_has_every_measure_of_its_test():
    expected = {
        (test, grade, measure)
        for test, measures in MEASURES.items()
        for grade in (CAASPP_GRADES if test.startswith("caa") else GRADES)
        for measure in measures
    }
    assert {key[:3] for key in SCALES} == expected
    assert sum(row.test == Test.CELDT for row in ROWS) == 390


@pytest.mark.plan("APPA-03")
def test_grades_10_to_12_share_one_celdt_table():
    tables = [
        {(row.measure, row.level, row.low, row.high) for row in ROWS if (row.test, row.grade) == ("celdt", g)}
        for g in ("10", "11", "12")
    ]
    assert tables[0] == tables[1] == tables[2]
    assert len(tables[0]) == 30


def test_every_row_says_where_it_stands_and_how_sure_it_is():
    assert all(row.source and row.certainty in Certainty.values for row in ROWS)
    assert all(row.test in Test.values and row.measure in Measure.values and row.level in Level.values for row in ROWS)


@pytest.mark.plan("APPA-02")
@pytest.mark.parametrize(
    ("test", "year", "known"),
    [
        ("celdt", "2012-13", False),
        ("celdt", "2013-14", True),
        ("celdt", "2017-18", True),
        ("celdt", "2018-19", False),
        ("summative_elpac", "2017-18", False),
        ("summative_elpac", "2018-19", True),
        ("summative_elpac", "2026-27", True),
        ("initial_elpac", "2017-18", False),
        ("initial_elpac", "2018-19", True),
        ("caaspp_ela", "2026-27", True),
        ("caa_ela", "2021-22", True),
        ("caa_ela", "2022-23", False),
    ],
)
def test_a_table_holds_for_its_years_only(test, year, known):
    periods = {(row.first_year, row.last_year) for row in ROWS if row.test == test}
    assert any(scales.in_year(first, last, year) for first, last in periods) is known


@pytest.mark.parametrize(
    ("faulty", "fault"),
    [
        ([("1", 1, 5), ("2", 7, 9)], "1 ends at 5, 2 begins at 7"),
        ([("1", 1, 5), ("2", 5, 9)], "1 ends at 5, 2 begins at 5"),
        ([("2", 1, 5), ("1", 6, 9)], "levels are 2, 1 in place of 1, 2"),
        ([("1", 1, 9)], "levels are 1 in place of 1, 2"),
        ([("1", 1, 5), ("2", 6, 4)], "2 ends before it begins"),
    ],
)
def test_faults_finds_what_is_wrong_with_a_scale(faulty, fault):
    rows = [Row("t", "05", "overall", level, low, high, "", "", "", "") for level, low, high in faulty]
    assert fault in scales.faults(rows, ["1", "2"])


@pytest.mark.parametrize(
    ("test", "measure", "level", "words"),
    [
        ("summative_elpac", "overall", "3", "level 3 of 4, Moderately Developed"),
        ("summative_elpac", "reading", "3", "level 3 of 3, Well Developed"),
        ("initial_elpac", "overall", "intermediate_el", "Intermediate English Learner"),
        ("initial_elpac", "oral_language", "2", "Somewhat to moderately developed"),
        ("celdt", "overall", "early_advanced", "Early Advanced"),
        (
            "summative_alternate_elpac",
            "overall",
            "3_fluent_english_proficient",
            "level 3 of 3, Fluent English Proficient",
        ),
    ],
)
def test_a_level_is_said_in_words(test, measure, level, words):
    assert scales.level_words(test, measure, level) == words


@pytest.mark.parametrize(
    ("test", "measure", "written", "level"),
    [
        ("initial_elpac", "overall", "Initial Fluent English Proficient (IFEP)", "ifep"),
        ("initial_elpac", "overall", "NOVICE  ENGLISH LEARNER", "novice_el"),
        ("initial_elpac", "written_language", "Somewhat to moderately developed", "2"),
        ("summative_elpac", "overall", "4", "4"),
        ("summative_elpac", "overall", "Minimally Developed", "1"),
        ("summative_elpac", "writing", "4", None),
        ("summative_alternate_elpac", "overall", "3", "3_fluent_english_proficient"),
        ("summative_elpac", "overall", "NS", None),
        ("summative_elpac", "overall", "", None),
    ],
)
def test_a_level_is_read_as_the_files_write_it(test, measure, written, level):
    assert scales.level_in_file(test, measure, written) == level


@pytest.mark.parametrize(
    ("test", "level", "cut", "reached"),
    [
        ("initial_elpac", "novice_el", "intermediate_el", False),
        ("initial_elpac", "intermediate_el", "intermediate_el", True),
        ("celdt", "early_advanced", "intermediate", True),
        ("celdt", "early_intermediate", "intermediate", False),
        ("summative_elpac", "2", "3", False),
        ("summative_alternate_elpac", "3_fluent_english_proficient", "2_intermediate_el", True),
    ],
)
def test_levels_have_an_order(test, level, cut, reached):
    assert scales.reaches(test, "overall", level, cut) is reached


def test_levels_of_two_tests_are_not_compared():
    with pytest.raises(ValueError, match="not both levels of initial_elpac overall"):
        scales.reaches("initial_elpac", "overall", "novice_el", "early_advanced")


@pytest.mark.parametrize(
    ("typed", "slug"), [("5", "05"), ("k", "KN"), ("KN", "KN"), ("12", "12"), (" 07 ", "07"), ("tk", "TK")]
)
def test_grades_are_read_as_people_type_them(typed, slug):
    assert scales.grade_slug(typed) == slug


@pytest.mark.parametrize("typed", ["13", "", "first", "-1"])
def test_what_is_no_grade_is_refused(typed):
    with pytest.raises(ValueError, match="is not a grade"):
        scales.grade_slug(typed)
