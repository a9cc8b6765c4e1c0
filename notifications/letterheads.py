"""The district's name and vision line in the languages of letters, as they hold on a day."""

from __future__ import annotations

from datetime import date

from .facts import Words
from .models import LetterheadWords


def in_language(on: date) -> dict[str, LetterheadWords]:
    """The newest words of each language that hold on a day, by the code of the language."""
    rows = LetterheadWords.objects.filter(starts__lte=on).order_by("language", "-starts").distinct("language")
    return {row.language: row for row in rows}


def words(english: str, rows: dict[str, LetterheadWords], field: str) -> Words:
    """A text of the letterhead in every language that has it; English stands in elsewhere."""
    said = {code: getattr(row, field) for code, row in rows.items() if getattr(row, field)}
    return Words({"en": english, **said})
