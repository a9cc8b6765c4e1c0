"""Flags, test plans, placements with their conferences, and what lies in the Yellow Folder."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from assessments import scales
from assessments.enums import Measure, Test
from assessments.models import TestPlan
from district.calendar import add_years
from elplan.sample import district, years
from elplan.sample.book import Book, at_noon
from elplan.sample.pupils import EL, ENGLISH, RFEP, SPANISH
from students.enums import ConferenceKind, FlagKind, FolderKind, ProgramKind
from students.models import Conference, Flag, FluencyCut, FolderItem, Placement
from students.rules import Cut, recommend_program

if TYPE_CHECKING:
    from elplan.sample.lives import Life

CUTS = {
    Test.CELDT: "intermediate",
    Test.INITIAL_ELPAC: "intermediate_el",
    Test.SUMMATIVE_ELPAC: "3",
    Test.INITIAL_ALTERNATE_ELPAC: "intermediate_el",
    Test.SUMMATIVE_ALTERNATE_ELPAC: "2_intermediate_el",
}
IEP_DETAILS = (
    "Pictures and sentence frames of the program are used in speech therapy too, to meet its goal of short sentences.",
    "Designated ELD works on the same reading goal as the resource room: retelling a short text in order.",
    "The aide and the ELD teacher use one word wall, so that the vocabulary goals are practiced twice a day.",
    "Small groups of the program give the extra time to answer that the IEP asks for.",
)
PARENT_WORDS = (
    "",
    "",
    "The mother asks for homework instructions with pictures.",
    "The father wants more reading in English and asks about the library.",
    "The family agrees with the program.",
    "The grandmother asks that letters come in the family's language.",
    "The parents ask when the next test is and how they can help at home.",
)
ABSENT = ("The principal was at a district meeting.", "The family could come only after the principal had left.")
NOT_MOVED = 12  # of so many children who reach fluency one was left in SEI
FRESH = timedelta(days=40)  # younger papers may still lie on a desk


def set_cuts(office: int) -> None:
    """The district's own answer to what the Plan leaves open (MP2-11), labelled as its choice."""
    FluencyCut.objects.bulk_create(
        FluencyCut(
            test=test,
            grade_low="KN",
            grade_high="12",
            level=level,
            valid_from=district.LONG_AGO,
            source=district.SOURCE,
            set_by_id=office,
        )
        for test, level in CUTS.items()
    )


def write(book: Book, life: Life) -> None:
    """All that follows from what the child is and how it was tested."""
    _flags(book, life)
    _test_plan(book, life)
    if life.pupil.path in (EL, RFEP) and life.pupil.case != "unplaced":
        _placements(book, life)
    _folder(book, life)


def _flags(book: Book, life: Life) -> None:
    pupil, rng, add = life.pupil, book.rng, book.tables[Flag].add
    if pupil.path == EL and book.migrants.draw():
        add(student_id=life.student, kind=FlagKind.MIGRANT.value, starts=pupil.start)
        if rng.random() < 0.7:
            add(student_id=life.student, kind=FlagKind.HOMELESS.value, starts=pupil.start)
    elif rng.random() < 0.01:
        add(student_id=life.student, kind=FlagKind.FOSTER.value, starts=pupil.start)
    since = max(pupil.start, years.first_day(max(pupil.entry_year, book.year - pupil.number % 4))) + timedelta(days=30)
    if pupil.iep:
        detail = "" if pupil.case == "iep_no_detail" else IEP_DETAILS[pupil.number % len(IEP_DETAILS)]
        add(student_id=life.student, kind=FlagKind.IEP.value, starts=min(since, book.on), detail=detail)
    elif rng.random() < 0.035:
        add(student_id=life.student, kind=FlagKind.SECTION_504.value, starts=min(since, book.on))


def _test_plan(book: Book, life: Life) -> None:
    pupil = life.pupil
    if pupil.case not in ("alternate", "partial_test"):
        return
    since = min(pupil.start + timedelta(days=35), book.on)
    is_partial = pupil.case == "partial_test"
    book.tables[TestPlan].add(
        student_id=life.student,
        kind="partial" if is_partial else "alternate",
        domains_left_out="speaking" if is_partial else "",
        supports=["nea-breaks", "neds-separate-setting"] if is_partial else ["neds-noise-buffers"],
        accommodations="Test directions read aloud" if is_partial else "",
        caaspp="supported" if is_partial else "alternate",
        benchmarks="same" if is_partial else "alternate",
        benchmarks_instead="" if is_partial else "Portfolio of the child's work, twice a year",
        in_iep_since=None if pupil.number % 4 == 1 else since,  # decided, and not written into the IEP yet
        review_by=_next_review(since, book.on),
        starts=since,
    )


def _next_review(since: date, on: date) -> date:
    """The anniversary of the IEP that comes next, or passed unnoticed within the last weeks."""
    year = next(number for number in range(1, 20) if add_years(since, number) > on - timedelta(days=25))
    return add_years(since, year)


