"""When a classification may be corrected, and what may come of it: 5 CCR 11518.20, processes A, B and C."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from district.calendar import Period, add_calendar_days
from district.findings import Finding, _
from district.wording import long_day
from students.enums import CorrectionAsker, CorrectionOutcome, CorrectionProcess, ElStatus, EvidenceKind
from students.rules.statuses import ALLOWED, REFUSED

A, B, C = CorrectionProcess.A, CorrectionProcess.B, CorrectionProcess.C
# What a review of the classification looks at, all of it (CE-D1).
LOOKED_AT = (EvidenceKind.SURVEY, EvidenceKind.ENGLISH, EvidenceKind.PARENT, EvidenceKind.CLASSROOM)
REVIEWED = {ElStatus.EL: ElStatus.IFEP, ElStatus.IFEP: ElStatus.EL}
SOURCES = {A: "5 CCR 11518.20(a)", B: "5 CCR 11518.20(b)", C: "5 CCR 11518.20(c)"}
# The state's reason code that goes with the change of each process.
CODES = {A: "1", B: "4", C: "5"}


@dataclass(frozen=True)
class Classified:
    """Where a child stands when a correction is asked for.

    status: in force, empty without one. initial, summative: a sentence about the test taken, empty while it is not.
    reviewed_on: when process C was asked for before. open_process: of the correction that runs.
    """

    status: str
    is_provisional: bool = False
    initial: str = ""
    summative: str = ""
    reviewed_on: date | None = None
    open_process: str = ""


def may_ask(process: str, asked_by: str, child: Classified) -> Finding:
    """May a correction be asked for now? The reason names what stands against it."""
    if child.open_process:
        return _no(process, _("A correction runs already (process %(name)s).") % {"name": child.open_process})
    if not child.status:
        return _no(process, _("There is no language status yet that could be corrected."))
    if child.is_provisional:
        return _no(process, _("The status is provisional; the records of the former district decide it."), "D-03")
    asking = {A: _may_ask_a, B: _may_ask_b, C: _may_ask_c}[CorrectionProcess(process)]
    return asking(asked_by, child) or Finding(ALLOWED, _opens(process), SOURCES[CorrectionProcess(process)])


def _may_ask_a(asked_by: str, child: Classified) -> Finding | None:
    """A child that is English only and has not taken the Initial test."""
    if child.status != ElStatus.EO:
        return _no(A, _("Process A is for a child that is English only. %(status)s") % {"status": _is(child)})
    if child.initial:
        return _no(A, _("Process A comes before the Initial ELPAC. %(taken)s") % {"taken": child.initial})
    return None


def _may_ask_b(asked_by: str, child: Classified) -> Finding | None:
    """A child that was tested."""
    if not (child.initial or child.summative):
        return _no(B, _("Process B is for a child that was tested; there is no result on file."))
    return None


def _may_ask_c(asked_by: str, child: Classified) -> Finding | None:
    """Between the Initial and the first Summative test, once, when a parent or certificated staff ask."""
    if child.reviewed_on:
        return _no(
            C,
            _("A classification is reviewed once in a child's life; that was asked for on %(day)s.")
            % {"day": long_day(child.reviewed_on)},
        )
    if child.status not in REVIEWED:
        return _no(
            C,
            _("Process C reviews “English learner” and “initially fluent”. %(status)s") % {"status": _is(child)},
        )
    if not child.initial:
        return _no(C, _("Process C comes after the Initial ELPAC, and there is no result of it on file."))
    if child.summative:
        return _no(C, _("Process C comes before the first Summative ELPAC. %(taken)s") % {"taken": child.summative})
    if asked_by == CorrectionAsker.OFFICE:
        return _no(C, _("Process C is asked for by a parent or guardian, or by certificated staff."))
    return None


@dataclass(frozen=True)
class Reviewed:
    """What lies before whoever decides. status: in force today; notice_on: when the parents were told in writing."""

    process: str
    asked_on: date
    status: str
    initial: str = ""
    notice_on: date | None = None
    evidence: Collection[str] = ()
    reviewers: str = ""


def may_decide(case: Reviewed, outcome: str, on: date, notice: Period) -> Finding:
    """May the case be decided so on this day? notice: how long before the test the parents are told (CE-A1)."""
    if on < case.asked_on:
        reason = _("The correction was asked for on %(day)s; it cannot be decided before.")
        return _no(case.process, reason % {"day": long_day(case.asked_on)})
    if outcome == CorrectionOutcome.WITHDRAWN:
        return Finding(ALLOWED, _("Taken back before a decision; the status stays."), SOURCES[_process(case)])
    if missing := _missing_evidence(case):
        return _no(case.process, missing, "5 CCR 11518.20(d)")
    if outcome == CorrectionOutcome.CHANGED:
        check = {A: _may_change_a, B: _may_change_b, C: _may_change_c}[_process(case)]
        if refused := check(case, on, notice):
            return refused
        return Finding(ALLOWED, _changes(case), SOURCES[_process(case)])
    return Finding(ALLOWED, _("The classification stays as it is."), SOURCES[_process(case)])


def _missing_evidence(case: Reviewed) -> str:
    """Process C looks at four things and names who looked; A and B at what there is."""
    if case.process != C:
        return "" if case.evidence else _("The result goes to the parents with its evidence; none is entered.")
    missing = [str(kind.label) for kind in LOOKED_AT if kind not in case.evidence]
    if missing:
        return _("The review looks at four things; missing: %(what)s.") % {"what": ", ".join(missing)}
    return "" if case.reviewers.strip() else _("Name the qualified staff who reviewed the evidence.")


def _may_change_a(case: Reviewed, on: date, notice: Period) -> Finding | None:
    if case.status != ElStatus.EO:
        return _no(A, _("The status has moved meanwhile: %(status)s.") % {"status": _word(case.status)})
    if case.initial:
        return _no(A, _("Process A comes before the Initial ELPAC. %(taken)s") % {"taken": case.initial})
    if case.notice_on is None:
        reason = _("The parents have not been told in writing; that comes %(period)s before the test.")
        return _no(A, reason % {"period": notice}, f"CE-A1, {notice.source}")
    first = earliest_test(case.notice_on, notice)
    if on < first:
        reason = _("The notice went out on %(day)s; the child may be tested from %(first)s on.")
        return _no(A, reason % {"day": long_day(case.notice_on), "first": long_day(first)}, f"CE-A1, {notice.source}")
    return None


def _may_change_b(case: Reviewed, on: date, notice: Period) -> Finding | None:
    if case.status in REVIEWED:
        return None
    reason = _("The state's table leads from “%(status)s” nowhere by process B; the result alone is taken out.")
    return _no(B, reason % {"status": _word(case.status)})


def _may_change_c(case: Reviewed, on: date, notice: Period) -> Finding | None:
    if case.status in REVIEWED:
        return None
    return _no(C, _("The status has moved meanwhile: %(status)s.") % {"status": _word(case.status)})


def status_after(process: str, status: str) -> ElStatus:
    """What a change by this process makes of a status: A to be determined, B English only, C the other of the two."""
    match CorrectionProcess(process):
        case CorrectionProcess.A:
            return ElStatus.TBD
        case CorrectionProcess.B:
            return ElStatus.EO
    return REVIEWED[ElStatus(status)]


def earliest_test(notice_on: date, notice: Period) -> date:
    """The first day on which a child of process A may be tested: so many days after the notice (CE-A1)."""
    return add_calendar_days(notice_on, notice.days)


def _process(case: Reviewed) -> CorrectionProcess:
    return CorrectionProcess(case.process)


def _no(process: str, reason: str, source: str = "") -> Finding:
    return Finding(REFUSED, reason, source or SOURCES[CorrectionProcess(process)])


def _opens(process: str) -> str:
    return {
        A: _("The parents are told in writing, and the child is tested no sooner than ten days later."),
        B: _("The classification stays as it was before the test, and the result is not kept."),
        C: _("The evidence is reviewed; the classification stands until it is decided."),
    }[CorrectionProcess(process)]


def _changes(case: Reviewed) -> str:
    return _("From “%(before)s” to “%(after)s”, correction reason %(code)s.") % {
        "before": _word(case.status),
        "after": _word(status_after(case.process, case.status)),
        "code": CODES[_process(case)],
    }


def _is(child: Classified) -> str:
    return _("This child is “%(status)s”.") % {"status": _word(child.status)}


def _word(status: str) -> str:
    return str(ElStatus(status).label)
