"""Do the raters agree? Coefficients of agreement per dimension, each with standard error, interval and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import narwhals as nw
import numpy as np

from rubricwidgets.stats import coefficients as co
from rubricwidgets.stats.agreement_options import (
    FIXED_CHANCE,
    OF_RATERS,
    check_interval,
    check_seed,
    check_statistics,
    check_weights,
    fitting,
    method_of,
    weights_of,
)
from rubricwidgets.stats.columns import collected, is_eager
from rubricwidgets.stats.conger import Conger
from rubricwidgets.stats.counts import reduce_counts, reduce_moments
from rubricwidgets.stats.estimates import (
    CONSTANT,
    NO_OVERLAP,
    NO_SCORES,
    ONE_CATEGORY,
    ONE_RATER,
    SAME,
    Estimate,
    estimates_frame,
)
from rubricwidgets.stats.intake import measured, scores_in_memory, scores_in_place
from rubricwidgets.stats.paired_raters import MeanKappa, Pairs
from rubricwidgets.stats.rated import of_common, rated
from rubricwidgets.stats.resampling import (
    Interval,
    bca,
    bca_interval,
    check_confidence,
    check_resamples,
    jackknife,
    jackknife_interval,
    linearised,
    redrawn,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

    from rubricwidgets.rubric import Rubric
    from rubricwidgets.scales.base import Level
    from rubricwidgets.stats.agreement_options import IntervalKind
    from rubricwidgets.stats.coefficients import Coefficient, Weights
    from rubricwidgets.stats.counts import Counts, Moments
    from rubricwidgets.stats.intake import Measured
    from rubricwidgets.stats.rated import Rated

    Array = NDArray[np.float64]
    Frame = nw.DataFrame[Any] | nw.LazyFrame[Any]

ENDLESS = (
    "its scores have no categories: alpha at level 'interval' and the intraclass correlation take them as they are"
)
NO_LINEARISED = "no standard error is published for it: interval='jackknife' gives one"
_BOUNDS = {"percent": (0.0, 1.0)}
_FINE = 20
#: How far alpha may hang on the metric before a note says so.
_APART = 0.2
SKEWED = (
    "the ordinal metric weighs a step by how often the values at and between its ends are used, and these are used very "
    "unequally: alpha is {:.2f} with level='interval'"
)


def agreement(
    scores: Any,  # noqa: ANN401 - a frame of any library that narwhals knows
    rubric: Rubric | None = None,
    *,
    statistics: str | Sequence[str] = ("alpha",),
    level: Level | None = None,
    weights: Weights | None = None,
    by: str | None = None,
    dimensions: Sequence[str] | str | None = None,
    interval: IntervalKind | None = "jackknife",
    resamples: int = 2000,
    confidence: float = 0.95,
    seed: int = 0,
) -> pl.DataFrame:
    """Estimate how far the raters agree on each dimension.

    Only ratings that have a value count; ratings may be missing anywhere. What is rated is the response (the item, for a
    dimension about the item); standard errors and intervals take items as independent, with all responses and ratings of an
    item together.

    Parameters
    ----------
    scores
        A frame with the columns of ``Study.scores()``; of Polars (eager or lazy), pandas, Arrow, DuckDB or PySpark. Of lazy
        ones only counts are collected; ``"kappa"``, ``"weighted_kappa"`` and ``"conger"`` collect item, response, rater and
        score of each rating.
    rubric
        Gives order, levels of measurement and every value of each scale. Without it they are taken from what is observed:
        whole numbers of up to eleven kinds are ordinal, other numbers interval, labels nominal.
    statistics
        One name, several, or ``"all"`` that fit the level:

        - ``"percent"``: share of agreeing pairs of ratings.
        - ``"alpha"``: Krippendorff's alpha with the metric of the level (Krippendorff 2011, 2019). The ordinal one weighs a step
          by how often the values at and between its ends are used: where most scores are the same, a step beside them counts
          for much. Where the interval metric gives an alpha more than 0.2 away, a note says which.
        - ``"fleiss"``: Fleiss' kappa (1971), for unequal numbers of ratings (Gwet 2014, chapter 2).
        - ``"conger"``: Conger's kappa (1980): each rater's own distribution is chance.
        - ``"kappa"``, ``"weighted_kappa"``: Cohen's (1960, 1968); of more than two raters the mean over pairs (Light 1971).
        - ``"brennan_prediger"``: chance is equal categories (Brennan and Prediger 1981).
        - ``"ac1"``, ``"ac2"``: Gwet's (2008, 2014).
    level
        ``"nominal"``, ``"ordinal"``, ``"interval"`` or ``"ratio"`` in place of the scale's own.
    weights
        How near two values are: ``"identity"``, ``"linear"``, ``"quadratic"`` or ``"gwet_ordinal"``. Default: quadratic for
        ``"weighted_kappa"`` and ``"ac2"`` of ordered scales, identity elsewhere. ``"kappa"`` and ``"ac1"`` are unweighted by
        definition, and with weights refused unless their weighted form is asked for too. Alpha has a metric in their place:
        ``"gwet_ordinal"`` is not Krippendorff's ordinal metric.
    by
        A column, such as ``"model"``, of which each value gets rows of its own.
    dimensions
        Some of the dimensions; all by default.
    interval
        ``"jackknife"`` over items with Student's t, ``"bca"`` bootstrap of items, ``"linearised"`` (the analytic standard
        errors of Gwet 2014, with Student's t), or None.
    resamples, seed
        Of the bootstrap. The same seed gives the same interval on any machine.
    confidence
        Coverage of the interval, above 0 and below 1.

    Returns
    -------
    polars.DataFrame
        Columns ``by`` (where given), dimension, statistic, value, low, high, se, method, n_items, n_raters, n_ratings, note:
        one row per dimension and statistic. The counts are of ratings that the statistic uses: those of responses rated
        twice or more, and for Fleiss, Conger, Brennan-Prediger and Gwet all. Where undefined, value is null and note says why.

    Raises
    ------
    InputError
        If a column is missing, an item or rater is null, an answer stands twice, scores are not of the scale, or an option is
        unknown or does not fit a dimension.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"item": list("aabbccdd"), "rater": list("xyxyxyxy"), "dimension": ["tone"] * 8,
    ...     "score": [1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 1.0, 2.0]})
    >>> agreement(frame, statistics=["alpha", "percent"], level="nominal").select("statistic", pl.col("value").round(4)).rows()
    [('alpha', 0.6667), ('percent', 0.75)]

    """
    asked = check_statistics(statistics)
    options = _Options(
        check_weights(weights),
        check_interval(interval),
        check_resamples(resamples),
        check_confidence(confidence),
        check_seed(seed),
    )
    frame = checked(scores, rubric, by)
    found = measured(frame.lazy(), rubric, level, dimensions)
    groups: list[tuple[object, list[Measured]]] = [(None, found)]
    if by is not None:
        present = collected(frame.lazy().select(by, "dimension").unique()).sort(by, nulls_last=True)
        names = dict(present.group_by(by, maintain_order=True).agg("dimension").iter_rows())
        groups = [(value, [one for one in found if one.dimension in kept]) for value, kept in names.items()]
    estimates, column = [], []
    for value, own in groups:
        part = frame
        if by is not None:
            part = frame.filter(nw.col(by).is_null() if value is None else nw.col(by) == value)
        for one in own:
            dimension = _Dimension(part, one, options)
            for name in fitting(asked, one, options.weights):
                estimates.append(dimension.estimate(name))
                column.append(value)
    return estimates_frame(estimates, None if by is None else {by: column})


@dataclass(frozen=True)
class _Options:
    weights: Weights | None
    interval: IntervalKind | None
    resamples: int
    confidence: float
    seed: int


class _Dimension:
    """One dimension's reductions, each made when a statistic first needs it."""

    def __init__(self, frame: Frame, measured: Measured, options: _Options) -> None:
        self.frame, self.measured, self.options = frame, measured, options

    @cached_property
    def counts(self) -> Counts:
        return reduce_counts(self.frame, self.measured, by_item=self.options.interval is not None)

    @cached_property
    def moments(self) -> Moments:
        return reduce_moments(self.frame, self.measured)

    @cached_property
    def ratings(self) -> Rated:
        return rated(self.frame.lazy(), self.measured)

    @cached_property
    def pairs(self) -> Pairs:
        return Pairs(of_common(self.ratings))

    def estimate(self, name: str) -> Estimate:
        weights = weights_of(name, self.measured, self.options.weights)
        values = self.measured.values
        if values is None and not (name == "alpha" and self.measured.level == "interval"):
            words = method_of(name, self.measured, weights)
            return Estimate(statistic=name, value=None, method=words, dimension=self.measured.dimension, note=ENDLESS)
        if name == "alpha" and self.measured.level == "interval" and (values is None or len(values) > _FINE):
            return self._summed(name, weights, self.moments)
        if name not in OF_RATERS:
            return self._summed(name, weights, self.counts)
        return self._of_raters(name, weights)

    def _summed(self, name: str, weights: Weights, reduced: Counts | Moments) -> Estimate:
        """Estimate from sums over items."""
        used = reduced.paired() if name in ("percent", "alpha") else reduced
        why = _lacking(reduced.n_ratings, reduced.n_raters, overlap=bool((reduced.sizes >= 2).any()))  # noqa: PLR2004
        size = (used.n_items, used.n_raters, used.n_ratings) if why is None else _size(reduced)
        words = method_of(name, self.measured, weights)
        if why is None and name in FIXED_CHANCE and len(self.measured.values or ()) < 2:  # noqa: PLR2004
            why = ONE_CATEGORY
        if why is not None:
            return self._nothing(name, words, size, why)
        coefficient = _coefficient(name, self.measured, weights, reduced)
        value = coefficient.value()
        if not np.isfinite(value):
            return self._nothing(name, words, size, CONSTANT)
        options, bounds = self.options, _BOUNDS.get(name, (-np.inf, 1.0))
        interval = None
        if options.interval == "jackknife":
            # The rows of a fine scale are computed as they are read; to what reads them they are an array.
            interval = jackknife(
                coefficient.rows, coefficient.weights, coefficient.of, confidence=options.confidence, bounds=bounds
            )
        elif options.interval == "bca":
            interval = bca(
                coefficient.rows,
                coefficient.weights,
                coefficient.of,
                confidence=options.confidence,
                resamples=options.resamples,
                seed=options.seed,
                bounds=bounds,
            )
        elif options.interval == "linearised":
            linear = _linear(name, self.measured, weights, used)
            if linear is not None:
                per_item, items = used.per_item(np.column_stack([linear, np.ones_like(linear)]))
                interval = linearised(
                    per_item[:, 0], items, per_item[:, 1], value=value, confidence=options.confidence, bounds=bounds
                )
        return self._told(name, words, size, value, interval, self._skewed(value) if name == "alpha" else None)

    def _skewed(self, alpha: float) -> str | None:
        """Return a note where the ordinal metric, which follows the use of the scale, decides what alpha is."""
        if self.measured.level != "ordinal" or not self.measured.numbers:
            return None
        even = co.alpha(self.counts, "interval").value()
        # NaN, where the interval metric leaves alpha undefined, is no difference.
        return SKEWED.format(even) if abs(even - alpha) > _APART else None

    def _of_raters(self, name: str, weights: Weights) -> Estimate:
        """Estimate from who said what."""
        ratings = self.ratings
        words = method_of(name, self.measured, weights)
        size = (ratings.n_items, len(ratings.raters), len(ratings.item))
        overlap = bool((ratings.per_unit.sum(axis=1) >= 2).any()) if len(ratings.item) else False  # noqa: PLR2004
        why = _lacking(len(ratings.item), len(ratings.raters), overlap=overlap)
        if why is not None:
            return self._nothing(name, words, size, why)
        table = co.weight_table(weights, _numbers(self.measured))
        statistic: Conger | MeanKappa
        linear: Conger | None
        note = None
        if name == "conger":
            statistic = linear = Conger(ratings, table)
        else:
            used = self.pairs.ratings
            size = (used.n_items, len(np.unique(used.rater)), len(used.item))
            statistic = MeanKappa(self.pairs, table)
            several = len(statistic.each)
            # Of two raters, Conger's kappa is Cohen's, and so is its standard error.
            linear = Conger(used, table) if several == 1 else None
            if several > 1:
                words = f"mean over {several} pairs of raters, {words}"
                if statistic.n_defined < several:
                    note = f"undefined for {several - statistic.n_defined} of {several} pairs, which are left out"
        value = statistic.value()
        if not np.isfinite(value):
            return self._nothing(name, words, size, CONSTANT)
        return self._told(name, words, size, value, self._interval_of(statistic, linear, value, size[0]), note)

    def _interval_of(
        self, statistic: Conger | MeanKappa, linear: Conger | None, value: float, n_items: int
    ) -> Interval | None:
        options = self.options
        bounds, ones = (-np.inf, 1.0), np.ones(n_items)
        if options.interval == "jackknife":
            return jackknife_interval(value, statistic.without(), ones, confidence=options.confidence, bounds=bounds)
        if options.interval == "bca":
            drawn = redrawn(ones, statistic.drawn, n=options.resamples, seed=options.seed)
            return bca_interval(
                value,
                drawn,
                statistic.without(),
                ones,
                confidence=options.confidence,
                resamples=options.resamples,
                bounds=bounds,
            )
        if options.interval == "linearised" and linear is not None:
            values, of_item = linear.linear(), linear.ratings.unit_item
            per_item, sizes = (
                np.bincount(of_item, weights=one).astype(np.float64) for one in (values, np.ones_like(values))
            )
            return linearised(per_item, ones, sizes, value=value, confidence=options.confidence, bounds=bounds)
        return None

    def _told(
        self,
        name: str,
        words: str,
        size: tuple[int, int, int],
        value: float,
        interval: Interval | None,
        note: str | None = None,
    ) -> Estimate:
        if interval is None:
            missing = NO_LINEARISED if self.options.interval is not None else None
            interval = Interval(None, None, None, "", missing)
        notes = [note, interval.note, SAME if interval.se is not None and interval.se < 1e-12 else None]  # noqa: PLR2004
        return Estimate(
            statistic=name,
            value=value,
            low=interval.low,
            high=interval.high,
            se=interval.se,
            method="; ".join(one for one in (words, interval.method) if one),
            n_items=size[0],
            n_raters=size[1],
            n_ratings=size[2],
            dimension=self.measured.dimension,
            note="; ".join(one for one in notes if one) or None,
        )

    def _nothing(self, name: str, words: str, size: tuple[int, int, int], why: str) -> Estimate:
        return Estimate(
            statistic=name,
            value=None,
            method=words,
            n_items=size[0],
            n_raters=size[1],
            n_ratings=size[2],
            dimension=self.measured.dimension,
            note=why,
        )


