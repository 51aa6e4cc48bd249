"""The charts about raters: disagreement, gold and judges, drift, marked places; each says what it draws, and shows offline."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from rubricwidgets.charts.disagreement import disagreement
from rubricwidgets.charts.drift import drift as drift_chart
from rubricwidgets.charts.gold import against
from rubricwidgets.charts.spans import span_density
from rubricwidgets.errors import InputError
from rubricwidgets.frames import SCORES_SCHEMA
from rubricwidgets.stats.drift import drift
from tests.charts import studies
from tests.stats.test_drift import noisy, scores_of

if TYPE_CHECKING:
    from collections.abc import Callable

ORDINAL, BINARY, MIXED = studies.ordinal_rubric(), studies.binary_rubric(), studies.mixed_rubric()
EMPTY = pl.DataFrame(schema=SCORES_SCHEMA)
TEXT = "The Moon pulls on the Earth.\n\nIt pulls hardest on whatever is closest \N{GRINNING FACE}."
MARKS = pl.DataFrame(
    [("a", "r", "x", 4, 14, "fact"), ("a", "r", "y", 4, 27, "fact"), ("a", "r", "z", 9, 14, "tone")],
    schema=["item", "response", "rater", "start", "end", "category"],
    orient="row",
)
GOLD = studies.scores(MIXED, raters=1, seed=9).select("item", "response", "dimension", "score", "label")


def values(spec: Any) -> list[dict[str, Any]]:
    """Return every data row of a spec, its parts' too."""
    found: list[dict[str, Any]] = []
    if isinstance(spec, dict):
        found += [row for rows in spec.get("datasets", {}).values() for row in rows]
        found += spec.get("data", {}).get("values", []) if isinstance(spec.get("data"), dict) else []
        for key in ("layer", "vconcat", "hconcat"):
            for part in spec.get(key, []):
                found += values(part)
    return found


def words(chart: Any) -> str:
    return json.dumps(chart.to_dict(), ensure_ascii=False)


DRAWINGS: dict[str, Callable[[], Any]] = {
    "disagreement": lambda: disagreement(studies.scores(ORDINAL), ORDINAL),
    "disagreement on mixed scales": lambda: disagreement(studies.scores(MIXED), MIXED),
    "disagreement of many raters": lambda: disagreement(studies.scores(MIXED, raters=40, items=60), MIXED),
    "disagreement without a rubric": lambda: disagreement(studies.scores(MIXED)),
    "disagreement of one rater": lambda: disagreement(studies.scores(MIXED, raters=1), MIXED),
    "disagreement of nobody": lambda: disagreement(EMPTY, MIXED),
    "against gold": lambda: against(studies.scores(MIXED), GOLD, MIXED),
    "against gold, one dimension": lambda: against(studies.scores(MIXED), GOLD, MIXED, dimensions=["accuracy"]),
    "against a judge": lambda: against(
        studies.scores(BINARY, items=4), "rater-1", BINARY, dimensions=["t00", "t01", "t02"]
    ),
    "against a judge without a rubric": lambda: against(studies.scores(MIXED), "rater-2"),
    "against gold that nobody met": lambda: against(studies.scores(MIXED), GOLD.clear(), MIXED),
    "against gold without scores": lambda: against(EMPTY, GOLD, MIXED),
    "drift": lambda: drift_chart(drift(scores_of(noisy(40, 2))), most=3),
    "drift of one": lambda: drift_chart(drift(scores_of(noisy(40, 2))), raters=["r0"]),
    "drift by sums": lambda: drift_chart(
        drift(scores_of(noisy(40, 2, shift_from=20)), method="cusum", baseline=15), most=2
    ),
    "drift of a long series": lambda: drift_chart(drift(scores_of(noisy(900, 2))), most=1),
    "drift of nobody": lambda: drift_chart(drift(scores_of(noisy(4, 2)))),
    "marked places": lambda: span_density(MARKS, TEXT),
    "no marked places": lambda: span_density(MARKS.clear(), TEXT),
    "a long text": lambda: span_density(MARKS, TEXT * 200),
    "an empty text": lambda: span_density(MARKS.clear(), ""),
}


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS.keys())
def test_every_chart_is_drawn_and_shows_offline(draw: Callable[[], Any]) -> None:
    chart = draw()
    shown = chart._repr_mimebundle_()
    assert shown["image/svg+xml"].startswith("<svg")
    assert "http" not in json.dumps(
        {key: value for key, value in shown["application/vnd.vegalite.v5+json"].items() if key != "$schema"}
    )
    assert len(json.dumps(shown["application/vnd.vegalite.v5+json"])) < 160_000


