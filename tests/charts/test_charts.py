"""Each chart says what is in the frame, in the rubric's order, and shows without a network."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl
import pytest

import rubricwidgets as rw
from rubricwidgets.charts.bound import Plots
from rubricwidgets.errors import InputError
from rubricwidgets.frames import PROGRESS_SCHEMA, RATINGS_SCHEMA, SCORES_SCHEMA
from tests.charts import studies

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ORDINAL, BINARY, MIXED = studies.ordinal_rubric(), studies.binary_rubric(), studies.mixed_rubric()
EMPTY = pl.DataFrame(schema=SCORES_SCHEMA)


def values(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every data row of a spec, its layers' and panels' too."""
    found = [row for rows in spec.get("datasets", {}).values() for row in rows]
    for part in [spec, *spec.get("layer", []), *spec.get("vconcat", [])]:
        found += part.get("data", {}).get("values", [])
        if part is not spec:
            found += values(part)
    return found


def progress_frame() -> pl.DataFrame:
    rows = [("s", f"r{n}", 40, 40 - n * 5, n, n // 2, n * 4, 0.5, 100.0, 3.0, None, None) for n in range(7)]
    return pl.DataFrame(rows, schema=PROGRESS_SCHEMA, orient="row")


def ratings_frame() -> pl.DataFrame:
    rows = [{"rater": f"r{n % 3}", "status": "rated", "seconds": float(n)} for n in range(30)]
    return pl.DataFrame([{**dict.fromkeys(RATINGS_SCHEMA), **row} for row in rows], schema=RATINGS_SCHEMA)


DRAWINGS: dict[str, Callable[[], Any]] = {
    "distribution of ordered answers": lambda: rw.charts.distribution(studies.scores(ORDINAL), ORDINAL),
    "distribution by model": lambda: rw.charts.distribution(studies.scores(ORDINAL), ORDINAL, by="model"),
    "distribution of yes and no": lambda: rw.charts.distribution(studies.scores(BINARY), BINARY),
    "distribution of mixed scales": lambda: rw.charts.distribution(studies.scores(MIXED), MIXED, by="rater"),
    "distribution without a rubric": lambda: rw.charts.distribution(studies.scores(MIXED)),
    "means by model": lambda: rw.charts.means(studies.scores(MIXED), MIXED),
    "means of all": lambda: rw.charts.means(studies.scores(ORDINAL), ORDINAL, by=None),
    "means of one item": lambda: rw.charts.means(studies.scores(ORDINAL, items=1), ORDINAL),
    "heatmap of raters": lambda: rw.charts.heatmap(studies.scores(MIXED), MIXED),
    "heatmap of many items": lambda: rw.charts.heatmap(studies.scores(ORDINAL, items=90), ORDINAL, rows="item"),
    "heatmap of one rater": lambda: rw.charts.heatmap(studies.scores(ORDINAL, raters=1), ORDINAL),
    "progress": lambda: rw.charts.progress(progress_frame()),
    "time": lambda: rw.charts.time(ratings_frame()),
    "no scores, distribution": lambda: rw.charts.distribution(EMPTY, ORDINAL),
    "no scores, means": lambda: rw.charts.means(EMPTY, ORDINAL),
    "no scores, heatmap": lambda: rw.charts.heatmap(EMPTY),
    "no raters, progress": lambda: rw.charts.progress(pl.DataFrame(schema=PROGRESS_SCHEMA)),
    "no ratings, time": lambda: rw.charts.time(pl.DataFrame(schema=RATINGS_SCHEMA)),
}


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS.keys())
def test_every_chart_is_drawn_and_shows_offline(draw: Callable[[], Any], tmp_path: Path) -> None:
    chart = draw()
    shown = chart._repr_mimebundle_()
    assert shown["image/svg+xml"].startswith("<svg")
    assert shown["application/vnd.vegalite.v5+json"]["$schema"].endswith("/vega-lite/v5.json")
    assert "http" not in json.dumps(
        {key: value for key, value in shown["application/vnd.vegalite.v5+json"].items() if key != "$schema"}
    )
    chart.save(tmp_path / "chart.svg")
    chart.save(tmp_path / "chart.png")
    assert (tmp_path / "chart.png").stat().st_size > 1000


def test_shares_of_each_dimension_add_up_to_one() -> None:
    spec = rw.charts.distribution(studies.scores(ORDINAL), ORDINAL).to_dict()
    rows = [row for row in values(spec) if "share" in row]
    assert {row["title"] for row in rows} == {dimension.title for dimension in ORDINAL.dimensions}
    for dimension in ORDINAL.dimensions:
        assert sum(row["share"] for row in rows if row["title"] == dimension.title) == pytest.approx(1, abs=1e-3)


def test_the_middle_level_straddles_zero() -> None:
    spec = rw.charts.distribution(studies.scores(ORDINAL), ORDINAL).to_dict()
    for row in values(spec):
        if row.get("level") == "3":
            assert row["from"] == pytest.approx(-row["to"], abs=1e-3)


def test_dimensions_keep_the_order_of_the_rubric() -> None:
    backwards = studies.scores(ORDINAL).sort("dimension", descending=True)
    spec = rw.charts.distribution(backwards, ORDINAL).to_dict()
    titles = [dimension.title for dimension in ORDINAL.dimensions]
    assert spec["layer"][0]["encoding"]["y"]["sort"] == titles
    assert rw.charts.means(backwards, ORDINAL).to_dict()["layer"][0]["encoding"]["y"]["sort"] == titles
    assert rw.charts.heatmap(backwards, ORDINAL).to_dict()["layer"][0]["encoding"]["x"]["sort"] == titles


def test_the_method_of_the_interval_is_stated() -> None:
    spec = rw.charts.means(studies.scores(ORDINAL), ORDINAL, level=0.9).to_dict()
    assert spec["title"]["subtitle"].startswith("90 % t interval over item means, 20 items, 6 raters")


def test_a_large_study_gives_a_small_chart() -> None:
    many = studies.scores(ORDINAL)
    large = pl.concat([many] * 120)
    assert large.height > 200_000
    for chart in (rw.charts.distribution(large, ORDINAL), rw.charts.means(large, ORDINAL)):
        assert len(json.dumps(chart.to_dict())) < 20_000


def test_a_chart_can_be_restyled_and_still_shows_offline() -> None:
    chart = rw.charts.heatmap(studies.scores(ORDINAL), ORDINAL).properties(title="Mine").configure_view(fill="#eee")
    assert chart.to_dict()["title"] == "Mine"
    assert "image/svg+xml" in chart._repr_mimebundle_()


def test_an_empty_chart_says_what_to_do() -> None:
    spec = rw.charts.distribution(EMPTY, ORDINAL).to_dict()
    assert "No scores yet" in json.dumps(values(spec))


def test_an_authors_words_never_become_a_program() -> None:
    hostile = rw.Rubric(
        "h", dimensions=[rw.Dimension("a", "?", rw.Ordinal(1, 2, anchors={1: "'] + alert(1) + ['", 2: '"\\'}))]
    )
    scores = studies.scores(hostile)
    for chart in (rw.charts.means(scores, hostile), rw.charts.distribution(scores, hostile)):
        assert chart._repr_mimebundle_()["image/svg+xml"].startswith("<svg")


def test_altairs_own_settings_stay_as_they_were() -> None:
    before = (alt.renderers.active, alt.data_transformers.active, alt.theme.active)
    rw.charts.warm_up()
    rw.charts.means(studies.scores(ORDINAL), ORDINAL)._repr_mimebundle_()
    assert (alt.renderers.active, alt.data_transformers.active, alt.theme.active) == before


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: rw.charts.distribution(EMPTY.drop("item")), "lacks 'item'"),
        (lambda: rw.charts.heatmap(EMPTY, rows="dimension"), "'rows' takes 'rater' or 'item'"),
        (lambda: rw.charts.progress(EMPTY), "lacks 'n_items'"),
        (lambda: rw.charts.time(EMPTY), "lacks 'status'"),
    ],
)
def test_a_wrong_frame_is_refused_in_words(call: Callable[[], Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        call()


def test_a_studys_plots_are_the_same_charts() -> None:
    class Stub:
        name, rubric = "s", ORDINAL

        def scores(self) -> pl.DataFrame:
            return studies.scores(ORDINAL)

        def progress(self) -> pl.DataFrame:
            return progress_frame()

        def ratings(self) -> pl.DataFrame:
            return ratings_frame()

    plots = Plots(Stub())
    assert plots.means().to_dict() == rw.charts.means(studies.scores(ORDINAL), ORDINAL).to_dict()
    assert {"distribution", "heatmap", "means", "progress", "time"} <= {name for name in dir(plots) if name[0] != "_"}
    for name in ("distribution", "heatmap", "progress", "time"):
        assert getattr(plots, name)().to_dict()
