"""What is stored about the district itself: letterhead, schools, calendar, languages, people and roles, looks."""

from __future__ import annotations

from datetime import date
from functools import cached_property

import pghistory
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.calendar import Period
from district.enums import Certainty, DayKind, Grade, Role, Script, TermSystem
from district.permissions import ROLE_PERMISSIONS, Permission

SEVEN_DIGITS = RegexValidator(r"^\d{7}$", _("A county-district code has 7 digits."))
FOURTEEN_DIGITS = RegexValidator(r"^\d{14}$", _("A CDS code has 14 digits."))


class DateRange(Func):
    """A PostgreSQL daterange of two columns, both ends inside; an open end means for ever."""

    function = "daterange"
    output_field = DateRangeField()

    @classmethod
    def of(cls, start: str, end: str) -> DateRange:
        return cls(start, end, RangeBoundary(inclusive_lower=True, inclusive_upper=True))


def dates_in_order(start: str, end: str, name: str) -> models.CheckConstraint:
    """The end is empty or not before the start."""
    return models.CheckConstraint(condition=Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gte": F(start)}), name=name)


def in_force(on: date, start: str = "starts", end: str = "ends") -> Q:
    """Rows whose dates include the day `on`; an empty end means still in force."""
    return Q(**{f"{start}__lte": on}) & (Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gte": on}))


@pghistory.track()
class District(models.Model):
    """The one district of this deployment and its letterhead (APPC-02)."""

    name = models.CharField(max_length=120)
    cds_code = models.CharField(
        _("county-district code"),
        max_length=7,
        validators=[RegexValidator(r"^\d{7}$", _("A county-district code has 7 digits."))],
    )
    address = models.CharField(max_length=200)
    phone = models.CharField(max_length=40)
    fax = models.CharField(max_length=40, blank=True)
    website = models.CharField(max_length=120, blank=True)
    superintendent = models.CharField(max_length=120, blank=True)
    vision = models.CharField(max_length=300, blank=True, help_text=_("Stands on every letter (MP0-02)."))
    mission = models.TextField(blank=True)
    is_sample = models.BooleanField(default=False, help_text=_("Filled with invented people for practice."))
    only_one = models.BooleanField(default=True, editable=False, unique=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(only_one=True), name="one_district_per_deployment")]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Trustee(models.Model):
    """A member of the Board of Trustees, named in the foot of letters while in office."""

    name = models.CharField(max_length=120)
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [dates_in_order("starts", "ends", "trustee_dates_in_order")]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class School(models.Model):
    cds_code = models.CharField(
        _("CDS code"),
        max_length=14,
        unique=True,
        validators=[RegexValidator(r"^\d{14}$", _("A CDS code has 14 digits."))],
    )
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=40)
    grade_low = models.CharField(max_length=2, choices=Grade)
    grade_high = models.CharField(max_length=2, choices=Grade)
    terms = models.CharField(max_length=10, choices=TermSystem, default=TermSystem.TRIMESTER)
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    contact_name = models.CharField(max_length=120, blank=True, help_text=_("Whom families ask; stands in letters."))
    contact_phone = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["cds_code"]

    def __str__(self) -> str:
        return self.name

    @property
    def grades(self) -> list[Grade]:
        low, high = Grade(self.grade_low).rank, Grade(self.grade_high).rank
        return [grade for grade in Grade if low <= grade.rank <= high]


