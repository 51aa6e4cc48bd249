"""Agreement between raters, held against published values, other programs and what must always hold."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import krippendorff
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa

import rubricwidgets as rw
from rubricwidgets.errors import InputError
from rubricwidgets.stats import coefficients as co
from rubricwidgets.stats.agreement import agreement
from rubricwidgets.stats.counts import Counts, PairRows, coincidences
from rubricwidgets.stats.estimates import (
    CONSTANT,
    ESTIMATES_SCHEMA,
    FRAGILE,
    NO_OVERLAP,
    NO_SCORES,
    ONE_CATEGORY,
    ONE_ITEM,
    ONE_RATER,
)
from rubricwidgets.stats.intake import Measured
from rubricwidgets.stats.rater_pairs import PAIRS_SCHEMA, rater_pairs
from tests.test_real_studies import folder

if TYPE_CHECKING:
    from collections.abc import Sequence

EVERY = ("percent", "alpha", "fleiss", "conger", "kappa", "weighted_kappa", "brennan_prediger", "ac1", "ac2")
LEVELS: tuple[Any, ...] = ("nominal", "ordinal", "interval", "ratio")

#: Krippendorff, "Computing Krippendorff's alpha-reliability", 2011, example C: raters by items.
C: list[list[int | None]] = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]
#: Gwet's four raters (irrCAC, cac.raw4raters): the same, but the last item's only rating is another rater's.
GWET = [C[0], [*C[1][:11], None], [*C[2][:11], 3], C[3]]
#: Fleiss 1971, table 1: counts of 30 patients by five diagnoses, six raters each.
FLEISS = [
    [0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0], [2, 0, 4, 0, 0],
    [0, 0, 4, 0, 2], [2, 0, 3, 1, 0], [2, 0, 0, 4, 0], [0, 0, 0, 0, 6], [1, 0, 0, 5, 0], [1, 1, 0, 4, 0],
    [0, 3, 3, 0, 0], [1, 0, 0, 5, 0], [0, 2, 0, 3, 1], [0, 0, 5, 0, 1], [3, 0, 0, 1, 2], [5, 1, 0, 0, 0],
    [0, 2, 0, 4, 0], [1, 0, 2, 0, 3], [0, 0, 0, 0, 6], [0, 1, 0, 5, 0], [0, 2, 0, 1, 3], [2, 0, 0, 4, 0],
    [1, 0, 0, 4, 1], [0, 5, 0, 1, 0], [4, 0, 0, 0, 2], [0, 2, 0, 4, 0], [1, 0, 5, 0, 0], [0, 0, 0, 0, 6],
]  # fmt: skip


def long(ratings: Sequence[Sequence[Any]]) -> pl.DataFrame:
    """Return a table of raters by items as a scores frame."""
    rows = [
        (f"i{item:03}", f"r{rater}", "d", float(value))
        for rater, given_ in enumerate(ratings)
        for item, value in enumerate(given_)
        if value is not None
    ]
    schema = {"item": pl.String, "rater": pl.String, "dimension": pl.String, "score": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def patients(counts: list[list[int]]) -> pl.DataFrame:
    """Return counts as six raters' diagnoses, in the order of the categories, as irr's data set has them."""
    rows = [[place for place, times in enumerate(row) for _ in range(times)] for row in counts]
    return long(list(zip(*rows, strict=True)))


def value_of(frame: pl.DataFrame, statistic: str) -> float:
    found = frame.filter(pl.col("statistic") == statistic)["value"].to_list()
    assert len(found) == 1
    assert found[0] is not None
    return float(found[0])


def simulated(raters: int, items: int, seed: int = 0, missing: float = 0.0, *, chance: bool = False) -> np.ndarray:
    """Return raters by items on five points, NaN where missing."""
    random = np.random.default_rng(seed)
    truth = random.normal(3, 1.1, items)
    given_ = random.normal(3, 1.5, (raters, items)) if chance else truth + random.normal(0, 0.8, (raters, items))
    table = np.clip(np.round(given_), 1, 5)
    table[random.random(table.shape) < missing] = np.nan
    return table


def nones(table: np.ndarray) -> list[list[float | None]]:
    return [[None if np.isnan(one) else float(one) for one in row] for row in table]


# Published values


@pytest.mark.parametrize(
    ("level", "alpha"),
    [("nominal", 0.743421052632), ("ordinal", 0.815387503755), ("interval", 0.849107142857), ("ratio", 0.797402774712)],
)
def test_krippendorffs_example_c_has_his_alphas(level: Any, alpha: float) -> None:
    """Krippendorff 2011, example C; the digits beyond his three from irr 0.84.1 and krippendorff 0.9.0."""
    table = agreement(long(C), level=level)
    assert table["value"][0] == pytest.approx(alpha, abs=1e-11)
    assert table.select("n_items", "n_raters", "n_ratings").row(0) == (11, 4, 40)
    assert table.schema == ESTIMATES_SCHEMA


def test_krippendorffs_examples_a_and_b_have_his_alphas() -> None:
    """Krippendorff 2011: two observers with binary data, and with nominal data."""
    a = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
    assert agreement(long(a), level="nominal")["value"][0] == pytest.approx(0.095238095, abs=1e-9)
    b = [["abcde".index(letter) for letter in word] for word in ("aabbdcccedda", "babbbccceddd")]
    assert agreement(long(b), level="nominal")["value"][0] == pytest.approx(0.691964286, abs=1e-9)
    rows = long(b).with_columns(pl.col("score").replace_strict(dict(enumerate("abcde"))).alias("label"), score=None)
    labelled = rows.with_columns(pl.col("score").cast(pl.Float64))
    assert agreement(labelled)["value"][0] == pytest.approx(0.691964286, abs=1e-9)


#: Coefficient and standard error with each kind of weights: R irrCAC 1.0, Python irrCAC 0.4.4.
GWETS = {
    "identity": {
        "ac1": (0.77544, 0.14295), "fleiss": (0.76117, 0.15302), "krippendorff": (0.74342, 0.14557),
        "conger": (0.76282, 0.14917), "brennan_prediger": (0.77273, 0.14472),
    },
    "quadratic": {
        "ac2": (0.914, 0.10396), "fleiss": (0.86494, 0.14603), "krippendorff": (0.84911, 0.12913),
        "conger": (0.85771, 0.14367), "brennan_prediger": (0.90152, 0.11089),
    },
    "gwet_ordinal": {
        "ac2": (0.89894, 0.1069), "fleiss": (0.85021, 0.14704), "krippendorff": (0.83364, 0.13107),
        "conger": (0.84366, 0.1441), "brennan_prediger": (0.88636, 0.11391),
    },
    "linear": {
        "ac2": (0.85874, 0.11733), "fleiss": (0.81794, 0.1485), "krippendorff": (0.80038, 0.13548),
        "conger": (0.81378, 0.14509), "brennan_prediger": (0.84848, 0.12336),
    },
}  # fmt: skip


@pytest.mark.parametrize("weights", GWETS)
def test_gwets_four_raters_have_the_published_coefficients_and_standard_errors(weights: Any) -> None:
    names = [name for name in GWETS[weights] if name != "krippendorff"]
    table = agreement(long(GWET), statistics=names, weights=weights, level="interval", interval="linearised")
    for name, value, se in table.select("statistic", "value", "se").iter_rows():
        assert (value, se) == pytest.approx(GWETS[weights][name], abs=5.1e-6), name
    assert set(table["method"].str.split("; ").list.get(1)) == {"95 % t interval over items, linearised standard error"}


def counts_of(table: Sequence[Sequence[int | None]], q: int = 5) -> Counts:
    columns = [[one for one in column if one is not None] for column in zip(*table, strict=True)]
    patterns = np.array([np.bincount(np.array(column, int) - 1, minlength=q) for column in columns], float)
    dimension = Measured("d", "ordinal", "score", tuple(float(one) for one in range(1, q + 1)))
    return Counts(dimension, patterns, np.ones(len(patterns), np.int64), None, len(patterns), len(table))


@pytest.mark.parametrize("weights", GWETS)
def test_alpha_with_gwets_weights_is_his_and_not_krippendorffs_ordinal_metric(weights: Any) -> None:
    counts = counts_of(GWET)
    table = co.weight_table(weights, counts.numbers)
    value, se = GWETS[weights]["krippendorff"]
    assert co.alpha_by(counts, 1 - table).value() == pytest.approx(value, abs=5.1e-6)
    linear = co.linear_alpha(counts, table)
    assert np.sqrt(linear.var() / (len(linear) - 1)) == pytest.approx(se, abs=5.1e-6)
    # The trap: 0.83364 with Gwet's ordinal weights against 0.81539 with the ordinal metric.
    assert agreement(long(GWET), level="ordinal")["value"][0] == pytest.approx(0.815387503755, abs=1e-11)


def test_percent_agreement_of_gwets_four_raters() -> None:
    """irrCAC: 0.8181818182."""
    assert agreement(long(GWET), statistics="percent")["value"][0] == pytest.approx(9 / 11, abs=1e-12)


def test_fleiss_patients_have_his_kappa_congers_and_lights() -> None:
    """Fleiss 1971 (.430); Conger 1980 and Light 1971 from R irr 0.84.1."""
    table = agreement(patients(FLEISS), statistics="all", level="nominal")
    assert value_of(table, "fleiss") == pytest.approx(0.4302445201, abs=1e-10)
    assert value_of(table, "conger") == pytest.approx(0.4418085403, abs=1e-10)
    assert value_of(table, "kappa") == pytest.approx(0.4594121444, abs=1e-10)
    assert table["statistic"].to_list() == ["percent", "alpha", "fleiss", "conger", "kappa", "brennan_prediger", "ac1"]
    (light,) = table.filter(pl.col("statistic") == "kappa")["method"]
    assert light == "mean over 15 pairs of raters, identity weights; 95 % jackknife t interval over items"


def test_the_first_fifteen_of_fleiss_patients() -> None:
    """R irrCAC 1.0: Fleiss, AC1 with its standard error, and Krippendorff."""
    table = agreement(
        patients(FLEISS[:15]), statistics=["fleiss", "ac1", "alpha"], level="nominal", interval="linearised"
    )
    assert value_of(table, "fleiss") == pytest.approx(0.413926499, abs=1e-9)
    assert value_of(table, "alpha") == pytest.approx(0.4204384268, abs=1e-10)
    assert value_of(table, "ac1") == pytest.approx(0.4448007329, abs=1e-10)
    assert table.filter(pl.col("statistic") == "ac1")["se"][0] == pytest.approx(0.08418756677, abs=1e-10)


# Published studies


def test_the_recipe_study_has_its_six_alphas() -> None:
    """JUDGE-BENCH, recipe-crowd-sourcing-data: ordinal alpha per dimension."""
    wide = pl.read_csv(folder("01_recipes_rubric") / "ratings.csv")
    names = ["grammar", "fluency", "verbosity", "structure", "success", "overall"]
    scores = wide.unpivot(names, index=["item_id", "rater_id"], variable_name="dimension", value_name="score").rename(
        {"item_id": "item", "rater_id": "rater"}
    )
    rubric = rw.Rubric("recipes", dimensions=[rw.Dimension(name, "?", rw.Ordinal(1, 6)) for name in names])
    table = agreement(scores, rubric)
    assert table["dimension"].to_list() == names
    assert table["value"].to_list() == pytest.approx(
        [
            0.41512699786609375,
            0.43239839448968664,
            0.3991422935197101,
            0.3985577014111057,
            0.3627155704454662,
            0.4351007794425691,
        ],
        abs=1e-9,
    )
    assert table["method"][0] == "ordinal metric; 95 % jackknife t interval over items"
    assert table.select("n_items", "n_raters", "n_ratings").unique().rows() == [(52, 88, 1056)]


def test_pandalms_annotators_have_their_kappas() -> None:
    """PandaLM README: Cohen's kappa .85, .88, .86 for annotators 1-2, 1-3, 2-3; more digits from its file."""
    lines = (folder("04_pandalm_pairwise") / "pairs.jsonl").read_text(encoding="utf-8").splitlines()
    pairs = [json.loads(line) for line in lines]
    scores = long([[one[f"annotator_{place}"] for one in pairs] for place in (1, 2, 3)])
    table = rater_pairs(scores, level="nominal")
    assert [round(one, 4) for one in table["kappa"]] == [0.8520, 0.8789, 0.8617]
    assert table["n_items"].to_list() == [999] * 3
    mean = agreement(scores, statistics="kappa", level="nominal")["value"][0]
    assert mean == pytest.approx(sum(table["kappa"]) / 3, abs=1e-12)


