"""What the preview says of each line, beside the other lines, the children enrolled and the results held."""

from __future__ import annotations

import io
from datetime import date

import pytest

from assessments.enums import ImportState, Verdict
from assessments.imports import apply, staging
from assessments.models import Result, ScoreImport, ScoreImportRow
from district.models import School, User
from district.refusal import NotAllowed, Refusal
from students.enums import ElStatus
from students.models import Enrollment, LanguageStatus, Student
from tests.assessments.imports import files
from tests.assessments.imports.conftest import FIRST_DAY, TODAY, enroll

pytestmark = pytest.mark.django_db


def preview(
    by: User,
    rows: list[files.Row],
    program: str = "summative_elpac",
    year: str = "2023-24",
    on: date = TODAY,
) -> ScoreImport:
    data = files.as_text(files.table(program, year, rows))
    return staging.stage(by=by, name="scores.csv", file=io.BytesIO(data), received_on=on, on=on)


def told(batch: ScoreImport) -> list[tuple[int, str, list[tuple[str, str]]]]:
    """Line, verdict, and the problems as (column, reason)."""
    return [
        (row.line, row.verdict, [(problem["column"], problem["reason"]) for problem in row.problems])
        for row in batch.rows.order_by("line")
    ]


def test_children_known_by_their_number_get_new_results(office: User, schools: dict[str, School]) -> None:
    enroll(range(8), schools["upper"], office)
    batch = preview(office, [files.child(number) for number in range(8)])
    assert told(batch) == [(line, "new", []) for line in range(2, 10)]
    assert (batch.state, batch.administration, batch.source) == (ImportState.PREVIEWED, "2022-23", "state_file")
    assert batch.counts["new"] == 8
    assert set(batch.counts["names"]) >= {"Ximena Muñoz Ávila", "Thị Hồng Nguyễn"}
    assert Result.objects.count() == 0


def test_a_number_that_nobody_has_is_rejected_and_the_child_of_that_name_is_pointed_out(
    office: User, schools: dict[str, School]
) -> None:
    enroll(range(2), schools["upper"], office)
    batch = preview(office, [files.child(0, ssid="9999999999"), files.child(1, ssid="8888888888", last_name="Zapata")])
    first, second = batch.rows.order_by("line")
    assert first.problems[0]["reason"] == "No child with this number is enrolled here."
    assert first.problems[0]["mend"].startswith("A child of this name and birth date has the SSID 9031000000")
    assert second.problems[0]["mend"].startswith("Look for the child by name.")


def test_a_child_who_has_left_is_rejected_with_the_day(office: User, schools: dict[str, School]) -> None:
    gone, moved = enroll(range(2), schools["upper"], office)
    Enrollment.objects.filter(student=gone).update(ends=date(2023, 5, 5), exit_reason="moved away")
    Enrollment.objects.filter(student=moved).update(ends=date(2022, 10, 7))
    batch = preview(office, [files.child(0), files.child(1)])
    assert told(batch) == [
        (2, "rejected", [("SSID", "The child left the district on Fri 5 May 2023.")]),
        (3, "rejected", [("SSID", "The child left the district on Fri 7 Oct 2022.")]),
    ]


def test_in_summer_children_whose_year_has_ended_are_still_here(office: User, schools: dict[str, School]) -> None:
    enroll(range(1), schools["upper"], office)
    Enrollment.objects.update(ends=date(2023, 6, 9))
    assert told(preview(office, [files.child(0)], on=date(2023, 7, 13))) == [(2, "new", [])]


def test_a_child_without_any_enrollment_is_rejected(office: User, schools: dict[str, School]) -> None:
    enroll(range(1), schools["upper"], office)
    Enrollment.objects.all().delete()
    assert told(preview(office, [files.child(0)]))[0][2] == [("SSID", "The child is not enrolled here.")]


def test_another_birth_date_rejects_and_another_name_warns(office: User, schools: dict[str, School]) -> None:
    enroll(range(4), schools["upper"], office)
    rows = [
        files.child(0, birth_date="2012-01-01"),
        files.child(1, last_name="Zapata", first_name="Bo"),
        files.child(2, first_name="MAIRE", last_name="OBRIEN"),
        files.child(3, first_name="Jose Maria Luis", last_name="d angelo"),
    ]
    assert told(preview(office, rows)) == [
        (
            2,
            "rejected",
            [("DateofBirth", "Another birth date: we have Thu 10 Jan 2013. It may be another child.")],
        ),
        (3, "new", [("StudentLastName", "Another name: the child is Thị Hồng Nguyễn here.")]),
        (4, "new", [("StudentLastName", "Another name: the child is Máire O'Brien here.")]),
        (5, "new", []),
    ]


