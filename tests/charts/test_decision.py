"""The decision study's curves say what the study says, and an empty one why."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import rubricwidgets as rw
from rubricwidgets.charts.decision import decision
from rubricwidgets.errors import InputError
from rubricwidgets.stats.decision import decision_study
from rubricwidgets.stats.generalizability import generalizability, variance_components
from tests.charts.test_charts import values
from tests.stats.brennan import SYNTHETIC_4
from tests.stats.test_generalizability import DESIGN, of_models, simulated
from tests.stats.test_icc import SHROUT, long

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RUBRIC = rw.Rubric("r", dimensions=[rw.Dimension("tone", "?", rw.Ordinal(1, 10), title="Tone of voice")])
MODELS = generalizability(of_models(), objects="model")


def many() -> Any:
    names = [f"perspective and voice flexibility number {n}" for n in range(30)]
    frames = [simulated(15, 4, 3, seed=n).with_columns(dimension=pl.lit(name)) for n, name in enumerate(names)]
    return generalizability(pl.concat(frames))


DRAWINGS: dict[str, Callable[[], Any]] = {
    "one dimension": lambda: decision(generalizability(long(SHROUT)), RUBRIC),
    "one design": lambda: decision(decision_study(generalizability(long(SHROUT)), n_raters=4)),
    "two raters": lambda: decision(generalizability(long([row[:2] for row in SHROUT]))),
    "models": lambda: decision(decision_study(MODELS, n_raters=[1, 3])),
    "items along": lambda: decision(decision_study(MODELS, n_raters=[1, 3]), x="items"),
    "nested": lambda: decision(variance_components(SYNTHETIC_4, DESIGN, score="Score")),
    "many dimensions with long names": lambda: decision(many()),
    "one rater": lambda: decision(generalizability(long([[1], [2]]))),
    "no scores": lambda: decision(generalizability(long([]))),
}


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS.keys())
def test_every_chart_is_drawn_and_shows_offline(draw: Callable[[], Any], tmp_path: Path) -> None:
    chart = draw()
    shown = chart._repr_mimebundle_()
    assert shown["image/svg+xml"].startswith("<svg")
    spec = {key: value for key, value in shown["application/vnd.vegalite.v5+json"].items() if key != "$schema"}
    assert "http" not in json.dumps(spec)
    chart.save(tmp_path / "chart.png")
    assert (tmp_path / "chart.png").stat().st_size > 1000


def test_the_curve_is_the_study_with_its_target_and_the_rubrics_title() -> None:
    study = decision_study(generalizability(long(SHROUT)), target=0.75, coefficient="G")
    rows = values(decision(study, RUBRIC).to_dict())
    drawn = {row["n"]: row["value"] for row in rows if "value" in row}
    own = study.to_frame().filter(pl.col("statistic") == "G")
    assert drawn == pytest.approx(dict(own.select("raters", "value").iter_rows()), abs=1e-6)
    assert [row["words"] for row in rows if "goal" in row] == ["target 0.75"]
    assert [row["label"] for row in rows if "label" in row] == ["Tone of voice 0.96"]


def test_every_line_has_its_label_and_labels_keep_apart() -> None:
    rows = values(decision(decision_study(MODELS, n_raters=[1, 3]), x="items").to_dict())
    assert [row["line"] for row in rows if "label" in row] == ["3 raters", "1 rater"]
    ends = sorted(row["at"] for row in values(decision(many()).to_dict()) if "label" in row)
    assert len(ends) == 24
    assert min(high - low for low, high in pairwise(ends)) >= 0.04
    assert ends[0] >= -1e-9


def test_up_to_three_lines_have_bands_and_more_say_how_to_get_them() -> None:
    def marks(chart: Any) -> list[str]:
        return [layer["mark"]["type"] for layer in chart.to_dict()["layer"]]

    assert "area" in marks(decision(generalizability(long(SHROUT))))
    assert "area" in marks(decision(decision_study(MODELS, n_raters=[1, 2, 3]), x="items"))
    crowded = decision(decision_study(MODELS, n_raters=[1, 2, 3, 4]), x="items")
    assert "area" not in marks(crowded)
    assert "dimensions= leaves up to 3 lines" in json.dumps(crowded.to_dict())


def test_a_chart_of_some_dimensions_draws_those() -> None:
    found = many()
    name = "perspective and voice flexibility number 7"
    rows = values(decision(found, dimensions=name).to_dict())
    assert len([row for row in rows if "label" in row]) == 1
    value = decision_study(found).to_frame().filter(dimension=name, statistic="Phi", raters=10)["value"][0]
    assert [row["value"] for row in rows if row.get("n") == 10 and "value" in row] == [pytest.approx(value, abs=1e-6)]


def test_what_cannot_be_drawn_says_why() -> None:
    assert "one rater only" in json.dumps(decision(generalizability(long([[1], [2]]))).to_dict())
    assert "No scores yet" in json.dumps(decision(generalizability(long([]))).to_dict())


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: decision(long(SHROUT)), "what decision_study"),  # type: ignore[arg-type]
        (lambda: decision(MODELS, x="rater"), "did you mean 'raters'"),
        (lambda: decision(many(), dimensions="number 7"), "no dimension 'number 7' in these scores"),
        (lambda: decision(MODELS, target=80), "above 0 and below 1"),
    ],
)
def test_bad_input_is_refused_in_words(call: Callable[[], Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        call()
