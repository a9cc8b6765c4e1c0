"""What is stored of giving tests: who is trained, when a test is open, what became of each child's yearly test."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.enums import Measure, Outcome, SupportKind, Test
from district.enums import Certainty
from district.models import User, dates_in_order
from district.tracking import track_bulk
from students.models import Student, of_visible_students


@pghistory.track()
class Training(models.Model):
    """A person was trained to give a test, and until when that is good (MP1-23). An end left open is not known."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="trainings")
    test = models.CharField(max_length=30, choices=Test)
    trained_on = models.DateField()
    expires_on = models.DateField(_("good until"), null=True, blank=True)
    given_by = models.CharField(_("trained by"), max_length=200, help_text=_("Whose training it was, or its paper."))
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-trained_on"]
        constraints = [
            models.UniqueConstraint(fields=["user", "test", "trained_on"], name="one_training_per_test_and_day"),
            dates_in_order("trained_on", "expires_on", "training_dates_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_test_display()}, {self.trained_on}"


@pghistory.track()
class TestWindow(models.Model):
    """The days on which a test is given in a school year, as the district has set them from the state's calendar."""

    __test__ = False  # not a test class, whatever its name says

    test = models.CharField(max_length=30, choices=Test)
    administration = models.CharField(_("school year"), max_length=7)
    opens = models.DateField(_("first day"))
    closes = models.DateField(_("last day"))
    source = models.CharField(max_length=200)
    certainty = models.CharField(max_length=10, choices=Certainty, default=Certainty.DISTRICT)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-opens", "test"]
        constraints = [
            models.UniqueConstraint(fields=["test", "administration"], name="one_window_per_test_and_year"),
            dates_in_order("opens", "closes", "test_window_dates_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.get_test_display()} {self.administration}"


@track_bulk()
class Sitting(models.Model):
    """What the school notes of a child's yearly test (MP1-16): taken, in part, absent, or exempt with the reason.

    The state's file says the same later and stands over it. Of taken and exempt there is one a child and year.
    """

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="sittings")
    test = models.CharField(max_length=30, choices=Test)
    administration = models.CharField(max_length=7)
    outcome = models.CharField(max_length=10, choices=Outcome)
    on = models.DateField(_("day"))
    reason = models.CharField(max_length=300, blank=True)
    examiner = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["administration", "outcome", "student"])]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "administration"],
                condition=Q(outcome__in=(Outcome.TAKEN, Outcome.EXEMPT)),
                name="one_end_of_a_yearly_test",
            ),
            models.UniqueConstraint(
                fields=["student", "administration", "on", "outcome"], name="one_sitting_a_day_and_outcome"
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=(Outcome.PARTIAL, Outcome.EXEMPT)) | ~Q(reason=""),
                name="a_sitting_left_out_has_its_reason",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.TAKEN) | Q(examiner__isnull=False), name="a_test_taken_has_its_examiner"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_test_display()} {self.administration}: {self.get_outcome_display()}"


@pghistory.track()
class Support(models.Model):
    """An accommodation or a designated support that a test plan may name, with who knows of it (MP1-20)."""

    code = models.SlugField(max_length=60, primary_key=True)
    kind = models.CharField(max_length=14, choices=SupportKind)
    name = models.CharField(max_length=120)
    is_embedded = models.BooleanField(_("built into the test on the screen"), default=False)
    domains = models.CharField(max_length=60, blank=True, help_text=_("Empty: not said."))
    is_offered = models.BooleanField(default=True)
    source = models.CharField(max_length=200)
    certainty = models.CharField(max_length=10, choices=Certainty)

    class Meta:
        ordering = ["kind", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def held_in(self) -> list[Measure]:
        """The domains in which it is given."""
        return [Measure(slug) for slug in self.domains.split(",") if slug]
