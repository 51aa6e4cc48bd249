"""A model as rater: its agreement with people, whether it may stand in for one, what sways it, and its calibration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from rubricwidgets.stats import calibration as calibrated
from rubricwidgets.stats import judge_agreement
from rubricwidgets.stats.alternative_annotator import check_epsilon, leave_each_out, verdict_in_words
from rubricwidgets.stats.calibration import CURVE_SCHEMA
from rubricwidgets.stats.estimates import NO_SCORES, Estimate, Result, in_digits
from rubricwidgets.stats.judge_bias import causes_of
from rubricwidgets.stats.judge_bias import of_judge as bias_of_judge
from rubricwidgets.stats.judge_scores import judge_frame, panels
from rubricwidgets.stats.resampling import check_confidence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rubricwidgets.rubric import Rubric


@dataclass(frozen=True, repr=False)
class Judges(Result):
    """What judges are worth beside people.

    Parameters
    ----------
    agreement
        Column judge and those of estimates; rows without a judge say how far people agree with each other.
    alternative
        The alternative-annotator test: columns of :data:`~rubricwidgets.stats.alternative_annotator.ALTERNATIVE_SCHEMA`.
    persons
        The same for each person left out.
    bias
        By position, length and family, as far as given; see :func:`rubricwidgets.stats.judge_bias.judge_bias`.
    calibration
        Bias, mean absolute difference, slope and intercept; for probabilities Brier's score and calibration error.
    curve
        What people give where a judge gives a score: :data:`~rubricwidgets.stats.calibration.CURVE_SCHEMA`.

    """

    agreement: pl.DataFrame
    alternative: pl.DataFrame
    persons: pl.DataFrame
    bias: pl.DataFrame
    calibration: pl.DataFrame
    curve: pl.DataFrame

    def to_frame(self) -> pl.DataFrame:
        """Return the agreement."""
        return self.agreement

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return every table that has rows; the agreement always."""
        short = ["judge", "dimension", "statistic", "value", "low", "high", "n_items", "n_raters", "note"]
        found = {
            "Agreement (a dash for the judge: people with each other)": self.agreement.select(short),
            "Alternative-annotator test": self.alternative.drop("method"),
            "Alternative-annotator test by person": self.persons,
            "Bias, in points beyond people's mean": self.bias.select(short),
            "Calibration": self.calibration.select(short),
            "What people give where a judge gives a score": self.curve,
        }
        return {title: table for title, table in found.items() if table.height or table is self.agreement}

    def in_words(self) -> str:
        """Return what each judge is worth on each dimension, soberly."""
        said = [self._of(row) for row in self.alternative.iter_rows(named=True)]
        return "\n".join(said) if said else f"No judge can be held against people: {NO_SCORES}."

    def _of(self, row: dict[str, Any]) -> str:
        judge, dimension = row["judge"], row["dimension"]
        mine, people = (self._kappa(one, dimension) for one in (judge, None))
        head = f"{judge} on {dimension}:"
        agreement = mine[1]["note"] if mine[1]["value"] is None else f"{mine[0]} with people {mine[1]['told']}"
        if people[1]["value"] is not None:
            agreement += f", people with each other {people[1]['told']}"
        if row["winning_rate"] is None:
            return f"{head} {agreement}; {verdict_in_words(row)}."
        test = verdict_in_words(row)
        notes = f"; {row['note']}" if row["note"] else ""
        bias = self.calibration.filter(judge=judge, dimension=dimension, statistic="bias").to_dicts()
        off = ""
        if bias and bias[0]["value"] is not None:
            side = "above" if bias[0]["value"] >= 0 else "below"
            limits = (bias[0]["low"], bias[0]["high"])
            ends = (
                sorted(abs(one) for one in limits) if None not in limits and limits[0] * limits[1] > 0 else [None, None]
            )
            off = f"; its scores lie {in_digits(abs(bias[0]['value']), *ends)} {side} people's on average"
            if ends[0] is None and None not in limits:
                off += f" (interval {in_digits(limits[0])} to {in_digits(limits[1])})"
        return f"{head} {agreement}; {test}{off}{notes}."

    def _kappa(self, judge: str | None, dimension: str) -> tuple[str, dict[str, Any]]:
        of = pl.col("judge").is_null() if judge is None else pl.col("judge") == judge
        rows = self.agreement.filter(of, dimension=dimension).filter(
            pl.col("statistic").is_in(["weighted kappa", "kappa"])
        )
        row = rows.to_dicts()[0]
        return row["statistic"], {**row, "told": in_digits(row["value"], row["low"], row["high"])}


