"""Counting days: truth tables, no database."""

from datetime import date

import pytest

from district.calendar import (
    CalendarEnds,
    Period,
    SchoolCalendar,
    Year,
    add_calendar_days,
    add_years,
    due_day,
    full_years,
    year_name,
)
from district.enums import DayKind

D = date.fromisoformat
THANKSGIVING = frozenset(D(f"2026-11-{day}") for day in (23, 24, 25, 26, 27))
CALENDAR = SchoolCalendar(
    years=(
        Year("2025-26", D("2025-08-13"), D("2026-06-11")),
        Year("2026-27", D("2026-08-12"), D("2027-06-10")),
    ),
    closed=THANKSGIVING | {D("2026-09-07"), D("2026-07-03")},
    holidays=frozenset({D("2026-11-26"), D("2026-11-27"), D("2026-09-07"), D("2026-07-03")}),
)


@pytest.mark.plan("MP1-13", "MP1-36")
@pytest.mark.parametrize(
    ("start", "number", "expected"),
    [
        pytest.param("2026-11-23", 30, "2026-12-23", id="thirty-days-from-a-monday"),
        pytest.param("2026-08-12", 30, "2026-09-11", id="over-the-end-of-a-month"),
        pytest.param("2027-12-02", 30, "2028-01-01", id="over-the-end-of-a-year"),
        pytest.param("2028-02-01", 30, "2028-03-02", id="through-february-of-a-leap-year"),
        pytest.param("2026-11-23", 0, "2026-11-23", id="the-day-itself"),
        pytest.param("2026-11-23", -10, "2026-11-13", id="ten-days-before"),
    ],
)
def test_calendar_days_leave_the_first_day_out(start, number, expected):
    assert add_calendar_days(D(start), number) == D(expected)


@pytest.mark.plan("MP1-46")
@pytest.mark.parametrize(
    ("start", "number", "expected"),
    [
        pytest.param("2026-09-14", 1, "2026-09-15", id="the-first-day-is-not-counted"),
        pytest.param("2026-09-14", 15, "2026-10-05", id="three-weeks-without-holidays"),
        pytest.param("2026-09-11", 1, "2026-09-14", id="a-friday-goes-to-monday"),
        pytest.param("2026-09-12", 1, "2026-09-14", id="from-a-saturday"),
        pytest.param("2026-09-04", 1, "2026-09-08", id="over-labor-day"),
        pytest.param("2026-11-20", 1, "2026-11-30", id="over-a-week-off"),
        pytest.param("2026-11-24", 1, "2026-11-30", id="from-a-day-off"),
        pytest.param("2026-11-13", 15, "2026-12-11", id="fifteen-days-with-a-week-off"),
        pytest.param("2026-06-10", 2, "2026-08-12", id="over-the-summer-into-the-next-year"),
        pytest.param("2025-07-01", 1, "2025-08-13", id="before-the-first-day-of-instruction"),
        pytest.param("2026-11-24", 0, "2026-11-24", id="none-is-the-day-itself"),
    ],
)
def test_school_days_are_days_of_instruction(start, number, expected):
    assert CALENDAR.add_school_days(D(start), number) == D(expected)


@pytest.mark.parametrize(
    ("start", "number", "expected"),
    [
        pytest.param("2026-11-20", 1, "2026-11-23", id="a-pupil-free-week-is-business"),
        pytest.param("2026-11-25", 1, "2026-11-30", id="a-holiday-is-not"),
        pytest.param("2026-07-01", 2, "2026-07-06", id="summer-is-business-the-holiday-is-not"),
        pytest.param("2027-06-11", 5, "2027-06-18", id="after-the-last-day-of-instruction"),
    ],
)
def test_business_days_are_weekdays_without_holidays(start, number, expected):
    assert CALENDAR.add_business_days(D(start), number) == D(expected)


