"""Do rankings agree? Kendall's coefficient of concordance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl

from rubricwidgets.errors import InputError, nearest
from rubricwidgets.stats.coefficients import ratio
from rubricwidgets.stats.estimates import NO_SCORES, ONE_ITEM, Estimate, Result, estimates_frame, in_digits, percent
from rubricwidgets.stats.rankings_in import rankings_in
from rubricwidgets.stats.resampling import check_confidence, jackknife, t_quantile
from rubricwidgets.texts import counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Over = Literal["item", "model"]

NO_TWO = "no two complete rankings of the same two or more: agreement takes two"
ALL_TIED = "every ranking is one tie: there is no order to agree on"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ConcordanceResult(Result):
    """Kendall's W with its test.

    Parameters
    ----------
    table
        One row: the columns of every table of estimates, chi2, df, p (Float64).
    per_item
        With ``over="item"`` one row per item: item, value (W), chi2, df, p, n_rankings, n_ranked (Int64), note. Empty otherwise.
    mean_ranks
        What was ranked and its mean rank, best first: item (with ``over="item"``), response or model, mean_rank, n (Int64).
    over
        As asked for.
    left_out
        Rankings that are not complete.

    """

    table: pl.DataFrame
    per_item: pl.DataFrame
    mean_ranks: pl.DataFrame
    over: Over
    left_out: int

    def to_frame(self) -> pl.DataFrame:
        """Return the coefficient with its test."""
        return self.table

    def in_words(self) -> str:
        """Return how far the rankings agree."""
        row = self.table.row(0, named=True)
        if row["value"] is None:
            return f"Kendall's W is undefined: {row['note']}."
        value = in_digits(row["value"], row["low"], row["high"])
        whose = (
            "the raters' rankings of each item, averaged over items"
            if self.over == "item"
            else "all rankings of the models"
        )
        p = "p < 0.001" if row["p"] < 0.001 else f"p = {row['p']:.3f}"  # noqa: PLR2004
        words = (
            f"Kendall's W of {whose} is {value} (0: no agreement, 1: the same order); {counted(row['n_ratings'], 'ranking')} on "
            f"{counted(row['n_items'], 'item')}; chi-square({row['df']:.0f}) = {row['chi2']:.1f}, {p}."
        )
        if self.over == "item":
            chance = float(np.mean(1 / self.per_item.drop_nulls("value")["n_rankings"].to_numpy()))
            words += f" Rankings at random would reach {chance:.2f}, as so few raters agree by chance."
        return words + (f" Left out: {counted(self.left_out, 'incomplete ranking')}." if self.left_out else "")


def kendall_w(
    rankings: Any,  # noqa: ANN401 - a frame of any library that narwhals knows
    *,
    dimension: str | None = None,
    over: Over = "item",
    confidence: float = 0.95,
) -> ConcordanceResult:
    """Compute Kendall's coefficient of concordance W, corrected for ties.

    ``W = 12 S / (m**2 (n**3 - n) - m sum(t**3 - t))`` for m rankings of n, S the squared deviations of the rank sums and t the sizes of
    ties; ``m (n - 1) W`` is about chi-square with n - 1 degrees of freedom (Kendall and Babington Smith, "The problem of m rankings",
    Annals of Mathematical Statistics 10, 1939; Kendall, Rank Correlation Methods, 4th edition, 1970, chapter 6).

    Parameters
    ----------
    rankings
        A frame with the columns of ``Study.rankings()``.
    dimension
        Which one; needed where the frame has several.
    over
        ``"item"``: do the raters of an item agree on its responses? W of each item, and their mean. ``"model"``: do all
        rankings, whatever item and rater, agree on the models?
    confidence
        Coverage of the interval, above 0 and below 1.

    Returns
    -------
    ConcordanceResult
        W with an interval over items (t for the mean over items, the jackknife otherwise), chi-square, its degrees of freedom, p,
        and mean ranks. Only rankings of everything that is ranked (of the item, or of all models) count.

    Raises
    ------
    InputError
        If a column is missing, one thing stands twice in a ranking, or ``over`` is neither.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"item": ["1"] * 6, "rater": ["x"] * 3 + ["y"] * 3, "response": ["a", "b", "c"] * 2,
    ...     "rank": [1, 2, 3, 1, 2, 3]})
    >>> kendall_w(frame).to_frame()["value"][0]
    1.0

    """
    confidence = check_confidence(confidence)
    if over not in ("item", "model"):
        close = nearest(over, ("item", "model"))
        hint = f"; did you mean {close!r}?" if close else ""
        msg = f"'over' takes 'item' or 'model' (got {over!r}){hint}"
        raise InputError(msg)
    by: Literal["response", "model"] = "response" if over == "item" else "model"
    frame = rankings_in(rankings, dimension=dimension, by=by, unranked="left_out")
    everything = pl.col("name").n_unique().over("item") if over == "item" else pl.col("name").n_unique()
    marked = frame.with_columns(everything.alias("_all"), pl.len().over("item", "rater").alias("_own"))
    left_out = marked.filter(pl.col("_own") < pl.col("_all")).select("item", "rater").unique().height
    kept = marked.filter(pl.col("_own") == pl.col("_all"), pl.col("_all") > 1).select(
        "item", "rater", "name", "rank", pl.col("rank").rank("average").over("item", "rater").alias("mid")
    )
    keys = ["item", "name"] if over == "item" else ["name"]
    mean_ranks = (
        kept.group_by(keys)
        .agg(pl.col("mid").mean().alias("mean_rank"), pl.len().cast(pl.Int64).alias("n"))
        .sort([*keys[:-1], "mean_rank", "name"])
        .rename({"name": by})
    )
    if over == "item":
        per_item = _each_item(kept)
        table = _mean_over_items(per_item, kept, dimension, confidence)
    else:
        per_item = _each_item(kept.clear())
        table = _over_models(kept, dimension, confidence)
    return ConcordanceResult(table=table, per_item=per_item, mean_ranks=mean_ranks, over=over, left_out=left_out)


def _each_item(kept: pl.DataFrame) -> pl.DataFrame:
    """Return W of each item's rankings."""
    ties = (
        kept.group_by("item", "rater", "rank")
        .agg(pl.len().cast(pl.Float64).alias("t"))
        .group_by("item")
        .agg((pl.col("t") ** 3 - pl.col("t")).sum().alias("ties"))
    )
    sums = kept.group_by("item", "name").agg(pl.col("mid").sum().alias("total"), pl.len().cast(pl.Float64).alias("m"))
    table = (
        sums.group_by("item")
        .agg(
            ((pl.col("total") - pl.col("total").mean()) ** 2).sum().alias("s"),
            pl.col("m").first(),
            pl.len().cast(pl.Float64).alias("k"),
        )
        .join(ties, on="item")
        .sort("item")
    )
    m, k = pl.col("m"), pl.col("k")
    below = m**2 * (k**3 - k) - m * pl.col("ties")
    defined = (m > 1) & (below > 0)
    value = pl.when(defined).then(12 * pl.col("s") / pl.when(defined).then(below).otherwise(1.0))
    table = table.with_columns(value.alias("value"), pl.when(defined).then(k - 1).alias("df"))
    chi2 = m * pl.col("df") * pl.col("value")
    return table.with_columns(chi2.alias("chi2")).select(
        "item",
        "value",
        "chi2",
        "df",
        pl.struct("df", "chi2").map_batches(_upper_tail, return_dtype=pl.Float64).alias("p"),
        m.cast(pl.Int64).alias("n_rankings"),
        k.cast(pl.Int64).alias("n_ranked"),
        pl.when(m < 2).then(pl.lit(NO_TWO)).when(~defined).then(pl.lit(ALL_TIED)).alias("note"),  # noqa: PLR2004
    )


