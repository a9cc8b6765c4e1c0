"""The figures of the program on one page, without names: who is there by status and school, and what is in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from district.access import Scope
from district.duties import Pile, duties, rules
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

# The duties whose day the law sets and that each school answers for (MP1-13, MP1-17).
BY_SCHOOL = ("initial_test", "results_letter")


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
    done: int = 0
    in_time: int = 0
    late: int = 0

    def __add__(self, pile: Pile) -> InTime:
        return InTime(self.title, self.done + pile.done, self.in_time + pile.in_time, self.late + pile.waiting)

    @property
    def asked(self) -> int:
        """How many were to be done by now: those done, and those that nobody has done though their day has passed."""
        return self.done + self.late

    @property
    def share(self) -> int:
        """Of 100 that were to be done, how many were done in time; what was never done is not in time."""
        return round(100 * self.in_time / self.asked) if self.asked else 0

    @property
    def is_small(self) -> bool:
        return is_small(self.done) or is_small(self.asked)


@dataclass(frozen=True)
class SchoolInTime:
    """A school and how it stands with the kinds of duties of `BY_SCHOOL`, in their order."""

    name: str
    kinds: list[InTime]


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


def in_time(schools: list[School], on: date) -> tuple[list[InTime], list[SchoolInTime]]:
    """How the duties of this school year stand, kind by kind, and what is late from any year; then school by school
    those whose day the law sets."""
    year = school_year(on)
    counts = Q(d_done__isnull=True, d_due__lt=on) | Q(d_done__isnull=False)
    if year:
        counts = Q(d_done__isnull=True, d_due__lt=on) | Q(d_done__isnull=False, d_due__gte=year.first_day)
    here = Q(d_school__in=[school.pk for school in schools])
    found: dict[str, InTime] = {}
    at: dict[tuple[int | None, str], InTime] = {}
    for pile in duties(as_of=on, where=here & counts).piles():
        rule, nothing = pile.rule.id, InTime(str(pile.rule.title))
        found[rule] = found.get(rule, nothing) + pile
        if rule in BY_SCHOOL:
            at[pile.school_id, rule] = at.get((pile.school_id, rule), nothing) + pile
    titles = {rule: str(rules()[rule].title) for rule in BY_SCHOOL if rule in rules()}
    by_school = [
        SchoolInTime(school.name, [at.get((school.pk, rule), InTime(title)) for rule, title in titles.items()])
        for school in schools
    ]
    return sorted(found.values(), key=lambda kind: -kind.late), by_school
