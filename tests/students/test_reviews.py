"""The principal's review: records found right, changes asked for and entered, folders looked into, the signature."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from district import entries
from district.duties import duties
from district.models import Entry, Term
from district.refusal import NotAllowed, Refusal
from students import actions, aeries, rules
from students.enums import ChangeField, ElStatus, Looked
from students.models import Attestation, AttestedItem, ChangeTask, RecordReview
from students.queries import reviews as reviewing
from tests.students.conftest import ENROLLED

D = date.fromisoformat
ON = D("2026-12-08")


@pytest.fixture(autouse=True)
def day():
    with time_machine.travel(f"{ON}T20:00:00Z", tick=True):
        yield


@pytest.fixture
def learners(enroll, survey, ruth, rosa, programs, year):
    """Three English learners of Alder Primary with their placements."""
    found = []
    for number in range(3):
        child = enroll(first_name=f"Child {number}", last_name="Gill")
        survey(child, "Punjabi", "Punjabi", "Punjabi", "-", signed_by="M. Gill", signed_on=ENROLLED)
        actions.set_statuses_from_state(
            by=rosa, rows=[actions.StateStatus(child.pk, ElStatus.EL, D("2026-12-01"), "State file of December")]
        )
        actions.place_student(by=ruth, student=child, program=programs["sei"], starts=D("2026-12-02"))
        found.append(child)
    return found


def waiting_names(user):
    rows = reviewing.records_for(user, ON).filter(reviewing.waiting(ON)).select_related("student")
    return sorted(row.student.first_name for row in rows)


def page_of(user, name, *args, **query):
    client = Client()
    client.force_login(user)
    return client, client.get(reverse(name, args=args), query)


# --- rules, without a database ------------------------------------------------------------------------------------


@given(st.sets(st.integers(1, 10**6), max_size=60), st.integers(0, 2**31 - 1))
def test_the_same_seed_draws_the_same_sample(children, seed):
    drawn = rules.draw(children, 10, seed)
    assert drawn == rules.draw(reversed(sorted(children)), 10, seed)
    assert len(drawn) == len(set(drawn)) == min(10, len(children))
    assert set(drawn) <= children


def test_another_seed_draws_another_sample():
    assert rules.draw(range(500), 10, 1) != rules.draw(range(500), 10, 2)


@pytest.mark.parametrize(
    ("found", "outcome", "words"),
    [
        ([], rules.COMPLETE, "0 items right, 0 wrong, 0 missing."),
        (["right", "right", "missing"], rules.COMPLETE, "2 items right, 0 wrong, 1 missing."),
        (["right", ""], "incomplete", "Of 1 item it is not recorded what was found."),
        (["", "wrong", ""], "incomplete", "Of 2 items it is not recorded what was found."),
    ],
)
def test_what_a_sample_says(found, outcome, words):
    finding = rules.sample_finding(found)
    assert (finding.outcome, finding.reason) == (outcome, words)


CODES = {"STU.LF": {"EL": "L", "RFEP": "R"}}


@pytest.mark.parametrize(
    ("ours", "theirs", "differs"),
    [
        ({"STU.LF": "EL"}, {"STU.LF": "L"}, []),
        ({"STU.LF": "EL"}, {"STU.LF": "el"}, []),
        ({"STU.LF": "EL"}, {"STU.LF": "R"}, [("STU.LF", "EL", "R")]),
        ({"STU.LF": "EL"}, {"STU.LF": " "}, [("STU.LF", "EL", "")]),
        ({"LAC.SD": "2024-09-03"}, {"LAC.SD": "2024-09-03", "LAC.RD1": "2025-01-01"}, []),
        ({"LAC.L4": ""}, {"LAC.L4": "01"}, [("LAC.L4", "", "01")]),
    ],
)
def test_what_differs(ours, theirs, differs):
    found = rules.differences(ours, theirs, CODES)
    assert [(each.field, each.ours, each.theirs) for each in found] == differs


# --- the queue ----------------------------------------------------------------------------------------------------


@pytest.mark.plan("MP1-40")
def test_every_record_waits_until_it_is_found_right_and_again_when_it_changes(learners, ruth, programs):
    assert waiting_names(ruth) == ["Child 0", "Child 1", "Child 2"]
    done = actions.confirm_records(by=ruth, students=[child.pk for child in learners[:2]], on=ON)
    assert (done.number, done.changed) == (2, [])
    assert waiting_names(ruth) == ["Child 2"]
    review = RecordReview.objects.get(student=learners[0])
    assert "Structured English Immersion" in review.facts["placement"]

    actions.place_student(
        by=ruth, student=learners[0], program=programs["elm"], starts=D("2026-12-07"), reason="The mother asks for it"
    )
    assert waiting_names(ruth) == ["Child 0", "Child 2"]
    record = next(
        each
        for each in reviewing.records_of(list(reviewing.records(ON).select_related("student")), ON)
        if each.student == learners[0]
    )
    assert len(record.fresh) == 1
    assert "English Language Mainstream" in record.fresh[0]
    assert "Ruth Lindqvist" in record.reviewed


def test_what_changes_while_the_page_is_open_stays_in_the_queue(learners, ruth, programs):
    seen = timezone.now() - timedelta(seconds=1)
    actions.confirm_records(by=ruth, students=[child.pk for child in learners], on=ON)
    RecordReview.objects.all().delete()
    done = actions.confirm_records(by=ruth, students=[learners[0].pk], on=ON, seen=seen - timedelta(days=1))
    assert (done.number, done.changed) == (0, [learners[0].name])
    assert not RecordReview.objects.exists()


@pytest.mark.plan("MP1-35", "MP1-40")
def test_the_queue_on_its_page(learners, ruth):
    client, page = page_of(ruth, "review")
    text = page.content.decode()
    assert "3 of 3 records wait" in text
    assert "Structured English Immersion" in text
    picks = {"pick": [learners[0].pk, learners[1].pk], "seen": timezone.now().isoformat()}
    text = client.post(reverse("review"), picks, follow=True).content.decode()
    assert "2 records are noted as right." in text
    assert "1 of 3 records wait" in text
    assert "Nothing was ticked." in client.post(reverse("review"), {}, follow=True).content.decode()
    entries.put_back(Entry.objects.latest("pk").pk, by=ruth, reason="too quick")
    assert len(waiting_names(ruth)) == 3


def test_another_schools_secretary_and_principal_review_nothing(learners, nadia, marisela):
    with pytest.raises(NotAllowed):
        actions.confirm_records(by=nadia, students=[learners[0].pk], on=ON)
    with pytest.raises(NotAllowed):
        actions.ask_for_change(by=marisela, student=learners[0], field="other", new_value="x", why="y", on=ON)
    assert page_of(marisela, "review")[1].status_code == 404
    assert not RecordReview.objects.exists()
    assert not ChangeTask.objects.exists()


def test_the_duty_of_the_school_counts_what_waits(learners, ruth):
    duty = duties(as_of=ON, rule_ids=["records_review"]).page()[0]
    assert duty.facts["number"] == 3
    assert duty.subject == "Alder"
    actions.confirm_records(by=ruth, students=[child.pk for child in learners], on=ON)
    assert duties(as_of=ON, rule_ids=["records_review"]).count() == 0


# --- changes ------------------------------------------------------------------------------------------------------


def ask(ruth, child, **more):
    facts = {"field": "status_since", "old_value": "12/1/2026", "new_value": "9/7/2023", "why": "report", "on": ON}
    return actions.ask_for_change(**{"by": ruth, "student": child, **facts, **more})


@pytest.mark.plan("MP1-41")
def test_a_change_goes_to_the_secretary_and_is_done_when_entered(learners, ruth, marisela):
    task = ask(ruth, learners[0])
    (duty,) = duties(as_of=ON, rule_ids=["change_entry"]).page()
    assert duty.student_id == learners[0].pk
    assert "9/7/2023" in duty.why
    assert duty.due == D("2026-12-11")
    client, page = page_of(marisela, "changes")
    text = page.content.decode()
    assert "LAC.SD" in text
    assert "is changed by the EL administrator only" in text
    assert reverse("correction_ask", args=[learners[0].pk]) not in text
    assert f"STU.ID\t{learners[0].local_id}" in text
    text = client.post(reverse("changes"), {"pick": task.pk, "on": "12/8/26"}, follow=True).content.decode()
    assert "1 change is noted as entered." in text
    task.refresh_from_db()
    assert (task.entered_on, task.entered_by) == (ON, marisela)
    (duty,) = duties(as_of=ON, rule_ids=["change_entry"]).page()
    assert duty.done == ON
    entries.put_back(Entry.objects.latest("pk").pk, by=marisela, reason="not yet")
    task.refresh_from_db()
    assert task.entered_on is None


def test_each_change_says_where_it_is_made_or_by_whom(learners, ruth, marisela):
    for field in ChangeField:
        ask(ruth, learners[0], field=field)
    page = page_of(marisela, "changes")[1]
    lines = {line["row"].field: line for line in page.context["lines"]}
    assert lines["status"]["here"] == reverse("correction_ask", args=[learners[0].pk])
    assert {field for field, line in lines.items() if not line["here"] and not line["by"]} == {"other"}
    form = page_of(ruth, "change_ask", learners[0].pk)[1].content.decode()
    assert "the secretary passes it on" in form


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"new_value": "12/1/2026"}, "The new value is the old one."),
        ({"new_value": " "}, "What should stand there?"),
        ({"why": ""}, "A change needs its reason."),
    ],
)
def test_a_change_says_what_and_why(learners, ruth, more, said):
    with pytest.raises(Refusal, match=said.replace("?", r"\?")):
        ask(ruth, learners[0], **more)
    assert not ChangeTask.objects.exists()


def test_a_record_of_which_something_is_wrong_waits_again_when_the_change_is_entered(learners, ruth, marisela):
    client, _page = page_of(ruth, "review")
    actions.confirm_records(by=ruth, students=[learners[1].pk], on=D("2026-12-07"))
    tasks = [ask(ruth, child) for child in learners[:2]]
    assert waiting_names(ruth) == ["Child 2"]
    picks = {"pick": [child.pk for child in learners], "seen": timezone.now().isoformat()}
    text = client.post(reverse("review"), picks, follow=True).content.decode()
    assert "1 record is noted as right." in text
    assert f"the change is not entered: {learners[0].name}, {learners[1].name}." in text
    assert "0 of 3 records wait; 1 are found right, of 2 something is wrong and its change not entered." in text
    page = client.get(reverse("review"), {"show": "asked"})
    assert [record.student for record in page.context["records"]] == learners[:2]
    assert 'name="pick"' not in page.content.decode()

    actions.enter_changes(by=marisela, tasks=[task.pk for task in tasks], on=ON)
    assert waiting_names(ruth) == ["Child 0", "Child 1"]
    assert actions.confirm_records(by=ruth, students=[child.pk for child in learners[:2]], on=ON).number == 2
    assert waiting_names(ruth) == []


def test_the_same_is_not_asked_for_twice_and_not_put_back_once_entered(learners, ruth, marisela):
    task = ask(ruth, learners[0])
    asked = Entry.objects.latest("pk")
    with pytest.raises(Refusal, match="asked for on Tue 8 Dec 2026"):
        ask(ruth, learners[0], new_value="9/8/2023")
    with pytest.raises(Refusal, match="Give that day or a later one"):
        actions.enter_changes(by=marisela, tasks=[task.pk], on=D("2026-12-01"))
    actions.enter_changes(by=marisela, tasks=[task.pk], on=ON)
    assert actions.enter_changes(by=marisela, tasks=[task.pk], on=ON) == 0
    with pytest.raises(Refusal, match="was entered on"):
        entries.put_back(asked.pk, by=ruth, reason="mistake")


@pytest.mark.parametrize(("typed", "letter"), [("English learner", "L"), ("RFEP", "R"), ("something", "something")])
def test_a_status_in_words_becomes_aeries_letter(reference, typed, letter):
    task = ChangeTask(field=ChangeField.STATUS, new_value=typed)
    assert [line.value for line in aeries.lines_of_change(task, aeries.fields())] == [letter]


# --- folders and the signature ------------------------------------------------------------------------------------


@pytest.fixture
def term(year):
    return Term.objects.create(year=year[1], system="trimester", number=1, starts=D("2026-08-12"), ends=D("2026-12-18"))


def look(ruth, folder, found=Looked.RIGHT, note=""):
    items = {item.pk: (found, note) for item in folder.items.all()}
    return actions.record_folder(by=ruth, folder=folder, found=items, note="", on=ON)


@pytest.mark.plan("MP1-35", "MP1-44")
def test_the_principal_looks_into_folders_and_signs(learners, ruth, alder, term):
    (duty,) = duties(as_of=ON, rule_ids=["attestation_1"]).page()
    assert (duty.due, duty.done, duty.school_id) == (term.ends, None, alder.pk)
    sample = actions.draw_sample(by=ruth, school=alder, term=term, on=ON, seed=7)
    again = rules.draw([child.pk for child in learners], 10, 7)
    assert [folder.student_id for folder in sample.folders.all()] == again
    assert {item.kind for item in AttestedItem.objects.all()} == {"survey", "placement"}
    with pytest.raises(Refusal, match="3 folders of the sample have not been looked at"):
        actions.sign_attestation(by=ruth, attestation=sample, on=ON)

    folders = list(sample.folders.all())
    with pytest.raises(Refusal, match="It is not said what was found"):
        actions.record_folder(by=ruth, folder=folders[0], found={}, note="", on=ON)
    with pytest.raises(Refusal, match="What is wrong with"):
        look(ruth, folders[0], Looked.WRONG)
    look(ruth, folders[0], Looked.WRONG, "not signed")
    look(ruth, folders[1], Looked.MISSING)
    look(ruth, folders[2])
    signed = actions.sign_attestation(by=ruth, attestation=sample, on=ON)
    assert "2 items right, 2 wrong, 2 missing. Not right: folder 1, " in signed.statement
    assert ": wrong (not signed); folder 2, " in signed.statement
    assert "Of 3 records" in signed.statement
    assert ", 0 are reviewed" in signed.statement
    (duty,) = duties(as_of=ON, rule_ids=["attestation_1"]).page()
    assert duty.on_time
    assert duty.done == ON
    with pytest.raises(Refusal, match="This was signed on"):
        look(ruth, folders[0])


@pytest.mark.plan("MP1-44")
def test_the_year_is_vouched_for_apart_from_its_terms(learners, ruth, alder, term):
    (duty,) = duties(as_of=ON, rule_ids=["attestation_year"]).page()
    assert (duty.due, duty.state) == (D("2027-06-10"), "open")
    actions.draw_sample(by=ruth, school=alder, term=term, on=ON)
    sample = actions.draw_sample(by=ruth, school=alder, on=ON)
    with pytest.raises(Refusal, match="drawn already"):
        actions.draw_sample(by=ruth, school=alder, on=ON)
    for folder in sample.folders.all():
        look(ruth, folder)
    actions.sign_attestation(by=ruth, attestation=sample, on=ON)
    assert duties(as_of=ON, rule_ids=["attestation_year"]).page()[0].done == ON
    assert duties(as_of=ON, rule_ids=["attestation_1"]).page()[0].done is None


def test_what_is_done_with_a_sample_can_be_put_back_in_turn(learners, ruth, alder, term):
    sample = actions.draw_sample(by=ruth, school=alder, term=term, on=ON)
    drawn = Entry.objects.latest("pk")
    for folder in sample.folders.all():
        look(ruth, folder)
    last = Entry.objects.latest("pk")
    with pytest.raises(Refusal, match="was looked at already"):
        entries.put_back(drawn.pk, by=ruth, reason="again")
    entries.put_back(last.pk, by=ruth, reason="the wrong folder")
    assert sample.folders.filter(looked_on__isnull=True).count() == 1
    look(ruth, sample.folders.get(looked_on__isnull=True))
    actions.sign_attestation(by=ruth, attestation=sample, on=ON)
    entries.put_back(Entry.objects.latest("pk").pk, by=ruth, reason="too early")
    sample.refresh_from_db()
    assert sample.signed_on is None
    assert sample.statement == ""


def test_the_folders_of_the_year_are_drawn_from_the_last_term_on(learners, ruth, alder, term, year):
    Term.objects.create(year=year[1], system="trimester", number=3, starts=D("2027-03-01"), ends=D("2027-06-10"))
    client, page = page_of(ruth, "attestations")
    assert "the folders are drawn from the last term on, Mon 1 Mar 2027" in page.content.decode()
    assert page.content.decode().count('name="draw"') == 1
    with pytest.raises(Refusal, match="from its last term on, Mon 1 Mar 2027"):
        actions.draw_sample(by=ruth, school=alder, on=ON)
    assert not duties(as_of=ON, rule_ids=["attestation_year"]).count()
    assert duties(as_of=D("2027-03-01"), rule_ids=["attestation_year"]).count()


@pytest.mark.parametrize("wrong", ["other terms", "begins later", "no child", "no school"])
def test_samples_that_cannot_be_drawn(enroll, ruth, nadia, alder, birch, year, wrong):
    quarter = Term.objects.create(year=year[1], system="quarter", number=1, starts=D("2026-08-12"), ends=ON)
    later = Term.objects.create(
        year=year[1], system="trimester", number=3, starts=D("2027-03-01"), ends=D("2027-06-10")
    )
    term = {"other terms": quarter, "begins later": later}.get(wrong)
    school = birch if wrong == "no school" else alder
    with pytest.raises(Refusal):
        actions.draw_sample(by=ruth, school=school, term=term, on=ON)
    assert not Attestation.objects.exists()


def test_the_pages_of_a_sample(learners, ruth, alder, term):
    client, page = page_of(ruth, "attestations")
    assert "Draw the folders" in page.content.decode()
    page = client.post(reverse("attestations"), {"draw": f"{alder.pk}:{term.pk}"}, follow=True)
    assert "3 folders are drawn." in page.content.decode()
    sample = Attestation.objects.get()
    assert "Sign: I vouch" not in page.content.decode()
    assert "3 folders are still to be looked at; then this can be signed." in page.content.decode()
    page = client.get(reverse("attested_folder", args=[sample.folders.first().pk]))
    assert all(field.required for name, field in page.context["form"].fields.items() if name.startswith("found_"))
    for folder in sample.folders.all():
        values = {f"found_{item.pk}": "right" for item in folder.items.all()}
        page = client.post(reverse("attested_folder", args=[folder.pk]), values | {"next": "1"}, follow=True)
    assert page.context["open"] == 0
    assert "Sign: I vouch" in page.content.decode()
    page = client.post(reverse("attestation", args=[sample.pk]), follow=True)
    assert "The records are vouched for." in page.content.decode()
    assert "signed" in client.get(reverse("attestations")).content.decode()
