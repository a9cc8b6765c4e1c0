"""Truth tables: at grade level or not, C or better, what may be joined by a line, and what is published."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from assessments.candidates import candidates
from assessments.enums import Measure, Test
from assessments.pictures import bars, picture
from assessments.rules import growth
from assessments.rules.measures import Cut, Scale, at_grade_level, mark_meets, read_column, read_value
from district.refusal import Refusal

SINCE = date(2026, 7, 1)
SRI = Scale("SRI", "Lexile", Decimal(-400), Decimal(2000))
RUBRIC = Scale("Writing", levels=("Below", "Near", "Meets", "Above"))


def cut(value=None, *, window="", level=""):
    return Cut(window, "Council, 1 July 2026", SINCE, None if value is None else Decimal(value), level)


@pytest.mark.plan("MP3-06", "MP3-07")
@pytest.mark.parametrize(
    ("scale", "window", "value", "level", "not_taken", "cuts", "outcome"),
    [
        (SRI, "boy", 830, "", "", [cut(830)], "met"),
        (SRI, "boy", 829, "", "", [cut(830)], "not_met"),
        (SRI, "boy", -40, "", "", [cut(0)], "not_met"),
        # the window's own value wins over the one for every window
        (SRI, "eoy", 850, "", "", [cut(830), cut(900, window="eoy")], "not_met"),
        (SRI, "boy", 850, "", "", [cut(830), cut(900, window="eoy")], "met"),
        # a value taken away for one window is not configured there, whatever holds elsewhere
        (SRI, "eoy", 850, "", "", [cut(830), cut(window="eoy")], "not_configured"),
        (SRI, "boy", 2000, "", "", [], "not_configured"),
        (SRI, "boy", 2000, "", "", [cut()], "not_configured"),
        (SRI, "boy", 2000, "", "", [cut(900, window="eoy")], "not_configured"),
        (SRI, "boy", None, "", "absent", [cut(830)], "not_taken"),
        (SRI, "boy", None, "", "", [cut(830)], "not_taken"),
        (RUBRIC, "boy", None, "Meets", "", [cut(level="Meets")], "met"),
        (RUBRIC, "boy", None, "Above", "", [cut(level="Meets")], "met"),
        (RUBRIC, "boy", None, "Near", "", [cut(level="Meets")], "not_met"),
        (RUBRIC, "boy", None, "Gone", "", [cut(level="Meets")], "not_configured"),
        (RUBRIC, "boy", None, "Meets", "", [cut(3)], "not_configured"),
    ],
)
def test_at_grade_level(scale, window, value, level, not_taken, cuts, outcome):
    number = None if value is None else Decimal(value)
    found = at_grade_level(scale=scale, window=window, value=number, level=level, not_taken=not_taken, cuts=cuts)
    assert found.outcome == outcome
    assert found.reason
    assert found.source


def test_the_reason_names_value_and_cut():
    found = at_grade_level(scale=SRI, window="boy", value=Decimal("640.00"), cuts=[cut(830)])
    assert str(found) == "640 Lexile, below 830, where grade level begins."
    assert found.source == "Council, 1 July 2026"


@pytest.mark.plan("MP3-09")
@pytest.mark.parametrize(
    ("mark", "outcome"),
    [("C", "met"), ("c", "met"), (" A- ", "met"), ("C-", "not_met"), ("F", "not_met"), ("P", "not_configured")],
)
def test_c_or_better(mark, outcome):
    assert mark_meets(mark, {"A-": True, "C": True, "C-": False, "F": False}).outcome == outcome


@pytest.mark.parametrize(
    ("typed", "scale", "value", "level"),
    [
        ("640", SRI, Decimal(640), ""),
        ("640L", SRI, Decimal(640), ""),
        (" 1,040 ", SRI, Decimal(1040), ""),
        ("-40", SRI, Decimal(-40), ""),
        ("87.5", SRI, Decimal("87.5"), ""),
        ("meets", RUBRIC, None, "Meets"),
    ],
)
def test_what_is_typed_is_read(typed, scale, value, level):
    assert read_value(typed, scale) == (value, level)


@pytest.mark.parametrize(
    ("typed", "scale", "why"),
    [
        ("abs", SRI, "no number"),
        ("NaN", SRI, "no value of SRI"),
        ("Infinity", SRI, "no value of SRI"),
        ("2001", SRI, "from -400 to 2000"),
        ("-401", SRI, "from -400 to 2000"),
        ("640.125", SRI, "more than two places"),
        ("3", RUBRIC, "The levels are: Below, Near, Meets, Above"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(typed, scale, why):
    with pytest.raises(Refusal, match=why):
        read_value(typed, scale)


def test_a_pasted_column_never_slips_down_a_row():
    assert read_column("640\r\n\r\n810\r\n", 3) == (["640", "", "810"], "")
    assert read_column("Asha\t640\nBina\t810\n", 2) == (["640", "810"], "")
    cells, problem = read_column("Lexile\n640\n810", 2)
    assert len(cells) == 3
    assert problem == "3 lines were pasted for 2 children; each child needs one, empty or not."


def of(test, year, level, measure=Measure.OVERALL):
    return growth.point(test, year, measure, level, None)


E, A, N, C = Test.SUMMATIVE_ELPAC, Test.SUMMATIVE_ALTERNATE_ELPAC, Test.INITIAL_ELPAC, Test.CELDT


@pytest.mark.plan("MP1-18")
@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        (of(E, "2024-25", "2"), of(E, "2025-26", "3"), "up"),
        (of(E, "2024-25", "2"), of(E, "2025-26", "2"), "same"),
        (of(E, "2024-25", "3"), of(E, "2025-26", "2"), "down"),
        (of(E, "2024-25", ""), of(E, "2025-26", "2"), "not_compared"),
        (None, of(E, "2025-26", "2"), "not_compared"),
        (of(C, "2016-17", "advanced"), of(E, "2025-26", "2"), "not_compared"),
        (of(A, "2024-25", "1_novice_el"), of(E, "2025-26", "2"), "not_compared"),
        (of(A, "2024-25", "1_novice_el"), of(A, "2025-26", "2_intermediate_el"), "up"),
        (of(N, "2024-25", "novice_el"), of(E, "2025-26", "4"), "not_compared"),
        (of(C, "2015-16", "early_advanced"), of(C, "2016-17", "intermediate"), "down"),
    ],
)
def test_levels_are_compared_on_one_scale_only(before, after, outcome):
    assert growth.compare(before, after).outcome == outcome


@pytest.mark.plan("MP1-18")
def test_a_line_joins_neither_two_scales_nor_a_gap():
    points = [
        of(C, "2016-17", "intermediate"),
        of(C, "2017-18", "early_advanced"),
        of(E, "2018-19", "2"),
        of(E, "2020-21", "2"),
        of(E, "2021-22", "3"),
        of(E, "2022-23", ""),
        of(E, "2023-24", "3"),
    ]
    pieces = [(each.family, [one.administration for one in each.points]) for each in growth.segments(points)]
    assert pieces == [
        ("celdt", ["2016-17", "2017-18"]),
        ("elpac", ["2018-19"]),
        ("elpac", ["2020-21", "2021-22"]),
        ("elpac", ["2023-24"]),
    ]
    assert growth.gaps([each.administration for each in points]) == ["2019-20"]


@pytest.mark.plan("MP1-18")
def test_the_picture_shows_the_gap_and_higher_levels_higher():
    drawn = picture({"overall": [of(E, "2022-23", "1"), of(E, "2024-25", "3"), of(E, "2025-26", "4")]}, str)
    assert [(name, missing) for _x, name, missing in drawn.years] == [
        ("2022-23", False),
        ("2023-24", True),
        ("2024-25", False),
        ("2025-26", False),
    ]
    (panel,) = drawn.panels
    heights = [dot.y for dot in panel.dots]
    assert heights == sorted(heights, reverse=True)
    assert len(set(heights)) == 3
    assert [dot.label for dot in panel.dots] == ["1/4", "3/4", "4/4"]
    assert len(panel.lines) == 1
    assert len(panel.lines[0].split()) == 2
    assert picture({"overall": [of(E, "2025-26", "")]}, str) is None


def test_shares_are_of_matched_children_and_fill_the_bar():
    share = growth.share("overall", ["up", "up", "same", "down", "not_compared"])
    assert (share.matched, share.percent(share.up), share.not_compared) == (4, 50, 1)
    assert growth.share("overall", ["not_compared"]).percent(0) is None
    (bar,) = bars([share], str, {"up": "up", "same": "same", "down": "down"}).bars
    assert [piece.count for piece in bar.pieces] == [2, 1, 1]
    assert bar.pieces[1].x == bar.pieces[0].x + bar.pieces[0].width


@pytest.mark.plan("MP3-01", "MP3-06", "MP3-08", "MP3-13")
def test_published_tables_name_their_source_and_disagree():
    tables = candidates()
    grade_5 = {
        slug: row.value
        for slug, table in tables.items()
        for row in table.rows
        if row.measure == "sri" and row.grade == "05"
    }
    assert grade_5 == {"sri_hmh": 830, "sri_scholastic": 700, "sri_scholastic_2007": 700}
    assert {"dibels_next", "dibels_8th", "caaspp", "caa"} < set(tables)
    assert all(row.source and row.certainty for table in tables.values() for row in table.rows)
    kindergarten = [row for row in tables["dibels_8th"].rows if row.grade == "KN"]
    assert not any(row.measure == "dibels_orf_words_correct" for row in kindergarten)