# Disagreement


def three_raters() -> pl.DataFrame:
    rows = [
        ("a", "x", 1.0), ("a", "y", 5.0), ("a", "z", 5.0),
        ("b", "x", 3.0), ("b", "y", 3.0), ("b", "z", 3.0),
        ("c", "x", 2.0), ("c", "y", 4.0),
        ("d", "x", 2.0),
    ]  # fmt: skip
    base = dict.fromkeys(SCORES_SCHEMA)
    return pl.DataFrame(
        [
            {
                **base,
                "item": item,
                "response": f"{item}-r",
                "rater": rater,
                "dimension": "accuracy",
                "score": score,
                "not_applicable": False,
            }
            for item, rater, score in rows
        ],
        schema=SCORES_SCHEMA,
    )


def test_the_distance_is_that_from_the_others_and_the_worst_come_first() -> None:
    spec = disagreement(three_raters(), MIXED).to_dict()
    cells = {(row["item"], row["rater"]): row for row in values(spec)}
    # x's 1 against the mean 5 of the others, on a scale from 1 to 5: the whole scale.
    assert cells["a", "x"]["far"] == 1.0
    assert cells["a", "x"]["off"] == -1.0
    assert cells["a", "y"]["far"] == 0.5
    assert cells["b", "z"]["far"] == 0.0
    assert ("d", "x") not in cells  # nobody to compare with
    assert spec["encoding"]["y"]["sort"] == ["a", "c", "b"]
    assert spec["encoding"]["x"]["sort"][0] == "x"


def test_only_the_items_with_the_most_disagreement_are_drawn() -> None:
    chart = disagreement(studies.scores(ORDINAL, items=50), ORDINAL, most=10)
    assert len({row["item"] for row in values(chart.to_dict())}) == 10
    assert "50 items, the 10 with the most disagreement" in words(chart)


# Against


def test_counts_and_shares_stand_in_the_panel() -> None:
    spec = against(three_raters(), "x", MIXED, dimensions=["accuracy"])
    counted = {(row["reference"], row["answer"]): row["n"] for row in values(spec.to_dict()) if "n" in row}
    assert counted == {("1", "5"): 2, ("3", "3"): 2, ("2", "4"): 1}
    assert "Scores against x: Accuracy" in words(spec)
    whole = against(studies.scores(MIXED), GOLD, MIXED)
    assert "at most 1 apart in" in words(whole)
    assert "mean distance" in words(whole)


def test_levels_are_named_as_the_rubric_does_in_its_order() -> None:
    spec = against(studies.scores(BINARY, items=6), "rater-1", BINARY, dimensions=["t00"]).to_dict()
    assert json.dumps(["Yes", "No"]) in json.dumps(spec)
    spec = against(studies.scores(MIXED), "rater-1", MIXED, dimensions=["fault"]).to_dict()
    assert json.dumps(["none", "padding", "wrong fact", "tone"]) in json.dumps(spec)
    spec = against(studies.scores(MIXED), "rater-1", MIXED, dimensions=["accuracy"]).to_dict()
    assert "mostly wrong" in json.dumps(spec)


# Drift


