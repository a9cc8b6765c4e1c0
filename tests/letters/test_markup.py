"""The letters' markup: what is read, what is refused and at which line, how languages are compared (promise 25)."""

from __future__ import annotations

import csv

import pytest

from notifications import markup
from notifications.kinds import KINDS
from notifications.markup import Problem, When, check, parse, walk
from notifications.parallel import compare
from tests.letters import hostile, samples

BODY = samples.TEXTS["before_test", "en"].body
TITLE = samples.TEXTS["before_test", "en"].title


def reasons(body: str) -> list[str]:
    return [str(problem) for problem in parse(body)[1]]


@pytest.mark.parametrize("key", samples.TEXTS, ids="-".join)
def test_every_shipped_text_is_fit_to_be_published(key):
    text = samples.TEXTS[key]
    assert check(text.kind, text.title, text.body) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_languages_of_a_shipped_kind_have_the_same_parts(kind):
    texts = {code: (text.title, text.body) for (of, code), text in samples.TEXTS.items() if of == kind}
    assert "en" in texts
    assert compare(texts) == []


@pytest.mark.plan("MP0-10")
@pytest.mark.parametrize("kind", [kind.slug for kind in KINDS.values() if kind.audience == "family"])
def test_letters_to_families_come_in_english_spanish_and_punjabi(kind):
    assert {code for of, code in samples.TEXTS if of == kind} == {"en", "es", "pa"}


def test_only_english_is_marked_as_reviewed():
    assert {code for (_kind, code), text in samples.TEXTS.items() if text.reviewed} == {"en"}


@pytest.mark.parametrize("payload", hostile.PAYLOADS)
def test_a_hostile_text_is_refused_at_its_line(payload):
    """In a paragraph, in a heading, in a list, in bold and in the title."""
    for shape in ("{}", "## {}", "- {}", "1. {}", "**{}**"):
        problems = check("before_test", TITLE, f"{BODY}\n{shape.format(payload)}\n")
        assert problems, f"{shape.format(payload)!r} would be published"
        assert any(problem.line > len(BODY.splitlines()) for problem in problems)
    assert check("before_test", f"{TITLE} {payload}", BODY)


def test_there_are_sixty_hostile_texts():
    assert len(set(hostile.PAYLOADS)) >= 60


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("# Big", 'Line 1: A heading begins with "## "; other levels are not allowed.'),
        ("### Small", 'Line 1: A heading begins with "## "; other levels are not allowed.'),
        ("fine\n\n    code", "Line 3: A line may not begin with a space."),
        ("* item", 'Line 1: A list begins with "- " or "1. ".'),
        ("1) item", 'Line 1: A list begins with "- " or "1. ".'),
        ("text\n---", "Line 2: Rules across the page are not allowed."),
        ("- one\ntwo", "Line 2: Leave an empty line after a list; each line of a list begins with - or 1."),
        ("so **bold", "Line 1: Bold begins and ends with ** in the same line."),
        ("so *slanted*", "Line 1: A single * is not allowed; bold is written **so**."),
        ("[[Student]]", "Line 1: Square brackets are for placeholders: [[name]], small letters, digits and _ only."),
        ("see [here](x)", "Line 1: Links are not allowed; the district's website is on the letterhead."),
        ("::when a\ntext", 'Line 1: "::when a" has no "::end".'),
        ("::end", 'Line 1: "::end" does not belong to an open "::when".'),
        ("::if x", 'Line 1: "::if x" is not known. There are ::when, ::otherwise, ::end and ::says.'),
        ("::says i", 'Line 1: "::says" is followed by nothing.'),
        ("::says i\n## head\ntext", 'Line 2: "::says" belongs to a paragraph, a list or a block, not to a heading.'),
        (
            "::when a\n::when b\n::when c\nx\n::end\n::end\n::end",
            "Line 3: A condition may stand inside one other, not deeper than 2.",
        ),
        ("x" * 30_001, "The text is longer than 30000 characters."),
    ],
)
def test_a_wrong_form_is_named_with_its_line(body, said):
    assert said in reasons(body)


def test_a_text_is_read_as_it_is_meant():
    tree, problems = parse(
        "## Head\nOne **bold [[name]]**\nline.\n\n- a\n- b\n\n1. c\n\n[[table]]\n\n"
        "::when x\nyes\n::otherwise\nno\n::end\n"
    )
    assert problems == []
    kinds = [node.kind for node in tree if not isinstance(node, When)]
    assert kinds == ["heading", "paragraph", "items", "items", "block"]
    paragraph = tree[1]
    assert "".join(piece.text for piece in paragraph.pieces) == "One bold name line."
    assert [piece.text for piece in paragraph.pieces if piece.slot and piece.bold] == ["name"]
    assert [node.ordered for node in walk(tree) if node.kind == "items"] == [False, True]
    assert [len(when.then) for when in tree if isinstance(when, When)] == [1]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("[[test_due]]", "soon"), "[[test_due]] must stand in the text: last day of the 30 calendar days."),
        (("[[boxes]]", "[[scores_table]]"), "[[scores_table]] is not known here. Blocks are: boxes."),
        (("[[test_due]]", "[[boxes]]"), "[[boxes]] is a block and must stand alone on its line."),
        (("[[test_due]]", "[[password]]"), "[[password]] is not a placeholder of this letter."),
        (("::says notice", "::says viii"), '"::says viii": this notice has the items notice.'),
        (("::says notice\n", ""), 'Item "notice" that this notice must state is not marked by a line "::says notice".'),
        (("::when alternate", "::when rich"), '"rich" is not a condition of this letter. There are: alternate.'),
    ],
)
def test_what_a_kind_does_not_have_or_must_have_is_named(change, said):
    body = BODY.replace(*change)
    assert body != BODY
    assert any(problem.reason.startswith(said) for problem in check("before_test", TITLE, body))


