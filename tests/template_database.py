"""A database with every migration applied, kept on the test server, from which test databases are copied.

Migrating takes a quarter of a minute and copying a fraction of a second. The name carries a hash of the migrations and
of the libraries' versions, so a change of either makes a new one and drops the old.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import psycopg2
import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "elplan_template_"
LOCK = 5_201_313  # any number that nothing else on a test server locks


def migrated_template() -> str:
    """The name of the template; made now if it is not there. Processes that ask at the same time wait for one."""
    name = PREFIX + _fingerprint()
    with closing(connect("postgres")) as server, server.cursor() as cursor:
        server.autocommit = True
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [PREFIX + "%"])
        there = [row[0] for row in cursor.fetchall()]
        if name not in there:
            for old in there:
                cursor.execute(f'DROP DATABASE "{old}"')
            cursor.execute(f'CREATE DATABASE "{PREFIX}making"')
            _migrate(PREFIX + "making")
            cursor.execute(f'ALTER DATABASE "{PREFIX}making" RENAME TO "{name}"')
    return name


def _fingerprint() -> str:
    seen = hashlib.sha256((ROOT / "requirements/app.txt").read_bytes())
    for path in sorted(ROOT.glob("*/migrations/**/*.*")):
        if "__pycache__" not in path.parts:
            seen.update(path.name.encode() + path.read_bytes())
    return seen.hexdigest()[:16]


def connect(database: str) -> psycopg2.extensions.connection:
    at = connection.settings_dict
    try:
        return psycopg2.connect(
            host=at["HOST"], port=at["PORT"] or None, user=at["USER"], password=at["PASSWORD"], dbname=database
        )
    except psycopg2.OperationalError as error:
        hint = "`make test` starts one, `python -m elplan.postgres start` too."
        pytest.exit(f"No database server answers. {hint}\n{error}", returncode=2)


def address_of(database: str) -> str:
    """A DATABASE_URL for another database on the test server."""
    at = connection.settings_dict
    who = quote(at["USER"], safe="") + (":" + quote(at["PASSWORD"], safe="") if at["PASSWORD"] else "")
    where = quote(at["HOST"], safe="") + (f":{at['PORT']}" if at["PORT"] else "")
    return f"postgres://{who}@{where}/{database}"


def _migrate(database: str) -> None:
    environment = {**os.environ, "DATABASE_URL": address_of(database)}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"The migrations failed:\n{done.stderr}")
