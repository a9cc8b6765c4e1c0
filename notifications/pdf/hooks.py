"""Three hooks into WeasyPrint 70, for what a screen reader and a search need and it does not give yet.

- ActualText: one glyph of Gurmukhi or another complex script stands for different text in different places, but the
  PDF's table holds one text per glyph (127 of 221 words came out right). Each such line carries its own text. Scripts
  from right to left go without: their letters come out right by the table, and poppler turns such a line round.
- Lang: each sheet's language on its tag, so that the English side is not read with a Punjabi voice.
- Artifacts: the foot of the page (number, trustees) is no part of the letter's text.
"""

from __future__ import annotations

import re
from contextlib import contextmanager

import weasyprint
from pydyf import String
from weasyprint import draw
from weasyprint.formatting_structure import boxes
from weasyprint.pdf import stream as pdf_stream
from weasyprint.pdf import tags

TESTED = "70."
COMPLEX = re.compile("[\u0900-\u109f\u1780-\u17ff\ua8e0-\ua8ff]")
LEFT_OUT = re.compile("[\u200b\u2060\u00ad]")

_installed = False


def install() -> None:
    """Put the hooks in place, once per process; refuses a WeasyPrint they were not tested with."""
    global _installed
    if _installed:
        return
    if not weasyprint.__version__.startswith(TESTED):
        raise RuntimeError(f"WeasyPrint {weasyprint.__version__} is installed; the letters are tested with {TESTED}x.")
    draw.draw_text = _with_actual_text(draw.draw_text)
    tags._build_box_tree = _with_language(tags._build_box_tree)
    pdf_stream.Stream.marked = _artifacts_apart(pdf_stream.Stream.marked)
    _installed = True


def _with_actual_text(draw_text):
    def wrapped(stream, textbox, *args):
        if not COMPLEX.search(textbox.text):
            return draw_text(stream, textbox, *args)
        text = LEFT_OUT.sub("", textbox.text).encode("utf-16-be").hex()
        stream.stream.append(f"/Span <</ActualText <feff{text}>>> BDC".encode())
        draw_text(stream, textbox, *args)
        stream.stream.append(b"EMC")

    return wrapped


def _with_language(build):
    def wrapped(box, parent, *args):
        if isinstance(box, boxes.MarginBox):
            return  # drawn as an artifact, below
        language = box.element.get("lang") if getattr(box, "element", None) is not None else None
        for element in build(box, parent, *args):
            if language and box.element_tag == "section":
                element["Lang"] = String(language)
            yield element

    return wrapped


def _artifacts_apart(marked):
    @contextmanager
    def wrapped(self, box, tag):
        if self._tags is not None and box.element is None:  # text of the page itself, of no element
            self.stream.append(b"/Artifact <</Type /Pagination>> BDC")
            yield
            self.stream.append(b"EMC")
        else:
            with marked(self, box, tag):
                yield

    return wrapped
