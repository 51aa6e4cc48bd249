"""Paired comparisons, held against published values, independent programs and what can be worked out by hand."""

from __future__ import annotations

import json
import math
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import choix
import duckdb
import evalica
import narwhals as nw
import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from rubricwidgets.errors import InputError
from rubricwidgets.stats.bradley_terry import Design, newton, verdict_probabilities
from rubricwidgets.stats.elo import elo
from rubricwidgets.stats.estimates import SAME
from rubricwidgets.stats.pairwise import pairwise
from rubricwidgets.stats.score_pairs import comparisons_from_scores
from rubricwidgets.stats.separation import separated
from rubricwidgets.stats.standing import ranked

DATA = Path(os.environ.get("RUBRICWIDGETS_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")

# Agresti, Categorical Data Analysis, 2nd edition, 2002, table 10.11: home and away wins of 1987.
TEAMS = ("Baltimore", "Boston", "Cleveland", "Detroit", "Milwaukee", "New York", "Toronto")
HOME = """Milwaukee Detroit 4 3;Milwaukee Toronto 4 2;Milwaukee New_York 4 3;Milwaukee Boston 6 1;Milwaukee Cleveland 4 2
Milwaukee Baltimore 6 0;Detroit Milwaukee 3 3;Detroit Toronto 4 2;Detroit New_York 4 3;Detroit Boston 6 0;Detroit Cleveland 6 1
Detroit Baltimore 4 3;Toronto Milwaukee 2 5;Toronto Detroit 4 3;Toronto New_York 2 4;Toronto Boston 4 3;Toronto Cleveland 4 2
Toronto Baltimore 6 0;New_York Milwaukee 3 3;New_York Detroit 5 1;New_York Toronto 2 5;New_York Boston 4 3;New_York Cleveland 4 2
New_York Baltimore 6 1;Boston Milwaukee 5 1;Boston Detroit 2 5;Boston Toronto 3 3;Boston New_York 4 2;Boston Cleveland 5 2
Boston Baltimore 6 0;Cleveland Milwaukee 2 5;Cleveland Detroit 3 3;Cleveland Toronto 3 4;Cleveland New_York 4 3;Cleveland Boston 4 2
Cleveland Baltimore 2 4;Baltimore Milwaukee 2 5;Baltimore Detroit 1 5;Baltimore Toronto 1 6;Baltimore New_York 2 4;Baltimore Boston 1 6
Baltimore Cleveland 3 4"""

# Springall, "Response surface fitting using a generalization of the Bradley-Terry paired comparison model", Applied
# Statistics 22, 1973: win, loss and tie of the first of two.
SPRINGALL = """1 2 2 16 7;1 3 0 21 1;1 4 5 10 10;1 5 2 15 7;1 6 2 16 5;1 7 11 8 9;1 8 6 11 7;1 9 5 12 6"""


def frame(rows: list[tuple[str, str, str, int]]) -> pl.DataFrame:
    """Return comparisons from (left, right, winner, how often)."""
    table = pl.DataFrame(
        rows,
        schema={"left_model": pl.String, "right_model": pl.String, "winner": pl.String, "n": pl.Int64},
        orient="row",
    )
    return table.select(pl.exclude("n").repeat_by("n")).explode(pl.all()).drop_nulls("left_model")


def baseball() -> pl.DataFrame:
    rows = []
    for entry in HOME.replace("\n", ";").split(";"):
        home, away, won, lost = entry.replace("New_York", "New-York").split()
        home, away = home.replace("-", " "), away.replace("-", " ")
        rows += [(home, away, "left", int(won)), (home, away, "right", int(lost))]
    return frame(rows)


def springall() -> pl.DataFrame:
    path = DATA.parent / "reference" / "springall.csv"
    if not path.is_file():
        pytest.skip("the reference folder has no springall.csv")
    table = pl.read_csv(path).cast({"row": pl.String, "col": pl.String})
    rows: list[tuple[str, str, str, int]] = []
    for one in table.iter_rows(named=True):
        rows += [
            (one["row"], one["col"], word, one[name])
            for word, name in (("left", "win"), ("right", "loss"), ("tie", "tie"))
        ]
    return frame(rows)


def values(result: Any, column: str = "value") -> dict[str, float]:
    return dict(result.to_frame().select("model", column).iter_rows())


def simulated(strengths: list[float], n: int, seed: int = 0, tie: float = 0.0, left: float = 0.0) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    m = len(strengths)
    one = random.integers(0, m, n)
    other = (one + random.integers(1, m, n)) % m
    d = np.array(strengths)[other] - np.array(strengths)[one] - left
    odds = np.stack([np.exp(-d / 2), np.full(n, tie), np.exp(d / 2)], axis=1)
    shares = (odds / odds.sum(axis=1, keepdims=True)).cumsum(axis=1)
    verdict = (random.random(n)[:, None] > shares).sum(axis=1)
    names = np.array([f"m{place}" for place in range(m)])
    return pl.DataFrame(
        {
            "item": [f"i{place % 97}" for place in range(n)],
            "left_model": names[one],
            "right_model": names[other],
            "winner": np.array(["left", "tie", "right"])[verdict],
        }
    )


def test_agrestis_baseball_is_reproduced() -> None:
    result = pairwise(baseball(), reference="Baltimore", resamples=0)
    found, errors = values(result), values(result, "se")
    expected = (0, 1.10769771, 0.68385277, 1.43640843, 1.58135588, 1.24761785, 1.29448512)
    assert [found[team] for team in TEAMS] == pytest.approx(expected, abs=1e-8)
    expected_se = (0.33387791, 0.3318764, 0.33956819, 0.34325566, 0.33586062, 0.33666909)
    # R's standard errors are those of the iteration before its last, hence their seventh digit.
    assert [errors[team] for team in TEAMS[1:]] == pytest.approx(expected_se, abs=1e-6)
    assert errors["Baltimore"] is None


def test_agrestis_home_advantage_is_reproduced() -> None:
    effects = pairwise(baseball(), order_effect=True, resamples=0).effects
    row = effects.row(by_predicate=pl.col("statistic") == "left advantage", named=True)
    assert row["value"] == pytest.approx(0.30226066, abs=1e-8)
    assert row["se"] == pytest.approx(0.13094364, abs=1e-6)


def test_statsmodels_finds_the_same_standard_errors() -> None:
    table = baseball()
    design = np.zeros((table.height, 8))
    design[np.arange(table.height), [TEAMS.index(one) for one in table["left_model"]]] = 1
    design[np.arange(table.height), [TEAMS.index(one) for one in table["right_model"]]] = -1
    design[:, 7] = 1
    theirs = sm.Logit((table["winner"] == "left").to_numpy().astype(float), design[:, 1:]).fit(
        disp=0, tol=1e-12, maxiter=100
    )
    result = pairwise(table, order_effect=True, reference="Baltimore", resamples=0)
    errors = values(result, "se")
    assert [errors[team] for team in TEAMS[1:]] == pytest.approx(list(theirs.bse[:6]), rel=1e-8)
    assert result.effects["se"][0] == pytest.approx(theirs.bse[6], rel=1e-8)
    assert result.log_likelihood == pytest.approx(theirs.llf)


def test_springalls_ties_are_reproduced() -> None:
    result = pairwise(springall(), reference="1", resamples=0)
    expected = (0, 2.2732295, 3.2907499, 0.3976105, 1.8947894, 2.8428473, -1.2814667, -0.0048979, 0.6074383)
    found = values(result)
    assert [found[str(place)] for place in range(1, 10)] == pytest.approx(expected, abs=1e-6)
    assert result.effects["value"].to_list() == pytest.approx([0.86554865], abs=1e-8)
    assert result.deviance == pytest.approx(59.961813, abs=1e-6)
    assert result.df == 63


def test_choix_finds_the_same_strengths() -> None:
    table = baseball().with_columns(
        pl.when(pl.col("winner") == "left").then("left_model").otherwise("right_model").alias("won"),
        pl.when(pl.col("winner") == "left").then("right_model").otherwise("left_model").alias("lost"),
    )
    pairs = [(TEAMS.index(won), TEAMS.index(lost)) for won, lost in table.select("won", "lost").iter_rows()]
    theirs = choix.ilsr_pairwise(7, pairs, max_iter=1000, tol=1e-12)
    found = values(pairwise(baseball(), resamples=0))
    assert [found[team] for team in TEAMS] == pytest.approx(list(theirs), abs=1e-8)


def test_evalica_finds_the_same_strengths_and_the_same_ties() -> None:
    table = simulated([0.8, 0.1, -0.2, -0.7], 2000, tie=0.6)
    kinds = {"left": evalica.Winner.X, "right": evalica.Winner.Y, "tie": evalica.Winner.Draw}
    winners = [kinds[one] for one in table["winner"]]
    xs, ys = table["left_model"].to_list(), table["right_model"].to_list()
    theirs = evalica.newman(xs, ys, winners, tolerance=1e-12, limit=10_000)
    logs = np.log(theirs.scores.sort_index().to_numpy())
    result = pairwise(table, resamples=0)
    found = values(result)
    assert [found[name] for name in sorted(found)] == pytest.approx(list(logs - logs.mean()), abs=1e-6)
    assert result.effects["value"][0] == pytest.approx(2 * theirs.v, abs=1e-6)
    halves = evalica.bradley_terry(xs, ys, winners, tolerance=1e-12, limit=10_000)
    logs = np.log(halves.scores.sort_index().to_numpy())
    found = values(pairwise(table, ties="half", resamples=0))
    assert [found[name] for name in sorted(found)] == pytest.approx(list(logs - logs.mean()), abs=1e-6)


def test_what_was_put_in_is_found() -> None:
    truth = [1.0, 0.3, -0.4, -0.9]
    result = pairwise(simulated(truth, 40_000, tie=0.5, left=0.25), order_effect=True, resamples=0)
    table = result.to_frame().sort("model")
    off = np.abs(table["value"].to_numpy() - np.array(truth)) / table["se"].to_numpy()
    assert off.max() < 3.5
    effects = dict(result.effects.select("statistic", "value").iter_rows())
    assert effects["left advantage"] == pytest.approx(0.25, abs=0.05)
    assert effects["nu"] == pytest.approx(0.5, abs=0.03)


def test_grades_of_preference_are_an_adjacent_categories_logit() -> None:
    # Two models, grades -2, -1, 1, 2 seen 1, 2, 4, 8 times: with one pair the model is saturated but for symmetry.
    # log(p2 / p-2) = d and log(p1 / p-1) = d / 2; sufficient: sum of grades = (8 - 1) + (4 - 2) / 2 = 8 of 15, and 6 of grade 1.
    table = pl.DataFrame(
        {"left_model": ["a"] * 15, "right_model": ["b"] * 15, "strength": [-2] + [-1] * 2 + [1] * 4 + [2] * 8}
    )
    result = pairwise(table, strength=True, reference="a", resamples=0)
    d = values(result)["b"]
    weight = dict(result.effects.select("statistic", "value").iter_rows())["weight of grade 0.5 of the strongest"]
    strong, mild = 2 * math.cosh(d / 2), weight * 2 * math.cosh(d / 4)
    assert mild / (strong + mild) == pytest.approx(6 / 15)
    mean = (2 * math.sinh(d / 2) + weight * math.sinh(d / 4)) / (strong + mild)
    assert mean == pytest.approx(8 / 15)


def test_the_information_is_the_curvature_of_the_likelihood() -> None:
    design = Design(np.array([0, 1, 0]), np.array([1, 2, 2]), np.array([-1.0, -0.5, 0.0, 0.5, 1.0]), 3, sides=True)
    counts = np.array([[[3.0, 2, 4, 6, 1], [2, 5, 1, 2, 7], [1, 1, 3, 4, 4]]])
    found, information = newton(design, counts)

    def log_likelihood(point: np.ndarray) -> float:
        return float((counts * np.log(verdict_probabilities(design, point[None, :]))).sum())

    step = 1e-4
    for place in range(design.size):
        for other in range(design.size):
            one, two = np.eye(design.size)[place] * step, np.eye(design.size)[other] * step
            base = found[0]
            curve = (
                log_likelihood(base + one + two)
                - log_likelihood(base + one - two)
                - log_likelihood(base - one + two)
                + log_likelihood(base - one - two)
            ) / (4 * step**2)
            assert -curve == pytest.approx(information[0, place, other], abs=1e-4)


def test_every_way_to_name_a_winner_says_the_same() -> None:
    words = simulated([0.5, 0.0, -0.5], 300, tie=0.3)
    responses = words.with_columns(
        (pl.col("left_model") + "-" + pl.col("item")).alias("left"),
        (pl.col("right_model") + "-" + pl.col("item")).alias("right"),
    )
    side = pl.when(pl.col("winner") == "left")
    by_model = words.with_columns(
        side.then("left_model").when(pl.col("winner") == "right").then("right_model").alias("winner"),
        (pl.col("winner") == "tie").alias("tie"),
    )
    by_response = responses.with_columns(
        side.then("left").when(pl.col("winner") == "right").then("right").alias("winner"),
        (pl.col("winner") == "tie").alias("tie"),
    )
    by_sign = words.select(
        "item",
        "left_model",
        "right_model",
        side.then(-2).when(pl.col("winner") == "right").then(3).otherwise(0).alias("strength"),
    )
    categories = words.cast({"left_model": pl.Categorical, "right_model": pl.Categorical, "winner": pl.Categorical})
    expected = pairwise(words, resamples=20).to_frame()
    for other in (by_model, by_response, by_sign, categories, words.lazy(), words.to_pandas()):
        assert pairwise(other, resamples=20).to_frame().equals(expected)


@pytest.mark.parametrize("kind", [pl.String, pl.Categorical])
@pytest.mark.parametrize(
    "late", [[], [("a", "new", "left")], [("a", None, "right"), ("e", "a", None), ("a", "e", "right")]]
)
def test_what_first_stands_in_a_late_row_is_counted(kind: Any, late: list[tuple[str | None, ...]]) -> None:
    drawn = np.random.default_rng(4)
    columns = [drawn.choice(names, 20_000) for names in (["a", "b", "c"], ["d", "e"], ["left", "right"])]
    rows = [*zip(*columns, strict=True), *late]
    frame = pl.DataFrame(rows, schema=["left_model", "right_model", "winner"], orient="row")
    told = frame.drop_nulls()
    sides = [("left_model", "right_model", "left"), ("right_model", "left_model", "right")]
    each = [told.select(model=one, opponent=other, wins=pl.col("winner") == side) for one, other, side in sides]
    counted = (
        pl.concat(each)
        .group_by("model", "opponent")
        .agg(pl.col("wins").sum().cast(pl.Int64), n=pl.len().cast(pl.Int64))
    )
    found = pairwise(frame.cast(kind), resamples=0)
    assert_frame_equal(found.wins.select(counted.columns), counted, check_row_order=False)
    assert sum(n for _, n in found.data.left_out) == frame.height - told.height


def test_duckdb_counts_the_same() -> None:
    table = simulated([0.5, 0.0, -0.5], 300, tie=0.3)
    relation = duckdb.from_arrow(table.to_arrow())
    assert nw.from_native(relation) is not None
    mine, theirs = pairwise(table, resamples=20).to_frame(), pairwise(relation, resamples=20).to_frame()
    assert theirs["value"].to_list() == pytest.approx(mine["value"].to_list(), abs=1e-12)
    assert theirs["rank_low"].to_list() == mine["rank_low"].to_list()


def test_a_model_that_wins_everything_has_no_finite_strength_and_the_rest_is_estimated() -> None:
    table = frame([("a", "b", "left", 3), ("a", "b", "right", 1), ("top", "a", "left", 5), ("b", "low", "left", 4)])
    result = pairwise(table, resamples=50)
    rows = {row["model"]: row for row in result.to_frame().iter_rows(named=True)}
    assert rows["a"]["value"] - rows["b"]["value"] == pytest.approx(math.log(3))
    assert rows["top"]["value"] is None
    assert rows["top"]["note"].startswith("infinite: it lost no comparison")
    assert rows["low"]["note"].startswith("minus infinite: it won no comparison")
    assert result.models == ("top", "a", "b", "low")
    assert [rows[name]["rank"] for name in result.models] == [1, 2, 3, 4]
    assert rows["a"]["rank_low"] >= 2
    assert rows["b"]["rank_high"] <= 3
    words = result.in_words()
    assert "top is above all: it lost no comparison, so its strength is infinite." in words
    assert "low is below all: it won no comparison, so its strength is minus infinite." in words
    assert "a is the strongest of the estimated models: it is expected to be preferred to b" in words


def test_below_one_that_wins_everything_equals_share_the_second_rank() -> None:
    table = frame(
        [("top", "a", "left", 4), ("b", "top", "right", 4), ("a", "b", "left", 1), ("a", "b", "right", 1)]
    ).with_row_index("item")
    result = pairwise(table)
    assert dict(result.to_frame().select("model", "rank").iter_rows()) == {"top": 1, "a": 2, "b": 2}
    assert "top is above all" in result.in_words()
    assert "a and b are equally strong and share rank 2." in result.in_words()
    assert result.rank_shares["rank"].unique().sort().to_list() == [2, 3]
    swapped = table.with_columns(pl.col("winner").replace({"left": "right", "right": "left"}))
    other = pairwise(swapped)
    assert dict(other.to_frame().select("model", "rank").iter_rows()) == {"a": 1, "b": 1, "top": 3}
    assert "top is below all" in other.in_words()


def test_one_that_beats_another_every_time_is_first_though_nothing_is_finite() -> None:
    result = pairwise(frame([("a", "b", "left", 4)]), resamples=0)
    assert dict(result.to_frame().select("model", "rank").iter_rows()) == {"a": 1, "b": 2}
    assert "a is above all" in result.in_words()
    assert "No strength can be estimated" in result.in_words()


def test_models_whose_order_no_wins_tell_have_no_rank() -> None:
    # x beats y and y beats a, z beats a: z may stand above x, between x and y, or below y.
    rows = [("a", "b", "left", 3), ("a", "b", "right", 1), ("x", "y", "left", 2), ("y", "a", "left", 2)]
    result = pairwise(frame([*rows, ("z", "a", "left", 2)]), resamples=0)
    ranks = dict(result.to_frame().select("model", "rank").iter_rows())
    assert ranks == {"x": None, "y": None, "z": None, "a": 4, "b": 5}
    assert "x, y and z are above all others" in result.in_words()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12))
