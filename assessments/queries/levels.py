"""Levels of scores from the tables in the database."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from assessments import scales
from assessments.enums import Measure, Test
from assessments.models import ScoreRange
from district.enums import Grade


def ranges_of(test: str, grade: str, measure: str, year: str = "") -> list[ScoreRange]:
    """The ranges of one scale, lowest level first; without a year those of the newest table.

    scales.NoScale says what there is where there is no table for this test, grade, measure or year.
    """
    if grade == Grade.TK:
        raise scales.NoScale(
            _("There is no English test in transitional kindergarten."),
            _("The Initial ELPAC is given in kindergarten (TK-01)."),
        )
    rows = list(ScoreRange.objects.filter(test=test, grade=grade, measure=measure).order_by("-first_year", "low"))
    if not rows:
        raise _no_scale(test, grade, measure)
    held = [row for row in rows if scales.in_year(row.first_year, row.last_year, year)] if year else rows
    if not held:
        known = scales.years_known((row.first_year, row.last_year) for row in rows)
        raise scales.NoScale(
            _("There is no table of %(scale)s. The years known are: %(years)s.")
            % {"scale": scales.scale_words(test, grade, measure, year), "years": known},
            _unlike_others(test, year),
        )
    return [row for row in held if row.first_year == held[0].first_year]


def level_of(test: str, grade: str, measure: str, score: int, year: str = "") -> ScoreRange:
    """The range in which a scale score lies: its level, low and high, and where that stands.

    scales.OutOfScale names the limits of the scale; scales.NoScale says what tables there are.
    """
    rows = ranges_of(test, grade, measure, year)
    return scales.find(rows, score, scales.scale_words(test, grade, measure))


def scales_of(test: str) -> QuerySet[ScoreRange]:
    """All ranges of a test, for the pages that print them."""
    return ScoreRange.objects.filter(test=test).order_by("-first_year", "grade", "measure", "low")


def _no_scale(test: str, grade: str, measure: str) -> scales.NoScale:
    """A domain without a scale score, a grade in which the test is not given, or a test without any table."""
    asked = set(ScoreRange.objects.filter(test=test).values_list("measure", flat=True))
    with_scale = [str(each.label) for each in Measure if each in asked]
    name = Test(test).label
    if not with_scale:
        kept = [
            str(Test(slug).label)
            for slug in ScoreRange.objects.order_by("test").values_list("test", flat=True).distinct()
        ]
        return scales.NoScale(
            _("There is no score table of %(test)s.") % {"test": name},
            _("There are tables of: %(tests)s.")
            % {"tests": ", ".join(kept) or _("none yet; run manage.py load_reference")},
        )
    if measure in asked:
        grades = sorted(set(ScoreRange.objects.filter(test=test).values_list("grade", flat=True)))
        return scales.NoScale(
            _("There is no score table of %(scale)s.") % {"scale": scales.scale_words(test, grade, measure)},
            _("There are tables for: %(grades)s.") % {"grades": ", ".join(str(Grade(each).label) for each in grades)},
        )
    return scales.NoScale(
        _("%(test)s has no scale score for %(measure)s.") % {"test": name, "measure": Measure(measure).label},
        _("It has one for: %(measures)s.") % {"measures": ", ".join(with_scale)},
    )


def _unlike_others(test: str, year: str) -> str:
    """What is special about a year without a table."""
    if test == Test.SUMMATIVE_ELPAC and year == "2017-18":
        return _("The first Summative ELPAC had other thresholds; its file's own level stands (D-13).")
    return ""
