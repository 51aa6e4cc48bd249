"""Conger's kappa: agreement of several raters beyond what their own distributions of values would bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rubricwidgets.stats.coefficients import linear, ratio
from rubricwidgets.stats.rated import occurrences

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rubricwidgets.stats.rated import Rated

    Array = NDArray[np.float64]

_ROWS = 200_000


class Conger:
    """Conger's kappa on one dimension, with weights and missing ratings.

    ``p_e`` is the mean over ordered pairs of raters of the agreement that their own marginals would bring (Conger,
    "Integration and generalization of kappas for multiple raters", Psychological Bulletin 88, 1980; with weights and missing
    ratings: Gwet, Handbook of Inter-Rater Reliability, 4th edition, 2014, chapter 2).

    Parameters
    ----------
    ratings
        Of one dimension.
    table
        How near two values are, shape (q, q).

    """

    def __init__(self, ratings: Rated, table: Array) -> None:
        self.ratings, self.table = ratings, table
        self.counts = (
            np.bincount(
                ratings.rater * ratings.q + ratings.value.astype(np.int64), minlength=len(ratings.raters) * ratings.q
            )
            .reshape(-1, ratings.q)
            .astype(np.float64)
        )
        per_unit = ratings.per_unit
        self.sizes = per_unit.sum(axis=1)
        pairs = self.sizes * (self.sizes - 1)
        agreeing = ((per_unit @ table) * per_unit).sum(axis=1) - self.sizes
        self.agreeing = np.divide(agreeing, pairs, out=np.zeros_like(pairs), where=pairs > 0)
        rows = [self.agreeing, (self.sizes >= 2).astype(np.float64)]  # noqa: PLR2004
        self.sums = np.column_stack(
            [np.bincount(ratings.unit_item, weights=one, minlength=ratings.n_items) for one in rows]
        )

    def value(self) -> float:
        """Return the estimate; NaN where undefined."""
        return float(self._of(self.sums.sum(axis=0)[None, :], self.counts[None])[0])

    def drawn(self, weights: Array) -> Array:
        """Return the values of bootstrap samples from how often each item is in each, shape (b, items)."""
        r = self.ratings
        columns = r.rater * r.q + r.value.astype(np.int64)
        table = occurrences(r.item, columns, (r.n_items, self.counts.size))
        counts = np.asarray(weights @ table).reshape(len(weights), *self.counts.shape)
        return self._of(weights @ self.sums, counts)

    def without(self) -> Array:
        """Return the leave-one-out values, one per item."""
        r, table = self.ratings, self.table
        sizes = self.counts.sum(axis=1)
        shares = ratio(self.counts, sizes[:, None])
        near = ((shares @ table) * shares).sum(axis=1)
        key = r.item * len(r.raters) + r.rater
        order = np.argsort(key, kind="stable")
        starts = np.flatnonzero(np.diff(key[order], prepend=-1))
        group_item, group_rater = r.item[order][starts], r.rater[order][starts]
        group = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(key))))
        value = r.value.astype(np.int64)[order]
        moved = np.zeros((r.n_items, r.q + 2))
        for start in range(0, len(starts), _ROWS):
            stop = min(start + _ROWS, len(starts))
            rows = slice(starts[start], starts[stop] if stop < len(starts) else len(key))
            taken = np.bincount((group[rows] - start) * r.q + value[rows], minlength=(stop - start) * r.q)
            who = group_rater[start:stop]
            left = self.counts[who] - taken.reshape(-1, r.q)
            n_left = left.sum(axis=1)
            new = np.divide(left, n_left[:, None], out=np.zeros(left.shape), where=n_left[:, None] > 0)
            parts = [new - shares[who], ((new @ table) * new).sum(axis=1) - near[who], -1.0 * (n_left == 0)]
            np.add.at(moved, group_item[start:stop], np.column_stack(parts))
        total = shares.sum(axis=0) + moved[:, : r.q]
        return self._beyond(
            self.sums.sum(axis=0) - self.sums, total, near.sum() + moved[:, -2], len(sizes) + moved[:, -1]
        )

    def linear(self) -> Array:
        """Return the linearised values, one per response (Gwet 2014, chapter 5)."""
        r, n = self.ratings, self.ratings.n_units
        sizes = self.counts.sum(axis=1)
        shares = self.counts / sizes[:, None]
        others = (shares.sum(axis=0) - shares) @ self.table
        own = (others * shares).sum(axis=1)
        ordered = len(sizes) * (len(sizes) - 1)
        per_rating = n / sizes[r.rater] * (others[r.rater, r.value.astype(np.int64)] - own[r.rater])
        per_unit = (np.bincount(r.unit, weights=per_rating, minlength=n) + own.sum()) / ordered
        return linear(np.ones(n), self.sizes, self.agreeing, float(own.sum() / ordered), per_unit)

    def _of(self, sums: Array, counts: Array) -> Array:
        """Return values from agreement sums, shape (b, 2), and the raters' counts, shape (b, raters, q)."""
        sizes = counts.sum(axis=2)
        shares = np.divide(counts, sizes[:, :, None], out=np.zeros(counts.shape), where=sizes[:, :, None] > 0)
        near = ((shares @ self.table) * shares).sum(axis=(1, 2))
        return self._beyond(sums, shares.sum(axis=1), near, (sizes > 0).sum(axis=1).astype(np.float64))

    def _beyond(self, sums: Array, total: Array, near: Array, raters: Array) -> Array:
        observed = ratio(sums[:, 0], sums[:, 1], tiny=0.5)
        expected = ratio(((total @ self.table) * total).sum(axis=1) - near, raters * (raters - 1))
        return ratio(observed - expected, 1 - expected)
