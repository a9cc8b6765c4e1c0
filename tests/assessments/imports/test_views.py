"""The pages of score files: what the office sees and does, and that nobody else sees anything."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.enums import ImportState
from assessments.imports import apply, working
from assessments.models import Result, ScoreImport
from district.enums import Role
from district.models import Look, School, User
from students.enums import ElStatus
from tests.assessments.imports import files
from tests.assessments.imports.conftest import TODAY, enroll
from tests.assessments.imports.test_staging import preview
from tests.district.conftest import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client, office: User) -> Client:
    client.force_login(office)
    return client


def send(desk: Client, data: bytes, name: str = "scores.csv", **fields: str):
    sent = {"received_on": "6/26/2023", "file": SimpleUploadedFile(name, data)} | fields
    return desk.post(reverse("import_upload"), sent)


def page(desk: Client, batch: ScoreImport, query: str = "") -> str:
    answer = desk.get(reverse("import_preview", args=[batch.pk]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def text(rows: list[files.Row], program: str = "summative_elpac") -> bytes:
    return files.as_text(files.table(program, "2023-24", rows))


def test_a_file_that_is_sent_leads_to_its_preview(desk: Client, office: User, schools: dict[str, School]) -> None:
    enroll(range(3), schools["upper"], office)
    answer = send(desk, text([files.child(number) for number in range(4)]))
    batch = ScoreImport.objects.get()
    assert answer.url == reverse("import_preview", args=[batch.pk])
    assert (batch.uploaded_by, str(batch.received_on)) == (office, "2023-06-26")
    shown = page(desk, batch)
    for words in (
        "Summative ELPAC 2022-23",
        "Summative ELPAC, columns as in 2023-24",
        "Nothing is written yet.",
        "There is a problem: 1 line cannot be read in",
        "No child with this number is enrolled here.",
        "1 line still needs you.",
        "Names with other letters than A to Z",
        "Ximena Muñoz Ávila",
    ):
        assert words in shown
    assert "Read in 3 results" not in shown
    assert Result.objects.count() == 0


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"Dear coordinator\n", "not a table"),
        (b"%PDF-1.7\n", "This is a PDF, not a score file."),
        (b"", "The file is empty."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_its_field(
    desk: Client, schools: dict[str, School], data: bytes, words: str
) -> None:
    answer = send(desk, data)
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert words in shown
    assert "<title>Error:" in shown
    assert ScoreImport.objects.count() == 0


def test_a_file_that_is_too_large_is_not_taken_in(desk: Client, schools: dict[str, School], settings, tmp_path) -> None:
    settings.UPLOAD_LIMIT, settings.FILE_UPLOAD_TEMP_DIR = 1_000_000, str(tmp_path)
    answer = send(desk, b"x" * 3_000_000)
    shown = answer.content.decode()
    assert "The file has 2 MB; at most under 1 MB can be sent." in shown
    assert 'value="6/26/2023"' in shown
    assert list(tmp_path.iterdir()) == []


def test_the_day_of_receipt_does_not_lie_in_the_future(desk: Client, schools: dict[str, School]) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    answer = send(desk, text([files.child(0)]), received_on=f"{tomorrow:%m/%d/%Y}")
    assert "is after today" in answer.content.decode()


def test_reading_in_says_what_was_written_and_offers_the_way_back(
    desk: Client, office: User, schools: dict[str, School]
) -> None:
    enroll(range(3), schools["upper"], office)
    batch = preview(office, [files.child(number) for number in range(3)])
    assert "Read in 3 results" in page(desk, batch)
    answer = desk.post(reverse("import_apply", args=[batch.pk]), follow=True)
    shown = answer.content.decode()
    assert "3 results are read in." in shown
    assert "Put back" in shown
    assert Result.objects.count() == 3
    shown = desk.get(reverse("import_undo", args=[batch.pk])).content.decode()
    assert "Put back 3 results" in shown
    shown = desk.post(reverse("import_undo", args=[batch.pk]), follow=True).content.decode()
    assert "The file is put back." in shown
    assert Result.objects.count() == 0
    assert desk.get(reverse("import_undo", args=[batch.pk])).status_code == 404


def test_lines_are_left_out_by_ticking_them_and_stay_listed_with_the_name(
    desk: Client, office: User, schools: dict[str, School]
) -> None:
    enroll(range(1), schools["upper"], office)
    batch = preview(office, [files.child(0), files.child(50), files.child(51)])
    url = reverse("import_leave_out", args=[batch.pk])
    assert "No line is ticked." in desk.post(url, {"do": "ticked"}, follow=True).content.decode()
    shown = desk.post(url, {"do": "ticked", "line": ["3"]}, follow=True).content.decode()
    assert "1 line left out on purpose" in shown
    assert "1 line still needs you." in shown
    shown = desk.post(url, {"do": "all"}, follow=True).content.decode()
    assert "2 lines left out on purpose" in shown
    assert "Read in 1 result" in shown
    shown = desk.post(url, {"do": "take_in", "line": ["3"]}, follow=True).content.decode()
    assert "1 line still needs you." in shown
    desk.post(url, {"do": "all"})
    desk.post(reverse("import_apply", args=[batch.pk]))
    assert "Office Example" in page(desk, batch)
    assert Result.objects.count() == 1


def test_a_file_with_rejected_lines_is_not_applied_by_address_either(
    desk: Client, office: User, schools: dict[str, School]
) -> None:
    batch = preview(office, [files.child(0)])
    shown = desk.post(reverse("import_apply", args=[batch.pk]), follow=True).content.decode()
    assert "1 line cannot be read in, and nothing was written." in shown


def test_changes_are_shown_with_what_follows(desk: Client, office: User, schools: dict[str, School]) -> None:
    enroll(range(1), schools["upper"], office)
    apply.apply_import(by=office, batch_id=preview(office, [files.child(0)]).pk, on=TODAY)
    batch = preview(office, [files.child(0, overall_score="1549", overall_level="4", writing_level="2")])
    shown = page(desk, batch)
    assert "1520, level 3 of 4, Moderately Developed" in shown
    assert "1549, level 4 of 4, Well Developed" in shown
    assert "level 4 of 4, Well Developed instead of level 3 of 4, Moderately Developed." in shown
    assert "1 result would change" in shown


def test_new_results_are_counted_by_school_and_level_with_those_who_have_no_line(
    desk: Client, office: User, schools: dict[str, School]
) -> None:
    enroll(range(4), schools["upper"], office)
    enroll(range(4, 6), schools["lower"], office)
    batch = preview(office, [files.child(0), files.child(1), files.child(2, overall_level="1", overall_score="1200")])
    shown = " ".join(page(desk, batch).split())
    row = '<th scope="row">Upper School</th><td class="num">1</td><td class="num">0</td><td class="num">2</td>'
    assert row in shown
    listed = page(desk, batch, "?show=without")
    assert "D&#x27;Ángelo" in listed
    assert "Sahota" in listed
    assert "Muñoz" not in listed


@pytest.mark.parametrize("show", ["new", "changed", "unchanged", "rejected", "warnings", "without"])
def test_every_count_opens_its_list(desk: Client, office: User, schools: dict[str, School], show: str) -> None:
    enroll(range(4), schools["upper"], office)
    apply.apply_import(by=office, batch_id=preview(office, [files.child(0), files.child(1)]).pk, on=TODAY)
    rows = [files.child(0), files.child(1, overall_score="1521"), files.child(2, last_name="Zapata"), files.child(77)]
    batch = preview(office, rows)
    shown = page(desk, batch, f"?show={show}")
    first = {
        "new": "O&#x27;Brien",
        "changed": "Nguyễn",
        "unchanged": "Muñoz",
        "rejected": "77",
        "without": "D&#x27;Ángelo",
    }
    assert first.get(show, "Another name") in shown


def test_statuses_that_follow_are_told_before(desk: Client, office: User, schools: dict[str, School]) -> None:
    enroll(range(2), schools["upper"], office, ElStatus.TBD, files.initial)
    batch = preview(office, [files.initial(number, tested_on="2022-09-01") for number in range(2)], "initial_elpac")
    assert "2 children become English learners" in page(desk, batch)


def test_the_rejected_lines_can_be_saved_and_nothing_in_them_computes(
    desk: Client, office: User, schools: dict[str, School]
) -> None:
    batch = preview(office, [files.child(60, last_name="=cmd|' /C calc'!A0", first_name="@x")])
    answer = desk.get(reverse("import_rejected", args=[batch.pk]))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["Line", "Column", "The file says", "Child", "Reason", "What to do"]
    assert rows[1][0:3] == ["2", "SSID", "9031000060"]
    assert rows[1][3].startswith("'@x =cmd")
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@\t" and cell]


def test_who_was_looked_at_is_written_down(desk: Client, office: User, schools: dict[str, School]) -> None:
    children = enroll(range(2), schools["upper"], office)
    batch = preview(office, [files.child(0, overall_score="9999"), files.child(1)])
    page(desk, batch)
    assert list(Look.objects.values_list("student_id", "what")) == [(children[0].pk, "preview of a score file")]
    page(desk, batch, "?show=new")
    assert Look.objects.filter(student_id=children[1].pk, what="lines of a score file").count() == 1


def test_the_list_names_files_who_and_when(desk: Client, office: User, schools: dict[str, School]) -> None:
    assert "No file has been read in yet." in desk.get(reverse("imports")).content.decode()
    enroll(range(1), schools["upper"], office)
    apply.apply_import(by=office, batch_id=preview(office, [files.child(0)]).pk, on=TODAY)
    shown = desk.get(reverse("imports")).content.decode()
    assert "Summative ELPAC 2022-23" in shown
    assert "Office Example" in shown
    assert "scores.csv" in shown


def test_the_same_file_again_is_recognised(desk: Client, office: User, schools: dict[str, School]) -> None:
    enroll(range(1), schools["upper"], office)
    data = text([files.child(0)])
    send(desk, data)
    desk.post(reverse("import_apply", args=[ScoreImport.objects.get().pk]))
    send(desk, data)
    shown = page(desk, ScoreImport.objects.get(state=ImportState.PREVIEWED))
    assert "There is nothing to read in: all results are held already." in shown
    assert "by Office Example" in shown


def test_a_preview_can_be_thrown_away_and_an_applied_file_cannot(
    desk: Client, office: User, schools: dict[str, School]
) -> None:
    enroll(range(1), schools["upper"], office)
    batch = preview(office, [files.child(0)])
    shown = desk.post(reverse("import_discard", args=[batch.pk]), follow=True).content.decode()
    assert "is thrown away. Nothing was written." in shown
    batch = preview(office, [files.child(0)])
    apply.apply_import(by=office, batch_id=batch.pk, on=TODAY)
    shown = desk.post(reverse("import_discard", args=[batch.pk]), follow=True).content.decode()
    assert "has read this file in already" in shown
    assert ScoreImport.objects.count() == 1


def test_while_the_worker_reads_the_page_says_how_far_it_is(
    desk: Client, office: User, schools: dict[str, School], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "READ_AT_ONCE", 1)
    send(desk, text([files.child(0)]))
    batch = ScoreImport.objects.get()
    ScoreImport.objects.update(counts={"read": 4_000, "sign": timezone.now().isoformat()})
    assert "4,000 lines so far" in page(desk, batch)
    partial = desk.get(reverse("import_preview", args=[batch.pk]), headers={"HX-Request": "true"})
    assert "<html" not in partial.content.decode()
    working.read_file.call(str(batch.pk), TODAY.isoformat())
    done = desk.get(reverse("import_preview", args=[batch.pk]), headers={"HX-Request": "true"})
    assert done.headers["HX-Refresh"] == "true"
    ScoreImport.objects.update(state=ImportState.READING, counts={"sign": "2023-01-01T00:00:00+00:00"})
    assert "The work seems to have stopped." in page(desk, batch)


@pytest.mark.plan("MP3-02")
@pytest.mark.parametrize("role", [role for role in Role if role != Role.EL_ADMINISTRATOR])
def test_nobody_but_the_office_reaches_score_files(
    client: Client, office: User, schools: dict[str, School], role: Role
) -> None:
    enroll(range(1), schools["upper"], office)
    batch = preview(office, [files.child(0)])
    client.force_login(person("other", (role, schools["upper"])))
    tried: list[tuple[Callable[..., object], str]] = [
        (client.get, reverse("imports")),
        (client.get, reverse("import_upload")),
        (client.post, reverse("import_upload")),
        *(
            (client.get, reverse(name, args=[batch.pk]))
            for name in ("import_preview", "import_undo", "import_rejected")
        ),
        *(
            (client.post, reverse(name, args=[batch.pk]))
            for name in ("import_apply", "import_leave_out", "import_discard", "import_undo")
        ),
    ]
    assert {verb(url).status_code for verb, url in tried} == {404}
    assert Result.objects.count() == 0


def test_names_in_a_file_are_shown_as_text(desk: Client, office: User, schools: dict[str, School]) -> None:
    batch = preview(office, [files.child(60, last_name="<script>alert(1)</script>ñ", first_name='"><img src=x>')])
    shown = page(desk, batch)
    assert "<script>alert" not in shown
    assert "<img" not in shown


def test_lists_ask_as_many_questions_for_three_lines_as_for_thirty(
    desk: Client, office: User, schools: dict[str, School], django_assert_max_num_queries
) -> None:
    enroll(range(30), schools["upper"], office)
    few = preview(office, [files.child(number, last_name="Zapata") for number in range(3)])
    many = preview(office, [files.child(number, last_name="Zapata") for number in range(30)])
    for show in ("", "?show=new", "?show=warnings"):
        with django_assert_max_num_queries(60) as asked:
            page(desk, few, show)
        with django_assert_max_num_queries(len(asked)):
            page(desk, many, show)
