"""How hard an English letter text is to read, as a school grade.

The Flesch-Kincaid grade of textstat, from the words of a sentence and the syllables of a word; textstat's word list
comes with its package, nothing is fetched. A placeholder counts as one short name. It is a figure to write by, not a
rule: it knows nothing of sense, order or layout.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from notifications.markup import Piece, parse, walk

ADVISED = 8  # grade; own choice: who left school after grade 8 can read it
NAME = "Ana"
ENDS = (".", "!", "?", ":")


@dataclass(frozen=True)
class Reading:
    """grade: years of school that a reader needs. sentences, words: what was counted. longest: its longest sentence."""

    grade: int
    sentences: int
    words: int
    longest: str

    @property
    def is_hard(self) -> bool:
        return self.grade > ADVISED

    @property
    def advised(self) -> int:
        return ADVISED


@lru_cache(maxsize=256)
def reading_level(body: str) -> Reading | None:
    """The level of a text in the letters' markup; None where no sentence stands in it, such as a form of boxes."""
    sentences = [sentence for text in _prose(body) for sentence in _sentences(text)]
    words = sum(len(sentence.split()) for sentence in sentences)
    if not words:
        return None
    import textstat  # 60 MB with its word list, for the few who write texts

    textstat.set_lang("en_US")
    grade = textstat.flesch_kincaid_grade("\n".join(sentences))
    longest = max(sentences, key=lambda sentence: len(sentence.split()))
    return Reading(max(1, round(grade)), len(sentences), words, longest)


def _prose(body: str) -> Iterator[str]:
    """Paragraphs and lines of lists; headings and blocks are no sentences."""
    tree, _problems = parse(body)
    for node in walk(tree):
        if node.kind == "paragraph":
            yield _words(node.pieces)
        elif node.kind == "items":
            yield from (_words(item) for item in node.items)


def _words(pieces: tuple[Piece, ...]) -> str:
    return " ".join("".join(NAME if piece.slot else piece.text for piece in pieces).split())


def _sentences(text: str) -> Iterator[str]:
    """Sentences of a paragraph. Short forms that end in a point, such as "U.S.C.", end none."""
    words: list[str] = []
    for word in text.split():
        words.append(word)
        bare = word.rstrip("\"'”’)")
        if bare.endswith(ENDS[:3]) and not bare[:-1].count(".") and len(bare) > 2:
            yield " ".join(words)
            words = []
    if words:
        yield " ".join(words) + ("" if words[-1].endswith(ENDS) else ".")
