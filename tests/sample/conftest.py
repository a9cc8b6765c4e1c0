"""Sample districts for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.sample.loading import sample_district

Loader = Callable[..., object]


@pytest.fixture(scope="package")
def sample_of(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Loader:
    """`with sample_of(students=60, on=date(...)) as figures:` gives a district that is gone afterwards."""
    home = tmp_path_factory.mktemp("home")

    @contextmanager
    def district(**options: object) -> Iterator[dict[str, int]]:
        with django_db_blocker.unblock(), sample_district(home=home, **options) as figures:
            yield figures

    return district
