"""Duties of giving tests: the yearly test, its window, trained examiners, plans of the IEP team."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    DateField,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat, Greatest, JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments import queries
from assessments.duties.columns import day_of, facts, here, to
from assessments.enums import Outcome, Test
from assessments.models import TestPlan, Training
from assessments.queries import testing as found
from assessments.rules import windows
from district.calendar import year_name
from district.duties import Duty, DutyRule, Many, until
from district.enums import Grade, Role
from district.models import District, RoleAssignment, School, in_force
from district.queries import add_calendar_days, add_years, due, period, school_year
from district.wording import long_day
from students.enums import ElStatus
from students.models import Enrollment, LanguageStatus

NO_DAY = Cast(Value(None), DateField(null=True))
NOBODY = Cast(Value(None), BigIntegerField())


def _day(value: date | None) -> Any:
    return Cast(Value(value), DateField(null=True))  # typed, even where it is NULL


def annual_test_rows(as_of: date) -> QuerySet[LanguageStatus]:
    """English learners of the window and their yearly test (MP1-16, MP5-16); none before a window opens.

    Who is exempt with a reason has no duty. After the window those who never were tested stay, late, until the summer.
    """
    known = found.windows_of(year_name(as_of))
    begun = {str(each.test): each for each in known.all if each.opens <= as_of}
    opens = _by_test({test: each.opens for test, each in begun.items()})
    rows = found.yearly_tests(as_of).annotate(
        d_student=F("student_id"),
        d_school=F("here__school_id"),
        d_teacher=F("here__teacher_id"),
        d_starts=Greatest("from_on", opens, output_field=DateField()),
        d_due=_by_test({test: each.closes for test, each in begun.items()}),
        d_done=F("tested_on"),
        d_facts=facts(test=F("test"), outcome=F("outcome"), absent_on=F("absent_on"), why=F("partial_why")),
    )
    if not begun:
        return rows.none()
    if len(begun) < len(found.YEARLY_ELPAC):
        rows = rows.filter(test__in=list(begun))
    exempt = Q(ended__outcome=Outcome.EXEMPT, tested_on__isnull=True)
    return rows.exclude(exempt).filter(from_on__lte=max(each.closes for each in begun.values()))


def _by_test(days: dict[str, date]) -> Any:
    """The day of each test; where all have the same, that day alone, so that nobody's plan is looked up for it."""
    if len(set(days.values())) < 2:
        return _day(next(iter(days.values()), None))
    return Case(*(When(test=test, then=_day(day)) for test, day in days.items()), default=_day(None))


def why_annual_test(duty: Duty) -> str:
    said = _("%(test)s: every English learner enrolled in the window is tested; it closes on %(closes)s.") % {
        "test": Test(duty.facts["test"]).label,
        "closes": long_day(duty.due),
    }
    if duty.facts["outcome"] == windows.ABSENT:
        return f"{said} {_('Absent on %(day)s; to be made up.') % {'day': day_of(duty, 'absent_on')}}"
    if duty.facts["outcome"] == windows.PARTIAL:
        why = duty.facts["why"] or _("by the state's file")
        return f"{said} {_('Taken in part: %(why)s') % {'why': why}}"
    return said


def window_rows(as_of: date) -> QuerySet[District]:
    """The district has not set the window of this year's test, though it has learners to be tested (MP5-16)."""
    year = school_year(as_of)
    name = year_name(as_of)
    lawful = found.lawful_window(Test.SUMMATIVE_ELPAC, name)
    rows = District.objects.annotate(
        d_student=NOBODY,
        d_school=NOBODY,
        d_teacher=NOBODY,
        d_starts=_day(year.first_day if year else None),
        d_due=_day(lawful.opens if lawful else None),
        d_done=NO_DAY,
        d_facts=JSONObject(name=F("name"), year=Value(name)),
    )
    is_set = found.windows_of(name).standard is not None
    return rows.none() if year is None or is_set or as_of < year.first_day else rows


def why_window(duty: Duty) -> str:
    return _("Nobody has entered from when to when the Summative ELPAC of %(year)s is given.") % {
        "year": duty.facts["year"]
    }


