"""Results of local measures, entered for a whole class at once, each row for itself (MP3-03 to MP3-07)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.enums import Kept, LocalSource, NotTaken, Window
from assessments.models import LocalMeasure, LocalResult
from assessments.queries.measures import scale_of
from assessments.rules.measures import plain, read_value
from district import entries
from district.calendar import year_name
from district.enums import Grade
from district.history import acting
from district.models import Entry, User, in_force
from district.permissions import Permission
from district.refusal import NotAllowed, Refusal
from district.wording import long_day
from students.models import Enrollment, Student

LOCAL_RESULTS = "local_results"
TOGETHER = timedelta(minutes=30)  # rows of one grid that are typed one after another are one entry
KEPT = ("value", "level", "not_taken", "taken_on", "note", "grade", "source", "batch_id")


@dataclass(frozen=True)
class Cell:
    """What was typed for a child: the value, or why there is none."""

    typed: str = ""
    not_taken: str = ""
    note: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.typed.strip() or self.not_taken)


@dataclass
class Written:
    """What became of a grid: children whose row was written, and the refusal of each row that was not."""

    saved: list[int] = field(default_factory=list)
    replaced: dict[int, date] = field(default_factory=dict)  # with the day that stands now
    refused: dict[int, Refusal] = field(default_factory=dict)


def record_local_results(
    *, by: User, measure: LocalMeasure, window: str, taken_on: date, cells: Mapping[int, Cell], keep_day: bool = False
) -> Written:
    """Write the rows of a grid; a row that is refused stays out, and the others are written all the same.

    keep_day: a value that replaces another keeps its day, since nobody has named one.
    A row as it already stands is left alone; one that was emptied is taken out. Refusal of the whole: a measure that is
    read from files only, a window that the measure has not, a day that has not come.
    """
    _check_grid(measure, window, taken_on)
    written, kept = Written(), []
    with transaction.atomic(), acting(by, _("local measure entered")):
        children = _locked(by, cells)
        grades = _grades(children, taken_on)
        year = year_name(taken_on)
        rows = LocalResult.objects.filter(measure=measure, year=year, window=window, student__in=cells)
        before = {row.student_id: row for row in rows.select_for_update()}
        for pk, cell in cells.items():
            try:
                if pk not in children:
                    raise NotAllowed(str(Permission.RECORD_MEASURES.label))
                row = before.get(pk) or LocalResult(student=children[pk], measure=measure, year=year, window=window)
                known = _as_it_was(row) if row.pk else None
                stood = bool(row.pk) and not row.not_taken
                day = row.taken_on if keep_day and stood else taken_on
                if _write(by, row, cell, grades.get(pk, ""), day, children[pk]):
                    if stood and not cell.is_empty:
                        written.replaced[pk] = day
                    written.saved.append(pk)
                    kept.append([pk, row.pk, known, row.recorded_at.isoformat()])
            except Refusal as refusal:
                written.refused[pk] = refusal
        if kept:
            _enter(by, measure, window, year, kept, children)
    return written


def _check_grid(measure: LocalMeasure, window: str, taken_on: date) -> None:
    if measure.kept != Kept.LOCAL:
        raise Refusal(
            _("%(measure)s comes with files only.") % {"measure": measure}, _("Read its file in under Score files.")
        )
    if window not in measure.windows:
        raise Refusal(
            _("%(measure)s is not taken then.") % {"measure": measure}, _("Choose another window."), field="window"
        )
    if taken_on > timezone.localdate():
        raise Refusal(
            _("%(day)s has not come yet.") % {"day": long_day(taken_on)},
            _("Give the day on which it was taken."),
            field="taken_on",
        )


def _locked(by: User, cells: Iterable[int]) -> dict[int, Student]:
    """The children of the grid for whom the person may enter, locked in one order."""
    mine = Student.objects.visible_to(by, Permission.RECORD_MEASURES).filter(pk__in=list(cells)).values("pk")
    rows = Student.objects.select_for_update(of=("self",)).filter(pk__in=mine).order_by("pk")
    return {row.pk: row for row in rows.select_related("current_enrollment__school")}


def _grades(children: Mapping[int, Student], on: date) -> dict[int, str]:
    """The grade of each child on the day; of a child that was not here then, today's."""
    found = {pk: str(child.grade or "") for pk, child in children.items()}
    stays = Enrollment.objects.filter(in_force(on), student__in=children)
    return found | dict(stays.values_list("student_id", "grade"))


def _write(by: User, row: LocalResult, cell: Cell, grade: str, taken_on: date, child: Student) -> bool:
    """Put what was typed into the row; False where nothing changes."""
    if cell.is_empty:
        return _take_out(row)
    _check_child(row.measure, grade, taken_on, child)
    value: Decimal | None = None
    level = ""
    if cell.typed.strip() and cell.not_taken:
        raise Refusal(
            _("There is a value and a reason why there is none."), _("Take one of them out."), field="not_taken"
        )
    if cell.not_taken:
        NotTaken(cell.not_taken)
    else:
        value, level = read_value(cell.typed, scale_of(row.measure))
    said = {"value": value, "level": level, "not_taken": cell.not_taken, "note": cell.note.strip()}
    if row.pk and all(getattr(row, name) == each for name, each in said.items()):
        return False
    for name, each in (said | {"grade": grade, "taken_on": taken_on, "source": LocalSource.ENTERED}).items():
        setattr(row, name, each)
    row.batch, row.recorded_by, row.recorded_at = None, by, timezone.now()
    row.save()
    return True


