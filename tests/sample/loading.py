"""A sample district for a while: loaded inside a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from django.db import transaction
from django.test import override_settings

from elplan.sample.load import load


@contextmanager
def sample_district(*, home: Path, students: int, on: date, seed: int = 1) -> Iterator[dict[str, int]]:
    """The figures of a district that is gone afterwards; `home` takes the accounts' password."""
    with override_settings(ELPLAN_HOME=home), transaction.atomic():
        yield load(students=students, seed=seed, on=on)
        transaction.set_rollback(True)
