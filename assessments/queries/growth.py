"""The English of one child over the years, and of children who can be matched from one year to the next (MP1-18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, CharField, Count, F, OuterRef, Prefetch, QuerySet, Subquery, Value, When

from assessments.enums import Measure, ResultSource, Test
from assessments.models import ActionPlanEvidence, Result, Score
from assessments.queries.classes import points_of
from assessments.queries.initial import ENGLISH_TESTS
from assessments.rules.growth import DOMAINS, DOWN, NOT_COMPARED, SAME, UP, Point, Share
from district.models import User
from students.models import Placement, Student

SOURCES = (ResultSource.LOCAL, ResultSource.RECORDS, ResultSource.STATE_FILE)  # the weightiest last
COMPARED = (Test.SUMMATIVE_ELPAC, Test.SUMMATIVE_ALTERNATE_ELPAC)  # yearly, with levels that begin with their digit
OUTCOMES = (UP, SAME, DOWN, NOT_COMPARED)


def english_of(student: int, on: date) -> list[Result]:
    """The child's English tests, oldest first; of one administration the weightiest source."""
    rows = Result.objects.filter(student=student, test__in=ENGLISH_TESTS, received_on__lte=on)
    found: dict[tuple[str, str], Result] = {}
    for row in sorted(rows.prefetch_related(Prefetch("scores", Score.objects.all())), key=_weight):
        found[row.test, row.administration] = row
    return sorted(found.values(), key=lambda row: (row.administration, row.tested_on or date.min))


def _weight(row: Result) -> int:
    return SOURCES.index(ResultSource(row.source))


def points_by_measure(results: list[Result]) -> dict[str, list[Point]]:
    """Every measure with its points, oldest first."""
    found: dict[str, list[Point]] = {Measure.OVERALL: [], **{domain: [] for domain in DOMAINS}}
    for result in results:
        for measure, one in points_of(result).items():
            found[measure].append(one)
    return {str(measure): points for measure, points in found.items()}


def placed_by(student: int) -> set[int]:
    """The results on which a placement of the child rests."""
    rows = Placement.objects.filter(student=student).values_list("evidence", flat=True)
    return {row["result"] for row in rows if row.get("result")}


def evidence_of(student: int) -> list[ActionPlanEvidence]:
    """What the child's action plans stand on, with the plans."""
    return list(ActionPlanEvidence.objects.filter(plan__student=student).select_related("plan"))


def administrations(user: User, test: str) -> list[str]:
    """School years of which the person sees results of a yearly test, newest first."""
    rows = Result.objects.filter(test=test, source=ResultSource.STATE_FILE)
    return list(rows.order_by("-administration").values_list("administration", flat=True).distinct())


@dataclass(frozen=True)
class Asked:
    """What growth is asked for: a yearly test, two administrations, perhaps a school and a grade of the later one."""

    test: str
    before: str
    after: str
    school: int | None = None
    grade: str = ""


def compared(user: User, asked: Asked, measure: str) -> QuerySet[Result]:
    """Results of the later year, annotated with `outcome`: up, same, down or not_compared.

    Levels of one test are digits, so that their order is that of the text; compared are results of the same test only.
    """
    mine = Student.objects.visible_to(user)
    if asked.school:
        mine = mine.filter(current_enrollment__school=asked.school)
    rows = _results(asked.test, asked.after).filter(student__in=mine)
    if asked.grade:
        rows = rows.filter(grade=asked.grade)
    earlier = _results(asked.test, asked.before).filter(student=OuterRef("student"))
    if measure == Measure.OVERALL:
        rows = rows.annotate(level_now=F("level"), level_then=Subquery(earlier.values("level")[:1]))
    else:
        score = Score.objects.filter(result=OuterRef("pk"), measure=measure).values("level")[:1]
        before = Score.objects.filter(
            measure=measure,
            result__student=OuterRef("student"),
            result__test=asked.test,
            result__administration=asked.before,
            result__source=ResultSource.STATE_FILE,
        )
        rows = rows.annotate(level_now=Subquery(score), level_then=Subquery(before.values("level")[:1]))
    return rows.annotate(
        outcome=Case(
            When(level_now__isnull=True, then=Value(NOT_COMPARED)),
            When(level_then__isnull=True, then=Value(NOT_COMPARED)),
            When(level_now="", then=Value(NOT_COMPARED)),
            When(level_then="", then=Value(NOT_COMPARED)),
            When(level_now__gt=F("level_then"), then=Value(UP)),
            When(level_now__lt=F("level_then"), then=Value(DOWN)),
            default=Value(SAME),
            output_field=CharField(),
        )
    )


def _results(test: str, administration: str) -> QuerySet[Result]:
    return Result.objects.filter(test=test, administration=administration, source=ResultSource.STATE_FILE)


def shares(user: User, asked: Asked) -> list[Share]:
    """For the overall level and each domain, how many children went up, stayed and went down."""
    if asked.test not in COMPARED:
        return []
    measures = (Measure.OVERALL,) if asked.test == Test.SUMMATIVE_ALTERNATE_ELPAC else (Measure.OVERALL, *DOMAINS)
    found = []
    for measure in measures:
        rows = compared(user, asked, measure).order_by().values_list("outcome").annotate(number=Count("pk"))
        numbers = dict(rows)
        found.append(Share(str(measure), *(numbers.get(outcome, 0) for outcome in OUTCOMES)))
    return found
