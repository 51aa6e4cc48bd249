"""The Plackett-Luce model of rankings, by Newton's method on distinct orders.

The best is chosen among all with probability proportional to ``exp(strength)``, then the second among the rest, and so on (Luce,
Individual Choice Behavior, 1959; Plackett, "The analysis of permutations", Applied Statistics 24, 1975). A ranking of some
only is a ranking among those. Ties are orders that nobody said: as in Cox regression their likelihood is Efron's approximation to the
sum over them (Efron, "The efficiency of Cox's likelihood function for censored data", Journal of the American Statistical
Association 72, 1977; for rankings Allison and Christakis, "Logit models for sets of ranked items", Sociological Methodology 24, 1994):
in a tie of d, the l-th choice (from 0) is among the rest and ``1 - l / d`` of each tied.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rubricwidgets.stats.rankings_in import Orders

    Array = NDArray[np.float64]
    Indices = NDArray[np.int64]

_LONGEST_STEP = 2.0
_ITERATIONS = 200


@dataclass(frozen=True)
class Choices:
    """The choices that distinct orders consist of.

    Parameters
    ----------
    order
        Indices from best to worst, those behind the last replaced by 0, shape (orders, longest).
    share
        How far each place is still to be chosen from at each choice, 0 to 1, shape (orders, choices, places).
    made
        Whether a choice was made at each place, shape (orders, longest).
    size
        How many things are ranked.

    """

    order: Indices
    share: Array
    made: Array
    size: int

    @property
    def chosen(self) -> Array:
        """How often each order chooses each thing, shape (orders, things)."""
        table = np.zeros((len(self.order), self.size))
        rows = np.broadcast_to(np.arange(len(self.order))[:, None], self.order.shape)
        np.add.at(table, (rows, self.order), self.made)
        return table


def choices_of(orders: Orders) -> Choices:
    """Return the choices of distinct orders."""
    there = orders.order >= 0
    choice = np.arange(orders.order.shape[1])[None, :, None]
    place = np.arange(orders.order.shape[1])[None, None, :]
    first, last = orders.first[:, :, None], orders.last[:, :, None]
    behind = np.where(place > last, 1.0, 0.0)
    tie = (place >= first) & (place <= last)
    size = np.maximum(last - first + 1, 1)
    share = np.where(tie, 1 - (choice - first) / size, behind) * there[:, None, :] * there[:, :, None]
    # What does not exist has a choice among itself, which adds nothing.
    share = share + (~there[:, :, None]) * np.eye(orders.order.shape[1])[None]
    return Choices(np.where(there, orders.order, 0), share, there.astype(np.float64), len(orders.names))


def derivatives(choices: Choices, strengths: Array) -> tuple[Array, Array, Array]:
    """Return log-likelihood, gradient and information of each order at the places of its things.

    Shapes (orders,), (orders, places), (orders, places, places).
    """
    odds = np.exp(strengths - strengths.max(initial=-np.inf))[choices.order]
    weighted = choices.share * odds[:, None, :]
    total = weighted.sum(axis=2)
    chances = weighted / total[:, :, None] * choices.made[:, :, None]
    value = (choices.made * (np.log(odds) - np.log(total))).sum(axis=1)
    expected = chances.sum(axis=1)
    information = -np.matmul(chances.transpose(0, 2, 1), chances)
    diagonal = np.arange(expected.shape[1])
    information[:, diagonal, diagonal] += expected
    return value, choices.made - expected, information


def gathered(choices: Choices, weights: Array, gradient: Array, information: Array) -> tuple[Array, Array]:
    """Return the gradient and information of all orders together, shapes (things,) and (things, things)."""
    m = choices.size
    total: Array = np.bincount(choices.order.ravel(), (weights[:, None] * gradient).ravel(), minlength=m).astype(
        np.float64
    )
    code = choices.order[:, :, None] * m + choices.order[:, None, :]
    table = np.bincount(code.ravel(), (weights[:, None, None] * information).ravel(), minlength=m * m)
    return total, table.reshape(m, m).astype(np.float64)


def fit(
    choices: Choices,
    weights: Array,
    *,
    start: Array | None = None,
    precision: float = 0.0,
    tolerance: float = 1e-10,
    iterations: int = _ITERATIONS,
) -> tuple[Array, Array, float]:
    """Return strengths with sum 0, their information, and the log-likelihood.

    Parameters
    ----------
    choices
        Of distinct orders.
    weights
        How often each order occurs.
    start, precision, tolerance, iterations
        As in :func:`rubricwidgets.stats.bradley_terry.newton`.

    """
    m = choices.size
    strengths = np.zeros(m) if start is None else start.copy()
    value, gradient, information = derivatives(choices, strengths)
    for _ in range(iterations):
        slope, table = gathered(choices, weights, gradient, information)
        slope -= precision * strengths
        step = np.linalg.solve(_full_rank(table, precision), slope)
        longest = np.abs(step).max(initial=0.0)
        strengths = strengths + step * min(1.0, _LONGEST_STEP / max(longest, _LONGEST_STEP))
        value, gradient, information = derivatives(choices, strengths)
        if longest < tolerance:
            break
    _, table = gathered(choices, weights, gradient, information)
    return strengths - strengths.mean(), table, float(weights @ value)


def covariance(information: Array) -> Array:
    """Return the covariance of strengths with sum 0."""
    m = len(information)
    shift = np.trace(information) / m**2 or 1.0
    return np.asarray(np.linalg.inv(information + shift) - 1 / (shift * m**2))


def _full_rank(information: Array, precision: float) -> Array:
    """Return the information with what a common shift lacks."""
    m = len(information)
    return np.asarray(information + (np.trace(information) / m**2 or 1.0) + max(precision, 1e-12) * np.eye(m))
