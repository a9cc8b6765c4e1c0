"""Duties of chapters 1 and 2 by hand-made cases: open, late, done, and as a day in the past saw them."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from district import duties
from district.models import District
from students import actions
from students import duties as own
from students.enums import Origin
from students.models import (
    FolderItem,
    HomeLanguageSurvey,
    LanguageStatus,
    Placement,
    RecordsRequest,
)
from tests.students.conftest import ENROLLED

D = date.fromisoformat
pytestmark = pytest.mark.usefixtures("year")
LATER = D("2027-02-01")


def at(day, hour=15):
    """A moment on a day in the district's time zone."""
    return timezone.make_aware(datetime.fromisoformat(f"{day}T{hour:02}:00"))


def seen(rule, on, child=None):
    """(state, starts, due, done) of each duty of a rule on a day."""
    found = duties.duties(as_of=D(on) if isinstance(on, str) else on, rule_ids=[rule])
    return [
        (str(duty.state), str(duty.starts), str(duty.due), duty.done and str(duty.done))
        for duty in found
        if child is None or duty.student_id == child.pk
    ]


def one(rule, on):
    (duty,) = duties.duties(as_of=D(on), rule_ids=[rule])
    return duty


@pytest.mark.plan("MP1-02", "MP1-01")
def test_a_survey_is_due_on_the_first_day(enroll, survey):
    child = enroll()
    assert seen("survey_missing", "2026-11-22") == []
    assert seen("survey_missing", "2026-11-23") == [("open", "2026-11-23", "2026-11-23", None)]
    assert seen("survey_missing", "2026-11-24") == [("late", "2026-11-23", "2026-11-23", None)]
    survey(child, "Punjabi", "English", "Punjabi", "-")
    HomeLanguageSurvey.objects.update(entered_at=at("2026-11-25"))
    assert seen("survey_missing", "2026-11-24") == [("late", "2026-11-23", "2026-11-23", None)]
    assert seen("survey_missing", "2026-11-25") == [("done", "2026-11-23", "2026-11-23", "2026-11-25")]
    duty = one("survey_missing", "2026-11-24")
    assert duty.why == (
        "First day Mon 23 Nov 2026. The survey belongs to enrollment; without it there is no language status."
    )
    assert (duty.subject, duty.url) == (child.name, f"/children/{child.pk}/survey/")


def test_an_incomplete_survey_is_still_due(enroll, survey):
    survey(enroll(), "Punjabi", "-", "Punjabi", "-")
    HomeLanguageSurvey.objects.update(entered_at=at("2026-11-23"))
    assert one("survey_missing", "2026-11-24").why.startswith("The survey is entered, but not all of 1, 2 and 3")


def test_a_child_that_has_left_owes_nothing(enroll, marisela):
    actions.end_enrollment(by=marisela, student=enroll(), last_day=D("2026-12-18"), reason="moved")
    assert len(seen("survey_missing", "2026-12-18")) == 1
    assert seen("survey_missing", "2026-12-19") == []


def test_a_transfer_owes_records_and_not_a_survey(enroll, marisela):
    child = enroll(origin=Origin.CALIFORNIA)
    assert seen("survey_missing", LATER) == []
    asked = RecordsRequest.objects.get()
    actions.enter_records(by=marisela, request=asked, on=D("2026-12-10"), status="EL", status_since=D("2024-09-12"))
    assert seen("survey_missing", LATER, child) == []


def test_a_transfer_without_a_status_owes_a_survey(enroll, marisela):
    enroll(origin=Origin.CALIFORNIA)
    asked = RecordsRequest.objects.get()
    actions.enter_records(by=marisela, request=asked, on=D("2026-12-10"), status=None)
    assert seen("survey_missing", "2026-12-09") == []
    assert seen("survey_missing", "2026-12-11") == [("late", "2026-12-10", "2026-12-10", None)]


