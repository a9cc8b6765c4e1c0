"""The coverage of the Plan, and the register of stakeholder input."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accountability import actions, queries
from accountability.forms import AnswerForm, InputForm
from accountability.models import StakeholderInput
from district.access import requires
from district.models import Entry
from district.permissions import Permission
from district.refusal import Refusal
from district.said import say

P = Permission
ON_A_PAGE = 50


@requires(P.VIEW_FIGURES, methods=("GET",))
def coverage(request: HttpRequest) -> HttpResponse:
    """Each policy area of the Plan with who answers for it, how it is carried out, and what shows that it is."""
    on = timezone.localdate()
    context = {"title": _("How the Plan is carried out"), "areas": queries.coverage(on), "on": on}
    return render(request, "accountability/coverage.html", context)


def _entry(request: HttpRequest) -> Entry | None:
    mine = Entry.objects.filter(made_by=request.user, put_back_at__isnull=True, kind__in=actions.PUT_BACK)
    return mine.first()


@requires(P.MANAGE_DISTRICT)
def inputs(request: HttpRequest) -> HttpResponse:
    """What stakeholders said about the Plan, newest first, and a form for the next."""
    form = InputForm(request.POST or None, leave_url=reverse("settings"))
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_input(by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            say(request, _("The input is recorded."), entry=_entry(request))
            return redirect("inputs")
    rows = StakeholderInput.objects.select_related("area", "recorded_by", "answered_by")
    context = {
        "title": _("Stakeholder input"),
        "form": form,
        "page_obj": Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "accountability/inputs.html", context)


@requires(P.MANAGE_DISTRICT)
def input_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what became of an input."""
    row = get_object_or_404(StakeholderInput.objects.select_related("area", "recorded_by", "answered_by"), pk=pk)
    form = AnswerForm(request.POST or None, leave_url=reverse("inputs"))
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_input(by=request.user, row=row, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            say(request, _("What became of it is recorded."), entry=_entry(request))
            return redirect("inputs")
    return render(request, "accountability/input_answer.html", {"title": _("Input"), "row": row, "form": form})
