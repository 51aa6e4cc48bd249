"""Scores of models as arrays: what each rater gave each response, and sums over items, which comparisons are made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from rubricwidgets.stats.mixed import Scored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Cells:
    """The scores of one dimension.

    Parameters
    ----------
    models
        Their names, in order; models and everything else are counted from 0 in the arrays.
    item, model, rater, response
        Of each score.
    score
        The scores.
    n_items, n_raters, n_responses
        How many there are.

    """

    models: tuple[str, ...]
    item: Indices
    model: Indices
    rater: Indices
    response: Indices
    score: Array
    n_items: int
    n_raters: int
    n_responses: int

    @classmethod
    def of(cls, frame: pl.DataFrame, models: Sequence[str]) -> Cells:
        """Take the rows of one dimension that have a model and a score."""
        given = frame.filter(pl.col("score").is_not_null() & pl.col("model").is_in(list(models)))
        # Sums round by the order of what is added: in one order they are the same numbers however the rows came.
        given = given.sort("item", "model", "response", "rater", "score")
        index = {name: place for place, name in enumerate(models)}
        response = pl.struct("item", "model", "response").rank("dense") if given.height else pl.lit(0)
        coded = given.select(
            pl.col("item").rank("dense") - 1,
            pl.col("model").replace_strict(index, return_dtype=pl.Int64),
            pl.col("rater").rank("dense") - 1,
            (response - 1).alias("response"),
            "score",
        )
        item, model, rater, of = (
            coded[name].to_numpy().astype(np.int64) for name in ("item", "model", "rater", "response")
        )
        n_items, n_raters, n_responses = (int(one.max(initial=-1)) + 1 for one in (item, rater, of))
        score = coded["score"].to_numpy().astype(np.float64)
        return cls(tuple(models), item, model, rater, of, score, n_items, n_raters, n_responses)

    @cached_property
    def sums(self) -> Array:
        """Sums of the scores of each item and model, shape (items, models)."""
        return self._table(self.score)

    @cached_property
    def counts(self) -> Array:
        """How many scores each item and model has, shape (items, models)."""
        return self._table(np.ones_like(self.score))

    @cached_property
    def item_means(self) -> Array:
        """Mean score of each item and model, 0 where it has none, shape (items, models)."""
        return np.asarray(np.divide(self.sums, self.counts, out=np.zeros_like(self.sums), where=self.counts > 0))

    @cached_property
    def rated(self) -> Array:
        """1 where an item has scores of a model, shape (items, models)."""
        return (self.counts > 0).astype(np.float64)

    @cached_property
    def variances(self) -> Array:
        """Sample variance of the single scores of each model; NaN for fewer than two."""
        n = self.counts.sum(axis=0)
        mean = self.sums.sum(axis=0) / np.maximum(n, 1)
        squares = np.bincount(self.model, (self.score - mean[self.model]) ** 2, minlength=len(self.models))
        return np.asarray(np.divide(squares, n - 1, out=np.full(len(self.models), np.nan), where=n > 1))

    @cached_property
    def by_rater(self) -> tuple[Indices, Indices, Array]:
        """Mean scores by item, rater and model: item and rater of each row, and the means, NaN where there is none."""
        key, row = np.unique(self.item * max(self.n_raters, 1) + self.rater, return_inverse=True)
        flat = row * len(self.models) + self.model
        shape = (len(key), len(self.models))
        sums = np.bincount(flat, self.score, minlength=shape[0] * shape[1]).reshape(shape)
        counts = np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape)
        means = np.divide(sums, counts, out=np.full(shape, np.nan), where=counts > 0)
        return key // max(self.n_raters, 1), key % max(self.n_raters, 1), means

    def of_model(self, place: int) -> Array:
        """Return the scores of one model."""
        return np.asarray(self.score[self.model == place])

    def scored(self) -> Scored:
        """Return what a mixed model takes; several scores of one rater for a response count each."""
        first = np.unique(self.response, return_index=True)[1]
        return Scored(
            self.score,
            self.response,
            self.rater,
            self.model[first],
            self.item[first],
            len(self.models),
            self.n_items,
            self.n_raters,
        )

    def _table(self, weights: Array) -> Array:
        shape = (self.n_items, len(self.models))
        flat = self.item * len(self.models) + self.model
        table = np.bincount(flat, weights, minlength=shape[0] * shape[1]).reshape(shape)
        return np.asarray(table, dtype=np.float64)
