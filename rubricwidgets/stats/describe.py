"""What the scores look like: counts, means, spread, shares per level, and means with honest intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import polars as pl

from rubricwidgets.errors import InputError, nearest
from rubricwidgets.stats.columns import check_rubric, take_polars
from rubricwidgets.stats.estimates import NO_SCORES, ONE_ITEM, percent
from rubricwidgets.stats.intake import VERSIONS, check_rows, in_order_of
from rubricwidgets.stats.resampling import check_confidence, t_quantile
from rubricwidgets.stats.shares import in_short, shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.rubric import Rubric

By = Literal["model", "rater"]

_OPTIONAL = ("label", "not_applicable", "model", "seconds", "submitted_at", "source", *VERSIONS)
_NEEDED = ("item", "rater", "dimension", "score")


def summary(scores: pl.DataFrame, rubric: Rubric | None = None, *, by: By | None = None) -> pl.DataFrame:
    """Describe each dimension in a row.

    Parameters
    ----------
    scores
        A frame with the columns of ``Study.scores()``.
    rubric
        Gives the dimensions' order and every level of each scale, unobserved ones too. Without it both are taken from
        what is observed.
    by
        ``"model"`` or ``"rater"`` gives a row for each; dimensions that are about the item have no model.

    Returns
    -------
    polars.DataFrame
        Columns ``by`` (where given), dimension (String), n (Int64: answers with a value), missing (Int64: ratings of a
        response, or of an item, that have no answer on this dimension), not_applicable (Int64), mean, median, sd (Float64;
        null for categories; sd is the sample's, n - 1), shares (String: the share of each level in whole per cent, lowest
        first, such as ``1 to 5: 4 10 31 40 15 %`` or ``No 40 %, Yes 60 %``; null without answers and for continuous
        scales). :func:`levels` has the shares as numbers.

    Raises
    ------
    InputError
        If the frame or the rubric is none, a column is missing or of another kind, scores are not finite, not of the rubric's
        scale or given twice, or ``by`` is neither.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"item": ["a", "b"], "response": ["r", "s"], "model": ["m", "m"], "rater": ["x", "x"],
    ...     "dimension": ["tone", "tone"], "score": [2.0, 4.0], "label": [None, None], "not_applicable": [False, False]},
    ...     schema_overrides={"label": pl.String})
    >>> summary(frame).select("dimension", "n", "mean").row(0)
    ('tone', 2, 3.0)

    """
    scores = checked_scores(scores, rubric, by)
    groups: list[str] = [] if by is None else [by]
    return (
        _counts(scores, rubric, groups)
        .join(
            in_short(levels(scores, rubric, by=by), [*groups, "dimension"]),
            on=[*groups, "dimension"],
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        .select(*groups, "dimension", "n", "missing", "not_applicable", "mean", "median", "sd", "shares")
    )


def levels(scores: pl.DataFrame, rubric: Rubric | None = None, *, by: By | None = None) -> pl.DataFrame:
    """Count how often each level of each dimension was the answer, in a row per level.

    Parameters
    ----------
    scores
        A frame with the columns of ``Study.scores()``.
    rubric
        Gives the dimensions' order and every level of each scale, unobserved ones too. Without it both are taken from
        what is observed.
    by
        ``"model"`` or ``"rater"`` gives rows for each.

    Returns
    -------
    polars.DataFrame
        Columns ``by`` (where given), dimension, level, label (String: the anchor or button, where there is one), score
        (Float64; null for categories), n (Int64), share (Float64: n of all answers with a value on the dimension, null
        where there are none). Where several categories may be chosen, shares add up to more than 1. Continuous scales have
        no levels, and no rows.

    Raises
    ------
    InputError
        If the frame or the rubric is none, a column is missing or of another kind, scores are not finite, not of the rubric's
        scale or given twice, or ``by`` is neither.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"item": ["a", "b"], "response": ["r", "s"], "model": ["m", "m"], "rater": ["x", "x"],
    ...     "dimension": ["tone", "tone"], "score": [2.0, 4.0], "label": [None, None], "not_applicable": [False, False]},
    ...     schema_overrides={"label": pl.String})
    >>> levels(frame).select("level", "n", "share").rows()
    [('2', 1, 0.5), ('4', 1, 0.5)]

    """
    scores = checked_scores(scores, rubric, by)
    groups: list[str] = [] if by is None else [by]
    return shares(scores, rubric, _counts(scores, rubric, groups).select(*groups, "dimension"))


def _counts(scores: pl.DataFrame, rubric: Rubric | None, groups: list[str]) -> pl.DataFrame:
    """Return a row for each dimension and group: n, missing, not_applicable, mean, median, sd."""
    keys = [*groups, "dimension"]
    value = pl.col("score").is_not_null() | (pl.col("label").is_not_null() & ~pl.col("not_applicable"))
    counted = scores.group_by(keys).agg(
        value.sum().cast(pl.Int64).alias("n"),
        pl.col("not_applicable").sum().cast(pl.Int64),
        pl.len().cast(pl.Int64).alias("_answers"),
        pl.col("score").mean().alias("mean"),
        pl.col("score").median().alias("median"),
        pl.col("score").std().alias("sd"),
    )
    frame = (
        _every(scores, dimensions_of(scores, rubric), groups)
        .join(counted, on=keys, how="left", nulls_equal=True, maintain_order="left")
        .join(_asked(scores, rubric, groups), on=keys, how="left", nulls_equal=True, maintain_order="left")
        .with_columns(pl.col("n", "not_applicable", "_answers", "_asked").fill_null(0))
        .with_columns((pl.col("_asked") - pl.col("_answers")).clip(lower_bound=0).alias("missing"))
    )
    # A response's dimension has no row for the null model of the item's, nor the other way round.
    return frame.filter(pl.col("_asked") > 0) if groups else frame


def means(
    scores: pl.DataFrame, rubric: Rubric | None = None, *, by: By | None = "model", confidence: float = 0.95
) -> pl.DataFrame:
    """Estimate each dimension's mean with an interval that respects items.

    Scores of one item are not independent, so the item is what is counted: the mean over raters and responses within
    each item, then mean and Student's t interval over the items' means (Student, "The probable error of a mean",
    Biometrika 6, 1908). The interval is about other items judged by these raters. What other raters would say is not in it;
    :func:`rubricwidgets.stats.compare_models` and :func:`rubricwidgets.stats.power` count raters as a sample too.

    Parameters
    ----------
    scores
        A frame with the columns of ``Study.scores()``.
    rubric
        Gives the dimensions' order.
    by
        ``"model"``, ``"rater"`` or None for all together.
    confidence
        Coverage of the interval, above 0 and below 1.

    Returns
    -------
    polars.DataFrame
        Columns ``by`` (where given), dimension, statistic (``"mean"``), value, low, high, se (Float64), method, n_items,
        n_raters, n_ratings (Int64: scores), note (String: why there is no value or no interval; else null). A dimension
        whose answers have no number has a row too, whose value is null.

    Raises
    ------
    InputError
        As for :func:`summary`, and if ``confidence`` is not allowed.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"item": ["a", "b"], "response": ["r", "s"], "model": ["m", "m"], "rater": ["x", "x"],
    ...     "dimension": ["tone", "tone"], "score": [2.0, 4.0], "label": [None, None], "not_applicable": [False, False]},
    ...     schema_overrides={"label": pl.String})
    >>> means(frame).select("value", "n_items").row(0)
    (3.0, 2)

    """
    scores = checked_scores(scores, rubric, by)
    confidence = check_confidence(confidence)
    groups: list[str] = [] if by is None else [by]
    keys = [*groups, "dimension"]
    given = scores.filter(pl.col("score").is_not_null())
    per_item = given.group_by([*keys, "item"]).agg(pl.col("score").mean().alias("item_mean"))
    spread = pl.col("item_mean").std() / pl.len().sqrt()
    names = dimensions_of(scores, rubric)
    everything = _every(scores, names, groups)
    if groups:
        # A response's dimension has no row for the null model of the item's, nor the other way round.
        everything = everything.join(scores.select(keys).unique(), on=keys, how="semi", nulls_equal=True)
    frame = (
        everything.join(
            per_item.group_by(keys).agg(
                pl.col("item_mean").mean().alias("value"), spread.alias("se"), pl.len().cast(pl.Int64).alias("n_items")
            ),
            on=keys,
            how="left",
            nulls_equal=True,
        )
        .join(
            given.group_by(keys).agg(
                pl.col("rater").n_unique().cast(pl.Int64).alias("n_raters"), pl.len().cast(pl.Int64).alias("n_ratings")
            ),
            on=keys,
            how="left",
            nulls_equal=True,
        )
        .with_columns(pl.col("n_items", "n_raters", "n_ratings").fill_null(0))
        .with_columns(_quantile(pl.col("n_items"), confidence).alias("_t"))
    )
    answered = scores.filter(~pl.col("not_applicable"))["dimension"].unique().to_list()
    half = pl.col("_t") * pl.col("se")
    order = pl.DataFrame({"dimension": names}, schema={"dimension": pl.String}).with_row_index("_d")
    return (
        frame.join(order, on="dimension", how="left")
        .sort("_d", *groups, nulls_last=True)
        .select(
            *groups,
            "dimension",
            pl.lit("mean").alias("statistic"),
            "value",
            (pl.col("value") - half).alias("low"),
            (pl.col("value") + half).alias("high"),
            "se",
            pl.lit(f"{percent(confidence)} t interval over item means (these raters)").alias("method"),
            "n_items",
            "n_raters",
            "n_ratings",
            pl.when(pl.col("n_items") == 1)
            .then(pl.lit(ONE_ITEM))
            .when(pl.col("value").is_null() & pl.col("dimension").is_in(answered))
            .then(pl.lit("its answers are categories, which have no mean"))
            .when(pl.col("value").is_null())
            .then(pl.lit(NO_SCORES))
            .when(pl.col("se") == 0)
            .then(pl.lit("every item has the same mean: the interval says nothing about others"))
            .alias("note"),
        )
    )


def dimensions_of(scores: pl.DataFrame, rubric: Rubric | None) -> list[str]:
    """Return the dimensions in the rubric's order, or in that of appearance."""
    return in_order_of(rubric, scores["dimension"].unique(maintain_order=True).to_list())


