"""Marks in a text: which are allowed, what they weigh, how they read, and what is said of the rest."""

from __future__ import annotations

import json
import math
import re
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rubricwidgets as rw
from rubricwidgets.errors import AnswerError, RubricError, UnknownKeywordError
from rubricwidgets.ratings import check, place_of
from rubricwidgets.scales import SCALES, scale_from_dict
from rubricwidgets.scales.base import Place
from rubricwidgets.scales.spans import NO_ERRORS, Spans

ERRORS = Spans(["made up", "grammar"], severities=["minor", "major"])
MQM = Spans(
    {"Accuracy": ["Mistranslation", "Omission"], "Fluency": {"Grammar": "", "Punctuation": "commas"}, "Other": ""},
    severities=["Minor", "Major"],
    weights={"Fluency/Punctuation": {"Minor": 0.1}, "Other": 25},
)
ITEM = rw.Item(
    [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Who wrote it?"}],
    [rw.Response("Ana 🙂 wrote ét\r\nשלום", id="r")],  # noqa: RUF001
    id="i",
    context="A leaflet.",
)
PLACE = place_of(ITEM, "r")
TEXT = ITEM.responses[0].text


def mark(start: int | None = 0, end: int | None = 3, category: str = "grammar", **more: Any) -> dict[str, Any]:
    return {"start": start, "end": end, "category": category, "severity": "minor", **more}


@pytest.mark.parametrize(
    "scale",
    [ERRORS, MQM, Spans(["a"], severities=[]), Spans(["a"], targets=["response", "prompt"], not_applicable=True)],
    ids=repr,
)
def test_a_scale_survives_its_own_json(scale: Spans) -> None:
    data = scale.to_dict()
    assert json.loads(json.dumps(data)) == data
    assert scale_from_dict(data) == scale
    assert scale_from_dict(data).to_dict() == data
    assert SCALES["spans"] is Spans
    assert isinstance(hash(scale), int)


def test_subcategories_are_named_with_what_they_belong_to() -> None:
    assert MQM.names == (
        "Accuracy/Mistranslation",
        "Accuracy/Omission",
        "Fluency/Grammar",
        "Fluency/Punctuation",
        "Other",
    )
    flat = Spans(["Accuracy/Mistranslation", "Accuracy/Omission", "Fluency/Grammar", "Other"])
    assert [one["name"] for one in flat.to_dict()["categories"]] == ["Accuracy", "Fluency", "Other"]
    records = Spans([{"name": "Accuracy", "description": "What it says", "subcategories": ["Omission"]}, "Other"])
    assert records.to_dict()["categories"][0]["description"] == "What it says"
    assert records.names == ("Accuracy/Omission", "Other")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Spans([]), "'categories' takes one or more names (got 0)"),
        (lambda: Spans("ab"), "'categories' takes a list of names or a mapping of names to descriptions (got str)"),
        (lambda: Spans([" "]), "'categories' takes names (got ' ')"),
        (lambda: Spans(["a/b/c"]), "takes names with one '/' at most, before the sub-category (got 'a/b/c')"),
        (lambda: Spans(["a", "a"]), "takes each name once (got 'a' twice)"),
        (lambda: Spans(["a", "A"]), "differ by more than case (got 'a' and 'A')"),
        (lambda: Spans(["a/b", "a/b"]), "takes each name once (got 'b' twice)"),
        (
            lambda: Spans({"a": {"b": {"c": ""}}}),
            "takes two levels, and 'b' in subcategories of 'a' has sub-categories of its own",
        ),
        (lambda: Spans({"a": 3}), "'categories' takes text as description (got 3 for 'a')"),
        (lambda: Spans([{"name": "a", "descripton": ""}]), "did you mean 'description'?"),
        (lambda: Spans(["a"], severities={"minor": 1}), "numbers go to 'weights'"),
        (lambda: Spans(["a"], severities=["x", "X"]), "'severities' takes each name once (got 'X' twice)"),
        (lambda: Spans(["a"], severities=["a"], weights={"a": 1}), "names that no category has (got 'a')"),
        (lambda: Spans(["a"], severities=["grave"]), "a number for each severity (got none for 'grave')"),
        (lambda: Spans(["a"], weights={"mayor": 5}), "(got 'mayor'); did you mean 'major'?"),
        (
            lambda: Spans(["a"], weights={"a": {"mnor": 5}}),
            "takes severities for 'a' (got 'mnor'); did you mean 'minor'?",
        ),
        (lambda: Spans(["a"], weights={"minor": -1}), "takes numbers from 0 (got -1 for 'minor')"),
        (lambda: Spans(["a"], weights={"minor": math.nan}), "takes numbers from 0 (got nan for 'minor')"),
        (lambda: Spans(["a"], weights={"minor": {"major": 1}}), "one number for the severity 'minor'"),
        (lambda: Spans(["a"], targets=["reponse"]), "(got 'reponse'); did you mean 'response'?"),
        (lambda: Spans(["a"], targets=[]), "'targets' takes any of 'prompt', 'context', 'response' (got [])"),
        (lambda: Spans(["a"], severity=["x"]), "did you mean 'severities'?"),
    ],
)
def test_a_scale_that_contradicts_itself_says_where(make: Any, words: str) -> None:
    with pytest.raises((RubricError, UnknownKeywordError), match=re.escape(words)):
        make()