def _take_out(row: LocalResult) -> bool:
    """An emptied row. What came with a file is taken out with the file, or corrected."""
    if not row.pk:
        return False
    if row.source == LocalSource.FILE:
        raise Refusal(
            _("This value came with a file and cannot be emptied."),
            _("Correct it, or put the file back under Score files."),
        )
    LocalResult.objects.filter(pk=row.pk).delete()
    return True


def _check_child(measure: LocalMeasure, grade: str, taken_on: date, child: Student) -> None:
    if grade not in measure.grades:
        grades = measure.grades
        raise Refusal(
            _("%(measure)s is given from %(low)s to %(high)s; the child was in %(grade)s.")
            % {
                "measure": measure,
                "low": grades[0].label,
                "high": grades[-1].label,
                "grade": Grade(grade).label if grade else _("no grade"),
            },
            _("Leave the row empty."),
        )
    if taken_on < child.birth_date:
        raise Refusal(_("The day lies before the child was born."), field="taken_on")


def _as_it_was(row: LocalResult) -> dict[str, Any]:
    said = {name: getattr(row, name) for name in KEPT}
    return {name: str(each) if isinstance(each, Decimal | date) else _plain(each) for name, each in said.items()}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int | bool) else str(value)


def _enter(
    by: User, measure: LocalMeasure, window: str, year: str, kept: list[Any], children: Mapping[int, Student]
) -> None:
    before = Entry.objects.filter(
        kind=LOCAL_RESULTS,
        made_by=by,
        put_back_at__isnull=True,
        made_at__gte=timezone.now() - TOGETHER,
        data__measure=measure.pk,
        data__year=year,
        data__window=window,
    ).first()
    known = {row[0]: row for row in before.data["rows"]} if before else {}
    for child, pk, was, stamp in kept:
        first = known.get(child)
        known[child] = [child, pk, first[2] if first else was, stamp]
    rows = list(known.values())
    words = ngettext(
        "%(measure)s, %(window)s %(year)s: %(count)d result entered",
        "%(measure)s, %(window)s %(year)s: %(count)d results entered",
        len(rows),
    )
    summary = words % {"measure": measure, "window": Window(window).label, "year": year, "count": len(rows)}
    if before:
        before.summary, before.data = summary, {**before.data, "rows": rows}
        before.student_id = rows[0][0] if len(rows) == 1 else None
        before.save(update_fields=["summary", "data", "student_id"])
        return
    schools = {child.school.pk for pk, *_rest in kept if (child := children[pk]).school}
    entries.enter(
        by=by,
        kind=LOCAL_RESULTS,
        summary=summary,
        student_id=rows[0][0] if len(rows) == 1 else None,
        school_id=schools.pop() if len(schools) == 1 else None,
        measure=measure.pk,
        year=year,
        window=window,
        rows=rows,
    )


def put_back_local_results(entry: Entry, by: User) -> None:
    """Every row as it was before, unless one of them was changed again since, or stands in an action plan."""
    data = entry.data
    ids = [child for child, *_rest in data["rows"]]
    mine = _locked(by, ids)
    if len(mine) < len(set(ids)):
        raise NotAllowed(str(Permission.RECORD_MEASURES.label))
    rows = LocalResult.objects.filter(measure=data["measure"], year=data["year"], window=data["window"])
    now = {row.student_id: row for row in rows.filter(student__in=ids).select_for_update()}
    for child, pk, before, stamp in data["rows"]:
        row = now.get(child)
        if row and row.recorded_at.isoformat() != stamp:
            raise Refusal(
                _("The value of %(name)s was changed on %(day)s, after this entry.")
                % {"name": mine[child].name, "day": long_day(row.recorded_at)},
                _("Put the later entry back first, or correct the value."),
            )
        if row and row.evidence.exists() and before is None:
            raise Refusal(
                _("The value of %(name)s stands in an action plan.") % {"name": mine[child].name},
                _("Correct the value in place of taking it out."),
            )
        _restore(data, child, pk, row, before, entry)


def _restore(
    data: Mapping[str, Any],
    child: int,
    pk: int | None,
    row: LocalResult | None,
    before: Mapping[str, Any] | None,
    entry: Entry,
) -> None:
    if before is None:
        if row:
            row.delete()
        return
    row = row or LocalResult(
        student_id=child,
        measure_id=data["measure"],
        year=data["year"],
        window=data["window"],
        recorded_by=entry.made_by,
    )
    for name, value in before.items():
        setattr(row, name, LocalResult._meta.get_field(name.removesuffix("_id")).to_python(value))
    row.save()


def said_value(row: LocalResult) -> str:
    """What a row says, as it is typed into its cell."""
    return row.level or plain(row.value)
