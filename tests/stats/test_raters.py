"""What each rater does, held against sums worked out by hand, plain loops and other people's programs."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

import rubricwidgets as rw
from rubricwidgets.errors import InputError
from rubricwidgets.stats.gold import NO_GOLD, NO_REPEATS, gold_agreement, self_agreement
from rubricwidgets.stats.grouped import effective_number, jackknife_by, wilson
from rubricwidgets.stats.rater_findings import holm
from rubricwidgets.stats.raters import raters
from tests.test_real_studies import folder

RUBRIC = rw.Rubric(
    "r",
    dimensions=[
        rw.Dimension("accuracy", "?", rw.Ordinal(1, 5)),
        rw.Dimension("tone", "?", rw.Ordinal(1, 5)),
        rw.Dimension("safe", "?", rw.Binary()),
        rw.Dimension("fault", "?", rw.Nominal(["none", "padding", "fact"])),
    ],
)


def scores_of(table: dict[str, list[float | None]], dimension: str = "accuracy", **more: Any) -> pl.DataFrame:
    """Return a frame from each rater's scores on items in order; None where a rater did not score."""
    rows = [
        {
            "item": f"i{place:03}",
            "response": f"i{place:03}-r",
            "rater": name,
            "dimension": dimension,
            "score": value,
            **more,
        }
        for name, values in table.items()
        for place, value in enumerate(values)
        if value is not None
    ]
    return pl.DataFrame(rows, schema_overrides={"score": pl.Float64})


def simulated(
    seed: int, n_raters: int = 8, n_items: int = 40, n_responses: int = 1, share: float = 1.0, **shift: Any
) -> pl.DataFrame:
    """Return scores of interchangeable raters on two dimensions; ``shift`` changes rater r0."""
    random = np.random.default_rng(seed)
    rows = []
    for item in range(n_items):
        for response in range(n_responses):
            quality = random.normal(3, 1, 2)
            for rater in range(n_raters):
                if random.random() > share:
                    continue
                noise = random.normal(0, 0.7, 2)
                if rater == 0 and "halo" in shift:
                    noise = 0.3 * noise + random.normal(0, 1.4)
                value = quality + noise
                if rater == 0:
                    value = (value - 3) * shift.get("spread", 1.0) + 3 - shift.get("severity", 0.0)
                seconds = float(random.lognormal(4, 0.4)) * (shift.get("pace", 1.0) if rater == 0 else 1.0)
                for dimension, one in zip(("accuracy", "tone"), value, strict=True):
                    score = float(np.clip(round(one), 1, 5))
                    rows.append((f"i{item}", f"{item}-{response}", f"r{rater}", dimension, score, seconds))
    return pl.DataFrame(rows, schema=["item", "response", "rater", "dimension", "score", "seconds"], orient="row")


def estimate(found: Any, rater: str, statistic: str, dimension: str | None = "accuracy") -> dict[str, Any]:
    frame = found if isinstance(found, pl.DataFrame) else found.estimates
    (row,) = frame.filter(
        pl.col("rater") == rater, pl.col("statistic") == statistic, pl.col("dimension").eq_missing(pl.lit(dimension))
    ).to_dicts()
    return dict(row)


def no_bare_nan(frame: pl.DataFrame) -> None:
    for name in ("value", "low", "high", "se"):
        assert frame[name].is_finite().all()  # null is left out
    assert frame.filter(pl.col("value").is_null() & pl.col("note").is_null()).is_empty()


# Severity, spread, extremity, halo


