"""The score tables of all tests, with source and certainty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from assessments import scales as table
from assessments.enums import Measure, Test
from assessments.models import ScoreRange
from assessments.queries import scales_of
from district.access import requires
from district.enums import Certainty, Grade
from district.permissions import Permission

TESTS = (
    Test.INITIAL_ELPAC,
    Test.SUMMATIVE_ELPAC,
    Test.INITIAL_ALTERNATE_ELPAC,
    Test.SUMMATIVE_ALTERNATE_ELPAC,
    Test.CELDT,
    Test.CAASPP_ELA,
    Test.CAASPP_MATH,
    Test.CAA_ELA,
    Test.CAA_MATH,
)


@dataclass(frozen=True)
class Row:
    grade: str
    cells: list[str]
    notes: list[int]


@dataclass(frozen=True)
class Table:
    measure: str
    levels: list[str]
    rows: list[Row]


@requires(Permission.SIGNED_IN, methods=("GET",))
def scales(request: HttpRequest) -> HttpResponse:
    """One test at a time, and of that one period; figures that did not change stand once."""
    asked = request.GET.get("test", "")
    test = Test(asked) if asked in TESTS else TESTS[0]
    rows = list(scales_of(test))
    periods = sorted({(row.first_year, row.last_year) for row in rows}, reverse=True)
    first_year = request.GET.get("from", "")
    chosen = next((period for period in periods if period[0] == first_year), periods[0] if periods else None)
    held = [row for row in rows if chosen and row.first_year == chosen[0]]
    sources = sorted({(row.source, row.certainty) for row in held})
    context = {
        "title": _("Score tables"),
        "tests": [(each.value, each.label) for each in TESTS],
        "test": test,
        "periods": [(first, table.years_known([(first, last)])) for first, last in periods],
        "chosen": chosen[0] if chosen else "",
        "tables": [_table(test, measure, held, sources) for measure in Measure if _has(held, measure)],
        "sources": [(source, Certainty(sure).label) for source, sure in sources],
        "unlike": _unlike(test),
    }
    return render(request, "assessments/scales.html", context)


def _has(rows: Sequence[ScoreRange], measure: str) -> bool:
    return any(row.measure == measure for row in rows)


def _table(test: Test, measure: Measure, rows: Sequence[ScoreRange], sources: Sequence[tuple[str, str]]) -> Table:
    levels = table.levels(test, measure)
    lines = []
    for grade in Grade:
        own = {row.level: row for row in rows if row.grade == grade and row.measure == measure}
        if own:
            cells = [f"{own[level.level].low}–{own[level.level].high}" for level in levels]
            notes = sorted({sources.index((row.source, row.certainty)) + 1 for row in own.values()})
            lines.append(Row(str(grade.label), cells, notes))
    names = [f"{each.rank}, {each.name}" if table.is_counted(each) else each.name for each in levels]
    return Table(str(measure.label), names, lines)


def _unlike(test: Test) -> str:
    """What the tables do not hold, and why."""
    smarter = _(
        "The test is given in grades 3 to 8 and 11. In 2020-21 the lowest and highest scores moved, the levels not."
    )
    alternate = _("No table is known after 2021-22; the level of the state's file stands for itself.")
    return {
        Test.SUMMATIVE_ELPAC: _(
            "2017-18, the first year, had other thresholds, which are not kept: those scores are not comparable, and "
            "the level of the file stands (D-13). Listening, speaking, reading and writing have a level and no score."
        ),
        Test.INITIAL_ELPAC: _("Oral and written language have levels in words but no scale score."),
        Test.CELDT: _(
            "The CELDT was given until 2017-18. Scores before 2013-14 need other tables, which are not kept."
        ),
        Test.CAASPP_ELA: smarter,
        Test.CAASPP_MATH: smarter,
        Test.CAA_ELA: alternate,
        Test.CAA_MATH: alternate,
    }.get(test, _("The Alternate ELPAC has an overall score only."))
