"""Issued letters with their PDF, and their numbers."""

from __future__ import annotations

import uuid

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.models import Language, School, User
from notifications.kinds import KINDS
from notifications.languages import language
from notifications.models.texts import LetterVersion, kind_choices
from students.models import Student, of_visible_students


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

    @property
    def goes_to_family(self) -> bool:
        return KINDS[self.kind].audience == "family"

    @property
    def language_names(self) -> str:
        """The languages of the sheets in words: "Spanish, then English"."""
        names = [language(code).name for code in self.language_codes]
        if len(names) == 1:
            return names[0]
        return _("%(first)s, then %(then)s") % {"first": names[0], "then": ", ".join(names[1:])}
