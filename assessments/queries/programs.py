"""Where results meet programs: the newest level of each child, and who in SEI reaches reasonable fluency (MP2-08)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery

from assessments import scales
from assessments.enums import Measure, ResultSource
from assessments.models import Result
from assessments.queries.initial import ENGLISH_TESTS
from district.enums import Grade
from district.models import in_force
from students.actions import Level
from students.enums import ElStatus, ProgramKind
from students.models import FluencyCut, LanguageStatus, Placement
from students.queries import grade_rank, with_stay


def newest_english(on: date, child: str) -> QuerySet[Result]:
    """Official English results of the child at a path that give a level and were in on a day, newest first."""
    rows = Result.objects.filter(student=OuterRef(child), test__in=ENGLISH_TESTS, received_on__lte=on)
    rows = rows.exclude(level="").exclude(source=ResultSource.LOCAL)
    return rows.order_by("-administration", "-tested_on", "-pk")


def levels_of(children: Sequence[int], on: date) -> dict[int, Level]:
    """The newest English level of each child, official before local, as `students.actions.assign_section` takes it."""
    rows = Result.objects.filter(student__in=children, test__in=ENGLISH_TESTS, received_on__lte=on).exclude(level="")
    found: dict[int, Level] = {}
    local: dict[int, Level] = {}
    for row in rows.order_by("student_id", "-administration", "-tested_on", "-pk"):
        words = f"{row.get_test_display()} {scales.level_words(row.test, Measure.OVERALL, row.level)}"
        kept = found if row.is_official else local
        kept.setdefault(row.student_id, Level(row.test, row.level, words))
    return local | found


def _reaches(on: date) -> Q:
    """The condition that a level reaches the district's cut for its test and the grade; false where none is set."""
    found = Q(pk__in=[])
    for cut in FluencyCut.objects.filter(in_force(on, "valid_from", "valid_to")):
        ladder = [each.level for each in scales.levels(cut.test, Measure.OVERALL)]
        if cut.level not in ladder:
            continue
        enough = ladder[ladder.index(cut.level) :]
        low, high = Grade(cut.grade_low).rank, Grade(cut.grade_high).rank
        found |= Q(newest_test=cut.test, newest_level__in=enough, rank__gte=low, rank__lte=high)
    return found


def ready_to_move(on: date) -> QuerySet[Placement]:
    """Placements in SEI of learners whose newest official level reaches reasonable fluency (MP2-08, MP2-11).

    Annotated `newest_test`, `newest_level`, `newest_in` (the administration); empty where no cut is set.
    """
    learners = LanguageStatus.objects.on(on).filter(status=ElStatus.EL)
    rows = Placement.objects.filter(
        in_force(on), program__kind=ProgramKind.SEI, starts__lt=on, student__in=learners.values("student")
    )
    newest = newest_english(on, "student_id")
    rows = with_stay(rows, on).annotate(
        newest_test=Subquery(newest.values("test")[:1], output_field=CharField()),
        newest_level=Subquery(newest.values("level")[:1], output_field=CharField()),
        newest_in=Subquery(newest.values("administration")[:1], output_field=CharField()),
        rank=grade_rank("stay__grade"),
    )
    return rows.filter(_reaches(on)).annotate(since=F("starts"))
