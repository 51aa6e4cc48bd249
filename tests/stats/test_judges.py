"""Models as raters: against scipy, scikit-learn, a plain loop over the paper's definitions, and truths that were put in."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss, cohen_kappa_score
from statsmodels.stats.multitest import multipletests

import rubricwidgets as rw
from rubricwidgets.errors import InputError
from rubricwidgets.stats.alternative_annotator import alternative_annotator
from rubricwidgets.stats.calibration import expected_error, monotone
from rubricwidgets.stats.judge_bias import judge_bias
from rubricwidgets.stats.judges import judges

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
PEOPLE = ("ana", "ben", "eva")


def frame(rows: list[tuple[Any, ...]], dimension: str = "tone") -> pl.DataFrame:
    """Rows of item, response, model, rater, score or label."""
    full = [
        (
            *row[:4],
            dimension,
            None if isinstance(row[4], str) else row[4],
            row[4] if isinstance(row[4], str) else None,
            False,
        )
        for row in rows
    ]
    return pl.DataFrame(full, schema=SCHEMA, orient="row")


def simulated(
    items: int = 40, *, seed: int = 0, noise: float = 0.7, judge_noise: float = 0.7, shift: float = 0.0, **sway: float
) -> pl.DataFrame:
    """Two responses an item, three people and a judge, whose scores may be shifted for place 0 and for model m0."""
    random = np.random.default_rng(seed)
    rows = []
    for item in range(items):
        for place in range(2):
            quality = random.normal(3, 1)
            ident = (f"i{item:03}", f"i{item:03}-{place}", f"m{place}")
            seen = {name: quality + random.normal(0, noise) for name in PEOPLE}
            seen["judge"] = quality + random.normal(0, judge_noise) + shift + sway.get("family", 0.0) * (place == 0)
            rows += [(*ident, name, float(np.clip(np.rint(one), 1, 5))) for name, one in seen.items()]
    return frame(rows)


def value(table: pl.DataFrame, **which: Any) -> dict[str, Any]:
    (row,) = table.filter(**which).to_dicts()
    return row


def paired(scores: pl.DataFrame) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return judge's and person's scores over all pairs."""
    rows = scores.filter(pl.col("rater") != "judge").join(scores.filter(rater="judge"), on=["item", "response"])
    return rows["score_right"].to_numpy(), rows["score"].to_numpy()


def test_agreement_is_that_of_scikit_learn_over_pairs_of_judge_and_person() -> None:
    scores = simulated()
    found = judges(scores, judges="judge").agreement
    mine, theirs = paired(scores)
    assert value(found, judge="judge", statistic="exact agreement")["value"] == pytest.approx((mine == theirs).mean())
    kappa = cohen_kappa_score(mine, theirs, weights="quadratic")
    row = value(found, judge="judge", statistic="weighted kappa")
    assert row["value"] == pytest.approx(kappa)
    assert row["low"] < kappa < row["high"]
    assert (row["n_items"], row["n_raters"], row["n_ratings"]) == (40, 3, 240)
    means = scores.filter(pl.col("rater") != "judge").group_by("response").agg(pl.col("score").mean())
    both = scores.filter(rater="judge").join(means, on="response")
    x, y = both["score"].to_numpy(), both["score_right"].to_numpy()
    assert value(found, judge="judge", statistic="correlation")["value"] == pytest.approx(
        scipy_stats.pearsonr(x, y).statistic
    )
    assert value(found, judge="judge", statistic="rank correlation")["value"] == pytest.approx(
        scipy_stats.spearmanr(x, y).statistic
    )


def test_people_are_held_against_each_other_over_ordered_pairs() -> None:
    scores = simulated()
    found = judges(scores, judges="judge").agreement.filter(pl.col("judge").is_null())
    people = scores.filter(pl.col("rater") != "judge")
    rows = people.join(people, on=["item", "response"]).filter(pl.col("rater") != pl.col("rater_right"))
    x, y = rows["score"].to_numpy(), rows["score_right"].to_numpy()
    assert value(found, statistic="exact agreement")["value"] == pytest.approx((x == y).mean())
    assert value(found, statistic="weighted kappa")["value"] == pytest.approx(
        cohen_kappa_score(x, y, weights="quadratic")
    )


