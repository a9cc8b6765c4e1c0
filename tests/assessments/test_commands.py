"""The commands score_level and duties: keys, exits, plain words."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from assessments import scales
from district.commands import WrongUsage

D = date.fromisoformat


def said(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().strip()


class TestScoreLevel:
    @pytest.mark.plan("APPA-01")
    def test_the_level_alone_or_as_json(self, facts_of_law):
        assert said("score_level", "celdt", "05", "overall", "540") == "early_advanced"
        found = json.loads(said("score_level", "celdt", "05", "overall", "540", "--json"))
        assert {key: found[key] for key in ("level", "low", "high")} == {
            "level": "early_advanced",
            "low": 539,
            "high": 586,
        }

    @pytest.mark.parametrize(
        ("arguments", "level"),
        [
            (("summative_elpac", "KN", "overall", "1473", "--year", "2018-19"), "3"),
            (("summative_elpac", "K", "oral_language", "1700"), "4"),
            (("initial_elpac", "12", "overall", "450"), "ifep"),
            (("initial_alternate_elpac", "3", "overall", "144"), "intermediate_el"),
            (("summative_alternate_elpac", "11", "overall", "899"), "3_fluent_english_proficient"),
            (("celdt", "01", "reading", "570"), "advanced"),
        ],
    )
    def test_every_test_has_its_levels(self, facts_of_law, arguments, level):
        assert said("score_level", *arguments) == level

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (("celdt", "05", "overall", "229"), "scores go from 230 to 700"),
            (("celdt", "05", "overall", "701"), "scores go from 230 to 700"),
            (("celdt", "05", "overall", "540", "--year", "2018-19"), "The years known are: 2013-14 to 2017-18."),
            (("summative_elpac", "05", "overall", "1500", "--year", "2017-18"), "had other thresholds"),
            (("initial_elpac", "TK", "overall", "400"), "no English test in transitional kindergarten"),
            (("initial_elpac", "05", "reading", "400"), "has no scale score for reading. It has one for: overall."),
            (("caaspp_ela", "09", "overall", "2500"), "There is no score table of Smarter Balanced"),
            (("caaspp_ela", "05", "overall", "2731"), "scores go from 2200 to 2730"),
            (("caa_math", "05", "overall", "550", "--year", "2023-24"), "The years known are: 2017-18 to 2021-22."),
        ],
    )
    def test_what_the_data_refuse_is_said_in_plain_words(self, facts_of_law, arguments, words):
        with pytest.raises((scales.OutOfScale, scales.NoScale)) as refused:
            said("score_level", *arguments)
        assert words in str(refused.value)

    @pytest.mark.parametrize(
        "arguments",
        [
            ("celdtt", "05", "overall", "540"),
            ("celdt", "13", "overall", "540"),
            ("celdt", "05", "everything", "540"),
            ("celdt", "05", "overall", "54o"),
            ("celdt", "05", "overall", "540", "--year", "2018"),
            ("celdt", "05", "overall", "540", "--year", "2018-20"),
        ],
    )
    def test_wrong_usage(self, facts_of_law, arguments):
        with pytest.raises(CommandError) as refused:
            said("score_level", *arguments)
        assert "error:" in str(refused.value).lower() or "Error" in str(refused.value)


class TestDuties:
    def test_rows_with_their_keys_most_urgent_first(self, to_be_tested, alder, birch):
        late = to_be_tested(starts=D("2026-10-01"))
        to_be_tested()
        rows = json.loads(said("duties", "--rule", "initial_test", "--as-of", "2026-11-24", "--json"))
        assert [row["state"] for row in rows] == ["late", "open"]
        first = rows[0]
        assert {key: first[key] for key in ("rule", "subject", "school", "owner", "starts", "due", "done", "why")} == {
            "rule": "initial_test",
            "subject": late.name,
            "school": "99000010000011",
            "owner": "examiner",
            "starts": "2026-10-01",
            "due": "2026-10-31",
            "done": None,
            "why": "30 calendar days from enrollment on Thu 1 Oct 2026.",
        }

    def test_school_and_state_choose(self, to_be_tested, alder, birch):
        to_be_tested()
        asked = ("duties", "--rule", "initial_test", "--as-of", "2026-11-24", "--json")
        assert len(json.loads(said(*asked, "--school", alder.cds_code))) == 1
        assert json.loads(said(*asked, "--school", birch.cds_code)) == []
        assert json.loads(said(*asked, "--state", "late")) == []
        assert len(json.loads(said(*asked, "--state", "open"))) == 1

    def test_another_day_is_another_list(self, to_be_tested):
        to_be_tested()
        assert "Nothing to show." in said("duties", "--rule", "initial_test", "--as-of", "2026-11-01")
        assert "late" in said("duties", "--rule", "initial_test", "--as-of", "2026-12-24")

    @pytest.mark.parametrize(
        ("asked", "words"),
        [
            (("--rule", "nonsense"), "There is no duty with the id 'nonsense'."),
            (("--school", "123"), "There is no school with the CDS code '123'."),
        ],
    )
    def test_wrong_usage_names_what_there_is(self, alder, asked, words):
        with pytest.raises(WrongUsage) as refused:
            said("duties", *asked)
        assert words in str(refused.value)
        assert refused.value.returncode == 2
