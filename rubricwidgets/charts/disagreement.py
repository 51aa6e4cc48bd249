"""Where do raters part? Item by rater, how far each lies from the others, the most disagreement first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl

from rubricwidgets.charts.display import Chart
from rubricwidgets.charts.empty import message
from rubricwidgets.charts.frames import raters_in
from rubricwidgets.charts.style import RAMP, WIDTH, plural, wrapped
from rubricwidgets.stats.gold import answered, dimensions_in, ends_of
from rubricwidgets.stats.intake import scores_in_memory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.rubric import Rubric

_MOST_ITEMS = 40
_MOST_RATERS = 60
_MOST_NAMES = 30
_UPRIGHT = 6
_UNIT = ["dimension", "item", "response"]


def disagreement(
    scores: pl.DataFrame,
    rubric: Rubric | None = None,
    *,
    dimensions: Sequence[str] | str | None = None,
    most: int = _MOST_ITEMS,
) -> Chart:
    """Chart how far each rater's answers to each item lie from the others', sorted by disagreement.

    Parameters
    ----------
    scores
        A frame with the columns of ``Study.scores()``.
    rubric
        Gives the ranges of scales.
    dimensions
        Only these; by default all, averaged.
    most
        How many items to draw, from 1: those with the most disagreement.

    Returns
    -------
    Chart
        An Altair chart: a row per item, a column per rater (at most 60, those with the most disagreement). The colour is the
        mean distance from the mean of the others on the same response, as a share of the scale (of categories: the share of the
        others who answered otherwise). White: not rated, or by nobody else.

    Raises
    ------
    InputError
        If a column is missing or a dimension unknown.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> study = rw.demo(store="memory")
    >>> truth = rw.simulate(study, raters=3)
    >>> chart = disagreement(study.scores(), study.rubric)

    """
    title = "Disagreement by item and rater"
    taken = scores_in_memory(scores, rubric, optional=("label", "not_applicable", "source"))
    known = dimensions_in(taken, rubric, dimensions)
    frame = answered(taken)
    parts = []
    for one in known:
        own = frame.filter(pl.col("dimension") == one.dimension)
        if one.column not in own.columns:
            continue
        own = own.drop_nulls(one.column).with_columns(pl.len().over(_UNIT).alias("_n")).filter(pl.col("_n") > 1)
        parts.append(_distance(own, one.column, ends_of(one, rubric, frame)))
    cells = (
        pl.concat(parts)
        .group_by("item", "rater")
        .agg(pl.col("far").mean(), pl.col("off").mean(), pl.len().alias("n"))
        .with_columns(pl.col("far", "off").round(4))
        if parts
        else pl.DataFrame()
    )
    if cells.is_empty():
        words = (
            "No scores yet: rate an item, and run this cell again."
            if taken.is_empty()
            else "No answer of two raters to the same thing yet."
        )
        return message(words, title)
    items = cells.group_by("item").agg(pl.col("far").mean()).sort(["far", "item"], descending=[True, False])
    raters = cells.group_by("rater").agg(pl.col("far").mean()).sort(["far", "rater"], descending=[True, False])
    shown, names = items["item"].head(max(1, most)).to_list(), raters["rater"].head(_MOST_RATERS).to_list()
    drawn = cells.filter(pl.col("item").is_in(shown), pl.col("rater").is_in(names))
    return _draw(drawn, shown, names, (items.height, raters.height), taken, title)


def _distance(own: pl.DataFrame, column: str, ends: tuple[float, float] | None) -> pl.DataFrame:
    n = pl.col("_n")
    if column == "label":
        alike = (pl.len().over([*_UNIT, "label"]) - 1) / (n - 1)
        return own.select("item", "rater", (1 - alike).alias("far"), pl.lit(None, pl.Float64).alias("off"))
    low, high = ends or (0.0, 1.0)
    score = pl.col("score").cast(pl.Float64)
    off = (score - (score.sum().over(_UNIT) - score) / (n - 1)) / ((high - low) or 1.0)
    return own.select("item", "rater", off.abs().alias("far"), off.alias("off"))


def _draw(
    cells: pl.DataFrame, items: list[str], raters: list[str], sizes: tuple[int, int], scores: pl.DataFrame, title: str
) -> Chart:
    few = len(raters) <= _MOST_NAMES
    top = "" if len(items) == sizes[0] else f", the {len(items)} with the most disagreement"
    most = "" if len(raters) == sizes[1] else f", the {len(raters)} with the most disagreement"
    subtitle = (
        f"{plural(sizes[0], 'item')}{top}; {raters_in(scores)}{most}. Mean distance from the others on the same response; "
        "white: not rated, or by nobody else"
    )
    heading: Any = {"text": title, "subtitle": wrapped(subtitle, 100)}
    largest = max(0.25, float(cells["far"].max() or 0))  # type: ignore[arg-type]
    step = max(4.0, min(46.0, WIDTH / len(raters)))
    angle = 0 if len(raters) <= _UPRIGHT and max(map(len, raters)) <= 7 else -40  # noqa: PLR2004 - names that fit above a cell
    return (
        Chart({"values": cells.to_dicts()}, title=heading, width=alt.Step(step), height=alt.Step(19))
        .mark_rect(stroke="#ffffff", strokeWidth=1 if few else 0)
        .encode(
            x=alt.X(
                "rater:N",
                sort=raters,
                scale=alt.Scale(domain=raters),
                title=None if few else "raters, the most disagreement first",
                axis=alt.Axis(orient="top", ticks=False, domain=False, labels=few, labelAngle=angle, labelLimit=160),
            ),
            y=alt.Y(
                "item:N",
                sort=items,
                scale=alt.Scale(domain=items),
                title=None,
                axis=alt.Axis(ticks=False, domain=False, labelLimit=220),
            ),
            color=alt.Color(
                "far:Q",
                scale=alt.Scale(domain=[0, largest], range=list(RAMP)),
                legend=alt.Legend(title=["distance,", "share of scale"], format=".0%", tickCount=4),
            ),
            tooltip=[
                alt.Tooltip("item:N"),
                alt.Tooltip("rater:N"),
                alt.Tooltip("far:Q", title="mean distance from the others", format=".1%"),
                alt.Tooltip("off:Q", title="scores higher (lower) by", format="+.1%"),
                alt.Tooltip("n:Q", title="answers compared"),
            ],
        )
    )
