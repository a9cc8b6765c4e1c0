"""Who did it and why: what the history triggers write beside every changed row.

The triggers of django-pghistory read person and reason from two settings of the connection. They are set here once
for a block, and not before each statement as the library's own context does, for two reasons: COPY and cursors of the
driver are covered as well, and what was said for one block never stands beside the rows of the next.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse
from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from district.models import User

NOTHING = ("", "")
_said = threading.local()  # (id, metadata) of each block the thread is in, the innermost last


@contextmanager
def acting(by: User, reason: str) -> Iterator[None]:
    """Every row changed inside carries this person and reason, bulk and raw writes included.

    A block within another says its own; after it the outer one holds again.
    """
    with _block({"user": by.pk, "actor": str(by), "reason": str(reason)}):
        yield


class ActorMiddleware:
    """Names the signed-in person in the history of everything a request writes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD", "OPTIONS") or not request.user.is_authenticated:
            return self.get_response(request)
        with _block({"user": request.user.pk, "actor": str(request.user)}):
            return self.get_response(request)


@contextmanager
def _block(metadata: dict[str, Any]) -> Iterator[None]:
    stack = _stack()
    stack.append((str(uuid.uuid4()), json.dumps(metadata)))
    try:
        connection.ensure_connection()
        _say()
        yield
    finally:
        stack.pop()
        if _can_hear():
            _say()


def _stack() -> list[tuple[str, str]]:
    if not hasattr(_said, "stack"):
        _said.stack = []
    return _said.stack


def _say() -> None:
    """Tell the database what holds now; inside a transaction until its end, so that a rollback takes it back too."""
    stack = _stack()
    told = stack[-1] if stack else NOTHING
    with connection.connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_id', %s, %s), set_config('pghistory.context_metadata', %s, %s)",
            [told[0], connection.in_atomic_block, told[1], connection.in_atomic_block],
        )


def _can_hear() -> bool:
    """Nothing can be said on a lost connection or in a failed transaction; its end forgets what was said anyway."""
    opened = connection.connection
    if opened is None or opened.closed:
        return False
    return opened.get_transaction_status() != TRANSACTION_STATUS_INERROR


def _say_again(sender: Any, connection: Any, **kwargs: Any) -> None:
    """A connection that was lost inside a block and opened anew knows nothing yet."""
    if _stack():
        _say()


connection_created.connect(_say_again, dispatch_uid="district.history")
