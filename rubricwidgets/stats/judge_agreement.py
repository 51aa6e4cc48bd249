"""How far a judge agrees with people, and people with each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from rubricwidgets.stats.coefficients import ratio
from rubricwidgets.stats.judge_scores import NO_COMMON, ONE, UNIT, Panel, over_items, per_item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from rubricwidgets.stats.estimates import Estimate

    Array = NDArray[np.float64]

ALONE = "no response was rated by two people"
FLAT = "one of the two gives every response the same: undefined"
_MOST_POINTS = 21


def of_judge(panel: Panel, judge: str, confidence: float) -> Iterator[Estimate]:
    """Return the agreement of a judge with people."""
    mine = panel.of(judge).select(*UNIT, pl.col("v").alias("x"))
    pairs = panel.people.select(*UNIT, "rater", pl.col("v").alias("y")).join(
        mine, on=UNIT, how="inner", nulls_equal=True
    )
    counts = _counts(pairs)
    sums = per_item(pairs, _pair_columns(panel))
    yield from _estimates(panel, sums, "judge and person", counts, confidence, NO_COMMON)
    if panel.numeric:
        rows = panel.beside(judge).select("item", pl.col("v").alias("x"), pl.col("people").alias("y"))
        yield from _correlations(panel, rows, "judge and people's mean", counts, confidence, NO_COMMON)


def of_people(panel: Panel, confidence: float) -> Iterator[Estimate]:
    """Return the agreement of people with each other, to hold a judge's against: over ordered pairs of two people."""
    counted = panel.people.group_by(*UNIT, "v").len("n").with_columns(pl.col("n").cast(pl.Float64))
    values = panel.measured.values or ()
    n, v = pl.col("n"), pl.col("v")
    categories = (
        [(n * (v == place)).sum().alias(f"v{place}") for place in range(len(values))] if not panel.numeric else []
    )
    units = counted.group_by(UNIT).agg(
        n.sum().alias("k"),
        (n * (n - 1)).sum().alias("agree"),
        (n * v).sum().alias("s"),
        (n * v * v).sum().alias("ss"),
        *categories,
    )
    units = units.filter(pl.col("k") > 1)
    common = panel.people.join(units.select(UNIT), on=UNIT, how="semi", nulls_equal=True)
    counts = _counts(common)
    others, k = pl.col("k") - 1, pl.col("k")
    columns = [k * others, pl.col("agree")]
    if panel.numeric:
        s, ss = others * pl.col("s"), others * pl.col("ss")
        columns += [s, s, ss, ss, pl.col("s") ** 2 - pl.col("ss")]
    else:
        columns += [others * pl.col(f"v{place}") for place in range(len(values))] * 2
    yield from _estimates(panel, per_item(units, columns), "two people", counts, confidence, ALONE)
    if panel.numeric:
        rows = panel.people.join(units.select(*UNIT, "k", "s"), on=UNIT, how="inner", nulls_equal=True)
        rest = ((pl.col("s") - pl.col("v")) / (pl.col("k") - 1)).alias("y")
        yield from _correlations(
            panel,
            rows.select("item", pl.col("v").alias("x"), rest),
            "a person and the others' mean",
            counts,
            confidence,
            ALONE,
        )


def _pair_columns(panel: Panel) -> list[pl.Expr]:
    x, y = pl.col("x"), pl.col("y")
    columns = [ONE, (x == y).cast(pl.Float64)]
    if panel.numeric:
        return [*columns, x, y, x * x, y * y, x * y]
    places = range(len(panel.measured.values or ()))
    return [
        *columns,
        *((x == place).cast(pl.Float64) for place in places),
        *((y == place).cast(pl.Float64) for place in places),
    ]


def _counts(rows: pl.DataFrame) -> dict[str, int]:
    people = rows["rater"].n_unique()
    return {"n_items": rows["item"].n_unique(), "n_raters": people, "n_ratings": rows.height}


