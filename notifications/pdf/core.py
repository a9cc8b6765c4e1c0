"""One HTML page of ours to one PDF: shared fonts and style sheets, strict fetcher, font check, same bytes always."""

from __future__ import annotations

import atexit
import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from threading import Lock

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from . import hooks

LOG = logging.getLogger("notifications.pdf")
# The rendering library keeps state per process (fonts, our log catcher); one letter at a time in each.
_lock = Lock()


class LetterRefused(Exception):
    """The letter cannot be printed as it stands; the message says why in plain words."""


class MissingGlyph(LetterRefused):
    """No font has a character of the letter."""

    def __init__(self, characters: str, families: frozenset[str]) -> None:
        named = ", ".join(f'"{char}" (U+{ord(char):04X})' for char in dict.fromkeys(characters))
        super().__init__(f"No font of the letter has the character {named}. Fonts used: {', '.join(sorted(families))}.")
        self.characters = characters


class MissingFont(LetterRefused):
    """A font of the letter is not installed, so another stepped in."""

    def __init__(self, instead: str, characters: str, families: frozenset[str]) -> None:
        super().__init__(
            f'The font "{instead}" would stand in for "{characters}", because none of the letter\'s fonts '
            f"({', '.join(sorted(families))}) has it or one of them is not installed. "
            "On Debian and Ubuntu: apt install fonts-noto-core fonts-noto-cjk."
        )
        self.instead, self.characters = instead, characters


class NothingFetched(URLFetcher):
    """Refuses every address: a letter is made of text alone (promise 25)."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)

    def fetch(self, url, headers=None):
        raise FatalURLFetchingError(f"A letter may not fetch anything; it asked for {url[:200]!r}.")


@dataclass(frozen=True)
class Layout:
    """How a page is set: style sheet, and the font families that may appear on paper."""

    css: str
    families: frozenset[str]


@cache
def _fonts() -> FontConfiguration:
    hooks.install()
    return FontConfiguration()


@cache
def _style(css: str) -> CSS:
    return CSS(string=css, font_config=_fonts(), url_fetcher=NothingFetched())


@atexit.register
def _let_go() -> None:
    """Hand back what Pango lent us while its library is still there; the interpreter's own end comes too late."""
    _style.cache_clear()
    _fonts.cache_clear()
    gc.collect()


def render(html: str, layout: Layout) -> bytes:
    """The PDF of a page. Equal input gives equal bytes, in any process.

    Raises MissingGlyph, MissingFont, LetterRefused (the page asked for a file or an address).
    """
    with _lock, _missing_characters() as missing:
        fetcher = NothingFetched()
        try:
            page = HTML(string=html, url_fetcher=fetcher, base_url=None)
            document = page.render(
                stylesheets=[_style(layout.css)],
                font_config=_fonts(),
                pdf_variant="pdf/ua-1",
                presentational_hints=False,
            )
            document.metadata.attachments.clear()
            pdf = document.write_pdf(pdf_variant="pdf/ua-1")
        except FatalURLFetchingError as error:
            raise LetterRefused(str(error)) from error
    if missing:
        raise MissingGlyph("".join(missing), layout.families)
    for font in document.fonts.values():
        if font.family not in layout.families:
            raise MissingFont(font.family, "".join(font.to_unicode.values())[:40], layout.families)
    return pdf


@contextmanager
def _missing_characters() -> Iterator[list[str]]:
    """Characters for which the layout found no glyph, told by the library's own warning."""
    found: list[str] = []

    class Catcher(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if str(record.msg).startswith(".notdef") and isinstance(record.args, tuple):
                found.append(str(record.args[0]))
            else:
                LOG.warning("layout: %s", record.getMessage())

    logger, catcher = logging.getLogger("weasyprint"), Catcher(logging.WARNING)
    logger.addHandler(catcher)
    try:
        yield found
    finally:
        logger.removeHandler(catcher)
