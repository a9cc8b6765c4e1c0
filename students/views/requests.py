"""What parents ask for: wishes for their own child, and requests for a language program with their clocks."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from district.access import log_look, requires
from district.calendar import CalendarEnds, due_day
from district.enums import Grade
from district.models import School, SchoolYear
from district.permissions import Permission
from district.queries import period, school_calendar
from district.wording import due_words
from students import actions
from students.enums import ProgramKind
from students.forms.enrolling import schools_of
from students.forms.requests import AnswerForm, DecisionForm, RequestForm, ToldForm, WishForm, WithdrawForm
from students.models import Program, ProgramRequest, ProgramWish, Student
from students.queries.requests import LikeRequests, counting, like_requests
from students.views.pages import carry_out, child_or_404, head_of

P = Permission


@requires(P.RECORD_REQUEST)
def wish_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what the family wants for its own child: the reply box, or what it said (X-05)."""
    student = child_or_404(request, pk, P.RECORD_REQUEST)
    programs = Program.objects.filter(is_offered=True).exclude(kind=ProgramKind.DECLINED)
    leave = reverse("child_services", args=[student.pk])
    form = WishForm(request.POST or None, programs=programs, initial={"said_on": timezone.localdate()}, leave_url=leave)
    said = _("The wish is recorded; the principal answers the family.")
    if carry_out(request, form, actions.record_wish, said=said, entry="program_wish", about=student, student=student):
        return redirect("child_services", student.pk)
    return render(request, "students/form.html", _context(student, _("What the family wants"), form))


def _context(student: Student, title: str, form: Any) -> dict[str, Any]:
    return {"title": title, "student": student, "head": head_of(student, clocks=False), "form": form}


@requires(P.RECORD_REQUEST, methods=("GET",))
def wishes(request: HttpRequest) -> HttpResponse:
    """Families who wait for an answer, then those who have one."""
    rows = ProgramWish.objects.visible_to(request.user, P.RECORD_REQUEST)
    rows = rows.select_related("student__current_enrollment__school", "program", "answered_by", "placement__program")
    listed = list(rows.filter(answered_on=None).order_by("said_on"))
    answered = list(rows.filter(answered_on__isnull=False).order_by("-answered_on")[:50])
    log_look(request.user, [row.student_id for row in listed + answered], _("opened the families' wishes"))
    context = {
        "title": _("What families want"),
        "lead": _("Parents may choose another program or decline; the child is tested all the same."),
        "waiting": listed,
        "answered": answered,
        "may_answer": request.user.may(P.DECIDE_REQUEST),
    }
    return render(request, "students/wishes.html", context)


@requires(P.DECIDE_REQUEST)
def wish_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a family; the placement is decided on its own page."""
    rows = ProgramWish.objects.visible_to(request.user, P.DECIDE_REQUEST).select_related("program", "answered_by")
    wish = get_object_or_404(rows, pk=pk)
    student = child_or_404(request, wish.student_id, P.DECIDE_REQUEST)
    form = AnswerForm(request.POST or None, initial={"on": timezone.localdate()}, leave_url=reverse("wishes"))
    said = _("The answer is noted.")
    if carry_out(request, form, actions.answer_wish, said=said, entry="program_answer", about=student, wish=wish):
        return redirect("wishes")
    context = _context(student, _("Answer the family"), form) | {
        "wish": wish,
        "placed": student.placements.filter(ends=None).select_related("program").first(),
    }
    return render(request, "students/wish_answer.html", context)


# --- requests for a language program ----------------------------------------------------------------------------


@requires(P.RECORD_REQUEST)
def request_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a parent's request for a language program; it counts from its own day."""
    student = child_or_404(request, pk, P.RECORD_REQUEST)
    leave = reverse("child_services", args=[student.pk])
    form = RequestForm(request.POST or None, initial={"asked_on": timezone.localdate()}, leave_url=leave)
    said = _("The request is recorded and counts.")
    if carry_out(
        request, form, actions.record_request, said=said, entry="program_request", about=student, student=student
    ):
        return redirect("child_services", student.pk)
    return render(request, "students/form.html", _context(student, _("Request for a language program"), form))


