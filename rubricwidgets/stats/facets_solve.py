"""Newton steps to the maximum of the marginal likelihood, on nodes fine and wide enough for the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rubricwidgets.stats.facets_information import information
from rubricwidgets.stats.facets_model import Parts, evaluate
from rubricwidgets.stats.lazy_scipy import linalg

if TYPE_CHECKING:
    from rubricwidgets.stats.counts import Array, Indices
    from rubricwidgets.stats.facets_model import Problem, State

#: Below this standard deviation in logits responses are taken not to differ.
LEAST_SPREAD = 0.01
#: Above this one they differ by more than ratings could show: the likelihood has no maximum, or none that matters.
MOST_SPREAD = 12.0
#: Where the likelihood is so flat that the search does not end, this is far enough.
_FLAT_SPREAD = 5.0
MOST_NODES = 801
_LONGEST = 2.0
#: Eigenvalues of the information below this share of the largest say nothing; who has a part in such a direction; and the
#: variance that stands for an infinite one.
_SINGULAR, _TOUCHED, _BEYOND = 1e-9, 1e-4, 1e12
_GRIDS = 20
_HALVINGS = 30
#: After a step shorter than this the information is taken as known.
_NEAR = 0.1
#: One that is not shorter than this share of the step before is no step of Newton's near a maximum.
_SLOW = 0.5


@dataclass(frozen=True)
class Solution:
    """Where the search ended.

    Parameters
    ----------
    full
        The full parameter vector.
    state
        The likelihood there.
    covariance
        Of the full parameters, shape (size, size); None where the information is singular.
    nodes
        Of the quadrature, in logits.
    iterations
        Newton steps in all.
    last_step
        By how many logits the last step moved the estimate that it moved most.
    converged
        Whether that is below the tolerance.
    at_bound
        Whether the responses' variance is at its lower bound.
    coarse
        Whether the nodes are coarser or narrower than the data call for.
    ran_away
        Whether the responses' standard deviation passed its upper bound, so that there is no estimate.

    """

    full: Array
    state: State
    covariance: Array | None
    nodes: Array
    iterations: int
    last_step: float
    converged: bool
    at_bound: bool
    coarse: bool
    ran_away: bool


def grid(limits: tuple[float, float], count: int) -> Array:
    """Return equally spaced nodes."""
    return np.linspace(limits[0], limits[1], count)


def solve(
    problem: Problem,
    *,
    nodes: int | None,
    limits: tuple[float, float] | None,
    tolerance: float,
    max_iterations: int,
) -> Solution:
    """Maximise the marginal likelihood.

    Given nodes are kept. Otherwise a coarse grid comes first, then one as wide and as fine as the estimates call for.
    """
    full = _start(problem)
    own = nodes is not None or limits is not None
    points = grid(limits or (-8.0, 8.0), nodes or (61 if own else 33))
    done, step = 0, np.inf
    table: Array | None = None
    state = evaluate(problem, full, points)
    if not own:
        half, count = needed(problem, state, points)
        points = grid((-half, half), max(25, int(0.6 * count)))
    for attempt in range(_GRIDS):
        last = own or attempt > 0
        climbed = _climb(
            problem,
            full,
            points,
            table,
            tolerance=tolerance if last else 1e-2,
            most=max_iterations - done,
            keep=own,
        )
        full, state, table, used, step = climbed
        done += used
        if _ran_away(full):
            break
        wanted = needed(problem, state, points)
        if own or _covers(points, wanted) or done >= max_iterations:
            if not last and done < max_iterations:
                continue
            break
        points = grid((-wanted[0], wanted[0]), wanted[1])
        state = evaluate(problem, full, points)
    at_bound, converged = full[-1] <= np.log(LEAST_SPREAD), bool(step <= tolerance)
    ran_away = _ran_away(full) or (not converged and bool(full[-1] > np.log(_FLAT_SPREAD)))
    return Solution(
        full,
        state,
        None if ran_away else _covariance(problem, state, points, spread=not at_bound),
        points,
        done,
        float(step),
        converged and not ran_away,
        bool(at_bound),
        not _covers(points, needed(problem, state, points)),
        ran_away,
    )


def _start(problem: Problem) -> Array:
    """Return difficulties and severities from the log odds of mean scores, equal steps, and a spread of 1."""
    category = np.arange(problem.n_categories, dtype=np.float64)
    total, number = problem.counts @ category, problem.counts.sum(axis=1)
    top = np.asarray(problem.steps, dtype=np.float64)[problem.cell_dimension] * number

    def log_odds(place: Indices, count: int) -> Array:
        reached = np.bincount(place, weights=total, minlength=count) + 0.5
        missed = np.bincount(place, weights=top - total, minlength=count) + 0.5
        return np.log(missed / reached)

    full = np.zeros(problem.size)
    full[: problem.n_dimensions] = log_odds(problem.cell_dimension, problem.n_dimensions)
    severity = log_odds(problem.cell_rater, problem.n_raters)
    full[problem.n_dimensions : problem.n_dimensions + problem.n_raters] = severity - severity.mean()
    return full


def _climb(
    problem: Problem, full: Array, nodes: Array, table: Array | None, *, tolerance: float, most: int, keep: bool
) -> tuple[Array, State, Array | None, int, float]:
    """Take Newton steps until one is shorter than the tolerance, or the nodes no longer fit and need not be kept.

    ``table`` is the information where it is known from nearby, on other nodes.
    """
    spacing = (nodes[-1] - nodes[0]) / (len(nodes) - 1)
    state = evaluate(problem, full, nodes)
    step = before = 0.0 if table is not None else np.inf
    for used in range(1, most + 1):
        bound = full[-1] <= np.log(LEAST_SPREAD) and state.gradient[-1] <= 0
        free = problem.contrasts(spread=not bound)
        # Near a variance of 0 the information falls with it: steps that hardly shorten call for it anew.
        if table is None or step > _NEAR or step > _SLOW * before > 0:
            table = information(problem, state, nodes, terms=2)
        direction = free @ _newton(_constrained(free, table), free.T @ state.gradient)
        direction *= min(1.0, _LONGEST / max(float(np.abs(direction).max()), 1e-300))
        for halving in range(_HALVINGS):
            tried = full + direction / 2**halving
            tried[-1] = max(tried[-1], np.log(LEAST_SPREAD))
            found = evaluate(problem, tried, nodes)
            if found.log_likelihood >= state.log_likelihood - 1e-10 * abs(state.log_likelihood):
                break
        else:
            return full, state, None, used, 0.0 if step <= 10 * tolerance else step
        before, step = step, float(np.abs(tried - full).max())
        full, state = tried, found
        # Of a normal density narrower than the nodes, or wider than all of them, the likelihood says nothing.
        spread = np.exp(full[-1])
        unfit = spacing > 1.3 * spread or spread > nodes[-1] / 2
        if step <= tolerance or _ran_away(full) or (not keep and unfit):
            return full, state, _near(table, step), used, step
    return full, state, _near(table, step), most, step


def _ran_away(full: Array) -> bool:
    return bool(full[-1] > np.log(MOST_SPREAD))


def _near(table: Array | None, step: float) -> Array | None:
    return table if step <= _NEAR else None


def _constrained(free: Array, table: Array) -> Array:
    half = free.T @ table
    return np.asarray(free.T @ half.T, dtype=np.float64)


def _newton(table: Array, gradient: Array) -> Array:
    """Return the step that solves for the gradient; where the table is not positive definite, a shorter one uphill."""
    diagonal = np.maximum(np.abs(np.diag(table)), 1e-8)
    ridge = 0.0
    while True:
        try:
            return np.asarray(
                linalg().cho_solve(linalg().cho_factor(table + np.diag(ridge * diagonal)), gradient), dtype=np.float64
            )
        except np.linalg.LinAlgError:
            ridge = max(10 * ridge, 1e-6)


def _covariance(problem: Problem, state: State, nodes: Array, *, spread: bool) -> Array | None:
    free = problem.contrasts(spread=spread)
    table = _constrained(free, information(problem, state, nodes))
    try:
        inverse = linalg().cho_solve(linalg().cho_factor(table), np.eye(len(table)))
    except np.linalg.LinAlgError:
        return _of_the_known(free, table)
    return np.asarray(free @ (free @ inverse).T, dtype=np.float64)


def _of_the_known(free: Any, table: Array) -> Array | None:  # noqa: ANN401 - a sparse array
    """Return the covariance where the information is singular: what it says nothing of has a variance beyond any bound."""
    values, vectors = np.linalg.eigh(table)
    known = values > _SINGULAR * values[-1]
    if not known.any():
        return None
    loadings = free @ vectors
    covariance = (loadings[:, known] / values[known]) @ loadings[:, known].T
    unknown = (np.abs(loadings[:, ~known]) > _TOUCHED).any(axis=1)
    covariance[np.diag_indices(len(covariance))] += np.where(unknown, _BEYOND, 0.0)
    return np.asarray(covariance, dtype=np.float64)


def needed(problem: Problem, state: State, nodes: Array) -> tuple[float, int]:
    """Return the half-width and the number of nodes that the data call for.

    Equally spaced nodes integrate a normal density to about ``2 exp(-2 pi**2 / h**2)`` at a spacing of h standard
    deviations, 4e-8 at 1.05; the narrowest posterior decides.
    """
    spread = state.parts.spread
    per_cell = state.cells.central_moment(2)
    most = float((problem.patterns @ (problem.bundles @ per_cell)).max())
    narrowest = 1 / np.sqrt(most + 1 / spread**2)
    mean = state.posterior @ nodes
    sd = np.sqrt(np.maximum(state.posterior @ nodes**2 - mean**2, 0))
    half = max(7 * spread, float((np.abs(mean) + 7 * sd).max()))
    return half, min(MOST_NODES, max(15, 2 * int(np.ceil(half / (1.05 * narrowest))) + 1))


def _covers(nodes: Array, wanted: tuple[float, int]) -> bool:
    half, count = wanted
    width = min(-nodes[0], nodes[-1])
    spacing = (nodes[-1] - nodes[0]) / (len(nodes) - 1)
    return bool(width >= 0.85 * half and spacing <= 1.15 * 2 * half / (count - 1) and count < MOST_NODES)


def parts_of(solution: Solution, problem: Problem) -> Parts:
    """Return the estimates, taken apart."""
    return Parts.of(problem, solution.full)
