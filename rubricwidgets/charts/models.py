"""Which model scores higher, by how much? Differences of means with intervals, and a mixed model's beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl

from rubricwidgets.charts.display import Chart, LayerChart, VConcatChart
from rubricwidgets.charts.empty import message
from rubricwidgets.charts.style import CATEGORIES, INK, WIDTH, wrapped
from rubricwidgets.errors import InputError
from rubricwidgets.stats.columns import take_polars, titles_of
from rubricwidgets.stats.model_comparison import DIFFERENCES_SCHEMA, ModelComparison

if TYPE_CHECKING:
    from rubricwidgets.rubric import Rubric

_TITLE = "Differences between models"
_SIDES = ("first higher", "order left open", "second higher")
_COLOURS = (CATEGORIES[0], "#7a7a7a", CATEGORIES[1])
_SHAPES = ("triangle-right", "circle", "triangle-left")
_OURS, _MIXED = "means over items and raters", "mixed model (check)"
_MOST = 45
_ALIKE = 4
_MINUS = " \N{MINUS SIGN} "
_TOLD = (
    ("low", "low"),
    ("high", "high"),
    ("p_adjusted", "p, corrected"),
    ("standardised", "d"),
    ("superiority", "superiority"),
)


def compare_models(
    found: ModelComparison | pl.DataFrame, rubric: Rubric | None = None
) -> Chart | LayerChart | VConcatChart:
    """Chart the differences between models with their intervals.

    Parameters
    ----------
    found
        What :func:`rubricwidgets.stats.models.compare_models` returns, or its frame of differences.
    rubric
        Gives titles.

    Returns
    -------
    Chart, LayerChart or VConcatChart
        A panel for each dimension, a row for each two models: the difference of the first minus the second in points.
        Coloured is what a corrected p-value tells from no difference; a thin diamond is the mixed model's answer. Of more
        than 45 pairs a dimension shows those that are furthest apart, and the subtitle says so.

    Raises
    ------
    InputError
        If it is neither, or the frame lacks a column.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> from rubricwidgets.stats.models import compare_models as compare
    >>> study = rw.demo(store="memory")
    >>> truth = rw.simulate(study, raters=4, seed=1)
    >>> chart = compare_models(compare(study.scores(), study.rubric, dimensions=["accuracy"]), study.rubric)

    """
    titles = titles_of(rubric)
    table, mixed, level = _taken(found)
    known = table.filter(pl.col("value").is_not_null())
    if known.is_empty():
        why = table["note"].drop_nulls().unique(maintain_order=True).to_list()
        return message(f"No two models to compare{f': {why[0]}' if why else ' yet'}.", _TITLE)
    side = (
        pl.when(pl.col("p_adjusted").fill_null(1.0) > level)
        .then(pl.lit(_SIDES[1]))
        .when(pl.col("value") > 0)
        .then(pl.lit(_SIDES[0]))
        .otherwise(pl.lit(_SIDES[2]))
    )
    rows = known.with_columns(side.alias("side"), pl.lit(_OURS).alias("from"))
    if mixed is not None:
        keys = ["model", "against", "dimension"]
        checks = mixed.filter(pl.col("value").is_not_null()).join(rows.select(*keys, "side"), on=keys, how="inner")
        rows = pl.concat([rows, checks.with_columns(pl.lit(_MIXED).alias("from"))], how="diagonal")
    rows = rows.with_columns(
        pl.concat_str("model", pl.lit(_MINUS), "against").alias("pair"), pl.col(pl.Float64).round(4)
    )
    names = known["dimension"].unique(maintain_order=True).to_list()
    pairs = known.select("model", "against").unique().height
    cut = f" Of {pairs} pairs, each panel has the {_MOST} furthest apart." if pairs > _MOST else ""
    method = known["method"].unique(maintain_order=True).to_list()
    check = (
        " Thin, with a diamond: a mixed model's answer, as a check."
        if mixed is not None and _MIXED in rows["from"]
        else ""
    )
    told = f"{level:.3g}".lstrip("0")
    words = f"First minus second, in points; {method[0]}. Coloured: corrected p of {told} or below.{check}{cut}"
    heading: Any = {"text": _TITLE, "subtitle": wrapped(words, 95)}
    parts = [_furthest(rows.filter(pl.col("dimension") == name)) for name in names]
    ranges = _ranges(parts)
    panels = [
        _panel(part, titles.get(name, name.replace("_", " ")), ends, last=name == names[-1])
        for part, name, ends in zip(parts, names, ranges, strict=True)
    ]
    if len(panels) == 1:
        return panels[0].properties(title={**heading, "text": f"{_TITLE}: {titles.get(names[0], names[0])}"})
    stacked: VConcatChart = VConcatChart(vconcat=panels, title=heading, spacing=10)
    return stacked.resolve_scale(y="independent", yOffset="independent", x="independent")


def _taken(found: ModelComparison | pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame | None, float]:
    if isinstance(found, ModelComparison):
        return found.differences, found.mixed, round(1 - found.confidence, 6)
    if not isinstance(found, pl.DataFrame):
        msg = f"'found' takes the result of compare_models() or its frame (got {type(found).__name__})"
        raise InputError(msg)
    table = take_polars(
        found, [*DIFFERENCES_SCHEMA], what="found", source="study.compare_models()", filled=("dimension",)
    )
    return table, None, 0.05


def _furthest(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the pairs that are furthest apart, in their order."""
    ours = rows.filter(pl.col("from") == _OURS)
    if ours.height <= _MOST:
        return rows
    kept = ours.sort(pl.col("value").abs(), descending=True).head(_MOST)["pair"]
    return rows.filter(pl.col("pair").is_in(kept.to_list()))


