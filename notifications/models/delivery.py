"""How an issued letter left the school, and that it came back."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.models import User, dates_in_order
from notifications.enums import FollowUp, Way
from notifications.models.letters import Letter
from students.models import of_visible_students


@pghistory.track()
class Delivery(models.Model):
    """One try to get a letter to the family. While it has not come back, the letter counts as sent.

    A letter itself never changes (`Letter`); what became of its paper stands here. `follow_up`: what was done after it
    came back; a second try is a delivery of its own.
    """

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="deliveries")
    way = models.CharField(max_length=12, choices=Way)
    note = models.CharField(max_length=200, blank=True, help_text=_("To whom, or how; for “in another way” always."))
    left_on = models.DateField()
    entered_at = models.DateTimeField(default=timezone.now)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    returned_on = models.DateField(null=True, blank=True, help_text=_("The day it was back at the school."))
    returned_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text=_("Who noted the return.")
    )
    follow_up = models.CharField(max_length=12, choices=FollowUp, blank=True)
    follow_up_on = models.DateField(null=True, blank=True)
    follow_up_note = models.CharField(max_length=200, blank=True)

    objects = of_visible_students("letter__student").as_manager()

    class Meta:
        ordering = ["left_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["letter"], condition=Q(returned_on__isnull=True), name="a_letter_is_out_once_at_a_time"
            ),
            dates_in_order("left_on", "returned_on", "delivery_dates_in_order"),
            models.CheckConstraint(
                condition=Q(returned_on__isnull=True, returned_by__isnull=True)
                | Q(returned_on__isnull=False, returned_by__isnull=False),
                name="delivery_returned_when_and_noted_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(follow_up="", follow_up_on__isnull=True)
                | (~Q(follow_up="") & Q(follow_up_on__gte=F("returned_on"))),
                name="delivery_followed_up_after_its_return",
            ),
            models.CheckConstraint(condition=~Q(way=Way.OTHER) | ~Q(note=""), name="delivery_in_another_way_says_how"),
        ]

    def __str__(self) -> str:
        return f"{self.letter_id}: {self.get_way_display()} {self.left_on}"

    @property
    def is_back(self) -> bool:
        return self.returned_on is not None