def _upper_tail(both: pl.Series) -> pl.Series:
    from scipy.special import chdtrc  # noqa: PLC0415 - loads when first used

    table = both.struct.unnest()
    df = table["df"].fill_null(1.0).to_numpy()
    tail = pl.Series(chdtrc(df, table["chi2"].fill_null(0.0).to_numpy()))
    return pl.select(pl.when(table["df"].is_not_null()).then(tail)).to_series()


def _mean_over_items(
    per_item: pl.DataFrame, kept: pl.DataFrame, dimension: str | None, confidence: float
) -> pl.DataFrame:
    known = per_item.drop_nulls("value")
    n = known.height
    mean = float(known["value"].mean()) if n else None  # type: ignore[arg-type]
    se = float(known["value"].std()) / n**0.5 if n > 1 else None  # type: ignore[arg-type]
    half = None if se is None else t_quantile(confidence, n - 1) * se
    note = None
    if not n:
        note = NO_SCORES if kept.is_empty() else str(per_item["note"].drop_nulls()[0])
    elif n == 1:
        note = ONE_ITEM
    estimate = Estimate(
        statistic="Kendall's W",
        value=mean,
        low=None if mean is None or half is None else max(mean - half, 0.0),
        high=None if mean is None or half is None else min(mean + half, 1.0),
        se=se,
        method=f"mean over items, {percent(confidence)} t interval over items",
        n_items=n,
        n_raters=kept["rater"].n_unique(),
        n_ratings=int(known["n_rankings"].sum()),
        dimension=dimension,
        note=note,
    )
    return _tested(estimate, float(known["chi2"].sum()), float(known["df"].sum()))


