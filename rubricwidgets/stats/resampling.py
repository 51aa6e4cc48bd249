"""Intervals by resampling items: the jackknife with Student's t, and the BCa bootstrap.

What is resampled is the item with everything that was said about it. Resampling pooled pairs of ratings instead would pretend
to as many independent observations as there are pairs, and cover far less than it promises.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rubricwidgets.errors import InputError
from rubricwidgets.scales.numbers import plain_number
from rubricwidgets.stats.estimates import FRAGILE, ONE_ITEM, percent

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from rubricwidgets.stats.counts import PairRows

    Array = NDArray[np.float64]
    #: From summed sufficient statistics, shape (b, k), to values, shape (b,); NaN where undefined.
    Statistic = Callable[[Array], Array]

_CHUNK = 50
_CELLS = 2_000_000
_FEWEST = 100
_FEWEST_RESAMPLES = 0.9


@dataclass(frozen=True)
class Interval:
    """An interval and what it was made of; its parts are None where it is undefined, with the reason."""

    low: float | None
    high: float | None
    se: float | None
    method: str
    note: str | None = None


def check_confidence(confidence: object) -> float:
    """Return the coverage of an interval, or refuse it."""
    number = plain_number(confidence)
    if number is None or not 0 < number < 1:
        msg = f"'confidence' takes a number above 0 and below 1, such as 0.95 (got {confidence!r})"
        raise InputError(msg)
    return float(number)


def check_resamples(resamples: object) -> int:
    """Return a number of resamples, or refuse it."""
    if isinstance(resamples, bool) or not isinstance(resamples, int) or resamples < _FEWEST:
        msg = f"'resamples' takes a whole number from {_FEWEST}, such as 2000 (got {resamples!r})"
        raise InputError(msg)
    return resamples


def t_quantile(confidence: float, df: float) -> float:
    """Return the two-sided quantile of Student's t."""
    from scipy.special import stdtrit  # noqa: PLC0415 - loads when an interval is first asked for

    return float(stdtrit(df, (1 + confidence) / 2))


def z_quantile(confidence: float) -> float:
    """Return the two-sided quantile of the normal distribution."""
    from scipy.special import ndtri  # noqa: PLC0415

    return float(ndtri((1 + confidence) / 2))


def bounded(low: float, high: float, bounds: tuple[float, float]) -> tuple[float, float]:
    """Return an interval cut at what the parameter can be."""
    return max(low, bounds[0]), min(high, bounds[1])


