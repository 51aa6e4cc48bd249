"""Raters learn no model and no id of a response, on whatever scale they answer, and whatever goes wrong."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest

import rubricwidgets as rw
from rubricwidgets.scales import SCALES
from rubricwidgets.widgets.conversation_protocol import blinded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.widgets.conftest import Page

MODELS = ("aster-9b", "birch-70b", "cedar-7b")
#: Every kind of scale, in the forms whose answers differ.
ASKED = {
    "binary": rw.Binary(),
    "ordinal": rw.Ordinal(1, 5),
    "continuous": rw.Continuous(0, 1),
    "nominal": rw.Nominal(["law", "health"], multiple=True, severities=["low", "high"]),
    "preference": rw.Preference(neither=True),
    "ranking": rw.Ranking(ties=True),
    "ends": rw.Ranking(best_worst=True),
    "checklist": rw.Checklist(["Is short", {"text": "Is kind", "check": "max_words", "limit": 20}], from_item=True),
    "spans": rw.Spans(["style"], severities=["minor", "major"], targets=["prompt", "response"]),
    "text": rw.Text(min_length=3),
}
WHICH = pytest.mark.parametrize("name", ASKED)


def study(name: str) -> rw.Study:
    items = [
        {
            "id": f"{MODELS[0]} on {number}",
            "prompt": f"Question {number}?",
            "responses": [
                {"id": f"{model}__{number}", "text": f"Answer {place} to {number}, in some words.", "model": model}
                for place, model in enumerate(MODELS)
            ],
            "criteria": [{"id": "own", "text": "Is whole"}],
            "made_with": MODELS[1],
        }
        for number in range(3)
    ]
    scale = ASKED[name]
    asked = rw.Dimension("asked", "How is it?", scale, rationale=rw.Rationale("required", min_length=3))
    one = rw.Study("blind", items=items, rubric=rw.Rubric("blind", dimensions=[asked]), store="memory")
    rw.simulate(one, raters=1, noise=0)
    return one


def told(page: Page) -> str:
    return json.dumps(page.got, ensure_ascii=False).casefold()


def hush(page: Page) -> None:
    """Assert that nothing that was sent names a model or a response's own id."""
    for secret in MODELS:
        assert secret not in told(page), secret


def spoilt(value: Any) -> Iterator[Any]:
    """Yield what a page could send in place of an answer: a part taken away, said twice, or something else."""
    yield from (None, "nonsense", 99, [], {}, [None])
    if isinstance(value, list):
        for place, part in enumerate(value):
            yield [*value[:place], *value[place + 1 :]]
            yield [*value, part]
            yield from ([*value[:place], other, *value[place + 1 :]] for other in spoilt(part))
    elif isinstance(value, dict):
        for key, part in value.items():
            yield {other: value[other] for other in value if other != key}
            yield from ({**value, key: other} for other in spoilt(part))


def test_every_kind_of_scale_is_here() -> None:
    assert {scale.kind for scale in ASKED.values()} == set(SCALES)


@WHICH
def test_no_message_names_a_model(name: str, pages: Callable[[rw.Study, str], Page]) -> None:
    page = pages(study(name), "simulated-1")
    page.ask("hello", tab="t1")
    for index in range(3):
        page.ask("get", index=index)
        page.ask("history", index=index)
    page.ask("previews", **{"from": 0, "count": 3})
    assert [one["kind"] for one in page.got].count("item") == 3
    assert '"value"' in told(page)
    hush(page)


@WHICH
def test_no_refusal_names_a_model_or_a_response(name: str, pages: Callable[[rw.Study, str], Page]) -> None:
    one = study(name)
    page = pages(one, "simulated-1")
    shown = page.item(0)
    saved = shown["rating"]["answers"]
    keys = [response["key"] for response in shown["responses"]]
    good = next((answer for answer in saved if answer["value"]), saved[0])
    refused = 0
    for wrong in [*spoilt(good["value"]), good["value"]]:
        answers = [{**answer, "value": wrong} if answer is good else answer for answer in saved]
        rating = {
            "id": str(uuid.uuid4()),
            "item": shown["key"],
            "index": 0,
            "status": "rated",
            "flagged": False,
            "note": "",
            "reason": "",
            "base": None,
            "order": keys,
            "seconds": 1.0,
            "tab": "t1",
            "submitted_at": 1_780_000_000_000,
            "rubric": one.rubric.hash,
            "answers": answers,
        }
        said = page.ask("submit", rating=rating)
        refused += said["kind"] == "nack"
    assert refused
    hush(page)
    # What is wrong names the place on the page and no other: keys of this item, and none of the rest.
    others = {response["key"] for index in (1, 2) for response in page.item(index)["responses"]}
    nacks = json.dumps([one for one in page.got if one["kind"] == "nack"])
    assert not [key for key in others if key in nacks]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("aster-9b is overloaded", "(model) is overloaded"),
        ("https://host/v1/ASTER-9B?x", "https://host/v1/(model)?x"),
        ("aster-9b-long refused; aster-9b did not", "(model) refused; (model) did not"),
        ("masters and aster-9bx are other words", "masters and aster-9bx are other words"),
        ("a.b and axb", "(model) and axb"),
        ("nothing to hide", "nothing to hide"),
        ("", ""),
    ],
)
def test_what_a_model_raised_is_shown_without_its_name(words: str, expected: str) -> None:
    assert blinded(words, ["aster-9b", "aster-9b-long", "a.b", ""]) == expected
