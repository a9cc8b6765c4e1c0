"""Many letters at once in worker processes: in order, one bad letter never stops the rest (promise 26).

A worker renders one page at a time under a time and a memory limit; the next page waits at its door, so that it never
idles. One that exceeds the limits, or dies, takes only its own letter with it; another is started. Workers are forked
from a server that has read the library and the fonts once (`warm.py`), and write to a temporary folder of their own.
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
DEPTH = 2  # pages with a worker: the one at work and the one at its door
AT_THE_DOOR = 100_000  # characters; a longer page is handed to a worker that is free, since pipes hold only so much
PREFIX = "elplan-letters-"  # of the workers' temporary folders
FORGOTTEN = 24 * 60 * 60  # seconds after which the folder of a run that was killed is removed
if sys.platform == "win32":
    _context = get_context("spawn")
else:
    _context = get_context("forkserver")
    _context.set_forkserver_preload(["notifications.pdf.warm"])


@dataclass(frozen=True)
class Outcome:
    """What became of one page: the PDF, or the reason in plain words."""

    index: int
    pdf: bytes | None = None
    error: str = ""


@dataclass(frozen=True)
class _Page:
    index: int
    html: str
    layout: Layout


@dataclass
class _Worker:
    process: object
    pipe: connection.Connection
    pages: deque[_Page] = field(default_factory=deque)
    until: float = 0.0  # when the first of its pages must be done


@dataclass
class _Pool:
    size: int
    seconds: float
    megabytes: int
    folder: str
    workers: list[_Worker] = field(default_factory=list)
    again: deque[_Page] = field(default_factory=deque)  # waited at the door of a worker that died

    def free(self, page: _Page) -> _Worker | None:
        """A worker without a page, a new one, or one at whose door the page may wait."""
        for worker in self.workers:
            if not worker.pages:
                return worker
        if len(self.workers) < self.size:
            return self.start()
        if len(page.html) > AT_THE_DOOR:
            return None
        return next((worker for worker in self.workers if len(worker.pages) < DEPTH), None)

    def start(self) -> _Worker:
        ours, theirs = _context.Pipe()
        process = _context.Process(target=_work, args=(theirs, self.megabytes, self.folder), daemon=True)
        process.start()
        theirs.close()
        self.workers.append(_Worker(process, ours))
        return self.workers[-1]

    def give(self, worker: _Worker, page: _Page) -> None:
        worker.pages.append(page)
        if len(worker.pages) == 1:
            worker.until = time.monotonic() + self.seconds
        with suppress(OSError):  # a worker may die of the page itself; `receive` finds the pipe closed and says so
            worker.pipe.send((page.html, page.layout))

    def results(self) -> Iterator[Outcome]:
        """Outcomes that are ready now; waits for the first."""
        busy = [worker for worker in self.workers if worker.pages]
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
        if not healthy:
            return self.drop(worker, error)
        worker.until = time.monotonic() + self.seconds
        return Outcome(worker.pages.popleft().index, pdf, error)

    def drop(self, worker: _Worker, error: str) -> Outcome:
        self.workers.remove(worker)
        self.end(worker)
        failed = worker.pages.popleft()
        self.again.extend(worker.pages)
        return Outcome(failed.index, None, error)

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
    size = workers or os.cpu_count() or 1
    coming = (_Page(index, html, layout) for index, (html, layout) in enumerate(pages))
    done: dict[int, Outcome] = {}
    out: deque[int] = deque()  # indexes handed out and not yet yielded
    _tidy()
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        pool = _Pool(size, seconds, megabytes, folder)
        try:
            while True:
                _hand_out(pool, coming, out, size * AHEAD)
                if not out:
                    return
                if out[0] not in done:
                    done.update((outcome.index, outcome) for outcome in pool.results())
                while out and out[0] in done:
                    yield done.pop(out.popleft())
        finally:
            pool.close()


def _hand_out(pool: _Pool, coming: Iterator[_Page], out: deque[int], most: int) -> None:
    """Give pages to workers as long as there are both."""
    while True:
        if not pool.again:
            if len(out) >= most or (page := next(coming, None)) is None:
                return
            out.append(page.index)
            pool.again.append(page)
        worker = pool.free(pool.again[0])
        if worker is None:
            return
        pool.give(worker, pool.again.popleft())


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
