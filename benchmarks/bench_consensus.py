"""Dawid-Skene on a million labels, 20 iterations, beside crowd-kit; MACE and the majority for comparison."""

from __future__ import annotations

import numpy as np
import polars as pl

from benchmarks.row import Row, median, once
from rubricwidgets.stats.consensus import consensus
from rubricwidgets.stats.dawid_skene import dawid_skene
from rubricwidgets.stats.intake import Measured, scores_in_memory
from rubricwidgets.stats.votes import votes_of

UNITS, RATERS, PER_UNIT, CATEGORIES, ITERATIONS = 100_000, 100, 10, 5, 20


def labels() -> pl.DataFrame:
    random = np.random.default_rng(0)
    truth = random.integers(0, CATEGORIES, UNITS)
    item = np.repeat(np.arange(UNITS), PER_UNIT)
    rater = np.argsort(random.random((UNITS, RATERS)), axis=1)[:, :PER_UNIT].ravel()
    right = random.random(len(item)) < random.uniform(0.4, 0.9, RATERS)[rater]
    said = np.where(right, truth[item], random.integers(0, CATEGORIES, len(item)))
    return pl.DataFrame(
        {
            "item": np.char.add("item-", item.astype(str)),
            "rater": np.char.add("rater-", rater.astype(str)),
            "dimension": ["tone"] * len(item),
            "score": said.astype(float),
        }
    )


def ours(frame: pl.DataFrame) -> np.ndarray:
    checked = scores_in_memory(frame)
    votes = votes_of(checked, Measured("tone", "nominal", "score", tuple(float(one) for one in range(CATEGORIES))))
    return dawid_skene(votes, iterations=ITERATIONS, tolerance=-1).posterior


def theirs(frame: pl.DataFrame) -> object:
    from crowdkit.aggregation import DawidSkene

    table = frame.select(task="item", worker="rater", label="score").to_pandas()
    return DawidSkene(n_iter=ITERATIONS, tol=0).fit_predict_proba(table)


def run() -> list[Row]:
    frame = labels()
    peer = once(lambda: theirs(frame))
    mine = median(lambda: ours(frame), 3)
    work = f"Dawid-Skene, {UNITS * PER_UNIT // 10**6} M labels, {ITERATIONS} iterations, from the long frame"
    return [
        Row(work, mine, "s", "crowd-kit", peer, peer / 10),
        Row(
            "the same as consensus(), raters and confusions too",
            once(lambda: consensus(frame, method="dawid_skene", iterations=20)),
            "s",
            "crowd-kit",
            peer,
        ),
        Row("majority of the same labels, with raters", once(lambda: consensus(frame)), "s"),
        Row("MACE of the same labels, 3 restarts", once(lambda: consensus(frame, method="mace", restarts=3)), "s"),
    ]