def _panel(rows: pl.DataFrame, title: str, ends: tuple[float, float], *, last: bool) -> LayerChart:
    pairs = rows.filter(pl.col("from") == _OURS)["pair"].to_list()
    kinds = [kind for kind in (_OURS, _MIXED) if kind in rows["from"]]
    base = Chart(
        {"values": rows.drop("statistic", "df", "se").to_dicts()},
        width=WIDTH,
        height=len(pairs) * (26 if len(kinds) > 1 else 20),
    )
    y = alt.Y(
        "pair:N",
        sort=pairs,
        title=None,
        axis=alt.Axis(ticks=False, domain=False, grid=True, labelPadding=8, labelLimit=240),
    )
    offset = alt.YOffset("from:N", sort=kinds, scale=alt.Scale(domain=kinds))
    scale = alt.Scale(domain=list(ends), nice=True)
    legend = alt.Legend(title=None, orient="bottom", symbolStrokeWidth=0)
    colour = alt.Color("side:N", scale=alt.Scale(domain=list(_SIDES), range=list(_COLOURS)), legend=legend)
    shape = alt.Shape("side:N", scale=alt.Scale(domain=list(_SIDES), range=list(_SHAPES)), legend=legend)
    tooltip = [
        alt.Tooltip("pair:N", title="models"),
        alt.Tooltip("dimension:N"),
        alt.Tooltip("from:N"),
        alt.Tooltip("value:Q", title="difference", format="+.3~f"),
        *(alt.Tooltip(f"{name}:Q", title=words, format=".3~f") for name, words in _TOLD),
        alt.Tooltip("n_items:Q", title="items"),
        alt.Tooltip("n_raters:Q", title="raters"),
        alt.Tooltip("method:N"),
        *([alt.Tooltip("note:N")] if rows["note"].null_count() < rows.height else []),
    ]
    shared: dict[str, Any] = {"y": y, "yOffset": offset, "color": colour, "tooltip": tooltip}
    ours, check = f"datum.from == '{_OURS}'", f"datum.from == '{_MIXED}'"
    x = alt.X("value:Q", scale=scale, title="difference in points" if last else None, axis=alt.Axis(tickCount=8))
    limits: dict[str, Any] = {"x": alt.X("low:Q", scale=scale), "x2": "high:Q"}
    known = "isValid(datum.low) && isValid(datum.high)"
    layers = [
        Chart({"values": [{"zero": 0}]})
        .mark_rule(color=INK, strokeDash=[3, 3], strokeWidth=1)
        .encode(x=alt.X("zero:Q", scale=scale)),
        base.transform_filter(f"{known} && {ours}").mark_rule(strokeWidth=2.4).encode(**limits, **shared),
        base.transform_filter(ours).mark_point(filled=True, size=62, opacity=1).encode(x=x, shape=shape, **shared),
    ]
    if len(kinds) > 1:
        layers += [
            base.transform_filter(f"{known} && {check}")
            .mark_rule(strokeWidth=1, opacity=0.75)
            .encode(**limits, **shared),
            base.transform_filter(check)
            .mark_point(filled=False, shape="diamond", size=34, strokeWidth=1.2)
            .encode(x=x, **shared),
        ]
    heading: Any = {"text": title, "fontSize": 12, "offset": 6}
    return LayerChart(layer=layers, title=heading)


def _ranges(parts: list[pl.DataFrame]) -> list[tuple[float, float]]:
    """Return from where to where each panel goes: the same for all, unless one would be lost in another's."""
    ends = [part.select(pl.col("value", "low", "high").cast(pl.Float64)) for part in parts]
    lows = [min(0.0, *(float(one) for one in table.min().row(0) if one is not None)) for table in ends]
    highs = [max(0.0, *(float(one) for one in table.max().row(0) if one is not None)) for table in ends]
    widths = [high - low for low, high in zip(lows, highs, strict=True)]
    if min(widths) > 0 and max(widths) < _ALIKE * min(widths):
        lows, highs = [min(lows)] * len(parts), [max(highs)] * len(parts)
    padded = []
    for low, high in zip(lows, highs, strict=True):
        # Where nothing differs, one point to either side shows that.
        pad = 0.05 * (high - low) or 1.0
        padded.append((low - pad, high + pad))
    return padded
