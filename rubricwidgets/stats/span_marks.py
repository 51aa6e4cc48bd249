"""Marks on texts as statistics take them: checked, with everything that was rated, whether anything was marked or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from rubricwidgets.errors import InputError
from rubricwidgets.stats.columns import alike, take_here

SOURCE = "study.spans()"
RATED = "a frame with item, response and rater of everything that was rated"

UNIT = ["item", "response"]


@dataclass(frozen=True)
class Marks:
    """Marks, and what was rated.

    Parameters
    ----------
    marks
        One row per mark: _unit, item, rater, start, end and category, severity, weight, dimension where there are any.
    rated
        One row per response and rater: _unit, item, response, rater, and model where given.
    lengths
        _unit and length in characters of each text; empty where texts are not known.
    is_complete
        Whether what was rated was given; otherwise only responses with marks are known.

    """

    marks: pl.DataFrame
    rated: pl.DataFrame
    lengths: pl.DataFrame
    is_complete: bool


def take_marks(
    spans: Any,  # noqa: ANN401 - a frame of any library
    rated: Any = None,  # noqa: ANN401
    texts: Any = None,  # noqa: ANN401
    *,
    needs_place: bool = True,
) -> Marks:
    """Return marks and what was rated, checked.

    Raises
    ------
    InputError
        If a column is missing, a mark is reversed, empty, outside its text or on something that nobody is said to have rated.

    """
    needed = ("item", "rater", "start", "end") if needs_place else ("item", "rater")
    optional = ("start", "end", "category", "severity", "weight", "dimension")
    marks = take_here(spans, needed, optional=optional, what="spans", source=SOURCE)
    _refuse_null(marks, "spans")
    if "start" in marks.columns and "end" in marks.columns:
        marks = _checked_places(marks)
    if rated is None:
        given = marks.select(*UNIT, "rater").unique(maintain_order=True)
    else:
        given = take_here(rated, ("item", "rater"), optional=("model",), what="rated", source=RATED)
        _refuse_null(given, "rated")
        given = alike(given, marks, [*UNIT, "rater"], "rated", "spans")
        given = given.unique([*UNIT, "rater"], maintain_order=True)
    codes = given.select(UNIT).unique().sort(UNIT).with_row_index("_unit")
    given = given.join(codes, on=UNIT, how="left", nulls_equal=True, maintain_order="left")
    placed = marks.join(
        given.select(*UNIT, "rater", "_unit"), on=[*UNIT, "rater"], how="left", nulls_equal=True, maintain_order="left"
    )
    stray = placed.filter(pl.col("_unit").is_null())
    if stray.height:
        row = stray.row(0, named=True)
        msg = (
            f"'rated' takes everything that was rated: rater {row['rater']!r} marked item {row['item']!r}, response "
            f"{row['response']!r}, which is not in it"
        )
        raise InputError(msg)
    return Marks(placed, given, _lengths(texts, codes, placed), rated is not None)


def merged(marks: pl.DataFrame) -> pl.DataFrame:
    """Return each rater's marks on each text as stretches that do not overlap: _unit, rater, start, end."""
    keys = ["_unit", "rater"]
    before = pl.col("end").cum_max().shift(1).over(keys)
    return (
        marks.select(*keys, "start", "end")
        .sort(*keys, "start", "end")
        .with_columns((before.is_null() | (pl.col("start") > before)).cum_sum().over(keys).alias("_run"))
        .group_by(*keys, "_run", maintain_order=True)
        .agg(pl.col("start").min(), pl.col("end").max())
        .drop("_run")
    )


def _refuse_null(frame: pl.DataFrame, what: str) -> None:
    for name in ("item", "rater"):
        if frame[name].null_count():
            place = frame[name].is_null().arg_max()
            msg = f"'{what}' takes a value for {name!r} in every row (row {place} has null)"
            raise InputError(msg)


def _checked_places(marks: pl.DataFrame) -> pl.DataFrame:
    """Return marks with whole places; a row without both is a mark on the whole text, or none."""
    for name in ("start", "end"):
        broken = marks[name].drop_nulls().filter(marks[name].drop_nulls() % 1 != 0)
        if len(broken):
            msg = f"'spans' takes whole numbers as {name!r}: places between characters, from 0 (got {broken[0]})"
            raise InputError(msg)
        marks = marks.with_columns(pl.col(name).cast(pl.Int64))
    start, end = pl.col("start"), pl.col("end")
    wrong = marks.filter((start.is_null() != end.is_null()) | (start < 0) | (end <= start))
    if wrong.height:
        row = wrong.row(0, named=True)
        msg = (
            f"'spans' takes a start from 0 and an end after it (got start={row['start']}, end={row['end']} by rater "
            f"{row['rater']!r} on item {row['item']!r}); both null is a mark without a place"
        )
        raise InputError(msg)
    return marks


def _lengths(texts: Any, codes: pl.DataFrame, marks: pl.DataFrame) -> pl.DataFrame:  # noqa: ANN401
    if texts is None:
        return pl.DataFrame(schema={"_unit": codes.schema["_unit"], "length": pl.Int64})
    source = "a frame with item, response and text (or length, in characters)"
    frame = take_here(texts, ("item",), optional=("text", "length"), what="texts", source=source)
    if "text" not in frame.columns and "length" not in frame.columns:
        msg = f"'texts' takes {source}: it lacks both 'text' and 'length'"
        raise InputError(msg)
    frame = alike(frame, codes, UNIT, "texts", "spans")
    length = pl.col("text").str.len_chars() if "text" in frame.columns else pl.col("length")
    lengths = (
        codes.join(frame.unique(UNIT), on=UNIT, how="inner", nulls_equal=True)
        .select("_unit", *UNIT, length.cast(pl.Int64).alias("length"))
        .drop_nulls("length")
    )
    outside = marks.join(lengths.select("_unit", "length"), on="_unit").filter(pl.col("end") > pl.col("length"))
    if outside.height:
        row = outside.row(0, named=True)
        msg = (
            f"'spans' takes marks inside the text (got end={row['end']} in a text of {row['length']} characters: item "
            f"{row['item']!r}, response {row['response']!r}); places count Unicode code points"
        )
        raise InputError(msg)
    return lengths.select("_unit", "length")