def examiner_missing_rows(as_of: date) -> QuerySet[School]:
    """Schools where children wait for the Initial test and nobody is trained for it (MP1-13, MP1-23)."""
    unknown = LanguageStatus.objects.on(as_of).filter(status=ElStatus.TBD).order_by().values("student")
    tested = queries.taken(as_of).order_by().values("student")
    waits = Enrollment.objects.filter(in_force(as_of), school=OuterRef("pk"), student__in=unknown)
    waits = waits.exclude(grade=Grade.TK).exclude(student__in=tested).order_by().values("school")
    roles = RoleAssignment.objects.filter(in_force(as_of), role=Role.EXAMINER, user__is_active=True)
    roles = roles.filter(Q(school=OuterRef("pk")) | Q(school=None))
    good = Training.objects.filter(found.in_training(as_of), test=Test.INITIAL_ELPAC)
    staffed = roles.filter(user__in=good.values("user"))
    ended = Training.objects.filter(test=Test.INITIAL_ELPAC, expires_on__lt=as_of)
    ended = ended.filter(user__role_assignments__school=OuterRef("pk"), user__role_assignments__role=Role.EXAMINER)
    rows = School.objects.filter(~Exists(staffed)).annotate(
        since=Subquery(waits.annotate(since=Min("starts")).values("since"), output_field=DateField()),
        ended=Subquery(
            ended.order_by().values("test").annotate(last=Max("expires_on")).values("last"), output_field=DateField()
        ),
        d_starts=Greatest("since", "ended", output_field=DateField()),
    )
    return rows.filter(since__isnull=False).annotate(
        d_student=NOBODY,
        d_school=F("pk"),
        d_teacher=NOBODY,
        d_due=due("d_starts", F("pk"), period("TE-03", as_of)),
        d_done=NO_DAY,
        d_facts=JSONObject(name=F("short_name"), since=F("since"), ended=F("ended")),
    )


def why_examiner_missing(duty: Duty) -> str:
    if duty.facts["ended"]:
        return _("Children wait for the Initial ELPAC, and the last training ended on %(day)s.") % {
            "day": day_of(duty, "ended")
        }
    return _("Children have waited for the Initial ELPAC since %(day)s, and nobody there is trained to give it.") % {
        "day": day_of(duty, "since")
    }


def training_ends_rows(as_of: date) -> QuerySet[Training]:
    """Trainings of today's examiners that end soon or have ended, and no newer one is entered; one row a day and
    person."""
    roles = RoleAssignment.objects.filter(in_force(as_of), role=Role.EXAMINER, user=OuterRef("user"))
    newer = Training.objects.filter(user=OuterRef("user"), test=OuterRef("test"))
    newer = newer.filter(Q(expires_on__gt=OuterRef("expires_on")) | Q(expires_on__isnull=True), trained_on__lte=as_of)
    same = Training.objects.filter(user=OuterRef("user"), expires_on=OuterRef("expires_on"), pk__lt=OuterRef("pk"))
    soon = period("TE-02", as_of).days
    rows = Training.objects.filter(expires_on__isnull=False, user__is_active=True)
    rows = rows.filter(Exists(roles), ~Exists(newer), ~Exists(same))
    rows = rows.annotate(d_starts=Greatest("trained_on", add_calendar_days("expires_on", -soon)))
    return rows.filter(d_starts__lte=as_of).annotate(
        d_student=NOBODY,
        d_school=Subquery(roles.order_by("school").values("school")[:1]),
        d_teacher=NOBODY,
        d_due=F("expires_on"),
        d_done=NO_DAY,
        d_facts=JSONObject(
            name=Concat("user__first_name", Value(" "), "user__last_name"), test=F("test"), user=F("user_id")
        ),
    )


def why_training_ends(duty: Duty) -> str:
    return _("The training for the %(test)s is good until %(day)s; without a new one no score can be entered.") % {
        "test": Test(duty.facts["test"]).label,
        "day": long_day(duty.due),
    }


def _plans(as_of: date) -> QuerySet[TestPlan]:
    """Plans that hold, or ended in this school year, of children enrolled here."""
    july = date(int(year_name(as_of)[:4]), 7, 1)
    rows = TestPlan.objects.filter(Q(ends__isnull=True) | Q(ends__gte=july), starts__lte=as_of)
    return here(rows, as_of)


