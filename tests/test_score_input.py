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
            "row 1: 'response' is missing: item 'two' has 'x', 'y'",
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


def one(study: rw.Study, item: str = "two", **given: Any) -> int:
    return study.add_scores([{"item": item, "rater": "judge", **given}])


def test_a_frame_revises_what_it_mentions_and_leaves_the_rest(study: rw.Study) -> None:
    assert one(study, response="x", tone=4, tone_rationale="why") == 1
    assert one(study, response="x", safe="Yes") == 1
    assert one(study, response="y", tone=2) == 1
    assert one(study, response="y", tone=2) == 0
    assert rows(study) == [
        ("two", "x", "judge", "tone", 4.0, "why"),
        ("two", "x", "judge", "safe", 1.0, None),
        ("two", "y", "judge", "tone", 2.0, None),
    ]


def test_a_correction_back_to_an_earlier_score_counts(study: rw.Study) -> None:
    assert [one(study, "one", tone=tone) for tone in (4, 5, 4, 4)] == [1, 1, 1, 0]
    assert study.scores()["score"].to_list() == [4.0]
    assert study.ratings()["stale"].any() is False


def test_a_rating_of_the_widget_is_revised_dimension_by_dimension(study: rw.Study) -> None:
    response = study.item("one").responses[0].id
    answers = (rw.Answer("tone", 3, response=response), rw.Answer("safe", True, response=response))
    given = rw.Rating("00000000-0000-4000-8000-000000000001", "one", "judge", answers, flagged=True, note="odd")
    study.append([given])
    assert one(study, "one", tone=5) == 1
    assert rows(study) == [
        ("one", response, "judge", "tone", 5.0, None),
        ("one", response, "judge", "safe", 1.0, None),
    ]
    assert study.scores()["flagged"].all()


def test_the_scores_of_one_study_can_be_added_to_another() -> None:
    rubric = rw.Rubric(
        "r",
        dimensions=[
            rw.Dimension("kind", "?", rw.Nominal(["padding", "jargon"])),
            rw.Dimension("tone", "?", rw.Ordinal(1, 5, anchors={5: "right"}, not_applicable=True)),
        ],
    )
    studies = [rw.Study(name, items=ITEMS[:1], rubric=rubric, store="memory") for name in "ab"]
    wide = {"item": "one", "rater": "a", "kind": "jargon", "tone": None, "tone_not_applicable": "yes"}
    assert studies[0].add_scores([wide]) == 1
    assert studies[1].add_scores(studies[0].scores()) == 1
    left, right = (study.scores().drop("study", "submitted_at") for study in studies)
    assert left.equals(right)


@pytest.mark.parametrize(("word", "expected"), [("False", 4.0), ("0", 4.0), ("true", None), ("Yes", None)])
def test_not_applicable_is_read_from_words(study: rw.Study, word: str, expected: float | None) -> None:
    row = {"item": "one", "rater": "a", "dimension": "tone", "score": 4, "not_applicable": word}
    study.add_scores([row])
    assert study.scores()["score"].to_list() == [expected]


def test_a_word_that_is_neither_true_nor_false_is_refused_with_its_row(study: rw.Study) -> None:
    row = {"item": "one", "rater": "a", "dimension": "tone", "score": 4, "not_applicable": "perhaps"}
    with pytest.raises(InputError, match=r"row 1: 'not_applicable' takes true or false \(got 'perhaps'\)"):
        study.add_scores([row])


def test_a_dimension_called_like_a_usual_column_is_a_dimension() -> None:
    rubric = rw.Rubric(
        "r", dimensions=[rw.Dimension(name, "?", rw.Ordinal(1, 5)) for name in ("explanation", "seconds", "score")]
    )
    study = rw.Study("s", items=ITEMS[:1], rubric=rubric, store="memory")
    study.add_scores([{"item": "one", "rater": "a", "explanation": 4, "seconds": 5, "score": 1}])
    assert dict(study.scores().select("dimension", "score").rows()) == {
        "explanation": 4.0,
        "seconds": 5.0,
        "score": 1.0,
    }


def test_one_rationale_column_of_a_wide_frame_goes_with_every_dimension(study: rw.Study) -> None:
    study.add_scores(
        [{"item": "one", "rater": "a", "tone": 4, "safe": 1, "why": "so", "safe_rationale": "own"}], rationale="why"
    )
    assert study.scores()["rationale"].to_list() == ["so", "own"]


def test_a_wide_frame_says_of_which_dimension_something_is_not_applicable(study: rw.Study) -> None:
    with pytest.raises(InputError, match="'tone_not_applicable'"):
        study.add_scores([{"item": "one", "rater": "a", "tone": 4, "not_applicable": True}])


