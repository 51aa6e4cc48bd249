"""Did a rater change over time? Control charts of the deviation from gold or from the group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl

from rubricwidgets.charts.display import Chart, HConcatChart, LayerChart, VConcatChart
from rubricwidgets.charts.empty import message
from rubricwidgets.charts.style import CATEGORIES, QUIET, RULE, plural, wrapped
from rubricwidgets.errors import InputError, nearest
from rubricwidgets.stats.drift import Drift

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST = 12
_ACROSS = 2
#: Room for the labels of the vertical axis, beside it and above its end, in pixels: the same in all panels, so that they align.
_BESIDE, _ABOVE = 30, 8
_PANEL = 290
_MOST_POINTS = 300
_ALARM = CATEGORIES[1]
_LINE = CATEGORIES[0]


def drift(
    result: Drift,
    *,
    raters: Sequence[str] | str | None = None,
    dimensions: Sequence[str] | str | None = None,
    most: int = _MOST,
) -> Chart | LayerChart | HConcatChart | VConcatChart:
    """Chart what :func:`rubricwidgets.stats.drift` found: a panel per rater and dimension, those with the earliest alarms first.

    Parameters
    ----------
    result
        What ``rw.stats.drift`` or ``study.drift()`` returns.
    raters, dimensions
        Only these.
    most
        How many panels at the most, from 1.

    Returns
    -------
    Chart, LayerChart, HConcatChart or VConcatChart
        An Altair chart. Line: EWMA, or the two sums of CUSUM; band: inside the control limits; dots: the deviation of each item; orange
        diamonds: alarms. Panels of one dimension share their scale.

    Raises
    ------
    InputError
        If it is no such result, or has no rater or dimension of that name.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> from rubricwidgets.stats.drift import drift as computed
    >>> study = rw.demo(store="memory")
    >>> truth = rw.simulate(study, raters=3)
    >>> chart = drift(computed(study.scores(), study.rubric), dimensions=["accuracy"])

    """
    if not isinstance(result, Drift):
        msg = f"'result' takes what rw.stats.drift or study.drift() returns (got {type(result).__name__})"
        raise InputError(msg)
    title = f"Drift of raters ({'EWMA' if result.method == 'ewma' else 'CUSUM'})"
    charts = result.charts
    for name, wanted in (("rater", raters), ("dimension", dimensions)):
        if wanted is not None:
            charts = charts.filter(pl.col(name).is_in(_known(name, wanted, result.charts[name].unique().to_list())))
    drawn = charts.filter(pl.col("sigma").is_not_null()).sort("first_alarm", nulls_last=True, maintain_order=True)
    if drawn.is_empty():
        reasons = charts["note"].drop_nulls().unique(maintain_order=True).to_list()
        return message(f"Nothing to chart: {'; '.join(reasons) or 'no scores yet'}.", title)
    shown = drawn.head(max(1, most))
    rest = f", {shown.height} shown" if shown.height < drawn.height else ""
    reference = "the mean of the others on the same responses" if result.against == "group" else "gold"
    alarms = int((drawn["n_alarms"] > 0).sum())
    marks = "Dots: items; line: average" if result.method == "ewma" else "Lines: sums above and below"
    subtitle = (
        f"Deviation from {reference}; {result.settings}. {plural(drawn.height, 'chart')}{rest}; {alarms} with an alarm, "
        f"{result.by_chance} by chance. {marks}; band: limits"
    )
    heading: Any = {"text": title, "subtitle": wrapped(subtitle, 105)}
    points = result.points.join(shown.select("rater", "dimension"), on=["rater", "dimension"], how="semi")
    panels = [_panel(result, points, row) for row in shown.iter_rows(named=True)]
    if len(panels) == 1:
        return panels[0].properties(
            title={**heading, "text": f"{title}: {_name(result, shown.row(0, named=True))}"}, width=560, height=220
        )
    rows = [HConcatChart(hconcat=panels[start : start + _ACROSS]) for start in range(0, len(panels), _ACROSS)]
    return VConcatChart(vconcat=rows, title=heading, spacing=14)


def _known(name: str, wanted: Sequence[str] | str, names: list[str]) -> list[str]:
    wanted = [wanted] if isinstance(wanted, str) else wanted
    for one in wanted:
        if one not in names:
            close = nearest(one, names)
            hint = f"did you mean {close!r}?" if close else f"there are {', '.join(sorted(names)) or 'none'}"
            msg = f"no {name} {one!r} in this result; {hint}"
            raise InputError(msg)
    return list(wanted)


def _name(result: Drift, row: dict[str, Any]) -> str:
    return f"{row['rater']}, {result.titles.get(row['dimension'], row['dimension'])}"


def _domain(points: pl.DataFrame, dimension: str) -> list[float]:
    own = points.filter(pl.col("dimension") == dimension)
    values = pl.concat([own[name].drop_nulls() for name in ("deviation", "statistic", "statistic_low", "low", "high")])
    low, high = float(values.min() or 0), float(values.max() or 0)  # type: ignore[arg-type]
    room = (high - low) * 0.05 or 0.5
    return [low - room, high + room]


def _panel(result: Drift, points: pl.DataFrame, row: dict[str, Any]) -> LayerChart:
    own = points.filter(pl.col("rater") == row["rater"], pl.col("dimension") == row["dimension"])
    every = -(-own.height // _MOST_POINTS)
    if every > 1:  # a long series is thinned; its first alarm stays
        own = own.filter(((pl.col("place") - 1) % every == 0) | (pl.col("place") == (row["first_alarm"] or 0)))
    columns = [
        "place",
        "item",
        "submitted_at",
        "deviation",
        "statistic",
        "statistic_low",
        "low",
        "high",
        "target",
        "alarm",
    ]
    values = own.select(columns).with_columns(
        pl.col("submitted_at").dt.strftime("%Y-%m-%d %H:%M").alias("submitted_at"),
        pl.col("deviation", "statistic", "statistic_low", "low", "high", "target").round(4),
        (
            pl.when(pl.col("alarm") == "down").then("statistic_low").otherwise("statistic")
            if result.method == "cusum"
            else pl.col("statistic")
        )
        .round(4)
        .alias("at"),
    )
    base = Chart({"values": values.to_dicts()}, width=_PANEL, height=120)
    scale = alt.Scale(domain=_domain(points, row["dimension"]), nice=False, zero=False)
    x = alt.X(
        "place:Q",
        title="item in the rater's order",
        scale=alt.Scale(domain=[0.5, row["n_items"] + 0.5], nice=False),
        axis=alt.Axis(format="d", tickMinStep=1, grid=False, tickCount=6),
    )
    what = "deviation, points" if result.method == "ewma" else "sum of deviations, points"

    def y(column: str) -> alt.Y:
        return alt.Y(f"{column}:Q", scale=scale, title=what, axis=alt.Axis(tickCount=5, minExtent=_BESIDE))

    tooltip = [
        alt.Tooltip("item:N"),
        alt.Tooltip("place:Q", title="how many-th item"),
        alt.Tooltip("submitted_at:N", title="submitted (UTC)"),
        alt.Tooltip("deviation:Q", format="+.2f"),
        *(
            [alt.Tooltip("statistic:Q", title="EWMA", format="+.2f")]
            if result.method == "ewma"
            else [
                alt.Tooltip("statistic:Q", title="sum above", format=".2f"),
                alt.Tooltip("statistic_low:Q", title="sum below", format=".2f"),
            ]
        ),
        alt.Tooltip("low:Q", title="lower limit", format="+.2f"),
        alt.Tooltip("high:Q", title="upper limit", format="+.2f"),
    ]
    band = base.mark_area(color=_LINE, opacity=0.10, interpolate="step").encode(x=x, y=y("low"), y2="high:Q")
    layers = [band, Chart({"values": [{}]}).mark_point(opacity=0, size=1).encode(x=alt.value(0), y=alt.value(-_ABOVE))]
    if result.method == "ewma":
        layers.append(base.mark_line(color=QUIET, strokeDash=[4, 3], strokeWidth=1).encode(x=x, y=y("target")))
    if result.method == "ewma":  # beside sums, single deviations say little
        layers.append(
            base.mark_point(filled=True, color="#8d939a", size=16, opacity=0.7).encode(
                x=x, y=y("deviation"), tooltip=tooltip
            )
        )
    layers += [
        base.mark_line(color=_LINE, strokeWidth=1.8).encode(x=x, y=y(column))
        for column in (["statistic"] if result.method == "ewma" else ["statistic", "statistic_low"])
    ]
    alarms = base.transform_filter("isValid(datum.alarm)")
    layers.append(
        alarms.mark_point(
            shape="diamond", filled=True, color=_ALARM, size=70, opacity=1, stroke="#ffffff", strokeWidth=0.6
        ).encode(x=x, y=y("at"), tooltip=tooltip)
    )
    words = (
        f"first alarm: item {row['first_alarm']} of {row['n_items']}"
        if row["first_alarm"]
        else f"no alarm in {row['n_items']} items"
    )
    heading: Any = {"text": _name(result, row), "subtitle": words, "fontSize": 12, "offset": 6}
    return LayerChart(layer=layers, title=heading, view={"stroke": RULE})
