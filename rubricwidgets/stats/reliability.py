"""From variance components to reliability: error variances, G and Phi for any numbers of each facet, with intervals.

Brennan, Generalizability Theory, 2001, chapter 4: a mean over n' levels of each facet divides every component by the
numbers of the facets in it. What holds the object of measurement and something random is relative error, that and
everything else that is random is absolute error, and ``G = tau / (tau + delta)``, ``Phi = tau / (tau + Delta)``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from rubricwidgets.stats.estimates import FRAGILE, ONE_ITEM, finite, percent
from rubricwidgets.stats.resampling import t_quantile

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from rubricwidgets.stats.designs import Design, Effect

    Array = NDArray[np.float64]

Coefficient = Literal["G", "Phi"]
COEFFICIENTS: tuple[Coefficient, ...] = ("G", "Phi")

#: Leaving out one of two levels leaves nothing to estimate with.
FEWEST_LEVELS = 3
# Below, the upper limit runs away and tells nothing.
_FEWEST_DF = 2.0


@dataclass(frozen=True)
class Replicates:
    """The components without each level of a facet, or each cell of several (or each group of them).

    Parameters
    ----------
    facets
        What was left out.
    values
        The components, shape (levels, cells or groups; effects).

    """

    facets: tuple[str, ...]
    values: Array

    def variance(self, of: Array) -> float:
        """Return the jackknife variance of something that was computed without each; cells' variances are subtracted."""
        n = len(of)
        return float((-1) ** (len(self.facets) + 1) * (n - 1) / n * ((of - of.mean()) ** 2).sum())


@dataclass(frozen=True)
class Components:
    """The variance components of one dimension.

    Parameters
    ----------
    dimension
        Of the rubric; None for a table of its own.
    design
        Facets, nesting and the object of measurement.
    effects
        What the components are of, as sets of facets.
    values
        The estimates, negative ones as they came out; None where the data do not tell them apart.
    levels
        How many levels of each facet were observed.
    sizes
        How many levels of each facet an object's mean is over: harmonic means where objects differ.
    n_items, n_raters, n_ratings
        How much they rest on.
    replicates
        For the intervals: the components without each level of a facet.
    as_given
        Facets whose sampling is not in the intervals, having two levels or being fixed.
    squares
        Degrees of freedom and mean squares, where every cell is filled alike.
    fixed
        Facets whose levels are all there are.
    note
        Why something is undefined, or what was pooled.

    """

    dimension: str | None
    design: Design
    effects: tuple[Effect, ...]
    values: tuple[float, ...] | None
    levels: Mapping[str, int]
    sizes: Mapping[str, float]
    n_items: int | None
    n_raters: int | None
    n_ratings: int
    replicates: tuple[Replicates, ...] = ()
    as_given: tuple[str, ...] = ()
    squares: tuple[Array, Array] | None = field(default=None, compare=False)
    fixed: frozenset[str] = frozenset()
    note: str | None = None

    @property
    def facets(self) -> tuple[str, ...]:
        """What an object's mean is taken over."""
        return tuple(name for name in self.design.facets if name != self.design.objects)

    def value(self, *facets: str) -> float | None:
        """Return the component of an effect, given its facets; None where it is undefined."""
        wanted = self.design.closed(frozenset(facets))
        return None if self.values is None else dict(zip(self.effects, self.values, strict=True)).get(wanted)


@dataclass(frozen=True)
class Reliability:
    """One coefficient for stated numbers of each facet; None where undefined."""

    value: float | None
    low: float | None = None
    high: float | None = None
    se: float | None = None
    note: str | None = None


@dataclass(frozen=True)
class Variances:
    """Of the objects' universe scores, and of relative and absolute error, one for each set of components."""

    universe: Array
    relative: Array
    absolute: Array

    def error(self, which: Coefficient) -> Array:
        """Return the error that a coefficient is about."""
        return self.relative if which == "G" else self.absolute


def variances(
    values: Array,
    found: Components,
    sizes: Mapping[str, float],
    *,
    design: Design | None = None,
    fixed: Collection[str] | None = None,
) -> Variances:
    """Return the variances of a mean over ``sizes`` levels of each facet.

    Parameters
    ----------
    values
        Components, shape (sets, effects).
    found
        What they are of.
    sizes
        How many levels of each facet; of a nested one, in each level of what it is nested in.
    design
        How the facets will stand, where that differs from how they were: a facet that was crossed may be nested.
    fixed
        Facets whose levels are all there are.

    """
    design = design or found.design
    held = frozenset(found.fixed if fixed is None else fixed)
    objects = frozenset([design.objects])
    universe, relative, absolute = (np.zeros(len(values)) for _ in range(3))
    for column, effect in enumerate(found.effects):
        closed = design.closed(effect)
        share = values[:, column] / math.prod(sizes[name] for name in closed - objects)
        random = closed - objects - held
        if objects <= closed and not random:
            universe += share
        elif random:
            absolute += share
            if objects <= closed:
                relative += share
    return Variances(universe, relative, absolute)


