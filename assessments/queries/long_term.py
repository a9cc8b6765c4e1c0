"""English learners of a school with both definitions of long-term, and what will come of it; few queries for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, Min, OuterRef, QuerySet

from assessments import rules
from assessments.enums import ResultSource, Test
from assessments.models import Result
from assessments.queries.initial import ENGLISH_TESTS, INITIAL_TESTS
from assessments.rules import long_term_ahead as ahead
from district.calendar import add_years
from district.models import School, SchoolYear, User, in_force
from students.enums import ElStatus, FlagKind
from students.models import Enrollment, Flag, LanguageStatus, Student

Results = Sequence[tuple[str, str, str, str]]  # test, administration, level, source; newest test first


@dataclass(frozen=True)
class Standing:
    """An English learner of the list: the stay, both definitions today, and what comes within a year."""

    stay: Enrollment
    now: rules.LongTerm
    coming: list[ahead.Coming]
    flags: frozenset[str] = field(default_factory=frozenset)

    @property
    def student(self) -> Student:
        return self.stay.student

    @property
    def on_dashboard(self) -> bool:
        return self.now.dashboard is not None and self.now.dashboard.outcome == rules.LTEL

    @property
    def next(self) -> ahead.Coming | None:
        """The soonest change with a day."""
        return next((each for each in self.coming if each.on), None)


def learners_of(user: User, school: School, on: date) -> QuerySet[Enrollment]:
    """The stays of the English learners of a school whom the person may see, by name."""
    learning = LanguageStatus.objects.on(on).filter(student=OuterRef("student_id"), status=ElStatus.EL)
    stays: QuerySet[Enrollment] = Enrollment.objects.visible_to(user).filter(
        in_force(on), Exists(learning), school=school
    )
    return stays.select_related("student__primary_language", "teacher").order_by("student__search_key", "pk")


def standings(stays: Iterable[Enrollment], on: date) -> list[Standing]:
    """Each learner by both definitions (D-17), and what comes until a year from now."""
    listed = list(stays)
    keys = [stay.student_id for stay in listed]
    results = _results(keys, on)
    since = first_as_learner(keys)
    flags = defaultdict(set)
    for student, kind in Flag.objects.filter(in_force(on), student__in=keys).values_list("student_id", "kind"):
        flags[student].add(kind)
    new_years, until = first_days_after(on), add_years(on, 1)
    found = []
    for stay in listed:
        pk = stay.student_id
        learner = learner_of(stay.grade, stay.student.first_us_school_on, results[pk], since.get(pk), new_years)
        now, coming = ahead.standing_and_coming(learner, on, until)
        found.append(Standing(stay, now, coming, frozenset(flags[pk])))
    return found


def standing_of(student: Student, on: date) -> tuple[rules.LongTerm, list[ahead.Coming]] | None:
    """One child by both definitions, with everything that will come; None for who is no English learner here now."""
    status = LanguageStatus.objects.on(on).filter(student=student).order_by("-sequence").first()
    if status is None or status.status != ElStatus.EL or student.current_enrollment is None:
        return None
    learner = learner_of(
        student.current_enrollment.grade,
        student.first_us_school_on,
        _results([student.pk], on)[student.pk],
        first_as_learner([student.pk]).get(student.pk),
        first_days_after(on),
    )
    return ahead.standing_and_coming(learner, on)


def learner_of(
    grade: str, first_us_on: date | None, results: Results, first_el_on: date | None, new_years: Sequence[date]
) -> ahead.Learner:
    """What the definitions look at: the yearly tests, or the Initial one while there is no other (EC 313.1)."""
    official = [row for row in results if row[0] in ENGLISH_TESTS and row[3] != ResultSource.LOCAL]
    english = official or [row for row in results if row[0] in ENGLISH_TESTS]
    yearly = [row for row in english if row[0] not in INITIAL_TESTS] or english
    ela = next((level for test, _year, level, _source in results if test == Test.CAASPP_ELA), "")
    return ahead.Learner(
        grade=grade,
        first_us_on=first_us_on,
        new_years=new_years,
        english=[rules.YearLevel(test, year, level) for test, year, level, _source in yearly],
        ela=ela,
        first_el_on=first_el_on,
    )


def first_as_learner(keys: Sequence[int]) -> dict[int, date]:
    """The day of the first classification as English learner, by child."""
    rows = LanguageStatus.objects.filter(student__in=keys, status=ElStatus.EL).order_by()
    return dict(rows.values_list("student_id").annotate(first=Min("starts")))


def first_days_after(on: date) -> list[date]:
    """The first days of the coming school years that the calendar knows; else a year after the last one known."""
    days = SchoolYear.objects.values_list("first_day", flat=True)
    if coming := list(days.filter(first_day__gt=on).order_by("first_day")):
        return coming
    last = days.filter(first_day__lte=on).order_by("-first_day").first()
    while last is not None and last <= on:
        last = add_years(last, 1)
    return [last] if last else []


def _results(keys: Sequence[int], on: date) -> dict[int, Any]:
    """Results that give a level, by child, newest test first."""
    rows = (
        Result.objects.filter(student__in=keys, test__in=(*ENGLISH_TESTS, Test.CAASPP_ELA), received_on__lte=on)
        .exclude(level="")
        .order_by("student_id", "-administration", "-tested_on", "-pk")
    )
    found: dict[int, Any] = defaultdict(list)
    for student, *row in rows.values_list("student_id", "test", "administration", "level", "source"):
        found[student].append(tuple(row))
    return found


FLAGS = (FlagKind.MIGRANT, FlagKind.HOMELESS, FlagKind.IEP)
