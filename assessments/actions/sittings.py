"""What the school notes of the yearly test: taken, in part, absent, or exempt with a reason (MP1-16, MP1-21)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.actions.examiners import check_examiner
from assessments.enums import Outcome, Test
from assessments.models import Sitting, TestPlan
from assessments.queries.testing import Windows, trained, windows_of, yearly_tests
from assessments.rules import test_plans, windows
from district import entries
from district.calendar import year_name
from district.history import acting
from district.models import Entry, School, User, in_force
from district.permissions import Permission
from district.refusal import NotAllowed, Refusal
from district.wording import long_day
from students.models import Student

SITTING = "sitting"
ENDS = (Outcome.TAKEN, Outcome.EXEMPT)


@dataclass
class Noted:
    """What came of it: the notes made, and each child for whom none was made, with the refusal."""

    rows: list[Sitting] = field(default_factory=list)
    refused: list[tuple[Student, Refusal]] = field(default_factory=list)


@dataclass(frozen=True)
class Facts:
    """What is known on the day of the test: rows of the tracker and plans by child, the windows, schools."""

    on: date
    tests: dict[int, Any]
    plans: dict[int, TestPlan]
    windows: Windows
    schools: dict[int, School]
    examiner: User | None
    good: dict[tuple[str, int], bool] = field(default_factory=dict)

    def is_trained(self, test: str, school: int) -> bool:
        key = test, school
        if key not in self.good:
            people = trained(test, self.schools[school], self.on)
            self.good[key] = self.examiner is not None and people.filter(pk=self.examiner.pk).exists()
        return self.good[key]


def note_sittings(
    *, by: User, students: Iterable[int], outcome: str, on: date, examiner: User | None = None, reason: str = ""
) -> Noted:
    """Note the same of many children's yearly test on a day: those who may are noted, the others come back with why.

    Only `taken` and `absent` are noted of many at once; `exempt` and `taken in part` need each its own reason.
    Refusal of the whole: children out of sight, several children with one reason.
    """
    wanted = sorted(set(students))
    if outcome in (Outcome.EXEMPT, Outcome.PARTIAL):
        if len(wanted) > 1:
            raise Refusal(
                _("Each child that is exempt, or was tested in part, has a reason of its own."),
                _("Open the children one after the other."),
            )
        if not reason.strip():
            raise Refusal(
                _("The reason is missing."), _("Say it in a sentence; it stands in the list."), field="reason"
            )
    with transaction.atomic(), acting(by, _("yearly test noted")):
        rows = Student.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk")
        children = list(rows)
        seen = set(
            Student.objects.visible_to(by, Permission.GIVE_YEARLY_TEST)
            .filter(pk__in=wanted)
            .values_list("pk", flat=True)
        )
        if len(seen) != len(wanted):
            raise NotAllowed(str(Permission.GIVE_YEARLY_TEST.label))
        facts = _facts(wanted, on, examiner)
        noted = Noted()
        for child in children:
            try:
                test = _check(child, outcome, facts)
            except Refusal as refusal:
                noted.refused.append((child, refusal))
                continue
            noted.rows.append(_row(by, child, test, outcome, facts, reason))
        Sitting.objects.bulk_create(noted.rows)
        if noted.rows:
            _enter(by, noted.rows, {child.pk: child for child in children}, facts)
    return noted


def note_sitting(
    *, by: User, student: Student, outcome: str, on: date, examiner: User | None = None, reason: str = ""
) -> Sitting:
    """Note what became of one child's yearly test; the refusal is raised."""
    noted = note_sittings(by=by, students=[student.pk], outcome=outcome, on=on, examiner=examiner, reason=reason)
    if noted.refused:
        raise noted.refused[0][1]
    return noted.rows[0]


def _facts(wanted: list[int], on: date, examiner: User | None) -> Facts:
    tests = {
        row.student_id: row
        for row in yearly_tests(on).filter(student__in=wanted).annotate(school_pk=F("here__school_id"))
    }
    plans = {plan.student_id: plan for plan in TestPlan.objects.filter(in_force(on), student__in=wanted)}
    schools = {school.pk: school for school in School.objects.all()}
    return Facts(on, tests, plans, windows_of(year_name(on)), schools, examiner)