def judges(
    scores: Any,  # noqa: ANN401 - a frame of any library that narwhals knows
    rubric: Rubric | None = None,
    *,
    judges: Sequence[str] | str,
    people: Sequence[str] | None = None,
    dimensions: Sequence[str] | str | None = None,
    epsilon: float = 0.2,
    order: Any = None,  # noqa: ANN401
    lengths: Any = None,  # noqa: ANN401
    families: Mapping[str, str | Sequence[str]] | None = None,
    confidence: float = 0.95,
) -> Judges:
    """Hold raters who are models against raters who are people.

    Parameters
    ----------
    scores
        A frame with the columns of ``Study.scores()``, judges among its raters (``study.add_scores`` brings them in).
    rubric
        Gives the dimensions' order, levels and categories.
    judges
        Names of the raters who are models.
    people
        Names of those they are held against; None takes all others.
    dimensions
        Which; None takes all.
    epsilon
        Of the alternative-annotator test: 0.2 for experts, 0.15 for skilled raters, 0.1 for crowd workers.
    order, lengths, families
        For bias by position, length and family; see :func:`rubricwidgets.stats.judge_bias.judge_bias`.
    confidence
        Coverage of every interval (jackknife over items), above 0 and below 1.

    Returns
    -------
    Judges
        Agreement (exact; kappa, weighted by squares where values are numbers, over all pairs of judge and person; Pearson's
        and Spearman's correlation with people's mean), the alternative-annotator test, biases, calibration; for each
        judge and dimension, with the agreement of people with each other to hold it against.

    Raises
    ------
    InputError
        If a column, a name or an option is not as it must be.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> study = rw.demo(store="memory")
    >>> truth = rw.simulate(study, raters=4, seed=1)
    >>> found = judges(study.scores(), study.rubric, judges="simulated-4", dimensions=["accuracy"])
    >>> found.to_frame()["statistic"].unique(maintain_order=True).to_list()
    ['exact agreement', 'weighted kappa', 'correlation', 'rank correlation']

    """
    confidence, epsilon = check_confidence(confidence), check_epsilon(epsilon)
    names, found = panels(scores, rubric, judges, people, dimensions)
    causes = causes_of(names, found, order=order, lengths=lengths, families=families)
    agreement: list[tuple[str | None, Estimate]] = []
    bias: list[tuple[str | None, Estimate]] = []
    calibration: list[tuple[str | None, Estimate]] = []
    curves: list[dict[str, Any]] = []
    for judge in names:
        for panel in found:
            agreement += [(judge, one) for one in judge_agreement.of_judge(panel, judge, confidence)]
            bias += [(judge, one) for one in bias_of_judge(panel, judge, causes, confidence)]
            calibration += [(judge, one) for one in calibrated.of_judge(panel, judge, confidence)]
            curves += calibrated.curve(panel, judge)
    agreement += [(None, one) for panel in found for one in judge_agreement.of_people(panel, confidence)]
    alternative = leave_each_out(names, found, epsilon=epsilon, confidence=confidence)
    return Judges(
        judge_frame(agreement),
        alternative.verdicts,
        alternative.persons,
        judge_frame(bias),
        judge_frame(calibration),
        pl.DataFrame(curves, schema=CURVE_SCHEMA),
    )
