"""The walk's world, made once and gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from tests.access.world import ON, World, build
from tests.sample.loading import sample_district


@pytest.fixture(scope="package")
def world(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    quick = override_settings(SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies")
    with (
        time_machine.travel(f"{ON}T20:00:00Z", tick=True),
        django_db_blocker.unblock(),
        quick,
        sample_district(home=tmp_path_factory.mktemp("home"), students=60, on=ON),
    ):
        yield build()
