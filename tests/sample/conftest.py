"""Sample districts for tests: loaded inside a transaction that is rolled back, with a password file of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from elplan.sample.load import load

Loader = Callable[..., object]


@pytest.fixture(scope="package")
def sample_of(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Loader:
    """`with sample_of(students=60, on=date(...)) as figures:` gives a district that is gone afterwards."""
    home = tmp_path_factory.mktemp("home")

    @contextmanager
    def district(*, students: int, on: date, seed: int = 1) -> Iterator[dict[str, int]]:
        with django_db_blocker.unblock(), override_settings(ELPLAN_HOME=home), transaction.atomic():
            yield load(students=students, seed=seed, on=on)
            transaction.set_rollback(True)

    return district
