"""Comparisons, rankings and texts from elsewhere: read, refused with every row, and reproduced from published studies."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest

import rubricwidgets as rw
from rubricwidgets.comparison_input import read_comparisons
from rubricwidgets.errors import AnswerError, InputError, UnknownKeywordError
from rubricwidgets.ranking_input import read_rankings
from rubricwidgets.scales.preference import Preference
from rubricwidgets.scales.ranking import Ranking
from rubricwidgets.scales.text import Text
from rubricwidgets.text_input import read_texts
from tests.test_real_studies import folder

RUBRIC = rw.Rubric(
    "all",
    dimensions=[
        rw.Dimension("better", "Which is better?", Preference(neither=True)),
        rw.Dimension("order", "Which order?", Ranking(ties=True)),
        rw.Dimension("ideal", "Write it.", Text(min_length=3)),
    ],
)
ITEMS = [
    rw.Item("p", [rw.Response("one", id="r1", model="aster"), rw.Response("two", id="r2", model="birch")], id=name)
    for name in ("i", "k")
]


def study() -> rw.Study:
    return rw.Study("all", items=ITEMS, rubric=RUBRIC, store="memory")


def add(one: rw.Study, ratings: list[rw.Rating]) -> None:
    one.append(ratings, complete=False)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"winner": "right"}, ("r2", False, False, None)),
        ({"winner": "r1", "strength": -3}, ("r1", False, False, -3)),
        ({"winner": "birch"}, ("r2", False, False, None)),
        ({"winner": "1"}, ("r1", False, False, None)),
        ({"winner": "right", "strength": 3, "loser": "aster", "tie": False}, ("r2", False, False, 3)),
        ({"loser": "r1"}, ("r2", False, False, None)),
        ({"winner": "tie", "tie": "yes", "strength": 0}, (None, True, False, 0)),
        ({"winner": None, "tie": True}, (None, True, False, 0)),
        ({"winner": "tie"}, (None, True, False, 0)),
        ({"winner": "neither"}, (None, False, True, None)),
        ({"winner": None, "strength": -1}, ("r1", False, False, -1)),
        ({"left": "r2", "right": "r1", "winner": "left"}, ("r2", False, False, None)),
        ({"left": "r2", "winner": "right"}, ("r1", False, False, None)),
        ({"left_model": "birch", "right_model": "aster", "winner": "right"}, ("r1", False, False, None)),
    ],
)
def test_a_verdict_may_be_said_in_the_usual_ways(row: dict[str, Any], expected: tuple[Any, ...]) -> None:
    one = study()
    add(one, read_comparisons([{"item": "i", "rater": "ana", **row}], RUBRIC, ITEMS))
    assert one.comparisons().select("winner", "tie", "neither", "strength").row(0) == expected


def test_a_strength_that_nobody_gave_is_unknown_and_never_a_number() -> None:
    one = study()
    frame = [{"item": "i", "rater": "ana", "winner": "right"}, {"item": "k", "rater": "ana", "winner": "tie"}]
    assert one.add_comparisons(frame) == 2
    assert one.scores().select("score", "label").rows() == [(None, "second preferred"), (0.0, "equal")]
    # Who won is known, and counts where strengths do not matter.
    assert one.comparisons()["winner"].to_list() == ["r2", None]
    assert rw.stats.pairwise(one.comparisons()).wins["n"].to_list() == [2, 2]


def test_with_one_degree_who_won_says_how_strongly() -> None:
    rubric = rw.Rubric("one", dimensions=[rw.Dimension("better", "?", Preference(strength=0))])
    (rating,) = read_comparisons([{"item": "i", "rater": "ana", "winner": "right"}], rubric, ITEMS)
    assert rating.answers[0].value[0]["strength"] == 1


def test_a_rater_in_the_notebook_says_how_strongly() -> None:
    (rating,) = read_comparisons([{"item": "i", "rater": "ana", "winner": "right"}], RUBRIC, ITEMS)
    with pytest.raises(AnswerError, match="'better' takes a strength of 1 to 3 with the choice 'right' \\(got None\\)"):
        study().append([rating])


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"winner": "r1", "tie": True}, "'winner' and 'tie' contradict each other (got 'r1' and True)"),
        ({"winner": "r1", "neither": True}, "'winner' and 'neither' contradict each other (got 'r1' and True)"),
        ({"tie": True, "neither": True}, "'tie' and 'neither' contradict each other"),
        ({"winner": "tie", "tie": False}, "'winner' and 'tie' contradict each other (got 'tie' and False)"),
        ({"winner": "r1", "loser": "r1"}, "'winner' and 'loser' contradict each other (got 'r1' and 'r1')"),
        ({"winner": "tie", "loser": "r1"}, "'winner' and 'loser' contradict each other"),
        ({"winner": "r1", "loser": "r3"}, "'loser' takes 'r1', 'aster', 'r2', 'birch', 'left' or 'right' (got 'r3')"),
        (
            {"left": "r1", "left_model": "birch", "winner": "r1"},
            "'left_model' takes the model of 'left', which is 'aster' for 'r1' (got 'birch')",
        ),
        (
            {"winner": "left", "strength": 2},
            "'winner' and 'strength' contradict each other, which is signed towards the right (got 'left' and 2)",
        ),
        ({"winner": "left", "strength": 0}, "'winner' and 'strength' contradict each other"),
        ({"tie": True, "strength": 1}, "'tie' and 'strength' contradict each other"),
        ({"neither": True, "strength": -1}, "'neither' and 'strength' contradict each other"),
        ({"winner": "right", "strength": 4}, "'better' takes a strength of 1 to 3 with the choice 'right' (got 4)"),
        ({"winner": "right", "strength": 1.5}, "'strength' takes a whole number, signed towards the right (got 1.5)"),
        ({"winner": "right", "tie": "perhaps"}, "'tie' takes true or false (got 'perhaps')"),
    ],
)
def test_a_row_that_contradicts_itself_is_refused(row: dict[str, Any], words: str) -> None:
    with pytest.raises(AnswerError) as caught:
        read_comparisons([{"item": "i", "rater": "ana", **row}], RUBRIC, ITEMS)
    assert f"row 1: {words}" in str(caught.value)


def test_a_model_on_both_sides_is_no_winner() -> None:
    twins = [rw.Item("p", [rw.Response("a", id="r1", model="m"), rw.Response("b", id="r2", model="m")], id="i")]
    with pytest.raises(
        AnswerError,
        match="row 1: 'winner' takes 'r1', 'm', 'r2', 'm', 'left', 'right', 'tie' or 'neither' \\(got 'm'\\)",
    ):
        read_comparisons([{"item": "i", "rater": "ana", "winner": "m"}], RUBRIC, twins)


@pytest.mark.parametrize(
    "method", ["add_scores", "add_comparisons", "add_rankings", "add_checks", "add_spans", "add_texts"]
)
def test_no_rows_say_what_is_expected_and_no_rows_with_columns_add_nothing(method: str) -> None:
    rubric = rw.Rubric(
        "all",
        dimensions=[
            *RUBRIC.dimensions,
            rw.Dimension("form", "?", rw.Checklist(["Is short"])),
            rw.Dimension("errors", "?", rw.Spans(["style"])),
            rw.Dimension("tone", "?", rw.Ordinal(1, 5)),
        ],
    )
    one = rw.Study("all", items=ITEMS, rubric=rubric, store="memory")
    for empty in ([], pl.DataFrame()):
        with pytest.raises(
            InputError, match=f"^{method} takes a row per .*'item', 'rater'.* at least \\(got nothing\\)"
        ):
            getattr(one, method)(empty)
    columns = ("item", "rater", "response", "criterion", "met", "category", "text", "rank", "tone")
    assert getattr(one, method)(pl.DataFrame(schema=dict.fromkeys(columns, pl.String))) == 0


def test_every_row_that_does_not_fit_is_named_and_nothing_is_added() -> None:
    frame = [
        {"item": "i", "rater": "ana", "winner": "left"},
        {"item": "i", "rater": "bo", "winner": "astre"},
        {"item": "j", "rater": "bo", "winner": "left"},
        {"item": "k", "rater": "bo", "winner": None},
        {"item": "k", "rater": "cy", "winner": "left", "strength": -7},
    ]
    with pytest.raises(AnswerError) as caught:
        read_comparisons(frame, RUBRIC, ITEMS)
    words = str(caught.value)
    assert (
        "row 2: 'winner' takes 'r1', 'aster', 'r2', 'birch', 'left', 'right', 'tie' or 'neither' (got 'astre'); did you mean 'aster'?"
        in words
    )
    assert "row 3: the study has no item 'j'" in words
    assert "row 4: 'winner' is missing, and neither 'tie' nor 'strength' says who won" in words
    assert "row 5: 'better' takes a strength of 1 to 3 with the choice 'left' (got 7)" in words
    assert words.endswith("Nothing was added.")


def test_a_pair_of_one_response_with_itself_and_a_pair_twice_are_refused() -> None:
    one_twice = {"item": "i", "rater": "ana", "left": "r1", "right": "aster", "winner": "left"}
    with pytest.raises(AnswerError, match="row 1: 'better' takes pairs of two responses"):
        read_comparisons([one_twice], RUBRIC, ITEMS)
    with pytest.raises(AnswerError, match="row 1: 'better' takes each pair once"):
        read_comparisons([{"item": "i", "rater": "ana", "winner": "left"}] * 2, RUBRIC, ITEMS)


def test_ranks_come_by_response_or_model_and_may_be_tied() -> None:
    one = study()
    frame = pl.DataFrame({"item": ["i", "i"], "rater": ["ana"] * 2, "model": ["birch", "aster"], "rank": [1, 2]})
    add(one, read_rankings(frame, RUBRIC, ITEMS))
    tied = [{"item": "k", "rater": "ana", "response": name, "rank": 1} for name in ("r1", "r2")]
    add(one, read_rankings(tied, RUBRIC, ITEMS))
    rows = one.rankings().select("item", "response", "rank").rows()
    assert rows == [("i", "r1", 2), ("i", "r2", 1), ("k", "r1", 1), ("k", "r2", 1)]


@pytest.mark.parametrize(
    ("ranks", "words"),
    [
        ([("r1", 1), ("r2", 3)], "'order' takes ranks from 1 without a gap \\(got 1, 3\\)"),
        ([("r1", 1), ("r1", 2)], "'order' takes each response once \\(got 'r1' twice, first in row 1\\)"),
        ([("r1", 1), ("r9", 2)], "item 'i' has no response 'r9'"),
        ([("r1", "first"), ("r2", 1)], "'order' takes ranks that are whole numbers from 1 \\(got 'first'\\)"),
        (
            [("r1", 1)],
            "'order' takes a rank for each of 2 responses \\(got none for 'r2' \\(model 'birch'\\)\\): rank all of them, or let the scale",
        ),
        (
            [("r1", 1), ("r2", float("nan"))],
            "'order' takes a rank for each of 2 responses \\(got none for 'r2' \\(model 'birch'\\)\\)",
        ),
        ([("r1", 1), ("r2", 0.5)], "'order' takes ranks that are whole numbers from 1 \\(got 0.5\\)"),
    ],
)
def test_ranks_that_do_not_fit_are_refused(ranks: list[tuple[str, Any]], words: str) -> None:
    frame = [{"item": "i", "rater": "ana", "response": response, "rank": rank} for response, rank in ranks]
    with pytest.raises(AnswerError, match=words):
        read_rankings(frame, RUBRIC, ITEMS)


QUARTET = [rw.Item("p", [rw.Response(f"text {n}", id=f"r{n}") for n in range(4)], id="i")]


def ranked(scale: Ranking, *ranks: Any) -> Any:
    rubric = rw.Rubric("rank", dimensions=[rw.Dimension("order", "?", scale)])
    frame = [{"item": "i", "rater": "ana", "response": f"r{n}", "rank": rank} for n, rank in enumerate(ranks)]
    return read_rankings(frame, rubric, QUARTET)[0].answers[0].value


def test_some_may_be_left_out_where_the_scale_says_so_but_not_all() -> None:
    assert ranked(Ranking(partial=True), 2, None, 1) == [["r2"], ["r0"]]
    with pytest.raises(
        AnswerError, match="row 1: 'order' takes a rank for one or more of the responses \\(got none\\)"
    ):
        ranked(Ranking(partial=True), None, None)


def test_best_and_worst_are_two_ranks() -> None:
    assert ranked(Ranking(best_worst=True), None, 4, 1) == {"best": "r2", "worst": "r1"}
    for ranks, got in (((1, 2, 3, 4), "1, 2, 3, 4"), ((1, 1, 4), "1, 1, 4"), ((1,), "1"), ((2, 4), "2, 4")):
        with pytest.raises(AnswerError, match=f"'order' takes two ranks: 1 for the best, .* \\(got {got}\\)"):
            ranked(Ranking(best_worst=True), *ranks)


def test_texts_come_by_response_and_keep_to_their_length() -> None:
    one = study()
    frame = [{"item": "i", "rater": "ana", "response": "r1", "text": "A better one."}]
    add(one, read_texts(frame, RUBRIC, ITEMS))
    assert one.texts()["text"].to_list() == ["A better one."]
    with pytest.raises(AnswerError, match="row 1: 'ideal' takes text of at least 3 characters"):
        read_texts([{**frame[0], "text": "x"}], RUBRIC, ITEMS)
    with pytest.raises(
        AnswerError, match="takes one text of an item, response and rater, and one stands in row 1 already"
    ):
        read_texts(frame * 2, RUBRIC, ITEMS)


def test_what_the_frame_or_the_rubric_lacks_is_said() -> None:
    with pytest.raises(UnknownKeywordError, match="add_comparisons takes no 'winer'; did you mean 'winner'"):
        read_comparisons([{"item": "i", "rater": "a"}], RUBRIC, ITEMS, winer="w")
    with pytest.raises(InputError, match="'rater' takes a column that says who rated"):
        read_rankings([{"item": "i", "response": "r1", "rank": 1}], RUBRIC, ITEMS)
    plain = rw.Rubric("plain", dimensions=[rw.Dimension("tone", "?", rw.Ordinal(1, 5))])
    with pytest.raises(
        InputError, match="no dimension for rankings \\(it has 'tone'\\): add one with the scale Ranking"
    ):
        read_rankings([{"item": "i", "rater": "a", "response": "r1", "rank": 1}], plain, ITEMS)


def test_pandalm_majorities_are_reproduced() -> None:
    """PandaLM test set: three annotators, majority labels 0/1/2 = 105/422/472 (its README)."""
    source = folder("04_pandalm_pairwise")
    pairs = [json.loads(line) for line in (source / "pairs.jsonl").read_text(encoding="utf-8").splitlines()]
    items = [
        rw.Item(
            pair["instruction"].strip() or "(no instruction)",
            [rw.Response(pair[f"response_{n}"], id=str(n), model=pair[f"system_{n}"]) for n in (1, 2)],
            id=pair["pair_id"],
        )
        for pair in pairs
    ]
    rubric = rw.Rubric("pandalm", dimensions=[rw.Dimension("better", "Which is better?", Preference(strength=0))])
    one = rw.Study("pandalm", items=items, rubric=rubric, store="memory")
    words = {0: "tie", 1: "left", 2: "right"}
    frame = [
        {"item": pair["pair_id"], "rater": f"annotator {n}", "winner": words[pair[f"annotator_{n}"]]}
        for pair in pairs
        for n in (1, 2, 3)
    ]
    add(one, read_comparisons(frame, rubric, items))
    found = one.comparisons()
    assert found.height == 2997
    counts = (
        found.with_columns(pl.col("winner").fill_null("0").alias("label"))
        .group_by("item", "label")
        .len()
        .filter(pl.col("len") >= 2)["label"]
        .value_counts()
        .sort("label")
    )
    assert counts.rows() == [("0", 105), ("1", 422), ("2", 472)]


def test_rankings_of_literary_drafts_are_reproduced() -> None:
    """WQRM (Salesforce creativity_eval): first-place shares .2214/.2821/.4964 over 280 rankings."""
    source = folder("12_wqrm_ranking")
    drafts = ("first_draft", "random_cot", "best_cot")
    raw = [json.loads(line) for line in (source / "items.jsonl").read_text(encoding="utf-8").splitlines()]
    items = [
        rw.Item(
            one["prompt"],
            [rw.Response(one["responses"][name], id=name, model=name) for name in drafts],
            id=one["item_id"],
        )
        for one in raw
    ]
    rubric = rw.Rubric("drafts", dimensions=[rw.Dimension("order", "Which is written best?", Ranking())])
    one = rw.Study("drafts", items=items, rubric=rubric, store="memory")
    frame = (
        pl.read_csv(source / "rankings.csv")
        .unpivot(
            [f"rank_{name}" for name in drafts],
            index=["item_id", "rater_slot"],
            variable_name="response",
            value_name="rank",
        )
        .with_columns(pl.col("response").str.strip_prefix("rank_"))
    )
    add(one, read_rankings(frame, rubric, items, rater="rater_slot"))
    found = one.rankings()
    assert found.height == 840
    shares = found.filter(pl.col("rank") == 1)["response"].value_counts(normalize=True)
    got = dict(shares.rows())
    assert [round(got[name], 4) for name in drafts] == [0.2214, 0.2821, 0.4964]