@requires(P.RECORD_REQUEST)
def request_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The parent takes the request back."""
    row = get_object_or_404(ProgramRequest.objects.visible_to(request.user, P.RECORD_REQUEST), pk=pk)
    student = child_or_404(request, row.student_id, P.RECORD_REQUEST)
    leave = reverse("child_services", args=[student.pk])
    form = WithdrawForm(request.POST or None, initial={"on": timezone.localdate()}, leave_url=leave)
    said = _("The request does not count any more.")
    if carry_out(
        request,
        form,
        actions.withdraw_request,
        said=said,
        entry="program_withdrawn",
        about=student,
        asked=row,
    ):
        return redirect("child_services", student.pk)
    return render(request, "students/form.html", _context(student, _("Request withdrawn"), form))


@requires(P.RECORD_REQUEST, methods=("GET",))
def requests(request: HttpRequest) -> HttpResponse:
    """Like requests counted by school, program and language; the number of the law beside them (PL-03)."""
    on = timezone.localdate()
    groups = like_requests(list(schools_of(request.user, P.RECORD_REQUEST)), on)
    context = {
        "title": _("Requests for language programs"),
        "lead": _("Counted by school within the school year; each number opens its list."),
        "lines": [(group, _clocks(group, on), _grades(group)) for group in groups],
    }
    return render(request, "students/requests.html", context)


def _grades(group: LikeRequests) -> str:
    return ", ".join(f"{Grade(grade).label}: {number}" for grade, number in group.by_grade)


def _clocks(group: LikeRequests, on: Any) -> list[dict[str, Any]]:
    """The two clocks of requests that are enough: to tell, and to decide (PL-04, PL-05)."""
    reached = group.reached
    if reached is None:
        return []
    case, calendar, found = group.case, school_calendar(group.school), []
    steps = (
        ("PL-04", _("tell parents, teachers, administrators, DELAC"), case.notified_on if case else None),
        ("PL-05", _("decide in writing"), case.decided_on if case else None),
    )
    for code, what, done in steps:
        try:
            day = due_day(reached.on, period(code, reached.on), calendar)
        except CalendarEnds:
            day = None
        found.append({"what": what, "done": done, "due": due_words(day, on) if day and not done else None, "day": day})
    return found


@requires(P.RECORD_REQUEST)
def request_case(request: HttpRequest, key: str) -> HttpResponse:
    """Like requests with their children; who was told, what was decided."""
    on = timezone.localdate()
    group = _group(request, key)
    named = {
        "school": group.school,
        "year": group.year,
        "asked_for": group.asked_for,
        "language": group.language,
    }
    may = request.user.may(P.DECIDE_REQUEST, group.school.pk)
    told = ToldForm(request.POST if may and "told" in request.POST else None, initial={"on": on})
    decision = DecisionForm(request.POST if may and "decided" in request.POST else None, initial={"on": on})
    if carry_out(request, told, actions.note_told, said=_("It is noted."), entry="program_told", **named):
        return redirect("request_case", key)
    said = _("The decision is recorded; the letters to the families are due.")
    if carry_out(request, decision, actions.decide_requests, said=said, entry="program_decided", **named):
        return redirect("request_case", key)
    rows = counting(on).filter(**named, student__in=Student.objects.visible_to(request.user, P.RECORD_REQUEST))
    listed = list(rows.select_related("student"))
    log_look(request.user, [row.student_id for row in listed], _("opened requests for a language program"))
    context = {
        "title": group.name,
        "group": group,
        "listed": [(row, Grade(row.grade).label) for row in listed],
        "clocks": _clocks(group, on),
        "grades": _grades(group),
        "told_form": told if may and group.reached and not (group.case and group.case.notified_on) else None,
        "decision_form": decision if may and group.reached and not (group.case and group.case.decided_on) else None,
        "form": decision if decision.is_bound else told,
        "kept": period("PL-06", on),
    }
    return render(request, "students/request_case.html", context)


def _group(request: HttpRequest, key: str) -> LikeRequests:
    """The group of an address `school-year-program-language`, where the person sees the school."""
    parts = key.split("-")
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        raise Http404
    school: School = get_object_or_404(schools_of(request.user, P.RECORD_REQUEST), pk=int(parts[0]))
    get_object_or_404(SchoolYear, pk=int(parts[1]))
    found = next((each for each in like_requests([school], timezone.localdate()) if each.key == key), None)
    if found is None:
        raise Http404
    return found
