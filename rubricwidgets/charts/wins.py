"""Who is preferred to whom? The win matrix, as observed or as the model expects it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

import altair as alt
import polars as pl

from rubricwidgets.charts.display import Chart, LayerChart
from rubricwidgets.charts.empty import message
from rubricwidgets.charts.style import WIDTH, diverging, plural, wrapped
from rubricwidgets.errors import InputError
from rubricwidgets.stats.pairwise import pairwise
from rubricwidgets.stats.pairwise_result import PairwiseResult

if TYPE_CHECKING:
    from collections.abc import Sequence

_READABLE = 14
_UPRIGHT = 6
# White is read better than ink only on the darkest colours of each side (WCAG contrast of the two).
_PALE = (0.08, 0.88)


def wins(
    comparisons: Any,  # noqa: ANN401 - a frame of any library that narwhals knows, or a result
    *,
    dimension: str | None = None,
    values: Literal["observed", "expected"] = "observed",
) -> Chart | LayerChart:
    """Chart how often each model is preferred to each other one.

    Parameters
    ----------
    comparisons
        What :func:`rubricwidgets.stats.pairwise.pairwise` takes or returns.
    dimension
        Which one, where a frame has several.
    values
        ``"observed"``: wins and half the ties over comparisons. ``"expected"``: the same by the Bradley-Terry model,
        for models that have an estimate.

    Returns
    -------
    Chart or LayerChart
        An Altair chart: a cell says how often the row's model is preferred to the column's; strongest first; what never met is
        blank. Beyond 14 models cells have no numbers; tooltips have.

    Raises
    ------
    InputError
        If a column is missing, or ``values`` is neither.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"left_model": ["a", "b"], "right_model": ["b", "a"], "winner": ["left", "left"]})
    >>> chart = wins(frame)

    """
    if values not in ("observed", "expected"):
        msg = f"'values' takes 'observed' or 'expected' (got {values!r})"
        raise InputError(msg)
    result = as_result(comparisons, dimension, resamples=0)
    title = "Preferred to each other model" if values == "observed" else "Expected to be preferred to each other model"
    if not result.data.n:
        return message("No comparison of two models has a verdict yet.", title)
    cells = _observed(result) if values == "observed" else _expected(result)
    if cells.is_empty():
        return message("No two models have a finite distance: there is nothing to expect of them.", title)
    names = [name for name in result.models if name in set(cells["model"])]
    few = len(names) <= _READABLE
    upright = len(names) <= _UPRIGHT
    side = 92 if upright else max(min(64, WIDTH // len(names)), 9)
    counted = ", ".join(
        [plural(result.data.n, "comparison"), *([plural(result.data.n_items, "item")] if result.data.n_items else [])]
    )
    rule = "wins and half the ties" if values == "observed" else result.method.split(",")[0]
    subtitle = wrapped(f"Row preferred to column, share of comparisons ({rule}). {counted}; strongest first.", 70)
    labels = {name: wrapped(name, 14) if upright else [name] for name in names}
    base = Chart({"values": cells.to_dicts()}, width=side * len(names), height=min(side, 40) * len(names)).encode(
        x=alt.X(
            "opponent:N",
            sort=names,
            title=None,
            axis=alt.Axis(
                orient="top",
                ticks=False,
                domain=False,
                labelAngle=0 if upright else -45,
                labelExpr=f"({json.dumps(labels)})[datum.label]",
                labelPadding=6 + 13 * (max(map(len, labels.values())) - 1),
                labelLimit=200,
                labelOverlap=not few,
            ),
        ),
        y=alt.Y(
            "model:N",
            sort=names,
            title=None,
            axis=alt.Axis(ticks=False, domain=False, labelLimit=200, labelOverlap=not few),
        ),
    )
    colours = diverging(5)
    boxes = base.mark_rect(stroke="#ffffff", strokeWidth=1.5 if few else 0).encode(
        color=alt.Color(
            "share:Q",
            scale=alt.Scale(domain=[0, 0.25, 0.5, 0.75, 1], range=colours, interpolate="rgb"),
            legend=alt.Legend(title="preferred", format=".0%", values=[0, 0.5, 1], gradientLength=110),
        ),
        tooltip=_tooltip(values),
    )
    heading: Any = {"text": title, "subtitle": subtitle}
    if not few:
        return boxes.properties(title=heading)
    words = base.mark_text(fontSize=11).encode(
        text=alt.Text("share:Q", format=".0%"),
        color=alt.condition(
            f"datum.share < {_PALE[0]} || datum.share > {_PALE[1]}", alt.value("#ffffff"), alt.value("#262626")
        ),
        tooltip=_tooltip(values),
    )
    return LayerChart(layer=[boxes, words], title=heading)


def as_result(comparisons: Any, dimension: str | None, *, resamples: int) -> PairwiseResult:  # noqa: ANN401
    """Return a result as it is, or compute it from a frame."""
    if isinstance(comparisons, PairwiseResult):
        return comparisons
    return pairwise(comparisons, dimension=dimension, resamples=resamples)


def _observed(result: PairwiseResult) -> pl.DataFrame:
    return result.wins.with_columns(pl.col("share").round(4))


def _expected(result: PairwiseResult) -> pl.DataFrame:
    rounded = pl.col("win", "tie", "loss", "win_low", "win_high").round(4)
    return result.probabilities.select(
        "model", "opponent", (pl.col("win") + pl.col("tie") / 2).round(4).alias("share"), rounded
    )


def _tooltip(values: str) -> Sequence[alt.Tooltip]:
    both = [
        alt.Tooltip("model:N"),
        alt.Tooltip("opponent:N", title="against"),
        alt.Tooltip("share:Q", title="preferred", format=".1%"),
    ]
    if values == "observed":
        return [
            *both,
            *(alt.Tooltip(f"{name}:Q") for name in ("wins", "ties", "losses")),
            alt.Tooltip("n:Q", title="comparisons"),
        ]
    names = {"win": "win", "win_low": "win, low", "win_high": "win, high", "tie": "tie", "loss": "loss"}
    return [*both, *(alt.Tooltip(f"{name}:Q", title=title, format=".1%") for name, title in names.items())]
