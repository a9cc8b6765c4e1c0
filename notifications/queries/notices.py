"""How a notice stands that every family is owed by a day: issued, sent, back, in time; by school."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Case, Count, Exists, OuterRef, QuerySet, Subquery, When

from district.duties import rules as duty_rules
from district.duties import visible
from district.models import School, User
from notifications.kinds import NoticeRun, builders
from notifications.models import Delivery, Letter
from notifications.rules import IN_TIME, LATE, NEVER, RUNNING, notice_in_time, share_in_time


@dataclass
class NoticeLine:
    """One school. Counts of children: `total` are owed the notice; `unsent` is issued and nobody noted that it left.

    outcomes: how many by `rules.notice_in_time`. due: the last day most families share; None where none has one.
    """

    school: School
    total: int = 0
    issued: int = 0
    sent: int = 0
    returned: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    days: Counter[date] = field(default_factory=Counter)

    @property
    def due(self) -> date | None:
        return max(self.days, key=lambda day: (self.days[day], day)) if self.days else None

    @property
    def other_days(self) -> int:
        """Children with another last day than most, such as those who came during the year."""
        return sum(self.days.values()) - self.days[self.due] if self.due else 0

    @property
    def to_issue(self) -> int:
        return self.total - self.issued

    @property
    def unsent(self) -> int:
        return self.issued - self.sent - self.returned

    @property
    def gone(self) -> int:
        """How many have left the school, came they back or not."""
        return self.sent + self.returned

    @property
    def in_time(self) -> int:
        return self.outcomes[IN_TIME]

    @property
    def settled(self) -> int:
        return self.outcomes[IN_TIME] + self.outcomes[LATE] + self.outcomes[NEVER]

    @property
    def late(self) -> int:
        return self.outcomes[NEVER]

    @property
    def running(self) -> int:
        return self.outcomes[RUNNING]

    @property
    def share(self) -> int | None:
        return share_in_time(self.outcomes)


def notice_lines(kind: str, user: User, on: date, schools: list[School]) -> list[NoticeLine]:
    """How the notice stands in each of the schools; none for a kind that no duty counts. One query."""
    run: NoticeRun | None = getattr(builders().get(kind), "run", None)
    if run is None:
        return []
    lines = {school.pk: NoticeLine(school) for school in schools}
    for school, due, is_issued, is_out, left, number in _counted(run, user, on):
        if line := lines.get(school):
            _add(line, due, is_issued, is_out, left, number, on)
    return [line for line in lines.values() if line.total]


def _counted(run: NoticeRun, user: User, on: date) -> QuerySet:
    """The duty's rows by school, last day and what became of the letter, with how many there are of each."""
    rows = duty_rules()[run.duty].rows(on).filter(visible(user))
    tries = Delivery.objects.filter(
        letter__kind__in=run.kinds,
        letter__student=OuterRef("d_student"),
        letter__dated=OuterRef("d_done"),  # the letter that did the duty
        left_on__lte=on,
    )
    rows = rows.annotate(
        n_issued=Case(When(d_done__isnull=False, then=True), default=False),
        n_out=Exists(tries.filter(returned_on__isnull=True)),
        n_left=Subquery(tries.order_by("left_on").values("left_on")[:1]),
    )
    columns = ("d_school", "d_due", "n_issued", "n_out", "n_left")
    return rows.order_by().values_list(*columns).annotate(number=Count("d_student"))


def letters_of_notice(
    kind: str, letters: QuerySet[Letter], user: User, on: date, school: School | None
) -> QuerySet[Letter]:
    """Of these letters those that `notice_lines` counts: each did the duty of a child of the school."""
    run: NoticeRun | None = getattr(builders().get(kind), "run", None)
    if run is None:
        return letters.none()
    rows = duty_rules()[run.duty].rows(on).filter(visible(user), d_done__isnull=False)
    if school:
        rows = rows.filter(d_school=school.pk)
    letters = letters.filter(kind__in=run.kinds, student__in=rows.order_by().values("d_student"))
    return letters.filter(Exists(rows.filter(d_student=OuterRef("student"), d_done=OuterRef("dated"))))


def _add(
    line: NoticeLine, due: date | None, is_issued: bool, is_out: bool, left: date | None, number: int, on: date
) -> None:
    line.total += number
    line.issued += number * is_issued
    line.sent += number * is_out
    line.returned += number * (left is not None and not is_out)
    line.outcomes[notice_in_time(due=due, left=left, on=on).outcome] += number
    if due:
        line.days[due] += number
