"""What a study says of marks in texts: agreement, MQM, and where they stand."""

from __future__ import annotations

import json
from typing import Any

import pytest

import rubricwidgets as rw
from rubricwidgets import charts, stats
from rubricwidgets.charts.bound import Plots
from rubricwidgets.errors import InputError

ITEMS = [
    {
        "id": name,
        "prompt": "Who was first?",
        "context": "A context to mark.",
        "responses": [
            {"id": "a", "model": "m", "text": "Gagarin was the first man in space."},
            {"id": "b", "model": "n", "text": "Glenn was the first."},
        ],
    }
    for name in ("one", "two")
]
KINDS: dict[str, Any] = {
    "categories": ["Fact", "Style"],
    "severities": ["minor", "major"],
    "weights": {"minor": 1, "major": 5},
}


def study(*targets: str, more: bool = False) -> rw.Study:
    scale = rw.Spans(**KINDS, targets=targets or ("response",))
    dimensions = [rw.Dimension("errors", "Where?", scale)]
    dimensions += [rw.Dimension("praise", "Where?", rw.Spans(**KINDS))] if more else []
    dimensions += [rw.Dimension("overall", "How good?", rw.Ordinal(1, 5))]
    return rw.Study("marked", items=ITEMS, rubric=rw.Rubric("Errors", dimensions), store="memory")


def marked(*targets: str, more: bool = False) -> rw.Study:
    made = study(*targets, more=more)
    fact = {"category": "Fact", "severity": "major", "dimension": "errors"}
    rows: list[dict[str, Any]] = []
    for rater in ("ana", "ben"):
        rows.append({"item": "one", "response": "a", "rater": rater, "start": 0, "end": 7, **fact})
        rows.append({"item": "one", "response": "b", "rater": rater, "start": None, "end": None, "category": None})
    rows.append({"item": "two", "response": "a", "rater": "ana", "start": 0, "end": 7, **fact})
    rows.append({"item": "two", "response": "a", "rater": "ben", "start": None, "end": None, "category": None})
    made.add_spans([{"dimension": "errors", **row} for row in rows])
    return made


def test_agreement_on_marks_knows_texts_and_who_found_nothing() -> None:
    made = marked()
    found = made.span_agreement()
    values = dict(found.estimates.select("statistic", "value").iter_rows())
    # ana marked 2 places, ben 1 of them: 2 * 1 / (2 + 1), and not 1 as without the response that ben left clean.
    assert values["f1_exact"] == pytest.approx(2 * 2 / 3 / 2)
    assert values["alpha_character"] is not None
    assert found.note is None
    assert found.estimates["dimension"].unique().to_list() == ["errors"]


def test_mqm_of_a_study_counts_clean_responses_as_nothing_wrong() -> None:
    made = marked()
    assert dict(made.mqm().systems.select("model", "value").iter_rows()) == {"m": (5.0 + 2.5) / 2, "n": 0.0}
    halved = made.mqm(weights={"minor": 1, "major": 10})
    assert dict(halved.systems.select("model", "value").iter_rows()) == {"m": 7.5, "n": 0.0}
    spans = made.spans()
    assert stats.mqm(spans, spans, weights={"minor": 1, "major": 5}).systems.equals(made.mqm().systems)


def test_the_most_marked_text_is_drawn_unless_another_is_named() -> None:
    made = marked()
    assert "item one, response a: 2 marks by 2 raters" in str(made.plot.span_density().to_dict()["title"])
    other = made.plot.span_density(item="two", response="a")
    assert "item two, response a: 1 mark by 2 raters" in str(other.to_dict()["title"])
    clean = made.plot.span_density(item="one", response="b").to_dict()
    assert "nothing is marked" in json.dumps(clean["title"])


def test_marks_in_a_context_are_on_a_text_of_their_own() -> None:
    made = study("context", "response")
    place = {"item": "one", "response": "a", "dimension": "errors", "category": "Fact", "severity": "minor"}
    made.add_spans([{**place, "rater": "ana", "target": "context", "start": 0, "end": 9}])
    made.add_spans([{**place, "rater": "ben", "target": "response", "start": 0, "end": 9}])
    values = dict(made.span_agreement().estimates.select("statistic", "value").iter_rows())
    assert values["f1_overlap"] == 0.0
    shown = made.plot.span_density(item="one", response="a, context").to_dict()
    assert "A" in json.dumps(shown)
    assert "1 mark by 2 raters" in json.dumps(shown["title"])


def test_an_unrated_study_has_no_marks_and_says_so() -> None:
    made = study()
    assert "0 raters, 0 items" in made.span_agreement().in_words()
    assert made.mqm().systems.is_empty()
    assert "nothing is marked" in json.dumps(made.plot.span_density().to_dict()["title"])


def test_which_dimension_is_marked_is_said_where_it_must_be() -> None:
    several = marked(more=True)
    for call in (several.span_agreement, several.mqm, several.plot.span_density):
        with pytest.raises(InputError, match=r"marks are on 2 dimensions: name one, such as dimension='errors'"):
            call()
        with pytest.raises(InputError, match="no dimension 'error' of marks in this study; did you mean 'errors'"):
            call(dimension="error")
    assert several.mqm(dimension="errors").systems.height == 2
    assert several.mqm(dimension="praise").systems.is_empty()
    none = rw.demo(store="memory")
    for call in (none.span_agreement, none.mqm, none.plot.span_density):
        with pytest.raises(InputError, match="nothing is marked in this study"):
            call()


def test_every_chart_is_one_of_a_study_and_every_statistic_a_method() -> None:
    charts_of_a_study = {name for name in vars(Plots) if not name.startswith("_")}
    assert charts_of_a_study == set(charts.__all__) - {"warm_up"}
    # Another name, where the frame has the function's; and what raters() and judges() hold, or what takes frames of its own.
    elsewhere = {
        "spans": "span_agreement",
        "rankings": "plackett_luce",
        "comparisons_from_scores": "preferences",
        "gold_agreement": "raters",
        "self_agreement": "raters",
        "judge_bias": "judges",
        "alternative_annotator": "judges",
        "variance_components": "generalizability",
    }
    own_frames = {"judge_pairs", "elo"}
    for name in set(stats.__all__) - own_frames:
        assert callable(getattr(rw.Study, elsewhere.get(name, name)))
