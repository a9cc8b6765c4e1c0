"""Duties of action plans (MP3-15) and of referrals about question 4 (MP1-08)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db.models import Case, DateField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Concat, Least
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments import queries
from assessments.duties.columns import day_of, facts, here
from assessments.enums import Subject
from assessments.models import ActionPlan, Question4Referral
from district.duties import Duty, DutyRule, Many
from district.enums import Role
from district.models import RoleAssignment, in_force
from district.queries import due, period

# Whose duty a plan is: the class teacher's where the class teacher owns it, else that of the first of these roles that
# the owner holds at the child's school, else the EL lead's, who sees to it that somebody takes it over.
OTHER_OWNERS = (Role.EL_LEAD, Role.COUNSELOR, Role.LEARNING_SUPPORT, Role.PRINCIPAL)


def plan_rows(role: Role) -> Callable[[date], QuerySet[ActionPlan]]:
    """Action plans that wait for their next review or their end with somebody of a role, and those that ended.

    A plan is due on its next day of review, then on its last day; it is done when it has an outcome.
    """

    def rows(as_of: date) -> QuerySet[ActionPlan]:
        since = queries.clocks_since(as_of)
        found = here(ActionPlan.objects.filter(starts__lte=as_of), as_of)
        ended = Case(When(closed_on__lte=as_of, then=F("closed_on")), output_field=DateField(null=True))
        found = found.annotate(ended=ended).filter(Q(ended__isnull=True) | Q(ended__gte=since))
        due_on = Case(When(ended__isnull=False, then=F("ends")), default=Least("review_on", "ends"))
        return _owned_by(role, found, as_of).annotate(
            d_starts=F("starts"),
            d_due=due_on,
            d_done=F("ended"),
            d_facts=facts(
                plan=F("pk"),
                subject_slug=F("subject"),
                starts=F("starts"),
                ends=F("ends"),
                is_last=Q(review_on__gte=F("ends")),
                owner=Concat("owner__first_name", Value(" "), "owner__last_name"),
            ),
        )

    return rows


def _owned_by(role: Role, rows: QuerySet[ActionPlan], as_of: date) -> QuerySet[ActionPlan]:
    of_class = Q(owner=F("here__teacher"))
    if role == Role.TEACHER:
        return rows.filter(of_class)
    held = RoleAssignment.objects.filter(
        in_force(as_of), Q(school=OuterRef("here__school")) | Q(school=None), user=OuterRef("owner")
    )
    before = OTHER_OWNERS[1 : OTHER_OWNERS.index(role)]
    rows = rows.exclude(of_class & Q(here__teacher__isnull=False))
    if role == Role.EL_LEAD:
        lead, others = held.filter(role=role), held.filter(role__in=OTHER_OWNERS)
        return rows.filter(Exists(lead) | ~Exists(others))
    return rows.filter(Exists(held.filter(role=role)), ~Exists(held.filter(role__in=[Role.EL_LEAD, *before])))


def why_plan(duty: Duty) -> str:
    said = {
        "subject": Subject(duty.facts["subject_slug"]).label,
        "starts": day_of(duty, "starts"),
        "ends": day_of(duty, "ends"),
        "owner": duty.facts["owner"].strip(),
    }
    if duty.facts["is_last"]:
        return _("Action plan of %(owner)s in %(subject)s since %(starts)s; its last day is %(ends)s.") % said
    return _("Action plan of %(owner)s in %(subject)s since %(starts)s: how is it going?") % said


def _to_plan(duty: Duty) -> str:
    return reverse("action_plan", args=[duty.facts["plan"]])


def referral_rows(as_of: date) -> QuerySet[Question4Referral]:
    """Referrals and their answers (MP1-08): the office's own period, no clock of the child."""
    rows = here(Question4Referral.objects.filter(made_on__lte=as_of, made_on__gte=queries.clocks_since(as_of)), as_of)
    answered = Case(When(answered_on__lte=as_of, then=F("answered_on")), output_field=DateField(null=True))
    return rows.annotate(
        d_starts=F("made_on"),
        d_due=due("made_on", F("here__school_id"), period("OWN-32", as_of)),
        d_done=answered,
        d_facts=facts(referral=F("pk"), made_on=F("made_on"), reason=F("reason")),
    )


def why_referral(duty: Duty) -> str:
    return _("Referred on %(day)s: %(reason)s") % {"day": day_of(duty, "made_on"), "reason": duty.facts["reason"]}


def _plan_rule(role: Role) -> DutyRule:
    return DutyRule(
        id="action_plan" if role == Role.TEACHER else f"action_plan_{role.value}",
        title=gettext_lazy("Review or end the action plan"),
        owner=role,
        source="MP3-15",
        rows=plan_rows(role),
        why=why_plan,
        link=_to_plan,
        action=gettext_lazy("Open the plan"),
        many=Many("action_plans", gettext_lazy("Open the list")),
    )


RULES = (
    *(_plan_rule(role) for role in (Role.TEACHER, *OTHER_OWNERS)),
    DutyRule(
        id="question_4_referral",
        title=gettext_lazy("Answer the referral about question 4"),
        owner=Role.EL_ADMINISTRATOR,
        source="MP1-08",
        rows=referral_rows,
        why=why_referral,
        link=lambda duty: reverse("question_4", args=[duty.student_id]),
        action=gettext_lazy("Read and answer"),
    ),
)