def test_who_gives_categories_is_neither_severe_nor_without_company() -> None:
    frame = pl.DataFrame(
        {
            "item": [str(n // 3) for n in range(18)],
            "rater": ["a", "b", "c"] * 6,
            "dimension": "fault",
            "score": pl.Series([None] * 18, dtype=pl.Float64),
            "label": ["x", "y", "x"] * 6,
        }
    )
    found = raters(frame)
    assert "the answers are categories, which have no order" in found.in_words()
    assert found.findings["finding"].unique().to_list() == ["its answers are categories, which have no order"]


def test_severity_is_how_far_one_lies_below_the_others() -> None:
    found = raters(scores_of({"x": [1, 2, 3], "y": [2, 4, 3], "z": [3, 4, 3]}), RUBRIC)
    # x against the means of y and z: 2.5 - 1, 4 - 2, 3 - 3: mean 3.5 / 3, sd of the three over sqrt(3), t(2, .975) = 4.3027.
    row = estimate(found, "x", "severity")
    differences = np.array([1.5, 2.0, 0.0])
    se = differences.std(ddof=1) / 3**0.5
    assert row["value"] == pytest.approx(3.5 / 3)
    assert row["se"] == pytest.approx(se)
    assert (row["low"], row["high"]) == pytest.approx((3.5 / 3 - 4.3027 * se, 3.5 / 3 + 4.3027 * se), abs=1e-4)
    assert (row["n_items"], row["n_raters"], row["n_ratings"]) == (3, 3, 3)


def brute(frame: pl.DataFrame, rater: str) -> dict[str, float]:
    """Return the effects of one rater by plain loops."""
    own: list[float] = []
    others: list[list[tuple[str, float]]] = []
    mine = frame.filter(pl.col("rater") == rater)
    unit_mean = {key[0]: part["score"].mean() for key, part in frame.group_by("response")}
    levels = {
        key[0]: np.mean([score - unit_mean[unit] for unit, score in part.select("response", "score").iter_rows()])
        for key, part in frame.group_by("rater")
    }
    for unit, score in mine.select("response", "score").iter_rows():
        rest = frame.filter(pl.col("response") == unit, pl.col("rater") != rater).select("rater", "score").rows()
        if rest:
            own.append(score)
            others.append(rest)
    centre = frame["score"].mean()
    levelled = [[score - levels[name] - centre for name, score in rest] for rest in others]
    variance = np.mean([np.mean(np.square(one)) for one in levelled]) - np.mean([np.mean(one) for one in levelled]) ** 2
    at_end = [float(one in (1, 5)) for one in own]
    ends = [np.mean([float(score in (1, 5)) for _, score in rest]) for rest in others]
    return {
        "severity": float(
            np.mean([np.mean([s for _, s in rest]) - one for one, rest in zip(own, others, strict=True)])
        ),
        "spread": float(np.std(own) / np.sqrt(variance)),
        "extremity": float(np.mean(at_end) - np.mean(ends)),
    }


@pytest.mark.parametrize("n_responses", [1, 3])
def test_effects_are_those_of_plain_loops_in_incomplete_designs(n_responses: int) -> None:
    frame = simulated(5, n_raters=6, n_items=12, n_responses=n_responses, share=0.6)
    frame = frame.filter(pl.col("dimension") == "accuracy")
    found = raters(frame, RUBRIC)
    for rater in frame["rater"].unique():
        for statistic, value in brute(frame, rater).items():
            assert estimate(found, rater, statistic)["value"] == pytest.approx(value), (rater, statistic)


def test_the_standard_error_is_that_of_leaving_out_each_item() -> None:
    random = np.random.default_rng(1)
    group = np.repeat([0, 1], [7, 5])
    sums = np.column_stack([random.normal(size=12), random.integers(1, 4, 12)]).astype(float)
    found = jackknife_by(group, sums, lambda total: total[:, 0] / total[:, 1], 2)
    for one in (0, 1):
        own = sums[group == one]
        without = [np.delete(own, place, axis=0).sum(axis=0) for place in range(len(own))]
        values = np.array([above / below for above, below in without])
        expected = np.sqrt((len(own) - 1) / len(own) * ((values - values.mean()) ** 2).sum())
        assert found.se[one] == pytest.approx(expected)


def test_halo_is_the_correlation_beyond_the_others() -> None:
    frame = simulated(3, n_raters=3, n_items=25)
    found = raters(frame, RUBRIC)
    wide = frame.pivot("dimension", index=["response", "rater"], values="score")
    level = {
        name: {
            rater: part.filter(pl.col("rater") == rater)[name].mean() - wide[name].mean()  # type: ignore[operator]
            for (rater,), part in wide.group_by("rater")
        }
        for name in ("accuracy", "tone")
    }
    mine = wide.filter(pl.col("rater") == "r0").select("accuracy", "tone").to_numpy()
    theirs = np.concatenate(
        [
            wide.filter(pl.col("rater") == rater).select("accuracy", "tone").to_numpy()
            - [level["accuracy"][rater], level["tone"][rater]]
            for rater in ("r1", "r2")
        ]
    )
    expected = np.corrcoef(mine.T)[0, 1] - np.corrcoef(theirs.T)[0, 1]
    assert estimate(found, "r0", "halo", None)["value"] == pytest.approx(expected)


def test_time_is_the_median_per_item_with_an_interval_from_order_statistics() -> None:
    seconds = [float(one) for one in range(10, 110, 10)]
    frame = scores_of({"x": [3.0] * 10}).with_columns(pl.Series("seconds", seconds))
    both = pl.concat([frame, frame.with_columns(pl.lit("tone").alias("dimension"))])
    row = estimate(raters(both, RUBRIC), "x", "seconds", None)
    # Ten values: from the second to the ninth covers 97.9 % (Conover 1999, table A3: P(B <= 1) = .0107).
    assert (row["value"], row["low"], row["high"], row["n_items"]) == (55.0, 20.0, 90.0, 10)


# Gold and self-consistency


GOLD = pl.DataFrame(
    {"item": ["i000", "i001", "i002", "i003"], "dimension": ["accuracy"] * 4, "score": [1.0, 2.0, 5.0, 3.0]}
)


def test_agreement_with_gold_is_exact_within_one_and_weighted() -> None:
    found = gold_agreement(scores_of({"x": [1, 3, 1, 3, 2], "y": [1, 2, None, None, 4]}), GOLD, RUBRIC)
    assert estimate(found, "x", "gold_exact")["value"] == 2 / 4
    assert estimate(found, "x", "gold_within_one")["value"] == 3 / 4
    assert estimate(found, "x", "gold_weighted")["value"] == pytest.approx((1 + 3 / 4 + 0 + 1) / 4)
    row = estimate(found, "y", "gold_exact")
    assert (row["value"], row["n_ratings"]) == (1.0, 2)
    low, high = proportion_confint(2, 4, method="wilson")
    row = estimate(found, "x", "gold_exact")
    assert (row["low"], row["high"]) == pytest.approx((low, high))


@pytest.mark.parametrize(("hits", "n"), [(0, 5), (3, 9), (47, 50), (50, 50)])
def test_wilsons_interval_is_that_of_statsmodels(hits: int, n: int) -> None:
    low, high = wilson(np.array([hits / n]), np.array([float(n)]), 0.9)
    assert (low[0], high[0]) == pytest.approx(proportion_confint(hits, n, alpha=0.1, method="wilson"))


def test_answers_to_one_item_are_not_counted_as_independent() -> None:
    group = np.zeros(10, dtype=np.int64)
    alike = np.column_stack([np.repeat([0.0, 3.0], 5), np.full(10, 3.0)])  # three answers each, all right or all wrong
    apart = np.column_stack([np.tile([1.0, 2.0], 5), np.full(10, 3.0)])
    assert effective_number(group, alike, 1)[0] == pytest.approx(10, abs=1.1)
    assert effective_number(group, apart, 1)[0] == pytest.approx(30)
    single = np.column_stack([np.repeat([0.0, 1.0], 5), np.ones(10)])
    assert effective_number(group, single, 1)[0] == 10


def test_gold_of_categories_and_of_yes_and_no_is_right_or_wrong() -> None:
    base = {"item": ["a", "b", "c"], "rater": ["x"] * 3}
    faults = pl.DataFrame({**base, "dimension": ["fault"] * 3, "score": [None] * 3, "label": ["none", "fact", "fact"]})
    safe = pl.DataFrame({**base, "dimension": ["safe"] * 3, "score": [1.0, 0.0, 1.0], "label": ["Yes", "No", "Yes"]})
    scores = pl.concat([faults.cast({"score": pl.Float64}), safe])
    gold = pl.DataFrame(
        {
            "item": ["a", "b", "a", "b"],
            "dimension": ["fault", "fault", "safe", "safe"],
            "score": [None, None, 1.0, 1.0],
            "label": ["none", "none", None, None],
        }
    )
    found = raters(scores, RUBRIC, gold=gold)
    for dimension in ("fault", "safe"):
        assert estimate(found, "x", "gold_exact", dimension)["value"] == 0.5
        weighted = estimate(found, "x", "gold_weighted", dimension)
        assert weighted["value"] is None
        assert "nothing lies between" in weighted["note"]


def test_gold_of_the_demo_study_is_what_its_items_hold() -> None:
    study = rw.demo(store="memory")
    truth = rw.simulate(study, raters=3, seed=4, severity=0.0, noise=0.0)
    assert truth.height == 3
    rows = [
        (item.id, response, dimension, float(value))
        for item in study.items
        if item.gold is not None
        for response, answers in item.gold.answers.items()
        for dimension, value in answers.items()
    ]
    gold = pl.DataFrame(rows, schema=["item", "response", "dimension", "score"], orient="row")
    found = gold_agreement(study.scores(), gold, study.rubric)
    exact = found.filter(pl.col("statistic") == "gold_exact")
    assert exact["value"].to_list() == [1.0] * exact.height  # without severity and noise they answer as gold does
    assert exact["n_items"].min() > 10  # type: ignore[operator]


def test_the_same_answer_to_the_same_content_is_consistent() -> None:
    scores = scores_of({"x": [1, 2, 3, 1, 3, 1], "y": [1, 2, 3, 1, 2, None]})
    repeats = pl.DataFrame({"item": ["i003", "i004", "i005"], "same_as": ["i000", "i001", "i002"]})
    found = raters(scores, RUBRIC, repeats=repeats)
    assert estimate(found, "x", "self_exact")["value"] == pytest.approx(1 / 3)
    assert estimate(found, "x", "self_within_one")["value"] == pytest.approx(2 / 3)
    assert estimate(found, "x", "self_weighted")["value"] == pytest.approx((1 + 3 / 4 + 2 / 4) / 3)
    assert estimate(found, "y", "self_exact")["value"] == 1.0
    assert estimate(found, "y", "self_exact")["n_ratings"] == 2


def test_repeated_items_of_several_responses_are_matched_by_response() -> None:
    rows = [(item, response, "x", "accuracy", score) for item, response, score in
            (("a", "r1", 1.0), ("a", "r2", 4.0), ("b", "r1", 1.0), ("b", "r2", 5.0))]  # fmt: skip
    scores = pl.DataFrame(rows, schema=["item", "response", "rater", "dimension", "score"], orient="row")
    found = self_agreement(scores, pl.DataFrame({"item": ["b"], "same_as": ["a"]}), RUBRIC)
    assert estimate(found, "x", "self_exact")["value"] == 0.5
    mapped = pl.DataFrame(
        {"item": ["b", "b"], "same_as": ["a", "a"], "response": ["r1", "r2"], "response_same_as": ["r2", "r1"]}
    )
    assert estimate(self_agreement(scores, mapped, RUBRIC), "x", "self_exact")["value"] == 0.0


def test_not_applicable_is_neither_right_nor_consistent() -> None:
    scores = scores_of({"x": [1, 2, 5, 3]}).with_columns(
        pl.Series("not_applicable", [False, True, False, False]),
        pl.when(pl.col("item") != "i001").then("score").alias("score"),
    )
    assert estimate(gold_agreement(scores, GOLD, RUBRIC), "x", "gold_exact")["n_ratings"] == 3


# Findings


def test_holm_is_that_of_statsmodels() -> None:
    p = np.random.default_rng(2).uniform(0, 0.2, 30) ** 2
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1])
    assert np.isnan(holm(np.array([0.01, np.nan]))[1])


