"""The letter that answers parents' requests for a language program, one for each request (5 CCR 11311(h))."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from assessments.letters import values as say
from assessments.letters.values import Facts
from assessments.queries import Child, gather
from district.models import School
from notifications.facts import Day, LetterFacts, Missing, Term
from notifications.models import Letter
from students.models import ProgramCase, ProgramRequest, Student

KIND = "program_request_decision"


def decided(on: date) -> QuerySet[ProgramRequest]:
    """Requests that are decided and not withdrawn, annotated `key`: what the letter is filed under."""
    case = ProgramCase.objects.filter(
        school=OuterRef("school"),
        year=OuterRef("year"),
        asked_for=OuterRef("asked_for"),
        language=OuterRef("language"),
        decided_on__lte=on,
    )
    rows = ProgramRequest.objects.filter(Exists(case), withdrawn_on__isnull=True)
    return rows.annotate(key=Concat(Value("request "), Cast("pk", CharField())))


def unanswered(on: date) -> QuerySet[ProgramRequest]:
    """Decided requests about which no letter was issued."""
    letter = Letter.objects.filter(kind=KIND, student=OuterRef("student_id"), subject_key=OuterRef("key"))
    return decided(on).filter(~Exists(letter))


class ProgramRequestDecision:
    """Every parent whose request was among those decided is answered in writing."""

    def due(self, school: School | None, on: date) -> QuerySet[Student]:
        """Children whose parents asked, and have no letter about the decision."""
        return Student.objects.enrolled(on, school).filter(pk__in=unanswered(on).values("student"))

    def facts_for(self, students: Sequence[Student], on: date) -> Mapping[int, LetterFacts | list[Missing]]:
        rows = decided(on).filter(student__in=students).select_related("language").order_by("student_id", "-asked_on")
        waiting = set(unanswered(on).filter(student__in=students).values_list("pk", flat=True))
        found: dict[int, ProgramRequest] = {}
        for row in sorted(rows, key=lambda row: row.pk not in waiting):
            found.setdefault(row.student_id, row)
        cases = {_of(case): case for case in ProgramCase.objects.filter(decided_on__lte=on)}
        return {child.student.pk: _facts(child, found.get(child.student.pk), cases) for child in gather(students, on)}


def _of(row: ProgramCase | ProgramRequest) -> tuple[int, int, str, str]:
    return row.school_id, row.year_id, row.asked_for, row.language_id


def _facts(
    child: Child, request: ProgramRequest | None, cases: Mapping[tuple[int, int, str, str], ProgramCase]
) -> LetterFacts | list[Missing]:
    """What the letter says."""
    facts = Facts(child)
    say.put_person(facts)
    say.put_language(facts)
    case = cases.get(_of(request)) if request else None
    if request is None or case is None or case.decided_on is None:
        facts.lack(_("a decided request for a language program"), "requests")
        return facts.missing
    facts.put("asked_date", Day(request.asked_on))
    facts.put("asked_program", Term(f"asked.{request.asked_for}"))
    facts.put("asked_language", say.language_term(request.language))
    facts.put("reached_date", Day(case.reached_on))
    facts.put("decision_date", Day(case.decided_on))
    facts.put("begins_date", Day(case.begins_on) if case.begins_on else None)
    facts.put("explanation", case.explanation)
    facts.conditions["offered"] = bool(case.is_offered)
    return facts.missing or LetterFacts(facts.values, facts.conditions, facts.blocks, f"request {request.pk}")