def _estimates(
    panel: Panel, sums: Array, whose: str, counts: dict[str, int], confidence: float, none: str
) -> Iterator[Estimate]:
    shared: dict[str, Any] = {"confidence": confidence, "dimension": panel.measured.dimension, "none": none, **counts}
    values = panel.measured.values
    if values is not None and len(values) <= _MOST_POINTS:
        yield over_items(
            sums,
            lambda found: ratio(found[:, 1], found[:, 0]),
            statistic="exact agreement",
            kind=f"share of pairs of {whose}",
            bounds=(0, 1),
            undefined=none,
            **shared,
        )
    name, rule = ("weighted kappa", concordance) if panel.numeric else ("kappa", kappa_of(len(values or ())))
    weights = ", quadratic weights" if panel.numeric else ""
    yield over_items(
        sums, rule, statistic=name, kind=f"pairs of {whose}{weights}", bounds=(-1, 1), undefined=FLAT, **shared
    )


def _correlations(
    panel: Panel, rows: pl.DataFrame, whose: str, counts: dict[str, int], confidence: float, none: str
) -> Iterator[Estimate]:
    ranked = rows.with_columns(pl.col("x").rank(), pl.col("y").rank())
    x, y = pl.col("x"), pl.col("y")
    columns = [ONE, x, y, x * x, y * y, x * y]
    for table, name, kind in ((rows, "correlation", "Pearson"), (ranked, "rank correlation", "Spearman, ranks held")):
        centred = table.with_columns(x - x.mean(), y - y.mean())
        yield over_items(
            per_item(centred, columns),
            correlation,
            statistic=name,
            kind=f"{kind}, {whose}",
            bounds=(-1, 1),
            undefined=FLAT,
            none=none,
            confidence=confidence,
            dimension=panel.measured.dimension,
            **counts,
        )


def concordance(sums: Array) -> Array:
    """Return kappa with quadratic weights from n, agreements and moments.

    ``2 cov / (var_x + var_y + (mean_x - mean_y)**2)``: Cohen's weighted kappa with quadratic weights (Fleiss and Cohen, "The
    equivalence of weighted kappa and the intraclass correlation coefficient", 1973) is Lin's concordance coefficient
    (Lin, "A concordance correlation coefficient to evaluate reproducibility", Biometrics 45, 1989) with sums over n.
    """
    n = sums[:, 0]
    mx, my = ratio(sums[:, 2], n), ratio(sums[:, 3], n)
    covariance = ratio(sums[:, 6], n) - mx * my
    spread = ratio(sums[:, 4], n) - mx**2 + ratio(sums[:, 5], n) - my**2 + (mx - my) ** 2
    return _safe(2 * covariance, spread)


def kappa_of(q: int) -> Callable[[Array], Array]:
    """Return Cohen's kappa from n, agreements and both marginals (Cohen, "A coefficient of agreement", 1960)."""

    def kappa(sums: Array) -> Array:
        n = sums[:, 0]
        chance = ratio((sums[:, 2 : 2 + q] * sums[:, 2 + q :]).sum(axis=1), n**2)
        return ratio(ratio(sums[:, 1], n) - chance, 1 - chance)

    return kappa


def correlation(sums: Array) -> Array:
    """Return Pearson's correlation from n and moments of two variables."""
    n = sums[:, 0]
    mx, my = ratio(sums[:, 1], n), ratio(sums[:, 2], n)
    vx, vy = ratio(sums[:, 3], n) - mx**2, ratio(sums[:, 4], n) - my**2
    return _safe(ratio(sums[:, 5], n) - mx * my, np.sqrt(np.maximum(vx, 0) * np.maximum(vy, 0)))


def _safe(above: Array, below: Array) -> Array:
    """Divide; NaN where rounding alone keeps the divisor from 0."""
    return ratio(above, np.where(np.abs(below) < 1e-12, 0.0, below))  # noqa: PLR2004
