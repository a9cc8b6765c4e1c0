"""What the next page says about what was just done, with the way back where there is one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from district.models import Entry
from district.refusal import Refusal


def say(request: HttpRequest, sentence: Any, *, entry: Entry | None = None) -> None:
    """Say what was done; with `entry`, offer to put it back (D-25)."""
    messages.success(request, sentence, extra_tags=f"entry-{entry.pk}" if entry else "")


def say_refused(request: HttpRequest, refusal: Refusal) -> None:
    """Say why nothing was done and how to mend it."""
    messages.error(request, str(refusal))
