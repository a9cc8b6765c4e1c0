"""A school year begins: the children of a grade, ticked, go on to their new class."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district.access import requires
from district.enums import Grade
from district.models import School, SchoolYear
from district.permissions import Permission
from district.refusal import Refusal
from district.said import say
from students import actions
from students.actions.guard import entry_of
from students.forms.enrolling import NewYearForm, schools_of
from students.models import Student

P = Permission


@requires(P.ENROLL)
def new_year(request: HttpRequest) -> HttpResponse:
    """Choose a grade, tick its children, say where they go on."""
    schools = list(schools_of(request.user, P.ENROLL))
    school = _chosen(schools, request.GET.get("school", ""))
    grade = _grade(school, request.GET.get("grade", ""))
    starts = first_day_ahead(timezone.localdate())
    waiting = _waiting(request, school, grade, starts)
    sent = request.POST if request.method == "POST" else None
    form = NewYearForm(sent, school=school, initial=_initial(school, grade, starts))
    if sent and form.is_valid() and _go_on(request, form, waiting):
        return redirect(request.get_full_path())
    context = {
        "title": _("Begin a school year"),
        "form": form,
        "schools": schools,
        "school": school,
        "grades": [(each, each.label) for each in school.grades] if school else [],
        "grade": grade,
        "waiting": waiting,
        "ticked": set(request.POST.getlist("pick")) if sent else None,
    }
    return render(request, "students/new_year.html", context)


def first_day_ahead(on: date) -> date:
    """The first day of the school year that is to begin: the coming one from May on, else the present one."""
    years = SchoolYear.objects.order_by("first_day")
    ahead = years.filter(first_day__gt=on).first()
    present = years.filter(first_day__lte=on).last()
    if ahead and (on.month in (5, 6, 7, 8) or present is None):
        return ahead.first_day
    return present.first_day if present else on


def _chosen(schools: list[School], number: str) -> School | None:
    return next((each for each in schools if str(each.pk) == number), schools[0] if schools else None)


def _grade(school: School | None, code: str) -> Grade | None:
    if school is None:
        return None
    return Grade(code) if code in school.grades else school.grades[0]


def _waiting(request: HttpRequest, school: School | None, grade: Grade | None, starts: date) -> QuerySet[Student]:
    """Children of the grade who have no stay in the new year yet and have not left before it."""
    mine = Student.objects.visible_to(request.user, P.ENROLL)
    rows = mine.filter(
        current_enrollment__school=school,
        current_enrollment__grade=grade,
        current_enrollment__starts__lt=starts,
        current_enrollment__exit_reason="",
    )
    return rows.select_related("current_enrollment__teacher").order_by("search_key", "pk")


def _initial(school: School | None, grade: Grade | None, starts: date) -> dict[str, Any]:
    """The next grade, in this school or the first one that has it."""
    following = list(Grade)[list(Grade).index(grade) + 1 :][:1] if grade else []
    if not following:
        return {"school": school, "grade": grade, "starts": starts}
    has_it = school if school and following[0] in school.grades else None
    has_it = has_it or next((each for each in School.objects.all() if following[0] in each.grades), school)
    return {"school": has_it, "grade": following[0], "starts": starts}


def _go_on(request: HttpRequest, form: NewYearForm, waiting: QuerySet[Student]) -> bool:
    """Begin the year for those ticked; False, with the reason in the form, when the action refuses."""
    picked = [int(value) for value in request.POST.getlist("pick") if value.isascii() and value.isdigit()]
    ids = list(waiting.filter(pk__in=picked).values_list("pk", flat=True))
    try:
        if not ids:
            raise Refusal(_("Nobody is ticked."), _("Tick the children who go on."))
        number = actions.promote(by=request.user, student_ids=ids, **form.cleaned_data)
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    said = ngettext("%(n)d child goes on to %(grade)s.", "%(n)d children go on to %(grade)s.", number)
    words = {"n": number, "grade": Grade(form.cleaned_data["grade"]).label}
    say(request, said % words, entry=entry_of(request.user, "promote") if number else None)
    return True
