"""Judges of pairs, asked in both orders: how often right, and how often the same when the two change places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from rubricwidgets.errors import InputError
from rubricwidgets.stats.columns import take_here
from rubricwidgets.stats.estimates import NO_SCORES, Estimate, Result, estimates_frame, in_digits, percent
from rubricwidgets.stats.grouped import wilson
from rubricwidgets.stats.resampling import check_confidence, jackknife

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_NONE = "no pair was judged {}"


@dataclass(frozen=True, repr=False)
class PairJudges(Result):
    """How right and how steady judges of pairs are.

    Parameters
    ----------
    table
        Columns subset (where given), judge, and those of estimates.

    """

    table: pl.DataFrame

    def to_frame(self) -> pl.DataFrame:
        """Return the table."""
        return self.table

    def in_words(self) -> str:
        """Return each judge's accuracy in both orders and its consistency."""
        keys = [name for name in ("subset", "judge") if name in self.table.columns]
        said = []
        for key, rows in self.table.group_by(keys, maintain_order=True):
            told = {
                row["statistic"]: in_digits(row["value"], row["low"], row["high"]) for row in rows.iter_rows(named=True)
            }
            where = f" on {key[0]}" if len(keys) > 1 else ""
            said.append(
                f"{key[-1]}{where}: accuracy {told['accuracy']} over both orders, right in both {told['right in both orders']}; "
                f"the same verdict in both orders {told['order consistency']}; the response shown first is chosen "
                f"{told['first chosen']} of the time."
            )
        return " ".join(said) if said else f"No judge of pairs: {NO_SCORES}."


def judge_pairs(
    verdicts: Any,  # noqa: ANN401 - a frame of any library that narwhals knows
    gold: Any,  # noqa: ANN401
    *,
    confidence: float = 0.95,
) -> PairJudges:
    """Hold judges' verdicts on pairs, asked in both orders, against known better responses.

    Parameters
    ----------
    verdicts
        A frame with item (the pair), rater (the judge), winner (the response chosen; null where no verdict could be read)
        and swapped (Boolean: whether the two were shown in the other order), or left and right in place of swapped, as
        ``study.comparisons()`` has them.
    gold
        A frame with item and winner (the better response, named as in ``verdicts``); subset where pairs are of kinds.
    confidence
        Coverage, above 0 and below 1.

    Returns
    -------
    PairJudges
        For each subset and judge: ``"accuracy, first order"`` and ``"accuracy, swapped"`` (a missing verdict counts as
        wrong), ``"accuracy"`` (their mean), ``"right in both orders"``, ``"order consistency"`` (the same response chosen in
        both, two missing verdicts being the same), ``"first chosen"`` (share of verdicts for the response shown first; 0.5 is
        no preference). Shares of pairs have Wilson's interval, means over both orders the jackknife over pairs. As in Zeng,
        Yu, Gao, Meng, Goyal and Chen, "Evaluating large language models at evaluating instruction following", ICLR 2024.

    Raises
    ------
    InputError
        If a column is missing, a pair is unknown to ``gold``, or a judge has two verdicts on a pair in one order.

    Examples
    --------
    >>> import polars as pl
    >>> verdicts = pl.DataFrame({"item": ["a", "a", "b", "b"], "rater": "judge", "swapped": [False, True] * 2,
    ...     "winner": ["1", "1", "1", "2"]})
    >>> gold = pl.DataFrame({"item": ["a", "b"], "winner": ["1", "1"]})
    >>> judge_pairs(verdicts, gold).to_frame().select("statistic", "value").rows()[-2:]
    [('order consistency', 0.5), ('first chosen', 0.75)]

    """
    confidence = check_confidence(confidence)
    known = _gold(gold)
    given = _verdicts(verdicts)
    unknown = given.join(known, on="item", how="anti")
    if unknown.height:
        msg = f"'gold' takes a row for every pair of 'verdicts' (it lacks {unknown['item'][0]!r}, {unknown['item'].n_unique()} in all)"
        raise InputError(msg)
    wide = _both_orders(given).join(known, on="item", how="left")
    by = ["subset"] if "subset" in known.columns else []
    rows: list[Estimate] = []
    keys: dict[str, list[Any]] = {name: [] for name in (*by, "judge")}
    for key, part in wide.group_by(*by, "rater", maintain_order=True):
        for one in _of(part, confidence):
            rows.append(one)
            for name, value in zip(keys, key, strict=True):
                keys[name].append(value)
    return PairJudges(estimates_frame(rows, keys).cast(dict.fromkeys(keys, pl.String)))


