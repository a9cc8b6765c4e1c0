"""Children enrolled, moved to another school, promoted, and gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Required, TypedDict, Unpack

from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from district import entries
from district.enums import Grade
from district.history import acting
from district.models import Entry, Language, School, User
from district.permissions import Permission
from district.refusal import NotAllowed, Refusal
from district.wording import long_day
from students import rules, standing
from students.actions.guard import lock_child_of, lock_student, must_hold, not_before_birth
from students.actions.statuses import write_status
from students.enums import ElStatus, Origin, StatusSource
from students.models import Enrollment, Guardian, LanguageStatus, RecordsRequest, Student
from students.models.student import search_key

ENROLLED = "enroll"
MOVED = "transfer"
LEFT = "leave"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Parent:
    """A parent or guardian as the family names them."""

    name: str
    relation: str = ""
    language: Language | None = None
    phone: str = ""
    email: str = ""
    address: str = ""


class AlreadyHere(Refusal):
    """There is such a child already. `found` are the children; `is_certain` where the SSID is the same."""

    def __init__(self, message: str, mend: str, *, field: str, found: Sequence[Student], is_certain: bool) -> None:
        super().__init__(message, mend, field=field)
        self.found, self.is_certain = list(found), is_certain

    @property
    def urls(self) -> list[str]:
        return [reverse("child", args=[child.pk]) for child in self.found]


class ChildFacts(TypedDict, total=False):
    """What is known of a child at enrollment: about the child, and about its first stay here."""

    last_name: Required[str]
    first_name: str
    middle_name: str
    birth_date: Required[date]
    local_id: Required[str]
    ssid: str | None
    gender: str
    letter_language: Language | None
    first_us_school_on: date | None
    first_california_on: date | None
    former_district: str
    former_school: str
    teacher: User | None
    room: str


OF_STAY = ("former_district", "former_school", "teacher", "room")


def enroll_student(
    *,
    by: User,
    school: School,
    grade: Grade | str,
    starts: date,
    origin: Origin | str,
    guardians: Sequence[Parent] = (),
    is_another_child: bool = False,
    **facts: Unpack[ChildFacts],
) -> Student:
    """Enroll a child for the first time in this district (MP1-45 to MP1-50).

    A transfer from another California district keeps its status: until the records come it is to be determined, and
    the records are asked for (D-03). Refusal: AlreadyHere (`is_another_child` says that the same name and birth date
    are another child), a grade the school does not have, dates that cannot be.

    Before there is a survey, the first parent's language is the best that is known: letters go out in it unless another
    one is asked for. The child's primary language comes from the survey alone.
    """
    with transaction.atomic(), acting(by, _("enrollment")):
        must_hold(by, Permission.ENROLL, school)
        check_stay(school, grade, starts, facts["birth_date"])
        not_before_birth(
            facts["birth_date"],
            first_us_school_on=facts.get("first_us_school_on"),
            first_california_on=facts.get("first_california_on"),
        )
        _check_unknown(facts, is_another_child)
        known = {name: value for name, value in facts.items() if name not in OF_STAY}
        known["letter_language"] = facts.get("letter_language") or language_of_first(guardians)
        child = Student.objects.create(**{**known, "ssid": facts.get("ssid") or None})
        _write_guardians(child, guardians)
        about = {name: value for name, value in facts.items() if name in OF_STAY}
        stay = Enrollment.objects.create(
            student=child, school=school, grade=grade, starts=starts, origin=origin, **about
        )
        if rules.enrollment_path(Origin(origin)).outcome == rules.TRANSFER_PATH:
            _await_records(by, child, stay)
        said = _("%(name)s enrolled at %(school)s") % {"name": child.name, "school": school.short_name}
        entries.enter(by=by, kind=ENROLLED, summary=said, student_id=child.pk, school_id=school.pk)
    child.refresh_from_db()
    return child


def language_of_first(guardians: Sequence[Parent]) -> Language | None:
    """The language in which to write to the family, by what its first parent speaks.

    None for English, so that the language of the survey still counts, and for what is not written, as sign language.
    """
    spoken = guardians[0].language if guardians else None
    if spoken is None or spoken.code == rules.ENGLISH or spoken.script == rules.UNWRITTEN:
        return None
    return spoken


def _await_records(by: User, child: Student, stay: Enrollment) -> None:
    """Ask for the records, and let the status be provisionally to be determined until they come (D-03)."""
    RecordsRequest.objects.create(student=child, enrollment=stay)
    former = stay.former_district or _("the former district")
    write_status(
        by=by,
        child=child,
        status=ElStatus.TBD,
        starts=stay.starts,
        source=StatusSource.RECORDS,
        is_provisional=True,
        reason=_("The records of %(district)s are awaited; the child keeps the status they name.")
        % {"district": former},
    )


def _write_guardians(child: Student, guardians: Sequence[Parent]) -> None:
    Guardian.objects.bulk_create(
        Guardian(student=child, order=number, **vars(parent)) for number, parent in enumerate(guardians, start=1)
    )


def check_stay(school: School, grade: Grade | str, starts: date, birth_date: date | None = None) -> None:
    if Grade(grade) not in school.grades:
        raise Refusal(
            _("%(school)s has no %(grade)s; it has %(low)s to %(high)s.")
            % {
                "school": school.name,
                "grade": Grade(grade).label,
                "low": school.get_grade_low_display(),
                "high": school.get_grade_high_display(),
            },
            _("Choose another grade or another school."),
            field="grade",
        )
    if birth_date and birth_date >= starts:
        raise Refusal(
            _("The birth date must be before the first day of attendance, %(day)s.") % {"day": long_day(starts)},
            _("One of the two dates is mistyped."),
            field="birth_date",
        )


def _check_unknown(facts: ChildFacts, is_another_child: bool) -> None:
    """AlreadyHere, after whoever enrolls a child born on that day at this moment has finished."""
    ssid, birth_date, local_id = facts.get("ssid"), facts["birth_date"], facts["local_id"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"enroll {birth_date}"])
    if ssid and (known := Student.objects.filter(ssid=ssid).first()):
        raise AlreadyHere(
            _("The SSID %(ssid)s belongs to %(child)s.") % {"ssid": ssid, "child": _described(known)},
            _("Open that child, or correct the number."),
            field="ssid",
            found=[known],
            is_certain=True,
        )
    if known := Student.objects.filter(local_id=local_id).first():
        raise Refusal(
            _("The local number %(number)s is taken.") % {"number": local_id},
            _("Type the number that the student information system gave this child."),
            field="local_id",
        )
    if is_another_child:
        return
    born_then = Student.objects.filter(birth_date=birth_date).select_related("current_enrollment__school")
    wanted = search_key(facts["last_name"], facts.get("first_name", ""))
    same = [child for child in born_then if search_key(child.last_name, child.first_name) == wanted]
    if same:
        raise AlreadyHere(
            _("There is a child of this name and birth date: %(children)s.")
            % {"children": "; ".join(_described(child) for child in same)},
            _("Open that child, or say that this is another one."),
            field="last_name",
            found=same,
            is_certain=False,
        )


def _described(child: Student) -> str:
    """Name, birth date, school and grade, as one sentence needs them."""
    said = _("%(name)s, born %(day)s") % {"name": child.name, "day": long_day(child.birth_date)}
    if child.school and child.grade:
        said += _(", %(grade)s at %(school)s") % {"grade": child.grade.label, "school": child.school.name}
    return said


def transfer_student(
    *,
    by: User,
    student: Student | int,
    school: School,
    grade: Grade | str,
    starts: date,
    teacher: User | None = None,
    room: str = "",
    origin: Origin | str = "",
    former_district: str = "",
) -> Enrollment:
    """A new stay in the same or another school of the district; the one before ends the day before.

    The receiving school may do it, since it registers the child, and so may the school that the child leaves. A child
    that comes back after a time elsewhere keeps its record; the survey is not asked again (HLS-01).
    """
    with transaction.atomic(), acting(by, _("transfer to %(school)s") % {"school": school.name}):
        pk = student if isinstance(student, int) else student.pk
        child = Student.objects.select_for_update(of=("self",)).get(pk=pk)
        here = child.current_enrollment
        if not by.may(Permission.ENROLL, school.pk) and not (here and by.may(Permission.ENROLL, here.school_id)):
            raise NotAllowed(str(Permission.ENROLL.label), school.name)
        check_stay(school, grade, starts, child.birth_date)
        ended = _end_before(child, starts)
        stay = Enrollment.objects.create(
            student=child,
            school=school,
            grade=grade,
            starts=starts,
            teacher=teacher,
            room=room,
            origin=origin,
            former_district=former_district,
        )
        entries.enter(
            by=by,
            kind=MOVED,
            summary=_("%(name)s moved to %(school)s") % {"name": child.name, "school": school.short_name},
            student_id=child.pk,
            school_id=school.pk,
            stay=stay.pk,
            ended=ended,
        )
    return stay


def _end_before(child: Student, starts: date) -> dict[str, Any] | None:
    """End the stay that a new one follows; what it said before, for putting back."""
    here = Enrollment.objects.filter(student=child).order_by("-starts").first()
    if here is None:
        return None
    if starts <= here.starts:
        raise Refusal(
            _("%(name)s has been at %(school)s since %(day)s; a new stay must begin after that.")
            % {"name": child.name, "school": here.school.name, "day": long_day(here.starts)},
            _("Give a later first day."),
            field="starts",
        )
    if here.ends and here.ends < starts:
        return None
    was = {"stay": here.pk, "ends": here.ends.isoformat() if here.ends else None}
    here.ends = starts - DAY
    here.save(update_fields=["ends"])
    return was


def end_enrollment(*, by: User, student: Student, last_day: date, reason: str) -> Enrollment:
    """The child leaves the district; its record stays with the last school."""
    with transaction.atomic(), acting(by, reason):
        child = lock_student(student, by, Permission.ENROLL)
        stay = Enrollment.objects.filter(student=child).order_by("-starts").first()
        if stay is None or stay.ends:
            raise Refusal(
                _("%(name)s is not enrolled any more.") % {"name": child.name},
                _("Nothing is left to end."),
            )
        if last_day < stay.starts:
            raise Refusal(
                _("The last day cannot be before the first, %(day)s.") % {"day": long_day(stay.starts)},
                _("Give a later day; if the child never came, put the enrollment back."),
                field="last_day",
            )
        stay.ends, stay.exit_reason = last_day, reason
        stay.save(update_fields=["ends", "exit_reason"])
        entries.enter(
            by=by,
            kind=LEFT,
            summary=_("%(name)s left %(school)s") % {"name": child.name, "school": stay.school.short_name},
            student_id=child.pk,
            school_id=stay.school_id,
            stay=stay.pk,
        )
    return stay


def put_back_enrollment(entry: Entry, by: User) -> None:
    """A child enrolled by mistake is taken out altogether, as long as nothing has been recorded about it."""
    child = lock_child_of(entry, by, Permission.ENROLL)
    if why := standing.stands_on(child, entry) or _recorded(child):
        raise Refusal(
            _("The enrollment cannot be put back any more. %(why)s") % {"why": why},
            _("If the child has left, record the exit."),
        )
    RecordsRequest.objects.filter(student=child).delete()
    child.delete()


def _recorded(child: Student) -> str:
    """What stands in the record beside the enrollment itself, whichever app keeps it; empty when nothing does."""
    if Enrollment.objects.filter(student=child).count() > 1:
        return _("The child has been moved since.")
    if LanguageStatus.objects.filter(student=child, is_provisional=False).exists():
        return _("The child has a language status.")
    begun = {Enrollment, Guardian, RecordsRequest, LanguageStatus, Student}
    for relation in Student._meta.related_objects:
        model = relation.related_model
        if model in begun or str(model._meta.model_name).endswith("event"):
            continue
        if model._base_manager.filter(**{relation.field.name: child}).exists():
            return _("There is something recorded about the child: %(what)s.") % {
                "what": model._meta.verbose_name_plural
            }
    return ""


def put_back_transfer(entry: Entry, by: User) -> None:
    """The move was entered by mistake: the stay goes, the one before goes on."""
    child = Student.objects.select_for_update(of=("self",)).get(pk=entry.student_id)
    newest = Enrollment.objects.filter(student=child).order_by("-starts").first()
    if newest is None or newest.pk != entry.data["stay"]:
        raise Refusal(_("The child has been moved again since."), _("Put the later move back first."))
    if why := standing.stands_on(child, entry):
        raise Refusal(_("The move cannot be put back any more. %(why)s") % {"why": why}, _("Move the child again."))
    newest.delete()
    if ended := entry.data["ended"]:
        ends = date.fromisoformat(ended["ends"]) if ended["ends"] else None
        Enrollment.objects.filter(pk=ended["stay"]).update(ends=ends)


def put_back_exit(entry: Entry, by: User) -> None:
    """The child has not left after all."""
    child = lock_child_of(entry, by, Permission.ENROLL)
    stay = Enrollment.objects.filter(student=child).order_by("-starts").first()
    if stay is None or stay.pk != entry.data["stay"]:
        raise Refusal(_("The child has been enrolled again since."), _("Put that back first."))
    Enrollment.objects.filter(pk=stay.pk).update(ends=None, exit_reason="")
