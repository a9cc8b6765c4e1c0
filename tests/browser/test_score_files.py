"""Score files in a real browser: sending, looking, leaving out, reading in, putting back; by desk and phone."""

# ruff: noqa: F811 -- fixtures are imported by the names under which tests ask for them
from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from assessments.imports import apply
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
