"""How long a rater takes for an item, and how long compared with the others on the same items."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from rubricwidgets.stats.estimates import percent
from rubricwidgets.stats.grouped import estimates_by_rater
from rubricwidgets.stats.rater_effects import Panel, difference

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rubricwidgets.stats.grouped import Grouped

    Array = NDArray[np.float64]
    Indices = NDArray[np.int64]

NO_TIME = "no times"


def per_item(scores: pl.DataFrame) -> pl.DataFrame:
    """Return one time for each rater and item of a coded frame, since each row of a rating repeats it: _rater, _item, seconds."""
    timed = scores.select("_rater", "_item", pl.col("seconds").cast(pl.Float64))
    timed = timed.filter(pl.col("seconds").is_not_null() & pl.col("seconds").is_finite())
    return timed.group_by("_rater", "_item").agg(pl.col("seconds").max()).sort("_rater", "seconds")


def median_seconds(timed: pl.DataFrame, raters: pl.Series, confidence: float) -> pl.DataFrame:
    """Return each rater's median active time per item in seconds, as rows of estimates.

    The interval is that of order statistics, which supposes no shape of the distribution (Conover, Practical Nonparametric
    Statistics, 3rd edition, 1999, section 3.2): from the j-th smallest to the j-th largest time, j the largest with
    ``P(B < j) <= (1 - confidence) / 2`` for a binomial B of as many items and one half.
    """
    seconds, rater = timed["seconds"].to_numpy(), timed["_rater"].to_numpy()
    n = np.bincount(rater, minlength=len(raters)).astype(np.int64)
    ends = np.cumsum(n)
    value, low, high = (np.full(len(raters), np.nan) for _ in range(3))
    notes: list[str | None] = []
    for place, (end, count) in enumerate(zip(ends, n, strict=True)):
        ordered = seconds[end - count : end]
        depth = _depth(int(count), confidence)
        if count:
            value[place] = np.median(ordered)
        if depth:
            low[place], high[place] = ordered[depth - 1], ordered[-depth]
        notes.append(None if depth else "too few items for an interval" if count else NO_TIME)
    method = f"median, {percent(confidence)} interval from order statistics"
    return estimates_by_rater(
        raters,
        None,
        "seconds",
        value=value,
        low=low,
        high=high,
        method=method,
        n_items=n,
        n_raters=1,
        n_ratings=n,
        note=notes,
    )


def pace(timed: pl.DataFrame, n_raters: int, n_items: int) -> tuple[Grouped, Array, Indices]:
    """Return the logarithm of a rater's time over the others' geometric mean on the same items, its p, and on how many items."""
    timed = timed.filter(pl.col("seconds") > 0)
    rater, item = (timed[name].cast(pl.Int64).to_numpy() for name in ("_rater", "_item"))
    panel = Panel(rater, item, item, np.log(timed["seconds"].to_numpy()), n_raters, n_items, n_items)
    found = difference(panel)
    return found, found.p_value(), panel.n_scores


def _depth(n: int, confidence: float) -> int:
    """Return j of the order statistics; 0 where n is too small for any."""
    from scipy.special import bdtr  # noqa: PLC0415

    if n == 0:
        return 0
    below = bdtr(np.arange(n // 2 + 1, dtype=np.float64), n, 0.5)
    return int(np.count_nonzero(below <= (1 - confidence) / 2))
