"""From scores to what the many-facet Rasch model estimates from: which ratings, as indices, and what was left out and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import narwhals as nw
import numpy as np
import polars as pl

from rubricwidgets.errors import InputError, nearest
from rubricwidgets.scales.numbers import short
from rubricwidgets.stats.intake import measured, scores_in_memory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rubricwidgets.rubric import Rubric
    from rubricwidgets.stats.counts import Indices

Model = Literal["rating_scale", "partial_credit"]
MODELS: tuple[Model, ...] = ("rating_scale", "partial_credit")
FACETS = ("rater", "dimension")
#: More scores than this are no categories.
MOST_CATEGORIES = 21

TOP = "every rating the highest score: more {more} than can be estimated, left out of the estimation"
BOTTOM = "every rating the lowest score: more {more} than can be estimated, left out of the estimation"
ONE_SCORE = "every rating the same score: left out of the estimation"


@dataclass(frozen=True)
class Ratings:
    """The ratings that are estimated from, and what was left out.

    Parameters
    ----------
    frame
        Every rating with a score on a dimension of the analysis: item, response, rater, dimension, score, and the
        indices ``_response``, ``_rater``, ``_dimension`` into the names below.
    responses
        item and response by index, with model where the scores have it.
    raters, dimensions
        Names by index.
    scales
        Every score of each dimension, unobserved ones too.
    used
        Which ratings of ``frame`` are estimated from.
    categories
        Scores of each dimension that count as categories, lowest first: those that the used ratings have. Where the
        dimensions share one scale, all have the same.
    left_out
        Why a dimension of the scores is not in the analysis.
    extreme_raters, extreme_dimensions
        Why one in the analysis has no finite estimate.

    """

    frame: pl.DataFrame
    responses: pl.DataFrame
    raters: tuple[str, ...]
    dimensions: tuple[str, ...]
    scales: tuple[tuple[float, ...], ...]
    used: NDArray[np.bool_]
    categories: tuple[tuple[float, ...], ...]
    left_out: dict[str, str] = field(default_factory=dict)
    extreme_raters: dict[str, str] = field(default_factory=dict)
    extreme_dimensions: dict[str, str] = field(default_factory=dict)

    def index(self, name: Literal["response", "rater", "dimension"], *, used: bool = True) -> Indices:
        """Return the index of each rating's response, rater or dimension."""
        every = self.frame[f"_{name}"].to_numpy()
        return np.asarray(every[self.used] if used else every, dtype=np.int64)

    @property
    def category(self) -> Indices:
        """Return the category of each used rating, from 0."""
        return _places(self.frame["score"].to_numpy()[self.used], self.index("dimension"), self.categories)


def take_ratings(
    scores: Any,  # noqa: ANN401 - a frame of any library
    rubric: Rubric | None,
    *,
    model: Model,
    facets: Sequence[str],
    dimensions: Sequence[str] | None,
) -> Ratings:
    """Check scores and return what the model estimates from."""
    frame = scores_in_memory(scores, rubric, optional=("model", "label", "not_applicable"))
    scales, left_out = _scales(frame, rubric, dimensions)
    number = pl.col("score").cast(pl.Float64)
    given = frame.with_columns(number).filter(pl.col("dimension").is_in(list(scales)), number.is_finite())
    if model == "rating_scale" and scales:
        scales = _one_scale(scales, known=rubric is not None and all(name in rubric.names for name in scales))
    keys = ["item", "response"]
    extra = [pl.col("model").first()] if "model" in given.columns else []
    responses = given.group_by(keys, maintain_order=True).agg(*extra).sort(keys, nulls_last=True)
    raters = tuple(given["rater"].unique().sort().cast(pl.String).to_list())
    named = tuple(scales)
    indexed = (
        given.select(*keys, pl.col("rater").cast(pl.String), "dimension", "score")
        .join(responses.select(keys).with_row_index("_response"), on=keys, nulls_equal=True)
        .with_columns(
            pl.col("rater").cast(pl.Enum(raters)).to_physical().alias("_rater"),
            pl.col("dimension").cast(pl.Enum(named)).to_physical().alias("_dimension"),
        )
        .sort("_response", "_rater", "_dimension")
    )
    _check_points(indexed, scales)
    return _without_extremes(
        Ratings(
            indexed,
            responses,
            raters,
            named,
            tuple(scales.values()),
            np.ones(indexed.height, dtype=np.bool_),
            (),
            left_out,
        ),
        common=model == "rating_scale",
        raters="rater" in facets,
        dimensions="dimension" in facets,
    )


