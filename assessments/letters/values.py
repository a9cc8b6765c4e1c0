"""Pieces that several letters say in the same way, and the list of what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from assessments import criteria, scales
from assessments.enums import Measure, Test
from assessments.models import Result, Score
from assessments.queries import REPORTED, Child
from assessments.queries.measures import LOCAL, Shown
from assessments.rules import measures as grade_level
from district.models import Figure, Language
from notifications.facts import (
    CriteriaTable,
    CriterionRow,
    Day,
    Listing,
    Missing,
    ProgramRow,
    ProgramsTable,
    ReplyBox,
    ScoreRow,
    ScoresTable,
    Term,
    Value,
)
from students.enums import ProgramKind

DOMAINS = (Measure.LISTENING, Measure.SPEAKING, Measure.READING, Measure.WRITING)
COMPOSITES = (Measure.ORAL_LANGUAGE, Measure.WRITTEN_LANGUAGE)


class Facts:
    """Values of one letter, and what must be entered before it can be issued."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.values: dict[str, Value] = {}
        self.conditions: dict[str, bool] = {}
        self.blocks: dict[str, Any] = {}
        self.missing: list[Missing] = []

    def put(self, name: str, value: Value | None, what: str = "", url_name: str = "", **url_kwargs: Any) -> None:
        """A value; where it is empty and `what` is said, the letter lacks it."""
        if value is None or value == "":
            if what:
                self.lack(what, url_name, **url_kwargs)
            return
        self.values[name] = value

    def lack(self, what: str, url_name: str, **url_kwargs: Any) -> None:
        """Something is missing; the same thing is named once."""
        gap = Missing(str(what), url_name, url_kwargs)
        if gap not in self.missing:
            self.missing.append(gap)


def language_term(language: Language) -> Term:
    """The name of a language in the language of the sheet."""
    return Term(f"language.{language.code}", fallback=language.name)


def put_person(facts: Facts) -> None:
    student, child = facts.child.student, facts.child
    facts.put("student", student.name)
    facts.put("student_first", student.called)
    facts.put("letter_date", Day(child.on))
    facts.put("birth_date", Day(student.birth_date))
    facts.put("student_number", student.local_id)
    if child.stay is None:
        facts.lack(_("an enrollment on this day"), "enroll")
        return
    facts.put("grade", Term(f"grade.{child.stay.grade}"))
    put_contact(facts)


def put_contact(facts: Facts) -> None:
    """Whom the family can ask at the school."""
    school = facts.child.stay.school  # type: ignore[union-attr]
    facts.put("school", school.name)
    link = {"url_name": "school_change", "pk": school.pk}
    facts.put("contact_name", school.contact_name, _("whom families ask at %(school)s") % {"school": school}, **link)
    facts.put(
        "contact_phone",
        school.contact_phone or school.phone,
        _("the telephone number for families at %(school)s") % {"school": school},
        **link,
    )


def put_form(facts: Facts) -> None:
    """The other fields of the Plan's form; none is left blank (APPC-03)."""
    student, child = facts.child.student, facts.child
    edit = {"url_name": "student_edit", "pk": student.pk}
    facts.put("sex", Term(f"sex.{student.gender}") if student.gender else None, _("the sex, as recorded"), **edit)
    language = student.primary_language
    facts.put(
        "primary_language",
        language_term(language) if language else None,
        _("the primary language"),
        "survey",
        pk=student.pk,
    )
    facts.put("enrollment_date", Day(child.first_day) if child.first_day else None, _("the first day here"), **edit)
    facts.put("years_in_us", child.us_years, _("the first day in a school of the United States"), **edit)


def put_language(facts: Facts) -> None:
    """The family must have a language for letters before one goes out."""
    student = facts.child.student
    if student.language_of_letters is None:
        facts.lack(_("the language of letters"), "family", pk=student.pk)


def put_survey_language(facts: Facts) -> None:
    """The languages that the family named in questions 1 to 3, and that count."""
    survey, student = facts.child.survey, facts.child.student
    named = [answer for answer in survey.answers[:3] if answer and answer.counts] if survey else []
    terms = [language_term(each) for each in dict.fromkeys(named)]
    facts.put(
        "survey_language",
        (terms[0] if len(terms) == 1 else Listing(terms)) if terms else None,
        _("a Home Language Survey that names another language"),
        "survey",
        pk=student.pk,
    )


# --- results ----------------------------------------------------------------------------------------------------


def level_term(test: str, measure: str, level: str) -> Term:
    """A level in the letters' words, with its number where the state counts."""
    known = scales.level_name(test, measure, level)
    if known is None:
        return Term("level.not_scored")
    words = Term(known.term)
    if not scales.is_counted(known):
        return words
    return Term("level.of", {"level": known.rank, "top": len(scales.levels(test, measure)), "words": words})


