"""The catalog of programs, and the yearly meeting about them."""

from datetime import date

import pytest

from students import actions, loaders
from students.enums import ConferenceKind, ProgramKind
from students.models import Conference, Program

pytestmark = pytest.mark.django_db
D = date.fromisoformat


@pytest.mark.plan("MP2-01", "MP1-52")
def test_the_plan_names_two_programs_and_says_how_each_teaches():
    loaders.load_programs()
    offered = Program.objects.filter(is_offered=True).exclude(kind=ProgramKind.DECLINED)
    assert {program.kind for program in offered} == {ProgramKind.SEI, ProgramKind.ELM}
    for program in Program.objects.all():
        assert program.state_code.isdigit()
        assert program.description.endswith(".")
        assert program.source


@pytest.mark.plan("MP1-37", "MP1-38", "MP1-39")
def test_the_yearly_meeting_keeps_what_was_asked_and_in_which_language(enroll, ruth, languages):
    child = enroll()
    actions.record_conference(
        by=ruth,
        student=child,
        kind=ConferenceKind.ANNUAL,
        held_on=D("2026-11-24"),
        language=languages["Punjabi"],
        interpreter="Harpreet Sandhu",
        attended="Manpreet Gill, mother",
        principal_present=True,
        told_results=True,
        told_options=True,
        told_recommendation=True,
        parent_input="Asks why reading is still at level 2, and how to help at home.",
    )
    meeting = Conference.objects.get(student=child, kind=ConferenceKind.ANNUAL)
    assert (meeting.language.name, meeting.interpreter) == ("Punjabi", "Harpreet Sandhu")
    assert "how to help at home" in meeting.parent_input
    assert (meeting.recorded_by, meeting.principal_present) == (ruth, True)
