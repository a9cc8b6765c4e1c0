"""What the pages of the settings share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from district.refusal import Refusal
from district.said import say


def done(request: HttpRequest, form: Any, said: str, verb: Callable[..., Any], *args: Any, **more: Any) -> Any:
    """Carry out a verb with what the form gives, and say so.

    None when nothing was sent, or when the form or the action refused; the form then tells why.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    values = form.values() if hasattr(form, "values") else form.cleaned_data
    try:
        result = verb(*args, by=request.user, **more, **values)
    except Refusal as refusal:
        form.refuse(refusal)
        return None
    say(request, said)
    return result or True
