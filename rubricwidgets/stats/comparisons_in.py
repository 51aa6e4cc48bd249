"""What paired comparisons statistics take: frames of comparisons, checked and reduced to counts per pair and verdict."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any, Literal

import narwhals as nw
import numpy as np
import polars as pl

from rubricwidgets.errors import InputError, nearest
from rubricwidgets.stats.columns import collected, is_eager, take
from rubricwidgets.stats.intake import hash_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Indices = NDArray[np.int64]
    Verdicts = NDArray[np.int8]

#: What is done with ties: Davidson's parameter, half a win for each, or nothing.
Ties = Literal["davidson", "half", "leave_out"]
TIES: tuple[Ties, ...] = ("davidson", "half", "leave_out")

#: More grades of preference than this are a continuous scale, not grades.
MOST_GRADES = 10
_VERDICTS = ("winner", "strength", "tie")
_READ = (*_VERDICTS, "left", "right", "item", "rater", "dimension", "submitted_at")
_WORDS = {"left": -1, "tie": 0, "right": 1}
_SIDES = {value: word for word, value in _WORDS.items()}
_UNKNOWN, _SILENT = 9, 8
#: Why a row says nothing about two models.
_WHY_SILENT = ("without a model", "of a model with itself", "without a verdict", "without a strength")
_NOBODY = "'winner' takes the row's left or right response, one of its two models, or left, right, tie"
_POINTS_AWAY = "'strength' is signed towards the right, and points away from the row's winner"
_FINITE = "'strength' takes finite numbers"
_LARGEST = sys.float_info.max
_MOST_CODES = 1_000_000
#: Rows in which most words of a column stand already.
_FIRST = 8_192
_BLOCK = 65_536


@dataclass(frozen=True)
class Comparisons:
    """Counts of verdicts per pair of models.

    Parameters
    ----------
    models
        Their names, sorted.
    left, right
        Indices of the two models of each pair, shape (pairs,). Pairs keep their sides only where that matters.
    counts
        How often each verdict fell, shape (pairs, verdicts).
    steps
        What each verdict says, from -1 (left, most strongly) to 1 (right), rising.
    cell, item, weight
        For resampling: place of a row of counts in ``counts.ravel()``, index of its item, and how often. None without items.
    n_items, n_raters
        How many; None where the frame has no such column.
    left_out
        Rows that say nothing about models, by reason in words.

    """

    models: tuple[str, ...]
    left: Indices
    right: Indices
    counts: Array
    steps: Array
    cell: Indices | None
    item: Indices | None
    weight: Array | None
    n_items: int | None
    n_raters: int | None
    left_out: tuple[tuple[str, int], ...]

    @property
    def n(self) -> int:
        """Comparisons that count."""
        return round(float(self.counts.sum()))


def comparisons_in(
    comparisons: Any,  # noqa: ANN401 - a frame of any library that narwhals knows
    *,
    dimension: str | None,
    ties: Ties,
    sides: bool,
    strength: bool,
    by_item: bool,
) -> Comparisons:
    """Reduce a comparisons frame to counts; see :func:`rubricwidgets.stats.pairwise.pairwise` for what it may hold.

    Raises
    ------
    InputError
        If a column is missing, a verdict names nobody in its row or contradicts another column, a strength is NaN or infinite, or an
        option is unknown.

    """
    lazy = checked_columns(comparisons)
    names = lazy.collect_schema().names()
    if strength and "strength" not in names:
        msg = "strength=True takes a frame with the column 'strength', signed towards the right (got none): leave it False"
        raise InputError(msg)
    lazy = of_dimension(lazy, dimension)
    keys = ["left_model", "right_model"]
    lazy, marks = _marked(lazy, keys, whole_strength=strength)
    item = "item" if by_item and "item" in names else None
    n_items, n_raters = _how_many(lazy, names)
    columns = [*keys, *marks, *([item] if item else [])]
    if item and isinstance(lazy.to_native(), pl.LazyFrame):
        rows = collected(lazy.select(*columns)).with_columns(pl.lit(1, pl.Int64).alias("n"))
    else:
        rows = _counted(lazy.select(*columns), columns, in_memory=is_eager(comparisons))
    judged, left_out = _judged(rows, strength=strength)
    return _placed(judged, left_out, ties=ties, sides=sides, strength=strength, item=item, counts=(n_items, n_raters))


def comparison_rows(
    comparisons: Any,  # noqa: ANN401
    *,
    dimension: str | None,
    more: Sequence[str] = (),
) -> pl.DataFrame:
    """Return comparisons row by row: left_model, right_model, verdict (-1 left, 0 tie, 1 right), and ``more`` columns."""
    lazy = of_dimension(checked_columns(comparisons), dimension)
    keys = ["left_model", "right_model"]
    lazy, marks = _marked(lazy, keys, whole_strength=False)
    rows = collected(lazy.select(*keys, *marks, *more)).with_columns(pl.lit(1, pl.Int64).alias("n"))
    judged, _ = _judged(rows, strength=False)
    return judged.select(*keys, pl.col("_verdict").alias("verdict"), *more)


def checked_columns(comparisons: Any) -> nw.LazyFrame[Any]:  # noqa: ANN401
    """Return a comparisons frame as a lazy one, or name the column that it lacks."""
    lazy = take(
        comparisons,
        ("left_model", "right_model"),
        optional=_READ,
        what="comparisons",
        source="study.comparisons()",
        kinds={"submitted_at": "names"},  # read for its order alone, which numbers have too
    )
    names = lazy.collect_schema().names()
    if not any(name in names for name in _VERDICTS):
        close = next((near for name in _VERDICTS if (near := nearest(name, names))), None)
        hint = f"; did you mean {close!r} to be one? Rename it" if close else ""
        msg = (
            f"'comparisons' takes a column that says who won: 'winner', 'strength' or 'tie' (it has none of them){hint}"
        )
        raise InputError(msg)
    return lazy


def of_dimension(lazy: nw.LazyFrame[Any], dimension: str | None, what: str = "comparisons") -> nw.LazyFrame[Any]:
    """Return the rows of one dimension; refuse to mix several."""
    if "dimension" not in lazy.collect_schema().names():
        if dimension is not None:
            msg = f"dimension={dimension!r} takes a frame with the column 'dimension' (it has none): leave it out"
            raise InputError(msg)
        return lazy
    found = collected(lazy.select("dimension").unique())["dimension"].drop_nulls().cast(pl.String).sort().to_list()
    if dimension is None:
        if len(found) > 1:
            msg = f"{what!r} are on {len(found)} dimensions: name one, such as dimension={found[0]!r} (of {', '.join(found)})"
            raise InputError(msg)
        return lazy
    if found and dimension not in found:
        close = nearest(dimension, found)
        hint = f"did you mean {close!r}?" if close else f"there are {', '.join(found) or 'none'}"
        msg = f"no dimension {dimension!r} in these {what}; {hint}"
        raise InputError(msg)
    return lazy.filter(nw.col("dimension") == dimension)


def _marked(
    lazy: nw.LazyFrame[Any], keys: Sequence[str], *, whole_strength: bool
) -> tuple[nw.LazyFrame[Any], list[str]]:
    """Add what a verdict is read from, in columns of few values wherever that can be."""
    names = lazy.collect_schema().names()
    marks: list[str] = []
    more: list[nw.Expr] = []
    if "winner" in names:
        winner = nw.col("winner")
        if "left" in names and "right" in names:
            # A response id stands in its own row only, so it is read row by row; names of models and words may wait.
            text = winner.cast(nw.String)
            seat = (
                nw.when(text == nw.col("left").cast(nw.String))
                .then(nw.lit(-1))
                .otherwise(nw.when(text == nw.col("right").cast(nw.String)).then(nw.lit(1)))
            )
            lazy = lazy.with_columns(seat.cast(nw.Int8).alias("_seat"))
            more.append(nw.when(nw.col("_seat").is_null()).then(text).alias("_word"))
            marks += ["_seat", "_word"]
        else:
            more.append(winner.alias("_word"))
            marks.append("_word")
    if "tie" in names:
        more.append(nw.col("tie").cast(nw.Boolean).alias("_tie"))
        marks.append("_tie")
    if "strength" in names:
        value = nw.col("strength").cast(nw.Float64)
        # What is not finite stays, to be refused: some libraries hold NaN to be above every number.
        right, left = (value > 0) & (value <= _LARGEST), (value < 0) & (value >= -_LARGEST)
        sign = nw.when(right).then(nw.lit(1.0)).otherwise(nw.when(left).then(nw.lit(-1.0)).otherwise(value))
        more.append((value if whole_strength else sign).alias("_strength"))
        marks.append("_strength")
    return lazy.with_columns(*more) if more else lazy, [name for name in marks if name not in keys]


def _counted(lazy: nw.LazyFrame[Any], columns: Sequence[str], *, in_memory: bool) -> pl.DataFrame:
    native = lazy.to_native()
    if not isinstance(native, pl.LazyFrame):
        return collected(lazy.group_by(*columns).agg(nw.len().alias("n"))).cast({"n": pl.Int64})
    if all(isinstance(kind, (pl.Categorical, pl.Enum)) for kind in native.collect_schema().dtypes()):
        whole = native.collect(engine="in-memory")  # the other engine returns it in pieces
        if (counted := _counted_by_code(whole, columns)) is not None:
            return counted
        native = whole.lazy()
    if not in_memory:
        return native.group_by(columns).agg(pl.len().cast(pl.Int64).alias("n")).collect(engine="streaming")
    # One hash of the columns groups faster than they do; what each stands for is told by words, or by a row that has it.
    whole = native.collect(engine="in-memory")
    words = [whole[name].head(_FIRST).unique() for name in columns]
    keyed = whole.lazy().select(hash_of(columns).alias("_key"))
    if 0 < math.prod(map(len, words)) <= _BLOCK:
        # Hashes of their own take less than hashing and grouping in one.
        keyed = keyed.collect(engine="streaming").lazy()
        found = keyed.group_by("_key").agg(pl.len().cast(pl.Int64).alias("n")).collect(engine="streaming")
        if (told := _told(words, found)) is not None:
            return told
    grouped = (
        keyed.with_row_index("_row").group_by("_key").agg(pl.len().cast(pl.Int64).alias("n"), pl.col("_row").min())
    )
    found = grouped.collect(engine="streaming")
    return whole[found["_row"]].with_columns(found["n"])


def _told(words: Sequence[pl.Series], found: pl.DataFrame) -> pl.DataFrame | None:
    """Return what each key stands for, if all are made of these words, one of each column; None if not."""
    hashes = [one.hash(seed).to_numpy() for seed, one in enumerate(words)]  # the parts of hash_of
    made = reduce(np.bitwise_xor.outer, hashes).ravel()
    order = made.argsort()
    found = found.sort("_key")  # what is looked up in order is found in the cache
    keys = found["_key"].to_numpy()
    cells = order[np.searchsorted(made[order], keys) % len(made)]
    if (made[cells] != keys).any():
        return None
    places = np.unravel_index(cells, [len(one) for one in words])
    return pl.DataFrame([*(one[place] for one, place in zip(words, places, strict=True)), found["n"]])


def _counted_by_code(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame | None:
    """Count categories by their codes, which is faster than grouping; None where the codes are too far apart."""
    physical = [frame[name].to_physical() for name in columns]
    if not frame.height or any(one.null_count() for one in physical):
        return None
    highs = [int(one.max()) for one in physical]  # type: ignore[arg-type]
    lows = [0] * len(highs)
    if math.prod(high + 1 for high in highs) > _BLOCK:
        lows = [int(one.min()) for one in physical]  # type: ignore[arg-type]
    spans = [high - low + 1 for high, low in zip(highs, lows, strict=True)]
    size, offset = math.prod(spans), 0
    if size > _MOST_CODES:
        return None
    for low, span in zip(lows, spans, strict=True):
        offset = offset * span + low
    codes = [one.to_numpy() for one in physical]
    counts = np.zeros(size, np.int64)
    # In blocks that stay in the processor's cache. What is too large for 32 bits wraps round, and back by the offset.
    block = max(_BLOCK, 4 * size)
    for start in range(0, frame.height, block):
        code = codes[0][start : start + block].astype(np.uint32)
        for column, span in zip(codes[1:], spans[1:], strict=True):
            code *= np.uint32(span)
            code += column[start : start + block].astype(np.uint32, copy=False)
        code -= np.uint32(offset % 2**32)
        counts += np.bincount(code, minlength=size)
    cells = np.flatnonzero(counts)
    words = [
        frame[name].gather(_first_rows(column, low, span, place)[place]).alias(name)
        for name, column, low, span, place in zip(
            columns, codes, lows, spans, np.unravel_index(cells, spans), strict=True
        )
    ]
    return pl.DataFrame([*words, pl.Series("n", counts[cells])])


def _first_rows(codes: NDArray[Any], low: int, span: int, there: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return, for each code from ``low``, a row that has it, if it is ``there``. Mostly the first few rows have them all."""
    rows, wanted = np.full(span, -1, np.int64), np.unique(there)
    for start in range(0, len(codes), _FIRST):
        some = codes[start : start + _FIRST]
        rows[some - low] = np.arange(start, start + len(some))
        if (rows[wanted] >= 0).all():
            break
    return rows


