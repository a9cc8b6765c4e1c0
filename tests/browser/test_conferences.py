"""Parent conferences in a real browser: planned at a desk, held on a telephone, and without script; under axe."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from district.models import District
from students import actions
from students.models import Conference, ConferenceAttempt, ConferenceBooking
from tests.browser.conftest import axe, fits, picture, sign_in
from tests.students.test_conferences import block, learner  # noqa: F401 -- fixtures, by their names

D = date.fromisoformat
TODAY = D("2026-12-07")


@pytest.fixture(autouse=True)
def world(reference, year, monkeypatch):
    """A day that stands still: Mon 7 Dec 2026."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: TODAY)
    District.objects.create(name="Valle Claro", cds_code="9900001", address="1 Oak", phone="", is_sample=True)


@pytest.mark.plan("MP1-26", "MP1-28", "MP1-37")
def test_a_day_is_opened_filled_and_printed(page, live_server, learner, ruth):  # noqa: F811
    learner(first_name="Jasleen")
    learner(first_name="Iker", language="Spanish")
    sign_in(page, ruth, live_server)
    page.goto(live_server.url + reverse("conferences"))
    expect(page.get_by_role("link", name="Jasleen Gill", exact=True)).to_be_visible()
    axe(page, "families to be met")
    fits(page)
    picture(page, "conferences")

    page.get_by_role("link", name="Conference days").click()
    page.get_by_label("Room").fill("Library")
    page.get_by_role("button", name="Open the slots").click()
    expect(page.get_by_text("0 of 10")).to_be_visible()
    axe(page, "days")
    fits(page)
    picture(page, "conference-days")

    page.get_by_role("link", name="Propose appointments").click()
    expect(page.get_by_text("2 ticked will be booked.")).to_be_visible()
    axe(page, "proposal")
    fits(page)
    picture(page, "conference-plan")
    page.get_by_role("button", name="Book these appointments").click()
    expect(page.locator("#messages")).to_contain_text("2 appointments are made.")
    assert ConferenceBooking.objects.count() == 2

    page.get_by_role("link", name="Tue 8 Dec 2026").click()
    for words in ("the staff", "the door", "the interpreters"):
        page.get_by_label("List for").select_option(label=words)
        page.get_by_role("button", name="Show").click()
        axe(page, f"list for {words}")
        fits(page)
    expect(page.get_by_text("nobody asked yet")).to_be_visible()

    page.goto(live_server.url + reverse("interpreters"))
    page.get_by_label("Punjabi, Tue 8 Dec 2026, Library").check()
    page.get_by_label("Person or service").fill("S. Sandhu")
    axe(page, "interpreters")
    fits(page)
    picture(page, "interpreters")
    page.get_by_role("button", name="Note that I asked").click()
    expect(page.get_by_role("link", name="S. Sandhu")).to_be_visible()
    for name in ("staff_languages",):
        page.goto(live_server.url + reverse(name))
        axe(page, name)
        fits(page)


@pytest.mark.plan("MP1-09", "MP1-27", "MP1-29", "MP1-38")
def test_a_conference_is_held_on_a_telephone(phone, live_server, learner, block, ruth):  # noqa: F811
    child = learner(first_name="Jasleen")
    where = block(days=[TODAY])
    actions.book(by=ruth, student=child, kind="initial", block=where, starts=time(14))
    sign_in(phone, ruth, live_server)
    phone.goto(live_server.url + reverse("conference_hold", args=[child.pk]))
    axe(phone, "in the room")
    fits(phone)
    picture(phone, "conference-hold")
    phone.get_by_label("Who came").fill("Manpreet Gill, mother")
    phone.get_by_label("the principal was there").check()
    for label in ("the results", "the programs there are"):
        phone.get_by_label(label).check()
    phone.get_by_role("button", name="Record the conference").click()
    expect(phone.get_by_role("alert")).to_contain_text("Tick all three, or say why not.")
    axe(phone, "refused")
    phone.get_by_label("the recommended program").check()
    phone.get_by_label("Promise 1: what is to be done").fill("Reading list in Punjabi")
    phone.get_by_label("by when").first.fill("12/18/26")
    phone.get_by_role("button", name="Record the conference").click()
    expect(phone.get_by_text("is recorded.")).to_be_visible()
    expect(phone.get_by_role("link", name="Reading list in Punjabi")).to_be_visible()
    axe(phone, "family")
    fits(phone)
    picture(phone, "child-conferences")
    assert Conference.objects.get().told_all
    phone.goto(live_server.url + reverse("conference_block", args=[where.pk]))
    axe(phone, "block")
    fits(phone)


def test_attempts_are_logged_without_script(without_script, live_server, learner, ruth):  # noqa: F811
    child = learner(first_name="Jasleen")
    page = sign_in(without_script, ruth, live_server)
    page.goto(live_server.url + reverse("conferences"))
    page.get_by_label("Jasleen Gill", exact=True).check()
    page.get_by_text("Log an attempt for those ticked").click()
    page.get_by_label("What came of it").select_option(label="no answer")
    page.get_by_role("button", name="Log the attempt").click()
    expect(page.get_by_text("The attempt is logged for 1 family.")).to_be_visible()
    assert ConferenceAttempt.objects.get().student == child
