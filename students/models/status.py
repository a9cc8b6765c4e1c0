"""The Home Language Survey and the language status that follows from it, as a history."""

from __future__ import annotations

from datetime import date

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.enums import Certainty
from district.models import DateRange, Language, User
from students.enums import ElStatus, StatusSource, SurveyReason
from students.models.student import Student, of_one, of_visible_students


@pghistory.track()
class HomeLanguageSurvey(models.Model):
    """One version of a child's survey (MP1-03, MP1-05). The newest version counts; older ones stay (D-02).

    A question without an answer, or answered "unknown", is empty; blank 1 to 3 leave the survey incomplete (D-07).
    """

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="surveys")
    version = models.PositiveSmallIntegerField(default=1)
    question_1 = models.ForeignKey(Language, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    question_2 = models.ForeignKey(Language, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    question_3 = models.ForeignKey(Language, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    question_4 = models.ForeignKey(Language, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_on = models.DateField(_("date on the form"))
    form_language = models.ForeignKey(Language, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_by = models.CharField(max_length=120, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=20, choices=SurveyReason, default=SurveyReason.FIRST)
    note = models.CharField(max_length=300, blank=True)
    entered_at = models.DateTimeField(default=timezone.now)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["student", "version"], name="one_survey_per_version"),
            models.CheckConstraint(
                condition=Q(signed_on__isnull=True, signed_by="") | (Q(signed_on__isnull=False) & ~Q(signed_by="")),
                name="survey_signed_on_and_by_together",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student}, {self.answered_on}"

    @property
    def answers(self) -> list[Language | None]:
        return [self.question_1, self.question_2, self.question_3, self.question_4]

    @property
    def is_complete(self) -> bool:
        return None not in (self.question_1_id, self.question_2_id, self.question_3_id)


class StatusTransition(models.Model):
    """A move of the language status and who may make it: the state's table as data (`calpads_elas_transitions`).

    rule: allowed (the district), state_only, correction_1, correction_4, correction_5, refused. An empty
    `from_status` is the first status of a child.
    """

    from_status = models.CharField(max_length=4, choices=ElStatus, blank=True)
    to_status = models.CharField(max_length=4, choices=ElStatus)
    rule = models.CharField(max_length=20)
    why = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=120, blank=True)
    certainty = models.CharField(max_length=10, choices=Certainty)

    class Meta:
        ordering = ["from_status", "to_status"]
        constraints = [models.UniqueConstraint(fields=["from_status", "to_status"], name="one_rule_per_transition")]

    def __str__(self) -> str:
        return f"{self.from_status or '-'} → {self.to_status}: {self.rule}"


class LanguageStatuses(of_visible_students()):
    def on(self, day: date) -> models.QuerySet:
        """The statuses in force on a day: begun, and not yet followed by another."""
        return self.filter(Q(starts__lte=day) & (Q(ends__isnull=True) | Q(ends__gt=day)))


@pghistory.track()
class LanguageStatus(models.Model):
    """A stretch of a child's status history. `ends` is the day on which the next one starts; empty means in force.

    Written by actions only. A TBD that the state's date overtakes keeps no day: it ends where it starts (D-05).
    """

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="statuses")
    sequence = models.PositiveSmallIntegerField(help_text=_("1 for the child's first status."))
    status = models.CharField(max_length=4, choices=ElStatus)
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=12, choices=StatusSource)
    correction = models.CharField(max_length=1, blank=True, help_text=_("Correction reason, where it is one."))
    is_provisional = models.BooleanField(
        default=False, help_text=_("Records of the former district are awaited (D-03).")
    )
    reason = models.CharField(max_length=400)
    place = models.CharField(max_length=120, blank=True, help_text=_("District that gave the status, for records."))
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # The hand-shake: what the state and this record say about the days has been settled between them (D-05).
    settled_on = models.DateField(null=True, blank=True)
    settled_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    settled_how = models.CharField(max_length=200, blank=True)

    objects = LanguageStatuses.as_manager()

    class Meta:
        ordering = ["-sequence"]
        indexes = [
            models.Index(fields=["student", "starts"]),
            models.Index(fields=["status", "student"], condition=Q(ends__isnull=True), name="status_in_force"),
            # Overtaken by a later status that starts no later: what the hand-shake list looks for (D-05).
            models.Index(fields=["student"], condition=Q(status="TBD", ends=F("starts")), name="status_without_a_day"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["student", "sequence"], name="one_status_per_sequence"),
            models.UniqueConstraint(fields=["student"], condition=Q(ends__isnull=True), name="one_status_in_force"),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")), name="status_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(settled_on__isnull=True, settled_by__isnull=True)
                | Q(settled_on__isnull=False, settled_by__isnull=False),
                name="status_settled_on_and_by_together",
            ),
            ExclusionConstraint(
                name="one_status_at_a_time",
                expressions=[
                    (of_one("student"), RangeOperators.EQUAL),
                    (DateRange("starts", "ends", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="declared_moves",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("before", "students_languagestatus%ROWTYPE"), ("kind", "text")],
                func="""
                    SELECT * INTO before FROM students_languagestatus
                        WHERE student_id = NEW.student_id ORDER BY sequence DESC LIMIT 1;
                    IF NEW.source = 'records' AND (before.id IS NULL OR before.status = 'TBD') THEN
                        RETURN NEW;
                    END IF;
                    SELECT rule INTO kind FROM students_statustransition
                        WHERE from_status = COALESCE(before.status, '') AND to_status = NEW.status;
                    IF kind = 'allowed'
                        OR (kind = 'state_only' AND NEW.source = 'state_file')
                        OR (kind = 'correction_' || NEW.correction AND NEW.source IN ('correction', 'state_file'))
                    THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'A status may not move from % to % by %.',
                        COALESCE(before.status, 'none'), NEW.status, NEW.source
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'declared_moves';
                """,
            ),
            pgtrigger.Trigger(
                name="facts_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status__df=pgtrigger.F("new__status"))
                | pgtrigger.Q(old__student__df=pgtrigger.F("new__student"))
                | pgtrigger.Q(old__starts__df=pgtrigger.F("new__starts"))
                | pgtrigger.Q(old__source__df=pgtrigger.F("new__source")),
                func="""
                    RAISE EXCEPTION 'A recorded status does not change; put it back or record a correction.'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'facts_stay';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()} since {self.starts}"
