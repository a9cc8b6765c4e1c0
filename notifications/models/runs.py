"""Runs of many letters at once, and what became of each child's letter."""

from __future__ import annotations

import uuid

import pghistory
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.access import Scope
from district.models import School, User
from district.permissions import Permission
from notifications.enums import ItemState, RunState
from notifications.kinds import KINDS
from notifications.models.texts import kind_choices
from students.models import Student, of_visible_students


class LetterRuns(models.QuerySet):
    def visible_to(self, user: User, permission: Permission | str = Permission.VIEW_LETTERS) -> LetterRuns:
        """The runs of the person's schools; a run over several schools is seen with the whole district only."""
        scope = Scope.of(user, permission)
        return self if scope.everywhere else self.filter(school__in=scope.schools)

    def open(self) -> LetterRuns:
        return self.filter(state__in=(RunState.WAITING, RunState.RUNNING))


@pghistory.track(exclude=["lease_until", "worker"])
class LetterRun(models.Model):
    """Many letters of a kind at once: asked for by a person, worked off in the background, told item by item."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=30, choices=kind_choices)
    school = models.ForeignKey(School, null=True, blank=True, on_delete=models.PROTECT, related_name="letter_runs")
    scope = models.CharField(
        max_length=60, help_text=_("What was asked for: all of a school or the district, or the fingerprint of a list.")
    )
    as_of = models.DateField(help_text=_("Date of the letters."))
    accepts_drafts = models.BooleanField(
        default=False, help_text=_("Translations not yet reviewed are printed, marked.")
    )
    double_sided = models.BooleanField(
        default=True, help_text=_("In the print file every letter begins on a new sheet of paper.")
    )
    state = models.CharField(max_length=10, choices=RunState, default=RunState.WAITING)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    lease_until = models.DateTimeField(null=True, blank=True, help_text=_("A worker that is gone loses the run then."))
    worker = models.UUIDField(null=True, blank=True, help_text=_("Who holds the lease; another one may write nothing."))
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    print_file = models.CharField(max_length=200, blank=True)
    print_sha256 = models.CharField(max_length=64, blank=True)
    print_pages = models.PositiveIntegerField(default=0)

    objects = LetterRuns.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "scope"],
                condition=Q(state__in=("waiting", "running")),
                name="one_open_run_of_a_kind_and_scope",
            )
        ]

    def __str__(self) -> str:
        return f"{KINDS[self.kind].title}, {self.asked_at:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        return self.state in (RunState.WAITING, RunState.RUNNING)


class LetterRunItem(models.Model):
    """A child in a run, and what became of the letter."""

    run = models.ForeignKey(LetterRun, on_delete=models.CASCADE, related_name="items")
    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField(help_text=_("In the print file: school, grade, name."))
    state = models.CharField(max_length=10, choices=ItemState, default=ItemState.WAITING)
    reason = models.CharField(max_length=400, blank=True)
    mend_url = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    letter = models.OneToOneField("Letter", null=True, blank=True, on_delete=models.PROTECT, related_name="run_item")

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["position"]
        indexes = [models.Index(fields=["run", "state", "position"])]
        constraints = [models.UniqueConstraint(fields=["run", "student"], name="one_item_per_child_in_a_run")]

    def __str__(self) -> str:
        return f"{self.student}: {self.get_state_display()}"
