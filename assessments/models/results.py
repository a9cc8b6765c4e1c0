"""What is stored of tests taken: a result for each administration and source, with its scores."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.enums import Level, Measure, ResultSource, Test
from assessments.models.imports import ScoreImport
from district.enums import Grade
from district.models import User
from district.tracking import track_bulk
from students.models import Student, of_visible_students


@track_bulk()
class Result(models.Model):
    """One child's result in one administration of a test, from one source.

    A local score and the state's stand beside each other (D-06): they differ in `source`. `level` is the overall
    level: the file's own where it gives one, else by our table. `administration` is a school year, as 2018-19.
    """

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="results")
    test = models.CharField(max_length=30, choices=Test)
    administration = models.CharField(max_length=7)
    source = models.CharField(max_length=12, choices=ResultSource)
    grade = models.CharField(_("grade assessed"), max_length=2, choices=Grade)
    tested_on = models.DateField(null=True, blank=True)
    attempted = models.CharField(max_length=1, blank=True, help_text=_("Y, P (partial) or N, as in the file."))
    condition_code = models.CharField(max_length=6, blank=True)
    overall_score = models.PositiveSmallIntegerField(null=True, blank=True)
    level = models.CharField(max_length=40, choices=Level, blank=True)
    calculated_status = models.CharField(max_length=4, blank=True, help_text=_("EL or IFEP, as the state gives it."))
    received_on = models.DateField(help_text=_("Day on which the district received it."))
    told_on = models.DateField(
        _("score report given to the family on"), null=True, blank=True, help_text=_("Ends the clock of MP1-17.")
    )
    told_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    examiner = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey(ScoreImport, null=True, blank=True, on_delete=models.PROTECT, related_name="results")
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["-tested_on", "-pk"]
        indexes = [models.Index(fields=["student", "test", "-tested_on"]), models.Index(fields=["test", "received_on"])]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "test", "administration", "source"], name="one_result_per_administration_and_source"
            ),
            models.CheckConstraint(
                condition=Q(told_on__isnull=True, told_by__isnull=True)
                | Q(told_on__isnull=False, told_by__isnull=False),
                name="result_told_on_and_by_together",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_test_display()} {self.administration}"

    @property
    def is_official(self) -> bool:
        return self.source != ResultSource.LOCAL

    @property
    def has_score(self) -> bool:
        """Whether it says anything about proficiency: a partial or untested one does not."""
        return bool(self.level)


@track_bulk()
class Score(models.Model):
    """One measure of a result. Domains of the ELPAC have a level and no scale score."""

    result = models.ForeignKey(Result, on_delete=models.CASCADE, related_name="scores")
    measure = models.CharField(max_length=20, choices=Measure)
    scale_score = models.PositiveSmallIntegerField(null=True, blank=True)
    raw_score = models.PositiveSmallIntegerField(null=True, blank=True)
    level = models.CharField(max_length=40, choices=Level, blank=True)
    is_exempt = models.BooleanField(default=False)

    objects = of_visible_students("result__student").as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["result", "measure"], name="one_score_per_measure")]

    def __str__(self) -> str:
        return f"{self.get_measure_display()} {self.scale_score or ''} {self.level}"