def test_the_most_specific_weight_counts() -> None:
    assert MQM.weight("Accuracy/Omission", "Major") == 5
    assert MQM.weight("Fluency/Punctuation", "Minor") == 0.1
    assert MQM.weight("Fluency/Punctuation", "Major") == 5
    assert MQM.weight("Other", "Minor") == 25
    assert MQM.weight("Other", None) == 25
    assert MQM.weight("Fluency/Grammar", None) is None
    assert Spans({"A": ["b", "c"]}, weights={"A": 2, "A/c": {"major": 7}}).weight("A/c", "minor") == 2
    assert Spans(["a"], severities=[]).weight("a", None) == 1
    assert Spans(["a"]).weight("a", "critical") == 25


def test_marks_read_as_the_sum_of_their_weights_and_in_words() -> None:
    tenth = mark(category="Fluency/Punctuation", severity="Minor")
    marks = MQM.check([{**tenth, "start": at} for at in (0, 1, 2)])
    assert MQM.number(marks) == 0.3
    assert MQM.label(marks) == "3 Minor Fluency/Punctuation"
    both = ERRORS.check([mark(), mark(4, 5, "made up", severity="major")])
    assert (ERRORS.number(both), ERRORS.label(both)) == (6, "1 minor grammar, 1 major made up")


def test_no_errors_found_is_an_answer_and_weighs_nothing() -> None:
    assert ERRORS.check([]) == []
    assert (ERRORS.number([]), ERRORS.label([])) == (0, NO_ERRORS)
    assert [ERRORS.coerce(one) for one in ("No-error", "no errors found", " none ", [])] == [[]] * 4
    (row,) = ERRORS.records([], PLACE)
    assert row == {"target": "response", "weight": 0.0}
    for nothing in (None, "", "nonsense", math.nan, [None], {}, 0, [[]]):
        with pytest.raises(AnswerError, match="takes a list of marks"):
            ERRORS.check(nothing)


def test_offsets_are_code_points_of_the_source() -> None:
    marks = ERRORS.check_at([mark(4, 5), mark(12, 14), mark(14, 16, "made up"), mark(16, 20)], PLACE)
    assert [row["text"] for row in ERRORS.records(marks, PLACE)] == ["🙂", "ét", "\r\n", "שלום"]
    with pytest.raises(AnswerError, match=r"inside the response, which has 20 characters \(got start=16, end=21\)"):
        ERRORS.check_at([mark(16, 21)], PLACE)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (mark(5, 3), "'start' is before their 'end' (got start=5, end=3); in mark 2 of 2"),
        (mark(3, 3), "'start' is before their 'end' (got start=3, end=3)"),
        (mark(-1, 3), "a whole number from 0 as 'start' of a mark, or None for both ends (got -1)"),
        (mark(None, 3), "or None for both ends (got None)"),
        (mark(True, 3), "(got True)"),
        (mark(1.0, 3), "(got 1.0)"),  # type: ignore[arg-type]
        (
            mark(category="gramar"),
            "'made up', 'grammar' as 'category' of a mark (got 'gramar'); did you mean 'grammar'?",
        ),
        (mark(category=["grammar"]), "as 'category' of a mark (got ['grammar'])"),  # type: ignore[arg-type]
        (mark(severity="mayor"), "as 'severity' of a mark (got 'mayor'); did you mean 'major'?"),
        (mark(severity=None), "as 'severity' of a mark (got None)"),
        (mark(target="prompt[0]"), "one of 'response' as 'target' of a mark (got 'prompt[0]')"),
        (mark(target=["response"]), "as 'target' of a mark (got ['response'])"),
        (mark(note=3), "text that can be stored as 'note'"),
        (mark(correction="\ud800"), "half of a surrogate pair"),
        (mark(colour="red"), "'note', 'correction' (got 'colour')"),
        (mark(1, 2), "takes each mark once (got 'minor grammar' twice at the same place); in mark 2 of 2"),
        ("x", "takes a list of marks"),
    ],
)
def test_a_mark_that_does_not_fit_says_what_and_which(wrong: Any, words: str) -> None:
    with pytest.raises(AnswerError) as caught:
        ERRORS.check_at([mark(1, 2), wrong], PLACE)
    assert words in str(caught.value)


