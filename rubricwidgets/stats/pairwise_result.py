"""What :func:`rubricwidgets.stats.pairwise.pairwise` returns: tables of strengths, effects, wins, probabilities and ranks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from rubricwidgets.stats.bradley_terry import Design, Fit, verdict_probabilities
from rubricwidgets.stats.estimates import (
    ESTIMATES_SCHEMA,
    ONE_ITEM,
    SAME,
    Estimate,
    Result,
    estimates_frame,
    in_digits,
    percent,
)
from rubricwidgets.stats.resampling import percentiles, z_quantile
from rubricwidgets.stats.separation import APART
from rubricwidgets.stats.standing import EQUAL, NAMED, beyond_in_words, in_order, n_above, ranked, standing
from rubricwidgets.texts import counted, enumerated

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rubricwidgets.stats.comparisons_in import Comparisons
    from rubricwidgets.stats.separation import Groups

    Array = NDArray[np.float64]


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
    drawn_effects
        The left side's advantage and the logarithms of nu and of grades' weights in each, where they were estimated.
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
    drawn_effects: Array | None
    reference: str | None
    confidence: float
    intervals: str
    ties: str
    notes: tuple[str, ...] = ()

    @property
    def models(self) -> tuple[str, ...]:
        """Every model, strongest first; those that cannot be compared last, by name."""
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

        Columns model, those of every table of estimates (value on the logit scale), rank, rank_low, rank_high (Int64: 1 and
        how many are stronger, so equals share a rank; the interval is of the bootstrap), wins, ties, losses (Int64). What is
        above or below by no finite distance has a rank and no value.
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
        elif self.intervals == "items":
            notes = [one or (SAME if error == 0 else None) for one, error in zip(notes, se.tolist(), strict=True)]
        fixed = [one is None and name == self.reference for one, name in zip(notes, names, strict=True)]
        tallies = self._tallies()
        ranks = standing(self.found, None if self.fit is None else self.fit.strengths, self.drawn, self.confidence)
        rank, rank_low, rank_high = ([one or None for one in row] for row in ranks.tolist())
        columns = {
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
            "rank": rank,
            "rank_low": rank_low,
            "rank_high": rank_high,
            **{name: tallies[:, place] for place, name in enumerate(("wins", "ties", "losses"))},
        }
        whole = dict.fromkeys(("rank", "rank_low", "rank_high", "wins", "ties", "losses"), pl.Int64)
        frame = pl.DataFrame(columns, schema={"model": pl.String, **ESTIMATES_SCHEMA, **whole}, nan_to_null=True)
        return in_order(frame, "model")

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
        return f"{kind}{sided}, {self._interval}"

    @property
    def _interval(self) -> str:
        if self.fit is None or (self.intervals == "items" and self.drawn is None):
            return "no interval"
        kind = "Wald interval" if self.intervals == "information" else f"bootstrap interval over {self._drawn_units}"
        return f"{percent(self.confidence)} {kind}"

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
            se, low, high = percentiles(value, self.drawn @ contrast.T, self.confidence, still=EQUAL)
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
        fit, m = self.fit, self.design.n_models
        values = np.concatenate([[] if fit.advantage is None else [fit.advantage], fit.weights])
        z = z_quantile(self.confidence)
        if self.intervals == "information":
            se = np.sqrt(np.maximum(np.diag(fit.covariance), 0.0))[m:]
            low, high = values - z * se, values + z * se
        elif self.drawn_effects is not None:
            se, low, high = percentiles(values, self.drawn_effects, self.confidence, still=EQUAL)
        else:
            se = low = high = np.full(len(values), np.nan)
        top = float(self.data.steps[-1])
        names = [] if fit.advantage is None else ["left advantage"]
        names += ["nu" if one == 0 else f"weight of grade {one / top:.3g} of the strongest" for one in fit.levels]
        rows = [
            Estimate(
                statistic=name,
                # Weights are estimated as logarithms; the advantage is one, and stays.
                value=float(value if name == "left advantage" else np.exp(value)),
                low=float(down if name == "left advantage" else np.exp(down)),
                high=float(up if name == "left advantage" else np.exp(up)),
                se=float(error if name == "left advantage" else np.exp(value) * error),
                method=self._interval,
                n_items=self.data.n_items,
                n_raters=self.data.n_raters,
                n_ratings=self.data.n,
                dimension=self.dimension,
                note=ONE_ITEM if not np.isfinite(error) else SAME if self.intervals == "items" and error == 0 else None,
            )
            for name, value, down, up, error in zip(names, values, low, high, se, strict=True)
        ]
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
        if self.intervals == "items" and self.drawn is None:
            low = high = se = np.full(len(one), np.nan)
        elif self.intervals == "items" and self.drawn is not None:
            drawn = self.drawn[:, one] - self.drawn[:, other]
            se, low, high = percentiles(difference, drawn, self.confidence, still=EQUAL)
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
        ).with_columns(pl.col(columns).fill_nan(None))

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
        places = np.arange(1, m + 1) + n_above(self.found)
        rows = {"model": names, "rank": np.tile(places, m), "share": table.ravel()}
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
        base = [f"{counted(data.n, 'comparison')} of {counted(len(data.models), 'model')}"]
        base += [counted(n, word) for n, word in ((data.n_items, "item"), (data.n_raters, "rater")) if n]
        parts = [f"{', '.join(base)} ({self.method})."]
        if self.fit is None:
            parts += beyond_in_words(self.strengths, "model")
            parts.append(f"No strength can be estimated: {self.found.notes[0]}.")
        else:
            parts += [*beyond_in_words(self.strengths, "model"), *self._leader()]
            if apart := self.found.notes.count(APART):
                parts.append(f"{apart} of the models cannot be compared with the others; the table says why.")
            for row in self.effects.filter(pl.col("statistic") == "left advantage").iter_rows(named=True):
                value, low, high = (
                    None if row[end] is None else float(np.exp(row[end])) for end in ("value", "low", "high")
                )
                odds = in_digits(value, low, high)
                parts.append(f"Standing on the left multiplies the odds of being preferred by {odds}.")
        return " ".join([*parts, *self.notes, *self._left_out()])

    def _leader(self) -> list[str]:
        known = self.strengths.filter(pl.col("value").is_not_null() | pl.col("model").is_in(self._own))
        first, second = known["model"][0], known["model"][1]
        rest = "" if self.design.n_models == len(self.data.models) else " of the estimated models"
        (row,) = self.probabilities.filter(pl.col("model") == first, pl.col("opponent") == second).to_dicts()
        ends = "" if row["low"] is None else f" [{100 * row['win_low']:.0f}, {100 * row['win_high']:.0f}]"
        chance = f"{100 * row['win']:.0f} %{ends}"
        tied = f", a tie in {100 * row['tie']:.0f} %" if len(self.design.steps) % 2 else ""
        sure = "" if row["low"] is None or row["low"] > EQUAL else "; the interval leaves their order open"
        ranks = known.row(0, named=True)
        if row["difference"] < EQUAL:
            equals = known.filter(pl.col("rank") == ranks["rank"])["model"].to_list()
            words = [f"{enumerated(equals, NAMED)} are equally strong and share rank {ranks['rank']}."]
        else:
            ahead = f"it is expected to be preferred to {second}, the next, in {chance} of comparisons{tied}{sure}"
            words = [f"{first} is the strongest{rest}: {ahead}."]
        if ranks["rank_low"] is not None:
            low, high = ranks["rank_low"], ranks["rank_high"]
            where = f"rank {low}" if low == high else f"ranks {low} to {high}"
            words.append(
                f"Resampling {self._drawn_units} leaves {first} at {where} with {percent(self.confidence)} confidence."
            )
        return words

    def _left_out(self) -> list[str]:
        if not self.data.left_out:
            return []
        (reason, n), *others = self.data.left_out
        told = [f"{n:,} comparison{'' if n == 1 else 's'} {reason}", *(f"{n:,} {reason}" for reason, n in others)]
        return [f"Left out: {', '.join(told)}."]
