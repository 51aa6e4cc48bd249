"""May a model stand in for a person? The alternative-annotator test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl

from rubricwidgets.errors import InputError
from rubricwidgets.scales.numbers import plain_number, short
from rubricwidgets.stats.coefficients import ratio
from rubricwidgets.stats.corrections import adjusted
from rubricwidgets.stats.estimates import NO_SCORES, Result, finite, in_digits
from rubricwidgets.stats.judge_scores import UNIT, Panel, over_items, panels
from rubricwidgets.stats.resampling import check_confidence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from rubricwidgets.rubric import Rubric

    Array = NDArray[np.float64]

Alignment = Literal["auto", "accuracy", "rmse"]

#: One row per judge and dimension.
ALTERNATIVE_SCHEMA = pl.Schema(
    {
        "judge": pl.String(),
        "dimension": pl.String(),
        "winning_rate": pl.Float64(),
        "passes": pl.Boolean(),
        "advantage": pl.Float64(),
        "advantage_low": pl.Float64(),
        "advantage_high": pl.Float64(),
        "epsilon": pl.Float64(),
        "n_people": pl.Int64(),
        "n_responses": pl.Int64(),
        "method": pl.String(),
        "note": pl.String(),
    }
)
#: One row per judge, dimension and person.
PERSONS_SCHEMA = pl.Schema(
    {
        "judge": pl.String(),
        "dimension": pl.String(),
        "rater": pl.String(),
        "n_responses": pl.Int64(),
        "judge_advantage": pl.Float64(),
        "person_advantage": pl.Float64(),
        "test": pl.String(),
        "p_value": pl.Float64(),
        "p_adjusted": pl.Float64(),
        "won": pl.Boolean(),
    }
)
_HALF = 0.5
FEWEST = 30
FEW_PEOPLE = "two people only: the paper asks for three"
FEW_RESPONSES = "fewer than 30 responses for some: the signed-rank test there"
NOBODY = "no response was rated by the judge and two people"


@dataclass(frozen=True, repr=False)
class Alternative(Result):
    """Whether judges may stand in for people.

    Parameters
    ----------
    verdicts
        One row per judge and dimension: :data:`ALTERNATIVE_SCHEMA`.
    persons
        The same for each person left out: :data:`PERSONS_SCHEMA`.

    """

    verdicts: pl.DataFrame
    persons: pl.DataFrame

    def to_frame(self) -> pl.DataFrame:
        """Return the verdicts, a row per judge and dimension."""
        return self.verdicts

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return the verdicts, and what they rest on person by person."""
        return {"Alternative-annotator test": self.verdicts, "By person left out": self.persons}

    def in_words(self) -> str:
        """Return whether each judge passes, dimension by dimension."""
        said = []
        for row in self.verdicts.iter_rows(named=True):
            note = f"; {row['note']}" if row["note"] and row["winning_rate"] is not None else ""
            said.append(f"{row['judge']} on {row['dimension']}: {verdict_in_words(row)}{note}.")
        return "\n".join(said) or f"No judge can be held against people: {NO_SCORES}."


def verdict_in_words(row: Mapping[str, Any]) -> str:
    """Return what a row of :data:`ALTERNATIVE_SCHEMA` says, as it follows the judge's name."""
    if row["winning_rate"] is None:
        return f"no alternative-annotator test ({row['note']})"
    verdict = "passes" if row["passes"] else "does not pass"
    average = in_digits(row["advantage"], row["advantage_low"], row["advantage_high"])
    return (
        f"{verdict} the alternative-annotator test at epsilon {row['epsilon']:g} (winning rate {row['winning_rate']:.2f} over "
        f"{row['n_people']} people, average advantage {average})"
    )


