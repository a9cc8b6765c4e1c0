"""One line of a file to the records it carries: typed values, and what is wrong with them.

Here the state's tests, with their scores by measure; other kinds of files have readers of their own (`READERS`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from assessments import scales
from assessments.enums import ImportTarget, Measure, Test
from assessments.imports import layouts, values
from assessments.imports.layouts import Layout
from assessments.imports.local_records import LocalReader, MarkReader
from assessments.imports.reader import Around, Reader, Record, year_named
from assessments.imports.reading import Line, Table
from assessments.imports.state_lists import LongTermReader, StatusReader
from assessments.imports.values import NotAValue
from district.enums import Grade

__all__ = ["MEASURES", "Around", "Record", "absent", "records"]

DOMAINS = (Measure.LISTENING, Measure.SPEAKING, Measure.READING, Measure.WRITING)
SCALED = (Measure.OVERALL, Measure.ORAL_LANGUAGE, Measure.WRITTEN_LANGUAGE)
MEASURES = (*SCALED, *DOMAINS)
INVALID = "R"  # IncludeIndicator of a CAASPP test that was invalidated, or taken with an aid that changes it


def records(table: Table, layout: Layout, around: Around) -> Iterator[Record]:
    """The records of a file: one per line, or several where a line says several things; rejected ones included."""
    width = len(table.header) if table.kind == "text" and not layout.is_headless else 0
    reader = READERS[layout.target](layout, around, width)
    if layout.is_headless:
        yield from reader.records(Line(1, [table.header[at] for at in layout.columns], len(table.header)))
    for line in table.lines([*layout.columns]):
        yield from reader.records(line)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where a line says what about one measure; None where the file has no such column."""

    measure: Measure
    score: int | None
    level: int | None
    raw: int | None
    exempt: int | None

    @property
    def is_read(self) -> bool:
        return any(at is not None for at in (self.score, self.level, self.raw, self.exempt))


