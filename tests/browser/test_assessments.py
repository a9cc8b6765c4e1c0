"""Tests, placements and score tables in a real browser: by keyboard, on a phone, without script."""

# ruff: noqa: F811 -- fixtures are imported by the names under which tests ask for them
from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from assessments.models import Result
from students.models import Conference, Flag, Placement
from tests.assessments.conftest import (  # noqa: F401 -- the cast: fixtures are found by their names
    D,
    alder,
    calendar,
    cut,
    edda,
    english_learner,
    enroll,
    facts_of_law,
    from_state,
    letterhead,
    programs,
    rosa,
    ruth,
    score_locally,
    to_be_tested,
)
from tests.browser.conftest import axe, fits, picture, sign_in


@pytest.fixture(autouse=True)
def today(monkeypatch, alder):
    """Tuesday, 24 November 2026, in the server's thread as well."""
    monkeypatch.setattr(timezone, "localdate", lambda *given: D("2026-11-24"))


def test_the_examiner_enters_a_score_by_keyboard_alone(page, live_server, to_be_tested, edda, cut):
    late = to_be_tested(first_name="Asha", starts=D("2026-10-12"))
    to_be_tested(first_name="Bina", starts=D("2026-10-29"))
    sign_in(page, edda, live_server)
    page.goto(live_server.url + reverse("initial_tests"))
    expect(page.get_by_role("heading", name="Initial ELPAC")).to_be_visible()
    axe(page, "the list")
    fits(page)
    picture(page, "initial-tests")

    page.get_by_role("link", name=re.compile("Enter the score.*Asha Gill")).press("Enter")
    overall = page.get_by_label("Overall scale score")
    expect(overall).to_be_focused()
    axe(page, "empty form")
    fits(page)
    page.keyboard.type("402")
    follows = page.get_by_role("status", name="What follows from the score")
    expect(follows).to_contain_text("By this score the child is: English learner.")
    expect(follows).to_contain_text("402 lies between 370 and 449")
    expect(follows).to_contain_text("Program: English Language Mainstream")
    assert not Result.objects.exists()
    axe(page, "level shown")
    picture(page, "result-new")

    page.keyboard.press("Backspace")
    page.keyboard.type("9")
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    page.keyboard.type("700")
    expect(follows).to_contain_text("700 is not a score of Initial ELPAC, kindergarten, overall")
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile("^Error:"))
    expect(page.get_by_role("alert")).to_contain_text("scores go from 150 to 600")
    expect(page.get_by_label("Overall scale score")).to_have_value("700")
    axe(page, "refused")
    fits(page)
    picture(page, "result-refused")

    page.get_by_label("Overall scale score").fill("402")
    page.get_by_role("button", name="Save and next child").press("Enter")
    expect(page.get_by_text("Initial ELPAC of Asha Gill entered: Intermediate English Learner")).to_be_visible()
    expect(page.get_by_role("link", name="Bina Gill")).to_be_visible()
    assert Result.objects.get().student == late


def test_the_level_can_be_asked_for_without_script(without_script, live_server, to_be_tested, edda):
    child = to_be_tested()
    page = sign_in(without_script, edda, live_server)
    page.goto(live_server.url + reverse("result_new", args=[child.pk]))
    page.get_by_label("Overall scale score").fill("455")
    page.get_by_role("button", name="Show the level, save nothing").click()
    follows = page.get_by_role("status", name="What follows from the score")
    expect(follows).to_contain_text("By this score the child is: initially fluent in English.")
    assert not Result.objects.exists()


