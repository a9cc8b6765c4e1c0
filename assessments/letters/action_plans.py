"""The facts of an intervention action plan on paper (MP3-15)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from assessments.letters import values as say
from assessments.letters.values import Facts
from assessments.models import ActionPlan
from assessments.queries import Child, gather
from district.models import School
from notifications.facts import Day, LetterFacts, Listing, Missing, Term
from notifications.models import Letter
from students.models import Student

ACTION_PLAN = "action_plan"


class ActionPlanPaper:
    """The child's open plan that is not on paper yet, else the newest open one."""

    def due(self, school: School | None, on: date) -> QuerySet[Student]:
        """Children with an open plan that is not on paper yet."""
        return Student.objects.enrolled(on, school).filter(pk__in=_without_paper(on).values("student"))

    def facts_for(self, students: Sequence[Student], on: date) -> Mapping[int, LetterFacts | list[Missing]]:
        keys = [student.pk for student in students]
        waiting = set(_without_paper(on).filter(student__in=keys).values_list("pk", flat=True))
        rows = ActionPlan.objects.filter(student__in=keys, closed_on=None, starts__lte=on)
        plans: dict[int, ActionPlan] = {}
        for plan in rows.select_related("owner").prefetch_related("evidence").order_by("starts", "pk"):
            known = plans.get(plan.student_id)
            if known is None or plan.pk in waiting or known.pk not in waiting:
                plans[plan.student_id] = plan
        return {child.student.pk: plan_facts(child, plans.get(child.student.pk)) for child in gather(students, on)}


def _without_paper(on: date) -> QuerySet[ActionPlan]:
    key = Concat(Value("plan "), Cast(OuterRef("pk"), CharField()))
    letters = Letter.objects.filter(kind=ACTION_PLAN, student=OuterRef("student"), subject_key=key)
    return ActionPlan.objects.filter(~Exists(letters), closed_on=None, starts__lte=on)


def plan_facts(child: Child, plan: ActionPlan | None) -> LetterFacts | list[Missing]:
    """What the paper says: need, action, owner, days, and the values that the plan stands on."""
    facts = Facts(child)
    say.put_person(facts)
    say.put_language(facts)
    if plan is None:
        facts.lack(_("an open action plan"), "action_plan_new", pk=child.student.pk)
        return facts.missing
    facts.put("plan_subject", Term(f"plan_subject.{plan.subject}"))
    facts.put("plan_need", plan.need)
    facts.put("plan_action", plan.action)
    facts.put("plan_owner", str(plan.owner))
    facts.put("plan_starts", Day(plan.starts))
    facts.put("plan_review", Day(plan.review_on))
    facts.put("plan_ends", Day(plan.ends))
    evidence = [row.words for row in plan.evidence.all()]
    facts.conditions["has_evidence"] = bool(evidence)
    if evidence:
        facts.put("plan_evidence", Listing(evidence))
    return facts.missing or LetterFacts(facts.values, facts.conditions, facts.blocks, f"plan {plan.pk}")
