"""A line of a file of local measures, or of marks, to what it says of the child (MP3-03 to MP3-07, MP3-09).

A line of an export by grade holds many measures and windows; each becomes a record of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.enums import NotTaken, Subject, Window
from assessments.imports import texts, values
from assessments.imports.layouts import Layout, ValueColumn
from assessments.imports.reader import Around, KnownMeasure, Reader, Record
from assessments.imports.reading import Line
from assessments.rules.measures import read_value
from district.enums import Grade
from district.refusal import Refusal

DELETED = ("1", "TRUE", "Y", "YES", "T")
PERCENT = "percent"
NO_CELL = ("NS", "N/A", "NULL", "NA", "--", "-")


class LocalReader(Reader):
    """Results of local measures: measure, window, value or level of each."""

    def __init__(self, layout: Layout, around: Around, width: int) -> None:
        super().__init__(layout, around, width)
        self.by_name = {texts.plain(known.scale.name): known for known in around.measures.values()}
        self.by_name |= {texts.plain(slug): known for slug, known in around.measures.items()}

    def records(self, line: Line) -> Iterator[Record]:
        base, cells = self.begin(line), line.cells
        if not base.problems:
            self._read_line(base, cells)
        if base.is_rejected:
            yield base
            return
        count = 0
        if self.layout.values:
            for column in self.layout.values:
                known = self.around.measures.get(column.measure)
                if known and not self._is_blank(cells, column):
                    count += 1
                    yield self._of_column(base, cells, column, known)
        elif known := self._measure(cells):
            if any(self.cell(cells, name).strip() for name in ("value", "level", "not_taken")):
                count += 1
                yield self._of_line(base, cells, known)
        elif base.is_rejected:
            count += 1
            yield base
        if not count:
            base.is_kept = False
            yield base

    def _read_line(self, base: Record, cells: Sequence[str]) -> None:
        """What the line says whatever the measure: child, grade, day, year, window."""
        self.read_child(cells)
        base.grade = self.value(cells, "grade", values.grade) or ""
        base.tested_on = self.read_day(cells, "taken_on")
        base.administration = self.read_year(cells, base.tested_on)
        said = self.fixed(cells, "window")
        base.facts = {"window": self._read("window", said, values.window, "") if said else ""}
        if self.cell(cells, "deleted").strip().upper() in DELETED:
            base.facts["deleted"] = True

    def _is_blank(self, cells: Sequence[str], column: ValueColumn) -> bool:
        """Whether nothing is said of a measure, or what is said was deleted by the teacher."""
        if self.record_now.facts.get("deleted"):
            return True
        said = [cells[at].strip() for at in (column.value, column.level) if at is not None]
        return all(not each or each.upper() in NO_CELL for each in said)

    def _measure(self, cells: Sequence[str]) -> KnownMeasure | None:
        """The measure that a line, or the person, names."""
        said = self.fixed(cells, "measure")
        known = self.by_name.get(texts.plain(said)) if said else None
        if known is None:
            reason = _("There is no such measure here: %(name)s.") if said else _("The measure is missing.")
            names = ", ".join(each.scale.name for each in self.around.measures.values())
            self.problem("measure", reason % {"name": said[:60]}, _("Measures: %(names)s.") % {"names": names}, said)
        return known

    def _of_column(self, base: Record, cells: Sequence[str], column: ValueColumn, known: KnownMeasure) -> Record:
        now = self.copied(base, grade=base.grade or column.grade)
        value = cells[column.value] if column.value is not None else ""
        level = cells[column.level] if column.level is not None else ""
        window = column.window or base.facts["window"]
        return self._said(now, known, window, (column.name, value), level, "")

    def _of_line(self, base: Record, cells: Sequence[str], known: KnownMeasure) -> Record:
        now = self.copied(base)
        why = self.cell(cells, "not_taken").strip()
        not_taken = values.words("not_taken").get(texts.plain(why), "")
        if why and not not_taken:
            names = ", ".join(str(each.label) for each in NotTaken)
            self.problem("not_taken", _("This is no reason that is known here."), names, why)
        value = (self.layout.names.get("value", "value"), self.cell(cells, "value"))
        return self._said(now, known, base.facts["window"], value, self.text(cells, "level", 60), not_taken)

    def _said(
        self, now: Record, known: KnownMeasure, window: str, value: tuple[str, str], level: str, not_taken: str
    ) -> Record:
        """The record of one measure, with what is wrong with it."""
        name, said = value
        window = self._window(now, known, window)
        number, own = self._value(known, name, said)
        level = own or self._level(level, name)
        if not_taken and (number is not None or level):
            self.problem("not_taken", _("There is a value, and a reason why there is none."), _mend(), not_taken)
        if now.grade and now.grade not in known.grades:
            words = {"measure": known.scale.name, "grade": Grade(now.grade).label}
            self.warn("grade", _("%(measure)s is not given in %(grade)s. The value is kept.") % words, now.grade)
        now.item = f"{known.slug} {window}".strip()
        now.facts = {
            "measure": known.slug,
            "window": window,
            "value": _json(number),
            "level": level,
            "not_taken": not_taken,
            "taken_on": now.tested_on.isoformat() if now.tested_on else None,
        }
        return now

    def _level(self, level: str, name: str) -> str:
        said = values.text(values.unwrapped(level), 60)
        if said.upper() in (*NO_CELL, ""):
            return ""
        if said[0] in "=+@":
            self.problem(name, _("The cell holds a formula in place of a text."), _mend(), said)
        return said

    def _value(self, known: KnownMeasure, name: str, said: str) -> tuple[Decimal | None, str]:
        """The number, or the level of a measure that has levels; a share is read as percent."""
        cell = values.unwrapped(said)
        if not cell or cell.upper() in NO_CELL:
            return None, ""
        if known.scale.unit == "Lexile" and cell.upper().startswith("BR"):
            cell = "-" + cell[2:]  # a beginning reader's Lexile lies so far below zero
        if values.POWER.fullmatch(cell) and "e" in cell.lower():
            self.problem(name, _("Excel has turned the value into %(said)s.") % {"said": cell[:40]}, _mend(), said)
            return None, ""
        try:
            number, level = read_value(cell, known.scale)
        except Refusal as refusal:
            self.problem(name, refusal.message, refusal.mend, said)
            return None, ""
        if number is not None and known.scale.unit == PERCENT and "." in cell and 0 < number <= 1:
            self.warn(
                name, _("%(said)s is read as %(percent)s percent.") % {"said": cell, "percent": number * 100}, said
            )
            number *= 100
        return number, level

    def _window(self, now: Record, known: KnownMeasure, window: str) -> str:
        """The window said, else the one in which the day lies: by its dates, else by equal parts of the year."""
        mend = _("Windows of this measure: %(names)s.") % {
            "names": ", ".join(str(Window(each).label) for each in known.windows)
        }
        if window:
            if window not in known.windows:
                words = {"measure": known.scale.name, "window": Window(window).label}
                self.problem("window", _("%(measure)s is not taken in: %(window)s.") % words, mend, window)
            return window
        if len(known.windows) == 1:
            return known.windows[0]
        found = _window_of(now.tested_on, now.administration, known, self.around)
        if not found:
            reason = _("The day lies in no window of the measure.") if now.tested_on else _("The window is missing.")
            if any(problem.column == self.layout.names.get("window") for problem in now.problems):
                return ""
            self.problem("window" if not now.tested_on else "taken_on", reason, mend)
        return found


def _window_of(day: date | None, year: str, known: KnownMeasure, around: Around) -> str:
    if day is None:
        return ""
    own = {window: days for (held, window), days in known.dates.items() if held == year}
    if own:
        return next((window for window, (opens, closes) in own.items() if opens <= day <= closes), "")
    if year not in around.years or not known.windows:
        return ""
    first, last = around.years[year]
    part = max(0, (day - first).days) * len(known.windows) // ((last - first).days + 1)
    return known.windows[min(part, len(known.windows) - 1)]


def _json(number: Decimal | None) -> int | float | None:
    """A value as JSON keeps it: two places at most, so that nothing is lost."""
    if number is None:
        return None
    return int(number) if number == number.to_integral_value() else float(number)


class MarkReader(Reader):
    """Marks of courses: term, course, subject, mark, teacher."""

    def records(self, line: Line) -> Iterator[Record]:
        now, cells = self.begin(line), line.cells
        if not now.problems:
            self._read_line(now, cells)
        yield now

    def _read_line(self, now: Record, cells: Sequence[str]) -> None:
        mark = self.value(cells, "mark", values.mark, "")
        if not mark and not now.problems:
            now.is_kept = False
            return
        self.read_child(cells)
        now.grade = self.value(cells, "grade", values.grade) or ""
        now.tested_on = self.read_day(cells, "taken_on")
        now.administration = self.read_year(cells, now.tested_on)
        said = self.fixed(cells, "term")
        term = self._read("term", said, values.window, "")
        course = self.text(cells, "course", 80)
        if not term and not said:
            self.problem("term", _("The term is missing."), _mend())
        if not course and not any(problem.column == self.layout.names.get("course") for problem in now.problems):
            self.problem("course", _("The course is missing."), _mend())
        now.item = f"{term} {course}"
        now.facts = {
            "term": term,
            "course": course,
            "subject": self._subject(cells, course),
            "mark": mark,
            "teacher": self.text(cells, "teacher", 120),
            "taken_on": now.tested_on.isoformat() if now.tested_on else None,
        }

    def _subject(self, cells: Sequence[str], course: str) -> str:
        """As the line says, else as the course is called: the first part of its title that is known."""
        if found := values.words("subject").get(texts.plain(self.fixed(cells, "subject"))):
            return found
        title = texts.plain(course)
        known = values.words("course")
        return next((known[word] for word in known if word in title), Subject.OTHER.value)


def _mend() -> str:
    return _("Correct it, or leave the line out.")
