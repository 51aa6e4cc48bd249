"""Where the variance of scores comes from, and how far a mean over raters can be relied on: generalizability theory."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import narwhals as nw
import polars as pl

from rubricwidgets.errors import InputError, nearest
from rubricwidgets.stats import columns, intake
from rubricwidgets.stats.component_fit import codes_of, fit_components
from rubricwidgets.stats.components import joined
from rubricwidgets.stats.designs import known_facets, parse_design
from rubricwidgets.stats.estimates import NO_MODELS, NO_NUMBERS, NO_SCORES, Estimate, Result, estimates_frame, in_digits
from rubricwidgets.stats.reliability import COEFFICIENTS, Components, component_interval, interval_method, reliability
from rubricwidgets.stats.resampling import check_confidence

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from rubricwidgets.rubric import Rubric
    from rubricwidgets.stats.components import Partition
    from rubricwidgets.stats.designs import Design

Objects = Literal["response", "item", "model"]
OBJECTS: tuple[Objects, ...] = ("response", "item", "model")

NOT_NEGATIVE = "came out negative: counted as 0"

#: What :attr:`Generalizability.components` has for each effect.
COMPONENTS_SCHEMA = pl.Schema(
    {
        "dimension": pl.String,
        "effect": pl.String,
        "variance": pl.Float64,
        "share": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "se": pl.Float64,
        "df": pl.Float64,
        "mean_square": pl.Float64,
        "levels": pl.Int64,
        "note": pl.String,
    }
)


@dataclass(frozen=True, repr=False)
class Generalizability(Result):
    """Variance components and what follows from them, for each dimension.

    Parameters
    ----------
    studies
        The components of each dimension, in the rubric's order.
    confidence
        Coverage of the intervals.

    """

    studies: tuple[Components, ...]
    confidence: float = 0.95

    @property
    def components(self) -> pl.DataFrame:
        """One row for each effect of each dimension, see :data:`COMPONENTS_SCHEMA`.

        ``variance`` is the estimate as it came out, ``share`` its part of the variance of a single rating (negative ones
        counted as 0), ``levels`` how many cells the effect has.
        """
        return pl.DataFrame(
            [row for one in self.studies for row in _component_rows(one, self.confidence)], COMPONENTS_SCHEMA
        )

    def to_frame(self) -> pl.DataFrame:
        """Return G and Phi for one level of each facet and for as many as here: ``mean_over``, then ESTIMATES_SCHEMA."""
        rows: list[Estimate] = []
        over: list[str] = []
        for one in self.studies:
            singles = dict.fromkeys(one.facets, 1.0)
            for sizes in (singles, one.sizes) if one.values is not None and one.sizes != singles else (singles,):
                for which in COEFFICIENTS:
                    rows.append(_estimate(one, which, sizes, self.confidence))
                    over.append(told_sizes(sizes))
        return estimates_frame(rows, {"mean_over": pl.Series(over, dtype=pl.String).to_list()}) if rows else _no_rows()

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return the coefficients and the components."""
        return {"Generalizability": self.to_frame(), "Variance components": self.components}

    def in_words(self) -> str:
        """Return for each dimension where the variance lies and what the study's own means are worth."""
        return "\n".join(_sentence(one, self.confidence) for one in self.studies) or f"Undefined: {NO_SCORES}."

    def __getitem__(self, dimension: str) -> Components:
        for one in self.studies:
            if one.dimension == dimension:
                return one
        names = [str(one.dimension) for one in self.studies]
        close = nearest(dimension, names)
        msg = f"no dimension {dimension!r} in this result; " + (
            f"did you mean {close!r}?" if close else f"there are {names}"
        )
        raise KeyError(msg)


