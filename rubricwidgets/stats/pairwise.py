"""Which model is preferred, and how sure is that? Bradley-Terry strengths from paired comparisons."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from rubricwidgets.errors import InputError, nearest
from rubricwidgets.stats.bradley_terry import Design, Fit, fit, newton
from rubricwidgets.stats.comparisons_in import TIES, Comparisons, Ties, comparisons_in
from rubricwidgets.stats.pairwise_result import PairwiseResult
from rubricwidgets.stats.resampling import check_confidence
from rubricwidgets.stats.separation import NO_GROUP, Groups, groups, separated, sides_told_apart, wins_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Flags = NDArray[np.bool_]

Intervals = Literal["information", "items"]

_CHUNK = 50
#: Of resamples, for an interval.
_FEWEST = 2
_CELLS = 4_000_000
#: Of the normal prior on strengths in resamples (standard deviation 10), which keeps a model that wins all of one in order.
_PRECISION = 0.01


def pairwise(
    comparisons: Any,  # noqa: ANN401 - a frame of any library that narwhals knows
    *,
    dimension: str | None = None,
    ties: Ties = "davidson",
    order_effect: bool = False,
    strength: bool = False,
    reference: str | None = None,
    confidence: float = 0.95,
    intervals: Intervals | None = None,
    resamples: int = 1000,
    seed: int = 0,
) -> PairwiseResult:
    """Estimate how strong each model is from paired comparisons, with ties, sides and grades of preference.

    The verdict of a row is read so, the first that says something counting: ``tie`` is true; ``winner`` is the row's
    ``left`` or ``right`` (a response id), else one of its two models, else one of the words left, right, tie; the sign of
    ``strength``, 0 being a tie. Rows without a verdict, and of a model with itself, are left out and counted.

    Parameters
    ----------
    comparisons
        A frame with ``left_model``, ``right_model`` and one of ``winner``, ``strength`` (signed towards the right) and
        ``tie``. Read where there: ``left``, ``right``, ``item``, ``rater``, ``dimension``.
    dimension
        Which one; needed where the frame has several.
    ties
        ``"davidson"`` estimates how likely a tie is (its nu is among ``effects``), ``"half"`` counts half a win for each,
        ``"leave_out"`` drops them.
    order_effect
        Estimate the advantage of the left side too.
    strength
        Use the grades of preference: an adjacent-categories logit model (Agresti 1992). Strengths are then the log odds of
        the strongest preference for one against the strongest for the other.
    reference
        The model whose strength is 0. None: strengths add up to 0.
    confidence
        Coverage of all intervals, above 0 and below 1.
    intervals
        ``"items"``: percentiles of a bootstrap over items, which keep the comparisons of one item together, as several raters'
        of the same responses are alike. ``"information"``: Wald intervals from the observed information, which take
        comparisons as independent. None: items where the frame has them and ``resamples`` is not 0, else information; the column
        ``method`` says which.
    resamples
        Bootstrap samples of items for the intervals, and for the ranks'; 0 for none. Without a column ``item``, comparisons
        are drawn.
    seed
        The same seed gives the same intervals.

    Returns
    -------
    PairwiseResult
        Strengths with ranks, effects (left advantage, nu), wins observed and probabilities estimated for each two models.

    Raises
    ------
    InputError
        If a column is missing, a verdict names nobody in its row or contradicts another column, a strength is NaN or infinite, or
        an option is unknown.

    Notes
    -----
    Models and sources: see :mod:`rubricwidgets.stats.bradley_terry`. Estimates exist for models joined by wins in both
    directions, directly or in a circle (:mod:`rubricwidgets.stats.separation`); the largest such group is estimated, and every other
    model has a null with the reason, and a rank where wins order it: a model that wins everything has rank 1, and those that it
    beats follow (:mod:`rubricwidgets.stats.standing`). In resamples strengths have a normal prior with standard deviation 10, so that one
    in which a model wins everything still has an order; an interval that would leave its estimate out is widened to it.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"item": ["1", "2", "3", "4"], "left_model": ["a", "b", "a", "b"],
    ...     "right_model": ["b", "a", "b", "a"], "winner": ["a", "a", "b", "a"]})
    >>> result = pairwise(frame, reference="b", resamples=0)
    >>> result.to_frame().select("model", pl.col("value").round(3), "rank").rows()  # log(3): a won three of four
    [('a', 1.099, 1), ('b', 0.0, 2)]

    """
    confidence = check_confidence(confidence)
    _check_options(ties, intervals, strength=strength, resamples=resamples)
    data = comparisons_in(
        comparisons,
        dimension=dimension,
        ties=ties,
        sides=order_effect,
        strength=strength,
        by_item=resamples > 0,
    )
    if reference is not None and reference not in data.models:
        close = nearest(reference, data.models)
        hint = f"did you mean {close!r}?" if close else f"there are {', '.join(data.models) or 'none'}"
        msg = f"'reference' takes a model of these comparisons (got {reference!r}); {hint}"
        raise InputError(msg)
    if intervals is None:
        intervals = "items" if data.n_items is not None and resamples >= _FEWEST else "information"
    design, counts = _design(data, ties=ties, sides=order_effect)
    found, design, notes = _estimable(design, counts)
    inside = found.main[design.left] & found.main[design.right] if len(design.left) else np.zeros(0, np.bool_)
    own, own_counts, kept = _within(design, counts, found.main, inside)
    estimates = fit(own, own_counts) if found.main.any() else None
    drawn = None
    if estimates is not None and resamples > 0 and (data.n_items is None or data.n_items > 1):
        drawn = _draw(data, own, inside, kept, estimates, ties=ties, resamples=resamples, seed=seed)
    return PairwiseResult(
        dimension=dimension,
        data=data,
        design=own,
        found=found,
        fit=estimates,
        drawn=None if drawn is None else drawn[:, : own.n_models],
        drawn_effects=None if drawn is None else drawn[:, own.n_models :],
        reference=reference,
        confidence=confidence,
        intervals=intervals,
        ties=ties,
        notes=notes,
    )


def _check_options(ties: str, intervals: str | None, *, strength: bool, resamples: int) -> None:
    if ties not in TIES:
        close = nearest(ties, TIES)
        hint = f"; did you mean {close!r}?" if close else ""
        msg = f"'ties' takes one of {', '.join(map(repr, TIES))} (got {ties!r}){hint}"
        raise InputError(msg)
    check_intervals(intervals, resamples)
    if strength and ties == "half":
        msg = "ties='half' counts wins and has no place among grades of preference: take 'davidson' or 'leave_out'"
        raise InputError(msg)


def check_intervals(intervals: str | None, resamples: object) -> None:
    """Refuse an unknown kind of interval, and resamples that it cannot be made of."""
    allowed = ("items", "information")
    if intervals is not None and intervals not in allowed:
        close = nearest(intervals, allowed)
        hint = f"; did you mean {close!r}?" if close else ""
        msg = f"'intervals' takes 'items' or 'information' (got {intervals!r}){hint}"
        raise InputError(msg)
    if isinstance(resamples, bool) or not isinstance(resamples, int) or resamples < 0:
        msg = f"'resamples' takes a whole number from 0 (got {resamples!r})"
        raise InputError(msg)
    if intervals == "items" and resamples < _FEWEST:
        msg = f"intervals='items' takes 'resamples' of 2 or more, 1000 for example (got {resamples})"
        raise InputError(msg)


def _design(data: Comparisons, *, ties: Ties, sides: bool) -> tuple[Design, Array]:
    """Return the design and its counts, ties halved where asked."""
    counts, steps = merged(data.counts, data.steps, ties)
    return Design(data.left, data.right, steps, len(data.models), sides), counts


def merged(counts: Array, steps: Array, ties: Ties) -> tuple[Array, Array]:
    """Return counts, shape (..., verdicts), with ties as half a win for each where asked."""
    if ties != "half" or len(steps) != 3:  # noqa: PLR2004 - left, tie, right
        return counts, steps
    return counts[..., [0, 2]] + counts[..., [1]] / 2, np.array([-1.0, 1.0])


def _estimable(design: Design, counts: Array) -> tuple[Groups, Design, tuple[str, ...]]:
    """Return the models that have finite estimates, and the design without what has none."""
    notes: tuple[str, ...] = ()
    found = groups(wins_table(design, counts, ties=True))
    if not found.main.any():
        return found, design, notes
    if design.sides and _is_separated(design, counts, found):
        without = replace(design, sides=False)
        if not _is_separated(without, counts, found):
            words = "The advantage of the left side is infinite on these data, or not told apart from the models': it is left out."
            return found, without, (words,)
        design = without
    if not _is_separated(design, counts, found):
        return found, design, notes
    # Ties join models only where wins somewhere form a circle.
    found = groups(wins_table(design, counts, ties=False))
    if found.main.any() and not _is_separated(design, counts, found):
        return found, design, notes
    nobody = np.zeros(design.n_models, np.bool_)
    return Groups(found.group, nobody, (NO_GROUP,) * design.n_models, found.beyond), design, notes


def _is_separated(design: Design, counts: Array, found: Groups) -> bool:
    inside = found.main[design.left] & found.main[design.right]
    own, own_counts, _ = _within(design, counts, found.main, inside)
    return (own.sides and not sides_told_apart(own)) or separated(own, own_counts)


def _within(design: Design, counts: Array, main: Flags, inside: Flags) -> tuple[Design, Array, Flags]:
    """Return the part of a design whose models are all in the main group, its counts, and the verdicts that it keeps.

    A grade that nobody gave there (ties among them) is not a possible verdict: its probability is estimated as none.
    """
    own = counts[inside]
    level = design.level
    given = np.bincount(level, weights=own.sum(axis=0), minlength=level.max() + 1) > 0
    kept = given[level] if given.any() else np.ones(len(level), np.bool_)
    if not (design.steps[kept] != 0).any():
        kept = np.ones(len(level), np.bool_)
    place = np.cumsum(main) - 1
    steps = design.steps[kept]
    part = replace(
        design,
        left=place[design.left[inside]],
        right=place[design.right[inside]],
        steps=steps,
        n_models=int(main.sum()),
    )
    return part, own[:, kept], kept


def _draw(
    data: Comparisons, own: Design, inside: Flags, kept: Flags, estimates: Fit, *, ties: Ties, resamples: int, seed: int
) -> Array:
    """Return the parameters in bootstrap samples of items (or of comparisons, without items), shape (resamples, parameters)."""
    pairs, verdicts = data.counts.shape
    n = data.n
    sizes = [_CHUNK] * (resamples // _CHUNK) + ([resamples % _CHUNK] if resamples % _CHUNK else [])
    seeds = np.random.SeedSequence(seed).spawn(len(sizes))
    start = np.concatenate(
        [estimates.strengths, [] if estimates.advantage is None else [estimates.advantage], estimates.weights]
    )
    by_item = None
    if data.cell is not None and data.item is not None and data.weight is not None:
        from scipy.sparse import csr_array  # noqa: PLC0415

        n = int(data.item.max()) + 1
        # Single precision counts exactly up to 2**24.
        kind = np.float32 if data.n < 2**24 else np.float64
        by_item = csr_array((data.weight.astype(kind), (data.cell, data.item)), shape=(pairs * verdicts, n))  # type: ignore[no-untyped-call]
    share = data.counts.ravel() / data.counts.sum()
    most = max(1, _CELLS // (data.counts.size + own.size**2))

    def chunk(size: int, own_seed: np.random.SeedSequence) -> Array:
        generator = np.random.Generator(np.random.SFC64(own_seed))
        if by_item is None:
            drawn = generator.multinomial(n, share, size=size).astype(np.float64)
        else:
            times = np.empty((size, n), by_item.dtype)
            for row in range(size):
                times[row] = np.bincount(generator.integers(0, n, n, dtype=np.int32), minlength=n)
            drawn = np.ascontiguousarray((by_item @ np.ascontiguousarray(times.T)).T, dtype=np.float64)
        counts, _ = merged(drawn.reshape(size, pairs, verdicts)[:, inside], data.steps, ties)
        parts = [
            newton(
                own,
                counts[first : first + most, :, kept],
                start=start,
                precision=_PRECISION,
                tolerance=1e-6,
                iterations=50,
            )
            for first in range(0, size, most)
        ]
        return np.concatenate([values for values, _ in parts])

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return np.concatenate(list(pool.map(chunk, sizes, seeds)))
