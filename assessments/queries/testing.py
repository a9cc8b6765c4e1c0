"""Giving tests, for many children in one query: who is trained, which windows there are, how each test stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest

from assessments.enums import Outcome, ResultSource, Test
from assessments.models import Result, Sitting, Support, TestPlan, TestWindow, Training
from assessments.queries.notices import learners
from assessments.rules import examiners, windows
from district.calendar import year_name
from district.enums import Grade, Role
from district.findings import Finding
from district.models import School, User, in_force
from district.reference import FOLDER, read_csv
from students.models import LanguageStatus
from students.queries import tk_exempt_from

YEARLY_ELPAC = (Test.SUMMATIVE_ELPAC, Test.SUMMATIVE_ALTERNATE_ELPAC)
TRAINED_FOR = (Test.INITIAL_ELPAC, Test.SUMMATIVE_ELPAC, Test.INITIAL_ALTERNATE_ELPAC, Test.SUMMATIVE_ALTERNATE_ELPAC)


def in_training(on: date) -> Q:
    """Trainings that are good on a day; one without a last day is."""
    return in_force(on, "trained_on", "expires_on")


def trained(test: str, school: School | None, on: date) -> QuerySet[User]:
    """Test examiners of a school (or of the whole district) who are trained for the test on a day (MP1-23)."""
    good = Training.objects.filter(in_training(on), user=OuterRef("pk"), test=test)
    people = User.objects.holding(Role.EXAMINER, school, on).filter(Exists(good))
    return people.order_by("last_name", "first_name")


def training_of(user: User, test: str, on: date) -> Finding:
    """Whether a person is trained for a test on a day, with until when or since when not."""
    rows = Training.objects.filter(user=user, test=test).values_list("trained_on", "expires_on")
    return examiners.is_trained([examiners.Trained(*row) for row in rows], on)


@dataclass(frozen=True)
class Windows:
    """The windows of the yearly tests in one school year; None where the district has set none."""

    year: str
    standard: TestWindow | None
    alternate: TestWindow | None

    def of(self, test: str) -> TestWindow | None:
        return self.alternate if test == Test.SUMMATIVE_ALTERNATE_ELPAC else self.standard

    @property
    def all(self) -> list[TestWindow]:
        return [each for each in (self.standard, self.alternate) if each]

    @property
    def opens(self) -> date | None:
        return min((each.opens for each in self.all), default=None)

    @property
    def closes(self) -> date | None:
        return max((each.closes for each in self.all), default=None)


def windows_of(year: str) -> Windows:
    """The windows of a school year, as 2026-27."""
    found = {row.test: row for row in TestWindow.objects.filter(administration=year, test__in=YEARLY_ELPAC)}
    return Windows(year, found.get(Test.SUMMATIVE_ELPAC), found.get(Test.SUMMATIVE_ALTERNATE_ELPAC))


@dataclass(frozen=True)
class Lawful:
    """The window that the law gives in a school year."""

    opens: date
    closes: date
    source: str
    certainty: str


def lawful_window(test: str, year: str) -> Lawful | None:
    """What the law says of a test's window; None for a test of which nothing is known."""
    spring = int(year[:4]) + 1
    for row in read_csv("test_windows.csv", FOLDER.parent / "assessments"):
        if row["test"] == test:
            days = (date.fromisoformat(f"{spring}-{row[end]}") for end in ("opens", "closes"))
            return Lawful(*days, row["source"], row["certainty"])
    return None


