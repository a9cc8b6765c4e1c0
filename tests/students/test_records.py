"""Transfers inside California: attempts, boxes, the status that the records give, and the way back."""

from datetime import date

import pytest

from district.refusal import NotAllowed, Refusal
from students import actions
from students.enums import Origin
from students.models import LanguageStatus, RecordsAttempt, RecordsRequest
from students.queries import clock_of
from tests.students.conftest import ENROLLED
from tests.students.test_surveys import put_back, statuses

D = date.fromisoformat


@pytest.fixture
def transfer(enroll):
    return enroll(origin=Origin.CALIFORNIA, former_district="Orchard Unified", grade="02", birth_date=D("2018-05-04"))


@pytest.fixture
def asked(transfer):
    return RecordsRequest.objects.get(student=transfer)


@pytest.fixture
def enter(asked, marisela):
    def make(status, since=None, **facts):
        return actions.enter_records(
            **{
                "by": marisela,
                "request": asked,
                "on": D("2026-12-10"),
                "status": status,
                "status_since": D(since) if since else None,
                **facts,
            }
        )

    return make


@pytest.mark.plan("MP1-48", "MP1-51")
def test_attempts_are_logged_and_the_first_is_the_request(asked, marisela, transfer):
    for day, channel in (("2026-12-02", "phone"), ("2026-11-24", "fax")):
        actions.log_records_attempt(by=marisela, request=asked, on=D(day), channel=channel, outcome="no answer")
    asked.refresh_from_db()
    assert asked.requested_on == D("2026-11-24")
    assert [str(row) for row in asked.attempts.all()] == ["2026-12-02 phone: no answer", "2026-11-24 fax: no answer"]
    put_back(transfer, marisela, "records_attempt")
    asked.refresh_from_db()
    assert asked.requested_on == D("2026-12-02")
    with pytest.raises(Refusal, match="enrolled on Mon 23 Nov 2026; the attempt is older"):
        actions.log_records_attempt(by=marisela, request=asked, on=D("2026-11-20"), channel="fax", outcome="x")


@pytest.mark.plan("MP1-47")
def test_the_three_things_are_ticked(asked, marisela, transfer):
    actions.mark_records_received(by=marisela, request=asked, survey_on=D("2026-12-01"), scores_on=D("2026-12-03"))
    asked.refresh_from_db()
    assert (asked.survey_received_on, asked.scores_received_on, asked.status_received_on) == (
        D("2026-12-01"),
        D("2026-12-03"),
        None,
    )
    put_back(transfer, marisela, "records_received")
    asked.refresh_from_db()
    assert asked.survey_received_on is None


@pytest.mark.plan("MP1-45", "MP1-46", "MP1-47")
@pytest.mark.parametrize("status", ["EO", "IFEP", "EL", "RFEP"])
def test_the_records_give_any_status_with_its_own_day(enter, transfer, asked, status, marisela):
    enter(status, "2024-09-12")
    assert statuses(transfer) == [
        ("TBD", ENROLLED, ENROLLED, "records", ""),
        (status, D("2024-09-12"), None, "records", ""),
    ]
    row = LanguageStatus.objects.get(student=transfer, status=status)
    assert (row.place, row.is_provisional) == ("Orchard Unified", False)
    assert "since Thu 12 Sep 2024 by the records of Orchard Unified." in row.reason
    asked.refresh_from_db()
    assert (asked.entered_on, asked.entered_by) == (D("2026-12-10"), marisela)


def test_records_are_put_back(enter, transfer, marisela, languages, asked):
    enter("EL", "2024-09-12", first_california_on=D("2024-08-14"), primary_language=languages["Punjabi"])
    transfer.refresh_from_db()
    assert (transfer.first_california_on, transfer.primary_language.name) == (D("2024-08-14"), "Punjabi")
    put_back(transfer, marisela, "records")
    transfer.refresh_from_db()
    asked.refresh_from_db()
    assert (transfer.first_california_on, transfer.primary_language, asked.entered_on) == (None, None, None)
    assert statuses(transfer) == [("TBD", ENROLLED, None, "records", "")]


def test_without_a_california_status_the_child_goes_the_initial_way(enter, transfer, survey, marisela):
    enter(None, note="never tested there")
    assert LanguageStatus.objects.get(student=transfer).is_provisional is False
    survey(transfer, "English", "English", "English", "-")
    assert [row[:3] for row in statuses(transfer)] == [("TBD", ENROLLED, ENROLLED), ("EO", ENROLLED, None)]


def test_a_survey_does_not_move_a_status_that_is_awaited(transfer, survey):
    survey(transfer, "English", "English", "English", "-")
    assert statuses(transfer) == [("TBD", ENROLLED, None, "records", "")]


def test_the_test_clock_runs_beside_the_records(transfer, enter):
    assert clock_of(transfer, D("2026-12-01")).due == D("2026-12-23")
    enter("TBD", "2026-11-02", first_california_on=D("2026-11-02"))
    transfer.refresh_from_db()
    assert clock_of(transfer, D("2026-12-11")).due == D("2026-12-02")
    assert [row[:3] for row in statuses(transfer)] == [("TBD", ENROLLED, ENROLLED), ("TBD", D("2026-11-02"), None)]


def test_while_records_are_awaited_the_clock_runs_from_our_own_first_day(transfer):
    transfer.first_california_on = D("2024-08-12")
    transfer.save()
    assert clock_of(transfer, D("2026-12-01")).due == D("2026-12-23")


@pytest.mark.parametrize(
    ("since", "sentence"),
    [
        (None, "day from which the status holds is missing"),
        ("2026-12-11", "cannot begin after the records were entered"),
        ("2018-05-03", "cannot begin before the child was born"),
    ],
)
def test_a_status_needs_its_day(enter, transfer, since, sentence):
    with pytest.raises(Refusal, match=sentence) as refused:
        enter("EL", since)
    assert refused.value.field == "status_since"
    assert len(statuses(transfer)) == 1


def test_records_are_entered_once(enter, asked, marisela):
    enter("EL", "2024-09-12")
    with pytest.raises(Refusal, match="entered by Marisela Ochoa on Thu 10 Dec 2026"):
        enter("EL", "2024-09-12")
    with pytest.raises(Refusal, match="Put that entry back first"):
        actions.log_records_attempt(by=marisela, request=asked, on=D("2026-12-11"), channel="fax", outcome="x")


def test_records_of_another_school_are_not_touched(asked, nadia):
    with pytest.raises(NotAllowed):
        actions.log_records_attempt(by=nadia, request=asked, on=D("2026-12-02"), channel="fax", outcome="x")
    with pytest.raises(NotAllowed):
        actions.enter_records(by=nadia, request=asked, on=D("2026-12-10"), status=None)
    assert not RecordsAttempt.objects.exists()
