"""What the verbs of the ground share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction

from district.access import demand
from district.history import acting
from district.models import School, User
from district.permissions import Permission
from district.refusal import Refusal


@contextmanager
def doing(by: User, permission: Permission, reason: object, school: School | None = None) -> Iterator[None]:
    """One transaction with its history, for who holds the permission at the school (None: in the whole district)."""
    with transaction.atomic(), acting(by, str(reason)):
        demand(by, permission, school)
        yield


def save(row: models.Model, values: Mapping[str, Any] | None = None) -> None:
    """Take over the values and save. Refusal with the field and the model's own words where they do not fit."""
    for name, value in (values or {}).items():
        setattr(row, name, value)
    try:
        row.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Refusal(messages[0], field="" if field == NON_FIELD_ERRORS else field) from error
    row.save()
