"""manage.py plan: every row of the Plan with the tests that show it."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from district.commands import PlanCommand, Row
from district.plan import ROOT, as_markdown, marked_tests, shown_rows
from district.refusal import Refusal

PAGE = ROOT / "docs" / "plan.md"


class Command(PlanCommand):
    help = "Lists every row of the Plan with the tests that show it; rows without one are left for later."

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", action="store_true", help="write docs/plan.md as well")

    def run(self, *, on: date, write: bool, **options: Any) -> list[Row]:
        rows = shown_rows()
        unknown = sorted(set(marked_tests()) - {row.code for row in rows})
        if unknown:
            raise Refusal(
                f"Tests are marked with rows that the Plan does not have: {', '.join(unknown)}.",
                "See fixtures/reference/plan_rows.csv for the rows there are.",
            )
        if write:
            PAGE.write_text(as_markdown(rows), encoding="utf-8")
        return [
            {
                "row": row.code,
                "what": row.text,
                "state": "shown" if row.tests else "later",
                "shown_by": list(row.tests),
                "why_later": row.why_later,
                "source": row.source,
            }
            for row in rows
        ]

    def readable(self, result: Any) -> str:
        """Row and tests below each other: the texts are too long to stand side by side."""
        lines = []
        for row in result:
            lines += [f"{row['row']:<8} {row['what']}"]
            lines += [f"{'':<8}   {test}" for test in row["shown_by"] or [f"later. {row['why_later']}".strip(". ")]]
        shown = sum(row["state"] == "shown" for row in result)
        lines += ["", f"{shown} of {len(result)} rows are shown, {len(result) - shown} are left for later."]
        return "\n".join(lines)
