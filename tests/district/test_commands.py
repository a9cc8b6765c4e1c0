"""What all commands promise: tables or JSON, plain errors, exit codes 0, 1 and 2."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.utils.translation import gettext_lazy

from district.commands import PlanCommand, WrongUsage, person_named, school_named, table
from district.models import User
from district.refusal import Refusal

ROOT = Path(__file__).resolve().parents[2]


class Command(PlanCommand):
    """A command that does what the test tells it."""

    work = staticmethod(lambda command, on: None)

    def run(self, *, on, **options):
        return type(self).work(self, on)


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the command as a shell would: (exit code, standard output, standard error)."""

    def as_a_shell(work, *argv):
        monkeypatch.setattr(Command, "work", staticmethod(work))
        code = 0
        try:
            Command().run_from_argv(["manage.py", "odd", *argv])
        except SystemExit as left:
            code = left.code
        out, err = capsys.readouterr()
        return code, out, err

    return as_a_shell


def raising(error):
    def work(command, on):
        raise error

    return work


def test_rows_become_a_table_with_aligned_columns(run):
    rows = [
        {"name": "Zoë", "due_on": date(2026, 12, 23), "days": 30, "late": True, "why": None},
        {"name": "Ángel", "due_on": date(2026, 1, 2), "days": 5, "late": False, "why": "no\nscore"},
    ]
    assert run(lambda command, on: rows) == (
        0,
        "name   due on      days  late  why\n"
        "-----  ----------  ----  ----  --------\n"
        "Zoë    2026-12-23    30  yes\n"
        "Ángel  2026-01-02     5  no    no score\n",
        "",
    )


def test_one_row_becomes_lines_and_its_lists_tables(run):
    found = {"layout": "Summative 2024-25", "new": 2, "rejected": [{"line": 3, "reason": "no such child"}]}
    assert run(lambda command, on: found)[1] == (
        "layout  Summative 2024-25\nnew     2\n\nrejected: 1\nline  reason\n----  -------------\n   3  no such child\n"
    )


def test_json_keeps_letters_dates_and_words(run):
    row = {"name": "Núñez", "due": date(2026, 12, 23), "why": gettext_lazy("30 days"), "none": None}
    code, out, _err = run(lambda command, on: [row], "--json")
    assert (code, json.loads(out)) == (0, [{"name": "Núñez", "due": "2026-12-23", "why": "30 days", "none": None}])
    assert "Núñez" in out


def test_no_rows_are_said_in_words_and_are_an_empty_list_in_json(run):
    assert run(lambda command, on: [])[1] == "Nothing to show.\n"
    assert run(lambda command, on: [], "--json")[1] == "[]\n"


def test_as_of_takes_the_place_of_today(run):
    def day(command, on):
        return {"on": on}

    assert json.loads(run(day, "--json", "--as-of", "2026-11-23")[1]) == {"on": "2026-11-23"}


@pytest.mark.parametrize("typed", ["2026-13-01", "11/23/26", "today", "", "2026-02-30"])
def test_a_day_that_is_none_is_wrong_usage(run, typed):
    code, out, err = run(lambda command, on: {"on": on}, "--as-of", typed)
    assert (code, out) == (2, "")
    assert "is not a date. Write year, month and day: 2026-11-23" in err


def test_an_option_that_is_none_is_wrong_usage(run):
    assert run(lambda command, on: None, "--nonsense")[0] == 2


def test_a_refusal_says_what_is_wrong_and_how_to_mend_it(run):
    code, out, err = run(raising(Refusal("The file holds nothing.", "Save it as CSV.")))
    assert (code, out, err) == (1, "", "The file holds nothing.\nSave it as CSV.\n")


def test_a_result_can_be_shown_and_refused_all_the_same(run):
    def work(command, on):
        command.show({"rejected": [{"line": 2, "reason": "no SSID"}]})
        raise Refusal("1 line is rejected; nothing was written.")

    code, out, err = run(work, "--json")
    assert (code, json.loads(out), err) == (
        1,
        {"rejected": [{"line": 2, "reason": "no SSID"}]},
        "1 line is rejected; nothing was written.\n",
    )


START = "Start it with `make run` or `python -m elplan.postgres start`, or name a server in DATABASE_URL."


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (WrongUsage("There is no such kind."), 2, "There is no such kind.\n"),
        (FileNotFoundError(2, "No such file or directory", "scores.csv"), 2, "scores.csv: No such file or directory\n"),
        (PermissionError(13, "Permission denied", "/srv/x"), 2, "/srv/x: Permission denied\n"),
        (OperationalError("connection refused\n"), 1, f"The database does not answer: connection refused\n{START}\n"),
    ],
)
def test_what_people_can_mend_is_said_in_plain_words(run, error, code, says):
    assert run(raising(error)) == (code, "", says)


def test_a_mistake_of_ours_is_not_hidden(run):
    with pytest.raises(KeyError):
        run(raising(KeyError("x")))


def test_called_from_code_a_refusal_stays_a_refusal(monkeypatch):
    monkeypatch.setattr(Command, "work", staticmethod(raising(Refusal("No."))))
    with pytest.raises(Refusal, match="No"):
        call_command(Command(), stdout=io.StringIO())


def test_a_school_is_named_by_its_code(school):
    assert school_named(school.cds_code) == school
    assert school_named(None) is None
    with pytest.raises(WrongUsage, match="Schools: 99000010000011"):
        school_named("123")


@pytest.mark.django_db
def test_a_command_acts_as_the_person_named_or_as_itself(secretary):
    assert person_named("secretary") == secretary
    account = person_named(None)
    assert (account.is_service, person_named(None).pk) == (True, account.pk)
    for name in ("nobody", account.username.upper()):
        with pytest.raises(WrongUsage, match="no active account"):
            person_named(name)
    User.objects.filter(pk=secretary.pk).update(is_active=False)
    with pytest.raises(WrongUsage):
        person_named("secretary")


def test_a_table_without_a_head_has_no_rule():
    assert table([{"": "a", " ": 1}], head=False) == "a  1"


def test_a_reader_that_has_seen_enough_is_no_error():
    """`manage.py plan | head -1`, in a process of its own because it closes its standard output."""
    script = f"{sys.executable} manage.py plan | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", script], cwd=ROOT, capture_output=True, text=True, env=os.environ, timeout=60, check=False
    )
    assert done.stdout.splitlines()[1:] == ["0"]
    assert done.stderr == ""