@pytest.mark.plan("MP1-03")
def test_a_signature_is_due_in_ten_school_days(enroll, survey, marisela):
    child = enroll()
    entered = survey(child, "Punjabi", "English", "Punjabi", "-")
    HomeLanguageSurvey.objects.update(entered_at=at("2026-11-23"))
    assert seen("survey_signature", "2026-11-23") == [("open", "2026-11-23", "2026-12-07", None)]
    assert seen("survey_signature", "2026-12-08") == [("late", "2026-11-23", "2026-12-07", None)]
    assert one("survey_signature", "2026-12-08").url == f"/surveys/{entered.pk}/sign/"
    actions.sign_survey(by=marisela, survey=entered, signed_by="M. Gill", signed_on=D("2026-12-04"))
    assert seen("survey_signature", "2026-12-03") == [("open", "2026-11-23", "2026-12-07", None)]
    assert seen("survey_signature", "2026-12-08") == [("done", "2026-11-23", "2026-12-07", "2026-12-04")]


def test_only_the_newest_version_asks_for_a_signature(enroll, survey):
    child = enroll()
    survey(child, "English", "English", "English", "-")
    HomeLanguageSurvey.objects.update(entered_at=at("2026-11-23"))
    survey(child, "Spanish", "-", "English", "-", reason="parent_amendment", answered_on=D("2026-12-10"))
    HomeLanguageSurvey.objects.filter(version=2).update(entered_at=at("2026-12-10"))
    assert seen("survey_signature", "2026-12-09") == [("late", "2026-11-23", "2026-12-07", None)]
    assert seen("survey_signature", "2026-12-10") == [("open", "2026-12-10", "2026-12-24", None)]


@pytest.mark.plan("MP1-46", "MP1-48")
def test_records_are_asked_for_in_3_and_entered_in_15_school_days(enroll, marisela):
    enroll(origin=Origin.CALIFORNIA, former_district="Orchard Unified")
    asked = RecordsRequest.objects.get()
    assert seen("records_request", "2026-11-24") == [("open", "2026-11-23", "2026-11-26", None)]
    assert seen("transfer_records", "2026-12-15") == [("late", "2026-11-23", "2026-12-14", None)]
    actions.log_records_attempt(by=marisela, request=asked, on=D("2026-11-27"), channel="fax", outcome="sent")
    assert seen("records_request", "2026-11-27") == [("done", "2026-11-23", "2026-11-26", "2026-11-27")]
    actions.mark_records_received(by=marisela, request=asked, survey_on=D("2026-12-01"))
    assert one("transfer_records", "2026-11-30").why == (
        "From Orchard Unified is missing: survey, ELPAC scores, language status."
    )
    assert one("transfer_records", "2026-12-01").why == (
        "From Orchard Unified is missing: ELPAC scores, language status."
    )
    actions.enter_records(by=marisela, request=asked, on=D("2026-12-14"), status="EL", status_since=D("2024-09-12"))
    assert seen("transfer_records", "2026-12-13") == [("open", "2026-11-23", "2026-12-14", None)]
    assert seen("transfer_records", "2027-01-10") == [("done", "2026-11-23", "2026-12-14", "2026-12-14")]


def test_a_due_day_beyond_the_calendar_is_not_guessed(enroll):
    enroll(origin=Origin.CALIFORNIA, starts=D("2027-06-01"))
    (duty,) = duties.duties(as_of=D("2027-06-02"), rule_ids=["transfer_records"])
    assert duty.due is None


@pytest.fixture
def placed(enroll, survey, ruth, programs):
    child = enroll()
    survey(child, "Punjabi", "English", "Punjabi", "-")
    placement = actions.place_student(by=ruth, student=child, program=programs["sei"], starts=D("2026-12-07"))
    Placement.objects.update(decided_at=at("2026-12-04"))
    return placement


