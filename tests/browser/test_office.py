"""The office in a real browser: five enrollments by keyboard, the review, changes, Aeries, packets, scans, copies."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from district.models import District, Term
from students import actions
from students.models import AeriesTick, ChangeTask, FolderScan, HomeLanguageSurvey, RecordReview, Student
from tests.browser.conftest import axe, fits, picture, sign_in
from tests.students.conftest import ENROLLED
from tests.students.test_office import picture as photo

D = date.fromisoformat
TODAY = D("2026-12-08")
PEOPLE = (
    ("Núñez", "Iker", "3/9/21", "sp", "Ana Núñez"),
    ("Gill", "Jasleen", "040121", "pu", "Amrit Gill"),
    ("Xiong", "Mai", "5/2/21", "hmong", "Pa Xiong"),
    ("Okafor", "Chidi", "6/3/21", "01", "Ngozi Okafor"),
    ("O'Dowd", "Ana-Sofía", "7/4/21", "en", "Rose O'Dowd"),
)


@pytest.fixture(autouse=True)
def world(reference, year, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: TODAY)
    District.objects.create(name="Valle Claro", cds_code="9900001", address="1 Oak", phone="", is_sample=True)
    Term.objects.create(year=year[1], system="trimester", number=1, starts=D("2026-08-12"), ends=D("2026-12-18"))


class Keys:
    """A keyboard that counts what is pressed."""

    def __init__(self, page):
        self.page, self.count, self.pages = page, 0, 0
        page.on("load", lambda: setattr(self, "pages", self.pages + 1))

    def type(self, text):
        self.page.keyboard.type(text)
        self.count += len(text)

    def press(self, *names):
        for name in names:
            self.page.keyboard.press(name)
            self.count += 1


def to_field(keys, label):
    """Tab on until the field has the focus."""
    field = keys.page.get_by_label(label)
    for _step in range(40):
        if field.evaluate("field => field === document.activeElement"):
            return
        keys.press("Tab")
    raise AssertionError(f"{label} is not reached by Tab.")


@pytest.mark.plan("MP1-02", "MP1-04")
def test_five_children_are_enrolled_and_surveyed_by_keyboard(page, live_server, marisela, capsys):
    sign_in(page, marisela, live_server)
    page.goto(live_server.url + reverse("enroll"))
    keys = Keys(page)
    expect(page.get_by_label("new to school")).to_be_focused()
    keys.press("Space")
    for number, (last, first, born, language, parent) in enumerate(PEOPLE):
        to_field(keys, "Last name")
        assert (number == 0) or keys.page.get_by_label("Grade").input_value() == "KN"
        keys.type(last)
        keys.press("Tab")
        keys.type(first)
        keys.press("Tab", "Tab")
        keys.type(born)
        keys.press("Tab", "Tab")
        keys.type(f"99000{number}")
        if number == 0:
            to_field(keys, "Grade")
            keys.type("k")
        keys.press("Control+Enter")
        expect(page.get_by_label("1. Which language did your child learn")).to_be_focused()
        for question in range(4):
            keys.type(language)
            keys.press("Tab")
            if question == 0:
                whole = page.get_by_label("1. Which language did your child learn").input_value()
                assert whole in ("Spanish", "Punjabi", "Hmong", "English")
        keys.type(parent)
        keys.press("Tab")
        keys.type("12/8/26")
        keys.press("Enter")
        expect(page.get_by_role("heading", name="Enroll a child")).to_be_visible()
        expect(page.locator("#messages")).to_contain_text(f"{first} {last}")
    expect(page.get_by_label("Last name")).to_be_focused()
    assert Student.objects.count() == HomeLanguageSurvey.objects.count() == 5
    assert set(HomeLanguageSurvey.objects.values_list("question_1__name", flat=True)) == {
        "Spanish",
        "Punjabi",
        "Hmong",
        "English",
    }
    typed = sum(
        len("".join((last, first, born, parent))) + 6 + 7 + 4 * len(lang) for last, first, born, lang, parent in PEOPLE
    )
    with capsys.disabled():
        print(
            f"\nfive children: {keys.count} keys ({typed} of them what stands on the paper), {keys.pages} pages;",
            end=" ",
        )
    assert keys.pages == 10  # a form and a survey each
    assert keys.count < typed + 5 * 25 + 20


def test_a_stranger_in_a_language_box_stays_as_typed(page, live_server, marisela, enroll):
    sign_in(page, marisela, live_server)
    page.goto(live_server.url + reverse("survey", args=[enroll().pk]))
    box = page.get_by_label("1. Which language did your child learn")
    for typed, shown in (
        ("s", "s"),
        ("Klingon", "Klingon"),
        ("PUN", "Punjabi"),
        ("28", "Punjabi"),
        ("english", "English"),
    ):
        box.fill(typed)
        box.press("Tab")
        expect(box).to_have_value(shown)


@pytest.fixture
def learner(enroll, survey, rosa, ruth, programs, tomas):
    child = enroll(teacher=tomas)
    survey(child, "Punjabi", "English", "Punjabi", "-", signed_by="M. Gill", signed_on=ENROLLED)
    actions.set_statuses_from_state(by=rosa, rows=[actions.StateStatus(child.pk, "EL", D("2026-12-01"), "Novice")])
    actions.place_student(by=ruth, student=child, program=programs["sei"], starts=D("2026-12-02"))
    return child


def look_over(page, name):
    axe(page, name)
    fits(page)
    picture(page, name)


@pytest.mark.plan("MP1-35", "MP1-40", "MP1-41", "MP1-44")
def test_from_the_review_to_the_entered_change(page, live_server, learner, ruth, marisela):
    desk = sign_in(page, ruth, live_server)
    desk.goto(live_server.url + reverse("review"))
    look_over(desk, "review")
    desk.get_by_label("Tick all on this page").check()
    desk.get_by_role("button", name="These are right").press("Enter")
    expect(desk.locator("#messages")).to_contain_text("1 record is noted as right.")
    assert RecordReview.objects.count() == 1
    desk.goto(live_server.url + reverse("review") + "?show=all")
    desk.get_by_role("link", name="Something is wrong").click()
    desk.get_by_label("What is wrong?").select_option("status_since")
    desk.get_by_label("What should stand there").fill("9/7/2023")
    desk.get_by_label("How is it known?").fill("The state's report in the folder")
    look_over(desk, "change-ask")
    desk.get_by_role("button", name="Ask the secretary to change it").click()
    expect(desk.locator("#messages")).to_contain_text("The secretary has it in the list of changes")
    desk.goto(live_server.url + reverse("review"))
    expect(desk.get_by_text("No record is in this list.")).to_be_visible()

    desk.goto(live_server.url + reverse("attestations"))
    look_over(desk, "attestations")
    desk.get_by_role("button", name="Draw the folders").first.click()
    look_over(desk, "attestation")
    desk.get_by_role("link", name=learner.name).last.click()
    look_over(desk, "attested-folder")
    for box in desk.get_by_label("right", exact=True).all():
        box.check()
    desk.get_by_role("button", name="Record what was found", exact=True).click()
    desk.get_by_role("button", name="Sign: I vouch for these records").click()
    expect(desk.locator("#messages")).to_contain_text("The records are vouched for.")

    sign_in(page, marisela, live_server)
    desk.goto(live_server.url + reverse("changes"))
    desk.get_by_text("Fields of Aeries").first.click()
    look_over(desk, "changes")
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.get_by_role("button", name="Copy").first.click()
    expect(desk.get_by_role("button", name="Copied")).to_be_visible()
    desk.get_by_label("Tick all on this page").check()
    desk.get_by_role("button", name="Note as entered").click()
    expect(desk.locator("#messages")).to_contain_text("1 change is noted as entered.")
    assert ChangeTask.objects.get().entered_on == TODAY


def test_aeries_packets_and_copies_hold_for_everybody(page, live_server, learner, marisela, tomas):
    desk = sign_in(page, marisela, live_server)
    for name in ("aeries", "aeries_compare", "packets", "teacher_copies", "copies_print"):
        desk.goto(live_server.url + reverse(name))
        look_over(desk, name.replace("_", "-"))
    for name in ("packet", "scan_attach", "folder"):
        desk.goto(live_server.url + reverse(name, args=[learner.pk]))
        look_over(desk, name.replace("_", "-"))
    sign_in(page, tomas, live_server)
    desk.goto(live_server.url + reverse("my_copies"))
    look_over(desk, "my-copies")


@pytest.mark.plan("MP1-11", "MP1-33")
def test_aeries_and_scans_without_script(without_script, live_server, learner, marisela, tmp_path):
    page = sign_in(without_script, marisela, live_server)
    page.goto(live_server.url + reverse("aeries") + "?kind=status")
    expect(page.locator("textarea").first).to_contain_text("STU.LF")
    page.locator("input[name=pick]").first.check()
    page.get_by_role("button", name="Note as entered").click()
    expect(page.locator("#messages")).to_contain_text("1 fact is noted as entered.")
    assert AeriesTick.objects.count() == 1
    page.goto(live_server.url + reverse("aeries_compare"))
    page.get_by_label("Or paste the list here").fill(f"ID\tLF\n{learner.local_id}\tR")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="1 difference")).to_be_visible()
    file = tmp_path / "photo.jpg"
    file.write_bytes(photo("JPEG"))
    page.goto(live_server.url + reverse("scan_attach", args=[learner.pk]))
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Attach the scan").click()
    expect(page.locator("#messages")).to_contain_text("The scan is attached")
    assert FolderScan.objects.get().file_type == "jpeg"
