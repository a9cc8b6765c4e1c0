"""From enrollment to the filed survey in a real browser: by keyboard, on a phone, without script, under axe."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from district.models import District
from students import actions
from students.enums import Origin
from students.models import FolderItem, HomeLanguageSurvey, LanguageStatus, RecordsRequest, Student
from tests.browser.conftest import axe, fits, picture, sign_in
from tests.students.conftest import ENROLLED

D = date.fromisoformat
TODAY = D("2026-11-24")


@pytest.fixture(autouse=True)
def world(reference, year, monkeypatch):
    """The facts of law, a school year, and a day that stands still."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: TODAY)
    District.objects.create(name="Valle Claro", cds_code="9900001", address="1 Oak", phone="", is_sample=True)


@pytest.fixture
def desk(page, marisela, live_server):
    """The secretary of Alder Primary, signed in."""
    return sign_in(page, marisela, live_server)


@pytest.fixture
def placed(enroll, survey, ruth, programs, tomas):
    child = enroll(teacher=tomas)
    survey(child, "Punjabi", "English", "Punjabi", "-", signed_by="M. Gill", signed_on=ENROLLED)
    actions.place_student(by=ruth, student=child, program=programs["sei"], starts=ENROLLED)
    return child


def type_in_turn(page, *texts):
    """Type each text and go on to the next field with Tab; None leaves a field as it is."""
    for text in texts:
        if text:
            page.keyboard.type(text)
        page.keyboard.press("Tab")


@pytest.mark.plan("MP1-02", "MP1-05", "MP1-06", "MP1-13")
def test_a_child_is_enrolled_and_its_survey_entered_by_keyboard(desk, live_server, survey, enroll):
    desk.goto(live_server.url + reverse("enroll"))
    axe(desk, "empty")
    fits(desk)
    picture(desk, "enroll")

    # A mistake first: what was typed is kept, and the summary has the focus.
    desk.keyboard.press("Control+Enter")
    desk.get_by_label("Last name").fill("Núñez")
    desk.get_by_label("Last name").press("Control+Enter")
    expect(desk.get_by_role("alert")).to_be_focused()
    expect(desk.get_by_label("Last name")).to_have_value("Núñez")
    expect(desk).to_have_title("Error: Enroll a child | elplan")
    axe(desk, "with errors")
    picture(desk, "enroll-errors")

    desk.get_by_label("from another country").focus()
    desk.keyboard.press("Space")
    desk.get_by_label("Last name").focus()
    type_in_turn(desk, None, "Iker", None, "3/9/21", None, "990001", "9014558207")
    type_in_turn(desk, None, "k", "11/23/26")
    desk.get_by_label("Parent or guardian 1").focus()
    type_in_turn(desk, "Ana Núñez", "mother", "spanish")
    desk.keyboard.press("Control+Enter")

    expect(desk.get_by_role("heading", name="Home Language Survey", exact=True)).to_be_visible()
    child = Student.objects.get()
    assert (child.name, child.current_enrollment.grade, child.current_enrollment.starts) == (
        "Iker Núñez",
        "KN",
        ENROLLED,
    )
    expect(desk.get_by_label("1. Which language did your child learn")).to_be_focused()
    axe(desk, "empty survey")
    picture(desk, "survey")

    # The consequence is there while typing, before anything is saved.
    type_in_turn(desk, "Mixteco", "English")
    follows = desk.get_by_role("status", name="What follows from these answers")
    expect(follows).to_contain_text("To be tested by Wed 23 Dec 2026")
    expect(follows).to_contain_text("30 calendar days from enrollment on Mon 23 Nov 2026.")
    assert not HomeLanguageSurvey.objects.exists()
    axe(desk, "survey half typed")

    type_in_turn(desk, "Mixteco", "", "Ana Núñez")
    desk.keyboard.type("112426")
    picture(desk, "survey-typed")
    desk.evaluate("scrollTo(0, 0)")
    low = desk.evaluate("document.querySelector('main form .acts').getBoundingClientRect().bottom")
    assert low <= 800, f"the survey ends at {low} px; it must fit one screen at 1280 x 800, message on top included"
    desk.keyboard.press("Control+Enter")

    expect(desk.get_by_role("heading", name="Enroll a child")).to_be_visible()  # on to the next packet of the stack
    expect(desk.get_by_label("Last name")).to_be_focused()
    said = desk.locator("#messages")
    expect(said).to_contain_text("Iker Núñez: To be tested by Wed 23 Dec 2026.")
    axe(desk, "after saving")
    assert LanguageStatus.objects.values_list("status", "starts").get() == ("TBD", ENROLLED)

    # And it can be put back.
    said.get_by_role("button", name="Put back").press("Enter")
    expect(desk.locator("#messages")).to_contain_text("Put back: Home Language Survey of Iker Núñez entered")
    assert not HomeLanguageSurvey.objects.exists()


