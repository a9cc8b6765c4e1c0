"""Services in a real browser: from the audit to the section and back, on a phone, without script, under axe."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from district.models import District
from students import actions
from students.models import Service
from tests.browser.conftest import axe, fits, sign_in
from tests.students.conftest import ENROLLED

D = date.fromisoformat
TODAY = D("2026-12-07")


@pytest.fixture(autouse=True)
def world(reference, year, monkeypatch):
    """The facts of law, a school year, and a day that stands still."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: TODAY)
    District.objects.create(name="Valle Claro", cds_code="9900001", address="1 Oak", phone="", is_sample=True)


@pytest.fixture
def learner(enroll, rosa, ruth, programs, tomas):
    child = enroll(teacher=tomas)
    actions.set_status(by=rosa, student=child, status="TBD", starts=ENROLLED, source="survey", reason="Punjabi.")
    actions.set_statuses_from_state(by=rosa, rows=[actions.StateStatus(child.pk, "EL", D("2026-12-01"), "Novice")])
    actions.place_student(by=ruth, student=child, program=programs["sei"], starts=D("2026-12-02"))
    return child


@pytest.fixture
def section(ruth, alder, year, tomas):
    return actions.save_section(
        by=ruth,
        school=alder,
        year=year[1],
        name="ELD K",
        kind="designated",
        grade_low="KN",
        grade_high="01",
        teacher=tomas,
        minutes=30,
    )


@pytest.mark.plan("MP2-05", "MP0-05")
def test_a_child_without_eld_is_put_into_a_section(page, live_server, ruth, learner, section):
    desk = sign_in(page, ruth, live_server)
    desk.goto(live_server.url + reverse("service_audits"))
    axe(desk, "audits")
    desk.get_by_role("link", name="English learners without daily ELD").click()
    axe(desk, "learners without ELD")
    expect(desk.get_by_role("row", name=learner.name)).to_contain_text("no service is recorded")
    desk.get_by_role("checkbox", name=learner.name).check()
    desk.get_by_role("button", name="See what would happen").click()
    expect(desk.get_by_text("1 picked: 1 will go in, 0 will stay.")).to_be_visible()
    axe(desk, "preview")
    assert not Service.objects.exists()
    desk.get_by_role("button", name="Put 1 child into the section").click()
    expect(desk.locator("#messages")).to_contain_text("1 child is in ELD K.")
    axe(desk, "section")
    desk.goto(live_server.url + reverse("child", args=[learner.pk]))
    expect(desk.locator("#services")).to_contain_text("Daily ELD since Mon 7 Dec 2026.")


PAGES = ("sections", "section_new", "authorizations", "wishes", "requests", "program_catalog", "time_in_program")


def test_the_pages_on_a_phone(phone, live_server, ruth, learner, section):
    sign_in(phone, ruth, live_server)
    addresses = [reverse(name) for name in (*PAGES, "ready_to_move")]
    addresses += [reverse("service_audit", args=["supports"]), reverse("section_children", args=[section.pk])]
    addresses += [reverse(name, args=[learner.pk]) for name in ("child_services", "wish_new", "request_new")]
    for address in addresses:
        phone.goto(live_server.url + address)
        axe(phone, address)
        fits(phone)


@pytest.mark.plan("X-14")
def test_authorizations_are_recorded_without_script(without_script, live_server, ruth, learner, tomas):
    plain = sign_in(without_script, ruth, live_server)
    plain.goto(live_server.url + reverse("authorizations"))
    plain.get_by_label(f"Document of {tomas}", exact=True).select_option("clad")
    plain.get_by_role("button", name="Record what is filled in").click()
    expect(plain.get_by_role("row", name=str(tomas))).to_contain_text("valid")
    assert tomas.authorizations.get().kind == "clad"
