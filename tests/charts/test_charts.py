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
    from collections.abc import Callable, Iterator
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
    middle = [row for row in values(spec) if row.get("level") == "3"]
    assert len(middle) == len(ORDINAL.dimensions)
    for row in middle:
        assert row["from"] == pytest.approx(-row["to"], abs=1e-3)


def several_choices(by: str | None = None) -> tuple[rw.Study, list[dict[str, Any]]]:
    rubric = rw.Rubric("r", dimensions=[rw.Dimension("flaws", "?", rw.Nominal(["a", "b", "c"], multiple=True))])
    items = [{"id": f"i{n}", "prompt": "p", "response": "r", "model": f"m{n % 2}"} for n in range(4)]
    study = rw.Study("s", items=items, rubric=rubric, store="memory")
    choices = (["a", "b"], ["a", "b", "c"], ["a"], [])
    study.add_scores([{"item": f"i{n}", "rater": "x", "flaws": chosen} for n, chosen in enumerate(choices)])
    return study, values(study.plot.distribution(by=by).to_dict())  # type: ignore[arg-type]


def test_several_choices_are_a_bar_from_zero_each() -> None:
    study, rows = several_choices()
    assert {row["level"]: row["share"] for row in rows} == {"a": 0.75, "b": 0.5, "c": 0.25, "(none)": 0.25}
    spec = study.plot.distribution().to_dict()
    assert spec["encoding"]["x"]["scale"]["domain"] == [0, 1]
    assert "x2" not in spec["encoding"]
    by_model = {(row["model"], row["level"]): row["share"] for row in several_choices("model")[1]}
    assert (by_model["m0", "a"], by_model["m1", "b"], by_model["m1", "c"]) == (1.0, 0.5, 0.5)


def test_a_range_that_ends_at_zero_is_drawn_to_zero() -> None:
    rubric = rw.Rubric("r", dimensions=[rw.Dimension("loss", "?", rw.Continuous(-10, 0))])
    study = rw.Study("s", items=[{"id": "i", "prompt": "p", "response": "r"}], rubric=rubric, store="memory")
    study.add_scores([{"item": "i", "rater": "x", "loss": -0.2}])
    (row,) = values(study.plot.distribution().to_dict())
    assert (row["from"], row["to"]) == (-0.5, 0.0)


def test_charts_can_be_composed_and_still_show_offline() -> None:
    means, progress = rw.charts.means(studies.scores(ORDINAL), ORDINAL), rw.charts.progress(progress_frame())
    for both in (
        means & progress,
        means | progress,
        (means & progress) & means,
        (means | progress) & means,
        progress + progress,
    ):
        shown = both._repr_mimebundle_()
        assert shown["image/svg+xml"].startswith("<svg")
        assert shown["application/vnd.vegalite.v5+json"]["config"]["title"]["anchor"] == "start"


def test_what_a_user_configures_lies_over_the_theme() -> None:
    config = rw.charts.progress(progress_frame()).configure_title(anchor="end").to_dict()["config"]
    assert (config["title"]["anchor"], config["title"]["fontSize"]) == ("end", 14)


def test_responses_without_a_model_are_not_called_about_the_item() -> None:
    rubric = rw.Rubric(
        "r",
        dimensions=[
            rw.Dimension("tone", "?", rw.Ordinal(1, 5)),
            rw.Dimension("fit", "?", rw.Ordinal(1, 5), about="item"),
        ],
    )
    items = [
        {"id": "i", "prompt": "p", "responses": [{"id": "a", "text": "x", "model": "m"}, {"id": "b", "text": "y"}]}
    ]
    study = rw.Study("s", items=items, rubric=rubric, store="memory")
    study.add_scores([{"item": "i", "rater": "x", "response": "a", "tone": 4, "fit": 3}])
    study.add_scores([{"item": "i", "rater": "x", "response": "b", "tone": 2}])
    rows = values(study.plot.means().to_dict())
    assert {(row["title"], row["model"]) for row in rows if "model" in row} == {
        ("Tone", "m"),
        ("Tone", "no model given"),
        ("Fit", "about the item"),
    }


