"""Corrections of a classification: the list, asking for one, and the case with its trail."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from district.access import requires
from district.calendar import add_calendar_days
from district.permissions import Permission
from district.queries import period
from students import actions, taken
from students.actions.corrections import NOTICE_LETTER, NOTICE_PERIOD, RESULT_LETTER, classified
from students.enums import CorrectionAsker, CorrectionProcess, ElStatus
from students.forms.corrections import AskForm, DecideForm, EvidenceForm, NoticeForm, ResultForm
from students.forms.enrolling import schools_of
from students.models import Correction, Student
from students.queries.corrections import trail_of
from students.rules import corrections as rules
from students.views.pages import carry_out, child_or_404, head_of, sent

P = Permission
ON_A_PAGE = 50
RESULT_PERIOD = "CE-A2"


@requires(P.ASK_CORRECTION, methods=("GET",))
def corrections(request: HttpRequest) -> HttpResponse:
    """The corrections of the children for whom the person may ask for one; the running ones first."""
    schools = list(schools_of(request.user, P.ASK_CORRECTION))
    asked = {name: request.GET.get(name, "") for name in ("state", "process", "school")}
    rows = _filtered(Correction.objects.visible_to(request.user, P.ASK_CORRECTION), asked)
    rows = rows.select_related("student__current_enrollment__school", "decided_by", "status")
    context = {
        "title": _("Corrections of a classification"),
        "page_obj": Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page")),
        "asked": asked,
        "schools": schools if len(schools) > 1 else [],
        "processes": CorrectionProcess.choices,
    }
    return render(request, "students/corrections.html", context)


def _filtered(rows: QuerySet[Correction], asked: dict[str, str]) -> QuerySet[Correction]:
    if asked["state"] == "open":
        rows = rows.filter(decided_on__isnull=True)
    elif asked["state"] == "untold":
        rows = rows.filter(decided_on__isnull=False, result_on__isnull=True).exclude(outcome="withdrawn")
    if asked["process"] in CorrectionProcess.values:
        rows = rows.filter(process=asked["process"])
    if asked["school"].isdigit():
        rows = rows.filter(student__current_enrollment__school=asked["school"])
    return rows.order_by("decided_on", "-asked_on", "-pk") if asked["state"] else rows


@requires(P.ASK_CORRECTION)
def correction_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a correction: which are open for this child, and what stands against the others."""
    student = child_or_404(request, pk, P.ASK_CORRECTION)
    facts = classified(student)
    # Who asks is not known yet; what stands against a process whoever asks is said beforehand.
    found = {each: rules.may_ask(each, CorrectionAsker.PARENT, facts) for each in CorrectionProcess}
    form = AskForm(
        request.POST or None,
        processes=[each for each, said in found.items() if said.outcome == rules.ALLOWED],
        initial={"asked_on": timezone.localdate()},
        leave_url=reverse("child", args=[student.pk]),
    )
    said = _("The correction is asked for.")
    if case := carry_out(
        request, form, actions.ask_correction, said=said, entry="correction", about=student, student=student
    ):
        return redirect("correction", case.pk)
    context = {
        "title": _("Correct the language status"),
        "student": student,
        "head": head_of(student, clocks=False),
        "form": form,
        "found": [(each.label, said, said.outcome == rules.ALLOWED) for each, said in found.items()],
        "any_open": bool(form.fields["process"].choices),
        "cases": student.corrections.select_related("decided_by"),
    }
    return render(request, "students/correction_ask.html", context)