def test_a_rank_is_one_and_how_many_are_stronger(seed: int, n: int) -> None:
    random = np.random.default_rng(seed)
    strengths = random.integers(-2, 3, (1, n)).astype(float)
    expected = [[1 + int((strengths[0] > one).sum()) for one in strengths[0]]]
    assert ranked(strengths).tolist() == expected


def test_models_that_no_chain_joins_are_not_compared() -> None:
    rows = [("a", "b", "left", 3), ("a", "b", "right", 1), ("b", "c", "left", 1), ("c", "a", "left", 1)]
    table = frame([*rows, ("x", "y", "left", 9), ("x", "y", "right", 9)])
    result = pairwise(table, resamples=0)
    notes = values(result, "note")
    assert notes["x"] == notes["y"] == "not comparable: no chain of comparisons joins it to the estimated models"
    assert {name for name, note in notes.items() if note is None} == {"a", "b", "c"}
    alone = values(pairwise(table, reference="x", resamples=0), "note")
    assert "the reference 'x' has no finite estimate" in alone["a"]


def test_wins_and_ties_alone_are_no_finite_distance() -> None:
    result = pairwise(frame([("a", "b", "left", 3), ("a", "b", "tie", 2)]), resamples=10)
    assert result.to_frame()["value"].to_list() == [None, None]
    assert "no two models have beaten each other" in result.in_words()
    assert result.effects.is_empty()
    assert result.probabilities.is_empty()


