"""Consensus without a model: the most frequent answer, the mean, the trimmed mean, the median, each with how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rubricwidgets.stats.grouped import Grouped, cells, effective_number, jackknife_by, sums_by, t_quantiles, wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rubricwidgets.stats.votes import Votes

    Array = NDArray[np.float64]
    Indices = NDArray[np.int64]

_TINY = 1e-10


@dataclass(frozen=True)
class Average:
    """A value for each unit; NaN where undefined.

    Parameters
    ----------
    value
        The average.
    low, high, se
        Its interval and standard error, raters taken as a sample.

    """

    value: Array
    low: Array
    high: Array
    se: Array


def most_frequent(votes: Votes) -> tuple[Indices, Array]:
    """Return the place of each unit's most frequent value (-1 where several are), and its share of the answers."""
    table = _table(votes)
    top = table.max(axis=1, initial=0)
    alone = (table == top[:, None]).sum(axis=1) == 1
    return np.where(alone, table.argmax(axis=1), -1), top / votes.per_unit


def mean(votes: Votes, confidence: float) -> Average:
    """Return the mean of each unit's scores with Student's t interval over its raters."""
    n = votes.per_unit
    value = np.bincount(votes.unit, votes.number, minlength=votes.n_units) / n
    squares = np.bincount(votes.unit, (votes.number - value[votes.unit]) ** 2, minlength=votes.n_units)
    se = np.where(n > 1, np.sqrt(squares / np.maximum(n - 1, 1) / n), np.nan)
    half = t_quantiles(confidence, n - 1) * se
    return Average(value, value - half, value + half, se)


def trimmed_mean(votes: Votes, trim: float, confidence: float) -> Average:
    """Return the mean without the share ``trim`` of the lowest and of the highest scores of each unit.

    The standard error is that of the winsorised deviations, ``s_w / ((1 - 2 trim) sqrt(n))``, with t of the kept less one (Tukey
    and McLaughlin, "Less vulnerable confidence and significance procedures for location based on a single sample",
    Sankhya A 25, 1963); the share is that which whole scores make of ``trim``.
    """
    n, start, ordered, unit, place = _ordered(votes)
    cut = np.floor(trim * n + 1e-9).astype(np.int64)
    kept = (place >= cut[unit]) & (place < (n - cut)[unit])
    held = n - 2 * cut
    value = np.bincount(unit, ordered * kept, minlength=votes.n_units) / held
    winsorised = np.clip(ordered, ordered[start + cut][unit], ordered[start + n - cut - 1][unit])
    middle = np.bincount(unit, winsorised, minlength=votes.n_units) / n
    squares = np.bincount(unit, (winsorised - middle[unit]) ** 2, minlength=votes.n_units)
    spread = np.sqrt(squares / np.maximum(n - 1, 1))
    se = np.where(held > 1, spread * np.sqrt(n) / held, np.nan)
    half = t_quantiles(confidence, held - 1) * se
    return Average(value, value - half, value + half, se)


