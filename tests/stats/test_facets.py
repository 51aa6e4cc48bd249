"""Many-facet Rasch measurement, held against TAM, a plain second implementation, and simulations of known severity."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rubricwidgets as rw
from rubricwidgets.errors import InputError
from rubricwidgets.stats.connected import groups, null_space
from rubricwidgets.stats.facets import facets
from rubricwidgets.stats.facets_model import distinct_sets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.stats.facets_result import Facets

REFERENCE = Path(__file__).parents[1] / "reference" / "mfrm_simulated.csv"


def simulated() -> pl.DataFrame:
    """200 responses, each rated by two of four raters on three items, scores 0 to 3."""
    wide = pl.read_csv(REFERENCE)
    long = wide.unpivot(index=["pid", "rater"], variable_name="dimension", value_name="score")
    return long.select(
        pl.col("pid").cast(pl.String).alias("item"), pl.col("rater").cast(pl.String), "dimension", "score"
    )


def simulate(
    severities: Sequence[float],
    difficulties: Sequence[float] = (0.0,),
    steps: Sequence[float] = (-1.5, 0.0, 1.5),
    *,
    responses: int = 200,
    per_response: int | None = None,
    sd: float = 1.2,
    seed: int = 1,
) -> pl.DataFrame:
    """Draw scores from 1 up from the rating-scale model."""
    random = np.random.default_rng(seed)
    quality = random.normal(0, sd, responses)
    chosen = random.random((responses, len(severities))).argsort(axis=1)[:, :per_response]
    item, rater, dimension = (
        part.ravel()
        for part in np.broadcast_arrays(
            np.arange(responses)[:, None, None], chosen[:, :, None], np.arange(len(difficulties))[None, None, :]
        )
    )
    place = quality[item] - np.asarray(severities)[rater] - np.asarray(difficulties)[dimension]
    log_odds = np.arange(len(steps) + 1) * place[:, None] - np.concatenate([[0], np.cumsum(steps)])
    share = np.exp(log_odds - log_odds.max(axis=1, keepdims=True))
    share = np.cumsum(share / share.sum(axis=1, keepdims=True), axis=1)
    score = (random.random(len(place))[:, None] > share).sum(axis=1) + 1.0
    return pl.DataFrame(
        {
            "item": [f"item-{one:03}" for one in item],
            "rater": [f"r{one:02}" for one in rater],
            "dimension": [f"d{one}" for one in dimension],
            "score": score,
        }
    )


def plain_deviance(
    frame: pl.DataFrame, found: Facets, nodes: np.ndarray[Any, Any], *, shift: dict[str, float] | None = None
) -> float:
    """Compute the deviance by loops over responses, ratings and categories, at a result's estimates."""
    shift = shift or {}
    severity = {
        name: value + shift.get(name, 0.0) for name, value in found.raters.select("rater", "severity").iter_rows()
    }
    difficulty = {
        name: value + shift.get(name, 0.0)
        for name, value in found.dimensions.select("dimension", "difficulty").iter_rows()
    }
    steps: dict[str, list[tuple[float, float]]] = {name: [] for name in difficulty}
    rows = found.thresholds.select("dimension", "category", "threshold").iter_rows()
    for place, (name, category, threshold) in enumerate(rows):
        for dimension in difficulty if name is None else [name]:
            steps[dimension].append((category, threshold + shift.get(f"step {place}", 0.0)))
    assert found.variance is not None
    prior = np.exp(-(nodes**2) / (2 * (found.variance + shift.get("variance", 0.0))))
    prior /= prior.sum()
    total = 0.0
    for _, own in frame.group_by("item"):
        likelihood = prior.copy()
        for rater, dimension, score in own.select("rater", "dimension", "score").iter_rows():
            terms = [np.zeros_like(nodes)]
            place = nodes - severity[rater] - difficulty[dimension]
            for _, threshold in steps[dimension]:
                terms.append(terms[-1] + place - threshold)
            index = sum(score >= category for category, _ in steps[dimension])
            likelihood *= np.exp(terms[index]) / sum(np.exp(term) for term in terms)
        total += np.log(likelihood.sum())
    return -2 * total


