"""Records of a former district, and the originals in the Yellow Folder."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.models import User
from students.enums import AttemptChannel, FolderKind
from students.models.student import Enrollment, Student, of_visible_students


@pghistory.track()
class RecordsRequest(models.Model):
    """The three things asked of a former California district within 15 school days (MP1-46 to MP1-48, MP1-51)."""

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="records_requests")
    enrollment = models.OneToOneField(Enrollment, on_delete=models.PROTECT, related_name="records_request")
    requested_on = models.DateField(null=True, blank=True)
    survey_received_on = models.DateField(_("Home Language Survey came on"), null=True, blank=True)
    scores_received_on = models.DateField(_("ELPAC scores came on"), null=True, blank=True)
    status_received_on = models.DateField(_("language status came on"), null=True, blank=True)
    entered_on = models.DateField(_("all entered on"), null=True, blank=True)
    entered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(entered_on__isnull=True, entered_by__isnull=True)
                | Q(entered_on__isnull=False, entered_by__isnull=False),
                name="records_entered_on_and_by_together",
            )
        ]

    def __str__(self) -> str:
        return f"{self.student}, {self.enrollment.former_district}"


@pghistory.track()
class RecordsAttempt(models.Model):
    """One attempt to reach the former district (MP1-48)."""

    request = models.ForeignKey(RecordsRequest, on_delete=models.CASCADE, related_name="attempts")
    on = models.DateField()
    channel = models.CharField(max_length=10, choices=AttemptChannel)
    outcome = models.CharField(max_length=200)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = of_visible_students("request__student").as_manager()

    class Meta:
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.on} {self.get_channel_display()}: {self.outcome}"


@pghistory.track()
class FolderItem(models.Model):
    """An original that lies in the child's Yellow Folder (MP1-10, MP1-33, MP1-43).

    What must lie there is derived; this says what does. `about_on` is the day of the document it files.
    """

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="folder_items")
    kind = models.CharField(max_length=20, choices=FolderKind)
    about_on = models.DateField()
    filed_on = models.DateField()
    filed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["about_on"]
        constraints = [models.UniqueConstraint(fields=["student", "kind", "about_on"], name="one_original_of_a_day")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.about_on}"
