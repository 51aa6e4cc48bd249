"""Consensus, held against the published example, independent programs and what can be worked out by hand."""

from __future__ import annotations

import math
import os
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import rubricwidgets as rw
from rubricwidgets.errors import InputError
from rubricwidgets.stats.averages import mean, median, most_frequent, trimmed_mean
from rubricwidgets.stats.consensus import consensus
from rubricwidgets.stats.dawid_skene import dawid_skene
from rubricwidgets.stats.intake import Measured
from rubricwidgets.stats.mace import mace
from rubricwidgets.stats.votes import Votes, votes_of

DATA = Path(os.environ.get("RUBRICWIDGETS_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")


def rows(table: list[tuple[str, str, float | None]], dimension: str = "tone") -> pl.DataFrame:
    return pl.DataFrame(
        [(item, None, rater, dimension, score) for item, rater, score in table],
        schema={
            "item": pl.String,
            "response": pl.String,
            "rater": pl.String,
            "dimension": pl.String,
            "score": pl.Float64,
        },
        orient="row",
    )


def places(unit: Any, rater: Any, value: Any, n_values: int) -> Votes:
    unit, rater, value = (np.asarray(one, dtype=np.int64) for one in (unit, rater, value))
    first = np.unique(unit, return_index=True)[1]
    names = tuple(f"r{place}" for place in range(int(rater.max()) + 1))
    return Votes(unit, rater, value, value.astype(float), first, np.arange(len(first)), names, n_values)


def anaesthesia() -> Votes:
    path = DATA.parent / "reference" / "anesthesia.csv"
    if not path.is_file():
        pytest.skip("the reference folder has no anesthesia.csv")
    table = pl.read_csv(path)
    return places(table["item"].to_numpy() - 1, table["rater"].to_numpy() - 1, table["rating"].to_numpy() - 1, 4)


def simulated(
    n: int, raters: int, per: int, categories: int, seed: int = 0
) -> tuple[pl.DataFrame, np.ndarray, np.ndarray]:
    """Return answers, the truths and the share of answers that each rater gives from knowledge."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, categories, n)
    item = np.repeat(np.arange(n), per)
    rater = np.argsort(random.random((n, raters)), axis=1)[:, :per].ravel()
    knows = random.uniform(0.2, 0.95, raters)
    value = np.where(random.random(n * per) < knows[rater], truth[item], random.integers(0, categories, n * per))
    frame = rows(
        [(f"i{one:05}", f"r{other:02}", float(said)) for one, other, said in zip(item, rater, value, strict=True)]
    )
    return frame, truth, knows


def test_dawid_and_skenes_anaesthetists_are_reproduced() -> None:
    found = dawid_skene(anaesthesia())
    assert found.prior == pytest.approx([0.4, 0.4216, 0.1118, 0.0667], abs=5e-5)
    assert found.log_likelihood == pytest.approx(-190.730997, abs=1e-6)
    expected = [[0.907, 0.093, 0, 0], [0.07, 0.877, 0.053, 0], [0, 0.339, 0.661, 0], [0, 0, 0.556, 0.444]]
    assert found.confusion[0] == pytest.approx(np.array(expected), abs=5e-4)
    assert found.converged
    assert found.posterior.sum(axis=1) == pytest.approx(np.ones(45))


def slow_dawid_skene(votes: Votes, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Expectation and maximisation by loops, straight from equations 2.3 to 2.5."""
    n, r, c = votes.n_units, len(votes.raters), votes.n_values
    said = list(zip(votes.unit.tolist(), votes.rater.tolist(), votes.value.tolist(), strict=True))
    truth = np.zeros((n, c))
    for unit, _, value in said:
        truth[unit, value] += 1
    truth /= truth.sum(axis=1, keepdims=True)
    error = np.zeros((r, c, c))
    for _ in range(steps):
        prior = truth.mean(axis=0)
        error = np.zeros((r, c, c))
        for unit, rater, value in said:
            error[rater, :, value] += truth[unit]
        error /= np.maximum(error.sum(axis=2, keepdims=True), 1e-300)
        truth = np.tile(prior, (n, 1))
        for unit, rater, value in said:
            truth[unit] *= error[rater, :, value]
        truth /= truth.sum(axis=1, keepdims=True)
    return truth, error


def test_a_slow_dawid_skene_takes_the_same_steps() -> None:
    random = np.random.default_rng(3)
    votes = places(np.repeat(np.arange(30), 4), np.tile(np.arange(4), 30), random.integers(0, 3, 120), 3)
    truth, _ = slow_dawid_skene(votes, 8)
    # Each of our steps maximises after it expects; the last expectation is told.
    found = dawid_skene(votes, iterations=7, tolerance=-1)
    assert found.posterior == pytest.approx(truth, abs=1e-9)


def slow_mace(votes: Votes, steps: int, smoothing: float) -> tuple[np.ndarray, np.ndarray]:
    """Expectation and maximisation over every combination of truth and knowledge, unit by unit."""
    r, c = len(votes.raters), votes.n_values
    theta, xi = np.full(r, 0.5), np.full((r, c), 1 / c)
    truths = np.zeros((votes.n_units, c))
    for step in range(steps + 1):
        knowing, guessing = np.zeros(r), np.zeros((r, c))
        for unit in range(votes.n_units):
            said = [(votes.rater[one], votes.value[one]) for one in np.flatnonzero(votes.unit == unit)]
            joint: dict[tuple[int, tuple[int, ...]], float] = {}
            for truth, spam in product(range(c), product((0, 1), repeat=len(said))):
                p = 1 / c
                for (rater, value), guessed in zip(said, spam, strict=True):
                    p *= (1 - theta[rater]) * xi[rater, value] if guessed else theta[rater] * (value == truth)
                joint[truth, spam] = p
            total = sum(joint.values())
            truths[unit] = 0
            for (truth, spam), p in joint.items():
                truths[unit, truth] += p / total
                for (rater, value), guessed in zip(said, spam, strict=True):
                    if guessed:
                        guessing[rater, value] += p / total
                    else:
                        knowing[rater] += p / total
        if step < steps:
            theta = (knowing + smoothing) / (knowing + guessing.sum(axis=1) + 2 * smoothing)
            xi = (guessing + smoothing) / (guessing.sum(axis=1, keepdims=True) + c * smoothing)
    return truths, theta


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_mace_by_brute_force_takes_the_same_steps(smoothing: float) -> None:
    random = np.random.default_rng(5)
    truth = random.integers(0, 3, 15)
    value = np.where(random.random((15, 4)) < [0.9, 0.7, 0.5, 0.1], truth[:, None], random.integers(0, 3, (15, 4)))
    votes = places(np.repeat(np.arange(15), 4), np.tile(np.arange(4), 15), value.ravel(), 3)
    truths, theta = slow_mace(votes, 6, smoothing)
    found = mace(votes, variational=False, smoothing=smoothing, restarts=1, iterations=6, tolerance=-1)
    assert found.posterior == pytest.approx(truths, abs=1e-9)
    assert found.competence == pytest.approx(theta, abs=1e-9)


def test_mace_finds_who_knows_and_what_is_true() -> None:
    frame, truth, knows = simulated(600, 12, 6, 4)
    result = consensus(frame, method="mace", restarts=3)
    found = result.reliability.sort("rater")["value"].to_numpy()
    assert np.abs(found - knows).max() < 0.1
    answers = result.to_frame().sort("item")["score"].to_numpy()
    assert (answers == truth).mean() > (
        consensus(frame).to_frame().sort("item")["score"].fill_null(-1).to_numpy() == truth
    ).mean()
    assert (answers == truth).mean() > 0.9


def test_dawid_skene_finds_the_confusions_that_were_put_in() -> None:
    random = np.random.default_rng(2)
    truth = random.choice(3, 3000, p=[0.5, 0.3, 0.2])
    tables = np.array(
        [
            np.eye(3) * 0.7 + 0.1,
            [[0.9, 0.1, 0], [0.4, 0.6, 0], [0, 0.1, 0.9]],
            np.eye(3) * 0.4 + 0.2,
            np.eye(3) * 0.85 + 0.05,
        ]
    )
    value = np.stack(
        [(random.random(3000)[:, None] > table[truth].cumsum(axis=1)).sum(axis=1) for table in tables], axis=1
    )
    found = dawid_skene(places(np.repeat(np.arange(3000), 4), np.tile(np.arange(4), 3000), value.ravel(), 3))
    assert np.abs(found.confusion - tables).max() < 0.08
    assert found.prior == pytest.approx([0.5, 0.3, 0.2], abs=0.04)


def test_the_likelihood_of_the_models_never_falls() -> None:
    votes = anaesthesia()
    for fit in (
        lambda n: dawid_skene(votes, iterations=n, tolerance=-1).log_likelihood,
        lambda n: mace(votes, variational=False, restarts=1, iterations=n, tolerance=-1).log_likelihood,
    ):
        rise = np.diff([fit(n) for n in range(1, 12)])
        assert (rise > -1e-9).all()


def test_the_majority_wins_and_a_tie_is_none() -> None:
    frame = rows(
        [("a", "x", 4), ("a", "y", 4), ("a", "z", 1), ("b", "x", 2), ("b", "y", 3), ("c", "z", 5), ("d", "x", None)]
    )
    table = consensus(frame).to_frame()
    assert table["item"].to_list() == ["a", "b", "c"]
    assert table["score"].to_list() == [4.0, None, 5.0]
    assert table["confidence"].to_list() == [2 / 3, None, None]
    assert table["note"].to_list() == [
        None,
        "a tie: no answer was given most often",
        "one rating only: nothing says how sure it is",
    ]
    assert table["n_raters"].to_list() == [3, 2, 1]


def test_a_rater_is_held_against_the_majority_of_the_others() -> None:
    # Item a: x and y say 4, z says 1. Without x the others are tied; without z they say 4. Item b: all say 2.
    frame = rows([("a", "x", 4), ("a", "y", 4), ("a", "z", 1), ("b", "x", 2), ("b", "y", 2), ("b", "z", 2)])
    found = consensus(frame).reliability
    assert dict(found.select("rater", "value").iter_rows()) == {"x": 1.0, "y": 1.0, "z": 0.5}
    assert found["n_items"].to_list() == [1, 1, 2]
    assert found.filter(pl.col("low").is_null()).is_empty()


def test_scipy_finds_the_same_means_and_intervals() -> None:
    random = np.random.default_rng(1)
    sizes = random.integers(2, 15, 40)
    unit = np.repeat(np.arange(40), sizes)
    number = np.round(random.normal(3, 1, len(unit)), 2)
    votes = Votes(
        unit, np.zeros_like(unit), unit * 0, number, np.unique(unit, return_index=True)[1], np.arange(40), ("r",), 0
    )
    by_mean, trimmed, middle = mean(votes, 0.95), trimmed_mean(votes, 0.2, 0.95), median(votes, 0.95)
    for place in range(40):
        own = number[unit == place]
        low, high = stats.t.interval(0.95, len(own) - 1, own.mean(), stats.sem(own))
        assert (by_mean.value[place], by_mean.low[place], by_mean.high[place]) == pytest.approx((own.mean(), low, high))
        assert trimmed.value[place] == pytest.approx(stats.trim_mean(own, 0.2))
        assert middle.value[place] == pytest.approx(np.median(own))
        theirs = stats.quantile_test(own, q=np.median(own), p=0.5).confidence_interval(0.95)
        if len(own) >= 6:
            assert (middle.low[place], middle.high[place]) == pytest.approx((theirs.low, theirs.high))
        else:
            assert np.isnan(middle.low[place])


def test_the_winsorised_standard_error_is_worked_out_by_hand() -> None:
    # 1 2 3 4 10, a fifth cut at each end: kept 2 3 4; winsorised 2 2 3 4 4 has mean 3 and sd 1.
    frame = rows([("a", f"r{place}", score) for place, score in enumerate((1, 2, 3, 4, 10))])
    (row,) = consensus(frame, method="trimmed_mean").to_frame().to_dicts()
    assert row["score"] == 3.0
    assert row["se"] == pytest.approx(1 * math.sqrt(5) / 3)
    # t with 2 degrees of freedom, 97.5 %: 4.3027 (any t table); scores that happened to be given are no ends of a scale.
    assert row["high"] == pytest.approx(3 + 4.3027 * math.sqrt(5) / 3, abs=1e-4)
    assert row["low"] == pytest.approx(3 - 4.3027 * math.sqrt(5) / 3, abs=1e-4)


def test_an_interval_ends_at_the_ends_of_a_rubrics_scale() -> None:
    rubric = rw.Rubric("t", dimensions=[rw.Dimension("d", "?", rw.Ordinal(1, 5))])
    frame = rows([("a", f"r{place}", score) for place, score in enumerate((4, 5))])
    (row,) = consensus(frame.with_columns(pl.lit("d").alias("dimension")), rubric, method="mean").to_frame().to_dicts()
    assert (row["low"], row["high"]) == (1.0, 5.0)


def test_raters_without_pairs_in_common_have_an_empty_table() -> None:
    rubric = rw.Rubric(
        "t", dimensions=[rw.Dimension("order", "?", rw.Ranking()), rw.Dimension("d", "?", rw.Ordinal(1, 5))]
    )
    responses = [rw.Response(text, id=text) for text in "ab"]
    study = rw.Study("t", items=[rw.Item("p", responses, id="i")], rubric=rubric, store="memory")
    assert study.rater_pairs().is_empty()
    rw.simulate(study, raters=2, seed=1)
    assert study.rater_pairs()["dimension"].unique().to_list() == ["d"]


def test_a_severe_rater_differs_from_the_others_by_the_severity() -> None:
    random = np.random.default_rng(0)
    truth = random.normal(50, 15, 80)
    table = [
        (f"i{n}", f"r{m}", float(truth[n] + random.normal(0, 1) - (5 if m == 0 else 0)))
        for n in range(80)
        for m in range(4)
    ]
    found = consensus(rows(table), method="mean").reliability
    difference = found.filter(pl.col("statistic") == "difference from the others").sort("rater")
    # r0 is 5 below each of the others; the others' mean of r1 holds one third of r0.
    assert difference["value"].to_list() == pytest.approx([-5, 5 / 3, 5 / 3, 5 / 3], abs=0.5)
    assert (difference["low"] < difference["value"]).all()
    correlation = found.filter(pl.col("statistic") == "correlation with the others")
    assert (correlation["value"] > 0.98).all()


RUBRIC = rw.Rubric(
    "r",
    dimensions=[
        rw.Dimension("accuracy", "?", rw.Ordinal(1, 3, anchors={1: "wrong", 3: "right"})),
        rw.Dimension("fault", "?", rw.Nominal(["none", "padding", "fact"])),
        rw.Dimension("overall", "?", rw.Continuous(0, 10)),
    ],
)


def mixed() -> pl.DataFrame:
    base = {"item": "a", "response": "a-1", "model": "m", "not_applicable": False}
    given = [
        *({"dimension": "accuracy", "score": 3.0, "label": "right"} for _ in range(2)),
        {"dimension": "accuracy", "score": 1.0, "label": "wrong"},
        *({"dimension": "fault", "score": None, "label": "padding"} for _ in range(3)),
        *({"dimension": "overall", "score": float(n) + 0.5, "label": None} for n in range(3)),
    ]
    return pl.DataFrame([{**base, **one, "rater": f"r{place % 3}"} for place, one in enumerate(given)])


def test_dimensions_keep_the_rubrics_order_and_their_labels() -> None:
    table = consensus(mixed(), RUBRIC).to_frame()
    assert table["dimension"].to_list() == ["accuracy", "fault", "overall"]
    assert table["label"].to_list() == ["right", "padding", None]
    assert table["score"].to_list() == [3.0, None, None]
    assert table["model"].to_list() == ["m"] * 3
    by_mean = consensus(mixed(), RUBRIC, method="mean").to_frame()
    assert by_mean["score"].to_list() == [pytest.approx(7 / 3), None, 1.5]
    assert by_mean["note"][1] == "its answers are categories, which have no mean or median"
    alone = consensus(mixed(), RUBRIC, dimensions=["fault"], method="dawid_skene")
    assert alone.to_frame()["label"].to_list() == ["padding"]
    assert alone.confusion["truth"].unique(maintain_order=True).to_list() == ["none", "padding", "fact"]
    assert alone.confusion.filter(pl.col("truth") == "none")["share"].null_count() == 9


@pytest.mark.parametrize("method", ["majority", "mean", "median", "trimmed_mean", "dawid_skene", "mace"])
def test_thin_data_are_answered_in_words(method: Any) -> None:
    for frame in (rows([]), rows([("a", "x", None)]), rows([("a", "x", 3)]), rows([("a", "x", 3), ("b", "y", 3)])):
        result = consensus(frame, method=method)
        assert result.in_words()
        assert isinstance(result._repr_html_(), str)
        for table in result.tables().values():
            for column in table.select(pl.col(pl.Float64)):
                assert column.is_nan().sum() == 0
    assert "one rater only" in str(consensus(rows([("a", "x", 3)]), method="majority").reliability["note"][0])


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["majority", "mean", "median", "dawid_skene"]))
def test_renaming_raters_and_shuffling_rows_changes_no_answer(seed: int, method: Any) -> None:
    frame, _, _ = simulated(12, 5, 3, 3, seed=seed)
    other = frame.sample(fraction=1, shuffle=True, seed=seed).with_columns(
        pl.col("rater").replace({"r00": "zz", "r04": "aa"})
    )
    mine, theirs = (consensus(one, method=method).to_frame().sort("item") for one in (frame, other))
    assert mine["score"].to_list() == pytest.approx(theirs["score"].to_list(), nan_ok=True)
    assert mine["confidence"].to_list() == pytest.approx(theirs["confidence"].to_list(), abs=1e-6)


