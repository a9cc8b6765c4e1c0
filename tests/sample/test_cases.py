"""Every awkward case is there on purpose, and is what its name says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from django.db.models import QuerySet

from assessments.enums import ResultSource, Test
from district.enums import Grade
from elplan.sample.pupils import CASES, Dealer
from students.enums import ElStatus, FlagKind, ProgramKind, StatusSource
from students.models import Enrollment, LanguageStatus, Student
from tests.sample.conftest import Loader

pytestmark = pytest.mark.django_db  # the districts are loaded inside the test database
ON = date(2026, 11, 24)
SHOWN: dict[str, Callable[[Student], object]] = {}


def shows(*names: str) -> Callable[[Callable[[Student], object]], Callable[[Student], object]]:
    """The function says what must hold of each child with one of these cases."""

    def remember(check: Callable[[Student], object]) -> Callable[[Student], object]:
        SHOWN.update(dict.fromkeys(names, check))
        return check

    return remember


@pytest.fixture(scope="module")
def children(sample_of: Loader) -> Iterator[dict[str, list[Student]]]:
    """The awkward children by their case; the number dealt is the child's id."""
    with sample_of(students=1345, on=ON):
        found = defaultdict(list)
        for pupil in Dealer(1345, 1, ON).deal():
            if pupil.case:
                found[pupil.case].append(Student.objects.get(pk=pupil.number))
        yield dict(found)


@pytest.mark.parametrize("case", CASES)
def test_the_case_is_in_the_district(case: str, children: dict[str, list[Student]]) -> None:
    assert len(children[case]) == len(CASES[case].ranks)
    for child in children[case]:
        assert SHOWN[case](child), child


def test_there_is_a_pair_of_twins_under_one_roof(children: dict[str, list[Student]]) -> None:
    for one, two in zip(children["twins"], children["twin_of"], strict=True):
        assert (one.last_name, one.birth_date, one.grade) == (two.last_name, two.birth_date, two.grade)
        assert one.guardians.first().address == two.guardians.first().address


def test_no_case_goes_unlooked_at() -> None:
    assert set(SHOWN) == set(CASES)


def status(child: Student) -> str:
    row = LanguageStatus.objects.on(ON).filter(student=child).order_by("-sequence").first()
    return row.status if row else ""


def results(child: Student, *sources: ResultSource) -> QuerySet:
    return child.results.filter(source__in=sources or ResultSource.values)


@shows("late_test")
def is_late(child: Student) -> bool:
    waits_since = child.statuses.get(status=ElStatus.TBD).starts
    return status(child) == ElStatus.TBD and ON - waits_since > timedelta(days=30) and not results(child).exists()


@shows("test_due")
def is_due_soon(child: Student) -> bool:
    left = child.statuses.get(status=ElStatus.TBD).starts + timedelta(days=30) - ON
    return timedelta(0) <= left <= timedelta(days=8) and not results(child).exists()


@shows("local_only")
def awaits_the_state(child: Student) -> bool:
    return status(child) == ElStatus.TBD and [row.source for row in results(child)] == [ResultSource.LOCAL]


@shows("official_differs")
def the_state_says_otherwise(child: Student) -> bool:
    local, official = results(child, ResultSource.LOCAL).get(), results(child, ResultSource.STATE_FILE).get()
    return (local.level, official.level, status(child)) == ("intermediate_el", "ifep", ElStatus.IFEP)


@shows("records_open", "records_late", "records_in_part")
def waits_for_records(child: Student) -> bool:
    request = child.records_requests.get()
    return request.entered_on is None and child.statuses.get().is_provisional


@shows("no_survey")
def has_no_survey(child: Student) -> bool:
    return not child.surveys.exists() and not child.statuses.exists()


@shows("unsigned")
def has_no_signature(child: Student) -> bool:
    return child.surveys.get().signed_on is None and status(child) == ElStatus.TBD


@shows("incomplete")
def has_blank_answers(child: Student) -> bool:
    return not child.surveys.get().is_complete


@shows("question_4")
def speaks_another_language_in_question_4_only(child: Student) -> bool:
    survey = child.surveys.get()
    return survey.question_4.counts and not survey.question_1.counts and status(child) == ElStatus.EO


