"""The home page and the list of duties: folded, counted, filtered, and only what the person may see."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from district import duties as ground
from district.duties import duties_for
from district.entries import enter
from district.models import Look
from elplan.today import today

ON = date(2026, 11, 23)


@pytest.fixture
def children(enroll, two_rules):
    """Three late since the same day, one late since another, two due in five days, one due in ten."""
    back = timezone.localdate()
    return [
        enroll(first_name=f"Child {number}", starts=back - timedelta(days=ago), birth_date=date(2020, 1, 1 + number))
        for number, ago in enumerate([12, 12, 12, 20, 5, 5, 0])
    ]


@pytest.fixture
def desk(client, marisela):
    client.force_login(marisela)
    return client


def test_same_duty_on_the_same_day_is_one_line(children, marisela):
    found = today(marisela, timezone.localdate())
    late, week, later = found.groups
    assert [(line.count, line.whom) for line in late.lines] == [
        (1, "for Child 3"),
        (3, "3 times, for Child 0, Child 2 and others"),
    ]
    assert [(line.count, line.due_words) for line in week.lines] == [(2, "in 5 days")]
    assert [(line.count, line.due_words) for line in later.lines] == [(1, "in 10 days")]
    assert (late.count, late.note) == (4, "4 things in 2 lines")


def test_line_of_one_child_leads_to_where_it_is_done(children, marisela):
    line = today(marisela, timezone.localdate()).groups[0].lines[0]
    assert line.url == line.action_url == f"/children/{children[3].pk}/"
    assert line.action == "Do it"


def test_line_of_several_opens_their_list_and_its_button_the_first(children, marisela, desk):
    line = today(marisela, timezone.localdate()).groups[0].lines[1]
    page = desk.get(line.url).content.decode()
    assert [f"Child {number}" in page for number in range(5)] == [True, True, True, False, False]
    assert line.action_url == f"/children/{children[0].pk}/"


def test_queries_do_not_grow_with_children(children, marisela, enroll, django_assert_max_num_queries):
    for number in range(5):
        enroll(first_name=f"More {number}", starts=timezone.localdate() - timedelta(days=30 + number))
    marisela = type(marisela).objects.get(pk=marisela.pk)
    with django_assert_max_num_queries(6):
        assert len(today(marisela, timezone.localdate()).groups[0].lines) == 7


def test_many_days_are_one_line_for_each_duty(marisela, enroll, two_rules):
    for ago in range(15, 27):
        enroll(first_name=f"Child {ago}", starts=timezone.localdate() - timedelta(days=ago))
    late = today(marisela, timezone.localdate()).groups[0]
    [line] = late.lines
    assert (line.count, line.due_words) == (12, "up to 16 days late")
    assert line.whom == "12 times, for Child 26, Child 15 and others"
    assert line.url == "/duties/?mine=1&rule=greet&state=late"
    assert (late.count, late.more, late.note) == (12, 0, "12 things in 1 line")


def test_two_children_are_both_named(marisela, enroll, two_rules):
    for name in ("Ana", "Iker"):
        enroll(first_name=name, starts=timezone.localdate())
    [line] = today(marisela, timezone.localdate()).groups[2].lines
    assert line.whom == "for Ana and Iker"


def test_other_roles_work_is_not_mine(children, ruth):
    """The principal's own duty only; the secretary's stands under what waits with others."""
    lines = [line for group in today(ruth, timezone.localdate()).groups for line in group.lines]
    assert {line.what for line in lines} == {"Visit the class"}


def test_principal_sees_what_is_late_with_others(client, ruth, children):
    client.force_login(ruth)
    page = client.get("/").content.decode()
    assert "Waiting with others" in page
    assert "4 late" in page
    assert "/duties/?owner=secretary&amp;state=late" in page


def test_another_school_sees_nothing(client, nadia, children):
    client.force_login(nadia)
    assert "Nothing is waiting for you" in client.get("/").content.decode()
    assert "Child 0" not in client.get(reverse("duties")).content.decode()
    assert "Child 0" not in client.get(reverse("duties_file")).content.decode()


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 14),
        ("state=late", 8),
        ("state=week", 4),
        ("state=later", 2),
        ("state=done", 0),
        ("rule=greet", 7),
        ("owner=principal", 7),
        ("mine=1", 7),
        ("mine=1&state=late", 4),
        ("school=0", 14),
        ("rule=nothing&owner=nobody&state=x&due=never&school=x&page=x", 14),
        ("due=none", 0),
    ],
)
def test_filters_of_the_list(desk, children, query, count):
    page = desk.get(f"{reverse('duties')}?{query}").content.decode()
    assert page.count('<td class="nowrap" data-label="Due">') == count


def test_list_has_pages(desk, enroll, two_rules):
    for number in range(30):
        enroll(first_name=f"Child {number}", starts=timezone.localdate() - timedelta(days=number))
    first = desk.get(reverse("duties")).content.decode()
    second = desk.get(reverse("duties") + "?page=2&state=waiting").content.decode()
    assert "1 to 50 of 60" in first
    assert "51 to 60 of 60" in second
    assert "?page=1&amp;state=waiting" in second


def test_file_has_the_same_rows_and_is_written_down(desk, marisela, children):
    answer = desk.get(reverse("duties_file") + "?state=late&mine=1")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[3] for row in rows[1:]] == ["Child 3", "Child 0", "Child 1", "Child 2"]
    assert rows[1][1:3] == ["late", "Greet the child"]
    looks = Look.objects.filter(user=marisela, what="list of duties").values_list("student_id", flat=True)
    assert set(looks) == {children[number].pk for number in (0, 1, 2, 3)}


def test_file_is_inert_in_a_spreadsheet(desk, enroll, two_rules):
    enroll(first_name="=1+1", starts=timezone.localdate() - timedelta(days=20))
    rows = list(csv.reader(io.StringIO(desk.get(reverse("duties_file")).content.decode("utf-8-sig"))))
    assert rows[1][3] == "'=1+1"


def test_what_was_done_stands_below_with_the_way_back(desk, marisela, enroll, two_rules):
    enroll(first_name="Newcomer")
    page = desk.get("/").content.decode()
    assert "Newcomer Gill enrolled at Alder" in page
    assert "Put back" in page


def test_entry_of_somebody_else_cannot_be_put_back(client, nadia, marisela, two_rules):
    entry = enter(by=marisela, kind="students.enrolled", summary="Somebody's entry")
    client.force_login(nadia)
    assert client.post(reverse("put_back", args=[entry.pk])).status_code == 404
    entry.refresh_from_db()
    assert entry.put_back_at is None


def test_put_back_leads_back_but_never_away(desk, marisela, enroll, two_rules):
    enroll(first_name="Newcomer")
    entry = marisela.entries.latest("made_at")
    answer = desk.post(reverse("put_back", args=[entry.pk]), {"next": "https://elsewhere.example/"}, follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert "Put back: Newcomer Gill enrolled at Alder" in answer.content.decode()


def test_a_survey_that_is_put_back_leads_to_its_child(desk, marisela, enroll, survey, two_rules):
    child, other = enroll(), enroll()

    def put_back(asked):
        survey(child, "Punjabi", "English", "Punjabi", "-")
        entry = marisela.entries.filter(kind="survey", put_back_at=None).get()
        return desk.post(reverse("put_back", args=[entry.pk]), {"next": asked} if asked else {}).url

    own = reverse("child", args=[child.pk])
    for asked in (reverse("survey", args=[other.pk]), reverse("survey_next"), ""):
        assert put_back(asked) == own
    for asked in (reverse("survey", args=[child.pk]), reverse("roster"), reverse("entries")):
        assert put_back(asked) == asked


def test_an_enrollment_that_is_put_back_leaves_no_page(desk, marisela, enroll, two_rules):
    child = enroll()
    entry = marisela.entries.get(kind="enroll", student_id=child.pk)
    answer = desk.post(reverse("put_back", args=[entry.pk]), {"next": reverse("survey", args=[child.pk])})
    assert answer.url == reverse("home")


def test_a_part_of_the_list_is_where_it_stands_in_the_whole(rosa, enroll, two_rules, birch):
    today = timezone.localdate()
    for number in range(9):
        there = {"school": birch, "grade": "05", "by": rosa} if number % 3 else {}
        enroll(starts=today - timedelta(days=number % 4 * 11), **there)
    whole = duties_for(rosa, as_of=today, state="waiting").page()
    assert len({(duty.rule.id, duty.due, duty.school_id) for duty in whole}) > 6
    for start in range(len(whole)):
        for stop in (start + 1, start + 5, None):
            part = duties_for(rosa, as_of=today, state="waiting")[start:stop]
            assert [(duty.rule.id, duty.student_id) for duty in part] == [
                (duty.rule.id, duty.student_id) for duty in whole[start:stop]
            ]


def test_a_count_that_took_long_is_kept_with_its_time_until_asked_again(desk, enroll, two_rules, monkeypatch):
    monkeypatch.setattr(ground, "SLOW", 0)
    enroll()
    before = desk.get(reverse("duties"))
    assert "Counted at" in before.content.decode()
    enroll()
    kept = desk.get(reverse("duties")).context["page_obj"].paginator.count
    assert kept == before.context["page_obj"].paginator.count
    assert desk.get(reverse("duties") + "?recount=1").context["page_obj"].paginator.count == kept + 2
    monkeypatch.setattr(ground, "SLOW", 60)
    assert "Counted at" not in desk.get(reverse("duties") + "?state=late").content.decode()
