"""A conversation as its events tell it: turns in a tree, what each model answered, and how the author judged it.

Events are of three kinds:

``turn``
    What the author said: ``parent`` (the turn before, or None), ``content``, ``at`` (milliseconds since 1970), ``mode``.
``reply``
    What a model answered: ``turn``, ``slot`` (the letter the author sees), ``model``, ``content``, ``status``
    (ok, stopped, error, timeout), ``error``, ``seconds``, ``at``, ``attempt`` (from 1).
``judgement``
    What the author made of it; the shape is :data:`rubricwidgets.process.desk.judgement.EMPTY`. The last one that
    knew of the one before it counts.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from rubricwidgets.texts import is_blank

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from rubricwidgets.process.desk.desk import Mode
    from rubricwidgets.store.base import Event

Status = Literal["ok", "stopped", "error", "timeout"]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Reply:
    """What one model answered to one turn, in one attempt."""

    id: str
    turn: str
    slot: str
    model: str
    content: str
    status: Status
    error: str
    seconds: float
    at: int
    attempt: int

    @property
    def usable(self) -> bool:
        """Whether there is an answer to go on from or to judge."""
        return self.status in ("ok", "stopped") and not is_blank(self.content)


@dataclass(slots=True)
class Turn:
    """What the author said, and every answer to it in the order of arrival."""

    id: str
    parent: str | None
    content: str
    at: int
    position: int
    branch: int
    replies: list[Reply] = field(default_factory=list)

    def current(self) -> dict[str, Reply]:
        """Return, by model, the answer that counts: of the last attempt that gave one, or else of the last."""
        found: dict[str, Reply] = {}
        for reply in self.replies:
            if reply.usable or reply.model not in found or not found[reply.model].usable:
                found[reply.model] = reply
        return found


class Talk:
    """One conversation."""

    def __init__(self, identity: str, rater: str) -> None:
        self.id = identity
        self.rater = rater
        self.mode = ""
        self.turns: dict[str, Turn] = {}
        self.judgement: dict[str, Any] | None = None
        self.judgement_id: str | None = None
        #: The answers that the judgement is of: what was answered later was not judged.
        self.judged: list[Reply] = []
        self._judged: dict[str, bool] = {}

    def add(self, event: Event) -> bool:
        """Take an event in; False for a judgement that did not know of the one before it, and so does not count."""
        payload = event.payload
        self.mode = self.mode or str(payload.get("mode", ""))
        match event.kind:
            case "turn":
                parent = self.turns.get(payload["parent"] or "")
                # A second child of a turn begins a branch; the first goes on with its parent's.
                forks = any(turn.parent == payload["parent"] for turn in self.turns.values())
                branches = max((turn.branch for turn in self.turns.values()), default=0)
                branch = branches + 1 if forks or parent is None else parent.branch
                position = 1 if parent is None else parent.position + 1
                self.turns[event.id] = Turn(
                    event.id, payload["parent"], payload["content"], payload["at"], position, branch
                )
            case "reply" if payload["turn"] in self.turns:
                names = ("turn", "slot", "model", "content", "status", "error", "seconds", "at", "attempt")
                self.turns[payload["turn"]].replies.append(Reply(event.id, *(payload[name] for name in names)))
            case "judgement":
                fresh = bool(payload["base"] == self.judgement_id)
                self._judged[event.id] = fresh
                if fresh:
                    self.judgement, self.judgement_id = payload, event.id
                    self.judged = self.answers(payload["leaf"], payload["verdicts"])
                return fresh
            case _:
                pass  # a later version's
        return True

    def counted(self, judgement: str) -> bool | None:
        """Return whether a judgement counted when it came, or None where it is unknown."""
        return self._judged.get(judgement)

    def has_children(self, turn: str) -> bool:
        """Return whether the author went on from a turn."""
        return any(one.parent == turn for one in self.turns.values())

    def path(self, leaf: str | None) -> list[Turn]:
        """Return the turns from the first to ``leaf``."""
        found: list[Turn] = []
        at = leaf
        while at is not None and at in self.turns:
            found.append(self.turns[at])
            at = self.turns[at].parent
        return found[::-1]

    def answers(self, leaf: str | None, named: Container[str] = ()) -> list[Reply]:
        """Return the usable answers at the end of a branch, one of each model.

        Parameters
        ----------
        leaf
            The turn with which the branch ends.
        named
            Replies that a judgement speaks of: the last of them stands before what counts otherwise.

        """
        path = self.path(leaf)
        if not path:
            return []
        spoken_of = {reply.model: reply for reply in path[-1].replies if reply.id in named}
        found = [spoken_of.get(model, reply) for model, reply in path[-1].current().items()]
        return [reply for reply in found if reply.usable]

    @property
    def models(self) -> set[str]:
        """The models that have answered, or failed to."""
        return {reply.model for turn in self.turns.values() for reply in turn.replies}

    def messages(self, leaf: str, model: str) -> list[dict[str, str]]:
        """Return what a model is sent to answer a turn: the author's turns, and its own answers to them.

        A turn that this model has no answer to is left out, so that the roles alternate.
        """
        *before, last = self.path(leaf)
        messages: list[dict[str, str]] = []
        for turn in before:
            reply = turn.current().get(model)
            if reply is not None and reply.usable:
                messages += [
                    {"role": "user", "content": turn.content},
                    {"role": "assistant", "content": reply.content},
                ]
        return [*messages, {"role": "user", "content": last.content}]

    @property
    def last_leaf(self) -> str | None:
        """The turn that was taken last."""
        return next(reversed(self.turns), None)

    @property
    def state(self) -> Literal["open", "kept", "discarded"]:
        """Where the author stands with it."""
        if self.judgement is None:
            return "open"
        return "kept" if self.judgement["decision"] == "kept" else "discarded"


def talks(events: Iterable[Event]) -> dict[tuple[str, str], Talk]:
    """Return conversations by rater and id, in the order in which they began."""
    found: dict[tuple[str, str], Talk] = {}
    for event in events:
        key = (event.rater, event.conversation)
        found.setdefault(key, Talk(event.conversation, event.rater)).add(event)
    return {key: talk for key, talk in found.items() if talk.turns}


def said(talk: Talk) -> str:
    """Return what the author said, on the branch that was judged or else taken last."""
    leaf = talk.last_leaf if talk.judgement is None else talk.judgement["leaf"] or talk.last_leaf
    return "\n".join(turn.content for turn in talk.path(leaf))


def slots(talk: Talk | None, names: Sequence[str], *parts: str) -> dict[str, str]:
    """Return, by letter, the model that stands under it in a conversation.

    Who has answered there keeps the letter; the others come in an order drawn from ``parts``, so that it is the same
    after every restart and tells nothing of the names.
    """
    known: dict[str, str] = {}
    for turn in talk.turns.values() if talk else ():
        for reply in turn.replies:
            known[reply.slot] = reply.model
    found = {slot: name for slot, name in known.items() if name in names}
    rest = sorted((name for name in names if name not in found.values()), key=lambda name: _digest(*parts, name))
    free = (letter for letter in LETTERS if letter not in known)
    found |= {next(free, f"M{number}"): name for number, name in enumerate(rest)}
    return dict(sorted(found.items()))


def _digest(*parts: str) -> bytes:
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def kept(events: Iterable[Event], mode: Mode, rater: str | None) -> Iterator[tuple[Talk, dict[str, Any]]]:
    """Yield the conversations of a mode that their raters kept, each with its judgement; ``rater`` None for everybody's."""
    for talk in talks(events).values():
        if talk.mode == mode and talk.judgement is not None and talk.state == "kept" and rater in (None, talk.rater):
            yield talk, talk.judgement
