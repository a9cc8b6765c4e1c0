"""Letters in a real browser: previewed, issued and run by keyboard, on a phone, without script."""

# ruff: noqa: F811 -- fixtures are imported by the names under which tests ask for them
from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from notifications.actions import issue_letter, work_run
from notifications.models import Letter, LetterRun, LetterText, LetterVersion
from tests.browser.conftest import axe, fits, picture, sign_in
from tests.letters import texts_for_tests
from tests.letters.conftest import (  # noqa: F401 -- the cast: fixtures are found by their names
    ON,
    annual,
    child,
    district,
    office,
    other_school,
    school,
    secretary,
    texts,
)


@pytest.fixture(autouse=True)
def today(monkeypatch, annual):
    """Tuesday, 1 September 2026, in the server's thread as well."""
    monkeypatch.setattr(timezone, "localdate", lambda *given: ON)


@pytest.fixture
def short_text(texts):
    texts_for_tests.replace("annual", ON)


@pytest.mark.plan("APPB-01")
def test_a_letter_is_looked_at_and_issued_by_keyboard_alone(page, live_server, child, secretary):
    ana = child("Ana", "Ávila")
    sign_in(page, secretary, live_server)
    page.goto(live_server.url + reverse("letters_due", args=["annual"]))
    axe(page, "the list")
    fits(page)
    picture(page, "letters-due")
    page.get_by_role("link", name=re.compile("Look at it.*Ana Ávila")).press("Enter")
    expect(page.get_by_role("article").first).to_contain_text("Carta anual de ubicación y notificación")
    axe(page, "preview")
    fits(page)
    picture(page, "letter-preview")

    page.get_by_role("button", name="Issue and print").press("Enter")
    expect(page.get_by_text("The Spanish text is a draft")).to_be_visible()
    assert not Letter.objects.exists()
    page.get_by_label(re.compile("Print the draft translation")).press("Space")
    page.get_by_role("button", name="Issue and print").press("Enter")
    expect(page.get_by_text("Letter 2026-000001 is issued.")).to_be_visible()
    letter = Letter.objects.get()
    assert letter.student == ana
    expect(page.get_by_role("link", name="Print: open the PDF")).to_have_attribute(
        "href", reverse("letter_pdf", args=[letter.pk])
    )
    axe(page, "record")
    fits(page)
    picture(page, "letter")

    page.get_by_role("link", name="Issue a correction").press("Enter")
    page.get_by_role("button", name="Issue the correction").press("Enter")
    expect(page).to_have_title(re.compile("^Error:"))
    axe(page, "correction refused")
    fits(page)
    page.get_by_label("What was wrong in the letter").fill("The grade was wrong.")
    page.get_by_label(re.compile("Print the draft translation")).check()
    page.get_by_role("button", name="Issue the correction").press("Enter")
    expect(page.get_by_text("Letter 2026-000002 is issued in place of 2026-000001.")).to_be_visible()
    axe(page, "correction")


@pytest.mark.plan("MP1-36")
def test_all_letters_of_a_school_are_made_with_one_button(page, live_server, child, secretary, short_text):
    for first in ("Ana", "Bea", "Nofacts"):
        child(first, "Cruz")
    sign_in(page, secretary, live_server)
    page.goto(live_server.url + reverse("letters"))
    axe(page, "letters")
    fits(page)
    picture(page, "letters")
    page.get_by_role("link", name="3 Annual placement and notification letter").press("Enter")
    expect(page.get_by_text("1 child would be left out")).to_be_visible()
    page.get_by_role("button", name=re.compile("^All ")).press("Enter")
    expect(page.get_by_text("Say whether draft translations are to be printed.")).to_be_visible()
    axe(page, "choice asked for")
    page.get_by_label(re.compile("Print drafts too")).check()
    page.get_by_role("button", name=re.compile("^All ")).press("Enter")
    expect(page.get_by_text("Waiting for a free worker")).to_be_visible()
    axe(page, "waiting")
    fits(page)
    picture(page, "letter-run-waiting")

    work_run(LetterRun.objects.get().pk)  # what the background worker does
    expect(page.get_by_text("2 letters are issued, 1 child is left out.")).to_be_visible(timeout=10_000)
    expect(page.get_by_role("link", name="Print file (PDF)")).to_be_visible()
    axe(page, "finished")
    fits(page)
    picture(page, "letter-run")


def test_only_the_picked_children(page, live_server, child, secretary, short_text):
    for first in ("Ana", "Bea"):
        child(first, "Cruz")
    sign_in(page, secretary, live_server)
    page.goto(live_server.url + reverse("letters_due", args=["annual"]))
    page.get_by_label("Bea Cruz", exact=True).check()
    button = page.get_by_role("button", name="Only the picked (1)")
    expect(button).to_be_visible()
    button.press("Enter")
    expect(page.get_by_text("1 child picked.")).to_be_visible()
    axe(page, "picked")
    fits(page)
    page.get_by_label(re.compile("Print drafts too")).check()
    page.get_by_role("button", name="Make 1 letter").press("Enter")
    expect(page.get_by_text("Waiting for a free worker")).to_be_visible()
    assert [item.student.first_name for item in LetterRun.objects.get().items.all()] == ["Bea"]


