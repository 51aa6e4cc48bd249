"""Event loops in threads of their own, and whether they go round.

What is asynchronous shares one loop, so that a client may keep its connections between calls. A model that never awaits
holds it, and all others with it: then the loop is left to that model, and another one takes its place.
"""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from concurrent.futures import Future


class Loop:
    """One event loop, which runs until it is stopped."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._asked: float | None = None
        self._stopped = False
        threading.Thread(target=_turn, args=(self._loop,), name="rubricwidgets-loop", daemon=True).start()

    def run(self, coroutine: Coroutine[Any, Any, None]) -> Future[None]:
        """Run a coroutine on it."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def held(self) -> float:
        """Return for how many seconds nothing but one call has run on it, as far as is known; ask how it is by the way."""
        asked = self._asked
        if self._stopped:
            return 0.0
        if asked is not None:
            return time.monotonic() - asked
        self._asked = time.monotonic()
        self._loop.call_soon_threadsafe(self._answer)
        return 0.0

    def stop(self) -> None:
        """End it, and cancel what is left on it."""
        if not self._stopped:
            self._stopped = True
            self._loop.call_soon_threadsafe(self._loop.stop)

    def _answer(self) -> None:
        self._asked = None


class Loops:
    """The loop that calls go to, and those that models hold.

    Parameters
    ----------
    patience
        Seconds after which a loop that is held is left to the model that holds it.
    most
        How many loops may be held before no other one takes their place.

    """

    def __init__(self, *, patience: float, most: int) -> None:
        self._patience = patience
        self._most = most
        self._lock = threading.Lock()
        self._current: Loop | None = None
        self._left: list[Loop] = []
        self._closed = False

    def run(self, coroutine: Coroutine[Any, Any, None]) -> tuple[Loop, Future[None]]:
        """Run a coroutine; return the loop that it is on too."""
        with self._lock:
            if self._current is None:
                # One that was given back comes first: a client may have its connections there.
                self._current = next((loop for loop in self._left if not loop.held()), None) or Loop()
                self._left = [loop for loop in self._left if loop is not self._current]
                if self._closed:
                    self._current.stop()
            return self._current, self._current.run(coroutine)

    def look_after(self) -> Loop | None:
        """Return the loop that has just been left to a model, where one was; what has not begun on it is to be moved."""
        with self._lock:
            held = self._current
            if held is None or held.held() < self._patience or len(self._left) >= self._most:
                return None
            self._left.append(held)
            self._current = None
            return held

    def close(self) -> None:
        """End all of them; a held one ends when the model gives it back."""
        with self._lock:
            self._closed = True
            for loop in (*self._left, *(() if self._current is None else (self._current,))):
                loop.stop()


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
