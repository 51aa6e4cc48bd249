"""How bad are the errors that were marked? MQM: the weights of a response's marks added up, and the mean over responses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from rubricwidgets.errors import InputError, nearest
from rubricwidgets.stats.estimates import FRAGILE, ONE_ITEM, Estimate, Result, estimates_frame, in_digits, percent
from rubricwidgets.stats.grouped import cells, jackknife_by, stacked
from rubricwidgets.stats.resampling import check_confidence
from rubricwidgets.stats.span_marks import UNIT, take_marks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class Mqm(Result):
    """MQM scores: 0 is without error, more is worse.

    Parameters
    ----------
    systems
        One row per model, the best first: model, then the columns of
        :data:`~rubricwidgets.stats.estimates.ESTIMATES_SCHEMA`.
    responses
        One row per response: item, response, model (String), mqm (Float64: mean over its raters of the weights of their marks),
        n_marks (Int64: marks with a weight above 0, by all raters), n_raters (Int64).

    """

    systems: pl.DataFrame
    responses: pl.DataFrame

    def to_frame(self) -> pl.DataFrame:
        """Return the row of each model."""
        return self.systems

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return the models and the responses."""
        return {"Models": self.systems, "Responses": self.responses}

    def in_words(self) -> str:
        """Return the best and the worst, and how the score is made."""
        rows = self.systems.to_dicts()
        if not rows:
            return "Nothing was rated, so there is no MQM score."

        def told(row: dict[str, Any]) -> str:
            named = row["model"] if row["model"] is not None else "all responses"
            return f"{named} {in_digits(row['value'], row['low'], row['high'])}"

        between = f"from {told(rows[0])} (best) to {told(rows[-1])}" if len(rows) > 1 else told(rows[0])
        return f"Mean MQM weight per response (0 is without error), {rows[0]['method']}: {between}."


def mqm(
    marks: Any,  # noqa: ANN401 - a frame of any library
    rated: Any,  # noqa: ANN401
    *,
    weights: Mapping[str, float] | None = None,
    confidence: float = 0.95,
) -> Mqm:
    """Score each response and each model by the weights of the errors marked in it.

    Parameters
    ----------
    marks
        A frame with the columns of ``Study.spans()``: item, response, rater, and weight, or severity with ``weights``.
    rated
        Everything that was rated, marked or not: item, response, rater and model. A response without marks counts as 0, which
        marks alone cannot know.
    weights
        What each severity weighs, such as ``{"major": 5, "minor": 1, "neutral": 0}`` (Freitag et al. 2021); by default the column
        weight is taken.
    confidence
        Coverage of the intervals, above 0 and below 1.

    Returns
    -------
    Mqm
        With ``systems`` and ``responses``.

    Raises
    ------
    InputError
        If a column is missing, a mark has no weight, or is on something that is not in ``rated``.

    Notes
    -----
    A rater's score for a response is the sum of weights; a response's the mean over its raters; a model's the mean over its
    responses, as in Freitag, Foster, Grangier, Ratnakar, Tan and Macherey, "Experts, errors, and context: a large-scale study of human
    evaluation for machine translation", Transactions of the ACL 9, 2021, section 3. Intervals are jackknife-t over items; differences
    between models are better judged on the same items, with ``compare_models``.

    Examples
    --------
    >>> marks = pl.DataFrame({"item": ["a", "a"], "rater": ["x", "x"], "severity": ["major", "minor"]})
    >>> rated = pl.DataFrame({"item": ["a", "b"], "rater": ["x", "x"], "model": ["m", "m"]})
    >>> mqm(marks, rated, weights={"major": 5, "minor": 1}).systems["value"].to_list()
    [3.0]

    """
    confidence = check_confidence(confidence)
    taken = take_marks(marks, rated, needs_place=False)
    if {"category", "start"} <= set(taken.marks.columns):
        # A row of neither says that the rater found no error, which is in ``rated`` already.
        taken = replace(taken, marks=taken.marks.filter(~pl.all_horizontal(pl.col("category", "start").is_null())))
    weighed = taken.marks.with_columns(_weight(taken.marks, weights).alias("_weight"))
    of_rater = weighed.group_by("_unit", "rater").agg(
        pl.col("_weight").sum(), (pl.col("_weight") > 0).sum().cast(pl.Int64).alias("n_marks")
    )
    given = taken.rated
    if "model" not in given.columns:
        given = given.with_columns(pl.lit(None, pl.String).alias("model"))
    responses = (
        given.join(of_rater, on=["_unit", "rater"], how="left", maintain_order="left")
        .with_columns(pl.col("_weight", "n_marks").fill_null(0))
        .group_by("_unit", maintain_order=True)
        .agg(
            pl.col(*UNIT, "model").first(),
            pl.col("_weight").mean().alias("mqm"),
            pl.col("n_marks").sum(),
            pl.len().cast(pl.Int64).alias("n_raters"),
        )
        .drop("_unit")
    )
    return Mqm(_systems(responses, given, confidence), responses)


