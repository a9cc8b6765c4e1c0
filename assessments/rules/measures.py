"""What a local measure or a mark says: at grade level, below, or not configured (MP3-06, D-08, D-10). Plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from district.findings import Finding, _
from district.refusal import Refusal
from district.wording import long_day

MET, NOT_MET, NOT_CONFIGURED, NOT_TAKEN = "met", "not_met", "not_configured", "not_taken"
PLAN = "Master Plan, chapter 3"
MARKS_FROM = "Master Plan, chapter 4: C or better (D-10)"


@dataclass(frozen=True)
class Cut:
    """From where a child is at grade level: the lowest value, or the lowest level in words.

    window: the slug it is for, empty for every window.
    """

    window: str
    source: str
    valid_from: date
    value: Decimal | None = None
    level: str = ""

    @property
    def is_set(self) -> bool:
        return self.value is not None or bool(self.level)


@dataclass(frozen=True)
class Scale:
    """How a measure is written down: the limits of its numbers, or its levels, lowest first."""

    name: str
    unit: str = ""
    lowest: Decimal | None = None
    highest: Decimal | None = None
    levels: Sequence[str] = ()


def plain(value: Decimal | None) -> str:
    """A number as people write it: 640, not 640.00."""
    return "" if value is None else f"{value.normalize():f}"


def read_value(typed: str, scale: Scale) -> tuple[Decimal | None, str]:
    """What was typed into a cell as (number, level). Refusal names the limits, or the levels there are.

    A measure with levels takes one of them in any case; all others take a number within the limits.
    """
    text = " ".join(typed.split())
    if scale.levels:
        known = next((level for level in scale.levels if level.casefold() == text.casefold()), None)
        if known is None:
            raise Refusal(
                _("“%(typed)s” is no level of %(measure)s.") % {"typed": text, "measure": scale.name},
                _("The levels are: %(levels)s.") % {"levels": ", ".join(scale.levels)},
            )
        return None, known
    try:
        number = Decimal(text.removesuffix("L").removesuffix("%").replace(",", "").strip())
    except InvalidOperation:
        raise Refusal(
            _("“%(typed)s” is no number.") % {"typed": text},
            _("Enter the number alone, such as 640. Was it not taken? Choose the reason beside it."),
        ) from None
    _check_limits(number, scale)
    return number, ""


def _check_limits(number: Decimal, scale: Scale) -> None:
    low, high = scale.lowest, scale.highest
    if not number.is_finite() or (low is not None and number < low) or (high is not None and number > high):
        raise Refusal(
            _("%(number)s is no value of %(measure)s.") % {"number": f"{number:f}", "measure": scale.name},
            _("Values go from %(low)s to %(high)s.") % {"low": plain(low) or "…", "high": plain(high) or "…"},
        )
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -2:
        raise Refusal(
            _("%(number)s has more than two places after the point.") % {"number": f"{number:f}"}, _("Round it.")
        )


def cut_for(window: str, cuts: Sequence[Cut]) -> Cut | None:
    """The cut of a window: its own, else the one for every window; None where there is no row at all."""
    own = next((cut for cut in cuts if cut.window == window), None)
    return own or next((cut for cut in cuts if not cut.window), None)


def at_grade_level(
    *,
    scale: Scale,
    window: str,
    value: Decimal | None,
    level: str = "",
    not_taken: str = "",
    cuts: Sequence[Cut],
) -> Finding:
    """Is a child at grade level by a measure? cuts: those of the child's grade that hold on the day.

    met, not_met, not_taken, or not_configured: a cut that the district has not set never says "met" (D-08).
    """
    if not_taken or (value is None and not level):
        return Finding(NOT_TAKEN, not_taken or _("No value."), PLAN)
    cut = cut_for(window, cuts)
    if cut is None or not cut.is_set:
        return Finding(NOT_CONFIGURED, _("Not configured: the district has set no value for grade level."), "D-08")
    if scale.levels:
        return _by_level(scale, level, cut)
    if value is None or cut.value is None:
        return Finding(NOT_CONFIGURED, _("Not configured: the district's row says nothing of numbers."), "D-08")
    said = {"value": plain(value), "unit": scale.unit, "cut": plain(cut.value), "day": long_day(cut.valid_from)}
    reason = (
        _("%(value)s %(unit)s; grade level begins at %(cut)s.")
        if value >= cut.value
        else _("%(value)s %(unit)s, below %(cut)s, where grade level begins.")
    )
    return Finding(MET if value >= cut.value else NOT_MET, reason % said, cut.source)


def _by_level(scale: Scale, level: str, cut: Cut) -> Finding:
    if level not in scale.levels or cut.level not in scale.levels:
        return Finding(
            NOT_CONFIGURED,
            _("Not configured: “%(level)s” is not among the levels.") % {"level": level or cut.level},
            "D-08",
        )
    reached = scale.levels.index(level) >= scale.levels.index(cut.level)
    reason = _("Level %(level)s; grade level begins at %(cut)s.") % {"level": level, "cut": cut.level}
    return Finding(MET if reached else NOT_MET, reason, cut.source)


def mark_meets(mark: str, scale: Mapping[str, bool]) -> Finding:
    """Is a mark "C or better"? A mark that the table does not name is not configured (D-10)."""
    known = scale.get(mark.strip().upper())
    if known is None:
        return Finding(
            NOT_CONFIGURED, _("Not configured: the mark “%(mark)s” is not in the table.") % {"mark": mark}, "D-10"
        )
    if known:
        return Finding(MET, _("Mark %(mark)s, C or better.") % {"mark": mark}, MARKS_FROM)
    return Finding(NOT_MET, _("Mark %(mark)s, below C.") % {"mark": mark}, MARKS_FROM)


def read_column(text: str, children: int) -> tuple[list[str], str]:
    """Cells of a column pasted from a spreadsheet, top to bottom, and what is wrong with their number.

    Of several columns the last one counts. A heading that is no value is left to the reader: it is refused by the
    number of lines, so that no value slips down a row.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    cells = [line.split("\t")[-1].strip() for line in lines]
    if len(cells) != children:
        return cells, _(
            "%(cells)d lines were pasted for %(children)d children; each child needs one, empty or not."
        ) % {
            "cells": len(cells),
            "children": children,
        }
    return cells, ""
