"""One author's conversations between the store and the desk: what the log says, never what was last heard of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from rubricwidgets.process.desk.talk import Talk, talks
from rubricwidgets.store.base import Event

if TYPE_CHECKING:
    from rubricwidgets.store.base import Store

#: What became of a turn or judgement: see :meth:`Log.append`.
Kept = Literal["stored", "duplicate", "conflict", "taken"]


class Log:
    """The conversations of one author, of one mode.

    Another kernel may have a desk of the same author open, so each conversation is read again before something is
    decided in it, and after: the order of the log decides, and every kernel reads the same one.

    Parameters
    ----------
    store, study
        Where the events are, and of which study.
    rater
        Whose conversations.
    mode
        Of which mode: ``"prompts"`` or ``"red_team"``.

    """

    def __init__(self, store: Store, study: str, rater: str, mode: str) -> None:
        self._store = store
        self._study = study
        self._rater = rater
        self._mode = mode
        self.talks: dict[str, Talk] = {}
        #: Answers that the store could not take yet.
        self.unsaved: dict[str, Event] = {}

    def read(self) -> None:
        """Read everything again."""
        found = talks([*self._store.events(self._study, rater=self._rater), *self.unsaved.values()])
        self.talks = {talk.id: talk for talk in found.values() if talk.mode == self._mode}

    def reread(self, conversation: str) -> Talk | None:
        """Read one conversation again; None where nothing was said in it."""
        return self._take_in(conversation, self._stored(conversation))

    def event(self, identity: str, conversation: str, kind: str, payload: dict[str, Any]) -> Event:
        """Return what is about to be kept, received now."""
        return Event(identity, self._rater, conversation, kind, {**payload, "mode": self._mode}, datetime.now(UTC))

    def append(self, event: Event) -> Kept:
        """Keep a turn or a judgement.

        Returns
        -------
        str
            ``"stored"``; ``"duplicate"`` if it was kept before; ``"conflict"`` for a judgement that did not know of the one
            before it: kept, and does not count; ``"taken"`` if something else has its id: then it is not kept.

        """
        # Answers that still wait for the store come first: a judgement is of what stands before it in the log.
        *_, new = self._store.append_events(self._study, [*self.unsaved.values(), event])
        events = self._stored(event.conversation)
        talk = self._take_in(event.conversation, events)
        if not new and not any(_same(one, event) for one in events):
            return "taken"
        if event.kind == "judgement" and talk is not None and not talk.counted(event.id):
            return "conflict"
        return "stored" if new else "duplicate"

    def add_reply(self, event: Event) -> None:
        """Take in an answer that the store is still to be given."""
        self.unsaved[event.id] = event
        self.talks[event.conversation].add(event)

    def save_replies(self) -> list[Event]:
        """Bring the answers that wait to the store; return them.

        Raises
        ------
        StoreError
            If it cannot take them yet; then they go on waiting.

        """
        waiting = list(self.unsaved.values())
        if waiting:
            self._store.append_events(self._study, waiting)
            self.unsaved.clear()
        return waiting

    def _stored(self, conversation: str) -> list[Event]:
        return self._store.events(self._study, rater=self._rater, conversation=conversation)

    def _take_in(self, conversation: str, events: list[Event]) -> Talk | None:
        stored = {event.id for event in events}
        waiting = [
            event for event in self.unsaved.values() if event.conversation == conversation and event.id not in stored
        ]
        talk = next(iter(talks([*events, *waiting]).values()), None)
        if talk is None or talk.mode != self._mode:
            self.talks.pop(conversation, None)
            return None
        self.talks[conversation] = talk
        return talk


def _same(one: Event, other: Event) -> bool:
    """Return whether two events of one conversation are the same thing, sent twice.

    Its moment may differ, and what a judgement was based on: that a merge of files rewrites.
    """
    return (one.id, one.kind) == (other.id, other.kind) and all(
        one.payload.get(name) == value for name, value in other.payload.items() if name not in ("at", "base")
    )
