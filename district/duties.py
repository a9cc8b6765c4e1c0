"""What is due: derived from facts, never stored. One shape for every duty of every chapter.

An app describes each of its duties as a `DutyRule` in its `duties.py` and registers it in `AppConfig.ready`. The rule
gives one set-based query; this module asks for state, school and owner, puts the rules together and counts. From it
come every role's home page, the lists, the command line and the on-time percentages.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, DateField, F, Q, QuerySet, TextChoices, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.access import Scope
from district.enums import Role
from district.models import Delegation, RoleAssignment, School, User, in_force
from district.permissions import Permission
from district.queries import remembering

COLUMNS = (
    "d_rule",
    "d_student",
    "d_school",
    "d_teacher",
    "d_starts",
    "d_due",
    "d_done",
    "d_facts",
)
PILED = ("d_rule", "d_school", "d_due", "d_done", "d_student")
SOON = timedelta(days=7)
SLOW = 2.0  # seconds; a count that took longer is kept for a while
KEPT = 600  # seconds
ORDERED = "SELECT * FROM ({found}) AS duty ORDER BY d_due, d_rule, d_school, d_student LIMIT %s OFFSET %s"
COUNTED = """
    SELECT d_rule, d_school, d_due,
        count(*) FILTER (WHERE d_done IS NULL), count(d_done), count(*) FILTER (WHERE d_done::date <= d_due::date),
        min(d_student) FILTER (WHERE d_done IS NULL), max(d_student) FILTER (WHERE d_done IS NULL)
    FROM ({found}) AS duty GROUP BY d_rule, d_school, d_due ORDER BY d_due, d_rule, d_school
"""


class State(TextChoices):
    LATE = "late", _("late")
    OPEN = "open", _("open")
    DONE = "done", _("done")


@dataclass(frozen=True)
class Many:
    """Where a duty is done for many children at once, and the words on the button."""

    url_name: str
    action: Any
    args: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return reverse(self.url_name, args=self.args)


@dataclass(frozen=True)
class DutyRule:
    """One kind of duty.

    rows: (as_of) to a queryset with one row per duty, annotated `d_student` (id), `d_school` (id), `d_teacher` (id of
    the class teacher or None), `d_starts`, `d_due` (dates), `d_done` (date or None) and `d_facts` (a JSONObject with
    what `why`, `subject` and `link` need). It shows the state on the day `as_of`: what begins later is not in it, what
    was done later is open. title: the task as a verb phrase. why: the reason in one sentence, from the row's facts.
    link: where it is done. action: the words on the button. source: Plan row or law. many: the same for many at once.
    """

    id: str
    title: Any
    owner: Role
    source: str
    rows: Callable[[date], QuerySet]
    why: Callable[[Duty], str]
    link: Callable[[Duty], str]
    action: Any
    subject: Callable[[Duty], str] | None = None
    many: Many | None = None


@dataclass(frozen=True)
class Duty:
    """One thing due: to whom, from when, by when, why."""

    rule: DutyRule
    student_id: int | None
    school_id: int | None
    teacher_id: int | None
    starts: date
    due: date | None
    done: date | None
    facts: Mapping[str, Any]
    as_of: date

    @property
    def state(self) -> State:
        if self.done:
            return State.DONE
        return State.LATE if self.due and self.due < self.as_of else State.OPEN

    @property
    def on_time(self) -> bool:
        return bool(self.done and self.due and self.done <= self.due)

    @property
    def days_left(self) -> int | None:
        """Calendar days until it is due; negative when late, None where the calendar of that year is not open."""
        return (self.due - self.as_of).days if self.due else None

    @property
    def why(self) -> str:
        return str(self.rule.why(self))

    @property
    def url(self) -> str:
        return self.rule.link(self)

    @property
    def subject(self) -> str:
        """Whom or what it is about: the child's name, unless the rule says otherwise."""
        return self.rule.subject(self) if self.rule.subject else str(self.facts.get("name", ""))


_rules: dict[str, DutyRule] = {}


def register(*rules: DutyRule) -> None:
    """Make the rules known; called once from the `ready` of the app that owns them."""
    for rule in rules:
        if _rules.get(rule.id, rule) is not rule:
            raise ValueError(f"There are two duties with the id {rule.id}.")
        _rules[rule.id] = rule


def rules() -> dict[str, DutyRule]:
    """Every registered rule by id."""
    return dict(_rules)


@dataclass(frozen=True)
class Pile:
    """Duties of one rule in one school that are due on the same day.

    `first` and `last` are the ids of two of the children that wait, the same one where only one does.
    """

    rule_id: str
    school_id: int | None
    due: date | None
    waiting: int
    done: int
    in_time: int
    first: int | None
    last: int | None

    @property
    def rule(self) -> DutyRule:
        return _rules[self.rule_id]

    @property
    def condition(self) -> Q:
        """Which rows of the rule are in it."""
        here = Q(d_school=self.school_id) if self.school_id else Q(d_school__isnull=True)
        return here & (Q(d_due=self.due) if self.due else Q(d_due__isnull=True))


