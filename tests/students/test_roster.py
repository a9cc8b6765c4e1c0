"""The roster, its filters and files; which languages a school owes."""

import csv
import io
from datetime import date

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from district.models import Look
from students import actions, queries, rules
from students.enums import Origin
from students.models import Enrollment, Flag, Student
from tests.students.conftest import ENROLLED
from tests.students.test_pages import district, signed_in, today  # noqa: F401 -- fixtures

D = date.fromisoformat
pytestmark = pytest.mark.usefixtures("year", "district")


@pytest.fixture
def office(marisela):
    return signed_in(marisela)


def listed(client, **filters):
    return [row["stay"].student for row in client.get(reverse("roster"), filters).context["lines"]]


def test_the_roster_is_sorted_by_grade_and_name(office, enroll):
    third, kinder = enroll(grade="03", last_name="Adams"), enroll(last_name="Zúñiga")
    tk, other = enroll(grade="TK", last_name="Moss"), enroll(last_name="Ávila")
    assert listed(office) == [tk, other, kinder, third]


def test_filters_stand_in_the_address(office, enroll, survey, languages, marisela):
    english, punjabi, none = enroll(), enroll(grade="02"), enroll(letter_language=languages["Spanish"])
    survey(english, "English", "English", "English", "-")
    survey(punjabi, "Punjabi", "Punjabi", "Punjabi", "-")
    actions.set_flag(by=marisela, student=punjabi, kind="migrant", starts=ENROLLED)
    for asked, found in (
        ({"grade": "02"}, [punjabi]),
        ({"status": "EO"}, [english]),
        ({"status": "none"}, [none]),
        ({"language": "28"}, [punjabi]),
        ({"language": "01"}, [none]),
        ({"language": "none"}, [none]),
        ({"flag": "migrant"}, [punjabi]),
        ({"flag": "iep"}, []),
        ({"grade": "02", "status": "EO"}, []),
    ):
        assert (asked, listed(office, **asked)) == (asked, found)
    assert len(listed(office, grade="99", status="x", school="7", language="xx", flag="y")) == 3


def test_the_page_says_status_date_languages_and_flags(office, enroll, survey, languages, marisela):
    child = enroll(letter_language=languages["Spanish"], origin=Origin.CALIFORNIA)
    survey(child, "Punjabi", "Punjabi", "Punjabi", "-")
    actions.set_flag(by=marisela, student=child, kind="iep", starts=ENROLLED)
    page = office.get(reverse("roster")).content.decode()
    for said in ("to be determined", "since Mon 23 Nov 2026, records awaited", "Punjabi", "letters in Spanish", "IEP"):
        assert said in page


def test_an_empty_list_says_what_would_stand_there(office, enroll):
    page = office.get(reverse("roster"), {"status": "RFEP"}).content.decode()
    assert "No child fits what is chosen." in page
    assert "This list as CSV" not in page


def test_a_school_sees_its_own_children_only(enroll, nadia, rosa, birch):
    mine = enroll(grade="03")
    page = signed_in(nadia).get(reverse("roster"))
    assert page.context["lines"] == []
    assert mine.name not in page.content.decode()
    assert mine.name not in signed_in(nadia).get(reverse("roster_csv")).content.decode()
    assert listed(signed_in(rosa)) == [mine]
    assert listed(signed_in(rosa), school=str(birch.pk)) == []


def test_the_number_of_queries_does_not_grow(office, enroll, django_assert_max_num_queries):
    enroll()
    office.get(reverse("roster"))
    with django_assert_max_num_queries(30) as one:
        office.get(reverse("roster"))
    for _ in range(5):
        enroll()
    with django_assert_max_num_queries(30) as six:
        office.get(reverse("roster"))
    assert len(one) == len(six)


def test_between_school_years_the_coming_one_is_listed(office, enroll, monkeypatch):
    child = enroll()
    Enrollment.objects.update(starts=D("2026-08-12"))
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: D("2026-07-15"))
    page = office.get(reverse("roster"))
    assert [row["stay"].student for row in page.context["lines"]] == [child]
    assert "Enrolled on Wed 12 Aug 2026." in page.content.decode()


# --- files ----------------------------------------------------------------------------------------------------

HEAD = [
    "ssid",
    "local_id",
    "last_name",
    "first_name",
    "birth_date",
    "grade",
    "school",
    "school_name",
    "teacher",
    "status",
    "status_words",
    "status_date",
    "status_source",
    "primary_language",
    "letter_language",
    "migrant",
    "mckinney_vento",
    "flags",
]


def as_rows(response):
    text = response.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_the_file_holds_what_the_page_shows(office, enroll, survey, tomas):
    child = enroll(ssid="0014558207", last_name="Núñez", teacher=tomas)
    survey(child, "Punjabi", "Punjabi", "Punjabi", "-")
    response = office.get(reverse("roster_csv"), {"status": "TBD"})
    head, row = as_rows(response)
    assert head == HEAD
    assert row == [
        "0014558207",
        child.local_id,
        "Núñez",
        child.first_name,
        "2021-03-09",
        "KN",
        "99000010000011",
        "Alder Primary",
        "Tomas Echeverría",
        "TBD",
        "to be determined",
        "2026-11-23",
        "Home Language Survey",
        "Punjabi",
        "Punjabi",
        "no",
        "no",
        "",
    ]
    assert response["Content-Disposition"] == 'attachment; filename="children.csv"'
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert as_rows(office.get(reverse("roster_csv"), {"status": "EO"})) == [HEAD]


