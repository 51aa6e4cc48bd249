"""How many items and raters a study needs: simulated from the variance components of a pilot."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl

from rubricwidgets.errors import InputError, nearest
from rubricwidgets.scales.numbers import plain_number, short
from rubricwidgets.stats.estimates import NO_SCORES, Result, percent
from rubricwidgets.stats.generalizability import Generalizability, generalizability
from rubricwidgets.stats.resampling import check_confidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from rubricwidgets.rubric import Rubric
    from rubricwidgets.stats.reliability import Components

    Array = NDArray[np.float64]

Raters = Literal["same", "different"]
RATERS: tuple[Raters, ...] = ("same", "different")

ITEMS = (10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1000)
UNPAIRED = (
    "the pilot does not tell models apart, so what two would share of items and of raters' severity is not taken off: for "
    "models that vary as this one does, fewer items and raters may do"
)
ONE_ITEM_PILOT = "the pilot has one item only: how much items differ is unknown, so no number of them can be named"

#: An interval may cover that much less than it says; with less, its width or its verdict is worth nothing.
SLACK = 0.02

#: What :func:`power` returns for each dimension and design.
POWER_SCHEMA = pl.Schema(
    {
        "dimension": pl.String,
        "items": pl.Int64,
        "raters": pl.Int64,
        "ratings": pl.Int64,
        "chance": pl.Float64,
        "mc_error": pl.Float64,
        "width": pl.Float64,
        "coverage": pl.Float64,
        "reaches": pl.Boolean,
        "note": pl.String,
    }
)


@dataclass(frozen=True)
class Spread:
    """The variances of one study's mean: what items, raters and the rest of a single score add.

    Parameters
    ----------
    item, rater, rest
        Variances, in squared points of the scale.
    note
        What they leave out.

    """

    item: float
    rater: float
    rest: float
    note: str | None = None


@dataclass(frozen=True, repr=False)
class Power(Result):
    """What designs of a study would achieve.

    Parameters
    ----------
    frame
        See :data:`POWER_SCHEMA`.
    spreads
        The variances that were simulated from, by dimension.
    width, difference
        What was asked for; one of them is None.
    assurance
        In what share of studies it has to come out.
    confidence
        Coverage of each study's interval.
    raters
        Whether the same raters rate every item.
    simulations, seed
        How many studies of each design.

    """

    frame: pl.DataFrame
    spreads: Mapping[str | None, Spread | None]
    width: float | None
    difference: float | None
    assurance: float
    confidence: float
    raters: Raters
    simulations: int
    seed: int

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each dimension and design, see :data:`POWER_SCHEMA`."""
        return self.frame

    @property
    def cheapest(self) -> pl.DataFrame:
        """For each dimension the design with the fewest ratings that reaches what was asked for."""
        return (
            self.frame.filter("reaches")
            .sort("ratings", "items", maintain_order=True)
            .unique("dimension", keep="first", maintain_order=True)
            .sort(pl.col("dimension").replace_strict({name: n for n, name in enumerate(self.spreads)}, default=0))
        )

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return the designs with the fewest ratings, and all of them."""
        return {"Fewest ratings": self.cheapest, "Every design": self.frame}

    def in_words(self) -> str:
        """Return for each dimension the design with the fewest ratings, and how it was found."""
        found = {row["dimension"]: row for row in self.cheapest.to_dicts()}
        parts = [self._sentence(name, spread, found.get(name)) for name, spread in self.spreads.items()]
        if not any(self.spreads.values()):
            return "\n".join(parts) or f"Undefined: {NO_SCORES}."
        told = "\n".join(parts)
        worst = 0.5 / math.sqrt(self.simulations)
        how = {"same": "the same raters for every item", "different": "raters of its own for every item"}[self.raters]
        return (
            f"{told}\nSimulated: {self.simulations:,} studies of each design with normal scores and {how}, seed "
            f"{self.seed}; a chance has a Monte Carlo error of at most {100 * worst:.1f} % (one standard error)."
        )

    def _sentence(self, name: str | None, spread: Spread | None, best: dict[str, Any] | None) -> str:
        subject = "" if name is None else f"{name}: "
        own = self.frame.filter(pl.col("dimension").eq_missing(name))
        if spread is None:
            return f"{subject}undefined ({own['note'][0]})."
        verb, goal = (
            ("give", f"a {percent(self.confidence)} interval of a model's mean at most {short(self.width)} wide")
            if self.width is not None
            else ("tell", f"a difference of {short(self.difference or 0)} between two models from 0")
        )
        note = f" ({spread.note})" if spread.note else ""
        if best is None:
            sound = own.filter(pl.col("coverage") >= self.confidence - SLACK)["chance"].to_list()
            chance = max(sound, default=0.0)
            return (
                f"{subject}no design that was asked about {verb}s {goal} in {percent(self.assurance)} of studies with an "
                f"interval that covers what it says; the best does in {100 * chance:.0f} %{note}."
            )
        each = "" if self.width is not None else " for both models"
        return (
            f"{subject}{best['items']:,} items with {best['raters']} rater{'' if best['raters'] == 1 else 's'} each "
            f"({best['ratings']:,} ratings{each}) {verb} {goal} in {100 * best['chance']:.0f} % of studies{note}."
        )


def power(
    scores: Any,  # noqa: ANN401 - scores, a result or variances
    rubric: Rubric | None = None,
    *,
    width: float | None = None,
    difference: float | None = None,
    n_items: int | Iterable[int] = ITEMS,
    n_raters: int | Iterable[int] = (1, 2, 3, 4, 5, 7, 10),
    raters: Raters = "same",
    assurance: float = 0.8,
    confidence: float = 0.95,
    dimensions: Sequence[str] | str | None = None,
    simulations: int = 4000,
    seed: int = 0,
) -> Power:
    """Find how many items and raters give an interval of a wanted width, or show a difference between two models.

    Parameters
    ----------
    scores
        A pilot's frame with the columns of ``Study.scores()``; or what :func:`generalizability` returned for it; or
        variances by name: ``item``, ``rater`` and ``rest`` of one model's scores, or with ``difference`` of the paired
        differences between two models' scores.
    rubric
        Gives the dimensions' order.
    width
        How wide, in points of the scale, the interval of a model's mean score may be.
    difference
        Which difference between two models' means, in points of the scale, has to be told from 0. Both models answer the
        same items and are rated by the same raters. Give either this or ``width``.
    n_items, n_raters
        The numbers to look at; raters are counted for each item.
    raters
        ``"same"``: the same raters rate every item, and the interval is to hold for raters like them, so their sampling is
        part of it. ``"different"``: each item has raters of its own, drawn anew.
    assurance
        In what share of studies the aim has to be reached, above 0 and below 1; for a difference this is the power.
    confidence
        Coverage of each study's interval, above 0 and below 1.
    dimensions
        Only these, or this one.
    simulations
        How many studies of each design, from 100.
    seed
        The same seed gives the same numbers.

    Returns
    -------
    Power
        Its frame has a row for each dimension and design: items, raters (for each item), ratings, chance (share of studies
        that reach the aim), mc_error (its standard error, of the simulation), width (mean, in points), coverage (share of
        intervals that hold the truth), reaches (whether chance is at least ``assurance`` and coverage at
        most 0.02 below ``confidence``), note. Its ``cheapest`` has the
        design with the fewest ratings for each dimension that one is enough for.

    Raises
    ------
    InputError
        If neither or both of ``width`` and ``difference`` are given, or a number or an option is not allowed.

    Notes
    -----
    Scores are taken as sums of normal effects with the pilot's components. What items add to one model's mean is the component of
    items and that of models by items together, and so for raters; a sum below 0 counts as 0, a negative part of a sum as
    it came out. Each simulated study is
    analysed as a real one would be: with raters of its own for each item by Student's t over items; with the same raters by
    the analysis of variance of items by raters, whose mean has the variance ``(MS_items + MS_raters - MS_rest) / (items
    raters)`` and Satterthwaite's degrees of freedom (Brennan, Generalizability Theory, 2001, chapter 6). Of such tables the
    mean squares are independent multiples of chi-squared, so they are drawn instead of scores. A single rater shows nothing
    of raters' variance: its interval may cover too little, and the column coverage shows how little.

    Examples
    --------
    >>> found = power({"item": 0.8, "rater": 0.1, "rest": 0.6}, width=0.5, raters="different", n_raters=[1, 3], seed=1)
    >>> found.cheapest.select("items", "raters").row(0)
    (150, 1)

    """
    confidence, share = check_confidence(confidence), _share(assurance)
    wanted = _aim(width, difference)
    if raters not in RATERS:
        close = nearest(raters, RATERS)
        msg = f"'raters' takes 'same' or 'different' (got {raters!r})" + (f"; did you mean {close!r}?" if close else "")
        raise InputError(msg)
    items, each = _numbers("n_items", n_items, 2), _numbers("n_raters", n_raters, 1)
    (simulations,) = _numbers("simulations", simulations, 100)
    spreads, notes = _spreads(scores, rubric, dimensions, paired=difference is not None)
    rows: list[dict[str, Any]] = []
    designs = [(one, many) for one in items for many in each]
    for name, spread in spreads.items():
        if spread is None:
            rows.append({"dimension": name, "note": notes[name]})
            continue
        # A seed for each design: what else is asked about changes nothing.
        for one, many in designs:
            random = np.random.Generator(np.random.SFC64([seed, one, many]))
            low, high, truth = _studies(spread, one, many, raters, difference or 0.0, confidence, simulations, random)
            reached = high - low <= wanted if width is not None else (low > 0) | (high < 0)
            chance = float(reached.mean())
            coverage = float(((low <= truth) & (truth <= high)).mean())
            rows.append(
                {
                    "dimension": name,
                    "items": one,
                    "raters": many,
                    "ratings": one * many * (1 if difference is None else 2),
                    "chance": chance,
                    "mc_error": math.sqrt(chance * (1 - chance) / simulations),
                    "width": float((high - low).mean()),
                    "coverage": coverage,
                    "reaches": chance >= share and coverage >= confidence - SLACK,
                    "note": spread.note,
                }
            )
    frame = pl.DataFrame(rows, schema=POWER_SCHEMA)
    return Power(frame, spreads, width, difference, share, confidence, raters, simulations, seed)


def _studies(
    spread: Spread,
    items: int,
    raters: int,
    how: Raters,
    truth: float,
    confidence: float,
    simulations: int,
    random: np.random.Generator,
) -> tuple[Array, Array, float]:
    """Return the intervals of simulated studies and the truth that they are after."""
    from scipy.special import stdtrit  # noqa: PLC0415 - loads when an interval is first asked for

    if how == "different":
        variance = spread.item + (spread.rater + spread.rest) / raters
        mean = truth + random.normal(0, math.sqrt(variance / items), simulations)
        estimate = variance * random.chisquare(items - 1, simulations) / (items - 1) / items
        half = stdtrit(items - 1, (1 + confidence) / 2) * np.sqrt(estimate)
        return mean - half, mean + half, truth
    size = items * raters
    expected = (spread.rest + raters * spread.item, spread.rest + items * spread.rater, spread.rest)
    mean = truth + random.normal(0, math.sqrt((expected[0] + expected[1] - expected[2]) / size), simulations)
    of_items = expected[0] * random.chisquare(items - 1, simulations) / (items - 1)
    if raters == 1:
        half = stdtrit(items - 1, (1 + confidence) / 2) * np.sqrt(of_items / items)
        return mean - half, mean + half, truth
    of_raters = expected[1] * random.chisquare(raters - 1, simulations) / (raters - 1)
    df_rest = (items - 1) * (raters - 1)
    of_rest = expected[2] * random.chisquare(df_rest, simulations) / df_rest
    # The estimate of a variance is no smaller than without the raters, or without the items.
    total = np.maximum(of_items + of_raters - of_rest, np.maximum(of_items, of_raters))
    below = of_items**2 / (items - 1) + of_raters**2 / (raters - 1) + of_rest**2 / df_rest
    df = np.maximum(np.divide(total**2, below, out=np.ones_like(total), where=below > 0), 1.0)
    half = stdtrit(df, (1 + confidence) / 2) * np.sqrt(total / size)
    return mean - half, mean + half, truth


def _spreads(
    scores: Any,  # noqa: ANN401
    rubric: Rubric | None,
    dimensions: Sequence[str] | str | None,
    *,
    paired: bool,
) -> tuple[dict[str | None, Spread | None], dict[str | None, str]]:
    """Return the variances to simulate from, for each dimension, and why there are none."""
    if isinstance(scores, Mapping):
        return {None: _typed(scores)}, {}
    if isinstance(scores, Generalizability):
        result = scores
    else:
        result = generalizability(scores, rubric, dimensions=dimensions)
        if "model" in getattr(scores, "columns", ()):
            models = {
                one.dimension: one
                for one in generalizability(scores, rubric, dimensions=dimensions, objects="model").studies
            }
            better = [models.get(one.dimension, one) for one in result.studies]
            chosen = [
                other if other.values is not None and {"item", "rater"} <= set(other.design.facets) else one
                for one, other in zip(result.studies, better, strict=True)
            ]
            result = Generalizability(tuple(chosen), result.confidence)
    spreads = {one.dimension: None if _one_item(one) else _spread(one, paired=paired) for one in result.studies}
    notes = {
        one.dimension: ONE_ITEM_PILOT if _one_item(one) else one.note or "the design has no raters"
        for one in result.studies
    }
    return spreads, notes


def _one_item(one: Components) -> bool:
    """Whether the pilot has scores of one item only, so that its responses show models' differences instead of items'."""
    return one.n_ratings > 0 and one.n_items == 1


def _typed(given: Mapping[Any, Any]) -> Spread:
    found: dict[str, float] = {}
    for name, value in given.items():
        number = plain_number(value)
        if name not in ("item", "rater", "rest"):
            close = nearest(name, ("item", "rater", "rest"))
            msg = f"variances are given for item, rater and rest (got {name!r})" + (
                f"; did you mean {close!r}?" if close else ""
            )
            raise InputError(msg)
        if number is None or number < 0:
            msg = f"a variance is a number from 0 (got {value!r} for {name!r})"
            raise InputError(msg)
        found[name] = float(number)
    if not sum(found.values()):
        msg = f"variances are given for item, rater and rest, one of them above 0 (got {dict(given)!r})"
        raise InputError(msg)
    return Spread(found.get("item", 0.0), found.get("rater", 0.0), found.get("rest", 0.0))


def _spread(one: Components, *, paired: bool) -> Spread | None:
    """Return what items, raters and the rest add to a mean, or to a paired difference of two."""
    if one.values is None or not any(value > 0 for value in one.values):
        return None
    models = one.design.objects == "model"
    if "rater" not in one.design.facets or "dimension" in one.design.facets:
        return None
    found = {"item": 0.0, "rater": 0.0, "rest": 0.0}
    for effect, value in zip(one.effects, one.values, strict=True):
        if models and (effect == {"model"} or (paired and "model" not in effect)):
            continue  # what is estimated, or what both models share
        item, rater = bool(effect & {"item", "response"}), "rater" in effect
        found["rest" if item and rater else "rater" if rater else "item"] += value
    # A negative component counts as it came out: what models share on an item and what is their own make up one variance, which
    # is estimated without bias only as their sum.
    found = {name: max(value, 0.0) for name, value in found.items()}
    if not paired:
        return Spread(found["item"], found["rater"], found["rest"])
    # With one model its raters' preferences are part of their severity, and its items' of theirs: all of it is an upper bound.
    return Spread(2 * found["item"], 2 * found["rater"], 2 * found["rest"], None if models else UNPAIRED)


def _aim(width: float | None, difference: float | None) -> float:
    if (width is None) == (difference is None):
        msg = "power() takes either 'width' or 'difference', in points of the scale" + (
            "" if width is None else " (got both)"
        )
        raise InputError(msg)
    name, value = ("width", width) if width is not None else ("difference", difference)
    number = plain_number(value)
    if number is None or number <= 0:
        msg = f"{name!r} takes a number above 0, in points of the scale (got {value!r})"
        raise InputError(msg)
    return float(number)


def _share(assurance: object) -> float:
    number = plain_number(assurance)
    if number is None or not 0 < number < 1:
        msg = f"'assurance' takes a number above 0 and below 1, such as 0.8 (got {assurance!r})"
        raise InputError(msg)
    return float(number)


def _numbers(name: str, numbers: object, least: int) -> list[int]:
    given: Any = numbers
    found: list[Any] = list(given) if hasattr(given, "__iter__") and not isinstance(given, str) else [given]
    for number in found:
        if not isinstance(number, int) or isinstance(number, bool) or number < least:
            msg = f"{name!r} takes whole numbers from {least} (got {number!r})"
            raise InputError(msg)
    if not found:
        msg = f"{name!r} takes one number or more (got none)"
        raise InputError(msg)
    return sorted(set(found))
