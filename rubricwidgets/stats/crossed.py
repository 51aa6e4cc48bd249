"""The largest part of a study in which the same raters rated everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rubricwidgets.stats.components import Partition, joined

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Different sets of raters that are looked at; and up to how many, what two of them share is looked at too.
_MOST_SETS = 2000
_MOST_PAIRED = 60
# A larger table of responses by raters is cut to the raters with the most ratings.
_MOST_CELLS = 50_000_000


@dataclass(frozen=True)
class Block:
    """A full table of responses by raters.

    Parameters
    ----------
    table
        Scores, shape (responses, raters).
    units, raters
        Which responses and raters, by their codes.
    complete
        Whether it holds every rating there is.

    """

    table: NDArray[np.float64]
    units: NDArray[np.int64]
    raters: NDArray[np.int64]
    complete: bool


def largest_block(units: Partition, raters: Partition, values: NDArray[np.float64]) -> Block | None:
    """Return the block with the most ratings among those that are looked at; None where no two raters share two responses.

    Looked at are the raters of each response, what two responses share of theirs, and what grows from the pair of raters
    with the most responses in common by adding the rater who loses the fewest. The very largest is a hard problem of its
    own; for the designs that studies have (lists, panels, missing answers) it is among these.

    Parameters
    ----------
    units, raters
        The response and the rater of each rating.
    values
        The scores; one for each response and rater.

    """
    n_units, n_raters = len(units.n), len(raters.n)
    if min(n_units, n_raters) < 2:  # noqa: PLR2004 - nothing to agree on
        return None
    if len(values) == n_units * n_raters:
        chosen, members = np.ones(n_units, dtype=np.bool_), np.ones(n_raters, dtype=np.bool_)
        return _block(units, raters, values, chosen, members)
    # Responses that the same raters rated share the sums of random marks of these raters, exact as whole numbers.
    marks = np.random.default_rng(0).integers(1, 2**31, (2, n_raters)).astype(np.float64)
    low, high = (np.bincount(units.code, one[raters.code], minlength=n_units).astype(np.uint64) for one in marks)
    _, first, of_set, many = np.unique(
        low + high * np.uint64(0x9E3779B97F4A7C15), return_index=True, return_inverse=True, return_counts=True
    )
    kept = np.argsort(-many * units.n[first], kind="stable")[:_MOST_SETS]
    place = np.full(len(first), -1)
    place[kept] = np.arange(len(kept))
    sets = np.zeros((len(kept), n_raters), dtype=np.float32)
    own = place[of_set.ravel()]
    leader = np.zeros(n_units, dtype=np.bool_)
    leader[first[kept]] = True
    shown = leader[units.code]
    sets[own[units.code[shown]], raters.code[shown]] = 1
    candidates = sets
    if len(sets) <= _MOST_PAIRED:
        shared = (sets[:, None, :] * sets[None, :, :]).reshape(-1, n_raters)
        candidates = np.unique(np.vstack([sets, shared]), axis=0)
    sizes = candidates.sum(axis=1)
    holds = sets @ candidates.T == sizes
    units_of = many[kept] @ holds
    usable = (sizes > 1) & (units_of > 1)
    area = np.where(usable, sizes * units_of, 0)
    best = int(np.argmax(area))
    grown = _grown(units, raters)
    if grown is not None and grown[0].sum() * grown[1].sum() > area[best]:
        return _block(units, raters, values, *grown)
    if not usable.any():
        return None
    return _block(units, raters, values, (own >= 0) & holds[own, best], candidates[best] > 0)


def _grown(units: Partition, raters: Partition) -> tuple[NDArray[np.bool_], NDArray[np.bool_]] | None:
    """Return the responses and raters of the best block around the pair of raters that shares most."""
    active = np.argsort(-raters.n, kind="stable")[: max(2, _MOST_CELLS // len(units.n))]
    place = np.full(len(raters.n), -1)
    place[active] = np.arange(len(active))
    kept = place[raters.code] >= 0
    rated = np.zeros((len(units.n), len(active)), dtype=np.float32)
    rated[units.code[kept], place[raters.code[kept]]] = 1
    shared = rated.T @ rated
    np.fill_diagonal(shared, 0)
    first, second = np.unravel_index(int(np.argmax(shared)), shared.shape)
    if shared[first, second] < 2:  # noqa: PLR2004
        return None
    members = [int(first), int(second)]
    within = np.flatnonzero(rated[:, first] * rated[:, second])
    best, chosen = (2 * len(within), 2), within
    while len(members) < len(active):
        many = rated[within].sum(axis=0)
        many[members] = 0
        follower = int(np.argmax(many))
        if many[follower] < 2:  # noqa: PLR2004
            break
        members.append(follower)
        within = within[rated[within, follower] > 0]
        if len(members) * len(within) > best[0]:
            best, chosen = (len(members) * len(within), len(members)), within
    of_units, of_raters = np.zeros(len(units.n), dtype=np.bool_), np.zeros(len(raters.n), dtype=np.bool_)
    of_units[chosen] = True
    of_raters[active[members[: best[1]]]] = True
    return of_units, of_raters


def _block(
    units: Partition,
    raters: Partition,
    values: NDArray[np.float64],
    chosen: NDArray[np.bool_],
    members: NDArray[np.bool_],
) -> Block:
    rows, columns = np.cumsum(chosen) - 1, np.cumsum(members) - 1
    inside = chosen[units.code] & members[raters.code]
    table = np.full((int(chosen.sum()), int(members.sum())), np.nan)
    table[rows[units.code[inside]], columns[raters.code[inside]]] = values[inside]
    return Block(table, np.flatnonzero(chosen), np.flatnonzero(members), table.size == len(values))


def unit_codes(items: Partition, responses: Partition | None) -> Partition:
    """Return the thing rated: the response, or the item where it has no response."""
    return items if responses is None else joined(responses, items)
