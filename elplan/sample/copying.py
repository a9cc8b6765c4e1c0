"""Rows on their way into an empty database: collected as text by table, written by COPY."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Any

from django.db import connection, models

ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
NULL = "\\N"


def cell(value: Any) -> str:
    """A value as COPY's text format writes it."""
    if value.__class__ is str:
        return value.translate(ESCAPES) if "\\" in value or "\n" in value or "\t" in value else value
    if value is None:
        return NULL
    if value is True or value is False:
        return "t" if value else "f"
    if value.__class__ is dict or value.__class__ is list:
        return json.dumps(value, ensure_ascii=False).translate(ESCAPES)
    return str(value)


class Table:
    """The rows of one model. What a row leaves out has the model's default, or what `always` says."""

    def __init__(self, model: type[models.Model], moment: datetime, **always: Any) -> None:
        self.model, self.number = model, 0
        self.lines: list[str] = []
        fields = model._meta.concrete_fields
        self.blank = {field.attname: cell(always.get(field.attname, _default(field, moment))) for field in fields}
        self.columns = ", ".join(f'"{field.column}"' for field in fields)

    def add(self, **values: Any) -> int:
        """Add a row and give its number."""
        self.number += 1
        row = self.blank.copy()
        row["id"] = str(self.number)
        for name, value in values.items():
            row[name] = cell(value)
        if len(row) != len(self.blank):
            raise TypeError(f"{self.model.__name__} has no {set(values) - set(self.blank)}.")
        self.lines.append("\t".join(row.values()))
        return self.number

    def adder(self, *names: str) -> Callable[..., None]:
        """A quicker `add` for a table with many rows: takes the values of these columns in this order."""
        places = [list(self.blank).index(name) for name in ("id", *names)]
        blank, lines = list(self.blank.values()), self.lines

        def add(*values: Any) -> None:
            self.number += 1
            row = blank.copy()
            for place, value in zip(places, (str(self.number), *values), strict=True):
                row[place] = value if value.__class__ is str else cell(value)
            lines.append("\t".join(row))

        return add

    def take(self) -> tuple[str, str]:
        """The COPY statement and the collected rows, which are forgotten."""
        text = "\n".join([*self.lines, ""]) if self.lines else ""
        self.lines.clear()
        return f'COPY "{self.model._meta.db_table}" ({self.columns}) FROM STDIN', text

    def count_on(self) -> None:
        """Let the database number the next row after ours."""
        table = self.model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, max(self.number, 1)])


def _default(field: models.Field, moment: datetime) -> Any:
    """The model's default; a moment that would be now is the sample's own, so that two loads are alike."""
    if isinstance(field, models.DateTimeField) and field.has_default():
        return moment
    if field.has_default():
        return field.get_default()
    if field.null or not isinstance(field, models.CharField | models.TextField):
        return None
    return ""


class Writer:
    """Sends rows while the next ones are made up: the database and we work side by side, in one transaction."""

    def __init__(self) -> None:
        connection.ensure_connection()
        self.connection = connection.connection  # the driver's own, which may be used from another thread
        self.thread = ThreadPoolExecutor(1)
        self.sending: Future[None] | None = None

    def send(self, rows: Sequence[tuple[str, str]]) -> None:
        """Begin to send, once what was sent before is there. Raises what went wrong with that."""
        self.wait()
        self.sending = self.thread.submit(self._send, rows)

    def wait(self) -> None:
        """Until everything is there. Raises what went wrong."""
        if self.sending:
            self.sending.result()
            self.sending = None

    def _send(self, rows: Sequence[tuple[str, str]]) -> None:
        with self.connection.cursor() as cursor:
            for statement, text in rows:
                if text:
                    cursor.copy_expert(statement, io.StringIO(text))
