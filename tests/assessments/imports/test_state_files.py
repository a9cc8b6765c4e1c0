"""Every layout of every year that the state has had, from end to end: a line of each test, read, judged, applied."""

from __future__ import annotations

import io
from datetime import date

import pytest

from assessments import scales
from assessments.enums import Measure, ResultSource, Test
from assessments.imports import apply, staging
from assessments.models import Result, ScoreImport, ScoreRange
from district.models import School, User
from students.enums import ElStatus
from tests.assessments.imports import files
from tests.assessments.imports.conftest import TODAY, enroll

pytestmark = pytest.mark.django_db
# Record type, test, grade, and from which administration on it stands in the files.
KINDS = {
    "summative_elpac": [("21", Test.SUMMATIVE_ELPAC, "04", ""),
                        ("23", Test.SUMMATIVE_ALTERNATE_ELPAC, "04", "2021-22")],
    "initial_elpac": [("22", Test.INITIAL_ELPAC, "04", ""), ("24", Test.INITIAL_ALTERNATE_ELPAC, "04", "2022-23")],
    "caaspp": [("01", Test.CAASPP_ELA, "04", ""), ("02", Test.CAASPP_MATH, "08", ""), ("03", Test.CAA_ELA, "03", ""),
               ("04", Test.CAA_MATH, "11", ""), ("06", None, "05", "")],
}  # fmt: skip
LEVELS = {
    Test.INITIAL_ELPAC: "Intermediate English Learner",
    Test.INITIAL_ALTERNATE_ELPAC: "Intermediate English Learner",
}


def spring(year: str) -> str:
    """A day of the administration that does not lie ahead."""
    return min(date(int(year[:4]) + 1, 3, 17), TODAY).isoformat() if year < "2023-24" else "2023-03-17"


def of_year(program: str, year: str) -> list[tuple[str, Test | None, str]]:
    kinds = [(code, test, grade) for code, test, grade, first in KINDS[program] if year >= first]
    early = "assessmenttype" in {name.lower().replace(" ", "") for name in files.header(program, year)}
    return [(files.EARLY_TYPES[program], kinds[0][1], kinds[0][2])] if early and program != "caaspp" else kinds


def ranges(test: Test, grade: str, measure: str, administration: str) -> list[ScoreRange]:
    rows = ScoreRange.objects.filter(test=test, grade=grade, measure=measure).order_by("-first_year", "low")
    held = [row for row in rows if scales.in_year(row.first_year, row.last_year, administration)]
    return [row for row in held if row.first_year == held[0].first_year]


def line(program: str, number: int, code: str, test: Test | None, grade: str, day: str) -> dict[str, str]:
    """A child's line in real shape: the lowest score of the second level of its own scale, and that level."""
    said = {"record_type": code, "grade": grade, "tested_on": day, "report_created_on": day}
    administration = staging.year_name(date.fromisoformat(day))
    if test is None:
        return files.caaspp(number, **said, overall_score="390", overall_level="2")
    row = files.MAKERS[program](number, **said)
    for measure in (Measure.OVERALL, Measure.ORAL_LANGUAGE, Measure.WRITTEN_LANGUAGE):
        own = ranges(test, grade, measure, administration)
        has_score = f"{measure}_score" in row
        if has_score and own:
            row |= {f"{measure}_score": str(own[1].low), f"{measure}_level": "2"}
        elif has_score and measure != Measure.OVERALL:
            row |= {f"{measure}_score": "", f"{measure}_level": ""}
        elif has_score:
            row |= {f"{measure}_score": "545", f"{measure}_level": "2"}
    if test in (Test.SUMMATIVE_ALTERNATE_ELPAC, Test.INITIAL_ALTERNATE_ELPAC):
        row |= {key: "" for key in row if key.endswith(("_level", "_score")) and not key.startswith("overall")}
    return row | ({"overall_level": LEVELS[test], "calculated_status": "EL"} if test in LEVELS else {})


def stage(by: User, program: str, year: str, rows: list[dict[str, str]]) -> ScoreImport:
    data = files.as_text(files.table(program, year, rows))
    return staging.stage(by=by, name="s.csv", file=io.BytesIO(data), received_on=TODAY, on=TODAY)


@pytest.mark.plan("MP3-02", "MP3-08", "MP3-13", "X-07")
@pytest.mark.parametrize(("program", "year"), files.program_years(), ids=lambda value: value)
def test_every_test_of_every_year_is_read_judged_and_applied(
    office: User, schools: dict[str, School], program: str, year: str
) -> None:
    kinds, day = of_year(program, year), spring(year)
    enroll(range(len(kinds)), schools["upper"], office, ElStatus.TBD if program == "initial_elpac" else ElStatus.EL)
    rows = [line(program, number, *kind, day) for number, kind in enumerate(kinds)]
    batch = stage(office, program, year, rows)
    assert batch.layout.endswith(f"columns as in {year}")
    assert [
        row.problems for row in batch.rows.all() if any(each["severity"] == "rejected" for each in row.problems)
    ] == []
    kept = [test for _code, test, _grade in kinds if test]
    assert (batch.counts["new"], batch.counts["passed_over"]) == (len(kept), len(kinds) - len(kept))
    apply.apply_import(by=office, batch_id=batch.pk, on=TODAY)
    held = {result.test: result for result in Result.objects.filter(source=ResultSource.STATE_FILE)}
    assert set(held) == set(kept)
    for test, result in held.items():
        second = scales.levels(test, Measure.OVERALL)[1].level
        assert (result.level, str(result.tested_on)) == (second, day)
        assert result.overall_score


@pytest.mark.plan("MP3-08", "MP3-13")
@pytest.mark.parametrize(
    ("code", "grade", "score", "day", "limits"),
    [
        ("01", "04", "2700", "2023-03-17", "2140 to 2690"),
        ("01", "04", "2100", "2019-03-17", "2131 to 2663"),
        ("02", "08", "3000", "2023-03-17", "2265 to 2860"),
        ("03", "04", "300", "2022-03-17", "400 to 499"),
        ("04", "11", "1000", "2022-03-17", "900 to 999"),
    ],
)
def test_a_score_outside_the_scale_is_refused_with_its_limits(
    office: User, schools: dict[str, School], code: str, grade: str, score: str, day: str, limits: str
) -> None:
    enroll(range(1), schools["upper"], office)
    row = files.caaspp(0, record_type=code, grade=grade, overall_score=score, tested_on=day)
    batch = stage(office, "caaspp", "2022-23", [row])
    (problem,) = (each for each in batch.rows.get().problems if each["severity"] == "rejected")
    assert limits in problem["reason"], problem["reason"]
    assert problem["column"] == "ScaleScore"


def test_an_alternate_without_a_table_keeps_the_level_of_the_file(office: User, schools: dict[str, School]) -> None:
    enroll(range(1), schools["upper"], office)
    row = files.caaspp(0, record_type="03", grade="04", overall_score="455", overall_level="2")
    apply.apply_import(by=office, batch_id=stage(office, "caaspp", "2022-23", [row]).pk, on=TODAY)
    assert (Result.objects.get().test, Result.objects.get().level) == (Test.CAA_ELA, "2")
