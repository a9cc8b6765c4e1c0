"""Reads about parent conferences: who waits, which slots are free, who needs an interpreter, what is in time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.utils import timezone

from district.access import Scope
from district.calendar import Period
from district.duties import Duty, DutyList, duties
from district.enums import Grade
from district.models import Language, School, User
from district.permissions import Permission
from district.queries import period
from students.duties.conferences import needing_interpreter
from students.enums import ConferenceKind, InterpreterState
from students.models import (
    ConferenceBlock,
    ConferenceBooking,
    Guardian,
    InterpreterRequest,
    StaffLanguage,
    Student,
)
from students.queries import status_of
from students.rules import school_year_begins
from students.rules.conferences import Slot, Wanted, family_key, spoken_at

RULES = ("initial_conference", "annual_conference")


# --- who waits --------------------------------------------------------------------------------------------------


def waiting(
    user: User,
    on: date,
    where: Q | None = None,
    *,
    kind: str = "",
    permission: Permission = Permission.HOLD_CONFERENCE,
) -> DutyList:
    """Conferences still to be held, of children for whom the person holds the permission, most urgent first.

    where: a further condition on the duty's columns, `booked_for` and `attempts` among them. kind: one kind only.
    """
    scope = Scope.of(user, permission)
    mine = Q() if scope.everywhere else Q(d_school__in=scope.schools)
    chosen = [rule for rule in RULES if not kind or rule.startswith(kind)]
    return duties(as_of=on, rule_ids=chosen, state="waiting", where=mine & (where if where is not None else Q()))


def kinds_due(students: Iterable[Student], on: date) -> dict[int, Duty]:
    """The conference that waits for each child, the more urgent one where there are two."""
    keys = [student.pk for student in students]
    found: dict[int, Duty] = {}
    for duty in duties(as_of=on, rule_ids=RULES, state="waiting", where=Q(d_student__in=keys)):
        if duty.student_id is not None:
            found.setdefault(duty.student_id, duty)
    return found


def attempts_asked(on: date) -> Period:
    """On how many different days attempts must fail before a conference counts as not reached (D-11)."""
    return period("CF-03", on)


def counts_from(student: Student, kind: str, on: date) -> date:
    """From when on conferences and attempts count: the status for the initial one, 1 July for the annual one."""
    status = status_of(student, on)
    return status.starts if status and kind == ConferenceKind.INITIAL else school_year_begins(on)


# --- the proposal's plain values --------------------------------------------------------------------------------


def wanted(students: QuerySet[Student], due: dict[int, date | None]) -> list[Wanted]:
    """The children as `rules.conferences.propose` takes them. due: the last day in time, by child."""
    first = Guardian.objects.order_by("order", "pk")
    rows = students.select_related("current_enrollment").prefetch_related(Prefetch("guardians", queryset=first))
    return [
        Wanted(
            student=row.pk,
            family=key_of(row),
            school=row.current_enrollment.school_id,
            language=row.letter_language_id or row.primary_language_id,
            grade=Grade(row.current_enrollment.grade),
            teacher=row.current_enrollment.teacher_id,
            due=due.get(row.pk),
        )
        for row in rows
        if row.current_enrollment
    ]


def wanted_child(student: Student) -> Wanted | None:
    """One child as the rule takes it; None where it is not enrolled."""
    return next(iter(wanted(Student.objects.filter(pk=student.pk), {})), None)


def bookings_of_staff(user: User, since: date) -> QuerySet[ConferenceBooking]:
    """The appointments in which a person sits, from a day on; for a calendar without names, whoever the child is."""
    return ConferenceBooking.objects.filter(block__staff__user=user.pk, block__day__gte=since)


def key_of(student: Student) -> tuple[str, ...]:
    """What the child shares with brothers and sisters; its guardians were prefetched or are read."""
    parents = list(student.guardians.all())
    if not parents:
        return family_key(student.pk, "", "", "")
    return family_key(student.pk, parents[0].name, parents[0].phone, parents[0].address)


def open_blocks(schools: Iterable[School | int], on: date) -> QuerySet[ConferenceBlock]:
    """Blocks of today and later that take place, with their staff."""
    rows = ConferenceBlock.objects.filter(school__in=schools, day__gte=on, cancelled_on__isnull=True)
    return rows.select_related("school", "language", "class_of").prefetch_related("staff__user")


def free_slots(blocks: Iterable[ConferenceBlock], after: datetime | None = None) -> list[Slot]:
    """Every slot without an appointment, as the rule takes it; those not later than `after` are left out."""
    known = list(blocks)
    taken = set(
        ConferenceBooking.objects.filter(block__in=known, ended_on__isnull=True).values_list("block_id", "starts")
    )
    return [
        slot_of(block, starts)
        for block in known
        for starts in block.slots
        if (block.pk, starts) not in taken and (after is None or datetime.combine(block.day, starts) > after)
    ]


def taken_slots(blocks: Iterable[ConferenceBlock]) -> list[Slot]:
    """Every slot with an appointment, as the rule takes it."""
    known = {block.pk: block for block in blocks}
    rows = ConferenceBooking.objects.filter(block__in=known, ended_on__isnull=True)
    return [slot_of(known[pk], starts) for pk, starts in rows.values_list("block_id", "starts")]


def chosen_slot(user: User, value: str) -> tuple[ConferenceBlock, time]:
    """The block and time that a form's value names; ConferenceBlock.DoesNotExist where the person may not plan it."""
    block, _sign, clock = value.partition(":")
    rows = ConferenceBlock.objects.visible_to(user, Permission.PLAN_CONFERENCE)
    return rows.get(pk=int(block)), time.fromisoformat(clock)


