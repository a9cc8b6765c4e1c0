"""From the survey to the first status and the primary language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from district.enums import Grade
from district.findings import Finding, _
from students.enums import ElStatus

INCOMPLETE = "incomplete"
DECIDING = (0, 1, 2)  # questions 1 to 3; question 4 informs
INFORMING = 3


class Spoken(Protocol):
    """What the rules must know of a language named on the survey."""

    code: str
    name: str
    counts: bool


Answers = Sequence[Spoken | None]


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


def survey_moves(status: str, is_provisional: bool, *, by_records: bool = False, amends: bool = False) -> bool:
    """May a survey move this status? Only EO and TBD come from surveys (D-04); awaited records go first (D-03).

    by_records: the status came with the child. For “English only” a first survey here then only informs: one is on file
    elsewhere, and it is given once (HLS-01). What the parents amend counts (HLS-06); what staff doubt goes by
    correction A. A child to be determined still is to be tested, and the survey says whether. See adr/0007.
    """
    if is_provisional or (status == ElStatus.EO and by_records and not amends):
        return False
    return status in (ElStatus.EO, ElStatus.TBD)


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
