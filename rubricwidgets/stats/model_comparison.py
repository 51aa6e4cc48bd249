"""Models held against each other: the tables, and what they say in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from rubricwidgets.frames import schema_of
from rubricwidgets.stats.corrections import NAMES, Correction
from rubricwidgets.stats.estimates import ESTIMATES_SCHEMA, NO_SCORES, Result, in_digits
from rubricwidgets.stats.mixed import COMPONENTS
from rubricwidgets.texts import enumerated

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Columns of the table of differences.
DIFFERENCES_SCHEMA = schema_of(
    {
        "model": pl.String,
        "against": pl.String,
        **ESTIMATES_SCHEMA,
        "df": pl.Float64,
        "p_value": pl.Float64,
        "p_adjusted": pl.Float64,
        "standardised": pl.Float64,
        "superiority": pl.Float64,
        "superiority_low": pl.Float64,
        "superiority_high": pl.Float64,
    }
)

#: Columns of the mixed model's variances.
COMPONENTS_SCHEMA = schema_of(
    {"dimension": pl.String, **dict.fromkeys((*COMPONENTS, "residual"), pl.Float64), "note": pl.String}
)

_MOST_TOLD = 3


@dataclass(frozen=True, repr=False)
class ModelComparison(Result):
    """Models held against each other.

    Parameters
    ----------
    differences
        A row for each dimension and two models: columns of :data:`DIFFERENCES_SCHEMA`.
    mixed
        The same differences from a mixed model, as a check: model, against and the columns of estimates.
    components
        The mixed model's variances: dimension, item, response, rater, rater_by_model, residual (Float64; null where the
        design cannot tell them apart) and note.
    confidence
        Coverage of the intervals.
    correction
        How p_adjusted was found.

    """

    differences: pl.DataFrame
    mixed: pl.DataFrame
    components: pl.DataFrame
    confidence: float
    correction: Correction

    def to_frame(self) -> pl.DataFrame:
        """Return the differences."""
        return self.differences

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return the differences, the mixed model's, and its variances."""
        shown = self.differences.drop("statistic", "method", "df", "n_ratings", "superiority_low", "superiority_high")
        if self.components.is_empty():
            return {"": shown}
        checks = self.mixed.select("model", "against", "dimension", "value", "low", "high", "note")
        return {"": shown, "The same by a mixed model": checks, "Variances": self.components}

    def in_words(self) -> str:
        """Return what was found for each dimension, soberly."""
        known = self.differences.filter(pl.col("value").is_not_null())
        if known.is_empty():
            why = self.differences["note"].drop_nulls().unique(maintain_order=True).to_list()
            return f"No models can be compared: {'; '.join(why) or NO_SCORES}."
        parts = [
            self._of_dimension(str(name), part) for (name,), part in known.group_by("dimension", maintain_order=True)
        ]
        tested = known.filter(pl.col("p_value").is_not_null()).height
        if tested > 1:
            means = f"p-values are corrected for {tested} comparisons ({NAMES[self.correction]}); intervals are not."
            parts.append(means if self.correction != "none" else f"p-values of {tested} comparisons are not corrected.")
        parts += self._disagreements(known)
        return "\n".join(parts)

    def _of_dimension(self, dimension: str, rows: pl.DataFrame) -> str:
        apart, open_ = [], []
        for row in rows.filter(pl.col("p_adjusted").is_not_null()).iter_rows(named=True):
            higher, lower, sign = _ordered(row)
            low, high = sorted(sign * row[end] for end in ("low", "high"))
            told, p = in_digits(abs(row["value"]), low, high), _p(row["p_adjusted"])
            if row["p_adjusted"] <= 1 - self.confidence:
                apart.append(f"{higher} above {lower} by {told} ({p})")
            elif low > 0 and self.correction != "none":
                # The interval leaves 0 out, and the decision does not rest on it.
                compared = self.differences["p_value"].drop_nulls().len()
                alone = f"{told} for this pair alone, but corrected for {compared} comparisons {p}"
                open_.append(f"{higher} and {lower} ({alone})")
            else:
                open_.append(f"{higher} and {lower} ({told}, {p})")
        said = []
        if apart:
            said.append(f"mean scores put {enumerated(apart)}")
        if len(open_) > _MOST_TOLD:
            said.append(f"the data leave open which is higher in {len(open_)}{' other' if apart else ''} pairs")
        elif open_:
            said.append(f"the data leave open which is higher of {enumerated(open_)}")
        said += _untested(rows.filter(pl.col("p_adjusted").is_null()))
        return f"{dimension}: {'; '.join(said)}."

    def _disagreements(self, known: pl.DataFrame) -> list[str]:
        """Return a sentence where the mixed model's interval does not hold the difference found here."""
        both = known.join(self.mixed, on=["model", "against", "dimension"], suffix="_mixed").drop_nulls("low_mixed")
        off = both.filter(~pl.col("value").is_between("low_mixed", "high_mixed"))
        if off.is_empty():
            return []
        named = [
            f"{one} against {other} on {on}"
            for one, other, on in off.select("model", "against", "dimension").iter_rows()
        ]
        return [f"A mixed model gives clearly other differences for {enumerated(named)}: who rated what matters there."]


def _ordered(row: Mapping[str, Any]) -> tuple[str, str, int]:
    """Return the higher model, the lower one, and the sign that makes their difference positive."""
    return (row["model"], row["against"], 1) if row["value"] >= 0 else (row["against"], row["model"], -1)


def _untested(rows: pl.DataFrame) -> list[str]:
    """Return what is said of differences without a test, whose limits have no width where there are any."""
    alike, apart = [], []
    for row in rows.iter_rows(named=True):
        higher, lower, _ = _ordered(row)
        if row["value"] == 0:
            alike.append(f"{higher} and {lower}")
        else:
            apart.append(f"{higher} above {lower} by {in_digits(abs(row['value']))}")
    said = [f"the mean scores of {enumerated(alike)} are the same"] if alike else []
    said += [f"means put {enumerated(apart)}"] if apart else []
    if said:
        why = rows["note"].drop_nulls().unique(maintain_order=True).to_list()
        said[-1] += f" ({'; '.join(why)})" if why else ", without an interval"
    return said


def _p(value: float) -> str:
    if value > 0.999:  # noqa: PLR2004
        return "p > .999"
    return "p < .001" if value < 0.001 else f"p = {value:.3f}".replace("0.", ".")  # noqa: PLR2004
