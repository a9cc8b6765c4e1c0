"""The initial notification and the annual letter: what they say about each child (APPB, APPC; 20 USC 6312(e)(3)(A))."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from assessments import queries, rules
from assessments.enums import Measure, ResultSource, Test
from assessments.letters import values as say
from assessments.letters.values import Facts
from assessments.models import Result
from assessments.queries import INITIAL_TESTS, Child, gather, preliminary_told, recommendation, subject_key
from assessments.queries.measures import Shown, newest
from district.models import School
from notifications.facts import Day, LetterFacts, Missing, ProgramRow, ProgramsTable, Term
from notifications.kinds import NoticeRun
from students.enums import ElStatus, ProgramKind
from students.models import Student
from students.rules import NOT_CONFIGURED

REGULAR = "regular"  # what a child who is fluent from the start attends

Said = Mapping[int, LetterFacts | list[Missing]]


class InitialNotice:
    """The result of the Initial test and the recommended program, inside the 30 days (MP1-13, MP1-24 to MP1-30)."""

    run = NoticeRun("initial_notice", ("initial",))

    def due(self, school: School | None, on: date) -> QuerySet[Student]:
        """Children with a result about which no letter was issued; a corrected letter where the state's differs."""
        rows = queries.initial_letters_due(on, queries.clocks_since(on))
        return Student.objects.enrolled(on, school).filter(pk__in=rows.values("student"))

    def facts_for(self, students: Sequence[Student], on: date) -> Said:
        told = preliminary_told([student.pk for student in students])
        local = newest([student.pk for student in students], on)
        return {
            child.student.pk: initial_facts(child, told.get(child.student.pk), local.get(child.student.pk, ()))
            for child in gather(students, on)
        }


def initial_facts(child: Child, told: Result | None = None, local: Sequence[Shown] = ()) -> LetterFacts | list[Missing]:
    """What the initial letter says. told: the local result about which a preliminary letter went out.

    local: the newest values of the district's own measures.
    """
    facts = Facts(child)
    student = child.student
    say.put_person(facts)
    say.put_form(facts)
    say.put_language(facts)
    say.put_survey_language(facts)
    result = _subject(child, told)
    if result is None:
        facts.lack(_("a result of the Initial ELPAC"), "result_new", pk=student.pk)
        return facts.missing
    is_local = result.source == ResultSource.LOCAL
    found = rules.status_from_initial(
        level=result.level, calculated=result.calculated_status, attempted=result.attempted, test=result.test
    )
    is_el = found.outcome == ElStatus.EL
    differs = told is not None and told.pk != result.pk
    facts.conditions |= {"is_el": is_el, "preliminary": is_local, "differs": differs, "is_placed": False}
    if differs:
        facts.put("earlier_level", say.level_term(told.test, Measure.OVERALL, told.level))
    say.put_result(facts, result)
    if is_el:
        _put_learner(facts, result, local)
    else:
        facts.conditions |= {"has_iep": child.iep is not None, "is_secondary": child.is_secondary}
        facts.conditions["has_academic"] = False
        facts.put("program", Term(f"program.{REGULAR}"))
        facts.blocks["programs_table"] = _regular_only()
    return facts.missing or LetterFacts(
        facts.values,
        facts.conditions,
        facts.blocks,
        subject_key(result),
        corrects=subject_key(told) if differs else "",
    )


def _subject(child: Child, told: Result | None) -> Result | None:
    """The result that the letter is about: the state's; the local one while there is no other, or while they agree."""
    rows = child.initial
    if not rows:
        return None
    decides = rows[0]
    same = told and (told.level, _classification(told)) == (decides.level, _classification(decides))
    if same and told.pk != decides.pk:
        return next((row for row in rows if row.pk == told.pk), decides)
    return decides


def _classification(result: Result) -> str:
    return rules.status_from_initial(
        level=result.level, calculated=result.calculated_status, attempted=result.attempted, test=result.test
    ).outcome


def _put_learner(facts: Facts, result: Result, local: Sequence[Shown]) -> None:
    """What only the letter to the family of an English learner says."""
    say.put_academic(facts, local)
    say.put_figures(facts)
    say.put_iep(facts)
    say.put_reply(facts)
    if facts.child.placement:
        facts.conditions["is_placed"] = True
        facts.put("placed_on", Day(facts.child.placement.starts))
    facts.blocks["criteria_table"] = say.criteria_table(facts.child)
    program = _program(facts, result)
    if program:
        facts.put("program", Term(f"program.{program}"))
        facts.blocks["programs_table"] = say.programs_table(facts.child, program)