def test_the_creativity_tests_have_their_fleiss_kappas() -> None:
    """TTCW, 48 stories, three experts each, 14 tests: values computed from the published file."""
    lines = (folder("02_ttcw_creativity") / "ratings.jsonl").read_text(encoding="utf-8").splitlines()
    verdicts = [json.loads(line) for line in lines]
    rows = [(one["item_id"], one["rater_id"], one["dim_id"], float(one["verdict"] == "Yes")) for one in verdicts]
    scores = pl.DataFrame(rows, schema=["item", "rater", "dimension", "score"], orient="row")
    values = agreement(scores, statistics="fleiss", level="nominal")["value"].to_list()
    expected = [0.470, 0.250, 0.277, 0.413, 0.368, 0.340, 0.378, 0.361, 0.448, 0.407, 0.643, 0.648, 0.303, 0.309]
    assert [round(one, 3) for one in values] == expected
    assert sum(values) / 14 == pytest.approx(0.4011, abs=5e-5)


# Other programs


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("missing", [0.0, 0.5])
def test_alpha_is_that_of_the_krippendorff_package(level: Any, missing: float) -> None:
    table = simulated(7, 80, seed=5, missing=missing)
    rubric = rw.Rubric("r", dimensions=[rw.Dimension("d", "?", rw.Ordinal(1, 5))])
    ours = agreement(long(nones(table)), rubric, level=level)["value"][0] if level != "nominal" else None
    if ours is None:
        ours = agreement(long(nones(table)), level=level)["value"][0]
    assert ours == pytest.approx(krippendorff.alpha(table, level_of_measurement=level), abs=1e-12)


