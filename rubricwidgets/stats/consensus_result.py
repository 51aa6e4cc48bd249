"""What :func:`rubricwidgets.stats.consensus.consensus` returns: answers, raters, confusions, and the words for what is undefined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from rubricwidgets.stats.estimates import NO_SCORES, Result, in_digits, percent
from rubricwidgets.texts import counted

Method = Literal["majority", "mean", "median", "trimmed_mean", "dawid_skene", "mace"]
METHODS: tuple[Method, ...] = ("majority", "mean", "median", "trimmed_mean", "dawid_skene", "mace")
OF_NUMBERS = ("mean", "median", "trimmed_mean")
OF_MODELS = ("dawid_skene", "mace")

_WORDS: dict[Method, str] = {
    "majority": "majority",
    "mean": "mean",
    "median": "median",
    "trimmed_mean": "trimmed mean",
    "dawid_skene": "Dawid and Skene's model",
    "mace": "MACE",
}
_UNSURE = 0.8

TIED = "a tie: no answer was given most often"
TIED_IN_MODEL = "a tie: the model holds several answers for equally likely"
NO_NUMBER = "its answers are categories, which have no mean or median"
NO_VALUES = "its scores have no fixed values: take 'mean', 'median' or 'trimmed_mean'"
ONE_RATING = "one rating only: nothing says how sure it is"
FEW_RATINGS = "too few ratings for an interval"
ALL_SAME = "every rater gave the same: no interval"
KEPT_SAME = "the scores that are kept are all the same: no interval"
NO_SHARED = "too few units that another rater answered too, or that the others agree on"
ALL_ALIKE = "the rater's answers, or the others' on the same units, are all the same"
NO_INTERVAL = "the model gives no interval"

#: One row per response (or item) and dimension.
CONSENSUS_SCHEMA = pl.Schema(
    {
        "dimension": pl.String,
        "item": pl.String,
        "response": pl.String,
        "model": pl.String,
        "score": pl.Float64,
        "label": pl.String,
        "confidence": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "se": pl.Float64,
        "method": pl.String,
        "n_raters": pl.Int64,
        "note": pl.String,
    }
)
#: One row per rater, dimension, truth and answer.
CONFUSION_SCHEMA = pl.Schema(
    {"rater": pl.String, "dimension": pl.String, "truth": pl.String, "answer": pl.String, "share": pl.Float64}
)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ConsensusResult(Result):
    """What raters together say, and how reliable each of them is.

    Parameters
    ----------
    answers
        One row per dimension and response, see :data:`CONSENSUS_SCHEMA`.
    reliability
        One row per dimension, statistic and rater: rater, then the columns of every table of estimates.
    confusion
        Of Dawid and Skene's model, see :data:`CONFUSION_SCHEMA`; empty with other methods.
    method
        As asked for.
    notes
        What to know about the whole, in words.

    """

    answers: pl.DataFrame
    reliability: pl.DataFrame
    confusion: pl.DataFrame
    method: Method
    notes: tuple[str, ...] = ()

    def to_frame(self) -> pl.DataFrame:
        """Return the answers."""
        return self.answers

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return answers and raters."""
        return {"Answers": self.answers, "Raters": self.reliability}

    def in_words(self) -> str:
        """Return how much was settled, and whom it rests on least."""
        found = self.answers.filter(pl.col("score").is_not_null() | pl.col("label").is_not_null())
        if self.answers.is_empty():
            return f"Consensus by {_WORDS[self.method]}: {NO_SCORES}."
        n = self.answers["dimension"].n_unique()
        where = f"{n} dimensions" if n > 1 else repr(self.answers["dimension"][0])
        settled = f"{found.height:,} of {counted(self.answers.height, 'answer')} on {where} {'is' if found.height == 1 else 'are'} settled"
        parts = [f"Consensus by {_WORDS[self.method]}: {settled}."]
        if self.answers["n_raters"].max() == 1:
            parts.append("Each is what its only rater said.")
        ties = self.answers.filter(pl.col("note").is_in([TIED, TIED_IN_MODEL])).height
        if ties:
            parts.append(f"{ties:,} are ties.")
        sure = found["confidence"].drop_nulls()
        if sure.len():
            what = "estimated probability" if self.method in OF_MODELS else "share of the raters who gave it"
            unsure = int((sure < _UNSURE).sum())
            parts.append(
                f"For {unsure:,} of them the {what} is below {percent(_UNSURE)}."
                if unsure
                else f"For all of them the {what} is at least {percent(_UNSURE)}."
            )
        known = self.reliability.filter(
            pl.col("value").is_not_null(), pl.col("statistic") != "difference from the others"
        )
        if known["rater"].n_unique() > 1:
            per_rater = (
                known.group_by("rater").agg(pl.col("value").mean(), pl.col("statistic").first()).sort("value", "rater")
            )
            name, value, statistic = per_rater.row(0)
            parts.append(
                f"The lowest {statistic}, averaged over dimensions, is {name}'s: {in_digits(value)}."
                if value < per_rater["value"][-1]
                else f"Every rater's {statistic}, averaged over dimensions, is {in_digits(value)}."
            )
        return " ".join([*parts, *self.notes])
