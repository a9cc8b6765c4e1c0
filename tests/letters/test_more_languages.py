"""A language is added by data alone: a line with a font's name, words and texts. Vietnamese and Arabic show it.

The texts stand beside this test; no line of the program knows them. Arabic runs from right to left.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from unicodedata import bidirectional

import pytest

from notifications import facts as f
from notifications import languages, render
from notifications.compose import compose
from notifications.facts import Term
from notifications.markup import check, read_source
from notifications.parallel import compare
from notifications.terms import MissingTerm, Terms, shipped
from tests.letters import samples
from tests.letters.reading import fonts_of, opened

FOLDER = Path(__file__).parent / "more_languages"
KINDS = ("initial", "annual", "conference_invitation")
CODES = {"vi": ("02", "Nguyễn Thị Ánh Tuyết"), "ar": ("11", "سارة الحداد")}
EVERY = [(kind, code) for kind in KINDS for code in CODES]


def source(kind: str, code: str):
    return read_source((FOLDER / kind / f"{code}.md").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def words() -> Terms:
    """The product's dictionary with the new languages' column beside it."""
    return shipped().joined(Terms.read(FOLDER / "terms.csv"))


def sheet(kind: str, code: str, words: Terms, **conditions: bool):
    text, (language, name) = source(kind, code), CODES[code]
    spoken = Term(f"language.{language}")
    own = {"student": name, "student_first": name.split()[-1], "primary_language": spoken, "survey_language": spoken}
    facts = samples.letter_facts(kind, code, own, **conditions)
    facts = f.LetterFacts(
        facts.values,
        facts.conditions,
        facts.blocks | {"programs_table": samples.programs(f"language.{language}"), "reply_box": f.ReplyBox(spoken)},
    )
    return compose(
        kind=kind, title=text.title, body=text.body, language=code, facts=facts, terms=words, drafted=not text.reviewed
    )


def letter(kind: str, code: str, words: Terms, **conditions: bool):
    return render.assemble(
        doc_id="VC-2026-010442",
        letterhead=samples.LETTERHEAD,
        sheets=[sheet(kind, code, words, **conditions)],
        terms=words,
        about=CODES[code][1],
    )


@pytest.mark.plan("MP0-10", "MP6-60")
@pytest.mark.parametrize(("kind", "code"), EVERY)
def test_the_text_is_fit_and_runs_parallel_to_english(kind, code):
    text, english = source(kind, code), samples.TEXTS[kind, "en"]
    assert check(kind, text.title, text.body) == []
    assert compare({"en": (english.title, english.body), code: (text.title, text.body)}) == []


@pytest.mark.plan("MP0-10")
@pytest.mark.parametrize(("kind", "code"), EVERY)
def test_it_is_printed_with_its_font_and_every_word_can_be_read_in_order(kind, code, words):
    made = letter(kind, code, words)
    pdf = render.render_pdf(made)
    fonts = fonts_of(pdf)
    assert all(embedded for _name, embedded, _subset in fonts)
    family = languages.language(code).font.replace(" ", "-")
    assert any(family in name for name, _embedded, _subset in fonts), (family, fonts)
    assert len(opened(pdf).pages) <= 2
    read = _own_words(_read(pdf), code)
    for block in made.sheets[0].blocks:
        for text in _texts(block):
            wanted = _own_words(text, code)
            assert any(read[at : at + len(wanted)] == wanted for at in range(len(read))), text


def _read(pdf: bytes, *options: str) -> str:
    done = subprocess.run(["pdftotext", *options, "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def _texts(block) -> list[str]:
    if block.kind in ("heading", "paragraph"):
        return ["".join(run.text for run in block.runs)]
    if block.kind == "items":
        return ["".join(run.text for run in item) for item in block.items]
    return []


def _own_words(text: str, code: str) -> list[str]:
    """The words in the language's own letters, in order. Of an Arabic word the letters alone are compared, sorted:
    poppler turns the two of a ligature round. Latin words on an Arabic sheet stand for themselves.
    """
    found = re.findall(r"[^\W\d_]+", text)
    if code != "ar":
        return found
    return ["".join(sorted(word)) for word in found if bidirectional(word[0]) == "AL"]


@pytest.fixture(scope="module")
def arabic(words) -> bytes:
    return render.render_pdf(letter("annual", "ar", words))


def test_arabic_runs_from_right_to_left(words, arabic):
    assert sheet("annual", "ar", words).direction == "rtl"
    assert 'lang="ar" dir="rtl"' in render.to_html(letter("annual", "ar", words))
    page = _read(arabic, "-bbox").split("</page>")[0]
    lines: dict[int, list[tuple[float, str]]] = {}
    for top, right, word in re.findall(r'yMin="([\d.]+)" xMax="([\d.]+)"[^>]*>([^<]+)</word>', page):
        lines.setdefault(round(float(top)), []).append((float(right), word))
    full = [line for line in lines.values() if len(line) > 8 and all(bidirectional(w[0]) != "L" for _r, w in line)]
    assert full
    for line in full:  # a full line ends at the right margin, .62 inch from the edge, where its first word stands
        assert abs(max(right for right, _word in line) - (8.5 - 0.62) * 72) < 12


def test_numbers_and_latin_stretches_keep_their_direction_on_an_arabic_sheet(words):
    """A telephone number turned round is a wrong number."""
    made = letter("annual", "ar", words)
    assert "\u2066530-555-0100\u2069" in made.letterhead["ar"].lines[1]
    said = " ".join(text for block in made.sheets[0].blocks for text in _texts(block))
    assert "\u2066(20 U.S.C. 6312(e)(3)(A))\u2069" in said
    assert "\u2066530-555-0142\u2069" in said
    assert "\u2066" not in " ".join(letter("annual", "vi", words).letterhead["vi"].lines)


def test_a_word_that_the_language_lacks_is_named_and_nothing_is_printed(words):
    lacking = Terms({key: dict(word) for key, word in words._entries.items() if key != "scores.score"})
    with pytest.raises(MissingTerm, match=r"scores\.score"):
        sheet("annual", "vi", lacking)


def test_a_language_without_a_font_is_refused_by_its_name():
    with pytest.raises(KeyError, match="No font is named"):
        languages.language("am")