def test_an_infinite_advantage_of_a_side_is_left_out_and_said() -> None:
    table = frame([("a", "b", "left", 4), ("b", "a", "left", 2)])
    result = pairwise(table, order_effect=True, resamples=0)
    assert values(result)["a"] == pytest.approx(math.log(2) / 2)
    assert result.effects.is_empty()
    assert "advantage of the left side is infinite" in result.in_words()


def test_an_advantage_that_is_a_models_own_is_left_out_and_said() -> None:
    result = pairwise(frame([("a", "b", "left", 4), ("a", "b", "right", 2)]), order_effect=True, resamples=0)
    assert values(result, "value")["a"] == pytest.approx(math.log(2) / 2)
    assert "not told apart from the models'" in result.in_words()


def test_a_tie_outside_the_estimated_group_is_no_verdict_inside() -> None:
    table = frame(
        [
            ("a", "b", "left", 3),
            ("a", "b", "right", 1),
            ("b", "c", "left", 1),
            ("c", "a", "left", 2),
            ("x", "y", "tie", 2),
        ]
    )
    result = pairwise(table, resamples=20)
    assert result.effects.is_empty()
    known = result.probabilities["tie"]
    assert known.to_list() == [0.0] * known.len()
    assert values(result)["x"] is None


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.booleans(), st.sampled_from(["davidson", "half", "leave_out"]))
def test_few_comparisons_give_finite_estimates_or_none(seed: int, sides: bool, ties: Any) -> None:
    random = np.random.default_rng(seed)
    m, n = int(random.integers(2, 5)), int(random.integers(1, 25))
    left = random.integers(0, m, n)
    right = (left + random.integers(1, m, n)) % m
    verdicts = random.choice(["left", "right", "tie"], n, p=[0.5, 0.3, 0.2])
    table = pl.DataFrame({"left_model": left, "right_model": right, "winner": verdicts}).with_columns(
        pl.format("m{}", "left_model").alias("left_model"), pl.format("m{}", "right_model").alias("right_model")
    )
    result = pairwise(table, order_effect=sides, ties=ties, resamples=4)
    assert (result.to_frame()["value"].drop_nulls().abs() < 25).all()
    assert result.to_frame().filter(pl.col("value").is_null() & pl.col("note").is_null()).is_empty()


