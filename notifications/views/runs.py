"""A run: how far it is, what was left out and why, the file for the printer; stop and try again."""

from __future__ import annotations

import uuid

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from district.access import requires
from district.permissions import Permission
from district.refusal import Refusal
from district.said import say, say_refused
from notifications import queries
from notifications.actions import print_run, retry_run, revive_run, stop_run
from notifications.enums import ItemState
from notifications.models import LetterRun, LetterRunItem
from notifications.views.asking import pdf_response

P = Permission
ON_A_PAGE = 50


@requires(P.VIEW_LETTERS, methods=("GET",))
def letter_run(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The progress of a run; while it is at work the page asks again every two seconds."""
    run = _run(request, pk)
    if run.is_open:
        revive_run(run)
    items = LetterRunItem.objects.visible_to(request.user, P.VIEW_LETTERS).filter(run=run)
    items = items.select_related("student__current_enrollment__school", "letter")
    issued = items.filter(state=ItemState.ISSUED)
    context = {
        "title": run.get_kind_display(),
        "run": run,
        "progress": queries.progress(run),
        "left_out": items.filter(state__in=(ItemState.SKIPPED, ItemState.FAILED)),
        "languages": queries.languages_of_run(run),
        "became": queries.became_of(run),
        "page_obj": Paginator(issued, ON_A_PAGE).get_page(request.GET.get("page")),
        "may_issue": LetterRun.objects.visible_to(request.user, P.ISSUE_LETTERS).filter(pk=run.pk).exists(),
    }
    template = "notifications/letter_run_now.html" if request.htmx else "notifications/letter_run.html"
    return render(request, template, context)


@requires(P.VIEW_LETTERS, methods=("GET",))
def letter_run_print(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One file for the printer, in the order school, grade, name."""
    run = _run(request, pk)
    try:
        pdf = print_run(by=request.user, run=run)
    except Refusal as refusal:
        say_refused(request, refusal)
        return redirect("letter_run", run.pk)
    return pdf_response(pdf, f"letters-{run.kind}-{run.as_of}", as_file=request.GET.get("save") == "1")


@requires(P.ISSUE_LETTERS, methods=("POST",))
def letter_run_stop(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    run = _run(request, pk, P.ISSUE_LETTERS)
    try:
        stop_run(by=request.user, run=run)
        say(request, _("The run is stopped. What is issued stays; the rest can be made later."))
    except Refusal as refusal:
        say_refused(request, refusal)
    return redirect("letter_run", run.pk)


@requires(P.ISSUE_LETTERS, methods=("POST",))
def letter_run_retry(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    run = _run(request, pk, P.ISSUE_LETTERS)
    try:
        retry_run(by=request.user, run=run)
        say(request, _("The letters that were left are tried again."))
    except Refusal as refusal:
        say_refused(request, refusal)
    return redirect("letter_run", run.pk)


def _run(request: HttpRequest, pk: uuid.UUID, permission: Permission = P.VIEW_LETTERS) -> LetterRun:
    runs = LetterRun.objects.visible_to(request.user, permission).select_related("school", "asked_by", "stopped_by")
    return get_object_or_404(runs, pk=pk)
