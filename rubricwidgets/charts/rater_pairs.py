"""Who agrees with whom? Every two raters as a cell of a matrix, for each dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import altair as alt
import polars as pl

from rubricwidgets.charts.display import Chart, HConcatChart, LayerChart, VConcatChart
from rubricwidgets.charts.empty import message
from rubricwidgets.charts.style import INK, WIDTH, plural, wrapped
from rubricwidgets.errors import InputError, hands_on, nearest
from rubricwidgets.stats.columns import take_polars, titles_of
from rubricwidgets.stats.rater_pairs import PAIRS_SCHEMA
from rubricwidgets.stats.rater_pairs import rater_pairs as compare

if TYPE_CHECKING:
    from rubricwidgets.rubric import Rubric

Shown = Literal["kappa", "percent", "correlation"]
#: What can be shown: its words and where its colours begin and end.
SHOWN: dict[Shown, tuple[str, float]] = {
    "kappa": ("kappa", -1.0),
    "percent": ("share of equal answers", 0.0),
    "correlation": ("correlation", -1.0),
}
_WRITTEN, _LABELLED, _MOST = 14, 40, 80
#: Raters up to whom two matrices stand beside each other.
_NARROW = 7
_FEW = 20
# From below chance to perfect: orange, white, blue; apart in every kind of colour vision, in grey by their depth.
_AROUND_CHANCE = ("#b35806", "#f7f3ea", "#9fc3de", "#2166ac", "#08306b")
_SHARES = ("#f3efe4", "#9fc3de", "#2166ac", "#08306b")


_FILLED = ("dimension", "rater", "other", "n_items")


@hands_on("rubricwidgets.stats:rater_pairs")
def rater_pairs(
    scores: Any,  # noqa: ANN401 - a frame of scores, or a table of pairs
    rubric: Rubric | None = None,
    *,
    show: Shown = "kappa",
    **options: Any,  # noqa: ANN401 - as the statistic takes them
) -> Chart | LayerChart | VConcatChart:
    """Chart how far every two raters agree, as a matrix for each dimension.

    Parameters
    ----------
    scores
        A frame with the columns of ``Study.scores()``, or the table that
        :func:`rubricwidgets.stats.rater_pairs.rater_pairs` returned.
    rubric
        Gives order, titles and levels of measurement.
    show
        ``"kappa"`` (weighted for ordered scales), ``"percent"`` or ``"correlation"``.
    **options
        Further keywords of that function: ``dimensions``, ``level``, ``weights``.

    Returns
    -------
    Chart, LayerChart or VConcatChart
        An Altair chart. Raters stand from the one who agrees most with the others to the one who agrees least; beyond 80
        raters those with the most responses in common are shown.

    Raises
    ------
    InputError
        As that function, or if ``show`` is unknown.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> study = rw.demo(store="memory")
    >>> from rubricwidgets.charts.rater_pairs import rater_pairs
    >>> chart = rater_pairs(study.scores(), study.rubric)

    """
    if show not in SHOWN:
        close = nearest(show, SHOWN)
        hint = f"; did you mean {close!r}?" if close else ""
        msg = f"'show' takes {', '.join(SHOWN)} (got {show!r}){hint}"
        raise InputError(msg)
    title = "Agreement of every two raters"
    titles = titles_of(rubric)
    if isinstance(scores, pl.DataFrame) and set(PAIRS_SCHEMA) <= set(scores.columns):
        table = take_polars(scores, [*PAIRS_SCHEMA], source="study.rater_pairs()", filled=_FILLED)
    else:
        table = compare(scores, rubric, **options)
    known = table.filter(pl.col(show).is_not_null())
    if known.is_empty():
        words = (
            f"No two raters have a {SHOWN[show][0]}: each is undefined on what they rated in common."
            if table.height
            else "No two raters have rated the same response yet."
        )
        return message(words, title)
    rows = known.with_columns(pl.col("dimension").replace(titles).str.replace_all("_", " "))
    both = pl.concat([rows, rows.rename({"rater": "other", "other": "rater"}).select(rows.columns)])
    order = _order(both, show)
    both = both.filter(pl.col("rater").is_in(order), pl.col("other").is_in(order))
    names = both["dimension"].unique(maintain_order=True).to_list()
    subtitle = _subtitle(both, show, table, len(order))
    panels = [_matrix(both.filter(pl.col("dimension") == name), order, show) for name in names]
    if len(panels) == 1:
        return panels[0].properties(title={"text": f"{title}: {names[0]}", "subtitle": wrapped(subtitle, 90)})
    titled = [one.properties(title=alt.TitleParams(name, fontSize=12)) for one, name in zip(panels, names, strict=True)]
    heading: Any = {"text": title, "subtitle": wrapped(subtitle, 90)}
    if len(order) > _NARROW:
        return VConcatChart(vconcat=titled, title=heading, spacing=24)
    pairs = [HConcatChart(hconcat=titled[place : place + 2], spacing=32) for place in range(0, len(titled), 2)]
    return VConcatChart(vconcat=pairs, title=heading, spacing=24)


def _order(both: pl.DataFrame, show: Shown) -> list[str]:
    """Return the raters, those who agree most with the others first."""
    of_rater = both.group_by("rater").agg(
        (pl.col(show) * pl.col("n_responses")).sum().truediv(pl.col("n_responses").sum()).alias("mean"),
        pl.col("n_responses").sum().alias("n"),
    )
    most = of_rater.sort("n", "rater", descending=[True, False]).head(_MOST)
    names: list[str] = most.sort("mean", "rater", descending=[True, False])["rater"].to_list()
    return names


def _subtitle(both: pl.DataFrame, show: Shown, table: pl.DataFrame, count: int) -> str:
    raters = pl.concat([table["rater"], table["other"]]).n_unique()
    weights = table["weights"].drop_nulls().unique(maintain_order=True).to_list()
    what = (
        "Share of equal answers" if show == "percent" else "Correlation" if show == "correlation" else "Cohen's kappa"
    )
    if show == "kappa":
        kinds = [f"{'unweighted' if one == 'identity' else one + ' weights'}" for one in weights]
        what += f" ({' or '.join(kinds)}, by the scale)"
    common = both["n_items"].sort().to_list()
    items = plural(common[-1], "item") if common[0] == common[-1] else f"{common[0]:,} to {plural(common[-1], 'item')}"
    shown = (
        plural(raters, "rater") if count == raters else f"the {count} of {plural(raters, 'rater')} with most in common"
    )
    few = " Pairs with few items in common vary by luck alone." if common[0] < _FEW else ""
    return f"{what}; {shown}, {items} in common.{few} White: undefined, or nothing in common."


def _matrix(rows: pl.DataFrame, order: list[str], show: Shown) -> LayerChart | Chart:
    words, low = SHOWN[show]
    side = (
        int(max(90, min(WIDTH, 44 * len(order)))) if len(order) <= _WRITTEN else min(WIDTH, max(300, 14 * len(order)))
    )
    labels = len(order) <= _LABELLED
    angle = -40 if len(order) <= _WRITTEN else -90
    axis: dict[str, Any] = {"title": None, "labels": labels, "ticks": False, "domain": False, "labelLimit": 140}
    base = Chart(
        {"values": rows.with_columns(pl.col("percent", "kappa", "correlation", "difference").round(4)).to_dicts()},
        width=side,
        height=side,
    ).encode(
        x=alt.X(
            "other:N", sort=order, scale=alt.Scale(domain=order), axis=alt.Axis(orient="top", labelAngle=angle, **axis)
        ),
        y=alt.Y("rater:N", sort=order, scale=alt.Scale(domain=order), axis=alt.Axis(**axis)),
    )
    colours = (
        alt.Scale(domain=[-1, 0, 0.33, 0.67, 1], range=list(_AROUND_CHANCE), interpolate="rgb")
        if low < 0
        else alt.Scale(domain=[0, 1], range=list(_SHARES), interpolate="rgb")
    )
    boxes = base.mark_rect(stroke="#ffffff", strokeWidth=1 if labels else 0).encode(
        color=alt.Color(
            f"{show}:Q",
            scale=colours,
            legend=alt.Legend(title=words, format=".1f", values=[-1, 0, 0.5, 1] if low < 0 else [0, 0.5, 1]),
        ),
        tooltip=[
            alt.Tooltip("rater:N"),
            alt.Tooltip("other:N"),
            alt.Tooltip("n_items:Q", title="items in common"),
            alt.Tooltip("percent:Q", title="equal answers", format=".0%"),
            alt.Tooltip("kappa:Q", format=".2f"),
            alt.Tooltip("weights:N"),
            alt.Tooltip("correlation:Q", format=".2f"),
        ],
    )
    if len(order) > _WRITTEN:
        return boxes
    dark = f"datum['{show}'] > 0.5 || datum['{show}'] < -0.6"
    text = base.mark_text(fontSize=11).encode(
        text=alt.Text(f"{show}:Q", format=".0%" if show == "percent" else ".2f"),
        color=alt.condition(dark, alt.value("#ffffff"), alt.value(INK)),
    )
    return LayerChart(layer=[boxes, text])
