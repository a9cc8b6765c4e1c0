"""Who is a long-term English learner or at risk of becoming one; numbers come from `fixtures/assessments/`, dated."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from assessments import scales
from assessments.enums import Measure
from district.calendar import add_years, full_years
from district.enums import Grade
from district.findings import Finding, _, ngettext
from district.wording import long_day

LONG_TERM = scales.LEVELS.parent / "long_term.csv"
LTEL, AT_RISK, NEITHER = "ltel", "at_risk", "neither"


@dataclass(frozen=True)
class YearLevel:
    """The overall level of one administration of an English test, as 2025-26."""

    test: str
    administration: str
    level: str


@dataclass(frozen=True)
class Progress:
    """What the definitions look at. us_years: full years in schools of the United States, None while not known.

    english: results of the English test that give a level, newest first. ela: the level of the newest state test in
    English language arts. first_el_on: the day of the first classification as English learner.
    """

    grade: str
    us_years: int | None
    english: Sequence[YearLevel] = ()
    ela: str = ""
    first_el_on: date | None = None


@dataclass(frozen=True)
class LongTerm:
    """Both definitions, with their names (D-17). outcome: ltel, at_risk or neither by EC 313.1, or unknown."""

    outcome: str
    reason: str
    source: str
    dropped: tuple[str, ...] = ()
    dashboard: Finding | None = field(default=None)


Numbers = Mapping[tuple[str, str], str]


def long_term(child: Progress, on: date) -> LongTerm:
    """Is the child a long-term English learner, or at risk of becoming one? (EC 313.1(a), (b); D-17)

    A test that is missing drops its condition, and the finding says so. Without the years in schools of the United
    States nothing is said: the outcome is `unknown`.
    """
    numbers = long_term_numbers(on)
    dashboard = _dashboard(child, on, numbers)
    if child.us_years is None:
        reason = _("The first day in a school of the United States is not known.")
        return LongTerm("unknown", reason, "EC 313.1", dashboard=dashboard)
    for outcome, test in ((LTEL, _is_ltel), (AT_RISK, _is_at_risk)):
        found = test(child, numbers)
        if found is not None:
            reason, dropped = found
            source = {"ltel": "EC 313.1(a)", "at_risk": "EC 313.1(b)"}[outcome]
            return LongTerm(outcome, reason, source, tuple(dropped), dashboard)
    return LongTerm(
        NEITHER,
        _("%(years)s, grade %(grade)s.") % {"years": _us_years(child.us_years), "grade": child.grade},
        "EC 313.1",
        dashboard=dashboard,
    )


def _us_years(years: int) -> str:
    words = ngettext(
        "%(years)d year in schools of the United States", "%(years)d years in schools of the United States", years
    )
    return words % {"years": years}


def _is_ltel(child: Progress, numbers: Numbers) -> tuple[str, list[str]] | None:
    """The sentence and the conditions dropped; None where a condition is not met."""
    assert child.us_years is not None
    if not _in_grades(child.grade, "ltel", "grade", numbers) or child.us_years < int(numbers["ltel", "years_low"]):
        return None
    said = [_us_years(child.us_years)]
    dropped = []
    stalled = _stalled(child.english, int(numbers["ltel", "results_compared"]))
    if stalled is None:
        dropped.append(_("two English test results to compare"))
    elif not stalled:
        return None
    else:
        said.append(
            _("no higher level in %(two)s than in %(one)s")
            % {"two": child.english[0].administration, "one": child.english[1].administration}
        )
    return _with_ela(child, "ltel", numbers, said, dropped)


def _is_at_risk(child: Progress, numbers: Numbers) -> tuple[str, list[str]] | None:
    assert child.us_years is not None
    low, below = int(numbers["at_risk", "years_low"]), int(numbers["at_risk", "years_below"])
    if not _in_grades(child.grade, "at_risk", "grade", numbers) or not low <= child.us_years < below:
        return None
    said = [_us_years(child.us_years)]
    dropped = []
    newest = child.english[0] if child.english else None
    if newest is None or ("at_risk", newest.test) not in numbers:
        dropped.append(_("an English test result"))
    else:
        cut = numbers["at_risk", newest.test]
        if not scales.reaches(newest.test, Measure.OVERALL, cut, newest.level):
            return None
        said.append(
            _("%(level)s in %(year)s")
            % {"level": scales.level_words(newest.test, Measure.OVERALL, newest.level), "year": newest.administration}
        )
    return _with_ela(child, "at_risk", numbers, said, dropped)


def _with_ela(
    child: Progress, name: str, numbers: Numbers, said: list[str], dropped: list[str]
) -> tuple[str, list[str]] | None:
    """The last condition, asked in some grades only: the lowest level in English language arts."""
    if _in_grades(child.grade, name, "ela_grade", numbers):
        if not child.ela:
            dropped.append(_("a state test in English language arts"))
        elif child.ela > numbers[name, "ela_highest_level"]:
            return None
        else:
            said.append(_("level %(level)s in English language arts") % {"level": child.ela})
    reason = ", ".join(said) + "."
    if dropped:
        reason += " " + _("Not looked at, because there is none: %(what)s.") % {"what": ", ".join(dropped)}
    return reason, dropped


def _stalled(results: Sequence[YearLevel], compared: int) -> bool | None:
    """Whether the newest of so many results is no higher than those before; None with too few of one test."""
    rows = [row for row in results if row.test == results[0].test][:compared] if results else []
    ranks = [scales.rank(row.test, Measure.OVERALL, row.level) for row in rows]
    if len(ranks) < compared or None in ranks:
        return None
    return all(ranks[0] <= before for before in ranks[1:])  # type: ignore[operator]


def _in_grades(grade: str, name: str, key: str, numbers: Numbers) -> bool:
    low, high = Grade(numbers[name, f"{key}_low"]).rank, Grade(numbers[name, f"{key}_high"]).rank
    return low <= Grade(grade).rank <= high


def _dashboard(child: Progress, on: date, numbers: Numbers) -> Finding | None:
    """The other definition, for the state's Dashboard (EC 52052): not proficient within seven years."""
    years = numbers.get(("dashboard", "years"))
    if child.first_el_on is None or years is None:
        return None
    until = add_years(child.first_el_on, int(years))
    years_full = full_years(child.first_el_on, on)
    words = ngettext(
        "English learner since %(day)s, %(years)d full year.",
        "English learner since %(day)s, %(years)d full years.",
        years_full,
    )
    reason = words % {"day": long_day(child.first_el_on), "years": years_full}
    return Finding(LTEL if on > until else NEITHER, reason, "EC 52052")


def long_term_numbers(on: date) -> dict[tuple[str, str], str]:
    """The numbers of the definitions in force on a day, by definition and key."""
    day = on.isoformat()
    return {
        (row["definition"], row["key"]): row["value"]
        for row in _long_term_rows()
        if row["valid_from"] <= day and (not row["valid_to"] or day <= row["valid_to"])
    }


@cache
def _long_term_rows() -> list[dict[str, str]]:
    with LONG_TERM.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
