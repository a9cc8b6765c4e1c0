"""Score files: the list, sending one, its preview, reading it in, putting it back."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.enums import ImportState, Verdict
from assessments.forms.upload import UploadForm
from assessments.imports import apply, following, layouts, preview, reading, staging, working, writing
from assessments.models import ScoreImport
from district import entries
from district.access import log_look, requires
from district.calendar import add_calendar_days
from district.models import Entry
from district.permissions import Permission
from district.queries import period
from district.refusal import Refusal
from district.said import say, say_refused
from district.sheets import csv_file
from district.uploads import too_large

P = Permission
ON_A_PAGE = 100
FEW = 25  # lines of a kind on the first page; the rest is one click away
SHOWS = {
    "new": lambda: _("New results"),
    "changed": lambda: _("Results that change"),
    "unchanged": lambda: _("Results held already"),
    "rejected": lambda: _("Lines that cannot be read in"),
    "warnings": lambda: _("Lines to look at"),
    "without": lambda: _("English learners without a line"),
}


@requires(P.IMPORT_RESULTS, methods=("GET",))
def imports(request: HttpRequest) -> HttpResponse:
    """Files read in or waiting, newest on top."""
    made = ScoreImport.objects.select_related("uploaded_by", "applied_by", "undone_by")
    page = Paginator(made, 25).get_page(request.GET.get("page"))
    for batch in page.object_list:
        batch.entry = _entry(batch)
        batch.may_go_back = bool(batch.entry) and entries.may_put_back(batch.entry, request.user)
    return render(request, "assessments/imports.html", {"title": _("Score files"), "page_obj": page})


@requires(P.IMPORT_RESULTS)
def import_upload(request: HttpRequest) -> HttpResponse:
    """Send a file; nothing is written but its preview."""
    refused = _too_large(request)
    initial = {"received_on": timezone.localdate()}
    form = UploadForm(request.POST or None, request.FILES or None, initial=initial, refused=refused)
    form.leave_url = "../"
    if request.method == "POST" and form.is_valid():
        sent, on = form.cleaned_data["file"], timezone.localdate()
        received_on = form.cleaned_data["received_on"]
        try:
            batch = working.receive(by=request.user, name=sent.name, file=sent.file, received_on=received_on, on=on)
            return redirect("import_preview", batch.pk)
        except Refusal as refusal:
            form.add_error("file", str(refusal))
    context = {"title": _("Read in a score file"), "form": form, "kinds": layouts.kinds()}
    return render(request, "assessments/import_upload.html", context)


def _too_large(request: HttpRequest) -> str:
    try:
        reading.refuse_upload(too_large(request), settings.UPLOAD_LIMIT)
    except Refusal as refusal:
        return str(refusal)
    return ""


@requires(P.IMPORT_RESULTS, methods=("GET",))
def import_preview(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What the file would do, or has done; one kind of lines at a time with `show`."""
    batch = _batch(pk)
    context: dict[str, Any] = {"title": batch.title, "batch": batch}
    if batch.state in (ImportState.READING, ImportState.APPLYING):
        context["is_given_up"] = working.is_given_up(batch)
        template = "assessments/import_waiting_body.html" if request.htmx else "assessments/import_waiting.html"
        return render(request, template, context)
    if request.htmx:
        return HttpResponse(headers={"HX-Refresh": "true"})
    if batch.state == ImportState.UNMAPPED:
        return redirect("import_columns", pk)
    if batch.state == ImportState.REFUSED:
        return render(request, "assessments/import_refused.html", context)
    show = request.GET.get("show", "")
    context |= _head(batch, show)
    if show in SHOWS:
        return render(request, "assessments/import_lines.html", context | _lines(request, batch, show))
    return render(request, "assessments/import_preview.html", context | _overview(request, batch))


def _head(batch: ScoreImport, show: str) -> dict[str, Any]:
    """The boxes and counts on top of every page about a file."""
    waiting = preview.lines_rejected(batch)
    counts = batch.counts
    items = [
        _tally("new", counts["new"], _("new results"), show),
        _tally("changed", counts["changed"], _("changed"), show, "soon"),
        _tally("unchanged", counts["unchanged"], _("unchanged"), show),
        _tally("rejected", waiting, _("rejected"), show, "late"),
        _tally("warnings", counts["warnings"], _("to look at"), show, "soon"),
    ]
    return {
        "tally": items,
        "waiting": waiting,
        "writes": counts["new"] + counts["changed"],
        "children": preview.children_counted(batch),
        "before": staging.read_before(batch),
        "due": _due(batch),
        "is_open": batch.state == ImportState.PREVIEWED,
        "left_out": preview.left_out(batch),
    }


def _due(batch: ScoreImport) -> date | None:
    """By when the families must know the annual results, where they came before the last day of school (SA-02)."""
    if not preview.is_annual(batch):
        return None
    return add_calendar_days(batch.received_on, period("SA-02", batch.received_on).days)


def _tally(show: str, count: int, words: str, current: str, tone: str = "") -> dict[str, Any]:
    url = f"?show={show}" if count else ""
    return {"count": count, "words": words, "url": url, "tone": tone if count else "", "current": show == current}


