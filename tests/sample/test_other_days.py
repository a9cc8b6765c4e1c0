"""The same seed gives the same district, and every day of the school year gives one that makes sense."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date

import pytest
from django.apps import apps

from elplan.sample import district, years
from elplan.sample.book import MODELS
from elplan.sample.pupils import Dealer, seats
from students.enums import ElStatus
from students.models import Enrollment, LanguageStatus, Student
from tests.sample.conftest import Loader
from tests.sample.test_district import hold

pytestmark = pytest.mark.django_db  # the districts are loaded inside the test database

# Rows refer to people, schools and the like by numbers that the database gave out; those differ from load to load.
GIVEN_OUT = ("User", "School", "Program", "LocalMeasure")


def fingerprint() -> str:
    """All that the rows of the children say."""
    hashed = hashlib.sha256()
    for model in MODELS:
        fields = [
            field.attname
            for field in model._meta.concrete_fields
            if field.name != "evidence" and not (field.related_model and field.related_model.__name__ in GIVEN_OUT)
        ]
        for row in model.objects.order_by("pk").values_list(*fields):
            hashed.update(repr(row).encode())
    return hashed.hexdigest()


def load_and_hash(sample_of: Loader, **options: object) -> str:
    with sample_of(**options):
        return fingerprint()


def test_a_seed_gives_the_same_rows_and_another_one_others(sample_of: Loader) -> None:
    options = {"students": 120, "on": date(2026, 11, 24)}
    first = load_and_hash(sample_of, **options)
    assert load_and_hash(sample_of, **options) == first
    assert load_and_hash(sample_of, **options, seed=2) != first


@pytest.mark.parametrize("seed", [1, 2, 3, 77])
def test_the_shares_hold_for_other_seeds_and_sizes(seed: int) -> None:
    pupils = list(Dealer(2000, seed, date(2026, 11, 24)).deal())
    assert len(pupils) == 2000
    learners = [pupil for pupil in pupils if pupil.path == "el" and pupil.rank >= 0]
    assert 0.52 <= len(learners) / 2000 <= 0.57
    assert 0.81 <= sum(pupil.language == "01" for pupil in learners) / len(learners) <= 0.85


@pytest.mark.parametrize(("total", "quarters"), [(1, 1), (4, 1), (60, 1), (1345, 1), (2690, 2), (100_000, 74)])
def test_seats_add_up(total: int, quarters: int) -> None:
    assert district.quarters(total) == quarters
    found = seats(total, quarters)
    assert sum(count for _school, _rank, count in found) == total
    assert {school for school, _rank, count in found if count} <= set(range(4 * quarters))


def test_a_larger_district_has_more_schools_of_the_same_size() -> None:
    pupils = list(Dealer(4035, 1, date(2026, 11, 24), quarters=3).deal())
    sizes = Counter(pupil.school for pupil in pupils)
    assert [sizes[school] for school in range(12)] == [466, 309, 548, 22] * 3
    assert all(pupil.school_in(pupil.rank) // 4 == pupil.quarter for pupil in pupils)
    assert len({row.cds_code for quarter in range(74) for row in district.school_rows(quarter)}) == 74 * 4


@pytest.mark.parametrize(
    "on",
    [
        date(2026, 7, 15),  # nobody is at school; the coming year is registered
        date(2026, 8, 12),  # the first day
        date(2026, 8, 25),
        date(2026, 9, 30),
        date(2027, 1, 1),
        date(2027, 6, 14),  # the last day is over, the year is not
        date(2024, 2, 29),
        date(2021, 8, 31),
    ],
    ids=str,
)
def test_any_day_gives_a_district_that_makes_sense(sample_of: Loader, on: date) -> None:
    with sample_of(students=260, on=on) as figures:
        assert figures["students"] == 260
        hold(on)
        here = Student.objects.filter(current_enrollment__ends=None)
        year = years.year_of(on)
        assert here.count() == 260
        assert not here.filter(current_enrollment__starts__lt=years.first_day(year)).exists()
        if on >= years.first_day(year):
            assert not here.filter(current_enrollment__starts__gt=on).exists()
            assert figures["els"] >= 100


def test_in_july_children_are_registered_and_last_years_stays_are_over(sample_of: Loader) -> None:
    on = date(2026, 7, 15)
    with sample_of(students=260, on=on):
        here = Student.objects.filter(current_enrollment__ends=None)
        assert set(here.values_list("current_enrollment__starts", flat=True)) == {date(2026, 8, 12)}
        assert not Enrollment.objects.filter(starts__lte=on, ends=None).exists()
        assert not Enrollment.objects.filter(starts__lte=on, ends__gte=on).exists()


def test_in_august_new_children_wait_to_be_tested(sample_of: Loader) -> None:
    with sample_of(students=1345, on=date(2026, 8, 20)):
        waiting = LanguageStatus.objects.filter(status=ElStatus.TBD, ends=None)
        assert waiting.filter(student__current_enrollment__grade="KN").count() > 40


def test_a_large_district_begins_without_a_history_and_then_keeps_one(
    sample_of: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = apps.get_model("students", "StudentEvent")
    with sample_of(students=20, on=date(2026, 11, 24)):
        assert event.objects.count() == Student.objects.count()
    monkeypatch.setattr("elplan.sample.load.HISTORY_UP_TO", 10)
    with sample_of(students=20, on=date(2026, 11, 24)):
        assert event.objects.count() == 0
        hold(date(2026, 11, 24))
        child = Student.objects.first()
        child.first_name = "Renamed"
        child.save()
        assert event.objects.get().first_name == "Renamed"
