"""Corrections of a classification (5 CCR 11518.20): asked for, told, decided, and told again with the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from district import entries
from district.history import acting
from district.models import Entry, User
from district.permissions import Permission
from district.queries import period
from district.refusal import Refusal
from district.wording import long_day
from students import taken
from students.actions.guard import lock_child_of, lock_student
from students.actions.statuses import take_back, write_status
from students.enums import CorrectionOutcome, CorrectionProcess, StatusSource
from students.models import Correction, CorrectionEvidence, LanguageStatus, Student
from students.rules import corrections as rules
from students.rules.statuses import REFUSED

ASKED, EVIDENCE, NOTICE = "correction", "correction_evidence", "correction_notice"
DECIDED, RESULT = "correction_decided", "correction_result"
NOTICE_PERIOD = "CE-A1"
NOTICE_LETTER, RESULT_LETTER = "correction_notice", "correction_result"  # kinds of letters


def classified(student: Student) -> rules.Classified:
    """Where the child stands today, as `rules.may_ask` looks at it."""
    last = LanguageStatus.objects.filter(student=student).order_by("-sequence").first()
    found = taken.tests().taken(student)
    cases = list(Correction.objects.filter(student=student).order_by("pk"))
    reviews = [
        case.asked_on
        for case in cases
        if case.process == CorrectionProcess.C and case.outcome != CorrectionOutcome.WITHDRAWN
    ]
    return rules.Classified(
        status=last.status if last else "",
        is_provisional=bool(last and last.is_provisional),
        initial=found.initial,
        summative=found.summative,
        reviewed_on=next((day for day in reviews), None),
        open_process=next((case.process for case in cases if case.is_open), ""),
    )


def ask_correction(
    *,
    by: User,
    student: Student,
    process: CorrectionProcess | str,
    asked_on: date,
    asked_by: str,
    asked_name: str,
    why: str,
) -> Correction:
    """Open a correction. Refusal by `rules.may_ask`: one runs already, it was done once, the test was taken, ..."""
    with transaction.atomic(), acting(by, _("correction asked for")):
        child = lock_student(student, by, Permission.ASK_CORRECTION)
        facts = classified(child)
        found = rules.may_ask(process, asked_by, facts)
        if found.outcome == REFUSED:
            raise Refusal(found.reason, _("Source: %(source)s.") % {"source": found.source}, field="process")
        case = Correction.objects.create(
            student=child,
            process=process,
            asked_on=asked_on,
            asked_by=asked_by,
            asked_name=asked_name.strip(),
            why=why.strip(),
            status_before=facts.status,
            opened_by=by,
        )
        _enter(by, child, ASKED, _("Correction for %(name)s asked for"), case)
    return case


def add_evidence(*, by: User, case: Correction, kind: str, of_day: date, what: str) -> CorrectionEvidence:
    """Put a piece of evidence into an open case (5 CCR 11518.20(d))."""
    with transaction.atomic(), acting(by, _("evidence of a correction")):
        child, locked = _lock(case, by, Permission.ASK_CORRECTION)
        _must_be_open(locked)
        piece = CorrectionEvidence.objects.create(
            correction=locked, kind=kind, of_day=of_day, what=what.strip(), recorded_by=by
        )
        _enter(by, child, EVIDENCE, _("Evidence for the correction of %(name)s"), locked, evidence=piece.pk)
    return piece


def note_notice(*, by: User, case: Correction, on: date) -> Correction:
    """Note on which day the parents were told in writing, before the test of process A."""
    with transaction.atomic(), acting(by, _("notice of a correction")):
        child, locked = _lock(case, by, Permission.CORRECT_STATUS)
        _must_be_open(locked)
        if locked.process != CorrectionProcess.A:
            raise Refusal(_("Only process A begins with a notice."), field="on")
        if locked.notice_on:
            raise Refusal(
                _("The notice went out on %(day)s already.") % {"day": long_day(locked.notice_on)},
                _("Put that back first, if the day is wrong."),
                field="on",
            )
        _not_before(on, locked.asked_on)
        locked.notice_on, locked.notice_by = on, by
        locked.save(update_fields=["notice_on", "notice_by"])
        _enter(by, child, NOTICE, _("Notice of a correction to the family of %(name)s"), locked)
    return locked


def decide_correction(
    *,
    by: User,
    case: Correction,
    outcome: CorrectionOutcome | str,
    on: date,
    reason: str,
    reviewers: str = "",
    results: Sequence[str] = (),
) -> Correction:
    """Decide a case: the status moves, or stays. results: ids of what is not kept (process B).

    Refusal by `rules.may_decide`: no notice yet, not yet ten days, evidence missing, the status has moved meanwhile.
    """
    with transaction.atomic(), acting(by, reason):
        child, locked = _lock(case, by, Permission.CORRECT_STATUS)
        _must_be_open(locked)
        facts = classified(child)
        found = rules.may_decide(
            rules.Reviewed(
                process=locked.process,
                asked_on=locked.asked_on,
                status=facts.status,
                initial=facts.initial,
                notice_on=locked.notice_on,
                evidence=set(locked.evidence.values_list("kind", flat=True)),
                reviewers=reviewers,
            ),
            outcome,
            on,
            period(NOTICE_PERIOD, locked.notice_on or on),
        )
        if found.outcome == REFUSED:
            raise Refusal(found.reason, _("Source: %(source)s.") % {"source": found.source}, field="outcome")
        kept = _take_results_out(child, locked, outcome, results)
        _write_decision(by, child, locked, outcome, on, reason, reviewers)
        _enter(by, child, DECIDED, _("Correction for %(name)s decided"), locked, kept=kept)
    return locked


def _take_results_out(child: Student, case: Correction, outcome: str, results: Sequence[str]) -> str:
    """What was not to be tested is not kept (CE-B1). Returns what putting it back needs."""
    if case.process != CorrectionProcess.B or outcome == CorrectionOutcome.WITHDRAWN:
        return ""
    if not results:
        raise Refusal(
            _("The result of a child who was not to be tested is not kept."),
            _("Say which results are taken out."),
            field="results",
        )
    case.taken_out, kept = taken.tests().take_out(child, results)
    return kept


def _write_decision(
    by: User, child: Student, case: Correction, outcome: str, on: date, reason: str, reviewers: str
) -> None:
    last = LanguageStatus.objects.filter(student=child).order_by("-sequence").first()
    case.decided_on, case.decided_by, case.outcome = on, by, outcome
    case.reason, case.reviewers = reason.strip(), reviewers.strip()
    if outcome == CorrectionOutcome.CHANGED and last is not None:
        case.status_before = last.status
        case.status_after = rules.status_after(case.process, last.status)
        case.status = write_status(
            by=by,
            child=child,
            status=case.status_after,
            starts=on,
            source=StatusSource.CORRECTION,
            reason=case.reason[:400],
            correction=rules.CODES[CorrectionProcess(case.process)],
        )
    case.save()


def note_result(*, by: User, case: Correction, on: date) -> Correction:
    """Note on which day the parents got the result in writing, with the evidence (CE-A2)."""
    with transaction.atomic(), acting(by, _("result of a correction")):
        child, locked = _lock(case, by, Permission.CORRECT_STATUS)
        if locked.decided_on is None:
            raise Refusal(_("The correction is not decided yet."), _("Decide it first."), field="on")
        if locked.result_on:
            raise Refusal(
                _("The result went out on %(day)s already.") % {"day": long_day(locked.result_on)}, field="on"
            )
        _not_before(on, locked.decided_on)
        locked.result_on, locked.result_by = on, by
        locked.save(update_fields=["result_on", "result_by"])
        _enter(by, child, RESULT, _("Result of a correction to the family of %(name)s"), locked)
    return locked


def _lock(case: Correction, by: User, permission: Permission) -> tuple[Student, Correction]:
    """The child locked first, so that two people at the same case wait for each other; then the case as it is now."""
    child = lock_student(case.student_id, by, permission)
    return child, Correction.objects.get(pk=case.pk)


def _must_be_open(case: Correction) -> None:
    if case.decided_on:
        said = {"who": case.decided_by, "day": long_day(case.decided_on)}
        raise Refusal(
            _("The correction was decided by %(who)s on %(day)s.") % said,
            _("Put the decision back first, if it was wrong."),
        )


def _not_before(on: date, earliest: date) -> None:
    if on < earliest:
        raise Refusal(
            _("This cannot be before %(day)s.") % {"day": long_day(earliest)},
            _("One of the two dates is mistyped."),
            field="on",
        )


def _enter(by: User, child: Student, kind: str, summary: str, case: Correction, **data: object) -> None:
    entries.enter(
        by=by,
        kind=kind,
        summary=summary % {"name": child.name},
        student_id=child.pk,
        school_id=child.school.pk if child.school else None,
        correction=case.pk,
        **data,
    )


# --- putting back -----------------------------------------------------------------------------------------------


def put_back_asked(entry: Entry, by: User) -> None:
    """It was asked for by mistake. Refusal once the parents were told or it was decided."""
    case = _case_of(entry, by, Permission.ASK_CORRECTION)
    if case.notice_on or case.decided_on:
        raise Refusal(
            _("The parents were told, or it was decided; the case stays on record."),
            _("Close it as taken back, with the reason."),
        )
    _no_letter(NOTICE_LETTER, case)
    case.evidence.all().delete()
    case.delete()


def put_back_evidence(entry: Entry, by: User) -> None:
    case = _case_of(entry, by, Permission.ASK_CORRECTION)
    _must_be_open(case)
    case.evidence.filter(pk=entry.data["evidence"]).delete()


def put_back_notice(entry: Entry, by: User) -> None:
    case = _case_of(entry, by, Permission.CORRECT_STATUS)
    _must_be_open(case)
    case.notice_on = case.notice_by = None
    case.save(update_fields=["notice_on", "notice_by"])


def put_back_decision(entry: Entry, by: User) -> None:
    """The decision was wrong. Refusal once the parents have the result, or a later status stands on it."""
    case = _case_of(entry, by, Permission.CORRECT_STATUS)
    if case.result_on:
        raise Refusal(
            _("The parents have had the result since %(day)s.") % {"day": long_day(case.result_on)},
            _("It stays on record as it was decided."),
        )
    _no_letter(RESULT_LETTER, case)
    status, case.status = case.status_id, None
    case.decided_on = case.decided_by = None
    case.outcome = case.reason = case.reviewers = case.taken_out = case.status_after = ""
    try:
        with transaction.atomic():
            case.save()
    except IntegrityError as error:
        raise Refusal(_("Another correction of this child runs meanwhile."), _("Decide that one first.")) from error
    if status:
        take_back([status])
    if entry.data.get("kept"):
        taken.tests().put_in(entry.data["kept"])


def put_back_result(entry: Entry, by: User) -> None:
    case = _case_of(entry, by, Permission.CORRECT_STATUS)
    case.result_on = case.result_by = None
    case.save(update_fields=["result_on", "result_by"])


def _no_letter(kind: str, case: Correction) -> None:
    """Refusal where a letter says it to the family already."""
    if paper := taken.tests().paper(kind, case):
        said = {"number": paper.number, "day": long_day(paper.dated)}
        raise Refusal(_("Letter %(number)s of %(day)s says it to the family.") % said)


def _case_of(entry: Entry, by: User, permission: Permission) -> Correction:
    child = lock_child_of(entry, by, permission)
    case = Correction.objects.filter(student=child, pk=entry.data["correction"]).first()
    if case is None:
        raise Refusal(_("The correction was put back already."))
    return case


PUT_BACK = {
    ASKED: put_back_asked,
    EVIDENCE: put_back_evidence,
    NOTICE: put_back_notice,
    DECIDED: put_back_decision,
    RESULT: put_back_result,
}
