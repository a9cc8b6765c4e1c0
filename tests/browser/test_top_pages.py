"""Sign-in, search, today's list and the child's page in a real browser: by keyboard, on a phone, without script."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from district.models import District, Look
from tests.browser.conftest import axe, fits, picture, sign_in
from tests.elplan.conftest import two_rules  # noqa: F401 -- a fixture

PASSWORD = "canal orchard almond"


@pytest.fixture(autouse=True)
def facts_of_law(reference):
    """Every page that counts days needs them."""


@pytest.fixture
def desk(page, marisela, live_server):
    """The secretary of Alder Primary, signed in."""
    District.objects.create(name="Valle Claro", cds_code="9900001", address="1 Oak", phone="", is_sample=True)
    return sign_in(page, marisela, live_server)


@pytest.fixture
def children(enroll, survey, two_rules):  # noqa: F811
    """Five children with duties of all kinds of urgency; the first has a survey, two share a name."""
    today = timezone.localdate()
    names = ["Ángel Núñez", "Jasleen Gill", "Ana Sofía García López", "Ana Lucía García López", "Iker Zúñiga"]
    found = []
    for number, (name, ago) in enumerate(zip(names, [12, 12, 5, 5, 0], strict=True)):
        first, *last = name.rsplit(" ", 2) if name.startswith("Ana") else name.split(" ", 1)
        found.append(
            enroll(
                first_name=first,
                last_name=" ".join(last),
                local_id=str(104_900 + number),
                ssid=f"99{104_900_00 + number:08}",
                starts=today - timedelta(days=ago),
                birth_date=today.replace(year=today.year - 6, day=1) + timedelta(days=number),
            )
        )
    survey(found[0], "Spanish", "Spanish", "English", "-", answered_on=found[0].current_enrollment.starts)
    return found


def test_sign_in_by_keyboard(page, live_server, marisela, two_rules):  # noqa: F811
    marisela.set_password(PASSWORD)
    marisela.save()
    page.goto(live_server.url)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    axe(page, "empty")
    fits(page)
    picture(page, "sign-in")

    page.get_by_label("User name or e-mail address").press("Enter")
    expect(page).to_have_title("Error: Sign in | elplan")
    expect(page.get_by_role("alert")).to_be_focused()
    axe(page, "with errors")
    picture(page, "sign-in-errors")

    page.get_by_label("User name or e-mail address").fill("marisela")
    page.keyboard.press("Tab")
    page.keyboard.type("not it")
    page.keyboard.press("Enter")
    expect(page.get_by_label("User name or e-mail address")).to_have_value("marisela")
    expect(page.get_by_label("Password")).to_have_value("")

    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Today")).to_be_visible()


def test_search_by_keyboard_alone(desk, live_server, children):
    desk.goto(live_server.url)
    desk.keyboard.press("/")
    box = desk.get_by_label("Find a child")
    expect(box).to_be_focused()

    desk.keyboard.type("garcia")
    options = desk.get_by_role("option")
    expect(options).to_have_count(2)
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(desk.locator("#found-said")).to_have_text("2 children found, arrow down to choose")
    axe(desk, "children found while typing")
    picture(desk, "search-while-typing")

    desk.keyboard.press("ArrowDown")
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    desk.keyboard.press("ArrowUp")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", "found-2")
    axe(desk, "a child chosen")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Ana Sofía García López")
    assert "garcia" not in desk.url


def test_search_closes_with_escape_and_says_when_nobody_fits(desk, live_server, children):
    desk.goto(live_server.url)
    box = desk.get_by_label("Find a child")
    box.press_sequentially("gil")
    expect(desk.get_by_role("option")).to_have_count(1)
    box.press("Escape")
    expect(desk.get_by_role("option")).to_have_count(0)
    expect(box).to_have_attribute("aria-expanded", "false")
    box.fill("")
    box.press_sequentially("xyzzy")
    expect(desk.locator("#found")).to_contain_text("Nobody you may see fits")
    expect(desk.locator("#found-said")).to_have_text("Nobody found")


def test_search_page_can_be_gone_back_to(desk, live_server, children):
    desk.goto(live_server.url)
    desk.get_by_label("Find a child").fill("garcia")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Children who fit “garcia”")
    axe(desk, "results")
    fits(desk)
    picture(desk, "search")
    desk.get_by_role("link", name="Ana Lucía García López").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Ana Lucía")
    desk.go_back()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Children who fit “garcia”")


def test_slash_is_only_a_letter_in_a_field_and_can_be_switched_off(desk, live_server, children):
    desk.goto(f"{live_server.url}{reverse('help')}")
    axe(desk)
    fits(desk)
    picture(desk, "help")
    desk.get_by_role("button", name="Switch the / key off").click()
    expect(desk.get_by_role("button", name="Switch the / key on")).to_be_visible()
    desk.keyboard.press("/")
    expect(desk.get_by_label("Find a child")).not_to_be_focused()
    expect(desk.locator(".top-find .keys")).to_be_hidden()
    desk.get_by_role("button", name="Switch the / key on").click()
    desk.locator("main").focus()
    desk.keyboard.press("/")
    expect(desk.get_by_label("Find a child")).to_be_focused()
    desk.keyboard.type("3/9")
    expect(desk.get_by_label("Find a child")).to_have_value("3/9")


def test_today_leads_from_the_line_to_the_deed(desk, live_server, children):
    desk.goto(live_server.url)
    expect(desk.get_by_role("heading", name="Late", exact=True)).to_be_visible()
    expect(desk.get_by_role("link", name="2 late")).to_be_visible()
    axe(desk)
    fits(desk)
    picture(desk, "today")
    desk.get_by_role("link", name=re.compile("Do it ?: Greet the child for Ángel and Jasleen")).click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Ángel Núñez")
    desk.go_back()
    desk.get_by_role("link", name="Greet the child", exact=True).first.click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("What you have to do")
    expect(desk.locator("main tbody tr")).to_have_count(2)
    axe(desk, "one pile")


def test_today_without_duties_says_what_would_stand_there(desk, live_server, two_rules):  # noqa: F811
    desk.goto(live_server.url)
    expect(desk.get_by_role("heading", name="Nothing is waiting for you")).to_be_visible()
    axe(desk, "empty")
    fits(desk)
    picture(desk, "today-empty")


def test_put_back_from_today(desk, live_server, children):
    desk.goto(live_server.url)
    row = desk.get_by_role("row").filter(has_text="Iker Zúñiga enrolled")
    row.get_by_role("button", name="Put back").click()
    expect(desk.locator("#messages")).to_contain_text("Put back: Iker Zúñiga enrolled at Alder")
    axe(desk, "with a message")
    picture(desk, "today-put-back")


def test_filters_of_the_list_stand_in_the_address(desk, live_server, children):
    desk.goto(f"{live_server.url}{reverse('duties')}")
    axe(desk)
    fits(desk)
    picture(desk, "duties")
    desk.get_by_label("State").select_option("late")
    desk.get_by_label("mine only").check()
    desk.get_by_role("button", name="Show").click()
    expect(desk).to_have_url(f"{live_server.url}/duties/?state=late&rule=&school=&owner=&mine=1")
    expect(desk.locator("main tbody tr")).to_have_count(2)
    with desk.expect_download() as download:
        desk.get_by_role("link", name="Save the list as a file").click()
    assert download.value.suggested_filename.startswith("due-")


def test_childs_page(desk, live_server, children):
    desk.goto(f"{live_server.url}{reverse('child', args=[children[0].pk])}")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Ángel Núñez")
    axe(desk)
    fits(desk)
    picture(desk, "child")
    desk.get_by_role("link", name="why").click()
    assert desk.url.endswith("#status")
    desk.get_by_text("may see it today").click()
    expect(desk.get_by_text("School secretary", exact=True)).to_be_visible()
    axe(desk, "who may see it")
    desk.get_by_role("link", name="The one look, to print for the parents").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Who looked at the record of Ángel Núñez")
    axe(desk)
    fits(desk)
    picture(desk, "looks")
    assert Look.objects.filter(student_id=children[0].pk).count() == 1


def test_child_without_anything_yet(desk, live_server, children):
    desk.goto(f"{live_server.url}{reverse('child', args=[children[4].pk])}")
    expect(desk.get_by_text("No status yet.")).to_be_visible()
    axe(desk, "empty")
    fits(desk)
    picture(desk, "child-empty")


def test_childs_page_prints_without_what_cannot_be_pressed(desk, live_server, children):
    desk.goto(f"{live_server.url}{reverse('child', args=[children[0].pk])}")
    desk.emulate_media(media="print")
    for selector in (".top", ".menu", ".page-links"):
        expect(desk.locator(selector)).to_be_hidden()
    expect(desk.locator(".print-foot")).to_contain_text("by Marisela Ochoa, school secretary")


def test_menu_on_a_phone_is_a_drawer(desk, live_server, children):
    desk.set_viewport_size({"width": 375, "height": 812})
    desk.goto(live_server.url)
    expect(desk.get_by_role("navigation", name="Menu")).to_be_hidden()
    desk.get_by_role("link", name="Menu", exact=True).click()
    expect(desk.get_by_role("navigation", name="Menu")).to_be_visible()
    axe(desk, "open menu")
    desk.screenshot()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("navigation", name="Menu")).to_be_hidden()
    expect(desk.get_by_role("link", name="Menu", exact=True)).to_be_focused()


def test_without_script_everything_is_reached(without_script, marisela, live_server, children):
    page = sign_in(without_script, marisela, live_server)
    page.set_viewport_size({"width": 375, "height": 812})
    page.goto(live_server.url)
    page.get_by_role("link", name="Menu", exact=True).click()
    page.get_by_role("link", name="Close menu").click()
    page.get_by_label("Find a child").fill("nunez")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Ángel Núñez").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ángel Núñez")
    page.get_by_role("link", name="Menu", exact=True).click()
    page.locator("#menu").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_figures_name_nobody(page, live_server, imogen, children):
    sign_in(page, imogen, live_server).goto(live_server.url)
    expect(page.get_by_role("heading", name="English learners on one page")).to_be_visible()
    axe(page)
    fits(page)
    picture(page, "figures")
    text = page.content()
    assert not [child.first_name for child in children if child.first_name in text]


def test_page_not_found(desk, live_server):
    desk.goto(f"{live_server.url}/children/999999/")
    expect(desk.get_by_role("heading", name="There is nothing here for you")).to_be_visible()
    axe(desk)
    fits(desk)
    picture(desk, "not-found")


def test_change_of_password(desk, live_server, marisela):
    marisela.set_password(PASSWORD)
    marisela.save()
    sign_in(desk, marisela, live_server).goto(f"{live_server.url}{reverse('account_change_password')}")
    axe(desk)
    fits(desk)
    desk.get_by_label("The password you use now").fill("not it")
    desk.get_by_label("The new password", exact=True).fill("short")
    desk.get_by_label("The new password again").fill("short")
    desk.get_by_role("button", name="Change the password").click()
    expect(desk.get_by_role("alert")).to_contain_text("There is a problem")
    axe(desk, "with errors")
    picture(desk, "password-errors")
