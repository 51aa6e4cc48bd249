"""Sufficient statistics: how often each value was given to each thing rated, and how many things share a pattern.

Most coefficients of agreement need no more than the count of each category for each response. Millions of ratings then
become some hundred distinct count patterns with their multiplicities, and the resampling works on those. The reduction
sums indicator columns in two passes, which Polars (eager, lazy, streaming), DuckDB and PySpark run alike.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import narwhals as nw
import numpy as np
import polars as pl

from rubricwidgets.errors import InputError
from rubricwidgets.scales.numbers import short
from rubricwidgets.stats.columns import collected
from rubricwidgets.stats.sorted_counts import MOST, kinds_by_sorting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rubricwidgets.stats.intake import Measured

    Array = NDArray[np.float64]
    Indices = NDArray[np.int64]

UNIT = ("item", "response")
_CELLS = 2_000_000


@dataclass(frozen=True)
class Reduced:
    """One dimension's ratings, reduced to one row per response, or per distinct kind of response.

    Parameters
    ----------
    measured
        Which dimension, its level and values.
    patterns
        Distinct rows of sufficient statistics, shape (patterns, k).
    multiplicity
        How many responses (or items, where the dimension is about the item) have each pattern.
    clusters
        Where items have several responses: for each response, the index of its item (ascending) and of its pattern.
        None: each item is one response.
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
        return round(float(self.sizes @ self.multiplicity))

    def paired(self) -> Self:
        """Return what two raters or more have rated, which is all that some coefficients use."""
        keep = self.sizes >= 2  # noqa: PLR2004
        if keep.all():
            return self
        patterns, multiplicity = self.patterns[keep], self.multiplicity[keep]
        if self.clusters is None:
            return replace(self, patterns=patterns, multiplicity=multiplicity, n_items=int(multiplicity.sum()))
        item, pattern = self.clusters
        of_unit = keep[pattern]
        items, dense = np.unique(item[of_unit], return_inverse=True)
        place = np.cumsum(keep) - 1
        clusters = (dense.astype(np.int64), place[pattern[of_unit]].astype(np.int64))
        return replace(self, patterns=patterns, multiplicity=multiplicity, clusters=clusters, n_items=len(items))

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
        starts = np.flatnonzero(np.diff(item, prepend=-1))
        return np.add.reduceat(per_pattern[pattern], starts, axis=0), np.ones(self.n_items)


@dataclass(frozen=True)
class Counts(Reduced):
    """How often each value was given: ``patterns`` has a column for each value."""

    @cached_property
    def totals(self) -> Array:
        """Ratings of each value."""
        return np.asarray(self.multiplicity @ self.patterns, dtype=np.float64)

    @property
    def numbers(self) -> Array:
        """The values as numbers; their places where they have none."""
        given = self.measured.numbers
        return np.arange(self.patterns.shape[1], dtype=np.float64) if given is None else np.asarray(given)


@dataclass(frozen=True)
class Moments(Reduced):
    """Number, sum and sum of squares of each response's scores, taken from a common centre."""

    @cached_property
    def sizes(self) -> Array:
        """Ratings of each response."""
        return np.asarray(self.patterns[:, 0], dtype=np.float64)


def reduce_counts(frame: nw.DataFrame[Any] | nw.LazyFrame[Any], measured: Measured, *, by_item: bool = True) -> Counts:
    """Reduce one dimension's scores to counts.

    Parameters
    ----------
    frame
        Columns item, response, rater, dimension and the one that ``measured`` names.
    measured
        The dimension; its values must be known.
    by_item
        Keep which responses belong to one item, where an item has several. Outside Polars that takes one row per response
        to the driver; otherwise only the patterns travel.

    Raises
    ------
    InputError
        If there are scores other than the values.

    """
    names = [f"c{place}" for place in range(len(measured.values or ()))]
    native = frame.to_native()
    if isinstance(native, pl.DataFrame | pl.LazyFrame):
        column = pl.col(measured.column)
        parts = [(column == value).alias(name) for name, value in zip(names, measured.values or (), strict=True)]
        units, n_raters = _polars_units(native, measured, parts, names, kinds=True)
        if "_units" in units.columns:
            return _counts(measured, units.sort("_n", *names), names, None, int(units["_units"].sum()), n_raters)
    else:
        given = frame.lazy().filter(_given(frame, measured))
        values = measured.values or ()
        indicators = [
            (nw.col(measured.column) == value).cast(nw.Int64).alias(name)
            for name, value in zip(names, values, strict=True)
        ]
        grouped = (
            given.select("item", "response", *indicators)
            .group_by("item", "response")
            .agg(nw.len().cast(nw.Int64).alias("_n"), *(nw.col(name).sum() for name in names))
        )
        n_items, n_raters = _distinct(given)
        kinds = collected(grouped.group_by("_n", *names).agg(nw.len().cast(nw.Int64).alias("_units")))
        kinds = kinds.sort("_n", *names)
        if not by_item or n_items >= int(kinds["_units"].sum() or 0):
            return _counts(measured, kinds, names, None, n_items, n_raters)
        units = collected(grouped)
    kinds = units.group_by("_n", *names).agg(pl.len().alias("_units")).sort("_n", *names)
    n_items = units["item"].n_unique() if "item" in units.columns else units.height
    clusters = None
    if by_item and n_items < units.height:
        placed = units.join(kinds.with_row_index("_kind"), on=["_n", *names], how="left")
        placed = _by_name(placed, frame, measured).sort("_place", "_kind")
        clusters = (placed["_place"].rle_id().to_numpy().astype(np.int64), placed["_kind"].to_numpy().astype(np.int64))
    return _counts(measured, kinds, names, clusters, n_items, n_raters)