@pytest.mark.plan("MP1-46", "MP1-48")
def test_the_records_of_a_transfer_on_a_phone(phone, live_server, marisela, enroll):
    child = enroll(origin=Origin.CALIFORNIA, former_district="Orchard Unified", grade="02", birth_date=D("2018-05-04"))
    sign_in(phone, marisela, live_server)
    phone.goto(live_server.url + reverse("records", args=[child.pk]))
    axe(phone, "open records on a phone")
    fits(phone)
    picture(phone, "records")
    phone.get_by_label("Day").fill("11/24/26")
    phone.get_by_label("What came of it").fill("faxed the request")
    phone.get_by_role("button", name="Log the attempt").click()
    expect(phone.get_by_text("faxed the request")).to_be_visible()
    phone.get_by_label("Language status in the records").select_option("EL")
    phone.get_by_role("button", name="Enter the records").click()
    expect(phone.get_by_text("The day from which the status holds is missing.").first).to_be_visible()
    axe(phone, "records with errors")
    phone.get_by_label("In force since").fill("9/12/24")
    phone.get_by_role("button", name="Enter the records").click()
    expect(phone.get_by_text("Entered Tue 24 Nov 2026 by Marisela Ochoa")).to_be_visible()
    axe(phone, "entered records")
    fits(phone)
    assert RecordsRequest.objects.get().entered_on == TODAY
    assert child.statuses.get(ends__isnull=True).status == "EL"


def test_the_survey_works_without_script(without_script, live_server, marisela, enroll):
    child = enroll()
    page = sign_in(without_script, marisela, live_server)
    page.goto(live_server.url + reverse("survey", args=[child.pk]))
    page.get_by_label("1. Which language").fill("Punjabi")
    page.get_by_label("Date on the paper").fill("11/24/26")
    page.get_by_role("button", name="Save and next").click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("Answer 2 is empty.")
    expect(page.get_by_text("To be tested by Wed 23 Dec 2026")).to_be_visible()
    summary.get_by_role("link", name="Answer 2 is empty.").click()
    expect(page.get_by_label("2. Which language")).to_be_focused()
    page.get_by_label("2. Which language").fill("none")
    page.get_by_label("3. Which language").fill("English")
    page.get_by_role("button", name="Save and open the child").click()
    expect(page.locator("#messages")).to_contain_text("To be tested by Wed 23 Dec 2026.")
    assert HomeLanguageSurvey.objects.get().question_2 is None


@pytest.mark.plan("MP1-33")
def test_a_pile_is_filed_by_keyboard(desk, live_server, enroll, survey):
    for number in range(3):
        child = enroll(first_name=f"Child {number}")
        survey(child, "Punjabi", "English", "Punjabi", "-", signed_by="M. Gill", signed_on=ENROLLED)
    desk.goto(live_server.url + reverse("folder_queue"))
    axe(desk, "pile")
    fits(desk)
    picture(desk, "pile")
    desk.get_by_label("Tick all on this page").press("Space")
    expect(desk.locator("[data-picked]")).to_have_text("3")
    axe(desk, "pile ticked")
    desk.get_by_role("button", name="File what is ticked").press("Enter")
    expect(desk.locator("#messages")).to_contain_text("3 originals are filed.")
    assert FolderItem.objects.count() == 3