@pghistory.track()
class SchoolYear(models.Model):
    """A school year, named as the state names administrations: 2026-27."""

    name = models.CharField(max_length=7, unique=True, validators=[RegexValidator(r"^\d{4}-\d{2}$")])
    first_day = models.DateField(help_text=_("First day of instruction."))
    last_day = models.DateField(help_text=_("Last day of instruction."))

    class Meta:
        ordering = ["first_day"]
        constraints = [
            dates_in_order("first_day", "last_day", "school_year_dates_in_order"),
            ExclusionConstraint(
                name="school_years_do_not_overlap",
                violation_error_message=_("These days overlap with another school year."),
                expressions=[(DateRange.of("first_day", "last_day"), RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Term(models.Model):
    year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="terms")
    system = models.CharField(max_length=10, choices=TermSystem)
    number = models.PositiveSmallIntegerField()
    starts = models.DateField()
    ends = models.DateField()

    class Meta:
        ordering = ["starts"]
        constraints = [
            models.UniqueConstraint(fields=["year", "system", "number"], name="one_term_per_number"),
            dates_in_order("starts", "ends", "term_dates_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.get_system_display()} {self.number}"


@pghistory.track()
class NonSchoolDay(models.Model):
    """A day without instruction: for the whole district, or for one school (D-15)."""

    day = models.DateField()
    name = models.CharField(max_length=80)
    is_holiday = models.BooleanField(default=False, help_text=_("Also not a business day."))
    school = models.ForeignKey(School, null=True, blank=True, on_delete=models.CASCADE)

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["day", "school"], nulls_distinct=False, name="one_row_per_day_and_school"),
            models.CheckConstraint(
                condition=Q(is_holiday=False) | Q(school__isnull=True), name="a_holiday_is_the_whole_district_s"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class SchoolDay(models.Model):
    """Each day of each school with its number in the count of school days and of business days (D-15).

    A materialized view over school years and non-school days, kept fresh by triggers, for due dates inside
    queries. A day outside the known school years has no row; `run` tells unbroken runs of school years apart.
    """

    school = models.ForeignKey(School, on_delete=models.DO_NOTHING, related_name="+")
    day = models.DateField()
    run = models.IntegerField()
    is_school_day = models.BooleanField()
    is_business_day = models.BooleanField()
    school_number = models.IntegerField(help_text=_("School days of the run up to and with this day."))
    business_number = models.IntegerField(help_text=_("Business days of the run up to and with this day."))

    class Meta:
        managed = False
        db_table = "district_schoolday"

    def __str__(self) -> str:
        return f"{self.school} {self.day}"


@pghistory.track()
class Language(models.Model):
    """A language with the state's code, and how it is written."""

    code = models.CharField(_("CALPADS code"), max_length=2, primary_key=True)
    code3 = models.CharField(_("three-letter code"), max_length=3, blank=True)
    name = models.CharField(max_length=80)
    autonym = models.CharField(_("own name"), max_length=80, blank=True)
    tag = models.CharField(_("BCP 47 tag"), max_length=12, blank=True)
    script = models.CharField(max_length=4, choices=Script, blank=True)
    is_rtl = models.BooleanField(_("written from right to left"), default=False)
    counts = models.BooleanField(
        _("counts in the survey"),
        default=True,
        help_text=_("English and American Sign Language do not make a child an English learner (HLS-05)."),
    )
    note = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=200, blank=True)
    certainty = models.CharField(max_length=10, choices=Certainty, default=Certainty.SOURCED)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class LegalRule(models.Model):
    """A period or duty of law or Plan, as dated and cited reference data.

    A change of law or of the district's own period is a new row with the day from which it holds.
    """

    code = models.CharField(max_length=10)
    text = models.TextField()
    days = models.PositiveIntegerField(null=True, blank=True)
    day_kind = models.CharField(max_length=10, choices=DayKind, blank=True)
    trigger = models.CharField(max_length=200, blank=True)
    source = models.TextField()
    certainty = models.CharField(max_length=10, choices=Certainty)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], nulls_distinct=False, name="one_rule_per_start"),
            dates_in_order("valid_from", "valid_to", "legal_rule_dates_in_order"),
            ExclusionConstraint(
                name="one_wording_of_a_rule_at_a_time",
                violation_error_message=_("Another wording of this rule holds on some of these days."),
                expressions=[
                    (DateRange.of("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                    ("code", RangeOperators.EQUAL),
                ],
            ),
            models.CheckConstraint(
                condition=Q(days__isnull=True, day_kind="") | Q(days__isnull=False) & ~Q(day_kind=""),
                name="days_and_their_kind_together",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"

    @property
    def length(self) -> Period | None:
        """The period the rule gives; None for a rule without one."""
        return None if self.days is None else Period(self.days, DayKind(self.day_kind), self.code, self.source)


class PlanRow(models.Model):
    """A sentence of the Master Plan or of the improvement plan as a checkable row."""

    code = models.CharField(max_length=10, primary_key=True)
    kind = models.CharField(max_length=10)
    text = models.TextField()
    who = models.CharField(max_length=200, blank=True)
    data = models.TextField(blank=True)
    shown_done = models.TextField(blank=True)
    source = models.CharField(max_length=200)
    certainty = models.CharField(max_length=10, choices=Certainty, default=Certainty.SOURCED)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class Users(UserManager):
    def holding(self, role: Role, school: School | None, on: date) -> models.QuerySet[User]:
        """People who hold the role in the school (or in the whole district) on a day."""
        held = RoleAssignment.objects.filter(in_force(on), Q(school=school) | Q(school=None), role=role)
        return self.filter(pk__in=held.values("user"), is_active=True)

    def command_line(self) -> User:
        """The account that commands act as when no person is named; made on first use."""
        name = {"username": "command-line", "first_name": "Command", "last_name": "line"}
        return self.get_or_create(is_service=True, defaults={**name, "password": make_password(None)})[0]


@pghistory.track(exclude=["password", "last_login"])
class User(AbstractUser):
    """A member of staff. What the person may do follows from dated roles, never from flags on the account."""

    title = models.CharField(max_length=80, blank=True)
    is_service = models.BooleanField(
        default=False, editable=False, help_text=_("The account that commands act as. Nobody signs in with it.")
    )

    objects = Users()

    class Meta(AbstractUser.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["is_service"], condition=Q(is_service=True), name="one_account_for_the_command_line"
            ),
            models.CheckConstraint(
                condition=Q(is_service=False) | Q(password__startswith="!"),
                name="nobody_signs_in_as_the_command_line",
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @cached_property
    def grants(self) -> list[tuple[Role, int | None]]:
        """Roles in force today with their school (None is the whole district), delegations included."""
        today = timezone.localdate()
        if not self.is_active:
            return []
        if self.is_service:  # whoever reaches the command line reaches the database too
            return [(Role.EL_ADMINISTRATOR, None)]
        held = self.role_assignments.filter(in_force(today)).values_list("role", "school_id")
        stands_in = self.delegations.filter(in_force(today)).values_list("role", "school_id")
        return [(Role(role), school) for role, school in held.union(stands_in).order_by("role", "school_id")]

    def may(self, permission: Permission | str, school_id: int | None = None) -> bool:
        """May the person do this at all, or, with a school, in that school?"""
        return any(
            permission in ROLE_PERMISSIONS[role] and (school_id is None or at in (None, school_id))
            for role, at in self.grants
        )

    @property
    def main_role(self) -> Role | None:
        """The role that chooses the home page: the first in the order of `Role`."""
        held = {role for role, _school in self.grants}
        return next((role for role in Role if role in held), None)


@pghistory.track()
class RoleAssignment(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_assignments")
    role = models.CharField(max_length=20, choices=Role)
    school = models.ForeignKey(
        School, null=True, blank=True, on_delete=models.CASCADE, help_text=_("Empty: whole district.")
    )
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            dates_in_order("starts", "ends", "role_dates_in_order"),
            ExclusionConstraint(
                name="a_role_is_held_once_at_a_time",
                violation_error_message=_("The person holds this role there on some of these days already."),
                expressions=[
                    (DateRange.of("starts", "ends"), RangeOperators.OVERLAPS),
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (models.functions.Coalesce("school", 0), RangeOperators.EQUAL),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}, {self.school or _('whole district')}"


@pghistory.track()
class Delegation(models.Model):
    """Who stands in for a role that nobody holds, so that nothing blocks on a vacancy."""

    role = models.CharField(max_length=20, choices=Role)
    school = models.ForeignKey(School, null=True, blank=True, on_delete=models.CASCADE)
    delegate = models.ForeignKey(User, on_delete=models.CASCADE, related_name="delegations")
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200)

    class Meta:
        constraints = [dates_in_order("starts", "ends", "delegation_dates_in_order")]

    def __str__(self) -> str:
        return f"{self.delegate} for {self.get_role_display()}"


class Look(models.Model):
    """Who opened, printed or exported a child's record, and when (Education Code 49064).

    Kept without a foreign key to the child, so that the log never stands in the way of the records it speaks of.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT)
    at = models.DateTimeField(default=timezone.now)
    student_id = models.BigIntegerField()
    what = models.CharField(max_length=60)

    class Meta:
        indexes = [models.Index(fields=["student_id", "-at"])]

    def __str__(self) -> str:
        return f"{self.user} {self.what} {self.at:%Y-%m-%d %H:%M}"


@pghistory.track()
class Entry(models.Model):
    """An ordinary entry that can be put back for 30 days by who made it or by the EL administrator (D-25).

    `kind` names the verb; `data` is what putting back needs. Kept without a foreign key to the child, as `Look`.
    """

    kind = models.CharField(max_length=40)
    student_id = models.BigIntegerField(null=True, blank=True)
    school = models.ForeignKey(School, null=True, blank=True, on_delete=models.PROTECT)
    summary = models.CharField(max_length=200)
    data = models.JSONField(default=dict)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="entries")
    put_back_at = models.DateTimeField(null=True, blank=True)
    put_back_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    put_back_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-made_at"]
        indexes = [
            models.Index(fields=["made_by", "-made_at"]),
            models.Index(fields=["student_id", "-made_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(put_back_at__isnull=True, put_back_by__isnull=True)
                | Q(put_back_at__isnull=False, put_back_by__isnull=False),
                name="entry_put_back_at_and_by_together",
            )
        ]

    def __str__(self) -> str:
        return self.summary


@pghistory.track()
class Figure(models.Model):
    """A figure that letters quote and the district answers for, by school year (20 USC 6312(e)(3)(A)(vi)).

    Without it the letter is not issued: it names what is missing.
    """

    class Key(models.TextChoices):
        GRADUATION = (
            "graduation",
            _("of every 100 high school students, how many graduate"),
        )
        RECLASSIFIED = (
            "reclassified",
            _("of every 100 English learners, how many were reclassified last year"),
        )
        EXPECTED_YEARS = (
            "expected_years",
            _("years in which a child is expected to be reclassified"),
        )

    key = models.CharField(max_length=20, choices=Key)
    year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT)
    low = models.DecimalField(max_digits=6, decimal_places=1)
    high = models.DecimalField(max_digits=6, decimal_places=1, null=True, blank=True)
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ["-year__first_day", "key"]
        constraints = [models.UniqueConstraint(fields=["key", "year"], name="one_figure_per_year")]

    def __str__(self) -> str:
        return f"{self.get_key_display()} {self.year}"
