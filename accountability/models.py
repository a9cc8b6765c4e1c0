"""What is stored of chapters 5, 7 and 8: policy areas of the Plan, and the input that it rests on."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accountability.enums import InputChannel, StakeholderGroup
from district.enums import Certainty
from district.models import User


class PolicyArea(models.Model):
    """An area for which the Plan states policy and procedure (MP0-12, MP0-13): its rows, from the first to the last."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=80)
    place = models.PositiveSmallIntegerField()
    from_row = models.CharField(max_length=10)
    to_row = models.CharField(max_length=10)
    source = models.CharField(max_length=200)
    certainty = models.CharField(max_length=10, choices=Certainty)

    class Meta:
        ordering = ["place"]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class StakeholderInput(models.Model):
    """What somebody said about the Plan, and what became of it (MP0-06). No child is named in it."""

    on = models.DateField()
    group = models.CharField(max_length=12, choices=StakeholderGroup)
    channel = models.CharField(max_length=10, choices=InputChannel)
    area = models.ForeignKey(PolicyArea, on_delete=models.PROTECT, related_name="inputs")
    said = models.TextField(_("what was said"))
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    outcome = models.TextField(_("what became of it"), blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True, answered_by__isnull=True, outcome="")
                | (Q(answered_on__isnull=False, answered_by__isnull=False) & ~Q(outcome="")),
                name="input_outcome_with_day_and_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_group_display()}, {self.on}"
