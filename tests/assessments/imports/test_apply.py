"""A file is read in whole or not at all, by one person, as it was shown; and it can be put back."""

from __future__ import annotations

import io
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pghistory.models
import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from assessments.enums import ImportState
from assessments.imports import apply, following, staging, working
from assessments.models import Result, Score, ScoreImport
from district import entries
from district.models import Entry, School, User
from district.refusal import NotAllowed, Refusal
from students.enums import ElStatus, StatusSource
from students.models import LanguageStatus, Placement, Program
from tests.assessments.imports import files
from tests.assessments.imports.conftest import TODAY, enroll
from tests.assessments.imports.test_staging import preview

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.django_db


def held() -> list[tuple[Any, ...]]:
    """All results with their scores, as values."""
    fields = ("student_id", "test", "administration", "source", "grade", "tested_on", "attempted", "condition_code")
    more = ("overall_score", "level", "calculated_status", "received_on", "told_on")
    results = Result.objects.order_by("student_id", "test", "administration")
    scores = ("measure", "scale_score", "raw_score", "level", "is_exempt")
    return [
        (*(getattr(result, name) for name in (*fields, *more)), *result.scores.order_by("measure").values_list(*scores))
        for result in results
    ]


def entry_of(batch: ScoreImport) -> Entry:
    return Entry.objects.get(kind=apply.SCORE_IMPORT, data__batch=str(batch.pk))


def put_back(batch: ScoreImport, by: User) -> None:
    entries.put_back(entry_of(batch).pk, by=by, reason="wrong file")
    batch.refresh_from_db()


@pytest.mark.plan("MP3-02", "MP1-18")
def test_results_are_written_with_all_their_scores(office: User, schools: dict[str, School]) -> None:
    (child,) = enroll([1], schools["upper"], office)
    batch = preview(office, [files.child(1, reading_exempt="Y", reading_level="NS", speaking_raw="17")])
    batch = apply.apply_import(by=office, batch_id=batch.pk, on=TODAY)
    result = Result.objects.get(student=child)
    assert (result.overall_score, result.level, result.grade, result.administration) == (1520, "3", "04", "2022-23")
    assert (result.tested_on, result.received_on, result.batch) == (date(2023, 3, 17), TODAY, batch)
    assert set(result.scores.values_list("measure", "scale_score", "raw_score", "level", "is_exempt")) == {
        ("overall", 1520, None, "3", False),
        ("oral_language", 1500, None, "3", False),
        ("written_language", 1540, None, "3", False),
        ("listening", None, None, "3", False),
        ("speaking", None, 17, "2", False),
        ("reading", None, None, "", True),
        ("writing", None, None, "1", False),
    }
    assert (batch.state, batch.applied_by) == (ImportState.APPLIED, office)


def test_every_row_has_its_history_with_the_person_and_the_file(office: User, schools: dict[str, School]) -> None:
    enroll(range(3), schools["upper"], office)
    batch = preview(office, [files.child(number) for number in range(3)])
    apply.apply_import(by=office, batch_id=batch.pk, on=TODAY)
    for name, count in (("ResultEvent", 3), ("ScoreEvent", 21)):
        events = apps.get_model("assessments", name).objects.select_related("pgh_context")
        assert events.count() == count
        said = {(event.pgh_context.metadata["user"], event.pgh_context.metadata["reason"]) for event in events}
        assert said == {(office.pk, "score file scores.csv")}
    assert pghistory.models.Context.objects.exists()


def test_nothing_is_written_while_a_line_is_rejected(office: User, schools: dict[str, School]) -> None:
    enroll(range(2), schools["upper"], office)
    batch = preview(office, [files.child(0), files.child(1, overall_score="9999"), files.child(55)])
    with pytest.raises(Refusal, match="2 lines cannot be read in, and nothing was written"):
        apply.apply_import(by=office, batch_id=batch.pk, on=TODAY)
    assert Result.objects.count() == 0


