"""Calls models without keeping anybody waiting: threads of its own, an event loop of its own, a clock of its own.

A plain function runs in one of a bounded number of threads. What is awaited or iterated asynchronously runs on an event
loop that lives as long as the runner (see :mod:`rubricwidgets.process.desk.loops`). Another thread watches the
time and hands out what has come in. A Python function cannot be interrupted from outside: where an answer is stopped or
takes too long, it is let go, and what it gives later is dropped.
"""

from __future__ import annotations

import asyncio
import atexit
import inspect
import logging
import threading
import time
import weakref
from collections import deque
from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from rubricwidgets.process.desk.loops import Loops
from rubricwidgets.texts import is_blank

if TYPE_CHECKING:
    from concurrent.futures import Future

    from rubricwidgets.process.desk.loops import Loop
    from rubricwidgets.process.desk.models import Model
    from rubricwidgets.process.desk.talk import Status

#: Seconds between two deliveries of what an answer has grown by: quick to the eye, and few messages.
BEAT = 0.08
#: Calls that run at once, also those that were let go and have not returned.
WORKERS = 8
#: Seconds after which one that gives piece by piece lets others run.
TURN = 0.01
#: Seconds for which an async model may hold the event loop before others are taken to another one.
HELD = 5.0
CLOSED = "the widget was closed"
_LONGEST_REASON = 2000

_log = logging.getLogger(__name__)

Heard = Callable[["Job", int, str], None]
Ended = Callable[["Job"], None]


class NotTextError(TypeError):
    """A model gave something that is no text."""