def test_alpha_of_scores_without_end_is_that_of_the_krippendorff_package() -> None:
    random = np.random.default_rng(4)
    table = 1e4 + random.normal(0, 30, 110) + random.normal(0, 20, (4, 110))
    table[random.random(table.shape) < 0.3] = np.nan
    found = agreement(long(nones(table)))
    assert found["method"][0].startswith("interval metric")
    assert found["value"][0] == pytest.approx(krippendorff.alpha(table, level_of_measurement="interval"), abs=1e-10)


@pytest.mark.parametrize("weights", [None, "linear", "quadratic"])
def test_cohens_kappas_are_those_of_statsmodels(weights: Any) -> None:
    table = simulated(2, 200, seed=8)
    crossed = np.zeros((5, 5))
    np.add.at(crossed, (table[0].astype(int) - 1, table[1].astype(int) - 1), 1)
    theirs = cohens_kappa(crossed, wt=weights)
    ours = agreement(long(nones(table)), statistics="weighted_kappa" if weights else "kappa", weights=weights)
    assert ours["value"][0] == pytest.approx(theirs.kappa, abs=1e-12)


def test_fleiss_kappa_is_that_of_statsmodels() -> None:
    table = simulated(6, 150, seed=2)
    counts = np.stack([(table == value).sum(axis=0) for value in range(1, 6)], axis=1)
    assert agreement(long(nones(table)), statistics="fleiss")["value"][0] == pytest.approx(
        fleiss_kappa(counts), abs=1e-12
    )


