"""Agreement of a million ratings beside krippendorff and irrCAC, memory, and whether intervals cover what they promise."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

import rubricwidgets as rw
from benchmarks.row import Row, once, peak_mb
from rubricwidgets.stats import coefficients as co
from rubricwidgets.stats.agreement import agreement
from rubricwidgets.stats.counts import Counts
from rubricwidgets.stats.intake import Measured
from rubricwidgets.stats.resampling import bca, jackknife

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

RATERS, ITEMS, EACH = 100, 100_000, 10
RESAMPLES = 1000
RUBRIC = rw.Rubric("bench", dimensions=[rw.Dimension("accuracy", "?", rw.Ordinal(1, 5))])
DESIGNS = ((3, 30), (5, 100), (20, 100))
STUDIES = 2000
_TIMES = 5


def ratings() -> pl.DataFrame:
    """Return a million ratings, long and in no order: each item by ten of a hundred raters."""
    random = np.random.default_rng(7)
    item = np.repeat(np.arange(ITEMS), EACH)
    rater = np.argsort(random.random((ITEMS, RATERS), dtype=np.float32), axis=1)[:, :EACH].ravel()
    score = np.clip(np.repeat(random.integers(1, 6, ITEMS), EACH) + random.integers(-1, 2, len(item)), 1, 5)
    frame = pl.DataFrame({"item": item, "rater": rater, "score": score.astype(float)}).select(
        pl.format("item-{}", "item").alias("item"),
        pl.format("rater-{}", "rater").alias("rater"),
        pl.lit("accuracy").alias("dimension"),
        "score",
    )
    return frame.sample(fraction=1.0, shuffle=True, seed=1)


def best(*works: Callable[[], object]) -> list[float]:
    """Return each one's least seconds, taken in turns so that a busy moment and another's full caches meet all."""
    seconds: list[list[float]] = [[] for _ in works]
    for turn in range(_TIMES):
        for place in range(len(works)):
            which = (turn + place) % len(works)
            seconds[which].append(once(works[which]))
    return [min(one) for one in seconds]


def wide(frame: pl.DataFrame) -> NDArray[np.float64]:
    return frame.pivot("rater", index="item", values="score").drop("item").to_numpy()


def run() -> list[Row]:
    import krippendorff

    frame = ratings()
    size = f"{RATERS} raters x {ITEMS:,} items, {frame.height:,} ratings"

    def peer(table: NDArray[np.float64]) -> float:
        return float(
            krippendorff.alpha(table.T, level_of_measurement="ordinal", value_domain=[1.0, 2.0, 3.0, 4.0, 5.0])
        )

    value = agreement(frame, RUBRIC)["value"][0]
    assert abs(value - peer(wide(frame))) < 1e-9
    plain, ours, theirs = best(
        lambda: agreement(frame, RUBRIC, interval=None), lambda: agreement(frame, RUBRIC), lambda: peer(wide(frame))
    )
    name = "krippendorff, its pivot counted"
    rows = [
        Row(f"ordinal alpha, {size}", plain, "s", name, theirs, theirs / 12),
        Row("same with standard error and jackknife interval", ours, "s", f"{name}, without either", theirs),
    ]
    rows += [_resampled(frame, theirs), *_memory(frame), _coefficients(frame), *coverage()]
    return rows


def _resampled(frame: pl.DataFrame, first: float) -> Row:
    """The peer gets counts per item, its quickest input; it is measured on ten samples and scaled, its pivot counted once."""
    import krippendorff

    table = wide(frame)
    values = [1.0, 2.0, 3.0, 4.0, 5.0]
    counts = np.stack([(table == value).sum(axis=1) for value in values], axis=1)
    random = np.random.default_rng(0)

    def one() -> float:
        drawn = counts[random.integers(0, len(counts), len(counts))]
        return float(krippendorff.alpha(value_counts=drawn, value_domain=values, level_of_measurement="ordinal"))

    each = min(once(one) for _ in range(10))
    ours = min(once(lambda: agreement(frame, RUBRIC, interval="bca", resamples=RESAMPLES)) for _ in range(3))
    loop = first + RESAMPLES * each
    words = f"same with a BCa interval of {RESAMPLES:,} resamples of items"
    return Row(words, ours, "s", "loop over krippendorff on counts, 10 measured and scaled", loop, min(1.5, loop / 40))


def _coefficients(frame: pl.DataFrame) -> Row:
    from irrCAC.raw import CAC

    def theirs() -> Any:
        table = frame.pivot("rater", index="item", values="score").drop("item").to_pandas()
        cac = CAC(table, weights="quadratic", categories=[1.0, 2.0, 3.0, 4.0, 5.0])
        return cac.gwet(), cac.fleiss(), cac.bp()

    def ours() -> Any:
        return agreement(
            frame,
            RUBRIC,
            statistics=("ac2", "fleiss", "brennan_prediger"),
            weights="quadratic",
            interval="linearised",
        )

    gwet, *_ = theirs()
    assert abs(gwet["est"]["coefficient_value"] - ours()["value"][0]) < 2e-5
    seconds = min(once(ours) for _ in range(_TIMES))
    peers = once(theirs)
    return Row(
        "AC2, Fleiss, Brennan-Prediger with standard errors, the same ratings",
        seconds,
        "s",
        "irrCAC, its pivot counted",
        peers,
        peers / 15,
    )


def _peak(path: str) -> tuple[float, float, float]:
    """Run in a process of its own: its peak, how far that rose over what loading took, and the frame's size, in MB."""
    frame = pl.read_parquet(path)
    agreement(frame.head(1000), RUBRIC, interval="bca", resamples=100)
    before = peak_mb()
    agreement(frame, RUBRIC, interval="bca", resamples=RESAMPLES)
    peak = peak_mb()
    return peak, peak - before, frame.estimated_size("mb")


