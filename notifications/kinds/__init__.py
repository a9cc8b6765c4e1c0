"""The kinds of letters, forms and labels: what a text of each may name, must name and must state.

The table is the allow-list that `markup.check` holds a text to before it is published. Who is due a letter and what it
says about a child is known higher up: an app registers a `LetterSource` for a kind (`register_builder`), and this app
never asks where the facts come from. How a kind is added is told in `register.py`.
"""

from notifications.kinds.core import ENGLISH_ONLY, FAMILY_THEN_ENGLISH, BoxField, LetterKind, LetterSource, NoticeRun
from notifications.kinds.register import KINDS, builder, builders, register_builder

__all__ = [
    "ENGLISH_ONLY",
    "FAMILY_THEN_ENGLISH",
    "KINDS",
    "BoxField",
    "LetterKind",
    "LetterSource",
    "NoticeRun",
    "builder",
    "builders",
    "register_builder",
]