def test_the_linear_program_agrees_with_the_shortcuts() -> None:
    steps = np.array([-1.0, 0.0, 1.0])
    pair = Design(np.array([0]), np.array([1]), steps, 2, sides=False)
    assert separated(pair, np.array([[0.0, 2, 3]]))
    assert not separated(pair, np.array([[1.0, 2, 3]]))
    circle = Design(np.array([0, 1, 0]), np.array([1, 2, 2]), steps, 3, sides=False)
    # a beats b, b beats c, c beats a, and a tie: no pair was won by both, yet everything is finite.
    assert not separated(circle, np.array([[2.0, 1, 0], [1, 0, 0], [0, 0, 1]]))
    assert separated(circle, np.array([[2.0, 1, 0], [1, 1, 0], [1, 0, 0]]))


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (frame([]), "No comparison of two models has a verdict."),
        (frame([("a", "a", "left", 2)]), "Left out: 2 comparisons of a model with itself."),
        (frame([("a", "b", "tie", 2)]), "No strength can be estimated"),
        (frame([("a", "b", "left", 1)]), "No strength can be estimated"),
    ],
)
def test_thin_data_are_answered_in_words(table: pl.DataFrame, words: str) -> None:
    result = pairwise(table, resamples=10)
    assert words in result.in_words()
    assert result.to_frame()["value"].drop_nulls().is_empty()
    assert result.rank_shares.is_empty()
    assert isinstance(result._repr_html_(), str)