def _weight(marks: pl.DataFrame, weights: Mapping[str, float] | None) -> pl.Expr:
    if weights is None:
        if "weight" not in marks.columns:
            msg = "'spans' takes a weight for each mark: a column 'weight', or weights={severity: number}"
            raise InputError(msg)
        if marks["weight"].null_count():
            place = marks["weight"].is_null().arg_max()
            msg = f"'spans' takes a weight for each mark (row {place} has null): fill it, or pass weights={{severity: number}}"
            raise InputError(msg)
        return pl.col("weight").cast(pl.Float64)
    if "severity" not in marks.columns:
        msg = "'weights' takes the weight of each severity, and 'spans' has no column 'severity'"
        raise InputError(msg)
    for severity in marks["severity"].unique().sort():
        if severity not in weights:
            close = nearest(severity, weights)
            hint = f"; did you mean it by {close!r}?" if close else ""
            msg = f"'weights' takes a weight for every severity that was marked (none for {severity!r}){hint}"
            raise InputError(msg)
    return pl.col("severity").replace_strict(
        {key: float(value) for key, value in weights.items()}, return_dtype=pl.Float64
    )


def _systems(responses: pl.DataFrame, rated: pl.DataFrame, confidence: float) -> pl.DataFrame:
    models = responses.select("model").unique().sort("model", nulls_last=True)
    placed = responses.join(
        models.with_row_index("_model"), on="model", how="left", nulls_equal=True, maintain_order="left"
    )
    group = placed["_model"].cast(pl.Int64).to_numpy()
    item = placed["item"].rank("dense").cast(pl.Int64).to_numpy() - 1
    together = cells(group, item, int(item.max(initial=-1)) + 1)
    sums = together.sums(stacked(placed["mqm"].to_numpy(), np.ones(placed.height)))
    found = jackknife_by(together.group, sums, _mean, models.height)
    low, high = found.limits(confidence)
    counted = rated.group_by("model").agg(pl.col("rater").n_unique().alias("_raters"), pl.len().alias("_ratings"))
    sizes = models.join(counted, on="model", how="left", nulls_equal=True, maintain_order="left")
    method = f"{percent(confidence)} jackknife t interval over items"
    rows = [
        Estimate(
            statistic="mqm",
            value=float(found.value[place]),
            low=None if np.isnan(low[place]) else max(0.0, float(low[place])),
            high=float(high[place]),
            se=float(found.se[place]),
            method=method,
            n_items=int(found.n_items[place]),
            n_raters=int(one["_raters"]),
            n_ratings=int(one["_ratings"]),
            note=ONE_ITEM if found.n_items[place] == 1 else FRAGILE if np.isnan(found.se[place]) else None,
        )
        for place, one in enumerate(sizes.iter_rows(named=True))
    ]
    names = pl.Series("model", models["model"].to_list(), dtype=pl.String)
    return estimates_frame(rows).select(names, pl.all()).sort("value", "model")


def _mean(total: Array) -> Array:
    mean = np.divide(total[:, 0], total[:, 1], out=np.full(len(total), np.nan), where=total[:, 1] > 0)
    return np.asarray(mean, dtype=np.float64)
