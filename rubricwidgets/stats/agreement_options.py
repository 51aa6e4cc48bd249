"""What agreement can be asked for: which statistics, weights and intervals, and which of them fit a dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast

from rubricwidgets.errors import InputError, nearest
from rubricwidgets.stats.coefficients import WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.stats.coefficients import Weights
    from rubricwidgets.stats.intake import Measured

IntervalKind = Literal["jackknife", "bca", "linearised"]
INTERVALS: tuple[IntervalKind, ...] = ("jackknife", "bca", "linearised")

#: Every statistic by its name in tables, with the name that publications give it.
STATISTICS = {
    "percent": "percent agreement",
    "alpha": "Krippendorff's alpha",
    "fleiss": "Fleiss' kappa",
    "conger": "Conger's kappa",
    "kappa": "Cohen's kappa",
    "weighted_kappa": "weighted kappa",
    "brennan_prediger": "Brennan-Prediger",
    "ac1": "Gwet's AC1",
    "ac2": "Gwet's AC2",
}
ALL = "all"
UNWEIGHTED = ("kappa", "ac1")
WEIGHTED = ("weighted_kappa", "ac2")
OF_RATERS = ("conger", "kappa", "weighted_kappa")
#: What publications call them, for who asks by that.
MEANT = {
    **dict.fromkeys(("cohen", "cohens_kappa", "cohen_kappa", "light"), "kappa"),
    **dict.fromkeys(("krippendorff", "krippendorffs_alpha", "krippendorff_alpha"), "alpha"),
    **dict.fromkeys(("fleiss_kappa", "scott", "pi"), "fleiss"),
    **dict.fromkeys(("gwet", "gwets_ac2"), "ac2"),
    **dict.fromkeys(("raw", "observed", "exact"), "percent"),
    **dict.fromkeys(("bootstrap", "boot", "bootstrapped"), "bca"),
    **dict.fromkeys(("wald", "delta", "analytic", "linearized"), "linearised"),
    "jack": "jackknife",
}

#: What chance is does not depend on the ratings' own distribution alone: defined where every rating is the same.
FIXED_CHANCE = ("brennan_prediger", "ac1", "ac2")


def weights_of(name: str, measured: Measured, weights: Weights | None) -> Weights:
    """Return the weights of a statistic on a dimension."""
    if name in UNWEIGHTED or measured.level == "nominal":
        return "identity"
    return weights or ("quadratic" if name in WEIGHTED else "identity")


def fitting(asked: Sequence[str], measured: Measured, weights: Weights | None) -> Sequence[str]:
    """Return the statistics to compute; refuse weights that are not for them."""
    several = measured.values is None or len(measured.values) > 2  # noqa: PLR2004
    if weights not in (None, "identity") and measured.level == "nominal" and several:
        msg = (
            f"{measured.dimension!r} has categories without order: none is nearer than another (got weights={weights!r}); "
            "name the ordered ones with dimensions=[...]"
        )
        raise InputError(msg)
    if weights not in (None, "identity"):
        _refuse_unused(weights, asked)
    if asked != (ALL,):
        return asked
    return [name for name in STATISTICS if measured.level != "nominal" or name not in WEIGHTED]


def method_of(name: str, measured: Measured, weights: Weights) -> str:
    """Return the metric or weights of a statistic in words."""
    if name == "alpha":
        return f"{measured.level} metric"
    return {"gwet_ordinal": "Gwet's ordinal weights"}.get(weights, f"{weights} weights")


def check_statistics(asked: str | Sequence[str]) -> tuple[str, ...]:
    """Return the names of statistics, or refuse them."""
    names = (asked,) if isinstance(asked, str) else tuple(asked)
    for name in names:
        if name not in STATISTICS and name != ALL:
            close = _meant(name, [*STATISTICS, ALL])
            hint = f"; did you mean {close!r}?" if close else ""
            msg = f"'statistics' takes {', '.join(STATISTICS)} or {ALL!r} (got {name!r}){hint}"
            raise InputError(msg)
    return (ALL,) if ALL in names else tuple(dict.fromkeys(names))


def _meant(value: object, known: Sequence[str]) -> str | None:
    word = str(value).lower().replace(" ", "_").replace("-", "_").replace("'", "")
    meant = MEANT.get(word)
    return meant if meant in known else nearest(value, known)


def check_weights(weights: Weights | None) -> Weights | None:
    """Return weights, or refuse them."""
    return cast("Weights | None", _one_of("weights", weights, WEIGHTS))


def _refuse_unused(weights: Weights, asked: Sequence[str]) -> None:
    """Refuse weights that a statistic would not use; beside its weighted form they are meant for that."""
    for name, weighted in zip(UNWEIGHTED, WEIGHTED, strict=True):
        if name in asked and weighted not in asked:
            msg = f"{name!r} takes no weights (got weights={weights!r}): statistics={weighted!r} does"
            raise InputError(msg)
    if tuple(asked) == ("alpha",):
        way = "level='interval' has the quadratic one, statistics='ac2' takes weights"
        msg = f"'alpha' takes no weights, its metric is that of the level (got weights={weights!r}): {way}"
        raise InputError(msg)


def _one_of(name: str, value: Any, known: Sequence[str]) -> Any:  # noqa: ANN401 - the option as it was given
    if value is not None and value not in known:
        close = _meant(value, known)
        hint = f"; did you mean {close!r}?" if close else ""
        msg = f"{name!r} takes one of {', '.join(known)}, or None (got {value!r}){hint}"
        raise InputError(msg)
    return value


def check_interval(interval: IntervalKind | None) -> IntervalKind | None:
    """Return a kind of interval, or refuse it."""
    return cast("IntervalKind | None", _one_of("interval", interval, INTERVALS))


def check_seed(seed: object) -> int:
    """Return a seed, or refuse it."""
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        msg = f"'seed' takes a whole number from 0 (got {seed!r})"
        raise InputError(msg)
    return seed
