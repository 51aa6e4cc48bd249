"""What statistics take: frames of scores, checked; each dimension with its level of measurement and its values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import xor
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import polars as pl

from rubricwidgets.errors import InputError, nearest
from rubricwidgets.scales.numbers import short
from rubricwidgets.stats.columns import check_rubric, collected, endless, take, take_here

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.rubric import Rubric
    from rubricwidgets.scales.base import Level

LEVELS = ("nominal", "ordinal", "interval", "ratio")
KEYS = ("item", "response", "rater", "dimension")
#: Columns that say by which questions an answer was given.
VERSIONS = ("study", "rubric")

#: More distinct values than this are no categories: only what takes moments alone can be computed.
MOST_VALUES = 256


@dataclass(frozen=True)
class Measured:
    """One dimension as statistics see it.

    Parameters
    ----------
    dimension
        Its name.
    level
        Level of measurement.
    column
        Where its values stand: ``"score"``, or ``"label"`` for categories without numbers.
    values
        Every value that counts as one, in order; None where there is no end of them.

    """

    dimension: str
    level: Level
    column: str
    values: tuple[Any, ...] | None

    @property
    def numbers(self) -> tuple[float, ...] | None:
        """The values as numbers; None for categories."""
        return None if self.column == "label" or self.values is None else tuple(float(one) for one in self.values)


def scores_in_memory(
    scores: Any,  # noqa: ANN401
    rubric: Rubric | None = None,
    *,
    needed: Sequence[str] = ("item", "rater", "dimension", "score"),
    optional: Sequence[str] = ("model", "seconds", "submitted_at", "gold", "label", "not_applicable"),
    by: str | None = None,
    duplicates: bool = True,
) -> pl.DataFrame:
    """Return a scores frame in memory, checked, with the columns that a statistic reads.

    Parameters
    ----------
    scores, rubric
        What was given, and what it is held against.
    needed, optional, by
        Columns that must be there, and that are kept where they are.
    duplicates
        Look for answers given twice; where a statistic finds them itself on its way, it asks for the look only then.

    Raises
    ------
    InputError
        If it is no frame, lacks a column or one is of another kind, has nulls for items or raters, scores that are not finite,
        the same answer twice, answers to an item by several rubrics or in several studies, or scores that the rubric's scale
        does not have.

    """
    check_rubric(rubric)
    frame = take_here(scores, needed, optional=(*optional, *VERSIONS), by=by)
    check_rows(frame, rubric, duplicates=duplicates)
    return frame


def without_numbers(frame: pl.DataFrame) -> set[str]:
    """Return the dimensions that have answers, none of which has a number: categories."""
    if "label" not in frame.columns:
        return set()
    told = frame.group_by("dimension").agg(pl.col("score").count(), pl.col("label").count())
    return set(told.filter((pl.col("score") == 0) & (pl.col("label") > 0))["dimension"].to_list())


def scores_in_place(scores: Any, rubric: Rubric | None = None, *, by: str | None = None) -> nw.LazyFrame[Any]:  # noqa: ANN401
    """Return a scores frame of a lazy engine where it is, its keys checked there.

    Nulls, numbers without end and answers given twice are looked for by the engine itself; scores that the scale does not have
    are found on the way by the reduction.

    Raises
    ------
    InputError
        If it lacks a column or one is of another kind, has nulls for items or raters, scores that are not finite, the same
        answer twice, or answers to an item by several rubrics or in several studies.

    """
    check_rubric(rubric)
    lazy = take(scores, ("item", "rater", "dimension", "score"), optional=("label", "not_applicable", *VERSIONS), by=by)
    schema = lazy.collect_schema()
    nulls = lazy.select(*(nw.col(name).is_null().cast(nw.Int64).sum() for name in ("item", "rater", "dimension")))
    native = lazy.to_native()
    if isinstance(native, pl.LazyFrame) and not {*VERSIONS} & {*schema}:
        # One pass finds out that nothing is wrong; only what is wrong is counted.
        wrong = pl.any_horizontal(pl.col("item", "rater", "dimension").is_null()).fill_null(value=True)
        if schema["score"] == nw.Float64:
            wrong |= ~pl.col("score").is_finite().fill_null(value=True)
        looked = native.select(hash_of(KEYS), wrong.alias("_wrong")).collect(engine="streaming")
        if not looked["_wrong"].any() and not _repeats(looked.drop("_wrong")):
            return lazy
    _refuse_nulls(collected(nulls))
    if schema["score"] == nw.Float64:
        first = collected(lazy.filter(~nw.col("score").is_finite()).select(*KEYS, "score").head(1))
        for *key, score in first.iter_rows():
            wrong_one = endless("scores", "score", score, f"{_place(dict(zip(KEYS, key, strict=True)))} has")
            raise wrong_one
    if "study" in schema and collected(lazy.select("study").unique().head(2)).height > 1:
        _refuse_studies(_in_two_studies(lazy))
    if "rubric" in schema:
        _refuse_versions(collected(lazy.select("rubric").unique())["rubric"].sort())
    twice = collected(lazy.group_by(*KEYS).agg(nw.len().cast(nw.Int64).alias("_n")).filter(nw.col("_n") > 1).head(1))
    if twice.height:
        raise _twice(twice.select(KEYS).row(0, named=True))
    return lazy


def _refuse_nulls(counted: pl.DataFrame) -> None:
    for name, count in counted.row(0, named=True).items():
        if count:
            msg = f"'scores' takes a value for {name!r} in every row ({count} rows have null): drop or fill them"
            raise InputError(msg)


def check_rows(frame: pl.DataFrame, rubric: Rubric | None = None, *, duplicates: bool = True) -> None:
    """Refuse rows that would falsify any statistic."""
    for name in ("item", "rater", "dimension"):
        if name in frame.columns and (missing := frame[name].null_count()):
            place = frame[name].is_null().arg_max()
            msg = f"'scores' takes a value for {name!r} in every row (row {place} has null, {missing} in all): drop or fill them"
            raise InputError(msg)
    if "study" in frame.columns and "item" in frame.columns and frame["study"].n_unique() > 1:
        _refuse_studies(_in_two_studies(nw.from_native(frame).lazy()))
    keys = [name for name in KEYS if name in frame.columns]
    if (
        duplicates
        and _repeats(frame.lazy().select(hash_of(keys)).collect(engine="streaming"))
        and (twice := frame.select(keys).is_duplicated()).any()
    ):
        raise _twice(frame.select(keys).row(int(twice.arg_max() or 0), named=True))
    if "rubric" in frame.columns:
        _refuse_versions(frame["rubric"].unique(maintain_order=True))
    _check_scales(frame, rubric)


def _in_two_studies(frame: nw.LazyFrame[Any]) -> pl.DataFrame:
    """Return an item that stands in several studies with the first and last of them, or no row."""
    study = nw.col("study")
    grouped = (
        frame.filter(~study.is_null()).group_by("item").agg(study.min().alias("_first"), study.max().alias("_last"))
    )
    return collected(grouped.filter(nw.col("_first") != nw.col("_last")).sort("item").head(1))


def _refuse_studies(found: pl.DataFrame) -> None:
    for item, first, last in found.iter_rows():
        msg = (
            f"'scores' takes the answers of one study to an item (got {item!r} in {first!r} and {last!r}): a new version of a rubric "
            "is a new study, and its answers are no repetition; filter to one, or drop the column 'study' if both ask the same"
        )
        raise InputError(msg)


def _refuse_versions(versions: pl.Series) -> None:
    if len(versions) > 1:
        msg = (
            f"'scores' takes one version of the rubric (got {', '.join(map(str, versions[:4]))}): "
            "filter to one, or drop the column 'rubric' if they ask the same"
        )
        raise InputError(msg)


def _twice(row: dict[str, Any]) -> InputError:
    return InputError(
        f"'scores' takes one answer for each of {', '.join(row)} (got two or more for {_place(row)}); "
        "keep the latest of each, as study.scores() does"
    )


def _place(row: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value!r}" for name, value in row.items() if value is not None)


def hash_of(keys: Sequence[str]) -> pl.Expr:
    """Return one hash of several columns: equal keys have equal hashes, which sort ten times faster."""
    return reduce(xor, [pl.col(name).hash(seed) for seed, name in enumerate(keys)])


def _repeats(hashes: pl.DataFrame) -> bool:
    """Return False where no hash is there twice, so no key is."""
    ordered = np.sort(hashes.to_series().to_numpy())
    return bool((ordered[1:] == ordered[:-1]).any())


def _check_scales(frame: pl.DataFrame, rubric: Rubric | None) -> None:
    if "score" not in frame.columns:
        return
    for dimension in rubric.dimensions if rubric is not None else ():
        low, high = getattr(dimension.scale, "low", None), getattr(dimension.scale, "high", None)
        points = [dimension.scale.number(value) for value, _ in dimension.scale.points()]
        if (not points or None in points) and (low is None or high is None):
            continue
        score = pl.col("score").cast(pl.Float64)
        beyond = ~score.is_in(points) if points else (score < low) | (score > high)
        outside = (pl.col("dimension") == dimension.name) & beyond
        if frame.select(outside.any()).item():
            first = frame.filter(outside)["score"][0]
            msg = (
                f"{dimension.name!r} takes {dimension.scale.allows} (got a score of {short(first)}): these scores are "
                "of another scale or another rubric"
            )
            raise InputError(msg)
    if "label" in frame.columns:
        labelled = frame.drop_nulls(["label", "score"]).select("dimension", "score", "label").unique()
        if rubric is not None:
            # What checklists, marks and pairs read says what was counted: no name of a point.
            own = [one.name for one in rubric.dimensions if one.scale.frame not in ("", "categories")]
            labelled = labelled.filter(~pl.col("dimension").is_in(own))
        else:
            counted = pl.col("label").str.contains(r"\d").any().over("dimension")
            labelled = labelled.filter(~counted)
        both = labelled.filter(pl.len().over("dimension", "score") > 1).sort("dimension", "score", "label")
        if both.height:
            name, score, first = both.row(0)
            second = both.row(1)[2]
            msg = (
                f"{name!r} is on two scales: score {short(score)} reads {first!r} and {second!r}; "
                "compute on each study alone, or rename the dimension in one"
            )
            raise InputError(msg)


def measured(
    frame: nw.LazyFrame[Any],
    rubric: Rubric | None,
    level: Level | None = None,
    dimensions: Sequence[str] | str | None = None,
) -> list[Measured]:
    """Return each dimension of a frame with its level and values, in the rubric's order.

    Raises
    ------
    InputError
        If ``level`` is unknown or does not fit a dimension, or a dimension is unknown.

    """
    if level is not None and level not in LEVELS:
        close = nearest(level, LEVELS)
        hint = f"; did you mean {close!r}?" if close else ""
        msg = f"'level' takes one of {', '.join(LEVELS)} (got {level!r}){hint}"
        raise InputError(msg)
    return [_measured(frame, rubric, name, level) for name in chosen_dimensions(frame, rubric, dimensions)]


def chosen_dimensions(
    frame: nw.LazyFrame[Any], rubric: Rubric | None, dimensions: Sequence[str] | str | None = None
) -> list[str]:
    """Return the dimensions that are asked for, in the rubric's order; all of them where none is named.

    Raises
    ------
    InputError
        If a dimension is unknown.

    """
    return only(observed_dimensions(frame, rubric), dimensions)


def only(names: Sequence[str], wanted: Sequence[str] | str | None) -> list[str]:
    """Return those of the known dimensions that are wanted: one by its name, several, or all where it is None."""
    if wanted is None:
        return list(names)
    wanted = [wanted] if isinstance(wanted, str) else list(wanted)
    for name in wanted:
        if name not in names:
            close = nearest(name, names)
            hint = f"did you mean {close!r}?" if close else f"there are {', '.join(names) or 'none'}"
            msg = f"no dimension {name!r} in these scores; {hint}"
            raise InputError(msg)
    return [name for name in names if name in wanted]


def observed_dimensions(frame: nw.LazyFrame[Any], rubric: Rubric | None) -> list[str]:
    """Return the dimensions in the rubric's order, then those of the frame that it does not know."""
    found = collected(frame.select("dimension").unique())["dimension"].drop_nulls().sort().to_list()
    return in_order_of(rubric, found)