def scores_table(result: Result, previous: Result | None = None) -> ScoresTable:
    """Measures of a result in the order of the form, beside the level of the year before (APPC-05)."""
    scores = _by_measure(result)
    before = _by_measure(previous) if previous else {}
    rows = []
    for measure in REPORTED:
        if measure != Measure.OVERALL and measure not in scores:
            continue
        score = scores.get(measure)
        number = score.scale_score if score else result.overall_score
        level = score.level if score else result.level
        rows.append(
            ScoreRow(
                Term(f"measure.{measure}"),
                str(number) if number is not None else "",
                level_term(result.test, measure, level),
                _short(previous, measure, before),
            )
        )
    label = Term("scores.level_in", {"year": str(previous.tested_on.year)}) if previous and previous.tested_on else ""
    return ScoresTable(tuple(rows), label)


def _short(previous: Result | None, measure: str, before: Mapping[str, Score]) -> Value:
    if previous is None:
        return ""
    level = before[measure].level if measure in before else (previous.level if measure == Measure.OVERALL else "")
    known = scales.level_name(previous.test, measure, level)
    if known is None:
        return Term("level.not_scored")
    if not scales.is_counted(known):
        return Term(known.term)
    return Term("level.short", {"level": known.rank, "top": len(scales.levels(previous.test, measure))})


def _by_measure(result: Result) -> dict[str, Score]:
    return {score.measure: score for score in result.scores.all()}


def put_result(facts: Facts, result: Result, previous: Result | None = None) -> None:
    facts.put("test_name", Term(f"test.{result.test}"))
    facts.put("test_date", Day(result.tested_on) if result.tested_on else None, _("the day of the test"), "imports")
    facts.put("overall_level", level_term(result.test, Measure.OVERALL, result.level))
    facts.blocks["scores_table"] = scores_table(result, previous)
    strengths, needs = strengths_and_needs(result)
    facts.put("strengths", strengths)
    facts.put("needs", needs)


def strengths_and_needs(result: Result) -> tuple[Value, Value]:
    """The best and the weakest areas of a result, domains before composites (items iv of the notices).

    Where all areas stand alike, or only the overall level is known, the language of the home is the strength and all
    four areas are worked on.
    """
    scores = _by_measure(result)
    for group in (DOMAINS, COMPOSITES):
        ranks = {
            measure: rank
            for measure in group
            if measure in scores
            and not scores[measure].is_exempt
            and (rank := scales.rank(result.test, measure, scores[measure].level)) is not None
        }
        if len(ranks) > 1 and len(set(ranks.values())) > 1:
            best, worst = max(ranks.values()), min(ranks.values())
            return (
                _measures(measure for measure, rank in ranks.items() if rank == best),
                _measures(measure for measure, rank in ranks.items() if rank == worst),
            )
    return Term("strength.home_language"), _measures(DOMAINS)


def _measures(measures: Iterable[Measure]) -> Listing:
    return Listing([Term(f"measure.{measure}") for measure in measures])


def put_academic(facts: Facts, local: Sequence[Shown] = ()) -> None:
    """Results in school work that are in: the newest state tests, and the district's own measures of core subjects.

    local: the newest values of those measures. Where the district has set from where a child is at grade level, the
    letter says whether; where it has not, the letter is silent about it (D-08).
    """
    newest: dict[str, Result] = {}
    for result in facts.child.of_tests((Test.CAASPP_ELA, Test.CAASPP_MATH)):
        newest.setdefault(result.test, result)
    said = [
        Term(f"academic.{result.test}", {"score": str(result.overall_score), "level": Term(f"caaspp.{result.level}")})
        for result in newest.values()
        if result.overall_score is not None
    ]
    said += [_local(shown) for shown in local if shown.kind == LOCAL and shown.subject.is_core and _is_taken(shown)]
    facts.conditions["has_academic"] = bool(said)
    if said:
        facts.values["academic"] = Listing(said)


def _is_taken(shown: Shown) -> bool:
    return shown.finding.outcome != grade_level.NOT_TAKEN


def _local(shown: Shown) -> Term:
    """A measure of the district by its name, its value and, where a cut is set, how it stands to the grade."""
    standing = {grade_level.MET: "academic.at_grade", grade_level.NOT_MET: "academic.not_yet"}
    key = standing.get(shown.finding.outcome, "academic.other")
    return Term(key, {"name": shown.name, "score": shown.value})


# --- programs, figures, criteria --------------------------------------------------------------------------------