def _scales(
    frame: pl.DataFrame, rubric: Rubric | None, dimensions: Sequence[str] | None
) -> tuple[dict[str, tuple[float, ...]], dict[str, str]]:
    """Return the scores of each dimension that can be analysed, and why the others cannot."""
    found = measured(nw.from_native(frame).lazy(), rubric, None, dimensions)
    given = frame.filter(pl.col("score").is_not_null())
    of_item = set(_about_item(given))
    scales: dict[str, tuple[float, ...]] = {}
    refused: dict[str, str] = {}
    rated = set(given["dimension"].unique().to_list())
    labelled = {one.dimension for one in found if one.column == "label"}
    absent = {one.dimension: "it has no scores" for one in found if one.dimension not in rated | labelled}
    for one in found:
        numbers = one.numbers
        if one.dimension in absent:
            continue
        if one.column == "label":
            refused[one.dimension] = "its answers are categories without order"
        elif numbers is None or len(numbers) > MOST_CATEGORIES:
            refused[one.dimension] = (
                f"it has more than {MOST_CATEGORIES} different scores, too many for categories; group them first"
            )
        else:
            scales[one.dimension] = numbers
    mixed = [name for name in scales if name in of_item]
    if mixed and len(mixed) < len(scales):
        for name in mixed:
            refused[name] = "it is about the item, and others about its responses: analyse it by itself"
            del scales[name]
    if dimensions is not None and refused:
        name, why = next(iter(refused.items()))
        msg = f"'dimensions' takes dimensions whose scores are ordered categories (got {name!r}: {why})"
        raise InputError(msg)
    return scales, refused | absent


def _about_item(given: pl.DataFrame) -> list[str]:
    if "response" not in given.columns:
        return []
    nothing = given.group_by("dimension").agg(pl.col("response").is_null().all().alias("_none"))
    return [] if nothing["_none"].all() else nothing.filter(pl.col("_none"))["dimension"].to_list()


def _one_scale(scales: dict[str, tuple[float, ...]], *, known: bool) -> dict[str, tuple[float, ...]]:
    """Return one scale for all dimensions, or refuse several."""
    way_out = "model='partial_credit' gives each dimension steps of its own; dimensions=[...] takes some"
    first, values = next(iter(scales.items()))
    for name, others in scales.items():
        yes_no, more = sorted((values, others), key=len)
        differ = values != others if known else set(yes_no) == {0.0, 1.0} and len(more) > 2  # noqa: PLR2004
        if differ:
            msg = (
                f"model='rating_scale' takes dimensions on one scale (got {first!r} with {_told(values)} and {name!r} with "
                f"{_told(others)}); {way_out}"
            )
            raise InputError(msg)
    union = tuple(sorted({value for one in scales.values() for value in one}))
    return dict.fromkeys(scales, union)


def _told(values: tuple[float, ...]) -> str:
    return f"{short(values[0])} to {short(values[-1])}" if values else "no scores"


def _check_points(frame: pl.DataFrame, scales: dict[str, tuple[float, ...]]) -> None:
    for name, values in scales.items():
        other = frame.filter((pl.col("dimension") == name) & ~pl.col("score").is_in(list(values)))
        if other.height:
            msg = (
                f"{name!r} takes {', '.join(map(short, values))} (got a score of {short(other['score'][0])}): it is no point "
                "of its scale in the rubric"
            )
            raise InputError(msg)


def _places(score: NDArray[np.float64], dimension: Indices, categories: tuple[tuple[float, ...], ...]) -> Indices:
    """Return the place of each score among its dimension's categories."""
    place = np.zeros(len(score), dtype=np.int64)
    for one, values in enumerate(categories):
        own = dimension == one
        place[own] = np.searchsorted(np.asarray(values), score[own])
    return place