def _how_many(lazy: nw.LazyFrame[Any], names: Sequence[str]) -> tuple[int | None, int | None]:
    wanted = [name for name in ("item", "rater") if name in names]
    if not wanted:
        return None, None
    row = collected(lazy.select(*(nw.col(name).n_unique().alias(name) for name in wanted))).row(0, named=True)
    return (row.get("item"), row.get("rater"))


def _judged(rows: pl.DataFrame, *, strength: bool) -> tuple[pl.DataFrame, tuple[tuple[str, int], ...]]:
    """Return the rows that say something about two models, as text, with their verdict, and what was left out."""
    if other := [name for name in ("left_model", "right_model") if rows.schema[name] != pl.String]:
        rows = rows.with_columns(pl.col(other).cast(pl.String))
    named = _named(rows)
    tied = np.zeros(rows.height, np.bool_)
    if "_tie" in rows.columns:
        tied = rows["_tie"].fill_null(value=False).to_numpy()
    value = np.full(rows.height, np.nan)
    if "_strength" in rows.columns:
        value = rows["_strength"].to_numpy()
        _refuse(rows, ~np.isfinite(value) & rows["_strength"].is_not_null().to_numpy(), _FINITE, value)
    _refuse(rows, named == _UNKNOWN, _NOBODY, rows["_word"] if "_word" in rows.columns else named)
    sided = np.abs(named) == 1
    _refuse(rows, tied & sided, "'tie' is true in a row that has a winner", named, words=_SIDES)
    _refuse(rows, sided & (value * named < 0), _POINTS_AWAY, value)
    by_strength = np.nan_to_num(np.sign(value), nan=_SILENT).astype(np.int8)
    verdict = np.where(tied, 0, np.where(named == _SILENT, by_strength, named)).astype(np.int8)
    graded = np.where(verdict == 0, 0.0, value) if strength else verdict.astype(np.float64)
    ungraded = (np.isnan(graded) | (graded == 0)) & (verdict != 0)
    nobody = (rows["left_model"].is_null() | rows["right_model"].is_null()).to_numpy()
    itself = _same(rows["left_model"], rows["right_model"])
    rules = dict(zip(_WHY_SILENT, (nobody, itself, verdict == _SILENT, ungraded), strict=True))
    why = np.select(list(rules.values()), range(len(rules)), default=-1)
    rows = rows.with_columns(pl.Series("_verdict", verdict), pl.Series("_graded", graded))
    kept = why < 0
    if kept.all():
        return rows, ()
    counts = np.bincount(why[~kept], weights=rows["n"].to_numpy()[~kept], minlength=len(rules))
    left_out = tuple((words, int(n)) for words, n in zip(rules, counts, strict=True) if n)
    return rows.filter(pl.Series(kept)), left_out


