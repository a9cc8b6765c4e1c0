"""A text, the facts of one child and the dictionary become a `Document`: one sheet, one language, every word resolved.

No value is read as markup: the text is parsed before any fact is known, and a fact only ever fills a `Run`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cache
from typing import Any
from unicodedata import bidirectional

from . import documents as doc
from . import languages
from .facts import (
    Checklist,
    CriteriaTable,
    Day,
    LetterFacts,
    Letterhead,
    ProgramsTable,
    ReplyBox,
    ScoresTable,
    Term,
    Value,
    Words,
)
from .kinds import KINDS, BoxField, LetterKind
from .markup import Node, Piece, Problem, When, parse, parse_title
from .terms import Terms, capital, clean, stands_in

HERE = "@@"  # stands in a label for a record's words, which keep their own direction
LATIN = re.compile(r"(?=[!-~ ]*[A-Za-z])[0-9A-Za-z(][!-~ ]*[0-9A-Za-z)]")
COLUMNS = 12  # of a row of boxes
RIGHT = ("R", "AL")  # letters that run from right to left


class MissingFacts(LookupError):
    """Facts that the text uses and the letter was not given; the letter is not issued."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"The letter cannot be issued without: {', '.join(names)}.")
        self.names = names


class BadText(ValueError):
    """The text is not fit to be printed; `problems` say where and why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(" ".join(str(problem) for problem in problems))
        self.problems = problems


def compose(
    *, kind: str, title: str, body: str, language: str, facts: LetterFacts, terms: Terms, drafted: bool = False
) -> doc.Document:
    """One sheet. `drafted`: the translation waits for its reader, and the paper says so.

    Raises MissingFacts (every fact the text needs and lacks, at once), BadText, terms.MissingTerm.
    """
    tree, heading, problems = _parsed(title, body)
    if problems:
        raise BadText(list(problems))
    sheet = _Sheet(KINDS[kind], language, facts, terms)
    blocks = explained(sheet, list(sheet.blocks(tree)))
    words = "".join(run.text for run in sheet.runs(heading))
    if sheet.missing:
        raise MissingFacts(sorted(sheet.missing))
    return doc.Document(
        language=language,
        title=words,
        blocks=blocks,
        kind=kind,
        direction=languages.language(language).direction,
        drafted=drafted,
        page=KINDS[kind].sheet,
    )


def lacking(*, kind: str, title: str, body: str, facts: LetterFacts) -> list[str]:
    """The facts that `compose` would miss, found without putting anything in words.

    Raises BadText.
    """
    tree, heading, problems = _parsed(title, body)
    if problems:
        raise BadText(list(problems))
    return sorted(set(_lacking(KINDS[kind], tree, facts)).union(_blank(facts, (p.text for p in heading if p.slot))))


def _lacking(kind: LetterKind, tree: list, facts: LetterFacts) -> Iterator[str]:
    for node in tree:
        if isinstance(node, When):
            if node.name not in facts.conditions:
                yield node.name
            yield from _lacking(kind, node.then if facts.conditions.get(node.name) else node.otherwise, facts)
        elif node.kind != "block":
            yield from _blank(facts, node.slots())
        elif node.name not in kind.blocks:
            yield from _blank(facts, (node.name,))
        elif node.name == "boxes":
            yield from _blank(facts, (field.value for field in kind.boxes))
        elif node.name == "iep_boxes":
            yield from () if "has_iep" in facts.conditions else ("has_iep",)
        elif node.name in GIVEN and not isinstance(facts.blocks.get(node.name), GIVEN[node.name]):
            yield node.name


def _blank(facts: LetterFacts, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        value = facts.values.get(name, "")
        if value is None or (isinstance(value, str) and not clean(value)):
            yield name


@cache
def _parsed(title: str, body: str):
    tree, problems = parse(body)
    heading, more = parse_title(title)
    return tree, heading, tuple(more + problems)


class _Sheet:
    def __init__(self, kind: LetterKind, language: str, facts: LetterFacts, terms: Terms) -> None:
        self.kind, self.language, self.facts, self.terms = kind, language, facts, terms
        self.missing: set[str] = set()

    def say(self, value: Value) -> str:
        words = self.terms.say(value, self.language)
        return isolated(words, self.language) if isinstance(value, (str, Words)) else words

    def word(self, key: str, **slots: Value) -> str:
        return self.terms.word(key, self.language, **slots)

    def cell(self, value: Value) -> str:
        """Words for a box or a cell: terms and lists begin with a large letter there, records stay as they are."""
        words = self.say(value)
        return words if isinstance(value, (str, Words)) else capital(words)

    def value(self, name: str) -> Value:
        value = self.facts.values.get(name, "")
        if not self.say(value):
            self.missing.add(name)
        return value

    def runs(self, pieces: tuple[Piece, ...]) -> tuple[doc.Run, ...]:
        """Literal text and values, neighbours of one weight joined."""
        runs: list[doc.Run] = []
        for piece in pieces:
            text = self.say(self.value(piece.text)) if piece.slot else with_latin(piece.text, self.language)
            if runs and runs[-1].bold == piece.bold:
                runs[-1] = doc.Run(runs[-1].text + text, piece.bold)
            else:
                runs.append(doc.Run(text, piece.bold))
        return tuple(runs)

    def blocks(self, tree):
        for node in tree:
            if isinstance(node, When):
                if node.name not in self.facts.conditions:
                    self.missing.add(node.name)
                yield from self.blocks(node.then if self.facts.conditions.get(node.name) else node.otherwise)
            else:
                yield self.block(node)

    def block(self, node: Node) -> doc.Block:
        if node.kind == "heading":
            return doc.Heading(self.runs(node.pieces))
        if node.kind == "paragraph":
            return doc.Paragraph(self.runs(node.pieces), says=node.says)
        if node.kind == "items":
            return doc.Items(tuple(self.runs(item) for item in node.items), node.ordered, says=node.says)
        if node.name not in self.kind.blocks:  # a placeholder that fills a paragraph
            return doc.Paragraph(self.runs((Piece(node.name, slot=True),)), says=node.says)
        made = BLOCKS[node.name](self)
        return type(made)(**{**made.__dict__, "says": node.says})

    def given(self, name: str, shape: type) -> Any:
        """The facts of a block, or None (and the letter is not issued)."""
        facts = self.facts.blocks.get(name)
        if not isinstance(facts, shape):
            self.missing.add(name)
            return None
        return facts

    def box_rows(self, fields: tuple[BoxField, ...], blank: bool = False) -> tuple[tuple[doc.Box, ...], ...]:
        """Boxes in rows of twelve columns."""
        rows: list[list[doc.Box]] = [[]]
        taken = 0
        for field in fields:
            if taken + field.width > COLUMNS:
                rows.append([])
                taken = 0
            text = "" if blank else self.cell(self.value(field.value))
            rows[-1].append(doc.Box(self.word(field.label), text, field.width))
            taken += field.width
        return tuple(tuple(row) for row in rows)


def boxes(sheet: _Sheet) -> doc.Boxes:
    return doc.Boxes(sheet.box_rows(sheet.kind.boxes))


def blank_boxes(sheet: _Sheet) -> doc.Boxes:
    return doc.Boxes(sheet.box_rows(sheet.kind.boxes, blank=True))


def scores_table(sheet: _Sheet) -> doc.Table:
    """Measure, score, level and, where there is one, last year's level (APPC-05)."""
    facts: ScoresTable | None = sheet.given("scores_table", ScoresTable)
    if not facts:
        return doc.Table()
    before = sheet.say(facts.previous_label)
    head = [sheet.word("scores.measure"), sheet.word("scores.score"), sheet.word("scores.level")]
    rows = []
    for row in facts.rows:
        cells = [sheet.cell(row.score) or sheet.word("scores.level_only"), sheet.cell(row.level)]
        rows.append(doc.Row(sheet.cell(row.measure), tuple(cells + [sheet.cell(row.previous)] * bool(before))))
    return doc.Table("scores", tuple(head + [before] * bool(before)), tuple(rows))


