"""What Dawid-Skene and MACE share: the expectation step over answers whose truth is one of a few values.

Answers enter as a sparse table of counts, one row per response and one column per rater and answer. A model is then a table of
log probabilities with one row per such column and one column per truth: the expectation step is two sparse products.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rubricwidgets.stats.votes import Votes

    Array = NDArray[np.float64]

#: Units in a block; fixed, so that sums do not depend on how many processors there are.
_BLOCK = 25_000
_FLOOR = 1e-300


@dataclass(frozen=True)
class Expectation:
    """The outcome of an expectation step.

    Parameters
    ----------
    posterior
        Probability of each truth for each unit, shape (units, values).
    counts
        Expected number of each answer of each rater under each truth, shape (raters, answers, truths).
    log_likelihood
        Of the answers.

    """

    posterior: Array
    counts: Array
    log_likelihood: float


class Answers:
    """The answers as sparse tables.

    Parameters
    ----------
    votes
        The ratings; a rater may have answered the same unit several times.

    """

    def __init__(self, votes: Votes) -> None:
        from scipy.sparse import csr_array  # noqa: PLC0415 - loads when first used

        self.n_raters, self.n_values, self.n_units = len(votes.raters), votes.n_values, votes.n_units
        column = (votes.rater * votes.n_values + votes.value).astype(np.int32)
        shape = (votes.n_units, self.n_raters * votes.n_values)
        whole: Any = csr_array((np.ones(len(column)), (votes.unit.astype(np.int32), column)), shape=shape)  # type: ignore[no-untyped-call]
        self._blocks = [whole[start : start + _BLOCK] for start in range(0, max(votes.n_units, 1), _BLOCK)]
        self._turned = [block.T for block in self._blocks]

    def shares(self) -> Array:
        """Return the share of each value among the answers of each unit."""
        table = np.zeros((self.n_raters * self.n_values, self.n_values))
        table[np.arange(len(table)), np.arange(len(table)) % self.n_values] = 1.0
        votes = np.concatenate([block @ table for block in self._blocks])
        return np.asarray(votes / votes.sum(axis=1, keepdims=True))

    def counts(self, posterior: Array) -> Array:
        """Return the expected counts under given probabilities of the truths."""
        starts = range(0, max(self.n_units, 1), _BLOCK)
        parts = [turned @ posterior[start : start + _BLOCK] for turned, start in zip(self._turned, starts, strict=True)]
        return np.asarray(sum(parts)).reshape(self.n_raters, self.n_values, self.n_values)

    def expect(self, probabilities: Array, prior: Array, pool: ThreadPoolExecutor) -> Expectation:
        """Do the expectation step.

        Parameters
        ----------
        probabilities
            Of each answer of each rater under each truth, shape (raters, answers, truths).
        prior
            Of each truth.
        pool
            Where the blocks are worked on.

        """
        logs = np.log(np.maximum(probabilities, _FLOOR)).reshape(-1, self.n_values)
        prior_logs = np.log(np.maximum(prior, _FLOOR))

        def one(place: int) -> tuple[Array, Array, float]:
            logits = self._blocks[place] @ logs
            logits += prior_logs
            most = _reduced(np.maximum, logits)
            logits -= most[:, None]
            np.exp(logits, out=logits)
            total = _reduced(np.add, logits)
            logits /= total[:, None]
            return logits, self._turned[place] @ logits, float(most.sum() + np.log(total).sum())

        parts = list(pool.map(one, range(len(self._blocks))))
        counts = np.asarray(sum(part[1] for part in parts))
        return Expectation(
            np.concatenate([part[0] for part in parts]),
            counts.reshape(self.n_raters, self.n_values, self.n_values),
            sum(part[2] for part in parts),
        )


def workers() -> ThreadPoolExecutor:
    """Return threads for the blocks."""
    return ThreadPoolExecutor(os.cpu_count() or 1)


def settled(before: float, now: float, tolerance: float) -> bool:
    """Return whether a log-likelihood has stopped rising."""
    return abs(now - before) <= tolerance * (1 + abs(now))


def _reduced(rule: np.ufunc, table: Array) -> Array:
    """Reduce a table of few columns over them; column by column is several times faster than along short rows."""
    out = table[:, 0].copy()
    for place in range(1, table.shape[1]):
        rule(out, table[:, place], out=out)
    return out
