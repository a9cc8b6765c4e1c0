"""One line of a file to one record: typed values, the scores by measure, and what is wrong with them.

Pure: what the tables of scores say is handed in. What can only be known beside other lines, or beside the children
enrolled, is asked in `staging`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from typing import Any

from django.utils.translation import gettext as _

from assessments import scales
from assessments.enums import Measure, ResultSource, Test
from assessments.imports import layouts, values
from assessments.imports.layouts import Layout
from assessments.imports.reading import Line, Table
from assessments.imports.values import NotAValue, Problem, Severity
from district.calendar import year_name
from district.enums import Grade

# (test, grade, measure, administration) to the ranges of that scale; empty where there is no table.
Scales = Callable[[str, str, str, str], Sequence[scales.Range]]

_year_name = lru_cache(5_000)(year_name)

DOMAINS = (Measure.LISTENING, Measure.SPEAKING, Measure.READING, Measure.WRITING)
SCALED = (Measure.OVERALL, Measure.ORAL_LANGUAGE, Measure.WRITTEN_LANGUAGE)
MEASURES = (*SCALED, *DOMAINS)
INVALID = "R"  # IncludeIndicator of a CAASPP test that was invalidated, or taken with an aid that changes it


@dataclass(slots=True)
class Record:
    """A line as read. A record without a test is one of a test that is not kept, such as science."""

    line: int
    test: str = ""
    ssid: str = ""
    local_id: str = ""
    last_name: str = ""
    first_name: str = ""
    birth_date: date | None = None
    school_code: str = ""
    language: str = ""
    administration: str = ""
    grade: str = ""
    tested_on: date | None = None
    attempted: str = ""
    condition_code: str = ""
    calculated_status: str = ""
    examiner: str = ""
    available_on: date | None = None
    scores: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_rejected(self) -> bool:
        return any(problem.severity == Severity.REJECTED for problem in self.problems)

    @property
    def has_score(self) -> bool:
        overall = self.scores.get(Measure.OVERALL, {})
        return bool(overall.get("level") or overall.get("scale_score"))


@dataclass(frozen=True)
class Around:
    """What must be known beside the file. today: no test lies after it. tk_untested_from: see TK-01 of the law."""

    scale: Scales
    today: date
    tk_untested_from: date | None = None


def records(table: Table, layout: Layout, around: Around) -> Iterator[Record]:
    """The records of a file, one per line, rejected ones included."""
    reader = _Reader(layout, around, len(table.header) if table.kind == "text" else 0)
    for line in table.lines([*layout.columns]):
        yield reader.record(line)


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


class _Reader:
    """Reads the lines of one layout."""

    def __init__(self, layout: Layout, around: Around, width: int) -> None:
        self.layout, self.around, self.width = layout, around, width
        self.single = {name: own[0] for name, own in layout.fields.items() if len(own) == 1}
        self.tests = _record_types(layout.program)
        self.plans = [plan for measure in MEASURES if (plan := self._plan(measure)).is_read]
        self.record_now = Record(0)

    def record(self, line: Line) -> Record:
        now = self.record_now = Record(line.number)
        cells = line.cells
        if self.width and self._is_shifted(line):
            return now
        now.test = self._test(cells)
        if not now.test:
            return now
        self._child(cells)
        self._sitting(cells)
        self._scores(cells)
        self._judge()
        return now

    def cell(self, cells: Sequence[str], name: str) -> str:
        """What the line says in a field; of several columns the first that says something."""
        at = self.single.get(name)
        if at is not None:
            return cells[at]
        return next((cells[at] for at in self.layout.fields.get(name, ()) if cells[at].strip()), "")

    def value(self, cells: Sequence[str], name: str, read: Callable[[str], Any], empty: Any = None) -> Any:
        """The typed value of a field; what cannot be read becomes a problem of the line."""
        return self._read(name, self.cell(cells, name), read, empty)

    def _read(self, name: str, cell: str, read: Callable[[str], Any], empty: Any = None) -> Any:
        try:
            return read(cell)
        except NotAValue as wrong:
            self.problem(name, wrong.reason, wrong.mend, cell)
            return empty

    def problem(
        self, name: str, reason: str, mend: str = "", said: str = "", severity: Severity = Severity.REJECTED
    ) -> None:
        column = self.layout.names.get(name, name)
        self.record_now.problems.append(Problem(self.record_now.line, column, reason, severity, mend, said.strip()))

    def warn(self, name: str, reason: str, said: str = "") -> None:
        self.problem(name, reason, "", said, Severity.WARNING)

    def _is_shifted(self, line: Line) -> bool:
        """Whether cells do not stand under their headings: too many, or cut off before the end."""
        end = self.cell(line.cells, "end_of_record").strip()
        words = {"have": line.width, "of": self.width}
        if line.width > self.width:
            reason = _("The line has %(have)d cells, the first line %(of)d: a cell holds a separator.") % words
        elif "end_of_record" in self.layout.fields and line.width < self.width:
            reason = _("The line ends after %(have)d of %(of)d cells: the file is cut off there.") % words
        elif end not in ("", "ZZ"):
            reason = _("The last cell of a line must say ZZ: the cells do not stand under their headings.")
        else:
            return False
        self.problem("end_of_record", reason, _("Send the zip as the state gives it, or leave the line out."), end)
        return True

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

    def _child(self, cells: Sequence[str]) -> None:
        now, is_local = self.record_now, self.layout.source == ResultSource.LOCAL
        now.local_id = values.text(values.unwrapped(self.cell(cells, "local_id")), 15)
        if not (is_local and now.local_id and not self.cell(cells, "ssid").strip()):
            now.ssid = self.value(cells, "ssid", values.ssid, "")
        now.last_name = values.text(self.cell(cells, "last_name"))
        now.first_name = values.text(self.cell(cells, "first_name"))
        now.birth_date = self.value(cells, "birth_date", values.day)
        now.language = values.language(self.cell(cells, "language"))
        for name in (self.cell(cells, "last_name"), self.cell(cells, "first_name")):
            if not name.isascii() and (sound := values.unscrambled(name)):
                reason = _("The name was saved in the wrong letters; it was probably %(name)s.") % {"name": sound}
                self.warn("last_name", reason, name)
                break
        try:
            now.school_code = values.school_code(self.cell(cells, "school_code"))
        except NotAValue as wrong:
            self.warn("school_code", wrong.reason, self.cell(cells, "school_code"))

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
            now.administration = _year_name(now.tested_on)
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