def test_a_run_works_without_script(without_script, live_server, child, secretary, short_text):
    child("Ana", "Cruz")
    page = sign_in(without_script, secretary, live_server)
    page.goto(live_server.url + reverse("letters_due", args=["annual"]))
    page.get_by_label(re.compile("Print drafts too")).check()
    page.get_by_role("button", name=re.compile("^All ")).click()
    expect(page.get_by_text("Waiting for a free worker")).to_be_visible()
    work_run(LetterRun.objects.get().pk)
    page.get_by_role("link", name="Refresh").click()
    expect(page.get_by_text("1 letter is issued")).to_be_visible()


def test_a_letter_on_the_phone(phone, live_server, child, secretary):
    letter = issue_letter(
        by=secretary, kind="annual", student=child("Ana", "Ávila", language="28"), on=ON, accepts_drafts=True
    )
    page = sign_in(phone, secretary, live_server)
    page.goto(live_server.url + reverse("letter", args=[letter.pk]))
    expect(page.get_by_role("article").first).to_contain_text("ਪ੍ਰੋਗਰਾਮ ਅਤੇ ਨਤੀਜਿਆਂ ਬਾਰੇ ਸਾਲਾਨਾ ਪੱਤਰ")
    axe(page, "on the phone")
    fits(page)


def test_a_text_is_written_checked_published_and_reviewed(page, live_server, child, office):
    child("Ana", "Ávila")
    sign_in(page, office, live_server)
    page.goto(live_server.url + reverse("letter_texts"))
    axe(page, "texts")
    fits(page)
    page.get_by_role("link", name=re.compile("Write a new version.*Annual placement")).press("Enter")
    english = page.locator("#id_en-body")
    body = english.input_value()
    english.fill(body.replace("## 7. Your rights", "# 7. Your rights"))
    page.get_by_role("button", name="Save the draft").press("Enter")
    expect(page.get_by_text("Not fit to be published yet")).to_be_visible()
    expect(page.get_by_text("other levels are not allowed")).to_be_visible()
    axe(page, "with problems")
    fits(page)
    picture(page, "letter-text-edit")
    page.locator("#id_en-body").fill(body.replace("Dear parents or guardians", "Dear family"))
    page.get_by_role("button", name="Save the draft").press("Enter")
    expect(page.get_by_text("Not fit to be published yet")).to_be_hidden()

    page.get_by_role("link", name="Check and publish").press("Enter")
    axe(page, "publish")
    fits(page)
    page.get_by_label("Letters are made from this text from").fill("9/1/26")
    page.get_by_role("button", name="Publish the version").press("Enter")
    expect(page.get_by_role("heading", name="Annual placement and notification letter, version 2")).to_be_visible()
    assert LetterVersion.objects.in_force("annual", ON).number == 2
    axe(page, "version")
    fits(page)

    page.get_by_role("link", name=re.compile("Record that a person has read it.*Spanish")).press("Enter")
    axe(page, "review")
    fits(page)
    page.get_by_label("Who has read the translation").fill("E. Saldívar, translator")
    page.get_by_label("This person has read the whole text").check()
    page.get_by_role("button", name="Record the review").press("Enter")
    expect(page.get_by_text("E. Saldívar, translator")).to_be_visible()
    assert LetterText.objects.filter(version__number=2, version__kind="annual", reviewed_by__startswith="E.").exists()


@pytest.fixture
def sent_out(child, secretary, short_text):
    """Two issued letters of which nobody has noted how they left."""
    return [
        issue_letter(by=secretary, kind="annual", student=child(first, "Cruz"), on=ON, accepts_drafts=True)
        for first in ("Ana", "Bea")
    ]


@pytest.mark.plan("MP1-36", "MP6-62")
def test_what_became_of_letters_is_noted_on_the_phone(sent_out, phone, live_server, secretary, office):
    page = sign_in(phone, secretary, live_server)
    page.goto(live_server.url + reverse("letters_unsent"))
    axe(page, "not noted as sent")
    fits(page)
    page.get_by_role("button", name="Note all 2 in this list").click()
    expect(page.get_by_text("2 letters are noted.")).to_be_visible()
    page.goto(live_server.url + reverse("letter_left", args=[sent_out[0].pk]))
    axe(page, "it came back")
    fits(page)
    page.get_by_role("button", name="Note as returned").click()
    expect(page.get_by_text("came back").first).to_be_visible()
    page.goto(live_server.url + reverse("letter_left", args=[sent_out[0].pk]))
    axe(page, "a second try")
    fits(page)
    page.goto(f"{live_server.url}{reverse('letters_unsent')}?state=returned")
    axe(page, "those that came back")
    fits(page)
    picture(page, "letters-returned")


def test_what_became_of_letters_is_noted_without_script(sent_out, without_script, live_server, secretary):
    page = sign_in(without_script, secretary, live_server)
    page.goto(live_server.url + reverse("letters_unsent"))
    page.get_by_label(re.compile("Bea Cruz")).check()
    page.get_by_role("button", name="Note the ticked as sent").click()
    expect(page.get_by_text("1 letter is noted.")).to_be_visible()


def test_the_letterhead_in_other_languages_fits(phone, live_server, office):
    page = sign_in(phone, office, live_server)
    page.goto(live_server.url + reverse("letterhead_words"))
    axe(page, "letterhead")
    fits(page)
