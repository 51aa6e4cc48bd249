"""Twenty million ratings in a Parquet file: Polars streaming, DuckDB and PySpark give one answer."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import rubricwidgets as rw
from benchmarks.row import Row, once
from rubricwidgets.stats.agreement import agreement

ITEMS, EACH, RATERS, PARTS = 2_000_000, 10, 200, 10
RUBRIC = rw.Rubric("bench", dimensions=[rw.Dimension("accuracy", "?", rw.Ordinal(1, 5))])


def write(folder: Path) -> Path:
    """Write the ratings, in parts to spare memory, and return the one file that holds all."""
    random = np.random.default_rng(0)
    size = ITEMS // PARTS
    for part in range(PARTS):
        item = np.repeat(np.arange(part * size, (part + 1) * size), EACH)
        first, step = random.integers(0, RATERS, (size, 1)), random.integers(1, 19, (size, 1))
        rater = ((first + np.arange(EACH) * step) % RATERS).ravel()
        score = np.clip(np.repeat(random.integers(1, 6, size), EACH) + random.integers(-1, 2, len(item)), 1, 5)
        pl.DataFrame({"item": item, "rater": rater, "score": score.astype(float)}).select(
            pl.format("item-{}", "item").alias("item"),
            pl.format("rater-{}", "rater").alias("rater"),
            pl.lit("accuracy").alias("dimension"),
            "score",
        ).write_parquet(folder / f"part-{part}.parquet")
    whole = folder / "ratings.parquet"
    pl.scan_parquet(folder / "part-*.parquet").sink_parquet(whole)
    return whole


def run() -> list[Row]:
    size = f"{ITEMS * EACH:,} ratings from Parquet"
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder))
        answers = []

        def ask(frame: Any) -> None:
            answers.append(agreement(frame, RUBRIC)["value"][0])

        polars = min(once(lambda: ask(pl.scan_parquet(path))) for _ in range(3))
        rows.append(Row(f"ordinal alpha with interval, {size}, Polars streaming", polars, "s", at_most=3.0))
        import duckdb

        with duckdb.connect() as connection:
            seconds = min(once(lambda: ask(connection.read_parquet(str(path)))) for _ in range(2))
            rows.append(Row(f"same, DuckDB {duckdb.__version__}", seconds, "s"))
        if shutil.which("java"):
            rows.append(_spark(path, ask))
        assert max(answers) - min(answers) < 1e-9, answers
    return rows


def _spark(path: Path, ask: Any) -> Row:
    import pyspark
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[*]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "6g")
        .config("spark.sql.shuffle.partitions", "8")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    try:
        seconds = once(lambda: ask(session.read.parquet(str(path))))
    finally:
        session.stop()
    return Row(f"same, PySpark {pyspark.__version__}, local mode, its start not counted", seconds, "s")
