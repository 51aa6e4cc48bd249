"""Dimensions that are asked only after certain answers."""

from __future__ import annotations

import json
import uuid
from typing import Any

import numpy as np
import pytest

import rubricwidgets as rw
from rubricwidgets.errors import AnswerError, RubricError

SAFE = rw.Dimension("safe", "Is it safe?", rw.Binary(not_applicable=True))
HARM = rw.Dimension("harm", "How bad is it?", rw.Ordinal(1, 4), ask_when=rw.AskWhen("safe", one_of=[False]))
WHOM = rw.Dimension("whom", "Whom?", rw.Nominal(["user", "others"]), ask_when=rw.AskWhen("harm", at_least=3))
NOTE = rw.Dimension(
    "note", "Which policy?", rw.Nominal(["one", "two"]), about="item", ask_when=rw.AskWhen("safe", one_of=[False])
)
ITEM = rw.Item("p", [rw.Response("a", id="a"), rw.Response("b", id="b")], id="i")


def study(*dimensions: rw.Dimension) -> rw.Study:
    return rw.Study("asked", items=[ITEM], rubric=rw.Rubric("asked", dimensions=list(dimensions)), store="memory")


def rate(one: rw.Study, *answers: tuple[str, Any, str | None]) -> None:
    given = tuple(rw.Answer(name, value, response=response) for name, value, response in answers)
    one.append([rw.Rating(str(uuid.uuid4()), "i", "ana", given, rubric=one.rubric.hash)])


def test_what_is_not_asked_need_not_be_answered() -> None:
    one = study(SAFE, HARM, WHOM, NOTE)
    rate(one, ("safe", True, "a"), ("safe", True, "b"))
    assert one.scores().height == 2


def test_a_condition_holds_for_the_same_response_and_for_the_item_as_soon_as_one_response_meets_it() -> None:
    one = study(SAFE, HARM, NOTE)
    with pytest.raises(AnswerError, match="'harm' is not answered \\(response 'b'\\); 'note' is not answered"):
        rate(one, ("safe", True, "a"), ("safe", False, "b"))
    rate(one, ("safe", True, "a"), ("safe", False, "b"), ("harm", 2, "b"), ("note", "one", None))
    assert one.scores().height == 4


def test_conditions_go_on_through_other_conditions() -> None:
    one = study(SAFE, HARM, WHOM)
    with pytest.raises(AnswerError, match="'whom' is not answered \\(response 'a'\\)"):
        rate(one, ("safe", False, "a"), ("harm", 3, "a"), ("safe", True, "b"))


def test_an_answer_to_what_is_not_asked_is_refused_with_the_condition() -> None:
    one = study(SAFE, HARM)
    with pytest.raises(AnswerError, match="'harm' is asked only when 'safe' is no \\(response 'a'\\)"):
        rate(one, ("safe", True, "a"), ("harm", 2, "a"), ("safe", True, "b"))


def test_not_applicable_and_unset_meet_no_condition() -> None:
    one = study(SAFE, HARM)
    given = (rw.Answer("safe", response="a", not_applicable=True), rw.Answer("safe", True, response="b"))
    one.append([rw.Rating(str(uuid.uuid4()), "i", "ana", given, rubric=one.rubric.hash)])
    assert one.scores().height == 2


def test_an_answer_that_a_later_change_hides_is_history_and_not_counted() -> None:
    one = study(SAFE, HARM)
    rate(one, ("safe", False, "a"), ("harm", 4, "a"), ("safe", True, "b"))
    first = one.ratings()["rating"][0]
    given = (rw.Answer("safe", True, response="a"), rw.Answer("safe", True, response="b"))
    one.append([rw.Rating(str(uuid.uuid4()), "i", "ana", given, base=first, rubric=one.rubric.hash)])
    assert one.scores()["dimension"].to_list() == ["safe", "safe"]
    history = one.store.history(one.id, "ana", "i")
    assert [answer.value for answer in history[0].rating.answers if answer.dimension == "harm"] == [4]


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (lambda: rw.AskWhen("saef", one_of=[False]), "'ask_when' names no dimension 'saef'; did you mean 'safe'\\?"),
        (lambda: rw.AskWhen("safe", one_of=["no"]), "waits for an answer that 'safe' cannot have: it takes true"),
        (lambda: rw.AskWhen("safe"), "takes a condition: one_of=, at_most= or at_least="),
        (lambda: rw.AskWhen("safe", one_of="no"), "'one_of' takes a list of values"),
        (lambda: rw.AskWhen("safe", at_most="low"), "'at_most' takes a number"),
    ],
)
def test_a_condition_that_can_never_hold_is_refused(condition: Any, words: str) -> None:
    with pytest.raises(RubricError, match=words):
        rw.Rubric("r", dimensions=[SAFE, rw.Dimension("harm", "How bad?", rw.Ordinal(1, 4), ask_when=condition())])


def test_categories_take_no_number_as_a_condition() -> None:
    kind = rw.Dimension("kind", "Which?", rw.Nominal(["one", "two"]))
    with pytest.raises(RubricError, match="the answers of 'kind' have no number, so 'ask_when' takes one_of= here"):
        rw.Rubric(
            "r", dimensions=[kind, rw.Dimension("more", "?", rw.Binary(), ask_when=rw.AskWhen("kind", at_most=1))]
        )


