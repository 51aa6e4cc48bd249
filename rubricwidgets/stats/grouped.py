"""The same estimate for each of many groups at once: jackknife over items, and Wilson's interval for shares.

A group is a rater, or a pair of raters; its items are what is left out. Nothing loops over groups or ratings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from rubricwidgets.stats.estimates import ESTIMATES_SCHEMA, NO_SCORES
from rubricwidgets.stats.resampling import z_quantile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Indices = NDArray[np.int64]
    #: From sums, shape (rows, k), to values, shape (rows,); NaN where undefined.
    Statistic = Callable[[Array], Array]

#: Estimates with the rater in front.
RATER_SCHEMA = pl.Schema([("rater", pl.String()), *ESTIMATES_SCHEMA.items()])

_TINY = 1e-12


@dataclass(frozen=True)
class Grouped:
    """An estimate for each group; NaN where undefined.

    Parameters
    ----------
    value, se
        The estimate and its standard error.
    n_items
        How many items it rests on.

    """

    value: Array
    se: Array
    n_items: Indices

    def limits(self, confidence: float) -> tuple[Array, Array]:
        """Return the two limits by Student's t with one degree of freedom less than there are items."""
        half = t_quantiles(confidence, self.n_items - 1) * self.se
        return self.value - half, self.value + half

    def p_value(self) -> Array:
        """Return the two-sided p of no difference: Student's t, or the sign test where all items differ by the same."""
        from scipy.special import stdtr  # noqa: PLC0415

        df = np.maximum(self.n_items - 1, 1).astype(np.float64)
        known = np.isfinite(self.value) & np.isfinite(self.se) & (self.n_items > 1)
        varies = known & (self.se > _TINY)
        t = np.divide(np.abs(self.value), self.se, out=np.zeros_like(self.se), where=varies)
        same = np.where(np.abs(self.value) > _TINY, 0.5 ** np.minimum(df, 1000.0), 1.0)
        return np.where(varies, 2 * stdtr(df, -t), np.where(known, same, np.nan))


def t_quantiles(confidence: float, df: Indices) -> Array:
    """Return two-sided quantiles of Student's t; NaN without a degree of freedom."""
    from scipy.special import stdtrit  # noqa: PLC0415

    found = stdtrit(np.maximum(df, 1).astype(np.float64), (1 + confidence) / 2)
    return np.asarray(np.where(df >= 1, found, np.nan), dtype=np.float64)


def stacked(*columns: Array) -> Array:
    """Return columns beside each other, each in one piece of memory, shape (rows, k)."""
    return np.array(columns, dtype=np.float64).T


def sums_by(group: Indices, columns: Array, n_groups: int) -> Array:
    """Return the sums of columns within each group, shape (groups, k)."""
    out = np.empty((columns.shape[1], n_groups))
    for place in range(columns.shape[1]):
        out[place] = np.bincount(group, columns[:, place], minlength=n_groups)
    return out.T


@dataclass(frozen=True)
class Cells:
    """Which rows belong together: those of one group and one item.

    Parameters
    ----------
    group
        The group of each cell.
    item
        The item of each cell.
    cell
        The cell of each row; None where every row is a cell of its own, in the same order.

    """

    group: Indices
    item: Indices
    cell: Indices | None

    def sums(self, columns: Array) -> Array:
        """Return the sums of columns, shape (rows, k), within each cell."""
        return columns if self.cell is None else sums_by(self.cell, columns, len(self.group))