def _named(rows: pl.DataFrame) -> Verdicts:
    """Return whom the winner names: -1 left, 0 tie, 1 right, or nobody."""
    named = np.full(rows.height, _SILENT, np.int8)
    if "_word" in rows.columns:
        word = rows["_word"].cast(pl.String)
        left, right = _same(word, rows["left_model"]), _same(word, rows["right_model"])
        named[:] = _UNKNOWN
        for spoken, value in _WORDS.items():
            named[_same(word, spoken)] = value
        named[right] = 1
        named[left] = -1
        named[(left & right) | word.is_null().to_numpy()] = _SILENT
    if "_seat" in rows.columns:
        seat = rows["_seat"].fill_null(_SILENT).to_numpy()
        named = np.where(seat == _SILENT, named, seat)
    return named


def _same(names: pl.Series, other: pl.Series | str) -> NDArray[np.bool_]:
    found = names == other
    return (found.fill_null(value=False) if found.null_count() else found).to_numpy()


def _refuse(
    rows: pl.DataFrame,
    wrong: NDArray[np.bool_],
    rule: str,
    values: NDArray[Any] | pl.Series,
    *,
    words: Mapping[Any, str] | None = None,
) -> None:
    if not wrong.any():
        return
    place = int(wrong.argmax())
    value = values[place].item() if isinstance(values, np.ndarray) else values[place]
    shown = value if words is None else words[value]
    row = rows.row(place, named=True)
    n = int(rows["n"].to_numpy()[wrong].sum())
    msg = (
        f"{rule} (got {shown!r} in {n} of the comparisons, such as {row['left_model']} against {row['right_model']}): "
        "correct or drop them"
    )
    raise InputError(msg)


