"""The history's two helping functions: as the libraries mean them, without the subtransaction of each row."""

from __future__ import annotations

from datetime import date

import pgtrigger
import pytest
from django.db import connection

from district.history import acting
from district.models import Trustee, User

pytestmark = pytest.mark.django_db


def events() -> list[tuple[str, str | None]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT event.name, context.metadata->>'reason' FROM district_trusteeevent event"
            " LEFT JOIN pghistory_context context ON context.id = event.pgh_context_id ORDER BY event.pgh_id"
        )
        return cursor.fetchall()


def trustee(name: str) -> None:
    Trustee.objects.create(name=name, starts=date(2026, 7, 1))


def test_the_context_stands_beside_the_row_only_inside_it() -> None:
    trustee("before")
    with acting(User.objects.command_line(), "first reason"):
        trustee("inside")
        with acting(User.objects.command_line(), "second reason"):
            trustee("further in")
    trustee("after")
    assert events() == [
        ("before", None),
        ("inside", "first reason"),
        ("further in", "second reason"),
        ("after", None),
    ]


def test_an_ignored_trigger_writes_nothing_and_works_again_afterwards() -> None:
    with pgtrigger.ignore("district.Trustee:insert_insert"):
        trustee("ignored")
    trustee("written")
    assert events() == [("written", None)]


def test_no_function_of_the_history_catches_errors() -> None:
    """A caught error is a subtransaction that costs more the more foreign key checks are waiting."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosrc ~* 'exception\\s+when'"
        )
        assert cursor.fetchall() == []
