"""The Plan's rules of chapters 1 and 2, as pure functions of plain values and dates.

From the survey to the first status, from the status to the clock of the test, which moves of the status there are and
on which day they count, and which program is recommended. No number of days stands here: periods are
`district.calendar.Period`, moves are rows of the state's table, the cut for reasonable fluency is the district's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from district.calendar import Period, add_calendar_days
from district.enums import Grade
from district.findings import Finding, _
from district.wording import long_day
from students.enums import ElStatus, Origin, ProgramKind, StatusSource

INCOMPLETE = "incomplete"
NOT_CONFIGURED = "not_configured"
NO_LEVEL = "no_level"
NOT_EL = "not_el"
ALLOWED = "allowed"
REFUSED = "refused"
INITIAL_PATH = "initial"
TRANSFER_PATH = "transfer"

DECIDING = (0, 1, 2)  # questions 1 to 3; question 4 informs
INFORMING = 3


class Spoken(Protocol):
    """What the rules must know of a language named on the survey."""

    code: str
    name: str
    counts: bool


Answers = Sequence[Spoken | None]


# --- the survey -------------------------------------------------------------------------------------------------


def survey_finding(answers: Answers, grade: Grade | None = None) -> Finding:
    """What four answers mean: TBD (to be tested), EO, or incomplete.

    A language that counts in 1, 2 or 3 decides, even when another of them is blank (MP1-06). English, or English and
    American Sign Language, in all three is English only (MP1-07, HLS-05). Blank or unknown in 1 to 3 and nothing that
    decides leaves it incomplete (D-07). Question 4 is only noted (MP1-08, HLS-03).
    """
    deciding = [number for number in DECIDING if counts(answers[number])]
    blank = [number for number in DECIDING if answers[number] is None]
    notes = _notes(answers, deciding, blank)
    if deciding:
        return Finding(ElStatus.TBD, _to_be_tested(answers, deciding, grade), _survey_source(grade), notes)
    if blank:
        reason = _("%(which)s without an answer; the status cannot be decided.") % {"which": _which(blank)}
        return Finding(INCOMPLETE, reason, "D-07", notes)
    return Finding(ElStatus.EO, _english_only(answers), "MP1-07, 5 CCR 11518.5(b)", notes)


def survey_moves(status: str, is_provisional: bool) -> bool:
    """May a survey move this status? Only EO and TBD come from surveys (D-04); awaited records go first (D-03)."""
    return status in (ElStatus.EO, ElStatus.TBD) and not is_provisional


def counts(answer: Spoken | None) -> bool:
    """Does this answer name a language that makes a child a possible English learner?"""
    return answer is not None and answer.counts


def is_question_4_only(answers: Answers) -> bool:
    """Is another language named in question 4 and in none of 1 to 3? It informs a later referral (MP1-08)."""
    return counts(answers[INFORMING]) and not any(counts(answers[number]) for number in DECIDING)


def _to_be_tested(answers: Answers, deciding: Sequence[int], grade: Grade | None) -> str:
    said = _("%(which)s: %(languages)s. Any language but English in 1, 2 or 3 means the Initial ELPAC.") % {
        "which": _which(deciding),
        "languages": _names([answers[number] for number in deciding]),
    }
    if grade == Grade.TK:
        said += " " + _("Children in transitional kindergarten are tested when kindergarten begins.")
    return said


def _english_only(answers: Answers) -> str:
    if all(answers[number].code == ENGLISH for number in DECIDING if answers[number]):  # type: ignore[union-attr]
        return _("English is the answer to 1, 2 and 3.")
    return _("Answers 1, 2 and 3 name English or American Sign Language, which alone does not count.")


ENGLISH = "00"


def _notes(answers: Answers, deciding: Sequence[int], blank: Sequence[int]) -> tuple[str, ...]:
    notes = []
    if deciding and blank:
        notes.append(_("%(which)s without an answer: the survey is still incomplete.") % {"which": _which(blank)})
    if is_question_4_only(answers) and not blank:
        notes.append(
            _("%(language)s is named in answer 4 only. It informs and does not decide; no test follows from it.")
            % {"language": _names([answers[INFORMING]])}
        )
    return tuple(notes)


def _survey_source(grade: Grade | None) -> str:
    source = "MP1-06, 5 CCR 11518.5"
    return f"{source}, EC 313(h)" if grade == Grade.TK else source


def _which(numbers: Sequence[int]) -> str:
    said = [str(number + 1) for number in numbers]
    if len(said) == 1:
        return _("Answer %(number)s") % {"number": said[0]}
    return _("Answers %(numbers)s and %(last)s") % {"numbers": ", ".join(said[:-1]), "last": said[-1]}


def _names(answers: Sequence[Spoken | None]) -> str:
    names = dict.fromkeys(answer.name for answer in answers if answer is not None)
    return ", ".join(names)


def primary_language(answers: Answers) -> Spoken | None:
    """The child's primary language (D-07).

    The majority of the languages in 1 to 3 that count; question 4 breaks a tie, else the order of the questions.
    English where all three say so; None while nothing can be said.
    """
    named = [answer for answer in (answers[number] for number in DECIDING) if answer is not None]
    speaking = [answer for answer in named if answer.counts]
    if not speaking:
        only = {answer.code: answer for answer in named}
        return only.get(ENGLISH) or (named[0] if named else None)
    votes = {answer.code: 0 for answer in speaking}
    for answer in speaking:
        votes[answer.code] += 1
    most = max(votes.values())
    tied = [answer for answer in speaking if votes[answer.code] == most]
    adults = answers[INFORMING]
    return next((answer for answer in tied if adults and answer.code == adults.code), tied[0])


# --- the clock of the Initial test ------------------------------------------------------------------------------


@dataclass(frozen=True)
class InitialClock:
    """When the Initial test must be given, scored and told.

    starts, due: None while it does not run (transitional kindergarten). lawful_due: the law's own day, where it is
    earlier than the working day (D-02). reason: the sentence beside the day.
    """

    starts: date | None
    due: date | None
    reason: str
    source: str
    lawful_due: date | None = None


def initial_clock(
    *,
    first_day: date | None,
    grade: Grade,
    period: Period,
    first_california_on: date | None = None,
    tk_exempt_from: date | None = None,
    amended_on: date | None = None,
    amended: Period | None = None,
) -> InitialClock:
    """The clock of a child whose status is to be determined (D-01, D-02; 5 CCR 11518.5; MP1-13).

    first_day, grade: the first enrollment here. An earlier enrollment in California, when known, starts the clock in
    its place, unless it was transitional kindergarten. From `tk_exempt_from` on children in TK are not tested; for
    them `first_day` is the first day of kindergarten, None while that is not known. amended_on: the day on which the
    survey was corrected, with the working period that then runs.
    """
    if first_day is None or (grade == Grade.TK and tk_exempt_from and first_day >= tk_exempt_from):
        reason = _("The clock starts on the first day of kindergarten; children in TK are not tested.")
        return InitialClock(None, None, reason, "D-01, EC 313(h)")
    starts = first_day
    if first_california_on and first_california_on < first_day:
        was_tk = grade == Grade.KN and first_california_on < _school_year_begins(first_day)
        starts = first_day if was_tk else first_california_on
    due = add_calendar_days(starts, period.days)
    if amended_on is None or amended is None:
        return InitialClock(starts, due, _from_enrollment(starts, first_day, period), f"D-01, {period.source}")
    working = add_calendar_days(amended_on, amended.days)
    reason = _("%(period)s from the correction of the survey on %(day)s.") % {
        "period": _cap(amended),
        "day": long_day(amended_on),
    }
    return InitialClock(amended_on, working, reason, "D-02", lawful_due=due if due < working else None)


def _from_enrollment(starts: date, first_day: date, period: Period) -> str:
    if starts < first_day:
        return _("%(period)s from the first enrollment in California on %(day)s.") % {
            "period": _cap(period),
            "day": long_day(starts),
        }
    return _("%(period)s from enrollment on %(day)s.") % {"period": _cap(period), "day": long_day(starts)}


def _cap(period: Period) -> str:
    words = str(period)
    return words[:1].upper() + words[1:]


def _school_year_begins(day: date) -> date:
    """1 July before the day: what the state counts as the beginning of a school year."""
    return date(day.year if day.month >= 7 else day.year - 1, 7, 1)


# --- the path at enrollment -------------------------------------------------------------------------------------


def enrollment_path(origin: Origin) -> Finding:
    """California transfers keep their status and bring records; all others go the initial way (MP1-45, MP1-50)."""
    if origin == Origin.CALIFORNIA:
        return Finding(
            TRANSFER_PATH,
            _(
                "The child keeps the status given by the former California district. Its survey, ELPAC scores and "
                "status are asked for and entered; no new identification."
            ),
            "MP1-45, MP1-46, D-03",
        )
    return Finding(
        INITIAL_PATH,
        _("The family fills in the Home Language Survey, and what it says decides whether the child is tested."),
        "MP1-02, MP1-50",
    )


# --- moves of the status ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Move:
    """A row of the state's table: the rule of a move, and why it is so."""

    rule: str
    why: str = ""


