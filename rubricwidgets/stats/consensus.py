"""What the raters together say of each response, how sure that is, and whom it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import polars as pl

from rubricwidgets.errors import InputError, nearest
from rubricwidgets.scales.numbers import plain_number, short
from rubricwidgets.stats.averages import (
    agreement_with_others,
    distance_from_others,
    mean,
    median,
    most_frequent,
    trimmed_mean,
)
from rubricwidgets.stats.consensus_result import (
    ALL_ALIKE,
    ALL_SAME,
    CONFUSION_SCHEMA,
    CONSENSUS_SCHEMA,
    FEW_RATINGS,
    KEPT_SAME,
    METHODS,
    NO_INTERVAL,
    NO_NUMBER,
    NO_SHARED,
    NO_VALUES,
    OF_NUMBERS,
    ONE_RATING,
    TIED,
    TIED_IN_MODEL,
    ConsensusResult,
    Method,
)
from rubricwidgets.stats.dawid_skene import DawidSkene, dawid_skene
from rubricwidgets.stats.estimates import NO_SCORES, ONE_RATER, percent
from rubricwidgets.stats.grouped import RATER_SCHEMA
from rubricwidgets.stats.intake import measured, scores_in_memory
from rubricwidgets.stats.mace import mace
from rubricwidgets.stats.resampling import check_confidence
from rubricwidgets.stats.votes import Votes, votes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rubricwidgets.rubric import Rubric
    from rubricwidgets.stats.intake import Measured

    Array = NDArray[np.float64]

_TINY = 1e-12
_FEW = 3
#: Probabilities that differ by less are equal: the estimates stop within about this of where they go.
_ALIKE = 1e-4
_Tables = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, list[str]]


@dataclass(frozen=True)
class _Options:
    method: Method
    trim: float
    confidence: float
    iterations: int
    restarts: int
    seed: int


def consensus(
    scores: Any,  # noqa: ANN401 - a frame of any library that narwhals knows
    rubric: Rubric | None = None,
    *,
    method: Method = "majority",
    dimensions: Sequence[str] | str | None = None,
    trim: float = 0.2,
    confidence: float = 0.95,
    iterations: int = 200,
    restarts: int = 10,
    seed: int = 0,
) -> ConsensusResult:
    """Join the raters' answers to one for each response and dimension, and say how reliable each rater is.

    Parameters
    ----------
    scores
        A frame with the columns of ``Study.scores()``.
    rubric
        Gives the dimensions' order, values and labels.
    method
        ``"majority"``, ``"mean"``, ``"median"``, ``"trimmed_mean"``; or a model of raters who err: ``"dawid_skene"`` (each
        confuses answers in a way of their own; wants some dozen answers per rater), ``"mace"`` (each knows or guesses).
    dimensions
        Which ones; all by default.
    trim
        Share of the lowest and of the highest scores that the trimmed mean leaves out, 0 or more and below one half.
    confidence
        Coverage of intervals, above 0 and below 1.
    iterations
        Of the models, at the most.
    restarts
        Starting points of MACE.
    seed
        Of its random starting points.

    Returns
    -------
    ConsensusResult
        ``answers``: columns dimension, item, response, model, score, label, confidence (of categories: the share of raters
        who gave the answer, or its probability under the model), low, high, se (of means and medians, raters taken as a sample),
        method, n_raters, note. ``reliability``: for each rater agreement with the majority of the others; the difference
        from and the correlation with the mean of the others; the accuracy; or the competence. ``confusion`` with
        ``"dawid_skene"``.

    Raises
    ------
    InputError
        If a column is missing, an answer stands twice, or an option is unknown.

    Notes
    -----
    Sources: :mod:`rubricwidgets.stats.averages`, :mod:`rubricwidgets.stats.dawid_skene`, :mod:`rubricwidgets.stats.mace`.
    A rater's reliability leaves the rater's own answer out of what it is held against, except in the models. Where raters
    answered little, Dawid and Skene's probabilities run close to 0 and 1, and claim more than the data hold.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"item": ["a", "a", "a"], "rater": ["x", "y", "z"], "dimension": ["tone"] * 3, "score": [4.0, 4.0, 1.0]})
    >>> consensus(frame).to_frame().select("score", "confidence").row(0)
    (4.0, 0.6666666666666666)

    """
    options = _Options(method, *_checked(method, trim, confidence, iterations, restarts), seed)
    frame = scores_in_memory(scores, rubric, optional=("model", "label", "not_applicable"))
    names = pl.col("item", "response", "rater", "dimension")
    # Categories stay as they are: they are told apart faster than words.
    odd = [name for name in ("item", "response", "rater", "dimension") if not _is_text(frame.schema[name])]
    frame = frame.with_columns(names.cast(pl.String)) if odd else frame
    answers, reliability, confusion, notes = [], [], [], []
    for one in measured(nw.from_native(frame.lazy()), rubric, None, dimensions):
        own = frame.filter(pl.col("dimension") == one.dimension)
        found = _dimension(own, one, rubric, options)
        answers.append(found[0])
        reliability.append(found[1])
        confusion.append(found[2])
        notes += found[3]
    return ConsensusResult(
        answers=pl.concat(answers) if answers else pl.DataFrame(schema=CONSENSUS_SCHEMA),
        reliability=pl.concat(reliability) if reliability else pl.DataFrame(schema=RATER_SCHEMA),
        confusion=pl.concat(confusion) if confusion else pl.DataFrame(schema=CONFUSION_SCHEMA),
        method=method,
        notes=tuple(notes),
    )


def _is_text(kind: pl.DataType) -> bool:
    return isinstance(kind, (pl.String, pl.Categorical, pl.Enum))


def _checked(
    method: str, trim: object, confidence: object, iterations: object, restarts: object
) -> tuple[float, float, int, int]:
    if method not in METHODS:
        close = nearest(method, METHODS)
        hint = f"; did you mean {close!r}?" if close else ""
        msg = f"'method' takes one of {', '.join(METHODS)} (got {method!r}){hint}"
        raise InputError(msg)
    share = plain_number(trim)
    if share is None or not 0 <= share < 0.5:  # noqa: PLR2004
        msg = f"'trim' takes a share from 0 and below 0.5, such as 0.2 (got {trim!r})"
        raise InputError(msg)
    whole = []
    for name, value in (("iterations", iterations), ("restarts", restarts)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            msg = f"{name!r} takes a whole number from 1 (got {value!r})"
            raise InputError(msg)
        whole.append(value)
    return float(share), check_confidence(confidence), whole[0], whole[1]


def _dimension(frame: pl.DataFrame, one: Measured, rubric: Rubric | None, options: _Options) -> _Tables:
    """Return answers, reliability, confusion and notes of one dimension."""
    votes = votes_of(frame, one)
    if not votes.n_units:
        return _nothing(frame, one, NO_SCORES)
    if options.method in OF_NUMBERS:
        ends = _ends(one, rubric)
        return (
            _by_number(frame, one, votes, options, ends) if one.column == "score" else _nothing(frame, one, NO_NUMBER)
        )
    if one.values is None:
        return _nothing(frame, one, NO_VALUES)
    labels = _labels(frame, one, rubric)
    if options.method == "majority":
        return _by_majority(frame, one, votes, labels, options)
    return _by_model(frame, one, votes, labels, options)


def _nothing(frame: pl.DataFrame, one: Measured, note: str) -> _Tables:
    """Return rows without a value for what was asked."""
    units = frame.unique(["item", "response"], keep="first", maintain_order=True)
    counts = frame.group_by("item", "response").agg(pl.col("rater").n_unique().alias("n_raters"))
    rows = units.join(counts, on=["item", "response"], nulls_equal=True, maintain_order="left")
    answers = rows.select(
        pl.lit(None, kind).alias(name) if name not in rows.columns or name in _EMPTIED else pl.col(name).cast(kind)
        for name, kind in CONSENSUS_SCHEMA.items()
    ).with_columns(pl.lit(note).alias("note"))
    raters = frame["rater"].cast(pl.String).unique().sort()
    reliability = pl.DataFrame({"rater": raters}).select(
        *(
            pl.lit(one.dimension).alias(name)
            if name == "dimension"
            else pl.lit(
                "reliability" if name == "statistic" else note if name == "note" else "" if name == "method" else None,
                kind,
            ).alias(name)
            if name != "rater"
            else pl.col("rater")
            for name, kind in RATER_SCHEMA.items()
        )
    )
    return answers, reliability, pl.DataFrame(schema=CONFUSION_SCHEMA), []


_EMPTIED = ("score", "label")


def _answers(frame: pl.DataFrame, votes: Votes, method: str, columns: dict[str, Any]) -> pl.DataFrame:
    """Return one row per unit, with what was found."""
    names = [name for name in ("dimension", "item", "response", "model") if name in frame.columns]
    rows = frame.select(names)[votes.first]
    given = {"method": pl.lit(method), "n_raters": pl.Series(votes.per_unit), **columns}
    rows = rows.with_columns(**{name: value for name, value in given.items() if value is not None})
    return rows.select(
        (pl.col(name).cast(kind) if name in rows.columns else pl.lit(None, kind)).alias(name)
        for name, kind in CONSENSUS_SCHEMA.items()
    )


def _labels(frame: pl.DataFrame, one: Measured, rubric: Rubric | None) -> list[str | None]:
    """Return the label of each value, in order."""
    values = one.values or ()
    if one.column == "label":
        return [str(value) for value in values]
    known: dict[float, str] = {}
    if "label" in frame.columns:
        pairs = frame.select("score", "label").drop_nulls().unique()
        known = dict(pairs.iter_rows())
    if rubric is not None and one.dimension in rubric.names:
        scale = rubric[one.dimension].scale
        for point, _ in scale.points():
            number, label = scale.number(point), scale.label(point)
            if number is not None and label is not None:
                known[float(number)] = str(label)
    return [known.get(float(value)) for value in values]


def _chosen(one: Measured, labels: list[str | None], place: NDArray[np.int64]) -> dict[str, Any]:
    """Return the columns score and label of the values at these places; null at -1."""
    at = pl.Series(place).replace(-1, None)
    values = pl.Series(
        [None if one.column == "label" else float(value) for value in one.values or ()], dtype=pl.Float64
    )
    return {"score": values.gather(at), "label": pl.Series(labels, dtype=pl.String).gather(at)}


def _by_majority(
    frame: pl.DataFrame, one: Measured, votes: Votes, labels: list[str | None], options: _Options
) -> _Tables:
    place, share = most_frequent(votes)
    single = votes.per_unit == 1
    note = _noted(len(place), [(place < 0, TIED), (single, ONE_RATING)])
    sure = pl.Series(np.where((place < 0) | single, np.nan, share)).fill_nan(None)
    answers = _answers(
        frame, votes, "most frequent answer", {**_chosen(one, labels, place), "confidence": sure, "note": note}
    )
    found, low, high = agreement_with_others(votes, options.confidence)
    method = f"share of answers, {percent(options.confidence)} Wilson interval for the effective number"
    table = _reliability(
        one, votes, "agreement with the others' majority", found.value, method, low=low, high=high, n=found.n_items
    )
    return answers, table, pl.DataFrame(schema=CONFUSION_SCHEMA), []


def _ends(one: Measured, rubric: Rubric | None) -> tuple[float, float] | None:
    """Return the ends of a rubric's scale; scores that happened to be given are no ends."""
    scale = rubric[one.dimension].scale if rubric is not None and one.dimension in rubric.names else None
    low, high = getattr(scale, "low", None), getattr(scale, "high", None)
    return None if low is None or high is None else (float(low), float(high))


