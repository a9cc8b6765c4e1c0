"""The launcher of the embedded PostgreSQL, on servers of its own in temporary folders.

Run as root, the server is `nobody`'s; run by anybody else, it is theirs. Both ways the same must hold.
"""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from elplan import postgres

ROOT = Path(__file__).resolve().parent.parent
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="speaks of root")


@pytest.fixture(autouse=True)
def no_other_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)


@pytest.fixture
def home() -> Iterator[Path]:
    """An ELPLAN_HOME under /tmp that `nobody` can reach (pytest's own folders are closed to others)."""
    folder = Path(tempfile.mkdtemp(prefix="elplan-test-"))
    folder.chmod(0o755)
    yield folder
    remove(folder)


def remove(home: Path) -> None:
    postgres.stop(home)
    place = (home / "postgres").resolve()
    shutil.rmtree(postgres._socket_folder(home), ignore_errors=True)
    shutil.rmtree(place, ignore_errors=True)
    shutil.rmtree(home)


def ask(home: Path, sql: str) -> object:
    with closing(postgres._connect(home, "elplan")) as connection, connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0] if cursor.description else None


def postmaster(home: Path) -> int:
    return int((home / "postgres/data/postmaster.pid").read_text().split()[0])


def test_the_address_starts_and_writes_nothing(tmp_path: Path) -> None:
    url = postgres.default_url(tmp_path)
    assert url == f"postgres://elplan@{str(tmp_path).replace('/', '%2F')}%2Fpostgres%2Fsocket/elplan"
    assert list(tmp_path.iterdir()) == []