def after(booking: ConferenceBooking) -> ConferenceBooking | None:
    """The next open appointment in the same block."""
    rows = ConferenceBooking.objects.filter(
        block=booking.block_id, starts__gt=booking.starts, ended_on__isnull=True, conference__isnull=True
    )
    found: ConferenceBooking | None = rows.select_related("student").order_by("starts").first()
    return found


def slot_of(block: ConferenceBlock, starts: time) -> Slot:
    """A slot of a block as plain values."""
    return Slot(
        block=block.pk,
        school=block.school_id,
        starts=datetime.combine(block.day, starts),
        minutes=block.minutes,
        staff=frozenset(person.user_id for person in block.staff.all()),
        language=block.language_id,
        grades=_grades(block.grade_low, block.grade_high),
        class_of=block.class_of_id,
    )


def _grades(low: str, high: str) -> frozenset[Grade] | None:
    if not low and not high:
        return None
    first = Grade(low).rank if low else Grade.TK.rank
    last = Grade(high).rank if high else Grade.G12.rank
    return frozenset(grade for grade in Grade if first <= grade.rank <= last)


def busy_slots(on: date, school: School) -> dict[tuple[str, ...], list[Slot]]:
    """The slots that families of a school hold already, by what siblings share."""
    held = ConferenceBooking.objects.filter(
        ended_on__isnull=True, conference__isnull=True, block__day__gte=on, block__school=school
    )
    held = held.select_related("block", "student").prefetch_related(
        "block__staff", Prefetch("student__guardians", queryset=Guardian.objects.order_by("order", "pk"))
    )
    found: dict[tuple[str, ...], list[Slot]] = defaultdict(list)
    for row in held:
        found[key_of(row.student)].append(slot_of(row.block, row.starts))
    return dict(found)


# --- a day and a block ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A slot of a timetable, with its appointment or none."""

    at: time
    booking: ConferenceBooking | None


def timetable(block: ConferenceBlock) -> list[Line]:
    """The slots of a block in the order of time; the block comes from `with_bookings`."""
    held = {row.starts: row for row in block.held}  # type: ignore[attr-defined]
    return [Line(at, held.get(at)) for at in block.slots]


def with_bookings(blocks: QuerySet[ConferenceBlock]) -> QuerySet[ConferenceBlock]:
    """Blocks with `held`: the appointments that were not ended, with child, class and conference."""
    rows = ConferenceBooking.objects.filter(ended_on__isnull=True).select_related(
        "student__current_enrollment__teacher", "student__letter_language", "student__primary_language", "conference"
    )
    return blocks.prefetch_related(
        Prefetch("bookings", queryset=rows, to_attr="held"),
        Prefetch("interpreters", queryset=InterpreterRequest.objects.select_related("language")),
    )


