"""How often does each model stand where? The distribution of ranks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl

from rubricwidgets.charts.display import Chart, LayerChart
from rubricwidgets.charts.empty import message
from rubricwidgets.charts.style import WIDTH, diverging, plural, wrapped
from rubricwidgets.stats.pairwise_result import PairwiseResult
from rubricwidgets.stats.rankings import RankingsResult, rankings

if TYPE_CHECKING:
    from rubricwidgets.stats.rankings_in import By

_ROOM = 0.055
_PALE = 0.3


def ranks(
    ranked: Any,  # noqa: ANN401 - a frame of any library that narwhals knows, or a result
    *,
    dimension: str | None = None,
    by: By = "model",
) -> Chart | LayerChart:
    """Chart the share of each rank for each model.

    Parameters
    ----------
    ranked
        A frame with the columns of ``Study.rankings()``, or what :func:`rubricwidgets.stats.rankings.rankings` returns: the ranks that
        raters gave. What :func:`rubricwidgets.stats.pairwise.pairwise` returns: the ranks in its bootstrap.
    dimension
        Which one, where a frame has several.
    by
        ``"model"`` or ``"response"``: what a frame ranks.

    Returns
    -------
    Chart or LayerChart
        An Altair chart: a bar per model from its best ranks to its worst, those with the best mean rank on top.

    Raises
    ------
    InputError
        If a column is missing.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"item": ["1", "1"], "rater": ["x", "x"], "model": ["a", "b"], "rank": [1, 2]})
    >>> chart = ranks(frame)

    """
    result = (
        ranked
        if isinstance(ranked, (PairwiseResult, RankingsResult))
        else rankings(ranked, dimension=dimension, by=by, resamples=0)
    )
    if isinstance(result, PairwiseResult):
        name, title = "model", "Ranks of each model in resamples"
        units = "items" if result.data.n_items is not None else "comparisons"
        n = 0 if result.drawn is None else len(result.drawn)
        subtitle = f"Share of {n:,} bootstrap samples of {units} in which a model has that rank (1 the strongest)."
        nothing = "No rank could be resampled: there is no finite estimate, one item only, or resamples=0."
        shares = result.rank_shares
    else:
        name, title = result.by, f"Ranks that each {result.by} was given"
        counted = f"{plural(result.n_rankings, 'ranking')}, {plural(result.n_items, 'item')}"
        subtitle = f"Share of its rankings; {counted}. A tie counts as the best of its ranks."
        nothing = "No ranking of two or more yet."
        shares = result.rank_shares.drop("n")
    if shares.is_empty():
        return message(nothing, title)
    places = shares["rank"].unique().sort().to_list()
    mean = pl.col("rank") * pl.col("share")
    rows = (
        shares.rename({name: "name"})
        .sort("name", "rank")
        .with_columns(
            mean.sum().over("name").round(3).alias("mean_rank"),
            pl.col("share").cum_sum().over("name").alias("high"),
        )
        .with_columns((pl.col("high") - pl.col("share")).alias("low"))
        .with_columns(
            ((pl.col("low") + pl.col("high")) / 2).round(4).alias("middle"),
            pl.col("low", "high", "share").round(4),
            pl.col("rank")
            .replace_strict({place: _depth(index, len(places)) for index, place in enumerate(places)})
            .alias("depth"),
        )
    )
    order = rows.unique("name").sort("mean_rank", "name")["name"].to_list()
    colours = list(reversed(diverging(len(places)))) if len(places) > 1 else diverging(1)
    base = Chart({"values": rows.to_dicts()}, width=WIDTH - 80, height=max(len(order) * 28, 40))
    y = alt.Y(
        "name:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False, labelLimit=220, labelPadding=8)
    )
    tooltip = [
        alt.Tooltip("name:N", title=name),
        alt.Tooltip("rank:O"),
        alt.Tooltip("share:Q", format=".1%"),
        alt.Tooltip("mean_rank:Q", title="mean rank", format=".2f"),
    ]
    axis = alt.Axis(format=".0%", tickCount=5, grid=False)
    bars = base.mark_bar(height={"band": 0.78}).encode(
        x=alt.X(
            "low:Q",
            scale=alt.Scale(domain=[0, 1]),
            axis=axis,
            title="share of " + ("resamples" if isinstance(result, PairwiseResult) else "rankings"),
        ),
        x2="high:Q",
        y=y,
        color=alt.Color(
            "rank:O",
            scale=alt.Scale(domain=places, range=colours),
            legend=alt.Legend(title="rank", orient="bottom", symbolType="square", columns=min(len(places), 12)),
        ),
        tooltip=tooltip,
    )
    words = (
        base.mark_text(fontSize=11)
        .transform_filter(f"datum.share >= {_ROOM}")
        .encode(
            x="middle:Q",
            y=y,
            text=alt.Text("share:Q", format=".0%"),
            color=alt.condition(f"datum.depth > {1 - _PALE}", alt.value("#ffffff"), alt.value("#262626")),
            tooltip=tooltip,
        )
    )
    heading: Any = {"text": title, "subtitle": wrapped(subtitle, 88)}
    return LayerChart(layer=[bars, words], title=heading)


def _depth(index: int, count: int) -> float:
    """Return how dark the colour of a rank is, from 0 in the middle to 1 at the ends."""
    return 1.0 if count == 1 else abs(index / (count - 1) - 0.5) * 2
