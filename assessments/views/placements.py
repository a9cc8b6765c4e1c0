"""Placements: one child's evidence, conference and decision; many children confirmed as recommended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import actions, rules, scales
from assessments.duties.notices import placement_rows
from assessments.enums import Measure
from assessments.forms.placements import DecisionForm
from assessments.letters import long_term_of
from assessments.models import Result
from assessments.queries import ANNUAL, INITIAL, INITIAL_TESTS, Child, Proposal, gather, propose
from assessments.views.loading import child_or_404
from district.access import requires
from district.duties import duties, visible
from district.enums import Grade
from district.models import School, User
from district.permissions import Permission
from district.refusal import Refusal
from district.said import say, say_refused
from district.wording import due_words, long_day
from students import actions as students
from students.actions.conferences import HELD
from students.actions.guard import entry_of
from students.actions.placing import PLACED
from students.enums import ConferenceKind
from students.forms.conferences import MeetingForm
from students.models import Program, Student
from students.rules import NOT_CONFIGURED
from students.views.pages import carry_out, head_of

P = Permission
ON_A_PAGE = 100


# --- one child --------------------------------------------------------------------------------------------------


@requires(P.VIEW_STUDENTS)
def placement(request: HttpRequest, pk: int) -> HttpResponse:
    """Evidence, recommendation, conference, parents' words and decision on one page (MP1-25 to MP1-30)."""
    student = child_or_404(request, pk, P.VIEW_STUDENTS, _("opened the placement"))
    on = timezone.localdate()
    child = gather([student], on)[0]
    proposal = propose(child)
    meeting = _conference_form(request, student, on)
    decision = _decision_form(request, student, proposal, on)
    if request.method == "POST" and _saved(request, student, proposal, meeting, decision):
        return redirect("placement", pk=pk)
    context = {
        "title": _("Placement"),
        "student": student,
        "head": head_of(student, clocks=False),
        "evidence": _evidence(child),
        "recommended": proposal,
        "needs_cut": proposal.finding.outcome == NOT_CONFIGURED,
        "conferences": student.conferences.select_related("language", "recorded_by"),
        "placements": student.placements.select_related("program", "recommended", "decided_by"),
        "meeting_form": meeting if request.user.may(P.HOLD_CONFERENCE) else None,
        "decision_form": decision if request.user.may(P.DECIDE_PLACEMENT) else None,
        "form": decision if "decision" in request.POST else meeting,
        "may_set_cut": request.user.may(P.MANAGE_DISTRICT),
        "letter": _letter(proposal) if request.user.may(P.ISSUE_LETTERS) else "",
    }
    return render(request, "assessments/placement.html", context)


def _letter(proposal: Proposal) -> str:
    """The kind of the letter that says what stands here; nothing without a result."""
    if proposal.result is None or proposal.program is None:
        return ""
    return INITIAL if proposal.result.test in INITIAL_TESTS else ANNUAL


def _conference_form(request: HttpRequest, student: Student, on: date) -> MeetingForm:
    kind = ConferenceKind.ANNUAL if student.placements.exists() else ConferenceKind.INITIAL
    language = student.language_of_letters
    return MeetingForm(
        request.POST if "conference" in request.POST else None,
        initial={"kind": kind, "held_on": on, "language": language},
    )


def _decision_form(request: HttpRequest, student: Student, proposal: Proposal, on: date) -> DecisionForm:
    newest = student.conferences.first()
    return DecisionForm(
        request.POST if "decision" in request.POST else None,
        conferences=student.conferences.all(),
        programs=Program.objects.filter(is_offered=True),
        recommended=proposal.program,
        initial={
            "program": proposal.program,
            "starts": on,
            "conference": newest,
            "parent_input": newest.parent_input if newest else "",
        },
    )


def _saved(
    request: HttpRequest, student: Student, proposal: Proposal, meeting: MeetingForm, decision: DecisionForm
) -> bool:
    """Do what one of the two forms asks."""
    if meeting.is_bound:
        said = _("The conference of %(name)s is recorded.") % {"name": student.name}
        return bool(
            carry_out(
                request, meeting, students.record_conference, said=said, entry=HELD, about=student, student=student
            )
        )
    return bool(
        carry_out(
            request,
            decision,
            students.place_student,
            said=_("The placement of %(name)s is decided. A copy for the teacher is due.") % {"name": student.name},
            entry=PLACED,
            about=student,
            student=student,
            recommended=proposal.program,
            recommendation_reason=proposal.finding.reason,
            evidence=proposal.evidence,
        )
    )


@dataclass(frozen=True)
class Fact:
    """A line of the evidence: what, what it says, where it comes from."""

    what: str
    says: str
    source: str
    reason: str = ""


def _evidence(child: Child) -> list[Fact]:
    """Results with level and source, the survey, the status with its reason, both definitions of long-term."""
    facts = [_result_fact(result) for result in child.results if result.level and result in child.english][:4]
    facts += [_result_fact(row) for row in child.initial if row.source == "local" and row not in child.english]
    survey = child.survey
    if survey:
        named = [f"{number}: {answer}" for number, answer in enumerate(survey.answers, 1) if answer]
        facts.append(Fact(_("Home Language Survey"), ", ".join(named), long_day(survey.answered_on)))
    status = child.student.statuses.order_by("-sequence").first()
    if status:
        source = _("%(source)s, %(day)s") % {"source": status.get_source_display(), "day": long_day(status.starts)}
        facts.append(Fact(_("Language status"), status.get_status_display(), source, status.reason))
    if child.is_el and child.grade:
        facts += _long_term_facts(child)
    return facts


