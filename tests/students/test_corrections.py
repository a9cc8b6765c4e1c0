"""Corrections A, B and C on the database: by the actions, by raw SQL, and put back again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from assessments.models import Result, Score
from district import entries
from district.duties import duties
from district.models import Entry
from district.refusal import NotAllowed, Refusal
from students import actions
from students.enums import ElStatus, StatusSource, SurveyReason
from students.models import Correction, LanguageStatus
from tests.students.conftest import ENROLLED

D = date.fromisoformat
pytestmark = pytest.mark.django_db
ASKED = D("2026-12-01")
TOLD = D("2026-12-02")
TENTH = D("2026-12-12")
FOUR = ("survey", "english", "parent", "classroom")


@pytest.fixture
def english_only(enroll, survey):
    child = enroll()
    survey(child, "English", "English", "English", "-")
    return child


@pytest.fixture
def learner(enroll, survey, rosa):
    """An English learner by the state's file, with the Initial result that says so."""
    return classified_by_test(enroll, survey, rosa, "EL", "novice_el")


def classified_by_test(enroll, survey, rosa, status, level, **facts):
    child = enroll(**facts)
    survey(child, "Spanish", "English", "English", "-")
    actions.set_status(
        by=rosa,
        student=child,
        status=ElStatus(status),
        starts=D("2026-11-25"),
        source=StatusSource.STATE_FILE,
        reason="Initial ELPAC",
    )
    result(child, rosa, level=level)
    return child


def result(child, by, test="initial_elpac", administration="2026-27", **facts):
    row = Result.objects.create(
        **{
            "student": child,
            "test": test,
            "administration": administration,
            "source": "state_file",
            "grade": "KN",
            "tested_on": D("2026-11-25"),
            "attempted": "Y",
            "received_on": D("2026-11-28"),
            "recorded_by": by,
            **facts,
        }
    )
    Score.objects.create(result=row, measure="overall", scale_score=360)
    return row


def ask(by, child, process="C", **facts):
    defaults = {"asked_on": ASKED, "asked_by": "parent", "asked_name": "M. Gill", "why": "He reads English books."}
    return actions.ask_correction(by=by, student=child, process=process, **{**defaults, **facts})


def evidence(by, case, *kinds):
    for kind in kinds or FOUR:
        actions.add_evidence(by=by, case=case, kind=kind, of_day=ASKED, what=f"What the {kind} shows.")


def decide(by, case, outcome="changed", on=TENTH, **facts):
    defaults = {"reason": "The evidence shows it.", "reviewers": "Dr. Sohal" if case.process == "C" else ""}
    return actions.decide_correction(by=by, case=case, outcome=outcome, on=on, **{**defaults, **facts})


def statuses(child):
    rows = LanguageStatus.objects.filter(student=child).order_by("sequence")
    return [(row.status, row.starts, row.ends, row.source, row.correction) for row in rows]


def put_back_newest(by, child):
    entries.put_back(Entry.objects.filter(student_id=child.pk, put_back_at=None).latest("pk").pk, by=by, reason="wrong")


@pytest.mark.plan("X-03", "MP1-01")
def test_process_a_from_the_request_to_the_result(english_only, tomas, rosa):
    english_only.current_enrollment.teacher = tomas
    english_only.current_enrollment.save()
    case = ask(tomas, english_only, "A", asked_by="staff", asked_name="Tomas Echeverría")
    evidence(tomas, case, "classroom")
    with pytest.raises(NotAllowed, match="correct a language status"):
        actions.note_notice(by=tomas, case=case, on=TOLD)
    with pytest.raises(Refusal, match="have not been told in writing"):
        decide(rosa, case)
    actions.note_notice(by=rosa, case=case, on=TOLD)
    with pytest.raises(Refusal, match="may be tested from Sat 12 Dec 2026 on") as refused:
        decide(rosa, case, on=TENTH - timedelta(days=1))
    assert "CE-A1" in str(refused.value)
    assert statuses(english_only) == [("EO", ENROLLED, None, "survey", "")]
    decide(rosa, case)
    assert statuses(english_only)[1:] == [("TBD", TENTH, None, "correction", "1")]
    with pytest.raises(Refusal, match="cannot be before Sat 12 Dec"):
        actions.note_result(by=rosa, case=case, on=TENTH - timedelta(days=1))
    actions.note_result(by=rosa, case=case, on=TENTH)
    case.refresh_from_db()
    assert (case.status_after, case.status.status, case.result_by) == ("TBD", "TBD", rosa)


@pytest.mark.plan("X-03")
def test_process_b_keeps_the_classification_and_not_the_result(learner, rosa):
    case = ask(rosa, learner, "B", asked_by="office")
    evidence(rosa, case, "survey")
    with pytest.raises(Refusal, match="is not kept"):
        decide(rosa, case)
    taken = Result.objects.get(student=learner)
    decide(rosa, case, results=[str(taken.pk)])
    assert statuses(learner)[-1] == ("EO", TENTH, None, "correction", "4")
    assert not Result.objects.filter(student=learner).exists()
    case.refresh_from_db()
    assert case.taken_out == "Initial ELPAC 2026-27, Wed 25 Nov 2026, state file"
    put_back_newest(rosa, learner)
    assert statuses(learner)[-1][0] == "EL"
    assert Result.objects.get(student=learner).scores.get().scale_score == 360