def test_categories_have_cohens_kappa() -> None:
    random = np.random.default_rng(3)
    rows = [
        (
            f"i{n}",
            f"r{n}",
            None,
            rater,
            str(random.choice(["fact", "none", "tone"], p=[0.6, 0.3, 0.1] if n % 2 else [0.1, 0.2, 0.7])),
        )
        for n in range(50)
        for rater in (*PEOPLE, "judge")
    ]
    scores = frame(rows)
    found = judges(scores, judges=["judge"])
    pairs = scores.filter(pl.col("rater") != "judge").join(scores.filter(rater="judge"), on="response")
    expected = cohen_kappa_score(pairs["label_right"].to_numpy(), pairs["label"].to_numpy())
    assert value(found.agreement, judge="judge", statistic="kappa")["value"] == pytest.approx(expected)
    assert found.calibration["note"].to_list() == ["its answers are categories, which have no bias"]
    assert found.alternative["method"][0].startswith("leave one person out, nearness by share of the others who agree")


# The alternative-annotator test, against a plain loop over the definitions


def by_loop(scores: pl.DataFrame, epsilon: float, how: str) -> tuple[float, float]:
    """Return winning rate and average advantage as section 3 of the paper defines them."""
    given = {(row["rater"], row["response"]): row["score"] for row in scores.to_dicts()}
    responses = scores["response"].unique().sort().to_list()

    def near(mine: float, others: list[float]) -> float:
        if how == "accuracy":
            return float(np.mean([mine == other for other in others]))
        return -float(np.sqrt(np.mean([(mine - other) ** 2 for other in others])))

    p_values, advantages = [], []
    for person in PEOPLE:
        judge_wins, person_wins = [], []
        for response in responses:
            others = [given[one, response] for one in PEOPLE if one != person and (one, response) in given]
            if (person, response) not in given or ("judge", response) not in given or not others:
                continue
            of_judge, of_person = near(given["judge", response], others), near(given[person, response], others)
            judge_wins.append(of_judge >= of_person or np.isclose(of_judge, of_person))
            person_wins.append(of_person >= of_judge or np.isclose(of_judge, of_person))
        gap = np.array(person_wins, float) - np.array(judge_wins, float)
        p_values.append(scipy_stats.ttest_1samp(gap, epsilon, alternative="less").pvalue)
        advantages.append(np.mean(judge_wins))
    won = multipletests(p_values, alpha=0.05, method="fdr_by")[0]
    return float(won.mean()), float(np.mean(advantages))


@pytest.mark.parametrize("how", ["rmse", "accuracy"])
@pytest.mark.parametrize("epsilon", [0.0, 0.1, 0.2])
@pytest.mark.parametrize("judge_noise", [0.3, 0.9, 1.5])
def test_the_test_is_what_the_paper_defines(how: Any, epsilon: float, judge_noise: float) -> None:
    scores = simulated(60, judge_noise=judge_noise, seed=5)
    # A quarter of the answers is missing.
    scores = scores.filter(pl.int_range(pl.len()).hash(1) % 4 > 0)
    found = alternative_annotator(scores, judges="judge", epsilon=epsilon, alignment=how)
    rate, advantage = by_loop(scores, epsilon, how)
    row = value(found.verdicts)
    assert row["winning_rate"] == pytest.approx(rate)
    assert row["advantage"] == pytest.approx(advantage)
    assert row["advantage_low"] < advantage < row["advantage_high"]
    assert row["passes"] is (rate >= 0.5)


