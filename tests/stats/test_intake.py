"""What statistics take besides their frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import rubricwidgets as rw
from rubricwidgets.errors import InputError
from rubricwidgets.stats.intake import only

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="module")
def study() -> rw.Study:
    found = rw.demo(store="memory")
    rw.simulate(found, raters=3, seed=2)
    return found


def test_one_dimension_is_asked_for_by_its_name_alone() -> None:
    assert only(["tone", "style"], "tone") == only(["tone", "style"], ["tone"]) == ["tone"]
    assert only(["tone", "style"], ["style", "tone"]) == ["tone", "style"]
    assert only(["tone"], None) == ["tone"]


CALLS: dict[str, Callable[[rw.Study, str], object]] = {
    "agreement": lambda study, name: study.agreement(dimensions=name),
    "compare_models": lambda study, name: study.compare_models(dimensions=name),
    "raters": lambda study, name: study.raters(dimensions=name),
    "icc": lambda study, name: study.icc(dimensions=name),
    "power": lambda study, name: study.power(width=1, dimensions=name, n_items=9, n_raters=2, simulations=100),
    "consensus": lambda study, name: study.consensus(dimensions=name),
    "facets": lambda study, name: study.facets(dimensions=name),
    "drift": lambda study, name: study.drift(dimensions=name),
    "judges": lambda study, name: study.judges("simulated-3", dimensions=name),
    "rater_pairs": lambda study, name: study.rater_pairs(dimensions=name),
    "comparisons_from_scores": lambda study, name: rw.stats.comparisons_from_scores(study.scores(), dimensions=name),
    "against": lambda study, name: study.plot.against(dimensions=name),
    "disagreement": lambda study, name: study.plot.disagreement(dimensions=name),
}


@pytest.mark.parametrize("name", list(CALLS))
def test_every_analysis_takes_one_dimension_and_names_a_mistyped_one_whole(study: rw.Study, name: str) -> None:
    CALLS[name](study, "accuracy")
    with pytest.raises(InputError, match="no dimension 'acuracy' in these scores; did you mean 'accuracy'"):
        CALLS[name](study, "acuracy")


@pytest.mark.parametrize("library", ["polars", "lazy", "duckdb"])
def test_without_responses_those_of_different_models_are_told_apart(study: rw.Study, library: str) -> None:
    scores = study.scores().filter(pl.col("model").is_not_null(), pl.col("score").is_not_null())
    plain = scores.select("item", "model", "rater", "dimension", "score", "label")
    given = {"polars": lambda: plain, "lazy": plain.lazy, "duckdb": lambda: duckdb.from_arrow(plain.to_arrow())}
    found = rw.stats.agreement(given[library](), study.rubric)
    assert_frame_equal(found, rw.stats.agreement(scores, study.rubric), rel_tol=1e-9)
    if library == "polars":
        assert (
            rw.stats.consensus(plain, study.rubric).to_frame().height
            == plain.select("item", "model", "dimension").unique().height
        )


def test_one_model_for_each_item_needs_no_responses_and_joins_gold_by_item() -> None:
    scores = pl.DataFrame(
        {
            "item": ["1", "2"] * 2,
            "model": ["a", "b"] * 2,
            "rater": ["x", "x", "y", "y"],
            "dimension": "d",
            "score": [1, 2, 1, 3],
        }
    )
    gold = pl.DataFrame({"item": ["1", "2"], "dimension": "d", "score": [1.0, 2.0]})
    exact = rw.stats.gold_agreement(scores, gold).filter(pl.col("statistic") == "gold_exact").select("rater", "value")
    assert dict(exact.iter_rows()) == {"x": 1.0, "y": 0.5}


def test_a_dimension_that_is_nearly_the_rubrics_is_refused(study: rw.Study) -> None:
    misnamed = study.scores().with_columns(pl.col("dimension").replace("accuracy", "Accuracy"))
    with pytest.raises(InputError, match="a dimension 'Accuracy' that the rubric lacks; did you mean 'accuracy'"):
        rw.stats.agreement(misnamed, study.rubric)
    beside = pl.concat([study.scores(), misnamed.filter(pl.col("dimension") == "Accuracy")])
    assert "Accuracy" in rw.stats.agreement(beside, study.rubric)["dimension"]


def test_a_wide_frame_is_told_how_to_become_long() -> None:
    wide = pl.DataFrame({"item": ["1"], "rater": ["x"], "accuracy": [1.0], "tone": [2.0]})
    with pytest.raises(InputError, match=r"lacks 'dimension', 'score'.*becomes a long one by unpivot"):
        rw.stats.agreement(wide)
