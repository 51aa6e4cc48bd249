"""A rating is held against its rubric, and everything that is wrong is said at once."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import pytest

import rubricwidgets as rw
from rubricwidgets.errors import AnswerError
from rubricwidgets.ratings import check

RUBRIC = rw.Rubric(
    "r",
    dimensions=[
        rw.Dimension(
            "tone", "?", rw.Ordinal(1, 5, not_applicable=True), rationale=rw.Rationale(required_at_most=2, min_length=5)
        ),
        rw.Dimension("plain", "?", rw.Ordinal(1, 5), rationale=rw.Rationale("never"), required=False),
        rw.Dimension("clear", "?", rw.Binary(), about="item"),
    ],
)
ITEM = rw.Item("p", responses=[rw.Response("a", id="secret-a"), rw.Response("b", id="secret-b")], id="i")
WHOLE = (
    rw.Answer("tone", 3, response="secret-a"),
    rw.Answer("tone", None, response="secret-b", not_applicable=True),
    rw.Answer("clear", True),
)


def rating(*answers: rw.Answer, **changed: Any) -> rw.Rating:
    return rw.Rating(str(uuid.uuid4()), "i", "ana", answers, **changed)


def problems(*answers: rw.Answer, **changed: Any) -> list[str]:
    with pytest.raises(AnswerError) as caught:
        check(rating(*answers, **changed), RUBRIC, ITEM)
    for problem in caught.value.problems:
        assert "secret" not in problem.message
    return [problem.message for problem in caught.value.problems]


def test_a_whole_rating_passes() -> None:
    assert check(rating(*WHOLE), RUBRIC, ITEM).answers == WHOLE


def test_everything_that_is_wrong_is_said_at_once() -> None:
    assert problems(rw.Answer("tone", 9, response="secret-a"), rw.Answer("tnoe", 1), rw.Answer("clear", "yes")) == [
        "'tone' takes 1 to 5 (got 9)",
        "there is no dimension 'tnoe'; did you mean 'tone'?",
        "'clear' takes true (Yes) or false (No) (got 'yes')",
        "'tone' is not answered",
    ]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (rw.Answer("tone", 3), "'tone' takes the id of one of the item's responses (got none)"),
        (rw.Answer("tone", 3, response="other"), "'tone' takes the id of one of the item's responses"),
        (rw.Answer("clear", True, response="secret-a"), "'clear' is about the item and takes no response"),
        (rw.Answer("clear", None, not_applicable=True), "not applicable is not among its answers"),
        (rw.Answer("plain", 3, response="secret-a", rationale="why"), "'plain' takes no rationale"),
        (rw.Answer("tone", 2, response="secret-a"), "'tone' needs a rationale of at least 5 characters here"),
        (rw.Answer("tone", 2, response="secret-a", rationale="  🙂🙂🙂🙂 "), "(got 4: 1 more)"),
        (rw.Answer("tone", True, response="secret-a"), "'tone' takes 1 to 5 (got True)"),
    ],
)
def test_an_answer_that_is_not_allowed_is_said(answer: rw.Answer, words: str) -> None:
    rest = [one for one in WHOLE if (one.dimension, one.response) != (answer.dimension, answer.response)]
    assert any(words in problem for problem in problems(answer, *rest))


def test_the_length_of_a_rationale_is_in_code_points() -> None:
    assert check(rating(rw.Answer("tone", 1, response="secret-a", rationale="🙂" * 5), *WHOLE[1:]), RUBRIC, ITEM)


def test_an_answer_given_twice_is_said() -> None:
    assert "'clear' is answered 2 times" in problems(*WHOLE, rw.Answer("clear", False))


def test_a_skip_may_be_incomplete_but_not_wrong() -> None:
    assert check(rating(status="skipped", reason="r"), RUBRIC, ITEM).answers == ()
    assert problems(rw.Answer("tone", 9, response="secret-a"), status="skipped") == ["'tone' takes 1 to 5 (got 9)"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"id": "x"}, "'id' takes a UUID"),
        ({"rater": " "}, "'rater' takes text"),
        ({"status": "done"}, "'status' takes 'rated' or 'skipped'"),
        ({"submitted_at": datetime(2026, 1, 1)}, "a time with a time zone"),  # noqa: DTZ001 - the fault is the point
    ],
)
def test_a_rating_that_cannot_be_is_refused(changed: dict[str, Any], words: str) -> None:
    fields: dict[str, Any] = {"id": str(uuid.uuid4()), "item": "i", "rater": "ana", **changed}
    with pytest.raises(AnswerError, match=words):
        rw.Rating(**fields)
