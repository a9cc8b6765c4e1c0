"""The figures of the program on one page, without names: who is there by status and school, and what is in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from district.access import Scope
from district.duties import duties
from district.models import School, User
from district.permissions import Permission
from district.queries import school_year
from elplan.small_groups import hidden_cells, is_small
from students.enums import ElStatus
from students.models import LanguageStatus, Student

# Columns of the table: a title and the statuses that it counts; without a survey there is none yet.
COLUMNS = (
    (gettext_lazy("English learners"), {ElStatus.EL, ElStatus.ADEL}),
    (gettext_lazy("Reclassified fluent"), {ElStatus.RFEP}),
    (gettext_lazy("Initially fluent"), {ElStatus.IFEP}),
    (gettext_lazy("English only"), {ElStatus.EO}),
    (gettext_lazy("Not yet known"), {ElStatus.TBD, None}),
)


@dataclass(frozen=True)
class Row:
    """A school, or the district: children enrolled and children by status; None is a hidden number."""

    name: str
    enrolled: int | None
    counts: list[int | None]


@dataclass(frozen=True)
class InTime:
    """One kind of duty this school year: how many are done, how many of these in time, how many are late now."""

    title: str
    done: int
    in_time: int
    late: int

    @property
    def share(self) -> int:
        """Of 100 done, how many in time."""
        return round(100 * self.in_time / self.done) if self.done else 0

    @property
    def is_small(self) -> bool:
        return is_small(self.done)


def schools_of(user: User) -> list[School]:
    """The schools whose figures the person sees."""
    scope = Scope.of(user, Permission.VIEW_FIGURES)
    return list(School.objects.all() if scope.everywhere else School.objects.filter(pk__in=scope.schools))


def by_school(schools: list[School], on: date) -> tuple[list[Row], Row]:
    """A row for every school and one for all, small groups and what would betray them hidden."""
    status = LanguageStatus.objects.on(on).filter(student=OuterRef("pk")).order_by("-sequence").values("status")[:1]
    counted = (
        Student.objects.enrolled(on)
        .filter(current_enrollment__school__in=schools)
        .annotate(now=Subquery(status))
        .values_list("current_enrollment__school", "now")
        .annotate(number=Count("pk"))
        .order_by()
    )
    numbers = {(school, now): number for school, now, number in counted}
    table = [
        [sum(numbers.get((school.pk, status), 0) for status in statuses) for _title, statuses in COLUMNS]
        for school in schools
    ]
    hidden = hidden_cells(table)
    lines = [*table, [sum(column) for column in zip(*table, strict=True)] or [0] * len(COLUMNS)]
    names = [*(school.name for school in schools), _("District") if len(schools) > 1 else _("Altogether")]
    rows = [
        Row(
            name,
            None if (place, len(COLUMNS)) in hidden else sum(line),
            [None if (place, column) in hidden else count for column, count in enumerate(line)],
        )
        for place, (name, line) in enumerate(zip(names, lines, strict=True))
    ]
    return rows[:-1], rows[-1]


def in_time(schools: list[School], on: date) -> list[InTime]:
    """How the duties of this school year stand, kind by kind, and what is late from any year."""
    year = school_year(on)
    counts = Q(d_done__isnull=True, d_due__lt=on) | Q(d_done__isnull=False)
    if year:
        counts = Q(d_done__isnull=True, d_due__lt=on) | Q(d_done__isnull=False, d_due__gte=year.first_day)
    here = Q(d_school__in=[school.pk for school in schools])
    found: dict[str, InTime] = {}
    for pile in duties(as_of=on, where=here & counts).piles():
        so_far = found.get(pile.rule.id, InTime(str(pile.rule.title), 0, 0, 0))
        found[pile.rule.id] = InTime(
            so_far.title, so_far.done + pile.done, so_far.in_time + pile.in_time, so_far.late + pile.waiting
        )
    return sorted(found.values(), key=lambda kind: -kind.late)
