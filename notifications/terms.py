"""The letters' dictionary: words of tables and forms, dates and languages, from `fixtures/letters/terms.csv`.

Words that only one kind of letter uses stand in `fixtures/letters/<kind>/terms.csv`.

Every column but `key`, `source` and `status` is a language, so a new language is a new column. An entry may have slots
(`[[value]]: [[gap]] to go`); what fills a slot is never read as a slot again.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

from .facts import Day, Listing, Term, Value, Words

APART = ("key", "source", "status")  # columns that are no languages
FOLDER = Path(__file__).resolve().parent.parent / "fixtures" / "letters"
SLOT = re.compile(r"\[\[([a-z][a-z0-9_]*)\]\]")
# Marks that turn the direction of text or hide in it have no place in a name; joiners stay: Indic scripts need them.
UNSEEN = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


class MissingTerm(LookupError):
    """The dictionary has no entry for a key in a language."""

    def __init__(self, key: str, language: str) -> None:
        super().__init__(f'The letters\' dictionary has no words for "{key}" in the language "{language}".')
        self.key, self.language = key, language


class Terms:
    """Words by key and language."""

    def __init__(self, entries: Mapping[str, Mapping[str, str]]) -> None:
        self._entries = entries

    @classmethod
    def read(cls, path: Path) -> Terms:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        return cls({row["key"]: {lang: clean(row[lang]) for lang in row if lang not in APART} for row in rows})

    def joined(self, other: Terms) -> Terms:
        """Both dictionaries; ValueError where a key has words for a language in both."""
        entries = {key: dict(words) for key, words in self._entries.items()}
        for key, words in other._entries.items():
            mine = entries.setdefault(key, {})
            if twice := sorted(set(mine) & set(words)):
                raise ValueError(f'The letters\' dictionary has "{key}" twice in: {", ".join(twice)}.')
            mine |= words
        return Terms(entries)

    @property
    def keys(self) -> list[str]:
        return list(self._entries)

    def has(self, key: str, language: str) -> bool:
        return bool(self._entries.get(key, {}).get(language))

    def explained(self, language: str) -> Iterator[tuple[str, list[str]]]:
        """Words that the dictionary explains in a language: key (`word.elpac`), and the forms in which it is used."""
        for key, words in self._entries.items():
            if key.startswith("word.") and not key.endswith(".means") and self.has(f"{key}.means", language):
                yield key, words[language].split("|")

    def word(self, key: str, language: str, /, **slots: Value) -> str:
        """The entry in the language, slots filled; raises MissingTerm."""
        entry = self._entries.get(key, {}).get(language)
        if not entry:
            raise MissingTerm(key, language)
        return SLOT.sub(lambda found: self.say(slots.get(found[1], ""), language), entry)

    def day(self, on: date, language: str) -> str:
        """A date written out: November 23, 2026; 23 de noviembre de 2026; 23 ਨਵੰਬਰ 2026."""
        month = self.word(f"month.{on.month}", language)
        return self.word("date", language, day=str(on.day), month=month, year=str(on.year))

    def say(self, value: Value | None, language: str) -> str:
        """Any value in words of the language; blank for None. Raises MissingTerm."""
        match value:
            case None:
                return ""
            case Day(on):
                return self.day(on, language)
            case Words(by_language):
                return clean(by_language.get(language) or by_language.get("en") or "")
            case Listing(parts):
                return (
                    self.word("list.mark", language).replace("_", " ").join(self.say(part, language) for part in parts)
                )
            case Term(key, slots, fallback):
                if fallback and not self.has(key, language):
                    return clean(fallback)
                return self.word(key, language, **slots)
            case _:
                return clean(str(value))


def clean(text: str) -> str:
    """Composed characters, single spaces, no control or direction marks."""
    return " ".join(UNSEEN.sub("", unicodedata.normalize("NFC", text)).split())


def stands_in(word: str, text: str) -> bool:
    """Whether a word stands in a text, in large or small letters; as a word of its own where letters can tell."""
    if not word.isascii():
        return word.casefold() in text.casefold()
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) is not None


def capital(text: str) -> str:
    """First letter large, for the start of a box or cell ("español" to "Español")."""
    return text[:1].upper() + text[1:]


@cache
def shipped() -> Terms:
    """The dictionary that comes with the product.

    The common words, those that letters explain (`glossary.csv`), then each kind's own (`<kind>/terms.csv`).
    """
    said = Terms.read(FOLDER / "terms.csv").joined(Terms.read(FOLDER / "glossary.csv"))
    for path in sorted(FOLDER.glob("*/terms.csv")):
        said = said.joined(Terms.read(path))
    return said
