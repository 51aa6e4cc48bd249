"""How do responses, raters, dimensions and thresholds compare? The Wright map: all of them on one ruler of logits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import polars as pl

from rubricwidgets.charts.display import Chart, HConcatChart
from rubricwidgets.charts.empty import message
from rubricwidgets.charts.style import CATEGORIES, INK, PROVISIONAL, QUIET, RULE, plural, wrapped
from rubricwidgets.errors import InputError
from rubricwidgets.scales.numbers import short
from rubricwidgets.stats.columns import titles_of
from rubricwidgets.stats.facets_result import Facets

if TYPE_CHECKING:
    from rubricwidgets.rubric import Rubric

_TITLE = "Wright map"
_HEIGHT = 460
_LABEL = 15
_MOST_LABELS = 14
_BINS = 36
_CHARACTERS = 26
_MOST_LADDERS = 14


def wright(facets: Facets, rubric: Rubric | None = None) -> Chart | HConcatChart:
    """Chart responses, raters, dimensions and thresholds on one ruler of logits.

    Wright and Masters, Rating Scale Analysis, 1982; with raters, Eckes, Introduction to Many-Facet Rasch Measurement, 2015,
    section 5.1. What stands higher is a better response, a more severe rater, a more difficult dimension, a higher
    category; where a response and a threshold are level, a rater of mean severity gives the category or the one below as
    often as not.

    Parameters
    ----------
    facets
        The result of :func:`rubricwidgets.stats.facets`.
    rubric
        Gives the titles of dimensions.

    Returns
    -------
    Chart or HConcatChart
        An Altair chart: a column each for responses (counted in bins), raters, dimensions and thresholds. Labels that would
        lie on one another are moved apart and tied to their place; beyond 14 in a column only marks are drawn, and tooltips name
        them.

    Raises
    ------
    InputError
        If it is no result of ``facets``.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> from rubricwidgets.stats.facets import facets
    >>> study = rw.demo(store="memory")
    >>> truth = rw.simulate(study, raters=4, seed=2)
    >>> chart = wright(facets(study.scores(), study.rubric, model="partial_credit"), study.rubric)

    """
    titles = titles_of(rubric)
    if not isinstance(facets, Facets):
        msg = f"'facets' takes the result of facets() (got {type(facets).__name__})"
        raise InputError(msg)
    if facets.deviance is None:
        why = facets.notes[0] if facets.notes else "no scores"
        return message(f"Nothing to draw: {why}.", _TITLE)
    columns = _columns(facets, titles)
    responses = facets.responses.drop_nulls("measure")
    domain = _domain([*(frame["value"] for _, frame, _ in columns), responses["measure"]])
    panels: list[Any] = [_distribution(responses, domain)]
    panels += [
        _ladders(frame, domain) if _is_ladders(frame) else _column(title, frame, domain, colour)
        for title, frame, colour in columns
    ]
    heading: Any = {"text": _TITLE, "subtitle": _subtitle(facets)}
    return HConcatChart(hconcat=panels, title=heading, spacing=6).resolve_scale(color="independent")


def _subtitle(facets: Facets) -> list[str]:
    model = "rating-scale" if facets.model == "rating_scale" else "partial-credit"
    absent = facets.raters["severity"].null_count() + facets.dimensions["difficulty"].null_count()
    counts = ", ".join(
        plural(number, word)
        for number, word in (
            (facets.n_responses, "response"),
            (facets.n_raters, "rater"),
            (facets.n_dimensions, "dimension"),
            (facets.n_ratings, "rating"),
        )
    )
    words = "" if facets.converged else PROVISIONAL
    words += (
        f"Many-facet Rasch measurement, {model} model; {counts}. Higher: better responses, more severe raters, more difficult "
        "dimensions, higher categories."
    )
    words += f" Not drawn: {absent} without a finite estimate." if absent else ""
    return wrapped(words, 100)


def _columns(facets: Facets, titles: dict[str, str]) -> list[tuple[str, pl.DataFrame, str]]:
    """Return title, rows (name, value, low, high) and colour of each column but the first."""
    shapes: list[tuple[str, pl.DataFrame, str]] = []
    raters = facets.raters.drop_nulls("severity").select(
        pl.col("rater").alias("name"), pl.col("severity").alias("value"), "low", "high", "n_ratings"
    )
    if raters.height:
        shapes.append(("Raters", raters, CATEGORIES[1]))
    dimensions = facets.dimensions.drop_nulls("difficulty").select(
        pl.col("dimension").replace(titles).fill_null("all dimensions").alias("name"),
        pl.col("difficulty").alias("value"),
        "low",
        "high",
        "n_ratings",
    )
    shapes.append(("Dimensions", dimensions, CATEGORIES[2]))
    steps = facets.thresholds.drop_nulls("threshold")
    if steps.is_empty():
        return shapes
    before = pl.col("category").map_elements(lambda score: f"into {short(score)}", return_dtype=pl.String)
    alone = steps["dimension"].null_count() == steps.height or steps["dimension"].n_unique() == 1
    dimension = pl.col("dimension").replace(titles).fill_null("")
    name = before if alone else dimension + ": " + before
    moved = pl.col("location") - pl.col("threshold")
    ladders = (
        [] if alone else [dimension.alias("dimension"), pl.col("category").map_elements(short, return_dtype=pl.String)]
    )
    rows = steps.select(
        *ladders,
        name.alias("name"),
        pl.col("location").alias("value"),
        (pl.col("low") + moved).alias("low"),
        (pl.col("high") + moved).alias("high"),
        "n_ratings",
    )
    shapes.append(("Thresholds", rows, CATEGORIES[3]))
    return shapes


def _is_ladders(frame: pl.DataFrame) -> bool:
    return "dimension" in frame.columns and frame["dimension"].n_unique() <= _MOST_LADDERS


def _domain(values: list[pl.Series]) -> tuple[float, float]:
    every = pl.concat([one.cast(pl.Float64) for one in values]).drop_nulls()
    low, high = float(every.min() or 0.0), float(every.max() or 0.0)  # type: ignore[arg-type]
    margin = max((high - low) * 0.05, 0.25)
    return low - margin, high + margin


def _distribution(responses: pl.DataFrame, domain: tuple[float, float]) -> Any:  # noqa: ANN401 - a chart
    """Return the responses counted in bins, growing to the left of the ruler."""
    edges = np.linspace(*domain, _BINS + 1)
    counts, _ = np.histogram(responses["measure"].to_numpy(), edges)
    rows = [
        {"from": round(low, 4), "to": round(high, 4), "zero": 0, "n": int(n)}
        for low, high, n in zip(edges[:-1].tolist(), edges[1:].tolist(), counts.tolist(), strict=True)
        if n
    ]
    scale = alt.Scale(domain=list(domain), nice=False, zero=False)
    return (
        Chart({"values": rows}, width=150, height=_HEIGHT, title=_small("Responses"))
        .mark_rect(color=CATEGORIES[0], stroke="#ffffff", strokeWidth=0.6)
        .encode(
            y=alt.Y("from:Q", scale=scale, axis=alt.Axis(title="logits", tickCount=8)),
            y2="to:Q",
            x=alt.X("zero:Q", title="responses", axis=alt.Axis(tickMinStep=1, tickCount=4, format="d")),
            x2="n:Q",
            tooltip=[
                alt.Tooltip("from:Q", title="from (logits)", format=".2f"),
                alt.Tooltip("to:Q", title="to (logits)", format=".2f"),
                alt.Tooltip("n:Q", title="responses"),
            ],
        )
    )


def _small(title: str) -> Any:  # noqa: ANN401
    return {"text": title, "fontSize": 12, "offset": 8, "anchor": "start", "frame": "group"}


def _column(title: str, frame: pl.DataFrame, domain: tuple[float, float], colour: str) -> Any:  # noqa: ANN401
    """Return marks on the ruler with labels beside them, tied to their marks where they had to move."""
    labelled = frame.height <= _MOST_LABELS
    rows = frame.with_columns(
        pl.Series("label_at", spaced(frame["value"].to_list(), domain), dtype=pl.Float64),
        pl.col("name").map_elements(_cut, return_dtype=pl.String).alias("label"),
        pl.col("value", "low", "high").round(4),
    )
    longest = max(map(len, rows["label"].to_list()), default=0)
    width = max(90, 46 + 6.6 * longest) if labelled else 120
    base = Chart({"values": rows.to_dicts()}, width=width, height=_HEIGHT, title=_small(title))
    tooltip = _tooltip(title.lower().removesuffix("s"))
    scale = alt.Scale(domain=list(domain), nice=False, zero=False)
    axis = alt.Axis(labels=False, title=None, ticks=False, domain=False, tickCount=8)
    y = alt.Y("value:Q", scale=scale, axis=axis)
    if not labelled:
        return _crowd(base, rows, y, tooltip, colour, domain)
    at = {"x": {"value": 12}}
    marks = base.mark_point(filled=True, size=52, opacity=1, color=colour).encode(y=y, tooltip=tooltip, **at)
    ties = base.mark_rule(color=RULE).encode(y=y, y2="label_at:Q", x={"value": 19}, x2={"value": 30})
    words = base.encode(y=alt.Y("label_at:Q", scale=scale, axis=axis), x={"value": 34}, text="label:N", tooltip=tooltip)
    halo = words.mark_text(align="left", baseline="middle", fontSize=11, stroke="#ffffff", strokeWidth=4)
    return alt.layer(ties, marks, halo, words.mark_text(align="left", baseline="middle", color=INK, fontSize=11))


def _ladders(frame: pl.DataFrame, domain: tuple[float, float]) -> Any:  # noqa: ANN401
    """Return the thresholds of each dimension above it, each as the category that it leads into."""
    names = frame["dimension"].unique(maintain_order=True).to_list()
    ends = frame.group_by("dimension", maintain_order=True).agg(
        pl.col("value").min().alias("from"), pl.col("value").max().alias("to")
    )
    scale = alt.Scale(domain=list(domain), nice=False, zero=False)
    axis = alt.Axis(labels=False, title=None, ticks=False, domain=False, tickCount=8)
    labels = {name: _cut(name) for name in names}
    x = alt.X(
        "dimension:N",
        sort=names,
        title=None,
        axis=alt.Axis(
            labelAngle=-40, ticks=False, domain=False, labelExpr=f"({json.dumps(labels)})[datum.label]", labelLimit=200
        ),
    )
    lines = (
        Chart({"values": ends.to_dicts()})
        .mark_rule(color=CATEGORIES[3], opacity=0.5, strokeWidth=1.5)
        .encode(x=x, y=alt.Y("from:Q", scale=scale, axis=axis), y2="to:Q")
    )
    y = alt.Y("value:Q", scale=scale, axis=axis)
    rows = frame.with_columns(
        pl.Series("aside", _aside(frame, domain), dtype=pl.Float64), pl.col("value", "low", "high").round(4)
    )
    marks: list[Any] = []
    for (aside,), own in rows.group_by("aside", maintain_order=True):
        base = Chart({"values": own.to_dicts()}).encode(x=x, y=y, text="category:N", tooltip=_tooltip("threshold"))
        marks.append(base.mark_text(fontSize=11, dx=aside, stroke="#ffffff", strokeWidth=5))
        marks.append(base.mark_text(fontSize=11, dx=aside, color=INK))
    return alt.layer(lines, *marks).properties(
        width=max(90, 30 * len(names)), height=_HEIGHT, title=_small("Thresholds, by category")
    )


def _aside(frame: pl.DataFrame, domain: tuple[float, float]) -> list[float]:
    """Return how far aside each category stands, in pixels, so that none lies on another of its dimension."""
    gap = 11 / _HEIGHT * (domain[1] - domain[0])
    found = [0.0] * frame.height
    rows = sorted(zip(frame["dimension"], frame["value"], range(frame.height), strict=True))
    block: list[int] = []
    for place, (name, value, index) in enumerate(rows):
        follows = place > 0 and rows[place - 1][0] == name and value - rows[place - 1][1] < gap
        block = [*block, index] if follows else [index]
        for step, one in enumerate(block):
            found[one] = 9.0 * (step - (len(block) - 1) / 2)
    return found


def _tooltip(what: str) -> list[alt.Tooltip]:
    return [
        alt.Tooltip("name:N", title=what),
        alt.Tooltip("value:Q", title="logits", format="+.2f"),
        alt.Tooltip("low:Q", format="+.2f"),
        alt.Tooltip("high:Q", format="+.2f"),
        alt.Tooltip("n_ratings:Q", title="ratings"),
    ]


def _crowd(
    base: Chart, rows: pl.DataFrame, y: alt.Y, tooltip: list[alt.Tooltip], colour: str, domain: tuple[float, float]
) -> Any:  # noqa: ANN401
    """Return marks beside each other where there are too many to label, the two ends labelled."""
    places = _beside(rows["value"].to_list(), domain)
    spread = rows.with_columns(pl.Series("beside", places, dtype=pl.Int64))
    most = max(places)
    dots = (
        base.properties(data={"values": spread.to_dicts()})
        .mark_point(filled=True, size=30, opacity=0.9, color=colour)
        .encode(
            y=y,
            x=alt.X("beside:Q", scale=alt.Scale(domain=[-0.5, max(most + 0.5, 9)]), axis=None),
            tooltip=tooltip,
        )
    )
    ends = spread.sort("value")[[0, -1]]
    above = ends.with_columns(pl.Series("nudge", [13.0, -11.0]))
    words = [
        Chart({"values": [row]})
        .mark_text(align="left", color=QUIET, fontSize=10.5, dy=row["nudge"])
        .encode(y=y, x={"value": 4}, text="label:N")
        for row in above.to_dicts()
    ]
    return alt.layer(dots, *words)


def _cut(name: str) -> str:
    return name if len(name) <= _CHARACTERS else f"{name[: _CHARACTERS - 1]}\N{HORIZONTAL ELLIPSIS}"


def spaced(values: list[float], domain: tuple[float, float]) -> list[float]:
    """Return places for labels as near to their values as room allows, in the values' order.

    Labels that are too close form a block around their mean (the pool-adjacent-violators way), inside the domain.

    Examples
    --------
    >>> [round(one, 2) for one in spaced([0.0, 0.0], (-4.6, 4.6))]
    [-0.15, 0.15]

    """
    gap = _LABEL / _HEIGHT * (domain[1] - domain[0])
    order = sorted(range(len(values)), key=values.__getitem__)
    blocks: list[tuple[float, int]] = []
    for place in order:
        start, count = values[place], 1
        blocks.append((start, count))
        while len(blocks) > 1:
            (lower, below), (upper, above) = blocks[-2], blocks[-1]
            if upper - lower >= gap * (below + above) / 2:
                break
            blocks[-2:] = [((lower * below + upper * above) / (below + above), below + above)]
    found = [0.0] * len(values)
    position = 0
    for middle, count in blocks:
        half = gap * (count - 1) / 2
        centre = min(max(middle, domain[0] + half), domain[1] - half)
        for step in range(count):
            found[order[position]] = centre - half + gap * step
            position += 1
    return found


def _beside(values: list[float], domain: tuple[float, float]) -> list[int]:
    """Return for each mark how many others lie level with it to its left."""
    height = 7 / _HEIGHT * (domain[1] - domain[0])
    level = [int((value - domain[0]) / height) for value in values]
    seen: dict[int, int] = {}
    places = []
    for one in level:
        places.append(seen.get(one, 0))
        seen[one] = places[-1] + 1
    return places