@pytest.mark.plan("MP1-32")
def test_the_copy_is_due_in_five_school_days(placed, marisela):
    assert seen("placement_copy", "2026-12-03") == []
    assert seen("placement_copy", "2026-12-11") == [("open", "2026-12-04", "2026-12-11", None)]
    assert seen("placement_copy", "2026-12-12") == [("late", "2026-12-04", "2026-12-11", None)]
    assert one("placement_copy", "2026-12-12").why == (
        "Placed in Structured English Immersion on Fri 4 Dec 2026; the teacher needs the copy."
    )
    actions.give_copy(by=marisela, placement=placed, to="T. Echeverría", on=D("2026-12-08"))
    assert seen("placement_copy", "2026-12-12") == [("done", "2026-12-04", "2026-12-11", "2026-12-08")]


def test_the_copy_of_a_placement_that_was_replaced_is_not_due(placed, ruth, programs):
    actions.place_student(
        by=ruth, student=placed.student, program=programs["elm"], starts=D("2027-01-11"), reason="fluent enough"
    )
    Placement.objects.filter(program__kind="elm").update(decided_at=at("2027-01-08"))
    assert [row[1] for row in seen("placement_copy", LATER)] == ["2027-01-08"]


@pytest.mark.plan("MP1-10", "MP1-33")
def test_a_signed_survey_is_filed_in_ten_school_days(enroll, survey, marisela):
    child = enroll()
    survey(child, "Punjabi", "English", "Punjabi", "-")
    HomeLanguageSurvey.objects.update(entered_at=at("2026-11-23"))
    assert seen("file_survey", LATER) == []
    HomeLanguageSurvey.objects.update(signed_by="M. Gill", signed_on=D("2026-11-25"))
    assert seen("file_survey", "2026-11-24") == []
    assert seen("file_survey", "2026-12-09") == [("open", "2026-11-25", "2026-12-09", None)]
    actions.file_original(by=marisela, student=child, kind="survey", about_on=ENROLLED, on=D("2026-12-10"))
    assert seen("file_survey", "2026-12-09") == [("open", "2026-11-25", "2026-12-09", None)]
    assert seen("file_survey", "2026-12-10") == [("done", "2026-11-25", "2026-12-09", "2026-12-10")]
    assert one("file_survey", "2026-12-10").url == f"/children/{child.pk}/folder/"


def test_a_mended_typing_error_is_no_second_paper(enroll, survey):
    child = enroll()
    signed = {"signed_by": "M. Gill", "signed_on": ENROLLED}
    survey(child, "English", "English", "English", "-", **signed)
    survey(child, "Spanish", "-", "English", "-", reason="entry_error", **signed)
    HomeLanguageSurvey.objects.update(entered_at=at("2026-11-23"))
    assert len(seen("file_survey", LATER)) == 1


@pytest.mark.plan("MP1-33")
def test_the_placement_form_is_filed(placed, marisela):
    assert seen("file_placement", "2026-12-18") == [("open", "2026-12-04", "2026-12-18", None)]
    FolderItem.objects.create(
        student=placed.student, kind="placement", about_on=placed.starts, filed_on=D("2026-12-08"), filed_by=marisela
    )
    assert seen("file_placement", "2026-12-18") == [("done", "2026-12-04", "2026-12-18", "2026-12-08")]


@pytest.fixture
def learner(enroll, survey, rosa):
    child = enroll()
    survey(child, "Punjabi", "English", "Punjabi", "-")
    actions.set_statuses_from_state(by=rosa, rows=[actions.StateStatus(child.pk, "EL", D("2026-12-02"), "x")])
    return child


@pytest.fixture
def district(db):
    return District.objects.create(name="Valle Claro Unified", cds_code="9900001", address="1 Orchard Way", phone="1")


