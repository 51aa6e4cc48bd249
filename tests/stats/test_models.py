"""Models held against each other: against hand calculation, scipy, statsmodels, and truths that were put in."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize
from scipy import stats as scipy_stats
from statsmodels.formula import api as smf
from statsmodels.stats.multitest import multipletests

import rubricwidgets as rw
from rubricwidgets.errors import InputError
from rubricwidgets.stats.corrections import CORRECTIONS, adjusted
from rubricwidgets.stats.estimates import ESTIMATES_SCHEMA
from rubricwidgets.stats.mixed import EXACT, NOT_CONVERGED, Mixed, Scored, fit
from rubricwidgets.stats.model_comparison import DIFFERENCES_SCHEMA
from rubricwidgets.stats.models import compare_models

SCHEMA = {
    "item": pl.String,
    "response": pl.String,
    "model": pl.String,
    "rater": pl.String,
    "dimension": pl.String,
    "score": pl.Float64,
}


def frame(rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    """Rows of item, model, rater, score; one response for each item and model."""
    full = [
        (item, None if model is None else f"{item}-{model}", model, rater, "tone", score)
        for item, model, rater, score in rows
    ]
    return pl.DataFrame(full, schema=SCHEMA, orient="row")


def simulated(
    items: int = 30,
    models: int = 3,
    raters: int = 5,
    *,
    seed: int = 0,
    effect: float = 0.5,
    taste: float = 0.2,
    keep: float = 1.0,
) -> pl.DataFrame:
    """Scores whose models differ by ``effect``, with items, responses, raters and raters' tastes drawn."""
    random = np.random.default_rng(seed)
    item, model, rater = (one.ravel() for one in np.meshgrid(range(items), range(models), range(raters), indexing="ij"))
    score = (
        3
        + effect * model
        + random.normal(0, 0.6, items)[item]
        + random.normal(0, 0.4, (items, models))[item, model]
        + random.normal(0, 0.4, raters)[rater]
        + random.normal(0, taste, (models, raters))[model, rater]
        + random.normal(0, 0.6, len(item))
    )
    kept = random.random(len(item)) < keep
    return frame(
        [(f"i{i:03}", f"m{m}", f"r{r}", s) for i, m, r, s, k in zip(item, model, rater, score, kept, strict=True) if k]
    )


def only(table: pl.DataFrame) -> dict[str, Any]:
    (row,) = table.to_dicts()
    return row


def test_the_difference_is_that_of_the_means_of_item_means() -> None:
    scores = frame(
        [
            ("a", "m0", "x", 1.0),
            ("a", "m0", "y", 2.0),
            ("a", "m1", "x", 3.0),
            ("b", "m0", "x", 4.0),
            ("b", "m1", "x", 4.0),
        ]
    )
    row = only(compare_models(scores).to_frame())
    # m0: (1.5 + 4) / 2 = 2.75; m1: (3 + 4) / 2 = 3.5.
    assert row["value"] == pytest.approx(-0.75)
    assert (row["model"], row["against"]) == ("m0", "m1")
    assert (row["n_items"], row["n_raters"], row["n_ratings"]) == (2, 2, 5)
    # Item a: x gives m0 less (0 of 1); item b: a tie (a half): (0 + 1/2) / 2.
    assert row["superiority"] == pytest.approx(0.25)


def test_the_differences_are_those_of_the_table_of_means() -> None:
    study = rw.demo(store="memory")
    rw.simulate(study, raters=4, seed=1)
    means = {
        (row["model"], row["dimension"]): row["value"]
        for row in rw.stats.means(study.scores(), study.rubric).to_dicts()
    }
    for row in compare_models(study.scores(), study.rubric).to_frame().to_dicts():
        gap = means[row["model"], row["dimension"]] - means[row["against"], row["dimension"]]
        assert row["value"] == pytest.approx(gap, abs=1e-12)