def _by_number(
    frame: pl.DataFrame, one: Measured, votes: Votes, options: _Options, ends: tuple[float, float] | None
) -> _Tables:
    if options.method == "mean":
        average, kind = mean(votes, options.confidence), "mean, {} t interval over raters"
    elif options.method == "median":
        average, kind = median(votes, options.confidence), "median, {} interval of order statistics over raters"
    else:
        average = trimmed_mean(votes, options.trim, options.confidence)
        kind = f"mean without {percent(options.trim)} at each end, {{}} Tukey-McLaughlin interval over raters"
    single = votes.per_unit == 1
    # Scores that do not differ leave an interval without width, which would claim to know what others would say.
    flat = average.se < _TINY
    limits = {
        name: np.where(flat, np.nan, value)
        for name, value in (("low", average.low), ("high", average.high), ("se", average.se))
    }
    if ends is not None:
        for name in ("low", "high"):
            limits[name] = np.clip(limits[name], *ends)
    columns = {name: pl.Series(value).fill_nan(None) for name, value in limits.items()}
    few = np.isnan(average.low)
    note = _noted(
        len(single), [(single, ONE_RATING), (flat & votes.same, ALL_SAME), (flat, KEPT_SAME), (few, FEW_RATINGS)]
    )
    method = kind.format(percent(options.confidence))
    answers = _answers(frame, votes, method, {"score": pl.Series(average.value), **columns, "note": note})
    method = f"{percent(options.confidence)} jackknife t interval over items"
    tables = []
    for statistic, found in zip(
        ("difference from the others", "correlation with the others"), distance_from_others(votes), strict=True
    ):
        low, high = found.limits(options.confidence)
        if statistic.startswith("corr"):
            low, high = np.clip(low, -1, 1), np.clip(high, -1, 1)
        tables.append(
            _reliability(one, votes, statistic, found.value, method, low=low, high=high, se=found.se, n=found.n_items)
        )
    return answers, pl.concat(tables), pl.DataFrame(schema=CONFUSION_SCHEMA), []


