"""History of tables that are written by the thousand: one history statement per statement, not one per row.

`@pghistory.track()` notes every row in a trigger of its own and looks up who is acting each time: 70,000 scores took
80 seconds, and each further thousand longer than the last. At statement level the same rows take two.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pghistory

Model = TypeVar("Model", bound=type)


def track_bulk(**options: Any) -> Callable[[Model], Model]:
    """As `pghistory.track()`, for a model whose rows come in sets; every row still has its own event."""
    trackers = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
    return pghistory.track(*trackers, level=pghistory.Statement, **options)