class ResultReader(Reader):
    """Reads a line of the state's tests, and of the Initial test as scored locally."""

    def __init__(self, layout: Layout, around: Around, width: int) -> None:
        super().__init__(layout, around, width)
        self.tests = _record_types(layout.program)
        self.plans = [plan for measure in MEASURES if (plan := self._plan(measure)).is_read]

    def records(self, line: Line) -> Iterator[Record]:
        now, cells = self.begin(line), line.cells
        if now.problems:
            yield now
            return
        now.test = self._test(cells)
        now.is_kept = bool(now.test)
        if now.is_kept:
            self.read_child(cells)
            self._sitting(cells)
            self._scores(cells)
            self._judge()
        yield now

    def _test(self, cells: Sequence[str]) -> str:
        """Which test the line is of: by its record type, else by the file."""
        code = values.unwrapped(self.cell(cells, "record_type")).upper()
        if self.layout.program == "local":
            return self._local_test(cells)
        code = code.zfill(2) if code.isdigit() else code
        if code in self.tests:
            return self.tests[code]
        if not code and self.layout.program != "caaspp":
            return self.layout.program
        named = _all_record_types().get(code)
        reason = (
            _("This line is of another kind of file: %(code)s is %(name)s.") % {"code": code, "name": named}
            if named
            else _("The record type says which test a line is of; %(code)s is none that is known here.")
            % {"code": code or _("an empty cell")}
        )
        self.problem("record_type", reason, _("Send it with a file of its own kind, or leave the line out."), code)
        return self.layout.program if self.layout.program != "caaspp" else Test.CAASPP_ELA

    def _local_test(self, cells: Sequence[str]) -> str:
        """Local scores are of the Initial test, or of its Alternate where the line says so."""
        said = self.cell(cells, "test").lower()
        if said.strip() and "initial" not in said:
            self.problem(
                "test",
                _("Only Initial tests are scored locally: Initial ELPAC or Initial Alternate ELPAC."),
                _("Correct it, or leave the line out."),
                said,
            )
        return Test.INITIAL_ALTERNATE_ELPAC if "alternate" in said else Test.INITIAL_ELPAC

    def _sitting(self, cells: Sequence[str]) -> None:
        """When, in which grade, and whether at all."""
        now = self.record_now
        now.grade = self.value(cells, "grade", values.grade) or ""
        days = [self.value(cells, "tested_on", values.day)]
        if days == [None] and "tested_on_1" in self.layout.fields:
            days = [self.value(cells, f"tested_on_{number}", values.day) for number in (1, 2, 3, 4)]
        now.tested_on = max(filter(None, days), default=None)
        now.available_on = self.value(cells, "scores_available_on", values.day)
        now.available_on = now.available_on or self.value(cells, "report_created_on", values.day)
        now.attempted = self.value(cells, "attempted", values.attempted, "")
        now.condition_code = self.value(cells, "condition_code", values.condition, "")
        now.calculated_status = self.value(cells, "calculated_status", values.status, "")
        now.examiner = values.text(self.cell(cells, "examiner"), 120)
        if now.tested_on:
            now.administration = year_named(now.tested_on)
        if self.cell(cells, "include").strip().upper() == INVALID:
            self.warn("include", _("The state marks this test as invalid (R)."), INVALID)
        untested = self.around.tk_untested_from
        if untested and now.tested_on and now.tested_on >= untested and values.yes(self.cell(cells, "is_tk")):
            self.warn("is_tk", _("The child is in transitional kindergarten, where the ELPAC is not given."), "Y")

    def _plan(self, measure: Measure) -> _Plan:
        """Where the line says what about a measure."""
        fields = self.layout.fields
        columns = (fields.get(f"{measure}_{part}", (None,))[0] for part in ("score", "level", "raw", "exempt"))
        return _Plan(measure, *columns)

    def _scores(self, cells: Sequence[str]) -> None:
        now = self.record_now
        for plan in self.plans:
            score: dict[str, Any] = {}
            measure = plan.measure
            if plan.score is not None and (points := cells[plan.score]):
                score["scale_score"] = self._read(f"{measure}_score", points, values.number)
            if plan.level is not None and (cell := cells[plan.level]):
                score["level"] = self._level(measure, cell)
            if plan.raw is not None and (raw := cells[plan.raw]):
                score["raw_score"] = self._read(f"{measure}_raw", raw, values.number)
            if plan.exempt is not None and values.yes(cells[plan.exempt]):
                score["is_exempt"] = True
            if score and (said := {key: value for key, value in score.items() if value not in (None, "")}):
                now.scores[measure] = said

    def _level(self, measure: Measure, cell: str) -> str:
        try:
            return values.level(self.record_now.test, measure, cell)
        except NotAValue as wrong:
            if scales.levels(self.record_now.test, measure):
                self.problem(f"{measure}_level", wrong.reason, wrong.mend, cell)
            return ""

    def _judge(self) -> None:
        """What the line says beside itself: dates in order, scores on their scales, levels as our tables have them."""
        now = self.record_now
        if not now.grade and not any(problem.column == self.layout.names.get("grade") for problem in now.problems):
            self.problem("grade", _("The grade is missing."), _("Fill it in, or leave the line out."))
        if now.tested_on and now.tested_on > self.around.today:
            self.problem("tested_on", _("The test date lies in the future."), said=now.tested_on.isoformat())
        if now.tested_on and now.birth_date and now.tested_on <= now.birth_date:
            self.problem("tested_on", _("The test date lies before the birth date."), said=now.tested_on.isoformat())
        if now.has_score and not now.tested_on and not now.is_rejected:
            self.problem(
                "tested_on",
                _("There is a score but no test date."),
                _("Fill in the day on which the test was completed, or leave the line out."),
            )
        self._judge_attempt()
        if now.grade and now.administration:
            for measure in SCALED:
                self._judge_score(measure)

    def _judge_attempt(self) -> None:
        now = self.record_now
        if "attempted" not in self.layout.fields:
            now.attempted = "Y" if now.has_score else ""
        elif now.attempted == "Y" and not now.has_score and not now.condition_code:
            self.warn("attempted", _("The test is marked as taken (Y), but there is no overall score."), now.attempted)
        elif now.attempted != "Y" and now.has_score and not now.condition_code:
            self.warn(
                "attempted", _("There is an overall score, but the test is not marked as taken (Y)."), now.attempted
            )
        if now.condition_code and now.condition_code not in values.condition_meanings():
            self.warn("condition_code", _("This condition code is not known here."), now.condition_code)
        level = now.scores.get(Measure.OVERALL, {}).get("level", "")
        if now.calculated_status and level and (now.calculated_status == "IFEP") != (level == "ifep"):
            self.warn(
                "calculated_status",
                _("The file calculates %(status)s, but its overall level is %(level)s. The calculated status counts.")
                % {"status": now.calculated_status, "level": _name(now.test, Measure.OVERALL, level)},
                now.calculated_status,
            )

    def _judge_score(self, measure: Measure) -> None:
        """The score must lie on its scale; a level other than our table's is the file's, with a warning (D-06)."""
        now = self.record_now
        score = now.scores.get(measure, {})
        points = score.get("scale_score")
        if points is None or not (ranges := self.around.scale(now.test, now.grade, measure, now.administration)):
            return
        name = f"{measure}_score"
        try:
            ours = scales.find(ranges, points).level
        except scales.OutOfScale:
            self.problem(name, _out_of_scale(now, measure, points, ranges), _ask_or_leave(), str(points))
            return
        if not score.get("level"):
            score["level"] = ours
        elif score["level"] != ours:
            words = {"file": _name(now.test, measure, score["level"]), "ours": _name(now.test, measure, ours)}
            reason = _("The file says %(file)s; by our table %(points)d is %(ours)s. The file's level counts.")
            self.warn(f"{measure}_level", reason % (words | {"points": points}), str(points))