def test_responses_of_one_item_are_judged_apart() -> None:
    frame = pl.concat(
        [rows([("a", "x", 4), ("a", "y", 4)]).with_columns(response=pl.lit(name)) for name in ("r1", "r2")]
    )
    frame = frame.with_columns(score=pl.when(pl.col("response") == "r2").then(1.0).otherwise("score"))
    assert consensus(frame).to_frame().select("response", "score").rows() == [("r1", 4.0), ("r2", 1.0)]


def test_unanimous_raters_are_beyond_doubt_in_every_method() -> None:
    frame = rows([(f"i{n}", f"r{m}", float(n % 3)) for n in range(9) for m in range(3)])
    for method in ("majority", "mean", "median", "dawid_skene", "mace"):
        assert consensus(frame, method=method).to_frame()["score"].to_list() == pytest.approx(
            [float(n % 3) for n in range(9)]
        )
    votes = votes_of(frame, Measured("tone", "ordinal", "score", (0.0, 1.0, 2.0)))
    assert most_frequent(votes)[1] == pytest.approx(np.ones(9))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"method": "majorty"}, "did you mean 'majority'"),
        ({"trim": 0.5}, "'trim' takes a share from 0 and below 0.5"),
        ({"confidence": 95}, "above 0 and below 1"),
        ({"iterations": 0}, "'iterations' takes a whole number from 1"),
        ({"restarts": True}, "'restarts' takes a whole number from 1"),
        ({"dimensions": ["tune"]}, "did you mean 'tone'"),
    ],
)
def test_bad_options_are_refused_in_words(options: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        consensus(rows([("a", "x", 1), ("a", "y", 2)]), **options)


def test_scores_without_fixed_values_have_no_majority() -> None:
    frame = rows([(f"i{n}", f"r{m}", n + m / 10) for n in range(150) for m in range(3)])
    for method in ("majority", "dawid_skene", "mace"):
        result = consensus(frame, method=method)
        words = "its scores have no fixed values: take 'mean', 'median' or 'trimmed_mean'"
        assert result.to_frame()["note"].unique().to_list() == [words]
        assert result.reliability["value"].null_count() == 3


def test_bad_frames_are_refused_in_words() -> None:
    with pytest.raises(InputError, match="lacks 'rater'"):
        consensus(rows([("a", "x", 1)]).drop("rater"))
    with pytest.raises(InputError, match="one answer for each of"):
        consensus(rows([("a", "x", 1), ("a", "x", 2)]))


def test_three_experts_always_have_a_majority_on_yes_and_no() -> None:
    path = DATA / "02_ttcw_creativity" / "ratings.jsonl"
    if not path.is_file():
        pytest.skip("the data folder has no 02_ttcw_creativity (RUBRICWIDGETS_DATA names another folder)")
    frame = pl.read_ndjson(path).select(
        pl.col("item_id").alias("item"),
        pl.lit(None, pl.String).alias("response"),
        pl.col("rater_id").alias("rater"),
        pl.col("dim_id").alias("dimension"),
        (pl.col("verdict") == "Yes").cast(pl.Float64).alias("score"),
    )
    majority = consensus(frame).to_frame()
    assert majority.height == 48 * 14
    assert majority["score"].null_count() == 0
    assert majority["confidence"].unique().sort().to_list() == [2 / 3, 1.0]
    model = consensus(frame, method="dawid_skene").to_frame()
    both = majority.join(model, on=["dimension", "item"])
    assert (both["score"] == both["score_right"]).mean() > 0.9


def test_scores_that_do_not_differ_have_no_interval_and_say_which() -> None:
    table = rows([("i", rater, 2.0) for rater in "abcde"] + [("i", "f", 5.0)])
    kept = consensus(table, method="trimmed_mean").to_frame().row(0, named=True)
    assert (kept["score"], kept["low"], kept["high"], kept["se"]) == (2.0, None, None, None)
    assert kept["note"] == "the scores that are kept are all the same: no interval"
    alike = consensus(table.filter(pl.col("rater") != "f"), method="mean").to_frame().row(0, named=True)
    assert (alike["score"], alike["low"], alike["note"]) == (2.0, None, "every rater gave the same: no interval")
    assert consensus(table, method="mean").to_frame()["low"][0] < 2.5


def test_unanimous_raters_are_told_without_a_lowest_one() -> None:
    words = consensus(rows([(item, rater, 2.0) for item in "ij" for rater in "abc"])).in_words()
    assert "For all of them the share of the raters who gave it is at least 80 %." in words
    assert "Every rater's agreement with the others' majority, averaged over dimensions, is 1.00." in words