def _memory(frame: pl.DataFrame) -> list[Row]:
    import tempfile
    from pathlib import Path

    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(1, mp_context=context) as pool:
        path = str(Path(folder) / "ratings.parquet")
        frame.write_parquet(path)
        whole, rise, given = pool.submit(_peak, path).result()
        return [
            Row(f"{RESAMPLES:,} resamples: peak memory of the whole process", whole, "MB", at_most=1000.0),
            Row(
                f"{RESAMPLES:,} resamples: memory beyond what loading the frame ({given:.0f} MB) took",
                rise,
                "MB",
                at_most=3 * given,
            ),
        ]


# Coverage


def study(raters: int, items: int, random: np.random.Generator) -> Counts:
    """Return counts of one simulated study on five points."""
    truth = random.normal(0, 1, items)
    seen = truth[:, None] + random.normal(0, 0.8, (items, raters))
    value = np.searchsorted([-1.2, -0.4, 0.4, 1.2], seen)
    counts = np.zeros((items, 5))
    np.add.at(counts, (np.repeat(np.arange(items), raters), value.ravel()), 1)
    patterns, times = np.unique(counts, axis=0, return_counts=True)
    dimension = Measured("d", "ordinal", "score", (1.0, 2.0, 3.0, 4.0, 5.0))
    return Counts(dimension, patterns, times.astype(np.int64), None, items, raters)


def coverage() -> list[Row]:
    """Return how often intervals hold the alpha of ever more items by the same kind of raters."""
    rows = []
    for raters, items in DESIGNS:
        random = np.random.default_rng(raters * 1000 + items)
        # As the number of items grows, alpha goes to one value for any number of raters.
        truth = co.alpha(study(10, 400_000, random), "ordinal").value()
        hits = {"jackknife t": 0, "BCa": 0}
        samples = 200
        for place in range(STUDIES):
            coefficient = co.alpha(study(raters, items, random), "ordinal")
            parts = (coefficient.rows, coefficient.weights, coefficient.of)
            found = jackknife(*parts)
            hits["jackknife t"] += found.low <= truth <= found.high
            if place < samples:
                drawn = bca(*parts, resamples=1000, seed=place)
                hits["BCa"] += drawn.low <= truth <= drawn.high
        share = 100 * hits["jackknife t"] / STUDIES
        rows.append(
            Row(
                f"points from 95 % coverage of the jackknife t interval, ordinal alpha, {raters} raters x {items} items, "
                f"{STUDIES:,} studies ({share:.1f} %)",
                abs(share - 95),
                "points",
                f"BCa, {samples} studies ({100 * hits['BCa'] / samples:.1f} %)",
                abs(100 * hits["BCa"] / samples - 95),
                2.0,
            )
        )
    return rows