def _check(child: Student, outcome: str, facts: Facts) -> str:
    """The test that the child takes. Refusal: none, outside of the window, noted already, plan or training lacking."""
    row = facts.tests.get(child.pk)
    if row is None:
        raise Refusal(
            _("%(name)s does not take the yearly test: no English learner enrolled on %(day)s, or in TK.")
            % {"name": child.name, "day": long_day(facts.on)},
            _("Look at the day, or at the child's language status."),
        )
    _check_window(row.test, facts)
    _check_noted(child, outcome, facts, row)
    if outcome in (Outcome.TAKEN, Outcome.PARTIAL):
        _check_plan(child, facts)
        _check_examiner(row, facts)
    return str(row.test)


def _check_window(test: str, facts: Facts) -> None:
    window = facts.windows.of(test)
    found = windows.window_on(window and window.opens, window and window.closes, facts.on)
    if found.outcome != windows.OPEN:
        raise Refusal(
            f"{Test(test).label}: {found.reason}",
            _("Look at the day; the test coordinator sets the window."),
            field="on",
        )


def _check_noted(child: Student, outcome: str, facts: Facts, row: Any) -> None:
    mine = Sitting.objects.filter(student=child, administration=facts.windows.year)
    if row.result_on:
        raise Refusal(
            _("The state has the result of %(day)s already.") % {"day": long_day(row.result_on)},
            _("Nothing more needs to be noted."),
        )
    if end := mine.filter(outcome__in=ENDS).first():
        raise Refusal(
            _("%(name)s is noted already: %(what)s on %(day)s.")
            % {"name": child.name, "what": end.get_outcome_display(), "day": long_day(end.on)},
            _("Was it wrong? Put that note back first."),
        )
    if mine.filter(outcome=outcome, on=facts.on).exists():
        raise Refusal(
            _("%(name)s is noted so on %(day)s already.") % {"name": child.name, "day": long_day(facts.on)},
            _("Nothing more needs to be noted."),
            field="on",
        )


def _check_plan(child: Student, facts: Facts) -> None:
    """Before the IEP says how the child is tested, no test is complete (MP1-21)."""
    plan = facts.plans.get(child.pk)
    if plan is None:
        return
    found = test_plans.may_complete(in_iep_since=plan.in_iep_since, tested_on=facts.on)
    if found.outcome != test_plans.COMPLETE:
        raise Refusal(
            f"{child.name}: {found.reason}",
            _("Enter in the test plan on which day it was documented in the IEP, then note the test."),
        )


def _check_examiner(row: Any, facts: Facts) -> None:
    if facts.examiner is None:
        raise Refusal(_("Who gave the test?"), _("Choose the examiner."), field="examiner")
    if not facts.is_trained(row.test, row.school_pk):
        check_examiner(facts.examiner, row.test, facts.schools[row.school_pk], facts.on)


def _row(by: User, child: Student, test: str, outcome: str, facts: Facts, reason: str) -> Sitting:
    return Sitting(
        student=child,
        test=test,
        administration=facts.windows.year,
        outcome=outcome,
        on=facts.on,
        reason=reason.strip(),
        examiner=facts.examiner if outcome in (Outcome.TAKEN, Outcome.PARTIAL) else None,
        recorded_by=by,
    )


def _enter(by: User, rows: list[Sitting], children: dict[int, Student], facts: Facts) -> None:
    words = ngettext("Yearly test of %(name)s", "Yearly test of %(count)d children", len(rows))
    said = words % {"name": children[rows[0].student_id].name, "count": len(rows)}
    entries.enter(
        by=by,
        kind=SITTING,
        summary=f"{said}: {Outcome(rows[0].outcome).label}, {long_day(facts.on)}",
        student_id=rows[0].student_id if len(rows) == 1 else None,
        sittings=[row.pk for row in rows],
    )


def put_back_sittings(entry: Entry, by: User) -> None:
    """The notes were wrong; the children wait for their test again."""
    Sitting.objects.filter(pk__in=entry.data["sittings"]).delete()
