"""Due dates inside queries: the same answers as the plain arithmetic, and NULL where the calendar ends."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import F, Value

from district import queries
from district.calendar import CalendarEnds, Period, add_years, due_day
from district.enums import DayKind
from district.models import LegalRule, NonSchoolDay, School, SchoolYear, Term

D = date.fromisoformat
pytestmark = pytest.mark.django_db


@pytest.fixture
def schools():
    """Two schools, two school years in a row and one after a gap; days off for all and for one school."""
    SchoolYear.objects.bulk_create(
        [
            SchoolYear(name="2025-26", first_day=D("2025-08-13"), last_day=D("2026-06-11")),
            SchoolYear(name="2026-27", first_day=D("2026-08-12"), last_day=D("2027-06-10")),
            SchoolYear(name="2028-29", first_day=D("2028-08-16"), last_day=D("2029-06-07")),
        ]
    )
    lower, upper = School.objects.bulk_create(
        [
            School(cds_code="99000010000011", name="Lower", short_name="L", grade_low="TK", grade_high="03"),
            School(cds_code="99000010000029", name="Upper", short_name="U", grade_low="04", grade_high="06"),
        ]
    )
    NonSchoolDay.objects.bulk_create(
        [
            NonSchoolDay(day=D("2026-11-26"), name="Thanksgiving Day", is_holiday=True),
            NonSchoolDay(day=D("2026-11-27"), name="Day after", is_holiday=False),
            NonSchoolDay(day=D("2026-11-30"), name="Flood", school=upper),
            NonSchoolDay(day=D("2026-11-27"), name="Flood", school=upper),
        ]
    )
    return lower, upper


def of_all_days(expression, school):
    """The expression for every day of four years, as {day: value}."""
    year = SchoolYear.objects.get(name="2025-26")
    days = [D("2025-06-01") + timedelta(days=count) for count in range(4 * 365 + 100)]
    Term.objects.bulk_create(
        [Term(year=year, system="quarter", number=n, starts=day, ends=day) for n, day in enumerate(days)]
    )
    return dict(Term.objects.annotate(value=expression).values_list("starts", "value"))


@pytest.mark.parametrize("kind", DayKind)
@pytest.mark.parametrize("number", [0, 1, 15])
def test_a_query_counts_as_the_plain_arithmetic_does(schools, kind, number):
    for school in schools:
        Term.objects.all().delete()
        length = Period(number, kind)
        calendar = queries.school_calendar(school)
        expected = {}
        found = of_all_days(queries.due("starts", Value(school.pk), length), school)
        for day in found:
            try:
                expected[day] = due_day(day, length, calendar)
            except CalendarEnds:
                expected[day] = day if number == 0 else None
        assert found == expected


def test_the_query_is_not_without_answers(schools):
    found = of_all_days(queries.add_school_days("starts", Value(schools[0].pk), 15), schools[0])
    assert found[D("2026-11-20")] == D("2026-12-15")
    assert found[D("2027-06-01")] is None
    assert found[D("2025-06-30")] is None


def test_a_school_has_its_own_days_off(schools):
    lower, upper = schools
    assert queries.school_calendar(lower).add_school_days(D("2026-11-25"), 1) == D("2026-11-30")
    assert queries.school_calendar(upper).add_school_days(D("2026-11-25"), 1) == D("2026-12-01")
    assert queries.school_calendar(None).add_school_days(D("2026-11-25"), 1) == D("2026-11-30")


def test_school_days_after(schools):
    lower, _upper = schools
    gone = queries.school_days_after("starts", Value(D("2026-11-30")), Value(lower.pk))
    found = of_all_days(gone, lower)
    assert (found[D("2026-11-24")], found[D("2026-11-30")], found[D("2026-12-02")]) == (2, 0, -2)
    assert found[D("2027-07-15")] is None


@pytest.mark.parametrize("day", ["2024-02-29", "2026-11-23"])
def test_years_are_those_of_the_plain_arithmetic(schools, day):
    Term.objects.create(year=SchoolYear.objects.first(), system="quarter", number=1, starts=D(day), ends=D(day))
    for years in (1, 4):
        assert Term.objects.values_list(queries.add_years("starts", years), flat=True).get() == add_years(D(day), years)


@pytest.mark.parametrize(
    "change",
    [
        "INSERT INTO district_nonschoolday (day, name, is_holiday) VALUES ('2026-09-15', 'Raw', false)",
        "UPDATE district_nonschoolday SET day = '2026-09-15' WHERE name = 'Thanksgiving Day'",
    ],
)
def test_the_numbering_follows_every_write(schools, change):
    lower, _upper = schools
    due = queries.add_school_days(Value(D("2026-09-14")), F("pk"), 1)
    before = School.objects.annotate(due=due).get(pk=lower.pk).due
    with connection.cursor() as cursor:
        cursor.execute(change)
    after = School.objects.annotate(due=due).get(pk=lower.pk).due
    assert (before, after) == (D("2026-09-15"), D("2026-09-16"))


@pytest.mark.parametrize(
    ("on", "expected"), [("2026-11-23", "2026-27"), ("2026-07-01", "2026-27"), ("2027-07-01", None)]
)
def test_the_school_year_of_a_day(schools, on, expected):
    year = queries.school_year(D(on))
    assert (year and year.name) == expected


def test_a_period_is_the_one_in_force():
    common = {"text": "Copy to the teacher", "day_kind": "school", "source": "own", "certainty": "district"}
    LegalRule.objects.create(code="OWN-04", days=5, valid_to=D("2026-12-31"), **common)
    LegalRule.objects.create(code="OWN-04", days=3, valid_from=D("2027-01-01"), **common)
    assert queries.period("OWN-04", D("2026-12-31")) == Period(5, DayKind.SCHOOL, "OWN-04", "own")
    assert queries.period("OWN-04", D("2027-01-01")).days == 3


def test_a_period_that_nobody_has_set_is_an_error():
    with pytest.raises(LookupError, match="No period OWN-04 is in force"):
        queries.period("OWN-04", D("2026-12-31"))
