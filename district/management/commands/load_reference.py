from dataclasses import asdict
from datetime import date
from typing import Any

from district.commands import PlanCommand, Row, add_by, person_named
from district.reference import load_all


class Command(PlanCommand):
    help = "Loads the facts of law, state and Plan that come with the product. Safe to run again at any time."

    def arguments(self, parser):
        add_by(parser)

    def run(self, *, on: date, by: str | None, **options: Any) -> list[Row]:
        return [asdict(change) for change in load_all(by=person_named(by))]
