"""The same statistics from a lazy frame, a DuckDB relation and a PySpark frame as from one in memory."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import rubricwidgets as rw
from rubricwidgets.errors import InputError
from rubricwidgets.stats.agreement import agreement
from rubricwidgets.stats.rater_pairs import rater_pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

RUBRIC = rw.Rubric(
    "r",
    dimensions=[
        rw.Dimension("accuracy", "?", rw.Ordinal(1, 5)),
        rw.Dimension("overall", "?", rw.Continuous(0, 1)),
        rw.Dimension("fault", "?", rw.Nominal(["none", "padding", "wrong fact"])),
    ],
)
SCHEMA = {
    "item": pl.String,
    "response": pl.String,
    "model": pl.String,
    "rater": pl.String,
    "dimension": pl.String,
    "score": pl.Float64,
    "label": pl.String,
    "not_applicable": pl.Boolean,
}


def simulated(items: int = 60) -> pl.DataFrame:
    """Two responses an item, some ratings missing, some not applicable."""
    random = np.random.default_rng(11)
    rows = []
    for item in range(items):
        for model in ("aster", "birch"):
            truth = random.normal(3, 1)
            for rater in random.choice(6, 3, replace=False):
                key = (f"i{item}", f"i{item}-{model}", model, f"r{rater}")
                noisy = truth + random.normal(0, 0.7)
                rows.append((*key, "accuracy", float(np.clip(round(noisy), 1, 5)), None, False))
                rows.append((*key, "overall", float(np.clip(noisy / 6, 0, 1)), None, False))
                fault = ("none", "padding", "wrong fact")[int(np.clip(noisy - 1, 0, 2))]
                away = bool(random.random() < 0.1)
                rows.append((*key, "fault", None, "not applicable" if away else fault, away))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


SCORES = simulated()


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    if shutil.which("java") is None:
        pytest.skip("PySpark takes Java, and there is no 'java' here")
    from pyspark import sql  # noqa: PLC0415 - loads only where Java is

    session = (
        sql.SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.adaptive.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def duck() -> Iterator[Any]:
    import duckdb  # noqa: PLC0415 - beside the other engine

    with duckdb.connect() as connection:
        yield connection


@pytest.fixture(params=["polars lazy", "parquet", "duckdb", "pyspark", "pandas", "arrow"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[pl.DataFrame], Any]:
    """Return what moves a frame to another engine."""

    def parquet(frame: pl.DataFrame) -> Path:
        path = tmp_path / "scores.parquet"
        frame.write_parquet(path)
        return path

    if request.param == "polars lazy":
        return lambda frame: frame.lazy()
    if request.param == "parquet":
        return lambda frame: pl.scan_parquet(parquet(frame))
    if request.param == "duckdb":
        connection = request.getfixturevalue("duck")
        return lambda frame: connection.read_parquet(str(parquet(frame)))
    if request.param == "pyspark":
        session = request.getfixturevalue("spark")
        return lambda frame: session.read.parquet(str(parquet(frame)))
    if request.param == "pandas":
        return lambda frame: frame.to_pandas()
    return lambda frame: frame.to_arrow()


def same(left: pl.DataFrame, right: pl.DataFrame) -> None:
    for name in left.columns:
        if left[name].dtype == pl.Float64:
            assert right[name].is_null().to_list() == left[name].is_null().to_list(), name
            both = left[name].is_not_null()
            assert right[name].filter(both).to_list() == pytest.approx(left[name].filter(both).to_list(), abs=1e-9), (
                name
            )
        else:
            assert right[name].to_list() == left[name].to_list(), name


def test_every_engine_gives_the_same_agreement(elsewhere: Callable[[pl.DataFrame], Any]) -> None:
    same(agreement(SCORES, RUBRIC), agreement(elsewhere(SCORES), RUBRIC))


def test_every_engine_gives_the_same_coefficients_by_model(elsewhere: Callable[[pl.DataFrame], Any]) -> None:
    asked: dict[str, Any] = {"statistics": ["fleiss", "ac2", "kappa"], "by": "model", "dimensions": ["accuracy"]}
    same(agreement(SCORES, RUBRIC, **asked), agreement(elsewhere(SCORES), RUBRIC, **asked))


def test_every_engine_gives_the_same_pairs_of_raters(elsewhere: Callable[[pl.DataFrame], Any]) -> None:
    asked: dict[str, Any] = {"dimensions": ["accuracy", "overall"]}
    same(rater_pairs(SCORES, RUBRIC, **asked), rater_pairs(elsewhere(SCORES), RUBRIC, **asked))


def test_a_seed_draws_the_same_samples_on_every_engine(elsewhere: Callable[[pl.DataFrame], Any]) -> None:
    asked: dict[str, Any] = {"interval": "bca", "resamples": 100, "dimensions": ["overall"]}
    same(agreement(SCORES, RUBRIC, **asked), agreement(elsewhere(SCORES), RUBRIC, **asked))


def test_without_an_interval_only_patterns_travel_and_the_value_stays(elsewhere: Callable[[pl.DataFrame], Any]) -> None:
    asked: dict[str, Any] = {"statistics": "percent", "dimensions": ["accuracy"], "interval": None}
    same(agreement(SCORES, RUBRIC, **asked), agreement(elsewhere(SCORES), RUBRIC, **asked))


def test_every_engine_refuses_answers_given_twice_and_nulls(elsewhere: Callable[[pl.DataFrame], Any]) -> None:
    with pytest.raises(InputError, match="one answer for each of item, response, rater, dimension"):
        agreement(elsewhere(pl.concat([SCORES, SCORES.head(1)])), RUBRIC)
    nobody = SCORES.with_columns(pl.when(pl.int_range(pl.len()) > 2).then("rater").alias("rater"))
    with pytest.raises(InputError, match="a value for 'rater' in every row"):
        agreement(elsewhere(nobody), RUBRIC)


def test_every_engine_refuses_scores_of_another_scale(elsewhere: Callable[[pl.DataFrame], Any]) -> None:
    other = SCORES.with_columns(pl.col("score") + 0.5)
    with pytest.raises(InputError, match="'accuracy' takes 1"):
        agreement(elsewhere(other), RUBRIC, dimensions=["accuracy"])