def programs_table(sheet: _Sheet) -> doc.Table:
    facts: ProgramsTable | None = sheet.given("programs_table", ProgramsTable)
    if not facts:
        return doc.Table()
    head = tuple(sheet.word(f"programs.{column}") for column in ("program", "how", "languages"))
    rows = [
        doc.Row(
            sheet.cell(row.program),
            (sheet.cell(row.how), sheet.cell(row.languages)),
            note=sheet.word("programs.chosen") if row.chosen else "",
        )
        for row in facts.rows
    ]
    return doc.Table("programs", head, tuple(rows))


def criteria_table(sheet: _Sheet) -> doc.Table:
    """The four state criteria beside the district's and the child's standing today (APPC-08)."""
    facts: CriteriaTable | None = sheet.given("criteria_table", CriteriaTable)
    if not facts:
        return doc.Table()
    head = (sheet.word("criteria.law"), sheet.word("criteria.district"), sheet.word("criteria.today"))
    rows = [
        doc.Row(sheet.cell(row.law), (sheet.cell(row.district), sheet.cell(row.today)), tick=row.met)
        for row in facts.rows
    ]
    return doc.Table("criteria", head, tuple(rows))


def iep_boxes(sheet: _Sheet) -> doc.Checks:
    """The two boxes of the Plan's letter: IEP on file; how the program meets it is described (APPC-07)."""
    if "has_iep" not in sheet.facts.conditions:
        sheet.missing.add("has_iep")
    ticked = sheet.facts.conditions.get("has_iep", False)
    return doc.Checks(tuple(doc.Check(sheet.word(key), ticked) for key in ("iep.on_file", "iep.described")))