# --- interpreters -----------------------------------------------------------------------------------------------


def languages_at(school: School | int) -> frozenset[str]:
    """Codes of the languages in which a school holds conferences by itself."""
    return spoken_at(StaffLanguage.objects.filter(school=school).values_list("language_id", flat=True))


@dataclass(frozen=True)
class Need:
    """A language in a block that nobody on the staff speaks: how many families, and the newest request."""

    block: ConferenceBlock
    language: Language
    families: int
    request: InterpreterRequest | None

    @property
    def is_met(self) -> bool:
        return self.request is not None and self.request.state == InterpreterState.CONFIRMED

    @property
    def can_be_asked(self) -> bool:
        return self.request is None or self.request.state in (InterpreterState.DECLINED, InterpreterState.NO_SHOW)

    @property
    def key(self) -> str:
        """What a box in a list says of it."""
        return f"{self.block.pk}:{self.language.code}"


def interpreter_needs(blocks: QuerySet[ConferenceBlock]) -> list[Need]:
    """What the appointments of the blocks ask for, by day, block and language; derived, never stored (MP1-28)."""
    bookings = ConferenceBooking.objects.filter(block__in=blocks, ended_on__isnull=True)
    counted = needing_interpreter(bookings).order_by().values("block", "spoken").annotate(families=Count("pk"))
    rows = list(counted)
    by_block = {block.pk: block for block in blocks.select_related("school")}
    languages = Language.objects.in_bulk({row["spoken"] for row in rows})
    newest: dict[tuple[int, str], InterpreterRequest] = {}
    for request in InterpreterRequest.objects.filter(block__in=by_block).order_by("pk"):
        newest[request.block_id, request.language_id] = request
    needs = [
        Need(
            by_block[row["block"]],
            languages[row["spoken"]],
            row["families"],
            newest.get((row["block"], row["spoken"])),
        )
        for row in rows
    ]
    return sorted(needs, key=lambda need: (need.block.day, need.block.starts, need.block.pk, need.language.name))


# --- what is in time --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class InTime:
    """The conferences of one kind at one school this school year."""

    school: School
    rule: str
    due: int
    in_time: int
    late: int
    not_reached: int
    waiting: int
    overdue: int

    @property
    def kind(self) -> str:
        return self.rule.removesuffix("_conference")

    @property
    def share(self) -> int:
        """Of 100 that were due, how many were held or settled in time."""
        return round(100 * self.in_time / self.due) if self.due else 0


def in_time(schools: Sequence[School], on: date) -> list[InTime]:
    """How the conferences of this school year stand, school by school, initial and annual."""
    found = []
    by_pk = {school.pk: school for school in schools}
    for rule, rows in duties(as_of=on, rule_ids=RULES, where=Q(d_school__in=list(by_pk))).parts:
        reached = Q(held_on__isnull=False)
        late = Q(d_due__lt=on)
        counted = (
            rows.order_by()
            .values("d_school")
            .annotate(
                number=Count("pk"),
                good=Count("pk", filter=reached & (Q(held_on__lte=F("d_due")) | Q(d_due__isnull=True))),
                tardy=Count("pk", filter=reached & Q(held_on__gt=F("d_due"))),
                missed=Count("pk", filter=~reached & Q(d_done__isnull=False)),
                waits=Count("pk", filter=Q(d_done__isnull=True)),
                over=Count("pk", filter=Q(d_done__isnull=True) & late),
            )
        )
        found += [
            InTime(
                by_pk[row["d_school"]],
                rule.id,
                row["number"],
                row["good"],
                row["tardy"],
                row["missed"],
                row["waits"],
                row["over"],
            )
            for row in counted
        ]
    return sorted(found, key=lambda row: (row.school.cds_code, row.rule))


def now() -> datetime:
    """This moment at the school, without a time zone, as slots are told."""
    return timezone.localtime().replace(tzinfo=None)