@dataclass(frozen=True)
class Tally:
    """Piles, most urgent first, and the moment of their count; `is_kept`: it took long, and serves for a while."""

    piles: list[Pile]
    counted_at: datetime
    is_kept: bool = False


@dataclass(frozen=True)
class DutyList:
    """Duties of some rules on a day, as a lazy, countable, sliceable list, most urgent first."""

    as_of: date
    parts: tuple[tuple[DutyRule, QuerySet], ...]

    def count(self) -> int:
        return sum(pile.waiting + pile.done for pile in self.tally.piles)

    def counts(self) -> dict[str, int]:
        """How many by rule id; rules without any are left out."""
        numbers = {rule.id: rows.count() for rule, rows in self.parts}
        return {rule: number for rule, number in numbers.items() if number}

    def __iter__(self) -> Iterator[Duty]:
        return iter(self.page())

    def __getitem__(self, part: slice) -> list[Duty]:
        """A part of the list, as a Paginator asks for it: like `page`, made for lists of many thousands.

        The piles say where in the list each rule, school and day stands; only those of the part are looked at.
        """
        start, stop = part.start or 0, part.stop
        chosen: list[Pile] = []
        passed = before = 0
        for pile in self.tally.piles:
            size = pile.waiting + pile.done
            if passed + size > start and (stop is None or passed < stop):
                before = before if chosen else passed
                chosen.append(pile)
            passed += size
        return self._of_piles(chosen).page(start - before, None if stop is None else stop - before)

    def page(self, start: int = 0, stop: int | None = None) -> list[Duty]:
        """The duties from `start` to before `stop`, by due day, then rule, school and child."""
        found, values = self._together(COLUMNS, stop)
        if not found or stop == 0:
            return []
        with connection.cursor() as cursor:
            cursor.execute(ORDERED.format(found=found), [*values, None if stop is None else stop - start, start])
            return [self._duty(row) for row in cursor.fetchall()]

    def piles(self) -> list[Pile]:
        """How many by rule, school and due day, most urgent first: one pass, however many duties there are.

        The rows are counted outside of the queries that find them, so that PostgreSQL works out each day once.
        """
        return _count(*self._together(PILED))

    @cached_property
    def tally(self) -> Tally:
        """The piles, and when they were counted; for pages that may look at a whole district.

        A count that took longer than two seconds serves for ten minutes: a large district changes little in that time,
        and each school's and each child's own page is of the moment.
        """
        found, values = self._together(PILED)
        key = _key(found, values)
        kept: Tally | None = cache.get(key)
        if kept is None:
            began = time.monotonic()
            kept = Tally(_count(found, values), timezone.now())
            if time.monotonic() - began > SLOW:
                kept = replace(kept, is_kept=True)
                cache.set(key, kept, KEPT)
        return kept

    def forget(self) -> None:
        """Have the tally counted anew."""
        cache.delete(_key(*self._together(PILED)))

    def _together(self, columns: Sequence[str], most: int | None = None) -> tuple[str, list[Any]]:
        """The rules' queries as one, as SQL with its values; of each no more rows than `most`, most urgent first.

        Parts whose conditions exclude each other, such as a school out of none, are left out.
        """
        pieces: list[str] = []
        values: list[Any] = []
        for rule, rows in self.parts:
            part = rows.annotate(d_rule=Value(rule.id)).values(*columns)
            part = part.order_by() if most is None else part.order_by("d_due", "d_school", "d_student")[:most]
            try:
                sql, own = part.query.sql_with_params()
            except EmptyResultSet:
                continue
            pieces.append(f"({sql})")
            values.extend(own)
        return " UNION ALL ".join(pieces), values

    def of_children(self, named: Iterable[tuple[str, int | None]]) -> list[Duty]:
        """What waits of the given (rule id, child) pairs, most urgent first; None is a duty about no child."""
        narrowed = self._narrowed(named)
        waiting = tuple((rule, rows.filter(d_done__isnull=True)) for rule, rows in narrowed.parts)
        return DutyList(self.as_of, waiting).page()

    def _narrowed(self, named: Iterable[tuple[str, int | None]]) -> DutyList:
        """The list for (rule id, child) pairs only."""
        wanted: dict[str, set[int | None]] = {}
        for rule, child in named:
            wanted.setdefault(rule, set()).add(child)
        parts = []
        for rule, rows in self.parts:
            if children := wanted.get(rule.id):
                theirs = Q(d_student__in=children - {None}) | (Q(d_student__isnull=True) if None in children else Q())
                parts.append((rule, rows.filter(theirs)))
        return DutyList(self.as_of, tuple(parts))

    def _of_piles(self, piles: Iterable[Pile]) -> DutyList:
        """The list for some piles only."""
        places: dict[str, list[Pile]] = {}
        for pile in piles:
            places.setdefault(pile.rule_id, []).append(pile)
        parts = []
        for rule, rows in self.parts:
            if wanted := places.get(rule.id):
                schools = {pile.school_id for pile in wanted}
                near = Q(d_school__in=schools - {None}) | (Q(d_school__isnull=True) if None in schools else Q())
                exactly = reduce(or_, (pile.condition for pile in wanted))
                parts.append((rule, rows.filter(near, exactly)))
        return DutyList(self.as_of, tuple(parts))

    def _duty(self, row: Sequence[Any]) -> Duty:
        rule, student, school, teacher, starts, due, done, facts = row
        known = json.loads(facts) if isinstance(facts, str) else facts
        return Duty(_rules[rule], student, school, teacher, starts, due, done, known, self.as_of)


