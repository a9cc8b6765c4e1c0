"""Days, spans and marks in words."""

from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template

from district.enums import DayKind
from district.wording import Due, day_and_time, day_month, due_words, long_day, some_names

TODAY = date(2026, 11, 23)


def render(source, **context):
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (date(2026, 11, 19), Due("late", "4 days late", "was due Thu 19 Nov")),
        (date(2026, 11, 22), Due("late", "1 day late", "was due Sun 22 Nov")),
        (date(2025, 11, 20), Due("late", "368 days late", "was due Thu 20 Nov 2025")),
        (TODAY, Due("soon", "due today", "Mon 23 Nov")),
        (date(2026, 11, 24), Due("soon", "due tomorrow", "Tue 24 Nov")),
        (date(2026, 11, 29), Due("soon", "in 6 days", "Sun 29 Nov")),
        (date(2026, 11, 30), Due("", "in 7 days", "Mon 30 Nov")),
        (date(2027, 1, 4), Due("", "in 42 days", "Mon 4 Jan 2027")),
    ],
)
def test_due_words(due, said):
    assert due_words(due, TODAY) == said


def test_due_words_in_school_days():
    said = due_words(date(2026, 11, 18), TODAY, late_by=3, unit=DayKind.SCHOOL)
    assert str(said) == "3 school days late, was due Wed 18 Nov"


def test_days_are_those_of_the_district():
    """Late in the evening in California it is already the next day in UTC."""
    evening = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
    assert long_day(evening) == "Mon 23 Nov 2026"
    assert day_and_time(evening) == "Mon 23 Nov 2026, 21:30"


def test_no_day_is_no_words():
    assert (long_day(None), day_month(None), day_and_time(None)) == ("", "", "")


@pytest.mark.parametrize(
    ("names", "count", "said"),
    [
        ([], 0, ""),
        (["Ana"], 1, "Ana"),
        (["Ana", "Iker"], 2, "Ana and Iker"),
        (["Ana", "Iker"], 4, "Ana, Iker and 2 more"),
        (["Ana"], 4, "Ana and 3 more"),
    ],
)
def test_some_names(names, count, said):
    assert some_names(names, count) == said


def test_sign_is_hidden_and_a_chip_has_its_word():
    assert render('{% sign "late" %}') == (
        '<svg class="sign" aria-hidden="true" focusable="false"><use href="#sign-late"/></svg>'
    )
    chip = render('{% chip "done" text %}', text="<filed>")
    assert chip.startswith('<span class="chip is-done"><svg')
    assert chip.endswith("&lt;filed&gt;</span>")


def test_a_tone_without_a_name_is_plain_text():
    assert render('{% chip "" "in 9 days" %}') == "in 9 days"


def test_unknown_sign_is_refused():
    with pytest.raises(ValueError, match="There is no sign 'star'"):
        render('{% sign "star" %}')


def test_status_word_has_its_date_and_source():
    said = render("{% status_word 'English learner' since 'state file' %}", since=date(2021, 9, 7))
    assert said == '<b>English learner</b> since <time datetime="2021-09-07">Tue 7 Sep 2021</time>, state file'


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ day|longday }}", "Wed 23 Dec 2026"),
        ("{{ day|daymonth }}", "Wed 23 Dec"),
        ("{{ day|daymonth:next_year }}", "Wed 23 Dec 2026"),
        ("{{ day|days_left:today }}", "in 30 days, Wed 23 Dec"),
        ("{{ number|ssid }}", "9014 5582 07"),
        ("{{ short|ssid }}", "901"),
        ("{{ tags|put_back_id }}", "41"),
        ("{{ other|put_back_id }}", ""),
        ("{{ level|tone_of }}", "done"),
    ],
)
def test_filters(source, said):
    context = {
        "day": date(2026, 12, 23),
        "today": TODAY,
        "next_year": date(2027, 1, 1),
        "number": "9014558207",
        "short": "901",
        "tags": "entry-41 success",
        "other": "success",
        "level": "success",
    }
    assert render(source, **context) == said
