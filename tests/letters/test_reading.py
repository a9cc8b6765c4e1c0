"""The reading level of English texts: what is counted, and that nothing is fetched."""

from __future__ import annotations

import subprocess
import sys

import pytest

from notifications.kinds import KINDS
from notifications.reading import ADVISED, reading_level
from tests.letters import samples

EASY = "We like your child. Your child is a good kid. Come and see us. We will talk with you."
HARD = (
    "Notwithstanding the aforementioned considerations, the administration contemplates implementing supplementary "
    "instructional accommodations commensurate with individual linguistic proficiency determinations."
)


def test_long_words_and_sentences_are_harder():
    assert reading_level(EASY).grade <= 2
    assert reading_level(HARD).grade > 16
    assert reading_level(HARD).is_hard


def test_headings_blocks_and_directives_are_no_sentences():
    assert reading_level(f"## Notwithstanding considerations\n\n[[boxes]]\n\n::says i\n{EASY}\n") == reading_level(EASY)
    assert reading_level("## A heading\n\n[[boxes]]\n") is None


def test_a_placeholder_is_a_short_name_and_a_line_of_a_list_a_sentence():
    found = reading_level("- [[student]] may go\n- Ask us (20 U.S.C. 6312) today\n")
    assert (found.sentences, found.words) == (2, 9)
    assert found.longest == "Ask us (20 U.S.C. 6312) today."


@pytest.mark.parametrize("kind", [kind.slug for kind in KINDS.values() if kind.audience == "family"])
def test_letters_to_families_are_not_hard_to_read(kind):
    found = reading_level(samples.TEXTS[kind, "en"].body)
    assert found is None or found.grade <= ADVISED, found.longest


def test_nothing_is_fetched():
    """In a process of its own that can open no socket."""
    blocked = (
        "import socket\n"
        "def no(*args, **kwargs): raise OSError('no network')\n"
        "socket.socket = socket.create_connection = socket.getaddrinfo = no\n"
        "from notifications.reading import reading_level\n"
        "print(reading_level('The reclassification of a child follows four criteria.').grade)\n"
    )
    done = subprocess.run([sys.executable, "-c", blocked], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 5