def test_one_raters_pairs_give_the_paired_t_test() -> None:
    scores = simulated(items=60, models=2, raters=1)
    row = only(compare_models(scores, resamples=20_000, mixed=False).to_frame())
    wide = scores.pivot("model", index="item", values="score")
    paired = scipy_stats.ttest_rel(wide["m0"].to_numpy(), wide["m1"].to_numpy())
    low, high = paired.confidence_interval(0.95)
    assert row["value"] == pytest.approx(float((wide["m0"] - wide["m1"]).mean()))  # type: ignore[arg-type]
    assert (row["low"], row["high"]) == pytest.approx((low, high), rel=0.05)
    assert row["df"] == 59
    assert row["note"].startswith("the interval speaks of other items judged by the same raters: there is one")


def test_items_that_have_one_model_each_give_welchs_interval() -> None:
    random = np.random.default_rng(4)
    scores = frame([(f"i{n}", f"m{n % 2}", "x", float(random.normal(n % 2, 1))) for n in range(400)])
    row = only(compare_models(scores, resamples=20_000, mixed=False).to_frame())
    first, second = (scores.filter(pl.col("model") == name)["score"].to_numpy() for name in ("m0", "m1"))
    low, high = scipy_stats.ttest_ind(first, second, equal_var=False).confidence_interval(0.95)
    assert (row["low"], row["high"]) == pytest.approx((low, high), rel=0.05)
    # No rater scored both for one item: over all pairs, as the Mann-Whitney statistic.
    share = scipy_stats.mannwhitneyu(first, second).statistic / (len(first) * len(second))
    assert row["superiority"] == pytest.approx(share)
    pooled = np.sqrt((first.var(ddof=1) + second.var(ddof=1)) / 2)
    assert row["standardised"] == pytest.approx((first.mean() - second.mean()) / pooled)


def test_raters_who_differ_in_taste_widen_the_interval() -> None:
    alike, apart = (only(compare_models(simulated(60, 2, 6, taste=taste, seed=2)).to_frame()) for taste in (0.0, 0.8))
    assert apart["se"] > 2 * alike["se"]
    assert apart["df"] < 12 < alike["df"]


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    held = 0
    for seed in range(120):
        row = only(compare_models(simulated(30, 2, 5, seed=seed), resamples=200, mixed=False).to_frame())
        held += row["low"] <= -0.5 <= row["high"]
    assert 108 <= held <= 120  # 95 % of 120 is 114, give or take 2.5 standard deviations


def test_what_was_put_in_is_found_and_told_soberly() -> None:
    found = compare_models(simulated(80, 3, 8, effect=0.6))
    assert (found.to_frame()["value"] < 0).all()
    assert (found.to_frame()["p_adjusted"] < 0.01).all()
    words = found.in_words()
    assert words.startswith("tone: mean scores put m1 above m0 by ")
    assert "p < .001" in words
    assert "significant" not in words
    assert "corrected for 3 comparisons (Holm)" in words
    undecided = compare_models(simulated(8, 2, 3, effect=0.0, seed=3)).in_words()
    assert "leave open which is higher of" in undecided


def test_against_names_the_one_to_be_held_against() -> None:
    table = compare_models(simulated(), against="m1").to_frame()
    assert table.select("model", "against").rows() == [("m0", "m1"), ("m2", "m1")]


def test_the_same_seed_gives_the_same_and_swapped_models_the_mirror() -> None:
    scores = simulated()
    first, again = (compare_models(scores, seed=3).to_frame() for _ in range(2))
    assert first.equals(again)
    other = only(compare_models(scores, against="m0", seed=3).to_frame().filter(model="m2"))
    mirrored = only(first.filter(pl.col("model") == "m0", pl.col("against") == "m2"))
    assert other["value"] == pytest.approx(-mirrored["value"])
    assert other["low"] == pytest.approx(-mirrored["high"])
    assert other["superiority"] == pytest.approx(1 - mirrored["superiority"])


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_names_of_raters_change_anything(random: Any) -> None:
    scores = simulated(12, 2, 4, keep=0.7)
    order = list(range(scores.height))
    random.shuffle(order)
    names = [f"r{n}" for n in range(4)]
    shuffled = dict(zip(names, random.sample(names, 4), strict=True))
    moved = scores[order].with_columns(pl.col("rater").replace(shuffled))
    one, other = (only(compare_models(scores, resamples=100, mixed=False).to_frame()) for scores in (scores, moved))
    for name in ("value", "se", "p_value", "standardised", "superiority", "superiority_low"):
        assert one[name] == pytest.approx(other[name])


