"""What a person has to do today: duties folded into lines, late ones first; counts for every line and heading.

The same duty with the same due day is one line, for however many children; where that would be too many lines, all days
of the duty are one. Counts come from one pass over the facts, and of each line that is shown only two children are
fetched, so that the page stays quick for a hundred thousand children.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district.duties import SOON, Duty, DutyRule, Pile, Tally, duties_for
from district.enums import Role
from district.models import School, User
from district.wording import day_month, due_words, some_names

LINES = 10  # of a group; the rest is one click away
LATELY = timedelta(days=7)


@dataclass(frozen=True)
class Line:
    """A line of the queue (see components/queue.html)."""

    tone: str
    due_words: str
    due_day: str
    what: str
    url: str
    whom: str
    why: str
    action: str
    action_url: str
    count: int


@dataclass(frozen=True)
class Group:
    """Late, due within a week, or due later."""

    id: str
    title: str
    count: int
    lines: list[Line]
    more: int
    url: str

    @property
    def note(self) -> str:
        things = ngettext("%(count)d thing", "%(count)d things", self.count) % {"count": self.count}
        shown = len(self.lines) + self.more
        if shown == self.count:
            return things
        in_lines = ngettext("%(count)d line", "%(count)d lines", shown) % {"count": shown}
        return _("%(things)s in %(lines)s") % {"things": things, "lines": in_lines}


@dataclass(frozen=True)
class Today:
    """The person's own duties in groups, and, who answers for others, theirs by role."""

    groups: list[Group]
    done: int
    others: list[Others]
    counted: Tally | None = None  # of the others, where it took long and is kept

    def count(self, group: str) -> int:
        return next((each.count for each in self.groups if each.id == group), 0)


@dataclass(frozen=True)
class Others:
    """What waits with another role: late, and due within a week."""

    role: Role
    late: int
    week: int


@dataclass(frozen=True)
class Heap:
    """Duties of one rule that make one line: those of one day, or, where days are many, of all days of a group."""

    rule: DutyRule
    first_due: date | None
    last_due: date | None
    waiting: int
    first: int | None
    last: int | None

    @property
    def is_of_one_day(self) -> bool:
        return self.first_due == self.last_due


def today(user: User, as_of: date, *, with_others: bool = False, recount: bool = False) -> Today:
    """What the person, in the roles held and stood in for, has to do on the day; with_others: and what others have.

    recount: do not take the others' numbers from the count that is kept.
    """
    since = Q(d_done__isnull=True) | Q(d_done__gt=as_of - LATELY)
    own = duties_for(user, as_of=as_of, where=since, own=True)
    piles = own.piles()
    waiting = [pile for pile in piles if pile.waiting]
    soon = as_of + SOON
    heaps = {
        "late": _heaps(pile for pile in waiting if pile.due and pile.due < as_of),
        "week": _heaps(pile for pile in waiting if pile.due and as_of <= pile.due < soon),
        "later": _heaps(pile for pile in waiting if pile.due is None or pile.due >= soon),
    }
    shown = [heap for group in heaps.values() for heap in group[:LINES]]
    children = [(heap.rule.id, child) for heap in shown for child in (heap.first, heap.last)]
    teller = Teller(as_of, _schools_to_name(user), own.of_children(children))
    titles = {"late": _("Late"), "week": _("Due within a week"), "later": _("Due later")}
    groups = [teller.group(slug, titles[slug], group) for slug, group in heaps.items()]
    done = sum(pile.done for pile in piles)
    if not with_others:
        return Today(groups, done, [])
    near = duties_for(user, as_of=as_of, state="waiting", where=Q(d_due__lt=soon))
    if recount:
        near.forget()
    return Today(groups, done, _others(user, near.tally, as_of), near.tally if near.tally.is_kept else None)


def _heaps(piles: Iterable[Pile]) -> list[Heap]:
    """One heap for each rule and day; where that would be more lines than are shown, one for each rule."""
    found = list(piles)
    by_day = _folded(found, lambda pile: (pile.rule.id, pile.due))
    return by_day if len(by_day) <= LINES else _folded(found, lambda pile: pile.rule.id)


def _folded(piles: list[Pile], key: Callable[[Pile], object]) -> list[Heap]:
    """Piles with the same key as one heap, in the order of the first of each: most urgent first."""
    together: dict[object, list[Pile]] = {}
    for pile in piles:
        together.setdefault(key(pile), []).append(pile)
    return [
        Heap(
            rule=some[0].rule,
            first_due=some[0].due,
            last_due=some[-1].due,
            waiting=sum(pile.waiting for pile in some),
            first=some[0].first,
            last=some[-1].last,
        )
        for some in together.values()
    ]


