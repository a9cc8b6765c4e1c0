"""Ordinary entries, put back within 30 days by who made them or the EL administrator, with a trace (D-25)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from district.enums import Role
from district.history import acting
from district.models import Entry, User
from district.refusal import NotAllowed, Refusal

KEPT = timedelta(days=30)

_put_back: dict[str, Callable[[Entry, User], None]] = {}


def register(kind: str, put_back: Callable[[Entry, User], None]) -> None:
    """Say how an entry of this kind is put back. The function raises Refusal where that would not be honest."""
    _put_back[kind] = put_back


def enter(
    *,
    by: User,
    kind: str,
    summary: str,
    student_id: int | None = None,
    school_id: int | None = None,
    **data: Any,
) -> Entry:
    """Note an entry that can be put back; called inside the action's transaction. `data` must be plain JSON.

    A summary longer than its column, as long names make it, is clipped.
    """
    return Entry.objects.create(
        kind=kind,
        summary=_clipped(summary),
        student_id=student_id,
        school_id=school_id,
        made_by=by,
        data=data,
    )


def _clipped(summary: str) -> str:
    limit = Entry._meta.get_field("summary").max_length
    return summary if len(summary) <= limit else f"{summary[: limit - 1].rstrip()}…"


def may_put_back(entry: Entry, by: User) -> bool:
    """Whether the person may put the entry back now; the kind's own conditions are asked when it is done."""
    is_office = any(role == Role.EL_ADMINISTRATOR for role, _school in by.grants)
    in_time = timezone.now() - entry.made_at <= KEPT
    return entry.kind in _put_back and not entry.put_back_at and in_time and (entry.made_by_id == by.pk or is_office)


@transaction.atomic
def put_back(entry_id: int, *, by: User, reason: str) -> Entry:
    """Undo an entry and keep the trace. Raises Refusal: too late, somebody else's, already put back, or not honest."""
    entry = Entry.objects.select_for_update(of=("self",)).get(pk=entry_id)
    if entry.put_back_at:
        day = timezone.localtime(entry.put_back_at)
        raise Refusal(_("This was already put back on %(day)s.") % {"day": f"{day:%a %-d %b %Y}"})
    if timezone.now() - entry.made_at > KEPT:
        raise Refusal(
            _("Entries can be put back for 30 days; this one is older."),
            _("Enter a correction with its reason."),
        )
    if not may_put_back(entry, by):
        raise NotAllowed(_("put this entry back"))
    with acting(by, reason):
        _put_back[entry.kind](entry, by)
        entry.put_back_at, entry.put_back_by, entry.put_back_reason = (
            timezone.now(),
            by,
            reason,
        )
        entry.save(update_fields=["put_back_at", "put_back_by", "put_back_reason"])
    return entry
