"""Settings: school years, terms, days without instruction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from district import actions
from district.access import requires
from district.calendar import SchoolCalendar, year_name
from district.enums import TermSystem
from district.holidays import suggested
from district.models import NonSchoolDay, School, SchoolYear
from district.permissions import Permission
from district.queries import school_calendar as calendar_of
from district.refusal import Refusal
from district.said import say, say_refused
from district.settings_forms import DayOffForm, OpenYearForm, TermsForm, YearForm
from district.views.carrying_out import done
from district.wording import long_day

P = Permission


@dataclass(frozen=True)
class Month:
    """A month of the calendar page: its weeks, Monday to Friday, and how many days of instruction it has."""

    first: date
    weeks: list[list[dict[str, Any] | None]]
    count: int


@requires(P.SIGNED_IN, methods=("GET",))
def school_calendar(request: HttpRequest, school_id: int | None = None) -> HttpResponse:
    """The days of a school year, for the whole district or for one school."""
    school = get_object_or_404(School, pk=school_id) if school_id else None
    years = SchoolYear.objects.order_by("-first_day")
    asked = request.GET.get("year") or year_name(timezone.localdate())
    year = next((each for each in years if each.name == asked), years.first())
    context: dict[str, Any] = {
        "title": _("School calendar"),
        "school": school,
        "schools": School.objects.all(),
        "years": years,
        "year": year,
        "may_change": request.user.may(P.MANAGE_DISTRICT),
    }
    if year:
        off = NonSchoolDay.objects.filter(day__gte=date(int(year.name[:4]), 7, 1), day__lte=_june(year))
        off = off.filter(school=None) | off.filter(school=school) if school else off.filter(school=None)
        months = _months(year, calendar_of(school), {each.day: each.name for each in off})
        context |= {
            "off": off.select_related("school"),
            "months": months,
            "school_days": sum(month.count for month in months),
            "terms": year.terms.filter(system=school.terms) if school else year.terms.none(),
        }
    return render(request, "district/calendar.html", context)


def _june(year: SchoolYear) -> date:
    return max(year.last_day, date(int(year.name[:4]) + 1, 6, 30))


def _months(year: SchoolYear, days: SchoolCalendar, off: dict[date, str]) -> list[Month]:
    """The months from the first to the last day of instruction."""
    months, first = [], year.first_day.replace(day=1)
    while first <= year.last_day:
        following = (first + timedelta(days=31)).replace(day=1)
        weeks: list[list[dict[str, Any] | None]] = []
        day, count = first - timedelta(days=first.weekday()), 0
        while day < following:
            week = [day + timedelta(days=offset) for offset in range(5)]
            cells = [_cell(each, days, off) if first <= each < following else None for each in week]
            if any(cells):
                weeks.append(cells)
            count += sum(bool(cell and cell["is_school_day"]) for cell in cells)
            day += timedelta(days=7)
        months.append(Month(first, weeks, count))
        first = following
    return months


def _cell(day: date, days: SchoolCalendar, off: dict[date, str]) -> dict[str, Any]:
    return {"day": day, "is_school_day": days.is_school_day(day), "name": off.get(day, "")}


@requires(P.MANAGE_DISTRICT)
def school_year_open(request: HttpRequest) -> HttpResponse:
    """Open the year after the last open one, or another one that is asked for."""
    begins = _begins(request)
    form = OpenYearForm(request.POST or None, suggested=suggested(begins), leave_url=reverse("school_calendar"))
    name = year_name(date(begins, 7, 1))
    said = _("The school year %(year)s is open. Add its breaks next.") % {"year": name}
    if form.is_bound and form.is_valid() and year_name(form.cleaned_data["first_day"]) != name:
        form.add_error("first_day", _("This page opens %(year)s; the day lies in another year.") % {"year": name})
    if done(request, form, said, actions.open_school_year):
        return redirect(f"{reverse('school_calendar')}?year={name}")
    context = {"title": _("Open the school year %(year)s") % {"year": name}, "form": form, "up": "school_calendar"}
    context |= {"before": begins - 1, "after": begins + 1}
    return render(request, "district/year_open.html", context)


def _begins(request: HttpRequest) -> int:
    """The calendar year in which the school year to open begins."""
    asked = request.GET.get("begins", "")
    if asked.isascii() and asked.isdigit() and 1990 <= int(asked) <= 2100:
        return int(asked)
    last = SchoolYear.objects.order_by("last_day").last()
    return int(last.name[:4]) + 1 if last else int(year_name(timezone.localdate())[:4])


@requires(P.MANAGE_DISTRICT)
def school_year(request: HttpRequest, pk: int) -> HttpResponse:
    """Move the first or last day of a school year; its terms; take it back."""
    year = get_object_or_404(SchoolYear, pk=pk)
    days = {"first_day": year.first_day, "last_day": year.last_day}
    form = YearForm(request.POST or None, initial=days)
    if done(request, form, _("The school year is moved; due dates follow."), actions.change_school_year, pk):
        return redirect("school_year", pk)
    terms = [(system, year.terms.filter(system=system)) for system in TermSystem]
    context = {"title": _("School year %(year)s") % {"year": year}, "year": year, "form": form, "terms": terms}
    return render(request, "district/school_year.html", context)


@requires(P.MANAGE_DISTRICT)
def terms(request: HttpRequest, pk: int, system: str) -> HttpResponse:
    """The quarters or trimesters of a school year."""
    if system not in TermSystem:
        raise Http404
    year, system = get_object_or_404(SchoolYear, pk=pk), TermSystem(system)
    form = TermsForm(request.POST or None, year=year, system=system, leave_url=reverse("school_year", args=[pk]))
    if done(request, form, _("The terms are set."), actions.set_terms, pk, system=system):
        return redirect("school_year", pk)
    title = _("The %(terms)s of %(year)s") % {"terms": system.label, "year": year}
    lead = _("Instruction from %(first)s to %(last)s.") % {
        "first": long_day(year.first_day),
        "last": long_day(year.last_day),
    }
    return render(request, "district/form.html", {"title": title, "lead": lead, "form": form, "up": "school_calendar"})


@requires(P.MANAGE_DISTRICT, methods=("POST",))
def school_year_remove(request: HttpRequest, pk: int) -> HttpResponse:
    year = get_object_or_404(SchoolYear, pk=pk)
    try:
        actions.remove_school_year(pk, by=request.user)
    except Refusal as refusal:
        say_refused(request, refusal)
        return redirect("school_year", pk)
    say(request, _("The school year %(year)s is taken back.") % {"year": year})
    return redirect("school_calendar")


@requires(P.MANAGE_DISTRICT)
def day_off_add(request: HttpRequest, school_id: int | None = None) -> HttpResponse:
    """A day without instruction, or a break, for the whole district or for one school."""
    school = get_object_or_404(School, pk=school_id) if school_id else None
    back = reverse("school_calendar", args=[school_id] if school_id else [])
    form = DayOffForm(request.POST or None, school=school, leave_url=back)
    if done(request, form, _("It is in the calendar; due dates follow."), actions.add_days_off, school=school):
        return redirect(f"{back}?year={year_name(form.cleaned_data['first'])}")
    where = school.name if school else _("the whole district")
    title = _("Days without instruction for %(where)s") % {"where": where}
    return render(request, "district/form.html", {"title": title, "form": form, "up": "school_calendar"})


@requires(P.MANAGE_DISTRICT, methods=("POST",))
def day_off_remove(request: HttpRequest, pk: int) -> HttpResponse:
    off = get_object_or_404(NonSchoolDay, pk=pk)
    back = reverse("school_calendar", args=[off.school_id] if off.school_id else [])
    try:
        actions.remove_non_school_day(pk, by=request.user)
    except Refusal as refusal:
        say_refused(request, refusal)
    else:
        say(request, _("Instruction is held on %(day)s after all; due dates follow.") % {"day": long_day(off.day)})
    return redirect(f"{back}?year={year_name(off.day)}")
