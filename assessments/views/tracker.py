"""The tracker of the yearly test: what the address asks for, its counts and its lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.enums import Test
from assessments.models import Training
from assessments.queries import testing as found
from assessments.rules import windows as rules
from district.access import Scope
from district.calendar import year_name
from district.duties import visible
from district.enums import Grade, Role
from district.models import RoleAssignment, School, User, in_force
from district.permissions import Permission
from district.wording import due_words, long_day
from students.models import Student

P = Permission
WAITS = (rules.WAITS, rules.ABSENT, rules.PARTIAL)
SHOWN: dict[str, Q] = {
    "waiting": Q(outcome__in=WAITS),
    "makeup": Q(outcome__in=(rules.ABSENT, rules.PARTIAL)),
    "taken": Q(outcome=rules.TAKEN),
    "unofficial": Q(outcome=rules.TAKEN, by_state=False),
    "exempt": Q(outcome=rules.EXEMPT),
    "all": Q(),
}


@dataclass(frozen=True)
class Filters:
    """What the address asks for; anything unknown counts as not asked."""

    show: str
    school: str
    grade: str
    teacher: str
    year: str

    @classmethod
    def read(cls, asked: Mapping[str, str], on: date) -> Filters:
        show, school, grade, teacher, year = (
            asked.get(key, "") for key in ("show", "school", "grade", "teacher", "year")
        )
        known = len(year) == 7 and year[:4].isascii() and year[:4].isdigit()
        return cls(
            show=show if show in SHOWN or show == "came" else "waiting",
            school=school if school.isascii() and school.isdigit() else "",
            grade=grade if grade in Grade.values else "",
            teacher=teacher if teacher.isascii() and teacher.isdigit() else "",
            year=year if known and 2018 <= int(year[:4]) <= on.year else "",
        )

    @property
    def kept(self) -> dict[str, str]:
        """What stays in the address when another count is opened."""
        named = {"school": self.school, "grade": self.grade, "teacher": self.teacher, "year": self.year}
        return {key: value for key, value in named.items() if value}

    def where(self) -> Q:
        where = Q()
        if self.school:
            where &= Q(d_school=int(self.school))
        if self.grade:
            where &= Q(grade=self.grade)
        if self.teacher:
            where &= Q(d_teacher=int(self.teacher))
        return where


class Tracker:
    """The yearly tests of a year, as a person may see them. Nothing is asked that the page does not show."""

    def __init__(self, user: User, filters: Filters, on: date) -> None:
        self.user, self.filters, self.on = user, filters, on
        self.year = filters.year or year_name(on)
        self.windows = found.windows_of(self.year)
        self.day = min(on, self.windows.closes or on)  # who was here while it was open

    @cached_property
    def rows(self) -> QuerySet[Any]:
        """All that the person may see, before the filter of the count chosen."""
        rows = found.yearly_tests(self.day, self.year, known=self.on)
        rows = rows.annotate(d_school=F("here__school_id"), d_teacher=F("here__teacher_id"))
        mine = Student.objects.visible_to(self.user, P.VIEW_STUDENTS)
        return rows.filter(visible(self.user), self.filters.where(), student__in=mine)

    def shown(self, show: str) -> Q:
        if show == "came":
            return Q(from_on__gt=self.windows.opens) if self.windows.opens else Q(pk__isnull=True)
        return SHOWN[show]

    def listed(self) -> QuerySet[Any]:
        rows = self.rows.filter(self.shown(self.filters.show)).select_related("student")
        return rows.order_by("d_school", "grade", "d_teacher", "student__search_key")

    @cached_property
    def counted(self) -> list[tuple[int, str, str, bool, bool, int]]:
        """How many by school, grade, outcome, whether the state has it, whether the child came in the window: from
        this one query come all numbers of the page."""
        came = Case(When(self.shown("came"), then=Value(True)), default=Value(False))
        rows = self.rows.annotate(came=came).order_by().values_list("d_school", "grade", "outcome", "by_state", "came")
        return list(rows.annotate(number=Count("pk")))

    @cached_property
    def counts(self) -> dict[str, int]:
        found = dict.fromkeys((*SHOWN, "came"), 0)
        for _school, _grade, outcome, by_state, came, number in self.counted:
            found["all"] += number
            found["waiting"] += number if outcome in WAITS else 0
            found["makeup"] += number if outcome in (rules.ABSENT, rules.PARTIAL) else 0
            found["taken"] += number if outcome == rules.TAKEN else 0
            found["unofficial"] += number if outcome == rules.TAKEN and not by_state else 0
            found["exempt"] += number if outcome == rules.EXEMPT else 0
            found["came"] += number if came else 0
        return found

    @property
    def tally(self) -> list[dict[str, Any]]:
        """Counts that open their list; the filters of school, grade and class stay."""
        words = {
            "waiting": (_("not yet tested"), "late" if self.is_over else ""),
            "makeup": (_("to be made up"), "soon"),
            "taken": (_("tested"), "done"),
            "unofficial": (_("wait for the state's result"), ""),
            "exempt": (_("exempt, with reason"), ""),
            "came": (_("came in the window"), ""),
        }
        return [
            {
                "count": self.counts[show],
                "words": said,
                "tone": tone if self.counts[show] else "",
                "url": self.url(show),
                "current": show == self.filters.show,
            }
            for show, (said, tone) in words.items()
        ]

    def url(self, show: str, **more: str) -> str:
        return f"{reverse('yearly_tests')}?{urlencode({'show': show, **self.filters.kept, **more})}"

    @property
    def has_begun(self) -> bool:
        """Whether a window of this year has opened; before it there is nothing to note."""
        return self.year == year_name(self.on) and self.windows.opens is not None and self.windows.opens <= self.on

    @property
    def is_over(self) -> bool:
        return bool(self.windows.closes and self.on > self.windows.closes)

    @property
    def progress(self) -> dict[str, Any]:
        """How many of those who must be tested are; exempt children are not among them."""
        must = self.counts["all"] - self.counts["exempt"]
        words = _("%(done)d of %(all)d tested") % {"done": self.counts["taken"], "all": must}
        if must:
            words += f", {round(100 * self.counts['taken'] / must)}%"
        return {"value": self.counts["taken"], "max": must, "words": words}

    @property
    def window_notes(self) -> list[tuple[str, str, str]]:
        """(tone, test, sentence) of each window, with the days that are left."""
        notes = []
        for test in found.YEARLY_ELPAC:
            window = self.windows.of(test)
            state = rules.window_on(window and window.opens, window and window.closes, self.on)
            tone = {rules.NOT_SET: "soon", rules.CLOSED: "", rules.OPEN: "info"}.get(state.outcome, "")
            said = str(state)
            if window and state.outcome == rules.OPEN:
                due = due_words(window.closes, self.on)
                said, tone = f"{said} ({due.words})", due.tone or tone
            notes.append((tone, str(Test(test).label), said))
        return notes

    @cached_property
    def schools(self) -> list[School]:
        return [school for school in School.objects.all() if self.user.may(P.VIEW_DUTIES, school.pk)]

    @property
    def grades(self) -> list[tuple[str, str]]:
        return [(grade.value, grade.label) for grade in Grade if grade != Grade.TK]

    @cached_property
    def teachers(self) -> list[tuple[int, str]]:
        """Classes with a learner in the list, for the filter; only where it is one school's list."""
        if not self.filters.school and len(self.schools) > 1:
            return []
        ids = self.rows.order_by().values_list("d_teacher", flat=True).distinct()
        return [(user.pk, str(user)) for user in User.objects.filter(pk__in=list(ids)).order_by("last_name")]

    def lines(self, rows: list[Any]) -> list[dict[str, Any]]:
        """Each child with how it is tested and what is known; as many queries for fifty as for one."""
        plans = found.plans_on([row.student_id for row in rows], self.on)
        schools = {school.pk: school.short_name for school in School.objects.all()}
        teachers = {user.pk: str(user) for user in User.objects.filter(pk__in={row.d_teacher for row in rows})}
        return [
            {
                "student": row.student,
                "school": schools.get(row.d_school, ""),
                "grade": Grade(row.grade).label,
                "teacher": teachers.get(row.d_teacher, ""),
                "test": Test(row.test).label,
                "is_alternate": row.test == Test.SUMMATIVE_ALTERNATE_ELPAC,
                "plan": plans.get(row.student_id),
                "outcome": row.outcome,
                "tone": TONES[row.outcome],
                "words": _WORDS[row.outcome](),
                "why": self._why(row),
                "waits": row.outcome in WAITS,
            }
            for row in rows
        ]

    def _why(self, row: Any) -> str:
        parts = []
        if row.outcome == rules.TAKEN:
            day = long_day(row.tested_on)
            by_state = _("by the state's file, %(day)s") % {"day": day}
            parts.append(by_state if row.by_state else _("on %(day)s; the state's file is awaited") % {"day": day})
        elif row.outcome == rules.EXEMPT:
            parts.append(row.exempt_why)
        elif row.outcome == rules.PARTIAL:
            parts.append(row.partial_why or _("by the state's file"))
        if row.outcome in WAITS and row.absent_on:
            parts.append(_("absent on %(day)s") % {"day": long_day(row.absent_on)})
        if self.windows.opens and row.from_on > self.windows.opens:
            parts.append(_("an English learner here since %(day)s, in the window") % {"day": long_day(row.from_on)})
        return "; ".join(parts)

    def by_school(self) -> list[dict[str, Any]]:
        """A table for each school: grades down, outcomes across; every number with its list."""
        numbers: dict[int, dict[str, dict[str, int]]] = {}
        for school, grade, outcome, _by_state, _came, number in self.counted:
            by_outcome = numbers.setdefault(school, {}).setdefault(grade, {})
            by_outcome[outcome] = by_outcome.get(outcome, 0) + number
        order = [grade.value for grade in Grade]
        return [
            {
                "school": school,
                "rows": [
                    self._count_row(school.pk, grade, numbers[school.pk][grade])
                    for grade in sorted(numbers[school.pk], key=order.index)
                ],
            }
            for school in School.objects.filter(pk__in=numbers)
        ]

    def _count_row(self, school: int, grade: str, by_outcome: dict[str, int]) -> dict[str, Any]:
        makeup = by_outcome.get(rules.ABSENT, 0) + by_outcome.get(rules.PARTIAL, 0)
        numbers = {
            "all": sum(by_outcome.values()),
            "taken": by_outcome.get(rules.TAKEN, 0),
            "waiting": by_outcome.get(rules.WAITS, 0) + makeup,
            "makeup": makeup,
            "exempt": by_outcome.get(rules.EXEMPT, 0),
        }
        at = {"school": str(school), "grade": grade}
        cells = [(HEADS[show](), number, self.url(show, **at) if number else "") for show, number in numbers.items()]
        must = numbers["all"] - numbers["exempt"]
        return {
            "grade": Grade(grade).label,
            "cells": cells,
            "share": round(100 * numbers["taken"] / must) if must else None,
        }


