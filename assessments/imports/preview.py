"""What a file's page shows: lines with their problems, changes as sentences, new results by school. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext as _

from assessments import scales
from assessments.enums import ImportTarget, Measure, Test, Verdict
from assessments.imports import staging, things
from assessments.imports.records import MEASURES
from assessments.models import ScoreImport, ScoreImportRow
from district.models import School
from students.enums import ElStatus
from students.models import LanguageStatus, Student

ANNUAL = (Test.SUMMATIVE_ELPAC, Test.SUMMATIVE_ALTERNATE_ELPAC)


@dataclass
class LineShown:
    """A line with what is said of it. `said` is what the file says in the column."""

    row: ScoreImportRow
    line: int
    tab: str
    problems: list[dict[str, Any]]

    @property
    def name(self) -> str:
        """The child as we know it, else as the file calls it."""
        if self.row.student:
            return str(self.row.student)
        return f"{self.row.first_name} {self.row.last_name}".strip()

    @property
    def what(self) -> str:
        """The test, or the measure, course or list."""
        return things.name_of(self.row)

    @property
    def value(self) -> str:
        """The overall score, or the value, mark or status."""
        if self.row.facts:
            return things.value_of(self.row.facts)
        return str(self.row.scores.get(Measure.OVERALL, {}).get("scale_score", ""))

    @property
    def level(self) -> str:
        """The overall level in words, or that there is none."""
        if self.row.facts:
            return str(self.row.facts.get("level", ""))
        level = self.row.scores.get(Measure.OVERALL, {}).get("level", "")
        return scales.level_words(self.row.test, Measure.OVERALL, level) or _("no score")


@dataclass(frozen=True)
class Change:
    """One thing that a line changes in a result held already."""

    what: str
    now: str
    file: str


@dataclass
class ChangeShown:
    """A line that changes a result, with what follows for the child."""

    row: ScoreImportRow
    line: int
    tab: str
    changes: list[Change]
    follows: str

    @property
    def what(self) -> str:
        return things.name_of(self.row)


@dataclass
class SchoolLine:
    """New results of a school by level, and the English learners there who have no line in the file."""

    school: str
    levels: list[int]
    total: int = 0
    without: int = 0


@dataclass
class TestTable:
    """The new results of one test, school by school."""

    test: str
    names: list[str]
    lines: list[SchoolLine] = field(default_factory=list)


def rows_of(batch: ScoreImport, show: str) -> QuerySet[ScoreImportRow]:
    """The lines of a verdict, or those with a warning; left-out lines are no longer among the rejected."""
    rows = batch.rows.select_related("student__current_enrollment__school")
    if show == "warnings":
        return rows.filter(problems__contains=[{"severity": "warning"}]).exclude(verdict=Verdict.REJECTED)
    rows = rows.filter(verdict=show)
    return rows.exclude(line__in=[each["line"] for each in batch.left_out]) if show == Verdict.REJECTED else rows


def shown(batch: ScoreImport, rows: Iterable[ScoreImportRow], severity: str = "") -> list[LineShown]:
    """Lines as they are shown, with the problems of one severity or all; a line that says several things stands once
    where its problems are shown."""
    found: list[LineShown] = []
    for row in rows:
        problems = [problem for problem in row.problems if not severity or problem["severity"] == severity]
        if severity and found and found[-1].row.line == row.line:
            found[-1].problems += [problem for problem in problems if problem not in found[-1].problems]
        else:
            found.append(LineShown(row, *staging.place(batch, row.line), problems))
    return found


def lines_rejected(batch: ScoreImport) -> int:
    """How many lines are rejected and not left out."""
    return rows_of(batch, Verdict.REJECTED).order_by().values("line").distinct().count()


def by_thing(batch: ScoreImport) -> list[tuple[str, int, int]]:
    """What a file of measures, marks or lists brings: what, how many new, how many changed."""
    if batch.target == ImportTarget.RESULT:
        return []
    rows = batch.rows.filter(verdict__in=(Verdict.NEW, Verdict.CHANGED)).order_by()
    counted: dict[str, list[int]] = {}
    kinds = {ImportTarget.MARK: "facts__term", ImportTarget.STATUS: "facts__status"}
    kinds |= {ImportTarget.LONG_TERM: "facts__meaning"}
    kind = kinds.get(ImportTarget(batch.target), "item")
    for thing, verdict, count in rows.values_list(kind, "verdict").annotate(Count("pk")):
        both = counted.setdefault(things.kind_of(batch.target, thing), [0, 0])
        both[verdict == Verdict.CHANGED] += count
    return [(name, new, changed) for name, (new, changed) in sorted(counted.items())]


def left_out(batch: ScoreImport) -> list[dict[str, Any]]:
    """Lines left out on purpose: who did it, and why they were rejected."""
    places = (staging.place(batch, each["line"]) for each in batch.left_out)
    return [each | {"at_line": line, "tab": tab} for each, (line, tab) in zip(batch.left_out, places, strict=True)]


def changes(batch: ScoreImport, rows: Iterable[ScoreImportRow]) -> list[ChangeShown]:
    """What each line changes, in words, and what follows from it."""
    found = []
    for row in rows:
        if row.before:
            place = staging.place(batch, row.line)
            found.append(ChangeShown(row, *place, _differences(row), _follows(row)))
    return found


def _differences(row: ScoreImportRow) -> list[Change]:
    before = row.before or {}
    if row.facts:
        now = row.facts | ({"grade": row.grade} if "grade" in before else {})
        pairs = ((name, before.get(name), now[name]) for name in now if name in before)
        return [
            Change(things.word_of(name), things.said(name, was), things.said(name, said))
            for name, was, said in pairs
            if was != said
        ]
    found = []
    for measure in MEASURES:
        was, now = before["scores"].get(measure, {}), row.scores.get(measure, {})
        if was != now:
            words = (_score_words(row.test, measure, score) for score in (was, now))
            found.append(Change(str(Measure(measure).label), *words))
    for name, label in (
        ("tested_on", _("test date")),
        ("grade", _("grade assessed")),
        ("attempted", _("test taken")),
        ("condition_code", _("condition code")),
        ("calculated_status", _("status by the state")),
    ):
        was, now = before.get(name) or "", getattr(row, name) or ""
        if str(was) != str(now):
            found.append(Change(label, str(was) or _("nothing"), str(now) or _("nothing")))
    return found


def _score_words(test: str, measure: str, score: dict[str, Any]) -> str:
    """A score as people say it: `1542, level 3 of 4, Moderately Developed`."""
    parts = [str(score["scale_score"])] if "scale_score" in score else []
    if score.get("level"):
        parts.append(scales.level_words(test, measure, score["level"]))
    if "raw_score" in score and not parts:
        parts.append(_("raw score %(score)d") % {"score": score["raw_score"]})
    if score.get("is_exempt"):
        parts.append(_("exempt"))
    return ", ".join(parts) or _("no score")


def _follows(row: ScoreImportRow) -> str:
    """What the change means for the child: the overall level, or nothing."""
    if row.facts:
        return things.follows(row)
    was = (row.before or {}).get("level", "")
    now = row.scores.get(Measure.OVERALL, {}).get("level", "")
    words = {
        "was": scales.level_words(row.test, Measure.OVERALL, was),
        "now": scales.level_words(row.test, Measure.OVERALL, now),
    }
    if was == now:
        return _("The overall level stays.")
    if not was:
        return _("Now a result: %(now)s.") % words
    if not now:
        return _("No overall level any more; it was %(was)s.") % words
    return _("%(now)s instead of %(was)s.") % words


def by_school(batch: ScoreImport) -> list[TestTable]:
    """New results by test, school and level; for the annual test also the English learners without a line."""
    counted = (
        batch.rows.filter(verdict=Verdict.NEW)
        .exclude(test="")
        .annotate(level=KeyTextTransform("level", KeyTextTransform(Measure.OVERALL, "scores")))
        .values_list("test", "student__current_enrollment__school", "level")
        .annotate(count=Count("pk"))
        .order_by()
    )
    schools: dict[int | None, str] = {school.pk: school.name for school in School.objects.all()}
    tables: dict[str, TestTable] = {}
    lines: dict[tuple[str, int | None], SchoolLine] = {}
    for test, school, level, count in counted:
        levels = scales.levels(test, Measure.OVERALL)
        table = tables.setdefault(test, TestTable(str(Test(test).label), [each.name for each in levels]))
        if (test, school) not in lines:
            lines[test, school] = SchoolLine(schools.get(school, ""), [0] * (len(levels) + 1))
            table.lines.append(lines[test, school])
        line = lines[test, school]
        at = next((place for place, each in enumerate(levels) if each.level == level), len(levels))
        line.levels[at] += count
        line.total += count
    if Test.SUMMATIVE_ELPAC in tables:
        for school, without in _without_by_school(batch).items():
            if (Test.SUMMATIVE_ELPAC, school) not in lines:
                width = len(scales.levels(Test.SUMMATIVE_ELPAC, Measure.OVERALL)) + 1
                lines[Test.SUMMATIVE_ELPAC, school] = SchoolLine(schools.get(school, ""), [0] * width)
                tables[Test.SUMMATIVE_ELPAC].lines.append(lines[Test.SUMMATIVE_ELPAC, school])
            lines[Test.SUMMATIVE_ELPAC, school].without = without
    return [tables[test] for test in Test.values if test in tables]


def without_line(batch: ScoreImport) -> QuerySet[Student]:
    """English learners enrolled here when the annual test was given, and now, who have no line in the file."""
    tested = batch.rows.filter(test__in=ANNUAL, tested_on__isnull=False).aggregate(last=Max("tested_on"))["last"]
    on = tested or batch.received_on
    has_line = ScoreImportRow.objects.filter(batch=batch, student=OuterRef("pk"))
    was_el = LanguageStatus.objects.on(on).filter(student=OuterRef("pk"), status=ElStatus.EL)
    children = Student.objects.enrolled(on).filter(
        Exists(was_el), ~Exists(has_line), current_enrollment__exit_reason=""
    )
    return children.select_related("current_enrollment__school").order_by("search_key", "pk")


def is_annual(batch: ScoreImport) -> bool:
    return batch.rows.filter(test__in=ANNUAL).exists()


def _without_by_school(batch: ScoreImport) -> dict[int | None, int]:
    if not is_annual(batch):
        return {}
    rows = without_line(batch).order_by().values_list("current_enrollment__school").annotate(Count("pk"))
    return dict(rows)


def children_counted(batch: ScoreImport) -> int:
    """How many different children the lines are of."""
    return batch.rows.filter(~Q(student=None)).values("student").distinct().count()