def severities(found: Facets) -> dict[str, float]:
    return dict(found.raters.select("rater", "severity").iter_rows())


def nothing_but_numbers(found: Facets) -> None:
    for frame in (found.raters, found.dimensions, found.thresholds, found.responses, found.fit, found.separation):
        for name, kind in frame.schema.items():
            if kind == pl.Float64:
                assert frame[name].drop_nulls().is_finite().all(), name


@pytest.mark.parametrize("grid", [{"nodes": 61, "limits": (-8, 8)}, {}], ids=["TAM's nodes", "own nodes"])
def test_tams_estimates_are_reproduced(grid: dict[str, Any]) -> None:
    # TAM (R) tam.mml.mfr(formulaA = ~ item + step + rater), 61 nodes in [-8, 8].
    found = facets(simulated(), **grid)
    assert found.dimensions["difficulty"].to_list() == pytest.approx([-0.38118, 0.05768, 0.312246], abs=5e-5)
    expected = {"0": -0.517251, "1": -0.162285, "2": 0.253838, "3": 0.425697}
    assert severities(found) == pytest.approx(expected, abs=5e-5)
    assert found.thresholds["threshold"].to_list() == pytest.approx([-1.608198, 0.045906, 1.562292], abs=5e-5)
    assert found.deviance == pytest.approx(2819.0904, abs=5e-5)
    assert found.variance == pytest.approx(1.2145513, abs=5e-5)
    assert found.n_parameters == 3 + 3 + 2 + 1
    assert found.converged
    nothing_but_numbers(found)


@pytest.mark.parametrize("model", ["rating_scale", "partial_credit"])
def test_a_plain_implementation_finds_the_same_deviance_and_no_lower_one_nearby(model: Any) -> None:
    frame = simulated().filter(pl.col("item").cast(pl.Int64) < 60).sample(fraction=0.9, seed=2)
    found = facets(frame, model=model)
    nodes = np.linspace(-12, 12, 241)
    lowest = plain_deviance(frame, found, nodes)
    assert found.deviance == pytest.approx(lowest, abs=1e-5)
    for shift in ({"0": 0.02, "1": -0.02}, {"i1": 0.02}, {"i2": -0.02}, {"variance": 0.03}, {"variance": -0.03}):
        assert plain_deviance(frame, found, nodes, shift=shift) > lowest


def test_standard_errors_are_the_curvature_of_the_plain_deviance() -> None:
    frame = simulate([-0.5, 0.5], [0.0], responses=60, seed=4)
    found = facets(frame)
    nodes = np.linspace(-10, 10, 161)
    names = ("severity", "difficulty", "variance", "step 0", "step 1")

    def deviance(step: dict[str, float]) -> float:
        last = -step["step 0"] - step["step 1"]
        moved = {**step, "r00": step["severity"], "r01": -step["severity"], "d0": step["difficulty"], "step 2": last}
        return plain_deviance(frame, found, nodes, shift=moved)

    size = 1e-3
    curvature = np.zeros((5, 5))
    for (row, one), (column, other) in itertools.product(enumerate(names), enumerate(names)):
        signs = itertools.product((1, -1), (1, -1))
        values = [
            left * right * deviance({name: size * (left * (name == one) + right * (name == other)) for name in names})
            for left, right in signs
        ]
        curvature[row, column] = sum(values) / (4 * size**2)
    se = np.sqrt(np.diag(np.linalg.inv(curvature / 2)))
    own = [found.raters["se"][0], found.dimensions["se"][0], found.variance_se, *found.thresholds["se"][:2]]
    assert own == pytest.approx(se.tolist(), rel=1e-3)


