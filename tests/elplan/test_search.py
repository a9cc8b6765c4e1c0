"""Finding a child by what is at hand; what was typed stays out of every address."""

from datetime import date

import pytest
from django.urls import reverse

from students.models import Student
from students.search import Wanted, found

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("García", Wanted(words=("garcia",))),
        ("garcia, jose", Wanted(words=("garcia", "jose"))),
        ("O'Brien-Smith", Wanted(words=("o", "brien", "smith"))),
        ("9014 5582 07", Wanted(numbers=("9014558207",))),
        ("9014-5582-07", Wanted(numbers=("9014558207",))),
        ("104988", Wanted(numbers=("104988",))),
        ("030921", Wanted(numbers=("030921",), days=(date(2021, 3, 9),))),
        ("3/9/21", Wanted(days=(date(2021, 3, 9),))),
        ("gill 3/9/21", Wanted(words=("gill",), days=(date(2021, 3, 9),))),
        ("gill 104", Wanted(words=("gill",), numbers=("104",))),
        ("", Wanted()),
    ],
)
def test_what_was_typed_is_taken_apart(typed, wanted):
    assert Wanted.read(typed, TODAY) == wanted


@pytest.fixture
def children(enroll):
    facts = [
        ("Núñez Cárdenas", "Ángel", "2016-02-29", "104001", "9014558207"),
        ("O'Brien", "Siobhan", "2017-05-05", "104002", "9014558215"),
        ("García López", "Ana Sofía", "2018-05-11", "104003", None),
        ("García López", "Ana Lucía", "2018-05-11", "104004", "9014558223"),
        ("Nguyễn", "Quỳnh", "2018-06-01", "204005", None),
    ]
    return {
        first: enroll(
            last_name=last, first_name=first, birth_date=date.fromisoformat(born), local_id=local, ssid=ssid, grade="03"
        )
        for last, first, born, local, ssid in facts
    }


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("nunez", ["Ángel"]),
        ("NÚÑEZ", ["Ángel"]),
        ("angel nun", ["Ángel"]),
        ("Núñez Cárdenas, Ángel", ["Ángel"]),
        ("o'brien", ["Siobhan"]),
        ("brien", ["Siobhan"]),
        ("garcia", ["Ana Lucía", "Ana Sofía"]),
        ("sofia garcia", ["Ana Sofía"]),
        ("lopez", ["Ana Lucía", "Ana Sofía"]),
        ("nguyen", ["Quỳnh"]),
        ("garcia 5/11/18", ["Ana Lucía", "Ana Sofía"]),
        ("051118", ["Ana Lucía", "Ana Sofía"]),
        ("2/29/16", ["Ángel"]),
        ("9014558207", ["Ángel"]),
        ("9014 5582 07", ["Ángel"]),
        ("90145582", ["Ana Lucía", "Ángel", "Siobhan"]),
        ("204005", ["Quỳnh"]),
        ("2040", ["Quỳnh"]),
        ("garcia 104004", ["Ana Lucía"]),
        ("garcia 5/11/17", []),
        ("arcia", []),
        ("g", []),
        ("", []),
        ("%", []),
        ("' OR 1=1 --", []),
    ],
)
def test_found(children, typed, names):
    hits, _alike = found(Student.objects.all(), typed, TODAY)
    assert [child.first_name for child in hits if not _alike] == names


@pytest.mark.parametrize("typed", ["obrien", "gracia lopes", "nunes cardenaz"])
def test_a_slip_of_the_finger_finds_names_like_it(children, typed):
    hits, alike = found(Student.objects.all(), typed, TODAY)
    assert alike
    assert hits.exists()


def test_one_query_whatever_is_found(children, django_assert_num_queries):
    hits, _alike = found(Student.objects.all(), "garcia", TODAY)
    with django_assert_num_queries(1):
        assert {(child.current_enrollment.school.name, child.status_code) for child in hits} == {
            ("Alder Primary", None)
        }


@pytest.fixture
def desk(client, marisela):
    client.force_login(marisela)
    return client


def test_results_are_reached_by_a_number_not_by_the_name(desk, children):
    answer = desk.post(reverse("search"), {"q": "garcia"})
    assert answer.status_code == 302
    assert answer["Location"] == "/search/?n=1"
    page = desk.get(answer["Location"]).content.decode()
    assert "Ana Sofía García López" in page
    assert "Ana Lucía García López" in page
    assert "Ángel" not in page


def test_going_back_finds_the_earlier_search(desk, children):
    for typed in ("garcia", "nunez"):
        desk.post(reverse("search"), {"q": typed})
    assert "García López" in desk.get("/search/?n=1").content.decode()
    assert "Núñez" in desk.get("/search/?n=2").content.decode()


def test_a_session_remembers_a_few_searches_only(desk, children):
    for number in range(30):
        desk.post(reverse("search"), {"q": f"garcia {number}/1/18"})
    kept = desk.session["searches"]
    assert len(kept) == 20
    assert max(kept, key=int) == "30"


def test_a_number_that_fits_one_child_opens_the_child(desk, children):
    answer = desk.post(reverse("search"), {"q": "9014 5582 07"})
    assert answer["Location"] == reverse("child", args=[children["Ángel"].pk])


def test_search_by_address_shows_nothing(desk, children):
    """A name in the address is not read: nobody is tempted to put one there."""
    assert "García" not in desk.get("/search/?q=garcia").content.decode()


def test_children_of_another_school_are_not_found(client, nadia, children):
    client.force_login(nadia)
    for url, data in [(reverse("search_while_typing"), {"q": "garcia"}), (reverse("search"), {"q": "9014558207"})]:
        body = client.post(url, data, follow=True).content.decode()
        assert "López" not in body
        assert "Núñez" not in body
    assert "Nobody you may see fits" in client.post(reverse("search_while_typing"), {"q": "garcia"}).content.decode()


def test_who_sees_no_children_has_no_search(client, imogen, children):
    client.force_login(imogen)
    assert client.post(reverse("search"), {"q": "garcia"}).status_code == 404
    assert 'role="search"' not in client.get("/").content.decode()


def test_list_under_the_box_tells_twins_apart(desk, children):
    body = desk.post(reverse("search_while_typing"), {"q": "garcia"}).content.decode()
    assert body.count('role="option"') == 2
    for child in (children["Ana Sofía"], children["Ana Lucía"]):
        assert f'data-href="/children/{child.pk}/"' in body
        assert child.local_id in body
    assert "born 11 May 2018" in body


def test_list_under_the_box_says_how_many_more(desk, enroll):
    for number in range(12):
        enroll(last_name="Sandhu", first_name=f"Child {number}", birth_date=date(2019, 1, 1 + number))
    body = desk.post(reverse("search_while_typing"), {"q": "sandhu"}).content.decode()
    assert body.count('role="option"') == 8
    assert "12 fit. Enter shows them all." in body


def test_what_was_typed_is_escaped(desk, children):
    desk.post(reverse("search"), {"q": "<script>alert(1)</script>"})
    assert "<script>alert" not in desk.get("/search/?n=1").content.decode()


def test_empty_search_shows_the_children_opened_lately(desk, children):
    desk.get(reverse("child", args=[children["Siobhan"].pk]))
    page = desk.get(reverse("search")).content.decode()
    assert "Opened by you lately" in page
    assert "Siobhan" in page
