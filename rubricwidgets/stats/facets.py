"""Many-facet Rasch measurement: the severity of raters, the difficulty of dimensions and the quality of responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from rubricwidgets.errors import InputError
from rubricwidgets.scales.numbers import plain_number, short
from rubricwidgets.stats.facets_data import Ratings, check_options, take_ratings
from rubricwidgets.stats.facets_fit import Coded, mean_squares
from rubricwidgets.stats.facets_links import obstacle, ran_away
from rubricwidgets.stats.facets_model import reduce
from rubricwidgets.stats.facets_result import DIMENSIONS, FIT, RATERS, RESPONSES, SEPARATION, THRESHOLDS, Facets
from rubricwidgets.stats.facets_solve import MOST_NODES, solve
from rubricwidgets.stats.facets_tables import (
    Estimated,
    dimensions_table,
    fit_table,
    raters_table,
    responses_table,
    rows_of,
    separation_table,
    thresholds_table,
)
from rubricwidgets.stats.resampling import check_confidence, z_quantile
from rubricwidgets.texts import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.rubric import Rubric
    from rubricwidgets.stats.facets_data import Model
    from rubricwidgets.stats.facets_model import Problem
    from rubricwidgets.stats.facets_solve import Solution

_FEWEST_NODES = 5


def facets(
    scores: Any,  # noqa: ANN401 - a frame of any library that narwhals knows
    rubric: Rubric | None = None,
    *,
    model: Model = "rating_scale",
    facets: Sequence[str] = ("rater", "dimension"),
    dimensions: Sequence[str] | None = None,
    assume_random: bool = False,
    confidence: float = 0.95,
    nodes: int | None = None,
    limits: tuple[float, float] | None = None,
    tolerance: float = 1e-6,
    max_iterations: int = 100,
) -> Facets:
    """Estimate rater severity, dimension difficulty and response quality on one scale of logits.

    The log odds of a category against the one below are quality - difficulty - severity - step (Linacre, Many-Facet Rasch
    Measurement, 1989), estimated by marginal maximum likelihood with normal qualities (Bock and Aitkin, Psychometrika 46,
    1981); severities sum to 0 and so do steps, qualities have mean 0. Standard errors come from the observed information
    (Louis, Journal of the Royal Statistical Society B 44, 1982), intervals are normal.

    Parameters
    ----------
    scores
        A frame with the columns of ``Study.scores()``: item, response, rater, dimension, score. Cells may be missing.
    rubric
        Gives the order of the dimensions and the scores of their scales. Without it a scale is what is observed.
    model
        ``"rating_scale"``: all dimensions share their steps, and must have one scale. ``"partial_credit"``: each has its own,
        and scales may differ.
    facets
        ``("rater", "dimension")``, or one of them; what is no facet is taken to make no difference.
    dimensions
        Which; None: all about responses whose scores are at most 21 ordered categories. What is left out is named in the notes.
    assume_random
        Raters who share no response, not even by way of others, cannot be compared, and nothing is estimated. True compares
        them by the assumption that responses were given to raters at random, so that every rater's have the same mean
        quality; the notes say so.
    confidence
        Coverage of the intervals, above 0 and below 1.
    nodes, limits
        Number of equally spaced quadrature nodes (5 to 801) and their ends in logits. None: as fine as the most precise
        response and as wide as the most extreme one need.
    tolerance
        Converged when a step moves no estimate by more logits than this, above 0.
    max_iterations
        Steps at most, from 1.

    Returns
    -------
    Facets
        Frames ``raters``, ``dimensions``, ``thresholds``, ``responses``, ``fit`` and ``separation``, deviance, variance and
        number of parameters, ``convergence`` in words, and ``in_words()``.

        Raters or dimensions with none but highest (or lowest) scores have infinite estimates: they are null with a note, and
        their ratings are left out, which is the limit of maximum likelihood. Scores that nobody gave are left out of the scale
        and the others count as neighbours. Responses with none but highest or lowest scores keep a finite measure from the
        normal distribution, with a note, and have no mean square. With one response, one rating per response, one score throughout, or a
        disconnected design, or ratings in so perfect an order that qualities spread without end, nothing is estimated: values
        are null, ``notes`` say why.

        Ratings are taken as independent given response, rater and dimension. Where one impression of a response moves a rater's
        scores on all dimensions (halo), standard errors, intervals and the test of equal severities are too sure: fit the
        dimensions one by one, or take severities with intervals over items from :func:`rubricwidgets.stats.raters`.

        Mean squares and their standardised values take each response's total as given (see
        :mod:`rubricwidgets.stats.facets_fit`): under the model they are 1 on average and about standard normal.

    Raises
    ------
    InputError
        If a column is missing, an option is not allowed, or dimensions of different scales are to share steps.

    Examples
    --------
    >>> import numpy as np, polars as pl
    >>> random = np.random.default_rng(1)
    >>> quality, severity = random.normal(0, 2, 80), {"ana": -0.5, "ben": 0.0, "cho": 0.5}
    >>> rows = [
    ...     {"item": str(item), "rater": rater, "dimension": "tone", "score": float(np.clip(round(
    ...         3 + quality[item] - own + random.logistic(0, 0.5)), 1, 5))}
    ...     for item in range(80) for rater, own in severity.items()
    ... ]
    >>> found = facets(pl.DataFrame(rows))
    >>> found.raters["rater"].to_list()
    ['ana', 'ben', 'cho']
    >>> found.converged
    True

    """
    model, named = check_options(model, facets)
    confidence = check_confidence(confidence)
    _check_numbers(nodes, limits, tolerance, max_iterations)
    ratings = take_ratings(scores, rubric, model=model, facets=named, dimensions=dimensions)
    why, assumed = obstacle(
        ratings, raters="rater" in named, dimensions="dimension" in named, assume_random=bool(assume_random)
    )
    notes = [f"{name!r} is left out: {reason}" for name, reason in ratings.left_out.items()]
    if why is not None:
        return _nothing(ratings, model, named, confidence, why, notes)
    notes += [f"{assumed}"] if assumed else []
    made = _estimate(
        ratings,
        model,
        named,
        z_quantile(confidence),
        nodes=nodes,
        limits=limits,
        tolerance=tolerance,
        most=max_iterations,
    )
    if made is None:
        return _nothing(ratings, model, named, confidence, ran_away(ratings), notes)
    return _result(made, model, confidence, tolerance, notes)


def _check_numbers(nodes: object, limits: object, tolerance: object, most: object) -> None:
    if nodes is not None and (not isinstance(nodes, int) or not _FEWEST_NODES <= nodes <= MOST_NODES):
        msg = f"'nodes' takes a whole number from {_FEWEST_NODES} to {MOST_NODES}, or None (got {nodes!r})"
        raise InputError(msg)
    if limits is not None:
        ends = [plain_number(one) for one in limits] if isinstance(limits, (list, tuple)) else []
        if len(ends) != 2 or ends[0] is None or ends[1] is None or not ends[0] < 0 < ends[1]:  # noqa: PLR2004
            msg = f"'limits' takes a number below 0 and one above, such as (-8, 8), or None (got {limits!r})"
            raise InputError(msg)
    number = plain_number(tolerance)
    if number is None or number <= 0:
        msg = f"'tolerance' takes a number of logits above 0, such as 1e-6 (got {tolerance!r})"
        raise InputError(msg)
    if isinstance(most, bool) or not isinstance(most, int) or most < 1:
        msg = f"'max_iterations' takes a whole number from 1 (got {most!r})"
        raise InputError(msg)


def _estimate(
    ratings: Ratings,
    model: Model,
    named: tuple[str, ...],
    z: float,
    *,
    nodes: int | None,
    limits: tuple[float, float] | None,
    tolerance: float,
    most: int,
) -> Estimated | None:
    """Return the estimates, or None where the likelihood has no maximum."""
    category = ratings.category
    responses, response = np.unique(ratings.index("response"), return_inverse=True)
    raters, rater = np.unique(ratings.index("rater"), return_inverse=True)
    judged, dimension = np.unique(ratings.index("dimension"), return_inverse=True)
    if "rater" not in named:
        raters, rater = raters[:1], np.zeros_like(rater)
    steps = [len(ratings.categories[one]) - 1 for one in judged]
    if "dimension" not in named:
        steps, dimension = steps[:1], np.zeros_like(dimension)
    common = model == "rating_scale"
    problem = reduce(response, rater, dimension, category, steps, common=common)
    solution = solve(problem, nodes=nodes, limits=limits, tolerance=tolerance, max_iterations=most)
    if solution.ran_away:
        return None
    _, cell = np.unique(rater * problem.n_dimensions + dimension, return_inverse=True)
    fits = mean_squares(problem, solution, Coded(response, cell, category))
    return Estimated(ratings, problem, solution, raters, judged, responses, fits, z, named)


def _result(made: Estimated, model: Model, confidence: float, tolerance: float, notes: list[str]) -> Facets:
    ratings, problem, solution = made.ratings, made.problem, made.solution
    raters, dimensions, responses = raters_table(made), dimensions_table(made), responses_table(made)
    notes += [f"rater {name!r}: {why}" for name, why in ratings.extreme_raters.items()]
    notes += [f"dimension {name!r}: {why}" for name, why in ratings.extreme_dimensions.items()]
    if solution.covariance is None:
        notes.append("standard errors are undefined: the ratings say nothing of some combination of the estimates")
    variance = 0.0 if solution.at_bound else made.parts.spread**2
    if solution.at_bound:
        notes.append("the responses' variance is at its lower bound of 0: they do not differ beyond chance")
    error = None if solution.at_bound else float(2 * variance * made.se(problem.size - 1, 1)[0])
    return Facets(
        raters=raters,
        dimensions=dimensions,
        thresholds=thresholds_table(made),
        responses=responses,
        fit=fit_table(raters, dimensions, responses),
        separation=separation_table(made),
        model=model,
        variance=variance,
        variance_se=error if error is not None and np.isfinite(error) else None,
        deviance=-2 * solution.state.log_likelihood,
        n_parameters=problem.contrasts(spread=not solution.at_bound).shape[1],
        n_responses=problem.n_responses,
        n_raters=len(np.unique(ratings.index("rater"))),
        n_dimensions=len(np.unique(ratings.index("dimension"))),
        n_ratings=int(ratings.used.sum()),
        confidence=confidence,
        convergence=_convergence(problem, solution, tolerance),
        converged=solution.converged,
        notes=tuple(notes),
    )


def _convergence(problem: Problem, solution: Solution, tolerance: float) -> str:
    steps = f"{solution.iterations} step{'' if solution.iterations == 1 else 's'}"
    moved = f"the last moved no estimate by more than {solution.last_step:.1g} logits"
    words = (
        f"Converged after {steps}: {moved}"
        if solution.converged
        else f"Not converged after {steps}: {moved}, and {tolerance:.1g} was asked; take the estimates as provisional"
    )
    ends = f"{short(round(float(solution.nodes[0]), 2))} to {short(round(float(solution.nodes[-1]), 2))}"
    words += f"; {len(solution.nodes)} quadrature nodes from {ends}"
    if solution.coarse:
        words += ", too few or too narrow for responses as precise or as extreme as these"
    return f"{words}; {counted(problem.contrasts(spread=not solution.at_bound).shape[1], 'parameter')}."


def _nothing(
    ratings: Ratings, model: Model, named: tuple[str, ...], confidence: float, why: str, notes: list[str]
) -> Facets:
    """Return the result where nothing can be estimated."""
    counts = [pl.len().alias("n_ratings"), pl.col("score").mean().alias("mean_score")]
    seen = pl.col("_response").n_unique().alias("n_responses")
    frames = []
    for facet, schema, extremes in (
        ("rater", RATERS, ratings.extreme_raters),
        ("dimension", DIMENSIONS, ratings.extreme_dimensions),
    ):
        table = ratings.frame.group_by(facet).agg(seen, *counts).sort(facet)
        said = [extremes.get(name, why) for name in table[facet].to_list()]
        columns = {name: table[name] for name in (facet, "n_responses", "n_ratings", "mean_score")}
        frames.append(rows_of(schema, {**columns, "note": said}) if facet in named else schema.to_frame())
    table = (
        ratings.frame.group_by("_response", "item", "response")
        .agg(pl.col("_rater").n_unique().alias("n_raters"), *counts)
        .sort("_response")
    )
    columns = {name: table[name] for name in ("item", "response", "n_raters", "n_ratings", "mean_score")}
    for name in ("item", "response"):
        columns[name] = columns[name].cast(pl.String)
    return Facets(
        raters=frames[0],
        dimensions=frames[1],
        thresholds=THRESHOLDS.to_frame(),
        responses=rows_of(RESPONSES, {**columns, "note": pl.repeat(why, table.height, dtype=pl.String, eager=True)}),
        fit=FIT.to_frame(),
        separation=SEPARATION.to_frame(),
        model=model,
        variance=None,
        variance_se=None,
        deviance=None,
        n_parameters=0,
        n_responses=ratings.responses.height,
        n_raters=len(ratings.raters),
        n_dimensions=ratings.frame["dimension"].n_unique(),
        n_ratings=ratings.frame.height,
        confidence=confidence,
        convergence="Nothing was estimated.",
        converged=False,
        notes=(why, *notes),
    )
