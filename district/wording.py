"""How days, spans of time and counts are said on screens and in lists: weekday and month in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.dateformat import format as say
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district.enums import DayKind


def local_day(value: date | datetime) -> date:
    """The day in the district's own time zone."""
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).date()
    return value


def long_day(value: date | datetime | None) -> str:
    """`Wed 23 Dec 2026`; nothing for no date."""
    return say(local_day(value), "D j M Y") if value else ""


def day_month(value: date | datetime | None, as_of: date | None = None) -> str:
    """`Wed 23 Dec`; with `as_of` the year is added when it is another one."""
    if not value:
        return ""
    day = local_day(value)
    return long_day(day) if as_of and day.year != as_of.year else say(day, "D j M")


def plain_day(value: date | datetime | None) -> str:
    """`14 Mar 2016`: for birth dates, where the weekday tells nobody anything."""
    return say(local_day(value), "j M Y") if value else ""


def day_and_time(value: datetime | None, as_of: date | None = None) -> str:
    """`Fri 20 Nov 2026, 8:12`, in the district's own time zone; with `as_of` without the year if it is the same."""
    if not value:
        return ""
    at = timezone.localtime(value)
    return say(at, "D j M, G:i" if as_of and at.year == as_of.year else "D j M Y, G:i")


@dataclass(frozen=True)
class Due:
    """How a due day is said: `3 school days late`, `was due Wed 18 Nov`; tone is late, soon or empty."""

    tone: str
    words: str
    day: str

    def __str__(self) -> str:
        return f"{self.words}, {self.day}"


def due_words(due: date, as_of: date, *, late_by: int | None = None, unit: DayKind | str = DayKind.CALENDAR) -> Due:
    """Say how far off a due day is. `late_by` counts the days late in `unit` where that is not calendar days."""
    left = (due - as_of).days
    day = day_month(due, as_of)
    if left < 0:
        late = -left if late_by is None else late_by
        return Due("late", _late(late, unit), _("was due %(day)s") % {"day": day})
    if left == 0:
        return Due("soon", _("due today"), day)
    if left == 1:
        return Due("soon", _("due tomorrow"), day)
    words = ngettext("in %(count)d day", "in %(count)d days", left) % {"count": left}
    return Due("soon" if left < 7 else "", words, day)


def _late(days: int, unit: DayKind | str) -> str:
    if unit == DayKind.SCHOOL:
        words = ngettext("%(count)d school day late", "%(count)d school days late", days)
    elif unit == DayKind.BUSINESS:
        words = ngettext("%(count)d business day late", "%(count)d business days late", days)
    else:
        words = ngettext("%(count)d day late", "%(count)d days late", days)
    return words % {"count": days}


def some_names(names: list[str], count: int, shown: int = 2) -> str:
    """`Jasleen Gill, Iker Zúñiga Mora and 2 more`: the first names of a list of `count`."""
    head = names[:shown]
    rest = count - len(head)
    if rest > 0:
        return _("%(names)s and %(rest)d more") % {"names": ", ".join(head), "rest": rest}
    if len(head) > 1:
        return _("%(names)s and %(last)s") % {"names": ", ".join(head[:-1]), "last": head[-1]}
    return head[0] if head else ""


def capital(words: str) -> str:
    """With a capital letter at its beginning; the rest as it is. Takes what is translated later, too."""
    text = str(words)
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """With a full stop, unless it has an end already."""
    return text if not text or text[-1] in ".!?”" else f"{text}."
