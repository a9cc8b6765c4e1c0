"""`make run` without make: preparing, serving, restarting what dies, stopping everything; the commands around it."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from http.client import HTTPConnection
from io import StringIO
from pathlib import Path

import polib
import pytest
from django.core.management import call_command

from district.enums import Grade, Role
from district.models import District, RoleAssignment, School, User
from district.refusal import Refusal
from elplan import launch
from elplan.management.commands import prepare
from tests.template_database import address_of, connect, migrated_template

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60  # seconds; a busy machine takes its time


def wait_for(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, f"waited {PATIENCE} s in vain"
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind((launch.HOST, 0))
        return opened.getsockname()[1]


def children(parent: int) -> dict[int, str]:
    """Processes below this one, with their command lines (`ps` would cut them to the width of a terminal)."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status, arguments = (folder / "status").read_text(), (folder / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        if f"\nPPid:\t{parent}\n" in status:
            found[int(folder.name)] = arguments.replace(b"\0", b" ").decode()
    return found


@pytest.fixture
def database(django_db_blocker) -> Iterator[str]:
    """A migrated database with a district in it, so that no sample is made."""
    with django_db_blocker.unblock():
        template = migrated_template()
    name = f"elplan_launch_{os.getpid()}"
    with closing(connect("postgres")) as server, server.cursor() as cursor:
        server.autocommit = True
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        create = "from district.models import District as D; D.objects.create(name='Launch Test', cds_code='1234567')"
        environment = {**os.environ, "DATABASE_URL": address_of(name)}
        subprocess.run(
            [sys.executable, "manage.py", "shell", "--no-imports", "-c", create], cwd=ROOT, env=environment, check=True
        )
        yield address_of(name)
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_launch_serves_restarts_and_stops(database: str, tmp_path: Path) -> None:
    port = free_port()
    with (tmp_path / "output").open("w") as output:
        launcher = subprocess.Popen(
            [sys.executable, "-m", "elplan.launch", "--port", str(port)],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": database, "ELPLAN_HOME": str(tmp_path / "home")},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(lambda: launcher.poll() is not None or launch._answers(port))
        assert launcher.poll() is None, (tmp_path / "output").read_text()
        with closing(HTTPConnection(launch.HOST, port, timeout=30)) as browser:
            browser.request("GET", "/account/login/")
            assert browser.getresponse().status == 200
        assert not (tmp_path / "home/postgres").exists()

        def workers() -> set[int]:
            return {pid for pid, args in children(launcher.pid).items() if "manage.py db_worker" in args}

        wait_for(workers)
        (killed,) = workers()
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: workers() - {killed})
        last = children(launcher.pid)

        launcher.send_signal(signal.SIGTERM)
        assert launcher.wait(PATIENCE) == 0
        assert not launch._answers(port)
        assert [pid for pid in last if Path(f"/proc/{pid}").exists()] == []
    finally:
        launcher.kill()
        launcher.wait()
    said = (tmp_path / "output").read_text()
    assert f"http://127.0.0.1:{port}" in said
    assert "is started again" in said


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind((launch.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "elplan.launch", "--port", str(port)],
            cwd=ROOT,
            env={**os.environ, "ELPLAN_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == f"elplan: port {port} is taken, perhaps by another elplan. Try: make run PORT={port + 10}\n"
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_keeps_dying_is_given_up() -> None:
    kept = launch.Kept("doomed process", ["false"])
    for _attempt in range(launch.QUICK_DEATHS_BORNE):
        kept.process.wait()
        kept.look_after()
    kept.process.wait()
    with pytest.raises(SystemExit, match="does not stay alive"):
        kept.look_after()


def test_a_process_that_will_not_stop_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "GRACE", 0.2)
    kept = launch.Kept("stubborn process", ["sh", "-c", "trap '' TERM; while :; do sleep 0.05; done"])
    time.sleep(0.2)
    kept.process.terminate()
    kept.stop()
    assert kept.process.returncode == -signal.SIGKILL


def test_screen_texts_are_compiled_when_they_are_newer(tmp_path: Path) -> None:
    folder = tmp_path / "es/LC_MESSAGES"
    folder.mkdir(parents=True)
    source = folder / "django.po"
    source.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "child"\nmsgstr "niño"\n')
    prepare.compile_texts(tmp_path)
    compiled = folder / "django.mo"
    assert polib.mofile(str(compiled)).find("child").msgstr == "niño"
    os.utime(compiled, (source.stat().st_mtime + 10,) * 2)
    kept = compiled.stat().st_mtime_ns
    prepare.compile_texts(tmp_path)
    assert compiled.stat().st_mtime_ns == kept


@pytest.mark.django_db
def test_accounts_of_a_real_district_are_not_listed() -> None:
    District.objects.create(name="Real Unified", cds_code="1234567")
    with pytest.raises(Refusal, match="no sample district"):
        call_command("accounts", stdout=StringIO())


@pytest.mark.django_db
def test_accounts_name_a_role_of_a_school_and_the_same_role_of_the_whole_district() -> None:
    District.objects.create(name="Sample Unified", cds_code="1234567", is_sample=True)
    school = School.objects.create(name="Elm", cds_code="12345670000001", grade_low=Grade.TK, grade_high=Grade.G12)
    for username, at in (("examiner", school), ("examiner-late", school), ("coordinator", None)):
        user = User.objects.create_user(username)
        RoleAssignment.objects.create(user=user, role=Role.EXAMINER, school=at, starts=date(2020, 7, 1))
    listed = StringIO()
    call_command("accounts", stdout=listed)
    told = listed.getvalue().split()
    assert {"coordinator", "examiner"} <= set(told)
    assert "examiner-late" not in told


@pytest.mark.parametrize("script", ["bin/set-up", "bin/test", "bin/check", ".ci/run", "manage.py"])
def test_scripts_can_be_called(script: str) -> None:
    assert (ROOT / script).stat().st_mode & stat.S_IXUSR
