"""How the IEP team says that a child is tested (MP1-19 to MP1-21)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.enums import OtherTest, Outcome
from assessments.models import Result, Sitting, Support, TestPlan
from assessments.queries import INITIAL_TESTS
from assessments.rules import test_plans
from district import entries
from district.history import acting
from district.models import Entry, User, in_force
from district.permissions import Permission
from district.queries import period
from district.refusal import Refusal
from district.wording import long_day
from students.actions.guard import lock_student
from students.enums import FlagKind
from students.models import Flag, Student

PLAN = "test_plan"
DOCUMENTED = "test_plan_documented"


def plan_test(
    *,
    by: User,
    student: Student,
    kind: str,
    starts: date,
    in_iep_since: date | None = None,
    review_by: date | None = None,
    left_out: Sequence[str] = (),
    supports: Sequence[str] = (),
    accommodations: str = "",
    caaspp: str = OtherTest.SAME,
    benchmarks: str = OtherTest.SAME,
    benchmarks_instead: str = "",
) -> TestPlan:
    """Record how the child is tested from a day on; a plan in force ends the day before.

    Without `in_iep_since` the team has decided and no test is complete before the IEP says so (MP1-21). `review_by` is
    the IEP's yearly date; not given, it is a year from the IEP.
    Refusal: no IEP or 504 plan on that day, the alternate test without an IEP, a domain of each kind left out wrongly,
    a support that is not in the list, an alternative to the tests of the district without its name.
    """
    with transaction.atomic(), acting(by, _("test plan of the IEP team")):
        child = lock_student(student, by, Permission.PLAN_TEST)
        _check_flag(child, kind, starts)
        _check_domains(kind, left_out)
        _check_supports(supports)
        _check_others(child, benchmarks, benchmarks_instead, caaspp, starts)
        _check_in_iep(in_iep_since, starts)
        review = _review(in_iep_since, starts, review_by)
        ended = _end_before(child, starts)
        plan = TestPlan.objects.create(
            student=child,
            kind=kind,
            domains_left_out=",".join(left_out),
            supports=list(supports),
            accommodations=accommodations,
            caaspp=caaspp,
            benchmarks=benchmarks,
            benchmarks_instead=benchmarks_instead if benchmarks == OtherTest.ALTERNATE else "",
            in_iep_since=in_iep_since,
            review_by=review,
            starts=starts,
            recorded_by=by,
        )
        said = _("Test plan of %(name)s: %(kind)s") % {"name": child.name, "kind": plan.get_kind_display()}
        _enter(by, PLAN, said, child, plan, ended)
    return plan


def _enter(by: User, kind: str, summary: str, child: Student, plan: TestPlan, ended: int | None) -> None:
    """Note what can be put back: the plan, and the one that it ended."""
    school = child.school.pk if child.school else None
    entries.enter(by=by, kind=kind, summary=summary, student_id=child.pk, school_id=school, plan=plan.pk, ended=ended)


def document_plan(*, by: User, student: Student, in_iep_since: date, review_by: date | None = None) -> TestPlan:
    """Note on which day the plan in force was documented in the IEP, and when the IEP is reviewed next (MP1-21).

    For a plan that was documented before it is the yearly review: the same plan holds anew, from the new IEP on.
    """
    with transaction.atomic(), acting(by, _("test plan documented in the IEP")):
        child = lock_student(student, by, Permission.PLAN_TEST)
        plan = TestPlan.objects.filter(student=child, ends__isnull=True).first()
        if plan is None:
            raise Refusal(_("There is no test plan in force."), _("Record it first."))
        if plan.in_iep_since and in_iep_since <= plan.in_iep_since:
            raise Refusal(
                _("The IEP of %(day)s is entered already.") % {"day": long_day(plan.in_iep_since)},
                _("Enter the day of the newer IEP."),
                field="in_iep_since",
            )
        review = _review(in_iep_since, in_iep_since, review_by)
        ended = None
        if plan.in_iep_since is None:
            plan.in_iep_since, plan.review_by = in_iep_since, review
            plan.save(update_fields=["in_iep_since", "review_by"])
        else:
            ended = _end_before(child, in_iep_since)
            plan.pk, plan.ends, plan.starts, plan.recorded_by = None, None, in_iep_since, by
            plan.in_iep_since, plan.review_by = in_iep_since, review
            plan._state.adding = True
            plan.save()
        said = _("Test plan of %(name)s in the IEP of %(day)s")
        _enter(by, DOCUMENTED, said % {"name": child.name, "day": long_day(in_iep_since)}, child, plan, ended)
    return plan


def _check_in_iep(in_iep_since: date | None, starts: date) -> None:
    if in_iep_since and in_iep_since > starts:
        raise Refusal(
            _("The IEP says it since %(iep)s; the plan cannot hold from %(starts)s.")
            % {"iep": long_day(in_iep_since), "starts": long_day(starts)},
            _("Let it begin on that day or later."),
            field="starts",
        )


def _review(in_iep_since: date | None, starts: date, review_by: date | None) -> date:
    """The next yearly review. Refusal where it would be before the IEP, or later than a year after it."""
    begins = in_iep_since or starts
    latest = test_plans.review_due(in_iep_since=None, starts=begins, review_by=None, yearly=period("TP-01", begins))
    due = review_by or latest
    if not begins < due <= latest:
        raise Refusal(
            _("The yearly review would be on %(day)s.") % {"day": long_day(due)},
            _("It lies after the IEP and no later than %(latest)s.") % {"latest": long_day(latest)},
            field="review_by",
        )
    return due


def _check_supports(codes: Sequence[str]) -> None:
    known = set(Support.objects.filter(code__in=codes).values_list("code", flat=True))
    if missing := [code for code in codes if code not in known]:
        raise Refusal(
            _("%(code)s is in no list of supports.") % {"code": missing[0]},
            _("Write it into the box below, or have it added to the list."),
            field="supports",
        )


def _check_others(child: Student, benchmarks: str, instead: str, caaspp: str, starts: date) -> None:
    """What is taken in place of the other tests (MP3-12, MP3-13)."""
    if benchmarks == OtherTest.ALTERNATE and not instead.strip():
        raise Refusal(
            _("What does the child take in place of the tests of the district?"),
            _("Name it as the IEP does."),
            field="benchmarks_instead",
        )
    has_iep = Flag.objects.filter(in_force(starts), student=child, kind=FlagKind.IEP).exists()
    if caaspp == OtherTest.ALTERNATE and not has_iep:
        raise Refusal(
            _("The California Alternate Assessments need an IEP; none is recorded for %(day)s.")
            % {"day": long_day(starts)},
            _("Record the IEP under the child's flags first."),
            field="caaspp",
        )


def put_back_documented(entry: Entry, by: User) -> None:
    """The IEP does not say it yet; after a yearly review the plan before it holds again."""
    if entry.data["ended"] is not None:
        put_back_plan(entry, by)
        return
    plan = TestPlan.objects.filter(pk=entry.data["plan"]).first()
    if plan:
        _refuse_if_tested(plan)
        TestPlan.objects.filter(pk=plan.pk).update(in_iep_since=None)


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
    if composite := test_plans.both_of(left_out):
        one, two = test_plans.COMPOSITES[composite]
        raise Refusal(
            _("%(one)s and %(two)s cannot both be left out: nothing would be left of %(composite)s.")
            % {"one": one.label, "two": two.label, "composite": composite.label},
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
    _refuse_if_tested(plan)
    plan.delete()
    TestPlan.objects.filter(pk=entry.data["ended"]).update(ends=None)


def _refuse_if_tested(plan: TestPlan) -> None:
    """A plan under which a test was taken stays as it was."""
    taken = Result.objects.filter(student=plan.student_id, test__in=INITIAL_TESTS, tested_on__gte=plan.starts).first()
    noted = Sitting.objects.filter(student=plan.student_id, outcome=Outcome.TAKEN, on__gte=plan.starts).first()
    day = (taken and taken.tested_on) or (noted and noted.on)
    if day:
        raise Refusal(
            _("The child was tested on %(day)s under this plan.") % {"day": long_day(day)},
            _("Record a new plan, or end this one."),
        )
