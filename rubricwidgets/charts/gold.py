"""Do people score as gold says, or as a judge does? Each answer against the other, with the line where both are the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import polars as pl

from rubricwidgets.charts.display import Chart, HConcatChart, LayerChart, VConcatChart
from rubricwidgets.charts.empty import message
from rubricwidgets.charts.frames import Axis, axes, raters_in
from rubricwidgets.charts.style import CATEGORIES, QUIET, RULE, plural, wrapped
from rubricwidgets.errors import InputError, nearest
from rubricwidgets.scales.numbers import short
from rubricwidgets.stats.describe import checked_scores
from rubricwidgets.stats.gold import answered, take_gold, with_gold
from rubricwidgets.stats.intake import only

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.rubric import Rubric

_MOST_LEVELS = 11
_MOST_POINTS = 1500
_PANEL = 210
_ACROSS = 2


def against(
    scores: pl.DataFrame,
    reference: Any,  # noqa: ANN401 - a frame of gold, or a rater's name
    rubric: Rubric | None = None,
    *,
    dimensions: Sequence[str] | str | None = None,
) -> Chart | LayerChart | HConcatChart | VConcatChart:
    """Chart raters' answers against gold, or against one rater such as a judge.

    Parameters
    ----------
    scores
        A frame with the columns of ``Study.scores()``.
    reference
        A frame of right answers (item, response, dimension, score or label), or the name of a rater in ``scores``, with whom all
        others are compared.
    rubric
        Gives order, titles and levels.
    dimensions
        Only these, or this one.

    Returns
    -------
    Chart, LayerChart, HConcatChart or VConcatChart
        An Altair chart, a panel per dimension: for levels a dot per pair of answers whose area is how often it was given, with the
        count; for continuous scales a point per answer, shaken a little so that equal ones are seen. The line is where both are the same.

    Raises
    ------
    InputError
        If a column is missing, or there is no such rater or dimension.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> study = rw.demo(store="memory")
    >>> truth = rw.simulate(study, raters=3)
    >>> chart = against(study.scores(), "simulated-1", study.rubric)

    """
    scores = checked_scores(scores, rubric)
    given = answered(scores)
    if isinstance(reference, str):
        names = scores["rater"].unique().sort().to_list()
        if reference not in names:
            close = nearest(reference, names)
            hint = f"did you mean {close!r}?" if close else f"there are {', '.join(names) or 'none'}"
            msg = f"no rater {reference!r} in these scores; {hint}"
            raise InputError(msg)
        gold = take_gold(given.filter(pl.col("rater") == reference))
        given = given.filter(pl.col("rater") != reference)
        name = reference
    else:
        gold, name = take_gold(reference), "gold"
    title = f"Scores against {name}"
    pairs = with_gold(given, gold)
    known = axes(scores, rubric)
    chosen = only([axis.name for axis in known], dimensions)
    found = [axis for axis in known if axis.name in chosen]
    pairs = pairs.filter(pl.col("dimension").is_in([axis.name for axis in found]))
    panels = [
        panel
        for axis in found
        if (panel := _panel(pairs.filter(pl.col("dimension") == axis.name), axis, name)) is not None
    ]
    if not panels:
        words = (
            "No scores yet: rate an item, and run this cell again."
            if scores.is_empty()
            else f"No rater has answered anything that {name} has an answer to."
        )
        return message(words, title)
    subtitle = (
        f"{plural(pairs.height, 'answer')} by {raters_in(pairs)}. Area and number: how often; line: both the same"
    )
    heading: Any = {"text": title, "subtitle": wrapped(subtitle, 100)}
    if len(panels) == 1:
        return LayerChart(
            layer=panels[0].layer,
            title={**heading, "text": f"{title}: {found[0].title}"} if len(found) == 1 else heading,
            width=320,
            height=320,
        )
    rows = [
        HConcatChart(hconcat=panels[start : start + _ACROSS], spacing=28).resolve_scale(size="independent")
        for start in range(0, len(panels), _ACROSS)
    ]
    return VConcatChart(vconcat=rows, title=heading, spacing=20).resolve_scale(size="independent")


def _panel(pairs: pl.DataFrame, axis: Axis, name: str) -> LayerChart | None:
    levelled = 0 < len(axis.levels) <= _MOST_LEVELS
    if axis.kind == "nominal":
        column, other = "label", "_gold_label"
    else:
        column, other = "score", "_gold"
    rows = pairs.filter(pl.col(column).is_not_null() & pl.col(other).is_not_null())
    if rows.is_empty():
        return None
    same = float((rows[column] == rows[other]).mean() or 0)  # type: ignore[arg-type]
    words = f"the same in {same:.0%} of {rows.height:,}"
    if axis.kind == "ordinal" and levelled and len(axis.levels) > 2:  # noqa: PLR2004
        near = float(((rows[column] - rows[other]).abs() <= 1).mean() or 0)  # type: ignore[arg-type]
        words += f", at most 1 apart in {near:.0%}"
    elif not levelled and axis.kind != "nominal":
        far = float((rows[column] - rows[other]).abs().mean() or 0)  # type: ignore[arg-type]
        words = f"mean distance {short(round(far, 2))}, {rows.height:,} answers"
    heading: Any = {"text": axis.title, "subtitle": words, "fontSize": 12, "offset": 6}
    layers = (
        _levels(rows, axis, column, other, name) if levelled or axis.kind == "nominal" else _points(rows, axis, name)
    )
    return LayerChart(layer=layers, title=heading, width=_PANEL, height=_PANEL)


def _levels(rows: pl.DataFrame, axis: Axis, column: str, other: str, name: str) -> list[Any]:
    """Return the dots of a scale with levels: area and number say how often."""
    if column == "score":
        # A binary level is named by its word, an ordered one by its number.
        named = {0.0: axis.levels[0], 1.0: axis.levels[-1]} if axis.kind == "binary" else {}
        text = {value: named.get(value, short(value)) for value in {*rows[column].to_list(), *rows[other].to_list()}}
        rows = rows.with_columns(pl.col(column, other).replace_strict(text, return_dtype=pl.String))
    counts = (
        rows.group_by(pl.col(other).alias("reference"), pl.col(column).alias("answer"))
        .len("n")
        .sort("reference", "answer")
    )
    known = set(counts["reference"]) | set(counts["answer"])
    domain = [*axis.levels, *sorted(known - set(axis.levels))]
    total = pl.col("n").sum().over("reference")
    values = counts.with_columns(
        pl.col("n").cast(pl.Int64),
        (pl.col("n") / total).round(4).alias("share"),
        *(
            pl.col(one).replace_strict({level: axis.anchored(level) for level in domain}).alias(f"{one}_words")
            for one in ("reference", "answer")
        ),
    )
    labels = {level: wrapped(axis.anchored(level), 24) for level in domain}
    long = axis.kind == "nominal"
    x_axis = alt.Axis(
        labelAngle=-40 if long else 0,
        labelAlign="right" if long else "center",
        grid=True,
        domain=False,
        ticks=False,
        labelLimit=120,
    )
    y_axis = alt.Axis(
        grid=True, domain=False, ticks=False, labelExpr=f"({json.dumps(labels)})[datum.label]", labelLimit=170
    )
    x = alt.X("reference:N", sort=domain, scale=alt.Scale(domain=domain, padding=0.7), title=name, axis=x_axis)
    y = alt.Y(
        "answer:N", sort=domain[::-1], scale=alt.Scale(domain=domain[::-1], padding=0.7), title="raters", axis=y_axis
    )
    base = Chart({"values": values.to_dicts()})
    tooltip = [
        alt.Tooltip("reference_words:N", title=name),
        alt.Tooltip("answer_words:N", title="raters"),
        alt.Tooltip("n:Q", title="answers"),
        alt.Tooltip("share:Q", title=f"of those where {name} says so", format=".0%"),
    ]
    cell = _PANEL / (len(domain) + 0.4)
    largest = int(values["n"].max() or 1)  # type: ignore[arg-type]
    line = (
        Chart({"values": [{"level": level} for level in domain]})
        .mark_line(color=QUIET, strokeDash=[4, 3], strokeWidth=1.2)
        .encode(x=alt.X("level:N", sort=domain, scale=alt.Scale(domain=domain)), y=alt.Y("level:N", sort=domain[::-1]))
    )
    dots = base.mark_point(filled=True, opacity=0.85, stroke="#ffffff", strokeWidth=0.5).encode(
        x=x,
        y=y,
        size=alt.Size("n:Q", scale=alt.Scale(domain=[0, largest], range=[0, (cell * 0.86) ** 2 * 0.785]), legend=None),
        color=alt.condition("datum.reference === datum.answer", alt.value(CATEGORIES[0]), alt.value("#8fb7d8")),
        tooltip=tooltip,
    )
    # A number is white where its dot is large enough to hold it, and stands below the dot otherwise.
    held = f"datum.n >= {largest * 0.3}"
    inside = (
        base.transform_filter(f"{held} && datum.reference === datum.answer")
        .mark_text(color="#ffffff", fontSize=10.5)
        .encode(x=x, y=y, text="n:Q")
    )
    dark = (
        base.transform_filter(f"{held} && datum.reference !== datum.answer")
        .mark_text(fontSize=10.5)
        .encode(x=x, y=y, text="n:Q")
    )
    below = (
        base.transform_filter(f"!({held})")
        .mark_text(color=QUIET, fontSize=9.5, dy=min(cell * 0.38, 15))
        .encode(x=x, y=y, text="n:Q")
    )
    return [line, dots, inside, dark, below]


def _points(rows: pl.DataFrame, axis: Axis, name: str) -> list[Any]:
    """Return the points of a scale without levels, shaken by up to one per cent of it."""
    low, high = axis.low or 0.0, axis.high or 1.0
    thinned = rows if rows.height <= _MOST_POINTS else rows.sample(_MOST_POINTS, seed=0)
    random = np.random.default_rng(0)
    shake = random.uniform(-0.01, 0.01, (2, thinned.height)) * (high - low)
    values = thinned.select(
        "item", "response", "rater", pl.col("score").alias("answer"), pl.col("_gold").alias("reference"),
        (pl.col("_gold") + pl.Series(shake[0])).round(4).alias("x"), (pl.col("score") + pl.Series(shake[1])).round(4).alias("y"),
    )  # fmt: skip
    room = (high - low) * 0.03
    scale = alt.Scale(domain=[low - room, high + room], nice=False, zero=False)
    grid = alt.Axis(gridColor=RULE, tickCount=5)
    line = (
        Chart({"values": [{"at": low}, {"at": high}]})
        .mark_line(color=QUIET, strokeDash=[4, 3], strokeWidth=1.2)
        .encode(x=alt.X("at:Q", scale=scale), y=alt.Y("at:Q", scale=scale))
    )
    points = (
        Chart({"values": values.to_dicts()})
        .mark_point(filled=True, size=26, opacity=0.45, color=CATEGORIES[0])
        .encode(
            x=alt.X("x:Q", scale=scale, title=name, axis=grid),
            y=alt.Y("y:Q", scale=scale, title="raters", axis=grid),
            tooltip=[
                alt.Tooltip("item:N"),
                alt.Tooltip("response:N"),
                alt.Tooltip("rater:N"),
                alt.Tooltip("reference:Q", title=name),
                alt.Tooltip("answer:Q", title="rater's score"),
            ],
        )
    )
    return [line, points]
