"""Letters about the correction of a classification: the notice before the test of process A, and every result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from assessments.enums import Test
from assessments.letters import values as say
from assessments.letters.values import Facts
from assessments.models import TestPlan
from assessments.queries import Child, gather
from district.calendar import Period
from district.models import School
from district.queries import period
from notifications.facts import Day, LetterFacts, Listing, Missing, Term
from notifications.models import Letter
from students.actions.corrections import NOTICE_LETTER, NOTICE_PERIOD, RESULT_LETTER
from students.enums import CorrectionOutcome, CorrectionProcess
from students.models import Correction, Student
from students.rules.corrections import earliest_test

Said = Mapping[int, LetterFacts | list[Missing]]


def _without_letter(rows: QuerySet[Correction], kind: str) -> QuerySet[Correction]:
    key = Concat(Value("correction "), Cast("pk", CharField()))
    letter = Letter.objects.filter(kind=kind, student=OuterRef("student_id"), subject_key=OuterRef("letter_key"))
    return rows.annotate(letter_key=key).filter(~Exists(letter))


class CorrectionNotice:
    """Process A: the parents are told in writing at least ten days before the test (CE-A1)."""

    def rows(self) -> QuerySet[Correction]:
        return Correction.objects.filter(process=CorrectionProcess.A, decided_on__isnull=True)

    def due(self, school: School | None, on: date) -> QuerySet[Student]:
        """Children with a running process A whose parents have no notice."""
        rows = _without_letter(self.rows().filter(notice_on__isnull=True, asked_on__lte=on), NOTICE_LETTER)
        return Student.objects.enrolled(on, school).filter(pk__in=rows.values("student"))

    def facts_for(self, students: Sequence[Student], on: date) -> Said:
        cases = {case.student_id: case for case in self.rows().filter(student__in=students)}
        length = period(NOTICE_PERIOD, on)
        return {
            child.student.pk: notice_facts(child, cases.get(child.student.pk), length) for child in gather(students, on)
        }


def notice_facts(child: Child, case: Correction | None, length: Period) -> LetterFacts | list[Missing]:
    """What the notice says."""
    facts = _facts(child)
    if case is None:
        facts.lack(_("a running correction by process A"), "correction_ask", pk=child.student.pk)
        return facts.missing
    facts.put("asked_date", Day(case.asked_on))
    facts.put("why", case.why)
    facts.put("earliest_test", Day(earliest_test(case.notice_on or child.on, length)))
    return facts.missing or LetterFacts(facts.values, facts.conditions, facts.blocks, case.key)


class CorrectionResult:
    """Every process: the result in writing, with the evidence, within 14 days of the decision (CE-A2)."""

    def rows(self) -> QuerySet[Correction]:
        decided = Correction.objects.filter(decided_on__isnull=False).exclude(outcome=CorrectionOutcome.WITHDRAWN)
        return decided.order_by("student_id", "-decided_on", "-pk")

    def due(self, school: School | None, on: date) -> QuerySet[Student]:
        """Children with a decided correction whose parents have no result in writing."""
        rows = self.rows().filter(Q(result_on__isnull=True), decided_on__lte=on)
        return Student.objects.enrolled(on, school).filter(
            pk__in=_without_letter(rows, RESULT_LETTER).order_by().values("student")
        )

    def facts_for(self, students: Sequence[Student], on: date) -> Said:
        rows = self.rows().filter(student__in=students).distinct("student_id").prefetch_related("evidence")
        cases = {case.student_id: case for case in rows}
        return {child.student.pk: result_facts(child, cases.get(child.student.pk)) for child in gather(students, on)}


def result_facts(child: Child, case: Correction | None) -> LetterFacts | list[Missing]:
    """What the result says."""
    facts = _facts(child)
    if case is None:
        facts.lack(_("a correction that is decided"), "correction_ask", pk=child.student.pk)
        return facts.missing
    changed = case.outcome == CorrectionOutcome.CHANGED
    facts.put("asked_date", Day(case.asked_on))
    facts.put("decision_date", Day(case.decided_on) if case.decided_on else None)
    facts.put("decision_reason", case.reason)
    facts.put("status_before", Term(f"status.{case.status_before}"))
    facts.put("status_now", Term(f"status.{case.status_after or case.status_before}"))
    evidence = [
        Term(
            "evidence.line",
            {"kind": Term(f"evidence.{each.kind}"), "day": Day(each.of_day), "what": each.what.rstrip(" .")},
        )
        for each in case.evidence.all()
    ]
    facts.put("evidence", Listing(evidence) if evidence else None, _("the evidence"), "correction", pk=case.pk)
    is_a = case.process == CorrectionProcess.A
    facts.conditions |= {
        "changed": changed,
        "to_be_tested": is_a and changed,
        "stays_untested": is_a and not changed,
        "was_tested": case.process == CorrectionProcess.B,
        "reviewed": case.process == CorrectionProcess.C,
    }
    return facts.missing or LetterFacts(facts.values, facts.conditions, facts.blocks, case.key)


def _facts(child: Child) -> Facts:
    facts = Facts(child)
    say.put_person(facts)
    say.put_language(facts)
    is_alternate = child.plan is not None and child.plan.kind == TestPlan.Kind.ALTERNATE
    facts.put("test_name", Term(f"test.{Test.INITIAL_ALTERNATE_ELPAC if is_alternate else Test.INITIAL_ELPAC}"))
    return facts
