"""Issues the letters of a kind that are due; writes their PDFs and an index."""

from __future__ import annotations

import csv
import time
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from district import storage
from district.commands import PlanCommand, WrongUsage, add_by, add_school, person_named, school_named
from district.models import School, User
from district.permissions import Permission
from district.refusal import Refusal
from notifications.actions import ask_for_run, work_run
from notifications.actions.letters import source_of
from notifications.enums import ItemState
from notifications.kinds import KINDS, builders
from notifications.models import Letter, LetterRun
from notifications.queries import forecast, in_order

COLUMNS = ("number", "ssid", "local_id", "name", "school", "grade", "file", "languages", "draft", "pages", "sha256")


class Command(PlanCommand):
    help = (
        "Issue the letters of a kind that are due, and write their PDFs and index.csv to a folder. A translation that "
        "no person has reviewed is printed marked as a draft: calling the command is the deliberate choice to do so."
    )

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", metavar="KIND", help=f"one of: {', '.join(builders())}")
        parser.add_argument("--out", type=Path, metavar="DIR", help="folder for the PDFs and index.csv")
        parser.add_argument(
            "--dry-run", action="store_true", help="only say which letters would be issued and which left out, and why"
        )
        drafts = parser.add_mutually_exclusive_group()
        drafts.add_argument(
            "--accept-drafts",
            action="store_true",
            default=True,
            dest="drafts",
            help="print translations not yet reviewed, marked as drafts (default)",
        )
        drafts.add_argument(
            "--no-drafts", action="store_false", dest="drafts", help="leave out letters with such a translation"
        )
        add_school(parser)
        add_by(parser)

    def run(
        self,
        *,
        on: date,
        kind: str,
        out: Path | None,
        dry_run: bool,
        drafts: bool,
        school: str | None,
        by: str | None,
        **options: Any,
    ) -> dict[str, Any]:
        if kind not in builders():
            known = ", ".join(builders())
            what = f"{KINDS[kind].title!r} is printed blank" if kind in KINDS else f"There is no kind {kind!r}"
            raise WrongUsage(f"{what}. Letters to one child: {known}")
        place, person = school_named(school), person_named(by)
        if dry_run:
            return foreseen(kind, place, person, on, drafts)
        if out is None:
            raise WrongUsage("--out DIR says where the PDFs go; with --dry-run nothing is made.")
        out.mkdir(parents=True, exist_ok=True)
        if place is None and not source_of(kind).due(None, on).exists():
            write_index(out, [])
            return {"issued": 0, "skipped": []}
        run = self._work(kind, place, person, on, drafts)
        if run is None:
            write_index(out, [])
            return {"issued": 0, "skipped": []}
        letters = list(
            Letter.objects.filter(run_item__run=run).select_related("student", "school").order_by("run_item__position")
        )
        rows = [write_letter(out, letter) for letter in letters]
        write_index(out, rows)
        if marked := sum(letter.has_drafts for letter in letters):
            self.stderr.write(
                f"{marked} letters hold a translation that no person has reviewed; they are marked as drafts. "
                "--no-drafts leaves such letters out."
            )
        return {"issued": len(letters), "skipped": skipped(run)}

    def _work(self, kind: str, school: School | None, by: User, on: date, drafts: bool) -> LetterRun | None:
        """The finished run; None when nothing is due."""
        if not source_of(kind).due(school, on).exists():
            return None
        run = ask_for_run(by=by, kind=kind, school=school, on=on, accepts_drafts=drafts, in_background=False)
        if not run.is_new:
            self.stderr.write(f"The same run was asked for by {run.asked_by} and is not finished; waiting for it.")
        work_run(run.pk)
        while LetterRun.objects.open().filter(pk=run.pk).exists():  # another process has it
            time.sleep(1)
            work_run(run.pk)
        return LetterRun.objects.get(pk=run.pk)

    def readable(self, result: Any) -> str:
        said = f"{result['issued']} letters issued."
        if "would_issue" in result:
            said = f"{result['would_issue']} letters would be issued; nothing is written."
        return said if not result["skipped"] else f"{said}\n\n{super().readable({'skipped': result['skipped']})}"


def foreseen(kind: str, school: School | None, by: User, on: date, drafts: bool) -> dict[str, Any]:
    """What the command would do: how many letters, and the children left out with the reason. Nothing is written."""
    due = source_of(kind).due(school, on).visible_to(by, Permission.ISSUE_LETTERS)
    said = forecast(kind, in_order(due), on, most=None)
    if said.refused:
        raise Refusal(said.refused)
    would = [each for each in said.ready if drafts or not each.is_draft]
    reason = "holds a translation that no person has reviewed (--no-drafts)"
    left = [(each.student, each.reason) for each in said.left]
    left += [(each.student, reason) for each in said.ready if each.is_draft and not drafts]
    return {
        "issued": 0,
        "would_issue": len(would),
        "skipped": [
            {"ssid": student.ssid, "reason": reason, "state": str(ItemState.SKIPPED)}
            | ({} if student.ssid else {"local_id": student.local_id})
            for student, reason in left
        ],
    }


def write_letter(out: Path, letter: Letter) -> dict[str, Any]:
    """Write a letter's PDF under its number; returns its line of the index. Raises Refusal when the file is gone."""
    pdf = storage.fetch(letter.file)
    if pdf is None:
        raise Refusal(f"The file of letter {letter.number} is gone.", "Run: manage.py verify_letters --restore")
    name = f"{letter.number}.pdf"
    (out / name).write_bytes(pdf)
    return {
        "number": letter.number,
        "ssid": letter.student.ssid or "",
        "local_id": letter.student.local_id,
        "name": letter.student.name,
        "school": letter.school.cds_code if letter.school else "",
        "grade": letter.student.grade or "",
        "file": name,
        "languages": letter.languages,
        "draft": "yes" if letter.has_drafts else "no",
        "pages": letter.pages,
        "sha256": letter.sha256,
    }


def write_index(out: Path, rows: list[dict[str, Any]]) -> None:
    """Add lines to the folder's index; lines of letters issued before stay."""
    path = out / "index.csv"
    kept: list[dict[str, Any]] = []
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            kept = [row for row in csv.DictReader(file) if set(row) == set(COLUMNS)]
    with path.open("w", encoding="utf-8", newline="") as file:
        index = csv.DictWriter(file, COLUMNS)
        index.writeheader()
        index.writerows(kept + rows)


def skipped(run: LetterRun) -> list[dict[str, Any]]:
    """The children without a letter, with the reason."""
    items = run.items.exclude(state=ItemState.ISSUED).select_related("student")
    return [
        {"ssid": item.student.ssid, "reason": item.reason or str(item.get_state_display()), "state": item.state}
        | ({} if item.student.ssid else {"local_id": item.student.local_id})
        for item in items
    ]
