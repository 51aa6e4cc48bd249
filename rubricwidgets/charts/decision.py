"""How many raters are enough? Reliability over numbers of raters, with the target that has to be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl

from rubricwidgets.charts.display import Chart, LayerChart
from rubricwidgets.charts.empty import message
from rubricwidgets.charts.style import INK, QUIET, WIDTH, categories, plural
from rubricwidgets.errors import InputError, nearest
from rubricwidgets.scales.numbers import short
from rubricwidgets.stats.columns import check_rubric, titles_of
from rubricwidgets.stats.decision import DecisionStudy, decision_study
from rubricwidgets.stats.estimates import percent
from rubricwidgets.stats.generalizability import Generalizability, told_sizes
from rubricwidgets.stats.intake import only
from rubricwidgets.texts import enumerated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rubricwidgets.rubric import Rubric

_HEIGHT = 300
_APART = 15  # pixels between two labels at the ends of lines
_MOST_LINES = 24
_LONGEST = 30
_PLOT = WIDTH - 120
# More bands than this cover each other.
_MOST_BANDS = 3
_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3])


def decision(
    study: DecisionStudy | Generalizability,
    rubric: Rubric | None = None,
    *,
    dimensions: Sequence[str] | str | None = None,
    x: str | None = None,
    target: float | None = None,
) -> Chart | LayerChart:
    """Chart how reliability grows with the number of raters, one line for each dimension and design.

    Parameters
    ----------
    study
        What ``decision_study()`` returned, or ``generalizability()``: then for 1 to 10 raters.
    rubric
        Gives the dimensions' titles.
    dimensions
        Only these, or this one.
    x
        Which count goes along: ``"raters"``, ``"items"`` or another of the study's columns. Without it raters, where
        there are several numbers of them.
    target
        Where the line to be reached stands, above 0 and below 1; without it the study's own.

    Returns
    -------
    Chart or LayerChart
        An Altair chart. Up to three lines have bands, the intervals of the pilot's own uncertainty; a subtitle says where
        there are too many for them, and ``dimensions`` takes fewer.

    Raises
    ------
    InputError
        If it is no such result, or the study has no such count or dimension.

    Examples
    --------
    >>> import polars as pl
    >>> from rubricwidgets.stats.generalizability import generalizability
    >>> frame = pl.DataFrame([{"item": f"i{n}", "rater": r, "dimension": "tone", "score": float((n * 7 + k * n) % 5)}
    ...     for n in range(8) for k, r in enumerate("xyz")])
    >>> chart = decision(generalizability(frame))

    """
    check_rubric(rubric)
    if isinstance(study, Generalizability):
        study = decision_study(study)
    if not isinstance(study, DecisionStudy):
        msg = f"'study' takes what decision_study() or generalizability() returns (got {type(study).__name__})"
        raise InputError(msg)
    goal = study.target if target is None else target
    if not 0 < goal < 1:
        msg = f"'target' takes a number above 0 and below 1, such as 0.8 (got {target!r})"
        raise InputError(msg)
    along = _along(study, x)
    name = {"G": "G (relative)", "Phi": "Phi (absolute)"}[study.coefficient]
    title = f"Reliability by number of {along}"
    frame = study.frame
    if dimensions is not None:
        known = frame["dimension"].drop_nulls().unique(maintain_order=True).to_list()
        frame = frame.filter(pl.col("dimension").is_in(only(known, dimensions)))
    own = frame.filter(pl.col("statistic") == study.coefficient, pl.col("value").is_not_null())
    if own.is_empty():
        notes = frame["note"].drop_nulls().unique(maintain_order=True).to_list()
        return message(
            f"Nothing to draw: {enumerated(notes)}." if notes else "No scores yet: rate, and run this cell again.",
            title,
        )
    others = [column for column in study.facets if column != along and own[column].n_unique() > 1]
    fixed = [column for column in study.facets if column != along and column not in others]
    lines = _lines(own, along, others, study.facets, rubric)
    names = lines["line"].unique(maintain_order=True).to_list()
    dropped = len(names) - _MOST_LINES
    if dropped > 0:
        names = names[:_MOST_LINES]
        lines = lines.filter(pl.col("line").is_in(names))
    held = [f"{own[column][0]:,} {column}" for column in fixed]
    what = {"G": "how well a mean orders", "Phi": "how well a mean places"}[study.coefficient]
    counts = [(own[column].drop_nulls(), word) for column, word in (("n_items", "item"), ("n_raters", "rater"))]
    pilot = ", ".join(_spanned(known, word) for known, word in counts if known.len())
    subtitle = [
        f"{name}: {what} {study.objects}s{f', {enumerated(held)} each' if held else ''}"
        + (f"; pilot: {pilot}" if pilot else "")
    ]
    if lines["low"].null_count() < lines.height:
        interval = f"{percent(study.confidence)} interval, of the pilot's own uncertainty"
        subtitle.append(
            f"band: {interval}"
            if len(names) <= _MOST_BANDS
            else f"{percent(study.confidence)} intervals: in the tooltips, and bands where dimensions= leaves up to {_MOST_BANDS} lines"
        )
    if dropped > 0:
        subtitle.append(f"{dropped} more lines are not drawn: ask about fewer numbers")
    return _layers(lines, names, along, goal, study.coefficient).properties(
        title={"text": title, "subtitle": subtitle}, width=_PLOT, height=_HEIGHT
    )


def _spanned(counts: pl.Series, word: str) -> str:
    """Return ``27 items``, or ``23 to 27 items`` where dimensions differ."""
    ordered = counts.sort()
    last = plural(ordered[-1], word)
    return last if ordered[0] == ordered[-1] else f"{ordered[0]:,} to {last}"


def _along(study: DecisionStudy, x: str | None) -> str:
    columns = list(study.facets)
    if x is not None:
        if x not in columns:
            close = nearest(x, columns)
            hint = f"did you mean {close!r}?" if close else f"there are {', '.join(columns) or 'none'}"
            msg = f"'x' takes a count of the decision study (got {x!r}); {hint}"
            raise InputError(msg)
        return x
    several = [column for column in columns if study.frame[column].n_unique() > 1]
    for column in ("raters", *several, *columns):
        if column in several or (column in columns and not several):
            return column
    return "raters"


def _lines(
    own: pl.DataFrame, along: str, others: list[str], facets: Mapping[str, str], rubric: Rubric | None
) -> pl.DataFrame:
    """Return the rows to draw, with the name of each one's line."""
    titles = titles_of(rubric)
    dimension = pl.col("dimension").replace(titles) if titles else pl.col("dimension")
    several = own["dimension"].n_unique() > 1
    parts = [dimension] if several or not others else []
    counts = [
        pl.col(column).replace_strict({size: told_sizes({facets[column]: size}) for size in own[column].unique()})
        for column in others
    ]
    labelled = pl.concat_str([*parts, *counts], separator=", ", ignore_nulls=True) if parts or counts else pl.lit("")
    return own.select(
        labelled.alias("line"),
        pl.col(along).alias("n"),
        dimension.alias("title"),
        *others,
        *[pl.col(column).round(6) for column in ("value", "low", "high")],
        "ratings",
        "cost",
        pl.col("note").fill_null(""),
    )


