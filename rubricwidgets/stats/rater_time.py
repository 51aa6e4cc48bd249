"""How long a rater takes for an item, and how long compared with the others on the same items."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from rubricwidgets.stats.estimates import percent
from rubricwidgets.stats.grouped import estimates_by_rater
from rubricwidgets.stats.rater_effects import Panel, difference, difference_p

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rubricwidgets.stats.grouped import Grouped

    Array = NDArray[np.float64]
    Indices = NDArray[np.int64]

NO_TIME = "no times"


def median_seconds(scores: pl.DataFrame, raters: pl.Series, confidence: float) -> pl.DataFrame:
    """Return each rater's median active time per item in seconds, as rows of estimates.

    The interval is that of order statistics, which supposes no shape of the distribution (Conover, Practical Nonparametric
    Statistics, 3rd edition, 1999, section 3.2): from the j-th smallest to the j-th largest time, j the largest with
    ``P(B < j) <= (1 - confidence) / 2`` for a binomial B of as many items and one half.
    """
    timed = _per_item(scores).sort("seconds")
    by_name = dict(zip(*_lists(timed), strict=True))
    value, low, high = (np.full(len(raters), np.nan) for _ in range(3))
    n = np.zeros(len(raters), dtype=np.int64)
    notes: list[str | None] = []
    for place, name in enumerate(raters):
        ordered = by_name.get(name, np.zeros(0))
        n[place] = len(ordered)
        depth = _depth(len(ordered), confidence)
        if len(ordered):
            value[place] = np.median(ordered)
        if depth:
            low[place], high[place] = ordered[depth - 1], ordered[-depth]
        notes.append(None if depth else "too few items for an interval" if len(ordered) else NO_TIME)
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


def pace(scores: pl.DataFrame, raters: pl.Series) -> tuple[Grouped, Array, Indices]:
    """Return the logarithm of a rater's time over the others' geometric mean on the same items, its p, and on how many items."""
    timed = _per_item(scores).filter(pl.col("seconds") > 0)
    order = {name: place for place, name in enumerate(raters)}
    items = timed["item"].rank("dense").cast(pl.Int64).to_numpy() - 1
    n_items = int(items.max(initial=-1)) + 1
    rater = timed["rater"].replace_strict(order, return_dtype=pl.Int64).to_numpy()
    panel = Panel(rater, items, items, np.log(timed["seconds"].to_numpy()), len(raters), n_items, n_items)
    found = difference(panel)
    return found, difference_p(panel, found), panel.n_scores


def _per_item(scores: pl.DataFrame) -> pl.DataFrame:
    """Return one time per rater and item: each row of a rating repeats it."""
    timed = scores.filter(pl.col("seconds").is_not_null() & pl.col("seconds").is_finite())
    return timed.group_by("rater", "item").agg(pl.col("seconds").cast(pl.Float64).max())


def _lists(timed: pl.DataFrame) -> tuple[list[str], list[Array]]:
    grouped = timed.group_by("rater", maintain_order=True).agg("seconds")
    return grouped["rater"].to_list(), [one.to_numpy() for one in grouped["seconds"]]


def _depth(n: int, confidence: float) -> int:
    """Return j of the order statistics; 0 where n is too small for any."""
    from scipy.special import bdtr  # noqa: PLC0415

    if n == 0:
        return 0
    below = bdtr(np.arange(n // 2 + 1, dtype=np.float64), n, 0.5)
    return int(np.count_nonzero(below <= (1 - confidence) / 2))
