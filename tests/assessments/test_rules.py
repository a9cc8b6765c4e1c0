"""Truth tables of the rules: what a result says, when two differ, who is a long-term learner, what a letter asks."""

from __future__ import annotations

from datetime import date

import pytest

from assessments import criteria, rules
from assessments.rules import Progress, Scored, YearLevel

D = date.fromisoformat
ON = D("2026-09-01")


class TestStatusFromInitial:
    @pytest.mark.plan("MP1-14")
    @pytest.mark.parametrize(
        ("level", "calculated", "attempted", "status"),
        [
            ("ifep", "", "Y", "IFEP"),
            ("intermediate_el", "", "Y", "EL"),
            ("novice_el", "", "Y", "EL"),
            ("novice_el", "EL", "Y", "EL"),
            # the state's own word wins over the level (D-06)
            ("intermediate_el", "IFEP", "Y", "IFEP"),
            ("ifep", "EL", "Y", "EL"),
            ("", "EL", "Y", "EL"),
            # a test given in part leaves the child to be determined
            ("", "", "P", "TBD"),
            ("novice_el", "", "P", "TBD"),
            ("", "", "N", "TBD"),
            ("", "", "", "TBD"),
            # a state's word that is no status of this test says nothing
            ("", "TBD", "Y", "TBD"),
        ],
    )
    def test_by_level_and_the_states_own_word(self, level, calculated, attempted, status):
        assert rules.status_from_initial(level=level, calculated=calculated, attempted=attempted).outcome == status

    def test_a_difference_between_level_and_word_is_named(self):
        found = rules.status_from_initial(level="intermediate_el", calculated="IFEP")
        assert found.reason == "The state gives: initially fluent in English."
        assert found.notes == (
            "The level (Intermediate English Learner) would give English learner; the state's own word stands.",
        )

    @pytest.mark.plan("MP1-24")
    def test_a_local_score_is_said_to_be_preliminary(self):
        found = rules.provisional(level="novice_el")
        assert (found.outcome, found.source) == ("EL", "D-06, MP1-24")
        assert found.reason == (
            "Novice English Learner: English learner. Preliminary: scored at the school; the state's file sets the "
            "status."
        )


class TestOfficialDiffers:
    @pytest.mark.parametrize(
        ("local", "official", "outcome"),
        [
            (Scored("novice_el", 300), Scored("novice_el", 341), None),
            (Scored("novice_el", 369), Scored("intermediate_el", 370), "changes_level"),
            (Scored("intermediate_el", 440), Scored("ifep", 455), "changes_status"),
            (Scored("ifep", 455), Scored("intermediate_el", 440), "changes_status"),
            (Scored("ifep", 455), Scored("ifep", 455, "EL"), "changes_status"),
            # a partial or empty official result says nothing yet
            (Scored("ifep", 455), Scored("", None), None),
        ],
    )
    def test_level_or_status(self, local, official, outcome):
        found = rules.official_differs(local, official)
        assert (found.outcome if found else None) == outcome

    def test_both_are_named(self):
        found = rules.official_differs(Scored("intermediate_el", 440), Scored("ifep", 455))
        assert str(found) == (
            "Scored at the school: Intermediate English Learner (440). The state: Initial Fluent English Proficient "
            "(455)."
        )


def summative(*levels: str) -> list[YearLevel]:
    """Levels of 2025-26, 2024-25 and so on."""
    return [YearLevel("summative_elpac", f"{2025 - n}-{26 - n}", level) for n, level in enumerate(levels)]


