"""The preview tells the truth for the other targets too: measures, exports by grade, marks, long-term lists."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from assessments.enums import Verdict
from assessments.imports import apply, staging
from assessments.loaders import load_measures
from assessments.models import LocalResult, LongTermListing, Mark, ScoreImport
from district import entries
from district.models import Entry, School, User
from students.enums import ElStatus
from students.models import LanguageStatus
from tests.assessments.imports import lists
from tests.assessments.imports.conftest import TODAY, enroll

pytestmark = pytest.mark.django_db
KNOWN = 4
SPOILT: dict[str, list[dict[str, str]]] = {
    "measures": [{}, {}, {"Score": "810"}, {"Score": "9999"}, {"Score": ""}, {"Window": "EOY"}, {"Window": "1-Sep"},
                 {"SSID": "1e+09"}, {"Birth date": "2011-01-01"}, {"Score": "", "Not taken": "absent"},
                 {"Level": "Basic"}, {"Measure": "Local writing assessment", "Score": "3"}],
    "acadience": [{}, {"orf_2_mid": "80"}, {"orf_2_mid": "900"}, {"orf_2_beg": ""}, {"student_id": "L99999"},
                  {"last_name": "Zapata", "first_name": "", "birthdate": ""}, {"retell_2_beg": "31"}],
    "marks": [{}, {}, {"Mark": "C-"}, {"Mark": ""}, {"Mark": "=1"}, {"Course": "Algebra I"}, {"Term": "Q1"},
              {"Term": "soon"}, {"Teacher": "Mr. Bo"}, {"Local ID": "L00777"}],
    "long_term": [{}, {"LTELorARLTEL": "AR-LTEL"}, {"LTELorARLTEL": "2"}, {"Provisional LTEL start": ""},
                  {"Academic Year": "2021-2022"}, {"SSID": "9"}],
    "statuses": [{}, {"ELAS Code": "IFEP"}, {"ELAS Code": "RFEP"}, {"ELAS Start Date": "2022-10-03"}, {"SSID": ""}],
}  # fmt: skip
MODELS: dict[str, Any] = {
    "measures": LocalResult,
    "acadience": LocalResult,
    "marks": Mark,
    "long_term": LongTermListing,
}
MODELS["statuses"] = LanguageStatus


@st.composite
def two_files(draw: Any) -> tuple[str, list[Any], list[Any]]:
    program = draw(st.sampled_from(list(SPOILT)))
    line = st.tuples(st.integers(0, KNOWN), st.sampled_from(SPOILT[program]))
    file = st.lists(line, min_size=1, max_size=7)
    return program, draw(file), draw(file)


def stage(by: User, program: str, chosen: list[tuple[int, dict[str, str]]]) -> ScoreImport:
    data = lists.data(program, [lists.line(program, number, **cells) for number, cells in chosen])
    return staging.stage(by=by, name="f.csv", file=io.BytesIO(data), received_on=TODAY, on=TODAY)


def held(program: str) -> dict[Any, Any]:
    """Every row of the kind by its key, with all that it says."""
    rows = list(MODELS[program].objects.values())
    extra = ("ends",) if program == "statuses" else ("recorded_at",)
    return {row["id"]: {key: value for key, value in row.items() if key not in extra} for row in rows}


def check(by: User, program: str, chosen: list[tuple[int, dict[str, str]]]) -> None:
    """Read a file in and compare what its preview has counted with what has become of the records; then back."""
    batch = stage(by, program, chosen)
    counts = {verdict: batch.counts[verdict] for verdict in Verdict.values}
    before = held(program)
    batch = apply.apply_import(by=by, batch_id=batch.pk, on=TODAY, leave_out_rejected=True)
    assert len(batch.left_out) == counts[Verdict.REJECTED]
    out = {each["line"] for each in batch.left_out}
    says = batch.rows.exclude(line__in=out)
    after = held(program)
    new, changed = says.filter(verdict=Verdict.NEW).count(), says.filter(verdict=Verdict.CHANGED).count()
    assert new <= counts[Verdict.NEW]
    assert changed <= counts[Verdict.CHANGED]
    if program == "statuses":
        assert len(after) - len(before) == new + changed == batch.counts["statuses"]
    else:
        assert len(after) - len(before) == new
        assert sum(after[key] != value for key, value in before.items()) == changed
    again = stage(by, program, chosen)
    still = again.rows.filter(verdict__in=(Verdict.NEW, Verdict.CHANGED))
    assert not still.exclude(line__in=out).exists()  # but for values of lines that were left out as a whole
    assert again.counts[Verdict.REJECTED] == counts[Verdict.REJECTED]
    entry = Entry.objects.filter(kind=apply.SCORE_IMPORT, data__batch=str(batch.pk)).get()
    with transaction.atomic():
        entries.put_back(entry.pk, by=by, reason="wrong file")
        assert held(program) == before
        transaction.set_rollback(True)


@settings(
    max_examples=20,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(chosen=two_files())
@example(chosen=("acadience", [(1, {})], [(0, {"orf_2_mid": "900"}), (0, {})]))  # the copy goes in, its first does not
def test_the_preview_counts_what_is_there_afterwards_and_putting_back_undoes_it(
    office: User, schools: dict[str, School], chosen: tuple[str, list[Any], list[Any]]
) -> None:
    """Two files after each other: the second meets what the first has left."""
    program, first, second = chosen
    with transaction.atomic():
        load_measures()
        enroll(range(KNOWN), schools["upper"], office, ElStatus.TBD)
        check(office, program, first)
        check(office, program, second)
        transaction.set_rollback(True)