@pytest.mark.plan("MP0-09")
def test_the_file_says_who_is_migrant_and_who_has_no_home(office, enroll):
    child, _other = enroll(last_name="Abad"), enroll(last_name="Zapata")
    for kind, ends in (("migrant", None), ("homeless", None), ("iep", D("2026-11-20"))):
        Flag.objects.create(student=child, kind=kind, starts=D("2026-09-01"), ends=ends)
    head, one, two = as_rows(office.get(reverse("roster_csv")))
    assert one[head.index("migrant") :] == ["yes", "yes", "migrant, McKinney-Vento"]
    assert two[head.index("migrant") :] == ["no", "no", ""]
    (only,) = as_rows(office.get(reverse("roster_csv"), {"flag": "homeless"}))[1:]
    assert only[head.index("last_name")] == "Abad"


def test_the_workbook_holds_the_same(office, enroll):
    child = enroll(ssid="0014558207")
    response = office.get(reverse("roster_xlsx"))
    sheet = load_workbook(io.BytesIO(response.content)).active
    head, row = list(sheet.iter_rows(values_only=True))
    assert list(head) == HEAD
    assert row[:2] == ("0014558207", child.local_id)
    assert response["Content-Disposition"] == 'attachment; filename="children.xlsx"'


@pytest.mark.parametrize("name", ["=1+1", "==1+1", "+cmd", "-2", "@SUM(A1)", "\tx", "＝1", " =1", "|calc"])
def test_no_cell_computes(office, enroll, name):
    Student.objects.filter(pk=enroll().pk).update(last_name=name)
    (_head, row) = as_rows(office.get(reverse("roster_csv")))
    assert row[2] == (name if name == "-2" else f"'{name}")
    sheet = load_workbook(io.BytesIO(office.get(reverse("roster_xlsx")).content)).active
    cell = sheet.cell(row=2, column=3)
    assert (cell.data_type, cell.value) == ("s", row[2])


def test_every_exported_child_is_written_down(office, enroll, marisela):
    children = [enroll() for _ in range(3)]
    office.get(reverse("roster_csv"))
    looks = Look.objects.values_list("user", "student_id", "what")
    assert sorted(looks) == [(marisela.pk, child.pk, "exported the list of children") for child in children]


# --- languages owed -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("begins", "day"), [(2024, "2024-10-02"), (2025, "2025-10-01"), (2026, "2026-10-07")])
def test_census_day_is_the_first_wednesday_in_october(begins, day):
    assert rules.census_day(begins) == D(day)


@pytest.mark.parametrize(
    ("on", "day"), [("2026-11-24", "2025-10-01"), ("2026-07-01", "2025-10-01"), ("2026-06-30", "2024-10-02")]
)
def test_the_count_is_that_of_the_year_before(on, day):
    assert rules.census_day_before(D(on)) == D(day)


@pytest.mark.parametrize(
    ("code", "script", "number", "base", "owed"),
    [
        ("01", "Latn", 15, 100, True),
        ("01", "Latn", 14, 100, False),
        ("01", "Latn", 3, 20, True),
        ("01", "Latn", 3, 21, False),
        ("00", "Latn", 90, 100, False),
        ("37", "Zxxx", 90, 100, False),
        ("01", "Latn", 0, 0, False),
    ],
)
def test_fifteen_of_a_hundred_of_all_pupils(code, script, number, base, owed):
    assert rules.is_owed(code, script, number, base, rules.owed_share(D("2026-11-24"))) is owed


@pytest.fixture
def counted(enroll, languages):
    """Children who were at Alder Primary on census day 2025, by primary language."""

    def make(**numbers):
        for name, number in numbers.items():
            for _ in range(number):
                child = enroll(starts=D("2025-08-13"), birth_date=D("2019-03-09"))
                child.primary_language = languages[name] if name != "unknown" else None
                child.save()

    return make


def test_the_languages_of_a_school_are_those_of_all_its_pupils(counted, enroll, alder):
    counted(English=10, Spanish=5, Punjabi=3, unknown=2)
    enroll()  # came after the census
    found = queries.languages_owed(alder, D("2026-11-24"))
    assert (found.base, found.unknown, found.census_on) == (20, 2, D("2025-10-01"))
    assert [(row.language.name, row.count, row.percent, row.is_owed) for row in found.rows] == [
        ("English", 10, 50.0, False),
        ("Spanish", 5, 25.0, True),
        ("Punjabi", 3, 15.0, True),
    ]
    assert [language.name for language in found.owed] == ["Spanish", "Punjabi"]


def test_without_a_count_nothing_is_claimed(enroll, alder):
    enroll()
    found = queries.languages_owed(alder, D("2026-11-24"))
    assert (found.is_known, found.rows, found.owed) == (False, [], [])


def test_the_page_says_which_and_from_which_day(office, counted, birch, rosa, tomas):
    counted(English=1, Spanish=1)
    page = office.get(reverse("school_languages")).content.decode()
    assert "counted on Wed 1 Oct 2025" in page
    assert "<b>Spanish</b>: owed beside English. 2 pupils counted." in page
    assert "15 of 100 of all its pupils" in page
    assert "Birch Middle" not in page
    whole = signed_in(rosa).get(reverse("school_languages")).content.decode()
    assert "nobody is on record as enrolled there on that day" in whole
    assert signed_in(tomas).get(reverse("school_languages")).status_code == 404


def test_several_schools_are_counted_in_two_queries(counted, alder, birch, django_assert_num_queries):
    counted(Spanish=1)
    with django_assert_num_queries(2):
        found = queries.languages_of_schools([alder, birch], D("2026-11-24"))
    assert [each.base for each in found] == [1, 0]