def test_two_equals_are_said_to_be_equal() -> None:
    result = pairwise(frame([("a", "b", "left", 2), ("a", "b", "right", 2)]), resamples=0)
    assert "a and b are equally strong" in result.in_words()


def test_rows_without_a_verdict_are_counted_and_left_out() -> None:
    table = pl.DataFrame(
        {
            "left_model": ["a", "b", "a", None],
            "right_model": ["b", "a", "b", "b"],
            "winner": ["left", "left", None, "right"],
            "tie": [False, False, False, False],
        }
    )
    result = pairwise(table, resamples=0)
    assert dict(result.data.left_out) == {"without a verdict": 1, "without a model": 1}
    assert result.data.n == 2


def test_one_item_gives_values_without_ranks_intervals() -> None:
    table = frame([("a", "b", "left", 3), ("a", "b", "right", 1)]).with_columns(pl.lit("only").alias("item"))
    result = pairwise(table)
    assert result.to_frame()["low"].to_list() == [None, None]
    assert (
        "a is the strongest: it is expected to be preferred to b, the next, in 75 % of comparisons."
        in result.in_words()
    )
    assert result.to_frame()["note"].to_list() == ["one item only: no interval"] * 2
    assert result.to_frame()["rank_low"].to_list() == [None, None]


def test_resampled_ranks_are_the_same_for_the_same_seed_and_any_order_of_rows() -> None:
    table = simulated([0.2, 0.1, 0.0, -0.3], 500)
    first = pairwise(table, seed=4).to_frame()
    assert first.equals(pairwise(table.sample(fraction=1, shuffle=True, seed=1), seed=4).to_frame())
    assert first["rank_low"].to_list() == sorted(first["rank_low"].to_list())
    shares = pairwise(table, seed=4).rank_shares.group_by("model").agg(pl.col("share").sum())
    assert shares["share"].to_list() == pytest.approx([1.0] * 4)