def generalizability(
    scores: Any,  # noqa: ANN401 - a frame of any library that narwhals knows
    rubric: Rubric | None = None,
    *,
    design: str = "auto",
    objects: Objects = "response",
    dimensions: Sequence[str] | str | None = None,
    fixed: Collection[str] = (),
    confidence: float = 0.95,
) -> Generalizability:
    """Estimate where the variance of scores comes from, and G and Phi of their means.

    G says how well a mean over raters orders the responses where the same raters rate each; Phi how well it places them
    where each gets raters of its own, so that severity counts as error. With ``objects="model"`` the same is asked of
    models, and items are a facet too: how many items and raters tell models apart.

    Parameters
    ----------
    scores
        A frame with the columns of ``Study.scores()``; missing cells are allowed. Scores count as numbers.
    rubric
        Gives the dimensions' order.
    design
        ``"auto"``: raters crossed with the objects where a rater rated several, nested in them (``"r:p"``) otherwise. Or a
        design in Brennan's notation, of the columns item, response, model, rater and dimension, or of p (the objects),
        r (rater), d (dimension), m (model), i (item where models are the objects, dimension otherwise): ``"p x r"``,
        ``"r:p"``, ``"p x r x d"``, ``"m x (r:i)"``. With dimension as a facet there is one result for all of them.
    objects
        What is measured: ``"response"``, ``"item"`` or ``"model"``.
    dimensions
        Only these, or this one.
    fixed
        Facets whose levels are all there are, such as ``["dimension"]`` where the rubric will stay as it is. Their
        interaction with the objects then belongs to what is measured and not to error (Brennan 2001, section 4.3).
    confidence
        Coverage of the intervals, above 0 and below 1.

    Returns
    -------
    Generalizability
        Its frame: mean_over (how many levels of each facet the mean is over), then the columns of ESTIMATES_SCHEMA,
        statistics ``"G"`` and ``"Phi"``. Its ``components``: see there.

    Raises
    ------
    InputError
        If a column is missing, an option unknown, or an object has two scores in one cell of the design.

    Notes
    -----
    Henderson's Method I, which is the ANOVA's solution where every cell is filled. It takes ratings as missing at random: a
    plan that gives hard items to severe raters makes it wrong. A negative estimate stands as it came out and counts as 0
    in shares and coefficients (Brennan 2001, section 3.4). G is Cronbach, Gleser, Nanda and Rajaratnam's coefficient of
    generalizability, Phi Brennan and Kane's index of dependability. Intervals: see
    :func:`rubricwidgets.stats.reliability.reliability`; a facet of two levels is taken as given, which the method says.

    Examples
    --------
    >>> import polars as pl
    >>> ratings = {"x": [9, 6, 8, 7, 10, 6], "y": [2, 1, 4, 1, 5, 2], "z": [5, 3, 6, 2, 6, 4], "w": [8, 2, 8, 6, 9, 7]}
    >>> frame = pl.DataFrame([{"item": f"i{n}", "rater": rater, "dimension": "tone", "score": float(score)}
    ...     for rater, column in ratings.items() for n, score in enumerate(column)])
    >>> generalizability(frame).to_frame().select("mean_over", "statistic", pl.col("value").round(4)).rows()
    [('1 rater', 'G', 0.7148), ('1 rater', 'Phi', 0.2898), ('4 raters', 'G', 0.9093), ('4 raters', 'Phi', 0.6201)]

    """
    confidence = check_confidence(confidence)
    if objects not in OBJECTS:
        close = nearest(objects, OBJECTS)
        msg = f"'objects' takes one of {', '.join(OBJECTS)} (got {objects!r})" + (
            f"; did you mean {close!r}?" if close else ""
        )
        raise InputError(msg)
    needed = ["item", "rater", "dimension", "score", *(["model"] if objects == "model" else [])]
    frame = intake.scores_in_memory(scores, rubric, needed=needed, optional=("model", "label"), duplicates=False)
    names = intake.chosen_dimensions(nw.from_native(frame.lazy()), rubric, dimensions)
    reasons = dict.fromkeys(intake.without_numbers(frame), NO_NUMBERS)
    frame = frame.with_columns(pl.col("score").cast(pl.Float64)).filter(pl.col("score").is_not_null())
    if objects == "model":
        nameless = frame.group_by("dimension").agg(pl.col("model").is_null().all())
        reasons |= dict.fromkeys(nameless.filter("model")["dimension"].to_list(), NO_MODELS)
        frame = frame.filter(pl.col("model").is_not_null())
    facet = "item" if objects == "model" else "dimension"
    aliases = {"p": objects, "r": "rater", "d": "dimension", "m": "model", "i": facet}
    wanted = None if design == "auto" else parse_design(design, None, aliases)
    if wanted is not None:
        if objects in wanted.facets and wanted.objects != objects:
            wanted = parse_design(design, objects, aliases)
        known_facets(wanted, ("item", "response", "model", "rater", "dimension"), "the scores")
        if wanted.objects not in OBJECTS:
            msg = f"'design' takes one of {', '.join(OBJECTS)} as a facet to measure (got {design!r}); name it first"
            raise InputError(msg)
    if wanted is not None and "dimension" in wanted.facets:
        chosen = frame.filter(pl.col("dimension").is_in(names))
        return Generalizability((_of_scores(chosen, None, wanted, objects, fixed),), confidence)
    studies = [
        _of_scores(part, name, wanted, objects, fixed, reasons.get(name))
        for name in names
        for part in [frame if len(names) == 1 and dimensions is None else frame.filter(pl.col("dimension") == name)]
    ]
    return Generalizability(tuple(studies), confidence)


