"""MACE: each rater either knows the answer or answers by a habit of their own.

Hovy, Berg-Kirkpatrick, Vaswani and Hovy, "Learning whom to trust with MACE", NAACL 2013. The truth of a unit is any value, all
as likely. Rater j knows it with probability theta_j (the competence) and then says so; otherwise the answer comes from the rater's
habit xi_j, whatever the truth. Fitted by expectation and maximisation (section 3), or by the variational version with a
Beta(0.5, 0.5) prior on theta and a Dirichlet(10) prior on xi, which the paper prefers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rubricwidgets.stats.latent_truth import Answers, settled, workers

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from numpy.typing import NDArray

    from rubricwidgets.stats.votes import Votes

    Array = NDArray[np.float64]

_BETA = 0.5
_DIRICHLET = 10.0


@dataclass(frozen=True)
class Mace:
    """Estimates of the model.

    Parameters
    ----------
    posterior
        Probability of each truth for each unit, shape (units, values).
    competence
        How often each rater answers from knowledge, 0 to 1.
    habit
        What each rater answers otherwise, shape (raters, values).
    log_likelihood
        Of the answers (in the variational version, its stand-in by which restarts are compared).
    iterations, converged, restarts
        Steps of the best restart, whether it had stopped rising, and how many there were.

    """

    posterior: Array
    competence: Array
    habit: Array
    log_likelihood: float
    iterations: int
    converged: bool
    restarts: int


def mace(
    votes: Votes,
    *,
    variational: bool = True,
    smoothing: float = 0.0,
    restarts: int = 10,
    iterations: int = 200,
    tolerance: float = 1e-9,
    seed: int = 0,
) -> Mace:
    """Fit the model from several starting points and keep the most likely.

    Parameters
    ----------
    votes
        The ratings.
    variational
        With the paper's priors; otherwise maximum likelihood.
    smoothing
        Added to every expected count; of no use to the variational version.
    restarts
        Starting points: the first is even, the others are random.
    iterations, tolerance
        When to stop, see :func:`rubricwidgets.stats.dawid_skene.dawid_skene`.
    seed
        Of the random starting points.

    """
    answers = Answers(votes)
    best: Mace | None = None
    with workers() as pool:
        for place, own in enumerate(np.random.SeedSequence(seed).spawn(max(restarts, 1))):
            start = _start(answers, None if place == 0 else np.random.default_rng(own))
            found = _climb(answers, start, pool, variational, smoothing, iterations, tolerance, max(restarts, 1))
            if best is None or found.log_likelihood > best.log_likelihood + 1e-9:
                best = found
    if best is None:  # pragma: no cover - there is one start at least
        msg = "no restart"
        raise RuntimeError(msg)
    return best


def _start(answers: Answers, random: np.random.Generator | None) -> tuple[Array, Array, Array]:
    """Return probabilities of knowing, of not knowing, and of each habitual answer."""
    r, c = answers.n_raters, answers.n_values
    if random is None:
        knows = np.full(r, 0.5)
        return knows, 1 - knows, np.full((r, c), 1 / c)
    knows = random.uniform(0.2, 0.95, r)
    return knows, 1 - knows, random.dirichlet(np.full(c, 5.0), r)


def _climb(
    answers: Answers,
    start: tuple[Array, Array, Array],
    pool: ThreadPoolExecutor,
    variational: bool,  # noqa: FBT001
    smoothing: float,
    iterations: int,
    tolerance: float,
    restarts: int,
) -> Mace:
    knows, guesses, habit = start
    c = answers.n_values
    prior = np.full(c, 1 / c)
    diagonal = np.arange(c)
    before, done, converged = -np.inf, 0, False
    competence, told = knows, habit
    step = answers.expect(_probabilities(knows, guesses, habit), prior, pool)
    for done in range(1, iterations + 1):  # noqa: B007 - told in the result
        right = step.counts[:, diagonal, diagonal]
        by_habit = guesses[:, None] * habit
        known = right * np.divide(
            knows[:, None], knows[:, None] + by_habit, out=np.zeros_like(by_habit), where=knows[:, None] + by_habit > 0
        )
        habitual = np.maximum(step.counts.sum(axis=2) - known, 0.0)
        n_known, n_habit = known.sum(axis=1), habitual.sum(axis=1)
        if variational:
            knows, guesses, habit = _variational(n_known, n_habit, habitual)
            competence = (n_known + _BETA) / (n_known + n_habit + 2 * _BETA)
            told = (habitual + _DIRICHLET) / (n_habit[:, None] + c * _DIRICHLET)
        else:
            whole = n_known + n_habit + 2 * smoothing
            knows = (n_known + smoothing) / whole
            guesses = 1 - knows
            below = n_habit[:, None] + c * smoothing
            habit = np.divide(habitual + smoothing, below, out=np.full_like(habitual, 1 / c), where=below > 0)
            competence, told = knows, habit
        step = answers.expect(_probabilities(knows, guesses, habit), prior, pool)
        if settled(before, step.log_likelihood, tolerance):
            converged = True
            break
        before = step.log_likelihood
    return Mace(step.posterior, competence, told, step.log_likelihood, done, converged, restarts)


def _probabilities(knows: Array, guesses: Array, habit: Array) -> Array:
    """Return the probability of each answer of each rater under each truth, shape (raters, answers, truths)."""
    return np.asarray((guesses[:, None] * habit)[:, :, None] + knows[:, None, None] * np.eye(habit.shape[1]))


def _variational(n_known: Array, n_habit: Array, habitual: Array) -> tuple[Array, Array, Array]:
    """Return the exponentials of the expected logarithms, which stand in for the probabilities."""
    from scipy.special import digamma  # noqa: PLC0415

    whole = digamma(n_known + n_habit + 2 * _BETA)
    habit = np.exp(digamma(habitual + _DIRICHLET) - digamma(n_habit + habitual.shape[1] * _DIRICHLET)[:, None])
    return np.exp(digamma(n_known + _BETA) - whole), np.exp(digamma(n_habit + _BETA) - whole), habit
