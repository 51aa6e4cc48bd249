"""Which model scores how high, and how sure is that? Means with intervals for each dimension."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl

from rubricwidgets.charts.display import Chart, LayerChart, VConcatChart
from rubricwidgets.charts.empty import message
from rubricwidgets.charts.frames import Axis, anchored_labels, axes, end_words, families, raters_in
from rubricwidgets.charts.style import QUIET, SHAPES, WIDTH, categories, end_text, plural, wrapped
from rubricwidgets.scales.numbers import short
from rubricwidgets.stats.describe import checked_scores
from rubricwidgets.stats.describe import means as estimate

if TYPE_CHECKING:
    from rubricwidgets.rubric import Rubric
    from rubricwidgets.stats.describe import By

_FEW = 11
#: Means over fewer items than this say over how many.
_FEW_ITEMS = 10
#: The place above the means of a dimension, where the words of its ends stand.
_ROOM = " "
_SLACK = 1e-9
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
    scores = checked_scores(scores, rubric, by)
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
    parts = [
        (family, _drawn(part, family))
        for family in families(axes(scores, rubric))
        if not (part := table.filter(pl.col("dimension").is_in([axis.name for axis in family]))).is_empty()
    ]
    panels = [_panel(part, family, by, groups) for family, part in parts]
    items = plural(scores["item"].n_unique(), "item")
    told = [f"{table['method'][0]}, {items}, {raters_in(scores)}"]
    if table["low"].null_count():
        told.append("a mean of one item has no interval")
    if any(part.select(pl.any_horizontal("below", "above").any()).item() for _, part in parts):
        told.append("an arrow: the interval goes on beyond the scale")
    heading: Any = {"text": title, "subtitle": wrapped("; ".join(told), 100)}
    if len(panels) == 1:
        return panels[0].properties(title=heading)
    stacked: VConcatChart = VConcatChart(vconcat=panels, title=heading, spacing=24)
    return stacked.resolve_scale(yOffset="independent")


def _drawn(table: pl.DataFrame, family: list[Axis]) -> pl.DataFrame:
    """Return what a panel draws: titles, intervals cut where the scale ends, and what is said of those of few items."""
    low, high = _domain(family[0], table)
    titles = {axis.name: axis.title for axis in family}
    few = pl.when(pl.col("n_items") < _FEW_ITEMS).then(
        pl.format("{} item{}", "n_items", pl.when(pl.col("n_items") == 1).then(pl.lit("")).otherwise(pl.lit("s")))
    )
    return table.drop("statistic", "se").with_columns(
        pl.col("dimension").replace_strict(titles).alias("title"),
        pl.col("value", "low", "high").round(6),
        pl.col("low").clip(low, high).round(6).alias("drawn_low"),
        pl.col("high").clip(low, high).round(6).alias("drawn_high"),
        (pl.col("low") < low - _SLACK).fill_null(value=False).alias("below"),
        (pl.col("high") > high + _SLACK).fill_null(value=False).alias("above"),
        few.alias("few"),
    )


def _panel(rows: pl.DataFrame, family: list[Axis], by: By | None, groups: list[str]) -> LayerChart:
    low, high = _domain(family[0], rows)
    ends = _ends(family, by, low, high)
    height = len(family) * (30 + 16 * bool(ends) if by is None else 14 + 14 * (max(len(groups), 1) + bool(ends)))
    base = Chart({"values": rows.drop("dimension").to_dicts()}, width=WIDTH, height=height)
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
            "yOffset": alt.YOffset(f"{by}:N", scale=alt.Scale(domain=[*([_ROOM] if ends else []), *domain])),
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
    layers: list[Any] = [rules, points]
    for side, shape, at in (("below", "triangle-left", low), ("above", "triangle-right", high)):
        if rows[side].any():
            arrows = base.mark_point(filled=True, size=40, opacity=1, shape=shape, **plain)
            layers.append(arrows.transform_filter(f"datum.{side}").encode(x=alt.datum(at), tooltip=tooltip, **shared))
    quiet = {key: value for key, value in shared.items() if key != "color"}
    if rows["few"].null_count() < rows.height:
        words = base.mark_text(align="left", dx=10, color=QUIET, fontSize=10).transform_filter("isValid(datum.few)")
        layers.append(words.encode(x=alt.datum(high), text="few:N", **quiet))
    for at, align, values in ends:
        words = Chart({"values": values}).mark_text(**end_text(align, above=not by))
        layers.append(words.encode(x=alt.datum(at), text="words:N", **quiet))
    return LayerChart(layer=layers)


def _ends(family: list[Axis], by: By | None, low: float, high: float) -> list[tuple[float, Any, list[dict[str, str]]]]:
    """Return the words of each dimension's ends, where they differ: those that all share stand below the axis."""
    if len({axis.anchors for axis in family}) == 1:
        return []
    slot: dict[str, str] = {by: _ROOM} if by else {}
    sides: tuple[tuple[int, float, Any], ...] = ((0, low, "left"), (1, high, "right"))
    found = [
        (
            at,
            align,
            [{"title": axis.title, "words": end_words(axis)[side], **slot} for axis in family if end_words(axis)[side]],
        )
        for side, at, align in sides
    ]
    return [one for one in found if one[2]]


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
    return f"mean score, {short(first.low or 0)} to {short(first.high or 0)}"


def _ticks(family: list[Axis], low: float, high: float) -> alt.Axis:
    first = family[0]
    if first.kind == "binary":
        return alt.Axis(format=".0%", tickCount=5)
    same = len({axis.anchors for axis in family}) == 1
    ticks: dict[str, Any] = {}
    if first.kind == "ordinal" and high - low < _FEW:
        ticks = {"values": [low + step for step in range(int(high - low) + 1)], "format": "d"}
    # An anchor below each tick where all dimensions of the panel share them; only those of the ends where there is no room.
    words = first.anchors if same else ()
    if len(words) * 90 > WIDTH:
        words = tuple(one for one in words if float(one[0]) in (low, high))
    return alt.Axis(
        labelExpr=anchored_labels(replace(first, anchors=words)) if words else "datum.label",
        labelFlush=bool(words),
        **ticks,
    )
