"""Where the lines, dots and bars of the growth pictures lie: plain values in and out; the SVG is in the templates.

Lengths are in units of the picture's own grid; a year is a column, a measure a row. A level lies as high as its share
of the levels of its scale, and says its number beside the dot: scales are never read off against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assessments.rules.growth import DOWN, FAMILIES, SAME, UP, Point, Share, family_of, gaps, segments

LEFT, RIGHT, TOP, COLUMN, ROW, PAD = 110, 20, 40, 78, 90, 20
NARROWEST = 880  # so that a picture of few years is not blown up to the width of the page
BAR_LEFT, BAR_WIDTH, BAR_ROW, BAR_TALL, WORDY = 130, 560, 44, 24, 46


@dataclass(frozen=True)
class Dot:
    """A level in a year. shape: circle, square, diamond or triangle, one for each scale."""

    x: int
    y: int
    shape: str
    label: str
    points: str = ""


@dataclass(frozen=True)
class Panel:
    """One measure: its name, the lines between consecutive years of one scale, the dots."""

    name: str
    base: int
    lines: tuple[str, ...]
    dots: tuple[Dot, ...]


@dataclass(frozen=True)
class Picture:
    """All measures under each other. years: x and name; missing: years without a test between the others."""

    width: int
    height: int
    years: tuple[tuple[int, str, bool], ...]
    panels: tuple[Panel, ...]
    families: tuple[tuple[str, str], ...]


FILLS = {UP: "#b9d8c4", SAME: "#f1f3f7", DOWN: "#eec4c2"}  # light enough for black words on them
SHAPES = dict(zip(FAMILIES, ("square", "triangle", "circle", "diamond"), strict=True))


def picture(points: Mapping[str, Sequence[Point]], name: Callable[[str], str]) -> Picture | None:
    """The growth of one child; None where no measure has a level. name: a measure in words."""
    told = {measure: [one for one in row if one.rank is not None] for measure, row in points.items()}
    told = {measure: row for measure, row in told.items() if row}
    if not told:
        return None
    names = sorted({one.administration for row in told.values() for one in row})
    missing = gaps(names)
    columns = sorted({*names, *missing})
    at = {name: LEFT + COLUMN // 2 + place * COLUMN for place, name in enumerate(columns)}
    panels = tuple(_panel(name(measure), row, place, at) for place, (measure, row) in enumerate(told.items()))
    used = {family_of(one.test) for row in told.values() for one in row}
    return Picture(
        max(LEFT + COLUMN * len(columns) + RIGHT, NARROWEST),
        TOP + ROW * len(panels),
        tuple((at[name], name, name in missing) for name in columns),
        panels,
        tuple((family, SHAPES[family]) for family in FAMILIES if family in used),
    )


def _panel(name: str, row: Sequence[Point], place: int, at: Mapping[str, int]) -> Panel:
    y = TOP + ROW * place
    pieces = segments(row)
    lines = tuple(
        " ".join(f"{at[one.administration]},{_height(one, y)}" for one in piece.points)
        for piece in pieces
        if len(piece.points) > 1
    )
    dots = tuple(_dot(one, at[one.administration], _height(one, y)) for piece in pieces for one in piece.points)
    return Panel(name, y + ROW - PAD // 2, lines, dots)


def _height(one: Point, y: int) -> int:
    """The lowest level at the foot of its row, the highest under its top."""
    assert one.rank is not None
    steps = max(one.of - 1, 1)
    return y + ROW - PAD - round((ROW - 2 * PAD - 6) * (one.rank - 1) / steps)


def _dot(one: Point, x: int, y: int) -> Dot:
    shape = SHAPES[family_of(one.test)]
    corners = {
        "diamond": f"{x},{y - 6} {x + 6},{y} {x},{y + 6} {x - 6},{y}",
        "triangle": f"{x},{y - 6} {x + 6},{y + 5} {x - 6},{y + 5}",
        "square": f"{x - 5},{y - 5} {x + 5},{y - 5} {x + 5},{y + 5} {x - 5},{y + 5}",
    }
    return Dot(x, y, shape, f"{one.rank}/{one.of}", corners.get(shape, ""))


@dataclass(frozen=True)
class Piece:
    """A part of a bar: where it begins, how wide it is, how many children, whether its number has room in it."""

    word: str
    fill: str
    x: int
    width: int
    count: int
    has_room: bool


@dataclass(frozen=True)
class Bar:
    name: str
    y: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Bars:
    width: int
    height: int
    bars: tuple[Bar, ...]


def bars(shares: Sequence[Share], name: Callable[[str], str], words: Mapping[str, object]) -> Bars:
    """For each measure how large a share went up, stayed and went down: a bar of all matched children."""
    found = []
    for place, each in enumerate(shares):
        x, pieces = BAR_LEFT, []
        for outcome, count in ((UP, each.up), (SAME, each.same), (DOWN, each.down)):
            width = round(BAR_WIDTH * count / each.matched) if each.matched else 0
            pieces.append(Piece(str(words[outcome]), FILLS[outcome], x, width, count, width >= WORDY))
            x += width
        found.append(Bar(name(each.measure), place * BAR_ROW + 6, tuple(pieces)))
    return Bars(BAR_LEFT + BAR_WIDTH + 10, len(found) * BAR_ROW + 6, tuple(found))