def test_simulated_severities_are_recovered_within_their_standard_errors() -> None:
    true = np.array([-0.9, -0.4, -0.1, 0.2, 0.5, 0.7])
    true -= true.mean()
    difficulty = np.array([-0.6, 0.0, 0.6])
    standardised = []
    for seed in range(12):
        found = facets(simulate(list(true), list(difficulty), responses=150, per_response=2, seed=seed))
        table = found.raters.sort("rater")
        standardised.append((table["severity"].to_numpy() - true) / table["se"].to_numpy())
        # Difficulties are relative to the population's mean, whose sample mean varies too: the SE knows.
        apart = found.dimensions["difficulty"].to_numpy() - difficulty
        standardised.append(apart / found.dimensions["se"].to_numpy())
    values = np.concatenate(standardised)
    # 108 standard normal values: none beyond 4 (chance 0.7 %), standard deviation 1 within 4 of its own errors (0.068).
    assert np.abs(values).max() < 4
    assert abs(values.std() - 1) < 4 * 0.068


def test_steps_and_variance_are_recovered() -> None:
    found = facets(simulate([-0.5, 0.0, 0.5], [0.0, 0.4], (-2.0, -0.3, 0.5, 1.8), responses=2000, sd=1.5, seed=9))
    error = (found.thresholds["threshold"] - pl.Series([-2.0, -0.3, 0.5, 1.8])) / found.thresholds["se"]
    assert error.abs().max() < 4  # type: ignore[operator]
    assert found.variance is not None
    assert found.variance_se is not None
    assert abs(found.variance - 1.5**2) < 4 * found.variance_se


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_the_order_of_rows_and_the_names_of_raters_make_no_difference(seed: int) -> None:
    frame = simulate([-0.5, 0.1, 0.4], [0.0, 0.5], responses=40, per_response=2, seed=3)
    found = facets(frame)
    names = {"r00": "zoe", "r01": "max", "r02": "abe"}
    mixed = frame.sample(fraction=1, shuffle=True, seed=seed).with_columns(pl.col("rater").replace(names))
    other = facets(mixed)
    assert other.deviance == pytest.approx(found.deviance, abs=1e-7)
    expected = {names[name]: value for name, value in severities(found).items()}
    assert severities(other) == pytest.approx(expected, abs=1e-6)


def test_reversing_the_scale_reverses_every_sign() -> None:
    frame = simulate([-0.5, 0.1, 0.4], [0.0, 0.5], responses=80, seed=5)
    found, turned = facets(frame), facets(frame.with_columns((5 - pl.col("score")).alias("score")))
    assert turned.deviance == pytest.approx(found.deviance, abs=1e-7)
    assert severities(turned) == pytest.approx({name: -value for name, value in severities(found).items()}, abs=1e-6)
    assert turned.thresholds["threshold"].to_list() == pytest.approx(
        (-found.thresholds["threshold"].reverse()).to_list(), abs=1e-6
    )


def test_one_dimension_and_missing_cells_are_enough() -> None:
    found = facets(simulate([-1.0, 0.0, 1.0], responses=100).sample(fraction=0.8, seed=1))
    assert found.raters["rater"].to_list() == ["r00", "r01", "r02"]
    assert found.n_parameters == 1 + 2 + 2 + 1
    nothing_but_numbers(found)


def test_partial_credit_takes_scales_of_different_ranges() -> None:
    first = simulate([-0.5, 0.5], responses=80)
    yes_no = simulate([-0.5, 0.5], steps=(0.3,), responses=80, seed=2).with_columns(
        pl.col("score") - 1, dimension=pl.lit("safe")
    )
    both = pl.concat([first, yes_no])
    found = facets(both, model="partial_credit")
    assert found.thresholds["dimension"].to_list() == ["d0", "d0", "d0", "safe"]
    assert found.raters["fair_average"].null_count() == 2
    fair = dict(found.dimensions.select("dimension", "fair_average").iter_rows())
    assert 0 < fair["safe"] < 1 < fair["d0"] < 4
    with pytest.raises(InputError, match=r"'rating_scale' takes dimensions on one scale .*partial_credit"):
        facets(both)


