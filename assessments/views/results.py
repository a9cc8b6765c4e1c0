"""The local score of the Initial test; score reports given to families."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import actions, scales
from assessments.duties.notices import results_letter_rows
from assessments.enums import Measure, Test
from assessments.follows import Follows, local_result_of, what_follows
from assessments.forms.earlier import EarlierResultForm
from assessments.forms.results import GivenForm, ResultForm
from assessments.models import TestPlan
from assessments.queries import official_initial, waiting
from assessments.queries.testing import plans_on, trained
from assessments.views.loading import child_or_404
from district.access import requires
from district.duties import duties, visible
from district.forms import DayField
from district.models import School, User
from district.permissions import Permission
from district.refusal import Refusal
from district.said import say, say_refused
from district.wording import due_words
from students.actions.guard import entry_of
from students.models import Student
from students.views.pages import head_of

P = Permission
ON_A_PAGE = 100


@requires(P.RECORD_RESULT)
def result_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter the school's own score; the level stands beside it while it is typed."""
    student = child_or_404(request, pk, P.RECORD_RESULT, _("opened the form for the test score"))
    form = _form(request, student)
    if request.method == "POST" and form.is_valid() and "show" not in request.POST:
        answer = _save(request, student, form)
        if answer:
            return answer
    context = {
        "title": _("%(test)s, scored at the school") % {"test": form.taken.label},
        "student": student,
        "head": head_of(student, clocks=False),
        "clock": _clock(student),
        "form": form,
        "follows": _follows(student, form) if form.is_bound else None,
        "known": official_initial(student.pk) or local_result_of(student),
        "plan": plans_on([student.pk], timezone.localdate()).get(student.pk),
        "nobody": None if form.fields["examiner"].queryset.exists() else form.taken.label,
    }
    return render(request, "assessments/result_new.html", context)


@requires(P.RECORD_RESULT, methods=("POST",))
def result_level(request: HttpRequest, pk: int) -> HttpResponse:
    """The level of what is typed so far; nothing is saved."""
    student = child_or_404(request, pk, P.RECORD_RESULT)
    form = _form(request, student)
    return render(request, "assessments/result_level.html", {"follows": _follows(student, form)})


def _clock(student: Student) -> dict[str, Any] | None:
    """The clock of the test, said in words; None where none runs."""
    on = timezone.localdate()
    running = duties(as_of=on, rule_ids=["initial_test"], state="waiting", where=Q(d_student=student.pk)).page(0, 1)
    if not running:
        return None
    due = due_words(running[0].due, on)
    return {"tone": due.tone or "info", "words": str(due), "why": running[0].why}


def _form(request: HttpRequest, student: Student) -> ResultForm:
    on = timezone.localdate()
    plan = plans_on([student.pk], on).get(student.pk)
    alternate = plan is not None and plan.kind == TestPlan.Kind.ALTERNATE
    test = Test.INITIAL_ALTERNATE_ELPAC if alternate else Test.INITIAL_ELPAC
    return ResultForm(
        request.POST if request.method == "POST" else None,
        student=student,
        plan=plan,
        examiners=trained(test, student.school, _day_typed(request) or on),
        initial={"tested_on": on, "examiner": request.user.pk},
        leave_url=reverse("child", args=[student.pk]),
        level_url=reverse("result_level", args=[student.pk]),
    )


def _day_typed(request: HttpRequest) -> date | None:
    """The day of the test as typed, for who was trained on it; None while it is none."""
    try:
        return DayField(label="").clean(request.POST.get("tested_on", ""))
    except ValidationError:
        return None


def _follows(student: Student, form: ResultForm) -> Follows | None:
    form.is_valid()
    said = form.cleaned_data
    if said.get("overall") is None:
        return None
    on = timezone.localdate()
    test = said.get("test") or Test.INITIAL_ELPAC
    return what_follows(student, test=test, score=said["overall"], tested_on=said.get("tested_on") or on, on=on)


