"""`make run`: the embedded database, the preparations, the web server and one background worker, under one roof.

    python -m elplan.launch [--port 8000]

Ctrl-C (or SIGTERM) stops everything that was started here; a process that dies is started again. With DATABASE_URL set
the database is left to its own keepers. For a real deployment see docs/operations.md.
"""

from __future__ import annotations

import argparse
import ctypes
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from elplan import postgres

MANAGE = [sys.executable, str(Path(__file__).resolve().parent.parent / "manage.py")]
HOST = "127.0.0.1"
QUICK_DEATH = 5  # seconds; a process that does not live that long is likely to die again
QUICK_DEATHS_BORNE = 3
GRACE = 10  # seconds to finish what is in hand


class Kept:
    """A process that is started again when it dies."""

    def __init__(self, name: str, command: Sequence[str]) -> None:
        self.name, self.command, self.quick_deaths = name, command, 0
        self.start()

    def start(self) -> None:
        self.started = time.monotonic()
        # In a session of its own Ctrl-C does not reach it: it is stopped by us, in its own time.
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_die_with_parent
        )

    def look_after(self) -> None:
        """Start the process again if it has died. Raises SystemExit when it will not stay alive."""
        if self.process.poll() is None:
            return
        quick = time.monotonic() - self.started < QUICK_DEATH
        self.quick_deaths = self.quick_deaths + 1 if quick else 0
        if self.quick_deaths > QUICK_DEATHS_BORNE:
            raise SystemExit(f"elplan: the {self.name} does not stay alive; see the messages above.")
        print(f"The {self.name} ended ({self.process.returncode}) and is started again.", flush=True)
        self.start()

    def stop(self) -> None:
        try:
            self.process.wait(timeout=GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _die_with_parent() -> None:
    """Runs in the child: on Linux, the kernel ends it should the launcher be killed without a chance to tidy up."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # 1: PR_SET_PDEATHSIG


def _is_free(port: int) -> bool:
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((HOST, port))
        except OSError:
            return False
    return True


def _answers(port: int) -> bool:
    with socket.socket() as attempt:
        attempt.settimeout(1)
        return attempt.connect_ex((HOST, port)) == 0


def serve(port: int) -> None:
    """Keep web server and worker alive until a signal comes."""
    web = ["-m", "gunicorn", "elplan.wsgi", "--bind", f"{HOST}:{port}", "--workers", "2", "--threads", "4"]
    web += ["--graceful-timeout", "5", "--timeout", "120", "--log-level", "warning"]
    kept = [Kept("web server", [sys.executable, *web]), Kept("worker", [*MANAGE, "db_worker", "--verbosity", "0"])]
    try:
        while not _answers(port):
            kept[0].look_after()
            time.sleep(0.2)
        print(f"\nelplan runs at http://{HOST}:{port} (Ctrl-C stops it)", flush=True)
        while True:
            for one in kept:
                one.look_after()
            time.sleep(0.5)
    finally:
        for one in kept:
            one.process.terminate()
        for one in kept:
            one.stop()


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> None:
    parser = argparse.ArgumentParser(description="Prepare and serve elplan on this machine.")
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args().port
    if not _is_free(port):
        raise SystemExit(f"elplan: port {port} is taken, perhaps by another elplan. Try: make run PORT={port + 10}")
    for stop in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop, _interrupt)
    try:
        with postgres.running(postgres.home_from_environment()):
            prepared = subprocess.run([*MANAGE, "prepare", "--sample"], check=False)
            if prepared.returncode:
                raise SystemExit(prepared.returncode)
            serve(port)
    except postgres.PostgresError as error:
        raise SystemExit(f"elplan: {error}") from None
    except KeyboardInterrupt:
        print("\nelplan has stopped.")


if __name__ == "__main__":
    main()
