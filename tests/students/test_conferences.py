"""Days of conferences, appointments, interpreters, attempts, promises: the verbs, their duties and putting back."""

from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from district import entries
from district.duties import duties
from district.enums import Role
from district.models import Entry, Language
from district.refusal import NotAllowed, Refusal
from students import actions
from students.models import (
    BlockStaff,
    Conference,
    ConferenceAttempt,
    ConferenceBlock,
    ConferenceBooking,
    FollowUp,
    InterpreterRequest,
)
from students.queries import conferences as meetings
from tests.students.conftest import person

D = date.fromisoformat
TODAY = D("2026-12-07")
DAY = D("2026-12-10")


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """Mon 7 Dec 2026."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: TODAY)


@pytest.fixture
def learner(enroll, survey, rosa, year):
    """An English learner, as many as asked for: identified on Wed 2 Dec, or in the year before."""

    def make(language="Punjabi", since="2026-12-02", **facts):
        starts = min(D("2026-11-23"), D(since))
        child = enroll(starts=starts, **facts)
        survey(child, language, "English", language, "-", answered_on=starts)
        actions.set_statuses_from_state(
            by=rosa, rows=[actions.StateStatus(child.pk, "EL", D(since), "Initial ELPAC: Novice")]
        )
        child.refresh_from_db()
        return child

    return make


@pytest.fixture
def block(ruth, alder):
    def make(**facts):
        given = {"school": alder, "days": [DAY], "starts": time(14), "ends": time(15), "minutes": 15, "room": "Library"}
        (made,) = actions.make_blocks(**{"by": ruth, **given, **facts})
        return made

    return make


def owed(*rules, on=TODAY, state="waiting"):
    return {(duty.rule.id, duty.student_id): duty for duty in duties(as_of=on, rule_ids=rules, state=state)}


def put_back(child, by, kind):
    about = {"student_id": child.pk} if child else {}
    entry = Entry.objects.filter(kind=kind, put_back_at=None, **about).order_by("-pk").first()
    return entries.put_back(entry.pk, by=by, reason="wrong one")


def fail(by, child, day, outcome="no_answer", kind="initial"):
    return actions.log_attempts(
        by=by, students=[child], kinds={child.pk: kind}, on=D(day), channel="phone", outcome=outcome
    )


def hold(by, child, **facts):
    return actions.record_conference(
        **{
            "by": by,
            "student": child,
            "kind": "initial",
            "held_on": TODAY,
            "language": Language.objects.get(name="Punjabi"),
            "attended": "M. Gill, mother",
            "principal_present": True,
            "told_results": True,
            "told_options": True,
            "told_recommendation": True,
            **facts,
        }
    )


# --- which conferences are due ----------------------------------------------------------------------------------


@pytest.mark.plan("MP1-09", "MP1-26")
def test_the_initial_conference_is_due_from_the_result_and_done_when_held(learner, ruth):
    child = learner()
    duty = owed("initial_conference")["initial_conference", child.pk]
    assert (duty.starts, duty.due, duty.rule.owner) == (D("2026-12-02"), D("2026-12-16"), Role.PRINCIPAL)
    assert "English learner since Wed 2 Dec 2026" in duty.why
    hold(ruth, child)
    assert not owed("initial_conference", "annual_conference")
    done = owed("initial_conference", state="done")["initial_conference", child.pk]
    assert (done.done, done.on_time) == (TODAY, True)
    assert not owed("initial_conference", state="done", on=D("2026-12-06"))


@pytest.mark.plan("MP1-37")
def test_the_annual_conference_is_due_thirty_days_after_school_begins(learner, ruth):
    child = learner(since="2025-09-10")
    duty = owed("annual_conference")["annual_conference", child.pk]
    assert (duty.starts, duty.due, str(duty.state)) == (D("2026-08-12"), D("2026-09-11"), "late")
    assert "30 calendar days from Wed 12 Aug 2026." in duty.why
    hold(ruth, child, kind="annual")
    done = owed("annual_conference", state="done")["annual_conference", child.pk]
    assert (done.done, done.on_time) == (TODAY, False)


@pytest.mark.plan("MP1-26", "MP1-37")
def test_three_failed_attempts_on_different_days_end_the_duty(learner, marisela, ruth):
    child = learner()
    fail(marisela, child, "2026-12-02")
    fail(marisela, child, "2026-12-02", "message")
    fail(marisela, child, "2026-12-03", "agreed")
    fail(marisela, child, "2026-12-04")
    assert owed("initial_conference")["initial_conference", child.pk].facts["attempts"] == 2
    fail(marisela, child, "2026-12-07", "not_come")
    assert not owed("initial_conference")
    assert owed("initial_conference", state="done")["initial_conference", child.pk].done == TODAY
    (row,) = [each for each in meetings.in_time([child.school], TODAY) if each.kind == "initial"]
    assert (row.due, row.in_time, row.late, row.not_reached, row.waiting) == (1, 0, 0, 1, 0)
    put_back(child, marisela, "conference_attempt")
    assert owed("initial_conference")


def test_the_number_of_attempts_is_the_districts_dated_choice(learner, marisela, rosa):
    from district.actions import change_period

    child = learner()
    fail(marisela, child, "2026-12-03")
    fail(marisela, child, "2026-12-04")
    assert owed("initial_conference")
    change_period(by=rosa, code="CF-03", days=2, starts=D("2026-12-01"), source="Board, 1 Dec 2026")
    assert not owed("initial_conference")


def test_figures_tell_late_from_in_time(learner, ruth, alder):
    hold(ruth, learner())
    hold(ruth, learner(since="2025-09-10"), kind="annual")
    learner(since="2025-09-10")
    rows = {row.kind: row for row in meetings.in_time([alder], TODAY)}
    assert (rows["initial"].due, rows["initial"].in_time, rows["initial"].share) == (1, 1, 100)
    annual = rows["annual"]
    assert (annual.due, annual.in_time, annual.late, annual.waiting, annual.overdue) == (2, 0, 1, 1, 1)


# --- holding ----------------------------------------------------------------------------------------------------


@pytest.mark.plan("MP1-29")
def test_all_three_topics_or_the_reason_why_not(learner, ruth):
    child = learner()
    with pytest.raises(Refusal, match="three topics") as refused:
        hold(ruth, child, told_options=False)
    assert refused.value.field == "topics_reason"
    assert not Conference.objects.exists()
    assert hold(ruth, child, told_options=False, topics_reason="the family had to leave").told_all is False


@pytest.mark.plan("MP1-27", "MP1-39")
@pytest.mark.parametrize(("language", "is_held"), [("Punjabi", True), ("English", True), ("Spanish", False)])
def test_a_conference_is_in_english_or_the_parents_language(learner, ruth, language, is_held):
    child = learner()
    said = {"language": Language.objects.get(name=language)}
    if is_held:
        assert hold(ruth, child, **said).language.name == language
        return
    with pytest.raises(Refusal, match="Spanish is neither") as refused:
        hold(ruth, child, **said)
    assert refused.value.field == "language"


@pytest.mark.plan("MP1-38")
def test_what_was_promised_becomes_a_duty_of_its_owner_and_ends_with_done(learner, ruth, marisela, tomas):
    child = learner(teacher=tomas)
    promise = actions.Promise("Send the reading list", Role.TEACHER, D("2026-12-18"))
    meeting = hold(ruth, child, concerns="Will she fall behind?", promises=[promise])
    row = FollowUp.objects.get()
    assert (row.conference, meeting.concerns, row.agreed_on) == (meeting, "Will she fall behind?", TODAY)
    duty = owed("follow_up_teacher")["follow_up_teacher", child.pk]
    assert (duty.due, duty.teacher_id, duty.rule.owner) == (D("2026-12-18"), tomas.pk, Role.TEACHER)
    assert "Send the reading list" in duty.why
    actions.end_follow_up(by=tomas, follow_up=row, on=TODAY, note="given to the mother")
    assert not owed("follow_up_teacher")
    with pytest.raises(Refusal, match="already done by Tomas"):
        actions.end_follow_up(by=marisela, follow_up=row, on=TODAY)
    with pytest.raises(Refusal, match="promised there is done already"):
        put_back(child, ruth, "conference")
    put_back(child, tomas, "follow_up_done")
    put_back(child, ruth, "conference")
    assert not FollowUp.objects.exists()


def test_a_teacher_ends_only_what_is_the_teachers(learner, ruth, tomas):
    child = learner(teacher=tomas)
    row = actions.add_follow_up(
        by=ruth, student=child, what="Correct the number", owner=Role.SECRETARY, due_on=DAY, on=TODAY, conference=None
    )
    with pytest.raises(NotAllowed):
        actions.end_follow_up(by=tomas, follow_up=row, on=TODAY)
    with pytest.raises(Refusal, match="cannot be due before"):
        actions.add_follow_up(
            by=ruth, student=child, what="x", owner=Role.TEACHER, due_on=D("2026-12-01"), on=TODAY, conference=None
        )


# --- days and appointments --------------------------------------------------------------------------------------


def test_blocks_are_opened_for_several_days_and_put_back_together(ruth, alder, tomas):
    made = actions.make_blocks(
        by=ruth,
        school=alder,
        days=[DAY, DAY + timedelta(days=1)],
        starts=time(14),
        ends=time(15, 10),
        minutes=20,
        room="Library",
        staff=[tomas],
    )
    assert [each.day for each in made] == [DAY, DAY + timedelta(days=1)]
    assert made[0].slots == [time(14), time(14, 20), time(14, 40)]
    put_back(None, ruth, "conference_blocks")
    assert not ConferenceBlock.objects.exists()
    assert not BlockStaff.objects.exists()


@pytest.mark.parametrize(
    ("facts", "sentence", "field"),
    [
        ({"days": [D("2026-12-04")]}, "Fri 4 Dec 2026 is over", "day"),
        ({"ends": time(14, 10)}, "No family fits", "ends"),
        ({"grade_low": "05", "grade_high": "02"}, "wrong way round", "grade_low"),
        ({"room": "Library"}, "room is taken", "room"),
        ({"room": "Gym", "staff": True}, "Tomas Echeverría is at Alder Primary then, in Library", "staff"),
    ],
)
def test_blocks_that_cannot_be(block, tomas, facts, sentence, field):
    block(staff=[tomas])
    given = {"room": "Gym", **facts}
    if given.pop("staff", False):
        given["staff"] = [tomas]
    with pytest.raises(Refusal, match=sentence) as refused:
        block(**given)
    assert refused.value.field == field
    assert ConferenceBlock.objects.count() == 1


def test_the_database_itself_keeps_a_person_out_of_two_places(block, tomas, birch):
    mine = block(staff=[tomas])
    with pytest.raises(IntegrityError, match="nobody_in_two_blocks_at_once"), transaction.atomic():
        BlockStaff.objects.create(block=mine, user=tomas, day=DAY, starts=time(14, 30), ends=time(16))
    BlockStaff.objects.create(block=mine, user=tomas, day=DAY, starts=time(15), ends=time(16))  # touching is allowed


def test_two_people_book_the_same_slot_one_wins_and_the_other_is_told(learner, block, ruth, marisela):
    first, second = learner(), learner()
    where = block()
    actions.book(by=ruth, student=first, kind="initial", block=where, starts=time(14, 15))
    with pytest.raises(Refusal, match=f"Somebody was quicker: 14:15 is taken for {first.name}, by Ruth") as refused:
        actions.book(by=marisela, student=second, kind="initial", block=where, starts=time(14, 15))
    assert refused.value.field == "slot"
    with pytest.raises(IntegrityError, match="one_family_in_a_slot"), transaction.atomic():
        ConferenceBooking.objects.create(
            block=where, student=second, kind="initial", starts=time(14, 15), booked_by=marisela
        )
    assert ConferenceBooking.objects.get().student == first


def test_a_proposal_is_booked_whole_or_not_at_all(learner, block, ruth):
    children = [learner(), learner()]
    where = block()
    choices = [actions.Choice(child.pk, "initial", where.pk, time(14)) for child in children]
    with pytest.raises(Refusal, match="Somebody was quicker"):
        actions.book_all(by=ruth, choices=choices)
    assert not ConferenceBooking.objects.exists()
    good = [choices[0], actions.Choice(children[1].pk, "initial", where.pk, time(14, 15))]
    assert len(actions.book_all(by=ruth, choices=good)) == 2
    assert "Appointment on Thu 10 Dec 2026." in owed("initial_conference")["initial_conference", children[0].pk].why
    put_back(None, ruth, "conference_booking")
    assert not ConferenceBooking.objects.exists()


@pytest.mark.parametrize(
    ("starts", "sentence"), [(time(14, 5), "No slot begins at 14:05"), (time(15), "No slot begins at 15:00")]
)
def test_only_the_blocks_own_slots_are_booked(learner, block, ruth, starts, sentence):
    with pytest.raises(Refusal, match=sentence):
        actions.book(by=ruth, student=learner(), kind="initial", block=block(), starts=starts)


def test_an_appointment_is_moved_cancelled_and_put_back(learner, block, ruth):
    child, where = learner(), block()
    made = actions.book(by=ruth, student=child, kind="initial", block=where, starts=time(14))
    with pytest.raises(Refusal, match="has an appointment on Thu 10 Dec 2026 at 14:00"):
        actions.book(by=ruth, student=child, kind="initial", block=where, starts=time(14, 15))
    moved = actions.move_booking(by=ruth, booking=made, block=where, starts=time(14, 30), reason="the mother works")
    made.refresh_from_db()
    assert (made.ended_reason, moved.starts) == ("the mother works", time(14, 30))
    put_back(child, ruth, "conference_move")
    assert list(ConferenceBooking.objects.values_list("pk", "ended_on")) == [(made.pk, None)]
    actions.cancel_booking(by=ruth, booking=made, reason="the family moves")
    with pytest.raises(Refusal, match="ended on Mon 7 Dec 2026: the family moves"):
        actions.cancel_booking(by=ruth, booking=made, reason="again")
    put_back(child, ruth, "conference_booking_end")
    made.refresh_from_db()
    assert made.ended_on is None


def test_a_conference_ends_the_appointment_of_its_day(learner, block, ruth, monkeypatch):
    child = learner()
    made = actions.book(by=ruth, student=child, kind="initial", block=block(), starts=time(14))
    meeting = hold(ruth, child, held_on=DAY)
    made.refresh_from_db()
    assert made.conference == meeting
    put_back(child, ruth, "conference")
    made.refresh_from_db()
    assert (made.conference, made.ended_on) == (None, None)


def test_a_conference_held_earlier_frees_the_slot_of_a_later_day(learner, block, ruth):
    child, other = learner(), learner()
    where = block()
    made = actions.book(by=ruth, student=child, kind="initial", block=where, starts=time(14))
    assert owed("conference_invitation")
    hold(ruth, child)
    made.refresh_from_db()
    assert (made.ended_on, made.ended_by, made.conference) == (TODAY, ruth, None)
    assert made.ended_reason == "The parents were met before, on Mon 7 Dec 2026"
    assert not owed("conference_invitation")
    assert time(14) in [slot.starts.time() for slot in meetings.free_slots([where])]
    put_back(child, ruth, "conference")
    made.refresh_from_db()
    assert (made.ended_on, made.ended_reason) == (None, "")
    assert owed("conference_invitation")

    hold(ruth, child)
    actions.book(by=ruth, student=other, kind="initial", block=where, starts=time(14))
    put_back(child, ruth, "conference")
    made.refresh_from_db()
    assert made.ended_on == TODAY
    assert not Conference.objects.exists()


def test_a_conference_held_later_keeps_the_appointment_of_an_earlier_day(learner, block, ruth):
    child = learner()
    made = actions.book(by=ruth, student=child, kind="initial", block=block(days=[TODAY]), starts=time(14))
    meeting = hold(ruth, child, held_on=DAY)
    made.refresh_from_db()
    assert made.conference == meeting


def test_a_conference_of_the_other_kind_leaves_the_appointment(learner, block, ruth):
    child = learner()
    made = actions.book(by=ruth, student=child, kind="initial", block=block(), starts=time(14))
    hold(ruth, child, kind="annual")
    made.refresh_from_db()
    assert (made.ended_on, made.conference) == (None, None)


def test_nobody_came_counts_as_an_attempt_on_the_day_of_the_appointment(learner, block, ruth, monkeypatch):
    child = learner()
    made = actions.book(by=ruth, student=child, kind="initial", block=block(), starts=time(14))
    with pytest.raises(Refusal, match="on Thu 10 Dec 2026 only"):
        actions.miss_booking(by=ruth, booking=made)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: DAY)
    actions.miss_booking(by=ruth, booking=made, note="waited twenty minutes")
    attempt = ConferenceAttempt.objects.get()
    assert (attempt.on, attempt.channel, attempt.outcome) == (DAY, "appointment", "not_come")
    put_back(child, ruth, "conference_booking_end")
    assert not ConferenceAttempt.objects.exists()


def test_a_block_is_called_off_with_its_appointments_and_put_back(learner, block, ruth, tomas):
    where = block(staff=[tomas])
    made = actions.book(by=ruth, student=learner(), kind="initial", block=where, starts=time(14))
    actions.cancel_block(by=ruth, block=where, reason="smoke from the fires")
    made.refresh_from_db()
    assert (made.ended_reason, where.staff.count()) == ("smoke from the fires", 0)
    block(staff=[tomas], room="Gym")  # the person is free again
    with pytest.raises(Refusal, match="Tomas Echeverría is at Alder Primary then"):
        put_back(None, ruth, "conference_block_end")
    ConferenceBlock.objects.get(room="Gym").delete()
    put_back(None, ruth, "conference_block_end")
    made.refresh_from_db()
    assert (made.ended_on, where.staff.count()) == (None, 1)


@pytest.mark.parametrize("who", ["tomas", "nadia", "imogen", "otto"])
def test_only_who_plans_conferences_at_the_school_does(learner, block, who, request):
    user, child, where = request.getfixturevalue(who), learner(), block()
    with pytest.raises(NotAllowed, match="plan days of parent conferences"):
        actions.book(by=user, student=child, kind="initial", block=where, starts=time(14))
    with pytest.raises(NotAllowed):
        block(by=user, room="Gym")
    with pytest.raises(NotAllowed):
        fail(user, child, "2026-12-04")


# --- interpreters -----------------------------------------------------------------------------------------------


@pytest.mark.plan("MP1-28", "MP1-39")
def test_an_interpreter_is_needed_asked_declined_asked_again_and_confirmed(learner, block, ruth, alder, languages):
    where = block()
    actions.book(by=ruth, student=learner("Spanish"), kind="initial", block=where, starts=time(14))
    assert not owed("interpreter_confirmed")
    actions.book(by=ruth, student=learner(), kind="initial", block=where, starts=time(14, 15))
    (duty,) = owed("interpreter_confirmed").values()
    assert (duty.due, duty.rule.owner, duty.school_id) == (D("2026-12-05"), Role.LIAISON, alder.pk)
    assert "a family speaks Punjabi, and nobody on the staff does" in duty.why
    blocks = ConferenceBlock.objects.all()
    (need,) = meetings.interpreter_needs(blocks)
    assert (need.language.name, need.families, need.can_be_asked) == ("Punjabi", 1, True)

    asked = {"by": ruth, "needs": [(where, languages["Punjabi"])], "is_service": False, "contact": "", "on": TODAY}
    (row,) = actions.ask_interpreters(name="S. Sandhu", **asked)
    with pytest.raises(Refusal, match="S. Sandhu is asked for Thu 10 Dec 2026 already"):
        actions.ask_interpreters(name="Other", **asked)
    actions.answer_interpreter(by=ruth, request=row, state="declined", on=TODAY)
    assert "declined" in next(iter(owed("interpreter_confirmed").values())).why
    (second,) = actions.ask_interpreters(name="Valley Interpreters", **asked)
    actions.answer_interpreter(by=ruth, request=second, state="confirmed", on=TODAY)
    assert not owed("interpreter_confirmed")
    assert meetings.interpreter_needs(blocks)[0].is_met
    put_back(None, ruth, "interpreter_answer")
    assert owed("interpreter_confirmed")
    put_back(None, ruth, "interpreter")
    assert list(InterpreterRequest.objects.values_list("name", "state")) == [("S. Sandhu", "declined")]


@pytest.mark.plan("MP1-28")
def test_a_school_whose_staff_speak_the_language_needs_no_interpreter(learner, block, ruth, alder, languages):
    actions.book(by=ruth, student=learner(), kind="initial", block=block(), starts=time(14))
    actions.set_staff_languages(by=ruth, school=alder, spoken={languages["Punjabi"]: "J. Dhillon"})
    assert not owed("interpreter_confirmed")
    assert meetings.languages_at(alder) == {"00", "28"}
    put_back(None, ruth, "staff_languages")
    assert owed("interpreter_confirmed")
    assert meetings.languages_at(alder) == {"00", "01"}


def test_the_duty_ends_with_the_day(learner, block, ruth):
    actions.book(by=ruth, student=learner(), kind="initial", block=block(), starts=time(14))
    assert owed("interpreter_confirmed", on=DAY)
    assert not owed("interpreter_confirmed", on=DAY + timedelta(days=1))


# --- the plain values of the proposal ---------------------------------------------------------------------------


def test_siblings_are_found_and_dealt_out_over_the_free_slots(learner, block, ruth, alder):
    from students.rules.conferences import propose

    parent = [actions.Parent(name="Manpreet Gill", phone="(530) 555-0147", language=Language.objects.get(pk="28"))]
    twins = [learner(guardians=parent), learner(guardians=parent)]
    where = block(language=Language.objects.get(pk="28"))
    actions.book(by=ruth, student=learner(), kind="initial", block=where, starts=time(14))
    rows = meetings.wanted(type(twins[0]).objects.filter(pk__in=[each.pk for each in twins]), {})
    assert rows[0].family == rows[1].family
    slots = meetings.free_slots(meetings.open_blocks([alder], TODAY))
    assert [slot.starts.time() for slot in slots] == [time(14, 15), time(14, 30), time(14, 45)]
    plan = propose(rows, slots, meetings.busy_slots(TODAY, alder))
    assert {each.slot.starts.time() for each in plan.placed} == {time(14, 15), time(14, 30)}
    assert [slot.starts.time() for slot in meetings.taken_slots([where])] == [time(14)]


def test_staff_are_people_of_the_school(learner, block, ruth, alder):
    helper = person("helper", "Harpal", "Gill", (Role.EL_LEAD, alder))
    made = block(staff=[helper])
    assert [each.user for each in made.staff.all()] == [helper]
    assert Entry.objects.get(kind="conference_blocks").summary == "1 conference block made"
