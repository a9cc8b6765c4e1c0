"""The language status as a history: one by one, by state files, withdrawn; what the database refuses."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from district.refusal import NotAllowed, Refusal
from students import actions
from students.actions import StateStatus
from students.enums import ElStatus, StatusSource
from students.models import LanguageStatus, Student
from students.queries import with_status
from tests.students.conftest import ENROLLED
from tests.students.test_surveys import statuses

D = date.fromisoformat


@pytest.fixture
def waiting(enroll, survey):
    """Children whose status is to be determined."""

    def make(number=1, **facts):
        children = [enroll(**facts) for _ in range(number)]
        for child in children:
            survey(child, "Punjabi", "English", "Punjabi", "-")
        return children

    return make


def state(child, status="EL", starts="2026-12-02", **more):
    return StateStatus(child.pk, status, D(starts), f"Initial ELPAC: {status}", **more)


@pytest.mark.plan("MP1-14")
def test_a_state_file_sets_the_status_of_a_whole_school(waiting, rosa):
    children = waiting(3)
    outcome = actions.set_statuses_from_state(
        by=rosa, rows=[state(children[0]), state(children[1], "IFEP"), state(children[2])]
    )
    assert (outcome.set, outcome.unchanged, outcome.refused) == (3, 0, [])
    assert statuses(children[1]) == [
        ("TBD", ENROLLED, D("2026-12-02"), "survey", ""),
        ("IFEP", D("2026-12-02"), None, "state_file", ""),
    ]
    row = LanguageStatus.objects.get(student=children[1], status="IFEP")
    assert (row.reason, row.recorded_by, row.sequence) == ("Initial ELPAC: IFEP", rosa, 2)
    assert sorted(outcome.ids) == sorted(
        LanguageStatus.objects.filter(source="state_file").values_list("pk", flat=True)
    )


def test_the_number_of_queries_does_not_grow(waiting, rosa, django_assert_num_queries):
    children = waiting(5)
    few, many = children[:1], children[1:]
    assert rosa.grants  # read once a request
    for group in (few, many):
        with django_assert_num_queries(8):
            actions.set_statuses_from_state(by=rosa, rows=[state(child) for child in group])


def test_the_same_file_twice_changes_nothing(waiting, rosa):
    (child,) = waiting()
    actions.set_statuses_from_state(by=rosa, rows=[state(child)])
    before = statuses(child)
    outcome = actions.set_statuses_from_state(by=rosa, rows=[state(child), state(child)])
    assert (outcome.set, outcome.unchanged, outcome.refused, statuses(child)) == (0, 1, [], before)


def test_rows_that_may_not_move_are_refused_by_name(waiting, enroll, survey, rosa):
    good, twice, later = waiting(3)
    english = enroll()
    survey(english, "English", "English", "English", "-")
    actions.set_statuses_from_state(by=rosa, rows=[state(later)])
    outcome = actions.set_statuses_from_state(
        by=rosa,
        rows=[
            state(good),
            state(twice),
            state(twice, "IFEP"),
            state(english),
            state(later, starts="2026-12-03"),
            StateStatus(0, "EL", D("2026-12-02"), "nobody"),
        ],
    )
    assert outcome.set == 1
    assert dict(outcome.refused) == {
        twice.pk: "The file gives this child two statuses that disagree.",
        english.pk: "The status cannot move from “English only” to “English learner”. "
        "It goes through TBD and the Initial ELPAC.",
        later.pk: "English learner has been in force since Wed 2 Dec 2026; the file says since Thu 3 Dec 2026. "
        "The same status keeps its start day (SELA0283).",
        0: "This child is not among those whose results you may read in.",
    }
    assert statuses(english) == [("EO", ENROLLED, None, "survey", "")]


@pytest.mark.parametrize("day", ["2026-11-23", "2026-11-10"])
def test_the_states_day_stands_and_the_waiting_keeps_no_day(waiting, rosa, day):
    (child,) = waiting()
    actions.set_statuses_from_state(by=rosa, rows=[state(child, starts=day)])
    assert statuses(child) == [
        ("TBD", ENROLLED, ENROLLED, "survey", ""),
        ("EL", D(day), None, "state_file", ""),
    ]


def test_a_state_day_before_two_statuses_and_the_way_back(waiting, survey, enroll, rosa):
    child = enroll()
    survey(child, "English", "English", "English", "-")
    survey(child, "Spanish", "-", "-", "-", reason="parent_amendment", answered_on=D("2026-12-10"))
    before = statuses(child)
    outcome = actions.set_statuses_from_state(by=rosa, rows=[state(child)])
    assert [row[:3] for row in statuses(child)] == [
        ("EO", ENROLLED, D("2026-12-02")),
        ("TBD", D("2026-12-10"), D("2026-12-10")),
        ("EL", D("2026-12-02"), None),
    ]
    assert actions.withdraw_statuses(by=rosa, status_ids=outcome.ids, reason="file undone") == 1
    assert statuses(child) == before


def test_a_correction_by_the_state(waiting, rosa):
    (child,) = waiting()
    actions.set_statuses_from_state(by=rosa, rows=[state(child)])
    refused = actions.set_statuses_from_state(by=rosa, rows=[state(child, "IFEP", "2027-01-11")]).refused
    assert refused[0][1].startswith("From “English learner” to “initially fluent in English” leads a correction")
    actions.set_statuses_from_state(by=rosa, rows=[state(child, "IFEP", "2027-01-11", correction="5")])
    assert statuses(child)[-1] == ("IFEP", D("2027-01-11"), None, "state_file", "5")


def test_withdrawing_is_all_or_nothing(waiting, rosa):
    children = waiting(2)
    first = actions.set_statuses_from_state(by=rosa, rows=[state(child) for child in children])
    actions.set_status(
        by=rosa,
        student=children[0],
        status=ElStatus.RFEP,
        starts=D("2027-02-01"),
        source=StatusSource.DECISION,
        reason="four criteria met",
    )
    before = [statuses(child) for child in children]
    with pytest.raises(Refusal, match="A later status stands on it: Jasleen.*reclassified"):
        actions.withdraw_statuses(by=rosa, status_ids=first.ids, reason="file undone")
    assert [statuses(child) for child in children] == before


def test_only_who_reads_files_in_may(waiting, marisela, rosa):
    (child,) = waiting()
    with pytest.raises(NotAllowed, match="read in score files"):
        actions.set_statuses_from_state(by=marisela, rows=[state(child)])
    outcome = actions.set_statuses_from_state(by=rosa, rows=[state(child)])
    with pytest.raises(NotAllowed):
        actions.withdraw_statuses(by=marisela, status_ids=outcome.ids, reason="")
    assert len(statuses(child)) == 2


def test_the_history_names_the_person_in_bulk_too(waiting, rosa):
    (child,) = waiting()
    actions.set_statuses_from_state(by=rosa, rows=[state(child)])
    events = LanguageStatus.objects.get(student=child, status="EL").events
    assert events.get().pgh_context.metadata == {"user": rosa.pk, "actor": "Rosa Whitcombe", "reason": "state file"}


def test_sorting_a_file_writes_nothing(waiting, rosa):
    (child,) = waiting()
    before = statuses(child)
    accepted, outcome = actions.sort_state_statuses(by=rosa, rows=[state(child)])
    assert (len(accepted), outcome.refused, statuses(child)) == (1, [], before)


def test_set_status_refuses_a_day_not_after(waiting, rosa):
    (child,) = waiting()
    actions.set_statuses_from_state(by=rosa, rows=[state(child)])
    with pytest.raises(
        Refusal, match="has been in force for Jasleen .* since Wed 2 Dec 2026.* Give a later day"
    ) as refused:
        actions.set_status(
            by=rosa,
            student=child,
            status=ElStatus.RFEP,
            starts=D("2026-12-02"),
            source=StatusSource.DECISION,
            reason="x",
        )
    assert refused.value.field == "starts"


@pytest.mark.parametrize("status", ["EL", "IFEP", "RFEP"])
def test_the_district_does_not_set_what_is_the_states(waiting, rosa, status):
    (child,) = waiting()
    with pytest.raises(Refusal):
        actions.set_status(
            by=rosa,
            student=child,
            status=ElStatus(status),
            starts=D("2026-12-02"),
            source=StatusSource.DECISION,
            reason="x",
        )
    assert len(statuses(child)) == 1


def test_the_status_on_a_day(waiting, rosa):
    (child,) = waiting()
    actions.set_statuses_from_state(by=rosa, rows=[state(child)])

    def on(day):
        row = with_status(Student.objects.all(), D(day)).get(pk=child.pk)
        return row.status, row.status_since, row.status_source, row.status_provisional

    assert on("2026-11-22") == (None, None, None, None)
    assert on("2026-11-23") == ("TBD", ENROLLED, "survey", False)
    assert on("2026-12-01") == ("TBD", ENROLLED, "survey", False)
    assert on("2026-12-02") == ("EL", D("2026-12-02"), "state_file", False)


RAW = """INSERT INTO students_languagestatus (student_id, sequence, status, starts, source, correction, is_provisional,
         reason, place, recorded_at, recorded_by_id, settled_how)
         VALUES (%s, %s, %s, %s, %s, %s, false, 'raw', '', now(), %s, '')"""


@pytest.mark.parametrize(
    ("status", "source", "correction"),
    [
        ("RFEP", "decision", ""),
        ("EL", "decision", ""),
        ("EL", "survey", ""),
        ("IFEP", "correction", "5"),
        ("RFEP", "state_file", ""),
    ],
)
def test_raw_sql_cannot_make_an_undeclared_move(waiting, rosa, status, source, correction):
    (child,) = waiting()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE students_languagestatus SET ends = '2026-12-02' WHERE student_id = %s", [child.pk])
        with (
            pytest.raises(IntegrityError, match=f"A status may not move from TBD to {status} by {source}"),
            transaction.atomic(),
        ):
            cursor.execute(RAW, [child.pk, 2, status, "2026-12-02", source, correction, rosa.pk])
        cursor.execute(RAW, [child.pk, 2, "EL", "2026-12-02", "state_file", "", rosa.pk])
    assert [row[0] for row in statuses(child)] == ["TBD", "EL"]


@pytest.mark.parametrize(
    "change", ["status = 'EO'", "starts = '2026-11-01'", "source = 'state_file'"], ids=["status", "day", "source"]
)
def test_raw_sql_cannot_change_a_recorded_status(waiting, change):
    (child,) = waiting()
    with pytest.raises(IntegrityError, match="A recorded status does not change"), transaction.atomic():
        connection.cursor().execute(f"UPDATE students_languagestatus SET {change}")
    assert statuses(child) == [("TBD", ENROLLED, None, "survey", "")]


def test_raw_sql_cannot_put_two_statuses_on_one_day(waiting, rosa):
    (child,) = waiting()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE students_languagestatus SET ends = '2026-12-20' WHERE student_id = %s", [child.pk])
        with pytest.raises(IntegrityError, match="one_status_at_a_time"), transaction.atomic():
            cursor.execute(RAW, [child.pk, 2, "EL", "2026-12-02", "state_file", "", rosa.pk])


def test_raw_sql_is_in_the_history(waiting):
    (child,) = waiting()
    connection.cursor().execute("UPDATE students_languagestatus SET place = 'raw'")
    labels = LanguageStatus.objects.get(student=child).events.order_by("pgh_id").values_list("pgh_label", flat=True)
    assert list(labels) == ["insert", "update"]


def test_the_hand_shake_is_settled_once(waiting, rosa, marisela):
    (child,) = waiting()
    actions.set_statuses_from_state(by=rosa, rows=[state(child, starts="2026-11-10")])
    row = LanguageStatus.objects.get(student=child, status="TBD")
    with pytest.raises(NotAllowed):
        actions.settle_status(by=marisela, status=row, on=D("2026-12-15"), how="x")
    settled = actions.settle_status(by=rosa, status=row, on=D("2026-12-15"), how="The state removed its TBD")
    assert (settled.settled_on, settled.settled_by, settled.settled_how) == (
        D("2026-12-15"),
        rosa,
        "The state removed its TBD",
    )
    with pytest.raises(Refusal, match="already settled on Tue 15 Dec 2026"):
        actions.settle_status(by=rosa, status=row, on=D("2026-12-16"), how="x")
