"""Do raters mark the same places? F1 between raters at exact, overlapping and character match, and alpha over characters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from rubricwidgets.stats.estimates import (
    CONSTANT,
    ESTIMATES_SCHEMA,
    FRAGILE,
    NO_OVERLAP,
    ONE_ITEM,
    ONE_RATER,
    SAME,
    Estimate,
    Result,
    estimates_frame,
    in_digits,
    percent,
)
from rubricwidgets.stats.grouped import Grouped, from_leave_one_out, jackknife_by, sums_by
from rubricwidgets.stats.resampling import check_confidence
from rubricwidgets.stats.span_marks import Marks, merged, take_marks
from rubricwidgets.texts import counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Indices = NDArray[np.int64]

NO_MARKS = "neither marked anything"
NOTHING_MARKED = "nobody marked anything"
NO_LENGTHS = "the lengths of the texts are not known: pass texts"

_MATCHES = {
    "f1_exact": "same start and end",
    "f1_overlap": "marks that overlap one of the other's",
    "f1_character": "characters marked",
}
_ALPHA = "alpha_character"
_TINY = 1e-12


@dataclass(frozen=True, repr=False)
class SpanAgreement(Result):
    """How far raters mark the same places.

    Parameters
    ----------
    estimates
        Means over the pairs of raters, and alpha: category (String; null for all marks together), then the columns of
        :data:`~rubricwidgets.stats.estimates.ESTIMATES_SCHEMA`.
    pairs
        F1 of each pair: rater, other_rater, then the same columns.
    note
        What the numbers rest on that a reader must know; None for nothing.

    """

    estimates: pl.DataFrame
    pairs: pl.DataFrame
    note: str | None = None

    def to_frame(self) -> pl.DataFrame:
        """Return the means over pairs and alpha."""
        return self.estimates

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return the estimates, and those of each pair."""
        return {"All raters": self.estimates, "Pairs of raters": self.pairs}

    def in_words(self) -> str:
        """Return how well the marks agree."""
        overall = self.estimates.filter(pl.col("category").is_null())
        parts = []
        for row in overall.iter_rows(named=True):
            on = "" if row["dimension"] is None else f" on {row['dimension']}"
            what = {
                "f1_exact": "mean F1 over pairs of raters at exact match",
                "f1_overlap": "at overlapping match",
                "f1_character": "over characters",
                _ALPHA: "Krippendorff's alpha over characters",
            }[row["statistic"]]
            reason = f" ({row['note']})" if row["value"] is None else ""
            parts.append(f"{what}{on} {in_digits(row['value'], row['low'], row['high'])}{reason}")
        if not parts:
            return "No marks to compare."
        n = overall.row(0, named=True)
        tail = f" {self.note[0].upper()}{self.note[1:]}." if self.note else ""
        base = f"{counted(n['n_raters'], 'rater')}, {counted(n['n_items'], 'item')}"
        return f"{base} that two or more of them rated: {'; '.join(parts)}.{tail}"


