"""A letter that a family cannot read is not silent: the duty to tell it, and the languages that a school owes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from district.duties import duties
from district.models import Language
from notifications import queries
from notifications.actions import issue_letter
from notifications.models import LetterText
from students.enums import ConferenceKind
from students.models import Conference, Enrollment, Student
from tests.letters import texts_for_tests
from tests.letters.conftest import ON

pytestmark = pytest.mark.usefixtures("annual")
RULE = "letter_translation"


def due(on: date = ON, state: str = "waiting"):
    return list(duties(as_of=on, rule_ids=[RULE], state=state))


@pytest.fixture
def short_text(texts):
    texts_for_tests.replace("annual", ON)


@pytest.fixture
def english_only(child, secretary, short_text):
    return issue_letter(by=secretary, kind="annual", student=child("Thủy", "Huỳnh", language="02"), on=ON)


def talk(letter, language: str, on: date, by) -> Conference:
    return Conference.objects.create(
        student=letter.student,
        kind=ConferenceKind.ANNUAL,
        held_on=on,
        language=Language.objects.get(pk=language),
        attended="mother",
        principal_present=True,
        recorded_by=by,
    )


def test_a_letter_without_a_text_in_the_familys_language_is_a_duty(english_only):
    (duty,) = due()
    assert (duty.subject, duty.starts, duty.due) == ("Thủy Huỳnh", ON, None)
    assert duty.why == (
        f"Letter {english_only.number} of Tue 1 Sep 2026 went out in English only. "
        "The family reads Vietnamese; there was no text in it."
    )
    assert duty.url == reverse("letter", args=[english_only.pk])
    assert due(ON - timedelta(days=1)) == []


def test_letters_that_the_family_can_read_are_none(child, secretary, short_text):
    for language in ("01", "00", None):
        student = child("Ana", "Ávila", language=language)
        issue_letter(by=secretary, kind="annual", student=student, on=ON, accepts_drafts=True)
    assert due() == []


def test_a_talk_in_the_language_after_the_letter_ends_it(english_only, secretary):
    talk(english_only, "02", ON - timedelta(days=1), secretary)
    talk(english_only, "00", ON + timedelta(days=1), secretary)
    assert len(due(ON + timedelta(days=5))) == 1
    talk(english_only, "02", ON + timedelta(days=2), secretary)
    assert len(due(ON + timedelta(days=1))) == 1
    (done,) = due(ON + timedelta(days=5), "done")
    assert done.done == ON + timedelta(days=2)


def test_a_correction_carries_the_duty_or_ends_it(english_only, secretary):
    correction = {"kind": "annual", "on": ON, "by": secretary, "student": english_only.student, "reason": "grade"}
    again = issue_letter(corrects=english_only, **correction)
    (duty,) = due()
    assert duty.facts["number"] == again.number
    version = texts_for_tests.replace("annual", ON, texts_for_tests.SHORT | {"hmn": texts_for_tests.SHORT["es"]})
    assert LetterText.objects.filter(version=version).count() == 3
    Student.objects.filter(pk=english_only.student_id).update(letter_language="01")
    issue_letter(corrects=again, accepts_drafts=True, **correction)
    assert due() == []
    assert len(due(state="done")) == 1


def test_a_child_that_has_left_is_no_duty(english_only):
    Enrollment.objects.filter(student=english_only.student).update(ends=ON + timedelta(days=1))
    assert due(ON + timedelta(days=3)) == []


def test_the_languages_that_a_school_owes_and_the_texts_that_are_missing(child, school):
    """EC 48985: 15 % or more of all pupils, counted on last year's census day."""
    spoken = ["01"] * 4 + ["02"] * 3 + ["28"] + ["00"] * 12
    for language in spoken:
        student = child("Child", "Cruz", language=language)
        Enrollment.objects.filter(student=student).update(starts=date(2025, 8, 13))
    found = {line.language: line for line in queries.owed_languages([school], ON)}
    assert set(found) == {"Spanish", "Vietnamese"}
    assert found["Spanish"].lacks == []
    assert (found["Vietnamese"].count, found["Vietnamese"].base) == (3, 20)
    assert "Annual placement and notification letter" in found["Vietnamese"].lacks
    assert "Yellow Folder label" not in found["Vietnamese"].lacks
