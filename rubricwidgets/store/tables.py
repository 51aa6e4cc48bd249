"""From what stores keep as text to typed columns, inside Polars."""

from __future__ import annotations

import polars as pl

from rubricwidgets.store.base import ANSWER, TABLE_SCHEMA


def decoded(raw: pl.DataFrame) -> pl.DataFrame:
    """Return a frame of :data:`TABLE_SCHEMA` from one whose answers are still JSON text."""
    answers = pl.col("answers").str.json_decode(pl.List(ANSWER))
    return raw.with_columns(answers).select(pl.col(name).cast(dtype) for name, dtype in TABLE_SCHEMA.items())
