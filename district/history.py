"""Who did it and why: the context that the history triggers write beside every changed row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pghistory
from django.http import HttpRequest, HttpResponse

from district.models import User


@contextmanager
def acting(by: User, reason: str) -> Iterator[None]:
    """Every row changed inside carries this person and reason, bulk and raw writes included."""
    with pghistory.context(user=by.pk, actor=str(by), reason=str(reason)):
        yield


class ActorMiddleware:
    """Names the signed-in person in the history of everything a request writes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD", "OPTIONS") or not request.user.is_authenticated:
            return self.get_response(request)
        with pghistory.context(user=request.user.pk, actor=str(request.user)):
            return self.get_response(request)
