"""What is stored of acting on what measures say: intervention action plans, and referrals about question 4."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.enums import PlanOutcome, ReferralAnswer, Subject
from assessments.models.measures import LocalResult, Mark
from assessments.models.results import Result
from district.models import User, dates_in_order
from students.models import HomeLanguageSurvey, Student, of_visible_students


@pghistory.track()
class ActionPlan(models.Model):
    """What is done for a child below grade level: need, action, owner, dates, and how it ended (MP3-15).

    `review_on` is the next day of review; each review moves it. A plan that has ended has an outcome and `closed_on`.
    """

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="action_plans")
    subject = models.CharField(max_length=10, choices=Subject)
    need = models.CharField(max_length=600)
    action = models.CharField(max_length=600)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="action_plans")
    starts = models.DateField()
    review_on = models.DateField(_("next day of review"))
    ends = models.DateField(_("last day"))
    outcome = models.CharField(max_length=10, choices=PlanOutcome, blank=True)
    outcome_note = models.CharField(max_length=600, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    closed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["-starts", "-pk"]
        indexes = [models.Index(fields=["owner", "closed_on"]), models.Index(fields=["student", "-starts"])]
        constraints = [
            dates_in_order("starts", "ends", "action_plan_dates_in_order"),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, closed_by__isnull=True, outcome="")
                | Q(closed_on__isnull=False, closed_by__isnull=False) & ~Q(outcome=""),
                name="action_plan_closed_as_a_whole",
            ),
            models.UniqueConstraint(
                fields=["student", "subject"],
                condition=Q(closed_on__isnull=True),
                name="one_open_action_plan_per_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_subject_display()} {self.starts}"

    @property
    def is_open(self) -> bool:
        return self.closed_on is None


@pghistory.track()
class ActionPlanEvidence(models.Model):
    """A measure, result or mark that a plan stands on, and how it read when it was linked."""

    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="evidence")
    local_result = models.ForeignKey(
        LocalResult, null=True, blank=True, on_delete=models.SET_NULL, related_name="evidence"
    )
    result = models.ForeignKey(Result, null=True, blank=True, on_delete=models.SET_NULL, related_name="evidence")
    mark = models.ForeignKey(Mark, null=True, blank=True, on_delete=models.SET_NULL, related_name="evidence")
    words = models.CharField(max_length=300)

    objects = of_visible_students("plan__student").as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.words

    @property
    def key(self) -> str:
        """Names the value it is about, as `queries.measures.Shown.key` does; empty where that is gone."""
        kinds = (("local", self.local_result_id), ("state", self.result_id), ("mark", self.mark_id))
        return next((f"{kind}-{pk}" for kind, pk in kinds if pk), "")


@pghistory.track()
class ActionPlanReview(models.Model):
    """What was found on a day of review, and when it is looked at again."""

    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="reviews")
    held_on = models.DateField()
    note = models.CharField(max_length=600)
    planned_for = models.DateField(help_text=_("The day of review that this one answers."))
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = of_visible_students("plan__student").as_manager()

    class Meta:
        ordering = ["held_on", "pk"]

    def __str__(self) -> str:
        return f"{self.held_on}: {self.note}"


@pghistory.track()
class Question4Referral(models.Model):
    """A teacher's word that a child whose question 4 names another language shows limited English (MP1-08).

    It starts no clock and changes no status; the EL administrator reads it and answers.
    """

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="question4_referrals")
    survey = models.ForeignKey(HomeLanguageSurvey, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=600)
    made_on = models.DateField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=12, choices=ReferralAnswer, blank=True)
    answer_note = models.CharField(max_length=600, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["-made_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True, answered_by__isnull=True, answer="")
                | Q(answered_on__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                name="question4_referral_answered_as_a_whole",
            ),
            models.UniqueConstraint(
                fields=["student"], condition=Q(answered_on__isnull=True), name="one_open_question4_referral"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} {self.made_on}"