def checked_scores(scores: object, rubric: Rubric | None = None, by: str | None = None) -> pl.DataFrame:
    """Return a frame of scores with all its columns; refuse one that is none, or a rubric that is none.

    Raises
    ------
    InputError
        As :func:`rubricwidgets.stats.intake.scores_in_memory`, or if ``by`` is neither model nor rater.

    """
    if by not in (None, "model", "rater"):
        close = nearest(by, ("model", "rater"))
        hint = f"; did you mean {close!r}?" if close else ""
        msg = f"'by' takes 'model', 'rater' or None (got {by!r}){hint}"
        raise InputError(msg)
    check_rubric(rubric)
    frame = take_polars(scores, [*_NEEDED, *([by] if by else [])], optional=_OPTIONAL)
    # What a frame of plain scores has no column for, nobody said.
    empty = {
        "response": pl.lit(None, pl.String),
        "label": pl.lit(None, pl.String),
        "not_applicable": pl.lit(value=False),
    }
    frame = frame.with_columns(value.alias(name) for name, value in empty.items() if name not in frame.columns)
    check_rows(frame, rubric)
    return frame


def _every(scores: pl.DataFrame, names: Sequence[str], groups: list[str]) -> pl.DataFrame:
    """Return a row for each dimension and group, in order."""
    dimensions = pl.DataFrame({"dimension": list(names)}, schema={"dimension": pl.String})
    if not groups:
        return dimensions
    return dimensions.join(scores.select(groups).unique().sort(groups, nulls_last=True), how="cross")


