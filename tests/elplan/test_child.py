"""The child's page: everything with its reason, date and source, to who may see it, and every look written down."""

from datetime import date

import pytest
from django.urls import reverse

from assessments.models import Result, Score
from district.enums import Role
from district.models import Look, RoleAssignment
from elplan.child.page import access
from students.models import Flag
from students.queries import child_head

ON = date(2026, 11, 24)


@pytest.fixture
def child(enroll, survey, tomas, rosa):
    found = enroll(
        first_name="Ximena",
        last_name="Castañeda",
        ssid="9014558207",
        teacher=tomas,
        room="14",
        starts=date(2026, 11, 20),
    )
    survey(
        found, "Spanish", "Spanish", "English", "-", signed_by="Rosa Robles", signed_on=found.current_enrollment.starts
    )
    result = Result.objects.create(
        student=found,
        test="summative_elpac",
        administration="2025-26",
        source="state_file",
        grade="KN",
        tested_on=date(2026, 4, 20),
        overall_score=1551,
        level="4",
        received_on=date(2026, 7, 13),
        recorded_by=rosa,
    )
    Score.objects.create(result=result, measure="reading", level="2")
    found.refresh_from_db()
    return found


def read(client, user, child):
    client.force_login(user)
    return client.get(reverse("child", args=[child.pk]))


def test_page_says_what_and_why(client, marisela, child):
    page = read(client, marisela, child).content.decode()
    for said in [
        "Ximena Castañeda",
        "SSID 9014 5582 07",
        "To be determined",
        "since Fri 20 Nov 2026, Home Language Survey",
        "Answers 1 and 2: Spanish.",
        "Rosa Robles",
        "Summative ELPAC 2025-26",
        "1551",
        "4 Well",
        "state file, Mon 13 Jul 2026",
        "Tomas Echeverría, room 14",
        "Kindergarten",
    ]:
        assert said in page, said


@pytest.mark.plan("MP1-14", "MP1-15")
def test_score_stands_with_level_in_words_and_source(client, marisela, child):
    page = read(client, marisela, child).content.decode()
    assert "<b>1551</b>" in page
    assert "2 Somewhat" in page


def test_empty_parts_say_what_would_stand_there(client, marisela, enroll):
    page = read(client, marisela, enroll()).content.decode()
    for said in [
        "No status yet.",
        "No result is in yet.",
        "No placement has been decided.",
        "No letter has been issued.",
    ]:
        assert said in page


def test_opening_is_written_down(client, marisela, child):
    read(client, marisela, child)
    assert [(look.user, look.student_id, look.what) for look in Look.objects.all()] == [
        (marisela, child.pk, "opened the page")
    ]


def test_stranger_finds_nothing_and_leaves_no_look(client, nadia, imogen, otto, child):
    for user in (nadia, imogen, otto):
        assert read(client, user, child).status_code == 404
        assert client.get(reverse("child_looks", args=[child.pk])).status_code == 404
    assert not Look.objects.exists()


def test_class_teacher_sees_own_class_only(client, tomas, child, enroll):
    page = read(client, tomas, child)
    assert page.status_code == 200
    assert "Who sees this page" not in page.content.decode()
    assert read(client, tomas, enroll()).status_code == 404


def test_list_of_looks_is_for_the_parents(client, marisela, tomas, child):
    read(client, tomas, child)
    client.force_login(marisela)
    page = client.get(reverse("child_looks", args=[child.pk])).content.decode()
    assert "Tomas Echeverría" in page
    assert "Education Code 49064" in page


def test_access_names_everybody_who_may_see_the_child(child, marisela, ruth, tomas, nadia, rosa, imogen):
    found = access(child, ON, marisela)
    assert found.by_role == [
        ("School secretary", "Marisela Ochoa"),
        ("Principal", "Ruth Lindqvist"),
        ("Teacher", "Tomas Echeverría"),
        ("EL administrator", "Rosa Whitcombe"),
    ]
    assert found.count == 4


def test_access_agrees_with_what_people_can_open(client, child, marisela, ruth, tomas, nadia, rosa, imogen, otto):
    """Who is named can open the page, who is not cannot."""
    everybody = [marisela, ruth, tomas, nadia, rosa, imogen, otto]
    named = ", ".join(names for _role, names in access(child, ON, marisela).by_role)
    for user in everybody:
        assert (read(client, user, child).status_code == 200) is (str(user) in named), user


def test_ended_role_is_not_named(child, ruth):
    RoleAssignment.objects.filter(user=ruth).update(ends=date(2026, 11, 1))
    assert Role.PRINCIPAL.label.capitalize() not in dict(access(child, ON, ruth).by_role)


def test_head_in_words(child):
    Flag.objects.create(student=child, kind="migrant", starts=date(2026, 9, 1))
    Flag.objects.create(student=child, kind="iep", starts=date(2026, 9, 1), ends=date(2026, 10, 1))
    head = child_head(child, ON)
    assert (head.status, head.status_note) == ("To be determined", "since Fri 20 Nov 2026, Home Language Survey")
    assert (head.flags, head.flags_note) == ("Migrant", "no IEP, no 504 plan")
    assert (head.school, head.school_note) == ("Alder", "since Fri 20 Nov 2026")
    assert (head.language, head.letters_note) == ("Spanish", "letters in Spanish and English")


def test_number_of_queries_does_not_grow(client, marisela, child, rosa, django_assert_max_num_queries):
    for year in ("2022-23", "2023-24", "2024-25"):
        result = Result.objects.create(
            student=child,
            test="summative_elpac",
            administration=year,
            source="state_file",
            grade="KN",
            level="2",
            received_on=date(2026, 7, 13),
            recorded_by=rosa,
        )
        Score.objects.create(result=result, measure="reading", level="2")
    client.force_login(marisela)
    with django_assert_max_num_queries(85):  # 77 today; every duty of the child is among them
        client.get(reverse("child", args=[child.pk]))
