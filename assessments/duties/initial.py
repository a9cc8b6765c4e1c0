"""Duties of the Initial test: told, given, told again, and brought to an end."""

from __future__ import annotations

from datetime import date

from django.db.models import Case, DateField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Greatest
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments import queries, rules, scales
from assessments.duties.columns import day_of, facts, here
from assessments.enums import Measure, ResultSource
from assessments.models import Result
from assessments.queries import INITIAL
from district.calendar import Period
from district.duties import Duty
from district.enums import DayKind, Grade
from district.queries import add_calendar_days, due, period
from notifications.models import Letter
from students.enums import ElStatus
from students.models import HomeLanguageSurvey, LanguageStatus
from students.rules import initial_clock

NO_DAY = Cast(Value(None), DateField(null=True))


def lately(since: date) -> Q:
    """Statuses that were in force on a day or began later. Found first, they spare the history of all other children:
    what a clock has to work out is costly, and the planner would have it worked out for everybody."""
    recent = LanguageStatus.objects.filter(Q(ends__isnull=True) | Q(ends__gte=since), status=ElStatus.TBD)
    return Q(pk__in=recent.order_by().values("pk")[:100_000_000])


def initial_test_rows(as_of: date) -> QuerySet[LanguageStatus]:
    """Children to be tested, and those tested whose clock began in this school year (MP1-13, D-01)."""
    since = queries.clocks_since(as_of)
    runs = Q(tested_on__isnull=True) & (Q(ends__isnull=True) | Q(ends__gt=as_of))
    tested = Q(tested_on__isnull=False, starts_on__gte=since)
    rows = queries.with_test(queries.clocks(as_of).filter(lately(since)), as_of)
    rows = rows.filter(runs | tested, starts_on__lte=as_of)
    return here(rows, as_of).annotate(
        d_starts=F("starts_on"),
        d_due=F("due_on"),
        d_done=F("tested_on"),
        d_facts=facts(
            first_day=F("first_day"),
            grade=F("first_grade"),
            california=Case(
                When(is_provisional=False, then=F("student__first_california_on")), output_field=DateField()
            ),
            amended=F("is_amended"),
            law_due=F("law_due"),
            provisional=F("is_provisional"),
        ),
    )


def why_initial_test(duty: Duty) -> str:
    """The clock's own sentence, and what stands beside it."""
    length = Period((duty.due - duty.starts).days, DayKind.CALENDAR)
    california = duty.facts["california"]
    clock = initial_clock(
        first_day=date.fromisoformat(duty.facts["first_day"]),
        grade=Grade(duty.facts["grade"]),
        period=length,
        first_california_on=date.fromisoformat(california) if california else None,
        amended_on=duty.starts if duty.facts["amended"] else None,
        amended=length if duty.facts["amended"] else None,
    )
    said = [clock.reason]
    if duty.facts["law_due"]:
        said.append(_("The law's own day is %(day)s.") % {"day": day_of(duty, "law_due")})
    if duty.facts["provisional"]:
        said.append(_("A status in the records of the former district ends this clock."))
    return " ".join(said)


def before_test_rows(as_of: date) -> QuerySet[LanguageStatus]:
    """Families to be told that the test will be given, until it is; and those told this school year (IA-01)."""
    survey = HomeLanguageSurvey.objects.filter(student=OuterRef("student_id")).order_by("-version")
    told = Letter.objects.filter(kind=queries.BEFORE_TEST, student=OuterRef("student_id"), dated__lte=as_of)
    since = queries.clocks_since(as_of)
    rows = queries.with_test(queries.clocks(as_of).filter(lately(since)), as_of)
    rows = rows.filter(is_provisional=False, starts_on__isnull=False)
    rows = rows.annotate(
        answered_on=Subquery(survey.values("answered_on")[:1]),
        told_on=Subquery(told.order_by("dated").values("dated")[:1]),
    )
    waits = Q(tested_on__isnull=True) & (Q(ends__isnull=True) | Q(ends__gt=as_of))
    past = Q(told_on__gte=since)
    rows = here(rows.filter(waits | past, answered_on__isnull=False), as_of)
    rows = rows.annotate(d_starts=Greatest("answered_on", "first_day", output_field=DateField()))
    return rows.filter(d_starts__lte=as_of).annotate(
        d_due=due("d_starts", F("here__school_id"), period("OWN-11", as_of)),
        d_done=F("told_on"),
        d_facts=facts(answered_on=F("answered_on"), test_due=F("due_on")),
    )


def why_before_test(duty: Duty) -> str:
    return _("The survey of %(survey)s names another language; the test is due by %(due)s.") % {
        "survey": day_of(duty, "answered_on"),
        "due": day_of(duty, "test_due"),
    }


