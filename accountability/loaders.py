"""Reference data of this app: the Plan's policy areas."""

from __future__ import annotations

from accountability.models import PolicyArea
from district.enums import Certainty
from district.reference import Change, read_csv, upsert


def load_policy_areas() -> list[Change]:
    """The areas with their rows; one that the district has worded itself stays."""
    rows = read_csv("policy_areas.csv")
    return [upsert(PolicyArea, rows, key=("code",), keep=lambda row: row.certainty == Certainty.DISTRICT)]
