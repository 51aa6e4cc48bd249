"""Dawid and Skene's model: each rater confuses the truths with each other in a way of their own.

Dawid and Skene, "Maximum likelihood estimation of observer error-rates using the EM algorithm", Applied Statistics 28, 1979,
equations 2.3 to 2.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rubricwidgets.stats.latent_truth import Answers, settled, workers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rubricwidgets.stats.votes import Votes

    Array = NDArray[np.float64]

#: Expected answers below which a truth counts as never met.
_MET = 1e-12


@dataclass(frozen=True)
class DawidSkene:
    """Estimates of the model.

    Parameters
    ----------
    posterior
        Probability of each truth for each unit, shape (units, values).
    prior
        How common each truth is.
    confusion
        Probability of each answer of each rater under each truth, shape (raters, truths, answers); NaN where no unit that
        the rater answered can be of that truth.
    log_likelihood
        Of the answers.
    iterations, converged
        How many steps were made, and whether the log-likelihood had stopped rising.

    """

    posterior: Array
    prior: Array
    confusion: Array
    log_likelihood: float
    iterations: int
    converged: bool

    @property
    def accuracy(self) -> Array:
        """How often each rater is right, truths being as common as estimated; over truths the rater has met."""
        right = np.diagonal(self.confusion, axis1=1, axis2=2)
        met = np.isfinite(right)
        weight = met * self.prior
        total = weight.sum(axis=1)
        summed = (np.where(met, right, 0.0) * weight).sum(axis=1)
        return np.asarray(np.divide(summed, total, out=np.full(len(total), np.nan), where=total > 0))


def dawid_skene(votes: Votes, *, iterations: int = 200, tolerance: float = 1e-9) -> DawidSkene:
    """Fit the model by expectation and maximisation, from the shares of the votes.

    Parameters
    ----------
    votes
        The ratings.
    iterations
        After how many steps to stop at the latest.
    tolerance
        Of the log-likelihood's relative rise, where to stop; negative: never before.

    """
    answers = Answers(votes)
    posterior = answers.shares()
    counts = answers.counts(posterior)
    before, done, converged = -np.inf, 0, False
    prior, probabilities = _maximise(posterior, counts)
    with workers() as pool:
        for done in range(1, iterations + 1):  # noqa: B007 - told in the result
            step = answers.expect(probabilities, prior, pool)
            posterior = step.posterior
            prior, probabilities = _maximise(posterior, step.counts)
            counts = step.counts
            if settled(before, step.log_likelihood, tolerance):
                converged = True
                break
            before = step.log_likelihood
        final = answers.expect(probabilities, prior, pool) if iterations else None
    met = counts.sum(axis=1)
    confusion = np.where((met > _MET)[:, None, :], probabilities, np.nan).transpose(0, 2, 1)
    return DawidSkene(
        posterior if final is None else final.posterior,
        prior,
        confusion,
        float("nan") if final is None else final.log_likelihood,
        done,
        converged,
    )


def _maximise(posterior: Array, counts: Array) -> tuple[Array, Array]:
    """Return the prior and the probability of each answer of each rater under each truth."""
    total = counts.sum(axis=1, keepdims=True)
    probabilities = np.divide(counts, total, out=np.full_like(counts, 1 / counts.shape[1]), where=total > _MET)
    return posterior.mean(axis=0), probabilities
