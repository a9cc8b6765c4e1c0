"""The register of teachers' authorizations for English learners, recorded for a whole staff at once."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from district.access import requires
from district.models import User
from district.permissions import Permission
from students import actions
from students.forms.enrolling import schools_of, teachers_of
from students.forms.services import AuthorizationsForm
from students.models import EldSection
from students.queries import services as audits
from students.rules.services import VALID
from students.views.pages import carry_out

P = Permission


@requires(P.RECORD_AUTHORIZATION)
def authorizations(request: HttpRequest) -> HttpResponse:
    """Who teaches how many learners, with which document until when; what is missing first."""
    on = timezone.localdate()
    schools = list(schools_of(request.user, P.RECORD_AUTHORIZATION))
    chosen = [each for each in schools if str(each.pk) == request.GET.get("school", "")] or schools
    teachers = _teachers(chosen, on)
    form = AuthorizationsForm(request.POST or None, teachers=teachers, initial={"seen_on": on})
    said = _("The authorizations are recorded.")
    if carry_out(request, form, actions.record_authorizations, said=said, entry="authorization"):
        return redirect(request.get_full_path())
    lines = [_line(form, teacher, on) for teacher in teachers]
    lines.sort(key=lambda line: (line["is_valid"], -line["teacher"].learners))
    form.form_tag = False
    context = {
        "title": _("Authorizations of teachers"),
        "lead": _("Who may teach English learners, as the documents say that somebody has seen."),
        "form": form,
        "lines": lines,
        "lacking": sum(not line["is_valid"] for line in lines),
        "schools": schools,
        "school": request.GET.get("school", ""),
    }
    return render(request, "students/authorizations.html", context)


def _teachers(schools: list[Any], on: date) -> list[Any]:
    """Teachers of the schools who have learners in class or teach a section, with the number of learners."""
    learners = audits.learners(on).filter(stay__school__in=schools).order_by()
    counted = dict(learners.values_list("stay__teacher").annotate(number=Count("pk")))
    teaching = EldSection.objects.filter(teacher=OuterRef("pk"), year__last_day__gte=on, school__in=schools)
    rows = teachers_of(schools).filter(Q(pk__in=[pk for pk in counted if pk]) | Exists(teaching))
    found = list(rows.prefetch_related("authorizations"))
    for each in found:
        each.learners = counted.get(each.pk, 0)
    return found


def _line(form: AuthorizationsForm, teacher: User, on: date) -> dict[str, Any]:
    found = audits.authorization_of(teacher, on)
    rows = [
        {"name": audits.document_name(row), "ends": row.expires_on, "seen": row.seen_on}
        for row in teacher.authorizations.all()
    ]
    return {
        "teacher": teacher,
        "found": found,
        "is_valid": found.outcome == VALID,
        "rows": rows,
        "fields": form.row(teacher),
    }
