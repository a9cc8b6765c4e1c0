"""A file is known by the names in its header: every year seen, a year not seen, and none at all."""

from __future__ import annotations

import random

import pytest

from assessments.imports import layouts
from assessments.imports.texts import plain
from district.refusal import Refusal
from tests.assessments.imports import files


@pytest.mark.parametrize(("program", "year"), files.program_years(), ids=lambda value: value)
def test_every_header_of_the_state_is_recognised_with_its_year(program: str, year: str) -> None:
    layout = layouts.recognise(files.header(program, year))
    assert (layout.program, layout.year) == (program, year)
    assert layout.label == f"{layouts.programs()[program].name}, columns as in {year}"


@pytest.mark.parametrize(("program", "year"), files.program_years(), ids=lambda value: value)
def test_names_and_not_places_count(program: str, year: str) -> None:
    head = list(files.header(program, year))
    random.Random(7).shuffle(head)
    shuffled = [f" {name.upper().replace('-', ' - ')} " for name in head]
    layout = layouts.recognise(shuffled)
    assert (layout.program, layout.year) == (program, year)
    for field, places in layout.fields.items():
        names = {plain(name) for name in layouts.programs()[program].columns[field]}
        assert {plain(shuffled[layout.columns[at]]) for at in places} <= names


@pytest.mark.parametrize(("program", "year"), files.program_years(), ids=lambda value: value)
def test_a_year_never_seen_is_recognised_by_its_nearest(program: str, year: str) -> None:
    """The columns of which nothing is read come, go and change their names; those read keep theirs."""
    head = files.header(program, year)
    read = {plain(name) for names in layouts.programs()[program].columns.values() for name in names}
    others = [name for name in head if plain(name) not in read]
    gone = set(others[::5])
    coming = [name for name in head if name not in gone] + ["NewIndicator1", "NewIndicator2", "AnotherMeasure"]
    layout = layouts.recognise(coming)
    assert layout.program == program
    assert layout.year == ""
    assert "a year not seen before (closest: 20" in layout.label


def test_a_shortened_file_says_how_much_of_which_year_it_has() -> None:
    head = [name for name in files.header("summative_elpac", "2023-24") if not name.startswith(("NEDS", "EDS"))]
    layout = layouts.recognise(head)
    assert layout.label == f"Summative ELPAC, {len(head)} of the 370 columns of 2023-24"


@pytest.mark.parametrize(
    ("program", "name", "words"),
    [
        ("summative_elpac", "SSID", "looks like Summative ELPAC, but these columns are missing: SSID."),
        ("summative_elpac", "GradeAssessed", None),  # CALPADSGrade serves
        ("summative_elpac", "FinalTestCompletedDate", None),  # the days of the domains serve
        ("summative_elpac", "OverallScaleScore", "missing: OverallScaleScore."),
        ("initial_elpac", "DateofBirthforTesting", "missing: DateofBirth"),
        ("caaspp", "AchievementLevels", "missing: AchievementLevels."),
    ],
)
def test_a_needed_column_that_is_missing_is_named(program: str, name: str, words: str | None) -> None:
    head = [each for each in files.header(program, "2023-24") if each != name]
    if words is None:
        assert layouts.recognise(head).program == program
        return
    with pytest.raises(Refusal) as caught:
        layouts.recognise(head)
    assert words in caught.value.message
    assert "Files that can be read: Summative ELPAC, Initial ELPAC, CAASPP, Local scores" in caught.value.mend


def test_a_column_that_stands_twice_is_refused_if_it_is_read() -> None:
    head = [*files.header("summative_elpac", "2023-24"), "ssid"]
    with pytest.raises(Refusal, match="The column SSID stands twice"):
        layouts.recognise(head)
    assert layouts.recognise(files.header("initial_elpac", "2019-20")).year == "2019-20"  # six columns called Blank


def test_another_table_is_refused_with_what_can_be_read() -> None:
    with pytest.raises(Refusal, match="not the header of a score file that is known here"):
        layouts.recognise(["Datum", "Betrag", "Konto"])


def test_local_scores_are_recognised_by_few_columns() -> None:
    layout = layouts.recognise(["Local ID", "Grade", "Test date", "Overall score", "Examiner"])
    assert (layout.program, layout.source) == ("local", "local")
    with pytest.raises(Refusal, match="missing: Test date"):
        layouts.recognise(["Local ID", "SSID", "Grade", "Overall score", "Examiner"])


def test_every_name_in_the_data_stands_in_a_header_of_its_years() -> None:
    """The list of columns is kept by hand; the headers are as the state printed them."""
    headers = {key: {plain(name) for name in files.header(*key)} for key in files.program_years()}
    for row in layouts.rows("score_file_columns.csv"):
        if not row["first_year"]:
            continue
        for year in (row["first_year"], row["last_year"]):
            assert plain(row["column_name"]) in headers[row["program"], year], row


def test_the_documentation_shows_the_example_of_every_kind() -> None:
    said = (layouts.FOLDER.parent.parent / "docs" / "files.md").read_text(encoding="utf-8")
    for kind in layouts.kinds():
        assert f"{kind.header}\n{kind.line}\n" in said, kind.name


def test_the_example_of_the_page_is_a_shortened_list() -> None:
    """It has columns of known years only: no alarm about a year not seen before."""
    kind = next(each for each in layouts.kinds() if each.name == "Summative ELPAC")
    head = kind.header.split(",")
    layout = layouts.recognise(head)
    assert "not seen before" not in layout.label
    assert layouts.is_shortened(layout, head)
    assert not layouts.is_shortened(layouts.recognise([*head, "SomethingNew"]), [*head, "SomethingNew"])
