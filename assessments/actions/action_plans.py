"""Intervention action plans (MP3-15): begun for one child or for many, looked at again, ended with an outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.enums import PlanOutcome, Subject
from assessments.models import ActionPlan, ActionPlanEvidence, ActionPlanReview
from assessments.queries.measures import LOCAL, MARK, STATE, Shown, history, said_on
from assessments.queries.watch import watch_lines, watched
from district import entries
from district.history import acting
from district.models import Entry, User
from district.permissions import Permission
from district.refusal import NotAllowed, Refusal
from district.wording import long_day
from students.actions.guard import lock_child_of, lock_student
from students.models import Student

PLANS_BEGUN, PLAN_REVIEWED, PLAN_CLOSED = "action_plans_begun", "action_plan_reviewed", "action_plan_closed"
COLUMN = {LOCAL: "local_result_id", STATE: "result_id", MARK: "mark_id"}
P = Permission


@dataclass(frozen=True)
class Days:
    """First day, next day of review, last day."""

    starts: date
    review_on: date
    ends: date

    def check(self) -> None:
        """Refusal where they are not in order; a plan is reviewed after it begins and no later than it ends."""
        if self.ends < self.starts:
            raise Refusal(_("The plan would end before it begins."), _("Look at both days."), field="ends")
        if not self.starts < self.review_on <= self.ends:
            raise Refusal(
                _("The day of review, %(day)s, is not between the first and the last day.")
                % {"day": long_day(self.review_on)},
                _("Choose a day after %(starts)s, up to %(ends)s.")
                % {"starts": long_day(self.starts), "ends": long_day(self.ends)},
                field="review_on",
            )


def begin_action_plan(
    *,
    by: User,
    student: Student,
    subject: str,
    need: str,
    action: str,
    owner: User,
    starts: date,
    review_on: date,
    ends: date,
    evidence: Sequence[str] = (),
) -> ActionPlan:
    """Begin a plan for a child. evidence: keys of values of the child, as `Shown.key` names them.

    Refusal: an open plan in the subject, days out of order, an owner who may not see the child, a value of another one.
    """
    days = Days(starts, review_on, ends)
    with transaction.atomic(), acting(by, _("intervention action plan")):
        child = lock_student(student, by, P.PLAN_ACTION)
        _check(child, subject, owner, days)
        if not need.strip() or not action.strip():
            field = "action" if need.strip() else "need"
            raise Refusal(_("A plan names the need and what is done."), _("Write a sentence each."), field=field)
        known = {shown.key: shown for shown in history(child.pk, starts)} if evidence else {}
        if any(key not in known for key in evidence):
            raise Refusal(_("One of the values is not this child's any more."), _("Choose again."), field="evidence")
        plan = _make(by, child, subject, need, action, owner, days, [known[key] for key in evidence])
        entries.enter(
            by=by,
            kind=PLANS_BEGUN,
            summary=_("Action plan of %(name)s in %(subject)s")
            % {"name": child.name, "subject": Subject(subject).label},
            student_id=child.pk,
            school_id=child.school.pk if child.school else None,
            plans=[plan.pk],
        )
    return plan


def _check(child: Student, subject: str, owner: User, days: Days) -> None:
    days.check()
    known = ActionPlan.objects.filter(student=child, subject=subject, closed_on=None).first()
    if known:
        raise Refusal(
            _("%(name)s has an open plan in %(subject)s, since %(day)s.")
            % {"name": child.name, "subject": Subject(subject).label, "day": long_day(known.starts)},
            _("Review or end that one."),
            field="subject",
        )
    if not Student.objects.visible_to(owner, P.PLAN_ACTION).filter(pk=child.pk).exists():
        raise Refusal(
            _("%(who)s may not write plans for this child.") % {"who": owner},
            _("Choose the class teacher, or a person of the school."),
            field="owner",
        )


def _make(
    by: User,
    child: Student,
    subject: str,
    need: str,
    action: str,
    owner: User,
    days: Days,
    evidence: Sequence[Shown],
) -> ActionPlan:
    plan = ActionPlan.objects.create(
        student=child,
        subject=subject,
        need=need.strip(),
        action=action.strip(),
        owner=owner,
        starts=days.starts,
        review_on=days.review_on,
        ends=days.ends,
        recorded_by=by,
    )
    ActionPlanEvidence.objects.bulk_create(
        ActionPlanEvidence(plan=plan, words=evidence_words(shown), **{COLUMN[shown.kind]: shown.pk})
        for shown in evidence
    )
    return plan


def evidence_words(shown: Shown) -> str:
    """A value as it reads on the day on which it is linked: `Reading Inventory …: 640 Lexile, below … (8 Sep 2026)`."""
    says_value = shown.value in shown.finding.reason
    said = shown.finding.reason if says_value else f"{shown.value}. {shown.finding.reason}"
    words = f"{shown.name}, {shown.when}: {said} ({said_on(shown)})"
    limit = ActionPlanEvidence._meta.get_field("words").max_length or len(words)
    return words if len(words) <= limit else f"{words[: limit - 1]}…"


@dataclass(frozen=True)
class Proposed:
    """What would happen to a child of the watch list: a plan in these subjects, or why there is none."""

    student: Student
    subjects: tuple[Subject, ...]
    owner: User | None
    need: str
    evidence: tuple[Shown, ...]
    why_not: str = ""

    @property
    def begins(self) -> bool:
        return not self.why_not


def preview_action_plans(*, by: User, children: Sequence[int], subjects: Sequence[Subject], on: date) -> list[Proposed]:
    """What a start in bulk would do, child by child; the same words are used when it is done."""
    seen = watched(by, on, subjects=tuple(subjects)).filter(pk__in=list(children))
    allowed = set(
        Student.objects.visible_to(by, P.PLAN_ACTION).filter(pk__in=list(children)).values_list("pk", flat=True)
    )
    students = list(seen.select_related("current_enrollment__teacher", "current_enrollment__school"))
    lines = watch_lines(students, on, tuple(subjects))
    return [_propose(line, by, line.student.pk in allowed) for line in lines]


def _propose(line, by: User, is_allowed: bool) -> Proposed:
    here = line.student.current_enrollment
    owner = here.teacher if here and here.teacher else by
    without = tuple(line.without_plan)
    evidence = tuple(shown for shown in line.below if shown.subject in without)
    need = "; ".join(shown.words for shown in evidence)
    why_not = ""
    if not is_allowed:
        why_not = _("You may not write plans for this child.")
    elif not without:
        why_not = _("Has an open plan in every subject already.")
    elif not Student.objects.visible_to(owner, P.PLAN_ACTION).filter(pk=line.student.pk).exists():
        why_not = _("%(who)s may not write plans for this child.") % {"who": owner}
    return Proposed(line.student, without, owner, need[:600], evidence, why_not)


def begin_action_plans(
    *,
    by: User,
    children: Sequence[int],
    subjects: Sequence[Subject],
    action: str,
    starts: date,
    review_on: date,
    ends: date,
    on: date,
) -> list[ActionPlan]:
    """Begin a plan for each child of the watch list and each subject without one; the need is what is below.

    The class teacher owns it, or whoever begins it where there is none. All or nothing; children who cannot have one
    were named in the preview and are passed over.
    """
    days = Days(starts, review_on, ends)
    days.check()
    if not action.strip():
        raise Refusal(_("What is done?"), _("Write a sentence; each plan can be changed later."), field="action")
    made: list[ActionPlan] = []
    with transaction.atomic(), acting(by, _("intervention action plans")):
        proposed = preview_action_plans(by=by, children=sorted(set(children)), subjects=subjects, on=on)
        for each in proposed:
            if not each.begins or each.owner is None:
                continue
            child = lock_student(each.student, by, P.PLAN_ACTION)
            for subject in each.subjects:
                _check(child, subject, each.owner, days)
                evidence = [shown for shown in each.evidence if shown.subject == subject]
                need = "; ".join(shown.words for shown in evidence)[:600]
                made.append(_make(by, child, subject, need, action, each.owner, days, evidence))
        if made:
            words = ngettext("%(count)d action plan begun", "%(count)d action plans begun", len(made))
            entries.enter(
                by=by, kind=PLANS_BEGUN, summary=words % {"count": len(made)}, plans=[plan.pk for plan in made]
            )
    return made


def put_back_plans_begun(entry: Entry, by: User) -> None:
    """The plans out again, as long as none of them was reviewed or ended."""
    plans = list(ActionPlan.objects.filter(pk__in=entry.data["plans"]).select_related("student"))
    for plan in plans:
        lock_student(plan.student_id, by, P.PLAN_ACTION)
        if plan.closed_on or plan.reviews.exists():
            raise Refusal(
                _("The plan of %(name)s was reviewed or ended.") % {"name": plan.student.name},
                _("End the plans that were begun by mistake, with that outcome."),
            )
    ActionPlan.objects.filter(pk__in=[plan.pk for plan in plans]).delete()


def review_action_plan(*, by: User, plan: ActionPlan, held_on: date, note: str, next_on: date) -> ActionPlanReview:
    """Note what was found on a day of review, and when the plan is looked at again."""
    if not note.strip():
        raise Refusal(_("What was found?"), _("A sentence is enough."), field="note")
    with transaction.atomic(), acting(by, _("review of an action plan")):
        child = lock_student(plan.student_id, by, P.PLAN_ACTION)
        plan = _open(plan)
        if held_on < plan.starts:
            raise Refusal(_("The plan began on %(day)s.") % {"day": long_day(plan.starts)}, field="held_on")
        if not held_on < next_on <= plan.ends:
            raise Refusal(
                _("The next review must come after this one and no later than %(day)s, the plan's last day.")
                % {"day": long_day(plan.ends)},
                _("Is the plan done? End it instead."),
                field="next_on",
            )
        review = ActionPlanReview.objects.create(
            plan=plan, held_on=held_on, note=note.strip(), planned_for=plan.review_on, recorded_by=by
        )
        plan.review_on = next_on
        plan.save(update_fields=["review_on"])
        summary = _("Review of the action plan of %(name)s") % {"name": child.name}
        _note(by, PLAN_REVIEWED, summary, child, plan=plan.pk, review=review.pk)
    return review


def put_back_review(entry: Entry, by: User) -> None:
    """The review out again; the plan waits for the day it was planned for."""
    lock_child_of(entry, by, P.PLAN_ACTION)
    review = ActionPlanReview.objects.filter(pk=entry.data["review"]).select_related("plan").first()
    if review is None:
        return
    if review.plan.closed_on or review.plan.reviews.filter(pk__gt=review.pk).exists():
        raise Refusal(_("The plan was reviewed again or ended since."), _("Put that back first."))
    ActionPlan.objects.filter(pk=review.plan_id).update(review_on=review.planned_for)
    review.delete()


def close_action_plan(*, by: User, plan: ActionPlan, outcome: str, note: str, closed_on: date) -> ActionPlan:
    """End a plan with its outcome."""
    if not note.strip():
        raise Refusal(_("How did it end?"), _("A sentence is enough."), field="outcome_note")
    with transaction.atomic(), acting(by, _("action plan ended")):
        child = lock_student(plan.student_id, by, P.PLAN_ACTION)
        plan = _open(plan)
        if closed_on < plan.starts:
            raise Refusal(_("The plan began on %(day)s.") % {"day": long_day(plan.starts)}, field="closed_on")
        plan.outcome, plan.outcome_note = PlanOutcome(outcome), note.strip()
        plan.closed_on, plan.closed_by = closed_on, by
        plan.save(update_fields=["outcome", "outcome_note", "closed_on", "closed_by"])
        summary = _("Action plan of %(name)s ended: %(outcome)s") % {
            "name": child.name,
            "outcome": PlanOutcome(outcome).label,
        }
        _note(by, PLAN_CLOSED, summary, child, plan=plan.pk)
    return plan


def put_back_close(entry: Entry, by: User) -> None:
    """The plan is open again, unless another one in the subject was begun since."""
    child = lock_child_of(entry, by, P.PLAN_ACTION)
    plan = ActionPlan.objects.filter(pk=entry.data["plan"]).first()
    if plan is None:
        return
    if ActionPlan.objects.filter(student=child, subject=plan.subject, closed_on=None).exists():
        raise Refusal(_("Another plan in the subject was begun since."), _("Go on with that one."))
    plan.outcome, plan.outcome_note, plan.closed_on, plan.closed_by = "", "", None, None
    plan.save(update_fields=["outcome", "outcome_note", "closed_on", "closed_by"])


def _open(plan: ActionPlan) -> ActionPlan:
    """The plan, locked. Refusal where it has ended."""
    locked: ActionPlan = ActionPlan.objects.select_for_update().get(pk=plan.pk)
    if locked.closed_on:
        raise Refusal(
            _("The plan ended on %(day)s.") % {"day": long_day(locked.closed_on)}, _("Begin a new one if it is needed.")
        )
    return locked


def _note(by: User, kind: str, summary: str, child: Student, **data: int) -> None:
    school = child.school.pk if child.school else None
    entries.enter(by=by, kind=kind, summary=summary, student_id=child.pk, school_id=school, **data)


__all__ = [
    "PLANS_BEGUN",
    "PLAN_CLOSED",
    "PLAN_REVIEWED",
    "NotAllowed",
    "Proposed",
    "begin_action_plan",
    "begin_action_plans",
    "close_action_plan",
    "evidence_words",
    "preview_action_plans",
    "put_back_close",
    "put_back_plans_begun",
    "put_back_review",
    "review_action_plan",
]
