"""Sufficient statistics: how often each value was given to each thing rated, and how many things share a pattern.

Most coefficients of agreement need no more than the count of each category for each response. Millions of ratings then
become some hundred distinct count patterns with their multiplicities, and the resampling works on those. The reduction
sums indicator columns in two passes, which Polars (eager, lazy, streaming), DuckDB and PySpark run alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import polars as pl

from rubricwidgets.stats.intake import Measured, collected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Indices = NDArray[np.int64]

UNIT = ("item", "response")


@dataclass(frozen=True)
class Counts:
    """The counts of one dimension.

    Parameters
    ----------
    measured
        Which dimension, its level and values.
    patterns
        Distinct rows of counts per value, shape (patterns, values).
    multiplicity
        How many responses (or items, where the dimension is about the item) have each pattern.
    clusters
        Where items have several responses: for each response, the index of its item and of its pattern. None: each item
        is one response.
    n_items, n_raters
        How many items and raters the ratings come from.

    """

    measured: Measured
    patterns: Array
    multiplicity: Indices
    clusters: tuple[Indices, Indices] | None
    n_items: int
    n_raters: int

    @cached_property
    def sizes(self) -> Array:
        """Ratings of each pattern."""
        return np.asarray(self.patterns.sum(axis=1), dtype=np.float64)

    @property
    def n_units(self) -> int:
        """Responses (or items) with a rating."""
        return int(self.multiplicity.sum())

    @cached_property
    def n_ratings(self) -> int:
        """Ratings that have a value."""
        return int(self.sizes @ self.multiplicity)

    @cached_property
    def totals(self) -> Array:
        """Ratings of each value."""
        return np.asarray(self.multiplicity @ self.patterns, dtype=np.float64)

    def per_item(self, per_pattern: Array) -> tuple[Array, Array]:
        """Return sums over the responses of each item, and how many items share them.

        Parameters
        ----------
        per_pattern
            What each pattern adds, shape (patterns, k).

        Returns
        -------
        tuple of arrays
            Shapes (distinct items, k) and (distinct items,).

        """
        if self.clusters is None:
            return per_pattern, self.multiplicity.astype(np.float64)
        item, pattern = self.clusters
        summed = np.zeros((self.n_items, per_pattern.shape[1]))
        np.add.at(summed, item, per_pattern[pattern])
        return summed, np.ones(self.n_items)


def reduce_counts(frame: nw.LazyFrame[Any], measured: Measured, *, by_item: bool = True) -> Counts:
    """Reduce one dimension's scores to counts.

    Parameters
    ----------
    frame
        Columns item, response, rater, dimension and the one that ``measured`` names.
    measured
        The dimension; its values must be known.
    by_item
        Keep which responses belong to one item, where an item has several. That takes one row per response to the driver;
        otherwise only the patterns travel.

    """
    values = measured.values or ()
    names = [f"c{place}" for place in range(len(values))]
    column = nw.col(measured.column)
    given = frame.filter(nw.col("dimension") == measured.dimension, ~column.is_null())
    if measured.column == "label" and "not_applicable" in frame.collect_schema().names():
        given = given.filter(~nw.col("not_applicable"))
    indicators = [(column == value).cast(nw.Int64).alias(name) for name, value in zip(names, values, strict=True)]
    units = (
        given.select("item", "response", *indicators)
        .group_by("item", "response")
        .agg(*(nw.col(name).sum() for name in names))
    )
    raters = given.select("rater").unique()
    native = units.to_native()
    if isinstance(native, pl.LazyFrame):
        per_unit, known = pl.collect_all([native, raters.to_native()])
        return _in_memory(measured, per_unit, names, known.height, by_item=by_item)
    n_raters = collected(raters).height
    n_items = _height(given.select("item").unique())
    patterns = collected(units.group_by(*names).agg(nw.len().cast(nw.Int64).alias("n"))) if names else pl.DataFrame()
    n_units = int(patterns["n"].sum()) if patterns.height else 0
    if by_item and n_items < n_units:
        return _in_memory(measured, collected(units), names, n_raters, by_item=True)
    return Counts(
        measured,
        patterns.select(names).to_numpy().astype(np.float64) if patterns.height else np.zeros((0, len(names))),
        patterns["n"].to_numpy().astype(np.int64) if patterns.height else np.zeros(0, dtype=np.int64),
        None,
        n_items,
        n_raters,
    )


def _height(frame: nw.LazyFrame[Any]) -> int:
    return int(collected(frame.select(nw.len())).item())


def _in_memory(
    measured: Measured, units: pl.DataFrame, names: Sequence[str], n_raters: int, *, by_item: bool
) -> Counts:
    if not names or not units.height:
        return Counts(measured, np.zeros((0, len(names))), np.zeros(0, dtype=np.int64), None, 0, n_raters)
    n_items = units["item"].n_unique()
    patterns = units.group_by(names).len("n")
    rows = patterns.select(names).to_numpy().astype(np.float64)
    multiplicity = patterns["n"].to_numpy().astype(np.int64)
    clusters = None
    if by_item and n_items < units.height:
        placed = units.join(patterns.with_row_index("_pattern"), on=names, how="left", maintain_order="left")
        item = placed["item"].rank("dense").to_numpy().astype(np.int64) - 1
        clusters = (item, placed["_pattern"].to_numpy().astype(np.int64))
    return Counts(measured, rows, multiplicity, clusters, n_items, n_raters)


def upper(q: int) -> tuple[Indices, Indices]:
    """Return the indices of the upper triangle of a q by q table, the diagonal included."""
    rows, columns = np.triu_indices(q)
    return rows, columns


def coincidences(patterns: Array, divisor: Array) -> Array:
    """Return, for each pattern, the ordered pairs of ratings by their two values, divided by ``divisor``.

    Pairs (c, k) and (k, c) are as many, so the upper triangle is enough: shape (patterns, q (q + 1) / 2).

    """
    rows, columns = upper(patterns.shape[1])
    pairs = patterns[:, rows] * patterns[:, columns]
    pairs[:, rows == columns] -= patterns
    return np.divide(pairs, divisor[:, None], out=np.zeros_like(pairs), where=divisor[:, None] > 0)


def square(flat: Array, q: int) -> Array:
    """Return upper triangles, shape (b, q (q + 1) / 2), as symmetric tables, shape (b, q, q)."""
    rows, columns = upper(q)
    table = np.zeros((len(flat), q, q))
    table[:, rows, columns] = flat
    table[:, columns, rows] = flat
    return table