def spans(
    marks: Any,  # noqa: ANN401 - a frame of any library
    rated: Any = None,  # noqa: ANN401
    *,
    texts: Any = None,  # noqa: ANN401
    match_category: bool = False,
    by_category: bool = False,
    confidence: float = 0.95,
) -> SpanAgreement:
    """Estimate how far raters mark the same places of the same texts.

    Parameters
    ----------
    marks
        A frame with the columns of ``Study.spans()``: item, response, rater, start, end (Int: places between Unicode code points, from
        0, the end exclusive); category and dimension where there are any. Rows whose start and end are null have no place and are left
        out here.
    rated
        Everything that was rated, marked or not: item, response, rater. "Nothing to mark" is an answer that the marks alone cannot
        tell from "not rated"; without it only responses that a rater marked are taken as rated by them, which is said.
    texts
        item, response and text, or length in characters; needed for alpha, which counts what nobody marked.
    match_category
        Count two marks as the same only where their category is the same, too (exact and overlapping match).
    by_category
        Also alpha of each category alone.
    confidence
        Coverage of the intervals, above 0 and below 1.

    Returns
    -------
    SpanAgreement
        With ``estimates`` and ``pairs``. Statistics: ``"f1_exact"``, ``"f1_overlap"``, ``"f1_character"`` and
        ``"alpha_character"``.

    Raises
    ------
    InputError
        If a column is missing, a mark is reversed, empty or outside its text, or on something that is not in ``rated``.

    Notes
    -----
    F1 of two raters is the harmonic mean of precision and recall with either as the reference, over all responses that both rated:
    twice the marks that match over all marks of both (Hripcsak and Rothschild, "Agreement, the F-measure, and reliability in
    information retrieval", Journal of the American Medical Informatics Association 12, 2005). At overlapping match each mark counts
    that overlaps one of the other's by a character or more, so a long mark matches several short ones. The mean over pairs is
    unweighted; intervals are jackknife-t over items.

    Alpha is Krippendorff's nominal alpha with every character of every response as a unit, marked or not (Krippendorff, Content
    Analysis, 4th edition, 2019, chapter 12). It corrects for how much raters mark by chance. It is not his alpha for unitizing
    (Krippendorff, "On the reliability of unitizing continuous data", Sociological Methodology 25, 1995), nor the gamma of Mathet,
    Widloecher and Metivier 2015: it does not see where one mark ends and the next begins, long marks weigh more than short ones, and
    neighbouring characters are not independent; therefore the interval leaves out whole items.

    Examples
    --------
    >>> marks = pl.DataFrame({"item": ["a", "a", "b"], "rater": ["x", "y", "x"], "start": [0, 2, 0], "end": [4, 4, 1]})
    >>> rated = pl.DataFrame({"item": ["a", "a", "b", "b"], "rater": ["x", "y", "x", "y"]})
    >>> found = spans(marks, rated, texts=pl.DataFrame({"item": ["a", "b"], "text": ["abcdef", "abc"]}))
    >>> [round(one, 3) for one in found.estimates["value"]]
    [0.0, 0.667, 0.571, 0.338]

    """
    confidence = check_confidence(confidence)
    taken = take_marks(marks, rated, texts)
    placed = taken.marks.filter(pl.col("start").is_not_null())
    dimensions: list[str | None] = [None]
    if "dimension" in placed.columns:
        dimensions = placed["dimension"].unique().sort().to_list() or [None]
    estimates, pairs = [], []
    for dimension in dimensions:
        own = placed if dimension is None else placed.filter(pl.col("dimension") == dimension)
        found = _Dimension(taken, own, dimension, confidence)
        for_pairs, means = found.f1(match_category=match_category and "category" in own.columns)
        pairs.append(for_pairs)
        estimates.append(_with_category(means, None))
        estimates.append(_with_category([found.alpha(own)], None))
        if by_category and "category" in own.columns:
            estimates += [
                _with_category([found.alpha(own.filter(pl.col("category") == category))], category)
                for category in own["category"].drop_nulls().unique().sort()
            ]
    note = (
        None
        if taken.is_complete
        else "responses that a rater left without any mark are not known, so they are not counted: pass rated"
    )
    return SpanAgreement(pl.concat(estimates), pl.concat(pairs), note)


def _with_category(estimates: list[Estimate], category: str | None) -> pl.DataFrame:
    frame = estimates_frame(estimates)
    return frame.select(pl.lit(category, pl.String).alias("category"), pl.all())


