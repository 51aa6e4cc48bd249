"""How one rater differs from the others on the same responses, for all raters at once.

Each effect compares a rater's scores with those of the others who judged the same responses, so that a rater who was given the
poorer responses is not called severe. All are functions of sums over items, so that one jackknife serves them all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from rubricwidgets.stats.grouped import Cells, Grouped, cells, from_leave_one_out, jackknife_by, stacked, sums_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Indices = NDArray[np.int64]
    Booleans = NDArray[np.bool_]

_TINY = 1e-12


@dataclass(frozen=True)
class Panel:
    """The scores of one dimension as arrays of one length.

    Parameters
    ----------
    rater, item, unit
        Who, on which item and which response, as numbers from 0.
    score
        The scores.
    n_raters, n_items, n_units
        How many raters, items and responses there are in all.

    """

    rater: Indices
    item: Indices
    unit: Indices
    score: Array
    n_raters: int
    n_items: int
    n_units: int

    @cached_property
    def n_others(self) -> Array:
        """How many others scored the same response."""
        return np.asarray(np.bincount(self.unit, minlength=self.n_units)[self.unit] - 1.0, dtype=np.float64)

    @cached_property
    def compared(self) -> Booleans:
        """Which scores can be compared with another rater's."""
        return self.n_others > 0

    def others(self, values: Array) -> Array:
        """Return the mean of the others' values on the same response, for each score that can be compared."""
        total = np.bincount(self.unit, values, minlength=self.n_units)
        kept = self.compared
        return np.asarray((total[self.unit[kept]] - values[kept]) / self.n_others[kept], dtype=np.float64)

    @cached_property
    def _cells(self) -> Cells:
        kept = self.compared
        if self.n_items == self.n_units:  # one response each: every score is a cell of its own
            return Cells(self.rater[kept], self.item[kept], None)
        return cells(self.rater[kept], self.item[kept], self.n_items)

    def per_cell(self, *columns: Array) -> tuple[Indices, Array]:
        """Return the rater of each cell (a rater's item), and the sums of columns in it."""
        return self._cells.group, self._cells.sums(stacked(*columns))

    @cached_property
    def n_scores(self) -> Indices:
        """How many scores of each rater can be compared."""
        return np.bincount(self.rater[self.compared], minlength=self.n_raters).astype(np.int64)


def divide(above: Array, below: Array) -> Array:
    """Divide where the divisor is above zero; NaN elsewhere."""
    empty = np.full(np.broadcast(above, below).shape, np.nan)
    return np.asarray(np.divide(above, below, out=empty, where=below > _TINY), dtype=np.float64)


def difference(panel: Panel, values: Array | None = None) -> Grouped:
    """Return how far a rater's values lie above the others' on the same responses, in the mean over responses.

    The group's value for a response is the mean of the others (leave-one-out), so that no rater is compared with themself.

    The standard error, of interval and test alike, is the larger of two. The jackknife's over items sees that responses of one item
    are alike, and falls short where values are rarely different: a rater who by chance never gave one of the rare ones has almost
    no variance. The other follows from the stratified test of Cochran, "Some methods for strengthening the common chi-squared
    tests", Biometrics 10, 1954, and of Mantel and Haenszel 1959, in its form for mean scores: were the raters of a response
    interchangeable once each one's level is taken off, a rater's value would vary as the response's values do.
    """
    own = panel.score if values is None else values
    group, sums = panel.per_cell(own[panel.compared] - panel.others(own), np.ones(int(panel.compared.sum())))
    found = jackknife_by(group, sums, lambda total: divide(total[:, 0], total[:, 1]), panel.n_raters)
    return replace(found, se=np.maximum(found.se, _interchanged_se(panel, own)))


def _interchanged_se(panel: Panel, values: Array) -> Array:
    """Return the standard error of each rater's difference from the others, were values spread among a response's raters by chance."""
    kept = panel.compared
    levelled = values - level(panel, values)[panel.rater]
    count = np.maximum(np.bincount(panel.unit, minlength=panel.n_units), 1)
    mean = np.bincount(panel.unit, levelled, minlength=panel.n_units) / count
    squares = np.bincount(panel.unit, (levelled - mean[panel.unit]) ** 2, minlength=panel.n_units) / count
    # Own less others' mean is own less the mean of all, times n / (n - 1).
    wider = count[panel.unit[kept]] / panel.n_others[kept]
    total = np.bincount(panel.rater[kept], squares[panel.unit[kept]] * wider**2, minlength=panel.n_raters)
    n = np.maximum(np.bincount(panel.rater[kept], minlength=panel.n_raters), 1)
    se = np.sqrt(total) / n
    # What rounding alone leaves of a spread is none.
    return np.asarray(
        np.where(se < _TINY * np.maximum(np.abs(values).max(initial=1.0), 1.0), 0.0, se), dtype=np.float64
    )


def level(panel: Panel, values: Array | None = None) -> Array:
    """Return by how much each rater's values lie above the mean of each response, a first fit of the raters' main effects."""
    own = panel.score if values is None else values
    count = np.bincount(panel.unit, minlength=panel.n_units)
    mean = np.bincount(panel.unit, own, minlength=panel.n_units) / np.maximum(count, 1)
    off = np.bincount(panel.rater, own - mean[panel.unit], minlength=panel.n_raters)
    n = np.bincount(panel.rater, minlength=panel.n_raters)
    return np.asarray(off / np.maximum(n, 1), dtype=np.float64)