@pytest.mark.plan("MP1-24")
def test_lines_left_out_on_purpose_are_named_with_who_did_it(office: User, schools: dict[str, School]) -> None:
    enroll(range(2), schools["upper"], office)
    batch = preview(office, [files.child(0), files.child(1, overall_score="9999"), files.child(55)])
    batch = apply.apply_import(by=office, batch_id=batch.pk, on=TODAY, leave_out_rejected=True)
    assert Result.objects.count() == 1
    assert [(each["line"], each["by"], each["by_id"]) for each in batch.left_out] == [
        (3, "Office Example", office.pk),
        (4, "Office Example", office.pk),
    ]
    assert batch.left_out[1]["reason"] == "No child with this number is enrolled here."


def test_of_two_lines_that_disagree_the_one_not_left_out_counts(office: User, schools: dict[str, School]) -> None:
    enroll([0], schools["upper"], office)
    batch = preview(office, [files.child(0), files.child(0, overall_score="1530")])
    batch = apply.leave_out(by=office, batch_id=batch.pk, lines=[2], on=TODAY)
    assert list(batch.rows.order_by("line").values_list("line", "verdict")) == [(2, "rejected"), (3, "new")]
    batch = apply.take_in_again(by=office, batch_id=batch.pk, lines=[2], on=TODAY)
    assert list(batch.rows.order_by("line").values_list("verdict", flat=True)) == ["rejected", "rejected"]
    apply.leave_out(by=office, batch_id=batch.pk, lines=[2], on=TODAY)
    apply.apply_import(by=office, batch_id=batch.pk, on=TODAY)
    assert Result.objects.get().overall_score == 1530


def test_a_changed_result_is_news_and_the_family_must_be_told_again(office: User, schools: dict[str, School]) -> None:
    enroll(range(2), schools["upper"], office)
    apply.apply_import(by=office, batch_id=preview(office, [files.child(0), files.child(1)]).pk, on=TODAY)
    Result.objects.update(told_on=TODAY, told_by=office)
    later = TODAY + timedelta(days=9)
    rows = [files.child(0, overall_score="1549", overall_level="4"), files.child(1, condition_code="EXD")]
    batch = preview(office, rows, on=later)
    assert batch.counts["changed"] == 2
    apply.apply_import(by=office, batch_id=batch.pk, on=later)
    news, quiet = Result.objects.order_by("student_id")
    assert (news.overall_score, news.level, news.received_on, news.told_on) == (1549, "4", later, None)
    assert (quiet.condition_code, quiet.received_on, quiet.told_on) == ("EXD", TODAY, TODAY)


@pytest.mark.plan("MP1-14", "X-01")
def test_the_states_initial_result_sets_the_status_from_the_test_date_on(
    office: User, schools: dict[str, School]
) -> None:
    enroll(range(3), schools["upper"], office, ElStatus.TBD, files.initial)
    rows = [
        files.initial(0, tested_on="2022-09-01"),
        files.initial(1, tested_on="2022-09-02", overall_score="480", calculated_status="IFEP", overall_level="IFEP"),
        files.initial(2, tested_on="2022-09-03", overall_score="NS", overall_level="NS", calculated_status="")
        | {"attempted": "P", "oral_language_level": "NS", "written_language_level": "NS"},
    ]
    batch = preview(office, rows, "initial_elpac")
    assert following.what_follows(by=office, batch=batch)["set"] == {"EL": 1, "IFEP": 1}
    apply.apply_import(by=office, batch_id=batch.pk, on=TODAY)
    now = LanguageStatus.objects.filter(ends=None).order_by("student_id")
    assert [(status.status, str(status.starts), status.source) for status in now] == [
        ("EL", "2022-09-01", StatusSource.STATE_FILE),
        ("IFEP", "2022-09-02", StatusSource.STATE_FILE),
        ("TBD", "2022-08-15", StatusSource.SURVEY),
    ]
    assert now[0].reason == (
        "Initial ELPAC of Thu 1 Sep 2022: Intermediate English Learner, overall score 412 (state file)"
    )