def _overview(request: HttpRequest, batch: ScoreImport) -> dict[str, Any]:
    """Rejected lines first, then warnings, changes with what follows, new results by school."""
    rejected = preview.rows_of(batch, Verdict.REJECTED)[:ON_A_PAGE]
    warned = preview.rows_of(batch, "warnings")[:FEW]
    context: dict[str, Any] = {
        "rejected": preview.shown(batch, rejected, "rejected"),
        "warned": preview.shown(batch, warned, "warning"),
        "changes": preview.changes(batch, preview.rows_of(batch, Verdict.CHANGED)[:FEW]),
        "tables": preview.by_school(batch),
        "things": preview.by_thing(batch),
        "entry": _entry(batch),
    }
    if batch.state == ImportState.PREVIEWED:
        context["follows"] = following.what_follows(by=request.user, batch=batch)
    if context["entry"]:
        context["may_go_back"] = entries.may_put_back(context["entry"], request.user)
    _log(request, [*rejected, *warned], _("preview of a score file"))
    return context


def _lines(request: HttpRequest, batch: ScoreImport, show: str) -> dict[str, Any]:
    """One kind of lines, page by page."""
    context: dict[str, Any] = {"show": show, "heading": SHOWS[show]()}
    if show == "without":
        children = preview.without_line(batch)
        return context | {"page_obj": Paginator(children, ON_A_PAGE).get_page(request.GET.get("page"))}
    page = Paginator(preview.rows_of(batch, show), ON_A_PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    _log(request, rows, _("lines of a score file"))
    severity = {"rejected": "rejected", "warnings": "warning"}.get(show, "")
    shown = preview.changes(batch, rows) if show == "changed" else preview.shown(batch, rows, severity)
    return context | {"page_obj": page, "lines": shown}


@requires(P.IMPORT_RESULTS, methods=("POST",))
def import_apply(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Read the file in, all or nothing."""
    batch = _batch(pk)
    try:
        batch = working.start_applying(by=request.user, batch_id=batch.pk, on=timezone.localdate())
    except Refusal as refusal:
        say_refused(request, refusal)
        return redirect("import_preview", pk)
    if batch.state == ImportState.APPLIED:
        written = batch.counts["new"] + batch.counts["changed"]
        words = ngettext("%(count)d result is read in.", "%(count)d results are read in.", written)
        say(request, words % {"count": written}, entry=_entry(batch))
    return redirect("import_preview", pk)


@requires(P.IMPORT_RESULTS, methods=("POST",))
def import_leave_out(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Leave lines out on purpose, or take them in again."""
    batch = _batch(pk)
    lines = [int(line) for line in request.POST.getlist("line") if line.isascii() and line.isdigit()]
    on = timezone.localdate()
    if request.POST.get("do") == "all":
        lines = list(preview.rows_of(batch, Verdict.REJECTED).values_list("line", flat=True))
    verb = apply.take_in_again if request.POST.get("do") == "take_in" else apply.leave_out
    try:
        if not lines:
            raise Refusal(_("No line is ticked."), _("Tick the lines first."))
        verb(by=request.user, batch_id=batch.pk, lines=lines, on=on)
    except Refusal as refusal:
        say_refused(request, refusal)
    return redirect("import_preview", pk)


@requires(P.IMPORT_RESULTS, methods=("POST",))
def import_discard(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Throw a preview away."""
    batch = _batch(pk)
    try:
        working.throw_away(by=request.user, batch_id=batch.pk)
        say(request, _("The preview of %(name)s is thrown away. Nothing was written.") % {"name": batch.file_name})
    except Refusal as refusal:
        say_refused(request, refusal)
    return redirect("imports")


@requires(P.IMPORT_RESULTS)
def import_undo(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Say what putting the file back would do, then do it."""
    batch = _batch(pk)
    entry = _entry(batch)
    if entry is None or not entries.may_put_back(entry, request.user):
        raise Http404
    if request.method == "POST":
        try:
            entries.put_back(entry.pk, by=request.user, reason=_("put back on the page"))
            say(request, _("The file is put back."))
        except Refusal as refusal:
            say_refused(request, refusal)
        return redirect("import_preview", pk)
    kept = writing.what_stays(batch)
    context = {
        "title": _("Put back %(name)s") % {"name": batch.title},
        "batch": batch,
        "kept": kept,
        "count": batch.counts["new"] + batch.counts["changed"] - len(kept),
    }
    return render(request, "assessments/import_undo.html", context)


@requires(P.IMPORT_RESULTS, methods=("GET",))
def import_rejected(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The rejected lines as a list for whoever mends them."""
    batch = _batch(pk)
    rows = batch.rows.filter(verdict=Verdict.REJECTED).select_related("student")
    lines = preview.shown(batch, rows, "rejected")
    _log(request, rows, _("rejected lines of a score file"))
    head = [_("Tab"), _("Line"), _("Column"), _("The file says"), _("Child"), _("Reason"), _("What to do")]
    return csv_file(
        f"rejected-lines-{batch.received_on}.csv",
        head if batch.tabs else head[1:],
        (
            [*([each.tab] if batch.tabs else []), each.line, problem["column"], problem.get("said", "")]
            + [each.name, problem["reason"], problem.get("mend", "")]
            for each in lines
            for problem in each.problems
        ),
    )


def _batch(pk: uuid.UUID) -> ScoreImport:
    return get_object_or_404(ScoreImport.objects.select_related("uploaded_by", "applied_by", "undone_by"), pk=pk)


def _entry(batch: ScoreImport) -> Entry | None:
    """The entry by which an applied file can be put back."""
    if batch.state != ImportState.APPLIED:
        return None
    return Entry.objects.filter(kind=apply.SCORE_IMPORT, data__batch=str(batch.pk)).order_by("-pk").first()


def _log(request: HttpRequest, rows: Any, what: str) -> None:
    """Write down whose results were looked at."""
    log_look(request.user, sorted({row.student_id for row in rows if row.student_id}), what)
