"""Hiding small groups in tables of counts, and what would betray them (D-27). Plain numbers; no database.

A group of fewer than `LEAST_SHOWN` children is hidden. A single hidden cell could be worked out from the total of its
line, so the next smallest cell is hidden with it, along rows and columns, until at least two cells and at least
`LEAST_SHOWN` children are hidden in every line that hides any and shows its total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

# California's public reports show no group of ten or fewer (California Department of Education, DataQuest).
# From memory, unverified.
LEAST_SHOWN = 11

Cell = tuple[int, int]


def is_small(count: int) -> bool:
    """Too few to be shown. Nobody at all is no group."""
    return 0 < count < LEAST_SHOWN


def hidden_cells(counts: Sequence[Sequence[int]]) -> set[Cell]:
    """The (row, column) of every cell to hide in a table that also shows the totals of its rows and columns.

    Totals that are themselves small must be hidden by the caller (`is_small`); their lines then need no second cell.
    """
    cells: Mapping[Cell, int] = {
        (row, column): count for row, line in enumerate(counts) for column, count in enumerate(line)
    }
    hidden = {cell for cell, count in cells.items() if is_small(count)}
    rows = [[(row, column) for column in range(len(line))] for row, line in enumerate(counts)]
    columns = [[(row, column) for row in range(len(counts))] for column in range(len(counts[0]) if counts else 0)]
    lines = [line for line in [*rows, *columns] if not is_small(sum(cells[cell] for cell in line))]
    changed = True
    while changed:
        changed = False
        for line in lines:
            if extra := _one_more(line, cells, hidden):
                hidden.add(extra)
                changed = True
    return hidden


def _one_more(line: list[Cell], cells: Mapping[Cell, int], hidden: set[Cell]) -> Cell | None:
    """The next cell to hide in a line that gives its hidden cells away, or None."""
    out = [cell for cell in line if cell in hidden]
    if not out or (len(out) > 1 and sum(cells[cell] for cell in out) >= LEAST_SHOWN):
        return None
    still = [cell for cell in line if cell not in hidden]
    return min(still, key=lambda cell: (cells[cell] == 0, cells[cell])) if still else None
