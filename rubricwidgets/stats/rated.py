"""Ratings as codes, for the coefficients that need to know who said what: Cohen's kappa and Conger's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import polars as pl

from rubricwidgets.stats.columns import collected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from rubricwidgets.stats.intake import Measured

    Array = NDArray[np.float64]
    Indices = NDArray[np.int64]

_CHUNK = 1_000_000


@dataclass(frozen=True)
class Rated:
    """One dimension's ratings, those of an item and of a response next to each other.

    Parameters
    ----------
    measured
        Which dimension, its level and values.
    item, unit, rater
        Of each rating: indices of its item, its response and its rater.
    value
        Of each rating: the index of its value, or the score itself where the scale has no end of values.
    raters
        The raters' names, in order.

    """

    measured: Measured
    item: Indices
    unit: Indices
    rater: Indices
    value: Array | Indices
    raters: tuple[str, ...]

    @property
    def n_items(self) -> int:
        """Items with a rating."""
        return int(self.item[-1]) + 1 if len(self.item) else 0

    @property
    def n_units(self) -> int:
        """Responses (or items) with a rating."""
        return int(self.unit[-1]) + 1 if len(self.unit) else 0

    @property
    def q(self) -> int:
        """How many values there are."""
        return len(self.measured.values or ())

    @cached_property
    def unit_item(self) -> Indices:
        """The item of each response."""
        return self.item[np.flatnonzero(np.diff(self.unit, prepend=-1))]

    @cached_property
    def per_unit(self) -> Array:
        """How often each value was given to each response, shape (responses, values)."""
        code = self.unit * self.q + self.value.astype(np.int64)
        return np.bincount(code, minlength=self.n_units * self.q).reshape(self.n_units, self.q).astype(np.float64)

    def pair_chunks(self) -> Iterator[tuple[Indices, Indices]]:
        """Yield indices of two ratings of one response by different raters, the first rater before the second.

        Ratings of an item are never split between chunks.

        """
        n = len(self.unit)
        if not n:
            return
        ends = np.flatnonzero(np.diff(self.unit, append=self.unit[-1] + 1)) + 1
        later = ends[self.unit] - np.arange(n) - 1
        before = np.concatenate([[0], np.cumsum(later)])
        starts = np.append(np.flatnonzero(np.diff(self.item, prepend=-1)), n)
        at = 0
        while at < len(starts) - 1:
            upto = int(np.searchsorted(before[starts], before[starts[at]] + _CHUNK, side="right")) - 1
            upto = max(upto, at + 1)
            rows = np.arange(starts[at], starts[upto])
            first = np.repeat(rows, later[rows])
            offset = np.arange(len(first)) - np.repeat(before[rows] - before[rows[0]], later[rows])
            second = first + 1 + offset
            swap = self.rater[first] > self.rater[second]
            yield np.where(swap, second, first), np.where(swap, first, second)
            at = upto


def rated(frame: nw.LazyFrame[Any], measured: Measured) -> Rated:
    """Bring one dimension's ratings to memory as codes: one row per rating, four columns."""
    given = frame.filter(nw.col("dimension") == measured.dimension, ~nw.col(measured.column).is_null())
    if measured.column == "label" and "not_applicable" in frame.collect_schema().names():
        given = given.filter(~nw.col("not_applicable"))
    rows = collected(given.select("item", "response", "rater", measured.column))
    names = rows["rater"].unique().sort()
    items = rows.select(pl.col("item").unique().sort())
    places = items.select(pl.col("item").hash().alias("i"), pl.int_range(pl.len(), dtype=pl.Int64).alias("place"))
    column = pl.col(measured.column)
    if measured.column == "label":
        column = column.cast(pl.Enum(list(measured.values or ()))).to_physical()
    taken = rows.select(
        pl.col("item").hash().alias("i"),
        (pl.col("item").hash() ^ pl.col("response").hash(1)).alias("u"),
        pl.col("rater").cast(pl.String).cast(pl.Enum(names.cast(pl.String))).to_physical().alias("r"),
        column.alias("v"),
    )
    ordered = taken.join(places, on="i", how="left").with_columns(i="place").sort("i", "u", "r")
    codes = ordered.select(pl.col("i").rle_id(), pl.col("u").rle_id(), "r", "v")
    value = codes["v"].to_numpy()
    if measured.column == "score" and measured.values is not None:
        value = np.searchsorted(np.asarray(measured.values, dtype=np.float64), value.astype(np.float64)).astype(
            np.int64
        )
    item, unit, rater = (codes[name].to_numpy().astype(np.int64) for name in ("i", "u", "r"))
    return Rated(measured, item, unit, rater, value, tuple(map(str, names.to_list())))


def of_common(ratings: Rated) -> Rated:
    """Return the ratings of responses that two raters or more have rated."""
    keep = np.bincount(ratings.unit, minlength=ratings.n_units)[ratings.unit] > 1
    item, unit = (
        np.unique(codes[keep], return_inverse=True)[1].astype(np.int64) for codes in (ratings.item, ratings.unit)
    )
    return Rated(ratings.measured, item, unit, ratings.rater[keep], ratings.value[keep], ratings.raters)


def occurrences(item: Indices, column: Indices, shape: tuple[int, int]) -> Any:  # noqa: ANN401 - a sparse array of scipy
    """Return how often each item has each column, sparse."""
    from scipy import sparse  # noqa: PLC0415 - loads when a bootstrap first needs it

    build: Any = sparse.coo_array
    return build((np.ones(len(item)), (item, column)), shape=shape).tocsr()
