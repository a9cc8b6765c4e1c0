"""Children with the facts of letters and placements, for many at once: as many queries for a thousand as for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, Min, OuterRef, Prefetch, Q

from assessments import scales
from assessments.enums import Measure, ResultSource, Test
from assessments.models import Result, Score, TestPlan
from assessments.queries.initial import CLASSIFICATION, ENGLISH_TESTS, INITIAL_TESTS, YEARLY_TESTS, deciding
from district.calendar import full_years, year_name
from district.enums import Grade
from district.findings import Finding
from district.models import Figure, SchoolYear, in_force
from district.wording import capital
from notifications.models import Letter
from students.enums import ElStatus, FlagKind
from students.models import (
    Enrollment,
    Flag,
    FluencyCut,
    HomeLanguageSurvey,
    LanguageStatus,
    Placement,
    Program,
    RecordsRequest,
    Student,
)
from students.queries import with_status
from students.rules import Cut, recommend_program

ACADEMIC_TESTS = (Test.CAASPP_ELA, Test.CAASPP_MATH)
SECONDARY = Grade.G07  # the Plan's forms for grades 7 to 12
SOURCES = [ResultSource.STATE_FILE, ResultSource.RECORDS, ResultSource.LOCAL]  # the weightiest first
REPORTED = (
    Measure.OVERALL,
    Measure.ORAL_LANGUAGE,
    Measure.WRITTEN_LANGUAGE,
    Measure.LISTENING,
    Measure.SPEAKING,
    Measure.READING,
    Measure.WRITING,
)


@dataclass(frozen=True)
class Shared:
    """What all letters of a day have in common: figures of the school year, programs, the district's cuts."""

    on: date
    year: SchoolYear | None
    figures: dict[str, Figure]
    programs: dict[str, Program]
    cuts: tuple[FluencyCut, ...]


@dataclass
class Child:
    """One child with everything that a letter or a placement may rest on."""

    student: Student
    shared: Shared
    stay: Enrollment | None = None
    first_day: date | None = None
    el_since: date | None = None
    survey: HomeLanguageSurvey | None = None
    results: list[Result] = field(default_factory=list)
    placement: Placement | None = None
    iep: Flag | None = None
    plan: TestPlan | None = None
    request: RecordsRequest | None = None

    @property
    def on(self) -> date:
        return self.shared.on

    @property
    def grade(self) -> str:
        return self.stay.grade if self.stay else ""

    @property
    def is_secondary(self) -> bool:
        return bool(self.grade) and Grade(self.grade).rank >= SECONDARY.rank

    @property
    def us_years(self) -> int | None:
        """Full years since the first day in a school of the United States (D-16)."""
        first = self.student.first_us_school_on
        return max(full_years(first, self.on), 0) if first else None

    @property
    def is_el(self) -> bool:
        return self.student.status == ElStatus.EL  # type: ignore[attr-defined]

    def of_tests(self, tests: Sequence[str]) -> list[Result]:
        """Results of these tests that give a level, newest test first."""
        return [row for row in self.results if row.test in tests and row.level]

    @property
    def initial(self) -> list[Result]:
        """Initial results that say EL or IFEP: the state's, then records', then the school's own."""
        rows = [row for row in self.results if row.test in INITIAL_TESTS and (row.level or row.calculated_status)]
        rows = [row for row in rows if row.classification != ElStatus.TBD]  # type: ignore[attr-defined]
        return sorted(rows, key=lambda row: SOURCES.index(ResultSource(row.source)))

    @property
    def yearly(self) -> list[Result]:
        return self.of_tests(YEARLY_TESTS)

    @property
    def english(self) -> list[Result]:
        """Official English results with a level, newest first; a local score only while there is no other."""
        rows = self.of_tests(ENGLISH_TESTS)
        official = [row for row in rows if row.is_official]
        return official or rows


def gather(students: Sequence[Student], on: date) -> list[Child]:
    """The children in the order given, with their facts as they were on the day."""
    keys = [student.pk for student in students]
    shared = shared_facts(on)
    rows = with_status(Student.objects.filter(pk__in=keys), on).select_related("primary_language", "letter_language")
    children = {student.pk: Child(student, shared) for student in rows}
    stays = Enrollment.objects.filter(in_force(on), student__in=keys).select_related("school")
    _put(children, "stay", stays)
    for pk, first in _first_days(keys):
        children[pk].first_day = first
    _put(children, "survey", _surveys(keys, on))
    _put(children, "placement", _placements(keys, on))
    _put(children, "iep", Flag.objects.filter(in_force(on), student__in=keys, kind=FlagKind.IEP))
    _put(children, "plan", TestPlan.objects.filter(in_force(on), student__in=keys))
    for result in _results(keys, on):
        children[result.student_id].results.append(result)
    for pk, since in LanguageStatus.objects.filter(student__in=keys, status=ElStatus.EL).values_list(
        "student", "starts"
    ):
        children[pk].el_since = min(since, children[pk].el_since or since)
    return [children[pk] for pk in keys if pk in children]


