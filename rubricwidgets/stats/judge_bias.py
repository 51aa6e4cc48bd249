"""What sways a judge beside quality: the place of a response, its length, and who wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from rubricwidgets.errors import InputError, nearest
from rubricwidgets.stats.coefficients import ratio
from rubricwidgets.stats.columns import alike, names_in, take_here
from rubricwidgets.stats.estimates import Estimate
from rubricwidgets.stats.judge_scores import NO_COMMON, ONE, UNIT, Panel, judge_frame, over_items, panels, per_item
from rubricwidgets.stats.resampling import check_confidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from rubricwidgets.rubric import Rubric

    Array = NDArray[np.float64]

_CATEGORIES = "its answers are categories, which cannot be higher or lower"
_KINDS = {
    "position": (
        "points that the judge gives the response shown first above what it gives others",
        "no two places differ",
    ),
    "length": ("points for each doubling of the length", "all responses are as long"),
    "family": (
        "points that the judge gives its own family above what it gives others",
        "no response of its own family beside another",
    ),
}


def judge_bias(
    scores: Any,  # noqa: ANN401 - a frame of any library that narwhals knows
    rubric: Rubric | None = None,
    *,
    judges: Sequence[str] | str,
    people: Sequence[str] | None = None,
    dimensions: Sequence[str] | str | None = None,
    order: Any = None,  # noqa: ANN401
    lengths: Any = None,  # noqa: ANN401
    families: Mapping[str, str | Sequence[str]] | None = None,
    confidence: float = 0.95,
) -> pl.DataFrame:
    """Estimate how position, length and family sway a judge, people's judgement of the same response taken off.

    What is looked at is the judge's score minus the mean of people's for the same response: quality that people see
    is out of it, and a bias that people share is too. Its slope is taken within items where items have several responses,
    and over all responses otherwise, by least squares, with the jackknife over items. (After Wang et al., "Large language
    models are not fair evaluators", ACL 2024, for position; Dubois et al., "Length-controlled AlpacaEval", COLM 2024, for
    length; Panickssery, Bowman and Feng, "LLM evaluators recognize and favor their own generations", NeurIPS 2024, for
    family.)

    Parameters
    ----------
    scores, rubric, judges, people, dimensions
        As for :func:`rubricwidgets.stats.judges.judges`.
    order
        In which order responses were shown to the judge: a frame with item, rater, response and position (from 0), or with
        item, rater and order (a list of responses), such as ``study.ratings()``.
    lengths
        How long responses are: a frame with item, response and length (any unit, above 0) or text.
    families
        For a judge, the model or models of its own family, as ``scores`` names them.
    confidence
        Coverage, above 0 and below 1.

    Returns
    -------
    polars.DataFrame
        Column judge and those of estimates; statistic is ``"position"`` (first minus later), ``"length"`` (per doubling)
        or ``"family"`` (own minus others'), in points of the scale. Above 0: the judge favours it more than people do.

    Raises
    ------
    InputError
        If a column, a name or an option is not as it must be.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> study = rw.demo(store="memory")
    >>> truth = rw.simulate(study, raters=3, seed=1)
    >>> table = judge_bias(study.scores(), study.rubric, judges="simulated-3", families={"simulated-3": "aster"},
    ...     dimensions=["accuracy"])
    >>> table["statistic"].to_list()
    ['family']

    """
    confidence = check_confidence(confidence)
    names, found = panels(scores, rubric, judges, people, dimensions)
    causes = causes_of(names, found, order=order, lengths=lengths, families=families)
    rows = [(judge, one) for judge in names for panel in found for one in of_judge(panel, judge, causes, confidence)]
    return judge_frame(rows)


def causes_of(
    names: Sequence[str],
    found: Sequence[Panel],
    *,
    order: Any = None,  # noqa: ANN401
    lengths: Any = None,  # noqa: ANN401
    families: Mapping[str, str | Sequence[str]] | None = None,
) -> dict[str, pl.DataFrame]:
    """Return what may sway judges as frames of item, response, perhaps rater, and x; only what was given."""
    causes: dict[str, pl.DataFrame] = {}
    if order is not None:
        causes["position"] = _positions(order)
    if lengths is not None:
        causes["length"] = _lengths(lengths)
    if families is not None:
        causes["family"] = _families(names, found, families)
    return causes


def of_judge(panel: Panel, judge: str, causes: Mapping[str, pl.DataFrame], confidence: float) -> Iterator[Estimate]:
    """Return one judge's biases on one dimension."""
    base: dict[str, Any] = {"dimension": panel.measured.dimension}
    excess = (
        None if not panel.numeric else panel.beside(judge).with_columns((pl.col("v") - pl.col("people")).alias("e"))
    )
    for name, cause in causes.items():
        kind, undefined = _KINDS[name]
        if excess is None:
            yield Estimate(statistic=name, value=None, method=kind, note=_CATEGORIES, **base)
            continue
        on = [*UNIT, *(["rater"] if "rater" in cause.columns else [])]
        what = {"position": "order", "length": "lengths"}.get(name, "families")
        rows = excess.join(alike(cause, excess, on, what), on=on, how="inner", nulls_equal=True).drop_nulls("x")
        counts = {
            "n_items": rows["item"].n_unique(),
            "n_raters": panel.people["rater"].n_unique(),
            "n_ratings": rows.height,
        }
        sums, within = _sums(rows)
        kind += ", within items" if within else ", over all responses"
        none = NO_COMMON if excess.is_empty() else f"nothing known of {name} for this judge's responses"
        yield over_items(
            sums,
            _slope,
            confidence=confidence,
            statistic=name,
            kind=kind,
            undefined=undefined,
            none=none,
            **{**base, **counts},
        )


def _sums(rows: pl.DataFrame) -> tuple[Array, bool]:
    """Return each item's sums of 1, x, e, x**2 and x e; centred within items where x differs within one."""
    within = bool(rows.height) and bool(rows.select((pl.col("x") != pl.col("x").first().over("item")).any()).item())
    if within:
        rows = rows.with_columns(pl.col("x", "e") - pl.col("x", "e").mean().over("item"))
        rows = rows.filter((pl.col("x") != 0).any().over("item"))
    x, e = pl.col("x"), pl.col("e")
    # Within items the means are taken off already: no common mean is.
    columns = [0 * ONE if within else ONE, x, e, x * x, x * e]
    return per_item(rows, columns), within


def _slope(sums: Array) -> Array:
    n = sums[:, 0]
    mx, me = (np.divide(sums[:, place], n, out=np.zeros_like(n), where=n > 0) for place in (1, 2))
    spread = sums[:, 3] - n * mx**2
    return ratio(sums[:, 4] - n * mx * me, np.where(spread < 1e-9 * (1 + sums[:, 3]), 0.0, spread))


def _positions(order: Any) -> pl.DataFrame:  # noqa: ANN401
    source = "study.ratings(), or one of item, rater, response and position"
    if "order" in names_in(order, "order", source):
        frame = take_here(order, ("item", "rater", "order"), optional=("stale", "status"), what="order", source=source)
        if "stale" in frame.columns:
            frame = frame.filter(~pl.col("stale"))
        if "status" in frame.columns:
            frame = frame.filter(pl.col("status") == "rated")
        latest = frame.unique(["item", "rater"], keep="last", maintain_order=True).drop_nulls("order")
        places = pl.int_ranges(pl.col("order").list.len()).alias("position")
        latest = latest.select("item", "rater", pl.col("order").alias("response"), places).explode(
            "response", "position"
        )
    else:
        latest = take_here(order, ("item", "rater", "response", "position"), what="order", source=source)
    first = (pl.col("position") == pl.col("position").min().over("item", "rater")).cast(pl.Float64)
    # A response shown alone is neither first nor later.
    several = latest.filter(pl.len().over("item", "rater") > 1)
    return several.select("item", "response", "rater", first.alias("x"))


def _lengths(lengths: Any) -> pl.DataFrame:  # noqa: ANN401
    source = "item, response and length, or item, response and text"
    named = names_in(lengths, "lengths", source)
    name = "text" if "text" in named and "length" not in named else "length"
    frame = take_here(lengths, ("item", "response", name), what="lengths", source=source)
    frame = frame.unique(UNIT, keep="first", maintain_order=True)
    length = pl.col("length").cast(pl.Float64) if name == "length" else pl.col("text").str.len_chars().cast(pl.Float64)
    # What has no length has no logarithm.
    return (
        frame.select("item", "response", length.alias("n"))
        .filter(pl.col("n") > 0)
        .select(*UNIT, pl.col("n").log(2).alias("x"))
    )


def _families(
    names: Sequence[str], found: Sequence[Panel], families: Mapping[str, str | Sequence[str]]
) -> pl.DataFrame:
    for name in families:
        if name not in names:
            close = nearest(name, names)
            msg = f"'families' takes judges, and for each the models of its family (got {name!r})" + (
                f"; did you mean {close!r}?" if close else f"; judges are {', '.join(map(repr, names))}"
            )
            raise InputError(msg)
    known = {model for panel in found for model in panel.judges["model"].drop_nulls().unique().to_list()}
    own = {name: [given] if isinstance(given, str) else list(given) for name, given in families.items()}
    for models in own.values():
        for model in models:
            if known and model not in known:
                close = nearest(model, known)
                hint = f"did you mean {close!r}?" if close else f"there are {', '.join(sorted(known))}"
                msg = f"'families' takes models of these scores (got {model!r}); {hint}"
                raise InputError(msg)
    rows = [panel.judges.select(*UNIT, "rater", "model") for panel in found]
    base = pl.DataFrame(schema=dict.fromkeys((*UNIT, "rater", "model"), pl.String))
    answered = (
        (pl.concat(rows, how="vertical_relaxed") if rows else base).unique(maintain_order=True).drop_nulls("model")
    )
    mine = pl.lit(value=False)
    for name, models in own.items():
        mine = mine | ((pl.col("rater") == name) & pl.col("model").is_in(models))
    return answered.filter(pl.col("rater").is_in(list(own))).select(*UNIT, "rater", mine.cast(pl.Float64).alias("x"))