HEADS = {
    "all": lambda: _("English learners"),
    "taken": lambda: _("Tested"),
    "waiting": lambda: _("Not yet"),
    "makeup": lambda: _("To be made up"),
    "exempt": lambda: _("Exempt"),
}
TONES = {rules.TAKEN: "done", rules.PARTIAL: "soon", rules.ABSENT: "soon", rules.EXEMPT: "", rules.WAITS: ""}
_WORDS = {
    rules.TAKEN: lambda: _("tested"),
    rules.PARTIAL: lambda: _("taken in part"),
    rules.ABSENT: lambda: _("absent, to be made up"),
    rules.EXEMPT: lambda: _("exempt"),
    rules.WAITS: lambda: _("not yet"),
}


def examiners_for(user: User, on: date) -> QuerySet[User]:
    """People trained for a yearly test who examine at one of the schools where the person may note tests."""
    scope = Scope.of(user, P.GIVE_YEARLY_TEST)
    roles = RoleAssignment.objects.filter(in_force(on), role=Role.EXAMINER, user=OuterRef("pk"))
    if not scope.everywhere:
        roles = roles.filter(Q(school__in=scope.schools) | Q(school=None))
    good = Training.objects.filter(found.in_training(on), user=OuterRef("pk"), test__in=found.YEARLY_ELPAC)
    return User.objects.filter(Exists(roles), Exists(good), is_active=True).order_by("last_name", "first_name")
