"""Tags and filters that every template has without loading them: marks with their words, days in words."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from district import access, wording

register = template.Library()

SIGNS = frozenset({"met", "not", "missing", "na", "late", "soon", "wait", "info"})
# The mark that goes with a tone; a tone is a class `is-...` in elplan.css.
MARK_OF_TONE = {"done": "met", "met": "met", **{tone: tone for tone in SIGNS}}


@register.simple_tag
def sign(name: str) -> SafeString:
    """A mark. It is hidden from screen readers, so a word must stand beside it."""
    if name not in SIGNS:
        raise ValueError(f"There is no sign {name!r}; there are {', '.join(sorted(SIGNS))}.")
    return format_html('<svg class="sign" aria-hidden="true" focusable="false"><use href="#sign-{}"/></svg>', name)


@register.simple_tag
def word(tone: str, text: Any, mark: str = "") -> SafeString:
    """`{% word "done" "filed" %}`: mark and word in a table or sentence. A tone without mark gives the bare text."""
    return _marked("word", tone, text, mark)


@register.simple_tag
def chip(tone: str, text: Any, mark: str = "") -> SafeString:
    """`{% chip "soon" "due today" %}`: mark and word in a small frame, for queues and task lists."""
    return _marked("chip", tone, text, mark)


def _marked(kind: str, tone: str, text: Any, mark: str) -> SafeString:
    if not tone:
        return format_html("{}", text)
    return format_html('<span class="{} is-{}">{}{}</span>', kind, tone, sign(mark or MARK_OF_TONE[tone]), text)


@register.simple_tag
def status_word(label: Any, since: date | None = None, source: Any = "") -> SafeString:
    """A status in words with its date and source: `English learner since Tue 7 Sep 2021, state file`."""
    said = format_html("<b>{}</b>", label)
    if since:
        said = format_html("{} since {}", said, on_day(since))
    return format_html("{}, {}", said, source) if source else said


@register.simple_tag
def due_chip(due: date, as_of: date, late_by: int | None = None, unit: str = "calendar") -> SafeString:
    """How far off a due day is, with its mark: late, soon, or plain words when there is time."""
    said = wording.due_words(due, as_of, late_by=late_by, unit=unit)
    return chip(said.tone, said.words)


@register.simple_tag
def on_day(value: date | datetime | None, empty: str = "") -> SafeString | str:
    """A day in words that machines can read as well: `<time>`."""
    if not value:
        return empty
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), wording.long_day(value))


@register.filter
def longday(value: date | datetime | None) -> str:
    """`Wed 23 Dec 2026`."""
    return wording.long_day(value)


@register.filter
def daymonth(value: date | datetime | None, as_of: date | None = None) -> str:
    """`Wed 23 Dec`; `|daymonth:today` adds the year when it is another one."""
    return wording.day_month(value, as_of)


@register.filter
def birthday(value: date | None) -> str:
    """`14 Mar 2016`, without the weekday."""
    return wording.plain_day(value)


@register.filter
def daytime(value: datetime | None, as_of: date | None = None) -> str:
    """`Fri 20 Nov 2026, 8:12`; `|daytime:today` leaves the year out when it is the same."""
    return wording.day_and_time(value, as_of)


@register.filter
def days_left(due: date | None, as_of: date | None = None) -> str:
    """`4 days late, was due Wed 18 Nov`, `due tomorrow, Tue 24 Nov`, `in 9 days, Wed 2 Dec`; today unless told."""
    return str(wording.due_words(due, as_of or timezone.localdate())) if due else ""


@register.filter
def ssid(value: str | None) -> str:
    """The state's student number in groups, as people read it aloud: `9014 5582 07`."""
    text = str(value or "")
    return f"{text[:4]} {text[4:8]} {text[8:]}" if len(text) == 10 else text


@register.filter
def page_numbers(page: Page) -> list[Any]:
    """The page numbers worth printing: both ends and those around the page, gaps as `…`."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1))


@register.filter
def put_back_id(tags: str | None) -> str:
    """The number of the entry that a message offers to put back (see `district.said`), or nothing."""
    for tag in (tags or "").split():
        if tag.startswith("entry-"):
            return tag.removeprefix("entry-")
    return ""


@register.filter
def tone_of(level: str) -> str:
    """The tone of a message's level."""
    return {"success": "done", "error": "late", "warning": "soon"}.get(level, "info")


@register.filter
def may_open(user: Any, address: str) -> bool:
    """`{% if user|may_open:clock.url %}`: is the page there for the person?"""
    return access.may_open(user, address)