@shows("sign_language")
def signs(child: Student) -> bool:
    return child.surveys.get().question_2.name == "American Sign Language" and status(child) == ElStatus.EO


@shows("tk_other_language")
def is_in_tk(child: Student) -> bool:
    return child.grade == Grade.TK and status(child) == ElStatus.TBD and not results(child).exists()


@shows("amended")
def was_amended(child: Student) -> bool:
    return child.surveys.count() == 2 and child.statuses.filter(source=StatusSource.CORRECTION, correction="1").exists()


@shows("correction_a")
def was_doubted(child: Student) -> bool:
    return [row.status for row in child.statuses.order_by("sequence")][:2] == [ElStatus.EO, ElStatus.TBD]


@shows("correction_b")
def should_not_have_been_tested(child: Student) -> bool:
    last = child.statuses.order_by("sequence").last()
    return (last.status, last.correction) == (ElStatus.EO, "4")


@shows("correction_c")
def was_reviewed(child: Student) -> bool:
    last = child.statuses.order_by("sequence").last()
    return (last.status, last.correction) == (ElStatus.IFEP, "5")


@shows("two_languages")
def lives_with_one_parent_and_two_languages(child: Student) -> bool:
    survey = child.surveys.get()
    return child.guardians.count() == 1 and len({answer.pk for answer in survey.answers}) == 2


@shows("no_translation")
def speaks_a_language_without_letters(child: Student) -> bool:
    return child.language_of_letters.tag not in ("en", "es", "pa")


@shows("english_letters")
def wants_english_letters(child: Student) -> bool:
    return child.language_of_letters.name == "English" and child.primary_language.name != "English"


@shows("twins", "twin_of")
def has_a_twin(child: Student) -> bool:
    return Student.objects.filter(last_name=child.last_name, birth_date=child.birth_date).count() == 2


@shows("one_name")
def has_one_name(child: Student) -> bool:
    return child.first_name == "" and child.name == child.called == child.last_name


@shows("apostrophe")
def has_apostrophes(child: Student) -> bool:
    return "'" in child.last_name and "'" in child.first_name


@shows("hyphens")
def has_hyphens_and_accents(child: Student) -> bool:
    return child.search_key == "nunez iniguez ana sofia"


@shows("no_scores")
def has_no_scores(child: Student) -> bool:
    return (
        not results(child, ResultSource.STATE_FILE, ResultSource.RECORDS).filter(test__startswith="summative").exists()
    )


@shows("alternate")
def takes_the_alternate_test(child: Student) -> bool:
    return child.test_plans.get().kind == "alternate" and child.flags.filter(kind=FlagKind.IEP).exists()


@shows("partial_test")
def is_tested_without_a_domain(child: Student) -> bool:
    last = child.results.filter(test=Test.SUMMATIVE_ELPAC).order_by("-tested_on").first()
    return child.test_plans.get().kind == "partial" and last.scores.get(measure="speaking").is_exempt


@shows("iep_no_detail")
def has_an_iep_without_its_sentence(child: Student) -> bool:
    return child.flags.get(kind=FlagKind.IEP).detail == ""


@shows("declined")
def declines_services(child: Student) -> bool:
    placement = child.placements.get(ends=None)
    return placement.program.kind == ProgramKind.DECLINED and bool(placement.reason)


@shows("parent_choice")
def was_placed_otherwise(child: Student) -> bool:
    return all(placement.reason for placement in child.placements.all() if placement.program != placement.recommended)


@shows("unplaced")
def has_no_placement(child: Student) -> bool:
    return status(child) == ElStatus.EL and not child.placements.exists()


@shows("retained")
def repeated_a_grade(child: Student) -> bool:
    grades = list(Enrollment.objects.filter(student=child).values_list("grade", flat=True))
    return len(grades) == len(set(grades)) + 1


@shows("rfep_from_records")
def came_reclassified(child: Student) -> bool:
    return child.statuses.get(status=ElStatus.RFEP).source == StatusSource.RECORDS


@shows("no_ssid")
def waits_for_an_ssid(child: Student) -> bool:
    return child.ssid is None
