"""A word of its own planted into every text of every child's records, so that a leak can be told and traced."""

from __future__ import annotations

import io
import re
import subprocess
from collections import deque
from collections.abc import Iterable
from functools import cache

import openpyxl
from django.apps import apps
from django.db import IntegrityError, InternalError, connection, models, transaction
from django.http import HttpResponseBase

from students.models import Student
from students.models.student import search_key

TOKEN = re.compile(r"qx(\d{5})xq", re.IGNORECASE)
APPS = ("students", "notifications", "assessments", "reclassification", "committees", "accountability")
SHORTEST = 12  # what is shorter holds codes
CODES = {"ssid", "local_id", "search_key", "domains_left_out", "file", "fact"}


def token(child: int) -> str:
    return f"Qx{child:05d}xQ"


@cache
def paths_to_children() -> dict[type[models.Model], str]:
    """Every model of ours whose rows belong to one child, with the way there."""
    ours = [
        model
        for model in apps.get_models()
        if model.__module__.split(".")[0]
        in ("students", "assessments", "notifications", "reclassification", "committees")
        and not hasattr(model, "pgh_obj")
        and not hasattr(model, "pgh_tracked_model")
    ]
    found: dict[type[models.Model], str] = {Student: "pk"}
    waiting = deque([Student])
    while waiting:
        target = waiting.popleft()
        for model in ours:
            for key in model._meta.get_fields():
                if model not in found and key.concrete and key.many_to_one and key.related_model is target:
                    found[model] = key.name if target is Student else f"{key.name}__{found[target]}"
                    waiting.append(model)
    return found


def plant() -> int:
    """Put its child's token into every text of every row. Returns how many cells were planted.

    Texts that stay empty are those that a constraint ties to another column, such as a signature to its day.
    """
    planted = 0
    for model, path in paths_to_children().items():
        try:
            with transaction.atomic():
                planted += _plant(model, path, empty=True)
        except IntegrityError:
            planted += _plant(model, path, empty=False)
        except InternalError:
            continue  # rows that never change, as letters; they were made from texts that hold the token already
    return planted


def _plant(model: type[models.Model], path: str, *, empty: bool) -> int:
    fields = [each for each in model._meta.concrete_fields if _takes(each)]
    owners = dict(model.objects.values_list("pk", path))
    rows, cells = list(model.objects.filter(pk__in=owners)), 0
    for row in rows:
        mark = token(owners[row.pk]) if owners[row.pk] else ""
        for field in fields:
            value = getattr(row, field.name)
            if not mark or mark in (value or "") or not (value or empty):
                continue
            text = f"{mark}@families.example" if isinstance(field, models.EmailField) else f"{mark} {value or ''}"
            setattr(row, field.name, text[: field.max_length] if field.max_length else text)
            cells += 1
        if isinstance(row, Student):
            row.search_key = search_key(row.last_name, row.first_name, row.middle_name)
    names = [field.name for field in fields] + (["search_key"] if model is Student else [])
    if cells:
        model.objects.bulk_update(rows, names, batch_size=500)
    return cells


def _takes(field: models.Field) -> bool:
    is_text = isinstance(field, models.CharField | models.TextField) and not field.choices and not field.primary_key
    return is_text and field.name not in CODES and (field.max_length is None or field.max_length >= SHORTEST)


def children_in(response: HttpResponseBase) -> set[int]:
    """The children of whom anything stands in a response, be it a page, a list, a workbook or a PDF."""
    return {int(number) for number in TOKEN.findall(words_of(response))}


def words_of(response: HttpResponseBase) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    kind = response.headers.get("Content-Type", "")
    headers = " ".join(response.headers.values())
    if not body:
        return headers
    if "spreadsheetml" in kind:
        return headers + " ".join(_cells(body))
    if "pdf" in kind:
        text = subprocess.run(["pdftotext", "-", "-"], input=body, capture_output=True, check=True).stdout
        return headers + text.decode()
    return headers + body.decode(errors="replace")


def _cells(body: bytes) -> Iterable[str]:
    book = openpyxl.load_workbook(io.BytesIO(body), read_only=True)
    for sheet in book:
        yield sheet.title
        for row in sheet.iter_rows(values_only=True):
            yield from (str(cell) for cell in row if cell is not None)


def checksum(children: Iterable[int]) -> dict[str, str]:
    """What all tables say of these children, hashed by table."""
    ids, found = [*sorted(children), 0], {}  # 0 is no child, and keeps the list from being empty
    for model, path in paths_to_children().items():
        rows = model.objects.filter(**{f"{path}__in": ids}).order_by("pk").values_list("pk", flat=True)
        with connection.cursor() as cursor:
            table = connection.ops.quote_name(model._meta.db_table)
            key = connection.ops.quote_name(model._meta.pk.column)
            inner, values = rows.query.sql_with_params()
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(line::text, '|' ORDER BY line::text), '')) FROM {table} line"
                f" WHERE line.{key} IN (SELECT * FROM ({inner}) picked)",
                values,
            )
            found[model.__name__] = cursor.fetchone()[0]
    return found


@cache
def _tables() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(oid::bigint) FROM pg_class WHERE relkind = 'r' AND relname = ANY(%s)",
            [[model._meta.db_table for model in paths_to_children()]],
        )
        return cursor.fetchone()[0]


def writes() -> int:
    """How many rows of children this transaction has written so far, taken back or not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_stat_get_xact_tuples_inserted(id::oid) + pg_stat_get_xact_tuples_updated(id::oid)"
            " + pg_stat_get_xact_tuples_deleted(id::oid)) FROM unnest(%s) AS id",
            [_tables()],
        )
        return int(cursor.fetchone()[0])
