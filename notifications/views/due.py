"""What is due, per kind and school, and the list of one kind from which letters are made."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from district.access import Scope, requires
from district.models import School
from district.permissions import Permission
from district.queries import school_year
from district.refusal import Refusal
from district.said import say, say_refused
from notifications import queries
from notifications.actions import ask_for_run
from notifications.forms import RunForm
from notifications.kinds import KINDS, builders
from notifications.models import Letter, LetterRun
from notifications.views.asking import kind_or_404, school_asked_for, schools_of

P = Permission
ON_A_PAGE = 50
RUNS_SHOWN = 6


@requires(P.VIEW_LETTERS, methods=("GET",))
def letters(request: HttpRequest) -> HttpResponse:
    """What is due per kind and school; recent runs, issued letters, blank forms, languages that schools owe."""
    user, on = request.user, timezone.localdate()
    schools = schools_of(user)
    counts = queries.due_counts(user, on)
    context = {
        "title": _("Letters"),
        "schools": schools,
        "rows": [_row(kind, counts.get(kind, {}), schools) for kind in builders()],
        "runs": LetterRun.objects.visible_to(user).select_related("school", "asked_by")[:RUNS_SHOWN],
        "issued": queries.issued_counts(user, school_year(on)),
        "blank": queries.blank_forms(on),
        "owed": queries.owed_languages(schools, on),
        "may_publish": user.may(P.PUBLISH_LETTERS),
    }
    return render(request, "notifications/letters.html", context)


def _row(kind: str, counts: dict[int, int], schools: list[School]) -> dict[str, Any]:
    return {
        "kind": KINDS[kind],
        "cells": [(school, counts.get(school.pk, 0)) for school in schools],
        "total": sum(counts.values()),
    }


@requires(P.VIEW_LETTERS, methods=("GET", "POST"))
def letters_due(request: HttpRequest, kind: str) -> HttpResponse:
    """The children whose letter is due, with what would be made and what would be left out; POST starts the run."""
    found, on = kind_or_404(kind), timezone.localdate()
    schools = schools_of(request.user)
    school = school_asked_for(request, schools)
    picked = [int(pk) for pk in request.POST.getlist("students") if pk.isdigit()] or None
    if request.POST.get("do") == "picked" and not picked:
        say_refused(request, Refusal(_("No child is picked."), _("Tick the boxes of the children you mean.")))
    form = RunForm(request.POST if request.POST.get("do") in ("all", "start") else None)
    if form.is_bound and form.is_valid() and (run := _started(request, found.slug, school, picked, form)):
        return redirect("letter_run", run.pk)
    due = queries.due_students(found.slug, request.user, on, school)
    said = queries.forecast(found.slug, due.filter(pk__in=picked) if picked else due, on)
    form.drafted = said.drafted
    context = {
        "title": found.title,
        "kind": found,
        "schools": schools,
        "school": school,
        "said": said,
        "lines": queries.notice_lines(found.slug, request.user, on, [school] if school else schools),
        "picked": picked,
        "form": form,
        "chosen": {  # what was chosen before "Only the picked" stays chosen on the page of the picked
            "drafts": request.POST.get("drafts", ""),
            "double_sided": request.method != "POST" or "double_sided" in request.POST,
        },
        "page_obj": None if picked else Paginator(said.ready, ON_A_PAGE).get_page(request.GET.get("page")),
        "may_issue": request.user.may(P.ISSUE_LETTERS),
        "may_publish": request.user.may(P.PUBLISH_LETTERS),
    }
    return render(request, "notifications/letters_due.html", context)


def _started(
    request: HttpRequest, kind: str, school: School | None, picked: list[int] | None, form: RunForm
) -> LetterRun | None:
    """The run asked for, or None: then the page says why not."""
    user, on = request.user, timezone.localdate()
    students = picked if request.POST["do"] == "start" else None
    if students is None and school is None and not Scope.of(user, P.ISSUE_LETTERS).everywhere:
        students = list(queries.due_students(kind, user, on).values_list("pk", flat=True))  # of the own schools
    try:
        run = ask_for_run(
            by=user,
            kind=kind,
            school=school,
            on=on,
            students=students,
            accepts_drafts=form.cleaned_data["drafts"] == "yes",
            double_sided=form.cleaned_data["double_sided"],
        )
    except Refusal as refusal:
        say_refused(request, refusal)
        return None
    if not run.is_new:
        say(request, _("%(person)s has asked for the same letters; here they are.") % {"person": run.asked_by})
    return run


@requires(P.VIEW_LETTERS, methods=("GET",))
def letters_issued(request: HttpRequest) -> HttpResponse:
    """Issued letters, newest first; filters in the address: kind, school, year, lacking (a translation)."""
    user, on = request.user, timezone.localdate()
    kind, year = request.GET.get("kind", ""), request.GET.get("year", "")
    schools = schools_of(user)
    school = school_asked_for(request, schools)
    found = Letter.objects.visible_to(user, P.VIEW_LETTERS).defer("facts", "content")
    found = found.select_related("student", "school", "issued_by", "lacks_language")
    if kind in KINDS:
        found = found.filter(kind=kind)
    if school:
        found = found.filter(school=school)
    if year:
        found = found.filter(school_year=year)
    if request.GET.get("lacking") == "1":
        found = found.filter(lacks_language__isnull=False)
    context = {
        "title": _("Issued letters"),
        "page_obj": Paginator(found, ON_A_PAGE).get_page(request.GET.get("page")),
        "kinds": [KINDS[slug] for slug in builders()],
        "schools": schools,
        "years": queries.letter_years(),
        "asked": {"kind": kind, "school": school, "year": year, "lacking": request.GET.get("lacking") == "1"},
        "today": on,
    }
    return render(request, "notifications/letters_issued.html", context)
