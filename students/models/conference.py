"""Parent conferences: days with blocks of slots, bookings, interpreters, attempts, what was said and what follows."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.fields.ranges import DateTimeRangeField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.access import Scope
from district.enums import Grade, Role
from district.models import Language, School, User
from district.permissions import Permission
from students.enums import AttemptOutcome, ConferenceKind, ContactChannel, InterpreterState
from students.models.student import Student, of_visible_students


class TimeSpan(Func):
    """A PostgreSQL range of moments on one day, the end outside: two blocks may touch."""

    template = "tsrange((%(day)s + %(starts)s), (%(day)s + %(ends)s))"
    output_field = DateTimeRangeField()

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:
        day, starts, ends = (compiler.compile(each)[0] for each in self.get_source_expressions())
        return self.template % {"day": day, "starts": starts, "ends": ends}, []


class OfSchools(models.QuerySet):
    """Rows that belong to a school: seen by whoever holds the permission there."""

    def visible_to(self, user: User, permission: Permission | str = Permission.HOLD_CONFERENCE) -> OfSchools:
        scope = Scope.of(user, permission)
        return self if scope.everywhere else self.filter(school__in=scope.schools)


class OfBlocks(models.QuerySet):
    """Rows that belong to a block: seen by whoever holds the permission at its school."""

    def visible_to(self, user: User, permission: Permission | str = Permission.HOLD_CONFERENCE) -> OfBlocks:
        scope = Scope.of(user, permission)
        return self if scope.everywhere else self.filter(block__school__in=scope.schools)


@pghistory.track()
class StaffLanguage(models.Model):
    """A language that the staff of a school speak well enough for a conference (MP1-28): no interpreter is needed."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="staff_languages")
    language = models.ForeignKey(Language, on_delete=models.PROTECT, related_name="+")
    who = models.CharField(_("who speaks it"), max_length=200, blank=True)

    objects = OfSchools.as_manager()

    class Meta:
        ordering = ["language__name"]
        constraints = [models.UniqueConstraint(fields=["school", "language"], name="one_line_per_staff_language")]

    def __str__(self) -> str:
        return f"{self.language}, {self.school}"