def alternative_annotator(
    scores: Any,  # noqa: ANN401 - a frame of any library that narwhals knows
    rubric: Rubric | None = None,
    *,
    judges: Sequence[str] | str,
    people: Sequence[str] | None = None,
    dimensions: Sequence[str] | str | None = None,
    epsilon: float = 0.2,
    alignment: Alignment = "auto",
    q: float = 0.05,
    confidence: float = 0.95,
) -> Alternative:
    """Test whether a model may stand in for people, dimension by dimension.

    Each person in turn is left out, and the judge and that person are held against the others: for every response,
    whoever is nearer to the others wins (both where they are as near). The judge wins over a person if the difference of
    the two shares is below epsilon by a one-sided t test (Wilcoxon's signed-rank test below 30 responses), corrected
    over people by Benjamini and Yekutieli. The winning rate omega is the share of people won over; from 0.5 the judge
    passes. (Calderon, Reichart and Dror, "The alternative annotator test for LLM-as-a-judge", ACL 2025, section 3.)

    Parameters
    ----------
    scores
        A frame with the columns of ``Study.scores()``.
    rubric
        Gives order, levels and categories.
    judges
        Names of the raters who are models.
    people
        Names of those they are held against; None takes all others.
    dimensions
        Which; None takes all.
    epsilon
        What a person's judgement costs more than the judge's, as a share from 0 to below 1. The paper advises 0.2 for
        experts, 0.15 for skilled raters, 0.1 for crowd workers. State it with the result.
    alignment
        How near: ``"accuracy"`` (share of the others who gave the same), ``"rmse"`` (root mean squared difference from
        them), ``"auto"`` takes accuracy for categories and the other for numbers.
    q
        False discovery rate of the correction, above 0 and below 1.
    confidence
        Coverage of the interval of the average advantage probability, by the jackknife over items.

    Returns
    -------
    Alternative
        ``verdicts`` (:data:`ALTERNATIVE_SCHEMA`; advantage is the average advantage probability rho: how often the judge is
        at least as near as a person) and ``persons`` (:data:`PERSONS_SCHEMA`).

    Raises
    ------
    InputError
        If a column, a name or an option is not as it must be.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> study = rw.demo(store="memory")
    >>> truth = rw.simulate(study, raters=4, seed=1)
    >>> found = alternative_annotator(study.scores(), study.rubric, judges="simulated-4", dimensions=["accuracy"])
    >>> found.persons["rater"].to_list()
    ['simulated-1', 'simulated-2', 'simulated-3']

    """
    confidence, epsilon, q = check_confidence(confidence), check_epsilon(epsilon), _q(q)
    if alignment not in ("auto", "accuracy", "rmse"):
        msg = f"'alignment' takes 'auto', 'accuracy' or 'rmse' (got {alignment!r})"
        raise InputError(msg)
    names, found = panels(scores, rubric, judges, people, dimensions)
    return leave_each_out(names, found, epsilon=epsilon, alignment=alignment, q=q, confidence=confidence)


def check_epsilon(epsilon: object) -> float:
    """Return epsilon, or refuse it."""
    number = plain_number(epsilon)
    if number is None or not 0 <= number < 1:
        msg = f"'epsilon' takes a share from 0 to below 1, such as 0.2 for experts (got {epsilon!r})"
        raise InputError(msg)
    return float(number)


def _q(q: object) -> float:
    number = plain_number(q)
    if number is None or not 0 < number < 1:
        msg = f"'q' takes a false discovery rate above 0 and below 1, such as 0.05 (got {q!r})"
        raise InputError(msg)
    return float(number)


def leave_each_out(
    names: Sequence[str],
    found: Sequence[Panel],
    *,
    epsilon: float,
    alignment: Alignment = "auto",
    q: float = 0.05,
    confidence: float = 0.95,
) -> Alternative:
    """Run the test for each judge and dimension."""
    verdicts: list[dict[str, Any]] = []
    persons: list[dict[str, Any]] = []
    for judge in names:
        for panel in found:
            how: Alignment = alignment
            if alignment == "auto" or not panel.numeric:
                how = "rmse" if panel.numeric else "accuracy"
            verdict, rows = _one(judge, panel, how, epsilon, q, confidence)
            verdicts.append(verdict)
            persons += rows
    return Alternative(pl.DataFrame(verdicts, schema=ALTERNATIVE_SCHEMA), pl.DataFrame(persons, schema=PERSONS_SCHEMA))


