"""Local scores: entered, refused, put back, and beside them the state's."""

from datetime import date

import pytest

from assessments import actions, rules, scales
from assessments.enums import Test
from assessments.models import Result
from district import entries
from district.models import Entry
from district.refusal import NotAllowed, Refusal
from students.models import Enrollment, Flag
from students.queries import status_of

D = date.fromisoformat


@pytest.mark.plan("MP1-12", "MP1-24")
def test_a_local_score_is_provisional_and_moves_no_status(to_be_tested, score_locally, edda):
    child = to_be_tested()
    result = score_locally(
        child, 402, scores={"overall": actions.Given(402), "oral_language": actions.Given(level="2")}
    )
    assert (result.level, result.source, result.administration, result.examiner) == (
        "intermediate_el",
        "local",
        "2026-27",
        edda,
    )
    assert [(score.measure, score.scale_score, score.level) for score in result.scores.order_by("measure")] == [
        ("oral_language", None, "2"),
        ("overall", 402, "intermediate_el"),
    ]
    assert rules.provisional(level=result.level).outcome == "EL"
    assert status_of(child, D("2026-12-01")).status == "TBD"


@pytest.mark.plan("MP1-24")
def test_local_and_official_result_stand_beside_each_other(to_be_tested, score_locally, from_state):
    child = to_be_tested()
    score_locally(child, 402)
    from_state(child, "ifep", 455)
    assert set(Result.objects.filter(student=child).values_list("source", "level")) == {
        ("local", "intermediate_el"),
        ("state_file", "ifep"),
    }
    assert status_of(child, D("2026-12-01")).status == "IFEP"


def test_a_score_outside_the_scale_is_refused_with_its_limits(to_be_tested, score_locally):
    with pytest.raises(
        scales.OutOfScale,
        match=r"149 is not a score of Initial ELPAC, kindergarten, overall: scores go from 150 to 600",
    ) as refused:
        score_locally(to_be_tested(), 149)
    assert refused.value.field == "overall"
    assert not Result.objects.exists()


@pytest.mark.plan("MP1-23")
def test_only_an_examiner_of_the_school_gives_the_test(to_be_tested, score_locally, emil):
    with pytest.raises(Refusal, match="was not a test examiner of Alder School on Tue 10 Nov 2026"):
        score_locally(to_be_tested(), examiner=emil)


def test_an_examiner_of_another_school_may_not_enter_it(to_be_tested, score_locally, emil):
    with pytest.raises(NotAllowed):
        score_locally(to_be_tested(), by=emil)


def test_a_child_without_a_survey_is_not_tested(enroll, score_locally):
    with pytest.raises(Refusal, match="There is no Home Language Survey"):
        score_locally(enroll())


def test_a_child_who_is_english_only_is_not_tested(to_be_tested, score_locally):
    with pytest.raises(Refusal, match="is English only since Mon 2 Nov 2026 and does not take the Initial test"):
        score_locally(to_be_tested("00"))


def test_the_test_is_scored_once(to_be_tested, score_locally):
    child = to_be_tested()
    score_locally(child)
    with pytest.raises(Refusal, match="The local score of Tue 10 Nov 2026 is entered already"):
        score_locally(child, 460)


def test_a_local_score_is_not_needed_after_the_official_one(to_be_tested, score_locally, from_state):
    child = to_be_tested()
    from_state(child, "novice_el", 300, sets_status=False)
    with pytest.raises(Refusal, match="The official result is in already: Novice English Learner"):
        score_locally(child)


def test_there_is_no_test_in_transitional_kindergarten(to_be_tested, score_locally):
    with pytest.raises(Refusal, match="There is no English test in transitional kindergarten"):
        score_locally(to_be_tested(grade="TK", birth_date=D("2022-03-09")))


def test_the_yearly_test_is_not_scored_at_the_school(to_be_tested, score_locally):
    with pytest.raises(Refusal, match="Summative ELPAC is not scored at the school"):
        score_locally(to_be_tested(), test=Test.SUMMATIVE_ELPAC)


@pytest.mark.parametrize(
    ("tested_on", "refused"),
    [
        ("2026-07-01", None),
        ("2026-08-11", None),
        ("2026-06-30", "is too early: children who begin on Wed 12 Aug 2026 are tested from Wed 1 Jul 2026 on"),
    ],
)
def test_children_who_begin_with_the_year_may_be_tested_in_the_summer(to_be_tested, score_locally, tested_on, refused):
    child = to_be_tested(starts=D("2026-08-12"))
    if refused is None:
        assert score_locally(child, tested_on=D(tested_on)).administration == "2026-27"
        return
    with pytest.raises(Refusal, match=refused):
        score_locally(child, tested_on=D(tested_on))