@pytest.mark.parametrize(
    ("start", "number"),
    [
        pytest.param("2027-06-01", 15, id="runs-over-the-last-known-day"),
        pytest.param("2027-08-20", 1, id="begins-after-it"),
        pytest.param("2025-06-30", 1, id="begins-before-the-first-year"),
    ],
)
def test_beyond_the_known_years_no_day_is_guessed(start, number):
    with pytest.raises(CalendarEnds):
        CALENDAR.add_school_days(D(start), number)


def test_the_year_to_open_is_named():
    with pytest.raises(CalendarEnds, match="2027-28"):
        CALENDAR.add_school_days(D("2027-06-01"), 15)


def test_a_year_that_is_missing_between_two_is_not_skipped():
    gap = SchoolCalendar(
        years=(
            Year("2024-25", D("2024-08-14"), D("2025-06-12")),
            Year("2026-27", D("2026-08-12"), D("2027-06-10")),
        ),
        closed=frozenset(),
        holidays=frozenset(),
    )
    with pytest.raises(CalendarEnds, match="2025-26"):
        gap.add_school_days(D("2025-06-10"), 5)
    assert gap.add_school_days(D("2026-08-12"), 1) == D("2026-08-13")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param("2026-08-11", False, id="the-day-before-the-first"),
        pytest.param("2026-08-12", True, id="the-first-day"),
        pytest.param("2027-06-10", True, id="the-last-day"),
        pytest.param("2027-06-11", False, id="the-day-after"),
        pytest.param("2026-09-07", False, id="labor-day"),
        pytest.param("2026-09-12", False, id="a-saturday"),
    ],
)
def test_which_days_are_school_days(day, expected):
    assert CALENDAR.is_school_day(D(day)) is expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        pytest.param("2026-09-14", "2026-09-14", 0, id="the-same-day"),
        pytest.param("2026-09-11", "2026-09-14", 1, id="friday-to-monday"),
        pytest.param("2026-11-20", "2026-11-29", 0, id="a-week-off"),
    ],
)
def test_school_days_after_a_day(start, end, expected):
    assert CALENDAR.school_days_after(D(start), D(end)) == expected


@pytest.mark.parametrize(
    ("start", "years", "expected"),
    [
        pytest.param("2023-05-22", 4, "2027-05-22", id="the-anniversary"),
        pytest.param("2024-02-29", 1, "2025-02-28", id="29-february-in-a-common-year"),
        pytest.param("2024-02-29", 4, "2028-02-29", id="29-february-in-a-leap-year"),
        pytest.param("2023-02-28", 1, "2024-02-28", id="28-february-stays"),
    ],
)
def test_years_go_by_the_calendar(start, years, expected):
    assert add_years(D(start), years) == D(expected)


@pytest.mark.parametrize(
    ("start", "on", "expected"),
    [
        pytest.param("2020-09-01", "2026-08-31", 5, id="the-day-before-the-anniversary"),
        pytest.param("2020-09-01", "2026-09-01", 6, id="the-anniversary"),
        pytest.param("2024-02-29", "2025-02-28", 1, id="29-february-counts-on-the-28th"),
        pytest.param("2026-09-01", "2026-09-01", 0, id="the-day-itself"),
    ],
)
def test_full_years_are_reached_on_the_anniversary(start, on, expected):
    assert full_years(D(start), D(on)) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2026-06-30", "2025-26"), ("2026-07-01", "2026-27"), ("2099-12-31", "2099-00")],
)
def test_a_school_year_is_named_as_the_state_names_it(day, expected):
    assert year_name(D(day)) == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        pytest.param(DayKind.CALENDAR, "2026-11-28", id="calendar"),
        pytest.param(DayKind.SCHOOL, "2026-12-04", id="school"),
        pytest.param(DayKind.BUSINESS, "2026-12-02", id="business"),
        pytest.param(DayKind.YEARS, "2031-11-23", id="years"),
    ],
)
def test_a_period_says_how_it_is_counted(kind, expected):
    assert due_day(D("2026-11-23"), Period(5, kind), CALENDAR) == D(expected)


def test_school_days_without_a_calendar_are_an_error():
    with pytest.raises(ValueError, match="cannot be counted without a calendar"):
        due_day(D("2026-11-23"), Period(5, DayKind.SCHOOL))
