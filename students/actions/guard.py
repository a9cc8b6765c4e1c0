"""What every action of this app begins with: the child locked, the permission checked."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from district.models import Entry, School, User
from district.permissions import Permission
from district.refusal import NotAllowed, Refusal
from district.wording import long_day
from students.models import Enrollment, Student


def lock_student(student: Student | int, by: User, permission: Permission) -> Student:
    """The child's row, locked until the transaction ends: whoever else writes about the child waits.

    Raises NotAllowed where the person does not hold the permission for this child.
    """
    pk = student if isinstance(student, int) else student.pk
    rows = Student.objects.select_for_update(of=("self",)).select_related("current_enrollment__school")
    locked: Student = rows.get(pk=pk)
    if not Student.objects.visible_to(by, permission).filter(pk=pk).exists():
        raise NotAllowed(str(permission.label), locked.school.name if locked.school else "")
    return locked


def lock_child_of(entry: Entry, by: User, permission: Permission) -> Student:
    """The child of an entry that is put back, locked as `lock_student` does."""
    if entry.student_id is None:
        raise ValueError(f"The entry {entry.pk} is about no child.")
    return lock_student(entry.student_id, by, permission)


def must_hold(by: User, permission: Permission, school: School | None = None) -> None:
    """NotAllowed unless the person holds the permission in that school, or anywhere when there is none."""
    if not by.may(permission, school.pk if school else None):
        raise NotAllowed(str(permission.label), school.name if school else "")


def first_day_here(student: Student) -> date:
    """The first day of attendance in this district. Refusal for a child that was never enrolled."""
    first = Enrollment.objects.filter(student=student).order_by("starts").values_list("starts", flat=True).first()
    if first is None:
        raise Refusal(
            _("%(name)s was never enrolled in this district.") % {"name": student.name},
            _("Enroll the child first."),
        )
    return first


def not_before_birth(birth_date: date, **days: date | None) -> None:
    """Refusal at the field of the first day that lies before the child was born; days that are unknown pass."""
    for field, day in days.items():
        if day and day < birth_date:
            raise Refusal(
                _("%(day)s is before the child was born, on %(birth)s.")
                % {"day": long_day(day), "birth": long_day(birth_date)},
                _("One of the two dates is mistyped."),
                field=field,
            )


def entry_of(by: User, kind: str, student: Student | None = None) -> Entry | None:
    """The person's newest entry of a kind, for the message that offers to put it back."""
    entries = Entry.objects.filter(made_by=by, kind=kind, put_back_at__isnull=True)
    return (entries.filter(student_id=student.pk) if student else entries).first()