def test_flags_are_counted_among_the_rated_and_time_per_item() -> None:
    rubric = rw.Rubric("r", dimensions=[rw.Dimension("tone", "?", rw.Ordinal(1, 5))])
    items = [{"id": name, "prompt": "p", "responses": [{"id": "r", "text": "t"}]} for name in "ab"]
    study = rw.Study("s", items=items, rubric=rubric, store="memory")
    answers = (rw.Answer("tone", 3, response="r"),)
    first, second, skip = (f"00000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
    study.append([rw.Rating(first, "a", "x", answers, seconds=100)])
    study.append([rw.Rating(second, "a", "x", answers, seconds=2, base=first)])
    study.append([rw.Rating(skip, "b", "x", status="skipped", reason="?", flagged=True, note="odd", seconds=5)])
    (row,) = study.progress().to_dicts()
    assert (row["n_rated"], row["n_flagged"], row["n_skipped"]) == (1, 0, 1)
    assert (row["seconds"], row["median_seconds"]) == (107.0, 102.0)
    assert study.store.states(study.id, "x")["a"].seconds == 102.0
    drawn = [one for one in values(study.plot.time().to_dict()) if "median" in one]
    assert (drawn[0]["median"], drawn[0]["n"]) == (102.0, 1)


def test_dimensions_keep_the_order_of_the_rubric() -> None:
    backwards = studies.scores(ORDINAL).sort("dimension", descending=True)
    spec = rw.charts.distribution(backwards, ORDINAL).to_dict()
    titles = [dimension.title for dimension in ORDINAL.dimensions]
    assert spec["layer"][0]["encoding"]["y"]["sort"] == titles
    assert rw.charts.means(backwards, ORDINAL).to_dict()["layer"][0]["encoding"]["y"]["sort"] == titles
    assert rw.charts.heatmap(backwards, ORDINAL).to_dict()["layer"][0]["encoding"]["x"]["sort"] == titles


def test_the_method_of_the_interval_is_stated() -> None:
    spec = rw.charts.means(studies.scores(ORDINAL), ORDINAL, confidence=0.9).to_dict()
    assert spec["title"]["subtitle"][0].startswith("90 % t interval over item means (these raters), 20 items, 6 raters")


def test_raters_who_are_no_people_are_said() -> None:
    study = rw.demo(store="memory")
    rw.simulate(study, raters=2)
    study.add_scores(
        study.scores().filter(pl.col("rater") == "simulated-1").with_columns(pl.lit("judge").alias("rater"))
    )
    for chart in (study.plot.means(), study.plot.distribution()):
        assert "3 raters (1 from add_scores, 2 simulated)" in " ".join(chart.to_dict()["title"]["subtitle"])


def test_a_large_study_gives_a_small_chart() -> None:
    many = studies.scores(ORDINAL)
    large = pl.concat(many.with_columns(pl.format("{}-{}", "item", pl.lit(n)).alias("item")) for n in range(120))
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


def demo_scores(**settings: Any) -> tuple[pl.DataFrame, rw.Rubric]:
    study = rw.demo(store="memory")
    rw.simulate(study, raters=2, **settings)
    return study.scores(), study.rubric


def words_of(spec: dict[str, Any]) -> list[tuple[str, str]]:
    return [(row["title"], row["words"]) for row in values(spec) if "words" in row]


@pytest.mark.parametrize(
    "draw", [lambda *given: rw.charts.distribution(*given, by="model"), rw.charts.means, rw.charts.distribution]
)
def test_what_the_ends_of_each_dimension_mean_is_said_where_dimensions_differ(draw: Callable[..., Any]) -> None:
    scores, rubric = demo_scores()
    spec = draw(scores, rubric).to_dict()
    expected = [(one.title, f"{end} {one.scale.anchors[end]}") for end in (1, 5) for one in rubric.dimensions]
    assert words_of(spec) == expected


def test_ends_that_nobody_described_leave_no_room_for_words() -> None:
    assert words_of(rw.charts.means(studies.scores(BINARY), BINARY).to_dict()) == []
    plain = rw.Rubric("r", dimensions=[rw.Dimension(name, "?", rw.Ordinal(1, 5)) for name in "ab"])
    assert words_of(rw.charts.distribution(studies.scores(plain), plain, by="model").to_dict()) == []


def test_answers_that_no_bar_counts_are_told_from_those_it_counts() -> None:
    scores, rubric = demo_scores()
    none = int(scores["not_applicable"].sum())
    assert none > 0
    subtitle = " ".join(rw.charts.distribution(scores, rubric).to_dict()["title"]["subtitle"])
    assert subtitle.startswith(
        f"{scores.height - none} answers ({none} more are 'not applicable', which no bar counts)"
    )


def test_means_over_few_items_say_over_how_many_and_where_their_interval_is_cut() -> None:
    scores, rubric = demo_scores()
    two = scores["item"].unique(maintain_order=True).to_list()[:2]
    spec = rw.charts.means(scores.filter(pl.col("item").is_in(two)), rubric).to_dict()
    told = {row["n_items"]: row["few"] for row in values(spec) if "few" in row}
    assert told == {1: "1 item", 2: "2 items"}
    assert any(row["above"] or row["below"] for row in values(spec) if "above" in row)
    subtitle = " ".join(spec["title"]["subtitle"])
    assert "a mean of one item has no interval" in subtitle
    assert "an arrow: the interval goes on beyond the scale" in subtitle
    whole = rw.charts.means(scores, rubric).to_dict()
    assert {row["few"] for row in values(whole) if "few" in row} == {None}
    assert "arrow" not in " ".join(whole["title"]["subtitle"])


def test_the_means_of_a_dimension_have_as_many_decimals_each() -> None:
    rows = [row for row in values(rw.charts.heatmap(studies.scores(MIXED), MIXED).to_dict()) if "shown" in row]
    digits = {(row["title"], len(row["shown"].partition(".")[2])) for row in rows}
    assert digits == {("Accuracy", 2), ("Overall", 1), ("Safe", 2)}


@pytest.mark.parametrize("draw", [rw.charts.distribution, rw.charts.means, rw.charts.heatmap])
def test_a_rubric_that_is_none_and_scores_that_are_text_are_refused(draw: Callable[..., Any]) -> None:
    scores = studies.scores(ORDINAL)
    with pytest.raises(InputError, match="'rubric' takes a Rubric"):
        draw(scores, "x")
    with pytest.raises(InputError, match=r"takes numbers in the column 'score' \(got String\)"):
        draw(scores.cast({"score": pl.String}), ORDINAL)


def test_many_models_are_all_drawn_and_told_apart() -> None:
    rows = [
        (f"q{item}", f"m{model:02}", rater, float(model % 5 + 1))
        for item in range(6)
        for model in range(12)
        for rater in "xy"
    ]
    frame = pl.DataFrame(rows, schema=["item", "model", "rater", "score"], orient="row").with_columns(
        dimension=pl.lit("d")
    )
    spec = rw.charts.means(frame, by="model").to_dict()
    found = [one["encoding"] for one in _layers(spec) if "shape" in one.get("encoding", {})]
    assert found
    for encoding in found:
        colours, shapes = (encoding[name]["scale"]["range"] for name in ("color", "shape"))
        assert len(set(zip(colours, shapes, strict=True))) == 12
        assert "stroke" not in shapes  # a line without a width


def _layers(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield spec
    for name in ("layer", "vconcat", "hconcat", "concat"):
        for part in spec.get(name, ()):
            yield from _layers(part)
