"""The main job in one go: from enrollment to the filed letter, by the people who do it, each at the own desk."""

# ruff: noqa: F811 -- fixtures are imported by the names under which tests ask for them
from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from district.models import District
from district.storage import fetch
from notifications.loaders import load_texts
from notifications.models import Letter
from students.models import FolderItem, LanguageStatus, Student
from tests.assessments.conftest import (  # noqa: F401 -- the cast: fixtures are found by their names
    D,
    alder,
    calendar,
    cut,
    edda,
    facts_of_law,
    figures,
    letterhead,
    marisela,
    programs,
    rosa,
    ruth,
)
from tests.browser.conftest import sign_in

HEADER = (
    "RecordType^SSID^StudentLastName^StudentFirstName^DateofBirth^CALPADSGrade^GradeAssessed^CALPADSDistrictCode"
    "^CALPADSSchoolCode^OverallScaleScore^OverallPL^OralLanguagePL^WrittenLanguagePL^CalculatedELAS^Attemptedness"
    "^IncludeIndicator^FinalTestCompletedDate^EndofRecord"
)
LINE = (
    "22^9014558207^Núñez^Iker^2021-03-09^KN^KN^9900001^0000011^365^Novice English Learner^Beginning to develop"
    "^Beginning to develop^EL^Y^Y^2026-11-23^ZZ"
)


@pytest.fixture(autouse=True)
def today(monkeypatch, alder, letterhead):
    """Tuesday, 24 November 2026, in the server's thread as well; the letters' texts are loaded."""
    monkeypatch.setattr(timezone, "localdate", lambda *given: D("2026-11-24"))
    load_texts()
    assert District.objects.exists()


@pytest.mark.plan("MP1-03", "MP1-06", "MP1-12", "MP1-14", "MP1-25", "MP1-26", "MP1-30", "MP1-33", "APPB-01")
def test_from_enrollment_to_the_filed_letter(
    page, live_server, tmp_path, marisela, edda, rosa, ruth, programs, cut, figures
):
    def at_desk(user, name: str, *args) -> None:
        page.context.clear_cookies()
        sign_in(page, user, live_server)
        page.goto(live_server.url + reverse(name, args=args))

    at_desk(marisela, "enroll")
    enroll_and_survey(page)
    child = Student.objects.get()
    assert LanguageStatus.objects.get().status == "TBD"

    at_desk(edda, "result_new", child.pk)
    page.get_by_label("Overall scale score").fill("402")
    page.get_by_role("button", name="Save the score").click()
    expect(page.locator("#messages")).to_contain_text("Intermediate English Learner")
    assert LanguageStatus.objects.get().status == "TBD", "a local score sets no status (D-06)"

    at_desk(rosa, "import_upload")
    read_state_file(page, tmp_path / "scores.csv")
    assert set(LanguageStatus.objects.values_list("status", flat=True)) == {"TBD", "EL"}

    at_desk(ruth, "placement", child.pk)
    hold_conference_and_place(page)

    at_desk(marisela, "letter_preview", "initial", child.pk)
    expect(page.get_by_role("article").first).to_contain_text("Iker")
    page.get_by_label(re.compile("Print the draft translation")).check()
    page.get_by_role("button", name="Issue and print").click()
    expect(page.get_by_text(re.compile("Letter 2026-\\d+ is issued."))).to_be_visible()
    letter = Letter.objects.get()
    assert letter.languages == "es,en"
    said = text_of(letter)
    for words in ("Iker", "365", "Aprendiz de inglés principiante", "Novice English learner", "Immersion"):
        assert words in said, f"{words!r} is not on the letter"

    at_desk(marisela, "child", child.pk)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Iker Núñez")
    expect(page.locator("main")).to_contain_text("English learner")
    at_desk(marisela, "folder", child.pk)
    page.get_by_role("checkbox", name=re.compile("Home Language Survey")).check()
    page.get_by_role("button", name="File what is ticked").click()
    assert FolderItem.objects.filter(student=child, kind="survey").exists()


def enroll_and_survey(page: Page) -> None:
    page.get_by_label("from another country").check()
    for label, text in (
        ("Last name", "Núñez"),
        ("First name", "Iker"),
        ("Birth date", "3/9/21"),
        ("SSID", "9014558207"),
        ("Local student number", "990001"),
        ("Grade", "KN"),
        ("First day of attendance", "11/16/26"),
        ("First day in a school of the United States", "11/16/26"),
        ("Parent or guardian 1", "Ana Núñez"),
    ):
        field = page.get_by_label(re.compile(f"^{label}")).first
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(text)
        else:
            field.fill(text)
    page.get_by_label(re.compile("^Sex")).first.select_option("M")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Home Language Survey", exact=True)).to_be_visible()
    for number in "1234":
        page.get_by_label(re.compile(f"^{number}\\. Which language")).fill("Spanish")
    page.get_by_label(re.compile("^Signed by")).fill("Ana Núñez")
    page.get_by_label(re.compile("^Date on the paper")).fill("11/16/26")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#messages")).to_contain_text("To be tested by Wed 16 Dec 2026")


def read_state_file(page: Page, path: Path) -> None:
    path.write_text(f"{HEADER}\r\n{LINE}\r\n", encoding="utf-8")
    page.set_input_files("input[type=file]", str(path))
    page.locator("main form button[type=submit]").last.click()
    expect(page.get_by_text("1 child becomes an English learner")).to_be_visible()
    page.get_by_role("button", name="Read in 1 result").click()
    expect(page.locator("main")).to_contain_text("Read in")


def hold_conference_and_place(page: Page) -> None:
    expect(page.locator("main")).to_contain_text("Structured English Immersion")
    page.get_by_label("Who came").fill("Ana Núñez, mother")
    for label in ("the principal was there", "the results", "the programs there are", "the recommended program"):
        page.get_by_label(label).check()
    page.get_by_label("What the parents said").fill("We agree.")
    page.get_by_role("button", name="Record the conference").click()
    page.get_by_role("button", name="Decide the placement").click()
    expect(page.get_by_text("The placement of Iker Núñez is decided.")).to_be_visible()


def text_of(letter: Letter) -> str:
    """What pdftotext finds on the stored PDF, lines joined."""
    pdf = fetch(letter.file)
    run = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(run.stdout.decode().split())
