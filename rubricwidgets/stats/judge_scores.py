"""Scores of judges beside those of people: who is which, and what each dimension's values are as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import polars as pl

from rubricwidgets.errors import InputError, nearest
from rubricwidgets.stats.estimates import ESTIMATES_SCHEMA, ONE_ITEM, Estimate, estimates_frame
from rubricwidgets.stats.intake import Measured, measured, scores_in_memory
from rubricwidgets.stats.resampling import jackknife

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from rubricwidgets.rubric import Rubric

    Array = NDArray[np.float64]

#: Estimates with the judge in front.
JUDGE_SCHEMA = pl.Schema([("judge", pl.String()), *ESTIMATES_SCHEMA.items()])
NO_COMMON = "no response was rated by both the judge and a person"
UNIT = ("item", "response")

#: 1 for each row, to be summed.
ONE = pl.col("item").is_not_null().cast(pl.Float64)


@dataclass(frozen=True)
class Panel:
    """One dimension's answers.

    Parameters
    ----------
    measured
        The dimension, its level and values.
    people, judges
        Columns item, response, rater, model and v (Float64: the score, or the category's place).

    """

    measured: Measured
    people: pl.DataFrame
    judges: pl.DataFrame

    @property
    def numeric(self) -> bool:
        """Whether values are numbers, or categories."""
        return self.measured.column == "score"

    def of(self, judge: str) -> pl.DataFrame:
        """Return one judge's answers."""
        return self.judges.filter(pl.col("rater") == judge)

    def people_means(self) -> pl.DataFrame:
        """Return what people gave each response: k (how many), people (their mean)."""
        return self.people.group_by(UNIT).agg(pl.len().alias("k"), pl.col("v").mean().alias("people"))

    def beside(self, judge: str) -> pl.DataFrame:
        """Return a judge's answers beside the mean of people's for the same response."""
        return self.of(judge).join(self.people_means(), on=UNIT, how="inner", nulls_equal=True)


def names_of(judges: Sequence[str] | str, raters: Sequence[str], what: str = "judges") -> list[str]:
    """Return the judges' names, or refuse names that rated nothing."""
    wanted = [judges] if isinstance(judges, str) else list(judges)
    if not wanted:
        msg = f"'{what}' takes one name or more of raters who are models: they are {', '.join(map(repr, raters)) or 'none'}"
        raise InputError(msg)
    for name in wanted:
        if name not in raters:
            close = nearest(name, raters)
            hint = f"did you mean {close!r}?" if close else f"there are {', '.join(map(repr, raters)) or 'none'}"
            msg = f"'{what}' takes names of raters of these scores (got {name!r}); {hint}"
            raise InputError(msg)
    return list(dict.fromkeys(wanted))


def panels(
    scores: Any,  # noqa: ANN401 - a frame of any library that narwhals knows
    rubric: Rubric | None,
    judges: Sequence[str] | str,
    people: Sequence[str] | None = None,
    dimensions: Sequence[str] | str | None = None,
) -> tuple[list[str], list[Panel]]:
    """Return the judges' names and each dimension's answers.

    Raises
    ------
    InputError
        If the frame is no scores frame, or a judge, a person or a dimension is unknown.

    """
    frame = scores_in_memory(scores, rubric)
    for name in ("response", "model"):
        if name not in frame.columns:
            frame = frame.with_columns(pl.lit(None, pl.String).alias(name))
    raters = frame["rater"].unique().sort().to_list()
    names = names_of(judges, raters)
    persons = [one for one in raters if one not in names] if people is None else names_of(people, raters, "people")
    both = [one for one in persons if one in names]
    if both:
        msg = f"'people' takes raters who are not among 'judges' (got {both[0]!r} in both)"
        raise InputError(msg)
    found = []
    for one in measured(nw.from_native(frame).lazy(), rubric, dimensions=dimensions):
        part = frame.filter(pl.col("dimension") == one.dimension)
        if one.column == "label":
            given = pl.col("label").replace_strict(
                {value: place for place, value in enumerate(one.values or ())}, default=None
            )
            if "not_applicable" in part.columns:
                given = pl.when(~pl.col("not_applicable")).then(given)
        else:
            given = pl.col("score")
        answers = part.select("item", "response", "rater", "model", given.cast(pl.Float64).alias("v")).drop_nulls("v")
        found.append(
            Panel(one, answers.filter(pl.col("rater").is_in(persons)), answers.filter(pl.col("rater").is_in(names)))
        )
    return names, found


def per_item(rows: pl.DataFrame, columns: Sequence[pl.Expr]) -> Array:
    """Return sums over each item's rows, shape (items, k)."""
    named = [one.sum().cast(pl.Float64).alias(f"c{place}") for place, one in enumerate(columns)]
    return rows.group_by("item", maintain_order=True).agg(named).drop("item").to_numpy().astype(np.float64)


def over_items(
    sums: Array,
    rule: Callable[[Array], Array],
    *,
    confidence: float,
    bounds: tuple[float, float] = (-np.inf, np.inf),
    undefined: str,
    none: str = NO_COMMON,
    **fields: Any,  # noqa: ANN401 - the other fields of an estimate
) -> Estimate:
    """Return a statistic of summed items with its jackknife interval; in words where it is undefined."""
    kind = fields.pop("kind", "")
    prefix = f"{kind}, " if kind else ""
    if not len(sums):
        return Estimate(value=None, method=kind, note=none, **fields)
    value = float(rule(sums.sum(axis=0)[None, :])[0])
    if not np.isfinite(value):
        return Estimate(value=None, method=kind, note=undefined, **fields)
    found = jackknife(sums, np.ones(len(sums)), rule, confidence=confidence, bounds=bounds)
    note = ONE_ITEM if len(sums) == 1 else found.note
    if found.se is not None and found.se == 0:
        note = "every item gives the same: the interval says nothing about others"
    return Estimate(
        value=value, low=found.low, high=found.high, se=found.se, method=prefix + found.method, note=note, **fields
    )


def judge_frame(rows: Sequence[tuple[str | None, Estimate]]) -> pl.DataFrame:
    """Return estimates with the judge in front; null where they are of people."""
    return estimates_frame([one for _, one in rows], {"judge": [judge for judge, _ in rows]}).cast({"judge": pl.String})
