"""What all our commands have in common: `--json`, `--as-of`, plain tables, plain errors, three exit codes.

0: done. 1: the data is refused and nothing was written. 2: wrong usage. A command implements `run` and returns
what it found, a row (dict) or rows (list of dicts); to show a result and refuse it all the same, it calls `show`
and then raises `Refusal`.
"""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import OperationalError, ProgrammingError
from django.utils import timezone

from district.models import School, User
from district.refusal import Refusal

Row = Mapping[str, Any]


class WrongUsage(CommandError):
    """The command was called with something it cannot work with, such as a school that does not exist."""

    def __init__(self, message: object) -> None:
        super().__init__(str(message), returncode=2)


def iso_date(text: str) -> date:
    """A date as typed on the command line; anything else is wrong usage."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a date. Write year, month and day: 2026-11-23") from None


class PlanCommand(BaseCommand):
    """Base of our commands; a subclass names its own options in `arguments` and its work in `run`."""

    requires_system_checks = []  # routes and the like matter to the server, not here

    def arguments(self, parser: ArgumentParser) -> None:
        """Options of this command alone."""

    def run(self, *, on: date, **options: Any) -> Row | Sequence[Row] | None:
        """Do the work for the day `on`; what is returned is printed."""
        raise NotImplementedError

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON in place of a table")
        parser.add_argument("--as-of", type=iso_date, metavar="DATE", help="the day to work for, in place of today")
        self.arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        self.as_json = options.pop("json")
        on = options.pop("as_of") or timezone.localdate()
        result = self.run(on=on, **options)
        if result is not None:
            self.show(result)

    def execute(self, *args: Any, **options: Any) -> Any:
        """Run, and on the command line turn what people can mend into plain words and an exit code."""
        if not self._called_from_command_line:
            return super().execute(*args, **options)
        try:
            return super().execute(*args, **options)
        except CommandError as error:
            self._leave(error.returncode, str(error))
        except Refusal as refusal:
            self._leave(1, refusal.message, refusal.mend)
        except BrokenPipeError:  # the reader (head, less) has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except OSError as error:
            self._leave(2, f"{error.filename}: {error.strerror}" if error.filename else str(error))
        except ProgrammingError as error:
            if getattr(error.__cause__, "pgcode", None) != "42P01":  # undefined table
                raise
            self._leave(1, "The database has no tables yet.", "Run: manage.py prepare")
        except OperationalError as error:
            start = "Start it with `make run` or `python -m elplan.postgres start`, or name a server in DATABASE_URL."
            self._leave(1, f"The database does not answer: {str(error).strip()}", start)

    def show(self, result: Row | Sequence[Row]) -> None:
        """Print a row or rows, as JSON or as a table."""
        if self.as_json:
            self.stdout.write(json.dumps(result, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
        else:
            self.stdout.write(self.readable(result))

    def readable(self, result: Row | Sequence[Row]) -> str:
        """The result for people; a command may say it better."""
        if not isinstance(result, Mapping):
            return table(result)
        lists = {key: value for key, value in result.items() if isinstance(value, list)}
        plain = [{"": key.replace("_", " "), " ": value} for key, value in result.items() if key not in lists]
        parts = [table(plain, head=False)] if plain else []
        parts += [f"{key.replace('_', ' ')}: {len(rows)}\n{table(rows)}".rstrip() for key, rows in lists.items()]
        return "\n\n".join(parts)

    def _leave(self, code: int, *lines: str) -> NoReturn:
        for line in filter(None, lines):
            self.stderr.write(line)
        sys.exit(code)


def add_school(parser: ArgumentParser) -> None:
    """`--school CDS`, read by `school_named`."""
    parser.add_argument("--school", metavar="CDS", help="14-digit CDS code of one school")


def school_named(code: str | None) -> School | None:
    """The school of `--school`; None when none was asked for; WrongUsage when there is none with that code."""
    if code is None:
        return None
    school = School.objects.filter(cds_code=code).first()
    if school is None:
        known = ", ".join(School.objects.values_list("cds_code", flat=True)) or "none yet"
        raise WrongUsage(f"There is no school with the CDS code {code!r}. Schools: {known}")
    return school


def add_by(parser: ArgumentParser) -> None:
    """`--by USERNAME`, read by `person_named`."""
    parser.add_argument("--by", metavar="USERNAME", help="act as this person (default: the command line's own account)")


def person_named(username: str | None) -> User:
    """Who the command acts as: the person of `--by`, else the command line's own account."""
    if username is None:
        return User.objects.command_line()
    person = User.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise WrongUsage(f"There is no active account named {username!r}.")
    return person


def table(rows: Sequence[Row], *, head: bool = True) -> str:
    """Rows as aligned columns; the columns are the keys of the first row."""
    if not rows:
        return "Nothing to show."
    columns = list(rows[0])
    cells = [[_cell(row.get(column)) for column in columns] for row in rows]
    if head:
        cells.insert(0, [column.replace("_", " ") for column in columns])
    right = [all(type(row.get(column)) in (int, float) for row in rows) for column in columns]
    widths = [max(len(line[index]) for line in cells) for index in range(len(columns))]
    lines = [
        "  ".join(
            text.rjust(width) if flush else text.ljust(width)
            for text, width, flush in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in cells
    ]
    if head:
        lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def _cell(value: Any) -> str:
    """One value in words: nothing for None, yes and no, lists joined, line breaks closed up."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{key} {_cell(part)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_cell(part) for part in value)
    return " ".join(str(value).split())
