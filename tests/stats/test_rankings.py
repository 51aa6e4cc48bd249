"""Rankings and their agreement, held against published values, independent programs and what can be worked out by hand."""

from __future__ import annotations

import math
import os
import sys
from pathlib import Path
from typing import Any

import choix
import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from rubricwidgets.errors import InputError
from rubricwidgets.stats.concordance import kendall_w
from rubricwidgets.stats.estimates import SAME
from rubricwidgets.stats.rankings import rankings
from rubricwidgets.stats.rankings_in import orders_of, rankings_in

DATA = Path(os.environ.get("RUBRICWIDGETS_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")

# Anxiety of 20 subjects by 3 raters, as in the R package irr, whose kendall(anxiety, TRUE) gives Wt = 0.5396569 (documented in
# DescTools' KendallW, which took the function over), chi-square(19) = 30.8, p = 0.0429.
ANXIETY = (
    (3, 3, 3, 4, 5, 5, 2, 3, 5, 2, 2, 6, 1, 5, 2, 2, 1, 2, 4, 3),
    (3, 6, 4, 6, 2, 4, 2, 4, 3, 3, 2, 3, 3, 3, 2, 2, 1, 3, 3, 4),
    (2, 1, 4, 4, 3, 2, 1, 6, 1, 1, 1, 2, 3, 3, 1, 1, 3, 3, 2, 2),
)


def frame(orders: list[dict[str, float | None]], items: list[str] | None = None) -> pl.DataFrame:
    """Return rankings, one for each mapping of names to ranks."""
    rows = [
        {
            "item": items[place] if items else f"i{place}",
            "rater": f"r{place}",
            "response": name,
            "model": name,
            "rank": rank,
        }
        for place, order in enumerate(orders)
        for name, rank in order.items()
    ]
    kinds = {"item": pl.String, "rater": pl.String, "response": pl.String, "model": pl.String, "rank": pl.Float64}
    return pl.DataFrame(rows, schema=kinds)


def simulated(strengths: list[float], n: int, of: int, seed: int = 0, *, ties: bool = False) -> pl.DataFrame:
    """Return rankings of ``of`` models each, drawn from the model: order of exponential waiting times."""
    random = np.random.default_rng(seed)
    orders = []
    for _ in range(n):
        who = random.permutation(len(strengths))[:of]
        waited = random.exponential(1, of) / np.exp(np.array(strengths)[who])
        ranks = stats.rankdata(np.round(waited, 1) if ties else waited, method="min")
        orders.append({f"m{place}": float(rank) for place, rank in zip(who, ranks, strict=True)})
    return frame(orders)


def values(result: Any, column: str = "value") -> dict[str, float]:
    return dict(result.to_frame().select("model", column).iter_rows())


def test_choix_finds_the_same_strengths_of_partial_rankings() -> None:
    table = simulated([1.0, 0.5, 0.0, -0.5, -1.0], 150, 3)
    ordered = [
        [int(name[1:]) for name in one["model"]]
        for one in table.sort("item", "rank").partition_by("item", maintain_order=True)
    ]
    theirs = choix.ilsr_rankings(5, ordered, max_iter=2000, tol=1e-12)
    found = values(rankings(table, resamples=0))
    assert [found[f"m{place}"] for place in range(5)] == pytest.approx(list(theirs), abs=1e-7)


@pytest.mark.parametrize("ties", [False, True])
def test_cox_regression_with_efrons_ties_finds_the_same(ties: bool) -> None:
    table = simulated([0.8, 0.2, 0.0, -0.6], 80, 4, ties=ties)
    assert (table.select("item", "rank").is_duplicated().any()) is ties
    exog = np.stack([(table["model"] == f"m{place}").to_numpy() for place in (1, 2, 3)], axis=1).astype(float)
    strata = table["item"].cast(pl.Categorical).to_physical().to_numpy()
    theirs = sm.PHReg(table["rank"].to_numpy(), exog, strata=strata, ties="efron").fit()
    result = rankings(table, reference="m0", resamples=0)
    found, errors = values(result), values(result, "se")
    assert [found[f"m{place}"] for place in (1, 2, 3)] == pytest.approx(list(theirs.params), abs=1e-5)
    assert [errors[f"m{place}"] for place in (1, 2, 3)] == pytest.approx(list(theirs.bse), abs=1e-5)
    assert result.log_likelihood == pytest.approx(theirs.llf, abs=1e-6)


def test_two_models_are_a_share_of_first_places() -> None:
    table = frame([{"a": 1, "b": 2}] * 6 + [{"a": 2, "b": 1}] * 2)
    result = rankings(table, reference="b", resamples=0)
    assert values(result)["a"] == pytest.approx(math.log(3))
    assert values(result, "se")["a"] == pytest.approx(math.sqrt(1 / 6 + 1 / 2))
    assert result.to_frame()["first"].to_list() == [6, 2]
    assert result.to_frame()["mean_rank"].to_list() == [1.25, 1.75]


def test_what_was_put_in_is_found() -> None:
    truth = [1.0, 0.4, 0.0, -0.4, -1.0]
    result = rankings(simulated(truth, 1500, 4), resamples=0)
    table = result.to_frame().sort("model")
    assert (np.abs(table["value"].to_numpy() - np.array(truth)) / table["se"].to_numpy()).max() < 3.5


def test_the_expert_rankings_of_drafts_are_reproduced() -> None:
    path = DATA / "12_wqrm_ranking" / "rankings.csv"
    if not path.is_file():
        pytest.skip("the data folder has no 12_wqrm_ranking (RUBRICWIDGETS_DATA names another folder)")
    wide = pl.read_csv(path)
    table = wide.unpivot(
        ["rank_first_draft", "rank_random_cot", "rank_best_cot"],
        index=["item_id", "rater_slot"],
        variable_name="model",
        value_name="rank",
    ).select(
        pl.col("item_id").cast(pl.String).alias("item"),
        pl.format("{}-{}", "item_id", "rater_slot").alias("rater"),
        pl.col("model").str.strip_prefix("rank_"),
        "rank",
    )
    result = rankings(table)
    assert (result.n_rankings, result.n_items) == (280, 101)
    first = result.rank_shares.filter(pl.col("rank") == 1).select("model", pl.col("share").round(4))
    assert dict(first.iter_rows()) == {"first_draft": 0.2214, "random_cot": 0.2821, "best_cot": 0.4964}
    means = dict(result.to_frame().select("model", pl.col("mean_rank").round(4)).iter_rows())
    assert means == {"first_draft": 2.2179, "random_cot": 2.0357, "best_cot": 1.7464}
    assert result.to_frame()["model"][0] == "best_cot"
    agreed = kendall_w(table, over="model")
    wide_ranks = wide.select("rank_first_draft", "rank_random_cot", "rank_best_cot").to_numpy()
    theirs = stats.friedmanchisquare(*wide_ranks.T)
    row = agreed.to_frame().row(0, named=True)
    assert (row["chi2"], row["p"]) == pytest.approx((theirs.statistic, theirs.pvalue))


def test_one_that_always_stands_first_has_no_finite_strength() -> None:
    table = frame([{"top": 1, "a": 2, "b": 3}] * 2 + [{"top": 1, "a": 3, "b": 2}])
    result = rankings(table)
    rows = {row["model"]: row for row in result.to_frame().iter_rows(named=True)}
    assert rows["a"]["value"] - rows["b"]["value"] == pytest.approx(math.log(2))
    assert rows["top"]["value"] is None
    assert rows["top"]["note"].startswith("infinite")
    assert dict(result.to_frame().select("model", "rank").iter_rows()) == {"top": 1, "a": 2, "b": 3}
    assert "top is above all: it lost no comparison" in result.in_words()
    assert "a is the strongest of those estimated" in result.in_words()


def test_intervals_over_items_widen_where_raters_rank_alike() -> None:
    table = simulated([0.5, 0.0, -0.5], 200, 3)
    copied = pl.concat([table.with_columns(rater=pl.format("{}-{}", "rater", pl.lit(n))) for n in range(5)])
    items, wald = rankings(copied).to_frame(), rankings(copied, intervals="information").to_frame()
    assert items["value"].to_list() == wald["value"].to_list()
    assert (items["se"] / wald["se"]).to_list() == pytest.approx([5**0.5] * 3, rel=0.15)
    assert items["method"].unique().to_list() == ["Plackett-Luce, 95 % bootstrap interval over items"]
    against = rankings(copied, reference="m1").to_frame().filter(pl.col("model") == "m1")
    assert against.select("value", "low", "high", "se").row(0) == (0.0, None, None, None)


def test_one_item_ranked_by_many_has_strengths_without_intervals() -> None:
    table = frame([{"a": 1, "b": 2}] * 6 + [{"a": 2, "b": 1}] * 2, ["only"] * 8)
    result = rankings(table).to_frame()
    assert result["value"].null_count() == 0
    assert result["low"].to_list() == [None, None]
    assert result["note"].to_list() == ["one item only: no interval"] * 2
    assert rankings(table, intervals="information").to_frame()["low"].null_count() == 0


def test_unranked_is_left_out_or_below() -> None:
    orders: list[dict[str, float | None]] = [
        {"a": 1, "b": 2, "c": None},
        {"a": 2, "b": 1, "c": None},
        {"c": 1, "a": 2, "b": None},
    ]
    left_out, below = rankings(frame(orders), resamples=0), rankings(frame(orders), unranked="below", resamples=0)
    assert left_out.to_frame().filter(pl.col("model") == "c")["n_ratings"].to_list() == [1]
    assert below.to_frame().filter(pl.col("model") == "c")["n_ratings"].to_list() == [3]
    assert values(left_out, "note")["c"].startswith("infinite")
    assert values(below, "note")["c"] is None


def test_distinct_orders_are_counted_once() -> None:
    table = frame([{"a": 1, "b": 2, "c": 3}, {"a": 10, "b": 20, "c": 30}, {"a": 1, "b": 1, "c": 2}, {"b": 5, "c": 7}])
    orders = orders_of(rankings_in(table, dimension=None, by="model", unranked="left_out"))
    assert len(orders.order) == 3
    assert sorted(np.bincount(orders.pattern).tolist()) == [1, 1, 2]
    tied = int(orders.pattern[2])
    assert orders.first[tied].tolist() == [0, 0, 2]
    assert orders.last[tied].tolist() == [1, 1, 2]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_names_and_the_order_of_rows_change_nothing(seed: int, ties: bool) -> None:
    table = simulated([0.5, 0.2, 0.0, -0.4], 40, 3, seed=seed, ties=ties)
    one = values(rankings(table, resamples=0))
    other = table.sample(fraction=1, shuffle=True, seed=seed).with_columns(
        pl.col("model").replace({"m0": "z", "m3": "b"})
    )
    two = values(rankings(other, resamples=0))
    if None not in one.values():
        assert [one[name] for name in ("m0", "m1", "m2", "m3")] == pytest.approx(
            [two[name] for name in ("z", "m1", "m2", "b")], abs=1e-8
        )


def test_resampled_ranks_hold_the_estimate_and_repeat() -> None:
    table = simulated([1.5, 0.2, 0.0, -1.5], 120, 4)
    first, second = rankings(table, seed=1).to_frame(), rankings(table, seed=1).to_frame()
    assert first.equals(second)
    assert (first["rank_low"] <= first["rank"]).all()
    assert (first["rank"] <= first["rank_high"]).all()
    shares = rankings(table, seed=1).resampled_ranks.group_by("model").agg(pl.col("share").sum())
    assert shares["share"].to_list() == pytest.approx([1.0] * 4)


def test_one_step_resamples_say_what_full_ones_say(monkeypatch: pytest.MonkeyPatch) -> None:
    table = simulated([0.6, 0.2, 0.0, -0.8], 300, 4)
    full = rankings(table, seed=1).to_frame()
    monkeypatch.setattr(sys.modules[rankings.__module__], "_FULL", 0)
    step = rankings(table, seed=1).to_frame()
    assert step["rank_low"].to_list() == full["rank_low"].to_list()
    assert step["rank_high"].to_list() == full["rank_high"].to_list()


@pytest.mark.parametrize(
    ("orders", "words"),
    [
        ([], "No ranking of two or more."),
        ([{"a": 1.0}], "No ranking of two or more."),
        ([{"a": 1.0, "b": 2.0}], "No strength can be estimated"),
        ([{"a": 1.0, "b": 1.0}], "a and b are equally strong"),
    ],
)
def test_thin_data_are_answered_in_words(orders: Any, words: str) -> None:
    result = rankings(frame(orders))
    assert words in result.in_words()
    assert isinstance(result._repr_html_(), str)
    assert isinstance(kendall_w(frame(orders)).in_words(), str)
    assert isinstance(kendall_w(frame(orders), over="model").in_words(), str)


def test_the_r_packages_example_of_kendalls_w_is_reproduced() -> None:
    rows = [
        {"item": "all", "rater": f"r{rater}", "response": f"s{place:02}", "rank": rank}
        for rater, ranks in enumerate(ANXIETY)
        for place, rank in enumerate(ranks)
    ]
    row = kendall_w(pl.DataFrame(rows)).to_frame().row(0, named=True)
    assert row["value"] == pytest.approx(0.5396569, abs=5e-8)
    assert row["chi2"] == pytest.approx(30.8, abs=0.05)
    assert row["df"] == 19
    assert row["p"] == pytest.approx(0.0429, abs=5e-5)
    assert row["note"] == "one item only: no interval"


def test_agreement_of_each_item_is_friedmans_test() -> None:
    random = np.random.default_rng(4)
    rows = []
    blocks = []
    for item in range(6):
        ranks = np.stack([stats.rankdata(random.integers(0, 4, 5)) for _ in range(4)])
        blocks.append(ranks)
        rows += [
            {
                "item": f"i{item}",
                "rater": f"r{rater}",
                "response": f"i{item}-{place}",
                "rank": float(ranks[rater, place]),
            }
            for rater in range(4)
            for place in range(5)
        ]
    result = kendall_w(pl.DataFrame(rows))
    theirs = [stats.friedmanchisquare(*block.T) for block in blocks]
    assert result.per_item["chi2"].to_list() == pytest.approx([one.statistic for one in theirs])
    assert result.per_item["p"].to_list() == pytest.approx([one.pvalue for one in theirs])
    mean = np.mean([one.statistic / (4 * 4) for one in theirs])
    row = result.to_frame().row(0, named=True)
    assert row["value"] == pytest.approx(mean)
    assert row["low"] < mean < row["high"]
    assert "Rankings at random would reach 0.25" in result.in_words()


def test_perfect_agreement_is_one_and_opposite_orders_are_none() -> None:
    same = frame([{"a": 1, "b": 2, "c": 3}] * 4)
    assert kendall_w(same, over="model").to_frame()["value"][0] == pytest.approx(1.0)
    opposite = frame([{"a": 1, "b": 2, "c": 3}, {"a": 3, "b": 2, "c": 1}])
    assert kendall_w(opposite, over="model").to_frame()["value"][0] == pytest.approx(0.0)
    tied = frame([{"a": 1, "b": 1}, {"a": 1, "b": 1}])
    assert (
        kendall_w(tied, over="model").to_frame()["note"][0] == "every ranking is one tie: there is no order to agree on"
    )
    alone = frame([{"a": 1, "b": 2}])
    assert kendall_w(alone).to_frame()["note"][0].startswith("no two complete rankings")


def test_incomplete_rankings_are_counted_and_left_out() -> None:
    table = frame([{"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 2}])
    result = kendall_w(table, over="model")
    assert result.left_out == 1
    assert "Left out: 1 incomplete ranking." in result.in_words()
    assert result.mean_ranks["model"].to_list() == ["a", "b", "c"]


GOOD = frame([{"a": 1, "b": 2}, {"a": 2, "b": 1}])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: rankings(GOOD.rename({"rank": "rnk"})), "lacks 'rank'; did you mean 'rnk'"),
        (lambda: rankings(GOOD, by="modle"), "did you mean 'model'"),
        (lambda: rankings(GOOD, ties="breslow"), "'ties' takes 'efron' or 'refuse'"),
        (lambda: rankings(frame([{"a": 1, "b": 1}]), ties="refuse"), "takes rankings without ties"),
        (lambda: rankings(GOOD, reference="c"), "'reference' takes one that is ranked"),
        (lambda: rankings(GOOD, resamples=1.5), "'resamples' takes a whole number"),
        (lambda: rankings(pl.concat([GOOD, GOOD])), "takes each model once in a ranking"),
        (lambda: rankings(GOOD.with_columns(rater=pl.lit(None, pl.String))), "takes a value for 'rater'"),
        (lambda: rankings(GOOD.with_columns(rank=pl.lit(math.inf))), "'rank' takes finite numbers"),
        (lambda: kendall_w(GOOD, over="itm"), "did you mean 'item'"),
        (lambda: kendall_w(GOOD, dimension="x"), "takes a frame with the column 'dimension'"),
    ],
)
def test_bad_input_is_refused_in_words(call: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        call()


def test_items_that_all_say_the_same_have_an_interval_of_their_value_and_say_so() -> None:
    orders = [{"a": 1, "b": 2}, {"a": 1, "b": 2}, {"a": 2, "b": 1}] * 6
    table = frame(orders, [f"i{place // 3}" for place in range(18)])  # type: ignore[arg-type]
    for row in rankings(table).to_frame().to_dicts():
        assert abs(row["value"]) == pytest.approx(math.log(2) / 2)
        assert (row["low"], row["high"], row["se"], row["note"]) == (row["value"], row["value"], 0, SAME)
        assert row["rank_low"] == row["rank"] == row["rank_high"]


def test_no_interval_is_named_where_there_is_none() -> None:
    one_item = frame([{"a": 1, "b": 2}, {"a": 1, "b": 2}, {"a": 2, "b": 1}], ["only"] * 3)
    never_lost = frame([{"a": 1, "b": 2}] * 3)
    for table in (one_item, never_lost):
        result = rankings(table)
        assert set(result.to_frame()["method"]) == {"Plackett-Luce, no interval"}
        assert "bootstrap" not in result.in_words()