def _verdicts(verdicts: Any) -> pl.DataFrame:  # noqa: ANN401
    source = "item, rater, winner and swapped (or left and right)"
    needed = ("item", "rater", "winner")
    frame = take_here(verdicts, needed, optional=("swapped", "left", "right"), what="verdicts", source=source)
    if "swapped" not in frame.columns and not {"left", "right"} <= set(frame.columns):
        take_here(verdicts, (*needed, "swapped"), what="verdicts", source=source)
    frame = frame.with_columns(pl.col(needed).cast(pl.String))
    if "swapped" not in frame.columns:
        frame = frame.with_columns(pl.col("left", "right").cast(pl.String)).with_columns(
            (pl.col("left") > pl.col("right")).alias("swapped"), pl.min_horizontal("left", "right").alias("shown")
        )
    else:
        frame = frame.with_columns(pl.lit(None, pl.String).alias("shown"))
    for name in ("item", "rater", "swapped"):
        if frame[name].null_count():
            msg = f"'verdicts' takes a value for {name!r} in every row (row {frame[name].is_null().arg_max()} has null)"
            raise InputError(msg)
    twice = frame.select("item", "rater", "swapped").is_duplicated()
    if twice.any():
        row = frame.row(int(twice.arg_max() or 0), named=True)
        msg = (
            "'verdicts' takes one verdict for each item, rater and order "
            f"(got two or more for item {row['item']!r}, rater {row['rater']!r}, swapped {row['swapped']}); keep one of each"
        )
        raise InputError(msg)
    return frame.select("item", "rater", "winner", pl.col("swapped").cast(pl.Boolean), "shown")


def _gold(gold: Any) -> pl.DataFrame:  # noqa: ANN401
    frame = take_here(gold, ("item", "winner"), optional=("subset",), what="gold", source="item and winner")
    frame = frame.drop("response").cast(pl.String)
    if frame["item"].is_duplicated().any() or frame.select("item", "winner").null_count().sum_horizontal().item():
        msg = "'gold' takes one row for each item, with its winner (got an item twice, or a null)"
        raise InputError(msg)
    return frame.rename({"winner": "better"})


def _both_orders(given: pl.DataFrame) -> pl.DataFrame:
    """Return a row per pair and judge: the verdicts in both orders, and which response is shown first when not swapped."""
    straight, swapped = (pl.col("winner").filter(pl.col("swapped") == way) for way in (False, True))
    return given.group_by("item", "rater", maintain_order=True).agg(
        straight.first().alias("straight"),
        (~pl.col("swapped")).any().alias("asked"),
        swapped.first().alias("turned"),
        pl.col("swapped").any().alias("asked_turned"),
        pl.col("shown").drop_nulls().first().alias("shown"),
    )


def _of(part: pl.DataFrame, confidence: float) -> Iterator[Estimate]:
    names = sorted({*part["straight"].drop_nulls(), *part["turned"].drop_nulls(), *part["better"]})
    # With two labels for all pairs the first by name is shown first; ids of responses need left and right.
    shown = pl.col("shown")
    if len(names) <= 2:  # noqa: PLR2004
        shown = shown.fill_null(names[0])
    right, right_turned = ((pl.col(one) == pl.col("better")).fill_null(value=False) for one in ("straight", "turned"))
    both = pl.col("asked") & pl.col("asked_turned")
    yield _share(part.filter("asked").select(right), "accuracy, first order", "in the first order", confidence)
    yield _share(
        part.filter("asked_turned").select(right_turned), "accuracy, swapped", "in the swapped order", confidence
    )
    twice = part.filter(both)
    mean = twice.select((right.cast(pl.Float64) + right_turned.cast(pl.Float64)) / 2).to_series().to_numpy()
    yield _mean(mean, "accuracy", "in both orders", confidence)
    yield _share(twice.select(right & right_turned), "right in both orders", "in both orders", confidence)
    same = pl.col("straight").eq_missing(pl.col("turned"))
    yield _share(twice.select(same), "order consistency", "in both orders", confidence)
    read = twice.drop_nulls(["straight", "turned"]).filter(shown.is_not_null())
    leaning = ((pl.col("straight") == shown).cast(pl.Float64) + (pl.col("turned") != shown).cast(pl.Float64)) / 2
    yield _mean(
        read.select(leaning).to_series().to_numpy(), "first chosen", "in both orders with a verdict in each", confidence
    )


def _share(column: pl.DataFrame, statistic: str, where: str, confidence: float) -> Estimate:
    n = column.height
    if not n:
        return Estimate(statistic=statistic, value=None, note=_NONE.format(where), n_items=0, n_ratings=0)
    share = float(column.to_series().cast(pl.Float64).sum()) / n
    low, high = wilson(np.array([share]), np.array([float(n)]), confidence)
    method = f"{percent(confidence)} Wilson interval over pairs"
    return Estimate(
        statistic=statistic,
        value=share,
        low=float(low[0]),
        high=float(high[0]),
        se=(share * (1 - share) / n) ** 0.5,
        method=method,
        n_items=n,
        n_ratings=n,
    )


def _mean(values: Array, statistic: str, where: str, confidence: float) -> Estimate:
    counts: dict[str, Any] = {"n_items": len(values), "n_ratings": 2 * len(values)}
    if not len(values):
        return Estimate(statistic=statistic, value=None, note=_NONE.format(where), n_items=0, n_ratings=0)
    sums = np.column_stack([values, np.ones_like(values)])
    found = jackknife(sums, np.ones(len(values)), lambda s: s[:, 0] / s[:, 1], confidence=confidence, bounds=(0, 1))
    return Estimate(
        statistic=statistic,
        value=float(values.mean()),
        low=found.low,
        high=found.high,
        se=found.se,
        method=found.method.replace("items", "pairs"),
        note=found.note,
        **counts,
    )
