"""Services of English learners: who fits a section, what stands on a child's card, who may teach (MP0-05, MP2-03)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from district.enums import Grade
from district.findings import Finding, _
from district.wording import long_day
from students.enums import ProgramKind, ServiceKind

LEVEL_TEST = "summative_elpac"  # the levels of a leveled section are those of this test

FITS, OTHER_GRADE, OTHER_LEVEL, NO_LEVEL = "fits", "other_grade", "other_level", "no_level_known"
GIVEN, PARTLY, MISSING, DECLINED = "given", "partly", "missing", "declined"
VALID, EXPIRED, NONE = "valid", "expired", "none"


@dataclass(frozen=True)
class Span:
    """For whom a section is: grades, and levels of the Summative ELPAC where it is leveled."""

    grade_low: Grade | str
    grade_high: Grade | str
    level_low: int | None = None
    level_high: int | None = None


def fits_section(*, grade: Grade | str, test: str, level: str, level_name: str, span: Span) -> Finding:
    """Does a child fit a section? Grade outside: no. Level outside, or of a test with other levels: a person decides.

    test, level: slugs of the newest English result, empty without one. level_name: the level in words.
    """
    low, high = Grade(span.grade_low), Grade(span.grade_high)
    if not low.rank <= Grade(grade).rank <= high.rank:
        said = {"low": low.label, "high": high.label}
        return Finding(OTHER_GRADE, _("The section is for %(low)s to %(high)s.") % said, "MP2-06")
    if span.level_low is None or span.level_high is None:
        return Finding(FITS, _("The section takes all levels."), "MP2-03")
    if not level:
        return Finding(NO_LEVEL, _("There is no result that gives a level."), "MP2-06")
    if test != LEVEL_TEST:
        reason = _("%(level)s: the section goes by levels of the Summative ELPAC.") % {"level": level_name}
        return Finding(NO_LEVEL, reason, "MP2-06")
    levels = {"level": level_name, "low": span.level_low, "high": span.level_high}
    if span.level_low <= int(level) <= span.level_high:
        return Finding(FITS, _("%(level)s lies in levels %(low)s to %(high)s.") % levels, "MP2-06")
    return Finding(OTHER_LEVEL, _("%(level)s is outside of levels %(low)s to %(high)s.") % levels, "MP2-06")


@dataclass(frozen=True)
class Given:
    """A service as the card needs it: what, how often, since when, and whether the parents declined it."""

    kind: ServiceKind | str
    is_daily: bool
    starts: date
    declined: bool = False


def eld_light(given: Iterable[Given], program: ProgramKind | str | None) -> Finding:
    """Daily ELD for every learner; in SEI daily designated ELD (MP2-05, MP2-07, PL-02)."""
    eld = [each for each in given if each.kind in (ServiceKind.DESIGNATED, ServiceKind.INTEGRATED)]
    daily = [each for each in eld if each.is_daily and not each.declined]
    if program == ProgramKind.SEI and daily and not any(each.kind == ServiceKind.DESIGNATED for each in daily):
        return Finding(PARTLY, _("ELD is daily, but not designated ELD, as the child's program asks."), "MP2-07")
    if daily:
        since = min(each.starts for each in daily)
        return Finding(GIVEN, _("Daily ELD since %(day)s.") % {"day": long_day(since)}, "MP2-05")
    if any(not each.declined for each in eld):
        return Finding(PARTLY, _("ELD is recorded, but not on every school day."), "MP2-05")
    if program == ProgramKind.DECLINED or eld:
        reason = _("The parents have declined; the child is still tested every year and helped to follow the lessons.")
        return Finding(DECLINED, reason, "PL-02")
    return Finding(MISSING, _("No ELD is recorded for the child."), "MP2-05")


def core_light(given: Iterable[Given], program: ProgramKind | str | None, authorized: Finding) -> Finding:
    """Access to the core subjects: supports, and a class teacher authorized for English learners (MP0-05, MP2-04)."""
    has_supports = any(each.kind == ServiceKind.SUPPORT and not each.declined for each in given)
    is_sei = program == ProgramKind.SEI  # whose lessons themselves are made for learners (MP2-09)
    if not has_supports and not is_sei:
        return Finding(MISSING, _("No supports in the core subjects are recorded."), "MP2-04")
    if authorized.outcome != VALID:
        return Finding(PARTLY, authorized.reason, "MP2-09; MP5-75")
    if has_supports:
        return Finding(GIVEN, _("Supports are recorded, and the class teacher is authorized."), "MP2-04")
    return Finding(GIVEN, _("Lessons are made for learners of English, by an authorized teacher."), "MP2-09")


def home_light(given: Iterable[Given], program: ProgramKind | str | None) -> Finding:
    """Primary-language or multicultural support, which may clarify, support and explain (MP0-05, MP2-10)."""
    found = [each for each in given if each.kind == ServiceKind.HOME_LANGUAGE]
    held = [each for each in found if not each.declined]
    if held:
        return Finding(GIVEN, _("Recorded since %(day)s.") % {"day": long_day(held[0].starts)}, "MP2-10")
    if found:
        return Finding(DECLINED, _("The parents have declined it."), "PL-02")
    return Finding(MISSING, _("No primary-language or multicultural support is recorded."), "MP0-05, MP2-10")


def authorization(teacher: str, documents: Sequence[tuple[str, date | None]], on: date) -> Finding:
    """Is a teacher authorized for English learners on a day? documents: (name, last day or None for no end)."""
    if not teacher:
        return Finding(NONE, _("The child has no class teacher."), "MP5-75")
    valid = [name for name, ends in documents if ends is None or ends >= on]
    if valid:
        said = {"teacher": teacher, "names": ", ".join(dict.fromkeys(valid))}
        return Finding(VALID, _("%(teacher)s: %(names)s.") % said, "MP5-75")
    if documents:
        last = max(ends for _name, ends in documents if ends)
        said = {"teacher": teacher, "day": long_day(last)}
        return Finding(EXPIRED, _("The authorization of %(teacher)s ended on %(day)s.") % said, "MP5-75")
    return Finding(NONE, _("No authorization of %(teacher)s is recorded.") % {"teacher": teacher}, "MP5-75, X-14")
