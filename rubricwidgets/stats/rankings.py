"""Which model is ranked higher, and how sure is that? Plackett-Luce strengths from rankings."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl

from rubricwidgets.errors import InputError, nearest
from rubricwidgets.stats.estimates import ESTIMATES_SCHEMA, ONE_ITEM, SAME, Result, percent
from rubricwidgets.stats.pairwise import Intervals, check_intervals
from rubricwidgets.stats.plackett_luce import Choices, choices_of, covariance, derivatives, fit
from rubricwidgets.stats.rankings_in import By, Orders, Unranked, orders_of, rankings_in
from rubricwidgets.stats.resampling import check_confidence, percentiles, z_quantile
from rubricwidgets.stats.separation import APART, Groups, groups
from rubricwidgets.stats.standing import EQUAL, NAMED, beyond_in_words, in_order, n_above, ranked, standing
from rubricwidgets.texts import counted, enumerated

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Ties = Literal["efron", "refuse"]

_CHUNK = 50
_PRECISION = 0.01
#: Beyond so much work, resamples take one Newton step from the estimate instead of all.
_FULL = 100_000_000


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class RankingsResult(Result):
    """Strengths of what was ranked, and what they rest on.

    Parameters
    ----------
    strengths
        One row per model (or response), strongest first: its name, the columns of every table of estimates, rank, rank_low,
        rank_high (Int64: 1 and how many are stronger, so equals share a rank), mean_rank (Float64: mid-ranks in ties), first
        (Int64: how often it stood first, alone).
    rank_shares
        How often each one stood at each rank: model (or response), rank (Int64), n (Int64), share (Float64). A tie
        takes the best of its ranks.
    resampled_ranks
        How often each one has each rank in the bootstrap, by the same columns without n; empty without one.
    log_likelihood
        Of the estimated group.
    by, dimension, confidence
        As asked for.
    n_rankings, n_items, n_raters
        How much it rests on.
    left_out
        Rankings of one thing only.

    """

    strengths: pl.DataFrame
    rank_shares: pl.DataFrame
    resampled_ranks: pl.DataFrame
    log_likelihood: float | None
    by: By
    dimension: str | None
    confidence: float
    n_rankings: int
    n_items: int
    n_raters: int
    left_out: int

    def to_frame(self) -> pl.DataFrame:
        """Return the strengths with their ranks."""
        return self.strengths

    def in_words(self) -> str:
        """Return what is ranked highest and how sure that is."""
        if not self.n_rankings:
            return "No ranking of two or more."
        whose = f"{counted(self.n_rankings, 'ranking')} of {counted(self.strengths.height, self.by)}"
        where = f"on {counted(self.n_items, 'item')} by {counted(self.n_raters, 'rater')}"
        parts = [f"{whose} {where} ({self.strengths['method'][0]})."]
        parts += beyond_in_words(self.strengths, self.by)
        known = self.strengths.filter(pl.col("value").is_not_null())
        if known.is_empty():
            parts.append(f"No strength can be estimated: {self.strengths['note'][0]}.")
        else:
            top = known.row(0, named=True)
            share = np.exp(known["value"].to_numpy())
            second = known.row(1, named=True)
            if top["value"] - second["value"] < EQUAL:
                equals = known.filter(pl.col("rank") == top["rank"])[self.by].to_list()
                parts.append(f"{enumerated(equals, NAMED)} are equally strong and share rank {top['rank']}.")
            else:
                chance = 100 * share[0] / share.sum()
                rest = " of those estimated" if known.height < self.strengths.height else ""
                parts.append(
                    f"{top[self.by]} is the strongest{rest}: it is expected to stand first among all {known.height} estimated in "
                    f"{chance:.0f} % of rankings; it did in {top['first']:,} of {self.n_rankings:,}."
                )
            if top["rank_low"] is not None:
                low, high = top["rank_low"], top["rank_high"]
                where = f"rank {low}" if low == high else f"ranks {low} to {high}"
                parts.append(
                    f"Resampling items leaves {top[self.by]} at {where} with {percent(self.confidence)} confidence."
                )
            if missing := (self.strengths["note"] == APART).sum():
                parts.append(f"{missing} of the {self.by}s cannot be compared with the others; the table says why.")
        if self.left_out:
            parts.append(f"Left out: {counted(self.left_out, 'ranking')} of one {self.by} only.")
        return " ".join(parts)


def rankings(
    rankings: Any,  # noqa: ANN401 - a frame of any library that narwhals knows
    *,
    dimension: str | None = None,
    by: By = "model",
    ties: Ties = "efron",
    unranked: Unranked = "left_out",
    reference: str | None = None,
    confidence: float = 0.95,
    intervals: Intervals | None = None,
    resamples: int = 1000,
    seed: int = 0,
) -> RankingsResult:
    """Estimate how strong each model is from rankings, complete or of some only.

    Parameters
    ----------
    rankings
        A frame with the columns of ``Study.rankings()``: item, rater, response or model, rank (1 the best; only the order
        counts; the same number is a tie; null is unranked). One item and rater make a ranking.
    dimension
        Which one; needed where the frame has several.
    by
        ``"model"`` or ``"response"``: what is ranked.
    ties
        ``"efron"`` takes a tie as an order that was not told, by Efron's approximation; ``"refuse"`` raises.
    unranked
        ``"left_out"``: a null rank says nothing. ``"below"``: it stands behind all ranked ones, as where raters choose the
        best few.
    reference
        The one whose strength is 0. None: strengths add up to 0.
    confidence
        Coverage of all intervals, above 0 and below 1.
    intervals
        ``"items"``: percentiles of a bootstrap over items, which keep the rankings of one item together. ``"information"``:
        Wald intervals from the observed information, which take rankings as independent. None: items, unless ``resamples`` is 0.
    resamples
        Bootstrap samples of items for the intervals, and for the ranks'; 0 for none.
    seed
        The same seed gives the same intervals.

    Returns
    -------
    RankingsResult
        Strengths (log worths) with intervals, ranks, and how often each stood where.

    Raises
    ------
    InputError
        If a column is missing, one thing stands twice in a ranking, ties are refused and there, or an option is unknown.

    Notes
    -----
    Model and sources: :mod:`rubricwidgets.stats.plackett_luce`. Estimates exist for those joined by places above each
    other in both directions (Hunter, "MM algorithms for generalized Bradley-Terry models", Annals of Statistics 32, 2004,
    assumption 1); the others have a null with the reason. In resamples strengths have a normal prior with standard deviation 10; where
    there are many distinct orders, a resample takes one Newton step from the estimate. An interval that would leave its estimate out
    is widened to it.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"item": ["1", "1", "2", "2", "3", "3"], "rater": ["x"] * 6,
    ...     "model": ["a", "b"] * 3, "rank": [1, 2, 1, 2, 2, 1]})
    >>> result = rankings(frame, reference="b", resamples=0)
    >>> result.to_frame().select("model", pl.col("value").round(3)).rows()  # log(2): a stood first in two of three
    [('a', 0.693), ('b', 0.0)]

    """
    confidence = check_confidence(confidence)
    _check_options(ties)
    check_intervals(intervals, resamples)
    if intervals is None:
        intervals = "items" if resamples >= 2 else "information"  # noqa: PLR2004
    frame = rankings_in(rankings, dimension=dimension, by=by, unranked=unranked)
    known = frame["name"].unique().sort().to_list()
    if reference is not None and reference not in known:
        close = nearest(reference, known)
        hint = f"did you mean {close!r}?" if close else f"there are {', '.join(known) or 'none'}"
        msg = f"'reference' takes one that is ranked (got {reference!r}); {hint}"
        raise InputError(msg)
    orders = orders_of(frame)
    if ties == "refuse" and (orders.first != orders.last).any():
        msg = "ties='refuse' takes rankings without ties (got the same rank twice in one): ties='efron' allows them"
        raise InputError(msg)
    found = groups(_above(orders))
    names = [name for name, inside in zip(orders.names, found.main.tolist(), strict=True) if inside]
    m = len(orders.names)
    value, se, low, high = (np.full(m, np.nan) for _ in range(4))
    notes = list(found.notes)
    strengths, drawn, log_likelihood = None, None, None
    if names:
        own = orders if len(names) == m else orders_of(frame.filter(pl.col("name").is_in(names)))
        choices = choices_of(own)
        weights = np.bincount(own.pattern, minlength=len(own.order)).astype(np.float64)
        strengths, information, log_likelihood = fit(choices, weights)
        if resamples and own.n_items > 1:
            drawn = _draw(own, choices, strengths, resamples, seed)
        value[found.main], se[found.main] = _relative(strengths, covariance(information), names, reference)
        z = z_quantile(confidence)
        low, high = value - z * se, value + z * se
        if intervals == "items":
            se[found.main], low[found.main], high[found.main] = _over_items(
                value[found.main], drawn, names, reference, confidence
            )
            if drawn is None:
                notes = [one or ONE_ITEM for one in notes]
            notes = [one or (SAME if error == 0 else None) for one, error in zip(notes, se.tolist(), strict=True)]
        if reference is not None and reference not in names:
            notes = [
                one if not inside else f"the reference {reference!r} has no finite estimate"
                for one, inside in zip(notes, found.main.tolist(), strict=True)
            ]
        elif reference is not None:
            notes[orders.names.index(reference)] = "the reference, 0 by choice"
    ranks = standing(found, strengths, drawn, confidence)
    kind = "no interval" if strengths is None else _kind(intervals, drawn, confidence)
    seen = _seen(frame, by)
    table = pl.DataFrame(
        {
            by: list(orders.names),
            "dimension": [dimension] * m,
            "statistic": ["strength"] * m,
            "value": value,
            "low": low,
            "high": high,
            "se": se,
            "method": [f"Plackett-Luce, {kind}"] * m,
            "n_items": [orders.n_items] * m,
            "n_raters": [orders.n_raters] * m,
            "n_ratings": np.bincount(orders.order[orders.pattern][orders.order[orders.pattern] >= 0], minlength=m),
            "note": notes,
            "rank": ranks[0],
            "rank_low": ranks[1],
            "rank_high": ranks[2],
        },
        schema={by: pl.String, **ESTIMATES_SCHEMA, "rank": pl.Int64, "rank_low": pl.Int64, "rank_high": pl.Int64},
    )
    rankings_of_two = frame.select("item", "rater").unique().height
    return RankingsResult(
        strengths=in_order(
            table.with_columns(
                pl.col("value", "low", "high", "se").fill_nan(None),
                pl.col("rank", "rank_low", "rank_high").replace(0, None),
            ).join(_mean_ranks(frame, by), on=by, how="left"),
            by,
        ),
        rank_shares=seen,
        resampled_ranks=_resampled(drawn, found, names, by),
        log_likelihood=log_likelihood,
        by=by,
        dimension=dimension,
        confidence=confidence,
        n_rankings=orders.n,
        n_items=orders.n_items,
        n_raters=orders.n_raters,
        left_out=rankings_of_two - orders.n,
    )


def _kind(intervals: Intervals, drawn: Array | None, confidence: float) -> str:
    """Return what the intervals are, in words."""
    if intervals == "information":
        return f"{percent(confidence)} Wald interval"
    return "no interval" if drawn is None else f"{percent(confidence)} bootstrap interval over items"


def _check_options(ties: str) -> None:
    if ties not in ("efron", "refuse"):
        close = nearest(ties, ("efron", "refuse"))
        hint = f"; did you mean {close!r}?" if close else ""
        msg = f"'ties' takes 'efron' or 'refuse' (got {ties!r}){hint}"
        raise InputError(msg)


def _above(orders: Orders) -> Array:
    """Return how often each one stood above each other one; a tie counts for both."""
    m = len(orders.names)
    table = np.zeros((m, m))
    if not m:
        return table
    weights = np.bincount(orders.pattern, minlength=len(orders.order))
    for place in range(orders.order.shape[1]):
        for other in range(place + 1, orders.order.shape[1]):
            one, two = orders.order[:, place], orders.order[:, other]
            there = two >= 0
            np.add.at(table, (one[there], two[there]), weights[there])
            tied = there & (orders.last[:, place] >= other)
            np.add.at(table, (two[tied], one[tied]), weights[tied])
    return table


def _relative(strengths: Array, cov: Array, names: list[str], reference: str | None) -> tuple[Array, Array]:
    """Return strengths and standard errors, against the reference or their mean."""
    if reference is None:
        return strengths, np.sqrt(np.maximum(np.diag(cov), 0.0))
    if reference not in names:
        return np.full(len(names), np.nan), np.full(len(names), np.nan)
    fixed = names.index(reference)
    variance = np.diag(cov) + cov[fixed, fixed] - 2 * cov[:, fixed]
    se = np.sqrt(np.maximum(variance, 0.0))
    se[fixed] = np.nan
    return strengths - strengths[fixed], se


def _over_items(
    value: Array, drawn: Array | None, names: list[str], reference: str | None, confidence: float
) -> tuple[Array, Array, Array]:
    """Return standard errors and limits from resamples of items, against the reference or the mean."""
    nothing = np.full(len(names), np.nan)
    if drawn is None or (reference is not None and reference not in names):
        return nothing, nothing, nothing
    fixed = None if reference is None else names.index(reference)
    own = drawn - (drawn.mean(axis=1, keepdims=True) if fixed is None else drawn[:, [fixed]])
    se, low, high = percentiles(value, own, confidence, still=EQUAL)
    if fixed is not None:
        se[fixed], low[fixed], high[fixed] = np.nan, np.nan, np.nan
    return se, low, high


def _draw(orders: Orders, choices: Choices, strengths: Array, resamples: int, seed: int) -> Array:
    """Return strengths in bootstrap samples of items, shape (resamples, things)."""
    from scipy.sparse import csr_array  # noqa: PLC0415

    n, u, m = orders.n_items, len(orders.order), choices.size
    of_items: Any = csr_array((np.ones(orders.n), (orders.pattern, orders.item)), shape=(u, n))  # type: ignore[no-untyped-call]
    sizes = [_CHUNK] * (resamples // _CHUNK) + ([resamples % _CHUNK] if resamples % _CHUNK else [])
    seeds = np.random.SeedSequence(seed).spawn(len(sizes))
    full = u * choices.order.shape[1] ** 3 * resamples < _FULL
    _, gradient, information = derivatives(choices, strengths)
    code = (choices.order[:, :, None] * m + choices.order[:, None, :]).ravel()
    row = np.repeat(np.arange(u), choices.order.shape[1] ** 2)
    tables: Any = csr_array((information.ravel(), (code, row)), shape=(m * m, u))  # type: ignore[no-untyped-call]
    place = np.repeat(np.arange(u), choices.order.shape[1])
    slopes: Any = csr_array((gradient.ravel(), (choices.order.ravel(), place)), shape=(m, u))  # type: ignore[no-untyped-call]

    def chunk(size: int, own: np.random.SeedSequence) -> Array:
        generator = np.random.Generator(np.random.SFC64(own))
        times = np.stack([np.bincount(generator.integers(0, n, n), minlength=n) for _ in range(size)], axis=1)
        weights = (of_items @ times.astype(np.float64)).T
        if full:
            return np.stack(
                [
                    fit(choices, one, start=strengths, precision=_PRECISION, tolerance=1e-6, iterations=50)[0]
                    for one in weights
                ]
            )
        bent = (tables @ weights.T).T.reshape(size, m, m)
        shift = np.trace(bent, axis1=1, axis2=2) / m**2
        bent += shift[:, None, None] + _PRECISION * np.eye(m)
        slope = (slopes @ weights.T).T - _PRECISION * strengths
        return strengths + np.linalg.solve(bent, slope[:, :, None])[:, :, 0]

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return np.concatenate(list(pool.map(chunk, sizes, seeds)))


def _resampled(drawn: Array | None, found: Groups, names: list[str], by: str) -> pl.DataFrame:
    schema = {by: pl.String, "rank": pl.Int64, "share": pl.Float64}
    if drawn is None:
        return pl.DataFrame(schema=schema)
    long = pl.DataFrame(ranked(drawn) + n_above(found), schema=names).unpivot(variable_name=by, value_name="rank")
    return (
        long.group_by(by, "rank")
        .len("n")
        .with_columns((pl.col("n") / len(drawn)).alias("share"))
        .sort(by, "rank")
        .select(schema.keys())
    )


def _seen(frame: pl.DataFrame, by: str) -> pl.DataFrame:
    """Return how often each one stood at each rank."""
    counted = (
        frame.filter(pl.len().over("item", "rater") > 1)
        .with_columns(pl.col("rank").rank("min").over("item", "rater").cast(pl.Int64).alias("rank"))
        .group_by(pl.col("name").alias(by), "rank")
        .agg(pl.len().cast(pl.Int64).alias("n"))
    )
    return counted.with_columns((pl.col("n") / pl.col("n").sum().over(by)).alias("share")).sort(by, "rank")


def _mean_ranks(frame: pl.DataFrame, by: str) -> pl.DataFrame:
    """Return the mean rank of each one, and how often it stood first alone."""
    mine = pl.col("rank").rank("average").over("item", "rater")
    return (
        frame.filter(pl.len().over("item", "rater") > 1)
        .with_columns(mine.alias("_mid"))
        .group_by(pl.col("name").alias(by))
        .agg(pl.col("_mid").mean().alias("mean_rank"), (pl.col("_mid") == 1).sum().cast(pl.Int64).alias("first"))
    )
