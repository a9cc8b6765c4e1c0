"""What is stored of tests: score scales, results with their scores, and the files they came in."""

from __future__ import annotations

import uuid

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.enums import ImportState, Level, Measure, ResultSource, Test, Verdict
from district.enums import Certainty, Grade
from district.models import DateRange, User, dates_in_order
from district.tracking import track_bulk
from students.models import Student, of_visible_students


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


@pghistory.track(exclude=["counts"])  # progress and sums, derived from the lines
class ScoreImport(models.Model):
    """A score file: uploaded and previewed, then applied all or nothing, perhaps undone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    layout = models.CharField(max_length=120, blank=True)
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
    student = models.ForeignKey(Student, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    problems = models.JSONField(default=list, help_text=_("Each with column, reason, severity."))
    before = models.JSONField(null=True, blank=True, help_text=_("The result as it was before, for undo."))
    result = models.ForeignKey("Result", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["line"]
        indexes = [models.Index(fields=["batch", "verdict", "line"])]
        constraints = [models.UniqueConstraint(fields=["batch", "line", "test"], name="one_row_per_line_and_test")]

    def __str__(self) -> str:
        return f"line {self.line}"


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


@pghistory.track()
class TestPlan(models.Model):
    """How the IEP team says a child is tested (MP1-19 to MP1-21): full, in part, or by the alternate test."""

    __test__ = False  # not a test class, whatever its name says

    class Kind(models.TextChoices):
        FULL = "full", _("the whole test")
        PARTIAL = "partial", _("without one domain")
        ALTERNATE = "alternate", _("the Alternate ELPAC")

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="test_plans")
    kind = models.CharField(max_length=10, choices=Kind)
    domains_left_out = models.CharField(max_length=60, blank=True)
    accommodations = models.CharField(max_length=300, blank=True)
    in_iep_since = models.DateField(_("documented in the IEP on"))
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["-starts"]
        constraints = [
            dates_in_order("starts", "ends", "test_plan_dates_in_order"),
            ExclusionConstraint(
                name="one_test_plan_at_a_time",
                violation_error_message=_("Another test plan holds on some of these days."),
                expressions=[
                    ("student", RangeOperators.EQUAL),
                    (DateRange.of("starts", "ends"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} since {self.starts}"

    @property
    def left_out(self) -> list[Measure]:
        """The domains that the child is not tested in."""
        return [Measure(slug) for slug in self.domains_left_out.split(",") if slug]