def _count(found: str, values: Sequence[Any]) -> list[Pile]:
    if not found:
        return []
    with connection.cursor() as cursor:
        cursor.execute(COUNTED.format(found=found), values)
        return [Pile(*row) for row in cursor.fetchall()]


def _key(found: str, values: Sequence[Any]) -> str:
    """What a count is kept under: the database and the very question, with the person's scope in it."""
    asked = f"{connection.settings_dict['NAME']} {found} {values}"
    return f"duties-{hashlib.sha256(asked.encode()).hexdigest()}"


def duties(
    *,
    as_of: date,
    rule_ids: Iterable[str] | None = None,
    state: State | str | None = None,
    where: Q | None = None,
    owner: Role | None = None,
) -> DutyList:
    """The duties on a day. state None: all. where: a condition on d_school, d_student, d_teacher, d_due, d_done.

    KeyError names a rule that does not exist.
    """
    chosen = [_rules[rule] for rule in rule_ids] if rule_ids is not None else list(_rules.values())
    condition = _state(state, as_of) & (where if where is not None else Q())
    with remembering():
        parts = [(rule, rule.rows(as_of).filter(condition)) for rule in chosen if owner in (None, rule.owner)]
    return DutyList(as_of, tuple(parts))


def duties_for(
    user: User,
    *,
    as_of: date,
    state: State | str | None = None,
    where: Q | None = None,
    own: bool = False,
) -> DutyList:
    """The duties this person may see or, with `own`, has to do: those of the roles held and stood in for.

    A duty whose role nobody holds and nobody stands in for falls to the EL administrator (MP5-49).
    """
    sees = visible(user)
    if own:
        roles = set(Role) if _takes_over(user) else {role for role, _school in user.grants}
        owned = {role: _owned(user, role, as_of) for role in roles & {rule.owner for rule in _rules.values()}}
        mine = [rule.id for rule in _rules.values() if rule.owner in owned]
        parts = duties(as_of=as_of, state=state, where=where, rule_ids=mine).parts
        return DutyList(as_of, tuple((rule, rows.filter(sees, owned[rule.owner])) for rule, rows in parts))
    return duties(as_of=as_of, state=state, where=sees & (where if where is not None else Q()))


def visible(user: User) -> Q:
    """The condition on a duty's columns under which the person may see it."""
    scope = Scope.of(user, Permission.VIEW_DUTIES)
    if scope.everywhere:
        return Q()
    seen = Q(d_school__in=scope.schools)
    if scope.own_class_of:
        seen |= Q(d_teacher=scope.own_class_of)
    return seen


def vacant_schools(role: Role, on: date) -> list[int]:
    """Schools in which nobody holds the role on the day and nobody stands in."""
    held = RoleAssignment.objects.filter(in_force(on), role=role, user__is_active=True).values_list("school", flat=True)
    stands_in = Delegation.objects.filter(in_force(on), role=role, delegate__is_active=True)
    staffed = {*held, *stands_in.values_list("school", flat=True)}
    return [] if None in staffed else [pk for pk in School.objects.values_list("pk", flat=True) if pk not in staffed]


def _takes_over(user: User) -> bool:
    """Whether duties of vacant roles fall to the person: the district's EL administrator (MP5-49)."""
    return (Role.EL_ADMINISTRATOR, None) in user.grants


def _owned(user: User, owner: Role, on: date) -> Q:
    places = [school for role, school in user.grants if role == owner]
    if None in places:
        return Q()
    if owner == Role.TEACHER and places:
        return Q(d_teacher=user.pk)
    own = Q(d_school__in=places)
    if _takes_over(user):
        own |= Q(d_school__in=vacant_schools(owner, on))
    return own


def _state(state: State | str | None, as_of: date) -> Q:
    not_done = Q(d_done__isnull=True)
    match state:
        case State.DONE:
            return Q(d_done__isnull=False)
        case State.LATE:
            return not_done & Q(d_due__lt=as_of)
        case State.OPEN:
            return not_done & (Q(d_due__gte=as_of) | Q(d_due__isnull=True))
        case "waiting":  # open and late together: all that is not done
            return not_done
        case _:
            return Q()


def until(as_of: date, field: str) -> Any:
    """A date column as it was known on the day `as_of`: later dates count as not yet there."""
    return Case(
        When(**{f"{field}__lte": as_of}, then=F(field)),
        default=None,
        output_field=DateField(),
    )
