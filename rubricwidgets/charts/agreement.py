"""Do the raters agree, and how sure is that? Coefficients with intervals, on bands that are customs and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl

from rubricwidgets.charts.display import Chart, LayerChart, VConcatChart
from rubricwidgets.charts.empty import message
from rubricwidgets.charts.style import QUIET, SHAPES, WIDTH, categories, plural, wrapped
from rubricwidgets.errors import hands_on
from rubricwidgets.stats.agreement import agreement as estimate
from rubricwidgets.stats.agreement_options import ALL, STATISTICS
from rubricwidgets.stats.columns import take_polars, titles_of
from rubricwidgets.stats.estimates import ESTIMATES_SCHEMA
from rubricwidgets.texts import enumerated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.rubric import Rubric

    #: From where to where, and in which word.
    Bands = tuple[tuple[float, float, str], ...]

#: Landis and Koch, "The measurement of observer agreement for categorical data", Biometrics 33, 1977: by their own word
#: "clearly arbitrary".
LANDIS_KOCH: Bands = (
    (-1.0, 0.0, "poor"),
    (0.0, 0.2, "slight"),
    (0.2, 0.4, "fair"),
    (0.4, 0.6, "moderate"),
    (0.6, 0.8, "substantial"),
    (0.8, 1.0, "almost perfect"),
)
#: Krippendorff, Content Analysis, 4th edition, 2019, chapter 12: below the first nothing is concluded, from the second on
#: firmly.
KRIPPENDORFF: Bands = ((-1.0, 2 / 3, "too low"), (2 / 3, 0.8, "tentative"), (0.8, 1.0, "reliable"))
NO_BANDS: Bands = ()
_SHADES = ("#ffffff", "#f4f6f8", "#eceff3", "#e3e8ee", "#dae1e9", "#d1dae4")
#: Statistics that colours tell apart; more get panels.
_COLOURED = 4


_COUNTS = ("n_items", "n_raters", "n_ratings")


@hands_on("rubricwidgets.stats:agreement", "by")
def agreement(
    scores: Any,  # noqa: ANN401 - a frame of scores, or a table of estimates
    rubric: Rubric | None = None,
    *,
    statistics: str | Sequence[str] = ("alpha",),
    **options: Any,  # noqa: ANN401 - as the statistic takes them
) -> Chart | LayerChart | VConcatChart:
    """Chart how far raters agree on each dimension, with intervals.

    Parameters
    ----------
    scores
        A frame with the columns of ``Study.scores()``, or the table that :func:`rubricwidgets.stats.agreement` returned.
    rubric
        Gives order, titles and levels of measurement.
    statistics
        As for :func:`rubricwidgets.stats.agreement`; several stand below each other.
    **options
        Further keywords of that function: ``level``, ``weights``, ``dimensions``, ``interval``, ``confidence`` and so on.

    Returns
    -------
    Chart, LayerChart or VConcatChart
        An Altair chart; more than four statistics get a panel for each dimension. Its bands are Krippendorff's for alpha
        and otherwise those of Landis and Koch: customs, not tests.

    Raises
    ------
    InputError
        As that function.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> study = rw.demo(store="memory")
    >>> from rubricwidgets.charts.agreement import agreement
    >>> chart = agreement(study.scores(), study.rubric)

    """
    title = "Agreement between raters"
    titles = titles_of(rubric)
    table = _table(scores, rubric, statistics, options)
    known = table.filter(pl.col("value").is_not_null())
    if known.is_empty():
        why = table["note"].drop_nulls().unique(maintain_order=True).to_list()
        words = (
            f"Nothing to draw: {enumerated(why)}." if why else "No scores yet: rate an item, and run this cell again."
        )
        return message(words, title)
    rows = _rows(table, titles)
    bands, low = _bands(known), _lowest(known)
    names = rows["dimension"].unique(maintain_order=True).to_list()
    shown = rows["statistic"].unique(maintain_order=True).to_list()
    on = f" on {names[0]}" if len(names) == 1 else ""
    heading: Any = {"text": title + on, "subtitle": wrapped(_subtitle(known, shown), 100)}
    axis = "share of agreeing pairs of ratings" if bands is NO_BANDS else "agreement (0: as by chance, 1: perfect)"
    if len(shown) <= _COLOURED or len(names) == 1:
        y = "statistic" if len(names) == 1 and len(shown) > 1 else "dimension"
        return _panel(rows, bands, low, axis, y).properties(title=heading)
    panels = []
    for name in names:
        first, last = name == names[0], name == names[-1]
        panel = _panel(
            rows.filter(pl.col("dimension") == name), bands, low, axis if last else None, "statistic", worded=first
        )
        over = alt.TitleParams(name, fontSize=12, offset=20 if bands and first else 6)
        panels.append(panel.properties(title=over))
    return VConcatChart(vconcat=panels, title=heading, spacing=14)


def _table(
    scores: Any,  # noqa: ANN401
    rubric: Rubric | None,
    statistics: str | Sequence[str],
    options: dict[str, Any],
) -> pl.DataFrame:
    """Return the estimates: given ones, or those of given scores."""
    if isinstance(scores, pl.DataFrame) and {"statistic", "value", "low", "high"} <= set(scores.columns):
        return take_polars(
            scores, [*ESTIMATES_SCHEMA], source="study.scores(), or of study.agreement()", filled=_COUNTS
        )
    asked = ALL if statistics == ALL else statistics
    return estimate(scores, rubric, statistics=asked, **options)


def _rows(table: pl.DataFrame, titles: dict[str, str]) -> pl.DataFrame:
    return table.with_columns(
        pl.col("dimension").replace(titles).str.replace_all("_", " "),
        pl.col("statistic").replace(STATISTICS),
        pl.col("value", "low", "high", "se").round(6),
    )


def _lowest(known: pl.DataFrame) -> float:
    """Return where the axis begins: at 0, or below what goes below it."""
    least = known.select(pl.min_horizontal("value", "low").min()).item()
    return 0.0 if least >= 0 else max(-1.0, float(-(-least * 10 // 1) / 10) - 0.1) if least > -1 else -1.0


def _bands(known: pl.DataFrame) -> Bands:
    names = set(known["statistic"])
    return KRIPPENDORFF if names == {"alpha"} else NO_BANDS if names == {"percent"} else LANDIS_KOCH


def _subtitle(known: pl.DataFrame, shown: list[str]) -> str:
    what = f"{shown[0]}, " if len(shown) == 1 else ""
    parts = known["method"].str.split("; ").list.last().unique(maintain_order=True).to_list()
    method = f"{parts[0]}; " if len(parts) == 1 else ""
    if known["low"].null_count() == known.height:
        notes = known["note"].drop_nulls().unique(maintain_order=True).to_list()
        method = f"{notes[0] if len(notes) == 1 else 'no intervals'}; "
    items, raters = (_range(known[name], word) for name, word in (("n_items", "item"), ("n_raters", "rater")))
    what = what[:1].upper() + what[1:]
    bands = _bands(known)
    if bands is NO_BANDS:
        return f"{what}{method}{items}, {raters}. Chance alone makes some of it."
    whose = "Krippendorff's" if bands is KRIPPENDORFF else "Landis and Koch's"
    kept = "" if "percent" not in known["statistic"] else " for what goes beyond chance (percent agreement does not)"
    return (
        f"{what}{method}{items}, {raters}. "
        f"Bands: {whose} customary words{kept}, not tests; how much is enough depends on the use."
    )


def _range(counts: pl.Series, word: str) -> str:
    ordered = counts.sort()
    last = plural(ordered[-1], word)
    return last if ordered[0] == ordered[-1] else f"{ordered[0]:,} to {last}"


def _panel(
    rows: pl.DataFrame, bands: Bands, low: float, axis: str | None, y: str, *, worded: bool = True
) -> LayerChart:
    """Draw one panel with dimensions, or with the statistics of one dimension, below each other."""
    count = rows[y].n_unique()
    groups = rows["statistic"].n_unique() if y == "dimension" else 1
    height = count * (14 + 14 * groups if groups > 1 else 26)
    layers = [*_background(bands, low, height, worded=worded), *_marks(rows, low, axis, y)]
    return LayerChart(layer=layers, width=WIDTH, height=height)


def _background(bands: Bands, low: float, height: int, *, worded: bool) -> list[Any]:
    cut = [(max(start, low), stop, word) for start, stop, word in bands if stop > low]
    if not cut:
        return []
    shades = _SHADES if len(bands) > 3 else _SHADES[::2]  # noqa: PLR2004
    values = [
        {"from": start, "to": stop, "middle": (start + stop) / 2, "word": word, "shade": shade}
        for (start, stop, word), shade in zip(cut, shades[len(bands) - len(cut) :], strict=True)
    ]
    base = Chart({"values": values})
    scale = alt.Scale(domain=[low, 1.0], nice=False)
    boxes = base.mark_rect(tooltip=None).encode(
        x=alt.X("from:Q", scale=scale),
        x2="to:Q",
        y={"value": 0},
        y2={"value": height},
        color=alt.Color("shade:N", scale=None),
    )
    words = (
        base.mark_text(align="center", baseline="bottom", color=QUIET, fontSize=10.5, dy=-4)
        .encode(x=alt.X("middle:Q", scale=scale), y={"value": 0}, text="word:N")
        .transform_filter("datum.to - datum.from >= 0.1")
    )
    return [boxes, words] if worded else [boxes]


def _marks(rows: pl.DataFrame, low: float, axis: str | None, y: str) -> list[Any]:
    columns = [
        "dimension",
        "statistic",
        "value",
        "low",
        "high",
        "se",
        "n_items",
        "n_raters",
        "n_ratings",
        "method",
        "note",
    ]
    drawn = rows.select(columns).with_columns(
        pl.col("low").clip(low, 1.0).alias("drawn_low"),
        pl.col("high").clip(low, 1.0).alias("drawn_high"),
        ("undefined: " + pl.col("note").str.split(":").list.first()).alias("words"),
    )
    base = Chart({"values": drawn.to_dicts()})
    scale = alt.Scale(domain=[low, 1.0], nice=False)
    places = rows[y].unique(maintain_order=True).to_list()
    shown = rows["statistic"].unique(maintain_order=True).to_list()
    labels = alt.Axis(
        ticks=False,
        domain=False,
        grid=False,
        labelPadding=10,
        labelFontWeight=600 if y == "dimension" else 400,
        labelLimit=240,
    )
    where: dict[str, Any] = {"y": alt.Y(f"{y}:N", sort=places, title=None, axis=labels)}
    coloured = y == "dimension" and len(shown) > 1
    shared = where
    plain: dict[str, Any] = {"color": categories(1)[0]}
    if coloured:
        where["yOffset"] = alt.YOffset("statistic:N", sort=shown)
        legend = alt.Legend(title=None, orient="bottom")
        colours = alt.Scale(domain=shown, range=categories(len(shown)))
        shared, plain = {**where, "color": alt.Color("statistic:N", sort=shown, scale=colours, legend=legend)}, {}
    tooltip = [
        alt.Tooltip("dimension:N"),
        alt.Tooltip("statistic:N"),
        alt.Tooltip("value:Q", format=".3f"),
        alt.Tooltip("low:Q", format=".3f"),
        alt.Tooltip("high:Q", format=".3f"),
        alt.Tooltip("se:Q", title="standard error", format=".3f"),
        alt.Tooltip("n_items:Q", title="items"),
        alt.Tooltip("n_raters:Q", title="raters"),
        alt.Tooltip("n_ratings:Q", title="ratings"),
        alt.Tooltip("method:N"),
        *([alt.Tooltip("note:N")] if rows["note"].null_count() < rows.height else []),
    ]
    x = alt.X("value:Q", scale=scale, title=axis, axis=alt.Axis(format=".1f", tickCount=6, grid=False))
    rules = (
        base.mark_rule(strokeWidth=2.2, **plain)
        .transform_filter("isValid(datum.drawn_low)")
        .encode(x=alt.X("drawn_low:Q", scale=scale), x2="drawn_high:Q", tooltip=tooltip, **shared)
    )
    points = (
        base.mark_point(filled=True, size=64, opacity=1, **plain)
        .transform_filter("isValid(datum.value)")
        .encode(x=x, tooltip=tooltip, **shared)
    )
    if coloured:
        marks = [SHAPES[place % len(SHAPES)] for place in range(len(shown))]
        points = points.encode(shape=alt.Shape("statistic:N", sort=shown, scale=alt.Scale(domain=shown, range=marks)))
    missing = (
        base.mark_text(align="left", color=QUIET, fontSize=10.5, fontStyle="italic", dx=6)
        .transform_filter("!isValid(datum.value)")
        .encode(x={"value": 0}, text="words:N", tooltip=tooltip, **where)
    )
    return [rules, points, missing]