def test_neither_other_dimensions_nor_their_order_change_a_dimension() -> None:
    tone = simulated(12, 2, 4, keep=0.7)
    both = pl.concat([tone, tone.with_columns(pl.lit("depth").alias("dimension"), pl.col("score") * 2 - 1)])
    alone = compare_models(tone, resamples=100)
    for scores, dimensions in ((both, None), (both, ["depth", "tone"]), (both.reverse(), None), (both, "tone")):
        found = compare_models(scores, dimensions=dimensions, resamples=100, correction="none")
        own = only(found.to_frame().filter(dimension="tone"))
        assert own == {**only(alone.to_frame()), "p_adjusted": own["p_value"]}
        assert found.mixed.filter(dimension="tone").equals(alone.mixed)


def test_a_standardised_difference_needs_no_interval() -> None:
    # A model with 2 of 40 items: more than one bootstrap sample in ten has neither of them.
    scores = simulated(40, 2, 4).filter((pl.col("model") == "m0") | pl.col("item").is_in(["i000", "i001"]))
    row = only(compare_models(scores).to_frame())
    assert row["low"] is None
    assert row["note"] == "one of the two has too few items: no interval"
    first, second = (scores.filter(model=model)["score"].to_numpy() for model in ("m0", "m1"))
    pooled = ((len(first) - 1) * first.var(ddof=1) + (len(second) - 1) * second.var(ddof=1)) / (scores.height - 2)
    assert row["standardised"] == pytest.approx(row["value"] / pooled**0.5)
    assert 0 <= row["superiority"] <= 1
    assert row["superiority_low"] is None


# The mixed model, against statsmodels


def as_scored(scores: pl.DataFrame) -> Scored:
    codes = {
        name: scores[name].rank("dense").to_numpy().astype(np.int64) - 1
        for name in ("item", "model", "rater", "response")
    }
    first = np.unique(codes["response"], return_index=True)[1]
    y = scores["score"].to_numpy()
    counts = [int(codes[name].max()) + 1 for name in ("model", "item", "rater")]
    return Scored(y, codes["response"], codes["rater"], codes["model"][first], codes["item"][first], *counts)


