"""The Home Language Survey: entered, amended, signed, one after the other."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from district.access import requires
from district.permissions import Permission
from district.refusal import Refusal
from district.said import say
from district.wording import long_day
from students import actions
from students.actions.guard import entry_of
from students.duties import surveys_to_enter
from students.enums import SurveyReason
from students.follows import Follows, reason_of, what_follows
from students.forms.surveys import AmendForm, SignatureForm, SurveyForm
from students.models import HomeLanguageSurvey, Student
from students.views.enrolling import KEPT
from students.views.pages import carry_out, child_or_404, head_of

P = Permission


@requires(P.RECORD_SURVEY)
def survey(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter the survey of a child; where there is one, amend it."""
    student = child_or_404(request, pk, P.RECORD_SURVEY)
    before = student.surveys.select_related("question_1", "question_2", "question_3", "question_4").first()
    form = _form(request, before)
    closed = actions.amending_closed(student) if before else None
    if request.method == "POST" and form.is_valid():
        answer = _save(request, student, form)
        if answer:
            return answer
    before = getattr(form, "before", before)  # the version that came meanwhile, when there was one
    waiting = list(surveys_to_enter(request.user, timezone.localdate()).values_list("pk", flat=True))
    context = {
        "title": _("Amend the Home Language Survey") if before else _("Home Language Survey"),
        "student": student,
        "head": head_of(student, clocks=False),
        "form": form,
        "before": before,
        "closed": closed,
        "versions": student.surveys.select_related("entered_by") if before else [],
        "place": waiting.index(student.pk) + 1 if student.pk in waiting else 0,
        "waiting": len(waiting),
        "follows": _follows(student, before, form) if form.is_bound else None,
        "follows_url": reverse("survey_follows", args=[student.pk]),
    }
    return render(request, "students/survey.html", context)


@requires(P.RECORD_SURVEY, methods=("POST",))
def survey_follows(request: HttpRequest, pk: int) -> HttpResponse:
    """What follows from what is typed so far; nothing is saved."""
    student = child_or_404(request, pk, P.RECORD_SURVEY)
    before = student.surveys.first()
    form = _form(request, before)
    form.is_valid()
    return render(request, "students/survey_follows.html", {"follows": _follows(student, before, form)})


def _form(request: HttpRequest, before: HomeLanguageSurvey | None) -> SurveyForm:
    data = request.POST if request.method == "POST" else None
    if before is None:
        return SurveyForm(data, then_enroll=request.GET.get("then") == "enroll", leave_url=reverse("home"))
    return AmendForm(
        data,
        before=before,
        leave_url=reverse("child", args=[before.student_id]),
    )


def _follows(student: Student, before: HomeLanguageSurvey | None, form: SurveyForm) -> Follows | None:
    answers = form.answers()
    if not any(answers):
        return None
    on = timezone.localdate()
    values: dict[str, Any] = form.cleaned_data
    reason = reason_of(before is not None, values.get("reason", ""))
    return what_follows(student, answers, on=on, reason=reason, answered_on=values.get("answered_on") or on)


def _save(request: HttpRequest, student: Student, form: SurveyForm) -> HttpResponse | None:
    """Save, say what follows, and go on; None when the action refuses."""
    values = form.values()
    try:
        actions.record_survey(by=request.user, student=student, **values)
    except Refusal as refusal:
        form.refuse(refusal)
        return None
    student.refresh_from_db()
    reason = values.get("reason", SurveyReason.FIRST)
    found = what_follows(
        student, values["answers"], on=timezone.localdate(), reason=reason, answered_on=values["answered_on"]
    )
    entry = entry_of(request.user, "survey", student)
    say(request, f"{student.name}: {found.sentence}", entry=entry)
    if "enroll" in request.POST:
        kept = {name: value for name, value in request.GET.items() if name in KEPT}
        return redirect(f"{reverse('enroll')}?{urlencode(kept)}")
    return redirect("child", student.pk) if "open" in request.POST else redirect("survey_next")


@requires(P.RECORD_SURVEY, methods=("GET",))
def survey_next(request: HttpRequest) -> HttpResponse:
    """The next survey that waits to be entered; `after` leaves one for later."""
    waiting = list(surveys_to_enter(request.user, timezone.localdate()).values_list("pk", flat=True))
    after = request.GET.get("after", "")
    if after.isascii() and after.isdigit() and int(after) in waiting:
        number = waiting.index(int(after))
        waiting = waiting[number + 1 :] + waiting[:number]
    if waiting:
        return redirect("survey", waiting[0])
    return render(request, "students/survey_none.html", {"title": _("Home Language Surveys")})


@requires(P.RECORD_SURVEY)
def survey_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Add the signature that was missing."""
    found = HomeLanguageSurvey.objects.visible_to(request.user, P.RECORD_SURVEY).select_related("student")
    signed = get_object_or_404(found, pk=pk)
    student = child_or_404(request, signed.student_id, P.RECORD_SURVEY)
    form = SignatureForm(request.POST or None, leave_url=reverse("child", args=[student.pk]))
    said = _("The survey of %(name)s is signed.") % {"name": student.name}
    if carry_out(request, form, actions.sign_survey, said=said, entry="survey_signed", about=student, survey=signed):
        return redirect("child", student.pk)
    context = {
        "title": _("Signature of the survey"),
        "lead": _("Version %(n)s, on the paper of %(day)s.")
        % {"n": signed.version, "day": long_day(signed.answered_on)},
        "student": student,
        "head": head_of(student, clocks=False),
        "form": form,
    }
    return render(request, "students/form.html", context)
