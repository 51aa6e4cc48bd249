"""Variance components, G and Phi against Brennan's tables, generalizit, statsmodels and what was simulated."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rubricwidgets.errors import InputError
from rubricwidgets.stats import estimates
from rubricwidgets.stats.component_fit import NOT_APART
from rubricwidgets.stats.estimates import ESTIMATES_SCHEMA
from rubricwidgets.stats.generalizability import NOT_NEGATIVE, generalizability, variance_components
from rubricwidgets.stats.icc import icc
from rubricwidgets.stats.reliability import reliability
from tests.stats.brennan import RAJARATNAM, SYNTHETIC_4
from tests.stats.test_icc import SHROUT, long

DESIGN = "Person x (Rater:Task)"


def simulated(
    units: int, raters: int, per_unit: int, seed: int = 0, variances: tuple[float, ...] = (1, 0.3, 0.7)
) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(units), per_unit)
    rater = np.argsort(rng.random((units, raters)), axis=1)[:, :per_unit].ravel()
    of_unit, of_rater, rest = (
        rng.normal(0, one**0.5, n) for one, n in zip(variances, (units, raters, len(unit)), strict=True)
    )
    return pl.DataFrame(
        {
            "item": [f"i{n}" for n in unit],
            "rater": [f"r{n}" for n in rater],
            "dimension": "tone",
            "score": 3 + of_unit[unit] + of_rater[rater] + rest,
        }
    )


def variances(result: Any) -> dict[str, float]:
    return dict(zip(result.components["effect"], result.components["variance"], strict=True))


def test_brennans_table_3_2_has_its_mean_squares_components_and_coefficients() -> None:
    result = variance_components(SYNTHETIC_4, DESIGN, score="Score")
    rows = {row["effect"]: row for row in result.components.to_dicts()}
    # Brennan 2001, table 3.2: mean squares and estimated components of the synthetic data set no. 4, p x (r:t).
    published = {
        "Person": (9, 10.2963, 0.473148),
        "Task": (2, 24.1, 0.325154),
        "Rater:Task": (9, 8.8556, 0.647531),
        "Person x Task": (18, 4.6185, 0.559568),
        "Person x Rater:Task": (81, 2.3802, 2.380247),
    }
    for effect, (df, square, variance) in published.items():
        assert rows[effect]["df"] == df
        assert rows[effect]["mean_square"] == pytest.approx(square, abs=6e-5)
        assert rows[effect]["variance"] == pytest.approx(variance, abs=6e-7)
    frame = result.to_frame()
    own = frame.filter(pl.col("mean_over") == "4 Rater x 3 Task")
    assert dict(zip(own["statistic"], own["value"], strict=True)) == pytest.approx(
        {"G": 0.5514388489, "Phi": 0.4637023594}, abs=1e-9
    )
    assert frame.columns == ["mean_over", *ESTIMATES_SCHEMA.names()]


def generalizit(frame: pl.DataFrame, design: str, response: str) -> dict[str, float]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from generalizit import GeneralizIT  # noqa: PLC0415

        peer = GeneralizIT(data=frame.to_pandas(), design_str=design, response=response)
        peer.calculate_anova()  # its coefficients of the components are rounded to four digits
    return {name: float(value) for name, value in peer.design.anova_table["Variance"].items() if name != "mean"}


@pytest.mark.parametrize("missing", [0, 23])
def test_generalizit_agrees_where_cells_are_missing_too(missing: int) -> None:
    rng = np.random.default_rng(3)
    kept = rng.permutation(SYNTHETIC_4.height)[missing:]
    frame = SYNTHETIC_4[sorted(kept.tolist())]
    # Raters have the same names in each task there; told apart, as its nested designs want them.
    frame = frame.with_columns(Rater=pl.col("Task").cast(pl.String) + "-" + pl.col("Rater").cast(pl.String))
    theirs = generalizit(frame, "Person x (Rater:Task)", "Score")
    ours = variances(variance_components(frame, DESIGN, score="Score"))
    assert sorted(ours.values()) == pytest.approx(sorted(theirs.values()), abs=2e-4)


def test_unequal_numbers_of_items_in_subtests_agree_with_generalizit() -> None:
    frame = RAJARATNAM.with_columns(Item=pl.col("Subtest").cast(pl.String) + "-" + pl.col("Item").cast(pl.String))
    theirs = generalizit(frame, "Person x (Item:Subtest)", "Score")
    result = variance_components(RAJARATNAM, "Person x (Item:Subtest)", score="Score")
    assert sorted(variances(result).values()) == pytest.approx(sorted(theirs.values()), abs=2e-4)
    (study,) = result.studies
    # Two, four and two items: their harmonic mean is 3 / (1/2 + 1/4 + 1/2).
    assert study.sizes == pytest.approx({"Item": 2.4, "Subtest": 3.0})


def test_mixed_models_by_reml_agree_on_a_full_table() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from statsmodels.regression.mixed_linear_model import MixedLM  # noqa: PLC0415

        frame = simulated(40, 6, 6, seed=5)
        data = frame.to_pandas().assign(everything=1)
        formula = {"item": "0 + C(item)", "rater": "0 + C(rater)"}
        fitted = MixedLM.from_formula("score ~ 1", groups="everything", vc_formula=formula, data=data).fit()
    ours = variances(generalizability(frame, objects="item"))
    assert [ours["item"], ours["rater"], ours["item x rater"]] == pytest.approx([*fitted.vcomp, fitted.scale], rel=2e-3)


def test_a_full_table_gives_the_intraclass_correlations() -> None:
    found = generalizability(long(SHROUT)).to_frame()
    forms = dict(icc(long(SHROUT)).to_frame().select("statistic", "value").iter_rows())
    # McGraw and Wong 1996: G is ICC(3,.), Phi is ICC(2,.).
    assert found["value"].to_list() == pytest.approx([forms[f"ICC({one})"] for one in ("3,1", "2,1", "3,k", "2,k")])


def test_what_was_simulated_is_found_with_nine_of_ten_cells_missing() -> None:
    found = variances(generalizability(simulated(4000, 60, 6)))
    assert found["response"] == pytest.approx(1, abs=0.06)
    assert found["response x rater"] == pytest.approx(0.7, abs=0.02)
    assert found["rater"] == pytest.approx(0.3, abs=0.12)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    held = {"G": 0, "Phi": 0}
    for seed in range(120):
        (study,) = generalizability(simulated(80, 12, 4, seed=seed)).studies
        for which, truth in (("G", 1 / 1.7), ("Phi", 0.5)):
            found = reliability(study, which, {"rater": 1.0}, confidence=0.95)  # type: ignore[arg-type]
            assert found.low is not None
            assert found.high is not None
            held[which] += found.low <= truth <= found.high
    # A nominal 95 % of 120 is 114; three standard errors below are 107.
    assert min(held.values()) >= 107


def test_raters_that_rated_one_response_each_are_nested() -> None:
    frame = long(SHROUT).with_columns(rater=pl.col("item") + pl.col("rater"))
    result = generalizability(frame)
    assert set(variances(result)) == {"response", "rater:response"}
    rows = result.to_frame()
    forms = dict(icc(frame).to_frame().select("statistic", "value").iter_rows())
    # One-way: G and Phi are both ICC(1,.).
    assert rows["value"].to_list() == pytest.approx([forms["ICC(1,1)"]] * 2 + [forms["ICC(1,k)"]] * 2)


def of_dimensions(names: tuple[str, ...] = ("tone", "fit", "fun"), seed: int = 1) -> pl.DataFrame:
    """Return a full table of 20 responses by four raters by dimensions, in which every component is well above 0."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(0, 2, (20, 1)) + rng.normal(0, 2, (1, 4)) + rng.normal(0, 2, (20, 4))
    own = [rng.normal(0, 1, (20, 1)) + rng.normal(0, 1, (1, 4)) + rng.normal(0, 1, (20, 4)) for _ in names]
    return pl.concat([long(shared + one, name) for name, one in zip(names, own, strict=True)])


