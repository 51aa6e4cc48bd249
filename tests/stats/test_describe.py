"""Counts, means and shares, held against numbers worked out by hand."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import rubricwidgets as rw
from rubricwidgets.errors import InputError
from rubricwidgets.frames import SCORES_SCHEMA

RUBRIC = rw.Rubric(
    "r",
    dimensions=[
        rw.Dimension("accuracy", "?", rw.Ordinal(1, 3, anchors={1: "wrong", 3: "right"}, not_applicable=True)),
        rw.Dimension("safe", "?", rw.Binary()),
        rw.Dimension("faults", "?", rw.Nominal(["none", "padding", "fact"], multiple=True)),
        rw.Dimension("overall", "?", rw.Continuous(0, 10)),
        rw.Dimension("clear_task", "?", rw.Binary(), about="item"),
    ],
)


def row(item: str, rater: str, dimension: str, score: float | None = None, **other: Any) -> dict[str, Any]:
    about_item = dimension == "clear_task"
    model = None if about_item else ("aster" if item < "c" else "birch")
    base = dict.fromkeys(SCORES_SCHEMA)
    fixed = {"item": item, "response": None if about_item else f"{item}-r", "model": model, "rater": rater}
    return {**base, **fixed, "dimension": dimension, "score": score, "not_applicable": False, **other}


def frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCORES_SCHEMA)


SCORES = frame(
    [
        row("a", "x", "accuracy", 1.0, label="wrong"),
        row("a", "y", "accuracy", 3.0, label="right"),
        row("b", "x", "accuracy", 3.0, label="right"),
        row("c", "x", "accuracy", not_applicable=True),
        row("a", "x", "safe", 1.0, label="Yes"),
        row("b", "x", "safe", 0.0, label="No"),
        row("a", "x", "faults", label="padding; fact"),
        row("b", "x", "faults", label="none"),
        row("a", "x", "overall", 2.5),
        row("a", "x", "clear_task", 1.0, label="Yes"),
        row("a", "y", "clear_task", 1.0, label="Yes"),
    ]
)


def shares(table: pl.DataFrame, dimension: str) -> dict[str, float]:
    return dict(table.filter(pl.col("dimension") == dimension).select("level", "share").rows())


def test_each_dimension_has_its_counts_in_the_order_of_the_rubric() -> None:
    table = rw.stats.summary(SCORES, RUBRIC)
    assert table["dimension"].to_list() == ["accuracy", "safe", "faults", "overall", "clear_task"]
    assert table["n"].to_list() == [3, 2, 2, 1, 2]
    assert table["not_applicable"].to_list() == [1, 0, 0, 0, 0]
    # Four ratings of a response (a by x and y, b and c by x), each asked four dimensions; four ratings of an item.
    assert table["missing"].to_list() == [0, 2, 2, 3, 2]
    assert table["mean"].to_list() == [7 / 3, 0.5, None, 2.5, 1.0]
    assert table["median"].to_list() == [3.0, 0.5, None, 2.5, 1.0]
    assert table["sd"].to_list() == pytest.approx([(4 / 3) ** 0.5, 0.5**0.5, None, None, 0.0])


def test_shares_name_every_level_and_unobserved_ones_are_zero() -> None:
    table = rw.stats.levels(SCORES, RUBRIC)
    assert table.schema == {
        **dict.fromkeys(("dimension", "level", "label"), pl.String),
        "score": pl.Float64,
        "n": pl.Int64,
        "share": pl.Float64,
    }
    assert shares(table, "accuracy") == {"1": 1 / 3, "2": 0.0, "3": 2 / 3}
    assert shares(table, "safe") == {"No": 0.5, "Yes": 0.5}
    assert shares(table, "faults") == {"none": 0.5, "padding": 0.5, "fact": 0.5}
    assert shares(table, "overall") == {}
    assert table.row(0) == ("accuracy", "1", "wrong", 1.0, 1, 1 / 3)
    assert table["dimension"].unique(maintain_order=True).to_list() == ["accuracy", "safe", "faults", "clear_task"]


def test_levels_of_each_model_are_its_own_and_without_answers_have_no_share() -> None:
    table = rw.stats.levels(SCORES, RUBRIC, by="model")
    accuracy = table.filter(pl.col("dimension") == "accuracy")
    assert accuracy.select("model", "level", "n").rows() == [
        *(("aster", "1", 1), ("aster", "2", 0), ("aster", "3", 2)),
        *(("birch", "1", 0), ("birch", "2", 0), ("birch", "3", 0)),
    ]
    assert accuracy["share"].to_list() == [1 / 3, 0.0, 2 / 3, None, None, None]


def test_a_summary_has_the_shares_in_short_and_no_list_in_a_cell() -> None:
    table = rw.stats.summary(SCORES, RUBRIC)
    assert not any(kind.is_nested() for kind in table.dtypes)
    assert dict(table.select("dimension", "shares").rows()) == {
        "accuracy": "1 to 3: 33 0 67 %",
        "safe": "No 50 %, Yes 50 %",
        "faults": "none 50 %, padding 50 %, fact 50 %",
        "overall": None,
        "clear_task": "No 0 %, Yes 100 %",
    }
    # A column of a notebook shows 30 characters: five points, and seven, have room there.
    assert len("1 to 7: 14 14 15 14 14 15 14 %") <= 30


def test_a_rare_answer_is_never_rounded_to_none() -> None:
    many = frame([row(f"i{n}", "x", "safe", float(n > 0), label="Yes" if n else "No") for n in range(400)])
    assert rw.stats.summary(many, RUBRIC).row(1, named=True)["shares"] == "No <1 %, Yes >99 %"


def test_the_rows_of_each_model_are_its_own() -> None:
    table = rw.stats.summary(SCORES, RUBRIC, by="model")
    accuracy = table.filter(pl.col("dimension") == "accuracy")
    assert accuracy["model"].to_list() == ["aster", "birch"]
    assert accuracy["n"].to_list() == [3, 0]
    assert accuracy["missing"].to_list() == [0, 0]
    item = table.filter(pl.col("dimension") == "clear_task")
    assert item["model"].to_list() == [None]


def test_a_rubric_is_not_needed() -> None:
    table = rw.stats.summary(SCORES)
    assert table["dimension"].to_list() == ["accuracy", "safe", "faults", "overall", "clear_task"]
    assert table["shares"].to_list()[:2] == ["1 33 %, 3 67 %", "No 50 %, Yes 50 %"]
    assert shares(rw.stats.levels(SCORES), "accuracy") == {"1": 1 / 3, "3": 2 / 3}


def test_an_empty_study_has_a_row_per_dimension_and_no_numbers() -> None:
    table = rw.stats.summary(frame([]), RUBRIC)
    assert table["n"].to_list() == [0] * 5
    assert table["mean"].to_list() == [None] * 5
    assert table["shares"].to_list() == [None] * 5
    assert rw.stats.summary(frame([])).is_empty()


def test_the_interval_counts_items_and_not_scores() -> None:
    table = rw.stats.means(SCORES, RUBRIC, by=None)
    accuracy = table.row(by_predicate=pl.col("dimension") == "accuracy", named=True)
    # Items a and b have means 2 and 3: mean 2.5, se 0.5, t(1, .975) = 12.7062 (any t table).
    assert accuracy["value"] == 2.5
    assert accuracy["se"] == pytest.approx(0.5)
    assert (accuracy["low"], accuracy["high"]) == pytest.approx((2.5 - 6.3531, 2.5 + 6.3531), abs=1e-4)
    assert (accuracy["n_items"], accuracy["n_raters"], accuracy["n_ratings"]) == (2, 2, 3)
    assert accuracy["method"] == "95 % t interval over item means (these raters)"
    overall = table.row(by_predicate=pl.col("dimension") == "overall", named=True)
    assert (overall["low"], overall["high"], overall["se"]) == (None, None, None)
    assert overall["note"] == "one item only: no interval"


def test_categories_have_no_mean() -> None:
    (row,) = rw.stats.means(SCORES, RUBRIC).filter(pl.col("dimension") == "faults").to_dicts()
    assert row["value"] is None
    assert row["low"] is None
    assert row["note"] == "its answers are categories, which have no mean"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: rw.stats.summary(SCORES.drop("rater")), "lacks 'rater'"),
        (lambda: rw.stats.summary([1]), "takes a frame such as"),
        (lambda: rw.stats.summary(SCORES, by="modle"), "did you mean 'model'"),
        (lambda: rw.stats.means(SCORES, confidence=95.0), "above 0 and below 1"),
        (lambda: rw.stats.summary(SCORES, "x"), r"'rubric' takes a Rubric, such as study.rubric \(got str\)"),
        (
            lambda: rw.stats.levels(SCORES.cast({"score": pl.String})),
            r"takes numbers in the column 'score' \(got String\)",
        ),
        (lambda: rw.stats.means(SCORES.cast({"not_applicable": pl.Int8})), "takes true and false"),
    ],
)
def test_bad_input_is_refused_in_words(call: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        call()


def test_a_single_level_is_no_range_of_levels() -> None:
    frame = pl.DataFrame(
        {
            "item": ["a", "b"],
            "response": ["r", "s"],
            "rater": ["x", "x"],
            "dimension": ["tone", "tone"],
            "score": [3.0, 3.0],
            "label": [None, None],
            "not_applicable": [False, False],
        },
        schema_overrides={"label": pl.String},
    )
    assert rw.stats.summary(frame)["shares"].to_list() == ["3: 100 %"]


def test_frames_of_other_libraries_and_without_what_nobody_said_are_as_good() -> None:
    plain = pl.DataFrame({"item": ["a", "b"], "rater": ["x", "x"], "dimension": ["d", "d"], "score": [2.0, 4.0]})
    whole = plain.with_columns(
        pl.lit(None, pl.String).alias("response"),
        pl.lit(None, pl.String).alias("label"),
        pl.lit(value=False).alias("not_applicable"),
    )
    for frame in (plain, plain.to_pandas(), plain.to_arrow(), plain.lazy()):
        assert rw.stats.summary(frame).equals(rw.stats.summary(whole))
        assert rw.stats.means(frame, by=None).equals(rw.stats.means(whole, by=None))
