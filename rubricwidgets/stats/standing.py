"""Who stands where: ranks with ties, of models with a strength and of those that are above or below by no finite distance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from rubricwidgets.stats.separation import ABOVE, APART, BELOW
from rubricwidgets.texts import enumerated

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rubricwidgets.stats.separation import Groups

    Array = NDArray[np.float64]
    Indices = NDArray[np.int64]

#: Strengths nearer than this, in log odds, are the same: no data tell so little apart, and fits stop short of it.
EQUAL = 1e-6
#: So many models are named in a sentence, before how many more there are.
NAMED = 4


def ranked(strengths: Array) -> Indices:
    """Return the rank of each model in each row of strengths: 1 and how many are stronger, so equals share a rank.

    Examples
    --------
    >>> ranked(np.array([[0.5, -1.0, 0.5]])).tolist()
    [[1, 3, 1]]

    """
    order = np.argsort(-strengths, axis=1, kind="stable")
    falling = np.take_along_axis(strengths, order, axis=1)
    first = np.zeros(order.shape, np.int64)
    if strengths.shape[1] > 1:
        drops = falling[:, :-1] - falling[:, 1:] > EQUAL
        first[:, 1:] = np.where(drops, np.arange(1, strengths.shape[1]), 0)
    ranks = np.empty_like(first)
    np.put_along_axis(ranks, order, np.maximum.accumulate(first, axis=1) + 1, axis=1)
    return ranks


def standing(found: Groups, strengths: Array | None, drawn: Array | None, confidence: float) -> Indices:
    """Return rank and the two ends of its interval, 0 where there is none, shape (3, models).

    A rank is 1 and how many are stronger. Models without a finite estimate have one where wins order them, against every other
    model that can be ranked; equals share theirs, and so do models that are above (or below) the same ones and never met.

    Parameters
    ----------
    found
        How the models hang together.
    strengths, drawn
        Of the main group: estimates, and those of resamples; None where there are none.
    confidence
        Coverage of the ranks' intervals.

    """
    main, above = found.main, found.beyond.copy()
    ranks = np.zeros((3, len(main)), np.int64)
    # Inside a group that was not estimated nobody knows who is ahead.
    alone = np.bincount(found.group)[found.group] == 1 if len(main) else main
    if strengths is not None:
        own = np.flatnonzero(main)
        above[np.ix_(own, own)] = strengths[:, None] - strengths[None, :] > EQUAL
        placed = main | (alone & (found.beyond[own[0]] | found.beyond[:, own[0]]))
    else:
        placed = alone & (above | above.T).any(axis=1)
    seen = np.flatnonzero(placed)
    above = above[np.ix_(seen, seen)]
    stronger = above.sum(axis=0)
    fits = (stronger[:, None] < stronger[None, :]) == above
    known = (fits & fits.T).all(axis=1)
    level = ~(above | above.T)
    # Who may stand beside one without a place has none either.
    while (spread := known & ~(level & ~known).any(axis=1)).sum() < known.sum():
        known = spread
    if strengths is not None:
        # What is estimated is ordered throughout; only those above and below it may not be told apart.
        known |= main[seen]
    ranks[0, seen[known]] = stronger[known] + 1
    if strengths is not None and drawn is not None:
        tail = (1 - confidence) / 2
        ends = np.quantile(ranked(drawn), [tail, 1 - tail], axis=0, method="inverted_cdf")
        # Resamples have a prior that the estimates do not, so that they can all disagree with the estimated rank.
        low, high = ends + n_above(found)
        ranks[1, main], ranks[2, main] = np.minimum(low, ranks[0, main]), np.maximum(high, ranks[0, main])
    return ranks


def n_above(found: Groups) -> int:
    """Return how many models stand above the estimated ones."""
    return int(found.beyond[:, np.flatnonzero(found.main)[0]].sum()) if found.main.any() else 0


def in_order(table: pl.DataFrame, by: str) -> pl.DataFrame:
    """Return a table of strengths with the strongest first, and last what cannot be compared."""
    group = (
        pl.when(pl.col("note") == ABOVE)
        .then(0)
        .when(pl.col("note") == BELOW)
        .then(2)
        .when(pl.col("note") == APART)
        .then(3)
        .otherwise(1)
    )
    return table.sort(group, "rank", by, nulls_last=True)


def beyond_in_words(table: pl.DataFrame, by: str) -> list[str]:
    """Return who stands above or below the others by no finite distance.

    Parameters
    ----------
    table
        Strengths, with ``note`` and ``rank``.
    by
        The column of names.

    """
    words = []
    if (table["value"].null_count() == table.height) and (table["rank"] == 1).sum() == 1:
        (top,) = table.filter(pl.col("rank") == 1)[by]
        return [f"{top} is above all: it lost no comparison, so its strength is infinite."]
    for note, where, why, strength in (
        (ABOVE, "above", "lost", "infinite"),
        (BELOW, "below", "won", "minus infinite"),
    ):
        names = table.filter(pl.col("note") == note)[by].to_list()
        if len(names) == 1:
            words.append(f"{names[0]} is {where} all: it {why} no comparison, so its strength is {strength}.")
        elif names:
            words.append(
                f"{enumerated(names, NAMED)} are {where} all others: they {why} no comparison with them, so their strengths are {strength}."
            )
    return words
