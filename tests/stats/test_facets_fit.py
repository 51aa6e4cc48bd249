"""Fit of the many-facet Rasch model, held against every way a total can come about, and against data from the model."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import rubricwidgets as rw
from rubricwidgets.stats.facets import facets
from tests.stats.test_facets import plain_deviance, simulate

if TYPE_CHECKING:
    from rubricwidgets.stats.facets_result import Facets

MEAN_SQUARES = ("infit", "outfit")


def by_every_way(frame: pl.DataFrame, found: Facets, item: str) -> dict[str, float]:
    """Compute a response's mean squares, and their standardised values, from all ratings that have its total."""
    own = frame.filter(pl.col("item") == item)
    severity = dict(found.raters.select("rater", "severity").iter_rows())
    difficulty = dict(found.dimensions.select("dimension", "difficulty").iter_rows())
    steps = np.concatenate([[0.0], np.cumsum(found.thresholds["threshold"].to_numpy())])
    category = np.arange(len(steps))
    place = np.array(
        [
            severity.get(rater, 0.0) + difficulty.get(name, difficulty.get(None))
            for rater, name in own.select("rater", "dimension").iter_rows()
        ]
    )
    score = (own["score"] - 1).to_numpy().astype(int)
    assert found.variance is not None
    nodes = np.linspace(-15, 15, 1201)

    def shares(quality: float) -> Any:
        weight = np.exp(category * (quality - place)[:, None] - steps)
        return weight / weight.sum(axis=1, keepdims=True)

    share = np.array([shares(node) for node in nodes])
    posterior = np.exp(-(nodes**2) / (2 * found.variance))
    for rating, one in enumerate(score):
        posterior = posterior * share[:, rating, one]
    posterior /= posterior.sum()
    mean = share @ category
    variance = share @ category**2 - mean**2
    away = (category - mean[:, :, None]) ** 2
    at_zero = shares(0.0)
    told = {}
    for name, squares in (("infit", away), ("outfit", away / variance[:, :, None])):
        averaged = np.einsum("q,qnk->nk", posterior, squares)
        ways = [way for way in itertools.product(category, repeat=len(score)) if sum(way) == score.sum()]
        chance = np.array([np.prod([at_zero[rating, one] for rating, one in enumerate(way)]) for way in ways])
        chance /= chance.sum()
        sums = np.array([sum(averaged[rating, one] for rating, one in enumerate(way)) for way in ways])
        expected = chance @ sums
        sd = np.sqrt(chance @ (sums - expected) ** 2) / expected
        square = sum(averaged[rating, one] for rating, one in enumerate(score)) / expected
        # Wright and Masters, Rating Scale Analysis, 1982, p. 101.
        told[name], told[f"{name}_z"] = square, (square ** (1 / 3) - 1) * 3 / sd + sd / 3
    return told


@pytest.mark.parametrize("per_response", [3, 2])
def test_a_responses_fit_is_that_among_all_ratings_with_its_total(per_response: int) -> None:
    frame = simulate([-0.6, 0.1, 0.5], [0.0, 0.7], responses=60, per_response=per_response, seed=6)
    found = facets(frame)
    table = found.responses.drop_nulls("infit").head(12)
    assert table.height == 12
    for row in table.iter_rows(named=True):
        told = by_every_way(frame, found, row["item"])
        assert {name: row[name] for name in told} == pytest.approx(told, rel=2e-3, abs=2e-3)


@pytest.mark.parametrize("facet", ["rater", "dimension"])
def test_ratings_that_no_facet_tells_apart_count_each_in_a_responses_fit(facet: str) -> None:
    frame = simulate([-0.6, 0.1, 0.5], [0.0, 0.7], responses=60, seed=6)
    found = facets(frame, facets=[facet])
    table = found.responses.drop_nulls("infit").head(12)
    assert table.height == 12
    for row in table.iter_rows(named=True):
        told = by_every_way(frame, found, row["item"])
        assert {name: row[name] for name in told} == pytest.approx(told, rel=2e-3, abs=2e-3)


def test_one_cell_of_several_ratings_divides_nothing_by_zero() -> None:
    rows = [("1", "c", "q", 1), ("2", "c", "t", 1), ("1", "c", "t", 0), ("2", "b", "u", 0)]
    rows += [("2", "c", "u", 0), ("1", "a", "u", 1), ("1", "b", "u", 1), ("1", "c", "u", 1)]
    table = pl.DataFrame(rows, schema=["item", "response", "dimension", "score"], orient="row")
    # numpy's warnings are errors here.
    found = facets(table.with_columns(rater=pl.lit("only")), facets=("rater",))
    assert found.dimensions["difficulty"].to_list() == pytest.approx([np.log(3 / 5)], abs=1e-3)


