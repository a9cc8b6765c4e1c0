"""Issuing one letter: what is stored, who may, what is refused and with which words."""

from __future__ import annotations

import pytest

from district.models import Look
from notifications import storage
from notifications.actions import issue_letter, verify_letter
from tests.letters.conftest import ON
from tests.letters.reading import words_of

pytestmark = pytest.mark.usefixtures("annual")


@pytest.mark.plan("APPB-01")
def test_a_letter_is_stored_with_facts_words_file_and_hash(child, secretary):
    ximena = child("Ximena", "Castañeda Robles")
    letter = issue_letter(by=secretary, kind="annual", student=ximena, on=ON, accepts_drafts=True)
    assert letter.number == "2026-000001"
    assert letter.languages == "es,en"
    assert letter.has_drafts
    assert letter.school_year == "2026-27"
    assert letter.facts["values"]["student"] == "Ximena Castañeda Robles"
    pdf = storage.fetch(letter.file)
    assert storage.sha256_of(pdf) == letter.sha256
    text = words_of(pdf)
    assert "Ximena Castañeda Robles" in text
    assert "2026-000001" in text
    assert "A. Marsh" in text
    assert "Z. Gone" not in text
    assert verify_letter(letter).is_sound
    assert Look.objects.get().what == "issued letter 2026-000001"
