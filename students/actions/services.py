"""ELD sections, and the services of children: assigned in bulk, ended with their reason (MP2-03 to MP2-07)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district import entries
from district.actions.doing import doing, save
from district.findings import Finding
from district.history import acting
from district.models import Entry, SchoolYear, User
from district.permissions import Permission
from district.refusal import NotAllowed, Refusal
from district.wording import long_day
from students.enums import ElStatus, ProgramKind, ServiceEnd, ServiceKind, ServiceSetting
from students.models import EldSection, Enrollment, Service, Student
from students.queries import with_status
from students.queries.services import programs_of, stays_on, year_in_session
from students.rules.services import FITS, OTHER_GRADE, Span, fits_section

SECTION = "eld_section"
SERVED = "service"
ENDED = "service_end"
GOES, MOVES, STAYS = "goes", "moves", "stays"
DAY = timedelta(days=1)
MAY = Permission.ASSIGN_SERVICES


# --- sections ---------------------------------------------------------------------------------------------------


def save_section(*, by: User, section: EldSection | None = None, **facts: Any) -> EldSection:
    """Open a section, or change one: school, year, name, for whom, teacher, time. Who is in it stays in it.

    Refusal: a name twice in a year, grades or levels the wrong way round, grades the school does not have.
    """
    row = section or EldSection()
    school = facts.get("school") or row.school
    with doing(by, MAY, _("ELD section"), school):
        before = {name: _plain(row, name) for name in facts} if row.pk else None
        span = Span(facts["grade_low"], facts["grade_high"])
        grades = [grade.value for grade in school.grades]
        if span.grade_low not in grades or span.grade_high not in grades:
            raise Refusal(_("%(school)s does not have these grades.") % {"school": school.name}, field="grade_low")
        if grades.index(span.grade_low) > grades.index(span.grade_high):
            raise Refusal(_("The grades stand the wrong way round."), _("Give the lower one first."), field="grade_low")
        save(row, facts)
        said = _("ELD section %(name)s saved") % {"name": row.name}
        entries.enter(by=by, kind=SECTION, summary=said, school_id=school.pk, section=row.pk, before=before)
    return row


def _plain(row: EldSection, name: str) -> Any:
    value = getattr(row, name)
    return value.pk if hasattr(value, "pk") else value


def put_back_section(entry: Entry, by: User) -> None:
    """A new section goes while nobody is in it; a changed one is as it was."""
    row = EldSection.objects.select_for_update(of=("self",)).filter(pk=entry.data["section"]).first()
    if row is None:
        return
    if not by.may(MAY, row.school_id):
        raise NotAllowed(str(MAY.label), row.school.name)
    before = entry.data["before"]
    if before is None:
        if row.services.exists():
            raise Refusal(_("Children have been in this section."), _("Put their services back first."))
        row.delete()
        return
    for name, value in before.items():
        field = row._meta.get_field(name)
        setattr(row, field.attname, value)
    save(row)


# --- children into a section ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Assigning:
    """What assigning would do for one child, before anything is written. why: the sentence beside it."""

    student: Student
    outcome: str
    why: str
    stay: Enrollment | None = None
    replaces: Service | None = None


@dataclass(frozen=True)
class Level:
    """The newest English result of a child, as the app that knows results says it."""

    test: str = ""
    level: str = ""
    words: str = ""


def preview_assignment(
    *,
    by: User,
    section: EldSection,
    students: Sequence[int],
    starts: date,
    levels: Mapping[int, Level],
    outside: bool = False,
) -> list[Assigning]:
    """What would happen to each child, by name; the same judgement that `assign_section` acts on.

    outside: children whose level is outside of the section's, or not known, go in as well.
    """
    rows = with_status(Student.objects.visible_to(by, MAY).filter(pk__in=students), starts).order_by("search_key")
    children = list(rows)
    keys = [child.pk for child in children]
    stays, placed = stays_on(keys, starts), programs_of(keys, starts)
    running = Service.objects.filter(student__in=keys, kind=section.kind, ends__gte=starts).order_by("-starts")
    held = {(row.student_id, row.enrollment_id): row for row in running.select_related("section")}
    found = []
    for child in children:
        stay = stays.get(child.pk)
        level = levels.get(child.pk, Level())
        declined = child.pk in placed and placed[child.pk].program.kind == ProgramKind.DECLINED
        why = _why_not(child, section, stay, declined, starts)
        service = held.get((child.pk, stay.pk)) if stay else None
        found.append(_judge(child, section, stay, why, service, level, starts, outside))
    return found


def _why_not(child: Any, section: EldSection, stay: Enrollment | None, declined: bool, starts: date) -> str:
    """Why a child cannot go into the section at all; empty where it can."""
    if not section.year.first_day <= starts <= section.year.last_day:
        return _("%(day)s is outside of the section's school year.") % {"day": long_day(starts)}
    if stay is None:
        return _("Not enrolled on %(day)s.") % {"day": long_day(starts)}
    if stay.school_id != section.school_id:
        return _("Enrolled in %(school)s.") % {"school": stay.school.name}
    if child.status != ElStatus.EL:
        return _("No English learner on %(day)s.") % {"day": long_day(starts)}
    if declined:
        return _("The parents have declined the program; a decision of theirs comes first.")
    return ""


def _judge(
    child: Student,
    section: EldSection,
    stay: Enrollment | None,
    why: str,
    service: Service | None,
    level: Level,
    starts: date,
    outside: bool,
) -> Assigning:
    if why or stay is None:
        return Assigning(child, STAYS, why)
    span = Span(section.grade_low, section.grade_high, section.level_low, section.level_high)
    fit: Finding = fits_section(grade=stay.grade, test=level.test, level=level.level, level_name=level.words, span=span)
    if fit.outcome == OTHER_GRADE or (fit.outcome != FITS and not outside):
        return Assigning(child, STAYS, fit.reason)
    if service is None:
        return Assigning(child, GOES, fit.reason, stay)
    if service.section_id == section.pk:
        return Assigning(child, STAYS, _("In this section since %(day)s.") % {"day": long_day(service.starts)})
    now = service.section.name if service.section else service.get_setting_display()
    if service.starts >= starts:
        said = {"what": now, "day": long_day(service.starts)}
        return Assigning(child, STAYS, _("%(what)s begins on %(day)s; choose a later day.") % said)
    return Assigning(child, MOVES, _("Leaves: %(what)s. %(why)s") % {"what": now, "why": fit.reason}, stay, service)


def assign_section(
    *,
    by: User,
    section: EldSection,
    students: Sequence[int],
    starts: date,
    levels: Mapping[int, Level],
    outside: bool = False,
) -> list[Service]:
    """Put the children into the section whom the preview puts there; who stays, stays. Gives back their services."""
    with doing(by, MAY, _("ELD section assigned"), section.school):
        _lock(students)
        told = preview_assignment(
            by=by, section=section, students=students, starts=starts, levels=levels, outside=outside
        )
        going = [each for each in told if each.outcome != STAYS]
        if not going:
            raise Refusal(_("None of the children picked goes into the section."), _("See the reason beside each."))
        replaced = [each.replaces for each in going if each.replaces]
        ended = _end(replaced, starts - DAY, ServiceEnd.CHANGED, "")
        rows = [
            Service(
                student=each.student,
                enrollment=each.stay,
                kind=section.kind,
                setting=ServiceSetting.SECTION,
                section=section,
                provider=section.teacher,
                minutes=section.minutes,
                days_a_week=section.days_a_week,
                curriculum=section.curriculum,
                funding=section.funding,
                starts=starts,
                ends=section.year.last_day,
                recorded_by=by,
            )
            for each in going
        ]
        return _begin(by, rows, ended, _("ELD section %(name)s") % {"name": section.name})


def _lock(students: Sequence[int]) -> None:
    list(Student.objects.select_for_update(of=("self",)).filter(pk__in=students).order_by("pk").values_list("pk"))


def _begin(by: User, rows: list[Service], ended: list[dict[str, Any]], what: str) -> list[Service]:
    """Write the services with the state's code of each child's program, as one entry that is put back as one."""
    placed = programs_of([row.student_id for row in rows], rows[0].starts)
    for row in rows:
        row.state_code = placed[row.student_id].program.state_code if row.student_id in placed else ""
    made = Service.objects.bulk_create(rows)
    one = made[0].student if len(made) == 1 else None
    number = len(made)
    if one:
        said = _("%(what)s for %(name)s") % {"what": what, "name": one.name}
    else:
        words = ngettext("%(what)s for %(n)d child", "%(what)s for %(n)d children", number)
        said = words % {"what": what, "n": number}
    entries.enter(
        by=by,
        kind=SERVED,
        summary=said,
        student_id=one.pk if one else None,
        school_id=made[0].enrollment.school_id,
        services=[row.pk for row in made],
        ended=ended,
    )
    return made


def _end(rows: Sequence[Service], ends: date, reason: ServiceEnd | str, note: str) -> list[dict[str, Any]]:
    """End services on a day; what they said before, for putting back."""
    before = [
        {"service": row.pk, "ends": row.ends.isoformat(), "end_reason": row.end_reason, "end_note": row.end_note}
        for row in rows
    ]
    Service.objects.filter(pk__in=[row.pk for row in rows]).update(ends=ends, end_reason=reason, end_note=note)
    return before


# --- other services ---------------------------------------------------------------------------------------------


def record_services(
    *,
    by: User,
    students: Sequence[int],
    kind: ServiceKind | str,
    setting: ServiceSetting | str,
    starts: date,
    **facts: Any,
) -> list[Service]:
    """Record a service outside of a section for one child or many (MP2-03, MP2-04, MP2-10). One of the kind ends.

    Refusal: no supports named, a child out of sight or not enrolled, not a learner, a day outside of the school year.
    """
    with doing_children(by, students):
        year = year_in_session(starts)
        if year is None:
            raise Refusal(
                _("%(day)s is no day of a school year.") % {"day": long_day(starts)},
                _("Give another day."),
                field="starts",
            )
        supports = str(facts.get("supports", "")).strip()
        if kind in (ServiceKind.SUPPORT, ServiceKind.HOME_LANGUAGE) and not supports:
            raise Refusal(_("What is given?"), _("Name the supports."), field="supports")
        stays = stays_on(students, starts)
        _check_learners(students, stays, starts)
        running = Service.objects.filter(enrollment__in=stays.values(), kind=kind, ends__gte=starts)
        if late := running.filter(starts__gte=starts).select_related("student").first():
            said = {"name": late.student.name, "day": long_day(late.starts)}
            raise Refusal(
                _("%(name)s has such a service from %(day)s on.") % said,
                _("Give a later day, or end it."),
                field="starts",
            )
        ended = _end(list(running), starts - DAY, ServiceEnd.CHANGED, "")
        rows = [
            _service(by, pk, stays[pk], kind, setting, starts, year, {**facts, "supports": supports})
            for pk in dict.fromkeys(students)
        ]
        return _begin(by, rows, ended, str(ServiceKind(kind).label))


def _service(
    by: User,
    student: int,
    stay: Enrollment,
    kind: str,
    setting: str,
    starts: date,
    year: SchoolYear,
    facts: Mapping[str, Any],
) -> Service:
    ends = min(year.last_day, stay.ends) if stay.ends else year.last_day
    return Service(
        student_id=student,
        enrollment=stay,
        kind=kind,
        setting=setting,
        starts=starts,
        ends=ends,
        recorded_by=by,
        **{name: value for name, value in facts.items() if value is not None},
    )


def _check_learners(students: Sequence[int], stays: Mapping[int, Enrollment], starts: date) -> None:
    rows = with_status(Student.objects.filter(pk__in=students), starts)
    for child in rows:
        said = {"name": child.name, "day": long_day(starts)}
        if child.pk not in stays:
            raise Refusal(_("%(name)s is not enrolled on %(day)s.") % said, _("Give another day."), field="starts")
        if child.status != ElStatus.EL:
            raise Refusal(
                _("%(name)s is no English learner on %(day)s.") % said, _("Services are for English learners.")
            )


def doing_children(by: User, students: Sequence[int]) -> AbstractContextManager[None]:
    """One transaction with its history about children for each of whom the person holds the permission."""
    seen = set(Student.objects.visible_to(by, MAY).filter(pk__in=students).values_list("pk", flat=True))
    if not students:
        raise Refusal(_("No child is ticked."), _("Tick at least one."))
    if seen != set(students):
        raise NotAllowed(str(MAY.label))
    return _locked(by, students)


@contextmanager
def _locked(by: User, students: Sequence[int]) -> Iterator[None]:
    with transaction.atomic(), acting(by, _("services of English learners")):
        _lock(students)
        yield


def end_services(*, by: User, services: Sequence[int], ends: date, reason: ServiceEnd | str, note: str = "") -> int:
    """End services with a last day and the reason (PL-02: parents may decline a service, never the test).

    Refusal: declined without the parents' words, a last day outside of the service.
    """
    rows = list(Service.objects.visible_to(by, MAY).filter(pk__in=services).select_related("student"))
    with doing_children(by, sorted({row.student_id for row in rows})):
        if reason in (ServiceEnd.DECLINED, ServiceEnd.OTHER) and not note.strip():
            raise Refusal(_("The reason needs words."), _("Write who said what."), field="note")
        for row in rows:
            if not row.starts <= ends <= row.ends:
                said = {"name": row.student.name, "starts": long_day(row.starts), "ends": long_day(row.ends)}
                raise Refusal(
                    _("The service of %(name)s runs from %(starts)s to %(ends)s.") % said,
                    _("Give a last day inside."),
                    field="ends",
                )
        ended = _end(rows, ends, reason, note.strip())
        one = rows[0].student if len(rows) == 1 else None
        said = ngettext("%(n)d service ended", "%(n)d services ended", len(rows)) % {"n": len(rows)}
        entries.enter(by=by, kind=ENDED, summary=said, student_id=one.pk if one else None, ended=ended)
    return len(rows)


def put_back_services(entry: Entry, by: User) -> None:
    """The services go, and what they replaced runs on."""
    _may_put_back(entry, by, entry.data["services"])
    later = Service.objects.filter(pk__in=entry.data["services"]).filter(~Q(end_reason=ServiceEnd.YEAR))
    if later.exists():
        raise Refusal(_("One of these services has been ended since."), _("Put that back first."))
    Service.objects.filter(pk__in=entry.data["services"]).delete()
    _run_on(entry)


def put_back_end(entry: Entry, by: User) -> None:
    """The services run on as they did."""
    _may_put_back(entry, by, [each["service"] for each in entry.data["ended"]])
    _run_on(entry)


def _may_put_back(entry: Entry, by: User, services: Sequence[int]) -> None:
    children = set(Service.objects.filter(pk__in=services).values_list("student_id", flat=True))
    _lock(sorted(children))
    if Student.objects.visible_to(by, MAY).filter(pk__in=children).count() != len(children):
        raise NotAllowed(str(MAY.label))


def _run_on(entry: Entry) -> None:
    for each in entry.data["ended"]:
        service = Service.objects.filter(pk=each["service"]).first()
        if service is None:
            continue
        over = Service.objects.filter(enrollment=service.enrollment_id, kind=service.kind).exclude(pk=service.pk)
        if over.filter(starts__lte=each["ends"], ends__gte=service.starts).exists():
            raise Refusal(_("Another service of the kind has begun since."), _("End or put back that one first."))
        service.ends, service.end_reason, service.end_note = each["ends"], each["end_reason"], each["end_note"]
        service.save(update_fields=["ends", "end_reason", "end_note"])


PUT_BACK = {SECTION: put_back_section, SERVED: put_back_services, ENDED: put_back_end}
