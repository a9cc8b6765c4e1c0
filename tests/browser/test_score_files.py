"""Score files in a real browser: sending, looking, leaving out, reading in, putting back; by desk and phone."""

# ruff: noqa: F811 -- fixtures are imported by the names under which tests ask for them
from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from assessments.enums import ImportTarget
from assessments.imports import apply, mapping, working
from assessments.imports.layouts import Mapped
from assessments.models import Result
from district.models import School, User
from students.enums import ElStatus
from tests.assessments.imports import files
from tests.assessments.imports.conftest import (  # noqa: F401 -- the cast: fixtures are found by their names
    TODAY,
    enroll,
    office,
    reference,
    schools,
)
from tests.assessments.imports.test_staging import preview
from tests.browser.conftest import axe, fits, picture, sign_in


def scores(path: Path, rows: list[files.Row]) -> Path:
    path.write_bytes(files.as_zip({"s_DLMTR.CSV": files.as_text(files.table("summative_elpac", "2023-24", rows))}))
    return path


@pytest.mark.plan("MP3-02")
def test_the_office_reads_in_a_file_by_keyboard_alone(
    page: Page, live_server, office: User, schools: dict[str, School], tmp_path: Path
) -> None:
    enroll(range(4), schools["upper"], office)
    apply.apply_import(by=office, batch_id=preview(office, [files.child(3)]).pk, on=TODAY)
    rows = [files.child(0), files.child(1, last_name="Zapata"), files.child(2), files.child(3, overall_score="1521")]
    rows += [files.child(50), files.child(51, ssid="903100051")]
    sign_in(page, office, live_server)
    page.goto(live_server.url + reverse("imports"))
    axe(page, "the list of files")
    page.get_by_role("link", name="Read in a file").press("Enter")
    axe(page, "the empty form")
    page.get_by_role("button", name="Look at what the file would do").press("Enter")
    expect(page).to_have_title(re.compile("^Error:"))
    expect(page.get_by_role("alert")).to_contain_text("Pick the file.")
    axe(page, "the form with an error")

    page.get_by_label("Score file").set_input_files(scores(tmp_path / "scores.zip", rows))
    page.get_by_role("button", name="Look at what the file would do").press("Enter")
    expect(page.get_by_role("heading", name="Summative ELPAC 2022-23", level=1)).to_be_visible()
    expect(page.get_by_text("Nothing is written yet.")).to_be_visible()
    axe(page, "the preview")
    fits(page)
    picture(page, "score-file-preview")
    page.get_by_label("line 6", exact=True).press("Space")
    page.get_by_role("button", name="Leave the ticked lines out").press("Enter")
    expect(page.get_by_text("1 line still needs you.")).to_be_visible()
    page.get_by_role("button", name="Leave out 1 line").press("Enter")
    axe(page, "lines left out")
    page.get_by_role("button", name="Read in 4 results").press("Enter")
    expect(page.locator("#messages")).to_contain_text("4 results are read in.")
    assert Result.objects.count() == 4
    axe(page, "the file read in")
    page.get_by_role("main").get_by_role("link", name="Put back").press("Enter")
    axe(page, "putting back")
    page.get_by_role("button", name="Put back 4 results").press("Enter")
    expect(page.locator("#messages")).to_contain_text("The file is put back.")
    assert Result.objects.count() == 1


def test_every_list_of_a_file_fits_a_phone(page: Page, live_server, office: User, schools: dict[str, School]) -> None:
    enroll(range(3), schools["upper"], office, ElStatus.EL)
    apply.apply_import(by=office, batch_id=preview(office, [files.child(0)]).pk, on=TODAY)
    rows = [files.child(0, overall_score="1530"), files.child(1, school_code="99000010000011"), files.child(44)]
    batch = preview(office, rows)
    sign_in(page, office, live_server)
    for query in ("", "?show=new", "?show=changed", "?show=rejected", "?show=warnings", "?show=without"):
        page.goto(live_server.url + reverse("import_preview", args=[batch.pk]) + query)
        axe(page, f"a file's page {query}")
        fits(page)


def test_the_columns_of_an_unknown_file_are_named_on_a_phone_and_without_script(
    without_script: Page, live_server, office: User, schools: dict[str, School], tmp_path: Path
) -> None:
    """The widest page of score files; what is read is chosen in plain boxes, so no script is needed."""
    children = enroll(range(3), schools["upper"], office, ElStatus.EL)
    path = tmp_path / "gradebook.csv"
    lines = [f"{child.local_id},{child.last_name},Choir,Q1,B+,R. Ortega" for child in children]
    path.write_text("\r\n".join(["Perm ID,Pupil,Course Title,Qtr,Grade Earned,Staff", *lines]), encoding="utf-8")
    page = without_script
    page.set_viewport_size({"width": 375, "height": 800})
    sign_in(page, office, live_server)
    page.goto(live_server.url + reverse("import_upload"))
    fits(page)
    page.get_by_label("Score file").set_input_files(path)
    page.get_by_role("button", name="Look at what the file would do").click()
    expect(page.get_by_role("heading", name="Name the columns", level=1)).to_be_visible()
    fits(page)
    for label, column in (("Student number", "Perm ID"), ("Mark or score", "Grade Earned"), ("Teacher", "Staff")):
        page.get_by_role("combobox", name=label).select_option(column)
    page.get_by_role("button", name="Remember the columns").click()
    expect(page.get_by_role("alert")).to_contain_text("Not named yet: term.")
    expect(page.get_by_role("combobox", name="Course")).to_have_value("Course Title")  # by the names others use
    page.get_by_role("combobox", name="Column of the term or window").select_option("Qtr")
    page.get_by_role("button", name="Remember the columns").click()
    expect(page.get_by_text("Marks, first term")).to_be_visible()
    page.get_by_role("button", name="Read in 3 results").click()
    expect(page.locator("#messages")).to_contain_text("3 results are read in.")
    page.goto(live_server.url + reverse("import_mappings"))
    expect(page.get_by_text("gradebook", exact=True)).to_be_visible()
    fits(page)


def test_pages_of_named_columns_are_sound(page: Page, live_server, office: User, schools: dict[str, School]) -> None:
    enroll(range(1), schools["upper"], office, ElStatus.EL)
    file = io.BytesIO(b"Pupil no,Points\r\nL00000,71\r\n")
    batch = working.receive(by=office, name="eld.csv", file=file, received_on=TODAY, on=TODAY)
    named = Mapped("ELD", ImportTarget.MARK, {"number": "A", "course": "B", "term": "C", "mark": "D"})
    mapping.remember(by=office, header=["A", "B", "C", "D"], named=named)
    sign_in(page, office, live_server)
    for address in (reverse("import_columns", args=[batch.pk]), reverse("import_mappings"), reverse("import_upload")):
        page.goto(live_server.url + address)
        axe(page, address)
    picture(page, "score-file-columns")
