"""How often a rater gives the right answer, where it is known, and the same answer twice.

Both hold an answer against another one: gold, or the rater's own answer to the same content under another id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import polars as pl

from rubricwidgets.errors import InputError
from rubricwidgets.stats.columns import alike, take_here
from rubricwidgets.stats.estimates import percent
from rubricwidgets.stats.grouped import (
    RATER_SCHEMA,
    cells,
    effective_number,
    estimates_by_rater,
    stacked,
    sums_by,
    wilson,
)
from rubricwidgets.stats.intake import measured, scores_in_memory
from rubricwidgets.stats.resampling import check_confidence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rubricwidgets.rubric import Rubric
    from rubricwidgets.stats.intake import Measured

    Array = NDArray[np.float64]

NO_GOLD = "no answer on an item with gold"
NO_REPEATS = "no item was answered twice under different ids"
NOTHING_BETWEEN = "categories: an answer is right or not, nothing lies between"
TWO_POINTS = "two points only: every answer is within one"
NO_POINTS = "a scale without points: there is no next one"

_EXACT, _WITHIN, _WEIGHTED = "exact", "within_one", "weighted"
_FEWEST_POINTS = 3
_SOURCE = "a frame of gold with item, response, dimension and score or label"


def gold_agreement(
    scores: Any,  # noqa: ANN401 - a frame of any library
    gold: Any,  # noqa: ANN401
    rubric: Rubric | None = None,
    *,
    dimensions: Sequence[str] | str | None = None,
    confidence: float = 0.95,
) -> pl.DataFrame:
    """Estimate how often each rater's answers agree with the known right ones.

    Parameters
    ----------
    scores
        A frame with the columns of ``Study.scores()``.
    gold
        The right answers: columns item (String), dimension (String), score (Float64) or label (String) or both, and response
        (String; may be left out where each item has one).
    rubric
        Gives order, scales and levels of measurement.
    dimensions
        Only these, or this one.
    confidence
        Coverage of the intervals, above 0 and below 1.

    Returns
    -------
    polars.DataFrame
        Columns rater, then those of :data:`~rubricwidgets.stats.estimates.ESTIMATES_SCHEMA`; for each rater and dimension a row
        for each statistic: ``"gold_exact"`` (share of answers that are the right one), ``"gold_within_one"`` (share at
        most one point of the scale away; ordered points only) and ``"gold_weighted"`` (mean of ``1 - distance / range
        of the scale``, the linear agreement weight of Cohen, "Weighted kappa", Psychological Bulletin 70, 1968).
        n_raters is 1, n_ratings the answers compared. Dimensions without gold for anybody are left out.

    Raises
    ------
    InputError
        If a column is missing, gold has two right answers for one response and dimension, or an option is not allowed.

    Notes
    -----
    Intervals are Wilson's (1927). Where an item holds several answers to one dimension, those of its responses, the number of
    answers is divided by the design effect of items (Kish 1965). For ``gold_weighted`` the interval is wider than need be: a mean
    of weights varies at most as much as a share of that size.

    Examples
    --------
    >>> scores = pl.DataFrame({"item": ["a", "b"], "rater": ["x", "x"], "dimension": ["tone"] * 2, "score": [2.0, 4.0]})
    >>> right = pl.DataFrame({"item": ["a", "b"], "dimension": ["tone"] * 2, "score": [2.0, 5.0]})
    >>> gold_agreement(scores, right)["statistic", "value"].row(0)
    ('gold_exact', 0.5)

    """
    confidence = check_confidence(confidence)
    frame = answered(scores_in_memory(scores, rubric, optional=("label", "not_applicable")))
    known = dimensions_in(frame, rubric, dimensions)
    pairs = with_gold(frame, take_gold(gold))
    return compared(pairs, known, frame, rubric, prefix="gold", nothing=NO_GOLD, confidence=confidence)


def self_agreement(
    scores: Any,  # noqa: ANN401
    repeats: Any,  # noqa: ANN401
    rubric: Rubric | None = None,
    *,
    dimensions: Sequence[str] | str | None = None,
    confidence: float = 0.95,
) -> pl.DataFrame:
    """Estimate how often each rater gives the same answer to the same content.

    Parameters
    ----------
    scores
        A frame with the columns of ``Study.scores()``. Only answers to different items count: a revision is no repetition.
    repeats
        Which items repeat which: columns item and same_as (String: ids), one row per repeated item. Responses are matched by their
        ids, or, where each item has one response, to each other; columns response and response_same_as say it otherwise.
    rubric, dimensions, confidence
        As for :func:`gold_agreement`.

    Returns
    -------
    polars.DataFrame
        As :func:`gold_agreement`, with the statistics ``"self_exact"``, ``"self_within_one"`` and ``"self_weighted"``. Where one
        content was answered more than twice, each later answer is held against the first.

    Raises
    ------
    InputError
        If a column is missing, or an item is said to repeat itself or two others.

    Examples
    --------
    >>> scores = pl.DataFrame({"item": ["a", "a2"], "rater": ["x", "x"], "dimension": ["tone"] * 2, "score": [2.0, 3.0]})
    >>> repeats = pl.DataFrame({"item": ["a2"], "same_as": ["a"]})
    >>> self_agreement(scores, repeats)["statistic", "value"].row(0)
    ('self_exact', 0.0)

    """
    confidence = check_confidence(confidence)
    frame = answered(scores_in_memory(scores, rubric, optional=("label", "not_applicable")))
    known = dimensions_in(frame, rubric, dimensions)
    pairs = with_repeats(frame, take_repeats(repeats))
    return compared(pairs, known, frame, rubric, prefix="self", nothing=NO_REPEATS, confidence=confidence)


def answered(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the answers that have a value: "not applicable" is neither right nor wrong."""
    return frame.filter(~pl.col("not_applicable")) if "not_applicable" in frame.columns else frame


