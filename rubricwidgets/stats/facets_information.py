"""The observed information of the many-facet Rasch model: what its standard errors come from.

Louis' identity: the information in complete data less the covariance of its score given what was observed (Louis, Journal
of the Royal Statistical Society B 44, 1982). The score of a response is a smooth function of its quality, so its posterior
covariance is summed over orthogonal polynomials of the quality, up to where they no longer add anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rubricwidgets.stats.lazy_scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rubricwidgets.stats.counts import Array, Indices
    from rubricwidgets.stats.facets_model import Problem, State

_ENOUGH = 1e-5
_MOST_TERMS = 12


def information(problem: Problem, state: State, nodes: Array, *, terms: int | None = None) -> Array:
    """Return the observed information about the full parameters, shape (size, size).

    Parameters
    ----------
    problem, state, nodes
        Where.
    terms
        How many polynomials the covariance is summed over; None: as many as matter. One is close, and enough for the
        direction of a Newton step.

    """
    return _complete(problem, state, nodes) - _missing(problem, state, nodes, terms)


def _complete(problem: Problem, state: State, nodes: Array) -> Array:
    """Return the expected information if the qualities were known."""
    weight, at = state.cell_weight, state.cells
    d, r = problem.cell_dimension, problem.n_dimensions + problem.cell_rater
    place = problem.step_place[d]
    steps = np.where(place >= 0, place + problem.n_dimensions + problem.n_raters, problem.size)
    count = steps.shape[1]
    table = np.zeros((problem.size + 1, problem.size + 1))

    def add(rows: Indices, columns: Indices, values: Array) -> None:
        np.add.at(table, (rows, columns), values)
        np.add.at(table, (columns, rows), values)

    variance = np.einsum("cq,cq->c", weight, at.central_moment(2))
    np.add.at(table, (d, d), variance)
    np.add.at(table, (r, r), variance)
    add(d, r, variance)
    for low in range(count):
        # Cov(category, category >= k): what the tail holds beyond its share of the mean.
        tail = np.tensordot(np.arange(low + 1, count + 1), at.probability[low + 1 :], axes=1)
        shared = np.einsum("cq,cq->c", weight, tail - at.expected * at.at_least[low])
        add(d, steps[:, low], shared)
        add(r, steps[:, low], shared)
        for high in range(low, count):
            both = np.einsum("cq,cq->c", weight, at.at_least[high] * (1 - at.at_least[low]))
            if high == low:
                np.add.at(table, (steps[:, low], steps[:, low]), both)
            else:
                add(steps[:, low], steps[:, high], both)
    table = table[:-1, :-1]
    scaled = (nodes / state.parts.spread) ** 2
    prior = np.exp(-scaled / 2)
    prior /= prior.sum()
    second, fourth = prior @ scaled, prior @ scaled**2
    n = problem.profile_n
    table[-1, -1] = 2 * n @ (state.posterior @ scaled) + n.sum() * (fourth - second**2 - 2 * second)
    return table


def _missing(problem: Problem, state: State, nodes: Array, terms: int | None) -> Array:
    """Return the posterior covariance of the complete-data score, summed over responses."""
    n_shared, n_raters = problem.n_dimensions + problem.n_steps, problem.n_raters
    shared = np.r_[0 : problem.n_dimensions, problem.n_dimensions + n_raters : problem.size]
    raters = np.arange(problem.n_dimensions, problem.n_dimensions + n_raters)
    of_bundles = _bundle_scores(problem, state)
    bundle_rater = problem.cell_rater[problem.bundles.indices[problem.bundles.indptr[:-1]]]
    membership = problem.patterns[problem.profile_pattern]
    # Every bundle of every profile, bundle after bundle, so that each is one product of matrices.
    line = np.repeat(np.arange(len(problem.profile_n)), np.diff(membership.indptr))
    order = np.argsort(membership.indices, kind="stable")
    ends = np.cumsum(np.bincount(membership.indices, minlength=len(of_bundles)))
    spans = list(zip(np.append(0, ends[:-1]).tolist(), ends.tolist(), strict=True))
    scaled = (nodes / state.parts.spread) ** 2
    root = np.sqrt(problem.profile_n)
    table = np.zeros((problem.size, problem.size))
    told = np.empty((len(line), n_shared + 1))
    small = 0
    for polynomial in _polynomials(state.posterior, nodes, _MOST_TERMS if terms is None else terms):
        for bundle, (start, end) in enumerate(spans):
            rows = order[start:end]
            told[rows] = polynomial[line[rows]] @ of_bundles[bundle].T
        summed = np.add.reduceat(told[:, :-1], membership.indptr[:-1], axis=0)
        of_shared = np.column_stack([summed, polynomial @ scaled]) * root[:, None]
        of_raters = sparse().csr_array(
            (told[:, -1] * root[line], bundle_rater[membership.indices], membership.indptr),
            shape=(len(root), n_raters),
        )
        before = np.diag(table)[shared]
        table[np.ix_(shared, shared)] += of_shared.T @ of_shared
        across = of_raters.T @ of_shared
        table[np.ix_(raters, shared)] += across
        table[np.ix_(shared, raters)] += across.T
        table[np.ix_(raters, raters)] += (of_raters.T @ of_raters).toarray()
        now = np.diag(table)[shared]
        # Odd and even terms may differ: two in a row that add nothing are the end.
        small = small + 1 if (now - before <= _ENOUGH * now).all() else 0
        if small == 2:  # noqa: PLR2004
            break
    return table


def _bundle_scores(problem: Problem, state: State) -> Array:
    """Return the scores of difficulties, of steps and of the severity, shape (bundles, scores, nodes)."""
    n_cells, n_nodes = state.cell_weight.shape
    n_scores = problem.n_dimensions + problem.n_steps + 1
    per_cell = np.zeros((n_cells, n_scores, n_nodes))
    lines = np.arange(n_cells)
    per_cell[lines, problem.cell_dimension] = state.cells.expected
    per_cell[:, -1] = state.cells.expected
    place = problem.step_place[problem.cell_dimension]
    for step in range(place.shape[1]):
        known = place[:, step] >= 0
        per_cell[lines[known], problem.n_dimensions + place[known, step]] = state.cells.at_least[step][known]
    summed = problem.bundles @ per_cell.reshape(n_cells, -1)
    return np.asarray(summed.reshape(-1, n_scores, n_nodes), dtype=np.float64)


def _polynomials(posterior: Array, nodes: Array, terms: int) -> Iterator[Array]:
    """Give the polynomials of degree 1 to ``terms`` that are orthonormal under each posterior, times the posterior."""
    before = np.zeros_like(posterior)
    now = np.ones_like(posterior)
    norm = np.zeros((len(posterior), 1))
    for _ in range(terms):
        middle = (posterior * now**2) @ nodes
        following = (nodes - middle[:, None]) * now - norm * before
        size = np.sqrt(np.einsum("pq,pq,pq->p", posterior, following, following))[:, None]
        # A posterior on few nodes has no more polynomials than nodes.
        usable = size > 1e-9  # noqa: PLR2004
        before, now, norm = now, np.where(usable, following / np.where(usable, size, 1.0), 0.0), size
        yield posterior * now
