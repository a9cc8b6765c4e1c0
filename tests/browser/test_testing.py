"""Giving tests in a real browser: a sitting typed down the column, the tracker on a phone, the plan without script."""

# ruff: noqa: F811 -- fixtures are imported by the names under which tests ask for them
from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from assessments import actions
from assessments.models import Result, Sitting, TestPlan, Training
from assessments.queries.testing import YEARLY_ELPAC
from students.models import Flag
from tests.assessments.conftest import (  # noqa: F401 -- the cast: fixtures are found by their names
    D,
    alder,
    calendar,
    edda,
    english_learner,
    enroll,
    facts_of_law,
    from_state,
    letterhead,
    rosa,
    ruth,
    score_locally,
    to_be_tested,
)
from tests.browser.conftest import axe, fits, picture, sign_in

ON = D("2026-11-24")


@pytest.fixture(autouse=True)
def today(monkeypatch, alder):
    """Tuesday, 24 November 2026, in the server's thread as well."""
    monkeypatch.setattr(timezone, "localdate", lambda *given: ON)


@pytest.fixture
def window(rosa):
    """Open now, as a district could have set it."""
    for test in YEARLY_ELPAC:
        actions.set_window(
            by=rosa,
            test=test,
            administration="2026-27",
            opens=D("2026-11-02"),
            closes=D("2027-05-31"),
            source="state calendar",
        )


def test_a_sitting_is_typed_down_the_column_by_keyboard_alone(page, live_server, to_be_tested, edda):
    first, second = to_be_tested(first_name="Asha"), to_be_tested(first_name="Bina")
    sign_in(page, edda, live_server)
    page.goto(live_server.url + reverse("initial_tests"))
    page.get_by_role("link", name="Enter many scores").press("Enter")
    overall = page.get_by_label("Overall scale score of Asha Gill")
    expect(overall).to_be_focused()
    axe(page, "the empty sheet")
    fits(page)
    picture(page, "initial-sheet")
    page.keyboard.type("402")
    page.get_by_label("Overall scale score of Bina Gill").focus()
    page.keyboard.type("999")
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile("^Error:"))
    expect(page.get_by_text("1 score is saved: Asha Gill, Intermediate English Learner.")).to_be_visible()
    wrong = page.get_by_label("Overall scale score of Bina Gill")
    expect(wrong).to_have_value("999")
    expect(wrong).to_be_focused()
    expect(wrong).to_have_attribute("aria-invalid", "true")
    axe(page, "one line refused")
    fits(page)
    picture(page, "initial-sheet-refused")
    wrong.fill("455")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 score is saved: Bina Gill")).to_be_visible()
    assert set(Result.objects.values_list("student", "overall_score")) == {(first.pk, 402), (second.pk, 455)}


def test_many_are_noted_as_tested_on_a_phone(phone, live_server, english_learner, edda, window):
    children = [english_learner(first_name=name) for name in ("Asha", "Bina", "Chandra")]
    sign_in(phone, edda, live_server)
    phone.goto(live_server.url + reverse("yearly_tests"))
    expect(phone.get_by_text("0 of 3 tested, 0%").last).to_be_visible()
    axe(phone, "the tracker")
    fits(phone)
    picture(phone, "yearly-tests")
    phone.get_by_role("checkbox", name="Asha Gill").check()
    phone.get_by_role("checkbox", name="Bina Gill").check()
    phone.get_by_role("button", name=re.compile("Note as tested")).click()
    expect(phone.get_by_text("2 children noted: taken.")).to_be_visible()
    assert set(Sitting.objects.values_list("student", flat=True)) == {children[0].pk, children[1].pk}
    phone.get_by_role("link", name="By school and grade").click()
    axe(phone, "by school and grade")
    fits(phone)
    phone.goto(live_server.url + reverse("yearly_test", args=[children[2].pk]))
    axe(phone, "one child")
    fits(phone)
    phone.get_by_label("exempt", exact=True).check()
    phone.get_by_role("button", name="Note it").click()
    expect(phone.get_by_role("alert")).to_contain_text("The reason is missing.")
    phone.get_by_label("Why, where it is exempt").fill("In hospital until June.")
    phone.get_by_role("button", name="Note it").click()
    expect(phone.get_by_text("In hospital until June.").first).to_be_visible()


def test_plan_register_and_windows_work_without_script(without_script, live_server, to_be_tested, edda, rosa):
    child = to_be_tested()
    Flag.objects.create(student=child, kind="iep", starts=D("2026-11-02"))
    Training.objects.filter(test="initial_elpac").update(expires_on=ON + timedelta(days=20))
    page = sign_in(without_script, rosa, live_server)
    page.goto(live_server.url + reverse("test_plan", args=[child.pk]))
    page.get_by_label("Holds from").fill("11/3/26")
    page.get_by_label("Tests of the district", exact=True).select_option("alternate")
    page.get_by_label("In place of the tests of the district").fill("Portfolio")
    page.get_by_role("button", name="Save the test plan").click()
    expect(page.get_by_text("Not in the IEP yet.", exact=True)).to_be_visible()
    page.get_by_label("Documented in the IEP on").last.fill("11/10/26")
    page.get_by_role("button", name="Enter the IEP").click()
    expect(page.get_by_text("Not in the IEP yet.", exact=True)).to_have_count(0)
    assert TestPlan.objects.get().benchmarks_instead == "Portfolio"
    page.goto(live_server.url + reverse("test_windows"))
    expect(page.get_by_text("Not configured.")).to_be_visible()
    page.get_by_role("button", name="Set the window").click()
    expect(page.get_by_text("The window opens on Mon 1 Feb 2027.")).to_be_visible()
    page.goto(live_server.url + reverse("examiners"))
    expect(page.get_by_text("Trained until Mon 14 Dec 2026.")).to_be_visible()


@pytest.mark.parametrize("name", ["test_plan", "examiners", "test_windows", "supports", "differences", "results_told"])
def test_pages_read_well(page, live_server, to_be_tested, score_locally, from_state, english_learner, rosa, edda, name):
    child = to_be_tested()
    score_locally(child, 402)
    from_state(child, "ifep", 455)
    yearly = {"test": "summative_elpac", "tested_on": D("2026-10-10"), "received_on": D("2026-11-20")}
    from_state(english_learner(), "3", 1520, sets_status=False, **yearly)
    sign_in(page, rosa, live_server)
    page.goto(live_server.url + reverse(name, args=[child.pk] if name == "test_plan" else []))
    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 800})
        axe(page, f"{name} at {width}")
        fits(page)
    picture(page, name.replace("_", "-"))
