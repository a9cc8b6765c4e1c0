"""Originals filed in the Yellow Folder, one by one or a pile at a time (MP1-10, MP1-33, MP1-43)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district import entries
from district.history import acting
from district.models import Entry, User
from district.permissions import Permission
from district.refusal import NotAllowed, Refusal
from district.wording import long_day
from students.enums import FolderKind
from students.models import FolderItem, Student

FILED = "filed"


@dataclass(frozen=True)
class Original:
    """A document that lies in a folder: whose, which, and the day it is of."""

    student_id: int
    kind: FolderKind | str
    about_on: date


def file_original(*, by: User, student: Student, kind: FolderKind | str, about_on: date, on: date) -> FolderItem:
    """The original lies in the child's folder. Refusal: it was filed already, or before it was written."""
    filed = FolderItem.objects.filter(student=student, kind=kind, about_on=about_on).first()
    if filed:
        raise Refusal(_("This was filed on %(day)s.") % {"day": long_day(filed.filed_on)}, _("Nothing is left to do."))
    file_originals(by=by, originals=[Original(student.pk, kind, about_on)], on=on)
    return FolderItem.objects.get(student=student, kind=kind, about_on=about_on)


def file_originals(*, by: User, originals: Sequence[Original], on: date) -> int:
    """File a pile. Returns how many were filed; those already in their folder are left as they are.

    One entry, so that the pile is put back as one.
    """
    with transaction.atomic(), acting(by, _("originals filed")):
        children = sorted({original.student_id for original in originals})
        locked = list(Student.objects.select_for_update(of=("self",)).filter(pk__in=children).order_by("pk"))
        seen = Student.objects.visible_to(by, Permission.FILE_ORIGINALS).filter(pk__in=children).count()
        if seen != len(children):
            raise NotAllowed(str(Permission.FILE_ORIGINALS.label))
        known = set(FolderItem.objects.filter(student__in=children).values_list("student_id", "kind", "about_on"))
        fresh = [each for each in dict.fromkeys(originals) if (each.student_id, each.kind, each.about_on) not in known]
        _check_days(fresh, on)
        items = FolderItem.objects.bulk_create(
            FolderItem(student_id=each.student_id, kind=each.kind, about_on=each.about_on, filed_on=on, filed_by=by)
            for each in fresh
        )
        if items:
            _enter(by, items, locked)
    return len(items)


def _check_days(originals: Sequence[Original], on: date) -> None:
    late = [original for original in originals if original.about_on > on]
    if late:
        raise Refusal(
            _("A document of %(day)s cannot have been filed before.") % {"day": long_day(late[0].about_on)},
            _("Give a later day."),
            field="on",
        )


def _enter(by: User, items: Sequence[FolderItem], children: Sequence[Student]) -> None:
    names = {child.pk: child.name for child in children}
    one = items[0] if len(items) == 1 else None
    number = len(items)
    if one:
        said = _("%(what)s of %(name)s filed") % {"what": one.get_kind_display(), "name": names[one.student_id]}
    else:
        said = ngettext("%(n)d original filed", "%(n)d originals filed", number) % {"n": number}
    entries.enter(
        by=by,
        kind=FILED,
        summary=said,
        student_id=one.student_id if one else None,
        items=[item.pk for item in items],
    )


def put_back_filing(entry: Entry, by: User) -> None:
    """The originals are not in their folders after all."""
    items = FolderItem.objects.filter(pk__in=entry.data["items"])
    children = set(items.values_list("student_id", flat=True))
    if Student.objects.visible_to(by, Permission.FILE_ORIGINALS).filter(pk__in=children).count() != len(children):
        raise NotAllowed(str(Permission.FILE_ORIGINALS.label))
    items.delete()
