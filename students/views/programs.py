"""How long children have been in Structured English Immersion, by school; every number opens its list (MP2-08)."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district.access import log_look, requires
from district.enums import Grade
from district.permissions import Permission
from students.forms.enrolling import schools_of
from students.models import Student
from students.queries.services import MOST, in_immersion
from students.views.pages import children

P = Permission
ON_A_PAGE = 100


def words_for(number: int) -> str:
    if number == 0:
        return _("under 1 year")
    if number >= MOST:
        return _("%(n)d years or more") % {"n": number}
    return ngettext("%(n)d year", "%(n)d years", number) % {"n": number}


@requires(P.VIEW_STUDENTS, methods=("GET",))
def time_in_program(request: HttpRequest) -> HttpResponse:
    """SEI by years and school. SEI aims at reasonable fluency, so long times ask for a look."""
    on = timezone.localdate()
    mine = in_immersion(on).filter(student__in=Student.objects.visible_to(request.user))
    counted = mine.order_by().values("stay__school", "years").annotate(number=Count("pk"))
    numbers = {(row["stay__school"], row["years"]): row["number"] for row in counted}
    found = {school for school, _years in numbers}
    schools = [school for school in schools_of(request.user, P.VIEW_STUDENTS) if school.pk in found]
    if not schools and found:  # a teacher sees the own class, and no school
        seen = Student.objects.visible_to(request.user).select_related("current_enrollment__school")
        schools = [child.school for child in seen.filter(pk__in=mine.values("student"))[:1]]
    columns = list(range(MOST + 1))
    context = {
        "title": _("Time in Structured English Immersion"),
        "lead": _("SEI aims at reasonable fluency; how long children have been in it."),
        "columns": [(number, words_for(number)) for number in columns],
        "lines": [
            {
                "school": school,
                "cells": [(number, numbers.get((school.pk, number), 0)) for number in columns],
                "total": sum(numbers.get((school.pk, number), 0) for number in columns),
            }
            for school in schools
        ],
        "on": on,
    }
    return render(request, "students/time_in_program.html", context)


@requires(P.VIEW_STUDENTS, methods=("GET",))
def time_in_program_list(request: HttpRequest) -> HttpResponse:
    """The children behind a number of the report."""
    on = timezone.localdate()
    rows = in_immersion(on).filter(student__in=children(request, P.VIEW_STUDENTS))
    school, years = request.GET.get("school", ""), request.GET.get("years", "")
    if school.isascii() and school.isdigit() and len(school) < 10:
        rows = rows.filter(stay__school=int(school))
    if years.isascii() and years.isdigit() and len(years) < 3:
        rows = rows.filter(years=int(years))
    rows = rows.select_related("student", "stay__school").order_by("first", "student__search_key")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    log_look(request.user, [row.student_id for row in page], _("opened the time in the program"))
    context: dict[str, Any] = {
        "title": _("Children in Structured English Immersion"),
        "lead": words_for(int(years)).capitalize() if years.isascii() and years.isdigit() and len(years) < 3 else "",
        "page_obj": page,
        "lines": [(row, Grade(row.stay.grade).label, words_for(row.years)) for row in page],
    }
    return render(request, "students/time_in_program_list.html", context)
