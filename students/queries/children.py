"""Reads of chapters 1 and 2 with more than one caller: the status on a day, the clock of the test, the folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import Count, FilteredRelation, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import NullIf

from district.enums import Grade
from district.models import Language, LegalRule, School, SchoolYear, User, in_force
from district.queries import period
from students import rules
from students.enums import ElStatus, StatusSource, SurveyReason
from students.models import Enrollment, LanguageStatus, StatusTransition, Student
from students.originals import WantedOriginal, of_child

AMENDING = (SurveyReason.PARENT_AMENDMENT,)


def with_status(children: models.QuerySet[Student], on: date, child: str = "pk") -> models.QuerySet[Student]:
    """Annotate `status`, `status_since`, `status_source` and `status_provisional`, as in force on a day.

    `child` names the column with the child's id where the rows are not children.
    """
    in_force = LanguageStatus.objects.filter(student=OuterRef(child)).on(on).order_by("-sequence")
    return children.annotate(
        status=Subquery(in_force.values("status")[:1]),
        status_since=Subquery(in_force.values("starts")[:1]),
        status_source=Subquery(in_force.values("source")[:1]),
        status_provisional=Subquery(in_force.values("is_provisional")[:1]),
    )


def status_of(student: Student, on: date) -> LanguageStatus | None:
    """The status in force on a day."""
    return LanguageStatus.objects.filter(student=student).on(on).order_by("-sequence").first()


def move_table() -> dict[tuple[str, str], rules.Move]:
    """The state's table of moves, for `rules.transition`; one query."""
    rows = StatusTransition.objects.values_list("from_status", "to_status", "rule", "why")
    return {(before, after): rules.Move(rule, why) for before, after, rule, why in rows}


def tk_exempt_from() -> date | None:
    """From when on children in transitional kindergarten are not tested (TK-01)."""
    return LegalRule.objects.filter(code="TK-01").order_by("valid_from").values_list("valid_from", flat=True).first()


def first_stay(student: Student) -> Enrollment:
    """The child's first enrollment in this district. Enrollment.DoesNotExist for a child that never was here."""
    return Enrollment.objects.filter(student=student).order_by("starts")[:1].get()


def clock_of(student: Student, on: date) -> rules.InitialClock:
    """The clock of the child's Initial test, as it stands on a day (D-01, D-02)."""
    waiting = status_of(student, on)
    amended = waiting is not None and (waiting.status, waiting.source) == (ElStatus.TBD, StatusSource.CORRECTION)
    return clock_for(
        student,
        on,
        amended_on=waiting.starts if waiting and amended else None,
        awaits_records=waiting is not None and waiting.is_provisional,
    )


def clock_for(
    student: Student, on: date, *, amended_on: date | None, awaits_records: bool = False
) -> rules.InitialClock:
    """The clock as it would run if the child were to be tested, by a survey amended on a day or by the first one.

    While records are awaited it runs from our own first day, whenever the child came to California (D-03).
    """
    stays = list(Enrollment.objects.filter(student=student).order_by("starts").values_list("starts", "grade"))
    exempt = tk_exempt_from()
    counting = [(day, grade) for day, grade in stays if not is_exempt(day, grade, exempt)]
    first, grade = counting[0] if counting else (None, stays[0][1] if stays else Grade.TK)
    return rules.initial_clock(
        first_day=first,
        grade=Grade(grade),
        period=period("IA-02", first or on),
        first_california_on=None if awaits_records else student.first_california_on,
        tk_exempt_from=exempt,
        amended_on=amended_on,
        amended=period("OWN-03", amended_on) if amended_on else None,
    )


def is_exempt(day: date, grade: str, exempt_from: date | None) -> bool:
    """Is a stay that begins on a day one in transitional kindergarten without a test?"""
    return grade == Grade.TK and exempt_from is not None and day >= exempt_from


# --- children on a day ------------------------------------------------------------------------------------------


def with_stay(rows: models.QuerySet, on: date, child: str = "student") -> models.QuerySet:
    """Rows about children who are enrolled on a day, joined to that enrollment as `stay` (school, grade, teacher).

    `child` is the path from the row to the child; empty where the rows are children.
    """
    path = f"{child}__enrollments" if child else "enrollments"
    within = Q(**{f"{path}__starts__lte": on}) & (
        Q(**{f"{path}__ends__isnull": True}) | Q(**{f"{path}__ends__gte": on})
    )
    return rows.annotate(stay=FilteredRelation(path, condition=within)).filter(stay__isnull=False)


