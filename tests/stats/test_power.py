"""Sizes of studies: the simulation against exact distributions, against simulated scores, and what it says."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from rubricwidgets.errors import InputError
from rubricwidgets.stats.generalizability import generalizability
from rubricwidgets.stats.power import POWER_SCHEMA, UNPAIRED, power
from tests.stats.test_generalizability import of_models, simulated
from tests.stats.test_icc import SHROUT, long

PARTS = {"item": 0.8, "rater": 0.1, "rest": 0.6}


def test_the_chance_of_a_width_is_that_of_a_chi_squared() -> None:
    found = power(PARTS, width=0.5, raters="different", n_items=[80, 100, 120], n_raters=1, simulations=20_000)
    for row in found.to_frame().to_dicts():
        n, variance = row["items"], 1.5
        quantile = stats.t.ppf(0.975, n - 1)
        exact = stats.chi2.cdf((n - 1) * n * (0.25 / quantile) ** 2 / variance, n - 1)
        assert row["chance"] == pytest.approx(exact, abs=4 * row["mc_error"] + 1e-9)
        assert row["coverage"] == pytest.approx(0.95, abs=0.007)


def test_the_power_to_tell_a_difference_is_that_of_the_noncentral_t() -> None:
    found = power(PARTS, difference=0.4, raters="different", n_items=[40, 90], n_raters=[2], simulations=20_000)
    for row in found.to_frame().to_dicts():
        n, variance = row["items"], 0.8 + 0.7 / 2
        quantile, centre = stats.t.ppf(0.975, n - 1), 0.4 * (n / variance) ** 0.5
        exact = stats.nct.sf(quantile, n - 1, centre) + stats.nct.cdf(-quantile, n - 1, centre)
        assert row["chance"] == pytest.approx(exact, abs=4 * row["mc_error"])


def test_drawing_mean_squares_is_drawing_scores() -> None:
    items, raters, studies = 15, 4, 4000
    row = power(PARTS, width=2.0, n_items=items, n_raters=raters, simulations=20_000).to_frame().to_dicts()[0]
    rng = np.random.default_rng(8)
    score = (
        rng.normal(0, 0.8**0.5, (studies, items, 1))
        + rng.normal(0, 0.1**0.5, (studies, 1, raters))
        + rng.normal(0, 0.6**0.5, (studies, items, raters))
    )
    of_items, of_raters = score.mean(axis=2), score.mean(axis=1)
    mean = score.mean(axis=(1, 2))
    ms_i, ms_r = raters * of_items.var(axis=1, ddof=1), items * of_raters.var(axis=1, ddof=1)
    rest = score - of_items[:, :, None] - of_raters[:, None, :] + mean[:, None, None]
    df = (items - 1) * (raters - 1)
    ms = (rest**2).sum(axis=(1, 2)) / df
    total = np.maximum(ms_i + ms_r - ms, np.maximum(ms_i, ms_r))
    degrees = np.maximum(total**2 / (ms_i**2 / (items - 1) + ms_r**2 / (raters - 1) + ms**2 / df), 1)
    half = stats.t.ppf(0.975, degrees) * np.sqrt(total / (items * raters))
    assert row["width"] == pytest.approx(2 * half.mean(), rel=0.02)
    assert row["chance"] == pytest.approx((2 * half <= 2).mean(), abs=0.025)
    assert row["coverage"] == pytest.approx((np.abs(mean) <= half).mean(), abs=0.015)


def test_one_rater_for_all_items_is_no_way_to_a_narrow_interval() -> None:
    parts = {"item": 0.5, "rater": 0.4, "rest": 0.5}
    found = power(parts, width=0.6, n_items=[200, 1000], n_raters=[1])
    assert (found.to_frame()["chance"] > 0.9).all()
    assert (found.to_frame()["coverage"] < 0.5).all()
    assert not found.to_frame()["reaches"].any()
    assert "no design that was asked about" in found.in_words()


def test_the_design_with_the_fewest_ratings_is_named_with_the_error_of_the_simulation() -> None:
    found = power(PARTS, width=0.6, raters="different")
    best = found.cheapest.to_dicts()[0]
    reached = [row["ratings"] for row in found.to_frame().to_dicts() if row["reaches"]]
    assert best["ratings"] == min(reached)
    words = found.in_words()
    assert f"{best['items']} items" in words
    assert "Monte Carlo error of at most 0.8 %" in words
    assert "4,000 studies" in words


def test_the_same_seed_gives_the_same_numbers_whatever_else_is_asked() -> None:
    one = power(PARTS, width=0.5, n_items=[50, 100], n_raters=[1, 3], seed=5).to_frame()
    other = power(PARTS, width=0.5, n_items=[100], n_raters=[3], seed=5).to_frame()
    assert one.filter(items=100, raters=3).equals(other)
    assert not other.equals(power(PARTS, width=0.5, n_items=[100], n_raters=[3], seed=6).to_frame())


def test_a_pilot_of_models_gives_paired_differences() -> None:
    pilot = of_models()
    found = power(pilot, difference=0.3)
    (study,) = generalizability(pilot, objects="model").studies
    spread = found.spreads["tone"]
    assert spread is not None
    assert spread.note is None
    assert spread.item == pytest.approx(2 * (study.value("model", "item") or 0))
    assert spread.rest == pytest.approx(2 * (study.value("model", "item", "rater") or 0))
    assert spread.rater == pytest.approx(2 * max(study.value("model", "rater") or 0, 0))
    assert found.to_frame().schema == POWER_SCHEMA


def test_a_pilot_of_one_model_bounds_what_a_difference_varies_by() -> None:
    both = of_models()
    alone = both.filter(model=both["model"].min())
    bound, paired = (power(pilot, difference=0.3).spreads["tone"] for pilot in (alone, both))
    assert bound is not None
    assert paired is not None
    (study,) = generalizability(alone).studies
    # Raters' preferences for the model cannot be told from their severity: all of it counts.
    assert bound.rater == pytest.approx(2 * (study.value("rater") or 0))
    assert bound.rater > paired.rater > 0
    assert bound.note == UNPAIRED


def test_a_pilot_without_models_is_cautious_and_says_so() -> None:
    found = power(simulated(60, 5, 5), difference=0.5, raters="different")
    assert found.to_frame()["note"].unique().to_list() == [UNPAIRED]
    assert UNPAIRED in found.in_words()
    again = power(generalizability(simulated(60, 5, 5)), difference=0.5, raters="different")
    assert again.to_frame().equals(found.to_frame())


def test_a_pilot_that_tells_nothing_says_why() -> None:
    found = power(long([[1], [2]]), width=1)
    assert found.to_frame()["note"].to_list() == ["one rater only: agreement takes two"]
    assert found.to_frame()["chance"].to_list() == [None]
    assert found.cheapest.is_empty()
    assert "undefined" in found.in_words()
    assert power(long([]), width=1).in_words() == "Undefined: no scores."
    assert "Fewest ratings" in found._repr_html_()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "either 'width' or 'difference'"),
        ({"width": 1, "difference": 1}, "got both"),
        ({"width": 0}, "above 0"),
        ({"width": 1, "n_items": [1]}, "whole numbers from 2"),
        ({"width": 1, "n_raters": []}, "got none"),
        ({"width": 1, "raters": "sme"}, "did you mean 'same'"),
        ({"width": 1, "assurance": 80}, "above 0 and below 1"),
        ({"width": 1, "simulations": 10}, "from 100"),
    ],
)
def test_bad_options_are_refused_in_words(options: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        power(long(SHROUT), **options)


@pytest.mark.parametrize(
    ("given", "words"),
    [({"itm": 1}, "did you mean 'item'"), ({"item": -1}, "a number from 0"), ({"item": 0}, "one of them above 0")],
)
def test_variances_are_read_strictly(given: dict[str, float], words: str) -> None:
    with pytest.raises(InputError, match=words):
        power(given, width=1)


def test_a_negative_component_of_items_counts_in_what_items_add_to_one_models_mean() -> None:
    # What is hard for one model is easy for the other: items' component is -1, models by items' 2, and a model's mean sees 1.
    rng = np.random.default_rng(4)
    items = rng.normal(0, 1, 400)
    rows = [
        {
            "item": f"i{n}",
            "response": f"{n}-{model}",
            "model": model,
            "rater": rater,
            "dimension": "tone",
            "score": score,
        }
        for n, hard in enumerate(items)
        for model, sign in (("a", 1), ("b", -1))
        for rater in ("x", "y")
        for score in [sign * hard + rng.normal(0, 0.3)]
    ]
    frame = pl.DataFrame(rows)
    study = generalizability(frame, objects="model")["tone"]
    assert study.value("item") == pytest.approx(-1, rel=0.15)
    spread = power(frame, width=0.5, n_items=20, n_raters=2, simulations=100).spreads["tone"]
    assert spread is not None
    assert spread.item == pytest.approx(items.var(ddof=1), rel=0.02)
    assert spread.rest == pytest.approx(0.09, rel=0.1)


def test_a_pilot_of_one_item_says_nothing_of_items() -> None:
    frame = pl.DataFrame(
        [
            {
                "item": "q",
                "response": f"q-{m}",
                "model": f"m{m}",
                "rater": f"r{r}",
                "dimension": "tone",
                "score": float(m + r),
            }
            for m in range(4)
            for r in range(3)
        ]
    )
    found = power(frame, width=0.5)
    assert found.to_frame()["items"].to_list() == [None]
    assert "the pilot has one item only" in found.in_words()
