"""The letterhead in other languages than English."""

from __future__ import annotations

import pghistory
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.models import User


@pghistory.track()
class LetterheadWords(models.Model):
    """Name and vision line of the district in a language, from a day on; where a text is blank, English stands in.

    `of_name`, `of_vision`: the English words that were translated, so that a later change of them is noticed.
    """

    language = models.CharField(max_length=12)
    starts = models.DateField(help_text=_("Letters of that day and later carry it."))
    name = models.CharField(_("name of the district"), max_length=160, blank=True)
    vision = models.CharField(_("vision line"), max_length=400, blank=True)
    of_name = models.CharField(max_length=120, blank=True)
    of_vision = models.CharField(max_length=300, blank=True)
    reviewed_by = models.CharField(_("read and found right by"), max_length=120, blank=True)
    entered_at = models.DateTimeField(default=timezone.now)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["language", "-starts"]
        constraints = [
            models.UniqueConstraint(fields=["language", "starts"], name="one_letterhead_per_language_and_day")
        ]

    def __str__(self) -> str:
        return f"{self.language} {self.starts}"