def test_a_placeholder_may_fill_a_paragraph_and_what_is_unknown_may_not():
    assert check("before_test", TITLE, f"{BODY}\n\n[[test_due]]\n") == []
    (problem,) = check("before_test", TITLE, f"{BODY}\n\n[[scores_table]]\n")
    assert "is not known here" in problem.reason


def test_an_unknown_kind_is_named():
    assert check("ransom", "Title", "Body") == [Problem(0, 'There is no kind of letter "ransom".')]


@pytest.mark.parametrize(
    ("spanish", "line", "said"),
    [
        ("texto\n\n## Uno\n\n[[boxes]]", 0, "Placeholders only in English, not in Spanish: student."),
        ("[[student]] es\n\n## Uno\n\n[[boxes]]\n\n## Dos", 7, "Spanish has here what English has not: heading."),
        ("[[student]] es\n\nmás\n\n## Uno\n\n[[boxes]]", 1, "Spanish has here what English has not: paragraph."),
        ("[[student]] es\n\n[[boxes]]", 3, "Spanish lacks before this line what English, line 3, has: heading."),
        ("::when is_el\nEs\n::end\n\n[[student]] es\n\n## Uno\n\n[[boxes]]", 1, "otherwise, end of “is_el”."),
        ("::says i\n[[student]] es\n\n## Uno\n\n[[boxes]]", 0, "Items only in Spanish, not in English: i."),
        (
            "::says i\n[[student]] es\n\n## Uno\n\n[[boxes]]",
            2,
            "paragraph that says i; English, line 1, has paragraph.",
        ),
        ("- [[student]]\n- b\n\n## Uno\n\n[[boxes]]", 1, "list of 2; English, line 1, has paragraph."),
    ],
)
def test_languages_that_differ_are_named_with_the_line(spanish, line, said):
    problems = compare({"en": ("T", "[[student]] is\n\n## One\n\n[[boxes]]"), "es": ("T", spanish)})
    assert any(problem.reason.endswith(said) and problem.line == line for problem in problems)


def parts(body: str) -> list[str]:
    return [part for part in body.strip("\n").split("\n\n") if part]


@pytest.mark.plan("APPB-01", "X-05")
@pytest.mark.parametrize("kind", ["initial", "annual", "before_test"])
def test_a_paragraph_that_one_language_lacks_or_has_too_many_is_noticed(kind):
    """Each part of the text in turn, in each language that is not English."""
    english = samples.TEXTS[kind, "en"]
    model = (english.title, english.body)
    for language in ("es", "pa"):
        text = samples.TEXTS[kind, language]
        pieces = parts(text.body)
        for place in range(len(pieces)):
            without = "\n\n".join(pieces[:place] + pieces[place + 1 :])
            more = "\n\n".join([*pieces[: place + 1], "Palabras.", *pieces[place + 1 :]])
            assert compare({"en": model, language: (text.title, without)})
            assert compare({"en": model, language: (text.title, more)})


SAYS = [(kind, code, item) for kind, code in samples.TEXTS for item in (KINDS[kind].items if kind in KINDS else ())]


@pytest.mark.plan("X-04", "X-05", "APPC-04", "APPC-06", "APPC-07", "APPC-09", "APPC-10", "X-16")
@pytest.mark.parametrize(("kind", "language", "item"), SAYS)
def test_a_text_that_does_not_state_an_item_is_refused(kind, language, item):
    """Every item that the law asks of the notice stands in every language, and none can be taken out."""
    text = samples.TEXTS[kind, language]
    lines = []
    for line in text.body.splitlines():
        if line.startswith("::says"):
            left = [each for each in line.split()[1:] if each != item]
            line = " ".join(["::says", *left]) if left else ""
        lines.append(line)
    problems = check(kind, text.title, "\n".join(lines))
    assert [str(problem) for problem in problems] == [
        f'Item "{item}" that this notice must state is not marked by a line "::says {item}".'
    ]


def test_the_items_are_those_that_the_law_asks_for():
    with (samples.FOLDER / "notice_contents.csv").open(encoding="utf-8", newline="") as file:
        listed = {(row["kind"], row["item"]) for row in csv.DictReader(file)}
    assert {(kind, item) for kind, item in listed if kind in KINDS} == {
        (kind.slug, item) for kind in KINDS.values() for item in kind.items
    }


def test_a_title_is_one_plain_line():
    assert "A title is printed large; it has no bold." in str(markup.parse_title("so **bold**")[1])
    assert "one line" in str(markup.parse_title("x" * 201)[1])
    assert markup.parse_title("Letter of [[school_year]]")[1] == []


@pytest.mark.parametrize("lacking", ["kind", "lang", "title", "reviewed", "effective_from", "source"])
def test_a_source_file_without_a_line_of_its_head_is_refused(lacking):
    keys = {"kind": "annual", "lang": "en", "title": "T", "reviewed": "true", "source": "s"}
    head = {**keys, "effective_from": "2026-07-01"}
    del head[lacking]
    lines = "\n".join(f"{key}: {value}" for key, value in head.items())
    with pytest.raises(ValueError, match=lacking):
        markup.read_source(f"---\n{lines}\n---\nBody\n")