def test_another_school_and_another_language_warn(office: User, schools: dict[str, School]) -> None:
    enroll(range(3), schools["upper"], office)
    rows = [
        files.child(0, school_code="99000010000011", language="PAN"),
        files.child(1, school_code="0000029", language="spa"),
        files.child(2, school_code="", language="99"),
    ]
    assert told(preview(office, rows)) == [
        (
            2,
            "new",
            [
                ("CALPADSSchoolCode", "Another school: the child is enrolled at Upper School."),
                ("CALPADSPrimaryLanguage", "The file says Punjabi, we have Spanish as the child's primary language."),
            ],
        ),
        (3, "new", []),
        (4, "new", []),
    ]


def test_the_same_line_twice_counts_once_and_two_that_disagree_are_both_rejected(
    office: User, schools: dict[str, School]
) -> None:
    enroll(range(2), schools["upper"], office)
    rows = [files.child(0), files.child(1), files.child(0), files.child(1, overall_score="1530")]
    batch = preview(office, rows)
    assert told(batch) == [
        (2, "new", []),
        (
            3,
            "rejected",
            [("SSID", "The same child and test stand in line 5 too, with another result (1520 / 1530).")],
        ),
        (4, "unchanged", [("SSID", "The same as line 2; it counts once.")]),
        (
            5,
            "rejected",
            [("SSID", "The same child and test stand in line 3 too, with another result (1520 / 1530).")],
        ),
    ]


def test_a_spoilt_copy_does_not_contradict_the_sound_line(office: User, schools: dict[str, School]) -> None:
    enroll(range(1), schools["upper"], office)
    for spoilt in ({"overall_score": "9999"}, {"birth_date": "2012-02-02"}):
        batch = preview(office, [files.child(0, **spoilt), files.child(0)])
        assert [verdict for _line, verdict, _problems in told(batch)] == ["rejected", "new"]


def test_two_tests_of_one_child_stand_beside_each_other(office: User, schools: dict[str, School]) -> None:
    enroll(range(1), schools["upper"], office)
    rows = [files.caaspp(0), files.caaspp(0, record_type="02"), files.caaspp(0, record_type="06")]
    batch = preview(office, rows, "caaspp")
    assert [(row.test, row.verdict) for row in batch.rows.order_by("line")] == [
        ("caaspp_ela", "new"),
        ("caaspp_math", "new"),
    ]
    assert batch.counts["passed_over"] == 1
    assert "1 line of a test that is not kept here, such as science." in batch.notes


@pytest.mark.plan("MP3-02")
def test_a_summative_line_for_a_child_who_was_no_english_learner_warns(
    office: User, schools: dict[str, School]
) -> None:
    enroll(range(1), schools["upper"], office, ElStatus.RFEP)
    assert told(preview(office, [files.child(0)])) == [
        (
            2,
            "new",
            [
                (
                    "SSID",
                    "The child was not an English learner on the test date (RFEP since Mon 15 Aug 2022). "
                    "The result is kept.",
                )
            ],
        )
    ]


def test_what_is_held_already_is_unchanged_and_the_same_file_is_known_again(
    office: User, schools: dict[str, School]
) -> None:
    enroll(range(3), schools["upper"], office)
    rows = [files.child(number) for number in range(3)]
    first = preview(office, rows)
    apply.apply_import(by=office, batch_id=first.pk, on=TODAY)
    again = preview(office, rows)
    assert [verdict for _line, verdict, _problems in told(again)] == ["unchanged"] * 3
    assert staging.read_before(again) == first
    changed = preview(office, [files.child(0, listening_level="2"), *rows[1:]])
    assert [verdict for _line, verdict, _problems in told(changed)] == ["changed", "unchanged", "unchanged"]
    assert changed.rows.get(line=2).before["scores"]["listening"] == {"level": "3"}
    assert staging.read_before(changed) is None


