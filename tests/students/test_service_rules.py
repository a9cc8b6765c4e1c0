"""Truth tables of services and requests: who fits, which light, when requests are enough. No database."""

from datetime import date, timedelta

import pytest

from students.enums import ProgramKind, ServiceKind
from students.rules import services as cards
from students.rules.requests import THRESHOLDS, Reached, RequestThreshold, request_threshold, threshold_reached
from students.rules.services import Given, Span, fits_section

D = date.fromisoformat
ON = D("2026-11-24")
LIMIT = THRESHOLDS[0]
LEVELED, OPEN = Span("07", "08", 1, 2), Span("07", "08")


@pytest.mark.plan("MP2-03", "MP2-06")
@pytest.mark.parametrize(
    ("span", "grade", "test", "level", "found"),
    [
        (LEVELED, "07", "summative_elpac", "1", cards.FITS),
        (LEVELED, "08", "summative_elpac", "2", cards.FITS),
        (LEVELED, "08", "summative_elpac", "3", cards.OTHER_LEVEL),
        (LEVELED, "09", "summative_elpac", "1", cards.OTHER_GRADE),
        (LEVELED, "06", "summative_elpac", "1", cards.OTHER_GRADE),
        (LEVELED, "07", "initial_elpac", "novice_el", cards.NO_LEVEL),
        (LEVELED, "07", "", "", cards.NO_LEVEL),
        (OPEN, "07", "", "", cards.FITS),
        (OPEN, "08", "initial_elpac", "novice_el", cards.FITS),
        (OPEN, "TK", "", "", cards.OTHER_GRADE),
    ],
)
def test_who_fits_a_section(span, grade, test, level, found):
    finding = fits_section(grade=grade, test=test, level=level, level_name="a level", span=span)
    assert finding.outcome == found
    assert finding.reason.endswith(".")


def given(kind, *, daily=True, declined=False):
    return Given(kind, daily, D("2026-08-20"), declined)


DESIGNATED, INTEGRATED = ServiceKind.DESIGNATED, ServiceKind.INTEGRATED


@pytest.mark.plan("MP0-05", "MP2-05", "MP2-07")
@pytest.mark.parametrize(
    ("held", "program", "found"),
    [
        ([given(DESIGNATED)], ProgramKind.SEI, cards.GIVEN),
        ([given(INTEGRATED)], ProgramKind.SEI, cards.PARTLY),
        ([given(INTEGRATED)], ProgramKind.ELM, cards.GIVEN),
        ([given(DESIGNATED, daily=False)], ProgramKind.ELM, cards.PARTLY),
        ([given(DESIGNATED, daily=False), given(INTEGRATED)], ProgramKind.SEI, cards.PARTLY),
        ([], ProgramKind.SEI, cards.MISSING),
        ([], None, cards.MISSING),
        ([given(ServiceKind.SUPPORT)], ProgramKind.ELM, cards.MISSING),
        ([], ProgramKind.DECLINED, cards.DECLINED),
        ([given(DESIGNATED, declined=True)], ProgramKind.SEI, cards.DECLINED),
        ([given(DESIGNATED, declined=True), given(DESIGNATED)], ProgramKind.SEI, cards.GIVEN),
    ],
)
def test_the_light_of_eld(held, program, found):
    assert cards.eld_light(held, program).outcome == found


@pytest.mark.plan("MP0-05", "MP2-04", "MP2-09")
@pytest.mark.parametrize(
    ("supports", "program", "documents", "found"),
    [
        (True, ProgramKind.ELM, [("CLAD", None)], cards.GIVEN),
        (False, ProgramKind.ELM, [("CLAD", None)], cards.MISSING),
        (False, ProgramKind.SEI, [("CLAD", None)], cards.GIVEN),
        (False, ProgramKind.SEI, [], cards.PARTLY),
        (True, ProgramKind.ELM, [("CLAD", D("2026-06-30"))], cards.PARTLY),
        (True, ProgramKind.ELM, [("CLAD", ON)], cards.GIVEN),
    ],
)
def test_the_light_of_the_core_subjects(supports, program, documents, found):
    allowed = cards.authorization("T. Ruiz", documents, ON)
    held = [given(ServiceKind.SUPPORT)] if supports else []
    assert cards.core_light(held, program, allowed).outcome == found


@pytest.mark.plan("MP0-05", "MP2-10")
def test_the_light_of_the_home_language():
    kind = ServiceKind.HOME_LANGUAGE
    assert cards.home_light([given(kind)], ProgramKind.SEI).outcome == cards.GIVEN
    assert cards.home_light([given(kind, declined=True)], ProgramKind.SEI).outcome == cards.DECLINED
    assert cards.home_light([given(DESIGNATED)], ProgramKind.SEI).outcome == cards.MISSING


@pytest.mark.parametrize(
    ("documents", "found"),
    [
        ([], cards.NONE),
        ([("CLAD", D("2026-11-23"))], cards.EXPIRED),
        ([("CLAD", D("2026-11-23")), ("BCLAD", D("2026-11-24"))], cards.VALID),
        ([("CLAD", None)], cards.VALID),
    ],
)
def test_a_document_holds_to_its_last_day(documents, found):
    finding = cards.authorization("T. Ruiz", documents, ON)
    assert finding.outcome == found
    assert "T. Ruiz" in finding.reason
    assert cards.authorization("", [], ON).outcome == cards.NONE


BEGINS = D("2026-09-01")


def asks(number, grade="01", begins=BEGINS):
    return [(begins + timedelta(days=place), grade) for place in range(number)]


@pytest.mark.plan("X-05")
@pytest.mark.parametrize(
    ("requests", "found"),
    [
        ([], None),
        (asks(19), None),
        (asks(20), Reached(D("2026-09-20"), "01")),
        (asks(19) + asks(10, "02"), None),
        (asks(15) + asks(15, "02"), Reached(D("2026-09-15"))),
        (asks(15) + asks(14, "02"), None),
        # the grade is full before the school is, although more ask in the end
        (asks(20) + asks(12, "02", D("2026-10-01")), Reached(D("2026-09-20"), "01")),
    ],
)
def test_when_requests_are_enough(requests, found):
    assert threshold_reached(requests, LIMIT) == found
    assert threshold_reached(reversed(requests), LIMIT) == found


def test_the_threshold_is_dated_and_cited():
    assert (request_threshold(ON).school, request_threshold(ON).grade) == (30, 20)
    assert "11311(h)" in request_threshold(ON).source
    assert threshold_reached(asks(3), RequestThreshold(3, 9, ON, "a later law")) == Reached(D("2026-09-03"))