def put_figures(facts: Facts) -> None:
    """Figures that the district answers for; graduation in grades 7 to 12 only."""
    child = facts.child
    asked = [(Figure.Key.EXPECTED_YEARS, "expected_years"), (Figure.Key.RECLASSIFIED, "reclassified_rate")]
    if child.is_secondary:
        asked.append((Figure.Key.GRADUATION, "graduation_rate"))
    facts.conditions["is_secondary"] = child.is_secondary
    if child.shared.year is None:
        facts.lack(_("the school year"), "school_calendar")
        return
    for key, name in asked:
        figure = child.shared.figures.get(key)
        what = _("the figure for %(year)s: %(figure)s") % {"year": child.shared.year.name, "figure": key.label}
        facts.put(name, _figure(figure) if figure else None, what, "letter_figures")


def _figure(figure: Figure) -> Value:
    low = _plain(figure.low)
    if figure.key != Figure.Key.EXPECTED_YEARS:
        return low
    if figure.high is None or figure.high == figure.low:
        return Term("figure.years_one", {"value": low})
    return Term("figure.years", {"low": low, "high": _plain(figure.high)})


def _plain(number: Any) -> str:
    """A figure without idle decimals: 12, 12.5."""
    return f"{number:f}".rstrip("0").rstrip(".") if number % 1 else str(int(number))


def programs_table(child: Child, chosen: str) -> ProgramsTable:
    """The child's program first, then the others that a parent may ask for (item iii)."""
    language = child.student.language_of_letters
    spoken = language_term(language) if language else ""
    others = [kind.value for kind in (ProgramKind.SEI, ProgramKind.ELM, ProgramKind.DUAL) if kind != chosen]
    return ProgramsTable(
        tuple(
            ProgramRow(
                Term(f"program.{kind}"),
                Term(f"program.{kind}.how"),
                Term(f"program.{kind}.languages", {"language": spoken}),
                kind == chosen,
            )
            for kind in (chosen, *others)
        )
    )


def criteria_table(child: Child) -> CriteriaTable:
    """The four criteria of EC 313(f), the district's list and today's standing (APPC-08, D-08)."""
    newest = next(iter(child.yearly), None)
    rows = criteria.standing(
        grade=child.grade,
        newest=criteria.TestResult(newest.test, newest.administration, newest.level) if newest else None,
        on=child.on,
        alternate=child.plan is not None and child.plan.kind == "alternate",
    )
    return CriteriaTable(
        tuple(
            CriterionRow(
                Term(f"criterion.{row.criterion}"),
                _asked(row),
                _today(row),
                row.finding == criteria.MET,
            )
            for row in rows
        )
    )


def _asked(row: criteria.Standing) -> Value:
    if not row.asked:
        return Term("today.not_asked")
    said = [_ask(each) for each in row.asked]
    return said[0] if len(said) == 1 else Listing(said)


def _ask(asked: criteria.Asked) -> Term:
    cut: Value = asked.cut or Term("asks.not_set")
    match asked.item:
        case "level":
            rank = scales.rank(asked.test, Measure.OVERALL, asked.cut)
            return Term("asks.level", {"test": Term(f"test.{asked.test}"), "level": rank or asked.cut})
        case "celdt":
            return Term("asks.celdt")
        case "consultation":
            return Term("asks.meeting")
        case "optel":
            return Term("asks.optel", {"level": cut})
        case "sri" | "dibels" if not asked.cut:
            return Term(f"asks.{asked.item}_not_set")
        case item:
            return Term(f"asks.{item}", {"value": cut})


def _today(row: criteria.Standing) -> Value:
    match row.finding:
        case criteria.NOT_ASKED:
            return Term("today.not_asked")
        case criteria.MET | criteria.NOT_MET:
            rank = scales.rank(row.test, Measure.OVERALL, row.level)
            value = Term("value.level", {"level": rank}) if rank else level_term(row.test, Measure.OVERALL, row.level)
            return Term("today.met" if row.finding == criteria.MET else "today.not_yet", {"value": value})
        case criteria.LATER:
            return Term("today.teacher_later" if row.criterion == "teacher" else "today.invitation")
        case _:
            return Term("today.missing")


def put_iep(facts: Facts) -> None:
    """Whether there is an IEP, and how the program helps to meet its goals (item vii, APPC-07)."""
    iep = facts.child.iep
    facts.conditions["has_iep"] = iep is not None
    if iep is not None:
        facts.put(
            "iep_contribution",
            iep.detail,
            _("how the program helps to meet the goals of the IEP"),
            "flags",
            pk=facts.child.student.pk,
        )


def put_reply(facts: Facts) -> None:
    language = facts.child.student.language_of_letters
    facts.blocks["reply_box"] = ReplyBox(language_term(language) if language else "")
