"""Text that was cut in the middle of a character is refused by name, wherever it comes in; no store and no browser could hold it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import rubricwidgets as rw
from rubricwidgets.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

CUT = "cut \ud83d"
ITEMS = [{"id": "i", "prompt": "May I?", "response": "Yes."}]
SCALES = {
    "tone": rw.Ordinal(1, 5),
    "form": rw.Checklist(["Is short"]),
    "errors": rw.Spans(["style"]),
    "ideal": rw.Text(),
    "better": rw.Preference(),
    "order": rw.Ranking(),
}


def rubric(**scales: rw.Scale) -> rw.Rubric:
    return rw.Rubric("t", dimensions=[rw.Dimension(name, "?", scale) for name, scale in scales.items()])


def study(name: str) -> rw.Study:
    responses = ["Yes.", "No."] if name in ("better", "order") else ["Yes."]
    items = [{"id": "i", "prompt": "May I?", "responses": responses}]
    return rw.Study("s", items=items, rubric=rubric(**{name: SCALES[name]}), store="memory")


@pytest.mark.parametrize(
    ("path", "make"),
    [
        ("title", lambda: rw.Rubric(CUT, dimensions=[rw.Dimension("a", "?", rw.Binary())])),
        ("guidelines", lambda: rw.Rubric("t", dimensions=[rw.Dimension("a", "?", rw.Binary())], guidelines=CUT)),
        ("content_warning", lambda: rw.Rubric("t", [rw.Dimension("a", "?", rw.Binary())], content_warning=CUT)),
        ("dimensions[0].question", lambda: rw.Rubric("t", dimensions=[rw.Dimension("a", CUT, rw.Binary())])),
        ("dimensions[0].scale.anchors.1", lambda: rubric(a=rw.Ordinal(1, 5, {1: CUT}))),
        ("dimensions[0].scale.categories[0]", lambda: rubric(a=rw.Nominal([CUT, "b"]))),
        ("'text' of a criterion", lambda: rubric(a=rw.Checklist([CUT]))),
        ("'model'", lambda: rw.Response("x", model=CUT)),
        ("'prompt'", lambda: rw.Item(CUT, "x")),
        ("'text'", lambda: rw.Item("x", CUT)),
        ("'name'", lambda: rw.Study(CUT, items=ITEMS, rubric=rubric(a=rw.Binary()))),
        ("'rater'", lambda: study("tone").rate(CUT)),
        ("'raters'", lambda: study("tone").progress(CUT)),
        ("'order'", lambda: rw.Rating(str(uuid.uuid4()), "i", "ana", order=(CUT,))),
    ],
)
def test_a_text_that_no_store_can_hold_is_named(path: str, make: Callable[[], object]) -> None:
    with pytest.raises(InputError) as caught:
        make()
    assert path in str(caught.value)
    assert "is half of a surrogate pair ('\\ud83d')" in str(caught.value)


@pytest.mark.parametrize(
    ("method", "row"),
    [
        ("add_scores", {"tone": 3, "rationale": CUT}),
        ("add_scores", {"tone": CUT}),
        ("add_scores", {"tone": 3, "item": CUT}),
        ("add_texts", {"text": CUT}),
        ("add_spans", {"start": 0, "end": 1, "category": "style", "note": CUT}),
        ("add_checks", {"criterion": "c1", "met": True, "evidence": CUT}),
        ("add_comparisons", {"winner": CUT}),
        ("add_rankings", {"rank": 1, "response": CUT}),
    ],
)
def test_a_record_that_no_store_can_hold_is_named_with_its_row(method: str, row: dict[str, Any]) -> None:
    names = {
        "add_scores": "tone",
        "add_texts": "ideal",
        "add_spans": "errors",
        "add_checks": "form",
        "add_comparisons": "better",
    }
    one = study(names.get(method, "order"))
    column = next(name for name, value in row.items() if value == CUT)
    with pytest.raises(InputError, match=f"row 2: '{column}' takes text that can be stored: character 4 is half"):
        getattr(one, method)([{"item": "i", "rater": "ana"}, {"item": "i", "rater": "ana", **row}])
    frame = pd.DataFrame([{"item": "i", "rater": "ana", **dict.fromkeys(row)}], dtype=object)
    frame.loc[0, column] = CUT
    with pytest.raises(InputError, match=f"row 1: '{column}' takes text"):
        getattr(one, method)(frame)


def test_names_given_beside_a_frame_are_held_to_the_same() -> None:
    one = study("tone")
    row = {"item": "i", "tone": 3}
    with pytest.raises(InputError, match="'rater_name' takes text that can be stored"):
        one.add_scores([row], rater_name=CUT)
    with pytest.raises(InputError, match="'source' takes text that can be stored"):
        one.add_scores([{**row, "rater": "ana"}], source=CUT)
    with pytest.raises(InputError, match="row 1: 'a key' takes text that can be stored"):
        one.add_scores([{**row, "rater": "ana", CUT: 1}])