def test_without_a_facet_its_elements_make_no_difference() -> None:
    frame = simulate([-1.0, 1.0], [0.0, 0.8], responses=60)
    no_raters = facets(frame, facets=["dimension"])
    assert no_raters.raters.is_empty()
    assert no_raters.to_frame().columns[0] == "dimension"
    assert no_raters.n_parameters == 2 + 2 + 1
    no_dimensions = facets(frame, facets=["rater"])
    assert no_dimensions.dimensions["dimension"].to_list() == [None]
    assert no_dimensions.n_parameters == 1 + 1 + 2 + 1
    for found in (no_raters, no_dimensions):
        nothing_but_numbers(found)
        assert str(found)


def test_a_fair_average_is_the_score_expected_of_an_average_response() -> None:
    found = facets(simulate([-1.0, 1.0], steps=(0.0,), responses=300))
    (middle,) = found.dimensions["difficulty"]
    for severity, fair in found.raters.select("severity", "fair_average").iter_rows():
        assert fair == pytest.approx(1 + 1 / (1 + np.exp(severity + middle)))


def test_measures_follow_scores_and_correct_for_who_gave_them() -> None:
    frame = simulate([-1.5, 0.0, 1.5], [0.0, 0.2], responses=300, per_response=1, seed=8)
    second = simulate([-1.5, 0.0, 1.5], [0.0, 0.2], responses=300, seed=8).filter(pl.col("item") < "item-040")
    found = facets(pl.concat([frame, second]).unique(["item", "rater", "dimension"]))
    alone = found.responses.filter(pl.col("n_raters") == 1)
    same = alone.filter(pl.col("mean_score") == 2.5).join(frame.select("item", "rater").unique(), on="item")
    by_rater = dict(same.group_by("rater").agg(pl.col("measure").mean()).iter_rows())
    assert by_rater["r00"] < by_rater["r01"] < by_rater["r02"]


# Fit


def test_mean_squares_are_one_on_average_under_the_model() -> None:
    values = []
    for seed in range(8):
        found = facets(simulate([-0.4, 0.0, 0.4], [0.0, 0.5], responses=150, seed=seed))
        values.append(found.fit.filter(pl.col("facet") == "rater").select("infit", "outfit").to_numpy())
    # 24 raters with a standard deviation of about 0.06 each: the mean is 1 within 0.05 (4 standard errors).
    assert np.abs(np.concatenate(values).mean(axis=0) - 1).max() < 0.05


def test_a_rater_who_throws_dice_is_seen() -> None:
    frame = simulate([-0.3, -0.1, 0.1, 0.3], [0.0, 0.3], responses=150, sd=1.8)
    random = np.random.default_rng(2)
    dice = pl.Series("dice", random.integers(1, 5, frame.height).astype(float))
    noisy = frame.with_columns(pl.when(pl.col("rater") == "r03").then(dice).otherwise("score").alias("score"))
    found = facets(noisy)
    fits = {name: (infit, z) for name, infit, z in found.raters.select("rater", "infit", "infit_z").iter_rows()}
    assert fits["r03"][0] > 1.5
    assert fits["r03"][1] > 4
    assert max(infit for name, (infit, _) in fits.items() if name != "r03") < 1.2
    assert "'r03' rates less predictably" in found.in_words()


def test_a_dimension_that_dice_decide_is_seen() -> None:
    frame = simulate([-0.3, -0.1, 0.1, 0.3], [0.0, 0.3, 0.5], responses=150, sd=1.8)
    names = frame["dimension"].unique().sort().to_list()
    dice = pl.Series("dice", np.random.default_rng(2).integers(1, 5, frame.height).astype(float))
    noisy = frame.with_columns(pl.when(pl.col("dimension") == names[1]).then(dice).otherwise("score").alias("score"))
    words = facets(noisy).in_words()
    assert f"{names[1]!r} is scored less predictably than the model expects" in words
    assert f"{names[0]!r} is scored less" not in words
    assert "intervals and tests are too sure" in words
    assert "too sure" not in facets(noisy, dimensions=names[0]).in_words()


