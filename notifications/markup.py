"""The markup of letter texts: a narrow allow-list of Markdown, `[[placeholders]]`, and lines that begin with `::`.

Allowed: paragraphs, `## headings`, `**bold**`, lists with `- ` or `1. `. A block (`[[scores_table]]`) stands alone on
its line; a placeholder may, and is then a paragraph. `::when has_iep` ... `::otherwise` ... `::end` keeps a part for
children of whom the condition holds; one may stand inside another, no deeper. `::says ii iv` states which items the
next paragraph, list or block puts in words.
Nothing is computed: there are no expressions, and a value is never read as markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from .kinds import KINDS, LetterKind
from .terms import UNSEEN, clean

LONGEST = 30_000  # characters; the longest text shipped has about 6,000
DEEPEST = 2
SLOT = re.compile(r"\[\[([a-z][a-z0-9_]{0,40})\]\]")
ITEM = re.compile(r"(?P<number>\d{1,2}\.|-)[ ]+(?P<text>\S.*)")
FORBIDDEN: tuple[tuple[re.Pattern, str], ...] = (
    (re.compile(r"[{}]"), "Curly brackets are not allowed; a fact is written as [[name]]."),
    (re.compile(r"[<>]"), "Angle brackets are not allowed: a letter has no HTML."),
    (re.compile(r"!\["), "Pictures are not allowed in the text of a letter."),
    (re.compile(r"\]\("), "Links are not allowed; the district's website is on the letterhead."),
    (
        re.compile(r"(?i)\w+://|\b(javascript|data|file|vbscript)\s*:|\bwww\."),
        "Web addresses are not allowed in the text.",
    ),
    (re.compile(r"&#?\w+;"), "HTML codes such as &nbsp; are not allowed; type the character itself."),
    (re.compile(r"[`~\\|^]"), "The signs ` ~ \\ | ^ are not allowed."),
    (UNSEEN, "The line holds an invisible character. Delete the line and type it again."),
)


@dataclass(frozen=True)
class Problem:
    """Why a text cannot be published: `line` counts from 1, 0 means the whole text."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.reason}" if self.line else self.reason


@dataclass(frozen=True)
class Piece:
    """Literal text or, where `slot` is true, the name of a placeholder."""

    text: str
    bold: bool = False
    slot: bool = False


@dataclass(frozen=True)
class Node:
    """heading, paragraph, items or block, as written. `name` is the block's; `items` the list's lines."""

    kind: str
    line: int
    pieces: tuple[Piece, ...] = ()
    items: tuple[tuple[Piece, ...], ...] = ()
    ordered: bool = False
    name: str = ""
    says: tuple[str, ...] = ()

    def slots(self) -> Iterator[str]:
        for pieces in (self.pieces, *self.items):
            yield from (piece.text for piece in pieces if piece.slot)


@dataclass
class When:
    """A part of the text under a condition."""

    name: str
    line: int
    then: list = field(default_factory=list)
    otherwise: list = field(default_factory=list)


@dataclass(frozen=True)
class Source:
    """A text file of `fixtures/letters`: front matter and body."""

    kind: str
    language: str
    title: str
    body: str
    reviewed: bool
    effective_from: date
    source: str
    note: str = ""


def read_source(text: str) -> Source:
    """Front matter (`key: value` lines between two lines `---`) and body; ValueError names what is wrong."""
    opening, head, body = (text.split("---\n", 2) + ["", ""])[:3]
    if opening.strip() or not body:
        raise ValueError("A letter text begins with a line ---, then lines `key: value`, then a line ---.")
    pairs = [line.partition(":") for line in head.splitlines() if line.strip()]
    values = {key.strip(): value.strip() for key, _, value in pairs}
    if lacking := {"kind", "lang", "title", "reviewed", "effective_from", "source"} - set(values):
        raise ValueError(f"The front matter lacks: {', '.join(sorted(lacking))}.")
    return Source(
        kind=values["kind"],
        language=values["lang"],
        title=values["title"],
        body=body.strip("\n") + "\n",
        reviewed=values["reviewed"] == "true",
        effective_from=date.fromisoformat(values["effective_from"]),
        source=values["source"],
        note=values.get("note", ""),
    )


