"""Corrections, long-term learners, the profile and the whole page of a child in a real browser."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessments.models import Result, Score
from district.models import District
from students import actions
from students.enums import ElStatus, StatusSource
from students.models import Correction, Flag, Student
from tests.browser.conftest import axe, fits, picture, sign_in

D = date.fromisoformat
TODAY = D("2026-12-20")


@pytest.fixture(autouse=True)
def world(reference, year, monkeypatch):
    """The facts of law, a school year, and a day that stands still."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: TODAY)
    District.objects.create(name="Valle Claro", cds_code="9900001", address="1 Oak", phone="", is_sample=True)


@pytest.fixture
def english_only(enroll, survey):
    child = enroll(last_name="Abad-Villaseñor")
    survey(child, "English", "English", "English", "-")
    return child


@pytest.fixture
def learner(enroll, rosa, tomas, languages):
    """A learner of long standing, of whom much is on file."""
    child = enroll(last_name="Bravo", grade="03", starts=D("2026-08-12"), birth_date=D("2018-03-09"), teacher=tomas)
    status = {"status": ElStatus.EL, "starts": D("2021-09-10"), "source": StatusSource.RECORDS, "reason": "records"}
    actions.set_status(by=rosa, student=child, **status)
    Student.objects.filter(pk=child.pk).update(
        first_us_school_on=D("2022-02-20"), primary_language=languages["Spanish"]
    )
    Flag.objects.create(student=child, kind="iep", starts=D("2026-09-01"), detail="reads with a helper")
    for year, level in (("2024-25", "2"), ("2025-26", "2")):
        taken = {"test": "summative_elpac", "administration": year, "source": "state_file", "grade": "02"}
        row = Result.objects.create(
            student=child, level=level, overall_score=1440, received_on=D("2026-07-13"), recorded_by=rosa, **taken
        )
        Score.objects.create(result=row, measure="reading", level="1")
    child.refresh_from_db()
    return child


def seen(page, live_server, name, *args, **asked):
    query = "?" + "&".join(f"{key}={value}" for key, value in asked.items()) if asked else ""
    page.goto(f"{live_server.url}{reverse(name, args=args)}{query}")
    axe(page, name)
    fits(page)
    picture(page, name)


@pytest.mark.plan("X-03")
def test_a_correction_by_keyboard_from_the_childs_page(page, rosa, english_only, live_server):
    desk = sign_in(page, rosa, live_server)
    desk.goto(f"{live_server.url}{reverse('child', args=[english_only.pk])}")
    desk.get_by_role("link", name="Correct the status").press("Enter")
    axe(desk, "asking")
    fits(desk)
    desk.get_by_label("Name of who asks").press("Control+Enter")
    expect(desk).to_have_title("Error: Correct the language status | elplan")
    desk.get_by_label("A: English only, and something points to another language").check()
    desk.get_by_label("Name of who asks").fill("Ms. Ruiz")
    desk.get_by_label("Why").fill("Speaks Spanish with her brother")
    desk.get_by_label("Why").press("Control+Enter")
    expect(desk.get_by_role("heading", name="What was done")).to_be_visible()
    case = Correction.objects.get()
    seen(desk, live_server, "correction", case.pk)
    desk.get_by_label("What it says").fill("Talks Spanish at lunch")
    desk.get_by_role("button", name="Add the evidence").press("Enter")
    desk.get_by_label("Given or mailed to the parents on").fill("12/20/26")
    desk.get_by_role("button", name="Note that the notice went out").press("Enter")
    expect(desk.get_by_text("The child may be tested from Wed 30 Dec 2026 on.")).to_be_visible()
    desk.get_by_label("the status becomes “to be determined”").check()
    desk.get_by_label("Reason").fill("Two languages at home")
    desk.get_by_role("button", name="Decide").press("Enter")
    expect(desk.get_by_role("alert")).to_contain_text("may be tested from Wed 30 Dec 2026 on")
    expect(desk.get_by_label("Reason")).to_have_value("Two languages at home")
    axe(desk, "refused")
    seen(desk, live_server, "corrections")


@pytest.mark.plan("X-09", "MP0-07")
def test_lists_and_the_whole_page_of_a_child(page, rosa, learner, live_server):
    desk = sign_in(page, rosa, live_server)
    seen(desk, live_server, "long_term", standing="all")
    expect(desk.get_by_role("rowheader", name="Bravo")).to_be_visible()
    seen(desk, live_server, "profile")
    seen(desk, live_server, "child", learner.pk)
    desk.get_by_role("link", name="Long-term", exact=True).click()
    expect(desk.get_by_role("heading", name="Long-term English learner")).to_be_in_viewport()


def test_it_all_works_without_script(without_script, rosa, english_only, live_server):
    page = sign_in(without_script, rosa, live_server)
    page.goto(f"{live_server.url}{reverse('correction_ask', args=[english_only.pk])}")
    page.get_by_label("A: English only, and something points to another language").check()
    page.get_by_label("Name of who asks").fill("Ms. Ruiz")
    page.get_by_label("Why").fill("Speaks Spanish")
    page.get_by_role("button", name="Ask for the correction").click()
    expect(page.get_by_role("heading", name="What was done")).to_be_visible()
    page.goto(f"{live_server.url}{reverse('long_term')}")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("heading", name="Long-term English learners, and who is at risk")).to_be_visible()