def test_interchangeable_raters_have_no_findings() -> None:
    found = [raters(simulated(seed), RUBRIC) for seed in range(12)]
    assert sum(int(one.findings["n_findings"].sum()) for one in found) <= 1
    assert "nothing stands out beyond chance" in found[0].findings["finding"][0]
    assert "None of 8 raters stands out beyond chance" in found[0].in_words()


def test_a_p_below_a_twentieth_is_an_interval_that_leaves_out_no_effect() -> None:
    study = rw.demo("reliability", store="memory")
    rw.simulate(study, raters=6, seed=7)
    tests = study.raters().tests.filter(pl.col("p").is_not_null(), pl.col("low").is_not_null())
    nothing = pl.when(pl.col("statistic").is_in(["spread", "pace"])).then(1.0).otherwise(0.0)
    outside = (pl.col("low") > nothing) | (pl.col("high") < nothing)
    assert tests["statistic"].n_unique() >= 5
    assert tests.filter((pl.col("p") < 0.05) != outside).is_empty()


def test_values_that_are_rare_blame_interchangeable_raters_as_seldom_as_others() -> None:
    random = np.random.default_rng(3)
    below = []
    for _ in range(60):
        rare = random.random((8, 40)) < 0.04
        table = {f"r{place}": [5.0 if one else 3.0 for one in row] for place, row in enumerate(rare)}
        tests = raters(scores_of(table), RUBRIC).tests.filter(pl.col("statistic") == "severity")
        below += (tests["p"] < 0.05).to_list()
    # 480 tests at 5 %: three standard errors, raters of one table taken as independent, are 3 points.
    assert np.mean(below) < 0.08


