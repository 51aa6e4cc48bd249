"""What charts know of dimensions: titles, kinds and levels, from the rubric or from what is observed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from rubricwidgets.charts.style import plural, wrapped
from rubricwidgets.scales.numbers import short
from rubricwidgets.stats.describe import dimensions_of
from rubricwidgets.stats.shares import levels_of

if TYPE_CHECKING:
    from rubricwidgets.rubric import Rubric


def raters_in(scores: pl.DataFrame) -> str:
    """Return how many raters there are, and how many of them are no people at the widget: ``5 raters (2 simulated)``."""
    words = plural(scores["rater"].n_unique(), "rater")
    if "source" not in scores.columns:
        return words
    others = (
        scores.filter(pl.col("source") != "widget")
        .group_by("source")
        .agg(pl.col("rater").n_unique().alias("n"))
        .sort("source")
    )
    named = [f"{n} {'from ' if source.startswith('add_') else ''}{source}" for source, n in others.iter_rows()]
    return f"{words} ({', '.join(named)})" if named else words


@dataclass(frozen=True)
class Axis:
    """One dimension as charts draw it.

    Parameters
    ----------
    name, title
        What frames and what readers call it.
    kind
        ``"ordinal"``, ``"continuous"``, ``"binary"`` or ``"nominal"``.
    levels
        Names of its levels, in order; empty for a continuous one.
    anchors
        Words of levels or numbers, by their name.
    low, high
        Ends of its range; None for categories.
    multiple
        Whether an answer may be several of its levels.

    """

    name: str
    title: str
    kind: str
    levels: tuple[str, ...]
    anchors: tuple[tuple[str, str], ...]
    low: float | None
    high: float | None
    multiple: bool = False

    @property
    def family(self) -> tuple[object, ...]:
        """What dimensions must share to be drawn in one panel."""
        return (self.kind, self.levels, self.low, self.high, self.multiple)

    def anchored(self, level: str) -> str:
        """Return a level with its words: ``5 all correct``."""
        words = dict(self.anchors).get(level)
        return f"{level} {words}" if words and words != level else level


def axes(scores: pl.DataFrame, rubric: Rubric | None) -> list[Axis]:
    """Return the dimensions of a frame, in the rubric's order."""
    found = levels_of(scores, rubric)
    return [
        _axis(name, scores, rubric, found.filter(pl.col("dimension") == name)) for name in dimensions_of(scores, rubric)
    ]


def families(found: list[Axis]) -> list[list[Axis]]:
    """Return dimensions that can share a panel together, in the order of their first."""
    groups: dict[tuple[object, ...], list[Axis]] = {}
    for axis in found:
        groups.setdefault(axis.family, []).append(axis)
    return list(groups.values())


def end_words(axis: Axis, longest: int = 52) -> tuple[str, str]:
    """Return what the low and the high end of a scale mean, each with its number; empty where nobody said."""
    words = dict(axis.anchors)
    ends = [] if axis.low is None or axis.high is None else [short(axis.low), short(axis.high)]
    told = [f"{end} {words[end]}" if end in words else "" for end in ends] or ["", ""]
    low, high = (one if len(one) <= longest else one[: longest - 1].rstrip() + "…" for one in told)
    return low, high


def anchored_labels(axis: Axis) -> str:
    """Return a Vega expression that labels a quantitative axis with numbers, and anchors below them.

    JSON makes each text safe inside the expression, whatever an author wrote in it.
    """
    words = {point: wrapped(text, 18) for point, text in axis.anchors}
    cases = "".join(
        f"abs(datum.value - {float(point)!r}) < 1e-9 ? {json.dumps([point, *lines])} : "
        for point, lines in words.items()
    )
    return f"{cases}datum.label"


def _axis(name: str, scores: pl.DataFrame, rubric: Rubric | None, levels: pl.DataFrame) -> Axis:
    names = tuple(levels["level"].to_list())
    if rubric is not None and name in rubric.names:
        dimension = rubric[name]
        scale = dimension.scale
        anchors = getattr(scale, "anchors", {})
        return Axis(
            name,
            dimension.title,
            scale.kind,
            names,
            tuple((short(point), words) for point, words in anchors.items()),
            *_range(scale),
            multiple=bool(getattr(scale, "multiple", False)),
        )
    own = scores.filter(pl.col("dimension") == name)
    numbers = own["score"].drop_nulls()
    title = name.replace("_", " ")
    if numbers.is_empty():
        return Axis(name, title, "nominal", names, (), None, None)
    low, high = _bounds(numbers)
    if names and not any(_is_number(one) for one in names):
        return Axis(name, title, "binary", names, (), 0.0, 1.0)
    anchors = tuple((one["level"], one["label"]) for one in levels.iter_rows(named=True) if one["label"])
    return Axis(name, title, "ordinal" if names else "continuous", names, anchors, low, high)


def _range(scale: object) -> tuple[float | None, float | None]:
    if getattr(scale, "kind", "") == "binary":
        return 0.0, 1.0
    low, high = getattr(scale, "low", None), getattr(scale, "high", None)
    return (None if low is None else float(low)), (None if high is None else float(high))


def _bounds(numbers: pl.Series) -> tuple[float, float]:
    ordered = numbers.sort()
    return float(ordered[0]), float(ordered[-1])


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
