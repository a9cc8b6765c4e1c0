"""The sample's files: one read in, one that waits with faults, columns that are remembered."""

from __future__ import annotations

from datetime import date

from assessments.enums import ImportState
from assessments.models import ColumnMapping, LongTermListing, ScoreImport
from tests.sample.conftest import Loader

ON = date(2026, 11, 24)


def test_one_file_is_read_in_and_one_waits_with_every_kind_of_fault(sample_of: Loader) -> None:
    with sample_of(students=400, on=ON):
        read, waiting = ScoreImport.objects.order_by("file_name")[0], ScoreImport.objects.order_by("file_name")[1]
        assert (read.file_name, read.state) == ("LTEL_list.csv", ImportState.APPLIED)
        assert set(LongTermListing.objects.values_list("meaning", flat=True)) == {"ltel", "at_risk", "unsure"}
        assert (waiting.file_name, waiting.state) == ("gradebook_term_1.csv", ImportState.PREVIEWED)
        assert waiting.layout == "Marks from the gradebook, columns as named"
        reasons = {each["reason"] for row in waiting.rows.filter(verdict="rejected") for each in row.problems}
        assert any("No child with this number" in reason for reason in reasons)
        assert any("into a date" in reason for reason in reasons)
        assert any("This is no mark" in reason for reason in reasons)
        assert any("with another value" in reason for reason in reasons)
        assert waiting.counts["new"] >= 10
        assert ColumnMapping.objects.count() == 1
