"""Dates as people type them: month first, with or without signs, two digits for the year when they are in a hurry."""

from __future__ import annotations

import re
from datetime import date

from django.utils.translation import gettext as _

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
HINT_EXAMPLE = "3/9/26"
YEARS_AHEAD = 20  # two digits mean a year of this century up to so many years from now, else of the last one


class NotADate(ValueError):
    """What was typed is not a date; the message says why and how to type one."""


def read_date(typed: str, today: date) -> date:
    """The date that was typed: `3/9/26`, `030926`, `03092026`, `2026-03-09`, `9 Mar 2026`, `Mar 9, 2026`.

    Raises NotADate with a sentence for the person.
    """
    text = typed.strip().rstrip(".")
    year, month, day = _parts(text)
    return _checked(text, _full_year(year, today), month, day)


def _parts(text: str) -> tuple[str, int, int]:
    """Year as typed, month, day."""
    if found := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text):
        return found[1], int(found[2]), int(found[3])
    if found := re.fullmatch(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})", text):
        return found[3], int(found[1]), int(found[2])
    if found := re.fullmatch(r"(\d{2})(\d{2})(\d{4}|\d{2})", text):
        return found[3], int(found[1]), int(found[2])
    words = re.sub(r"^(mon|tue|wed|thu|fri|sat|sun)[a-z]*[, ]+", "", text.lower())
    if found := re.fullmatch(r"(\d{1,2})\.? +([a-z]{3,9})\.?,? +(\d{4}|\d{2})", words):
        return found[3], _month(found[2], text), int(found[1])
    if found := re.fullmatch(r"([a-z]{3,9})\.? +(\d{1,2}),? +(\d{4}|\d{2})", words):
        return found[3], _month(found[1], text), int(found[2])
    if re.fullmatch(r"\d{1,2}[-/.]\d{1,2}", text):
        raise NotADate(_("“%(typed)s” has no year. Type month, day and year, such as 3/9/26.") % {"typed": text})
    raise NotADate(_("“%(typed)s” is not a date. Type month, day and year, such as 3/9/26.") % {"typed": text})


def _month(word: str, text: str) -> int:
    if word[:3] not in MONTHS:
        raise NotADate(_("“%(typed)s” names no month. Type it as 3/9/26.") % {"typed": text})
    return MONTHS.index(word[:3]) + 1


def _full_year(year: str, today: date) -> int:
    if len(year) == 4:
        return int(year)
    this_century = today.year // 100 * 100 + int(year)
    return this_century if this_century <= today.year + YEARS_AHEAD else this_century - 100


def _checked(text: str, year: int, month: int, day: int) -> date:
    if month > 12 >= day > 0:
        raise NotADate(
            _("There is no month %(month)d in “%(typed)s”. The month comes first: %(meant)s?")
            % {"month": month, "typed": text, "meant": f"{day}/{month}/{year}"}
        )
    if not 1 <= month <= 12:
        raise NotADate(_("There is no month %(month)d in “%(typed)s”.") % {"month": month, "typed": text})
    if not 1900 <= year <= 2199:
        raise NotADate(_("The year %(year)d in “%(typed)s” cannot be right.") % {"year": year, "typed": text})
    try:
        return date(year, month, day)
    except ValueError:
        raise NotADate(_("That month has no day %(day)d: “%(typed)s”.") % {"day": day, "typed": text}) from None