def test_the_file_of_settings_counts_here_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Django is not configured yet when the launcher asks where things are."""
    monkeypatch.setattr(postgres, "ROOT", tmp_path)
    for name in ("ELPLAN_HOME", "DATABASE_URL"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    assert postgres.home_from_environment() == tmp_path / "var"
    (tmp_path / ".env").write_text(f"ELPLAN_HOME={tmp_path}/elsewhere\nDATABASE_URL=postgres://elplan@db/elplan\n")
    home = postgres.home_from_environment()
    assert home == tmp_path / "elsewhere"
    with postgres.running(home):
        assert not home.exists()


def test_data_outlive_the_server(home: Path) -> None:
    assert postgres.start(home) is True
    assert postgres.start(home) is False
    ask(home, "CREATE TABLE kept AS SELECT 'ਪੰਜਾਬੀ ñ' AS word")
    assert postgres.stop(home) is True
    assert postgres.stop(home) is False
    assert not postgres.is_running(home)
    assert postgres.start(home) is True
    assert ask(home, "SELECT word FROM kept") == "ਪੰਜਾਬੀ ñ"


def test_the_server_has_the_locale_we_count_on(home: Path) -> None:
    postgres.start(home)
    assert ask(home, "SHOW server_encoding") == "UTF8"
    assert ask(home, "SELECT datcollate FROM pg_database WHERE datname = 'elplan'") == "C.UTF-8"
    ask(home, "CREATE EXTENSION btree_gist; CREATE EXTENSION pg_trgm; CREATE EXTENSION unaccent")
    assert ask(home, "SELECT unaccent('Ñúñez')") == "Nunez"


@pytest.mark.parametrize("victim", ["postmaster", "whole group"])
def test_a_killed_server_starts_again_with_its_data(home: Path, victim: str) -> None:
    postgres.start(home)
    ask(home, "CREATE TABLE kept AS SELECT 7 AS number")
    leader = postmaster(home)
    if victim == "postmaster":
        os.kill(leader, signal.SIGKILL)
    else:
        os.killpg(os.getpgid(leader), signal.SIGKILL)
    assert postgres.start(home) is True
    assert postmaster(home) != leader
    assert ask(home, "SELECT number FROM kept") == 7


def test_a_server_that_is_stopping_is_waited_for(home: Path) -> None:
    """Ctrl-C and `make run` again at once."""
    postgres.start(home)
    ask(home, "CREATE TABLE much AS SELECT n, repeat('x', 500) FROM generate_series(1, 20000) AS n")
    leader = postmaster(home)
    os.kill(leader, signal.SIGINT)
    assert postgres.start(home) is True
    assert postmaster(home) != leader
    assert ask(home, "SELECT count(*) FROM much") == 20000


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_a_lock_that_names_a_strange_process_is_not_in_the_way(home: Path) -> None:
    """After a restart of the machine the number in the lock file may belong to a process of the same user."""
    postgres.start(home)
    postgres.stop(home)
    lock = home / "postgres/data/postmaster.pid"
    options = {"user": postgres._server_user().pw_uid} if os.geteuid() == 0 else {}
    with subprocess.Popen(["sleep", "60"], cwd="/", **options) as stranger:
        data = home / "postgres/data"
        lock.write_text(f"{stranger.pid}\n{data}\n{int(time.time())}\n5432\n{home}/postgres/socket\n\n  1 1\nready\n")
        shutil.chown(lock, postgres._server_user().pw_uid)
        assert postgres.start(home) is True
        stranger.kill()


def test_a_long_path_gets_a_short_socket(home: Path) -> None:
    deep = home / ("long-" * 12) / ("name-" * 12)
    deep.mkdir(parents=True)
    postgres.start(deep)
    try:
        folder = postgres._socket_folder(deep)
        assert folder.parent == Path("/tmp")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert ask(deep, "SELECT 1") == 1
        assert ask(deep, "SHOW data_directory") == str(deep / "postgres/data")
    finally:
        remove(deep)


def test_an_odd_path_is_no_trouble(home: Path) -> None:
    """Blanks, an apostrophe, and a comma, which PostgreSQL takes for the next of several socket folders."""
    odd = home / "Escuela Ñandú, O'Brien"
    odd.mkdir()
    postgres.start(odd)
    try:
        assert ask(odd, "SHOW hba_file") == str(odd / "postgres/hba.conf")
    finally:
        remove(odd)


def test_a_socket_folder_of_somebody_else_is_refused(home: Path) -> None:
    """In /tmp another user may have made a folder of that name first."""
    deep = home / ("long-" * 12) / ("name-" * 12)
    deep.mkdir(parents=True)
    folder = postgres._socket_folder(deep)
    elsewhere = home / "elsewhere"
    elsewhere.mkdir()
    folder.symlink_to(elsewhere)
    try:
        with pytest.raises(postgres.PostgresError, match="belongs to another user"):
            postgres.start(deep)
    finally:
        folder.unlink()


def test_folders_are_closed_to_others_and_parents_untouched(home: Path) -> None:
    home.chmod(0o751)
    postgres.start(home)
    folder = home / "postgres"
    for path in (folder / "data", folder / "socket"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700, path
        assert path.stat().st_uid == postgres._server_user().pw_uid
    assert stat.S_IMODE(folder.stat().st_mode) == 0o711
    assert stat.S_IMODE(home.stat().st_mode) == 0o751


def test_only_the_starter_may_sign_in(home: Path) -> None:
    """Even somebody who could reach the socket is turned away: the kernel says who is asking."""
    postgres.start(home)
    assert ask(home, "SHOW listen_addresses") == ""
    assert ask(home, "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'peer'") == 0
    with pytest.raises(psycopg2.OperationalError, match="Peer authentication failed"):
        psycopg2.connect(host=str(home / "postgres/socket"), user="postgres", dbname="elplan")


KNOCK = """
import socket, struct, sys
greeting = struct.pack("!i", 196608) + b"user\\0elplan\\0database\\0elplan\\0\\0"
with socket.socket(socket.AF_UNIX) as door:
    door.connect(sys.argv[1])
    door.sendall(struct.pack("!i", len(greeting) + 4) + greeting)
    print(door.recv(1000))
"""


@as_root
@pytest.mark.skipif(not Path("/usr/bin/python3").exists(), reason="needs a Python that every user can reach")
def test_other_users_of_the_machine_cannot_connect(home: Path) -> None:
    """Neither the folder nor, should it be opened by mistake, the server lets them in."""
    postgres.start(home)
    socket = home / "postgres/socket"

    def knock(user: int) -> str:
        command = ["/usr/bin/python3", "-c", KNOCK, str(socket / ".s.PGSQL.5432")]
        drop = {"user": user, "group": user, "extra_groups": []} if user else {}
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, **drop)
        return done.stdout + done.stderr

    assert "PermissionError" in knock(12345)
    socket.chmod(0o755)
    (socket / ".s.PGSQL.5432").chmod(0o777)
    assert "Peer authentication failed" in knock(12345)
    assert "Peer authentication failed" in knock(postgres._server_user().pw_uid)
    assert "b'R\\x00\\x00\\x00\\x08\\x00\\x00\\x00\\x00" in knock(0)  # AuthenticationOk


@as_root
def test_roots_server_runs_as_nobody(home: Path) -> None:
    postgres.start(home)
    assert Path(f"/proc/{postmaster(home)}").stat().st_uid == postgres._server_user().pw_uid != 0
    assert ask(home, "SELECT current_user") == "elplan"


@as_root
def test_data_and_programs_that_nobody_cannot_reach_move(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As under /root: the closed folder stays closed, the data lie elsewhere, and a link leads to them."""
    shared = home / "shared"
    monkeypatch.setattr(postgres, "SHARED", shared)
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    reaches = postgres._server_reaches
    monkeypatch.setattr(postgres, "_server_reaches", lambda path: "site-packages" not in path.parts and reaches(path))
    postgres.start(closed)
    try:
        assert (closed / "postgres").is_symlink()
        assert (closed / "postgres").resolve().parent == shared
        assert postgres._programs().is_relative_to(shared)
        assert ask(closed, "SELECT 1") == 1
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        postgres.stop(closed)
        assert postgres.start(closed) is True
    finally:
        remove(closed)


