"""The registration packet, part by part, and the copies that the teachers have (MP1-04, MP1-32, MP1-42)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district import entries
from district.history import acting
from district.models import Entry, User
from district.permissions import Permission
from district.refusal import NotAllowed, Refusal
from students.actions.guard import lock_student
from students.enums import CopyKind
from students.models import Enrollment, PacketPart, PacketTick, Placement, Student, TeacherCopy
from students.queries import copies

PACKET, COPIES = "packet", "teacher_copies"
P = Permission


def tick_packets(*, by: User, parts: Mapping[int, Iterable[str]], on: date) -> int:
    """What the families have brought: for each enrollment the codes of the parts that are there.

    A part that is not named any more is not there. Returns how many ticks were set or taken away. Refusal: a part
    that does not exist, a day before the child could bring anything is not checked: packets come early.
    """
    known = {part.code: part for part in PacketPart.objects.all()}
    with transaction.atomic(), acting(by, _("registration packet")):
        stays = Enrollment.objects.filter(pk__in=parts).select_related("student").order_by("student_id")
        made: list[PacketTick] = []
        gone: list[list[object]] = []
        for stay in stays:
            lock_student(stay.student_id, by, P.ENROLL)
            wanted = set(parts[stay.pk])
            if unknown := wanted - set(known):
                raise Refusal(
                    _("The packet has no part %(code)s.") % {"code": ", ".join(sorted(unknown))},
                    _("Load the page anew."),
                )
            there = {tick.part.code: tick for tick in stay.packet.select_related("part")}
            for code in wanted - set(there):
                made.append(PacketTick(enrollment=stay, part=known[code], on=on, by=by))
            for code in set(there) - wanted:
                tick = there[code]
                gone.append([stay.pk, tick.part_id, tick.on.isoformat(), tick.by_id])
                tick.delete()
        PacketTick.objects.bulk_create(made)
        if made or gone:
            _enter_packets(by, list(stays), made, gone)
    return len(made) + len(gone)


def _enter_packets(by: User, stays: Sequence[Enrollment], made: Sequence[PacketTick], gone: list[list[object]]) -> None:
    touched = {tick.enrollment_id for tick in made} | {row[0] for row in gone}
    children = [stay.student for stay in stays if stay.pk in touched]
    number = len(children)
    if number == 1:
        said = _("Packet of %(name)s ticked") % {"name": children[0].name}
    else:
        said = ngettext("%(n)d packet ticked", "%(n)d packets ticked", number) % {"n": number}
    one = children[0].pk if number == 1 else None
    entries.enter(by=by, kind=PACKET, summary=said, student_id=one, made=[tick.pk for tick in made], gone=gone)


def put_back_packets(entry: Entry, by: User) -> None:
    """The ticks are as they were before."""
    made = PacketTick.objects.filter(pk__in=entry.data["made"])
    stays = {*made.values_list("enrollment", flat=True), *(row[0] for row in entry.data["gone"])}
    for pk in Enrollment.objects.filter(pk__in=stays).order_by("student_id").values_list("student_id", flat=True):
        lock_student(pk, by, P.ENROLL)
    made.delete()
    for stay, part, on, who in entry.data["gone"]:
        PacketTick.objects.get_or_create(
            enrollment_id=stay, part_id=part, defaults={"on": date.fromisoformat(on), "by_id": who}
        )


def give_teacher_copies(
    *, by: User, picked: Iterable[tuple[CopyKind | str, str]], on: date, permission: Permission, is_read: bool
) -> int:
    """Copies that the teachers have: read on the screen by the teacher, or handed out on paper by the office.

    Each copy goes to the child's class teacher. A placement copy is noted with the placement too, so that its duty is
    done. Returns how many. Refusal: a child without a class teacher; NotAllowed for another's class or school.
    """
    asked: dict[CopyKind, set[str]] = {}
    for kind, fact in picked:
        asked.setdefault(CopyKind(kind), set()).add(str(fact))
    with transaction.atomic(), acting(by, _("copies for teachers")):
        made, placed = [], []
        for kind, source in copies.sources().items():
            rows = copies.waiting(source, on).filter(c_fact__in=asked.get(kind, ()))
            for fact, student in rows.values_list("c_fact", "student_id"):
                child = lock_student(student, by, permission)
                to = by if is_read else _teacher(child)
                made.append(
                    TeacherCopy(
                        student=child,
                        kind=kind,
                        fact=fact,
                        given_on=on,
                        given_by=by,
                        given_to=str(to)[:120],
                        is_read=is_read,
                    )
                )
                if kind == CopyKind.PLACEMENT:
                    placed.append(int(fact))
        TeacherCopy.objects.bulk_create(made)
        first = Placement.objects.filter(pk__in=placed, copy_given_on__isnull=True)
        touched = list(first.values_list("pk", flat=True))
        for row in first.select_related("student__current_enrollment__teacher"):
            to = by if is_read else _teacher(row.student)
            Placement.objects.filter(pk=row.pk).update(copy_given_on=on, copy_given_by=by, copy_given_to=str(to)[:120])
        if made:
            said = ngettext("%(n)d copy for a teacher", "%(n)d copies for teachers", len(made)) % {"n": len(made)}
            one = made[0].student_id if len(made) == 1 else None
            entries.enter(
                by=by,
                kind=COPIES,
                summary=said,
                student_id=one,
                copies=[row.pk for row in made],
                placements=touched,
                permission=str(permission),
            )
    return len(made)


def _teacher(child: Student) -> User:
    here = child.current_enrollment
    if here is None or here.teacher is None:
        raise Refusal(
            _("%(name)s has no class teacher.") % {"name": child.name},
            _("Name the teacher on the page “Particulars and class” first."),
        )
    return here.teacher


def put_back_copies(entry: Entry, by: User) -> None:
    """The teachers do not have the copies after all."""
    rows = TeacherCopy.objects.filter(pk__in=entry.data["copies"])
    keys = set(rows.values_list("student_id", flat=True))
    if Student.objects.visible_to(by, entry.data["permission"]).filter(pk__in=keys).count() != len(keys):
        raise NotAllowed(str(Permission(entry.data["permission"]).label))
    rows.delete()
    Placement.objects.filter(pk__in=entry.data["placements"]).update(
        copy_given_on=None, copy_given_by=None, copy_given_to=""
    )


PUT_BACK = {PACKET: put_back_packets, COPIES: put_back_copies}