def median(votes: Votes, confidence: float) -> Average:
    """Return the median of each unit's scores, between the order statistics that cover it at least that often.

    The interval from the k-th lowest to the k-th highest covers with ``1 - 2 P(B < k)``, B binomial with n and one half
    (Thompson 1936; David and Nagaraja, Order Statistics, 3rd edition, 2003, section 7.1); fewer than 6 scores give none at 95 %.
    """
    from scipy.special import bdtr  # noqa: PLC0415

    n, start, ordered, _, _ = _ordered(votes)
    value = (ordered[start + (n - 1) // 2] + ordered[start + n // 2]) / 2
    sizes = np.unique(n)
    places = np.zeros(int(n.max(initial=0)) + 1, np.int64)
    for size in sizes.tolist():
        # The largest k with P(B <= k - 1) <= (1 - confidence) / 2.
        places[size] = int((bdtr(np.arange(size), size, 0.5) <= (1 - confidence) / 2).sum())
    k = places[n]
    low = np.where(k > 0, ordered[start + np.maximum(k - 1, 0)], np.nan)
    high = np.where(k > 0, ordered[start + n - np.maximum(k, 1)], np.nan)
    return Average(value, low, high, np.full(len(value), np.nan))


def agreement_with_others(votes: Votes, confidence: float) -> tuple[Grouped, Array, Array]:
    """Return how often each rater gives the answer that most of the others give, with Wilson's interval.

    Units where the others have no single most frequent answer do not count. Answers to one item belong together: the interval
    is for the effective number of answers.
    """
    table = _table(votes)[votes.unit]
    table[np.arange(len(table)), votes.value] -= 1
    top = table.max(axis=1, initial=0)
    counts = (top > 0) & ((table == top[:, None]).sum(axis=1) == 1)
    agrees = table[np.arange(len(table)), votes.value] == top
    rater, item = votes.rater[counts], votes.item[votes.unit[counts]]
    n = len(votes.raters)
    found = cells(rater, item, int(votes.item.max(initial=-1)) + 1)
    per_cell = found.sums(np.column_stack([agrees[counts], np.ones(len(rater))]).astype(np.float64))
    totals = sums_by(found.group, per_cell, n)
    share = np.divide(totals[:, 0], totals[:, 1], out=np.full(n, np.nan), where=totals[:, 1] > 0)
    low, high = wilson(share, effective_number(found.group, per_cell, n), confidence)
    return Grouped(share, np.full(n, np.nan), np.bincount(found.group, minlength=n).astype(np.int64)), low, high


def distance_from_others(votes: Votes) -> tuple[Grouped, Grouped]:
    """Return each rater's mean difference from, and correlation with, the mean of the others on the same units."""
    n = votes.per_unit[votes.unit]
    several = n > 1
    total = np.bincount(votes.unit, votes.number, minlength=votes.n_units)[votes.unit]
    own = votes.number[several]
    others = (total[several] - own) / (n[several] - 1)
    rater, item = votes.rater[several], votes.item[votes.unit[several]]
    found = cells(rater, item, int(votes.item.max(initial=-1)) + 1)
    # Centred on the whole, so that the squares lose no digits.
    x, y = own - own.mean() if len(own) else own, others - own.mean() if len(own) else others
    columns = np.column_stack([np.ones(len(own)), x, y, x * x, y * y, x * y])
    per_cell = found.sums(columns)
    m = len(votes.raters)
    return jackknife_by(found.group, per_cell, _difference, m), jackknife_by(found.group, per_cell, _correlation, m)


def _difference(sums: Array) -> Array:
    gap = sums[:, 1] - sums[:, 2]
    return np.asarray(np.divide(gap, sums[:, 0], out=np.full(len(sums), np.nan), where=sums[:, 0] > 0))


def _correlation(sums: Array) -> Array:
    n = np.maximum(sums[:, 0], 1)
    xx, yy = sums[:, 3] - sums[:, 1] ** 2 / n, sums[:, 4] - sums[:, 2] ** 2 / n
    xy = sums[:, 5] - sums[:, 1] * sums[:, 2] / n
    # Two points always lie on a line.
    varies = (xx > _TINY * sums[:, 3]) & (yy > _TINY * sums[:, 4]) & (sums[:, 0] > 2)  # noqa: PLR2004
    below = np.sqrt(np.where(varies, xx * yy, 1.0))
    return np.asarray(np.where(varies, np.clip(xy / below, -1, 1), np.nan), dtype=np.float64)


def _table(votes: Votes) -> Indices:
    """Return how often each value was given to each unit, shape (units, values)."""
    code = votes.unit * votes.n_values + votes.value
    return np.bincount(code, minlength=votes.n_units * votes.n_values).reshape(votes.n_units, votes.n_values)


def _ordered(votes: Votes) -> tuple[Indices, Indices, Array, Indices, Indices]:
    """Return ratings per unit, where each unit starts, the scores in order, and the unit and place of each."""
    order = np.lexsort((votes.number, votes.unit))
    n = votes.per_unit
    start = np.concatenate([[0], np.cumsum(n)[:-1]]).astype(np.int64) if len(n) else np.zeros(0, np.int64)
    unit = votes.unit[order]
    return n, start, votes.number[order], unit, np.arange(len(order)) - start[unit]