def cells(group: Indices, item: Indices, n_items: int) -> Cells:
    """Return the cells of rows that have a group and an item."""
    width = max(n_items, 1)
    code = group.astype(np.int64) * width + item
    found, inverse = np.unique(code, return_inverse=True)
    if len(found) == len(code):
        return Cells(group, item, None)
    return Cells((found // width).astype(np.int64), (found % width).astype(np.int64), inverse.astype(np.int64).ravel())


def coded(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame with whole numbers from 0 beside its texts: _rater (in the order of names), _item and _unit (the response).

    Items and responses are told apart by 64-bit hashes, which is faster than by their texts; among a million, two are mistaken
    for one with a probability of 3e-8.
    """
    item, response = pl.col("item").hash(), pl.col("response").hash(1)
    wanted = {"_rater": pl.col("rater"), "_item": item, "_unit": (item ^ response).fill_null(item)}
    found = []
    for name, key in wanted.items():  # one column at a time: a join copies what it is given
        own = frame.select(key.alias("_key"))
        codes = own.unique(maintain_order=name != "_rater")
        codes = (codes.sort("_key") if name == "_rater" else codes).with_row_index(name)
        found.append(own.join(codes, on="_key", how="left", maintain_order="left")[name])
    return frame.with_columns(found)


def jackknife_by(group: Indices, per_cell: Array, statistic: Statistic, n_groups: int) -> Grouped:
    """Return a statistic of sums for each group, with its jackknife standard error over the group's items.

    ``sqrt((n - 1) / n * sum((theta_i - mean(theta_i))**2))`` over the group's n leave-one-out values (Efron and Tibshirani,
    An Introduction to the Bootstrap, 1993, equation 11.5).

    Parameters
    ----------
    group
        The group of each cell, 0 to ``n_groups - 1``; a cell is a group's item.
    per_cell
        What each cell adds, shape (cells, k).
    statistic
        From sums to values.
    n_groups
        How many groups.

    """
    total = sums_by(group, per_cell, n_groups)
    return from_leave_one_out(group, statistic(total), statistic(total[group] - per_cell))


def from_leave_one_out(group: Indices, value: Array, without: Array) -> Grouped:
    """Return estimates with the jackknife standard error that follows from each cell's leave-one-out value.

    A leave-one-out value that is undefined leaves the group without a standard error: the estimate hangs on one item.
    """
    n_groups = len(value)
    n_items = np.bincount(group, minlength=n_groups)
    undefined = np.bincount(group, ~np.isfinite(without), minlength=n_groups) > 0
    filled = np.where(np.isfinite(without), without, 0.0)
    count = np.maximum(n_items, 1)
    mean = np.bincount(group, filled, minlength=n_groups) / count
    squares = np.bincount(group, (filled - mean[group]) ** 2, minlength=n_groups)
    se = np.sqrt((count - 1) / count * squares)
    # What rounding alone leaves of a spread is none.
    se[se < _TINY * np.maximum(np.abs(np.where(np.isfinite(value), value, 0.0)), 1.0)] = 0.0
    se[undefined | (n_items < 2) | ~np.isfinite(value)] = np.nan  # noqa: PLR2004
    return Grouped(value, se, n_items.astype(np.int64))


def wilson(share: Array, n: Array, confidence: float) -> tuple[Array, Array]:
    """Return Wilson's interval for shares (Wilson, "Probable inference, the law of succession, and statistical inference", 1927).

    Parameters
    ----------
    share
        Shares, 0 to 1; NaN where undefined.
    n
        Of how many independent answers; fractions are allowed (an effective number).
    confidence
        Coverage.

    Examples
    --------
    >>> low, high = wilson(np.array([0.9]), np.array([10.0]), 0.95)
    >>> round(float(low[0]), 3), round(float(high[0]), 3)
    (0.596, 0.982)

    """
    z = z_quantile(confidence)
    safe = np.where(n > 0, n, np.nan)
    middle = (share + z**2 / (2 * safe)) / (1 + z**2 / safe)
    half = z / (1 + z**2 / safe) * np.sqrt(np.maximum(share * (1 - share) / safe + z**2 / (4 * safe**2), 0))
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)


def effective_number(group: Indices, per_cell: Array, n_groups: int) -> Array:
    """Return how many independent answers a share rests on, where answers to one item belong together.

    The number of answers over the design effect (Kish, Survey Sampling, 1965, section 8.2), that is
    ``p (1 - p) / variance of p over items`` (Korn and Graubard, "Confidence intervals for proportions with small expected
    number of positive counts estimated from survey data", 1998), kept between the number of items and that of answers.

    Parameters
    ----------
    group
        The group of each cell.
    per_cell
        Columns: the sum of the answers' values (0 to 1), and how many answers.
    n_groups
        How many groups.

    """
    n_items = np.bincount(group, minlength=n_groups).astype(np.float64)
    total = sums_by(group, per_cell, n_groups)
    n = total[:, 1]
    share = np.divide(total[:, 0], n, out=np.zeros(n_groups), where=n > 0)
    residual = per_cell[:, 0] - share[group] * per_cell[:, 1]
    squares = np.bincount(group, residual**2, minlength=n_groups)
    safe = np.maximum(n, 1.0)
    variance = np.maximum(n_items, 2) / np.maximum(n_items - 1, 1) * squares / safe**2
    spread = share * (1 - share)
    found = np.divide(spread, variance, out=n_items.copy(), where=(variance > _TINY / safe) & (spread > 0))
    # One answer to each item: all of them are independent.
    return np.where(n == n_items, n, np.clip(found, np.minimum(n_items, n), n))


def estimates_by_rater(
    raters: pl.Series,
    dimension: str | None,
    statistic: str,
    *,
    value: Array,
    low: Array | None = None,
    high: Array | None = None,
    se: Array | None = None,
    method: str,
    n_items: Any,  # noqa: ANN401 - an array or a number
    n_raters: Any,  # noqa: ANN401
    n_ratings: Any,  # noqa: ANN401
    note: Sequence[str | None],
) -> pl.DataFrame:
    """Return one statistic of one dimension for every rater as rows of estimates; what is not finite is null."""
    size = len(raters)

    def number(values: Array | None) -> pl.Series:
        given = np.full(size, np.nan) if values is None else np.asarray(values, dtype=np.float64)
        return pl.Series(np.where(np.isfinite(given), given, np.nan)).fill_nan(None)

    def count(values: Any) -> pl.Series:  # noqa: ANN401
        return pl.Series(np.broadcast_to(np.asarray(values), size).astype(np.int64))

    reasons = pl.Series(list(note), dtype=pl.String)
    shown = number(value)
    return pl.DataFrame(
        {
            "rater": raters,
            "dimension": pl.Series([dimension] * size, dtype=pl.String),
            "statistic": pl.Series([statistic] * size, dtype=pl.String),
            "value": shown,
            "low": number(low),
            "high": number(high),
            "se": number(se),
            "method": pl.Series([method] * size, dtype=pl.String),
            "n_items": count(n_items),
            "n_raters": count(n_raters),
            "n_ratings": count(n_ratings),
            "note": pl.select(
                pl.when(shown.is_null() & reasons.is_null()).then(pl.lit(NO_SCORES)).otherwise(reasons)
            ).to_series(),
        },
        schema=RATER_SCHEMA,
    )