def _by_model(frame: pl.DataFrame, one: Measured, votes: Votes, labels: list[str | None], options: _Options) -> _Tables:
    confusion = pl.DataFrame(schema=CONFUSION_SCHEMA)
    items = sums_of_items(votes)
    if options.method == "dawid_skene":
        found = dawid_skene(votes, iterations=options.iterations)
        posterior, converged, name = found.posterior, found.converged, "Dawid-Skene"
        table = _reliability(
            one,
            votes,
            "accuracy",
            found.accuracy,
            "Dawid-Skene, truths as common as estimated",
            n=items,
            note=NO_INTERVAL,
        )
        confusion = _confusion(one, votes, found)
    else:
        known = mace(votes, restarts=options.restarts, iterations=options.iterations, seed=options.seed)
        posterior, converged, name = known.posterior, known.converged, "MACE"
        table = _reliability(one, votes, "competence", known.competence, "MACE, variational", n=items, note=NO_INTERVAL)
    top = posterior.max(axis=1)
    alone = (posterior > top[:, None] - _ALIKE).sum(axis=1) == 1
    place = np.where(alone, posterior.argmax(axis=1), -1)
    sure = pl.Series(np.where(alone, top, np.nan)).fill_nan(None)
    note = _noted(len(place), [(~alone, TIED_IN_MODEL)])
    answers = _answers(frame, votes, name, {**_chosen(one, labels, place), "confidence": sure, "note": note})
    notes = (
        [] if converged else [f"{name} had not converged on {one.dimension!r} after {options.iterations} iterations."]
    )
    if len(votes.raters) == 1:
        notes.append(f"One rater only on {one.dimension!r}: the model repeats what the rater said.")
    return answers, table, confusion, notes


