"""Does a judge agree with people as people do with each other? Kappa with intervals, judges beside people."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl

from rubricwidgets.charts.display import Chart, LayerChart
from rubricwidgets.charts.empty import message
from rubricwidgets.charts.style import INK, SHAPES, WIDTH, categories, wrapped
from rubricwidgets.errors import InputError
from rubricwidgets.stats.columns import take_polars, titles_of
from rubricwidgets.stats.judges import Judges

if TYPE_CHECKING:
    from rubricwidgets.rubric import Rubric

_TITLE = "Judges' agreement with people"
_PEOPLE = "people with each other"
_KAPPAS = ("weighted kappa", "kappa")
_COLUMNS = (
    "judge",
    "dimension",
    "statistic",
    "value",
    "low",
    "high",
    "method",
    "n_items",
    "n_raters",
    "n_ratings",
    "note",
)


def judges(found: Judges | pl.DataFrame, rubric: Rubric | None = None) -> Chart | LayerChart:
    """Chart each judge's kappa with people, beside that of people with each other.

    Parameters
    ----------
    found
        What :func:`rubricwidgets.stats.judges.judges` returns, or its frame of agreement.
    rubric
        Gives titles.

    Returns
    -------
    Chart or LayerChart
        An Altair chart, a row for each dimension. Grey is how far people agree with each other: what a judge is to be held
        against. Whether it passes the alternative-annotator test stands in the tooltip.

    Raises
    ------
    InputError
        If it is neither, or the frame lacks a column.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> from rubricwidgets.stats.judges import judges as hold
    >>> study = rw.demo(store="memory")
    >>> truth = rw.simulate(study, raters=4, seed=1)
    >>> chart = judges(hold(study.scores(), study.rubric, judges="simulated-4", dimensions=["accuracy"]), study.rubric)

    """
    titles = titles_of(rubric)
    table = found.agreement if isinstance(found, Judges) else found
    if not isinstance(table, pl.DataFrame):
        msg = f"'found' takes the result of judges() or its frame of agreement (got {type(found).__name__})"
        raise InputError(msg)
    table = take_polars(
        table, _COLUMNS, what="found", source="study.judges(), or of its agreement", filled=("dimension", "method")
    )
    kappas = table.filter(pl.col("statistic").is_in(_KAPPAS)).select(_COLUMNS)
    rows = kappas.filter(pl.col("value").is_not_null()).with_columns(
        pl.col("judge").fill_null(_PEOPLE), pl.col("value", "low", "high").round(4)
    )
    if rows.filter(pl.col("judge") != _PEOPLE).is_empty():
        why = kappas.drop_nulls("judge")["note"].drop_nulls().unique(maintain_order=True).to_list()
        return message(f"No judge can be held against people{f': {why[0]}' if why else ' yet'}.", _TITLE)
    if isinstance(found, Judges):
        test = pl.when("passes").then(pl.lit("passed")).when(~pl.col("passes")).then(pl.lit("not passed"))
        tested = found.alternative.select("judge", "dimension", test.alias("test"), "winning_rate", "epsilon")
        rows = rows.join(tested, on=["judge", "dimension"], how="left", maintain_order="left")
    names = rows["dimension"].unique(maintain_order=True).to_list()
    shown = {name: titles.get(name, name.replace("_", " ")) for name in names}
    who = [*rows["judge"].unique(maintain_order=True).drop_nulls().to_list()]
    who = [*(one for one in who if one != _PEOPLE), *([_PEOPLE] if _PEOPLE in who else [])]
    rows = rows.with_columns(pl.col("dimension").replace_strict(shown).alias("title"))
    return _drawn(rows, [shown[name] for name in names], who)


def _drawn(rows: pl.DataFrame, titles: list[str], who: list[str]) -> LayerChart:
    words = "Kappa over pairs of judge and person (weighted by squares where answers are numbers). Lines: "
    method = rows["method"][0].rpartition(", ")[2].rpartition("; ")[2]
    heading: Any = {"text": _TITLE, "subtitle": wrapped(f"{words}{method}.", 90)}
    judges_only = [one for one in who if one != _PEOPLE]
    colours = [*categories(len(judges_only)), *(["#7a7a7a"] if _PEOPLE in who else [])]
    shapes = [
        *(SHAPES[1:][place % (len(SHAPES) - 1)] for place in range(len(judges_only))),
        *([SHAPES[0]] if _PEOPLE in who else []),
    ]
    base = Chart({"values": rows.to_dicts()}, width=WIDTH, height=len(titles) * (16 + 15 * len(who)))
    low = min(0.0, *(float(one) for one in rows.select(pl.col("value", "low").min()).row(0) if one is not None))
    # Every fifth, so that the lowest tick is no odd one out.
    low = max(math.floor(5 * low), -5)
    fifths = [step / 5 for step in range(low, 6)]
    scale = alt.Scale(domain=[fifths[0], 1.0], nice=False)
    legend = alt.Legend(title=None, orient="bottom", symbolStrokeWidth=0)
    shared: dict[str, Any] = {
        "y": alt.Y(
            "title:N",
            sort=titles,
            title=None,
            axis=alt.Axis(ticks=False, domain=False, grid=True, labelPadding=10, labelFontWeight=600, labelLimit=220),
        ),
        "yOffset": alt.YOffset("judge:N", sort=who, scale=alt.Scale(domain=who)),
        "color": alt.Color("judge:N", scale=alt.Scale(domain=who, range=colours), legend=legend),
        "tooltip": [
            alt.Tooltip("judge:N"),
            alt.Tooltip("title:N", title="dimension"),
            alt.Tooltip("value:Q", title="kappa", format=".2f"),
            alt.Tooltip("low:Q", format=".2f"),
            alt.Tooltip("high:Q", format=".2f"),
            *(
                [
                    alt.Tooltip("test:N", title="alternative-annotator test"),
                    alt.Tooltip("winning_rate:Q", title="winning rate"),
                    alt.Tooltip("epsilon:Q"),
                ]
                if "test" in rows.columns
                else []
            ),
            alt.Tooltip("n_items:Q", title="items"),
            alt.Tooltip("n_raters:Q", title="people"),
            alt.Tooltip("n_ratings:Q", title="ratings"),
            alt.Tooltip("method:N"),
        ],
    }
    return LayerChart(
        layer=[
            Chart({"values": [{"zero": 0}]})
            .mark_rule(color=INK, strokeDash=[3, 3], strokeWidth=1)
            .encode(x=alt.X("zero:Q", scale=scale)),
            base.transform_filter("isValid(datum.low) && isValid(datum.high)")
            .mark_rule(strokeWidth=2.2)
            .encode(x=alt.X("low:Q", scale=scale), x2="high:Q", **shared),
            base.mark_point(filled=True, size=60, opacity=1).encode(
                x=alt.X(
                    "value:Q",
                    scale=scale,
                    title="kappa (1: always the same, 0: as by chance)",
                    axis=alt.Axis(values=fifths, format=".1f"),
                ),
                shape=alt.Shape("judge:N", scale=alt.Scale(domain=who, range=shapes), legend=legend),
                **shared,
            ),
        ],
        title=heading,
    )
