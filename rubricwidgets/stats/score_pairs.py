"""Comparisons from scores: what a rater scored higher, the rater preferred."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from rubricwidgets.errors import InputError
from rubricwidgets.scales.numbers import plain_number
from rubricwidgets.stats.intake import only, scores_in_memory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.rubric import Rubric

#: What :func:`comparisons_from_scores` returns.
COLUMNS = pl.Schema(
    {
        "item": pl.String,
        "dimension": pl.String,
        "left": pl.String,
        "right": pl.String,
        "winner": pl.String,
        "loser": pl.String,
        "tie": pl.Boolean,
        "strength": pl.Float64,
        "left_model": pl.String,
        "right_model": pl.String,
        "rater": pl.String,
    }
)


def comparisons_from_scores(
    scores: Any,  # noqa: ANN401 - a frame of any library that narwhals knows
    rubric: Rubric | None = None,
    *,
    dimensions: Sequence[str] | str | None = None,
    tie_within: float = 0.0,
) -> pl.DataFrame:
    """Compare every two responses of one item that the same rater scored on the same dimension.

    Parameters
    ----------
    scores
        A frame with the columns of ``Study.scores()``, with responses and models.
    rubric
        Checks the scores against their scales.
    dimensions
        Which ones; all by default.
    tie_within
        Differences of scores up to this are ties, 0 or more.

    Returns
    -------
    polars.DataFrame
        Columns item, dimension, left, right, winner, loser (response ids; null in a tie), tie (Boolean), strength (Float64: the
        right score less the left), left_model, right_model, rater. Scores know no sides: left is the response whose id
        comes first in the alphabet, so an order effect of these comparisons means nothing.

    Raises
    ------
    InputError
        If a column is missing, a dimension is unknown, or ``tie_within`` is no number from 0.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"item": ["i", "i"], "response": ["r1", "r2"], "model": ["a", "b"], "rater": ["x", "x"],
    ...     "dimension": ["tone", "tone"], "score": [2.0, 4.0]})
    >>> comparisons_from_scores(frame).select("winner", "strength").rows()
    [('r2', 2.0)]

    """
    within = plain_number(tie_within)
    if within is None or within < 0:
        msg = f"'tie_within' takes a number from 0 (got {tie_within!r})"
        raise InputError(msg)
    frame = scores_in_memory(
        scores, rubric, needed=("item", "response", "model", "rater", "dimension", "score"), optional=("label",)
    )
    if dimensions is not None:
        known = frame["dimension"].unique().sort().to_list()
        frame = frame.filter(pl.col("dimension").is_in(only(known, dimensions)))
    text = ("item", "response", "model", "rater", "dimension")
    given = frame.select(pl.col(*text).cast(pl.String), "score").drop_nulls(["response", "score"])
    keys = ["item", "dimension", "rater"]
    strength = pl.col("score_right") - pl.col("score")
    tie = strength.abs() <= within
    won = strength > 0
    return (
        given.join(given, on=keys, how="inner", suffix="_right")
        .filter(pl.col("response") < pl.col("response_right"))
        .select(
            "item",
            "dimension",
            pl.col("response").alias("left"),
            pl.col("response_right").alias("right"),
            pl.when(tie).then(None).when(won).then("response_right").otherwise("response").alias("winner"),
            pl.when(tie).then(None).when(won).then("response").otherwise("response_right").alias("loser"),
            tie.alias("tie"),
            pl.when(tie).then(0.0).otherwise(strength).alias("strength"),
            pl.col("model").alias("left_model"),
            pl.col("model_right").alias("right_model"),
            "rater",
        )
        .sort("item", "dimension", "rater", "left", "right")
        .cast(dict(COLUMNS))  # type: ignore[arg-type]
    )