def variance_components(
    table: Any,  # noqa: ANN401 - a frame of any library that narwhals knows
    design: str,
    *,
    score: str = "score",
    objects: str | None = None,
    fixed: Collection[str] = (),
    confidence: float = 0.95,
) -> Generalizability:
    """Estimate the variance components of any table with a column for each facet.

    Parameters
    ----------
    table
        One row for each rating.
    design
        Brennan's notation over the table's columns: ``x`` crosses, ``:`` nests, as in ``"Person x (Rater:Task)"``. Levels
        of a nested facet may have the same names in each level of what they are nested in.
    score
        The column with the scores.
    objects
        The facet that is measured; without it, the first that is nested in nothing.
    fixed
        Facets whose levels are all there are.
    confidence
        Coverage of the intervals, above 0 and below 1.

    Returns
    -------
    Generalizability
        As :func:`generalizability` returns, with null for the dimension.

    Raises
    ------
    InputError
        If a column is missing, of another kind or has nulls, the design cannot be read, or a cell has two scores.

    Examples
    --------
    >>> import polars as pl
    >>> table = pl.DataFrame({"essay": [1, 1, 2, 2, 3, 3], "judge": ["a", "b"] * 3, "mark": [1.0, 2, 3, 5, 5, 6]})
    >>> variance_components(table, "essay x judge", score="mark").components["variance"].round(4).to_list()
    [4.0, 0.8333, 0.1667]

    """
    confidence = check_confidence(confidence)
    wanted = parse_design(design, objects)
    known_facets(wanted, columns.names_in(table, "table", "a table of ratings"), "the table")
    kinds: dict[str, columns.Kind] = {**dict.fromkeys(wanted.facets, "names"), score: "numbers"}
    needed = [*wanted.facets, score]
    frame = columns.take_here(table, needed, what="table", source="a table of ratings", kinds=kinds).select(needed)
    frame = frame.with_columns(pl.col(score).cast(pl.Float64)).filter(pl.col(score).is_not_null())
    for name in wanted.facets:
        if missing := frame[name].null_count():
            msg = f"'table' takes a value for {name!r} in every row ({missing} have null): drop or fill them"
            raise InputError(msg)
    codes = {name: codes_of(frame[name]) for name in wanted.facets}
    found = fit_components(codes, frame[score].to_numpy(), wanted, fixed=fixed)
    return Generalizability((found,), confidence)


def _filled(column: pl.Series) -> pl.Series:
    """Return names without nulls: responses without a model are one level."""
    return column.fill_null("") if column.null_count() else column


def _of_scores(
    frame: pl.DataFrame,
    name: str | None,
    wanted: Design | None,
    objects: Objects,
    fixed: Collection[str],
    empty: str | None = None,
) -> Components:
    # Where nobody said which model wrote what, there is no such facet.
    named = "model" in frame.columns and frame["model"].null_count() < frame.height
    facets = ["item", "rater", "dimension", *(["model"] if named else [])]
    codes = {facet: codes_of(_filled(frame[facet])) for facet in facets if facet != "dimension" or name is None}
    responses = frame["response"]
    if responses.null_count() == responses.len():
        codes["response"] = codes["item"]
    else:
        codes["response"] = joined(codes_of(responses.fill_null("")), codes["item"])
    design = wanted or parse_design(_auto(codes, objects), objects)
    if wanted is not None and "model" in design.facets and "model" not in codes:
        msg = f"'design' takes facets that are columns of the scores (got {str(design)!r}): there is no 'model'"
        raise InputError(msg)
    if frame.is_empty():
        codes = {facet: codes_of(pl.Series([], dtype=pl.String)) for facet in (*design.facets, "item", "rater")}
    clusters = {"response": codes["item"]} if "item" not in design.facets else None
    try:
        found = fit_components(
            {facet: codes[facet] for facet in design.facets},
            frame["score"].to_numpy(),
            design,
            dimension=name,
            fixed=fixed,
            clusters=clusters,
            n_items=len(codes["item"].n),
            n_raters=len(codes["rater"].n),
        )
    except InputError:
        intake.check_rows(frame)
        raise
    return replace(found, note=empty) if empty and frame.is_empty() else found


