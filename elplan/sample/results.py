"""Tests of each child: the Initial test that finds the status, the yearly ones while it learns, achievement tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from assessments import scales as words
from assessments.enums import Measure, ResultSource, Test
from assessments.models import Result
from elplan.sample import scores, years
from elplan.sample.book import Book, at_noon
from elplan.sample.pupils import EL, GRADES, IFEP, RFEP
from students.enums import FolderKind

if TYPE_CHECKING:
    from elplan.sample.lives import Life

SCHOOL_CLOSED = 2019  # in the spring of this school year most children were not tested
RECEIVED = (6, 25)  # day on which the state's file of a spring is there
ELPAC_BEGINS = date(2018, 7, 1)


@dataclass(slots=True)
class Taken:
    """A test taken: the number of its result, overall level, the day, and the day on which the result came."""

    number: int
    test: str
    level: str
    day: date
    came: date


def grade_in(life: Life, year: int) -> str:
    """The grade of the child in a school year, before it came here too; no lower than kindergarten."""
    pupil = life.pupil
    here = {of: rank for _number, of, _school, rank in life.enrollments}
    return GRADES[max(here.get(year, pupil.entry_rank - (pupil.entry_year - year)), 0) + 1].value


def initial(book: Book, life: Life) -> None:
    """The Initial test: when given, what it showed, and whether the state's answer is in. Settles `el_since`."""
    pupil, rng, case = life.pupil, book.rng, life.pupil.case
    first = pupil.start if pupil.entry_rank >= 0 else years.first_day(pupil.entry_year + 1)
    if case in ("late_test", "test_due", "unsigned", "incomplete") or first > book.on:
        return
    day = years.school_day_from(first + timedelta(days=9 if case == "local_only" else rng.randrange(5, 26)))
    if day > book.on:
        return
    year = years.year_of(day)
    grade = grade_in(life, year)
    fluent = pupil.path == IFEP and case != "correction_c"
    rank = 3 if fluent else 2 if rng.random() < 0.42 else 1
    life.tested_on = day
    if day < ELPAC_BEGINS:
        sheet = scores.celdt(rng, book.scales, grade, year, 4 if fluent else rank + 1, fluent)
        came = day + timedelta(days=45)
        if came <= book.on:
            _result(book, life, Test.CELDT, year, ResultSource.STATE_FILE, grade, day, came, sheet, fluent)
            _settle(life, Test.CELDT, sheet, day, fluent)
        return
    test = Test.INITIAL_ELPAC
    if case == "alternate" and year >= scores.ALTERNATE_FIRST:
        test, rank = Test.INITIAL_ALTERNATE_ELPAC, 1
    came = day + timedelta(days=rng.randrange(12, 22))
    local_rank = 2 if case == "official_differs" else rank
    sheet = _initial_sheet(book, test, grade, year, local_rank)
    if year >= book.year - 1:
        examiner = book.examiners[pupil.school_in(pupil.entry_rank)]
        _result(book, life, test, year, ResultSource.LOCAL, grade, day, day, sheet, None, examiner)
    if came <= book.on and case != "local_only":
        if local_rank != rank:
            sheet = _initial_sheet(book, test, grade, year, rank)
        _result(book, life, test, year, ResultSource.STATE_FILE, grade, day, came, sheet, fluent)
        _settle(life, test, sheet, day, fluent)
    else:
        life.level = None


def _initial_sheet(book: Book, test: str, grade: str, year: int, rank: int) -> scores.Sheet:
    if test == Test.INITIAL_ALTERNATE_ELPAC:
        return scores.alternate(book.rng, book.scales, test, grade, year, rank)
    return scores.initial(book.rng, book.scales, grade, year, rank)


def _settle(life: Life, test: Test, sheet: scores.Sheet, day: date, fluent: bool) -> None:
    said = words.level_words(test, Measure.OVERALL, sheet.level)
    life.level = (str(test.label), said, day)
    if not fluent:
        life.el_since = day


def annual(book: Book, life: Life) -> None:
    """The yearly tests while the child is an English learner, and the day of its reclassification."""
    pupil = life.pupil
    assert life.el_since
    since = years.year_of(life.el_since)
    last = _choose_rfep(book, life, since) if pupil.path == RFEP else book.year
    springs = _springs(book, life, since, last)
    ranks = _ladder(book, life, len(springs))
    for (year, day, came), rank in zip(springs, ranks, strict=True):
        _spring(book, life, year, day, came, rank)


def _springs(book: Book, life: Life, since: int, last: int) -> list[tuple[int, date, date]]:
    """School year, test day and day of receipt of the yearly tests from `since` to before the year `last`."""
    pupil, rng, found = life.pupil, book.rng, []
    if pupil.case == "no_scores":
        return []
    for year in range(since, last + 1):
        if year < pupil.entry_year - 3 or (year == last and life.rfep_on):
            continue
        came = date(year + 1, *RECEIVED)
        days = years.school_days(year)
        day = days[int(len(days) * (0.62 + 0.2 * rng.random()))]
        if year < scores.SUMMATIVE_FIRST:  # CELDT was given in the fall, the first time as the Initial test
            if year == since:
                continue
            day, came = days[20 + int(25 * rng.random())], date(year + 1, 1, 20)
        if came > book.on or day <= life.el_since:
            continue
        missing = rng.random() < (0.7 if year == SCHOOL_CLOSED else 0.03)
        needed = pupil.case in ("alternate", "partial_test") or (pupil.path == RFEP and year == last - 1)
        if missing and not needed:
            continue
        found.append((year, day, came))
    return found


