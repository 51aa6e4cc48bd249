"""A linear mixed model of scores: a mean for each model, and random items, responses, raters and raters' preferences.

Fitted by restricted maximum likelihood. The covariance has blocks of items, within which responses are exchangeable, so
its inverse is known in closed form; raters, who cross all blocks, are added by Woodbury's identity. What remains are
tables as wide as there are raters and models, however many scores there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rubricwidgets.stats.estimates import finite

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Indices = NDArray[np.int64]

COMPONENTS = ("item", "response", "rater", "rater_by_model")
_MOST_CELLS = 40_000_000
#: Random effects that cross items: each evaluation factors a table as wide. Preferences are left out sooner than severities.
_MOST_PREFERENCES, _MOST_RATERS = 300, 1500
_ZERO = 1e-3  # of the residual's standard deviation: a component below is none
_MOST = 1e3  # of the residual's standard deviation: beyond it the residual is none, and the ratios have no end
_STEP = 1e-2
_GAIN = 1e-2  # of deviance that one step more may gain
TOO_LARGE = "too many responses and raters for the mixed model's tables"
TOO_LITTLE = "too few scores for a mixed model"
NO_SPREAD = "the scores vary with nothing but the models: a mixed model has nothing to estimate"
EXACT = "the scores follow from items, responses and raters with nothing left over: a mixed model has no residual to estimate"
NOT_CONVERGED = "the mixed model's fit did not converge: do not lean on it"


@dataclass(frozen=True)
class Scored:
    """Scores of one dimension with whom and what they belong to, each counted from 0.

    Parameters
    ----------
    y
        The scores.
    response, rater
        Of each score.
    model, item
        Of each response.
    n_models, n_items, n_raters
        How many there are.

    """

    y: Array
    response: Indices
    rater: Indices
    model: Indices
    item: Indices
    n_models: int
    n_items: int
    n_raters: int


@dataclass(frozen=True)
class Mixed:
    """A fitted model.

    Parameters
    ----------
    means
        Of each model, by generalised least squares.
    covariance
        Of the means.
    components
        Variances by name; those that the design cannot tell apart are absent. ``"residual"`` is one of them.
    gradients, spread
        Derivatives of the covariance by the components' logarithms, and the covariance of those; for degrees of freedom.
    note
        What could not be done, in words.

    """

    means: Array
    covariance: Array
    components: dict[str, float]
    gradients: Array
    spread: Array | None
    note: str | None = None

    def contrast(self, weights: Sequence[float]) -> tuple[float, float, float | None]:
        """Return a contrast's value, standard error and degrees of freedom.

        Satterthwaite's degrees of freedom are ``2 V**2 / (g' C g)`` with g the derivatives of the contrast's variance V by
        the variance components and C their covariance (Kuznetsova, Brockhoff and Christensen, "lmerTest package", Journal
        of Statistical Software 82(13), 2017, section 2.2). None: the normal distribution.
        """
        row = np.asarray(weights, dtype=np.float64)
        variance = float(row @ self.covariance @ row)
        df = None
        if self.spread is not None:
            slope = np.einsum("i,kij,j->k", row, self.gradients, row)
            below = float(slope @ self.spread @ slope)
            df = finite(max(1.0, 2 * variance**2 / below)) if below > 0 else None
        return float(row @ self.means), variance**0.5, df


def fit(scored: Scored) -> Mixed | str:
    """Fit the model by restricted maximum likelihood, or return in words why it cannot be.

    ``score = mean of the model + item + response + rater + rater by model + residual``, all but the first random and
    normal (Patterson and Thompson, "Recovery of inter-block information when block sizes are unequal", Biometrika 58, 1971;
    the parametrisation by relative standard deviations is that of Bates, Maechler, Bolker and Walker, "Fitting linear
    mixed-effects models using lme4", Journal of Statistical Software 67(1), 2015).
    """
    from scipy.optimize import minimize  # noqa: PLC0415 - loads when a model is first fitted

    if len(scored.y) <= scored.n_models + 2 or scored.n_items < 2:  # noqa: PLR2004
        return TOO_LITTLE
    if np.ptp(scored.y - _of_models(scored)[scored.model[scored.response]]) < 1e-12:  # noqa: PLR2004
        return NO_SPREAD
    names = _estimable(scored)
    problem = _Problem.of(scored, names)
    if problem is None:
        names = tuple(name for name in names if name != "rater_by_model")
        problem = _Problem.of(scored, names)
    if problem is None:
        return TOO_LARGE
    solved = problem

    def deviance(theta: Array) -> float:
        return solved.at(theta**2).deviance

    found = np.zeros(0)
    if names:  # else nothing is random but the residual: each item has one response, rated once by the one rater
        start = np.full(len(names), 0.5)
        found = minimize(  # type: ignore[no-untyped-call]
            deviance, start, method="L-BFGS-B", bounds=[(0, _MOST)] * len(names), options={"ftol": 1e-11}
        ).x
    found = np.where(found < _ZERO, 0.0, found)
    if not np.isfinite(found).all():
        return NOT_CONVERGED
    best = solved.at(found**2)
    variances = {name: float(ratio * best.residual) for name, ratio in zip(names, found**2, strict=True)}
    components = {**variances, "residual": float(best.residual)}
    gradients, spread, settled = _uncertainty(solved, np.array([*variances.values(), best.residual]))
    if (found > _MOST / 2).any() or (not settled and (found > _MOST / 20).any()):
        return EXACT
    dropped = "rater_by_model" in _estimable(scored) and "rater_by_model" not in names
    notes = ["raters' preferences for models are left out: too many raters"] if dropped else []
    notes += [] if settled else [NOT_CONVERGED]
    note = "; ".join(notes) or None
    return Mixed(best.means, best.residual * best.inverse, components, gradients, spread, note)


def _of_models(scored: Scored) -> Array:
    model = scored.model[scored.response]
    sums = np.bincount(model, scored.y, minlength=scored.n_models)
    return np.asarray(sums / np.maximum(np.bincount(model, minlength=scored.n_models), 1))


def _estimable(scored: Scored) -> tuple[str, ...]:
    """Return the components that the design can tell apart."""
    ratings = np.bincount(scored.response)
    several_responses = np.bincount(scored.item).max() > 1
    several_ratings = ratings.max() > 1
    names = []
    if several_responses or several_ratings:
        names.append("item")
    if several_ratings and several_responses:
        names.append("response")
    if 1 < scored.n_raters < len(scored.y):
        names.append("rater")
        pairs = np.unique(scored.rater * scored.n_models + scored.model[scored.response])
        if scored.n_raters > 2 and scored.n_raters < len(pairs) < len(scored.y):  # noqa: PLR2004
            names.append("rater_by_model")
    return tuple(names)


@dataclass(frozen=True)
class _Solution:
    deviance: float  # minus twice the profiled restricted log-likelihood, but for a constant
    log_determinants: float
    quadratic: float
    residual: float
    means: Array
    inverse: Array


@dataclass(frozen=True)
class _Problem:
    """Totals of each response, which all that depends on the variances is made of."""

    names: tuple[str, ...]
    kinds: Array  # the different numbers of ratings that responses have
    shares: Array  # how many responses of each kind an item has, shape (items, kinds)
    totals: Array  # of each kind and item: models, score, raters, raters by model, shape (kinds, items, width)
    products: Array  # of each kind, the products of its responses' totals, shape (kinds, width, width)
    gram: Array  # the same products over single scores
    alike: (
        tuple[Array, Array, Array] | None
    )  # where few: patterns of items' shares, how many items of each, products of totals
    n_scores: int
    n_models: int
    blocks: tuple[str, ...]  # the component of each column after models and score
    centre: float

    @classmethod
    def of(cls, scored: Scored, names: tuple[str, ...]) -> _Problem | None:
        responses, models, raters = len(scored.model), scored.n_models, scored.n_raters
        n_random = raters * ("rater" in names) + raters * models * ("rater_by_model" in names)
        if n_random > (_MOST_PREFERENCES if "rater_by_model" in names else _MOST_RATERS):
            return None
        width = models + 1 + n_random
        kinds, kind = np.unique(np.bincount(scored.response, minlength=responses), return_inverse=True)
        if max(responses, len(kinds) * scored.n_items) * width > _MOST_CELLS or len(kinds) * width**2 > _MOST_CELLS:
            return None
        model = scored.model[scored.response]
        columns = [model]
        blocks: list[str] = []
        if "rater" in names:
            columns.append(models + 1 + scored.rater)
            blocks += ["rater"] * raters
        if "rater_by_model" in names:
            columns.append(models + 1 + raters + scored.rater * models + model)
            blocks += ["rater_by_model"] * (raters * models)
        centre = float(scored.y.mean())
        y = scored.y - centre
        row = scored.response * width
        flat = np.asarray(np.bincount(row + models, y, minlength=responses * width), dtype=np.float64)
        gram = np.zeros((width, width))
        gram[models, models] = y @ y
        for one in columns:
            flat += np.bincount(row + one, minlength=responses * width)
            along = np.bincount(one, y, minlength=width)
            gram[models] += along
            gram[:, models] += along
            for other in columns:
                gram += np.bincount(one * width + other, minlength=width**2).reshape(width, width)
        of_response = flat.reshape(responses, width)
        products = np.stack([part.T @ part for part in (of_response[kind == place] for place in range(len(kinds)))])
        cell = kind * scored.n_items + scored.item
        order = np.argsort(cell, kind="stable")
        starts = np.flatnonzero(np.diff(cell[order], prepend=-1))
        totals = np.zeros((len(kinds) * scored.n_items, width))
        totals[cell[order][starts]] = np.add.reduceat(of_response[order], starts, axis=0)
        shares = np.bincount(cell, minlength=len(totals)).reshape(len(kinds), scored.n_items).T.astype(np.float64)
        return cls(
            names,
            kinds.astype(np.float64),
            shares,
            totals.reshape(len(kinds), scored.n_items, width),
            products,
            gram,
            _alike(shares, totals.reshape(len(kinds), scored.n_items, width)),
            len(y),
            models,
            tuple(blocks),
            centre,
        )

    def at(self, ratios: Array) -> _Solution:
        """Solve for given variances, each as a ratio to the residual's."""
        from scipy.linalg import cho_factor, cho_solve  # noqa: PLC0415

        of = dict(zip(self.names, ratios, strict=True))
        within, between = of.get("response", 0.0), of.get("item", 0.0)
        shrunk = 1 / (1 + self.kinds * within)
        patterns, items, _ = self.alike or (self.shares, np.ones(len(self.shares)), None)
        information = patterns @ (self.kinds * shrunk)
        share = between / (1 + between * information)
        gram = self.gram - np.tensordot(within * shrunk, self.products, axes=1) - self._of_items(shrunk, share)
        logs = items @ np.log1p(between * information) - (items @ patterns) @ np.log(shrunk)
        fixed = self.n_models + 1
        known = gram[:fixed, :fixed]
        if self.blocks:
            root = np.sqrt(np.array([of[name] for name in self.blocks]))
            crossed = gram[:fixed, fixed:] * root
            middle = np.eye(len(root)) + root[:, None] * gram[fixed:, fixed:] * root
            factor = cho_factor(middle, lower=True, check_finite=False)
            known = known - crossed @ cho_solve(factor, crossed.T, check_finite=False)  # type: ignore[no-untyped-call]
            logs += 2 * np.log(np.diag(factor[0])).sum()
        design, along = known[: self.n_models, : self.n_models], known[: self.n_models, self.n_models]
        means = np.asarray(np.linalg.solve(design, along), dtype=np.float64)
        quadratic = max(float(known[self.n_models, self.n_models] - along @ means), 1e-300)
        logs += np.linalg.slogdet(design)[1]
        free = self.n_scores - self.n_models
        residual = quadratic / free
        deviance = float(free * np.log(residual) + logs)
        return _Solution(
            deviance,
            float(logs),
            quadratic,
            residual,
            means + self.centre,
            np.asarray(np.linalg.inv(design), dtype=np.float64),
        )

    def _of_items(self, shrunk: Array, share: Array) -> Array:
        """Return what items take off the products of totals."""
        if self.alike is None:
            weighted = np.tensordot(shrunk, self.totals, axes=1)
            return np.asarray(weighted.T @ (weighted * share[:, None]))
        return np.asarray(np.einsum("p,s,t,pstij->ij", share, shrunk, shrunk, self.alike[2], optimize=True))


def _alike(shares: Array, totals: Array) -> tuple[Array, Array, Array] | None:
    """Return what items with the same numbers of ratings have in common, where they are few kinds of items."""
    patterns, pattern, items = np.unique(shares, axis=0, return_inverse=True, return_counts=True)
    kinds, width = len(totals), totals.shape[2]
    if len(patterns) * kinds**2 * width**2 > _MOST_CELLS // 40:
        return None
    products = np.stack(
        [
            np.einsum("sai,taj->stij", part, part, optimize=True)
            for part in (totals[:, pattern.reshape(-1) == p] for p in range(len(patterns)))
        ]
    )
    return patterns, items.astype(np.float64), products


def _uncertainty(problem: _Problem, variances: Array) -> tuple[Array, Array | None, bool]:
    """Return the covariance's derivatives by the variances' logarithms, those logarithms' covariance, and if they are the best.

    By central differences; a variance of 0 is at its bound and has neither. At the best the deviance has no slope; a slope
    is held against the curvature, for what a step of Newton's would gain.
    """
    free = problem.n_scores - problem.n_models
    active = np.flatnonzero(variances > 0)
    count = len(active)

    def at(shift: Array) -> tuple[float, Array]:
        moved = variances.copy()
        moved[active] *= np.exp(shift)
        solved = problem.at(moved[:-1] / moved[-1])
        deviance = free * np.log(moved[-1]) + solved.log_determinants + solved.quadratic / moved[-1]
        return float(deviance), moved[-1] * solved.inverse

    unit = np.eye(count) * _STEP
    middle = at(np.zeros(count))[0]
    up, down = [at(row) for row in unit], [at(-row) for row in unit]
    gradients = np.array([(one[1] - other[1]) / (2 * _STEP) for one, other in zip(up, down, strict=True)])
    hessian = np.diag([(one[0] - 2 * middle + other[0]) / _STEP**2 for one, other in zip(up, down, strict=True)])
    for row in range(count):
        for column in range(row):
            corner = at(unit[row] + unit[column])[0] + at(-unit[row] - unit[column])[0]
            sides = up[row][0] + down[row][0] + up[column][0] + down[column][0]
            hessian[row, column] = hessian[column, row] = (corner - sides + 2 * middle) / (2 * _STEP**2)
    slopes = np.array([(one[0] - other[0]) / (2 * _STEP) for one, other in zip(up, down, strict=True)])
    settled = bool((slopes**2 <= _GAIN * np.maximum(np.diag(hessian), 1.0)).all())
    if not np.isfinite(hessian).all() or np.linalg.eigvalsh(hessian).min() <= 0:
        return gradients, None, settled
    return gradients, 2 * np.linalg.inv(hessian), settled
