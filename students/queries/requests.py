"""Reads of parents' requests for a language program: counted by school, program and language within a school year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber

from district.models import Language, School, SchoolYear
from students.enums import AskedProgram
from students.models import ProgramCase, ProgramRequest
from students.rules.requests import Reached, RequestThreshold, request_threshold, threshold_reached

GROUP = ("school", "year", "asked_for", "language")


def counting(on: date) -> QuerySet[ProgramRequest]:
    """Requests that count on a day: made, and not withdrawn by then."""
    return ProgramRequest.objects.filter(Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=on), asked_on__lte=on)


def reached_of(school: School, year: SchoolYear, asked_for: str, language: Language) -> Reached | None:
    """When like requests were enough, as they count today."""
    rows = ProgramRequest.objects.filter(
        school=school, year=year, asked_for=asked_for, language=language, withdrawn_on__isnull=True
    )
    return threshold_reached(rows.values_list("asked_on", "grade"), request_threshold(year.last_day))


@dataclass
class LikeRequests:
    """Like requests of a school year: how many, by grade, when they were enough, and what came of it."""

    school: School
    year: SchoolYear
    asked_for: str
    language: Language
    days: list[tuple[date, str]] = field(default_factory=list)
    case: ProgramCase | None = None

    @property
    def key(self) -> str:
        """As an address says it."""
        return f"{self.school.pk}-{self.year.pk}-{self.asked_for}-{self.language.pk}"

    @property
    def name(self) -> str:
        return f"{AskedProgram(self.asked_for).label}, {self.language.name}"

    @property
    def limit(self) -> RequestThreshold:
        return request_threshold(self.year.last_day)

    @property
    def count(self) -> int:
        return len(self.days)

    @property
    def by_grade(self) -> list[tuple[str, int]]:
        """(grade, how many), the most first."""
        counts: dict[str, int] = {}
        for _day, grade in self.days:
            counts[grade] = counts.get(grade, 0) + 1
        return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))

    @property
    def reached(self) -> Reached | None:
        """What the case says since somebody acted on it; before, what the requests say."""
        if self.case:
            return Reached(self.case.reached_on, self.case.grade)
        return threshold_reached(self.days, self.limit)


def like_requests(schools: Sequence[School], on: date) -> list[LikeRequests]:
    """All like requests of the schools, this year's first, the most numerous first; two queries."""
    rows = counting(on).filter(school__in=schools).select_related("school", "year", "language")
    found: dict[tuple[int, int, str, str], LikeRequests] = {}
    for row in rows:
        key = (row.school_id, row.year_id, row.asked_for, row.language_id)
        group = found.setdefault(key, LikeRequests(row.school, row.year, row.asked_for, row.language))
        group.days.append((row.asked_on, row.grade))
    for case in ProgramCase.objects.filter(school__in=schools).select_related("school", "year", "language"):
        key = (case.school_id, case.year_id, case.asked_for, case.language_id)
        group = found.setdefault(key, LikeRequests(case.school, case.year, case.asked_for, case.language))
        group.case = case
    return sorted(found.values(), key=lambda each: (-each.year.first_day.toordinal(), -each.count, each.key))


def reached_rows(on: date) -> QuerySet[ProgramRequest]:
    """One request for each group that has reached the threshold by a day, annotated `reached_on`, `told`, `decided`.

    It is the request with which the number was full. Where somebody has acted, the day of the case stands.
    """
    limit = request_threshold(on)
    order = [F("asked_on").asc(), F("pk").asc()]
    numbered = counting(on).annotate(
        in_school=Window(RowNumber(), partition_by=[F(name) for name in GROUP], order_by=order),
        in_grade=Window(RowNumber(), partition_by=[F(name) for name in (*GROUP, "grade")], order_by=order),
    )
    full = numbered.filter(Q(in_school=limit.school) | Q(in_grade=limit.grade))
    same = {name: OuterRef(name) for name in GROUP}
    case = ProgramCase.objects.filter(**same)
    rows = ProgramRequest.objects.filter(pk__in=full.values("pk")).annotate(
        case_reached=Subquery(case.values("reached_on")[:1]),
        told=Subquery(case.values("notified_on")[:1]),
        decided=Subquery(case.values("decided_on")[:1]),
    )
    earlier = ProgramRequest.objects.filter(pk__in=full.values("pk"), **same)
    first = earlier.order_by("asked_on", "pk").values("pk")[:1]
    return rows.filter(pk=Subquery(first)).annotate(reached_on=F("asked_on"))