def test_alarms_come_first_and_are_told_with_what_chance_would_give() -> None:
    found = drift(scores_of(noisy(60, 3, shift_from=30)), baseline=25)
    chart = drift_chart(found)
    spec = chart.to_dict()
    first = found.charts.filter(pl.col("n_alarms") > 0).sort("first_alarm")
    assert spec["vconcat"][0]["hconcat"][0]["title"]["text"] == f"{first['rater'][0]}, tone"
    assert spec["vconcat"][0]["hconcat"][0]["title"]["subtitle"] == f"first alarm: item {first['first_alarm'][0]} of 60"
    assert "with an alarm, at least about" in " ".join(spec["title"]["subtitle"])


def test_a_long_series_is_thinned_and_keeps_its_first_alarm() -> None:
    found = drift(scores_of(noisy(900, 3, shift_from=500)))
    row = found.charts.filter(pl.col("n_alarms") > 0).row(0, named=True)
    drawn = [one for one in values(drift_chart(found, raters=[row["rater"]]).to_dict()) if "place" in one]
    assert len(drawn) <= 302
    assert row["first_alarm"] in {one["place"] for one in drawn}


# Marked places


def test_the_share_of_raters_stands_behind_the_words() -> None:
    spec = span_density(MARKS, TEXT).to_dict()
    boxes = {(row["from"], row["to"]): row for row in values(spec) if "from" in row}
    assert {place: row["n"] for place, row in boxes.items()} == {(4, 9): 2, (9, 14): 3, (14, 27): 1}
    assert boxes[9, 14]["share"] == 1.0
    assert boxes[9, 14]["words"] == "pulls"
    assert boxes[9, 14]["kinds"] == "fact (2), tone (1)"
    written = [row["word"] for row in values(spec) if "word" in row]
    assert " ".join(written) == " ".join(TEXT.split())


def test_raters_who_marked_nothing_count_where_they_are_known() -> None:
    rated = pl.DataFrame({"item": ["a"] * 6, "response": ["r"] * 6, "rater": list("xyzuvw")})
    spec = span_density(MARKS, TEXT, rated=rated).to_dict()
    assert max(row["share"] for row in values(spec) if "share" in row) == 0.5
    assert "3 marks by 6 raters" in json.dumps(spec)
    assert "3 raters with a mark" in words(span_density(MARKS, TEXT))


def test_one_text_of_many_is_chosen() -> None:
    texts = pl.DataFrame({"item": ["a", "b"], "response": ["r", "r"], "text": [TEXT, "Another text."]})
    assert "item a, response r" in words(span_density(MARKS, texts, item="a"))
    assert "nothing is marked" in words(span_density(MARKS, texts, item="b", rated=pl.DataFrame(
        {"item": ["a", "a", "a", "b"], "response": ["r"] * 4, "rater": ["x", "y", "z", "x"]})))  # fmt: skip


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: disagreement(EMPTY.drop("rater")), "lacks 'rater'"),
        (lambda: disagreement(studies.scores(MIXED), MIXED, dimensions=["acuracy"]), "did you mean 'accuracy'"),
        (lambda: against(studies.scores(MIXED), "rater-9", MIXED), "no rater 'rater-9' in these scores; did you mean"),
        (lambda: against(studies.scores(MIXED), GOLD, MIXED, dimensions=["acuracy"]), "did you mean 'accuracy'"),
        (lambda: against(EMPTY.drop("score"), GOLD), "lacks 'score'"),
        (lambda: drift_chart(EMPTY), "takes what rw.stats.drift or study.drift"),  # type: ignore[arg-type]
        (
            lambda: drift_chart(drift(scores_of(noisy(20, 1))), raters=["r-1"]),
            "no rater 'r-1' in this result; did you mean",
        ),
        (lambda: span_density(MARKS, "short"), "marks inside the text"),
        (lambda: span_density(MARKS, pl.DataFrame({"item": ["a"], "words": ["x"]})), "lacks both 'text' and 'length'"),
        (
            lambda: span_density(MARKS, pl.DataFrame({"item": ["b"], "response": ["r"], "text": ["x"]}), item="a"),
            "none in 'texts'",
        ),
    ],
)
def test_wrong_input_is_refused_in_words(call: Callable[[], Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        call()