@pytest.mark.parametrize("seconds", ["abc", float("inf"), -1])
def test_seconds_are_a_time(study: rw.Study, seconds: object) -> None:
    with pytest.raises(InputError, match="row 1: 'seconds' takes a number from 0"):
        study.add_scores(pl.DataFrame({"item": ["one"], "rater": ["a"], "tone": [4], "seconds": [seconds]}))


def test_blanks_around_a_name_make_no_second_rater(study: rw.Study) -> None:
    study.add_scores([{"item": "one", "rater": " ana ", "tone": 4}])
    assert study.scores()["rater"].to_list() == ["ana"]


@pytest.fixture
def models() -> rw.Study:
    items = [
        {
            "id": "moon",
            "prompt": "?",
            "responses": [{"text": "Titan.", "model": "aster"}, {"text": "Io.", "model": "birch"}],
        }
    ]
    return rw.Study("s", items=items, rubric=RUBRIC, store="memory")


@pytest.mark.parametrize("row", [{"model": "birch"}, {"response": "birch"}, {"response": "Io."}])
def test_a_response_may_be_named_by_its_model_or_its_text(models: rw.Study, row: dict[str, Any]) -> None:
    models.add_scores([{"item": "moon", "rater": "judge", "tone": 4, **row}])
    assert models.scores().select("model", "score").rows() == [("birch", 4.0)]


def test_a_response_that_is_not_there_is_said_once_with_its_rows_and_what_there_is(models: rw.Study) -> None:
    rows = [{"item": "moon", "rater": rater, "model": "cedar", "tone": 4, "safe": 1} for rater in ("a", "b")]
    with pytest.raises(AnswerError) as raised:
        models.add_scores(rows)
    assert str(raised.value).startswith("rows 1, 2: item 'moon' has no response 'cedar'; it has '")
    assert "(model 'aster')" in str(raised.value)
    assert str(raised.value).count("cedar") == 1


def test_a_mistyped_dimension_beside_others_is_refused(study: rw.Study) -> None:
    with pytest.raises(InputError, match="the frame has 'toone'; did you mean the dimension 'tone'"):
        study.add_scores([{"item": "one", "rater": "a", "safe": 1, "toone": 4}])
    study.add_scores([{"item": "one", "rater": "a", "safe": 1, "source": "x", "tone_notes": "free"}])


def test_half_a_point_is_refused_as_such(study: rw.Study) -> None:
    with pytest.raises(AnswerError, match=r"takes 1 to 5, whole numbers only \(got 4.5\)"):
        study.add_scores([{"item": "one", "rater": "a", "tone": 4.5}])


def test_a_rater_is_named_once(study: rw.Study) -> None:
    row = {"item": "one", "rater": "ana", "tone": 4}
    with pytest.raises(
        InputError, match=r"column 'rater' says who rated \('ana'\), and rater_name='judge' says it too"
    ):
        study.add_scores([row], rater_name="judge")
    with pytest.raises(InputError, match="give one, not both"):
        study.add_scores([{"item": "one", "who": "ana", "tone": 4}], rater="who", rater_name="judge")
    for wrong in ("", 3):
        with pytest.raises(InputError, match="'rater_name' takes one rater's name"):
            study.add_scores([row], rater_name=wrong)  # type: ignore[arg-type]
    assert study.ratings().is_empty()
    # A column that says nothing contradicts nobody.
    assert study.add_scores([{**row, "rater": None}], rater_name="judge") == 1
    assert study.scores()["rater"].to_list() == ["judge"]


def test_not_applicable_that_a_dimension_does_not_allow_is_refused_with_its_row(study: rw.Study) -> None:
    row = {"item": "one", "rater": "a", "dimension": "safe", "score": None}
    rows = [{**row, "score": 1}, {**row, "rater": "b", "not_applicable": True}]
    with pytest.raises(AnswerError, match=r"row 2: 'safe' takes .*, and not applicable is not among its answers"):
        study.add_scores(rows)


@pytest.mark.parametrize("frame", [list, pl.DataFrame])
def test_nan_is_missing_wherever_it_comes_from(study: rw.Study, frame: Any) -> None:
    nan = float("nan")
    rows = [{"item": "one", "rater": "a", "tone": nan, "safe": 1.0, "seconds": nan}]
    assert study.add_scores(frame(rows)) == 1
    assert study.scores().select("dimension", "score").rows() == [("safe", 1.0)]
    assert study.ratings()["seconds"].to_list() == [None]
