"""The district's profile: its numbers are the rows' numbers, small groups hidden from who may not see names."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from district.models import School
from elplan.profile import GROUPS, profile
from students import actions
from students.enums import ElStatus, StatusSource
from students.models import Flag, Student

D = date.fromisoformat
ON = D("2026-11-24")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def standing_day(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: ON)


@pytest.fixture
def children(enroll, rosa, languages, birch):
    """14 at Alder: 12 learners, of them 11 Spanish and 3 migrant; 2 without a home. One at Birch."""
    found = [enroll(starts=D("2026-08-12")) for _each in range(14)]
    found.append(enroll(by=rosa, school=birch, grade="08", starts=D("2026-08-12")))
    for place, child in enumerate(found[:12]):
        status = {"status": ElStatus.EL, "starts": D("2026-08-12"), "source": StatusSource.RECORDS, "reason": "x"}
        actions.set_status(by=rosa, student=child, **status)
        language = languages["Punjabi" if place == 11 else "Spanish"]
        Student.objects.filter(pk=child.pk).update(primary_language=language)
    for child in found[:3]:
        Flag.objects.create(student=child, kind="migrant", starts=D("2026-09-01"))
    for child in found[11:13]:
        Flag.objects.create(student=child, kind="homeless", starts=D("2026-09-01"))
    return found


def numbers(line):
    return {name: number.count for (name, _title, _asked), number in zip(GROUPS, line.numbers, strict=True)}


@pytest.mark.plan("MP0-07", "MP0-09", "MP0-10")
def test_numbers_are_those_of_the_rows(children):
    schools = list(School.objects.order_by("cds_code"))
    found = profile(schools, ON, with_names=True)
    alder, birch, whole = found.groups
    assert (alder.enrolled.count, birch.enrolled.count, whole.enrolled.count) == (14, 1, 15)
    expected = {"learners": 12, "migrant_learners": 3, "migrant": 3, "homeless": 2}
    assert {name: count for name, count in numbers(alder).items() if count} == expected
    assert numbers(whole) == numbers(alder)
    assert (alder.numbers[0].share, alder.numbers[1].share) == (86, 25)
    assert found.language_names == ["Spanish", "Punjabi", "others and not known"]
    assert [number.count for number in found.languages[0].numbers] == [11, 1, 0]
    assert [(grade, number.count) for grade, number in found.grades] == [("kindergarten", 14), ("grade 8", 1)]


def test_every_number_opens_its_list(client, children, rosa):
    client.force_login(rosa)
    found = profile(list(School.objects.order_by("cds_code")), ON, with_names=True)
    for line in found.groups:
        for number in (line.enrolled, *line.numbers):
            page = client.get(number.url)
            assert page.context["page_obj"].paginator.count == number.count, number.url


def test_small_groups_are_hidden_from_who_sees_no_names(client, children, imogen, rosa):
    schools = list(School.objects.order_by("cds_code"))
    found = profile(schools, ON, with_names=False)
    alder, birch, whole = found.groups
    assert (alder.enrolled.count, birch.enrolled.count) == (14, None)
    assert numbers(alder)["migrant"] is None
    assert numbers(whole)["homeless"] is None
    assert found.languages[0].numbers[1].count is None
    assert not any(number.url for line in found.groups for number in line.numbers)
    client.force_login(imogen)
    page = client.get(reverse("profile")).content.decode()
    assert "groups under 11, and what would betray them, are hidden" in page
    assert "/children/" not in page
    client.force_login(rosa)
    assert "Every number opens its list." in client.get(reverse("profile")).content.decode()


@pytest.mark.plan("MP6-60")
def test_a_language_owed_with_a_draft_is_flagged(client, children, rosa, year):
    Student.objects.update(primary_language="01")
    for child in children:
        child.enrollments.update(starts=D("2025-08-13"))
    client.force_login(rosa)
    page = client.get(reverse("profile")).content.decode()
    assert "not read by a person" in page or "without a text" in page
    assert "Annual placement and notification letter" in page


def test_a_principal_sees_the_own_school(client, children, ruth, marisela):
    client.force_login(ruth)
    page = client.get(reverse("profile")).content.decode()
    assert ("Alder Primary" in page, "Birch" in page) == (True, False)
    client.force_login(marisela)
    assert client.get(reverse("profile")).status_code == 404


def test_no_more_queries_for_more_schools(children, django_assert_num_queries):
    schools = list(School.objects.order_by("cds_code"))
    for some in (schools[:1], schools):
        with django_assert_num_queries(11):
            profile(some, ON, with_names=True)