def test_a_judge_as_good_as_people_passes_and_a_wild_one_does_not() -> None:
    good = judges(simulated(80, judge_noise=0.5), judges="judge")
    wild = judges(simulated(80, judge_noise=3.0), judges="judge")
    assert "passes the alternative-annotator test at epsilon 0.2 (winning rate 1.00 over 3 people" in good.in_words()
    assert "does not pass the alternative-annotator test" in wild.in_words()
    assert wild.alternative["winning_rate"].to_list() == [0.0]


def test_fewer_than_thirty_responses_take_the_signed_rank_test() -> None:
    found = alternative_annotator(simulated(10, judge_noise=0.3), judges="judge")
    assert found.persons["test"].unique().to_list() == ["signed-rank"]
    assert found.verdicts["note"][0] == "fewer than 30 responses for some: the signed-rank test there"


def test_two_people_are_said_to_be_few_and_one_is_not_enough() -> None:
    scores = simulated()
    two = alternative_annotator(scores, judges="judge", people=["ana", "ben"])
    assert two.verdicts["note"][0] == "two people only: the paper asks for three"
    one = alternative_annotator(scores, judges="judge", people=["ana"])
    assert one.verdicts["winning_rate"].to_list() == [None]
    assert one.verdicts["note"][0] == "no response was rated by the judge and two people"
    assert "no alternative-annotator test (no response was rated by the judge and two people)" in one.in_words()


def test_the_alternative_annotator_test_reads_as_a_sentence_and_as_tables() -> None:
    found = alternative_annotator(simulated(10, judge_noise=0.3), judges="judge")
    assert found.to_frame() is found.verdicts
    assert re.fullmatch(
        r"judge on \w+: passes the alternative-annotator test at epsilon 0.2 \(winning rate 1.00 over 3 people, average "
        r"advantage 0\.\d\d \[0\.\d\d, [01]\.\d\d\]\); fewer than 30 responses for some: the signed-rank test there\.",
        found.in_words(),
    )
    assert "ana" in repr(found)
    assert found._repr_html_().count("<table>") == 2


# Bias


def test_a_judge_that_favours_its_family_is_found() -> None:
    scores = simulated(150, family=0.8)
    row = value(judge_bias(scores, judges="judge", families={"judge": "m0"}))
    assert row["statistic"] == "family"
    assert row["low"] > 0.4
    assert row["low"] < 0.75 < row["high"] + 0.1
    assert "within items" in row["method"]
    fair = value(judge_bias(simulated(150), judges="judge", families={"judge": ["m0"]}))
    assert fair["low"] < 0 < fair["high"]


def test_the_bias_of_position_is_the_mean_gap_of_first_and_later() -> None:
    scores = frame(
        [
            *(("a", f"a{n}", None, "ana", 3.0) for n in range(2)),
            *(("b", f"b{n}", None, "ana", 3.0) for n in range(2)),
            ("a", "a0", None, "judge", 4.0),
            ("a", "a1", None, "judge", 2.0),
            ("b", "b0", None, "judge", 3.0),
            ("b", "b1", None, "judge", 4.0),
        ]
    )
    shown = pl.DataFrame({"item": ["a", "b"], "rater": ["judge"] * 2, "order": [["a0", "a1"], ["b1", "b0"]]})
    row = value(judge_bias(scores, judges="judge", order=shown))
    # First minus later: a 4 - 2, b 4 - 3.
    assert row["value"] == pytest.approx(1.5)
    long = shown.select(
        "item", "rater", pl.col("order").alias("response"), pl.int_ranges(pl.col("order").list.len()).alias("position")
    )
    again = value(judge_bias(scores, judges="judge", order=long.explode("response", "position")))
    assert again == row


