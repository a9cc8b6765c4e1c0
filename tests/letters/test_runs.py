"""Runs: who asks and who is shown the same run, order, what is left out, stop, retry, and workers that are killed."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from district import storage
from district.refusal import NotAllowed, Refusal
from notifications.actions import ask_for_run, retry_run, stop_run, work_run, working
from notifications.actions import runs as runs_module
from notifications.enums import ItemState, RunState
from notifications.models import Letter, LetterRun
from tests.letters.conftest import ON
from tests.letters.reading import opened, raw_words_of, words_of

pytestmark = pytest.mark.usefixtures("annual")


@pytest.fixture
def short_text(texts):
    """A text of one paragraph in place of the long one, so that a run is quick."""
    from tests.letters import texts_for_tests

    texts_for_tests.replace("annual", ON)


@pytest.fixture
def documents(settings, tmp_path) -> Path:
    """Documents where a process with ELPLAN_HOME=<the folder above> looks for them."""
    folder = tmp_path / "documents"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": folder}},
    }
    return folder


def run_of(by, school, **more):
    return ask_for_run(by=by, kind="annual", school=school, on=ON, accepts_drafts=True, in_background=False, **more)


@pytest.mark.plan("MP1-36")
def test_letters_come_in_the_order_of_school_grade_and_name(child, secretary, school, short_text):
    for first, last, grade in (("Zoe", "Abad", "06"), ("Ñandú", "Zúñiga", "04"), ("Ana", "Ávila", "04")):
        child(first, last, grade=grade)
    run = run_of(secretary, school)
    work_run(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.FINISHED
    assert [item.student.first_name for item in run.items.all()] == ["Ana", "Ñandú", "Zoe"]
    pdf = storage.fetch(run.print_file)
    assert storage.sha256_of(pdf) == run.print_sha256
    text = words_of(pdf)
    places = [text.index(name) for name in ("Ana Ávila", "Ñandú Zúñiga", "Zoe Abad")]
    assert places == sorted(places)
    assert len(opened(pdf).pages) == run.print_pages


def test_what_cannot_be_made_is_left_out_with_its_reason_and_the_way_to_mend_it(child, secretary, school, short_text):
    fine, lacking = child("Ana", "Ávila"), child("Nofacts", "Bravo")
    broken = child("Broken", "Cruz")
    run = run_of(secretary, school)
    work_run(run.pk)
    states = {item.student: (item.state, item.reason) for item in run.items.all()}
    assert states[fine] == (ItemState.ISSUED, "")
    assert states[lacking] == (ItemState.SKIPPED, "The program.")
    assert states[broken][0] == ItemState.FAILED
    assert "fault of the program" in states[broken][1]
    assert "ZeroDivision" not in states[broken][1]
    assert Letter.objects.count() == 1


def test_a_draft_translation_is_left_out_unless_accepted(child, secretary, school, annual):
    child("Ana", "Ávila"), child("John", "Byrd", language="00")
    run = ask_for_run(by=secretary, kind="annual", school=school, on=ON, in_background=False)
    work_run(run.pk)
    outcome = {item.student.first_name: (item.state, item.reason) for item in run.items.all()}
    assert outcome["John"] == (ItemState.ISSUED, "")
    assert outcome["Ana"][0] == ItemState.SKIPPED
    assert outcome["Ana"][1].startswith(
        "The Spanish text is a draft: no person who reads the language has reviewed it."
    )


def test_a_letter_that_takes_the_worker_down_is_marked_and_the_run_goes_on(
    child, secretary, school, short_text, monkeypatch
):
    for name in ("Ana", "Bea", "Cid"):
        child(name, "Cruz")
    run = run_of(secretary, school)
    real = working.render_many

    def one_bad(contents, **limits):
        for place, outcome in enumerate(real(contents, **limits)):
            yield (
                type(outcome)(outcome.index, None, "The letter took longer than 30 seconds.") if place == 1 else outcome
            )

    monkeypatch.setattr(working, "render_many", one_bad)
    work_run(run.pk)
    assert [item.state for item in run.items.all()] == [ItemState.ISSUED, ItemState.FAILED, ItemState.ISSUED]
    monkeypatch.setattr(working, "render_many", real)
    retry_run(by=secretary, run=run)
    work_run(run.pk)
    run.refresh_from_db()
    assert [item.state for item in run.items.all()] == [ItemState.ISSUED] * 3
    assert [item.attempts for item in run.items.all()] == [1, 2, 1]
    assert run.print_pages == sum(letter.pages for letter in Letter.objects.all()) == 6


def test_a_fault_of_ours_ends_the_run_and_says_so(child, secretary, school, short_text, monkeypatch):
    child("Ana", "Ávila")
    run = run_of(secretary, school)
    monkeypatch.setattr(working.Work, "_settle", lambda *given: 1 / 0)
    work_run(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.FINISHED
    assert run.items.get().state == ItemState.FAILED
    assert Letter.objects.count() == 0


def test_odd_letters_end_with_an_empty_page_when_printed_on_both_sides(child, office, school, other_school, short_text):
    for at in (school, other_school):
        child("John", "Byrd", language="00", at=at), child("Mary", "Cole", language="00", at=at)
    for at, double_sided, pages in ((school, True, 4), (other_school, False, 2)):
        run = run_of(office, at, double_sided=double_sided)
        work_run(run.pk)
        run.refresh_from_db()
        assert run.print_pages == pages


def test_a_stopped_run_issues_nothing_more_and_can_go_on(child, secretary, school, short_text, monkeypatch):
    for name in ("Ana", "Bea", "Cid", "Dora"):
        child(name, "Cruz")
    run = run_of(secretary, school)
    real = working.Work._settle

    def stop_after_two(work, *given):
        real(work, *given)
        if Letter.objects.count() == 2:
            stop_run(by=secretary, run=run)

    monkeypatch.setattr(working.Work, "_settle", stop_after_two)
    work_run(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.STOPPED
    assert run.stopped_by == secretary
    assert Letter.objects.count() == 2
    monkeypatch.setattr(working.Work, "_settle", real)
    retry_run(by=secretary, run=run)
    work_run(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.FINISHED
    assert Letter.objects.count() == 4


def test_who_may_ask_stop_and_see(child, secretary, elsewhere, office, school, other_school, short_text):
    child("Ana", "Ávila")
    for place in (school, None):
        with pytest.raises(NotAllowed):
            run_of(elsewhere, place)
    with pytest.raises(NotAllowed):
        run_of(secretary, None)
    run = run_of(secretary, school)
    with pytest.raises(NotAllowed):
        stop_run(by=elsewhere, run=run)
    assert list(LetterRun.objects.visible_to(elsewhere)) == []
    assert list(LetterRun.objects.visible_to(secretary)) == [run]
    assert list(LetterRun.objects.visible_to(office)) == [run]


def test_a_selection_holds_only_children_for_whom_one_may_issue(child, secretary, office, other_school, short_text):
    own, others = child("Ana", "Ávila"), child("Bea", "Bravo", at=other_school)
    run = run_of(secretary, None, students=[own.pk, others.pk])
    assert [item.student for item in run.items.all()] == [own]
    assert run.school == own.school
    assert run_of(office, None, students=[own.pk, others.pk]).items.count() == 2
    with pytest.raises(Refusal, match="No letter of this kind is due here"):
        run_of(secretary, None, students=[others.pk])


def test_a_child_that_moved_away_from_the_asker_gets_no_letter_from_the_run(
    child, secretary, school, office, short_text
):
    ana = child("Ana", "Ávila")
    run = run_of(secretary, school)
    secretary.role_assignments.update(ends=ON - timedelta(days=3000), starts=ON - timedelta(days=3001))
    work_run(run.pk)
    item = run.items.get()
    assert item.student == ana
    assert item.state == ItemState.SKIPPED
    assert item.reason == "Secretary Example may no longer issue letters for this child."


@pytest.mark.plan("MP1-36")
def test_the_same_letter_in_two_runs_is_issued_once(child, secretary, office, school, short_text):
    child("Ana", "Ávila")
    first, second = run_of(secretary, school), run_of(office, None)
    assert first.pk != second.pk
    work_run(first.pk)
    work_run(second.pk)
    assert Letter.objects.count() == 1
    assert second.items.get().reason == "The letter was already issued: 2026-000001 of Tue 1 Sep 2026."


def test_queries_do_not_grow_with_the_number_of_letters_but_for_writing_them(
    child, secretary, school, short_text, django_assert_max_num_queries, monkeypatch
):
    """Reading the facts of a chunk is set-based: a bigger chunk asks no more questions."""
    counts = []
    for number in (2, 12):
        for place in range(number):
            child(f"Child{number}{place}", "Cruz")
        run = run_of(secretary, school)
        work = working.Work.take(run.pk)
        work.press = working.Press("annual", ON)
        with django_assert_max_num_queries(40) as asked:
            made = list(work._contents())
        counts.append(len(asked))
        assert len(made) == run.items.count()
        stop_run(by=secretary, run=run)
    assert counts[0] == counts[1]


def test_a_worker_whose_lease_has_lapsed_may_write_nothing(child, secretary, school, short_text):
    child("Ana", "Ávila")
    run = run_of(secretary, school)
    slow = working.Work.take(run.pk)
    assert working.Work.take(run.pk) is None
    LetterRun.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    quick = working.Work.take(run.pk)
    with pytest.raises(working.LeaseLost):
        slow.hold()
    with pytest.raises(working.LeaseLost):
        slow.issue_all()
    assert Letter.objects.count() == 0
    quick.issue_all()
    quick.finish()
    assert Letter.objects.count() == 1


def test_the_watch_takes_up_an_abandoned_run_and_ends_with_it(child, secretary, school, short_text):
    child("Ana", "Ávila")
    run = ask_for_run(by=secretary, kind="annual", school=school, on=ON, accepts_drafts=True)
    asked = DBTaskResult.objects.values_list("task_path", "args_kwargs", "run_after")
    paths = [path.rpartition(".")[2] for path, _args, _after in asked]
    assert sorted(paths) == ["watch_letters", "work_letters"]
    assert all(args == {"args": [str(run.pk)], "kwargs": {}} for _path, args, _after in asked)
    working.Work.take(run.pk)  # and is never heard of again
    runs_module.watch_letters.call(str(run.pk))
    assert Letter.objects.count() == 0, "the lease still holds"
    LetterRun.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    runs_module.watch_letters.call(str(run.pk))
    assert Letter.objects.count() == 1
    before = DBTaskResult.objects.count()
    runs_module.watch_letters.call(str(run.pk))
    assert DBTaskResult.objects.count() == before, "a finished run is watched no more"


def test_looking_at_an_abandoned_run_hands_it_over_once(child, secretary, school, short_text):
    child("Ana", "Ávila")
    run = run_of(secretary, school)
    assert not runs_module.revive_run(run), "nobody has taken it yet; its task is still in the queue"
    working.Work.take(run.pk)
    assert not runs_module.revive_run(run)
    LetterRun.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert runs_module.revive_run(run)
    assert not runs_module.revive_run(run)
    assert DBTaskResult.objects.filter(task_path__endswith="work_letters").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_who_ask_at_once_get_one_run(child, secretary, office, school, short_text):
    for name in ("Ana", "Bea", "Cid"):
        child(name, "Cruz")
    barrier, found = threading.Barrier(2), []

    def ask(by):
        barrier.wait()
        try:
            found.append(run_of(by, school))
        finally:
            connection.close()

    people = [threading.Thread(target=ask, args=[by]) for by in (secretary, office)]
    for each in people:
        each.start()
    for each in people:
        each.join()
    assert len({run.pk for run in found}) == 1
    assert sorted(run.is_new for run in found) == [False, True]
    assert LetterRun.objects.get().items.count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_at_any_moment_loses_and_doubles_no_letter(child, secretary, school, short_text, documents):
    """SIGKILL at random moments, the lease ends, the next worker goes on (promise 40).

    Three kills by default; ELPLAN_KILLS=100 for the long run.
    """
    kills, letters = int(os.environ.get("ELPLAN_KILLS", "3")), int(os.environ.get("ELPLAN_LETTERS", "24"))
    for place in range(letters):
        child(f"Child{place:03}", "Cruz")
    run = run_of(secretary, school)
    dice = random.Random(2026)
    for _kill in range(kills):
        worker = start_worker(run, documents)
        goal = Letter.objects.count() + dice.randint(0, max(1, letters // (kills + 1)))
        while Letter.objects.count() < goal and worker.poll() is None:
            time.sleep(0.02)
        time.sleep(dice.random() * 0.3)
        worker.kill()
        worker.wait()
        time.sleep(1.1)  # the lease of a second ends
        if not LetterRun.objects.get().is_open:
            break
    if LetterRun.objects.get().is_open:
        assert start_worker(run, documents).wait(timeout=120) == 0
    run.refresh_from_db()
    assert run.state == RunState.FINISHED
    assert Counter(run.items.values_list("state", flat=True)) == {ItemState.ISSUED: letters}
    issued = list(Letter.objects.values_list("student", flat=True))
    assert len(issued) == len(set(issued)) == letters
    assert Letter.objects.count() == run.items.exclude(letter=None).count()
    for letter in Letter.objects.all():
        assert storage.sha256_of(storage.fetch(letter.file)) == letter.sha256
    text = raw_words_of(storage.fetch(run.print_file))
    assert [text.count(f"Carta a Child{place:03}") for place in range(letters)] == [1] * letters


def start_worker(run: LetterRun, documents: Path) -> subprocess.Popen:
    """A worker in a process of its own, on the test's database and documents, with a lease of a second."""
    at = connection.settings_dict
    who = quote(at["USER"], safe="") + (":" + quote(at["PASSWORD"], safe="") if at["PASSWORD"] else "")
    where = quote(at["HOST"], safe="") + (f":{at['PORT']}" if at["PORT"] else "")
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgres://{who}@{where}/{at['NAME']}",
        "DJANGO_SETTINGS_MODULE": "elplan.settings",
        "ELPLAN_HOME": str(documents.parent),
    }
    command = [sys.executable, "-m", "tests.letters.worker_process", str(run.pk), "1"]
    return subprocess.Popen(command, env=environment)