def test_a_file_that_would_take_a_score_away_says_so(office: User, schools: dict[str, School]) -> None:
    enroll(range(1), schools["upper"], office)
    apply.apply_import(by=office, batch_id=preview(office, [files.child(0)]).pk, on=TODAY)
    none = {key: "NS" for key in files.child(0) if key.endswith(("_score", "_level"))}
    batch = preview(office, [files.child(0, attempted="P", **none)])
    assert told(batch) == [
        (2, "changed", [("OverallScaleScore", "We hold a score of this test, the file gives none. An older file?")])
    ]


def test_lines_without_a_test_date_belong_to_the_administration_of_the_others(
    office: User, schools: dict[str, School]
) -> None:
    enroll(range(2), schools["upper"], office)
    none = {key: "" for key in files.child(0) if key.endswith(("_score", "_level"))}
    rows = [files.child(0), files.child(1, tested_on="", attempted="", condition_code="NT", **none)]
    batch = preview(office, rows, "summative_elpac", "2024-25")
    assert [row.administration for row in batch.rows.order_by("line")] == ["2022-23", "2022-23"]


@pytest.mark.plan("MP1-24")
def test_local_scores_are_staged_as_local(office: User, schools: dict[str, School]) -> None:
    enroll(range(2), schools["upper"], office, ElStatus.TBD)
    head = ["Local ID", "Grade", "Test date", "Overall score"]
    lines = [head, ["L00000", "4", "9/1/2022", "412"], ["L00077", "4", "9/1/2022", "412"]]
    file = io.BytesIO(files.as_text(lines, ","))
    batch = staging.stage(by=office, name="local.csv", file=file, received_on=TODAY, on=TODAY)
    assert batch.source == "local"
    assert told(batch) == [
        (2, "new", []),
        (3, "rejected", [("Local ID", "No child with this number is enrolled here.")]),
    ]
    assert batch.rows.get(line=2).scores == {"overall": {"scale_score": 412, "level": "intermediate_el"}}


def test_a_status_that_may_not_move_is_said_on_its_line(office: User, schools: dict[str, School]) -> None:
    enroll(range(1), schools["upper"], office, ElStatus.EO, files.initial)
    batch = preview(office, [files.initial(0, tested_on="2022-09-01")], "initial_elpac")
    ((_line, verdict, problems),) = told(batch)
    assert verdict == "new"
    assert problems[0][0] == "CalculatedELAS"
    assert problems[0][1].startswith("The status stays as it is: ")


def test_a_preview_touches_no_childs_record(office: User, schools: dict[str, School]) -> None:
    enroll(range(4), schools["upper"], office, ElStatus.TBD, files.initial)
    before = [list(model.objects.order_by("pk").values()) for model in (Student, Enrollment, LanguageStatus, Result)]
    preview(office, [files.initial(number, tested_on="2022-09-01") for number in range(4)], "initial_elpac")
    after = [list(model.objects.order_by("pk").values()) for model in (Student, Enrollment, LanguageStatus, Result)]
    assert after == before


def test_a_file_that_cannot_be_read_leaves_nothing(office: User, schools: dict[str, School]) -> None:
    with pytest.raises(Refusal):
        staging.stage(by=office, name="x.csv", file=io.BytesIO(b"a,b\n1,2\n"), received_on=TODAY, on=TODAY)
    assert ScoreImport.objects.count() == 0


def test_only_the_office_may_read_in_files(examiner: User, schools: dict[str, School]) -> None:
    with pytest.raises(NotAllowed):
        preview(examiner, [files.child(0)])
    assert ScoreImport.objects.count() == 0


def test_lines_of_further_tabs_are_found_by_tab_and_row(office: User, schools: dict[str, School]) -> None:
    enroll(range(2), schools["upper"], office)
    head, one, two = files.table("summative_elpac", "2023-24", [files.child(0), files.child(77)])
    file = io.BytesIO(files.as_workbook([head, one], [head, two], names=["Part 1", "Part 2"]))
    batch = staging.stage(by=office, name="s.xlsx", file=file, received_on=TODAY, on=TODAY)
    assert [staging.place(batch, row.line) for row in batch.rows.order_by("line")] == [(2, "Part 1"), (2, "Part 2")]
    assert ScoreImportRow.objects.filter(verdict=Verdict.REJECTED).get().line > 10_000_000
    assert FIRST_DAY < TODAY