def test_the_bias_of_length_is_points_for_each_doubling() -> None:
    random = np.random.default_rng(8)
    rows, lengths = [], []
    for n in range(200):
        doublings = random.uniform(0, 4)
        lengths.append((f"i{n}", f"r{n}", 100 * 2**doublings))
        rows += [(f"i{n}", f"r{n}", None, name, 3.0 + random.normal(0, 0.2)) for name in PEOPLE]
        rows.append((f"i{n}", f"r{n}", None, "judge", 3.0 + 0.3 * doublings + random.normal(0, 0.2)))
    frame_of = pl.DataFrame(lengths, schema=["item", "response", "length"], orient="row")
    row = value(judge_bias(frame(rows), judges="judge", lengths=frame_of))
    x = np.log2(frame_of["length"].to_numpy())
    scores = frame(rows)
    means = (
        scores.filter(pl.col("rater") != "judge").group_by("response", maintain_order=True).agg(pl.col("score").mean())
    )
    gap = scores.filter(rater="judge")["score"].to_numpy() - means["score"].to_numpy()
    assert row["value"] == pytest.approx(scipy_stats.linregress(x, gap).slope)
    assert row["low"] < 0.3 < row["high"]
    assert "over all responses" in row["method"]
    texts = frame_of.select("item", "response", pl.lit("words").alias("text"))
    assert value(judge_bias(scores, judges="judge", lengths=texts))["note"] == "all responses are as long"


# Calibration


def test_the_line_of_calibration_is_that_of_least_squares() -> None:
    scores = simulated(60, shift=0.7)
    found = judges(scores, judges="judge")
    means = scores.filter(pl.col("rater") != "judge").group_by("response").agg(pl.col("score").mean())
    both = scores.filter(rater="judge").join(means, on="response")
    x, y = both["score"].to_numpy(), both["score_right"].to_numpy()
    line = scipy_stats.linregress(x, y)
    table = found.calibration
    assert value(table, statistic="slope")["value"] == pytest.approx(line.slope)
    assert value(table, statistic="intercept")["value"] == pytest.approx(line.intercept)
    assert value(table, statistic="bias")["value"] == pytest.approx((x - y).mean())
    assert value(table, statistic="mean absolute difference")["value"] == pytest.approx(np.abs(x - y).mean())
    assert "above people's on average" in found.in_words()
    assert found.curve["monotone"].is_sorted()
    assert found.curve["n_responses"].sum() == len(x)


def test_probabilities_have_briers_score_and_a_calibration_error() -> None:
    random = np.random.default_rng(2)
    truth = random.uniform(0, 1, 400)
    said, given = (random.uniform(0, 1, 400) < truth).astype(float), np.clip(truth * 0.8, 0, 1)
    rows = [
        (f"i{n}", f"r{n}", None, rater, float(v))
        for n in range(400)
        for rater, v in (("ana", said[n]), ("judge", given[n]))
    ]
    found = judges(frame(rows), judges="judge").calibration
    assert value(found, statistic="Brier score")["value"] == pytest.approx(brier_score_loss(said, given))
    error = value(found, statistic="expected calibration error")
    bins = np.minimum((given * 10).astype(int), 9)
    by_hand = sum(abs(given[bins == b].mean() - said[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins))
    assert error["value"] == pytest.approx(by_hand)
    assert error["low"] is None
    assert expected_error(np.zeros(0), np.zeros(0)) is None


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(0.5, 4)), min_size=1, max_size=12))
def test_the_monotone_curve_is_that_of_scikit_learn(points: list[tuple[float, float]]) -> None:
    values, weights = (np.array(one) for one in zip(*points, strict=True))
    peer = IsotonicRegression().fit_transform(np.arange(len(values)), values, sample_weight=weights)
    assert monotone(values, weights) == pytest.approx(peer, abs=1e-6)


# Thin and odd data


def sound(found: Any) -> None:
    for table in found.tables().values():
        for column in table.select(pl.col(pl.Float64)):
            assert not (column.is_nan() | column.is_infinite()).any()
    assert isinstance(found.in_words(), str)
    assert "<table>" in found._repr_html_()
    assert str(found)


