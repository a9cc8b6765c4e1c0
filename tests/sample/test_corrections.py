"""The sample's corrections: each process was done once, and each step waits for somebody today."""

from __future__ import annotations

from datetime import date

import pytest

from district.duties import State, duties
from students.models import Correction, LanguageStatus
from tests.sample.conftest import Loader

ON = date(2026, 11, 24)
pytestmark = pytest.mark.django_db  # the district is loaded inside the test database


@pytest.mark.plan("X-03")
def test_corrections_are_on_file_and_each_step_waits_somewhere(sample_of: Loader) -> None:
    with sample_of(students=400, on=ON):
        told = Correction.objects.exclude(result_on=None)
        assert sorted(told.values_list("process", flat=True)) == ["A", "B", "C"]
        corrected = LanguageStatus.objects.filter(source="correction")
        by_parents = corrected.filter(student__surveys__reason="parent_amendment")
        unexplained = corrected.filter(correction_case=None).exclude(pk__in=by_parents.values("pk"))
        assert not unexplained.exists()
        waiting = [duty for duty in duties(as_of=ON) if duty.rule.id.startswith("correction") and not duty.done]
        states = {(duty.rule.id, duty.state) for duty in waiting}
        assert ("correction_notice", State.LATE) in states
        assert ("correction_decision", State.OPEN) in states
        assert ("correction_result", State.LATE) in states
        running = Correction.objects.filter(decided_on=None)
        assert running.filter(process="C").count() == 1
        assert all(case.evidence.count() >= 2 for case in running.filter(process="C"))
