"""Control charts of a series, many series at once: EWMA and CUSUM, their limits, and how rarely they alarm without cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_STATES = 201


def ewma(
    series: pl.DataFrame, keys: Sequence[str], *, lambda_: float, limit: float, exact: bool = True
) -> pl.DataFrame:
    """Add the exponentially weighted moving average of each series and its control limits.

    ``z_t = lambda x_t + (1 - lambda) z_(t-1)`` with ``z_0`` the target; limits at
    ``target +- L sigma sqrt(lambda / (2 - lambda) (1 - (1 - lambda)**(2 t)))`` (Roberts, "Control chart tests based on geometric
    moving averages", Technometrics 1, 1959; NIST/SEMATECH e-Handbook of Statistical Methods, section 6.3.2.4, whose limits are
    those of large t; Montgomery, Introduction to Statistical Quality Control, equations 9.25 and 9.26).

    Parameters
    ----------
    series
        Columns: the keys, place (1 to n in each series), deviation, target, sigma. In order.
    keys
        What tells series apart.
    lambda_
        Weight of the newest point, above 0 and up to 1.
    limit
        L, in standard deviations of the average.
    exact
        The limits of each t; otherwise those that they grow towards.

    Returns
    -------
    polars.DataFrame
        With statistic, low, high (Float64) and alarm (String: ``"up"``, ``"down"`` or null).

    Examples
    --------
    >>> frame = pl.DataFrame({"s": ["a"] * 2, "place": [1, 2], "deviation": [52.0, 47.0], "target": 50.0, "sigma": 2.0})
    >>> ewma(frame, ["s"], lambda_=0.3, limit=3.0)["statistic"].round(3).to_list()
    [50.6, 49.52]

    """
    target = pl.col("target").cast(pl.Float64)
    off = series.select(*keys, (pl.col("deviation").cast(pl.Float64) - target).alias("_off"))
    # Polars' average begins with the first value as it is: let that be the target.
    start = off.unique(keys, keep="first", maintain_order=True).with_columns(pl.lit(0.0).alias("_off"))
    average = pl.col("_off").ewm_mean(alpha=lambda_, adjust=False).over(keys)
    averaged = pl.concat([start, off]).select(average).to_series().slice(start.height)
    grown = 1 - (1 - lambda_) ** (2 * pl.col("place").cast(pl.Float64)) if exact else pl.lit(1.0)
    half = limit * pl.col("sigma") * (lambda_ / (2 - lambda_) * grown).sqrt()
    shown = series.with_columns(averaged.alias("statistic")).with_columns(
        (target + pl.col("statistic")).alias("statistic"), (target - half).alias("low"), (target + half).alias("high")
    )
    return shown.with_columns(
        pl.when(pl.col("statistic") > pl.col("high"))
        .then(pl.lit("up"))
        .when(pl.col("statistic") < pl.col("low"))
        .then(pl.lit("down"))
        .alias("alarm")
    )


def cusum(series: pl.DataFrame, keys: Sequence[str], *, allowance: float, limit: float) -> pl.DataFrame:
    """Add the two tabular cumulative sums of each series and the decision interval.

    ``C+_t = max(0, x_t - (target + K) + C+_(t-1))`` and ``C-_t = max(0, (target - K) - x_t + C-_(t-1))`` with ``K = k sigma``;
    an alarm where one exceeds ``h sigma`` (Page, "Continuous inspection schemes", Biometrika 41, 1954; Montgomery,
    Introduction to Statistical Quality Control, section 9.1.2). The maximum with zero is the running sum less its running minimum,
    so no series is walked through.

    Parameters
    ----------
    series
        As for :func:`ewma`.
    keys
        What tells series apart.
    allowance
        k, half the shift that matters, in standard deviations.
    limit
        h, in standard deviations.

    Returns
    -------
    polars.DataFrame
        With statistic (C+), statistic_low (C-, as a number below zero), low and high (Float64: the decision interval) and
        alarm (String: ``"up"``, ``"down"`` or null).

    Examples
    --------
    >>> frame = pl.DataFrame({"s": ["a"] * 2, "place": [1, 2], "deviation": [12.0, 11.0], "target": 10.0, "sigma": 1.0})
    >>> cusum(frame, ["s"], allowance=0.5, limit=5.0)["statistic"].to_list()
    [1.5, 2.0]

    """
    off = pl.col("deviation") - pl.col("target")
    slack = allowance * pl.col("sigma")

    def summed(step: pl.Expr) -> pl.Expr:
        total = step.cum_sum()
        return (total - pl.min_horizontal(total.cum_min(), pl.lit(0.0))).over(keys)

    half = limit * pl.col("sigma")
    shown = series.with_columns(
        summed(off - slack).alias("statistic"),
        (-summed(-off - slack)).alias("statistic_low"),
        (-half).alias("low"),
        half.alias("high"),
    )
    return shown.with_columns(
        pl.when(pl.col("statistic") > pl.col("high"))
        .then(pl.lit("up"))
        .when(pl.col("statistic_low") < pl.col("low"))
        .then(pl.lit("down"))
        .alias("alarm")
    )


def ewma_run_length(lambda_: float, limit: float) -> float:
    """Return after how many points an EWMA alarms without cause, on average, for normal values.

    By the Markov chain of Brook and Evans, "An approach to the probability distribution of cusum run length", Biometrika 59,
    1972, with the limits of large t, as in Lucas and Saccucci, "Exponentially weighted moving average control schemes",
    Technometrics 32, 1990, table 3.

    Examples
    --------
    >>> round(ewma_run_length(0.2, 2.962) / 100)
    5

    """
    edge = limit * (lambda_ / (2 - lambda_)) ** 0.5
    edges = np.linspace(-edge, edge, _STATES + 1)
    middle = (edges[:-1] + edges[1:]) / 2
    return _run_length((edges[None, :] - (1 - lambda_) * middle[:, None]) / lambda_, _STATES // 2)


def cusum_run_length(allowance: float, limit: float) -> float:
    """Return after how many points a two-sided CUSUM alarms without cause, on average, for normal values.

    By the Markov chain of Brook and Evans 1972; the two sides together alarm with the sum of both rates (Van Dobben de Bruyn,
    Cumulative Sum Tests, 1968).

    Examples
    --------
    >>> round(cusum_run_length(0.5, 5.0))
    465

    """
    width = 2 * limit / (2 * _STATES - 1)
    state = np.arange(_STATES) * width
    edges = np.concatenate([[-np.inf], state + width / 2])
    return _run_length(edges[None, :] - state[:, None] + allowance, 0) / 2


def _run_length(edges: Array, start: int) -> float:
    from scipy.special import ndtr  # noqa: PLC0415

    moves = np.diff(ndtr(edges), axis=1)
    steps = np.linalg.solve(np.eye(len(moves)) - moves, np.ones(len(moves)))
    return float(steps[start])
