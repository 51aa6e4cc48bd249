"""The result of a many-facet Rasch analysis: its tables, and what they say in words."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from rubricwidgets.stats.connected import some
from rubricwidgets.stats.estimates import Result, in_digits, percent
from rubricwidgets.texts import counted

RATERS = pl.Schema(
    {
        "rater": pl.String,
        "severity": pl.Float64,
        "se": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "n_responses": pl.Int64,
        "n_ratings": pl.Int64,
        "mean_score": pl.Float64,
        "fair_average": pl.Float64,
        "infit": pl.Float64,
        "infit_z": pl.Float64,
        "outfit": pl.Float64,
        "outfit_z": pl.Float64,
        "note": pl.String,
    }
)
DIMENSIONS = pl.Schema(
    {{"rater": "dimension", "severity": "difficulty"}.get(name, name): kind for name, kind in RATERS.items()}
)
THRESHOLDS = pl.Schema(
    {
        "dimension": pl.String,
        "category": pl.Float64,
        "threshold": pl.Float64,
        "se": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "location": pl.Float64,
        "n_ratings": pl.Int64,
        "note": pl.String,
    }
)
RESPONSES = pl.Schema(
    {
        "item": pl.String,
        "response": pl.String,
        "measure": pl.Float64,
        "se": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "n_raters": pl.Int64,
        "n_ratings": pl.Int64,
        "mean_score": pl.Float64,
        "fair_average": pl.Float64,
        "infit": pl.Float64,
        "infit_z": pl.Float64,
        "outfit": pl.Float64,
        "outfit_z": pl.Float64,
        "note": pl.String,
    }
)
FIT = pl.Schema(
    {
        "facet": pl.String,
        "element": pl.String,
        "item": pl.String,
        "n_ratings": pl.Int64,
        "infit": pl.Float64,
        "infit_z": pl.Float64,
        "outfit": pl.Float64,
        "outfit_z": pl.Float64,
        "note": pl.String,
    }
)
SEPARATION = pl.Schema(
    {
        "facet": pl.String,
        "n": pl.Int64,
        "sd": pl.Float64,
        "rmse": pl.Float64,
        "separation": pl.Float64,
        "strata": pl.Float64,
        "reliability": pl.Float64,
        "chi_square": pl.Float64,
        "df": pl.Int64,
        "p": pl.Float64,
        "note": pl.String,
    }
)

#: How a note begins where an estimate is infinite though ratings are of both ends.
INFINITE = "no finite estimate"
#: Mean squares outside these limits are worth a look (Linacre, Rasch Measurement Transactions 16(2), 2002).
FIT_LIMITS = (0.5, 1.5)
_INDEPENDENT = (
    "Ratings are taken as independent given response, rater and dimension: where one impression moves a rater's scores on all "
    "dimensions (halo), intervals and tests are too sure."
)
_MODELS = {"rating_scale": "rating-scale model", "partial_credit": "partial-credit model"}


@dataclass(frozen=True, repr=False)
class Facets(Result):
    """A many-facet Rasch analysis.

    Logits throughout: a higher severity or difficulty lowers scores, a higher measure raises them. 0 is the mean severity
    of the raters and the mean quality of the population of responses. n_responses, n_ratings, n_raters and mean_score are of the
    ratings that an element was estimated from; of an element that was left out, of all that it has.

    Parameters
    ----------
    raters
        One per row, from lenient to severe: rater, severity, se, low, high, n_responses, n_ratings, mean_score,
        fair_average (the mean score that a response of average quality would get from this rater on these dimensions),
        infit, infit_z, outfit, outfit_z, note.
    dimensions
        One per row in the rubric's order; difficulty in the place of severity, fair_average on its own scale.
    thresholds
        One per category above the lowest: dimension (null where all share the steps), category (its score), threshold
        (the step into it relative to its dimension's difficulty), se, low, high, location (the same on the logit ruler; for
        shared steps at the mean difficulty), n_ratings in the category, note.
    responses
        One per row: item, response, measure (mean of the posterior), se (its standard deviation), low, high, n_raters,
        n_ratings, mean_score, fair_average (the mean score that a rater of mean severity would give), fit, note.
    fit
        Mean squares of all three facets below each other: facet, element, item (of a response), n_ratings, infit, infit_z,
        outfit, outfit_z, note. Under the model mean squares are 1 on average and z about standard normal; both are null
        where chance has no room, such as for a response with none but highest ratings.
    separation
        One row per facet: sd of the estimates, rmse (root mean squared standard error), separation, strata, reliability,
        and for raters and dimensions the Wald test that all are equal: chi_square, df, p.
    model
        ``"rating_scale"`` or ``"partial_credit"``.
    variance, variance_se
        Of the responses' qualities in squared logits; None where undefined.
    deviance
        Minus twice the marginal log likelihood.
    n_parameters, n_responses, n_raters, n_dimensions, n_ratings
        How many were estimated, and from how much.
    confidence
        Coverage of the intervals.
    convergence
        How the estimation ended, in words.
    converged
        Whether it did.
    notes
        What was left out, assumed or could not be estimated, in words.

    """

    raters: pl.DataFrame
    dimensions: pl.DataFrame
    thresholds: pl.DataFrame
    responses: pl.DataFrame
    fit: pl.DataFrame
    separation: pl.DataFrame
    model: str
    variance: float | None
    variance_se: float | None
    deviance: float | None
    n_parameters: int
    n_responses: int
    n_raters: int
    n_dimensions: int
    n_ratings: int
    confidence: float
    convergence: str
    converged: bool
    notes: tuple[str, ...] = ()

    @property
    def aic(self) -> float | None:
        """Akaike's criterion (Akaike, IEEE Transactions on Automatic Control 19, 1974)."""
        return None if self.deviance is None else self.deviance + 2 * self.n_parameters

    def to_frame(self) -> pl.DataFrame:
        """Return the raters, or the dimensions where raters are no facet."""
        return self.raters if self.raters.height else self.dimensions

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return the tables; responses the first twenty of them."""
        found = {
            "Raters, from lenient to severe (logits)": self.raters,
            "Dimensions (logits)": self.dimensions,
            "Thresholds (logits)": self.thresholds,
            "Separation and reliability": self.separation,
            "Responses (logits)": self.responses.head(20),
        }
        return {title: frame for title, frame in found.items() if frame.height}

    def in_words(self) -> str:
        """Return the result in some sentences."""
        if self.deviance is None:
            return " ".join(f"{note[:1].upper()}{note[1:]}." for note in ("nothing was estimated", *self.notes))
        parts = [
            *([] if self.converged else [self.convergence]),
            *self._unbounded(),
            (
                f"Many-facet Rasch measurement, {_MODELS[self.model]}: {counted(self.n_ratings, 'rating')} of "
                f"{counted(self.n_responses, 'response')} "
                f"by {counted(self.n_raters, 'rater')} on {counted(self.n_dimensions, 'dimension')}."
            ),
            *self._severities(),
            *self._quality(),
            *self._misfit(),
            *([] if self.n_dimensions == 1 else [_INDEPENDENT]),
            *([self.convergence] if self.converged else []),
            *(f"{note[:1].upper()}{note[1:]}." for note in self.notes),
        ]
        return " ".join(parts)

    def _unbounded(self) -> list[str]:
        found: dict[str, list[str]] = {}
        for frame in (self.raters, self.dimensions):
            for name, note in frame.select(frame.columns[0], "note").drop_nulls().iter_rows():
                if note.startswith(INFINITE):
                    found.setdefault(note, []).append(name)
        return [f"{some(names)}: {note}." for note, names in found.items()]

    def _severities(self) -> list[str]:
        known = self.raters.drop_nulls("severity")
        if known.height < 2:  # noqa: PLR2004
            return []
        low, high = known.row(0, named=True), known.row(-1, named=True)
        ends = [f"{one['rater']!r} ({in_digits(one['severity'], one['low'], one['high'])})" for one in (low, high)]
        found = f"Severities run from {ends[0]} to {ends[1]} logits with {percent(self.confidence)} intervals"
        row = self.separation.row(by_predicate=pl.col("facet") == "rater", named=True)
        if row["chi_square"] is None:
            return [f"{found}."]
        p = "p < 0.001" if row["p"] < 0.001 else f"p = {row['p']:.3f}"  # noqa: PLR2004
        return [
            (
                f"{found}; that all raters are equally severe: chi-square({row['df']}) = {row['chi_square']:.1f}, {p}; "
                f"reliability of the differences between raters {row['reliability']:.2f}."
            )
        ]

    def _quality(self) -> list[str]:
        row = self.separation.row(by_predicate=pl.col("facet") == "response", named=True)
        if row["reliability"] is None or self.variance is None:
            return []
        return [
            (
                f"Responses differ with a standard deviation of {self.variance**0.5:.2f} logits, and their measures have a "
                f"reliability of {row['reliability']:.2f}."
            )
        ]

    def _misfit(self) -> list[str]:
        low, high = FIT_LIMITS
        parts = []
        for frame, verbs in ((self.raters, ("rates", "rate")), (self.dimensions, ("is scored", "are scored"))):
            facet = frame.columns[0]
            above = frame.filter(pl.max_horizontal("infit", "outfit") > high)[facet].to_list()
            below = frame.filter(pl.min_horizontal("infit", "outfit") < low)[facet].to_list()
            for names, how in (
                (above, f"less predictably than the model expects (mean square above {high})"),
                (below, f"more uniformly than the model expects (mean square below {low})"),
            ):
                if names:
                    parts.append(f"{some(names)} {verbs[len(names) > 1]} {how}")
        return [f"{'; '.join(parts)}."] if parts else []
