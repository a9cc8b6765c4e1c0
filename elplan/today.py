"""What a person has to do today: duties folded into lines, late ones first; counts for every line and heading.

Several children with the same duty and the same due day are one line. Counts come from one query, and of each line
that is shown only the first children are fetched, so that the page is as fast for a hundred thousand children.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district.duties import SOON, Duty, DutyList, Pile, State, duties_for
from district.models import School, User
from district.wording import due_words, some_names

LINES = 8  # of a group; the rest is one click away
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
    groups: list[Group]
    done: int

    def count(self, group: str) -> int:
        return next((each.count for each in self.groups if each.id == group), 0)


def today(user: User, as_of: date) -> Today:
    """What the person, in the roles held and stood in for, has to do on the day."""
    waiting = duties_for(user, as_of=as_of, state="waiting", own=True)
    piles = waiting.piles()
    late = [pile for pile in piles if pile.due and pile.due < as_of]
    week = [pile for pile in piles if pile.due and as_of <= pile.due < as_of + SOON]
    later = [pile for pile in piles if pile.due is None or pile.due >= as_of + SOON]
    shown = waiting.first_of([*late[:LINES], *week[:LINES], *later[:LINES]])
    schools = _schools_to_name(user)
    groups = [
        _group("late", _("Late"), late, shown, as_of, schools),
        _group("week", _("Due within a week"), week, shown, as_of, schools),
        _group("later", _("Due later"), later, shown, as_of, schools),
    ]
    return Today(groups, done_lately(user, as_of))


def done_lately(user: User, as_of: date) -> int:
    """How many of the person's duties were done within the last seven days."""
    done = duties_for(user, as_of=as_of, state=State.DONE, where=Q(d_done__gt=as_of - LATELY), own=True)
    return sum(pile.count for pile in done.piles())


def _schools_to_name(user: User) -> dict[int, str]:
    """Schools by id, for people who work for more than one; who works for one does not need to be told which."""
    schools = School.objects.all() if len({school for _role, school in user.grants} - {None}) != 1 else []
    return {school.pk: school.short_name for school in schools}


def _group(
    slug: str,
    title: str,
    piles: list[Pile],
    shown: dict[tuple[str, date | None], list[Duty]],
    as_of: date,
    schools: dict[int, str],
) -> Group:
    lines = [_line(pile, shown.get((pile.rule.id, pile.due), []), as_of, schools) for pile in piles[:LINES]]
    return Group(
        slug,
        title,
        sum(pile.count for pile in piles),
        [line for line in lines if line],
        max(len(piles) - LINES, 0),
        duties_url(mine="1", state=slug),
    )


def _line(pile: Pile, first: list[Duty], as_of: date, schools: dict[int, str]) -> Line | None:
    if not first:  # done by somebody between the two queries
        return None
    duty = first[0]
    due = due_words(pile.due, as_of) if pile.due else None
    alone = pile.count == 1
    names = {"names": some_names([each.subject for each in first], pile.count), "count": pile.count}
    if alone:
        school = schools.get(duty.school_id or 0)
        whom = ", ".join(part for part in (_("for %(names)s") % names, school) if part)
    else:
        whom = (_("for %(count)d children: %(names)s") if duty.student_id else _("%(count)d times: %(names)s")) % names
    many_url = duties_url(mine="1", rule=pile.rule.id, due=pile.due.isoformat() if pile.due else "none")
    return Line(
        tone=due.tone if due else "soon",
        due_words=due.words if due else _("no due day"),
        due_day=due.day if due else _("the calendar ends before it"),
        what=str(pile.rule.title),
        url=duty.url if alone else many_url,
        whom=whom,
        why=duty.why if alone else _("%(name)s: %(why)s") % {"name": duty.subject, "why": duty.why},
        action=str(duty.rule.action),
        action_url=duty.url,
        count=pile.count,
    )


def duties_url(**filters: str) -> str:
    """The list of duties with filters in its address."""
    return f"{reverse('duties')}?{urlencode({key: value for key, value in filters.items() if value})}"


def by_role_and_school(waiting: DutyList, as_of: date) -> Iterable[tuple[str, int, int]]:
    """(owner role, late, due within a week) of a list, for those who answer for other people's work."""
    found: dict[str, list[int]] = {}
    for pile in waiting.piles():
        numbers = found.setdefault(pile.rule.owner, [0, 0])
        if pile.due and pile.due < as_of:
            numbers[0] += pile.count
        elif pile.due and pile.due < as_of + SOON:
            numbers[1] += pile.count
    return [(role, late, week) for role, (late, week) in sorted(found.items(), key=lambda item: -item[1][0])]
