"""What the readers of all kinds of files share: the record, what is known around the file, a child's cells.

Pure: tables of scores, measures and windows are handed in. What can only be known beside other lines, or beside the
children enrolled, is asked in `staging`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from assessments import scales
from assessments.enums import Measure, ResultSource
from assessments.imports import values
from assessments.imports.layouts import Layout
from assessments.imports.reading import Line
from assessments.imports.values import NotAValue, Problem, Severity
from assessments.rules.measures import Scale
from district.calendar import year_name

# (test, grade, measure, administration) to the ranges of that scale; empty where there is no table.
Scales = Callable[[str, str, str, str], Sequence[scales.Range]]

year_named = lru_cache(5_000)(year_name)
FORMULA = re.compile(r"[=+@\t\r]|-[=+@(]|-\d*\s*[+*/(]")


@dataclass(slots=True)
class Record:
    """A line as read, or what it says of one thing where it says several.

    is_kept: False for what is read and not kept, such as a science test or a line without a score.
    item and facts: what a line says that is no result of a state's test (see `targets`).
    """

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
    item: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    is_kept: bool = True
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_rejected(self) -> bool:
        return any(problem.severity == Severity.REJECTED for problem in self.problems)

    @property
    def has_score(self) -> bool:
        overall = self.scores.get(Measure.OVERALL, {})
        return bool(overall.get("level") or overall.get("scale_score"))


@dataclass(frozen=True)
class KnownMeasure:
    """A local measure of the catalog. dates: (year, window) to its first and last day, where they are set."""

    slug: str
    scale: Scale
    grades: tuple[str, ...]
    windows: tuple[str, ...]
    dates: Mapping[tuple[str, str], tuple[date, date]] = field(default_factory=dict)


@dataclass(frozen=True)
class Around:
    """What must be known beside the file. today: no test lies after it. tk_untested_from: see TK-01 of the law.

    measures: by slug. years: first and last day of the school years known, by name.
    """

    scale: Scales
    today: date
    tk_untested_from: date | None = None
    measures: Mapping[str, KnownMeasure] = field(default_factory=dict)
    years: Mapping[str, tuple[date, date]] = field(default_factory=dict)


class Reader:
    """Reads the lines of one layout. `records` is what each kind of file says for itself."""

    def __init__(self, layout: Layout, around: Around, width: int) -> None:
        self.layout, self.around, self.width = layout, around, width
        self.single = {name: own[0] for name, own in layout.fields.items() if len(own) == 1}
        self.record_now = Record(0)

    def records(self, line: Line) -> Iterator[Record]:
        raise NotImplementedError

    def begin(self, line: Line) -> Record:
        """A new record; its problem, where the cells do not stand under their headings."""
        self.record_now = Record(line.number)
        if self.width:
            self._is_shifted(line)
        return self.record_now

    def copied(self, record: Record, **fields: Any) -> Record:
        """One of several things that a line says: the same child, with problems of its own."""
        self.record_now = replace(record, problems=[*record.problems], **fields)
        return self.record_now

    def cell(self, cells: Sequence[str], name: str) -> str:
        """What the line says in a field; of several columns the first that says something."""
        at = self.single.get(name)
        if at is not None:
            return cells[at]
        return next((cells[at] for at in self.layout.fields.get(name, ()) if cells[at].strip()), "")

    def fixed(self, cells: Sequence[str], name: str) -> str:
        """What the line says in a field, else what the person has said for every line of the file."""
        return self.cell(cells, name).strip() or self.layout.fixed.get(name, "")

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

    def text(self, cells: Sequence[str], name: str, length: int) -> str:
        """A text that is kept as it stands. One that a spreadsheet would run as a formula is refused."""
        said = values.unwrapped(self.cell(cells, name))
        if FORMULA.match(said):
            self.problem(name, _("The cell holds a formula in place of a text."), _fill_in(), said)
            return ""
        return values.text(said, length)

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

    def read_child(self, cells: Sequence[str]) -> None:
        """Who the line is of. Without an SSID the district's own number is enough, except in the state's files."""
        now = self.record_now
        now.local_id = self._read("local_id", self.cell(cells, "local_id"), values.local_number, "")
        said = self.cell(cells, "ssid").strip()
        number = values.unwrapped(self.cell(cells, "number")).removesuffix(".0")
        if number and not said and len(number) == 10 and number.isdigit():
            said = number  # one number for all: ten digits are the state's
        elif number and not said and not now.local_id:
            now.local_id = self._read("number", number, values.local_number, "")
        if said or self.is_official or not (now.local_id or number or self.cell(cells, "local_id").strip()):
            now.ssid = self._read("ssid", said, values.ssid, "")
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

    @property
    def is_official(self) -> bool:
        return self.layout.source != ResultSource.LOCAL

    def read_year(self, cells: Sequence[str], day: date | None) -> str:
        """The school year of a line: as it says, else that of its day. Both must agree; none may lie ahead."""
        said = self.fixed(cells, "year")
        year = self._read("year", said, values.school_year, "") if said else ""
        if day and year and year_named(day) != year:
            words = {"day": day.isoformat(), "other": year_named(day), "year": year}
            reason = _("Another school year: %(day)s lies in %(other)s, the line says %(year)s.") % words
            self.problem("year", reason, _("Correct the one that is wrong, or leave the line out."), said)
        year = year or (year_named(day) if day else "")
        if year > year_named(self.around.today):
            self.problem("year", _("The school year %(year)s has not begun.") % {"year": year}, _fill_in(), said)
        return year

    def read_day(self, cells: Sequence[str], name: str) -> date | None:
        """A day that may lie neither ahead nor before the child's birth."""
        day: date | None = self.value(cells, name, values.day)
        if day and day > self.around.today:
            self.problem(name, _("The day lies in the future."), _fill_in(), day.isoformat())
            return None
        if day and self.record_now.birth_date and day <= self.record_now.birth_date:
            self.problem(name, _("The day lies before the birth date."), _fill_in(), day.isoformat())
        return day


def _fill_in() -> str:
    return _("Correct it, or leave the line out.")
