"""What is stored of files that the state's layouts do not name: remembered columns, the state's long-term list."""

from __future__ import annotations

import pghistory
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.enums import ImportTarget, LongTerm
from assessments.models.imports import ScoreImport
from district.models import User
from district.tracking import track_bulk
from students.models import Student, of_visible_students


@pghistory.track()
class ColumnMapping(models.Model):
    """Which column of a file says what, as a person has named them; used again when the same header comes.

    `columns` gives the header's own name for a field; `fixed` what is the same in every line: measure, window, year.
    """

    fingerprint = models.CharField(max_length=64, unique=True, help_text=_("Of the header's names, in any order."))
    name = models.CharField(max_length=80)
    header = models.JSONField(default=list)
    target = models.CharField(max_length=10, choices=ImportTarget)
    columns = models.JSONField(default=dict)
    fixed = models.JSONField(default=dict)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


@track_bulk()
class LongTermListing(models.Model):
    """What the state's list says of a child in a school year (EC 313.1); it stands beside our own reckoning."""

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="long_term_listings")
    year = models.CharField(max_length=7, help_text=_("School year, as 2026-27."))
    meaning = models.CharField(max_length=10, choices=LongTerm)
    code = models.CharField(max_length=20, help_text=_("As the list writes it."))
    since = models.DateField(null=True, blank=True)
    batch = models.ForeignKey(ScoreImport, on_delete=models.PROTECT, related_name="listings")
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["-year"]
        indexes = [models.Index(fields=["batch"])]
        constraints = [models.UniqueConstraint(fields=["student", "year"], name="one_listing_per_year")]

    def __str__(self) -> str:
        return f"{self.year}: {self.get_meaning_display()}"