@pytest.mark.parametrize(
    ("planted", "words"),
    [
        ({"severity": 1.0}, "scores lower than the others on the same responses: Accuracy by"),
        ({"severity": -1.0}, "scores higher than the others on the same responses: Accuracy by"),
        ({"spread": 0.3}, "spreads scores less than the others: Accuracy 0."),
        ({"pace": 0.3}, "takes less time than the others on the same items: 0."),
        ({"halo": True}, "rates the dimensions more alike than the others do: correlation higher by"),
    ],
)
def test_what_was_put_in_is_found_and_nobody_else_is_blamed(planted: dict[str, Any], words: str) -> None:
    found = raters(simulated(7, n_items=60, **planted), RUBRIC)
    by_name = dict(found.findings.select("rater", "finding").iter_rows())
    assert words in by_name["r0"]
    assert words not in "".join(one for name, one in by_name.items() if name != "r0")
    assert f"r0 {by_name['r0']}" in found.in_words()


def test_a_rater_who_always_gives_the_same_score_is_told_so() -> None:
    frame = simulated(8).with_columns(
        pl.when(pl.col("rater") == "r0", pl.col("dimension") == "tone").then(4.0).otherwise("score").alias("score")
    )
    found = raters(frame, RUBRIC)
    assert "gives every response the same score, where the others' differ: Tone" in found.findings["finding"][0]
    row = estimate(found, "r0", "spread", "tone")
    assert (row["value"], row["low"]) == (0.0, None)
    no_bare_nan(found.estimates)


