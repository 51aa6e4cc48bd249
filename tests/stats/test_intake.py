"""What statistics take besides their frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

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
