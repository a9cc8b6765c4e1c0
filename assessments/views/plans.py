"""How the IEP team says that a child is tested."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import actions
from assessments.forms.plans import EndPlanForm, TestPlanForm
from assessments.queries import plan_on
from assessments.views.loading import child_or_404
from district.access import requires
from district.models import in_force
from district.permissions import Permission
from students.enums import FlagKind
from students.views.pages import carry_out, head_of

P = Permission


@requires(P.PLAN_TEST)
def test_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the plan, or end it; the plans there were stand below."""
    student = child_or_404(request, pk, P.PLAN_TEST, _("opened the test plan"))
    on = timezone.localdate()
    ends = request.method == "POST" and "end" in request.POST
    data = request.POST if request.method == "POST" else None
    form = TestPlanForm(None if ends else data, initial={"starts": on}, leave_url=reverse("child", args=[pk]))
    end_form = EndPlanForm(data if ends else None, initial={"ends": on}, prefix="ending")
    if ends:
        done = carry_out(request, end_form, actions.end_test_plan, said=_("The test plan ends."), student=student)
    else:
        said = _("The test plan of %(name)s is recorded.") % {"name": student.name}
        done = carry_out(
            request, form, actions.plan_test, said=said, entry=actions.PLAN, about=student, student=student
        )
    if done:
        return redirect("test_plan", pk=pk)
    flags = student.flags.filter(in_force(on), kind__in=(FlagKind.IEP, FlagKind.SECTION_504))
    context = {
        "title": _("How the child is tested"),
        "student": student,
        "head": head_of(student, clocks=False),
        "form": end_form if ends else form,
        "plan_form": form,
        "end_form": end_form,
        "plan": plan_on(student.pk, on),
        "plans": student.test_plans.select_related("recorded_by"),
        "has_flag": flags.exists(),
    }
    return render(request, "assessments/test_plan.html", context)


test_plan.__test__ = False  # type: ignore[attr-defined] -- a page, whatever its name says