def test_data_of_another_version_are_refused(home: Path) -> None:
    postgres.start(home)
    postgres.stop(home)
    (home / "postgres/data/PG_VERSION").write_text("9\n")
    with pytest.raises(postgres.PostgresError, match="made by PostgreSQL 9"):
        postgres.start(home)


def test_a_server_that_cannot_start_says_why(home: Path) -> None:
    postgres.start(home)
    postgres.stop(home)
    with (home / "postgres/data/postgresql.conf").open("a") as configuration:
        configuration.write("no_such_setting = on\n")
    with pytest.raises(postgres.PostgresError, match="no_such_setting"):
        postgres.start(home)


def test_a_throwaway_server_begins_anew_and_does_not_wait_for_the_disk(home: Path) -> None:
    with postgres.running(home, throwaway=True):
        assert ask(home, "SHOW fsync") == "off"
        ask(home, "CREATE TABLE gone()")
    assert not postgres.is_running(home)
    with postgres.running(home, throwaway=True):
        assert ask(home, "SELECT to_regclass('gone')") is None


def command(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "elplan.postgres", *arguments],
        cwd=ROOT,
        env={**os.environ, "ELPLAN_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_line_says_what_it_did(home: Path) -> None:
    said = [command(home, word).stdout.strip() for word in ("status", "start", "start", "status", "stop", "stop")]
    assert said == ["does not run", "started", "runs already", "runs", "stopped", "does not run"]
    assert command(home, "status").returncode == 1
    assert command(home, "dance").returncode == 2


def test_with_passes_the_exit_code_on_and_leaves_a_running_server(home: Path) -> None:
    assert command(home, "with", "--throwaway", sys.executable, "-c", "raise SystemExit(3)").returncode == 3
    assert not postgres.is_running(home)
    postgres.start(home)
    assert command(home, "with", "true").returncode == 0
    assert postgres.is_running(home)


def test_the_server_stays_for_whoever_still_needs_it(home: Path) -> None:
    """Two `make run` at once, on two ports: the one that ends first must not take the other's database away."""
    waits = f"touch {home}/up; while [ -e {home}/up ]; do sleep 0.1; done"
    command = [sys.executable, "-m", "elplan.postgres", "with", "sh", "-c", waits]
    with postgres.running(home):
        other = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "ELPLAN_HOME": str(home)})
        deadline = time.monotonic() + 60
        while not (home / "up").exists():
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert postgres.is_running(home)
    (home / "up").unlink()
    assert other.wait(60) == 0
    assert not postgres.is_running(home)


def test_who_comes_while_the_server_stops_gets_a_new_one(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One launcher may be on its way out when the next one asks whether the server answers: it still does."""
    stopping, real_stop = threading.Event(), postgres.stop

    def slow_stop(home: Path) -> bool:
        stopping.set()
        time.sleep(1)
        return real_stop(home)

    def first() -> int:
        with postgres.running(home):
            return postmaster(home)

    monkeypatch.setattr(postgres, "stop", slow_stop)
    with ThreadPoolExecutor() as pool:
        leaving = pool.submit(first)
        assert stopping.wait(60)
        with postgres.running(home):
            assert postmaster(home) != leaving.result()
            assert ask(home, "SELECT 1") == 1
    assert not postgres.is_running(home)


def test_database_url_leaves_everything_to_the_named_server(home: Path) -> None:
    done = command(home, "start", DATABASE_URL="postgres://elplan@db.example.org/elplan")
    assert done.returncode == 0
    assert list(home.iterdir()) == []