DESIGNS: dict[str, dict[str, Any]] = {
    "crossed": {"severities": [-0.7, 0.0, 0.7], "difficulties": [-0.5, 0.0, 0.5], "responses": 100},
    "two of six raters": {
        "severities": [-0.9, -0.4, -0.1, 0.2, 0.5, 0.7],
        "difficulties": [-0.5, 0.0, 0.5],
        "responses": 120,
        "per_response": 2,
    },
    "skewed": {"severities": [-1.0, 0.0, 1.0], "difficulties": [-1.5, -1.0], "responses": 120, "sd": 0.6},
}


@pytest.mark.parametrize("model", ["rating_scale", "partial_credit"])
@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS.keys())
def test_fit_is_standard_normal_on_data_from_the_model(design: dict[str, Any], model: Any) -> None:
    tables = [facets(simulate(**design, seed=seed), model=model).fit for seed in range(12)]
    fit = pl.concat(tables)
    for facet in ("rater", "dimension", "response"):
        own = fit.filter(pl.col("facet") == facet).drop_nulls("infit")
        n = own.height
        for name in MEAN_SQUARES:
            square, z = own[name].to_numpy(), own[f"{name}_z"].to_numpy()
            assert np.isfinite(z).all()
            assert (z != 0).all()
            # A mean of n standard normal values within 4 standard errors; those of one study share what was fitted.
            assert abs(z.mean()) < 0.05 + 4 / np.sqrt(n)
            assert abs(square.mean() - 1) < 4 * square.std() / np.sqrt(n) + 0.005
            # The spread within 4 of its own errors of 1; few ratings have few values, which the cube root cannot mend.
            assert 0.8 - 4 / np.sqrt(2 * n) < z.std() < 1.1 + 4 / np.sqrt(2 * n)
            assert (np.abs(z) > 1.96).mean() < 0.05 + 4 * np.sqrt(0.05 * 0.95 / n)


def test_misfit_has_its_sign_and_is_never_none() -> None:
    # Five dimensions of which one is answered by dice and one repeats the response's first score.
    frame = simulate([-0.4, 0.0, 0.4], [0.0] * 5, responses=80, sd=1.5, seed=3)
    dice = pl.Series(np.random.default_rng(1).integers(1, 5, frame.height).astype(float))
    odd = frame.with_columns(pl.when(pl.col("dimension") == "d4").then(dice).otherwise("score").alias("score"))
    fit = facets(odd).fit
    named = {row["element"]: row for row in fit.filter(pl.col("facet") == "dimension").iter_rows(named=True)}
    assert named["d4"]["outfit"] > 1.5
    assert named["d4"]["outfit_z"] > 5
    assert named["d4"]["infit_z"] > 5
    assert max(named[f"d{place}"]["outfit_z"] for place in range(4)) < 0
    many = fit.filter(pl.col("facet") != "response")
    for name in MEAN_SQUARES:
        far = many.filter((pl.col(name) - 1).abs() > 0.05)
        assert (far[f"{name}_z"].sign() == (far[name] - 1).sign()).all()
        assert not fit.filter(pl.col(f"{name}_z") == 0).height


def test_where_chance_has_no_room_there_is_no_mean_square_and_a_note() -> None:
    found = facets(simulate([-0.5, 0.5], responses=80, sd=2.5, seed=2))
    ends = found.responses.filter(pl.col("mean_score").is_in([1.0, 4.0]))
    assert ends.height
    assert ends.select("infit", "infit_z", "outfit", "outfit_z").null_count().row(0) == (ends.height,) * 4
    assert ends["note"].str.contains("there is no mean square").all()
    assert found.dimensions["infit"].to_list() == [None]
    assert "there is no other dimension" in found.dimensions["note"][0]
    silent = found.fit.filter(pl.col("outfit_z").is_null(), pl.col("note").is_null())
    assert silent.is_empty()
    assert found.raters["outfit_z"].null_count() == 0


# Estimates that run away


def ratings(scores: dict[str, list[list[int]]]) -> pl.DataFrame:
    """Return a frame from tables of responses by raters, by dimension."""
    return pl.DataFrame(
        [
            (f"item-{item:02}", f"r{rater}", name, float(score))
            for name, table in scores.items()
            for item, row in enumerate(table)
            for rater, score in enumerate(row)
        ],
        schema=["item", "rater", "dimension", "score"],
        orient="row",
    )


RUNAWAYS: dict[str, tuple[pl.DataFrame, str]] = {
    "one voice, yes or no": (ratings({"ok": [[item % 2] * 3 for item in range(20)]}), "the same score"),
    "one voice, five points": (ratings({"ok": [[item % 5] * 3 for item in range(20)]}), "the same score"),
    "one order": (ratings({"ok": [[int(item > 3 + 5 * own) for own in range(3)] for item in range(20)]}), "one order"),
    "two raters, three items": (ratings({"ok": [[5, 4], [2, 1], [3, 2]]}), "one order"),
}


