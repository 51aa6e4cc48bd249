"""Judgements from elsewhere beside what was there: what is carried over, and what is revised."""

from __future__ import annotations

from typing import Any

import pytest

import rubricwidgets as rw

DIMENSIONS = {
    "better": rw.Preference(neither=True),
    "order": rw.Ranking(ties=True),
    "some": rw.Ranking(partial=True),
    "ends": rw.Ranking(best_worst=True),
    "form": rw.Checklist(["Names the risk", {"id": "dose", "text": "Gives a dose", "points": -3}, "Is short"]),
    "errors": rw.Spans({"Accuracy": ["Omission"], "Style": ""}, severities=["minor", "major"]),
    "ideal": rw.Text(min_length=3),
    "tone": rw.Ordinal(1, 5, not_applicable=True),
    "topics": rw.Nominal(["law", "health"], multiple=True),
    "safe": rw.Binary(),
    "sure": rw.Continuous(0, 1),
}
RUBRIC = rw.Rubric("all", dimensions=[rw.Dimension(name, "?", scale) for name, scale in DIMENSIONS.items()])
ITEMS = [
    rw.Item(
        "May I?",
        [rw.Response(f"Be careful, be slow, {n}.", id=f"r{n}", model=f"m{n}") for n in range(3)],
        id=name,
    )
    for name in ("i", "k")
]


def study() -> rw.Study:
    return rw.Study("all", items=ITEMS, rubric=RUBRIC, store="memory")


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
