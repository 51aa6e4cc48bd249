"""Who answered what: the ratings of one dimension as three columns of places, for what must know the raters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rubricwidgets.stats.intake import Measured

    Array = NDArray[np.float64]
    Indices = NDArray[np.int64]

_MOST_CODES = 20_000_000


@dataclass(frozen=True)
class Votes:
    """The ratings of one dimension that have a value.

    Parameters
    ----------
    unit, rater, value
        Of each rating: the place of its response (or item) among the units, of its rater, of its value among the values;
        value is -1 where the dimension has no end of values.
    number
        Of each rating: its score; the value's place for categories.
    first
        Of each unit: a row of the frame that it stands in.
    item
        Of each unit: the place of its item among the items.
    raters
        Their names, sorted.
    n_values
        How many values the dimension has.

    """

    unit: Indices
    rater: Indices
    value: Indices
    number: Array
    first: Indices
    item: Indices
    raters: tuple[str, ...]
    n_values: int

    @property
    def n_units(self) -> int:
        """Responses (or items) with a rating."""
        return len(self.first)

    @property
    def per_unit(self) -> Indices:
        """Ratings of each unit."""
        return np.bincount(self.unit, minlength=self.n_units)

    @property
    def same(self) -> NDArray[np.bool_]:
        """Whether all ratings of a unit are the same."""
        last = np.zeros(self.n_units)
        last[self.unit] = self.number
        return np.asarray(np.bincount(self.unit, self.number != last[self.unit], minlength=self.n_units) == 0)

    @property
    def per_rater(self) -> Indices:
        """Ratings of each rater."""
        return np.bincount(self.rater, minlength=len(self.raters))


def votes_of(frame: pl.DataFrame, measured: Measured) -> Votes:
    """Return the ratings of one dimension.

    Parameters
    ----------
    frame
        Rows of that dimension only, with item, response, rater and the column that ``measured`` names; rows without a
        value are left out.
    measured
        The dimension.

    """
    given = pl.col(measured.column).is_not_null()
    if measured.column == "label" and "not_applicable" in frame.columns:
        given &= ~pl.col("not_applicable").fill_null(value=False)
    kept = frame.with_row_index("_row").filter(given)
    unit, first = _places(kept["item"], kept["response"])
    names = kept["rater"].cast(pl.String).unique().sort()
    rater = kept["rater"].cast(pl.String).cast(pl.Enum(names)).to_physical().to_numpy().astype(np.int64)
    values = measured.values or ()
    if measured.column == "label":
        known = pl.Enum([str(one) for one in values])
        value = kept["label"].cast(known).to_physical().to_numpy()
        number = value.astype(np.float64)
    else:
        number = kept["score"].to_numpy().astype(np.float64)
        value = np.searchsorted(np.array(values, dtype=np.float64), number) if values else np.full(len(number), -1)
    rows = kept["_row"].to_numpy().astype(np.int64)
    item = unit if len(first) == 0 else _places(kept["item"][first], kept["item"][first])[0]
    return Votes(unit, rater, value.astype(np.int64), number, rows[first], item, tuple(names.to_list()), len(values))


def _places(item: pl.Series, response: pl.Series) -> tuple[Indices, Indices]:
    """Return the place of each row's response among all, in order of appearance, and the first row of each."""
    code = _code(item)
    if response.null_count() < len(response):
        other = _code(response.cast(pl.String).fill_null(""))
        code = code * (int(other.max()) + 1) + other
    n = len(code)
    span = int(code.max()) + 1 if n else 0
    if span > _MOST_CODES:
        _, code = np.unique(code, return_inverse=True)
        span = int(code.max()) + 1
    seen = np.full(span, n, np.int64)
    seen[code[::-1]] = np.arange(n - 1, -1, -1)
    present = np.flatnonzero(seen < n)
    present = present[np.argsort(seen[present], kind="stable")]
    place = np.zeros(span, np.int64)
    place[present] = np.arange(len(present))
    return np.asarray(place[code]), np.asarray(seen[present])


def _code(names: pl.Series) -> Indices:
    """Return whole numbers from 0 that tell names apart."""
    if names.dtype.is_integer():
        code = names.to_numpy().astype(np.int64)
    else:
        kind = (
            names if isinstance(names.dtype, (pl.Categorical, pl.Enum)) else names.cast(pl.String).cast(pl.Categorical)
        )
        code = kind.to_physical().to_numpy().astype(np.int64)
    return np.asarray(code - (code.min() if len(code) else 0))
