"""A file of marks or measures with any header: its columns are named once, by a person, and remembered (MP3-09)."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from assessments.enums import ImportState, ImportTarget
from assessments.imports import layouts, mapping, staging, working
from assessments.imports.layouts import Mapped, UnknownHeader
from assessments.loaders import load_measures
from assessments.models import ColumnMapping, LocalResult, Mark, ScoreImport
from district.models import School, User
from district.refusal import NotAllowed, Refusal
from students.models import Student
from tests.assessments.imports.conftest import TODAY, enroll
from tests.assessments.imports.test_command import run  # noqa: F401 -- a fixture, found by its name

# ruff: noqa: F811 -- fixtures are asked for by their names

pytestmark = pytest.mark.django_db
HEAD = "Perm,Pupil,Class,Dept,Qtr,Grd,Staff"
NAMED = Mapped(
    "Gradebook",
    ImportTarget.MARK,
    {"number": "Perm", "course": "Class", "subject": "Dept", "term": "Qtr", "mark": "Grd", "teacher": "Staff"},
    {"year": "2022-23"},
)


@pytest.fixture
def children(office: User, schools: dict[str, School]) -> list[Student]:
    load_measures()
    return enroll(range(3), schools["upper"], office)


def gradebook(children: list[Student], **more: str) -> bytes:
    lines = [f"{each.local_id},x,English 4,English,Q1,{more.get('mark', 'B')},Mr. Ortiz" for each in children]
    return "\r\n".join([HEAD, *lines]).encode()


def stage(by: User, data: bytes, **options: Any) -> ScoreImport:
    return staging.stage(by=by, name="m.csv", file=io.BytesIO(data), received_on=TODAY, on=TODAY, **options)


def test_an_unknown_header_is_refused_with_what_to_do(office: User, children: list[Student]) -> None:
    with pytest.raises(UnknownHeader) as caught:
        stage(office, gradebook(children))
    assert "none of its 7 columns is called SSID" in caught.value.message
    assert "name its columns once" in caught.value.mend


@pytest.mark.plan("MP3-09")
def test_columns_named_once_are_known_the_next_time_in_any_order(office: User, children: list[Student]) -> None:
    mapping.remember(by=office, header=HEAD.split(","), named=NAMED)
    batch = stage(office, gradebook(children))
    assert (batch.target, batch.layout) == ("mark", "Gradebook, columns as named")
    assert (batch.counts["new"], batch.counts["rejected"]) == (3, 0)
    assert batch.rows.first().facts["subject"] == "ela"
    turned = (
        b"Grd,Qtr,Staff,Dept,Class,Pupil,Perm\r\nB,Q1,Mr. Ortiz,English,English 4,x," + children[0].local_id.encode()
    )
    assert stage(office, turned).counts["new"] == 1


def test_a_column_that_is_gone_or_stands_twice_is_named(office: User) -> None:
    with pytest.raises(Refusal, match="There is no column Grd"):
        mapping.remember(by=office, header=HEAD.replace("Grd", "Mark1").split(","), named=NAMED)
    with pytest.raises(Refusal, match="The column Grd stands twice"):
        mapping.remember(by=office, header=[*HEAD.split(","), "GRD"], named=NAMED)


@pytest.mark.parametrize(
    ("named", "words"),
    [
        (Mapped("x", ImportTarget.MARK, {"course": "Class", "mark": "Grd", "term": "Qtr"}), "student number"),
        (Mapped("x", ImportTarget.MARK, {"number": "Perm", "mark": "Grd", "term": "Qtr"}), "Not named yet: course."),
        (Mapped("x", ImportTarget.LOCAL, {"number": "Perm", "value": "Grd"}), "Not named yet: measure, window / day."),
        (Mapped("x", ImportTarget.LOCAL, {"number": "Perm", "value": "Grd"}, {"measure": "none", "window": "boy"}),
         "There is no such measure here: none."),
        (Mapped("x", ImportTarget.LOCAL, {"number": "Perm", "value": "Grd"}, {"measure": "sri", "window": "soon"}),
         "This is no window or term"),
        (Mapped("x", ImportTarget.LOCAL, {"number": "Perm", "value": "Grd", "course": "Class"},
                {"measure": "sri", "window": "boy"}), "No such field in this kind of file: course."),
        (Mapped("x", ImportTarget.STATUS, {"number": "Perm"}), "Only files of marks"),
    ],
)  # fmt: skip
def test_what_is_missing_or_strange_is_said(office: User, children: list[Student], named: Mapped, words: str) -> None:
    with pytest.raises(Refusal) as caught:
        mapping.remember(by=office, header=HEAD.split(","), named=named)
    assert words in str(caught.value)
    assert not ColumnMapping.objects.exists()


def test_nobody_else_names_columns(examiner: User) -> None:
    with pytest.raises(NotAllowed):
        mapping.remember(by=examiner, header=HEAD.split(","), named=NAMED)


def test_a_state_file_that_lacks_a_column_is_not_offered_for_naming(office: User) -> None:
    from tests.assessments.imports import files

    head = [name for name in files.header("summative_elpac", "2023-24") if name != "OverallScaleScore"]
    with pytest.raises(Refusal, match="looks like Summative ELPAC") as caught:
        layouts.recognise(head)
    assert not isinstance(caught.value, UnknownHeader)


class TestOnThePage:
    @pytest.fixture
    def desk(self, client: Client, office: User) -> Client:
        client.force_login(office)
        return client

    def send(self, desk: Client, data: bytes) -> ScoreImport:
        sent = {"received_on": "6/26/2023", "file": SimpleUploadedFile("marks.csv", data)}
        desk.post(reverse("import_upload"), sent)
        return ScoreImport.objects.get()

    @pytest.mark.plan("MP3-09")
    def test_the_person_names_the_columns_over_the_first_lines(
        self, desk: Client, office: User, children: list[Student]
    ) -> None:
        batch = self.send(desk, gradebook(children))
        assert batch.state == ImportState.UNMAPPED
        assert default_storage.exists(mapping.path_of(batch.pk))
        shown = desk.get(reverse("import_preview", args=[batch.pk]), follow=True).content.decode()
        for words in ("Name the columns", "Mr. Ortiz", "English 4", "Nothing is written yet."):
            assert words in shown
        answers = {"kind": "mark", "name": "Gradebook", "number": "Perm", "value": "Grd", "course": "Class"}
        refused = desk.post(reverse("import_columns", args=[batch.pk]), answers)
        assert "Not named yet: term." in refused.content.decode()
        assert 'value="Gradebook"' in refused.content.decode()
        done = desk.post(
            reverse("import_columns", args=[batch.pk]), answers | {"window": "Qtr", "fixed_year": "2022-23"}
        )
        assert done.url == reverse("import_preview", args=[batch.pk])
        batch.refresh_from_db()
        assert (batch.state, batch.counts["new"]) == (ImportState.PREVIEWED, 3)
        assert not default_storage.exists(mapping.path_of(batch.pk))
        row = ColumnMapping.objects.get()
        assert (row.made_by, row.columns["term"], row.fixed) == (office, "Qtr", {"year": "2022-23"})
        listed = desk.get(reverse("import_mappings")).content.decode()
        assert "Gradebook" in listed
        assert "Office Example" in listed
        page = desk.get(done.url).content.decode()
        assert "Marks, first term" in page
        desk.post(reverse("import_apply", args=[batch.pk]))
        assert Mark.objects.count() == 3
        desk.post(reverse("import_mapping_forget", args=[row.pk]))
        assert not ColumnMapping.objects.exists()

    def test_a_benchmark_of_the_district_is_named_with_its_measure_and_window(
        self, desk: Client, children: list[Student]
    ) -> None:
        data = "Pupil no,Points\r\n" + "".join(f"{each.local_id},7{at}\r\n" for at, each in enumerate(children))
        batch = self.send(desk, data.encode())
        answers = {"kind": "local", "name": "ELD", "number": "Pupil no", "value": "Points"}
        answers |= {"fixed_measure": "eld_benchmark", "fixed_window": "t2", "fixed_year": "2022-23"}
        desk.post(reverse("import_columns", args=[batch.pk]), answers)
        desk.post(reverse("import_apply", args=[batch.pk]))
        held = LocalResult.objects.order_by("student").values_list("measure__slug", "window", "grade", "value")
        assert list(held) == [("eld_benchmark", "t2", "04", 70 + at) for at in range(3)]

    def test_a_waiting_file_can_be_thrown_away(self, desk: Client, children: list[Student]) -> None:
        batch = self.send(desk, gradebook(children))
        desk.post(reverse("import_discard", args=[batch.pk]))
        assert not ScoreImport.objects.exists()
        assert not default_storage.exists(mapping.path_of(batch.pk))

    def test_a_large_file_waits_too_after_the_worker_has_seen_it(
        self, desk: Client, office: User, children: list[Student], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(working, "READ_AT_ONCE", 10)
        batch = self.send(desk, gradebook(children))
        if batch.state == ImportState.READING:
            working.read_file.func(str(batch.pk), TODAY.isoformat())
        batch.refresh_from_db()
        assert batch.state == ImportState.UNMAPPED
        assert mapping.sample_of("m.csv", mapping.waiting_file(batch)).header == HEAD.split(",")


class TestOnTheCommandLine:
    OPTIONS = (
        "--kind", "marks", "--column", "number=Perm", "--column", "course=Class", "--column", "term=Qtr",
        "--column", "mark=Grd", "--year", "2022-23",
    )  # fmt: skip

    def test_columns_named_in_the_command_are_remembered(
        self,
        tmp_path: Path,
        children: list[Student],
        run: Callable[..., tuple[int, str, str]],
    ) -> None:
        path = tmp_path / "marks.csv"
        path.write_bytes(gradebook(children))
        code, out, err = run(str(path), "--json")
        assert (code, out) == (1, "")
        assert "name its columns once" in err
        assert run(str(path), "--dry-run", "--json", *self.OPTIONS)[0] == 0
        assert not ColumnMapping.objects.exists()
        said = json.loads(run(str(path), "--json", *self.OPTIONS)[1])
        assert (said["layout"], said["new"], said["applied"]) == ("marks.csv, columns as named", 3, True)
        path.write_bytes(gradebook(children, mark="A-"))
        assert json.loads(run(str(path), "--json")[1])["changed"] == 3
        assert set(Mark.objects.values_list("mark", flat=True)) == {"A-"}

    @pytest.mark.parametrize(
        "options", [("--column", "mark=Grd"), ("--kind", "marks", "--column", "mark"), ("--kind", "novels")]
    )
    def test_wrong_usage(
        self,
        tmp_path: Path,
        children: list[Student],
        run: Any,
        options: tuple[str, ...],
    ) -> None:
        path = tmp_path / "marks.csv"
        path.write_bytes(gradebook(children))
        assert run(str(path), *options)[0] == 2
