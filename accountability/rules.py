"""Which duties carry out which policy area: by the rows of the Plan that a duty names. Pure."""

from __future__ import annotations

import re

ROW = re.compile(r"\bMP\d-\d\d\b")


def rows_of(source: str) -> set[str]:
    """The rows of the Plan that a duty's source names, such as `MP1-13, 5 CCR 11518.5`."""
    return set(ROW.findall(source))


def belongs(source: str, from_row: str, to_row: str) -> bool:
    """Whether one of the rows named lies between the first and the last row of an area."""
    return any(from_row <= row <= to_row for row in rows_of(source))
