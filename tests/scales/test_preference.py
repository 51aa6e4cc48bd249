"""Which of two responses is better: what is allowed, how it counts, which pairs are shown."""

from __future__ import annotations

import contextlib
import uuid
from collections import Counter
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rubricwidgets as rw
from rubricwidgets.errors import AnswerError, RubricError
from rubricwidgets.ratings import place_of
from rubricwidgets.scales import scale_from_dict
from rubricwidgets.scales.preference import Preference

ITEM = rw.Item("Which?", [rw.Response(f"text {n}", id=f"r{n}", model=f"m{n}") for n in range(2)], id="i")


def verdict(left: str, right: str, choice: str, strength: int = 0) -> dict[str, Any]:
    return {"left": left, "right": right, "choice": choice, "strength": strength}


def study(scale: Preference, n: int = 2) -> rw.Study:
    responses = [{"text": f"text {place}", "id": f"r{place}", "model": f"m{place}"} for place in range(n)]
    rubric = rw.Rubric("rank", dimensions=[rw.Dimension("overall", "Which is better?", scale)])
    return rw.Study("rank", items=[{"id": "i", "prompt": "p", "responses": responses}], rubric=rubric, store="memory")


def rate(one: rw.Study, rater: str, order: tuple[str, ...], value: object) -> None:
    rating = rw.Rating(
        str(uuid.uuid4()), "i", rater, (rw.Answer("overall", value),), order=order, rubric=one.rubric.hash
    )
    one.append([rating])


def test_a_dimension_of_preference_is_about_the_item_without_being_told() -> None:
    assert rw.Dimension("overall", "Which?", Preference()).about == "item"
    with pytest.raises(
        RubricError, match="'about' takes 'item', since preference is about the item's responses together"
    ):
        rw.Dimension("overall", "Which?", Preference(), about="response")


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        ({"strength": 4}, "'strength' takes a whole number from 0 to 3 \\(got 4\\)"),
        ({"tie": 1}, "'tie' takes True or False"),
        ({"budget": 0}, "'budget' takes a number of pairs from 1"),
    ],
)
def test_a_wrong_field_is_named(given_: dict[str, Any], words: str) -> None:
    with pytest.raises(RubricError, match=words):
        Preference(**given_)


def test_it_goes_to_a_file_and_back() -> None:
    scale = Preference(strength=2, tie=False, neither=True, budget=3, not_applicable=True)
    assert scale_from_dict(scale.to_dict()) == scale


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("left", "a choice of 'left', 'right', 'tie' for each pair"),
        ([], "a choice of"),
        ([{"left": "r0", "choice": "left"}], "each a response \\(got None as 'right'\\)"),
        ([verdict("r0", "r0", "left", 1)], "pairs of two responses \\(got one with itself\\)"),
        ([verdict("r0", "r1", "left", 1), verdict("r1", "r0", "tie")], "each pair once"),
        ([verdict("r0", "r1", "lefft", 1)], "did you mean 'left'\\?"),
        ([verdict("r0", "r1", "neither")], "takes a choice of .*got 'neither'"),
        ([verdict("r0", "r1", "left", 4)], "a strength of 1 to 3 with the choice 'left' \\(got 4\\)"),
        ([verdict("r0", "r1", "tie", 2)], "a strength of 0 with the choice 'tie' \\(got 2\\)"),
        ([verdict("r0", "r9", "left", 1)], "'right' is none of them"),
    ],
)
def test_what_is_no_verdict_is_refused_with_the_rule(value: object, words: str) -> None:
    with pytest.raises(AnswerError, match=words):
        Preference().check_at(value, place_of(ITEM, None))