def _without_extremes(ratings: Ratings, *, common: bool, raters: bool, dimensions: bool) -> Ratings:
    """Leave out raters and dimensions whose estimates are infinite, again until none is left.

    As a severity goes to minus infinity the probability of its all-highest ratings goes to 1, so leaving them out is the
    limit of maximum likelihood, not an approximation.
    """
    score = ratings.frame["score"].to_numpy()
    rater, dimension = ratings.index("rater", used=False), ratings.index("dimension", used=False)
    used = np.ones(len(score), dtype=np.bool_)
    extreme_raters: dict[str, str] = {}
    extreme_dimensions: dict[str, str] = {}
    while True:
        categories = _observed(score[used], dimension[used], len(ratings.dimensions), common=common)
        sizes = np.array([max(len(one), 1) for one in categories])
        place = _places(score, dimension, categories)
        top, bottom = place == (sizes - 1)[dimension], place == 0
        before = used.sum()
        if dimensions:
            for index, low, high in _all_of(dimension, bottom, top, used):
                name = ratings.dimensions[index]
                extreme_dimensions[name] = ONE_SCORE if low and high else _said(high, "easy", "difficult")
                used &= dimension != index
        elif before and sizes.max() == 1:
            used &= False
        if raters and used.sum() == before:
            for index, low, high in _all_of(rater, bottom, top, used):
                extreme_raters[ratings.raters[index]] = ONE_SCORE if low and high else _said(high, "lenient", "severe")
                used &= rater != index
        if used.sum() == before:
            break
    return Ratings(
        ratings.frame,
        ratings.responses,
        ratings.raters,
        ratings.dimensions,
        ratings.scales,
        used,
        categories,
        ratings.left_out,
        extreme_raters,
        extreme_dimensions,
    )


def _said(high: bool, easy: str, hard: str) -> str:  # noqa: FBT001 - which end
    return TOP.format(more=easy) if high else BOTTOM.format(more=hard)


def _observed(
    score: NDArray[np.float64], dimension: Indices, count: int, *, common: bool
) -> tuple[tuple[float, ...], ...]:
    if common:
        return (tuple(np.unique(score).tolist()),) * count
    return tuple(tuple(np.unique(score[dimension == one]).tolist()) for one in range(count))


def _all_of(
    group: Indices, bottom: NDArray[np.bool_], top: NDArray[np.bool_], used: NDArray[np.bool_]
) -> list[tuple[int, bool, bool]]:
    """Return the groups whose used ratings are all at an end: index, at the bottom, at the top."""
    if not len(group):
        return []
    size = int(group.max()) + 1
    number = np.bincount(group[used], minlength=size)
    low = np.bincount(group[used & bottom], minlength=size) == number
    high = np.bincount(group[used & top], minlength=size) == number
    return [(int(one), bool(low[one]), bool(high[one])) for one in np.flatnonzero((low | high) & (number > 0))]


def check_options(model: object, facets: object) -> tuple[Model, tuple[str, ...]]:
    """Return the model and its facets, or refuse them."""
    if model not in MODELS:
        close = nearest(model, MODELS) if isinstance(model, str) else None
        hint = f"; did you mean {close!r}?" if close else ""
        msg = f"'model' takes 'rating_scale' or 'partial_credit' (got {model!r}){hint}"
        raise InputError(msg)
    named = (facets,) if isinstance(facets, str) else tuple(facets) if isinstance(facets, (list, tuple)) else (facets,)
    for one in named:
        if one not in FACETS:
            close = nearest(one, FACETS) if isinstance(one, str) else None
            hint = f"; did you mean {close!r}?" if close else ""
            msg = f"'facets' takes some of 'rater' and 'dimension' (got {one!r}){hint}"
            raise InputError(msg)
    if not named:
        msg = "'facets' takes 'rater', 'dimension' or both (got none): responses are always one"
        raise InputError(msg)
    if model == "partial_credit" and "dimension" not in named:
        msg = "model='partial_credit' gives each dimension steps of its own, so 'facets' takes 'dimension' too"
        raise InputError(msg)
    return model, named
