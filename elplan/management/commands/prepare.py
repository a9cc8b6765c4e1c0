"""manage.py prepare: bring database, reference data, screen texts and static files to the state this version needs."""

from __future__ import annotations

import hashlib
import time
from argparse import ArgumentParser
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import polib
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand

from district.models import District


class Command(BaseCommand):
    help = "Prepares what this version needs: tables, reference data, screen texts, static files. Safe to call again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--sample", action="store_true", help="an empty database is filled with the sample district, for practice"
        )

    def handle(self, *, sample: bool, **options: Any) -> None:
        self._step("database tables", lambda: call_command("migrate", interactive=False, verbosity=0))
        self._step("reference data", lambda: call_command("load_reference", stdout=StringIO()))
        self._step("screen texts", lambda: [compile_texts(folder) for folder in settings.LOCALE_PATHS])
        self._step("static files", collect_static_files)
        if sample and not District.objects.exists():
            self._step("sample district", lambda: call_command("sample_district", stdout=self.stdout))
        if District.objects.filter(is_sample=True).exists():
            call_command("accounts", stdout=self.stdout)

    def _step(self, name: str, work: Callable[[], object]) -> None:
        began = time.monotonic()
        work()
        self.stdout.write(f"{name:<16} ready ({time.monotonic() - began:.1f} s)")
        self.stdout.flush()


def compile_texts(folder: Path | str) -> None:
    """Compile the translations that are newer than their compiled file. Needs no gettext on the machine."""
    for source in Path(folder).glob("*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(compiled))


def collect_static_files() -> None:
    """Collect and compress the static files, unless they are the same files as the last time."""
    patterns = apps.get_app_config("staticfiles").ignore_patterns
    seen = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list(patterns):
            status = Path(storage.path(name)).stat()
            seen.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    kept = settings.ELPLAN_HOME / "static.sha256"
    if not settings.STATIC_ROOT.exists() or not kept.exists() or kept.read_text() != seen.hexdigest():
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        kept.write_text(seen.hexdigest())