@pytest.mark.plan("X-03")
@pytest.mark.parametrize(("before", "level", "after"), [("EL", "novice_el", "IFEP"), ("IFEP", "ifep", "EL")])
def test_process_c_reviews_the_evidence_once(enroll, survey, marisela, rosa, before, level, after):
    child = classified_by_test(enroll, survey, rosa, before, level)
    case = ask(marisela, child)
    evidence(marisela, case, "survey", "english", "parent")
    with pytest.raises(Refusal, match="missing: work in the classroom"):
        decide(rosa, case)
    evidence(marisela, case, "classroom")
    with pytest.raises(Refusal, match="Name the qualified staff"):
        decide(rosa, case, reviewers="")
    decide(rosa, case)
    assert statuses(child)[-1] == (after, TENTH, None, "correction", "5")
    with pytest.raises(Refusal, match="reviewed once in a child's life; that was asked for on Tue 1 Dec 2026"):
        ask(marisela, child, asked_on=D("2027-01-15"))


def test_a_review_that_changes_nothing_is_used_up_and_one_taken_back_is_not(learner, enroll, survey, rosa):
    case = ask(rosa, learner)
    decide(rosa, case, "withdrawn", reviewers="")
    case = ask(rosa, learner)
    evidence(rosa, case)
    decide(rosa, case, "unchanged")
    assert statuses(learner)[-1][0] == "EL"
    with pytest.raises(Refusal, match="once in a child's life"):
        ask(rosa, learner)


@pytest.mark.parametrize(
    ("prepare", "process", "facts", "said"),
    [
        (None, "C", {"asked_by": "office"}, "asked for by a parent or guardian, or by certificated staff"),
        ("summative", "C", {}, "before the first Summative ELPAC. The child took the Summative ELPAC on"),
        (None, "A", {}, "Process A is for a child that is English only"),
        ("runs", "B", {}, "A correction runs already"),
    ],
)
def test_what_may_not_be_asked_for_is_refused_with_the_rule(learner, rosa, prepare, process, facts, said):
    if prepare == "summative":
        result(learner, rosa, "summative_elpac", "2025-26", level="2", tested_on=D("2026-03-01"))
    elif prepare == "runs":
        ask(rosa, learner)
    before = Correction.objects.count()
    with pytest.raises(Refusal, match=said):
        ask(rosa, learner, process, **facts)
    assert Correction.objects.count() == before


def test_strangers_ask_for_nothing(learner, nadia, imogen, otto):
    for person in (nadia, imogen, otto):
        with pytest.raises(NotAllowed):
            ask(person, learner)


def test_a_decided_case_stays_as_it_was_decided(learner, rosa):
    case = ask(rosa, learner)
    evidence(rosa, case)
    decide(rosa, case)
    for again in (lambda: decide(rosa, case, "unchanged"), lambda: evidence(rosa, case, "other")):
        with pytest.raises(Refusal, match="decided by Rosa Whitcombe on Sat 12 Dec 2026"):
            again()
    with pytest.raises(Refusal, match="Only process A begins with a notice|was decided by"):
        actions.note_notice(by=rosa, case=case, on=TENTH)


def test_entries_are_put_back_one_after_another_until_the_parents_know(english_only, rosa):
    case = ask(rosa, english_only, "A")
    evidence(rosa, case, "parent")
    actions.note_notice(by=rosa, case=case, on=TOLD)
    first = Entry.objects.filter(student_id=english_only.pk, kind="correction").get()
    with pytest.raises(Refusal, match="parents were told"):
        entries.put_back(first.pk, by=rosa, reason="wrong")
    decide(rosa, case)
    put_back_newest(rosa, english_only)
    assert statuses(english_only) == [("EO", ENROLLED, None, "survey", "")]
    put_back_newest(rosa, english_only)
    put_back_newest(rosa, english_only)
    put_back_newest(rosa, english_only)
    assert not Correction.objects.exists()


def test_a_decision_that_the_parents_know_is_not_put_back(english_only, rosa):
    case = ask(rosa, english_only, "A")
    evidence(rosa, case, "parent")
    actions.note_notice(by=rosa, case=case, on=TOLD)
    decide(rosa, case)
    decision = Entry.objects.filter(student_id=english_only.pk).latest("pk")
    actions.note_result(by=rosa, case=case, on=TENTH)
    with pytest.raises(Refusal, match="have had the result since Sat 12 Dec"):
        entries.put_back(decision.pk, by=rosa, reason="wrong")
    assert statuses(english_only)[-1][0] == "TBD"