def reduce_moments(frame: nw.DataFrame[Any] | nw.LazyFrame[Any], measured: Measured) -> Moments:
    """Reduce one dimension's scores to number, sum and sum of squares of each response."""
    given = frame.lazy().filter(_given(frame, measured))
    score = nw.col("score")
    ends = collected(given.select(score.min().alias("low"), score.max().alias("high"), score.mean().alias("mean")))
    low, high, mean = ends.row(0)
    # Equal scores leave exactly nothing; others keep their digits.
    centre = 0.0 if low is None else float(low) if low == high else float(mean)
    names = ["_sum", "_squares"]
    native = frame.to_native()
    if isinstance(native, pl.DataFrame | pl.LazyFrame):
        apart = pl.col("score") - centre
        units, n_raters = _polars_units(native, measured, [apart.alias("_sum"), (apart**2).alias("_squares")], names)
    else:
        apart_of = nw.col("score") - centre
        units = collected(
            given.select("item", "response", apart_of.alias("_sum"), (apart_of * apart_of).alias("_squares"))
            .group_by("item", "response")
            .agg(nw.len().cast(nw.Int64).alias("_n"), nw.col("_sum").sum(), nw.col("_squares").sum())
        )
        _, n_raters = _distinct(given)
    n_items = units["item"].n_unique() if "item" in units.columns else units.height
    clusters = None
    units = _by_name(units, frame, measured).sort("_place", *names)
    if n_items < units.height:
        clusters = (units["_place"].rle_id().to_numpy().astype(np.int64), np.arange(units.height, dtype=np.int64))
    patterns = units.select("_n", *names).to_numpy().astype(np.float64)
    return Moments(measured, patterns, np.ones(units.height, dtype=np.int64), clusters, n_items, n_raters)


def _by_name(units: pl.DataFrame, frame: nw.DataFrame[Any] | nw.LazyFrame[Any], measured: Measured) -> pl.DataFrame:
    """Return responses with the place of their item among all by name: what a seed draws is the same on any engine."""
    native = frame.to_native()
    if not isinstance(native, pl.DataFrame | pl.LazyFrame):
        return units.with_columns(pl.col("item").alias("_place"))
    items = native.lazy().filter(_polars_given(native, measured)).select("item").unique().collect(engine="streaming")
    places = items.sort("item").select(pl.col("item").hash(), pl.int_range(pl.len(), dtype=pl.Int64).alias("_place"))
    return units.join(places, on="item", how="left")


def _given(frame: nw.DataFrame[Any] | nw.LazyFrame[Any], measured: Measured) -> nw.Expr:
    """Return which rows are ratings of a dimension that have a value."""
    given = (nw.col("dimension") == measured.dimension) & ~nw.col(measured.column).is_null()
    if measured.column == "label" and "not_applicable" in frame.collect_schema().names():
        given = given & ~nw.col("not_applicable")
    return given


def _polars_given(frame: pl.DataFrame | pl.LazyFrame, measured: Measured) -> pl.Expr:
    given = (pl.col("dimension") == measured.dimension) & pl.col(measured.column).is_not_null()
    if measured.column == "label" and "not_applicable" in frame.collect_schema():
        given = given & ~pl.col("not_applicable")
    return given


