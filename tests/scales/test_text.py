"""Words that a rater writes: how long they may be, what they start from, the frame of texts."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

import rubricwidgets as rw
from rubricwidgets.errors import AnswerError, ItemsError, RubricError
from rubricwidgets.ratings import place_of
from rubricwidgets.scales import scale_from_dict
from rubricwidgets.scales.text import Text

ITEM = rw.Item(
    [
        {"role": "user", "content": "First?"},
        {"role": "assistant", "content": "Yes."},
        {"role": "user", "content": "Why?"},
    ],
    [rw.Response("Because.", id="r", model="m")],
    id="i",
    context="The context.",
    reference="The reference.",
)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"min_length": -1}, "'min_length' takes a whole number of characters from 0 \\(got -1\\)"),
        (
            {"min_length": 20, "max_length": 10},
            "'max_length' takes a whole number of characters from 20, or None \\(got 10\\)",
        ),
        ({"starts_from": "respons"}, "did you mean 'response'\\?"),
    ],
)
def test_a_wrong_field_is_named(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(RubricError, match=words):
        Text(**fields)


def test_it_goes_to_a_file_and_back() -> None:
    scale = Text(min_length=2, max_length=9, starts_from="prompt", not_applicable=True)
    assert scale_from_dict(scale.to_dict()) == scale


def test_length_is_counted_in_characters_as_a_person_types_them() -> None:
    scale = Text(min_length=3, max_length=4)
    assert scale.check("  😀😀😀  ") == "  😀😀😀  "
    with pytest.raises(AnswerError, match="at least 3 characters \\(got 2: 1 more\\)"):
        scale.check(" ab ")
    with pytest.raises(AnswerError, match="at most 4 characters \\(got 6: 2 fewer\\)"):
        scale.check("abcdef")
    with pytest.raises(AnswerError, match="at least 1 character \\(got 0: 1 more\\)"):
        Text().check("   ")


def test_what_no_store_could_keep_is_refused() -> None:
    with pytest.raises(AnswerError, match="text that can be stored"):
        Text().check("half \ud83d of it")


@pytest.mark.parametrize(
    ("starts_from", "text"),
    [
        ("response", "Because."),
        ("reference", "The reference."),
        ("context", "The context."),
        ("prompt", "Why?"),
        (None, None),
    ],
)
def test_the_editor_begins_with_what_the_scale_says(starts_from: Any, text: str | None) -> None:
    assert Text(starts_from=starts_from).start(place_of(ITEM, "r")) == text


def test_an_item_without_what_the_editor_begins_with_is_refused_before_anybody_writes() -> None:
    rubric = rw.Rubric("write", dimensions=[rw.Dimension("ideal", "Write it.", Text(starts_from="reference"))])
    with pytest.raises(ItemsError, match="'ideal' starts from the item's reference, and this one has none"):
        rw.Study("write", items=[{"id": "i", "prompt": "p", "response": "r"}], rubric=rubric, store="memory")


def test_texts_come_with_what_they_were_begun_with() -> None:
    dimension = rw.Dimension("ideal", "Correct it.", Text(starts_from="response"))
    study = rw.Study("write", items=[ITEM], rubric=rw.Rubric("write", dimensions=[dimension]), store="memory")
    answer = rw.Answer("ideal", "Because of that. ", response="r")
    study.append([rw.Rating(str(uuid.uuid4()), "i", "ana", (answer,), rubric=study.rubric.hash)])
    rows = study.texts().select(
        "item", "response", "model", "rater", "dimension", "text", "starts_from", "n_characters"
    )
    assert rows.rows() == [("i", "r", "m", "ana", "ideal", "Because of that. ", "Because.", 16)]