def reply_box(sheet: _Sheet) -> doc.Reply:
    facts: ReplyBox | None = sheet.given("reply_box", ReplyBox)
    if not facts:
        return doc.Reply()
    how = sheet.word("reply.online", address=facts.address) if facts.address else sheet.word("reply.paper")
    talk = sheet.word("reply.talk_in", language=facts.language)
    choices = ((sheet.word("reply.agree"), sheet.word("reply.other")), (talk, sheet.word("reply.decline")))
    return doc.Reply(sheet.word("reply.title"), how, choices, (sheet.word("sign.parent"), sheet.word("sign.date")))


def glossary(sheet: _Sheet) -> doc.Paragraph:
    """Stands for the words explained until the whole sheet is known (`explained`)."""
    return WORDS


WORDS = doc.Paragraph()


def explained(sheet: _Sheet, blocks: list[doc.Block]) -> tuple[doc.Block, ...]:
    """The sheet with its words explained: those of the dictionary (`word.*`) that stand in it, in their order.

    Run in, so that the letter keeps its pages. A sheet in which none of the words stands, or whose language has none
    explained, has no such paragraph.
    """
    said = " ".join(_said(block) for block in blocks)
    runs: list[doc.Run] = []
    for key, spoken in sheet.terms.explained(sheet.language):
        if any(stands_in(word, said) for word in spoken):
            means = sheet.word("glossary.line", means=Term(f"{key}.means"))
            runs += [doc.Run(f"{capital(spoken[0])}: ", bold=True), doc.Run(f"{means} ")]
    if runs:
        last = doc.Run(runs.pop().text.rstrip())
        words = doc.Paragraph((doc.Run(f"{sheet.word('glossary.title')} ", bold=True), *runs, last))
    return tuple(words if block == WORDS else block for block in blocks if block != WORDS or runs)