def _over_models(kept: pl.DataFrame, dimension: str | None, confidence: float) -> pl.DataFrame:
    names = kept["name"].unique().sort().to_list()
    k = len(names)
    ties = kept.group_by("item", "rater", "rank").agg(pl.len().cast(pl.Float64).alias("t"))
    per_item = (
        kept.group_by("item")
        .agg(
            (pl.len() / max(k, 1)).alias("_m"),
            *(
                pl.col("mid").filter(pl.col("name") == name).sum().alias(f"_r{place}")
                for place, name in enumerate(names)
            ),
        )
        .join(ties.group_by("item").agg((pl.col("t") ** 3 - pl.col("t")).sum().alias("_ties")), on="item")
        .sort("item")
    )
    table = per_item.select("_m", "_ties", *(f"_r{place}" for place in range(k))).to_numpy().astype(np.float64)
    m = float(table[:, 0].sum()) if len(table) else 0.0

    def concordance(sums: Array) -> Array:
        rows, tied, totals = sums[:, 0], sums[:, 1], sums[:, 2:]
        deviations = ((totals - totals.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
        return np.where(rows > 1, ratio(12 * deviations, rows**2 * (k**3 - k) - rows * tied), np.nan)

    method = f"{percent(confidence)} jackknife t interval over items"
    numbers: dict[str, Any] = {
        "method": method,
        "n_items": len(table),
        "n_raters": kept["rater"].n_unique(),
        "n_ratings": round(m),
    }
    value = float(concordance(table.sum(axis=0)[None, :])[0]) if m > 1 and k > 1 else float("nan")
    if not np.isfinite(value):
        note = NO_SCORES if kept.is_empty() else NO_TWO if m < 2 else ALL_TIED  # noqa: PLR2004
        estimate = Estimate(statistic="Kendall's W", value=None, dimension=dimension, note=note, **numbers)
        return _tested(estimate, 0.0, 0.0)
    interval = jackknife(table, np.ones(len(table)), concordance, confidence=confidence, bounds=(0.0, 1.0))
    estimate = Estimate(
        statistic="Kendall's W",
        value=value,
        low=interval.low,
        high=interval.high,
        se=interval.se,
        dimension=dimension,
        note=interval.note,
        **numbers,
    )
    return _tested(estimate, m * (k - 1) * value, float(k - 1))


def _tested(estimate: Estimate, chi2: float, df: float) -> pl.DataFrame:
    from scipy.special import chdtrc  # noqa: PLC0415

    frame = estimates_frame([estimate])
    known = estimate.value is not None
    return frame.with_columns(
        pl.lit(chi2 if known else None, pl.Float64).alias("chi2"),
        pl.lit(df if known else None, pl.Float64).alias("df"),
        pl.lit(float(chdtrc(df, chi2)) if known else None, pl.Float64).alias("p"),
    )
