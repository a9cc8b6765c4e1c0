"""Tests in a real browser: the machine's Chromium, against a live server on its own database.

Three things to know:
- Playwright keeps an event loop in the test's thread, so Django must be told that database access there is meant:
  `DJANGO_ALLOW_ASYNC_UNSAFE=1` (bin/test sets it), and these tests run in a process of their own.
- The live server runs in another thread and sees only what is committed. `live_server` therefore implies a
  transactional test: every table is emptied afterwards, reference data included.
- Any error in the browser's console (a broken content policy too) and any request to another host fails the test.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from district.models import User
from tests.students.conftest import (  # noqa: F401 -- the cast: fixtures are found by their names
    alder,
    birch,
    enroll,
    imogen,
    languages,
    marisela,
    nadia,
    otto,
    programs,
    reference,
    rosa,
    ruth,
    survey,
    tomas,
    year,
)

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 375, "height": 812}
SMALLEST = {"width": 320, "height": 640}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EXPECTED_ERRORS = ("the server responded with a status of 404", "the server responded with a status of 403")


@pytest.fixture(scope="session", autouse=True)
def database_beside_an_event_loop() -> Iterator[None]:
    """For whoever calls pytest without bin/test."""
    before = os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    yield
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "viewport": DESK,
        "locale": "en-US",
        "timezone_id": "America/Los_Angeles",
        "reduced_motion": "reduce",
    }


@pytest.fixture
def page(page: Page, live_server: Any) -> Iterator[Page]:
    """A page that notices what must never happen."""
    faults = watch(page, live_server.url)
    yield page
    assert not faults, "\n".join(faults)


@pytest.fixture
def phone(page: Page) -> Page:
    page.set_viewport_size(PHONE)
    return page


@pytest.fixture
def without_script(browser: Browser, browser_context_args: dict[str, Any], live_server: Any) -> Iterator[Page]:
    """A page in a browser whose owner has switched JavaScript off."""
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": False})
    opened = context.new_page()
    faults = watch(opened, live_server.url)
    yield opened
    context.close()
    assert not faults, "\n".join(faults)


def watch(page: Page, home: str) -> list[str]:
    """Collect errors of the console, uncaught exceptions and requests to other hosts."""
    faults: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(text in message.text for text in EXPECTED_ERRORS):
            faults.append(f"console: {message.text} ({message.location.get('url', '')})")

    def asked(request: Request) -> None:
        if urlsplit(request.url).scheme in ("http", "https") and not request.url.startswith(home):
            faults.append(f"request to another host: {request.url}")

    page.on("console", said)
    page.on("pageerror", lambda error: faults.append(f"exception: {error}"))
    page.on("request", asked)
    return faults


def sign_in(page: Page, user: User, live_server: Any) -> Page:
    """Give the browser the user's session; the sign-in form has tests of its own."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context: BrowserContext = page.context
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    return page


def axe(page: Page, state: str = "") -> None:
    """No violation of WCAG 2.2 A and AA, nor of axe's best practice. Names the rule, the element and what to do."""
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate("rules => axe.run({runOnly: rules, resultTypes: ['violations']})", RULES)
    lines = [
        f"{fault['id']} ({fault['impact']}): {fault['help']}\n    {node['html'][:200]}\n    {node['failureSummary']}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]
    assert not lines, f"axe on {page.url} {state}\n" + "\n".join(lines)


def fits(page: Page) -> None:
    """No sideways scrolling on a phone, nor on the smallest width that must work (WCAG 1.4.10)."""
    before = page.viewport_size
    for size in (PHONE, SMALLEST):
        page.set_viewport_size(size)
        wide = page.evaluate(
            """() => [document.documentElement.scrollWidth, document.documentElement.clientWidth,
                [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1
                    && !e.closest('.scroll')).slice(0, 3).map(e => e.outerHTML.slice(0, 120))]"""
        )
        assert wide[0] <= wide[1], f"{page.url} is {wide[0]} px wide at {size['width']}: {wide[2]}"
    page.set_viewport_size(before or DESK)


def picture(page: Page, name: str) -> None:
    """With SCREENS=folder, keep how the page looks at a desk and on a phone."""
    if not (folder := os.environ.get("SCREENS")):
        return
    before = page.viewport_size
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        page.screenshot(path=Path(folder) / f"{name}-{size['width']}.png", full_page=True)
    page.set_viewport_size(before or DESK)
