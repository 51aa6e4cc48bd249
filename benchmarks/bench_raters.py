"""What each rater does, drift and marked spans, each beside the same sums by pandas."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from benchmarks.row import Row, median, once
from rubricwidgets.stats.drift import drift
from rubricwidgets.stats.raters import raters
from rubricwidgets.stats.spans import spans

if TYPE_CHECKING:
    from collections.abc import Callable


def scores(n_raters: int = 100, n_items: int = 40_000, per_item: int = 5, seed: int = 0) -> pl.DataFrame:
    """Return a million ratings: five of a hundred raters on each item, five dimensions."""
    random = np.random.default_rng(seed)
    item = np.repeat(np.arange(n_items), per_item)
    rater = (item * 7 + np.tile(np.arange(per_item), n_items) * 13 + item // n_raters) % n_raters
    quality = random.normal(3, 1, (n_items, 5))[item]
    values = np.clip(np.round(quality + random.normal(0, 0.8, quality.shape)), 1, 5)
    wide = pl.DataFrame(
        {"item": item, "rater": rater, **{f"d{place}": values[:, place] for place in range(5)}}
    ).with_columns(
        pl.format("item-{}", "item").alias("item"),
        pl.format("response-{}", "item").alias("response"),
        pl.format("rater-{}", "rater").alias("rater"),
        pl.Series("seconds", random.lognormal(4, 0.5, len(item))),
        (pl.lit(datetime(2026, 5, 1, tzinfo=UTC)) + pl.duration(seconds=pl.int_range(pl.len()))).alias("submitted_at"),
    )
    keys = ["item", "response", "rater", "seconds", "submitted_at"]
    return wide.unpivot([f"d{place}" for place in range(5)], index=keys, variable_name="dimension", value_name="score")


def peak(work: Callable[[], object]) -> float:
    """Return by how many MB the process grows at most during a piece of work, looked at every 5 ms."""
    resident = Path("/proc/self/statm")
    sizes, done = [], threading.Event()

    def watch() -> None:
        while not done.is_set():
            sizes.append(int(resident.read_text().split()[1]) * 4096 / 1e6)
            time.sleep(0.005)

    watcher = threading.Thread(target=watch)
    watcher.start()
    work()
    done.set()
    watcher.join()
    return max(sizes) - sizes[0]


def pandas_raters(frame: Any) -> Any:
    """Return severity, spread, extremity, halo and time of each rater by the usual group-bys, without intervals and tests."""
    keys = [frame["rater"], frame["dimension"]]
    unit = frame.groupby(["dimension", "item", "response"])
    n = unit["score"].transform("size")

    def others(values: Any) -> Any:
        return (values.groupby([frame["dimension"], frame["item"], frame["response"]]).transform("sum") - values) / (
            n - 1
        )

    severity = (others(frame["score"]) - frame["score"]).groupby(keys).agg(["mean", "sem"])
    level = (frame["score"] - unit["score"].transform("mean")).groupby(keys).transform("mean")
    levelled = frame["score"] - level
    variance = others(levelled**2).groupby(keys).mean() - others(levelled).groupby(keys).mean() ** 2
    spread = frame["score"].groupby(keys).std() / variance**0.5
    ends = frame["score"].isin([1.0, 5.0]).astype(float)
    extremity = (ends - others(ends)).groupby(keys).mean()
    wide = frame.pivot_table(index=["item", "response", "rater"], columns="dimension", values="score")
    halo = wide.groupby(level="rater").corr()
    seconds = frame.drop_duplicates(["item", "rater"]).groupby("rater")["seconds"].median()
    return severity, spread, extremity, halo, seconds


def pandas_drift(frame: Any) -> Any:
    """Return each rater's EWMA of the deviation from the others by pandas, without limits."""
    unit = frame.groupby(["dimension", "item", "response"])["score"]
    frame["deviation"] = frame["score"] - (unit.transform("sum") - frame["score"]) / (unit.transform("size") - 1)
    ordered = frame.sort_values(["rater", "dimension", "submitted_at"])
    series = ordered.groupby(["rater", "dimension"], sort=False)["deviation"]
    return series.transform(lambda one: (one - one.mean()).ewm(alpha=0.2, adjust=False).mean())


def marks(n_items: int = 2000, n_raters: int = 4, seed: int = 0) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    random = np.random.default_rng(seed)
    rows = []
    for item in range(n_items):
        true = random.integers(0, 900, int(random.integers(0, 6)))
        for rater in range(n_raters):
            kept = true[random.random(len(true)) < 0.7] + random.integers(-2, 3, 1)
            rows += [(f"i{item}", f"r{item}", f"x{rater}", max(0, int(one)), int(one) + 12) for one in kept]
    found = pl.DataFrame(rows, schema=["item", "response", "rater", "start", "end"], orient="row").unique(
        maintain_order=True
    )
    rated = pl.DataFrame(
        [(f"i{item}", f"r{item}", f"x{rater}") for item in range(n_items) for rater in range(n_raters)],
        schema=["item", "response", "rater"],
        orient="row",
    )
    return found, rated, rated.select("item", "response").unique().with_columns(pl.lit(1000).alias("length"))


def pandas_spans(frame: Any) -> list[float]:
    """Return exact and character F1 of each pair by sets in loops: the usual way."""
    names = sorted(frame["rater"].unique())
    places = {
        name: set(zip(own["item"], own["start"], own["end"], strict=True)) for name, own in frame.groupby("rater")
    }
    characters = {
        name: {(item, at) for item, start, end in own for at in range(start, end)} for name, own in places.items()
    }
    return [
        2 * len(sets[one] & sets[other]) / (len(sets[one]) + len(sets[other]))
        for sets in (places, characters)
        for place, one in enumerate(names)
        for other in names[place + 1 :]
    ]


def run() -> list[Row]:
    frame = scores()
    grown = peak(lambda: raters(frame))
    copy = frame.to_pandas()
    whole = median(lambda: raters(frame), times=3)
    size = frame.estimated_size("mb")
    found, rated, texts = marks()
    marked = found.to_pandas()
    return [
        Row("raters(): six statistics with intervals, tests, findings; 1 M ratings, 100 raters, 5 dimensions", whole, "s",
            "pandas group-bys, five of them without intervals", once(lambda: pandas_raters(copy))),
        Row(f"raters(): memory over the frame's own {size:.0f} MB", grown, "MB", at_most=3 * size),
        Row("drift(): 500 EWMA charts with limits and alarms, 1 M ratings", median(lambda: drift(frame), times=3), "s",
            "pandas group-bys and ewm, the average alone", once(lambda: pandas_drift(copy))),
        Row(f"spans(): three F1 and alpha with intervals, 4 raters x 2,000 texts, {found.height:,} marks",
            median(lambda: spans(found, rated, texts=texts), times=3), "s",
            "sets of marks and characters in loops, two F1 without intervals", median(lambda: pandas_spans(marked), times=3)),
    ]  # fmt: skip
