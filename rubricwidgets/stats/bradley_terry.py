"""The Bradley-Terry model with ties, grades of preference and an advantage of the left side, by Newton's method.

One family serves all. With ``d = strength(right) - strength(left) - advantage(left)``, the verdict that is worth ``s`` (from
-1, left at its strongest, to 1) has probability proportional to ``exp(s d / 2 + t(|s|))``:

- verdicts -1 and 1: Bradley and Terry, "Rank analysis of incomplete block designs", Biometrika 39, 1952;
- with 0 for ties, ``nu = exp(t(0))``: Davidson, "On extending the Bradley-Terry model to accommodate ties in paired comparison
  experiments", Journal of the American Statistical Association 65, 1970, equation 2.8;
- with an advantage of a side: Davidson and Beaver, "On extending the Bradley-Terry model to incorporate within-pair order
  effects", Biometrics 33, 1977, whose order effect is ``gamma = exp(-advantage)`` and whose nu is ours times ``gamma**0.5``;
- with more grades: the adjacent-categories logit model of Agresti, "Analysis of ordinal paired comparison data", Applied
  Statistics 41, 1992, section 3.

It is an exponential family: the log-likelihood is concave, and observed and expected information are the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Indices = NDArray[np.int64]

_LONGEST_STEP = 2.0
_ITERATIONS = 200


@dataclass(frozen=True)
class Fit:
    """Maximum-likelihood estimates of one set of comparisons.

    Parameters
    ----------
    strengths
        Of the models, on the logit scale, with sum 0.
    advantage
        Of the left side; None where it was not asked for.
    levels, weights
        Grades of preference below the strongest (0 is a tie), and ``t`` of each.
    covariance
        Of strengths, advantage (where there is one) and weights, in this order.
    log_likelihood, deviance, df
        Of the fit; the deviance against one set of probabilities for each pair.

    """

    strengths: Array
    advantage: float | None
    levels: Array
    weights: Array
    covariance: Array
    log_likelihood: float
    deviance: float
    df: int


@dataclass(frozen=True)
class Design:
    """Which pairs met, and what a verdict can be.

    Parameters
    ----------
    left, right
        Indices of the models of each pair.
    steps
        What each verdict is worth.
    n_models
        How many models.
    sides
        Whether the left side may have an advantage.

    """

    left: Indices
    right: Indices
    steps: Array
    n_models: int
    sides: bool

    @cached_property
    def levels(self) -> Array:
        """Every grade, rising."""
        return np.unique(np.abs(self.steps))

    @cached_property
    def level(self) -> Indices:
        """The grade of each verdict, as its place in ``levels``."""
        return np.searchsorted(self.levels, np.abs(self.steps)).astype(np.int64)

    @property
    def size(self) -> int:
        """How many parameters, strengths counted in full."""
        return self.n_models + int(self.sides) + len(self.levels) - 1


def fit(design: Design, counts: Array) -> Fit:
    """Return the estimates; they must exist, see :mod:`rubricwidgets.stats.separation`."""
    # Newton's error after a step is of the order of that step's square.
    solution, information = newton(design, counts[None], tolerance=1e-7)
    values = solution[0]
    m = design.n_models
    probabilities = verdict_probabilities(design, solution)[0]
    totals = counts.sum(axis=1)
    logs = np.log(np.where(counts > 0, probabilities, 1.0))
    shares = np.where(counts > 0, counts / totals[:, None], 1.0)
    log_likelihood = float((counts * logs).sum())
    # The information has no rank in the direction of a common shift: invert with that direction added, and take it off.
    shift = np.trace(information[0][:m, :m]) / m**2 or 1.0
    information[0][:m, :m] += shift
    covariance = np.linalg.inv(information[0])
    covariance[:m, :m] -= 1 / (shift * m**2)
    free = design.size - 1
    return Fit(
        values[:m],
        float(values[m]) if design.sides else None,
        design.levels[:-1],
        values[m + int(design.sides) :],
        covariance,
        log_likelihood,
        2 * float((counts * np.log(shares)).sum() - log_likelihood),
        int((totals > 0).sum()) * (len(design.steps) - 1) - free,
    )


def newton(
    design: Design,
    counts: Array,
    *,
    start: Array | None = None,
    precision: float = 0.0,
    tolerance: float = 1e-10,
    iterations: int = _ITERATIONS,
) -> tuple[Array, Array]:
    """Maximise the likelihoods of several sets of counts at once.

    Parameters
    ----------
    design
        Shared by all sets.
    counts
        Shape (sets, pairs, verdicts).
    start
        Where to begin, shape (parameters,).
    precision
        Of a normal prior around 0 on every parameter; 0 for maximum likelihood.
    tolerance
        The largest step of the last iteration.
    iterations
        After how many to stop at the latest.

    Returns
    -------
    tuple of arrays
        Parameters, shape (sets, parameters): strengths, advantage, weights; and their information at the last step.

    """
    m, size = design.n_models, design.size
    values = np.zeros((len(counts), size)) if start is None else np.tile(start, (len(counts), 1))
    totals = counts.sum(axis=2)
    wins = counts @ design.steps / 2
    levels = _levels(design)
    graded = (counts @ levels).sum(axis=1)
    signed = _incidence(design)
    incidence = (signed, abs(signed))
    places = np.arange(size)
    information = np.zeros((len(counts), size, size))
    for _ in range(iterations):
        gradient, information = _derivatives(design, values, totals, wins, graded, levels, incidence)
        gradient -= precision * values
        bent = information.copy()
        bent[:, places, places] += max(precision, 1e-12)
        bent[:, :m, :m] += (np.trace(bent[:, :m, :m], axis1=1, axis2=2) / m**2)[:, None, None]
        step = np.linalg.solve(bent, gradient[:, :, None])[:, :, 0]
        longest = np.abs(step).max(axis=1, initial=0.0)
        values += step * np.minimum(1.0, _LONGEST_STEP / np.maximum(longest, _LONGEST_STEP))[:, None]
        if longest.max(initial=0.0) < tolerance:
            break
    values[:, :m] -= values[:, :m].mean(axis=1, keepdims=True)
    return values, information


def verdict_probabilities(design: Design, values: Array) -> Array:
    """Return the probability of each verdict for each pair, shape (sets, pairs, verdicts)."""
    return _probabilities(design, values)


def _levels(design: Design) -> Array:
    """Return which verdicts are of which grade below the strongest, shape (verdicts, grades)."""
    return np.asarray(design.level[:, None] == np.arange(len(design.levels) - 1), dtype=np.float64)


def _incidence(design: Design) -> Any:  # noqa: ANN401 - a sparse array
    """Return which model a pair's difference adds and takes, shape (models, pairs).

    Sparse at any size: products this thin are over before a threaded BLAS has woken its threads.
    """
    from scipy.sparse import csr_array  # noqa: PLC0415 - loads when first used

    pairs = np.arange(len(design.left))
    ends = np.concatenate([design.right, design.left])
    signs = np.repeat([1.0, -1.0], len(pairs))
    return csr_array((signs, (ends, np.tile(pairs, 2))), shape=(design.n_models, len(pairs)))  # type: ignore[no-untyped-call]


def _probabilities(design: Design, values: Array) -> Array:
    m = design.n_models
    difference = values[:, design.right] - values[:, design.left]
    if design.sides:
        difference -= values[:, m, None]
    if len(design.steps) == 2:  # noqa: PLR2004 - left or right: one exponential is enough
        right = 1 / (1 + np.exp(-np.clip(difference, -500, 500)))
        return np.stack([1 - right, right], axis=2)
    weights = np.concatenate([values[:, m + int(design.sides) :], np.zeros((len(values), 1))], axis=1)
    logits = difference[:, :, None] * (design.steps / 2) + weights[:, None, design.level]
    logits -= logits.max(axis=2, keepdims=True)
    odds = np.exp(logits)
    return np.asarray(odds / odds.sum(axis=2, keepdims=True))


def _derivatives(
    design: Design,
    values: Array,
    totals: Array,
    wins: Array,
    graded: Array,
    levels: Array,
    incidence: tuple[Any, Any],
) -> tuple[Array, Array]:
    """Return gradient, shape (sets, parameters), and information, shape (sets, parameters, parameters)."""
    m, size, steps = design.n_models, design.size, design.steps
    signed, unsigned = incidence
    probabilities = _probabilities(design, values)
    mean = probabilities @ steps / 2
    weight = totals * (probabilities @ (steps**2 / 4) - mean**2)
    residual = wins - totals * mean
    gradient = np.empty((len(values), size))
    information = np.zeros((len(values), size, size))
    gradient[:, :m] = (signed @ residual.T).T
    information[:, design.left, design.right] -= weight
    information[:, design.right, design.left] -= weight
    diagonal = np.arange(m)
    information[:, diagonal, diagonal] = (unsigned @ weight.T).T
    if design.sides:
        gradient[:, m] = -residual.sum(axis=1)
        cross = -(signed @ weight.T).T
        information[:, :m, m] = cross
        information[:, m, :m] = cross
        information[:, m, m] = weight.sum(axis=1)
    if levels.shape[1]:
        first = m + int(design.sides)
        of_level = probabilities @ levels
        expected = np.einsum("bk,bkl->bl", totals, of_level)
        gradient[:, first:] = graded - expected
        both = totals[:, :, None] * (probabilities @ (levels * (steps / 2)[:, None]) - mean[:, :, None] * of_level)
        cross_levels = np.stack([(signed @ both[:, :, place].T).T for place in range(both.shape[2])], axis=2)
        information[:, :m, first:] = cross_levels
        information[:, first:, :m] = cross_levels.transpose(0, 2, 1)
        if design.sides:
            information[:, m, first:] = -both.sum(axis=1)
            information[:, first:, m] = -both.sum(axis=1)
        information[:, first:, first:] = -np.einsum("bk,bkl,bkj->blj", totals, of_level, of_level)
        of_grades = np.arange(first, size)
        information[:, of_grades, of_grades] += expected
    return gradient, information
