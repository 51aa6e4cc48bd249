"""What :func:`rubricwidgets.stats.pairwise.pairwise` returns: tables of strengths, effects, wins, probabilities and ranks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from rubricwidgets.stats.bradley_terry import Design, Fit, verdict_probabilities
from rubricwidgets.stats.estimates import (
    ESTIMATES_SCHEMA,
    ONE_ITEM,
    Estimate,
    Result,
    estimates_frame,
    in_digits,
    percent,
)
from rubricwidgets.stats.resampling import z_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rubricwidgets.stats.comparisons_in import Comparisons
    from rubricwidgets.stats.separation import Groups

    Array = NDArray[np.float64]

_EQUAL = 1e-9


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PairwiseResult(Result):
    """Strengths of models from paired comparisons, and what they rest on.

    Parameters
    ----------
    dimension
        Of the rubric.
    data
        Counts of verdicts for each two models.
    design, fit
        What was estimated, of the models in the main group; ``fit`` is None where nothing could be.
    found
        Which models are in the main group, and why the others are not.
    drawn
        Strengths in each bootstrap sample, shape (resamples, models of the main group).
    reference
        The model whose strength is 0; None where they add up to 0.
    confidence, intervals, ties
        As asked for.
    notes
        What to know about the whole, in words.

    """

    dimension: str | None
    data: Comparisons
    design: Design
    found: Groups
    fit: Fit | None
    drawn: Array | None
    reference: str | None
    confidence: float
    intervals: str
    ties: str
    notes: tuple[str, ...] = ()

    @property
    def models(self) -> tuple[str, ...]:
        """Every model, strongest first; those without an estimate last, by name."""
        return tuple(self.strengths["model"].to_list())

    @property
    def log_likelihood(self) -> float | None:
        """Of the estimated group, up to the constants of the counts."""
        return None if self.fit is None else self.fit.log_likelihood

    @property
    def deviance(self) -> float | None:
        """Against a model with probabilities of its own for each pair, ``2 (saturated - fitted)``; lower fits better."""
        return None if self.fit is None else self.fit.deviance

    @property
    def df(self) -> int | None:
        """Degrees of freedom of the deviance."""
        return None if self.fit is None else self.fit.df

    @property
    def _own(self) -> list[str]:
        return [name for name, inside in zip(self.data.models, self.found.main.tolist(), strict=True) if inside]

    @cached_property
    def strengths(self) -> pl.DataFrame:
        """One row per model, strongest first.

        Columns model, those of every table of estimates (value on the logit scale), rank, rank_low, rank_high (Int64: 1 is the
        strongest of those that can be ranked; the interval is of the bootstrap), wins, ties, losses (Int64).
        """
        names, m = self.data.models, len(self.data.models)
        value, se, low, high = (np.full(m, np.nan) for _ in range(4))
        notes: list[str | None] = list(self.found.notes)
        if self.fit is not None:
            value[self.found.main], se[self.found.main], low[self.found.main], high[self.found.main] = self._relative()
        if self.reference is not None and not self.found.main[names.index(self.reference)]:
            notes = [one or f"the reference {self.reference!r} has no finite estimate" for one in notes]
        elif self.intervals == "items" and self.drawn is None:
            notes = [one or ONE_ITEM for one in notes]
        fixed = [one is None and name == self.reference for one, name in zip(notes, names, strict=True)]
        tallies = self._tallies()
        frame = pl.DataFrame(
            {
                "model": list(names),
                "dimension": [self.dimension] * m,
                "statistic": ["strength"] * m,
                "value": value,
                "low": low,
                "high": high,
                "se": se,
                "method": [self.method] * m,
                "n_items": [self.data.n_items] * m,
                "n_raters": [self.data.n_raters] * m,
                "n_ratings": tallies.sum(axis=1),
                "note": ["the reference, 0 by choice" if one else note for one, note in zip(fixed, notes, strict=True)],
            },
            schema={"model": pl.String, **ESTIMATES_SCHEMA},
        ).with_columns(pl.col("value", "low", "high", "se").fill_nan(None))
        ranks = self._ranks()
        counted = {name: pl.Series(tallies[:, place]) for place, name in enumerate(("wins", "ties", "losses"))}
        return (
            frame.with_columns(
                pl.Series("rank", ranks[0]), pl.Series("rank_low", ranks[1]), pl.Series("rank_high", ranks[2])
            )
            .with_columns(pl.col("rank", "rank_low", "rank_high").replace(0, None), **counted)
            .sort("rank", "model", nulls_last=True)
        )

    @property
    def method(self) -> str:
        """What was estimated and how sure it is, in words."""
        grades = len(self.design.levels)
        kind = "Bradley-Terry"
        if len(self.design.steps) > 3:  # noqa: PLR2004 - more than left, tie and right
            kind = f"adjacent-categories logit with {grades} grades"
        elif len(self.design.steps) == 3:  # noqa: PLR2004
            kind = "Bradley-Terry with Davidson's ties"
        elif self.ties == "half" and len(self.data.steps) == 3:  # noqa: PLR2004
            kind = "Bradley-Terry, ties as half a win"
        sided = " and a left advantage" if self.design.sides else ""
        interval = (
            "Wald interval" if self.intervals == "information" else f"bootstrap interval over {self._drawn_units}"
        )
        return f"{kind}{sided}, {percent(self.confidence)} {interval}"

    @property
    def _drawn_units(self) -> str:
        return "items" if self.data.n_items is not None else "comparisons"

    def _relative(self) -> tuple[Array, Array, Array, Array]:
        """Return strengths, standard errors and limits of the main group, against the reference or their mean."""
        fit, m = self._fitted, self.design.n_models
        if self.reference is None:
            contrast = np.eye(m)
        elif self.reference in self._own:
            contrast = np.eye(m)
            contrast[:, self._own.index(self.reference)] -= 1
        else:
            nothing = np.full(m, np.nan)
            return nothing, nothing, nothing, nothing
        value = contrast @ fit.strengths
        if self.intervals == "items":
            if self.drawn is None:
                nothing = np.full(m, np.nan)
                return value, nothing, nothing, nothing
            drawn = self.drawn @ contrast.T
            tail = (1 - self.confidence) / 2
            low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
            se = drawn.std(axis=0, ddof=1)
        else:
            variance = np.einsum("ij,jk,ik->i", contrast, fit.covariance[:m, :m], contrast)
            se = np.sqrt(np.maximum(variance, 0.0))
            low, high = value - z_quantile(self.confidence) * se, value + z_quantile(self.confidence) * se
        if self.reference is not None:
            fixed = self._own.index(self.reference)
            value[fixed], se[fixed], low[fixed], high[fixed] = 0.0, np.nan, np.nan, np.nan
        return value, se, low, high

    @property
    def _fitted(self) -> Fit:
        if self.fit is None:  # pragma: no cover - callers ask first
            msg = "nothing could be estimated"
            raise RuntimeError(msg)
        return self.fit

    def _ranks(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        rank, low, high = (np.zeros(len(self.data.models), np.int64) for _ in range(3))
        if self.fit is not None:
            main = self.found.main
            rank[main] = ranked(self.fit.strengths[None, :])[0]
            if self.drawn is not None:
                tail = (1 - self.confidence) / 2
                low[main], high[main] = np.quantile(ranked(self.drawn), [tail, 1 - tail], axis=0, method="inverted_cdf")
        return rank, low, high

    def _tallies(self) -> NDArray[np.int64]:
        """Return wins, ties and losses of each model."""
        data, m = self.data, len(self.data.models)
        table = np.zeros((m, 3))
        verdict = np.sign(data.steps).astype(np.int64)
        for place, sign in enumerate((-1, 0, 1)):
            n = data.counts[:, verdict == sign].sum(axis=1)
            table[:, place] += np.bincount(data.left, weights=n, minlength=m)
            table[:, 2 - place] += np.bincount(data.right, weights=n, minlength=m)
        return np.rint(table).astype(np.int64)

    @cached_property
    def effects(self) -> pl.DataFrame:
        """What else was estimated: the left side's advantage (log odds), Davidson's nu, and the grades' weights.

        Columns of every table of estimates. nu is the odds of a tie between two equals against half their decided
        comparisons: its interval is that of its logarithm. A grade's weight is against that of the strongest, between equals.
        """
        if self.fit is None:
            return estimates_frame([])
        fit, z, rows = self.fit, z_quantile(self.confidence), []
        counts: dict[str, Any] = {
            "n_items": self.data.n_items,
            "n_raters": self.data.n_raters,
            "n_ratings": self.data.n,
        }
        method, m = f"{percent(self.confidence)} Wald interval", self.design.n_models
        errors = np.sqrt(np.maximum(np.diag(fit.covariance), 0.0))
        if fit.advantage is not None:
            half = z * float(errors[m])
            rows.append(
                Estimate(
                    statistic="left advantage",
                    value=fit.advantage,
                    low=fit.advantage - half,
                    high=fit.advantage + half,
                    se=float(errors[m]),
                    method=method,
                    dimension=self.dimension,
                    **counts,
                )
            )
        top = float(self.data.steps[-1])
        for level, weight, error in zip(fit.levels, fit.weights, errors[m + int(self.design.sides) :], strict=True):
            name = "nu" if level == 0 else f"weight of grade {level / top:.3g} of the strongest"
            value = float(np.exp(weight))
            rows.append(
                Estimate(
                    statistic=name,
                    value=value,
                    low=value * float(np.exp(-z * error)),
                    high=value * float(np.exp(z * error)),
                    se=value * float(error),
                    method=method,
                    dimension=self.dimension,
                    **counts,
                )
            )
        return estimates_frame(rows)

    @cached_property
    def wins(self) -> pl.DataFrame:
        """Verdicts observed: model, opponent, wins, ties, losses (Int64), n, share (wins and half the ties over n).

        Every two models that met stand twice, once from each one's side.
        """
        data = self.data
        sign = np.sign(data.steps)
        lost, tied, won = (np.rint(data.counts[:, sign == one].sum(axis=1)).astype(np.int64) for one in (1, 0, -1))
        names = np.array(data.models, dtype=object)
        both = [(data.left, data.right, won, lost), (data.right, data.left, lost, won)]
        frames = [
            pl.DataFrame(
                {
                    "model": names[one].tolist(),
                    "opponent": names[other].tolist(),
                    "wins": up,
                    "ties": tied,
                    "losses": down,
                },
                schema={
                    "model": pl.String,
                    "opponent": pl.String,
                    **dict.fromkeys(("wins", "ties", "losses"), pl.Int64),
                },
            )
            for one, other, up, down in both
        ]
        n = pl.col("wins") + pl.col("ties") + pl.col("losses")
        return (
            pl.concat(frames)
            .group_by("model", "opponent")
            .agg(pl.col("wins", "ties", "losses").sum())
            .with_columns(n.alias("n"), ((pl.col("wins") + pl.col("ties") / 2) / n).alias("share"))
            .sort("model", "opponent")
        )

    @cached_property
    def probabilities(self) -> pl.DataFrame:
        """What is to be expected of each two models of the main group, neither side having an advantage.

        Columns model, opponent, difference, se, low, high (Float64: of strengths), win, tie, loss (Float64: probabilities),
        win_low, win_high (at the ends of the difference's interval, the chance of a tie between equals held fixed).
        """
        names, m = self._own, self.design.n_models
        one, other = (index.ravel() for index in np.meshgrid(np.arange(m), np.arange(m), indexing="ij"))
        one, other = one[one != other], other[one != other]
        columns = ("difference", "se", "low", "high", "win", "tie", "loss", "win_low", "win_high")
        schema = {"model": pl.String, "opponent": pl.String, **dict.fromkeys(columns, pl.Float64)}
        if self.fit is None:
            return pl.DataFrame(schema=schema)
        fit = self.fit
        difference = fit.strengths[one] - fit.strengths[other]
        if self.intervals == "items" and self.drawn is not None:
            drawn = self.drawn[:, one] - self.drawn[:, other]
            tail = (1 - self.confidence) / 2
            low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
            se = drawn.std(axis=0, ddof=1)
        else:
            cov = fit.covariance
            se = np.sqrt(np.maximum(cov[one, one] + cov[other, other] - 2 * cov[one, other], 0.0))
            low, high = difference - z_quantile(self.confidence) * se, difference + z_quantile(self.confidence) * se
        win, tie, loss = self._chances(difference)
        return pl.DataFrame(
            {
                "model": [names[place] for place in one],
                "opponent": [names[place] for place in other],
                **dict(
                    zip(
                        columns,
                        (difference, se, low, high, win, tie, loss, self._chances(low)[0], self._chances(high)[0]),
                        strict=True,
                    )
                ),
            },
            schema=schema,
        )

    def _chances(self, difference: Array) -> tuple[Array, Array, Array]:
        """Return the probabilities of win, tie and loss for differences of strength."""
        zero = np.zeros(1, np.int64)
        two = Design(zero, zero + 1, self.design.steps, 2, sides=False)
        values = np.zeros((len(difference), two.size))
        values[:, 1] = difference
        values[:, 2:] = self._fitted.weights
        table = verdict_probabilities(two, values)[:, 0, :]
        return tuple(table[:, np.sign(two.steps) == sign].sum(axis=1) for sign in (1, 0, -1))

    @cached_property
    def rank_shares(self) -> pl.DataFrame:
        """How often each model has each rank in the bootstrap: model, rank (Int64), share (Float64); empty without one."""
        schema = {"model": pl.String, "rank": pl.Int64, "share": pl.Float64}
        if self.drawn is None:
            return pl.DataFrame(schema=schema)
        ranks, m = ranked(self.drawn), self.design.n_models
        table = np.stack([np.bincount(ranks[:, place], minlength=m + 1)[1:] for place in range(m)]) / len(ranks)
        names = np.repeat(np.array(self._own, dtype=object), m).tolist()
        rows = {"model": names, "rank": np.tile(np.arange(1, m + 1), m), "share": table.ravel()}
        return pl.DataFrame(rows, schema=schema).filter(pl.col("share") > 0)

    def to_frame(self) -> pl.DataFrame:
        """Return the strengths with their ranks."""
        return self.strengths

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return strengths and effects."""
        effects = self.effects
        ties = " (nu: the larger, the more ties)" if "nu" in effects["statistic"] else ""
        found = {"Strengths": self.strengths, f"Effects{ties}": effects}
        return {title: frame for title, frame in found.items() if title == "Strengths" or frame.height}

    def in_words(self) -> str:
        """Return who is ahead and how sure that is."""
        data = self.data
        if not data.n:
            return " ".join(["No comparison of two models has a verdict.", *self._left_out()])
        counted = [f"{data.n:,} comparisons of {len(data.models)} models"]
        counted += [
            f"{n:,} {word}{'s' if n != 1 else ''}"
            for n, word in ((data.n_items, "item"), (data.n_raters, "rater"))
            if n
        ]
        parts = [f"{', '.join(counted)} ({self.method})."]
        if self.fit is None:
            parts.append(f"No strength can be estimated: {self.found.notes[0]}.")
        else:
            parts += self._leader()
            missing = len(data.models) - self.design.n_models
            if missing:
                parts.append(
                    f"{missing} of the models {'has' if missing == 1 else 'have'} no finite estimate; the table says why."
                )
            for row in self.effects.filter(pl.col("statistic") == "left advantage").iter_rows(named=True):
                odds = in_digits(float(np.exp(row["value"])), float(np.exp(row["low"])), float(np.exp(row["high"])))
                parts.append(f"Standing on the left multiplies the odds of being preferred by {odds}.")
        return " ".join([*parts, *self.notes, *self._left_out()])

    def _leader(self) -> list[str]:
        first, second = self.models[0], self.models[1]
        (row,) = self.probabilities.filter(pl.col("model") == first, pl.col("opponent") == second).to_dicts()
        chance = f"{100 * row['win']:.0f} % [{100 * row['win_low']:.0f}, {100 * row['win_high']:.0f}]"
        tied = f", a tie in {100 * row['tie']:.0f} %" if len(self.design.steps) % 2 else ""
        sure = "" if row["low"] > 0 else "; the interval leaves their order open"
        words = [
            f"{first} is the strongest: it is expected to be preferred to {second}, the next, in {chance} of comparisons{tied}{sure}."
        ]
        if row["difference"] < _EQUAL:
            words = [f"{first} and {second} are equally strong, and none is stronger."]
        ranks = self.strengths.row(0, named=True)
        if ranks["rank_low"] is not None:
            low, high = ranks["rank_low"], ranks["rank_high"]
            where = f"rank {low}" if low == high else f"ranks {low} to {high}"
            words.append(
                f"Resampling {self._drawn_units} leaves it at {where} with {percent(self.confidence)} confidence."
            )
        return words

    def _left_out(self) -> list[str]:
        if not self.data.left_out:
            return []
        told = ", ".join(f"{n:,} {reason}" for reason, n in self.data.left_out)
        return [f"Left out: comparisons {told}."]


def ranked(strengths: Array) -> NDArray[np.int64]:
    """Return the rank of each model in each row of strengths, 1 the strongest."""
    order = np.argsort(-strengths, axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(1, strengths.shape[1] + 1)[None, :], axis=1)
    return ranks.astype(np.int64)
