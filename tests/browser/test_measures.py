"""Measures, classes, growth, the watch list and action plans in a real browser: keyboard, phone, without script."""

# ruff: noqa: F811 -- fixtures are imported by the names under which tests ask for them
from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from assessments.actions import schemes
from assessments.loaders import load_measures
from assessments.models import ActionPlan, LocalMeasure, LocalResult
from students.models import Enrollment
from tests.assessments.conftest import (  # noqa: F401 -- the cast: fixtures are found by their names
    D,
    alder,
    calendar,
    english_learner,
    enroll,
    facts_of_law,
    from_state,
    letterhead,
    rosa,
    ruth,
    tomas,
)
from tests.browser.conftest import axe, fits, picture, sign_in


@pytest.fixture(autouse=True)
def today(monkeypatch, alder):
    """Tuesday, 24 November 2026, in the server's thread as well."""
    monkeypatch.setattr(timezone, "localdate", lambda *given: D("2026-11-24"))
    load_measures()


@pytest.fixture
def klass(english_learner, tomas, rosa):
    children = [english_learner(first_name=name) for name in ("Asha", "Bina", "Cesar")]
    Enrollment.objects.update(teacher=tomas)
    sri = LocalMeasure.objects.get(slug="sri")
    schemes.set_scheme(
        by=rosa, measure=sri, window="", typed={"05": "830"}, valid_from=D("2026-07-01"), source="Council"
    )
    return children


def test_a_class_is_entered_with_the_keyboard_alone(page, live_server, klass, tomas):
    sign_in(page, tomas, live_server)
    page.goto(live_server.url + reverse("measure_enter", args=["sri"]))
    axe(page, "empty grid")
    fits(page)
    picture(page, "measure-enter")
    page.get_by_label("Asha Gill", exact=True).focus()
    for typed in ("640", "6400", "900"):
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Save all rows")).to_be_focused()
    bina = page.get_by_role("row").filter(has_text="Bina Gill")
    expect(bina).to_contain_text("Values go from -400 to 2000")
    expect(page.get_by_label("Bina Gill", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("row").filter(has_text="Cesar Gill")).to_contain_text("saved")
    axe(page, "a row refused")
    page.keyboard.press("Shift+Tab")
    page.get_by_label("Bina Gill", exact=True).fill("810")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("Asha Gill", exact=True)).to_be_focused()
    expect(bina).to_contain_text("saved")
    expect(page.get_by_label("Bina Gill", exact=True)).not_to_have_attribute("aria-invalid", "true")
    values = LocalResult.objects.order_by("student__first_name").values_list("value", flat=True)
    assert [int(value) for value in values] == [640, 810, 900]


def test_the_grid_works_without_script(without_script, live_server, klass, tomas):
    page = sign_in(without_script, tomas, live_server)
    page.goto(live_server.url + reverse("measure_enter", args=["sri"]))
    page.get_by_label("Asha Gill", exact=True).fill("640")
    page.get_by_label("Bina Gill", exact=True).fill("lots")
    page.get_by_role("button", name="Save all rows").click()
    expect(page.get_by_role("alert")).to_contain_text("is no number")
    expect(page.get_by_label("Bina Gill", exact=True)).to_have_value("lots")
    assert LocalResult.objects.get().student == klass[0]
    page.get_by_text("Paste a column").click()
    page.get_by_label(re.compile("One line for each child")).fill("650\n810\n900\n")
    page.get_by_role("button", name="Read it in").click()
    expect(page.get_by_text("Not saved yet.")).to_be_visible()
    page.get_by_role("button", name="Save all rows").click()
    assert LocalResult.objects.count() == 3


def test_from_the_watch_list_to_a_plan(page, live_server, klass, tomas, from_state):
    asha = klass[0]
    for year, level in (("2023-24", "1"), ("2025-26", "3")):
        from_state(
            asha, level, test="summative_elpac", administration=year, sets_status=False,
            tested_on=D(f"20{year[5:]}-03-10"), received_on=D(f"20{year[5:]}-06-25"),
        )  # fmt: skip
    LocalResult.objects.create(
        student=asha, measure=LocalMeasure.objects.get(slug="sri"), year="2026-27", window="boy", grade="05",
        value=640, taken_on=D("2026-09-08"), recorded_by=tomas,
    )  # fmt: skip
    sign_in(page, tomas, live_server)
    page.goto(live_server.url + reverse("watch_list"))
    axe(page, "watch list")
    fits(page)
    page.get_by_label("Asha Gill", exact=True).check()
    page.get_by_role("button", name="Begin action plans").click()
    axe(page, "what would begin")
    fits(page)
    page.get_by_label(re.compile("Action: what is done")).fill("Small group on four days a week.")
    page.get_by_role("button", name="Begin 1 plan").click()
    expect(page.get_by_role("row").filter(has_text="Asha Gill")).to_be_visible()
    plan = ActionPlan.objects.get()
    places = ("measures", "mark_scale", "classes", "class_groups", "class_sheet", "growth", "action_plans")
    addresses = [reverse(name) for name in places]
    addresses += [reverse("measure", args=["sri"]), reverse("action_plan", args=[plan.pk])]
    addresses += [reverse(name, args=[asha.pk]) for name in ("growth_child", "action_plan_new", "question_4", "child")]
    for address in addresses:
        page.goto(live_server.url + address)
        axe(page, address)
        fits(page)


def test_the_office_sets_values_and_windows(page, live_server, rosa):
    sign_in(page, rosa, live_server)
    for name, args in (
        ("measure", ["writing"]),
        ("measure_add", []),
        ("measure_windows", []),
        ("measure_adopt", ["sri_hmh"]),
        ("question_4_list", []),
    ):
        page.goto(live_server.url + reverse(name, args=args))
        axe(page, name)
        fits(page)
    page.goto(live_server.url + reverse("measure_adopt", args=["sri_hmh"]))
    page.get_by_role("button", name="Take this table").click()
    expect(page.get_by_role("table").first).to_contain_text("830 Lexile")
