"""The letter on paper: every word can be read by a machine, tags and languages are there, the bytes never change."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from hashlib import sha256

import pytest

from notifications import facts as f
from notifications import languages, pdf, render, terms
from notifications.compose import BadText, MissingFacts, compose, lacking
from notifications.documents import LetterContent
from notifications.facts import Day, Listing, Term, Words
from notifications.kinds import KINDS
from notifications.terms import MissingTerm
from tests.letters import hostile, samples
from tests.letters.reading import fonts_of, opened, raw_words_of, words_of

KINDS_AND_LANGUAGES = sorted(samples.TEXTS)
SIGNS = {"☐", "☒", "✔", "•", "·", "/"}


def words_in(letter: LetterContent) -> Counter[str]:
    """Every word of the content, as often as it stands there."""
    words: Counter[str] = Counter()
    for sheet in letter.sheets:
        head = letter.letterhead[sheet.language]
        said = [head.district, *head.lines, head.school, *head.school_lines, head.vision, head.superintendent]
        said += [*(head.draft_note if sheet.drafted else ()), sheet.title]
        for text in [*said, *(text for block in sheet.blocks for text in texts_of(block))]:
            words.update(text.split())
    return words


def texts_of(block) -> list[str]:
    """The block's texts; stretches of a line joined without a space, as they are printed."""
    if block.kind in ("heading", "paragraph"):
        return ["".join(run.text for run in block.runs)]
    if block.kind == "items":
        return ["".join(run.text for run in item) for item in block.items]
    return [block.text]


def foot_of(letter: LetterContent, pages: int) -> set[str]:
    """Words and figures that the foot of a page may add."""
    said = {word for head in letter.letterhead.values() for word in head.trustees.split()}
    numbers = {str(number) for number in range(1, 10 + pages)} | {f"{number}." for number in range(9)}
    return said | {letter.doc_id} | SIGNS | numbers


@pytest.mark.plan("APPC-02", "APPC-03", "APPC-05", "APPC-08")
@pytest.mark.parametrize(("kind", "language"), [key for key in KINDS_AND_LANGUAGES if key[0] != "folder_label"])
def test_the_text_of_the_pdf_is_the_text_of_the_letter(kind, language):
    letter = samples.letter(kind, language)
    made = render.render_pdf(letter)
    for read in (words_of, raw_words_of):
        found, wanted = Counter(read(made).split()), words_in(letter)
        assert wanted - found == Counter()
        assert set(found - wanted) <= foot_of(letter, len(opened(made).pages))


def test_every_gurmukhi_word_is_read_as_it_was_written():
    """Without ActualText about half of the words come out wrong."""
    letter = samples.letter("annual", "pa")
    made = render.render_pdf(letter)
    trustees = [word for word in letter.letterhead["pa"].trustees.split()] * 2  # on two pages
    wanted = Counter(word for word in words_in(letter).elements() if has_gurmukhi(word))
    wanted.update(word for word in trustees if has_gurmukhi(word))
    found = Counter(word for word in words_of(made).split() if has_gurmukhi(word))
    assert found == wanted
    assert len(wanted) > 200


def has_gurmukhi(word: str) -> bool:
    return any("\u0a00" <= char <= "\u0a7f" for char in word)


@pytest.mark.plan("MP1-34")
def test_a_folder_label_fits_on_its_one_small_page():
    letter = samples.letter("folder_label", "en", samples.letter_facts(values={"student": "María Guadalupe " * 3}))
    made = render.render_pdf(letter)
    with opened(made) as label:
        assert [tuple(map(float, page.mediabox)) for page in label.pages] == [(0, 0, 288, 144)]
    assert "English Learner Yellow Folder" in words_of(made)
    assert "English learner (EL)" in words_of(made)


@pytest.mark.parametrize(("kind", "language"), KINDS_AND_LANGUAGES)
def test_fonts_are_embedded_and_are_those_of_the_language(kind, language):
    fonts = fonts_of(render.render_pdf(samples.letter(kind, language)))
    assert fonts
    assert all(embedded for _name, embedded, _subset in fonts)
    names = {name.partition("+")[2].replace("-", "") for name, _embedded, _subset in fonts}
    allowed = {family.replace(" ", "") for family in languages.language(language).families}
    assert {name for name in names if not any(name.startswith(family) for family in allowed)} == set()