def test_a_rater_who_is_never_near_gold_is_told_so() -> None:
    frame = simulated(9, n_items=30).filter(pl.col("dimension") == "accuracy")
    gold = (
        frame.filter(pl.col("rater") != "r0").group_by("item").agg(pl.col("score").median())
        .with_columns(pl.lit("accuracy").alias("dimension"))
    )  # fmt: skip
    wrong = frame.join(gold.select("item", gold="score"), on="item").with_columns(
        pl.when(pl.col("rater") == "r0")
        .then(pl.when(pl.col("gold") > 3).then(1.0).otherwise(5.0))
        .otherwise("score")
        .alias("score")
    )
    found = raters(wrong.drop("gold"), RUBRIC, gold=gold)
    assert (
        "agrees less with gold than the others on the same responses (near misses count in part): Accuracy by"
        in found.findings["finding"][0]
    )


def test_a_result_prints_and_converts() -> None:
    found = raters(simulated(1, severity=1.0), RUBRIC)
    assert "What stands out" in str(found)
    assert "<table>" in found._repr_html_()
    assert found.to_frame() is found.estimates
    assert found.tests["p_adjusted"].drop_nulls().is_between(0, 1).all()


# Thin data, and wrong input


@pytest.mark.parametrize(
    ("table", "note"),
    [
        ({"x": [1, 2, 3]}, "one rater only"),
        ({"x": [1, None], "y": [None, 2]}, "no item was rated by this rater and another"),
        ({"x": [3], "y": [4]}, "one item only: no interval"),
        ({"x": [3, 3], "y": [3, 3]}, None),
        ({"x": [1, 5, 2, 4, 1, 1], "y": [2, 4, 5, 5, 1, 2]}, None),
    ],
)
def test_thin_data_has_no_numbers_that_are_none(table: dict[str, list[float | None]], note: str | None) -> None:
    found = raters(scores_of(table), RUBRIC, gold=GOLD.tail(1), repeats=pl.DataFrame({"item": ["q"], "same_as": ["p"]}))
    no_bare_nan(found.estimates)
    assert estimate(found, "x", "severity")["note"] == note
    assert found.in_words()


def test_no_scores_are_no_raters() -> None:
    empty = scores_of({"x": [1.0]}).clear()
    found = raters(empty, RUBRIC)
    assert found.estimates.is_empty()
    assert found.in_words() == "No scores, so no raters to describe."
    assert gold_agreement(empty, GOLD, RUBRIC).is_empty()


def test_categories_have_no_severity_and_yes_and_no_no_spread() -> None:
    rows = [(f"i{n}", name, "fault", None, "none") for n in range(3) for name in "xy"]
    rows += [(f"i{n}", name, "safe", float(n % 2), "Yes" if n % 2 else "No") for n in range(3) for name in "xy"]
    frame = pl.DataFrame(rows, schema=["item", "rater", "dimension", "score", "label"], orient="row")
    found = raters(frame, RUBRIC)
    assert "categories" in estimate(found, "x", "severity", "fault")["note"]
    assert "two points only" in estimate(found, "x", "spread", "safe")["note"]
    assert estimate(found, "x", "severity", "safe")["value"] == 0.0


