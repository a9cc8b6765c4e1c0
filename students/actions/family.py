"""The child's particulars, the family and its languages, the stay in class, and the flags."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from district import entries
from district.history import acting
from district.models import Entry, Language, User, in_force
from district.permissions import Permission
from district.refusal import Refusal
from district.wording import long_day
from students import standing
from students.actions.enrolling import Parent
from students.actions.guard import lock_child_of, lock_student, not_before_birth
from students.actions.statuses import take_back, write_status
from students.enums import FlagKind, StatusSource
from students.models import Enrollment, Flag, Guardian, LanguageStatus, Student

PARTICULARS = "particulars"
FAMILY = "family"
STAY = "stay"
FLAGGED = "flag"
FLAG_ENDED = "flag_end"
MAY_CHANGE = frozenset(
    {"last_name", "first_name", "middle_name", "birth_date", "gender", "local_id", "ssid"}
    | {"primary_language", "letter_language", "first_us_school_on", "first_california_on"}
)


def change_particulars(*, by: User, student: Student, **changes: Any) -> Student:
    """Correct what is written about the child itself. Refusal: another child's number, a value out of shape."""
    if unknown := set(changes) - MAY_CHANGE:
        raise ValueError(f"These are not particulars of a child: {', '.join(sorted(unknown))}")
    with transaction.atomic(), acting(by, _("particulars corrected")):
        child = lock_student(student, by, Permission.ENROLL)
        before = _changed(child, changes)
        if not before:
            return child
        _must_fit(child, set(before))
        child.save(update_fields=list(before))
        _enter(by, child, PARTICULARS, _("Particulars of %(name)s changed"), before=before)
    return child


def _changed(child: Student, changes: dict[str, Any]) -> dict[str, Any]:
    """Set what differs; what stood there, as plain values."""
    before = {}
    for name, value in changes.items():
        value = None if name == "ssid" and not value else value
        was = getattr(child, name)
        if was != value:
            before[name] = was.pk if isinstance(was, Language) else was.isoformat() if isinstance(was, date) else was
            setattr(child, name, value)
    return before


def _must_fit(child: Student, names: set[str]) -> None:
    """Refusal at the field that does not fit the model or is another child's."""
    try:
        child.full_clean(exclude={field.name for field in child._meta.fields} - names)
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        raise Refusal(sentences[0], _("Correct it and save again."), field=field) from error
    not_before_birth(
        child.birth_date,
        first_us_school_on=child.first_us_school_on,
        first_california_on=child.first_california_on,
    )
    first = child.enrollments.order_by("starts").first()
    if first and child.birth_date >= first.starts:
        raise Refusal(
            _("The birth date must be before the first day of attendance, %(day)s.") % {"day": long_day(first.starts)},
            _("One of the two dates is mistyped."),
            field="birth_date",
        )


def change_family(
    *,
    by: User,
    student: Student,
    guardians: Sequence[Parent],
    primary_language: Language | None,
    letter_language: Language | None,
) -> Student:
    """Write down parents and guardians in their order, the child's language and that of the letters."""
    with transaction.atomic(), acting(by, _("family")):
        child = lock_student(student, by, Permission.ENROLL)
        before = {
            "guardians": [_as_data(each) for each in child.guardians.all()],
            "primary_language": child.primary_language_id,
            "letter_language": child.letter_language_id,
        }
        _write_family(child, guardians)
        child.primary_language, child.letter_language = primary_language, letter_language
        child.save(update_fields=["primary_language", "letter_language"])
        _enter(by, child, FAMILY, _("Family of %(name)s changed"), before=before)
    return child


def _write_family(child: Student, guardians: Sequence[Parent]) -> None:
    """The guardians as given; rows that stay the same are not touched, so that the history shows what changed."""
    known = {row.order: row for row in child.guardians.all()}
    for number, parent in enumerate(guardians, start=1):
        row = known.pop(number, None) or Guardian(student=child, order=number)
        changed = {name: value for name, value in vars(parent).items() if getattr(row, name) != value}
        if row.pk is None or changed:
            for name, value in changed.items():
                setattr(row, name, value)
            row.save()
    Guardian.objects.filter(pk__in=[row.pk for row in known.values()]).delete()


