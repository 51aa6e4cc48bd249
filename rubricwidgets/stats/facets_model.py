"""The many-facet Rasch model as mathematics: sufficient statistics, marginal likelihood, gradient and information.

For a response of quality t, a rater of severity s and a dimension of difficulty d, the log odds of category k against
k - 1 are ``t - d - s - step_k`` (Linacre, Many-Facet Rasch Measurement, 1989; rating scale: Andrich, Psychometrika 43,
1978; partial credit, steps of each dimension's own: Masters, Psychometrika 47, 1982). Qualities are normal with mean 0;
they are integrated out over fixed nodes (Bock and Aitkin, Psychometrika 46, 1981; Adams, Wilson and Wang, Applied
Psychological Measurement 21, 1997), so severities and difficulties do not depend on how well each response is known.

In a Rasch model all that a response's ratings say of its quality is their sum. Responses with the same cells and the same
sum share one posterior, and what one rater said about one response enters as one bundle, whatever its dimensions.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from rubricwidgets.stats.lazy_scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rubricwidgets.stats.counts import Array, Indices

#: Added to the cumulative step of a category that a dimension does not have: its probability is 0.
_NEVER = 1e30
_SEED = 20260501


@dataclass(frozen=True)
class Problem:
    """What the ratings say, reduced to what the likelihood needs.

    Parameters
    ----------
    n_dimensions, n_raters
        How many of each have a parameter of their own.
    steps
        Steps of each dimension, one less than its categories.
    common
        Whether all dimensions share their steps (rating scale).
    cell_rater, cell_dimension
        Who and what each cell (a rater on a dimension) is, shape (cells,).
    counts
        Ratings of each category in each cell, shape (cells, categories).
    bundles
        Cells of each bundle (a rater on a set of dimensions), sparse (bundles, cells).
    patterns
        Bundles of each pattern, sparse (patterns, bundles).
    profile_pattern, profile_score, profile_n
        Pattern, sum and number of the responses that share both, sorted by pattern, shape (profiles,).
    response_profile
        Profile of each response.

    """

    n_dimensions: int
    n_raters: int
    steps: tuple[int, ...]
    common: bool
    cell_rater: Indices
    cell_dimension: Indices
    counts: Array
    bundles: Any
    patterns: Any
    profile_pattern: Indices
    profile_score: Array
    profile_n: Array
    response_profile: Indices

    @property
    def n_categories(self) -> int:
        """Categories of the dimension that has most."""
        return max(self.steps) + 1

    @property
    def n_responses(self) -> int:
        """Responses with a rating."""
        return len(self.response_profile)

    @cached_property
    def step_place(self) -> Indices:
        """Place of each dimension's steps among all, shape (dimensions, categories - 1); -1 where it has none."""
        place = np.full((self.n_dimensions, self.n_categories - 1), -1, dtype=np.int64)
        start = 0
        for dimension, steps in enumerate(self.steps):
            place[dimension, :steps] = start + np.arange(steps)
            start += 0 if self.common else steps
        return place

    @property
    def n_steps(self) -> int:
        """Steps that have a parameter."""
        return self.steps[0] if self.common else sum(self.steps)

    @cached_property
    def starts(self) -> Indices:
        """Where the profiles of each pattern start."""
        return np.flatnonzero(np.diff(self.profile_pattern, prepend=-1)).astype(np.int64)

    @property
    def size(self) -> int:
        """Places of the full parameter vector: difficulties, severities, steps, log of the standard deviation."""
        return self.n_dimensions + self.n_raters + self.n_steps + 1

    def contrasts(self, *, spread: bool = True) -> Any:  # noqa: ANN401 - a sparse array
        """Return the matrix from free to full parameters: severities sum to 0, and so do the steps of a dimension."""
        blocks = [sparse().eye_array(self.n_dimensions), _sum_to_zero(self.n_raters)]
        blocks += [_sum_to_zero(count) for count in (self.steps[:1] if self.common else self.steps)]
        blocks.append(sparse().eye_array(1, 1 if spread else 0))
        return sparse().block_diag(blocks, format="csr")


