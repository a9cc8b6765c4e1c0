"""Duties of tests, placements and notices: open, late, done, as of another day; the awkward children."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments import actions, duties, queries
from district.duties import Duty, State
from district.duties import duties as find
from district.enums import Role
from district.models import SchoolYear
from students import actions as students
from students.models import Enrollment, HomeLanguageSurvey, LanguageStatus, Student
from students.models.student import search_key
from students.queries import clock_of

D = date.fromisoformat
IDS = [rule.id for rule in duties.RULES]


def rows(rule: str, as_of: str, **asked) -> list[Duty]:
    return find(as_of=D(as_of), rule_ids=[rule], **asked).page()


def one(rule: str, as_of: str) -> Duty:
    found = rows(rule, as_of)
    assert len(found) == 1, found
    return found[0]


class TestInitialTest:
    @pytest.mark.plan("MP1-13", "MP1-22")
    @pytest.mark.parametrize(
        ("as_of", "state", "days_left"),
        [("2026-11-02", "open", 30), ("2026-12-02", "open", 0), ("2026-12-03", "late", -1)],
    )
    def test_thirty_calendar_days_from_enrollment(self, to_be_tested, as_of, state, days_left):
        child = to_be_tested()
        duty = one("initial_test", as_of)
        assert (duty.student_id, duty.state, duty.due, duty.days_left) == (child.pk, state, D("2026-12-02"), days_left)
        assert duty.why == "30 calendar days from enrollment on Mon 2 Nov 2026."
        assert duty.rule.owner == Role.EXAMINER

    def test_nothing_before_enrollment(self, to_be_tested):
        to_be_tested()
        assert rows("initial_test", "2026-11-01") == []

    @pytest.mark.plan("MP1-13")
    def test_done_with_the_day_of_the_test(self, to_be_tested, score_locally):
        score_locally(to_be_tested(), tested_on=D("2026-12-04"))
        duty = one("initial_test", "2026-12-10")
        assert (duty.state, duty.done, duty.on_time) == (State.DONE, D("2026-12-04"), False)

    def test_open_still_on_a_day_before_the_test(self, to_be_tested, score_locally):
        score_locally(to_be_tested(), tested_on=D("2026-11-30"))
        assert one("initial_test", "2026-11-15").state == State.OPEN

    def test_a_test_given_in_part_leaves_it_open(self, to_be_tested, from_state):
        from_state(to_be_tested(), "", attempted="P")
        assert one("initial_test", "2026-11-25").state == State.OPEN

    def test_not_in_transitional_kindergarten_until_kindergarten_begins(self, to_be_tested, rosa):
        child = to_be_tested(grade="TK", birth_date=D("2022-05-01"), starts=D("2026-08-12"))
        assert rows("initial_test", "2026-11-24") == []
        Enrollment.objects.filter(student=child).update(ends=D("2027-06-03"))
        SchoolYear.objects.create(name="2027-28", first_day=D("2027-08-11"), last_day=D("2028-06-02"))
        Enrollment.objects.create(student=child, school=child.school, grade="KN", starts=D("2027-08-11"))
        duty = one("initial_test", "2027-08-20")
        assert (duty.starts, duty.due) == (D("2027-08-11"), D("2027-09-10"))

    def test_a_transfer_whose_records_are_awaited_has_the_clock_of_our_first_day(self, enroll):
        enroll(
            origin="california", former_district="Río Alto Unified", first_california_on=D("2022-08-15"), grade="04",
            birth_date=D("2017-02-02"),
        )  # fmt: skip
        duty = one("initial_test", "2026-11-24")
        assert duty.due == D("2026-12-02")
        assert duty.why.endswith("A status in the records of the former district ends this clock.")

    def test_an_earlier_enrollment_in_california_starts_the_clock(self, to_be_tested):
        to_be_tested(first_california_on=D("2026-10-20"))
        duty = one("initial_test", "2026-11-24")
        assert (duty.due, duty.state) == (D("2026-11-19"), State.LATE)
        assert "first enrollment in California on Tue 20 Oct 2026" in duty.why

    def test_a_corrected_survey_starts_a_working_clock_and_shows_the_laws_day(self, to_be_tested, rosa):
        child = to_be_tested("00")
        punjabi = child.surveys.get().question_1.__class__.objects.get(pk="28")
        students.record_survey(
            by=rosa,
            student=child,
            answers=[punjabi] * 4,
            answered_on=D("2026-11-12"),
            reason="parent_amendment",
        )
        duty = one("initial_test", "2026-11-24")
        assert (duty.starts, duty.due) == (D("2026-11-12"), D("2026-12-12"))
        assert duty.why.endswith("The law's own day is Wed 2 Dec 2026.")

    def test_twins_have_a_duty_each(self, to_be_tested):
        to_be_tested(first_name="Simran", local_id="900001")
        to_be_tested(first_name="Harman", local_id="900002")
        found = rows("initial_test", "2026-11-24")
        assert {(duty.subject, duty.facts["local_id"]) for duty in found} == {
            ("Simran Gill", "900001"),
            ("Harman Gill", "900002"),
        }

    def test_the_school_is_that_of_the_day(self, to_be_tested, rosa, birch, alder):
        child = to_be_tested(grade="06", birth_date=D("2014-05-05"))
        students.transfer_student(by=rosa, student=child, school=birch, grade="07", starts=D("2026-11-16"))
        assert one("initial_test", "2026-11-10").school_id == alder.pk
        assert one("initial_test", "2026-11-20").school_id == birch.pk

    def test_a_child_who_left_has_no_duty(self, to_be_tested):
        to_be_tested()
        Enrollment.objects.update(ends=D("2026-11-10"))
        assert rows("initial_test", "2026-11-24") == []


class TestTheClockIsOne:
    """The query and the rule for one child say the same."""

    @pytest.mark.parametrize(
        "given",
        [
            {},
            {"first_california_on": D("2026-10-20")},
            {"first_california_on": D("2026-06-30")},
            {"first_california_on": D("2026-07-01")},
            {"first_california_on": D("2026-11-02")},
            {"first_california_on": D("2025-08-13"), "grade": "02", "birth_date": D("2019-03-09")},
            {"grade": "TK", "birth_date": D("2022-05-01")},
        ],
    )
    def test_for_children_of_every_kind(self, to_be_tested, given):
        child = to_be_tested(**given)
        clock = clock_of(child, D("2026-11-24"))
        row = queries.clocks(D("2026-11-24")).get(student=child)
        assert (row.starts_on, row.due_on, row.law_due) == (clock.starts, clock.due, clock.lawful_due)


class TestBeforeTest:
    @pytest.mark.plan("MP1-13")
    def test_five_school_days_after_the_survey(self, to_be_tested, issued):
        child = to_be_tested()
        duty = one("before_test_notice", "2026-11-06")
        assert (duty.due, duty.state) == (D("2026-11-09"), State.OPEN)
        assert duty.why == "The survey of Mon 2 Nov 2026 names another language; the test is due by Wed 2 Dec 2026."
        issued(child, "before_test", f"survey {child.surveys.get().pk}", D("2026-11-06"))
        assert one("before_test_notice", "2026-11-24").state == State.DONE
        assert one("before_test_notice", "2026-11-05").state == State.OPEN

    def test_none_after_the_test_none_while_records_are_awaited(self, to_be_tested, score_locally, enroll):
        score_locally(to_be_tested())
        enroll(origin="california", former_district="Río Alto Unified")
        assert rows("before_test_notice", "2026-11-24") == []


class TestInitialNotice:
    @pytest.mark.plan("MP1-24")
    def test_it_shares_the_thirty_days_of_the_test(self, to_be_tested, score_locally):
        score_locally(to_be_tested())
        duty = one("initial_notice", "2026-11-24")
        assert (duty.due, duty.state) == (D("2026-12-02"), State.OPEN)
        assert "Scored at the school on Tue 10 Nov 2026: Intermediate English Learner." in duty.why

    def test_a_preliminary_letter_does_it_also_when_the_state_agrees(
        self, to_be_tested, score_locally, from_state, issued
    ):
        child = to_be_tested()
        local = score_locally(child)
        issued(child, "initial", f"result {local.pk}", D("2026-11-12"), is_preliminary=True)
        from_state(child, "intermediate_el", 420)
        assert one("initial_notice", "2026-11-24").done == D("2026-11-12")
        assert rows("official_differs", "2026-11-24") == []


class TestOfficialDiffers:
    @pytest.mark.plan("MP1-24")
    def test_the_office_looks_into_it_until_the_corrected_letter_is_out(
        self, to_be_tested, score_locally, from_state, issued
    ):
        child = to_be_tested()
        local = score_locally(child, 402)
        issued(child, "initial", f"result {local.pk}", D("2026-11-12"), is_preliminary=True)
        official = from_state(child, "ifep", 455)
        duty = one("official_differs", "2026-11-24")
        assert (duty.rule.owner, duty.due, duty.state) == (Role.EL_ADMINISTRATOR, D("2026-11-27"), State.OPEN)
        assert duty.why == (
            "Scored at the school: Intermediate English Learner (402). The state: Initial Fluent English Proficient "
            "(455). A corrected letter is due."
        )
        issued(child, "initial", f"result {official.pk}", D("2026-11-25"))
        assert one("official_differs", "2026-11-30").state == State.DONE
        assert one("initial_notice", "2026-11-30").done == D("2026-11-12")

    def test_another_score_in_the_same_level_is_no_difference(self, to_be_tested, score_locally, from_state):
        child = to_be_tested()
        score_locally(child, 402)
        from_state(child, "intermediate_el", 444)
        assert rows("official_differs", "2026-11-24") == []


class TestPlacement:
    @pytest.mark.plan("MP1-25", "MP1-30")
    def test_due_ten_school_days_after_the_local_score(self, to_be_tested, score_locally, ruth, programs):
        child = to_be_tested()
        score_locally(child)
        duty = one("placement_decision", "2026-11-20")
        assert (duty.starts, duty.due, duty.rule.owner) == (D("2026-11-10"), D("2026-11-24"), Role.PRINCIPAL)
        assert duty.why == "English learner by the school's own score of Tue 10 Nov 2026, and no program is decided."
        students.place_student(
            by=ruth, student=child, program=programs["sei"], starts=D("2026-11-16"), reason="decided at the conference"
        )
        today = timezone.localdate()
        assert one("placement_decision", today.isoformat()).done == today

    def test_a_child_who_is_fluent_needs_none(self, to_be_tested, score_locally):
        score_locally(to_be_tested(), 480)
        assert rows("placement_decision", "2026-11-24") == []

    def test_an_english_learner_without_a_program_is_found(self, english_learner):
        english_learner()
        assert one("placement_decision", "2026-11-24").why == (
            "English learner since Tue 7 Sep 2021, and no program is decided."
        )


class TestAnnualNotice:
    @pytest.mark.plan("MP1-36")
    @pytest.mark.parametrize(
        ("as_of", "state"), [("2026-08-12", "open"), ("2026-09-11", "open"), ("2026-09-12", "late")]
    )
    def test_thirty_calendar_days_from_the_first_day_of_school(self, english_learner, as_of, state):
        english_learner()
        duty = one("annual_notice", as_of)
        assert (duty.due, duty.state) == (D("2026-09-11"), state)
        assert duty.why == "30 calendar days from the first day of school, Wed 12 Aug 2026."

    def test_each_school_year_anew(self, english_learner, issued):
        child = english_learner()
        issued(child, "annual", "2025-26", D("2025-09-01"), school_year="2025-26")
        assert one("annual_notice", "2026-08-20").state == State.OPEN
        assert one("annual_notice", "2025-09-05").state == State.DONE

    def test_a_child_who_came_during_the_year_has_fourteen_days_from_placement(self, english_learner, rosa, programs):
        child = english_learner(starts=D("2026-10-05"))
        assert rows("annual_notice", "2026-10-10") == []
        students.place_student(
            by=rosa, student=child, program=programs["sei"], starts=D("2026-10-12"), reason="as in the records"
        )
        duty = one("annual_notice", "2026-10-20")
        assert (duty.starts, duty.due) == (D("2026-10-12"), D("2026-10-26"))
        assert "14 calendar days from the placement on Mon 12 Oct 2026" in duty.why

    def test_no_duty_in_a_year_that_is_not_open(self, english_learner):
        english_learner()
        assert rows("annual_notice", "2031-09-01") == []


class TestResultsLetter:
    @pytest.mark.plan("MP1-17")
    @pytest.mark.parametrize(
        ("received_on", "due", "why"),
        [
            ("2026-05-20", "2026-06-19", "30 calendar days from Wed 20 May 2026"),
            ("2026-06-04", "2026-07-04", "30 calendar days from Thu 4 Jun 2026"),
            ("2026-06-05", "2026-09-02", "15 business days into the new school year"),
            ("2026-08-11", "2026-09-02", "15 business days into the new school year"),
            ("2026-08-12", "2026-09-11", "30 calendar days from Wed 12 Aug 2026"),
        ],
    )
    def test_due_by_the_day_of_receipt(self, english_learner, from_state, received_on, due, why):
        from_state(
            english_learner(), "3", 1530, test="summative_elpac", administration="2025-26",
            tested_on=D("2026-04-21"), received_on=D(received_on), sets_status=False,
        )  # fmt: skip
        duty = one("results_letter", "2026-08-20")
        assert duty.due == D(due)
        assert why in duty.why

    @pytest.mark.plan("MP1-17")
    def test_done_by_the_score_report_or_by_the_annual_letter(self, english_learner, from_state, issued, marisela):
        children = [english_learner() for _ in range(2)]
        results = [
            from_state(child, "3", 1530, test="summative_elpac", administration="2025-26", sets_status=False,
                       tested_on=D("2026-04-21"), received_on=D("2026-07-10"))
            for child in children
        ]  # fmt: skip
        actions.record_reports_given(by=marisela, results=[results[0].pk], on=D("2026-08-20"))
        issued(children[1], "annual", "2026-27", D("2026-08-25"))
        assert [duty.done for duty in rows("results_letter", "2026-09-01")] == [D("2026-08-20"), D("2026-08-25")]
        assert [duty.done for duty in rows("results_letter", "2026-08-22")] == [D("2026-08-20"), None]

    def test_no_day_is_guessed_when_the_next_year_is_not_open(self, english_learner, from_state):
        from_state(
            english_learner(), "3", 1530, test="summative_elpac", administration="2026-27",
            tested_on=D("2027-04-21"), received_on=D("2027-06-20"), sets_status=False,
        )  # fmt: skip
        duty = one("results_letter", "2027-06-25")
        assert (duty.due, duty.state) == (None, State.OPEN)

    def test_an_old_result_read_in_today_is_history(self, english_learner, from_state):
        from_state(english_learner(), "3", 1530, test="summative_elpac", administration="2022-23", sets_status=False)
        assert rows("results_letter", "2026-11-24") == []


class TestTbdTooLong:
    def test_ninety_days_once_the_test_is_late(self, to_be_tested):
        to_be_tested()
        assert rows("tbd_over_90_days", "2026-12-02") == []
        duty = one("tbd_over_90_days", "2026-12-03")
        assert duty.due == D("2027-01-31")
        assert duty.url == reverse("result_new", args=[duty.student_id])
        assert "It ends with a result of the Initial ELPAC" in duty.why
        assert one("tbd_over_90_days", "2027-02-01").state == State.LATE


class TestFiling:
    @pytest.mark.plan("MP1-33")
    def test_the_score_report_of_a_learner_is_filed_that_of_a_fluent_child_is_not(self, to_be_tested, from_state):
        child = to_be_tested()
        from_state(child, "novice_el", 300)
        from_state(to_be_tested(), "ifep", 480)
        duty = one("file_score_report", "2026-11-24")
        assert (duty.student_id, duty.starts, duty.due) == (child.pk, D("2026-11-20"), D("2026-12-04"))

    @pytest.mark.plan("MP1-43")
    def test_the_annual_letter_is_filed(self, english_learner, issued, marisela):
        child = english_learner()
        issued(child, "annual", "2026-27", D("2026-09-01"))
        assert one("file_annual_letter", "2026-09-05").state == State.OPEN
        students.file_original(
            by=marisela, student=child, kind="annual_letter", about_on=D("2026-09-01"), on=D("2026-09-08")
        )
        assert one("file_annual_letter", "2026-09-10").done == D("2026-09-08")


def crowd(count: int, alder, rosa) -> None:
    """Children to be tested and English learners by the number, without the cost of actions."""
    known = Student.objects.count()
    children = Student.objects.bulk_create(
        Student(
            local_id=f"7{known + number:06}",
            last_name="Sidhu",
            first_name=f"Child {number}",
            birth_date=D("2020-01-01"),
            search_key=search_key("Sidhu", f"Child {number}"),
        )
        for number in range(count)
    )
    stays = [Enrollment(student=child, school=alder, grade="KN", starts=D("2026-08-12")) for child in children]
    Enrollment.objects.bulk_create(stays)
    LanguageStatus.objects.bulk_create(
        LanguageStatus(
            student=child,
            sequence=1,
            status="TBD" if number % 2 else "EL",
            starts=D("2026-08-12"),
            source="survey" if number % 2 else "records",
            reason="for a test",
            recorded_by=rosa,
        )
        for number, child in enumerate(children)
    )
    HomeLanguageSurvey.objects.bulk_create(
        HomeLanguageSurvey(student=child, question_1_id="28", answered_on=D("2026-08-12"), entered_by=rosa)
        for child in children
    )


@pytest.mark.parametrize("rule", IDS)
def test_as_many_queries_for_a_thousand_children_as_for_two(rule, alder, rosa):
    crowd(2, alder, rosa)
    with CaptureQueriesContext(connection) as few:
        rows(rule, "2026-11-24")
    crowd(1000, alder, rosa)
    with CaptureQueriesContext(connection) as many:
        found = rows(rule, "2026-11-24")
    assert len(many) == len(few)
    if rule in ("initial_test", "placement_decision", "annual_notice", "tbd_over_90_days", "before_test_notice"):
        assert len(found) == 501


def test_all_rules_can_be_read_as_one_list(to_be_tested, score_locally, from_state, english_learner):
    child = to_be_tested()
    score_locally(child, 402)
    from_state(child, "ifep", 455)
    to_be_tested()
    english_learner()
    found = find(as_of=D("2026-11-24"), rule_ids=IDS)
    listed = found.page()
    assert len(listed) == found.count() == sum(found.counts().values())
    assert all(duty.why and duty.subject for duty in listed)
    assert {duty.rule.id for duty in listed} == {
        "initial_test",
        "before_test_notice",
        "initial_notice",
        "official_differs",
        "placement_decision",
        "annual_notice",
        "test_window",
    }


def test_a_duty_of_the_week_is_open_until_its_day_is_over(to_be_tested):
    to_be_tested()
    due = D("2026-12-02")
    states = [one("initial_test", (due + timedelta(days=days)).isoformat()).state for days in (-1, 0, 1)]
    assert states == [State.OPEN, State.OPEN, State.LATE]
