"""An order of responses: what is allowed, which ranks it gives, best and worst."""

from __future__ import annotations

import contextlib
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rubricwidgets as rw
from rubricwidgets.errors import AnswerError, ItemsError, RubricError
from rubricwidgets.ratings import place_of
from rubricwidgets.scales import scale_from_dict
from rubricwidgets.scales.ranking import Ranking

ITEM = rw.Item("Which?", [rw.Response(f"text {n}", id=f"r{n}", model=f"m{n}") for n in range(4)], id="i")
PLACE = place_of(ITEM, None, ("r3", "r1", "r0", "r2"))


def test_fields_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(RubricError, match="'best_worst' and 'ties' contradict each other"):
        Ranking(ties=True, best_worst=True)
    with pytest.raises(RubricError, match="'partial' takes True or False \\(got 'yes'\\)"):
        Ranking(partial="yes")  # type: ignore[arg-type]


def test_it_goes_to_a_file_and_back() -> None:
    for scale in (Ranking(ties=True, partial=True), Ranking(best_worst=True, not_applicable=True)):
        assert scale_from_dict(scale.to_dict()) == scale


@pytest.mark.parametrize(
    ("scale", "value", "words"),
    [
        (Ranking(), "r0", "all responses in order, best first"),
        (Ranking(), [["r0"], ["r1"]], "takes all 4 responses in order \\(got 2\\)"),
        (Ranking(), [["r0", "r1"], ["r2"], ["r3"]], "this ranking has no ties"),
        (Ranking(ties=True), [["r0", "r0"], ["r1"], ["r2"]], "each response once"),
        (Ranking(), [["r0"], ["r1"], ["r2"], ["r9"]], "one that is none of them"),
        (Ranking(partial=True), [], "some or all of the responses in order"),
        (Ranking(best_worst=True), {"best": "r0"}, "the 'best' and the 'worst'"),
        (Ranking(best_worst=True), {"best": "r0", "worst": "r0"}, "got one as both"),
    ],
)
def test_what_is_no_ranking_is_refused_with_the_rule(scale: Ranking, value: object, words: str) -> None:
    with pytest.raises(AnswerError, match=words):
        scale.check_at(value, PLACE)


def test_items_with_too_few_or_too_many_responses_are_refused_before_anybody_rates() -> None:
    for scale, n, wanted in ((Ranking(), 1, "2 or more"), (Ranking(best_worst=True), 9, "3 to 8")):
        rubric = rw.Rubric("rank", dimensions=[rw.Dimension("order", "Which order?", scale)])
        items = [{"id": "i", "prompt": "p", "responses": [f"text {place}" for place in range(n)]}]
        with pytest.raises(ItemsError, match=f"item 'i': 'order' takes items with {wanted} responses"):
            rw.Study("rank", items=items, rubric=rubric, store="memory")


@pytest.mark.parametrize("scale", [Ranking(), Ranking(best_worst=True)])
def test_no_refusal_says_the_id_of_a_response(scale: Ranking) -> None:
    for value in ({"best": "r0"}, {"best": "r0", "worst": "r0"}, [["r0", "r0"]], [["r0"], "r1", 3], "r0"):
        with pytest.raises(AnswerError) as caught:
            scale.check_at(value, PLACE)
        assert "r0" not in str(caught.value)


def test_ranks_count_those_who_share_a_place() -> None:
    assert Ranking.ranks([["r2"], ["r0", "r1"], ["r3"]]) == {"r2": 1, "r0": 2, "r1": 2, "r3": 4}


@pytest.mark.parametrize("ranks", [{"r0": 2, "r1": 2, "r2": 1, "r3": 4}, {"r0": 2, "r1": 2, "r2": 1, "r3": 3}])
def test_ranks_from_elsewhere_are_read_in_both_ways_of_counting(ranks: dict[str, int]) -> None:
    assert Ranking(ties=True).from_ranks(ranks) == [["r2"], ["r0", "r1"], ["r3"]]


@pytest.mark.parametrize(
    ("scale", "ranks", "words"),
    [
        (Ranking(), {"r0": 1, "r1": 3}, "ranks from 1 without a gap \\(got 1, 3\\)"),
        (Ranking(), {"r0": 2, "r1": 3}, "ranks from 1 without a gap \\(got 2, 3\\)"),
        (Ranking(), {"r0": 1, "r1": 1}, "no ties"),
        (Ranking(ties=True), {"r0": 1, "r1": 1.5}, "whole numbers from 1 \\(got 1.5\\)"),
        (Ranking(ties=True), {"r0": 0}, "whole numbers from 1 \\(got 0\\)"),
    ],
)
def test_ranks_that_skip_or_repeat_against_the_rule_are_refused(scale: Ranking, ranks: Any, words: str) -> None:
    with pytest.raises(AnswerError, match=words):
        scale.from_ranks(ranks)


def test_the_frame_has_a_row_for_each_response_with_its_rank_and_place() -> None:
    rubric = rw.Rubric(
        "rank",
        dimensions=[
            rw.Dimension("order", "Which order?", Ranking(ties=True, partial=True)),
            rw.Dimension("ends", "Best and worst?", Ranking(best_worst=True)),
        ],
    )
    study = rw.Study("rank", items=[ITEM], rubric=rubric, store="memory")
    answers = (rw.Answer("order", [["r2"], ["r0", "r1"]]), rw.Answer("ends", {"best": "r2", "worst": "r3"}))
    order = ("r3", "r1", "r0", "r2")
    study.append([rw.Rating(str(uuid.uuid4()), "i", "ana", answers, order=order, rubric=rubric.hash)])
    rows = study.rankings().select("dimension", "response", "model", "rank", "position").rows()
    assert rows == [
        ("order", "r0", "m0", 2, 2),
        ("order", "r1", "m1", 2, 1),
        ("order", "r2", "m2", 1, 3),
        ("order", "r3", "m3", None, 0),
        ("ends", "r0", "m0", None, 2),
        ("ends", "r1", "m1", None, 1),
        ("ends", "r2", "m2", 1, 3),
        ("ends", "r3", "m3", 4, 0),
    ]
    assert study.scores().select("score", "label").rows() == [(None, "r2 > r0 = r1"), (None, "best r2, worst r3")]


@given(st.permutations(["r0", "r1", "r2", "r3"]), st.lists(st.booleans(), min_size=3, max_size=3))
def test_an_order_goes_to_ranks_and_back(order: list[str], joins: list[bool]) -> None:
    groups = [[order[0]]]
    for one, joined in zip(order[1:], joins, strict=True):
        if joined:
            groups[-1].append(one)
        else:
            groups.append([one])
    scale = Ranking(ties=True)
    back = scale.from_ranks(scale.ranks(groups))
    assert [set(group) for group in back] == [set(group) for group in groups]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    st.booleans(),
)
def test_nothing_that_a_page_can_send_ends_in_another_error(value: Any, best_worst: bool) -> None:
    scale = Ranking(best_worst=best_worst)
    with contextlib.suppress(AnswerError):
        scale.check_at(scale.from_page(value, str), PLACE)
