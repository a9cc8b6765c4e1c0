"""Pages of the EL administrator and of the whole school: the cut, the hand-shake, the languages owed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from district.access import requires
from district.permissions import Permission
from students import actions
from students.forms.enrolling import schools_of
from students.forms.office import FluencyCutForm, SettleForm
from students.ladders import ladders, level_name
from students.models import FluencyCut, LanguageStatus
from students.queries import languages_of_schools
from students.rules import ENGLISH, owed_share
from students.views.pages import carry_out, child_or_404, head_of

P = Permission


@requires(P.MANAGE_DISTRICT)
def fluency_cut(request: HttpRequest) -> HttpResponse:
    """From which level a child has reasonable fluency: not configured until the district sets it."""
    form = FluencyCutForm(
        request.POST or None, initial={"valid_from": timezone.localdate()}, leave_url=reverse("settings")
    )
    if carry_out(request, form, actions.set_fluency_cut, said=_("The cut is set."), entry="fluency_cut"):
        return redirect("fluency_cut")
    known = ladders()
    cuts = [
        {
            "cut": cut,
            "test": known[cut.test].name if cut.test in known else cut.test,
            "level": level_name(cut.test, cut.level),
        }
        for cut in FluencyCut.objects.select_related("set_by")
    ]
    context = {"title": _("Reasonable fluency"), "form": form, "cuts": cuts}
    return render(request, "students/fluency_cut.html", context)


@requires(P.CORRECT_STATUS)
def status_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """A status that the state's day has overtaken: note what was settled with the state."""
    rows = LanguageStatus.objects.visible_to(request.user, P.CORRECT_STATUS).select_related("settled_by")
    row = get_object_or_404(rows, pk=pk)
    student = child_or_404(request, row.student_id, P.CORRECT_STATUS)
    form = SettleForm(
        request.POST or None, initial={"on": timezone.localdate()}, leave_url=reverse("child", args=[student.pk])
    )
    if carry_out(request, form, actions.settle_status, said=_("The days are settled."), status=row):
        return redirect("child", student.pk)
    context = {
        "title": _("Days of a status, settled with the state"),
        "student": student,
        "head": head_of(student, clocks=False),
        "row": row,
        "statuses": student.statuses.order_by("sequence"),
        "form": form,
    }
    return render(request, "students/status_settle.html", context)


@requires(P.VIEW_LETTERS, methods=("GET",))
def school_languages(request: HttpRequest) -> HttpResponse:
    """In which languages each school owes what it sends home, and from which day's count."""
    on = timezone.localdate()
    limit = owed_share(on)
    context = {
        "title": _("Languages that schools owe"),
        "counts": languages_of_schools(list(schools_of(request.user, P.VIEW_LETTERS)), on),
        "percent": limit.percent,
        "source": limit.source,
        "english": ENGLISH,
    }
    return render(request, "students/school_languages.html", context)
