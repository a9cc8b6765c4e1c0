"""What the benchmarks share: databases of their own on the server of DATABASE_URL, times, and lines of a table."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "elplan.settings")


def set_up() -> None:
    """Make Django ready, or say in plain words what is missing."""
    import django

    django.setup()
    import psycopg2

    try:
        psycopg2.connect(address_of("postgres")).close()
    except psycopg2.OperationalError as error:
        sys.exit(f"No database server answers; see bench/README.md.\n{error}")


def address_of(database: str) -> str:
    """A DATABASE_URL for another database on the same server."""
    from django.db import connection

    at = connection.settings_dict
    who = quote(at["USER"], safe="") + (":" + quote(at["PASSWORD"], safe="") if at["PASSWORD"] else "")
    where = quote(at["HOST"], safe="") + (f":{at['PORT']}" if at["PORT"] else "")
    return f"postgres://{who}@{where}/{database}"


def manage(*command: str, url: str) -> None:
    subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *command],
        env={**os.environ, "DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
        check=True,
    )


def fresh_database(name: str) -> str:
    """Make the database anew, migrated, with the reference data. Gives its address."""
    import psycopg2

    with closing(psycopg2.connect(address_of("postgres"))) as server, server.cursor() as cursor:
        server.autocommit = True
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}"')
    url = address_of(name)
    manage("migrate", "--verbosity", "0", url=url)
    manage("load_reference", url=url)
    return url


def drop_database(name: str) -> None:
    import psycopg2

    with closing(psycopg2.connect(address_of("postgres"))) as server, server.cursor() as cursor:
        server.autocommit = True
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def times(work: Callable[[], object], *, runs: int, at_most: float) -> list[float]:
    """Seconds of each run, sorted; fewer runs where they would take longer than `at_most` seconds together."""
    found: list[float] = []
    begun = time.monotonic()
    while len(found) < runs and (not found or time.monotonic() - begun < at_most):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return sorted(found)


def percentile(sorted_times: Sequence[float], share: float) -> float:
    return sorted_times[min(len(sorted_times) - 1, int(len(sorted_times) * share))]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def print_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    cells = [[str(each) for each in row] for row in (head, *rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(head))]
    for row in cells:
        first, *others = (
            text.ljust(width) if not place else text.rjust(width)
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join((first, *others)))
