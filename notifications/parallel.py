"""Do the texts of one version run parallel: the same parts, paragraph by paragraph, in every language?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from notifications import languages
from notifications.markup import Node, Problem, When, parse, parse_title, walk

Texts = Mapping[str, tuple[str, str]]  # language to (title, body)


@dataclass(frozen=True)
class PartOfText:
    """A heading, paragraph, list, block or condition: what it is, apart from its words, and its line."""

    shape: str
    line: int


def compare(texts: Texts) -> list[Problem]:
    """Differences between the languages of one version, each against the first; the line is the other language's.

    All must have the same placeholders and stated items, and the same headings, paragraphs, lists, blocks and
    conditions in the same order, so that no language says more or less than another.
    """
    (first, model), *others = ((code, _Read(code, *text)) for code, text in texts.items())
    return [problem for _code, read in others for problem in _differences(model, read)]


class _Read:
    """A text of a language, read."""

    def __init__(self, code: str, title: str, body: str) -> None:
        self.name = languages.language(code).name if code in languages.table() else code
        tree, _problems = parse(body)
        nodes = list(walk(tree))
        in_title = {piece.text for piece in parse_title(title)[0] if piece.slot}
        self.slots = in_title.union(slot for node in nodes for slot in node.slots())
        self.items = {item for node in nodes for item in node.says}
        self.parts = list(_parts(tree))


def _parts(tree: list[Node | When]) -> Iterator[PartOfText]:
    for node in tree:
        if isinstance(node, When):
            yield PartOfText(f"condition “{node.name}”", node.line)
            yield from _parts(node.then)
            yield PartOfText("what holds otherwise", node.line)
            yield from _parts(node.otherwise)
            yield PartOfText(f"end of “{node.name}”", node.line)
        else:
            yield PartOfText(_shape(node), node.line)


def _shape(node: Node) -> str:
    shape = {
        "heading": "heading",
        "paragraph": "paragraph",
        "items": f"list of {len(node.items)}",
        "block": f"block [[{node.name}]]",
    }[node.kind]
    return f"{shape} that says {' '.join(node.says)}" if node.says else shape


def _differences(model: _Read, read: _Read) -> Iterator[Problem]:
    for what, ours, theirs in (("Placeholders", read.slots, model.slots), ("Items", read.items, model.items)):
        if names := sorted(ours - theirs):
            yield Problem(0, f"{what} only in {read.name}, not in {model.name}: {', '.join(names)}.")
        if names := sorted(theirs - ours):
            yield Problem(0, f"{what} only in {model.name}, not in {read.name}: {', '.join(names)}.")
    matcher = SequenceMatcher(
        None, [part.shape for part in model.parts], [part.shape for part in read.parts], autojunk=False
    )
    for tag, low, high, start, end in matcher.get_opcodes():
        if tag != "equal":
            yield _difference(model, read, model.parts[low:high], read.parts[start:end], start)


def _difference(model: _Read, read: _Read, theirs: list[PartOfText], ours: list[PartOfText], place: int) -> Problem:
    """One place in which the two do not run parallel, in words; the line is that of the second language."""
    if ours:
        line = ours[0].line
    else:
        line = read.parts[place].line if place < len(read.parts) else (read.parts[-1].line if read.parts else 0)
    if not theirs:
        return Problem(line, f"{read.name} has here what {model.name} has not: {_list(ours)}.")
    at = f"{model.name}, line {theirs[0].line}"
    if not ours:
        return Problem(line, f"{read.name} lacks before this line what {at}, has: {_list(theirs)}.")
    return Problem(line, f"{read.name} has here {_list(ours)}; {at}, has {_list(theirs)}.")


def _list(parts: list[PartOfText]) -> str:
    return ", ".join(part.shape for part in parts)