MoveTable = Mapping[tuple[str, str], Move]
STATE_ONLY = "state_only"
CORRECTION = "correction_"


def transition(before: str, after: str, source: str, correction: str, table: MoveTable) -> Finding:
    """May the status move from `before` (empty: none yet) to `after`, by this source?

    The table binds what this district decides and what the state sends. Records of a former district may open the
    history with any status, and end a time of waiting for them (D-04).
    """
    names = {"before": _label(before), "after": _label(after)}
    if source == StatusSource.RECORDS and before in ("", ElStatus.TBD):
        return Finding(ALLOWED, _("The records of the former district say so."), "D-04")
    move = table.get((before, after))
    if move is None or move.rule == REFUSED:
        why = f" {move.why}." if move and move.why else ""
        reason = _("The status cannot move from “%(before)s” to “%(after)s”.") % names + why
        return Finding(REFUSED, reason, "CALPADS")
    if move.rule == ALLOWED:
        return Finding(ALLOWED, _("From “%(before)s” to “%(after)s”.") % names, "CALPADS")
    if move.rule == STATE_ONLY:
        if source == StatusSource.STATE_FILE:
            return Finding(ALLOWED, _("The state's file says so."), "CALPADS SELA0520")
        reason = (
            _("Only the state's file gives the status “%(after)s”: import it, or enter the child's records.") % names
        )
        return Finding(REFUSED, reason, "CALPADS SELA0520")
    return _corrected(move, source, correction, names)


