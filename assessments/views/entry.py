"""The grid in which a class's results of a measure are typed: each row for itself, with the keyboard alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.actions import measures as actions
from assessments.actions.measures import Cell
from assessments.enums import Kept, NotTaken, Window
from assessments.forms.entry import GridForm
from assessments.models import LocalMeasure, LocalResult
from assessments.queries.classes import Group, children_of, groups
from assessments.queries.measures import results_of, scale_of, window_on
from assessments.rules.measures import plain, read_column, read_value
from district.access import log_look, requires
from district.calendar import year_name
from district.permissions import Permission
from district.refusal import Refusal
from district.said import say, say_refused
from district.wording import day_month, long_day
from students.actions.guard import entry_of
from students.models import Student

P = Permission


@dataclass
class Row:
    """A line of the grid: the child, what stands in its cells, what is wrong with them, and how it stands."""

    student: Student
    typed: str = ""
    reason: str = ""
    note: str = ""
    error: str = ""
    state: str = ""
    before: str = ""


@dataclass(frozen=True)
class Grid:
    """What is being entered: measure, window, class and its children."""

    measure: LocalMeasure
    window: str
    group: Group | None
    children: list[Student]
    known: Mapping[int, LocalResult]
    earlier: Mapping[int, LocalResult]
    on: date


def _grid(request: HttpRequest, slug: str) -> tuple[Grid, list[Group]]:
    """Read from the address; what it does not name is what is open now, and the person's first class."""
    measure = get_object_or_404(LocalMeasure, slug=slug, kept=Kept.LOCAL, is_offered=True)
    on = timezone.localdate()
    asked = request.GET.get("window", "")
    current = window_on(measure, on)
    window = asked if asked in measure.windows else current.window if current else measure.windows[0]
    found = groups(request.user, on, P.RECORD_MEASURES, measure.grades)
    group = next((each for each in found if each.key == request.GET.get("class")), found[0] if found else None)
    children = list(children_of(group, request.user, on, permission=P.RECORD_MEASURES)) if group else []
    rows = results_of(measure, children)
    year = year_name(on)
    known = {row.student_id: row for row in rows if row.year == year and row.window == window}
    earlier = {row.student_id: row for row in rows if row.pk not in {each.pk for each in known.values()}}
    return Grid(measure, window, group, children, known, earlier, on), found