class _Parser:
    def __init__(self, body: str) -> None:
        self.lines = body.splitlines()
        self.problems: list[Problem] = []
        self.tree: list[Node | When] = []
        self.open: list[tuple[When, bool]] = []  # each with: are we past ::otherwise
        self.says: tuple[str, ...] = ()
        self.says_line = 0

    def problem(self, line: int, reason: str) -> None:
        self.problems.append(Problem(line, reason))

    @property
    def branch(self) -> list:
        if not self.open:
            return self.tree
        when, past = self.open[-1]
        return when.otherwise if past else when.then

    def run(self) -> None:
        at = 0
        while at < len(self.lines):
            line = self.lines[at]
            if not line.strip():
                at += 1
            elif line.startswith("::"):
                self.directive(line, at + 1)
                at += 1
            else:
                at = self.block(at)
        for when, _ in self.open:
            self.problem(when.line, f'"::when {when.name}" has no "::end".')
        if self.says:
            self.problem(self.says_line, '"::says" is followed by nothing.')

    def directive(self, line: str, number: int) -> None:
        word, *names = line[2:].split() or [""]
        if word == "when" and len(names) == 1:
            when = When(names[0], number)
            self.branch.append(when)
            self.open.append((when, False))
            if len(self.open) > DEEPEST:
                self.problem(number, f"A condition may stand inside one other, not deeper than {DEEPEST}.")
        elif word == "otherwise" and not names and self.open and not self.open[-1][1]:
            self.open[-1] = (self.open[-1][0], True)
        elif word == "end" and not names and self.open:
            self.open.pop()
        elif word == "says" and names:
            self.says, self.says_line = tuple(names), number
        elif word in ("otherwise", "end"):
            self.problem(number, f'"::{word}" does not belong to an open "::when".')
        else:
            self.problem(number, f'"{line.strip()}" is not known. There are ::when, ::otherwise, ::end and ::says.')

    def block(self, at: int) -> int:
        """Read one block that begins at index `at`; returns the index after it."""
        number, line = at + 1, self.lines[at]
        if slot := SLOT.fullmatch(line.strip()):
            self.add(Node("block", number, name=slot[1]))
            return at + 1
        if line.startswith("## "):
            if self.says:
                self.problem(number, '"::says" belongs to a paragraph, a list or a block, not to a heading.')
                self.says = ()
            self.branch.append(Node("heading", number, self.inline(line[3:].strip(), number)))
            return at + 1
        if first := ITEM.fullmatch(line):
            return self.list(at, ordered=first["number"] != "-")
        end = at
        while end < len(self.lines) and self.lines[end].strip() and not self.begins(end, at):
            self.refuse_shape(self.lines[end], end + 1)
            end += 1
        pieces: list[Piece] = []
        for index, text in enumerate(self.lines[at:end]):
            pieces += [Piece(" ")] * bool(index) + list(self.inline(text.strip(), at + index + 1))
        self.add(Node("paragraph", number, tuple(pieces)))
        return end

    def begins(self, at: int, start: int) -> bool:
        line = self.lines[at]
        other = line.startswith(("::", "## ")) or ITEM.fullmatch(line) or SLOT.fullmatch(line.strip())
        return bool(at > start and other)

    def list(self, at: int, ordered: bool) -> int:
        start, items = at, []
        while at < len(self.lines) and (item := ITEM.fullmatch(self.lines[at])):
            if (item["number"] != "-") != ordered:
                break
            items.append(self.inline(item["text"], at + 1))
            at += 1
        self.add(Node("items", start + 1, items=tuple(items), ordered=ordered))
        if at < len(self.lines) and self.lines[at].strip() and not self.begins(at, start):
            self.problem(at + 1, "Leave an empty line after a list; each line of a list begins with - or 1.")
        return at

    def add(self, node: Node) -> None:
        self.branch.append(Node(**{**node.__dict__, "says": self.says}))
        self.says = ()

    def refuse_shape(self, line: str, number: int) -> None:
        if line.startswith("#"):
            self.problem(number, 'A heading begins with "## "; other levels are not allowed.')
        elif line[:1] in " \t":
            self.problem(number, "A line may not begin with a space.")
        elif re.match(r"[*+]\s|\d+\)\s", line):
            self.problem(number, 'A list begins with "- " or "1. ".')
        elif re.fullmatch(r"([-*_=]\s*){3,}", line):
            self.problem(number, "Rules across the page are not allowed.")

    def inline(self, text: str, number: int) -> tuple[Piece, ...]:
        """Bold stretches and placeholders of one line."""
        rest = SLOT.sub("", text)
        for pattern, reason in FORBIDDEN:
            if pattern.search(rest):
                self.problem(number, reason)
        if "[" in rest or "]" in rest:
            self.problem(number, "Square brackets are for placeholders: [[name]], small letters, digits and _ only.")
        stretches = text.split("**")
        if len(stretches) % 2 == 0:
            self.problem(number, "Bold begins and ends with ** in the same line.")
        if any("*" in stretch for stretch in stretches):
            self.problem(number, "A single * is not allowed; bold is written **so**.")
        pieces = []
        for index, stretch in enumerate(stretches):
            for place, part in enumerate(SLOT.split(stretch)):
                if part:
                    pieces.append(Piece(part if place % 2 else _spaced(part), bool(index % 2), bool(place % 2)))
        return tuple(pieces)


