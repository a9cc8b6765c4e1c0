"""Records of a former district, the family, and the flags of a child."""

from __future__ import annotations

from datetime import date
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from district.access import requires
from district.models import in_force
from district.permissions import Permission
from students import actions
from students.enums import ElStatus
from students.forms.records import (
    AttemptForm,
    EndFlagForm,
    EnterRecordsForm,
    FamilyForm,
    FlagForm,
    ReceivedForm,
)
from students.models import Flag, RecordsRequest, Student
from students.queries import clock_of, status_of
from students.rules import InitialClock
from students.views.pages import carry_out, child_or_404, head_of, sent

P = Permission


@requires(P.RECORD_RECORDS)
def records(request: HttpRequest, pk: int) -> HttpResponse:
    """The three things asked of the former district: what came, who was asked, and what they say."""
    student = child_or_404(request, pk, P.RECORD_RECORDS)
    asked = student.records_requests.select_related("enrollment", "entered_by").first()
    if asked is None:
        return render(request, "students/records_none.html", _context(student, _("Records of the former district")))
    forms = {
        "received": ReceivedForm(sent(request, "received"), prefix="received", initial=ReceivedForm.initial_of(asked)),
        "enter": EnterRecordsForm(
            sent(request, "enter"),
            prefix="enter",
            initial={"place": asked.enrollment.former_district, "primary_language": student.primary_language},
        ),
        "attempt": AttemptForm(sent(request, "attempt"), prefix="attempt", initial={"on": timezone.localdate()}),
    }
    if _records_done(request, student, asked, forms):
        return redirect("records", student.pk)
    context = _context(student, _("Records of the former district"))
    context |= {"asked": asked, "attempts": asked.attempts.select_related("made_by"), **forms}
    context |= {
        "clock": _clock(student, timezone.localdate()),
        "problem": any(form.errors for form in forms.values()),
    }
    return render(request, "students/records.html", context)


def _clock(student: Student, on: date) -> InitialClock | None:
    """The clock in force for a child that is to be determined; no other child is waiting for a test."""
    waiting = status_of(student, on)
    return clock_of(student, on) if waiting and waiting.status == ElStatus.TBD else None


def _records_done(request: HttpRequest, student, asked: RecordsRequest, forms: dict) -> bool:
    """Carry out the one form that was sent."""
    verbs = {
        "received": (actions.mark_records_received, "records_received", _("What has come is noted."), {}),
        "attempt": (actions.log_records_attempt, "records_attempt", _("The attempt is logged."), {}),
        "enter": (
            actions.enter_records,
            "records",
            _("The records are entered; the status shows above."),
            {"on": timezone.localdate()},
        ),
    }
    for name, (verb, kind, said, more) in verbs.items():
        form = forms[name]
        verb = partial(verb, request=asked)
        if form.is_bound and carry_out(request, form, verb, said=said, entry=kind, about=student, **more):
            return True
    return False


@requires(P.ENROLL)
def family(request: HttpRequest, pk: int) -> HttpResponse:
    """Parents and guardians, and the languages."""
    student = child_or_404(request, pk, P.ENROLL)
    form = FamilyForm(
        request.POST or None,
        initial=FamilyForm.initial_of(student),
        leave_url=reverse("child", args=[student.pk]),
    )
    said = _("The family of %(name)s is saved.") % {"name": student.name}
    if carry_out(request, form, actions.change_family, said=said, entry="family", about=student, student=student):
        return redirect("child", student.pk)
    return render(request, "students/form.html", {**_context(student, _("Family and languages")), "form": form})


@requires(P.ENROLL)
def flags(request: HttpRequest, pk: int) -> HttpResponse:
    """IEP, 504 plan, migrant, McKinney-Vento, foster youth: since when and until when."""
    student = child_or_404(request, pk, P.ENROLL)
    on = timezone.localdate()
    form = FlagForm(request.POST or None, initial={"starts": on}, leave_url=reverse("child", args=[student.pk]))
    if carry_out(
        request, form, actions.set_flag, said=_("The flag is set."), entry="flag", about=student, student=student
    ):
        return redirect("flags", student.pk)
    listed = student.flags.order_by("-starts")
    current = set(listed.filter(in_force(on)).values_list("pk", flat=True))
    context = {**_context(student, _("Flags")), "form": form, "flags": listed, "current": current}
    return render(request, "students/flags.html", context)


@requires(P.ENROLL)
def flag_end(request: HttpRequest, pk: int) -> HttpResponse:
    """The fact does not hold any more."""
    flag = get_object_or_404(Flag.objects.visible_to(request.user, P.ENROLL), pk=pk)
    student = child_or_404(request, flag.student_id, P.ENROLL)
    form = EndFlagForm(
        request.POST or None, initial={"ends": timezone.localdate()}, leave_url=reverse("flags", args=[student.pk])
    )
    said = _("%(flag)s has ended.") % {"flag": flag.get_kind_display()}
    if carry_out(request, form, actions.end_flag, said=said, entry="flag_end", about=student, flag=flag):
        return redirect("flags", student.pk)
    title = _("End the flag %(flag)s") % {"flag": flag.get_kind_display()}
    return render(request, "students/form.html", {**_context(student, title), "form": form})


def _context(student, title: str) -> dict:
    return {"title": title, "student": student, "head": head_of(student)}
