"""Who is how far? Items rated, skipped and left for each rater."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from rubricwidgets.charts.display import Chart
from rubricwidgets.charts.empty import message
from rubricwidgets.charts.style import WIDTH, plural
from rubricwidgets.stats.columns import take_polars

_STATES = ("rated", "flagged", "skipped", "left")
_COLOURS = ("#2166ac", "#e69f00", "#8d939a", "#e4e6e9")
_NEEDED = ("rater", "n_items", "n_rated", "n_skipped", "n_flagged", "n_left")


def progress(progress: pl.DataFrame) -> Chart:
    """Chart how far each rater is.

    Parameters
    ----------
    progress
        A frame with the columns of ``Study.progress()``.

    Returns
    -------
    Chart
        An Altair chart: a bar per rater.

    Raises
    ------
    InputError
        If a column is missing.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> chart = rw.charts.progress(rw.demo(store="memory").progress())

    """
    progress = take_polars(progress, _NEEDED, what="progress", source="study.progress()")
    title = "Progress"
    if progress.is_empty():
        return message("Nobody has rated anything yet.", title)
    rows = (
        progress.select(
            "rater",
            "n_items",
            (pl.col("n_rated") - pl.col("n_flagged")).alias("rated"),
            pl.col("n_flagged").alias("flagged"),
            pl.col("n_skipped").alias("skipped"),
            pl.col("n_left").alias("left"),
        )
        .unpivot(on=_STATES, index=["rater", "n_items"], variable_name="state", value_name="items")
        .filter(pl.col("items") > 0)
        .with_columns(
            pl.col("state").replace_strict({state: place for place, state in enumerate(_STATES)}).alias("place")
        )
    )
    total = int(progress["n_items"].max() or 0)  # type: ignore[arg-type]
    heading: Any = {"text": title, "subtitle": f"{plural(progress.height, 'rater')}, {plural(total, 'item')} each"}
    return (
        Chart({"values": rows.to_dicts()}, title=heading, width=WIDTH, height={"step": 26})
        .mark_bar(stroke="#ffffff", strokeWidth=1)
        .encode(
            x=alt.X(
                "items:Q",
                title="items",
                scale=alt.Scale(domain=[0, max(total, 1)], nice=False),
                axis=alt.Axis(tickMinStep=1, format="d"),
            ),
            y=alt.Y("rater:N", title=None, sort=progress["rater"].to_list(), axis=alt.Axis(ticks=False, domain=False)),
            color=alt.Color(
                "state:N",
                sort=list(_STATES),
                scale=alt.Scale(domain=list(_STATES), range=list(_COLOURS)),
                legend=alt.Legend(title=None, orient="bottom"),
            ),
            order=alt.Order("place:Q"),
            tooltip=[
                alt.Tooltip("rater:N"),
                alt.Tooltip("state:N"),
                alt.Tooltip("items:Q"),
                alt.Tooltip("n_items:Q", title="of"),
            ],
        )
    )
