"""The secretary's lists: changes that the principal asked for, what is not in Aeries yet, what differs there."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district.access import log_look, requires
from district.dates import NotADate, read_date
from district.models import School
from district.permissions import Permission
from district.refusal import Refusal
from district.said import say, say_refused
from district.uploads import too_large
from students import actions, facts
from students import aeries as fields
from students.actions.guard import entry_of
from students.enums import ChangeField, FactKind
from students.forms.enrolling import schools_of
from students.forms.reviews import CHANGED_BY, CompareForm
from students.models import ChangeTask, Student
from students.queries import with_stay
from students.views.reviews import chosen_school, numbers

P = Permission
ON_A_PAGE = 25
# Where a change is made in this application, besides Aeries.
HERE = {
    ChangeField.LANGUAGE: "family",
    ChangeField.NAME: "student_edit",
    ChangeField.SERVICE: "flags",
    ChangeField.STATUS: "correction_ask",
}


@requires(P.ENTER_CHANGES)
def changes(request: HttpRequest) -> HttpResponse:
    """Changes to be entered, oldest first, each with the fields of Aeries to copy; ticked when they are entered."""
    on = timezone.localdate()
    mine = ChangeTask.objects.visible_to(request.user, P.ENTER_CHANGES)
    if request.method == "POST":
        _enter(request, mine, on)
        return redirect(request.get_full_path())
    done = request.GET.get("show") == "done"
    rows = mine.filter(entered_on__isnull=not done).order_by("-entered_on" if done else "asked_on", "pk")
    rows = rows.select_related("student__current_enrollment__school", "asked_by", "entered_by")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    known = fields.fields()
    log_look(request.user, sorted({row.student_id for row in page}), _("opened a change of the record"))
    context = {
        "title": _("Changes to enter"),
        "page_obj": page,
        "lines": [_change_line(row, known) for row in page],
        "done": done,
        "on": on,
    }
    return render(request, "students/changes.html", context)


def _change_line(row: ChangeTask, known: list[Any]) -> dict[str, Any]:
    lines = fields.lines_of_change(row, known)
    here = HERE.get(ChangeField(row.field))
    return {
        "row": row,
        "fields": lines,
        "block": fields.block(row.student, lines),
        "here": reverse(here, args=[row.student_id]) if here else "",
        "by": CHANGED_BY.get(ChangeField(row.field), ""),
    }


def _enter(request: HttpRequest, mine: QuerySet[ChangeTask], on: date) -> None:
    picked = mine.filter(pk__in=numbers(request.POST.getlist("pick"))).values_list("pk", flat=True)
    try:
        if not picked:
            raise Refusal(_("Nothing was ticked."), _("Tick the changes that are entered."))
        entered_on = _day(request, on)
        number = actions.enter_changes(
            by=request.user, tasks=picked, on=entered_on, note=request.POST.get("note", "")[:200]
        )
    except Refusal as refusal:
        say_refused(request, refusal)
        return
    said = ngettext("%(n)d change is noted as entered.", "%(n)d changes are noted as entered.", number) % {"n": number}
    say(request, said, entry=entry_of(request.user, "changes_entered") if number else None)


def _day(request: HttpRequest, on: date) -> date:
    """The day typed, today where none is; Refusal for one that is none, or that is still to come."""
    typed = request.POST.get("on", "").strip()
    try:
        day = read_date(typed, on) if typed else on
    except NotADate as problem:
        raise Refusal(str(problem)) from problem
    if day > on:
        raise Refusal(_("The day is still to come."), _("Give today or a day before."))
    return day


@requires(P.ENTER_CHANGES)
def aeries(request: HttpRequest) -> HttpResponse:
    """What of this school year is not entered in Aeries yet, ready to copy; ticked in bulk when it is."""
    on = timezone.localdate()
    kinds = list(facts.sources())
    kind = FactKind(request.GET["kind"]) if request.GET.get("kind") in kinds else kinds[0]
    schools = list(schools_of(request.user, P.ENTER_CHANGES))
    school = chosen_school(request, schools)
    rows = _waiting(request, kind, school, on)
    if request.method == "POST":
        _tick(request, kind, rows, on)
        return redirect(request.get_full_path())
    page = Paginator(rows.order_by("f_known", "student__search_key", "pk"), ON_A_PAGE).get_page(request.GET.get("page"))
    log_look(request.user, sorted({row.student_id for row in page}), _("opened the list for Aeries"))
    context = {
        "title": _("Not entered in Aeries"),
        "page_obj": page,
        "lines": _fact_lines(kind, list(page)),
        "kinds": [(each, each.label) for each in kinds],
        "kind": kind,
        "schools": schools if len(schools) > 1 else [],
        "school": school,
        "on": on,
    }
    return render(request, "students/aeries.html", context)


def _waiting(request: HttpRequest, kind: FactKind, school: School | None, on: date) -> QuerySet:
    mine = Student.objects.visible_to(request.user, P.ENTER_CHANGES)
    rows = with_stay(facts.not_entered(facts.sources()[kind], on), on).filter(student__in=mine)
    rows = rows.filter(stay__school=school) if school else rows
    return rows.select_related("student")


def _fact_lines(kind: FactKind, rows: list[Any]) -> list[dict[str, Any]]:
    known = fields.fields()
    told = facts.sources()[kind].told([row.pk for row in rows])
    found = []
    for row in rows:
        words, pairs = told.get(row.pk, ("", []))
        lines = fields.lines_of(kind, pairs, known)
        found.append({"row": row, "words": words, "fields": lines, "block": fields.block(row.student, lines)})
    return found


def _tick(request: HttpRequest, kind: FactKind, rows: QuerySet, on: date) -> None:
    """Those ticked, or all that the list shows on all its pages, as the button says."""
    everything = request.POST.get("do") == "all"
    picked = rows if everything else rows.filter(pk__in=numbers(request.POST.getlist("pick")))
    keys = list(picked.values_list("pk", flat=True))
    try:
        if not keys:
            raise Refusal(_("Nothing was ticked."), _("Tick what you have entered in Aeries."))
        number = actions.tick_in_aeries(by=request.user, picked=[(kind, pk) for pk in keys], on=_day(request, on))
    except Refusal as refusal:
        say_refused(request, refusal)
        return
    said = ngettext("%(n)d fact is noted as entered.", "%(n)d facts are noted as entered.", number) % {"n": number}
    say(request, said, entry=entry_of(request.user, "aeries_ticked") if number else None)


@requires(P.ENTER_CHANGES)
def compare(request: HttpRequest) -> HttpResponse:
    """An export of Aeries set beside our records. Nothing of it is kept, and nothing of it changes our data."""
    form = CompareForm(request.POST or None, request.FILES or None, leave_url=reverse("aeries"))
    found = None
    if request.method == "POST" and form.is_valid():
        try:
            found = fields.compare(request.user, _text(request, form), timezone.localdate())
            log_look(request.user, [student.pk for student, _differences in found.rows], _("compared with Aeries"))
        except Refusal as refusal:
            form.refuse(refusal)
    context = {
        "title": _("Compare with Aeries"),
        "form": form,
        "found": found,
        "names": {field.code: field.meaning for field in fields.fields()},
        "compared": fields.COMPARED,
    }
    return render(request, "students/aeries_compare.html", context)


def _text(request: HttpRequest, form: CompareForm) -> str:
    """The list as text, from the file or the box."""
    if too_large(request):
        raise Refusal(
            _("The file is larger than %(n)d MB.") % {"n": settings.UPLOAD_LIMIT // 1024 // 1024},
            _("Send one school at a time."),
            field="file",
        )
    if sent := form.cleaned_data["file"]:
        if sent.size > fields.MOST_BYTES:
            raise Refusal(_("The list is larger than 5 MB."), _("Send one school at a time."), field="file")
        data = sent.read()
        if data.startswith((b"PK", b"\xd0\xcf")):
            raise Refusal(_("This is a workbook."), _("Save it as CSV first, or paste its cells below."), field="file")
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return data.decode("cp1252", errors="replace")
    if not form.cleaned_data["pasted"].strip():
        raise Refusal(_("There is nothing to compare."), _("Pick a file or paste the list."), field="pasted")
    return form.cleaned_data["pasted"]
