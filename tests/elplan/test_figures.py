"""Figures without names: what was never done and is late counts as not in time, in the district and at each school."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.enums import Test
from district.enums import Role
from elplan.figures import BY_SCHOOL, InTime, in_time
from tests.assessments.conftest import (  # noqa: F401 -- the cast: fixtures are found by their names
    alder,
    birch,
    calendar,
    edda,
    enroll,
    facts_of_law,
    letterhead,
    rosa,
    score_locally,
    to_be_tested,
)
from tests.district.conftest import person

D = date.fromisoformat
ON = D("2026-11-24")


@pytest.mark.parametrize(
    ("done", "punctual", "late", "share", "small"),
    [
        (0, 0, 0, 0, False),
        (20, 20, 0, 100, False),
        (20, 15, 0, 75, False),
        (20, 15, 20, 38, False),  # never done, and late: not in time
        (0, 0, 20, 0, False),
        (5, 5, 0, 100, True),
        (5, 5, 20, 20, True),  # the five would be told apart from the twenty
        (0, 0, 5, 0, True),
    ],
)
def test_what_was_never_done_is_not_in_time(done, punctual, late, share, small):
    kind = InTime("Give the Initial ELPAC", done, punctual, late)
    assert (kind.asked, kind.share, kind.is_small) == (done + late, share, small)


@pytest.mark.plan("MP1-13", "MP1-22", "MP1-17")
def test_the_initial_test_school_by_school(to_be_tested, score_locally, alder, birch):  # noqa: F811
    assert BY_SCHOOL == ("initial_test", "results_letter")
    tested, late = to_be_tested(starts=D("2026-10-01")), to_be_tested(starts=D("2026-10-01"))
    to_be_tested()  # her day has not come
    score_locally(tested, tested_on=D("2026-10-20"))
    kinds, by_school = in_time([alder, birch], ON)
    whole = next(kind for kind in kinds if kind.title == "Give the Initial ELPAC")
    assert (whole.done, whole.in_time, whole.late, whole.share) == (1, 1, 1, 50)
    assert [(school.name, school.kinds[0].asked, school.kinds[0].share) for school in by_school] == [
        ("Alder School", 2, 50),
        ("Birch School", 0, 0),
    ]
    assert late.school == alder


@pytest.mark.plan("MP1-13")
def test_the_page_shows_it_and_hides_small_groups(to_be_tested, alder, client, monkeypatch):  # noqa: F811
    monkeypatch.setattr(timezone, "localdate", lambda *given: ON)
    for _number in range(12):
        to_be_tested(starts=D("2026-10-01"))
    client.force_login(person("imogen", Role.SUPERINTENDENT))
    page = client.get(reverse("figures")).content.decode()
    assert "In time, school by school" in page
    assert '0%<span class="sub">0 of 12</span>' in page
    assert str(Test.INITIAL_ELPAC.label) in page