def in_order_of(rubric: Rubric | None, found: Sequence[str]) -> list[str]:
    """Return dimensions in the rubric's order, then those that it does not know, as found.

    Raises
    ------
    InputError
        If the rubric knows one by nearly its name: its scale would be a guess.

    """
    if rubric is None:
        return list(found)
    beyond = [name for name in found if name not in rubric.names]
    for name in beyond:
        meant = nearest(name, [one for one in rubric.names if one not in found])
        if meant is not None:
            msg = f"'scores' has a dimension {name!r} that the rubric lacks; did you mean {meant!r}? Rename it"
            raise InputError(msg)
    return [*rubric.names, *beyond]


def _measured(frame: nw.LazyFrame[Any], rubric: Rubric | None, name: str, level: Level | None) -> Measured:
    scale = rubric[name].scale if rubric is not None and name in rubric.names else None
    points = scale.points() if scale is not None else []
    numbers = [scale.number(value) for value, _ in points] if scale is not None else []
    own: Level
    values: tuple[Any, ...] | None
    if scale is not None and points and None not in numbers:
        column, own, values = "score", scale.level, tuple(float(one) for one in numbers if one is not None)
    elif scale is not None and points and not getattr(scale, "multiple", False):
        column, own, values = "label", scale.level, tuple(label for _, label in points)
    else:
        column, values = _observed(frame, name)
        if column == "label" and scale is not None and scale.level != "nominal":
            column, values = "score", ()  # a scale of numbers that nobody has answered yet
        own = scale.level if scale is not None else "nominal" if column == "label" else _guess(values)
    wanted: Level = level or own
    _check_level(name, wanted, own, column, values)
    return Measured(name, wanted, column, values)


