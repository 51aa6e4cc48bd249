"""Frames as statistics and charts take them, of any library: the columns that they read are there, each of its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import narwhals as nw
import polars as pl
import polars.selectors as cs

from rubricwidgets.errors import InputError, nearest
from rubricwidgets.rubric import Rubric

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

#: What a column holds. Names are text or whole numbers: whatever tells one item, response or rater from another.
Kind = Literal["numbers", "text", "names", "true and false", "times", "lists"]

_KINDS: dict[Kind, tuple[str, ...]] = {
    "numbers": (
        *("score", "seconds", "strength", "rank", "weight", "start", "end", "length", "position", "points"),
        *(
            "value",
            "low",
            "high",
            "se",
            "n_items",
            "n_raters",
            "n_ratings",
            "n_rated",
            "n_skipped",
            "n_left",
            "n_flagged",
        ),
        *("df", "p_value", "p_adjusted", "standardised", "superiority", "superiority_low", "superiority_high"),
        *("n_responses", "percent", "kappa", "correlation", "difference"),
    ),
    "text": (
        *("study", "dimension", "label", "model", "source", "status", "category", "severity", "text", "subset"),
        *("statistic", "method", "note", "weights"),
    ),
    "true and false": ("not_applicable", "tie", "swapped", "stale", "flagged", "gold"),
    "times": ("submitted_at",),
    "lists": ("order",),
}
KINDS: dict[str, Kind] = {name: kind for kind, names in _KINDS.items() for name in names}

_NESTED = (nw.List, nw.Array, nw.Struct, nw.Object)
_WHOLE = (nw.Int8, nw.Int16, nw.Int32, nw.Int64, nw.UInt8, nw.UInt16, nw.UInt32)
_TYPES: dict[Kind, Any] = {
    "numbers": nw.Float64,
    "text": nw.String,
    "names": nw.String,
    "true and false": nw.Boolean,
    "times": nw.Datetime,
    "lists": nw.List(nw.String),
}
_WAYS: dict[Kind, str] = {
    "numbers": "cast it, such as pl.col({name!r}).cast(pl.Float64)",
    "text": "cast it, such as pl.col({name!r}).cast(pl.String)",
    "names": "name each by text or a whole number",
    "true and false": "compare to make it so, such as pl.col({name!r}) == 'yes'",
    "times": "parse it, such as pl.col({name!r}).str.to_datetime()",
    "lists": "give each row the ids in the order in which they were shown",
}


def take(
    given: Any,  # noqa: ANN401 - a frame of any library that narwhals knows
    needed: Iterable[str],
    *,
    optional: Iterable[str] = (),
    by: str | None = None,
    what: str = "scores",
    source: str = "study.scores()",
    kinds: Mapping[str, Kind] | None = None,
) -> nw.LazyFrame[Any]:
    """Return a frame as a lazy one, whatever library it is from, or name the column that it lacks or that is of another kind.

    Parameters
    ----------
    given
        The frame.
    needed, optional, by
        Columns that must be there, and those that are read where they are there.
    what, source
        The argument's name, and where such a frame comes from, for the error.
    kinds
        What columns hold whose names do not say it.

    Returns
    -------
    narwhals.LazyFrame
        With a column ``response`` beside ``item``: where there was none, scores of several models for one item are told apart by
        ``model``, and it is null otherwise. Numbers are wide enough for sums, and columns without any value are of their kind.

    Raises
    ------
    InputError
        If it is no frame, lacks a column (with the nearest that it has), or a column is of another kind.

    """
    lazy = _lazy(given, what, source)
    schema = lazy.collect_schema()
    wanted = [*needed, *([by] if by else [])]
    refuse_lacking(wanted, schema.names(), what, source)
    read = dict.fromkeys((*wanted, *(name for name in ("response", *optional) if name in schema)))
    casts = []
    for name in read:
        kind = (kinds or {}).get(name) or KINDS.get(name, "names")
        if _fits(schema[name], kind):
            if kind == "numbers" and schema[name] != (wide := _wide(schema[name], name)):
                casts.append(nw.col(name).cast(wide))
            continue
        first = collected(lazy.select(name).filter(~nw.col(name).is_null()).head(1))
        if first.height and kind == "lists" and isinstance(first[name][0], (list, pl.Series)):
            continue  # pandas has no type for them
        if first.height:
            way = _WAYS[kind].format(name=name)
            if name == "score" and schema[name] in (nw.String, nw.Categorical, nw.Enum):
                way = f"words belong in the column 'label'; numbers as text: {way}"
            msg = (
                f"'{what}' takes {_told(kind)} in the column {name!r} (got {_name(schema[name])}): its first value is "
                f"{_short(first[name][0])}; {way}"
            )
            raise InputError(msg)
        casts.append(nw.lit(None, dtype=_TYPES[kind]).alias(name))  # no value at all, so none is wrong
    added = ["response"] if "item" in wanted and "response" not in schema else []
    if added:
        # Without it, answers about several models' responses to an item would pass for answers about one.
        apart = what == "scores" and "model" in schema and _several_models(lazy)
        casts.append((nw.col("model").cast(nw.String) if apart else nw.lit(None, dtype=nw.String)).alias("response"))
    lazy = lazy.with_columns(*casts) if casts else lazy
    if not lazy.implementation.is_pandas_like():
        return lazy
    # There missing is NaN, and what may be missing is no whole number: Polars knows both.
    return nw.from_native(collected(lazy.select(*read, *added)).with_columns(cs.float().fill_nan(None)).lazy())


def take_here(
    given: Any,  # noqa: ANN401
    needed: Sequence[str],
    *,
    optional: Sequence[str] = (),
    by: str | None = None,
    what: str = "scores",
    source: str = "study.scores()",
    kinds: Mapping[str, Kind] | None = None,
) -> pl.DataFrame:
    """Return the columns that are read, in memory, as :func:`take` does; numbers are finite or null, categories text.

    Raises
    ------
    InputError
        As :func:`take`, and if a number is infinite or, but in pandas, NaN.

    """
    lazy = take(given, needed, optional=optional, by=by, what=what, source=source, kinds=kinds)
    names = lazy.collect_schema().names()
    read = {*needed, *optional, "response", *([by] if by else [])}
    frame = collected(lazy.select([name for name in names if name in read]))
    # Categories of one frame are no categories of another; raters are told apart by what they are called.
    frame = frame.with_columns(
        pl.col(name).cast(pl.String)
        for name, dtype in frame.schema.items()
        if dtype in (pl.Categorical, pl.Enum) or (name in ("rater", "other") and dtype != pl.String)
    )
    for name, kind in frame.schema.items():
        if kind.is_float():
            refuse_endless(frame[name], what)
    return frame


def take_polars(
    given: Any,  # noqa: ANN401
    needed: Sequence[str],
    *,
    optional: Sequence[str] = (),
    what: str = "scores",
    source: str = "study.scores()",
    kinds: Mapping[str, Kind] | None = None,
    filled: Sequence[str] = (),
) -> pl.DataFrame:
    """Return a frame in memory with all its columns, those that are read as :func:`take_here` checks them.

    Raises
    ------
    InputError
        As :func:`take_here`, and if a column of ``filled`` has nulls.

    """
    if not isinstance(given, pl.DataFrame):
        given = collected(_lazy(given, what, source)).with_columns(cs.float().fill_nan(None))
    taken = take_here(given, needed, optional=optional, what=what, source=source, kinds=kinds)
    for name in filled:
        if missing := taken[name].null_count():
            msg = f"'{what}' takes a value for {name!r} in every row ({missing} are null): drop or fill them"
            raise InputError(msg)
    whole: pl.DataFrame = given.with_columns(taken)
    return whole


def refuse_lacking(wanted: Sequence[str], names: Sequence[str], what: str, source: str) -> None:
    """Refuse a frame that lacks a column, with the nearest that it has."""
    lacking = [name for name in wanted if name not in names]
    if lacking:
        close = nearest(lacking[0], [name for name in names if name not in wanted])
        hint = (
            f"; did you mean {close!r}? Rename it"
            if close
            else f"; it has {', '.join(map(repr, names)) or 'no columns'}"
        )
        if {"dimension", "score"} <= {*lacking}:
            hint += "; a wide frame, with a column per dimension, becomes a long one by unpivot (pandas: melt)"
        msg = f"'{what}' takes a frame with the columns of {source}: it lacks {', '.join(map(repr, lacking))}{hint}"
        raise InputError(msg)


def refuse_endless(values: pl.Series, what: str) -> None:
    """Refuse NaN and infinities: missing is null, and no mean has a place for them."""
    wrong = ~values.is_finite()
    if wrong.any():
        place = wrong.arg_max() or 0
        raise endless(what, values.name, float(values[place]), f"row {place} has")


def endless(what: str, name: str, value: float, where: str) -> InputError:
    """Return the error for a number that is none."""
    told = "NaN" if value != value else "inf" if value > 0 else "-inf"  # noqa: PLR0124 - how NaN is known
    way = f"pl.col({name!r}).fill_nan(None) makes it null" if told == "NaN" else "drop or correct it"
    return InputError(f"'{what}' takes finite numbers or null in the column {name!r} ({where} {told}): {way}")


def check_rubric(rubric: object) -> None:
    """Refuse a rubric that is none."""
    if rubric is not None and not isinstance(rubric, Rubric):
        msg = f"'rubric' takes a Rubric, such as study.rubric (got {type(rubric).__name__})"
        raise InputError(msg)


def titles_of(rubric: Rubric | None) -> dict[str, str]:
    """Return what a reader calls each dimension, by its name."""
    check_rubric(rubric)
    return {} if rubric is None else {one.name: one.title for one in rubric.dimensions}


def alike(
    frame: pl.DataFrame, other: pl.DataFrame, keys: Iterable[str], what: str, beside: str = "scores"
) -> pl.DataFrame:
    """Return ``frame`` with keys of the same type as those of ``other``, so that the two can be joined.

    Raises
    ------
    InputError
        If one has text where the other has numbers.

    """
    casts = []
    for name in keys:
        mine, theirs = frame.schema[name], other.schema[name]
        if mine == theirs:
            continue
        if mine.is_numeric() != theirs.is_numeric() and frame[name].null_count() < frame.height and other.height:
            if other[name].null_count() == other.height:
                continue
            msg = (
                f"'{what}' takes the same names in the column {name!r} as '{beside}' ({mine} such as {frame[name].drop_nulls()[0]!r} "
                f"here, {theirs} such as {other[name].drop_nulls()[0]!r} there): cast one of them"
            )
            raise InputError(msg)
        casts.append(pl.col(name).cast(theirs, strict=False))
    return frame.with_columns(casts)


def names_in(given: Any, what: str, source: str) -> list[str]:  # noqa: ANN401
    """Return the names of a frame's columns, or refuse what is no frame."""
    return _lazy(given, what, source).collect_schema().names()