def _said(block: doc.Block) -> str:
    """The words of a block, those of the form's boxes and tables included."""
    match block:
        case doc.Heading(runs=runs) | doc.Paragraph(runs=runs):
            return "".join(run.text for run in runs)
        case doc.Items(items=items):
            return " ".join(run.text for item in items for run in item)
        case doc.Table(head=head, rows=rows):
            return " ".join([*head, *(text for row in rows for text in (row.head, *row.cells))])
        case doc.Checks(lines=lines):
            return " ".join(line.text for line in lines)
    return ""


def survey_questions(sheet: _Sheet) -> doc.Questions:
    """The four questions in the state form's order and wording."""
    return doc.Questions(tuple(sheet.word(f"survey.question_{number}") for number in (1, 2, 3, 4)))


def signature(sheet: _Sheet) -> doc.Signature:
    return doc.Signature((sheet.word("sign.parent"), sheet.word("sign.date")))


def records_list(sheet: _Sheet) -> doc.Checks:
    facts: Checklist | None = sheet.given("records_list", Checklist)
    lines = facts.lines if facts else ()
    return doc.Checks(tuple(doc.Check(sheet.cell(text), ticked) for text, ticked in lines))


GIVEN: dict[str, type] = {  # blocks whose facts the source hands over
    "scores_table": ScoresTable,
    "programs_table": ProgramsTable,
    "criteria_table": CriteriaTable,
    "reply_box": ReplyBox,
    "records_list": Checklist,
}
BLOCKS: dict[str, Callable[[_Sheet], doc.Block]] = {
    make.__name__: make
    for make in (
        boxes, blank_boxes, scores_table, programs_table, criteria_table,
        iep_boxes, glossary, reply_box, survey_questions, signature, records_list,
    )
}  # fmt: skip


def isolated(text: str, language: str) -> str:
    """A record's words between marks that keep their own direction, where the sheet runs from right to left.

    Without the marks a Latin address on an Arabic sheet would have its house number at the end.
    """
    if (
        not text
        or languages.language(language).direction == "ltr"
        or any(bidirectional(char) in RIGHT for char in text)
    ):
        return text
    return f"\u2066{text}\u2069"


def with_latin(text: str, language: str) -> str:
    """A text as it was typed, each Latin stretch of it kept together on a sheet that runs from right to left.

    Without the marks the brackets of "20 U.S.C. 6312(e)(3)(A)" would stand on the wrong side.
    """
    if languages.language(language).direction == "ltr":
        return text
    return LATIN.sub(lambda found: f"\u2066{found[0]}\u2069", text)


def letterhead_words(
    *, head: Letterhead, language: str, terms: Terms, drafted: bool, replaces: tuple[str, date] | None = None
) -> doc.HeadText:
    """The letterhead in one language, labels included; the note on a draft in that language and in English."""

    def own(value: Value) -> str:
        return isolated(terms.say(value, language), language)

    def labelled(key: str, value: str) -> list[str]:
        return [terms.word(key, language, value=HERE).replace(HERE, own(value))] if value else []

    lines = [own(", ".join(head.address))] if head.address else []
    reach = labelled("head.phone", head.phone) + labelled("head.fax", head.fax)
    reach += [own(head.website)] if head.website else []
    note = dict.fromkeys(terms.word("draft.note", code) for code in (language, "en")) if drafted else ()
    return doc.HeadText(
        district=own(head.district),
        lines=tuple(lines + [" · ".join(reach)] * bool(reach)),
        school=own(head.school),
        school_lines=tuple(labelled("head.school_phone", head.school_phone)),
        vision=own(head.vision),
        superintendent="".join(labelled("head.superintendent", head.superintendent)),
        trustees="".join(labelled("head.trustees", ", ".join(head.trustees))),
        draft_note=tuple(note),
        replaces=terms.word("head.replaces", language, number=replaces[0], date=Day(replaces[1])) if replaces else "",
    )
