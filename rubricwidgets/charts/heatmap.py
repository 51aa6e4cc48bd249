"""Where do means stand out? Rater by dimension, or item by dimension, each on its dimension's own range."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

import altair as alt
import polars as pl

from rubricwidgets.charts.display import Chart, LayerChart
from rubricwidgets.charts.empty import message
from rubricwidgets.charts.frames import axes
from rubricwidgets.charts.style import RAMP, WIDTH, plural, wrapped
from rubricwidgets.errors import InputError
from rubricwidgets.stats.describe import checked_scores

if TYPE_CHECKING:
    from rubricwidgets.rubric import Rubric

_READABLE = 60
_DARK = 0.55
_UPRIGHT = 6
_WIDE, _WIDEST = 20, 1000


def heatmap(
    scores: pl.DataFrame, rubric: Rubric | None = None, *, rows: Literal["rater", "item"] = "rater"
) -> Chart | LayerChart:
    """Chart mean scores by rater and dimension, or by item and dimension.

    Colour says where a mean stands between the ends of its own dimension, so that scales of different ranges can be
    read together; the number is the mean itself.

    Parameters
    ----------
    scores
        A frame with the columns of ``Study.scores()``.
    rubric
        Gives order, titles and ranges.
    rows
        ``"rater"`` or ``"item"``.

    Returns
    -------
    Chart or LayerChart
        An Altair chart. Beyond 60 rows, rows are thin and unlabelled; tooltips name them.

    Raises
    ------
    InputError
        If a column is missing, or ``rows`` is neither.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> study = rw.demo(store="memory")
    >>> chart = rw.charts.heatmap(study.scores(), study.rubric, rows="item")

    """
    scores = checked_scores(scores, rubric)
    if rows not in ("rater", "item"):
        msg = f"'rows' takes 'rater' or 'item' (got {rows!r})"
        raise InputError(msg)
    title = f"Mean score by {rows} and dimension"
    known = {axis.name: axis for axis in axes(scores, rubric) if axis.low is not None}
    given = scores.filter(pl.col("score").is_not_null(), pl.col("dimension").is_in(list(known)))
    if given.is_empty():
        words = (
            "No scores yet: rate an item, and run this cell again."
            if scores.is_empty()
            else "No answer has a number to average."
        )
        return message(words, title)
    lows = {name: axis.low for name, axis in known.items()}
    ranges = {name: (axis.high or 0.0) - (axis.low or 0.0) or 1.0 for name, axis in known.items()}
    cells = (
        given.group_by(rows, "dimension", maintain_order=True)
        .agg(pl.col("score").mean().alias("mean"), pl.len().alias("n"))
        .with_columns(
            ((pl.col("mean") - pl.col("dimension").replace_strict(lows)) / pl.col("dimension").replace_strict(ranges))
            .round(4)
            .alias("place"),
            pl.col("mean").round(3),
            _in_words(ranges).alias("shown"),
            pl.col("dimension").replace_strict({name: axis.title for name, axis in known.items()}).alias("title"),
        )
        .select(rows, "title", "mean", "shown", "n", "place")
    )
    order = [axis.title for axis in known.values() if axis.title in cells["title"]]
    names = given[rows].unique(maintain_order=True).to_list()
    if rows == "rater":
        names = sorted(names)
    few = len(names) <= _READABLE
    one = " One rater only: nothing to compare with yet." if rows == "rater" and len(names) == 1 else ""
    subtitle = f"{plural(len(names), rows)}, {plural(given.height, 'score')}; colour: from the low to the high end of each scale.{one}"
    heading: Any = {"text": title, "subtitle": wrapped(subtitle, 100)}
    height = len(names) * 24 if few else max(240, min(len(names) * 4, 1600))
    labels = {name: wrapped(name, 16) if len(order) <= _UPRIGHT else [name] for name in order}
    base = Chart({"values": cells.to_dicts()}, width=max(min(WIDTH, 110 * len(order)), 120), height=height).encode(
        x=alt.X(
            "title:N",
            sort=order,
            title=None,
            axis=alt.Axis(
                orient="top",
                ticks=False,
                domain=False,
                labelAngle=0 if len(order) <= _UPRIGHT else -40,
                labelExpr=f"({json.dumps(labels)})[datum.label]",
                # Further lines of a label run down from its first: leave room for the longest.
                labelPadding=6 + 13 * (max(map(len, labels.values())) - 1),
                labelLimit=400,
            ),
        ),
        y=alt.Y(
            f"{rows}:N", sort=names, title=None if few else rows, axis=alt.Axis(labels=few, ticks=False, domain=False)
        ),
    )
    boxes = base.mark_rect(stroke="#ffffff", strokeWidth=1 if few else 0).encode(
        color=alt.Color(
            "place:Q",
            scale=alt.Scale(domain=[0, 1], range=list(RAMP)),
            legend=alt.Legend(
                title="on its scale", values=[0, 0.5, 1], labelExpr="['low', 'middle', 'high'][round(datum.value * 2)]"
            ),
        ),
        tooltip=[
            alt.Tooltip(f"{rows}:N"),
            alt.Tooltip("title:N", title="dimension"),
            alt.Tooltip("shown:N", title="mean"),
            alt.Tooltip("n:Q", title="scores"),
        ],
    )
    if not few:
        return boxes.properties(title=heading)
    words = base.mark_text(fontSize=11).encode(
        text=alt.Text("shown:N"),
        color=alt.condition(f"datum.place > {_DARK}", alt.value("#ffffff"), alt.value("#262626")),
    )
    return LayerChart(layer=[boxes, words], title=heading)


def _in_words(ranges: dict[str, float]) -> pl.Expr:
    """Return a dimension's means with as many decimals each: two on a scale of a few points, none on one of hundreds."""
    digits = {name: 2 if width < _WIDE else 1 if width < _WIDEST else 0 for name, width in ranges.items()}
    shown = pl.col("mean").cast(pl.String)
    for count in set(digits.values()):
        own = [name for name, wanted in digits.items() if wanted == count]
        words = pl.col("mean").map_elements(f"{{:.{count}f}}".format, return_dtype=pl.String)
        shown = pl.when(pl.col("dimension").is_in(own)).then(words).otherwise(shown)
    return shown