def test_raters_who_do_not_differ_have_no_separation() -> None:
    found = facets(simulate([0.0] * 5, responses=200, seed=3))
    row = found.separation.row(by_predicate=pl.col("facet") == "rater", named=True)
    assert row["reliability"] < 0.7
    assert row["p"] > 0.01
    far = facets(simulate([-1.0, -0.5, 0.0, 0.5, 1.0], responses=200, seed=3)).separation
    row = far.row(by_predicate=pl.col("facet") == "rater", named=True)
    assert row["reliability"] == pytest.approx(row["separation"] ** 2 / (1 + row["separation"] ** 2))
    assert row["reliability"] > 0.95
    assert row["p"] < 1e-6


# Designs that cannot be compared


def halves(frame: pl.DataFrame) -> pl.DataFrame:
    early = pl.col("item") < "item-050"
    return frame.filter((early & (pl.col("rater") < "r02")) | (~early & (pl.col("rater") >= "r02")))


def test_raters_without_a_common_response_are_named_and_nothing_is_estimated() -> None:
    found = facets(halves(simulate([-1.0, -0.5, 0.5, 1.0], [0.0, 0.5], responses=100)))
    assert found.deviance is None
    assert not found.converged
    assert found.raters["severity"].null_count() == 4
    assert found.raters["n_ratings"].to_list() == [100] * 4
    said = found.in_words()
    assert "2 groups of raters have no response in common: 'r00' and 'r01'; 'r02' and 'r03'" in said
    assert "assume_random=True" in said
    assert "'r02' and 'r03'" in found.raters["note"][0]
    assert found.responses["note"].null_count() == 0


def test_severities_of_groups_are_compared_where_chance_gave_out_the_responses() -> None:
    found = facets(halves(simulate([-1.0, -0.5, 0.5, 1.0], [0.0, 0.5], responses=100)), assume_random=True)
    assert found.deviance is not None
    assert "assumption alone" in found.in_words()
    # Between groups the difference rests on two means of 50 responses, so its standard error is that of means.
    within = facets(simulate([-1.0, -0.5, 0.5, 1.0], [0.0, 0.5], responses=100)).raters["se"].max()
    assert found.raters["se"].min() > within  # type: ignore[operator]


def test_one_common_response_links_two_groups() -> None:
    frame = simulate([-1.0, -0.5, 0.5, 1.0], [0.0, 0.5], responses=100)
    linked = pl.concat([halves(frame), frame.filter((pl.col("item") == "item-000") & (pl.col("rater") >= "r02"))])
    found = facets(linked)
    assert found.deviance is not None
    assert found.notes == ()


def test_raters_of_one_dimension_each_cannot_be_told_from_its_difficulty() -> None:
    frame = simulate([-0.5, 0.5], [0.0, 0.5], responses=50)
    nested = frame.filter(pl.col("rater").str.slice(-1) == pl.col("dimension").str.slice(-1))
    found = facets(nested)
    assert found.deviance is None
    assert "'r00' judged 'd0'; 'r01' judged 'd1'" in found.in_words()
    assert facets(nested, assume_random=True).deviance is None


def test_raters_linked_through_different_dimensions_only_are_not_comparable() -> None:
    frame = simulate([0.0, 0.3, 0.6], [0.0, 0.5], responses=60)
    early = pl.col("item") < "item-030"
    cell = pl.col("rater") + pl.col("dimension")
    tangled = frame.filter((early & cell.is_in(["r00d0", "r01d1"])) | (~early & cell.is_in(["r00d1", "r02d0"])))
    found = facets(tangled)
    assert found.deviance is None
    assert "different dimensions only" in found.in_words()


def test_groups_and_null_spaces_agree_on_random_designs() -> None:
    random = np.random.default_rng(5)
    for _ in range(30):
        left, right = random.integers(0, 12, 18), random.integers(0, 9, 18)
        edges = np.unique(np.column_stack([left, right]), axis=0)
        labels = groups(edges[:, 0], edges[:, 1], 9)
        design = np.zeros((12, 9))
        design[edges[:, 0], edges[:, 1]] = 1
        each = np.maximum(design.sum(axis=1, keepdims=True), 1)
        laplacian = np.diag(design.sum(axis=0)) - (design / each).T @ design
        assert null_space(laplacian) == len(np.unique(labels))
        sizes = np.bincount(labels)
        assert (np.diff(sizes) <= 0).all()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sets(st.integers(0, 6), min_size=1), min_size=1, max_size=20))