def _spaced(text: str) -> str:
    """Clean text that keeps one space at either end where it had one."""
    return " " * text[:1].isspace() + clean(text) + " " * (text[-1:].isspace() and bool(text.strip()))


def parse(body: str) -> tuple[list[Node | When], list[Problem]]:
    """The tree of a text and the problems of its form; the tree is for printing only where there are none."""
    if len(body) > LONGEST:
        return [], [Problem(0, f"The text is longer than {LONGEST} characters.")]
    parser = _Parser(body)
    parser.run()
    return parser.tree, sorted(parser.problems, key=lambda problem: problem.line)


def parse_title(title: str) -> tuple[tuple[Piece, ...], list[Problem]]:
    """A title: one line with placeholders, no bold."""
    parser = _Parser("")
    pieces = parser.inline(title.strip(), 0)
    reasons = [problem.reason for problem in parser.problems]
    if any(piece.bold for piece in pieces):
        reasons.append("A title is printed large; it has no bold.")
    if not title.strip() or "\n" in title or len(title) > 200:
        reasons.append("A title is one line of at most 200 characters.")
    return pieces, [Problem(0, f"Title: {reason}") for reason in reasons]


def check(kind: str, title: str, body: str) -> list[Problem]:
    """Everything that keeps a text of this kind from being published, in the order of its lines; empty when fit."""
    if kind not in KINDS:
        return [Problem(0, f'There is no kind of letter "{kind}".')]
    rules = KINDS[kind]
    tree, problems = parse(body)
    pieces, title_problems = parse_title(title)
    nodes = list(walk(tree))
    problems = title_problems + problems
    problems += _names(rules, tree, nodes, {piece.text for piece in pieces if piece.slot})
    used = {node.name for node in nodes} | {slot for node in nodes for slot in node.slots()}
    used |= {piece.text for piece in pieces if piece.slot}
    for name in sorted(rules.required - used):
        problems.append(Problem(0, f"[[{name}]] must stand in the text: {_meaning(rules, name)}."))
    said = {item for node in nodes for item in node.says}
    for item in rules.items:
        if item not in said:
            problems.append(
                Problem(0, f'Item "{item}" that this notice must state is not marked by a line "::says {item}".')
            )
    return sorted(problems, key=lambda problem: problem.line)


def _names(rules: LetterKind, tree: list, nodes: list[Node], in_title: set[str]) -> list[Problem]:
    problems = [
        Problem(when.line, f'"{when.name}" is not a condition of this letter. There are: {_list(rules.conditions)}.')
        for when in conditions(tree)
        if when.name not in rules.conditions
    ]
    for name in sorted(in_title - set(rules.placeholders)):
        problems.append(Problem(0, f"Title: [[{name}]] is not a placeholder of this letter."))
    for node in nodes:
        if node.kind == "block" and node.name not in rules.blocks and node.name not in rules.placeholders:
            reason = f"[[{node.name}]] is not known here. Blocks are: {_list(rules.blocks)}."
            problems.append(Problem(node.line, reason))
        for name in node.slots():
            if name in rules.blocks:
                problems.append(Problem(node.line, f"[[{name}]] is a block and must stand alone on its line."))
            elif name not in rules.placeholders:
                reason = f"[[{name}]] is not a placeholder of this letter. There are: {_list(rules.placeholders)}."
                problems.append(Problem(node.line, reason))
        for item in node.says:
            if item not in rules.items:
                problems.append(Problem(node.line, f'"::says {item}": this notice has the items {_list(rules.items)}.'))
    return problems


def walk(tree: list) -> Iterator[Node]:
    """All nodes, those under conditions included."""
    for node in tree:
        if isinstance(node, When):
            yield from walk(node.then)
            yield from walk(node.otherwise)
        else:
            yield node


def conditions(tree: list) -> Iterator[When]:
    for node in tree:
        if isinstance(node, When):
            yield node
            yield from conditions(node.then)
            yield from conditions(node.otherwise)


def _meaning(rules: LetterKind, name: str) -> str:
    return rules.placeholders.get(name) or rules.blocks[name]


def _list(names) -> str:
    return ", ".join(names) or "none"
