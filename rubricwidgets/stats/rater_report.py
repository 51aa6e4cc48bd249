"""Collects what there is to say of every rater: estimates, and the tests that findings come from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from rubricwidgets.stats.estimates import FRAGILE, NO_OVERLAP, NO_SCORES, ONE_ITEM, ONE_RATER, percent
from rubricwidgets.stats.gold import closeness, compared, ends_of
from rubricwidgets.stats.grouped import RATER_SCHEMA, estimates_by_rater
from rubricwidgets.stats.rater_effects import Panel, difference, halo, spread
from rubricwidgets.stats.rater_findings import TESTS_SCHEMA
from rubricwidgets.stats.rater_time import median_seconds, pace, per_item

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rubricwidgets.rubric import Rubric
    from rubricwidgets.stats.grouped import Grouped
    from rubricwidgets.stats.intake import Measured

    Array = NDArray[np.float64]
    Sizes = tuple[int, int, int]

CATEGORIES = "its answers are categories, which have no order"
TWO_POINTS = "two points only: the mean says it all"
ONE_DIMENSION = "one dimension with numbers: halo takes two"
NO_HALO = "too few responses with scores that differ on two dimensions, by this rater and by others"

_JACKKNIFE = "jackknife t interval over items"
#: With fewer items than this, a jackknife of a ratio or a correlation is no test.
_FEWEST_ITEMS = 10
_FEWEST_POINTS = 3


class Report:
    """Collects estimates and tests of every rater."""

    def __init__(self, names: pl.Series, confidence: float) -> None:
        self.names, self.confidence = names, confidence
        self.estimates: list[pl.DataFrame] = []
        self.tests: list[pl.DataFrame] = []

    def add_dimension(self, one: Measured, panel: Panel, ends: tuple[float, float] | None) -> None:
        """Add severity, spread and extremity of one dimension."""
        if one.column == "label":
            for statistic in ("severity", "spread", "extremity"):
                self._none(one.dimension, statistic, CATEGORIES, panel)
            return
        off = difference(panel)
        severity = replace(off, value=-off.value)
        self._add(one.dimension, "severity", severity, panel)
        points = len(one.values) if one.values is not None else _FEWEST_POINTS
        if points < _FEWEST_POINTS:
            for statistic in ("spread", "extremity"):
                self._none(one.dimension, statistic, TWO_POINTS, panel)
            return
        self._add_spread(one.dimension, panel)
        low, high = ends or (0.0, 0.0)
        at_end = ((panel.score <= low) | (panel.score >= high)).astype(np.float64)
        self._add(one.dimension, "extremity", difference(panel, at_end), panel)

    def _add_spread(self, dimension: str, panel: Panel) -> None:
        logarithm, plain = spread(panel)
        low, high = logarithm.limits(self.confidence)
        p = np.where(logarithm.n_items >= _FEWEST_ITEMS, logarithm.p_value(), np.nan)
        constant = (plain == 0) & (logarithm.n_items > 1)
        for place in np.flatnonzero(constant):  # raters with one score for everything are few
            p[place] = _chance_of_one_score(panel, int(place), int(logarithm.n_items[place]))
        reasons = self._reasons(panel, logarithm, plain)
        for place in np.flatnonzero(constant):
            reasons[int(place)] = "every response has the same score: no interval"
        self._append(
            (dimension, "spread", plain, np.exp(low), np.exp(high), plain * logarithm.se), panel, logarithm.n_items, p, reasons,
            method=f"ratio of standard deviations, {percent(self.confidence)} {_JACKKNIFE} of its logarithm",
        )  # fmt: skip

    def add_halo(self, panels: list[Panel], n_raters: int) -> None:
        """Add halo over all dimensions that have numbers."""
        if len(panels) < 2:  # noqa: PLR2004
            empty = np.full(n_raters, np.nan)
            self.estimates.append(
                estimates_by_rater(
                    self.names, None, "halo", value=empty, method="", n_items=0, n_raters=n_raters, n_ratings=0,
                    note=[ONE_DIMENSION] * n_raters,
                )
            )  # fmt: skip
            return
        found, n = halo(panels)
        reasons = [
            None
            if np.isfinite(se)
            else "too few responses with scores that differ on two dimensions, by this rater and others"
            for se in found.se
        ]
        low, high = found.limits(self.confidence)
        p = np.where(found.n_items >= _FEWEST_ITEMS, found.p_value(), np.nan)
        self._append(
            (None, "halo", found.value, np.maximum(low, -2), np.minimum(high, 2), found.se), panels[0], found.n_items, p,
            reasons, n=n, method=f"difference of mean correlations, {percent(self.confidence)} {_JACKKNIFE}",
        )  # fmt: skip

    def add_agreement(
        self, pairs: pl.DataFrame, known: Sequence[Measured], frame: pl.DataFrame, rubric: Rubric | None,
        prefix: str, nothing: str, sizes: tuple[int, int, int],
    ) -> None:  # fmt: skip
        """Add agreement with gold, or with oneself, and compare it with the others' on the same responses."""
        table = compared(pairs, known, frame, rubric, prefix=prefix, nothing=nothing, confidence=self.confidence)
        self.estimates.append(table)
        for one in known:
            of_one = pairs.filter(pl.col("dimension") == one.dimension)
            rows, found, _ = closeness(of_one, one, ends_of(one, rubric, frame))
            values = found["weighted"] if found["weighted"] is not None else found["exact"]
            if rows.is_empty() or values is None:
                continue
            panel = _arrays(rows, values, sizes)
            off = difference(panel)
            low, high = off.limits(self.confidence)
            name, p = f"{prefix}_beyond_others", off.p_value()
            self._tests(one.dimension, name, off.value, low, high, p, off.n_items, panel.n_scores)

    def add_time(self, taken: pl.DataFrame, n_items: int) -> None:
        """Add the median time per item, and the time relative to the others'."""
        names, timed = self.names, per_item(taken)
        self.estimates.append(median_seconds(timed, names, self.confidence))
        found, p, n = pace(timed, len(names), n_items)
        low, high = found.limits(self.confidence)
        ratio = np.exp(found.value)
        known = np.isfinite(ratio)
        note = [None if one else "no item that another rater took time for" for one in known]
        method = f"ratio to the others' geometric mean, {percent(self.confidence)} {_JACKKNIFE} of its logarithm"
        self.estimates.append(
            estimates_by_rater(
                names, None, "pace", value=ratio, low=np.exp(low), high=np.exp(high), se=ratio * found.se, method=method,
                n_items=found.n_items, n_raters=len(names), n_ratings=n, note=note,
            )
        )  # fmt: skip
        self._tests(None, "pace", ratio, np.exp(low), np.exp(high), p, found.n_items, n)

    def frames(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the estimates, by rater, and the tests."""
        order = {name: place for place, name in enumerate(self.names)}
        estimates = pl.concat([pl.DataFrame(schema=RATER_SCHEMA), *self.estimates])
        place = pl.col("rater").replace_strict(order, return_dtype=pl.Int64)
        tests = pl.concat([pl.DataFrame(schema=TESTS_SCHEMA).drop("p_adjusted", "finding"), *self.tests])
        return estimates.sort(place, maintain_order=True), tests

    def _add(self, dimension: str, statistic: str, found: Grouped, panel: Panel) -> None:
        low, high = found.limits(self.confidence)
        reasons = self._reasons(panel, found, found.value)
        method = f"difference from the others, {percent(self.confidence)} t interval over items"
        part = (dimension, statistic, found.value, low, high, found.se)
        self._append(part, panel, found.n_items, found.p_value(), reasons, method=method)

    def _append(
        self, part: tuple[str | None, str, Array, Array, Array, Array], panel: Panel, n_items: Any, p: Array,  # noqa: ANN401
        reasons: list[str | None], *, method: str, n: Any = None,  # noqa: ANN401
    ) -> None:  # fmt: skip
        dimension, statistic, value, low, high, se = part
        n = panel.n_scores if n is None else n
        n_raters = len(np.unique(panel.rater))
        self.estimates.append(
            estimates_by_rater(
                self.names, dimension, statistic, value=value, low=low, high=high, se=se, method=method, n_items=n_items,
                n_raters=n_raters, n_ratings=n, note=reasons,
            )
        )  # fmt: skip
        self._tests(dimension, statistic, value, low, high, p, n_items, n)

    def _none(self, dimension: str, statistic: str, reason: str, panel: Panel) -> None:
        size = len(self.names)
        n = np.bincount(panel.rater, minlength=size)
        self.estimates.append(
            estimates_by_rater(
                self.names, dimension, statistic, value=np.full(size, np.nan), method="", n_items=0,
                n_raters=len(np.unique(panel.rater)), n_ratings=n, note=[reason] * size,
            )
        )  # fmt: skip

    def _tests(
        self,
        dimension: str | None,
        statistic: str,
        value: Array,
        low: Array,
        high: Array,
        p: Array,
        n_items: Any,  # noqa: ANN401
        n: Any,  # noqa: ANN401
    ) -> None:
        rows = estimates_by_rater(
            self.names, dimension, statistic, value=value, low=low, high=high, se=p, method="", n_items=n_items, n_raters=0,
            n_ratings=n, note=[None] * len(self.names),
        )  # fmt: skip
        columns = [name for name in TESTS_SCHEMA.names() if name not in ("p_adjusted", "finding")]
        self.tests.append(rows.rename({"se": "p"}).select(columns).filter(pl.col("value").is_not_null()))

    def _reasons(self, panel: Panel, found: Grouped, value: Array) -> list[str | None]:
        """Return why a rater has no value or no interval."""
        own = np.bincount(panel.rater, minlength=len(self.names))
        alone = len(np.unique(panel.rater)) < 2  # noqa: PLR2004
        reasons: list[str | None] = []
        for n, n_compared, n_items, se, shown in zip(own, panel.n_scores, found.n_items, found.se, value, strict=True):
            if n == 0:
                reasons.append(NO_SCORES)
            elif n_compared == 0:
                reasons.append(
                    ONE_RATER.partition(":")[0] if alone else NO_OVERLAP.replace("two raters", "this rater and another")
                )
            elif not np.isfinite(shown):
                reasons.append(ONE_ITEM.partition(":")[0] if n_items == 1 else "the scores do not differ")
            else:
                reasons.append(None if np.isfinite(se) else ONE_ITEM if n_items == 1 else FRAGILE)
        return reasons


def _chance_of_one_score(panel: Panel, rater: int, n_items: int) -> float:
    """Return how likely it is that the others' scores would all be the one that this rater gives, over as many items."""
    kept = panel.compared
    mine = panel.rater[kept] == rater
    given = panel.score[kept][mine][0]
    alike = panel.others((panel.score == given).astype(np.float64))[mine].mean()
    return float(alike ** (n_items - 1))


def panel_of(frame: pl.DataFrame, one: Measured, sizes: tuple[int, int, int]) -> Panel:
    """Return one dimension of a coded frame as arrays."""
    if one.column not in frame.columns:
        return _arrays(frame.clear(), np.zeros(0), sizes)
    chosen = frame.select((pl.col("dimension") == one.dimension) & pl.col(one.column).is_not_null()).to_series()
    rows = frame.select("_rater", "_item", "_unit", one.column).filter(chosen)
    values = rows["score"].cast(pl.Float64).to_numpy() if one.column == "score" else np.zeros(rows.height)
    return _arrays(rows, values, sizes)


def _arrays(rows: pl.DataFrame, values: Array, sizes: tuple[int, int, int]) -> Panel:
    rater, item, unit = (rows[name].cast(pl.Int64).to_numpy() for name in ("_rater", "_item", "_unit"))
    return Panel(rater, item, unit, values, *sizes)
