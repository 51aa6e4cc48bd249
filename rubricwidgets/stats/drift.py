"""Does a rater change over time? Control charts of each rater's deviation from gold or from the group, and the first alarm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl

from rubricwidgets.errors import InputError, nearest
from rubricwidgets.frames import schema_of
from rubricwidgets.scales.numbers import plain_number
from rubricwidgets.stats.control import cusum, cusum_run_length, ewma, ewma_run_length
from rubricwidgets.stats.estimates import Result
from rubricwidgets.stats.gold import answered, dimensions_in, take_gold, with_gold
from rubricwidgets.stats.grouped import coded
from rubricwidgets.stats.intake import scores_in_memory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.rubric import Rubric

Against = Literal["group", "gold"]
Method = Literal["ewma", "cusum"]

#: With fewer items than this, a rater's own mean and spread are too uncertain to set limits by.
FEWEST_ITEMS = 10

NO_COMPARISON = {"group": "no item in common with another rater", "gold": "no answer on an item with gold"}
TOO_FEW = f"fewer than {FEWEST_ITEMS} items: too few to estimate limits from"
NO_VARIATION = "the deviation is the same throughout: no limits"
CATEGORIES = "its answers are categories, which have no mean"

_LIMITS = {"ewma": 2.962, "cusum": 5.0}
_KEYS = ["rater", "dimension"]
_NAMED = 5
_TINY = 1e-9

#: One row per rater, dimension and item.
POINTS_SCHEMA = schema_of(
    {
        "rater": pl.String,
        "dimension": pl.String,
        "place": pl.Int64,
        "item": pl.String,
        "submitted_at": pl.Datetime("us", "UTC"),
        "deviation": pl.Float64,
        "target": pl.Float64,
        "sigma": pl.Float64,
        "statistic": pl.Float64,
        "statistic_low": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "alarm": pl.String,
    }
)


@dataclass(frozen=True, repr=False)
class Drift(Result):
    """Control charts of every rater, and who changed.

    Parameters
    ----------
    charts
        One row per rater and dimension: rater, dimension, n_items (Int64), target, sigma (Float64: where the deviation should
        be and its standard deviation), n_alarms, first_alarm (Int64: at the rater's how many-th item; null for none), item,
        submitted_at (of that alarm), direction (``"up"``: scores higher than before; ``"down"``), note (why there is no chart).
    points
        One row per rater, dimension and item, in the order of submission: columns of :data:`POINTS_SCHEMA`. ``statistic`` is the
        EWMA, or the upper sum; ``statistic_low`` the lower sum below zero (CUSUM only).
    method, against
        ``"ewma"`` or ``"cusum"``; ``"group"`` or ``"gold"``.
    run_length
        After how many items a chart alarms without cause, on average.
    settings
        Weight, limits, where target and spread are from, in words.
    titles
        What readers call each dimension.
    from_baseline
        Whether limits come from some first items only: chance alarms are then more frequent than the run length says.

    """

    charts: pl.DataFrame
    points: pl.DataFrame
    method: Method
    against: Against
    run_length: float
    settings: str
    titles: dict[str, str]
    from_baseline: bool = False

    @property
    def by_chance(self) -> str:
        """How many charts would alarm without cause, in words."""
        lengths = self.charts.filter(pl.col("sigma").is_not_null())["n_items"]
        expected = float((1 - (-lengths / self.run_length).exp()).sum())
        return f"{'at least ' if self.from_baseline else ''}about {expected:.1f}"

    def to_frame(self) -> pl.DataFrame:
        """Return a row per rater and dimension."""
        return self.charts

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return the charts, one row each."""
        return {"First alarms": self.charts}

    def in_words(self) -> str:
        """Return who changed, when and in which direction, and how many alarms chance alone would give."""
        drawn = self.charts.filter(pl.col("sigma").is_not_null())
        reference = "the mean of the others on the same responses" if self.against == "group" else "gold"
        if drawn.is_empty():
            reasons = self.charts["note"].drop_nulls().unique(maintain_order=True).to_list()
            return f"No rater's deviation from {reference} can be charted: {'; '.join(reasons) or 'no scores'}."
        kind = {"ewma": "EWMA", "cusum": "CUSUM"}[self.method]
        base = (
            f"{kind} charts of the deviation from {reference} ({self.settings}): {drawn.height} in all, of which "
            f"{self.by_chance} would alarm by chance"
        )
        alarmed = drawn.filter(pl.col("n_alarms") > 0).sort("n_alarms", descending=True, maintain_order=True)
        if alarmed.is_empty():
            return f"{base}. None alarms."
        told = "; ".join(self._told(row) for row in alarmed.head(_NAMED).iter_rows(named=True))
        more = f"; and {alarmed.height - _NAMED} more, see charts" if alarmed.height > _NAMED else ""
        count = "1 chart alarms" if alarmed.height == 1 else f"{alarmed.height} charts alarm"
        return f"{base}. {count}: {told}{more}."

    def _told(self, row: dict[str, Any]) -> str:
        on, way = self.titles.get(row["dimension"], row["dimension"]), "higher" if row["direction"] == "up" else "lower"
        day = f", {row['submitted_at']:%Y-%m-%d %H:%M} UTC" if row["submitted_at"] is not None else ""
        return f"{row['rater']} scores {on} {way}, first at item {row['first_alarm']} of {row['n_items']} ({row['item']!r}{day})"


def drift(
    scores: Any,  # noqa: ANN401 - a frame of any library
    rubric: Rubric | None = None,
    *,
    dimensions: Sequence[str] | str | None = None,
    against: Against = "group",
    gold: Any = None,  # noqa: ANN401
    method: Method = "ewma",
    lambda_: float = 0.2,
    limit: float | None = None,
    allowance: float = 0.5,
    target: float | None = None,
    sigma: float | None = None,
    baseline: int | None = None,
) -> Drift:
    """Chart each rater's deviation in the order of submission, with control limits and the first alarm.

    Parameters
    ----------
    scores
        A frame with the columns of ``Study.scores()``, submitted_at among them.
    rubric
        Gives order and titles.
    dimensions
        Only these, or this one.
    against
        ``"group"``: own score less the mean of the others on the same response, whenever they gave it. ``"gold"``: own score less
        the right one.
    gold
        Right answers, see :func:`~rubricwidgets.stats.gold.gold_agreement`; needed for ``against="gold"``.
    method
        ``"ewma"`` or ``"cusum"``.
    lambda_
        Weight of the newest item in the EWMA, above 0 and up to 1.
    limit
        EWMA: L, the limits in standard deviations of the average, by default 2.962. CUSUM: h, the decision interval in standard
        deviations of a deviation, by default 5. With the other defaults a chart alarms by chance once in about 500 and 465 items.
    allowance
        CUSUM: k, half the shift that matters, in standard deviations, from 0.
    target
        Where the deviation should be. By default the rater's own mean deviation: a rater who is always severe does not drift
        (``raters`` says who is severe). 0 also alarms for a constant distance.
    sigma
        Standard deviation of one item's deviation, above 0. By default each rater's own, from successive differences:
        ``sqrt(sum((x_t - x_(t-1))**2) / (2 (n - 1)))`` (von Neumann, Kent, Bellinson and Hart, "The mean square successive
        difference", Annals of Mathematical Statistics 12, 1941), which a slow drift does not inflate.
    baseline
        Take the rater's own mean and spread from so many first items, from 10, and hold the rest against them. More sensitive to a
        slow drift than the mean of all items, and more often alarmed by chance than is said, since few items give an uncertain mean.

    Returns
    -------
    Drift
        With ``charts`` and ``points``.

    Raises
    ------
    InputError
        If a column is missing or an option is not allowed.

    Notes
    -----
    An item with several responses is one point, the mean over them. See :mod:`rubricwidgets.stats.control` for the formulas and
    their sources. Run lengths suppose normal deviations; the first limits of EWMA are exact for each item. The limits that follow from
    the rater's own series look back at it, as in phase I of process control: for watching a rater from now on, state target and
    sigma. One rater who changes also moves the mean that the others are held against: where several alarm at the same time in
    opposite directions, look at the largest; gold has no such echo.

    Examples
    --------
    >>> import rubricwidgets as rw
    >>> study = rw.demo(store="memory")
    >>> truth = rw.simulate(study, raters=3, seed=1)
    >>> drift(study.scores(), study.rubric, dimensions=["accuracy"]).charts["n_items"].to_list()
    [24, 24, 24]

    """
    _check_choice("against", against, ("group", "gold"))
    _check_choice("method", method, ("ewma", "cusum"))
    lambda_ = _number("lambda_", lambda_, "a number above 0 and up to 1", low=0, high=1)
    height = _LIMITS[method] if limit is None else _number("limit", limit, "a number above 0", low=0)
    allowance = _number("allowance", allowance, "a number from 0", low=-1e-12)
    target = None if target is None else _number("target", target, "a number, or None for the rater's own mean")
    sigma = None if sigma is None else _number("sigma", sigma, "a number above 0, or None for the rater's own", low=0)
    if baseline is not None and (not isinstance(baseline, int) or baseline < FEWEST_ITEMS):
        msg = f"'baseline' takes a whole number from {FEWEST_ITEMS}, or None for all items (got {baseline!r})"
        raise InputError(msg)
    if against == "gold" and gold is None:
        msg = "against='gold' takes the right answers as 'gold': a frame with item, response, dimension and score"
        raise InputError(msg)
    needed = ("item", "rater", "dimension", "score", "submitted_at")
    frame = answered(scores_in_memory(scores, rubric, needed=needed, optional=("label", "not_applicable")))
    known = dimensions_in(frame, rubric, dimensions)
    numbered = [one.dimension for one in known if one.column == "score"]
    frame = frame.filter(pl.col("dimension").is_in(numbered), pl.col("score").is_not_null())
    order = {one.dimension: place for place, one in enumerate(known)}
    place = pl.col("dimension").cast(pl.Enum(list(order))).to_physical().cast(pl.Int64)
    frame = coded(frame).with_columns(place.alias("_dimension"))
    frame = frame.with_columns((pl.col("_rater").cast(pl.Int64) * len(order) + pl.col("_dimension")).alias("_series"))
    deviations = _from_group(frame, len(order)) if against == "group" else _from_gold(frame, gold)
    series = _series(deviations, target, sigma, baseline)
    charted = series.filter(pl.col("sigma").is_not_null())
    if method == "ewma":
        points = ewma(charted, ["_series"], lambda_=lambda_, limit=height)
        points = points.with_columns(pl.lit(None, pl.Float64).alias("statistic_low"))
        settings, length = (
            f"weight {lambda_:g}, limits at {height:g} standard deviations",
            ewma_run_length(lambda_, height),
        )
    else:
        points = cusum(charted, ["_series"], allowance=allowance, limit=height)
        settings, length = (
            f"allowance {allowance:g}, decision interval {height:g} standard deviations",
            cusum_run_length(allowance, height),
        )
    own = "the rater's own mean" + ("" if baseline is None else f" of the first {baseline} items")
    settings += f", around {own if target is None else format(target, 'g')}"
    points = points.select(POINTS_SCHEMA.names()).cast(dict(POINTS_SCHEMA))  # type: ignore[arg-type]
    everyone = pl.DataFrame({"rater": scores_raters(frame)}, schema={"rater": pl.String})
    charts = _charts(points, series, everyone, numbered, against)
    titles = {
        name: rubric[name].title if rubric is not None and name in rubric.names else name.replace("_", " ")
        for name in order
    }
    return Drift(charts, points, method, against, length, settings, titles, from_baseline=baseline is not None)


def scores_raters(frame: pl.DataFrame) -> list[str]:
    """Return the raters by name."""
    return frame["rater"].unique().sort().to_list()


def _from_group(frame: pl.DataFrame, n_dimensions: int) -> pl.DataFrame:
    """Return own score less the mean of the others on the same response."""
    unit = frame.select(pl.col("_unit").cast(pl.Int64) * n_dimensions + pl.col("_dimension")).to_series().to_numpy()
    score = frame["score"].cast(pl.Float64).to_numpy()
    n = np.bincount(unit)[unit] - 1
    others = (np.bincount(unit, score)[unit] - score) / np.maximum(n, 1)
    return frame.with_columns(pl.Series("deviation", score - others)).filter(pl.Series(n > 0))


def _from_gold(frame: pl.DataFrame, gold: Any) -> pl.DataFrame:  # noqa: ANN401
    pairs = with_gold(frame, take_gold(gold)).filter(pl.col("_gold").is_not_null())
    return pairs.with_columns((pl.col("score") - pl.col("_gold")).alias("deviation"))


def _series(deviations: pl.DataFrame, target: float | None, sigma: float | None, baseline: int | None) -> pl.DataFrame:
    """Return one point per item in the order of submission, with each series' target and sigma (null: no chart)."""
    points = deviations.filter(pl.col("submitted_at").is_not_null()).select(
        "_series", "_item", *_KEYS, "item", "submitted_at", "deviation"
    )
    one = ["_series", "_item"]
    if points.select(one).n_unique() < points.height:  # several responses of an item are one point
        points = points.group_by(one).agg(
            pl.col(*_KEYS, "item").first(), pl.col("submitted_at").max(), pl.col("deviation").mean()
        )
    points = points.sort("_series", "submitted_at", "item")
    points = points.with_columns((pl.int_range(pl.len()).over("_series") + 1).alias("place"))
    begun = points if baseline is None else points.filter(pl.col("place") <= baseline)
    step = pl.col("deviation").diff()
    known = begun.group_by("_series").agg(
        pl.len().cast(pl.Int64).alias("_n"),
        pl.col("deviation").mean().alias("target"),
        ((step**2).sum() / (2 * (pl.len().cast(pl.Float64) - 1).clip(lower_bound=1))).sqrt().alias("sigma"),
    )
    enough = pl.col("_n") >= FEWEST_ITEMS
    known = known.with_columns(
        (pl.when(enough).then("target") if target is None else pl.lit(target, pl.Float64)).alias("target"),
        (
            pl.when(enough & (pl.col("sigma") > _TINY)).then("sigma") if sigma is None else pl.lit(sigma, pl.Float64)
        ).alias("sigma"),
    )
    known = known.with_columns(pl.when(pl.col("target").is_not_null()).then("sigma").alias("sigma"))
    return points.join(known.drop("_n"), on="_series", how="left", maintain_order="left")


def _charts(
    points: pl.DataFrame, series: pl.DataFrame, raters: pl.DataFrame, dimensions: list[str], against: Against
) -> pl.DataFrame:
    """Return a row per rater and dimension: the first alarm, or why there is no chart."""
    alarms = points.filter(pl.col("alarm").is_not_null())
    first = alarms.group_by(_KEYS, maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("n_alarms"),
        pl.col("place").first().alias("first_alarm"),
        pl.col("item").first(),
        pl.col("submitted_at").first(),
        pl.col("alarm").first().alias("direction"),
    )
    sizes = series.group_by(_KEYS).agg(
        pl.len().cast(pl.Int64).alias("n_items"), pl.col("target").first(), pl.col("sigma").first()
    )
    every = raters.join(pl.DataFrame({"dimension": dimensions}, schema={"dimension": pl.String}), how="cross")
    n = pl.col("n_items")
    return (
        every.join(sizes, on=_KEYS, how="left", maintain_order="left")
        .join(first, on=_KEYS, how="left", maintain_order="left")
        .with_columns(n.fill_null(0))
        .with_columns(
            pl.when(pl.col("sigma").is_not_null()).then(pl.col("n_alarms").fill_null(0)).alias("n_alarms"),
            pl.when(pl.col("sigma").is_not_null())
            .then(pl.lit(None, pl.String))
            .when(n == 0)
            .then(pl.lit(NO_COMPARISON[against]))
            .when(n < FEWEST_ITEMS)
            .then(pl.lit(TOO_FEW))
            .otherwise(pl.lit(NO_VARIATION))
            .alias("note"),
        )
        .select(
            "rater",
            "dimension",
            "n_items",
            "target",
            "sigma",
            "n_alarms",
            "first_alarm",
            "item",
            "submitted_at",
            "direction",
            "note",
        )
    )


def _check_choice(name: str, given: object, allowed: tuple[str, ...]) -> None:
    if given not in allowed:
        close = nearest(given, allowed)
        hint = f"; did you mean {close!r}?" if close else ""
        msg = f"'{name}' takes {' or '.join(map(repr, allowed))} (got {given!r}){hint}"
        raise InputError(msg)


def _number(name: str, given: object, takes: str, *, low: float | None = None, high: float | None = None) -> float:
    number = plain_number(given)
    if number is None or (low is not None and number <= low) or (high is not None and number > high):
        msg = f"'{name}' takes {takes} (got {given!r})"
        raise InputError(msg)
    return float(number)
