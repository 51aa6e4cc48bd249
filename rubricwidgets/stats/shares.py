"""Levels of a scale: which there are, how often each was the answer, and that in short."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from rubricwidgets.scales.nominal import NONE
from rubricwidgets.scales.numbers import short

if TYPE_CHECKING:
    from rubricwidgets.rubric import Rubric

_JOINT = "; "
#: Shares below this, and as close to all, are not rounded to none or all.
_LEAST = 0.005


def shares(scores: pl.DataFrame, rubric: Rubric | None, every: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each level of each row of ``every``: its columns, level, label, score, n and share of the answers.

    Parameters
    ----------
    scores
        A frame with the columns of ``Study.scores()``.
    rubric
        Gives every level of each scale; without it they are the observed ones.
    every
        Dimensions, and groups where there are some, in the order wanted.

    """
    keys = every.columns
    answers = scores.filter(~pl.col("not_applicable")).with_columns(_level(rubric))
    several = [] if rubric is None else [one.name for one in rubric.dimensions if getattr(one.scale, "multiple", False)]
    chosen = (
        pl.when(pl.col("dimension").is_in(several))
        .then(pl.col("level").str.split(_JOINT))
        .otherwise(pl.concat_list("level"))
    )
    counts = (
        answers.with_columns(chosen.alias("level"))
        .explode("level")
        .drop_nulls("level")
        .group_by([*keys, "level"])
        .len("n")
    )
    totals = answers.drop_nulls("level").group_by(keys).len("_total")
    return (
        every.with_row_index("_row")
        .join(levels_of(scores, rubric), on="dimension", how="inner")
        .join(totals, on=keys, how="left", nulls_equal=True)
        .join(counts, on=[*keys, "level"], how="left", nulls_equal=True)
        .sort("_row", "_place")
        .with_columns(pl.col("n").fill_null(0).cast(pl.Int64))
        .select(*keys, "level", "label", "score", "n", (pl.col("n") / pl.col("_total")).alias("share"))
    )


def in_short(shares: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Return, by the keys, shares as text: ``1 to 5: 4 10 31 40 15 %``, or ``No 40 %, Yes 60 %``."""
    share = pl.col("share")
    percent = (
        pl.when((share > 0) & (share < _LEAST))
        .then(pl.lit("<1"))
        .when((share < 1) & (share > 1 - _LEAST))
        .then(pl.lit(">99"))
        .otherwise((share * 100).round(0).cast(pl.Int64, strict=False).cast(pl.String))
    )
    points = (pl.col("level").cast(pl.Float64, strict=False) == pl.col("score")).fill_null(value=False).all() & (
        pl.col("score").diff().drop_nulls() == 1
    ).all()
    ends = pl.concat_str(pl.col("level").first(), pl.lit(" to "), pl.col("level").last())
    ends = pl.when(pl.len() == 1).then(pl.col("level").first()).otherwise(ends)
    return (
        shares.filter(share.is_not_null())
        .with_columns(percent.alias("_percent"))
        .group_by(keys, maintain_order=True)
        .agg(
            points.alias("_points"),
            pl.concat_str(ends, pl.lit(": "), pl.col("_percent").str.join(" "), pl.lit(" %")).alias("_row"),
            pl.concat_str("level", pl.lit(" "), "_percent", pl.lit(" %")).str.join(", ").alias("_list"),
        )
        .select(*keys, pl.when("_points").then("_row").otherwise("_list").alias("shares"))
    )


def levels_of(scores: pl.DataFrame, rubric: Rubric | None) -> pl.DataFrame:
    """Return every level of the dimensions that have levels: dimension, level, label, score, _place."""
    schema = {"dimension": pl.String, "level": pl.String, "label": pl.String, "score": pl.Float64}
    rows: list[tuple[str, str, str | None, float | None]] = []
    if rubric is not None:
        for dimension in rubric.dimensions:
            scale = dimension.scale
            several = getattr(scale, "multiple", False)
            for value, _ in scale.points():
                number = scale.number(value)
                level = short(number) if number is not None and scale.kind != "binary" else str(scale.label(value))
                rows.append((dimension.name, level, scale.label(value), number))
            if several and ((scores["dimension"] == dimension.name) & (scores["label"] == NONE)).any():
                rows.append((dimension.name, NONE, NONE, None))
        named = pl.DataFrame(rows, schema=schema, orient="row")
        rest = scores.filter(~pl.col("dimension").is_in(rubric.names))
    else:
        named = pl.DataFrame(schema=schema)
        whole = (pl.col("score").is_null() | (pl.col("score") == pl.col("score").round())).all().over("dimension")
        rest = scores.filter(whole)
    observed = (
        rest.filter(~pl.col("not_applicable"))
        .select(
            "dimension",
            _level(rubric),
            "label",
            "score",
        )
        .drop_nulls("level")
        .unique(["dimension", "level"])
        .sort("dimension", "score", "level")
    )
    return pl.concat([named, observed]).with_row_index("_place")


def _level(rubric: Rubric | None) -> pl.Expr:
    """Return the name of each score's level: the number of an ordered point, the words of a yes or no, a category."""
    score = pl.col("score")
    if rubric is None:
        worded = _is_binary()
    else:
        worded = pl.col("dimension").is_in([one.name for one in rubric.dimensions if one.scale.kind == "binary"])
    whole = score.cast(pl.Int64, strict=False).cast(pl.String)
    number = pl.when(score == score.round()).then(whole).otherwise(score.cast(pl.String))
    return pl.when(score.is_null() | worded).then(pl.col("label")).otherwise(number).alias("level")


def _is_binary() -> pl.Expr:
    return pl.col("score").is_in([0.0, 1.0]).all().over("dimension") & (
        pl.col("label").is_not_null() | pl.col("not_applicable")
    ).all().over("dimension")
