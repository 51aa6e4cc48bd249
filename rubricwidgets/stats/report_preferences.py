"""What pairs and rankings say of models: the part of a report for judgements between responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from rubricwidgets.stats.agreement import agreement
from rubricwidgets.stats.concordance import kendall_w
from rubricwidgets.stats.estimates import percent
from rubricwidgets.stats.pairwise import pairwise
from rubricwidgets.stats.rankings import rankings
from rubricwidgets.stats.report_source import DASH, estimate
from rubricwidgets.stats.report_text import Section, Table
from rubricwidgets.texts import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rubricwidgets.stats.report_source import Source

_HEADS = ("dimension", "model", "rank", "strength")


def preferences(source: Source) -> Section | None:
    """Return which model is preferred, and how far raters agree on it; None where nothing was compared or ranked."""
    words: list[str] = []
    tables = []
    if source.comparisons is not None and source.comparisons.height:
        words.append(
            "Strengths are those of Bradley and Terry (1952), with Davidson's (1970) parameter for ties: their differences are "
            f"log odds of being preferred. {_intervals(source)}"
        )
        rows = [row for name, part in _by_dimension(source.comparisons) for row in _pairs(source, name, part, words)]
        tables.append(
            Table("Models by paired comparison", (*_HEADS, "preferred", "tied", "not preferred"), tuple(rows))
        )
    if source.rankings is not None and source.rankings.height:
        words.append(f"Strengths from rankings are those of Plackett (1975) and Luce (1959). {_intervals(source)}")
        rows = [row for name, part in _by_dimension(source.rankings) for row in _ranks(source, name, part, words)]
        tables.append(Table("Models by ranking", (*_HEADS, "mean rank", "times first"), tuple(rows)))
    if not tables:
        return None
    return Section("preferences", "Preferences between models", (" ".join(words),), tuple(tables))


def _intervals(source: Source) -> str:
    return f"Intervals ({percent(source.confidence)}) are from resampled items (Efron and Tibshirani 1993)."


def _by_dimension(frame: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    for (name,), part in frame.group_by("dimension", maintain_order=True):
        yield str(name), part


def _pairs(source: Source, name: str, part: pl.DataFrame, words: list[str]) -> Iterator[tuple[str, ...]]:
    """Yield a row per model, and say how far raters agree."""
    found = pairwise(part, dimension=name, confidence=source.confidence, seed=source.seed)
    words.append(
        f"{source.title(name)}: {counted(part.height, 'comparison')} of {counted(len(found.models), 'model')}; "
        f"{_alike(source, part)}."
    )
    for row in found.strengths.iter_rows(named=True):
        counts = (str(row[one]) for one in ("wins", "ties", "losses"))
        yield (source.title(name), row["model"], _rank(row), estimate(row), *counts)


def _alike(source: Source, part: pl.DataFrame) -> str:
    """Return how far raters give the same verdict on the same pair."""
    first = pl.min_horizontal("left", "right")
    verdicts = part.select(
        "item",
        "rater",
        "dimension",
        pl.concat_str(first, pl.max_horizontal("left", "right"), separator="\0").alias("response"),
        pl.lit(None, pl.Float64).alias("score"),
        pl.when("tie")
        .then(pl.lit("tie"))
        .when(pl.col("winner").is_null())
        .then(pl.lit("neither"))
        .when(pl.col("winner") == first)
        .then(pl.lit("first"))
        .otherwise(pl.lit("second"))
        .alias("label"),
    )
    table = agreement(verdicts, statistics=("percent", "alpha"), level="nominal", confidence=source.confidence)
    share, alpha = (table.filter(pl.col("statistic") == one).row(0, named=True) for one in ("percent", "alpha"))
    if share["value"] is None:
        return f"how far raters agree is undefined ({share['note']})"
    more = "" if alpha["value"] is None else f", alpha {estimate(alpha)} (nominal; Krippendorff 2019)"
    return f"two raters give the same verdict on a pair in {estimate(share)} of cases{more}"


def _ranks(source: Source, name: str, part: pl.DataFrame, words: list[str]) -> Iterator[tuple[str, ...]]:
    """Yield a row per model, and say how far raters agree."""
    found = rankings(part, dimension=name, confidence=source.confidence, seed=source.seed)
    table = kendall_w(part, dimension=name, confidence=source.confidence).to_frame()
    concordance = table.row(0, named=True)
    alike = (
        f"how far raters agree is undefined ({concordance['note']})"
        if concordance["value"] is None
        else f"Kendall's W, averaged over items, is {estimate(concordance)} (Kendall and Babington Smith 1939)"
    )
    words.append(f"{source.title(name)}: {counted(found.n_rankings, 'ranking')}; {alike}.")
    for row in found.strengths.iter_rows(named=True):
        mean = DASH if row["mean_rank"] is None else f"{row['mean_rank']:.2f}"
        yield (source.title(name), row["model"], _rank(row), estimate(row), mean, str(row["first"]))


def _rank(row: dict[str, Any]) -> str:
    if row["rank"] is None:
        return DASH
    low, high = row["rank_low"], row["rank_high"]
    return str(row["rank"]) if low is None or high is None else f"{row['rank']} [{low}, {high}]"