def take_gold(gold: Any) -> pl.DataFrame:  # noqa: ANN401
    """Return right answers in memory, checked: item, dimension, _gold, _gold_label and, where given, response."""
    frame = take_here(gold, ("item", "dimension"), optional=("score", "label"), what="gold", source=_SOURCE)
    given = frame.columns
    if "score" not in given and "label" not in given:
        take_here(gold, ("item", "dimension", "score"), what="gold", source=_SOURCE)
    keys = ["item", "dimension", *(["response"] if frame["response"].null_count() < frame.height else [])]
    frame = frame.with_columns(
        (pl.col("score").cast(pl.Float64) if "score" in given else pl.lit(None, pl.Float64)).alias("_gold"),
        (pl.col("label").cast(pl.String) if "label" in given else pl.lit(None, pl.String)).alias("_gold_label"),
    )
    frame = frame.filter(pl.col("_gold").is_not_null() | pl.col("_gold_label").is_not_null())
    twice = frame.select(keys).is_duplicated()
    if twice.any():
        row = frame.select(keys).row(int(twice.arg_max() or 0), named=True)
        told = ", ".join(f"{name} {value!r}" for name, value in row.items() if value is not None)
        msg = f"'gold' takes one right answer for each response and dimension (got two or more for {told})"
        raise InputError(msg)
    return frame.select(*keys, "_gold", "_gold_label")


def with_gold(frame: pl.DataFrame, gold: pl.DataFrame) -> pl.DataFrame:
    """Return the scores on items with gold, the right answer beside each."""
    keys = [name for name in ("item", "response", "dimension") if name in gold.columns]
    return frame.join(alike(gold, frame, keys, "gold"), on=keys, how="inner", nulls_equal=True)


def take_repeats(repeats: Any) -> pl.DataFrame:  # noqa: ANN401
    """Return which items repeat which, checked."""
    source = "a frame with item and same_as: an item's id, and the id of the item with the same content"
    frame = take_here(repeats, ("item", "same_as"), optional=("response_same_as",), what="repeats", source=source)
    several = "response_same_as" in frame.columns
    frame = frame.drop([] if several else "response").drop_nulls(["item", "same_as"])
    frame = alike(frame, frame.select(item="same_as"), ["item"], "repeats", "same_as")
    itself = frame.filter(pl.col("item") == pl.col("same_as"))
    if itself.height:
        msg = f"'repeats' takes two different items in a row (got {itself['item'][0]!r} as a repetition of itself)"
        raise InputError(msg)
    twice = frame.select("item", *(["response"] if several else [])).is_duplicated()
    chained = frame.filter(pl.col("item").is_in(frame["same_as"].implode()))
    if twice.any() or chained.height:
        name = frame["item"][int(twice.arg_max() or 0)] if twice.any() else chained["item"][0]
        msg = f"'repeats' takes each repeated item once, and as same_as the first of its kind (see {name!r})"
        raise InputError(msg)
    return frame


