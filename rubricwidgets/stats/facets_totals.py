"""What is said about a response, given its total: exact moments under the many-facet Rasch model.

Given the total of its ratings, a response's ratings do not depend on its quality: their joint distribution is that of
independent ratings at any one quality, given their sum. The sum's distribution is the inverse Fourier transform of the
product of the ratings' characteristic functions, and means, variances and covariances of sums over ratings given that sum
are the same transform with factors replaced (Daniels, Annals of Mathematical Statistics 25, 1954). At a quality where the
total is likely the transform needs few frequencies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rubricwidgets.stats.lazy_scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from rubricwidgets.stats.counts import Array, Indices
    from rubricwidgets.stats.facets_model import Problem, State

    Complex = NDArray[np.complex128]

#: Totals further apart than this many standard deviations cannot be mistaken for each other.
_APART = 9.0
_FEWEST = 11
_FREQUENCIES = 8
_RATIO = 1.25
_HELD = 2_000
_LEAST = 1e-9
#: The sum over frequencies is the total's probability times their number; below this it is a rounding error.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Places:
    """Every cell of every profile, profile after profile, as often as the profile's responses have ratings in it.

    Parameters
    ----------
    profile, cell
        Of each place.
    starts
        Where the places of each profile start, and the end.
    n_cells
        How many cells there are.
    node
        The node at which each profile's total is likeliest.

    """

    profile: Indices
    cell: Indices
    starts: Indices
    n_cells: int
    node: Indices

    def of(self, profile: Indices, cell: Indices) -> Indices:
        """Return the places of cells in profiles."""
        keys = self.profile * self.n_cells + self.cell
        return np.searchsorted(keys, profile * self.n_cells + cell).astype(np.int64)

    def by_cell(self) -> Iterator[tuple[int, Indices]]:
        """Give each cell with its places."""
        order = np.argsort(self.cell, kind="stable")
        ends = np.cumsum(np.bincount(self.cell, minlength=self.n_cells))
        for cell, (start, end) in enumerate(zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True)):
            yield cell, order[start:end]


@dataclass(frozen=True)
class Moments:
    """Moments of sums of squares given the totals; the first axis is the kind of square.

    Parameters
    ----------
    mean, variance
        Of the sums, shape (kinds, sums).
    with_own
        Covariance of each with the sum of the categories of the same ratings, shape (kinds, sums).
    with_steps
        Covariance of each with how many of the response's ratings, or of the same ratings, are past each step, shape
        (kinds, sums, categories - 1).

    """

    mean: Array
    variance: Array
    with_own: Array
    with_steps: Array


@dataclass(frozen=True)
class Facet:
    """What ratings are summed by: the element of each place, how many there are, and whether each has its own steps."""

    element: Indices
    count: int
    own_steps: bool


def places(problem: Problem, state: State, nodes: Array) -> Places:
    """Return the cells of every profile."""
    of_pattern: Any = sparse().csr_array(problem.patterns @ problem.bundles)
    of_pattern.sort_indices()
    membership = of_pattern[problem.profile_pattern]
    # Where raters or dimensions are no facet, one cell holds several ratings of a response.
    times = np.rint(membership.data).astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(times)])[membership.indptr]
    count = np.diff(starts)
    normalizer = problem.patterns @ (problem.bundles @ state.cells.log_normalizer)
    likely = problem.profile_score[:, None] * nodes - normalizer[problem.profile_pattern]
    return Places(
        np.repeat(np.arange(len(count)), count),
        np.repeat(membership.indices.astype(np.int64), times),
        starts.astype(np.int64),
        len(problem.cell_rater),
        likely.argmax(axis=1),
    )


def given_total(problem: Problem, state: State, at: Places, squares: Array, facets: Sequence[Facet]) -> list[Moments]:
    """Return the moments of sums of squares over the ratings of each element, given the responses' totals.

    Parameters
    ----------
    problem, state, at
        The model.
    squares
        What each category adds at each place, shape (kinds, places, categories).
    facets
        What the ratings of a sum have in common.

    Returns
    -------
    list of Moments
        Of each facet; last the profiles by themselves, without covariances.

    """
    probability = np.ascontiguousarray(state.cells.probability[:, at.cell, at.node[at.profile]].T)
    category = np.arange(problem.n_categories)
    variance = np.add.reduceat(probability @ category**2 - (probability @ category) ** 2, at.starts[:-1])
    dimension = problem.cell_dimension[at.cell]
    most = np.add.reduceat(np.asarray(problem.steps)[dimension], at.starts[:-1])
    wanted = np.minimum(most + 1, np.maximum(_FEWEST, np.ceil(_APART * np.sqrt(variance))))
    size = np.ceil(np.log(wanted) / np.log(_RATIO)).astype(np.int64)
    kinds = len(squares)
    found = [_zeros(kinds, facet.count, problem.n_categories - 1) for facet in facets]
    found.append(_zeros(kinds, len(problem.profile_n), 0))
    for one in np.unique(size).tolist():
        period = int(np.ceil(_RATIO**one))
        for part in _parts(np.flatnonzero(size == one), np.diff(at.starts)):
            rows = _rows(at.starts, part)
            transform = _Transform(
                probability[rows], squares[:, rows], at.profile[rows], problem.profile_score[part], period
            )
            for whole, facet in zip(found, facets, strict=False):
                transform.add(whole, facet.element[rows], problem.profile_n[part], own_steps=facet.own_steps)
            transform.add(found[-1], at.profile[rows], np.ones(len(part)))
    return found


def _zeros(kinds: int, count: int, steps: int) -> Moments:
    one = (kinds, count)
    return Moments(np.zeros(one), np.zeros(one), np.zeros(one), np.zeros((*one, steps)))


def _parts(profiles: Indices, counts: Indices) -> Iterator[Indices]:
    """Give profiles in parts of about as many places as are held at once."""
    number = np.cumsum(counts[profiles]) // _HELD
    yield from np.split(profiles, np.flatnonzero(np.diff(number)) + 1)


def _rows(starts: Indices, profiles: Indices) -> Indices:
    """Return the places of profiles, profile after profile."""
    count = starts[profiles + 1] - starts[profiles]
    ends = np.cumsum(count)
    return np.asarray(np.arange(ends[-1]) + np.repeat(starts[profiles] - ends + count, count), dtype=np.int64)


class _Transform:
    """The Fourier transform of some profiles' ratings, and what replaces its factors.

    What depends on a single rating is its expectation by the rating's marginal distribution given the total; the products
    of a rating's own factors, which are no part of it, are taken off.
    """

    def __init__(self, probability: Array, squares: Array, profile: Indices, total: Array, period: int) -> None:
        n_categories = probability.shape[1]
        category = np.arange(n_categories)
        frequencies = np.arange(min(period // 2, _FREQUENCIES) + 1)
        angle = 2 * np.pi * frequencies / period
        wave = np.exp(1j * category[:, None] * angle)
        self.starts = starts = np.flatnonzero(np.diff(profile, prepend=-1))
        self.line = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(profile)))
        factor = _times(probability, wave)
        factor[factor.real**2 + factor.imag**2 < _LEAST**2] = _LEAST
        weight = np.multiply.reduceat(factor, starts, axis=0) * np.exp(-1j * total[:, None] * angle)
        weight[:, 1 : (period + 1) // 2] *= 2
        likely = weight.real.sum(axis=1, keepdims=True)
        # Beside infinite estimates a total can be so unlikely at every node that its probability is rounding: nothing follows.
        self.weight = weight * (1 / np.where(likely > _ROUNDING * period, likely, np.nan))
        own_weight, inverse = self.weight[self.line], 1 / factor
        marginal = probability * _real(own_weight * inverse, wave)
        self.past = [_times(probability * (category > low), wave) * inverse for low in range(n_categories - 1)]
        self.mean_past = _tails(marginal)
        self.kinds, self.mean, self.same, self.same_past = [], [], [], []
        for square in squares:
            one = _times(probability * square, wave) * inverse
            weighted = own_weight * one
            told = marginal * square
            self.kinds.append(one)
            self.mean.append(told.sum(axis=1))
            self.same.append((told * square).sum(axis=1) - _inner(weighted, one))
            self.same_past.append(_tails(told) - np.column_stack([_inner(weighted, past) for past in self.past]))

    def add(self, whole: Moments, element: Indices, number: Array, *, own_steps: bool = False) -> None:
        """Add the moments of the sums over each profile's ratings of one element, as often as each profile occurs."""
        count, n_steps = whole.with_steps.shape[1:]
        key, group = np.unique(self.line * count + element, return_inverse=True)
        of_line, of_element = key // count, key % count
        gather: Any = sparse().csr_array((np.ones(len(group)), (group, np.arange(len(group)))))
        times, weight = number[of_line], self.weight[of_line]

        def put(table: Array, values: Array) -> None:
            table += np.bincount(of_element, weights=values * times, minlength=count)

        weighted, means = [], []
        for kind, one in enumerate(self.kinds):
            summed = gather @ one
            weighted.append(weight * summed)
            means.append(gather @ self.mean[kind])
            put(whole.mean[kind], means[kind])
            put(whole.variance[kind], _inner(weighted[kind], summed) + gather @ self.same[kind] - means[kind] ** 2)
        if not n_steps:
            return
        total, expected = gather @ _sum(self.past), gather @ self.mean_past.sum(axis=1)
        for kind, mean in enumerate(means):
            same = gather @ self.same_past[kind].sum(axis=1)
            put(whole.with_own[kind], _inner(weighted[kind], total) + same - mean * expected)
        for low, past in enumerate(self.past):
            mean_past = self.mean_past[:, low]
            if own_steps:
                there, expected = gather @ past, gather @ mean_past
            else:
                there, expected = (np.add.reduceat(one, self.starts, axis=0)[of_line] for one in (past, mean_past))
            for kind, mean in enumerate(means):
                same = gather @ self.same_past[kind][:, low]
                put(whole.with_steps[kind, :, low], _inner(weighted[kind], there) + same - mean * expected)


def _sum(parts: list[Complex]) -> Complex:
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + part
    return whole


def _tails(table: Array) -> Array:
    """Return the sums over each column and those after it, but for the first."""
    return np.cumsum(table[:, :0:-1], axis=1)[:, ::-1]


def _inner(left: Complex, right: Complex) -> Array:
    """Return the real part of the sum of products over frequencies."""
    return np.asarray(np.einsum("nm,nm->n", left.conj().view(np.float64), right.view(np.float64)))


def _times(values: Array, wave: Complex) -> Complex:
    """Return a real table times a complex one, as one product of real ones."""
    return np.asarray((values @ wave.view(np.float64)).view(np.complex128))


def _real(values: Complex, wave: Complex) -> Array:
    """Return the real part of a complex table times the transpose of another."""
    return np.asarray(values.view(np.float64) @ wave.conj().view(np.float64).T)