def test_the_pairs_have_the_correlations_of_scipy() -> None:
    from scipy import stats  # noqa: PLC0415

    table = simulated(3, 90, seed=3)
    frame = long(nones(table))
    ranked, plain = rater_pairs(frame, level="ordinal"), rater_pairs(frame, level="interval")
    for place, (one, other) in enumerate(itertools.combinations(range(3), 2)):
        assert ranked["correlation"][place] == pytest.approx(stats.spearmanr(table[one], table[other])[0], abs=1e-12)
        assert plain["correlation"][place] == pytest.approx(stats.pearsonr(table[one], table[other])[0], abs=1e-12)
        assert plain["difference"][place] == pytest.approx((table[other] - table[one]).mean(), abs=1e-12)
        assert plain["percent"][place] == pytest.approx((table[other] == table[one]).mean(), abs=1e-12)
    endless = rater_pairs(long(nones(table + np.random.default_rng(0).normal(0, 0.1, table.shape))), level="interval")
    assert endless["correlation"].null_count() == 0


# What must always hold


def clustered(seed: int, items: int = 12) -> pl.DataFrame:
    """Return items of two responses each, some rated once."""
    random = np.random.default_rng(seed)
    rows = []
    for item, model in itertools.product(range(items), ("a", "b")):
        truth = random.integers(1, 6)
        for rater in random.choice(4, random.integers(1, 4), replace=False):
            score = float(np.clip(truth + random.integers(-1, 2), 1, 5))
            rows.append((f"i{item}", f"i{item}-{model}", model, f"r{rater}", "d", score))
    return pl.DataFrame(rows, schema=["item", "response", "model", "rater", "dimension", "score"], orient="row")