def plan_review_rows(as_of: date) -> QuerySet[TestPlan]:
    """Plans whose IEP has its yearly review soon; done when the plan was ended or held anew (MP1-20, MP1-21)."""
    first = Coalesce("in_iep_since", "starts", output_field=DateField())
    rows = _plans(as_of).annotate(first=first)
    rows = rows.annotate(d_due=Coalesce("review_by", add_years("first", period("TP-01", as_of).days)))
    rows = rows.annotate(
        d_starts=Greatest("starts", add_calendar_days("d_due", -period("TP-02", as_of).days)),
        d_done=until(as_of, "ends"),
    )
    began = Q(d_done__isnull=True) | Q(d_done__gte=F("d_starts"))
    return rows.filter(began, d_starts__lte=as_of).annotate(d_facts=facts(kind=F("kind"), review=F("d_due")))


def why_plan_review(duty: Duty) -> str:
    return _("The IEP behind the test plan is reviewed every year, next by %(day)s; the plan needs its new date.") % {
        "day": day_of(duty, "review")
    }


def plan_unwritten_rows(as_of: date) -> QuerySet[TestPlan]:
    """Plans that the IEP does not say yet; no test is complete before it does (MP1-21)."""
    rows = _plans(as_of).filter(in_iep_since__isnull=True, ends__isnull=True)
    return rows.annotate(
        d_starts=F("starts"),
        d_due=due("starts", F("here__school_id"), period("TP-03", as_of)),
        d_done=NO_DAY,
        d_facts=facts(since=F("starts")),
    )


def why_plan_unwritten(duty: Duty) -> str:
    return _("The plan holds from %(day)s and has no day on which the IEP says so; no test counts before it.") % {
        "day": day_of(duty, "since")
    }


RULES = (
    DutyRule(
        id="annual_test",
        title=gettext_lazy("Give the yearly ELPAC"),
        owner=Role.EXAMINER,
        source="MP1-16, MP5-16, 5 CCR 11518.15(a)",
        rows=annual_test_rows,
        why=why_annual_test,
        link=to("yearly_test"),
        action=gettext_lazy("Note the test"),
        many=Many("yearly_tests", gettext_lazy("Open the list")),
    ),
    DutyRule(
        id="test_window",
        title=gettext_lazy("Set the window of the yearly ELPAC"),
        owner=Role.EL_ADMINISTRATOR,
        source="MP5-16, 5 CCR 11518(d)",
        rows=window_rows,
        why=why_window,
        link=lambda duty: reverse("test_windows"),
        action=gettext_lazy("Set the window"),
    ),
    DutyRule(
        id="examiner_missing",
        title=gettext_lazy("Find a trained test examiner"),
        owner=Role.EL_ADMINISTRATOR,
        source="MP1-13, MP1-23",
        rows=examiner_missing_rows,
        why=why_examiner_missing,
        link=lambda duty: f"{reverse('examiners')}?school={duty.school_id}",
        action=gettext_lazy("Open the register"),
    ),
    DutyRule(
        id="training_ends",
        title=gettext_lazy("Renew the training of a test examiner"),
        owner=Role.EL_ADMINISTRATOR,
        source="MP1-23",
        rows=training_ends_rows,
        why=why_training_ends,
        link=lambda duty: f"{reverse('examiners')}?user={duty.facts['user']}",
        action=gettext_lazy("Enter the training"),
        many=Many("examiners", gettext_lazy("Open the register")),
    ),
    DutyRule(
        id="test_plan_in_iep",
        title=gettext_lazy("Have the test plan written into the IEP"),
        owner=Role.LEARNING_SUPPORT,
        source="MP1-21",
        rows=plan_unwritten_rows,
        why=why_plan_unwritten,
        link=to("test_plan"),
        action=gettext_lazy("Enter the day"),
    ),
    DutyRule(
        id="test_plan_review",
        title=gettext_lazy("Look at the test plan again"),
        owner=Role.LEARNING_SUPPORT,
        source="MP1-20, MP1-21",
        rows=plan_review_rows,
        why=why_plan_review,
        link=to("test_plan"),
        action=gettext_lazy("Open the plan"),
    ),
)