def _choose_rfep(book: Book, life: Life, since: int) -> int:
    """Choose the day of reclassification; gives its school year, or the year that runs when there is none."""
    pupil, rng = life.pupil, book.rng
    earliest = max(since + 2, pupil.entry_year + 1)
    wanted = max(earliest, book.year - book.rfep_years.draw())
    for year in (wanted, wanted - 1):
        if earliest <= year <= book.year:
            day = rng.choice(years.school_days(year)[24:165])
            if day <= book.on:
                life.rfep_on = day
                return year
    return book.year


def _ladder(book: Book, life: Life, steps: int) -> list[int]:
    """Overall levels from test to test: slowly up; 4 only for who is reclassified next, or could be."""
    pupil, rng = life.pupil, book.rng
    if pupil.case == "alternate":
        return [1] * steps
    begins, gain = 1 + rng.random(), 0.2 + 0.45 * rng.random()
    ranks = [max(1, min(3, int(begins + gain * step + rng.gauss(0, 0.25)))) for step in range(steps)]
    if steps and (life.rfep_on or rng.random() < 0.07):
        ranks[-1] = 4
        ranks[:-1] = [max(rank, 3) if place >= steps - 3 else rank for place, rank in enumerate(ranks[:-1])]
    return ranks


def _spring(book: Book, life: Life, year: int, day: date, came: date, rank: int) -> None:
    pupil, rng = life.pupil, book.rng
    grade = grade_in(life, year)
    source = ResultSource.RECORDS if day < pupil.start else ResultSource.STATE_FILE
    if source == ResultSource.RECORDS:
        came = life.record_came
    if year < scores.SUMMATIVE_FIRST:
        test = Test.CELDT
        sheet = scores.celdt(rng, book.scales, grade, year, min(5, rank + 1))
    elif pupil.case == "alternate" and year >= scores.ALTERNATE_FIRST:
        test = Test.SUMMATIVE_ALTERNATE_ELPAC
        sheet = scores.alternate(rng, book.scales, test, grade, year, rank)
    else:
        test = Test.SUMMATIVE_ELPAC
        sheet = scores.summative(rng, book.scales, grade, year, rank)
        if pupil.case == "partial_test" and year == book.year - 1:
            sheet = _without_speaking(sheet)
        elif rng.random() < 0.008 and rank < 4:
            _result(book, life, test, year, source, grade, day, came, scores.Sheet(None, ""), None, attempted="P")
            return
    _result(book, life, test, year, source, grade, day, came, sheet, None)


def _without_speaking(sheet: scores.Sheet) -> scores.Sheet:
    """The team left out one domain: it has no level, its composite comes from the other one."""
    sheet.parts = [
        (measure, None, "") if measure == Measure.SPEAKING else part for part in sheet.parts for measure in part[:1]
    ]
    return sheet


def _result(
    book: Book,
    life: Life,
    test: str,
    year: int,
    source: str,
    grade: str,
    day: date,
    came: date,
    sheet: scores.Sheet,
    fluent: bool | None,
    examiner: int | None = None,
    attempted: str = "Y",
) -> None:
    is_caaspp = test in scores.CAASPP
    told = None
    if source == ResultSource.STATE_FILE and sheet.level and not is_caaspp:
        told = _told_on(book, test, came)
    number = book.tables[Result].add(
        student_id=life.student,
        test=str(test),
        administration=years.name_of(year),
        source=str(source),
        grade=grade,
        tested_on=day,
        attempted="" if source == ResultSource.RECORDS else attempted,
        overall_score=sheet.score,
        level=str(sheet.level),
        calculated_status="" if fluent is None else "IFEP" if fluent else "EL",
        received_on=came,
        told_on=told,
        told_by_id=told and book.office,
        examiner_id=examiner,
        recorded_at=at_noon(came),
        recorded_by_id=examiner or book.office,
    )
    if sheet.level and not is_caaspp:
        life.tests.append(Taken(number, str(test), str(sheet.level), day, came))
        life.papers.append((FolderKind.SCORE_REPORT, day))
    for measure, score, level in sheet.parts:
        book.add_score(number, measure, score, level, not level)


def _told_on(book: Book, test: str, came: date) -> date | None:
    """The day on which the family had the score report of a yearly test; a few are forgotten for too long."""
    if test == Test.INITIAL_ELPAC or test == Test.INITIAL_ALTERNATE_ELPAC:
        return None  # the initial letter tells them
    day = years.school_day_from(came + timedelta(days=book.rng.randrange(5, 22)))
    return day if day <= book.on and book.rng.random() < 0.97 else None


def achievement(book: Book, life: Life) -> None:
    """The state's English language arts and mathematics tests of the last two springs, in grades 3 to 8 and 11."""
    pupil, rng = life.pupil, book.rng
    shares = scores.LEARNERS if pupil.path == EL else scores.OTHERS
    for year in (book.year - 2, book.year - 1):
        came, grade = date(year + 1, 7, 10), grade_in(life, year)
        if year < pupil.entry_year or came > book.on or grade not in scores.CAASPP_CUTS or pupil.number % 37 == 0:
            continue
        days = years.school_days(year)
        for test in scores.CAASPP if year == book.year - 1 else scores.CAASPP[:1]:
            rank = rng.choices((1, 2, 3, 4), shares)[0]
            sheet = scores.caaspp(rng, test, grade, rank)
            _result(
                book, life, test, year, ResultSource.STATE_FILE, grade, days[150 + rng.randrange(12)], came, sheet, None
            )
