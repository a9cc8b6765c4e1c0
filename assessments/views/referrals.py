"""A child whose question 4 names another language: a teacher's word, and the EL administrator's answer (MP1-08)."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.actions import referrals as actions
from assessments.forms.action_plans import AnswerForm, ReferForm
from assessments.models import Question4Referral
from assessments.views.loading import child_or_404
from district.access import requires
from district.permissions import Permission
from students.models import Student
from students.views.pages import carry_out, head_of

P = Permission
ON_A_PAGE = 100


@requires(P.REFER_CHILD)
def question_4(request: HttpRequest, pk: int) -> HttpResponse:
    """Refer the child with a reason; the EL administrator answers on the same page."""
    student = child_or_404(request, pk, P.REFER_CHILD, _("opened the referral about question 4"))
    survey = actions.survey_of(student)
    known = Question4Referral.objects.visible_to(request.user, P.REFER_CHILD).filter(student=student)
    rows = list(known.select_related("made_by", "answered_by"))
    waiting = next((row for row in rows if row.answered_on is None), None)
    may_answer = request.user.may(P.CORRECT_STATUS)
    on = timezone.localdate()
    answers = request.method == "POST" and "answer" in request.POST and may_answer and waiting is not None
    refer = ReferForm(request.POST if request.method == "POST" and not answers else None, prefix="word")
    answer = AnswerForm(request.POST if answers else None, prefix="answer")
    if _done(request, student, answer if answers else refer, waiting, on):
        return redirect("question_4", pk=pk)
    can_refer = actions.names_only_question_4(survey)
    context = {
        "title": _("Question 4 of the survey"),
        "student": student,
        "head": head_of(student, clocks=False),
        "form": answer if answers else refer,
        "refer_form": refer if can_refer and waiting is None else None,
        "answer_form": answer if waiting and may_answer else None,
        "language": survey.answers[3] if survey else None,
        "can_refer": can_refer,
        "rows": rows,
        "correction_url": reverse("correction_ask", args=[pk]) if may_answer else "",
    }
    return render(request, "assessments/question_4.html", context)


def _done(request: HttpRequest, student: Student, form: Any, waiting: Question4Referral | None, on: Any) -> bool:
    if isinstance(form, ReferForm):
        facts = {"student": student, "on": on}
        said = _("The EL administrator will read it. No clock has started.")
        done = carry_out(
            request, form, actions.refer_question_4, said=said, entry=actions.REFERRED, about=student, **facts
        )
        return done is not None
    said = _("The answer is saved; the teacher reads it here.")
    facts = {"referral": waiting, "on": on}
    done = carry_out(request, form, actions.answer_referral, said=said, entry=actions.ANSWERED, about=student, **facts)
    return done is not None


@requires(P.REFER_CHILD, methods=("GET",))
def question_4_list(request: HttpRequest) -> HttpResponse:
    """Every referral about the children whom the person may see, those that wait first."""
    rows = Question4Referral.objects.visible_to(request.user, P.REFER_CHILD).select_related(
        "student__current_enrollment__school", "made_by", "answered_by"
    )
    context = {
        "title": _("Referrals about question 4"),
        "lead": _("Question 4 alone does not ask for the test (MP1-08). No clock runs here."),
        "page_obj": Paginator(rows.order_by("-answered_on", "made_on", "pk"), ON_A_PAGE).get_page(
            request.GET.get("page")
        ),
    }
    return render(request, "assessments/question_4_list.html", context)
