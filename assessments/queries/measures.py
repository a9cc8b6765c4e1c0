"""Reads of local measures: the catalog, the cuts in force, and the newest value of each measure of many children."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from assessments import scales
from assessments.enums import Kept, Measure, NotTaken, Subject, Window
from assessments.models import LocalMeasure, LocalResult, Mark, MarkScale, MeasureScheme, MeasureWindow, Result
from assessments.rules.measures import Cut, Scale, at_grade_level, mark_meets, plain
from district.calendar import year_name
from district.findings import Finding
from district.wording import long_day
from students.models import Student

LOCAL, STATE, MARK = "local", "state", "mark"
LAST = F("taken_on").desc(nulls_last=True)  # what was taken last; a day that is not known counts as earlier
Cuts = Mapping[tuple[int, str], Sequence[Cut]]


def offered(grade: str = "") -> list[LocalMeasure]:
    """The measures that the district gives, those of a grade only where one is asked for."""
    rows = list(LocalMeasure.objects.filter(is_offered=True))
    return [row for row in rows if grade in row.grades] if grade else rows


def scale_of(measure: LocalMeasure) -> Scale:
    """The measure as the rules take it."""
    return Scale(measure.name, measure.unit, measure.lowest, measure.highest, tuple(measure.levels))


def cuts_on(on: date, measure: LocalMeasure | None = None) -> dict[tuple[int, str], list[Cut]]:
    """From where a child is at grade level, by measure and grade, as it holds on a day."""
    rows = MeasureScheme.objects.on(on)
    found: dict[tuple[int, str], list[Cut]] = {}
    for row in rows.filter(measure=measure) if measure else rows:
        cut = Cut(row.window, row.source, row.valid_from, row.at_grade_level, row.at_level)
        found.setdefault((row.measure_id, row.grade), []).append(cut)
    return found


def marks_on(on: date) -> dict[str, bool]:
    """Which marks are "C or better" on a day."""
    return dict(MarkScale.objects.on(on).values_list("mark", "meets"))


def window_on(measure: LocalMeasure, on: date) -> MeasureWindow | None:
    """The window that is open on a day, else the one that closed last in this school year, else the next."""
    rows = list(MeasureWindow.objects.filter(measure=measure, year=year_name(on)))
    open_now = [row for row in rows if row.opens <= on <= row.closes]
    closed = [row for row in rows if row.closes < on]
    return open_now[0] if open_now else closed[-1] if closed else rows[0] if rows else None


@dataclass(frozen=True)
class Shown:
    """One value of a child, said in words, with what it means and where it comes from.

    kind and pk name the row it comes from. measure: the id in the catalog, None where it is in none.
    """

    kind: str
    pk: int
    student: int
    name: str
    subject: Subject
    value: str
    year: str
    when: str
    source: str
    finding: Finding
    taken_on: date | None = None
    measure: int | None = None
    note: str = ""

    @property
    def key(self) -> str:
        """Names the row in a form."""
        return f"{self.kind}-{self.pk}"

    @property
    def words(self) -> str:
        """`Reading Inventory (SRI), beginning of the year 2026-27: 640 Lexile`."""
        return _("%(name)s, %(when)s: %(value)s") % {"name": self.name, "when": self.when, "value": self.value}


@dataclass
class Readings:
    """What is needed to say what values mean on a day, read once for many children."""

    on: date
    cuts: Cuts = field(default_factory=dict)
    marks: Mapping[str, bool] = field(default_factory=dict)
    by_test: Mapping[str, LocalMeasure] = field(default_factory=dict)

    @classmethod
    def of(cls, on: date) -> Readings:
        by_test = {row.test: row for row in LocalMeasure.objects.filter(kept=Kept.STATE).exclude(test="")}
        return cls(on, cuts_on(on), marks_on(on), by_test)

    def local(self, row: LocalResult) -> Shown:
        measure = row.measure
        finding = at_grade_level(
            scale=scale_of(measure),
            window=row.window,
            value=row.value,
            level=row.level,
            not_taken=str(NotTaken(row.not_taken).label) if row.not_taken else "",
            cuts=self.cuts.get((measure.pk, row.grade), ()),
        )
        value = row.level or (f"{plain(row.value)} {measure.unit}".strip() if row.value is not None else "")
        return Shown(
            LOCAL,
            row.pk,
            row.student_id,
            measure.name,
            Subject(measure.subject),
            value or str(_("not taken: %(why)s") % {"why": NotTaken(row.not_taken).label}),
            row.year,
            when(row.window, row.year),
            str(row.get_source_display()),
            finding,
            row.taken_on,
            measure.pk,
            row.note,
        )

    def state(self, row: Result) -> Shown | None:
        """A result of a state test that the catalog names; None for others, such as the ELPAC."""
        measure = self.by_test.get(row.test)
        if measure is None or not row.level:
            return None
        finding = at_grade_level(
            scale=scale_of(measure),
            window=Window.YEAR,
            value=None,
            level=row.level,
            cuts=self.cuts.get((measure.pk, row.grade), ()),
        )
        return Shown(
            STATE,
            row.pk,
            row.student_id,
            measure.name,
            Subject(measure.subject),
            scales.level_words(row.test, Measure.OVERALL, row.level),
            row.administration,
            row.administration,
            str(row.get_source_display()),
            finding,
            row.tested_on,
            measure.pk,
        )

    def mark(self, row: Mark) -> Shown:
        return Shown(
            MARK,
            row.pk,
            row.student_id,
            row.course,
            Subject(row.subject),
            row.mark,
            row.year,
            when(row.term, row.year),
            _("gradebook, %(who)s") % {"who": row.teacher} if row.teacher else str(_("gradebook")),
            mark_meets(row.mark, self.marks),
            row.taken_on,
        )


def when(window: str, year: str) -> str:
    """`beginning of the year 2026-27`; the year alone for what is taken once."""
    return year if window == Window.YEAR else f"{Window(window).label} {year}"


def newest(children: Iterable[int], on: date, readings: Readings | None = None) -> dict[int, list[Shown]]:
    """The newest value of every measure of each child, and this year's newest mark of every course; three queries."""
    ids, says = list(children), readings or Readings.of(on)
    found: dict[int, list[Shown]] = {pk: [] for pk in ids}
    for row in newest_local(LocalResult.objects.filter(student__in=ids), on):
        found[row.student_id].append(says.local(row))
    results = Result.objects.filter(student__in=ids, test__in=list(says.by_test), received_on__lte=on)
    results = results.exclude(level="").order_by("student_id", "test", "-administration", "-pk")
    for result in results.distinct("student_id", "test"):
        if shown := says.state(result):
            found[result.student_id].append(shown)
    for mark in newest_marks(Mark.objects.filter(student__in=ids), on):
        found[mark.student_id].append(says.mark(mark))
    return found