class TestLongTerm:
    """EC 313.1 (a) and (b): each condition, its boundary, and what happens when a test is missing (D-17)."""

    @pytest.mark.parametrize(
        ("grade", "years", "english", "ela", "outcome"),
        [
            # (a): grades 6 to 12, six years or more, no higher level than the year before, lowest ELA level in 6 to 9
            ("06", 6, summative("2", "2"), "1", "ltel"),
            ("06", 6, summative("1", "2"), "1", "ltel"),
            ("06", 6, summative("3", "2"), "1", "neither"),
            ("06", 6, summative("2", "2"), "2", "neither"),
            ("10", 6, summative("2", "2"), "4", "ltel"),
            ("05", 6, summative("2", "2"), "1", "neither"),
            ("06", 5, summative("2", "2"), "1", "at_risk"),
            ("12", 11, summative("3", "3"), "", "ltel"),
            # (b): grades 3 to 12, four or five years, level 3 or below, lowest ELA level in 3 to 9
            ("03", 4, summative("3"), "1", "at_risk"),
            ("03", 3, summative("1"), "1", "neither"),
            ("02", 4, summative("1"), "1", "neither"),
            ("03", 4, summative("4"), "1", "neither"),
            ("03", 4, summative("1"), "2", "neither"),
            ("11", 5, summative("3"), "3", "at_risk"),
            # a missing test drops its condition
            ("06", 6, [], "", "ltel"),
            ("06", 6, summative("2"), "1", "ltel"),
            ("03", 4, [], "", "at_risk"),
            # two tests are not compared
            (
                "08",
                7,
                [YearLevel("summative_elpac", "2025-26", "4"), YearLevel("celdt", "2016-17", "advanced")],
                "1",
                "ltel",
            ),
        ],
    )
    def test_every_condition(self, grade, years, english, ela, outcome):
        assert rules.long_term(Progress(grade, years, english, ela), ON).outcome == outcome

    def test_one_year_is_no_plural(self) -> None:
        assert "1 year in schools" in rules.long_term(Progress("01", 1, []), ON).reason

    def test_what_was_dropped_is_said(self):
        found = rules.long_term(Progress("06", 6, summative("2")), ON)
        assert found.dropped == ("two English test results to compare", "a state test in English language arts")
        assert found.reason == (
            "6 years in schools of the United States. Not looked at, because there is none: two English test results "
            "to compare, a state test in English language arts."
        )

    def test_without_the_first_school_day_nothing_is_said(self):
        assert rules.long_term(Progress("06", None, summative("2", "2"), "1"), ON).outcome == "unknown"

    @pytest.mark.parametrize(
        ("first_el_on", "outcome"),
        [("2019-09-01", "neither"), ("2019-08-31", "ltel"), ("2021-01-01", "neither")],
    )
    def test_the_dashboard_counts_seven_years_from_the_first_classification(self, first_el_on, outcome):
        found = rules.long_term(Progress("06", 3, [], first_el_on=D(first_el_on)), ON)
        assert (found.dashboard.outcome, found.dashboard.source) == (outcome, "EC 52052")

    def test_the_dashboards_definition_holds_from_its_year_on(self):
        found = rules.long_term(Progress("06", 3, [], first_el_on=D("2010-01-01")), D("2023-12-31"))
        assert found.dashboard is None


def newest(level: str, year: str = "2025-26", test: str = "summative_elpac") -> criteria.TestResult:
    return criteria.TestResult(test, year, level)


class TestCriteriaOfTheLetter:
    @pytest.mark.plan("APPC-08")
    @pytest.mark.parametrize(
        ("result", "on", "finding"),
        [
            (newest("4"), "2026-09-01", "met"),
            (newest("3"), "2026-09-01", "not_met"),
            (None, "2026-09-01", "missing"),
            # the result of the year before serves until 31 May (D-13)
            (newest("4", "2025-26"), "2027-05-31", "met"),
            (newest("4", "2025-26"), "2027-06-01", "missing"),
            (newest("4", "2024-25"), "2026-09-01", "missing"),
            (newest("4", "2026-27"), "2027-06-20", "met"),
            (newest("3_fluent_english_proficient", test="summative_alternate_elpac"), "2026-09-01", "met"),
            (newest("2_intermediate_el", test="summative_alternate_elpac"), "2026-09-01", "not_met"),
        ],
    )
    def test_the_language_test(self, result, on, finding):
        assert criteria.standing(grade="05", newest=result, on=D(on))[0].finding == finding

    @pytest.mark.parametrize(
        ("grade", "items"),
        [
            ("KN", []),
            ("01", ["sri", "dibels"]),
            ("03", ["sri", "dibels"]),
            ("04", ["sri", "dibels", "mark"]),
            ("06", ["sri", "dibels", "mark"]),
            ("07", ["sri", "mark"]),
            ("12", ["sri", "mark"]),
        ],
    )
    def test_basic_skills_are_asked_in_their_grades(self, grade, items):
        row = criteria.standing(grade=grade, newest=None, on=ON)[1]
        assert [each.item for each in row.asked] == items
        assert row.finding == ("not_applicable" if not items else "not_configured")

    def test_a_cut_that_the_district_has_not_set_is_empty_never_met(self):
        row = criteria.standing(grade="05", newest=newest("4"), on=ON)[1]
        assert {each.item: each.cut for each in row.asked} == {"sri": "", "dibels": "", "mark": "C"}
        assert row.finding == "not_configured"

    def test_optional_measures_are_off_until_the_district_asks_for_them(self):
        asked = criteria.asked_of("05", "summative_elpac", ON)
        assert {each.item for each in asked}.isdisjoint({"sbac", "writing"})

    def test_the_celdt_rule_held_for_its_years(self):
        asked = criteria.asked_of("05", "celdt", D("2017-10-01"))
        assert [(each.item, each.cut) for each in asked] == [("celdt", "early_advanced")]