def _one(
    judge: str, panel: Panel, how: Alignment, epsilon: float, q: float, confidence: float
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    by = "share of the others who agree" if how == "accuracy" else "root mean squared difference from the others"
    base: dict[str, Any] = {
        "judge": judge,
        "dimension": panel.measured.dimension,
        "epsilon": epsilon,
        "method": f"leave one person out, nearness by {by}, one-sided tests corrected by Benjamini-Yekutieli at {short(q)}",
    }
    wins = _wins(judge, panel, how)
    base |= {"n_people": wins["rater"].n_unique(), "n_responses": wins.select(UNIT).unique().height}
    if wins.is_empty():
        return {**base, "note": NOBODY}, []
    people = wins["rater"].unique().sort().to_list()
    rows = [_person(name, wins.filter(pl.col("rater") == name), epsilon) for name in people]
    for row, p in zip(rows, adjusted([row["p_value"] for row in rows], "benjamini_yekutieli"), strict=True):
        row |= {"judge": judge, "dimension": panel.measured.dimension, "p_adjusted": p, "won": p is not None and p <= q}
    rate = sum(row["won"] for row in rows) / len(rows)
    average = _average(wins, people, confidence)
    notes = [FEW_PEOPLE] if len(people) < 3 else []  # noqa: PLR2004
    notes += [FEW_RESPONSES] if any(row["n_responses"] < FEWEST for row in rows) else []
    verdict = {
        **base,
        "winning_rate": rate,
        "passes": rate >= _HALF,
        "advantage": average[0],
        "advantage_low": average[1],
        "advantage_high": average[2],
        "note": "; ".join(notes) or None,
    }
    return verdict, rows


def _wins(judge: str, panel: Panel, how: Alignment) -> pl.DataFrame:
    """Return, for each person and response, whether the judge and the person are at least as near to the others."""
    mine = panel.of(judge).select(*UNIT, pl.col("v").alias("f"))
    rows = panel.people.select(*UNIT, "rater", "v").join(mine, on=UNIT, how="inner", nulls_equal=True)
    v, f = pl.col("v"), pl.col("f")
    totals = rows.with_columns(
        pl.len().over(UNIT).alias("k"),
        v.sum().over(UNIT).alias("s"),
        (v * v).sum().over(UNIT).alias("ss"),
        (v == f).sum().over(UNIT).alias("as_judge"),
        pl.len().over(*UNIT, "v").alias("as_person"),
    ).filter(pl.col("k") > 1)
    others = pl.col("k") - 1
    if how == "accuracy":
        of_judge = -(pl.col("as_judge") - (v == f)).cast(pl.Float64) / others
        of_person = -(pl.col("as_person") - 1).cast(pl.Float64) / others
    else:
        of_judge = (others * f * f - 2 * f * (pl.col("s") - v) + pl.col("ss") - v * v) / others
        of_person = (others * v * v - 2 * v * (pl.col("s") - v) + pl.col("ss") - v * v) / others
    # Rounding decides no tie: distances of equal scores are equal.
    slack = 1e-9 * (1 + of_judge.abs() + of_person.abs())
    return totals.select(
        *UNIT,
        "rater",
        (of_judge <= of_person + slack).cast(pl.Float64).alias("judge_wins"),
        (of_person <= of_judge + slack).cast(pl.Float64).alias("person_wins"),
    )


def _person(name: str, rows: pl.DataFrame, epsilon: float) -> dict[str, Any]:
    gap = (rows["person_wins"] - rows["judge_wins"]).to_numpy()
    test, p = below(gap, epsilon)
    return {
        "rater": name,
        "n_responses": rows.height,
        "judge_advantage": rows["judge_wins"].mean(),
        "person_advantage": rows["person_wins"].mean(),
        "test": test,
        "p_value": p,
    }


def below(gap: Array, epsilon: float) -> tuple[str, float | None]:
    """Return the test of whether differences are below epsilon, and its p-value."""
    from scipy import stats  # noqa: PLC0415 - loads when first leave_each_out

    if len(gap) < 2:  # noqa: PLR2004
        return "none", None
    if np.ptp(gap) == 0:
        return "all the same", 0.0 if gap[0] < epsilon else 1.0
    if len(gap) >= FEWEST:
        return "t", finite(stats.ttest_1samp(gap, epsilon, alternative="less").pvalue)
    return "signed-rank", finite(stats.wilcoxon(gap - epsilon, alternative="less", method="approx").pvalue)


def _average(
    wins: pl.DataFrame, people: Sequence[str], confidence: float
) -> tuple[float | None, float | None, float | None]:
    """Return the mean over people of the judge's advantage, with its interval over items."""
    count = len(people)
    item = wins["item"].rank("dense").to_numpy().astype(np.int64) - 1
    person = (
        wins["rater"].replace_strict({name: place for place, name in enumerate(people)}).to_numpy().astype(np.int64)
    )
    cell = item * count + person
    size = (int(item.max()) + 1) * count
    won = np.bincount(cell, wins["judge_wins"].to_numpy(), minlength=size).reshape(-1, count)
    n = np.bincount(cell, minlength=size).reshape(-1, count)

    def mean(sums: Array) -> Array:
        return np.asarray(ratio(sums[:, :count], sums[:, count:]).mean(axis=1))

    found = over_items(
        np.hstack([won, n]), mean, confidence=confidence, bounds=(0, 1), undefined=NOBODY, statistic="advantage"
    )
    return found.value, found.low, found.high