def _result_fact(result: Result) -> Fact:
    level = scales.level_words(result.test, Measure.OVERALL, result.level)
    score = _(", score %(score)s") % {"score": result.overall_score} if result.overall_score is not None else ""
    day = long_day(result.tested_on) if result.tested_on else result.administration
    return Fact(result.get_test_display(), f"{level}{score}", f"{result.get_source_display()}, {day}")


def _long_term_facts(child: Child) -> list[Fact]:
    found = long_term_of(child)
    words = {
        rules.LTEL: _("long-term English learner"),
        rules.AT_RISK: _("at risk of becoming a long-term English learner"),
        rules.NEITHER: _("not long-term, not at risk"),
    }
    facts = [Fact(_("Years as a learner"), words.get(found.outcome, _("not known")), found.source, found.reason)]
    if found.dashboard:
        says = words[rules.LTEL] if found.dashboard.outcome == rules.LTEL else _("not long-term")
        facts.append(Fact(_("For the state's Dashboard"), says, found.dashboard.source, found.dashboard.reason))
    return facts


# --- many children ----------------------------------------------------------------------------------------------


@requires(P.DECIDE_PLACEMENT, methods=("GET",))
def placements(request: HttpRequest) -> HttpResponse:
    """English learners without a decided program, each with what the rule recommends."""
    on = timezone.localdate()
    rows = _undecided(request.user, on, request.GET.get("school", ""))
    page = Paginator(rows.order_by("d_due", "student__search_key"), ON_A_PAGE).get_page(request.GET.get("page"))
    lines = _lines(list(page.object_list), request.user, on)
    context = {
        "title": _("Placements to decide"),
        "lead": _("English learners without a program, and what the rule recommends."),
        "page_obj": page,
        "lines": lines,
        "ready": sum(line["proposal"].program is not None for line in lines),
        "not_set": any(line["proposal"].finding.outcome == NOT_CONFIGURED for line in lines),
        "may_set_cut": request.user.may(P.MANAGE_DISTRICT),
        "schools": [school for school in School.objects.all() if request.user.may(P.DECIDE_PLACEMENT, school.pk)],
        "school": request.GET.get("school", ""),
    }
    return render(request, "assessments/placements.html", context)


def _undecided(user: User, on: date, school: str = "") -> Any:
    rows = placement_rows(on).filter(visible(user), d_done__isnull=True)
    rows = rows.filter(student__in=Student.objects.visible_to(user, P.DECIDE_PLACEMENT))
    return rows.filter(Q(d_school=int(school)) if school.isascii() and school.isdigit() else Q())


def _lines(rows: list[Any], user: User, on: date) -> list[dict[str, Any]]:
    keys = [row.student_id for row in rows]
    seen = Student.objects.visible_to(user, P.DECIDE_PLACEMENT).filter(pk__in=keys)
    children = {child.student.pk: child for child in gather(list(seen), on)}
    met = set(seen.filter(conferences__isnull=False).values_list("pk", flat=True))
    whys = {
        duty.student_id: duty.why
        for duty in duties(as_of=on, rule_ids=["placement_decision"], where=Q(d_student__in=keys))
    }
    lines = []
    for row in rows:
        child = children[row.student_id]
        proposal = propose(child)
        lines.append(
            {
                "child": child,
                "grade": Grade(child.grade).label if child.grade else "",
                "proposal": proposal,
                "result": _result_fact(proposal.result) if proposal.result else None,
                "due": due_words(row.d_due, on) if row.d_due else None,
                "why": whys.get(row.student_id, ""),
                "has_met": row.student_id in met,
            }
        )
    return lines


@requires(P.DECIDE_PLACEMENT, methods=("POST",))
def placements_preview(request: HttpRequest) -> HttpResponse:
    """What confirming would do, child by child; the second button does it."""
    on = timezone.localdate()
    picked = [int(pk) for pk in request.POST.getlist("child") if pk.isascii() and pk.isdigit()]
    chosen = list(Student.objects.visible_to(request.user, P.DECIDE_PLACEMENT).filter(pk__in=picked))
    if not chosen:
        say_refused(request, Refusal(_("No child is ticked."), _("Tick those to be placed as recommended.")))
        return redirect("placements")
    if request.POST.get("do") == "confirm" and _confirm(request, chosen, on):
        return redirect("placements")
    previews = actions.preview_placements(by=request.user, students=chosen, starts=on, on=on)
    placing = [each for each in previews if each.outcome == actions.PLACES]
    context = {
        "title": _("Confirm placements"),
        "placing": placing,
        "staying": [each for each in previews if each.outcome != actions.PLACES],
        "picked": len(previews),
        "starts": on,
        "may_set_cut": request.user.may(P.MANAGE_DISTRICT),
    }
    return render(request, "assessments/placements_preview.html", context)


def _confirm(request: HttpRequest, chosen: list[Student], on: date) -> bool:
    try:
        placed = actions.confirm_placements(by=request.user, students=chosen, starts=on, on=on)
    except Refusal as refusal:
        say_refused(request, refusal)
        return False
    words = ngettext(
        "%(count)d child is placed as recommended.", "%(count)d children are placed as recommended.", len(placed)
    )
    entry = entry_of(request.user, PLACED) if len(placed) == 1 else None
    say(request, words % {"count": len(placed)}, entry=entry)
    return True