def _as_data(row: Guardian) -> dict[str, Any]:
    return {
        "name": row.name,
        "relation": row.relation,
        "language": row.language_id,
        "phone": row.phone,
        "email": row.email,
        "address": row.address,
    }


def change_stay(
    *, by: User, student: Student, teacher: User | None, room: str = "", grade: str = "", starts: date | None = None
) -> Enrollment:
    """Change the class of the present stay, or correct its grade and first day.

    A first status that began with the stay moves with its first day; after anything else stands on it, the day is
    refused, since the clock of the test has run by it.
    """
    with transaction.atomic(), acting(by, _("class and first day")):
        child = lock_student(student, by, Permission.ENROLL)
        stay = Enrollment.objects.filter(student=child).select_related("school").order_by("-starts").first()
        if stay is None:
            raise Refusal(_("%(name)s is not enrolled.") % {"name": child.name}, _("Enroll the child first."))
        before = {
            "teacher": stay.teacher_id,
            "room": stay.room,
            "grade": stay.grade,
            "starts": stay.starts.isoformat(),
        }
        if grade and grade not in stay.school.grades:
            raise Refusal(
                _("%(school)s does not have this grade.") % {"school": stay.school.name},
                _("Choose another grade."),
                field="grade",
            )
        if starts and starts != stay.starts:
            not_before_birth(child.birth_date, starts=starts)
            _move_first_day(by, child, stay, starts)
        stay.teacher, stay.room, stay.grade = teacher, room, grade or stay.grade
        stay.save(update_fields=["teacher", "room", "grade", "starts"])
        _enter(by, child, STAY, _("Class of %(name)s changed"), stay=stay.pk, before=before)
    return stay


def _move_first_day(by: User, child: Student, stay: Enrollment, starts: date) -> None:
    """Correct the first day of attendance, and the first status with it."""
    earlier = Enrollment.objects.filter(student=child, starts__lt=stay.starts).order_by("-starts").first()
    if earlier and (earlier.ends is None or starts <= earlier.ends):
        raise Refusal(
            _("The child was at %(school)s until then.") % {"school": earlier.school.name},
            _("Give a later day."),
            field="starts",
        )
    rows = list(LanguageStatus.objects.filter(student=child).order_by("sequence"))
    with_stay = [row for row in rows if row.starts == stay.starts and row.source in FIRST_SOURCES]
    unmade = Entry(kind=STAY, student_id=child.pk, made_at=rows[0].recorded_at) if rows else None
    why = standing.stands_on(child, unmade) if unmade else None
    if why or (with_stay and len(rows) > 1):
        raise Refusal(
            _("The first day cannot be changed any more. %(why)s") % {"why": why or _("A later status follows it.")},
            _("Ask the EL administrator how to correct the status."),
            field="starts",
        )
    stay.starts = starts
    for row in with_stay:
        take_back([row.pk])
        write_status(
            by=by,
            child=child,
            status=row.status,
            starts=starts,
            source=row.source,
            reason=row.reason,
            is_provisional=row.is_provisional,
            place=row.place,
        )


FIRST_SOURCES = (StatusSource.SURVEY, StatusSource.RECORDS)


def set_flag(*, by: User, student: Student, kind: FlagKind | str, starts: date, detail: str = "") -> Flag:
    """Note a dated fact about the child (MP0-09). Refusal: the same flag is set on that day, a day before birth."""
    with transaction.atomic(), acting(by, _("flags")):
        child = lock_student(student, by, Permission.ENROLL)
        not_before_birth(child.birth_date, starts=starts)
        same = Flag.objects.filter(student=child, kind=kind)
        clash = same.filter(in_force(starts)).first() or same.filter(starts__gte=starts).first()
        if clash:
            raise Refusal(
                _("“%(flag)s” is set since %(day)s.")
                % {"flag": clash.get_kind_display(), "day": long_day(clash.starts)},
                _("End it first, or change its detail."),
                field="kind",
            )
        flag = Flag.objects.create(student=child, kind=kind, starts=starts, detail=detail)
        _enter(by, child, FLAGGED, f"{FlagKind(kind).label}: %(name)s", flag=flag.pk)
    return flag


