"""What the lines of a file become: the parts in which one kind of target is unlike the others, as SQL.

The one query that judges all lines (`judging`) and the statements that write and restore (`writing`) are put together
from these parts. `line` is a line read, `child` and `stay` whom it was found to be of, `own` the row held already.
"""

from __future__ import annotations

from dataclasses import dataclass

from assessments.enums import ImportTarget


@dataclass(frozen=True)
class Target:
    """One kind of target.

    own: the join that finds the row held. held: that row as JSON. said: what the line would write, in the same shape,
    without what only the writing knows (`knows`, a SQL array of keys). short: what a line says in a word, over `said`.
    link: the column of `ScoreImportRow` that keeps which row it is; "" where the writing is somebody else's.
    writes, restores: statements over the lines of a batch; `kept` are lines that stay as they are.
    kept: columns of `ScoreImportRow` that keep what is said instead of what was read, each with its SQL over `said`.
    stays, beside: further reasons why a row stays, as WHEN clauses with the joins they need, and the day.
    """

    slug: ImportTarget
    table: str
    own: str
    held: str
    said: str
    knows: str
    short: str
    link: str = ""
    kept: tuple[tuple[str, str], ...] = ()
    writes: tuple[str, ...] = ()
    restores: tuple[str, ...] = ()
    stays: str = ""
    beside: str = ""
    day: str = "NULL::date"
