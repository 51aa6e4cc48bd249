"""Can severities be told from qualities and difficulties at all? If not, why, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from rubricwidgets.stats.connected import apart, groups, null_space, some
from rubricwidgets.stats.estimates import NO_SCORES
from rubricwidgets.stats.lazy_scipy import sparse
from rubricwidgets.texts import counted

if TYPE_CHECKING:
    from rubricwidgets.stats.counts import Indices
    from rubricwidgets.stats.facets_data import Ratings

ONE_RESPONSE = "one response only: severity and quality cannot be told apart"
ONE_SCORE = "no rater and no dimension has two different scores: nothing has a finite estimate"
ONE_RATING = "every response has one rating: quality, severity and chance cannot be told apart"
TANGLED = (
    "raters and dimensions cannot be told apart: the responses that link the raters link them through different dimensions "
    "only"
)
RAN_AWAY = (
    "the responses differ by more than logits can measure, so nothing has a finite estimate: in {count} on {names}, {how}; what "
    "would hold the estimates is more ratings of responses about which raters differ. agreement() and raters() need no "
    "such ratings"
)
ONE_VOICE = "all raters gave a response the same score"
ONE_ORDER = (
    "the ratings follow one order with hardly an exception, as if severities and qualities left nothing to chance"
)
WAY_OUT = (
    "let a rater of each group rate responses of the others, analyse each group by itself, or, if responses were given to "
    "raters at random, say assume_random=True"
)


def obstacle(ratings: Ratings, *, raters: bool, dimensions: bool, assume_random: bool) -> tuple[str | None, str | None]:
    """Return why nothing can be estimated, and what an estimate rests on beyond the ratings; None where there is nothing.

    Estimates are free of assumptions about who rated which response where the design, with every response, rater and
    dimension as an effect of its own, says nothing of no more directions than the model fixes by definition.
    """
    thin = _thin(ratings) or (_by_dimension(ratings) if raters and dimensions else None)
    if thin:
        return thin, None
    missing = _unsaid(ratings, raters=raters, dimensions=dimensions)
    if missing == 0:
        return None, None
    words = _in_words(ratings, raters=raters)
    if assume_random:
        return None, f"{words}; they are compared by the assumption alone that responses were given to raters at random"
    return f"{words}; {WAY_OUT}", None


def ran_away(ratings: Ratings) -> str:
    """Return why the responses' spread has no finite estimate."""
    frame = ratings.frame.filter(ratings.used)
    spread = frame.group_by("_response", "dimension").agg(pl.col("score").n_unique())["score"]
    names = [name for name in ratings.dimensions if name in set(frame["dimension"].to_list())]
    count = f"{counted(frame.height, 'rating')} of {counted(frame['_response'].n_unique(), 'response')}"
    how = ONE_VOICE if spread.max() == 1 else ONE_ORDER
    return RAN_AWAY.format(count=count, names=some(names), how=how)


def _thin(ratings: Ratings) -> str | None:
    if not ratings.frame.height:
        return NO_SCORES
    if ratings.responses.height == 1:
        return ONE_RESPONSE
    if not ratings.used.any():
        return ONE_SCORE
    each = np.bincount(ratings.index("response"))
    if (each > 0).sum() == 1:
        return ONE_RESPONSE
    return ONE_RATING if each.max() == 1 else None


def _by_dimension(ratings: Ratings) -> str | None:
    """Return which raters judged dimensions that the others did not; severity and difficulty are then one."""
    rater, dimension = ratings.index("rater"), ratings.index("dimension")
    labels = groups(dimension, rater, len(ratings.raters))
    found = np.unique(labels[np.unique(rater)])
    if len(found) < 2:  # noqa: PLR2004
        return None
    parts = []
    for label in found:
        own = np.intersect1d(np.flatnonzero(labels == label), rater)
        judged = np.unique(dimension[np.isin(rater, own)])
        who, what = some([ratings.raters[one] for one in own]), some([ratings.dimensions[one] for one in judged])
        parts.append(f"{who} judged {what}")
    return (
        f"groups of raters have no dimension in common, so severity and difficulty cannot be told apart: {'; '.join(parts)}; "
        "let raters judge several dimensions, or analyse each group by itself"
    )


def _unsaid(ratings: Ratings, *, raters: bool, dimensions: bool) -> int:
    """Return how many directions the design leaves open beyond those that the model fixes."""
    response = ratings.index("response")
    columns: list[Indices] = []
    size = 0
    for places, wanted in ((ratings.index("rater"), raters), (ratings.index("dimension"), dimensions)):
        if wanted:
            found, place = np.unique(places, return_inverse=True)
            columns.append(place + size)
            size += len(found)
    # Ratings by response and effect; those by effect and effect, less what the responses' own effects explain.
    rows = np.tile(response, len(columns))
    sums = sparse().csr_array((np.ones(len(rows)), (rows, np.concatenate(columns))))
    root = np.sqrt(np.maximum(np.bincount(response), 1))
    scaled = sparse().csr_array((sums.data / np.repeat(root, np.diff(sums.indptr)), sums.indices, sums.indptr))
    table = np.zeros((size, size))
    for one in columns:
        for other in columns:
            pairs = np.bincount(one * size + other, minlength=size * size)
            table += pairs.reshape(size, size)
    table -= (scaled.T @ scaled).toarray()
    return null_space(table) - len(columns)


def _in_words(ratings: Ratings, *, raters: bool) -> str:
    if not raters:
        return "groups of dimensions were judged on no common response"
    rater = ratings.index("rater")
    labels = groups(ratings.index("response"), rater, len(ratings.raters))
    own = np.unique(rater)
    if len(np.unique(labels[own])) < 2:  # noqa: PLR2004
        return TANGLED
    return apart([ratings.raters[one] for one in own], labels[own])