def test_raters_who_saw_the_two_the_other_way_round_agree_in_their_scores() -> None:
    one = study(Preference())
    rate(one, "ana", ("r0", "r1"), [verdict("r0", "r1", "right", 2)])
    rate(one, "bo", ("r1", "r0"), [verdict("r1", "r0", "left", 2)])
    assert one.scores().select("rater", "score", "label").rows() == [
        ("ana", 2.0, "second better"),
        ("bo", 2.0, "second better"),
    ]
    rows = one.comparisons().select("left", "right", "winner", "loser", "tie", "strength", "left_model", "right_model")
    assert rows.rows() == [
        ("r0", "r1", "r1", "r0", False, 2, "m0", "m1"),
        ("r1", "r0", "r1", "r0", False, -2, "m1", "m0"),
    ]


def test_neither_is_no_tie_and_has_no_number() -> None:
    one = study(Preference(neither=True))
    rate(one, "ana", ("r0", "r1"), [verdict("r0", "r1", "neither")])
    rate(one, "bo", ("r0", "r1"), [verdict("r0", "r1", "tie")])
    assert one.scores().select("score", "label").rows() == [(None, "neither"), (0.0, "equal")]
    assert one.comparisons().select("winner", "tie", "neither", "strength").rows() == [
        (None, False, True, None),
        (None, True, False, 0),
    ]


def test_every_pair_that_was_shown_takes_a_verdict() -> None:
    one = study(Preference(), n=3)
    pairs = Preference().pairs(("r2", "r0", "r1"))
    with pytest.raises(AnswerError, match="a verdict on each of 3 pairs \\(got 1\\)"):
        rate(one, "ana", ("r2", "r0", "r1"), [verdict(*pairs[0], "tie")])
    turned = [verdict(right, left, "tie") for left, right in pairs]
    with pytest.raises(AnswerError, match="the pairs that were shown"):
        rate(one, "ana", ("r2", "r0", "r1"), turned)
    rate(one, "ana", ("r2", "r0", "r1"), [verdict(*pair, "left", 1) for pair in reversed(pairs)])
    assert one.comparisons().select("left", "right").rows() == pairs


@given(st.integers(2, 9))
def test_all_play_all_meets_every_pair_once_and_no_response_stands_left_more_often_than_it_must(n: int) -> None:
    ids = [f"r{place}" for place in range(n)]
    pairs = Preference().pairs(ids)
    assert {frozenset(pair) for pair in pairs} == {frozenset(pair) for pair in combinations(ids, 2)}
    assert len(pairs) == n * (n - 1) // 2
    lefts = Counter(left for left, _ in pairs)
    assert max(lefts.values()) - min(lefts[one] for one in ids) <= 2


@given(st.integers(3, 9), st.integers(1, 36))
def test_a_budget_meets_each_response_equally_often(n: int, budget: int) -> None:
    ids = [f"r{place}" for place in range(n)]
    pairs = Preference(budget=budget).pairs(ids)
    assert len(pairs) == min(budget, n * (n - 1) // 2)
    assert len({frozenset(pair) for pair in pairs}) == len(pairs)
    met = Counter(one for pair in pairs for one in pair)
    assert max(met[one] for one in ids) - min(met[one] for one in ids) <= (1 if n % 2 == 0 else 2)


def test_the_page_learns_neither_ids_nor_the_order_of_the_item() -> None:
    scale = Preference()
    place = place_of(ITEM, None, ("r1", "r0"))
    stored = scale.check_at([verdict("r1", "r0", "left", 3)], place)
    shown = scale.to_page(stored, {"r0": "key-a", "r1": "key-b"}.__getitem__)
    assert shown == [{"left": "key-b", "right": "key-a", "choice": "left", "strength": 3}]
    assert scale.asks(place) == {"pairs": [[0, 1]]}
    back = scale.from_page(shown, lambda key: {"key-a": "r0", "key-b": "r1"}[str(key)])
    assert scale.check_at(back, place) == stored


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_nothing_that_a_page_can_send_ends_in_another_error(value: Any) -> None:
    scale = Preference()
    with contextlib.suppress(AnswerError):
        scale.check_at(scale.from_page(value, str), place_of(ITEM, None))
