"""What stands out about a rater, in words, and nothing that chance would explain.

Every comparison of a rater with the others is a test, and among a hundred tests five are below 0.05 by chance. The p-values
are therefore adjusted together, by Holm's step-down method (Holm, "A simple sequentially rejective multiple test procedure",
Scandinavian Journal of Statistics 6, 1979), which holds under any dependence between them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from rubricwidgets.stats.estimates import in_digits, percent
from rubricwidgets.texts import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: One row per comparison of a rater with the others.
TESTS_SCHEMA = pl.Schema(
    {
        "rater": pl.String,
        "dimension": pl.String,
        "statistic": pl.String,
        "value": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "p": pl.Float64,
        "p_adjusted": pl.Float64,
        "n_items": pl.Int64,
        "n_ratings": pl.Int64,
        "finding": pl.String,
    }
)

_JOINT = ": "
_RATIOS = ("spread", "pace")

FINDINGS_SCHEMA = pl.Schema({"rater": pl.String, "n_tests": pl.Int64, "n_findings": pl.Int64, "finding": pl.String})


def holm(p: Array) -> Array:
    """Return p-values adjusted by Holm's method; those that are NaN stay so and are not counted.

    Examples
    --------
    >>> [round(float(one), 3) for one in holm(np.array([0.01, 0.04, 0.03]))]
    [0.03, 0.06, 0.06]

    """
    adjusted = np.full(len(p), np.nan)
    known = np.flatnonzero(np.isfinite(p))
    order = known[np.argsort(p[known], kind="stable")]
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0) if len(order) else steps
    return adjusted


def judge(
    tests: pl.DataFrame,
    titles: Mapping[str, str],
    shares: frozenset[str],
    weighted: frozenset[str],
    confidence: float,
) -> pl.DataFrame:
    """Return the tests with adjusted p-values, and a finding in words where one stands.

    Parameters
    ----------
    tests
        Columns of :data:`TESTS_SCHEMA` but the last ones.
    titles
        What readers call each dimension.
    shares
        Dimensions of yes and no, whose mean is a share.
    weighted
        Dimensions where an answer beside the right one counts in part.
    confidence
        A finding stands where the adjusted p is below 1 less this.

    """
    p = tests["p"].fill_null(float("nan")).to_numpy()
    adjusted = holm(p)
    found = np.isfinite(adjusted) & (adjusted < 1 - confidence)
    words: list[str | None] = [None] * tests.height
    for place in np.flatnonzero(found):  # findings are few
        row = tests.row(int(place), named=True)
        name = row["dimension"]
        told = in_words(row, titles.get(name, ""), is_share=name in shares, is_weighted=name in weighted)
        words[int(place)] = _JOINT.join(told)
    return tests.with_columns(
        pl.Series("p_adjusted", adjusted).fill_nan(None), pl.Series("finding", words, dtype=pl.String)
    ).select(TESTS_SCHEMA.names())


def in_words(row: Mapping[str, Any], title: str, *, is_share: bool, is_weighted: bool) -> tuple[str, str]:
    """Return what a finding says, as it follows the rater's name, and on which dimension by how much."""
    value, statistic = float(row["value"]), row["statistic"]
    limits = None if row["low"] is None or row["high"] is None else (float(row["low"]), float(row["high"]))
    less_or_more = "less" if value < (1 if statistic in _RATIOS else 0) else "more"
    if statistic == "spread" and value == 0:
        return "gives every response the same score, where the others' differ", title
    if statistic in _RATIOS:
        times = f"{value:.2f} times theirs{_between(limits, 1, 2)}"
        if statistic == "spread":
            return f"spreads scores {less_or_more} than the others", f"{title} {times}"
        return f"takes {less_or_more} time than the others on the same items", times
    if statistic == "severity" and not is_share:
        lead = f"scores {'lower' if value > 0 else 'higher'} than the others on the same responses"
        return lead, f"{title} by {abs(value):.2f}{_between(limits, _sign(value), 2)}"
    if statistic == "halo":
        higher = "higher" if value > 0 else "lower"
        lead = f"rates the dimensions {less_or_more} alike than the others do"
        return lead, f"correlation {higher} by {abs(value):.2f}{_between(limits, _sign(value), 2)}"
    near = " (near misses count in part)" if is_weighted else ""
    lead = {
        "severity": f"says yes {'less' if value > 0 else 'more'} often than the others on the same responses",
        "extremity": f"uses the ends of the scale {less_or_more} often than the others",
        "gold_beyond_others": f"agrees {less_or_more} with gold than the others on the same responses{near}",
        "self_beyond_others": f"repeats answers {less_or_more} consistently than the others{near}",
    }[statistic]
    return lead, f"{title} by {abs(value) * 100:.0f} percentage points{_between(limits, 100 * _sign(value), 0)}"


def _sign(value: float) -> float:
    return -1.0 if value < 0 else 1.0


def _between(limits: tuple[float, float] | None, factor: float, digits: int) -> str:
    if limits is None:
        return ""
    low, high = sorted(one * factor for one in limits)
    return f" [{in_digits(low, digits=digits)}, {in_digits(high, digits=digits)}]"


#: Of a rater with nobody to be compared with.
TOO_LITTLE = "too little in common with other raters to compare"


def by_rater(tests: pl.DataFrame, raters: pl.Series, confidence: float, nothing: str = TOO_LITTLE) -> pl.DataFrame:
    """Return a row per rater with all that stands out about them; ``nothing`` is why there is nothing to test."""
    total = int(tests["p"].is_not_null().sum())
    level = percent(1 - confidence)
    rule = f"{counted(total, 'comparison')} in all, adjusted by Holm's method at {level}"
    tallied = tests.group_by("rater").agg(
        pl.col("p").is_not_null().sum().cast(pl.Int64).alias("n_tests"),
        pl.col("finding").is_not_null().sum().cast(pl.Int64).alias("n_findings"),
        pl.col("n_items").max().alias("_most_items"),
    )
    parts = pl.col("finding").str.splitn(_JOINT, 2).struct.rename_fields(["lead", "part"])
    words = (
        tests.filter(pl.col("finding").is_not_null())
        .select("rater", parts.alias("_parts"))
        .unnest("_parts")
        .group_by("rater", "lead", maintain_order=True)
        .agg(pl.col("part").str.join(", "))
        .group_by("rater", maintain_order=True)
        .agg(pl.concat_str("lead", "part", separator=_JOINT).str.join("; ").alias("_words"))
    )
    return (
        pl.DataFrame({"rater": raters}, schema={"rater": pl.String})
        .join(tallied, on="rater", how="left", maintain_order="left")
        .join(words, on="rater", how="left", maintain_order="left")
        .with_columns(pl.col("n_tests", "n_findings").fill_null(0))
        .select(
            "rater",
            "n_tests",
            "n_findings",
            pl.when(pl.col("n_findings") > 0)
            .then(pl.col("_words"))
            .when(pl.col("n_tests") > 0)
            .then(pl.lit(f"nothing stands out beyond chance ({rule})"))
            .when(pl.col("_most_items") == 1)
            .then(pl.lit("one item only: nothing can be tested"))
            .otherwise(pl.lit(nothing))
            .alias("finding"),
        )
    )