def _placed(
    rows: pl.DataFrame,
    left_out: tuple[tuple[str, int], ...],
    *,
    ties: Ties,
    sides: bool,
    strength: bool,
    item: str | None,
    counts: tuple[int | None, int | None],
) -> Comparisons:
    """Return counts as arrays."""
    if ties == "leave_out":
        tied = int(rows.filter(pl.col("_verdict") == 0)["n"].sum())
        left_out = (*left_out, ("tied", tied)) if tied else left_out
        rows = rows.filter(pl.col("_verdict") != 0)
    models = tuple(pl.concat([rows["left_model"], rows["right_model"]]).unique().sort().to_list())
    kind = pl.Enum(models)
    left = rows["left_model"].cast(kind).to_physical().to_numpy().astype(np.int64)
    right = rows["right_model"].cast(kind).to_physical().to_numpy().astype(np.int64)
    graded = rows["_graded"].to_numpy().astype(np.float64)
    weight = rows["n"].to_numpy().astype(np.float64)
    steps, category = _categories(graded, strength=strength)
    if not sides:
        # Which side is left does not matter: each pair once, the lower index left.
        swap = left > right
        left, right = np.where(swap, right, left), np.where(swap, left, right)
        category = np.where(swap, len(steps) - 1 - category, category)
    m, c = len(models), len(steps)
    code = left * m + right
    if m * m <= _MOST_CODES:
        met = np.flatnonzero(np.bincount(code, minlength=m * m))
        place = np.zeros(m * m, np.int64)
        place[met] = np.arange(len(met))
        pair = place[code]
    else:
        met, pair = np.unique(code, return_inverse=True)
    cell = pair.ravel() * c + category
    table: Array = np.bincount(cell, weights=weight, minlength=len(met) * c).reshape(len(met), c).astype(np.float64)
    index: Indices | None = None
    if item is not None:
        index = _codes(rows[item])
    return Comparisons(
        models,
        met // m if m else met,
        met % m if m else met,
        table,
        steps,
        cell if index is not None else None,
        index,
        weight if index is not None else None,
        *counts,
        left_out,
    )