def _observed(frame: nw.LazyFrame[Any], name: str) -> tuple[str, tuple[Any, ...] | None]:
    of_dimension = frame.filter(nw.col("dimension") == name)
    scores = collected(of_dimension.filter(~nw.col("score").is_null()).select("score").unique().head(MOST_VALUES + 1))
    if scores.height > MOST_VALUES:
        return "score", None
    if scores.height or "label" not in frame.collect_schema().names():
        return "score", tuple(sorted(float(one) for one in scores["score"].to_list()))
    filtered = of_dimension.filter(~nw.col("label").is_null())
    if "not_applicable" in frame.collect_schema().names():
        filtered = filtered.filter(~nw.col("not_applicable"))
    labels = collected(filtered.select("label").unique())["label"].sort().to_list()
    return "label", tuple(labels)


def _guess(values: tuple[Any, ...] | None) -> Level:
    """Return the level of numbers without a scale: whole numbers of a few kinds are ordered points, others distances."""
    if values is None or len(values) > 11 or any(float(one) != int(one) for one in values):  # noqa: PLR2004
        return "interval"
    return "ordinal"


def _check_level(name: str, wanted: Level, own: Level, column: str, values: tuple[Any, ...] | None) -> None:
    if column == "label" and wanted != "nominal":
        msg = f"{name!r} has categories without order: its level is 'nominal' (got {wanted!r})"
        raise InputError(msg)
    if wanted == "ratio" and values and min(values) < 0:
        msg = f"{name!r}: level 'ratio' takes scores from 0 (got {short(min(values))}); 'interval' allows negative ones"
        raise InputError(msg)
    if own == "nominal" and wanted != "nominal" and values is not None and len(values) > 2:  # noqa: PLR2004 - yes and no
        msg = f"{name!r} is nominal: its numbers are names (got level {wanted!r})"
        raise InputError(msg)
