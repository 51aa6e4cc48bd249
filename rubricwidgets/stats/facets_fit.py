"""How well ratings fit the many-facet Rasch model: mean squares of raters, dimensions and responses.

A rating's squared residual is averaged over the posterior of its response's quality (Adams and Wu, in von Davier and
Carstensen, Multivariate and Mixture Distribution Rasch Models, 2007, chapter 4). Outfit is the mean of squared standardised
residuals, infit the information-weighted mean (Wright and Masters, Rating Scale Analysis, 1982, chapter 5).

In a Rasch model the ratings of a response, given their total, do not depend on its quality (Andersen, Psychometrika 38,
1973), nor on how qualities are distributed. So what a mean square should be and how far it varies by chance is known
exactly, given every response's total: mean squares are observed over expected, so that they are 1 on average under the
model, and their standardised values use that variance, less what the element's own parameter took away by being fitted
(Pierce, Annals of Statistics 10, 1982).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from rubricwidgets.stats.facets_totals import Facet, given_total, places

if TYPE_CHECKING:
    from rubricwidgets.stats.counts import Array, Indices
    from rubricwidgets.stats.facets_model import Problem
    from rubricwidgets.stats.facets_solve import Solution
    from rubricwidgets.stats.facets_totals import Moments, Places

_LEAST_VARIANCE = 1e-10
#: A mean square that varies by less, relative to its expectation, cannot vary.
_NONE = 1e-4
#: In logits; a standard error beyond this is that of an infinite estimate.
_FAR = 20.0


@dataclass(frozen=True)
class Fit:
    """Mean squares of the elements of one facet, and their standardised values; NaN where chance cannot move them."""

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
    at = places(problem, solution.state, solution.nodes)
    squares = _squares(at, solution)
    profile = problem.response_profile
    own = squares[:, at.of(profile[coded.response], coded.cell), coded.category]
    own_steps = not problem.common
    facets = (
        Facet(problem.cell_rater, problem.n_raters, own_steps=False),
        Facet(problem.cell_dimension, problem.n_dimensions, own_steps=own_steps),
    )
    *summed, responses = given_total(
        problem, solution.state, at, squares, [replace(one, element=one.element[at.cell]) for one in facets]
    )
    fits = []
    for facet, moments, start in zip(facets, summed, (problem.n_dimensions, 0), strict=True):
        variance = moments.variance - _fitted(problem, solution, facet, moments, start)
        if facet.count == 1:  # all that the ratings could say went into the fit
            variance[:] = 0.0
        fits.append(_fit(own, facet.element[coded.cell], facet.count, moments.mean, variance))
    fits.append(
        _fit(own, coded.response, problem.n_responses, responses.mean[:, profile], responses.variance[:, profile])
    )
    return fits[0], fits[1], fits[2]


def _fitted(problem: Problem, solution: Solution, facet: Facet, moments: Moments, start: int) -> Array:
    """Return the variance that fitting takes away, shape (kinds, elements).

    A response's total is given, so what covaries with an element's categories covaries the other way with those of the
    facet's other elements, taken as equally much with each.
    """
    table = solution.covariance
    kinds, count = moments.mean.shape
    if table is None:
        return np.zeros((kinds, count))
    # What has no finite estimate follows no chance.
    held = np.diag(table) < _FAR**2
    table = table * held * held[:, None]
    slopes = np.zeros((kinds, count, problem.size))
    slopes[:, :, start : start + count] = moments.with_own[:, :, None] * (np.eye(count) * count - 1) / max(count - 1, 1)
    places = problem.step_place[: 1 if problem.common else None]
    for step in range(places.shape[1]):
        has = np.flatnonzero(places[:, step] >= 0)
        at = problem.n_dimensions + problem.n_raters + places[has, step]
        if facet.own_steps:
            slopes[:, has, at] = moments.with_steps[:, has, step]
        else:
            slopes[:, :, at] = moments.with_steps[:, :, step, None] / len(has)
    return np.asarray(np.einsum("kep,pq,keq->ke", slopes, table, slopes, optimize=True), dtype=np.float64)


def _squares(at: Places, solution: Solution) -> Array:
    """Return squared residuals averaged over the posterior, standardised and not, shape (2, places, categories)."""
    cells = solution.state.cells
    n_categories = len(cells.probability)
    variance = np.maximum(cells.central_moment(2), _LEAST_VARIANCE)
    found = np.empty((2, len(at.cell), n_categories))
    for cell, rows in at.by_cell():
        away = (np.arange(n_categories)[:, None] - cells.expected[cell]) ** 2
        told = solution.state.posterior[at.profile[rows]] @ np.concatenate([away / variance[cell], away]).T
        found[0, rows], found[1, rows] = told[:, :n_categories], told[:, n_categories:]
    return found


def _fit(own: Array, element: Indices, count: int, mean: Array, variance: Array) -> Fit:
    """Return the fit of one facet's elements, ``element`` being that of each rating."""
    n = np.bincount(element, minlength=count).astype(np.float64)
    found = []
    for kind in (0, 1):
        sd = np.sqrt(np.maximum(variance[kind], 0.0)) / mean[kind]
        square = np.bincount(element, weights=own[kind], minlength=count) / mean[kind]
        found.append((np.where(sd > _NONE, square, np.nan), _standardised(square, sd)))
    return Fit(n, found[0][0], found[1][0], found[0][1], found[1][1])


def _standardised(mean_square: Array, sd: Array) -> Array:
    """Return mean squares as approximately standard normal values by the cube root (Wright and Masters 1982, p. 101)."""
    safe = np.where(sd > _NONE, sd, np.nan)
    return np.asarray((np.cbrt(np.maximum(mean_square, 0)) - 1) * 3 / safe + safe / 3, dtype=np.float64)
