"""When a child will be a long-term English learner or at risk of it, and why: the same rule, asked of coming days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assessments import scales
from assessments.enums import Measure, Test
from assessments.rules.long_term import (
    AT_RISK,
    LTEL,
    LongTerm,
    Numbers,
    Progress,
    YearLevel,
    long_term,
    long_term_numbers,
)
from district.calendar import add_years, full_years
from district.enums import Grade
from district.findings import _
from district.wording import long_day

DASHBOARD, UNKNOWN = "dashboard", "unknown"
TOP = Grade.G12


@dataclass(frozen=True)
class Learner:
    """An English learner as far as the future can be said.

    grade: today. first_us_on: first day in a school of the United States, None while not known. new_years: the first
    days of the coming school years that the calendar knows, next year's first; later ones fall on the same day.
    english, ela, first_el_on: as in `Progress`.
    """

    grade: str
    first_us_on: date | None
    new_years: Sequence[date] = ()
    english: Sequence[YearLevel] = ()
    ela: str = ""
    first_el_on: date | None = None

    def on(self, day: date) -> Progress | None:
        """What the definitions look at on a coming day, on the results so far; None after grade 12."""
        grade = self.grade_on(day)
        if grade is None:
            return None
        years = max(full_years(self.first_us_on, day), 0) if self.first_us_on else None
        return Progress(grade, years, self.english, self.ela, self.first_el_on)

    def grade_on(self, day: date) -> Grade | None:
        """The grade on a coming day, when the child goes on every year; None after grade 12."""
        ahead = sum(1 for first in self.year_days() if first <= day)
        rank = Grade(self.grade).rank + ahead
        return next((grade for grade in Grade if grade.rank == rank), None)

    def year_days(self) -> list[date]:
        """The first days of all school years up to the end of grade 12 and the one after it."""
        wanted = TOP.rank - Grade(self.grade).rank + 1
        known = list(self.new_years[:wanted])
        last = known[-1] if known else None
        return known + [add_years(last, number) for number in range(1, wanted - len(known) + 1)] if last else []


@dataclass(frozen=True)
class Coming:
    """outcome: ltel or at_risk (EC 313.1), dashboard (EC 52052), or unknown with the page that mends it in `reason`.

    on: the first day on which it holds. reason: why then. unless: what would keep it from happening.
    """

    outcome: str
    on: date | None
    reason: str
    unless: str
    source: str

    @property
    def sentence(self) -> str:
        """`Will be at risk on Thu 12 Aug 2027: 4 years ... Unless the next Summative ELPAC shows level 4, or ...`"""
        if self.on is None:
            return self.reason
        words = {
            LTEL: _("Will be a long-term English learner on %(day)s: %(why)s %(unless)s"),
            AT_RISK: _("Will be at risk of becoming one on %(day)s: %(why)s %(unless)s"),
            DASHBOARD: _("Will count as long-term on the state's Dashboard from %(day)s: %(why)s %(unless)s"),
        }[self.outcome]
        return words % {"day": long_day(self.on), "why": self.reason, "unless": self.unless}


def standing_and_coming(child: Learner, on: date, until: date | None = None) -> tuple[LongTerm, list[Coming]]:
    """What the child is on a day by both definitions (D-17), and what will come of it, soonest first.

    The rule of the day is asked again on each day that changes one of its conditions: the anniversaries of the first
    day in a school of the United States (D-16), and the first days of the coming school years. Results are taken as
    they are; `unless` says what a new one would change. until: what comes later is not asked for.
    """
    now = long_term(child.on(on) or Progress(child.grade, None), on)
    found = _by_years(child, now, on, until or date.max)
    counted = _on_the_dashboard(child, now, on)
    if counted is not None and counted.on is not None and counted.on <= (until or date.max):
        found.append(counted)
    return now, sorted(found, key=lambda each: each.on or date.min)


def _by_years(child: Learner, now: LongTerm, on: date, until: date) -> list[Coming]:
    if child.first_us_on is None:
        reason = _("Not known: enter the first day in a school of the United States.")
        return [Coming(UNKNOWN, None, reason, "", "EC 313.1, D-17")]
    found: list[Coming] = []
    known = {now.outcome}
    for day in _days_that_change(child, on):
        then = child.on(day)
        if then is None or LTEL in known or day > until:
            break
        found_then = long_term(then, day)
        if found_then.outcome in (AT_RISK, LTEL) and found_then.outcome not in known:
            known.add(found_then.outcome)
            unless = _unless(found_then.outcome, then, long_term_numbers(day))
            found.append(Coming(found_then.outcome, day, found_then.reason, unless, found_then.source))
    return found


def _days_that_change(child: Learner, on: date) -> list[date]:
    """Coming days on which years or grade cross a border of the definitions, in order."""
    assert child.first_us_on is not None
    numbers = long_term_numbers(on)
    borders = {int(value) for (_name, key), value in numbers.items() if key in ("years_low", "years_below")}
    days = {add_years(child.first_us_on, years) for years in borders} | set(child.year_days())
    return sorted(day for day in days if day > on)


def _on_the_dashboard(child: Learner, now: LongTerm, on: date) -> Coming | None:
    """The day after so many years from the first classification as English learner (EC 52052)."""
    years = long_term_numbers(on).get((DASHBOARD, "years"))
    if child.first_el_on is None or years is None or (now.dashboard and now.dashboard.outcome == LTEL):
        return None
    day = add_years(child.first_el_on, int(years)) + timedelta(days=1)
    if child.grade_on(day) is None or (not child.new_years and day > add_years(on, 1)):
        return None
    reason = _("%(years)s years as an English learner since %(day)s.") % {
        "years": years,
        "day": long_day(child.first_el_on),
    }
    return Coming(DASHBOARD, day, reason, _("Unless the child is reclassified before."), "EC 52052")


def _unless(outcome: str, then: Progress, numbers: Numbers) -> str:
    """What would keep it from happening: a better English test, a better state test, reclassification."""
    ways = [way for way in (_better_english(outcome, then, numbers), _better_ela(outcome, then, numbers)) if way]
    said = [*ways, _("the child is reclassified before")]
    return _("Unless %(ways)s.") % {"ways": _(", or ").join(said)}


def _better_english(outcome: str, then: Progress, numbers: Numbers) -> str:
    newest = then.english[0] if then.english else None
    if newest is None:
        return _("the next %(test)s shows enough English") % {"test": Test.SUMMATIVE_ELPAC.label}
    level = newest.level if outcome == LTEL else numbers.get((AT_RISK, newest.test), newest.level)
    above = _level_above(newest.test, level)
    if not above:
        return ""
    test = Test.SUMMATIVE_ELPAC if newest.test in (Test.INITIAL_ELPAC, Test.CELDT) else Test(newest.test)
    if test != newest.test:
        return _("the next %(test)s shows more English") % {"test": test.label}
    return _("the next %(test)s shows at least %(level)s") % {"test": test.label, "level": above}


def _level_above(test: str, level: str) -> str:
    """The next level on the test's ladder in words, empty at the top."""
    ladder = [each.level for each in scales.levels(test, Measure.OVERALL)]
    if level not in ladder or ladder.index(level) + 1 >= len(ladder):
        return ""
    return str(scales.level_words(test, Measure.OVERALL, ladder[ladder.index(level) + 1]))


def _better_ela(outcome: str, then: Progress, numbers: Numbers) -> str:
    low, high = (Grade(numbers[outcome, f"ela_grade_{end}"]).rank for end in ("low", "high"))
    if not low <= Grade(then.grade).rank <= high:
        return ""
    return _("a state test in English language arts shows more than level %(level)s") % {
        "level": numbers[outcome, "ela_highest_level"]
    }
