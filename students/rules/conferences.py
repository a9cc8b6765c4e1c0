"""Parent conferences: when one is settled, who needs an interpreter, and how families are dealt out over the slots."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from district.enums import Grade
from district.findings import Finding, _, ngettext
from district.wording import long_day
from students.rules.surveys import ENGLISH

SPANISH = "01"
PLAN_LANGUAGES = frozenset({SPANISH})  # the Plan: in English or Spanish; a translator for other languages (MP1-28)
HELD, NOT_REACHED, WAITING = "held", "not_reached", "waiting"
NONE, NEEDED, UNKNOWN = "none", "needed", "unknown"


# --- when a conference is settled -------------------------------------------------------------------------------


def conference_finding(*, held_on: date | None, failed_on: Collection[date], asked: int, source: str) -> Finding:
    """Is the conference held, are the parents not reached, or is it still to be held (MP1-26, MP1-37; as D-11)?

    failed_on: days of attempts that came to nothing; several on one day count once. asked: on how many different days
    attempts must be documented before the conference counts as not reached.
    """
    days = sorted(set(failed_on))
    if held_on:
        return Finding(HELD, _("Held on %(day)s.") % {"day": long_day(held_on)}, "MP1-26, MP1-37")
    if len(days) >= asked:
        reason = ngettext(
            "Not reached: %(n)d attempt, on %(days)s.",
            "Not reached: attempts on %(n)d different days, %(days)s.",
            len(days),
        )
        return Finding(NOT_REACHED, reason % {"n": len(days), "days": _listed(days)}, source)
    if not days:
        return Finding(WAITING, _("The parents have not been met yet."), source)
    reason = ngettext(
        "%(n)d attempt failed (%(days)s); %(asked)d on different days are asked for.",
        "%(n)d attempts failed (%(days)s); %(asked)d on different days are asked for.",
        len(days),
    )
    return Finding(WAITING, reason % {"n": len(days), "days": _listed(days), "asked": asked}, source)


def _listed(days: Iterable[date]) -> str:
    return ", ".join(long_day(day) for day in days)


# --- interpreters -----------------------------------------------------------------------------------------------


def spoken_at(named: Collection[str]) -> frozenset[str]:
    """The languages in which a school can hold a conference by itself: those it has named, else the Plan's Spanish."""
    return frozenset(named or PLAN_LANGUAGES) | {ENGLISH}


def interpreter_need(language: str | None, spoken: Collection[str]) -> Finding:
    """Does a family of this language need an interpreter (MP1-27, MP1-28, MP1-39)? Codes of the state."""
    source = "MP1-27, MP1-28, MP1-39"
    if language is None:
        return Finding(UNKNOWN, _("The family's language is not known."), source)
    if language in spoken:
        return Finding(NONE, _("The staff speak the family's language."), source)
    return Finding(NEEDED, _("Nobody on the staff speaks the family's language."), source)


# --- families of several children -------------------------------------------------------------------------------


def family_key(student: int, parent: str, phone: str, address: str) -> tuple[str, ...]:
    """What siblings share: the first parent's name with the telephone number or the address. Else the child alone."""
    name = " ".join(parent.casefold().split())
    digits = "".join(char for char in phone if char.isdigit())[-10:]
    where = digits or " ".join(address.casefold().split())
    return (name, where) if name and where else (f"child {student}",)


# --- the proposal -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """A child whose parents are to be met. teacher: the class teacher's id. due: the last day in time, if known."""

    student: int
    family: tuple[str, ...]
    school: int
    language: str | None
    grade: Grade
    teacher: int | None = None
    due: date | None = None


@dataclass(frozen=True)
class Slot:
    """A free slot of a block. language None: any. grades None: all. class_of: children of that teacher only."""

    block: int
    school: int
    starts: datetime
    minutes: int
    staff: frozenset[int] = frozenset()
    language: str | None = None
    grades: frozenset[Grade] | None = None
    class_of: int | None = None

    @property
    def ends(self) -> datetime:
        return self.starts + timedelta(minutes=self.minutes)

    def clashes(self, other: Slot) -> bool:
        """At the same time, for some of it."""
        return self.starts < other.ends and other.starts < self.ends


@dataclass(frozen=True)
class Placed:
    """A child and its slot. late: the slot lies after the last day in time. apart: not back to back with siblings."""

    wanted: Wanted
    slot: Slot
    late: bool = False
    apart: bool = False


@dataclass(frozen=True)
class Plan:
    """What is proposed, in the order of time, and every child that stays without a slot with its reason."""

    placed: tuple[Placed, ...]
    unplaced: tuple[tuple[Wanted, Finding], ...]


@dataclass
class _Table:
    """Slots as they fill up."""

    slots: Sequence[Slot]
    full: Sequence[Slot] = ()
    taken: set[tuple[int, datetime]] = field(default_factory=set)
    used_by_staff: dict[int, list[Slot]] = field(default_factory=lambda: defaultdict(list))
    used_by_family: dict[tuple[str, ...], list[Slot]] = field(default_factory=lambda: defaultdict(list))

    def is_free(self, slot: Slot, family: tuple[str, ...]) -> bool:
        if (slot.block, slot.starts) in self.taken:
            return False
        if any(slot.clashes(other) for other in self.used_by_family[family]):
            return False
        return not any(
            slot.clashes(other) for person in slot.staff for other in self.used_by_staff[person] if other != slot
        )

    def take(self, slot: Slot, family: tuple[str, ...]) -> None:
        self.taken.add((slot.block, slot.starts))
        self.used_by_family[family].append(slot)
        for person in slot.staff:
            self.used_by_staff[person].append(slot)


