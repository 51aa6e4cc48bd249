"""Judgements from elsewhere beside what was there: what is carried over, and what is revised."""

from __future__ import annotations

from typing import Any

import pytest

import rubricwidgets as rw
from tests.every_scale import ITEMS, study


def test_criteria_that_a_frame_does_not_mention_keep_their_verdicts() -> None:
    one = study()
    whole = [
        {"item": "i", "response": "r0", "rater": "ana", "criterion": name, "met": True, "rationale": "It says so."}
        for name in ("c1", "dose", "c3")
    ]
    one.add_checks(whole)
    assert one.add_checks([{"item": "i", "response": "r0", "rater": "ana", "criterion": "dose", "met": False}]) == 1
    rows = one.checks().select("criterion", "met", "rationale", "revision").rows()
    assert rows == [("c1", True, "It says so.", 2), ("dose", False, "It says so.", 2), ("c3", True, "It says so.", 2)]
    assert one.add_checks([{"item": "i", "response": "r0", "rater": "ana", "criterion": "c3", "met": True}]) == 0


def test_pairs_that_a_frame_does_not_mention_keep_their_verdicts() -> None:
    one = study()
    sides: list[dict[str, Any]] = [
        {"item": "i", "rater": "ana", "left": "r0", "right": "r1", "winner": "left", "strength": -1},
        {"item": "i", "rater": "ana", "left": "r1", "right": "r2", "winner": "left", "strength": -1},
    ]
    one.add_comparisons(sides)
    one.add_comparisons([{"item": "i", "rater": "ana", "left": "r2", "right": "r1", "winner": "left", "strength": -3}])
    assert one.comparisons().select("left", "right", "winner", "strength").rows() == [
        ("r0", "r1", "r0", -1),
        ("r2", "r1", "r2", -3),
    ]


def test_the_marks_of_a_response_are_one_answer() -> None:
    one = study()
    mark = {"item": "i", "response": "r0", "rater": "ana", "category": "Style", "severity": "minor"}
    one.add_spans([{**mark, "start": 0, "end": 2}, {**mark, "start": 3, "end": 10}])
    one.add_spans([{**mark, "start": 3, "end": 10}])
    assert one.spans()["start"].to_list() == [3]


def test_a_reason_goes_with_the_score_that_it_was_for() -> None:
    one = study()
    row = {"item": "i", "response": "r0", "rater": "ana", "dimension": "tone", "score": 3}
    one.add_scores([{**row, "rationale": "Dry."}])
    assert one.add_scores([row]) == 0
    assert one.scores()["rationale"].to_list() == ["Dry."]
    one.add_scores([{**row, "score": 5}])
    assert one.scores()["rationale"].to_list() == [None]


def test_the_order_that_a_rater_saw_survives_a_revision_from_elsewhere() -> None:
    one = study()
    ranks = [{"item": "i", "rater": "ana", "response": f"r{n}", "rank": n + 1, "position": 2 - n} for n in range(3)]
    one.add_rankings(ranks, dimension="order")
    one.add_scores([{"item": "i", "response": "r0", "rater": "ana", "dimension": "tone", "score": 3}])
    assert one.rankings()["position"].to_list() == [2, 1, 0]
    with pytest.raises(rw.errors.AnswerError, match="'position' takes a whole number from 0 to 2 \\(got 3\\)"):
        one.add_rankings([{**ranks[0], "position": 3}, *ranks[1:]], dimension="order")


CONDITIONAL = rw.Rubric(
    "asked",
    dimensions=[
        rw.Dimension("acc", "?", rw.Ordinal(1, 5)),
        rw.Dimension("sev", "?", rw.Ordinal(1, 3), ask_when=rw.AskWhen("acc", at_most=3)),
        rw.Dimension("err", "?", rw.Spans(["wrong"]), ask_when=rw.AskWhen("acc", at_most=3)),
        rw.Dimension("fix", "?", rw.Text(), ask_when=rw.AskWhen("acc", at_most=3)),
        rw.Dimension("form", "?", rw.Checklist(["Short"]), ask_when=rw.AskWhen("acc", at_most=3)),
    ],
)
ONE = {"item": "i", "response": "r0", "rater": "ana"}


def asked() -> rw.Study:
    study = rw.Study("asked", items=ITEMS, rubric=CONDITIONAL, store="memory")
    study.add_scores([{**ONE, "acc": 2}])
    return study


def test_what_is_asked_after_an_earlier_answer_may_come_in_a_frame_of_its_own() -> None:
    study = asked()
    assert study.add_scores([{**ONE, "sev": 3}]) == 1
    assert study.add_spans([{**ONE, "start": 0, "end": 2, "category": "wrong"}]) == 1
    assert study.add_texts([{**ONE, "text": "Be careful."}]) == 1
    assert study.add_checks([{**ONE, "criterion": "Short", "met": True}]) == 1
    assert study.scores().filter(dimension="sev")["score"].to_list() == [3.0]
    assert (study.spans().height, study.texts().height, study.checks().height) == (1, 1, 1)


def test_an_answer_that_closes_a_condition_takes_what_was_asked_after_it_out_of_the_count() -> None:
    study = asked()
    study.add_scores([{**ONE, "sev": 3}])
    study.add_spans([{**ONE, "start": 0, "end": 2, "category": "wrong"}])
    assert study.add_scores([{**ONE, "acc": 5}]) == 1
    assert study.spans().is_empty()
    assert study.scores().filter(dimension="sev").is_empty()
    revisions = study.ratings().sort("revision")["revision"].to_list()
    assert revisions == [1, 2, 3, 4], "earlier revisions stay"


def test_an_answer_to_what_is_not_asked_names_its_item_and_rater() -> None:
    study = asked()
    study.add_scores([{**ONE, "acc": 5}])
    words = "item 'i', rater 'ana': 'sev' is asked only when 'acc' is 3 or lower"
    with pytest.raises(rw.errors.AnswerError, match=words):
        study.add_scores([{**ONE, "sev": 3}, {**ONE, "item": "k", "acc": 1}])
    assert study.scores().filter(item="k").is_empty()
