"""Cells as the state writes them, as Excel spoils them, and what is said about those that are lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from assessments.enums import Measure, Test
from assessments.imports import values
from assessments.imports.values import NotAValue

GOOD = [
    # the ten digits, and what keeps Excel from touching them
    (values.ssid, "9031000012", "9031000012"),
    (values.ssid, " 9031 0000 12 ", "9031000012"),
    (values.ssid, "'0031000012", "0031000012"),
    (values.ssid, '="0031000012"', "0031000012"),
    (values.ssid, "9031000012.0", "9031000012"),
    # grades of every spelling
    (values.grade, "KN", "KN"),
    (values.grade, "K", "KN"),
    (values.grade, "0", "KN"),
    (values.grade, "TK", "TK"),
    (values.grade, "1", "01"),
    (values.grade, "01", "01"),
    (values.grade, "12", "12"),
    (values.grade, "4.0", "04"),
    (values.grade, "Grade 4", "04"),
    (values.grade, "", None),
    # dates: the state's, Excel's, counted by Excel, without marks
    (values.day, "2023-03-17", date(2023, 3, 17)),
    (values.day, "2023-03-17 00:00:00", date(2023, 3, 17)),
    (values.day, "3/17/2023", date(2023, 3, 17)),
    (values.day, "03/17/23", date(2023, 3, 17)),
    (values.day, "3/17/2023 12:00:00 AM", date(2023, 3, 17)),
    (values.day, "45002", date(2023, 3, 17)),
    (values.day, "20230317", date(2023, 3, 17)),
    (values.day, "03172023", date(2023, 3, 17)),
    (values.day, "17-Mar-2023", date(2023, 3, 17)),
    (values.day, "", None),
    (values.day, "NULL", None),
    # scores, and that there is none
    (values.number, "1450", 1450),
    (values.number, "1450.0", 1450),
    (values.number, "NS", None),
    (values.number, "", None),
    (values.attempted, "y", "Y"),
    (values.attempted, "P", "P"),
    (values.attempted, "", ""),
    (values.condition, "nte", "NTE"),
    (values.condition, "", ""),
    (values.status, "EL", "EL"),
    (values.status, "IFEP", "IFEP"),
    (values.status, "TBD", ""),
    (values.status, "", ""),
    (values.yes, "Y", True),
    (values.yes, "E", True),
    (values.yes, "N", False),
    (values.yes, "", False),
    # two digits to 2022-23, three letters after
    (values.language, "01", "01"),
    (values.language, "1", "01"),
    (values.language, "SPA", "spa"),
    (values.language, "UU", "UU"),
    (values.language, "Spanish", ""),
    (values.language, "", ""),
    (values.school_code, "99000010000029", "99000010000029"),
    (values.school_code, "9000010000029", "09000010000029"),
    (values.school_code, "29", "0000029"),
    (values.school_code, "", ""),
]

BAD = [
    (values.ssid, "", "The SSID is missing"),
    (values.ssid, "903100012", "has 9 digits in place of 10: one was left out, or Excel has removed a zero"),
    (values.ssid, "31000012", "has 8 digits in place of 10"),
    (values.ssid, "9.03E+09", "Excel has turned the SSID into 9.03E+09; its last digits are lost"),
    (values.ssid, "90310000123", "not an SSID, which has ten digits"),
    (values.ssid, "A031000012", "not an SSID"),
    (values.ssid, "٩٠٣١٠٠٠٠١٢", "not an SSID"),
    (values.grade, "13", "not a grade: KN or 01 to 12"),
    (values.grade, "UE", "not a grade"),
    (values.day, "17/3/2023", "not a date"),
    (values.day, "2023-02-30", "not a date"),
    (values.day, "########", "only: the column was too narrow"),
    (values.day, "1823-03-17", "not a date"),
    (values.number, "14x0", "not a score"),
    (values.number, "12345", "not a score"),
    (values.number, "-5", "not a score"),
    (values.attempted, "X", "Attemptedness is Y"),
    (values.condition, "NOT TESTED", "at most six letters"),
    (values.status, "RFEP", "EL, IFEP or empty"),
    (values.school_code, "9.9E+13", "Excel has ruined the school code: 9.9E+13"),
    (values.school_code, "Upper", "not a school code"),
]


@pytest.mark.parametrize(("read", "cell", "value"), GOOD, ids=lambda value: getattr(value, "__name__", repr(value)))
def test_cell_is_read(read: Callable[[str], object], cell: str, value: object) -> None:
    assert read(cell) == value


@pytest.mark.parametrize(("read", "cell", "words"), BAD, ids=lambda value: getattr(value, "__name__", repr(value)))
def test_cell_that_cannot_be_read_says_why(read: Callable[[str], object], cell: str, words: str) -> None:
    with pytest.raises(NotAValue) as caught:
        read(cell)
    assert words in caught.value.reason


LEVELS = [
    (Test.SUMMATIVE_ELPAC, Measure.OVERALL, "4", "4"),
    (Test.SUMMATIVE_ELPAC, Measure.OVERALL, "Moderately Developed", "3"),
    (Test.SUMMATIVE_ELPAC, Measure.OVERALL, "Level 2", "2"),
    (Test.SUMMATIVE_ELPAC, Measure.LISTENING, "Somewhat/Moderately", "2"),
    (Test.SUMMATIVE_ELPAC, Measure.LISTENING, "NS", ""),
    (Test.SUMMATIVE_ALTERNATE_ELPAC, Measure.OVERALL, "3", "3_fluent_english_proficient"),
    (Test.INITIAL_ELPAC, Measure.OVERALL, "Initial Fluent English Proficient (IFEP)", "ifep"),
    (Test.INITIAL_ELPAC, Measure.OVERALL, "novice english learner", "novice_el"),
    (Test.INITIAL_ELPAC, Measure.ORAL_LANGUAGE, "Well developed", "3"),
    (Test.CAASPP_ELA, Measure.OVERALL, "3", "3"),
    (Test.CAASPP_ELA, Measure.OVERALL, "9", ""),
]


@pytest.mark.parametrize(("test", "measure", "cell", "slug"), LEVELS)
def test_levels_in_digits_and_in_words(test: Test, measure: Measure, cell: str, slug: str) -> None:
    assert values.level(test, measure, cell) == slug


def test_a_level_that_is_none_names_those_there_are() -> None:
    with pytest.raises(NotAValue) as caught:
        values.level(Test.SUMMATIVE_ELPAC, Measure.OVERALL, "5")
    assert caught.value.reason == (
        "This is not a level of this test; there are: 1 (Beginning to Develop), 2 (Somewhat Developed), "
        "3 (Moderately Developed), 4 (Well Developed)."
    )


@pytest.mark.parametrize(
    ("spoilt", "sound"),
    [("MuÃ±oz", "Muñoz"), ("Muñoz", ""), ("Nguyá»…n", "Nguyễn"), ("O'Brien", ""), ("Å\xa0imiÄ‡", "Šimić")],
)
def test_names_read_in_the_wrong_letters_are_known(spoilt: str, sound: str) -> None:
    assert values.unscrambled(spoilt) == sound


def test_names_are_one_line_without_control_characters() -> None:
    assert values.text("  Ana \x00\t María\r\n ") == "Ana María"
    assert len(values.text("x" * 300)) == 80