def test_dimensions_may_be_a_facet_random_or_fixed() -> None:
    frame = of_dimensions()
    drawn = generalizability(frame, design="p x r x d")
    fixed = generalizability(frame, design="p x r x d", fixed=["dimension"])
    assert len(drawn.studies) == 1
    assert drawn.to_frame()["mean_over"].unique(maintain_order=True).to_list() == [
        "1 rater x 1 dimension",
        "4 raters x 3 dimensions",
    ]
    # The mean over fixed dimensions is one score: its components are those of the mean table.
    table = frame.group_by("item", "rater", maintain_order=True).agg(pl.col("score").mean(), dimension=pl.lit("all"))
    means = generalizability(table).to_frame().filter(pl.col("mean_over") == "4 raters")
    own = fixed.to_frame().filter(pl.col("mean_over") == "4 raters x 3 dimensions")
    assert own["value"].to_list() == pytest.approx(means["value"].to_list())
    assert "dimensions taken as given" in own["method"][0]


def of_models(items: int = 30, models: int = 4, raters: int = 5, seed: int = 3) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    i, m, r = (one.ravel() for one in np.indices((items, models, raters)))
    score = (
        rng.normal(0, 1, items)[i] + np.linspace(-1, 1, models)[m] + rng.normal(0, 0.4, raters)[r]
        + rng.normal(0, 0.6, (items, models))[i, m] + rng.normal(0, 0.5, len(i))
    )  # fmt: skip
    return pl.DataFrame(
        {
            "item": [f"i{n}" for n in i],
            "response": [f"i{n}-{k}" for n, k in zip(i, m, strict=True)],
            "model": [f"m{n}" for n in m],
            "rater": [f"r{n}" for n in r],
            "dimension": "tone",
            "score": score,
        }
    )


