"""The score scales that come with the product, as dated and cited rows (APPA-01, APPA-02)."""

from __future__ import annotations

from pathlib import Path

from assessments.models import ScoreRange
from district.enums import Certainty
from district.reference import FOLDER, Change, read_csv, upsert

SCALES: Path = FOLDER.parent / "assessments"


def load_score_ranges() -> list[Change]:
    """Ranges of all tests; a range that the district has entered itself stays as it is."""
    rows = read_csv("score_ranges.csv", SCALES)
    key = ("test", "grade", "measure", "level", "first_year")
    return [upsert(ScoreRange, rows, key=key, keep=lambda row: row.certainty == Certainty.DISTRICT)]
