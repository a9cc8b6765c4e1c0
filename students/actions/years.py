"""A school year begins: a new stay for each child of a class, in one go and put back in one go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district import entries
from district.enums import Grade
from district.history import acting
from district.models import Entry, School, User
from district.permissions import Permission
from district.refusal import NotAllowed, Refusal
from students import standing
from students.actions.enrolling import check_stay
from students.models import Enrollment, Student

PROMOTED = "promote"


def promote(
    *,
    by: User,
    student_ids: Sequence[int],
    school: School,
    grade: Grade | str,
    starts: date,
    teacher: User | None = None,
    room: str = "",
) -> int:
    """Begin a school year for a class: each child has a new stay from that day. Returns how many.

    A child whose newest stay begins on that day or later is left as it is. Whoever may enroll at the school to which
    they go may do it, and whoever may at all the schools from which they come.
    """
    with transaction.atomic(), acting(by, _("new school year")):
        children = list(
            Student.objects.select_for_update(of=("self",))
            .filter(pk__in=student_ids, current_enrollment__starts__lt=starts)
            .order_by("pk")
        )
        ids = [child.pk for child in children]
        _check_allowed(by, school, ids)
        check_stay(school, grade, starts)
        ended = _end_stays(ids, starts)
        stays = Enrollment.objects.bulk_create(
            Enrollment(student_id=pk, school=school, grade=grade, starts=starts, teacher=teacher, room=room)
            for pk in ids
        )
        if stays:
            number = len(stays)
            said = ngettext("%(n)d child begins %(grade)s", "%(n)d children begin %(grade)s", number)
            entries.enter(
                by=by,
                kind=PROMOTED,
                summary=said % {"n": number, "grade": Grade(grade).label},
                school_id=school.pk,
                stays=[stay.pk for stay in stays],
                ended=ended,
            )
    return len(stays)


def _check_allowed(by: User, school: School, ids: Sequence[int]) -> None:
    if by.may(Permission.ENROLL, school.pk):
        return
    if Student.objects.visible_to(by, Permission.ENROLL).filter(pk__in=ids).count() != len(ids):
        raise NotAllowed(str(Permission.ENROLL.label), school.name)


def _end_stays(ids: Sequence[int], starts: date) -> list[dict[str, Any]]:
    """End what reaches into the new year the day before it; what stood there, for putting back."""
    reaching = Enrollment.objects.filter(student__in=ids, starts__lt=starts)
    reaching = reaching.exclude(ends__lt=starts)
    was = [{"stay": pk, "ends": ends.isoformat() if ends else None} for pk, ends in reaching.values_list("pk", "ends")]
    reaching.update(ends=starts - timedelta(days=1))
    return was


def put_back_promotion(entry: Entry, by: User) -> None:
    """The class has not begun the year after all. Refusal where a child has been moved or written about since."""
    stays = Enrollment.objects.filter(pk__in=entry.data["stays"]).select_related("student")
    children = list(Student.objects.select_for_update(of=("self",)).filter(enrollments__in=stays).order_by("pk"))
    moved = [child for child in children if child.current_enrollment_id not in entry.data["stays"]]
    if moved:
        raise Refusal(
            _("%(name)s has been moved again since.") % {"name": moved[0].name}, _("Put that move back first.")
        )
    for child in children:
        if why := standing.stands_on(child, entry):
            raise Refusal(
                _("The new year of %(name)s cannot be put back any more. %(why)s") % {"name": child.name, "why": why},
                _("Move the children one by one."),
            )
    stays.delete()
    for each in entry.data["ended"]:
        ends = date.fromisoformat(each["ends"]) if each["ends"] else None
        Enrollment.objects.filter(pk=each["stay"]).update(ends=ends)
