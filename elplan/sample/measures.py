"""Local measures, marks, action plans and a referral: what teachers enter, with gaps and late ones on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING

from assessments.actions.action_plans import COLUMN, evidence_words
from assessments.candidates import candidates
from assessments.enums import LocalSource, NotTaken, PlanOutcome, Subject, Window
from assessments.models import (
    ActionPlan,
    ActionPlanEvidence,
    LocalMeasure,
    LocalResult,
    Mark,
    MeasureScheme,
    MeasureWindow,
    Question4Referral,
)
from assessments.queries.watch import watch_lines, watched
from district.enums import Certainty, Grade
from district.models import User
from elplan.sample import district, years
from elplan.sample.book import Book, at_noon
from elplan.sample.district import CONTINUATION, HIGH
from elplan.sample.pupils import EL, GRADES, RFEP
from students.models import HomeLanguageSurvey

if TYPE_CHECKING:
    from elplan.sample.lives import Life

# Shares of the days of instruction after which a window opens and closes.
SPANS = {
    Window.BOY: (0.05, 0.2),
    Window.MOY: (0.47, 0.58),
    Window.EOY: (0.86, 0.96),
    Window.TERM_1: (0.28, 0.34),
    Window.TERM_2: (0.61, 0.67),
    Window.TERM_3: (0.92, 0.98),
}
PERCENT_CUT, WRITING_CUT = 60, 3
TABLES = ("sri_hmh", "dibels_8th", "caaspp", "caa")  # of the published tables the sample district has taken these
TEACHERS = ("R. Ibarra", "L. Kaur", "S. Whitcomb", "D. Fuentes")
MARKS = ("F", "D", "C-", "C", "C+", "B", "B+", "A-", "A")
UNKNOWN_MARK = "NM"  # "no mark": the table does not name it
MARKS_FROM = Grade.G04.rank


def choose(on: date) -> None:
    """The district's own choice: from where a child is at grade level, and the windows of this year and the last."""
    known = {row.slug: row for row in LocalMeasure.objects.all()}
    cuts = [
        MeasureScheme(
            measure=known[row.measure],
            grade=row.grade,
            window=row.window,
            at_grade_level=row.value,
            at_level=row.level,
            valid_from=district.LONG_AGO,
            source=district.SOURCE,
            certainty=Certainty.DISTRICT,
        )
        for slug in TABLES
        for row in candidates()[slug].rows
    ]
    plain = {"ela_benchmark": PERCENT_CUT, "math_benchmark": PERCENT_CUT, "eld_benchmark": PERCENT_CUT}
    for slug, value in (plain | {"writing": WRITING_CUT}).items():
        cuts += [
            MeasureScheme(
                measure=known[slug],
                grade=grade,
                at_grade_level=value,
                valid_from=district.LONG_AGO,
                source=district.SOURCE,
                certainty=Certainty.DISTRICT,
            )
            for grade in known[slug].grades
        ]
    MeasureScheme.objects.bulk_create(cuts)
    MeasureWindow.objects.bulk_create(
        MeasureWindow(measure=row, year=years.name_of(year), window=window, opens=opens, closes=closes)
        for year in (years.year_of(on) - 1, years.year_of(on))
        for row in known.values()
        for window in row.taken_in
        if window in SPANS
        for opens, closes in [span(year, window)]
    )


@lru_cache(maxsize=64)
def span(year: int, window: Window) -> tuple[date, date]:
    """First and last day of a window."""
    days = years.school_days(year)
    low, high = SPANS[window]
    return days[int(len(days) * low)], days[int(len(days) * high)]


@dataclass(frozen=True)
class Given:
    """A measure as the sample gives it: the cut by grade, how far children lie from it, and the steps of its values."""

    slug: str
    low: int
    high: int
    spread: float
    step: float
    windows: tuple[Window, ...]
    most: float
    learners_only: bool = False


GIVEN = (
    Given("ela_benchmark", -1, 12, 15, 1, (Window.TERM_1, Window.TERM_3), 100),
    Given("math_benchmark", -1, 12, 16, 1, (Window.TERM_1, Window.TERM_3), 100),
    Given("eld_benchmark", 0, 12, 14, 1, (Window.TERM_1, Window.TERM_3), 100, True),
    Given("sri", 2, 12, 150, 5, (Window.BOY, Window.EOY), 1900),
    Given("dibels_orf_words_correct", 1, 6, 24, 1, (Window.BOY, Window.EOY), 300),
    Given("writing", 2, 10, 0.8, 0.5, (Window.BOY,), 4),
    Given("ilit_ell", 7, 12, 140, 5, (Window.BOY,), 1900, True),
)