def _sum_to_zero(count: int) -> Any:  # noqa: ANN401
    return sparse().csr_array(np.vstack([np.eye(count - 1), -np.ones((1, count - 1))]))


def reduce(
    response: Indices, rater: Indices, dimension: Indices, category: Indices, steps: Sequence[int], *, common: bool
) -> Problem:
    """Reduce ratings, as indices from 0 without gaps, to sufficient statistics."""
    n_raters, n_dimensions, n_responses = int(rater.max()) + 1, int(dimension.max()) + 1, int(response.max()) + 1
    cell_key, cell = np.unique(rater * n_dimensions + dimension, return_inverse=True)
    pair_key, pair = np.unique(response * n_raters + rater, return_inverse=True)
    bundle_of, bundle_rows, bundle_cells = distinct_sets(pair, cell)
    pattern_of, pattern_rows, pattern_bundles = distinct_sets(pair_key // n_raters, bundle_of)
    total = np.bincount(response, weights=category, minlength=n_responses).astype(np.int64)
    width = int(total.max()) + 1
    profile_key, response_profile, profile_n = np.unique(
        pattern_of * width + total, return_inverse=True, return_counts=True
    )
    n_categories = max(steps) + 1
    counts = np.bincount(cell * n_categories + category, minlength=len(cell_key) * n_categories)
    return Problem(
        n_dimensions=n_dimensions,
        n_raters=n_raters,
        steps=tuple(steps),
        common=common,
        cell_rater=cell_key // n_dimensions,
        cell_dimension=cell_key % n_dimensions,
        counts=counts.reshape(len(cell_key), n_categories).astype(np.float64),
        bundles=sparse().csr_array((np.ones(len(bundle_rows)), (bundle_rows, bundle_cells))),
        patterns=sparse().csr_array((np.ones(len(pattern_rows)), (pattern_rows, pattern_bundles))),
        profile_pattern=profile_key // width,
        profile_score=(profile_key % width).astype(np.float64),
        profile_n=profile_n.astype(np.float64),
        response_profile=response_profile,
    )


def distinct_sets(group: Indices, element: Indices) -> tuple[Indices, Indices, Indices]:
    """Find which groups hold the same elements.

    Sets are told apart by the sum of 128 random bits for each element, which two different sets of any data share with a
    chance below 1e-25.

    Parameters
    ----------
    group, element
        Indices from 0; every pair once.

    Returns
    -------
    tuple of arrays
        The set of each group, shape (groups,), and the pairs (set, element) of the distinct sets.

    """
    words = np.random.Generator(np.random.PCG64(_SEED)).integers(
        0, 2**64, size=(int(element.max()) + 1, 2), dtype=np.uint64
    )
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    prints = np.add.reduceat(words[element[order]], starts, axis=0)
    _, first, found = np.unique(
        prints.view([("high", np.uint64), ("low", np.uint64)]).ravel(), return_index=True, return_inverse=True
    )
    ends = np.append(starts[1:], len(order))
    lengths = ends[first] - starts[first]
    rows = np.repeat(np.arange(len(first)), lengths)
    offsets = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    elements = element[order][np.repeat(starts[first], lengths) + offsets]
    return found.astype(np.int64), rows, elements


@dataclass(frozen=True)
class Parts:
    """The full parameter vector, taken apart."""

    difficulty: Array
    severity: Array
    steps: Array
    spread: float

    @classmethod
    def of(cls, problem: Problem, full: Array) -> Parts:
        """Take a full vector apart."""
        first, second = problem.n_dimensions, problem.n_dimensions + problem.n_raters
        return cls(full[:first], full[first:second], full[second:-1], float(np.exp(full[-1])))


@dataclass(frozen=True)
class Cells:
    """Probabilities of each category in each cell at each node."""

    probability: NDArray[np.float64]
    """Shape (categories, cells, nodes)."""
    log_normalizer: Array
    """Shape (cells, nodes)."""

    @cached_property
    def expected(self) -> Array:
        """Expected category, shape (cells, nodes)."""
        return np.asarray(np.tensordot(np.arange(len(self.probability)), self.probability, axes=1), dtype=np.float64)

    @cached_property
    def at_least(self) -> NDArray[np.float64]:
        """Probability of category k or higher for k from 1, shape (categories - 1, cells, nodes)."""
        return np.cumsum(self.probability[:0:-1], axis=0)[::-1]

    def central_moment(self, power: int) -> Array:
        """Return a central moment of the category, shape (cells, nodes)."""
        away = np.arange(len(self.probability))[:, None, None] - self.expected
        return np.asarray((self.probability * away**power).sum(axis=0), dtype=np.float64)


def cells(problem: Problem, parts: Parts, nodes: Array) -> Cells:
    """Return the category probabilities."""
    category = np.arange(problem.n_categories, dtype=np.float64)
    base = nodes - (parts.difficulty[problem.cell_dimension] + parts.severity[problem.cell_rater])[:, None]
    log_odds = category[:, None, None] * base - cumulative(problem, parts)[problem.cell_dimension].T[:, :, None]
    top = log_odds.max(axis=0)
    weights = np.exp(log_odds - top)
    total = weights.sum(axis=0)
    return Cells(weights / total, top + np.log(total))


def cumulative(problem: Problem, parts: Parts) -> Array:
    """Return the summed steps of each dimension, shape (dimensions, categories)."""
    steps = np.where(problem.step_place >= 0, parts.steps[problem.step_place], _NEVER)
    return np.concatenate([np.zeros((problem.n_dimensions, 1)), np.cumsum(steps, axis=1)], axis=1)


@dataclass(frozen=True)
class State:
    """The likelihood at one parameter vector, and what its gradient and information are made of."""

    log_likelihood: float
    gradient: Array
    posterior: Array
    """Of each profile over the nodes, shape (profiles, nodes)."""
    cell_weight: Array
    """Expected ratings of each cell at each node, shape (cells, nodes)."""
    cells: Cells
    parts: Parts


def evaluate(problem: Problem, full: Array, nodes: Array) -> State:
    """Return the marginal log likelihood with its gradient in the full parameters."""
    parts = Parts.of(problem, full)
    at = cells(problem, parts, nodes)
    scaled = (nodes / parts.spread) ** 2
    log_prior = -scaled / 2 - np.log(np.exp(-scaled / 2).sum())
    normalizer = problem.patterns @ (problem.bundles @ at.log_normalizer)
    joint = problem.profile_score[:, None] * nodes - normalizer[problem.profile_pattern] + log_prior
    top = joint.max(axis=1, keepdims=True)
    posterior = np.exp(joint - top)
    total = posterior.sum(axis=1, keepdims=True)
    posterior /= total
    n = problem.profile_n
    category = np.arange(problem.n_categories, dtype=np.float64)
    place = parts.difficulty[problem.cell_dimension] + parts.severity[problem.cell_rater]
    fixed = place[:, None] * category + np.where(
        problem.counts > 0, cumulative(problem, parts)[problem.cell_dimension], 0.0
    )
    log_likelihood = float(n @ (top + np.log(total))[:, 0] - (problem.counts * fixed).sum())
    per_pattern = np.add.reduceat(posterior * n[:, None], problem.starts, axis=0)
    weight = problem.bundles.T @ (problem.patterns.T @ per_pattern)
    short = problem.counts @ category - (weight * at.expected).sum(axis=1)
    observed = np.cumsum(problem.counts[:, :0:-1], axis=1)[:, ::-1]
    short_steps = observed - np.einsum("cq,kcq->ck", weight, at.at_least)
    gradient = np.concatenate(
        [
            -np.bincount(problem.cell_dimension, weights=short, minlength=problem.n_dimensions),
            -np.bincount(problem.cell_rater, weights=short, minlength=problem.n_raters),
            -_into_steps(problem, short_steps),
            [float(n @ (posterior @ scaled) - n.sum() * (np.exp(log_prior) @ scaled))],
        ]
    )
    return State(log_likelihood, gradient, posterior, weight, at, parts)


def _into_steps(problem: Problem, per_cell: Array) -> Array:
    """Return sums over cells, shape (cells, categories - 1), by step parameter."""
    place = problem.step_place[problem.cell_dimension]
    known = place >= 0
    return np.asarray(np.bincount(place[known], weights=per_cell[known], minlength=problem.n_steps), dtype=np.float64)