def _placements(book: Book, life: Life) -> None:
    """The first placement by the first result, a second one when reasonable fluency is reached, its end."""
    pupil, rng = life.pupil, book.rng
    tested = [each for each in life.tests if each.came <= book.on]
    base = life.tested_on or (life.record and max(life.record, pupil.start + timedelta(days=9)))
    if base is None:
        return
    starts = years.school_day_from(base + timedelta(days=rng.randrange(3, 14)))
    known = [each for each in tested if each.day <= starts]
    first = known[-1] if known else None
    later = next((each for each in tested if each.day > starts and reaches(each.test, each.level)), None)
    program, reason = _recommended(first.test, first.level) if first else (ProgramKind.SEI, "")
    chosen, why = program, ""
    if pupil.case == "parent_choice" and program == ProgramKind.SEI:
        chosen, why = ProgramKind.ELM, "The parents ask for the mainstream class with their child's friends."
    decided = [(starts, chosen, program, reason, first, why, ConferenceKind.INITIAL)]
    if later and chosen == ProgramKind.SEI and pupil.number % NOT_MOVED != 7:
        fall = years.school_day_from(max(later.came, later.day) + timedelta(days=50))
        program, reason = _recommended(later.test, later.level)
        decided.append((fall, program, program, reason, later, "", ConferenceKind.ANNUAL))
    if pupil.case == "declined":
        begins = years.school_days(book.year - 1)[30]
        why = "The mother declines the program in writing; she teaches English at home."
        decided.append((begins, ProgramKind.DECLINED, decided[-1][2], decided[-1][3], decided[-1][4], why, "annual"))
    until = life.rfep_on or date.max
    decided = [each for each in decided if each[0] <= book.on and each[0] < until]
    for place, each in enumerate(decided):
        is_last = place == len(decided) - 1
        ends = life.rfep_on if is_last else decided[place + 1][0] - timedelta(days=1)
        if ends is None or ends >= each[0]:
            _place(book, life, each, ends)
    if decided and until == date.max and rng.random() < 0.5:
        _annual_conference(book, life)


def _place(book: Book, life: Life, decided: tuple[Any, ...], ends: date | None) -> None:
    starts, chosen, program, reason, test, why, kind = decided
    rng, school = book.rng, life.school_on(starts)
    words = PARENT_WORDS[int(rng.random() * len(PARENT_WORDS))]
    meeting = None if rng.random() < 0.05 else _conference(book, life, kind, starts, words)
    copied = years.school_day_from(starts + timedelta(days=rng.randrange(1, 9)))
    handed = copied <= book.on and (book.on - starts > FRESH or rng.random() < 0.6)
    placed = book.tables[Placement].add(
        student_id=life.student,
        program_id=book.programs[chosen],
        starts=starts,
        ends=ends,
        recommended_id=book.programs[program],
        recommendation_reason=reason,
        evidence={"result": test.number, "cut": book.cuts[test.test]} if test else {},
        conference_id=meeting,
        parent_input=words,
        reason=why,
        decided_at=at_noon(starts),
        decided_by_id=book.principals[school],
        copy_given_on=copied if handed else None,
        copy_given_by_id=book.secretaries[school] if handed else None,
        copy_given_to="class teacher" if handed else "",
    )
    life.papers.append((FolderKind.PLACEMENT, starts))
    assert placed


def _conference(book: Book, life: Life, kind: str, on: date, words: str) -> int:
    rng, present = book.rng, book.rng.random() < 0.93
    language = life.pupil.language
    needs_help = language not in (ENGLISH, SPANISH)
    return book.tables[Conference].add(
        student_id=life.student,
        kind=str(kind),
        held_on=on,
        language_id=language,
        interpreter="telephone interpreter" if needs_help else "",
        attended=f"{life.guardian}, class teacher" + (", principal" if present else ""),
        principal_present=present,
        principal_absent_reason="" if present else ABSENT[int(rng.random() * len(ABSENT))],
        told_results=True,
        told_options=True,
        told_recommendation=True,
        parent_input=words,
        recorded_at=at_noon(on),
        recorded_by_id=book.secretaries[life.school_on(on)],
    )


def _annual_conference(book: Book, life: Life) -> None:
    """This year's meeting about results and placement, some weeks into the year."""
    day = years.school_day_from(years.first_day(book.year) + timedelta(days=book.rng.randrange(12, 70)))
    if max(day, life.pupil.start) == day <= book.on:
        _conference(book, life, ConferenceKind.ANNUAL, day, PARENT_WORDS[int(book.rng.random() * len(PARENT_WORDS))])


def _folder(book: Book, life: Life) -> None:
    """Originals of the survey, the score reports and the placements: older ones filed, fresh ones partly."""
    rng, on = book.rng, book.on
    papers = life.papers
    if life.surveyed_on:
        papers = [(FolderKind.SURVEY, life.surveyed_on), *papers]
    seen = set()
    for kind, about in papers:
        filed = years.school_day_from(max(about, life.pupil.start) + timedelta(days=1 + int(rng.random() * 12)))
        fresh = on - about <= FRESH
        if filed > on or (kind, about) in seen or rng.random() < (0.5 if fresh else 0.015):
            continue
        seen.add((kind, about))
        book.tables[FolderItem].add(
            student_id=life.student,
            kind=kind.value,
            about_on=about,
            filed_on=filed,
            filed_by_id=book.secretaries[life.school_on(filed)],
        )


@lru_cache(maxsize=256)
def reaches(test: str, level: str) -> bool:
    return bool(level) and scales.reaches(test, Measure.OVERALL, level, CUTS[Test(test)])


@lru_cache(maxsize=256)
def _recommended(test: str, level: str) -> tuple[str, str]:
    """What the rule recommends by the district's cut, with its sentence."""
    cut = CUTS[Test(test)]
    ladder = [each.level for each in scales.levels(test, Measure.OVERALL)]
    found = recommend_program(
        is_el=True,
        level=level,
        level_name=f"{Test(test).label} {scales.level_words(test, Measure.OVERALL, level)}",
        ladder=ladder,
        cut=Cut(cut, district.SOURCE, district.LONG_AGO),
        cut_name=scales.level_words(test, Measure.OVERALL, cut),
    )
    return (found.outcome, found.reason) if found.outcome in ProgramKind.values else (ProgramKind.SEI, "")