@pytest.mark.parametrize(("kind", "language"), KINDS_AND_LANGUAGES)
def test_body_text_is_at_least_ten_and_a_half_points(kind, language):
    """D-26, for every language of the table."""
    assert float(languages.language(language).size) >= 10.5


@pytest.mark.parametrize("language", ["es", "pa", "en"])
def test_tags_titles_and_a_language_for_every_sheet(language):
    letter = samples.letter("annual", language)
    with opened(render.render_pdf(letter)) as made:
        assert bool(made.Root.MarkInfo.Marked)
        assert str(made.Root.Lang) == language
        assert bool(made.Root.ViewerPreferences.DisplayDocTitle)
        assert made.docinfo["/Title"] == letter.title
        metadata = made.Root.Metadata.read_bytes()
        assert b"pdfuaid:part" in metadata
        assert b">1<" in metadata or b'part="1"' in metadata
        elements = list(tags_of(made))
    spoken = [str(element.Lang) for element in elements if "/Lang" in element]
    assert list(dict.fromkeys(spoken)) == [sheet.language for sheet in letter.sheets]  # a section for every page
    headings = sum(block.is_heading or block.kind == "reply" for sheet in letter.sheets for block in sheet.blocks)
    kinds = Counter(str(element.S) for element in elements)
    tables = 3 * len(letter.sheets)
    assert kinds["/H1"] == len(letter.sheets)
    assert kinds["/H2"] == headings
    assert kinds["/Table"] >= tables
    assert kinds["/TH"] >= 3 * tables
    assert kinds["/LI"] >= 3 * len(letter.sheets)


def tags_of(document):
    """All structure elements, depth first."""
    waiting = list(reversed(list(as_list(document.Root.StructTreeRoot.K))))
    while waiting:
        element = waiting.pop()
        if hasattr(element, "keys") and "/S" in element:
            yield element
            waiting.extend(reversed(list(as_list(element.get("/K", ())))))


def as_list(value):
    import pikepdf

    return list(value) if isinstance(value, pikepdf.Array) else [value] if value else []


def test_the_foot_is_no_part_of_the_letter():
    with opened(render.render_pdf(samples.letter("annual", "en"))) as made:
        content = b"".join(page.Contents.read_bytes() for page in made.pages)
    assert content.count(b"/Artifact") >= 4


def test_a_letter_goes_through_json_without_a_loss():
    for kind, language in KINDS_AND_LANGUAGES:
        letter = samples.letter(kind, language)
        again = LetterContent.from_json(json.loads(json.dumps(letter.to_json())))
        assert again == letter
        assert render.to_html(again) == render.to_html(letter)


IN_ANOTHER_PROCESS = """
import sys, json, django
django.setup()
from hashlib import sha256
from notifications.documents import LetterContent
from notifications.render import render_pdf
print(sha256(render_pdf(LetterContent.from_json(json.load(sys.stdin)))).hexdigest())
"""


@pytest.mark.parametrize("language", ["es", "pa"])
def test_the_same_letter_has_the_same_bytes_in_any_process(language):
    """Promise 36: rendered here twice, and in a process with another seed for hashes."""
    letter = samples.letter("annual", language)
    render.render_pdf(samples.letter("initial", "en"))  # what was set before leaves no trace
    here = {sha256(render.render_pdf(letter)).hexdigest() for _time in range(2)}
    done = subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_PROCESS],
        input=json.dumps(letter.to_json()),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "DJANGO_SETTINGS_MODULE": "elplan.settings"},
    )
    assert here == {done.stdout.strip()}


# --- other scripts, through a text that only the tests have -------------------------------------------------------

FOREIGN = {
    "vi": (
        "Thư gửi gia đình",
        "Kính gửi phụ huynh của **[[student_first]]**: tiếng Việt, chữ đã ghép dấu: ướt, quỹ, ngữ.\n",
    ),
    "ar": (
        "رسالة إلى الأسرة",
        "إلى والدي **[[student_first]]**: هذه رسالة باللغة العربية عن نتيجة الاختبار في 2026.\n",
    ),
    "ru": ("Письмо семье", "Уважаемые родители, **[[student_first]]** учит английский язык.\n"),
    "hmn": ("Tsab ntawv", "Nyob zoo niam thiab txiv, **[[student_first]]** kawm lus Askiv.\n"),
}
LABELS = ("head.phone", "head.fax", "head.school_phone", "head.superintendent", "head.trustees")


