"""How sure is a mean when both items and raters are samples? Variances clustered two ways, with degrees of freedom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rubricwidgets.stats.resampling import t_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Indices = NDArray[np.int64]

#: Fewer raters than this say nothing of others: Student's t has a single degree of freedom.
FEWEST_RATERS = 3


@dataclass(frozen=True)
class Spread:
    """The variance of an estimate.

    Parameters
    ----------
    variance
        From items and, where ``raters``, from raters.
    df
        Degrees of freedom for Student's t, from 1.
    raters
        Whether other raters are part of what the variance speaks of.

    """

    variance: float
    df: float
    raters: bool

    def interval(self, value: float, confidence: float) -> tuple[float, float]:
        """Return the t interval around a value."""
        half = t_quantile(confidence, self.df) * self.variance**0.5
        return value - half, value + half

    def p_value(self, value: float) -> float:
        """Return the two-sided p-value of no difference."""
        from scipy.special import stdtr  # noqa: PLC0415 - loads when a p-value is first asked for

        if self.variance <= 0:
            return 1.0 if value == 0 else 0.0
        return float(2 * stdtr(self.df, -abs(value) / self.variance**0.5))


def two_way(
    item: Indices,
    rater: Indices | None,
    influence: Array,
    *,
    n_items: int,
    n_raters: int,
    of_items: float | None = None,
) -> Spread:
    """Return the variance of an estimate whose items and raters are both drawn from many.

    ``V = V_items + max(0, V_raters - V_cells)``: the sums of squared influences by item, by rater and by both (Cameron,
    Gelbach and Miller, "Robust inference with multiway clustering", Journal of Business and Economic Statistics 29, 2011,
    equation 2.8), each sum of squares times n / (n - 1). Degrees of freedom follow Satterthwaite ("An approximate
    distribution of estimates of variance components", Biometrics Bulletin 2, 1946) with V_items on n_items - 1 and V_raters
    on n_raters - 1.

    Parameters
    ----------
    item, rater
        Of each cell, from 0. Without raters, or with fewer than :data:`FEWEST_RATERS`, the variance is that of items alone.
    influence
        What each cell adds to the error of the estimate: its derivative by the cell's weight.
    n_items, n_raters
        How many there are.
    of_items
        The items' variance where it is known from elsewhere, such as a cluster bootstrap.

    """
    if of_items is None:
        by_item = np.bincount(item, influence, minlength=n_items)
        of_items = float(by_item @ by_item) * n_items / max(n_items - 1, 1)
    if rater is None or n_raters < FEWEST_RATERS:
        return Spread(of_items, max(n_items - 1, 1), raters=False)
    by_rater = np.bincount(rater, influence, minlength=n_raters)
    both = np.bincount(item * n_raters + rater, influence)
    factor = n_raters / (n_raters - 1)
    of_raters = float(by_rater @ by_rater) * factor
    variance = of_items + max(0.0, of_raters - float(both @ both) * factor)
    below = of_items**2 / max(n_items - 1, 1) + of_raters**2 / (n_raters - 1)
    df = variance**2 / below if below > 0 else n_items - 1
    return Spread(variance, max(1.0, df), raters=True)
