"""Applying, leaving out, putting back."""

from __future__ import annotations

import pytest

from assessments.imports import apply, following
from assessments.models import Result, Score
from district import entries
from district.models import Entry
from district.refusal import Refusal
from students.enums import ElStatus
from students.models import LanguageStatus
from tests.assessments.imports import files
from tests.assessments.imports.conftest import TODAY, enroll
from tests.assessments.imports.test_staging import preview

pytestmark = pytest.mark.django_db


def test_first(office, schools):
    enroll(range(8), schools["upper"], office)
    batch = preview(office, [files.child(n) for n in range(8)])
    apply.apply_import(by=office, batch_id=batch.pk, on=TODAY)
    assert Result.objects.count() == 8
    assert Score.objects.count() == 8 * 7
    again = preview(office, [files.child(n) for n in range(8)])
    assert again.counts["unchanged"] == 8, again.counts
    changed = preview(office, [files.child(n, overall_score="1521", listening_level="NS") for n in range(8)])
    assert changed.counts["changed"] == 8, changed.counts
    apply.apply_import(by=office, batch_id=changed.pk, on=TODAY)
    assert Score.objects.count() == 8 * 6
    with pytest.raises(Refusal) as refusal:
        apply.apply_import(by=office, batch_id=again.pk, on=TODAY)
    print(refusal.value)
    entries.register(apply.SCORE_IMPORT, apply.put_back_import)
    entry = Entry.objects.filter(kind=apply.SCORE_IMPORT).order_by("-pk").first()
    entries.put_back(entry.pk, by=office, reason="wrong file")
    assert preview(office, [files.child(n) for n in range(8)]).counts["unchanged"] == 8
    entry = Entry.objects.filter(kind=apply.SCORE_IMPORT).order_by("pk").first()
    entries.put_back(entry.pk, by=office, reason="wrong file")
    assert Result.objects.count() == 0


def test_initial(office, schools):
    enroll(range(4), schools["upper"], office, ElStatus.TBD, files.initial)
    rows = [files.initial(n, tested_on="2022-09-01") for n in range(4)]
    batch = preview(office, rows, "initial_elpac", "2023-24")
    print(batch.counts, [r.problems for r in batch.rows.all()], following.what_follows(by=office, batch=batch))
    apply.apply_import(by=office, batch_id=batch.pk, on=TODAY)
    print(LanguageStatus.objects.filter(status="EL").values("reason", "starts"))
    entries.register(apply.SCORE_IMPORT, apply.put_back_import)
    entry = Entry.objects.filter(kind=apply.SCORE_IMPORT).order_by("-pk").first()
    entries.put_back(entry.pk, by=office, reason="wrong file")
    assert LanguageStatus.objects.filter(status="EL").count() == 0
