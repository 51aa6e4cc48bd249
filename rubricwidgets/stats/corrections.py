"""Many comparisons at once: p-values and false discoveries, corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from rubricwidgets.errors import InputError, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

Correction = Literal["holm", "bonferroni", "benjamini_hochberg", "benjamini_yekutieli", "none"]
CORRECTIONS: tuple[Correction, ...] = get_args(Correction)

#: How a text calls each.
NAMES: dict[Correction, str] = {
    "holm": "Holm",
    "bonferroni": "Bonferroni",
    "benjamini_hochberg": "Benjamini-Hochberg",
    "benjamini_yekutieli": "Benjamini-Yekutieli",
    "none": "no correction",
}


def check_correction(correction: object) -> Correction:
    """Return a correction's name, or refuse it with the nearest one."""
    for known in CORRECTIONS:
        if correction == known:
            return known
    close = nearest(correction, CORRECTIONS)
    hint = f"; did you mean {close!r}?" if close else ""
    msg = f"'correction' takes one of {', '.join(CORRECTIONS)} (got {correction!r}){hint}"
    raise InputError(msg)


def differs_from_zero(
    values: Sequence[float | None], errors: Sequence[float | None], correction: Correction = "holm"
) -> list[float | None]:
    """Return the corrected two-sided p that each of several estimates is 0, by Wald's test; None where one has no error.

    Examples
    --------
    >>> [round(p, 3) for p in differs_from_zero([1.96, 0.0], [1.0, 1.0])]
    [0.1, 1.0]

    """
    from scipy.special import ndtr  # noqa: PLC0415 - loads when first used

    pairs = zip(values, errors, strict=True)
    return adjusted(
        [2 * float(ndtr(-abs(value / se))) if value is not None and se else None for value, se in pairs], correction
    )


def adjusted(p_values: Sequence[float | None], correction: Correction = "holm") -> list[float | None]:
    """Return p-values corrected for how many there are.

    Parameters
    ----------
    p_values
        From 0 to 1; None where undefined, which stays None and does not count.
    correction
        ``"holm"`` (S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics
        6, 1979), ``"bonferroni"``, ``"benjamini_hochberg"`` (Benjamini and Hochberg, "Controlling the false discovery rate",
        Journal of the Royal Statistical Society B 57, 1995), ``"benjamini_yekutieli"`` (Benjamini and Yekutieli, "The
        control of the false discovery rate in multiple testing under dependency", Annals of Statistics 29, 2001), or
        ``"none"``.

    Examples
    --------
    >>> adjusted([0.01, 0.04, None, 0.03])
    [0.03, 0.06, None, 0.06]

    """
    places = [place for place, p in enumerate(p_values) if p is not None]
    given = np.array([p for p in p_values if p is not None], dtype=np.float64)
    count = len(given)
    order = np.argsort(given, kind="stable")
    rank = np.arange(1, count + 1)
    ranked = given[order]
    if correction == "holm":
        stepped = np.maximum.accumulate(ranked * (count - rank + 1))
    elif correction in ("benjamini_hochberg", "benjamini_yekutieli"):
        harmonic = (1 / rank).sum() if correction == "benjamini_yekutieli" else 1.0
        stepped = np.minimum.accumulate((ranked * count * harmonic / rank)[::-1])[::-1]
    else:
        stepped = ranked * (count if correction == "bonferroni" else 1)
    found: list[float | None] = [None] * len(p_values)
    for place, value in zip(order, np.minimum(stepped, 1.0), strict=True):
        found[places[int(place)]] = float(value)
    return found