@pytest.mark.plan("MP2-11")
def test_the_cut_is_due_while_learners_wait_for_a_recommendation(learner, district, rosa):
    assert seen("fluency_cut_missing", "2026-12-01") == []
    assert seen("fluency_cut_missing", "2026-12-02") == [("open", "2026-12-02", "2026-12-16", None)]
    duty = one("fluency_cut_missing", "2026-12-17")
    assert (str(duty.state), duty.student_id, duty.school_id, duty.url) == ("late", None, None, "/settings/fluency/")
    assert duty.why.startswith("1 English learner waits for a recommended program")
    cut = {"by": rosa, "test": "initial_elpac", "level": "intermediate", "source": "Board"}
    actions.set_fluency_cut(grade_low="01", grade_high="12", valid_from=D("2026-07-01"), **cut)
    assert len(seen("fluency_cut_missing", "2026-12-17")) == 1
    actions.set_fluency_cut(grade_low="KN", grade_high="KN", valid_from=D("2026-12-15"), **cut)
    assert len(seen("fluency_cut_missing", "2026-12-14")) == 1
    assert seen("fluency_cut_missing", "2026-12-17") == []


def test_the_cut_is_not_due_for_placed_learners(learner, district, ruth, programs):
    actions.place_student(by=ruth, student=learner, program=programs["sei"], starts=D("2026-12-07"), reason="asked")
    assert seen("fluency_cut_missing", "2026-12-08") == []


def test_a_status_overtaken_by_the_state_is_settled(enroll, survey, rosa):
    child = enroll()
    survey(child, "Punjabi", "English", "Punjabi", "-")
    actions.set_statuses_from_state(by=rosa, rows=[actions.StateStatus(child.pk, "EL", D("2026-11-20"), "x")])
    LanguageStatus.objects.update(recorded_at=at("2026-12-01"))
    assert seen("status_handshake", "2026-11-30") == []
    assert seen("status_handshake", "2026-12-31") == [("open", "2026-12-01", "2026-12-31", None)]
    duty = one("status_handshake", "2027-01-01")
    assert (str(duty.state), str(duty.rule.owner)) == ("late", "el_administrator")
    assert duty.why == (
        "The state's file says English learner since Fri 20 Nov 2026, no later than “to be determined” here "
        "(Mon 23 Nov 2026). The state's day stands; see that the state's record says the same."
    )
    row = LanguageStatus.objects.get(status="TBD")
    assert duty.url == f"/statuses/{row.pk}/settle/"
    actions.settle_status(by=rosa, status=row, on=D("2026-12-20"), how="state corrected")
    assert seen("status_handshake", "2026-12-19") == [("open", "2026-12-01", "2026-12-31", None)]
    assert seen("status_handshake", "2027-01-01") == [("done", "2026-12-01", "2026-12-31", "2026-12-20")]


def test_a_normal_state_file_needs_no_hand_shake(learner):
    assert seen("status_handshake", LATER) == []


OWN = sorted([*(rule.id for rule in own.RULES), *(f"file_{source.kind}" for source in own.OWN_ORIGINALS)])


@pytest.mark.parametrize("rule", OWN)
def test_the_number_of_queries_does_not_grow(rule, enroll, survey, district):
    """One query for the rows, whatever their number; periods and the school year are read beside it."""

    def count():
        with CaptureQueriesContext(connection) as queries:
            list(duties.duties(as_of=LATER, rule_ids=[rule]))
        return len(queries)

    before = count()
    for _number in range(4):
        survey(enroll(), "Punjabi", "English", "Punjabi", "-", signed_by="X", signed_on=ENROLLED)
        enroll(origin=Origin.CALIFORNIA)
    assert count() == before <= 3


def test_a_teacher_sees_the_duties_of_the_own_class_only(enroll, tomas, marisela):
    mine, other = enroll(teacher=tomas), enroll()
    on = ENROLLED + timedelta(days=1)
    assert {duty.student_id for duty in duties.duties_for(tomas, as_of=on)} == {mine.pk}
    assert {duty.student_id for duty in duties.duties_for(marisela, as_of=on, own=True)} == {mine.pk, other.pk}


def test_the_other_school_sees_nothing(enroll, nadia, imogen):
    enroll(origin=Origin.CALIFORNIA)
    for who in (nadia, imogen):
        assert list(duties.duties_for(who, as_of=LATER)) == []