@pytest.mark.parametrize("level", LEVELS)
def test_the_jackknife_is_the_one_of_leaving_out_items_by_hand(level: Any) -> None:
    scores = clustered(3)
    shared = scores.filter((pl.len().over("response") > 1).any().over("item"))
    rubric = rw.Rubric("r", dimensions=[rw.Dimension("d", "?", rw.Continuous(1, 5))])
    several: dict[str, Any] = {"statistics": EVERY[:-1] if level == "nominal" else EVERY, "level": level}
    rubric_of = None if level == "nominal" else rubric
    ours = agreement(shared, rubric_of, **several)
    items = shared["item"].unique().to_list()
    n = len(items)
    without = np.array(
        [
            agreement(shared.filter(pl.col("item") != item), rubric_of, interval=None, **several)["value"].to_numpy()
            for item in items
        ]
    )
    se = np.sqrt((n - 1) / n * ((without - without.mean(axis=0)) ** 2).sum(axis=0))
    assert ours["se"].to_numpy() == pytest.approx(se, abs=1e-9)


@given(seed=st.integers(0, 10_000), shuffle=st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_names_of_raters_and_order_of_rows_change_nothing(seed: int, shuffle: Any) -> None:
    scores = clustered(seed, items=6)
    names = [f"r{place}" for place in range(4)]
    others = shuffle.sample(names, 4)
    renamed = scores.with_columns(pl.col("rater").replace(dict(zip(names, others, strict=True))))
    mixed = renamed.sample(fraction=1.0, shuffle=True, seed=seed)
    ours, theirs = (agreement(one, statistics="all", level="ordinal") for one in (scores, mixed))
    assert ours["note"].to_list() == theirs["note"].to_list()
    for name in ("value", "low", "high", "se"):
        for one, other in zip(ours[name], theirs[name], strict=True):
            assert one == other if one is None else other == pytest.approx(one, abs=1e-9)


@given(seed=st.integers(0, 10_000), times=st.integers(2, 4))
@settings(max_examples=15, deadline=None)
def test_every_item_several_times_leaves_shares_and_pairs_as_they_are(seed: int, times: int) -> None:
    """Coefficients of shares do not move when each item is there several times; alpha's small-sample part does, by rule."""
    table = simulated(4, 12, seed=seed, missing=0.2)
    once, often = long(nones(table)), long(nones(np.tile(table, times)))
    names = [name for name in EVERY if name != "alpha"]
    ours, theirs = (agreement(one, statistics=names, level="ordinal", interval=None) for one in (once, often))
    assert ours["value"].to_list() == pytest.approx(theirs["value"].to_list(), abs=1e-9, nan_ok=True)
    alphas = [agreement(one, level="nominal", interval=None).row(0, named=True) for one in (once, often)]
    if alphas[0]["value"] is None:
        return
    # 1 - alpha is D_o / D_e, and D_e alone knows n: by the factor n / (n - 1).
    shrunk = [(1 - one["value"]) * one["n_ratings"] / (one["n_ratings"] - 1) for one in alphas]
    assert shrunk[0] == pytest.approx(shrunk[1], abs=1e-9)


@pytest.mark.parametrize("level", LEVELS)
def test_perfect_agreement_is_one(level: Any) -> None:
    table = agreement(long([[1, 2, 3, 4, 5, 3]] * 4), statistics="all", level=level)
    assert table["value"].to_list() == pytest.approx([1.0] * table.height, abs=1e-12)
    assert table["high"].to_list() == pytest.approx([1.0] * table.height, abs=1e-9)


@pytest.mark.parametrize("level", LEVELS)
def test_chance_is_about_nothing(level: Any) -> None:
    frame = long(nones(simulated(5, 4000, seed=1, chance=True)))
    table = agreement(frame, statistics=["alpha", "fleiss", "conger", "kappa"], level=level)
    assert table["value"].abs().max() < 0.02  # type: ignore[operator]
    uniform = long(np.random.default_rng(0).integers(1, 6, (5, 4000)).tolist())
    for name in ("brennan_prediger", "ac1"):
        assert abs(value_of(agreement(uniform, statistics=name), name)) < 0.02


def test_a_fine_scale_has_the_same_alpha_and_error_whether_its_pairs_fit_at_once_or_not() -> None:
    random = np.random.default_rng(6)
    truth = random.integers(0, 101, 60)
    table = np.clip(truth + random.integers(-9, 10, (4, 60)), 0, 100).astype(float)
    table[random.random(table.shape) < 0.3] = np.nan
    rubric = rw.Rubric("r", dimensions=[rw.Dimension("d", "?", rw.Ordinal(0, 100))])
    found = agreement(long(nones(table)), rubric)
    assert found["value"][0] == pytest.approx(krippendorff.alpha(table, level_of_measurement="ordinal"), abs=1e-12)
    drawn = agreement(long(nones(table)), rubric, interval="bca", resamples=200)
    assert drawn["low"][0] < found["value"][0] < drawn["high"][0]
    counts = counts_of([[None if np.isnan(one) else int(one) + 1 for one in row] for row in table], q=101).paired()
    rows, whole = PairRows(counts), coincidences(counts.patterns, counts.sizes - 1)
    assert np.allclose(rows[10:30], whole[10:30])
    assert np.allclose(np.arange(len(whole)) @ rows, np.arange(len(whole)) @ whole)


def test_intervals_of_a_large_sample_are_much_alike_whichever_way_they_are_made() -> None:
    frame = long(nones(simulated(4, 400, seed=9, missing=0.1)))
    ways: tuple[Any, ...] = ("jackknife", "bca", "linearised")
    tables = [agreement(frame, statistics=EVERY, level="interval", interval=way) for way in ways]
    for name in ("low", "high", "se"):
        first, second, third = (table[name].to_numpy() for table in tables)
        assert second == pytest.approx(first, rel=0.06)
        known = np.isfinite(third)
        assert third[known] == pytest.approx(first[known], rel=0.06)
        assert known.sum() == 7  # no published error for the mean of kappas over pairs


def test_of_two_raters_congers_error_is_cohens() -> None:
    """statsmodels: Fleiss, Cohen and Everitt 1969; both are the large-sample error, n against n - 1 aside."""
    table = simulated(2, 300, seed=8)
    crossed = np.zeros((5, 5))
    np.add.at(crossed, (table[0].astype(int) - 1, table[1].astype(int) - 1), 1)
    ours = agreement(long(nones(table)), statistics="kappa", interval="linearised")
    assert ours["se"][0] == pytest.approx(cohens_kappa(crossed).std_kappa, rel=0.01)
    assert ours["method"][0].startswith("identity weights")


# Thin data


def frame_of(*rows: tuple[str, str, float | None]) -> pl.DataFrame:
    schema = {"item": pl.String, "rater": pl.String, "score": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.lit("d").alias("dimension"))


RUBRIC = rw.Rubric("r", dimensions=[rw.Dimension("d", "?", rw.Ordinal(1, 5))])


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], NO_SCORES),
        ([("a", "x", None), ("a", "y", None)], NO_SCORES),
        ([("a", "x", 1), ("b", "x", 2)], ONE_RATER),
        ([("a", "x", 1), ("b", "y", 2)], NO_OVERLAP),
    ],
)
@pytest.mark.parametrize("interval", ["jackknife", "bca", "linearised", None])
def test_too_little_is_said_in_words(rows: list[tuple[str, str, float | None]], why: str, interval: Any) -> None:
    table = agreement(frame_of(*rows), RUBRIC, statistics="all", interval=interval)
    assert table["statistic"].to_list() == list(EVERY)
    assert table["note"].to_list() == [why] * len(EVERY)
    assert table["value"].null_count() == len(EVERY)


