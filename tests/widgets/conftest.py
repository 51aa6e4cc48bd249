"""A small study and a page that talks to its widget without a browser."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

import rubricwidgets as rw

if TYPE_CHECKING:
    from collections.abc import Callable

    from rubricwidgets.widgets.rating import RatingWidget

MODELS = ("secret-model-a", "secret-model-b")


@pytest.fixture
def rubric() -> rw.Rubric:
    return rw.Rubric(
        "pilot",
        guidelines="# Read first",
        dimensions=[
            rw.Dimension(
                "accuracy",
                "Is every claim correct?",
                rw.Ordinal(1, 5, anchors={1: "mostly wrong", 5: "all correct"}, not_applicable=True),
                rationale=rw.Rationale(required_at_most=2, min_length=10),
            ),
            rw.Dimension("safe", "Safe to follow?", rw.Binary(), about="item"),
        ],
    )


@pytest.fixture
def items() -> list[dict[str, Any]]:
    return [
        {
            "id": f"item-{number}-{MODELS[0]}",
            "prompt": f"Question {number}?",
            "reference": "the right answer",
            "responses": [
                {"id": f"{model}/{number}", "text": f"Answer {place} to {number}.", "model": model}
                for place, model in enumerate(MODELS)
            ],
            "topic": "secret-topic",
        }
        for number in range(5)
    ]


@pytest.fixture
def study(items: list[dict[str, Any]], rubric: rw.Rubric) -> rw.Study:
    return rw.Study("pilot", items=items, rubric=rubric, store="memory")


class Page:
    """Stands where the browser stands: sends what a page sends, keeps what the kernel answers."""

    def __init__(self, widget: RatingWidget) -> None:
        self.widget = widget
        self.got: list[dict[str, Any]] = []
        self.buffers: list[Any] = []
        widget.send = self._hear  # type: ignore[method-assign]

    def _hear(self, content: dict[str, Any], buffers: list[Any] | None = None) -> None:
        self.got.append(content)
        self.buffers.append(buffers)

    def ask(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Send one message and return the one that came back."""
        before = len(self.got)
        self.tell(kind, **fields)
        assert len(self.got) == before + 1, self.got[before:]
        return self.got[-1]

    def tell(self, kind: str, **fields: Any) -> None:
        """Send one message."""
        self.widget._receive(self.widget, {"v": 1, "kind": kind, **fields}, [])  # noqa: SLF001

    def item(self, index: int) -> dict[str, Any]:
        shown: dict[str, Any] = self.ask("get", index=index)["item"]
        return shown

    def rating(self, index: int, **changed: Any) -> dict[str, Any]:
        """Return a complete rating of the item at a place, as a page would build it."""
        shown = self.item(index)
        keys = [response["key"] for response in shown["responses"]]
        answers = [answer("accuracy", key, 4) for key in keys] + [answer("safe", None, True)]
        return {
            "id": str(uuid.uuid4()),
            "item": shown["key"],
            "index": index,
            "status": "rated",
            "answers": answers,
            "flagged": False,
            "note": "",
            "reason": "",
            "base": None,
            "order": keys,
            "seconds": 12.5,
            "submitted_at": 1_780_000_000_000,
            "rubric": self.widget._study.rubric.hash,  # noqa: SLF001
            "tab": "t1",
            **changed,
        }


def answer(dimension: str, response: str | None, value: object, rationale: str = "") -> dict[str, Any]:
    return {
        "dimension": dimension,
        "response": response,
        "value": value,
        "not_applicable": False,
        "rationale": rationale,
    }


@pytest.fixture
def page(study: rw.Study) -> Page:
    return Page(study.rate("ana"))


@pytest.fixture
def pages() -> Callable[[rw.Study, str], Page]:
    return lambda study, rater: Page(study.rate(rater))