class Job:
    """One answer on its way.

    Attributes
    ----------
    status
        None while it is on its way.
    error
        What went wrong, in words.

    """

    def __init__(self, runner: Runner, call: Callable[[], Any], heard: Heard, ended: Ended) -> None:
        self.status: Status | None = None
        self.error = ""
        self.seconds = 0.0
        self.began = time.monotonic()
        self.called = False
        self._runner = runner
        self._call = call
        self._heard = heard
        self._ended = ended
        self._lock = threading.RLock()
        self._pieces: list[str] = []
        self._length = 0
        self._fresh: list[str] = []
        self._delivered = 0
        self._task: Future[None] | None = None
        self._awaited: Any = None
        self._drained = False
        self.loop: Loop | None = None

    @property
    def text(self) -> str:
        """What has come in so far."""
        with self._lock:
            return "".join(self._pieces)

    def stop(self) -> None:
        """End it as somebody who has read enough."""
        self.finish("stopped")

    def add(self, piece: object) -> bool:
        """Take a piece in; False where no more is wanted."""
        if piece is None:  # a stream's first or last piece often holds nothing
            return self.status is None
        if not isinstance(piece, str):
            raise NotTextError(_no_text(piece))
        if not piece:  # a stream may go on for ever with nothing: it is passed over, not kept
            return self.status is None
        whole = piece.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        room = self._runner.longest - self._length
        with self._lock:
            if self.status is not None:
                return False
            kept = whole[:room]
            self._pieces.append(kept)
            self._fresh.append(kept)
            self._length += len(kept)
        if len(whole) > room:
            limit = self._runner.longest
            self.finish("error", f"the answer is longer than {limit:,} characters: what came after them was not read")
            return False
        return True

    def deliver(self) -> None:
        """Hand out what has come in since the last time."""
        with self._lock:
            if self._fresh:
                text, at = "".join(self._fresh), self._delivered
                self._fresh.clear()
                self._delivered += len(text)
                _tell(self._heard, self, at, text)

    def finish(self, status: Status, error: str = "") -> None:
        """End it, once; whatever the call gives later is dropped."""
        with self._lock:
            if self.status is not None:
                return
            if status == "ok" and is_blank(self.text):
                status, error = "error", error or "the model gave an empty text"
            self.deliver()
            self.status, self.error = status, error[:_LONGEST_REASON]
            self.seconds = time.monotonic() - self.began
            task = self._task
        if task is not None and status in ("stopped", "timeout"):
            task.cancel()
        self._runner.forget(self)
        _tell(self._ended, self)

    def overdue(self, timeout: float) -> bool:
        """Return whether it has taken longer than it may."""
        return time.monotonic() - self.began > timeout

    # What the runner does

    def run(self) -> None:
        """Call the model, in a worker's thread."""
        if self.status is not None:
            return
        self.called = True
        try:
            self._take(self._call())
        except BaseException as error:  # noqa: BLE001 - shown to its author, and sys.exit must not end the worker
            self.fail(error)

    def fail(self, error: BaseException) -> None:
        """End it with what the model raised."""
        self.finish("error", str(error) if isinstance(error, NotTextError) else _in_words(error))

    def _take(self, answer: object) -> None:
        if inspect.isawaitable(answer) or isinstance(answer, AsyncIterable):
            if self.status is not None:
                if close := getattr(answer, "close", None):
                    close()
                return
            self._awaited = answer
            self._schedule()
            return
        self._gather(answer)

    def _schedule(self) -> None:
        loop, task = self._runner.loops.run(self._drain(self._awaited))
        with self._lock:
            self.loop, self._task = loop, task
            late = self.status is not None
        if late:
            task.cancel()

    def move(self) -> None:
        """Go to another event loop, where it has not begun on its own."""
        with self._lock:
            begun = self._drained or self.status is not None
        if not begun:
            # Not cancelled where it was: should that loop be given back just now, whichever begins first goes on.
            self._schedule()

    def _gather(self, answer: object) -> None:
        """Take in a text, or pieces as they come."""
        if answer is None:
            self.finish("error", "the model gave nothing (None): give text, or pieces of it")
        elif isinstance(answer, str):
            if self.add(answer):
                self.finish("ok")
        elif isinstance(answer, Iterable) and not isinstance(answer, Mapping | bytes | bytearray):
            pieces = iter(answer)
            for piece in pieces:
                if not self.add(piece):
                    break
            else:
                self.finish("ok")
            if close := getattr(pieces, "close", None):
                close()
        else:
            raise NotTextError(_no_text(answer))

    async def _drain(self, answer: Any) -> None:  # noqa: ANN401 - awaited or iterated, whichever it is
        """Take in what is awaited or comes piece by piece, on the event loop."""
        with self._lock:
            if self._drained:  # it was moved, and has begun elsewhere
                return
            self._drained = True
        try:
            while inspect.isawaitable(answer):
                answer = await answer
            if not isinstance(answer, AsyncIterable):
                self._gather(answer)
                return
            pieces, yielded = aiter(answer), time.monotonic()
            try:
                async for piece in pieces:
                    if not self.add(piece):
                        return
                    # A generator that awaits nothing would keep all others waiting.
                    if time.monotonic() - yielded > TURN:
                        await asyncio.sleep(0)
                        yielded = time.monotonic()
                self.finish("ok")
            finally:
                if close := getattr(pieces, "aclose", None):
                    await close()
        except asyncio.CancelledError:
            # Ours, and then it has ended already; or the model cancelled itself.
            self.finish("error", "the model's own task was cancelled")
            raise
        except BaseException as error:  # noqa: BLE001 - whatever a model raises is shown to its author
            self.fail(error)


def _tell(heard: Callable[..., None], *what: object) -> None:
    """Tell whoever asked; a defect there must end no thread, which would go on being counted."""
    try:
        heard(*what)
    except Exception:  # noqa: BLE001 - logged
        _log.exception("rubricwidgets: what a model answered could not be taken in")


def _in_words(error: BaseException) -> str:
    name = type(error).__name__
    try:
        return f"{name}: {error}"
    except BaseException:  # noqa: BLE001 - a model's own exception may fail at saying what it is
        return f"{name} (what it says cannot be read)"


