"""How the IEP team says that a child is tested (MP1-19 to MP1-21)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.enums import Measure
from assessments.models import Result, TestPlan
from assessments.queries import INITIAL_TESTS
from district import entries
from district.history import acting
from district.models import Entry, User, in_force
from district.permissions import Permission
from district.refusal import Refusal
from district.wording import long_day
from students.actions.guard import lock_student
from students.enums import FlagKind
from students.models import Flag, Student

PLAN = "test_plan"
COMPOSITES = {
    Measure.ORAL_LANGUAGE: (Measure.LISTENING, Measure.SPEAKING),
    Measure.WRITTEN_LANGUAGE: (Measure.READING, Measure.WRITING),
}


def plan_test(
    *,
    by: User,
    student: Student,
    kind: str,
    in_iep_since: date,
    starts: date,
    left_out: Sequence[str] = (),
    accommodations: str = "",
) -> TestPlan:
    """Record how the child is tested from a day on; a plan in force ends the day before.

    Refusal: no IEP or 504 plan on that day, the alternate test without an IEP, a domain of each kind left out wrongly.
    """
    with transaction.atomic(), acting(by, _("test plan of the IEP team")):
        child = lock_student(student, by, Permission.PLAN_TEST)
        _check_flag(child, kind, starts)
        _check_domains(kind, left_out)
        if in_iep_since > starts:
            raise Refusal(
                _("The IEP says it since %(iep)s; the plan cannot hold from %(starts)s.")
                % {"iep": long_day(in_iep_since), "starts": long_day(starts)},
                _("Let it begin on that day or later."),
                field="starts",
            )
        ended = _end_before(child, starts)
        plan = TestPlan.objects.create(
            student=child,
            kind=kind,
            domains_left_out=",".join(left_out),
            accommodations=accommodations,
            in_iep_since=in_iep_since,
            starts=starts,
            recorded_by=by,
        )
        entries.enter(
            by=by,
            kind=PLAN,
            summary=_("Test plan of %(name)s: %(kind)s") % {"name": child.name, "kind": plan.get_kind_display()},
            student_id=child.pk,
            school_id=child.school.pk if child.school else None,
            plan=plan.pk,
            ended=ended,
        )
    return plan


def end_test_plan(*, by: User, student: Student, ends: date) -> TestPlan:
    """The child is tested like all others again, from the day after."""
    with transaction.atomic(), acting(by, _("test plan ended")):
        child = lock_student(student, by, Permission.PLAN_TEST)
        plan = TestPlan.objects.filter(student=child, ends__isnull=True).first()
        if plan is None:
            raise Refusal(_("There is no test plan that could end."))
        if ends < plan.starts:
            raise Refusal(
                _("The plan holds from %(starts)s.") % {"starts": long_day(plan.starts)},
                _("Give that day or a later one."),
                field="ends",
            )
        plan.ends = ends
        plan.save(update_fields=["ends"])
    return plan


def _check_flag(child: Student, kind: str, starts: date) -> None:
    held = set(Flag.objects.filter(in_force(starts), student=child).values_list("kind", flat=True))
    if kind == TestPlan.Kind.ALTERNATE and FlagKind.IEP not in held:
        raise Refusal(
            _("The Alternate ELPAC needs an IEP; none is recorded for %(day)s.") % {"day": long_day(starts)},
            _("Record the IEP under the child's flags first."),
            field="kind",
        )
    if not held & {FlagKind.IEP, FlagKind.SECTION_504}:
        raise Refusal(
            _("Neither an IEP nor a 504 plan is recorded for %(day)s.") % {"day": long_day(starts)},
            _("Record it under the child's flags first."),
        )


def _check_domains(kind: str, left_out: Sequence[str]) -> None:
    """At most one domain of each composite may be left out (state file layout, domain exemption)."""
    if kind != TestPlan.Kind.PARTIAL:
        if left_out:
            raise Refusal(
                _("Domains are left out only where the test is given without one of them."),
                _("Choose that, or take the domains out."),
                field="left_out",
            )
        return
    if not left_out:
        raise Refusal(_("Which domain is left out?"), _("Tick it."), field="left_out")
    for composite, domains in COMPOSITES.items():
        if all(domain in left_out for domain in domains):
            raise Refusal(
                _("%(one)s and %(two)s cannot both be left out: nothing would be left of %(composite)s.")
                % {"one": domains[0].label, "two": domains[1].label, "composite": composite.label},
                _("Leave out one of them, or choose the Alternate ELPAC."),
                field="left_out",
            )


def _end_before(child: Student, starts: date) -> int | None:
    """End the plan in force the day before; its id, for putting back."""
    before = TestPlan.objects.filter(student=child, ends__isnull=True).first()
    if before is None:
        return None
    if starts <= before.starts:
        raise Refusal(
            _("A plan holds from %(day)s already.") % {"day": long_day(before.starts)},
            _("Let the new one begin later, or put the old one back."),
            field="starts",
        )
    before.ends = starts - timedelta(days=1)
    before.save(update_fields=["ends"])
    return before.pk


def put_back_plan(entry: Entry, by: User) -> None:
    """Take a plan out again, as long as no test was taken under it; the one before it holds again."""
    plan = TestPlan.objects.filter(pk=entry.data["plan"]).first()
    if plan is None:
        return
    taken = Result.objects.filter(student=plan.student_id, test__in=INITIAL_TESTS, tested_on__gte=plan.starts).first()
    if taken:
        raise Refusal(
            _("The child was tested on %(day)s under this plan.") % {"day": long_day(taken.tested_on)},
            _("Record a new plan, or end this one."),
        )
    plan.delete()
    TestPlan.objects.filter(pk=entry.data["ended"]).update(ends=None)
