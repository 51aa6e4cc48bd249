"""Calls models without keeping anybody waiting: threads of its own, an event loop of its own, a clock of its own.

A plain function runs in one of a bounded number of threads. What is awaited or iterated asynchronously runs on one event
loop that lives as long as the runner, so that a client may keep its connections between calls. Another thread watches the
time and hands out what has come in. A Python function cannot be interrupted from outside: where an answer is stopped or
takes too long, it is let go, and what it gives later is dropped.
"""

from __future__ import annotations

import asyncio
import atexit
import inspect
import threading
import time
import weakref
from collections import deque
from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from concurrent.futures import Future

    from rubricwidgets.process.desk.models import Model
    from rubricwidgets.process.desk.talk import Status

#: Seconds between two deliveries of what an answer has grown by: quick to the eye, and few messages.
BEAT = 0.08
#: Calls that run at once, also those that were let go and have not returned.
WORKERS = 8
CLOSED = "the widget was closed"
_LONGEST_REASON = 2000

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
                self._heard(self, at, text)

    def finish(self, status: Status, error: str = "") -> None:
        """End it, once; whatever the call gives later is dropped."""
        with self._lock:
            if self.status is not None:
                return
            if status == "ok" and not self.text.strip():
                status, error = "error", error or "the model gave an empty text"
            self.deliver()
            self.status, self.error = status, error[:_LONGEST_REASON]
            self.seconds = time.monotonic() - self.began
            task = self._task
        if task is not None and status in ("stopped", "timeout"):
            task.cancel()
        self._runner.forget(self)
        self._ended(self)

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
        except Exception as error:  # noqa: BLE001 - whatever a model raises is shown to its author
            self.fail(error)
        except BaseException as error:  # noqa: BLE001 - sys.exit in a model must not end the worker
            self.fail(error)

    def fail(self, error: BaseException) -> None:
        """End it with what the model raised."""
        self.finish("error", str(error) if isinstance(error, NotTextError) else f"{type(error).__name__}: {error}")

    def _take(self, answer: object) -> None:
        if inspect.isawaitable(answer) or isinstance(answer, AsyncIterable):
            if self.status is not None:
                if close := getattr(answer, "close", None):
                    close()
                return
            task = self._runner.schedule(self, answer)
            with self._lock:
                self._task = task
                late = self.status is not None
            if late:
                task.cancel()
            return
        self._gather(answer)

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

    async def drain(self, answer: Any) -> None:  # noqa: ANN401 - awaited or iterated, whichever it is
        """Take in what is awaited or comes piece by piece, on the event loop."""
        try:
            while inspect.isawaitable(answer):
                answer = await answer
            if not isinstance(answer, AsyncIterable):
                self._gather(answer)
                return
            pieces = aiter(answer)
            try:
                async for piece in pieces:
                    if not self.add(piece):
                        return
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
        self._loop: asyncio.AbstractEventLoop | None = None
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
        with self._changed:
            loop, self._loop = self._loop, None
        if loop is not None:
            loop.call_soon_threadsafe(loop.stop)

    def schedule(self, job: Job, answer: object) -> Future[None]:
        """Run the asynchronous part of an answer on the event loop."""
        with self._changed:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=_turn, args=(self._loop,), name="rubricwidgets-loop", daemon=True).start()
            return asyncio.run_coroutine_threadsafe(job.drain(answer), self._loop)

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
            for job in jobs:
                job.deliver()
                if self.timeout is not None and job.overdue(self.timeout):
                    job.finish("timeout", self._late(job))
            del jobs
            time.sleep(BEAT)

    def _late(self, job: Job) -> str:
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


def _turn(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        if tasks:
            loop.run_until_complete(asyncio.wait(tasks, timeout=1.0))
    finally:
        loop.close()
