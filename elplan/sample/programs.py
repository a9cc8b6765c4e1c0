"""Flags, placements with their conferences, and what lies in the Yellow Folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from elplan.sample.book import Book

if TYPE_CHECKING:
    from elplan.sample.lives import Life


def write(book: Book, life: Life) -> None:
    """All that follows from what the child is."""
