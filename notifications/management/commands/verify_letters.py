"""Checks that issued letters are what they were: stored files and a fresh setting, against the hash."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from district.commands import PlanCommand
from district.refusal import Refusal
from notifications.actions.letters import restore_letter
from notifications.actions.verify import verify_letter
from notifications.models import Letter


class Command(PlanCommand):
    help = (
        "Check issued letters: the stored file has the hash it was issued with, and setting the stored content again "
        "gives the same bytes. Exit code 1 when a letter is not sound."
    )

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--number", metavar="NUMBER", help="one letter, such as 2026-000123")
        parser.add_argument("--newest", type=int, metavar="N", help="only the N letters issued last")
        parser.add_argument("--files-only", action="store_true", help="do not set them again (quick)")
        parser.add_argument(
            "--restore",
            action="store_true",
            help="put back files that are gone or damaged, if the bytes are the same",
        )

    def run(
        self, *, on: date, number: str | None, newest: int | None, files_only: bool, restore: bool, **options: Any
    ) -> dict[str, Any] | None:
        letters = Letter.objects.order_by("-issued_at", "-number").defer("facts")
        if number:
            letters = letters.filter(number=number)
        if number and not letters:
            raise Refusal(f"There is no letter {number}.")
        checked, faults, restored = 0, [], 0
        for letter in (letters[:newest] if newest else letters).iterator(chunk_size=100):
            verdict = verify_letter(letter, render=not files_only)
            checked += 1
            if not verdict.file_is_same and restore and _restored(letter):
                restored += 1
                verdict = verify_letter(letter, render=False)
            if not verdict.is_sound:
                faults.append({"number": letter.number, "reason": _reason(verdict)})
        self.show({"checked": checked, "sound": checked - len(faults), "restored": restored, "faults": faults})
        if faults:
            raise Refusal(f"{len(faults)} of {checked} letters are not sound.")
        return None


def _restored(letter: Letter) -> bool:
    try:
        restore_letter(letter)
    except Refusal:
        return False
    return True


def _reason(verdict: Any) -> str:
    if not verdict.file_is_there:
        return "The file is gone."
    if not verdict.file_is_same:
        return "The file was changed after it was issued."
    return verdict.reason or "Setting it again gives other bytes."