def initial_notice_rows(as_of: date) -> QuerySet[Result]:
    """Results of the Initial test and whether the family was told, inside the same 30 days (IA-02, MP1-24)."""
    clock = queries.clocks(as_of).filter(student=OuterRef("student_id")).order_by("-sequence")
    letter = Letter.objects.filter(
        Q(subject_key=OuterRef("key")) | Q(subject_key=OuterRef("local_key")),
        kind=INITIAL,
        student=OuterRef("student_id"),
        dated__lte=as_of,
    )
    rows = queries.initial_results(as_of).filter(received_on__gte=queries.clocks_since(as_of))
    rows = queries.with_preliminary(rows).annotate(
        clock_starts=Subquery(clock.values("starts_on")[:1]),
        clock_due=Subquery(clock.values("due_on")[:1]),
        letter_on=Subquery(letter.order_by("dated").values("dated")[:1]),
    )
    late = add_calendar_days("received_on", period("IA-02", as_of).days)
    return here(rows, as_of).annotate(
        d_starts=Coalesce("clock_starts", "received_on", output_field=DateField()),
        d_due=Coalesce("clock_due", late, output_field=DateField()),
        d_done=F("letter_on"),
        d_facts=facts(test=F("test"), level=F("level"), source=F("source"), received_on=F("received_on")),
    )


def why_initial_notice(duty: Duty) -> str:
    level = scales.level_words(duty.facts["test"], Measure.OVERALL, duty.facts["level"])
    if duty.facts["source"] == ResultSource.LOCAL:
        return _("Scored at the school on %(day)s: %(level)s. Test, score and letter share one period.") % {
            "day": day_of(duty, "received_on"),
            "level": level,
        }
    return _("The state's result came on %(day)s: %(level)s. Test, score and letter share one period.") % {
        "day": day_of(duty, "received_on"),
        "level": level,
    }


def official_differs_rows(as_of: date) -> QuerySet[Result]:
    """Official results that are other than the school's own score, until the corrected letter is out (D-06)."""
    letter = Letter.objects.filter(
        kind=INITIAL, student=OuterRef("student_id"), subject_key=OuterRef("key"), dated__lte=as_of
    )
    rows = queries.differing(queries.initial_results(as_of).filter(received_on__gte=queries.clocks_since(as_of)))
    rows = rows.annotate(letter_on=Subquery(letter.order_by("dated").values("dated")[:1]))
    local = Result.objects.filter(pk=OuterRef("local_pk"))
    return here(rows, as_of).annotate(
        d_starts=F("received_on"),
        d_due=due("received_on", F("here__school_id"), period("OWN-10", as_of)),
        d_done=F("letter_on"),
        d_facts=facts(
            test=F("test"),
            level=F("level"),
            score=F("overall_score"),
            calculated=F("calculated_status"),
            local_level=F("local_level"),
            local_score=Subquery(local.values("overall_score")[:1]),
            told=F("told"),
        ),
    )


def why_official_differs(duty: Duty) -> str:
    """What both say, and whether the family has a preliminary letter."""
    said = duty.facts
    found = rules.official_differs(
        rules.Scored(said["local_level"], said["local_score"], test=said["test"]),
        rules.Scored(said["level"], said["score"], said["calculated"], said["test"]),
    )
    reason = found.reason if found else ""
    if said["told"]:
        return _("%(reason)s A corrected letter is due.") % {"reason": reason}
    return _("%(reason)s The family has no letter yet.") % {"reason": reason}


def tbd_too_long_rows(as_of: date) -> QuerySet[LanguageStatus]:
    """Children still to be determined after the test was due: the state wants an end within 90 days (CA-01)."""
    rows = queries.clocks(as_of).filter(Q(ends__isnull=True) | Q(ends__gt=as_of), lawful__lt=as_of)
    return here(rows, as_of).annotate(
        d_starts=F("starts"),
        d_due=add_calendar_days("starts", period("CA-01", as_of).days),
        d_done=NO_DAY,
        d_facts=facts(since=F("starts"), provisional=F("is_provisional")),
    )


def why_tbd_too_long(duty: Duty) -> str:
    said = _("To be determined since %(day)s; the state asks for a status within 90 days.") % {
        "day": day_of(duty, "since")
    }
    if duty.facts["provisional"]:
        return f"{said} {_('It ends when the records of the former district are entered.')}"
    return f"{said} {_('It ends with a result of the Initial ELPAC, or with a correction.')}"


def what_ends_tbd(duty: Duty) -> str:
    """The page on which the time ends: the records that are awaited, or else the result of the test."""
    return reverse("records" if duty.facts["provisional"] else "result_new", args=[duty.student_id])