@pytest.mark.parametrize(("frame", "how"), RUNAWAYS.values(), ids=RUNAWAYS.keys())
def test_where_the_likelihood_has_no_maximum_nothing_is_estimated_and_the_reason_comes_first(
    frame: pl.DataFrame, how: str
) -> None:
    found = facets(frame)
    assert found.deviance is None
    assert found.variance is None
    assert not found.converged
    assert found.raters["severity"].null_count() == found.raters.height > 1
    assert found.responses["measure"].null_count() == found.responses.height
    assert found.raters["note"].null_count() == 0
    said = found.in_words()
    assert said.startswith("Nothing was estimated. The responses differ by more than logits can measure")
    assert f"ratings of {found.n_responses} responses on 'ok', " in said
    assert how in said
    for chart in (rw.charts.wright(found), rw.charts.severity(found)):
        assert "logits can measure" in " ".join(
            line for rows in chart.to_dict()["datasets"].values() for row in rows for line in row["words"]
        )


def test_a_wide_but_finite_maximum_is_found() -> None:
    # Yes or no, 20 responses, all but two of which the raters order alike: the deviance has its minimum far out.
    table = [[0, 1, 0]] * 3 + [[1, 1, 1]] * 13 + [[0, 0, 0]] * 2 + [[0, 1, 1], [1, 1, 0]]
    frame = ratings({"ok": table})
    found = facets(frame)
    assert found.converged
    assert found.variance is not None
    assert 5 < found.variance**0.5 < 10
    nodes = np.linspace(-60, 60, 2401)
    lowest = plain_deviance(frame, found, nodes)
    assert found.deviance == pytest.approx(lowest, abs=1e-3)
    for shift in ({"variance": 12.0}, {"variance": -12.0}, {"r0": 0.5, "r1": -0.5}, {"ok": 0.5}):
        assert plain_deviance(frame, found, nodes, shift=shift) > lowest
    low, high = found.raters.select("low", "high").row(0)
    assert high - low > 5


def test_dimensions_without_a_common_score_have_no_difficulty_on_common_steps() -> None:
    random = np.random.default_rng(0)
    low, high = random.integers(1, 4, (40, 3)), random.integers(4, 6, (40, 3))
    frame = ratings({"a": low.tolist(), "b": high.tolist()})
    found = facets(frame)
    assert found.dimensions["difficulty"].null_count() == 2
    assert found.raters["severity"].null_count() == found.raters["se"].null_count() == 0
    assert found.raters["se"].max() < 1  # type: ignore[operator]
    assert found.raters["infit_z"].null_count() == 0
    said = found.in_words()
    assert said.startswith("'a' and 'b': no finite estimate: ")
    assert "model='partial_credit'" in said
    assert facets(frame, model="partial_credit").dimensions["difficulty"].null_count() == 0


def test_what_did_not_converge_says_so_first_in_words_and_pictures() -> None:
    found = facets(simulate([-0.5, 0.0, 0.5], [0.0, 0.5]), max_iterations=1)
    assert found.in_words().startswith("Not converged after 1 step")
    for chart in (rw.charts.wright(found), rw.charts.severity(found)):
        assert "Not converged: take the estimates as provisional." in str(chart.to_dict())


def test_a_rater_of_one_middle_score_is_finite_and_found_too_uniform() -> None:
    frame = simulate([-0.3, 0.0, 0.3, 0.0], [0.0, 0.4], responses=60, seed=4)
    frame = frame.with_columns(pl.when(pl.col("rater") == "r03").then(2.0).otherwise("score").alias("score"))
    found = facets(frame)
    row = found.raters.row(by_predicate=pl.col("rater") == "r03", named=True)
    assert abs(row["severity"]) < 2
    assert row["infit"] < 0.7
    assert row["infit_z"] < -3


def test_a_variance_that_falls_to_its_bound_is_reached() -> None:
    # The deviance flattens towards a variance of 0; steps by the information of further up would creep.
    one = [[2, 2, 1, 3], [2, 3, 2, 3], [2] * 4, [2] * 4, [2, 1, 2, 2], [3, 2, 2, 2], [2] * 4, [2, 3, 1, 2]]
    two = [[2, 2, 3, 2], [3, 2, 2, 3], [2] * 4, [2] * 4, [3, 2, 2, 2], [2, 2, 3, 2], [3, 3, 2, 2], [2, 3, 3, 1]]
    found = facets(ratings({"one": one, "two": two}))
    assert found.converged
    assert found.variance == 0
    assert "do not differ beyond chance" in found.in_words()


def test_what_has_no_finite_estimate_has_no_fit() -> None:
    rows = [("0", "a", "z", 4), ("0", "b", "q", 2), ("0", "b", "z", 5)]
    rows += [("1", "a", "q", 1), ("1", "a", "z", 4), ("1", "b", "q", 2), ("1", "b", "z", 4)]
    found = facets(pl.DataFrame(rows, schema=["item", "rater", "dimension", "score"], orient="row"))
    assert found.raters["severity"].null_count() == 2
    for name in ("infit", "infit_z", "outfit", "outfit_z"):
        assert found.fit[name].null_count() == found.fit.height
    assert found.fit["note"].null_count() == 0
    assert "uniformly" not in found.in_words()
