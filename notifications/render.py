"""Letters on paper: a `LetterContent` through our own Django templates to HTML, and on to PDF.

The templates are files of ours under `templates/letters/`; no text of a user is ever a template, and every word goes
through Django's escaping.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from pathlib import Path

from django.template.loader import render_to_string

from . import languages, pdf
from .compose import letterhead_words
from .documents import Document, LetterContent
from .facts import Letterhead
from .terms import Terms, clean, shipped

FOLDER = Path(__file__).resolve().parent.parent / "templates" / "letters"


def assemble(
    *,
    doc_id: str,
    letterhead: Letterhead,
    sheets: Iterable[Document],
    about: str = "",
    replaces: tuple[str, date] | None = None,
    terms: Terms | None = None,
) -> LetterContent:
    """Sheets under a letterhead: the family's language first, then English, each on its own sheet.

    `about` is added to the title of the file, e.g. the student's name. `replaces`: number and date of the letter that
    this one corrects. Raises terms.MissingTerm.
    """
    sheets = tuple(sheets)
    heads = {
        sheet.language: letterhead_words(
            head=letterhead,
            language=sheet.language,
            terms=terms or shipped(),
            drafted=sheet.drafted,
            replaces=replaces,
        )
        for sheet in sheets
    }
    title = sheets[0].title if not about or about in sheets[0].title else f"{sheets[0].title}: {about}"
    return LetterContent(doc_id, clean(title), heads, sheets)


def to_html(letter: LetterContent) -> str:
    """The letter as one HTML page, for the PDF and for the preview on screen."""
    page = letter.sheets[0].page
    sheets = [(sheet, letter.letterhead[sheet.language]) for sheet in letter.sheets]
    return render_to_string(f"letters/{page}.html", {"letter": letter, "sheets": sheets})


def layout(letter: LetterContent) -> pdf.Layout:
    """Style sheet and fonts for the languages of the letter."""
    return _layout(letter.sheets[0].page, tuple(dict.fromkeys(sheet.language for sheet in letter.sheets)))


@cache
def _layout(page: str, codes: tuple[str, ...]) -> pdf.Layout:
    used = [languages.language(code) for code in codes]
    families = tuple(dict.fromkeys([*languages.ALWAYS[:1], *(one.font for one in used), *languages.ALWAYS]))
    css = (FOLDER / f"{page}.css").read_text(encoding="utf-8").replace("var(--stack)", _stack(families))
    rules = [f"html {{ font-family: {_stack(families)}; }}"]
    for one in used:
        others = [family for family in families if family != one.font]
        face = f"font: {one.size}pt/{one.line_height} {_stack([one.font, *others])}"
        rules.append(f'section[lang="{one.code}"] {{ {face}; }}')
    return pdf.Layout("\n".join([css, *rules]), frozenset(families))


def _stack(families: Iterable[str]) -> str:
    return ", ".join(f'"{family}"' for family in families)


def render_pdf(letter: LetterContent) -> bytes:
    """The PDF of one letter; the same bytes for the same content. Raises pdf.LetterRefused (missing font or glyph)."""
    return pdf.render(to_html(letter), layout(letter))


def render_many(letters: Iterable[LetterContent], *, workers: int | None = None, **limits) -> Iterator[pdf.Outcome]:
    """The PDFs of many letters, in order, each under a time and memory limit; see `pdf.render_many`."""
    return pdf.render_many(((to_html(letter), layout(letter)) for letter in letters), workers=workers, **limits)
