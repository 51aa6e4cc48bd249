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
_HELD = 30_000
_LEAST = 1e-9


@dataclass(frozen=True)
class Places:
    """Every cell of every profile, profile after profile.

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
        Covariance of each with how many of the response's ratings are past each step, shape (kinds, sums, steps).

    """

    mean: Array
    variance: Array
    with_own: Array
    with_steps: Array


def places(problem: Problem, state: State, nodes: Array) -> Places:
    """Return the cells of every profile."""
    of_pattern: Any = sparse().csr_array(problem.patterns @ problem.bundles)
    of_pattern.sort_indices()
    membership = of_pattern[problem.profile_pattern]
    count = np.diff(membership.indptr)
    normalizer = problem.patterns @ (problem.bundles @ state.cells.log_normalizer)
    likely = problem.profile_score[:, None] * nodes - normalizer[problem.profile_pattern]
    return Places(
        np.repeat(np.arange(len(count)), count),
        membership.indices.astype(np.int64),
        membership.indptr.astype(np.int64),
        len(problem.cell_rater),
        likely.argmax(axis=1),
    )


def given_total(
    problem: Problem, state: State, at: Places, squares: Array, elements: Sequence[tuple[Indices, int]]
) -> list[Moments]:
    """Return the moments of sums of squares over the ratings of each element, given the responses' totals.

    Parameters
    ----------
    problem, state, at
        The model.
    squares
        What each category adds at each place, shape (kinds, places, categories).
    elements
        For each facet the element of each place, and how many there are.

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
    step = problem.step_place[0 * dimension if problem.common else dimension]
    kinds = len(squares)
    found = [_zeros(kinds, count, problem.n_steps) for _, count in elements]
    found.append(_zeros(kinds, len(problem.profile_n), 0))
    for one in np.unique(size).tolist():
        period = int(np.ceil(_RATIO**one))
        for part in _parts(np.flatnonzero(size == one), np.diff(at.starts)):
            rows = _rows(at.starts, part)
            transform = _Transform(
                probability[rows], squares[:, rows], at.profile[rows], problem.profile_score[part], step[rows], period
            )
            for whole, (element, _) in zip(found, elements, strict=False):
                transform.add(whole, element[rows], problem.profile_n[part])
            transform.add(found[-1], at.profile[rows], np.ones(len(part)))
    return found


def _zeros(kinds: int, count: int, steps: int) -> Moments:
    return Moments(*(np.zeros((kinds, count)) for _ in range(3)), np.zeros((kinds, count, steps)))


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

    Of what depends on a single rating, ``alone`` is the expectation by its marginal distribution given the total.
    """

    def __init__(
        self, probability: Array, squares: Array, profile: Indices, total: Array, step: Indices, period: int
    ) -> None:
        n_categories = probability.shape[1]
        category = np.arange(n_categories)
        frequencies = np.arange(min(period // 2, _FREQUENCIES) + 1)
        angle = 2 * np.pi * frequencies / period
        wave = np.exp(1j * category[:, None] * angle)
        self.step = step
        starts = np.flatnonzero(np.diff(profile, prepend=-1))
        self.line = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(profile)))
        factor = _times(probability, wave)
        factor[factor.real**2 + factor.imag**2 < _LEAST**2] = _LEAST
        weight = np.multiply.reduceat(factor, starts, axis=0) * np.exp(-1j * total[:, None] * angle)
        weight[:, 1 : (period + 1) // 2] *= 2
        self.weight = weight / weight.real.sum(axis=1, keepdims=True)
        inverse = 1 / factor
        marginal = probability * _real(self.weight[self.line] * inverse, wave)
        self.kinds = [_times(probability * square, wave) * inverse for square in squares]
        self.past = [_times(probability * (category > low), wave) * inverse for low in range(n_categories - 1)]
        self.total = np.sum(self.past, axis=0)
        self.mean = [np.einsum("nk,nk->n", marginal, square) for square in squares]
        self.square = [np.einsum("nk,nk->n", marginal, square**2) for square in squares]
        tails = np.cumsum(marginal[:, ::-1], axis=1)[:, -2::-1]
        self.mean_past = tails
        self.both = [np.cumsum((marginal * square)[:, ::-1], axis=1)[:, -2::-1] for square in squares]

    def add(self, whole: Moments, element: Indices, number: Array) -> None:
        """Add the moments of the sums over each profile's ratings of one element, as often as each profile occurs."""
        count, n_steps = whole.with_steps.shape[1:]
        key, group = np.unique(self.line * count + element, return_inverse=True)
        of_line, of_element = key // count, key % count
        gather: Any = sparse().csr_array((np.ones(len(group)), (group, np.arange(len(group)))))
        times, own_weight = number[of_line], self.weight[self.line]
        total, expected = gather @ self.total, gather @ self.mean_past.sum(axis=1)

        def put(table: Array, values: Array) -> None:
            table += np.bincount(of_element, weights=values * times, minlength=count)

        for kind, one in enumerate(self.kinds):
            summed, mean = gather @ one, gather @ self.mean[kind]
            weighted, alone = self.weight[of_line] * summed, own_weight * one
            put(whole.mean[kind], mean)
            same = gather @ (self.square[kind] - _inner(alone, one))
            put(whole.variance[kind], _inner(weighted, summed) + same - mean**2)
            if not n_steps:
                continue
            same = gather @ (self.both[kind].sum(axis=1) - _inner(alone, self.total))
            put(whole.with_own[kind], _inner(weighted, total) + same - mean * expected)
            for low, past in enumerate(self.past):
                same = (self.both[kind][:, low] - _inner(alone, past)) * number[self.line]
                for step in np.unique(self.step[:, low]).tolist():
                    if step < 0:
                        continue
                    has = np.flatnonzero(self.step[:, low] == step)
                    lines: Any = sparse().csr_array(
                        (np.ones(len(has)), (self.line[has], has)), shape=(len(number), len(past))
                    )
                    there = (lines @ past)[of_line], (lines @ self.mean_past[:, low])[of_line]
                    put(whole.with_steps[kind, :, step], _inner(weighted, there[0]) - mean * there[1])
                    whole.with_steps[kind, :, step] += np.bincount(element[has], weights=same[has], minlength=count)


def _inner(left: Complex, right: Complex) -> Array:
    """Return the real part of the sum of products over frequencies."""
    return np.asarray(np.einsum("nm,nm->n", left.real, right.real) - np.einsum("nm,nm->n", left.imag, right.imag))


def _times(values: Array, wave: Complex) -> Complex:
    """Return a real table times a complex one, as one product of real ones."""
    return np.asarray((values @ wave.view(np.float64)).view(np.complex128))


def _real(values: Complex, wave: Complex) -> Array:
    """Return the real part of a complex table times the transpose of another."""
    return np.asarray(np.ascontiguousarray(values).view(np.float64) @ wave.conj().view(np.float64).T)
