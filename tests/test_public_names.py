"""What the package promises: its names, each documented, none loading more than it needs."""

from __future__ import annotations

import inspect
import subprocess
import sys
from typing import Any

import pytest

import rubricwidgets as rw
from rubricwidgets.errors import UnknownKeywordError


def test_the_public_names_are_these() -> None:
    assert rw.__all__ == [
        *("Answer", "AskWhen", "Binary", "Checklist", "Continuous", "Criterion", "Dimension", "Gold", "Item"),
        *("Message", "Nominal", "Ordinal", "Plan", "Preference", "Ranking", "Rating", "Rationale", "Response"),
        *("Rubric", "RubricWidgetsError", "Scale", "Spans", "Study", "Text", "__version__", "charts", "demo"),
        *("errors", "group_responses", "merge", "presets", "read_items", "register_check", "simulate", "stats"),
    ]
    assert dir(rw) == sorted(rw.__all__)


def public() -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for home in (rw, rw.charts, rw.presets, rw.stats):
        for name in home.__all__:
            thing = getattr(home, name)
            if callable(thing):
                found.append((f"{home.__name__}.{name}", thing))
    return found


@pytest.mark.parametrize(("name", "thing"), public(), ids=lambda value: value if isinstance(value, str) else "")
def test_everything_public_is_documented(name: str, thing: object) -> None:
    words = inspect.getdoc(thing) or ""
    assert len(words.splitlines()[0]) > 8, name
    if inspect.isclass(thing) and issubclass(thing, Exception):
        return
    takes = [one for one in inspect.signature(thing).parameters if one not in ("self", "args", "kwargs")]  # type: ignore[arg-type]
    if takes:
        assert "Parameters" in words, f"{name} documents no parameters"
        for one in takes:
            assert one in words, f"{name} does not document {one!r}"
    if inspect.isclass(thing):
        for method, function in inspect.getmembers(thing, inspect.isfunction):
            if not method.startswith("_"):
                assert inspect.getdoc(function), f"{name}.{method} is not documented"


def study() -> rw.Study:
    items = [{"id": "i", "prompt": "Which?", "responses": {"aster": "One.", "birch": "Two."}}]
    return rw.Study("s", items=items, rubric=rw.presets.preference(), store="memory")


def mistyped() -> list[tuple[str, Any, str]]:
    """Everything public that takes a keyword, and every method of a study and of a rubric, each with one of its keywords."""
    methods = [
        (f"{type(home).__name__}.{name}", one)
        for home in (study(), rw.presets.preference())
        for name, one in inspect.getmembers(home, inspect.ismethod)
        if name[0] != "_"
    ]
    found = []
    for name, thing in [*public(), *methods]:
        if inspect.isclass(thing) and (issubclass(thing, Exception) or inspect.isabstract(thing)):
            continue
        takes = [one for one in inspect.signature(thing).parameters.values() if one.name not in ("self", "cls")]
        words = [one for one in takes if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)]
        if words:
            # What is needed comes first; the rest may be handed on to a reader that comes after it.
            found.append((name, thing, min(words, key=lambda one: one.default is not one.empty).name))
    return found


@pytest.mark.parametrize(("thing", "word"), [pytest.param(thing, word, id=name) for name, thing, word in mistyped()])
def test_a_mistyped_keyword_is_refused_with_the_nearest_that_there_is(thing: Any, word: str) -> None:
    with pytest.raises(UnknownKeywordError, match=f"takes no '{word}x'; did you mean '{word}'"):
        thing(**{f"{word}x": None})


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'rate'"):
        _ = rw.rate  # type: ignore[attr-defined]


def test_importing_the_package_loads_nothing_heavy() -> None:
    program = (
        "import sys, rubricwidgets\n"
        "print([one for one in ('altair', 'sqlalchemy', 'scipy', 'pandas', 'yaml', 'vl_convert', 'rubricwidgets.charts') "
        "if one in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
