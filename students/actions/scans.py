"""Scans and photos of originals, attached by hand (MP1-33)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from district import entries, storage
from district.history import acting
from district.models import Entry, User
from district.permissions import Permission
from district.refusal import Refusal
from district.wording import long_day
from students import originals, scanning
from students.actions.guard import lock_child_of, lock_student
from students.enums import FolderKind
from students.models import FolderScan, Student

SCANNED = "scanned"
FOLDER = "scans"


def attach_scan(
    *,
    by: User,
    student: Student,
    kind: FolderKind | str,
    about_on: date,
    data: bytes,
    on: date,
    is_of_both: bool = False,
) -> FolderScan:
    """Keep a scan of one of the child's originals, under a random name in the private store.

    Refusal: a file that is no scan (see `scanning.inspect`), an original that the child does not have, the same file
    a second time; of another child, unless the person says that the paper is of both (`is_of_both`).
    """
    scan = scanning.inspect(data)
    sha256 = storage.sha256_of(data)
    with transaction.atomic(), acting(by, _("scan attached")):
        child = lock_student(student, by, Permission.SCAN_ORIGINALS)
        known = {(str(each.kind), each.about_on) for each in originals.of_child(child.pk, on)}
        if (str(kind), about_on) not in known:
            raise Refusal(
                _("The folder of %(name)s has no such document.") % {"name": child.name},
                _("Choose the document that the scan is of; it appears here once it is entered."),
                field="original",
            )
        _check_twice(by, child, sha256, is_of_both)
        path = storage.keep(f"{FOLDER}/{on.year}", uuid.uuid4(), data, scan.type)
        row = _keeping(path, lambda: _write(by, child, FolderKind(kind), about_on, path, scan, sha256, on))
    return row


def _keeping(path: str, write: Callable[[], FolderScan]) -> FolderScan:
    """Take the file away again where its row cannot be written."""
    try:
        return write()
    except BaseException:
        storage.discard(path)
        raise


def _write(
    by: User, child: Student, kind: FolderKind, about: date, path: str, scan: scanning.Scan, sha256: str, on: date
) -> FolderScan:
    row = FolderScan.objects.create(
        student=child,
        kind=kind,
        about_on=about,
        file=path,
        file_type=scan.type,
        size=len(scan.data),
        sha256=sha256,
        scanned_on=on,
        scanned_by=by,
    )
    said = _("Scan of %(what)s of %(name)s attached") % {"what": kind.label, "name": child.name}
    entries.enter(by=by, kind=SCANNED, summary=said, student_id=child.pk, scan=row.pk)
    return row


def _check_twice(by: User, child: Student, sha256: str, is_of_both: bool) -> None:
    """The same file is noticed, and another child is named only to who may see it."""
    for same in FolderScan.objects.filter(sha256=sha256).select_related("student").order_by("pk"):
        about = {"what": same.get_kind_display(), "about": long_day(same.about_on), "day": long_day(same.scanned_on)}
        if same.student_id == child.pk:
            raise Refusal(
                _("This file lies in the folder already: %(what)s of %(about)s, scanned on %(day)s.") % about,
                _("Choose the file of this document."),
                field=scanning.FIELD,
            )
        if not is_of_both:
            seen = Student.objects.visible_to(by, Permission.SCAN_ORIGINALS).filter(pk=same.student_id).exists()
            who = same.student.name if seen else _("another child")
            raise Refusal(
                _("The same file lies in the folder of %(who)s already.") % {"who": who},
                _("See whether this is the right child. If the paper is of both children, tick that below."),
                field="is_of_both",
            )


def put_back_scan(entry: Entry, by: User) -> None:
    """The scan goes, and its file with it once that is certain."""
    lock_child_of(entry, by, Permission.SCAN_ORIGINALS)
    row = FolderScan.objects.filter(pk=entry.data["scan"]).first()
    if row:
        path = row.file
        row.delete()
        transaction.on_commit(lambda: storage.discard(path))


PUT_BACK = {SCANNED: put_back_scan}
