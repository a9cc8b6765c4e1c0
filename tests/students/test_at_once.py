"""Two people at once, in two real transactions: one is done, the other is told."""

import threading

import pytest
from django.db import connection, connections

from district.models import Entry, User
from district.refusal import Refusal
from students import actions
from students.models import Correction, HomeLanguageSurvey, LanguageStatus, Student
from tests.students.conftest import ENROLLED

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds):
    """Run the deeds in threads that start together; what each gave or refused."""
    barrier, results = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(number, deed):
        try:
            barrier.wait(timeout=10)
            results[number] = deed()
        except Refusal as refusal:
            results[number] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def test_two_people_record_the_survey(enroll, languages, marisela, rosa):
    child = enroll()
    answers = {
        "marisela": [languages["Punjabi"], languages["English"], languages["Punjabi"], None],
        "rosa": [languages["English"]] * 3 + [None],
    }

    def record(by):
        def deed():
            user = User.objects.get(pk=by.pk)
            return actions.record_survey(by=user, student=child, answers=answers[by.username], answered_on=ENROLLED)

        return deed

    results = at_once(record(marisela), record(rosa))
    done = [each for each in results if isinstance(each, HomeLanguageSurvey)]
    told = [each for each in results if isinstance(each, Refusal)]
    assert (len(done), len(told)) == (1, 1)
    assert "already entered by" in str(told[0])
    assert HomeLanguageSurvey.objects.get().version == 1
    assert LanguageStatus.objects.get().status == ("TBD" if done[0].entered_by_id == marisela.pk else "EO")
    assert Entry.objects.filter(kind="survey").count() == 1


def test_two_people_enroll_the_same_child(enroll, marisela, rosa):
    def deed(by, number):
        return lambda: enroll(by=User.objects.get(pk=by.pk), last_name="Núñez", first_name="Iker", local_id=str(number))

    results = at_once(deed(marisela, 1), deed(rosa, 2))
    told = [each for each in results if isinstance(each, actions.AlreadyHere)]
    assert (len(told), Student.objects.count()) == (1, 1)


def test_a_survey_and_the_states_file(enroll, survey, rosa, marisela):
    """Whichever comes first, the history holds together and nothing is lost."""
    child = enroll()
    survey(child, "Punjabi", "English", "Punjabi", "-")
    english = [*HomeLanguageSurvey.objects.get().answers]

    def amend():
        return actions.record_survey(
            by=User.objects.get(pk=marisela.pk),
            student=child,
            answers=[english[1]] * 3 + [None],
            answered_on=ENROLLED,
            reason="parent_amendment",
        )

    def state():
        row = actions.StateStatus(child.pk, "EL", ENROLLED.replace(month=12), "Initial ELPAC")
        return actions.set_statuses_from_state(by=User.objects.get(pk=rosa.pk), rows=[row])

    amended, read = at_once(amend, state)
    chain = list(LanguageStatus.objects.order_by("sequence").values_list("status", flat=True))
    if isinstance(amended, Refusal):
        assert (chain, read.set) == (["TBD", "EL"], 1)
    else:
        assert (chain, len(read.refused)) == (["TBD", "EO"], 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM students_languagestatus WHERE ends IS NULL")
        assert cursor.fetchone() == (1,)


@pytest.mark.plan("X-03")
def test_two_people_ask_for_and_decide_a_correction(enroll, survey, marisela, rosa):
    child = enroll()
    survey(child, "English", "English", "English", "-")
    facts = {"asked_on": ENROLLED, "asked_by": "staff", "asked_name": "Ruiz", "why": "Spanish at the gate"}

    def ask(by):
        user = User.objects.get(pk=by.pk)
        return lambda: actions.ask_correction(by=user, student=child, process="A", **facts)

    results = at_once(ask(marisela), ask(rosa))
    assert sorted(type(each).__name__ for each in results) == ["Correction", "Refusal"]
    assert "runs already" in str(next(each for each in results if isinstance(each, Refusal)))
    case = Correction.objects.get()
    actions.add_evidence(by=rosa, case=case, kind="classroom", of_day=ENROLLED, what="Spanish")
    actions.note_notice(by=rosa, case=case, on=ENROLLED)
    told = {"on": ENROLLED.replace(month=12), "reason": "two languages"}

    def decide(outcome):
        user = User.objects.get(pk=rosa.pk)
        return lambda: actions.decide_correction(by=user, case=case, outcome=outcome, **told)

    results = at_once(decide("changed"), decide("unchanged"))
    assert sorted(type(each).__name__ for each in results) == ["Correction", "Refusal"]
    assert "was decided by Rosa Whitcombe" in str(next(each for each in results if isinstance(each, Refusal)))
    case.refresh_from_db()
    assert LanguageStatus.objects.count() == (2 if case.outcome == "changed" else 1)
