"""Intraclass correlations: Shrout and Fleiss's six forms with F intervals, and which of them the design calls for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import narwhals as nw
import numpy as np
import polars as pl

from rubricwidgets.errors import InputError, nearest
from rubricwidgets.stats import intake
from rubricwidgets.stats.component_fit import codes_of
from rubricwidgets.stats.components import without_rounding
from rubricwidgets.stats.crossed import Block, largest_block, unit_codes
from rubricwidgets.stats.estimates import (
    CONSTANT,
    NO_NUMBERS,
    NO_OVERLAP,
    NO_SCORES,
    ONE_ITEM,
    ONE_RATER,
    Estimate,
    Result,
    estimates_frame,
    in_digits,
    percent,
)
from rubricwidgets.stats.resampling import check_confidence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rubricwidgets.rubric import Rubric
    from rubricwidgets.stats.components import Partition

Agreement = Literal["absolute", "consistency"]
AGREEMENTS: tuple[Agreement, ...] = ("absolute", "consistency")
FORMS = ("ICC(1,1)", "ICC(2,1)", "ICC(3,1)", "ICC(1,k)", "ICC(2,k)", "ICC(3,k)")

ONE_RESPONSE = "one response only: variance between responses takes two"
NO_BLOCK = "no two raters rated two responses in common: generalizability() takes such designs"
PERFECT = "the raters differ by nothing but a constant: no interval"
ONLY_RATERS = (
    "all responses have the same scores from each rater: only raters differ, and nothing tells responses apart"
)
ALIKE = "the responses have the same mean: no interval"
NEGATIVE = "negative: raters disagree more than responses differ"
NO_MEAN = "raters disagree so much more than responses differ that their mean has no correlation"
NOT_HELD = "the F interval has no end, or leaves the estimate out: no interval"


@dataclass(frozen=True)
class Correlations:
    """The six forms of one dimension.

    Parameters
    ----------
    dimension
        Of the rubric.
    estimates
        In the order of :data:`FORMS`.
    called_for
        The two forms, for one rater and for the mean of several, that the design calls for; none where undefined.
    reason
        Why, in words.
    meaning
        What counts as error.

    """

    dimension: str
    estimates: tuple[Estimate, ...]
    called_for: tuple[str, ...]
    reason: str
    meaning: str = ""


@dataclass(frozen=True, repr=False)
class IntraclassCorrelations(Result):
    """The six intraclass correlations of each dimension.

    Parameters
    ----------
    dimensions
        One for each, in the rubric's order.

    """

    dimensions: tuple[Correlations, ...]

    def to_frame(self) -> pl.DataFrame:
        """Return six rows for each dimension: called_for (Boolean), then the columns of ESTIMATES_SCHEMA."""
        rows = [(one.statistic in each.called_for, one) for each in self.dimensions for one in each.estimates]
        frame = estimates_frame(one for _, one in rows)
        return frame.select(pl.Series("called_for", [called for called, _ in rows], dtype=pl.Boolean), pl.all())

    def in_words(self) -> str:
        """Return for each dimension which form the design calls for, and its value."""
        return "\n".join(_sentence(one) for one in self.dimensions) or f"Undefined: {NO_SCORES}."


def icc(
    scores: Any,  # noqa: ANN401 - a frame of any library that narwhals knows
    rubric: Rubric | None = None,
    *,
    dimensions: Sequence[str] | str | None = None,
    agreement: Agreement = "absolute",
    confidence: float = 0.95,
) -> IntraclassCorrelations:
    """Estimate the six intraclass correlations of each dimension.

    ICC(1,.) is for responses rated by different raters each, ICC(2,.) for the same raters, taken as a sample of raters
    (absolute agreement: severity counts as error), ICC(3,.) for these very raters (consistency: severity does not count).
    (.,1) is about one rater's score and (.,k) about the mean of k.

    Parameters
    ----------
    scores
        A frame with the columns of ``Study.scores()``. Scores count as numbers.
    rubric
        Gives the dimensions' order.
    dimensions
        Only these, or this one.
    agreement
        Whether scores must agree as they stand (``"absolute"``) or only in how they order responses
        (``"consistency"``). It decides between ICC(2,.) and ICC(3,.) where every response has the same raters; otherwise
        ICC(1,.) is called for.
    confidence
        Coverage of the intervals, above 0 and below 1.

    Returns
    -------
    IntraclassCorrelations
        Its frame: called_for (Boolean), then the columns of ESTIMATES_SCHEMA, six rows for each dimension.

    Raises
    ------
    InputError
        If a column is missing, or an option unknown.

    Notes
    -----
    Shrout and Fleiss, "Intraclass correlations: uses in assessing rater reliability", Psychological Bulletin 86, 1979;
    intervals of ICC(2,.) as there (after Fleiss and Shrout 1978), of the others from the F distribution. They suppose
    normal scores. Where ratings are missing, ICC(1,.) takes all of them, with k the ``n0`` of the analysis of variance
    (Donner, "A review of inference procedures for the intraclass correlation coefficient in the one-way random effects
    model", International Statistical Review 54, 1986). The two-way forms need a full table, so they take the largest
    block of responses that the same raters rated, and their rows say how large that is; ``generalizability()`` takes
    every rating of such a design.

    Examples
    --------
    >>> import polars as pl
    >>> ratings = {"x": [9, 6, 8, 7, 10, 6], "y": [2, 1, 4, 1, 5, 2], "z": [5, 3, 6, 2, 6, 4], "w": [8, 2, 8, 6, 9, 7]}
    >>> frame = pl.DataFrame([{"item": f"i{n}", "rater": rater, "dimension": "tone", "score": float(score)}
    ...     for rater, column in ratings.items() for n, score in enumerate(column)])
    >>> print(icc(frame).in_words())
    tone: the same 4 raters rated every response, so ICC(2,1) and ICC(2,k) are called for (absolute agreement): 0.29 [0.02, 0.76] for one rater's score, 0.62 [0.07, 0.93] for the mean of 4.

    """  # noqa: E501 - the sentence of the example is one line
    confidence = check_confidence(confidence)
    if agreement not in AGREEMENTS:
        close = nearest(agreement, AGREEMENTS)
        msg = f"'agreement' takes 'absolute' or 'consistency' (got {agreement!r})"
        raise InputError(msg + (f"; did you mean {close!r}?" if close else ""))
    frame = intake.scores_in_memory(scores, rubric, optional=("label",))
    names = intake.chosen_dimensions(nw.from_native(frame.lazy()), rubric, dimensions)
    named = intake.without_numbers(frame)
    given = frame.with_columns(pl.col("score").cast(pl.Float64).fill_nan(None)).filter(pl.col("score").is_not_null())
    found = [
        _of_dimension(
            given.filter(pl.col("dimension") == name),
            name,
            agreement,
            confidence,
            NO_NUMBERS if name in named else NO_SCORES,
        )
        for name in names
    ]
    return IntraclassCorrelations(tuple(found))


def _of_dimension(frame: pl.DataFrame, name: str, agreement: Agreement, confidence: float, empty: str) -> Correlations:
    values = frame["score"].to_numpy()
    items, raters = codes_of(frame["item"]), codes_of(frame["rater"])
    told = frame["response"].null_count() < frame.height
    units = unit_codes(items, codes_of(frame["response"].fill_null("")) if told else None)
    size: dict[str, Any] = {"n_items": len(items.n), "n_raters": len(raters.n), "n_ratings": len(values)}
    if note := _undefined(units, raters, values, empty):
        blank = tuple(Estimate(statistic=form, value=None, dimension=name, note=note, **size) for form in FORMS)
        return Correlations(name, blank, (), note)
    block = largest_block(units, raters, values)
    complete = block is not None and block.complete
    one = _one_way(units, values, name, confidence, size)
    two = _two_way(block, name, confidence, _block_words(block, units, raters), size, items.code[units.first])
    # Responses of one item say nothing of other items, however many they are.
    estimates = tuple(
        _held(
            replace(form, low=None, high=None, se=None, note=_with(ONE_ITEM, form.note))
            if form.n_items == 1 and (form.low is not None or form.high is not None)
            else form
        )
        for form in (one[0], *two[:2], one[1], *two[2:])
    )
    if complete:
        form = 2 if agreement == "absolute" else 3
        said = "absolute agreement" if form == 2 else "consistency"  # noqa: PLR2004
        reason = f"the same {len(raters.n)} raters rated every response"
        return Correlations(name, estimates, (f"ICC({form},1)", f"ICC({form},k)"), reason, said)
    reason = "responses differ in their raters"
    return Correlations(name, estimates, ("ICC(1,1)", "ICC(1,k)"), reason, "severity counts as error")


def _with(*notes: str | None) -> str | None:
    return "; ".join(filter(None, notes)) or None


def _held(form: Estimate) -> Estimate:
    """Return a form with what a negative value means, and without an interval that does not hold its value.

    Fleiss and Shrout's interval is an approximation for correlations above 0: below, it can miss its own estimate, and that of
    the mean of several raters can be without a lower end.
    """
    if form.value is None:
        return form
    if form.value < 0:
        form = replace(form, note=_with(NEGATIVE, form.note))
    ends = (form.low, form.high)
    if ends == (None, None) or (None not in ends and form.low <= form.value <= form.high):  # type: ignore[operator]
        return form
    return replace(form, low=None, high=None, note=_with(form.note, NOT_HELD))


def _undefined(units: Partition, raters: Partition, values: NDArray[np.float64], empty: str) -> str | None:
    """Return why nothing can be said, or None."""
    if not len(values):
        return empty
    if len(raters.n) == 1:
        return ONE_RATER
    if units.n.max() == 1:
        return NO_OVERLAP
    if len(units.n) == 1:
        return ONE_RESPONSE
    return CONSTANT if np.ptp(values) == 0 else None


def _block_words(block: Block | None, units: Partition, raters: Partition) -> str | None:
    if block is None or block.complete:
        return None
    return (
        f"on the largest block that the same raters rated: {len(block.units)} of {len(units.n)} responses, "
        f"{len(block.raters)} of {len(raters.n)} raters; generalizability() takes every rating"
    )


def _one_way(
    units: Partition, values: NDArray[np.float64], name: str, confidence: float, size: dict[str, Any]
) -> tuple[Estimate, Estimate]:
    centred = values - values.mean()
    n, count = float(len(values)), len(units.n)
    between = float((units.sums(centred) ** 2 / units.n).sum())
    within = max(float((centred**2).sum()) - between, 0.0)
    k = (n - float((units.n**2).sum()) / n) / (count - 1)
    first, second = _clean(between / (count - 1), within / (n - count))
    means = (first, second)
    return _ratio_forms("1", means, (count - 1, n - count), k, confidence, {**size, "dimension": name, "note": None})


def _two_way(
    block: Block | None,
    name: str,
    confidence: float,
    note: str | None,
    size: dict[str, Any],
    item_of: NDArray[np.int64],
) -> tuple[Estimate, Estimate, Estimate, Estimate]:
    """Return ICC(2,1), ICC(3,1), ICC(2,k) and ICC(3,k)."""
    forms = ("ICC(2,1)", "ICC(3,1)", "ICC(2,k)", "ICC(3,k)")
    known: dict[str, Any] = {**size, "dimension": name, "note": note}
    if block is None or np.ptp(block.table) == 0:
        why = NO_BLOCK if block is None else _with(CONSTANT, note)
        blank = [Estimate(statistic=form, value=None, **{**known, "note": why}) for form in forms]
        return blank[0], blank[1], blank[2], blank[3]
    n, k = block.table.shape
    known |= {"n_items": len(np.unique(item_of[block.units])), "n_raters": k, "n_ratings": n * k}
    table = block.table - block.table.mean()
    rows, columns = table.mean(axis=1), table.mean(axis=0)
    rest = float(((table - rows[:, None] - columns) ** 2).sum()) / ((n - 1) * (k - 1))
    raters = n * float((columns**2).sum()) / (k - 1)
    between, error, raters = _clean(k * float((rows**2).sum()) / (n - 1), rest, raters)
    second = _second(between, raters, error, n, k, confidence, known)
    third = _ratio_forms("3", (between, error), (n - 1, (n - 1) * (k - 1)), k, confidence, known)
    return second[0], third[0], second[1], third[1]


def _clean(*means: float) -> tuple[float, ...]:
    """Return mean squares, what is a rounding error beside the others as 0."""
    return tuple(without_rounding(np.array(means), sum(means)).tolist())


def _ratio_forms(
    form: str, means: tuple[float, float], df: tuple[float, float], k: float, confidence: float, known: dict[str, Any]
) -> tuple[Estimate, Estimate]:
    """Return ICC(1,.) or ICC(3,.): both follow from one F ratio (Shrout and Fleiss 1979, pages 424 and 425)."""
    between, error = means
    method = f"{percent(confidence)} F interval"
    told = {**known, "method": method}
    averaged = f"{method}, k = {k:.3g}"
    if between == error == 0:
        # Only raters differ: nothing is left to hold against anything.
        note = _with(ONLY_RATERS, known["note"])
        return (
            Estimate(statistic=f"ICC({form},1)", value=None, **{**told, "note": note}),
            Estimate(statistic=f"ICC({form},k)", value=None, **{**told, "note": note, "method": averaged}),
        )
    if between == 0 or error == 0:
        # F is 0 or infinite. Between 0: -1 / (k - 1), and without bound for the mean.
        note = _with(PERFECT if error == 0 else ALIKE, known["note"])
        single = 1.0 if error == 0 else -1 / (k - 1)
        mean = 1.0 if error == 0 else None
        return (
            Estimate(statistic=f"ICC({form},1)", value=single, **{**told, "note": note}),
            Estimate(statistic=f"ICC({form},k)", value=mean, **{**told, "note": note, "method": averaged}),
        )
    ratio = between / error
    tail = (1 - confidence) / 2
    lower, upper = ratio / _f(1 - tail, *df), ratio * _f(1 - tail, df[1], df[0])
    single, low, high = ((one - 1) / (one + k - 1) for one in (ratio, lower, upper))
    mean, mean_low, mean_high = (1 - 1 / one for one in (ratio, lower, upper))
    return (
        Estimate(statistic=f"ICC({form},1)", value=single, low=low, high=high, **told),
        Estimate(statistic=f"ICC({form},k)", value=mean, low=mean_low, high=mean_high, **{**told, "method": averaged}),
    )


def _second(
    between: float, raters: float, error: float, n: int, k: int, confidence: float, known: dict[str, Any]
) -> tuple[Estimate, Estimate]:
    """Return ICC(2,1) and ICC(2,k) with Fleiss and Shrout's approximate interval (Shrout and Fleiss 1979, page 424)."""
    method = f"{percent(confidence)} F interval"
    told, averaged = {**known, "method": method}, {**known, "method": f"{method}, k = {k}"}
    below = between + (k - 1) * error + k * (raters - error) / n
    # 0 for two responses and two raters with no means of their own: the others' share of such scores is without bound.
    single = (between - error) / below if below > 0 else None
    whole = between + (raters - error) / n
    (whole,) = without_rounding(np.array([whole]), between + raters + error)
    mean = float((between - error) / whole) if whole > 0 else None
    if single is None or error == 0 or between == 0:
        why = ONLY_RATERS if between == error else PERFECT if error == 0 else ALIKE
        note = _with(why, known["note"])
        return (
            Estimate(statistic="ICC(2,1)", value=single, **{**told, "note": note}),
            Estimate(statistic="ICC(2,k)", value=mean, **{**averaged, "note": note}),
        )
    ratio = raters / error
    shared = n * (1 + (k - 1) * single) - k * single
    above = (k - 1) * (n - 1) * (k * single * ratio + shared) ** 2
    spread = (n - 1) * k**2 * single**2 * ratio**2 + shared**2
    df = above / spread if spread > 0 else 0.0
    tail = (1 - confidence) / 2
    first, second = _f(1 - tail, n - 1, df), _f(1 - tail, df, n - 1)
    rest = k * raters + (k * n - k - n) * error
    low = n * (between - first * error) / (first * rest + n * between)
    high = n * (second * between - error) / (rest + n * second * between)
    stepped = [k * one / (1 + (k - 1) * one) if 1 + (k - 1) * one > 0 else None for one in (low, high)]
    if mean is None:
        stepped, averaged = [None, None], {**averaged, "note": _with(NO_MEAN, known["note"])}
    return (
        Estimate(statistic="ICC(2,1)", value=single, low=low, high=high, **told),
        Estimate(statistic="ICC(2,k)", value=mean, low=stepped[0], high=stepped[1], **averaged),
    )


def _f(share: float, above: float, below: float) -> float:
    """Return a quantile of the F distribution."""
    from scipy.special import fdtri  # noqa: PLC0415 - loads when an interval is first asked for

    return float(fdtri(above, below, share))


def _sentence(one: Correlations) -> str:
    if not one.called_for:
        return f"{one.dimension}: undefined ({one.reason})."
    single, mean = (next(each for each in one.estimates if each.statistic == form) for form in one.called_for)
    k = mean.method.rpartition("= ")[2]
    below = f" ({NEGATIVE})" if single.value is not None and single.value < 0 else ""
    return (
        f"{one.dimension}: {one.reason}, so {one.called_for[0]} and {one.called_for[1]} are called for ({one.meaning}): "
        f"{in_digits(single.value, single.low, single.high)} for one rater's score{below}, "
        f"{in_digits(mean.value, mean.low, mean.high)} for the mean of {k}."
    )