def with_repeats(frame: pl.DataFrame, repeats: pl.DataFrame) -> pl.DataFrame:
    """Return the answers to repeated items, the rater's answer to the first of its kind beside each."""
    label = "label" if "label" in frame.columns else None
    repeats = alike(repeats, frame, [name for name in ("item", "response") if name in repeats.columns], "repeats")
    both = {"same_as": "item", "response_same_as": "response"}
    repeats = repeats.cast({one: frame.schema[name] for one, name in both.items() if one in repeats.columns})
    if "response_same_as" in repeats.columns:
        later = frame.join(repeats, on=["item", "response"], how="inner", nulls_equal=True)
        matched = pl.col("response_same_as")
    else:
        later = frame.join(repeats, on="item", how="inner")
        matched = pl.col("response")
    # Where an item has one response there is nothing to mix up.
    single = frame.filter(pl.col("response").is_not_null()).group_by("item").agg(pl.col("response").n_unique() == 1)
    alone = single.filter(pl.col("response"))["item"].implode()
    both_alone = pl.col("item").is_in(alone) & pl.col("same_as").is_in(alone) & pl.col("response").is_not_null()
    only = pl.lit("\N{NULL}only")
    later = later.with_columns(pl.when(both_alone).then(only).otherwise(matched).alias("_matched"))
    first = frame.select(
        pl.col("item").alias("same_as"),
        "rater",
        "dimension",
        pl.when(pl.col("item").is_in(alone) & pl.col("response").is_not_null())
        .then(only)
        .otherwise("response")
        .alias("_matched"),
        pl.col("score").alias("_gold"),
        (pl.col(label) if label else pl.lit(None, pl.String)).alias("_gold_label"),
    )
    pairs = later.join(first, on=["same_as", "_matched", "rater", "dimension"], how="inner", nulls_equal=True)
    # The content is what is resampled: its repetitions belong together.
    return pairs.with_columns(pl.col("same_as").alias("item"))


def compared(
    pairs: pl.DataFrame,
    known: Sequence[Measured],
    frame: pl.DataFrame,
    rubric: Rubric | None = None,
    *,
    prefix: str,
    nothing: str,
    confidence: float,
) -> pl.DataFrame:
    """Return exact, within-one and weighted agreement of each rater's answers with those beside them."""
    raters = frame["rater"].unique().sort()
    tables = []
    for one in known:
        ends = ends_of(one, rubric, frame)
        of_one = pairs.filter(pl.col("dimension") == one.dimension)
        tables.append(_of_dimension(of_one, one, ends, raters, prefix, nothing, confidence))
    return pl.concat([pl.DataFrame(schema=RATER_SCHEMA), *(table for table in tables if table is not None)])


def ends_of(one: Measured, rubric: Rubric | None, frame: pl.DataFrame) -> tuple[float, float] | None:
    """Return the lowest and the highest score that a dimension allows, or that were observed; None for categories."""
    if one.column == "label":
        return None
    scale = rubric[one.dimension].scale if rubric is not None and one.dimension in rubric.names else None
    low, high = getattr(scale, "low", None), getattr(scale, "high", None)
    if low is not None and high is not None:
        return float(low), float(high)
    if one.numbers:
        return min(one.numbers), max(one.numbers)
    given = frame.filter(pl.col("dimension") == one.dimension)["score"].drop_nulls().to_numpy()
    return (float(given.min()), float(given.max())) if len(given) else None


