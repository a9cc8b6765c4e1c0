"""Every route, as every role, at the own school, another one and none, by every method: status and contents.

What is expected follows from the table of permissions (`district.permissions`) and from what each route declares. That
nothing leaks is looked for in the contents: each child has a word of its own in all its records, and no page, list,
workbook, PDF or header may hold the word of a child whom the person may not see. Nobody changes the records of such a
child either, whatever numbers stand in the address or in what is sent. New routes are walked by themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls.resolvers import URLPattern

from district.access import PUBLIC, declared_permission, routes
from district.enums import Role
from district.models import User
from district.permissions import ROLE_PERMISSIONS, Permission
from notifications.actions import letters
from notifications.render import render_pdf
from students.models import Student
from tests.access import tokens
from tests.access.payloads import forms_of
from tests.access.world import GONE, NOBODY, NONE, OTHER, OWN, WHOLE_DISTRICT, World

Sent = dict[str, list[str]]
pytestmark = pytest.mark.django_db  # the walked district lies in the test database
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SIGN_IN = "/account/login/"
ROUTES = list(routes())
TRIED: Counter[str] = Counter()
VISITED: set[str] = set()
CHANGED: set[str] = set()  # routes where what was sent changed records of children, for who may do so


@dataclass
class Walker:
    """One person on the way through all routes."""

    world: World
    role: str
    faults: list[str] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.client = Client(raise_request_exception=False)
        if self.role != NOBODY:
            self.client.force_login(self.world.people[self.role])
        self.cookies = {name: morsel.value for name, morsel in self.client.cookies.items()}
        sees = self.world.visible(self.role, Permission.VIEW_STUDENTS)
        self.out_of_sight = frozenset(set(self.world.school_of) - sees)
        self.untouched = tokens.checksum(self.out_of_sight)

    def _may(self, permission: str) -> bool:
        return permission == PUBLIC or permission in ROLE_PERMISSIONS.get(self.role, ())

    def walk(self) -> None:
        for path, route in ROUTES:
            VISITED.add(path)
            for place in (OWN, OTHER) if self.role in ROLE_PERMISSIONS else (NONE,):
                self._visit(path, route, place)
        if self.untouched != tokens.checksum(self.out_of_sight):
            self.faults.append("records of children out of sight are not what they were")

    def _visit(self, path: str, route: URLPattern, place: str) -> None:
        permission = declared_permission(route) or ""
        address, is_scoped = self.world.address(path, route, OWN if place == NONE else place)
        if place == OTHER and not is_scoped:
            if self._may(permission):
                self._with_other_numbers(address, route)
            return
        reached = self._may(permission) and (not is_scoped or self._reaches(route, permission, place))
        for method in METHODS:
            is_answered = answers(route, method)
            forms = office_forms(self.world.office, address) if method == "POST" and self._may(permission) else [{}]
            for form in forms:
                with self._watch(f"{method} {address}", look=self._may(permission) and is_answered) as said:
                    response = self._send(method, address, form)
                    said(response)
                self._judge(f"{method} {address}", permission, response.status_code, reached, is_answered)
                if self.role == NOBODY and permission != PUBLIC and response.status_code == 302:
                    assert response.headers["Location"].startswith(SIGN_IN)
        if reached and place == OWN and is_scoped and answers(route, "POST"):
            for form in office_forms(self.world.office, address):
                if (swapped := self._swap(form)) != form:
                    with self._watch(f"POST {address} with other numbers", look=True) as said:
                        said(self._send("POST", address, swapped))

    def _reaches(self, route: URLPattern, permission: str, place: str) -> bool:
        """May the person do this with what lies at the place? By the table; an entry belongs to who made it."""
        if route.name == "put_back":
            return self.role == Role.EL_ADMINISTRATOR
        return self.world.children[place].pk in self.world.visible(self.role, permission)

    def _judge(self, what: str, permission: str, status: int, reached: bool, is_answered: bool) -> None:
        if permission == PUBLIC:
            good = status < 500
        elif self.role == NOBODY:
            good = status in (302, 401)
        elif not self._may(permission):
            good = status == 404
        elif not is_answered:
            good = status == 405
        elif reached:
            good = status < 500 and status not in (401, 403, 404, 405)
        else:
            good = status == 404
        if not good:
            self.faults.append(f"{what}: {status}")

    def _with_other_numbers(self, address: str, route: URLPattern) -> None:
        """A page that is no one child's: ask it for another school's children, by every name an address may have."""
        other = self.world.children[OTHER].pk
        part = tokens.token(other)[:-1]  # finds the child, and is not itself its word when the page repeats it
        asked = {"q": part, "kind": "annual", "year": "2026-27"}
        asked |= dict.fromkeys(("child", "student", "pk", "id"), other)
        asked |= dict.fromkeys(("school", "school_id"), self.world.other.pk)
        if answers(route, "GET"):
            with self._watch(f"GET {address}?...", look=True) as said:
                said(self._send("GET", address, asked))
        if answers(route, "POST"):
            for form in office_forms(self.world.office, address):
                with self._watch(f"POST {address} with other numbers", look=True) as said:
                    said(self._send("POST", address, self._swap(form)))

    def _swap(self, form: Sent) -> Sent:
        """The numbers of the own child's things turned into those of the other's, and the own school's."""
        pairs = {str(each[OWN]): str(each[OTHER]) for each in self.world.objects.values() if OWN in each}
        pairs[str(self.world.own.pk)] = str(self.world.other.pk)
        return {name: [pairs.get(value, value) for value in values] for name, values in form.items()}

    def _send(self, method: str, address: str, sent: Mapping[str, Any]) -> HttpResponseBase:
        TRIED[method] += 1
        self.client.cookies = SimpleCookie(self.cookies)  # whatever came before, signing out among it
        call = getattr(self.client, method.lower())
        if method in ("PUT", "PATCH", "DELETE"):
            return call(address, b"{}", content_type="application/json")
        return call(address, sent)

    @contextmanager
    def _watch(self, what: str, *, look: bool) -> Iterator[Callable[[HttpResponseBase], None]]:
        """Take back what is written meanwhile; note what is shown and written of children out of sight."""

        broken = []

        def said(response: HttpResponseBase) -> None:
            if response.status_code >= 500:
                broken.append(response)
                self.faults.append(f"{what}: {response.status_code}")
            if leaked := tokens.children_in(response) & self.out_of_sight:
                self.faults.append(f"{what} shows {len(leaked)} children out of sight, as {min(leaked)}")

        if not look:
            yield said
            return
        with transaction.atomic():
            before = tokens.writes()
            yield said
            if not broken and tokens.writes() != before:
                self._look_at_writes(what)
            transaction.set_rollback(True)

    def _look_at_writes(self, what: str) -> None:
        now = tokens.checksum(self.out_of_sight)
        if changed := [table for table, hashed in now.items() if hashed != self.untouched[table]]:
            self.faults.append(f"{what} changed {', '.join(changed)} of children out of sight")
        fresh = Student.objects.exclude(pk__in=self.world.school_of)
        if self.role not in WHOLE_DISTRICT and fresh.exclude(current_enrollment__school=self.world.own).exists():
            self.faults.append(f"{what} put a child into another school")
        method, address, *_more = what.split()
        if method == "POST":
            CHANGED.add(address)
            self.changed.add(address)
        else:
            self.faults.append(f"{what} wrote records of children")