@pytest.mark.parametrize("language", FOREIGN)
def test_another_language_needs_only_its_text(language):
    title, body = FOREIGN[language]
    words = terms.Terms({key: {language: "[[value]]", "en": "[[value]]"} for key in LABELS})
    document = compose(
        kind="before_test", title=title, body=body, language=language, terms=words,
        facts=f.LetterFacts(values={"student_first": "Đặng"}),
    )  # fmt: skip
    letter = render.assemble(doc_id="T-1", letterhead=samples.LETTERHEAD, sheets=[document], terms=words)
    made = render.render_pdf(letter)
    with opened(made) as opened_pdf:
        assert str(opened_pdf.Root.Lang) == language
    found = set(raw_words_of(made).split())
    wanted = set(title.split()) | set(body.replace("**", "").replace("[[student_first]]", "Đặng").split())
    if language == "ar":  # signs at the ends of words, and lam with alef, come out in another order
        wanted = {"".join(sorted(word.strip(":."))) for word in wanted}
        found = {"".join(sorted(word.strip(":.\u202b\u202c\u2066\u2069"))) for word in found}
    assert wanted - found == set()
    direction = "rtl" if language == "ar" else "ltr"
    assert f'lang="{language}" dir="{direction}"' in render.to_html(letter)


# --- values ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Day(samples.date(2026, 11, 23)), ("November 23, 2026", "23 de noviembre de 2026", "23 ਨਵੰਬਰ 2026")),
        (Term("grade.KN"), ("kindergarten", "kínder", "ਕਿੰਡਰਗਾਰਟਨ")),
        (Term("language.XX", fallback="Klingon"), ("Klingon", "Klingon", "Klingon")),
        (Listing([Term("subject.ela"), "B"]), ("language arts, B", "lengua y literatura, B", "ਅੰਗਰੇਜ਼ੀ ਵਿਸ਼ਾ, B")),
        (Words({"en": "Vision", "es": "Visión"}), ("Vision", "Visión", "Vision")),
        ("  Nguyễn \u202e Ana ", ("Nguyễn Ana", "Nguyễn Ana", "Nguyễn Ana")),
        ("[[student]] **x**", ("[[student]] **x**",) * 3),
        (None, ("", "", "")),
        (7, ("7", "7", "7")),
    ],
)
def test_a_value_is_said_in_the_language_of_the_sheet(value, said):
    words = terms.shipped()
    assert tuple(words.say(value, code) for code in ("en", "es", "pa")) == said


def test_a_stored_value_is_the_value_again():
    for value in samples.VALUES.values():
        assert f.value_of(json.loads(json.dumps(f.plain(value)))) == value


def test_what_fills_a_slot_is_never_read_as_a_slot():
    words = terms.Terms({"a": {"en": "[[value]] of [[level]]"}})
    assert words.word("a", "en", value="[[level]]", level="3") == "[[level]] of 3"


def test_a_word_that_is_not_in_the_dictionary_is_refused():
    with pytest.raises(MissingTerm, match='no words for "nothing" in the language "es"'):
        terms.shipped().word("nothing", "es")


def test_the_dictionary_has_every_language_for_every_entry_but_names_of_languages():
    words = terms.shipped()
    lacking = [(key, code) for key in words.keys for code in ("en", "es", "pa") if not words.has(key, code)]
    assert [pair for pair in lacking if not pair[0].startswith("language.")] == []


def test_entries_have_the_same_slots_in_every_language():
    words = terms.shipped()
    for key in words.keys:
        slots = {code: set(terms.SLOT.findall(words._entries[key][code])) for code in ("en", "es", "pa")}
        assert len({frozenset(found) for found in slots.values() if found or words.has(key, "en")}) == 1 or (
            key.startswith("language.")
        ), key


# --- what is missing, what is hostile -------------------------------------------------------------------------------


def test_all_missing_facts_are_named_at_once():
    facts = samples.letter_facts()
    lacking = f.LetterFacts(
        {name: value for name, value in facts.values.items() if name not in ("expected_years", "sex")},
        {name: value for name, value in facts.conditions.items() if name != "has_iep"},
        {name: value for name, value in facts.blocks.items() if name != "criteria_table"},
    )
    with pytest.raises(MissingFacts) as caught:
        samples.sheet("annual", "en", lacking)
    assert caught.value.names == ["criteria_table", "expected_years", "has_iep", "sex"]


