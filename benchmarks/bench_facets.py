"""Many-facet Rasch measurement of 150,000 ratings, beside a plain marginal likelihood handed to L-BFGS.

TAM (R) took 8 s for the same data and 31 nodes on a machine of this kind; it is no part of the run. The plain peer is what its
users would write in Python: sufficient statistics by cell, fixed nodes, gradients by Fisher's identity, no standard errors
and no fit statistics, which ours has, and from arrays of indices, where ours starts from a frame of scores.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from benchmarks.row import Row, median, once
from rubricwidgets.stats.facets import facets

_RESPONSES, _RATERS, _EACH, _DIMENSIONS = 10_000, 20, 3, 5
_STEPS = np.array([-2.0, -0.5, 0.5, 2.0])


def simulate() -> tuple[np.ndarray[Any, Any], ...]:
    """Return response, rater, dimension and category of every rating."""
    random = np.random.default_rng(0)
    quality = random.normal(0, 1.5, _RESPONSES)
    severity = random.normal(0, 0.5, _RATERS)
    difficulty = np.array([-0.5, -0.2, 0, 0.2, 0.5])
    response = np.repeat(np.arange(_RESPONSES), _EACH * _DIMENSIONS)
    chosen = random.random((_RESPONSES, _RATERS)).argsort(axis=1)[:, :_EACH]
    rater = np.repeat(chosen, _DIMENSIONS, axis=1).ravel()
    dimension = np.tile(np.arange(_DIMENSIONS), _EACH * _RESPONSES)
    place = quality[response] - difficulty[dimension] - severity[rater]
    log_odds = np.arange(5) * place[:, None] - np.concatenate([[0], _STEPS.cumsum()])
    share = np.exp(log_odds - log_odds.max(axis=1, keepdims=True))
    share = np.cumsum(share / share.sum(axis=1, keepdims=True), axis=1)
    return response, rater, dimension, (random.random(len(place))[:, None] > share).sum(axis=1)


def plain(response: Any, rater: Any, dimension: Any, category: Any) -> float:
    """Return the deviance of a plain implementation."""
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix

    nodes, k = np.linspace(-8, 8, 61), np.arange(5)
    cell_rater, cell_dimension = np.divmod(np.arange(_RATERS * _DIMENSIONS), _DIMENSIONS)
    place = (rater * _DIMENSIONS + dimension) * 5 + category
    given = csr_matrix((np.ones(len(place)), (response, place)), shape=(_RESPONSES, _RATERS * _DIMENSIONS * 5))
    back = given.T.tocsr()
    design = np.hstack([np.eye(_DIMENSIONS)[cell_dimension], np.vstack([np.eye(19), -np.ones(19)])[cell_rater]])
    contrast = np.vstack([np.eye(3), -np.ones(3)])

    def deviance(free: Any) -> tuple[float, Any]:
        base, steps, log_sd = design @ free[:24], contrast @ free[24:27], free[27]
        log_odds = k[:, None] * (nodes - base[:, None, None]) - np.concatenate([[0], steps.cumsum()])[:, None]
        top = log_odds.max(axis=1, keepdims=True)
        log_p = log_odds - top - np.log(np.exp(log_odds - top).sum(axis=1, keepdims=True))
        p, prior = np.exp(log_p), -(nodes**2) * np.exp(-2 * log_sd) / 2
        prior -= np.log(np.exp(prior).sum())
        joint = given @ log_p.reshape(-1, len(nodes)) + prior
        most = joint.max(axis=1, keepdims=True)
        weight = np.exp(joint - most)
        total = weight.sum(axis=1, keepdims=True)
        weight /= total
        each = (back @ weight).reshape(-1, 5, len(nodes))
        number = each.sum(axis=1)
        short = (each * k[:, None]).sum(axis=(1, 2)) - (number * (p * k[:, None]).sum(axis=1)).sum(axis=1)
        tails = np.array([each[:, j:].sum() - (number[:, None] * p[:, j:]).sum() for j in range(1, 5)])
        second = np.exp(prior) @ nodes**2
        spread = ((weight @ nodes**2).sum() - _RESPONSES * second) * np.exp(-2 * log_sd)
        gradient = np.concatenate([-design.T @ short, -contrast.T @ tails, [spread]])
        return -2 * float((most + np.log(total)).sum()), -2 * gradient

    return float(
        minimize(deviance, np.zeros(28), jac=True, method="L-BFGS-B", options={"maxiter": 500, "ftol": 1e-14}).fun
    )


def run() -> list[Row]:
    coded = simulate()
    names = ("item", "rater", "dimension", "score")
    frame = pl.DataFrame(dict(zip(names, coded, strict=True)))
    frame = frame.with_columns(pl.col("item", "rater", "dimension").cast(pl.String), pl.col("score").cast(pl.Float64))
    found: dict[str, float] = {}
    peers = once(lambda: found.update(plain=plain(*coded)))
    ours = median(lambda: found.update(ours=facets(frame).deviance or 0.0), 3)
    if abs(found["ours"] - found["plain"]) > 0.1:
        msg = f"the two deviances differ: {found}"
        raise RuntimeError(msg)
    work = f"many-facet Rasch with SEs and fit, {len(frame):,} ratings, {_RATERS} raters, {_DIMENSIONS} dimensions"
    rows = [Row(work, ours, "s", "plain L-BFGS, estimates only", peers, at_most=1.0)]
    rows.append(Row("the same, partial credit", median(lambda: facets(frame, model="partial_credit"), 3), "s"))
    return rows


if __name__ == "__main__":
    for row in run():
        print(row, row.ratio)