def _asked(scores: pl.DataFrame, rubric: Rubric | None, groups: list[str]) -> pl.DataFrame:
    """Return how often each dimension was to be answered: once per rating of a response, or of an item."""
    about_item = (
        pl.col("dimension").is_in([one.name for one in rubric.dimensions if one.about == "item"])
        if rubric is not None
        else pl.col("response").is_null().all().over("dimension")
    )
    columns = dict.fromkeys([*groups, "dimension", "item", "response", "rater"])
    marked = scores.select(*columns, about_item.alias("_about_item"))
    dimensions = marked.select("dimension", "_about_item").unique()
    if rubric is not None:
        known = pl.DataFrame(
            [(one.name, one.about == "item") for one in rubric.dimensions],
            schema={"dimension": pl.String, "_about_item": pl.Boolean},
            orient="row",
        )
        dimensions = pl.concat([known, dimensions]).unique("dimension", keep="first")
    responses = marked.filter(pl.col("response").is_not_null()).unique(["item", "response", "rater"])
    of_responses = responses.group_by(groups).len("_asked") if groups else responses.select(pl.len().alias("_asked"))
    whole = marked.with_columns(pl.lit(None, pl.String).alias("model")) if "model" in groups else marked
    items = whole.unique(["item", "rater"])
    of_items = items.group_by(groups).len("_asked") if groups else items.select(pl.len().alias("_asked"))
    return pl.concat(
        [
            dimensions.filter(~pl.col("_about_item")).join(of_responses, how="cross"),
            dimensions.filter(pl.col("_about_item")).join(of_items, how="cross"),
        ]
    ).select(*groups, "dimension", pl.col("_asked").cast(pl.Int64))


def _quantile(n_items: pl.Expr, confidence: float) -> pl.Expr:
    """Return Student's t quantile for n - 1 degrees of freedom; null for fewer than two items."""

    def quantiles(counts: pl.Series) -> pl.Series:
        found = {n: t_quantile(confidence, n - 1) for n in counts.unique().drop_nulls().to_list() if n > 1}
        return pl.Series([found.get(n) for n in counts.to_list()], dtype=pl.Float64)

    return n_items.map_batches(quantiles, return_dtype=pl.Float64)
