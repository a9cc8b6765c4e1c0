"""Records of a former district, the registration packet, and the originals in the Yellow Folder."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.enums import Certainty
from district.models import User
from district.wording import long_day
from students.enums import AttemptChannel, FolderKind, ScanType
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
        return f"{self.get_kind_display()}, {long_day(self.about_on)}"


@pghistory.track()
class FolderScan(models.Model):
    """A scan or photo of an original, as it was attached by hand; several pages or photos may be of one original.

    `file` is a random name in the private store; `sha256` tells the same file when it comes again.
    """

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="scans")
    kind = models.CharField(max_length=20, choices=FolderKind)
    about_on = models.DateField()
    file = models.CharField(max_length=100, unique=True, editable=False)
    file_type = models.CharField(max_length=10, choices=ScanType)
    size = models.PositiveIntegerField(help_text=_("Bytes."))
    sha256 = models.CharField(max_length=64, editable=False, db_index=True)
    scanned_on = models.DateField()
    scanned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["about_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["student", "sha256"], name="one_scan_of_a_file_for_a_child")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {long_day(self.about_on)}"


class PacketPart(models.Model):
    """What belongs to the Initial Enrollment Registration Packet (MP1-04). The survey always does."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    place = models.PositiveSmallIntegerField()
    is_required = models.BooleanField(default=True)
    source = models.CharField(max_length=200)
    certainty = models.CharField(max_length=10, choices=Certainty)

    class Meta:
        ordering = ["place"]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class PacketTick(models.Model):
    """A part of the packet that the family has brought (MP1-04)."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="packet")
    part = models.ForeignKey(PacketPart, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = of_visible_students("enrollment__student").as_manager()

    class Meta:
        ordering = ["part__place"]
        constraints = [models.UniqueConstraint(fields=["enrollment", "part"], name="one_tick_of_a_packet_part")]

    def __str__(self) -> str:
        return f"{self.part}, {self.on}"