def child_name(child: str = "student") -> models.Expression:
    """The name of the child at a path, as `Student.name` says it."""
    path = f"{child}__" if child else ""
    parts = [NullIf(f"{path}{part}", Value("")) for part in ("first_name", "middle_name", "last_name")]
    return Func(Value(" "), *parts, function="concat_ws", output_field=models.TextField())


def grade_rank(field: str) -> models.Case:
    """A grade as a number in the order of schooling, for sorting and comparing inside a query."""
    cases = [models.When(**{field: grade, "then": Value(grade.rank)}) for grade in Grade]
    return models.Case(*cases, output_field=models.IntegerField())


def roster_day(on: date) -> date:
    """The day whose enrollments make the roster: between school years it is the first day of the coming one."""
    if SchoolYear.objects.filter(first_day__lte=on, last_day__gte=on).exists():
        return on
    coming = SchoolYear.objects.filter(first_day__gt=on).order_by("first_day").first()
    return coming.first_day if coming and not Enrollment.objects.filter(in_force(on)).exists() else on


def roster(user: User, on: date) -> models.QuerySet[Enrollment]:
    """The enrollments of the children whom a person may see, with their status on a day; by school, grade, name."""
    mine = Student.objects.visible_to(user)
    stays = Enrollment.objects.filter(in_force(roster_day(on)), student__in=mine)
    rows = with_status(stays, on, "student_id").annotate(rank=grade_rank("grade"))
    return rows.order_by("school__cds_code", "rank", "student__search_key", "pk")


# --- the Yellow Folder ------------------------------------------------------------------------------------------


def originals_of(student: Student, on: date) -> list[WantedOriginal]:
    """Every original that must lie in the child's folder on a day, with when and by whom it was filed."""
    return list(of_child(student.pk, on))


# --- which languages a school owes ------------------------------------------------------------------------------


@dataclass(frozen=True)
class LanguageShare:
    """One language of a school: how many of its pupils, of how many, and whether the school owes letters in it."""

    language: Language
    count: int
    base: int
    is_owed: bool

    @property
    def percent(self) -> float:
        return 100 * self.count / self.base


@dataclass(frozen=True)
class OwedLanguages:
    """The census of a school: its day, all pupils, those without a known language, and each language's share.

    `base` 0: the count of that day is not known, so nothing can be said.
    """

    school: School
    census_on: date
    percent: int
    source: str
    base: int
    unknown: int
    rows: list[LanguageShare]

    @property
    def is_known(self) -> bool:
        return self.base > 0

    @property
    def owed(self) -> list[Language]:
        return [row.language for row in self.rows if row.is_owed]


def languages_owed(school: School, on: date) -> OwedLanguages:
    """In which languages the school owes what it sends home (EC 48985): English aside, 15 % or more of all its pupils.

    Counted on the census day of the school year before the one of `on`. Pupils whose language is not known count in
    the base and in no language.
    """
    return languages_of_schools([school], on)[0]


def languages_of_schools(schools: Sequence[School], on: date) -> list[OwedLanguages]:
    """`languages_owed` for several schools, in two queries."""
    census_on, limit = rules.census_day_before(on), rules.owed_share(on)
    there = Enrollment.objects.filter(in_force(census_on), school__in=schools).order_by()
    counted = there.values("school_id", "student__primary_language_id").annotate(number=Count("pk"))
    numbers: dict[int, dict[str | None, int]] = {school.pk: {} for school in schools}
    for row in counted:
        numbers[row["school_id"]][row["student__primary_language_id"]] = row["number"]
    languages = Language.objects.in_bulk()
    return [_owed(school, census_on, limit, numbers[school.pk], languages) for school in schools]


def _owed(
    school: School,
    census_on: date,
    limit: rules.OwedShare,
    numbers: dict[str | None, int],
    languages: dict[str, Language],
) -> OwedLanguages:
    base = sum(numbers.values())
    rows = [
        LanguageShare(languages[code], number, base, rules.is_owed(code, languages[code].script, number, base, limit))
        for code, number in numbers.items()
        if code is not None
    ]
    rows.sort(key=lambda row: (-row.count, row.language.name))
    return OwedLanguages(school, census_on, limit.percent, limit.source, base, numbers.get(None, 0), rows)
