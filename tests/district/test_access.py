"""Every route says what it asks for and which methods it answers; who does not have it finds nothing there."""

import re
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.contrib.sessions.models import Session
from django.core import checks as django_checks
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.urls import path, reverse
from django.utils import timezone

from district import access, checks
from district.access import PUBLIC, AccessMiddleware, Scope, demand, requires, routes
from district.enums import Role
from district.models import Look, RoleAssignment, User
from district.permissions import ROLE_PERMISSIONS, Permission
from district.refusal import NotAllowed
from tests.district.conftest import person

P = Permission
PUBLIC_ROUTES = {"account_login", "account_logout", "account_inactive", "set_password"}


def undeclared(request):
    return HttpResponse("open")


@requires(P.MANAGE_DISTRICT, methods=("GET",))
def shown(request):
    return HttpResponse("shown")


@requires(P.MANAGE_DISTRICT, methods=("POST",))
def done(request):
    return HttpResponse("done")


def answer(view, user, method="GET", **headers):
    """What the middleware says before the view is asked; None: the view is asked."""
    request = RequestFactory(headers=headers).generic(method, "/somewhere/?page=2")
    request.user, request.resolver_match = user, SimpleNamespace(view_name="somewhere")
    return AccessMiddleware(view).process_view(request, view, (), {})


NOBODY = SimpleNamespace(is_authenticated=False)


def signed_in(*permissions):
    return SimpleNamespace(is_authenticated=True, may=lambda asked: asked in permissions)


def test_a_route_that_declares_nothing_keeps_elplan_from_starting(monkeypatch):
    resolver = SimpleNamespace(url_patterns=[path("open/", undeclared, name="open")])
    monkeypatch.setattr(access, "get_resolver", lambda: resolver)
    errors = checks.every_route_is_declared()
    assert [(error.id, error.level) for error in errors] == [("district.E001", django_checks.ERROR)]
    assert "'open/'" in errors[0].msg


def test_a_method_that_is_no_method_keeps_elplan_from_starting(monkeypatch):
    @requires(PUBLIC, methods=("GET", "DELETE"))
    def view(request):
        return HttpResponse()

    resolver = SimpleNamespace(url_patterns=[path("odd/", view, name="odd")])
    monkeypatch.setattr(access, "get_resolver", lambda: resolver)
    assert [error.id for error in checks.every_route_is_declared()] == ["district.E002"]


def test_all_our_routes_are_declared():
    assert checks.every_route_is_declared() == []
    assert len(list(routes())) > 40


def test_only_these_pages_need_no_account():
    public = {pattern.name for _path, pattern in routes() if access.declared_permission(pattern) == PUBLIC}
    assert public == PUBLIC_ROUTES


def test_every_library_route_that_is_named_is_there():
    """A name left over from a page that is gone would open whatever takes the name next."""
    assert set(access.LIBRARY_ROUTES) <= {pattern.name for _path, pattern in routes()}


def test_a_view_that_declares_nothing_is_not_found_even_if_it_were_started():
    with pytest.raises(Http404):
        answer(undeclared, signed_in(*Permission))


def test_a_stranger_is_asked_to_sign_in_and_led_back():
    response = answer(shown, NOBODY)
    assert (response.status_code, response.url) == (302, "/account/login/?next=/somewhere/%3Fpage%3D2")


def test_a_stranger_who_posts_is_not_led_back_to_the_form():
    assert answer(done, NOBODY, "POST").url == "/account/login/?next=/"


def test_a_part_of_a_page_sends_its_whole_page_to_sign_in(client):
    response = client.get(reverse("search_while_typing"), headers={"HX-Request": "true"})
    assert (response.status_code, response.headers["HX-Redirect"]) == (401, "/account/login/?next=/")


def test_who_lacks_the_permission_finds_nothing_there():
    with pytest.raises(Http404):
        answer(shown, signed_in(P.SIGNED_IN))


@pytest.mark.parametrize(
    ("view", "method", "status"),
    [
        (shown, "GET", None),
        (shown, "HEAD", None),
        (shown, "POST", 405),
        (done, "POST", None),
        (done, "GET", 405),
        (done, "HEAD", 405),
        (shown, "PUT", 405),
        (shown, "DELETE", 405),
        (done, "PATCH", 405),
        (shown, "OPTIONS", 405),
    ],
)
def test_a_view_answers_the_methods_it_names(view, method, status):
    response = answer(view, signed_in(P.MANAGE_DISTRICT), method)
    assert (response and response.status_code) == status


@pytest.mark.django_db
def test_an_address_that_only_does_something_says_so_to_whoever_opens_it(client, administrator):
    client.force_login(administrator)
    response = client.get(reverse("section_assign"))
    page = response.content.decode()
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert "This page opens from a list" in page
    assert 'href="/"' in page


def test_who_may_not_learns_nothing_about_methods():
    with pytest.raises(Http404):
        answer(done, signed_in(P.SIGNED_IN), "GET")


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["account_signup", "account_reset_password", "account_email", "admin:index"])
def test_what_is_closed_has_no_address(client, name):
    taken = {pattern.name for _path, pattern in routes()}
    assert name not in taken
    for address in ("/account/signup/", "/account/password/reset/", "/account/email/", "/admin/"):
        assert client.get(address).status_code == 404