def propose(
    wanted: Sequence[Wanted],
    slots: Sequence[Slot],
    busy: Mapping[tuple[str, ...], Sequence[Slot]] | None = None,
    full: Sequence[Slot] = (),
) -> Plan:
    """Deal families out over free slots, earliest first; whom no slot suits stays, with the reason.

    A block of a language takes families of that language only, and they go there first, so that an interpreter sits
    once; blocks of any language fill up language by language. Brothers and sisters at the same school sit back to
    back where the slots allow it. No two families share a slot, no family and no member of staff is at two places at
    once. busy: slots that families hold already. full: slots that are taken before anything is dealt out; they only
    tell why nothing is left.
    """
    table = _Table(sorted(slots, key=lambda slot: (slot.starts, slot.block)), full)
    for family, held in (busy or {}).items():
        table.used_by_family[family].extend(held)
    placed: list[Placed] = []
    unplaced: list[tuple[Wanted, Finding]] = []
    for children in _families(wanted, table.slots):
        together = _run_of(children, table) if len(children) > 1 else None
        for place, child in enumerate(children):
            slot = together[place] if together else _first(child, table)
            if slot is None:
                unplaced.append((child, _why_not(child, table)))
                continue
            table.take(slot, child.family)
            late = child.due is not None and slot.starts.date() > child.due
            placed.append(Placed(child, slot, late, apart=len(children) > 1 and together is None))
    placed.sort(key=lambda each: (each.slot.starts, each.slot.block))
    return Plan(tuple(placed), tuple(unplaced))


def suits(child: Wanted, slot: Slot) -> bool:
    """May the child's parents be asked to this slot: school, language, grade, class?"""
    return (
        slot.school == child.school
        and slot.language in (None, child.language)
        and (slot.grades is None or child.grade in slot.grades)
        and slot.class_of in (None, child.teacher)
    )


def _families(wanted: Sequence[Wanted], slots: Sequence[Slot]) -> list[list[Wanted]]:
    """Families of a school, those with the fewest choices first, then language by language, the most urgent first."""
    groups: dict[tuple[int, tuple[str, ...]], list[Wanted]] = defaultdict(list)
    for child in wanted:
        groups[child.school, child.family].append(child)
    blocks = {(slot.block, slot.school, slot.language, slot.grades, slot.class_of): slot for slot in slots}
    own = {slot.language for slot in slots if slot.language}

    def order(children: list[Wanted]) -> tuple[bool, int, str, date, int, int]:
        choices = min(sum(suits(child, slot) for slot in blocks.values()) for child in children)
        due = min((child.due for child in children if child.due), default=date.max)
        language = children[0].language or ""
        return (language not in own, choices, language, due, -len(children), children[0].student)

    ordered = [sorted(group, key=lambda child: (child.grade.rank, child.student)) for group in groups.values()]
    return sorted(ordered, key=order)


def _candidates(child: Wanted, table: _Table) -> list[Slot]:
    """The slots that suit, those of the family's own language before those of any."""
    fit = [slot for slot in table.slots if suits(child, slot)]
    return [slot for slot in fit if slot.language] + [slot for slot in fit if not slot.language]


def _first(child: Wanted, table: _Table) -> Slot | None:
    """The first free slot; one of another language's rest only when it is in time or nothing else is."""
    return next((slot for slot in _candidates(child, table) if table.is_free(slot, child.family)), None)


def _run_of(children: Sequence[Wanted], table: _Table) -> list[Slot] | None:
    """Slots of one block, one after the other, for all children of a family."""
    by_place = {(slot.block, slot.starts): slot for slot in table.slots}
    for first in _candidates(children[0], table):
        run: list[Slot] = []
        slot: Slot | None = first
        for child in children:
            if slot is None or not suits(child, slot) or not table.is_free(slot, child.family):
                break
            run.append(slot)
            slot = by_place.get((slot.block, slot.ends))
        if len(run) == len(children):
            return run
    return None


def _why_not(child: Wanted, table: _Table) -> Finding:
    """The reason why a child stays without a slot, the first that holds."""
    here = [slot for slot in (*table.slots, *table.full) if slot.school == child.school]
    spoken = [slot for slot in here if slot.language in (None, child.language)]
    grade = [slot for slot in spoken if slot.grades is None or child.grade in slot.grades]
    fit = [slot for slot in grade if slot.class_of in (None, child.teacher)]
    source = "MP1-26, MP1-27"
    if not here:
        return Finding("no_slot", _("The school has no free slot."), source)
    if not spoken:
        return Finding("language", _("No block is held in the family's language or open to any."), source)
    if not grade:
        return Finding("grade", _("No block for the family's language takes this grade."), source)
    if not fit:
        return Finding("class", _("The blocks for this grade are for another class."), source)
    gone = table.taken | {(slot.block, slot.starts) for slot in table.full}
    if any((slot.block, slot.starts) not in gone for slot in fit):
        return Finding("busy", _("The family, or the staff, is somewhere else at the times that are left."), source)
    said = ngettext("The %(n)d slot that suits is taken.", "All %(n)d slots that suit are taken.", len(fit))
    return Finding("full", said % {"n": len(fit)}, source)