def test_a_child_who_comes_during_the_year_is_not_tested_before_it_came(to_be_tested, score_locally):
    child = to_be_tested(starts=D("2026-11-02"))
    with pytest.raises(Refusal, match="is too early: children who begin on Mon 2 Nov 2026"):
        score_locally(child, tested_on=D("2026-10-30"))


def test_a_test_after_the_child_has_left_is_refused(to_be_tested, score_locally):
    child = to_be_tested()
    Enrollment.objects.update(ends=D("2026-11-05"))
    with pytest.raises(Refusal, match="was not enrolled on Tue 10 Nov 2026"):
        score_locally(child)


class TestPlans:
    @pytest.mark.plan("MP1-19", "MP1-21")
    def test_the_alternate_test_needs_the_iep_teams_word(self, to_be_tested, score_locally):
        with pytest.raises(Refusal, match="No IEP team has chosen the Alternate ELPAC"):
            score_locally(to_be_tested(), 150, test=Test.INITIAL_ALTERNATE_ELPAC)

    @pytest.mark.plan("MP1-19", "MP1-20", "MP1-21")
    def test_the_iep_teams_choice_binds_the_test(self, to_be_tested, score_locally, rosa):
        child = to_be_tested()
        Flag.objects.create(student=child, kind="iep", starts=D("2026-11-02"))
        actions.plan_test(
            by=rosa,
            student=child,
            kind="alternate",
            in_iep_since=D("2026-11-03"),
            starts=D("2026-11-03"),
            accommodations="breaks, large print",
        )
        with pytest.raises(Refusal, match="has chosen the Alternate ELPAC for .*, from Tue 3 Nov 2026 on"):
            score_locally(child, 402)
        result = score_locally(child, 150, test=Test.INITIAL_ALTERNATE_ELPAC)
        assert result.level == "intermediate_el"


class TestPuttingBack:
    def test_a_local_score_is_put_back_with_a_trace(self, to_be_tested, score_locally, edda):
        score_locally(to_be_tested())
        entry = Entry.objects.get(kind="local_result")
        entries.put_back(entry.pk, by=edda, reason="wrong child")
        assert not Result.objects.exists()

    def test_not_after_the_family_was_told(self, to_be_tested, score_locally, issued, edda):
        child = to_be_tested()
        result = score_locally(child)
        issued(child, "initial", f"result {result.pk}", D("2026-11-12"), is_preliminary=True)
        with pytest.raises(Refusal, match="The family was told this result on Thu 12 Nov 2026, letter VC-000001"):
            entries.put_back(Entry.objects.get(kind="local_result").pk, by=edda, reason="wrong child")
        assert Result.objects.count() == 1


@pytest.mark.plan("MP1-17")
class TestScoreReports:
    def test_the_day_of_giving_is_noted_for_many_at_once(self, english_learner, from_state, marisela):
        results = [
            from_state(english_learner(), "3", 1500, test="summative_elpac", sets_status=False) for _ in range(3)
        ]
        noted = actions.record_reports_given(by=marisela, results=[row.pk for row in results], on=D("2026-11-24"))
        assert [(row.told_on, row.told_by) for row in noted] == [(D("2026-11-24"), marisela)] * 3
        again = actions.record_reports_given(by=marisela, results=[row.pk for row in results], on=D("2026-11-30"))
        assert again == []
        entries.put_back(Entry.objects.get(kind="score_reports_given").pk, by=marisela, reason="not yet")
        assert set(Result.objects.values_list("told_on", flat=True)) == {None}

    def test_not_before_the_district_had_them(self, english_learner, from_state, marisela):
        result = from_state(english_learner(), "3", 1500, test="summative_elpac", sets_status=False)
        with pytest.raises(Refusal, match="The district got the result of .* on Fri 20 Nov 2026"):
            actions.record_reports_given(by=marisela, results=[result.pk], on=D("2026-11-19"))

    def test_not_for_a_child_of_another_school(self, english_learner, from_state, nadia):
        result = from_state(english_learner(), "3", 1500, test="summative_elpac", sets_status=False)
        with pytest.raises(NotAllowed):
            actions.record_reports_given(by=nadia, results=[result.pk], on=D("2026-11-24"))