def closeness(
    pairs: pl.DataFrame, one: Measured, ends: tuple[float, float] | None
) -> tuple[pl.DataFrame, dict[str, Array | None], dict[str, str]]:
    """Return the comparable rows of one dimension, how near each answer is by statistic, and why a statistic is none."""
    if one.column == "label":
        if "label" not in pairs.columns:
            return pairs.head(0), {_EXACT: np.zeros(0), _WITHIN: None, _WEIGHTED: None}, {}
        rows = pairs.filter(pl.col("label").is_not_null() & pl.col("_gold_label").is_not_null())
        same = (rows["label"] == rows["_gold_label"]).cast(pl.Float64).to_numpy()
        return (
            rows,
            {_EXACT: same, _WITHIN: None, _WEIGHTED: None},
            dict.fromkeys((_WITHIN, _WEIGHTED), NOTHING_BETWEEN),
        )
    rows = pairs.filter(pl.col("score").is_not_null() & pl.col("_gold").is_not_null())
    given, right = rows["score"].to_numpy(), rows["_gold"].to_numpy()
    apart = np.abs(given - right)
    exact = (apart < 1e-9).astype(np.float64)  # noqa: PLR2004 - rounding in a file
    found: dict[str, Array | None] = {_EXACT: exact, _WITHIN: None, _WEIGHTED: None}
    if one.level == "nominal":
        return rows, found, dict.fromkeys((_WITHIN, _WEIGHTED), NOTHING_BETWEEN)
    notes = {}
    values = np.unique(np.concatenate([one.numbers or (), right])) if one.numbers else np.zeros(0)
    if one.level != "ordinal" or not len(values):
        notes[_WITHIN] = NO_POINTS
    elif len(values) < _FEWEST_POINTS:
        notes[_WITHIN] = TWO_POINTS
    else:
        places = np.searchsorted(values, np.stack([given, right]) - 1e-9)
        found[_WITHIN] = (np.abs(places[0] - places[1]) <= 1).astype(np.float64)
    low, high = ends or (0.0, 0.0)
    low, high = min(low, right.min(initial=low)), max(high, right.max(initial=high))
    found[_WEIGHTED] = 1 - apart / ((high - low) or 1.0)
    return rows, found, notes


def _of_dimension(
    pairs: pl.DataFrame,
    one: Measured,
    ends: tuple[float, float] | None,
    raters: pl.Series,
    prefix: str,
    nothing: str,
    confidence: float,
) -> pl.DataFrame | None:
    if pairs.is_empty():
        return None
    rows, found, notes = closeness(pairs, one, ends)
    codes = {name: place for place, name in enumerate(raters)}
    rater = rows["rater"].replace_strict(codes, return_dtype=pl.Int64).to_numpy()
    items = rows["item"].rank("dense").cast(pl.Int64).to_numpy() - 1
    together = cells(rater, items, int(items.max(initial=-1)) + 1)
    group = together.group
    n = np.bincount(rater, minlength=len(raters)).astype(np.float64)
    n_items = np.bincount(group, minlength=len(raters))
    unfounded = np.full(len(raters), np.nan)
    tables = []
    for statistic, values in found.items():
        share, low, high = unfounded, unfounded, unfounded
        if values is not None:
            sums = together.sums(stacked(values, np.ones(len(values))))
            total = sums_by(group, sums, len(raters))
            share = np.divide(total[:, 0], n, out=unfounded.copy(), where=n > 0)
            low, high = wilson(share, effective_number(group, sums, len(raters)), confidence)
        method = f"{percent(confidence)} Wilson interval"
        tables.append(
            estimates_by_rater(
                raters,
                one.dimension,
                f"{prefix}_{statistic}",
                value=share,
                low=low,
                high=high,
                method=f"linear weights, {method}" if statistic == _WEIGHTED else method,
                n_items=n_items,
                n_raters=1,
                n_ratings=n,
                note=[notes.get(statistic, nothing) if not np.isfinite(value) else None for value in share],
            )
        )
    return pl.concat(tables)


def dimensions_in(frame: pl.DataFrame, rubric: Rubric | None, dimensions: Sequence[str] | str | None) -> list[Measured]:
    """Return the dimensions of a frame in memory, with level and values."""
    return measured(nw.from_native(frame).lazy(), rubric, None, dimensions)