def test_the_principal_holds_a_conference_and_decides(
    page,
    live_server,
    to_be_tested,
    score_locally,
    ruth,
    cut,
    programs,
):
    child = to_be_tested(first_name="Asha")
    score_locally(child, 402)
    sign_in(page, ruth, live_server)
    page.goto(live_server.url + reverse("placement", args=[child.pk]))
    axe(page, "with a recommendation")
    fits(page)
    picture(page, "placement")
    page.get_by_role("button", name="Record the conference").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    axe(page, "conference refused")
    page.get_by_label("Who came").fill("Manpreet Gill, mother")
    page.get_by_label("the principal was there").check()
    page.get_by_label("the results").check()
    page.get_by_label("the programs there are").check()
    page.get_by_label("the recommended program").check()
    page.get_by_label("What the parents said").fill("We want English with help.")
    page.get_by_role("button", name="Record the conference").press("Enter")
    expect(page.get_by_text("The conference of Asha Gill is recorded.")).to_be_visible()
    expect(page.get_by_label("What the parents want")).to_have_value("We want English with help.")
    page.get_by_role("button", name="Decide the placement").press("Enter")
    expect(page.get_by_text("The placement of Asha Gill is decided.")).to_be_visible()
    placed = Placement.objects.get()
    assert (placed.program.kind, placed.conference) == ("elm", Conference.objects.get())
    axe(page, "decided")
    picture(page, "placement-decided")


def test_many_are_confirmed_on_a_phone(phone, live_server, to_be_tested, score_locally, ruth, cut):
    for name in ("Asha", "Bina", "Chandra"):
        score_locally(to_be_tested(first_name=name), 300)
    sign_in(phone, ruth, live_server)
    phone.goto(live_server.url + reverse("placements"))
    axe(phone, "the list")
    fits(phone)
    picture(phone, "placements")
    phone.get_by_role("checkbox", name="Asha Gill").check()
    phone.get_by_role("checkbox", name="Bina Gill").check()
    expect(phone.get_by_text("2 picked.")).to_be_visible()
    phone.get_by_role("button", name="See what would happen").click()
    expect(phone.get_by_text("2 picked: 2 will be placed, 0 will stay.")).to_be_visible()
    assert not Placement.objects.exists()
    axe(phone, "the preview")
    fits(phone)
    picture(phone, "placements-preview")
    phone.get_by_role("button", name="Place 2 as Ruth Example").click()
    expect(phone.get_by_text("2 children are placed as recommended.")).to_be_visible()
    assert Placement.objects.count() == 2


def test_the_other_pages_are_sound_in_every_state(
    page,
    live_server,
    to_be_tested,
    english_learner,
    from_state,
    rosa,
):
    from_state(english_learner(first_name="Asha"), "3", 1530, test="summative_elpac", sets_status=False)
    child = to_be_tested()
    sign_in(page, rosa, live_server)
    for name, address in (
        ("score-reports", reverse("score_reports")),
        ("score-tables", reverse("scales") + "?test=celdt"),
        ("score-tables-summative", reverse("scales") + "?test=summative_elpac"),
        ("test-plan-no-flag", reverse("test_plan", args=[child.pk])),
        ("letter-figures", reverse("letter_figures")),
        ("result-earlier", reverse("result_earlier", args=[child.pk])),
        ("placement-no-cut", reverse("placement", args=[child.pk])),
        ("placements-no-cut", reverse("placements")),
        ("initial-tests-nobody", reverse("initial_tests") + "?show=tested"),
    ):
        page.goto(live_server.url + address)
        axe(page, name)
        fits(page)
        picture(page, name)

    Flag.objects.create(student=child, kind="iep", starts=D("2026-11-02"))
    page.goto(live_server.url + reverse("test_plan", args=[child.pk]))
    page.get_by_label("without one domain").check()
    page.get_by_label("Documented in the IEP on").fill("11/3/26")
    page.get_by_label("Holds from").fill("11/3/26")
    page.get_by_role("button", name="Save the test plan").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Which domain is left out?")
    axe(page, "plan refused")
    fits(page)
    page.get_by_label("writing").check()
    page.get_by_role("button", name="Save the test plan").press("Enter")
    expect(page.get_by_role("heading", name="In force")).to_be_visible()
    axe(page, "plan in force")
    picture(page, "test-plan")
