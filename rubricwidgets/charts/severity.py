"""Who is severe and who lenient? Each rater's severity with its interval, from lenient to severe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl

from rubricwidgets.charts.display import Chart, LayerChart, VConcatChart
from rubricwidgets.charts.empty import message
from rubricwidgets.charts.style import CATEGORIES, PROVISIONAL, QUIET, WIDTH, plural, wrapped
from rubricwidgets.errors import InputError
from rubricwidgets.stats.columns import take_polars, titles_of
from rubricwidgets.stats.corrections import differs_from_zero
from rubricwidgets.stats.estimates import Result, percent
from rubricwidgets.stats.facets_result import Facets
from rubricwidgets.stats.raters import Raters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.rubric import Rubric

_READABLE = 60
_MOST_BESIDE = 6
_TITLE = "Severity of raters"
_SIDES = ("lenient", "not told apart from 0", "severe")
#: What 0 is, where severities come from a model (True) or from scores beside those of others.
_ZERO = {True: "their mean", False: "no different from the others"}
_ACROSS, _NARROWEST = 5, 130
_SHOWN = {
    "low": "low",
    "high": "high",
    "p_adjusted": "corrected p",
    "n_ratings": "ratings",
    "mean_score": "mean score",
    "fair_average": "fair average",
    "infit": "infit",
    "outfit": "outfit",
    "method": "interval",
    "note": "note",
}
_COLOURS = (CATEGORIES[0], "#7a7a7a", CATEGORIES[1])
_SHAPES = ("triangle-left", "circle", "triangle-right")


def severity(
    raters: Result | pl.DataFrame, rubric: Rubric | None = None, *, unit: str | None = None
) -> Chart | LayerChart | VConcatChart:
    """Chart each rater's severity with its interval.

    Parameters
    ----------
    raters
        The result of :func:`rubricwidgets.stats.facets` or :func:`rubricwidgets.stats.raters`, or a frame: either with the
        columns rater, severity, low and high, or with rater, statistic, value, low and high, of which the rows of
        ``"severity"`` are drawn. A higher severity means lower scores. A column dimension gives a panel each; further
        columns stand in the tooltips; a column note says why a rater has no severity.
    rubric
        Gives the titles of dimensions.
    unit
        What the severities of a frame are measured in, for the axis. A result knows its own: ``"logits"`` that of ``facets``,
        ``"points"`` that of ``raters``; None: that, and points for a frame.

    Returns
    -------
    Chart, LayerChart or VConcatChart
        An Altair chart. Raters have the colour and shape of their side where a test of all of them, corrected by Holm's method,
        tells them apart from 0: for a result of ``raters`` its own findings. For a frame: where the column p_adjusted is below
        .05; without one, where the interval, which is not corrected, does not reach 0. The subtitle says which. Beyond 60 raters, rows
        are thin and unlabelled; tooltips name them.

    Raises
    ------
    InputError
        If it is neither, the frame lacks a column, or a result is in another unit.

    Examples
    --------
    >>> import polars as pl
    >>> chart = severity(pl.DataFrame({"rater": ["ana", "ben"], "severity": [-0.4, 0.4], "low": [-0.7, 0.1],
    ...     "high": [-0.1, 0.7]}))

    """
    titles = titles_of(rubric)
    table, about = _table(raters)
    measured = _unit(raters, unit)
    known = table.filter(pl.col("severity").is_not_null())
    if known.is_empty():
        why = table["note"].drop_nulls().unique(maintain_order=True).to_list() if "note" in table.columns else []
        return message(f"No rater has a severity{f': {why[0]}' if why else ''}.", _TITLE)
    order = known.group_by("rater").agg(pl.col("severity").mean()).sort("severity", "rater")["rater"].to_list()
    known, rule = _told_apart(raters, known)
    side = (
        pl.when(~pl.col("_apart"))
        .then(pl.lit(_SIDES[1]))
        .when(pl.col("severity") < 0)
        .then(pl.lit(_SIDES[0]))
        .otherwise(pl.lit(_SIDES[2]))
    )
    rows = known.with_columns(side.alias("side"), pl.col(pl.Float64).round(4)).drop("_apart")
    absent = table.filter(~pl.col("rater").is_in(order))["rater"].unique(maintain_order=True).to_list()
    begun = "" if not isinstance(raters, Facets) or raters.converged else PROVISIONAL
    words = (
        f"{begun}{about}{plural(len(order), 'rater')}; 0: {_ZERO[isinstance(raters, Facets)]}. {rule}{_without(absent)}"
    )
    heading: Any = {"text": _TITLE, "subtitle": wrapped(words, 100)}
    if "dimension" not in rows.columns or rows["dimension"].n_unique() == 1:
        return _panel(rows, order, measured, WIDTH).properties(title=heading)
    names = rows["dimension"].unique(maintain_order=True).to_list()
    across = -(-len(names) // -(-len(names) // _ACROSS))
    panels = [
        _panel(
            rows.filter(pl.col("dimension").eq_missing(name)),
            order,
            measured,
            max(WIDTH // across, _NARROWEST),
            title=titles.get(name, "all" if name is None else name),
            labels=place % across == 0,
        )
        for place, name in enumerate(names)
    ]
    lines = [alt.hconcat(*panels[start : start + across], spacing=14) for start in range(0, len(panels), across)]
    return VConcatChart(vconcat=lines, title=heading, spacing=24)


def _told_apart(raters: object, known: pl.DataFrame) -> tuple[pl.DataFrame, str]:
    """Return which severities are told apart from 0, and by which rule in words: the one of the result's own findings."""
    level, how = 0.05, "corrected"
    if isinstance(raters, Raters):
        tests = raters.tests.filter(pl.col("statistic") == "severity").select("rater", "dimension", "p_adjusted")
        known = known.join(tests, on=["rater", "dimension"], how="left", nulls_equal=True, maintain_order="left")
        n = raters.tests["p_adjusted"].drop_nulls().len()
        level, how = 1 - raters.confidence, f"corrected by Holm's method over all {n:,} comparisons of raters()"
    elif isinstance(raters, Facets):
        p = differs_from_zero(known["severity"].to_list(), known["se"].to_list())
        known = known.with_columns(pl.Series("p_adjusted", p, dtype=pl.Float64))
        level, how = 1 - raters.confidence, "corrected by Holm's method over raters"
    elif "p_adjusted" not in known.columns:
        apart = ((pl.col("low") > 0) | (pl.col("high") < 0)).fill_null(value=False)
        return known.with_columns(apart.alias("_apart")), "Coloured: its interval, not corrected, does not reach 0."
    apart = (pl.col("p_adjusted") < level).fill_null(value=False)
    told = f"{level:.3g}".lstrip("0")
    return known.with_columns(apart.alias("_apart")), f"Coloured: p below {told}, {how}."


