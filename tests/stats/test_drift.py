"""Control charts, held against the published examples and against plain loops."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rubricwidgets as rw
from rubricwidgets.errors import InputError
from rubricwidgets.stats.control import cusum, cusum_run_length, ewma, ewma_run_length
from rubricwidgets.stats.drift import POINTS_SCHEMA, drift

RUBRIC = rw.Rubric(
    "r", dimensions=[rw.Dimension("tone", "?", rw.Ordinal(1, 5)), rw.Dimension("mood", "?", rw.Nominal(["a", "b"]))]
)
START = datetime(2026, 5, 1, tzinfo=UTC)


def series_of(values: list[float], target: float, sigma: float) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "s": ["a"] * len(values),
            "place": range(1, len(values) + 1),
            "deviation": values,
            "target": target,
            "sigma": sigma,
        }
    )


def scores_of(table: dict[str, list[float | None]]) -> pl.DataFrame:
    rows = [
        {
            "item": f"i{n:02}",
            "response": f"r{n}",
            "rater": name,
            "dimension": "tone",
            "score": value,
            "submitted_at": START + timedelta(hours=n),
        }
        for name, values in table.items()
        for n, value in enumerate(values)
        if value is not None
    ]
    return pl.DataFrame(rows, schema_overrides={"score": pl.Float64})


def noisy(n: int, seed: int, shift_from: int | None = None, shift: float = 1.5) -> dict[str, list[float | None]]:
    random = np.random.default_rng(seed)
    quality = random.normal(3, 1, n)
    table: dict[str, list[float | None]] = {}
    for rater in range(6):
        values = quality + random.normal(0, 0.6, n)
        if rater == 0 and shift_from is not None:
            values[shift_from:] -= shift
        table[f"r{rater}"] = [float(one) for one in np.clip(np.round(values), 1, 5)]
    return table


# Published examples


def test_the_ewma_of_nists_example() -> None:
    """NIST/SEMATECH e-Handbook of Statistical Methods, section 6.3.2.4: lambda 0.3, target 50, s 2.0539, limits at 3."""
    x = [
        52.0,
        47.0,
        53.0,
        49.3,
        50.1,
        47.0,
        51.0,
        50.1,
        51.2,
        50.5,
        49.6,
        47.6,
        49.9,
        51.3,
        47.8,
        51.2,
        52.6,
        52.4,
        53.6,
        52.1,
    ]
    published = [50.6, 49.52, 50.56, 50.18, 50.16, 49.21, 49.75, 49.85, 50.26, 50.33, 50.11, 49.36, 49.52, 50.05, 49.38, 49.92,
                 50.73, 51.23, 51.94, 51.99]  # fmt: skip
    found = ewma(series_of(x, 50, 2.0539), ["s"], lambda_=0.3, limit=3.0, exact=False)
    assert found["statistic"].to_list() == pytest.approx(published, abs=0.0051)
    assert (found["low"][0], found["high"][-1]) == pytest.approx((47.4116, 52.5884), abs=5e-4)
    assert found["alarm"].null_count() == 20  # "the process is in control"
    exact = ewma(series_of(x, 50, 2.0539), ["s"], lambda_=0.3, limit=3.0)
    # Montgomery, equation 9.25, at t = 1: sigma lambda L; it grows to the steady limit.
    assert exact["high"][0] == pytest.approx(50 + 3 * 0.3 * 2.0539)
    assert exact["high"].is_sorted()
    assert exact["high"][-1] == pytest.approx(52.5884, abs=1e-2)


def test_the_cusum_of_montgomerys_example() -> None:
    """Montgomery, Introduction to Statistical Quality Control, tables 9.1 and 9.2: target 10, K 0.5, H 5; period 29 alarms."""
    x = [9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.20, 10.34, 9.03, 11.47, 10.51, 9.40, 10.08, 9.37, 10.62, 10.31,
         8.52, 10.84, 10.90, 9.33, 12.29, 11.50, 10.60, 11.08, 10.38, 11.62, 11.31, 10.52]  # fmt: skip
    found = cusum(series_of(x, 10, 1.0), ["s"], allowance=0.5, limit=5.0)
    assert found["statistic"].round(2).to_list()[-3:] == [4.47, 5.28, 5.30]
    assert found["statistic"].round(2).to_list()[:5] == [0, 0, 0, 1.16, 2.82]
    assert found["statistic_low"].round(2).abs().to_list()[:4] == [0.05, 1.56, 1.77, 0.11 - 0.11]
    assert found.filter(pl.col("alarm") == "up")["place"].to_list() == [29, 30]


@pytest.mark.parametrize(("lambda_", "limit"), [(0.05, 2.615), (0.1, 2.814), (0.25, 2.998), (0.4, 3.054)])
def test_ewma_run_lengths_are_the_published_ones(lambda_: float, limit: float) -> None:
    """Lucas and Saccucci, Technometrics 32, 1990, table 3: pairs with an in-control run length of about 500."""
    assert ewma_run_length(lambda_, limit) == pytest.approx(500, rel=0.005)


def test_run_lengths_of_shewharts_chart_and_of_cusum_are_the_published_ones() -> None:
    # Montgomery, sections 5.3.3 and 9.1.3 (table 9.4): 370.4 at three sigma; 168 at h = 4 and 465 at h = 5 with k = 1/2.
    assert ewma_run_length(1.0, 3.0) == pytest.approx(370.4, abs=0.05)
    assert cusum_run_length(0.5, 4.0) == pytest.approx(168, abs=0.5)
    assert cusum_run_length(0.5, 5.0) == pytest.approx(465, abs=0.5)


# Plain loops


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-5, 5, width=32), min_size=1, max_size=40), st.floats(0.05, 1), st.floats(0, 1))
def test_both_charts_are_those_of_plain_loops_and_series_do_not_mix(
    values: list[float], lambda_: float, k: float
) -> None:
    one = series_of(values, 0.5, 1.3)
    both = pl.concat([one, one.with_columns(pl.lit("b").alias("s"), -pl.col("deviation").alias("deviation"))])
    averages, sums = ewma(both, ["s"], lambda_=lambda_, limit=3.0), cusum(both, ["s"], allowance=k, limit=4.0)
    for name, sign in (("a", 1), ("b", -1)):
        z, high, low = 0.5, 0.0, 0.0
        expected: list[tuple[float, float, float]] = []
        for value in values:
            z = lambda_ * sign * value + (1 - lambda_) * z
            high = max(0.0, high + sign * value - 0.5 - k * 1.3)
            low = max(0.0, low - sign * value + 0.5 - k * 1.3)
            expected.append((z, high, -low))
        own = sums.filter(pl.col("s") == name)
        assert averages.filter(pl.col("s") == name)["statistic"].to_list() == pytest.approx(
            [row[0] for row in expected], abs=1e-9
        )
        assert own["statistic"].to_list() == pytest.approx([row[1] for row in expected], abs=1e-9)
        assert own["statistic_low"].to_list() == pytest.approx([row[2] for row in expected], abs=1e-9)


def test_a_deviation_is_from_the_others_mean_in_the_order_of_submission() -> None:
    frame = scores_of({"x": [1, 2, 3], "y": [2, 4, 3], "z": [3, 4, None]})
    found = drift(frame.sort("item", descending=True), RUBRIC, target=0, sigma=1)
    own = found.points.filter(pl.col("rater") == "x")
    assert own["item"].to_list() == ["i00", "i01", "i02"]
    assert own["deviation"].to_list() == [-1.5, -2.0, 0.0]
    assert found.points.schema == POINTS_SCHEMA


def test_every_rater_has_a_series_of_their_own() -> None:
    found = drift(scores_of(noisy(30, 1)), RUBRIC, baseline=12)
    places = found.points.group_by("rater").agg("place").sort("rater")
    assert places["rater"].to_list() == [f"r{n}" for n in range(6)]
    assert all(own == list(range(1, 31)) for own in places["place"].to_list())
    own = found.points.filter(pl.col("rater") == "r5")
    assert own["target"][0] == pytest.approx(own["deviation"].head(12).mean())
    # The first limits: sigma lambda L around the target (Montgomery, equation 9.25, at t = 1).
    assert own["high"][0] - own["target"][0] == pytest.approx(2.962 * 0.2 * own["sigma"][0])


def test_responses_of_one_item_are_one_point() -> None:
    frame = scores_of({"x": [1, 2], "y": [3, 3]})
    again = frame.with_columns((pl.col("response") + "b").alias("response"), (pl.col("score") + 1).alias("score"))
    shifted = again.with_columns(
        pl.when(pl.col("rater") == "x").then(pl.col("score") + 1).otherwise("score").alias("score")
    )
    found = drift(pl.concat([frame, shifted]), RUBRIC, target=0, sigma=1)
    assert found.points.filter(pl.col("rater") == "x")["deviation"].to_list() == [-1.5, -0.5]


def test_own_mean_and_spread_come_from_the_series_or_its_beginning() -> None:
    values = [1.0, 2, 1, 2, 1, 2, 1, 2, 1, 2, 5, 5]
    found = drift(scores_of({"x": values, "y": [1.0] * 12}), RUBRIC)
    row = found.charts.row(by_predicate=(pl.col("rater") == "x") & (pl.col("dimension") == "tone"), named=True)
    own = np.array(values) - 1
    assert row["target"] == pytest.approx(own.mean())
    assert row["sigma"] == pytest.approx(np.sqrt((np.diff(own) ** 2).sum() / (2 * 11)))
    begun = drift(scores_of({"x": values, "y": [1.0] * 12}), RUBRIC, baseline=10)
    row = begun.charts.row(by_predicate=(pl.col("rater") == "x") & (pl.col("dimension") == "tone"), named=True)
    assert (row["target"], row["sigma"]) == (pytest.approx(0.5), pytest.approx(np.sqrt(9 / (2 * 9))))
    assert (row["first_alarm"], row["direction"]) == (11, "up")


# What was put in is found


@pytest.mark.parametrize("method", ["ewma", "cusum"])
def test_a_rater_who_turns_severe_is_found_with_the_item(method: Any) -> None:
    found = drift(scores_of(noisy(60, 3, shift_from=30)), RUBRIC, method=method, baseline=25)
    row = found.charts.row(by_predicate=(pl.col("rater") == "r0") & (pl.col("dimension") == "tone"), named=True)
    assert row["direction"] == "down"
    assert 31 <= row["first_alarm"] <= 40
    assert (
        f"r0 scores Tone lower, first at item {row['first_alarm']} of 60 ('{row['item']}', 2026-05-0"
        in found.in_words()
    )


def test_a_rater_who_is_always_severe_does_not_drift_unless_the_target_is_stated() -> None:
    table = scores_of(noisy(40, 4, shift_from=0, shift=1.0))
    own, fixed = drift(table, RUBRIC), drift(table, RUBRIC, target=0)
    chosen = (pl.col("rater") == "r0") & (pl.col("dimension") == "tone")
    assert own.charts.row(by_predicate=chosen, named=True)["n_alarms"] == 0
    assert fixed.charts.row(by_predicate=chosen, named=True)["direction"] == "down"


def test_chance_alarms_are_as_many_as_is_said() -> None:
    random = np.random.default_rng(0)
    quality = random.normal(size=100)
    values = (quality + random.normal(size=(200, 100))).round(6)
    frame = scores_of({f"r{n}": list(map(float, row)) for n, row in enumerate(values)})
    found = drift(frame, target=0, sigma=1, limit=2.962, dimensions=["tone"])
    share = (found.charts["n_alarms"] > 0).mean()
    # 200 charts of 100 normal points: 1 - exp(-100 / 500) = 0.18, give or take three standard errors.
    assert share == pytest.approx(0.18, abs=0.085)


def test_gold_is_the_other_reference() -> None:
    gold = pl.DataFrame({"item": ["i00", "i02"], "dimension": ["tone"] * 2, "score": [3.0, 3.0]})
    found = drift(scores_of({"x": [1, 2, 3]}), RUBRIC, against="gold", gold=gold, target=0, sigma=1, method="cusum")
    assert found.points["deviation"].to_list() == [-2.0, 0.0]
    assert "from gold" in found.in_words()
    assert "First alarms" in str(found)


# Thin data and wrong input


@pytest.mark.parametrize(
    ("table", "note"),
    [
        ({"x": [1.0] * 12}, "no item in common with another rater"),
        ({"x": [1.0] * 5, "y": [2.0] * 5}, "fewer than 10 items"),
        ({"x": [1.0] * 12, "y": [2.0] * 12}, "the deviation is the same throughout"),
    ],
)
def test_thin_data_has_no_chart_and_says_why(table: dict[str, list[float | None]], note: str) -> None:
    for method in ("ewma", "cusum"):
        found = drift(scores_of(table), RUBRIC, method=method)  # type: ignore[arg-type]
        assert found.points.is_empty()
        assert note in found.charts["note"][0]
        assert note in found.in_words()


@pytest.mark.parametrize("rubric", [RUBRIC, None])
def test_no_scores_have_no_chart(rubric: rw.Rubric | None) -> None:
    given = scores_of({"x": [1.0, 2.0], "y": [1.0, 2.0]})
    not_applicable = given.with_columns(score=pl.lit(None, pl.Float64), not_applicable=pl.lit(value=True))
    for scores in (given.clear(), not_applicable):
        found = drift(scores, rubric)
        assert found.charts.is_empty()
        assert "no scores" in found.in_words()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"method": "ewna"}, "did you mean 'ewma'"),
        ({"against": "gold"}, "takes the right answers as 'gold'"),
        ({"against": "others"}, "'against' takes 'group' or 'gold'"),
        ({"lambda_": 0}, "'lambda_' takes a number above 0 and up to 1"),
        ({"limit": -1}, "'limit' takes a number above 0"),
        ({"sigma": 0}, "'sigma' takes a number above 0"),
        ({"baseline": 3}, "'baseline' takes a whole number from 10"),
        ({"dimensions": ["tune"]}, "did you mean 'tone'"),
    ],
)
def test_wrong_options_are_refused_in_words(options: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        drift(scores_of({"x": [1, 2], "y": [1, 2]}), RUBRIC, **options)


def test_a_frame_without_times_is_refused() -> None:
    with pytest.raises(InputError, match="lacks 'submitted_at'"):
        drift(scores_of({"x": [1]}).drop("submitted_at"))
