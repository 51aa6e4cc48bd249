"""What the page sends is untrusted: each field is checked, and words say what is wrong."""

from __future__ import annotations

import re

import pytest

import rubricwidgets as rw
from rubricwidgets.process.lineup import Lineup
from rubricwidgets.widgets import protocol
from rubricwidgets.widgets.messages import Chunk


def message(kind: str, **fields: object) -> dict[str, object]:
    return {"v": 1, "kind": kind, **fields}


def test_every_kind_of_message_is_read() -> None:
    identity = "0190b7a1-9d2c-4c3a-8f21-5a6c1f0e9a11"
    assert protocol.parse(message("hello", tab="t1")) == protocol.Hello(tab="t1")
    assert protocol.parse(message("hello", tab="t1", knows=["a"])) == protocol.Hello(tab="t1", knows=frozenset("a"))
    assert protocol.parse(message("get", index=3)) == protocol.Get(index=3)
    assert protocol.parse(message("previews", **{"from": 5, "count": 20})) == protocol.Previews(start=5, count=20)
    assert protocol.parse(message("history", index=0)) == protocol.History(index=0)
    assert protocol.parse(message("chunk", name="maths")) == Chunk(name="maths")
    submit = protocol.parse(message("submit", rating={"id": identity, "index": 2}))
    assert isinstance(submit, protocol.Submit)
    assert (submit.id, submit.index) == (identity, 2)


def test_one_request_for_previews_never_asks_for_the_whole_study() -> None:
    assert protocol.parse(message("previews", **{"from": 0, "count": 10_000})) == protocol.Previews(
        start=0, count=protocol.MAX_PREVIEWS
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "'message' takes an object (got NoneType)"),
        ([], "'message' takes an object (got list)"),
        ({}, "the page speaks version None of the protocol"),
        ({"v": 2, "kind": "hello"}, "save the notebook, reload the page and run the cell again"),
        (message("dance"), "'kind' takes a message of protocol 1 (got 'dance')"),
        (message("hello"), "'tab' takes text (got NoneType)"),
        (message("hello", tab="t", knows="all"), "'knows' takes a list (got str)"),
        (message("get", index=-1), "'index' takes a whole number from 0 (got -1)"),
        (message("get", index=True), "'index' takes a whole number from 0 (got True)"),
        (message("get", index="0"), "'index' takes a whole number from 0 (got '0')"),
        (
            message("chunk", name="../rating"),
            "'chunk.name' takes one of diff, highlight, markdown, maths (got '../rating')",
        ),
        (message("submit"), "'rating' takes an object (got NoneType)"),
        (message("submit", rating={"id": "1; DROP TABLE"}), "'rating.id' takes a UUID (got '1; DROP TABLE')"),
        (message("hello", tab="x" * 1_000_001), "'tab' takes at most 1,000,000 characters (got 1,000,001)"),
    ],
)
def test_a_message_that_no_page_of_ours_sends_is_refused_in_words(content: object, words: str) -> None:
    with pytest.raises(protocol.ProtocolError, match=re.escape(words)):
        protocol.parse(content)


def test_a_warning_goes_to_the_page_and_stands_for_the_prompt_in_the_list() -> None:
    own = rw.Item("A gruesome prompt", "b", content_warning="Describes\nan injury.")
    bare = rw.Item("A prompt", "b")
    rubric = rw.Rubric("r", dimensions=(rw.Dimension("ok", "?", rw.Binary()),))
    warned = rubric.replace(content_warning="May be unpleasant.")
    lineup = Lineup([own, bare], rw.Plan(), "study", "ana")
    shown = [
        protocol.shown_item(item, lineup, rub, None)["content_warning"]
        for rub in (rubric, warned)
        for item in (own, bare)
    ]
    assert shown == ["Describes\nan injury.", None, "Describes\nan injury.", "May be unpleasant."]
    assert protocol.preview(own, rubric) == "Content warning: Describes an injury."
    assert protocol.preview(bare, rubric) == "A prompt"
    assert protocol.preview(bare, warned) == "Content warning: May be unpleasant."
