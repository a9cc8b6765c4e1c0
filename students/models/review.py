"""The principal's review of the records, what comes of it, and what has been carried over into Aeries."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.access import Scope
from district.enums import Certainty
from district.models import School, SchoolYear, Term, User
from district.permissions import Permission
from students.enums import ChangeField, CopyKind, FactKind, FolderKind, Looked
from students.models.student import Student, of_visible_students


class AeriesField(models.Model):
    """Where a fact of ours stands in Aeries (MP1-11, MP1-31). `values` says `EO=E;EL=L` where Aeries has own codes."""

    code = models.CharField(max_length=12, unique=True)
    fact = models.CharField(max_length=30)
    meaning = models.CharField(max_length=120)
    values = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=200)
    certainty = models.CharField(max_length=10, choices=Certainty)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.code} {self.meaning}"

    @property
    def codes(self) -> dict[str, str]:
        """Our value to Aeries' value; empty where Aeries takes ours as it is."""
        return dict(pair.split("=", 1) for pair in self.values.split(";") if "=" in pair)


@pghistory.track()
class RecordReview(models.Model):
    """The principal has looked at a child's proficiency, placement and services and found them right (MP1-40).

    `facts` keeps what was seen, so that a later change can be told from what was reviewed.
    """

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="reviews")
    year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+")
    reviewed_on = models.DateField()
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    facts = models.JSONField(default=dict, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["-reviewed_on", "-pk"]
        indexes = [models.Index(fields=["student", "-recorded_at"])]

    def __str__(self) -> str:
        return f"{self.student}, {self.reviewed_on}"


@pghistory.track()
class ChangeTask(models.Model):
    """Something in the record is wrong: what the principal wants changed, and when the secretary did it (MP1-41)."""

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="change_tasks")
    field = models.CharField(_("what is wrong"), max_length=20, choices=ChangeField)
    old_value = models.CharField(_("what stands there"), max_length=200, blank=True)
    new_value = models.CharField(_("what should stand there"), max_length=200)
    why = models.CharField(_("why, and by which evidence"), max_length=400)
    asked_on = models.DateField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_on = models.DateField(null=True, blank=True)
    entered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    entered_note = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["asked_on", "pk"]
        indexes = [models.Index(fields=["student"], condition=Q(entered_on__isnull=True), name="change_not_entered")]
        constraints = [
            models.CheckConstraint(
                condition=Q(entered_on__isnull=True, entered_by__isnull=True)
                | Q(entered_on__isnull=False, entered_by__isnull=False),
                name="change_entered_on_and_by_together",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_field_display()}: {self.new_value}"


class Attestations(models.QuerySet):
    def visible_to(self, user: User, permission: Permission | str = Permission.REVIEW_RECORDS) -> Attestations:
        """Those of the schools in which the person holds the permission."""
        scope = Scope.of(user, permission)
        return self if scope.everywhere else self.filter(school__in=scope.schools)


@pghistory.track()
class Attestation(models.Model):
    """The principal vouches for the records of a school: each term, and once for the whole year (MP1-35, MP1-44).

    Rests on a sample of folders. `seed` draws the same sample again from the same children. Empty `term`: the year.
    """

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="attestations")
    year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey(Term, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    seed = models.PositiveIntegerField()
    drawn_from = models.PositiveIntegerField(help_text=_("Folders out of which the sample was drawn."))
    drawn_on = models.DateField()
    drawn_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_on = models.DateField(null=True, blank=True)
    signed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    statement = models.TextField(blank=True)

    objects = Attestations.as_manager()

    class Meta:
        ordering = ["-drawn_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "term"], condition=Q(term__isnull=False), name="one_attestation_of_a_term"
            ),
            models.UniqueConstraint(
                fields=["school", "year"], condition=Q(term__isnull=True), name="one_attestation_of_a_year"
            ),
            models.CheckConstraint(
                condition=Q(signed_on__isnull=True, signed_by__isnull=True)
                | Q(signed_on__isnull=False, signed_by__isnull=False),
                name="attestation_signed_on_and_by_together",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school}, {self.term or self.year}"


@pghistory.track()
class AttestedFolder(models.Model):
    """A folder of the sample."""

    attestation = models.ForeignKey(Attestation, on_delete=models.CASCADE, related_name="folders")
    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="+")
    place = models.PositiveSmallIntegerField()
    looked_on = models.DateField(null=True, blank=True)
    looked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["attestation", "student"], name="one_folder_of_a_child_in_a_sample"),
            models.CheckConstraint(
                condition=Q(looked_on__isnull=True, looked_by__isnull=True)
                | Q(looked_on__isnull=False, looked_by__isnull=False),
                name="folder_looked_on_and_by_together",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}. {self.student}"


@pghistory.track()
class AttestedItem(models.Model):
    """What should lie in a folder of the sample, and what was found: right, wrong or missing."""

    folder = models.ForeignKey(AttestedFolder, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(max_length=20, choices=FolderKind)
    about_on = models.DateField()
    found = models.CharField(max_length=10, choices=Looked, blank=True)
    note = models.CharField(max_length=200, blank=True)

    objects = of_visible_students("folder__student").as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["folder", "kind", "about_on"], name="one_item_in_a_sample")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.about_on}: {self.get_found_display()}"


@pghistory.track()
class AeriesTick(models.Model):
    """A fact of ours that somebody has entered in Aeries by hand (MP1-11, MP1-31). `fact` is the fact's own id."""

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="aeries_ticks")
    kind = models.CharField(max_length=12, choices=FactKind)
    fact = models.BigIntegerField()
    entered_on = models.DateField()
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["-entered_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "fact"], name="one_tick_of_a_fact")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.entered_on}"


@pghistory.track()
class TeacherCopy(models.Model):
    """A copy that a teacher has: handed out on paper, or read on the screen (MP1-32, MP1-42).

    `fact` is the id of the placement, change or letter that it is a copy of.
    """

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="teacher_copies")
    kind = models.CharField(max_length=12, choices=CopyKind)
    fact = models.CharField(max_length=40)
    given_on = models.DateField()
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given_to = models.CharField(max_length=120)
    is_read = models.BooleanField(default=False, help_text=_("Read on the screen by the teacher."))

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["-given_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "fact"], name="one_teacher_copy_of_a_fact")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.given_to}, {self.given_on}"