@pytest.mark.django_db
def test_pages_of_signed_in_people_are_not_kept_by_browsers(client, secretary):
    client.force_login(secretary)
    assert client.get(reverse("settings")).headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_an_account_that_is_closed_is_refused_at_its_next_request(client, administrator, secretary):
    from district import actions

    client.force_login(secretary)
    assert client.get(reverse("settings")).status_code == 200
    actions.deactivate_account(secretary.pk, by=administrator, reason="left")
    assert client.get(reverse("settings")).status_code == 302
    actions.reactivate_account(secretary.pk, by=administrator)
    assert client.get(reverse("settings")).status_code == 302, "the old session must not come back to life"


@pytest.mark.django_db
def test_a_new_password_ends_open_sessions(client, administrator, secretary):
    from district import actions

    client.force_login(secretary)
    actions.new_password_link(secretary.pk, by=administrator)
    assert client.get(reverse("settings")).status_code == 302


@pytest.mark.django_db
def test_a_role_that_ends_bites_at_the_next_request(client, secretary):
    second = person("second", Role.EL_ADMINISTRATOR)
    client.force_login(second)
    assert client.get(reverse("letterhead")).status_code == 200
    RoleAssignment.objects.filter(user=second).update(ends=timezone.localdate() - timedelta(days=1))
    assert client.get(reverse("letterhead")).status_code == 404


@pytest.mark.parametrize("role", Role)
def test_every_role_may_do_something_and_the_board_sees_no_child(role):
    held = ROLE_PERMISSIONS[role]
    assert P.SIGNED_IN in held
    if role in (Role.BOARD, Role.SUPERINTENDENT):
        assert held == {P.SIGNED_IN, P.VIEW_FIGURES}


SCOPES = [
    pytest.param([(Role.EL_ADMINISTRATOR, None)], (True, {1: True, 2: True}), id="whole-district"),
    pytest.param([(Role.EL_ADMINISTRATOR, 1)], (False, {1: True, 2: False}), id="one-school"),
    pytest.param([(Role.SECRETARY, 1)], (False, {1: False, 2: False}), id="another-role"),
    pytest.param([], (False, {1: False, 2: False}), id="no-role"),
]


@pytest.mark.parametrize(("grants", "expected"), SCOPES)
def test_demand_asks_where_the_permission_is_held(grants, expected):
    user = SimpleNamespace(grants=grants, pk=7)

    def holds(school):
        try:
            demand(user, P.MANAGE_PEOPLE, school)
        except NotAllowed:
            return False
        return True

    everywhere, schools = expected
    assert holds(None) is everywhere
    assert {pk: holds(SimpleNamespace(pk=pk)) for pk in schools} == schools


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        pytest.param([(Role.TEACHER, 1)], Scope(False, frozenset(), 7), id="a-teacher-sees-the-own-class"),
        pytest.param([(Role.TEACHER, None)], Scope(False, frozenset(), 7), id="in-the-whole-district-too"),
        pytest.param(
            [(Role.TEACHER, 1), (Role.SECRETARY, 2)], Scope(False, frozenset({2}), 7), id="a-teacher-with-a-post"
        ),
        pytest.param([(Role.BOARD, None)], Scope(False, frozenset(), None), id="the-board-sees-none"),
    ],
)
def test_whose_children_a_person_sees(grants, expected):
    assert Scope.of(SimpleNamespace(grants=grants, pk=7), P.VIEW_STUDENTS) == expected


@pytest.mark.django_db
def test_sessions_are_stored_on_the_server(client, secretary):
    client.force_login(secretary)
    assert Session.objects.count() == 1
    assert re.fullmatch(r"[a-z0-9]{32}", client.cookies["sessionid"].value)


@pytest.mark.django_db
def test_the_command_line_s_account_cannot_sign_in(client):
    account = User.objects.command_line()
    for password in ("", "!", account.password):
        assert not client.login(username=account.username, password=password)
    assert account.may(P.MANAGE_DISTRICT)
    assert account not in User.objects.holding(Role.EL_ADMINISTRATOR, None, date(2026, 11, 23))


@pytest.mark.django_db
@pytest.mark.plan("MP3-10")
def test_a_look_is_written_down_for_each_child(secretary, django_assert_num_queries):
    with django_assert_num_queries(1):
        access.log_look(secretary, [11, 12, 13], "printed the label")
    rows = Look.objects.values_list("user", "student_id", "what", "at__date").order_by("student_id")
    assert list(rows) == [(secretary.pk, pk, "printed the label", timezone.localdate()) for pk in (11, 12, 13)]


@pytest.mark.parametrize(
    ("address", "offered"),
    [
        ("/children/1/test-score/", False),  # the examiner's
        ("/children/1/survey/?from=list", True),
        ("/account/login/", True),
        ("#h-status", True),
        ("/nowhere/", False),
    ],
)
def test_a_link_is_offered_to_who_may_open_it(address, offered):
    assert access.may_open(signed_in(P.RECORD_SURVEY, P.VIEW_STUDENTS), address) is offered
