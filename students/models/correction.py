"""Corrections of a language status: the three processes of 5 CCR 11518.20, each a case with its dates."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.models import User
from students.enums import CorrectionAsker, CorrectionOutcome, CorrectionProcess, ElStatus, EvidenceKind
from students.models.status import LanguageStatus
from students.models.student import Student, of_visible_students

P, OUT = CorrectionProcess, CorrectionOutcome


def _together(*names: str) -> Q:
    """All of the columns are empty, or none of them."""
    return Q(**{f"{name}__isnull": True for name in names}) | Q(**{f"{name}__isnull": False for name in names})


def _day_not_before(later: str, earlier: str) -> Q:
    return Q(**{f"{later}__isnull": True}) | Q(**{f"{later}__gte": F(earlier)})


@pghistory.track()
class Correction(models.Model):
    """A correction of a child's classification: who asked for it and why, the notice, the decision, the letter.

    A: English only, and something points to another language. B: a child was tested who should not have been. C: the
    classification by the Initial test is reviewed, once in a child's life. While it runs the classification stands.
    """

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="corrections")
    process = models.CharField(max_length=1, choices=CorrectionProcess)
    asked_on = models.DateField(_("asked for on"))
    asked_by = models.CharField(_("who asks"), max_length=10, choices=CorrectionAsker)
    asked_name = models.CharField(_("name"), max_length=120)
    why = models.TextField(_("why"))
    status_before = models.CharField(max_length=4, choices=ElStatus)
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # The written notice to the parents: process A, before the test.
    notice_on = models.DateField(null=True, blank=True)
    notice_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=CorrectionOutcome, blank=True)
    reason = models.TextField(_("reason of the decision"), blank=True)
    reviewers = models.CharField(_("who reviewed"), max_length=300, blank=True)
    taken_out = models.TextField(_("results that are not kept"), blank=True)
    status_after = models.CharField(max_length=4, choices=ElStatus, blank=True)
    status = models.OneToOneField(
        LanguageStatus, null=True, blank=True, on_delete=models.PROTECT, related_name="correction_case"
    )
    # The result in writing, with the evidence.
    result_on = models.DateField(null=True, blank=True)
    result_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["-asked_on", "-pk"]
        indexes = [
            models.Index(fields=["student"], condition=Q(result_on__isnull=True), name="correction_not_told"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["student"], condition=Q(decided_on__isnull=True), name="one_open_correction_per_child"
            ),
            models.UniqueConstraint(
                fields=["student"],
                condition=Q(process=P.C) & ~Q(outcome=OUT.WITHDRAWN),
                name="one_classification_review_in_a_lifetime",
            ),
            models.CheckConstraint(condition=_together("notice_on", "notice_by"), name="correction_notice_on_and_by"),
            models.CheckConstraint(condition=_together("result_on", "result_by"), name="correction_result_on_and_by"),
            models.CheckConstraint(
                condition=Q(decided_on__isnull=True, decided_by__isnull=True, outcome="")
                | (Q(decided_on__isnull=False, decided_by__isnull=False) & ~Q(outcome="") & ~Q(reason="")),
                name="correction_decided_on_by_and_why",
            ),
            models.CheckConstraint(condition=_day_not_before("notice_on", "asked_on"), name="correction_notice_after"),
            models.CheckConstraint(
                condition=_day_not_before("decided_on", "asked_on"), name="correction_decided_after_it_was_asked"
            ),
            models.CheckConstraint(
                condition=Q(result_on__isnull=True) | Q(result_on__gte=F("decided_on"), decided_on__isnull=False),
                name="correction_result_after_decision",
            ),
            models.CheckConstraint(
                condition=Q(status_after="") | Q(outcome=OUT.CHANGED), name="correction_changes_only_when_it_says_so"
            ),
            models.CheckConstraint(
                condition=~Q(outcome=OUT.CHANGED)
                | Q(process=P.A, status_before=ElStatus.EO, status_after=ElStatus.TBD, notice_on__isnull=False)
                | Q(process=P.B, status_before__in=(ElStatus.EL, ElStatus.IFEP), status_after=ElStatus.EO)
                | (
                    (
                        Q(process=P.C, status_before=ElStatus.EL, status_after=ElStatus.IFEP)
                        | Q(process=P.C, status_before=ElStatus.IFEP, status_after=ElStatus.EL)
                    )
                    & ~Q(reviewers="")
                ),
                name="correction_moves_as_its_process_has_it",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="notice_before_test",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__process="A", new__outcome="changed"),
                declare=[("wait", "integer")],
                func="""
                    SELECT days INTO wait FROM district_legalrule
                        WHERE code = 'CE-A1' AND (valid_from IS NULL OR valid_from <= NEW.decided_on)
                            AND (valid_to IS NULL OR valid_to >= NEW.decided_on)
                        ORDER BY valid_from DESC NULLS LAST LIMIT 1;
                    IF NEW.decided_on < NEW.notice_on + wait THEN
                        RAISE EXCEPTION 'The notice must be with the parents % days before.', wait
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'notice_before_test';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_process_display()}, {self.asked_on}"

    @property
    def is_open(self) -> bool:
        return self.decided_on is None

    @property
    def key(self) -> str:
        """What letters about it are filed under."""
        return f"correction {self.pk}"


@pghistory.track()
class CorrectionEvidence(models.Model):
    """A piece of evidence that was looked at (5 CCR 11518.20(d))."""

    correction = models.ForeignKey(Correction, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=10, choices=EvidenceKind)
    of_day = models.DateField()
    what = models.TextField()
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = of_visible_students("correction__student").as_manager()

    class Meta:
        ordering = ["kind", "of_day", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(what=""), name="correction_evidence_says_something")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.of_day}"
