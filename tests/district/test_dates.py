"""Dates as people type them."""

from datetime import date

import pytest

from district.dates import NotADate, read_date

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("3/9/26", date(2026, 3, 9)),
        ("03/09/2026", date(2026, 3, 9)),
        ("3-9-26", date(2026, 3, 9)),
        ("3.9.2026", date(2026, 3, 9)),
        ("3 9 26", date(2026, 3, 9)),
        ("030926", date(2026, 3, 9)),
        ("03092026", date(2026, 3, 9)),
        ("2026-03-09", date(2026, 3, 9)),
        ("2026/3/9", date(2026, 3, 9)),
        ("Mar 9, 2026", date(2026, 3, 9)),
        ("March 9 26", date(2026, 3, 9)),
        ("9 Mar 2026", date(2026, 3, 9)),
        ("Mon 9 Mar 2026", date(2026, 3, 9)),
        ("Sept. 7, 2026", date(2026, 9, 7)),
        (" 2/29/24 ", date(2024, 2, 29)),
        ("7/4/76", date(1976, 7, 4)),
        ("1/1/46", date(2046, 1, 1)),
        ("1/1/47", date(1947, 1, 1)),
        ("੩/੯/੨੬", date(2026, 3, 9)),
    ],
)
def test_read_date(typed, meant):
    assert read_date(typed, TODAY) == meant


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("tomorrow", "“tomorrow” is not a date. Type month, day and year, such as 3/9/26."),
        ("3/9", "“3/9” has no year. Type month, day and year, such as 3/9/26."),
        ("31/12/26", "There is no month 31 in “31/12/26”. The month comes first: 12/31/2026?"),
        ("13/13/26", "There is no month 13 in “13/13/26”."),
        ("0/5/26", "There is no month 0 in “0/5/26”."),
        ("2/30/26", "That month has no day 30: “2/30/26”."),
        ("2/29/2023", "That month has no day 29: “2/29/2023”."),
        ("1/1/0206", "The year 206 in “1/1/0206” cannot be right."),
        ("Foo 9, 2026", "“Foo 9, 2026” names no month. Type it as 3/9/26."),
    ],
)
def test_read_date_refuses(typed, sentence):
    with pytest.raises(NotADate) as refused:
        read_date(typed, TODAY)
    assert str(refused.value) == sentence
