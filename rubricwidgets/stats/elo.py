"""Elo ratings, for those who ask: what they say depends on the step K and on the order of the comparisons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from rubricwidgets.errors import InputError
from rubricwidgets.scales.numbers import plain_number, short
from rubricwidgets.stats.comparisons_in import checked_columns, comparison_rows
from rubricwidgets.stats.estimates import Result
from rubricwidgets.texts import counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Indices = NDArray[np.int64]

_SPREAD = (0.025, 0.975)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class EloResult(Result):
    """Elo ratings and how far they hang on the order of the comparisons.

    Parameters
    ----------
    ratings
        One row per model, highest first: model, elo (Float64: in the order given), order_low, order_high (Float64: the middle
        95 % over random orders of the same comparisons; null without them), n (Int64: its comparisons).
    k, scale, initial
        As asked for.
    orders
        How many random orders were run.
    order
        In which order the comparisons were taken, in words.
    n_comparisons
        How many.

    """

    ratings: pl.DataFrame
    k: float
    scale: float
    initial: float
    orders: int
    order: str
    n_comparisons: int

    def to_frame(self) -> pl.DataFrame:
        """Return the ratings."""
        return self.ratings

    def in_words(self) -> str:
        """Return what was computed and how far the order matters."""
        if not self.n_comparisons:
            return "No comparison of two models has a verdict."
        words = (
            f"Elo ratings of {self.ratings.height} models after {counted(self.n_comparisons, 'comparison')}, K = {short(self.k)}, "
            f"{short(self.scale)} points for odds of 10 to 1, from {short(self.initial)}, {self.order}. Elo depends on that order and "
            "on K, and has no standard error: pairwise() has both interval and order of models."
        )
        if not self.orders:
            return words
        widest = float((self.ratings["order_high"] - self.ratings["order_low"]).max() or 0.0)  # type: ignore[arg-type]
        return f"{words} In {self.orders} random orders of the same comparisons a rating moves by up to {widest:.0f} points."


def elo(
    comparisons: Any,  # noqa: ANN401 - a frame of any library that narwhals knows
    *,
    dimension: str | None = None,
    k: float = 32.0,
    scale: float = 400.0,
    initial: float = 1000.0,
    orders: int = 20,
    seed: int = 0,
) -> EloResult:
    """Compute Elo ratings, with the order in which comparisons were made, and in random orders.

    After each comparison the winner's rating rises by ``k (1 - p)`` and the loser's falls by as much, where
    ``p = 1 / (1 + 10**(-(difference) / scale))`` was expected of the winner; in a tie the score is one half (Elo, The
    Rating of Chessplayers, Past and Present, 1978, section 1.6).

    Parameters
    ----------
    comparisons
        As :func:`rubricwidgets.stats.pairwise.pairwise` takes them; ``submitted_at`` gives the order, else the frame does.
    dimension
        Which one; needed where the frame has several.
    k
        The step, above 0.
    scale
        Points that stand for odds of 10 to 1, above 0.
    initial
        Where every model begins.
    orders
        In how many random orders to run the same comparisons; 0 for none.
    seed
        The same seed gives the same random orders.

    Returns
    -------
    EloResult
        Ratings with their spread over orders.

    Raises
    ------
    InputError
        If a column is missing, a verdict names nobody in its row or contradicts another column, or a number is not allowed.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"left_model": ["a"], "right_model": ["b"], "winner": ["left"]})
    >>> elo(frame, k=4).to_frame().select("model", "elo").rows()
    [('a', 1002.0), ('b', 998.0)]

    """
    for name, value in (("k", k), ("scale", scale)):
        number = plain_number(value)
        if number is None or number <= 0:
            msg = f"{name!r} takes a number above 0 (got {value!r})"
            raise InputError(msg)
    if isinstance(orders, bool) or not isinstance(orders, int) or orders < 0:
        msg = f"'orders' takes a whole number from 0 (got {orders!r})"
        raise InputError(msg)
    timed = "submitted_at" in checked_columns(comparisons).collect_schema().names()
    rows = comparison_rows(comparisons, dimension=dimension, more=("submitted_at",) if timed else ())
    if timed:
        rows = rows.sort("submitted_at", maintain_order=True, nulls_last=True)
    models = pl.concat([rows["left_model"], rows["right_model"]]).unique().sort().to_list()
    kind = pl.Enum(models)
    left, right = (
        rows[name].cast(kind).to_physical().to_numpy().astype(np.int64) for name in ("left_model", "right_model")
    )
    score = (1 - rows["verdict"].to_numpy().astype(np.float64)) / 2
    ratings = _run(left, right, score, len(models), k=k, scale=scale)
    spread: list[list[float | None]] = [[None] * len(models)] * 2
    if orders and len(models):
        seeds = np.random.SeedSequence(seed).spawn(orders)
        runs = []
        for one in seeds:
            shuffled = np.random.default_rng(one).permutation(len(left))
            runs.append(_run(left[shuffled], right[shuffled], score[shuffled], len(models), k=k, scale=scale))
        low, high = np.quantile(np.array(runs), _SPREAD, axis=0) + initial
        spread = [low.tolist(), high.tolist()]
    frame = pl.DataFrame(
        {
            "model": models,
            "elo": ratings + initial,
            "order_low": spread[0],
            "order_high": spread[1],
            "n": np.bincount(left, minlength=len(models)) + np.bincount(right, minlength=len(models)),
        },
        schema={
            "model": pl.String,
            "elo": pl.Float64,
            "order_low": pl.Float64,
            "order_high": pl.Float64,
            "n": pl.Int64,
        },
    ).sort("elo", "model", descending=[True, False])
    return EloResult(
        ratings=frame,
        k=float(k),
        scale=float(scale),
        initial=float(initial),
        orders=orders,
        order="in the order of submission" if timed else "in the order of the frame",
        n_comparisons=rows.height,
    )


def _run(left: Indices, right: Indices, score: Array, n: int, *, k: float, scale: float) -> Array:
    """Return ratings around 0 after all comparisons; each step needs the one before, so this is a plain loop."""
    ratings = [0.0] * n
    for one, other, won in zip(left.tolist(), right.tolist(), score.tolist(), strict=True):
        exponent = min(max((ratings[other] - ratings[one]) / scale, -300.0), 300.0)
        change = k * (won - 1 / (1 + 10**exponent))
        ratings[one] += change
        ratings[other] -= change
    return np.array(ratings, dtype=np.float64)