def is_eager(given: object) -> bool:
    """Return whether a frame is in memory."""
    return isinstance(nw.from_native(given, pass_through=True), nw.DataFrame)


def collected(lazy: nw.LazyFrame[Any]) -> pl.DataFrame:
    """Return a frame of any library as a Polars one, in memory."""
    return lazy.collect(backend="polars").to_native()  # type: ignore[no-any-return]


def _several_models(lazy: nw.LazyFrame[Any]) -> bool:
    """Return whether an item has scores of several models."""
    named = lazy.filter(~nw.col("model").is_null(), ~nw.col("item").is_null()).select(
        "item", nw.col("model").cast(nw.String)
    )
    ends = named.group_by("item").agg(nw.col("model").min().alias("_first"), nw.col("model").max().alias("_last"))
    return collected(ends.filter(nw.col("_first") != nw.col("_last")).head(1)).height > 0


def _lazy(given: Any, what: str, source: str) -> nw.LazyFrame[Any]:  # noqa: ANN401
    try:
        frame = nw.from_native(given)
    except TypeError:
        msg = f"'{what}' takes a frame such as {source}: Polars, pandas, Arrow, DuckDB or PySpark (got {type(given).__name__})"
        raise InputError(msg) from None
    return frame.lazy() if isinstance(frame, nw.DataFrame) else frame


def _fits(dtype: Any, kind: Kind) -> bool:  # noqa: ANN401 - narwhals' types have no common public name
    text = dtype in (nw.String, nw.Categorical, nw.Enum)
    if kind == "names":
        return dtype != nw.Unknown and dtype not in _NESTED
    return bool(
        {
            "numbers": dtype.is_numeric(),
            "text": text,
            "true and false": dtype == nw.Boolean,
            "times": dtype.is_temporal() and dtype not in (nw.Time, nw.Duration),
            "lists": dtype in (nw.List, nw.Array),
        }[kind]
    )


def _wide(dtype: Any, name: str) -> Any:  # noqa: ANN401
    """Return the type in which sums, squares and differences of numbers neither overflow nor are refused."""
    return nw.Int64 if dtype in _WHOLE and name != "score" else nw.Float64


def _told(kind: Kind) -> str:
    return "names, text or whole numbers," if kind == "names" else kind


def _name(dtype: object) -> str:
    return str(dtype).partition("(")[0]


def _short(value: object, longest: int = 40) -> str:
    shown = repr(value.to_list() if isinstance(value, pl.Series) else value)
    return shown if len(shown) <= longest else shown[: longest - 1] + "\N{HORIZONTAL ELLIPSIS}"