class Measures:
    """Writes the results and marks of one child after another into the book."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.rng = Random("elplan measures")
        self.ids = dict(LocalMeasure.objects.values_list("slug", "pk"))
        self.cuts = {
            (row.measure.slug, row.grade, row.window): float(row.at_grade_level)
            for row in MeasureScheme.objects.filter(at_grade_level__isnull=False).select_related("measure")
        }
        self.result = book.tables[LocalResult].adder(
            "student_id",
            "measure_id",
            "year",
            "window",
            "grade",
            "value",
            "not_taken",
            "taken_on",
            "source",
            "recorded_at",
            "recorded_by_id",
        )
        self.mark = book.tables[Mark].adder(
            "student_id", "year", "term", "course", "subject", "mark", "teacher", "taken_on", "recorded_at"
        )

    def write(self, life: Life) -> None:
        """This year's windows and last year's last one. The continuation school has entered nothing yet."""
        ability = self.rng.gauss(0.35, 0.9) - (0.7 if life.pupil.path == EL else 0)
        is_watched = life.pupil.path in (EL, RFEP)
        for _number, year, school, rank in life.enrollments:
            if year < self.book.year - 1 or (year < self.book.year and not is_watched):
                continue
            if school == CONTINUATION and year == self.book.year:
                continue
            for given in GIVEN:
                if given.low <= rank <= given.high and (is_watched or not given.learners_only):
                    self._measure(life, given, year, rank, ability)
            if rank >= MARKS_FROM:
                self._marks(life, year, rank, school, ability)

    def _measure(self, life: Life, given: Given, year: int, rank: int, ability: float) -> None:
        grade = GRADES[rank + 1].value
        for window in given.windows:
            opens, closes = span(year, window)
            draw = self.rng.random()
            day = years.school_day_from(opens + timedelta(days=int((closes - opens).days * draw)))
            is_old = year < self.book.year
            if not life.pupil.start <= day <= self.book.on or (is_old and window in (Window.BOY, Window.TERM_1)):
                continue
            if draw < 0.02:  # forgotten
                continue
            cut = self.cuts.get((given.slug, grade, window), self.cuts.get((given.slug, grade, ""), given.most / 2))
            value = cut + given.spread * (ability + self.rng.gauss(0, 0.35))
            value = min(max(round(value / given.step) * given.step, 0), given.most)
            is_absent = draw > 0.97
            self.result(
                life.student,
                self.ids[given.slug],
                years.name_of(year),
                window.value,
                grade,
                None if is_absent else f"{value:g}",
                NotTaken.ABSENT.value if is_absent else "",
                day,
                LocalSource.ENTERED.value,
                at_noon(day),
                self.book.office,
            )

    def _marks(self, life: Life, year: int, rank: int, school: int, ability: float) -> None:
        parts = 4 if school in (HIGH, CONTINUATION) else 3
        days = years.school_days(year)
        wanted = range(parts) if year == self.book.year else (parts - 1,)
        for part in wanted:
            day = days[len(days) * (part + 1) // parts - 1]
            if not life.pupil.start <= day <= self.book.on:
                continue
            for subject, course in _courses(rank):
                place = int(4.2 + 1.7 * (ability + self.rng.gauss(0, 0.5)))
                mark = MARKS[min(max(place, 0), len(MARKS) - 1)]
                if self.rng.random() < 0.01:
                    mark = UNKNOWN_MARK
                self.mark(
                    life.student,
                    years.name_of(year),
                    f"t{part + 1}",
                    course,
                    subject.value,
                    mark,
                    TEACHERS[life.student % len(TEACHERS)],
                    day,
                    at_noon(day),
                )


@lru_cache(maxsize=16)
def _courses(rank: int) -> tuple[tuple[Subject, str], ...]:
    if rank < Grade.G07.rank:
        return (Subject.ELA, "English language arts"), (Subject.MATH, "Mathematics")
    return (Subject.ELA, f"English {rank}"), (Subject.MATH, f"Mathematics {rank}"), (Subject.SCIENCE, "Science")


ACTIONS = (
    "Small group on decoding, 20 minutes on four days a week.",
    "Reads aloud to an adult every day; words of the week sent home.",
    "Second lesson in mathematics after school on Tuesdays and Thursdays.",
)
PLANS, BEGUN_BEFORE, REVIEWED_AFTER, LASTS = 10, 56, 42, 90  # how many, and days
SEEN = "Answers in single words, and looks to a neighbor before starting to write."


def act(office: User, on: date) -> None:
    """Action plans of the elementary school's teachers: some late for their review, one ended, one past its last day.
    A referral about question 4 waits for the EL administrator."""
    children = watched(office, on).filter(current_enrollment__teacher__isnull=False).order_by("pk")
    students = list(children.select_related("current_enrollment__teacher")[:PLANS])
    for place, line in enumerate(watch_lines(students, on)):
        starts = years.school_day_from(on - timedelta(days=BEGUN_BEFORE - 6 * place if place else LASTS + 10))
        below = [shown for shown in line.below if shown.subject == line.subjects[0]]
        plan = ActionPlan.objects.create(
            student=line.student,
            subject=line.subjects[0],
            need="; ".join(shown.words for shown in below)[:600],
            action=ACTIONS[place % len(ACTIONS)],
            owner=line.student.current_enrollment.teacher,
            starts=starts,
            review_on=starts + timedelta(days=REVIEWED_AFTER),
            ends=starts + timedelta(days=LASTS),
            recorded_by=office,
            recorded_at=at_noon(starts),
            **_ending(place, office, on),
        )
        ActionPlanEvidence.objects.bulk_create(
            ActionPlanEvidence(plan=plan, words=evidence_words(shown), **{COLUMN[shown.kind]: shown.pk})
            for shown in below
        )
    _refer(on)


def _ending(place: int, office: User, on: date) -> dict[str, object]:
    """The second plan has ended; the others are open."""
    if place != 1:
        return {}
    note = "Reads at grade level since the second week of November."
    return {"outcome": PlanOutcome.REACHED, "outcome_note": note, "closed_on": on, "closed_by": office}


def _refer(on: date) -> None:
    """A class teacher tells of a child whose survey names another language in question 4 alone."""
    asked = HomeLanguageSurvey.objects.filter(
        question_1="00", question_2="00", question_3="00", student__current_enrollment__teacher__isnull=False
    ).exclude(question_4="00")
    survey = asked.exclude(question_4=None).order_by("student_id", "-version").first()
    if survey and not HomeLanguageSurvey.objects.filter(student=survey.student_id, version__gt=survey.version).exists():
        Question4Referral.objects.create(
            student_id=survey.student_id,
            survey=survey,
            reason=SEEN,
            made_on=years.school_day_from(on - timedelta(days=12)),
            made_by=survey.student.current_enrollment.teacher,
        )