def absent(layout: Layout) -> list[str]:
    """What a layout of results has no column for: there the values held stay. A score brings its level along."""
    if layout.target != ImportTarget.RESULT:
        return []
    have = layout.fields
    missing = [name for name in ("condition_code", "calculated_status") if name not in have]
    for measure in MEASURES:
        parts = {"score": "scale_score", "raw": "raw_score", "exempt": "is_exempt"}
        missing += [f"{measure}.{part}" for name, part in parts.items() if f"{measure}_{name}" not in have]
        if f"{measure}_level" not in have and f"{measure}_score" not in have:
            missing.append(f"{measure}.level")
    return missing


def _out_of_scale(now: Record, measure: Measure, points: int, ranges: Sequence[scales.Range]) -> str:
    low, high = scales.limits(ranges)
    words = {
        "grade": Grade(now.grade).label,
        "measure": Measure(measure).label,
        "low": low,
        "high": high,
        "test": Test(now.test).label,
    }
    if points > high:
        return _("Above the highest score of %(grade)s, %(measure)s: %(test)s goes from %(low)d to %(high)d.") % words
    return _("Below the lowest score of %(grade)s, %(measure)s: %(test)s goes from %(low)d to %(high)d.") % words


def _ask_or_leave() -> str:
    return _("Look at the score report, ask the state's help desk, or leave the line out.")


def _name(test: str, measure: str, level: str) -> str:
    return scales.level_words(test, measure, level)


@cache
def _record_types(program: str) -> Mapping[str, str]:
    """Record types of a kind of file to the tests they stand for; empty for tests that are not kept."""
    found = [row for row in layouts.rows("score_file_record_types.csv") if row["program"] == program]
    return {row["code"]: row["test"] for row in found}


@cache
def _all_record_types() -> Mapping[str, str]:
    return {row["code"]: row["meaning"] for row in layouts.rows("score_file_record_types.csv")}


READERS: Mapping[ImportTarget, type[Reader]] = {
    ImportTarget.RESULT: ResultReader,
    ImportTarget.LOCAL: LocalReader,
    ImportTarget.MARK: MarkReader,
    ImportTarget.STATUS: StatusReader,
    ImportTarget.LONG_TERM: LongTermReader,
}
