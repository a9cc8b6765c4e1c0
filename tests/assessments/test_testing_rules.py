"""Truth tables of giving tests: trainings, plans of the IEP team, windows, and when families hear of results."""

from __future__ import annotations

from datetime import date

import pytest

from assessments.enums import Measure, Test
from assessments.rules import examiners, test_plans, windows
from assessments.rules.examiners import Trained
from assessments.rules.windows import Known
from district.calendar import Period, SchoolCalendar, Year
from district.enums import DayKind

D = date.fromisoformat
MEASURES = list(Measure)


class TestTrained:
    @pytest.mark.plan("MP1-23")
    @pytest.mark.parametrize(
        ("trainings", "outcome", "words"),
        [
            ([], "never", "No training is entered."),
            ([("2026-08-10", "2027-08-10")], "trained", "until Tue 10 Aug 2027"),
            ([("2026-11-24", "2027-11-24")], "trained", "until Wed 24 Nov 2027"),  # on the very day
            ([("2025-11-24", "2026-11-24")], "trained", "until Tue 24 Nov 2026"),  # on the last day
            ([("2025-11-23", "2026-11-23")], "ended", "ended on Mon 23 Nov 2026"),  # the day after
            ([("2026-11-25", "2027-11-25")], "to_come", "only on Wed 25 Nov 2026"),  # the day before
            ([("2026-08-10", None)], "trained", "no last day"),
            ([("2024-08-10", "2025-08-10"), ("2026-08-10", "2027-08-10")], "trained", "Tue 10 Aug 2027"),
            ([("2024-08-10", "2025-08-10"), ("2026-12-01", "2027-12-01")], "ended", "Sun 10 Aug 2025"),
        ],
    )
    def test_on_a_day(self, trainings, outcome, words):
        known = [Trained(D(on), D(until) if until else None) for on, until in trainings]
        found = examiners.is_trained(known, D("2026-11-24"))
        assert found.outcome == outcome
        assert words in found.reason

    def test_a_year_ends_on_the_anniversary(self):
        year = Period(1, DayKind.YEARS)
        assert examiners.good_until(D("2026-08-10"), year) == D("2027-08-10")
        assert examiners.good_until(D("2028-02-29"), year) == D("2029-02-28")


class TestPlans:
    @pytest.mark.plan("MP1-21")
    @pytest.mark.parametrize(
        ("since", "outcome"),
        [(None, "unwritten"), ("2026-11-25", "later"), ("2026-11-24", "complete"), ("2025-01-10", "complete")],
    )
    def test_a_test_is_complete_when_the_iep_says_so(self, since, outcome):
        found = test_plans.may_complete(in_iep_since=D(since) if since else None, tested_on=D("2026-11-24"))
        assert found.outcome == outcome

    @pytest.mark.plan("MP1-19")
    @pytest.mark.parametrize(
        ("left_out", "gone"),
        [
            ([], None),
            (["speaking"], None),
            (["speaking", "reading"], None),
            (["listening", "speaking"], "oral_language"),
            (["reading", "writing"], "written_language"),
            (["listening", "reading", "writing"], "written_language"),
        ],
    )
    def test_one_domain_of_each_composite_stays(self, left_out, gone):
        assert test_plans.both_of(left_out) == gone

    @pytest.mark.parametrize(
        ("since", "review", "due"),
        [
            ("2026-03-10", None, "2027-03-10"),
            ("2026-03-10", "2027-02-01", "2027-02-01"),
            (None, None, "2027-09-01"),
            (None, "2027-02-01", "2027-02-01"),
        ],
    )
    def test_the_yearly_review(self, since, review, due):
        found = test_plans.review_due(
            in_iep_since=D(since) if since else None,
            starts=D("2026-09-01"),
            review_by=D(review) if review else None,
            yearly=Period(1, DayKind.YEARS),
        )
        assert found == D(due)


