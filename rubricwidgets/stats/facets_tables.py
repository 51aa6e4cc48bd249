"""From estimates of the many-facet Rasch model to its tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from rubricwidgets.stats.estimates import ONE_RATER, finite
from rubricwidgets.stats.facets_model import Parts, cumulative
from rubricwidgets.stats.facets_result import DIMENSIONS, FIT, INFINITE, RATERS, RESPONSES, SEPARATION, THRESHOLDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rubricwidgets.stats.counts import Array, Indices
    from rubricwidgets.stats.facets_data import Ratings
    from rubricwidgets.stats.facets_fit import Fit
    from rubricwidgets.stats.facets_model import Problem
    from rubricwidgets.stats.facets_solve import Solution

UNBOUNDED = f"{INFINITE}: its ratings leave nothing to hold it back; more ratings of the same responses would"
UNLINKED = (
    f"{INFINITE}: no other dimension has neighbouring scores to hold it against; model='partial_credit' gives each "
    "dimension steps of its own"
)
#: Why an element has no mean square.
NO_ROOM = "no mean square: the totals of the responses leave its ratings no room"
BESIDE = "no mean square: some of its ratings are by a rater or on a dimension without a finite estimate"
ALL_FITTED = "no mean square: the model was fitted to all its ratings, since there is no other {facet}"
UNUSED = "nobody gave this score: left out of the scale"
BETWEEN = "disordered: below the step before it, so the category between is never the most probable"
ONLY_STEP = "two categories: their only step is the difficulty"
ENDS = "every rating at an end of the scale: how far out rests on the assumed normal distribution, and there is no mean square"
ELSEWHERE = "rated only where nothing could be estimated"
ALL_AS_ONE = "dimensions are no facet: one difficulty for all"
#: In logits; beyond this an estimate is taken for infinite.
_FAR = 20.0


@dataclass(frozen=True)
class Estimated:
    """Everything that the tables are made of; raters and dimensions that are estimated, by their places in the names."""

    ratings: Ratings
    problem: Problem
    solution: Solution
    raters: Indices
    dimensions: Indices
    responses: Indices
    fits: tuple[Fit, Fit, Fit]
    z: float
    facets: tuple[str, ...]

    @property
    def parts(self) -> Parts:
        """The estimates."""
        return self.solution.state.parts

    @property
    def unbounded(self) -> str:
        """Why an estimate is infinite."""
        return UNLINKED if self.problem.common and self.problem.n_dimensions > 1 else UNBOUNDED

    def se(self, start: int, count: int) -> Array:
        """Return the standard errors of some of the full parameters; NaN where undefined."""
        if self.solution.covariance is None:
            return np.full(count, np.nan)
        variance = np.diag(self.solution.covariance)[start : start + count]
        return np.where(variance >= 0, np.sqrt(np.maximum(variance, 0)), np.nan)

    @property
    def category_scores(self) -> Array:
        """Score of each category of the estimated dimensions, shape (dimensions, categories); 0 where there is none."""
        table = np.zeros((self.problem.n_dimensions, self.problem.n_categories))
        for place in range(self.problem.n_dimensions):
            values = self.ratings.categories[self.dimensions[place]]
            table[place, : len(values)] = values
        return table

    @property
    def one_range(self) -> bool:
        """Whether all dimensions have one range, so that a mean over them means something."""
        ends = {(self.ratings.scales[one][0], self.ratings.scales[one][-1]) for one in self.dimensions}
        return len(ends) == 1

    def expected(self, quality: Array, severity: Array) -> Array:
        """Return expected scores at qualities and severities, shape (n, dimensions)."""
        category = np.arange(self.problem.n_categories)
        parts = self.parts
        steps = cumulative(self.problem, parts)
        found = np.empty((len(quality), self.problem.n_dimensions))
        for place, scores in enumerate(self.category_scores):
            base = (quality - severity - parts.difficulty[place])[:, None]
            log_odds = category * base - steps[place]
            weights = np.exp(log_odds - log_odds.max(axis=1, keepdims=True))
            found[:, place] = weights @ scores / weights.sum(axis=1)
        return found


def rows_of(schema: pl.Schema, columns: dict[str, Any]) -> pl.DataFrame:
    """Return a frame of a schema; what is missing, not a number or infinite is null."""
    frame = pl.DataFrame({name: _series(name, columns.get(name), kind, columns) for name, kind in schema.items()})
    floats = [name for name, kind in schema.items() if kind == pl.Float64]
    return frame.with_columns(pl.when(pl.col(name).is_finite()).then(pl.col(name)).alias(name) for name in floats)


def _series(name: str, values: Any, kind: Any, columns: dict[str, Any]) -> pl.Series:  # noqa: ANN401
    if values is None:
        return pl.repeat(None, len(next(iter(columns.values()))), dtype=kind, eager=True).alias(name)
    return (
        pl.Series(name, values, dtype=kind)
        if isinstance(values, pl.Series)
        else pl.Series(name, list(values), dtype=kind, strict=False)
    )


def raters_table(made: Estimated) -> pl.DataFrame:
    """Return the raters, from lenient to severe, those without an estimate last."""
    names = made.ratings.raters
    if "rater" not in made.facets:
        return RATERS.to_frame()
    start = made.problem.n_dimensions
    alone = made.problem.n_raters == 1
    value = made.parts.severity
    fair = made.expected(np.zeros_like(value), value).mean(axis=1) if made.one_range else np.full(len(value), np.nan)
    columns = _elements(made, names, made.raters, value, made.se(start, len(value)), fair, made.fits[0])
    notes = [made.ratings.extreme_raters.get(name) for name in names]
    if alone:
        for name in ("value", "se", "low", "high"):
            columns[name] = [None] * len(names)
        notes = [note or ONE_RATER.split(":")[0] + ": nothing to compare with" for note in notes]
    columns["note"] = [note or other for note, other in zip(notes, columns["note"], strict=True)]
    counted = _counted(made.ratings, "rater", names)
    frame = _noted(made, "rater", RATERS, {**columns, **counted, "rater": names, "severity": columns["value"]})
    return frame.sort("severity", "rater", nulls_last=True)


def dimensions_table(made: Estimated) -> pl.DataFrame:
    """Return the dimensions in their order."""
    names = made.ratings.dimensions
    value = made.parts.difficulty
    whole = made.expected(np.zeros(1), np.zeros(1))[0]
    if "dimension" not in made.facets:
        se = made.se(0, 1)
        one = {"difficulty": value, "se": se, "low": value - made.z * se, "high": value + made.z * se}
        fit = {name: np.where(_far(made, value, 0), np.nan, one) for name, one in _fits(made.fits[1]).items()}
        frame = _noted(made, "dimension", DIMENSIONS, {**one, **fit, "fair_average": whole, "note": [ALL_AS_ONE]})
        return frame.with_columns(n_ratings=pl.lit(int(made.ratings.used.sum()), dtype=pl.Int64))
    columns = _elements(made, names, made.dimensions, value, made.se(0, len(value)), whole, made.fits[1])
    notes = [made.ratings.extreme_dimensions.get(name) for name in names]
    columns["note"] = [note or other for note, other in zip(notes, columns["note"], strict=True)]
    counted = _counted(made.ratings, "dimension", names)
    return _noted(
        made, "dimension", DIMENSIONS, {**columns, **counted, "dimension": names, "difficulty": columns["value"]}
    )


def _noted(made: Estimated, facet: str, schema: pl.Schema, columns: dict[str, Any]) -> pl.DataFrame:
    """Return a frame of a schema whose notes say why a mean square is missing, where nothing else is said."""
    count = {"rater": made.problem.n_raters, "dimension": made.problem.n_dimensions, "response": 0}[facet]
    why = ALL_FITTED.format(facet=facet) if count == 1 else NO_ROOM
    frame = rows_of(schema, columns)
    return frame.with_columns(
        pl.when(pl.col("infit").is_null()).then(pl.col("note").fill_null(why)).otherwise("note").alias("note")
    )


def _elements(
    made: Estimated, names: Sequence[str], places: Indices, value: Array, se: Array, fair: Array, fit: Fit
) -> dict[str, Any]:
    """Return the columns that raters and dimensions share; NaN for those without an estimate."""
    far = _is_far(value, se)
    value, se, fair = (np.where(far, np.nan, one) for one in (value, se, fair))
    whole = {
        "value": value,
        "se": se,
        "low": value - made.z * se,
        "high": value + made.z * se,
        "fair_average": fair,
    }
    columns: dict[str, Any] = {name: _spread(column, places, len(names)) for name, column in whole.items()}
    # Without an estimate there is nothing for ratings to fit.
    columns |= {name: _spread(np.where(far, np.nan, one), places, len(names)) for name, one in _fits(fit).items()}
    notes: list[str | None] = [None] * len(names)
    for place in places[far]:
        notes[place] = made.unbounded
    return {**columns, "note": notes}


def _spread(values: Array, places: Indices, count: int) -> Array:
    """Return values at their places among all, NaN elsewhere."""
    whole = np.full(count, np.nan)
    whole[places] = values
    return whole


def _fits(fit: Fit) -> dict[str, Array]:
    return {"infit": fit.infit, "infit_z": fit.infit_z, "outfit": fit.outfit, "outfit_z": fit.outfit_z}


def _far(made: Estimated, value: Array, start: int) -> NDArray[np.bool_]:
    """Return which of some estimates, from ``start`` among the full parameters, are infinite."""
    return _is_far(value, made.se(start, len(value)))


def _is_far(value: Array, se: Array) -> NDArray[np.bool_]:
    return np.asarray((np.abs(value) > _FAR) | (se > _FAR))


def _beside(made: Estimated) -> NDArray[np.bool_]:
    """Return which of the used ratings are by a rater, or on a dimension, without a finite estimate."""
    found = np.zeros(int(made.ratings.used.sum()), dtype=np.bool_)
    if "rater" in made.facets:
        far = _far(made, made.parts.severity, made.problem.n_dimensions)
        found |= far[np.searchsorted(made.raters, made.ratings.index("rater"))]
    far = _far(made, made.parts.difficulty, 0)
    if "dimension" in made.facets:
        return np.asarray(found | far[np.searchsorted(made.dimensions, made.ratings.index("dimension"))])
    return np.asarray(found | far[0])


def _counting(ratings: Ratings, key: str) -> pl.DataFrame:
    """Return the ratings that each element of a column was estimated from; of one that was left out, all that it has."""
    used = pl.col("_used")
    return ratings.frame.with_columns(_used=ratings.used).filter(used | ~used.any().over(key))


def _counted(ratings: Ratings, facet: str, names: Sequence[str]) -> dict[str, Any]:
    """Return what each rater or dimension was: responses, ratings and mean score."""
    counts = (
        _counting(ratings, facet)
        .group_by(facet)
        .agg(
            pl.col("_response").n_unique().alias("n_responses"),
            pl.len().alias("n_ratings"),
            pl.col("score").mean().alias("mean_score"),
        )
    )
    whole = pl.DataFrame({facet: list(names)}, schema={facet: pl.String}).join(
        counts, on=facet, how="left", maintain_order="left"
    )
    return {name: whole[name] for name in ("n_responses", "n_ratings", "mean_score")}


def thresholds_table(made: Estimated) -> pl.DataFrame:
    """Return the steps between categories."""
    if made.problem.common:
        shared = [(None, int(made.dimensions[0]), 0, float(made.parts.difficulty.mean()))]
        counted = made.ratings.frame.filter(made.ratings.used).group_by("score").len("n")
        return pl.concat([_steps(made, *one, counted) for one in shared])
    used = made.ratings.frame.filter(made.ratings.used)
    frames = [
        _steps(
            made,
            made.ratings.dimensions[index],
            int(index),
            place,
            float(made.parts.difficulty[place]),
            used.filter(pl.col("_dimension") == index).group_by("score").len("n"),
        )
        for place, index in enumerate(made.dimensions)
    ]
    return pl.concat(frames)


def _steps(
    made: Estimated, name: str | None, index: int, place: int, middle: float, counted: pl.DataFrame
) -> pl.DataFrame:
    problem = made.problem
    categories = made.ratings.categories[index]
    scale = made.ratings.scales[index]
    steps = problem.step_place[place][: problem.steps[place]]
    value = made.parts.steps[steps]
    se = made.se(problem.n_dimensions + problem.n_raters, problem.n_steps)[steps]
    number = dict(counted.iter_rows())
    rows: list[tuple[Any, ...]] = []
    for score in scale:
        n = number.get(score, 0)
        if score not in categories:
            rows.append((name, score, None, None, None, None, None, n, UNUSED))
            continue
        step = categories.index(score) - 1
        if step < 0:
            continue
        found, error = float(value[step]), finite(se[step])
        note = BETWEEN if step > 0 and found < value[step - 1] else None
        if len(categories) == 2:  # noqa: PLR2004
            note, error = ONLY_STEP, None
        if abs(found) > _FAR or (error is not None and error > _FAR):
            rows.append((name, score, None, None, None, None, None, n, made.unbounded))
            continue
        half = None if error is None else made.z * error
        low, high = (None, None) if half is None else (found - half, found + half)
        rows.append((name, score, found, error, low, high, middle + found, n, note))
    return pl.DataFrame(rows, schema=THRESHOLDS, orient="row")


def responses_table(made: Estimated) -> pl.DataFrame:
    """Return the responses with their measures."""
    ratings, problem, nodes = made.ratings, made.problem, made.solution.nodes
    count = ratings.responses.height
    posterior = made.solution.state.posterior
    mean = posterior @ nodes
    sd = np.sqrt(np.maximum(posterior @ nodes**2 - mean**2, 0))
    measure, se = mean[problem.response_profile], sd[problem.response_profile]
    fair = made.expected(mean, np.zeros_like(mean)).mean(axis=1) if made.one_range else np.full(len(mean), np.nan)
    whole = {
        "measure": measure,
        "se": se,
        "low": measure - made.z * se,
        "high": measure + made.z * se,
        "fair_average": fair[problem.response_profile],
    }
    columns: dict[str, Any] = {name: _spread(column, made.responses, count) for name, column in whole.items()}
    columns |= {name: _spread(one, made.responses, count) for name, one in _fits(made.fits[2]).items()}
    counted = (
        _counting(ratings, "_response")
        .group_by("_response")
        .agg(
            pl.col("_rater").n_unique().alias("n_raters"),
            pl.len().alias("n_ratings"),
            pl.col("score").mean().alias("mean_score"),
        )
        .sort("_response")
    )
    columns |= {name: counted[name] for name in ("n_raters", "n_ratings", "mean_score")}
    notes = np.full(count, ELSEWHERE, dtype=object)
    notes[made.responses] = None
    sizes = np.asarray(problem.steps)
    dimension = ratings.index("dimension")
    place = np.zeros(len(ratings.dimensions), dtype=np.int64)
    place[made.dimensions] = np.arange(len(made.dimensions)) if "dimension" in made.facets else 0
    top = ratings.category == sizes[place[dimension]]
    response, number = ratings.index("response"), np.bincount(ratings.index("response"), minlength=count)
    beside = np.bincount(response[_beside(made)], minlength=count) > 0
    notes[beside] = BESIDE
    for name in _fits(made.fits[2]):
        columns[name][beside] = np.nan
    for ends in (top, ratings.category == 0):
        at_end = (np.bincount(response[ends], minlength=count) == number) & (number > 0)
        notes[at_end] = ENDS
    columns |= {
        "item": ratings.responses["item"].cast(pl.String),
        "response": ratings.responses["response"].cast(pl.String),
    }
    frame = _noted(made, "response", RESPONSES, {**columns, "note": notes.tolist()})
    if "model" in ratings.responses.columns:
        return frame.insert_column(2, ratings.responses["model"])
    return frame


def fit_table(raters: pl.DataFrame, dimensions: pl.DataFrame, responses: pl.DataFrame) -> pl.DataFrame:
    """Return the mean squares of all three facets below each other."""
    fits = ["n_ratings", "infit", "infit_z", "outfit", "outfit_z", "note"]
    nothing = pl.lit(None, dtype=pl.String).alias("item")
    parts = [
        raters.select(pl.lit("rater").alias("facet"), pl.col("rater").alias("element"), nothing, *fits),
        dimensions.select(pl.lit("dimension").alias("facet"), pl.col("dimension").alias("element"), nothing, *fits),
        responses.select(pl.lit("response").alias("facet"), pl.col("response").alias("element"), "item", *fits),
    ]
    return pl.concat(parts).cast(dict(FIT))  # type: ignore[arg-type]


def separation_table(made: Estimated) -> pl.DataFrame:
    """Return how well the elements of each facet are told apart.

    Separation, strata and reliability as Wright and Masters (1982, chapter 5) define them; of the responses, from the posterior
    (Adams, Studies in Educational Evaluation 31, 2005).
    """
    problem, rows = made.problem, []
    for facet, start, count in (
        ("rater", problem.n_dimensions, problem.n_raters),
        ("dimension", 0, problem.n_dimensions),
    ):
        if facet in made.facets:
            rows.append(_separation(made, facet, start, count))
    posterior, nodes = made.solution.state.posterior, made.solution.nodes
    mean = posterior @ nodes
    own = np.maximum(posterior @ nodes**2 - mean**2, 0)[problem.response_profile]
    measure = mean[problem.response_profile]
    between, within = float(measure.var(ddof=1)), float(own.mean())
    reliability = between / (between + within)
    ratio = (between / within) ** 0.5 if within > 0 else None
    rows.append(
        ("response", len(measure), between**0.5, within**0.5, *_strata(ratio), reliability, None, None, None, None)
    )
    return pl.DataFrame(rows, schema=SEPARATION, orient="row")


def _strata(ratio: float | None) -> tuple[float | None, float | None]:
    return (None, None) if ratio is None else (ratio, (4 * ratio + 1) / 3)


def _separation(made: Estimated, facet: str, start: int, count: int) -> tuple[Any, ...]:
    if count < 2:  # noqa: PLR2004
        return (facet, count, *(None,) * 8, f"one {facet} only: nothing to tell apart")
    value, se = made.solution.full[start : start + count], made.se(start, count)
    if not np.isfinite(se).all() or (se > _FAR).any() or (np.abs(value) > _FAR).any():
        return (facet, count, *(None,) * 8, "not every one has a finite estimate with a standard error")
    observed, error = float(value.var(ddof=1)), float((se**2).mean())
    true = max(0.0, observed - error)
    chi_square, p = _wald(made, start, count)
    return (
        facet,
        count,
        observed**0.5,
        error**0.5,
        *_strata((true / error) ** 0.5),
        true / observed if observed > 0 else 0.0,
        chi_square,
        count - 1,
        p,
        None,
    )


def _wald(made: Estimated, start: int, count: int) -> tuple[float, float]:
    """Return Wald's test that all are equal, with the estimates' whole covariance."""
    from scipy.special import chdtrc  # noqa: PLC0415

    table = made.solution.covariance
    if table is None:
        return float("nan"), float("nan")
    own = table[start : start + count, start : start + count]
    value = made.solution.full[start : start + count]
    apart = value[:-1] - value[-1]
    covariance = own[:-1, :-1] - own[-1:, :-1] - own[:-1, -1:] + own[-1, -1]
    chi_square = float(apart @ np.linalg.solve(covariance, apart))
    return chi_square, float(chdtrc(count - 1, chi_square))
