"""The child, the family, and where the child is enrolled."""

from __future__ import annotations

import unicodedata
from datetime import date

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from district.access import Scope
from district.enums import Grade
from district.models import DateRange, Language, School, User, dates_in_order, in_force
from district.permissions import Permission
from students.enums import FlagKind, Gender, Origin


def of_one(column: str) -> Coalesce:
    """A column in an exclusion constraint, written so that the constraint alone uses its index.

    That kind of index finds a child's rows nine times slower than an ordinary one, and would be preferred to it.
    """
    return Coalesce(column, 0)


def search_key(*parts: str) -> str:
    """Names as they are searched and sorted: small letters, no accents, apostrophes and hyphens as spaces."""
    plain = unicodedata.normalize("NFKD", " ".join(part for part in parts if part)).casefold()
    kept = "".join(char if char.isalnum() else " " for char in plain if not unicodedata.combining(char))
    return " ".join(kept.split())


class Students(models.QuerySet):
    def visible_to(self, user: User, permission: Permission | str = Permission.VIEW_STUDENTS) -> Students:
        """The children whose records the person may see, or for whom the person holds another permission.

        A school sees a child from registration on; after the child has moved, the new school does.
        """
        scope = Scope.of(user, permission)
        if scope.everywhere:
            return self
        seen = Q(current_enrollment__school__in=scope.schools)
        if scope.own_class_of:
            seen |= Q(current_enrollment__teacher=scope.own_class_of)
        return self.filter(seen)

    def enrolled(self, on: date, school: School | None = None) -> Students:
        """Children with an enrollment in force on the day, in the school or anywhere in the district."""
        here = Enrollment.objects.filter(in_force(on), student=models.OuterRef("pk"))
        return self.filter(models.Exists(here.filter(school=school) if school else here))


def of_visible_students(path: str = "student") -> type[models.QuerySet]:
    """A QuerySet whose `visible_to` follows the child at `path`: records are seen by who may see the child."""

    class OfStudents(models.QuerySet):
        def visible_to(self, user: User, permission: Permission | str = Permission.VIEW_STUDENTS) -> models.QuerySet:
            if Scope.of(user, permission).everywhere:
                return self
            return self.filter(**{f"{path}__in": Student.objects.visible_to(user, permission)})

    return OfStudents


@pghistory.track(exclude=["current_enrollment"])
class Student(models.Model):
    """A child. School and grade are those of the newest enrollment; the status is the one in force (LanguageStatus)."""

    ssid = models.CharField(
        _("SSID"), max_length=10, unique=True, null=True, blank=True, validators=[RegexValidator(r"^\d{10}$")]
    )
    local_id = models.CharField(_("local student number"), max_length=15, unique=True)
    last_name = models.CharField(max_length=80)
    first_name = models.CharField(max_length=80, blank=True)
    middle_name = models.CharField(max_length=80, blank=True)
    birth_date = models.DateField()
    gender = models.CharField(_("sex"), max_length=1, choices=Gender, blank=True)
    primary_language = models.ForeignKey(
        Language, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text=_("D-07")
    )
    letter_language = models.ForeignKey(
        Language,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("language of letters"),
        help_text=_("The language in which the family wants letters. Empty: the primary language."),
    )
    first_us_school_on = models.DateField(_("first day in a school of the United States"), null=True, blank=True)
    first_california_on = models.DateField(_("first enrollment in California, when known"), null=True, blank=True)
    search_key = models.CharField(max_length=400, editable=False, default="")
    # Kept by a trigger of Enrollment, so that bulk and raw writes keep it too; see docs/adr/0002.
    current_enrollment = models.OneToOneField(
        "Enrollment", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    objects = Students.as_manager()

    class Meta:
        ordering = ["search_key", "pk"]
        indexes = [
            GinIndex(OpClass("search_key", name="gin_trgm_ops"), name="student_search_trgm"),
            models.Index(fields=["search_key"]),
            models.Index(fields=["birth_date"]),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ssid__isnull=True) | Q(ssid__regex=r"^\d{10}$"), name="ssid_ten_digits")
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        self.search_key = search_key(self.last_name, self.first_name, self.middle_name)
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "search_key"}
        super().save(*args, **kwargs)

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.first_name, self.middle_name, self.last_name) if part)

    @property
    def called(self) -> str:
        """The name by which texts speak of the child."""
        return self.first_name or self.last_name

    @property
    def school(self) -> School | None:
        return self.current_enrollment.school if self.current_enrollment else None

    @property
    def grade(self) -> Grade | None:
        return Grade(self.current_enrollment.grade) if self.current_enrollment else None

    @property
    def language_of_letters(self) -> Language | None:
        return self.letter_language or self.primary_language


@pghistory.track()
class Guardian(models.Model):
    """A parent or guardian, in the order in which the family named them."""

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="guardians")
    order = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(max_length=120)
    relation = models.CharField(max_length=40, blank=True)
    language = models.ForeignKey(Language, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    address = models.CharField(max_length=200, blank=True)

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["student", "order"], name="one_guardian_per_place")]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Enrollment(models.Model):
    """A stay in one school and grade. A new school year or grade is a new enrollment; both end days are inside."""

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="enrollments")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="enrollments")
    grade = models.CharField(max_length=2, choices=Grade)
    starts = models.DateField(_("first day of attendance"))
    ends = models.DateField(_("last day"), null=True, blank=True)
    origin = models.CharField(max_length=20, choices=Origin, blank=True, help_text=_("At the first enrollment here."))
    former_district = models.CharField(max_length=120, blank=True)
    former_school = models.CharField(max_length=120, blank=True)
    teacher = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="class_enrollments"
    )
    room = models.CharField(max_length=20, blank=True)
    exit_reason = models.CharField(max_length=80, blank=True)

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["starts"]
        indexes = [models.Index(fields=["school", "starts"]), models.Index(fields=["student", "-starts"])]
        constraints = [
            dates_in_order("starts", "ends", "enrollment_dates_in_order"),
            ExclusionConstraint(
                name="no_overlapping_enrollments",
                expressions=[
                    (of_one("student"), RangeOperators.EQUAL),
                    (DateRange.of("starts", "ends"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="keep_current",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("student_id", "starts") | pgtrigger.Delete,
                declare=[("child", "bigint"), ("newest", "bigint")],
                func="""
                    child := CASE WHEN TG_OP = 'DELETE' THEN OLD.student_id ELSE NEW.student_id END;
                    SELECT id INTO newest FROM students_enrollment
                        WHERE student_id = child ORDER BY starts DESC LIMIT 1;
                    UPDATE students_student SET current_enrollment_id = newest
                        WHERE id = child AND current_enrollment_id IS DISTINCT FROM newest;
                    RETURN NULL;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_grade_display()}, {self.school}, {self.starts}"


@pghistory.track()
class Flag(models.Model):
    """A dated fact that changes rules or lists: IEP, 504, migrant, McKinney-Vento, foster youth (MP0-09)."""

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="flags")
    kind = models.CharField(max_length=20, choices=FlagKind)
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)
    detail = models.CharField(
        max_length=300,
        blank=True,
        help_text=_("For an IEP: how the program helps to meet its goals; stands in letters."),
    )

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["starts"]
        constraints = [
            dates_in_order("starts", "ends", "flag_dates_in_order"),
            ExclusionConstraint(
                name="one_flag_of_a_kind_at_a_time",
                expressions=[
                    ("student", RangeOperators.EQUAL),
                    (DateRange.of("starts", "ends"), RangeOperators.OVERLAPS),
                    ("kind", RangeOperators.EQUAL),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts}"
