"""Models compared on 100,000 scores beside bootstrap loops, the mixed model beside statsmodels, and how often intervals hold."""

from __future__ import annotations

import warnings

import numpy as np
import polars as pl

from benchmarks.row import Row, median, once
from rubricwidgets.stats.mixed import fit
from rubricwidgets.stats.model_cells import Cells
from rubricwidgets.stats.models import compare_models

RESAMPLES = 2000
_TIMED = 40  # of the slow loop; the rest is as many times longer
_DESIGNS = ((30, 3), (100, 5), (100, 20))
_STUDIES = 400


def simulated(items: int, models: int, raters: int, seed: int = 0, *, taste: float = 0.2) -> pl.DataFrame:
    """Return ordinal scores of models a fifth of a point apart, by raters who differ in severity and taste."""
    random = np.random.default_rng(seed)
    item, model, rater = (one.ravel() for one in np.meshgrid(range(items), range(models), range(raters), indexing="ij"))
    score = (
        3
        + 0.2 * model
        + random.normal(0, 0.6, items)[item]
        + random.normal(0, 0.4, (items, models))[item, model]
        + random.normal(0, 0.4, raters)[rater]
        + random.normal(0, taste, (models, raters))[model, rater]
        + random.normal(0, 0.6, len(item))
    )
    named = {
        name: pl.Series(codes).cast(pl.String) for name, codes in (("item", item), ("model", model), ("rater", rater))
    }
    return pl.DataFrame({**named, "score": score}).with_columns(
        (pl.col("item") + "-" + pl.col("model")).alias("response"), pl.lit("tone").alias("dimension")
    )


def frames_loop(scores: pl.DataFrame, resamples: int) -> np.ndarray:
    """Resample items in pandas, with all their scores, and take every model's mean of item means."""
    random = np.random.default_rng(0)
    table = scores.select("item", "model", "score").to_pandas()
    groups = table.groupby("item").indices
    items = list(groups)
    found = []
    for _ in range(resamples):
        drawn = random.integers(0, len(items), len(items))
        rows = np.concatenate([groups[items[place]] for place in drawn])
        clusters = np.repeat(np.arange(len(drawn)), [len(groups[items[place]]) for place in drawn])
        sample = table.take(rows).assign(item=clusters)
        found.append(sample.groupby(["model", "item"])["score"].mean().groupby("model").mean().to_numpy())
    return np.array(found)


def arrays_loop(scores: pl.DataFrame, resamples: int) -> np.ndarray:
    """Resample rows of a pivoted table of item means in numpy."""
    random = np.random.default_rng(0)
    wide = scores.to_pandas().pivot_table(index="item", columns="model", values="score", aggfunc="mean").to_numpy()
    return np.array([wide[random.integers(0, len(wide), len(wide))].mean(axis=0) for _ in range(resamples)])


def coverage(items: int, raters: int) -> float:
    """Return how often a nominal 95 % interval holds the difference that was put in."""
    held = 0
    for seed in range(_STUDIES):
        found = compare_models(simulated(items, 2, raters, seed), resamples=200, mixed=False).to_frame()
        low, high = found.select("low", "high").row(0)
        held += low <= -0.2 <= high
    return held / _STUDIES


def statsmodels_fit(scores: pl.DataFrame) -> object:
    from statsmodels.formula import api

    table = scores.with_columns(pl.concat_str("rater", "model").alias("taste"), pl.lit(1).alias("one")).to_pandas()
    parts = {name: f"0 + C({name})" for name in ("item", "response", "rater", "taste")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return api.mixedlm("score ~ 0 + C(model)", table, groups="one", vc_formula=parts).fit(reml=True)


def run() -> list[Row]:
    scores = simulated(2000, 5, 10)
    models = [str(place) for place in range(5)]
    small = simulated(30, 3, 6)
    compare_models(small)  # loads what is loaded once
    ours = median(lambda: compare_models(scores, resamples=RESAMPLES, mixed=False), 3)
    loop = once(lambda: frames_loop(scores, _TIMED)) * RESAMPLES / _TIMED
    arrays = once(lambda: arrays_loop(scores, RESAMPLES))
    what = f"5 models, 100,000 scores, {RESAMPLES:,} resamples of items, 10 differences"
    rows = [
        Row(what, ours, "s", "pandas loop over resampled scores (40 timed)", loop),
        Row(f"{what}, effect sizes and raters' share too", ours, "s", "numpy loop over a pivot, means only", arrays),
        Row("the same with the mixed model", once(lambda: compare_models(scores, resamples=RESAMPLES)), "s"),
        Row("mixed model, 100,000 scores", once(lambda: fit(Cells.of(scores, models).scored())), "s"),
        Row(
            "mixed model, 540 scores",
            median(lambda: fit(Cells.of(small, models[:3]).scored()), 3),
            "s",
            "statsmodels MixedLM",
            once(lambda: statsmodels_fit(small)),
        ),
    ]
    for items, raters in _DESIGNS:
        rows.append(
            Row(f"misses of a 95 % interval, {raters} raters x {items} items", 100 * (1 - coverage(items, raters)), "%")
        )
    return rows