def test_a_circle_is_refused_with_its_way() -> None:
    one = rw.Dimension("one", "?", rw.Binary(), ask_when=rw.AskWhen("two", one_of=[True]))
    two = rw.Dimension("two", "?", rw.Binary(), ask_when=rw.AskWhen("one", one_of=[True]))
    with pytest.raises(RubricError, match="goes in a circle: 'one' -> 'two' -> 'one'"):
        rw.Rubric("r", dimensions=[one, two])


def test_conditions_go_to_a_file_and_back_and_leave_other_rubrics_as_they_were(tmp_path: Any) -> None:
    rubric = rw.Rubric("r", dimensions=[SAFE, HARM, WHOM])
    path = tmp_path / "rubric.yaml"
    rubric.write(path)
    assert rw.Rubric.read(path) == rubric
    assert "ask_when" not in rubric.to_dict()["dimensions"][0]


def test_values_in_a_set_are_refused_since_their_order_changes_from_run_to_run() -> None:
    with pytest.raises(RubricError, match="'one_of' takes a list, in which values have an order"):
        rw.AskWhen("safe", one_of={"violence", "self-harm"})  # type: ignore[arg-type]


def test_numbers_of_other_libraries_are_the_same_condition() -> None:
    one = rw.AskWhen("accuracy", at_most=np.int64(3), one_of=np.array([5.0]))
    assert one == rw.AskWhen("accuracy", at_most=3, one_of=(5,))
    assert json.dumps(one.to_dict()) == json.dumps(rw.AskWhen("accuracy", at_most=3, one_of=[5]).to_dict())


def asked(scale: rw.Scale, **condition: Any) -> rw.Rubric:
    required = condition.pop("required", True)
    other = rw.Dimension("accuracy", "?", scale, required=required)
    return rw.Rubric("r", [other, rw.Dimension("why", "?", rw.Text(), ask_when=rw.AskWhen("accuracy", **condition))])


@pytest.mark.parametrize(
    ("scale", "condition", "words"),
    [
        (rw.Ordinal(1, 5), {"at_most": 0}, "that 'accuracy' cannot have: its numbers are 1 to 5 \\(got at_most=0\\)"),
        (rw.Ordinal(1, 5), {"at_least": 6}, "that 'accuracy' cannot have: its numbers are 1 to 5 \\(got at_least=6\\)"),
        (rw.Ordinal(1, 5), {"at_least": 6, "one_of": [1]}, "cannot have: its numbers are 1 to 5 \\(got at_least=6\\)"),
        (rw.Continuous(0, 1), {"at_most": -0.5}, "cannot have: its numbers are 0 to 1 \\(got at_most=-0.5\\)"),
        (
            rw.Checklist(["x"]),
            {"at_least": 2},
            "cannot have: its numbers are 1 or lower \\(got at_least=2\\)",
        ),
        (rw.Spans(["x"]), {"at_most": -1}, "cannot have: its numbers are 0 or higher \\(got at_most=-1\\)"),
        (
            rw.Ordinal(1, 5),
            {"at_least": 1},
            "decides nothing, since every answer of 'accuracy' meets it: it takes 1 to 5",
        ),
        (rw.Ordinal(1, 5), {"at_most": 5}, "decides nothing"),
        (rw.Ordinal(1, 5), {"at_most": 2, "at_least": 3}, "decides nothing"),
        (rw.Ordinal(1, 3), {"at_most": 1, "one_of": [2, 3]}, "decides nothing"),
        (rw.Continuous(0, 1), {"at_most": 0.5, "at_least": 0.5}, "decides nothing"),
        (rw.Binary(), {"one_of": [True, False]}, "decides nothing"),
        (rw.Nominal(["a", "b"]), {"one_of": ["a", "b"]}, "decides nothing"),
    ],
)
def test_a_condition_that_decides_nothing_is_refused(scale: rw.Scale, condition: dict[str, Any], words: str) -> None:
    with pytest.raises(RubricError, match=f"^'why': 'ask_when' .*{words}"):
        asked(scale, **condition)


def test_whether_there_is_an_answer_at_all_is_something_to_decide_by() -> None:
    asked(rw.Ordinal(1, 5, not_applicable=True), at_least=1)
    asked(rw.Ordinal(1, 5), at_least=1, required=False)
    asked(rw.Nominal(["a", "b"], multiple=True), one_of=["a", "b"])
    asked(rw.Ordinal(1, 5), at_most=2, at_least=4)
    asked(rw.Spans(["x"]), at_least=0)


def test_no_name_is_suggested_that_would_go_in_a_circle() -> None:
    safe = rw.Dimension("safe", "?", rw.Binary(), ask_when=rw.AskWhen("saef", one_of=[True]))
    safer = rw.Dimension("safer", "?", rw.Binary(), ask_when=rw.AskWhen("safe", one_of=[True]))
    with pytest.raises(RubricError, match=r"names no dimension 'saef'; there are 'tone'$"):
        rw.Rubric("r", [rw.Dimension("tone", "?", rw.Binary()), safe, safer])
    with pytest.raises(RubricError, match=r"names no dimension 'saef'; there are no others$"):
        rw.Rubric("r", [safe])