def spread(panel: Panel) -> tuple[Grouped, Array]:
    """Return the logarithm of a rater's standard deviation over the others' on the same responses, and the plain ratio.

    The others' is that of their single scores with each one's own level taken off, so that neither averaging nor severity
    changes it. A ratio below 1 is a central tendency or a narrow range (Saal, Downey and Lahey, "Rating the ratings",
    Psychological Bulletin 88, 1980).
    """
    centred = panel.score - (panel.score.mean() if len(panel.score) else 0.0)
    levelled = centred - level(panel)[panel.rater]
    own = centred[panel.compared]
    group, sums = panel.per_cell(
        own, own**2, panel.others(levelled), panel.others(levelled**2), np.ones(int(panel.compared.sum()))
    )

    def variances(total: Array) -> tuple[Array, Array]:
        n = np.maximum(total[:, 4], 1.0)
        mine = total[:, 1] / n - (total[:, 0] / n) ** 2
        theirs = total[:, 3] / n - (total[:, 2] / n) ** 2
        enough = total[:, 4] > 1
        return np.where(enough & (mine > _TINY), mine, np.where(enough, 0.0, np.nan)), theirs

    def logarithm(total: Array) -> Array:
        mine, theirs = variances(total)
        known = (mine > 0) & (theirs > _TINY)
        quotient = np.divide(mine, theirs, out=np.ones_like(mine), where=known)
        return np.where(known, 0.5 * np.log(quotient), np.nan)

    mine, theirs = variances(sums_by(group, sums, panel.n_raters))
    plain = np.sqrt(divide(np.maximum(mine, 0.0), theirs))
    return jackknife_by(group, sums, logarithm, panel.n_raters), plain


def halo(panels: Sequence[Panel]) -> tuple[Grouped, Indices]:
    """Return by how much a rater's dimensions correlate more than the others' do on the same responses.

    For each pair of dimensions the correlation over responses of the rater's own scores, less that of the others' single
    scores (each one's level taken off); the mean over the pairs of dimensions. That is the correlation index of halo relative to
    the group (Saal, Downey and Lahey 1980; Cooper, "Ubiquitous halo", Psychological Bulletin 90, 1981); a correlation
    that the responses themselves have is in both and cancels.

    Returns
    -------
    Grouped
        By rater.
    array
        How many responses with scores on two dimensions it rests on.

    """
    first = panels[0]
    code = [panel.unit * first.n_raters + panel.rater for panel in panels]
    rows, inverse = np.unique(np.concatenate(code), return_inverse=True)
    inverse = inverse.ravel()
    unit, rater = rows // first.n_raters, rows % first.n_raters
    item_of = np.zeros(first.n_units, dtype=np.int64)
    own = np.full((len(panels), len(rows)), np.nan).T
    levelled = np.full_like(own, np.nan)
    start = 0
    for place, panel in enumerate(panels):
        row = inverse[start : start + len(panel.score)]
        start += len(panel.score)
        item_of[panel.unit] = panel.item
        own[row, place] = panel.score - (panel.score.mean() if len(panel.score) else 0.0)
        levelled[row, place] = own[row, place] - level(panel)[panel.rater]
    together = cells(rater, item_of[unit], first.n_items)
    group = together.group
    added, pairs = np.zeros(first.n_raters), np.zeros(first.n_raters)
    added_without, pairs_without = np.zeros(len(group)), np.zeros(len(group))
    used = np.zeros(len(rows), dtype=bool)
    for one, other in combinations(range(len(panels)), 2):
        both = np.isfinite(own[:, one]) & np.isfinite(own[:, other])
        both &= np.bincount(unit, both, minlength=first.n_units)[unit] > 1
        if not both.any():
            continue
        used |= both
        sums = together.sums(_moments(own, levelled, both, unit, one, other, first.n_units))
        total = sums_by(group, sums, first.n_raters)
        found, without = _excess(total), _excess(total[group] - sums)
        added += np.where(np.isfinite(found), found, 0.0)
        pairs += np.isfinite(found)
        added_without += np.where(np.isfinite(without), without, 0.0)
        pairs_without += np.isfinite(without)
    counted = together.sums(stacked(used))[:, 0] > 0
    effect = from_leave_one_out(group[counted], divide(added, pairs), divide(added_without, pairs_without)[counted])
    return effect, np.bincount(rater[used], minlength=first.n_raters).astype(np.int64)


def _moments(own: Array, levelled: Array, both: Booleans, unit: Indices, one: int, other: int, n_units: int) -> Array:
    """Return own and others' moments of two dimensions: n, x, y, xx, yy, xy, and the others' means of the last five.

    Rows without a score on both dimensions, or without another rater who has both, add nothing.
    """

    def powers(table: Array) -> list[Array]:
        x, y = np.where(both, table[:, one], 0.0), np.where(both, table[:, other], 0.0)
        return [x, y, x * x, y * y, x * y]

    counted = both.astype(np.float64)
    n_others = np.maximum(np.bincount(unit, counted, minlength=n_units)[unit] - 1.0, 1.0)
    theirs = [
        counted * (np.bincount(unit, values, minlength=n_units)[unit] - values) / n_others
        for values in powers(levelled)
    ]
    return stacked(counted, *powers(own), *theirs)


def _excess(total: Array) -> Array:
    """Return own less others' correlation."""
    n = total[:, 0]
    return _correlation(n, total[:, 1:6]) - _correlation(n, total[:, 6:])


def _correlation(n: Array, sums: Array) -> Array:
    mean = sums / np.maximum(n, 1.0)[:, None]
    x = mean[:, 2] - mean[:, 0] ** 2
    y = mean[:, 3] - mean[:, 1] ** 2
    together = mean[:, 4] - mean[:, 0] * mean[:, 1]
    known = (n > 2) & (x > _TINY) & (y > _TINY)  # noqa: PLR2004
    size = np.sqrt(np.where(known, x * y, 1.0))
    return np.where(known, np.clip(together / size, -1, 1), np.nan)
