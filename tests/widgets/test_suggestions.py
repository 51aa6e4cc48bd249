"""What a program says of a criterion reaches the page after the rater's own verdict, and never before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import rubricwidgets as rw
from rubricwidgets.checks import CHECKS, register_check
from rubricwidgets.scales.checklist import Checklist
from rubricwidgets.widgets import protocol
from tests.widgets.conftest import MODELS, Page, answer

if TYPE_CHECKING:
    from collections.abc import Iterator

CRITERIA = [{"id": "long", "text": "Is long", "check": "min_words", "limit": 40}, "Is kind"]


@pytest.fixture
def rubric() -> rw.Rubric:
    return rw.Rubric(
        "pilot",
        dimensions=[
            rw.Dimension("accuracy", "?", rw.Ordinal(1, 5)),
            rw.Dimension("form", "?", Checklist(CRITERIA)),
            rw.Dimension("expert", "?", Checklist(from_item=True)),
            rw.Dimension("safe", "?", rw.Binary(), about="item"),
        ],
    )


@pytest.fixture
def items(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    own = {"id": "own", "text": "Is right", "check": "sees_secret"}
    return [{**item, "criteria": {"expert": [own, "Is brief"]}} for item in items]


@pytest.fixture(autouse=True)
def sees_secret() -> Iterator[None]:
    @register_check
    def sees_secret(text: str, *, item: rw.Item) -> tuple[bool, str]:
        if text.startswith("Answer 1"):
            msg = item.response(f"{MODELS[1]}/0")
            raise KeyError(msg)
        return False, "as computed"

    yield
    del CHECKS["sees_secret"]


def keys_of(page: Page, index: int = 0) -> dict[str, str]:
    return {response["text"][:8]: response["key"] for response in page.item(index)["responses"]}


def suggest(page: Page, value: Any, response: str | None, dimension: str = "form") -> dict[str, Any]:
    got = page.ask("suggest", index=0, dimension=dimension, response=response, value=value)
    assert (got["kind"], got["dimension"], got["response"]) == ("suggestions", dimension, response)
    found: dict[str, Any] = got["found"]
    return found


def test_no_verdict_travels_with_the_item_or_the_greeting(page: Page) -> None:
    page.ask("hello", tab="t")
    shown = page.item(0)
    assert [one["check"] for one in shown["asks"]["expert"][keys_of(page)["Answer 0"]]["criteria"]] == [True, False]
    for message in page.got:
        assert "as computed" not in json.dumps(message)
        assert "sees_secret" not in json.dumps(message)
        assert '"machine"' not in json.dumps(message)
    assert "form" not in shown["asks"]


def test_the_programs_word_comes_for_what_was_judged(page: Page) -> None:
    key = keys_of(page)["Answer 0"]
    assert suggest(page, [{"criterion": "long", "met": True}], key) == {"long": {"met": False, "note": "4 words"}}
    assert suggest(page, [{"criterion": "c2", "met": True}], key) == {}
    assert suggest(page, [], key) == {}
    assert suggest(page, [{"criterion": "long", "evidence": {"start": 0, "end": 1, "text": "A"}}], key) == {}
    assert suggest(page, [{"criterion": "own", "met": None}], key, "expert") == {
        "own": {"met": False, "note": "as computed"}
    }


def test_a_check_that_raises_says_nothing_of_models_to_the_page(page: Page, study: rw.Study) -> None:
    key = keys_of(page)["Answer 1"]
    assert suggest(page, [{"criterion": "own", "met": True}], key, "expert") == {"own": {"met": None, "note": ""}}
    ack = page.ask("submit", rating=page.rating(0, answers=whole(page)))
    assert ack["status"] == "stored"
    page.item(0)
    page.ask("history", index=0)
    assert not any(model in json.dumps(message) for message in page.got for model in MODELS)
    assert study.checks()["machine_note"].drop_nulls().str.contains("KeyError").any()


@pytest.mark.parametrize(
    "message",
    [
        {"index": 99, "dimension": "form", "response": None},
        {"index": 0, "dimension": "from", "response": None},
        {"index": 0, "dimension": "form", "response": None},
        {"index": 0, "dimension": "form", "response": "nobody"},
    ],
)
def test_a_question_about_nothing_that_is_asked_gets_no_answer(page: Page, message: dict[str, Any]) -> None:
    page.widget._receive(page.widget, {"v": 1, "kind": "suggest", "value": [], **message}, [])  # noqa: SLF001
    assert page.got == []


def test_scales_without_programs_and_odd_values_get_an_empty_answer(page: Page) -> None:
    key = keys_of(page)["Answer 0"]
    assert suggest(page, 4, key, "accuracy") == {}
    assert suggest(page, True, None, "safe") == {}
    for value in ("x", 3, None, [3], [{"criterion": 4, "met": True}], [{"criterion": "gone", "met": True}]):
        assert suggest(page, value, key) == {}


def whole(page: Page, *, met: bool = True) -> list[dict[str, Any]]:
    form = [
        {"criterion": "c2", "met": None},
        {"criterion": "long", "met": met, "machine": True, "points": 50, "before": not met},
    ]
    expert = [{"criterion": "own", "met": met}, {"criterion": "c2", "met": False}]
    return [
        one
        for key in keys_of(page).values()
        for one in (answer("accuracy", key, 4), answer("form", key, form), answer("expert", key, expert))
    ] + [answer("safe", None, True)]


def test_both_verdicts_are_stored_whatever_the_page_says_of_the_programs(page: Page, study: rw.Study) -> None:
    ack = page.ask("submit", rating=page.rating(0, answers=whole(page)))
    assert ack["status"] == "stored"
    rows = study.checks().filter(dimension="form", criterion="long")
    assert (
        rows.select("met", "machine", "machine_note", "points", "met_before", "changed").rows()
        == [(True, False, "4 words", 1.0, False, True)] * 2
    )
    assert study.scores().filter(dimension="form")["score"].to_list() == [1.0, 1.0]
    # What is saved comes back with the program's word, since the rater has given theirs.
    (saved,) = {json.dumps(one["value"]) for one in page.item(0)["rating"]["answers"] if one["dimension"] == "form"}
    assert json.loads(saved)[0] == {
        "criterion": "long",
        "met": True,
        "points": 1,
        "before": False,
        "machine": False,
        "note": "4 words",
    }


def test_a_rating_without_a_required_verdict_is_refused_and_a_skip_keeps_what_there_is(
    page: Page, study: rw.Study
) -> None:
    answers = whole(page)
    answers[1]["value"] = [{"criterion": "long", "met": True}, {"criterion": "c2", "evidence": {"start": 0, "end": 6}}]
    nack = page.ask("submit", rating=page.rating(0, answers=answers))
    assert nack["kind"] == "nack"
    assert "'form' takes a verdict on each criterion (1 of 2 left: 'c2')" in nack["error"]
    assert page.ask("submit", rating=page.rating(0, answers=answers, status="skipped", reason="odd"))["kind"] == "ack"
    assert study.checks().is_empty()


def test_the_message_is_read_strictly() -> None:
    message = {"v": 1, "kind": "suggest", "index": 2, "dimension": "form", "response": "k", "value": [1]}
    assert protocol.parse(message) == protocol.Suggest(2, "form", "k", [1])
    assert protocol.parse({**message, "response": None}) == protocol.Suggest(2, "form", None, [1])
    for odd in ({"index": -1}, {"dimension": 3}, {"response": 3}):
        with pytest.raises(protocol.ProtocolError):
            protocol.parse({**message, **odd})