def _auto(codes: Mapping[str, Partition], objects: Objects) -> str:
    """Return the design that the ratings have."""
    raters, items = codes["rater"], codes["item"]
    if not len(raters.code):
        return f"{objects} x rater"
    if objects != "model":
        several = objects == "item" and len(codes["response"].n) > len(items.n)
        nested = len(raters.n) == len(raters.code) and len(codes["response"].n) < len(raters.code)
        if several:
            return "(response:item) x rater" if not nested else "rater:response:item"
        return f"rater:{objects}" if nested else f"{objects} x rater"
    both = len(joined(raters, items).n)
    text = "model x item x rater"
    if len(raters.n) == 1:
        text = "model x item"
    elif len(joined(codes["model"], items).n) == len(items.n) and len(codes["model"].n) > 1:
        text = "(item:model) x rater"
    elif both == len(raters.n):
        text = "model x (rater:item)" if len(raters.n) > len(items.n) else "model x item"
    elif both == len(items.n):
        text = "model x (item:rater)"
    return text


def told_sizes(sizes: Mapping[str, float]) -> str:
    """Return numbers of levels as words: ``4 raters``, ``3 Task x 4 Rater``."""
    parts = [f"{size:.3g} {name}{'' if size == 1 or not name.islower() else 's'}" for name, size in sizes.items()]
    return " x ".join(parts)


def _no_rows() -> pl.DataFrame:
    return estimates_frame([]).select(pl.lit(None, dtype=pl.String).alias("mean_over"), pl.all())


def _estimate(one: Components, which: Literal["G", "Phi"], sizes: Mapping[str, float], confidence: float) -> Estimate:
    found = reliability(one, which, sizes, confidence=confidence)
    given = [f"{name}s taken as given" for name in one.as_given] if found.low is not None else []
    return Estimate(
        statistic=which,
        value=found.value,
        low=found.low,
        high=found.high,
        se=found.se,
        method="; ".join([str(one.design), *filter(None, [interval_method(one, confidence)]), *given]),
        n_items=one.n_items,
        n_raters=one.n_raters,
        n_ratings=one.n_ratings,
        dimension=one.dimension,
        note=found.note,
    )


def _component_rows(one: Components, confidence: float) -> list[dict[str, Any]]:
    if one.values is None:
        return [
            {"dimension": one.dimension, "effect": one.design.label(effect), "note": one.note} for effect in one.effects
        ]
    total = sum(max(value, 0.0) for value in one.values)
    rows = []
    for place, (effect, value) in enumerate(zip(one.effects, one.values, strict=True)):
        low, high, se = component_interval(one, place, confidence)
        rows.append(
            {
                "dimension": one.dimension,
                "effect": one.design.label(effect),
                "variance": value,
                "share": max(value, 0.0) / total if total > 0 else None,
                "low": low,
                "high": high,
                "se": se,
                "df": float(one.squares[0][place]) if one.squares else None,
                "mean_square": float(one.squares[1][place]) if one.squares else None,
                "levels": None if len(effect) > 1 else one.levels[next(iter(effect))],
                "note": NOT_NEGATIVE if value < 0 else one.note,
            }
        )
    return rows


def _sentence(one: Components, confidence: float) -> str:
    subject = f"{one.dimension}: " if one.dimension else ""
    if one.values is None or not any(value > 0 for value in one.values):
        return f"{subject}undefined ({one.note})."
    shares = {row["effect"]: row["share"] for row in _component_rows(one, confidence)}
    told = ", ".join(f"{100 * share:.0f} % {effect}" for effect, share in shares.items())
    g, phi = (reliability(one, which, one.sizes, confidence=confidence) for which in COEFFICIENTS)
    return (
        f"{subject}the variance of a single rating is {told}. A mean over {told_sizes(one.sizes)} has "
        f"G = {in_digits(g.value, g.low, g.high)} for ordering {one.design.objects}s and "
        f"Phi = {in_digits(phi.value, phi.low, phi.high)} for placing them."
    )
