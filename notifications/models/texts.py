"""Letter texts in dated versions and languages."""

from __future__ import annotations

from datetime import date

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.enums import Certainty
from district.models import User
from notifications.kinds import KINDS


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
