"""Figures that letters quote, by school year."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import actions
from assessments.forms.figures import FiguresForm
from district.access import requires
from district.calendar import year_name
from district.models import Figure, SchoolYear
from district.permissions import Permission
from district.refusal import Refusal
from district.said import say

KEY = Figure.Key
YEARS_SHOWN = 5


@requires(Permission.MANAGE_DISTRICT)
def letter_figures(request: HttpRequest) -> HttpResponse:
    """The three figures of a school year; without them no letter goes out."""
    year = _year(request)
    form = FiguresForm(
        request.POST if request.method == "POST" else None, initial=_initial(year), leave_url=reverse("settings")
    )
    if request.method == "POST" and form.is_valid() and _save(request, year, form.cleaned_data, form):
        return redirect(f"{reverse('letter_figures')}?year={year.name}")
    context = {
        "title": _("Figures in letters, %(year)s") % {"year": year.name},
        "form": form,
        "year": year,
        "years": SchoolYear.objects.order_by("-first_day"),
        "others": _others(year),
    }
    return render(request, "assessments/letter_figures.html", context)


def _year(request: HttpRequest) -> SchoolYear:
    """The year asked for, else the present one, else the newest; a district without one opens it first."""
    name = request.GET.get("year") or year_name(timezone.localdate())
    year = SchoolYear.objects.filter(name=name).first() or SchoolYear.objects.order_by("-first_day").first()
    if year is None:
        raise Http404
    return year


def _initial(year: SchoolYear) -> dict[str, Any]:
    figures = {figure.key: figure for figure in Figure.objects.filter(year=year)}
    years = figures.get(KEY.EXPECTED_YEARS)
    return {
        "years_low": int(years.low) if years else None,
        "years_high": int(years.high) if years and years.high is not None else None,
        "reclassified": _plain(figures[KEY.RECLASSIFIED].low) if KEY.RECLASSIFIED in figures else None,
        "graduation": _plain(figures[KEY.GRADUATION].low) if KEY.GRADUATION in figures else None,
        "source": next((figure.source for figure in figures.values()), ""),
    }


def _others(year: SchoolYear) -> list[dict[str, Any]]:
    """What letters of the years before said, one line a year."""
    lines: dict[str, dict[str, Any]] = {}
    rows = Figure.objects.select_related("year").filter(year__first_day__lt=year.first_day)
    for figure in rows.order_by("-year__first_day"):
        lines.setdefault(figure.year.name, {"year": figure.year.name})[figure.key] = figure
    return list(lines.values())[:YEARS_SHOWN]


def _plain(number: Decimal) -> Decimal | int:
    """Without idle decimals."""
    return int(number) if number == int(number) else number


def _save(request: HttpRequest, year: SchoolYear, said: dict[str, Any], form: FiguresForm) -> bool:
    figures: dict[str, Any] = {
        KEY.EXPECTED_YEARS: (said["years_low"], said["years_high"]),
        KEY.RECLASSIFIED: (said["reclassified"], None),
        KEY.GRADUATION: (said["graduation"], None),
    }
    try:
        actions.set_figures(by=request.user, year=year, figures=figures, source=said["source"])
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    say(request, _("The figures of %(year)s are saved. Letters issued before keep theirs.") % {"year": year.name})
    return True
