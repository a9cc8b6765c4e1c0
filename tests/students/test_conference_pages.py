"""Pages of parent conferences: the list, the proposal, the room, a day on paper, calendars, interpreters."""

from datetime import date, time

import icalendar
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from assessments.letters.conferences import INVITATION, ConferenceInvitation, bookings_to_invite
from district.models import District, Language
from notifications.kinds import KINDS
from students import actions
from students.models import (
    Conference,
    ConferenceAttempt,
    ConferenceBlock,
    ConferenceBooking,
    FollowUp,
    InterpreterRequest,
    StaffLanguage,
)
from tests.students.test_conferences import DAY, TODAY, block, learner  # noqa: F401 -- fixtures, by their names

D = date.fromisoformat
pytestmark = pytest.mark.usefixtures("year", "district")


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """Mon 7 Dec 2026."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: TODAY)


@pytest.fixture
def district(db):
    return District.objects.create(name="Valle Claro Unified", cds_code="9900001", address="1 Orchard Way", phone="1")


def signed_in(user):
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.fixture
def head(ruth):
    """The principal of Alder Primary, signed in."""
    return signed_in(ruth)


@pytest.fixture
def booked(learner, block, ruth):  # noqa: F811
    child = learner(first_name="Jasleen", last_name="Gill")
    return actions.book(by=ruth, student=child, kind="initial", block=block(), starts=time(14))


def text(response):
    return " ".join(response.content.decode().split())


def test_the_list_shows_who_waits_and_logs_an_attempt_for_those_ticked(learner, head):  # noqa: F811
    one, two = learner(), learner()
    learner(since="2025-09-10")
    page = head.get(reverse("conferences"))
    assert page.context["page_obj"].paginator.count == 3
    assert "Wed 12 Aug 2026" in text(page)
    assert head.get(reverse("conferences"), {"kind": "initial"}).context["page_obj"].paginator.count == 2
    assert head.get(reverse("conferences"), {"state": "tried"}).context["page_obj"].paginator.count == 0
    sent = {"attempt-on": "12/4/26", "attempt-channel": "phone", "attempt-outcome": "no_answer"}
    assert "No family is ticked." in text(head.post(reverse("conferences"), sent))
    assert not ConferenceAttempt.objects.exists()
    assert head.post(reverse("conferences"), {**sent, "child": [one.pk, two.pk]}).status_code == 302
    assert set(ConferenceAttempt.objects.values_list("student", "kind")) == {(one.pk, "initial"), (two.pk, "initial")}
    assert head.get(reverse("conferences"), {"state": "tried"}).context["page_obj"].paginator.count == 2


def test_slots_are_opened_on_every_school_day_and_a_clash_keeps_what_was_typed(head, alder, tomas):
    sent = {
        "school": alder.pk,
        "day": "12/10/26",
        "until": "12/14/26",
        "starts": "2:30 pm",
        "ends": "15.30",
        "minutes": "15",
        "room": "Library",
        "staff": [tomas.pk],
    }
    head.post(reverse("conference_days"), sent)
    days = list(ConferenceBlock.objects.values_list("day", "starts"))
    assert days == [(D(day), time(14, 30)) for day in ("2026-12-10", "2026-12-11", "2026-12-14")]
    page = head.post(reverse("conference_days"), {**sent, "room": "Gym"})
    assert "Nobody is at two places" in text(page)
    assert 'value="Gym"' in text(page)


@pytest.mark.plan("MP1-26", "MP1-37")
def test_a_proposal_is_shown_before_it_is_booked_and_books_what_it_showed(learner, block, head):  # noqa: F811
    children = [learner() for _ in range(5)]
    block()
    page = head.post(reverse("conference_plan"), {"do": "preview", "child": [child.pk for child in children]})
    lines = page.context["groups"][0]["lines"]
    assert [line["placed"].slot.starts.strftime("%H:%M") for line in lines] == ["14:00", "14:15", "14:30", "14:45"]
    ((left, finding),) = page.context["unplaced"]
    assert finding.reason == "All 4 slots that suit are taken."
    assert not ConferenceBooking.objects.exists()
    booked = {"do": "book", "choice": [line["value"] for line in lines[:3]]}
    page = head.post(reverse("conference_plan"), booked, follow=True)
    assert f'<a href="{reverse("letters_due", args=["conference_invitation"])}">Make the invitations</a>' in text(page)
    made = set(ConferenceBooking.objects.values_list("student", "starts"))
    assert made == {(line["student"].pk, line["placed"].slot.starts.time()) for line in lines[:3]}
    assert left.pk not in {pk for pk, _starts in made}
    again = head.post(reverse("conference_plan"), {"do": "book", "choice": [lines[0]["value"]]}, follow=True)
    assert "Somebody was quicker" in text(again)
    broken = head.post(reverse("conference_plan"), {"do": "book", "choice": ["1:initial"]})
    assert "cannot be read" in text(broken)


@pytest.mark.plan("MP1-09", "MP1-27", "MP1-30", "MP1-38")
def test_the_page_in_the_room_records_and_leads_to_the_next_family(learner, block, head, ruth, monkeypatch):  # noqa: F811
    where = block(days=[TODAY])
    first, second = learner(), learner()
    for child, at in ((first, time(14)), (second, time(14, 15))):
        actions.book(by=ruth, student=child, kind="initial", block=where, starts=at)
    page = head.get(reverse("conference_hold", args=[first.pk]))
    assert page.context["following"].student == second
    assert 'value="Punjabi"' in text(page)
    sent = {
        "conference-kind": "initial",
        "conference-held_on": "12/7/26",
        "conference-language": "Punjabi",
        "conference-attended": "M. Gill, mother",
        "conference-principal_absent_reason": "ill",
        "conference-told_results": "on",
        "conference-told_options": "on",
        "conference-told_recommendation": "on",
        "conference-concerns": "Homework",
        "conference-parent_input": "We want English with help.",
        "conference-what_1": "Reading list",
        "conference-owner_1": "teacher",
    }
    refused = head.post(reverse("conference_hold", args=[first.pk]), sent)
    assert "Say by when it is done." in text(refused)
    assert "We want English with help." in text(refused)
    sent["conference-due_on_1"] = "12/18/26"
    done = head.post(reverse("conference_hold", args=[first.pk]), {**sent, "next": "1"})
    assert done.headers["Location"] == reverse("conference_hold", args=[second.pk])
    meeting = Conference.objects.get()
    assert (meeting.parent_input, meeting.concerns) == ("We want English with help.", "Homework")
    assert (meeting.principal_present, meeting.principal_absent_reason) == (False, "ill")
    assert FollowUp.objects.get().what == "Reading list"
    head.post(reverse("conference_hold", args=[second.pk]), {"missed-note": "waited"})
    assert ConferenceAttempt.objects.get().outcome == "not_come"
    assert "Reading list" in text(head.get(reverse("child", args=[first.pk])))


def test_one_family_is_booked_moved_and_followed(learner, block, head, tomas):  # noqa: F811
    child, where = learner(teacher=tomas), block()
    address = reverse("child_conferences", args=[child.pk])
    assert "The parents have not been met yet." in text(head.get(address))
    head.post(address, {"book-kind": "initial", "book-slot": f"{where.pk}:14:15"})
    booking = ConferenceBooking.objects.get()
    assert booking.starts == time(14, 15)
    move = {"move-slot": f"{where.pk}:14:30", "move-reason": "works until two"}
    head.post(reverse("conference_booking", args=[booking.pk]), move)
    assert ConferenceBooking.objects.get(ended_on=None).starts == time(14, 30)
    assert "works until two" in text(head.get(address))
    head.post(address, {"attempt-on": "12/4/26", "attempt-channel": "visit", "attempt-outcome": "not_come"})
    assert "1 attempt failed (Fri 4 Dec 2026)" in text(head.get(address))
    head.post(address, {"promise-what": "Call back", "promise-owner": "teacher", "promise-due_on": "12/9/26"})
    promise = FollowUp.objects.get()
    teacher = signed_in(tomas)
    teacher.post(reverse("follow_up", args=[promise.pk]), {"on": "12/7/26", "note": "called"})
    promise.refresh_from_db()
    assert (promise.done_on, promise.done_by) == (TODAY, tomas)


def test_a_day_on_paper_for_staff_for_the_door_and_for_interpreters(booked, head):
    asked = {"day": DAY.isoformat(), "school": booked.block.school_id}
    staff = text(head.get(reverse("conference_day"), asked))
    assert "Jasleen Gill" in staff
    assert "Punjabi" in staff
    door = text(head.get(reverse("conference_day"), {**asked, "list": "door"}))
    table = door[door.index("<table") :]
    assert "Jasleen G." in table
    assert "Gill" not in table
    assert "Punjabi" not in table
    assert "nobody asked yet" in text(head.get(reverse("conference_day"), {**asked, "list": "interpreters"}))
    assert head.get(reverse("conference_day"), {"day": "2026-02-31"}).status_code == 200


def test_a_calendar_names_no_child(booked, head, ruth, block, learner):  # noqa: F811
    gone = actions.book(by=ruth, student=learner(), kind="initial", block=booked.block, starts=time(14, 30))
    actions.cancel_booking(by=ruth, booking=gone, reason="moved away")
    address = reverse("conference_day_calendar")
    response = head.get(address, {"day": DAY.isoformat(), "school": booked.block.school_id})
    assert response.headers["Content-Type"].startswith("text/calendar")
    calendar = icalendar.Calendar.from_ical(response.content)
    kept, cancelled = calendar.events
    assert str(kept["SUMMARY"]) == "Parent conference, initial results: J. G., kindergarten"
    assert kept["DTSTART"].dt.isoformat() == "2026-12-10T14:00:00-08:00"
    assert kept["DTEND"].dt.isoformat() == "2026-12-10T14:15:00-08:00"
    assert str(kept["LOCATION"]) == "Alder Primary, Library"
    assert (str(kept["STATUS"]), str(cancelled["STATUS"])) == ("CONFIRMED", "CANCELLED")
    assert [str(zone["TZID"]) for zone in calendar.timezones] == ["America/Los_Angeles"]
    child = booked.student
    for secret in (child.last_name, child.first_name, child.local_id, "Punjabi", "20210309"):
        assert secret not in response.content.decode()


def test_everybody_gets_the_own_calendar(booked, tomas, block, ruth):  # noqa: F811
    client = signed_in(tomas)
    assert not icalendar.Calendar.from_ical(client.get(reverse("my_conferences")).content).events
    actions.make_blocks(
        by=ruth,
        school=booked.block.school,
        days=[DAY],
        starts=time(16),
        ends=time(17),
        minutes=15,
        room="Gym",
        staff=[tomas],
    )
    where = ConferenceBlock.objects.get(room="Gym")
    actions.move_booking(by=ruth, booking=booked, block=where, starts=time(16), reason="work")
    (event,) = icalendar.Calendar.from_ical(client.get(reverse("my_conferences")).content).events
    assert event["DTSTART"].dt.hour == 16


@pytest.mark.plan("MP1-28", "MP1-39")
def test_interpreters_are_asked_for_many_blocks_and_answer(booked, head, alder):
    page = head.get(reverse("interpreters"))
    assert page.context["unmet"] == 1
    need = f"{booked.block_id}:28"
    sent = {"need": [need], "name": "S. Sandhu", "contact": "530-555-0177", "on": "12/7/26"}
    assert "No need is ticked." in text(head.post(reverse("interpreters"), {**sent, "need": []}))
    head.post(reverse("interpreters"), sent)
    row = InterpreterRequest.objects.get()
    assert (row.name, row.state) == ("S. Sandhu", "asked")
    head.post(reverse("interpreter_answer", args=[row.pk]), {"state": "confirmed", "on": "12/7/26"})
    assert head.get(reverse("interpreters")).context["unmet"] == 0
    assert 'value="S. Sandhu"' in text(head.get(reverse("conference_hold", args=[booked.student_id])))
    head.post(reverse("staff_languages"), {"language_1": "Punjabi", "who_1": "J. Dhillon", "language_2": "Spanish"})
    assert set(StaffLanguage.objects.filter(school=alder).values_list("language", flat=True)) == {"01", "28"}


def test_a_block_is_called_off_from_its_page(booked, head):
    address = reverse("conference_block", args=[booked.block_id])
    assert "Jasleen Gill" in text(head.get(address))
    head.post(address, {"reason": "smoke"})
    booked.refresh_from_db()
    assert booked.ended_reason == "smoke"
    page = text(head.get(address))
    assert "Called off Mon 7 Dec 2026 by Ruth Lindqvist" in page, page[page.index("<main") :][:3000]


@pytest.mark.parametrize("who", ["nadia", "imogen", "otto"])
def test_others_find_nothing(booked, who, request):
    client = signed_in(request.getfixturevalue(who))
    for address in (
        reverse("conference_block", args=[booked.block_id]),
        reverse("conference_booking", args=[booked.pk]),
        reverse("conference_hold", args=[booked.student_id]),
        reverse("child_conferences", args=[booked.student_id]),
    ):
        assert client.get(address).status_code == 404


# --- letters ----------------------------------------------------------------------------------------------------


def test_the_invitation_says_when_where_and_in_which_language(booked, ruth, alder, languages):
    source = ConferenceInvitation()
    alder.contact_name, alder.contact_phone = "Ms. Ochoa", "530-555-0101"
    alder.save()
    assert list(source.due(alder, TODAY)) == [booked.student]
    facts = source.facts_for([booked.student], TODAY)[booked.student_id]
    assert facts.subject_key == f"booking {booked.pk}"
    assert facts.values["meeting_day"].on == DAY
    assert (facts.values["meeting_time"], facts.values["meeting_room"]) == ("2:00 PM", "Library")
    assert facts.conditions == {"is_initial": True, "is_spoken": False}
    (row,) = actions.ask_interpreters(
        by=ruth, needs=[(booked.block, languages["Punjabi"])], name="S", is_service=False, contact="", on=TODAY
    )
    actions.answer_interpreter(by=ruth, request=row, state="confirmed", on=TODAY)
    assert source.facts_for([booked.student], TODAY)[booked.student_id].conditions["is_spoken"] is True
    actions.cancel_booking(by=ruth, booking=booked, reason="moved")
    assert not bookings_to_invite(TODAY).exists()
    (missing,) = source.facts_for([booked.student], TODAY)[booked.student_id]
    assert missing.url_name == "child_conferences"


@pytest.mark.plan("MP1-29")
@pytest.mark.parametrize("kind", ["initial", "annual"])
def test_the_handout_has_results_programs_and_recommendation(kind):
    """The letter that lies on the table is the handout: its text cannot be published without the three."""
    assert {"scores_table", "programs_table"} <= KINDS[kind].required
    assert "program" in KINDS[kind].placeholders
    assert INVITATION in KINDS


@pytest.mark.plan("MP1-37")
def test_the_page_of_the_room_links_the_form(learner, head):  # noqa: F811
    child = learner(since="2025-09-10")
    page = head.get(reverse("conference_hold", args=[child.pk]))
    handout = page.context["handout"]
    assert (handout.label, handout.issued_on) == ("Annual letter", None)
    assert reverse("letter_preview", args=["annual", child.pk]) in text(page)


def test_the_placement_page_records_by_the_same_verb(learner, head, languages):  # noqa: F811
    child = learner()
    sent = {
        "conference-kind": "initial",
        "conference-held_on": "12/7/26",
        "conference-language": "Punjabi",
        "conference-attended": "M. Gill",
        "conference-principal_present": "on",
        "conference": "1",
    }
    page = head.post(reverse("placement", args=[child.pk]), sent)
    assert "three topics" in text(page)
    assert not Conference.objects.exists()
    head.post(reverse("placement", args=[child.pk]), {**sent, "conference-topics_reason": "the family had to leave"})
    assert Conference.objects.get().topics_reason == "the family had to leave"
    assert Language.objects.get(pk="28") == languages["Punjabi"]