def test_models_are_told_apart_by_items_and_raters() -> None:
    frame = of_models()
    result = generalizability(frame, objects="model")
    again = variance_components(frame, "model x item x rater", objects="model")
    assert variances(result) == pytest.approx(variances(again))
    assert set(variances(result)) == {
        "model", "item", "rater", "model x item", "model x rater", "item x rater", "model x item x rater",
    }  # fmt: skip
    nested = frame.with_columns(rater=pl.col("item") + pl.col("rater"))
    assert str(generalizability(nested, objects="model").studies[0].design) == "model x (rater:item)"
    alone = frame.filter(pl.col("rater") == "r0")
    assert str(generalizability(alone, objects="model").studies[0].design) == "model x item"
    apart = frame.with_columns(item=pl.col("response"))
    assert str(generalizability(apart, objects="model").studies[0].design) == "(item:model) x rater"


def test_responses_of_an_item_are_left_out_together() -> None:
    (study,) = generalizability(of_models()).studies
    assert study.levels["response"] == 120
    assert [(one.facets, len(one.values)) for one in study.replicates] == [
        (("item",), 30),
        (("rater",), 5),
        (("item", "rater"), 150),
    ]


def test_two_raters_are_taken_as_given_and_that_is_said() -> None:
    frame = long([row[:2] for row in SHROUT])
    result = generalizability(frame)
    row = result.to_frame().to_dicts()[0]
    assert row["low"] is not None
    assert row["method"] == "response x rater; 95 % jackknife t interval over responses; raters taken as given"
    of_rater = result.components.filter(pl.col("effect") == "rater").to_dicts()[0]
    assert (of_rater["low"], of_rater["se"]) == (None, None)


def test_a_negative_component_stands_and_counts_as_zero() -> None:
    # The responses' means differ less than chance would make them.
    result = generalizability(long([[1, 3, 5], [5, 1, 3], [3, 5, 1], [3, 3, 3]]))
    row = result.components.filter(pl.col("effect") == "response").to_dicts()[0]
    assert row["variance"] < 0
    assert (row["share"], row["note"]) == (0, NOT_NEGATIVE)
    assert result.to_frame()["value"].to_list() == [0.0] * 4


@pytest.mark.parametrize(
    ("table", "note"),
    [
        ([[1], [2]], estimates.ONE_RATER),
        ([[1, 2, 3]], "one response only"),
        ([[2, 2], [2, 2]], estimates.CONSTANT),
        ([[1, None], [2, None], [None, 4]], estimates.NO_OVERLAP),
    ],
)
def test_what_is_undefined_says_why(table: Any, note: str) -> None:
    result = generalizability(long(table), design="p x r")
    frame = result.to_frame()
    assert frame["value"].null_count() == frame.height > 0
    assert all(note in one for one in frame["note"])
    assert "undefined" in result.in_words()
    assert "Variance components" in result._repr_html_()


def test_effects_that_fall_together_are_pooled_or_said_to_be_undefined() -> None:
    once = generalizability(long([[1, None, None], [None, 2, 3], [4, None, None]]), design="p x r")
    assert set(once.components["variance"]) != {None}
    nested = generalizability(long([[1, 2, None, None], [None, None, 3, 5]]), design="p x r")
    assert set(nested.components["note"]) == {"rater cannot be told from response x rater: they are one component here"}
    frame = of_dimensions().with_columns(rater=pl.col("item") + pl.col("rater"))
    assert set(generalizability(frame, design="p x r x d").to_frame()["note"]) == {NOT_APART}


def test_no_scores_are_no_rows_or_rows_that_say_so() -> None:
    assert generalizability(long([])).to_frame().is_empty()
    assert "Undefined" in generalizability(long([])).in_words()
    blank = long([[1, 2]]).with_columns(score=pl.lit(None, dtype=pl.Float64))
    assert set(generalizability(blank).to_frame()["note"]) == {estimates.NO_SCORES}
    assert set(generalizability(blank, design="p x r x d").to_frame()["note"]) == {estimates.NO_SCORES}


