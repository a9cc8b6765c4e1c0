"""What is stored of local measures: the catalog, when and from where a child is at grade level, results and marks."""

from __future__ import annotations

from datetime import date

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.enums import Kept, LocalSource, NotTaken, Subject, Test, ValueType, Window
from assessments.models.imports import ScoreImport
from district.enums import Certainty, Grade
from district.models import DateRange, User, dates_in_order, in_force
from district.tracking import track_bulk
from students.models import Student, of_visible_students

YEAR_HELP = _("School year, as 2026-27.")


@pghistory.track()
class LocalMeasure(models.Model):
    """One measure of the district's catalog (MP3-01), as `dibels_orf_words_correct`.

    `levels` are the levels in words, lowest first, where it is written down as a level. `windows` are slugs of
    `Window` in the order of the year. A measure of the state names its test; its results are `Result`, not
    `LocalResult`.
    """

    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=120)
    subject = models.CharField(max_length=10, choices=Subject)
    value_type = models.CharField(max_length=10, choices=ValueType, default=ValueType.SCORE)
    unit = models.CharField(max_length=60, blank=True)
    lowest = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    highest = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    levels = models.JSONField(default=list, blank=True)
    grade_from = models.CharField(max_length=2, choices=Grade)
    grade_to = models.CharField(max_length=2, choices=Grade)
    windows = models.JSONField(default=list)
    kept = models.CharField(max_length=10, choices=Kept, default=Kept.LOCAL)
    test = models.CharField(max_length=30, choices=Test, blank=True)
    is_offered = models.BooleanField(default=True)
    order = models.PositiveSmallIntegerField(default=100)
    source = models.CharField(max_length=200)
    certainty = models.CharField(max_length=10, choices=Certainty)

    class Meta:
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def grades(self) -> list[Grade]:
        """The grades it is given in, youngest first."""
        low, high = Grade(self.grade_from).rank, Grade(self.grade_to).rank
        return [grade for grade in Grade if low <= grade.rank <= high]

    @property
    def taken_in(self) -> list[Window]:
        return [Window(slug) for slug in self.windows]


class Schemes(models.QuerySet):
    def on(self, day: date) -> Schemes:
        """The rows that hold on a day."""
        return self.filter(in_force(day, "valid_from", "valid_to"))


@pghistory.track()
class MeasureScheme(models.Model):
    """From where a child of a grade is at grade level by a measure, in one window or in all (D-08).

    `at_grade_level` is the lowest value, `at_level` the lowest level in words. Neither of them: not configured.
    """

    measure = models.ForeignKey(LocalMeasure, on_delete=models.CASCADE, related_name="schemes")
    grade = models.CharField(max_length=2, choices=Grade)
    window = models.CharField(max_length=10, choices=Window, blank=True, help_text=_("Empty: every window."))
    at_grade_level = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    at_level = models.CharField(max_length=60, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200)
    certainty = models.CharField(max_length=10, choices=Certainty)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = Schemes.as_manager()

    class Meta:
        ordering = ["measure", "grade", "window", "-valid_from"]
        constraints = [
            dates_in_order("valid_from", "valid_to", "measure_scheme_dates_in_order"),
            ExclusionConstraint(
                name="one_measure_scheme_at_a_time",
                violation_error_message=_("Another row holds for this grade and window on some of these days."),
                expressions=[
                    ("measure", RangeOperators.EQUAL),
                    ("grade", RangeOperators.EQUAL),
                    ("window", RangeOperators.EQUAL),
                    (DateRange.of("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.grade} {self.window}: {self.at_grade_level or self.at_level or '-'}"


@pghistory.track()
class MeasureWindow(models.Model):
    """When a measure is taken in one school year; both days inside."""

    measure = models.ForeignKey(LocalMeasure, on_delete=models.CASCADE, related_name="dates")
    year = models.CharField(max_length=7, help_text=YEAR_HELP)
    window = models.CharField(max_length=10, choices=Window)
    opens = models.DateField()
    closes = models.DateField()

    class Meta:
        ordering = ["opens"]
        constraints = [
            dates_in_order("opens", "closes", "measure_window_dates_in_order"),
            models.UniqueConstraint(fields=["measure", "year", "window"], name="one_window_of_a_measure_per_year"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.year} {self.window}"


@track_bulk()
class LocalResult(models.Model):
    """What a child reached by a local measure in a window of a year, or why there is no value."""

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="local_results")
    measure = models.ForeignKey(LocalMeasure, on_delete=models.PROTECT, related_name="results")
    year = models.CharField(max_length=7, help_text=YEAR_HELP)
    window = models.CharField(max_length=10, choices=Window)
    grade = models.CharField(max_length=2, choices=Grade)
    value = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    level = models.CharField(max_length=60, blank=True)
    not_taken = models.CharField(max_length=10, choices=NotTaken, blank=True)
    taken_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=10, choices=LocalSource, default=LocalSource.ENTERED)
    batch = models.ForeignKey(
        ScoreImport, null=True, blank=True, on_delete=models.PROTECT, related_name="local_results"
    )
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["-year", "-taken_on", "-pk"]
        indexes = [models.Index(fields=["measure", "year", "window"]), models.Index(fields=["batch"])]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "measure", "year", "window"], name="one_local_result_per_measure_and_window"
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(level="") | ~Q(not_taken=""), name="local_result_says_something"
            ),
            models.CheckConstraint(
                condition=Q(not_taken="") | Q(value__isnull=True, level=""), name="local_result_taken_or_not"
            ),
        ]

    def __str__(self) -> str:
        said = self.get_not_taken_display() if self.not_taken else self.level or str(self.value)
        return f"{self.measure} {self.year} {self.get_window_display()}: {said}"


@track_bulk()
class Mark(models.Model):
    """A mark of a course in a term, as the gradebook gives it (MP3-09)."""

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="marks")
    year = models.CharField(max_length=7, help_text=YEAR_HELP)
    term = models.CharField(max_length=10, choices=Window)
    course = models.CharField(max_length=80)
    subject = models.CharField(max_length=10, choices=Subject)
    mark = models.CharField(max_length=10)
    teacher = models.CharField(_("teacher's name"), max_length=120, blank=True)
    taken_on = models.DateField(null=True, blank=True)
    batch = models.ForeignKey(ScoreImport, null=True, blank=True, on_delete=models.PROTECT, related_name="marks")
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["-year", "-taken_on", "course"]
        indexes = [models.Index(fields=["year", "term"]), models.Index(fields=["batch"])]
        constraints = [
            models.UniqueConstraint(fields=["student", "year", "term", "course"], name="one_mark_per_course_and_term")
        ]

    def __str__(self) -> str:
        return f"{self.course} {self.year} {self.get_term_display()}: {self.mark}"


@pghistory.track()
class MarkScale(models.Model):
    """Whether a mark is "C or better" (D-10). A mark without a row is not configured."""

    mark = models.CharField(max_length=10)
    meets = models.BooleanField(_("C or better"))
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200)
    certainty = models.CharField(max_length=10, choices=Certainty)

    objects = Schemes.as_manager()

    class Meta:
        ordering = ["mark", "-valid_from"]
        constraints = [
            dates_in_order("valid_from", "valid_to", "mark_scale_dates_in_order"),
            ExclusionConstraint(
                name="one_meaning_of_a_mark_at_a_time",
                expressions=[
                    ("mark", RangeOperators.EQUAL),
                    (DateRange.of("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.mark