@pytest.mark.parametrize("kind", ["annual", "initial", "before_test"])
def test_what_would_be_missing_is_foretold_as_it_is_found(kind):
    """The quick look at a whole school's letters and the letter itself never disagree."""
    dice, whole, text = random.Random(2026), samples.letter_facts(kind), samples.TEXTS[kind, "es"]
    for _round in range(60):
        parts = []
        for values in (whole.values, whole.conditions, whole.blocks):
            left_out = set(dice.sample(sorted(values), dice.randint(0, 2)))
            parts.append({name: value for name, value in values.items() if name not in left_out})
        parts[1] = {name: dice.random() < 0.5 for name in parts[1]}
        facts = f.LetterFacts(*parts)
        foretold = lacking(kind=kind, title=text.title, body=text.body, facts=facts)
        assert foretold == missing_in(kind, facts)


def missing_in(kind: str, facts: f.LetterFacts) -> list[str]:
    try:
        samples.sheet(kind, "es", facts)
    except MissingFacts as error:
        return error.names
    return []


def test_a_blank_fact_is_a_missing_one():
    with pytest.raises(MissingFacts) as caught:
        samples.sheet("annual", "en", samples.letter_facts(values={"contact_phone": " \u200b "}))
    assert caught.value.names == ["contact_phone"]


def test_a_text_with_problems_is_not_printed():
    with pytest.raises(BadText, match="Angle brackets"):
        samples.sheet("annual", "en", body="<b>[[student]]</b>")


def test_a_character_that_no_font_has_is_refused_by_its_name():
    with pytest.raises(pdf.LetterRefused, match=r"U\+E123|would stand in"):
        render.render_pdf(samples.letter("before_test", "en", samples.letter_facts(values={"student": "Ana \ue123"})))


def test_a_name_in_another_script_is_refused_and_the_font_named():
    """No font of an English letter has Khmer; another one would step in unseen."""
    facts = samples.letter_facts(values={"student": "សុខ"})
    with pytest.raises(pdf.LetterRefused, match="Noto Sans"):
        render.render_pdf(samples.letter("before_test", "en", facts))


def test_a_font_that_is_not_installed_is_refused_by_its_name():
    layout = pdf.Layout('html { font-family: "No Such Font" }', frozenset({"No Such Font"}))
    with pytest.raises(pdf.MissingFont, match="No Such Font"):
        pdf.render('<html lang="en"><title>T</title><p>Words</p></html>', layout)


IN_A_WATCHED_PROCESS = """
import sys, json, django
django.setup()
from notifications.documents import LetterContent
from notifications.render import render_pdf
render_pdf(LetterContent.from_json(json.loads(sys.argv[1])))  # fonts and style sheets are read once
seen = []
sys.addaudithook(lambda event, args: seen.append((event, str(args[:1]))) if event in
    ("open", "socket.connect", "socket.getaddrinfo", "urllib.Request", "subprocess.Popen", "os.system") else None)
pdf = render_pdf(LetterContent.from_json(json.load(sys.stdin)))
sys.stdout.buffer.write(json.dumps(seen).encode() + b"\\n" + pdf)
"""


def test_hostile_facts_are_only_words():
    """Names that are markup, addresses or placeholders: printed as they stand, nothing fetched, nothing attached."""
    payloads = [clean for payload in hostile.PAYLOADS if (clean := terms.clean(payload))]
    half = len(payloads) // 2
    values = {"student": " ; ".join(payloads[:half]), "contact_name": " ; ".join(payloads[half:])}
    facts = samples.letter_facts(values=values)
    letter = samples.letter("before_test", "en", facts)
    done = subprocess.run(
        [sys.executable, "-c", IN_A_WATCHED_PROCESS, json.dumps(samples.letter("before_test", "en").to_json())],
        input=json.dumps(letter.to_json()).encode(),
        capture_output=True,
        check=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "elplan.settings"},
    )
    seen, _, made = done.stdout.partition(b"\n")
    events = json.loads(seen)
    assert [event for event, _what in events if event != "open"] == []
    files = [what for _event, what in events]
    assert [what for what in files if "passwd" in what or "example" in what or "logo" in what] == []
    known = ("fonts", "weasyprint", "/tmp", ".py", "('/dev/null'")
    assert [what for what in files if not any(part in what for part in known)] == []
    text = "".join(words_of(made).split())
    for payload in payloads:
        assert "".join(payload.split()) in text
    with opened(made) as letter_pdf:
        assert "/EmbeddedFiles" not in letter_pdf.Root.get("/Names", {})
        assert len(letter_pdf.attachments) == 0
        assert all("/Annots" not in page for page in letter_pdf.pages)


