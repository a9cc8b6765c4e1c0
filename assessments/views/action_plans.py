"""Intervention action plans (MP3-15): the list, one plan, a new one."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.actions import action_plans as actions
from assessments.enums import Subject
from assessments.forms.action_plans import ActionPlanForm, CloseForm, ReviewForm
from assessments.models import ActionPlan
from assessments.queries.measures import newest, said_on
from assessments.queries.watch import CORE
from assessments.rules.measures import NOT_MET, NOT_TAKEN
from assessments.views.loading import child_or_404
from assessments.views.watch import days_from
from district.access import log_look, requires
from district.models import RoleAssignment, User, in_force
from district.permissions import ROLE_PERMISSIONS, Permission
from district.refusal import NotAllowed
from district.said import say_refused
from district.wording import due_words
from students.models import Student
from students.views.pages import carry_out, head_of

P = Permission
ON_A_PAGE = 100
SHOWN = (
    ("mine", gettext_lazy("mine, open")),
    ("open", gettext_lazy("all open")),
    ("late", gettext_lazy("late")),
    ("ended", gettext_lazy("ended")),
)


@requires(P.VIEW_STUDENTS, methods=("GET",))
def action_plans(request: HttpRequest) -> HttpResponse:
    """The plans of the children whom the person may see; the own ones first."""
    on = timezone.localdate()
    mine = ActionPlan.objects.visible_to(request.user).filter(owner=request.user, closed_on=None)
    shown = request.GET.get("show", "")
    shown = shown if shown in dict(SHOWN) else "mine" if mine.exists() else "open"
    rows = _rows(request, shown)
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    log_look(request.user, {row.student_id for row in page}, _("stood on the list of action plans"))
    context = {
        "title": _("Action plans"),
        "lead": _("What is done for children who are below grade level, by whom, and when it is looked at again."),
        "page_obj": page,
        "lines": [
            {"plan": row, "due": due_words(min(row.review_on, row.ends), on) if row.is_open else None} for row in page
        ],
        "shown": shown,
        "choices": SHOWN,
    }
    return render(request, "assessments/action_plans.html", context)


def _rows(request: HttpRequest, shown: str) -> QuerySet[ActionPlan]:
    on = timezone.localdate()
    rows = ActionPlan.objects.visible_to(request.user).select_related("student__current_enrollment__school", "owner")
    where = {
        "mine": Q(owner=request.user, closed_on=None),
        "open": Q(closed_on=None),
        "late": Q(closed_on=None) & (Q(review_on__lt=on) | Q(ends__lt=on)),
        "ended": Q(closed_on__isnull=False),
    }[shown]
    order = ("-closed_on", "pk") if shown == "ended" else ("review_on", "student__search_key", "pk")
    found: QuerySet[ActionPlan] = rows.filter(where).order_by(*order)
    return found


@requires(P.VIEW_STUDENTS)
def action_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan: need, action, evidence, reviews; who may write plans reviews or ends it here."""
    plan = get_object_or_404(ActionPlan.objects.visible_to(request.user).select_related("owner", "closed_by"), pk=pk)
    student = child_or_404(request, plan.student_id, P.VIEW_STUDENTS, _("opened an action plan"))
    may_plan = Student.objects.visible_to(request.user, P.PLAN_ACTION).filter(pk=student.pk).exists()
    writes = request.method == "POST" and may_plan
    on = timezone.localdate()
    sent = request.POST if writes else None
    ends = writes and "close" in request.POST
    review = ReviewForm(None if ends else sent, initial={"held_on": on}, prefix="again")
    close = CloseForm(sent if ends else None, initial={"closed_on": on}, prefix="ending")
    if writes and _done(request, plan, student, close if ends else review):
        return redirect("action_plan", pk=pk)
    if request.method == "POST" and not may_plan:
        say_refused(request, NotAllowed(str(P.PLAN_ACTION.label)))
    context = {
        "title": _("Action plan: %(subject)s") % {"subject": plan.get_subject_display()},
        "student": student,
        "head": head_of(student, clocks=False),
        "plan": plan,
        "due": due_words(min(plan.review_on, plan.ends), on) if plan.is_open else None,
        "evidence": plan.evidence.all(),
        "reviews": plan.reviews.select_related("recorded_by"),
        "form": close if ends else review,
        "review_form": review if may_plan and plan.is_open else None,
        "close_form": close if may_plan and plan.is_open else None,
        "may_issue": Student.objects.visible_to(request.user, P.ISSUE_LETTERS).filter(pk=student.pk).exists(),
    }
    return render(request, "assessments/action_plan.html", context)


def _done(request: HttpRequest, plan: ActionPlan, student: Student, form: Any) -> bool:
    """Review or end the plan, as was sent."""
    if isinstance(form, CloseForm):
        verb, said, kind = actions.close_action_plan, _("The plan has ended."), actions.PLAN_CLOSED
    else:
        verb, said, kind = actions.review_action_plan, _("The review is saved."), actions.PLAN_REVIEWED
    return carry_out(request, form, verb, said=said, entry=kind, about=student, plan=plan) is not None


@requires(P.PLAN_ACTION)
def action_plan_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a plan for a child; what is below grade level is ticked as evidence."""
    student = child_or_404(request, pk, P.PLAN_ACTION, _("opened the form for an action plan"))
    on = timezone.localdate()
    values = [each for each in newest([pk], on)[pk] if each.finding.outcome != NOT_TAKEN]
    below = [each for each in values if each.finding.outcome == NOT_MET]
    subject = request.GET.get("subject") or next((each.subject for each in below if each.subject in CORE), Subject.ELA)
    of_subject = [each for each in below if each.subject == subject]
    here = student.current_enrollment
    initial = days_from(on) | {
        "subject": subject,
        "need": "; ".join(each.words for each in of_subject),
        "evidence": [each.key for each in of_subject],
        "owner": (here.teacher_id if here and here.teacher_id else request.user.pk),
    }
    form = ActionPlanForm(
        request.POST or None,
        owners=owners_for(student, request.user, on),
        values=[(each.key, f"{each.words}. {each.finding.reason} ({said_on(each)})") for each in values],
        initial=initial,
        leave_url=reverse("child", args=[pk]),
    )
    said = _("The action plan of %(name)s is begun.") % {"name": student.name}
    plan = carry_out(
        request, form, actions.begin_action_plan, said=said, entry=actions.PLANS_BEGUN, about=student, student=student
    )
    if plan:
        return redirect("action_plan", pk=plan.pk)
    context = {
        "title": _("New action plan"),
        "student": student,
        "head": head_of(student, clocks=False),
        "form": form,
    }
    return render(request, "assessments/action_plan_new.html", context)


def owners_for(student: Student, user: User, on: Any) -> list[User]:
    """Who may own a plan of the child: the class teacher, the school's people who write plans, the person itself."""
    roles = [role for role, held in ROLE_PERMISSIONS.items() if P.PLAN_ACTION in held]
    here = student.current_enrollment
    held = RoleAssignment.objects.filter(in_force(on), role__in=roles, user__is_active=True).exclude(role="teacher")
    if here:
        held = held.filter(Q(school=here.school_id) | Q(school=None))
    found = [row.user for row in held.select_related("user")]
    return [user, *([here.teacher] if here and here.teacher else []), *found]