def _save(request: HttpRequest, student: Student, form: ResultForm) -> HttpResponse | None:
    said = form.cleaned_data
    try:
        result = actions.record_local_result(
            by=request.user,
            student=student,
            test=said["test"],
            tested_on=said["tested_on"],
            scores=form.given,
            examiner=said["examiner"],
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return None
    entry = entry_of(request.user, actions.LOCAL_RESULT, student)
    say(request, entry.summary if entry else str(result), entry=entry)
    following = _next_child(request.user) if "next" in request.POST else None
    return redirect("result_new", pk=following) if following else redirect("child", pk=student.pk)


def _next_child(user: User) -> int | None:
    """The child whose clock ends first among those the person may test."""
    mine = Student.objects.visible_to(user, P.RECORD_RESULT)
    rows = waiting(timezone.localdate()).filter(student__in=mine).order_by("due_on", "student_id")
    return rows.values_list("student_id", flat=True).first()


@requires(P.RECORD_RECORDS)
def result_earlier(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a result that came with the records of another district."""
    student = child_or_404(request, pk, P.RECORD_RECORDS, _("opened the form for an earlier score"))
    form = EarlierResultForm(
        request.POST if request.method == "POST" else None, leave_url=reverse("child", args=[student.pk])
    )
    if request.method == "POST" and form.is_valid() and _save_earlier(request, student, form):
        return redirect("result_earlier" if "next" in request.POST else "child", pk=pk)
    context = {
        "title": _("Score from another district"),
        "lead": _("As the score report gives it. Results of the state come with its files; enter here what they lack."),
        "student": student,
        "head": head_of(student, clocks=False),
        "form": form,
    }
    return render(request, "assessments/result_earlier.html", context)


def _save_earlier(request: HttpRequest, student: Student, form: EarlierResultForm) -> bool:
    said = form.cleaned_data
    facts = {name: said[name] for name in ("test", "grade", "tested_on", "received_on")}
    try:
        result = actions.record_earlier_result(by=request.user, student=student, scores=form.given, **facts)
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    entry = entry_of(request.user, actions.EARLIER_RESULT, student)
    level = scales.level_words(result.test, Measure.OVERALL, result.level)
    said_words = _("%(result)s is entered: %(level)s.") % {"result": result, "level": level}
    say(request, said_words, entry=entry)
    return True


@requires(P.ISSUE_LETTERS)
def score_reports(request: HttpRequest) -> HttpResponse:
    """Yearly results of which the families have not heard; note the score reports that were given."""
    form = GivenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer = _note_given(request, form)
        if answer:
            return answer
    on = timezone.localdate()
    rows = _waiting_reports(request).order_by("d_due", "student__search_key")
    page = Paginator(rows.select_related("student"), ON_A_PAGE).get_page(request.GET.get("page"))
    schools = {school.pk: school for school in School.objects.all()}
    ticked = set(request.POST.getlist("result"))
    for row in page.object_list:
        row.due_said = due_words(row.d_due, on) if row.d_due else None
        row.school = schools.get(row.d_school)
        row.is_picked = str(row.pk) in ticked or str(row.student_id) == request.GET.get("child")
    context = {
        "title": _("Score reports for families"),
        "lead": _("Yearly results that the district has received and of which the family has not heard yet."),
        "page_obj": page,
        "form": form,
        "schools": [school for school in schools.values() if request.user.may(P.ISSUE_LETTERS, school.pk)],
        "school": request.GET.get("school", ""),
        "picked": set(request.POST.getlist("result"))
        or ({request.GET["child"]} if request.GET.get("child") else set()),
    }
    return render(request, "assessments/score_reports.html", context)


def _waiting_reports(request: HttpRequest) -> QuerySet[Any]:
    rows = results_letter_rows(timezone.localdate()).filter(visible(request.user), d_done__isnull=True)
    mine = Student.objects.visible_to(request.user, P.ISSUE_LETTERS)
    school, test, received = (request.GET.get(key, "") for key in ("school", "test", "received"))
    where = Q(d_school=int(school)) if school.isascii() and school.isdigit() else Q()
    where &= Q(test=test) if test in Test.values else Q()
    where &= Q(received_on=day) if (day := _iso_day(received)) else Q()
    return rows.filter(where, student__in=mine)


def _iso_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _note_given(request: HttpRequest, form: GivenForm) -> HttpResponse | None:
    picked = [int(pk) for pk in request.POST.getlist("result") if pk.isascii() and pk.isdigit()]
    try:
        noted = actions.record_reports_given(by=request.user, results=picked, on=form.cleaned_data["on"])
    except Refusal as refusal:
        say_refused(request, refusal)
        return None
    if not noted:
        form.add_error(None, _("No child is ticked. Tick those whose family has the score report."))
        return None
    words = ngettext("%(count)d score report noted as given.", "%(count)d score reports noted as given.", len(noted))
    entry = entry_of(request.user, actions.REPORTS_GIVEN)
    say(request, words % {"count": len(noted)}, entry=entry)
    return redirect("score_reports")