def _others(user: User, near: Tally, as_of: date) -> list[Others]:
    """What waits with the roles that the person does not hold, most late first."""
    own = {role for role, _school in user.grants}
    found: dict[Role, list[int]] = {}
    for pile in near.piles:
        if pile.rule.owner not in own:
            found.setdefault(pile.rule.owner, [0, 0])[pile.due >= as_of] += pile.waiting
    return [Others(Role(role), *numbers) for role, numbers in sorted(found.items(), key=lambda item: -item[1][0])]


def _schools_to_name(user: User) -> dict[int, str]:
    """Schools by id, for people who work for more than one; who works for one does not need to be told which."""
    schools = School.objects.all() if len({school for _role, school in user.grants} - {None}) != 1 else []
    return {school.pk: school.short_name for school in schools}


@dataclass(frozen=True)
class Teller:
    """Puts heaps into words, with the duties of the children that they name."""

    as_of: date
    schools: dict[int, str]
    duties: list[Duty]

    def group(self, slug: str, title: str, heaps: list[Heap]) -> Group:
        lines = [self.line(slug, heap) for heap in heaps[:LINES]]
        return Group(
            slug,
            title,
            sum(heap.waiting for heap in heaps),
            [line for line in lines if line],
            max(len(heaps) - LINES, 0),
            duties_url(mine="1", state=slug),
        )

    def line(self, slug: str, heap: Heap) -> Line | None:
        named = self.named(heap)
        if not named:  # done by somebody between the two queries
            return None
        duty, alone = named[0], heap.waiting == 1
        many = None if alone else heap.rule.many
        tone, words, day = self.due(heap)
        return Line(
            tone=tone,
            due_words=words,
            due_day=day,
            what=str(heap.rule.title),
            url=duty.url if alone else self.list_url(slug, heap),
            whom=self.whom(heap, named),
            why=duty.why if alone else _("%(name)s: %(why)s") % {"name": duty.subject, "why": duty.why},
            action=str(many.action if many else heap.rule.action),
            action_url=many.url if many else duty.url,
            count=heap.waiting,
        )

    def named(self, heap: Heap) -> list[Duty]:
        """The most urgent duty of the heap, and one of another child."""
        mine = [duty for duty in self.duties if duty.rule.id == heap.rule.id]
        first = next((duty for duty in mine if duty.due == heap.first_due and duty.student_id == heap.first), None)
        other = next((duty for duty in mine if duty.student_id == heap.last != heap.first), None)
        return [duty for duty in (first, other) if duty]

    def due(self, heap: Heap) -> tuple[str, str, str]:
        """(tone, how far off, the day) of the most urgent of the heap."""
        if heap.first_due is None:
            return "soon", _("no due day"), ""
        due = due_words(heap.first_due, self.as_of)
        if heap.is_of_one_day:
            return due.tone, due.words, due.day
        if due.tone == "late":
            day = day_month(heap.first_due, self.as_of)
            return due.tone, _("up to %(late)s") % {"late": due.words}, _("since %(day)s") % {"day": day}
        return due.tone, due.words, _("%(day)s and later") % {"day": due.day}

    def whom(self, heap: Heap, named: list[Duty]) -> str:
        """`for Mateo Peña, Alder`; `4 times, for Jasleen Gill, Iker Zúñiga and others`: a child may wait twice."""
        subjects = [duty.subject for duty in named]
        if heap.waiting == 1:
            school = self.schools.get(named[0].school_id or 0)
            return ", ".join(part for part in (_("for %(names)s") % {"names": subjects[0]}, school) if part)
        if heap.waiting == len(subjects):
            return _("for %(names)s") % {"names": some_names(subjects, len(subjects))}
        said = {"count": heap.waiting, "names": ", ".join(subjects)}
        return (
            _("%(count)d times, for %(names)s and others") % said
            if len(subjects) > 1
            else _("%(count)d times, for %(names)s") % said
        )

    def list_url(self, slug: str, heap: Heap) -> str:
        if not heap.is_of_one_day:
            return duties_url(mine="1", rule=heap.rule.id, state=slug)
        day = heap.first_due.isoformat() if heap.first_due else "none"
        return duties_url(mine="1", rule=heap.rule.id, due=day)


def duties_url(**filters: str) -> str:
    """The list of duties with filters in its address."""
    return f"{reverse('duties')}?{urlencode({key: value for key, value in filters.items() if value})}"
