"""How long do items take? Active seconds per item for each rater."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from rubricwidgets.charts.display import Chart, LayerChart
from rubricwidgets.charts.empty import message
from rubricwidgets.charts.style import CATEGORIES, WIDTH, plural
from rubricwidgets.stats.columns import take_polars

_NEEDED = ("item", "rater", "status", "seconds")


def time(ratings: pl.DataFrame) -> Chart | LayerChart:
    """Chart the active time per item for each rater: median, quartiles, and the middle 90 %.

    Parameters
    ----------
    ratings
        A frame with the columns of ``Study.ratings()``. An item's time is that of all its submissions by a rater together,
        revisions too; items that were only skipped, or have no time, are left out.

    Returns
    -------
    Chart or LayerChart
        An Altair chart: a row per rater, by name.

    Raises
    ------
    InputError
        If a column is missing.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> chart = rw.charts.time(rw.demo(store="memory").ratings())

    """
    ratings = take_polars(ratings, _NEEDED, what="ratings", source="study.ratings()")
    title = "Active time per item"
    timed = (
        ratings.filter((pl.col("status") == "rated").any().over("rater", "item"), pl.col("seconds").is_not_null())
        .group_by("rater", "item")
        .agg(pl.col("seconds").sum())
    )
    if timed.is_empty():
        return message("No rating with a time yet.", title)
    seconds = pl.col("seconds")
    rows = (
        timed.group_by("rater")
        .agg(
            seconds.quantile(0.05, "linear").round(2).alias("p5"),
            seconds.quantile(0.25, "linear").round(2).alias("q1"),
            seconds.median().round(2).alias("median"),
            seconds.quantile(0.75, "linear").round(2).alias("q3"),
            seconds.quantile(0.95, "linear").round(2).alias("p95"),
            pl.len().alias("n"),
        )
        .sort("rater")
    )
    subtitle = f"{plural(timed.height, 'rated item')}; pauses are not counted. Tick: median; bar: middle half; line: middle 90 %"
    heading: Any = {"text": title, "subtitle": subtitle}
    y = alt.Y("rater:N", title=None, sort=rows["rater"].to_list(), axis=alt.Axis(ticks=False, domain=False))
    tooltip = [
        alt.Tooltip("rater:N"),
        alt.Tooltip("median:Q", title="median, s", format=".1f"),
        alt.Tooltip("q1:Q", title="lower quartile, s", format=".1f"),
        alt.Tooltip("q3:Q", title="upper quartile, s", format=".1f"),
        alt.Tooltip("p5:Q", title="5th percentile, s", format=".1f"),
        alt.Tooltip("p95:Q", title="95th percentile, s", format=".1f"),
        alt.Tooltip("n:Q", title="items"),
    ]
    base = Chart({"values": rows.to_dicts()}, width=WIDTH, height={"step": 26}).encode(y=y, tooltip=tooltip)
    colour = CATEGORIES[0]
    scale = alt.Scale(zero=True)
    return LayerChart(
        layer=[
            base.mark_rule(color=colour, strokeWidth=1.5).encode(
                x=alt.X("p5:Q", title="seconds", scale=scale), x2="p95:Q"
            ),
            base.mark_bar(color=colour, size=12, opacity=0.45).encode(x="q1:Q", x2="q3:Q"),
            base.mark_tick(color="#08306b", thickness=3, size=18).encode(x="median:Q"),
        ],
        title=heading,
    )
