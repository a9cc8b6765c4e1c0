"""Reference data of tests that come with the product, as dated and cited rows (APPA-01, APPA-02, MP3-01)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assessments.models import LocalMeasure, MarkScale, ScoreRange, Support
from district.enums import Certainty
from district.reference import FOLDER, Change, read_csv, upsert

SCALES: Path = FOLDER.parent / "assessments"
LISTS = ("levels", "windows")  # columns of the catalog that hold several values


def load_score_ranges() -> list[Change]:
    """Ranges of all tests; a range that the district has entered itself stays as it is."""
    rows = read_csv("score_ranges.csv", SCALES)
    key = ("test", "grade", "measure", "level", "first_year")
    return [upsert(ScoreRange, rows, key=key, keep=_is_own)]


def load_measures() -> list[Change]:
    """The catalog of local measures, and which marks are "C or better". From where a child is at grade level by a
    measure is never loaded: the district chooses (D-08)."""
    rows: list[dict[str, Any]] = []
    for row in read_csv("measures.csv", SCALES):
        rows.append({**row, **{name: [each for each in row[name].split("|") if each] for name in LISTS}})
    marks = read_csv("mark_scale.csv", SCALES)
    return [
        upsert(LocalMeasure, rows, key=("slug",), keep=_is_own),
        upsert(MarkScale, marks, key=("mark", "valid_from"), keep=_is_own),
    ]


def load_supports() -> list[Change]:
    """Accommodations and designated supports of test plans, as the state's file names them; the district's own stay."""
    return [upsert(Support, read_csv("test_supports.csv", SCALES), key=("code",), keep=_is_own)]


def _is_own(row: Any) -> bool:
    return row.certainty == Certainty.DISTRICT
