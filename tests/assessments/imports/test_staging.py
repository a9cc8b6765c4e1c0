"""What the preview says of each line."""

from __future__ import annotations

import io

import pytest

from assessments.imports import staging
from tests.assessments.imports import files
from tests.assessments.imports.conftest import TODAY, enroll

pytestmark = pytest.mark.django_db


def preview(by, rows, program="summative_elpac", year="2023-24", **options):
    data = files.as_text(files.table(program, year, rows), **options)
    return staging.stage(by=by, name="scores.csv", file=io.BytesIO(data), received_on=TODAY, on=TODAY)


def test_first(office, schools):
    enroll(range(8), schools["upper"], office)
    batch = preview(office, [files.child(n) for n in range(10)])
    print(batch.counts, batch.layout, batch.notes)
    for row in batch.rows.all():
        print(row.line, row.verdict, row.student, row.problems, row.scores, row.administration)