def test_distinct_sets_are_the_sets(sets: list[set[int]]) -> None:
    group, element = np.array([(place, one) for place, own in enumerate(sets) for one in own]).T
    found, rows, elements = distinct_sets(group, element)
    for place, own in enumerate(sets):
        assert set(elements[rows == found[place]].tolist()) == own
    assert len(np.unique(rows)) == len({frozenset(one) for one in sets})


# Extremes and thin data


def test_a_rater_of_nothing_but_top_scores_is_left_out_and_changes_nothing() -> None:
    frame = simulate([-0.5, 0.0, 0.5], responses=80)
    lenient = frame.filter(pl.col("rater") == "r00").with_columns(rater=pl.lit("kind"), score=pl.lit(4.0))
    found = facets(pl.concat([frame, lenient]))
    without = facets(frame)
    assert found.deviance == pytest.approx(without.deviance, abs=1e-8)
    row = found.raters.row(-1, named=True)
    assert (row["rater"], row["severity"], row["fair_average"], row["mean_score"]) == ("kind", None, None, 4.0)
    assert "every rating the highest score: more lenient" in row["note"]
    assert "'kind'" in found.in_words()
    nothing_but_numbers(found)


def test_a_dimension_of_nothing_but_bottom_scores_is_left_out() -> None:
    frame = simulate([-0.5, 0.5], [0.0, 0.2], responses=80)
    hard = frame.filter(pl.col("dimension") == "d0").with_columns(dimension=pl.lit("hard"), score=pl.lit(1.0))
    for model in ("rating_scale", "partial_credit"):
        found = facets(pl.concat([frame, hard]), model=model)  # type: ignore[arg-type]
        assert found.deviance == pytest.approx(facets(frame, model=model).deviance, abs=1e-8)  # type: ignore[arg-type]
        assert found.dimensions["difficulty"].to_list()[-1] is None
        assert found.dimensions["note"][-1] is not None
        # What is counted is what was estimated from; of what was left out, all.
        assert found.raters["n_ratings"].sum() == found.responses["n_ratings"].sum() == found.n_ratings
        assert found.raters["mean_score"].to_list() == facets(frame, model=model).raters["mean_score"].to_list()  # type: ignore[arg-type]
        assert (found.dimensions["n_ratings"][-1], found.dimensions["mean_score"][-1]) == (160, 1.0)
        nothing_but_numbers(found)


def test_scores_that_nobody_gave_are_left_out_of_the_scale() -> None:
    rubric = rw.Rubric("r", dimensions=[rw.Dimension("d0", "?", rw.Ordinal(0, 6))])
    frame = simulate([-0.5, 0.5], responses=100).with_columns(
        pl.col("score").replace({3.0: 5.0, 4.0: 6.0}).alias("score")
    )
    found = facets(frame.filter(pl.col("score") < 6), rubric)
    notes = dict(found.thresholds.select("category", "note").iter_rows())
    unused = {category for category, note in notes.items() if note and "nobody" in note}
    assert unused == {0.0, 3.0, 4.0, 6.0}
    assert found.thresholds.filter(pl.col("threshold").is_not_null())["category"].to_list() == [2.0, 5.0]
    assert found.raters["fair_average"].is_between(1, 5).all()


def test_a_response_of_nothing_but_top_scores_has_a_measure_and_says_what_it_rests_on() -> None:
    frame = simulate([-0.5, 0.5], responses=80, sd=2.0)
    top = frame.group_by("item").agg((pl.col("score") == 4).all().alias("top")).filter("top")["item"].to_list()
    found = facets(frame)
    extreme = found.responses.filter(pl.col("item").is_in(top))
    assert top
    assert extreme["measure"].null_count() == 0
    assert extreme["note"].str.contains("assumed normal distribution").all()


