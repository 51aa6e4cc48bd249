"""One line of the table."""

from __future__ import annotations

import re
import resource
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Row:
    """What was done, how long or large ours and the peer's was, and what was aimed at."""

    work: str
    ours: float
    unit: str
    peer: str = ""
    peers: float | None = None
    at_most: float | None = None

    @property
    def ratio(self) -> str:
        """How many times the peer's is ours."""
        return "" if self.peers is None or self.ours <= 0 else f"{self.peers / self.ours:,.1f}x"

    @property
    def met(self) -> str:
        """Whether the aim is met."""
        return "" if self.at_most is None else "yes" if self.ours <= self.at_most else "NO"


def median(work: Callable[[], object], times: int = 5) -> float:
    """Return the median of the seconds that a piece of work takes."""
    return statistics.median(once(work) for _ in range(times))


def once(work: Callable[[], object]) -> float:
    """Return the seconds that a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def quantile(values: list[float], share: float) -> float:
    """Return the value below which a share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def peak_mb() -> float:
    """Return the most memory that this process has held, in MB."""
    status = Path("/proc/self/status")
    if status.exists():
        # What getrusage says includes the parent's memory at the time of the fork.
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="utf-8"))
        if found:
            return int(found[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