def _no_text(value: object) -> str:
    return f"the model gave {type(value).__name__}, which is no text: give text, or pieces of it"


class Runner:
    """Calls models; see the module.

    Parameters
    ----------
    timeout
        Seconds that a whole answer may take; None for no limit.
    longest
        Characters of an answer that are read.
    workers
        Calls that run at once.

    """

    def __init__(self, *, timeout: float | None = 120.0, longest: int = 200_000, workers: int = WORKERS) -> None:
        self.timeout = timeout
        self.longest = longest
        self._workers = workers
        self._changed = threading.Condition()
        self._jobs: set[Job] = set()
        self._queue: deque[Job] = deque()
        self._threads = 0
        self._idle = 0
        self._watching = False
        self._closed = False
        self._patience = HELD if timeout is None else min(HELD, timeout / 2)
        self.loops = Loops(patience=self._patience, most=workers)
        # Before the names that a model uses are taken away, which it would report as errors of its own.
        atexit.register(_end, weakref.ref(self))

    def start(self, model: Model, messages: list[dict[str, str]], heard: Heard, ended: Ended) -> Job:
        """Begin an answer.

        Parameters
        ----------
        model
            What is called.
        messages
            What it gets: a copy of its own.
        heard
            Called from some thread with the job, the place and the text of each part that came in.
        ended
            Called once from some thread when the job's status is known.

        """
        copy = [dict(message) for message in messages]
        job = Job(self, lambda: model(copy), heard, ended)
        with self._changed:
            if not self._closed:
                self._jobs.add(job)
                self._queue.append(job)
                if self._idle < len(self._queue) and self._threads < self._workers:
                    self._threads += 1
                    threading.Thread(target=self._work, name="rubricwidgets-model", daemon=True).start()
                if not self._watching:
                    self._watching = True
                    threading.Thread(target=self._watch, name="rubricwidgets-clock", daemon=True).start()
                self._changed.notify_all()
                return job
        job.finish("stopped", CLOSED)
        return job

    def forget(self, job: Job) -> None:
        """Keep no more watch over a job that has ended."""
        with self._changed:
            self._jobs.discard(job)

    def close(self, why: str = CLOSED) -> None:
        """Stop every answer and end the threads, but for those that a model's function holds."""
        with self._changed:
            self._closed = True
            jobs = list(self._jobs)
            self._queue.clear()
            self._changed.notify_all()
        for job in jobs:
            job.finish("stopped", why)
        self.loops.close()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._idle += 1
                while not self._queue and not self._closed:
                    self._changed.wait()
                self._idle -= 1
                if self._closed:
                    self._threads -= 1
                    return
                job = self._queue.popleft()
            job.run()
            del job  # nothing of the last conversation is held while waiting for the next

    def _watch(self) -> None:
        while True:
            with self._changed:
                while not self._jobs and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                jobs = list(self._jobs)
            self._look_after(jobs)
            del jobs
            time.sleep(BEAT)

    def _look_after(self, jobs: list[Job]) -> None:
        left = self.loops.look_after()
        for job in jobs:
            if left is not None and job.loop is left:
                job.move()
            job.deliver()
            if self.timeout is not None and job.overdue(self.timeout):
                job.finish("timeout", self._late(job))

    def _late(self, job: Job) -> str:
        held = 0.0 if job.loop is None else job.loop.held()
        if held >= self._patience:
            return (
                f"no whole answer within {self.timeout:g} s: an async model has held its event loop for {held:.1f} s, so that "
                "nothing else could run on it; let it await what takes long, or give a plain function"
            )
        if job.called:
            return f"no whole answer within {self.timeout:g} s"
        return (
            f"not even begun within {self.timeout:g} s: {self._workers} earlier calls of models have not returned, and a "
            "Python call cannot be interrupted; restart the kernel if they never will"
        )


def _end(reference: weakref.ref[Runner]) -> None:
    runner = reference()
    if runner is not None:
        runner.close("the kernel ended")
