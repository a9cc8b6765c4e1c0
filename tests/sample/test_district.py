"""The sample district at the Plan's size: figures, people, and what must hold on any day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db.models import Count

from district.enums import Role
from district.models import Delegation, District, Figure, RoleAssignment, School, SchoolYear, Trustee, User
from district.refusal import Refusal
from elplan.sample.load import load
from students.enums import ElStatus, FlagKind
from students.models import Flag, FluencyCut, Guardian, LanguageStatus, Student
from tests.sample import checks
from tests.sample.conftest import Loader

pytestmark = pytest.mark.django_db  # the districts are loaded inside the test database
ON = date(2026, 11, 24)


@pytest.fixture(scope="module")
def figures(sample_of: Loader) -> Iterator[dict[str, int]]:
    with sample_of(students=1345, on=ON) as found:
        yield found


@pytest.fixture(autouse=True)
def _loaded(figures: dict[str, int]) -> None:
    """Every test of this module looks at the one district."""


@pytest.mark.plan("MP0-07", "MP0-08")
def test_children_are_spread_over_four_schools_as_in_the_plan(figures: dict[str, int]) -> None:
    here = Student.objects.filter(current_enrollment__ends=None)
    spread = here.values_list("current_enrollment__school__short_name").annotate(Count("pk"))
    assert dict(spread) == {
        "Elementary": 466,
        "Upper Elementary": 309,
        "Junior/Senior High": 548,
        "Puente Continuation": 22,
    }
    assert (figures["students"], figures["schools"]) == (1345, 4)


@pytest.mark.plan("MP0-09", "MP0-10")
def test_learners_have_the_shares_of_the_plan(figures: dict[str, int]) -> None:
    learners = Student.objects.filter(
        statuses__in=LanguageStatus.objects.on(ON).filter(status=ElStatus.EL), current_enrollment__ends=None
    )
    number = learners.count()
    assert figures["els"] == number
    assert 0.50 <= number / 1345 <= 0.56
    spoken = list(learners.values_list("primary_language__name").annotate(n=Count("pk")).order_by("-n"))
    assert [name for name, _number in spoken[:2]] == ["Spanish", "Punjabi"]
    assert 0.80 <= spoken[0][1] / number <= 0.86
    migrants = learners.filter(flags__kind=FlagKind.MIGRANT).count()
    assert 0.30 <= migrants / number <= 0.38
    assert 120 <= Flag.objects.filter(kind=FlagKind.HOMELESS).count() <= 240


def test_each_year_of_monitoring_has_reclassified_children() -> None:
    starts = LanguageStatus.objects.filter(status=ElStatus.RFEP, ends=None).values_list("starts", flat=True)
    years = [(ON - day).days // 365 for day in starts]
    assert all(years.count(year) >= 5 for year in range(4)), {year: years.count(year) for year in range(8)}


def test_every_role_has_an_account_of_its_name_in_force_for_years() -> None:
    for role in Role:
        user = User.objects.get(username=role.value)
        assert user.main_role == role
        assert user.title
    assert all(user.email.endswith("@valleclaro.example") for user in User.objects.exclude(is_service=True))
    assert not Guardian.objects.exclude(email="").exclude(email__endswith="@families.example").exists()


def test_every_school_has_secretary_principal_and_examiner() -> None:
    for school in School.objects.all():
        held = set(RoleAssignment.objects.filter(school=school, ends=None).values_list("role", flat=True))
        assert {"secretary", "principal", "examiner", "teacher"} - {"teacher"} <= held, school


@pytest.mark.plan("MP5-49")
def test_the_vacant_place_of_an_el_lead_has_a_delegate() -> None:
    stands_in = Delegation.objects.get()
    assert stands_in.role == Role.EL_LEAD
    assert not RoleAssignment.objects.filter(role=Role.EL_LEAD, school=stands_in.school, ends=None).exists()
    assert (Role.EL_LEAD, stands_in.school_id) in stands_in.delegate.grants


def test_a_teacher_has_a_class() -> None:
    teacher = User.objects.get(username="teacher")
    assert 10 <= teacher.class_enrollments.filter(ends=None).count() <= 40


def test_the_district_can_write_letters() -> None:
    district = District.objects.get()
    assert district.is_sample
    assert all((district.vision, district.mission, district.superintendent))
    assert Trustee.objects.count() == 5
    assert all(school.contact_name and school.contact_phone for school in School.objects.all())
    year = SchoolYear.objects.get(first_day__lte=ON, last_day__gte=ON)
    assert set(Figure.objects.filter(year=year).values_list("key", flat=True)) == set(Figure.Key.values)


@pytest.mark.plan("MP2-11")
def test_cuts_say_that_they_are_the_samples_own_choice() -> None:
    assert set(FluencyCut.objects.values_list("source", flat=True)) == {
        "The sample district's own choice, invented for practice"
    }


def test_school_years_reach_from_seven_back_to_the_next_one() -> None:
    assert list(SchoolYear.objects.values_list("name", flat=True)) == [
        "2019-20",
        "2020-21",
        "2021-22",
        "2022-23",
        "2023-24",
        "2024-25",
        "2025-26",
        "2026-27",
        "2027-28",
    ]


def test_what_must_hold() -> None:
    hold(ON)


def hold(on: date) -> None:
    """Everything that must hold of a sample district on its day."""
    checks.foreign_keys_hold()
    assert checks.scores_outside_their_scale() == []
    assert checks.results_that_contradict_their_scores() == 0
    assert checks.statuses_that_moved_unlawfully() == []
    assert checks.stretches_with_gaps() == []
    assert checks.learners_without_a_test_or_records() == []
    assert checks.reclassified_outside_an_enrollment() == []
    assert checks.what_lies_in_the_future(on) == []
    assert checks.names_not_searchable() == 0
    assert checks.children_in_a_wrong_place() == 0
    assert checks.languages_not_from_the_survey() == []
    assert checks.schools_that_do_not_teach_the_grade() == 0


def test_tests_were_given_in_time_but_for_a_few() -> None:
    """On most days of most children the law's clock was kept; the late ones are there on purpose."""
    waiting = LanguageStatus.objects.filter(status=ElStatus.TBD, ends=None, is_provisional=False)
    late = waiting.filter(starts__lt=ON - timedelta(days=30)).exclude(student__current_enrollment__grade="TK")
    assert 4 <= late.count() <= 20


def test_a_database_that_is_not_empty_is_refused() -> None:
    with pytest.raises(Refusal, match="not empty") as refused:
        load(students=5, seed=1, on=ON)
    assert "createdb" in refused.value.mend
