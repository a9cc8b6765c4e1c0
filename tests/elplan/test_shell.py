"""What stands around every page: sign-in, menu, help, errors."""

import pytest
from django.conf import settings
from django.template import loader
from django.test import Client
from django.urls import reverse

from district.enums import Role
from district.models import District
from elplan.context import MENU, short_grade
from tests.students.conftest import person

PASSWORD = "canal orchard almond"


@pytest.fixture
def account(alder):
    user = person("marisela", "Marisela", "Ochoa", (Role.SECRETARY, alder))
    user.email = "marisela@school.example"
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client, login, password):
    return client.post(reverse("account_login"), {"login": login, "password": password})


@pytest.mark.parametrize("login", ["marisela", "marisela@school.example"])
def test_sign_in_by_name_or_address(client, account, login):
    answer = sign_in(client, login, PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_nobody_learns_whether_an_account_exists(client, account):
    pages = [
        sign_in(Client(), login, "something else").content.decode().replace(login, "")
        for login in ("marisela", "nobody-at-all")
    ]
    without_tokens = [page[: page.index("csrfmiddlewaretoken")] for page in pages]
    assert without_tokens[0] == without_tokens[1]
    assert "There is a problem" in pages[0]
    assert "<title>Error: Sign in | elplan</title>" in pages[0]


def test_password_is_never_printed_back(client, account):
    assert "something else" not in sign_in(client, "marisela", "something else").content.decode()


@pytest.mark.parametrize("path", ["/account/signup/", "/accounts/signup/", "/account/password/reset/"])
def test_nobody_signs_up(client, db, path):
    assert client.get(path).status_code == 404


def test_guessing_is_slowed_for_the_account(client, account):
    for _try in range(6):
        page = sign_in(client, "marisela", "something else")
    assert "Too many failed login attempts" in page.content.decode()
    assert sign_in(client, "marisela", PASSWORD).status_code == 200


def test_signing_out_needs_a_button(client, account):
    client.force_login(account)
    client.get(reverse("account_logout"))
    assert client.get("/").status_code == 200
    client.post(reverse("account_logout"))
    assert client.get("/").status_code == 302


def test_page_is_not_kept_by_the_browser(client, account):
    client.force_login(account)
    assert client.get("/").headers["Cache-Control"] == "no-store"


def test_menu_holds_what_the_roles_allow(client, marisela, imogen, rosa):
    labels = {}
    for user in (marisela, imogen, rosa):
        client.force_login(user)
        menu = client.get("/help/").context["shell"].menu
        labels[user.username] = [item.label for group in menu for item in group.items]
    assert "All that is due" in labels["marisela"]
    assert labels["imogen"] == ["Figures", "Profile"]
    assert set(labels["marisela"]) | set(labels["imogen"]) <= set(labels["rosa"])


def test_every_line_of_the_menu_leads_somewhere(client, rosa):
    client.force_login(rosa)
    for _heading, lines in MENU:
        for line in lines:
            assert client.get(reverse(line.url_name)).status_code == 200, line


def test_practice_district_says_so(client, account):
    District.objects.create(name="Valle Claro", cds_code="9900001", address="", phone="", is_sample=True)
    client.force_login(account)
    assert "All people in it are invented." in client.get("/").content.decode()


def test_foot_of_the_print_names_who_printed(client, account):
    client.force_login(account)
    page = client.get("/help/").content.decode()
    assert "by Marisela Ochoa, school secretary." in page
    assert "Alder Primary, TK to 3." in page


@pytest.mark.parametrize("role", Role)
def test_help_speaks_to_every_role(client, alder, role):
    user = person("somebody", "Some", "Body", (role, alder))
    client.force_login(user)
    page = client.get(reverse("help")).content.decode()
    assert f"Your role: {role.label}" in page
    assert page.count("<ol>") == 1


@pytest.mark.parametrize(("code", "said"), [("TK", "TK"), ("KN", "K"), ("03", "3"), ("12", "12")])
def test_short_grade(code, said):
    assert short_grade(code) == said


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_error_pages_need_nothing_and_lead_on(name):
    page = loader.get_template(f"{name}.html").render()
    assert "<h1>" in page
    assert '<a href="/">' in page


def test_not_found_says_what_it_may_be(client, account):
    client.force_login(account)
    page = client.get("/children/999999/").content.decode()
    assert "There is nothing here for you" in page


def test_who_holds_no_role_is_told_so(client, otto):
    client.force_login(otto)
    assert "You have no role yet" in client.get("/").content.decode()


def test_form_of_another_session_is_sent_again(account):
    client = Client(enforce_csrf_checks=True)
    answer = sign_in(client, "marisela", PASSWORD)
    assert answer.status_code == 403
    assert "Please send it again" in answer.content.decode()


def test_content_policy_is_strict(client, account):
    client.force_login(account)
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
    assert settings.CONTENT_SECURITY_POLICY


def test_page_is_in_one_language(client, account):
    """Until the screens are translated, a browser that asks for Spanish gets no Spanish days in English sentences."""
    client.force_login(account)
    page = client.get("/help/", headers={"accept-language": "es-MX,es;q=0.9"}).content.decode()
    assert '<html lang="en">' in page
    assert "<h2>Dates</h2>" in page
