"""The verbs of letters: write and publish texts, issue letters, run many at once."""

from notifications.actions.delivery import (
    FOLLOWED_UP,
    RETURNED,
    SENT,
    follow_up,
    note_returned,
    note_sent,
    put_back_follow_up,
    put_back_returned,
    put_back_sent,
)
from notifications.actions.letterhead import LETTERHEAD_WORDS, put_back_letterhead_words, set_letterhead_words
from notifications.actions.letters import AlreadyIssued, blank_form, issue_letter, preview_letter, reprint_letter
from notifications.actions.runs import ask_for_run, print_run, retry_run, revive_run, stop_run, work_run
from notifications.actions.texts import publish_version, record_review, save_draft
from notifications.actions.verify import Verdict, verify_letter

__all__ = [
    "FOLLOWED_UP",
    "LETTERHEAD_WORDS",
    "RETURNED",
    "SENT",
    "follow_up",
    "note_returned",
    "note_sent",
    "put_back_follow_up",
    "put_back_returned",
    "put_back_letterhead_words",
    "put_back_sent",
    "set_letterhead_words",
    "AlreadyIssued",
    "Verdict",
    "ask_for_run",
    "blank_form",
    "issue_letter",
    "preview_letter",
    "print_run",
    "publish_version",
    "record_review",
    "reprint_letter",
    "retry_run",
    "revive_run",
    "save_draft",
    "stop_run",
    "verify_letter",
    "work_run",
]