def leave_one_out(per_item: Array | PairRows, weights: Array, statistic: Statistic) -> Array:
    """Return the statistic without each distinct item, shape (distinct items,)."""
    total = weights @ per_item
    step = max(1, _CELLS // max(1, per_item.shape[1]))
    parts = [statistic(total - per_item[start : start + step]) for start in range(0, len(per_item), step)]
    return np.concatenate(parts) if parts else np.zeros(0)


def jackknife(
    per_item: Array | PairRows,
    weights: Array,
    statistic: Statistic,
    *,
    confidence: float = 0.95,
    bounds: tuple[float, float] = (-np.inf, np.inf),
) -> Interval:
    """Return the jackknife-t interval over items.

    Standard error: ``sqrt((n - 1) / n * sum((theta_i - mean(theta_i))**2))`` over the n leave-one-out values, and
    Student's t with n - 1 degrees of freedom (Tukey 1958; Efron and Tibshirani, An Introduction to the Bootstrap, 1993,
    chapter 11).

    Parameters
    ----------
    per_item
        Sufficient statistics of each distinct item, shape (distinct items, k).
    weights
        How many items are like that.
    statistic
        From sums to values.
    confidence
        Coverage, above 0 and below 1.
    bounds
        Between which values the parameter lies.

    """
    value = float(statistic((weights @ per_item)[None, :])[0])
    without = leave_one_out(per_item, weights, statistic) if weights.sum() >= 2 else np.zeros(0)  # noqa: PLR2004
    return jackknife_interval(value, without, weights, confidence=confidence, bounds=bounds)


def jackknife_interval(
    value: float,
    without: Array,
    weights: Array,
    *,
    confidence: float = 0.95,
    bounds: tuple[float, float] = (-np.inf, np.inf),
) -> Interval:
    """Return the jackknife-t interval from the estimate and its leave-one-out values, see :func:`jackknife`."""
    method = f"{percent(confidence)} jackknife t interval over items"
    n = float(weights.sum())
    if n < 2:  # noqa: PLR2004
        return Interval(None, None, None, method, ONE_ITEM)
    if not np.isfinite(without).all():
        return Interval(None, None, None, method, FRAGILE)
    mean = weights @ without / n
    se = float(np.sqrt((n - 1) / n * (weights @ (without - mean) ** 2)))
    return _around(value, se, n - 1, confidence, bounds, method)


def linearised(
    values: Array,
    weights: Array,
    sizes: Array,
    *,
    value: float,
    confidence: float = 0.95,
    bounds: tuple[float, float] = (-np.inf, np.inf),
) -> Interval:
    """Return the t interval from an estimate's linearised values, items taken as independent.

    With one response per item the standard error is ``sqrt(sum((l - mean(l))**2) / (n (n - 1)))`` (Gwet, Handbook of
    Inter-Rater Reliability, 4th edition, 2014, chapter 5); the deviations of several responses of an item are added before
    they are squared (Taylor linearisation for clusters; Wolter, Introduction to Variance Estimation, 2007, chapter 6).

    Parameters
    ----------
    values
        Sum of the linearised values of each distinct item.
    weights
        How many items are like that.
    sizes
        Responses of each distinct item.
    value
        The estimate.
    confidence, bounds
        As for :func:`jackknife`.

    """
    method = f"{percent(confidence)} t interval over items, linearised standard error"
    items, units = float(weights.sum()), float(weights @ sizes)
    if items < 2:  # noqa: PLR2004
        return Interval(None, None, None, method, ONE_ITEM)
    apart = values - sizes * (weights @ values / units)
    se = float(np.sqrt(items / (items - 1) * (weights @ apart**2)) / units)
    if not np.isfinite(se):
        return Interval(None, None, None, method, FRAGILE)
    return _around(value, se, items - 1, confidence, bounds, method)


def _around(
    value: float, se: float, df: float, confidence: float, bounds: tuple[float, float], method: str
) -> Interval:
    half = t_quantile(confidence, df) * se
    return Interval(*bounded(value - half, value + half, bounds), se, method)


def resample(per_item: Array | PairRows, weights: Array, statistic: Statistic, *, n: int, seed: int) -> Array:
    """Return the statistic of ``n`` bootstrap samples of items, shape (n,); the same for the same seed on any machine."""
    return redrawn(weights, lambda drawn: statistic(drawn @ per_item), n=n, seed=seed)


def redrawn(weights: Array, statistic: Statistic, *, n: int, seed: int) -> Array:
    """Return a statistic of ``n`` bootstrap samples, from how often each distinct item is in each, shape (chunk, items)."""
    items = int(weights.sum())
    sizes = [_CHUNK] * (n // _CHUNK) + ([n % _CHUNK] if n % _CHUNK else [])
    seeds = np.random.SeedSequence(seed).spawn(len(sizes))
    # Few distinct items: draw how often each occurs. Many: draw the items.
    few = len(weights) * 20 < items
    index = None if few else np.repeat(np.arange(len(weights)), weights.astype(np.int64))

    def chunk(size: int, own: np.random.SeedSequence) -> Array:
        generator = np.random.Generator(np.random.SFC64(own))
        if index is None:
            return statistic(generator.multinomial(items, weights / weights.sum(), size=size).astype(np.float64))
        drawn = np.empty((size, len(weights)))
        for row in range(size):
            chosen = index[generator.integers(0, items, items, dtype=np.int32)]
            drawn[row] = np.bincount(chosen, minlength=len(weights))
        return statistic(drawn)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return np.concatenate(list(pool.map(chunk, sizes, seeds)))


def percentiles(value: Array, drawn: Array, confidence: float, *, still: float) -> tuple[Array, Array, Array]:
    """Return standard errors and percentile limits that hold their estimates.

    Resamples of a model may carry a prior that the estimate does not, so that their percentiles can leave it out: limits are
    widened to it. Where no resample differs, the interval is the estimate itself.

    Parameters
    ----------
    value, drawn
        Estimates, shape (k,), and those of resamples, shape (resamples, k).
    confidence
        Coverage, above 0 and below 1.
    still
        What differs by less does not differ.

    """
    tail = (1 - confidence) / 2
    se = drawn.std(axis=0, ddof=1)
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    same = se < still
    return (
        np.where(same, 0.0, se),
        np.where(same, value, np.minimum(low, value)),
        np.where(same, value, np.maximum(high, value)),
    )


def bca(
    per_item: Array | PairRows,
    weights: Array,
    statistic: Statistic,
    *,
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
    bounds: tuple[float, float] = (-np.inf, np.inf),
) -> Interval:
    """Return the bias-corrected and accelerated bootstrap interval over items.

    Efron, "Better bootstrap confidence intervals", Journal of the American Statistical Association 82, 1987.

    Parameters
    ----------
    per_item, weights, statistic, confidence, bounds
        As for :func:`jackknife`.
    resamples
        How many bootstrap samples.
    seed
        The same seed gives the same interval.

    """
    check_resamples(resamples)
    value = float(statistic((weights @ per_item)[None, :])[0])
    if weights.sum() < 2:  # noqa: PLR2004
        return bca_interval(value, np.zeros(0), np.zeros(0), weights, confidence=confidence, resamples=resamples)
    drawn = resample(per_item, weights, statistic, n=resamples, seed=seed)
    without = leave_one_out(per_item, weights, statistic)
    return bca_interval(value, drawn, without, weights, confidence=confidence, resamples=resamples, bounds=bounds)


def bca_interval(
    value: float,
    drawn: Array,
    without: Array,
    weights: Array,
    *,
    confidence: float = 0.95,
    resamples: int = 2000,
    bounds: tuple[float, float] = (-np.inf, np.inf),
) -> Interval:
    """Return the BCa interval from the estimate, its bootstrap values and its leave-one-out values, see :func:`bca`."""
    method = f"{percent(confidence)} BCa bootstrap interval over items, {resamples} resamples"
    if weights.sum() < 2:  # noqa: PLR2004
        return Interval(None, None, None, method, ONE_ITEM)
    drawn = drawn[np.isfinite(drawn)]
    if len(drawn) < _FEWEST_RESAMPLES * resamples or not np.isfinite(without).all():
        return Interval(None, None, None, method, FRAGILE)
    low, high = bca_limits(value, drawn, without, weights, confidence)
    return Interval(*bounded(low, high, bounds), float(drawn.std(ddof=1)), method)


def bca_limits(value: float, drawn: Array, without: Array, weights: Array, confidence: float) -> tuple[float, float]:
    """Return the two limits from bootstrap values and leave-one-out values."""
    from scipy.special import ndtr, ndtri  # noqa: PLC0415

    below = ((drawn < value).mean() + (drawn <= value).mean()) / 2
    # Every draw on one side: as far as so many draws can tell.
    bias = ndtri(np.clip(below, 0.5 / len(drawn), 1 - 0.5 / len(drawn)))
    deviation = weights @ without / weights.sum() - without
    spread = weights @ deviation**2
    acceleration = float(weights @ deviation**3 / (6 * spread**1.5)) if spread > 0 else 0.0
    z = z_quantile(confidence)
    limits = [ndtr(bias + (bias + sign * z) / (1 - acceleration * (bias + sign * z))) for sign in (-1, 1)]
    low, high = np.quantile(drawn, limits)
    return float(low), float(high)
