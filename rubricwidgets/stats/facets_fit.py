"""How well ratings fit the many-facet Rasch model: mean squares of raters, dimensions and responses.

A rating's squared residual is averaged over the posterior of its response's quality (Adams and Wu, in von Davier and
Carstensen, Multivariate and Mixture Distribution Rasch Models, 2007, chapter 4; so does TAM's ``msq.itemfit``). Under the model the
average of ``(x - E)**2 / V`` is then 1 whatever the number of ratings of a response, which residuals at estimated
qualities do not keep. Outfit is the mean of squared standardised residuals, infit the information-weighted mean (Wright
and Masters, Rating Scale Analysis, 1982, chapter 5).

Averaging over the posterior takes variance away: that of the average is the variance at a known quality less the mean
posterior variance (Rao and Blackwell). The standardised values use the former, so that they are standard normal under the
model (a standard deviation of 0.85 to 1.15 in simulations); with the variance at known qualities, as programs print it,
they would be near 0.75 and misfit would be overlooked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rubricwidgets.stats.lazy_scipy import sparse

if TYPE_CHECKING:
    from rubricwidgets.stats.counts import Array, Indices
    from rubricwidgets.stats.facets_model import Problem
    from rubricwidgets.stats.facets_solve import Solution

_LEAST_VARIANCE = 1e-10
_HELD = 2_000_000


@dataclass(frozen=True)
class Fit:
    """Mean squares of the elements of one facet, and their standardised values."""

    n: Array
    outfit: Array
    infit: Array
    outfit_z: Array
    infit_z: Array


@dataclass(frozen=True)
class Coded:
    """Ratings as indices: response, cell and category of each."""

    response: Indices
    cell: Indices
    category: Indices


def mean_squares(problem: Problem, solution: Solution, coded: Coded) -> tuple[Fit, Fit, Fit]:
    """Return the fit of raters, dimensions and responses."""
    tables = _tables(solution)
    return (
        _fit(problem, solution, coded, tables, problem.cell_rater[coded.cell], problem.n_raters),
        _fit(problem, solution, coded, tables, problem.cell_dimension[coded.cell], problem.n_dimensions),
        _fit(problem, solution, coded, tables, coded.response, problem.n_responses),
    )


@dataclass(frozen=True)
class _Tables:
    """What one rating adds at each node."""

    outfit: Array
    """Squared standardised residual, shape (cells * categories, nodes)."""
    residual: Array
    """Squared residual less its variance."""
    variance: Array
    """Shape (cells, nodes), as all that follow."""
    kurtosis: Array
    spread: Array


def _tables(solution: Solution) -> _Tables:
    at = solution.state.cells
    n_categories, _, n_nodes = at.probability.shape
    variance = np.maximum(at.central_moment(2), _LEAST_VARIANCE)
    fourth = at.central_moment(4)
    away = (np.arange(n_categories)[None, :, None] - at.expected[:, None, :]) ** 2
    return _Tables(
        (away / variance[:, None, :]).reshape(-1, n_nodes),
        (away - variance[:, None, :]).reshape(-1, n_nodes),
        variance,
        fourth / variance**2 - 1,
        fourth - variance**2,
    )


def _fit(problem: Problem, solution: Solution, coded: Coded, tables: _Tables, element: Indices, count: int) -> Fit:
    """Return the fit of one facet's elements, ``element`` being that of each rating."""
    n_cells, n_nodes = tables.variance.shape
    n_categories = problem.n_categories
    pair_key, pair = np.unique(coded.response * count + element, return_inverse=True)
    profile, of_pair = problem.response_profile[pair_key // count], pair_key % count
    ones = np.ones(len(pair))
    rating: Any = sparse().csr_array(
        (ones, (pair, coded.cell * n_categories + coded.category)), shape=(len(pair_key), n_cells * n_categories)
    )
    sums = np.zeros((4, count))
    step = max(1, _HELD // n_nodes)
    for start in range(0, len(pair_key), step):
        rows = slice(start, start + step)
        posterior = solution.state.posterior[profile[rows]]
        for place, table in enumerate((tables.outfit, tables.residual)):
            told = rating[rows] @ table
            weighted = told * posterior
            mean = weighted.sum(axis=1)
            lost = np.einsum("nq,nq->n", weighted, told) - mean**2
            sums[2 * place] += np.bincount(of_pair[rows], weights=mean, minlength=count)
            sums[2 * place + 1] += np.bincount(of_pair[rows], weights=lost, minlength=count)
    # Moments of a cell are averaged over all responses in it, unless the element is a response.
    variance, kurtosis, spread = _moments(problem, solution, coded, tables, element, count)
    n = np.bincount(element, minlength=count).astype(np.float64)
    outfit, infit = sums[0] / n, 1 + sums[2] / variance
    return Fit(
        n,
        outfit,
        infit,
        _standardised(outfit, np.maximum(kurtosis - sums[1], 0) / n**2),
        _standardised(infit, np.maximum(spread - sums[3], 0) / variance**2),
    )


def _moments(
    problem: Problem, solution: Solution, coded: Coded, tables: _Tables, element: Indices, count: int
) -> tuple[Array, Array, Array]:
    """Return the sums of variances and of fourth moments over each element's ratings."""
    if count == problem.n_responses and element is coded.response:
        profile, pattern = solution.state.posterior, problem.profile_pattern
        per_profile = [
            np.einsum("pq,pq->p", (problem.patterns @ (problem.bundles @ table))[pattern], profile)
            for table in (tables.variance, tables.kurtosis, tables.spread)
        ]
        return (
            per_profile[0][problem.response_profile],
            per_profile[1][problem.response_profile],
            per_profile[2][problem.response_profile],
        )
    of_cell = np.zeros(len(problem.cell_rater), dtype=np.int64)
    of_cell[coded.cell] = element
    found = [
        np.asarray(
            np.bincount(of_cell, weights=np.einsum("cq,cq->c", solution.state.cell_weight, table), minlength=count),
            dtype=np.float64,
        )
        for table in (tables.variance, tables.kurtosis, tables.spread)
    ]
    return found[0], found[1], found[2]


def _standardised(mean_square: Array, variance: Array) -> Array:
    """Return mean squares as approximately standard normal values by the cube root (Wright and Masters 1982, p. 101)."""
    sd = np.sqrt(variance)
    known = sd > 0
    safe = np.where(known, sd, 1.0)
    return np.where(known, (np.cbrt(np.maximum(mean_square, 0)) - 1) * 3 / safe + safe / 3, 0.0)
