"""Reference data: what comes with the product, loaded again and again without harm."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError

from district import loaders, reference
from district.enums import Certainty, DayKind
from district.models import Language, LegalRule, PlanRow, User
from district.queries import period
from district.reference import Change, load_all, read_csv, upsert

D = date.fromisoformat


@pytest.fixture
def loaded(db):
    return load_all(by=User.objects.command_line())


def test_everything_is_new_once_and_unchanged_afterwards(loaded):
    again = load_all(by=User.objects.command_line())
    assert all(change.new and not change.changed for change in loaded)
    assert [(change.table, change.new, change.changed) for change in again] == [
        (change.table, 0, 0) for change in loaded
    ]
    assert [change.unchanged for change in again] == [change.new + change.unchanged for change in loaded]


def test_the_ground_is_loaded_before_what_stands_on_it(loaded):
    tables = [change.table for change in loaded]
    assert set(tables[:3]) == {"languages", "legal rules", "plan rows"}


def test_a_row_that_differs_is_put_right(loaded):
    Language.objects.filter(code="28").update(name="Panjabi")
    PlanRow.objects.filter(code="MP1-13").delete()
    changes = {change.table: (change.new, change.changed) for change in load_all(by=User.objects.command_line())}
    assert (changes["languages"], changes["plan rows"], changes["legal rules"]) == ((0, 1), (1, 0), (0, 0))
    assert Language.objects.get(code="28").name == "Punjabi"


def test_it_is_all_or_nothing(db, monkeypatch):
    def breaks():
        raise DatabaseError("the second file is torn")

    breaks.__module__ = "students.loaders"  # so that it runs after the ground
    monkeypatch.setattr(reference, "LOADERS", {"languages": loaders.load_languages, "torn": breaks})
    with pytest.raises(DatabaseError):
        load_all(by=User.objects.command_line())
    assert not Language.objects.exists()


def test_loading_is_in_the_history_with_its_reason(loaded):
    event = Language.objects.get(code="28").events.get()
    assert event.pgh_context.metadata["reason"] == "reference data of the product"
    assert event.pgh_context.metadata["actor"] == "Command line"


def test_two_loaders_of_one_name_are_a_mistake(monkeypatch):
    monkeypatch.setattr(reference, "LOADERS", {})
    reference.register("languages", loaders.load_languages)
    reference.register("languages", loaders.load_languages)
    with pytest.raises(ValueError, match="Two loaders"):
        reference.register("languages", loaders.load_plan_rows)


@pytest.mark.django_db
def test_a_row_that_does_not_fit_the_model_is_refused():
    with pytest.raises(ValidationError, match="certainty"):
        upsert(PlanRow, [{"code": "X", "kind": "O", "text": "t", "source": "s", "certainty": "sure"}], key=("code",))


@pytest.mark.django_db
def test_upsert_compares_the_fields_a_row_names_and_no_others():
    rule = {"code": "OWN-04", "text": "Copy", "days": "5", "day_kind": "school", "source": "s", "certainty": "district"}
    key = ("code", "valid_from")
    assert upsert(LegalRule, [{**rule, "valid_from": ""}], key=key) == Change("legal rules", 1, 0, 0)
    LegalRule.objects.update(valid_to=D("2026-12-31"))
    assert upsert(LegalRule, [{**rule, "valid_from": ""}], key=key) == Change("legal rules", 0, 0, 1)
    assert LegalRule.objects.get().valid_to == D("2026-12-31")


@pytest.mark.plan("MP0-10")
def test_the_languages_have_the_state_s_codes(loaded):
    named = dict(Language.objects.filter(code__in=["00", "01", "28", "37"]).values_list("code", "name"))
    assert named == {"00": "English", "01": "Spanish", "28": "Punjabi", "37": "American Sign Language"}
    assert set(Language.objects.filter(counts=False).values_list("code", flat=True)) == {"00", "37"}
    punjabi = Language.objects.get(code="28")
    assert (punjabi.code3, punjabi.tag, punjabi.script, punjabi.is_rtl) == ("pan", "pa", "Guru", False)
    right_to_left = set(Language.objects.filter(is_rtl=True).values_list("script", flat=True))
    assert right_to_left == {"Arab", "Hebr", "Syrc"}


def test_what_is_from_memory_stays_marked(loaded):
    assert [row.code for row in Language.objects.filter(certainty=Certainty.MEMORY)] == ["73"]
    assert [row.code for row in LegalRule.objects.filter(certainty=Certainty.MEMORY)] == ["GA-03", "TE-01", "TP-01"]


def test_every_row_names_its_source(loaded):
    for model in (Language, LegalRule, PlanRow):
        assert not model._default_manager.filter(source="").exists()


def test_periods_of_years_are_counted_in_years(loaded):
    years = {row.code: row.days for row in LegalRule.objects.filter(day_kind=DayKind.YEARS)}
    assert years == {"MO-01": 4, "LT-03": 7, "DI-06": 5, "CA-02": 1, "PL-06": 3, "TE-01": 1, "TP-01": 1}


@pytest.mark.plan("MP1-13", "MP1-17", "MP1-36", "MP1-46")
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param("IA-02", "30 calendar days", id="initial-test"),
        pytest.param("SA-02", "30 calendar days", id="results-to-parents"),
        pytest.param("NT-01", "30 calendar days", id="annual-notice"),
        pytest.param("NT-02", "14 calendar days", id="notice-for-a-child-identified-later"),
        pytest.param("TR-01", "15 school days", id="records-of-a-transfer"),
        pytest.param("SA-03", "15 business days", id="results-after-the-last-day"),
        pytest.param("OWN-04", "5 school days", id="copy-to-the-teacher"),
    ],
)
def test_the_periods_of_law_and_plan_are_data(loaded, code, expected):
    assert str(period(code, D("2026-11-23"))) == expected


def test_a_rule_holds_from_its_day_on(loaded):
    from district.queries import rules_in_force

    codes = [set(rules_in_force(D(day)).values_list("code", flat=True)) for day in ("2024-06-30", "2024-07-01")]
    assert codes[1] - codes[0] == {"TK-01"}


def test_our_own_periods_are_marked_as_the_district_s_to_set(loaded):
    own = LegalRule.objects.filter(code__startswith="OWN-")
    assert own.count() >= 7
    assert set(own.values_list("certainty", flat=True)) == {Certainty.DISTRICT}


@pytest.mark.parametrize("name", ["languages.csv", "legal_rules.csv", "plan_rows.csv"])
def test_the_files_name_no_real_district(name):
    text = " ".join(" ".join(row.values()) for row in read_csv(name)).lower()
    assert not [word for word in ("williams", "wusd", "wested", "colusa") if word in text]