@pytest.mark.plan("MP1-24")
def test_local_scores_set_no_status_and_stand_beside_the_states(office: User, schools: dict[str, School]) -> None:
    enroll([0], schools["upper"], office, ElStatus.TBD, files.initial)
    lines = [["SSID", "Grade", "Test date", "Overall score", "Examiner"]]
    lines.append([files.child(0)["ssid"], "04", "2022-09-01", "455", "Office Example"])
    local = working.receive(
        by=office, name="local.csv", file=_file(files.as_text(lines, ",")), received_on=TODAY, on=TODAY
    )
    apply.apply_import(by=office, batch_id=local.pk, on=TODAY)
    assert LanguageStatus.objects.get().status == "TBD"
    state = preview(office, [files.initial(0, tested_on="2022-09-01")], "initial_elpac")
    assert state.counts["new"] == 1
    apply.apply_import(by=office, batch_id=state.pk, on=TODAY)
    found = Result.objects.order_by("source").values_list("source", "level", "examiner__username")
    assert list(found) == [("local", "ifep", "office"), ("state_file", "intermediate_el", None)]
    assert LanguageStatus.objects.get(ends=None).status == "EL"


def test_what_has_changed_since_the_preview_is_shown_before_it_is_applied(
    office: User, colleague: User, schools: dict[str, School]
) -> None:
    enroll(range(2), schools["upper"], office)
    first = preview(office, [files.child(0), files.child(1)])
    second = preview(colleague, [files.child(0), files.child(1, overall_score="1530")])
    apply.apply_import(by=office, batch_id=first.pk, on=TODAY)
    with pytest.raises(Refusal, match="The records have changed since this preview was made"):
        apply.apply_import(by=colleague, batch_id=second.pk, on=TODAY)
    second.refresh_from_db()
    assert (second.counts["new"], second.counts["changed"], second.counts["unchanged"]) == (0, 1, 1)
    apply.apply_import(by=colleague, batch_id=second.pk, on=TODAY)
    assert list(Result.objects.order_by("pk").values_list("overall_score", flat=True)) == [1520, 1530]


def test_a_child_who_leaves_after_the_preview_is_noticed(office: User, schools: dict[str, School]) -> None:
    (child,) = enroll([0], schools["upper"], office)
    batch = preview(office, [files.child(0)])
    child.enrollments.update(ends=date(2023, 5, 5), exit_reason="moved away")
    with pytest.raises(Refusal, match="The records have changed"):
        apply.apply_import(by=office, batch_id=batch.pk, on=TODAY)
    assert batch.rows.get().verdict == "rejected"


def test_applying_twice_is_told_who_did_it(office: User, colleague: User, schools: dict[str, School]) -> None:
    enroll([0], schools["upper"], office)
    batch = preview(office, [files.child(0)])
    apply.apply_import(by=office, batch_id=batch.pk, on=TODAY)
    with pytest.raises(Refusal, match="Office Example has read this file in already"):
        apply.apply_import(by=colleague, batch_id=batch.pk, on=TODAY)


def test_only_the_office_applies_and_leaves_out(office: User, examiner: User, schools: dict[str, School]) -> None:
    enroll([0], schools["upper"], office)
    batch = preview(office, [files.child(0)])
    for verb in (apply.apply_import, apply.discard):
        with pytest.raises(NotAllowed):
            verb(by=examiner, batch_id=batch.pk, **({"on": TODAY} if verb is apply.apply_import else {}))
    with pytest.raises(NotAllowed):
        apply.leave_out(by=examiner, batch_id=batch.pk, lines=[2], on=TODAY)