def _categories(graded: Array, *, strength: bool) -> tuple[Array, Indices]:
    """Return the grades from -1 to 1, the same on both sides, and the place of each row's."""
    levels = np.unique(np.abs(graded))
    above = levels[levels > 0]
    if strength and len(above) > MOST_GRADES:
        msg = f"'strength' takes up to {MOST_GRADES} grades on each side (got {len(above)}): round them, or leave strength=False"
        raise InputError(msg)
    most = above[-1] if len(above) else 1.0
    above = above if len(above) else np.ones(1)
    steps = np.concatenate([-above[::-1], [0.0] if (levels == 0).any() else [], above]) / most
    return steps, np.searchsorted(steps * most - 1e-12, graded, side="right") - 1


def _codes(names: pl.Series) -> Indices:
    """Return the place of each name among the sorted names, whatever the order of the rows."""
    known = names.cast(pl.String).fill_null("").cast(pl.Categorical).alias("name")
    code = known.to_physical().to_numpy()
    distinct = known.unique()
    order = distinct.cast(pl.String).arg_sort().to_numpy()
    place = np.zeros(int(code.max()) + 1 if len(code) else 0, np.int64)
    place[distinct.to_physical().to_numpy()[order]] = np.arange(len(order))
    return np.asarray(place[code])