def test_a_scale_that_nobody_answered_yet_is_no_error() -> None:
    rubric = rw.Rubric(
        "r",
        dimensions=[rw.Dimension("accuracy", "?", rw.Ordinal(1, 5)), rw.Dimension("overall", "?", rw.Continuous(0, 9))],
    )
    frame = scores_of({"x": [1, 2], "y": [2, 2]}).with_columns(pl.lit(None, pl.String).alias("label"))
    row = estimate(raters(frame, rubric), "x", "severity", "overall")
    assert (row["value"], row["note"]) == (None, "no scores")


def test_gold_that_nobody_met_says_so() -> None:
    scores = scores_of({"x": [1.0, 2.0], "y": [None, 2.0]})
    found = raters(scores, RUBRIC, gold=GOLD.head(1), repeats=pl.DataFrame({"item": ["i001"], "same_as": ["i000"]}))
    assert estimate(found, "y", "gold_exact")["note"] == NO_GOLD
    assert estimate(found, "y", "self_exact")["note"] == NO_REPEATS


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: raters(scores_of({"x": [1]}).drop("rater")), "lacks 'rater'"),
        (lambda: raters(scores_of({"x": [1]}), dimensions=["acuracy"]), "did you mean 'accuracy'"),
        (lambda: raters(scores_of({"x": [1]}), confidence=95), "above 0 and below 1"),
        (lambda: raters(scores_of({"x": [1]}), gold=GOLD.rename({"score": "scores"})), "did you mean 'scores'"),
        (lambda: raters(scores_of({"x": [1]}), gold=pl.concat([GOLD, GOLD])), "one right answer for each"),
        (lambda: raters(scores_of({"x": [1]}), gold=5), "'gold' takes a frame"),
        (
            lambda: self_agreement(scores_of({"x": [1]}), pl.DataFrame({"item": ["a"], "same_as": ["a"]})),
            "repetition of itself",
        ),
        (
            lambda: self_agreement(scores_of({"x": [1]}), pl.DataFrame({"item": ["a", "b"], "same_as": ["b", "c"]})),
            "the first of its kind",
        ),
    ],
)
def test_wrong_input_is_refused_in_words(call: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        call()


# Properties


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), names=st.permutations(["a", "b", "c", "d"]))
def test_names_and_order_of_rows_change_nothing(seed: int, names: list[str]) -> None:
    frame = simulated(seed, n_raters=4, n_items=8, share=0.8)
    renamed = frame.with_columns(
        pl.col("rater").replace_strict({f"r{place}": name for place, name in enumerate(names)})
    ).sample(fraction=1, shuffle=True, seed=seed)
    ours, theirs = raters(frame, RUBRIC), raters(renamed, RUBRIC)
    for place, name in enumerate(names):
        for statistic in ("severity", "spread", "extremity"):
            one, other = estimate(ours, f"r{place}", statistic), estimate(theirs, name, statistic)
            assert one["value"] == pytest.approx(other["value"], nan_ok=True)
            assert one["se"] == pytest.approx(other["se"], nan_ok=True)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_severities_of_a_complete_design_add_up_to_nothing(seed: int) -> None:
    found = raters(simulated(seed, n_raters=5, n_items=6), RUBRIC)
    severity = found.estimates.filter(pl.col("statistic") == "severity").drop_nulls("value")
    assert severity.group_by("dimension").agg(pl.col("value").sum())["value"].to_list() == pytest.approx([0, 0])


def test_a_crowd_study_is_described_without_a_number_that_is_none() -> None:
    """Recipes scored by 88 crowd raters on six ordinal dimensions (Stein et al., DMR 2023)."""
    source = pl.read_csv(folder("01_recipes_rubric") / "ratings.csv")
    names = ["grammar", "fluency", "verbosity", "structure", "success", "overall"]
    frame = source.unpivot(
        on=names, index=["item_id", "rater_id", "time_s"], variable_name="dimension", value_name="score"
    )
    frame = frame.rename({"item_id": "item", "rater_id": "rater", "time_s": "seconds"}).cast({"score": pl.Float64})
    found = raters(frame)
    assert found.findings.height == 88
    no_bare_nan(found.estimates)
    assert found.estimates.filter(pl.col("statistic") == "severity").height == 88 * 6