@requires(P.RECORD_MEASURES)
def measure_enter(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the grid; save all of it, or read a pasted column into it without saving."""
    grid, found = _grid(request, slug)
    pasted = request.POST.get("column", "") if "paste" in request.POST else ""
    form = GridForm(
        request.POST if request.method == "POST" else None, year=year_name(grid.on), initial={"taken_on": grid.on}
    )
    if request.method == "GET":
        log_look(request.user, [child.pk for child in grid.children], _("opened the grid of results"))
    cells = {child.pk: _cell(request, child.pk) for child in grid.children} if request.method == "POST" else {}
    refused: Mapping[int, str] = {}
    problem = ""
    if pasted:
        cells, refused, problem = _read(grid, pasted, cells)
    elif request.method == "POST" and form.is_valid():
        refused = _save(request, grid, form.cleaned_data["taken_on"], cells)
        if not refused:
            return redirect(f"{reverse('measure_enter', args=[slug])}?{request.GET.urlencode()}")
    rows = [_row(grid, child, cells.get(child.pk), refused.get(child.pk, "")) for child in grid.children]
    context = {
        "title": grid.measure.name,
        "lead": _how(grid.measure),
        "grid": grid,
        "rows": rows,
        "form": form,
        "groups": found,
        "windows": [(window.value, window.label) for window in grid.measure.taken_in],
        "reasons": NotTaken.choices,
        "pasted": pasted if problem else "",
        "problem": problem,
        "is_preview": bool(pasted and not problem),
        "good": sum(1 for row in rows if row.typed and not row.error),
        "bad": sum(1 for row in rows if row.error),
        "query": request.GET.urlencode(),
        "year": year_name(grid.on),
    }
    return render(request, "assessments/measure_enter.html", context)


def _how(measure: LocalMeasure) -> str:
    """How a value is typed."""
    if measure.levels:
        return _("Levels: %(levels)s.") % {"levels": ", ".join(measure.levels)}
    return _("%(unit)s, from %(low)s to %(high)s.") % {
        "unit": (measure.unit or _("a number")).capitalize(),
        "low": plain(measure.lowest) or "…",
        "high": plain(measure.highest) or "…",
    }


def _cell(request: HttpRequest, pk: int) -> Cell:
    said = request.POST
    reason = said.get(f"reason-{pk}", "")
    return Cell(
        said.get(f"value-{pk}", "")[:60],
        reason if reason in NotTaken.values else "",
        said.get(f"note-{pk}", "")[:300],
    )


def _read(grid: Grid, pasted: str, typed: Mapping[int, Cell]) -> tuple[dict[int, Cell], dict[int, str], str]:
    """A pasted column as cells, with what is wrong with each; what was typed stays where the column is empty."""
    column, problem = read_column(pasted, len(grid.children))
    if problem:
        return dict(typed), {}, problem
    cells, wrong = {}, {}
    for child, text in zip(grid.children, column, strict=True):
        cells[child.pk] = Cell(text[:60]) if text else typed[child.pk]
        if text:
            try:
                read_value(text, scale_of(grid.measure))
            except Refusal as refusal:
                wrong[child.pk] = str(refusal)
    return cells, wrong, ""


def _save(request: HttpRequest, grid: Grid, taken_on: date, cells: Mapping[int, Cell]) -> dict[int, str]:
    """Save the rows; the sentences of those that were refused, by child."""
    try:
        written = actions.record_local_results(
            by=request.user,
            measure=grid.measure,
            window=grid.window,
            taken_on=taken_on,
            cells=cells,
            keep_day=taken_on == timezone.localdate(),
        )
    except Refusal as refusal:
        say_refused(request, refusal)
        return {0: str(refusal)}
    if written.saved:
        count = len(written.saved)
        words = ngettext("%(count)d row is saved.", "%(count)d rows are saved.", count) % {"count": count}
        say(request, words, entry=entry_of(request.user, actions.LOCAL_RESULTS))
    elif not written.refused:
        say(request, _("Everything stands as it was."))
    return {pk: str(refusal) for pk, refusal in written.refused.items()}


def _row(grid: Grid, child: Student, cell: Cell | None, error: str) -> Row:
    known, earlier = grid.known.get(child.pk), grid.earlier.get(child.pk)
    before = ""
    if earlier:
        value = actions.said_value(earlier) or earlier.get_not_taken_display()
        before = f"{value}, {earlier.get_window_display()} {earlier.year}"
    if cell is None and known:
        cell = Cell(actions.said_value(known), known.not_taken, known.note)
    cell = cell or Cell()
    state = _state(known) if known and not error else ""
    return Row(child, cell.typed, cell.not_taken, cell.note, error, state, before)


def _state(row: LocalResult) -> str:
    return _("saved %(day)s, %(who)s") % {"day": day_month(row.recorded_at), "who": row.recorded_by}


@requires(P.RECORD_MEASURES, methods=("POST",))
def measure_enter_row(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Save one row as soon as it is typed; answers with how it stands, or what is wrong with it."""
    measure = get_object_or_404(LocalMeasure, slug=slug, kept=Kept.LOCAL, is_offered=True)
    student = get_object_or_404(Student.objects.visible_to(request.user, P.RECORD_MEASURES), pk=pk)
    form = GridForm(request.POST, year=year_name(timezone.localdate()))
    window = request.GET.get("window") or (measure.windows[0] if measure.windows else "")
    error, state = "", ""
    if not form.is_valid():
        error = " ".join(form.errors.get("taken_on", [])) or _("The day is missing.")
    else:
        try:
            written = actions.record_local_results(
                by=request.user,
                measure=measure,
                window=window if window in Window.values else "",
                taken_on=form.cleaned_data["taken_on"],
                cells={pk: _cell(request, pk)},
                keep_day=form.cleaned_data["taken_on"] == timezone.localdate(),
            )
            error = str(written.refused.get(pk, ""))
            state = _("saved") if not error else ""
            if day := written.replaced.get(pk):
                state = _("saved; the value before is replaced, day %(day)s") % {"day": long_day(day)}
        except Refusal as refusal:
            error = str(refusal)
    return render(request, "assessments/measure_row.html", {"row": Row(student, error=error, state=state)})