def sums_of_items(votes: Votes) -> NDArray[np.int64]:
    """Return how many items each rater answered."""
    pairs = np.unique(votes.rater * (int(votes.item.max(initial=0)) + 1) + votes.item[votes.unit])
    return np.bincount(pairs // (int(votes.item.max(initial=0)) + 1), minlength=len(votes.raters)).astype(np.int64)


def _confusion(one: Measured, votes: Votes, found: DawidSkene) -> pl.DataFrame:
    names = [value if one.column == "label" else short(value) for value in one.values or ()]
    c, r = len(names), len(votes.raters)
    return pl.DataFrame(
        {
            "rater": np.repeat(np.array(votes.raters, dtype=object), c * c).tolist(),
            "dimension": [one.dimension] * (r * c * c),
            "truth": np.tile(np.repeat(np.array(names, dtype=object), c), r).tolist(),
            "answer": np.tile(np.array(names, dtype=object), r * c).tolist(),
            "share": found.confusion.ravel(),
        },
        schema=CONFUSION_SCHEMA,
    ).with_columns(pl.col("share").fill_nan(None))


def _reliability(
    one: Measured,
    votes: Votes,
    statistic: str,
    value: Array,
    method: str,
    *,
    low: Array | None = None,
    high: Array | None = None,
    se: Array | None = None,
    n: NDArray[np.int64],
    note: str | None = None,
) -> pl.DataFrame:
    m = len(votes.raters)
    nothing = np.full(m, np.nan)
    undefined = ONE_RATER if m == 1 else NO_SHARED
    return pl.DataFrame(
        {
            "rater": list(votes.raters),
            "dimension": [one.dimension] * m,
            "statistic": [statistic] * m,
            "value": value,
            "low": nothing if low is None else low,
            "high": nothing if high is None else high,
            "se": nothing if se is None else se,
            "method": [method] * m,
            "n_items": n,
            "n_raters": [m] * m,
            "n_ratings": votes.per_rater,
            "note": [
                note if known else undefined if shared < _FEW else ALL_ALIKE
                for known, shared in zip(np.isfinite(value).tolist(), np.asarray(n).tolist(), strict=True)
            ],
        },
        schema=RATER_SCHEMA,
    ).with_columns(pl.col("value", "low", "high", "se").fill_nan(None))


def _noted(size: int, rules: list[tuple[NDArray[np.bool_], str]]) -> pl.Series:
    """Return the first note whose rule holds, for each row."""
    place = np.full(size, -1)
    for index, (rule, _) in reversed(list(enumerate(rules))):
        place = np.where(rule, index, place)
    return pl.Series([words for _, words in rules], dtype=pl.String).gather(pl.Series(place).replace(-1, None))
