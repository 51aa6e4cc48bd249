"""Are a judge's scores those that people would give? Bias, slope, the curve that corrects them, and probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from rubricwidgets.stats.coefficients import ratio
from rubricwidgets.stats.estimates import Estimate
from rubricwidgets.stats.judge_agreement import FLAT
from rubricwidgets.stats.judge_scores import NO_COMMON, ONE, Panel, over_items, per_item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: One row for each score that a judge gives, or tenth of them where there are many.
CURVE_SCHEMA = pl.Schema(
    {
        "judge": pl.String(),
        "dimension": pl.String(),
        "score": pl.Float64(),
        "n_responses": pl.Int64(),
        "people": pl.Float64(),
        "linear": pl.Float64(),
        "monotone": pl.Float64(),
    }
)
_BINS = 10
_CATEGORIES = "its answers are categories, which have no bias"
_BINNED = "binned: too high in small samples, so without an interval"


def of_judge(panel: Panel, judge: str, confidence: float) -> Iterator[Estimate]:
    """Return how a judge's scores lie to people's means.

    Bias (the mean of judge minus people), mean absolute difference, and the least-squares line from the judge's score
    to people's mean: slope 1 and intercept 0 would need no correction; a slope below 1 says that the judge spreads its
    scores further than what people see (J. Mincer and V. Zarnowitz, "The evaluation of economic forecasts", 1969; Cox, "Two
    further applications of a model for binary regression", Biometrika 45, 1958). Where people say yes or no and the
    judge gives probabilities: Brier's score and the expected calibration error over ten bins of equal width (Naeini, Cooper
    and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015).
    """
    base: dict[str, Any] = {"dimension": panel.measured.dimension}
    if not panel.numeric:
        yield Estimate(statistic="bias", value=None, note=_CATEGORIES, **base)
        return
    rows = panel.beside(judge).select("item", pl.col("v").alias("x"), pl.col("people").alias("y"), "k")
    base |= {
        "n_items": rows["item"].n_unique(),
        "n_raters": panel.people["rater"].n_unique(),
        "n_ratings": int(rows["k"].sum()),
    }
    shared: dict[str, Any] = {**base, "confidence": confidence}
    x, y = pl.col("x"), pl.col("y")
    for name, term in (("bias", x - y), ("mean absolute difference", (x - y).abs())):
        yield over_items(per_item(rows, [ONE, term]), _mean, statistic=name, undefined=NO_COMMON, **shared)
    sums = per_item(rows, [ONE, x, y, x * x, x * y])
    yield over_items(
        sums, slope, statistic="slope", kind="people's mean on the judge's score", undefined=FLAT, **shared
    )
    yield over_items(
        sums, _intercept, statistic="intercept", kind="people's mean on the judge's score", undefined=FLAT, **shared
    )
    if _probabilities(panel, rows):
        yield over_items(
            per_item(rows, [ONE, (x - y) ** 2]), _mean, statistic="Brier score", undefined=NO_COMMON, **shared
        )
        yield Estimate(
            statistic="expected calibration error",
            value=expected_error(rows["x"].to_numpy(), rows["y"].to_numpy()),
            method=f"{_BINS} bins of equal width",
            note=_BINNED,
            **base,
        )


def curve(panel: Panel, judge: str) -> list[dict[str, Any]]:
    """Return what people give where the judge gives a score: their mean, the line, and the best monotone curve."""
    rows = panel.beside(judge) if panel.numeric else pl.DataFrame()
    if rows.is_empty():
        return []
    few = rows["v"].n_unique() <= 2 * _BINS
    cut = pl.col("v") if few else pl.col("v").rank("ordinal").sub(1).mul(_BINS).floordiv(rows.height)
    table = (
        rows.group_by(cut.alias("bin"))
        .agg(pl.col("v").mean().alias("score"), pl.len().alias("n_responses"), pl.col("people").mean())
        .sort("score")
    )
    given, people = rows["v"].to_numpy(), rows["people"].to_numpy()
    sums = np.array([[len(given), given.sum(), people.sum(), given @ given, given @ people]])
    steep, start = float(slope(sums)[0]), float(_intercept(sums)[0])
    fitted = monotone(table["people"].to_numpy(), table["n_responses"].to_numpy().astype(np.float64))
    return [
        {
            "judge": judge,
            "dimension": panel.measured.dimension,
            "score": row["score"],
            "n_responses": row["n_responses"],
            "people": row["people"],
            "linear": start + steep * row["score"] if np.isfinite(steep) else None,
            "monotone": float(level),
        }
        for row, level in zip(table.iter_rows(named=True), fitted, strict=True)
    ]


def monotone(values: Array, weights: Array) -> Array:
    """Return the least-squares fit that never falls, by pooling adjacent violators.

    Ayer, Brunk, Ewing, Reid and Silverman, "An empirical distribution function for sampling with incomplete
    information", Annals of Mathematical Statistics 26, 1955.

    Examples
    --------
    >>> monotone(np.array([1.0, 3.0, 2.0]), np.ones(3)).tolist()
    [1.0, 2.5, 2.5]

    """
    blocks: list[list[float]] = []  # mean, weight, length
    for value, weight in zip(values, weights, strict=True):
        blocks.append([float(value), float(weight), 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, heavy, length = blocks.pop()
            last = blocks[-1]
            last[0] = (last[0] * last[1] + mean * heavy) / (last[1] + heavy)
            last[1] += heavy
            last[2] += length
    return np.repeat([block[0] for block in blocks], [int(block[2]) for block in blocks])


def expected_error(given: Array, people: Array) -> float | None:
    """Return the mean distance between probabilities and shares of yes, over bins of equal width.

    Examples
    --------
    >>> expected_error(np.array([0.75, 0.75, 0.25, 0.25]), np.array([1.0, 1.0, 0.0, 0.0]))
    0.25

    """
    if not len(given):
        return None
    place = np.minimum((given * _BINS).astype(np.int64), _BINS - 1)
    apart = np.bincount(place, given - people, minlength=_BINS)
    return float(np.abs(apart).sum() / len(given))


def _probabilities(panel: Panel, rows: pl.DataFrame) -> bool:
    """Return whether people say yes or no and the judge gives shares between."""
    yes_no = panel.people["v"].is_in([0.0, 1.0]).all()
    given = rows["x"]
    return bool(yes_no and given.len() and given.is_between(0, 1).all() and not given.is_in([0.0, 1.0]).all())


def _mean(sums: Array) -> Array:
    return ratio(sums[:, 1], sums[:, 0])


def slope(sums: Array) -> Array:
    """Return the least-squares slope of y on x from n, x, y, x**2 and x y."""
    n = sums[:, 0]
    mx, my = ratio(sums[:, 1], n), ratio(sums[:, 2], n)
    spread = ratio(sums[:, 3], n) - mx**2
    spread = np.where(spread < 1e-12 * (1 + mx**2), 0.0, spread)
    return ratio(ratio(sums[:, 4], n) - mx * my, spread)


def _intercept(sums: Array) -> Array:
    n = sums[:, 0]
    return np.asarray(ratio(sums[:, 2], n) - slope(sums) * ratio(sums[:, 1], n))