class _Dimension:
    """The marks of one dimension."""

    def __init__(self, taken: Marks, marks: pl.DataFrame, dimension: str | None, confidence: float) -> None:
        self.marks, self.dimension, self.confidence = marks, dimension, confidence
        several = pl.len().over("_unit") > 1
        self.rated = taken.rated.filter(several)
        self.lengths = taken.lengths
        self.n_raters = taken.rated["rater"].n_unique()
        self.items = self.rated.select("_unit", pl.col("item").rank("dense").cast(pl.Int64).alias("_item") - 1).unique()
        self.n_items = self.rated["item"].n_unique()
        self.method = f"{percent(confidence)} jackknife t interval over items"
        self.reason = ONE_RATER if self.n_raters < 2 else NO_OVERLAP  # noqa: PLR2004

    def f1(self, *, match_category: bool) -> tuple[pl.DataFrame, list[Estimate]]:
        """Return the table of pairs, and the means over pairs."""
        both = self._pair_items(match_category=match_category)
        names = both.select("rater", "other_rater").unique().sort("rater", "other_rater").with_row_index("_pair")
        both = both.join(names, on=["rater", "other_rater"], maintain_order="left")
        group = both["_pair"].cast(pl.Int64).to_numpy()
        n = names.height
        n_items = np.bincount(group, minlength=n)
        n_rated = sums_by(group, both.select("n_responses").to_numpy().astype(np.float64), n)[:, 0]
        tables, means = [], []
        for statistic, words in _MATCHES.items():
            sums = both.select(f"{statistic}_same", f"{statistic}_all").to_numpy().astype(np.float64)
            total = sums_by(group, sums, n)
            value, without = _f1(total), _f1(total[group] - sums)
            # An item that neither marked changes nothing: leaving it out leaves F1 as it was.
            without = np.where(sums[:, 1] == 0, value[group], without)
            method = f"{words}, {self.method}"
            tables.append(
                self._pairs(names, statistic, from_leave_one_out(group, value, without), n_items, n_rated, method)
            )
            item = both["_item"].to_numpy()
            means.append(
                self._mean(statistic, value, without, group, item, f"mean over {counted(n, 'pair')}, {method}")
            )
        return pl.concat(tables), means

    def _pair_items(self, *, match_category: bool) -> pl.DataFrame:
        """Return, for each pair of raters and item that both rated, the sums that F1 needs."""
        pair = ["_unit", "rater", "other_rater"]
        raters = self.rated.select("_unit", "rater")
        pairs = raters.join(raters.rename({"rater": "other_rater"}), on="_unit").filter(
            pl.col("rater") < pl.col("other_rater")
        )
        alike = ["category"] if match_category else []
        own = self.marks.select("_unit", "rater", "start", "end", *alike).with_row_index("_mark")
        other = own.rename({"rater": "other_rater", "start": "start_", "end": "end_", "_mark": "_mark_"})
        joined = own.join(other, on=["_unit", *alike], nulls_equal=True).filter(
            pl.col("rater") < pl.col("other_rater"), pl.col("start") < pl.col("end_"), pl.col("start_") < pl.col("end")
        )
        # Of several identical marks by one rater, each matches one of the other's.
        places = ["_unit", "start", "end", *alike]
        tally = own.group_by(*places, "rater").len("n")
        same = (
            tally.join(tally.rename({"rater": "other_rater", "n": "n_"}), on=places, nulls_equal=True)
            .filter(pl.col("rater") < pl.col("other_rater"))
            .group_by(pair)
            .agg((2 * pl.min_horizontal("n", "n_")).sum().cast(pl.Int64).alias("f1_exact_same"))
        )
        over = joined.group_by(pair).agg(
            (pl.col("_mark").n_unique() + pl.col("_mark_").n_unique()).cast(pl.Int64).alias("f1_overlap_same")
        )
        stretches = merged(self.marks)
        shared = (
            stretches.join(stretches.rename({"rater": "other_rater", "start": "start_", "end": "end_"}), on="_unit")
            .filter(pl.col("rater") < pl.col("other_rater"))
            .with_columns((pl.min_horizontal("end", "end_") - pl.max_horizontal("start", "start_")).alias("_shared"))
            .filter(pl.col("_shared") > 0)
            .group_by(pair)
            .agg((2 * pl.col("_shared")).sum().alias("f1_character_same"))
        )
        sizes = own.group_by("_unit", "rater").agg(pl.len().cast(pl.Int64).alias("_marks"))
        marked = stretches.group_by("_unit", "rater").agg((pl.col("end") - pl.col("start")).sum().alias("_marked"))
        for table, name in ((sizes, "_marks"), (marked, "_marked")):
            pairs = pairs.join(table, on=["_unit", "rater"], how="left")
            pairs = pairs.join(
                table.rename({"rater": "other_rater", name: f"{name}_"}), on=["_unit", "other_rater"], how="left"
            )
        for table in (same, over, shared):
            pairs = pairs.join(table, on=pair, how="left")
        summed = pairs.fill_null(0).with_columns(
            (pl.col("_marks") + pl.col("_marks_")).alias("f1_exact_all"),
            (pl.col("_marks") + pl.col("_marks_")).alias("f1_overlap_all"),
            (pl.col("_marked") + pl.col("_marked_")).alias("f1_character_all"),
        )
        columns = [f"{name}_{part}" for name in _MATCHES for part in ("same", "all")]
        return (
            summed.join(self.items, on="_unit", maintain_order="left")
            .group_by("rater", "other_rater", "_item")
            .agg(pl.col(columns).sum(), pl.len().cast(pl.Int64).alias("n_responses"))
            .sort("rater", "other_rater", "_item")
        )

    def _pairs(
        self, names: pl.DataFrame, statistic: str, found: Grouped, n_items: Indices, n_rated: Array, method: str
    ) -> pl.DataFrame:
        low, high = found.limits(self.confidence)
        rows = [
            Estimate(
                statistic=statistic,
                value=float(value),
                low=None if np.isnan(below) else max(0.0, float(below)),
                high=None if np.isnan(above) else min(1.0, float(above)),
                se=float(se),
                method=method,
                n_items=int(n),
                n_raters=2,
                n_ratings=2 * int(rated),
                dimension=self.dimension,
                note=NO_MARKS if np.isnan(value) else ONE_ITEM if n == 1 else FRAGILE if np.isnan(se) else _flat(se),
            )
            for value, below, above, se, n, rated in zip(
                found.value, low, high, found.se, n_items, n_rated, strict=True
            )
        ]
        by = {"rater": names["rater"].to_list(), "other_rater": names["other_rater"].to_list()}
        if not rows:
            return pl.DataFrame(
                schema=pl.Schema([("rater", pl.String()), ("other_rater", pl.String()), *ESTIMATES_SCHEMA.items()])
            )
        return estimates_frame(rows, by)

    def _mean(
        self, statistic: str, value: Array, without: Array, group: Indices, item: Indices, method: str
    ) -> Estimate:
        """Return the mean over pairs, with the jackknife over items."""
        known = np.isfinite(value)
        if not known.any():
            return self._estimate(statistic, None, None, None, method, NOTHING_MARKED if len(value) else self.reason)
        mean = float(value[known].mean())
        # Without an item, a pair's value changes or goes; pairs that did not rate it stay as they are.
        filled, kept = np.where(np.isfinite(without), without, 0.0), np.isfinite(without).astype(np.float64)
        before = np.where(known, value, 0.0)[group]
        total = np.where(known, value, 0.0).sum() + np.bincount(item, filled - before, minlength=self.n_items)
        count = known.sum() + np.bincount(item, kept - known[group], minlength=self.n_items)
        left = np.divide(total, count, out=np.full(self.n_items, np.nan), where=count > 0)
        found = from_leave_one_out(np.zeros(self.n_items, dtype=np.int64), np.array([mean]), left)
        low, high = (float(one[0]) for one in found.limits(self.confidence))
        note = ONE_ITEM if self.n_items == 1 else FRAGILE if np.isnan(found.se[0]) else _flat(found.se[0])
        limits = None if np.isnan(low) else (max(0.0, low), min(1.0, high))
        return self._estimate(statistic, mean, limits, float(found.se[0]), method, note)

    def alpha(self, marks: pl.DataFrame) -> Estimate:
        """Return alpha over characters, marked or not."""
        method = f"nominal metric over characters, {self.method}"
        if self.rated.is_empty():
            return self._estimate(_ALPHA, None, None, None, method, self.reason)
        units = (
            self.rated.group_by("_unit")
            .agg(pl.len().cast(pl.Int64).alias("_m"))
            .join(self.lengths, on="_unit", how="inner")
        )
        if units.height < self.items.height:
            return self._estimate(_ALPHA, None, None, None, method, NO_LENGTHS)
        stretches = merged(marks).join(units.select("_unit"), on="_unit", how="semi")
        events = pl.concat(
            [
                stretches.select("_unit", pl.col("start").alias("_at"), pl.lit(1, pl.Int64).alias("_step")),
                stretches.select("_unit", pl.col("end").alias("_at"), pl.lit(-1, pl.Int64).alias("_step")),
                units.select("_unit", pl.lit(0, pl.Int64).alias("_at"), pl.lit(0, pl.Int64).alias("_step")),
                units.select("_unit", pl.col("length").alias("_at"), pl.lit(0, pl.Int64).alias("_step")),
            ]
        )
        segments = (
            events.group_by("_unit", "_at")
            .agg(pl.col("_step").sum())
            .sort("_unit", "_at")
            .with_columns(
                pl.col("_step").cum_sum().over("_unit").alias("_k"),
                (pl.col("_at").shift(-1).over("_unit") - pl.col("_at")).alias("_length"),
            )
            .filter(pl.col("_length") > 0)
            .join(units.select("_unit", "_m"), on="_unit")
            .join(self.items, on="_unit")
        )
        # Stretches of one item with as many marks are one pattern.
        counted = segments.group_by("_item", "_k", "_m").agg(pl.col("_length").sum()).sort("_item", "_k", "_m")
        k, m, length = (counted[name].cast(pl.Float64).to_numpy() for name in ("_k", "_m", "_length"))
        sums = np.column_stack([2 * k * (m - k) / (m - 1), m - k, k]) * length[:, None]
        per_item = sums_by(counted["_item"].to_numpy(), sums, self.n_items)
        found = jackknife_by(np.zeros(self.n_items, dtype=np.int64), per_item, _binary_alpha, 1)
        value, se = float(found.value[0]), float(found.se[0])
        if not np.isfinite(value):
            return self._estimate(_ALPHA, None, None, None, method, NOTHING_MARKED if not k.any() else CONSTANT)
        low, high = (float(one[0]) for one in found.limits(self.confidence))
        limits = None if np.isnan(low) else (max(-1.0, low), min(1.0, high))
        note = ONE_ITEM if self.n_items == 1 else FRAGILE if np.isnan(se) else _flat(se)
        return self._estimate(_ALPHA, value, limits, se, method, note)

    def _estimate(
        self,
        statistic: str,
        value: float | None,
        limits: tuple[float, float] | None,
        se: float | None,
        method: str,
        note: str | None,
    ) -> Estimate:
        low, high = limits or (None, None)
        return Estimate(
            statistic=statistic,
            value=value,
            low=low,
            high=high,
            se=se,
            method=method,
            n_items=self.n_items,
            n_raters=self.n_raters,
            n_ratings=self.rated.height,
            dimension=self.dimension,
            note=note,
        )


def _flat(se: float) -> str | None:
    """Return what to say of an interval without width; None where it has some."""
    return SAME if se < _TINY else None


def _binary_alpha(sums: Array) -> Array:
    """Return ``1 - (n - 1) o / (2 n_0 n_1)`` from the disagreeing pairs o and how often either value was given."""
    zeros, ones = sums[:, 1], sums[:, 2]
    expected = 2 * zeros * ones
    known = expected > _TINY
    observed = sums[:, 0] * (zeros + ones - 1)
    return np.asarray(1 - np.divide(observed, expected, out=np.full(len(sums), np.nan), where=known), dtype=np.float64)


def _f1(sums: Array) -> Array:
    return np.asarray(
        np.divide(sums[:, 0], sums[:, 1], out=np.full(len(sums), np.nan), where=sums[:, 1] > _TINY), dtype=np.float64
    )
