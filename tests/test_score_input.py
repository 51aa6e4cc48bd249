"""Scores from elsewhere: wide, long, labelled, in pandas; and what is said of those that do not fit."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import polars as pl
import pytest

import rubricwidgets as rw
from rubricwidgets.errors import AnswerError, InputError, UnknownKeywordError
from rubricwidgets.frames import PROGRESS_SCHEMA, RATINGS_SCHEMA, SCORES_SCHEMA

RUBRIC = rw.Rubric(
    "r",
    dimensions=[
        rw.Dimension("tone", "?", rw.Ordinal(1, 5, anchors={5: "right"}, not_applicable=True)),
        rw.Dimension("safe", "?", rw.Binary()),
    ],
)
ITEMS = [
    {"id": "one", "prompt": "p", "response": "r"},
    {"id": "two", "prompt": "q", "responses": [{"id": "x", "text": "a"}, {"id": "y", "text": "b"}]},
]


@pytest.fixture
def study() -> rw.Study:
    return rw.Study("s", items=ITEMS, rubric=RUBRIC, store="memory")


def rows(study: rw.Study) -> list[tuple[Any, ...]]:
    return study.scores().select("item", "response", "rater", "dimension", "score", "rationale").rows()


def test_wide_and_long_frames_say_the_same(study: rw.Study) -> None:
    wide = pl.DataFrame(
        {
            "item_id": ["two", "two"],
            "response": ["x", "y"],
            "annotator": ["a", "a"],
            "tone": ["right", "4"],
            "safe": ["Yes", None],
            "tone_rationale": ["why", None],
        }
    )
    study.add_scores(wide)
    long = pd.DataFrame(
        {
            "item": ["two"] * 3,
            "response": ["x", "x", "y"],
            "rater": ["b"] * 3,
            "dim_id": ["tone", "safe", "tone"],
            "verdict": [5, 1, 4],
            "comment": ["why", "", None],
        }
    )
    study.add_scores(long)
    found = rows(study)
    strip = [
        (item, response, dimension, score, why)
        for item, response, rater, dimension, score, why in found
        if rater == "a"
    ]
    assert strip == [("two", "x", "tone", 5.0, "why"), ("two", "x", "safe", 1.0, None), ("two", "y", "tone", 4.0, None)]
    assert strip == [
        (item, response, dimension, score, why)
        for item, response, rater, dimension, score, why in found
        if rater == "b"
    ]


def test_one_rater_may_be_named_for_all_and_columns_may_have_any_name(study: rw.Study) -> None:
    frame = pl.DataFrame({"q": ["one"], "Tone!": [3]}).rename({"Tone!": "tone"})
    assert study.add_scores(frame, item="q", rater_name="judge", source="model") == 1
    assert study.ratings()["source"].to_list() == ["model"]
    assert study.add_scores(frame.reverse(), item="q", rater_name="judge", source="model") == 0


def test_corrected_scores_revise_and_unknown_times_are_null(study: rw.Study) -> None:
    for tone in (2, 4):
        study.add_scores(pl.DataFrame({"item": ["one"], "rater": ["j"], "tone": [tone]}))
    assert study.scores().select("score", "revision", "submitted_at", "seconds").rows() == [(4.0, 2, None, None)]


@pytest.mark.parametrize(
    ("frame", "columns", "words"),
    [
        ({"rater": ["a"], "tone": [1]}, {}, "'item' takes a column with item ids, which is missing"),
        ({"item": ["one"], "tone": [1]}, {}, "'rater' takes a column that says who rated"),
        ({"item": ["one"], "rater": ["a"], "tnoe": [1]}, {}, "'tnoe' (did you mean 'tone'?)"),
        (
            {"item": ["one"], "rater": ["a"], "tone": [1]},
            {"item": "itm"},
            "item='itm' names no column of the frame; did you mean 'item'?",
        ),
        ({"item": ["oen"], "rater": ["a"], "tone": [1]}, {}, "row 1: the study has no item 'oen'; did you mean 'one'?"),
        ({"item": ["one", "one"], "rater": ["a", "a"], "tone": [1, 6]}, {}, "row 2: 'tone' takes 1 to 5 (got 6)"),
        (
            {"item": ["one", "one"], "rater": ["a", "a"], "tone": [1, 2]},
            {},
            "row 2: 'tone' of this item, response and rater stands in row 1 already",
        ),
        (
            {"item": ["two"], "rater": ["a"], "tone": [1]},
            {},
            "row 1: 'response' is missing: item 'two' has the responses 'x', 'y'",
        ),
        ({"item": ["one"], "rater": [None], "tone": [1]}, {}, "row 1: 'rater' is missing"),
        (
            {"item": ["one"], "rater": ["a"], "dimension": ["tnoe"], "score": [1]},
            {},
            "there is no dimension 'tnoe'; did you mean 'tone'?",
        ),
        (
            {"item": ["one"], "rater": ["a"], "safe": ["perhaps"]},
            {},
            "'safe' takes true (Yes) or false (No) (got 'perhaps')",
        ),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_added(
    study: rw.Study, frame: dict[str, Any], columns: dict[str, str], words: str
) -> None:
    with pytest.raises((InputError, AnswerError), match=re.escape(words)):
        study.add_scores(pl.DataFrame(frame), **columns)
    assert study.ratings().is_empty()


def test_an_unknown_word_and_no_frame_are_refused(study: rw.Study) -> None:
    with pytest.raises(UnknownKeywordError, match="did you mean 'rater'"):
        study.add_scores(pl.DataFrame({"item": ["one"]}), ratr="x")
    with pytest.raises(InputError, match="takes a Polars or pandas frame"):
        study.add_scores(3)


def test_frames_have_their_schemas_also_when_empty(study: rw.Study) -> None:
    assert study.scores().schema == SCORES_SCHEMA
    assert study.ratings().schema == RATINGS_SCHEMA
    assert study.progress().schema == PROGRESS_SCHEMA
    study.add_scores(pl.DataFrame({"item": ["one"], "rater": ["j"], "tone": [2], "seconds": [7]}))
    assert (study.scores().schema, study.ratings().schema) == (SCORES_SCHEMA, RATINGS_SCHEMA)
    (done, waits) = study.progress(["zoe"]).rows(named=True)
    assert (done["rater"], done["n_rated"], done["n_left"], done["share"], done["seconds"]) == ("j", 1, 1, 0.5, 7.0)
    assert (waits["rater"], waits["n_rated"], waits["n_left"], waits["seconds"], waits["first_at"]) == (
        "zoe",
        0,
        2,
        None,
        None,
    )