class TestWindow:
    @pytest.mark.plan("MP5-16")
    @pytest.mark.parametrize(
        ("on", "outcome"),
        [
            ("2027-01-31", "not_open"),
            ("2027-02-01", "open"),
            ("2027-05-31", "open"),
            ("2027-06-01", "closed"),
        ],
    )
    def test_both_ends_are_in(self, on, outcome):
        assert windows.window_on(D("2027-02-01"), D("2027-05-31"), D(on)).outcome == outcome

    def test_a_window_nobody_set_is_not_guessed(self):
        assert windows.window_on(None, None, D("2027-03-01")).outcome == "not_set"

    @pytest.mark.plan("MP1-16", "X-07", "X-15")
    @pytest.mark.parametrize(
        ("learner", "grade", "alternate", "tk_tested", "test"),
        [
            (True, "05", False, False, Test.SUMMATIVE_ELPAC),
            (True, "KN", False, False, Test.SUMMATIVE_ELPAC),
            (True, "12", True, False, Test.SUMMATIVE_ALTERNATE_ELPAC),
            (True, "TK", False, False, ""),
            (True, "TK", True, False, ""),
            (True, "TK", False, True, Test.SUMMATIVE_ELPAC),
            (False, "05", False, False, ""),
            (False, "05", True, False, ""),
        ],
    )
    def test_who_takes_which_test(self, learner, grade, alternate, tk_tested, test):
        found = windows.yearly_test(is_learner=learner, grade=grade, is_alternate=alternate, tk_tested=tk_tested)
        assert found.outcome == test
        assert found.reason

    @pytest.mark.plan("MP1-16")
    @pytest.mark.parametrize(
        ("known", "outcome"),
        [
            (Known(), "waiting"),
            (Known(absent_on=D("2027-03-02")), "absent"),
            (Known(absent_on=D("2027-03-02"), partial="Went home ill."), "partial"),
            (Known(exempt="In hospital until June."), "exempt"),
            (Known(taken_on=D("2027-03-02"), absent_on=D("2027-02-02")), "taken"),
            (Known(taken_on=D("2027-03-02"), exempt="In hospital."), "taken"),
            (Known(attempted="Y"), "taken"),
            (Known(attempted="Y", exempt="In hospital."), "taken"),
            (Known(attempted="P", taken_on=D("2027-03-02")), "partial"),  # the state says it was not whole
            (Known(attempted="N", taken_on=D("2027-03-02")), "taken"),
            (Known(attempted="N"), "waiting"),
            (Known(has_level=True), "taken"),
        ],
    )
    def test_what_became_of_it(self, known, outcome):
        assert windows.yearly_state(known).outcome == outcome


YEARS = (
    Year("2025-26", D("2025-08-13"), D("2026-06-04")),
    Year("2026-27", D("2026-08-12"), D("2027-06-03")),
)
LABOR_DAY, THANKSGIVING = D("2026-09-07"), D("2026-11-26")


class TestToldBy:
    """Received, due: 30 calendar days during instruction, else 15 business days into the new year."""

    CALENDAR = SchoolCalendar(YEARS, frozenset(), frozenset({LABOR_DAY, THANKSGIVING}))

    def due(self, received, calendar=CALENDAR):
        return windows.told_by(
            D(received), calendar, during=Period(30, DayKind.CALENDAR), after=Period(15, DayKind.BUSINESS)
        )

    @pytest.mark.plan("MP1-17")
    @pytest.mark.parametrize(
        ("received", "due", "what"),
        [
            ("2025-08-13", "2025-09-12", "the first day of instruction"),
            ("2026-03-14", "2026-04-13", "a Saturday in the year"),
            ("2026-05-20", "2026-06-19", "the 30 days end in the summer"),
            ("2026-06-04", "2026-07-04", "the last day of instruction; the due day is a holiday and stays"),
            ("2026-06-05", "2026-09-02", "the day after: 15 business days after Wed 12 Aug"),
            ("2026-07-15", "2026-09-02", "in the middle of the summer"),
            ("2026-08-11", "2026-09-02", "the day before school begins"),
            ("2026-08-12", "2026-09-11", "the first day: 30 calendar days again"),
            ("2026-11-26", "2026-12-26", "a holiday in the year"),
        ],
    )
    def test_at_every_edge(self, received, due, what):
        assert self.due(received).due == D(due), what

    def test_a_holiday_among_the_business_days_is_not_counted(self):
        later = SchoolCalendar(
            (YEARS[0], Year("2026-27", D("2026-08-24"), D("2027-06-03"))), frozenset(), frozenset({LABOR_DAY})
        )
        assert self.due("2026-07-01", later).due == D("2026-09-15")
        assert self.due("2026-07-01", SchoolCalendar(later.years, frozenset(), frozenset())).due == D("2026-09-14")

    @pytest.mark.parametrize("years", [(), YEARS[:1]])
    def test_without_the_next_calendar_no_day_is_guessed(self, years):
        found = self.due("2026-07-01", SchoolCalendar(years, frozenset(), frozenset()))
        assert found.due is None
        assert "not open yet" in found.reason
