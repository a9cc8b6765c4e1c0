"""How letters left the school and came back: rules, verbs and their way back, duties, lists, the page of a notice."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from district import entries
from district.duties import duties
from district.models import Entry
from district.refusal import NotAllowed, Refusal
from notifications import queries
from notifications.actions import follow_up, issue_letter, note_returned, note_sent
from notifications.enums import FollowUp, Way
from notifications.models import Delivery, Letter
from notifications.render import render_pdf
from notifications.rules import IN_TIME, LATE, NEVER, NO_DAY, RUNNING, notice_in_time, share_in_time
from tests.letters import samples, sources, texts_for_tests

DUE = date(2026, 9, 11)
DAY = timedelta(days=1)

# --- the rule --------------------------------------------------------------------------------------------------------


@pytest.mark.plan("MP1-17", "MP1-36", "MP6-62", "MP6-63")
@pytest.mark.parametrize(
    ("left", "on", "outcome"),
    [
        (DUE - DAY, DUE, IN_TIME),
        (DUE, DUE + DAY, IN_TIME),
        (DUE + DAY, DUE + DAY, LATE),
        (None, DUE, RUNNING),
        (None, DUE + DAY, NEVER),
    ],
)
def test_what_counts_is_the_day_on_which_it_left(left, on, outcome):
    found = notice_in_time(due=DUE, left=left, on=on)
    assert found.outcome == outcome
    assert "2026-09-11" in found.reason


def test_without_a_calendar_there_is_no_last_day():
    assert notice_in_time(due=None, left=DUE, on=DUE).outcome == NO_DAY


@pytest.mark.parametrize(
    ("outcomes", "share"),
    [
        ({}, None),
        ({RUNNING: 5, NO_DAY: 2}, None),
        ({IN_TIME: 3, RUNNING: 9}, 100),
        ({IN_TIME: 999, NEVER: 1}, 99),
        ({IN_TIME: 1, LATE: 1, NEVER: 2}, 25),
        ({LATE: 4}, 0),
    ],
)
def test_late_and_never_count_as_not_in_time(outcomes, share):
    assert share_in_time(outcomes) == share


# --- the verbs -------------------------------------------------------------------------------------------------------


@pytest.fixture
def today(db):
    return timezone.localdate()


@cache
def one_pdf() -> bytes:
    """A PDF for all: here it matters what becomes of a letter, not what stands in it."""
    return render_pdf(samples.letter("before_test", "en"))


@pytest.fixture
def letters(annual, child, secretary, today, monkeypatch):
    """Three letters, issued three days ago."""
    monkeypatch.setattr("notifications.actions.letters.render_pdf", lambda content: one_pdf())
    texts_for_tests.replace("annual", today - 9 * DAY)
    day, made = today - 3 * DAY, []
    for name in ("Ana", "Beto", "Carla"):
        student = child(name, "Robles")
        made.append(issue_letter(by=secretary, kind="annual", student=student, on=day, accepts_drafts=True))
    return Letter.objects.filter(pk__in=[letter.pk for letter in made]).order_by("number")


def keys(letters):
    return [letter.pk for letter in letters]


def sent(letters, by, today, **changed):
    facts = {"way": Way.MAILED, "left_on": today - 2 * DAY, "on": today} | changed
    return note_sent(by=by, letters=keys(letters), **facts)


def states(letters):
    return {state: queries.in_state(letters, state).count() for state in (queries.UNSENT, queries.OUT, queries.BACK)}


def newest(kind: str) -> Entry:
    return Entry.objects.filter(kind=kind).latest("pk")


def test_a_heap_is_noted_at_once_and_once_only(letters, secretary, today):
    assert states(letters) == {"unsent": 3, "sent": 0, "returned": 0}
    assert len(sent(letters[:1], secretary, today)) == 1
    assert len(sent(letters, secretary, today, way=Way.WITH_CHILD)) == 2
    assert sent(letters, secretary, today) == []
    assert states(letters) == {"unsent": 0, "sent": 3, "returned": 0}
    assert letters[0].deliveries.get().way == Way.MAILED
    assert letters[0].deliveries.get().entered_by == secretary


def test_a_letter_that_came_back_leaves_a_second_time(letters, secretary, today):
    sent(letters, secretary, today)
    note_returned(by=secretary, letters=keys(letters[:2]), returned_on=today - DAY, on=today)
    assert states(letters) == {"unsent": 0, "sent": 1, "returned": 2}
    follow_up(
        by=secretary, letter=letters[0].pk, what=FollowUp.ASKED, done_on=today, on=today, note="telephoned the aunt"
    )
    sent(letters[:1], secretary, today, way=Way.HANDED, left_on=today, note="to the aunt")
    assert states(letters) == {"unsent": 0, "sent": 2, "returned": 1}
    first, second = letters[0].deliveries.order_by("pk")
    assert (first.follow_up, first.returned_by, second.note) == (FollowUp.ASKED, secretary, "to the aunt")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"left_on": 1}, "has not come yet"),
        ({"left_on": -4}, "cannot have left on"),
        ({"way": Way.OTHER}, "needs to say how"),
        ({"letters": []}, "No letter is picked"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(letters, secretary, today, changed, why):
    if "left_on" in changed:
        changed = {"left_on": today + changed["left_on"] * DAY}
    facts = {"letters": keys(letters), "way": Way.MAILED, "left_on": today, "on": today} | changed
    with pytest.raises(Refusal, match=why):
        note_sent(by=secretary, **facts)
    assert not Delivery.objects.exists()


def test_only_what_is_out_comes_back_and_not_before_it_left(letters, secretary, today):
    with pytest.raises(Refusal, match="is not out"):
        note_returned(by=secretary, letters=keys(letters), returned_on=today, on=today)
    sent(letters, secretary, today)
    with pytest.raises(Refusal, match="cannot have come back"):
        note_returned(by=secretary, letters=keys(letters), returned_on=today - 3 * DAY, on=today)
    with pytest.raises(Refusal, match="has not come back"):
        follow_up(by=secretary, letter=letters[0].pk, what=FollowUp.ASKED, done_on=today, on=today)


def test_another_school_notes_nothing_not_even_together_with_its_own(letters, elsewhere, secretary, today):
    with pytest.raises(NotAllowed):
        sent(letters, elsewhere, today)
    sent(letters, secretary, today)
    with pytest.raises(NotAllowed):
        note_returned(by=elsewhere, letters=keys(letters[:1]), returned_on=today, on=today)
    assert states(letters)["sent"] == 3


def test_papers_that_go_to_no_family_do_not_leave(annual, child, secretary, today, monkeypatch):
    sources.register(monkeypatch, "folder_label")
    label = issue_letter(by=secretary, kind="folder_label", student=child("Ana", "Robles"), on=today)
    with pytest.raises(Refusal, match="goes to no family"):
        sent([label], secretary, today, left_on=today)


def test_each_entry_can_be_put_back_from_the_newest_down(letters, secretary, today):
    sent(letters, secretary, today)
    note_returned(by=secretary, letters=keys(letters[:1]), returned_on=today - DAY, on=today)
    follow_up(by=secretary, letter=letters[0].pk, what=FollowUp.ASKED, done_on=today, on=today)
    for kind, why in (("letters_sent", "has come back since"), ("letters_returned", "was done about a letter")):
        with pytest.raises(Refusal, match=why):
            entries.put_back(newest(kind).pk, by=secretary, reason="mistyped")
    for kind in ("letters_followed_up", "letters_returned", "letters_sent"):
        entries.put_back(newest(kind).pk, by=secretary, reason="mistyped")
    assert states(letters) == {"unsent": 3, "sent": 0, "returned": 0}


def test_the_database_keeps_a_letter_from_being_out_twice(letters, secretary, today):
    sent(letters, secretary, today)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(letter=letters[0], way=Way.MAILED, left_on=today, entered_by=secretary)


# --- duties ----------------------------------------------------------------------------------------------------------


def rows(rule: str, on) -> dict[str, tuple[str, date | None]]:
    return {duty.facts["number"]: (duty.state, duty.done) for duty in duties(as_of=on, rule_ids=[rule])}


@pytest.mark.plan("MP1-36")
def test_an_issued_letter_is_a_duty_until_it_has_left(letters, secretary, today):
    assert {state for state, _done in rows("letter_unsent", today).values()} == {"open"}
    sent(letters[:2], secretary, today)
    found = rows("letter_unsent", today)
    assert [found[letter.number] for letter in letters] == [
        ("done", today - 2 * DAY),
        ("done", today - 2 * DAY),
        ("open", None),
    ]
    (duty,) = duties(as_of=today, rule_ids=["letter_unsent"], state="open")
    assert letters[2].number in duty.why


def test_a_letter_that_came_back_is_a_duty_until_it_leaves_again_or_is_given_up(letters, secretary, today):
    sent(letters, secretary, today)
    note_returned(by=secretary, letters=keys(letters), returned_on=today - DAY, on=today)
    assert {state for state, _done in rows("letter_returned", today).values()} == {"open"}
    sent(letters[:1], secretary, today, left_on=today)
    follow_up(by=secretary, letter=letters[1].pk, what=FollowUp.ASKED, done_on=today, on=today)
    follow_up(
        by=secretary, letter=letters[2].pk, what=FollowUp.GIVEN_UP, done_on=today, on=today, note="moved to Mexico"
    )
    found = rows("letter_returned", today)
    assert [found[letter.number][0] for letter in letters] == ["done", "open", "done"]
    (duty,) = duties(as_of=today, rule_ids=["letter_returned"], state="open")
    assert "A new address was asked for" in duty.why


# --- pages -----------------------------------------------------------------------------------------------------------


def test_the_list_notes_ticked_ones_or_all_and_offers_the_way_back(letters, secretary, client, today):
    client.force_login(secretary)
    url = reverse("letters_unsent")
    page = client.get(url).content.decode()
    assert "Note all 3 in this list" in page
    form = {"way": "mailed", "left_on": today.isoformat(), "note": ""}
    said = client.post(url, form | {"letters": [str(letters[0].pk)]}, follow=True).content.decode()
    assert "1 letter is noted." in said
    assert "put-back" in said or "Put it back" in said
    client.post(url, form | {"all": "1"})
    assert states(letters) == {"unsent": 0, "sent": 3, "returned": 0}
    client.post(f"{url}?state=sent", {"returned_on": today.isoformat(), "letters": [str(letters[1].pk)]})
    assert states(letters) == {"unsent": 0, "sent": 2, "returned": 1}
    assert letters[1].number in client.get(f"{url}?state=returned").content.decode()


def test_a_refusal_keeps_what_was_typed(letters, secretary, client, today):
    client.force_login(secretary)
    form = {"way": "other", "left_on": today.isoformat(), "note": "", "all": "1"}
    page = client.post(reverse("letters_unsent"), form).content.decode()
    assert "needs to say how" in page
    assert '<option value="other" selected>' in page
    assert not Delivery.objects.exists()


def test_one_letters_page_takes_it_through_all_states(letters, secretary, client, today):
    client.force_login(secretary)
    letter, day = letters[0], today.isoformat()
    url = reverse("letter_left", args=[letter.pk])
    for form in (
        {"sent-way": "with_child", "sent-left_on": day, "sent-note": ""},
        {"returned-returned_on": day},
        {"follow-what": "asked", "follow-done_on": day, "follow-note": "called"},
        {"sent-way": "mailed", "sent-left_on": day, "sent-note": "new address"},
    ):
        assert client.get(url).status_code == 200
        assert client.post(url, form).status_code == 302
    assert [each.is_back for each in letter.deliveries.all()] == [True, False]
    page = client.get(reverse("letter", args=[letter.pk])).content.decode()
    assert "sent home with the child" in page
    assert "new address asked for" in page.lower()


def test_the_record_of_one_child_shows_it_too(letters, secretary, client, today):
    sent(letters[:1], secretary, today)
    client.force_login(secretary)
    assert "printed and mailed" in client.get(reverse("child", args=[letters[0].student_id])).content.decode()
    assert "not noted as sent" in client.get(reverse("child", args=[letters[1].student_id])).content.decode()
