"""Coefficients of agreement as functions of summed sufficient statistics, and their linearised values.

Every function takes sums over items, one set per row, and returns a value per row, so that the estimate, all leave-one-out
values and all bootstrap values come from the same code. NaN marks what is undefined.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from rubricwidgets.stats.counts import PairRows, coincidences, square

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from rubricwidgets.scales.base import Level
    from rubricwidgets.stats.counts import Counts, Moments

    Array = NDArray[np.float64]
    #: From summed sufficient statistics, shape (b, k), to values, shape (b,).
    Statistic = Callable[[Array], Array]
    #: Shares of the categories, shape (b, q), and the table of weights to the agreement that chance alone would bring.
    Chance = Callable[[Array, Array], Array]

#: How near two categories are. ``"gwet_ordinal"`` are Gwet's ordinal weights, which are not Krippendorff's ordinal metric.
Weights = Literal["identity", "linear", "quadratic", "gwet_ordinal"]
WEIGHTS: tuple[Weights, ...] = ("identity", "linear", "quadratic", "gwet_ordinal")

#: Pairs of values beyond which each item's coincidences are computed as they are read.
_MOST_PAIRS = 300
_TINY = 1e-12


@dataclass(frozen=True)
class Coefficient:
    """One coefficient on one dimension.

    Parameters
    ----------
    rows
        What each distinct item adds to the sums, shape (distinct items, k).
    weights
        How many items are like that.
    of
        From sums to values.

    """

    rows: Array | PairRows
    weights: Array
    of: Statistic

    def value(self) -> float:
        """Return the estimate; NaN where undefined."""
        return float(self.of((self.weights @ self.rows)[None, :])[0])


def ratio(above: Array, below: Array, tiny: float | Array = _TINY) -> Array:
    """Divide where the divisor is not zero; NaN elsewhere, without a warning."""
    shape = np.broadcast(above, below).shape
    return np.asarray(np.divide(above, below, out=np.full(shape, np.nan), where=np.abs(below) > tiny))


def weight_table(weights: Weights, values: Sequence[float] | Array) -> Array:
    """Return how near each pair of categories is, 1 on the diagonal, shape (q, q).

    Gwet, Handbook of Inter-Rater Reliability, 4th edition, 2014, chapter 3: linear ``1 - |x - y| / range``, quadratic
    ``1 - (x - y)**2 / range**2``, ordinal ``1 - C(|k - l| + 1, 2) / C(q, 2)`` over the categories' places.
    """
    q = len(values)
    if weights == "identity" or q < 2:  # noqa: PLR2004
        return np.eye(q)
    if weights == "gwet_ordinal":
        place = np.arange(q, dtype=np.float64)
        apart = np.abs(place[:, None] - place)
        return np.asarray(1 - apart * (apart + 1) / (q * (q - 1)), dtype=np.float64)
    numbers = np.asarray(values, dtype=np.float64)
    apart = np.abs(numbers[:, None] - numbers) / (numbers.max() - numbers.min())
    return np.asarray(1 - (apart if weights == "linear" else apart**2), dtype=np.float64)


# Krippendorff's alpha, 1 - D_o / D_e (Krippendorff, "Computing Krippendorff's alpha-reliability", 2011; Content Analysis,
# 4th edition, 2019, chapter 12). Its sums are of responses that two raters or more have rated.


def alpha(counts: Counts, level: Level) -> Coefficient:
    """Return alpha with the difference function of a level of measurement."""
    counts = counts.paired()
    if level == "ordinal":
        return _alpha_ordinal(counts)
    if level == "interval":
        return _alpha_interval(counts, *_moments_of(counts))
    return alpha_by(counts, _differences(level, counts.numbers))


def alpha_by(counts: Counts, apart: Array) -> Coefficient:
    """Return alpha for differences that do not depend on the ratings, shape (q, q), zero on the diagonal."""
    counts = counts.paired()
    patterns = counts.patterns
    found = _quadratic(patterns, apart) / (counts.sizes - 1)

    def of(sums: Array) -> Array:
        marginal = sums[:, 1:]
        return 1 - ratio(sums[:, 0] * (marginal.sum(axis=1) - 1), _quadratic(marginal, apart))

    return Coefficient(*counts.per_item(np.column_stack([found, patterns])), of)


def alpha_of_moments(moments: Moments) -> Coefficient:
    """Return alpha at the interval level from numbers, sums and sums of squares: any number of different values."""
    moments = moments.paired()
    number, total, squares = moments.patterns.T
    return _alpha_interval(moments, number, total, squares)


def _alpha_interval(reduced: Counts | Moments, number: Array, total: Array, squares: Array) -> Coefficient:
    # The sum of (x - y)**2 over ordered pairs is 2 (n sum(x**2) - sum(x)**2).
    found = 2 * (number * squares - total**2) / (number - 1)
    whole = float(reduced.multiplicity @ squares)

    def of(sums: Array) -> Array:
        n, first, second, within = sums.T
        spread = second - ratio(first**2, n)
        return 1 - ratio(within * (n - 1), 2 * n * spread, tiny=_TINY * max(whole, _TINY) * np.maximum(n, 1))

    return Coefficient(*reduced.per_item(np.column_stack([number, total, squares, found])), of)


def _moments_of(counts: Counts) -> tuple[Array, Array, Array]:
    # From the middle of the values that were given, so that equal scores leave exactly nothing.
    numbers, given = counts.numbers, counts.totals > 0
    centre = numbers[given].mean() if given.any() else 0.0
    apart = numbers - centre
    return counts.sizes, counts.patterns @ apart, counts.patterns @ apart**2


def _alpha_ordinal(counts: Counts) -> Coefficient:
    q = counts.patterns.shape[1]
    whole = counts.n_ratings

    def of(sums: Array) -> Array:
        # What sums of fractions leave behind is no rating.
        observed = square(np.where(np.abs(sums) > 1e-14 * whole + _TINY, sums, 0.0), q)
        marginal = observed.sum(axis=2)
        n = marginal.sum(axis=1)
        # The metric (g_c - g_k)**2 over mid-ranks g follows from each sample's own marginals.
        rank = marginal.cumsum(axis=1) - marginal / 2 - n[:, None] / 2
        spread = (marginal * rank**2).sum(axis=1)
        found = 2 * (spread - np.einsum("bi,bij,bj->b", rank, observed, rank, optimize=True))
        expected = 2 * (n * spread - (marginal * rank).sum(axis=1) ** 2)
        return 1 - ratio(found * (n - 1), expected, tiny=_TINY * np.maximum(n, 1) ** 3)

    if q * (q + 1) // 2 > _MOST_PAIRS:
        weights = counts.multiplicity.astype(np.float64) if counts.clusters is None else np.ones(counts.n_items)
        return Coefficient(PairRows(counts), weights, of)
    return Coefficient(*counts.per_item(coincidences(counts.patterns, counts.sizes - 1)), of)


def _differences(level: Level, values: Array) -> Array:
    if level == "nominal":
        return np.asarray(1 - np.eye(len(values)))
    apart, both = values[:, None] - values, np.abs(values[:, None] + values)
    return np.asarray(np.divide(apart, both, out=np.zeros_like(apart), where=both > 0) ** 2)


def _quadratic(rows: Array, table: Array) -> Array:
    return np.asarray(((rows @ table) * rows).sum(axis=1))


# Coefficients of the form (p_a - p_e) / (1 - p_e)


def percent(counts: Counts, table: Array) -> Coefficient:
    """Return the (weighted) share of agreeing pairs, averaged over responses."""
    counts = counts.paired()
    rows = np.column_stack([np.ones(len(counts.patterns)), _agreeing(counts, table)])
    return Coefficient(*counts.per_item(rows), lambda sums: ratio(sums[:, 1], sums[:, 0]))


def corrected(counts: Counts, table: Array, chance: Chance) -> Coefficient:
    """Return agreement beyond chance, ``(p_a - p_e) / (1 - p_e)``, for a rule of chance."""
    sizes = counts.sizes
    rows = np.column_stack(
        [np.ones_like(sizes), sizes >= 2, _agreeing(counts, table), counts.patterns / sizes[:, None]]  # noqa: PLR2004
    )

    def of(sums: Array) -> Array:
        observed = ratio(sums[:, 2], sums[:, 1])
        expected = chance(ratio(sums[:, 3:], sums[:, :1]), table)
        return ratio(observed - expected, 1 - expected)

    return Coefficient(*counts.per_item(rows), of)


def fleiss_chance(shares: Array, table: Array) -> Array:
    """Chance by the pooled marginals (Fleiss, "Measuring nominal scale agreement among many raters", 1971)."""
    return _quadratic(shares, table)


def gwet_chance(shares: Array, table: Array) -> Array:
    """Chance of Gwet's AC1 and AC2 (Gwet 2008; 2014, chapter 5): ``T_w / (q (q - 1)) * sum(pi (1 - pi))``."""
    q = len(table)
    return np.asarray(table.sum() / (q * (q - 1)) * (shares * (1 - shares)).sum(axis=1))


