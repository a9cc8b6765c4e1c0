"""Pages of the settings that the apps above bring: registered in `AppConfig.ready`, shown to whoever may open them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from district.permissions import Permission


@dataclass(frozen=True)
class Part:
    """permission: what its page asks for. url_name: its page. label, note: what it is, and a word about it."""

    permission: Permission
    url_name: str
    label: Any
    note: Any


_parts: list[Part] = []


def register(part: Part) -> None:
    """Have the page stand among the settings."""
    if part not in _parts:
        _parts.append(part)


def parts() -> tuple[Part, ...]:
    """All pages that were registered, in the order of the apps."""
    return tuple(_parts)
