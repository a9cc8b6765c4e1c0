"""Which levels a test has, lowest first. This app knows no tests; the app that does says so in `AppConfig.ready`.

ladders.register(lambda: [Ladder("initial_elpac", "Initial ELPAC", (("novice", "Novice"), ...)), ...])
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Ladder:
    """The levels of a test's overall score: (slug, words), lowest first."""

    test: str
    name: str
    levels: tuple[tuple[str, str], ...]


_sources: list[Callable[[], Iterable[Ladder]]] = []


def register(source: Callable[[], Iterable[Ladder]]) -> None:
    """Make tests and their levels known."""
    _sources.append(source)


def ladders() -> dict[str, Ladder]:
    """Every known test by its slug."""
    return {ladder.test: ladder for source in _sources for ladder in source()}


def level_name(test: str, level: str) -> str:
    """A level of a test in words; the slug where the test is not known."""
    ladder = ladders().get(test)
    return dict(ladder.levels).get(level, level) if ladder else level
