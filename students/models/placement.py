"""Programs, the cut for reasonable fluency and placements (chapters 1 and 2 of the Plan)."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.enums import Certainty, Grade
from district.models import User, dates_in_order
from students.enums import ProgramKind
from students.models.conference import Conference
from students.models.student import Student, of_visible_students


class Program(models.Model):
    """A program of the catalog (MP2-01), with the state's code; how it teaches stands in the letters' dictionary."""

    kind = models.CharField(max_length=10, choices=ProgramKind, unique=True)
    name = models.CharField(max_length=80)
    state_code = models.CharField(max_length=3)
    description = models.TextField()
    is_offered = models.BooleanField(default=True)
    source = models.CharField(max_length=200)
    certainty = models.CharField(max_length=10, choices=Certainty)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class FluencyCut(models.Model):
    """From which level a child has "reasonable fluency" and is placed in ELM rather than SEI (MP2-04, MP2-11).

    The Plan gives no figure; none is shipped. `level` is a level slug of the test's overall score.
    """

    test = models.CharField(max_length=30)
    grade_low = models.CharField(max_length=2, choices=Grade)
    grade_high = models.CharField(max_length=2, choices=Grade)
    level = models.CharField(max_length=40)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200, help_text=_("Who decided it, and when."))
    set_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["test", "grade_low", "-valid_from"]
        constraints = [dates_in_order("valid_from", "valid_to", "fluency_cut_dates_in_order")]

    def __str__(self) -> str:
        return f"{self.test} {self.grade_low}-{self.grade_high}: {self.level}"


@pghistory.track()
class Placement(models.Model):
    """A decided placement: recommendation with its rule, parent input, decision (MP1-25, MP1-30, MP1-49).

    `evidence` keeps the facts on which the recommendation stood. The newest by `starts` is in force.
    """

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="placements")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)
    recommended = models.ForeignKey(Program, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    recommendation_reason = models.CharField(max_length=400, blank=True)
    evidence = models.JSONField(default=dict, blank=True)
    conference = models.ForeignKey(
        Conference, null=True, blank=True, on_delete=models.PROTECT, related_name="placements"
    )
    parent_input = models.TextField(blank=True)
    reason = models.CharField(_("reason, where it differs"), max_length=300, blank=True)
    decided_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    copy_given_on = models.DateField(_("copy given to the teacher on"), null=True, blank=True)
    copy_given_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    copy_given_to = models.CharField(max_length=120, blank=True)

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["-starts", "-pk"]
        constraints = [
            dates_in_order("starts", "ends", "placement_dates_in_order"),
            models.UniqueConstraint(fields=["student"], condition=Q(ends__isnull=True), name="one_placement_in_force"),
            models.CheckConstraint(
                condition=Q(copy_given_on__isnull=True, copy_given_by__isnull=True)
                | Q(copy_given_on__isnull=False, copy_given_by__isnull=False),
                name="placement_copy_given_on_and_by_together",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program} since {self.starts}"
