"""HTML of our own templates to PDF: tagged (PDF/UA-1), same input same bytes, no file and no network.

Nothing in this package needs Django, so that a worker process starts with WeasyPrint alone.
"""

from .core import Layout, LetterRefused, MissingFont, MissingGlyph, render
from .merge import merge, merge_into
from .pool import Outcome, render_many

__all__ = [
    "Layout",
    "LetterRefused",
    "MissingFont",
    "MissingGlyph",
    "Outcome",
    "merge",
    "merge_into",
    "render",
    "render_many",
]
