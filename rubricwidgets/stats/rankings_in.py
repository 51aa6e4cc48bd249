"""What ranking statistics take: frames of rankings, checked, and the orders that they make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl

from rubricwidgets.errors import InputError, nearest
from rubricwidgets.stats.columns import collected, take
from rubricwidgets.stats.comparisons_in import of_dimension

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]

By = Literal["model", "response"]
Unranked = Literal["left_out", "below"]


@dataclass(frozen=True)
class Orders:
    """Distinct orders and where they occur.

    Parameters
    ----------
    names
        What is ranked, sorted.
    order
        Indices of names from best to worst, -1 behind the last, shape (orders, longest).
    first, last
        For each place of an order: where its tie begins and ends, shape (orders, longest); itself without a tie.
    pattern, item
        Of each ranking: which order it is, and the place of its item.
    n_items, n_raters
        How many.

    """

    names: tuple[str, ...]
    order: Indices
    first: Indices
    last: Indices
    pattern: Indices
    item: Indices
    n_items: int
    n_raters: int

    @property
    def n(self) -> int:
        """Rankings that count."""
        return len(self.pattern)


def rankings_in(
    rankings: Any,  # noqa: ANN401 - a frame of any library that narwhals knows
    *,
    dimension: str | None,
    by: By,
    unranked: Unranked,
) -> pl.DataFrame:
    """Return rankings in memory, checked: item, rater, name (what is ranked), rank (Float64, 1 the best, null unranked).

    Raises
    ------
    InputError
        If a column is missing, an item or rater is null, one thing stands twice in a ranking, or an option is unknown.

    """
    for option, value, allowed in (("by", by, ("model", "response")), ("unranked", unranked, ("left_out", "below"))):
        if value not in allowed:
            close = nearest(value, allowed)
            hint = f"; did you mean {close!r}?" if close else ""
            msg = f"{option!r} takes {' or '.join(map(repr, allowed))} (got {value!r}){hint}"
            raise InputError(msg)
    lazy = of_dimension(
        take(
            rankings, ("item", "rater", by, "rank"), optional=("dimension",), what="rankings", source="study.rankings()"
        ),
        dimension,
        "rankings",
    )
    frame = collected(lazy.select("item", "rater", by, "rank")).rename({by: "name"})
    frame = frame.select(pl.col("item", "rater", "name").cast(pl.String), pl.col("rank").cast(pl.Float64))
    for column in ("item", "rater"):
        if missing := frame[column].null_count():
            msg = f"'rankings' takes a value for {column!r} in every row ({missing} are null): drop or fill them"
            raise InputError(msg)
    frame = frame.drop_nulls("name")
    twice = frame.filter(frame.select("item", "rater", "name").is_duplicated())
    if twice.height:
        item, rater, name, _ = twice.row(0)
        way = "by='response' ranks responses" if by == "model" else "keep the latest of each"
        msg = f"'rankings' takes each {by} once in a ranking (got {name!r} twice by {rater!r} on {item!r}): {way}"
        raise InputError(msg)
    if not frame["rank"].drop_nulls().is_finite().all():
        msg = "'rank' takes finite numbers, 1 for the best, or null"
        raise InputError(msg)
    if unranked == "left_out":
        return frame.drop_nulls("rank")
    # Those a rater left unranked share the place behind the last; a ranking of none says nothing.
    last = pl.col("rank").max().over("item", "rater") + 1
    return frame.with_columns(pl.col("rank").fill_null(last)).drop_nulls("rank")


def orders_of(frame: pl.DataFrame) -> Orders:
    """Return the distinct orders in a frame of :func:`rankings_in`; rankings of one thing only are left out."""
    frame = frame.filter(pl.len().over("item", "rater") > 1)
    names = frame["name"].unique().sort()
    items, raters = frame["item"].unique().sort(), frame["rater"].unique().sort()
    if not frame.height:
        none = np.zeros((0, 0), np.int64)
        return Orders((), none, none, none, np.zeros(0, np.int64), np.zeros(0, np.int64), 0, 0)
    coded = frame.select(
        pl.col("item").cast(pl.Enum(items)).to_physical().cast(pl.Int64),
        pl.col("rater").cast(pl.Enum(raters)).to_physical().cast(pl.Int64),
        pl.col("name").cast(pl.Enum(names)).to_physical().cast(pl.Int64),
        "rank",
    ).sort("item", "rater", "rank", "name")
    item, rater, name, rank = (coded[column].to_numpy() for column in ("item", "rater", "name", "rank"))
    n = len(item)
    new = np.ones(n, np.bool_)
    new[1:] = (item[1:] != item[:-1]) | (rater[1:] != rater[:-1])
    ranking = np.cumsum(new) - 1
    start = np.flatnonzero(new)
    place = np.arange(n) - start[ranking]
    longest = int(place.max()) + 1
    tied = ~new
    tied[1:] &= rank[1:] == rank[:-1]
    # A place and whether it ties with the one before make an order.
    table = np.full((len(start), 2 * longest), -1, np.int64)
    table[ranking, place] = name
    table[ranking, longest + place] = tied
    distinct, pattern = np.unique(table, axis=0, return_inverse=True)
    joined = distinct[:, longest:] == 1
    places = np.broadcast_to(np.arange(longest), joined.shape)
    first = np.maximum.accumulate(np.where(joined, 0, places), axis=1)
    ends = np.ones_like(joined)
    ends[:, :-1] = ~joined[:, 1:]
    last = np.minimum.accumulate(np.where(ends, places, longest)[:, ::-1], axis=1)[:, ::-1]
    return Orders(
        tuple(names.to_list()),
        distinct[:, :longest],
        first,
        last,
        pattern.ravel().astype(np.int64),
        item[start].astype(np.int64),
        len(items),
        len(raters),
    )
