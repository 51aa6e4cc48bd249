"""Which strengths the comparisons determine: models joined by wins in both directions, and verdicts that do not separate.

Maximum-likelihood estimates of the Bradley-Terry model exist if and only if, however the models are parted in two, some model of
each part beats one of the other (Zermelo 1929; Ford, "Solution of a ranking problem from binary comparisons", American
Mathematical Monthly 64, 1957): the graph of wins is strongly connected. With ties, grades or an advantage of a side,
existence is separation in a logit model (Albert and Anderson, "On the existence of maximum likelihood estimates in
logistic regression models", Biometrika 71, 1984), decided here by linear programming where no shortcut decides it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rubricwidgets.stats.bradley_terry import Design

    Array = NDArray[np.float64]
    Indices = NDArray[np.int64]
    Flags = NDArray[np.bool_]

_RISE = 1e-7
ABOVE = "infinite: it lost no comparison with the estimated models, so it is above them by no finite distance"
BELOW = "minus infinite: it won no comparison with the estimated models, so it is below them by no finite distance"
APART = "not comparable: no chain of comparisons joins it to the estimated models"
NO_GROUP = (
    "no two models have beaten each other, directly or in a circle: no finite distance between them can be estimated"
)


@dataclass(frozen=True)
class Groups:
    """How the models hang together.

    Parameters
    ----------
    group
        Of each model: which strongly connected group it is in.
    main
        Whether a model is in the group that is estimated.
    notes
        Of each model outside: why it has no estimate; None inside.
    beyond
        Whether the row's model stands above the column's by no finite distance, as wins lead from it to the other and none
        leads back; shape (models, models).

    """

    group: Indices
    main: Flags
    notes: tuple[str | None, ...]
    beyond: Flags


def groups(beats: Array) -> Groups:
    """Return the groups that a table of wins makes.

    Parameters
    ----------
    beats
        How often the row's model beat the column's, shape (models, models).

    """
    from scipy.sparse import csr_array  # noqa: PLC0415 - loads when first used
    from scipy.sparse.csgraph import breadth_first_order, connected_components  # noqa: PLC0415

    m = len(beats)
    if m == 0:
        return Groups(np.zeros(0, np.int64), np.zeros(0, np.bool_), (), np.zeros((0, 0), np.bool_))
    graph = csr_array((beats > 0).astype(np.float64))  # type: ignore[no-untyped-call]
    _, group = connected_components(graph, directed=True, connection="strong")
    sizes = np.bincount(group)
    # The largest group; of several, the one with most comparisons.
    played = np.bincount(group, weights=beats.sum(axis=1) + beats.sum(axis=0))
    chosen = max(range(len(sizes)), key=lambda one: (sizes[one], played[one], -one))
    main = group == chosen
    beyond = np.zeros((m, m), np.bool_)
    for one in range(len(sizes) if len(sizes) > 1 else 0):
        inside = group == one
        reached = np.zeros(m, np.bool_)
        reached[breadth_first_order(graph, int(np.flatnonzero(inside)[0]), return_predecessors=False)] = True
        beyond[inside] = reached & ~inside
    if sizes[chosen] == 1 and m > 1:
        return Groups(group.astype(np.int64), np.zeros(m, np.bool_), (NO_GROUP,) * m, beyond)
    first = int(np.flatnonzero(main)[0])
    notes = tuple(
        None if inside else BELOW if low else ABOVE if high else APART
        for inside, low, high in zip(main.tolist(), beyond[first].tolist(), beyond[:, first].tolist(), strict=True)
    )
    return Groups(group.astype(np.int64), main, notes, beyond)


def wins_table(design: Design, counts: Array, *, ties: bool) -> Array:
    """Return how often each model beat each other one; with ``ties``, a tie counts for both."""
    m = design.n_models
    table = np.zeros((m, m))
    np.add.at(table, (design.left, design.right), counts[:, design.steps < 0].sum(axis=1))
    np.add.at(table, (design.right, design.left), counts[:, design.steps > 0].sum(axis=1))
    if ties:
        tied = counts[:, design.steps == 0].sum(axis=1)
        np.add.at(table, (design.left, design.right), tied)
        np.add.at(table, (design.right, design.left), tied)
    return table


def separated(design: Design, counts: Array) -> bool:
    """Return whether an estimate would be infinite although the models are strongly connected."""
    seen = counts > 0
    left: Flags = np.asarray(seen[:, design.steps < 0].any(axis=1))
    right: Flags = np.asarray(seen[:, design.steps > 0].any(axis=1))
    whole = seen.all(axis=1).any() if len(design.steps) > 3 else (left & right).any()  # noqa: PLR2004
    if len(design.steps) == 2 and not design.sides:  # noqa: PLR2004 - connected is enough
        return False
    if whole and (not design.sides or _both_ways(design, left, right)):
        return False
    return _direction_exists(design, seen)


def sides_told_apart(design: Design) -> bool:
    """Return whether an advantage of the left side is something else than a difference of the models.

    It is not where strengths exist with which every right model is ahead of its left one by the same, as where one model
    always stands on the left.
    """
    m = design.n_models
    pair = design.left * m + design.right
    if np.isin(pair, design.right * m + design.left).any():
        return True
    table = np.zeros((len(pair), m))
    rows = np.arange(len(pair))
    table[rows, design.right], table[rows, design.left] = 1.0, -1.0
    nearest = np.linalg.lstsq(table, np.ones(len(pair)), rcond=None)[0]
    return bool(np.abs(table @ nearest - 1).max(initial=0.0) > _RISE)


def _both_ways(design: Design, left: Flags, right: Flags) -> bool:
    """Return whether for some two models each won as the left one against the other, and for some two as the right one."""
    m = design.n_models
    as_left = np.zeros((m, m), np.bool_)
    as_right = np.zeros((m, m), np.bool_)
    as_left[design.left[left], design.right[left]] = True
    as_right[design.left[right], design.right[right]] = True
    return bool((as_left & as_left.T).any() and (as_right & as_right.T).any())


def _direction_exists(design: Design, seen: Flags) -> bool:
    """Return whether the likelihood keeps rising in some direction, by a linear program."""
    from scipy.optimize import linprog  # type: ignore[attr-defined] # noqa: PLC0415
    from scipy.sparse import csr_array  # noqa: PLC0415

    m, first, size = design.n_models, design.n_models + int(design.sides), design.size
    pair, verdict = np.nonzero(seen)
    pair, other = np.repeat(pair, len(design.steps)), np.tile(np.arange(len(design.steps)), len(pair))
    verdict = np.repeat(verdict, len(design.steps))
    pair, verdict, other = (one[verdict != other] for one in (pair, verdict, other))
    # What the observed verdict gains over another one must not fall in that direction. The last column is the strongest
    # grade's, which has no parameter.
    half = (design.steps[verdict] - design.steps[other]) / 2
    columns = [design.right[pair], design.left[pair], first + design.level[verdict], first + design.level[other]]
    gains = [half, -half, np.ones_like(half), -np.ones_like(half)]
    if design.sides:
        columns, gains = [*columns, np.full(len(half), m)], [*gains, -half]
    rows = np.tile(np.arange(len(half)), len(columns))
    table = csr_array((np.concatenate(gains), (rows, np.concatenate(columns))), shape=(len(half), size + 1))  # type: ignore[no-untyped-call]
    bounds = [(0.0, 0.0) if place in (0, size) else (-1.0, 1.0) for place in range(size + 1)]
    gain = np.bincount(np.concatenate(columns), weights=np.concatenate(gains), minlength=size + 1)
    found = linprog(-gain, A_ub=-table, b_ub=np.zeros(len(half)), bounds=bounds, method="highs")  # type: ignore[no-untyped-call]
    return bool(found.fun < -_RISE)
