"""Hiding small groups in tables of counts, and what would betray them (D-27). Plain numbers; no database.

A group of fewer than `LEAST_SHOWN` children is hidden, in the totals too. A number that is hidden alone in its row or
column could be worked out from the rest, so the next smallest goes with it, until every line that hides any hides at
least two numbers, and, where its total is shown, at least `LEAST_SHOWN` children.
"""

from __future__ import annotations

from collections.abc import Sequence

# California's public reports show no group of ten or fewer (California Department of Education, DataQuest).
# From memory, unverified.
LEAST_SHOWN = 11

Cell = tuple[int, int]


def is_small(count: int) -> bool:
    """Too few to be shown. Nobody at all is no group."""
    return 0 < count < LEAST_SHOWN


def hidden_cells(counts: Sequence[Sequence[int]]) -> set[Cell]:
    """The (row, column) of every number to hide in a table that shows the totals of its rows and columns as well.

    The totals are addressed as the row and the column after the last: in a table of 4 rows and 5 columns the total of
    the first row is (0, 5), that of the first column (4, 0), the sum of all (4, 5).
    """
    width = len(counts[0]) if counts else 0
    whole = [[*line, sum(line)] for line in counts]
    whole.append([sum(column) for column in zip(*whole, strict=True)] if whole else [0])
    cells = {(row, column): count for row, line in enumerate(whole) for column, count in enumerate(line)}
    hidden = {cell for cell, count in cells.items() if is_small(count)}
    rows = [[(row, column) for column in range(width + 1)] for row in range(len(whole))]
    columns = [[(row, column) for row in range(len(whole))] for column in range(width + 1)]
    changed = bool(hidden)
    while changed:
        extras = [extra for line in [*rows, *columns] if (extra := _one_more(line, cells, hidden))]
        hidden |= set(extras[:1])
        changed = bool(extras)
    return hidden


def _one_more(line: list[Cell], cells: dict[Cell, int], hidden: set[Cell]) -> Cell | None:
    """The next number to hide in a line whose last one is its total, when the line gives a hidden one away."""
    out = [cell for cell in line if cell in hidden]
    total_is_shown = line[-1] not in hidden
    enough = not total_is_shown or sum(cells[cell] for cell in out) >= LEAST_SHOWN
    if not out or (len(out) > 1 and enough):
        return None
    still = [cell for cell in line[:-1] if cell not in hidden]
    return min(still, key=lambda cell: (cells[cell] == 0, cells[cell])) if still else line[-1]