def answers(route: URLPattern, method: str) -> bool:
    """Does the route say that it answers this method?"""
    methods = getattr(route.callback, "answered_methods", ("GET", "POST"))
    return method in methods or (method == "HEAD" and "GET" in methods)


@lru_cache(maxsize=512)
def office_forms(office: User, address: str) -> list[Sent]:
    """What may be sent from the page at an address, as the EL administrator gets it: every box filled and ticked."""
    client = Client(raise_request_exception=False)
    client.force_login(office)
    with transaction.atomic():
        response = client.get(address)
        is_page = response.status_code == 200 and response.headers["Content-Type"].startswith("text/html")
        html = response.content.decode() if is_page else ""
        transaction.set_rollback(True)
    return [form.values for form in forms_of(html) if form.action in ("", address)] or [{"reason": ["walk"]}]


@pytest.fixture(scope="module", autouse=True)
def _each_text_is_set_once(world: World) -> Iterator[None]:
    """The same letter need not be laid out again for every reader: what is looked at is who gets it."""
    office_forms.cache_clear()
    rendered: dict[str, bytes] = {}

    def once(content: Any, *more: Any, **options: Any) -> bytes:
        key = repr((content, more, options))
        if key not in rendered:
            rendered[key] = render_pdf(content, *more, **options)
        return rendered[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(letters, "render_pdf", once)
        yield


@pytest.mark.parametrize("role", Role, ids=str)
def test_a_role_reaches_what_the_table_gives_it_and_nothing_else(world: World, role: Role) -> None:
    walker = Walker(world, role)
    walker.walk()
    assert not walker.faults, "\n".join(walker.faults)
    if role == Role.SECRETARY:  # what is sent has teeth: where it may, it changes records
        assert len(walker.changed) >= 5, walker.changed


def test_roles_that_have_ended_reach_nothing(world: World) -> None:
    walker = Walker(world, GONE)
    walker.walk()
    assert not walker.faults, "\n".join(walker.faults)


def test_nobody_gets_in_without_signing_in(world: World) -> None:
    walker = Walker(world, NOBODY)
    walker.walk()
    assert not walker.faults, "\n".join(walker.faults)


def test_words_are_found_where_they_may_be(world: World) -> None:
    """The net has no holes: in the own school's pages, lists, workbooks and PDFs the words are found."""
    client, child = Client(), world.children[OWN]
    client.force_login(world.people[Role.SECRETARY])
    letter = world.objects["letters/pk"][OWN]
    for address in (
        f"/children/{child.pk}/",
        "/children/",
        "/children/file.csv",
        "/children/file.xlsx",
        f"/letters/{letter}/pdf/",
        f"/search/?q={tokens.token(child.pk)}",
        "/duties/file/",
    ):
        assert child.pk in tokens.children_in(client.get(address)), address


def test_every_route_was_walked(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Runs last. A walk under xdist sees its own share only, so every route is at least visited by one role here."""
    if not VISITED:
        Walker(world, NOBODY).walk()
    with capsys.disabled():
        tried = ", ".join(f"{number} {method}" for method, number in TRIED.most_common())
        print(f"\n{len(VISITED)} of {len(ROUTES)} routes walked: {sum(TRIED.values())} requests ({tried});", end=" ")
        print(f"what was sent changed records of children at {len(CHANGED)} addresses")
    assert {path for path, _route in ROUTES} <= VISITED