@requires(P.ASK_CORRECTION)
def correction(request: HttpRequest, pk: int) -> HttpResponse:
    """A case: its trail, the evidence, and what comes next."""
    rows = Correction.objects.visible_to(request.user, P.ASK_CORRECTION)
    case = get_object_or_404(rows.select_related("opened_by", "notice_by", "decided_by", "result_by"), pk=pk)
    student = child_or_404(request, case.student_id, P.ASK_CORRECTION)
    decides = Student.objects.visible_to(request.user, P.CORRECT_STATUS).filter(pk=student.pk).exists()
    forms = _forms(request, case, student, decides)
    if _done(request, case, student, forms):
        return redirect("correction", case.pk)
    on = timezone.localdate()
    notice = period(NOTICE_PERIOD, case.notice_on or on)
    result = period(RESULT_PERIOD, case.decided_on or on)
    context = {
        "title": case.get_process_display(),
        "student": student,
        "head": head_of(student, clocks=False),
        "case": case,
        "decides": decides,
        "forms": forms,
        "trail": trail_of(case),
        "evidence": case.evidence.select_related("recorded_by"),
        "wanted": rules.LOOKED_AT if case.process == CorrectionProcess.C else (),
        "earliest": rules.earliest_test(case.notice_on, notice) if case.notice_on else None,
        "notice_period": notice,
        "result_due": add_calendar_days(case.decided_on, result.days) if case.decided_on else None,
        "letters": _letters(case),
        "problem": any(form.errors for form in forms.values()),
    }
    return render(request, "students/correction.html", context)


def _forms(request: HttpRequest, case: Correction, student: Student, decides: bool) -> dict[str, Any]:
    """The forms of what can be done now, by who looks."""
    on = timezone.localdate()
    forms: dict[str, Any] = {}
    if case.is_open:
        forms["evidence"] = EvidenceForm(sent(request, "evidence"), prefix="evidence", initial={"of_day": on})
    if not decides:
        return forms
    if case.is_open and case.process == CorrectionProcess.A and not case.notice_on:
        paper = taken.tests().paper(NOTICE_LETTER, case)
        first = {"on": paper.dated if paper else on}
        forms["notice"] = NoticeForm(sent(request, "notice"), prefix="notice", initial=first)
    if case.is_open:
        forms["decide"] = DecideForm(
            sent(request, "decide"),
            prefix="decide",
            process=case.process,
            after=_after(case),
            results=taken.tests().on_file(student) if case.process == CorrectionProcess.B else [],
            initial={"on": on},
        )
    elif not case.result_on and case.outcome != "withdrawn":
        paper = taken.tests().paper(RESULT_LETTER, case)
        forms["result"] = ResultForm(
            sent(request, "result"), prefix="result", initial={"on": paper.dated if paper else on}
        )
    return forms


def _after(case: Correction) -> str:
    """What a change would make of the status, in words; empty where the process changes nothing."""
    if case.process != CorrectionProcess.A and case.status_before not in rules.REVIEWED:
        return ""
    return str(ElStatus(rules.status_after(case.process, case.status_before)).label)


def _done(request: HttpRequest, case: Correction, student: Student, forms: dict[str, Any]) -> bool:
    """Carry out the one form that was sent."""
    verbs = {
        "evidence": (actions.add_evidence, "correction_evidence", _("The evidence is entered.")),
        "notice": (actions.note_notice, "correction_notice", _("The notice is noted.")),
        "decide": (actions.decide_correction, "correction_decided", _("The correction is decided.")),
        "result": (actions.note_result, "correction_result", _("The result is noted.")),
    }
    for name, (verb, kind, said) in verbs.items():
        form = forms.get(name)
        if form is None or not form.is_bound:
            continue
        if carry_out(request, form, partial(verb, case=case), said=said, entry=kind, about=student):
            return True
    return False


def _letters(case: Correction) -> list[tuple[str, str, taken.Paper | None]]:
    """The letters that belong to the case: kind, title, and the one that is there."""
    kinds = [(NOTICE_LETTER, _("Notice to the parents"))] if case.process == CorrectionProcess.A else []
    if case.decided_on and case.outcome != "withdrawn":
        kinds.append((RESULT_LETTER, _("Result in writing, with the evidence")))
    return [(kind, title, taken.tests().paper(kind, case)) for kind, title in kinds]
