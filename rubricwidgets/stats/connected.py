"""Do ratings hang together? Groups of raters that share nothing, found in the graph of who rated what, and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rubricwidgets.stats.lazy_scipy import csgraph, linalg, sparse
from rubricwidgets.texts import enumerated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rubricwidgets.stats.counts import Array, Indices

_NAMED = 4


def groups(left: Indices, right: Indices, n_right: int) -> NDArray[np.int64]:
    """Return which connected group each thing on the right belongs to, the largest group first.

    Two things on the right are in one group where a chain of shared things on the left leads from one to the other
    (Eckes, Introduction to Many-Facet Rasch Measurement, 2nd edition, 2015, section 8.2).

    Parameters
    ----------
    left, right
        The two ends of each edge as indices from 0, such as response and rater of each rating.
    n_right
        How many things there are on the right.

    Returns
    -------
    array
        Group of each thing on the right, shape (n_right,), from 0 by falling size.

    Examples
    --------
    >>> groups(np.array([0, 0, 1]), np.array([0, 1, 2]), 3).tolist()
    [0, 0, 1]

    """
    size = n_right + (int(left.max()) + 1 if len(left) else 0)
    edges = sparse().coo_array((np.ones(len(left)), (right, left + n_right)), shape=(size, size)).tocsr()
    _, labels = csgraph().connected_components(edges, directed=False)
    found, place, sizes = np.unique(labels[:n_right], return_inverse=True, return_counts=True)
    rank = np.empty(len(found), dtype=np.int64)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(found))
    return np.asarray(rank[place], dtype=np.int64)


def null_space(design: Array, tolerance: float = 1e-9) -> int:
    """Return how many directions a symmetric positive semidefinite matrix says nothing about."""
    size = len(design)
    if size == 0:
        return 0
    _, _, rank, _ = linalg().lapack.dpstrf(design, tol=tolerance * max(float(np.diag(design).max()), 1e-300))
    return size - int(rank)


def some(names: Sequence[str], most: int = _NAMED) -> str:
    """Return quoted names as a sentence has them, the first few where there are many.

    Examples
    --------
    >>> some(["ana", "ben"]), some(list("abcdef"))
    ("'ana' and 'ben'", "'a', 'b', 'c', 'd' and 2 more")

    """
    return enumerated([repr(name) for name in names], most)


def apart(names: Sequence[str], labels: NDArray[np.int64], what: str = "response") -> str:
    """Return which groups have nothing in common, in words.

    Examples
    --------
    >>> apart(["ana", "ben", "cho"], np.array([0, 0, 1]))
    "2 groups of raters have no response in common: 'ana' and 'ben'; 'cho'"

    """
    by_group: dict[int, list[str]] = {}
    for name, label in zip(names, labels.tolist(), strict=True):
        by_group.setdefault(label, []).append(name)
    ordered = [some(by_group[label]) for label in sorted(by_group)]
    shown = "; ".join(ordered[:_NAMED])
    more = f"; and {len(ordered) - _NAMED} more groups" if len(ordered) > _NAMED else ""
    return f"{len(ordered)} groups of raters have no {what} in common: {shown}{more}"