@pytest.mark.parametrize("interval", ["jackknife", "bca", "linearised"])
@pytest.mark.parametrize("rubric", [RUBRIC, None])
def test_where_every_rating_is_the_same_only_fixed_chance_has_a_value(rubric: Any, interval: Any) -> None:
    rows = [(item, rater, 3.0) for item in "abc" for rater in "xyz"]
    table = agreement(frame_of(*rows), rubric, statistics="all", interval=interval)
    found = {name: (value, note) for name, value, note in table.select("statistic", "value", "note").iter_rows()}
    for name in ("alpha", "fleiss", "conger", "kappa", "weighted_kappa"):
        assert found[name] == (None, CONSTANT)
    assert found["percent"][0] == 1.0
    for name in ("brennan_prediger", "ac1", "ac2"):
        assert found[name][0] == 1.0 if rubric else found[name] == (None, ONE_CATEGORY)


@pytest.mark.parametrize("interval", ["jackknife", "bca", "linearised"])
def test_one_item_has_a_value_and_no_interval(interval: Any) -> None:
    table = agreement(
        frame_of(("a", "x", 1), ("a", "y", 2), ("a", "z", 1)), RUBRIC, statistics="all", interval=interval
    )
    known = table.filter(pl.col("value").is_not_null(), ~pl.col("note").str.contains("no standard error"))
    assert known.height >= 5
    assert known["note"].str.contains(ONE_ITEM, literal=True).all()
    assert table["low"].null_count() == table.height


