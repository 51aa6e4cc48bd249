"""The decision study against Brennan's figures, and what it says."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from rubricwidgets.errors import InputError
from rubricwidgets.stats.decision import decision_study
from rubricwidgets.stats.estimates import ESTIMATES_SCHEMA
from rubricwidgets.stats.generalizability import generalizability, variance_components
from tests.stats.brennan import SYNTHETIC_4
from tests.stats.test_generalizability import DESIGN, of_dimensions, of_models, simulated
from tests.stats.test_icc import SHROUT, long

BRENNAN = variance_components(SYNTHETIC_4, DESIGN, score="Score")


def test_brennans_decision_studies_have_the_published_coefficients() -> None:
    frame = decision_study(BRENNAN, n={"Task": [3, 6, 12], "Rater": [1, 2]}).to_frame()
    found = {
        (row["Task"], row["Rater"], row["statistic"]): row["value"]
        for row in frame.select("Task", "Rater", "statistic", "value").to_dicts()
    }
    # Brennan 2001, the D studies of the data of table 3.2: Erho2 and Phi for numbers of tasks and of raters in each.
    published = {(3, 2): (0.4479, 0.3718), (6, 1): (0.4913, 0.4205), (6, 2): (0.6187, 0.542), (12, 1): (0.6589, 0.592)}
    for (tasks, raters), (g, phi) in published.items():
        assert found[tasks, raters, "G"] == pytest.approx(g, abs=5e-5)
        assert found[tasks, raters, "Phi"] == pytest.approx(phi, abs=5e-5)
    assert frame.columns == ["Rater", "Task", "ratings", "cost", "reaches", *ESTIMATES_SCHEMA.names()]


def test_more_raters_do_what_spearman_and_brown_say() -> None:
    frame = decision_study(generalizability(simulated(30, 6, 3)), n_raters=[1, 4, 8]).to_frame()
    g = frame.filter(pl.col("statistic") == "G")["value"].to_list()
    assert g[1:] == pytest.approx([n * g[0] / (1 + (n - 1) * g[0]) for n in (4, 8)])


def test_raters_of_their_own_make_g_what_phi_was() -> None:
    result = generalizability(long(SHROUT))
    crossed, nested = (decision_study(result, design=design).to_frame() for design in (None, "r:p"))
    phi = crossed.filter(pl.col("statistic") == "Phi")["value"].to_list()
    assert nested.filter(pl.col("statistic") == "G")["value"].to_list() == pytest.approx(phi)
    assert nested.filter(pl.col("statistic") == "Phi")["value"].to_list() == pytest.approx(phi)


def test_the_cheapest_design_reaches_the_target_with_the_fewest_ratings() -> None:
    study = decision_study(
        generalizability(of_models(), objects="model"), n_items=[5, 10, 20, 40], n_raters=[1, 2, 3], target=0.75
    )
    best = study.cheapest.to_dicts()[0]
    rows = study.to_frame().filter(pl.col("statistic") == "Phi")
    assert best["ratings"] == min(row["ratings"] for row in rows.to_dicts() if row["value"] >= 0.75)
    assert f"{best['items']} items x {best['raters']} rater" in study.in_words()
    assert "rating" in study.in_words()


def test_the_same_number_of_ratings_is_spent_on_the_more_reliable_design() -> None:
    study = decision_study(BRENNAN, n={"Task": [6, 12], "Rater": [1, 2]}, coefficient="G", target=0.61)
    # Twelve tasks of one rater, or six of two, are twelve ratings; the former has 0.6589 and the latter 0.6187.
    assert study.cheapest.select("Task", "Rater").row(0) == (12, 1)


def test_costs_count_ratings_and_not_dimensions() -> None:
    study = decision_study(
        generalizability(of_dimensions(), design="p x r x d"), n_raters=[2, 3], cost_per_rating=1.5, target=0.1
    )
    assert study.to_frame()["dimensions"].unique().to_list() == [3]
    assert study.to_frame()["ratings"].unique().sort().to_list() == [2, 3]
    assert study.cheapest["cost"].to_list() == [3.0]
    assert "a cost of 3" in study.in_words()


def test_fixed_dimensions_are_more_reliable_than_drawn_ones() -> None:
    result = generalizability(of_dimensions(), design="p x r x d")
    drawn, fixed = (decision_study(result, fixed=held).to_frame()["value"] for held in ([], ["dimension"]))
    assert (fixed > drawn).all()


def test_a_target_out_of_reach_is_said_with_what_would_be_needed() -> None:
    study = decision_study(generalizability(long(SHROUT)), n_raters=[1, 2], target=0.9)
    assert study.cheapest.is_empty()
    # ICC(2,1) = 0.28976: 9 * 0.71024 / 0.28976 = 22.06 raters.
    assert "23 raters would be needed" in study.in_words()
    nothing = decision_study(generalizability(long([[1, 3, 5], [5, 1, 3], [3, 5, 1], [3, 3, 3]])))
    assert "are nil" in nothing.in_words()


def test_what_is_undefined_stays_so_and_says_why() -> None:
    study = decision_study(generalizability(long([[1], [2]])))
    assert study.to_frame()["value"].null_count() == study.to_frame().height == 20
    assert "undefined (one rater only" in study.in_words()
    assert not study.to_frame()["reaches"].any()
    empty = decision_study(generalizability(long([])))
    assert empty.to_frame().is_empty()
    assert empty.cheapest.is_empty()
    assert empty.in_words() == "Undefined: no scores."
    assert "Every design" in empty._repr_html_()


def test_each_dimension_has_its_own_cheapest_design_in_the_order_of_the_result() -> None:
    frame = pl.concat([long(SHROUT, "tone"), long([[n, n, n, n + n % 2] for n in range(6)], "fit")])
    study = decision_study(generalizability(frame, dimensions=["tone", "fit"]), target=0.5)
    assert study.cheapest["dimension"].to_list() == ["fit", "tone"]
    assert study.cheapest["raters"].to_list() == [1, 3]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"n_raters": [0]}, "whole number from 1"),
        ({"n_raters": []}, "got none"),
        ({"n_raters": 2.5}, "whole number from 1"),
        ({"n_items": 5}, "no facet 'item'"),
        ({"n": {"ratr": 2}}, "did you mean 'rater'"),
        ({"target": 80}, "above 0 and below 1"),
        ({"coefficient": "g"}, "takes 'G' or 'Phi'"),
        ({"cost_per_rating": -1}, "a number from 0"),
        ({"design": "p x r x d"}, "takes the facets of the result"),
        ({"n_raters": range(1, 20_000)}, "up to 10,000 designs"),
        ({"confidence": 2}, "above 0 and below 1"),
    ],
)
def test_bad_options_are_refused_in_words(options: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        decision_study(generalizability(long(SHROUT)), **options)


def test_what_was_nested_cannot_be_crossed_and_a_frame_is_no_result() -> None:
    with pytest.raises(InputError, match="cannot cross 'Rater' with Task"):
        decision_study(BRENNAN, design="Person x Rater x Task")
    with pytest.raises(InputError, match=r"what generalizability\(\) returns"):
        decision_study(long(SHROUT))  # type: ignore[arg-type]


def test_dimensions_with_facets_of_their_own_are_told_by_these() -> None:
    rows = [("x", "1", "1", "q", 5), ("y", "1", "1", "q", 4), ("y", "1", "2", "q", 1), ("z", "1", "1", "t", 2)]
    rows += [("z", "2", "2", "t", 5), ("y", "1", "1", "t", 1), ("y", "2", "1", "t", 3), ("y", "2", "2", "t", 4)]
    table = pl.DataFrame(rows, schema=["item", "response", "rater", "dimension", "score"], orient="row")
    result = decision_study(generalizability(table, objects="item"))
    assert result.frame["responses"].null_count()
    assert result.in_words().count("\n") == 1
    assert "response" not in result.in_words().splitlines()[0]
