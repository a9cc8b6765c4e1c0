"""The sample's corrections of a classification: those in the children's histories, and some that run today.

Of the running ones one waits for its notice and is late, one for its ten days, one can be decided, one review is under
way, and one result has not gone to the parents in time.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from assessments.models import Result
from assessments.queries import INITIAL_TESTS, YEARLY_TESTS
from elplan.sample.book import Book, at_noon
from students.enums import CorrectionOutcome, CorrectionProcess, ElStatus, EvidenceKind, StatusSource
from students.models import Correction, CorrectionEvidence, LanguageStatus, Student

PROCESS = {"1": CorrectionProcess.A, "4": CorrectionProcess.B, "5": CorrectionProcess.C}
HEARD = "Talks with her grandmother in Spanish at the gate every day; the grandmother brings her up."
REVIEW = {
    EvidenceKind.SURVEY: "The mother wrote another language in answer 1 only; the children speak English together.",
    EvidenceKind.ENGLISH: "Read aloud and retold two texts of the grade above without help.",
    EvidenceKind.PARENT: "The parents say that English came first; they did not understand question 1.",
    EvidenceKind.CLASSROOM: "Writes on a level with the best third of the class, says the teacher.",
}


def write(book: Book, on: date) -> None:
    """All cases, for the children who are in the database."""
    cases = [_told(book, row, on) for row in _in_histories()]
    cases += _running(book, on)
    made = Correction.objects.bulk_create(case for case, _pieces in cases)
    CorrectionEvidence.objects.bulk_create(
        CorrectionEvidence(
            correction=case,
            kind=kind,
            of_day=case.asked_on,
            what=what,
            recorded_at=at_noon(case.asked_on),
            recorded_by_id=book.office,
        )
        for case, (_unsaved, pieces) in zip(made, cases, strict=True)
        for kind, what in pieces
    )


Case = tuple[Correction, list[tuple[str, str]]]


def _in_histories() -> QuerySet[LanguageStatus]:
    """Statuses by correction that no amended survey explains, with what was there before."""
    before = LanguageStatus.objects.filter(student=OuterRef("student_id"), sequence__lt=OuterRef("sequence"))
    rows = LanguageStatus.objects.filter(source=StatusSource.CORRECTION, correction__in=PROCESS)
    amended = Student.objects.filter(pk=OuterRef("student_id"), surveys__reason="parent_amendment")
    return rows.filter(~Exists(amended)).annotate(before=before.order_by("-sequence").values("status")[:1])


def _told(book: Book, row: LanguageStatus, on: date) -> Case:
    """A case that was decided and told, with the status that came of it."""
    process = PROCESS[row.correction]
    asked = row.starts - timedelta(days=21)
    told = min(row.starts + timedelta(days=9), on)
    why = {
        CorrectionProcess.A: HEARD,
        CorrectionProcess.B: "The survey names no other language in 1 to 3; answer 1 was misread when it was entered.",
        CorrectionProcess.C: "She has read English novels since the summer; the test day was her first at school.",
    }[process]
    case = _case(
        book,
        row.student_id,
        process,
        asked,
        why,
        status_before=row.before,  # type: ignore[attr-defined]
        notice_on=asked + timedelta(days=2) if process == CorrectionProcess.A else None,
        decided_on=row.starts,
        outcome=CorrectionOutcome.CHANGED,
        status_after=row.status,
        status_id=row.pk,
        reason=row.reason,
        result_on=told if told >= row.starts else None,
    )
    pieces = list(REVIEW.items()) if process == CorrectionProcess.C else [(EvidenceKind.SURVEY, why)]
    return case, pieces


def _running(book: Book, on: date) -> list[Case]:
    def ago(days: int) -> date:
        return on - timedelta(days=days)

    english = [row.student_id for row in _in_force(on, ElStatus.EO).exclude(source=StatusSource.RECORDS)[:4]]
    learners = [row.student_id for row in _between_tests(on)[:2]]
    a, c = CorrectionProcess.A, CorrectionProcess.C
    cases: list[Case] = []
    for child, (asked, notice) in zip(english, ((16, None), (9, 6), (30, 26)), strict=False):
        told = None if notice is None else ago(notice)
        case = _case(book, child, a, ago(asked), HEARD, status_before=ElStatus.EO, notice_on=told)
        cases.append((case, [(EvidenceKind.CLASSROOM, HEARD)] if told else []))
    why = "The mother asks to have it looked at again: at home they speak English."
    for child, is_decided in zip(learners, (False, True), strict=False):
        decision: dict[str, Any] = {}
        if is_decided:
            decision = {
                "decided_on": ago(20),
                "outcome": CorrectionOutcome.UNCHANGED,
                "reason": "All four agree with the test: she follows spoken English and does not write it yet.",
            }
        case = _case(book, child, c, ago(40 if is_decided else 12), why, status_before=ElStatus.EL, **decision)
        cases.append((case, list(REVIEW.items()) if is_decided else list(REVIEW.items())[:2]))
    return cases


def _in_force(on: date, status: ElStatus) -> QuerySet[LanguageStatus]:
    """Statuses in force for two months of children who are here and have no correction."""
    here = Student.objects.enrolled(on).filter(pk=OuterRef("student_id"))
    corrected = LanguageStatus.objects.filter(student=OuterRef("student_id"), source=StatusSource.CORRECTION)
    rows = LanguageStatus.objects.on(on).filter(Exists(here), ~Exists(corrected), status=status, is_provisional=False)
    return rows.filter(starts__lt=on - timedelta(days=60)).order_by("-student_id")


def _between_tests(on: date) -> QuerySet[LanguageStatus]:
    """English learners who have taken the Initial test and no yearly one."""
    taken = Result.objects.filter(student=OuterRef("student_id"))
    rows = _in_force(on, ElStatus.EL).filter(Exists(taken.filter(test__in=INITIAL_TESTS)))
    return rows.filter(~Exists(taken.filter(test__in=YEARLY_TESTS)))


def _case(book: Book, child: int, process: str, asked: date, why: str, **facts: Any) -> Correction:
    by_parent = process == CorrectionProcess.C
    case = Correction(
        student_id=child,
        process=process,
        asked_on=asked,
        asked_by="parent" if by_parent else "office" if process == CorrectionProcess.B else "staff",
        asked_name="The mother" if by_parent else "The class teacher",
        why=why,
        opened_at=at_noon(asked),
        opened_by_id=book.office,
        **facts,
    )
    case.notice_by_id = book.office if case.notice_on else None
    case.decided_by_id = book.office if case.decided_on else None
    case.result_by_id = book.office if case.result_on else None
    if process == CorrectionProcess.C and case.decided_on:
        case.reviewers = "Priya Sohal, counselor; the EL lead"
    return case