def newest_local(rows: QuerySet[LocalResult], on: date) -> QuerySet[LocalResult]:
    """Of each child and measure the newest result up to a day."""
    known = rows.filter(year__lte=year_name(on)).exclude(taken_on__gt=on).select_related("measure")
    order = ("student_id", "measure__order", "measure_id")
    return known.order_by(*order, "-year", LAST, "-pk").distinct(*order)


def newest_marks(rows: QuerySet[Mark], on: date) -> QuerySet[Mark]:
    """Of each child and course the newest mark of this school year."""
    known = rows.filter(year=year_name(on)).exclude(taken_on__gt=on)
    return known.order_by("student_id", "course", LAST, "-term").distinct("student_id", "course")


def history(student: int, on: date) -> list[Shown]:
    """Every value of one child, newest first."""
    says = Readings.of(on)
    found: list[Shown] = [
        says.local(row) for row in LocalResult.objects.filter(student=student).select_related("measure")
    ]
    states = Result.objects.filter(student=student, test__in=list(says.by_test)).exclude(level="")
    found += [shown for result in states if (shown := says.state(result))]
    found += [says.mark(row) for row in Mark.objects.filter(student=student)]
    return sorted(found, key=lambda each: (each.year, each.taken_on or date.min), reverse=True)


def said_on(shown: Shown) -> str:
    """The day of a value in words, or that it is not known."""
    return long_day(shown.taken_on) if shown.taken_on else str(_("day not known"))


def results_of(measure: LocalMeasure, children: Iterable[Student]) -> list[LocalResult]:
    """Every result of a measure of some children, oldest first."""
    rows = LocalResult.objects.filter(measure=measure, student__in=list(children))
    return list(rows.order_by("year", "taken_on", "pk"))


def not_configured(on: date) -> list[dict[str, Any]]:
    """Offered core measures of which some grades have no value for grade level, with those grades."""
    cuts, found = cuts_on(on), []
    for measure in offered():
        if measure.kept == Kept.MARKS or not Subject(measure.subject).is_core:
            continue
        missing = [
            grade for grade in measure.grades if not any(cut.is_set for cut in cuts.get((measure.pk, grade), ()))
        ]
        if missing:
            found.append({"measure": measure, "grades": missing})
    return found
