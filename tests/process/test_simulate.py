"""Simulated raters are labelled, repeatable, allowed by the rubric, and as severe as they say."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import rubricwidgets as rw
from rubricwidgets.errors import InputError
from rubricwidgets.process.simulate import TRUTH_SCHEMA

MIXED = rw.Rubric(
    "mixed",
    dimensions=[
        rw.Dimension("accuracy", "?", rw.Ordinal(1, 5), rationale=rw.Rationale(required_at_most=2, min_length=120)),
        rw.Dimension("overall", "?", rw.Continuous(0, 100, step=2.5)),
        rw.Dimension("any", "?", rw.Continuous(0, 1)),
        rw.Dimension("safe", "?", rw.Binary(), rationale=rw.Rationale(required_for=[False])),
        rw.Dimension("fault", "?", rw.Nominal(["none", "fact", "tone"])),
        rw.Dimension("faults", "?", rw.Nominal(["none", "fact", "tone"], multiple=True), about="item"),
        rw.Dimension("score", "?", rw.Ordinal(0, 10), rationale=rw.Rationale("never")),
    ],
)
ITEMS = [{"prompt": f"p{n}", "responses": [f"one {n}", f"two {n}"]} for n in range(12)]


def test_they_are_labelled_as_simulated() -> None:
    study = rw.demo(store="memory")
    truth = rw.simulate(study, raters=3)
    assert truth.schema == TRUTH_SCHEMA
    assert study.scores()["rater"].str.starts_with("simulated-").all()
    assert study.ratings()["source"].unique().to_list() == ["simulated"]
    assert study.scores()["rationale"].drop_nulls().str.starts_with("(simulated)").all()


def test_the_same_seed_adds_nothing_twice_and_another_one_differs() -> None:
    study = rw.demo(store="memory")
    first = rw.simulate(study, seed=3)
    scores = study.scores()
    assert rw.simulate(study, seed=3).equals(first)
    assert study.scores().equals(scores)
    other = rw.demo("other", store="memory")
    assert not rw.simulate(other, seed=4)["severity"].equals(first["severity"])


def test_every_scale_and_policy_is_respected() -> None:
    study = rw.Study("mixed", items=ITEMS, rubric=MIXED, store="memory")
    rw.simulate(study, raters=4, noise=0.4)
    scores = study.scores()
    assert scores.group_by("dimension").len()["len"].to_list().count(96) == 6
    assert scores.filter(pl.col("dimension") == "score")["rationale"].null_count() == 96
    assert scores.filter(dimension="overall")["score"].is_in([2.5 * n for n in range(41)]).all()


def test_who_is_severe_gives_lower_scores() -> None:
    study = rw.demo(store="memory")
    truth = rw.simulate(study, raters=12, severity=0.15, seed=1)
    means = study.scores().group_by("rater").agg(pl.col("score").mean().alias("mean"))
    joined = truth.join(means, on="rater")
    correlation = joined.select(pl.corr("severity", "mean", method="pearson")).item()
    assert correlation < -0.9
    assert truth["severity"].sum() == pytest.approx(0, abs=1e-12)


def test_halo_ties_the_dimensions_of_a_response_together() -> None:
    def between(halo: float) -> float:
        study = rw.Study("h", items=ITEMS * 1, rubric=MIXED, store="memory")
        rw.simulate(study, raters=6, noise=0.3, severity=0, halo=halo, seed=2)
        wide = (
            study.scores()
            .filter(pl.col("dimension").is_in(["overall", "any"]))
            .pivot("dimension", index=["item", "response", "rater"], values="score")
        )
        centred = wide.with_columns(
            (pl.col(name) - pl.col(name).mean().over("response")) for name in ("overall", "any")
        )
        return float(centred.select(pl.corr("overall", "any")).item())

    assert between(0.0) < 0.35 < between(0.9)


def test_missing_leaves_items_out() -> None:
    study = rw.demo(store="memory")
    truth = rw.simulate(study, raters=5, missing=0.5)
    assert 20 < truth["n_ratings"].sum() < 115
    assert study.ratings().height == truth["n_ratings"].sum()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"raters": 0}, "'raters' takes a whole number from 1"),
        ({"raters": 2.5}, "'raters' takes a whole number from 1"),
        ({"noise": -1}, "'noise' takes a share from 0 to 1"),
        ({"missing": 1}, "'missing' takes a share from 0 to below 1"),
        ({"halo": "much"}, "'halo' takes a share"),
    ],
)
def test_bad_parameters_are_refused_in_words(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        rw.simulate(rw.demo(store="memory"), **wrong)
