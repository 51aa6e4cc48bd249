"""Variance components of a million ratings, and intraclass correlations beside pingouin."""

from __future__ import annotations

import warnings

import numpy as np
import polars as pl

from benchmarks.row import Row, median
from rubricwidgets.stats.component_fit import codes_of, fit_components
from rubricwidgets.stats.components import Cells, moments, partition
from rubricwidgets.stats.designs import parse_design
from rubricwidgets.stats.generalizability import generalizability
from rubricwidgets.stats.icc import icc
from rubricwidgets.stats.power import power
from rubricwidgets.stats.reliability import component_interval, reliability

#: Seconds that lme4 was found to take for a million ratings: a figure, for no R runs here.
LME4 = 87.0


def ratings(items: int, raters: int, per_item: int, seed: int = 3) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    item = np.repeat(np.arange(items), per_item)
    rater = np.argsort(rng.random((items, raters), dtype=np.float32), axis=1)[:, :per_item].ravel()
    truth = rng.normal(0, 1, items)[item] + rng.normal(0, 0.55, raters)[rater] + rng.normal(0, 0.84, len(item))
    frame = pl.DataFrame(
        {
            "item": pl.Series([f"item-{n}" for n in range(items)]).gather(item),
            "rater": pl.Series([f"rater-{n}" for n in range(raters)]).gather(rater),
            "dimension": "accuracy",
            "score": np.clip(np.round(3 + truth), 1, 5),
        }
    )
    return frame.sample(fraction=1.0, shuffle=True, seed=seed)


def coverage(items: int, raters: int, per_item: int, studies: int = 400) -> dict[str, float]:
    """Return how often 95 % intervals hold the truth."""
    design, rng = parse_design("p x r"), np.random.default_rng(5)
    truth = {"G": 1 / 1.7, "Phi": 0.5, "p": 1.0, "p x r": 0.7}
    held: dict[str, list[bool]] = {name: [] for name in truth}
    for _ in range(studies):
        p = np.repeat(np.arange(items), per_item)
        r = np.argsort(rng.random((items, raters)), axis=1)[:, :per_item].ravel()
        y = rng.normal(0, 1, items)[p] + rng.normal(0, 0.3**0.5, raters)[r] + rng.normal(0, 0.7**0.5, len(p))
        found = fit_components({"p": partition(p), "r": partition(r)}, y, design)
        limits = {one: reliability(found, one, {"r": 1.0}, confidence=0.95) for one in ("G", "Phi")}  # type: ignore[arg-type]
        for name, one in limits.items():
            held[name].append(one.low is not None and one.high is not None and one.low <= truth[name] <= one.high)
        for place, name in ((0, "p"), (2, "p x r")):
            low, high, _ = component_interval(found, place, 0.95)
            held[name].append(low is not None and high is not None and low <= truth[name] <= high)
    return {name: float(np.mean(some)) for name, some in held.items()}


def run() -> list[Row]:
    frame = ratings(100_000, 100, 10)
    design = parse_design("item x rater")
    codes = {name: codes_of(frame[name]).code for name in ("item", "rater")}
    values = frame["score"].to_numpy()

    def components() -> object:
        cells = Cells({name: partition(code) for name, code in codes.items()}, design.within, values - values.mean())
        return moments(cells, design.effects).solve()

    rows = [
        Row("variance components, 1 M ratings as codes", median(components), "s", "lme4 (a figure)", LME4, 0.1),
        Row(
            "generalizability() with intervals, 1 M rows of names",
            median(lambda: generalizability(frame), 3),
            "s",
            "lme4 (a figure)",
            LME4,
        ),
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pingouin

        for items, raters in ((100, 5), (2000, 10)):
            full = ratings(items, raters, raters)
            peer = median(
                lambda full=full: pingouin.intraclass_corr(
                    full.to_pandas(), targets="item", raters="rater", ratings="score"
                ),
                3,
            )
            ours = median(lambda full=full: icc(full))
            rows.append(Row(f"six ICCs with intervals, {items:,} x {raters}", ours, "s", "pingouin", peer))
    rows.append(
        Row(
            "power: 84 designs, 4,000 studies each",
            median(lambda: power({"item": 0.8, "rest": 0.6}, width=0.3), 3),
            "s",
        )
    )
    for shape in ((30, 3, 3), (100, 5, 5), (100, 20, 20), (300, 20, 3)):
        for name, share in coverage(*shape).items():
            rows.append(
                Row(f"coverage of {name}, {shape[0]} responses, {shape[2]} of {shape[1]} raters", share * 100, "%")
            )
    return rows
