"""Classes and sections that a person works with, and what a teacher wants to know of the children in them (MP3-14)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from assessments.enums import Measure
from assessments.models import Result, Score, Support, TestPlan
from assessments.queries.initial import ENGLISH_TESTS
from assessments.queries.measures import Readings, Shown, newest
from assessments.rules.growth import DOMAINS, SHOWN, Point, point
from district.duties import Duty, duties_for
from district.enums import Grade
from district.models import User, in_force
from district.permissions import Permission
from students.enums import ElStatus
from students.models import EldSection, Enrollment, Flag, Service, Student
from students.queries import with_status

EL_ONLY, EL_AND_RFEP, ALL = "el", "el_rfep", "all"
STATUSES = {EL_ONLY: (ElStatus.EL,), EL_AND_RFEP: (ElStatus.EL, ElStatus.RFEP)}
CLOCKS_SHOWN = 3  # of a child in a list


@dataclass(frozen=True)
class Group:
    """A class (school, grade and teacher) or an ELD section; `key` names it in the address."""

    key: str
    label: str
    where: Q = field(compare=False)


def groups(
    user: User, on: date, permission: Permission = Permission.VIEW_STUDENTS, grades: Iterable[str] | None = None
) -> list[Group]:
    """The classes and sections of which the person sees children, the own ones first."""
    stays = Enrollment.objects.filter(in_force(on), student__in=Student.objects.visible_to(user, permission))
    if grades is not None:
        stays = stays.filter(grade__in=list(grades))
    rows = stays.values(
        "school", "school__short_name", "grade", "teacher", "teacher__first_name", "teacher__last_name"
    ).annotate(children=Count("pk"))
    found = [_class_of(row, on) for row in rows]
    found.sort(key=lambda pair: (pair[0] != user.pk, pair[1]))
    return [group for _teacher, _order, group in found] + _sections(user, on)


def _class_of(row: dict, on: date) -> tuple[int | None, tuple, Group]:
    grade = Grade(row["grade"])
    teacher = f"{row['teacher__first_name'] or ''} {row['teacher__last_name'] or ''}".strip()
    label = _("%(grade)s, %(teacher)s, %(school)s (%(count)d)") % {
        "grade": str(grade.label).capitalize(),
        "teacher": teacher or _("no class teacher"),
        "school": row["school__short_name"],
        "count": row["children"],
    }
    where = in_force(on, "enrollments__starts", "enrollments__ends") & Q(
        enrollments__school=row["school"], enrollments__grade=grade, enrollments__teacher=row["teacher"]
    )
    key = f"c{row['school']}-{grade.value}-{row['teacher'] or 0}"
    return row["teacher"], (row["school"], grade.rank, teacher), Group(key, label, where)


def _sections(user: User, on: date) -> list[Group]:
    """ELD sections of the year that the person teaches."""
    rows = EldSection.objects.filter(teacher=user, year__first_day__lte=on, year__last_day__gte=on)
    return [
        Group(
            f"s{row.pk}",
            _("ELD section %(name)s") % {"name": row.name},
            Q(pk__in=Service.objects.on(on).filter(section=row).values("student")),
        )
        for row in rows
    ]


def children_of(
    group: Group, user: User, on: date, *, who: str = ALL, permission: Permission = Permission.VIEW_STUDENTS
) -> QuerySet[Student]:
    """The children of a class or section whom the person may see, by name, with `status` on the day."""
    rows = with_status(Student.objects.visible_to(user, permission).filter(group.where).distinct(), on)
    if who in STATUSES:
        rows = rows.filter(status__in=STATUSES[who])
    return rows.select_related("current_enrollment__school").order_by("search_key", "pk")


@dataclass
class Line:
    """What a teacher reads of a child: English in words, measures, flags, clocks, how it is tested."""

    student: Student
    english: Result | None = None
    points: dict[str, Point] = field(default_factory=dict)
    shown: list[Shown] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    clocks: list[Duty] = field(default_factory=list)
    plan: TestPlan | None = None
    supports: list[str] = field(default_factory=list)

    def by_measure(self, measure: int) -> Shown | None:
        return next((each for each in self.shown if each.measure == measure), None)

    @property
    def domains(self) -> list[Point]:
        return [self.points[domain] for domain in DOMAINS if domain in self.points]

    @property
    def overall(self) -> Point | None:
        return self.points.get(Measure.OVERALL)


def newest_english(children: Sequence[int], on: date) -> dict[int, Result]:
    """The newest English test with a level of each child, its scores with it; two queries."""
    rows = Result.objects.filter(student__in=children, test__in=ENGLISH_TESTS, received_on__lte=on).exclude(level="")
    rows = rows.order_by("student_id", "-tested_on", "-pk").distinct("student_id")
    return {row.student_id: row for row in rows.prefetch_related(Prefetch("scores", Score.objects.all()))}


def points_of(result: Result) -> dict[str, Point]:
    """The overall level and the domains of a result."""
    said = {score.measure: score for score in result.scores.all()}
    found = {}
    for measure in SHOWN:
        score = said.get(measure)
        is_overall = measure == Measure.OVERALL
        level = result.level if is_overall else score.level if score else ""
        number = (result.overall_score if is_overall else None) or (score.scale_score if score else None)
        if is_overall or score:
            note = str(_("exempt")) if score and score.is_exempt else ""
            found[str(measure)] = point(result.test, result.administration, measure, level, number, note)
    return found


def lines(students: Sequence[Student], user: User, on: date, *, clocks: bool = True) -> list[Line]:
    """The children of a page with everything a teacher reads; as many queries for thirty as for one."""
    ids = [student.pk for student in students]
    found = {student.pk: Line(student) for student in students}
    for pk, result in newest_english(ids, on).items():
        found[pk].english, found[pk].points = result, points_of(result)
    for pk, shown in newest(ids, on, Readings.of(on)).items():
        found[pk].shown = shown
    for flag in Flag.objects.filter(in_force(on), student__in=ids).order_by("kind"):
        found[flag.student_id].flags.append(flag)
    names = dict(Support.objects.values_list("code", "name"))
    for plan in TestPlan.objects.filter(in_force(on), student__in=ids):
        line = found[plan.student_id]
        line.plan = plan
        line.supports = [*(str(names.get(code, code)) for code in plan.supports), plan.accommodations]
        line.supports = [each for each in line.supports if each]
    if clocks and user.may(Permission.VIEW_DUTIES):
        for duty in duties_for(user, as_of=on, state="waiting", where=Q(d_student__in=ids)).page():
            if duty.student_id in found and len(found[duty.student_id].clocks) < CLOCKS_SHOWN:
                found[duty.student_id].clocks.append(duty)
    return list(found.values())