def test_an_estimate_that_hangs_on_one_item_has_no_interval() -> None:
    table = agreement(
        frame_of(("a", "x", 1), ("a", "y", 2), ("b", "x", 1), ("b", "y", 1), ("c", "x", 1), ("c", "y", 1))
    )
    assert table["value"][0] is not None
    assert table.select("low", "high", "se", "note").row(0) == (None, None, None, FRAGILE)


def test_a_scale_without_end_has_alpha_alone() -> None:
    random = np.random.default_rng(0)
    scores = long((random.normal(0, 1, 300) + random.normal(0, 0.5, (3, 300))).tolist())
    table = agreement(scores, statistics="all")
    assert table.filter(pl.col("value").is_not_null())["statistic"].to_list() == ["alpha"]
    assert table["note"].str.contains("no categories").sum() == len(EVERY) - 1
    same = agreement(long([[0.1 + 0.2] * 300, [0.1 + 0.2] * 300]), level="interval")
    assert same["note"][0] == CONSTANT


def test_not_applicable_is_no_category() -> None:
    rows = [("a", "x", "p"), ("a", "y", "p"), ("b", "x", "q"), ("b", "y", "q"), ("c", "x", "not applicable")]
    frame = pl.DataFrame(rows, schema=["item", "rater", "label"], orient="row").with_columns(
        pl.lit("d").alias("dimension"),
        pl.lit(None, pl.Float64).alias("score"),
        (pl.col("label") == "not applicable").alias("not_applicable"),
    )
    table = agreement(frame)
    assert table.select("value", "n_items", "n_ratings").row(0) == (1.0, 2, 4)


# What was asked for


def test_the_level_of_the_scale_decides() -> None:
    rubric = rw.Rubric(
        "r",
        dimensions=[
            rw.Dimension("later", "?", rw.Binary()),
            rw.Dimension("d", "?", rw.Ordinal(1, 5)),
            rw.Dimension("fine", "?", rw.Continuous(0, 10)),
        ],
    )
    frame = pl.concat([long(C), long(C).with_columns(dimension=pl.lit("fine"))])
    table = agreement(frame, rubric)
    assert table["dimension"].to_list() == ["later", "d", "fine"]
    assert [one.split("; ")[0] for one in table["method"]] == ["nominal metric", "ordinal metric", "interval metric"]
    assert table["note"].to_list() == [NO_SCORES, None, None]


def test_the_rows_of_each_model_are_its_own() -> None:
    scores = clustered(5, items=20)
    table = agreement(scores, statistics=["alpha", "ac2"], by="model")
    assert table.columns == ["model", *ESTIMATES_SCHEMA]
    assert table["model"].to_list() == ["a", "a", "b", "b"]
    alone = agreement(scores.filter(pl.col("model") == "b"), statistics="alpha")
    assert table["value"][2] == pytest.approx(alone["value"][0], abs=1e-12)


