"""What is stored of score scales: from which score to which a level reaches."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.enums import Level, Measure, Test
from district.enums import Certainty, Grade


class ScoreRange(models.Model):
    """A level of a measure on a test's scale, both ends inside (APPA-01, APPA-02); dated by administration year."""

    test = models.CharField(max_length=30, choices=Test)
    grade = models.CharField(max_length=2, choices=Grade)
    measure = models.CharField(max_length=20, choices=Measure)
    level = models.CharField(max_length=40, choices=Level)
    low = models.PositiveSmallIntegerField()
    high = models.PositiveSmallIntegerField()
    first_year = models.CharField(max_length=7, help_text=_("First administration it holds for, as 2018-19."))
    last_year = models.CharField(max_length=7, blank=True, help_text=_("Empty: not replaced by a later table."))
    source = models.CharField(max_length=200)
    certainty = models.CharField(max_length=10, choices=Certainty)

    class Meta:
        ordering = ["test", "grade", "measure", "low"]
        constraints = [
            models.UniqueConstraint(
                fields=["test", "grade", "measure", "level", "first_year"], name="one_range_per_level_and_year"
            ),
            models.CheckConstraint(condition=Q(high__gte=F("low")), name="range_ends_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.test} {self.grade} {self.measure} {self.level}: {self.low}-{self.high}"
