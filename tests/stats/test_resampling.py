"""Intervals over items, held against closed forms and scipy."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import stats

from rubricwidgets.errors import InputError
from rubricwidgets.stats.estimates import FRAGILE, ONE_ITEM
from rubricwidgets.stats.resampling import bca, check_confidence, check_resamples, jackknife, linearised, resample

if TYPE_CHECKING:
    from numpy.typing import NDArray

X = np.random.default_rng(0).gamma(2.0, 1.0, 60)
ONES = np.ones(len(X))
ROWS = np.column_stack([ONES, X])


def mean(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return sums[:, 1] / sums[:, 0]


def test_the_jackknife_of_a_mean_is_students_interval() -> None:
    """Student 1908; Efron and Tibshirani 1993, section 11.2: the jackknife error of a mean is its standard error."""
    found = jackknife(ROWS, ONES, mean, confidence=0.9)
    low, high = stats.t.interval(0.9, len(X) - 1, loc=X.mean(), scale=stats.sem(X))
    assert (found.low, found.high, found.se) == pytest.approx((low, high, stats.sem(X)), abs=1e-12)
    assert found.method == "90 % jackknife t interval over items"


def test_linearised_values_of_a_mean_give_students_interval() -> None:
    found = linearised(X, ONES, ONES, value=float(X.mean()))
    assert (found.low, found.high) == pytest.approx(
        stats.t.interval(0.95, len(X) - 1, loc=X.mean(), scale=stats.sem(X)), abs=1e-12
    )


def test_linearised_clusters_count_as_one() -> None:
    """Every item twice over is no more evidence than once."""
    once, twice = (linearised(times * X, ONES, times * ONES, value=0.0) for times in (1, 2))
    assert once.se == pytest.approx(twice.se, abs=1e-15)


def test_the_bca_interval_is_that_of_scipy() -> None:
    theirs = stats.bootstrap((X,), np.mean, n_resamples=20_000, method="BCa", rng=np.random.default_rng(1))
    found = bca(ROWS, ONES, mean, resamples=20_000)
    assert found.low == pytest.approx(theirs.confidence_interval.low, abs=0.02)
    assert found.high == pytest.approx(theirs.confidence_interval.high, abs=0.02)
    assert found.se == pytest.approx(theirs.standard_error, rel=0.02)


def test_distinct_items_with_multiplicities_are_the_items_themselves() -> None:
    few = np.array([1.0, 2.0, 4.0])
    times = np.array([200.0, 300.0, 100.0])
    rows = np.column_stack([np.ones(3), few])
    whole = np.repeat(rows, times.astype(int), axis=0)
    one, other = jackknife(rows, times, mean), jackknife(whole, np.ones(600), mean)
    assert (one.low, one.high, one.se) == pytest.approx((other.low, other.high, other.se), abs=1e-12)
    # Drawn as counts and drawn one by one: the same distribution.
    drawn, single = (
        resample(table, weights, mean, n=4000, seed=3) for table, weights in ((rows, times), (whole, np.ones(600)))
    )
    assert drawn.std() == pytest.approx(single.std(), rel=0.05)
    assert drawn.mean() == pytest.approx(single.mean(), abs=0.01)


@pytest.mark.parametrize("cores", [1, 2, 7])
def test_a_seed_gives_the_same_samples_on_any_number_of_cores(cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = resample(ROWS, ONES, mean, n=130, seed=5)
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert resample(ROWS, ONES, mean, n=130, seed=5).tolist() == expected.tolist()
    assert resample(ROWS, ONES, mean, n=130, seed=6).tolist() != expected.tolist()
    # More samples begin with the same ones.
    assert resample(ROWS, ONES, mean, n=230, seed=5)[:100].tolist() == expected[:100].tolist()


@pytest.mark.parametrize("interval", [jackknife, bca])
def test_one_item_and_a_single_support_have_no_interval(interval: Any) -> None:
    assert interval(ROWS[:1], ONES[:1], mean).note == ONE_ITEM

    def fragile(sums: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(sums[:, 1] > 0, 1.0, np.nan)

    rows = np.array([[1.0, 1.0], [1.0, 0.0], [1.0, 0.0]])
    found = interval(rows, np.ones(3), fragile)
    assert (found.low, found.high, found.se, found.note) == (None, None, None, FRAGILE)


def test_intervals_end_where_the_parameter_does() -> None:
    found = jackknife(ROWS, ONES, mean, bounds=(float(X.mean()) - 0.01, float(X.mean()) + 0.01))
    assert (found.low, found.high) == pytest.approx((X.mean() - 0.01, X.mean() + 0.01))


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, "0.9", None, True, float("nan")])
def test_coverage_is_a_share(confidence: object) -> None:
    with pytest.raises(InputError, match="'confidence' takes a number above 0 and below 1"):
        check_confidence(confidence)


@pytest.mark.parametrize("resamples", [0, 99, 1000.0, "1000", True])
def test_resamples_are_a_whole_number_of_some_size(resamples: object) -> None:
    with pytest.raises(InputError, match="'resamples' takes a whole number from 100"):
        check_resamples(resamples)
