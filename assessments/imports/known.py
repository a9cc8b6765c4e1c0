"""What is known beside a file, read once for it: score tables, measures with their windows, columns remembered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache

from assessments import scales
from assessments.enums import ImportTarget, Kept
from assessments.imports.layouts import Layout, Mapped
from assessments.imports.reader import Around, KnownMeasure
from assessments.models import ColumnMapping, LocalMeasure, MeasureWindow, ScoreRange
from assessments.queries.measures import scale_of
from district.models import SchoolYear
from students.queries import tk_exempt_from


def around_file(layout: Layout, on: date) -> Around:
    """What the lines of this layout are judged by."""
    if layout.target == ImportTarget.RESULT:
        return Around(_scales(), on, tk_exempt_from())
    years = {year.name: (year.first_day, year.last_day) for year in SchoolYear.objects.all()}
    measures = _measures() if layout.target == ImportTarget.LOCAL else {}
    return Around(lambda *_of: (), on, None, measures, years)


def remembered() -> Mapping[str, Mapped]:
    """Columns that persons have named, by the fingerprint of their header."""
    return {row.fingerprint: as_named(row) for row in ColumnMapping.objects.all()}


def as_named(row: ColumnMapping) -> Mapped:
    return Mapped(row.name, ImportTarget(row.target), row.columns, row.fixed)


def _measures() -> dict[str, KnownMeasure]:
    dates: dict[int, dict[tuple[str, str], tuple[date, date]]] = {}
    for row in MeasureWindow.objects.all():
        dates.setdefault(row.measure_id, {})[row.year, row.window] = (row.opens, row.closes)
    return {
        each.slug: KnownMeasure(
            each.slug,
            scale_of(each),
            tuple(str(grade) for grade in each.grades),
            tuple(str(window) for window in each.taken_in),
            dates.get(each.pk, {}),
        )
        for each in LocalMeasure.objects.filter(kept=Kept.LOCAL)
    }


def _scales() -> Callable[[str, str, str, str], Sequence[scales.Range]]:
    """The tables of all scores, read once for a file."""
    rows: dict[tuple[str, str, str], list[ScoreRange]] = {}
    for row in ScoreRange.objects.order_by("low"):
        rows.setdefault((row.test, row.grade, row.measure), []).append(row)

    @cache
    def scale(test: str, grade: str, measure: str, year: str) -> Sequence[scales.Range]:
        held = [
            row for row in rows.get((test, grade, measure), []) if scales.in_year(row.first_year, row.last_year, year)
        ]
        newest = max((row.first_year for row in held), default="")
        return [row for row in held if row.first_year == newest]

    return scale
