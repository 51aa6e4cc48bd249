"""Charts of models and of judges say what their frames say, in the rubric's order, and show offline."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest

import rubricwidgets as rw
from rubricwidgets.charts.judge import judges as draw_judges
from rubricwidgets.charts.models import compare_models as draw
from rubricwidgets.errors import InputError
from rubricwidgets.frames import SCORES_SCHEMA
from rubricwidgets.stats.judges import judges
from rubricwidgets.stats.model_comparison import ModelComparison
from rubricwidgets.stats.models import compare_models
from tests.charts import studies
from tests.charts.test_charts import values

RUBRIC = studies.ordinal_rubric()
EMPTY = pl.DataFrame(schema=SCORES_SCHEMA)


@pytest.fixture(scope="module")
def found() -> ModelComparison:
    return compare_models(studies.scores(RUBRIC), RUBRIC)


def offline(chart: Any) -> dict[str, Any]:
    shown = chart._repr_mimebundle_()
    assert shown["image/svg+xml"].startswith("<svg")
    spec: dict[str, Any] = chart.to_dict()
    assert "http" not in json.dumps({key: value for key, value in spec.items() if key != "$schema"})
    return spec


def test_every_difference_is_a_row_with_its_interval(found: ModelComparison) -> None:
    spec = offline(draw(found, RUBRIC))
    rows = [row for row in values(spec) if row.get("from") == "means over items and raters"]
    ours = {(row["dimension"], row["pair"]): row for row in rows}
    for row in found.to_frame().to_dicts():
        drawn = ours[row["dimension"], f"{row['model']} \N{MINUS SIGN} {row['against']}"]
        assert drawn["value"] == pytest.approx(row["value"], abs=1e-4)
        assert (drawn["low"], drawn["high"]) == pytest.approx((row["low"], row["high"]), abs=1e-4)
        told = (
            "order left open" if row["p_adjusted"] > 0.05 else "first higher" if row["value"] > 0 else "second higher"
        )
        assert drawn["side"] == told
    assert [panel["title"]["text"] for panel in spec["vconcat"]] == [one.title for one in RUBRIC.dimensions]


def test_the_mixed_model_stands_beside_as_a_check(found: ModelComparison) -> None:
    spec = draw(found, RUBRIC).to_dict()
    assert any(row.get("from") == "mixed model (check)" for row in values(spec))
    assert "mixed model's answer, as a check" in " ".join(spec["title"]["subtitle"])
    alone = draw(found.to_frame(), RUBRIC).to_dict()
    assert not any(row.get("from") == "mixed model (check)" for row in values(alone))


def test_one_dimension_is_one_panel(found: ModelComparison) -> None:
    one = draw(found.to_frame().filter(dimension="tone"), RUBRIC).to_dict()
    assert one["title"]["text"] == "Differences between models: Tone"


def test_of_many_pairs_those_furthest_apart_are_drawn() -> None:
    scores = studies.scores(RUBRIC, raters=3, items=10).filter(dimension="tone")
    many = pl.concat(
        [
            scores.filter(model="aster").with_columns(
                model=pl.lit(f"m{n:02}"), response=pl.lit(f"r{n}"), score=pl.col("score") + n / 20
            )
            for n in range(12)
        ]
    )
    spec = draw(compare_models(many.with_columns(label=pl.lit(None, pl.String)), mixed=False)).to_dict()
    assert len({row["pair"] for row in values(spec) if "pair" in row}) == 45
    assert "Of 66 pairs, each panel has the 45 furthest apart" in " ".join(spec["title"]["subtitle"])


def test_nothing_to_compare_is_said() -> None:
    assert "No two models to compare" in json.dumps(values(offline(draw(compare_models(EMPTY)))))
    alone = studies.scores(RUBRIC).filter(model="aster")
    assert "scores of one model only" in json.dumps(values(offline(draw(compare_models(alone, RUBRIC), RUBRIC))))
    one_item = studies.scores(RUBRIC, items=1)
    offline(draw(compare_models(one_item, RUBRIC), RUBRIC))


def test_judges_stand_beside_people() -> None:
    held = judges(studies.scores(RUBRIC), RUBRIC, judges=["rater-1", "rater-2"])
    spec = offline(draw_judges(held, RUBRIC))
    rows = [row for row in values(spec) if "judge" in row]
    assert {row["judge"] for row in rows} == {"rater-1", "rater-2", "people with each other"}
    assert {row["test"] for row in rows if row["judge"] == "rater-1"} <= {"passed", "not passed"}
    drawn = {(row["judge"], row["dimension"]): row["value"] for row in rows}
    for row in held.agreement.filter(statistic="weighted kappa").to_dicts():
        assert drawn[row["judge"] or "people with each other", row["dimension"]] == pytest.approx(
            row["value"], abs=1e-4
        )
    offline(draw_judges(held.agreement))


def test_judges_without_people_are_said() -> None:
    alone = judges(studies.scores(RUBRIC, raters=1), RUBRIC, judges="rater-1")
    assert "no response was rated by both" in json.dumps(values(offline(draw_judges(alone, RUBRIC))))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: draw("x"), "takes the result of compare_models"),
        (lambda: draw(EMPTY), "lacks 'against'"),
        (lambda: draw_judges(EMPTY), "lacks 'judge'"),
        (lambda: draw_judges(3), "got int"),
    ],
)
def test_a_wrong_frame_is_refused_in_words(call: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        call()


def test_a_study_without_named_models_says_so() -> None:
    study = rw.Study("s", items=[{"prompt": "p", "response": "r"}], rubric=RUBRIC, store="memory")
    rw.simulate(study, raters=2)
    assert "no response says which model" in json.dumps(values(offline(draw(compare_models(study.scores(), RUBRIC)))))