def yearly_tests(on: date, year: str | None = None, *, known: date | None = None) -> QuerySet[LanguageStatus]:
    """Every English learner enrolled on a day who takes the yearly test, and how it stands by then (MP1-16, X-15).

    known: how it stands by another day; what the state sends comes after the window has closed.
    Annotated: `test`, `grade`, `outcome` (as `rules.windows.yearly_state` says it), `tested_on`, `result_on`,
    `exempt_why`, `partial_why`, `absent_on`, and `from_on`: since when the child is here as an English learner.
    """
    year, known = year or year_name(on), known or on
    rows = learners(on).annotate(grade=F("here__grade"), from_on=Greatest("starts", "here__starts"))
    exempt = tk_exempt_from()
    if exempt and on >= exempt:
        rows = rows.exclude(here__grade=Grade.TK)
    alternates = TestPlan.objects.filter(in_force(on), kind=TestPlan.Kind.ALTERNATE)
    alternate = When(_among(alternates), then=Value(str(Test.SUMMATIVE_ALTERNATE_ELPAC)))
    theirs = "student__sittings"
    ends = {"administration": year, "outcome__in": (Outcome.TAKEN, Outcome.EXEMPT), "on__lte": known}
    rows = rows.annotate(
        test=Case(alternate, default=Value(str(Test.SUMMATIVE_ELPAC)), output_field=CharField()),
        ended=FilteredRelation(theirs, condition=Q(**{f"{theirs}__{name}": value for name, value in ends.items()})),
    )
    return _with_outcome(rows, year, known)


def _among(rows: QuerySet[Any]) -> Q:
    """Children with such a row: the rows are read once, not once for each child."""
    return Q(student__in=rows.order_by().values("student"))


def _with_outcome(rows: QuerySet[Any], year: str, known: date) -> QuerySet[Any]:
    """How each test stands by a day: `rules.windows.yearly_state`, inside queries."""
    given = Result.objects.filter(test__in=YEARLY_ELPAC, administration=year, received_on__lte=known)
    given = given.exclude(source=ResultSource.LOCAL)
    whole, part = given.filter(Q(attempted="Y") | ~Q(level="")), given.filter(attempted="P", level="")
    noted = Sitting.objects.filter(administration=year, on__lte=known)
    partial, absent = noted.filter(outcome=Outcome.PARTIAL), noted.filter(outcome=Outcome.ABSENT)
    mine = Q(student=OuterRef("student_id"))
    day = whole.filter(mine).annotate(day=Coalesce("tested_on", "received_on")).order_by("day").values("day")[:1]
    result_on = Subquery(day, output_field=DateField())
    is_day = DateField(null=True)
    return rows.annotate(
        outcome=Case(
            When(_among(whole), then=Value(windows.TAKEN)),
            When(_among(part), then=Value(windows.PARTIAL)),
            When(ended__outcome=Outcome.TAKEN, then=Value(windows.TAKEN)),
            When(ended__outcome=Outcome.EXEMPT, then=Value(windows.EXEMPT)),
            When(_among(partial), then=Value(windows.PARTIAL)),
            When(_among(absent), then=Value(windows.ABSENT)),
            default=Value(windows.WAITS),
            output_field=CharField(),
        ),
        by_state=Case(When(_among(whole), then=Value(True)), default=Value(False)),
        result_on=Case(When(_among(whole), then=result_on), output_field=is_day),
        tested_on=Case(
            When(_among(whole), then=result_on),
            When(_among(part), then=None),
            When(ended__outcome=Outcome.TAKEN, then=F("ended__on")),
            output_field=is_day,
        ),
        exempt_why=Case(When(ended__outcome=Outcome.EXEMPT, then=F("ended__reason")), output_field=CharField()),
        partial_why=Subquery(partial.filter(mine).order_by("-on").values("reason")[:1]),
        absent_on=Subquery(absent.filter(mine).order_by("-on").values("on")[:1]),
    )


def plans_on(students: list[int], on: date) -> dict[int, TestPlan]:
    """The plan of each child on a day, with `named`: what it allows, in words; two queries for any number."""
    plans = {plan.student_id: plan for plan in TestPlan.objects.filter(in_force(on), student__in=students)}
    names = dict(
        Support.objects.filter(code__in={code for plan in plans.values() for code in plan.supports}).values_list(
            "code", "name"
        )
    )
    for plan in plans.values():
        own = [plan.accommodations] if plan.accommodations else []
        plan.named = [*(names.get(code, code) for code in plan.supports), *own]  # type: ignore[attr-defined]
    return plans