def test_the_same_seed_gives_the_same_interval() -> None:
    frame = long(C)
    first, second, third = (agreement(frame, interval="bca", seed=seed).row(0) for seed in (1, 1, 2))
    assert first == second
    assert first != third


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"statistics": "alhpa"}, "'statistics' takes .* .got 'alhpa'.; did you mean 'alpha'"),
        ({"statistics": "cohen"}, "did you mean 'kappa'"),
        ({"statistics": "Krippendorff"}, "did you mean 'alpha'"),
        ({"interval": "bootstrap"}, "did you mean 'bca'"),
        (
            {"statistics": "kappa", "weights": "quadratic"},
            "'kappa' takes no weights .*statistics='weighted_kappa' does",
        ),
        ({"statistics": ["ac1", "alpha"], "weights": "linear"}, "'ac1' takes no weights .*statistics='ac2' does"),
        ({"weights": "quadratic"}, "'alpha' takes no weights, its metric is that of the level"),
        ({"weights": "quadratik"}, "'weights' takes .*did you mean 'quadratic'"),
        ({"interval": "jackknive"}, "'interval' takes .*did you mean 'jackknife'"),
        ({"level": "nominale"}, "'level' takes .*did you mean 'nominal'"),
        ({"confidence": 95}, "'confidence' takes a number above 0 and below 1, such as 0.95 .got 95."),
        ({"resamples": 5}, "'resamples' takes a whole number from 100"),
        ({"seed": -1}, "'seed' takes a whole number from 0"),
        ({"dimensions": ["e"]}, "no dimension 'e' in these scores"),
        ({"by": "modle"}, "it lacks 'modle'"),
        ({"level": "nominal", "weights": "linear"}, "'d' has categories without order"),
    ],
)
def test_what_is_mistyped_is_named_with_the_way_out(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        agreement(long(C), **asked)


def test_scores_that_would_falsify_it_are_refused() -> None:
    frame = long(C)
    with pytest.raises(InputError, match="takes one answer for each of item, response, rater, dimension"):
        agreement(pl.concat([frame, frame.head(1)]))
    with pytest.raises(InputError, match="it lacks 'rater'; did you mean 'raters'"):
        agreement(frame.rename({"rater": "raters"}))
    with pytest.raises(InputError, match=r"'d' takes 1 to 3 \(got a score of 4\)"):
        agreement(frame, rw.Rubric("r", dimensions=[rw.Dimension("d", "?", rw.Ordinal(1, 3))]))
    with pytest.raises(InputError, match=r"'d' takes 1 to 5 \(got a score of 1.5\)"):
        agreement(frame.with_columns(pl.col("score") / 2 + 1), RUBRIC)
    with pytest.raises(InputError, match="takes one version of the rubric"):
        agreement(frame.with_columns(rubric=pl.Series(["v1", "v2"]).gather(pl.int_range(frame.height, eager=True) % 2)))
    with pytest.raises(InputError, match="'scores' takes a frame such as"):
        agreement([1, 2, 3])


# Two raters at a time


def test_pairs_without_a_response_in_common_have_no_row() -> None:
    table = rater_pairs(frame_of(("a", "x", 1), ("a", "y", 2), ("b", "y", 3), ("b", "z", 3)), RUBRIC)
    assert table.schema == PAIRS_SCHEMA
    assert table.select("rater", "other", "n_items", "percent").rows() == [("x", "y", 1, 0.0), ("y", "z", 1, 1.0)]
    assert table["kappa"].to_list() == [0.0, None]
    assert table["note"].to_list() == [None, CONSTANT]
    assert table["correlation"].to_list() == [None, None]
    assert table["difference"].to_list() == [1.0, 0.0]
    assert rater_pairs(frame_of(("a", "x", 1)), RUBRIC).is_empty()
    assert rater_pairs(frame_of(), RUBRIC).schema == PAIRS_SCHEMA


def test_pairs_count_items_and_responses_apart() -> None:
    scores = clustered(1)
    table = rater_pairs(scores)
    for one in table.iter_rows(named=True):
        both = [scores.filter(pl.col("rater") == one[name]) for name in ("rater", "other")]
        common = both[0].join(both[1], on=["item", "response"])
        assert one["n_responses"] == common.height
        assert one["n_items"] == common["item"].n_unique()
        assert one["percent"] == pytest.approx((common["score"] == common["score_right"]).mean())


def test_undefined_kappas_of_pairs_are_left_out_and_said() -> None:
    rows = [("a", "x", 1), ("a", "y", 1), ("b", "x", 2), ("b", "y", 2), ("c", "x", 3), ("c", "y", 3), ("a", "z", 1)]
    (note,) = agreement(frame_of(*rows), RUBRIC, statistics="kappa", interval=None)["note"]
    assert note == "undefined for 2 of 3 pairs, which are left out"


def test_a_kappa_beside_its_weighted_form_is_unweighted() -> None:
    table = agreement(long(C), statistics=["kappa", "weighted_kappa"], weights="quadratic", level="interval")
    assert table["method"].str.contains("identity").to_list() == [True, False]


def test_an_ordinal_alpha_that_hangs_on_the_use_of_the_scale_says_what_the_interval_metric_gives() -> None:
    # Four in five scores are 5, some of them next to a 4; the few low responses are agreed on to the point.
    table = [[5] * 30 + [5, 4] * 5 + [1, 1, 2, 2], [5] * 30 + [4, 5] * 5 + [1, 1, 2, 2]]
    ordinal, interval = (
        krippendorff.alpha(reliability_data=table, level_of_measurement=level) for level in ("ordinal", "interval")
    )
    assert interval - ordinal > 0.2
    row = agreement(long(table), level="ordinal").row(0, named=True)
    assert row["value"] == pytest.approx(ordinal)
    assert f"alpha is {interval:.2f} with level='interval'" in row["note"]
    assert agreement(long(table), level="interval")["note"].to_list() == [None]
    assert agreement(long(C), level="ordinal")["note"].to_list() == [None]
