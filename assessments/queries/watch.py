"""Who is below grade level, or has a mark below C, in a core subject (MP2-02): found in the database, said in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet

from assessments.enums import Subject
from assessments.models import ActionPlan, LocalMeasure, LocalResult, Mark, MarkScale, MeasureScheme, Result
from assessments.queries.measures import Readings, Shown, newest
from assessments.rules.measures import NOT_MET
from district.calendar import year_name
from district.models import User, in_force
from students.enums import ElStatus
from students.models import LanguageStatus, Student
from students.queries import with_status

WATCHED = (ElStatus.EL, ElStatus.RFEP)
CORE = tuple(subject for subject in Subject if subject.is_core)


def watched(user: User, on: date, *, subjects: tuple[Subject, ...] = CORE) -> QuerySet[Student]:
    """English learners and reclassified children, seen by the person, who are below in one of the subjects.

    Annotated with `status` and `status_since`. A measure without a value for grade level finds nobody (D-08).
    """
    children = with_status(Student.objects.visible_to(user).enrolled(on), on).filter(status__in=WATCHED)
    # Worked out once for all children and not child by child: first who is watched at all, then what they have.
    mine = Student.objects.visible_to(user).filter(
        pk__in=LanguageStatus.objects.on(on).filter(status__in=WATCHED).values("student")
    )
    found = [
        Q(pk__in=rows(on, subjects).filter(student__in=mine.values("pk")).values("student"))
        for rows in (below_local, below_state, below_marks)
    ]
    return children.filter(reduce(or_, found))


def below_local(on: date, subjects: tuple[Subject, ...]) -> QuerySet[LocalResult]:
    """Newest local results below the district's value of the child's grade and the window."""
    year = year_name(on)
    begins = int(year[:4]) - 1
    years = (year, f"{begins}-{(begins + 1) % 100:02}")
    later = LocalResult.objects.filter(
        Q(year__gt=OuterRef("year")) | Q(year=OuterRef("year"), taken_on__gt=OuterRef("taken_on")),
        student=OuterRef("student"),
        measure=OuterRef("measure"),
        year__in=years,
    ).exclude(taken_on__gt=on)
    own = MeasureScheme.objects.on(on).filter(
        measure=OuterRef("measure"), grade=OuterRef("grade"), window=OuterRef("window")
    )
    holds = in_force(on, "measure__schemes__valid_from", "measure__schemes__valid_to")
    rows = LocalResult.objects.filter(
        year__in=years, measure__subject__in=subjects, measure__is_offered=True, not_taken=""
    ).exclude(taken_on__gt=on)
    rows = rows.annotate(
        scheme=FilteredRelation("measure__schemes", condition=holds & Q(measure__schemes__grade=F("grade")))
    )
    # The window's own row wins, also where it says nothing.
    counts = Q(scheme__window=F("window")) | (Q(scheme__window="") & ~Exists(own))
    below = Q(value__lt=F("scheme__at_grade_level")) | _below_levels(on)
    return rows.filter(counts, below, ~Exists(later))


def _below_levels(on: date) -> Q:
    """The levels in words that are below the district's, measure by measure and grade by grade."""
    schemes = MeasureScheme.objects.on(on).exclude(at_level="").select_related("measure")
    parts = [
        Q(
            measure=row.measure_id,
            grade=row.grade,
            level__in=_lower(row),
            **({"window": row.window} if row.window else {}),
        )
        for row in schemes
    ]
    return reduce(or_, parts, Q(pk__in=[]))


def _lower(row: MeasureScheme) -> list[str]:
    levels = list(row.measure.levels)
    return levels[: levels.index(row.at_level)] if row.at_level in levels else []


def below_state(on: date, subjects: tuple[Subject, ...]) -> QuerySet[Result]:
    """Newest results of the state's achievement tests below the level that the district has taken for grade level."""
    measures = LocalMeasure.objects.filter(subject__in=subjects, is_offered=True).exclude(test="")
    schemes = MeasureScheme.objects.on(on).filter(measure__in=measures).exclude(at_level="").select_related("measure")
    parts = [Q(test=row.measure.test, grade=row.grade, level__in=_lower(row)) for row in schemes]
    later = Result.objects.filter(
        student=OuterRef("student"), test=OuterRef("test"), administration__gt=OuterRef("administration")
    ).exclude(level="")
    rows = Result.objects.filter(reduce(or_, parts, Q(pk__in=[])), received_on__lte=on)
    return rows.filter(~Exists(later))


def below_marks(on: date, subjects: tuple[Subject, ...]) -> QuerySet[Mark]:
    """This school year's newest marks of core courses that the table calls below C (D-10)."""
    below = MarkScale.objects.on(on).filter(meets=False).values("mark")
    year = year_name(on)
    later = Mark.objects.filter(
        Q(taken_on__gt=OuterRef("taken_on")) | Q(taken_on=OuterRef("taken_on"), term__gt=OuterRef("term")),
        student=OuterRef("student"),
        course=OuterRef("course"),
        year=year,
    ).exclude(taken_on__gt=on)
    rows = Mark.objects.filter(year=year, subject__in=subjects, mark__in=below).exclude(taken_on__gt=on)
    return rows.filter(~Exists(later))


@dataclass(frozen=True)
class Watched:
    """A child on the watch list: what is below, and the open action plans by subject."""

    student: Student
    below: list[Shown]
    plans: dict[str, ActionPlan]

    @property
    def subjects(self) -> list[Subject]:
        """The core subjects in which something is below, each once."""
        return [subject for subject in CORE if any(each.subject == subject for each in self.below)]

    @property
    def without_plan(self) -> list[Subject]:
        return [subject for subject in self.subjects if subject not in self.plans]


def watch_lines(students: list[Student], on: date, subjects: tuple[Subject, ...] = CORE) -> list[Watched]:
    """The children of a page with value, date and reason of everything that is below."""
    ids = [student.pk for student in students]
    shown = newest(ids, on, Readings.of(on))
    plans: dict[int, dict[str, ActionPlan]] = {}
    for plan in ActionPlan.objects.filter(student__in=ids, closed_on=None).select_related("owner"):
        plans.setdefault(plan.student_id, {})[plan.subject] = plan
    return [
        Watched(
            student,
            [each for each in shown[student.pk] if each.finding.outcome == NOT_MET and each.subject in subjects],
            plans.get(student.pk, {}),
        )
        for student in students
    ]