@pytest.mark.parametrize(
    ("rows", "statistic", "note"),
    [
        ([("a", "r", None, "judge", 3.0)], "weighted kappa", "no response was rated by both the judge and a person"),
        (
            [("a", "r", None, "judge", 3.0), ("b", "s", None, "ana", 3.0)],
            "correlation",
            "no response was rated by both the judge and a person",
        ),
        (
            [("a", "r", None, "judge", 3.0), ("a", "r", None, "ana", 3.0)],
            "exact agreement",
            "one item only: no interval",
        ),
        (
            [(item, item, None, rater, 3.0) for item in "abc" for rater in ("ana", "judge")],
            "weighted kappa",
            "one of the two gives every response the same: undefined",
        ),
        ([("a", "r", None, "judge", None)], "kappa", "no response was rated by both the judge and a person"),
    ],
)
def test_thin_data_are_said_in_words(rows: list[tuple[Any, ...]], statistic: str, note: str) -> None:
    found = judges(frame(rows), judges="judge", families={"judge": []})
    sound(found)
    assert value(found.agreement, judge="judge", statistic=statistic)["note"] == note


def test_a_judge_that_says_what_everyone_says_passes_without_a_warning() -> None:
    rows = [(f"i{n}", f"r{n}", None, rater, float(n % 5)) for n in range(40) for rater in (*PEOPLE, "judge")]
    found = judges(frame(rows), judges="judge")
    sound(found)
    assert found.alternative["winning_rate"].to_list() == [1.0]
    assert found.persons["test"].unique().to_list() == ["all the same"]
    assert value(found.agreement, judge="judge", statistic="weighted kappa")["value"] == pytest.approx(1)


def test_a_study_with_every_kind_of_scale_is_taken_whole() -> None:
    rubric = rw.Rubric(
        "r",
        dimensions=[
            rw.Dimension("tone", "?", rw.Ordinal(1, 5)),
            rw.Dimension("share", "?", rw.Continuous(0, 100)),
            rw.Dimension("safe", "?", rw.Binary()),
            rw.Dimension("fault", "?", rw.Nominal(["a", "b", "c"])),
            rw.Dimension("faults", "?", rw.Nominal(["a", "b", "c"], multiple=True)),
            rw.Dimension("clear", "?", rw.Binary(), about="item"),
        ],
    )
    items = [
        {"id": f"i{n}", "prompt": "p", "responses": [{"text": t, "model": m} for t, m in (("r", "m0"), ("q", "m1"))]}
        for n in range(12)
    ]
    study = rw.Study("s", items=items, rubric=rubric, store="memory")
    rw.simulate(study, raters=4)
    found = judges(study.scores(), rubric, judges="simulated-1", order=study.ratings(), families={"simulated-1": "m0"})
    sound(found)
    assert found.alternative["dimension"].to_list() == list(rubric.names)
    assert (
        "share of pairs"
        in value(found.agreement, judge="simulated-1", dimension="safe", statistic="exact agreement")["method"]
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"judges": "jugde"}, "did you mean 'judge'"),
        ({"judges": []}, "'judges' takes one name or more"),
        ({"judges": "judge", "people": ["judge"]}, "'judge' in both"),
        ({"judges": "judge", "people": ["anna"]}, "did you mean 'ana'"),
        ({"judges": "judge", "epsilon": 1.2}, "'epsilon' takes a share from 0 to below 1"),
        ({"judges": "judge", "dimensions": ["tune"]}, "did you mean 'tone'"),
        ({"judges": "judge", "families": {"judge": "m9"}}, "there are m0, m1"),
        ({"judges": "judge", "families": {"ana": "m0"}}, "'families' takes judges"),
        ({"judges": "judge", "lengths": pl.DataFrame({"item": ["a"], "response": ["r"]})}, "lacks 'length'"),
        ({"judges": "judge", "order": pl.DataFrame({"item": ["a"], "rater": ["r"]})}, "lacks 'response', 'position'"),
    ],
)
def test_bad_options_are_refused_in_words(options: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        judges(simulated(3), **options)


@pytest.mark.parametrize(
    ("options", "words"), [({"alignment": "cosine"}, "'alignment' takes"), ({"q": 0}, "'q' takes")]
)
def test_bad_options_of_the_test_are_refused_in_words(options: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        alternative_annotator(simulated(3), judges="judge", **options)