def test_intervals_over_items_widen_where_items_repeat_themselves() -> None:
    table = simulated([0.4, 0.0, -0.4], 300).with_columns(pl.format("i{}", pl.int_range(300)).alias("item"))
    copied = pl.concat([table] * 6)
    independent = pairwise(copied, intervals="information")
    clustered = pairwise(copied)
    assert "Wald" in independent.method
    assert "95 % bootstrap interval over items" in clustered.method
    ratio = clustered.to_frame()["se"].to_numpy() / independent.to_frame()["se"].to_numpy()
    assert ratio == pytest.approx(np.full(3, 6**0.5), rel=0.15)


def test_nu_and_the_left_advantage_are_resampled_with_the_items() -> None:
    table = simulated([0.4, 0.0, -0.4], 400, tie=0.5, left=0.2)
    table = table.with_columns(pl.format("i{}", pl.int_range(400)).alias("item"))
    copied = pl.concat([table] * 6)
    wald = pairwise(copied, order_effect=True, intervals="information").effects
    items = pairwise(copied, order_effect=True).effects
    assert items["value"].to_list() == wald["value"].to_list()
    assert (items["se"] / wald["se"]).to_list() == pytest.approx([6**0.5] * 2, rel=0.15)
    assert items["method"].unique().to_list() == ["95 % bootstrap interval over items"]


def test_wins_and_probabilities_are_seen_from_both_sides() -> None:
    result = pairwise(simulated([0.8, 0.0, -0.8], 600, tie=0.4), resamples=0)
    both = result.wins.join(result.wins, left_on=["model", "opponent"], right_on=["opponent", "model"], suffix="_back")
    assert both.filter(pl.col("wins") != pl.col("losses_back")).is_empty()
    assert (both["share"] + both["share_back"]).to_list() == pytest.approx([1.0] * 6)
    chances = result.probabilities
    assert (chances["win"] + chances["tie"] + chances["loss"]).to_list() == pytest.approx([1.0] * 6)
    assert (chances["win_low"] < chances["win"]).all()
    # Expected and observed wins agree in total for each model: the score equations of the model.
    seen = result.wins.join(chances, on=["model", "opponent"])
    expected = seen.group_by("model").agg(
        (pl.col("n") * (pl.col("win") + pl.col("tie") / 2)).sum().alias("expected"),
        (pl.col("wins") + pl.col("ties") / 2).sum().alias("seen"),
    )
    assert expected["expected"].to_list() == pytest.approx(expected["seen"].to_list())


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.booleans(), st.floats(0.0, 1.0))
def test_swapping_sides_and_renaming_models_changes_nothing_else(seed: int, sides: bool, tie: float) -> None:
    table = simulated([0.5, 0.0, -0.5], 80, seed=seed, tie=tie)
    result = pairwise(table, order_effect=sides, resamples=0)
    swapped = table.select(
        "item",
        pl.col("right_model").alias("left_model"),
        pl.col("left_model").alias("right_model"),
        pl.col("winner").replace({"left": "right", "right": "left"}),
    )
    other = pairwise(swapped, order_effect=sides, resamples=0)
    one, two = values(result), values(other)
    assert [one[name] for name in sorted(one)] == pytest.approx([two[name] for name in sorted(two)], abs=1e-7)
    if result.effects.height and "left advantage" in result.effects["statistic"].to_list():
        assert result.effects["value"][0] == pytest.approx(-other.effects["value"][0], abs=1e-7)
    renamed = table.with_columns(pl.col("left_model", "right_model").replace({"m0": "z", "m2": "b"}))
    three = values(pairwise(renamed, order_effect=sides, resamples=0))
    assert [three["z"], three["m1"], three["b"]] == pytest.approx([one["m0"], one["m1"], one["m2"]], abs=1e-7)


def test_a_comparison_told_twice_halves_the_variance_and_moves_nothing() -> None:
    table = simulated([0.5, 0.0, -0.5], 200, tie=0.3)
    once, twice = pairwise(table, resamples=0).to_frame(), pairwise(pl.concat([table, table]), resamples=0).to_frame()
    assert twice["value"].to_list() == pytest.approx(once["value"].to_list())
    assert (twice["se"] * 2**0.5).to_list() == pytest.approx(once["se"].to_list())


def test_many_models_are_estimated() -> None:
    random = np.random.default_rng(5)
    truth = random.normal(0, 1, 150)
    result = pairwise(simulated(list(truth - truth.mean()), 30_000), resamples=4)
    found = values(result)
    assert np.corrcoef([found[f"m{place}"] for place in range(150)], truth)[0, 1] > 0.97


