"""Which model scores how high, and how sure is that? Means with intervals for each dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl

from rubricwidgets.charts.display import Chart, LayerChart, VConcatChart
from rubricwidgets.charts.empty import message
from rubricwidgets.charts.frames import Axis, anchored_labels, axes, families, raters_in
from rubricwidgets.charts.style import SHAPES, WIDTH, categories, plural
from rubricwidgets.scales.numbers import short
from rubricwidgets.stats.describe import check_scores
from rubricwidgets.stats.describe import means as estimate

if TYPE_CHECKING:
    from rubricwidgets.rubric import Rubric
    from rubricwidgets.stats.describe import By

_FEW = 11
_OF_ITEM = "about the item"
_NO_MODEL = "no model given"


def means(
    scores: pl.DataFrame, rubric: Rubric | None = None, *, by: By | None = "model", confidence: float = 0.95
) -> Chart | LayerChart | VConcatChart:
    """Chart each dimension's mean with its interval, by model.

    Parameters
    ----------
    scores
        A frame with the columns of ``Study.scores()``.
    rubric
        Gives order, titles, ranges and anchors.
    by
        ``"model"``, ``"rater"`` or None for all together.
    confidence
        Coverage of the intervals; their method is that of :func:`rubricwidgets.stats.means`, and stands in the subtitle.

    Returns
    -------
    Chart, LayerChart or VConcatChart
        An Altair chart, one panel for each kind of scale; categories have no mean and are left out.

    Raises
    ------
    InputError
        If a column is missing, or ``confidence`` is not above 0 and below 1.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> study = rw.demo(store="memory")
    >>> chart = rw.charts.means(study.scores(), study.rubric)

    """
    check_scores(scores, by)
    if by == "model" and scores["model"].null_count() == scores.height:
        by = None  # nobody said who wrote the responses
    title = f"Mean scores{f' by {by}' if by else ''}"
    table = estimate(scores, rubric, by=by, confidence=confidence).filter(pl.col("value").is_not_null())
    if table.is_empty():
        words = (
            "No scores yet: rate an item, and run this cell again."
            if scores.is_empty()
            else "No answer has a number to average."
        )
        return message(words, title)
    groups = [] if by is None else table[by].unique(maintain_order=True).drop_nulls().sort().to_list()
    if by == "model":
        of_item = scores.group_by("dimension").agg(pl.col("response").is_null().all().alias("_of_item"))
        nobody = pl.when("_of_item").then(pl.lit(_OF_ITEM)).otherwise(pl.lit(_NO_MODEL))
        table = table.join(of_item, on="dimension", how="left", maintain_order="left").with_columns(
            pl.col(by).fill_null(nobody)
        )
    panels = [
        _panel(part, family, by, groups)
        for family in families(axes(scores, rubric))
        if not (part := table.filter(pl.col("dimension").is_in([axis.name for axis in family]))).is_empty()
    ]
    items = plural(scores["item"].n_unique(), "item")
    method = table["method"][0]
    alone = " (one item only: no interval)" if table["low"].null_count() else ""
    heading: Any = {
        "text": title,
        "subtitle": f"{method}, {items}, {raters_in(scores)}{alone}",
    }
    if len(panels) == 1:
        return panels[0].properties(title=heading)
    stacked: VConcatChart = VConcatChart(vconcat=panels, title=heading, spacing=24)
    return stacked.resolve_scale(yOffset="independent")


def _panel(table: pl.DataFrame, family: list[Axis], by: By | None, groups: list[str]) -> LayerChart:
    first = family[0]
    titles = {axis.name: axis.title for axis in family}
    columns = ["value", "low", "high", "n_items", "n_raters", "n_ratings", "method", "note"]
    rows = table.with_columns(pl.col("dimension").replace_strict(titles).alias("title")).select(
        "title", *([by] if by else []), *columns
    )
    rows = rows.with_columns(pl.col("value", "low", "high").round(6))
    low, high = _domain(first, rows)
    rows = rows.with_columns(
        pl.col("low").clip(low, high).alias("drawn_low"), pl.col("high").clip(low, high).alias("drawn_high")
    )
    height = len(family) * (30 if by is None else 14 + 14 * max(len(groups), 1))
    base = Chart({"values": rows.to_dicts()}, width=WIDTH, height=height)
    y = alt.Y(
        "title:N",
        sort=[axis.title for axis in family],
        title=None,
        axis=alt.Axis(ticks=False, domain=False, grid=True, labelPadding=10, labelFontWeight=600, labelLimit=220),
    )
    scale = alt.Scale(domain=[low, high], nice=False, zero=False)
    shared: dict[str, Any] = {"y": y}
    if by:
        domain = [*groups, *(one for one in (_NO_MODEL, _OF_ITEM) if one in rows[by])]
        legend = alt.Legend(title=by, orient="bottom")
        shared |= {
            "yOffset": alt.YOffset(f"{by}:N", sort=domain),
            "color": alt.Color(
                f"{by}:N", sort=domain, scale=alt.Scale(domain=domain, range=categories(len(domain))), legend=legend
            ),
        }
    tooltip = [
        alt.Tooltip("title:N", title="dimension"),
        *([alt.Tooltip(f"{by}:N")] if by else []),
        alt.Tooltip("value:Q", title="mean", format=".3~f"),
        alt.Tooltip("low:Q", format=".3~f"),
        alt.Tooltip("high:Q", format=".3~f"),
        alt.Tooltip("n_items:Q", title="items"),
        alt.Tooltip("n_raters:Q", title="raters"),
        alt.Tooltip("n_ratings:Q", title="scores"),
        alt.Tooltip("method:N"),
        *([alt.Tooltip("note:N")] if rows["note"].null_count() < rows.height else []),
    ]
    x = alt.X("value:Q", scale=scale, title=_axis_title(family), axis=_ticks(family, low, high))
    plain: dict[str, Any] = {} if by else {"color": categories(1)[0]}
    rules = (
        base.mark_rule(strokeWidth=2.2, **plain)
        .transform_filter("isValid(datum.drawn_low)")
        .encode(x=alt.X("drawn_low:Q", scale=scale), x2="drawn_high:Q", tooltip=tooltip, **shared)
    )
    points = base.mark_point(filled=True, size=64, opacity=1, **plain).encode(x=x, tooltip=tooltip, **shared)
    if by:
        shapes = [SHAPES[place % len(SHAPES)] for place in range(len(domain))]
        points = points.encode(shape=alt.Shape(f"{by}:N", sort=domain, scale=alt.Scale(domain=domain, range=shapes)))
    return LayerChart(layer=[rules, points])


def _domain(axis: Axis, rows: pl.DataFrame) -> tuple[float, float]:
    if axis.low is not None and axis.high is not None and axis.low < axis.high:
        return axis.low, axis.high
    ordered = rows["value"].sort()
    return float(ordered[0]) - 0.5, float(ordered[-1]) + 0.5


def _axis_title(family: list[Axis]) -> str:
    first = family[0]
    if first.kind == "binary":
        return f"share of {first.levels[-1]!r}" if first.levels else "share"
    if len({axis.anchors for axis in family}) == 1:
        return "mean score"
    return f"mean score ({short(first.low or 0)} to {short(first.high or 0)}; what each means differs by dimension)"


def _ticks(family: list[Axis], low: float, high: float) -> alt.Axis:
    first = family[0]
    if first.kind == "binary":
        return alt.Axis(format=".0%", tickCount=5)
    same = len({axis.anchors for axis in family}) == 1
    ticks: dict[str, Any] = {}
    if first.kind == "ordinal" and high - low < _FEW:
        ticks = {"values": [low + step for step in range(int(high - low) + 1)], "format": "d"}
    # An anchor below each tick, where all dimensions of the panel share them and there is room.
    words = first.anchors if same and len(first.anchors) * 90 <= WIDTH else ()
    return alt.Axis(labelExpr=anchored_labels(first) if words else "datum.label", labelFlush=bool(words), **ticks)
