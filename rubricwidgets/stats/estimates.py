"""What every statistic returns: an estimate with its interval, how it was found, on how much, or why there is none.

Decided once for all statistics: where a number is undefined its value is null and the note says why in words. Nothing
raises for thin data, and no NaN or infinity stands in a frame.

============================================  =====================================================================
the data                                      what is said
============================================  =====================================================================
no scores, or none but "not applicable"       value null: :data:`NO_SCORES`
categories where numbers are needed           value null: :data:`NO_NUMBERS`
one rater                                     value null: :data:`ONE_RATER`
several raters, no item in common             value null: :data:`NO_OVERLAP`
every rating the same value                   chance-corrected coefficients null: :data:`CONSTANT`; percent agreement
                                              is 1, and so are the coefficients whose chance does not depend on it
one category on the scale                     value null: :data:`ONE_CATEGORY`
one item, with one response or with several   the value, without an interval or a test: :data:`ONE_ITEM`
every item says the same                      the value; the interval has no width: :data:`SAME`
a leave-one-out value undefined               the value, without an interval: :data:`FRAGILE`
an infinite estimate (wins every time)        the limit is stated in the note, value null
============================================  =====================================================================
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import polars as pl

from rubricwidgets.scales.numbers import short
from rubricwidgets.stats.tables import frame_html, frame_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

NO_SCORES = "no scores"
NO_NUMBERS = "its answers are categories, which have no numbers"
NO_MODELS = "no response says which model it is from"
ONE_RATER = "one rater only: agreement takes two"
NO_OVERLAP = "no item was rated by two raters"
CONSTANT = "every rating is the same value: chance alone would agree as often, so the coefficient is undefined"
ONE_CATEGORY = "one category only: agreement beyond chance is undefined"
ONE_ITEM = "one item only: no interval"
SAME = "every item says the same: the interval says nothing about others"
FRAGILE = "the estimate hangs on a single item: no interval"

#: Tables of estimates have these columns; by-columns stand in front.
ESTIMATES_SCHEMA = pl.Schema(
    {
        "dimension": pl.String,
        "statistic": pl.String,
        "value": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "se": pl.Float64,
        "method": pl.String,
        "n_items": pl.Int64,
        "n_raters": pl.Int64,
        "n_ratings": pl.Int64,
        "note": pl.String,
    }
)


def finite(value: object) -> float | None:
    """Return a number as a float; None for what is missing, not a number or infinite."""
    if value is None:
        return None
    number = float(value)  # type: ignore[arg-type]
    return number if math.isfinite(number) else None


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """One number, how sure it is, and what it rests on.

    Parameters
    ----------
    statistic
        What was estimated.
    value, low, high, se
        The estimate, its interval and its standard error; None where undefined.
    method
        How: weights or metric, and the kind of the interval with its coverage.
    n_items, n_raters, n_ratings
        How much it rests on.
    dimension
        Of the rubric.
    note
        Why a part of it is undefined, in words.

    Examples
    --------
    >>> Estimate(statistic="alpha", value=0.8, low=0.7, high=0.9, method="ordinal metric").to_frame()["value"][0]
    0.8

    """

    statistic: str
    value: float | None
    low: float | None = None
    high: float | None = None
    se: float | None = None
    method: str = ""
    n_items: int | None = None
    n_raters: int | None = None
    n_ratings: int | None = None
    dimension: str | None = None
    note: str | None = None

    def __post_init__(self) -> None:
        for name in ("value", "low", "high", "se"):
            object.__setattr__(self, name, finite(getattr(self, name)))
        if self.value is None and not self.note:
            object.__setattr__(self, "note", "undefined on these data")

    def to_frame(self) -> pl.DataFrame:
        """Return the estimate as a frame of one row, see :data:`ESTIMATES_SCHEMA`."""
        return estimates_frame([self])

    def __str__(self) -> str:
        return f"{self.statistic} {in_digits(self.value, self.low, self.high)}" + (
            f" ({self.note})" if self.note else ""
        )


def estimates_frame(estimates: Iterable[Estimate], by: Mapping[str, Sequence[Any]] | None = None) -> pl.DataFrame:
    """Return estimates as one frame.

    Parameters
    ----------
    estimates
        One per row.
    by
        By-columns for the front: name to one value per row.

    """
    rows = [{name: asdict(one)[name] for name in ESTIMATES_SCHEMA.names()} for one in estimates]
    frame = pl.DataFrame(rows, schema=ESTIMATES_SCHEMA)
    if not by:
        return frame
    return frame.select(*(pl.Series(name, list(values)) for name, values in by.items()), pl.all())


def in_digits(value: float | None, low: float | None = None, high: float | None = None, digits: int = 2) -> str:
    """Return an estimate as a text prints it: ``0.43 [0.31, 0.52]``.

    Examples
    --------
    >>> in_digits(0.4321, 0.3, 0.5)
    '0.43 [0.30, 0.50]'

    """
    if value is None:
        return "undefined"
    # Adding 0 makes the zero that is below zero a plain one.
    shown, *ends = (None if one is None else f"{round(one, digits) + 0.0:.{digits}f}" for one in (value, low, high))
    return f"{shown}" if None in ends else f"{shown} [{ends[0]}, {ends[1]}]"


def percent(confidence: float) -> str:
    """Return a coverage in words.

    Examples
    --------
    >>> percent(0.95)
    '95 %'

    """
    return f"{short(round(confidence * 100, 6))} %"


class Result(ABC):
    """What a statistic of several parts returns: a sentence, and one frame or more."""

    @abstractmethod
    def to_frame(self) -> pl.DataFrame:
        """Return the main table."""

    @abstractmethod
    def in_words(self) -> str:
        """Return the result in a sentence or two, in a line of its own for each dimension."""

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return every table by its title."""
        return {"": self.to_frame()}

    def __str__(self) -> str:
        parts = [self.in_words()]
        for title, frame in self.tables().items():
            parts.append("\n".join(filter(None, (title, frame_text(frame)))))
        return "\n\n".join(parts)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        parts = [f"<p>{escape(line)}</p>" for line in self.in_words().splitlines()]
        for title, frame in self.tables().items():
            if title:
                parts.append(f"<p><strong>{escape(title)}</strong></p>")
            parts.append(frame_html(frame))
        return "\n".join(parts)