def _polars_units(
    frame: pl.DataFrame | pl.LazyFrame,
    measured: Measured,
    parts: Sequence[pl.Expr],
    names: Sequence[str],
    *,
    kinds: bool = False,
) -> tuple[pl.DataFrame, int]:
    """Return one row per response, and how many raters there are.

    With ``kinds``, and where no item has several responses, one row per kind of response instead. Items and responses are
    told apart by 64-bit hashes, which group three times faster than text; among a million, two are mistaken for one with a
    probability of 3e-8.

    """
    given = _polars_given(frame, measured)
    item, response = pl.col("item").hash().alias("item"), pl.col("response").hash(1)
    about_responses = bool(frame.lazy().select(pl.col("response").is_not_null().any()).collect().item())
    keys = [item, (item ^ response).alias("_unit")] if about_responses else [item]
    if isinstance(frame, pl.DataFrame):
        # Numbers are filtered faster than the texts that they stand for, and mostly there is nothing to filter.
        if kinds and not about_responses and 0 < len(names) <= MOST:
            part = frame if frame.select(given.all()).item() else frame.filter(given)
            with ThreadPoolExecutor(1) as beside:  # numpy sorts on one core, Polars groups on the other
                counted = beside.submit(lambda: part.lazy().group_by("rater").agg().collect(engine="streaming").height)
                return kinds_by_sorting(part, item, measured.column, measured.values or (), names), counted.result()
        taken = frame.select(*keys, "rater", *parts, given.alias("_given"))
        rows = (taken if taken["_given"].all() else taken.filter("_given")).lazy()
    else:
        rows = frame.filter(given).select(*keys, "rater", *parts)
    places = [key.meta.output_name() for key in keys]
    units = rows.group_by(places).agg(pl.len().alias("_n"), *(pl.col(name).sum() for name in names))
    if kinds and not about_responses:
        units = units.group_by("_n", *names).agg(pl.len().alias("_units"))
    per_unit, raters = pl.collect_all([units, rows.group_by("rater").agg()], engine="streaming")
    return per_unit, raters.height


def _distinct(given: nw.LazyFrame[Any]) -> tuple[int, int]:
    """Return how many items and raters there are."""
    both = collected(given.select(nw.col("item").n_unique(), nw.col("rater").n_unique())).row(0)
    return int(both[0]), int(both[1])


def _counts(
    measured: Measured,
    kinds: pl.DataFrame,
    names: Sequence[str],
    clusters: tuple[Indices, Indices] | None,
    n_items: int,
    n_raters: int,
) -> Counts:
    patterns = kinds.select(names).to_numpy().astype(np.float64) if names else np.zeros((kinds.height, 0))
    multiplicity = kinds["_units"].to_numpy().astype(np.int64)
    lost = int((kinds["_n"].to_numpy().astype(np.int64) - patterns.sum(axis=1).astype(np.int64)) @ multiplicity)
    if lost:
        values = measured.values or ()
        shown = ", ".join(short(one) if isinstance(one, float) else repr(one) for one in values[:12])
        more = ", and so on" if len(values) > 12 else ""  # noqa: PLR2004
        msg = (
            f"{measured.dimension!r} takes {shown}{more} (got {lost} others in the column {measured.column!r}): these scores "
            "are of another scale or another rubric"
        )
        raise InputError(msg)
    return Counts(measured, patterns, multiplicity, clusters, n_items, n_raters)


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


class PairRows:
    """Each distinct item's coincidences, computed as they are read: a fine scale has more pairs of values than fit at once.

    Stands where an array of shape (distinct items, q (q + 1) / 2) would.

    """

    __array_ufunc__ = None

    def __init__(self, counts: Counts) -> None:
        q = counts.patterns.shape[1]
        if counts.clusters is None:
            self._unit = np.arange(len(counts.patterns))
            self._starts = np.arange(len(counts.patterns) + 1)
        else:
            item, self._unit = counts.clusters
            self._starts = np.append(np.flatnonzero(np.diff(item, prepend=-1)), len(item))
        self._counts = counts
        self.shape = (len(self._starts) - 1, q * (q + 1) // 2)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, part: slice) -> Array:
        start, stop, _ = part.indices(len(self))
        bounds = self._starts[start : stop + 1]
        units = self._unit[bounds[0] : bounds[-1]]
        pairs = coincidences(self._counts.patterns[units], self._counts.sizes[units] - 1)
        return pairs if len(pairs) == stop - start else np.add.reduceat(pairs, bounds[:-1] - bounds[0], axis=0)

    def __rmatmul__(self, weights: Array) -> Array:
        step = max(1, _CELLS // self.shape[1])
        total = np.zeros((*weights.shape[:-1], self.shape[1]))
        for start in range(0, len(self), step):
            total += weights[..., start : start + step] @ self[start : start + step]
        return total