def _unit(raters: object, unit: str | None) -> str:
    """Return what severities are measured in; a label turns no points into logits."""
    own = "logits" if isinstance(raters, Facets) else "points"
    if unit in {None, own} or not isinstance(raters, Result):
        return unit or own
    way_out = (
        "draw the result of facets() for logits"
        if own == "points"
        else "draw the result of raters() for points of the scale"
    )
    msg = f"'unit' takes {own!r} for a result whose severities are in {own} (got {unit!r}); {way_out}"
    raise InputError(msg)


def _panel(
    rows: pl.DataFrame, order: list[str], measured: str, width: int, *, title: str | None = None, labels: bool = True
) -> LayerChart:
    few = len(order) <= _READABLE
    height = len(order) * 22 if few else max(240, min(len(order) * 5, 1600))
    base = Chart({"values": rows.to_dicts()}, width=width, height=height)
    y = alt.Y(
        "rater:N",
        sort=order,
        scale=alt.Scale(domain=order),
        title=None if few or not labels else f"{len(order)} raters",
        axis=alt.Axis(labels=few and labels, ticks=False, domain=False, grid=few, labelPadding=10, labelLimit=220),
    )
    both = alt.Scale(domain=list(_SIDES), range=list(_COLOURS))
    colour = alt.Color("side:N", scale=both, legend=alt.Legend(title=None, orient="bottom", symbolStrokeWidth=0))
    shape = alt.Shape("side:N", scale=alt.Scale(domain=list(_SIDES), range=list(_SHAPES)))
    tooltip = [
        alt.Tooltip("rater:N"),
        *([alt.Tooltip("dimension:N")] if title else []),
        alt.Tooltip("severity:Q", format="+.2f"),
        *(
            _told(rows, name, words)
            for name, words in _SHOWN.items()
            if name in rows.columns and rows[name].null_count() < rows.height
        ),
    ]
    scale = alt.Scale(domain=_domain(rows), nice=True, zero=False)
    zero = Chart({"values": [{"mean": 0}]}).mark_rule(color=QUIET, strokeDash=[4, 3])
    rules = (
        base.transform_filter("isValid(datum.low) && isValid(datum.high)")
        .mark_rule(strokeWidth=2.2 if few else 1)
        .encode(x=alt.X("low:Q", scale=scale), x2="high:Q", y=y, color=colour, tooltip=tooltip)
    )
    words = (
        f"severity in {measured}"
        if title
        else f"severity in {measured} (\N{LEFTWARDS ARROW} lenient, severe \N{RIGHTWARDS ARROW})"
    )
    axis = alt.Axis(title=words, tickCount=max(3, width // 70))
    points = base.mark_point(filled=True, size=64 if few else 22, opacity=1).encode(
        x=alt.X("severity:Q", scale=scale, axis=axis), y=y, color=colour, shape=shape, tooltip=tooltip
    )
    layers = LayerChart(layer=[zero.encode(x=alt.X("mean:Q", scale=scale)), rules, points])
    return layers.properties(title={"text": title, "fontSize": 12, "offset": 8}) if title else layers


def _told(rows: pl.DataFrame, name: str, title: str) -> alt.Tooltip:
    kind = rows.schema[name]
    told = alt.Tooltip(f"{name}:{'Q' if kind.is_numeric() else 'N'}", title=title)
    return told.format(".3f" if name == "p_adjusted" else ".2f") if kind.is_float() else told


def _domain(rows: pl.DataFrame) -> list[float]:
    ends = pl.concat([rows[name].drop_nulls() for name in ("severity", "low", "high")]).to_list()
    low, high = min(*ends, 0.0), max(*ends, 0.0)
    margin = (high - low) * 0.04 or 1.0
    return [low - margin, high + margin]


def _table(raters: object) -> tuple[pl.DataFrame, str]:
    """Return rater, severity, low and high, and a phrase about the intervals."""
    if isinstance(raters, Facets):
        return raters.raters, f"Many-facet Rasch measurement with {percent(raters.confidence)} intervals, "
    frame = raters.to_frame() if isinstance(raters, Result) else raters
    needed, source = ("rater", "severity", "low", "high"), "study.raters() or study.facets()"
    if not isinstance(frame, pl.DataFrame):
        msg = (
            f"'raters' takes the result of facets() or raters(), or a frame with the columns {', '.join(needed)} "
            f"(got {type(frame).__name__})"
        )
        raise InputError(msg)
    if {"statistic", "value"} <= set(frame.columns):
        table = take_polars(frame, ("statistic", "value"), what="raters", source=source)
        frame = (
            table.filter(pl.col("statistic") == "severity").drop("severity", strict=False).rename({"value": "severity"})
        )
    frame = take_polars(
        frame, needed, optional=("dimension", "method"), kinds={"severity": "numbers"}, what="raters", source=source
    )
    keys = ["rater", *(["dimension"] if "dimension" in frame.columns else [])]
    if frame.select(keys).is_duplicated().any():
        msg = f"'raters' takes one row per {' and '.join(keys)} (got several for one)"
        raise InputError(msg)
    numbers = frame.with_columns(pl.col("severity", "low", "high").cast(pl.Float64), pl.col("rater").cast(pl.String))
    methods: list[str] = frame["method"].drop_nulls().unique().to_list() if "method" in frame.columns else []
    return numbers, f"{methods[0][:1].upper()}{methods[0][1:]}, " if len(methods) == 1 else ""


def _without(names: Sequence[str]) -> str:
    if not names:
        return ""
    shown = ", ".join(names[:_MOST_BESIDE]) + (" and others" if len(names) > _MOST_BESIDE else "")
    return f" Without a severity: {shown}."
