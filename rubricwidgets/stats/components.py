"""Variance components of any random design, balanced or not, from sums of squares of group totals.

Henderson's Method I (Henderson, "Estimation of variance and covariance components", Biometrics 9, 1953; Brennan,
Generalizability Theory, 2001, section 7.1.1, "analogous-ANOVA"): for every effect the uncorrected sum of squares of its
cells' totals, ``T_a = sum(total**2 / n)``, is set equal to its expectation, in which component b has the coefficient
``sum over cells of (sum over b's cells of n_ab**2) / n_a``. With every cell filled these are the ANOVA estimates. Needed
are group totals alone, so a million ratings take some hundredths of a second; leaving out a level of a facet changes the
totals of the cells it has a part in, so the jackknife is as cheap.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from rubricwidgets.stats.designs import Design, Effect

    Array = NDArray[np.float64]
    Indices = NDArray[np.int64]

#: More levels than this are left out in groups.
MOST_GROUPS = 500
_DENSE = 20_000_000
_WORST_CONDITION = 1e9


@dataclass(frozen=True)
class Partition:
    """How an effect parts the ratings: a cell for each, and how many each has."""

    code: Indices
    n: Array

    @cached_property
    def first(self) -> Indices:
        """A rating of each cell."""
        place = np.empty(len(self.n), dtype=np.int64)
        place[self.code] = np.arange(len(self.code))
        return place

    def sums(self, values: Array) -> Array:
        """Return the total of each cell."""
        return np.bincount(self.code, values, minlength=len(self.n))


def partition(code: Indices, levels: int | None = None) -> Partition:
    """Return the cells that codes name; codes that do not occur are dropped."""
    n = np.bincount(code, minlength=levels or 0)
    if n.size and n.min() == 0:
        place = np.cumsum(n > 0) - 1
        return Partition(place[code], n[n > 0].astype(np.float64))
    return Partition(code, n.astype(np.float64))


def joined(left: Partition, right: Partition) -> Partition:
    """Return the cells of two effects together."""
    if len(left.n) == len(left.code):
        return left
    # What already tells the other apart needs no joining: a response its item.
    if np.array_equal(right.code[left.first][left.code], right.code):
        return left
    size = len(left.n) * len(right.n)
    key = left.code * len(right.n) + right.code
    if size <= max(_DENSE, 4 * len(key)):
        return partition(key, size)
    _, code, n = np.unique(key, return_inverse=True, return_counts=True)
    return Partition(code.astype(np.int64).ravel(), n.astype(np.float64))


@dataclass
class Cells:
    """The ratings of one dimension, and their partition by any set of facets.

    Parameters
    ----------
    facets
        The partition by each facet, its levels told apart as they are in the design.
    within
        What each facet is nested in, clusters of the jackknife too.
    values
        The scores, centred.

    """

    facets: Mapping[str, Partition]
    within: Mapping[str, frozenset[str]]
    values: Array
    _known: dict[Effect, Partition] = field(default_factory=dict)

    def of(self, effect: Effect) -> Partition:
        """Return the partition by a set of facets."""
        outer = frozenset().union(*(self.within[name] for name in effect))
        names = sorted(effect - outer, key=lambda name: -len(self.facets[name].n))
        key = frozenset(names)
        if key not in self._known:
            found = self.facets[names[0]]
            for name in names[1:]:
                found = joined(found, self.facets[name])
            self._known[key] = found
        return self._known[key]


@dataclass(frozen=True)
class Moments:
    """Sums of squares and what they are made of: one set, or one for each thing left out.

    Parameters
    ----------
    squares
        ``T_a - T_mean`` of each effect, shape (sets, effects).
    coefficients
        Of the components in them, shape (sets, effects, effects).

    """

    squares: Array
    coefficients: Array

    def solve(self) -> Array:
        """Return the components, shape (sets, effects); NaN where the design does not tell them apart."""
        found = np.full(self.squares.shape, np.nan)
        if not self.squares.size:
            return found
        scale = np.abs(self.coefficients).max(axis=2, keepdims=True)
        usable = (scale[:, :, 0] > 0).all(axis=1)
        if not usable.any():
            return found
        left = self.coefficients[usable] / scale[usable]
        right = self.squares[usable] / scale[usable][:, :, 0]
        # Two rows that are the same leave a determinant of rounding errors, which no exact test for zero finds.
        sound = np.linalg.svd(left, compute_uv=False)
        sound = sound[:, -1] * _WORST_CONDITION > sound[:, 0]
        solved = np.full(right.shape, np.nan)
        if sound.any():
            solved[sound] = np.linalg.solve(left[sound], right[sound][:, :, None])[:, :, 0]
        found[usable] = solved
        return found


def moments(cells: Cells, effects: Sequence[Effect]) -> Moments:
    """Return the sums of squares of all ratings."""
    n = len(cells.values)
    totals = [cells.of(effect) for effect in effects]
    mean = cells.values.sum() ** 2 / n
    squares = np.array([(part.sums(cells.values) ** 2 / part.n).sum() - mean for part in totals])
    table = np.empty((len(effects), len(effects)))
    of_mean = np.array([(part.n**2).sum() / n for part in totals])
    for row, one in enumerate(effects):
        for column, other in enumerate(effects):
            table[row, column] = _coefficient(cells, one, other)
    return Moments(squares[None, :], (table - of_mean)[None, :, :])


def _coefficient(cells: Cells, one: Effect, other: Effect) -> float:
    part, both = cells.of(one), cells.of(one | other)
    return float((both.n**2 / part.n[part.code[both.first]]).sum())


def without_each(cells: Cells, effects: Sequence[Effect], cluster: str) -> Moments:
    """Return the sums of squares without each level of a facet, levels in groups where there are many."""
    levels = cells.facets[cluster]
    groups = partition(levels.code % MOST_GROUPS) if len(levels.n) > MOST_GROUPS else levels
    name = f"{cluster} group"
    within = {
        facet: outer | {name} if facet == cluster or cluster in outer else outer for facet, outer in cells.within.items()
    }
    grouped = Cells({**cells.facets, name: groups}, {**within, name: frozenset()}, cells.values)
    grouped._known.update(cells._known)  # noqa: SLF001 - the same cells
    group = frozenset([name])
    count, left_out = len(cells.values), groups.n
    remaining = count - left_out
    fits = remaining > 0
    remaining = np.where(fits, remaining, 1)
    total = cells.values.sum()
    mean = (total - groups.sums(cells.values)) ** 2 / remaining
    squares = np.empty((len(left_out), len(effects)))
    table = np.empty((len(left_out), len(effects), len(effects)))
    of_mean = np.empty((len(left_out), len(effects)))
    for row, one in enumerate(effects):
        part, shared = grouped.of(one), grouped.of(one | group)
        at, to = part.code[shared.first], groups.code[shared.first]
        some = part.n[at] - shared.n
        rest = np.maximum(some, 1)
        sums = part.sums(cells.values)
        changed = np.where(some > 0, (sums[at] - shared.sums(cells.values)) ** 2 / rest, 0.0)
        whole = sums**2 / part.n
        lost = np.bincount(to, whole[at] - changed, minlength=len(left_out))
        squares[:, row] = whole.sum() - lost - mean
        lost = np.bincount(to, part.n[at] ** 2 - some**2, minlength=len(left_out))
        of_mean[:, row] = ((part.n**2).sum() - lost) / remaining
        for column, other in enumerate(effects):
            both, three = grouped.of(one | other), grouped.of(one | other | group)
            inner = np.bincount(part.code[both.first], both.n**2, minlength=len(part.n))
            common = both.n[both.code[three.first]]
            drop = np.bincount(shared.code[three.first], 2 * common * three.n - three.n**2, minlength=len(shared.n))
            after = np.where(some > 0, (inner[at] - drop) / rest, 0.0)
            lost = np.bincount(to, inner[at] / part.n[at] - after, minlength=len(left_out))
            table[:, row, column] = (inner / part.n).sum() - lost
    table -= of_mean[:, None, :]
    table[~fits] = 0
    return Moments(squares, table)


def mean_squares(cells: Cells, design: Design, effects: Sequence[Effect]) -> tuple[Array, Array] | None:
    """Return degrees of freedom and mean squares of each effect; None unless every cell is filled alike.

    Brennan 2001, section 3.3: an effect's sum of squares from those of the sets below it, with alternating signs.
    """
    parts = {effect: cells.of(effect) for effect in effects}
    if any(part.n.min() != part.n.max() for part in parts.values()):
        return None
    squares = {effect: float((part.sums(cells.values) ** 2 / part.n).sum()) for effect, part in parts.items()}
    levels = {effect: float(len(part.n)) for effect, part in parts.items()}
    squares[frozenset()], levels[frozenset()] = float(cells.values.sum() ** 2 / len(cells.values)), 1.0
    df, ms, crossed = np.zeros(len(effects)), np.zeros(len(effects)), np.ones(len(effects))
    for row, effect in enumerate(effects):
        inner = design.inner(effect)
        for mask in range(2 ** len(inner)):
            out = frozenset(name for place, name in enumerate(inner) if mask >> place & 1)
            sign = (-1) ** len(out)
            df[row] += sign * levels[effect - out]
            ms[row] += sign * squares[effect - out]
            crossed[row] *= levels[effect - out] ** sign
        # With every cell filled there are as many as the levels multiply to.
        if len(inner) > 1 and abs(crossed[row] - 1) > 1e-9:  # noqa: PLR2004
            return None
    return (df, ms / df) if (df > 0).all() else None