def test_responses_that_do_not_differ_have_no_variance() -> None:
    found = facets(simulate([-1.0, 0.0, 1.0], responses=60, sd=0.0, seed=4))
    assert found.variance == 0.0
    assert found.variance_se is None
    assert "do not differ beyond chance" in found.in_words()
    nothing_but_numbers(found)


def test_nodes_are_as_fine_as_the_most_precise_response_needs() -> None:
    frame = simulate(list(np.linspace(-1, 1, 40)), list(np.linspace(-0.5, 0.5, 4)), responses=25, sd=2.5, seed=2)
    found = facets(frame)
    assert found.deviance == pytest.approx(plain_deviance(frame, found, np.linspace(-20, 20, 2001)), abs=1e-4)
    coarse = facets(frame, nodes=21, limits=(-6, 6))
    assert "too few or too narrow" in coarse.convergence


EMPTY = pl.DataFrame(schema={"item": pl.String, "rater": pl.String, "dimension": pl.String, "score": pl.Float64})
FRAME = simulate([-0.5, 0.5], [0.0, 0.4], responses=30)
ONE = "item-005"
THIN: dict[str, tuple[pl.DataFrame, str]] = {
    "no scores": (EMPTY, "no scores"),
    "nulls only": (FRAME.with_columns(score=pl.lit(None, dtype=pl.Float64)), "no scores"),
    "one response": (FRAME.filter(pl.col("item") == ONE), "one response only"),
    "one score": (FRAME.with_columns(score=pl.lit(3.0)), "finite estimate"),
    "one rating each": (
        FRAME.filter((pl.col("dimension") == "d0") & (pl.col("rater") == "r00")),
        "every response has one rating",
    ),
}


@pytest.mark.parametrize(("frame", "reason"), THIN.values(), ids=THIN.keys())
@pytest.mark.parametrize("model", ["rating_scale", "partial_credit"])
def test_thin_data_give_nulls_and_a_reason(frame: pl.DataFrame, reason: str, model: Any) -> None:
    found = facets(frame, model=model)
    assert found.deviance is None
    assert found.raters["severity"].null_count() == found.raters.height
    assert any(reason in note for note in found.notes)
    assert str(found)
    assert found._repr_html_()
    nothing_but_numbers(found)


def test_one_rater_has_no_severity_and_everything_else() -> None:
    found = facets(FRAME.filter(pl.col("rater") == "r00"))
    assert found.raters["severity"].to_list() == [None]
    assert "nothing to compare with" in found.raters["note"][0]
    assert found.dimensions["difficulty"].null_count() == 0
    assert found.responses["measure"].null_count() == 0
    nothing_but_numbers(found)


def test_separated_cells_give_no_number_rather_than_a_large_one() -> None:
    # r00 gives d0 nothing but 4 and d1 both; r01 judges d1 only... so d0's difficulty has nothing to hold it back.
    frame = simulate([0.0, 0.5], [0.0, 0.4], responses=60)
    cell = pl.col("rater") + pl.col("dimension")
    apart = frame.filter(cell != "r01d0").with_columns(
        pl.when(cell == "r00d0").then(pl.lit(4.0)).otherwise("score").alias("score")
    )
    found = facets(apart)
    assert dict(found.dimensions.select("dimension", "difficulty").iter_rows())["d0"] is None
    nothing_but_numbers(found)


# What is taken, and what is refused


def test_dimensions_without_ordered_categories_are_left_out_and_named() -> None:
    rubric = rw.Rubric(
        "r",
        dimensions=[
            rw.Dimension("d1", "?", rw.Ordinal(1, 4)),
            rw.Dimension("fault", "?", rw.Nominal(["a", "b"])),
            rw.Dimension("d0", "?", rw.Ordinal(1, 4)),
            rw.Dimension("overall", "?", rw.Continuous(0, 100)),
        ],
    )
    slider = FRAME.filter(pl.col("dimension") == "d0").with_columns(
        pl.int_range(pl.len()).cast(pl.Float64).alias("score"), dimension=pl.lit("overall")
    )
    found = facets(pl.concat([FRAME, slider]), rubric)
    assert found.dimensions["dimension"].to_list() == ["d1", "d0"]
    assert "'fault' is left out" in found.in_words()
    assert "'overall' is left out" in found.in_words()
    with pytest.raises(InputError, match=r"ordered categories .*'overall'"):
        facets(pl.concat([FRAME, slider]), rubric, dimensions=["overall"])