def end_flag(*, by: User, flag: Flag, ends: date) -> Flag:
    """The fact holds until the day named, which is still inside."""
    with transaction.atomic(), acting(by, _("flags")):
        child = lock_student(flag.student_id, by, Permission.ENROLL)
        row = Flag.objects.get(pk=flag.pk)
        if row.ends:
            raise Refusal(_("It ended on %(day)s.") % {"day": long_day(row.ends)}, _("Nothing is left to end."))
        if ends < row.starts:
            raise Refusal(
                _("It cannot end before it began, on %(day)s.") % {"day": long_day(row.starts)},
                _("Give a later day; if it was never true, put the entry back."),
                field="ends",
            )
        row.ends = ends
        row.save(update_fields=["ends"])
        _enter(by, child, FLAG_ENDED, f"{row.get_kind_display()}, %(name)s", flag=row.pk)
    return row


def _enter(by: User, child: Student, kind: str, summary: str, **data: object) -> None:
    entries.enter(
        by=by,
        kind=kind,
        summary=summary % {"name": child.name},
        student_id=child.pk,
        school_id=child.school.pk if child.school else None,
        **data,
    )


def put_back_particulars(entry: Entry, by: User) -> None:
    """What stood there before stands there again."""
    child = lock_child_of(entry, by, Permission.ENROLL)
    for name, was in entry.data["before"].items():
        field = next(each for each in child._meta.concrete_fields if each.name == name)
        setattr(child, field.attname, field.to_python(was) if was is not None else None)
    child.save(update_fields=list(entry.data["before"]))


def put_back_family(entry: Entry, by: User) -> None:
    """The family as it was written before."""
    child = lock_child_of(entry, by, Permission.ENROLL)
    before = entry.data["before"]
    spoken = Language.objects.in_bulk([each["language"] for each in before["guardians"] if each["language"]])
    _write_family(child, [Parent(**{**each, "language": spoken.get(each["language"])}) for each in before["guardians"]])
    child.primary_language_id, child.letter_language_id = before["primary_language"], before["letter_language"]
    child.save(update_fields=["primary_language", "letter_language"])


def put_back_stay(entry: Entry, by: User) -> None:
    """Class, grade and first day as before."""
    child = lock_child_of(entry, by, Permission.ENROLL)
    stay = Enrollment.objects.filter(student=child).select_related("school").order_by("-starts").first()
    if stay is None or stay.pk != entry.data["stay"]:
        raise Refusal(_("The child has been moved since."), _("Put the move back first."))
    before = entry.data["before"]
    starts = date.fromisoformat(before["starts"])
    if starts != stay.starts:
        _move_first_day(by, child, stay, starts)
    stay.teacher_id, stay.room, stay.grade = before["teacher"], before["room"], before["grade"]
    stay.save(update_fields=["teacher", "room", "grade", "starts"])


def put_back_flag(entry: Entry, by: User) -> None:
    """The flag was never true."""
    lock_child_of(entry, by, Permission.ENROLL)
    Flag.objects.filter(pk=entry.data["flag"]).delete()


def put_back_flag_end(entry: Entry, by: User) -> None:
    """The flag goes on."""
    child = lock_child_of(entry, by, Permission.ENROLL)
    flag = Flag.objects.filter(pk=entry.data["flag"]).first()
    if flag is None:
        return
    if Flag.objects.filter(student=child, kind=flag.kind, starts__gt=flag.starts).exists():
        raise Refusal(_("The flag has been set again since."), _("Put that back first."))
    Flag.objects.filter(pk=flag.pk).update(ends=None)
