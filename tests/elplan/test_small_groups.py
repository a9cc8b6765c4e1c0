"""Small groups are hidden, and nothing that is shown gives them away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elplan.small_groups import LEAST_SHOWN, hidden_cells, is_small


@pytest.mark.parametrize(("count", "small"), [(0, False), (1, True), (10, True), (11, False)])
def test_is_small(count, small):
    assert is_small(count) is small


def test_nothing_small_hides_nothing():
    assert hidden_cells([[20, 30], [40, 50]]) == set()


def test_empty_tables():
    assert hidden_cells([]) == set()
    assert hidden_cells([[0, 0], [0, 0]]) == set()


def test_a_small_cell_takes_a_rectangle_with_it():
    """One cell alone could be worked out from its row and from its column."""
    assert hidden_cells([[3, 20, 90], [40, 50, 90]]) == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_a_small_school_hides_its_total_too():
    hidden = hidden_cells([[100, 200], [4, 2]])
    assert {(1, 0), (1, 1), (1, 2)} <= hidden
    assert (0, 2) in hidden or (2, 2) in hidden


tables = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 60), min_size=width, max_size=width), min_size=1, max_size=5)
)


@given(tables)
def test_no_hidden_number_is_alone_in_its_line(table):
    hidden = hidden_cells(table)
    whole = [[*line, sum(line)] for line in table]
    whole.append([sum(column) for column in zip(*whole, strict=True)])
    height, width = len(whole), len(whole[0])
    lines = [[(row, column) for column in range(width)] for row in range(height)]
    lines += [[(row, column) for row in range(height)] for column in range(width)]
    for line in lines:
        out = [cell for cell in line if cell in hidden]
        assert len(out) != 1, (table, hidden, line)
        if out and line[-1] not in hidden:
            assert sum(whole[row][column] for row, column in out) >= LEAST_SHOWN
    assert all(
        (row, column) in hidden for row in range(height) for column in range(width) if is_small(whole[row][column])
    )
