"""manage.py sample_district: fill an empty database with an invented district, to practice on and to measure with."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from district.commands import PlanCommand, Row
from elplan.sample.load import load

PLAN_STUDENTS = 1345  # MP0-07
MOST = 500_000


def head_count(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= MOST:
        raise ArgumentTypeError(f"{text!r} is not a number of students from 1 to {MOST:,}.")
    return int(text)


class Command(PlanCommand):
    help = "Fills an empty database with an invented district modelled on the Master Plan's figures."

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--students", type=head_count, default=PLAN_STUDENTS, metavar="N", help="how many children")
        parser.add_argument("--seed", type=int, default=1, help="another number gives other people (default 1)")

    def run(self, *, on: date, students: int, seed: int, **options: Any) -> Row:
        return load(students=students, seed=seed, on=on)
