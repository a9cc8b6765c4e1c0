"""How the IEP team says that a child is tested."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import actions
from assessments.forms.plans import DocumentedForm, EndPlanForm, TestPlanForm
from assessments.models import Support, TestPlan
from assessments.queries import plan_on
from assessments.rules import test_plans as rules
from assessments.views.loading import child_or_404
from district.access import requires
from district.models import in_force
from district.permissions import Permission
from district.queries import period
from district.wording import due_words
from students.enums import FlagKind
from students.models import Student
from students.views.pages import carry_out, head_of

P = Permission


@requires(P.PLAN_TEST)
def test_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the plan, enter its IEP, or end it; the plans there were stand below."""
    student = child_or_404(request, pk, P.PLAN_TEST, _("opened the test plan"))
    on = timezone.localdate()
    asked = next((name for name in ("end", "document") if name in request.POST), "plan")
    plan = plan_on(student.pk, on)
    sent = {name: request.POST if request.method == "POST" and asked == name else None for name in _ASKED}
    forms = {
        "plan": TestPlanForm(sent["plan"], initial=_as_it_is(plan, on), leave_url=reverse("child", args=[pk])),
        "document": DocumentedForm(sent["document"], prefix="document"),
        "end": EndPlanForm(sent["end"], initial={"ends": on}, prefix="ending"),
    }
    if _do(request, asked, forms[asked], student):
        return redirect("test_plan", pk=pk)
    flags = student.flags.filter(in_force(on), kind__in=(FlagKind.IEP, FlagKind.SECTION_504))
    context = {
        "title": _("How the child is tested"),
        "student": student,
        "head": head_of(student, clocks=False),
        "form": forms[asked],
        "plan_form": forms["plan"],
        "document_form": forms["document"],
        "end_form": forms["end"],
        "plan": plan,
        "review": _review(plan, on) if plan else None,
        "plans": _with_names(student),
        "has_flag": flags.exists(),
    }
    return render(request, "assessments/test_plan.html", context)


test_plan.__test__ = False  # type: ignore[attr-defined] -- a page, whatever its name says

_ASKED = ("plan", "document", "end")


def _as_it_is(plan: TestPlan | None, on: date) -> dict[str, Any]:
    """What the form begins with: the plan in force, so that a change is a change and not all typed anew."""
    if plan is None:
        return {"starts": on}
    kept = ("kind", "left_out", "supports", "accommodations", "caaspp", "benchmarks", "benchmarks_instead")
    return {"starts": on, **{name: getattr(plan, name) for name in kept}}


def _do(request: HttpRequest, asked: str, form: Any, student: Student) -> Any:
    """Carry out what was sent, if anything was."""
    name = {"name": student.name}
    if asked == "end":
        return carry_out(request, form, actions.end_test_plan, said=_("The test plan ends."), student=student)
    verb, entry, said = actions.plan_test, actions.PLAN, _("The test plan of %(name)s is recorded.") % name
    if asked == "document":
        verb, entry = actions.document_plan, actions.DOCUMENTED
        said = _("The IEP behind the test plan of %(name)s is entered.") % name
    return carry_out(request, form, verb, said=said, entry=entry, about=student, student=student)


def _review(plan: TestPlan, on: date) -> Any:
    """By when the IEP behind the plan is reviewed."""
    due = rules.review_due(
        in_iep_since=plan.in_iep_since, starts=plan.starts, review_by=plan.review_by, yearly=period("TP-01", on)
    )
    return due_words(due, on)


def _with_names(student: Student) -> list[TestPlan]:
    """All plans of the child, each with `named`: what it allows, in words."""
    plans = list(student.test_plans.select_related("recorded_by"))
    codes = {code for plan in plans for code in plan.supports}
    names = dict(Support.objects.filter(code__in=codes).values_list("code", "name"))
    for plan in plans:
        own = [plan.accommodations] if plan.accommodations else []
        plan.named = [*(names.get(code, code) for code in plan.supports), *own]
    return plans
