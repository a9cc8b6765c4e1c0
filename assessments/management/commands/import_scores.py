"""Read a state or local score file into the children's records, all or nothing."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.enums import ImportTarget, Verdict
from assessments.imports import apply, mapping, reading, staging
from assessments.imports.following import what_follows
from assessments.imports.layouts import Mapped
from assessments.imports.staging import place
from assessments.models import ScoreImport
from district.commands import PlanCommand, WrongUsage, add_by, iso_date, person_named, table
from district.models import User
from district.refusal import Refusal

KINDS = {"marks": ImportTarget.MARK, "measure": ImportTarget.LOCAL}


class Command(PlanCommand):
    help = (
        "Read in a score file: the state's zip, delimited text or .xlsx (Summative and Initial ELPAC with their "
        "Alternates, CAASPP), a list of local scores, an export of SRI, DIBELS or Acadience, a list of measures or "
        "marks, the state's list of statuses or of long-term learners. Nothing is written while a line is rejected. "
        "A file of marks or measures with an unknown header is read with --kind and --column, and remembered."
    )

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the file as it came")
        parser.add_argument("--dry-run", action="store_true", help="say what the file would do, and write nothing")
        parser.add_argument(
            "--leave-out-rejected", action="store_true", help="leave rejected lines out, write the rest"
        )
        parser.add_argument(
            "--received-on", type=iso_date, metavar="DATE", help="day on which the district got it (default: today)"
        )
        parser.add_argument("--kind", choices=list(KINDS), help="what a file with an unknown header holds")
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="FIELD=NAME",
            help="which column says what, such as --column number='Perm ID' --column mark=Grade; remembered",
        )
        parser.add_argument("--measure", metavar="SLUG", help="the measure that every line is of")
        parser.add_argument("--window", metavar="WORD", help="the window or term of every line: BOY, Q1 ...")
        parser.add_argument("--year", metavar="2026-27", help="the school year of every line")
        add_by(parser)

    def run(self, *, on: date, file: Path, dry_run: bool, by: str | None, **options: Any) -> dict[str, Any] | None:
        person = person_named(by)
        named = mapped(file.name, options)
        received_on = options["received_on"] or on
        if received_on > on:
            raise WrongUsage("--received-on lies in the future.")
        with transaction.atomic():
            with file.open("rb") as opened:
                if named:
                    header = reading.read(file.name, opened).header
                    mapping.remember(by=person, header=header, named=named)
                batch = staging.stage(
                    by=person, name=file.name, file=opened, received_on=received_on, on=on, mapped=named
                )
            result = self.preview(batch, person)
            waiting = 0 if options["leave_out_rejected"] else batch.counts[Verdict.REJECTED]
            if dry_run or waiting:
                transaction.set_rollback(True)
            else:
                batch = apply.apply_import(by=person, batch_id=batch.pk, on=on, leave_out_rejected=True)
                result |= {"applied": True, "statuses": batch.counts["statuses"], "left_out": len(batch.left_out)}
        if waiting:
            self.show(result)
            raise Refusal(refused(waiting), _("Mend the cause, or leave the lines out: --leave-out-rejected"))
        return result

    def preview(self, batch: ScoreImport, person: User) -> dict[str, Any]:
        before = staging.read_before(batch)
        follows = what_follows(by=person, batch=batch)
        return {
            "layout": batch.layout,
            "new": batch.counts[Verdict.NEW],
            "changed": batch.counts[Verdict.CHANGED],
            "unchanged": batch.counts[Verdict.UNCHANGED],
            "rejected": problems_of(batch, "rejected"),
            "warnings": problems_of(batch, "warning"),
            "lines": batch.counts["lines"],
            "not_kept": batch.counts["passed_over"],
            "notes": batch.notes,
            "read_before": before.applied_at.date() if before and before.applied_at else None,
            "statuses": sum(follows["set"].values()),
            "left_out": 0,
            "applied": False,
        }

    def readable(self, result: Any) -> str:
        lines = [result["layout"], *result["notes"], ""]
        if result["read_before"]:
            lines.insert(1, _("The very same file was read in on %(day)s.") % {"day": result["read_before"]})
        counts = {key: result[key] for key in ("new", "changed", "unchanged", "statuses", "left_out")}
        lines += [f"{key.replace('_', ' '):<10}{value:>7}" for key, value in counts.items()]
        lines.append(f"{'rejected':<10}{len(result['rejected']):>7}")
        for key in ("rejected", "warnings"):
            if result[key]:
                lines += ["", f"{key}:", table(result[key])]
        lines += ["", _("Written.") if result["applied"] else _("Nothing was written.")]
        return "\n".join(lines)


def mapped(name: str, options: dict[str, Any]) -> Mapped | None:
    """The columns as they are named in the command; None where none is."""
    fixed = {"measure": options["measure"], "window": options["window"], "year": options["year"]}
    if not options["kind"]:
        if options["column"] or any(fixed.values()):
            raise WrongUsage("--column, --measure, --window and --year go with --kind.")
        return None
    target = KINDS[options["kind"]]
    if target == ImportTarget.MARK:
        fixed = {"term": options["window"], "year": options["year"]}
    columns = {}
    for each in options["column"]:
        field, mark, column = each.partition("=")
        if not mark or not field.strip() or not column.strip():
            raise WrongUsage(f"--column {each!r}: write FIELD=NAME, such as mark=Grade.")
        columns[field.strip()] = column.strip()
    return Mapped(name[:80], target, columns, {key: said for key, said in fixed.items() if said})


def problems_of(batch: ScoreImport, severity: str) -> list[dict[str, Any]]:
    """One row per line: where, in which column, why; several reasons of one line are said together."""
    rows = batch.rows.filter(problems__contains=[{"severity": severity}])
    if severity == "warning":
        rows = rows.exclude(verdict=Verdict.REJECTED)
    found = []
    for row in rows.order_by("line"):
        own = [problem for problem in row.problems if problem["severity"] == severity]
        line, tab = place(batch, row.line)
        reason = " ".join(problem["reason"] for problem in own)
        said = {"line": line, "column": own[0]["column"], "reason": reason} | ({"tab": tab} if tab else {})
        if said not in found[-1:]:
            found.append(said)
    return found


def refused(waiting: int) -> str:
    words = ngettext(
        "%(count)d line cannot be read in; nothing was written.",
        "%(count)d lines cannot be read in; nothing was written.",
        waiting,
    )
    return words % {"count": waiting}