def test_the_mixed_model_is_that_of_statsmodels() -> None:
    scores = simulated(20, 3, 5, keep=0.8, taste=0.5)
    ours = fit(as_scored(scores))
    assert isinstance(ours, Mixed)
    table = scores.with_columns(pl.concat_str("rater", "model").alias("taste"), pl.lit(1).alias("one")).to_pandas()
    parts = {"item": "0 + C(item)", "response": "0 + C(response)", "rater": "0 + C(rater)", "taste": "0 + C(taste)"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = smf.mixedlm("score ~ 0 + C(model)", table, groups="one", vc_formula=parts).fit(reml=True)
    theirs = dict(zip(peer.model.exog_vc.names, peer.vcomp, strict=True))
    for own, other in (("item", "item"), ("response", "response"), ("rater", "rater"), ("rater_by_model", "taste")):
        assert ours.components[own] == pytest.approx(theirs[other], abs=2e-4)
    assert ours.components["residual"] == pytest.approx(peer.scale, rel=1e-3)
    assert ours.means == pytest.approx(peer.fe_params.to_numpy(), abs=1e-4)
    value, se, df = ours.contrast([1, -1, 0])
    weights = np.array([1, -1, 0])
    assert value == pytest.approx(float(weights @ peer.fe_params.to_numpy()), abs=1e-4)
    assert se == pytest.approx(float(weights @ peer.cov_params().iloc[:3, :3].to_numpy() @ weights) ** 0.5, rel=1e-3)
    assert df is not None
    assert 2 < df < 40


def test_a_balanced_designs_degrees_of_freedom_are_those_of_the_analysis_of_variance() -> None:
    # One rater, two models, each item with both: the difference's error is that of 24 pairs, so 23 degrees of freedom.
    fitted = fit(as_scored(simulated(24, 2, 1)))
    assert isinstance(fitted, Mixed)
    assert "rater" not in fitted.components
    _, se, df = fitted.contrast([1, -1])
    wide = simulated(24, 2, 1).pivot("model", index="item", values="score")
    assert se == pytest.approx(float((wide["m0"] - wide["m1"]).std()) / 24**0.5, rel=1e-3)  # type: ignore[arg-type]
    assert df == pytest.approx(23, rel=0.02)


def test_one_raters_single_scores_of_unpaired_models_have_nothing_random_but_the_residual() -> None:
    random = np.random.default_rng(4)
    scores = frame([(f"i{i:02}", f"m{i % 2}", "x", random.normal()) for i in range(40)])
    check = only(compare_models(scores).mixed)
    first, second = (scores.filter(pl.col("model") == model)["score"].to_numpy() for model in ("m0", "m1"))
    peer = scipy_stats.ttest_ind(first, second)
    low, high = peer.confidence_interval()
    assert check["value"] == pytest.approx(first.mean() - second.mean())
    assert (check["low"], check["high"]) == pytest.approx((low, high), rel=1e-3)


@pytest.mark.parametrize("names", [["r0", "r1", "r2"], ["z", "A", "m"], ["b", "c", "a"]])
@pytest.mark.parametrize("severities", [[0, 0, 0], [0, 1, 0], [0, 1, 2]])
@pytest.mark.parametrize("taste", [0, 1])
def test_scores_that_leave_nothing_over_have_no_mixed_model_whoever_gave_them(
    names: list[str], severities: list[int], taste: int
) -> None:
    random = np.random.default_rng(0)
    worth = random.integers(1, 4, (12, 2))
    scores = frame(
        [
            (f"i{i:02}", f"m{m}", name, float(worth[i, m] + severity + taste * m * (severity == 1)))
            for i in range(12)
            for m in range(2)
            for name, severity in zip(names, severities, strict=True)
        ]
    )
    check = only(compare_models(scores, resamples=100).mixed)
    assert (check["value"], check["note"]) == (None, EXACT)


def test_a_fit_that_stopped_too_early_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def lazy(_: Any, start: Any, **__: Any) -> Any:
        return optimize.OptimizeResult(x=start * 4)

    monkeypatch.setattr(optimize, "minimize", lazy)
    fitted = fit(as_scored(simulated()))
    assert isinstance(fitted, Mixed)
    assert fitted.note == NOT_CONVERGED


def test_the_comparison_brings_the_mixed_models_answer_as_a_check() -> None:
    found = compare_models(simulated(40, 2, 5))
    check, row = only(found.mixed), only(found.to_frame())
    assert check["value"] == pytest.approx(row["value"], abs=1e-6)  # balanced: the same
    assert check["low"] < row["value"] < check["high"]
    assert check["se"] == pytest.approx(row["se"], rel=0.35)
    assert only(found.components)["residual"] == pytest.approx(0.36, rel=0.25)


def test_raters_who_rated_other_models_are_told_by_the_mixed_model() -> None:
    random = np.random.default_rng(1)
    # Severe raters (below 3) rate m0 mostly, lenient ones m1; the models are the same.
    cells = [
        (i, m, r)
        for i in range(80)
        for r in range(6)
        for m in range(2)
        if (r < 3) == (m == 0) or random.random() < 0.15
    ]
    rows = [(f"i{i}", f"m{m}", f"r{r}", 3 + 2 * (r >= 3) + float(random.normal(0, 0.3))) for i, m, r in cells]
    found = compare_models(frame(rows))
    assert only(found.to_frame())["value"] < -1
    assert abs(only(found.mixed)["value"]) < 0.3
    assert "A mixed model gives clearly other differences for m0 against m1 on tone" in found.in_words()


# Corrections


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_corrections_are_those_of_statsmodels(p_values: list[float]) -> None:
    names = {
        "holm": "holm",
        "bonferroni": "bonferroni",
        "benjamini_hochberg": "fdr_bh",
        "benjamini_yekutieli": "fdr_by",
    }
    for correction in CORRECTIONS:
        if correction != "none":
            assert adjusted(p_values, correction) == pytest.approx(
                multipletests(p_values, method=names[correction])[1], abs=1e-12
            )
    assert adjusted(p_values, "none") == pytest.approx(p_values)


# Thin and odd data


def row_of(scores: pl.DataFrame, rubric: rw.Rubric | None = None) -> dict[str, Any]:
    found = compare_models(scores, rubric)
    assert found.to_frame().schema == DIFFERENCES_SCHEMA
    assert found.mixed.schema == {"model": pl.String, "against": pl.String, **ESTIMATES_SCHEMA}
    assert isinstance(found.in_words(), str)
    assert "<table>" in found._repr_html_()
    for table in (found.to_frame(), found.mixed, found.components):
        for column in table.select(pl.col(pl.Float64)):
            assert not (column.is_nan() | column.is_infinite()).any()
    return only(found.to_frame())


@pytest.mark.parametrize(
    ("scores", "note"),
    [
        (frame([]).with_columns(score=pl.lit(None, pl.Float64)), None),
        (frame([("a", "m0", "x", None), ("a", "m1", "x", None)]), "no scores"),
        (frame([("a", None, "x", 1.0), ("b", None, "x", 2.0)]), "no response says which model it is from"),
        (frame([("a", "m0", "x", 1.0), ("b", "m0", "x", 2.0)]), "scores of one model only: a difference takes two"),
        (frame([("a", "m0", "x", 1.0), ("a", "m1", "x", 2.0)]), "one item only: no interval"),
        (frame([("a", "m0", "x", 1.0), ("b", "m0", "x", 2.0), ("b", "m1", "x", None)]), "no scores of m1"),
    ],
)
def test_thin_data_are_said_in_words(scores: pl.DataFrame, note: str | None) -> None:
    if note is None:
        found = compare_models(scores)
        assert found.to_frame().is_empty()
        assert found.in_words() == "No models can be compared: no scores."
        return
    row = row_of(scores)
    assert (row["low"], row["high"], row["p_value"]) == (None, None, None)
    assert row["note"] == note


def test_a_difference_that_is_always_the_same_has_no_p_value() -> None:
    row = row_of(frame([(item, f"m{n}", rater, float(n)) for item in "abc" for n in (1, 2) for rater in "xyz"]))
    assert (row["value"], row["low"], row["high"], row["p_value"]) == (-1.0, -1.0, -1.0, None)
    assert row["note"] == "every item gives the same difference: the interval says nothing about others"
    assert row["superiority"] == 0.0


def test_a_model_with_a_single_item_has_a_difference_without_an_interval() -> None:
    scores = pl.concat([simulated(20, 2, 4), frame([("i000", "m9", f"r{n}", 3.0 + n) for n in range(4)])])
    found = compare_models(scores)
    rows = found.to_frame().filter(pl.col("against") == "m9")
    assert rows["low"].to_list() == [None, None]
    assert rows["note"].to_list() == ["one of the two has too few items: no interval"] * 2
    assert rows["value"].null_count() == 0


def test_a_crowd_of_raters_leaves_preferences_out_of_the_mixed_model_and_says_so() -> None:
    found = compare_models(simulated(60, 4, 90, keep=0.05), resamples=100)
    row = only(found.components)
    assert row["rater_by_model"] is None
    assert row["note"] == "raters' preferences for models are left out: too many raters"
    assert found.mixed["value"].null_count() == 0


def test_two_raters_are_said_to_be_too_few_to_speak_of_others() -> None:
    row = row_of(simulated(20, 2, 2))
    assert "2 are too few to speak of others, which takes 3" in row["note"]
    assert row["method"] == "95 % t interval over items (bootstrap, 2000 resamples)"


def test_a_dimension_about_the_item_and_categories_say_so() -> None:
    study = rw.Study(
        "s",
        items=[
            {
                "id": f"i{n}",
                "prompt": "p",
                "responses": [{"text": t, "model": m} for t, m in (("r", "m0"), ("q", "m1"))],
            }
            for n in range(3)
        ],
        rubric=rw.Rubric(
            "r",
            dimensions=[
                rw.Dimension("tone", "?", rw.Ordinal(1, 5)),
                rw.Dimension("clear", "?", rw.Binary(), about="item"),
                rw.Dimension("fault", "?", rw.Nominal(["a", "b", "c"])),
            ],
        ),
        store="memory",
    )
    rw.simulate(study, raters=3)
    notes = dict(compare_models(study.scores(), study.rubric).to_frame().select("dimension", "note").iter_rows())
    assert notes["clear"] == "it is about the item, not about a model's response"
    assert notes["fault"] == "its answers are categories, which have no mean"
    assert notes["tone"] is None


@pytest.mark.parametrize("ranking", [False, True])
def test_preferences_alone_are_sent_to_where_models_are_ranked_by_them(ranking: bool) -> None:
    responses = [{"text": name, "model": name} for name in ("a", "b", "c")[: 3 if ranking else 2]]
    items = [{"id": f"i{n}", "prompt": "Say hi", "responses": responses} for n in range(8)]
    rubric = rw.Rubric("r", dimensions=[rw.Dimension("best", "?", rw.Ranking() if ranking else rw.Preference())])
    study = rw.Study("pairs", items=items, rubric=rubric, store="memory")
    rw.simulate(study)
    words = "rankings() (of a study: plackett_luce())" if ranking else "pairwise()"
    assert f"its answers compare responses, which is for {words}." in study.compare_models().in_words()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"against": "m11"}, "did you mean 'm1'"),
        ({"correction": "holms"}, "did you mean 'holm'"),
        ({"confidence": 95}, "above 0 and below 1"),
        ({"resamples": 10}, "'resamples' takes a whole number from 100"),
        ({"seed": -1}, "'seed' takes a whole number from 0"),
        ({"dimensions": ["tome"]}, "did you mean 'tone'"),
    ],
)
def test_bad_options_are_refused_in_words(options: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        compare_models(simulated(4, 2, 2), **options)


def test_a_frame_without_models_is_refused_with_the_nearest_column() -> None:
    with pytest.raises(InputError, match="it lacks 'model'; did you mean 'modell'"):
        compare_models(simulated(4, 2, 2).rename({"model": "modell"}))


def test_equal_means_are_said_to_be_the_same_and_one_item_to_have_no_interval() -> None:
    constant = compare_models(frame([(item, f"m{n}", rater, 3.0) for item in "abc" for n in (1, 2) for rater in "xyz"]))
    assert constant.in_words() == (
        "tone: the mean scores of m1 and m2 are the same (every item gives the same difference: the interval says nothing "
        "about others)."
    )
    single = compare_models(frame([("a", f"m{n}", rater, float(n)) for n in (1, 2) for rater in "xyz"]))
    assert single.in_words() == "tone: means put m2 above m1 by 1.00 (one item only: no interval)."


def test_an_interval_that_leaves_0_out_beside_a_corrected_p_that_does_not_is_explained_where_it_stands() -> None:
    found = compare_models(simulated(14, 4, 5, effect=0.35, seed=5))
    table = found.to_frame()
    torn = table.filter((pl.col("low") > 0) | (pl.col("high") < 0), pl.col("p_adjusted") > 0.05)
    assert 0 < torn.height < 4
    assert found.in_words().count("for this pair alone, but corrected for 6 comparisons p = ") == torn.height
    assert "for this pair alone" not in compare_models(simulated(80, 3, 8, effect=0.6)).in_words()
