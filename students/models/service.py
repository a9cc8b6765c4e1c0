"""ELD sections and the services of each child, who is authorized to teach it, and what families ask for (chapter 2)."""

from __future__ import annotations

from datetime import date

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.access import Scope
from district.enums import Grade
from district.models import DateRange, Language, School, SchoolYear, User, dates_in_order
from district.permissions import Permission
from students.enums import (
    AskedProgram,
    AuthorizationKind,
    FamilyWish,
    Funding,
    ServiceEnd,
    ServiceKind,
    ServiceSetting,
    WishChannel,
)
from students.models.placement import Placement, Program
from students.models.student import Enrollment, Student, of_one, of_visible_students

EVERY_DAY = 5  # days of a school week; ELD on all of them is daily (MP2-05)


class InSchools(models.QuerySet):
    """Rows of a school: seen by who holds the permission there."""

    def visible_to(self, user: User, permission: Permission | str = Permission.VIEW_STUDENTS) -> InSchools:
        scope = Scope.of(user, permission)
        if scope.everywhere:
            return self
        seen = Q(school__in=scope.schools)
        if scope.own_class_of and hasattr(self.model, "teacher_id"):
            seen |= Q(teacher=scope.own_class_of)
        return self.filter(seen)


@pghistory.track()
class EldSection(models.Model):
    """A group that has ELD together in a school year (MP2-03, MP2-06).

    Levels are those of the Summative ELPAC, 1 to 4; a section with levels is leveled. Minutes are those of a day.
    """

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="eld_sections")
    year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=15, choices=ServiceKind, default=ServiceKind.DESIGNATED)
    grade_low = models.CharField(_("from grade"), max_length=2, choices=Grade)
    grade_high = models.CharField(_("to grade"), max_length=2, choices=Grade)
    level_low = models.PositiveSmallIntegerField(_("from level"), null=True, blank=True)
    level_high = models.PositiveSmallIntegerField(_("to level"), null=True, blank=True)
    teacher = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="eld_sections")
    period = models.CharField(max_length=30, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes a day"))
    days_a_week = models.PositiveSmallIntegerField(default=EVERY_DAY)
    curriculum = models.CharField(max_length=120, blank=True)
    funding = models.CharField(max_length=15, choices=Funding, default=Funding.BASE)

    objects = InSchools.as_manager()

    class Meta:
        ordering = ["school", "name"]
        constraints = [
            models.UniqueConstraint(fields=["school", "year", "name"], name="one_section_of_a_name"),
            models.CheckConstraint(
                condition=Q(level_low__isnull=True, level_high__isnull=True)
                | Q(level_low__gte=1, level_high__lte=4, level_low__lte=F("level_high")),
                name="section_levels_in_order",
            ),
            models.CheckConstraint(
                condition=Q(days_a_week__gte=1, days_a_week__lte=EVERY_DAY), name="section_days_of_a_week"
            ),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=400), name="section_minutes_of_a_day"),
            models.CheckConstraint(
                condition=Q(kind__in=[ServiceKind.DESIGNATED, ServiceKind.INTEGRATED]), name="section_gives_eld"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_daily(self) -> bool:
        return self.days_a_week == EVERY_DAY


class Services(of_visible_students()):
    def on(self, day: date) -> models.QuerySet:
        """What is given on a day: begun, not ended, and the child still in the enrollment that it belongs to."""
        stays = Q(enrollment__ends__isnull=True) | Q(enrollment__ends__gte=day)
        return self.filter(stays, starts__lte=day, ends__gte=day, enrollment__starts__lte=day)

    def eld(self) -> models.QuerySet:
        return self.filter(kind__in=[ServiceKind.DESIGNATED, ServiceKind.INTEGRATED])

    def daily(self) -> models.QuerySet:
        return self.filter(days_a_week=EVERY_DAY)


@pghistory.track()
class Service(models.Model):
    """One service of one child, from a day to a day (MP0-05, MP2-03 to MP2-10).

    It belongs to an enrollment and ends with it, so a transfer or a new school year ends it without a further write;
    `ends` is the last day of the school year until it is ended before. `state_code` is the state's program code.
    """

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="services")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="services")
    kind = models.CharField(max_length=15, choices=ServiceKind)
    setting = models.CharField(max_length=10, choices=ServiceSetting, default=ServiceSetting.SECTION)
    section = models.ForeignKey(EldSection, null=True, blank=True, on_delete=models.PROTECT, related_name="services")
    provider = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    minutes = models.PositiveSmallIntegerField(_("minutes a day"), null=True, blank=True)
    days_a_week = models.PositiveSmallIntegerField(default=EVERY_DAY)
    curriculum = models.CharField(max_length=120, blank=True)
    language = models.ForeignKey(Language, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    supports = models.CharField(max_length=400, blank=True)
    funding = models.CharField(max_length=15, choices=Funding, default=Funding.BASE)
    state_code = models.CharField(max_length=3, blank=True)
    starts = models.DateField()
    ends = models.DateField()
    end_reason = models.CharField(max_length=15, choices=ServiceEnd, default=ServiceEnd.YEAR)
    end_note = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = Services.as_manager()

    class Meta:
        ordering = ["-starts", "-pk"]
        constraints = [
            dates_in_order("starts", "ends", "service_dates_in_order"),
            models.CheckConstraint(
                condition=Q(days_a_week__gte=1, days_a_week__lte=EVERY_DAY), name="service_days_of_a_week"
            ),
            models.CheckConstraint(
                condition=Q(setting=ServiceSetting.SECTION, section__isnull=False)
                | (~Q(setting=ServiceSetting.SECTION) & Q(section__isnull=True)),
                name="service_in_a_section_or_not",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=[ServiceKind.SUPPORT, ServiceKind.HOME_LANGUAGE]) | ~Q(supports=""),
                name="supports_are_named",
            ),
            ExclusionConstraint(
                name="one_service_of_a_kind_at_a_time",
                expressions=[
                    (of_one("enrollment"), RangeOperators.EQUAL),
                    (DateRange.of("starts", "ends"), RangeOperators.OVERLAPS),
                    ("kind", RangeOperators.EQUAL),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} since {self.starts}"

    @property
    def is_daily(self) -> bool:
        return self.days_a_week == EVERY_DAY


@pghistory.track()
class TeacherAuthorization(models.Model):
    """An authorization to teach English learners, as a document that somebody has seen shows it (MP5-75, X-14).

    `code` is what is printed on the document; no code is shipped. Without `expires_on` it does not expire.
    """

    teacher = models.ForeignKey(User, on_delete=models.CASCADE, related_name="authorizations")
    kind = models.CharField(max_length=10, choices=AuthorizationKind)
    code = models.CharField(_("code on the document"), max_length=20, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    seen_on = models.DateField(_("document seen on"))
    seen_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["teacher", "-seen_on", "-pk"]
        constraints = [dates_in_order("issued_on", "expires_on", "authorization_dates_in_order")]

    def __str__(self) -> str:
        return f"{self.teacher}: {self.get_kind_display()}"


@pghistory.track()
class ProgramWish(models.Model):
    """What a family wants for its own child: another program, none, or not one service (X-05, PL-02)."""

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="program_wishes")
    wish = models.CharField(max_length=10, choices=FamilyWish)
    program = models.ForeignKey(Program, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    said_on = models.DateField()
    said_by = models.CharField(max_length=120)
    channel = models.CharField(max_length=10, choices=WishChannel)
    words = models.TextField(_("in the family's own words"))
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answered_on = models.DateField(null=True, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=300, blank=True)
    placement = models.ForeignKey(Placement, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["-said_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True, answered_by__isnull=True)
                | Q(answered_on__isnull=False, answered_by__isnull=False),
                name="wish_answered_on_and_by_together",
            ),
            models.CheckConstraint(condition=~Q(wish=FamilyWish.CHOOSE) | Q(program__isnull=False), name="wish_named"),
        ]

    def __str__(self) -> str:
        return f"{self.student}, {self.said_on}"


@pghistory.track()
class ProgramRequest(models.Model):
    """A parent asks for a language program that the school does not have (EC 310, 5 CCR 11311).

    Like requests of a school are counted within the school year; school and grade are those of the day. Kept for
    three years (PL-06).
    """

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="program_requests")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+")
    grade = models.CharField(max_length=2, choices=Grade)
    asked_for = models.CharField(_("language program"), max_length=3, choices=AskedProgram)
    language = models.ForeignKey(Language, on_delete=models.PROTECT, related_name="+")
    asked_on = models.DateField()
    asked_by = models.CharField(max_length=120)
    channel = models.CharField(max_length=10, choices=WishChannel)
    words = models.TextField(_("in the family's own words"))
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    withdrawn_on = models.DateField(null=True, blank=True)

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["asked_on", "pk"]
        indexes = [models.Index(fields=["school", "year", "asked_for", "language"])]
        constraints = [
            dates_in_order("asked_on", "withdrawn_on", "request_dates_in_order"),
            models.UniqueConstraint(
                fields=["student", "year", "asked_for", "language"],
                condition=Q(withdrawn_on__isnull=True),
                name="one_request_of_a_child",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student}, {self.asked_on}"


@pghistory.track()
class ProgramCase(models.Model):
    """Like requests that reached the threshold in a school: who was told, and what was decided (5 CCR 11311(h)).

    That the threshold is reached, and when, is counted from the requests; `reached_on` and `grade` say what it was
    when the first step was noted. `grade` is empty where the school as a whole reached it.
    """

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+")
    asked_for = models.CharField(max_length=3, choices=AskedProgram)
    language = models.ForeignKey(Language, on_delete=models.PROTECT, related_name="+")
    reached_on = models.DateField()
    grade = models.CharField(max_length=2, choices=Grade, blank=True)
    notified_on = models.DateField(null=True, blank=True)
    notified_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_offered = models.BooleanField(null=True, blank=True)
    begins_on = models.DateField(null=True, blank=True)
    explanation = models.TextField(_("timeline, or written reasons why not"), blank=True)

    objects = InSchools.as_manager()

    class Meta:
        ordering = ["-reached_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["school", "year", "asked_for", "language"], name="one_case_of_requests"),
            models.CheckConstraint(
                condition=Q(notified_on__isnull=True, notified_by__isnull=True)
                | Q(notified_on__isnull=False, notified_by__isnull=False),
                name="case_notified_on_and_by_together",
            ),
            models.CheckConstraint(
                condition=Q(decided_on__isnull=True, decided_by__isnull=True, is_offered__isnull=True)
                | (
                    Q(decided_on__isnull=False, decided_by__isnull=False, is_offered__isnull=False) & ~Q(explanation="")
                ),
                name="case_decided_with_its_reasons",
            ),
            models.CheckConstraint(
                condition=~Q(is_offered=True) | Q(begins_on__isnull=False), name="case_offered_from_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_asked_for_display()}, {self.school}, {self.reached_on}"