INSERT = """
    INSERT INTO students_correction (student_id, process, asked_on, asked_by, asked_name, why, status_before, opened_at,
        opened_by_id, notice_on, notice_by_id, decided_on, decided_by_id, outcome, reason, reviewers, taken_out,
        status_after, result_on, result_by_id)
    VALUES (%(student)s, %(process)s, '2026-12-01', 'parent', 'x', 'x', %(before)s, now(), %(by)s, %(notice)s,
        %(notice_by)s, %(decided)s, %(decided_by)s, %(outcome)s, %(reason)s, %(reviewers)s, '', %(after)s,
        %(result)s, %(result_by)s)
"""


def row(child, by, process="C", before="EL", *, notice=None, decided=None, after="", result=None, **facts):
    outcome = facts.pop("outcome", ("changed" if after else "unchanged") if decided else "")
    return {
        "student": child.pk,
        "by": by.pk,
        "process": process,
        "before": before,
        "notice": notice,
        "notice_by": by.pk if notice else None,
        "decided": decided,
        "decided_by": by.pk if decided else None,
        "outcome": outcome,
        "reason": "x" if decided else "",
        "reviewers": "x" if process == "C" and decided else "",
        "after": after,
        "result": result,
        "result_by": by.pk if result else None,
        **facts,
    }


def insert(values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INSERT, values)


MOVES = [(before, after) for before in ElStatus.values for after in ElStatus.values]
LAWFUL = {("A", "EO", "TBD"), ("B", "EL", "EO"), ("B", "IFEP", "EO"), ("C", "EL", "IFEP"), ("C", "IFEP", "EL")}


@pytest.mark.plan("X-03")
def test_raw_sql_moves_no_status_but_as_the_process_has_it(english_only, rosa):
    for process in "ABC":
        for before, after in MOVES:
            told = "2026-12-01" if process == "A" else None
            values = row(english_only, rosa, process, before, notice=told, decided="2026-12-20", after=after)
            if (process, before, after) in LAWFUL:
                insert(values)
                Correction.objects.all().delete()
                continue
            with pytest.raises(DatabaseError, match="moves_as_its_process|notice_before"):
                insert(values)


@pytest.mark.parametrize(
    ("facts", "wall"),
    [
        ({"process": "A", "before": "EO", "decided": "2026-12-20", "after": "TBD"}, "moves_as_its_process"),
        (
            {"process": "A", "before": "EO", "notice": "2026-12-02", "decided": "2026-12-11", "after": "TBD"},
            "10 days before",
        ),
        ({"decided": "2026-11-30"}, "decided_after_it_was_asked"),
        ({"decided": "2026-12-20", "reason": ""}, "decided_on_by_and_why"),
        ({"decided": "2026-12-20", "decided_by": None}, "decided_on_by_and_why"),
        ({"decided": "2026-12-20", "outcome": ""}, "decided_on_by_and_why"),
        ({"decided": "2026-12-20", "after": "IFEP", "outcome": "unchanged"}, "changes_only_when"),
        ({"decided": "2026-12-20", "after": "IFEP", "reviewers": ""}, "moves_as_its_process"),
        ({"result": "2026-12-20"}, "result_after_decision"),
        ({"decided": "2026-12-20", "result": "2026-12-19"}, "result_after_decision"),
        ({"notice": "2026-11-30"}, "notice_after"),
        ({"notice": "2026-12-05", "notice_by": None}, "notice_on_and_by"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_raw_sql_meets_the_wall(learner, rosa, facts, wall):
    with pytest.raises(DatabaseError, match=wall):
        insert(row(learner, rosa, **facts))


def test_raw_sql_opens_no_second_case_and_no_second_review(learner, rosa):
    insert(row(learner, rosa, decided="2026-12-20"))
    with pytest.raises(DatabaseError, match="one_classification_review_in_a_lifetime"):
        insert(row(learner, rosa, decided="2026-12-21"))
    insert(row(learner, rosa, process="B"))
    with pytest.raises(DatabaseError, match="one_open_correction_per_child"):
        insert(row(learner, rosa, process="B"))


@pytest.mark.parametrize(
    ("as_of", "due"),
    [
        ("2026-12-01", {"correction_notice": ("2026-12-08", None)}),
        ("2026-12-11", {"correction_notice": ("2026-12-08", "2026-12-02")}),
        (
            "2026-12-12",
            {
                "correction_notice": ("2026-12-08", "2026-12-02"),
                "correction_decision": ("2027-01-11", "2026-12-12"),
                "correction_result": ("2026-12-26", None),
            },
        ),
    ],
)
def test_the_clocks_of_a_case_run_as_they_were_on_a_day(english_only, year, rosa, as_of, due):
    case = ask(rosa, english_only, "A")
    evidence(rosa, case, "parent")
    actions.note_notice(by=rosa, case=case, on=TOLD)
    decide(rosa, case)
    found = {
        duty.rule.id: (duty.due.isoformat(), duty.done.isoformat() if duty.done else None)
        for duty in duties(as_of=D(as_of))
        if duty.rule.id.startswith("correction")
    }
    assert found == due


def test_the_family_amends_the_survey_and_staff_do_not(english_only, survey, rosa):
    with pytest.raises(Refusal, match="The survey is the family's"):
        survey(english_only, "Spanish", "English", "English", "-", by=rosa, reason=SurveyReason.STAFF_CORRECTION)