def _program(facts: Facts, result: Result) -> str:
    """The program decided, else the one that the rule recommends; without a cut nothing is guessed (MP2-11)."""
    child = facts.child
    if child.placement:
        return child.placement.program.kind
    found = recommendation(child, result, is_el=True)
    if found.outcome in ProgramKind.values:
        return found.outcome
    if found.outcome == NOT_CONFIGURED:
        facts.lack(_("the recommended program. %(reason)s") % {"reason": found.reason}, "fluency_cut")
    else:
        facts.lack(_("a program"), "placement", pk=child.student.pk)
    return ""


def _regular_only() -> ProgramsTable:
    kind = f"program.{REGULAR}"
    return ProgramsTable((ProgramRow(Term(kind), Term(f"{kind}.how"), Term(f"{kind}.languages"), True),))


class AnnualNotice:
    """The annual placement and notification letter of every English learner (MP1-36, NT-01, NT-02, D-18)."""

    run = NoticeRun("annual_notice", ("annual", "initial"))

    def due(self, school: School | None, on: date) -> QuerySet[Student]:
        """English learners of the school without an annual letter of this school year, or an initial one in it."""
        return Student.objects.enrolled(on, school).filter(pk__in=queries.annual_letters_due(on).values("student"))

    def facts_for(self, students: Sequence[Student], on: date) -> Said:
        local = newest([student.pk for student in students], on)
        return {
            child.student.pk: annual_facts(child, local.get(child.student.pk, ())) for child in gather(students, on)
        }


def annual_facts(child: Child, local: Sequence[Shown] = ()) -> LetterFacts | list[Missing]:
    """What the annual letter says."""
    facts = Facts(child)
    student = child.student
    say.put_person(facts)
    say.put_form(facts)
    say.put_language(facts)
    say.put_survey_language(facts)
    if not child.is_el:
        facts.lack(_("the status of an English learner; the letter goes to no others"), "child", pk=student.pk)
    year = child.shared.year
    facts.put("school_year", year.name if year else None, _("the school year"), "school_calendar")
    facts.put("el_since", Day(child.el_since) if child.el_since else None)
    _put_first_test(facts)
    newest = next(iter(child.english), None)
    if newest is None:
        facts.lack(_("a result of an English test"), "result_earlier", pk=student.pk)
    else:
        say.put_result(facts, newest, _before(child, newest))
    say.put_academic(facts, local)
    say.put_figures(facts)
    say.put_iep(facts)
    say.put_reply(facts)
    _put_program(facts)
    _put_long_term(facts)
    if child.grade:
        facts.blocks["criteria_table"] = say.criteria_table(child)
    return facts.missing or LetterFacts(facts.values, facts.conditions, facts.blocks, year.name if year else "")


def _put_first_test(facts: Facts) -> None:
    """The first English test and its day, where they are on file; otherwise the letter says since when."""
    first = next((row for row in facts.child.initial if row.tested_on), None)
    facts.conditions["initial_known"] = first is not None
    if first is not None:
        facts.put("initial_test", Term(f"test.{first.test}"))
        facts.put("initial_test_date", Day(first.tested_on))


def _before(child: Child, newest: Result) -> Result | None:
    """The result of the administration before, of the same test."""
    earlier = (row for row in child.english if row.administration < newest.administration and row.test == newest.test)
    return None if newest.test in INITIAL_TESTS else next(earlier, None)


def _put_program(facts: Facts) -> None:
    child = facts.child
    if child.placement is None:
        facts.lack(_("a program: no placement is decided"), "placement", pk=child.student.pk)
        return
    kind = child.placement.program.kind
    facts.put("program", Term(f"program.{kind}"))
    facts.blocks["programs_table"] = say.programs_table(child, kind)


def _put_long_term(facts: Facts) -> None:
    """Long-term English learner or at risk of becoming one (NT-03, EC 313.2(c), D-17)."""
    found = long_term_of(facts.child)
    facts.conditions |= {
        "is_ltel": found.outcome == rules.LTEL,
        "is_at_risk": found.outcome == rules.AT_RISK,
        "not_long_term": found.outcome == rules.NEITHER,
    }
    facts.put("ltel_support", Term("support.ltel"))


def long_term_of(child: Child) -> rules.LongTerm:
    """Both definitions on the child's results."""
    yearly = [row for row in child.english if row.test not in INITIAL_TESTS] or child.english
    ela = child.of_tests((Test.CAASPP_ELA,))
    return rules.long_term(
        rules.Progress(
            grade=child.grade or "KN",
            us_years=child.us_years,
            english=[rules.YearLevel(row.test, row.administration, row.level) for row in yearly],
            ela=ela[0].level if ela else "",
            first_el_on=child.el_since,
        ),
        child.on,
    )
