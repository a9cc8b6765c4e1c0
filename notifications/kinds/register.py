"""The table of kinds, and the sources of their facts.

How a kind of letter is added, three steps and no other file:

1. The kind. A module of this package (one for each theme) with `KINDS: tuple[LetterKind, ...]`, named in `MODULES`
   below. Shared placeholders are in `core`; a placeholder is a name and its meaning, a condition likewise. Boxes of the
   form are `BoxField`s, tables are blocks of `compose.BLOCKS`. `items` are what the letter must state by law, as listed
   for the kind in `fixtures/letters/notice_contents.csv`, each marked in the texts by a line `::says`.
2. The texts. A folder `fixtures/letters/<slug>/` with `en.md`, `es.md`, `pa.md` of the same build (`markup.compare`
   holds them to it). Words of its own for boxes, tables and terms stand in `fixtures/letters/<slug>/terms.csv`, with
   the columns of the common `fixtures/letters/terms.csv`; a key stands in one of the files only. Write the texts before
   the module is named below: a kind without texts is an error when reference data are loaded.
3. The facts. A class with `due` and `facts_for` (`core.LetterSource`) in the `letters/` of the app that knows them, put
   into its `SOURCES` under the slug; its `apps.py` registers them all. It returns `LetterFacts`, or the list of what is
   `Missing`, each with the page that mends it. `subject_key` names what the letter is about (a meeting, a request): a
   child has one letter of a kind for each. `due` is everybody who should get the letter and has not: the pages, the run
   in bulk, the child's page and the command follow from it. A kind that is due to nobody in bulk returns
   `Student.objects.none()`; the letter of one child is then made from the child's page.
"""

from __future__ import annotations

from notifications.kinds import action_plans, conferences, corrections, folder, notices, requests, surveys
from notifications.kinds.core import LetterKind, LetterSource

MODULES = (
    notices,
    surveys,
    folder,
    corrections,
    conferences,
    action_plans,
    requests,
)

KINDS: dict[str, LetterKind] = {kind.slug: kind for module in MODULES for kind in module.KINDS}

_builders: dict[str, LetterSource] = {}


def register_builder(kind: str, source: LetterSource) -> None:
    """Name the source of facts for a kind; called once per kind from the `ready` of the app that knows them."""
    if kind not in KINDS:
        raise KeyError(f'There is no kind of letter "{kind}". There are: {", ".join(KINDS)}.')
    if _builders.get(kind, source) is not source:
        raise ValueError(f'The kind of letter "{kind}" already has a source of facts.')
    _builders[kind] = source


def builder(kind: str) -> LetterSource:
    """The source registered for a kind; KeyError where none is (the kind is then printed by hand only)."""
    return _builders[kind]


def builders() -> dict[str, LetterSource]:
    """All registered sources by kind, in the order of the table."""
    return {kind: _builders[kind] for kind in KINDS if kind in _builders}
