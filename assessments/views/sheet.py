"""Scores of the Initial test for many children of one sitting: a line each, saved line by line, nothing typed lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import actions, scales
from assessments.enums import Measure, Test
from assessments.forms.results import COMPOSITES
from assessments.forms.testing import SheetForm
from assessments.models import TestPlan
from assessments.queries import testing as found
from assessments.queries import waiting
from assessments.views.initial_tests import Filters
from district.access import log_look, requires
from district.enums import Grade
from district.models import School, User
from district.permissions import Permission
from district.refusal import Refusal
from district.said import say
from district.wording import due_words
from students.actions.guard import entry_of
from students.models import Student
from students.queries import with_stay

P = Permission
LINES = 30


@dataclass
class Cell:
    """A composite of which the sheet gives the level in words."""

    name: str
    label: str
    choices: list[tuple[str, str]]
    value: str


@dataclass
class Line:
    """A child of the sitting, what was typed, and what came of it."""

    student: Student
    place: str
    due: Any
    plan: TestPlan | None
    test: Test
    overall: str = ""
    cells: list[Cell] = field(default_factory=list)
    error: str = ""
    saved: str = ""

    @property
    def is_typed(self) -> bool:
        return bool(self.overall or any(cell.value for cell in self.cells))

    @property
    def scores(self) -> dict[str, actions.Given]:
        """As the action takes them. Refusal for what is no number."""
        if not self.overall.isascii() or not self.overall.isdigit():
            said = self.overall or _("nothing")
            raise Refusal(_("The overall score is a whole number; “%(said)s” is none.") % {"said": said})
        given = {Measure.OVERALL.value: actions.Given(int(self.overall))}
        for cell in self.cells:
            if cell.value:
                given[cell.name] = actions.Given(level=cell.value)
        return given


@requires(P.RECORD_RESULT)
def initial_sheet(request: HttpRequest) -> HttpResponse:
    """The children who wait, most urgent first, thirty at a time; Enter saves all lines that are filled in."""
    on = timezone.localdate()
    filters = Filters.read(request)
    form = SheetForm(
        request.POST if request.method == "POST" else None,
        examiners=_examiners(request.user, on),
        initial={"tested_on": on, "examiner": request.user.pk},
    )
    lines = _lines(request, filters, on)
    log_look(request.user, [line.student.pk for line in lines], _("list for the scores of a sitting"))
    if request.method == "POST" and form.is_valid():
        _save(request, form, lines)
        if not any(line.error or (line.is_typed and not line.saved) for line in lines):
            return redirect(request.get_full_path())
    open_lines = [line for line in lines if not line.saved]
    focus = next((line for line in open_lines if line.error), None)
    context = {
        "title": _("Scores of one sitting, Initial ELPAC"),
        "form": form,
        "lines": open_lines,
        "saved": [line for line in lines if line.saved],
        "problem": any(line.error for line in lines),
        "focus": (focus or next((line for line in open_lines if not line.is_typed), None)),
        "filters": filters,
        "schools": [school for school in School.objects.all() if request.user.may(P.RECORD_RESULT, school.pk)],
        "grades": [(grade.value, grade.label) for grade in Grade if grade != Grade.TK],
    }
    return render(request, "assessments/initial_sheet.html", context)


def _examiners(user: User, on: date) -> Any:
    """Whoever is trained for the Initial test at a school where the person may enter scores."""
    schools = [school for school in School.objects.all() if user.may(P.RECORD_RESULT, school.pk)]
    ids = {
        pk for school in schools for pk in found.trained(Test.INITIAL_ELPAC, school, on).values_list("pk", flat=True)
    }
    return User.objects.filter(pk__in=ids).order_by("last_name", "first_name")


def _lines(request: HttpRequest, filters: Filters, on: date) -> list[Line]:
    """The children who wait, or those whose lines were sent; as many queries for thirty as for one."""
    mine = Student.objects.visible_to(request.user, P.RECORD_RESULT)
    rows = with_stay(waiting(on).filter(student__in=mine), on).annotate(
        grade=F("stay__grade"), school_pk=F("stay__school_id")
    )
    if request.method == "POST":
        sent = [int(pk) for pk in request.POST.getlist("child") if pk.isascii() and pk.isdigit()]
        rows = rows.filter(student__in=sent)
    else:
        if filters.school:
            rows = rows.filter(school_pk=int(filters.school))
        if filters.grade:
            rows = rows.filter(grade=filters.grade)
    found_rows = list(rows.select_related("student").order_by("due_on", "student__search_key")[:LINES])
    plans = found.plans_on([row.student_id for row in found_rows], on)
    schools = {school.pk: school.short_name for school in School.objects.all()}
    return [
        _line(request, row, plans.get(row.student_id), f"{Grade(row.grade).label}, {schools[row.school_pk]}", on)
        for row in found_rows
    ]


def _line(request: HttpRequest, row: Any, plan: TestPlan | None, place: str, on: date) -> Line:
    alternate = plan is not None and plan.kind == TestPlan.Kind.ALTERNATE
    test = Test.INITIAL_ALTERNATE_ELPAC if alternate else Test.INITIAL_ELPAC
    pk = row.student_id
    cells = []
    for measure in COMPOSITES:
        names = [(each.level, each.name) for each in reversed(scales.levels(test, measure))]
        if names:
            label, value = str(measure.label).capitalize(), request.POST.get(f"{measure}-{pk}", "")
            cells.append(Cell(measure.value, label, names, value))
    overall = request.POST.get(f"overall-{pk}", "").strip()
    return Line(row.student, place, due_words(row.due_on, on), plan, test, overall, cells)


def _save(request: HttpRequest, form: SheetForm, lines: list[Line]) -> None:
    """Each line that is filled in is a transaction of its own; `only` is the line whose own button was pressed."""
    only = request.POST.get("only", "")
    said = form.cleaned_data
    for line in lines:
        if not line.is_typed or (only and only != str(line.student.pk)):
            continue
        try:
            result = actions.record_local_result(
                by=request.user,
                student=line.student,
                test=line.test,
                tested_on=said["tested_on"],
                scores=line.scores,
                examiner=said["examiner"],
            )
        except Refusal as refusal:
            line.error = str(refusal)
            continue
        line.saved = scales.level_words(line.test, Measure.OVERALL, result.level)
    if saved := [line for line in lines if line.saved]:
        words = ngettext("%(count)d score is saved: %(who)s.", "%(count)d scores are saved: %(who)s.", len(saved))
        who = "; ".join(f"{line.student.name}, {line.saved}" for line in saved)
        entry = entry_of(request.user, actions.LOCAL_RESULT, saved[0].student) if len(saved) == 1 else None
        say(request, words % {"count": len(saved), "who": who}, entry=entry)
