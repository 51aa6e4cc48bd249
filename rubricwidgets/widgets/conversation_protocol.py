"""Every message between the page and the kernel at the author's desk.

``js/src/desk/protocol.ts`` is the other half: change both together. What comes from the page is untrusted and checked
field by field here; what goes to the page is built here, and no model's name is in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from rubricwidgets.texts import is_blank
from rubricwidgets.widgets.fields import (
    MAX_TEXT,
    ProtocolError,
    count_in,
    mapping_in,
    message_of,
    moment_in,
    seconds_in,
    size_in,
    text_in,
    uuid_in,
)
from rubricwidgets.widgets.protocol import CHUNKS, VERSION, preview_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rubricwidgets.process.desk.runner import Job
    from rubricwidgets.process.desk.talk import Reply, Talk

#: Characters that an author may send in one turn.
MAX_TURN = 200_000


@dataclass(frozen=True, slots=True)
class Hello:
    """The page is there and asks how things stand."""

    tab: str


@dataclass(frozen=True, slots=True)
class Submit:
    """Something to be made durable: a turn, or a judgement."""

    id: str
    conversation: str
    what: Literal["turn", "judgement"]
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Open:
    """The page wants a conversation."""

    conversation: str


@dataclass(frozen=True, slots=True)
class Retry:
    """The author wants another answer to a turn: from one model, or from all that have none."""

    conversation: str
    turn: str
    slot: str | None


@dataclass(frozen=True, slots=True)
class Stop:
    """The author has read enough."""

    conversation: str


@dataclass(frozen=True, slots=True)
class Similar:
    """The page wants to know which prompts a text is like."""

    conversation: str
    request: int
    text: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """The page needs a part of the program that it was not started with."""

    name: str


@dataclass(frozen=True, slots=True)
class Ping:
    """The page wants a word back, whichever."""


Incoming = Hello | Submit | Open | Retry | Stop | Similar | Chunk | Ping


def parse(content: object) -> Incoming:  # noqa: PLR0911 - one for each kind
    """Read one message from the page.

    Raises
    ------
    ProtocolError
        If it is not a message of this version, naming what is wrong.

    """
    message = message_of(content, VERSION)
    match message.get("kind"):
        case "hello":
            return Hello(tab=text_in(message, "tab"))
        case "submit":
            return _submit(mapping_in(message.get("event"), "event"))
        case "open":
            return Open(_conversation(message))
        case "retry":
            slot = None if message.get("slot") is None else text_in(message, "slot")
            return Retry(_conversation(message), uuid_in(message, "turn", "retry."), slot)
        case "stop":
            return Stop(_conversation(message))
        case "similar":
            return Similar(_conversation(message), count_in(message, "request"), text_in(message, "text"))
        case "ping":
            return Ping()
        case "chunk":
            name = message.get("name")
            if name in CHUNKS:
                return Chunk(str(name))
            msg = f"'chunk.name' takes one of {', '.join(CHUNKS)} (got {name!r})"
            raise ProtocolError(msg)
        case kind:
            msg = f"'kind' takes a message of protocol {VERSION} (got {kind!r})"
            raise ProtocolError(msg)


def _conversation(message: Mapping[str, Any]) -> str:
    return uuid_in(message, "conversation", "")


def _submit(event: Mapping[str, Any]) -> Submit:
    identity, conversation = uuid_in(event, "id", "event."), uuid_in(event, "conversation", "event.")
    at = round(moment_in(event).timestamp() * 1000)
    match event.get("what"):
        case "turn":
            content = text_in(event, "content")
            if is_blank(content) or len(content) > MAX_TURN:
                msg = f"a turn takes 1 to {MAX_TURN:,} characters (got {len(content):,})"
                raise ProtocolError(msg)
            parent = None if event.get("parent") is None else uuid_in(event, "parent", "event.")
            return Submit(identity, conversation, "turn", {"parent": parent, "content": content, "at": at})
        case "judgement":
            raw = mapping_in(event.get("judgement"), "event.judgement")
            size_in(raw, "a judgement", 2 * MAX_TEXT)
            return Submit(
                identity, conversation, "judgement", {**_clean(dict(raw)), "seconds": seconds_in(raw), "at": at}
            )
        case what:
            msg = f"'event.what' takes turn or judgement (got {what!r})"
            raise ProtocolError(msg)


def _clean(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return JSON whose texts can be stored: half of a character that was cut in two becomes the sign for it."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_clean(one) for one in value]
    if isinstance(value, dict):
        return {_clean(str(key)): _clean(one) for key, one in value.items()}
    return value


def shown_reply(reply: Reply, names: Iterable[str]) -> dict[str, Any]:
    """Return an answer as the page sees it: under its letter, and its error without models' names."""
    return {
        "id": reply.id,
        "turn": reply.turn,
        "slot": reply.slot,
        "content": reply.content,
        "status": reply.status,
        "error": blinded(reply.error, names),
        "seconds": round(reply.seconds, 1),
        "attempt": reply.attempt,
    }


def shown_talk(
    identity: str,
    talk: Talk | None,
    slots: Iterable[str],
    running: Mapping[str, tuple[str, str, Job]],
    names: Iterable[str],
) -> dict[str, Any]:
    """Return a conversation as the page sees it.

    Parameters
    ----------
    identity
        Its id.
    talk
        What the store knows; None where nothing was said yet.
    slots
        The letters of its models.
    running
        Answers on their way: by reply id, the turn, the letter and the job.
    names
        The models' names, which the page must not learn.

    """
    turns = [] if talk is None else list(talk.turns.values())
    return {
        "id": identity,
        "slots": list(slots),
        "turns": [
            {
                "id": turn.id,
                "parent": turn.parent,
                "content": turn.content,
                "at": turn.at,
                "replies": [shown_reply(reply, names) for reply in turn.replies],
            }
            for turn in turns
        ],
        "running": [
            {"reply": reply, "turn": turn, "slot": slot, "text": job.text}
            for reply, (turn, slot, job) in running.items()
        ],
        "judgement": None if talk is None else talk.judgement,
        "judgement_id": None if talk is None else talk.judgement_id,
    }


def summary(talk: Talk) -> dict[str, Any]:
    """Return a conversation as the list of conversations shows it."""
    first = next(iter(talk.turns.values()))
    return {
        "id": talk.id,
        "first": preview_of(first.content),
        "turns": len(talk.turns),
        "state": talk.state,
        "outcome": None if talk.judgement is None else talk.judgement["outcome"],
        "at": first.at,
    }


def blinded(words: str, names: Iterable[str]) -> str:
    """Return words in which no model is named."""
    for name in sorted(names, key=len, reverse=True):
        if name:
            # An underscore ends a name too: the versions of a model are called after it.
            words = re.sub(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", "(model)", words, flags=re.IGNORECASE)
    return words
