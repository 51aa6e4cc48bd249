"""Orders are each rater's own, the same on every machine, and keep their shape when items are added."""

from __future__ import annotations

from typing import Any

import pytest

import rubricwidgets as rw
from rubricwidgets.errors import InputError
from rubricwidgets.process.plan import item_key, item_order, response_key, response_order

IDS = [f"item-{n}" for n in range(50)]


def test_an_order_is_a_raters_own_and_always_the_same() -> None:
    ana = item_order(rw.Plan(), "ana", IDS)
    assert sorted(ana) == sorted(IDS)
    assert ana == item_order(rw.Plan(), "ana", reversed(IDS))
    assert ana != item_order(rw.Plan(), "bo", IDS)
    assert ana != item_order(rw.Plan(seed=1), "ana", IDS)
    assert item_order(rw.Plan(shuffle_items=False), "ana", IDS) == IDS


def test_an_item_that_is_added_leaves_the_others_in_their_order() -> None:
    more = item_order(rw.Plan(), "ana", [*IDS, "new"])
    assert [one for one in more if one != "new"] == item_order(rw.Plan(), "ana", IDS)


def test_responses_stand_first_about_as_often_as_each_other() -> None:
    first = sum(response_order(rw.Plan(), "ana", f"i{n}", ["a", "b"])[0] == "a" for n in range(1000))
    assert 430 < first < 570
    assert response_order(rw.Plan(shuffle_responses=False), "ana", "i", ["b", "a"]) == ["b", "a"]


def test_keys_tell_nothing_and_never_meet() -> None:
    keys = {item_key("study", one) for one in IDS} | {response_key("study", one, "r") for one in IDS}
    assert len(keys) == 2 * len(IDS)
    assert all(len(key) == 12 and "item" not in key for key in keys)
    assert response_key("s", "ab", "c") != response_key("s", "a", "bc")
    assert item_key("other", IDS[0]) != item_key("study", IDS[0])


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"seed": 1.5}, "'seed' takes a whole number"),
        ({"shuffle_items": 1}, "'shuffle_items' takes True or False"),
        ({"reference": "shwon"}, "'reference' takes one of on_request, shown, hidden"),
        ({"idle_cap": 0}, "'idle_cap' takes seconds above 0"),
        ({"sede": 1}, "did you mean 'seed'"),
    ],
)
def test_a_wrong_plan_is_refused_in_words(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        rw.Plan(**wrong)
    assert rw.Plan.from_dict(rw.Plan(seed=3).to_dict()) == rw.Plan(seed=3)