def _corrected(move: Move, source: str, correction: str, names: Mapping[str, str]) -> Finding:
    wanted = move.rule.removeprefix(CORRECTION)
    if correction == wanted and source in (StatusSource.CORRECTION, StatusSource.STATE_FILE):
        return Finding(ALLOWED, _("A correction: %(why)s.") % {"why": move.why}, "5 CCR 11518.20")
    reason = _("From “%(before)s” to “%(after)s” leads a correction with reason %(wanted)s only (%(why)s).") % {
        **names,
        "wanted": wanted,
        "why": move.why,
    }
    return Finding(REFUSED, reason, "5 CCR 11518.20")


def _label(status: str) -> str:
    return str(ElStatus(status).label) if status else _("no status")


def overtakes(before_starts: date, state_starts: date) -> bool:
    """Does the state's date come no later than the start of what was in force?

    Then the state's date stands, the earlier status keeps no day, and the case goes to the hand-shake list (D-05).
    """
    return state_starts <= before_starts


# --- the recommended program ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cut:
    """From which level a child has reasonable fluency; the district's own (MP2-11)."""

    level: str
    source: str
    valid_from: date


def recommend_program(
    *, is_el: bool, level: str, level_name: str, ladder: Sequence[str], cut: Cut | None, cut_name: str = ""
) -> Finding:
    """Which program the rule recommends (MP1-25, MP2-04, MP2-07).

    level: the slug of the overall level, empty without a result. ladder: all levels of that test, lowest first. SEI for
    less than reasonable fluency, ELM from the cut on; without a cut "not configured", never a guess.
    """
    if not is_el:
        return Finding(NOT_EL, _("The child is not an English learner; no program for learners is needed."), "MP2-01")
    if not level:
        return Finding(NO_LEVEL, _("There is no result to recommend a program by."), "MP1-25")
    if cut is None:
        reason = _("The district has not set from which level a child has reasonable fluency.")
        return Finding(NOT_CONFIGURED, reason, "MP2-11")
    if level not in ladder or cut.level not in ladder:
        reason = _("The district's cut (%(cut)s) is not a level of this test.") % {"cut": cut_name or cut.level}
        return Finding(NOT_CONFIGURED, reason, "MP2-11")
    words = {"level": level_name or level, "cut": cut_name or cut.level}
    if ladder.index(level) >= ladder.index(cut.level):
        reason = _("%(level)s reaches reasonable fluency, which begins at %(cut)s.") % words
        return Finding(ProgramKind.ELM, reason, f"MP2-04; {cut.source}")
    reason = _("%(level)s is below reasonable fluency, which begins at %(cut)s.") % words
    return Finding(ProgramKind.SEI, reason, f"MP2-07; {cut.source}")


# --- languages owed by a school ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class OwedShare:
    """From which share of a school's pupils on a language is owed (percent, inclusive), since when, and who says so."""

    percent: int
    valid_from: date
    source: str


# The one share that is known; a change of law is a further row with its day.
OWED_SHARES = (OwedShare(15, date.min, "EC 48985(a)"),)
CENSUS_MONTH, CENSUS_WEEKDAY = 10, 2  # the first Wednesday in October: LT-04


def owed_share(on: date) -> OwedShare:
    """The share in force on a day."""
    return max((share for share in OWED_SHARES if share.valid_from <= on), key=lambda share: share.valid_from)


def census_day(begins: int) -> date:
    """The census day of the school year that begins in that year: the first Wednesday in October (LT-04)."""
    first = date(begins, CENSUS_MONTH, 1)
    return first.replace(day=1 + (CENSUS_WEEKDAY - first.weekday()) % 7)


def census_day_before(on: date) -> date:
    """The census day of the school year before that of a day: the count that EC 48985 goes by."""
    return census_day(_school_year_begins(on).year - 1)


UNWRITTEN = "Zxxx"  # ISO 15924: signed languages, which have no letters


def is_owed(code: str, script: str, number: int, base: int, limit: OwedShare) -> bool:
    """Does the school owe letters in the language? All pupils of the school are the base, not learners alone."""
    return code != ENGLISH and script != UNWRITTEN and number * 100 >= limit.percent * base > 0
