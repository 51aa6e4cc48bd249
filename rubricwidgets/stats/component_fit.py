"""One set of ratings to its variance components: what is pooled, what is undefined, and what is left out for the intervals."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from rubricwidgets.errors import InputError
from rubricwidgets.stats.components import (
    Cells,
    Partition,
    joined,
    mean_squares,
    moments,
    partition,
    without_each,
    without_rounding,
)
from rubricwidgets.stats.estimates import CONSTANT, NO_OVERLAP, NO_SCORES, ONE_RATER
from rubricwidgets.stats.reliability import FEWEST_LEVELS, Components, Replicates

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from rubricwidgets.stats.designs import Design, Effect

NOT_APART = "the ratings do not tell these components apart: too few cells overlap; name a design with fewer effects"


def codes_of(column: pl.Series) -> Partition:
    """Return a column's values as codes."""
    if column.dtype.is_integer() and column.len():
        low, high = int(column.min()), int(column.max())  # type: ignore[arg-type]
        if high - low <= 4 * column.len():
            return partition(column.to_numpy().astype(np.int64) - low)
    if not isinstance(column.dtype, pl.Categorical | pl.Enum):
        column = column.cast(pl.String).cast(pl.Categorical)
    return partition(column.to_physical().to_numpy().astype(np.int64))


def fit_components(
    codes: Mapping[str, Partition],
    values: NDArray[np.float64],
    design: Design,
    *,
    dimension: str | None = None,
    fixed: Collection[str] = (),
    clusters: Mapping[str, Partition] | None = None,
    n_items: int | None = None,
    n_raters: int | None = None,
) -> Components:
    """Estimate the components of one set of ratings.

    Parameters
    ----------
    codes
        The level of each facet that each rating has.
    values
        The scores.
    design
        How the facets stand.
    dimension
        Whose scores these are.
    fixed
        Facets whose levels are all there are.
    clusters
        For a facet, what its levels are parts of and are left out with by the jackknife: for responses, their items.
    n_items, n_raters
        How many there are, for the tables.

    Raises
    ------
    InputError
        If a cell of the design has two scores, or ``fixed`` names no facet that can be.

    """
    _check_fixed(design, fixed)
    effects, whole = design.effects, frozenset(design.facets)
    told = {name: codes[name] for name in design.facets}
    for name in sorted(design.facets, key=lambda one: len(design.within[one])):
        for outer in design.within[name]:
            told[name] = joined(told[name], told[outer])
    base = Components(
        dimension=dimension,
        design=design,
        effects=effects,
        values=None,
        levels={name: len(part.n) for name, part in told.items()},
        sizes=dict.fromkeys(design.facets, 1.0),
        n_items=n_items,
        n_raters=n_raters,
        n_ratings=len(values),
        fixed=frozenset(fixed),
        note=NO_SCORES,
    )
    if not len(values):
        return base
    cells = Cells(told, design.within, values - values.mean())
    if len(cells.of(whole).n) < len(values):
        msg = (
            f"'design' takes one score for each cell (got several in {str(design)!r}): name the facet that tells them "
            "apart, or average them first"
        )
        raise InputError(msg)
    if single := [name for name in design.top if len(told[name].n) == 1]:
        note = ONE_RATER if single[0] == "rater" else f"one {single[0]} only: its part cannot be told from the rest"
        return replace(base, note=note)
    pooled = [effect for effect in effects if effect != whole and len(cells.of(effect).n) == len(values)]
    effects = tuple(effect for effect in effects if effect not in pooled)
    base = replace(base, effects=effects, sizes=_sizes(cells, design))
    solved = moments(cells, effects).solve()[0]
    if not np.isfinite(solved).all() or frozenset([design.objects]) in pooled:
        once = frozenset([design.objects]) in pooled and "rater" in design.facets
        return replace(base, note=NO_OVERLAP if once else NOT_APART)
    if np.ptp(values) == 0:
        return replace(base, values=(0.0,) * len(effects), note=CONSTANT)
    size = float(np.abs(solved).sum())
    solved = without_rounding(solved, size)
    found, as_given = _leave_out(cells, design, effects, fixed, clusters or {})
    replicates = tuple(replace(one, values=without_rounding(one.values, size)) for one in found)
    return replace(
        base,
        values=tuple(float(one) for one in solved),
        replicates=replicates,
        as_given=as_given,
        squares=None if pooled else mean_squares(cells, design, effects),
        note=_pooled_note(design, pooled),
    )


def _check_fixed(design: Design, fixed: Collection[str]) -> None:
    others = [facet for facet in design.facets if facet != design.objects]
    for name in fixed:
        if name not in others:
            msg = f"'fixed' takes facets of the design besides its objects, {', '.join(others)} (got {name!r})"
            raise InputError(msg)


def _pooled_note(design: Design, pooled: list[Effect]) -> str | None:
    if not pooled:
        return None
    named = ", ".join(design.label(effect) for effect in pooled)
    return f"{named} cannot be told from {design.label(frozenset(design.facets))}: they are one component here"


def _leave_out(
    cells: Cells, design: Design, effects: tuple[Effect, ...], fixed: Collection[str], clusters: Mapping[str, Partition]
) -> tuple[tuple[Replicates, ...], tuple[str, ...]]:
    """Return the components without each level of every facet that was sampled, and the facets taken as given."""
    as_given, sampled, parts = list(fixed), [], cells
    for name in design.top:
        if name in fixed:
            continue
        label, cluster = name, clusters.get(name)
        if cluster is not None and len(cluster.n) < len(cells.facets[name].n):
            label = f"item of each {name}"
            within = {
                facet: outer | {label} if facet == name or name in outer else outer
                for facet, outer in parts.within.items()
            }
            parts = Cells({**parts.facets, label: cluster}, {**within, label: frozenset()}, cells.values)
        if len(parts.facets[label].n) < FEWEST_LEVELS:
            as_given.append(name)
        else:
            sampled.append(label)
    replicates = [
        Replicates(
            tuple("item" if label not in design.facets else label for label in some),
            without_each(parts, effects, frozenset(some)).solve(),
        )
        for size in range(1, len(sampled) + 1)
        for some in combinations(sampled, size)
    ]
    return tuple(replicates), tuple(as_given)


def _sizes(cells: Cells, design: Design) -> dict[str, float]:
    """Return how many levels of each facet an object has: harmonic means (Brennan 2001, section 7.2)."""
    objects = frozenset([design.objects])
    found = {}
    for name in design.facets:
        if name == design.objects:
            continue
        inner = cells.of(design.closed(objects | {name}))
        outer = cells.of(design.closed(objects | design.within[name]))
        counts = np.bincount(outer.code[inner.first], minlength=len(outer.n))
        found[name] = float(len(counts) / (1 / counts).sum())
    return found
