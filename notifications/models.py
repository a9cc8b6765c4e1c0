"""What is stored of letters: texts in dated versions, issued letters with their PDF, and runs of many at once."""

from __future__ import annotations

import uuid
from datetime import date

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.access import Scope
from district.enums import Certainty
from district.models import Language, School, User
from district.permissions import Permission
from notifications.enums import ItemState, RunState
from notifications.kinds import KINDS
from students.models import Student, of_visible_students


def kind_choices() -> list[tuple[str, str]]:
    return [(kind.slug, kind.title) for kind in KINDS.values()]


class LetterVersions(models.QuerySet):
    def in_force(self, kind: str, on: date) -> LetterVersion | None:
        """The published version of a kind that holds on a day: the newest that has begun."""
        published = self.filter(kind=kind, published_at__isnull=False, effective_from__lte=on)
        return published.order_by("-effective_from", "-number").first()


@pghistory.track()
class LetterVersion(models.Model):
    """A version of a kind's text in all its languages. Published, it changes no more; a change is a new version."""

    kind = models.CharField(max_length=30, choices=kind_choices)
    number = models.PositiveSmallIntegerField()
    effective_from = models.DateField(null=True, blank=True, help_text=_("Empty as long as it is a draft."))
    note = models.CharField(_("what is new"), max_length=300, blank=True)
    shipped_sha256 = models.CharField(
        max_length=64, blank=True, editable=False, help_text=_("Of the product's files it was read from.")
    )
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = LetterVersions.as_manager()

    class Meta:
        ordering = ["kind", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="one_letter_version_per_number"),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(published_at__isnull=True), name="one_unpublished_version_per_kind"
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, published_by__isnull=True)
                | Q(published_at__isnull=False, published_by__isnull=False, effective_from__isnull=False),
                name="letter_version_published_by_whom_and_from_when",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_version_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{KINDS[self.kind].title}, version {self.number}"

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


@pghistory.track()
class LetterText(models.Model):
    """A version's text in one language: title and body in the letters' markup (notifications/markup.py)."""

    version = models.ForeignKey(LetterVersion, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=12)
    title = models.CharField(max_length=200)
    body = models.TextField()
    source = models.CharField(max_length=300, blank=True)
    certainty = models.CharField(max_length=10, choices=Certainty, default=Certainty.DRAFT)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.CharField(_("read and approved by"), max_length=120, blank=True)
    reviewed_entered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["version", "language"]
        constraints = [
            models.UniqueConstraint(fields=["version", "language"], name="one_letter_text_per_language"),
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True, reviewed_by="")
                | (Q(reviewed_at__isnull=False) & ~Q(reviewed_by="")),
                name="letter_text_reviewed_at_and_by_together",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published_text_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("versions", "bigint[]")],
                func="""
                    IF TG_OP = 'UPDATE' AND (OLD.version_id, OLD.language, OLD.title, OLD.body)
                            IS NOT DISTINCT FROM (NEW.version_id, NEW.language, NEW.title, NEW.body) THEN
                        RETURN NEW;  -- a review changes no word
                    END IF;
                    versions := CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.version_id]
                        WHEN 'DELETE' THEN ARRAY[OLD.version_id] ELSE ARRAY[OLD.version_id, NEW.version_id] END;
                    IF EXISTS (SELECT 1 FROM notifications_letterversion
                               WHERE id = ANY(versions) AND published_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'A published text does not change; make a new version.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'published_text_stays';
                    END IF;
                    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.version} ({self.language})"

    @property
    def is_draft(self) -> bool:
        """A translation that no person has reviewed."""
        return self.reviewed_at is None


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


class LetterNumber(models.Model):
    """How many numbers of a calendar year are given out. A number is never used twice; one may stay unused."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.year}-{self.last:06d}"


@pghistory.track(exclude=["content", "facts"])
class Letter(models.Model):
    """An issued letter, immutable: text version, facts, words, PDF and its hash. A correction is a new letter."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=30, unique=True, help_text=_("Stands in the foot of the letter."))
    kind = models.CharField(max_length=30, choices=kind_choices)
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="letters")
    school = models.ForeignKey(School, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(LetterVersion, on_delete=models.PROTECT, related_name="letters")
    languages = models.CharField(max_length=30, help_text=_("Of the sheets, in order, as es,en."))
    lacks_language = models.ForeignKey(
        Language,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The family's language, when there was no text in it: somebody has to tell the family."),
    )
    school_year = models.CharField(max_length=7)
    dated = models.DateField()
    is_preliminary = models.BooleanField(default=False, help_text=_("Rests on a local score (D-06)."))
    has_drafts = models.BooleanField(default=False, help_text=_("A translation on it was not yet reviewed."))
    subject_key = models.CharField(
        max_length=80, blank=True, help_text=_("What it is about, e.g. the result: one letter of a kind per subject.")
    )
    corrects = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    facts = models.JSONField()
    content = models.JSONField()
    file = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    pages = models.PositiveSmallIntegerField()
    issued_at = models.DateTimeField(default=timezone.now)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["-issued_at"]
        indexes = [
            models.Index(fields=["kind", "student", "-dated"]),
            models.Index(fields=["kind", "school_year", "student"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "kind", "subject_key"],
                condition=~Q(subject_key="") & Q(corrects__isnull=True),
                name="one_letter_per_subject",
            ),
            models.UniqueConstraint(
                fields=["corrects"], condition=Q(corrects__isnull=False), name="a_letter_is_corrected_once"
            ),
        ]
        triggers = [pgtrigger.Protect(name="letters_stay", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{KINDS[self.kind].title} {self.number}"

    @property
    def language_codes(self) -> list[str]:
        return self.languages.split(",")
