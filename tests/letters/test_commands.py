"""The commands `letters` and `verify_letters`: files, index, JSON, exit codes."""

from __future__ import annotations

import csv
import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from district import storage
from district.commands import WrongUsage
from district.refusal import NotAllowed, Refusal
from notifications.models import Letter, LetterRun
from tests.letters import texts_for_tests
from tests.letters.conftest import ON
from tests.letters.reading import words_of

pytestmark = pytest.mark.usefixtures("annual")


@pytest.fixture
def short_text(texts):
    texts_for_tests.replace("annual", ON)


def letters(folder, *options: str, kind: str = "annual") -> tuple[dict, str]:
    """What the command printed as JSON, and what it said on the side."""
    out, err = StringIO(), StringIO()
    call_command("letters", kind, f"--out={folder}", f"--as-of={ON}", "--json", *options, stdout=out, stderr=err)
    return json.loads(out.getvalue()), err.getvalue()


def index_of(folder) -> list[dict]:
    with (folder / "index.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.plan("MP1-36")
def test_pdfs_and_an_index_are_written(child, school, short_text, tmp_path):
    ana, lacking = child("Ana", "Ávila", grade="04"), child("Nofacts", "Bravo")
    said, aside = letters(tmp_path)
    assert said == {
        "issued": 1,
        "skipped": [{"ssid": lacking.ssid, "reason": "The program.", "state": "skipped"}],
    }
    assert "marked as drafts" in aside
    (line,) = index_of(tmp_path)
    pdf = (tmp_path / line["file"]).read_bytes()
    assert line == {
        "number": "2026-000001",
        "ssid": ana.ssid,
        "local_id": ana.local_id,
        "name": "Ana Ávila",
        "school": school.cds_code,
        "grade": "04",
        "file": "2026-000001.pdf",
        "languages": "es,en",
        "draft": "yes",
        "pages": "2",
        "sha256": storage.sha256_of(pdf),
    }
    assert "Ana Ávila" in words_of(pdf)


def test_a_second_call_issues_nothing_and_keeps_the_index(child, short_text, tmp_path):
    child("Ana", "Ávila")
    letters(tmp_path)
    said, aside = letters(tmp_path)
    assert said == {"issued": 0, "skipped": []}
    assert aside == ""
    assert len(index_of(tmp_path)) == 1


def test_drafts_are_left_out_when_one_says_so(child, short_text, tmp_path):
    child("Ana", "Ávila"), child("John", "Byrd", language="00")
    said, aside = letters(tmp_path, "--no-drafts")
    assert said["issued"] == 1
    assert [entry["reason"][:28] for entry in said["skipped"]] == ["The Spanish text is a draft:"]
    assert aside == ""


def test_a_dry_run_says_what_would_happen_and_writes_nothing(child, short_text, tmp_path):
    child("Ana", "Ávila")
    lacking, english = child("Nofacts", "Bravo"), child("Carl", "Dean", language="00")
    said, _aside = letters(tmp_path, "--dry-run")
    left = {"ssid": lacking.ssid, "reason": "The program.", "state": "skipped"}
    assert said == {"issued": 0, "would_issue": 2, "skipped": [left]}
    reviewed, _aside = letters(tmp_path, "--dry-run", "--no-drafts")
    assert (reviewed["would_issue"], len(reviewed["skipped"])) == (1, 2)
    assert not Letter.objects.exists()
    assert not LetterRun.objects.exists()
    assert not list(tmp_path.iterdir())
    assert english.letters.count() == 0


def test_without_a_folder_it_is_wrong_usage(child, short_text):
    child("Ana", "Ávila")
    with pytest.raises(WrongUsage, match="--out DIR"):
        call_command("letters", "annual", f"--as-of={ON}")


def test_one_school_only(child, school, other_school, short_text, tmp_path):
    child("Ana", "Ávila"), child("Bea", "Bravo", at=other_school)
    assert letters(tmp_path, f"--school={other_school.cds_code}")[0]["issued"] == 1
    assert [line["name"] for line in index_of(tmp_path)] == ["Bea Bravo"]


def test_who_may_not_issue_is_refused_and_nothing_is_written(child, elsewhere, short_text, tmp_path):
    child("Ana", "Ávila")
    with pytest.raises(NotAllowed):
        letters(tmp_path, "--by=elsewhere")
    assert Letter.objects.count() == 0


@pytest.mark.parametrize("kind", ["nothing", "survey_blank"])
def test_an_unknown_kind_is_wrong_usage(kind, tmp_path, texts):
    with pytest.raises(WrongUsage) as caught:
        letters(tmp_path, kind=kind)
    assert caught.value.returncode == 2
    assert "annual" in str(caught.value)


def test_without_a_text_in_force_it_is_refused(child, tmp_path):
    child("Ana", "Ávila").enrollments.update(starts=date(2010, 8, 12))
    with pytest.raises(Refusal, match="No text of .* is in force on Wed 1 Sep 2010"):
        call_command("letters", "annual", f"--out={tmp_path}", "--as-of=2010-09-01", stdout=StringIO())


def verify(*options: str) -> dict:
    out = StringIO()
    try:
        call_command("verify_letters", "--json", *options, stdout=out)
    finally:
        verify.said = json.loads(out.getvalue()) if out.getvalue() else None
    return verify.said


def test_sound_letters_are_sound(child, short_text, tmp_path):
    child("Ana", "Ávila")
    letters(tmp_path)
    assert verify() == {"checked": 1, "sound": 1, "restored": 0, "faults": []}


def test_one_changed_byte_is_found_and_mended_from_the_content(child, short_text, tmp_path):
    child("Ana", "Ávila")
    letters(tmp_path)
    letter = Letter.objects.get()
    pdf = storage.fetch(letter.file)
    storage.keep("letters/2026", letter.pk, pdf[:-20] + b"x" + pdf[-19:])
    with pytest.raises(Refusal, match="1 of 1 letters are not sound"):
        verify()
    assert verify.said["faults"] == [{"number": letter.number, "reason": "The file was changed after it was issued."}]
    assert verify("--restore")["restored"] == 1
    assert storage.fetch(letter.file) == pdf


def test_a_file_that_is_gone_is_found(child, short_text, tmp_path):
    child("Ana", "Ávila")
    letters(tmp_path)
    storage.discard(Letter.objects.get().file)
    with pytest.raises(Refusal):
        verify("--files-only")
    assert verify.said["faults"][0]["reason"] == "The file is gone."