def test_marks_may_overlap_and_are_kept_in_reading_order() -> None:
    scale = Spans(["a", "b"], severities=[], targets=["response", "context", "prompt"])
    given_marks = [
        {"start": None, "end": None, "category": "a"},
        {"start": 3, "end": 9, "category": "b"},
        {"start": 2, "end": 5, "category": "a"},
        {"start": 0, "end": 1, "category": "a", "target": "prompt[1]"},
        {"start": 0, "end": 1, "category": "a", "target": "context"},
        {"start": 1, "end": 2, "category": "a", "target": "prompt[0]"},
    ]
    marks = scale.check_at(given_marks, PLACE)
    assert [(one["target"], one["start"]) for one in marks] == [
        ("prompt[0]", 1),
        ("prompt[1]", 0),
        ("context", 0),
        ("response", 2),
        ("response", 3),
        ("response", None),
    ]
    assert scale.check_at(marks, PLACE) == marks
    assert [row["text"] for row in scale.records(marks, PLACE)][:3] == ["e", "W", "A"]


def test_a_single_prompt_has_no_number_and_an_item_has_no_response_to_mark() -> None:
    scale = Spans(["a"], severities=[], targets=["prompt", "response"])
    item = rw.Item("Hi there", ["Hello"], id="one")
    assert list(scale.texts(place_of(item, item.responses[0].id))) == ["prompt", "response"]
    assert list(scale.texts(Place(item, None, ()))) == ["prompt"]
    with pytest.raises(AnswerError, match="has nothing to mark here"):
        ERRORS.check_at([mark()], Place(item, None, ()))


def test_a_dimension_or_an_item_without_anything_to_mark_is_refused() -> None:
    with pytest.raises(RubricError, match="'errors' is about the item, so its 'targets' take 'prompt' or 'context'"):
        rw.Dimension("errors", "?", ERRORS, about="item")
    scale = Spans(["a"], targets=["context"])
    assert rw.Dimension("errors", "?", scale, about="item").about == "item"
    rubric = rw.Rubric("t", dimensions=[rw.Dimension("errors", "?", scale)])
    with pytest.raises(rw.errors.ItemsError, match="'errors' takes marks in the context, and the item has none"):
        rw.Study("s", items=[{"id": "i", "prompt": "p", "response": "r"}], rubric=rubric, store="memory")


def test_a_rubric_holds_marks_to_the_item() -> None:
    rubric = rw.Rubric("t", dimensions=[rw.Dimension("errors", "Where?", ERRORS)])
    rating = rw.Rating(str(uuid.uuid4()), "i", "ana", (rw.Answer("errors", [mark(0, 99)], response="r"),))
    with pytest.raises(AnswerError, match="'errors' takes marks inside the response, which has 20 characters"):
        check(rating, rubric, ITEM)


def test_a_dimension_can_wait_for_a_weight_a_category_or_for_no_errors() -> None:
    def rubric(**when: Any) -> rw.Rubric:
        return rw.Rubric(
            "t",
            dimensions=[
                rw.Dimension("errors", "?", MQM),
                rw.Dimension("why", "?", rw.Binary(), ask_when=rw.AskWhen("errors", **when)),
            ],
        )

    marks = MQM.check([mark(category="Accuracy/Omission", severity="Major")])
    for when, met in (
        ({"at_least": 5}, True),
        ({"at_least": 6}, False),
        ({"one_of": ["Accuracy"]}, True),
        ({"one_of": ["Accuracy/Omission"]}, True),
        ({"one_of": ["Other", NO_ERRORS]}, False),
    ):
        condition = rubric(**when)["why"].ask_when
        assert condition is not None
        assert condition.met_by(MQM, marks) is met
    assert rw.AskWhen("errors", one_of=[NO_ERRORS]).met_by(MQM, [])
    with pytest.raises(RubricError, match=r"cannot have: it takes one of .* did you mean 'Accuracy'"):
        rubric(one_of=["Acuracy"])


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@given(texts, st.data())
def test_every_part_of_every_text_can_be_marked_and_is_found_again(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    item = rw.Item("p", [rw.Response(text, id="r")], id="i")
    place = place_of(item, "r")
    (row,) = ERRORS.records(ERRORS.check_at([mark(start, end)], place), place)
    assert row["text"] == text[start:end]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 30) | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["target", "start", "end", "category", "severity", "note", "x"]), inner)
    ),
    max_leaves=12,
)


@given(json_values)
def test_no_json_from_a_page_does_more_than_being_refused(value: Any) -> None:
    try:
        taken = ERRORS.check_at(ERRORS.from_page(value, str), PLACE)
    except AnswerError:
        return
    assert ERRORS.check_at(taken, PLACE) == taken