def reliability(
    found: Components,
    which: Coefficient,
    sizes: Mapping[str, float],
    *,
    confidence: float,
    design: Design | None = None,
    fixed: Collection[str] | None = None,
) -> Reliability:
    """Return a coefficient with its interval.

    Negative components count as 0 in the value. The interval is a jackknife's over each facet that was sampled, their
    variances joined by :func:`jackknifed`, on the scale of ``log(1 - coefficient)``, where a ratio of mean squares is
    nearest to symmetric; with Student's t and Satterthwaite's degrees of freedom.
    """
    if found.values is None:
        return Reliability(None, note=found.note)
    raw = np.array([found.values])
    parts = variances(np.maximum(raw, 0), found, sizes, design=design, fixed=fixed)
    universe, error = float(parts.universe[0]), float(parts.error(which)[0])
    if universe + error <= 0:
        return Reliability(None, note=found.note or "no variance: the coefficient is undefined")
    value = universe / (universe + error)
    if found.n_items == 1:
        return Reliability(value, note="; ".join(filter(None, [ONE_ITEM, found.note])))
    if not found.replicates:
        return Reliability(value, note=found.note)

    def unreliability(values: Array) -> Array:
        both = variances(values, found, sizes, design=design, fixed=fixed)
        wrong = both.error(which)
        whole = wrong + both.universe
        sound = (wrong > 0) & (whole > 0)
        return np.where(sound, np.log(np.where(sound, wrong, 1) / np.where(sound, whole, 1)), np.nan)

    se, df = jackknifed([(one, unreliability(one.values)) for one in found.replicates])
    if se is None or error <= 0:
        return Reliability(value, note=found.note or FRAGILE)
    half = t_quantile(confidence, df) * se
    centre = math.log1p(-value)
    low, high = -math.expm1(min(centre + half, 0.0)), -math.expm1(centre - half)
    return Reliability(value, max(low, 0.0) + 0.0, high, (1 - value) * se, found.note)


def jackknifed(parts: list[tuple[Replicates, Array]]) -> tuple[float | None, float]:
    """Return a standard error from what was left out of each facet, and Satterthwaite's degrees of freedom.

    Facets' variances are added and those of the cells they share subtracted, which both have in them (Cameron, Gelbach and
    Miller, "Robust inference with multiway clustering", Journal of Business and Economic Statistics 29, 2011).
    """
    if any(not np.isfinite(of).all() for _, of in parts):
        return None, 1.0
    alone = [(one.variance(of), len(of) - 1) for one, of in parts if len(one.facets) == 1]
    total = max([sum(one.variance(of) for one, of in parts), *(variance for variance, _ in alone)])
    below = sum(variance**2 / df for variance, df in alone)
    fewest = float(min(df for _, df in alone))
    return math.sqrt(total), max(total**2 / below, fewest) if below > 0 else fewest


def component_interval(
    found: Components, column: int, confidence: float
) -> tuple[float | None, float | None, float | None]:
    """Return low, high and standard error of a component.

    Satterthwaite, "An approximate distribution of estimates of variance components", Biometrics Bulletin 2, 1946: the
    estimate is taken for a multiple of chi-squared with ``2 (estimate / se)**2`` degrees of freedom; without an
    interval where these are fewer than two.
    """
    if found.values is None or not found.replicates or found.n_items == 1:
        return None, None, None
    if found.effects[column] <= frozenset(found.as_given):
        return None, None, None
    se, _ = jackknifed([(one, one.values[:, column]) for one in found.replicates])
    value = found.values[column]
    if se is None or se <= 0 or value <= 0 or 2 * (value / se) ** 2 < _FEWEST_DF:
        return None, None, finite(se)
    from scipy.special import gammaincinv  # noqa: PLC0415 - loads when an interval is first asked for

    half = (value / se) ** 2
    tail = (1 - confidence) / 2
    upper, lower = (float(gammaincinv(half, share)) for share in (1 - tail, tail))
    return finite(half * value / upper), finite(half * value / lower) if lower > 0 else None, se


def interval_method(found: Components, confidence: float) -> str:
    """Return in words how the intervals were made."""
    if not found.replicates or found.n_items == 1:
        return ""
    over = " and ".join(f"{one.facets[0]}s" for one in found.replicates if len(one.facets) == 1)
    return f"{percent(confidence)} jackknife t interval over {over}"
