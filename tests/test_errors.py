"""The tree of errors, and mistyped or missing keywords: every public class says what it takes."""

from __future__ import annotations

import doctest
import inspect
import re
import sys
from typing import Any

import pytest

import rubricwidgets as rw
from rubricwidgets import errors
from rubricwidgets.charts.bound import Plots

FUNCTIONS = [
    *(rw.merge, rw.demo, rw.read_items, rw.group_responses, rw.simulate, rw.stats.summary, rw.stats.means),
    *(rw.charts.distribution, rw.charts.means, rw.charts.heatmap),
    *(
        rw.Study.rate,
        rw.Study.summary,
        rw.Study.means,
        rw.Study.merge,
        rw.Study.export,
        rw.Study.progress,
        rw.Study.append,
    ),
    *(Plots.distribution, Plots.means, Plots.heatmap),
]
CLASSES = [
    thing
    for name in rw.__all__
    if inspect.isclass(thing := getattr(rw, name))
    and not issubclass(thing, Exception)
    and not inspect.isabstract(thing)
]


def test_the_tree_in_the_docstring_is_the_tree_of_classes() -> None:
    drawn = re.findall(r"(\w+Error)", errors.__doc__ or "")
    defined = [name for name, thing in vars(errors).items() if inspect.isclass(thing) and issubclass(thing, Exception)]
    builtin = {"ValueError", "TypeError"}
    assert set(drawn) - builtin == set(defined)
    assert all(issubclass(getattr(errors, name), rw.RubricWidgetsError) for name in defined)


def test_input_errors_are_what_python_calls_them() -> None:
    assert issubclass(errors.InputError, ValueError)
    for one in (errors.UnknownKeywordError, errors.MissingKeywordError):
        assert issubclass(one, TypeError)
    assert issubclass(errors.UnknownItemError, KeyError)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_public_class_refuses_a_mistyped_keyword_with_the_nearest_one(cls: Any) -> None:
    word = next(name for name in reversed(inspect.signature(cls).parameters) if len(name) > 3)
    with pytest.raises(errors.UnknownKeywordError, match=f"takes no '{word}x'; did you mean '{word}'"):
        cls(**{f"{word}x": 1})


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda one: one.__qualname__)
def test_every_public_function_refuses_a_mistyped_keyword_with_the_nearest_one(function: Any) -> None:
    name = next(name for name in reversed(inspect.signature(function).parameters))
    place = [None] if "." in function.__qualname__ else []
    with pytest.raises(
        errors.UnknownKeywordError, match=f"{function.__name__} takes no '{name}x'; did you mean '{name}'"
    ):
        function(*place, **{f"{name}x": 1})


def test_the_examples_of_a_checked_function_are_still_found_and_run() -> None:
    examples = doctest.DocTestFinder().find(sys.modules["rubricwidgets.item_records"])
    assert {"rubricwidgets.item_records.read_items", "rubricwidgets.item_records.group_responses"} <= {
        one.name for one in examples if one.examples
    }


def test_what_is_too_much_or_said_twice_is_refused_in_words() -> None:
    with pytest.raises(
        TypeError, match=r"demo takes 1 value by place \(name\), and the rest by keyword: plan=, store= \(got 2\)"
    ):
        rw.demo("a", "memory")  # type: ignore[call-arg, arg-type, misc]
    with pytest.raises(TypeError, match="group_responses got 'source' twice"):
        rw.group_responses([], source=[])  # type: ignore[misc]
    with pytest.raises(errors.InputError, match="merge needs 'into'; it takes files, into, name"):
        rw.merge([])  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: rw.Dimension("a", rw.Ordinal(1, 5)), "Dimension needs 'scale'; it takes name, question, scale"),
        (lambda: rw.Rubric(dimensions=[]), "Rubric needs 'title'"),
        (lambda: rw.Item("Hi"), "Item needs 'responses'"),
        (lambda: rw.Ordinal(1), "Ordinal needs 'high'"),
        (lambda: rw.Study(rubrik=None), "Study takes no 'rubrik'; did you mean 'rubric'"),
        (lambda: rw.Study(), "Study needs 'name'"),
    ],
)
def test_what_is_missing_or_mistyped_is_named(call: Any, words: str) -> None:
    with pytest.raises(errors.InputError, match=words):
        call()


def test_a_near_miss_of_a_field_is_never_taken_for_metadata() -> None:
    with pytest.raises(errors.ItemsError, match="item 1: the record has 'promt'; did you mean 'prompt'"):
        rw.read_items([{"promt": "Hi", "response": "Hello"}])
    with pytest.raises(errors.ItemsError, match="did you mean 'model'"):
        rw.read_items([{"prompt": "Hi", "responses": [{"text": "Hello", "modle": "aster"}]}])
    with pytest.raises(errors.ItemsError, match="did you mean 'user'"):
        rw.Message("usr", "Hi")
    assert rw.Message("narrator", "Once").role == "narrator"


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"question": "Hi", "response": "Hello"}, "if 'question' is it, rename it to 'prompt'"),
        ({"prompt": "Hi", "answer": "Hello"}, "if 'answer' is it, rename it to 'response'"),
        ({"prompt": None, "response": "Hello"}, "'prompt' takes text (got null)"),
        ({"prompt": "Hi", "response": None}, "'response' takes text (got null)"),
        ({"prompt": "Hi", "responses": [{"content": "Hello"}]}, "a record with 'text' (got a record with 'content')"),
    ],
)
def test_what_other_tools_call_it_is_said(record: dict[str, Any], words: str) -> None:
    with pytest.raises(errors.ItemsError, match=re.escape(words)):
        rw.read_items([record])
