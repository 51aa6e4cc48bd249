"""Bradley-Terry with standard errors on a million comparisons, and a thousand bootstrap samples, beside evalica."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from benchmarks.row import Row, median, once
from rubricwidgets.stats.pairwise import pairwise

N, MODELS, ITEMS = 1_000_000, 50, 100_000


def comparisons() -> pl.DataFrame:
    random = np.random.default_rng(0)
    names = np.array([f"model-{place}" for place in range(MODELS)])
    strengths = random.normal(0, 1, MODELS)
    left = random.integers(0, MODELS, N)
    right = (left + random.integers(1, MODELS, N)) % MODELS
    won = random.random(N) < 1 / (1 + np.exp(strengths[left] - strengths[right]))
    return pl.DataFrame(
        {
            "item": np.char.add("item-", random.integers(0, ITEMS, N).astype(str)),
            "left_model": names[left],
            "right_model": names[right],
            "winner": np.where(won, "right", "left"),
        }
    )


def theirs(frame: pl.DataFrame) -> Any:
    """Evalica's fastest way from the frame: plain lists, which its indexing walks faster than series."""
    import evalica

    words = {"left": evalica.Winner.X, "right": evalica.Winner.Y}
    winners = [words[one] for one in frame["winner"].to_list()]
    return evalica.bradley_terry(frame["left_model"].to_list(), frame["right_model"].to_list(), winners)


def run() -> list[Row]:
    import evalica

    frame = comparisons()
    minimal = frame.select("left_model", "right_model", "winner")
    categories = minimal.cast(dict.fromkeys(minimal.columns, pl.Categorical))
    mine, other = pairwise(minimal, resamples=0).to_frame(), theirs(minimal).scores
    logs = np.log(other.reindex(mine["model"].to_list()).to_numpy())
    if np.abs(mine["value"].to_numpy() - (logs - logs.mean())).max() > 1e-3:
        msg = "the two programs disagree"
        raise RuntimeError(msg)
    xs, ys = minimal["left_model"].to_list(), minimal["right_model"].to_list()
    words = {"left": evalica.Winner.X, "right": evalica.Winner.Y}
    winners = [words[one] for one in minimal["winner"].to_list()]
    ready = median(lambda: evalica.bradley_terry(xs, ys, winners), 3) * 1000
    whole = median(lambda: theirs(minimal), 3) * 1000
    work = f"Bradley-Terry with SEs, {N // 10**6} M comparisons, {MODELS} models"
    by_words = median(lambda: pairwise(minimal, resamples=0).to_frame(), 9) * 1000
    by_codes = median(lambda: pairwise(categories, resamples=0).to_frame(), 9) * 1000
    from_codes = median(lambda: theirs(categories), 3) * 1000
    sampled = min(once(lambda: pairwise(frame, resamples=1000).to_frame()) for _ in range(2))
    return [
        Row(
            f"{work}: frame with categories",
            by_codes,
            "ms",
            "evalica, from that frame (no SEs)",
            from_codes,
            from_codes / 50,
        ),
        Row(f"{work}: frame with strings", by_words, "ms", "evalica, from that frame (no SEs)", whole, whole / 50),
        Row(f"{work}: frame with categories", by_codes, "ms", "evalica, its lists ready (no SEs)", ready),
        Row(f"{work}, and 1,000 resamples of {ITEMS:,} items", sampled, "s", at_most=2.0),
    ]