class TestPuttingBack:
    def test_new_results_go_and_changed_ones_get_their_former_values(
        self, office: User, schools: dict[str, School]
    ) -> None:
        enroll(range(3), schools["upper"], office)
        first = preview(office, [files.child(0), files.child(1)])
        apply.apply_import(by=office, batch_id=first.pk, on=TODAY)
        before = held()
        rows = [files.child(0, overall_score="1549", listening_level="NS", writing_raw="9"), files.child(2)]
        second = preview(office, rows, on=TODAY + timedelta(days=3))
        apply.apply_import(by=office, batch_id=second.pk, on=TODAY + timedelta(days=3))
        assert held() != before
        put_back(second, office)
        assert held() == before
        assert (second.state, second.undone_by, second.counts["kept"]) == (ImportState.UNDONE, office, [])
        assert Result.objects.filter(batch=first).count() == 2

    def test_what_was_edited_since_stays_and_is_named(self, office: User, schools: dict[str, School]) -> None:
        enroll(range(3), schools["upper"], office)
        batch = preview(office, [files.child(number) for number in range(3)])
        apply.apply_import(by=office, batch_id=batch.pk, on=TODAY)
        Score.objects.filter(result__student__ssid=files.child(1)["ssid"], measure="listening").update(level="1")
        put_back(batch, office)
        assert Result.objects.get().student.ssid == files.child(1)["ssid"]
        assert [(each["line"], each["name"], each["why"]) for each in batch.counts["kept"]] == [
            (3, "Thị Hồng Nguyễn", "the result was changed since")
        ]

    def test_what_a_later_file_changed_stays(self, office: User, schools: dict[str, School]) -> None:
        enroll([0], schools["upper"], office)
        first = preview(office, [files.child(0)])
        apply.apply_import(by=office, batch_id=first.pk, on=TODAY)
        second = preview(office, [files.child(0, overall_score="1530")])
        apply.apply_import(by=office, batch_id=second.pk, on=TODAY)
        put_back(first, office)
        assert Result.objects.get().overall_score == 1530
        assert first.counts["kept"][0]["why"] == "the result was changed since"

    def test_told_families_and_placements_hold_a_result(self, office: User, schools: dict[str, School]) -> None:
        told, placed, free = enroll(range(3), schools["upper"], office)
        batch = preview(office, [files.child(number) for number in range(3)])
        apply.apply_import(by=office, batch_id=batch.pk, on=TODAY)
        Result.objects.filter(student=told).update(told_on=TODAY, told_by=office)
        program = Program.objects.create(kind="sei", name="SEI", state_code="305", description="", certainty="sourced")
        evidence = {"result": Result.objects.get(student=placed).pk}
        Placement.objects.create(student=placed, program=program, starts=TODAY, decided_by=office, evidence=evidence)
        put_back(batch, office)
        assert {each["why"] for each in batch.counts["kept"]} == {
            "the family has the score report",
            "a placement stands on the result",
        }
        assert not Result.objects.filter(student=free).exists()

    def test_statuses_are_withdrawn_unless_a_later_one_stands_on_them(
        self, office: User, schools: dict[str, School]
    ) -> None:
        one, two = enroll(range(2), schools["upper"], office, ElStatus.TBD, files.initial)
        rows = [files.initial(number, tested_on="2022-09-01") for number in range(2)]
        batch = preview(office, rows, "initial_elpac")
        apply.apply_import(by=office, batch_id=batch.pk, on=TODAY)
        LanguageStatus.objects.filter(student=two, status="EL").update(ends=date(2023, 5, 1))
        LanguageStatus.objects.create(
            student=two,
            sequence=3,
            status="RFEP",
            starts=date(2023, 5, 1),
            source="decision",
            reason="x",
            recorded_by=office,
        )
        put_back(batch, office)
        assert list(one.statuses.values_list("status", "ends")) == [("TBD", None)]
        assert list(two.statuses.values_list("status", flat=True)) == ["RFEP", "EL", "TBD"]
        assert [each["why"] for each in batch.counts["kept"]] == ["a later status stands on “English learner”"]

    def test_it_ends_after_thirty_days(self, office: User, schools: dict[str, School]) -> None:
        enroll([0], schools["upper"], office)
        batch = preview(office, [files.child(0)])
        apply.apply_import(by=office, batch_id=batch.pk, on=TODAY)
        Entry.objects.update(made_at=timezone.now() - timedelta(days=31))
        with pytest.raises(Refusal, match="30 days"):
            put_back(batch, office)
        assert Result.objects.count() == 1

    def test_after_it_the_file_can_be_read_in_again(self, office: User, schools: dict[str, School]) -> None:
        enroll([0], schools["upper"], office)
        batch = preview(office, [files.child(0)])
        apply.apply_import(by=office, batch_id=batch.pk, on=TODAY)
        put_back(batch, office)
        again = preview(office, [files.child(0)])
        assert (again.counts["new"], staging.read_before(again)) == (1, None)
        apply.apply_import(by=office, batch_id=again.pk, on=TODAY)
        assert Result.objects.count() == 1


