"""What is stored of score files: the file, and its lines as they were read and judged."""

from __future__ import annotations

import uuid

import pghistory
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.enums import ImportState, ImportTarget, ResultSource, Test, Verdict
from district.models import User
from students.models import Student, of_visible_students


@pghistory.track(exclude=["counts"])  # progress and sums, derived from the lines
class ScoreImport(models.Model):
    """A score file: uploaded and previewed, then applied all or nothing, perhaps undone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    layout = models.CharField(max_length=120, blank=True)
    target = models.CharField(max_length=10, choices=ImportTarget, default=ImportTarget.RESULT)
    source = models.CharField(max_length=12, choices=ResultSource, default=ResultSource.STATE_FILE)
    administration = models.CharField(max_length=7, blank=True)
    received_on = models.DateField(help_text=_("Day on which the district received the results; starts their clock."))
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.PREVIEWED)
    counts = models.JSONField(default=dict)
    notes = models.JSONField(default=list, help_text=_("What was noticed while reading: encoding, separator, tabs."))
    tabs = models.JSONField(default=list, help_text=_("Names of the tabs of a workbook with several."))
    refusal = models.CharField(max_length=600, blank=True, help_text=_("Why the file could not be read."))
    left_out = models.JSONField(default=list, help_text=_("Rejected lines left out on purpose (D-24)."))
    uploaded_at = models.DateTimeField(default=timezone.now)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-uploaded_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True, applied_by__isnull=True)
                | Q(applied_at__isnull=False, applied_by__isnull=False),
                name="import_applied_at_and_by_together",
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="import_undone_at_and_by_together",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name}, {self.layout}"

    @property
    def title(self) -> str:
        """What it is, by its content: `Summative ELPAC 2025-26`; the file's name where that is not known."""
        kind = self.layout.partition(",")[0]
        return f"{kind} {self.administration}".strip() if kind else self.file_name


class ScoreImportRow(models.Model):
    """A line of a score file as read, what it matched, and what is to become of it. Filled by COPY, judged by SQL."""

    batch = models.ForeignKey(ScoreImport, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    ssid = models.CharField(max_length=10, blank=True)
    local_id = models.CharField(max_length=15, blank=True)
    last_name = models.CharField(max_length=80, blank=True)
    first_name = models.CharField(max_length=80, blank=True)
    name_key = models.CharField(max_length=200, blank=True, help_text=_("The names as they are compared."))
    birth_date = models.DateField(null=True, blank=True)
    school_code = models.CharField(max_length=14, blank=True)
    test = models.CharField(max_length=30, choices=Test, blank=True)
    administration = models.CharField(max_length=7, blank=True)
    grade = models.CharField(max_length=2, blank=True)
    tested_on = models.DateField(null=True, blank=True)
    attempted = models.CharField(max_length=1, blank=True)
    condition_code = models.CharField(max_length=6, blank=True)
    calculated_status = models.CharField(max_length=4, blank=True)
    examiner = models.CharField(max_length=120, blank=True)
    scores = models.JSONField(default=dict, help_text=_("By measure: scale_score, level, raw_score, exempt."))
    item = models.CharField(max_length=120, blank=True, help_text=_("Measure and window, or a course."))
    facts = models.JSONField(default=dict, help_text=_("What the line says, where it is no result of a state's test."))
    student = models.ForeignKey(Student, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    problems = models.JSONField(default=list, help_text=_("Each with column, reason, severity."))
    before = models.JSONField(null=True, blank=True, help_text=_("The result as it was before, for undo."))
    result = models.ForeignKey("Result", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    local_result = models.ForeignKey("LocalResult", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    mark = models.ForeignKey("Mark", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    listing = models.ForeignKey("LongTermListing", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["line"]
        indexes = [models.Index(fields=["batch", "verdict", "line"])]
        constraints = [
            models.UniqueConstraint(fields=["batch", "line", "test", "item"], name="one_row_per_line_and_item")
        ]

    def __str__(self) -> str:
        return f"line {self.line}"