def test_a_dimension_that_nobody_scored_is_left_out_whatever_its_scale() -> None:
    names = ("d0", "d1", "safe")
    scales = (rw.Ordinal(1, 4), rw.Ordinal(1, 4), rw.Binary())
    rubric = rw.Rubric("r", dimensions=[rw.Dimension(*one) for one in zip(names, "???", scales, strict=True)])
    found = facets(FRAME, rubric)
    assert found.dimensions["dimension"].to_list() == ["d0", "d1"]
    assert "'safe' is left out: it has no scores" in found.in_words()
    assert facets(FRAME, rubric, dimensions=["safe"]).deviance is None


def test_dimensions_about_the_item_are_no_part_of_its_responses() -> None:
    frame = FRAME.with_columns(response=pl.col("item") + "-r")
    task = FRAME.filter(pl.col("dimension") == "d0").with_columns(
        dimension=pl.lit("task"), response=pl.lit(None, dtype=pl.String)
    )
    found = facets(pl.concat([frame, task]))
    assert found.dimensions["dimension"].to_list() == ["d0", "d1"]
    assert "'task' is left out: it is about the item" in found.in_words()
    assert facets(task).dimensions["dimension"].to_list() == ["task"]


def test_models_of_responses_stay_beside_their_measures() -> None:
    frame = FRAME.with_columns(model=pl.lit("aster"), response=pl.lit("x"))
    assert facets(frame).responses["model"].unique().to_list() == ["aster"]


def test_frames_of_other_libraries_are_taken() -> None:
    assert facets(FRAME.to_pandas()).deviance == pytest.approx(facets(FRAME).deviance, abs=1e-9)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "model": ({"model": "ratingscale"}, "'model' takes .* did you mean 'rating_scale'"),
    "facet": ({"facets": ["raters"]}, "'facets' takes .* did you mean 'rater'"),
    "no facet": ({"facets": []}, "'facets' takes"),
    "steps without dimensions": ({"model": "partial_credit", "facets": ["rater"]}, "'facets' takes 'dimension' too"),
    "dimension": ({"dimensions": ["d2"]}, "no dimension 'd2'"),
    "confidence": ({"confidence": 95}, "'confidence'"),
    "nodes": ({"nodes": 2}, "'nodes' takes a whole number from 5 to 801"),
    "limits": ({"limits": (1, 8)}, "'limits' takes"),
    "tolerance": ({"tolerance": 0}, "'tolerance' takes"),
    "iterations": ({"max_iterations": 0}, "'max_iterations' takes"),
}


@pytest.mark.parametrize(("options", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_options_that_are_not_allowed_are_named(options: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        facets(FRAME, **options)


def test_scores_that_the_scale_does_not_have_are_refused() -> None:
    rubric = rw.Rubric(
        "r", dimensions=[rw.Dimension("d0", "?", rw.Ordinal(1, 4)), rw.Dimension("d1", "?", rw.Ordinal(1, 4))]
    )
    half = FRAME.with_columns(pl.when(pl.int_range(pl.len()) == 0).then(pl.lit(2.5)).otherwise("score").alias("score"))
    with pytest.raises(InputError, match=r"'d0' takes .*got a score of 2\.5"):
        facets(half, rubric)
    with pytest.raises(InputError, match="lacks 'rater'"):
        facets(FRAME.drop("rater"))


def test_too_few_steps_are_said_to_be_too_few() -> None:
    found = facets(FRAME, max_iterations=1)
    assert not found.converged
    assert found.convergence.startswith("Not converged after 1 step:")
    assert "provisional" in found.in_words()
