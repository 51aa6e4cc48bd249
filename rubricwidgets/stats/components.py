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
MOST_GROUPS = 499
# Up to so many possible cells a table of them is faster than sorting: of marks, and of counts.
_DENSEST = 64_000_000
_DENSE = 2_000_000
_WORST_CONDITION = 1e9
#: Below this share of the whole, a mean square or component is a rounding error.
_NOTHING = 1e-13


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

    @property
    def single(self) -> bool:
        """Whether each cell is one rating."""
        return len(self.n) == len(self.code)

    def sums(self, values: Array) -> Array:
        """Return the total of each cell."""
        return np.asarray(np.bincount(self.code, values, minlength=len(self.n)), dtype=np.float64)


def partition(code: Indices, levels: int | None = None) -> Partition:
    """Return the cells that codes name; codes that do not occur are dropped."""
    n = np.bincount(code, minlength=levels or 0)
    if n.size and n.min() == 0:
        place = np.cumsum(n > 0) - 1
        return Partition(place[code], n[n > 0].astype(np.float64))
    return Partition(code, n.astype(np.float64))


def joined(left: Partition, right: Partition) -> Partition:
    """Return the cells of two effects together."""
    # What already tells the other apart needs no joining: a response its item.
    if left.single or np.array_equal(right.code[left.first][left.code], right.code):
        return left
    key = left.code * len(right.n) + right.code
    size = len(left.n) * len(right.n)
    if size <= _DENSEST:
        met = np.zeros(size, dtype=np.bool_)
        met[key] = True
        if np.count_nonzero(met) == len(key):
            return Partition(np.arange(len(key)), np.ones(len(key)))
    if size <= _DENSE:
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


def without_rounding(values: Array, whole: float) -> Array:
    """Return mean squares or components with 0 for what is a rounding error beside the whole, which hangs on the order of rows."""
    return np.where(np.abs(values) < _NOTHING * whole, 0.0, values)


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
    if both is part:
        return float(len(cells.values))
    if both.single:
        return float(len(part.n))
    return float((both.n**2 / part.n[part.code[both.first]]).sum())


def without_each(cells: Cells, effects: Sequence[Effect], cluster: Effect) -> Moments:
    """Return the sums of squares without each level of a facet, or each cell of several; in groups where there are many."""
    levels = cells.of(cluster)
    groups = levels
    if len(levels.n) > MOST_GROUPS:
        # In diagonals where cells of several facets are left out: few of a group share a level, and a prime number of
        # groups keeps a period in the order of levels from being that of the groups.
        groups = partition(np.asarray(sum(cells.of(frozenset([facet])).code for facet in cluster)) % MOST_GROUPS)
    name = " "
    only = next(iter(cluster)) if len(cluster) == 1 else None
    within = {
        facet: outer | {name} if only is not None and (facet == only or only in outer) else outer
        for facet, outer in cells.within.items()
    }
    grouped = Cells({**cells.facets, name: groups}, {**within, name: frozenset()}, cells.values)
    grouped._known.update(cells._known)  # noqa: SLF001 - the same cells
    group = frozenset([name])
    count, left_out = len(cells.values), len(groups.n)
    remaining = count - groups.n
    mean = (cells.values.sum() - groups.sums(cells.values)) ** 2 / np.maximum(remaining, 1)
    squares = np.empty((left_out, len(effects)))
    table = np.empty((left_out, len(effects), len(effects)))
    of_mean = np.empty((left_out, len(effects)))
    for row, one in enumerate(effects):
        part = grouped.of(one)
        change = _Change(part, grouped.of(one | group), groups)
        squares[:, row] = change.squares(cells.values) - mean
        of_mean[:, row] = change.of_mean() / np.maximum(remaining, 1)
        for column, other in enumerate(effects):
            both = grouped.of(one | other)
            if both is part:
                table[:, row, column] = remaining
            elif both.single:
                table[:, row, column] = len(part.n) - change.emptied
            else:
                table[:, row, column] = change.coefficient(both, grouped.of(one | other | group))
    table -= of_mean[:, None, :]
    table[remaining == 0] = 0
    return Moments(squares, table)


class _Change:
    """What leaving out each group does to the cells of one effect.

    Parameters
    ----------
    part
        The effect's cells.
    shared
        Its cells and the groups together.
    groups
        What is left out.

    """

    def __init__(self, part: Partition, shared: Partition, groups: Partition) -> None:
        self.part, self.shared, self.groups = part, shared, groups
        if not part.single:
            self.at, self.to = part.code[shared.first], groups.code[shared.first]
            self.some = part.n[self.at] - shared.n
            self.rest = np.maximum(self.some, 1)

    def lost(self, values: Array) -> Array:
        """Return the sum by group of something that each shared cell loses."""
        return np.asarray(np.bincount(self.to, values, minlength=len(self.groups.n)), dtype=np.float64)

    @cached_property
    def emptied(self) -> Array:
        """How many cells have no rating left."""
        return self.groups.n if self.part.single else self.lost((self.some == 0).astype(np.float64))

    def squares(self, values: Array) -> Array:
        """Return the uncorrected sum of squares without each group."""
        if self.part.single:
            return np.asarray((values**2).sum() - self.groups.sums(values**2))
        sums = self.part.sums(values)
        whole = sums**2 / self.part.n
        # A cell without a rating has a total of 0, apart from rounding.
        after = np.where(self.some > 0, (sums[self.at] - self.shared.sums(values)) ** 2 / self.rest, 0.0)
        return np.asarray(whole.sum() - self.lost(whole[self.at] - after))

    def of_mean(self) -> Array:
        """Return the sum of squared counts without each group."""
        if self.part.single:
            return len(self.part.n) - self.groups.n
        return np.asarray((self.part.n**2).sum() - self.lost(self.part.n[self.at] ** 2 - self.some**2))

    def coefficient(self, both: Partition, three: Partition) -> Array:
        """Return the coefficient of another component in this sum of squares, without each group.

        Parameters
        ----------
        both
            The cells of both effects together.
        three
            Those and the groups together.

        """
        inner = np.bincount(self.part.code[both.first], both.n**2, minlength=len(self.part.n))
        common = both.n[both.code[three.first]]
        drop = np.bincount(
            self.shared.code[three.first], 2 * common * three.n - three.n**2, minlength=len(self.shared.n)
        )
        after = np.where(self.some > 0, (inner[self.at] - drop) / self.rest, 0.0)
        return np.asarray((inner / self.part.n).sum() - self.lost(inner[self.at] / self.part.n[self.at] - after))


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