class TestInTheBackground:
    def test_a_large_file_is_read_and_applied_by_the_worker(
        self, office: User, schools: dict[str, School], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        enroll(range(3), schools["upper"], office)
        monkeypatch.setattr(working, "READ_AT_ONCE", 10)
        monkeypatch.setattr(working, "APPLY_AT_ONCE", 1)
        data = files.as_text(files.table("summative_elpac", "2023-24", [files.child(number) for number in range(3)]))
        batch = working.receive(by=office, name="a/b.csv", file=_file(data), received_on=TODAY, on=TODAY)
        assert (batch.state, batch.file_name, batch.rows.count()) == (ImportState.READING, "b.csv", 0)
        working.read_file.call(str(batch.pk), TODAY.isoformat())
        batch.refresh_from_db()
        assert (batch.state, batch.counts["new"]) == (ImportState.PREVIEWED, 3)
        working.start_applying(by=office, batch_id=batch.pk, on=TODAY)
        with pytest.raises(Refusal, match="Office Example is reading this file in"):
            working.start_applying(by=office, batch_id=batch.pk, on=TODAY)
        assert Result.objects.count() == 0
        working.apply_file.call(str(batch.pk), office.pk, TODAY.isoformat())
        batch.refresh_from_db()
        assert (batch.state, Result.objects.count()) == (ImportState.APPLIED, 3)

    def test_a_file_that_cannot_be_read_says_so_on_its_page_and_leaves_no_copy(
        self, office: User, schools: dict[str, School], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(working, "READ_AT_ONCE", 1)
        batch = working.receive(by=office, name="x.csv", file=_file(b"%PDF-1.7\n"), received_on=TODAY, on=TODAY)
        working.read_file.call(str(batch.pk), TODAY.isoformat())
        batch.refresh_from_db()
        assert batch.state == ImportState.REFUSED
        assert "This is a PDF, not a score file." in batch.refusal
        assert not working.default_storage.exists(f"uploads/{batch.pk}")

    def test_a_file_thrown_away_before_it_was_read_leaves_no_copy(
        self, office: User, schools: dict[str, School], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(working, "READ_AT_ONCE", 1)
        batch = working.receive(by=office, name="x.csv", file=_file(b"a,b\n1,2\n"), received_on=TODAY, on=TODAY)
        assert working.default_storage.exists(f"uploads/{batch.pk}")
        working.throw_away(by=office, batch_id=batch.pk)
        assert not working.default_storage.exists(f"uploads/{batch.pk}")
        working.read_file.call(str(batch.pk), TODAY.isoformat())
        assert ScoreImport.objects.count() == 0

    def test_what_stands_in_the_way_of_the_worker_is_told(
        self, office: User, schools: dict[str, School], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (child,) = enroll([0], schools["upper"], office)
        monkeypatch.setattr(working, "APPLY_AT_ONCE", 0)
        batch = preview(office, [files.child(0)])
        working.start_applying(by=office, batch_id=batch.pk, on=TODAY)
        child.enrollments.update(ends=date(2023, 5, 5), exit_reason="moved away")
        working.apply_file.call(str(batch.pk), office.pk, TODAY.isoformat())
        batch.refresh_from_db()
        assert batch.state == ImportState.PREVIEWED
        assert batch.refusal.startswith("The records have changed")

    def test_a_dead_worker_is_noticed_and_its_file_taken_up_again(
        self, office: User, schools: dict[str, School], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        enroll([0], schools["upper"], office)
        monkeypatch.setattr(working, "APPLY_AT_ONCE", 0)
        batch = preview(office, [files.child(0)])
        batch = working.start_applying(by=office, batch_id=batch.pk, on=TODAY)
        batch.counts["sign"] = (timezone.now() - timedelta(minutes=11)).isoformat()
        batch.save(update_fields=["counts"])
        assert working.is_given_up(batch)
        working.start_applying(by=office, batch_id=batch.pk, on=TODAY)
        batch.refresh_from_db()
        assert not working.is_given_up(batch)
        working.apply_file.call(str(batch.pk), office.pk, TODAY.isoformat())
        assert Result.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_apply_the_same_preview_one_wins(
    office: User, colleague: User, schools: dict[str, School]
) -> None:
    enroll(range(5), schools["upper"], office)
    batch = preview(office, [files.child(number) for number in range(5)])
    done = at_once(
        lambda: apply.apply_import(by=office, batch_id=batch.pk, on=TODAY),
        lambda: apply.apply_import(by=colleague, batch_id=batch.pk, on=TODAY),
    )
    assert sorted(type(each).__name__ for each in done) == ["Refusal", "ScoreImport"]
    assert Result.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_of_two_files_of_the_same_children_the_second_is_shown_again(
    office: User, colleague: User, schools: dict[str, School]
) -> None:
    enroll(range(5), schools["upper"], office)
    one = preview(office, [files.child(number) for number in range(5)])
    two = preview(colleague, [files.child(number, overall_score="1530") for number in range(5)])
    done = at_once(
        lambda: apply.apply_import(by=office, batch_id=one.pk, on=TODAY),
        lambda: apply.apply_import(by=colleague, batch_id=two.pk, on=TODAY),
    )
    assert sorted(type(each).__name__ for each in done) == ["Refusal", "ScoreImport"]
    (refusal,) = (each for each in done if isinstance(each, Refusal))
    assert "The records have changed since this preview was made" in refusal.message
    assert len(set(Result.objects.values_list("overall_score", flat=True))) == 1


@pytest.mark.django_db(transaction=True)
def test_a_killed_process_leaves_nothing_half_done(office: User, schools: dict[str, School], tmp_path: Path) -> None:
    """SIGKILL at moments while the lines are staged and the results written: no row of the file, or every row."""
    count = 400
    enroll(range(count), schools["upper"], office)
    path = tmp_path / "scores.csv"
    path.write_bytes(
        files.as_text(files.table("summative_elpac", "2023-24", [files.child(number) for number in range(count)]))
    )
    moments = ["COPY staged", "assessments_scoreimportrow", "assessments_result", "assessments_score "]
    counts = set()
    for moment in moments:
        kill_when(path, moment)
        counts.add((ScoreImport.objects.count(), Result.objects.count(), Score.objects.count()))
        Result.objects.all().delete()
        ScoreImport.objects.all().delete()
    assert counts <= {(0, 0, 0), (1, count, 7 * count)}
    assert (0, 0, 0) in counts, "no process was caught at work"
    assert subprocess.run(command(path), env=environment(), cwd=ROOT, capture_output=True, check=False).returncode == 0
    assert Score.objects.count() == 7 * count


def command(path: Path) -> list[str]:
    return [sys.executable, "manage.py", "import_scores", str(path), "--as-of", TODAY.isoformat()]


def environment() -> dict[str, str]:
    """The settings of this test's own database, for another process."""
    at = connection.settings_dict
    who = quote(at["USER"], safe="") + (":" + quote(at["PASSWORD"], safe="") if at["PASSWORD"] else "")
    where = quote(at["HOST"], safe="") + (f":{at['PORT']}" if at["PORT"] else "")
    return {**os.environ, "DATABASE_URL": f"postgres://{who}@{where}/{at['NAME']}"}


def kill_when(path: Path, words: str) -> None:
    """Start reading the file in, and kill the process as soon as the server works on a statement with these words."""
    process = subprocess.Popen(command(path), env=environment(), cwd=ROOT, stdout=subprocess.DEVNULL)
    seen = "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query LIKE %s AND pid <> pg_backend_pid()"
    backend = None
    with connection.cursor() as cursor:
        while process.poll() is None and backend is None:
            cursor.execute(seen, [f"%{words}%"])
            backend = (cursor.fetchone() or (None,))[0]
            time.sleep(random.Random(7).uniform(0.001, 0.004))
        process.send_signal(signal.SIGKILL)
        process.wait()
        deadline = time.monotonic() + 10
        while backend and time.monotonic() < deadline:
            cursor.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [backend])
            if not cursor.fetchone():
                break
            time.sleep(0.02)


def at_once(*verbs: Callable[[], Any]) -> list[Any]:
    """Run the verbs at the same moment, each on its own connection; what each gave back, refusals included."""
    start, done = threading.Barrier(len(verbs)), []

    def run(verb: Callable[[], Any]) -> None:
        start.wait()
        try:
            done.append(verb())
        except Refusal as refusal:
            done.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[verb]) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


def _file(data: bytes) -> io.BytesIO:
    return io.BytesIO(data)
