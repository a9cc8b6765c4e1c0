"""Languages a letter can be set in: direction and font, from `fixtures/letters/languages.csv`.

A new language is a line there, a column in `terms.csv` and the texts; nothing else. The fonts are system packages
(Debian: fonts-noto-core, for Chinese and Korean fonts-noto-cjk); a missing one is a refusal that names it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

from .terms import FOLDER

ALWAYS = ("Noto Sans", "Noto Sans Symbols2")  # Latin, Cyrillic, Greek; boxes and ticks


@dataclass(frozen=True)
class Language:
    code: str
    name: str
    direction: str
    font: str
    size: str  # of body text in points, never under 10.5 (D-26); scripts that look smaller are set larger
    line_height: str

    @property
    def families(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.font, *ALWAYS)))


@cache
def table() -> dict[str, Language]:
    with (FOLDER / "languages.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["lang"]: Language(row["lang"], row["name"], row["direction"], row["font"], row["size"], row["line_height"])
        for row in rows
    }


def language(code: str) -> Language:
    """The language's line; KeyError in plain words where no font is named for it."""
    if code not in table():
        raise KeyError(f'No font is named for the language "{code}". Add a line to languages.csv.')
    return table()[code]