def test_a_child_found_twice_is_asked_about(desk, live_server, enroll):
    enroll(last_name="Núñez", first_name="Iker")
    desk.goto(live_server.url + reverse("enroll"))
    desk.get_by_label("new to school").check()
    desk.get_by_label("Grade").select_option("KN")
    for label, text in {
        "Last name": "Nunez",
        "First name": "Iker",
        "Birth date": "3/9/21",
        "Local student number": "990002",
    }.items():
        desk.get_by_label(label).fill(text)
    desk.get_by_role("button", name="Enroll and go on").click()
    expect(desk.get_by_role("heading", name="Is it this child?")).to_be_visible()
    axe(desk, "found twice")
    fits(desk)
    picture(desk, "enroll-found")
    desk.get_by_label("This is another child").check()
    desk.get_by_role("button", name="Enroll and go on").click()
    expect(desk.get_by_role("heading", name="Home Language Survey", exact=True)).to_be_visible()
    assert Student.objects.count() == 2


PAGES_OF_A_CHILD = ["student_edit", "transfer", "survey", "family", "flags", "folder"]


@pytest.mark.parametrize("name", PAGES_OF_A_CHILD)
def test_pages_of_a_child_hold_for_everybody(desk, live_server, marisela, placed, name):
    actions.set_flag(by=marisela, student=placed, kind="iep", starts=ENROLLED, detail="speech")
    desk.goto(live_server.url + reverse(name, args=[placed.pk]))
    axe(desk)
    fits(desk)
    picture(desk, f"child-{name}")


@pytest.mark.parametrize("name", ["roster", "folder_queue", "copies", "school_languages", "survey_next", "new_year"])
def test_lists_hold_for_everybody(desk, live_server, placed, enroll, name):
    if name != "survey_next":
        enroll(last_name="Without a survey")
    desk.goto(live_server.url + reverse(name))
    axe(desk)
    fits(desk)
    picture(desk, name)


def test_empty_lists_hold_for_everybody(desk, live_server):
    for name in ("roster", "folder_queue", "copies", "school_languages", "survey_next", "new_year"):
        desk.goto(live_server.url + reverse(name))
        axe(desk, "empty")
        fits(desk)


def test_pages_of_the_office_hold_for_everybody(page, live_server, rosa, enroll, survey):
    sign_in(page, rosa, live_server)
    page.goto(live_server.url + reverse("fluency_cut"))
    expect(page.get_by_text("not configured")).to_be_visible()
    axe(page, "not configured")
    fits(page)
    picture(page, "fluency")
    page.get_by_label("Reasonable fluency begins at").select_option("initial_elpac:intermediate_el")
    page.get_by_label("Who decided it, and when").fill("Board of Trustees, 12 May 2026")
    page.get_by_role("button", name="Set the cut").press("Enter")
    expect(page.get_by_role("cell", name="Intermediate English Learner")).to_be_visible()
    axe(page, "configured")
    picture(page, "fluency-set")

    child = enroll()
    survey(child, "Punjabi", "English", "Punjabi", "-")
    actions.set_statuses_from_state(by=rosa, rows=[actions.StateStatus(child.pk, "EL", D("2026-11-20"), "x")])
    page.goto(live_server.url + reverse("status_settle", args=[LanguageStatus.objects.get(status="TBD").pk]))
    axe(page, "hand-shake")
    fits(page)
    picture(page, "settle")
    page.get_by_label("What was agreed with the state").fill("The state took its TBD out")
    page.get_by_role("button", name="Note that it is settled").press("Enter")
    expect(page.locator("#messages")).to_contain_text("The days are settled.")


def test_an_amended_survey_and_a_missing_signature(desk, live_server, enroll, survey):
    child = enroll(starts=D("2026-11-02"))
    entered = survey(child, "English", "English", "English", "-", answered_on=D("2026-11-02"))
    desk.goto(live_server.url + reverse("survey_sign", args=[entered.pk]))
    axe(desk, "signature")
    fits(desk)
    picture(desk, "survey-sign")
    desk.goto(live_server.url + reverse("survey", args=[child.pk]))
    desk.get_by_label("the parent corrects the survey").check()
    desk.get_by_label("1. Which language").fill("Spanish")
    desk.get_by_label("Date on the paper").fill("11/24/26")
    follows = desk.get_by_role("status", name="What follows from these answers")
    expect(follows).to_contain_text("To be tested by Thu 24 Dec 2026")
    expect(follows).to_contain_text("30 days from enrollment end on Wed 2 Dec 2026.")
    axe(desk, "amendment")
    fits(desk)
    picture(desk, "survey-amend")
