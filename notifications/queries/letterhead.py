"""The letterhead by language on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from notifications import languages
from notifications.letterheads import in_language
from notifications.models import LetterheadWords, LetterText


@dataclass(frozen=True)
class LetterheadLine:
    """A language that letters have: its words that hold, and those that begin later."""

    code: str
    name: str
    direction: str
    now: LetterheadWords | None
    later: list[LetterheadWords]


def letterhead_lines(on: date) -> list[LetterheadLine]:
    """Every language in which there is a letter text or a letterhead, by name."""
    now = in_language(on)
    texts = set(LetterText.objects.exclude(language="en").order_by().values_list("language", flat=True).distinct())
    later: dict[str, list[LetterheadWords]] = {}
    for row in LetterheadWords.objects.filter(starts__gt=on).order_by("starts"):
        later.setdefault(row.language, []).append(row)
    known = [languages.language(code) for code in texts | now.keys() | later.keys()]
    return [
        LetterheadLine(each.code, each.name, each.direction, now.get(each.code), later.get(each.code, []))
        for each in sorted(known, key=lambda each: each.name)
    ]
