"""`import_scores`: the same core without a browser, with its keys, exit codes and plain errors."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from assessments.management.commands.import_scores import Command
from assessments.models import Result, ScoreImport
from district.models import School, User
from tests.assessments.imports import files
from tests.assessments.imports.conftest import TODAY, enroll

pytestmark = pytest.mark.django_db


Shell = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Run the command as a shell would: exit code, output, errors. Only the connection stays open."""
    monkeypatch.setattr("django.core.management.base.connections.close_all", lambda: None)

    def as_a_shell(*arguments: str) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        command, code = Command(stdout=out, stderr=err), 0
        try:
            command.run_from_argv(["manage.py", "import_scores", *arguments, "--as-of", TODAY.isoformat()])
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        return code, out.getvalue(), err.getvalue()

    return as_a_shell


@pytest.fixture
def file(tmp_path: Path, office: User, schools: dict[str, School]) -> Path:
    """Three sound lines and two that are not."""
    enroll(range(3), schools["upper"], office)
    rows = [files.child(0), files.child(1), files.child(2), files.child(44), files.child(3, ssid="903100003")]
    path = tmp_path / "scores_DLMTR.CSV"
    path.write_bytes(files.as_text(files.table("summative_elpac", "2023-24", rows)))
    return path


def sound(tmp_path: Path, count: int = 3) -> Path:
    path = tmp_path / "sound.zip"
    text = files.as_text(files.table("summative_elpac", "2024-25", [files.child(number) for number in range(count)]))
    path.write_bytes(files.as_zip({"s.csv": text, "s.dat": b"1"}))
    return path


REJECTED = [
    {"line": 5, "column": "SSID", "reason": "No child with this number is enrolled here."},
    {
        "line": 6,
        "column": "SSID",
        "reason": "The SSID has 9 digits in place of 10: one was left out, or Excel has removed a zero.",
    },
]


@pytest.mark.plan("MP3-02")
def test_a_file_with_rejected_lines_writes_nothing_and_exits_1(file: Path, run: Shell) -> None:
    code, out, err = run(str(file), "--json")
    said = json.loads(out)
    assert code == 1
    assert {key: said[key] for key in ("layout", "new", "changed", "unchanged", "rejected")} == {
        "layout": "Summative ELPAC, columns as in 2023-24",
        "new": 3,
        "changed": 0,
        "unchanged": 0,
        "rejected": REJECTED,
    }
    assert err.splitlines()[0] == "2 lines cannot be read in; nothing was written."
    assert (Result.objects.count(), ScoreImport.objects.count()) == (0, 0)


def test_rejected_lines_can_be_left_out_on_purpose(file: Path, run: Shell) -> None:
    code, out, err = run(str(file), "--json", "--leave-out-rejected", "--by", "office")
    said = json.loads(out)
    assert (code, err, said["applied"], said["left_out"], said["new"]) == (0, "", True, 2, 3)
    assert Result.objects.count() == 3
    assert {each["by"] for each in ScoreImport.objects.get().left_out} == {"Office Example"}


def test_a_dry_run_says_the_same_and_keeps_nothing(file: Path, tmp_path: Path, run: Shell) -> None:
    code, out, _err = run(str(sound(tmp_path)), "--dry-run", "--json")
    said = json.loads(out)
    assert (code, said["new"], said["rejected"], said["applied"]) == (0, 3, [], False)
    assert (Result.objects.count(), ScoreImport.objects.count()) == (0, 0)


def test_the_same_file_twice_changes_nothing(file: Path, tmp_path: Path, run: Shell) -> None:
    path = str(sound(tmp_path))
    assert run(path)[0] == 0
    code, out, _err = run(path, "--json")
    said = json.loads(out)
    assert (code, said["new"], said["changed"], said["unchanged"]) == (0, 0, 0, 3)
    assert said["read_before"] is not None


def test_the_day_of_receipt_can_be_told_and_not_in_the_future(file: Path, tmp_path: Path, run: Shell) -> None:
    assert run(str(sound(tmp_path)), "--received-on", "2023-06-20")[0] == 0
    assert {str(day) for day in Result.objects.values_list("received_on", flat=True)} == {"2023-06-20"}
    assert run(str(sound(tmp_path)), "--received-on", "2024-06-20")[0] == 2


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"a,b\n1,2\n", 1, "not the header of a score file"),
        (b"%PDF-1.7", 1, "a PDF"),
        (None, 2, "No such file"),
    ],
)
def test_errors_go_to_stderr_in_plain_words(
    db: None, tmp_path: Path, run: Shell, data: bytes | None, code: int, words: str
) -> None:
    path = tmp_path / "x.csv"
    if data is not None:
        path.write_bytes(data)
    done, out, err = run(str(path))
    assert (done, out) == (code, "")
    assert words in err
    assert "Traceback" not in err


def test_people_read_a_table(file: Path, run: Shell) -> None:
    _code, out, _err = run(str(file))
    assert "Summative ELPAC, columns as in 2023-24" in out
    assert "   6  SSID    The SSID has 9 digits in place of 10" in out
    assert out.rstrip().endswith("Nothing was written.")


def test_it_can_be_called_from_python(file: Path, tmp_path: Path) -> None:
    call_command("import_scores", str(sound(tmp_path)), as_of=TODAY, json=True)
    assert Result.objects.count() == 3


def test_lines_of_several_tabs_name_the_tab(file: Path, tmp_path: Path, run: Shell) -> None:
    head, one, two = files.table("summative_elpac", "2023-24", [files.child(0), files.child(77)])
    path = tmp_path / "tabs.xlsx"
    path.write_bytes(files.as_workbook([head, one], [head, two], names=["Part 1", "Part 2"]))
    said: dict[str, Any] = json.loads(run(str(path), "--json")[1])
    assert [(each["line"], each["tab"]) for each in said["rejected"]] == [(2, "Part 2")]