GOOD = frame([("a", "b", "left", 3), ("a", "b", "right", 2)])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: pairwise(GOOD.rename({"left_model": "left_mdl"})), "lacks 'left_model'; did you mean 'left_mdl'"),
        (lambda: pairwise(GOOD.rename({"winner": "winnr"})), "did you mean 'winnr' to be one"),
        (
            lambda: pairwise(GOOD.with_columns(winner=pl.lit("c"))),
            "got 'c' in 5 of the comparisons, such as a against b",
        ),
        (lambda: pairwise(GOOD.with_columns(winner=pl.lit(1))), "got 1 in 5 of the comparisons"),
        (lambda: pairwise(GOOD.with_columns(tie=pl.lit(True))), "'tie' is true in a row that has a winner"),
        (lambda: pairwise(GOOD.with_columns(strength=pl.lit(2.0))), "points away from the row's winner"),
        (lambda: pairwise(GOOD, ties="halve"), "did you mean 'half'"),
        (lambda: pairwise(GOOD, reference="c"), "'reference' takes a model of these comparisons"),
        (lambda: pairwise(GOOD, strength=True), "takes a frame with the column 'strength'"),
        (lambda: pairwise(GOOD, strength=True, ties="half"), "ties='half'"),
        (lambda: pairwise(GOOD, resamples=-1), "'resamples' takes a whole number"),
        (lambda: pairwise(GOOD, intervals="items", resamples=0), "intervals='items' takes"),
        (lambda: pairwise(GOOD, dimension="tone"), "takes a frame with the column 'dimension'"),
        (lambda: pairwise(GOOD, confidence=95), "above 0 and below 1"),
        (lambda: pairwise(3), "takes a frame such as study.comparisons"),
        (lambda: elo(GOOD, k=0), "'k' takes a number above 0"),
        (lambda: elo(GOOD, orders=-1), "'orders' takes a whole number"),
    ],
)
def test_bad_input_is_refused_in_words(call: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        call()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("library", ["polars", "lazy", "arrow", "duckdb"])
@pytest.mark.parametrize("strength", [True, False])
def test_a_strength_that_is_no_number_is_nobodys_win(value: float, library: str, strength: bool) -> None:
    frame = pl.DataFrame({"left_model": ["a", "a"], "right_model": ["b", "b"], "strength": [value, -1.0]})
    given = {
        "polars": lambda: frame,
        "lazy": frame.lazy,
        "arrow": frame.to_arrow,
        "duckdb": lambda: duckdb.from_arrow(frame.to_arrow()),
    }[library]()
    with pytest.raises(InputError, match="finite numbers"):
        pairwise(given, strength=strength, resamples=0)


def test_an_interval_that_ends_at_nothing_leaves_the_order_open() -> None:
    found = pairwise(GOOD, resamples=50)
    for least, is_open in ((1e-9, True), (0.01, False)):
        ahead = np.repeat([least, 1.0], 25) / 2  # strengths of a in the samples; b has as much less
        drawn = replace(found, drawn=np.stack([ahead, -ahead], axis=1), intervals="items")
        assert drawn.probabilities["low"][0] == pytest.approx(least)
        assert ("the interval leaves their order open" in drawn.in_words()) is is_open


def test_several_dimensions_are_not_mixed() -> None:
    table = pl.concat([GOOD.with_columns(dimension=pl.lit("tone")), GOOD.with_columns(dimension=pl.lit("style"))])
    with pytest.raises(InputError, match="on 2 dimensions: name one, such as dimension='style'"):
        pairwise(table)
    with pytest.raises(InputError, match="did you mean 'tone'"):
        pairwise(table, dimension="tones")
    assert pairwise(table, dimension="tone", resamples=0).data.n == 5


def test_too_many_grades_are_refused() -> None:
    table = pl.DataFrame(
        {"left_model": ["a"] * 30, "right_model": ["b"] * 30, "strength": [n / 7 for n in range(1, 31)]}
    )
    with pytest.raises(InputError, match="takes up to 10 grades on each side"):
        pairwise(table, strength=True)


def test_evalica_finds_the_same_elo() -> None:
    table = simulated([0.8, 0.1, -0.2, -0.7], 300, tie=0.3)
    kinds = {"left": evalica.Winner.X, "right": evalica.Winner.Y, "tie": evalica.Winner.Draw}
    theirs = evalica.elo(
        table["left_model"].to_list(), table["right_model"].to_list(), [kinds[one] for one in table["winner"]], k=16
    )
    mine = dict(elo(table, k=16, orders=3).to_frame().select("model", "elo").iter_rows())
    assert [mine[name] for name in sorted(mine)] == pytest.approx(theirs.scores.sort_index().to_list())


def test_elo_says_how_far_it_hangs_on_the_order() -> None:
    table = simulated([0.4, 0.0, -0.4], 120).with_columns(submitted_at=pl.from_epoch(pl.int_range(120, 0, -1)))
    result = elo(table, orders=10)
    assert "in the order of submission" in result.in_words()
    assert "In 10 random orders" in result.in_words()
    assert (result.to_frame()["order_low"] <= result.to_frame()["order_high"]).all()
    backwards = elo(table.drop("submitted_at").reverse(), orders=0)
    assert backwards.to_frame().sort("model")["elo"].to_list() == pytest.approx(
        result.to_frame().sort("model")["elo"].to_list()
    )
    assert elo(table.clear(), orders=3).in_words() == "No comparison of two models has a verdict."


def test_scores_become_comparisons_of_the_responses_one_rater_scored() -> None:
    scores = pl.DataFrame(
        {
            "item": ["i"] * 5,
            "response": ["r1", "r2", "r3", "r1", "r2"],
            "model": ["a", "b", "c", "a", "b"],
            "rater": ["x", "x", "x", "y", "y"],
            "dimension": ["tone"] * 5,
            "score": [1.0, 3.0, 3.0, 2.0, None],
        }
    )
    found = comparisons_from_scores(scores)
    assert found.select("left", "right", "winner", "tie", "strength", "rater").rows() == [
        ("r1", "r2", "r2", False, 2.0, "x"),
        ("r1", "r3", "r3", False, 2.0, "x"),
        ("r2", "r3", None, True, 0.0, "x"),
    ]
    assert comparisons_from_scores(scores, tie_within=2)["tie"].all()
    assert pairwise(found, resamples=0).data.n == 3
    with pytest.raises(InputError, match="no dimension 'tune'"):
        comparisons_from_scores(scores, dimensions=["tune"])
    with pytest.raises(InputError, match="'tie_within' takes a number from 0"):
        comparisons_from_scores(scores, tie_within=-1)


def test_pandalms_majorities_are_reproduced() -> None:
    path = DATA / "04_pandalm_pairwise" / "pairs.jsonl"
    if not path.is_file():
        pytest.skip("the data folder has no 04_pandalm_pairwise (RUBRICWIDGETS_DATA names another folder)")
    words = {1: "left", 2: "right", 0: "tie"}
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    table = pl.DataFrame(
        [
            {
                "item": one["pair_id"],
                "left_model": one["system_1"],
                "right_model": one["system_2"],
                "rater": f"r{n}",
                "winner": words[one[f"annotator_{n}"]],
            }
            for one in rows
            for n in (1, 2, 3)
        ]
    ).cast({"item": pl.String})
    majority = table.group_by("item").agg(pl.col("winner").mode().first())["winner"].value_counts()
    assert dict(majority.iter_rows()) == {"tie": 105, "left": 422, "right": 472}
    result = pairwise(table, order_effect=True, intervals="items", resamples=200)
    assert result.data.n == 2997
    assert (result.data.n_items, result.data.n_raters) == (999, 3)
    assert result.to_frame()["value"].null_count() == 0


def test_items_that_all_say_the_same_have_an_interval_of_their_value_and_say_so() -> None:
    same = pl.concat(
        [frame([("a", "b", "left", 2), ("a", "b", "right", 1)]).with_columns(item=pl.lit(str(n))) for n in range(8)]
    )
    result = pairwise(same, order_effect=False)
    for row in result.to_frame().to_dicts():
        assert abs(row["value"]) == pytest.approx(math.log(2) / 2)
        assert (row["low"], row["high"], row["se"]) == (row["value"], row["value"], 0)
        assert row["note"] == SAME
        assert row["rank_low"] == row["rank"] == row["rank_high"]
    assert (result.probabilities["low"] == result.probabilities["difference"]).all()


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"), st.sampled_from("abc"), st.sampled_from(["left", "right", "tie"]), st.integers(0, 3)
        ),
        min_size=4,
        max_size=24,
    )
)
def test_an_interval_holds_its_estimate_and_its_rank(rows: list[tuple[str, str, str, int]]) -> None:
    table = frame([(left, right, winner, 1) for left, right, winner, _ in rows if left != right])
    items = [str(item) for left, right, _, item in rows if left != right]
    result = pairwise(table.with_columns(item=pl.Series(items, dtype=pl.String)), resamples=20)
    for row in [*result.to_frame().to_dicts(), *result.effects.to_dicts()]:
        assert row["low"] is None or row["low"] <= row["value"] <= row["high"]
        assert row.get("rank_low") is None or row["rank_low"] <= row["rank"] <= row["rank_high"]


def test_no_interval_is_named_where_there_is_none() -> None:
    one_item = frame([("a", "b", "left", 2), ("a", "b", "right", 1)]).with_columns(item=pl.lit("only"))
    never_lost = frame([("a", "b", "left", 3)]).with_columns(item=pl.Series(["1", "2", "3"]))
    for table in (one_item, never_lost):
        result = pairwise(table)
        assert result.to_frame()["low"].null_count() == result.to_frame().height
        assert set(result.to_frame()["method"]) == {"Bradley-Terry, no interval"}
        assert "bootstrap" not in result.in_words()
    alone = pl.concat([one_item, frame([("a", "a", "left", 1)]).with_columns(item=pl.lit("only"))])
    assert "Left out: 1 comparison of a model with itself." in pairwise(alone).in_words()
