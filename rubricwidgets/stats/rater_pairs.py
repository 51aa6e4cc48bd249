"""Who agrees with whom? Every two raters with what they rated in common, their agreement, kappa and correlation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from rubricwidgets.stats import coefficients as co
from rubricwidgets.stats.agreement import checked
from rubricwidgets.stats.agreement_options import check_weights, weights_of
from rubricwidgets.stats.estimates import CONSTANT
from rubricwidgets.stats.intake import measured
from rubricwidgets.stats.paired_raters import Pairs, kappas
from rubricwidgets.stats.rated import of_common, rated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rubricwidgets.rubric import Rubric
    from rubricwidgets.scales.base import Level
    from rubricwidgets.stats.coefficients import Weights
    from rubricwidgets.stats.intake import Measured

    Array = NDArray[np.float64]

#: Columns of :func:`rater_pairs`.
PAIRS_SCHEMA = pl.Schema(
    {
        "dimension": pl.String,
        "rater": pl.String,
        "other": pl.String,
        "n_items": pl.Int64,
        "n_responses": pl.Int64,
        "percent": pl.Float64,
        "kappa": pl.Float64,
        "weights": pl.String,
        "correlation": pl.Float64,
        "difference": pl.Float64,
        "note": pl.String,
    }
)
_CENTRED = 1e-12


def rater_pairs(
    scores: Any,  # noqa: ANN401 - a frame of any library that narwhals knows
    rubric: Rubric | None = None,
    *,
    dimensions: Sequence[str] | str | None = None,
    level: Level | None = None,
    weights: Weights | None = None,
) -> pl.DataFrame:
    """Compare every two raters on each dimension.

    Parameters
    ----------
    scores
        A frame with the columns of ``Study.scores()``.
    rubric
        Gives order, levels of measurement and every value of each scale.
    dimensions
        Some of the dimensions; all by default.
    level
        ``"nominal"``, ``"ordinal"``, ``"interval"`` or ``"ratio"`` in place of the scale's own.
    weights
        Of kappa: ``"identity"``, ``"linear"``, ``"quadratic"`` or ``"gwet_ordinal"``. Default: quadratic for ordered scales,
        identity for categories.

    Returns
    -------
    polars.DataFrame
        One row per dimension and two raters with a response in common: dimension, rater, other (String), n_items,
        n_responses (Int64: in common), percent (Float64: share of equal answers), kappa (Float64: Cohen 1960, 1968), weights
        (String), correlation (Float64: of ranks, Spearman 1904, for ordinal scales, else Pearson's; null for categories and
        where a rater never varies), difference (Float64: mean of ``other`` less ``rater``; null for categories), note (String:
        why kappa is null).

    Raises
    ------
    InputError
        As :func:`rubricwidgets.stats.agreement.agreement`.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"item": list("aabbccdd"), "rater": list("xyxyxyxy"), "dimension": ["tone"] * 8,
    ...     "score": [1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 1.0, 2.0]})
    >>> rater_pairs(frame).select("rater", "other", "n_items", "percent", pl.col("kappa").round(3)).row(0)
    ('x', 'y', 4, 0.75, 0.8)

    """
    check_weights(weights)
    frame = checked(scores, rubric)
    found = measured(frame.lazy(), rubric, level, [dimensions] if isinstance(dimensions, str) else dimensions)
    tables = [_table(Pairs(of_common(rated(frame.lazy(), one))), one, weights) for one in found]
    return pl.concat(tables) if tables else pl.DataFrame(schema=PAIRS_SCHEMA)


def _table(pairs: Pairs, measured: Measured, weights: Weights | None) -> pl.DataFrame:
    raters = np.asarray(pairs.ratings.raters, dtype=object)
    own = weights_of("weighted_kappa", measured, weights)
    count = len(pairs.codes)
    empty = np.full(count, np.nan)
    percent, kappa, correlation, difference = empty, empty, empty, empty
    why = None
    if measured.values is None:
        moments = pairs.moments()
        number = moments[:, 0]
        correlation, difference = _correlation(moments), (moments[:, 2] - moments[:, 1]) / number
        why = "its scores have no categories to agree on"
    else:
        tables = pairs.tables
        number = tables.sum(axis=(1, 2))
        numbers = np.asarray(measured.numbers if measured.numbers is not None else range(pairs.ratings.q), dtype=float)
        percent = np.trace(tables, axis1=1, axis2=2) / number
        kappa = kappas(tables, co.weight_table(own, numbers))
        why = CONSTANT
        if measured.column == "score" and (measured.level != "nominal" or pairs.ratings.q == 2):  # noqa: PLR2004
            ordinal = measured.level == "ordinal"
            correlation = _correlation(_moments(tables, *(_ranks(tables) if ordinal else (numbers, numbers))))
            plain = _moments(tables, numbers, numbers)
            difference = (plain[:, 2] - plain[:, 1]) / number
    columns = {
        "dimension": [measured.dimension] * count,
        "rater": list(raters[pairs.first]),
        "other": list(raters[pairs.second]),
        "n_items": pairs.n_items,
        "n_responses": number.astype(np.int64),
        "percent": percent,
        "kappa": kappa,
        "weights": [None if measured.values is None else own] * count,
        "correlation": correlation,
        "difference": difference,
        "note": [None if np.isfinite(one) else why for one in kappa],
    }
    frame = pl.DataFrame(columns, schema=PAIRS_SCHEMA)
    return frame.with_columns(pl.col("percent", "kappa", "correlation", "difference").fill_nan(None))


def _ranks(tables: Array) -> tuple[Array, Array]:
    """Return each rater's mid-ranks of the values, shape (pairs, q) twice."""
    marginals = tables.sum(axis=2), tables.sum(axis=1)
    first, second = (one.cumsum(axis=1) - one / 2 for one in marginals)
    return first, second


def _moments(tables: Array, x: Array, y: Array) -> Array:
    """Return n, sums of x, y, x**2, y**2 and xy from tables of values, about the means: shape (pairs, 6)."""
    rows, columns, n = tables.sum(axis=2), tables.sum(axis=1), tables.sum(axis=(1, 2))
    x, y = np.broadcast_to(x, rows.shape), np.broadcast_to(y, rows.shape)
    parts = (rows * x, columns * y, rows * x**2, columns * y**2)
    return np.column_stack([n, *(one.sum(axis=1) for one in parts), np.einsum("pi,pij,pj->p", x, tables, y)])


def _correlation(moments: Array) -> Array:
    n, x, y, xx, yy, xy = moments.T
    spread_x, spread_y = xx - x * x / n, yy - y * y / n
    both = np.where((spread_x > _CENTRED * (1 + xx)) & (spread_y > _CENTRED * (1 + yy)), spread_x * spread_y, 0.0)
    return np.clip(co.ratio(xy - x * y / n, np.sqrt(both), tiny=0.0), -1, 1)
