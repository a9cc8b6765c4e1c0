"""Local measures, marks and the state's lists: known by their header, judged like scores, written and put back."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from assessments.enums import Verdict
from assessments.imports import apply, layouts, reading, staging
from assessments.imports.reader import Around, KnownMeasure
from assessments.imports.records import records
from assessments.loaders import load_measures
from assessments.models import LocalMeasure, LocalResult, LongTermListing, Mark, MeasureWindow, ScoreImport
from assessments.rules.measures import Scale
from district import entries
from district.enums import Grade
from district.models import Entry, School, User
from district.refusal import Refusal
from students.actions.statuses import set_status
from students.enums import ElStatus, StatusSource
from students.models import LanguageStatus, Student
from tests.assessments.imports import files, lists
from tests.assessments.imports.conftest import TODAY, enroll

pytestmark = pytest.mark.django_db
LOCAL = ["measures", "hmh_sam", "hmh_growth", "acadience", "dibels_8"]

WINDOWS = ("boy", "moy", "eoy")
MEASURES = {
    slug: KnownMeasure(slug, Scale(name), tuple(Grade.values), WINDOWS)
    for slug, name in [
        ("sri", "Reading Inventory (SRI)"),
        ("writing", "Local writing assessment"),
        ("dibels_composite", "composite"),
        ("dibels_orf_words_correct", "fluency"),
        ("dibels_orf_accuracy_pct", "accuracy"),
    ]
}
YEARS = {"2023-24": (date(2023, 8, 14), date(2024, 6, 7))}


@pytest.fixture
def children(office: User, schools: dict[str, School]) -> list[Student]:
    load_measures()
    return enroll(range(4), schools["upper"], office)


def stage(by: User, data: bytes, name: str = "list.csv", **options: Any) -> ScoreImport:
    return staging.stage(by=by, name=name, file=io.BytesIO(data), received_on=TODAY, on=TODAY, **options)


def sent(by: User, program: str, *rows: dict[str, str]) -> ScoreImport:
    return stage(by, lists.data(program, rows))


def applied(by: User, batch: ScoreImport) -> ScoreImport:
    return apply.apply_import(by=by, batch_id=batch.pk, on=TODAY)


def problems(batch: ScoreImport) -> list[tuple[int, str, str]]:
    return [(row.line, each["column"], each["reason"]) for row in batch.rows.order_by("line") for each in row.problems]


def put_back(batch: ScoreImport, by: User) -> None:
    entry = Entry.objects.get(kind=apply.SCORE_IMPORT, data__batch=str(batch.pk))
    entries.put_back(entry.pk, by=by, reason="wrong file")
    batch.refresh_from_db()


@pytest.mark.parametrize("program", lists.HEADS)
def test_the_example_of_every_kind_is_read_without_a_fault(program: str) -> None:
    """The examples of the page and of docs/files.md."""
    cells = {row["column_name"]: row["value"] for row in layouts.rows("score_file_examples.csv")
             if row["program"] == program}  # fmt: skip
    table = reading.read("example.csv", lists.data(program, [cells]))
    layout = layouts.recognise(table.header)
    assert layout.program == program
    found = list(records(table, layout, Around(lambda *_of: [], date(2024, 6, 26), None, MEASURES, YEARS)))
    assert found
    assert [(each.problems, each.is_kept) for each in found] == [([], True)] * len(found)


@pytest.mark.parametrize("program", lists.LISTS)
def test_every_kind_is_known_by_its_header_whatever_the_order(program: str) -> None:
    head = lists.HEADS[program]
    for names in (head, head[::-1], [name.upper().replace(" ", "_") for name in head]):
        assert layouts.recognise(names).program == program


@pytest.mark.plan("MP3-03", "MP3-04", "MP3-05", "MP3-06", "MP3-07", "MP3-09", "X-09")
@pytest.mark.parametrize("program", [*LOCAL, "marks", "long_term"])
def test_sound_lines_are_new_then_held_already_and_go_back(program: str, office: User, children: list[Student]) -> None:
    rows = [lists.line(program, number) for number in range(4)]
    batch = sent(office, program, *rows)
    assert problems(batch) == []
    each = lists.EACH.get(program, 1)
    assert (batch.counts["lines"], batch.counts["new"], batch.counts["rejected"]) == (4, 4 * each, 0)
    model: Any = {"marks": Mark, "long_term": LongTermListing}.get(program, LocalResult)
    assert model.objects.count() == 0
    applied(office, batch)
    assert model.objects.filter(batch=batch).count() == 4 * each
    again = sent(office, program, *rows)
    assert (again.counts["new"], again.counts["changed"], again.counts["unchanged"]) == (0, 0, 4 * each)
    put_back(batch, office)
    assert model.objects.count() == 0


def test_what_an_export_says_is_kept_with_its_own_benchmark(office: User, children: list[Student]) -> None:
    applied(office, sent(office, "dibels_8", lists.line("dibels_8", 0)))
    fluency = LocalResult.objects.get(measure__slug="dibels_orf_words_correct")
    assert (fluency.student, fluency.year, fluency.window, fluency.grade) == (children[0], "2022-23", "boy", "04")
    assert (fluency.value, fluency.level, fluency.taken_on) == (51, "Well Below Benchmark", date(2022, 9, 20))
    assert (fluency.source, fluency.recorded_by) == ("file", office)


def test_an_export_by_grade_gives_each_window_its_value(office: User, children: list[Student]) -> None:
    applied(office, sent(office, "acadience", lists.line("acadience", 1, **{"ark6_accuracy_2_beg": "0.97"})))
    held = {(each.measure.slug, each.window): each.value for each in LocalResult.objects.select_related("measure")}
    assert held == {
        ("dibels_orf_words_correct", "boy"): 61,
        ("dibels_orf_words_correct", "moy"): 75,
        ("dibels_orf_accuracy_pct", "boy"): Decimal(97),
        ("dibels_composite", "boy"): 150,
    }
    assert set(LocalResult.objects.values_list("grade", flat=True)) == {"02"}


def test_a_value_that_changes_goes_back_to_what_it_was(office: User, children: list[Student]) -> None:
    applied(office, sent(office, "measures", lists.line("measures", 0)))
    before = LocalResult.objects.values().get()
    batch = sent(office, "measures", lists.line("measures", 0, Score="810"))
    assert batch.counts["changed"] == 1
    applied(office, batch)
    assert LocalResult.objects.get().value == 810
    put_back(batch, office)
    assert LocalResult.objects.values().get() == before


def test_what_was_changed_since_stays(office: User, children: list[Student]) -> None:
    batch = applied(office, sent(office, "marks", lists.line("marks", 0), lists.line("marks", 1)))
    Mark.objects.filter(student=children[0]).update(mark="A")
    put_back(batch, office)
    assert [(each.student, each.mark) for each in Mark.objects.all()] == [(children[0], "A")]
    assert [each["why"] for each in batch.counts["kept"]] == ["the result was changed since"]


@pytest.mark.parametrize(
    ("course", "subject", "expected"),
    [
        ("English 4", "", "ela"),
        ("ELD 2", "", "eld"),
        ("English Language Development", "", "eld"),
        ("Algebra I", "", "math"),
        ("Woodwork", "", "other"),
        ("Period 3", "Mathematics", "math"),
    ],
)
def test_the_subject_of_a_mark_follows_from_the_course(
    office: User, children: list[Student], course: str, subject: str, expected: str
) -> None:
    applied(office, sent(office, "marks", lists.line("marks", 0, Course=course, Subject=subject)))
    assert Mark.objects.get().subject == expected


class TestWhoseLineItIs:
    """By SSID, else by the local number; the birth date and the name must agree (D-22)."""

    def test_by_the_local_number(self, office: User, children: list[Student]) -> None:
        batch = sent(office, "measures", lists.line("measures", 2, SSID=""))
        assert problems(batch)[0][2] == "The SSID is missing."
        head = ["Local ID" if name == "SSID" else name for name in lists.HEADS["measures"]]
        data = lists.data("measures", [lists.line("measures", 2) | {"Local ID": children[2].local_id}], head)
        applied(office, stage(office, data))
        assert LocalResult.objects.get().student == children[2]

    def test_a_number_that_nobody_has(self, office: User, children: list[Student]) -> None:
        batch = sent(office, "marks", lists.line("marks", 0, **{"Local ID": "L99999"}))
        assert problems(batch) == [(2, "Local ID", "No child with this number is enrolled here.")]

    def test_another_birth_date(self, office: User, children: list[Student]) -> None:
        batch = sent(office, "hmh_sam", lists.line("hmh_sam", 0, BIRTH_DATE="2011-01-01"))
        assert problems(batch)[0][1] == "BIRTH_DATE"
        assert batch.counts["rejected"] == 1

    def test_another_name_without_a_birth_date(self, office: User, children: list[Student]) -> None:
        row = lists.line("marks", 0, **{"Birth date": "", "Last name": "Zapata", "First name": "Bo"})
        batch = sent(office, "marks", row, lists.line("marks", 1, **{"Birth date": ""}))
        assert problems(batch) == [
            (2, "Last name", f"Another name, and no birth date to be sure by: the child with this number is "
             f"{children[0].first_name} {children[0].last_name} here.")
        ]  # fmt: skip
        apply.leave_out(by=office, batch_id=batch.pk, lines=[2], on=TODAY)
        applied(office, batch)
        assert Mark.objects.get().student == children[1]


class TestWindows:
    """By the column, else by the day: the windows set for the measure, else equal parts of the year."""

    @pytest.mark.parametrize(
        ("day", "window"), [("8/20/2022", "boy"), ("12/20/2022", "moy"), ("5/20/2023", "eoy"), ("6/20/2023", "eoy")]
    )
    def test_equal_parts_of_the_year(self, office: User, children: list[Student], day: str, window: str) -> None:
        applied(office, sent(office, "hmh_sam", lists.line("hmh_sam", 0, LEXILE_MOD_DATE=day)))
        assert LocalResult.objects.get().window == window

    def test_the_windows_that_are_set(self, office: User, children: list[Student]) -> None:
        sri = LocalMeasure.objects.get(slug="sri")
        MeasureWindow.objects.create(
            measure=sri, year="2022-23", window="moy", opens=date(2022, 9, 1), closes=date(2022, 9, 30)
        )
        batch = sent(
            office, "hmh_sam", lists.line("hmh_sam", 0), lists.line("hmh_sam", 1, LEXILE_MOD_DATE="2022-10-02")
        )
        assert [row.facts["window"] for row in batch.rows.order_by("line")] == ["moy", ""]
        assert problems(batch) == [(3, "LEXILE_MOD_DATE", "The day lies in no window of the measure.")]


BAD: list[tuple[str, dict[str, str], str, str]] = [
    ("measures", {"SSID": "9.03E+09"}, "SSID", "its last digits are lost"),
    ("measures", {"SSID": "90310000"}, "SSID", "8 digits"),
    ("measures", {"SSID": "1e+09"}, "SSID", "its last digits are lost"),
    ("measures", {"Score": "2500"}, "Score", "2500 is no value of Reading Inventory (SRI)."),
    ("measures", {"Score": "7.4E+02"}, "Score", "Excel has turned the value into 7.4E+02."),
    ("measures", {"Score": "=1+1"}, "Score", "is no number"),
    ("measures", {"Score": "NaN"}, "Score", "is no value"),
    ("measures", {"Score": "740.123"}, "Score", "more than two places"),
    ("measures", {"Level": "=HYPERLINK(1)"}, "Level", "a formula"),
    ("measures", {"Window": "1-Sep"}, "Window", "Excel has turned the window into a date"),
    ("measures", {"Window": "Sep-22"}, "Window", "Excel has turned the window into a date"),
    ("measures", {"Window": "44805"}, "Window", "Excel has turned the window into a date"),
    ("measures", {"Window": "someday"}, "Window", "no window or term"),
    ("measures", {"Window": "Q2"}, "Window", "is not taken in: second term"),
    ("measures", {"Window": "", "Test date": ""}, "Window", "The window is missing."),
    ("measures", {"Measure": "Star Reading"}, "Measure", "There is no such measure here: Star Reading."),
    ("measures", {"Measure": ""}, "Measure", "The measure is missing."),
    ("measures", {"Test date": "2022-02-30"}, "Test date", "This is not a date."),
    ("measures", {"Test date": "########"}, "Test date", "too narrow"),
    ("measures", {"Test date": "2031-01-18"}, "Test date", "in the future"),
    ("measures", {"Test date": "2021-10-18"}, "School year", "2021-10-18 lies in 2021-22, the line says 2022-23."),
    ("measures", {"School year": "2023-24", "Test date": ""}, "School year", "2023-24 has not begun"),
    ("measures", {"School year": "22-Sep"}, "School year", "Excel has turned the school year into 22-Sep."),
    ("measures", {"Grade": "fourth"}, "Grade", "This is not a grade"),
    ("measures", {"Not taken": "absent"}, "Not taken", "a reason why there is none"),
    ("measures", {"Score": "", "Not taken": "gone fishing"}, "Not taken", "no reason that is known"),
    ("marks", {"Mark": "=cmd|' /C calc'!A0"}, "Mark", "This is no mark"),
    ("marks", {"Mark": "excellent work"}, "Mark", "This is no mark"),
    ("marks", {"Term": "Jan-22"}, "Term", "Excel has turned the window into a date"),
    ("marks", {"Term": ""}, "Term", "The term is missing."),
    ("marks", {"Course": "@SUM(1)"}, "Course", "a formula"),
    ("marks", {"Course": ""}, "Course", "The course is missing."),
    ("marks", {"Teacher": "+1"}, "Teacher", "a formula"),
    ("hmh_sam", {"SIS_ID": "1e+09"}, "SIS_ID", "Excel has turned the number into 1e+09"),
    ("hmh_sam", {"SIS_ID": ""}, "ssid", "The SSID is missing."),
    ("acadience", {"orf_2_beg": "900"}, "orf_2_beg", "900 is no value of DIBELS oral reading"),
    ("dibels_8", {"Benchmark Period": "Sept"}, "Benchmark Period", "no window or term"),
    ("statuses", {"ELAS Code": "XX"}, "ELAS Code", "This is no status of the state"),
    ("statuses", {"ELAS Start Date": ""}, "ELAS Start Date", "is missing"),
    ("statuses", {"ELAS Start Date": "20310101"}, "ELAS Start Date", "in the future"),
    ("statuses", {"Correction Reason Code": "17"}, "Correction Reason Code", "one digit"),
    ("long_term", {"LTELorARLTEL": "=1"}, "LTELorARLTEL", "a formula"),
]  # fmt: skip


@pytest.mark.parametrize(("program", "cells", "column", "words"), BAD, ids=lambda value: str(value)[:40])
def test_a_bad_cell_is_named_with_line_and_column_and_nothing_is_written(
    office: User, children: list[Student], program: str, cells: dict[str, str], column: str, words: str
) -> None:
    batch = sent(office, program, lists.line(program, 0), lists.line(program, 1, **cells))
    found = [(line, where, reason) for line, where, reason in problems(batch) if line == 3]
    assert any(where == column and words in reason for _line, where, reason in found), found
    assert batch.rows.filter(line=3, verdict=Verdict.REJECTED).exists()
    with pytest.raises(Refusal, match="cannot be read in"):
        applied(office, batch)
    assert sum(model.objects.count() for model in (LocalResult, Mark, LongTermListing)) == 0


def test_two_lines_that_disagree_are_both_rejected_and_the_same_twice_counts_once(
    office: User, children: list[Student]
) -> None:
    batch = sent(
        office,
        "marks",
        lists.line("marks", 0),
        lists.line("marks", 0, Mark="C-"),
        lists.line("marks", 1),
        lists.line("marks", 1),
        lists.line("marks", 0, Course="Algebra I"),
    )
    assert [row.verdict for row in batch.rows.order_by("line")] == [
        "rejected", "rejected", "new", "unchanged", "new"
    ]  # fmt: skip
    assert problems(batch)[0][2].startswith("The same child and the same thing stand in line 3 too, with another value")
    apply.leave_out(by=office, batch_id=batch.pk, lines=[3], on=TODAY)
    applied(office, batch)
    assert sorted(Mark.objects.values_list("mark", flat=True)) == ["B+", "B+", "B+"]


def test_a_line_of_many_measures_goes_as_a_whole(office: User, children: list[Student]) -> None:
    batch = sent(office, "acadience", lists.line("acadience", 0, orf_2_mid="900"), lists.line("acadience", 1))
    apply.leave_out(by=office, batch_id=batch.pk, lines=[2], on=TODAY)
    batch = applied(office, batch)
    assert set(LocalResult.objects.values_list("student", flat=True)) == {children[1].pk}
    assert [each["line"] for each in batch.left_out] == [2]


def test_lines_with_nothing_to_keep_are_counted_and_not_rejected(office: User, children: list[Student]) -> None:
    batch = sent(
        office,
        "hmh_growth",
        lists.line("hmh_growth", 0),
        lists.line("hmh_growth", 1, lexile_mid="", performance_level_primary=""),
        lists.line("hmh_growth", 2, teacher_deleted_test="true"),
    )
    assert (batch.counts["new"], batch.counts["passed_over"], batch.counts["rejected"]) == (1, 2, 0)
    assert "2 lines in which there is nothing to keep." in batch.notes


@pytest.mark.plan("X-17")
class TestStatuses:
    """The state's list of statuses: by the verb that state files use, lawful moves only (D-04, D-05)."""

    def test_a_child_who_waits_gets_the_status_the_state_has(self, office: User, schools: dict[str, School]) -> None:
        (child,) = enroll(range(1), schools["upper"], office, ElStatus.TBD)
        batch = applied(office, sent(office, "statuses", lists.line("statuses", 0)))
        assert batch.counts["statuses"] == 1
        held = LanguageStatus.objects.filter(student=child).order_by("-sequence").first()
        assert held is not None
        assert (held.status, held.starts, held.source) == ("EL", date(2022, 9, 1), "state_file")
        put_back(batch, office)
        assert LanguageStatus.objects.get(student=child).status == "TBD"

    def test_what_is_held_already_is_unchanged(self, office: User, schools: dict[str, School]) -> None:
        enroll(range(1), schools["upper"], office, ElStatus.EL)
        row = lists.line("statuses", 0, **{"ELAS Start Date": "2022-08-15"})
        assert sent(office, "statuses", row).counts["unchanged"] == 1

    def test_a_move_that_may_not_be_is_rejected_with_the_reason(self, office: User, schools: dict[str, School]) -> None:
        enroll(range(2), schools["upper"], office, ElStatus.TBD)
        rows = [lists.line("statuses", 0, **{"ELAS Code": "RFEP"}), lists.line("statuses", 1)]
        batch = sent(office, "statuses", *rows)
        assert (batch.counts["rejected"], batch.counts["changed"]) == (1, 1)
        assert problems(batch)[0][:2] == (2, "ELAS Code")
        assert "RFEP" in problems(batch)[0][2]
        with pytest.raises(Refusal, match="1 line cannot be read in"):
            applied(office, batch)
        apply.leave_out(by=office, batch_id=batch.pk, lines=[2], on=TODAY)
        assert applied(office, batch).counts["statuses"] == 1

    def test_a_status_set_since_the_preview_is_not_overrun(self, office: User, schools: dict[str, School]) -> None:
        (child,) = enroll(range(1), schools["upper"], office, ElStatus.TBD)
        batch = sent(office, "statuses", lists.line("statuses", 0))
        set_status(
            by=office,
            student=child,
            status=ElStatus.IFEP,
            starts=date(2022, 9, 5),
            source=StatusSource.STATE_FILE,
            reason="the Initial file came first",
        )
        with pytest.raises(Refusal, match="The records have changed"):
            applied(office, batch)
        batch.refresh_from_db()
        assert batch.counts["rejected"] == 1

    def test_the_states_own_file_without_a_header(self, office: User, schools: dict[str, School]) -> None:
        enroll(range(2), schools["upper"], office, ElStatus.TBD)
        lines = []
        for number in range(2):
            child = files.child(number)
            born = child["birth_date"].replace("-", "")
            cells = ["SELA", "", f"R{number}", "9900001", "0000029", "2022-2023", child["ssid"], child["first_name"]]
            lines.append([*cells, child["last_name"], born, "F", child["local_id"], "EL", "20220901", "spa", ""])
        batch = applied(office, stage(office, files.as_text(lines), "SELA.txt"))
        assert (batch.counts["lines"], batch.counts["statuses"]) == (2, 2)


@pytest.mark.plan("X-09")
def test_the_states_long_term_list_stands_beside_our_own_reckoning(office: User, children: list[Student]) -> None:
    batch = sent(
        office,
        "long_term",
        lists.line("long_term", 0),
        lists.line("long_term", 1, LTELorARLTEL="AR-LTEL"),
        lists.line("long_term", 2, LTELorARLTEL="2"),
        lists.line("long_term", 3, LTELorARLTEL="", **{"Provisional LTEL start": ""}),
    )
    assert [reason for _line, _column, reason in problems(batch)] == [
        "It is not sure what the code 2 means; it is kept as a code."
    ]
    applied(office, batch)
    held = [(each.student, each.meaning, each.code, each.since) for each in LongTermListing.objects.order_by("student")]
    day = date(2022, 8, 15)
    assert held == [
        (children[0], "ltel", "LTEL", day),
        (children[1], "at_risk", "AR-LTEL", day),
        (children[2], "unsure", "2", day),
    ]
