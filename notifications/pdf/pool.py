"""Many letters at once in worker processes: in order, one bad letter never stops the rest (promise 26).

A worker renders one page at a time under a time and a memory limit. One that exceeds them, or dies, takes only its own
letter with it; another is started. Workers write to a temporary folder of their own, removed at the end.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import connection, get_context
from pathlib import Path

from .core import Layout, LetterRefused, render

AHEAD = 4  # pages a worker may be ahead of the one waited for, so that a slow letter does not fill the memory
PREFIX = "elplan-letters-"  # of the workers' temporary folders
FORGOTTEN = 24 * 60 * 60  # seconds after which the folder of a run that was killed is removed
_spawn = get_context("spawn")


@dataclass(frozen=True)
class Outcome:
    """What became of one page: the PDF, or the reason in plain words."""

    index: int
    pdf: bytes | None = None
    error: str = ""


@dataclass
class _Worker:
    process: object
    pipe: connection.Connection
    index: int = -1  # of the page at work, -1 when free
    until: float = 0.0

    @property
    def busy(self) -> bool:
        return self.index >= 0


@dataclass
class _Pool:
    size: int
    seconds: float
    megabytes: int
    folder: str
    workers: list[_Worker] = field(default_factory=list)

    def free(self) -> _Worker | None:
        for worker in self.workers:
            if not worker.busy:
                return worker
        if len(self.workers) >= self.size:
            return None
        ours, theirs = _spawn.Pipe()
        process = _spawn.Process(target=_work, args=(theirs, self.megabytes, self.folder), daemon=True)
        process.start()
        theirs.close()
        self.workers.append(_Worker(process, ours))
        return self.workers[-1]

    def give(self, worker: _Worker, index: int, html: str, layout: Layout) -> None:
        worker.index, worker.until = index, time.monotonic() + self.seconds
        with suppress(OSError):  # a worker may die of the page itself; `receive` finds the pipe closed and says so
            worker.pipe.send((html, layout))

    def results(self) -> Iterator[Outcome]:
        """Outcomes that are ready now; waits for the first."""
        busy = [worker for worker in self.workers if worker.busy]
        wait = max(0.0, min(worker.until for worker in busy) - time.monotonic())
        ready = connection.wait([worker.pipe for worker in busy], wait)
        for worker in busy:
            if worker.pipe in ready:
                yield self.receive(worker)
            elif time.monotonic() >= worker.until:
                yield self.drop(worker, f"The letter took longer than {self.seconds:g} seconds.")

    def receive(self, worker: _Worker) -> Outcome:
        try:
            pdf, error, healthy = worker.pipe.recv()
        except (EOFError, OSError):
            return self.drop(worker, "The process that made the letter ended, probably for want of memory.")
        outcome = Outcome(worker.index, pdf, error)
        if not healthy:
            return self.drop(worker, error)
        worker.index = -1
        return outcome

    def drop(self, worker: _Worker, error: str) -> Outcome:
        self.workers.remove(worker)
        self.end(worker)
        return Outcome(worker.index, None, error)

    def end(self, worker: _Worker) -> None:
        worker.pipe.close()
        worker.process.kill()
        worker.process.join()

    def close(self) -> None:
        for worker in self.workers:
            self.end(worker)


def render_many(
    pages: Iterable[tuple[str, Layout]], *, workers: int | None = None, seconds: float = 30, megabytes: int = 512
) -> Iterator[Outcome]:
    """The outcome of every page, in the order given. `pages` is read as it is needed, so it may be endless."""
    waiting = enumerate(pages)
    size = workers or os.cpu_count() or 1
    done: dict[int, Outcome] = {}
    queue: deque[int] = deque()  # indexes handed out and not yet yielded
    more = True
    _tidy()
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        pool = _Pool(size, seconds, megabytes, folder)
        try:
            while more or queue:
                while more and len(queue) < size * AHEAD and (worker := pool.free()):
                    try:
                        index, (html, layout) = next(waiting)
                    except StopIteration:
                        more = False
                        break
                    pool.give(worker, index, html, layout)
                    queue.append(index)
                if queue and queue[0] not in done:
                    done.update((outcome.index, outcome) for outcome in pool.results())
                while queue and queue[0] in done:
                    yield done.pop(queue.popleft())
        finally:
            pool.close()


def _tidy() -> None:
    """Remove what killed runs have left behind."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > FORGOTTEN:
                shutil.rmtree(folder, ignore_errors=True)


def _work(pipe: connection.Connection, megabytes: int, folder: str) -> None:
    """Life of a worker: pages in; (pdf, error, healthy) out."""
    tempfile.tempdir = os.environ["TMPDIR"] = folder
    _limit(megabytes)
    while True:
        try:
            html, layout = pipe.recv()
        except (EOFError, KeyboardInterrupt, MemoryError):
            return
        try:
            answer = (render(html, layout), "", True)
        except LetterRefused as error:
            answer = (None, str(error), True)
        except MemoryError:
            answer = (None, f"The letter needed more than {megabytes} MB of memory.", False)
        except RecursionError:
            answer = (None, "The letter is nested too deeply.", False)
        except Exception as error:  # one letter's trouble is told, the rest go on
            answer = (None, f"The letter could not be set: {type(error).__name__}.", False)
        try:
            pipe.send(answer)
        except BrokenPipeError:  # whoever wanted the letter is gone
            return


def _limit(megabytes: int) -> None:
    """Bound the worker's own memory, where the system can (Linux)."""
    if sys.platform == "linux":
        import resource

        bound = megabytes * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (bound, bound))
