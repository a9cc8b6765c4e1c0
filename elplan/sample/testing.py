"""Giving tests: trainings of examiners, windows of the yearly test, what the schools have noted of it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from assessments.enums import Outcome, Test
from assessments.models import Sitting, TestWindow, Training
from assessments.queries.testing import TRAINED_FOR, YEARLY_ELPAC, lawful_window, yearly_tests
from assessments.rules import windows
from district.calendar import add_years
from district.enums import Certainty, Role
from district.models import RoleAssignment, in_force
from elplan.sample import years
from elplan.sample.book import Book, at_noon

PAPER = "County office of education, certificate of the examiners' training"
WINDOWS_BACK = 2
# The coordinator keeps the register and gives no test; one examiner's training ran out with the last school year; one
# was never trained for the Alternate; one's training ends soon.
UNTRAINED, RAN_OUT, NO_ALTERNATE, ENDS_SOON = "coordinator", "examiner-late", "examiner", "examiner-upper"
EXEMPT = (
    "In hospital until the window closes; the doctor's letter is in the folder.",
    "In a county program whose own examiner gives the test there.",
)
PARTIAL = "Went home ill after listening and speaking."


def write(book: Book, on: date) -> None:
    """After the children are there."""
    year = years.year_of(on)  # the book has looked at last year's leavers since
    _trainings(book, year, on)
    _windows(book, year)
    _sittings(book, year - 1, on, is_past=True)
    _sittings(book, year, on, is_past=False)


def _trainings(book: Book, this: int, on: date) -> None:
    """Every August before the first day of school, last year's and this year's."""
    roles = RoleAssignment.objects.filter(in_force(on), role=Role.EXAMINER).select_related("user")
    people = {role.user.username: role.user for role in roles.order_by("user")}
    rows = []
    for name, user in people.items():
        for year in (this - 1, this):
            day = years.first_day(year) - timedelta(days=5)
            if name == UNTRAINED or day > on or (name == RAN_OUT and year == this):
                continue
            until = min(add_years(day, 1), on + timedelta(days=34)) if name == ENDS_SOON else add_years(day, 1)
            rows += [
                Training(
                    user=user,
                    test=test,
                    trained_on=day,
                    expires_on=until,
                    given_by=PAPER,
                    recorded_at=at_noon(day),
                    recorded_by_id=book.office,
                )
                for test in TRAINED_FOR
                if not (name == NO_ALTERNATE and "alternate" in test)
            ]
    Training.objects.bulk_create(rows)


def _windows(book: Book, this: int) -> None:
    """By the law, for some years; the Alternate's window of this year is not set yet."""
    rows = []
    for year in range(this - WINDOWS_BACK, this + 1):
        name = years.name_of(year)
        for test in YEARLY_ELPAC:
            lawful = lawful_window(test, name)
            if lawful and not (test == Test.SUMMATIVE_ALTERNATE_ELPAC and year == this):
                rows.append(
                    TestWindow(
                        test=test,
                        administration=name,
                        opens=lawful.opens,
                        closes=lawful.closes,
                        source=lawful.source,
                        certainty=Certainty(lawful.certainty),
                        recorded_at=at_noon(years.first_day(year)),
                        recorded_by_id=book.office,
                    )
                )
    TestWindow.objects.bulk_create(rows)


def _sittings(book: Book, year: int, on: date, *, is_past: bool) -> None:
    """What was noted in a year's window up to the day: most were tested, some absent, few exempt or tested in part."""
    name = years.name_of(year)
    lawful = lawful_window(Test.SUMMATIVE_ELPAC, name)
    if lawful is None or on < lawful.opens:
        return
    day = min(on, lawful.closes)
    examiners = _examiners(on)
    open_days = [each for each in years.school_days(year) if lawful.opens <= each <= day]
    gone = (day - lawful.opens).days / (lawful.closes - lawful.opens).days
    rows = []
    waits = yearly_tests(day, name, known=on).filter(outcome=windows.WAITS).order_by("student")
    for child, test, school, since in waits.values_list("student", "test", "here__school", "from_on"):
        draw = child * 7919 % 100
        days = [each for each in open_days if each >= since]
        outcome = _outcome(draw, gone, is_past=is_past)
        examiner = examiners.get((school, test))
        if outcome is None or not days or (outcome in (Outcome.TAKEN, Outcome.PARTIAL) and examiner is None):
            continue
        sat = days[child % len(days)]
        rows.append(
            Sitting(
                student_id=child,
                test=test,
                administration=name,
                outcome=outcome,
                on=sat,
                reason={Outcome.EXEMPT: EXEMPT[child % 2], Outcome.PARTIAL: PARTIAL}.get(outcome, ""),
                examiner_id=examiner if outcome in (Outcome.TAKEN, Outcome.PARTIAL) else None,
                recorded_at=at_noon(sat),
                recorded_by_id=examiner or book.office,
            )
        )
    Sitting.objects.bulk_create(rows, batch_size=2000)


def _outcome(draw: int, gone: float, *, is_past: bool) -> Outcome | None:
    """Of 100 children without the state's result; in a window that is over nobody is left who was merely tested."""
    if is_past:
        return Outcome.EXEMPT if draw < 30 else Outcome.ABSENT if draw < 60 else None
    if draw < 88 * gone:
        return Outcome.TAKEN
    return {88: Outcome.EXEMPT, 89: Outcome.PARTIAL, 90: Outcome.ABSENT, 91: Outcome.ABSENT}.get(draw)


def _examiners(on: date) -> dict[tuple[int, str], int]:
    """Somebody trained for a test at a school."""
    trained = defaultdict(set)
    for user, test in Training.objects.filter(in_force(on, "trained_on", "expires_on")).values_list("user", "test"):
        trained[user].add(test)
    roles = RoleAssignment.objects.filter(in_force(on), role=Role.EXAMINER, school__isnull=False).order_by("-pk")
    return {(role.school_id, test): role.user_id for role in roles for test in trained[role.user_id]}