def checked(scores: Any, rubric: Rubric | None, by: str | None = None) -> Frame:  # noqa: ANN401
    """Return a scores frame, checked: in memory where it was, else in place."""
    if not is_eager(scores):
        return scores_in_place(scores, rubric, by=by)
    frame = scores_in_memory(scores, rubric, optional=("label", "not_applicable"), by=by)
    return nw.from_native(frame, eager_only=True)


def _coefficient(name: str, measured: Measured, weights: Weights, reduced: Any) -> Coefficient:  # noqa: ANN401
    if name == "alpha":
        # Moments are taken where there are too many values to count.
        return co.alpha(reduced, measured.level) if hasattr(reduced, "totals") else co.alpha_of_moments(reduced)
    table = co.weight_table(weights, reduced.numbers)
    if name == "percent":
        return co.percent(reduced, table)
    chance = {"fleiss": co.fleiss_chance, "brennan_prediger": co.uniform_chance}.get(name, co.gwet_chance)
    return co.corrected(reduced, table, chance)


def _linear(name: str, measured: Measured, weights: Weights, used: Any) -> Array | None:  # noqa: ANN401
    if name == "alpha":
        # Metrics that are agreement weights turned round.
        alike: dict[str, Weights] = {"nominal": "identity", "interval": "quadratic"}
        if measured.level not in alike or not hasattr(used, "totals"):
            return None
        return co.linear_alpha(used, co.weight_table(alike[measured.level], used.numbers))
    table = co.weight_table(weights, used.numbers)
    if name == "percent":
        return co.linear_percent(used, table)
    rules: dict[str, Literal["fleiss", "gwet", "uniform"]] = {"fleiss": "fleiss", "brennan_prediger": "uniform"}
    return co.linear_corrected(used, table, rules.get(name, "gwet"))


def _lacking(n_ratings: int, n_raters: int, *, overlap: bool) -> str | None:
    if not n_ratings:
        return NO_SCORES
    if n_raters < 2:  # noqa: PLR2004
        return ONE_RATER
    return None if overlap else NO_OVERLAP


def _size(reduced: Counts | Moments) -> tuple[int, int, int]:
    return reduced.n_items, reduced.n_raters, reduced.n_ratings


def _numbers(measured: Measured) -> Sequence[float]:
    return measured.numbers if measured.numbers is not None else tuple(map(float, range(len(measured.values or ()))))
