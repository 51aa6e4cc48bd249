"""How were the answers distributed? Shares per level for each dimension, diverging around the middle where ordered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl

from rubricwidgets.charts.display import Chart, LayerChart, VConcatChart
from rubricwidgets.charts.empty import message
from rubricwidgets.charts.frames import Axis, anchored_labels, axes, end_words, families, raters_in
from rubricwidgets.charts.style import INK, WIDTH, categories, diverging, end_text, plural, wrapped
from rubricwidgets.stats.describe import checked_scores, levels

if TYPE_CHECKING:
    from rubricwidgets.rubric import Rubric
    from rubricwidgets.stats.describe import By

_TITLE = "Distribution of answers"
_ROW = 46
_BINS = 20
#: The place above the bars of a group, where the words of its ends stand.
_ROOM = " "


def distribution(
    scores: pl.DataFrame, rubric: Rubric | None = None, *, by: By | None = None
) -> Chart | LayerChart | VConcatChart:
    """Chart the share of each answer on each dimension.

    Ordered levels diverge: the middle level straddles zero, so that what leans low and what leans high can be seen at
    once. Categories and yes/no are stacked from zero; continuous scales are binned.

    Parameters
    ----------
    scores
        A frame with the columns of ``Study.scores()``.
    rubric
        Gives order, titles, anchors and unobserved levels.
    by
        ``"model"`` or ``"rater"`` draws a bar for each.

    Returns
    -------
    Chart, LayerChart or VConcatChart
        An Altair chart, one panel for each kind of scale.

    Raises
    ------
    InputError
        If a column is missing.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> study = rw.demo(store="memory")
    >>> chart = rw.charts.distribution(study.scores(), study.rubric)

    """
    scores = checked_scores(scores, rubric, by)
    if scores.is_empty():
        return message("No scores yet: rate an item, and run this cell again.", _TITLE)
    answered = scores.filter(
        pl.col("score").is_not_null() | (pl.col("label").is_not_null() & ~pl.col("not_applicable"))
    )
    keys = ["dimension", *([by] if by else [])]
    table = (
        levels(scores, rubric, by=by)
        .drop_nulls("share")
        .join(answered.group_by(keys).len("answers"), on=keys, how="left", nulls_equal=True, maintain_order="left")
    )
    panels: list[Any] = []
    for family in families(axes(scores, rubric)):
        names = [axis.name for axis in family]
        part = table.filter(pl.col("dimension").is_in(names))
        if answered.filter(pl.col("dimension").is_in(names)).is_empty():
            continue
        if family[0].kind != "continuous" and not family[0].levels:
            continue  # texts and orders, of which no two need be alike
        if family[0].kind == "continuous":
            panels += _histograms(scores, family, by)
        elif family[0].multiple:
            panels += [_choices(part, axis, by) for axis in family]
        else:
            panels.append(_bars(part, family, by))
    if not panels and answered.height:
        return message("Texts and rankings have no levels to count: see texts() and rankings().", _TITLE)
    if not panels:
        return message("Every answer so far is 'not applicable'.", _TITLE)
    title: Any = {"text": _TITLE, "subtitle": _subtitle(scores, by)}
    if len(panels) == 1:
        only: LayerChart = panels[0].properties(title=title)
        return only
    stacked: VConcatChart = VConcatChart(vconcat=panels, title=title, spacing=28)
    return stacked.resolve_scale(color="independent", yOffset="independent")


def _subtitle(scores: pl.DataFrame, by: str | None) -> list[str]:
    none = int(scores["not_applicable"].sum())
    left_out = f" ({none:,} more are 'not applicable', which no bar counts)" if none else ""
    counts = [plural(scores["item"].n_unique(), "item"), raters_in(scores)]
    words = (
        f"{plural(scores.height - none, 'answer')}{left_out}, {', '.join(counts)}{f', a bar per {by}' if by else ''}"
    )
    return wrapped(words, 100)


def _bars(table: pl.DataFrame, family: list[Axis], by: By | None) -> LayerChart:
    first = family[0]
    ordered = first.kind == "ordinal"
    rows = table.with_columns(pl.int_range(pl.len()).over("dimension", *([by] if by else [])).alias("place"))
    start = pl.col("share").cum_sum() - pl.col("share")
    shift = _before_the_middle(len(first.levels)) if ordered else pl.lit(0.0)
    keys = ["dimension", *([by] if by else [])]
    rows = rows.with_columns(start.over(keys).alias("start"), shift.over(keys).alias("shift")).select(
        *keys,
        "level",
        pl.col("label").fill_null("").alias("anchor"),
        "n",
        "answers",
        pl.col("share").round(4),
        (pl.col("start") - pl.col("shift")).round(4).alias("from"),
        (pl.col("start") + pl.col("share") - pl.col("shift")).round(4).alias("to"),
    )
    titles = {axis.name: axis.title for axis in family}
    rows = rows.with_columns(pl.col("dimension").replace_strict(titles).alias("title"))
    same = len({axis.anchors for axis in family}) == 1
    levels = [first.anchored(level) if same and ordered else level for level in first.levels]
    rows = rows.with_columns(
        pl.col("level").replace_strict(dict(zip(first.levels, levels, strict=True))).alias("answer")
    )
    colours = diverging(len(levels)) if ordered else categories(len(levels))
    if first.kind == "binary":
        colours = [diverging(3)[0], diverging(3)[2]]
    order = [axis.title for axis in family]
    span = [-1, 1] if ordered else [0, 1]
    # Anchors that all dimensions share stand in the legend; where they differ, above each one's bars.
    ends = [] if same or not ordered else _ends(family, by)
    height = _height(len(family), rows, by, room=bool(ends))
    base = Chart({"values": rows.drop("dimension").to_dicts()}, width=WIDTH, height=height)
    x = alt.X("from:Q", scale=alt.Scale(domain=span, nice=False), axis=_share_axis(diverges=ordered))
    longest = max((len(str(one)) for one in rows[by]), default=0) if by and not ordered else 0
    y = alt.Y("title:N", sort=order, title=None, axis=_dimension_axis(beside=6 * longest))
    colour = alt.Color(
        "answer:N",
        sort=levels,
        scale=alt.Scale(domain=levels, range=colours),
        legend=alt.Legend(title=None, orient="bottom", offset=6, columns=0 if max(map(len, levels)) < 14 else 2),  # noqa: PLR2004
    )
    tooltip = [
        alt.Tooltip("title:N", title="dimension"),
        *([alt.Tooltip(f"{by}:N")] if by else []),
        alt.Tooltip("level:N", title="answer"),
        alt.Tooltip("anchor:N", title="meaning"),
        alt.Tooltip("n:Q", title="answers"),
        alt.Tooltip("share:Q", format=".1%"),
    ]
    groups = rows[by].unique(maintain_order=True).sort(nulls_last=True).to_list() if by else []
    slots = [*([_ROOM] if ends else []), *groups]
    offset = {"yOffset": alt.YOffset(f"{by}:N", scale=alt.Scale(domain=slots, paddingInner=0.15))} if by else {}
    # Grouped bars fill their band; a single one leaves room above it for the words of its ends.
    mark: dict[str, Any] = {"stroke": "#ffffff", "strokeWidth": 1}
    bars = base.mark_bar(**mark) if by else base.mark_bar(**mark, size=18)
    layers: list[Any] = [bars.encode(x=x, x2="to:Q", y=y, color=colour, tooltip=tooltip, **offset)]
    if by:
        layers += _names(rows, by, y, offset, at=span[0], inside=ordered)
    for place, values in ends:
        words = Chart({"values": values}).mark_text(**end_text("left" if place < 0 else "right", above=not by))
        layers.append(words.encode(x=alt.datum(place), y=y, text="words:N", **offset))
    return LayerChart(layer=layers)


def _choices(table: pl.DataFrame, axis: Axis, by: By | None) -> Chart:
    """Return how often each of several choices was made: a bar from zero for each, as they add up to more than one."""
    rows = table.filter(pl.col("dimension") == axis.name).select(
        *([by] if by else []), "level", "n", "answers", pl.col("share").round(4)
    )
    groups = rows[by].unique(maintain_order=True).to_list() if by else []
    encoding: dict[str, Any] = {}
    if by:
        encoding = {
            "yOffset": alt.YOffset(f"{by}:N", sort=groups),
            "color": alt.Color(
                f"{by}:N",
                scale=alt.Scale(domain=groups, range=categories(len(groups))),
                legend=alt.Legend(title=by, orient="bottom"),
            ),
        }
    mark: dict[str, Any] = {"stroke": "#ffffff"} if by else {"stroke": "#ffffff", "color": categories(1)[0], "size": 16}
    return (
        Chart({"values": rows.to_dicts()}, width=WIDTH, height={"step": max(24, 12 * len(groups))})
        .mark_bar(**mark)
        .encode(
            x=alt.X(
                "share:Q",
                scale=alt.Scale(domain=[0, 1], nice=False),
                axis=alt.Axis(title="share of answers with it; several may be chosen", format=".0%", tickCount=5),
            ),
            y=alt.Y("level:N", sort=list(axis.levels), title=None, axis=alt.Axis(ticks=False, domain=False)),
            tooltip=[
                *([alt.Tooltip(f"{by}:N")] if by else []),
                alt.Tooltip("level:N", title="answer"),
                alt.Tooltip("n:Q", title="chosen"),
                alt.Tooltip("answers:Q"),
                alt.Tooltip("share:Q", format=".1%"),
            ],
            **encoding,
        )
        .properties(title={"text": axis.title, "fontSize": 12, "offset": 6})
    )


def _before_the_middle(levels: int) -> pl.Expr:
    """Return how much lies left of zero: everything below the middle level, and half of that."""
    below, middle = levels // 2, pl.col("place") == levels // 2
    half = pl.col("share").filter(middle).sum() / 2 if levels % 2 else pl.lit(0.0)
    return pl.col("share").filter(pl.col("place") < below).sum() + half


def _height(dimensions: int, rows: pl.DataFrame, by: str | None, *, room: bool) -> int:
    return dimensions * _ROW if by is None else dimensions * (12 + 15 * (rows[by].n_unique() + room))


def _share_axis(*, diverges: bool) -> alt.Axis:
    text = "abs(datum.value) === 0 ? '0' : format(abs(datum.value), '.0%')"
    title = "← share of lower answers · share of higher answers →" if diverges else "share of answers"
    return alt.Axis(title=title, labelExpr=text, tickCount=5)


def _dimension_axis(beside: int = 0) -> alt.Axis:
    return alt.Axis(ticks=False, domain=False, labelPadding=10 + beside, labelFontWeight=600, labelLimit=220)


def _names(rows: pl.DataFrame, by: str, y: alt.Y, offset: dict[str, Any], *, at: int, inside: bool) -> list[Chart]:
    """Return the name of each bar of a group, at its left end: inside where bars diverge, and else before their start."""
    values = rows.select("title", by).unique(maintain_order=True).to_dicts()
    set_: dict[str, Any] = {"align": "left" if inside else "right", "dx": 4 if inside else -6, "fontSize": 10}
    words = Chart({"values": values}).encode(x=alt.datum(at), y=y, text=f"{by}:N", **offset)
    # A bar may reach as far as its name, which stays legible on it.
    return [words.mark_text(**set_, stroke="#ffffff", strokeWidth=3), words.mark_text(**set_, color=INK)]


def _ends(family: list[Axis], by: str | None) -> list[tuple[int, list[dict[str, str]]]]:
    """Return the words of each dimension's ends, for the left and the right of the zero between lower and higher."""
    slot = {by: _ROOM} if by else {}
    sides = [
        [{"title": axis.title, "words": end_words(axis)[side], **slot} for axis in family if end_words(axis)[side]]
        for side in (0, 1)
    ]
    return [(place, values) for place, values in zip((-1, 1), sides, strict=True) if values]


