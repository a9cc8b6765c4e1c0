"""The level of a scale score: `score_level celdt 05 overall 540` prints `early_advanced`."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from assessments import scales
from assessments.enums import Measure, Test
from assessments.queries import level_of
from district.commands import PlanCommand, Row


def grade(typed: str) -> str:
    try:
        return scales.grade_slug(typed)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None


def year(typed: str) -> str:
    """An administration, such as 2018-19."""
    found = re.fullmatch(r"(\d{4})-(\d{2})", typed)
    if not found or (int(found[1]) + 1) % 100 != int(found[2]):
        raise ArgumentTypeError(f"{typed!r} is not a school year. Write it as 2018-19")
    return typed


def score(typed: str) -> int:
    if not re.fullmatch(r"\d{1,5}", typed, re.ASCII):
        raise ArgumentTypeError(f"{typed!r} is not a scale score. Write it in digits, such as 540")
    return int(typed)


class Command(PlanCommand):
    help = "Print the level of a scale score, with the lowest and highest score of that level."

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("test", metavar="TEST", choices=Test.values, help=", ".join(Test.values))
        parser.add_argument("grade", metavar="GRADE", type=grade, help="KN, 01 to 12")
        parser.add_argument("measure", metavar="MEASURE", choices=Measure.values, help=", ".join(Measure.values))
        parser.add_argument("score", metavar="SCORE", type=score, help="scale score")
        parser.add_argument("--year", type=year, help="administration, as 2018-19 (default: newest table)")

    def run(self, *, on: date, **options: Any) -> Row:
        found = level_of(*(options[name] for name in ("test", "grade", "measure", "score")), options["year"] or "")
        return {
            "level": found.level,
            "low": found.low,
            "high": found.high,
            "words": scales.level_words(found.test, found.measure, found.level),
            "years": scales.years_known([(found.first_year, found.last_year)]),
            "source": found.source,
            "certainty": found.certainty,
        }

    def readable(self, result: Row) -> str:  # type: ignore[override]
        return str(result["level"])