def uniform_chance(shares: Array, table: Array) -> Array:
    """Chance by equal categories (Brennan and Prediger, "Coefficient kappa: some uses, misuses, and alternatives", 1981)."""
    return np.full(len(shares), table.sum() / len(table) ** 2)


def _agreeing(counts: Counts, table: Array) -> Array:
    """Return each pattern's share of agreeing pairs; 0 where there is no pair."""
    pairs = counts.sizes * (counts.sizes - 1)
    agreeing = _quadratic(counts.patterns, table) - counts.sizes
    return np.divide(agreeing, pairs, out=np.zeros_like(pairs), where=pairs > 0)


# Linearised values: their mean is the coefficient, and their spread its standard error (Gwet 2014, chapters 5 and 6)


def linear_percent(counts: Counts, table: Array) -> Array:
    """Return the linearised values of percent agreement, one per pattern of ``counts.paired()``."""
    return _agreeing(counts.paired(), table)


def linear_corrected(counts: Counts, table: Array, rule: Literal["fleiss", "gwet", "uniform"]) -> Array:
    """Return the linearised values of a chance-corrected coefficient, one per pattern."""
    weights, sizes = counts.multiplicity.astype(np.float64), counts.sizes
    q, n = len(table), weights.sum()
    shares = counts.patterns / sizes[:, None]
    pooled = weights @ shares / n
    if rule == "gwet":
        factor = table.sum() / (q * (q - 1))
        expected, per_unit = factor * (pooled @ (1 - pooled)), factor * (shares @ (1 - pooled))
    elif rule == "fleiss":
        expected, per_unit = pooled @ table @ pooled, shares @ (table @ pooled)
    else:
        expected = table.sum() / q**2
        per_unit = np.full(len(sizes), expected)
    return linear(weights, sizes, _agreeing(counts, table), float(expected), per_unit)