def _histograms(scores: pl.DataFrame, family: list[Axis], by: By | None) -> list[Chart]:
    """Return the shares of equal bins of a continuous scale, a panel per dimension and group."""
    low = 0.0 if family[0].low is None else family[0].low
    high = low + 1.0 if family[0].high is None else family[0].high
    width = (high - low) / _BINS or 1.0
    keys = ["dimension", *([by] if by else [])]
    rows = (
        scores.filter(pl.col("dimension").is_in([axis.name for axis in family]), pl.col("score").is_not_null())
        .with_columns(((pl.col("score") - low) / width).floor().clip(0, _BINS - 1).alias("bin"))
        .group_by([*keys, "bin"])
        .len("n")
        .with_columns((pl.col("n") / pl.col("n").sum().over(keys)).round(4).alias("share"))
        .with_columns(
            (low + pl.col("bin") * width).round(6).alias("from"),
            (low + (pl.col("bin") + 1) * width).round(6).alias("to"),
        )
        .sort(*keys, "bin", nulls_last=True)
    )
    panels = []
    for axis in family:
        own = rows.filter(pl.col("dimension") == axis.name)
        for group, part in own.group_by([by], maintain_order=True) if by else [((None,), own)]:
            name = axis.title if group[0] is None else f"{axis.title} · {group[0]}"
            panels.append(_bins(part, axis, name, (low, high)))
    return panels


def _bins(rows: pl.DataFrame, axis: Axis, name: str, ends: tuple[float, float]) -> Chart:
    return (
        Chart({"values": rows.select("from", "to", "n", "share").to_dicts()}, width=WIDTH, height=64)
        .mark_bar(color=categories(1)[0], stroke="#ffffff", strokeWidth=1)
        .encode(
            x=alt.X(
                "from:Q",
                scale=alt.Scale(domain=list(ends), nice=False),
                title=None,
                axis=alt.Axis(labelExpr=anchored_labels(axis), labelFlush=True),
            ),
            x2="to:Q",
            y=alt.Y("share:Q", axis=alt.Axis(format=".0%", title=None, tickCount=2)),
            y2=alt.datum(0),
            tooltip=[
                alt.Tooltip("from:Q"),
                alt.Tooltip("to:Q"),
                alt.Tooltip("n:Q", title="answers"),
                alt.Tooltip("share:Q", format=".1%"),
            ],
        )
        .properties(title={"text": name, "fontSize": 12, "offset": 6})
    )
