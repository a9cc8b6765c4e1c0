"""The marks on the tests and the page that is written from them."""

from __future__ import annotations

import textwrap

import pytest

from district.management.commands.plan import PAGE
from district.plan import as_markdown, marked_tests, reasons, shown_rows
from district.reference import read_csv

CODES = [row["code"] for row in read_csv("plan_rows.csv")]
CHAPTERS_DONE = ("MP1-", "MP2-", "MP3-", "APPA-")


def test_the_plan_has_all_its_rows():
    parts: dict[str, int] = {}
    for code in CODES:
        key = code.split("-")[0]
        parts["APP" if key.startswith("APP") else key] = parts.get("APP" if key.startswith("APP") else key, 0) + 1
    counted = dict(MP0=15, MP1=53, MP2=11, MP3=16, MP4=48, MP5=77, MP6=65, MP7=15, MP8=10, APP=19, SIP=37, X=17)
    assert parts == counted
    assert len(set(CODES)) == len(CODES) == 383


def test_every_mark_names_a_row_of_the_plan():
    assert sorted(set(marked_tests()) - set(CODES)) == []


def test_a_chapter_that_is_done_has_no_row_without_a_test_or_a_reason():
    silent = [row.code for row in shown_rows() if not row.tests and not row.why_later]
    assert [code for code in silent if code.startswith(CHAPTERS_DONE)] == []


def test_a_row_that_is_shown_is_not_left_for_later():
    assert sorted(set(reasons()) & set(marked_tests())) == []
    assert sorted(set(reasons()) - set(CODES)) == []


def test_the_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == as_markdown(shown_rows()), "Run: make plan"


SOURCE = """
import pytest
pytestmark = [pytest.mark.django_db, pytest.mark.plan("MP1-01")]

def helper():
    pytest.mark.plan("MP9-99")

def test_plain():
    pass

@pytest.mark.plan("MP1-02", "MP1-03")
@pytest.mark.parametrize("x", [1, pytest.param(2, marks=pytest.mark.plan("MP1-04"))])
async def test_marked(x):
    pass

@pytest.mark.plan("MP1-05")
class TestThings:
    @pytest.mark.plan("MP1-06")
    def test_inside(self):
        pass

    def no_test(self):
        pass
"""


def test_marks_are_read_from_functions_parameters_classes_and_modules(tmp_path):
    (tmp_path / "tests" / "deep").mkdir(parents=True)
    (tmp_path / "tests" / "deep" / "test_it.py").write_text(textwrap.dedent(SOURCE), encoding="utf-8")
    (tmp_path / "tests" / "deep" / "helpers.py").write_text(SOURCE, encoding="utf-8")
    here = "tests/deep/test_it.py::"
    assert marked_tests(tmp_path) == {
        "MP1-01": [here + "test_plain", here + "test_marked", here + "TestThings::test_inside"],
        "MP1-02": [here + "test_marked"],
        "MP1-03": [here + "test_marked"],
        "MP1-04": [here + "test_marked"],
        "MP1-05": [here + "TestThings::test_inside"],
        "MP1-06": [here + "TestThings::test_inside"],
    }


@pytest.mark.parametrize("row", ["MP1-13", "MP1-46"])
def test_rows_shown_by_the_calendar_are_listed(row):
    (found,) = [each for each in shown_rows() if each.code == row]
    assert any(test.startswith("tests/district/test_calendar.py::") for test in found.tests)
