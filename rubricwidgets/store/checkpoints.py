"""When what was committed moves from SQLite's write-ahead log into the file itself: soon, and in the background."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

#: Seconds between a commit and its move into the file; commits meanwhile go along.
DELAY = 0.3
#: Seconds between attempts, at most, while another program's reading holds the move up.
LONGEST = 30.0


class Checkpoints:
    """Runs a checkpoint shortly after it was asked for, however often that was.

    The thread is a daemon, so that it keeps no interpreter alive: what it has not moved is safe in the log.

    Parameters
    ----------
    run
        Moves what it can and says whether that was everything. What it raises ends nothing.

    """

    def __init__(self, run: Callable[[], bool]) -> None:
        self._run = run
        self._timer: threading.Timer | None = None
        self._stopped = False

    def soon(self) -> None:
        """Have one run within :data:`DELAY` seconds."""
        if self._timer is None:
            self._start(DELAY)

    def stop(self) -> None:
        """Run no more."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()

    def _start(self, delay: float) -> None:
        if not self._stopped:
            self._timer = threading.Timer(delay, self._fire, [delay])
            self._timer.daemon = True
            self._timer.start()

    def _fire(self, delay: float) -> None:
        # Before the run: a commit during it asks anew.
        self._timer = None
        try:
            done = self._run()
        except Exception:  # noqa: BLE001 - nobody could be told here, and the log still has everything
            done = False
        if not done and self._timer is None:
            self._start(min(delay * 2, LONGEST))
