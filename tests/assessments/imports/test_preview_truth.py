"""The preview tells the truth: on any file, what it counts is what is there after the file was read in."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.enums import Verdict
from assessments.imports import apply, staging
from assessments.models import Result, ScoreImport
from district import entries
from district.models import Entry, School, User
from students.enums import ElStatus
from students.models import LanguageStatus
from tests.assessments.imports import files
from tests.assessments.imports.conftest import TODAY, enroll

pytestmark = pytest.mark.django_db

Chosen = list[tuple[int, dict[str, str]]]  # children by number, with what is unlike their ordinary line
KNOWN = 6  # children 0 to 5 are enrolled, 6 and 7 are not

spoilt = st.sampled_from(
    [
        {},
        {},
        {},
        {"overall_score": "1521"},
        {"overall_score": "1999"},
        {"overall_score": "NS", "overall_level": "NS"},
        {"listening_level": "2"},
        {"birth_date": "2012-02-02"},
        {"last_name": "Zapata"},
        {"ssid": "903100001"},
        {"tested_on": "3/18/2023"},
        {"grade": "4"},
        {"grade": "XX"},
        {"condition_code": "NT", "attempted": ""},
    ]
)
lines = st.lists(st.tuples(st.integers(0, KNOWN + 1), spoilt), min_size=1, max_size=9)
marks = st.sampled_from(["^", ",", "\t", ";", "xlsx"])


def stage(
    by: User, chosen: Chosen, mark: str, program: str = "summative_elpac", without: tuple[str, ...] = ()
) -> ScoreImport:
    make = files.MAKERS[program]
    early = {"tested_on": "2022-09-01"} if program == "initial_elpac" else {}
    table = files.table(program, "2023-24", [make(number, **(early | fields)) for number, fields in chosen])
    kept = [at for at, name in enumerate(table[0]) if not name.lower().startswith(without)] if without else None
    table = [[line[at] for at in kept] for line in table] if kept else table
    data = files.as_workbook(table) if mark == "xlsx" else files.as_text(table, mark)
    return staging.stage(by=by, name="f.xlsx", file=io.BytesIO(data), received_on=TODAY, on=TODAY)


def what_is_held() -> dict[tuple[Any, ...], Any]:
    """Every result by its key, with all that it says."""
    found = {}
    for result in Result.objects.prefetch_related("scores"):
        key = (result.student_id, result.test, result.administration, result.source)
        scores = sorted((each.measure, each.scale_score, each.level) for each in result.scores.all())
        found[key] = (result.grade, result.tested_on, result.attempted, result.condition_code, result.level, scores)
    return found


def check(by: User, chosen: Chosen, mark: str, program: str = "summative_elpac") -> None:
    """Read a file in and compare what its preview has counted with what has become of the records."""
    batch = stage(by, chosen, mark, program)
    counts = {verdict: batch.counts[verdict] for verdict in Verdict.values}
    assert sum(counts.values()) == len(chosen)
    before, statuses = what_is_held(), LanguageStatus.objects.count()
    follows = apply.status_rows(batch)
    batch = apply.apply_import(by=by, batch_id=batch.pk, on=TODAY, leave_out_rejected=True)
    after = what_is_held()
    assert len(after) - len(before) == counts[Verdict.NEW]
    assert sum(after[key] != value for key, value in before.items()) == counts[Verdict.CHANGED]
    assert len(batch.left_out) == counts[Verdict.REJECTED]
    assert LanguageStatus.objects.count() - statuses == batch.counts["statuses"] <= len(follows)
    again = stage(by, chosen, mark, program)
    assert (again.counts[Verdict.NEW], again.counts[Verdict.CHANGED]) == (0, 0)
    assert again.counts[Verdict.REJECTED] == counts[Verdict.REJECTED]


@settings(
    max_examples=40,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(first=lines, second=lines, mark=marks, program=st.sampled_from(["summative_elpac", "initial_elpac"]))
def test_the_preview_counts_what_is_there_afterwards(
    office: User, schools: dict[str, School], first: Any, second: Any, mark: str, program: str
) -> None:
    """Two files after each other: the second meets what the first has left."""
    with transaction.atomic():
        status = ElStatus.TBD if program == "initial_elpac" else ElStatus.EL
        enroll(range(KNOWN), schools["upper"], office, status, files.MAKERS[program])
        check(office, first, mark, program)
        check(office, second, mark, program)
        transaction.set_rollback(True)


def test_putting_back_is_the_inverse_of_reading_in(office: User, schools: dict[str, School]) -> None:
    enroll(range(KNOWN), schools["upper"], office)
    check(office, [(0, {}), (1, {"overall_score": "1521"})], "^")
    before = what_is_held()
    batch = stage(office, [(0, {"listening_level": "2"}), (2, {}), (3, {})], "^")
    apply.apply_import(by=office, batch_id=batch.pk, on=TODAY)
    entry = Entry.objects.get(kind=apply.SCORE_IMPORT, data__batch=str(batch.pk))
    entries.put_back(entry.pk, by=office, reason="wrong file")
    assert what_is_held() == before


def test_a_column_that_is_not_there_leaves_what_is_held(office: User, schools: dict[str, School]) -> None:
    """A shorter file of the same results changes nothing; one with an empty cell takes the level out."""
    enroll(range(KNOWN), schools["upper"], office)
    check(office, [(0, {}), (1, {})], "^")
    before = what_is_held()
    short = stage(office, [(0, {}), (1, {"overall_score": "1521"})], "^", without=("listening", "condition"))
    assert (short.counts[Verdict.UNCHANGED], short.counts[Verdict.CHANGED]) == (1, 1)
    apply.apply_import(by=office, batch_id=short.pk, on=TODAY)
    after = what_is_held()
    assert sum(after[key] != value for key, value in before.items()) == 1
    for key, value in before.items():
        kept = [each for each in value[5] if each[0] == "listening"]
        assert kept
        assert kept == [each for each in after[key][5] if each[0] == "listening"]
    entries.put_back(Entry.objects.get(data__batch=str(short.pk)).pk, by=office, reason="wrong file")
    assert what_is_held() == before
    emptied = stage(office, [(0, {"listening_level": ""})], "^")
    assert emptied.counts[Verdict.CHANGED] == 1