def test_a_perfect_table_has_reliability_one_without_an_interval() -> None:
    rows = generalizability(long([[1, 1, 1], [3, 3, 3], [4, 4, 4]])).to_frame()
    assert rows["value"].to_list() == pytest.approx([1.0] * 4)
    assert rows["low"].null_count() == 4


@settings(max_examples=20, deadline=None)
@given(st.floats(-50, 50), st.floats(0.1, 20), st.randoms())
def test_scale_order_and_names_do_not_matter(shift: float, factor: float, random: Any) -> None:
    frame = simulated(15, 6, 4, seed=9)
    order = list(range(frame.height))
    random.shuffle(order)
    moved = frame[order].with_columns(
        score=pl.col("score") * factor + shift, rater=pl.lit("z") + pl.col("rater"), item=pl.lit("z") + pl.col("item")
    )
    one, other = generalizability(frame), generalizability(moved)
    assert other.to_frame()["value"].to_list() == pytest.approx(one.to_frame()["value"].to_list(), abs=1e-7)
    assert [value / factor**2 for value in variances(other).values()] == pytest.approx(
        list(variances(one).values()), abs=1e-7
    )


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: generalizability(long(SHROUT), objects="respnse"), "did you mean 'response'"),  # type: ignore[arg-type]
        (lambda: generalizability(long(SHROUT), design="p x rater x modl"), "there is no 'modl'; did you mean 'model'"),
        (lambda: generalizability(long(SHROUT), design="m x r"), "there is no 'model'"),
        (lambda: generalizability(long(SHROUT), objects="model"), "lacks 'model'"),
        (lambda: generalizability(long(SHROUT), design="r x d"), "as a facet to measure"),
        (lambda: generalizability(long(SHROUT), fixed=["raters"]), "'fixed' takes facets"),
        (lambda: generalizability(pl.concat([long(SHROUT), long(SHROUT)])), "one answer for each"),
        (lambda: generalizability(long(SHROUT), dimensions=["tne"]), "did you mean 'tone'"),
        (lambda: variance_components(SYNTHETIC_4, "Person x Task", score="Score"), "one score for each cell"),
        (lambda: variance_components(SYNTHETIC_4, "Person x Tsk", score="Score"), "did you mean 'Task'"),
        (lambda: variance_components(SYNTHETIC_4, "Person x Task", score="Scor"), "lacks 'Scor'"),
        (lambda: variance_components([1], "a x b"), "takes a frame"),
        (lambda: generalizability(long(SHROUT))["tine"], "did you mean 'tone'"),
    ],
)
def test_bad_input_is_refused_in_words(call: Any, words: str) -> None:
    with pytest.raises((InputError, KeyError), match=words):
        call()


def test_nan_means_missing_in_pandas_and_is_refused_elsewhere() -> None:
    table: list[list[Any]] = [list(row) for row in SHROUT]
    table[2][1] = None
    missing = long(table)
    with_nan = long(SHROUT).with_columns(
        score=pl.when((pl.col("item") == "i2") & (pl.col("rater") == "r1")).then(float("nan")).otherwise("score")
    )
    frame = with_nan.to_pandas()
    assert variances(generalizability(frame)) == pytest.approx(variances(generalizability(missing)))
    assert icc(frame).to_frame().equals(icc(missing).to_frame())
    for statistic in (generalizability, icc):
        with pytest.raises(InputError, match=r"takes finite numbers or null in the column 'score' \(row \d+ has NaN\)"):
            statistic(with_nan)


@pytest.mark.parametrize("seed", range(4))
def test_components_that_are_nothing_but_rounding_are_none_in_any_order_of_rows(seed: int) -> None:
    rows = [("1", "1", "b", "x", 1.0), ("4", "0", "a", "x", 1.0), ("4", "0", "a", "y", 0.0)]
    rows += [("4", "1", "b", "y", 0.0), ("5", "0", "a", "y", 0.0)]
    table = pl.DataFrame(rows, schema=["item", "response", "model", "rater", "score"], orient="row")
    shuffled = table.with_columns(dimension=pl.lit("d")).sample(fraction=1, shuffle=True, seed=seed)
    result = generalizability(shuffled, objects="model")
    # Only raters differ: every score is its rater's.
    assert variances(result) == pytest.approx({name: 0.5 * (name == "rater") for name in variances(result)})
    assert not result.components["note"].str.contains("negative").any()
    g = result.to_frame().filter(pl.col("statistic") == "G")
    assert g["value"].null_count() == g.height
    assert "G = undefined" in result.in_words()
