"""The ground's own reference data: languages, periods of law and Plan, the Plan row by row."""

from __future__ import annotations

from district.enums import Certainty
from district.models import Language, LegalRule, PlanRow
from district.reference import Change, read_csv, upsert


def load_languages() -> list[Change]:
    """The state's language codes; a language that the district has changed stays as the district wants it."""
    rows = read_csv("languages.csv")
    return [upsert(Language, rows, key=("code",), keep=lambda row: row.certainty == Certainty.DISTRICT)]


def load_legal_rules() -> list[Change]:
    """Periods of law and Plan, and our own defaults where the Plan names none.

    A row without an end in the file keeps the end it has in the database: the district may have set its own after it.
    """
    rows = [
        {name: cell for name, cell in row.items() if name != "valid_to" or cell} for row in read_csv("legal_rules.csv")
    ]
    return [upsert(LegalRule, rows, key=("code", "valid_from"))]


def load_plan_rows() -> list[Change]:
    """The requirements of Master Plan and improvement plan, for the chapter in which the Plan audits itself."""
    return [upsert(PlanRow, read_csv("plan_rows.csv"), key=("code",))]
