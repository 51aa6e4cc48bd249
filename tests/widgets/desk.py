"""A page at the author's desk without a browser, and models of every kind."""

from __future__ import annotations

import asyncio
import threading
import time
import uuid
from typing import TYPE_CHECKING, Any

import rubricwidgets as rw
from rubricwidgets.process.desk.desk import Desk
from rubricwidgets.process.desk.judgement import EMPTY
from rubricwidgets.widgets.conversation import ConversationWidget

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

Messages = list[dict[str, str]]
RUBRIC = rw.Rubric("r", dimensions=[rw.Dimension("tone", "?", rw.Ordinal(1, 5))])


def study(store: Any = "memory", name: str = "desk") -> rw.Study:
    return rw.Study(
        name,
        items=[{"id": "seed", "prompt": "Name a moon of Saturn, please.", "response": "Titan."}],
        rubric=RUBRIC,
        store=store,
    )


def says(messages: Messages) -> str:
    return f"You said {messages[-1]['content']}."


def streams(messages: Messages) -> Iterator[str]:
    yield from ("You ", "said ", messages[-1]["content"])


async def answers(messages: Messages) -> str:
    await asyncio.sleep(0)
    return says(messages)


async def drips(messages: Messages) -> AsyncIterator[str]:
    for piece in streams(messages):
        await asyncio.sleep(0)
        yield piece


def wait(holds: Callable[[], Any], what: str = "it is so", seconds: float = 10.0) -> Any:
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.005)
    return found


class DeskPage:
    """Stands where the browser stands."""

    def __init__(self, model: Any, rater: str = "ana", of: rw.Study | None = None, **settings: Any) -> None:
        self.study = study() if of is None else of
        self.got: list[dict[str, Any]] = []
        self.widget = ConversationWidget(self.study, rater, model, Desk(**settings))
        self.widget.send = self._hear  # type: ignore[method-assign]
        self._lock = threading.Lock()

    def _hear(self, content: dict[str, Any], buffers: list[Any] | None = None) -> None:  # noqa: ARG002
        self.got.append(content)

    def tell(self, kind: str, **fields: Any) -> None:
        self.widget._receive(self.widget, {"v": 1, "kind": kind, **fields}, [])  # noqa: SLF001

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [one for one in list(self.got) if one["kind"] == kind]

    def hello(self) -> dict[str, Any]:
        self.tell("hello", tab="t")
        return self.of("welcome")[-1]

    def turn(self, content: str, conversation: str, parent: str | None = None, identity: str | None = None) -> str:
        """Take a turn and return its id."""
        identity = identity or str(uuid.uuid4())
        event = {
            "id": identity,
            "conversation": conversation,
            "what": "turn",
            "parent": parent,
            "content": content,
            "submitted_at": 1_780_000_000_000,
        }
        self.tell("submit", event=event)
        return identity

    def done(self, turn: str, count: int = 1) -> list[dict[str, Any]]:
        """Wait for answers to a turn and return them."""
        return wait(
            lambda: (
                (found := [one["reply"] for one in self.of("done") if one["reply"]["turn"] == turn])[count - 1 :]
                and found
            ),
            "the turn is answered",
        )

    def say(self, content: str, conversation: str, parent: str | None = None, count: int = 1) -> tuple[str, Any]:
        """Take a turn, wait for its answers and return its id and the last of them."""
        identity = self.turn(content, conversation, parent)
        return identity, self.done(identity, count)[-1]

    def judge(self, conversation: str, identity: str | None = None, **said: Any) -> dict[str, Any]:
        identity = identity or str(uuid.uuid4())
        event = {
            "id": identity,
            "conversation": conversation,
            "what": "judgement",
            "judgement": {**EMPTY, **said},
            "submitted_at": 1_780_000_100_000,
        }
        self.tell("submit", event=event)
        return next(one for one in reversed(self.got) if one["kind"] in ("ack", "nack") and one["id"] == identity)

    def close(self) -> None:
        self.widget.close()


def fresh() -> str:
    return str(uuid.uuid4())