@pghistory.track()
class ConferenceBlock(models.Model):
    """A stretch of slots in one room: `minutes` for each family. Language empty: families of any language.

    The slots are derived from start, end and minutes. A block does not change its time once it is made; it is
    cancelled with a reason, and another one is made.
    """

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="conference_blocks")
    day = models.DateField()
    starts = models.TimeField()
    ends = models.TimeField()
    minutes = models.PositiveSmallIntegerField(_("minutes for each family"), validators=[MinValueValidator(5)])
    room = models.CharField(max_length=40)
    language = models.ForeignKey(Language, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    grade_low = models.CharField(max_length=2, choices=Grade, blank=True)
    grade_high = models.CharField(max_length=2, choices=Grade, blank=True)
    class_of = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Only children of this teacher's class."),
    )
    principal_planned = models.BooleanField(_("the principal is there"), default=False)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    cancelled_on = models.DateField(null=True, blank=True)
    cancelled_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    cancelled_reason = models.CharField(max_length=200, blank=True)

    objects = OfSchools.as_manager()

    class Meta:
        ordering = ["day", "starts", "pk"]
        indexes = [models.Index(fields=["school", "day"])]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="block_times_in_order"),
            models.CheckConstraint(condition=Q(minutes__gte=5), name="block_minutes_at_least_five"),
            models.CheckConstraint(
                condition=Q(cancelled_on__isnull=True, cancelled_by__isnull=True)
                | Q(cancelled_on__isnull=False, cancelled_by__isnull=False),
                name="block_cancelled_on_and_by_together",
            ),
            ExclusionConstraint(
                name="one_block_in_a_room",
                expressions=[
                    ("school", RangeOperators.EQUAL),
                    ("room", RangeOperators.EQUAL),
                    (TimeSpan("day", "starts", "ends"), RangeOperators.OVERLAPS),
                ],
                condition=Q(cancelled_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school.short_name}, {self.day}, {self.starts:%H:%M}, {self.room}"

    @property
    def slots(self) -> list[time]:
        """When each family is asked to come; a rest shorter than a slot stays free."""
        at, end = datetime.combine(self.day, self.starts), datetime.combine(self.day, self.ends)
        step, found = timedelta(minutes=self.minutes), []
        while at + step <= end:
            found.append(at.time())
            at += step
        return found


@pghistory.track()
class BlockStaff(models.Model):
    """A member of staff in a block. Day and times are the block's, so that nobody is at two places."""

    block = models.ForeignKey(ConferenceBlock, on_delete=models.CASCADE, related_name="staff")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="conference_blocks")
    day = models.DateField()
    starts = models.TimeField()
    ends = models.TimeField()

    objects = OfBlocks.as_manager()

    class Meta:
        ordering = ["user__last_name", "pk"]
        constraints = [
            ExclusionConstraint(
                name="nobody_in_two_blocks_at_once",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (TimeSpan("day", "starts", "ends"), RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.day}"


@pghistory.track()
class InterpreterRequest(models.Model):
    """An interpreter asked for a block and a language, with the answer (MP1-28, MP1-39)."""

    block = models.ForeignKey(ConferenceBlock, on_delete=models.CASCADE, related_name="interpreters")
    language = models.ForeignKey(Language, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=InterpreterState, default=InterpreterState.ASKED)
    name = models.CharField(_("person or service"), max_length=120)
    is_service = models.BooleanField(_("a service, by telephone or video"), default=False)
    contact = models.CharField(max_length=120, blank=True)
    asked_on = models.DateField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answered_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    objects = OfBlocks.as_manager()

    class Meta:
        ordering = ["-asked_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["block", "language"],
                condition=Q(state__in=["asked", "confirmed"]),
                name="one_open_interpreter_request",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", answered_on__isnull=True) | Q(~Q(state="asked"), answered_on__isnull=False),
                name="interpreter_answer_with_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.language}, {self.name}"


@pghistory.track()
class Conference(models.Model):
    """A meeting with the parents about results and placement (MP1-09, MP1-26 to MP1-30, MP1-37 to MP1-39)."""

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="conferences")
    kind = models.CharField(max_length=10, choices=ConferenceKind)
    held_on = models.DateField()
    language = models.ForeignKey(Language, on_delete=models.PROTECT, related_name="+")
    interpreter = models.CharField(max_length=120, blank=True)
    attended = models.CharField(_("who came"), max_length=200)
    principal_present = models.BooleanField(default=False)
    principal_absent_reason = models.CharField(max_length=200, blank=True)
    told_results = models.BooleanField(_("results"), default=False)
    told_options = models.BooleanField(_("program options"), default=False)
    told_recommendation = models.BooleanField(_("recommended placement"), default=False)
    topics_reason = models.CharField(_("why not all three"), max_length=200, default="", blank=True)
    parent_input = models.TextField(blank=True)
    concerns = models.TextField(_("questions and concerns"), default="", blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(principal_present=True) | ~Q(principal_absent_reason=""),
                name="principal_present_or_reason_why_not",
            )
        ]

    def __str__(self) -> str:
        return f"{self.student}, {self.held_on}"

    @property
    def told_all(self) -> bool:
        return self.told_results and self.told_options and self.told_recommendation


@pghistory.track()
class ConferenceBooking(models.Model):
    """A family's slot in a block. It ends with the conference, or is cancelled with a reason; a move is a new one."""

    block = models.ForeignKey(ConferenceBlock, on_delete=models.PROTECT, related_name="bookings")
    starts = models.TimeField()
    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="conference_bookings")
    kind = models.CharField(max_length=10, choices=ConferenceKind)
    booked_at = models.DateTimeField(default=timezone.now)
    booked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    conference = models.OneToOneField(
        Conference, null=True, blank=True, on_delete=models.SET_NULL, related_name="booking"
    )
    ended_on = models.DateField(_("cancelled, moved or missed on"), null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_reason = models.CharField(max_length=200, blank=True)
    was_missed = models.BooleanField(_("nobody came"), default=False)

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["block__day", "starts", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["block", "starts"], condition=Q(ended_on__isnull=True), name="one_family_in_a_slot"
            ),
            models.UniqueConstraint(
                fields=["student"],
                condition=Q(ended_on__isnull=True, conference__isnull=True),
                name="one_open_booking_per_child",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, ended_by__isnull=True)
                | Q(ended_on__isnull=False, ended_by__isnull=False),
                name="booking_ended_on_and_by_together",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student}, {self.block.day}, {self.starts:%H:%M}"

    @property
    def at(self) -> datetime:
        """Day and time, without a time zone."""
        return datetime.combine(self.block.day, self.starts)

    @property
    def ends(self) -> time:
        """When the next family comes."""
        return (self.at + timedelta(minutes=self.block.minutes)).time()


@pghistory.track()
class ConferenceAttempt(models.Model):
    """One documented attempt to meet the parents: day, way, outcome."""

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="conference_attempts")
    kind = models.CharField(max_length=10, choices=ConferenceKind)
    on = models.DateField()
    channel = models.CharField(max_length=12, choices=ContactChannel)
    outcome = models.CharField(max_length=12, choices=AttemptOutcome)
    note = models.CharField(max_length=200, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.student}, {self.on}"

    @property
    def failed(self) -> bool:
        return self.outcome != AttemptOutcome.AGREED


@pghistory.track()
class FollowUp(models.Model):
    """What was promised to the parents: what, whose it is, by when (MP1-38)."""

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="follow_ups")
    conference = models.ForeignKey(
        Conference, null=True, blank=True, on_delete=models.CASCADE, related_name="follow_ups"
    )
    what = models.CharField(max_length=200)
    owner = models.CharField(max_length=20, choices=Role)
    due_on = models.DateField()
    agreed_on = models.DateField()
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    done_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    done_note = models.CharField(max_length=200, blank=True)

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["owner", "agreed_on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_on__isnull=True, done_by__isnull=True)
                | Q(done_on__isnull=False, done_by__isnull=False),
                name="follow_up_done_on_and_by_together",
            ),
        ]

    def __str__(self) -> str:
        return self.what