def _layers(lines: pl.DataFrame, names: list[str], along: str, goal: float, coefficient: str) -> LayerChart:
    counts = lines["n"].unique().sort().to_list()
    low, high = counts[0], counts[-1]
    logarithmic = low > 0 and high / low >= 20  # noqa: PLR2004 - 10 and 500 items have no common linear axis
    axis: dict[str, Any] = {"values": counts if len(counts) <= 12 else None, "format": ",d", "labelOverlap": True}  # noqa: PLR2004
    alone = low == high
    scale = (
        alt.Scale(type="log", domain=[low, high])
        if logarithmic
        else alt.Scale(domain=[low - alone, high + alone], nice=False, zero=False)
    )
    x = alt.X(
        "n:Q",
        title=f"number of {along}",
        scale=scale,
        axis=alt.Axis(grid=False, **{key: value for key, value in axis.items() if value is not None}),
    )
    y = alt.Y("value:Q", title=coefficient, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".1f", tickCount=6))
    colours = categories(len(names))
    colour = alt.Color("line:N", sort=names, scale=alt.Scale(domain=names, range=colours), legend=None)
    dashes = [_DASHES[place // 7 % len(_DASHES)] for place in range(len(names))]
    dash = alt.StrokeDash("line:N", sort=names, scale=alt.Scale(domain=names, range=dashes), legend=None)
    tooltip = [
        alt.Tooltip("line:N", title="line"),
        alt.Tooltip("n:Q", title=along, format=",d"),
        alt.Tooltip("value:Q", title=coefficient, format=".3f"),
        alt.Tooltip("low:Q", format=".3f"),
        alt.Tooltip("high:Q", format=".3f"),
        alt.Tooltip("ratings:Q", title="ratings of each", format=",d"),
        alt.Tooltip("note:N"),
    ]
    base = Chart({"values": lines.select("line", "n", "value", "low", "high", "ratings", "note").to_dicts()})
    layers: list[Any] = []
    if len(names) <= _MOST_BANDS and lines["low"].null_count() < lines.height:
        mark = base.mark_rule(opacity=0.4, strokeWidth=8) if alone else base.mark_area(opacity=0.15)
        layers.append(
            mark.transform_filter("isValid(datum.low) && isValid(datum.high)").encode(
                color=colour,
                x=x,
                y=alt.Y("low:Q", title=coefficient, scale=alt.Scale(domain=[0, 1])),
                y2="high:Q",
            )
        )
    target = Chart({"values": [{"goal": goal, "words": f"target {short(goal)}", "n": low}]})
    right, below = _free(lines, goal)
    layers += [
        target.mark_rule(color=QUIET, strokeDash=[5, 4]).encode(
            y=alt.Y("goal:Q", scale=alt.Scale(domain=[0, 1])), tooltip=[alt.Tooltip("goal:Q", title="target")]
        ),
        target.mark_text(
            color=QUIET,
            align="right" if right else "left",
            baseline="top" if below else "bottom",
            dx=-5 if right else 5,
            dy=4 if below else -3,
        ).encode(x=alt.value(_PLOT if right else 0), y="goal:Q", text="words:N"),
        base.mark_line(strokeWidth=2.2).encode(x=x, y=y, color=colour, strokeDash=dash),
        base.mark_point(filled=True, size=46, opacity=1).encode(x=x, y=y, color=colour, tooltip=tooltip),
    ]
    beside = _PLOT / 2 if alone else _PLOT
    labels = Chart({"values": _ends(lines, high)})
    at = alt.Y("at:Q", scale=alt.Scale(domain=[0, 1]))
    layers += [
        labels.mark_text(align="left", baseline="middle", dx=29, limit=260, color=INK).encode(
            x=alt.value(beside), y=at, text="label:N", tooltip=alt.Tooltip("line:N")
        ),
        # The line's own stroke before its name, for names in pale colours are hard to read.
        labels.mark_rule(strokeWidth=3).encode(
            x=alt.value(beside + 9), x2=alt.value(beside + 24), y=at, color=colour, strokeDash=dash
        ),
    ]
    return LayerChart(layer=layers)


def _free(lines: pl.DataFrame, goal: float) -> tuple[bool, bool]:
    """Return whether the target's label stands at the right, and below its line: where the curves are farthest away."""
    counts = lines["n"].unique().sort().to_list()
    sides = (counts[: max(1, len(counts) // 4)], counts[-max(1, len(counts) // 4) :])
    room: dict[tuple[bool, bool], float] = {}
    for right, side in enumerate(sides):
        values = lines.filter(pl.col("n").is_in(side))["value"].to_list()
        for below in (False, True):
            middle = goal + (-0.04 if below else 0.04)
            room[bool(right), below] = min(abs(value - middle) for value in values)
    return max(room, key=lambda place: min(room[place], 0.1))


def _ends(lines: pl.DataFrame, last: int) -> list[dict[str, Any]]:
    """Return a label for the end of each line, moved apart where lines end close together."""
    ends = (
        lines.filter(pl.col("n") == last)
        .unique("line", keep="first", maintain_order=True)
        .sort("value", descending=True)
    )
    gap = _APART / _HEIGHT
    found: list[dict[str, Any]] = []
    at = 1.0 + gap
    for row in ends.to_dicts():
        at = min(row["value"], at - gap)
        name = str(row["line"])
        half = _LONGEST // 2
        shown = name if len(name) <= _LONGEST else f"{name[:half]}\N{HORIZONTAL ELLIPSIS}{name[-half:]}"
        found.append({"line": row["line"], "label": f"{shown} {row['value']:.2f}".strip(), "at": at})
    # Pushed below the axis: move the whole ladder up.
    if found and found[-1]["at"] < 0:
        floor = 0.0
        for row in reversed(found):
            row["at"] = max(row["at"], floor)
            floor = row["at"] + gap
    return found