def linear(weights: Array, sizes: Array, agreeing: Array, expected: float, per_unit: Array) -> Array:
    """Return linearised values from each response's agreement and its part in what chance brings."""
    several = sizes >= 2  # noqa: PLR2004
    n, n_several = weights.sum(), weights @ several
    value = (weights @ agreeing / n_several - expected) / (1 - expected)
    kappa = n / n_several * (agreeing - expected * several) / (1 - expected)
    return np.asarray(kappa - 2 * (1 - value) * (per_unit - expected) / (1 - expected))


def linear_alpha(counts: Counts, table: Array) -> Array:
    """Return the linearised values of alpha with agreement weights, one per pattern of ``counts.paired()``."""
    counts = counts.paired()
    patterns, weights, sizes = counts.patterns, counts.multiplicity.astype(np.float64), counts.sizes
    n = float(weights.sum())
    mean_size = weights @ sizes / n
    agreeing = (patterns * (patterns @ table.T - 1)).sum(axis=1) / (mean_size * (sizes - 1))
    observed = weights @ agreeing / n
    pooled = weights @ patterns / (n * mean_size)
    expected = pooled @ table @ pooled
    value = (observed - expected) / (1 - expected)
    excess = (sizes - mean_size) / mean_size
    # The correction for small samples, as irrCAC's published standard errors have it: in this term alone.
    corrected_observed = observed + (1 - observed) / (n * mean_size)
    kappa = (agreeing - corrected_observed * excess - expected) / (1 - expected)
    chance = patterns @ (table @ pooled) / mean_size - expected * excess
    return np.asarray(kappa - 2 * (1 - value) * (chance - expected) / (1 - expected))
