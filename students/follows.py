"""What follows from the answers of a survey, said at once: the status, the clock, and what is to be done next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district.calendar import CalendarEnds
from district.findings import Finding
from district.models import Language
from district.queries import period, school_calendar
from district.wording import long_day
from students import rules
from students.enums import ElStatus, StatusSource, SurveyReason
from students.models import LanguageStatus, Student
from students.queries import AMENDING, clock_for, first_stay, status_of


@dataclass(frozen=True)
class Follows:
    """headline: the consequence in a few words. reasons: sentences, the deciding one first. source: Plan row and law.

    tasks: (what, when or how) of what is to be done next. outcome: as `rules.survey_finding` names it.
    """

    outcome: str
    headline: str
    reasons: list[str]
    source: str
    tasks: list[dict[str, Any]] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        return f"{self.headline}. {self.reasons[0]}" if self.reasons else self.headline


def what_follows(
    student: Student, answers: Sequence[Language | None], *, on: date, reason: str, answered_on: date
) -> Follows:
    """By the same rule as when the survey is saved. `reason` is why this version is written (D-02)."""
    found = rules.survey_finding(answers, student.grade)
    awaited = status_of(student, on)
    if awaited and awaited.is_provisional:
        headline = _("The status of the former district is awaited")
        return Follows("awaited", headline, [awaited.reason, found.reason], f"D-03, {found.source}")
    if awaited and found.outcome != rules.INCOMPLETE and _stays(awaited, reason):
        return _status_counts(student, awaited, found, on)
    if found.outcome == ElStatus.TBD:
        return _to_be_tested(student, found, on, answered_on if reason in AMENDING else None)
    if found.outcome == ElStatus.EO:
        tasks = [_status_task(_("English only"), _status_day(student, reason, answered_on)), _filing_task(student, on)]
        return Follows(found.outcome, _("English only"), [found.reason, *found.notes], found.source, tasks)
    headline = _("The survey is incomplete")
    return Follows(found.outcome, headline, [found.reason, *found.notes], found.source)


def _stays(status: LanguageStatus, reason: str) -> bool:
    """Whether the status in force is none that this survey moves, before saving and afterwards."""
    return not rules.survey_moves(
        status.status,
        status.is_provisional,
        by_records=status.source == StatusSource.RECORDS,
        amends=reason == SurveyReason.PARENT_AMENDMENT,
    )


def _status_counts(student: Student, status: LanguageStatus, found: Finding, on: date) -> Follows:
    """The status that came with the child, or from the state, goes before the survey (D-04)."""
    facts = {"status": status.get_status_display(), "day": long_day(status.starts)}
    if status.source == StatusSource.RECORDS:
        headline = _("The status of the former district counts and stays")
        place = status.place or _("the former district")
        why = _("“%(status)s” since %(day)s, by the records of %(place)s.") % {**facts, "place": place}
    else:
        headline = _("The status counts and stays")
        why = _("“%(status)s” since %(day)s; a survey does not change it.") % facts
    return Follows("stays", headline, [why, found.reason], f"D-04, {found.source}", [_filing_task(student, on)])


def _to_be_tested(student: Student, found: Finding, on: date, amended_on: date | None) -> Follows:
    clock = clock_for(student, on, amended_on=amended_on)
    reasons = [clock.reason]
    if clock.due:
        headline = _("To be tested by %(day)s") % {"day": long_day(clock.due)}
        reasons += _school_days_left(student, clock, on)
    else:
        headline = _("To be tested in kindergarten")
    if clock.lawful_due:
        reasons.append(_("The law's own 30 days from enrollment end on %(day)s.") % {"day": long_day(clock.lawful_due)})
    reasons += [found.reason, *found.notes]
    starts = amended_on or first_stay(student).starts
    tasks = [_status_task(_("to be determined"), starts), _filing_task(student, on)]
    if clock.due:
        tasks.insert(
            1, {"what": _("Notice to the family before the test"), "sub": _("in the family's language, then English")}
        )
    return Follows(found.outcome, headline, reasons, f"{found.source}; {clock.source}", tasks)


def _school_days_left(student: Student, clock: rules.InitialClock, on: date) -> list[str]:
    """How many school days remain; nothing where the calendar is not known so far."""
    if student.school is None or clock.due is None or clock.due < on:
        return []
    try:
        left = school_calendar(student.school).school_days_after(on, clock.due)
    except CalendarEnds:
        return []
    return [ngettext("%(n)d school day remains.", "%(n)d school days remain.", left) % {"n": left}]


def _status_day(student: Student, reason: str, answered_on: date) -> date:
    return answered_on if reason in AMENDING else first_stay(student).starts


def _status_task(status: str, starts: date) -> dict[str, Any]:
    return {
        "what": _("Status: %(status)s") % {"status": status},
        "sub": _("from %(day)s, reason: this survey") % {"day": long_day(starts)},
    }


def _filing_task(student: Student, on: date) -> dict[str, Any]:
    """The original belongs in the folder, by a day that the calendar knows or by a number of days."""
    length = period("OWN-05", on)
    try:
        by = school_calendar(student.school).add_school_days(on, length.days)
    except CalendarEnds:
        when = _("within %(period)s") % {"period": length}
    else:
        when = _("by %(day)s, once it is signed") % {"day": long_day(by)}
    return {"what": _("Original survey into the Yellow Folder"), "sub": when}


def reason_of(has_survey: bool, typed: str) -> str:
    """Why this version is written: the first one, or what was chosen."""
    if not has_survey:
        return SurveyReason.FIRST
    return typed if typed in SurveyReason.values else SurveyReason.PARENT_AMENDMENT