@pytest.mark.parametrize(
    "markup",
    [
        '<link rel="stylesheet" href="file:///etc/passwd">',
        '<link rel="stylesheet" href="https://example.com/x.css">',
        '<img src="file:///etc/passwd">',
        '<img src="https://example.com/logo.eps">',
        '<img src="data:image/png;base64,AAAA">',
        "<style>@import 'https://example.com/x.css';</style>",
        "<style>body { background: url(file:///etc/passwd) }</style>",
        "<style>@font-face { font-family: x; src: url(file:///etc/passwd) } p { font-family: x }</style>",
        '<object data="file:///etc/passwd"></object>',
        '<embed src="file:///etc/passwd">',
    ],
)
def test_even_a_template_of_ours_could_fetch_nothing(markup):
    page = f'<html lang="en"><head><title>T</title>{markup}</head><body><p>Words</p>{markup}</body></html>'
    layout = render.layout(samples.letter("before_test", "en"))
    with pytest.raises(pdf.LetterRefused, match="may not fetch anything"):
        pdf.render(page, layout)


def test_an_attachment_is_left_out():
    """The library's own default puts the file into the PDF."""
    page = '<html lang="en"><title>T</title><link rel="attachment" href="file:///etc/passwd"><p>Words</p></html>'
    with opened(pdf.render(page, render.layout(samples.letter("before_test", "en")))) as made:
        assert "/Names" not in made.Root
        assert len(made.attachments) == 0


def test_a_latin_address_keeps_its_order_on_a_sheet_from_right_to_left():
    words = terms.Terms({key: {"ar": "[[value]]", "en": "[[value]]"} for key in LABELS})
    title, body = FOREIGN["ar"]
    facts = f.LetterFacts(values={"student_first": "Ana"})
    sheet = compose(kind="before_test", title=title, body=body, language="ar", terms=words, facts=facts)
    letter = render.assemble(doc_id="T-1", letterhead=samples.LETTERHEAD, sheets=[sheet], terms=words)
    assert "310 Alder Street, P.O. Box 12, Valle Claro, California 95000" in words_of(render.render_pdf(letter))


# --- what the law wants said ------------------------------------------------------------------------------------------

NOTICES = {  # items of 20 USC 6312(e)(3)(A), EC 313.2(c), the state's form, 5 CCR 11518.5, by kind
    "initial": {"i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "result"},
    "annual": {"i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "LTEL", "form"},
    "before_test": {"notice"},
}


LONG_TERM_WITH_IEP = {"has_iep": True, "is_ltel": True, "not_long_term": False, "is_secondary": True}


@pytest.mark.plan("APPC-04", "APPC-06", "APPC-07")
@pytest.mark.parametrize("kind", NOTICES)
@pytest.mark.parametrize("language", ["en", "es", "pa"])
@pytest.mark.parametrize("conditions", [{}, LONG_TERM_WITH_IEP])
def test_every_item_of_the_notice_is_said_to_every_child(kind, language, conditions):
    sheet = samples.sheet(kind, language, samples.letter_facts(kind, language, **conditions))
    said = {item for block in sheet.blocks for item in block.says}
    assert NOTICES[kind] == set(KINDS[kind].items)
    assert said == NOTICES[kind]
    assert all(block.text.strip() for block in sheet.blocks if block.says)


@pytest.mark.parametrize("language", ["en", "es", "pa"])
def test_a_child_who_is_fluent_is_told_the_result_and_no_program(language):
    facts = samples.letter_facts("initial", language, is_el=False)
    sheet = samples.sheet("initial", language, facts)
    assert {item for block in sheet.blocks for item in block.says} == {"ii", "iii", "result"}
    assert not any(block.kind == "reply" for block in sheet.blocks)
