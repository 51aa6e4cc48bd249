"""Who stands above whom, and how sure is that? Strengths with intervals, strongest on top."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl

from rubricwidgets.charts.display import Chart, LayerChart
from rubricwidgets.charts.empty import message
from rubricwidgets.charts.style import QUIET, RULE, WIDTH, categories, plural, wrapped
from rubricwidgets.charts.wins import as_result
from rubricwidgets.stats.rankings import RankingsResult
from rubricwidgets.stats.separation import ABOVE, APART, BELOW

if TYPE_CHECKING:
    from rubricwidgets.stats.pairwise_result import PairwiseResult

_WORDED = 40
#: What stands beside one without an estimate.
_BESIDE = {ABOVE: "strength infinite", BELOW: "strength minus infinite", APART: "not comparable"}


def ladder(
    comparisons: Any,  # noqa: ANN401 - a frame of any library that narwhals knows, or a result
    *,
    dimension: str | None = None,
) -> Chart | LayerChart:
    """Chart the strength of each model with its interval, and the ranks that it may have.

    Parameters
    ----------
    comparisons
        What :func:`rubricwidgets.stats.pairwise.pairwise` takes or returns, or what
        :func:`rubricwidgets.stats.rankings.rankings` returns.
    dimension
        Which one, where a frame has several.

    Returns
    -------
    Chart or LayerChart
        An Altair chart: a point and interval per model, strongest on top, its rank and the ranks' interval beside it. Models
        without a finite estimate have a word on why instead.

    Raises
    ------
    InputError
        If a column is missing.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"left_model": ["a", "b"], "right_model": ["b", "a"], "winner": ["left", "left"]})
    >>> chart = ladder(frame)

    """
    result: PairwiseResult | RankingsResult
    result = (
        comparisons if isinstance(comparisons, RankingsResult) else as_result(comparisons, dimension, resamples=1000)
    )
    by = result.by if isinstance(result, RankingsResult) else "model"
    title = f"Strength of each {by}"
    table = result.strengths.rename({by: "name"})
    if table.is_empty():
        nothing = (
            "No ranking of two or more yet."
            if isinstance(result, RankingsResult)
            else "No comparison of two models has a verdict yet."
        )
        return message(nothing, title)
    if table["value"].null_count() == table.height:
        return message(f"No strength can be estimated: {table['note'][0]}.", title)
    place = pl.format("rank {}", "rank")
    rows = table.with_columns(
        pl.when(pl.col("value").is_null())
        .then(
            pl.concat_str(
                place,
                pl.col("note").replace_strict(_BESIDE, default="no finite estimate"),
                separator=", ",
                ignore_nulls=True,
            )
        )
        .when(pl.col("rank_low").is_null() | (pl.col("rank_low") == pl.col("rank_high")))
        .then(place)
        .otherwise(pl.format("rank {} ({} to {})", "rank", "rank_low", "rank_high"))
        .alias("words"),
        pl.col("value", "low", "high", "se").round(4),
        pl.coalesce("low", "value").alias("drawn_low"),
        pl.coalesce("high", "value").alias("drawn_high"),
    ).select(
        "name",
        "value",
        "low",
        "high",
        "se",
        "drawn_low",
        "drawn_high",
        "words",
        "rank",
        "rank_low",
        "rank_high",
        "n_ratings",
        "note",
    )
    names = rows["name"].to_list()
    ends = rows.select(pl.col("drawn_low").min(), pl.col("drawn_high").max()).row(0)
    low, high = float(ends[0]), float(ends[1])
    room = (high - low or 1.0) * 0.04
    few = len(names) <= _WORDED
    height = len(names) * (26 if few else 13)
    scale = alt.Scale(domain=[low - room, high + room], nice=False, zero=False)
    reference = getattr(result, "reference", None)
    zero = "0: the mean" if reference is None else f"0: {reference}"
    base = Chart({"values": rows.to_dicts()}, width=WIDTH - 160, height=height)
    y = alt.Y(
        "name:N",
        sort=names,
        title=None,
        axis=alt.Axis(ticks=False, domain=False, grid=True, labelLimit=220, labelPadding=10),
    )
    tooltip = [
        alt.Tooltip("name:N", title=by),
        alt.Tooltip("value:Q", title="strength", format=".3f"),
        alt.Tooltip("low:Q", format=".3f"),
        alt.Tooltip("high:Q", format=".3f"),
        alt.Tooltip("se:Q", format=".3f"),
        alt.Tooltip("words:N", title="rank"),
        alt.Tooltip("n_ratings:Q", title="rankings" if isinstance(result, RankingsResult) else "comparisons"),
        *([alt.Tooltip("note:N")] if rows["note"].null_count() < rows.height else []),
    ]
    colour = categories(1)[0]
    x = alt.X("drawn_low:Q", scale=scale, title=f"strength, log odds ({zero})", axis=alt.Axis(tickCount=7))
    layers = [
        base.mark_rule(strokeWidth=2.4, color=colour)
        .transform_filter("isValid(datum.value)")
        .encode(x=x, x2="drawn_high:Q", y=y, tooltip=tooltip),
        base.mark_point(filled=True, size=70, opacity=1, color=colour)
        .transform_filter("isValid(datum.value)")
        .encode(
            x=alt.X("value:Q", scale=scale, title=f"strength, log odds ({zero})", axis=alt.Axis(tickCount=7)),
            y=y,
            tooltip=tooltip,
        ),
    ]
    if low < 0 < high:
        line = (
            Chart({"values": [{"zero": 0}]})
            .mark_rule(color=QUIET, strokeDash=[3, 3])
            .encode(x=alt.X("zero:Q", scale=scale))
        )
        layers.insert(0, line)
    words = base.mark_text(align="left", color=QUIET, fontSize=11).encode(
        x=alt.value(WIDTH - 160 + 10), y=y, text="words:N", tooltip=tooltip
    )
    if few:
        layers.append(words)
    heading: Any = {"text": title, "subtitle": wrapped(_subtitle(result, rows), 88)}
    return LayerChart(layer=layers, title=heading).configure_axisY(gridColor=RULE)


def _subtitle(result: PairwiseResult | RankingsResult, rows: pl.DataFrame) -> str:
    if isinstance(result, RankingsResult):
        base = (
            f"{result.strengths['method'][0]}; {plural(result.n_rankings, 'ranking')}, {plural(result.n_items, 'item')}"
        )
        over = "items"
    else:
        items = [plural(result.data.n_items, "item")] if result.data.n_items else []
        base = ", ".join([f"{result.method}; {plural(result.data.n, 'comparison')}", *items])
        over = "items" if result.data.n_items is not None else "comparisons"
    bracketed = rows["rank_low"].null_count() < rows.height
    return f"{base}. In brackets: ranks by resampling {over}." if bracketed else f"{base}."
