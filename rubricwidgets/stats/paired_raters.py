"""Two raters at a time: their table of values, Cohen's kappa, its mean over pairs, and who agrees with whom."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from rubricwidgets.stats.coefficients import ratio
from rubricwidgets.stats.rated import occurrences

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rubricwidgets.stats.rated import Rated

    Array = NDArray[np.float64]
    Indices = NDArray[np.int64]

_FEW_RATERS = 3000


class Pairs:
    """Every two raters who have rated a response in common.

    Parameters
    ----------
    ratings
        Of one dimension.

    """

    def __init__(self, ratings: Rated) -> None:
        self.ratings = ratings

    @cached_property
    def codes(self) -> Indices:
        """The pairs, as first rater times number of raters plus second rater, in order."""
        raters = len(self.ratings.raters)
        if raters <= _FEW_RATERS:
            met = np.zeros(raters * raters, dtype=bool)
            for first, second in self.ratings.pair_chunks():
                met[self.code(first, second)] = True
            return np.flatnonzero(met).astype(np.int64)
        parts = [np.unique(self.code(first, second)) for first, second in self.ratings.pair_chunks()]
        return np.unique(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.int64)

    @property
    def first(self) -> Indices:
        """Index of each pair's first rater."""
        return np.asarray(self.codes // max(len(self.ratings.raters), 1))

    @property
    def second(self) -> Indices:
        """Index of each pair's second rater."""
        return np.asarray(self.codes % max(len(self.ratings.raters), 1))

    @cached_property
    def tables(self) -> Array:
        """How often each pair gave which two values, shape (pairs, q, q)."""
        q = self.ratings.q
        flat = np.zeros(len(self.codes) * q * q, dtype=np.int64)
        for first, second in self.ratings.pair_chunks():
            flat += np.bincount(self.cells(first, second), minlength=len(flat))
        return flat.reshape(len(self.codes), q, q).astype(np.float64)

    @cached_property
    def n_items(self) -> Indices:
        """Items that each pair has in common."""
        found = np.zeros(len(self.codes), dtype=np.int64)
        for first, second in self.ratings.pair_chunks():
            pair = np.searchsorted(self.codes, self.code(first, second))
            both = np.unique(pair * self.ratings.n_items + self.ratings.item[first])
            found += np.bincount(both // self.ratings.n_items, minlength=len(found))
        return found

    def moments(self) -> Array:
        """Return n, sums of x, y, x**2, y**2 and xy of each pair, shape (pairs, 6), for scores without categories."""
        sums = np.zeros((len(self.codes), 6))
        centre = self.ratings.value.mean() if len(self.ratings.value) else 0.0
        score = self.ratings.value - centre
        for first, second in self.ratings.pair_chunks():
            pair = np.searchsorted(self.codes, self.code(first, second))
            x, y = score[first], score[second]
            for place, part in enumerate((None, x, y, x * x, y * y, x * y)):
                sums[:, place] += np.bincount(pair, weights=part, minlength=len(sums))
        return sums

    def code(self, first: Indices, second: Indices) -> Indices:
        """Return the code of the pair that gave two ratings."""
        return np.asarray(self.ratings.rater[first] * len(self.ratings.raters) + self.ratings.rater[second])

    def cells(self, first: Indices, second: Indices) -> Indices:
        """Return where in the flattened tables two ratings are counted."""
        q, value = self.ratings.q, self.ratings.value.astype(np.int64)
        return np.asarray(
            (np.searchsorted(self.codes, self.code(first, second)) * q + value[first]) * q + value[second]
        )


def kappas(tables: Array, weights: Array) -> Array:
    """Return Cohen's (weighted) kappa of each table of two raters' values, shape (..., q, q); NaN where undefined.

    Cohen, "A coefficient of agreement for nominal scales", 1960; "Weighted kappa", Psychological Bulletin 70, 1968.

    """
    n = tables.sum(axis=(-2, -1))
    observed = ratio((tables * weights).sum(axis=(-2, -1)), n)
    rows, columns = tables.sum(axis=-1), tables.sum(axis=-2)
    expected = ratio(((rows @ weights) * columns).sum(axis=-1), n * n)
    return ratio(observed - expected, 1 - expected)


class MeanKappa:
    """Cohen's (weighted) kappa of two raters, or its mean over all pairs of more.

    The plain mean over pairs (Light, "Measures of response agreement for qualitative data", Psychological Bulletin 76, 1971);
    pairs whose kappa is undefined are left out.

    Parameters
    ----------
    pairs
        Who rated what in common.
    table
        How near two values are, shape (q, q).

    """

    def __init__(self, pairs: Pairs, table: Array) -> None:
        self.pairs, self.table = pairs, table
        self.each = kappas(pairs.tables, table)

    @property
    def n_defined(self) -> int:
        """Pairs whose kappa is defined."""
        return int(np.isfinite(self.each).sum())

    def value(self) -> float:
        """Return the estimate; NaN where undefined."""
        return float(self.each[np.isfinite(self.each)].mean()) if self.n_defined else float("nan")

    def drawn(self, weights: Array) -> Array:
        """Return the values of bootstrap samples from how often each item is in each, shape (b, items)."""
        q = self.pairs.ratings.q
        tables = np.asarray(weights @ self._cells).reshape(len(weights), -1, q, q)
        each = kappas(tables, self.table)
        known = np.isfinite(each)
        return ratio(np.where(known, each, 0.0).sum(axis=1), known.sum(axis=1))

    @cached_property
    def _cells(self) -> Any:  # noqa: ANN401 - a sparse array of scipy
        """How often each item has which two values of which pair, shape (items, pairs * q * q)."""
        ratings = self.pairs.ratings
        chunks = [(ratings.item[a], self.pairs.cells(a, b)) for a, b in ratings.pair_chunks()]
        item, cell = (np.concatenate(parts) for parts in zip(*chunks, strict=True))
        return occurrences(item, cell, (ratings.n_items, self.pairs.tables.size))

    def without(self) -> Array:
        """Return the leave-one-out values, one per item."""
        ratings, table, each = self.pairs.ratings, self.table, self.each
        value = ratings.value.astype(np.int64)
        tables = self.pairs.tables
        rows, columns = tables.sum(axis=2), tables.sum(axis=1)
        whole = np.column_stack(
            [tables.sum(axis=(1, 2)), (tables * table).sum(axis=(1, 2)), ((rows @ table) * columns).sum(axis=1)]
        )
        of_columns, of_rows = columns @ table, rows @ table
        moved, counted = np.zeros(ratings.n_items), np.zeros(ratings.n_items)
        for first, second in ratings.pair_chunks():
            if not len(first):
                continue
            pair = np.searchsorted(self.pairs.codes, self.pairs.code(first, second))
            x, y, item = value[first], value[second], ratings.item[first]
            near = table[x, y]
            gone = np.column_stack([np.ones(len(x)), near, of_columns[pair, x] + of_rows[pair, y]])
            item, pair, gone, both = _by_item(item, pair, gone, x, y, table)
            n, agreeing, chance = (whole[pair] - gone).T
            new = ratio(ratio(agreeing, n) - ratio(chance + both, n * n), 1 - ratio(chance + both, n * n))
            for found, sign in ((new, 1.0), (each[pair], -1.0)):
                known = np.isfinite(found)
                moved += sign * np.bincount(item[known], weights=found[known], minlength=len(moved))
                counted += sign * np.bincount(item[known], minlength=len(moved))
        return ratio(np.nansum(each) + moved, self.n_defined + counted, tiny=0.5)


def _by_item(
    item: Indices, pair: Indices, gone: Array, x: Indices, y: Indices, table: Array
) -> tuple[Indices, Indices, Array, Array]:
    """Add up what a pair of raters said about several responses of one item; the last part is each pair's own crossing."""
    key = item * (int(pair.max()) + 1) + pair
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    if len(starts) == len(key):
        return item, pair, gone, table[x, y]
    q = len(table)
    group = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(key))))
    rows, columns = (
        np.bincount(group * q + one[order], minlength=len(starts) * q).reshape(-1, q).astype(np.float64)
        for one in (x, y)
    )
    crossing = ((rows @ table) * columns).sum(axis=1)
    return item[order][starts], pair[order][starts], np.add.reduceat(gone[order], starts, axis=0), crossing
