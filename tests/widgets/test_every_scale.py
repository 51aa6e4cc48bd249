"""The widget's promises over every kind of answer: it comes back as it was given, once, and nonsense is refused in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import rubricwidgets as rw
from tests.widgets.conftest import Page, answer

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS = ["alpha", "beta", "gamma"]
GROUPS = {"Crime": ["theft", "fraud"], "Harm": ["self", "others"]}
#: A scale, and an answer to it in the page's own words: of the keys of three responses, and what the scale asks of the item.
SCALES: dict[str, tuple[rw.Scale, Callable[[list[str], Any], object]]] = {
    "ordinal": (rw.Ordinal(1, 5), lambda _keys, _asks: 3),
    "continuous": (rw.Continuous(0, 100, step=1), lambda _keys, _asks: 50),
    "binary": (rw.Binary(), lambda _keys, _asks: False),
    "one": (rw.Nominal(KINDS), lambda _keys, _asks: "beta"),
    "many": (rw.Nominal(KINDS, multiple=True), lambda _keys, _asks: ["alpha", "gamma"]),
    "nested": (rw.Nominal(GROUPS, multiple=True), lambda _keys, _asks: ["Crime/fraud", "Harm/self"]),
    "severity": (
        rw.Nominal(KINDS, severities=["low", "high"]),
        lambda _keys, _asks: {"category": "beta", "severity": "high"},
    ),
    "preference": (
        rw.Preference(strength=1),
        lambda keys, asks: [
            {"left": keys[left], "right": keys[right], "choice": "left", "strength": 1} for left, right in asks["pairs"]
        ],
    ),
    "ranking": (rw.Ranking(ties=True), lambda keys, _asks: [[keys[2]], [keys[0], keys[1]]]),
    "best_worst": (rw.Ranking(best_worst=True), lambda keys, _asks: {"best": keys[1], "worst": keys[0]}),
    "checklist": (
        rw.Checklist(["Short", "Polite"]),
        lambda _keys, _asks: [{"criterion": "c1", "met": True}, {"criterion": "c2", "met": False}],
    ),
    "spans": (
        rw.Spans(["fact", "style"], targets=["prompt"]),
        lambda _keys, _asks: [{"target": "prompt", "start": 0, "end": 3, "category": "fact", "severity": "minor"}],
    ),
    "text": (rw.Text(), lambda _keys, _asks: "A better one."),
}


@pytest.fixture(params=SCALES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def study(name: str) -> rw.Study:
    scale, _ = SCALES[name]
    rubric = rw.Rubric("every", dimensions=[rw.Dimension("asked", "How?", scale, about="item")])
    items = [{"id": f"i{n}", "prompt": "The moon.", "responses": ["a", "b", "c"]} for n in range(2)]
    return rw.Study("every", items=items, rubric=rubric, store="memory")


@pytest.fixture
def given(page: Page, name: str) -> object:
    shown = page.item(0)
    _, make = SCALES[name]
    return make([response["key"] for response in shown["responses"]], shown["asks"].get("asked", {}).get(""))


def value_of(rating: dict[str, Any]) -> object:
    (one,) = rating["answers"]
    return one["value"]


def holds(back: object, given: object) -> bool:
    """Whether an answer came back: what a scale adds to the parts that were given is its own."""
    if isinstance(given, dict):
        return isinstance(back, dict) and all(key in back and holds(back[key], one) for key, one in given.items())
    if isinstance(given, list):
        return isinstance(back, list) and len(back) == len(given) and all(map(holds, back, given))
    return back == given and isinstance(back, bool) == isinstance(given, bool)


def test_it_comes_back_as_it_was_given(page: Page, given: object) -> None:
    ack = page.ask("submit", rating=page.rating(0, answers=[answer("asked", None, given)]))
    assert (ack["kind"], ack.get("status")) == ("ack", "stored"), ack
    assert holds(value_of(ack["current"]), given)
    assert holds(value_of(page.item(0)["rating"]), given)
    assert page.item(1)["rating"] is None


def test_what_came_back_can_be_given_again(page: Page, given: object) -> None:
    """A rating that is opened and submitted unchanged is the same answer, whatever the scale has added to it."""
    first = page.ask("submit", rating=page.rating(0, answers=[answer("asked", None, given)]))["current"]
    again = page.rating(0, answers=first["answers"], base=first["id"])
    ack = page.ask("submit", rating=again)
    assert (ack.get("status"), ack.get("revision")) == ("stored", 2), ack
    assert value_of(ack["current"]) == value_of(first)


def test_what_is_sent_twice_is_saved_once(page: Page, study: rw.Study, given: object) -> None:
    rating = page.rating(0, answers=[answer("asked", None, given)])
    page.ask("submit", rating=rating)
    assert page.ask("submit", rating=rating)["status"] == "duplicate"
    assert study.ratings().height == 1


@pytest.mark.parametrize("nonsense", [{"of": "no scale"}, [[["deep"]]], -7.25, [None]], ids=repr)
def test_nonsense_is_refused_and_nothing_is_saved(page: Page, study: rw.Study, nonsense: object) -> None:
    nack = page.ask("submit", rating=page.rating(0, answers=[answer("asked", None, nonsense)]))
    assert (nack["kind"], nack.get("retry")) == ("nack", False), nack
    assert nack["error"]
    assert study.ratings().is_empty()


def test_a_page_that_knows_no_scale_is_sent_its_control_unless_it_starts_with_it(page: Page, study: rw.Study) -> None:
    kind = study.rubric["asked"].scale.kind
    page.tell("hello", tab="t", knows=["binary", "ordinal"])
    sent = [one["name"] for one in page.got if one["kind"] == "chunk"]
    assert sent == ([] if kind in ("binary", "ordinal") else [f"scale:{kind}"])
