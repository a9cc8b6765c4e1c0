"""Giving tests on PostgreSQL: the register of examiners, the yearly test in its window, plans, and results told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from assessments import actions
from assessments.duties.notices import results_letter_rows
from assessments.enums import Test
from assessments.models import Result, Sitting, Support, TestPlan, TestWindow, Training
from assessments.queries import testing as found
from assessments.rules import windows as rules
from district import entries
from district.calendar import Period
from district.duties import duties
from district.enums import DayKind, Role
from district.models import Entry, NonSchoolDay, RoleAssignment
from district.queries import period, school_calendar
from district.refusal import NotAllowed, Refusal
from students import actions as students
from students.enums import FlagKind
from tests.district.conftest import person

D = date.fromisoformat
OPENS, CLOSES = D("2027-02-01"), D("2027-05-31")
DAY = D("2027-03-09")


@pytest.fixture
def coordinator(facts_of_law):
    return person("cora", Role.EXAMINER)


@pytest.fixture
def window(rosa, calendar):
    return [
        actions.set_window(
            by=rosa, test=test, administration="2026-27", opens=OPENS, closes=CLOSES, source="state calendar"
        )
        for test in found.YEARLY_ELPAC
    ]


@pytest.fixture
def with_iep(rosa):
    def make(child, **given):
        students.set_flag(by=rosa, student=child, kind=FlagKind.IEP, starts=D("2026-08-12"))
        plan = {"kind": "full", "starts": D("2026-09-01"), "in_iep_since": D("2026-09-01"), **given}
        return actions.plan_test(by=rosa, student=child, **plan)

    return make


def note(by, child, outcome="taken", on=DAY, **given):
    given.setdefault("examiner", by if outcome in ("taken", "partial") else None)
    return actions.note_sitting(by=by, student=child, outcome=outcome, on=on, **given)


def how(child, on=DAY):
    return found.yearly_tests(on).get(student=child).outcome


def waiting(rule, on, **where):
    return [duty for duty in duties(as_of=on, rule_ids=[rule]) if not duty.done]


class TestRegister:
    @pytest.mark.plan("MP1-23")
    def test_who_was_not_trained_on_the_day_scores_nothing(self, to_be_tested, score_locally, edda, alder):
        child = to_be_tested()
        Training.objects.filter(test=Test.INITIAL_ELPAC).update(expires_on=D("2026-11-09"))
        other = person("otto", (Role.EXAMINER, alder))
        Training.objects.create(
            user=other,
            test=Test.INITIAL_ELPAC,
            trained_on=D("2026-08-01"),
            expires_on=D("2027-08-01"),
            given_by="county",
            recorded_by=other,
        )
        with pytest.raises(Refusal) as refused:
            score_locally(child)
        assert "The training ended on Mon 9 Nov 2026." in refused.value.message
        assert "Otto Example (Trained until Sun 1 Aug 2027)" in refused.value.mend
        assert score_locally(child, tested_on=D("2026-11-09")).examiner == edda

    @pytest.mark.plan("MP1-23")
    def test_a_training_is_good_for_a_year_unless_its_paper_says_otherwise(self, coordinator, edda):
        row = actions.record_training(
            by=coordinator, user=edda, tests=[Test.INITIAL_ELPAC], trained_on=D("2026-11-20"), given_by="county"
        )[0]
        assert row.expires_on == D("2027-11-20")
        with pytest.raises(Refusal, match="entered already"):
            actions.record_training(
                by=coordinator, user=edda, tests=[Test.INITIAL_ELPAC], trained_on=D("2026-11-20"), given_by="county"
            )
        entries.put_back(Entry.objects.get(kind=actions.TRAINING).pk, by=coordinator, reason="wrong person")
        assert not Training.objects.filter(pk=row.pk).exists()

    def test_it_is_kept_by_the_coordinator_of_the_district(self, edda, marisela, coordinator):
        facts = {"tests": [Test.INITIAL_ELPAC], "trained_on": D("2026-11-20"), "given_by": "county"}
        with pytest.raises(NotAllowed):
            actions.record_training(by=edda, user=edda, **facts)
        with pytest.raises(Refusal, match="is no test examiner"):
            actions.record_training(by=coordinator, user=marisela, **facts)

    def test_a_training_stays_where_a_score_stands_on_it(self, coordinator, edda, to_be_tested, score_locally):
        Training.objects.all().delete()
        actions.record_training(
            by=coordinator, user=edda, tests=[Test.INITIAL_ELPAC], trained_on=D("2026-08-01"), given_by="county"
        )
        score_locally(to_be_tested())
        with pytest.raises(Refusal, match="by this training"):
            entries.put_back(Entry.objects.get(kind=actions.TRAINING).pk, by=coordinator, reason="wrong day")

    def test_duties_of_the_register(self, edda, emil, to_be_tested, alder, birch):
        on = D("2026-11-24")
        assert not waiting("examiner_missing", on)
        assert not waiting("training_ends", on)
        to_be_tested()
        Training.objects.filter(user=edda).update(expires_on=on + timedelta(days=60))
        ends = waiting("training_ends", on)
        assert [(duty.subject, duty.due) for duty in ends] == [("Edda Example", on + timedelta(days=60))]
        assert not waiting("training_ends", on - timedelta(days=1))
        assert not waiting("examiner_missing", on)
        Training.objects.filter(user=edda).update(expires_on=D("2026-11-13"))
        missing = waiting("examiner_missing", on)
        assert [(duty.school_id, duty.starts) for duty in missing] == [(alder.pk, D("2026-11-13"))]
        assert missing[0].due == D("2026-11-20")
        assert "the last training ended on Fri 13 Nov 2026" in missing[0].why
        RoleAssignment.objects.filter(user=edda).delete()
        assert len(waiting("examiner_missing", on)) == 1
        assert not waiting("training_ends", on)


class TestWindows:
    @pytest.mark.plan("MP5-16")
    def test_the_district_sets_it_from_the_states_calendar(self, coordinator, edda, calendar):
        facts = {"test": Test.SUMMATIVE_ELPAC, "administration": "2026-27", "source": "state calendar"}
        with pytest.raises(NotAllowed):
            actions.set_window(by=edda, opens=OPENS, closes=CLOSES, **facts)
        with pytest.raises(Refusal, match="not in the school year"):
            actions.set_window(by=coordinator, opens=OPENS, closes=D("2027-07-01"), **facts)
        with pytest.raises(Refusal, match="close before it opens"):
            actions.set_window(by=coordinator, opens=CLOSES, closes=OPENS, **facts)
        actions.set_window(by=coordinator, opens=OPENS, closes=CLOSES, **facts)
        actions.set_window(by=coordinator, opens=D("2027-02-08"), closes=CLOSES, **facts)
        assert TestWindow.objects.get().opens == D("2027-02-08")
        entries.put_back(Entry.objects.filter(kind=actions.WINDOW).latest("pk").pk, by=coordinator, reason="mistyped")
        assert TestWindow.objects.get().opens == OPENS

    def test_a_year_without_one_is_a_duty_until_it_is_set(self, rosa, letterhead, calendar):
        assert [duty.due for duty in waiting("test_window", D("2026-11-24"))] == [OPENS]
        assert not waiting("test_window", D("2026-08-11"))
        actions.set_window(
            by=rosa, test=Test.SUMMATIVE_ELPAC, administration="2026-27", opens=OPENS, closes=CLOSES, source="state"
        )
        assert not waiting("test_window", D("2026-11-24"))

    def test_nothing_is_noted_outside_of_it(self, english_learner, edda, window):
        child = english_learner()
        for day in (OPENS - timedelta(days=1), CLOSES + timedelta(days=1)):
            with pytest.raises(Refusal, match="The window"):
                note(edda, child, on=day)
        assert note(edda, child, on=OPENS)


class TestYearlyTest:
    @pytest.mark.plan("MP1-16")
    def test_from_waiting_to_the_states_result(self, english_learner, edda, window, from_state):
        child = english_learner()
        assert how(child) == rules.WAITS
        note(edda, child, "absent", on=D("2027-03-02"))
        assert how(child) == rules.ABSENT
        note(edda, child, "partial", on=D("2027-03-03"), reason="Went home ill.")
        assert how(child) == rules.PARTIAL
        note(edda, child)
        assert how(child) == rules.TAKEN
        with pytest.raises(Refusal, match="noted already: taken"):
            note(edda, child, on=DAY + timedelta(days=1))
        entries.put_back(Entry.objects.filter(kind=actions.SITTING).latest("pk").pk, by=edda, reason="another child")
        assert how(child) == rules.PARTIAL
        from_state(
            child, "3", 1520, test=Test.SUMMATIVE_ELPAC, tested_on=DAY, received_on=D("2027-04-01"), sets_status=False
        )
        assert how(child) == rules.PARTIAL  # not known yet
        assert how(child, D("2027-04-01")) == rules.TAKEN
        with pytest.raises(Refusal, match="The state has the result"):
            note(edda, child, on=D("2027-04-02"))

    @pytest.mark.plan("MP1-16")
    def test_exempt_is_never_noted_of_many_and_needs_its_reason(self, english_learner, edda, window):
        one, two = english_learner(), english_learner()
        with pytest.raises(Refusal, match="reason of its own"):
            actions.note_sittings(by=edda, students=[one.pk, two.pk], outcome="exempt", on=DAY, reason="in hospital")
        with pytest.raises(Refusal, match="reason is missing"):
            note(edda, one, "exempt", reason="  ")
        note(edda, one, "exempt", reason="In hospital until June.")
        assert found.yearly_tests(DAY).get(student=one).exempt_why == "In hospital until June."
        assert [duty.student_id for duty in waiting("annual_test", DAY)] == [two.pk]

    @pytest.mark.plan("MP1-16", "X-15")
    def test_who_is_in_it(self, english_learner, enroll, to_be_tested, edda, window):
        here = english_learner()
        late = english_learner(since="2027-03-05")
        tk = english_learner(grade="TK", starts=D("2026-08-12"), birth_date=D("2022-10-01"))
        to_be_tested()
        gone = english_learner()
        students.end_enrollment(
            by=person("rex", Role.EL_ADMINISTRATOR), student=gone, last_day=D("2027-02-20"), reason="moved"
        )
        assert set(found.yearly_tests(DAY).values_list("student", flat=True)) == {here.pk, late.pk}
        assert tk.pk not in found.yearly_tests(DAY).values_list("student", flat=True)
        by_child = {duty.student_id: duty for duty in duties(as_of=DAY, rule_ids=["annual_test"])}
        assert set(by_child) == {here.pk, late.pk}
        assert (by_child[here.pk].starts, by_child[here.pk].due) == (OPENS, CLOSES)
        assert by_child[late.pk].starts == D("2027-03-05")
        assert not list(duties(as_of=OPENS - timedelta(days=1), rule_ids=["annual_test"]))
        over = {duty.student_id: duty.state for duty in duties(as_of=D("2027-06-02"), rule_ids=["annual_test"])}
        assert over == {here.pk: "late", late.pk: "late"}

    @pytest.mark.plan("X-07", "MP1-19")
    def test_the_ieps_choice_is_the_alternate(self, english_learner, with_iep, edda, window):
        child = english_learner()
        with_iep(child, kind="alternate")
        assert note(edda, child).test == Test.SUMMATIVE_ALTERNATE_ELPAC

    @pytest.mark.plan("MP1-21")
    def test_no_test_is_complete_before_the_iep_says_so(self, english_learner, with_iep, edda, rosa, window):
        child = english_learner()
        with_iep(child, kind="partial", left_out=["speaking"], in_iep_since=None)
        with pytest.raises(Refusal, match="the IEP does not say it yet"):
            note(edda, child)
        assert [duty.student_id for duty in waiting("test_plan_in_iep", DAY)] == [child.pk]
        note(edda, child, "absent")  # that needs no plan
        actions.document_plan(by=rosa, student=child, in_iep_since=DAY)
        assert not waiting("test_plan_in_iep", DAY)
        assert note(edda, child)
        with pytest.raises(Refusal, match="tested on"):
            entries.put_back(Entry.objects.get(kind=actions.DOCUMENTED).pk, by=rosa, reason="mistyped")

    def test_many_at_once_those_who_may_the_others_with_why(self, english_learner, with_iep, edda, window):
        well, unwritten = english_learner(), english_learner()
        with_iep(unwritten, in_iep_since=None)
        noted = actions.note_sittings(by=edda, students=[well.pk, unwritten.pk], outcome="taken", on=DAY, examiner=edda)
        assert [row.student_id for row in noted.rows] == [well.pk]
        assert [child.pk for child, _why in noted.refused] == [unwritten.pk]

    def test_another_schools_child_is_out_of_sight(self, english_learner, emil, window):
        child = english_learner()
        with pytest.raises(NotAllowed):
            note(emil, child)
        assert not Sitting.objects.exists()


class TestPlans:
    @pytest.mark.plan("MP1-20", "MP3-12", "MP3-13")
    def test_supports_come_from_the_list_and_other_tests_are_chosen(self, english_learner, with_iep, rosa):
        child = english_learner()
        own = actions.add_support(by=rosa, name="Quiet room of the library", kind="unsorted", source="IEP handbook")
        plan = with_iep(
            child,
            kind="alternate",
            supports=[own.code],
            caaspp="alternate",
            benchmarks="alternate",
            benchmarks_instead="Portfolio",
        )
        assert found.plans_on([child.pk], DAY)[child.pk].named == ["Quiet room of the library"]
        assert (plan.caaspp, plan.benchmarks_instead) == ("alternate", "Portfolio")
        with pytest.raises(Refusal, match="A test plan names it"):
            entries.put_back(Entry.objects.get(kind=actions.SUPPORT).pk, by=rosa, reason="twice")
        with pytest.raises(Refusal, match="in no list"):
            with_iep(english_learner(), supports=["nothing-known"])
        with pytest.raises(Refusal, match="in place of the tests"):
            with_iep(english_learner(), benchmarks="alternate")

    @pytest.mark.plan("MP1-20")
    def test_the_states_file_tells_accommodations_and_supports_apart(self, facts_of_law):
        from assessments.loaders import load_supports

        load_supports()
        kinds = dict(Support.objects.values_list("code", "kind"))
        assert kinds["nea-braille"] == "accommodation"
        assert kinds["neds-separate-setting"] == "designated"
        assert all("column" in source for source in Support.objects.values_list("source", flat=True))

    @pytest.mark.plan("MP1-21")
    def test_the_yearly_review_is_a_duty_and_a_new_iep_ends_it(self, english_learner, with_iep, rosa):
        child = english_learner()
        with_iep(child, review_by=D("2027-03-20"), kind="partial", left_out=["speaking"])
        assert not waiting("test_plan_review", D("2027-02-17"))
        assert [duty.due for duty in waiting("test_plan_review", D("2027-02-18"))] == [D("2027-03-20")]
        with pytest.raises(Refusal, match="yearly review would be"):
            actions.document_plan(by=rosa, student=child, in_iep_since=D("2027-03-10"), review_by=D("2028-03-11"))
        actions.document_plan(by=rosa, student=child, in_iep_since=D("2027-03-10"))
        assert not waiting("test_plan_review", D("2027-03-20"))
        done = [duty for duty in duties(as_of=D("2027-03-20"), rule_ids=["test_plan_review"]) if duty.done]
        assert [duty.on_time for duty in done] == [True]
        newest, before = TestPlan.objects.filter(student=child).order_by("-starts")
        assert (newest.kind, newest.left_out, newest.review_by) == ("partial", before.left_out, D("2028-03-10"))
        entries.put_back(Entry.objects.get(kind=actions.DOCUMENTED).pk, by=rosa, reason="another child's")
        assert TestPlan.objects.get(student=child).ends is None


@pytest.mark.plan("MP1-17")
def test_the_query_and_the_rule_name_the_same_day_for_results(english_learner, from_state, alder, rosa):
    """Every edge of the clock: instruction, weekend, holiday, summer, a year that is not open."""
    NonSchoolDay.objects.create(day=D("2026-08-31"), name="Admission Day", is_holiday=True)
    days = ["2026-06-03", "2026-06-04", "2026-06-05", "2026-06-06", "2026-07-04", "2026-08-11", "2026-08-12"]
    days += ["2026-08-15", "2026-08-31", "2026-11-24"]
    on = D("2026-11-24")
    for day in days:
        from_state(
            english_learner(),
            "3",
            1520,
            test=Test.SUMMATIVE_ELPAC,
            administration="2025-26",
            tested_on=D("2026-03-10"),
            received_on=D(day),
            sets_status=False,
        )
    during, after = period("SA-02", on), period("SA-03", on)
    assert (during, after) == (
        Period(30, DayKind.CALENDAR, during.code, during.source),
        Period(15, DayKind.BUSINESS, after.code, after.source),
    )
    calendar = school_calendar(alder)
    by_query = dict(results_letter_rows(on).values_list("received_on", "d_due"))
    assert by_query == {D(day): rules.told_by(D(day), calendar, during=during, after=after).due for day in days}
    assert by_query[D("2026-06-05")] == D("2026-09-03")  # the holiday is not counted
    assert Result.objects.count() == len(days)