def shared_facts(on: date) -> Shared:
    """Figures, programs and cuts in force on a day."""
    year = SchoolYear.objects.filter(name=year_name(on)).first()
    cuts = FluencyCut.objects.filter(in_force(on, "valid_from", "valid_to")).order_by("-valid_from")
    return Shared(
        on=on,
        year=year,
        figures={figure.key: figure for figure in Figure.objects.filter(year=year)} if year else {},
        programs={program.kind: program for program in Program.objects.all()},
        cuts=tuple(cuts),
    )


def _put(children: dict[int, Child], name: str, rows: Any) -> None:
    """One row for each child, by its `student_id`; of several the first."""
    for row in rows:
        if getattr(children[row.student_id], name) is None:
            setattr(children[row.student_id], name, row)


def _first_days(keys: Sequence[int]) -> Any:
    """The first day of each child in this district."""
    return Enrollment.objects.filter(student__in=keys).values_list("student").annotate(first=Min("starts"))


def _surveys(keys: Sequence[int], on: date) -> Any:
    languages = [f"question_{number}" for number in (1, 2, 3, 4)]
    rows = HomeLanguageSurvey.objects.filter(student__in=keys, answered_on__lte=on).select_related(*languages)
    return rows.order_by("student_id", "-version").distinct("student_id")


def _placements(keys: Sequence[int], on: date) -> Any:
    rows = Placement.objects.filter(Q(ends__isnull=True) | Q(ends__gte=on), student__in=keys, starts__lte=on)
    return rows.select_related("program").order_by("student_id", "-starts", "-pk")


def _results(keys: Sequence[int], on: date) -> Any:
    """Results known on the day, newest test first, with the scores that letters report."""
    rows = Result.objects.filter(
        student__in=keys, test__in=(*ENGLISH_TESTS, *ACADEMIC_TESTS), received_on__lte=on
    ).annotate(classification=CLASSIFICATION)
    scores = Prefetch("scores", Score.objects.filter(measure__in=REPORTED))
    return rows.prefetch_related(scores).order_by("student_id", "-administration", "-tested_on", "-pk")


def preliminary_told(keys: Sequence[int]) -> dict[int, Result]:
    """Local results about which an initial letter was issued, by child."""
    letter = Letter.objects.filter(kind="initial", student=OuterRef("student_id"), is_preliminary=True)
    rows = deciding(Result.objects.filter(student__in=keys, source=ResultSource.LOCAL)).filter(Exists(letter))
    return {row.student_id: row for row in rows}


# --- the recommended program ------------------------------------------------------------------------------------


def recommendation(child: Child, result: Result | None, *, is_el: bool) -> Finding:
    """What the rule recommends on a result, with its reason (MP1-25, MP2-04, MP2-11)."""
    if result is None:
        return recommend_program(is_el=is_el, level="", level_name="", ladder=(), cut=None)
    cut = cut_for(child, result.test)
    return recommend_program(
        is_el=is_el,
        level=result.level,
        level_name=capital(scales.level_words(result.test, Measure.OVERALL, result.level)),
        ladder=[each.level for each in scales.levels(result.test, Measure.OVERALL)],
        cut=Cut(cut.level, cut.source, cut.valid_from) if cut else None,
        cut_name=scales.level_words(result.test, Measure.OVERALL, cut.level) if cut else "",
    )


def cut_for(child: Child, test: str) -> FluencyCut | None:
    """The district's cut for this test and grade on the day, or None."""
    rank = Grade(child.grade).rank if child.grade else Grade.KN.rank
    fitting = (
        cut
        for cut in child.shared.cuts
        if cut.test == test and Grade(cut.grade_low).rank <= rank <= Grade(cut.grade_high).rank
    )
    return next(fitting, None)


@dataclass(frozen=True)
class Proposal:
    """What the rule would place a child in, on which result; `program` is None where it says nothing, and `why` why."""

    child: Child
    result: Result | None
    finding: Finding
    program: Program | None

    @property
    def evidence(self) -> dict[str, Any]:
        """What the recommendation stands on, as the placement keeps it."""
        if self.result is None:
            return {}
        survey = self.child.survey
        return {
            "result": self.result.pk,
            "test": self.result.test,
            "administration": self.result.administration,
            "source": self.result.source,
            "level": self.result.level,
            "score": self.result.overall_score,
            "survey": survey.pk if survey else None,
            "rule": self.finding.source,
        }


def propose(child: Child) -> Proposal:
    """The recommendation for a child: by the Initial result while it is the newest, else by the yearly one."""
    result = next(iter(child.english), None)
    initial = next(iter(child.initial), None)
    learner = child.is_el or (initial is not None and initial.classification == ElStatus.EL)  # type: ignore[attr-defined]
    found = recommendation(child, result, is_el=learner)
    return Proposal(child, result, found, child.shared.programs.get(found.outcome))
